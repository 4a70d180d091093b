"""Confines workers and follows them through a job: the only package that starts processes."""
