"""What an assertion saw, as plain JSON: the form in which values leave a sandbox with what they were.

Every value is a dictionary with ``k``, its kind. ``none``, ``ellipsis``, ``bool``, ``int``, ``float``,
``complex``, ``str`` and ``bytes`` have the value as text under ``v``; ``list``, ``tuple``, ``set`` and
``dims`` their items under ``v``; ``dict`` pairs; ``array`` has ``d`` (dtype), ``s`` (shape) and either
``v`` (base64 of little-endian bytes) or ``at`` (the name of an array of the evidence); ``dtype`` and
``type`` names. ``object`` has no value. ``error`` says what was raised instead. ``m`` lists the names of
a value's classes, the nearest first, where the kind does not say them.
"""

from __future__ import annotations

from typing import Any

Value = dict[str, Any]  # JSON

MAX_INSIDE = 2_048  # bytes of an array that stand in the JSON; larger ones are arrays of the evidence
MAX_ITEMS = 20_000  # items of one value, in all its levels
MAX_LEVELS = 12

# The classes of values of these kinds, by name, the nearest first.
CLASSES = {
    "none": ["builtins.NoneType"],
    "ellipsis": ["builtins.ellipsis"],
    "bool": ["builtins.bool", "builtins.int"],
    "int": ["builtins.int"],
    "float": ["builtins.float"],
    "complex": ["builtins.complex"],
    "str": ["builtins.str"],
    "bytes": ["builtins.bytes"],
    "list": ["builtins.list"],
    "tuple": ["builtins.tuple"],
    "set": ["builtins.set"],
    "dict": ["builtins.dict"],
}
