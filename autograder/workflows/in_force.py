"""The changes of how a run is judged that people decided and did not take back."""

from __future__ import annotations

import msgspec

from autograder.grading.changes import Change
from autograder.records.decisions import Changed
from autograder.records.files import RunError
from autograder.records.run_folder import Run


def changes_in_force(run: Run) -> tuple[Change, ...]:
    """Return the changes, in the order in which they were decided.

    Raises:
        DecisionsError: the decisions cannot be read.
        RunError: one of them is not a change.
    """
    decided = [entry.decision for entry in run.decisions.held().changed]
    found = [change for one in decided if isinstance(one, Changed) for change in one.changes]
    try:
        return tuple(msgspec.convert(found, list[Change]))
    except msgspec.ValidationError as error:
        raise RunError(
            f"{run.folder}: a decided change is damaged: {error}",
            ko=f"{run.folder}: 결정된 변경의 기록이 손상되었습니다: {error}",
        ) from None
