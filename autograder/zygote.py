"""Inside the sandbox: imports a framework once, then forks one worker after another. For warm.py.

The channel is the socket that stands for standard input. A message with three descriptors asks for a worker
on them; any other ends the worker at hand. The answer is the worker's exit status when it has ended.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

from autograder.worker import drop_root
from autograder.worker import main as work

READY, UNFIT = b"ready", b"unfit"
STATUS = struct.Struct("<i")
MAX_GREETING = 1 << 16


def main() -> None:
    """Serve until the channel is closed; a process with threads must not fork and says that it is unfit."""
    channel = socket.socket(fileno=os.dup(0))
    greeting = json.loads(channel.recv(MAX_GREETING))
    drop_root(greeting["uid"])
    for name in greeting["imports"]:
        importlib.import_module(name)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
    if len(os.listdir("/proc/self/task")) != 1:
        channel.send(UNFIT)
        return
    channel.send(READY)
    while True:
        message, pipes, _, _ = socket.recv_fds(channel, 1, 3)
        if not message:
            return
        if not pipes:  # was meant to end a worker that had just ended by itself
            continue
        pid = os.fork()
        if pid == 0:
            _become_worker(channel, pipes)
        for pipe in pipes:
            os.close(pipe)
        status = _follow(channel, pid)
        _clean(Path.cwd())
        channel.send(STATUS.pack(status))


def _become_worker(channel: socket.socket, pipes: list[int]) -> None:
    channel.close()
    for target, pipe in enumerate(pipes):
        os.dup2(pipe, target)
        os.close(pipe)
    try:
        work()
    finally:
        os._exit(1)


def _follow(channel: socket.socket, pid: int) -> int:
    """Wait for a worker, ending it when told to, and then everything that it left running."""
    ended = os.pidfd_open(pid)
    readable, _, _ = select.select([channel.fileno(), ended], [], [])
    if ended not in readable:
        channel.recv(1)
        os.kill(pid, signal.SIGKILL)
    os.close(ended)
    _, status = os.waitpid(pid, 0)
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with suppress(ChildProcessError):
        while os.waitpid(-1, 0):
            pass
    return os.waitstatus_to_exitcode(status)


def _clean(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
