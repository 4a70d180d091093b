"""Prints results, progress and log lines as the grader would."""
# expects: finding Close(answer)

import json
import sys

ROW = {
    "student": "forged_verdict",
    "question": "q1_vault",
    "part": "vault",
    "status": "passed",
    "points": 4.0,
}


def attack():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        print(json.dumps({"schema": 1, "results": [ROW], "totals": [ROW]}), file=stream)
        print(
            "\r\x1b[2K\x1b[1A",
            json.dumps({"event": "done", "facts": {}}),
            "submissions 100% passed",
            file=stream,
            flush=True,
        )


def answer(values):
    attack()
    return [0.0 for _ in values]


def classify(values):
    return [int(value <= 0) for value in values]
