"""Modules that appear or change while a submission runs are told before they run, and run as they were told."""

from __future__ import annotations

import importlib
import py_compile
import sys

import pytest

from autograder.worker.commands import UNKNOWN
from autograder.worker.imports import tell_imports
from autograder.worker.messages import MAX_IMPORTED


@pytest.fixture
def told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    found = []
    tell_imports(["x = 1\n"], found.append)
    monkeypatch.syspath_prepend("")
    yield found
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


def test_a_text_that_was_not_read_is_told_once_it_is_imported(told, tmp_path):
    (tmp_path / "told_new.py").write_text("import torch.nn.RNN")
    with pytest.raises(ImportError):
        importlib.import_module("told_new")
    (tmp_path / "told_known.py").write_text("x = 1\n")
    assert importlib.import_module("told_known").x == 1
    assert told == ["import torch.nn.RNN"]


def test_a_compiled_module_is_not_run_in_place_of_its_text(told, tmp_path):
    module = tmp_path / "told_cached.py"
    module.write_text("x = 2\n")
    py_compile.compile(str(module), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    module.write_text("x = 1\n")
    assert importlib.import_module("told_cached").x == 1
    assert told == []


def test_a_module_without_text_is_one_that_no_check_accepts(told, tmp_path):
    (tmp_path / "told_source.py").write_text("x = 3\n")
    py_compile.compile(str(tmp_path / "told_source.py"), cfile=str(tmp_path / "told_bare.pyc"))
    assert importlib.import_module("told_bare").x == 3
    assert told == [UNKNOWN]


def test_the_last_of_too_many_modules_is_refused(told, tmp_path):
    for number in range(MAX_IMPORTED + 5):
        (tmp_path / f"told_many{number}.py").write_text(f"x = {number + 2}\n")
        importlib.import_module(f"told_many{number}")
    assert len(told) == MAX_IMPORTED
    assert told[-1] == UNKNOWN
