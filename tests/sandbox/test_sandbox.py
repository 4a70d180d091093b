"""What a submission can and cannot do inside, with real workers; and what each way of ending becomes."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from autograder.core.outcome import FaultKind, Task
from autograder.sandbox.bubblewrap import Bubblewrap, works
from autograder.sandbox.choose import choose, confining
from autograder.sandbox.protocol import IsolationError
from autograder.sandbox.supervisor import CancelledError
from autograder.sandbox.unconfined import Unconfined
from tests.support.attempts import MEAN, fault, value
from tests.support.courses import TOY


@pytest.fixture(params=["warm", "bubblewrap", "none"])
def isolation(request):
    with confining(request.param) as confined:
        yield confined


def asking(expression, prelude=""):
    """A submission whose mean is the value of an expression, -1 where that raises OSError."""
    return (
        f"import os, socket, sys\nfrom pathlib import Path\n{prelude}\n"
        f"def mean(values):\n    try:\n        return float({expression})\n    except OSError:\n        return -1.0\n"
    )


# -- what is there to see -----------------------------------------------------------------------------------


def test_an_honest_submission_gives_the_same_evidence_with_and_without_a_sandbox(run):
    source = (TOY / "solutions/toy/q1_numbers.py").read_text(encoding="utf-8").split("MISTAKES")[0]
    tasks = [MEAN, Task("cumulative"), Task("reason"), Task("cumulative", "practice")]
    inside, outside = (run(source, tasks, choose(name)) for name in ("bubblewrap", "none"))
    for task in tasks:
        left, right = inside.outcomes[task].evidence, outside.outcomes[task].evidence
        assert left.facts == right.facts
        assert {n: a.tobytes() for n, a in left.arrays.items()} == {
            n: a.tobytes() for n, a in right.arrays.items()
        }


def test_withheld_inputs_never_enter(run):
    assert run("REASON = ''", [Task("reason")]).outcomes[Task("reason")].evidence.facts["saw_label"] is False


@pytest.mark.parametrize(
    "path",
    [TOY / "solutions", Path.home() / ".bashrc", Path("/etc/passwd"), Path("/etc/shadow"), Path(__file__)],
)
def test_nothing_of_the_machine_is_in_sight(run, path):
    assert value(run(asking(f"os.path.exists({str(path)!r})"))) == 0


def test_the_solution_beside_the_exam_is_not_in_sight(run, toy):
    assert toy.solution_path.is_file()
    assert value(run(asking(f"os.path.exists({str(toy.solution_path)!r})"))) == 0
    assert value(run(asking(f"os.path.exists({str(toy.path)!r})"))) == 0


def test_of_the_exam_module_only_the_probes_are_inside(run):
    """No check, no key, no stub, and not the function that made the inputs."""
    frame = "sys._getframe(1).f_globals"  # the probe's module
    assert value(run(asking(f"'probe_mean' in {frame}"))) == 1
    for name in ("given", "QUESTION", "TOLERANCE", "mean", "cumulative"):
        assert value(run(asking(f"{name!r} in {frame}"))) == 0, name
    assert value(run(asking("sum('q1_numbers' in name for name in sys.modules)"))) == 0


def test_the_environment_is_empty(run, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_INSTRUCTOR", "42")
    looks = "'SECRET_OF_THE_INSTRUCTOR' in os.environ or b'SECRET' in Path('/proc/1/environ').read_bytes()"
    assert value(run(asking(looks))) in (0, -1)
    assert value(run(asking("'SECRET_OF_THE_INSTRUCTOR' in os.environ"), isolation=Unconfined())) == 0


def test_there_is_no_network(run):
    connect = "socket.create_connection(('127.0.0.1', PORT), timeout=2) is not None"
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        source = asking(connect.replace("PORT", str(port)))
        assert value(run(source)) == -1
        assert value(run(source, isolation=Unconfined())) == 1  # so the test can tell


def test_only_the_scratch_folder_can_be_written(run):
    for place in (
        "/",
        "/usr",
        "/grader/autograder",
        "/etc",
        "/tmp",
        "/dev",
        str(TOY),
        os.path.dirname(os.__file__),
    ):
        assert value(run(asking(f"open(os.path.join({place!r}, 'x'), 'w').write('x')"))) == -1, place
    assert value(run(asking("open('x', 'w').write('xyz')"))) == 3


def test_the_scratch_folder_is_limited_and_gone_afterwards(run):
    write = "sum(open(f'f{i}', 'wb').write(bytes(1 << 20)) for i in range(200))"
    assert value(run(asking(write))) == -1
    assert value(run(asking("len(os.listdir('.'))"))) == 0


def test_extras_can_be_read_and_not_changed(run, tmp_path):
    (tmp_path / "weights.txt").write_text("7")
    extras = {"weights.txt": tmp_path / "weights.txt"}
    assert value(run(asking("open('weights.txt').read()"), extras=extras)) == 7
    assert value(run(asking("open('weights.txt', 'w').write('8')"), extras=extras)) == -1
    assert (tmp_path / "weights.txt").read_text() == "7"


def test_the_student_is_nobody(run):
    assert value(run(asking("os.getuid() != 0 and os.geteuid() != 0"))) == 1
    status = "int([l.split()[1] for l in open('/proc/self/status') if l.startswith('CapEff')][0], 16)"
    assert value(run(asking(status))) == 0
    assert (
        value(run(asking("[l.split()[1] for l in open('/proc/self/status') if 'NoNewPrivs' in l][0]"))) == 1
    )


def test_no_descriptor_is_inherited(run):
    prelude = (
        "def target(f):\n    try:\n        return os.readlink(f'/proc/self/fd/{f}')\n"
        "    except OSError:\n        return 'pipe: the listing, closed again'\n"
    )
    others = "sum('pipe:' not in target(f) for f in os.listdir('/proc/self/fd'))"
    with open("/etc/passwd") as secret:
        os.set_inheritable(secret.fileno(), True)
        assert value(run(asking(others, prelude))) == 0


def test_hashes_and_random_numbers_are_the_same_in_every_run(run):
    source = (
        "import random\nimport numpy as np\ndef mean(values):\n"
        "    return hash('text') % 1e6 + random.random() + np.random.rand()\n"
    )
    assert value(run(source)) == value(run(source))


def test_neither_the_current_folder_nor_user_packages_are_importable(run):
    looks = "'' in sys.path or os.getcwd() in sys.path or any('.local' in entry for entry in sys.path)"
    assert value(run(asking(looks))) == 0


def test_other_processes_are_not_in_sight(run):
    first_and_own = "sorted(int(name) for name in os.listdir('/proc') if name.isdigit()) == [1, os.getpid()]"
    assert value(run(asking(first_and_own))) == 1


# -- limits -------------------------------------------------------------------------------------------------


ENDLESS = "def mean(values):\n    while True:\n        pass\n"


@pytest.mark.usefixtures("impatient")
def test_an_endless_loop_ends_at_the_time_limit(run, isolation):
    found = fault(run(ENDLESS, isolation=isolation))
    assert (found.kind, found.message.en[:32]) == (FaultKind.TIME, "Stopped at the time limit of 1 s")


def test_an_endless_loop_on_embedded_data_is_not_waited_for_long(run, monkeypatch):
    monkeypatch.setattr("autograder.core.exam.MINI_SECONDS", 1.5)  # the part itself has more
    found = fault(run(ENDLESS))
    assert found.kind is FaultKind.TIME
    assert "1.5 s" in found.message.en


@pytest.mark.usefixtures("impatient")
def test_a_loop_that_ignores_every_signal_ends_too(run):
    source = (
        "import signal\ndef mean(values):\n    for s in range(1, 32):\n        try:\n"
        "            signal.signal(s, signal.SIG_IGN)\n        except (OSError, ValueError):\n            pass\n"
        "    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass\n"
    )
    assert fault(run(source)).kind is FaultKind.TIME


@pytest.mark.parametrize("block", ["bytearray(1 << 30)", "__import__('mmap').mmap(-1, 1 << 30)"])
def test_memory_is_limited(run, block):
    found = fault(run(f"def mean(values):\n    kept = {block}\n    return 1.0"))
    assert found.kind in (FaultKind.MEMORY, FaultKind.EXCEPTION)
    assert "memory" in found.message.en.lower()


def test_processes_are_limited(run):
    forks = (
        "import os\ndef mean(values):\n    made = 0\n    try:\n        for _ in range(500):\n"
        "            if os.fork() == 0:\n                import time; time.sleep(30); os._exit(0)\n            made += 1\n"
        "    except OSError:\n        pass\n    return float(made)\n"
    )
    assert value(run(forks)) < 40


def test_output_is_limited_and_its_end_kept(run):
    found = fault(run("def mean(values):\n    while True:\n        print('x' * 1000)"))
    assert found.kind is FaultKind.OUTPUT
    assert "64 KB" in found.message.en
    assert run("def mean(values):\n    print('hello')\n    return 1.0").output == "hello\n"


def test_each_part_says_how_much_memory_it_took_and_not_those_before_it(run, isolation):
    source = (
        "def mean(values):\n    taken = bytearray(60 << 20)\n    return 1.0\n"
        "def cumulative(values, scale):\n    taken = bytearray(20 << 20)\n    raise ValueError\n"
    )
    tasks = [MEAN, Task("cumulative"), Task("reason")]
    outcomes = run(source, tasks, isolation=isolation).outcomes
    assert outcomes[tasks[1]].fault
    for task, taken in zip(tasks, (60, 20, 0), strict=True):
        assert taken - 1 < outcomes[task].memory / 2**20 < taken + 8, task


def test_evidence_is_limited(run):
    found = fault(run("import numpy as np\ndef mean(values):\n    return np.zeros(4_000_000)"))
    assert found.kind is FaultKind.EVIDENCE


def test_nothing_outlives_a_worker(run, isolation):
    marker = f"marker-{os.getpid()}-{time.monotonic_ns()}"
    source = (
        f"import os, time\ndef mean(values):\n    if os.fork() == 0:\n        os.setpgid(0, 0)\n"
        f"        open('{marker}', 'w')\n        time.sleep(60)\n        os._exit(0)\n    return 1.0\n"
    )
    if isinstance(isolation, Unconfined):
        source = source.replace("        os.setpgid(0, 0)\n", "")  # without a sandbox a daemon can get away
    run(source, isolation=isolation)
    alive = [path for path in Path("/proc").glob("[0-9]*/fd/*") if marker in _target(path)]
    assert alive == []


def _target(path):
    try:
        return os.readlink(path)
    except OSError:
        return ""


# -- how a submission can end ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ("raise ValueError('bad 가')", FaultKind.EXCEPTION, "ValueError: bad 가"),
        ("return undefined", FaultKind.EXCEPTION, "NameError"),
        ("return mean(values)", FaultKind.EXCEPTION, "RecursionError"),
        ("raise NotImplementedError", FaultKind.UNWRITTEN, "mean: not written yet"),
        ("import sys; sys.exit(3)", FaultKind.EXIT, "exit status 3"),
    ],
)
def test_an_exception_is_a_fault_with_the_students_own_lines(run, body, kind, words):
    found = fault(run(f"def mean(values):\n    {body}\n"))
    assert found.kind is kind
    assert words in found.message.en
    assert found.message.ko
    assert 'File "q1_numbers.py", line 2, in mean' in found.traceback
    assert "autograder" not in found.traceback
    assert "probe" not in found.traceback


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ("import os; os._exit(0)", FaultKind.EXIT, "exit status 0"),
        ("import ctypes; ctypes.string_at(0)", FaultKind.CRASH, "SIGSEGV"),
        ("return None", FaultKind.EXCEPTION, "The returned value cannot be used: mean has dtype object"),
        ("return {1: 2}", FaultKind.EXCEPTION, "The returned value cannot be used: mean has dtype object"),
        ("import os; os.closerange(3, 20); return 1.0", FaultKind.EXIT, ""),
        ("import os; os.write(3, b'x' * 100); return 1.0", FaultKind.EVIDENCE, "could not be read"),
    ],
)
def test_every_other_way_of_ending_is_a_fault_with_a_reason(run, body, kind, words):
    found = fault(run(f"def mean(values):\n    {body}\n"))
    assert found.kind is kind
    assert words in found.message.en
    assert found.message.ko


def test_the_first_process_of_the_sandbox_is_out_of_reach(run):
    for number in (9, 15, 19):
        assert value(run(asking(f"os.kill(1, {number}) or 1.0"))) in (1, -1)
    assert value(run(asking("os.kill(-1, 9) or 1.0"))) in (1, -1)


def test_a_fault_costs_its_part_and_the_others_are_run(run):
    source = (
        "import os\ndef mean(values):\n    os._exit(0)\n"
        "def cumulative(values, scale):\n    return [0.0]\nREASON = 'x'\n"
    )
    tasks = [
        Task(part, variant) for part in ("mean", "cumulative", "reason") for variant in ("public", "practice")
    ]
    attempt = run(source, tasks)
    assert fault(attempt).kind is FaultKind.EXIT
    assert Task("mean", "practice") not in attempt.outcomes
    assert all(attempt.outcomes[task].evidence for task in tasks if task.part != "mean")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "top", ["import os; os._exit(0)", "while True: pass", "import ctypes; ctypes.string_at(0)"]
)
def test_a_submission_that_ends_while_loading_is_at_fault_everywhere(run, top):
    tasks = [MEAN, Task("reason")]
    attempt = run(f"{top}\n", tasks)
    for task in tasks:
        assert "While q1_numbers.py was being loaded" in fault(attempt, task).message.en


def test_an_exception_at_the_top_leaves_what_was_defined_before_it(run):
    attempt = run("def mean(values):\n    return 2.0\n1 / 0\nREASON = 'x'\n", [MEAN, Task("reason")])
    assert value(attempt) == 2
    message = fault(attempt, Task("reason")).message.en
    assert message.startswith("REASON is not defined in the submission.")
    assert "ZeroDivisionError" in message


def test_a_misspelt_name_is_pointed_out(run):
    assert "A similar name is there: meen." in fault(run("def meen(values):\n    return 1.0")).message.en


def test_what_is_registered_for_the_end_is_not_run(run):
    source = "import atexit, os\natexit.register(lambda: os.write(2, b'late'))\ndef mean(values):\n    return 1.0\n"
    attempt = run(source)
    assert value(attempt) == 1
    assert "late" not in attempt.output


def test_cancelling_ends_the_worker_at_once(run):
    cancel = threading.Event()
    threading.Timer(1.5, cancel.set).start()
    with pytest.raises(CancelledError):  # at its limit of 30 s it would be a fault
        run("import time\ntime.sleep(60)", cancel=cancel)


# -- our own failures, and which isolation is chosen -----------------------------------------------------------


class Broken(Bubblewrap):
    def command(self, box):
        return ["bwrap", "--no-such-option", "--"]


def test_a_worker_that_does_not_start_is_our_failure_and_tried_twice(run):
    outcome = run("def mean(values):\n    return 1.0", isolation=Broken()).outcomes[MEAN]
    assert outcome.fault is None
    assert outcome.failure == (
        "the worker ended with status 1 before it was ready: bwrap: Unknown option --no-such-option"
    )


@pytest.mark.parametrize(("failing", "starts"), [(0, 1), (1, 2), (9, 2)])
def test_a_failure_of_ours_is_tried_once_more_and_no_oftener(run, failing, starts):
    started = []

    class Failing(Bubblewrap):
        def start(self, box):
            started.append(box)
            return (Broken() if len(started) <= failing else Bubblewrap()).start(box)

    outcome = run("def mean(values):\n    return 1.0", isolation=Failing()).outcomes[MEAN]
    assert (outcome.failure is None) == (failing < 2)
    assert outcome.fault is None
    assert len(started) == starts


def test_the_isolation_that_is_asked_for_is_used_or_refused(monkeypatch):
    for name, given in (("auto", "warm"), ("warm", "warm"), ("bubblewrap", "bubblewrap"), ("none", "none")):
        with confining(name) as isolation:
            assert isolation.name == given
    with pytest.raises(IsolationError, match="no isolation is named 'docker'"):
        choose("docker")
    monkeypatch.setenv("PATH", "")
    for name in ("auto", "bubblewrap"):
        with pytest.raises(IsolationError, match=r"apt-get install bubblewrap.*--isolation none"):
            choose(name)


def test_bubblewrap_that_cannot_confine_is_noticed():
    assert works(Bubblewrap()) is None
    assert "the disk is full" in works(_Refusing())


class _Refusing(Bubblewrap):
    def command(self, box):
        return ["/bin/sh", "-c", "echo the disk is full >&2; exit 1", "--"]
