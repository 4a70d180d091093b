"""What is observed: one named thing at a time, plain at once, and each failure where it belongs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from autograder.core.calls import parse_call
from autograder.core.exam import Limit
from autograder.core.outcome import EVERYTHING, FaultKind, Task
from autograder.course.submission import of_source
from autograder.probing.arrays import BadReturnError
from autograder.probing.observing import AuthorsError, Given, Names, Observer, run_calls, run_probe
from autograder.sandbox.job import SETUP, Job
from autograder.sandbox.supervisor import run
from autograder.worker.jobs import ProbeCall

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def given(framework="torch", settings=None, **arrays):
    return Given({"x": X, **arrays}, settings or {}, framework, "cpu")


def observe(calls, student=None, *, facts=(), code=None, **inputs):
    """Return the observer of these calls; all that the student defines is in the interface."""
    student, observer = student or {}, Observer(nullcontext, facts)
    names = {"np": np, "torch": torch, **(code or {})}
    parsed = [parse_call(source) for source in calls]
    run_calls(parsed, SimpleNamespace(**student), given(**inputs), observer, names, ["absent", *student])
    return observer


def fail(*_):
    raise ZeroDivisionError("of the student's")


# -- what comes back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.bool_(True), np.array(True)),
        (True, np.array(True)),
        (np.int64(3), np.array(3)),
        (3, np.array(3)),
        (2.5, np.array(2.5)),
        (np.float16(2.5), np.array(2.5, dtype=np.float16)),
        (np.longdouble(2.5), np.array(2.5)),
        (torch.tensor(2.5), np.array(2.5, dtype=np.float32)),
        (torch.tensor([1.0], requires_grad=True), np.array([1.0], dtype=np.float32)),
        (torch.nn.Parameter(torch.ones(2)), np.ones(2, dtype=np.float32)),
        (torch.ones(2, dtype=torch.float64), np.ones(2)),
        (torch.tensor([0.5, 0.25], dtype=torch.bfloat16), np.array([0.5, 0.25], dtype=np.float32)),
        (torch.tensor([0.5, 0.25]).to(torch.float8_e4m3fn), np.array([0.5, 0.25], dtype=np.float32)),
        (torch.eye(2).to_sparse(), np.eye(2, dtype=np.float32)),
        (torch.tensor([1 + 2j]).conj(), np.array([1 - 2j], dtype=np.complex64)),
        ([torch.tensor(1.0), torch.tensor(2.0)], np.array([1, 2], dtype=np.float32)),
        (([1, 2], (3, 4)), np.array([[1, 2], [3, 4]])),
        ([np.float32(1), torch.tensor(2.0), 3], np.array([1.0, 2.0, 3.0])),
        ([], np.empty(0, dtype=np.float32)),
        (range(3), np.arange(3)),
    ],
    ids=str,
)
def test_what_a_function_returns_becomes_a_plain_array(value, plain):
    found = observe(["y = f(x)"], {"f": lambda x: value}).evidence.arrays["y"]
    assert type(found) is np.ndarray
    assert (found.dtype, found.shape) == (plain.dtype, plain.shape)
    assert np.array_equal(found, plain)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "f is None; is a return statement missing?"),
        ("text", "f must be numbers, got str"),
        ({"a": 1}, "f must be numbers, got dict"),
        (object(), "f must be numbers, got object"),
        ([torch.ones(2), torch.ones(3)], r"f: the items have different shapes \[\(2,\), \(3,\)\]"),
        ([1, None], r"f\[1\] is None"),
        (torch.ones(2, device="meta"), "f has no numbers: "),
        (torch.nn.Linear(1, 1), "f must be numbers, got Linear"),
    ],
)
def test_what_is_no_array_is_missing_with_the_reason(value, why):
    seen = observe(["y = f(x)"], {"f": lambda x: value})
    assert seen.found == {}
    with pytest.raises(BadReturnError, match=why) as raised:
        raise seen.missing["y"]
    assert re.search("[가-힣]", raised.value.ko)


TENSORFLOW = """
import json
from contextlib import nullcontext
from types import SimpleNamespace
import numpy as np
import tensorflow as tf
from autograder.core.calls import parse_call
from autograder.probing.observing import Given, Observer, run_calls

values = {
    "constant": tf.constant([1.0, 2.0]),
    "variable": tf.Variable([1.0, 2.0]),
    "keras": tf.keras.Variable([1.0, 2.0]),
    "number": tf.constant(3),
    "list_of": [tf.constant(1.0), tf.constant(2.0)],
    "double": tf.constant([1.0, 2.0], dtype=tf.float64),
    "bfloat16": tf.constant([1.0, 2.0], dtype=tf.bfloat16),
}
given = Given({"x": np.ones(2, dtype=np.float32)}, {}, "tensorflow", "cpu")
observer = Observer(nullcontext)
student = SimpleNamespace(**{name: lambda x, value=value: value for name, value in values.items()})
student.same = lambda x: isinstance(x, tf.Tensor) and x
calls = [parse_call(f"{name}(x)") for name in [*values, "same"]] + [parse_call("first, second = constant(x)")]
run_calls(calls, student, given, observer, {}, [*values, "same"])
print(json.dumps([
    {name: [array.dtype.name, array.tolist()] for name, array in observer.found.items()},
    {name: str(error) for name, error in observer.missing.items()},
]))
"""


@pytest.mark.verify
def test_tensorflow_tensors_are_known_by_their_type():
    result = subprocess.run([sys.executable, "-c", TENSORFLOW], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found, missing = json.loads(result.stdout.splitlines()[-1])
    assert missing == {}
    assert found == {
        "constant": ["float32", [1.0, 2.0]],
        "variable": ["float32", [1.0, 2.0]],
        "keras": ["float32", [1.0, 2.0]],
        "number": ["int32", 3],
        "list_of": ["float32", [1.0, 2.0]],
        "double": ["float64", [1.0, 2.0]],
        "bfloat16": ["float32", [1.0, 2.0]],
        "same": ["float32", [1.0, 1.0]],
        "first": ["float32", 1.0],
        "second": ["float32", 2.0],
    }


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ([np.int64(1), (2.5, True)], [1, [2.5, True]]),
        (torch.tensor([True, False]), [True, False]),
        ([torch.tensor(True)], [True]),
        ({"shape": torch.Size([2, 3]), 4: None}, {"shape": [2, 3], "4": None}),
        (np.bool_(False), False),
        (np.str_("word"), "word"),
    ],
)
def test_facts_are_json(value, plain):
    seen = observe(["y = f()"], {"f": lambda: value}, facts=["y"])
    assert seen.evidence.arrays == {}
    assert seen.evidence.facts == {"y": plain}


def test_a_fact_that_is_not_finite_or_no_json_is_missing():
    seen = observe(["y = f()", "z = g()"], {"f": lambda: [1, np.inf], "g": object}, facts=["y", "z"])
    assert str(seen.missing["y"]) == "f[1] is inf, which is not finite"
    assert "g must be text, a number, or a list or dictionary of these, got object" in str(seen.missing["z"])


# -- several values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [(1, 2), [1, 2], np.array([1, 2]), torch.tensor([1, 2]), range(1, 3), {1: "a", 2: "b"}.keys().__iter__()],
    ids=lambda value: type(value).__name__,
)
def test_several_names_take_whatever_python_would_take_apart(value):
    seen = observe(["a, b = f()", "c = [b, a]"], {"f": lambda: value})
    assert seen.missing == {}
    assert {name: array.tolist() for name, array in seen.found.items()} == {"a": 1, "b": 2, "c": [2, 1]}


@pytest.mark.parametrize(
    ("value", "got"),
    [
        ((1, 2, 3), "tuple of 3"),
        ([1], "list of 1"),
        (5, "int"),
        (None, "None"),
        ({"a": 1, "b": 2}, "dict"),
        ("ab", "str"),
        ({1, 2}, "set"),
    ],
)
def test_a_wrong_number_of_values_is_told_with_their_names(value, got):
    seen = observe(["a, _b = f()", "c = g(a)"], {"f": lambda: value, "g": fail})
    assert str(seen.missing["a"]) == f"must return 2 values (a, b), got {got}"
    assert seen.missing["c"] is seen.missing["a"]  # g was not run


def test_values_without_end_are_not_all_asked_for():
    def forever():
        while True:
            yield 1

    assert "must return 2 values" in str(observe(["a, b = f()"], {"f": forever}).missing["a"])


def test_one_of_several_values_fails_alone():
    seen = observe(["a, b, c = f()", "d = g(c)"], {"f": lambda: (1, None, 3), "g": lambda c: c + 1})
    assert {name: int(array) for name, array in seen.found.items()} == {"a": 1, "c": 3, "d": 4}
    assert list(seen.missing) == ["b"]


# -- calls --------------------------------------------------------------------------------------------------


def test_each_call_fails_alone_and_takes_only_what_needs_it_along():
    calls = ["a = f(x)", "b = g(x)", "c = f(b)", "d = f(a)"]
    seen = observe(calls, {"f": lambda x: x + 1, "g": fail})
    assert list(seen.found) == ["a", "d"]
    assert list(seen.missing) == ["b", "c"]
    assert seen.missing["b"] is seen.missing["c"]
    assert isinstance(seen.missing["b"], ZeroDivisionError)
    assert seen.calls["c"] == "g(x)", "what raised it"


def test_what_students_read_of_a_call_is_their_function():
    calls = ["a = {name: bool(f(one)) for name, one in zip('pq', x)}", "b = sorted(h)", "c = [f(x), f(x)]"]
    seen = observe(calls, {"f": fail, "h": 3})
    assert {name: seen.calls[name] for name in seen.missing} == {"a": "f", "b": "h", "c": "f"}

    def probe(student, given, observe):
        observe("a", lambda function, x: function(x), student.f, given.x)
        made = observe("b", student.g)
        observe("c", lambda made: made.weight, made)
        observe("d", student.f, observe("e", lambda: 1 / 0))

    seen = probed(probe, {"f": fail, "g": lambda: None})
    assert {name: seen.calls[name] for name in seen.missing} == {
        "a": "f",
        "b": "g",
        "c": "",
        "d": "",
        "e": "",
    }


def test_a_name_that_the_student_lacks_is_missing_alone():
    seen = observe(["a = absent(x)", "b = f(x)"], {"f": lambda x: x})
    assert list(seen.found) == ["b"]
    assert isinstance(seen.missing["a"], AttributeError)


def test_what_begins_with_an_underscore_is_for_later_calls_and_need_not_be_plain():
    seen = observe(
        ["y, _cache = forward(x)", "dx = backward(_cache)"],
        {
            "forward": lambda x: (x, {"any": object(), "x": x}),
            "backward": lambda cache: cache["x"] * 2,
        },
    )
    assert list(seen.found) == ["y", "dx"]
    assert np.array_equal(seen.found["dx"], 2 * X)


def test_a_chain_of_calls_starts_from_the_students_own_results():
    seen = observe(
        ["_net = Net(3)", "y = _net(x)", "w = _net.weight"], {"Net": lambda n: torch.nn.Linear(n, 1)}
    )
    assert np.allclose(
        seen.found["y"], X @ seen.found["w"].T + seen.found["y"][:1] - X[:1] @ seen.found["w"].T
    )


def test_a_function_whose_result_has_its_name_can_be_called_again():
    seen = observe(["f(x)", "g = f + 1", "again = f(x * 2)"], {"f": lambda x: x * 10})
    assert np.array_equal(seen.found["g"], 10 * X + 1)
    assert np.array_equal(seen.found["again"], 20 * X)


def test_the_students_names_come_before_builtins_and_probes_and_inputs_before_both():
    student = {"sum": lambda x: "the student's", "x": "the student's"}
    seen = observe(
        ["a = sum(x)", "b = help_out(x)"], student, facts=["a"], code={"sum": None, "help_out": lambda x: x}
    )
    assert seen.found["a"] == "the student's"
    assert np.array_equal(seen.found["b"], X)


def test_inputs_are_fresh_tensors_and_one_without_dimensions_is_a_number():
    student = {
        "f": lambda x, rate: x.zero_() and rate,
        "g": lambda x, rate: [type(x).__name__, type(rate).__name__],
    }
    seen = observe(
        ["a = f(x, rate).sum()", "kinds = g(x, rate)", "same = x + 0"],
        student,
        facts=["kinds"],
        rate=np.array(0.5),
    )
    assert seen.found["kinds"] == ["Tensor", "float"]
    assert np.array_equal(seen.found["same"], X)


def test_settings_are_copies_too():
    student = {"f": lambda sizes: sizes.pop()}
    seen = observe(["a = f(sizes)", "b = f(sizes)"], student, settings={"sizes": [1, 2]})
    assert (int(seen.found["a"]), int(seen.found["b"])) == (2, 2)


def test_an_input_changed_in_place_is_told_by_its_name_and_costs_nothing():
    student = {"f": lambda x, z: x.mul_(2), "g": lambda x: x * 2}
    seen = observe(["a = [f(x, z) for _ in range(1)]", "b = g(x)"], student, z=X)
    assert seen.changed == {"x": "f"}
    assert np.array_equal(seen.found["a"][0], seen.found["b"])


def test_nan_in_an_input_is_not_taken_for_a_change():
    assert observe(["a = f(z)"], {"f": lambda z: z}, z=np.array([np.nan, 1.0])).changed == {}


def test_what_the_author_computes_alone_is_the_authors():
    with pytest.raises(AuthorsError, match="division by zero"):
        observe(["a = f(x)", "b = 1 / 0"], {"f": lambda x: x})
    with pytest.raises(AuthorsError, match="of the student's"):
        observe(["a = helper(x)"], {"f": lambda x: x}, code={"helper": fail})


def test_what_a_helper_raises_on_the_students_value_is_missing():
    code = {"helper": lambda net: net.weight}
    seen = observe(["_net = make()", "w = helper(_net)"], {"make": lambda: None}, code=code)
    assert isinstance(seen.missing["w"], AttributeError)


# -- own probes ---------------------------------------------------------------------------------------------


def probed(probe, student=None, facts=(), **arrays):
    observer = Observer(nullcontext, facts)
    run_probe(probe, SimpleNamespace(**(student or {})), given(**arrays), observer)
    return observer


def test_an_own_probe_observes_and_goes_on_with_what_came():
    def probe(student, given, observe):
        net = observe("_net", student.make)
        observe("y", net, given.x)
        observe("loss, kind", student.lose, given["x"], scale=given.scale)
        observe("weight", lambda: net.weight)

    student = {"make": lambda: torch.nn.Linear(3, 1), "lose": lambda x, scale: (x.sum() * scale, "sum")}
    observer = Observer(nullcontext, ["kind"])
    run_probe(probe, SimpleNamespace(**student), given(settings={"scale": 2}), observer)
    assert observer.missing == {}
    assert list(observer.found) == ["y", "loss", "kind", "weight"]
    assert (float(observer.found["loss"]), observer.found["kind"]) == (30.0, "sum")
    assert observer.calls == {"_net": "make", "y": "", "loss": "lose", "kind": "lose", "weight": ""}


def test_in_an_own_probe_too_each_observation_fails_alone():
    def probe(student, given, observe):
        net = observe("_net", student.absent, 3)
        observe("y", net, given.x)
        observe("weight", lambda: net.weight)
        observe("twice", lambda: [net, net])
        observe("inside", student.f, [net])
        _, cache = observe("out, _cache", student.fail, given.x)
        observe("dx", student.f, cache)
        observe("last", student.f, given.x)

    seen = probed(probe, {"f": lambda x: x, "fail": fail})
    assert list(seen.found) == ["last"]
    absent = {name for name, error in seen.missing.items() if isinstance(error, AttributeError)}
    assert absent == {"y", "weight", "twice", "inside"}
    assert {name for name, error in seen.missing.items() if isinstance(error, ZeroDivisionError)} == {
        "out",
        "dx",
    }


@pytest.mark.parametrize(
    "use",
    [
        lambda lost: lost + 1,
        lambda lost: 2 * lost,
        lambda lost: lost[0],
        lambda lost: lost.weight,
        lambda lost: lost(),
        lambda lost: list(lost),
        lambda lost: float(lost),
        lambda lost: 1 if lost else 0,
        lambda lost: np.asarray(lost),
        lambda lost: torch.ones(1) * lost,
        lambda lost: lost == 1,
        lambda lost: lost > 1,
        lambda lost: lost**2,
        lambda lost: f"{lost}",
        lambda lost: 1 in lost,
        lambda lost: -lost,
        lambda lost: abs(lost),
        lambda lost: setattr(lost, "weight", 1),
        lambda lost: lost.__setitem__(0, 1),
        lambda lost: np.ones(1) @ lost,
        pytest.param(
            lambda lost: torch.as_tensor(lost),
            # torch looks for attributes in a way that Python 3.14 reports, whatever they raise.
            marks=pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
        ),
        lambda lost: lost.sum().item(),
        lambda lost: len(lost),
        lambda lost: round(lost, 1),
        lambda lost: lost // 2,
        lambda lost: lost % 2,
    ],
)
def test_a_probe_ends_where_it_uses_what_is_missing_and_that_is_no_fault_of_the_author(use):
    def probe(student, given, observe):
        observe("before", student.f, given.x)
        use(observe("lost", student.fail))
        observe("after", student.f, given.x)

    seen = probed(probe, {"f": lambda x: x, "fail": fail})
    assert list(seen.found) == ["before"]
    assert list(seen.missing) == ["lost", EVERYTHING]
    assert seen.missing[EVERYTHING] is seen.missing["lost"]


def test_what_a_probe_raises_itself_is_the_authors():
    with pytest.raises(AuthorsError, match="there is no input and no setting 'typo'"):
        probed(lambda student, given, observe: observe("y", student.f, given.typo), {"f": abs})


def test_names_gives_what_there_is():
    assert Names(SimpleNamespace(a=1)).a == 1


def test_inputs_and_settings_are_in_given():
    assert "x" in given()
    assert "lr" in given(settings={"lr": 1})
    assert "lr" not in given()


# -- in the sandbox: whose fault it is -----------------------------------------------------------------------

CODE = """import numpy as np

def helper(f, x):
    return f(x)

def broken(x):
    values = np.ones(3)
    return values[7]

def probe(student, given, observe):
    observe("y", student.f, given.x)
    raise KeyError("typo")

def direct(student, given, observe):
    student.f(given.x)
"""


def outcome(source, isolation, *calls, function=""):
    job = Job(
        code=CODE,
        code_name="exams/e/q1/probes.py",
        framework="python",
        submission=of_source("q1.py", source),
        tasks=[Task("a")],
        calls={Task("a"): ProbeCall(function=function, settings={}, calls=calls, interface=("f", "g"))},
        inputs={"public": SimpleNamespace(arrays={"x": X}, facts={})},
        limits={"a": Limit(), SETUP: Limit()},
    )
    return run(job, isolation).outcomes[Task("a")]


RAISES = "def f(x):\n    return x / absent_name\n\ndef g(x):\n    return x"
FINE = "def f(x):\n    return x * 1\n\ndef g(x):\n    return x"


def test_in_the_sandbox_a_students_exception_is_theirs_with_the_line(warm):
    found = outcome(RAISES, warm, "y = f(x)", "z = g(x)", "h = helper(f, x)")
    assert list(found.evidence.arrays) == ["z"]
    for name in ("y", "h"):
        fault = found.missing[name]
        assert fault.kind is FaultKind.EXCEPTION
        assert "absent_name" in fault.message.en
        assert "line 2" in fault.traceback
        assert "probes.py" not in fault.traceback
    assert found.failure is None


@pytest.mark.parametrize(
    ("calls", "function", "where"),
    [
        (["y = f(x)", "z = broken(x)"], "", "exams/e/q1/probes.py, line 8: "),
        (["y = f(x)", "z = np.ones(3)[7]"], "", "<z = np.ones(3)[7]>, line 1: "),
        ([], "probe", "exams/e/q1/probes.py, line 12: "),
    ],
)
def test_in_the_sandbox_the_authors_exception_is_ungraded_with_file_and_line(calls, function, where, warm):
    for source in (FINE, RAISES):
        found = outcome(source, warm, *calls, function=function)
        assert found.evidence is None
        assert found.fault.kind is FaultKind.AUTHOR
        assert where in found.fault.message.en


def test_in_the_sandbox_a_function_that_a_probe_calls_directly_is_the_students(warm):
    found = outcome(RAISES, warm, function="direct")
    assert found.failure is None
    assert found.fault.kind is FaultKind.EXCEPTION
    assert "line 2" in found.fault.traceback


def test_in_the_sandbox_what_is_not_written_and_what_is_absent_is_said(warm):
    found = outcome("def g(x):\n    raise NotImplementedError", warm, "y = f(x)", "z = g(x)")
    assert found.missing["y"].kind is FaultKind.MISSING
    assert found.missing["z"].kind is FaultKind.UNWRITTEN


def test_in_the_sandbox_a_function_that_exits_ends_its_own_call_only(warm):
    found = outcome(
        "def f(x):\n    raise SystemExit(3)\n\ndef g(x):\n    return x", warm, "y = f(x)", "z = g(x)"
    )
    assert found.missing["y"].kind is FaultKind.EXIT
    assert list(found.evidence.arrays) == ["z"]


def test_in_the_sandbox_an_input_changed_in_place_is_told(warm):
    found = outcome("def f(x):\n    x += 1\n    return x", warm, "y = f(x)")
    assert found.changed == {"x": "f"}
