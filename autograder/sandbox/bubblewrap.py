"""Bubblewrap: no network, a read-only view of the interpreter, its packages and the engine, and little else.

A worker has a private scratch folder of limited size and an empty environment; its process tree dies whole.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.sandbox.gpus import Gpu
from autograder.sandbox.launch import ENGINE, START, finish, spawn, worker_command, worker_environment
from autograder.sandbox.protocol import Box, Confined, IsolationError
from autograder.sandbox.seccomp import program

SCRATCH, HOME = "/tmp/job", "/tmp/home"  # the working folder, and where libraries keep what they like
DATA = "/data"
SHARED_MEMORY = 64 << 20  # bytes of /dev/shm
_LARGE_PAGES = "/sys/kernel/mm/transparent_hugepage"  # where malloc reads, as it starts, whether to use them
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Cold bubblewrap: one new process in new namespaces for each worker.

    Started as root, it needs no user namespace: the worker becomes an unprivileged user of its own before any
    student code is loaded (one that reads datasets stays root, and loads none). Started as another user, it
    uses a user namespace.
    """

    name: str = "bubblewrap"
    counts_processes: bool = True

    def start(self, box: Box) -> Confined:
        # A user nobody else has, so that the limit on processes counts this worker's alone. A worker that
        # reads datasets has no submission, and stays the user who may read them.
        becomes_another = os.geteuid() == 0 and box.data is None
        uid = random.SystemRandom().randrange(1 << 20, 1 << 30) if becomes_another else None
        filtered = program(processes=box.processes, loopback=box.loopback)
        return Confined(process=self._spawn(self.command(box)), uid=uid, data=DATA, filter=filtered)

    def _spawn(
        self, command: Sequence[str], stdin: int = subprocess.PIPE, output: int = subprocess.PIPE
    ) -> subprocess.Popen[bytes]:
        """Start bubblewrap so that a worker learns nothing from its environment and arguments in /proc/1."""
        end = command.index("--")
        with tempfile.TemporaryFile() as hidden:
            hidden.write(b"".join(word.encode() + b"\0" for word in command[1:end]))
            hidden.seek(0)
            visible = [command[0], "--args", str(hidden.fileno()), *command[end:]]
            return spawn(visible, environ={}, keep=[hidden.fileno()], stdin=stdin, output=output)

    def kill(self, worker: Confined) -> None:
        assert isinstance(worker.process, subprocess.Popen)
        worker.process.kill()  # --die-with-parent takes everything inside along
        finish(worker.process)

    def close(self) -> None:
        """Do nothing: no worker outlives its job."""

    def spawn(self, box: Box, channel: int) -> subprocess.Popen[bytes]:
        """Start a zygote with the socket ``channel`` as its standard input."""
        return self._spawn(self.command(box, "zygote"), stdin=channel, output=subprocess.DEVNULL)

    def command(self, box: Box, module: str = "main") -> list[str]:
        """Return the bubblewrap command line that runs ``autograder.worker.<module>``."""
        forks = module == "zygote"  # it makes namespaces for its workers
        if os.geteuid() != 0:
            identity = ["--unshare-user", *([] if forks else ["--disable-userns"])]
            identity += ["--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"]
        else:
            # The worker gives these up together with root, before it loads the submission.
            kept = ["CAP_SETUID", "CAP_SETGID"]
            kept += ["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_KILL"] if forks else []
            kept = ["CAP_DAC_READ_SEARCH"] if box.data else kept
            identity = ["--cap-drop", "ALL", *[word for name in kept for word in ("--cap-add", name)]]
        binds = {**_interpreter(), ENGINE: Path("/grader/autograder")}
        return [
            *[_bwrap(), "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"],
            *["--unshare-cgroup-try", *identity, "--hostname", "box", "--die-with-parent"],
            # Bubblewrap's own first process dies with the grader and takes all along; a worker that has
            # become another user would live on. A zygote ends when its channel is closed.
            *["--new-session", "--clearenv", *(["--as-pid-1"] if module == "zygote" else [])],
            *[word for pair in worker_environment(HOME, box.gpu).items() for word in ("--setenv", *pair)],
            *_system(),
            *(["--ro-bind-try", _LARGE_PAGES, _LARGE_PAGES] if forks else []),
            # First, because the interpreter may lie in the machine's own /tmp.
            *["--perms", "1777", "--size", str(box.scratch_mb << 20), "--tmpfs", "/tmp"],
            *_mounts(binds),
            *["--proc", "/proc", "--dev", "/dev"],
            *(_graphics(box.gpu) if box.gpu else []),
            *["--perms", "1777", "--size", str(SHARED_MEMORY), "--tmpfs", "/dev/shm"],
            *["--remount-ro", "/dev"],
            *["--perms", "1777", "--dir", SCRATCH, "--perms", "1777", "--dir", HOME],
            *(["--ro-bind", str(box.data), DATA] if box.data else []),
            *["--remount-ro", "/", "--chdir", SCRATCH, "--", *worker_command("/grader", module)],
        ]


def _bwrap() -> str:
    found = shutil.which("bwrap")
    if found is None:
        raise IsolationError(
            "bubblewrap is not installed; install it (Debian, Ubuntu: apt-get install bubblewrap; "
            "Fedora: dnf install bubblewrap), or give --isolation none to run without a sandbox",
            ko="bubblewrap이 설치되어 있지 않습니다. 설치하거나(데비안, 우분투: apt-get install "
            "bubblewrap, 페도라: dnf install bubblewrap) --isolation none을 주어 격리하지 않고 실행하세요",
        )
    return found


def _system() -> list[str]:
    """Return the binds of the system's programs and libraries, the only parts of the system inside."""
    words = ["--ro-bind", "/usr", "/usr"]
    for name in ("lib", "lib64", "lib32", "bin", "sbin"):
        path = Path("/") / name
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    return [*words, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]


@cache
def _interpreter() -> dict[Path, Path]:
    """Return the binds of this Python and its packages, each at its own path, without their neighbours."""
    prefixes = {sys.prefix, sys.base_prefix, str(Path(os.path.realpath(sys.executable)).parents[1])}
    inside = [Path(prefix) / name for prefix in prefixes for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    paths = {*inside, Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))}
    return {path: path for path in paths if path.exists() and not path.is_relative_to("/usr")}


def _mounts(binds: Mapping[Path, Path]) -> Iterator[str]:
    """Yield read-only binds; their parent folders are readable by everyone and otherwise empty."""
    made, bound = set[Path](), frozenset(binds.values())
    for source, target in sorted(binds.items(), key=lambda item: item[1]):
        for parent in reversed(target.parents[:-1]):
            inside = not bound.isdisjoint((parent, *parent.parents))
            if parent not in made and not inside and parent != Path("/tmp"):
                made.add(parent)
                yield from ("--perms", "0755", "--dir", str(parent))
        yield from ("--ro-bind", str(source), str(target))


def _graphics(gpu: Gpu) -> Iterator[str]:
    """Yield binds of the device files of one GPU and of those that all GPUs share."""
    for path in map(str, sorted(Path("/dev").glob("nvidia*"))):
        if path == gpu.node or not re.fullmatch(r"/dev/nvidia\d+", path):
            yield from ("--dev-bind", path, path)


def works(isolation: Bubblewrap) -> str | None:
    """Return None if bubblewrap can confine a process here, else the reason."""
    try:
        command = isolation.command(Box(scratch_mb=1))
    except IsolationError as error:
        return str(error)
    probe = [*command[: command.index("--") + 1], "/usr/bin/true"]
    result = subprocess.run(probe, env={}, capture_output=True, text=True, check=False, timeout=30)
    return None if result.returncode == 0 else result.stderr.strip() or f"exit status {result.returncode}"


def end_orphans() -> None:
    """End this user's processes that bubblewrap left behind when it was killed while it started.

    Its first process inside waits for a message of the one outside before it ties its life to it; if that one
    is killed before, it waits for ever. It holds nothing of a student's.
    """
    for process in _first_processes():
        with suppress(OSError):
            parent = _word(process, "PPid:")
            if parent != "0" and _process_name(_PROCESSES / parent) != "bwrap":
                os.kill(int(process.name), signal.SIGKILL)


def _first_processes() -> Iterator[Path]:
    """Yield the folders in /proc of graders' bubblewraps that are the first process of a namespace."""
    for process in _PROCESSES.glob("[0-9]*"):
        with suppress(OSError):
            ours = START.encode() in (process / "cmdline").read_bytes() and _process_name(process) == "bwrap"
            if ours and _word(process, "NSpid:", last=True) == "1":
                yield process


def _process_name(process: Path) -> str:
    return (process / "comm").read_text().strip()


def _word(process: Path, label: str, *, last: bool = False) -> str:
    lines = (process / "status").read_text().splitlines()
    words = next(line.split() for line in lines if line.startswith(label))
    return words[-1 if last else 1]
