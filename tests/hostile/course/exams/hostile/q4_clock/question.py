"""Numbers to compute in little time, for attacks that never end: nobody else answers it."""

from __future__ import annotations

from autograder import Close, Limit, Part, Question

QUESTION = Question(
    framework="python",
    seed=4,
    pool=2,
    setup=Limit(seconds=1, scratch_mb=8, threads=16),
    parts=[
        Part(
            name="clock",
            points=4,
            probe="probe_clock",
            limit=Limit(
                seconds=1, memory_mb=192, threads=16, processes=6, output_kb=64, evidence_mb=1, scratch_mb=8
            ),
            checks=[Close("answer", atol=1e-6, points=4)],
        )
    ],
)
