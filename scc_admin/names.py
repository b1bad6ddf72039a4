"""Whether two names are one person's: a second person must be another one than the first."""

from __future__ import annotations

import unicodedata


def folded_name(name: str) -> tuple[str, ...]:
    """The words of a name, in order of the alphabet: no case, accent, hyphen, blank or sign.

    'Arsenault, Camille' and 'camille  ARSENAULT' are one name, 'Jean-Guy' and 'Jean Guy', too.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    letters = (c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return tuple(sorted("".join(c if c.isalnum() else " " for c in letters).split()))


def same_person(one: str, other: str) -> bool:
    """Whether two names, as people type them, say the same person. Nobody is no person."""
    first = folded_name(one)
    return bool(first) and first == folded_name(other)


def nobody(name: str) -> bool:
    """Whether a name says no one: blanks and signs only."""
    return not folded_name(name)
