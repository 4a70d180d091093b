"""The bare computation of submissions, one after another in this process: no sandbox, no messages, no checks.

python benchmarks/maths.py 100
"""

from __future__ import annotations

import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"

from subject import PLACE, ROOT, answer

from autograder.core.evidence import Evidence
from autograder.core.variants import assigned
from autograder.course.catalog import Course
from autograder.records.store import Store
from autograder.running.jobs import environment_of, given_job, make_bench
from autograder.running.references import as_submission, cache_folder, course_variants
from autograder.worker.main import load_code, load_submission, run_probe


def main() -> None:
    """Call every probe of the tasks that one student has, on the solution, ``count`` times."""
    import torch

    torch.set_num_threads(1)
    course = Course(ROOT)
    entry, count, key = course.question(PLACE), int(sys.argv[1]), course.key()
    variants, environment = course_variants(entry, key), environment_of(entry, "mini", "cpu")
    given = Store(cache_folder()).load(given_job(entry, environment, variants).key)
    assert given is not None, "grade something of this question first: its inputs are not there"
    bench = make_bench(entry, environment, variants, given)
    question = entry.question
    names = {part.name: assigned(question, part, key, entry.id, "student") for part in question.parts}
    job = bench.prepare(as_submission(entry, answer()), bench.tasks_for(names)).job
    assert job is not None
    inputs = {
        f"{variant}/{name}": array
        for variant, found in job.inputs.items()
        for name, array in found.arrays.items()
    }
    message = Evidence(arrays=inputs, facts={"device": "cpu"})
    code = load_code(job.code, job.code_name)
    cells = [[cell.where, cell.source] for cell in job.submission.cells]
    for _ in range(count):
        student, _ = load_submission(cells)
        for task in job.tasks:
            run_probe(code, {"variant": task.variant, **job.requests[task]}, student, message)


if __name__ == "__main__":
    main()
