"""Starts a worker's process: its command line, its environment and its pipes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from autograder.probing.arrays import CUBLAS
from autograder.sandbox.gpus import Gpu

ENGINE = Path(__file__).resolve().parents[1]
_START = "import sys; sys.path.insert(0, {parent!r}); from autograder.worker.{module} import main; main()"
START = _START.partition("{module}")[0].format(parent="/grader")  # tells our processes from others


def worker_environment(home: str, gpu: Gpu | None) -> dict[str, str]:
    """Return a worker's whole environment: nothing of the instructor's, one thread, no bytecode written."""
    threads = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"]
    return dict.fromkeys(threads, "1") | {
        **CUBLAS,
        "CUDA_VISIBLE_DEVICES": gpu.uuid if gpu else "",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # fewer pages to copy where a process is forked
        "HOME": home,
        "LANG": "C.UTF-8",
        "LOGNAME": "student",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": home,
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TMPDIR": home,
        "TORCHDYNAMO_DISABLE": "1",  # torch.compile needs a compiler; without it the same is computed
        "USER": "student",
        "XDG_CACHE_HOME": home,
    }


def spawn(
    command: Sequence[str],
    *,
    keep: Sequence[int] = (),
    environ: Mapping[str, str],
    cwd: Path | None = None,
    stdin: int = subprocess.PIPE,
    output: int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start a process with exactly this environment; it inherits the descriptors ``keep``.

    Raises:
        OSError: it cannot be started.
    """
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


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process and close its pipes."""
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def worker_command(engine_parent: str, module: str = "main") -> list[str]:
    """Return the command that runs ``autograder.worker.<module>``; ``engine_parent`` holds the engine."""
    # Not -I, which would ignore PYTHONHASHSEED: no user packages, and no current folder on the path.
    return [sys.executable, "-s", "-P", "-c", _START.format(parent=engine_parent, module=module)]
