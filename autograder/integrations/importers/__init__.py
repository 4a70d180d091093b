"""Assignments of nbgrader, otter and pytest as questions of a course."""
