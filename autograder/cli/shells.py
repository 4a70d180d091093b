"""Tells a shell to complete the names of ``autograder``: the option ``--install-completion``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from autograder.core.errors import UserError, reason
from autograder.core.text import Text

PROGRAM, VARIABLE = "autograder", "_AUTOGRADER_COMPLETE"  # a shell asks by setting the variable
SHELLS = ("bash", "zsh", "fish")
_ZSH_FIRST = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }\n"

_WRITTEN = Text(ko="{path}에 썼습니다.", en="Written to {path}.")
_THERE = Text(ko="{path}에는 이미 있습니다.", en="{path} has it already.")
_NEXT = Text(
    ko="새 {shell} 창부터 Tab으로 이름이 완성됩니다.", en="A new {shell} completes names with the tab key."
)


def install(command: click.Command, shell: str) -> Iterator[Text]:
    """Let a shell complete a command's names: write its script and a line that reads it; yield what was done.

    Nothing is written twice, and nothing else in a file is changed.

    Args:
        command: the command line.
        shell: one of SHELLS; "" is the login shell.

    Raises:
        UserError: the login shell is another one, or a file cannot be written.
    """
    shell = shell or Path(os.environ.get("SHELL", "")).name
    if shell not in SHELLS:
        raise UserError(
            f"which shell? give --install-completion {', '.join(SHELLS[:-1])} or {SHELLS[-1]}",
            ko=f"어느 셸입니까? --install-completion {', '.join(SHELLS[:-1])} 또는 {SHELLS[-1]}을(를) 주세요",
        )
    script, start = _places(shell)
    try:
        yield _said(script, _write(script, _script(command, shell)))
        if start is not None:
            line = f'[ -r "{script}" ] && . "{script}"  # {PROGRAM} --install-completion'
            yield _said(start, _append(start, line))
    except OSError as error:
        why = reason(error)
        raise UserError(f"{error.filename}: {why.en}", ko=f"{error.filename}: {why.ko}") from None
    yield _NEXT.format(shell=shell)


def _places(shell: str) -> tuple[Path, Path | None]:
    """Return where the script goes, and the file that a shell reads when it starts, if that must name it."""
    home = Path.home()
    if shell == "fish":
        settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
        return settings / "fish" / "completions" / f"{PROGRAM}.fish", None
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    start = home / ".bashrc" if shell == "bash" else Path(os.environ.get("ZDOTDIR") or home) / ".zshrc"
    return data / PROGRAM / f"complete.{shell}", start


def _script(command: click.Command, shell: str) -> str:
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None
    source = complete(command, {}, PROGRAM, VARIABLE).source()
    return (_ZSH_FIRST if shell == "zsh" else "") + source


def _write(path: Path, content: str) -> bool:
    """Write a file unless it is so already; return whether it was written."""
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return True


def _append(path: Path, line: str) -> bool:
    """Add a line to a file unless it has it; return whether it was added."""
    before = path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else ""
    if line in before.splitlines():
        return False
    with path.open("a", encoding="utf-8") as file:
        file.write(("" if before.endswith("\n") or not before else "\n") + line + "\n")
    return True


def _said(path: Path, written: bool) -> Text:
    return (_WRITTEN if written else _THERE).format(path=path)
