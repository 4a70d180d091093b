"""Inside the sandbox: imports a framework once, then forks one isolated worker after another. For warm.py.

Each worker gets namespaces of its own for processes, mounts, network, IPC and host name, its own user or user
namespace, empty memory file systems, and no capability, before it reads its job: it is as isolated from the
others as if it had been started in a sandbox of its own. It is the first of its process namespace, so that
all it started dies with it.

The channel is the socket that stands for standard input. Each message asks for a worker and brings four
descriptors: its standard input, output and error, and a socket, on which the answer is the worker's exit
status when it has ended. Closing the other end of that socket ends the worker.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.worker import linux
from autograder.worker.jobs import FIT, MAX_REQUEST, STATUS, UNFIT, Fork, Imports
from autograder.worker.limits import drop_root
from autograder.worker.main import import_all
from autograder.worker.main import main as work
from autograder.worker.rehearsal import rehearse

_FIRST_OWN_DESCRIPTOR = 3
# To have torch's last 100 MB in large pages, too, takes 0.25 s and saves each fork 3 to 5 ms of CPU: so many
# forks must have come before as many more may be expected.
_FEW = 40
_SYSTEM = "/sys"  # malloc has read there by now what it needs to know
_CODEC = "safetensors.numpy"  # what evidence is read and written with


@dataclass(frozen=True, slots=True)
class _Worker:
    pid: int
    ended: int  # a descriptor that becomes readable when the process has ended
    control: socket.socket


def main() -> None:
    """Serve until the channel is closed; with threads, which must not fork, report UNFIT and return."""
    channel = socket.socket(fileno=os.dup(0))
    imports = msgspec.json.decode(channel.recv(MAX_REQUEST), type=Imports)
    if os.geteuid() != 0:
        _own_user_namespace()
    if Path(_SYSTEM).exists():
        linux.unshare(linux.NEW_MOUNTS)
        linux.hide(_SYSTEM)
    with linux.objects_on_the_heap():
        import_all((_CODEC, *imports.names), imports.likely)
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)
        rehearse()
    linux.mount_points(Path.cwd().parent)
    if len(os.listdir("/proc/self/task")) != 1:
        channel.send(UNFIT)
        return
    gc.collect()
    gc.freeze()  # or the first full collection in each worker would copy all of this memory
    channel.send(FIT)
    _serve(channel)


def _own_user_namespace() -> None:
    """Continue in a child that has every capability in user and process namespaces of its own."""
    uid, gid = os.getuid(), os.getgid()
    linux.unshare(linux.NEW_USERS | linux.NEW_PROCESSES)
    linux.map_own_user(uid, gid)
    if pid := os.fork():
        _, status = os.waitpid(pid, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _serve(channel: socket.socket) -> None:
    own_processes = os.open("/proc/self/ns/pid", os.O_RDONLY)
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    workers: dict[int, _Worker] = {}  # by both of their descriptors
    started = 0
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == channel.fileno():
                message, descriptors, _, _ = socket.recv_fds(channel, MAX_REQUEST, 4)
                if not message:
                    return
                started += 1
                if started == _FEW:
                    linux.use_large_pages()
                worker = _start(msgspec.json.decode(message, type=Fork), descriptors, own_processes)
                workers |= {worker.ended: worker, worker.control.fileno(): worker}
                poll.register(worker.ended, select.POLLIN)
                poll.register(worker.control, select.POLLIN)
            elif (ended := workers.get(descriptor)) is None:
                continue  # of a worker that was buried just before
            elif descriptor == ended.ended:
                for own in (ended.ended, ended.control.fileno()):
                    poll.unregister(own)
                    del workers[own]
                _bury(ended)
            else:
                os.kill(ended.pid, signal.SIGKILL)
                poll.modify(descriptor, 0)


def _bury(worker: _Worker) -> None:
    _, status = os.waitpid(worker.pid, 0)
    os.close(worker.ended)
    with suppress(OSError):
        worker.control.send(STATUS.pack(os.waitstatus_to_exitcode(status)))
    worker.control.close()


def _start(wanted: Fork, descriptors: list[int], own_processes: int) -> _Worker:
    linux.unshare(linux.NEW_PROCESSES)
    pid = os.fork()
    if pid == 0:
        _become_worker(wanted, descriptors[:3])
    linux.enter_processes(own_processes)
    for pipe in descriptors[:3]:
        os.close(pipe)
    return _Worker(pid, os.pidfd_open(pid), socket.socket(fileno=descriptors[3]))


def _become_worker(wanted: Fork, pipes: list[int]) -> None:
    for target, pipe in enumerate(pipes):
        os.dup2(pipe, target)
    os.closerange(_FIRST_OWN_DESCRIPTOR, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    try:
        os.setsid()  # a signal to the own process group would reach every worker of this zygote
        _isolate(wanted)
        work()
    except BaseException:  # ours: a student's own are caught further inside
        traceback.print_exc()
    finally:
        os._exit(1)


def _own_temporary_folder(size: int) -> None:
    """Put an empty /tmp over the zygote's, with the working folder and that of the user in it.

    What the interpreter needs may lie in /tmp as well, and is taken along.
    """
    job, home = Path.cwd(), Path(os.environ["HOME"])
    linux.mount_memory(str(job), size)
    for point in linux.mount_points(job.parent):
        target = job / point.relative_to(job.parent)
        if point != job and not target.exists():
            target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            target.mkdir(mode=0o755) if point.is_dir() else target.touch()
            linux.bind(str(point), str(target))
    for folder in (job, home):
        inside = job / folder.name
        inside.mkdir()
        inside.chmod(0o1777)
    linux.move(str(job), str(job.parent))
    os.chdir(job)


def _isolate(wanted: Fork) -> None:
    uid, gid = os.getuid(), os.getgid()
    linux.unshare(linux.NEW_MOUNTS | linux.NEW_NETWORK | linux.NEW_IPC | linux.NEW_HOSTNAME)
    linux.mount_processes()
    linux.mount_terminals()
    linux.mount_memory("/dev/shm", wanted.shared_memory)
    _own_temporary_folder(wanted.scratch)
    linux.start_loopback()
    if uid == 0:
        drop_root(wanted.uid)
    else:
        linux.unshare(linux.NEW_USERS)
        linux.map_own_user(uid, gid)
        linux.drop_capabilities()
