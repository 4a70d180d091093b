"""The one base of errors that a user can put right, and the end of what was interrupted."""


class UserError(Exception):
    """Wrong usage or unreadable input; its text is one clear line, and the exit code is 2."""


class CancelledError(RuntimeError):
    """The run was interrupted; nothing was decided."""
