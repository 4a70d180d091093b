"""Inside the sandbox: IPython's own shell, as a Jupyter kernel has it, but without history and display.

It keeps no history, reads no configuration and shows nothing. A cell that raises does not stop the next. A
statement that fails for want of what is not here (a shell command, a download, a package, Colab's drive, a
file that was not handed in) does not stop the rest of its cell either.
"""

from __future__ import annotations
import __future__

import ast
import builtins
from collections.abc import Callable
from importlib.util import decode_source
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
from IPython.core import inputtransformer2, interactiveshell
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.core.profiledir import ProfileDir
from IPython.utils.syspathcontext import prepended_to_syspath
from IPython.utils.text import SList
from traitlets import Type
from traitlets.config import Config

from autograder.worker.commands import explicit
from autograder.worker.messages import Note
from autograder.worker.notes import (
    MAX_NAMES,
    InputUnavailableError,
    UnavailableError,
    bound_names,
    is_absence,
    note_of,
    read_names,
    unread_note,
)
from autograder.worker.reading import Cell

# Their bodies are programs of another kind.
_OTHER_PROGRAMS = frozenset([
    "bash", "sh", "script", "perl", "ruby", "python", "python2", "python3", "pypy", "system", "sx", "!",
    "cmd", "R", "julia",
])  # fmt: skip
# What they measure or keep is of no use here, so that their bodies are run as cells of their own.
_TRANSPARENT = frozenset({"%%time", "%%capture"})
_MAX_NOTES = 200
_MAX_COMMANDS = 200  # in a cell


class _Compiler(CachingCompiler):  # type: ignore[misc]
    """Names the code of a cell after the cell."""

    where = ""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return self.where or str(super().get_code_name(raw_code, transformed_code, number))


class _Display(DisplayHook):  # type: ignore[misc]
    """Keeps the value of a cell's last expression as ``_`` and ``Out`` do, and formats nothing."""

    def __call__(self, result: object = None) -> None:
        if result is not None and not self.quiet():
            self.update_user_ns(result)

    def update_user_ns(self, result: object) -> None:
        self.shell.user_ns["_oh"][self.prompt_count] = result
        self.shell.user_ns |= {"_": result, f"_{self.prompt_count}": result}


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Takes what ``display`` shows, and shows nothing."""

    def publish(self, *_: object, **__: object) -> None:
        """Do nothing."""

    def clear_output(self, wait: bool = False) -> None:
        """Do nothing."""


class GradingShell(InteractiveShell):  # type: ignore[misc]
    """The shell; ``graded`` tells ``autograder.check`` that it is to do nothing."""

    graded = True
    compiler_class = Type(_Compiler)
    displayhook_class = Type(_Display)
    display_pub_class = Type(_Publisher)

    def __init__(self, **options: Any) -> None:
        self.notes: list[Note] = []
        self._lost: set[str] = set()  # names that statements would have bound, had they not failed
        self._statement: ast.stmt | None = None
        self.tell: Callable[[str | None], None] = lambda _: None  # is given a text before it is run
        super().__init__(**options)
        self.db: dict[str, Any] = {}

    # -- what a person, a terminal or a disk would be for ---------------------------------------------------

    def init_ipython_dir(self, ipython_dir: str) -> None:
        """Have none."""

    def init_profile_dir(self, profile_dir: object) -> None:
        """Have none: one without a location makes no folder."""
        self.profile_dir = ProfileDir()

    def init_virtualenv(self) -> None:
        """Leave the interpreter's packages as they are."""

    def init_completer(self) -> None:
        """Complete nothing."""

    def init_syntax_highlighting(self) -> None:
        """Colour nothing."""

    def showtraceback(self, *_: object, **__: object) -> None:
        """Show nothing; what happened is in ``notes``."""

    def showsyntaxerror(self, *_: object, **__: object) -> None:
        """Show nothing."""

    def _inspect(self, *_: object, **__: object) -> None:
        """Show no help, as ``name?`` asks for."""

    def magic(self, arg: str) -> Any:
        """Run a line magic, as scripts that older versions wrote do."""
        name, _, line = arg.lstrip("%").partition(" ")
        return self.run_line_magic(name, line)

    def enable_gui(self, gui: object = None) -> None:
        """Have no window."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str | None, str]:
        """Keep drawing into memory, whatever backend is asked for."""
        return gui, "agg"

    def ask_exit(self) -> None:
        """Note that ``exit`` was called, which would end a kernel after its cell."""
        line = self._statement.lineno if self._statement else 1
        self.notes.append(Note("exit", self.compile.where, {"error": "exit()", "line": line}))

    def system(self, cmd: str) -> None:
        """Run no shell command, but note it: a kernel goes on as well where one fails."""
        command = cmd.strip()
        _, is_pip, options = command.partition(" -m pip ")
        self._note_command(f"%pip {options}" if is_pip else f"!{command}")
        self.user_ns["_exit_code"] = 1

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> SList | str:
        """Return the output of a command that was not run: nothing."""
        self.system(cmd)
        if self._statement is not None:
            self._lost.update(bound_names(self._statement))  # for want of what it would have printed
        return SList() if split else ""

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Run a cell magic, unless it would start another program."""
        if magic_name in _OTHER_PROGRAMS:
            self._note_command(f"%%{magic_name}")
            return None
        return super().run_cell_magic(magic_name, line, cell)

    def _note_command(self, command: str) -> None:
        where, line = (self.compile.where, self._statement.lineno) if self._statement else ("", 1)
        if len(self.notes) < _MAX_NOTES:
            self.notes.append(Note("command", where, {"error": command[:200], "line": line}))

    def safe_execfile(self, fname: str, *where: dict[str, Any], **_: Any) -> None:
        """Run a file for ``%run``; what it raises is noted, as a kernel shows it and goes on."""
        path = Path(fname).expanduser().resolve()
        try:
            text = decode_source(path.read_bytes())
        except (OSError, SyntaxError, UnicodeError) as error:
            raise UnavailableError(f"%run {fname}: {error}") from None
        self.tell(text)
        with prepended_to_syspath(str(path.parent)), self.builtin_trap:
            try:
                exec(compile(text, str(path), "exec", dont_inherit=True), *where)
            except BaseException as error:
                if self._statement is not None:
                    note = note_of(error, self._statement, self.compile.where)
                    self.notes.append(msgspec.structs.replace(note, binds=("*",)))

    # -- cells ----------------------------------------------------------------------------------------------

    def run(self, cells: tuple[Cell, ...]) -> list[Note]:
        """Run the cells of a notebook in order and return what went wrong in them."""
        self.notes = []
        for cell in cells:
            self.compile.where = cell.where
            source = explicit(_without_transparent(cell.source), self.user_ns)
            try:
                error = self.run_cell(source, store_history=True).error_before_exec
            except Exception as raised:  # by IPython: nested too deeply, say
                error = raised
            if error is not None:
                self._note_unread(cell, error)
        self.compile.where = ""
        return self.notes[:_MAX_NOTES]

    async def run_ast_nodes(self, nodelist: list[ast.stmt], cell_name: str, **options: Any) -> Any:
        """Run the statements of a cell, each by itself, so that one may fail alone."""
        interactivity = options.pop("interactivity", "last_expr")
        for number, node in enumerate(nodelist):
            last = number == len(nodelist) - 1
            self._statement = node
            if await super().run_ast_nodes(
                [node], cell_name, interactivity=interactivity if last else "none", **options
            ):
                self._blame_last(nodelist[number + 1 :])
                return True
        return False

    def _blame_last(self, unrun: list[ast.stmt]) -> None:
        """Add the names that statements which were not run would bind to the last note."""
        names = [name for node in unrun for name in bound_names(node)]
        self._lost.update(names)
        if self.notes:
            last = self.notes[-1]
            binds = tuple(dict.fromkeys([*last.binds, *names]))[:MAX_NAMES]
            self.notes[-1] = msgspec.structs.replace(last, binds=binds)

    async def run_code(
        self, code_obj: Any, result: ExecutionResult | None = None, *, async_: bool = False
    ) -> bool:
        """Run a statement; return whether the rest of its cell must not be run."""
        statement = self._statement
        follows = statement is not None and not self._lost.isdisjoint(read_names(statement))
        if statement is not None:
            self._lost.difference_update(bound_names(statement))
        if not await super().run_code(code_obj, result, async_=async_):
            return False
        error = getattr(result, "error_in_exec", None)
        if result is None or error is None or statement is None:
            return True
        note = note_of(error, statement, self.compile.where)
        self.notes.append(note)
        goes_on = is_absence(error) or isinstance(error, SystemExit) or follows
        self._lost.update(note.binds)
        if goes_on:
            result.error_in_exec = None
        return not goes_on

    def _note_unread(self, cell: Cell, error: BaseException) -> None:
        note = unread_note(cell, error)
        self._lost.update(note.binds)
        self.notes.append(note)


def make_shell() -> GradingShell:
    """Return the shell of this process, made when first asked for; a zygote makes it before it forks."""
    if GradingShell.initialized():
        shell: GradingShell = GradingShell.instance()
        return shell
    if hasattr(interactiveshell, "PickleShareDB"):  # where older versions make a folder for their database
        interactiveshell.PickleShareDB = lambda _: {}
    # It reads a whole cell anew for each command in it, and gives up after so many.
    inputtransformer2.TRANSFORM_LOOP_LIMIT = _MAX_COMMANDS
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.autocall = 0
    config.InteractiveShell.automagic = False  # explicit() does it, so that what is run is what was read
    made: GradingShell = GradingShell.instance(config=config, user_module=ModuleType("__main__"))
    builtins.input = _no_input
    builtins.get_ipython = made.get_ipython  # type: ignore[attr-defined]  # IPython has it while a cell runs
    return made


def _no_input(prompt: object = "") -> str:
    raise InputUnavailableError("input() has nobody to ask where submissions are graded")


def run_module(cell: Cell, module: ModuleType) -> list[Note]:
    """Execute a module's statements one by one; one that raises does not stop the ones below.

    A future statement holds for all below it.
    """
    notes: list[Note] = []
    flags = 0
    try:
        statements = ast.parse(cell.source).body
    except (
        RecursionError,
        MemoryError,
        ValueError,
    ) as error:  # as deep as one parser goes and the next does not
        return [unread_note(cell, error)]
    for node in statements:
        try:
            code = compile(ast.Module([node], []), cell.where, "exec", flags=flags, dont_inherit=True)
            flags |= code.co_flags & _FUTURE
            exec(code, module.__dict__)
        except BaseException as error:
            notes.append(note_of(error, node, cell.where))
    return notes[:_MAX_NOTES]


_FUTURE = sum({getattr(__future__, name).compiler_flag for name in __future__.all_feature_names})


def _without_transparent(source: str) -> str:
    """Return a cell without a first line that only measures or captures what the rest does."""
    first, _, body = source.lstrip().partition("\n")
    words = first.split()
    if words[:1] and words[0] in _TRANSPARENT and (words[0] == "%%time" or len(words) == 1):
        above = source[: len(source) - len(source.lstrip())].count("\n")
        return "\n" * (above + 1) + body
    return source
