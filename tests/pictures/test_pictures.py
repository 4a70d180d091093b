"""Pictures show what the numbers say, stand by themselves, and survive any evidence."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from autograder.core.check import Observation
from autograder.core.evidence import Evidence
from autograder.core.text import Text
from autograder.pictures import (
    Confusion,
    ContactSheet,
    Curves,
    DrawingError,
    LossPath,
    Matrix,
    Overlay,
    Panels,
)
from autograder.pictures.canvas import numbers
from autograder.pictures.render import Gallery, render

CAPTION = Text(ko="그림", en="picture")
RNG = np.random.default_rng(0)
X = np.stack([np.ones(30), np.linspace(-1, 1, 30)], axis=1)
INPUTS = Evidence(arrays={"X": X, "y": X @ [[2.0], [4.0]], "labels": np.arange(12) % 3, "images": RNG.integers(0, 255, (12, 8, 8))})  # fmt: skip


def taken(evidence, inputs):
    return evidence["a"]


KINDS = {
    "curves": (Curves(CAPTION, curves=lambda e, i: {"loss": e["a"]}), np.linspace(3, 1, 9)),
    "panels": (Panels(CAPTION, functions=lambda e, i: {"f": e["a"], "g": e["a"]}), RNG.random((20, 2))),
    "path": (LossPath(CAPTION, data=lambda i: (i["X"], i["y"]), path=taken), RNG.random((5, 2))),
    "matrix": (Matrix(CAPTION, values=taken, labels=lambda i: (["a", "b"], ["c", "d", "e"])), RNG.random((2, 3))),
    "sheet": (ContactSheet(CAPTION, images=lambda e, i: [("1", image) for image in e["a"]]), RNG.random((5, 8, 8, 3)) * 255),
    "overlay": (Overlay(CAPTION, image=lambda i: i["images"][0], maps=taken, titles=["a", "b"]), RNG.random((2, 4, 4))),
    "confusion": (Confusion(CAPTION, outputs=taken, labels=lambda i: i["labels"], images=lambda i: i["images"], classes=["a", "b", "c"]), RNG.random((12, 3))),
}  # fmt: skip
every_kind = pytest.mark.parametrize("kind", KINDS)


def seen(array, reference=None, **more):
    other = None if reference is None else Evidence(arrays={"a": reference})
    return Observation(
        evidence=Evidence(arrays={"a": np.asarray(array), **more}), inputs=INPUTS, reference=other
    )


def pixels(rendered):
    kind, _, data = rendered.uri.partition(";base64,")
    assert kind == "data:image/png"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)


@every_kind
def test_a_picture_stands_by_itself_is_small_and_is_drawn_the_same_again(kind):
    illustration, array = KINDS[kind]
    first, again = (render(illustration, seen(array, array + 0.1)) for _ in range(2))
    assert first.why == ""
    assert first == again
    assert len(first.uri) < 120_000
    assert render(illustration, seen(array)).why == ""  # without a reference, too
    svg = base64.b64decode(first.uri.partition(",")[2])
    assert b"<script" not in svg
    assert b"<image" not in svg


@every_kind
def test_the_picture_follows_the_students_numbers(kind):
    illustration, array = KINDS[kind]
    assert render(illustration, seen(array)).uri != render(illustration, seen(array[::-1].copy())).uri


@every_kind
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(array=arrays(st.sampled_from(["float64", "float32", "int64", "bool", "complex64", "uint8"]), array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)))  # fmt: skip
def test_any_evidence_gives_a_picture_or_a_reason(kind, array):
    rendered = render(KINDS[kind][0], seen(array, KINDS[kind][1]))
    assert bool(rendered.uri) != bool(rendered.why)


@every_kind
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
def test_numbers_that_are_none_do_not_break_a_picture(kind, value):
    illustration, array = KINDS[kind]
    some, every = array.copy(), np.full_like(array, value)
    some[0] = value
    for broken in (some, every):
        rendered = render(illustration, seen(broken, array))
        assert bool(rendered.uri) != bool(rendered.why)


def test_curves_are_named_arrays_or_what_a_function_returns():
    values = np.linspace(3, 1, 9)
    by_name = Curves(CAPTION, curves={"loss": "a"})
    assert render(by_name, seen(values)).uri == render(KINDS["curves"][0], seen(values)).uri


def test_a_curve_without_a_finite_number_says_where_it_ends():
    illustration = KINDS["curves"][0]
    figure = illustration.draw(seen([1.0, 2.0, np.nan, np.nan]))
    (label,) = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert label == "loss, not finite from 3 on"
    assert render(illustration, seen([np.nan] * 3)).why == ""


def test_what_differs_from_the_reference_is_framed():
    illustration, array = KINDS["matrix"]
    other = array.copy()
    other[1, 2] += 0.1
    axes = illustration.draw(seen(array, other)).axes[0]
    assert [(patch.get_x(), patch.get_y()) for patch in axes.patches] == [(1.5, 0.5)]
    assert not illustration.draw(seen(array, array + 0.001)).axes[0].patches


def test_confusion_counts_and_shows_the_most_certain_errors_first():
    illustration = KINDS["confusion"][0]
    outputs = np.eye(3)[INPUTS["labels"]] * 0.8
    outputs[4] = [0.9, 0.05, 0.05]  # label 1
    outputs[5] = [0.95, 0.05, 0.0]  # label 2
    figure = illustration.draw(seen(outputs))
    counts = [text.get_text() for text in figure.axes[0].texts]
    assert sorted(counts) == ["1", "1", "3", "3", "4"]
    titles = [axes.get_title() for axes in figure.axes[1:] if axes.get_title()]
    assert titles == ["c\n→ a", "b\n→ a"]


def test_the_same_evidence_is_drawn_once_while_it_is_remembered():
    gallery, (illustration, array) = Gallery(kept=2), KINDS["curves"]
    first = gallery.show([illustration], seen(array))
    assert gallery.show([illustration], seen(array.copy()))[0] is first[0]
    for change in (1, 2):
        assert gallery.show([illustration], seen(array + change))[0] is not first[0]
    assert len(gallery.drawn) == 2
    again = gallery.show([illustration], seen(array))
    assert again[0] is not first[0]
    assert again == first


def test_what_nobody_can_tell_apart_is_drawn_once():
    gallery, (illustration, array) = Gallery(), KINDS["curves"]
    first = gallery.show([illustration], seen(array))[0]
    assert gallery.show([illustration], seen(array * (1 + 1e-7), figure=np.ones(3, np.uint8)))[0] is first
    for other in (seen(array + 0.01), seen(2 * array), seen(array[1:]), seen(array, b=np.arange(2))):
        assert gallery.show([illustration], other)[0] is not first
    large = np.linspace(0, 1, 1 << 14)
    first = gallery.show([illustration], seen(large))[0]
    assert gallery.show([illustration], seen(large.copy()))[0] is first
    assert gallery.show([illustration], seen(large * (1 + 1e-7)))[0] is not first


def test_numbers_are_guarded():
    assert numbers([1, 2], None).dtype == np.float64
    assert np.isnan(numbers([1.0, np.inf], 2)[1])
    for values, shape in (("abc", ()), ([[1]], (None,)), (np.zeros(1 << 19), (None,)), ([np.nan], (1,))):
        with pytest.raises(DrawingError):
            numbers(values, *shape)
