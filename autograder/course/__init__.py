"""Reads the files of a course: exams, questions, submissions, datasets, templates."""
