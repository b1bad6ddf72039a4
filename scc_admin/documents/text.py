"""Whatever a person or a file supplied, made fit to be printed, bounded, and shown as text.

Strict PDF refuses a character that no font draws, and a hostile text can be long, carry controls,
or turn the reading direction of the words around it. Nothing here judges: what cannot be printed
is marked where it stood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from scc_admin.i18n import N_, Translator

FIELD = 20_000
"""Characters of one field that are printed; what follows is cut with a note."""
WHOLE = 400_000
"""Characters of one document; once they are used up, each further field keeps `LEFT`."""
LEFT = 200
MARK = "\N{REPLACEMENT CHARACTER}"

TRUSTED = frozenset(
    chr(code)
    for start, stop in (
        (0x20, 0x7F),
        (0xA0, 0x180),
        (0x2010, 0x2016),
        (0x2018, 0x201F),
    )
    for code in range(start, stop)
) | frozenset(
    "\n\u2009\u202f\u2020\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u20ac\u2122\u2212→←✓×Δ" + MARK
)
"""Drawn by the fonts that travel with the program, whatever the machine has."""

_UNSHOWN = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls
    "\ud800-\udfff"  # halves of a pair
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # private use, which PDF/A forbids
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069"  # would turn the words around it
    "]"
)
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
_STACKED = 4
"""Marks kept on one letter: enough for any language, too few to bury the line above."""


def tidy(text: str) -> str:
    """The text without what no page can show: see `_UNSHOWN`. Lines end in a newline."""
    text = _UNSHOWN.sub(MARK, text)
    text = _BREAKS.sub("\n", text).replace("\t", "    ")
    text = unicodedata.normalize("NFC", text)
    return text if text.isascii() else _unstack(text)


def _unstack(text: str) -> str:
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if run <= _STACKED:
            kept.append(char)
    return "".join(kept)


def shorten(text: str, limit: int, voice: Translator) -> str:
    """At most `limit` characters, followed by a note of how many were left out."""
    if len(text) <= limit:
        return text
    note = voice.tr(N_("[cut here: {n} more characters]"), n=voice.number(len(text) - limit))
    return f"{text[:limit]} {note}"


def line(text: str, limit: int = 200) -> str:
    """One short line, for titles, file names and charts; cut with an ellipsis."""
    one = " ".join(tidy(text[: limit * 4]).split())
    return one if len(one) <= limit else one[: limit - 1].rstrip() + "…"


def bounded(value: object, voice: Translator) -> object:
    """A copy of nested dicts and lists whose every text is tidy, and which together are bounded."""
    spent = 0

    def fit(text: str) -> str:
        nonlocal spent
        limit = FIELD if spent < WHOLE else LEFT
        kept = shorten(text, limit, voice)
        spent += len(kept)
        return tidy(kept)

    return _each(value, fit)


def spoken(char: str) -> str:
    """What stands for a character that no font of this machine draws: 🎗 is [reminder ribbon]."""
    category = unicodedata.category(char)
    if category == "Cf" or 0xFE00 <= ord(char) <= 0xFE0F:
        return ""
    if category in ("So", "Sk"):
        name = unicodedata.name(char, "").lower()
        if name.startswith("regional indicator"):
            return name[-1].upper()
        if name:
            return f"[{name}]"
    return MARK


class Unprintable:
    """The characters that the fonts at hand were found not to draw."""

    def __init__(self, chars: Iterable[str] = ()) -> None:
        self._table = {ord(char): spoken(char) for char in chars}

    def replaced(self, value: object) -> tuple[object, int]:
        """A copy with each of them replaced, and how many there were."""
        count = 0

        def swap(text: str) -> str:
            nonlocal count
            if text.isascii():
                return text
            count += sum(1 for char in text if ord(char) in self._table)
            return text.translate(self._table)

        if not self._table:
            return value, 0
        return _each(value, swap), count


def distrusted(value: object) -> frozenset[str]:
    """Every character that is not certain to be drawn."""
    seen: set[str] = set()

    def look(text: str) -> str:
        seen.update(text)
        return text

    _each(value, look)
    return frozenset(seen - TRUSTED)


def _each(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each(item, change) for item in value]
    return value
