"""Groups and What if at the desk: looked at once, decided for all, previewed and committed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.workflows.decided import decided
from tests.support.courses import RIGHT, TOY
from tests.support.desk import Client, grade, serving
from tests.support.runs import rows
from tests.support.waiting import wait_until

PART = "q1_numbers/cumulative"
WRONG = RIGHT.replace("sums, total = [], 0.0", "sums, total = [], 1.0")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, cache) -> Path:
    """The folder with a course of its own, and a run in which three of four begin the sums at 1."""
    folder = tmp_path_factory.mktemp("graded")
    course = Course(Path(shutil.copytree(TOY, folder / "course")))
    for student in ("kim", "lee", "park"):
        path = folder / "submissions" / student / "toy" / "q1_numbers.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"{WRONG}# {student}\n", encoding="utf-8")
    grade(folder, {"choi": "because"}, course)
    return folder


@pytest.fixture
def run(graded: Path, tmp_path: Path) -> Run:
    shutil.copytree(graded / "course", tmp_path / "course")
    return Run(Path(shutil.copytree(graded / "run", tmp_path / "run")))


@pytest.fixture
def client(run: Run, tmp_path: Path) -> Iterator[Client]:
    with serving(run.folder, "--course", str(tmp_path / "course"), "--grader", "ahn") as (client, _):
        yield client


def seen(client: Client, page: str) -> str:
    """The page once groups are found."""
    wait_until(lambda: "data-pending" not in client.ask(page)[2])
    return client.ask(page)[2]


def group_in(client: Client, page: str = f"part/{PART}") -> str:
    (found,) = set(re.findall(rf"group/{PART}/\w+", seen(client, page)))
    return found


def points(run: Run) -> dict[str, float]:
    found = rows(decided(run, run.results()))
    return {student: row["points"] for (student, part), row in found.items() if part == "cumulative"}


def test_a_group_is_looked_at_once_and_points_go_to_all_of_it(client, run):
    group = group_in(client, "groups")
    assert '<a href="groups"><b>1</b>' in client.ask("")[2]
    assert group == group_in(client)
    page = client.ask(group)[2]
    assert "20 of 20 values differ" in page
    assert "sums, total = [], 1.0" in page
    assert re.search(rf'<img[^>]*src="../../../drawn/\w+/{PART}/0"', page)
    assert [name in page for name in ("kim", "lee", "park", "choi")] == [True, True, True, False]
    sent = {
        "group": group.rpartition("/")[2],
        "seen": 0,
        "points": 2,
        "comment": "Nearly.",
        "reason": "close",
    }
    assert client.post(f"part/{PART}", sent)[0] == 200
    assert points(run) == {"choi": 5, "kim": 2, "lee": 2, "park": 2}
    assert client.post(f"part/{PART}", sent)[0] == 409  # somebody decided meanwhile
    assert "decided" in client.ask(f"part/{PART}")[2]
    assert client.post("undo", {"number": 1})[0] == 200
    assert points(run)["kim"] == 0


def test_a_group_is_called_something_and_split(client, run):
    group = group_in(client)
    assert client.post(f"{group}/call", {"seen": 0, "name": "  from one "})[0] == 200
    assert "<bdi>from one</bdi>" in client.ask(f"part/{PART}")[2]
    for nobody in ([], ["choi"], ["kim", "lee", "park"]):
        assert client.post(f"{group}/split", {"students": nobody})[0] == 422
    assert client.post(f"{group}/split", {"students": ["kim"], "reason": "another loop"})[0] == 200
    page = client.ask(group)[2]
    assert ["kim" in page, "lee" in page, "park" in page] == [False, True, True]
    assert client.ask(f"group/{PART}/nothing")[0] == 404


def test_a_mistake_is_made_of_a_group_and_told_after_a_preview(client, run, tmp_path):
    group = group_in(client)
    assert client.post(f"{group}/mistake", {"slug": "two words", "en": "x"})[0] == 422
    assert client.post(f"{group}/mistake", {"slug": "from_one"})[0] == 422
    sent = {"slug": "from_one", "ko": "1에서 시작합니다.", "en": "It begins at 1."}
    status, made = client.post(f"{group}/mistake", sent)
    assert (status, Path(made["path"]).is_relative_to(tmp_path / "course")) == (200, True)
    assert client.post("what-if/preview", {"changes": []})[0] == 200
    assert "3 of 4 students change: 0 get more points, 0 fewer." in client.ask("what-if")[2]
    assert client.post("what-if/commit", {"reason": "a mistake was named"})[0] == 200
    told = [one for one in rows(run.results()).values() if "It begins at 1." in str(one["findings"])]
    assert [row["student"] for row in told] == ["kim", "lee", "park"]
    seen(client, "groups")
    assert "<bdi>from_one</bdi>" in client.ask(group)[2]  # under the id that it had before


def test_a_change_is_previewed_and_committed_or_discarded(client, run):
    change = {"what": "tolerance", "question": "q1_numbers", "part": "cumulative", "check": "Close(sums)"}
    assert client.post("what-if/preview", {"changes": [{**change, "value": {"atol": 9}}]})[0] == 200
    page = client.ask("what-if")[2]
    assert "3 of 4 students change: 3 get more points, 0 fewer." in page
    assert "0/5" in re.sub(r"\s+", "", page)
    assert points(run)["kim"] == 0
    assert client.post("what-if/commit", {"reason": " "})[0] == 422
    assert client.post("what-if/commit", {"reason": "too small"})[0] == 200
    assert points(run) == {"choi": 5, "kim": 3, "lee": 3, "park": 3}
    (entry,) = run.decisions.held().changed
    assert (entry.who, entry.why, entry.source) == ("ahn", "too small", "desk")
    page = client.ask("what-if")[2]
    assert "tolerance of q1_numbers/cumulative.Close(sums): atol 9" in page  # it holds already
    assert client.post("what-if/preview", {"changes": []})[0] == 200
    assert client.post("what-if/discard", {})[0] == 200
    status, refused = client.post("what-if/commit", {"reason": "none"})
    assert (status, "there is no draft" in refused["error"]["en"]) == (422, True)
    wrong = [{**change, "check": "none", "value": 1}]
    assert client.post("what-if/preview", {"changes": wrong})[0] == 422
    assert client.post("what-if/preview", {"changes": [{"what": "nonsense"}]})[0] == 400


def test_anonymous_essays_are_in_no_group(run, tmp_path):
    with serving(run.folder, "--course", str(tmp_path / "course")) as (client, _):
        assert "group/q1_numbers/reason/" in seen(client, "part/q1_numbers/reason")
    with serving(run.folder, "--course", str(tmp_path / "course"), "--anonymous") as (client, _):
        assert "group/q1_numbers/reason/" not in seen(client, "part/q1_numbers/reason")
        assert group_in(client)
