"""A language that nobody speaks: every text a third longer, accented, between brackets.

On a screen in it, a text with no bracket was never translated, and what is cut or overlaps would
be cut in French. `monkeypatch.setattr("ui.window.Translator", Pseudo)` speaks it in a window.
"""

from __future__ import annotations

import re

from scc_admin.i18n import Translator

OPEN, CLOSE = "⟦", "⟧"
_ACCENTED = str.maketrans("aeiouyAEIOUYcnCN", "àéîôûÿÀÉÎÔÛŸçñÇÑ")
_KEPT = re.compile(r"({[^}]*}|&.)")


def stretched(text: str, by: float = 0.3) -> str:
    """The text as this language has it; placeholders and mnemonics stay."""
    parts = _KEPT.split(text)
    parts[::2] = [part.translate(_ACCENTED) for part in parts[::2]]
    more = max(1, round(len(text) * by))
    return f"{OPEN}{''.join(parts)}{'·ö' * (more // 2)}{'·' * (more % 2)}{CLOSE}"


class Pseudo(Translator):
    """A translator into it; values are those of the language it was made for."""

    def tr(self, msgid: str, /, **params: object) -> str:
        return self._fill(stretched(msgid), msgid, params) if msgid else ""

    def ntr(self, singular: str, plural: str, n: int, /, **params: object) -> str:
        msgid = singular if n == 1 else plural
        return self._fill(stretched(msgid), msgid, {"n": self.number(n), **params})

    def ctr(self, context: str, msgid: str, /, **params: object) -> str:
        return self._fill(stretched(msgid), f"{context}: {msgid}", params)
