"""Observes a submission: one named thing at a time, each of which fails alone.

An own probe is a function ``probe(student, given, observe)`` of the question's ``probes.py``::

    def updates(student, given, observe):
        net = line(given.start)
        observe("gradients, weights", student.sgd_updates, net, given.X, given.y, lr=given.lr)
        observe("net_weight", lambda: net.weight)

``student`` has the submission's names, ``given`` the inputs and settings. ``observe`` calls a function, turns
what comes back into plain arrays or facts, and returns it as it came; if that fails, what depends on it fails
too, and everything else goes on. An exception outside of ``observe`` is the author's.

Within ``with observe.operators():`` the operators that torch runs are observed as well, as the fact
``operators``, until what comes back is plain. Calls of a part whose checks read this fact are so observed.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from autograder.core.calls import Call
from autograder.core.evidence import OPERATORS, Array, Evidence, Json
from autograder.core.outcome import EVERYTHING
from autograder.probing.arrays import BadReturnError, describe, describe_korean, to_fact, to_numpy, to_tensor

if TYPE_CHECKING:
    from autograder.core.framework import Framework

Turn = Callable[[], AbstractContextManager[None]]


class AuthorsError(Exception):
    """The author's own code raised ``cause``."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class CutOffError(Exception):
    """A probe used what could not be observed; ``cause`` is the first exception."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Missing:
    """Stands for what could not be observed; whatever is done with it ends the probe."""

    def __init__(self, cause: BaseException) -> None:
        object.__setattr__(self, "_cause", cause)

    def _cut_off(self, *_: object, **__: object) -> NoReturn:
        raise CutOffError(object.__getattribute__(self, "_cause"))

    __getattr__ = __setattr__ = __delattr__ = __call__ = __array__ = __format__ = __str__ = _cut_off
    __iter__ = __getitem__ = __setitem__ = __delitem__ = __contains__ = __len__ = __bool__ = _cut_off
    __float__ = __int__ = __index__ = __complex__ = __round__ = __neg__ = __abs__ = __invert__ = _cut_off
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = __matmul__ = _cut_off
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = _cut_off
    __rmatmul__ = __and__ = __rand__ = __or__ = __ror__ = __lt__ = __le__ = __gt__ = __ge__ = _cut_off
    __eq__ = __ne__ = __enter__ = __exit__ = _cut_off
    __hash__ = object.__hash__


def _cause_of(value: object) -> BaseException | None:
    if not isinstance(value, Missing):
        return None
    cause: BaseException = object.__getattribute__(value, "_cause")
    return cause


class Given:
    """Inputs and settings as attributes or items; every access gives a copy of its own, on the device.

    An input without dimensions is a Python number.
    """

    def __init__(
        self, arrays: Mapping[str, Array], settings: Mapping[str, Json], framework: Framework, device: str
    ) -> None:
        self._arrays, self._settings, self._framework = arrays, settings, framework
        self.device = device

    def __contains__(self, name: object) -> bool:
        return name in self._arrays or name in self._settings

    def __getitem__(self, name: str) -> Any:
        if (array := self._arrays.get(name)) is not None:
            return to_tensor(array.copy(), self._framework, self.device) if array.ndim else array.item()
        return deepcopy(self._settings[name])

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no input and no setting {name!r}") from None

    def changed(self, name: str, value: object) -> bool:
        """Return whether a copy that was handed out is not as the input any more."""
        if name not in self._arrays:
            return False
        before = self._arrays[name]
        try:
            now = to_numpy(value)
        except BadReturnError:
            return True
        floats = before.dtype.kind in "fc" and now.dtype.kind in "fc"
        return not np.array_equal(before, now, equal_nan=floats)


class Names:
    """A submission's names as attributes; one that it lacks is a :class:`Missing`.

    ``handed_out`` are those that were asked for, with what they stood for.
    """

    def __init__(self, student: object) -> None:
        self._student = student
        self.handed_out: list[tuple[object, str]] = []

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self._student, name)
        except AttributeError as error:
            return Missing(error)
        self.handed_out.append((value, name))
        return value


class Observer:
    """Collects what is observed of one task.

    Attributes:
        found: the arrays and facts by name.
        missing: by name, what was raised instead.
        calls: by name of what is missing, the student's function or the call that raised it, if one did.
        names: the submission's, if a probe observes.
        changed: inputs that were changed in place, each with the function.
        last: what the last observation raised, if it did.
    """

    def __init__(self, turn: Turn, facts: Sequence[str] = ()) -> None:
        self._turn, self._facts = turn, frozenset(facts)
        self.found: dict[str, Array | Json] = {}
        self.missing: dict[str, BaseException] = {}
        self.calls: dict[str, str] = {}
        self.names: Names | None = None
        self._raised_by: dict[int, str] = {}  # by the identity of an exception, which ``missing`` keeps alive
        self.changed: dict[str, str] = {}
        self.last: BaseException | None = None

    def __call__(self, names: str, function: Any, /, *arguments: Any, **named: Any) -> Any:
        """Observe what a function returns.

        Args:
            names: of what it returns, ``"out, cache"`` for a pair; what begins with ``_`` is not observed.
            function: is called with the other arguments.

        Returns:
            What it returned, as it came, a tuple for several names; if that failed, for each name something
            that makes what uses it fail as well.
        """
        targets = tuple(name.strip() for name in names.split(","))
        values = [function, *arguments, *named.values()]
        cause = next(filter(None, map(_cause_of, values)), None)
        return self.watch(targets, lambda: function(*arguments, **named), self._theirs(values), cause)

    def watch(
        self, targets: Sequence[str], run: Callable[[], Any], call: str, cause: BaseException | None = None
    ) -> Any:
        """Observe what ``run`` returns under these names; with a cause, it is not run.

        ``call`` is what students read of it.
        """
        self.last = None
        self.calls |= dict.fromkeys(targets, call)
        try:
            if cause is not None:
                return self._miss(targets, cause)
            with self._turn():
                values = _items(run(), targets)
                function = call.partition("(")[0]
                for name, value in zip(targets, values, strict=True):
                    self._keep(name, value, function if function and len(targets) == 1 else name)
        except CutOffError as error:
            return self._miss(targets, error.cause)
        except BaseException as error:
            return self._miss(targets, error)
        return values if len(values) > 1 else values[0]

    @contextmanager
    def operators(self) -> Iterator[None]:
        """Observe which of torch's operators run within, in any thread, as the fact ``operators``.

        It adds to what was observed before; if the record of one was stopped, all of it is missing.
        """
        from autograder.probing.operators import NotRecordedError, recorded_operators

        found: set[str] = set()
        try:
            with recorded_operators() as found:
                yield
        except NotRecordedError as error:
            self.missing[OPERATORS] = error
        finally:
            self.found[OPERATORS] = sorted(found.union(self.found.get(OPERATORS, [])))
            if OPERATORS in self.missing:
                del self.found[OPERATORS]

    def operators_if_asked(self) -> AbstractContextManager[None]:
        """Observe the operators if a check reads them."""
        return self.operators() if OPERATORS in self._facts else nullcontext()

    def _keep(self, name: str, value: Any, called: str) -> None:
        """Make an item plain, which messages call so; one that cannot be is missing alone."""
        try:
            if not name.startswith("_"):
                self.found[name] = to_fact(value, called) if name in self._facts else to_numpy(value, called)
        except BaseException as error:
            cause = error.cause if isinstance(error, CutOffError) else error
            self.calls[name] = self._raised_by.setdefault(id(cause), self.calls[name])
            self.missing[name] = cause
            self.last = self.last or cause

    def _theirs(self, values: Sequence[object]) -> str:
        """Return the name of the first of these that is a function of the student's; empty if none is."""
        known = self.names.handed_out if self.names else []
        mine = (name for one in values for value, name in known if value is one and callable(one))
        return next(mine, "")

    def _miss(self, targets: Sequence[str], cause: BaseException) -> Any:
        self.last = cause
        call = self._raised_by.setdefault(id(cause), self.calls[targets[0]])
        self.calls |= dict.fromkeys(targets, call)
        self.missing |= dict.fromkeys((name for name in targets if not name.startswith("_")), cause)
        lost = tuple(Missing(cause) for _ in targets)
        return lost if len(lost) > 1 else lost[0]

    @property
    def evidence(self) -> Evidence:
        """What was observed."""
        arrays = {name: value for name, value in self.found.items() if name not in self._facts}
        facts = {name: value for name, value in self.found.items() if name in self._facts}
        return Evidence(arrays=arrays, facts=facts)


def _items(value: Any, targets: Sequence[str]) -> tuple[Any, ...]:
    """Return the items of what was returned, one for each name, as an assignment to several names takes them.

    Raises:
        BadReturnError: it does not have as many items.
    """
    if len(targets) == 1:
        return (value,)
    apart = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping | Set)
    items = tuple(islice(value, len(targets) + 1)) if apart else ()
    if len(items) != len(targets):
        names = [name.lstrip("_") for name in targets]
        wanted, blank = (f"({', '.join(names)})", " ") if all(names) else ("", "")
        raise BadReturnError(
            f"must return {len(targets)} values{blank}{wanted}, got {describe(value)}",
            f"값 {len(targets)}개{wanted}를 반환해야 하는데 {describe_korean(value)}을(를) 반환했습니다",
        )
    return items


def run_probe(probe: Callable[..., None], student: object, given: Given, observer: Observer) -> None:
    """Run an author's probe; what it does with something missing ends it, and the rest is missing too.

    Raises:
        AuthorsError: it raised an exception outside of ``observe``.
    """
    observer.names = Names(student)
    try:
        probe(observer.names, given, observer)
    except CutOffError as error:
        observer.missing[EVERYTHING] = error.cause
    except Exception as error:
        raise AuthorsError(error) from error


def run_calls(
    calls: Sequence[Call],
    student: object,
    given: Given,
    observer: Observer,
    code: Mapping[str, Any],
    interface: Sequence[str],
) -> None:
    """Observe what calls return.

    Args:
        calls: in order; each may use what those before it returned.
        student: has the submission's names as attributes.
        given: the inputs and settings.
        observer: is told.
        code: the names of the author's ``probes.py``.
        interface: the names that are the student's.

    Raises:
        AuthorsError: a call raised an exception that uses nothing of the student's.
    """
    results: dict[str, Any] = {}
    theirs = frozenset(interface)
    for call in calls:
        values = {}
        for name in call.names:
            earlier = {} if name in theirs & call.called else results
            names = Names(student) if name in theirs else None
            values[name] = _value(name, earlier, given, names, code)
        cause = next(filter(None, map(_cause_of, values.values())), None)
        mine = theirs.union(results).isdisjoint(call.names)  # the author's
        with nullcontext() if mine else observer.operators_if_asked():
            returned = observer.watch(call.targets, _evaluation(call, values), _shown(call, theirs), cause)
        if mine and observer.last is not None:
            raise AuthorsError(observer.last) from observer.last
        for name in values.keys() - results.keys() if not mine else ():
            if given.changed(name, values[name]):
                observer.changed[name] = next(filter(theirs.__contains__, call.names), call.names[0])
        results |= dict(zip(call.targets, returned if len(call.targets) > 1 else [returned], strict=True))


def _shown(call: Call, theirs: Set[str]) -> str:
    """Return what students read of a call: as it is if it is plainly one of their function, else its name."""
    mine = [name for name in call.names if name in theirs]
    name = next((name for name in mine if name in call.called), *mine[:1] or [""])
    plain = re.fullmatch(rf"{name}\((?:[a-zA-Z]\w*(?:=\w+)?(?:, )?)*\)", call.expression)
    return call.expression if plain and name else name


def _value(
    name: str, results: Mapping[str, Any], given: Given, names: Names | None, code: Mapping[str, Any]
) -> Any:
    """Return what a name in a call stands for; ``names`` has it if it is the student's."""
    if name in results:
        return results[name]
    if name in given:
        return given[name]
    if names is not None:
        return getattr(names, name)
    if name in code:
        return code[name]
    return given.device if name == "device" else getattr(builtins, name)


def _evaluation(call: Call, values: dict[str, Any]) -> Callable[[], Any]:
    code = compile(call.expression, f"<{call.source}>", "eval", dont_inherit=True)
    return lambda: eval(code, dict(values))
