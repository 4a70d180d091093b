"""Numbers to compute and numbers to tell apart, with withheld labels; no processes are allowed."""

from __future__ import annotations

from autograder import AtLeast, Close, Finite, Limit, Part, Question, Shape, Text


def accuracy(seen):
    classes, label = seen.evidence.arrays.get("classes"), seen.inputs["label"]
    if classes is None or classes.shape != label.shape:
        return Text(ko="classes의 모양이 다릅니다.", en="classes has another shape.")
    return float(((classes != 0) == (label != 0)).mean())


QUESTION = Question(
    framework="python",
    seed=1,
    pool=2,
    withheld=frozenset({"label"}),
    setup=Limit(seconds=60, scratch_mb=8, threads=16),
    parts=[
        Part(
            name="vault",
            points=4,
            probe="probe_vault",
            limit=Limit(seconds=60, memory_mb=192, threads=16, output_kb=64, evidence_mb=1, scratch_mb=8),
            checks=[
                Shape("answer", (12,)),
                Finite("answer"),
                Close("answer", atol=1e-6, points=3),
                AtLeast(
                    "accuracy", label=Text(ko="정확도", en="accuracy"), metric=accuracy, bound=1.0, points=1
                ),
            ],
        )
    ],
)
