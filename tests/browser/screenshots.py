"""Takes the pictures of docs/images anew: a class of 60 is graded for it. Run by make screenshots."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from autograder.course.catalog import Course
from autograder.reports.html import file_name
from autograder.workflows.demo import misbehaving, submissions_of
from tests.browser.chromium import chromium, photograph, resize
from tests.browser.essay_picture import photograph_essays
from tests.support.command import autograder
from tests.support.courses import REPOSITORY

IMAGES = REPOSITORY / "docs" / "images"
EXAM, QUESTIONS = "dl2022_midterm", ("q2_linear_regression", "q3_mnist_sample")
TYPICAL = "김 서연"  # whose feedback is shown
TYPICAL_MISTAKES = ("sum_instead_of_mean", "bias_not_counted")
FAMILIES = ["강", "김", "박", "오", "윤", "이", "임", "장", "정", "최"]
NAMES = ["도윤", "민준", "서연", "유나", "지호", "하은"]
# Written by one student, and with other names by a second.
OWN = '''

def adam_updates(net, X, y, lr, steps):
    """My own Adam."""
    first, second, gradients, weights = 0.0, 0.0, [], []
    step = 0
    while step < steps:
        step = step + 1
        gradient = 2 * (net.weight.data @ X.T - y.T) @ X / X.shape[0]
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient ** 2
        move = lr * (first / (1 - 0.9 ** step)) / ((second / (1 - 0.999 ** step)).sqrt() + 1e-8)
        net.weight.data = net.weight.data - move
        gradients, weights = [*gradients, gradient.clone()], [*weights, net.weight.data.clone()]
    return gradients, weights
'''
COPIED = OWN.replace("first", "m").replace("second", "v").replace("gradient", "g").replace("move", "delta")
ALIKE = {"박 지호": OWN, "최 민준": COPIED}


def write_class(folder: Path) -> None:
    """Write the submissions of 60 students: right ones, mistakes, and code that misbehaves, always the same."""
    draw = random.Random(7676)
    exam = Course(REPOSITORY).exam(EXAM)
    students = [f"{family} {name}" for family in FAMILIES for name in NAMES]
    for entry in exam.questions:
        if entry.name not in QUESTIONS:
            continue
        right, template, *mistakes = submissions_of(entry)
        broken = list(misbehaving(entry))
        for student in students:
            kind = draw.choices(["right", "mistake", "template", "broken"], [10, 9, 1, 1])[0]
            choices = {"right": [right], "mistake": mistakes, "template": [template], "broken": broken}
            _, file, text = draw.choice(choices[kind])
            if entry.name == QUESTIONS[0] and student in ALIKE:
                file, text = right[1], right[2] + ALIKE[student]
            if student == TYPICAL:
                wrong = [one for one in mistakes if one[0] in TYPICAL_MISTAKES]
                _, file, text = wrong[0] if wrong else right
            path = folder / student / EXAM / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def grade(folder: Path) -> Path:
    """Grade the class and return the folder of its report."""
    write_class(folder / "submissions")
    chosen = [word for name in QUESTIONS for word in ("--question", name)]
    autograder("grade", EXAM, folder / "submissions", "--output", folder / "run", *chosen, "--quiet")
    autograder("report", folder / "run", "--format", "html", "--lang", "en", "--quiet")
    return folder / "run" / "report"


def main() -> None:
    """Grade, open the pages and photograph them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        report = grade(Path(folder))
        for name, page, size in (
            ("dashboard", report / "dashboard.html", (1200, 1900)),
            ("feedback", report / "feedback" / f"{file_name(TYPICAL)}.html", (860, 2300)),
        ):
            resize(browser, size[0], 900)
            browser.get(page.as_uri())
            photograph(browser, IMAGES / f"{name}.png", size[1])
        photograph_essays(browser, Path(folder), IMAGES / "essays.png")


if __name__ == "__main__":
    main()
