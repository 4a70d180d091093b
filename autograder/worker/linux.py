"""Inside the sandbox: namespaces, mounts, capabilities, filters, which Python 3.11 has no calls for.

Everything goes through libc and raises OSError as the calls of ``os`` do. Linux only.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import signal
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

# <linux/sched.h>
NEW_MOUNTS, NEW_HOSTNAME, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USERS, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
_READ_ONLY, _NOSUID, _NOSUID_NODEV, _NOEXEC = 0x1, 0x2, 0x2 | 0x4, 0x8  # <linux/mount.h>
_PAGE, _FEW_FILES = 4096, 4096
_BIND, _MOVE, _RECURSIVE = 0x1000, 0x2000, 0x4000
_SET_PDEATHSIG, _SET_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 1, 38, 22, 2  # <linux/prctl.h>, <linux/seccomp.h>
_GET_DUMPABLE, _SET_DUMPABLE, _FORGET_PEAK = 3, 4, "5"  # <linux/prctl.h>, proc_pid_clear_refs(5)
_LARGE_PAGE, _COLLAPSE = 2 << 20, 25  # bytes on x86-64 and arm64; MADV_COLLAPSE, since Linux 6.1
_RAW = 0  # PYMEM_DOMAIN_RAW of Python's C API
_CAPABILITIES_VERSION_3 = 0x20080522  # <linux/capability.h>
_SIOCSIFFLAGS, _UP_AND_RUNNING = 0x8914, 0x1 | 0x40  # <linux/sockios.h>, <linux/if.h>


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def unshare(flags: int) -> None:
    """Move this process into new namespaces; with NEW_PROCESSES only its next child moves."""
    _checked(_libc().unshare(flags))


def enter_processes(descriptor: int) -> None:
    """Let the next children be in the process namespace of this descriptor again."""
    _checked(_libc().setns(descriptor, NEW_PROCESSES))


def map_own_user(uid: int, gid: int) -> None:
    """Map only this user, under the same ids, into a new user namespace."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        Path("/proc/self", name).write_text(text, encoding="ascii")


@contextmanager
def objects_on_the_heap() -> Iterator[None]:
    """Let Python take the memory of the block's objects from malloc, which has large pages (launch.py).

    A fork has few of them to copy. Such memory stays taken if its objects go after the block, as Python then
    gives it back in its own way, which does not fit; there malloc and Python are as in any other process.
    """
    own, arenas = (ctypes.c_void_p * 3)(), (ctypes.c_void_p * 3)()  # a context, and how to take and give back
    malloc = (ctypes.c_void_p * 5)()  # a context, malloc, calloc, realloc, free
    ctypes.pythonapi.PyObject_GetArenaAllocator(own)
    ctypes.pythonapi.PyMem_GetAllocator(_RAW, malloc)
    arenas[:] = [malloc[0], malloc[1], malloc[4]]
    bytearray(_LARGE_PAGE)  # once so much was given back, malloc takes an arena from its heap
    ctypes.pythonapi.PyObject_SetArenaAllocator(arenas)
    try:
        yield
    finally:
        ctypes.pythonapi.PyObject_SetArenaAllocator(own)


def use_large_pages() -> None:
    """Keep the rest of this process's memory in large pages, too; its content is the same.

    Where the system cannot do so, nothing changes.
    """
    for line in Path("/proc/self/maps").read_text(errors="surrogateescape").splitlines():
        span, access, _, _, inode = line.split()[:5]
        if (access, inode) == ("rw-p", "0"):
            begin, end = (int(address, 16) for address in span.split("-"))
            begin, end = -(-begin // _LARGE_PAGE) * _LARGE_PAGE, end // _LARGE_PAGE * _LARGE_PAGE
            if begin < end:
                _libc().madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _COLLAPSE)


def mount_processes() -> None:
    """Let /proc show the process namespace that this process is in."""
    _checked(_libc().mount(b"proc", b"/proc", b"proc", _NOSUID_NODEV | _NOEXEC, None))


def mount_memory(folder: str, size: int) -> None:
    """Mount an empty file system of ``size`` bytes, writable by everyone, over a folder.

    Its files, of which an empty one takes no byte of that but some of the kernel's, are counted too.
    """
    options = f"size={size},nr_inodes={max(_FEW_FILES, size // _PAGE)},mode=1777".encode()
    _checked(_libc().mount(b"tmpfs", folder.encode(), b"tmpfs", _NOSUID_NODEV, options))


def hide(folder: str) -> None:
    """Mount an empty file system, in which nobody can write, over a folder."""
    flags = _READ_ONLY | _NOSUID_NODEV | _NOEXEC
    _checked(_libc().mount(b"tmpfs", folder.encode(), b"tmpfs", flags, b"nr_inodes=1"))


def mount_terminals() -> None:
    """Let /dev/pts hold the terminals of this process alone: others' would carry messages."""
    options = b"newinstance,ptmxmode=0666,mode=0620"
    _checked(_libc().mount(b"devpts", b"/dev/pts", b"devpts", _NOSUID | _NOEXEC, options))


@cache  # of a process that mounts nothing itself before it forks
def mount_points(folder: Path) -> list[Path]:
    """Return the mount points inside a folder, those above before those below."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    points = [re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), line.split()[4]) for line in lines]
    return sorted({path for path in map(Path, points) if folder in path.parents})


def bind(folder: str, target: str) -> None:
    """Show a folder, with what is mounted in it, at another place too; read-only where it is."""
    _checked(_libc().mount(folder.encode(), target.encode(), None, _BIND | _RECURSIVE, None))


def move(folder: str, target: str) -> None:
    """Move what is mounted at a folder over another."""
    _checked(_libc().mount(folder.encode(), target.encode(), None, _MOVE, None))


def start_loopback() -> None:
    """Make 127.0.0.1 reachable in a new network namespace."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _UP_AND_RUNNING))


def drop_capabilities() -> None:
    """Give up every capability for good."""
    header = struct.pack("=Ii", _CAPABILITIES_VERSION_3, 0)
    _checked(_libc().capset(header, bytes(24)))


def die_with_parent() -> None:
    """Let the kernel kill this process when its parent ends, if the parent may kill it then."""
    _checked(_libc().prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def peak_memory() -> int:
    """Return the peak resident bytes of this process since :func:`forget_peak_memory`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0]) * 1024


def forget_peak_memory() -> None:
    """Reset the peak to the bytes that are resident now.

    After giving up root, a process may write to clear_refs only while it is "dumpable".
    """
    before = _libc().prctl(_GET_DUMPABLE, 0, 0, 0, 0)
    _checked(_libc().prctl(_SET_DUMPABLE, 1, 0, 0, 0))
    try:
        Path("/proc/self/clear_refs").write_text(_FORGET_PEAK, encoding="ascii")
    finally:
        _checked(_libc().prctl(_SET_DUMPABLE, int(before == 1), 0, 0, 0))


def no_new_privileges() -> None:
    """Set PR_SET_NO_NEW_PRIVS: no program that is run can gain more rights."""
    _checked(_libc().prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def filter_system_calls(program: bytes) -> None:
    """Install a seccomp filter, an array of sock_filter, for this process and its descendants."""
    instructions = ctypes.create_string_buffer(program, len(program))
    filter_program = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    _checked(_libc().prctl(_SET_SECCOMP, _FILTER, filter_program, 0, 0))
