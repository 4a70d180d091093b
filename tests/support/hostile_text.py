"""Strings that would break a page or run in it if they were not escaped, and a run that is full of them."""

from __future__ import annotations

import numpy as np

from autograder.core.evidence import Evidence
from autograder.core.outcome import Attempt, Outcome, Task
from autograder.core.text import Text
from autograder.core.verdict import Finding, Result, Status, Verdict
from autograder.records.manifest import Kept, Manifest, QuestionRecord, ReferenceKeys
from autograder.records.results import header_of, in_order
from autograder.records.run_folder import Run
from autograder.records.store import Store

# Each would leave an element with the id "pwned", or set window.pwned, or end what it stands in.
HOSTILE = [
    "<b id=pwned>x</b>",
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 1</script>",
    "</title></style></textarea><img id=pwned src=x onerror='window.pwned = 1'>",
    '"><svg id=pwned onload="window.pwned = 1">',
    "' onmouseover='window.pwned = 1' x='",
    "javascript:window.pwned=1",
    "<!--<script>",
    "{{ 7 * 7 }}{% for %}",
    "&lt;b id=pwned&gt;&#60;b&#62;",
    "\u202eevil\u2066 \ufeff\x00\x1b[31m\ud800",
    "]]><![CDATA[ \u2028\u2029 `${window.pwned = 1}`",
    "$\\frac{1}{2$ _^{ \\",
]
ALL = " ".join(HOSTILE)


def key(number) -> str:
    return f"{number:064x}"


GIVEN, RIGHT = key(1_000), key(1_001)


def hostile_run(folder) -> Run:
    """A run in which every string that a student controls, and more, is hostile."""
    run, found, submissions = Run(folder), [], {}
    for index, text in enumerate(HOSTILE):
        student, explained = f"{text} {index}", index % 2 == 1
        finding = Finding(
            check=f"Close({text})",
            passed=False,
            message=Text(ko=ALL, en=ALL),
            mistake="m<b id=pwned>" if explained else None,
            explanation=Text(ko=ALL, en=ALL) if explained else None,
            max_points=2.0,
            traceback=ALL,
        )
        verdict = Verdict(
            part="cumulative",
            status=list(Status)[index % 6],
            points=1.0,
            max_points=5.0,
            findings=(finding,),
            seconds=0.1,
        )
        notes = (Text(ko=ALL, en=ALL),)
        found.append(Result(student=student, question="q1_numbers", verdicts=(verdict,), notes=notes))
        evidence = Evidence(arrays={"sums": np.zeros((2, 2))}, facts={"title": text})
        source = f"def cumulative(values, scale):\n    return {text!r}\n" * (1 + index % 2)
        Store(run.evidence).save(key(index), Attempt(outcomes={Task("cumulative"): Outcome(evidence=evidence)}, source=source))  # fmt: skip
        submissions[student] = {"q1_numbers": Kept(key=key(index), variants={})}
    given = Evidence(arrays={"values": np.arange(3.0)})
    Store(run.evidence).save(GIVEN, Attempt(outcomes={Task("given"): Outcome(evidence=given)}))
    right = Evidence(arrays={"sums": np.arange(3.0)})
    Store(run.evidence).save(RIGHT, Attempt(outcomes={Task("cumulative"): Outcome(evidence=right)}))
    about = QuestionRecord(
        digest=key(999),
        versions={"numpy": ALL},
        datasets={"mnist": ALL},
        references=ReferenceKeys(given=GIVEN, solution=RIGHT),
    )
    manifest = Manifest(
        exam="toy",
        course="",
        profile="mini",
        device="cpu",
        isolation="bubblewrap",
        complete=True,
        questions={"q1_numbers": about},
        submissions=submissions,
    )
    run.write_manifest(manifest)
    run.write_results(header_of(manifest), sorted(found, key=in_order))
    return run
