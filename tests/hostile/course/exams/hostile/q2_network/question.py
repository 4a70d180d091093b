"""One step of a recurrent network by hand, for attacks on torch and on Forbids."""

from __future__ import annotations

from autograder import Close, Finite, Forbids, Limit, Operators, Part, Question, Shape
from autograder.checks.operators import BY_HAND

CHECKS = [Shape("h", (5, 4)), Finite("h"), Close("h", atol=1e-5, points=4)]
FORBIDDEN = [
    *("torch.nn.RNN", "torch.nn.RNNCell", "torch.rnn_tanh_cell", "torch.rnn_tanh"),
    *("torch._VF", "torch._C", "torch.ops", "torch.jit"),
]


QUESTION = Question(
    framework="torch",
    seed=2,
    pool=2,
    setup=Limit(seconds=60),
    parts=[
        Part(
            name="step",
            points=4,
            probe="probe_step",
            limit=Limit(seconds=60),
            checks=[Forbids("built in", names=FORBIDDEN), *CHECKS],
        ),
        Part(
            name="step_anyhow",
            points=4,
            probe="probe_step_anyhow",
            limit=Limit(seconds=60),
            checks=CHECKS,
        ),
        Part(
            name="step_by_hand",
            points=4,
            calls="hidden = step_by_hand(x, h, w, u)",
            limit=Limit(seconds=60),
            checks=[
                Operators(allowed=BY_HAND | {"tanh"}),
                *(Shape("hidden", (5, 4)), Finite("hidden"), Close("hidden", atol=1e-5, points=4)),
            ],
        ),
    ],
)
