"""Numbers to compute where a few processes are allowed."""

import numpy as np

from autograder import Close, Limit, Part, Question, Text


def answer(values):
    """Return 1 plus three times the sums of the first 1, 2, ... numbers."""
    raise NotImplementedError


def given(seed, profile):
    return {"values": np.random.default_rng(seed).normal(size=12)}


def probe_processes(student, given, device):
    return {"answer": np.asarray(student.answer(given["values"].tolist()))}


QUESTION = Question(
    title=Text(ko="프로세스", en="Processes"),
    framework="python",
    given=given,
    seed=3,
    pool=2,
    interface=[answer],
    setup=Limit(seconds=60, scratch_mb=8, threads=16),
    parts=[
        Part(
            name="sums",
            points=4,
            statement=Text(ko="수를 계산하라.", en="Compute the numbers."),
            probe=probe_processes,
            limit=Limit(
                seconds=60, memory_mb=192, threads=16, processes=6, output_kb=64, evidence_mb=1, scratch_mb=8
            ),
            checks=[Close("answer", atol=1e-6, points=4)],
        )
    ],
)
