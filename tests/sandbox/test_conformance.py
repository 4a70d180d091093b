"""The attempts to get out: they succeed without a sandbox, fail in both, and decide which one is used."""

from __future__ import annotations

import json

import pytest

from autograder.sandbox.bubblewrap import Bubblewrap
from autograder.sandbox.choose import choose, confining, survey
from autograder.sandbox.conformance import Conformance, examine
from autograder.sandbox.protocol import IsolationError
from autograder.sandbox.seccomp import program
from autograder.sandbox.unconfined import Unconfined
from autograder.sandbox.warm import Warm


@pytest.mark.parametrize("name", ["warm", "bubblewrap"])
def test_no_attempt_succeeds_in_a_sandbox(name):
    with confining(name) as isolation:
        found = examine(isolation, limits=True)
    assert found.holds, found
    assert found.tried == 30


def test_without_a_sandbox_the_same_attempts_succeed():
    """Or they would prove nothing: what limits and missing rights stop by themselves is left out."""
    found = examine(Unconfined(), limits=True)
    assert not found.holds
    assert {
        "Read a file of the machine.",
        "Connect to a listener on the machine's loopback.",
        "Connect to an abstract unix socket of the machine.",
        "Open a socket to the hypervisor or to the kernel.",
        "See another process.",
        "Start a process.",
        "Run a program.",
        "Gain privileges by a program, or make any system call.",
        "Take memory that no limit counts.",
    } <= set(found.succeeded)
    assert "Hang beyond the limit." not in found.succeeded  # limits hold without a sandbox too


def test_a_filter_allows_processes_only_where_a_part_does():
    assert len(program(processes=True)) < len(program(processes=False))
    assert len(program(processes=True)) % 8 == 0  # whole instructions


@pytest.mark.parametrize(("broken", "left"), [({"warm"}, "bubblewrap"), ({"warm", "bubblewrap"}, None)])
def test_auto_takes_the_first_sandbox_that_holds_or_refuses(monkeypatch, broken, left):
    def examined(isolation, **_):
        escaped = ("Become root.",) if isolation.name in broken else ()
        return Conformance(tried=26, succeeded=escaped)

    monkeypatch.setattr("autograder.sandbox.choose.examine", examined)
    if left is None:
        with pytest.raises(IsolationError, match=r"no sandbox holds here \(warm: not stopped: Become root\."):
            choose("auto")
    else:
        with confining("auto") as isolation:
            assert isolation.name == left
    with pytest.raises(IsolationError, match="run autograder doctor, or give --isolation none"):
        choose("warm")


def test_a_sandbox_whose_workers_do_not_start_is_not_taken(monkeypatch):
    monkeypatch.setattr(Warm, "start", lambda self, box: (_ for _ in ()).throw(OSError("no namespaces")))
    with confining("auto") as isolation:
        assert isinstance(isolation, Bubblewrap)


def test_doctor_says_what_holds(autograder):
    result = autograder("doctor")
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("all stopped") == 2
    assert "--isolation auto is warm here" in result.stderr
    found = json.loads(autograder("doctor", "--json").stdout)
    assert found["auto"] == "warm"
    assert [item["conformance"]["tried"] for item in found["isolation"]] == [30, 30]
    assert "What the protections rest on" in result.stdout
    assert all(ground["there"] for ground in found["grounds"] if ground["without"] == "no sandbox")


def test_doctor_names_what_is_missing(monkeypatch):
    monkeypatch.setenv("PATH", "")
    findings = survey()
    assert [found.name for found in findings] == ["warm", "bubblewrap"]
    assert all("apt-get install bubblewrap" in found.conformance.failure for found in findings)
