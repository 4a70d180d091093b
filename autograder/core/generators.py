"""Declared inputs of a question: arrays that are drawn anew, with other sizes, for every variant.

An author writes ``inputs={"x": normal("n", 5), "labels": integers(0, 3, "n")}``. A size is a number or a
name; a name is a size that every variant draws for itself, the same in all inputs. Without sizes it is a
number: ``"lr": uniform(low=0.05, high=0.2)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from autograder.core.errors import DeclarationError
from autograder.core.evidence import Array

Size = int | str
MIN_SIZE, MAX_SIZE = 3, 9  # of sizes that are named and not declared

Kind = Literal["normal", "uniform", "integers", "choice", "permutation"]


@dataclass(frozen=True, slots=True)
class Generator:
    """An array to be drawn.

    Attributes:
        kind: the distribution.
        shape: its dimensions, numbers or names of sizes.
        values: the distribution's parameters.
        dtype: numpy's name of the array's dtype.
    """

    kind: Kind
    shape: tuple[Size, ...]
    values: tuple[float, ...]
    dtype: str

    def __post_init__(self) -> None:
        for size in self.shape:
            named = isinstance(size, str) and size.isidentifier()
            if not named and (type(size) is not int or size < 0):
                raise DeclarationError(f"{self.kind}: a size is a whole number or a name, got {size!r}")
        try:
            self.draw(np.random.default_rng(0), dict.fromkeys(self.sizes, MIN_SIZE))
        except (TypeError, ValueError, OverflowError) as error:
            raise DeclarationError(f"{self.kind}{(*self.values, *self.shape)}: {error}") from None

    @property
    def sizes(self) -> list[str]:
        """The names of its sizes."""
        return [size for size in self.shape if isinstance(size, str)]

    def draw(self, source: np.random.Generator, sizes: Mapping[str, int]) -> Array:
        """Return an array.

        Args:
            source: of random numbers.
            sizes: the value of each name in the shape.
        """
        shape = tuple(sizes[size] if isinstance(size, str) else size for size in self.shape)
        match self.kind:
            case "normal":
                mean, std = self.values
                made: Array = source.normal(mean, std, shape)
            case "uniform":
                least, most = self.values
                made = source.uniform(least, most, shape)
            case "integers":
                low, high = map(int, self.values)
                made = source.integers(low, high, shape)
            case "choice":
                made = source.choice(np.array(self.values), shape)
            case "permutation":
                made = source.permutation(shape[0])
        return made.astype(self.dtype)


def normal(*shape: Size, mean: float = 0.0, std: float = 1.0, dtype: str = "float32") -> Generator:
    """Declare normally distributed numbers."""
    return Generator("normal", shape, (mean, std), dtype)


def uniform(*shape: Size, low: float = 0.0, high: float = 1.0, dtype: str = "float32") -> Generator:
    """Declare numbers from ``low`` to below ``high``, all equally likely."""
    return Generator("uniform", shape, (low, high), dtype)


def integers(low: int, high: int, *shape: Size, dtype: str = "int64") -> Generator:
    """Declare whole numbers from ``low`` to below ``high``."""
    return Generator("integers", shape, (low, high), dtype)


def choice(options: Sequence[float], *shape: Size, dtype: str | None = None) -> Generator:
    """Declare values drawn from some, for instance ``choice([True, False], "n")`` for a mask."""
    values = tuple(options)
    return Generator("choice", shape, values, dtype or np.array(values).dtype.name)


def permutation(size: Size, dtype: str = "int64") -> Generator:
    """Declare the numbers from 0 to below ``size`` in some order."""
    return Generator("permutation", (size,), (), dtype)


def draw_sizes(
    inputs: Mapping[str, Generator], declared: Mapping[str, Sequence[int]], seed: int
) -> dict[str, int]:
    """Return a value for every named size; two that are not declared differ where they can.

    Args:
        inputs: the declared inputs.
        declared: for a name the values that it may take.
        seed: of the variant.
    """
    source = np.random.default_rng([seed, 1])
    names = sorted({size for generator in inputs.values() for size in generator.sizes} | set(declared))
    free = list(source.permutation(np.arange(MIN_SIZE, MAX_SIZE + 1)))
    found = {}
    for number, name in enumerate(name for name in names if name not in declared):
        found[name] = int(free[number % len(free)])
    return found | {name: int(source.choice(np.array(declared[name]))) for name in names if name in declared}


def draw_inputs(inputs: Mapping[str, Generator], sizes: Mapping[str, int], seed: int) -> dict[str, Array]:
    """Return the array of every input; each has random numbers of its own."""
    return {
        name: generator.draw(np.random.default_rng([seed, 2, *name.encode()]), sizes)
        for name, generator in inputs.items()
    }
