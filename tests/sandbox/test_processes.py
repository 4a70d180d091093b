"""Work of our own in several processes."""

from __future__ import annotations

import os

import pytest

from autograder.core.errors import UserError
from autograder.sandbox.processes import in_processes


def test_what_happens_in_a_process_is_told(monkeypatch):
    monkeypatch.setattr("autograder.sandbox.processes.cores", lambda: 1)
    assert list(in_processes(abs, range(-9, 0))) == list(range(9, 0, -1))
    with pytest.raises(ValueError, match="invalid literal"):
        list(in_processes(int, ["1", "x"]))
    with pytest.raises(UserError, match="killed, for want of memory maybe"):
        list(in_processes(os._exit, [1]))
