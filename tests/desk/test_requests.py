"""Requests to look again: from the feedback page to the desk and back, and what is not taken."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from autograder.course.catalog import Course
from autograder.records.decisions import PartId
from autograder.records.requests import RequestError, Taken, is_request, take_request
from autograder.records.run_folder import Run
from tests.support.courses import TOY
from tests.support.desk import grade, serving


@pytest.fixture(scope="module")
def graded(tmp_path_factory, cache, autograder) -> Run:
    """A run with its feedback pages."""
    run = grade(tmp_path_factory.mktemp("graded"), {"kim": "why", "이 서연": "so"}, Course(TOY))
    report(run, autograder)
    return run


@pytest.fixture
def run(graded, tmp_path) -> Run:
    return Run(Path(shutil.copytree(graded.folder, tmp_path / "run")))


def report(run, autograder) -> None:
    done = autograder("report", run.folder, "--format", "html", "--lang", "en")
    assert done.returncode == 0, done.stderr


def page(run, student="kim") -> str:
    return (run.folder / "report/feedback" / f"{student}.html").read_text(encoding="utf-8")


def file(html: str, **values) -> bytes:
    """What the page's script writes."""
    island = re.search('<script type="application/json" id="request">(.*?)</script>', html)[1]
    content = {"look_again": 1, **json.loads(island), "question": "q1_numbers", "part": "mean"}
    content |= {"check": "Close(mean)", "text": "  My mean is right.\n", "made": "2026-11-01T00:00:00Z"}
    return json.dumps(content | values).encode()


def test_a_request_goes_to_the_desk_and_its_answer_to_the_next_page(run, autograder, tmp_path):
    html = page(run)
    assert html.count('<form class="ask"') == 3
    sent = tmp_path / "q1_numbers-mean.request.json"
    sent.write_bytes(file(html))
    for count in (1, 0):  # the second time it is known
        done = autograder("requests", run.folder, sent, "--lang", "en")
        assert done.returncode == 0, done.stderr
        assert f"{count} new requests" in done.stderr
    report(run, autograder)
    assert "My mean is right." in page(run)
    with serving(run.folder, "--grader", "cho") as (client, _):
        assert re.search(r"<b>1</b>\s*<[^>]*>새 재검토 요청", client.ask("")[2])
        assert "My mean is right." in client.ask("student/kim/q1_numbers/mean")[2]
        assert "My mean is right." in client.ask("requests")[2]
        answer = {"request": 1, "seen": 0, "accepted": True, "text": "So it is."}
        assert client.post("requests", {**answer, "request": 7})[0] == 404
        assert client.post("requests", answer)[0] == 200
        assert client.post("requests", {**answer, "accepted": False})[0] == 409
        assert client.post("student/kim/q1_numbers/mean", {"version": "0", "automatic": 2})[0] == 200
        assert (
            "Your request (My mean is right.) was accepted. So it is." in client.ask("feedback/kim.html")[2]
        )
    report(run, autograder)
    assert "Your request (My mean is right.) was accepted. So it is." in page(run)
    (row,) = json.loads(autograder("requests", run.folder, "--json").stdout)
    assert (row["student"], row["check"], row["accepted"], row["reply"]) == (
        "kim",
        "Close(mean)",
        True,
        "So it is.",
    )
    assert run.decisions.held().scores[PartId("kim", "q1_numbers", "mean")].automatic == 2


def test_requests_are_answered_on_the_command_line(run, autograder, tmp_path):
    sent = tmp_path / "q1_numbers-mean.request.json"
    sent.write_bytes(file(page(run)))
    assert autograder("requests", run.folder, sent).returncode == 0
    answer = "--answer", 1, "--grader", "cho", "--text", "Divide by n."
    for options, said in (
        (answer, "needs --accept or --decline"),
        (("--accept",), "these need --answer"),
        (("--answer", 7, "--accept"), "no request has the number 7; there are: 1"),
    ):
        refused = autograder("requests", run.folder, *options)
        assert (refused.returncode, said in refused.stderr) == (2, True)
    done = autograder("requests", run.folder, *answer, "--decline")
    assert done.returncode == 0, done.stderr
    assert "Decision 2. Take it back: autograder decide" in done.stderr
    report(run, autograder)
    assert "the grading stands. Divide by n." in page(run)
    newest = json.loads(autograder("history", run.folder, "--json").stdout)[-1]
    assert (newest["kind"], newest["who"]) == ("reply", "cho")
    autograder("decide", run.folder, "--undo", 2)
    (row,) = json.loads(autograder("requests", run.folder, "--json").stdout)
    assert (row["accepted"], row["reply"]) == (None, "")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"token": "0" * 64}, "does not come from the feedback page"),
        ({"student": "이 서연"}, "does not come from the feedback page"),
        ({"exam": "other"}, "another exam"),
        ({"part": "nothing"}, "has no part q1_numbers/nothing"),
        ({"text": " "}, "says what to look at"),
        ({"text": "x" * 5000}, "at most 4,000 characters"),
        ({"check": "x" * 5000}, "a field is too long"),
        ({"made": "x" * 70_000}, "more than 65,536 bytes"),
        ({"look_again": 2}, "another version"),
        ({"student": 7}, "it is no request"),
    ],
)
def test_what_is_no_request_of_the_run_is_refused(run, values, said):
    with pytest.raises(RequestError, match=said):
        take_request(run, file(page(run), **values))
    assert run.decisions.history() == []


def test_odd_files_are_refused_and_the_others_taken(run):
    for data in (b"", b"\xff\xfe", b"[" * 60_000, b"null", b'{"look_again": 1}'):
        with pytest.raises(RequestError, match="it is no request"):
            take_request(run, data)
    assert take_request(run, file(page(run, "이 서연"))).what is Taken.STORED


def test_names_of_requests():
    assert is_request("q1-mean.request.json")
    assert is_request("kim_LATE_12_34_q1-mean.request-1.json")
    assert is_request("q1-mean.request (2).json")
    assert not is_request("request.json")
    assert not is_request("a.request.json.py")


def test_collect_takes_requests_out_of_a_download(run, autograder, tmp_path):
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        archive.writestr("kim_11_22_q1_numbers-mean.request-1.json", file(page(run)))
        archive.writestr("kim_11_23_q1_numbers.py", "def mean(values): return 0\n")
        archive.writestr("kim_11_24_forged.request.json", file(page(run), token="0"))
    output = tmp_path / "submissions"
    command = ["collect", tmp_path / "submissions.zip", "--exam", "toy", "--output", output, "--course", TOY]
    done = autograder(*command, "--run", run.folder)
    assert done.returncode == 0, done.stderr
    assert "1 new requests" in done.stderr
    assert "refused: kim_11_24_forged.request.json: it does not come from" in done.stderr
    assert [one.request.student for one in run.decisions.held().asked] == ["kim"]
    handed_in = [path.name for path in output.rglob("*") if path.is_file() and ".collected" not in path.parts]
    assert "q1_numbers.py" in handed_in
    assert not [name for name in handed_in if "request" in name]
    rows = (output / "collected.csv").read_text(encoding="utf-8-sig")
    assert rows.count(",request,") == 2
