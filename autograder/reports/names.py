"""What the statuses are called in reports, and the signs that stand for them."""

from autograder.core.text import Text
from autograder.core.verdict import Status

STATUS_NAMES = {
    Status.PASSED: Text(ko="통과", en="passed"),
    Status.PARTIAL: Text(ko="부분", en="partial"),
    Status.FAILED: Text(ko="실패", en="failed"),
    Status.FAULT: Text(ko="오류", en="fault"),
    Status.MANUAL: Text(ko="수동", en="manual"),
    Status.UNGRADED: Text(ko="보류", en="ungraded"),
}

# Stand beside the colour of a status, for those who do not see the colour.
STATUS_SIGNS = {
    Status.PASSED: "✓",
    Status.PARTIAL: "◐",
    Status.FAILED: "✗",
    Status.FAULT: "!",
    Status.MANUAL: "✎",
    Status.UNGRADED: "?",
}
