"""Question 4 of the big-data final: shapes, a cosine regression and how it was fitted, and CNNs."""

from __future__ import annotations

from autograder import Choice, Limit, Part, Question


def part(name, read):
    """Two points for a constant, read by a function of probes.py."""
    constant = name.upper()
    return Part(
        name=name,
        points=2,
        calls=f"{constant} = {read}({constant})",
        limit=Limit(seconds=5),
        checks=[Choice(constant, points=2)],
    )


# The losses told in fit_statements, 0.386 and 8.18, are those of one run: tf.keras.utils.set_random_seed(43052),
# TensorFlow 2.21, Keras 3.15, CPU, one thread, 2026-11-21.
QUESTION = Question(
    framework="python",
    pool=2,
    setup=Limit(seconds=60, memory_mb=8192),  # answers may have been computed: importing keras is allowed
    parts=[
        part("conv_shape", "shape"),
        part("flatten_shape", "shape"),
        part("model_statements", "people"),
        part("fit_statements", "people"),
        part("cnn_statements", "items"),
    ],
)
