"""Which words are ordinary and which are names of persons, by the spelling dictionaries."""

from __future__ import annotations

import re
from functools import cache

from scc_admin.model import Language
from scc_admin.veil import folded
from scc_admin.verdict.spelling import Speller, personal_names

_WORD = re.compile(r"[^\W\d_]{3,}|[^\W\d_]+(?:['’-][^\W\d_]+)+")


class Vocabulary:
    """The spelling dictionaries of both languages; the French one marks names of persons.

    Without any, each word may be ordinary and may be a name.
    """

    def __init__(self) -> None:
        self._speller = Speller()
        self._languages = [one for one in Language if one not in self._speller.missing]
        self._given, family = (frozenset(map(folded, names)) for names in personal_names())
        self._names = self._given | family
        self._known: dict[str, bool] = {}

    def common(self, word: str) -> bool:
        return not self._languages or self._spelt(word.lower())

    def proper(self, word: str) -> bool:
        return not self.common(word) and not self.name(word) and self._spelt(word.title())

    def given(self, word: str) -> bool:
        return not self._languages or folded(word) in self._given

    def name(self, word: str) -> bool:
        return not self._languages or folded(word) in self._names

    def _spelt(self, word: str) -> bool:
        """Whether a dictionary has it, or has it but for its accents."""
        if not _WORD.fullmatch(word):
            return False
        if word not in self._known:
            self._known[word] = any(self._has(word, language) for language in self._languages)
        return self._known[word]

    def _has(self, word: str, language: Language) -> bool:
        if self._speller.knows(word, language):
            return True
        near = self._speller.suggest(word, language)
        return any(folded(one) == folded(word) and one.islower() == word.islower() for one in near)


@cache
def vocabulary() -> Vocabulary:
    """The one of this program, opened when a name is first to be taken out."""
    return Vocabulary()
