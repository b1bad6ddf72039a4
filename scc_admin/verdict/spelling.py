"""Spelling by hunspell's dictionaries, on one's own machine."""

from __future__ import annotations

from typing import Protocol

from scc_admin.model import Language


class Speller(Protocol):
    """Says whether a word is known."""

    def knows(self, word: str, language: Language) -> bool: ...
