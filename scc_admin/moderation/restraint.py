"""What was held back while Public Affairs are asked, and whether the case still bears it out. Pure.

A packet must not say in one place that somebody was banned, and in the next that nobody was. What
it says of acts left undone is proposed from the case's own steps, and compared with them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scc_admin.i18n import N_
from scc_admin.model import CaseSheet, CaseStep, EntryKind, Rung
from scc_admin.verdict import duplicates

REPLY = N_("Reply to the person")
REMOVE = N_("Delete or hide what they wrote")
BAN = N_("Ban the person")

_LONGEST = 8
"""Words of a clause that is taken for a plain statement; a longer one says something of its own."""
_CLAUSE = re.compile(r"(?:[,;]|\bni\b|\bet\b|\bnor\b|\band\b|(?<=\w)\.(?=\s|$))")
_WORDS = {
    REPLY: re.compile(
        r"\b(?:repon(?:se|ses|dre|du|dues?|dus)|repl(?:y|ies|ied)|answer(?:s|ed)?"
        r"|messages? prives?|private messages?)\b"
    ),
    BAN: re.compile(r"\bban(?:s|ned|ning|nir|nis?|nies?|nissements?)?\b"),
}
_OTHERS = re.compile(r"\b(?:media|medias|journalis\w+|press\w*|autres?|others?)\b")
"""Whoever is not the person: what was told to them stands in no step."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A statement on acts left undone, and the recorded step that says otherwise."""

    words: str
    step: CaseStep


def held_back(sheet: CaseSheet) -> tuple[str, ...]:
    """The acts, as msgids, that the case does not record: what may be said not to have been done.

    Whether something was hidden or deleted on the network stands in no step; it is proposed, and
    the person who writes knows.
    """
    return tuple(words for words in (REPLY, REMOVE, BAN) if _step(sheet, words) is None)


def untouched(sheet: CaseSheet) -> bool:
    """Whether nobody answered, wrote to or banned the person."""
    return _step(sheet, REPLY) is None and _step(sheet, BAN) is None


def contradictions(not_done: str, sheet: CaseSheet) -> tuple[Contradiction, ...]:
    """Statements that a step which stands says otherwise of."""
    found = []
    for line in not_done.splitlines():
        for clause in _clauses(line):
            step = _against(clause, sheet)
            if step is not None:
                found.append(Contradiction(clause, step))
    return tuple(found)


def still_true(not_done: str, sheet: CaseSheet) -> tuple[str, ...]:
    """The lines without the statements that the case's own steps contradict."""
    lines = []
    for line in not_done.splitlines():
        clauses = list(_clauses(line))
        kept = [clause for clause in clauses if _against(clause, sheet) is None]
        if kept:
            lines.append(line.strip() if len(kept) == len(clauses) else ", ".join(kept))
    return tuple(lines)


def _clauses(line: str) -> Iterator[str]:
    return (part.strip() for part in _CLAUSE.split(line) if part.strip())


def _against(clause: str, sheet: CaseSheet) -> CaseStep | None:
    said = duplicates.fold(clause)
    if len(said.split()) > _LONGEST or _OTHERS.search(said):
        return None
    for words, pattern in _WORDS.items():
        if pattern.search(said):
            step = _step(sheet, words)
            if step is not None:
                return step
    return None


def _step(sheet: CaseSheet, words: str) -> CaseStep | None:
    """The first recorded step that is this act; a ban that was lifted was a ban all the same."""
    for step in sheet.steps:
        if step.retracted:
            continue
        if words == REPLY and step.rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE):
            return step
        if words == BAN and step.kind is EntryKind.BAN:
            return step
    return None
