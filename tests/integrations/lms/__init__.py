"""Tests of the learning systems."""
