"""Deep-learning exams and homework that grade themselves.

The names an author of questions needs are here, loaded when first used: importing the package is cheap
and brings in neither torch nor tensorflow.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.checks import (
        Asserted,
        AtLeast,
        AtMost,
        Axis,
        Choice,
        Close,
        Dtype,
        Essay,
        Facts,
        Finite,
        Forbids,
        Item,
        OneOf,
        Operators,
        Picture,
        Ran,
        Relation,
        Shape,
        Uses,
        relation,
    )
    from autograder.core.check import Observation
    from autograder.core.diagram import Data, Diagram, Layer
    from autograder.core.evidence import Evidence
    from autograder.core.exam import Exam, Limit, Part, Question
    from autograder.core.generators import choice, integers, normal, permutation, uniform
    from autograder.core.mistake import Equivalent, Mistake, Trivial
    from autograder.core.text import Language, Text
    from autograder.handout.check_cell import Report

__version__ = "0.1.0"

__all__ = [
    "Asserted",
    "AtLeast",
    "AtMost",
    "Axis",
    "Choice",
    "Close",
    "Data",
    "Diagram",
    "Dtype",
    "Equivalent",
    "Essay",
    "Evidence",
    "Exam",
    "Facts",
    "Finite",
    "Forbids",
    "Item",
    "Layer",
    "Limit",
    "Mistake",
    "Observation",
    "OneOf",
    "Operators",
    "Part",
    "Picture",
    "Question",
    "Ran",
    "Relation",
    "Shape",
    "Text",
    "Trivial",
    "Uses",
    "__version__",
    "check",
    "choice",
    "integers",
    "normal",
    "permutation",
    "relation",
    "uniform",
]

_HOMES = {
    "Evidence": "core.evidence",
    "Observation": "core.check",
    "Text": "core.text",
    **dict.fromkeys(["choice", "integers", "normal", "permutation", "uniform"], "core.generators"),
    **dict.fromkeys(["Data", "Diagram", "Layer"], "core.diagram"),
    **dict.fromkeys(["Exam", "Limit", "Part", "Question"], "core.exam"),
    **dict.fromkeys(["Equivalent", "Mistake", "Trivial"], "core.mistake"),
}


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(f"autograder.{_HOMES.get(name, 'checks')}"), name)
    raise AttributeError(f"module 'autograder' has no attribute {name!r}")


class Unchecked:
    """Stands for a report where nothing was checked, so that what a notebook does with one goes on."""

    passed = True

    def credit(self, max_points: float) -> None:
        """Give no points."""

    def __repr__(self) -> str:
        return ""


def check(
    part: str, *answers: Any, question: str | None = None, lang: Language | None = None
) -> Report | Unchecked:
    """Check one part in a notebook, and show what was found as a table.

    Where a module is imported, or a submission graded, it does nothing: what it returns shows nothing and
    has ``passed``, which is true.

    Args:
        part: its name.
        answers: functions that stand for those of the same name; by default the notebook's are taken.
        question: its name, needed where several questions have a part of this name.
        lang: the language of the table and of errors, ``"ko"`` or ``"en"``; by default the locale's.

    Raises:
        CheckFileError: the release has no such part, or its folder autograder_checks/ is not near.
    """
    names = sys._getframe(1).f_globals
    if not in_notebook(names):
        return Unchecked()
    from autograder.core.errors import told_in
    from autograder.core.text import default_language
    from autograder.handout.check_cell import check_part

    given, language = {answer.__name__: answer for answer in answers}, lang or default_language()
    with told_in(language):
        return check_part(part, given, names, question, language)


def load_ipython_extension(shell: Any) -> None:
    """Give a notebook the command ``%check``, by ``%load_ext autograder``; where graded it does nothing."""
    if hasattr(shell, "graded"):
        shell.register_magic_function(lambda line: Unchecked(), "line", "check")
    else:
        from autograder.handout.check_magic import register

        register(shell)


def in_notebook(names: Mapping[str, Any]) -> bool:
    """Return whether these are the names that a notebook's cells share.

    The kernel is asked, not ``__name__``: a submission could call itself ``__main__``, and have the checks
    that it brings along run as code that no check of its source has seen.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and not hasattr(shell, "graded") and shell.user_global_ns is names


def __dir__() -> list[str]:
    return sorted(__all__)
