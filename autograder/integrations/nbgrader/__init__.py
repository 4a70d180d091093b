"""nbgrader, both ways: an exam as a course of nbgrader's, and verdicts in its gradebook."""
