"""Memory of a process that is to be forked."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
from pathlib import Path
from autograder.worker import linux

def on_the_heap(found):
    lines = Path("/proc/self/maps").read_text().splitlines()
    ends = [line.split()[0].split("-") for line in lines if "[heap]" in line]
    return sum(any(int(a, 16) <= id(one) < int(b, 16) for a, b in ends) for one in found)

with linux.objects_on_the_heap():
    inside = [(number,) for number in range(300_000)]
after = [(number,) for number in range(300_000)]
print(on_the_heap(inside) > 250_000, on_the_heap(after) < 50_000)
del inside  # whose memory is given back in another way than it was taken
print(len([(number,) for number in range(300_000)]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there are workers forked")
def test_objects_of_a_block_are_on_the_heap_and_those_after_it_are_not():
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.returncode) == (["True", "True", "300000"], 0), done.stderr
