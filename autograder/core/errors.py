"""The base of errors that a user can correct, and the error of an interrupted run."""


class UserError(Exception):
    """Wrong usage or unreadable input; its text is one clear line, and the exit code is 2."""


class DeclarationError(UserError):
    """A declaration in an exam, question or solution module is wrong; the message says where and why."""


class CancelledError(RuntimeError):
    """The interruption of a run; nothing was decided."""
