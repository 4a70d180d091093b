"""Results of a class, made up row by row."""

from __future__ import annotations


def row(student, part, status, points, *, most=4.0, manual=0.0, mistake=None, seconds=1.0, **more):
    finding = {"check": "Close(x)", "passed": status == "passed", "message": {"ko": "왜", "en": "why"}, "mistake": mistake, "points": points, "max_points": most}  # fmt: skip
    return {"student": student, "question": "q1_x", "part": part, "status": status, "points": points, "max_points": most, "manual": manual, "seconds": seconds, "findings": [finding], **more}  # fmt: skip


def results_of(rows):
    students = dict.fromkeys(row["student"] for row in rows)
    totals = []
    for student in students:
        own = [row for row in rows if row["student"] == student]
        sums = {name: sum(row[name] for row in own) for name in ("points", "max_points", "manual")}
        ungraded = sum(row["max_points"] for row in own if row["status"] == "ungraded")
        totals.append({"student": student, **sums, "ungraded": ungraded})
    environment = {"exam": "e", "profile": "mini", "device": "cpu", "isolation": "bubblewrap", "versions": {"numpy": "2.0"}, "dataset": {"mnist": "mini:0"}}  # fmt: skip
    return {**environment, "results": rows, "questions": [], "totals": totals}
