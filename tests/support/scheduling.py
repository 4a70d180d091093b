"""How the tests are shared out among pytest's processes: what needs the same references goes to one, longest first."""

from __future__ import annotations

import re

from xdist.scheduler import LoadScopeScheduling

# Tests that need the references of one question, which their parameters begin with.
_REFERENCES = re.compile(
    r"tests/(?:exams/test_exams|exams/test_feedback_words|workflows/test_mutations)\.py::\w+\[(\w+/\w+)"
)
# What takes longest, in the order in which it is begun; what is not named here follows.
_LONGEST = (
    "bigdata_final/q1_fashion_dnn",
    "tests/hostile/test_hostile.py",
    "tests/exams/test_fashion_cnn.py",
    "bigdata_final/q2_fashion_cnn",
    "dl2022_midterm/q1_crawl_cam",
    "tests/sandbox/test_sandbox.py",
    "dl2022_final/q1_hihello",
    "tests/test_fuzz.py",
    "bigdata_final/q3_cifar10",
    "tests/cli/test_cli.py",
    "ml2022_homework/q1_mnist_zero_one",
    "tests/running/test_cluster.py",
    "tests/workflows/test_grade.py",
    "tests/handout/test_release.py",
    "ptm_section3/q2_temperature",
    "tests/sandbox/test_kills.py",
    "tests/integrations/test_front_doors.py",
    "ptm_section3/q3_birds_airplanes",
    "tests/integrations/test_gradebook.py",
    "tests/integrations/test_nbgrader.py",
    "tests/desk/test_app.py",
    "tests/course/test_question.py",
    "tests/ports/test_ports.py",
    "tests/workflows/test_scaffold.py",
    "tests/desk/test_requests.py",
    "tests/test_readme.py",
    "tests/cli/test_rescore.py",
    "tests/cli/test_groups.py",
    "tests/exams/test_concepts.py",
    "tests/exams/test_linear_regression.py",
    "tests/exams/test_hihello.py",
    "tests/exams/test_trained_weights.py",
    "tests/sandbox/test_warm.py",
    "tests/exams/test_crawl.py",
    "tests/exams/test_homework.py",
)


def group_of(nodeid: str) -> str:
    """Return the question whose references a test needs, else its module."""
    found = _REFERENCES.match(nodeid)
    return found[1] if found else nodeid.partition("::")[0]


def rank(nodeid: str) -> int:
    """Return where a test's group stands among those that take longest."""
    group = group_of(nodeid)
    return _LONGEST.index(group) if group in _LONGEST else len(_LONGEST)


class ByGroup(LoadScopeScheduling):
    """Hands out whole groups, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
