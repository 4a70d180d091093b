"""A student's file as tests of pytest, one for each part."""
