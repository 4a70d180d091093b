"""What a class of 60 hands in to the toy question: seven of them made a mistake that is not declared."""

from __future__ import annotations

from pathlib import Path

from tests.support.courses import RIGHT

# All of them begin the sums at 1, each in other words.
NOT_FROM_ZERO = (
    "sums, total = [], 1.0",
    "sums, total = list(), 1",
    "total = 2.0 - 1\n    sums = []",
    "sums, total = [], 1.0 + 1e-12",
    "sums, total = [], 0.5 + 0.5",
    "sums, total = [], 1.0  # 홍길동",
    "sums, total = [], 3 - 2.0",
)
UNDECLARED = tuple(f"w{number}" for number in range(len(NOT_FROM_ZERO)))


def sources() -> dict[str, str]:
    """What each student hands in."""
    right = {f"s{number:02}": f"{RIGHT}# {number % 5}\n" for number in range(40)}
    wrong = {
        student: RIGHT.replace("sums, total = [], 0.0", way)
        for student, way in zip(UNDECLARED, NOT_FROM_ZERO, strict=True)
    }
    scale = {f"m{number}": RIGHT.replace("scale * total", "total") for number in range(5)}
    fault = {
        f"f{number}": RIGHT.replace("    return sum(values) /", f"    x = {number}\n    return sum(valu) /")
        for number in range(4)
    }
    alone = {
        f"t{number}": RIGHT.replace("/ len(values)", f"/ len(values) + {number + 1}") for number in range(4)
    }
    return right | wrong | scale | fault | alone


def hand_in(folder: Path) -> Path:
    """Write them below ``folder/submissions``, which is returned."""
    for student, source in sources().items():
        path = folder / "submissions" / student / "toy" / "q1_numbers.py"
        path.parent.mkdir(parents=True)
        path.write_text(source, encoding="utf-8")
    return folder / "submissions"
