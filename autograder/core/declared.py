"""Checks the types of what an author declares."""

from __future__ import annotations

from autograder.core.errors import DeclarationError
from autograder.core.text import Text


def expect(owner: str, declared: object, **kinds: type | tuple[type, ...]) -> None:
    """Check the types of these attributes.

    Raises:
        DeclarationError: an attribute has another type.
    """
    for name, kind in kinds.items():
        value = getattr(declared, name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            wanted = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
            raise DeclarationError(f"{owner}: {name} must be {wanted}, got {type(value).__name__}")


def expect_each(owner: str, declared: object, **kinds: type | tuple[type, ...]) -> None:
    """Check the types of the items of these attributes, each a list, a tuple or a frozenset.

    Raises:
        DeclarationError: an attribute or an item has another type.
    """
    expect(owner, declared, **dict.fromkeys(kinds, (list, tuple, frozenset)))
    for name, kind in kinds.items():
        for item in getattr(declared, name):
            if not isinstance(item, kind):
                raise DeclarationError(f"{owner}: {name} holds a {type(item).__name__}")


def expect_text(owner: str, text: Text) -> None:
    """Check that a text is text in both languages; raises what :func:`expect` raises."""
    expect(owner, text, ko=str, en=str)
