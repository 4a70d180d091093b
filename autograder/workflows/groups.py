"""Groups of a run's students who got the same wrong; they keep their ids as the class grows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path

from autograder.checks import Essay
from autograder.core.errors import not_known
from autograder.core.evidence import Evidence, EvidenceError, digest
from autograder.core.exam import Part
from autograder.core.outcome import Outcome, Task
from autograder.core.text import Text
from autograder.core.verdict import Result, Verdict
from autograder.course.catalog import Course, ExamEntry
from autograder.course.modules import CatalogError
from autograder.grading.groups import (
    Answered,
    Group,
    Kind,
    Split,
    Trait,
    essay_trait,
    groups_of,
    split_up,
    trait_of,
)
from autograder.records.codec import Stored
from autograder.records.files import RunError, no_results, not_a_run
from autograder.records.group_file import KeptAnchor, KeptGroups
from autograder.records.manifest import Kept
from autograder.records.run_folder import MANIFEST, RESULTS, Run
from autograder.records.store import Store

FILE = "groups.json"
_LOADED = 64  # attempts that are kept decoded
_NONE = Text(ko="이 id의 묶음이 없습니다", en="no group has this id")
_MANY = Text(ko="id가 이렇게 시작하는 묶음이 {count}개입니다", en="{count} groups have ids that begin so")


def exam_of(run: Run, course: Path | None = None) -> ExamEntry:
    """Return the exam of a run, from ``course`` or else from the run's own course.

    Raises:
        RunError: there is no run.json.
        CatalogError: the course or the exam is not there.
    """
    if (recorded := run.recorded()) is None:
        raise not_a_run(run.folder)
    return Course.find(course or Path(recorded[0].course)).exam(recorded[0].exam)


def find_groups(
    run: Run, exam: ExamEntry, splits: Sequence[Split] = (), decided: Collection[str] = ()
) -> list[Group]:
    """Return the groups of a run, part by part in the exam's order; in a part as groups_of has them.

    ``RUN/groups.json`` keeps them. They are found anew when the results or the exam change, and then keep
    their ids.

    Args:
        splits: of groups, decided by people, in order.
        decided: ids of groups about which something was decided: they are remembered without members, too.

    Raises:
        RunError: there are no results, or a file of the run is damaged.
        CatalogError: the exam cannot be loaded.
    """
    kept, stamp = _kept(run), _stamp(run, exam)
    if (found := kept.groups(stamp)) is None:
        found = _find(run, exam, kept.anchors)
        ids = {group.id for group in found}
        former = [one for one in kept.anchors if one.id in decided and one.id not in ids]
        kept.keep(stamp, found, former)
    return _split(found, splits)


def kept_groups(run: Run, exam: ExamEntry, splits: Sequence[Split] = ()) -> list[Group] | None:
    """Return the groups if they need not be found anew, else None."""
    found = _kept(run).groups(_stamp(run, exam))
    return None if found is None else _split(found, splits)


def _kept(run: Run) -> KeptGroups:
    return KeptGroups(run.folder / FILE, partial(_published, Store(run.evidence)))


def _split(found: Iterable[Group], splits: Sequence[Split]) -> list[Group]:
    by_part = groupby(found, key=lambda group: (group.question, group.part))
    return [one for _, groups in by_part for one in split_up(groups, splits)]


def _find(run: Run, exam: ExamEntry, known: Sequence[KeptAnchor]) -> list[Group]:
    if (recorded := run.recorded()) is None or (results := run.results()) is None:
        raise no_results(run.folder)
    manifest, submissions = recorded
    declared = {(entry.name, part.name): part for entry in exam.questions for part in entry.question.parts}
    store, found = Store(run.evidence), list[Group]()
    answers = _Reader(store, dict(submissions), declared).answers(results)
    for (question, name), part in declared.items():
        mine = [one for one in known if (one.question, one.part) == (question, name)]
        anchors = [one.anchor(partial(_published, store)) for one in mine]
        found += groups_of(question, part, answers.get((question, name), []), anchors, manifest.device)
    return found


def _stamp(run: Run, exam: ExamEntry) -> str:
    """Return what changes with everything that groups are found in."""
    files = [run.folder / MANIFEST, run.folder / RESULTS]
    files += [path for entry in exam.questions for path in (entry.path, entry.measured_path)]
    found = []
    for path in files:
        try:
            about = path.stat()
            found.append(f"{about.st_mtime_ns:x}.{about.st_size:x}.{about.st_ino:x}")
        except FileNotFoundError:
            found.append("")
    return "-".join(found)


def in_parts(groups: Iterable[Group], exam: ExamEntry, parts: Collection[str]) -> list[Group]:
    """Return the groups of these parts, named also as ``question/part``; all if none is named.

    Raises:
        CatalogError: the exam has no part of a name.
    """
    _demand_known(
        parts, [(entry.name, part.name) for entry in exam.questions for part in entry.question.parts]
    )
    return [one for one in groups if not parts or {one.part, f"{one.question}/{one.part}"} & set(parts)]


def group_of(groups: Iterable[Group], id: str) -> Group:
    """Return the group whose id, or former id, begins so.

    Raises:
        RunError: there is none, or there are several.
    """
    found = [group for group in groups if any(one.startswith(id) for one in group.ids)]
    if len(found) != 1:
        why = _MANY.format(count=len(found)) if found else _NONE
        raise RunError(
            f"{id}: {why.en}; autograder groups RUN shows them",
            ko=f"{id}: {why.ko}. autograder groups RUN으로 볼 수 있습니다",
        )
    return found[0]


def _demand_known(parts: Collection[str], declared: Collection[tuple[str, str]]) -> None:
    names = {name for question, part in declared for name in (part, f"{question}/{part}")}
    for name in parts:
        if name not in names:
            raise CatalogError(not_known(Text(ko="소문항", en="part"), name, sorted(names)))


# -- what students have -------------------------------------------------------------------------------------


class _Reader:
    """Reads what groups are made of."""

    def __init__(
        self,
        store: Store,
        submissions: Mapping[str, Mapping[str, Kept]],
        declared: Mapping[tuple[str, str], Part],
    ) -> None:
        self._store, self._submissions, self._declared = store, submissions, declared

    def answers(self, results: Iterable[Result]) -> dict[tuple[str, str], list[Answered]]:
        """Return by question and part what students have that is wrong or written."""
        found: dict[tuple[str, str], list[Answered]] = {}
        for result in results:
            kept = self._submissions.get(result.student, {}).get(result.question)
            for part, answer in self._of(result, kept) if kept else ():
                found.setdefault((result.question, part), []).append(answer)
        return found

    def _of(self, result: Result, kept: Kept) -> Iterator[tuple[str, Answered]]:
        load = lru_cache(maxsize=1)(partial(self._store.read, kept.key))
        losses = sum(one.points + one.manual < one.max_points for one in result.verdicts)
        for verdict in result.verdicts:
            part = self._declared.get((result.question, verdict.part))
            if part is None:
                continue
            for trait in _traits(verdict, part, load):
                sign = _digest(load(), Task(part.name)) if trait.kind is Kind.WRONG else ""
                published = partial(_published, self._store, kept.key, part.name)
                answer = Answered(
                    student=result.student,
                    trait=trait,
                    key=kept.key,
                    losses=losses,
                    digest=sign,
                    published=published,
                )
                yield part.name, answer


def _traits(verdict: Verdict, part: Part, load: Callable[[], Stored | None]) -> Iterator[Trait]:
    if (trait := trait_of(verdict, part)) is not None:
        yield trait
    essays = [check for check in part.checks if isinstance(check, Essay)]
    if essays and (stored := load()) is not None:
        facts = stored.records.get(Task(part.name), {}).get("facts")
        if facts is not None:
            yield essay_trait(str(facts.get(essay.name, "")) for essay in essays)


def _digest(stored: Stored | None, task: Task) -> str:
    """Return a digest of what was observed, which equal evidence shares."""
    record = stored.records.get(task) if stored else None
    if stored is None or record is None:
        return ""
    if (known := record.get("digest")) is not None:
        return str(known)
    with suppress(EvidenceError):
        return digest(_evidence(stored.attempt().outcomes.get(task)))
    return ""


def _evidence(outcome: Outcome | None) -> Evidence:
    return (outcome and outcome.evidence) or Evidence()


def _published(store: Store, key: str, part: str) -> Evidence:
    return _evidence(_loaded(store, key).get(Task(part)))


@lru_cache(maxsize=_LOADED)
def _loaded(store: Store, key: str) -> Mapping[Task, Outcome]:
    attempt = store.load(key)
    return attempt.outcomes if attempt else {}
