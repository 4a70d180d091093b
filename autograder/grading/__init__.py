"""Judges evidence, and analyses the verdicts of a class; pure: no files, no processes."""
