"""Every global setting is set wrong, at top level and inside a function, and nothing has changed afterwards."""

from __future__ import annotations

import pytest

from autograder.core.exam import Limit
from autograder.core.outcome import Task
from autograder.course.submission import of_source
from autograder.sandbox.job import SETUP, Job
from autograder.sandbox.supervisor import run
from autograder.worker.jobs import ProbeCall

HERE, LATER = Task("here"), Task("later")

# What each framework's global state does, seen from outside: the results of computations, not the settings.
STATE = """
import asyncio, builtins, decimal, gc, locale, logging, os, random, signal, socket, sys, threading, warnings
from pathlib import Path
import numpy as np

def process():
    with warnings.catch_warnings():
        try:
            warnings.warn("a warning")
            warned = ""
        except Warning as error:
            warned = repr(error)
    try:
        np.array([1.0]) / np.array([0.0])
        divided = ""
    except FloatingPointError as error:
        divided = repr(error)
    return {
        "folder": os.getcwd(), "environment": dict(os.environ), "locale": locale.setlocale(locale.LC_ALL),
        "recursion": sys.getrecursionlimit(), "umask": os.umask(0o022), "timeout": socket.getdefaulttimeout(),
        "builtins": [sum([1, 2]), len("ab"), print.__name__, open.__module__], "collects": gc.isenabled(),
        "decimal": str(decimal.Decimal(1) / 3), "logs": logging.getLogger("x").isEnabledFor(logging.CRITICAL),
        "traced": [sys.gettrace() is None, sys.getprofile() is None], "alarm": signal.getitimer(signal.ITIMER_REAL),
        "streams": [sys.stdin.read(), sys.stdout.fileno(), sys.stderr.fileno()], "warned": warned,
        "divided": divided, "shown": repr(np.array([1 / 3, 2e9])),
    }

def random_numbers():
    return [random.random(), float(np.random.rand())]
"""
STATES = {
    "python": STATE
    + """
import matplotlib
from matplotlib import pyplot as plt

def settings():
    return {
        **process(), "backend": matplotlib.get_backend().lower(), "interactive": plt.isinteractive(),
        "parameters": {name: repr(value) for name, value in matplotlib.rcParams.items() if "backend" not in name},
    }

def more():
    return {"random": random_numbers(), "figures": plt.get_fignums()}
""",
    "torch": STATE
    + """
import torch

def settings():
    x = torch.ones(1, requires_grad=True)
    try:
        int(torch.kthvalue(torch.ones(3), 1).indices), torch.zeros(2).index_add_(0, torch.tensor([0]), torch.ones(1))
        failed = ""
    except RuntimeError as error:
        failed = str(error)
    with torch.autocast("cpu", enabled=torch.is_autocast_enabled("cpu")):
        multiplied = str((torch.ones(2, 2) @ torch.ones(2, 2)).dtype)
    return {
        **process(), "dtype": str(torch.zeros(1).dtype), "device": str(torch.zeros(1).device), "failed": failed,
        "tracks": (x * 2).requires_grad, "inference": (x.detach() * 2).is_inference(), "multiplied": multiplied,
        "anomaly": torch.is_anomaly_enabled(), "deterministic": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(), "precision": torch.get_float32_matmul_precision(),
        "shown": repr(torch.tensor([1 / 3])),
        "flush": float(torch.tensor(1e-40, dtype=torch.float32) * 1),
    }

def more():
    return {"random": [*random_numbers(), float(torch.rand(1))]}
""",
    "tensorflow": STATE
    + """
import keras
import tensorflow as tf

def settings():
    layer = keras.layers.Dense(1)
    layer.build((None, 2))
    return {
        **process(), "floatx": keras.config.floatx(), "variable": str(layer.kernel.dtype),
        "policy": keras.config.dtype_policy().name, "image": keras.config.image_data_format(),
        "epsilon": keras.config.epsilon(), "eager": tf.executing_eagerly(),
        "value": float(tf.constant(2.0) * 3) if tf.executing_eagerly() else None,
        "traced": tf.config.functions_run_eagerly(),
    }

def more():
    return {"random": [*random_numbers(), float(tf.random.uniform([1])[0])]}
""",
}
PROBES = """
def here(student, given, device):
    student.wrong()
    return settings()

def later(student, given, device):
    return settings() | more()
"""
WRONG = {
    "python": [
        "import os; os.makedirs('x', exist_ok=True); os.chdir('x')",
        "import os; os.environ['OMP_NUM_THREADS'] = '7'; os.environ.pop('HOME')",
        "import warnings; warnings.simplefilter('error')",
        "import warnings; warnings.showwarning = warnings.warn_explicit = None",
        "import builtins; builtins.sum = builtins.len = lambda *_: 0; builtins.print = builtins.open = None",
        "import sys; sys.setrecursionlimit(200)",
        "import sys; sys.stdout = sys.stderr = open(os.devnull, 'w') if 'os' in globals() else None",
        "import sys; sys.settrace(lambda *_: None); sys.setprofile(lambda *_: None)",
        "import signal; signal.setitimer(signal.ITIMER_REAL, 1000)",
        "import socket; socket.setdefaulttimeout(0.001)",
        "import logging; logging.disable(logging.CRITICAL)",
        "import decimal; decimal.getcontext().prec = 3",
        "import locale; locale.setlocale(locale.LC_ALL, 'C')",
        "import gc; gc.disable()",
        "import os; os.umask(0o777)",
        "import random; random.seed(5); random.random()",
        "import numpy as np; np.random.seed(5)",
        "import numpy as np; np.seterr(all='raise')",
        "import numpy as np; np.set_printoptions(precision=1, suppress=True)",
        "import matplotlib.pyplot as plt; plt.figure(); plt.plot([1, 2]); plt.ion()",
        "import matplotlib.pyplot as plt; plt.style.use('dark_background'); plt.rcParams['figure.figsize'] = (1, 1)",
        "import matplotlib; matplotlib.use('svg')",
        "import matplotlib as mpl; mpl.rc('lines', linewidth=9); mpl.rcParams.update({'font.size': 30})",
    ],
    "torch": [
        "import torch; torch.set_default_dtype(torch.float64)",
        "import torch; torch.set_default_device('meta')",
        "import torch; torch.set_grad_enabled(False)",
        "import torch; torch.no_grad().__enter__()",
        "import torch; mode = torch.inference_mode(); mode.__enter__()",
        "import torch; torch.autograd.set_detect_anomaly(True)",
        "import torch; torch.use_deterministic_algorithms(False)",
        "import torch; torch.set_num_threads(2)",
        "import torch; torch.set_float32_matmul_precision('medium')",
        "import torch; torch.autocast('cpu', dtype=torch.bfloat16).__enter__()",
        "import torch; torch.set_printoptions(precision=1, sci_mode=True)",
        "import torch; torch.manual_seed(9); torch.rand(3)",
        "import torch; torch.set_flush_denormal(True)",
    ],
    "tensorflow": [
        "import keras; keras.config.set_floatx('float64')",
        "import keras; keras.mixed_precision.set_global_policy('mixed_bfloat16')",
        "import keras; keras.config.set_image_data_format('channels_first')",
        "import keras; keras.config.set_epsilon(0.5)",
        "import tensorflow as tf; tf.config.run_functions_eagerly(True)",
        "import tensorflow as tf; tf.compat.v1.disable_eager_execution()",
        "import keras; keras.utils.set_random_seed(9)",
        "import tensorflow as tf; tf.random.set_seed(3); tf.random.uniform([2])",
    ],
}  # fmt: skip

SLOW = {one: [pytest.mark.verify] if one == "tensorflow" else [] for one in STATES}  # to import


def outcomes(framework, source, isolation, tasks):
    job = Job(
        code=STATES[framework] + PROBES,
        code_name="<probe>",
        framework=framework,
        submission=of_source("q.py", source),
        tasks=tasks,
        calls={task: ProbeCall(function=task.part, settings={}) for task in tasks},
        inputs={},
        limits={"here": Limit(), "later": Limit(), SETUP: Limit()},
        preload=["matplotlib.pyplot"] if framework == "python" else [],
    )
    attempt = run(job, isolation)
    assert attempt.notes == ()
    found = {}
    for task, outcome in attempt.outcomes.items():
        assert outcome.evidence is not None, outcome
        found[task] = dict(outcome.evidence.facts)
    return found


@pytest.fixture(scope="module")
def fresh(warm):
    """The state of a submission that sets nothing, by framework."""
    known = {}

    def of(framework):
        if framework not in known:
            known[framework] = outcomes(framework, "def wrong(): pass", warm, [HERE, LATER])
        return known[framework]

    return of


@pytest.mark.parametrize("where", ["top", "function"])
@pytest.mark.parametrize(
    ("framework", "statement"),
    [pytest.param(one, wrong, marks=SLOW[one]) for one, statements in WRONG.items() for wrong in statements],
)
def test_nothing_that_is_set_wrong_stays_so(framework, statement, where, fresh, warm):
    if where == "top":
        found = outcomes(framework, statement + "\ndef wrong(): pass", warm, [HERE, LATER])
    else:
        found = outcomes(framework, f"def wrong():\n    {statement}", warm, [HERE, LATER])
    assert found == fresh(framework)


@pytest.mark.parametrize("framework", [pytest.param(one, marks=SLOW[one]) for one in STATES])
def test_the_statements_do_set_something_wrong(framework, fresh, warm):
    """What the tests above compare does change where nobody puts it back: in the middle of a function."""
    source = "import sys\nexam = sys.modules['__main__']\n"
    changed = []
    for statement in WRONG[framework]:
        probes = f"\ndef here(student, given, device):\n    {statement}\n    return settings() | more()\n"
        job = Job(
            code=STATES[framework] + probes,
            code_name="<probe>",
            framework=framework,
            submission=of_source("q.py", source),
            tasks=[HERE],
            calls={HERE: ProbeCall(function="here", settings={})},
            inputs={},
            limits={"here": Limit(), SETUP: Limit()},
            preload=["matplotlib.pyplot"] if framework == "python" else [],
        )
        evidence = run(job, warm).outcomes[HERE].evidence
        changed.append(evidence is None or dict(evidence.facts) != fresh(framework)[LATER])
    assert all(changed), [s for s, yes in zip(WRONG[framework], changed, strict=True) if not yes]
