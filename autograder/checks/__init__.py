"""Kinds of checks; each judges evidence by the inputs, the reference and the source, and nothing else."""

from autograder.checks.answers import Choice, Essay, Facts, Item, OneOf, rubric_items
from autograder.checks.asserted import Asserted, Ran
from autograder.checks.axes import Axis
from autograder.checks.closeness import Close, Relation, relation
from autograder.checks.operators import Operators
from autograder.checks.properties import AtLeast, AtMost, Dtype, Finite, Picture, Shape
from autograder.checks.sealed import Sealed, Withheld
from autograder.checks.source import Forbids, Uses

__all__ = [
    "Asserted",
    "AtLeast",
    "AtMost",
    "Axis",
    "Choice",
    "Close",
    "Dtype",
    "Essay",
    "Facts",
    "Finite",
    "Forbids",
    "Item",
    "OneOf",
    "Operators",
    "Picture",
    "Ran",
    "Relation",
    "Sealed",
    "Shape",
    "Uses",
    "Withheld",
    "relation",
    "rubric_items",
]
