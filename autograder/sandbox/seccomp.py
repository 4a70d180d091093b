"""The system calls that a submission may not make, as a filter that the kernel runs.

Everything that is not named here is allowed, because frameworks need many calls; namespaces do the rest. What
is named reaches out of namespaces, exposes more of the kernel, or takes memory that no limit counts.
"""

from __future__ import annotations

import errno
import tempfile
from functools import cache
from itertools import product
from typing import Any

from autograder.sandbox.protocol import IsolationError

_NEW_NAMESPACES = (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
_CLONE_THREAD = 0x10000
_UNIX, _INTERNET = 1, (2, 10)  # AF_UNIX; AF_INET and AF_INET6, whose buffers no limit on memory counts
_TRANSPORTS = {0, 6, 17}  # the usual, TCP, UDP
# <fcntl.h>: F_SETLK and its kind; F_SETLEASE, F_NOTIFY; F_SET_RW_HINT and F_SET_FILE_RW_HINT
_LOCKS, _LEASES, _HINTS = (6, 7, 37, 38), (1024, 1026), (1036, 1038)
_SOCKET, _BUFFERS = 1, (7, 8, 32, 33)  # SOL_SOCKET; SO_SNDBUF, SO_RCVBUF and the same by force
_HIGHEST_FAMILY, _HIGHEST_TRANSPORT = 64, 263  # IPPROTO_MPTCP is 262
_REACHING_OUT = """
    ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd
    keyctl add_key request_key bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
    mount umount2 pivot_root chroot move_mount open_tree fsopen fsmount fsconfig fspick mount_setattr
    unshare setns name_to_handle_at open_by_handle_at fanotify_init quotactl quotactl_fd syslog acct
    inotify_init inotify_init1 io_setup
    memfd_create memfd_secret shmget shmat shmctl shmdt semget semop semtimedop semctl
    msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
    init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff
    sethostname setdomainname settimeofday clock_settime adjtimex clock_adjtime personality
    iopl ioperm modify_ldt vhangup lookup_dcookie
"""
_PROCESSES = ("fork", "vfork", "execve", "execveat")


def _refuse_sockets(rules: Any, seccomp: Any, *, loopback: bool) -> None:
    unknown = seccomp.ERRNO(errno.EAFNOSUPPORT)
    for family in set(range(_HIGHEST_FAMILY)) - {_UNIX, *(_INTERNET if loopback else ())}:
        rules.add_rule(unknown, "socket", seccomp.Arg(0, seccomp.EQ, family))
    for family, transport in product(_INTERNET if loopback else (), range(_HIGHEST_TRANSPORT)):
        if transport not in _TRANSPORTS:
            arguments = seccomp.Arg(0, seccomp.EQ, family), seccomp.Arg(2, seccomp.EQ, transport)
            rules.add_rule(unknown, "socket", *arguments)
    rules.add_rule(unknown, "socket", seccomp.Arg(0, seccomp.GE, _HIGHEST_FAMILY))
    for option in _BUFFERS:  # a wish that is not granted, as where the system's own limit is low
        wish = seccomp.Arg(1, seccomp.EQ, _SOCKET), seccomp.Arg(2, seccomp.EQ, option)
        rules.add_rule(seccomp.ERRNO(0), "setsockopt", *wish)


def _make_locks_harmless(rules: Any, seccomp: Any) -> None:
    """Let every lock on a file succeed and lock nothing: files that all workers see would carry messages."""
    nothing = seccomp.ERRNO(0)
    rules.add_rule(nothing, "flock")
    for command in _LOCKS:
        rules.add_rule(nothing, "fcntl", seccomp.Arg(1, seccomp.EQ, command))
    for command in (*_LEASES, *_HINTS):
        rules.add_rule(seccomp.ERRNO(errno.EPERM), "fcntl", seccomp.Arg(1, seccomp.EQ, command))


@cache
def program(*, processes: bool, loopback: bool = False) -> bytes:
    """Return the filter as an array of sock_filter, for this machine's architecture.

    Args:
        processes: whether other processes and programs may be started.
        loopback: whether internet sockets may be opened; the network namespace holds a loopback of its own.

    Raises:
        IsolationError: libseccomp is not installed.
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise IsolationError(
            f"system calls cannot be filtered: {error}; install libseccomp (Debian, Ubuntu: apt-get install "
            "libseccomp2; Fedora: dnf install libseccomp), or give --isolation none to run without a sandbox",
            ko=f"시스템 호출을 막을 수 없습니다: {error}. libseccomp를 설치하거나(데비안, 우분투: apt-get "
            "install libseccomp2, 페도라: dnf install libseccomp) --isolation none을 주어 격리하지 않고 "
            "실행하세요",
        ) from error
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refuse = seccomp.ERRNO(errno.EPERM)
    for name in (*_REACHING_OUT.split(), *(() if processes else _PROCESSES)):
        if seccomp.resolve_syscall(seccomp.system_arch(), name) != -1:  # libseccomp knows it
            rules.add_rule(refuse, name)
    # The flags of clone3 cannot be seen; without it libc falls back to clone.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in _NEW_NAMESPACES:
        rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    if not processes:
        rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, 0))
    _refuse_sockets(rules, seccomp, loopback=loopback)
    _make_locks_harmless(rules, seccomp)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
