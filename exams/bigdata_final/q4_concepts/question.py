"""Question 4 of the big-data final: shapes, a cosine regression and how it was fitted, and CNNs."""

from __future__ import annotations

from autograder import Choice, Limit, OneOf, Part, Question

from .probes import CNN_ITEMS


def in_form(name, form):
    """Required, and public: the answer can be read."""
    return OneOf(f"{name}_form", options=[form])


# The losses told in fit_statements, 0.386 and 8.18, are those of one run: tf.keras.utils.set_random_seed(43052),
# TensorFlow 2.21, Keras 3.15, CPU, one thread, 2026-11-21.
QUESTION = Question(
    framework="python",
    pool=2,
    setup=Limit(seconds=60, memory_mb=8192),  # answers may have been computed: importing keras is allowed
    parts=[
        Part(
            name="conv_shape",
            points=2,
            probe="probe_conv_shape",
            limit=Limit(seconds=5),
            checks=[in_form("CONV_SHAPE", "tuple of int"), Choice("CONV_SHAPE", points=2)],
        ),
        Part(
            name="flatten_shape",
            points=2,
            probe="probe_flatten_shape",
            limit=Limit(seconds=5),
            checks=[in_form("FLATTEN_SHAPE", "tuple of int"), Choice("FLATTEN_SHAPE", points=2)],
        ),
        Part(
            name="model_statements",
            points=2,
            probe="probe_model_statements",
            limit=Limit(seconds=5),
            checks=[in_form("MODEL_STATEMENTS", "list of names"), Choice("MODEL_STATEMENTS", points=2)],
        ),
        Part(
            name="fit_statements",
            points=2,
            probe="probe_fit_statements",
            limit=Limit(seconds=5),
            checks=[in_form("FIT_STATEMENTS", "list of names"), Choice("FIT_STATEMENTS", points=2)],
        ),
        Part(
            name="cnn_statements",
            points=2,
            probe="probe_cnn_statements",
            limit=Limit(seconds=5),
            checks=[
                in_form("CNN_STATEMENTS", "5 bool"),
                *(Choice(name, points=0.4) for name in CNN_ITEMS),
            ],
        ),
    ],
)
