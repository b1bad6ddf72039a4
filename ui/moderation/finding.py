"""What Ctrl+K finds of moderation: cases and their persons, escalations, journal entries.

A case or an escalation whose very number is typed, or a person whose label or account is, stands
first. Everything here is called in a worker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from scc_admin.accounts import Named
from scc_admin.i18n import N_
from scc_admin.model import CaseRow, Entry, JournalQuery
from ui.moderation.journal import what
from ui.moderation.words import called, standing
from ui.palette import WRITTEN, Hit, fold, rank
from ui.screen import Shell

if TYPE_CHECKING:
    from scc_admin.workspace import Workspace

NEARLY = 5
"""Persons, and cases of each, that a name with a slip in it brings up."""
_SHOWN = 30
_LEAST = 3
"""Letters of an account that are looked for."""
_EXCERPT = 60
"""Characters of an entry that are shown around what was typed."""
_PART = re.compile(r"[^\W\d_]+|\d+")
_WORD = re.compile(r"[^\W_]+")


class _Kind(Enum):
    """What a number is the number of, from the words before it, accents and case out."""

    CASE = frozenset({"cas", "case", "dossier"})
    ESCALATION = frozenset({"esc", "escalade", "escalation", "packet"})
    PERSON = frozenset({"usager", "user", "personne", "person"})


_BETWEEN = frozenset({"d", "de", "l", "le", "la", "no", "n", "nº", "n°", "numero", "number", "the"})


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as somebody types it: « 24 », « dossier 24 », « ESC-2026-001 »."""

    kinds: frozenset[_Kind]
    """What it may be the number of; never empty."""
    year: int | None
    number: int

    @classmethod
    def of(cls, query: str) -> _Number | None:
        """None when words are asked for, or more than one number."""
        parts = _PART.findall(fold(query))
        digits = [int(part) for part in parts if part.isdecimal() and len(part) < 9]
        words = {part for part in parts if not part.isdecimal()} - _BETWEEN
        known = frozenset(kind for kind in _Kind if words & kind.value)
        if not digits or len(digits) > 2 or len(parts) > 6:
            return None
        if words - frozenset().union(*(kind.value for kind in known)):
            return None
        if _Kind.ESCALATION in known:  # « dossier d'escalade 1 »
            known = frozenset({_Kind.ESCALATION})
        year = digits[0] if len(digits) == 2 else None
        return cls(known or frozenset(_Kind), year, digits[-1])

    def means(self, kind: _Kind, written: str) -> bool:
        """Whether it is « CAS-2026-024 », or « Usager 024 »."""
        digits = [int(part) for part in re.findall(r"\d+", written)]
        if kind not in self.kinds or digits[-1:] != [self.number]:
            return False
        return self.year is None or digits[:-1] == [self.year]


def _squeezed(text: str) -> str:
    """Letters and digits alone: « @LeVraiSoleil » is « Le Vrai Soleil »."""
    return "".join(_PART.findall(fold(text)))


# --- Cases and their persons ---------------------------------------------------------------------


def find_cases(shell: Shell, query: str) -> list[Hit]:
    """Cases, under their number, title and person, and journal entries."""
    workspace = shell.workspace
    number = _Number.of(query)
    exact = dict.fromkeys(_numbered(workspace, number) if number else [], "")
    same, like = _accounts(workspace, query)
    exact |= same
    rows = workspace.moderation.cases(text=query, limit=_SHOWN) or _nearly(workspace, query)
    others = {**dict.fromkeys(rows, ""), **like}
    found = [_case_hit(shell, row, query, said, exact=True) for row, said in exact.items()]
    found += [
        _case_hit(shell, row, query, said, exact=False)
        for row, said in others.items()
        if row not in exact
    ]
    if len(query.strip()) > 2:
        entries = workspace.journal.entries(JournalQuery(text=query), limit=8)
        found += [_entry_hit(shell, entry, query) for entry in entries]
    return found


def _case_hit(shell: Shell, row: CaseRow, query: str, account: str, *, exact: bool) -> Hit:
    named = bool(account) and account != row.name and shell.workspace.settings.get("look.names")
    return Hit(
        f"{called(shell, row.person, row.name)} – {row.title}",
        shell.tr.tr(N_("Case")),
        partial(shell.window.go, "moderation", row.id),
        icon="moderation",
        detail=f"{row.number} · {account}" if named else row.number,
        words=query,
        lower=WRITTEN,
        exact=exact,
    )


def _numbered(workspace: Workspace, number: _Number) -> list[CaseRow]:
    """The case of this number, and the cases of the person of this number."""
    rows = workspace.moderation.cases(text=str(number.number))
    mine = [row for row in rows if number.means(_Kind.CASE, row.number)]
    theirs = [row for row in rows if number.means(_Kind.PERSON, row.person) and row not in mine]
    return mine + theirs


def _accounts(workspace: Workspace, query: str) -> tuple[dict[CaseRow, str], dict[CaseRow, str]]:
    """The cases of persons whose label, name or account is what was typed, and of those where it
    only begins so; each with the account.

    With or without « @ », with or without spaces, in one word or several.
    """
    wanted = _squeezed(query)
    same: dict[CaseRow, str] = {}
    begun: dict[CaseRow, str] = {}
    if len(wanted) < _LEAST or wanted.isdecimal():
        return same, begun
    for person in workspace.moderation.persons():
        known = {
            _squeezed(name): account.handle
            for account in person.accounts
            for name in (account.handle, *Named.of(account.handle).names)
        }
        known |= {_squeezed(person.label): "", _squeezed(person.name): ""}
        handle = known.get(wanted)
        begins = next((said for name, said in known.items() if name.startswith(wanted)), None)
        said, found = (begins, begun) if handle is None else (handle, same)
        if said is not None:
            rows = workspace.moderation.cases(person_id=person.id, limit=NEARLY)
            found |= dict.fromkeys(rows, said)
    return same, begun


def _nearly(workspace: Workspace, query: str) -> list[CaseRow]:
    """Cases whose title, person's name or account is written nearly so."""
    moderation = workspace.moderation
    scored = [
        (rank(query, " ".join((p.name, *(account.handle for account in p.accounts)))), p.id)
        for p in moderation.persons()
    ]
    nearest = sorted((one for one in scored if one[0] > 0), reverse=True)[:NEARLY]
    rows = [
        row
        for _, person_id in nearest
        for row in moderation.cases(person_id=person_id, limit=NEARLY)
    ]
    titled = [row for row in moderation.cases() if rank(query, row.title) > 0]
    return rows + [row for row in titled if row not in rows][:NEARLY]


# --- Entries of the journal ----------------------------------------------------------------------


def _entry_hit(shell: Shell, entry: Entry, query: str) -> Hit:
    tr = shell.tr
    said = excerpt(entry.values.values(), query)
    at = tr.tr(N_("logged on {at}"), at=tr.moment(entry.at, "short"))
    return Hit(
        f"{what(tr, entry)} · {entry.case}".rstrip(" ·"),
        tr.tr(N_("Journal entry")),
        partial(shell.window.go, "moderation", ("journal", entry.seq)),
        icon="history",
        detail=f"{tr.quote(said)} · {at}" if said else at,
        words=query,
        lower=WRITTEN,
    )


def excerpt(values: Iterable[str | None], query: str) -> str:
    """The words around the first word of a query, of whichever value holds one; else nothing."""
    wanted = _WORD.findall(fold(query))
    for value in values:
        text = " ".join((value or "").split())
        for met in _WORD.finditer(text):
            if any(fold(met[0]).startswith(word) for word in wanted):
                return _around(text, met.start())
    return ""


def _around(text: str, at: int) -> str:
    """So much of a text that a place in it is shown, cut between words."""
    start = 0 if len(text) <= _EXCERPT else max(0, at - _EXCERPT // 3)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    shown = text[start : start + _EXCERPT]
    if start + _EXCERPT < len(text):
        shown = f"{shown.rpartition(' ')[0] or shown}…"
    return f"…{shown}" if start else shown


# --- Escalations ---------------------------------------------------------------------------------


def find_escalations(shell: Shell, query: str) -> list[Hit]:
    """Escalations, under their number and what they ask."""
    number = _Number.of(query)
    tr, now = shell.tr, shell.clock()
    numbers = {row.id: row.number for row in shell.workspace.moderation.cases()}
    found = []
    for asked in shell.workspace.moderation.escalations():
        question = " ".join(asked.question.split())
        case = numbers.get(asked.case_id, "")
        found.append(
            Hit(
                f"{asked.number} – {question}" if question else asked.number,
                tr.tr(N_("Escalation")),
                partial(shell.window.go, "escalations", asked.id),
                icon="escalations",
                detail=" · ".join(part for part in (case, standing(tr, asked, now)[0]) if part),
                lower=WRITTEN,
                exact=number is not None and number.means(_Kind.ESCALATION, asked.number),
            )
        )
    return found
