"""Question 1 of the midterm: its image server, crawlers other than ours, and pictures that are handed in."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from autograder.core.check import Observation
from autograder.core.evidence import Evidence
from autograder.core.verdict import Status
from autograder.course.catalog import Course
from autograder.course.modules import load_module
from autograder.course.submission import of_source
from autograder.grading.grade import grade
from autograder.probing.image_search import ImageServer
from autograder.probing.observing import Given, Observer, run_probe
from autograder.probing.site import Reply
from autograder.records.store import Store
from autograder.running.environment import environment_of
from autograder.running.executor import Local
from autograder.running.jobs import Runner
from autograder.running.prepare import prepare
from autograder.sandbox.choose import choose
from tests.support.answers import judge_of
from tests.support.courses import REPOSITORY

pytestmark = pytest.mark.verify

ENTRY = Course(REPOSITORY).question("dl2022_midterm/q1_crawl_cam")


# -- the server ---------------------------------------------------------------------------------------------

PICTURE = Reply(status=200, kind="image/jpeg", body=b"a picture")
MISSING = Reply(status=404, kind="text/plain", body=b"none")


@pytest.fixture
def server():
    with ImageServer(lambda keyword: [PICTURE, MISSING, PICTURE], page_size=2, most=6) as running:
        yield running


def fetch(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code, error.headers["Content-Type"], ""


def test_pages_name_their_results_and_the_next_page(server):
    word = quote("고양이 & <co>", safe="")
    _, kind, first = fetch(f"{server.url}/search?q={word}&page=1")
    assert kind.startswith("text/html")
    assert [f'<img src="/images/{word}/{i}.jpg"' in first for i in range(3)] == [True, True, False]
    assert f'<a rel="next" href="/search?q={word}&amp;page=2">' in first
    assert "<co>" not in first
    _, _, second = fetch(f"{server.url}/search?q={word}&page=2")
    assert second.count("<img") == 1
    assert "next" not in second
    assert "<img" not in fetch(f"{server.url}/search?q={word}&page=3")[2]
    _, _, listing = fetch(f"{server.url}/api/search?q={word}")
    assert json.loads(listing)["next"] == f"/api/search?q={word}&page=2"


def test_results_come_as_they_are_and_are_logged(server):
    assert fetch(f"{server.url}/images/cat/0.jpg") == (200, "image/jpeg", "a picture")
    assert fetch(f"{server.url}/images/cat/1.jpg")[0] == 404
    for address in ("/images/cat/9.jpg", "/images/cat/x.jpg", "/search?q=", "/search?q=cat&page=x"):
        assert fetch(server.url + address)[0] == 404
    log = [(reply.status, reply.about) for reply in server.log[:3]]
    assert log == [(200, ("cat", 0)), (404, ("cat", 1)), (404, ("cat", 9))]


@pytest.fixture(scope="module")
def with_reference(tmp_path_factory, warm):
    return judge_of(ENTRY, warm, tmp_path_factory.mktemp("store"))


# -- in the sandbox -----------------------------------------------------------------------------------------


def files_in(folder):
    """The ordinary files in a folder by their path in it."""
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def judge(tmp_path_factory, warm):
    """Grade source text by the public checks, which are all that this question has."""
    runner = Runner(executor=Local(warm), store=Store(tmp_path_factory.mktemp("store")))
    question = prepare({ENTRY: environment_of(ENTRY, "mini", "cpu")}, runner, key=None, wanted="inputs")[
        ENTRY
    ]

    def run(source, parts=None, extras=None, isolation=warm):
        submission = of_source("q1_crawl_cam.py", source, extras)
        tasks = [task for task in question.tasks if parts is None or task.part in parts]
        attempt = replace(runner, executor=Local(isolation)).run(question.job(submission, tasks))
        verdicts = grade(ENTRY.question, attempt, question.references)
        return {verdict.part: verdict for verdict in verdicts}, attempt

    return run


def test_without_a_crawler_pictures_of_ones_own_earn_the_rest(judge, tmp_path):
    rng = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / "images" / name).mkdir(parents=True)
        for i in range(6):
            picture = Image.fromarray(rng.integers(0, 255, (300 + i, 90, 3), dtype=np.uint8))
            picture.save(tmp_path / "images" / name / f"{i}.png")
        (tmp_path / "images" / name / "notes.jpg").write_text("no picture")
    source = ENTRY.solution_source.replace("def crawl(", "def no_crawl(")
    verdicts, attempt = judge(source, extras=files_in(tmp_path))
    assert verdicts["crawl"].points == 0.5  # for the keywords
    assert [verdicts[part].status for part in ("dls", "train", "cam")] == [
        Status.PASSED,
        Status.PASSED,
        Status.MANUAL,
    ]
    for task, outcome in attempt.outcomes.items():
        if task.part == "dls":
            assert len(outcome.evidence.arrays["folders"]) == 12
            assert outcome.evidence.arrays["vocab"].tolist() == [0, 1]


# -- what takes no training and no map ------------------------------------------------------------------------

NOT_A_NUMBER = """
honest_network = cam_network


def cam_network(learner):
    import torch

    net = honest_network(learner)
    for value in (*net.parameters(), *net.buffers()):
        if value.is_floating_point():
            value.data.fill_(float("nan"))
    return net


def cam(net, image):
    import torch

    side = image.shape[-1] // 32
    return torch.full((2, side, side), float("nan")), torch.full((2,), float("nan"))
"""
ZEROS = """
def cam(net, image):
    import torch

    side = image.shape[-1] // 32
    return torch.zeros(2, side, side), torch.zeros(2)
"""


def test_maps_that_nobody_computed_earn_what_was_drawn_only(with_reference):
    found = [
        with_reference(f"{ENTRY.solution_source}\n\n{source}", ["cam"])["cam"]
        for source in (NOT_A_NUMBER, ZEROS)
    ]
    assert [verdict.points for verdict in found] == [
        2,
        3,
    ]  # the head, the figure, and a mean that is none of NaN


def test_maps_are_judged_where_there_is_no_training_of_ones_own(with_reference):
    source = ENTRY.solution_source + "\n\ndef train(dls, epochs, lr, seed):\n    return 1\n"
    found = with_reference(source, ["train", "cam"])
    assert (found["train"].points, found["cam"].points, found["cam"].manual) == (0, 7, 1)


def test_a_learner_that_was_never_trained_earns_its_architecture(with_reference):
    source = ENTRY.solution_source.replace("learner.fit_one_cycle(epochs, lr)", "pass")
    assert with_reference(source, ["train"])["train"].points == 0.5


def test_the_server_is_reached_without_a_sandbox_too(judge):
    verdicts, _ = judge(ENTRY.solution_source, parts=["crawl"], isolation=choose("none"))
    assert verdicts["crawl"].status is Status.PASSED


# -- what a flaw of a crawler costs, without a worker -------------------------------------------------------


def honest(base_url, keywords, folder, count):
    """A crawler without a framework."""
    for keyword in keywords:
        (folder / keyword).mkdir(parents=True)
        pages = [fetch(f"{base_url}/api/search?q={quote(keyword)}&page={page}")[2] for page in (1, 2, 3)]
        seen = set()
        for address in (result for page in pages for result in json.loads(page)["results"]):
            data = read(base_url + address)
            if len(seen) < count and data not in seen and whole(data):
                (folder / keyword / f"{len(seen)}.jpg").write_bytes(data)
                seen.add(data)


def read(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        return b""


def whole(data):
    return data[:2] == b"\xff\xd8" and data[-2:] == b"\xff\xd9"


def nothing(base_url, keywords, folder, count):
    pass


def one_class(base_url, keywords, folder, count):
    honest(base_url, keywords[:1], folder, count)


def too_few(base_url, keywords, folder, count):
    honest(base_url, keywords, folder, count - 1)


def exchanged(base_url, keywords, folder, count):
    honest(base_url, keywords, folder, count)
    (folder / keywords[0]).rename(folder / "between")
    (folder / keywords[1]).rename(folder / keywords[0])
    (folder / "between").rename(folder / keywords[1])


def cut_off(base_url, keywords, folder, count):
    honest(base_url, keywords, folder, count)
    path = folder / keywords[0] / "0.jpg"
    path.write_bytes(path.read_bytes()[:-500])


def from_elsewhere(base_url, keywords, folder, count):
    honest(base_url, keywords, folder, count)
    Image.new("RGB", (96, 96)).save(folder / keywords[0] / "0.jpg")


def impolite(base_url, keywords, folder, count):
    honest(base_url, keywords, folder, count)
    for _ in range(200):
        read(f"{base_url}/search?q={keywords[0]}")


@pytest.mark.parametrize(
    ("crawler", "keywords", "fails"),
    [
        (honest, ("cat", "Dog"), []),
        (honest, ("zebra", "고양이"), []),
        (honest, ("IU", "h y n n"), ["keywords"]),
        (honest, ("cat", "Cat"), ["keywords"]),
        (too_few, ("cat", "dog"), ["enough_pictures"]),
        (cut_off, ("cat", "dog"), ["only_pictures", "enough_pictures"]),
        (exchanged, ("cat", "dog"), ["pictures_of_the_keyword"]),
        (from_elsewhere, ("cat", "dog"), ["pictures_of_the_keyword"]),
        (impolite, ("cat", "dog"), ["polite_requests"]),
        (one_class, ("cat", "dog"), ["one_folder_per_keyword", "only_pictures", "no_duplicates", "enough_pictures", "polite_requests"]),
        (nothing, ("cat", "dog"), ["one_folder_per_keyword", "only_pictures", "no_duplicates", "enough_pictures", "pictures_of_the_keyword", "polite_requests"]),
    ],
)  # fmt: skip
def test_each_flaw_fails_its_checks(crawler, keywords, fails, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    part, probes = ENTRY.question.part("crawl"), load_module(ENTRY.probes_path)
    arrays, settings = probes.found_online(3, n=10), {"count": 7}
    student, observer = SimpleNamespace(KEYWORDS=keywords, crawl=crawler), Observer(nullcontext)
    run_probe(probes.crawl, student, Given(arrays, settings, "python", "cpu"), observer)
    assert not observer.missing
    seen = Observation(evidence=observer.evidence, inputs=Evidence(arrays=arrays, facts=settings))
    assert [check.name for check in part.checks if not check.judge(seen).passed] == fails
