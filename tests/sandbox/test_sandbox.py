"""What a submission can and cannot do inside, with real workers; and what each way of ending becomes."""

from __future__ import annotations

import os
import sys
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
from tests.support.courses import TOY, edit


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
    source = (TOY / "solutions/toy/q1_numbers/solution.py").read_text(encoding="utf-8")
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
    """No check, no key and no stub: the boundary is that of the file with the probes."""
    prelude = (
        "def seen(name):\n    frame, found = sys._getframe(2), 0\n    while frame:\n"
        "        found += name in frame.f_globals\n        frame = frame.f_back\n    return found\n"
    )
    assert value(run(asking("seen('probe_mean')", prelude))) == 1  # the probe's module
    for name in ("QUESTION", "TOLERANCE", "mean", "cumulative"):
        assert value(run(asking(f"seen({name!r})", prelude))) == 0, name
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


def test_only_the_scratch_folders_can_be_written(run):
    for place in (
        "/",
        "/usr",
        "/grader",
        "/grader/autograder",
        "/etc",
        "/dev",
        str(TOY),
        os.path.dirname(os.__file__),
    ):
        assert value(run(asking(f"open(os.path.join({place!r}, 'x'), 'w').write('x')"))) == -1, place


@pytest.mark.parametrize("folder", ["'.'", "'/tmp'", "os.environ['HOME']", "'/dev/shm'"])
@pytest.mark.parametrize("name", ["warm", "bubblewrap"])
def test_the_scratch_folders_are_the_workers_own_and_gone_afterwards(run, name, folder):
    mine = f"autograder-test-{os.getpid()}"
    write = f"os.makedirs({folder} + '/{mine}') or open({folder} + '/{mine}/x', 'w').write('xyz')"
    with confining(name) as isolation:
        assert value(run(asking(write), isolation=isolation)) == 3
        assert value(run(asking(f"os.path.exists({folder} + '/{mine}')"), isolation=isolation)) == 0
    assert not any(Path(top, mine).exists() for top in ("/tmp", "/dev/shm", Path.home()))


def test_where_a_student_may_write_is_empty_before(run, isolation):
    for folder in ("'.'", "os.environ['HOME']"):
        assert value(run(asking(f"len(os.listdir({folder}))"), isolation=isolation)) == 0, folder
    if not isinstance(isolation, Unconfined):
        # the two folders, and what the interpreter needs, where it lies in the machine's /tmp
        strange = "set(os.listdir('/tmp')) - {Path.cwd().name, Path.home().name}"
        prefixes = {
            str(Path(path).parts[2]) for path in (sys.prefix, sys.base_prefix) if path.startswith("/tmp/")
        }
        assert value(run(asking(f"len({strange} - {prefixes or set()!r})"), isolation=isolation)) == 0


@pytest.mark.parametrize("folder", ["'.'", "'/tmp'", "os.environ['HOME']"])
@pytest.mark.parametrize("name", ["warm", "bubblewrap"])
def test_the_scratch_folders_are_limited(run, name, folder):
    write = f"sum(open(os.path.join({folder}, f'f{{i}}'), 'wb').write(bytes(1 << 20)) for i in range(200))"
    with confining(name) as isolation:
        assert value(run(asking(write), isolation=isolation)) == -1
        assert value(run(asking(write.replace("200", "2")), isolation=isolation)) == 2 << 20


def test_the_files_beside_a_submission_are_a_copy_that_it_may_change(run, tmp_path, isolation):
    (tmp_path / "weights.txt").write_text("7")
    (tmp_path / "read_only.txt").write_text("5")
    (tmp_path / "read_only.txt").chmod(0o400)
    beside = {"weights.txt": tmp_path / "weights.txt", "data/deep/r.txt": tmp_path / "read_only.txt"}

    def ask(expression):
        return value(run(asking(expression), extras=beside, isolation=isolation))

    assert ask("open('weights.txt').read()") == 7
    assert ask("open('data/deep/r.txt').read()") == 5
    assert ask("sum(len(files) for _, _, files in os.walk('.'))") == 2
    assert ask("open('weights.txt', 'w').write('8') + float(open('weights.txt').read())") == 9
    assert ask("open('data/deep/r.txt', 'a').write('8')") == 1
    assert ask("os.makedirs('data/new') or os.remove('weights.txt') or len(os.listdir('data'))") == 2
    assert ask("open('weights.txt').read()") == 7
    assert [(tmp_path / name).read_text() for name in ("weights.txt", "read_only.txt")] == ["7", "5"]


def test_names_of_files_in_any_bytes_arrive(run, tmp_path, isolation):
    (tmp_path / "x").write_text("7")
    names = [os.fsdecode(name) for name in ("자료.csv".encode("cp949"), "자료.txt".encode(), b"\xff\xfe")]
    looks = f"sorted(os.listdir(b'.')) == {sorted(map(os.fsencode, names))!r}"
    assert value(run(asking(looks), extras=dict.fromkeys(names, tmp_path / "x"), isolation=isolation)) == 1


def test_of_another_students_files_there_is_nothing(run, tmp_path, isolation):
    (tmp_path / "weights.txt").write_text("7")
    beside = {"weights.txt": tmp_path / "weights.txt"}
    assert value(run(asking("open('weights.txt').read()"), extras=beside, isolation=isolation)) == 7
    assert value(run(asking("len(os.listdir('.'))"), isolation=isolation)) == 0
    if not isinstance(isolation, Unconfined):
        anywhere = "sum('weights.txt' in files for top, _, files in os.walk('/tmp'))"
        assert value(run(asking(anywhere), isolation=isolation)) == 0
        assert value(run(asking(f"os.path.exists({str(tmp_path)!r})"), isolation=isolation)) == 0


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
    # libffi, since 3.5, keeps its own file open for ctypes.
    others = (
        "sum('pipe:' not in target(f) and '/libffi.so' not in target(f) for f in os.listdir('/proc/self/fd'))"
    )
    with open("/etc/passwd") as secret:
        os.set_inheritable(secret.fileno(), True)
        assert value(run(asking(others, prelude))) == 0


def test_hashes_and_random_numbers_are_the_same_in_every_run(run):
    source = (
        "import random\nimport numpy as np\ndef mean(values):\n"
        "    return hash('text') % 1e6 + random.random() + np.random.rand()\n"
    )
    assert value(run(source)) == value(run(source))


def test_the_students_folder_is_importable_and_user_packages_are_not(run, tmp_path, isolation):
    (tmp_path / "helper.py").write_text("three = 3")
    beside = {"helper.py": tmp_path / "helper.py", "package/__init__.py": tmp_path / "helper.py"}
    prelude = "import helper\nfrom package import three\n"
    inside = "helper.three + three + __import__('package').three"
    assert value(run(asking(inside, prelude), extras=beside, isolation=isolation)) == 9
    looks = "sys.path[0] in ('', os.getcwd()) and not any('.local' in entry for entry in sys.path)"
    assert value(run(asking(looks), isolation=isolation)) == 1


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


@pytest.fixture
def processes(toy):
    """The toy question, of which submissions may start processes."""
    edit(toy.path, "setup=Limit(seconds=SECONDS)", "setup=Limit(seconds=SECONDS, processes=8)")


@pytest.mark.usefixtures("processes")
def test_where_processes_are_allowed_they_are_forked(run, isolation):
    source = (
        "import multiprocessing\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "def double(value):\n    return 2 * value\n"
        "def mean(values):\n    with ProcessPoolExecutor(2) as pool:\n"
        "        doubled = list(pool.map(double, [1.0, 2.0]))\n"
        "    return sum(doubled) if multiprocessing.get_start_method() == 'fork' else -1.0\n"
    )
    assert value(run(source, isolation=isolation)) == 6


def test_processes_are_limited(run):
    forks = (
        "import os\ndef mean(values):\n    made = 0\n    try:\n        for _ in range(500):\n"
        "            if os.fork() == 0:\n                import time; time.sleep(30); os._exit(0)\n            made += 1\n"
        "    except OSError:\n        pass\n    return float(made)\n"
    )
    assert value(run(forks)) < 40


DROPPED = "More than 64 KB were printed; the rest was dropped. This costs nothing."


@pytest.mark.parametrize(
    "printing",
    [
        "print('x' * 1000)",
        "print('가' * 1000, file=sys.stderr)",
        "sys.stdout.buffer.write(b'x' * 1000)",
        "os.write(1, b'x' * 1000)",
        "os.write(2, b'x' * 1000)",
    ],
)
def test_output_beyond_the_limit_is_dropped_with_a_note(run, isolation, printing):
    flood = f"    for _ in range(1000):\n        {printing}\n"
    attempt = run(f"import os, sys\ndef mean(values):\n{flood}    return 2.0\n", isolation=isolation)
    assert value(attempt) == 2
    assert [note.en for note in attempt.notes] == [DROPPED]
    assert 0 < len(attempt.output.encode()) <= 5_000


def test_output_is_kept_within_the_limit_and_each_task_has_its_own(run, isolation):
    attempt = run("def mean(values):\n    print('hello')\n    return 1.0", isolation=isolation)
    assert (attempt.output, attempt.notes) == ("hello\n", ())
    for size, notes in ((65_535, []), (65_536, [DROPPED])):  # and the end of the line
        much = f"print('x' * 65_535)\ndef mean(values):\n    print('x' * {size})\n    return 1.0\n"
        attempt = run(much, [MEAN, Task("mean", "practice")], isolation=isolation)
        assert [note.en for note in attempt.notes] == notes


def test_a_hundred_megabytes_at_the_top_cost_nothing_either(run):
    attempt = run("for _ in range(100):\n    print('x' * (1 << 20))\ndef mean(values):\n    return 1.0")
    assert value(attempt) == 1
    assert [note.en for note in attempt.notes] == [DROPPED.replace("64", "1,024")]


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
        ("return None", FaultKind.EXCEPTION, "The value cannot be used: mean has dtype object"),
        ("return {1: 2}", FaultKind.EXCEPTION, "The value cannot be used: mean has dtype object"),
        ("import os; os.closerange(3, 20); return 1.0", FaultKind.EXIT, ""),
        (
            "import os; channel = 3 if 'pipe:' in os.readlink('/proc/self/fd/3') else 4; "
            "os.write(channel, b'x' * 100); return 1.0",
            FaultKind.EVIDENCE,
            "could not be read",
        ),
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
        "import posix\ndef mean(values):\n    posix._exit(0)\n"
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
    "top", ["import posix; posix._exit(0)", "while True: pass", "import ctypes; ctypes.string_at(0)"]
)
def test_a_submission_that_ends_while_loading_is_at_fault_everywhere(run, top):
    tasks = [MEAN, Task("reason")]
    attempt = run(f"{top}\n", tasks)
    for task in tasks:
        assert "While q1_numbers.py was being loaded" in fault(attempt, task).message.en


def test_a_restart_of_the_kernel_ends_nothing(run):
    attempt = run("import os\nos._exit(00)\ndef mean(values):\n    return 2.0\n")
    assert value(attempt) == 2
    assert len(attempt.notes) == 1


def test_an_exception_at_the_top_leaves_what_was_defined_before_it_and_after_it(run, isolation):
    source = "def mean(values):\n    return 2.0\n1 / 0\nREASON = 'x'\n"
    attempt = run(source, [MEAN, Task("reason")], isolation=isolation)
    assert value(attempt) == 2
    assert attempt.outcomes[Task("reason")].evidence.facts["reason"] == "x"
    assert [note.en for note in attempt.notes] == [
        "q1_numbers.py, line 3: raised an exception (ZeroDivisionError: division by zero)."
    ]


def test_what_a_statement_that_raised_would_have_defined_names_it(run):
    source = "n = 1 / 0\ndef mean(values):\n    return n\nREASON = f'{n}'\n"
    attempt = run(source, [MEAN, Task("reason")])
    why = (
        "What went wrong first: q1_numbers.py, line 1: raised an exception "
        "(ZeroDivisionError: division by zero)."
    )
    message = fault(attempt, Task("reason")).message.en
    assert message == f"REASON is not defined in the submission. {why}"
    found = fault(attempt)
    assert "NameError: name 'n' is not defined" in found.message.en
    assert found.message.en.endswith(why)
    assert 'File "q1_numbers.py", line 3, in mean' in found.traceback


def test_the_traceback_of_a_helper_is_the_students_too(run, tmp_path, isolation):
    (tmp_path / "helper.py").write_text("def half(x):\n    return x / 0\n")
    source = "from helper import half\ndef mean(values):\n    return half(1)\n"
    found = fault(run(source, extras={"helper.py": tmp_path / "helper.py"}, isolation=isolation))
    assert 'File "q1_numbers.py", line 3, in mean\n    return half(1)' in found.traceback
    assert 'File "helper.py", line 2, in half\n    return x / 0' in found.traceback
    assert "/" not in found.traceback.replace("x / 0", "")


@pytest.mark.parametrize("where", ["top", "mean"])
def test_an_exception_that_cannot_be_shown_costs_what_any_other_does(run, where):
    odd = "class Odd(NameError):\n    def __str__(self):\n        raise self\n    name = property(__str__)\n"
    raising = {
        "top": "raise Odd\ndef mean(values):\n    return 2.0\n",
        "mean": "def mean(values):\n    raise Odd\n",
    }
    attempt = run(odd + raising[where] + "REASON = 'x'\n", [MEAN, Task("reason")])
    assert attempt.outcomes[Task("reason")].evidence is not None
    if where == "top":
        assert value(attempt) == 2
        said = attempt.notes[0].en
    else:
        said = fault(attempt).message.en
    assert "Odd: <its message cannot be shown>" in said


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
