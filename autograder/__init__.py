"""Deep-learning exams and homework that grade themselves.

The names an author of questions needs are here, loaded when first used: importing the package is cheap
and brings in neither torch nor tensorflow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.checks import (
        AtLeast,
        AtMost,
        Choice,
        Close,
        Dtype,
        Essay,
        Facts,
        Finite,
        Forbids,
        Observation,
        OneOf,
        Picture,
        Relation,
        Shape,
        Uses,
    )
    from autograder.evidence import Evidence
    from autograder.exam import Exam, Limit, Mistake, Part, Question
    from autograder.text import Text

__version__ = "0.1.0"

__all__ = [
    "AtLeast",
    "AtMost",
    "Choice",
    "Close",
    "Dtype",
    "Essay",
    "Evidence",
    "Exam",
    "Facts",
    "Finite",
    "Forbids",
    "Limit",
    "Mistake",
    "Observation",
    "OneOf",
    "Part",
    "Picture",
    "Question",
    "Relation",
    "Shape",
    "Text",
    "Uses",
    "__version__",
]

_HOMES = {"Evidence": "evidence", "Text": "text"} | dict.fromkeys(
    ["Exam", "Limit", "Mistake", "Part", "Question"], "exam"
)


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(f"autograder.{_HOMES.get(name, 'checks')}"), name)
    raise AttributeError(f"module 'autograder' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
