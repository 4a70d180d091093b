"""Hidden variants: other seeds and settings for the same code, drawn from the course key.

A question has one public variant and a small pool of hidden ones. The pool is derived from the key, so that a
run can be repeated and references are computed once. A keyed hash of the student's name chooses the variant
for a part, so that nobody can predict it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from autograder.core.evidence import Json
from autograder.core.exam import Part, Question
from autograder.core.generators import draw_sizes
from autograder.core.outcome import PUBLIC

PRACTICE = "practice"  # the variant for self-checks, which is not secret
PRACTICE_KEY = b"practice"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The inputs of one run of a part: the seed for ``given`` and the settings for the probe."""

    name: str
    seed: int
    settings: Mapping[str, Json]


def _draw(key: bytes, *names: object) -> int:
    message = "/".join(map(str, names)).encode(errors="surrogatepass")
    return int.from_bytes(hmac.digest(key, message, "sha256")[:8], "big")


def _pick(options: Sequence[T], key: bytes, *names: object) -> T:
    return options[_draw(key, *names) % len(options)]


def hidden_name(index: int) -> str:
    """Return the name of the pool's ``index``-th variant, counted from 1."""
    return f"hidden{index}"


def _variant(name: str, question: Question, part: Part, key: bytes, question_id: str, index: int) -> Variant:
    varied = {
        setting: _pick(options, key, question_id, part.name, index, setting)
        for setting, options in part.vary.items()
    }
    # A seed for all parts of a question, so that they share the data.
    seed = _draw(key, question_id, index, "seed") % 2**31
    return Variant(name=name, seed=seed, settings={**_sizes(question, seed), **part.settings, **varied})


def _sizes(question: Question, seed: int) -> dict[str, int]:
    return draw_sizes(question.inputs, question.sizes, seed)


def public_variant(question: Question, part: Part) -> Variant:
    """Return the variant with the document's own seed and settings."""
    settings = {**_sizes(question, question.seed), **part.settings}
    return Variant(name=PUBLIC, seed=question.seed, settings=settings)


def pool(question: Question, part: Part, key: bytes, question_id: str) -> list[Variant]:
    """Return the hidden variants of a part; ``question_id`` is ``exam/question``."""
    return [
        _variant(hidden_name(index), question, part, key, question_id, index)
        for index in range(1, question.pool + 1)
    ]


def practice_variant(question: Question, part: Part, question_id: str) -> Variant:
    """Return the variant for self-checks, from a public key."""
    return _variant(PRACTICE, question, part, PRACTICE_KEY, question_id, 1)


def assigned(question: Question, part: Part, key: bytes, question_id: str, student: str) -> str:
    """Return the name of a student's hidden variant for a part."""
    return _pick([hidden_name(i) for i in range(1, question.pool + 1)], key, question_id, part.name, student)
