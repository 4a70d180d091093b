"""Changes of how an exam is judged: other tolerances, points or answers, and parts withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from autograder.checks import AtLeast, AtMost, Choice, Close, Facts, Relation
from autograder.core.check import Check
from autograder.core.errors import UserError
from autograder.core.evidence import Evidence, Json
from autograder.core.exam import Part, Question
from autograder.core.points import add_points
from autograder.grading.grade import References, grade_part

What = Literal["tolerance", "points", "withdraw", "key"]
_Compared = Close | Relation
_Bounded = AtLeast | AtMost


class ChangeError(UserError):
    """A change does not fit the exam."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a part, or of one of its checks.

    Attributes:
        what: ``tolerance`` sets ``atol`` and ``rtol``, or the bound of a metric; ``points`` sets the part's,
            its checks' in proportion; ``withdraw`` makes the part worth nothing, for nobody; ``key`` sets the
            right answer, with an item one of several.
        check: the check's name, or its name in results.json.
        value: of a tolerance numbers by name, ``atol``, ``rtol`` or ``bound``, or one number, the first that
            the check has of these; points; or the answer.
    """

    what: What
    question: str
    part: str
    check: str = ""
    item: str = ""
    value: Json = None

    def __str__(self) -> str:
        about = f"{self.question}/{self.part}" + (f".{self.check}" if self.check else "")
        about += f"[{self.item}]" if self.item else ""
        if self.what == "withdraw":
            return f"withdraw {about}"
        value = self.value
        if isinstance(value, Mapping) and self.what == "tolerance":
            value = ", ".join(f"{name} {number:g}" for name, number in value.items())
        return f"{self.what} of {about}: {value}"


def changed(name: str, question: Question, changes: Iterable[Change], references: References) -> Question:
    """Return a question with the changes that are its own, in order.

    Args:
        name: the question's name.
        references: what is right, of which a change of one item takes the others.

    Raises:
        ChangeError: the question has no such part or check, or the value is not for it.
    """
    for change in changes:
        if change.question == name:
            parts = {part.name: part for part in question.parts}
            if change.part not in parts:
                raise ChangeError(
                    f"{change}: {name} has no part {change.part}; it has {', '.join(parts)}",
                    ko=f"{change}: {name}에는 소문항 {change.part}이(가) 없습니다. 있는 것: "
                    f"{', '.join(parts)}",
                )
            parts[change.part] = _CHANGES[change.what](parts[change.part], change, references)
            question = replace(question, parts=list(parts.values()))
    return question


def _with_points(part: Part, points: float) -> Part:
    declared = [check.points for check in part.checks if check.points is not None]
    total = add_points(declared)
    if not total:
        return replace(part, points=points)
    checks = [
        check if check.points is None else replace(check, points=check.points * points / total)  # type: ignore[type-var]
        for check in part.checks
    ]
    return replace(part, points=points, checks=checks)


def _points(part: Part, change: Change, references: References) -> Part:
    if not _is_number(change.value) or not 0 <= change.value < 1e9:
        raise ChangeError(f"{change}: points are a number from 0", ko=f"{change}: 점수는 0 이상의 수입니다")
    return _with_points(part, change.value)


def _withdraw(part: Part, change: Change, references: References) -> Part:
    return _with_points(part, 0)


def _tolerance(part: Part, change: Change, references: References) -> Part:
    check = _the_check(part, change, (_Compared, _Bounded))
    allowed = ["bound"] if isinstance(check, _Bounded) else ["atol", "rtol"]
    value: Any = change.value if isinstance(change.value, Mapping) else {allowed[0]: change.value}
    right = all(_is_number(number) and (number >= 0 or name == "bound") for name, number in value.items())
    if not value or not right or not value.keys() <= set(allowed):
        raise ChangeError(
            f"{change}: {check.id} has {' and '.join(allowed)}, a number each",
            ko=f"{change}: {check.id}에는 {', '.join(allowed)}이(가) 있고 값은 수입니다",
        )
    return _with(part, check, replace(check, **value))  # type: ignore[type-var]


def _key(part: Part, change: Change, references: References) -> Part:
    check = _the_check(part, change, (Choice, Facts))
    if not isinstance(check, Choice):
        if change.item:
            raise ChangeError(
                f"{change}: {check.id} has one answer, not several",
                ko=f"{change}: {check.id}의 답은 여럿이 아니라 하나입니다",
            )
        return _with(part, check, replace(check, expected=change.value))  # type: ignore[type-var]
    answers = _right_answers(part, check, references)
    if not change.item:
        return _with(part, check, replace(check, key=lambda inputs: change.value))
    first = answers[0]
    if not isinstance(first, list | Mapping):
        raise ChangeError(
            f"{change}: {check.id} has one answer, not several",
            ko=f"{change}: {check.id}의 답은 여럿이 아니라 하나입니다",
        )
    if any(answer != first for answer in answers):
        raise ChangeError(
            f"{change}: what is right depends on the inputs; change the exam instead",
            ko=f"{change}: 정답이 입력에 따라 다릅니다. 시험을 고치세요",
        )
    new = dict(enumerate(first, start=1)) if isinstance(first, list) else dict(first)
    items = {str(item): item for item in new}
    if change.item not in items:
        raise ChangeError(
            f"{change}: the items are {', '.join(items)}", ko=f"{change}: 있는 항목: {', '.join(items)}"
        )
    new[items[change.item]] = change.value
    right = list(new.values()) if isinstance(first, list) else new
    return _with(part, check, replace(check, key=lambda inputs: right))


def _right_answers(part: Part, check: Choice, references: References) -> list[Json]:
    """Return what is right on each variant."""
    tasks = [task for task in references.inputs if task.part == part.name]
    if check.key is not None:
        return [check.key(references.inputs[task]) for task in tasks]
    outcomes = references.solution.outcomes if references.solution else {}
    found = [outcomes[task].evidence or Evidence() for task in tasks if task in outcomes]
    return [evidence.facts.get(check.name) for evidence in found] or [None]


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _the_check(part: Part, change: Change, kinds: Any) -> Check:
    """Return the check of this name for which such a change is.

    Raises:
        ChangeError: there is none, or several.
    """
    fit: list[Check] = [check for check in part.checks if isinstance(check, kinds)]
    found = [check for check in fit if change.check in (check.id, getattr(check, "name", ""))]
    if len(found) == 1:
        (check,) = found
        return check
    known = ", ".join(check.id for check in found or fit) or "none"
    raise ChangeError(
        f"{change}: name one check; those of {part.name} that have such a value: {known}",
        ko=f"{change}: 검사 하나를 적으세요. {part.name}에서 이런 값이 있는 검사: {known}",
    )


def _with(part: Part, old: Check, new: Check) -> Part:
    return replace(part, checks=[new if check is old else check for check in part.checks])


_CHANGES: Mapping[str, Callable[[Part, Change, References], Part]] = {
    "tolerance": _tolerance,
    "points": _points,
    "withdraw": _withdraw,
    "key": _key,
}


def uncaught(question: Question, references: References, device: str) -> list[tuple[str, str]]:
    """Return (mistake, part) where a declared mistake loses no points that it should lose.

    Parts that are worth nothing are left out.
    """
    return [
        (mistake.name, part.name)
        for part in question.parts
        if part.points
        for mistake in references.mistakes_in(part.name)
        if mistake.attempt.of_part(part.name) and _earns_all(part, mistake.attempt, references, device)
    ]


def _earns_all(part: Part, attempt: Any, references: References, device: str) -> bool:
    verdict = grade_part(part, attempt, references, device)
    return verdict.points + verdict.manual >= verdict.max_points


def parts_named(spec: str, parts: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return the question and part that ``part`` or ``question/part`` names.

    Raises:
        ChangeError: there is none, or several questions have one.
    """
    question, _, part = spec.rpartition("/")
    found = [one for one in parts if one[1] == part and question in ("", one[0])]
    if len(found) == 1:
        return found[0]
    known = ", ".join("/".join(one) for one in found or parts)
    raise ChangeError(f"{spec}: name one part of {known}", ko=f"{spec}: 소문항 하나를 적으세요: {known}")
