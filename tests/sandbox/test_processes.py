"""Work of our own on what students handed in: what goes over a limit costs that step alone."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import partial

import pytest

from autograder.core.errors import CancelledError
from autograder.core.outcome import FaultKind, OverLimitError
from autograder.sandbox.processes import Allowed, LostError, Processes
from tests.support.processes import children

ALLOWED = Allowed(seconds=0.3, more=0.3, memory_mb=200)


def endless():
    while True:
        pass


def endless_in_c():
    sum(range(10**12))


def large():
    return bytearray(1 << 30)


def killed(once=None):
    if once is None or not once.exists():
        if once is not None:
            once.touch()
        os.kill(os.getpid(), signal.SIGKILL)


DONE = {
    "quick": lambda: None,
    "endless": endless,
    "endless in C": endless_in_c,
    "large": large,
    "killed": killed,
}


def work(names, steps):
    """Return, for each of some steps by name, the kind of fault or "done"."""
    found = []
    for number, name in enumerate(names):
        try:
            with steps.step(f"{number} {name}"):
                DONE[name]()
            found.append("done")
        except OverLimitError as error:
            found.append(error.fault.kind)
    return found


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("endless", FaultKind.TIME),
        ("endless in C", FaultKind.TIME),
        ("large", FaultKind.MEMORY),
        ("killed", FaultKind.CRASH),
    ],
)
def test_a_step_over_a_limit_fails_alone_and_each_time_again(name, kind):
    with Processes(work, 1, ALLOWED) as processes:
        for _ in range(2):
            assert processes.do(["quick", name, "quick"]) == ["done", kind, "done"]


def test_several_steps_of_one_item_go_over():
    names = ["endless in C", "quick", "endless", "large", "endless in C"]
    kinds = [FaultKind.TIME, "done", FaultKind.TIME, FaultKind.MEMORY, FaultKind.TIME]
    with Processes(work, 1, ALLOWED) as processes:
        assert processes.do(names) == kinds


def test_what_one_step_keeps_leaves_the_next_no_less():
    def keeping(item, steps):
        kept = []
        for name in ("first", "second"):
            with steps.step(name):
                kept.append(bytearray(ALLOWED.memory_mb * 6 << 17))
        return len(kept)

    with Processes(keeping, 1, ALLOWED) as processes:
        assert processes.do(None) == 2


def test_the_sentence_has_both_languages_and_the_limit():
    def asked(item, steps):
        with steps.step("a"):
            endless()

    with Processes(asked, 1, ALLOWED) as processes, pytest.raises(OverLimitError) as raised:
        processes.do(None)
    assert "0.3 s" in raised.value.fault.message.en
    assert "0.3초" in raised.value.fault.message.ko


def test_who_is_killed_once_is_not_to_blame(tmp_path):
    def asked(item, steps):
        with steps.step("a"):
            killed(tmp_path / "once")
        return "done"

    with Processes(asked, 1, ALLOWED) as processes:
        assert processes.do(None) == "done"


def test_a_process_that_ends_between_steps_is_told():
    lost = pytest.raises(LostError, match="for want of memory maybe")
    with Processes(lambda item, steps: killed(), 1, ALLOWED) as processes, lost:
        processes.do(None)


def test_what_is_raised_comes_back_with_its_traceback():
    with Processes(lambda item, steps: int(item), 1, ALLOWED) as processes:
        with pytest.raises(ValueError, match="invalid literal") as raised:
            processes.do("x")
        assert "in <lambda>" in raised.value.__notes__[0]
        assert processes.do("7") == 7


def test_results_come_in_the_order_of_the_items_from_several_processes():
    def asked(item, steps):
        time.sleep(0.02 * (item % 3))
        return item, os.getpid()

    with Processes(asked, 3, ALLOWED) as processes:
        found = list(processes.map(range(20)))
    assert [item for item, _ in found] == list(range(20))
    assert len({pid for _, pid in found} - {os.getpid()}) == 3


def test_nothing_is_left_behind_and_a_busy_process_is_ended_when_it_is_cancelled():
    before, cancel = set(children(os.getpid())), threading.Event()
    threading.Timer(0.3, cancel.set).start()
    with Processes(lambda item, steps: time.sleep(60), 2, ALLOWED) as processes:
        began = time.monotonic()
        with pytest.raises(CancelledError):
            processes.do(None, cancel)
    assert time.monotonic() - began < 5
    assert set(children(os.getpid())) == before


def test_processes_hold_no_files_of_ours_open():
    reading, writing = os.pipe()
    with Processes(lambda item, steps: item, 1, ALLOWED) as processes:
        processes.do(None)
        os.close(writing)
        assert os.read(reading, 1) == b""  # the end of the file is seen
    os.close(reading)


def test_ctrl_c_is_left_to_the_parent():
    def asked(item, steps):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        return item

    with Processes(partial(asked), 1, ALLOWED) as processes:
        assert processes.do("heard nothing") == "heard nothing"
