"""Small assignments of our own for tests of importing: the cells of nbgrader, as text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

BOTH = "### BEGIN SOLUTION\n{}\n### END SOLUTION"


@dataclass
class Notebook:
    """Collects nbgrader's cells."""

    cells: list[dict] = field(default_factory=list)

    def _add(self, kind, source, about=None, **more):
        metadata = {"nbgrader": {"schema_version": 3, **about}} if about else {}
        extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
        self.cells.append(
            {
                "cell_type": kind,
                "id": f"c{len(self.cells)}",
                "metadata": metadata,
                "source": source,
                **extra,
                **more,
            }
        )

    def words(self, source, **more):
        self._add("markdown", source, **more)

    def plain(self, source):
        self._add("code", source)

    def given(self, name, source):
        self._add(
            "code",
            source,
            {"grade": False, "grade_id": name, "locked": True, "solution": False, "task": False},
        )

    def answer(self, name, source):
        self._add(
            "code",
            source,
            {"grade": False, "grade_id": name, "locked": False, "solution": True, "task": False},
        )

    def test(self, name, points, source):
        about = {
            "grade": True,
            "grade_id": name,
            "locked": True,
            "solution": False,
            "task": False,
            "points": points,
        }
        self._add("code", source, about)

    def essay(self, name, points, source, kind="markdown"):
        about = {
            "grade": True,
            "grade_id": name,
            "locked": False,
            "solution": True,
            "task": False,
            "points": points,
        }
        self._add(kind, source, about)

    def task(self, name, points, source):
        about = {
            "grade": False,
            "grade_id": name,
            "locked": True,
            "solution": False,
            "task": True,
            "points": points,
        }
        self._add("markdown", source, about)

    def write(self, path: Path, language="python"):
        kernel = {
            "display_name": "Python 3",
            "language": language,
            "name": "python3" if language == "python" else "ir",
        }
        metadata = {"kernelspec": kernel, "language_info": {"name": language}}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps({"cells": self.cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
        )
        return path


def solution(stub: str, text: str) -> str:
    """Return a solution cell: a line, then the solution between markers."""
    indent = text[: len(text) - len(text.lstrip())]
    return f"{stub}\n{indent}### BEGIN SOLUTION\n{text}\n{indent}### END SOLUTION".lstrip("\n")


def numpy_notebook() -> Notebook:
    """Twelve test cells on numpy, of the forms that courses use."""
    made = Notebook()
    made.words("# Arrays\n\nSome exercises.")
    made.given(
        "imports", "import numpy as np\nfrom numpy.testing import assert_allclose, assert_almost_equal"
    )
    made.words("## Rectifier\n\nWrite `relu`.")
    made.answer("relu", solution("def relu(x):", "    return np.maximum(x, 0)"))
    made.test(
        "test-relu",
        2,
        "x = np.array([-1.5, 0.25, 2.75])\nexpected = np.array([0.0, 0.25, 2.75])\n"
        "assert np.allclose(relu(x), expected), 'relu is wrong'\n"
        "### BEGIN HIDDEN TESTS\nassert np.allclose(relu(np.array([-0.5, 3.5])), [0, 3.5])\n### END HIDDEN TESTS",
    )
    made.answer("softmax", solution("def softmax(z):", "    e = np.exp(z - z.max())\n    return e / e.sum()"))
    made.test(
        "test-softmax",
        3,
        "z = np.array([1.5, 2.5, 3.0])\np = softmax(z)\nassert isinstance(p, np.ndarray)\nassert p.shape == (3,)\n"
        "assert abs(p.sum() - 1) < 1e-9\nassert_allclose(p, [0.12195165, 0.33149896, 0.54654939], rtol=1e-5)",
    )
    made.answer("mean", solution("def mean(values):", "    return sum(values) / len(values)"))
    made.test(
        "test-mean",
        1,
        "assert mean([1, 2, 3]) == 2\nassert_almost_equal(mean([1.5, 2.25]), 1.875, decimal=6)\n"
        "for values, right in [([1.0], 1.0), ([1.5, 2.5], 2.0)]:\n    assert mean(values) == right",
    )
    made.answer("count", solution("", "counts = {'a': 2, 'b': 3}\nnames = ['a', 'b']"))
    made.test(
        "test-count",
        1,
        "assert counts == {'a': 2, 'b': 3}\nassert len(names) == 2\nassert 'a' in names and 'c' not in counts",
    )
    made.answer(
        "root",
        solution("def root(x):", "    if x < 0:\n        raise ValueError('negative')\n    return x ** 0.5"),
    )
    made.test(
        "test-root",
        2,
        "assert root(4) == 2.0\ntry:\n    root(-1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError('no error')",
    )
    made.answer("normalize", solution("def normalize(a):", "    return (a - a.mean(0)) / a.std(0)"))
    made.test(
        "test-normalize",
        2,
        "rng = np.random.RandomState(3)\na = rng.normal(2, 3, (20, 4))\nb = normalize(a)\n"
        "reference = (a - a.mean(axis=0)) / a.std(axis=0)\nassert b.dtype == np.float64\n"
        "assert np.max(np.abs(b - reference)) < 1e-8\nassert np.all(np.abs(b.mean(0)) < 1e-8)",
    )
    made.answer("state", solution("", "step = 1"))
    made.test("test-state", 1, "assert step == 1\nbase = step + 1")
    made.answer("onward", solution("def onward():", "    return base * 10"))
    made.test("test-onward", 1, "assert onward() == 20")
    made.given(
        "helper",
        "def same(a, b):\n    return np.allclose(a, b, atol=1e-6)\n\ndef check(f, x, y):\n    out = f(x)\n    assert out.shape == y.shape, 'shape'\n    assert same(out, y)",
    )
    made.answer("double", solution("def double(x):", "    return 2 * x"))
    made.test(
        "test-double",
        2,
        "check(double, np.array([1.25, 2.5]), np.array([2.5, 5.0]))\nassert same(double(np.ones(2)), 2 * np.ones(2))",
    )
    made.answer("rows", solution("def rows(m):", "    return [tuple(r) for r in m.tolist()]"))
    made.test(
        "test-rows",
        1,
        "out = rows(np.eye(2))\nassert type(out) is list\nassert all(isinstance(r, tuple) for r in out)\nassert out[0] == (1.0, 0.0)",
    )
    made.answer("inplace", solution("def fill(a):", "    a[:] = 7"))
    made.test(
        "test-fill",
        1,
        "a = np.zeros(3)\nfill(a)\nnp.testing.assert_array_equal(a, [7, 7, 7])\nassert (a == 7).all()",
    )
    made.answer("random", solution("def noise(n):", "    return np.random.randn(n)"))
    made.test(
        "test-noise",
        1,
        "r = noise(500)\nassert len(r) == 500\nassert 0.8 < r.std() < 1.2\nassert r.min() < 0 < r.max()",
    )
    made.essay(
        "why",
        4,
        "=== BEGIN MARK SCHEME ===\n2 points for the idea\n=== END MARK SCHEME ===\nBecause it is so.",
    )
    return made
