"""Isolation: the only place that starts processes. Each backend turns a worker into a confined process.

``Bubblewrap`` gives no network, a read-only view of just the interpreter, its packages and the engine,
a private scratch folder of limited size, an empty environment, and a process tree that dies as a whole.
``Unconfined`` gives the limits and a clean environment, and must be asked for by name.
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
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.probing.arrays import CUBLAS
from autograder.sandbox.gpus import Gpu
from autograder.sandbox.protocol import Box, Confined, IsolationError
from autograder.sandbox.seccomp import program

ENGINE = Path(__file__).resolve().parents[1]
SCRATCH = "/tmp/job"
DATA = "/data"
SHARED_MEMORY = 64 << 20  # bytes of /dev/shm
_START = "import sys; sys.path.insert(0, {parent!r}); from autograder.worker.{module} import main; main()"
START = _START.partition("{module}")[0].format(parent="/grader")  # tells our processes from others


def environment(home: str, gpu: Gpu | None) -> dict[str, str]:
    """The whole environment of a worker: nothing of the instructor's, one thread, no writing of bytecode."""
    threads = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"]
    return dict.fromkeys(threads, "1") | {
        **CUBLAS,
        "CUDA_VISIBLE_DEVICES": gpu.uuid if gpu else "",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # fewer pages to copy where a process is forked
        "HOME": home,
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": home,
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TMPDIR": home,
        "XDG_CACHE_HOME": home,
    }


def _spawn(
    command: Sequence[str],
    *,
    keep: Sequence[int] = (),
    environ: Mapping[str, str],
    cwd: Path | None = None,
    stdin: int = subprocess.PIPE,
    output: int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=output,
        stderr=output,
        env=environ,
        cwd=cwd,
        pass_fds=keep,
        start_new_session=True,  # Ctrl-C at the terminal is the grader's, which then ends the workers
    )


def _close(process: subprocess.Popen[bytes]) -> None:
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _python(engine_parent: str, module: str = "main") -> list[str]:
    # Not -I, which would ignore PYTHONHASHSEED: no user packages, and no current folder on the path.
    return [sys.executable, "-s", "-P", "-c", _START.format(parent=engine_parent, module=module)]


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Cold bubblewrap: one new process in new namespaces for each worker.

    Started as root, it keeps the namespaces of root's making and the worker becomes an unprivileged user of
    its own before any student code is loaded, but for a worker that reads datasets, which loads none; started
    as another user, it uses a user namespace.
    """

    name: str = "bubblewrap"
    counts_processes: bool = True

    def start(self, box: Box) -> Confined:
        # A user nobody else has, so that the limit on processes counts this worker's alone. A worker that
        # reads datasets has no submission, and stays the user who may read them.
        becomes_another = os.geteuid() == 0 and box.data is None
        uid = random.SystemRandom().randrange(1 << 20, 1 << 30) if becomes_another else None
        filtered = program(processes=box.processes)
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
            return _spawn(visible, environ={}, keep=[hidden.fileno()], stdin=stdin, output=output)

    def kill(self, worker: Confined) -> None:
        assert isinstance(worker.process, subprocess.Popen)
        worker.process.kill()  # --die-with-parent takes everything inside along
        _close(worker.process)

    def close(self) -> None:
        """There is nothing to end: no worker outlives its job."""

    def spawn(self, box: Box, channel: int) -> subprocess.Popen[bytes]:
        """Start a zygote that has the socket ``channel`` for its standard input."""
        return self._spawn(self.command(box, "zygote"), stdin=channel, output=subprocess.DEVNULL)

    def command(self, box: Box, module: str = "main") -> list[str]:
        """The bubblewrap command line that runs this module of the engine."""
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
            *[word for pair in environment(SCRATCH, box.gpu).items() for word in ("--setenv", *pair)],
            *_system(),
            *_mounts(binds),
            *["--perms", "0755", "--dir", "/tmp", "--proc", "/proc", "--dev", "/dev"],
            *(_graphics(box.gpu) if box.gpu else []),
            *["--perms", "1777", "--size", str(SHARED_MEMORY), "--tmpfs", "/dev/shm"],
            *["--remount-ro", "/dev"],
            *["--perms", "1777", "--size", str(box.scratch_mb << 20), "--tmpfs", SCRATCH],
            *_bind_extras(box.extras),
            *(["--ro-bind", str(box.data), DATA] if box.data else []),
            *["--remount-ro", "/", "--chdir", SCRATCH, "--", *_python("/grader", module)],
        ]


def _bwrap() -> str:
    found = shutil.which("bwrap")
    if found is None:
        raise IsolationError(
            "bubblewrap is not installed; install it (Debian, Ubuntu: apt-get install bubblewrap; "
            "Fedora: dnf install bubblewrap), or give --isolation none to run without a sandbox"
        )
    return found


def _system() -> list[str]:
    """The system's libraries and nothing else of the system."""
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
    """What this Python and its packages need, at its own places; nothing else that stands beside them."""
    prefixes = {sys.prefix, sys.base_prefix, str(Path(os.path.realpath(sys.executable)).parents[1])}
    inside = [Path(prefix) / name for prefix in prefixes for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    paths = {*inside, Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))}
    return {path: path for path in paths if path.exists() and not path.is_relative_to("/usr")}


def _mounts(binds: Mapping[Path, Path]) -> Iterator[str]:
    """Read-only binds; the folders above them are made readable by everyone, empty but for the binds."""
    made: set[Path] = set()
    for source, target in sorted(binds.items(), key=lambda item: item[1]):
        for parent in reversed(target.parents[:-1]):
            inside = any(parent == bound or parent.is_relative_to(bound) for bound in binds.values())
            if parent not in made and not inside:
                made.add(parent)
                yield from ("--perms", "0755", "--dir", str(parent))
        yield from ("--ro-bind", str(source), str(target))


def _bind_extras(extras: Mapping[str, Path]) -> Iterator[str]:
    for name, path in extras.items():
        yield from ("--ro-bind", str(path), f"{SCRATCH}/{name}")


def _graphics(gpu: Gpu) -> Iterator[str]:
    """The device files of one GPU, and those that all share."""
    for path in map(str, sorted(Path("/dev").glob("nvidia*"))):
        if path == gpu.node or not re.fullmatch(r"/dev/nvidia\d+", path):
            yield from ("--dev-bind", path, path)


@dataclass(frozen=True, slots=True)
class Unconfined:
    """No sandbox: limits, a clean environment and a folder of its own, but the whole machine in sight.

    ``environ`` holds variables that its workers get in place of ours, to see what these change.
    """

    name: str = "none"
    counts_processes: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)

    def start(self, box: Box) -> Confined:
        scratch = Path(tempfile.mkdtemp(prefix="autograder-"))
        for name, path in box.extras.items():
            (scratch / name).symlink_to(path.resolve())
        environ = {**environment(str(scratch), box.gpu), **self.environ}
        process = _spawn(_python(str(ENGINE.parent)), environ=environ, cwd=scratch)
        return Confined(process=process, scratch=scratch, data=str(box.data))

    def kill(self, worker: Confined) -> None:
        assert isinstance(worker.process, subprocess.Popen)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.process.pid, signal.SIGKILL)
        _close(worker.process)
        if worker.scratch is not None:
            shutil.rmtree(worker.scratch, ignore_errors=True)

    def close(self) -> None:
        """There is nothing to end: no worker outlives its job."""


def works(isolation: Bubblewrap) -> str | None:
    """Return None if bubblewrap can confine a process here, else the reason."""
    try:
        command = isolation.command(Box(extras={}, scratch_mb=1))
    except IsolationError as error:
        return str(error)
    probe = [*command[: command.index("--") + 1], "/usr/bin/true"]
    result = subprocess.run(probe, env={}, capture_output=True, text=True, check=False, timeout=30)
    return None if result.returncode == 0 else result.stderr.strip() or f"exit status {result.returncode}"
