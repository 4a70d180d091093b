"""The server: who gets in, how points are stored, that two graders lose nothing, and that it follows a run."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

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
    status, headers, page = client.ask("")
    assert status == 200
    assert "1 of" not in page
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    wrong = client.token[:-1] + ("A" if client.token[-1] != "A" else "B")
    for path in (
        "/",
        f"/{wrong}/",
        f"/{wrong}/scores/{PART}",
        f"//{client.token}/",
        "/static/page.css",
        "/%00",
    ):
        assert client.ask(path)[0] == 403, path
    assert client.ask("", Host="evil.example")[0] == 400  # a name that somebody pointed at the loopback
    card = client.cards()["kim"]
    sent = {"student": "kim", "points": 3, "revision": 0, "fingerprint": card["fingerprint"]}
    assert (
        client.ask(f"scores/{PART}", sent)[0] == 403
    )  # a form or a fetch of another site has no such header
    assert client.ask(f"scores/{PART}", sent, **{"X-Autograder-Token": wrong})[0] == 403
    assert client.ask("static/../../../store.py")[0] == 404
    assert run.decisions.history() == []


def test_what_students_wrote_is_text_on_the_page(client):
    page = client.ask(f"essay/{PART}")[2]
    assert "합을 개수로 나눈다" in page
    assert page.count("<script") == 1  # the page's own
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{7*7}}" in page
    assert "<img" not in page
    assert set(client.cards()) == {
        "kim",
        "lee",
        EVIL,
    }  # an empty answer waits for nobody


def test_points_are_stored_at_once_and_enter_every_total(client, run, autograder):
    assert total(run, "kim") == {"student": "kim", "points": 7, "max_points": 10, "manual": 3, "ungraded": 0}
    status, standing = client.give("kim", 2.5)
    assert (status, standing["points"], standing["revision"]) == (200, 2.5, 1)
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
    for points in (3.1, -0.5, True, "3", "", [], float("nan"), float("inf"), 10**400):
        status, content = client.give("kim", points)
        assert (status, content["error"]["en"]) == (422, "Enter a number from 0 to 3."), points
        assert content["error"]["ko"]
    for other in ({"student": "park"}, {"student": None}, {"student": "../kim"}):
        assert client.give("kim", 1, **other)[0] == 404
    assert client.give("kim", 1, fingerprint="another")[0] == 409
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
    assert client.give("lee", 1)[0] == 200
    status, content = client.give("lee", 3, revision=0)  # from a page opened before
    assert status == 409
    assert content["error"]["en"] == "Somebody else has scored this meanwhile."
    assert content["standing"]["points"] == 1
    assert total(run, "lee")["points"] == 8
    for unseen in (2, 10**400):  # a page cannot have seen these
        assert client.give("lee", 3, revision=unseen)[1]["standing"]["revision"] == 1
    assert client.give("lee", 3, revision=content["standing"]["revision"])[0] == 200  # seen, and meant
    assert total(run, "lee")["points"] == 10


def test_two_servers_and_many_graders_at_once_lose_nothing(client, run):
    """Each of 24 adds 0.125 to what it sees, again and again until it is taken: a lost update would show."""

    def add(client: Client) -> None:
        while True:
            card = client.cards()["kim"]
            seen = json.loads(client.ask(f"scores/{PART}")[2])["kim"]
            sent = {"student": "kim", "points": (seen["points"] or 0) + 0.125, "revision": seen["revision"]}
            sent["fingerprint"] = card["fingerprint"]
            token = {"X-Autograder-Token": client.token}
            if client.ask(f"scores/{PART}", sent, **token)[0] == 200:
                return

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
        status, content = client.give(
            "kim", 3, fingerprint=before["fingerprint"]
        )  # from a page opened before
        assert (status, content["error"]["en"][:31]) == (409, "The answer has changed meanwhil")
        assert client.give("kim", 2)[0] == 200
        assert client.cards()["kim"]["state"] == "saved"
        grade(tmp_path, {"kim": ""}, Course(TOY))  # waits for nobody, but for who gave points for it
        assert (client.cards()["kim"]["state"], client.cards()["kim"]["max"]) == ("changed", "3")
        assert "1 changed since" in client.ask("")[2]
        assert client.give("kim", 0)[0] == 200
        assert "changed since" not in client.ask("")[2]
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
            "Ended. Every score that was shown as saved is stored.\n",
        )
    assert run.decisions.held().score(PartId("kim", "q1_numbers", "reason")).by_hand == 1


def test_serve_refuses_what_is_no_run(tmp_path, autograder):
    result = autograder("serve", tmp_path)
    assert result.returncode == 2
    assert "run autograder grade ... --output" in result.stderr
