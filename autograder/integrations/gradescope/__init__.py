"""Gradescope: an exam as an autograder archive to upload."""
