"""Spelling by hunspell's dictionaries, on one's own machine.

The dictionaries are Debian's (`hunspell-fr`, `hunspell-en-ca`) or the same files bundled with the
program; they are never committed. Without them spelling is off, and `Speller.missing` says so.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from scc_admin.i18n import data_folder
from scc_admin.model import Language

NAMES: Mapping[Language, tuple[str, ...]] = {
    Language.FR: ("fr_CA", "fr"),
    Language.EN: ("en_CA", "en_GB", "en_US"),
}
"""Dictionaries that will do for a language, best first."""
SYSTEM = (Path("/usr/share/hunspell"), Path("/usr/share/myspell/dicts"))
_PERSONAL = re.compile(r"^([^/\s]+)\S*[^\n]*\bpo:(prn|patr)\b", re.M)
LONGEST_WORD = 60
"""Characters; hunspell refuses words of 100 and more, and nobody writes any of 60."""


class _Dictionary(Protocol):
    def spell(self, word: str) -> bool: ...
    def suggest(self, word: str) -> Iterable[str]: ...


class Speller:
    """Says whether words are known. May be shared between threads; answers are remembered."""

    def __init__(self, folders: Iterable[Path] | None = None) -> None:
        """Look for dictionaries in `folders`, or else where the program and the system keep them.

        Opening one takes 0.1 s and happens at the first word of its language.
        """
        where = list(folders) if folders is not None else default_folders()
        self._paths = {language: _find(where, names) for language, names in NAMES.items()}
        self._opened: dict[Language, _Dictionary] = {}
        self._seen: dict[tuple[Language, str], bool] = {}
        self._lock = threading.Lock()

    @property
    def missing(self) -> tuple[Language, ...]:
        """The languages that have no dictionary here: their spelling is not checked."""
        return tuple(language for language, path in self._paths.items() if path is None)

    def knows(self, word: str, language: Language) -> bool:
        """True when the dictionary has `word`, or has nothing to say of it."""
        if self._paths[language] is None or len(word) >= LONGEST_WORD:
            return True
        key = language, word
        known = self._seen.get(key)
        if known is None:
            with self._lock:
                try:
                    known = bool(self._dictionary(language).spell(word))
                except UnicodeEncodeError:  # a lone surrogate is no word
                    known = True
                if len(self._seen) > 100_000:
                    self._seen.clear()
                self._seen[key] = known
        return known

    def suggest(self, word: str, language: Language, most: int = 6) -> tuple[str, ...]:
        """Words that resemble `word`, likeliest first. Takes up to 0.2 s: ask on demand only."""
        if self._paths[language] is None or len(word) >= LONGEST_WORD:
            return ()
        with self._lock:
            try:
                return tuple(self._dictionary(language).suggest(word))[:most]
            except UnicodeEncodeError:
                return ()

    def _dictionary(self, language: Language) -> _Dictionary:
        if language not in self._opened:
            from hunspell import Hunspell

            path = self._paths[language]
            assert path is not None
            opened: _Dictionary = Hunspell(path.stem, hunspell_data_dir=str(path.parent))
            self._opened[language] = opened
        return self._opened[language]


def personal_names(
    folders: Iterable[Path] | None = None,
) -> tuple[frozenset[str], frozenset[str]]:
    """The given and the family names that the French dictionary marks as such; none without it."""
    path = _find(list(folders) if folders is not None else default_folders(), NAMES[Language.FR])
    text = path.read_text("utf-8", "replace") if path is not None else ""
    found: dict[str, set[str]] = {"prn": set(), "patr": set()}
    for word, kind in _PERSONAL.findall(text):
        found[kind].add(word)
    return frozenset(found["prn"]), frozenset(found["patr"])


def default_folders() -> list[Path]:
    """Where dictionaries may stand: bundled with the program, then the system's."""
    return [data_folder("resources") / "dictionaries", *SYSTEM]


def _find(folders: Iterable[Path], names: Iterable[str]) -> Path | None:
    choices = list(folders)
    for name in names:
        for folder in choices:
            path = folder / f"{name}.dic"
            if path.is_file() and path.with_suffix(".aff").is_file():
                return path
    return None
