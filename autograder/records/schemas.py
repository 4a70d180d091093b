"""The form of results.json, run.json and live.json as JSON Schemas, and where a value departs from one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from autograder.core.verdict import Status

Schema = Mapping[str, Any]
_TEXT: Schema = {"type": "string"}
_POINTS: Schema = {"type": "number", "minimum": -1e9, "maximum": 1e9}
_HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _object(required: Schema, optional: Schema | None = None, *, closed: bool = False) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": not closed,
    }


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_BOTH = _object({"ko": _TEXT, "en": _TEXT}, closed=True)
_FINDING = _object(
    {
        "check": _TEXT,
        "passed": {"type": "boolean"},
        "message": _BOTH,
        "mistake": {"type": ["string", "null"]},
        "points": _POINTS,
        "max_points": _POINTS,
    },
    {
        "kind": _TEXT,
        "variant": _TEXT,
        "numbers": _map({"type": "number"}),
        "explanation": _BOTH,
        "reason": _BOTH,
        "manual": {"type": "boolean"},
        "traceback": _TEXT,
    },
    closed=True,
)
_SUMS = {"points": _POINTS, "max_points": _POINTS, "manual": _POINTS, "ungraded": _POINTS}
_ROW = _object(
    {
        "student": _TEXT,
        "question": _TEXT,
        "part": _TEXT,
        "status": {"enum": [status.value for status in Status]},
        "points": _POINTS,
        "max_points": _POINTS,
        "manual": _POINTS,
        "seconds": _POINTS,
        "findings": _list(_FINDING),
    },
    {"memory_mb": {"type": ["number", "null"], "minimum": 0, "maximum": 1e9}},
)
_CONDITIONS: Schema = {
    "exam": _TEXT,
    "profile": {"enum": ["mini", "full"]},
    "device": _TEXT,
    "isolation": _TEXT,
}

_RESULTS: Schema = {
    **_CONDITIONS,
    "versions": _map(_TEXT),
    "dataset": _map(_TEXT),
    "results": _list(_ROW),
    "questions": _list(_object({"student": _TEXT, "question": _TEXT, **_SUMS, "notes": _list(_BOTH)})),
    "totals": _list(_object({"student": _TEXT, **_SUMS})),
}
RESULTS: Schema = _object(_RESULTS, {"settings": {"type": "object"}})
_QUESTION = _object(
    {"bench": _HASH, "versions": _map(_TEXT)},
    {"datasets": _map(_TEXT), "references": _object({"given": _HASH, "solution": _HASH})},
)
RUN: Schema = _object(
    {
        **_CONDITIONS,
        "course": _TEXT,
        "complete": {"type": "boolean"},
        "questions": _map(_QUESTION),
        "submissions": _map(_map(_object({"key": _HASH, "variants": _map(_TEXT)}))),
    }
)


_COUNT: Schema = {"type": "integer", "minimum": 0}
LIVE: Schema = _object({"done": _COUNT, "total": _COUNT, "manifest": RUN, **_RESULTS})

_FILES = {"results.json": RESULTS, "run.json": RUN, "live.json": LIVE}


def departure(value: object, name: str) -> str | None:
    """Return None if a JSON value has the form of the file of this name, else where it has not and why."""
    return _problem(_validator(name), value)


def item_departure(value: object, name: str, entry: str) -> str | None:
    """Return None if a value has the form of one item of a list in the file, else where it has not and why.

    Of an object in the file it is the object with that one item.
    """
    return _problem(_item_validator(name, entry), value)


def _problem(validate: Callable[[object], object], value: object) -> str | None:
    from fastjsonschema import JsonSchemaValueException

    try:
        validate(value)
    except JsonSchemaValueException as error:
        return str(error.message)
    return None


@cache
def _validator(name: str) -> Callable[[object], object]:
    return _compiled(_FILES[name])


@cache
def _item_validator(name: str, entry: str) -> Callable[[object], object]:
    schema = _FILES[name]["properties"][entry]
    return _compiled(schema.get("items", schema))


def _compiled(schema: Schema) -> Callable[[object], object]:
    import fastjsonschema

    validate: Callable[[object], object] = fastjsonschema.compile(dict(schema), use_default=False)
    return validate
