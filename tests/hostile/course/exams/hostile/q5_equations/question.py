"""Numbers that are first judged by equations between them, for attacks on our side of an equation."""

from __future__ import annotations

from autograder import Close, Limit, Part, Question, Text, relation
from autograder.checks import Relation


def multiplied(evidence, inputs):
    totals, increments = evidence.arrays["totals"], evidence.arrays["increments"]
    return (totals[:, None] * increments).sum(-1), totals * increments.sum()


@relation(label=Text(ko="합", en="sums"), statement=Text(ko="합입니다.", en="They are the sums."))
def adds_up(totals, increments):
    return totals, increments.cumsum(0)


QUESTION = Question(
    framework="python",
    seed=5,
    pool=2,
    setup=Limit(seconds=60, scratch_mb=8, threads=16),
    parts=[
        Part(
            name="equations",
            points=4,
            calls=["increments = steps(values)", "totals = sums(values)"],
            limit=Limit(seconds=60, memory_mb=192, threads=16, output_kb=64, scratch_mb=8),
            checks=[
                Relation(
                    "products",
                    arrays=["totals"],  # and the other as well, which the author forgot to say
                    equation=multiplied,
                    label=Text(ko="곱", en="products"),
                    statement=Text(ko="곱의 합입니다.", en="They are sums of products."),
                ),
                adds_up,
                Close("totals", atol=1e-6, points=4),
            ],
        )
    ],
)
