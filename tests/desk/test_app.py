"""The server: who gets in, how points are stored, that two graders lose nothing, and that it follows a run."""

from __future__ import annotations

import io
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import pytest
from msgspec import structs

from autograder.core.progress import Silent
from autograder.course.catalog import Course
from autograder.records.decided import with_decisions
from autograder.records.decisions import PartId
from autograder.records.held import scores_given
from autograder.records.live import Live
from autograder.records.run_folder import Run
from tests.support.courses import REPOSITORY, TOY
from tests.support.desk import PART, Client, grade, serving
from tests.support.runs import content
from tests.support.waiting import PATIENCE, wait_until

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'{{7*7}}\x00\u202e=1+1"


EVIL = '=1+1"><img src=x onerror=alert(3)>'
REASONS = {"kim": "합을 개수로 나눈다", "lee": "sum by count", "park": "  ", EVIL: HOSTILE}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, cache) -> Run:
    return grade(tmp_path_factory.mktemp("graded"), REASONS, Course(TOY))


@pytest.fixture
def run(graded: Run, tmp_path: Path) -> Run:
    """A graded run that a test may add scores to."""
    return Run(Path(shutil.copytree(graded.folder, tmp_path / "run")))


@pytest.fixture
def client(run: Run) -> Iterator[Client]:
    with serving(run.folder) as (client, _):
        yield client


def total(run: Run, student: str) -> dict[str, float]:
    results = with_decisions(run.results(), run.decisions.held())
    return next(row for row in content(results)["totals"] if row["student"] == student)


def test_only_who_knows_the_token_gets_in_and_no_other_site_can_write(client, run):
    status, headers, _ = client.ask("")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    wrong = client.token[:-1] + ("A" if client.token[-1] != "A" else "B")
    for path in (
        "/",
        f"/{wrong}/",
        f"/{wrong}/scores/{PART}",
        f"/{wrong}/history",
        f"//{client.token}/",
        "/static/page.css",
        "/%00",
    ):
        assert client.ask(path)[0] == 403, path
    assert client.ask("", Host="evil.example")[0] == 400  # a name that somebody pointed at the loopback
    card = client.cards()["kim"]
    sent, address = {"points": 3, "version": card["version"]}, f"essay/{PART}/{card['id']}"
    assert client.ask(address, sent)[0] == 403  # a form or a fetch of another site has no such header
    assert client.ask(address, sent, **{"X-Autograder-Token": wrong})[0] == 403
    assert client.ask("static/../../../store.py")[0] == 404
    assert run.decisions.history() == []


def test_what_students_wrote_is_text_on_every_page(client):
    assert set(client.cards()) == {"kim", "lee", EVIL}  # an empty answer waits for nobody
    assert (
        client.post(f"part/{PART}", {"seen": 0, "extra": -1, "comment": HOSTILE, "reason": HOSTILE})[0] == 200
    )
    student = quote(EVIL, safe="")
    pages = ["", f"part/{PART}", f"essay/{PART}", f"student/{student}", f"student/{student}/{PART}"]
    pages += ["history", "requests", "ungraded", "export", "groups", "what-if"]
    wait_until(lambda: "data-pending" not in client.ask("groups")[2])
    pages += re.findall(r"group/q1_numbers/reason/\w+", client.ask(f"part/{PART}")[2])
    shown = [client.ask(path)[2] for path in pages]
    shown.append(client.ask(f"essay/{PART}/{client.cards()[EVIL]['id']}?names")[2])
    for path, page in zip([*pages, "answer"], shown, strict=True):
        scripts = re.findall("<script[^>]*>", page)
        assert all('src="' in script for script in scripts), path  # the page's own
        assert not re.search(r"<img[^>]*(onerror|src=x)", page), path
        assert "<script>alert" not in page, path
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown[-1]
    assert "{{7*7}}" in shown[-1]
    assert "{{7*7}}" in shown[4]
    assert "{{7*7}}" in shown[5]


def test_points_are_stored_at_once_and_enter_every_total(client, run, autograder):
    assert total(run, "kim") == {"student": "kim", "points": 7, "max_points": 10, "manual": 3, "ungraded": 0}
    assert client.give("kim", 2.5) == (200, {"act": 1})
    assert client.give(EVIL, 0)[0] == 200
    assert client.cards()["kim"]["state"] == "saved"
    assert total(run, "kim") == {
        "student": "kim",
        "points": 9.5,
        "max_points": 10,
        "manual": 0,
        "ungraded": 0,
    }
    shown = autograder("report", run.folder, "--format", "csv,junit,gradescope")
    assert shown.returncode == 0, shown.stderr
    report = run.folder / "report"
    assert "\nkim,9.5,10,0.0,0\n" in (report / "totals.csv").read_text(encoding="utf-8-sig")
    assert json.loads((report / "gradescope" / "kim.json").read_bytes())["tests"][2]["score"] == 2.5
    assert "Points given by hand: 2.5" in (report / "junit.xml").read_text(encoding="utf-8")
    assert client.give("kim", None)[0] == 200  # taken back
    assert total(run, "kim")["manual"] == 3
    history = scores_given(run.decisions.history())[PartId("kim", "q1_numbers", "reason")]
    assert [revision.score.waiting for revision in history] == [2.5, None]


def test_what_is_no_number_of_points_is_refused(client, run):
    for points in (3.1, -0.5):
        status, content = client.give("kim", points)
        assert (status, content["error"]["en"]) == (422, "Enter a number from 0 to 3."), points
        assert content["error"]["ko"]
    for points in (True, "3", "", [], float("nan"), float("inf"), 10**400):
        assert client.give("kim", points)[0] in (400, 422), points
    sent = {"points": 1, "version": client.cards()["kim"]["version"]}
    for other in ("0" * 16, "..%2Fkim"):
        assert client.post(f"essay/{PART}/{other}", sent)[0] in (404, 405)
    assert client.give("kim", 1, version="another")[0] == 409
    assert client.give("kim", None, items=["9"])[0] == 409
    assert client.give("kim", 1, comment="x" * 5000)[0] == 422
    for student, part in (("nobody", PART), ("kim", "q1_numbers/nothing"), ("kim", "q9/reason")):
        assert client.post(f"student/{student}/{part}", sent)[0] == 404
    assert run.decisions.history() == []


def test_the_dashboard_and_the_pages_it_leads_to_know_what_people_gave(client):
    before = client.ask("dashboard")
    assert before[0] == 200
    assert "connect-src" not in before[1]["content-security-policy"]  # nor may it, from default-src 'none'
    assert client.give("kim", 3)[0] == 200
    assert client.ask("dashboard")[2] != before[2]
    addresses = re.findall(r'"address":"(feedback/[^"]+)"', before[2])
    assert len(addresses) == len(REASONS)
    for address in addresses:
        status, headers, page = client.ask(address)
        assert status == 200
        assert "<script>alert" not in page
        assert "default-src 'none'" in headers["content-security-policy"]
    assert "Points given by hand: 3." in client.ask("feedback/kim.html")[2]
    assert client.ask("feedback/nobody.html")[0] == 404


def test_of_two_who_score_the_same_answer_the_later_is_shown_both_values(client, run):
    before = client.cards()["lee"]
    assert client.give("lee", 1)[0] == 200
    status, content = client.give("lee", 3, version=before["version"])  # from a page opened before
    assert status == 409
    assert content["error"]["en"] == "Somebody else has scored this meanwhile."
    assert client.cards()["lee"]["points"] == "1"
    assert total(run, "lee")["points"] == 8
    assert client.give("lee", 3)[0] == 200  # seen, and meant
    assert total(run, "lee")["points"] == 10
    place = f"student/lee/{PART}"
    for unseen in ("1", "3", "x"):  # older, or one that nobody can have seen
        assert client.post(place, {"version": unseen, "points": 2})[0] == 409
    assert client.post(place, {"version": "2", "points": 2, "automatic": None, "reason": "late"})[0] == 200
    assert total(run, "lee")["points"] == 9


def test_two_servers_and_many_graders_at_once_lose_nothing(client, run):
    """Each of 24 adds 0.125 to what it sees, again and again until it is taken: a lost update would show."""

    def add(client: Client) -> None:
        while True:
            page = client.ask(f"essay/{PART}/{kim}")[2]
            version = re.search('data-version="([^"]*)"', page)[1]
            points = re.search(r'name="points"[^>]*value="([^"]*)"', page, re.DOTALL)[1]
            sent = {"points": float(points or 0) + 0.125, "version": version}
            if client.post(f"essay/{PART}/{kim}", sent)[0] == 200:
                return

    kim = client.cards()["kim"]["id"]
    with serving(run.folder) as (second, _):
        threads = [threading.Thread(target=add, args=(one,)) for one in (client, second) * 12]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    history = scores_given(run.decisions.history())[PartId("kim", "q1_numbers", "reason")]
    assert [revision.score.waiting for revision in history] == [0.125 * (n + 1) for n in range(24)]
    assert [revision.number for revision in history] == list(range(1, 25))


def test_a_score_for_another_answer_asks_to_be_looked_at_again(tmp_path, cache):
    run = grade(tmp_path, {"kim": "first answer"}, Course(TOY))
    with serving(run.folder) as (client, _):
        assert client.give("kim", 2)[0] == 200
        before = client.cards()["kim"]
        grade(tmp_path, {"kim": "second answer"}, Course(TOY))
        assert client.cards()["kim"]["state"] == "changed"
        sent = {"points": 3, "version": before["version"]}  # from a page opened before
        assert client.post(f"essay/{PART}/{before['id']}", sent)[0] == 404
        assert client.give("kim", 2)[0] == 200
        assert client.cards()["kim"]["state"] == "saved"
        grade(tmp_path, {"kim": ""}, Course(TOY))  # waits for nobody, but for who gave points for it
        assert (client.cards()["kim"]["state"], client.cards()["kim"]["max"]) == ("changed", "3")
        assert client.give("kim", 0)[0] == 200
        assert client.cards()["kim"]["state"] == "saved"
    assert total(run, "kim")["points"] == 7


def test_grade_shows_its_results_so_far_until_it_ends(tmp_path, cache):
    class Watch(Silent):
        seen: ClassVar[list[dict]] = []

        def step(self, what: str) -> None:
            if what.startswith("bob"):  # after ann, whose result is being shown
                wait_until(lambda: Run(tmp_path / "run").live() is not None)
                self.seen.append(Run(tmp_path / "run").live())

    run = grade(tmp_path, {"ann": "one", "bob": "two"}, Course(TOY), Watch(), jobs=1)
    (live,) = Watch.seen
    assert (live.done, live.total) == (1, 2)
    assert [one.totals for one in live.results.students()] == [
        one.totals for one in run.results().students() if one.student == "ann"
    ]
    assert set(live.manifest.submissions) == {"ann"}
    assert run.live() is None


def test_the_page_follows_a_run_under_way(run):
    results, manifest = run.results().in_memory(), run.manifest()
    (run.folder / "results.json").unlink()
    kims = [one for one in results if one.student == "kim"]
    with serving(run.folder) as (client, _):
        assert client.ask("dashboard")[0] == 200  # with nothing to show yet
        with run.locked():  # as grade holds it
            with Live(run, total=4) as live:
                live.show(1, structs.replace(manifest, complete=False), lambda: kims)
            state = json.loads(client.ask("state")[2])
            assert '"name":"kim"' in client.ask("dashboard")[2]
            assert (state["state"], state["done"], state["total"]) == ("running", 1, 4)
            assert list(client.cards()) == ["kim"]
            assert client.give("kim", 2)[0] == 200  # and can be scored
        assert json.loads(client.ask("state")[2])["state"] == "interrupted"
        run.write_results(results.header, results)
        ended = json.loads(client.ask("state")[2])
        assert (ended["state"], ended["done"], ended["total"]) == ("ended", 4, 4)
        assert len(client.cards()) == 3
        assert ended["version"] != state["version"]


def test_ctrl_c_ends_it_cleanly_and_a_port_in_use_is_said(run):
    with serving(run.folder) as (client, process):
        port = client.host.split(":")[1]
        second = subprocess.run(
            [sys.executable, "-m", "autograder", "serve", str(run.folder), "--port", port],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 2
        assert f"autograder: port {port}: " in second.stderr
        assert "Traceback" not in second.stderr
        client.give("kim", 1)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, errors) == (
            0,
            "",
            "Ended. Every decision that was shown as saved is stored.\n",
        )
    assert run.decisions.held().score(PartId("kim", "q1_numbers", "reason")).by_hand == 1


def test_serve_refuses_what_is_no_run(tmp_path, autograder):
    result = autograder("serve", tmp_path)
    assert result.returncode == 2
    assert "run autograder grade ... --output" in result.stderr


def test_several_graders_each_have_an_address_and_see_each_other(run):
    command = [sys.executable, "-m", "autograder", "serve", str(run.folder), "--lang", "en"]
    command += ["--grader", "cho", "--grader", "\ucd5c"]
    with subprocess.Popen(command, cwd=REPOSITORY, text=True, stdout=subprocess.PIPE) as process:
        try:
            lines = [process.stdout.readline().strip().split(": ") for _ in range(2)]
            assert [name for name, _ in lines] == ["cho", "\ucd5c"]
            cho, choi = (Client(url) for _, url in lines)
            assert cho.token != choi.token
            assert cho.post("here", {"page": "a", "where": "part/q1_numbers/mean"}) == (200, [])
            assert choi.post("here", {"page": "b", "where": ""}) == (200, [["cho", "part/q1_numbers/mean"]])
            assert choi.post("part/q1_numbers/mean", {"seen": 0, "extra": 0.5, "reason": "unclear"})[0] == 200
            status, refused = cho.post("part/q1_numbers/mean", {"seen": 0, "extra": 1})
            assert (status, refused["standing"][0]["who"]) == (409, "\ucd5c")
            assert cho.post("undo", {"number": 1})[0] == 200
            assert cho.post("undo", {"number": 1})[0] == 404
        finally:
            process.kill()
    assert [(one.who, one.why) for one in run.decisions.history()] == [("\ucd5c", "unclear"), ("cho", "")]


def test_essays_show_equal_answers_once_and_no_names_unless_asked(tmp_path, cache):
    said = {"kim": "The sum, by the count.", "lee": "the sum  by the COUNT", "park": "Because."}
    run = grade(tmp_path, said, Course(TOY))
    with serving(run.folder, "--anonymous") as (client, _):
        answers = client.answers()
        assert sorted(len(one["who"]) for one in answers) == [0, 0]  # though names were asked for
        text = client.ask(f"essay/{PART}")[2] + "".join(
            client.ask(f"essay/{PART}/{one['id']}?names")[2] for one in answers
        )
        assert not [name for name in said if name in text]
        (both,) = [one for one in answers if "2 wrote the same" in client.ask(f"essay/{PART}/{one['id']}")[2]]
        sent = {"version": both["version"], "items": ["1"], "comment": "Yes."}
        assert client.post(f"essay/{PART}/{both['id']}", sent)[0] == 200
        assert [one["state"] for one in client.answers()].count("saved") == 1
    with serving(run.folder) as (client, _):
        assert sorted(sorted(one["who"]) for one in client.answers()) == [["kim", "lee"], ["park"]]
    scores = run.decisions.held().scores
    assert {whose.student: (one.by_hand, one.comment) for whose, one in scores.items()} == {
        "kim": (2, "Yes."),
        "lee": (2, "Yes."),
    }


def test_a_part_and_a_student_are_shown_with_code_evidence_and_history(client):
    assert (
        client.post("student/kim/q1_numbers/mean", {"version": "0", "automatic": 0.5, "reason": "copied"})[0]
        == 200
    )
    page = client.ask("student/kim/q1_numbers/mean")[2]
    assert "Points given by hand: 0.5." in page
    assert "2 by the machine" in page
    assert re.search(r'<span class="here ?">\s*<i>\d+</i>def mean', page)
    assert "copied" in page
    assert 'rel="next" href="../../../student/lee/q1_numbers/mean"' in page
    part = client.ask("part/q1_numbers/mean")[2]
    assert "student/kim/q1_numbers/mean" in part
    assert client.ask("student/kim")[0] == 200
    assert "0.5 points" in client.ask("history")[2]
    for missing in (
        "student/nobody",
        "student/kim/q1_numbers/nothing",
        "part/q9/mean",
        "drawn/kim/q1_numbers/mean/0",
    ):
        assert client.ask(missing)[0] == 404, missing


def test_results_with_decisions_can_be_fetched(client):
    assert client.give("kim", 2.5)[0] == 200
    with closing(HTTPConnection(client.host, timeout=PATIENCE)) as connection:
        connection.request("GET", f"{client.path}export/csv.zip")
        data = connection.getresponse().read()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "kim,9.5" in archive.read("totals.csv").decode("utf-8-sig")
    assert client.ask("export/exe.zip")[0] == 404


def test_a_server_that_is_killed_loses_no_decision(run):
    """Points are typed at two servers at once until both are killed; what was answered with 200 is there."""
    stored = []

    def type_on(client: Client) -> None:
        for number in range(1000):
            points = number % 24 / 8
            try:
                page = client.ask(f"essay/{PART}/{kim}")[2]
                version = re.search('data-version="([^"]*)"', page)[1]
                status, content = client.post(f"essay/{PART}/{kim}", {"points": points, "version": version})
            except OSError:
                return
            if status == 200:
                stored.append((content["act"], points))

    with serving(run.folder) as (first, one), serving(run.folder) as (second, other):
        kim = first.cards()["kim"]["id"]
        threads = [threading.Thread(target=type_on, args=(client,)) for client in (first, second)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(stored) > 20)
        one.kill()
        other.kill()
        for thread in threads:
            thread.join()
    history = {entry.number: entry.decision.waiting for entry in run.decisions.history()}
    assert len(stored) > 20
    assert all(history[act] == points for act, points in stored)
