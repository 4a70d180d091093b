"""Strings that would break a page or run in it if they were not escaped, and a run that is full of them."""

from __future__ import annotations

import numpy as np

from autograder.core.evidence import Evidence
from autograder.core.outcome import Attempt, Outcome, Task
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
    run, rows, questions, submissions = Run(folder), [], [], {}
    message = {"ko": ALL + " [m<b id=pwned>] " + ALL, "en": ALL + " [m<b id=pwned>] " + ALL}
    for index, text in enumerate(HOSTILE):
        student = f"{text} {index}"
        finding = {
            "check": f"Close({text})",
            "passed": False,
            "message": message,
            "mistake": "m<b id=pwned>" if index % 2 else None,
            "points": 0.0,
            "max_points": 2.0,
            "traceback": ALL,
        }
        status = ["failed", "fault", "ungraded", "manual", "partial", "passed"][index % 6]
        whose = {"student": student, "question": "q1_numbers"}
        row = {**whose, "part": "cumulative", "status": status, "points": 1.0, "max_points": 5.0, "manual": 0.0, "seconds": 0.1, "findings": [finding]}  # fmt: skip
        rows.append(row)
        questions.append({**whose, "points": 1.0, "max_points": 5.0, "manual": 0.0, "ungraded": 0.0, "notes": [message]})  # fmt: skip
        evidence = Evidence(arrays={"sums": np.zeros((2, 2))}, facts={"title": text})
        source = f"def cumulative(values, scale):\n    return {text!r}\n" * (1 + index % 2)
        Store(run.evidence).save(key(index), Attempt(outcomes={Task("cumulative"): Outcome(evidence=evidence)}, source=source))  # fmt: skip
        submissions[student] = {"q1_numbers": {"key": key(index), "variants": {}}}
    totals = [{"student": row["student"], "points": 1.0, "max_points": 5.0, "manual": 0.0, "ungraded": 0.0} for row in rows]  # fmt: skip
    given = Evidence(arrays={"values": np.arange(3.0)})
    Store(run.evidence).save(GIVEN, Attempt(outcomes={Task("given"): Outcome(evidence=given)}))
    right = Evidence(arrays={"sums": np.arange(3.0)})
    Store(run.evidence).save(RIGHT, Attempt(outcomes={Task("cumulative"): Outcome(evidence=right)}))
    about = {"bench": key(999), "versions": {}, "references": {"given": GIVEN, "solution": RIGHT}}
    environment = {"exam": "toy", "profile": "mini", "device": "cpu", "isolation": "bubblewrap"}
    run.write_manifest({**environment, "course": "", "complete": True, "submissions": submissions, "questions": {"q1_numbers": about}})  # fmt: skip
    made_with = {"versions": {"numpy": ALL}, "dataset": {"mnist": ALL}}
    run.write_results({**environment, **made_with, "results": rows, "questions": questions, "totals": totals})
    return run
