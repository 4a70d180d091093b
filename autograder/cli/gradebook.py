"""The formats of the command ``report`` that go back to a learning system: its gradebook, and feedback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.options import Context, MisuseError
from autograder.core.text import Text

if TYPE_CHECKING:
    from autograder.integrations.lms.gradebook import Filled
    from autograder.records.results import ClassResults
    from autograder.reports.material import Material

_WITHOUT_RESULT = Text(
    ko="성적표에는 있지만 결과가 없음: {names}", en="in the gradebook, without a result: {names}"
)
_WITHOUT_ROW = Text(
    ko="결과는 있지만 성적표에 없음: {names}", en="with a result, not in the gradebook: {names}"
)
_AMBIGUOUS = Text(
    ko="누구인지 분명하지 않아 그대로 둠: {names}",
    en="left as it is, because it is not clear who is meant: {names}",
)
_UNFINISHED = Text(
    ko="사람의 채점이나 다른 실행을 기다리는 점수가 있어 그대로 둠: {names}",
    en="left as it is, because points wait for a person or another run: {names}",
)

GRADEBOOKS = ("canvas", "moodle", "blackboard", "brightspace", "ilias")
FEEDBACK = "feedback-zip"
_WORKBOOK = "xlsx"  # a gradebook of any system, where one is given


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradebook:
    """The options for a gradebook: the file, its column, and whether points are scaled to its maximum."""

    file: Path | None
    column: str = ""
    scale: bool = False

    def formats(self, wanted: Sequence[str]) -> list[str]:
        """Return those of the formats that fill it in.

        Raises:
            UsageError: there are several, or there is no gradebook for one, or none for the gradebook.
        """
        found = [name for name in wanted if name in GRADEBOOKS or (name == _WORKBOOK and self.file)]
        if self.file is None:
            if found:
                raise MisuseError(
                    f"--format {found[0]} fills in a gradebook; give --gradebook EXPORTED.csv",
                    ko=f"--format {found[0]}은(는) 성적표를 채웁니다. --gradebook EXPORTED.csv를 주세요",
                )
            return []
        if len(found) != 1:
            names = ", ".join([*GRADEBOOKS, _WORKBOOK])
            raise MisuseError(
                f"--gradebook needs one of the formats {names}",
                ko=f"--gradebook에는 다음 형식 중 하나가 필요합니다: {names}",
            )
        return found

    def fill(
        self, context: Context, system: str, folder: Path, results: ClassResults, about: Material
    ) -> Path:
        """Write a copy of the gradebook with the results, say whom it lacks, and return its path."""
        from autograder.integrations.lms.gradebook import Filling, finals

        assert self.file is not None
        exam = about.exam
        titles = [results.header.exam, *([exam.exam.title.ko, exam.exam.title.en] if exam else [])]
        standing = about.standing
        filling = Filling(
            system=system, titles=titles, roster=standing.roster, column=self.column, scale=self.scale
        )
        entered = finals(results.students(), standing)
        filled = filling.fill(self.file, folder / self.file.name, entered)
        _say(context, filled, scaled=self.scale)
        return filled.path


def _say(context: Context, filled: Filled, *, scaled: bool) -> None:
    context.console.say(
        f"{filled.column}: {filled.entered} students", ko=f"{filled.column}: 학생 {filled.entered}명"
    )
    for text, names in (
        (_WITHOUT_RESULT, filled.without_result),
        (_WITHOUT_ROW, filled.without_row),
        (_AMBIGUOUS, filled.ambiguous),
        (_UNFINISHED, filled.unfinished),
    ):
        if names:
            context.console.say(text.format(names=", ".join(names)))
    if filled.maximum is not None and not scaled:
        context.console.say(
            f"the column's maximum is {filled.maximum:g}, not the exam's; --scale scales the points to it",
            ko=f"열의 만점이 시험과 달리 {filled.maximum:g}점입니다. --scale로 맞출 수 있습니다",
        )


def pack(
    context: Context, pages: Sequence[Path], folder: Path, results: ClassResults, about: Material
) -> Path:
    """Pack feedback pages by the names of the download they belong to, and return the archive."""
    from autograder.integrations.lms.feedback import pack_feedback
    from autograder.reports.html import file_name

    submissions = Path(about.manifest.handed_in) if about.manifest and about.manifest.handed_in else None
    by_name = {page.stem: page for page in pages}
    mine = {one.student: by_name[file_name(one.student)] for one in results.students()}
    packed = pack_feedback(mine, folder / "feedback.zip", submissions, about.standing)
    if packed.nameless:
        context.console.say(
            f"no download has these students, whose pages have their own name: {', '.join(packed.nameless)}",
            ko=f"내려받은 것에 없는 학생이라 페이지의 이름을 그대로 둡니다: {', '.join(packed.nameless)}",
        )
    return packed.path
