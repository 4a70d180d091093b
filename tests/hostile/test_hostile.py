"""A class full of attackers, graded by every sandbox as root and as an ordinary user: nobody gains anything.

The attacks are the files under ``hostile/attacks/<question>``. Each says in its docstring what it tries, and in
the line ``# expects:`` how that must end: the kind of fault, ``finding`` and the check that must fail, or
``hidden`` and the check that must fail on hidden data alone. An attack that succeeds raises BREACH.
"""

from __future__ import annotations

import ast
import base64
import http.server
import importlib.metadata
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autograder.core.outcome import Attempt
from autograder.records.run_folder import Run
from autograder.records.store import Store
from tests.support.courses import REPOSITORY
from tests.support.waiting import wait_until

HOSTILE = Path(__file__).parent
ATTACKS = sorted(path for path in HOSTILE.glob("attacks/*/*") if path.suffix in (".py", ".ipynb"))
RIGHT, WRONG = "zz_honest_right", "zz_honest_wrong"
BACKENDS = ("bubblewrap", "warm")
ORDINARY = 1_234_567  # a user that owns nothing else
LABEL = "7313099101"  # of the exam q1_vault
QUESTIONS = ("q1_vault", "q2_network", "q3_processes", "q5_equations")
CLOCK = "q4_clock"  # for attacks that never end; the limits of the others are met however busy the machine is
TRACES = (".ipython", ".jupyter", "profile_default", "history.sqlite", "ipython_config.py", "startup")
_SANDBOX = re.compile("BREACH|fork|os.kill|bytearray|mmap|Never|without end|time.sleep")
GRADERS = ("root", "user") if os.geteuid() == 0 else ("user",)


def graded_questions(backend: str, grader: str) -> tuple[str, ...]:
    """The questions that a run is about: torch takes long to import and its attacks are not on the sandbox."""
    with_torch = backend == "warm" and grader == GRADERS[0]
    return tuple(name for name in (*QUESTIONS, CLOCK) if with_torch or name != "q2_network")


def attacks_on(backend: str, grader: str) -> list[Path]:
    """The attacks that a run is about: in the last, the cold sandbox as an ordinary user, those on a sandbox.

    What the engine reads and takes it reads and takes alike in all four.
    """
    questions = graded_questions(backend, grader)
    found = [path for path in ATTACKS if path.parent.name in questions]
    last = backend == "bubblewrap" and grader == "user" != GRADERS[0]
    return [path for path in found if not last or _SANDBOX.search(path.read_text(encoding="utf-8"))]


def expected(path: Path) -> list[str]:
    """The ways in which this attack may end."""
    found = re.search(r"# expects: ([^\"\\\n]+)", path.read_text(encoding="utf-8"))
    assert found, f"{path} has no line '# expects:'"
    return found[1].split(" or ")


# -- the machine that is attacked: everything that could be stolen, and everyone who could be reached ------------


@dataclass(frozen=True)
class Machine:
    """A folder that everybody may enter, with a course, a home, a class, and an interpreter for the grader."""

    root: Path
    python: str
    tcp: _Listener
    unix: socket.socket
    mark: str = field(default_factory=lambda: f"hostile{secrets.token_hex(3)}")
    canaries: dict[str, str] = field(default_factory=dict)

    def visits(self) -> int:
        """How many connections reached it."""
        found = len(self.tcp.seen)
        with suppress(BlockingIOError):
            while True:
                self.unix.accept()[0].close()
                found += 1
        return found

    @property
    def submissions(self) -> Path:
        return self.root / "submissions"

    @property
    def home(self) -> Path:
        return self.root / "home"

    def environment(self, folder: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TMPDIR": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AUTOGRADER_CACHE": str(folder / "cache"),
            "AUTOGRADER_KEY": self.canaries["key"],
            "HOSTILE_SECRET": self.canaries["environment"],
        }


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with (
        tempfile.TemporaryDirectory(prefix="hostile-", ignore_cleanup_errors=True) as name,
        _Listener() as tcp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        unix.bind("")  # the kernel chooses an abstract name
        unix.listen()
        unix.setblocking(False)
        root = Path(name)
        root.chmod(0o755)
        machine = Machine(root, _python_for_everyone(root), tcp, unix)
        for kind in ("solution", "submission", "environment", "home", "key"):
            machine.canaries[kind] = f"canary-{kind}-{secrets.token_hex(8)}"
        _furnish(machine)
        if os.geteuid() == 0:
            for path in (root, *root.rglob("*")):
                if root / "python" not in (path, *path.parents):
                    os.chown(path, ORDINARY, ORDINARY, follow_symlinks=False)
        yield machine


class _Listener(http.server.ThreadingHTTPServer):
    """A server on the loopback, which notes who connects."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
        self.seen: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.seen.append(str(client_address))
        return False

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        super().__exit__(*args)


def _python_for_everyone(root: Path) -> str:
    """Return an interpreter, with what the engine needs, that an ordinary user can execute.

    Where this one is out of reach (under /root, say), a virtual environment is put together of links to the
    packages and of the system's Python of the same version.
    """
    if os.geteuid() != 0 or _can_run(sys.executable, "import numpy, autograder"):
        return sys.executable
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    bases = (os.path.realpath(sys.executable), f"/usr/bin/{version}")
    base = next((path for path in bases if _can_run(path, "import ssl")), None)
    assert base, f"{sys.executable} is out of an ordinary user's reach, and there is no /usr/bin/{version}"
    venv = root / "python"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(base)
    (venv / "pyvenv.cfg").write_text(
        f"home = {os.path.dirname(base)}\ninclude-system-site-packages = false\n"
    )
    packages = venv / "lib" / version / "site-packages"
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["plots"], *extras["report"]]
    for distribution in _needed(wanted, {project["name"]}):
        for file in distribution.files or ():
            source, target = Path(str(distribution.locate_file(file))), packages / str(file)
            if ".." not in file.parts and source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                _link(source, target)
    shutil.copytree(
        REPOSITORY / "autograder", packages / "autograder", ignore=shutil.ignore_patterns("__pycache__")
    )
    return str(venv / "bin" / "python")


def _can_run(python: str, statement: str) -> bool:
    """Whether an ordinary user can run this with an interpreter."""
    try:
        command = [python, "-c", statement]
        identity: dict[str, Any] = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
        return subprocess.run(command, capture_output=True, check=False, cwd="/", **identity).returncode == 0
    except OSError:
        return False


def _needed(requirements: Iterable[str], seen: set[str]) -> Iterator[importlib.metadata.Distribution]:
    """The installed distributions of requirements, and of what they require without extras."""
    for requirement in requirements:
        name = re.split(r"[ ;<>=!~\[(]", requirement)[0].lower().replace("_", "-")
        if "extra ==" in requirement or name in seen:
            continue
        seen.add(name)
        with suppress(importlib.metadata.PackageNotFoundError):  # it is for another system
            found = importlib.metadata.distribution(name)
            yield found
            yield from _needed(found.requires or (), seen)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)


# -- the class ---------------------------------------------------------------------------------------------------


def _furnish(machine: Machine) -> None:
    """Plant the canaries and hand everything in."""
    course = machine.root / "course"
    shutil.copytree(HOSTILE / "course", course)
    solution = course / "solutions/hostile/q1_vault/solution.py"
    solution.write_text(solution.read_text().replace('"canary-solution"', repr(machine.canaries["solution"])))
    machine.home.mkdir()
    (machine.home / ".secret").write_text(machine.canaries["home"])
    for question in QUESTIONS:
        right = (course / "solutions/hostile" / question / "solution.py").read_text()
        right = re.sub(r"SECRET_OF_THE_SOLUTION = .*\n", "", right)
        wrong = (
            right.replace("1 + 3 * total", "5.0")
            .replace("value > 0", "value <= 0")
            .replace("torch.tanh", "torch.sin")
            .replace("3 * value", "2 * value")
        )
        for student, source in ((RIGHT, right), (WRONG, wrong)):
            assert source != right or student == RIGHT
            _write(machine, student, f"{question}.py", source + f"\n# {machine.canaries['submission']}\n")
    for path in ATTACKS:
        _hand_in(machine, path)


def _write(machine: Machine, student: str, name: str, text: str) -> Path:
    path = machine.submissions / student / "hostile" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _hand_in(machine: Machine, attack: Path) -> None:
    """Hand an attack in, told all that an attacker could find out about this machine."""
    course, question = machine.root / "course", attack.parent.name
    targets = [
        course / "solutions/hostile/q1_vault/solution.py",
        course / "exams/hostile/q1_vault/question.py",
        machine.home / ".secret",
    ]
    targets += [machine.submissions / RIGHT / "hostile/q1_vault.py", Path("/etc/shadow")]
    known = {"HOST_PATHS": [str(path) for path in targets], "PORT": machine.tcp.server_address[1]}
    known |= {"ABSTRACT": machine.unix.getsockname()[1:].decode(), "MARK": machine.mark}
    text = attack.read_text(encoding="utf-8")
    for name, value in known.items():
        text = re.sub(rf"^{name} = .*$", f"{name} = {value!r}", text, flags=re.M)
    if attack.suffix == ".ipynb":
        notebook = json.loads(text)
        cells = [cell for cell in notebook["cells"] for _ in range(_times(cell))]
        text = _BOMB.sub(lambda found: _bomb(*found.groups()), json.dumps(notebook | {"cells": cells}))
    path = _write(machine, attack.stem, question + attack.suffix, text)
    for name, content in _files_beside(attack).items():
        _write(machine, attack.stem, name, content)
    if "# handed in as a link" in text:
        path.unlink()
        path.symlink_to(course / "solutions" / "hostile" / f"{question}.py")


def _times(cell: Any) -> int:
    metadata = cell["metadata"] if isinstance(cell, dict) else None
    return int(metadata.get("repeat", 1)) if metadata else 1


_BOMB = re.compile(r'"bomb (\w+) (\d+) ?(\d*)"')
_REPEATED = {
    "nots": "not ",
    "lambdas": "lambda: ",
    "commands": "!ls\n",
    "magics": "%time x = 1\n",
    "questions": "x?\n",
    "assigned": "x = !ls\n",
    "continued": "!ls \\\n",
    "fences": "```python\ndef answer(values):\n",
    "definitions": "answer = values = \n",
    "brackets": "[(",
    "comments": "# # def answer(values): x = \n",
    "ternaries": "0 if x else ",
    "targets": "x = ",
}


_BOMBS: dict[str, Callable[[int], str]] = {  # JSON of a size
    "nested": lambda n: "[" * n + "]" * n,
    "text": lambda n: f'"{"x" * n}"',
    "objects": lambda n: ",".join(["{}"] * n),
    "cells": lambda n: ",".join(['{"cell_type":"code","source":""}'] * n),
    "number": lambda n: "9" * n,
    "surrogates": lambda n: '"x = 1 # ' + r"\ud800" * n + '"',
    "strings": lambda n: json.dumps("x = " + "f'{" * n + "0" + "}'" * n),
    "indents": lambda n: json.dumps("".join(" " * level + "if 1:\n" for level in range(n)) + " " * n + "0"),
}


def _bomb(kind: str, size: str, more: str) -> str:
    """The JSON that stands for ``bomb <kind> <size>`` in the notebook of an attack."""
    if kind in _REPEATED:
        return json.dumps(_REPEATED[kind] * int(size) + "x = 1\n" * int(more or 1))
    return _BOMBS[kind](int(size))


def _files_beside(attack: Path) -> dict[str, str]:
    """The files that an attack brings along, all with one text, as it says in ``BESIDE``."""
    source = attack.read_text(encoding="utf-8")
    if attack.suffix == ".ipynb":
        source = "".join(json.loads(source)["cells"][0]["source"])
    found = re.search(r"^BESIDE = (\{.*?^\})", source, flags=re.M | re.S)
    beside = ast.literal_eval(found[1]) if found else {"names": ""}
    return dict.fromkeys(beside["names"].split(), beside.get("text", ""))


# -- grading it --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Graded:
    """What one run of ``autograder grade`` left behind."""

    folder: Path
    results: dict[str, Any]
    printed: str
    left_alone: bool

    def rows(self, student: str, question: str) -> list[dict[str, Any]]:
        """One row for each part."""
        wanted = {"student": student, "question": question}
        return [row for row in self.results["results"] if wanted.items() <= row.items()]

    def points(self, student: str, question: str) -> float:
        return sum(row["points"] for row in self.rows(student, question))

    def attempt(self, student: str, question: str) -> Attempt:
        run = Run(self.folder)
        manifest = run.manifest()
        assert manifest is not None
        found = Store(run.evidence).load(manifest.submissions[student][question].key)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def graded(machine) -> Callable[[str, str], Graded]:
    """Grade the class in a sandbox as a user, in a process of its own; once for each."""

    def grade(backend: str, grader: str) -> Graded:
        students = [RIGHT, WRONG, *(attack.stem for attack in attacks_on(backend, grader))]
        return _grade(machine, backend, grader, *students)

    return cache(grade)


def _grade(machine: Machine, backend: str, grader: str, *students: str) -> Graded:
    folder = machine.root / f"{backend}-{grader}"
    folder.mkdir()
    identity: dict[str, Any] = {}
    python = sys.executable
    if grader == "user" and os.geteuid() == 0:
        os.chown(folder, ORDINARY, ORDINARY)
        identity = {"user": ORDINARY, "group": ORDINARY, "extra_groups": []}
        python = machine.python
    before = _contents(machine)
    run = folder / "run"
    command = [python, "-m", "autograder", "grade", "hostile", machine.submissions, "--output", run]
    command += ["--course", machine.root / "course", "--isolation", backend, "--jobs", "4", "--lang", "en"]
    command += [word for question in graded_questions(backend, grader) for word in ("--question", question)]
    command += [word for student in students for word in ("--student", student)]
    report = [python, "-m", "autograder", "report", run, "--format", "html,csv", "--lang", "en"]
    printed = ""
    for words in (command, report):
        done = subprocess.run(
            list(map(str, words)),
            cwd=machine.home if python == machine.python != sys.executable else REPOSITORY,
            env=machine.environment(folder),
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
            **identity,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        printed += done.stdout + done.stderr
    results = json.loads((run / "results.json").read_text(encoding="utf-8"))
    return Graded(run, results, printed, left_alone=_contents(machine) == before)


def _contents(machine: Machine) -> dict[str, tuple[int, int]]:
    """What stands in the course, the submissions and the home, with sizes and times."""
    places = (machine.root / "course", machine.submissions, machine.home)
    found = [path for place in places for path in place.rglob("*")]
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in found}


# -- what must hold ----------------------------------------------------------------------------------------------


RUNS = [(backend, grader) for backend in BACKENDS for grader in GRADERS]
# make test has the run that most classes have, make test-hostile the others.
MARKS = {run: [] if run == ("warm", "user") else [pytest.mark.hostile] for run in RUNS}
every_run = pytest.mark.parametrize(
    ("backend", "grader"), [pytest.param(*run, marks=MARKS[run]) for run in RUNS]
)
CASES = [
    pytest.param(
        *(backend, grader, attack),
        id=f"{backend}-{grader}-{attack.parent.name}-{attack.name}",
        marks=MARKS[backend, grader],
    )
    for backend, grader in RUNS
    for attack in attacks_on(backend, grader)
]


@pytest.mark.parametrize(("backend", "grader", "attack"), CASES)
def test_an_attack_earns_what_a_wrong_answer_earns_and_is_named(graded, backend, grader, attack):
    run, student, question = graded(backend, grader), attack.stem, attack.parent.name
    rows = run.rows(student, question)
    findings = [finding for row in rows for finding in row["findings"]]
    assert "BREACH" not in json.dumps(findings), findings
    assert run.points(student, question) == run.points(WRONG, question) == 0
    endings = _endings(run.attempt(student, question), findings)
    assert endings.intersection(expected(attack)), (endings, findings)


def _endings(attempt: Attempt, findings: list[dict[str, Any]]) -> set[str]:
    """How it ended, in the words of ``# expects:``."""
    hidden = "Right on the published data, wrong on other data"
    failed = [finding for finding in findings if not finding["passed"]]
    return {outcome.fault.kind.value for outcome in attempt.outcomes.values() if outcome.fault} | {
        found["kind"]
        if found["check"] == "run"
        else f"{'hidden' if hidden in found['message']['en'] else 'finding'} {found['check']}"
        for found in failed
    }


@every_run
def test_nobody_elses_result_changes(graded, backend, grader):
    run = graded(backend, grader)
    for question in set(graded_questions(backend, grader)) - {CLOCK}:
        assert {row["status"] for row in run.rows(RIGHT, question)} == {"passed"}
        assert {row["status"] for row in run.rows(WRONG, question)} == {"failed"}
    totals = {row["student"]: row for row in run.results["totals"]}
    assert totals.keys() == {attack.stem for attack in attacks_on(backend, grader)} | {RIGHT, WRONG}
    assert {name for name, row in totals.items() if row["points"]} == {RIGHT}
    assert not any(row["ungraded"] for row in totals.values())


@every_run
def test_nothing_outlives_the_run_and_nothing_was_written_outside(graded, backend, grader, machine):
    assert graded(backend, grader).left_alone
    wait_until(lambda: not _marked_processes(machine.mark))
    places = [
        "/",
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/usr",
        "/etc",
        "/run",
        Path.home(),
        machine.home,
        REPOSITORY,
    ]
    assert [place for place in places if (Path(place) / machine.mark).exists()] == []
    assert not Path("/tmp/hostile").exists()
    assert machine.visits() == 0


@every_run
def test_ipython_leaves_nothing_on_the_disk(graded, backend, grader, machine):
    """No history, profile or configuration, where it graded, in a home, or in a folder for all."""
    graded(backend, grader)
    own = [path for path in machine.root.iterdir() if path.name not in ("python", "submissions")]
    inside = [path for folder in own for path in (folder, *folder.rglob("*"))]
    around = [Path(folder, name) for folder in ("/", "/tmp", "/var/tmp", REPOSITORY) for name in TRACES]
    assert (machine.home / ".secret") in inside
    assert [path for path in inside if path.name in TRACES] == []
    assert [path for path in around if path.exists()] == []


def _marked_processes(mark: str) -> list[str]:
    found = []
    for place in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            if mark in place.read_text():
                found.append(str(place))
    return found


def _codings(secret: str) -> set[str]:
    """A secret in the ways in which it might be carried out."""
    data = secret.encode()
    shifted = [base64.b64encode(b"x" * shift + data).decode().rstrip("=") for shift in range(3)]
    whole = [code[4 if shift else 0 : -2] for shift, code in enumerate(shifted)]
    return {secret, secret[::-1], data.hex(), data.hex().upper(), data[::-1].hex(), *whole}


@every_run
def test_no_secret_is_told(graded, backend, grader, machine):
    run = graded(backend, grader)
    texts = {"printed": run.printed, "results.json": (run.folder / "results.json").read_text()}
    pages = list((run.folder / "report").rglob("*.*"))
    assert len(pages) > len(attacks_on(backend, grader))
    texts |= {page.name: page.read_text(encoding="utf-8") for page in pages}
    for kind, secret in {**machine.canaries, "label": LABEL}.items():
        for code in _codings(secret):
            assert [name for name, text in texts.items() if code in text] == [], kind
    scripts = [name for name, text in texts.items() if name.endswith(".html") and "<script>alert" in text]
    assert scripts == []


@pytest.mark.skipif(len(GRADERS) == 1, reason="compares the results of root with an ordinary user's")
@pytest.mark.hostile
@pytest.mark.parametrize("backend", BACKENDS)
def test_two_runs_give_the_same_results(graded, backend):
    first, second = (_timeless(graded(backend, grader).results) for grader in GRADERS)
    assert len(second) > len(ATTACKS)
    for row in second:
        assert row in first


def _timeless(results: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows without what may differ: time, and how an attack ends that may end in several ways."""
    several = {path.stem for path in ATTACKS if len(expected(path)) > 1}
    text = re.sub(r"(Python) 3[.\d]+\d", r"\1", json.dumps(results["results"]))  # they have different ones
    return [
        {name: row[name] for name in ("student", "part", "points")}
        if row["student"] in several
        else {**row, "seconds": 0, "memory_mb": 0}
        for row in json.loads(text)
        if row["question"] != "q2_network"
    ]


def test_the_attacks_are_real(machine):
    """Without a sandbox they succeed, and what they leave behind is seen. Only those that do no harm are run."""
    names = ["read_known_paths", "tcp_to_the_machine", "abstract_socket", "memory_memfd", "daemon"]
    before = machine.visits()
    try:
        run = _grade(machine, "none", GRADERS[-1], *names)
        breaches = {
            row["student"] for row in run.results["results"] if "BREACH" in json.dumps(row["findings"])
        }
        wait_until(lambda: _marked_processes(machine.mark), "the daemon did not survive")
    finally:
        for place in _marked_processes(machine.mark):
            os.kill(int(Path(place).parent.name), signal.SIGKILL)
    assert breaches == set(names) - {"daemon"}
    assert machine.visits() > before
