"""What the protections rest on, and whether that is there on this machine."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from autograder.core.text import Text
from autograder.sandbox.bubblewrap import Bubblewrap, works
from autograder.sandbox.kills import STATISTICS
from autograder.sandbox.pressure import waited_for_processors
from autograder.sandbox.protocol import IsolationError
from autograder.sandbox.seccomp import program

_NO_SANDBOX = Text(ko="격리 환경이 없습니다", en="no sandbox")
_GROUNDS = (
    (
        Text(
            ko="파일, 프로세스, 네트워크, 터미널, 다른 사람의 시그널",
            en="files, processes, network, terminals and signals of others",
        ),
        Text(ko="bubblewrap과 네임스페이스", en="bubblewrap and namespaces"),
        _NO_SANDBOX,
    ),
    (
        Text(
            ko="인터넷 소켓, 버퍼, 잠금, 감시, 프로세스, 밖에 닿는 호출",
            en="internet sockets, buffers, locks, watches, processes, calls that reach out",
        ),
        Text(ko="시스템 호출을 거르는 필터(libseccomp)", en="a filter of system calls (libseccomp)"),
        _NO_SANDBOX,
    ),
    (
        Text(ko="스레드, 메모리, 파일 번호, 타이머", en="threads, memory, descriptors, timers"),
        Text(
            ko="자기만의 사용자 또는 사용자 네임스페이스를 가진 프로세스의 제한",
            en="limits of a process whose user, or namespace for users, is its own",
        ),
        _NO_SANDBOX,
    ),
    (
        Text(ko="끝없이 많은 파일", en="files without end"),
        Text(
            ko="미리 띄운 격리 환경의 메모리 파일 시스템의 nr_inodes",
            en="nr_inodes of the warm sandbox's memory file systems",
        ),
        Text(
            ko="매번 새로 띄우는 격리 환경처럼 시스템의 제한을 따릅니다",
            en="the system's own limit, as in the cold sandbox",
        ),
    ),
    (
        Text(ko="컴퓨터가 바빠서 생기는 시간 초과", en="no fault for a busy machine"),
        Text("/proc/pressure/cpu"),
        Text(
            ko="중단된 소문항은 모두 한 번 더 따로 실행합니다",
            en="every part that is cut off is tried once more alone",
        ),
    ),
    (
        Text(
            ko="컴퓨터의 메모리가 모자라서 생기는 실행 오류",
            en="no fault for want of memory of the machine",
        ),
        Text(ko="/proc/vmstat의 oom_kill", en="oom_kill in /proc/vmstat"),
        Text(
            ko="리눅스가 끝낸 작업 프로세스를 학생 코드의 실행 오류로 봅니다",
            en="a worker that Linux ends counts as a crash",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What some protections rest on.

    Attributes:
        of: the protections.
        name: what they rest on.
        there: whether it is there.
        without: what happens where it is not.
    """

    of: Text
    name: Text
    there: bool
    without: Text


def grounds() -> list[Ground]:
    """Return what the protections of both sandboxes rest on; that they hold is tested by attempts."""
    linux = platform.system() == "Linux"
    there = [works(Bubblewrap()) is None, _filters(), linux, linux]
    there += [waited_for_processors().seconds is not None, STATISTICS.is_file()]
    return [
        Ground(of=of, name=name, there=found, without=without)
        for (of, name, without), found in zip(_GROUNDS, there, strict=True)
    ]


def _filters() -> bool:
    try:
        return bool(program(processes=False))
    except IsolationError:
        return False
