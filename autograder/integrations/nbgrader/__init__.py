"""nbgrader: an exam as an nbgrader course, and verdicts in its gradebook."""
