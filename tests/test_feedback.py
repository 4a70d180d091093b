"""The page a student reads: both languages, the student's own figures, nothing of the student's that runs."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import numpy as np
import pytest

from autograder.evidence import Evidence
from autograder.outcome import Attempt, Outcome, Task
from autograder.reports import RENDERERS
from autograder.reports.material import pictures_of
from autograder.store import Run, Store

HOSTILE = "</span><script>alert(1)</script><img src=x onerror=alert(2)>"


def png():
    from matplotlib.figure import Figure

    from autograder.figures import picture

    figure = Figure(figsize=(2, 2))
    figure.subplots().plot([1, 2])
    return picture(figure)


@pytest.fixture
def run(tmp_path):
    run = Run(tmp_path / "run")
    evidence = Evidence(arrays={"figure": png(), "figure_fake": np.arange(9, dtype=np.uint8), "other": png()})
    Store(run.evidence).save("k", Attempt(outcomes={Task("a"): Outcome(evidence=evidence)}))
    run.write_manifest({"submissions": {HOSTILE: {"q1_x": {"key": "k"}}}})
    finding = {"check": "Close(w)", "passed": False, "message": {"ko": "틀림 " + HOSTILE, "en": "wrong " + HOSTILE}, "traceback": HOSTILE, "mistake": None, "points": 0, "max_points": 2}  # fmt: skip
    row = {"student": HOSTILE, "question": "q1_x", "part": "a", "status": "failed", "points": 0, "max_points": 2, "manual": 0, "seconds": 0.1, "findings": [finding]}  # fmt: skip
    results = {"exam": "e", "profile": "mini", "device": "cpu", "dataset": {"mnist": "mini:0"}, "results": [row], "totals": [{"student": HOSTILE, "points": 0, "max_points": 2, "manual": 1.5, "ungraded": 0}]}  # fmt: skip
    run.write_results(results)
    return run


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_has_both_languages_the_figure_and_no_foreign_markup(run, tmp_path, language):
    (path,) = RENDERERS["html"](run.results(), tmp_path / "out", language, pictures_of(run))
    assert path.parent == tmp_path / "out" / "feedback"
    text = path.read_text(encoding="utf-8")
    tags = Tags(text).found
    assert not [tag for tag, _ in tags if tag == "script"]
    assert not [attributes for _, attributes in tags if any(name.startswith("on") for name in attributes)]
    (image,) = [attributes for tag, attributes in tags if tag == "img"]  # neither the fake nor the other
    assert image["src"].startswith("data:image/png;base64,")
    assert f'id="{language}" checked' in text
    assert "틀림" in text
    assert "wrong" in text
    assert "mnist mini:0" in text


def test_report_writes_the_pages(autograder, run, tmp_path):
    result = autograder("report", run.folder, "--format", "html", "--output", tmp_path / "pages")
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().endswith(".html")


def test_figures_of_a_real_run_are_found(run):
    found = pictures_of(run)(HOSTILE, "q1_x", "a")
    assert list(found) == ["figure"]
    assert pictures_of(run)("nobody", "q1_x", "a") == {}
    assert json.dumps(run.manifest())
