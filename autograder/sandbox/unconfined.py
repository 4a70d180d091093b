"""The isolation of ``--isolation none``: no sandbox."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from autograder.sandbox.launch import ENGINE, finish, spawn, worker_command, worker_environment
from autograder.sandbox.protocol import Box, Confined


@dataclass(frozen=True, slots=True)
class Unconfined:
    """No sandbox: limits, a clean environment and a folder of its own, but the whole machine is visible.

    ``environ`` overrides variables of the workers' environment, for experiments.
    """

    name: str = "none"
    counts_processes: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)

    def start(self, box: Box) -> Confined:
        scratch = Path(tempfile.mkdtemp(prefix="autograder-"))
        job, home = scratch / "job", scratch / "home"
        for folder in (job, home):
            folder.mkdir()
        environ = {**worker_environment(str(home), box.gpu), **self.environ}
        process = spawn(worker_command(str(ENGINE.parent)), environ=environ, cwd=job)
        return Confined(process=process, scratch=scratch, data=str(box.data))

    def kill(self, worker: Confined) -> None:
        assert isinstance(worker.process, subprocess.Popen)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.process.pid, signal.SIGKILL)
        finish(worker.process)
        if worker.scratch is not None:
            shutil.rmtree(worker.scratch, ignore_errors=True)

    def close(self) -> None:
        """Do nothing: no worker outlives its job."""
