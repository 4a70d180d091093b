"""Attempts of a submission to get out, one function each; conformance.py runs this file as a submission.

Every function takes ``hints``, facts about the machine outside, and returns whether the attempt succeeded. An
exception means that it did not. The docstrings name the attempts for users.
"""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Hints = Mapping[str, Any]
_NEW_USERS, _TRACE_ME, _SET_HINT = 0x10000000, 0, 1036  # F_SET_RW_HINT


def _call(name: str, *arguments: object) -> bool:
    """Call libc; raise OSError if it returns -1."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
    return True


def _status(field: str) -> str:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return line.split()[1]
    return ""


def read_a_file_of_the_machine(hints: Hints) -> bool:
    """Read a file of the machine."""
    return bool(Path(hints["secret_file"]).read_bytes())


def read_the_environment_of_the_grader(hints: Hints) -> bool:
    """Read the environment of the grader."""
    return any(hints["secret"].encode() in path.read_bytes() for path in Path("/proc").glob("*/environ"))


def write_outside_the_scratch_folders(hints: Hints) -> bool:
    """Write outside the scratch folders."""

    def writable(folder: str) -> bool:
        try:
            (Path(folder) / "written").write_text("x")
        except OSError:
            return False
        return True

    # Not sys.prefix itself: if the interpreter lies in the machine's /tmp, it is in the private one here.
    packages = f"{sys.prefix}/lib"
    return any(map(writable, ("/", "/usr/bin", "/grader", "/grader/autograder", "/dev", packages)))


def fill_the_disk(hints: Hints) -> bool:
    """Write more than the scratch folders may hold."""
    folders = (".", "/tmp", os.environ["HOME"]) * hints["scratch_mb"]
    paths = [Path(folder) / f"autograder-large{number}" for number, folder in enumerate(folders)]
    try:
        for path in paths:
            path.write_bytes(bytes(1 << 20))
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
    return True


def connect_to_the_machine(hints: Hints) -> bool:
    """Connect to a listener on the machine's loopback."""
    return socket.create_connection(("127.0.0.1", hints["port"]), timeout=1) is not None


def connect_to_an_abstract_socket(hints: Hints) -> bool:
    """Connect to an abstract unix socket of the machine."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + hints["abstract"])
    return True


def open_a_socket_that_leaves_namespaces(hints: Hints) -> bool:
    """Open a socket to the hypervisor or to the kernel."""

    def opens(family: int, kind: int) -> bool:
        try:
            socket.socket(family, kind).close()
        except OSError:
            return False
        return True

    return opens(socket.AF_VSOCK, socket.SOCK_STREAM) or opens(socket.AF_NETLINK, socket.SOCK_RAW)


def see_other_processes(hints: Hints) -> bool:
    """See another process."""
    # Bubblewrap's own may be there, but must not tell what is where on the machine.
    numbers = {int(name) for name in os.listdir("/proc") if name.isdigit()}
    return bool(numbers - {1, os.getpid()}) or b"--ro-bind" in Path("/proc/1/cmdline").read_bytes()


def signal_other_processes(hints: Hints) -> bool:
    """Send a signal to another process."""
    os.kill(-1, 0)
    return True


def signal_a_group_of_others(hints: Hints) -> bool:
    """Share a process group or a session with a process outside."""
    return 0 in (os.getpgrp(), os.getsid(0))


def open_an_internet_socket(hints: Hints) -> bool:
    """Open an internet socket, whose buffers no limit counts."""
    socket.socket(socket.AF_INET).close()
    return True


def lock_a_file_that_others_see(hints: Hints) -> bool:
    """Lock a file that other workers see."""
    with open(sys.executable, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        return bool(Path("/proc/locks").read_text().strip())


def leave_a_hint_on_a_file_that_others_see(hints: Hints) -> bool:
    """Leave a hint on a file that other workers see."""
    with open(str(sys.modules["autograder"].__file__), "rb") as file:
        fcntl.fcntl(file, _SET_HINT, bytes([2, *bytes(7)]))
    return True


def watch_a_file_that_others_see(hints: Hints) -> bool:
    """Watch who opens a file that other workers see."""
    return _call("inotify_init1", 0)


def widen_the_buffers_of_a_socket(hints: Hints) -> bool:
    """Widen the buffers of a socket, which no limit counts."""
    with socket.socket(socket.AF_UNIX) as own:
        before = own.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, before // 4)
        return own.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) != before


def set_timers_without_end(hints: Hints) -> bool:
    """Set timers without end, each of which the kernel keeps."""
    timer = ctypes.c_void_p()
    return all(_call("timer_create", 1, None, ctypes.byref(timer)) for _ in range(1_000))


def start_many_threads(hints: Hints) -> bool:
    """Start more threads than the limit."""
    threads = [threading.Thread(target=time.sleep, args=(0.5,)) for _ in range(hints["threads"])]
    for thread in threads:
        thread.start()
    return True


def keep_a_descriptor_of_the_grader(hints: Hints) -> bool:
    """Use a descriptor that the grader left open."""
    kinds = [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd") if int(name) > 2]
    return any(not kind.startswith(("pipe:", "/proc/")) for kind in kinds)


def start_a_process(hints: Hints) -> bool:
    """Start a process."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def run_a_program(hints: Hints) -> bool:
    """Run a program."""
    return subprocess.run(["/usr/bin/env"], capture_output=True, check=False).returncode == 0


def become_root(hints: Hints) -> bool:
    """Become root."""
    os.setuid(0)
    return os.geteuid() == 0


def hold_a_capability(hints: Hints) -> bool:
    """Hold a capability."""
    return any(int(_status(field), 16) for field in ("CapEff", "CapPrm", "CapInh", "CapAmb"))


def gain_privileges(hints: Hints) -> bool:
    """Gain privileges by a program, or make any system call."""
    return _status("NoNewPrivs") != "1" or _status("Seccomp") != "2"


def make_a_namespace(hints: Hints) -> bool:
    """Make a user namespace."""
    return _call("unshare", _NEW_USERS)


def mount_a_file_system(hints: Hints) -> bool:
    """Mount a file system."""
    return _call("mount", b"tmpfs", b"/tmp/job", b"tmpfs", 0, None)


def trace_a_process(hints: Hints) -> bool:
    """Trace a process."""
    return _call("ptrace", _TRACE_ME, 0, 0, 0)


def take_memory(hints: Hints) -> bool:
    """Take more memory than is allowed."""
    return bool(bytearray(hints["memory_mb"] << 21))


def take_shared_memory(hints: Hints) -> bool:
    """Take more shared memory than is allowed."""
    mmap.mmap(-1, hints["memory_mb"] << 21)
    return True


def take_memory_that_is_not_counted(hints: Hints) -> bool:
    """Take memory that no limit counts."""
    try:
        return os.memfd_create("memory") >= 0
    except OSError:
        return _call("shmget", 0, 1 << 20, 0o1600)


def outlive_a_signal(hints: Hints) -> None:
    """Not run with the others: hangs, deaf to every signal that can be ignored."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
