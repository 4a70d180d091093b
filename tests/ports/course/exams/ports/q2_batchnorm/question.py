"""Batch normalisation in numpy, forward and backward."""

from autograder import Close, Part, Question, normal, uniform

FORWARD = "forward(x, gain, shift, mean, var, training={})"

QUESTION = Question(
    framework="python",
    inputs={
        "x": normal("n", "d", mean=1, std=2),
        "grad": normal("n", "d"),
        "gain": uniform("d", low=0.5, high=2),
        "shift": normal("d"),
        "mean": normal("d"),
        "var": uniform("d", low=0.5, high=2),
    },
    sizes={"n": [6, 9, 12]},
    parts=[
        Part(
            name="training",
            points=6,
            calls=f"out, new_mean, new_var, _cache = {FORWARD.format(True)}",
        ),
        Part(
            name="evaluation",
            points=3,
            calls=f"out, same_mean, same_var, _cache = {FORWARD.format(False)}",
            checks=[Close("same_mean"), Close("same_var"), Close("out")],
        ),
        Part(
            name="gradients",
            points=6,
            calls=[
                f"_out, _mean, _var, _cache = {FORWARD.format(True)}",
                "dx, dgain, dshift = backward(grad, _cache)",
            ],
            checks=[Close("dx", points=4), Close("dgain", points=1), Close("dshift", points=1)],
        ),
    ],
)
