"""What a submission seems to import is imported before its time begins, and changes nothing else."""

from __future__ import annotations

import json

import pytest

from autograder.course.submission import Submission, of_source
from autograder.sandbox.likely import likely_imports
from autograder.sandbox.warm import Warm
from tests.support.attempts import value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import matplotlib.pyplot as plt", ["matplotlib.pyplot"]),
        ("from matplotlib import pyplot as plt\nimport pandas as pd", ["matplotlib.pyplot", "pandas"]),
        ("import numpy as np, torch, torchvision.models", ["torch", "torchvision"]),
        ("def f():\n    from sklearn.metrics import accuracy_score", ["sklearn"]),
        (json.dumps({"source": ["import torch\n", "x = 1"]}), ["torch"]),
        ("import matplot\nfrom pandas_of_mine import x\nimporttorch", []),
        ("import " + "torch, " * 100_000, ["torch"]),
        ("import " + " " * 1_000_000, []),
        ("import numpy", []),
    ],
)
def test_what_a_text_seems_to_import(text, found):
    assert likely_imports(of_source("q.py", text), "python") == tuple(found)


def test_torch_is_not_imported_where_tensorflow_is():
    assert likely_imports(of_source("q.py", "import torch, pandas"), "tensorflow") == ("pandas",)


@pytest.mark.parametrize("own", ["pandas.py", "pandas/__init__.py"])
def test_a_module_of_the_students_own_is_none_of_the_packages(tmp_path, own):
    submission = Submission(name="q.py", data=b"import pandas, torch", beside={own: tmp_path})
    assert likely_imports(submission, "python") == ("torch",)


def source(number: int) -> str:
    """A mean by pandas, which says whether pandas was there before any of it ran."""
    return (
        f"import sys\nbefore = 'pandas' in sys.modules\nimport pandas as pd\n"
        f"def mean(values):\n    return float(pd.Series(values).mean()) + {number} + 100 * before\n"
    )


def test_a_package_is_there_before_the_submission_runs_in_a_cold_worker(run):
    assert value(run(source(1))) - value(run(source(1).replace("100 * before", "0"))) == 100


def test_a_process_that_has_imported_a_package_is_kept_once_some_submissions_do(run, bubblewrap):
    warm = Warm(bubblewrap)
    try:
        values = [value(run(source(number), isolation=warm)) for number in range(8)]
        assert [likely for _, likely in warm.zygotes] == [(), ("pandas",)]
    finally:
        warm.close()
    assert all(int(found) == 100 + number for number, found in enumerate(values))
