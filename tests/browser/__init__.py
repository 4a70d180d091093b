"""Jupyter as people use it, in headless Chromium; run by make test-browser."""
