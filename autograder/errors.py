"""The one base of errors that a user can put right."""


class UserError(Exception):
    """Wrong usage or unreadable input; its text is one clear line, and the exit code is 2."""
