"""What the case screen says: behaviour, deadlines, the timeline, in the window's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from scc_admin.accounts import Named
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.model import (
    Account,
    CaseSheet,
    CaseStep,
    Deadline,
    DeadlineKind,
    EntryKind,
    Escalation,
    Evidence,
    Page,
    Person,
    Rung,
)
from scc_admin.words import NETWORKS, person_label, step_title, step_words
from ui.screen import Shell

RUNG_ICONS: Mapping[Rung, str] = {
    Rung.TOLERATE: "eye",
    Rung.ANSWER: "message",
    Rung.PRIVATE_MESSAGE: "mail",
    Rung.REPETITION: "refresh",
    Rung.BAN: "ban",
}
RUNG_ACTS: Mapping[Rung, str] = {
    Rung.TOLERATE: N_("Note why it stays online…"),
    Rung.ANSWER: N_("Record a public answer…"),
    Rung.PRIVATE_MESSAGE: N_("Record a private message…"),
    Rung.REPETITION: N_("Record the repetition…"),
    Rung.BAN: N_("Ban…"),
}
"""The verb on the button that opens a rung."""

EXAMPLE = "Soleil d’or @soleildor"
"""How one writes an account of which both names are known."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A behaviour that the logged comments show. `key` says what looking closer opens."""

    key: str
    text: str
    icon: str


def signals(tr: Translator, sheet: CaseSheet, same_argument: int = 0) -> list[Signal]:
    """The behaviours of slide 41 that are there; none when none was found."""
    flags = sheet.flags
    found = []
    if flags.duplicates:
        text = tr.ntr("{n} duplicate", "{n} duplicates", flags.duplicates)
        likeness = tr.percent(flags.likeness / 100)
        found.append(Signal("duplicates", f"{text} · {likeness}", "copy"))
    if same_argument:
        found.append(
            Signal(
                "meaning",
                tr.ntr(
                    "Same argument in other words, {n} time",
                    "Same argument in other words, {n} times",
                    same_argument,
                ),
                "quote",
            )
        )
    if flags.single_source:
        found.append(Signal("source", tr.tr(N_("A single source")), "link"))
    if flags.daily >= 0.8 and flags.comments >= 4:
        found.append(
            Signal(
                "daily",
                tr.tr(N_("Daily: {n} a day"), n=tr.number(flags.daily, 1)),
                "calendar",
            )
        )
    if flags.undeclared_interest:
        found.append(Signal("interest", tr.tr(N_("Undeclared interest")), "user"))
    return found


def gathered(tr: Translator, sheet: CaseSheet) -> str:
    """« Preuves réunies : 9 commentaires, 9 captures, 6 doublons (92 %) »."""
    parts = []
    comments = sheet.flags.comments
    captures = sum(1 for e in sheet.evidence if not e.erased)
    if comments:
        parts.append(tr.ntr("{n} comment", "{n} comments", comments))
    if captures:
        parts.append(tr.ntr("{n} capture", "{n} captures", captures))
    if sheet.flags.duplicates:
        parts.append(
            tr.ntr(
                "{n} duplicate (up to {percent})",
                "{n} duplicates (up to {percent})",
                sheet.flags.duplicates,
                percent=tr.percent(sheet.flags.likeness / 100),
            )
        )
    if not parts:
        return tr.tr(N_("No evidence gathered yet."))
    return tr.tr(N_("Evidence gathered: {list}."), list=tr.join(parts))


def known_name(person: Person) -> str:
    """What a person is known by here: their name, or else their first account."""
    return person.name or next((account.handle for account in person.accounts), "")


def called(shell: Shell, label: str, name: str) -> str:
    """« Usager 042 (Teint Soleil) »: the label, and the name where the settings let it be seen;
    of an account with two names, the one that the network shows."""
    shown, name = person_label(shell.tr, label), Named.of(name).names[0]
    if name and name != label and shell.workspace.settings.get("look.names"):
        return f"{shown} ({name})"
    return shown


def who(shell: Shell, sheet: CaseSheet) -> str:
    """« Usager 042 (Teint Soleil) · 2 comptes · intérêt non déclaré »."""
    person, tr = sheet.person, shell.tr
    parts = [called(shell, person.label, known_name(person))]
    if not known_name(person):
        parts.append(tr.tr(N_("nobody knows who it is")))
    if person.accounts:
        parts.append(tr.ntr("{n} account", "{n} accounts", len(person.accounts)))
    if person.interest:
        declared = person.interest_disclosed
        parts.append(
            tr.tr(N_("interest declared")) if declared else tr.tr(N_("interest not declared"))
        )
    return " · ".join(parts)


def deadline(tr: Translator, owed: Deadline, now: dt.datetime) -> tuple[str, bool]:
    """What is owed, and whether it is late."""
    today = tr.local(now).date()
    match owed.kind:
        case DeadlineKind.CONTACT:
            return tr.tr(N_("Reach Public Affairs")), True
        case DeadlineKind.ANSWER:
            since = owed.since or now
            return tr.tr(
                N_("Public Affairs answer awaited for {time}"), time=span(tr, now - since)
            ), (now - since > dt.timedelta(days=1))
        case DeadlineKind.REVIEW:
            assert owed.on is not None
            late = owed.on <= today
            text = N_("Review due since {day}") if owed.on < today else N_("Review on {day}")
            return tr.tr(text, day=tr.date(owed.on, "long")), late
        case DeadlineKind.BAN_EXPIRES:
            assert owed.on is not None
            late = owed.on <= today
            text = N_("The ban ended on {day}: lift it") if late else N_("Banned until {day}")
            return tr.tr(text, day=tr.date(owed.on, "long")), late
        case DeadlineKind.ACKNOWLEDGEMENT:
            return tr.tr(N_("Nobody confirmed having received the packet")), False


def span(tr: Translator, time: dt.timedelta) -> str:
    """A length of time in its two largest units: « 2 j 4 h », « 35 min ».

    « depuis 19 h » would be a time of day.
    """
    minutes = max(0, int(time.total_seconds() // 60))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    if days:
        text = tr.tr(N_("{n} d"), n=tr.number(days))
        return f"{text} {tr.tr(N_('{n} h'), n=hours)}" if hours else text
    if hours:
        if minutes:
            return tr.tr(N_("{n} h {m} min"), n=hours, m=minutes)
        return tr.ntr(*NN_("{n} hour", "{n} hours"), hours)
    return tr.tr(N_("{n} min"), n=minutes)


def standing(tr: Translator, escalation: Escalation, now: dt.datetime) -> tuple[str, str]:
    """Where an escalation stands, and the icon of that."""
    if escalation.closed_at is not None:
        return tr.tr(N_("closed")), "check"
    if escalation.answered_at is not None:
        return tr.tr(N_("answered")), "message"
    if escalation.escalated_at is not None:
        waited = span(tr, now - escalation.escalated_at)
        return tr.tr(N_("answer awaited for {time}"), time=waited), "clock"
    waited = span(tr, now - escalation.seen_at)
    return tr.tr(N_("seen {time} ago, no contact noted"), time=waited), "phone"


# --- The timeline --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the timeline."""

    key: str
    """incident, step, escalation, evidence or case."""
    id: int
    at: dt.datetime
    title: str
    who: str
    text: str
    icon: str
    color: str
    ours: bool
    evidence: tuple[Evidence, ...] = ()
    retracted: bool = False
    note: str = ""
    """A short remark at the end of the title line: the date displayed, an expiry."""

    def spoken(self, tr: Translator) -> str:
        """All of it in words, for a screen reader."""
        parts = [self.title, tr.moment(self.at), self.who, self.note, self.text]
        if self.retracted:
            parts.insert(1, tr.tr(N_("undone")))
        if self.evidence:
            counted = tr.ntr("{n} capture", "{n} captures", len(self.evidence))
            names = tr.join(piece.original_name for piece in self.evidence)
            parts.append(tr.tr(N_("{count}: {list}"), count=counted, list=names))
        return ", ".join(part for part in parts if part)


def timeline(tr: Translator, sheet: CaseSheet, pages: Mapping[int, Page]) -> list[Event]:
    """Everything that happened in a case, the newest first."""
    accounts = {a.id: a for a in sheet.person.accounts}
    found: list[Event] = []
    for incident in sheet.incidents:
        page = pages.get(incident.page_id or 0)
        where = tr.tr(N_("Seen on {page}"), page=page.name) if page else tr.tr(N_("Seen"))
        displayed = incident.displayed_at
        found.append(
            Event(
                "incident",
                incident.id,
                incident.captured_at,
                where,
                _account(accounts.get(incident.account_id or 0))
                or person_label(tr, sheet.person.label),
                incident.text or incident.url,
                "message",
                "muted",
                ours=False,
                evidence=tuple(e for e in sheet.evidence if e.incident_id == incident.id),
                retracted=incident.retracted,
                note=tr.tr(N_("shown as “{date}”"), date=displayed) if displayed else "",
            )
        )
    found += [_step(tr, sheet, step) for step in sheet.steps]
    for escalation in sheet.escalations:
        found += _escalated(tr, escalation)
    loose = [e for e in sheet.evidence if e.incident_id is None and e.step_id is None]
    found += [
        Event(
            "evidence",
            piece.id,
            piece.captured_at,
            tr.tr(N_("Evidence added")),
            piece.collector,
            piece.original_name,
            "image",
            "muted",
            ours=False,
            evidence=(piece,),
        )
        for piece in loose
    ]
    case = sheet.case
    found.append(
        Event(
            "case",
            case.id,
            min([case.opened_at, *(e.at for e in found)]),
            tr.tr(N_("Case opened")),
            case.opened_by,
            case.title,
            "folder",
            "muted",
            ours=True,
        )
    )
    order = {id(event): number for number, event in enumerate(found)}
    found.sort(key=lambda e: (e.at, e.key != "case", order[id(e)]), reverse=True)
    return found


def _account(account: Account | None) -> str:
    return "" if account is None else account.handle


_STEP_LOOK: Mapping[EntryKind, tuple[str, str]] = {
    EntryKind.BAN: ("ban", "block"),
    EntryKind.LIFT: ("unlock", "ok"),
    EntryKind.APPEAL: ("scale", "info"),
    EntryKind.REVIEW: ("eye", "info"),
    EntryKind.HOLD: ("lock", "warning"),
    EntryKind.CASE_CLOSED: ("check", "ok"),
    EntryKind.NOTE: ("drafts", "muted"),
}


def _step(tr: Translator, sheet: CaseSheet, step: CaseStep) -> Event:
    if step.rung is not None and step.kind is EntryKind.RUNG:
        icon, color = RUNG_ICONS[step.rung], "accent"
    else:
        icon, color = _STEP_LOOK.get(step.kind, ("info", "muted"))
    notes = []
    if step.expires_on is not None:
        notes.append(tr.tr(N_("until {day}"), day=tr.date(step.expires_on, "long")))
    if step.recorded_at is not None:
        notes.append(tr.tr(N_("recorded on {at}"), at=tr.moment(step.recorded_at)))
    if step.approver and step.kind is not EntryKind.APPEAL:
        notes.append(tr.tr(N_("approved by {who}"), who=step.approver))
    return Event(
        "step",
        step.id,
        step.at,
        step_title(tr, step),
        step.who,
        "\n".join(part for part in (*step_words(step), step.override) if part),
        icon,
        color,
        ours=True,
        evidence=tuple(e for e in sheet.evidence if e.step_id == step.id),
        retracted=step.retracted,
        note=" · ".join(notes),
    )


def _escalated(tr: Translator, escalation: Escalation) -> list[Event]:
    """The moments of an escalation, each a line of its own."""

    def line(at: dt.datetime | None, title: str, text: str, icon: str) -> list[Event]:
        if at is None:
            return []
        words = tr.tr(title, number=escalation.number)
        return [
            Event(
                "escalation", escalation.id, at, words, escalation.created_by, text, icon,
                "block", ours=True,
            )
        ]  # fmt: skip

    return [
        *line(
            escalation.created_at or escalation.seen_at,
            N_("{number}: a question for Public Affairs"),
            escalation.question, "escalations",
        ),
        *line(
            escalation.escalated_at, N_("{number}: Public Affairs reached"),
            escalation.contact, "phone",
        ),
        *line(
            escalation.answered_at, N_("{number}: their answer"), escalation.answer, "message"
        ),
        *line(escalation.closed_at, N_("{number}: closed"), "", "check"),
    ]  # fmt: skip


def account_words(tr: Translator, account: Account) -> str:
    """« Facebook · Teint Soleil 365 (à confirmer) »."""
    words = f"{tr.tr(NETWORKS[account.network])} · {account.handle}"
    return words if account.confirmed else f"{words} ({tr.tr(N_('suspected'))})"
