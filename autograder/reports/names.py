"""The names and signs of the statuses in reports."""

from autograder.core.text import Text
from autograder.core.verdict import Status

STATUS_NAMES = {
    Status.PASSED: Text(ko="통과", en="passed"),
    Status.PARTIAL: Text(ko="부분", en="partial"),
    Status.FAILED: Text(ko="실패", en="failed"),
    Status.FAULT: Text(ko="오류", en="fault"),
    Status.MANUAL: Text(ko="직접 채점", en="manual"),
    Status.UNGRADED: Text(ko="보류", en="ungraded"),
}

# For readers who do not see the colours.
STATUS_SIGNS = {
    Status.PASSED: "✓",
    Status.PARTIAL: "◐",
    Status.FAILED: "✗",
    Status.FAULT: "!",
    Status.MANUAL: "✎",
    Status.UNGRADED: "?",
}
