"""The feedback page of a student who makes one typical mistake in each question, as it was looked at.

The text of each question's section is kept in ``golden/<exam>.<question>.<language>.txt``. Digits after a point,
and all where a difference is told, are masked, as another processor may give others. After a change that is wanted: delete the files, run the test,
which writes them, and read them before they are committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.course.catalog import Course
from autograder.records.run_folder import Run
from autograder.reports.feedback import write_feedback
from autograder.reports.material import material_of
from autograder.running.executor import Local, Site
from autograder.workflows.grade import GradeRequest, run_class
from tests.support.courses import REPOSITORY

pytestmark = pytest.mark.verify

GOLDEN = Path(__file__).parent / "golden"
COURSE = Course(REPOSITORY)
TYPICAL = {
    "q1_crawl_cam": "bias_forgotten",
    "q2_linear_regression": "forgot_zero_grad",
    "q3_mnist_sample": "softmax_picks_the_smaller",
    "q1_mnist_zero_one": "sigmoid_twice",
    "q1_fashion_dnn": "batch_size_forgotten",
    "q2_fashion_cnn": "pooling_missing",
    "q3_cifar10": "logits_as_probabilities",
    "q4_concepts": "forgot_batch_axis",
    "q1_hihello": "softmax_before_the_loss",
    "q2_true_false": "rnn_remembers_longer",
    "q1_activations": "softmax_over_the_wrong_axis",
    "q2_temperature": "input_not_scaled",
    "q3_birds_airplanes": "forgot_zero_grad",
}
FRACTION = re.compile(r"(?<=\d)\.\d+(?:e[-+]?\d+)?|\d+e[-+]\d+")
DIFFERENCE = re.compile(r"(?:허용 오차|allowed|tolerance)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def test_there_is_a_typical_mistake_of_every_question():
    assert set(TYPICAL) == {entry.name for exam in COURSE.exams() for entry in exam.questions}


@pytest.fixture(scope="module")
def page(warm, tmp_path_factory):
    """The page of one student by exam, each made once."""
    made = {}

    def page_of(exam):
        if exam.name not in made:
            folder = tmp_path_factory.mktemp(exam.name)
            student = folder / "submissions" / "20221234" / exam.name
            student.mkdir(parents=True)
            for entry in exam.questions:
                mistake = next(one for one in entry.mistakes if one.name == TYPICAL[entry.name])
                (student / f"{entry.name}.py").write_text(entry.mistake_source(mistake), "utf-8")
            run = Run(folder / "run")
            site = Site(executor=Local(warm), jobs=len(os.sched_getaffinity(0)))
            request = GradeRequest(
                course=COURSE, exam=exam, submissions=folder / "submissions", run=run, site=site
            )
            (path,) = write_feedback(run_class(request), folder, "ko", material_of(run, REPOSITORY))
            made[exam.name] = path.read_text("utf-8")
        return made[exam.name]

    return page_of


def read_aloud(html, question, language):
    """What the section of a question says in one language, a line for each paragraph, row or item."""
    page = BeautifulSoup(html, "html.parser")
    for element in page.select(
        f"style, script, annotation, body [lang={'en' if language == 'ko' else 'ko'}]"
    ):
        element.decompose()
    for image in page.select("img"):
        image.replace_with(f"[{image.get(f'data-{language}') or image.get('alt', '')}]")
    for option in page.select("option"):
        option.string = option[f"data-{language}"]
    headings = page.select("h2")
    heading = next(one for one in headings if one.get_text().startswith(f"{question.split('_')[0]} "))
    sections = [heading]
    while (following := sections[-1].find_next_sibling()) is not None and following.name == "section":
        sections.append(following)
    lines = [line for element in sections for line in element.get_text().splitlines()]
    spoken = (
        NUMBER.sub("#", line) if DIFFERENCE.search(line) else FRACTION.sub(".#", line)
        for line in (" ".join(line.split()) for line in lines)
    )
    return "\n".join(line for line in spoken if line) + "\n"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("exam", "question"), [(exam, entry.name) for exam in COURSE.exams() for entry in exam.questions],
    ids=lambda one: one if isinstance(one, str) else "",
)  # fmt: skip
def test_a_page_says_what_was_looked_at(page, exam, question, language):
    path = GOLDEN / f"{exam.name}.{question}.{language}.txt"
    said = read_aloud(page(exam), question, language)
    assert TYPICAL[question] not in said or question == "q2_true_false", "names of mistakes are the author's"
    if not path.exists():
        path.write_text(said, "utf-8")
        pytest.fail(f"{path} was not there and is written: read it, and commit it if it is as it should be")
    assert said == path.read_text("utf-8")
