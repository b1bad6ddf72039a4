"""Names taken out of texts: bystanders' ones hidden, those of the person concerned by their label.

A known name is found in any case, with or without its accents, and however its words are joined
(`jean.tremblay`, `Jean-Tremblay`). A given or family name alone is found where it is written with
its capital. Addresses of pages are not looked into: they stand for where something was seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from scc_admin.model import Person

HIDDEN = "[…]"
"""What stands where a third party was named."""

_BETWEEN = r"[\s._\-]*"
_BEFORE, _AFTER = r"(?<![^\W_])@?", r"(?![^\W_])"
_WORD = re.compile(r"[^\W\d_]{3,}")
_SHORTEST = 2


class Veil:
    """Takes names out of texts. `label` is what the person is called instead; "" names them."""

    def __init__(
        self, names: Iterable[str] = (), *, person: Person | None = None, label: str = ""
    ) -> None:
        words = sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True)
        self._hidden = re.compile("|".join(re.escape(w) for w in words), re.I) if words else None
        self._person = _known(person) if person is not None and label else None
        self._label = f"[{label}]"

    @property
    def labels(self) -> bool:
        """Whether the person concerned goes by their label."""
        return self._label != "[]"

    def __bool__(self) -> bool:
        """Whether it hides bystanders."""
        return self._hidden is not None

    def __call__(self, text: str) -> str:
        if self._hidden is not None:
            text = self._hidden.sub(HIDDEN, text)
        return text if self._person is None else self._person.sub(self._label, text)

    def hides(self, text: str) -> bool:
        """Whether a bystander is named in it."""
        return self._hidden is not None and self._hidden.search(text) is not None

    def relabels(self, text: str) -> bool:
        """Whether the person concerned is named in it."""
        return self._person is not None and self._person.search(text) is not None


def _known(person: Person) -> re.Pattern[str] | None:
    """Whatever the person is known by."""
    whole = {person.name, *(account.handle for account in person.accounts)}
    names = {name.strip().lstrip("@") for name in whole}
    names = {name for name in names if len(name) >= _SHORTEST and name != person.label}
    alone = {word for name in names for word in _parts(name)}
    found = [f"(?i:{_spelt(name)})" for name in sorted(names, key=len, reverse=True)]
    found += [_plain(word) for word in sorted(alone, key=len, reverse=True)]
    return re.compile(f"{_BEFORE}(?:{'|'.join(found)}){_AFTER}") if found else None


def _parts(name: str) -> list[str]:
    """The words of what looks like a given and a family name; none of « Info 24 »."""
    words = name.split()
    if 2 <= len(words) <= 4 and all(word[0].isupper() for word in words):
        return [word for word in words if _WORD.fullmatch(word.replace("-", ""))]
    return []


def _spelt(name: str) -> str:
    words = [word for word in re.split(r"[\s._\-]+", name) if word]
    return _BETWEEN.join(map(_plain, words)) or re.escape(name)


def _plain(word: str) -> str:
    """A word, with or without its accents."""
    letters = []
    for letter in unicodedata.normalize("NFC", word):
        bare = unicodedata.normalize("NFD", letter)[0]
        letters.append(re.escape(letter) if bare == letter else f"[{letter}{bare}]")
    return "".join(letters)
