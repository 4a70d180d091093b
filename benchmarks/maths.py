"""Computes submissions one after another in this process, without sandbox, messages and checks.

python benchmarks/maths.py 100
"""

from __future__ import annotations

import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"

from subject import QUESTION_ID, ROOT, answer, job_of

from autograder.course.catalog import Course
from autograder.running.executor import lazily
from autograder.running.jobs import Runner
from autograder.worker.jobs import ProbeCall
from autograder.worker.loading import load
from autograder.worker.reading import read_contents
from autograder.worker.settings import settings_put_back
from autograder.worker.tasks import load_code, observe


def main() -> None:
    """Call the probes of a student's tasks on the solution, ``count`` times."""
    import torch

    torch.set_num_threads(1)
    entry, count = Course(ROOT).question(QUESTION_ID), int(sys.argv[1])
    with lazily("auto") as executor:
        job = job_of(entry, answer(), Runner(executor=executor))
    code = load_code(job.code, job.code_name, job.shared)
    contents = read_contents(job.submission.name, job.submission.data)
    for _ in range(count):
        student, _ = load(contents)
        for task, call in job.calls.items():
            assert isinstance(call, ProbeCall)
            arrays = job.inputs[task.variant].arrays
            observe(code, call, student, arrays, "cpu", settings_put_back)


if __name__ == "__main__":
    main()
