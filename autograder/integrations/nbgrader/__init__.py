"""nbgrader, both ways: an exam as a course of nbgrader's, and verdicts in its gradebook.

nbgrader itself is imported inside functions only: it is an extra.
"""
