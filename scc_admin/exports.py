"""What leaves the workspace: the escalation packet and the weekly report, as files.

Each is made from one consistent view, written under a temporary name beside its target, verified,
journalled with its hash, and only then put under its name.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scc_admin.agenda import Item, start_of
from scc_admin.errors import UserError
from scc_admin.evidence import Vault
from scc_admin.files import explained, free_stem, not_our_own, prepared, write_durably
from scc_admin.i18n import N_, Translator, data_folder
from scc_admin.journal import Journal, NewEntry
from scc_admin.keys import Signer
from scc_admin.model import (
    Area,
    Campaign,
    CampaignKind,
    CaseSheet,
    CaseState,
    CaseStep,
    Changes,
    Checkpoint,
    DraftSheet,
    Entry,
    EntryKind,
    Escalation,
    Evidence,
    Incident,
    JournalQuery,
    Language,
    Page,
    Person,
    Progress,
    Rung,
    Situation,
    draft_title,
)
from scc_admin.moderation import LOWERED, Moderation, restraint, skipped
from scc_admin.moderation.agreement import PRINTED
from scc_admin.pictures import masked
from scc_admin.reports import Week, weekly
from scc_admin.store import Row, Store, instant, stamp
from scc_admin.veil import Veil
from scc_admin.words import (
    ACTS,
    CAMPAIGN_KINDS,
    CODED,
    ENTRY_KINDS,
    LANGUAGES,
    NETWORKS,
    SITUATIONS,
    TARGETS,
    VALUES,
    person_label,
    state_words,
    step_title,
    step_words,
)

if TYPE_CHECKING:
    from scc_admin import packets
    from scc_admin.documents import MonthData, PacketData, Typesetter, WeeklyData
    from scc_admin.documents.data import Act, Capture, Moment, PageLine, Waiver, Withdrawal
    from scc_admin.library import Library
    from scc_admin.verdict import RuleSet

ORGANISATION = {
    Language.FR: "Société canadienne du cancer – Division du Québec",
    Language.EN: "Canadian Cancer Society – Québec Division",
}
FORMATS = ("pdf", "xlsx", "json", "eml")
METHODS: Mapping[str, str] = {
    "typed": N_("Typed"),
    "clipboard": N_("Copied and pasted"),
    "file": N_("File"),
    "dropped": N_("File, dragged and dropped"),
    "screenshot": N_("Screenshot"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """What an export is made from: the parts of an open workspace, and whose words it speaks."""

    store: Store
    journal: Journal
    vault: Vault
    moderation: Moderation
    pages: Sequence[Page]
    rules: RuleSet
    tr: Translator
    zone_name: str
    clock: Callable[[], datetime]
    who: str
    affairs: str
    affairs_email: str
    phone: str
    """Of the person at the keyboard; empty when the settings do not say."""
    signer: Signer
    library: Library

    @property
    def typesetter(self) -> Typesetter:
        from scc_admin.documents import Typesetter

        return Typesetter(data_folder("resources"), [data_folder("resources") / "fonts"])

    @property
    def organisation(self) -> str:
        return ORGANISATION[self.tr.language]


def _signed(source: Source) -> str:
    if not source.who:
        raise UserError(
            "nameless", N_("Give your name in the settings first; it signs what you decide.")
        )
    return source.who


def short_title(message: str) -> str:
    """A rule's message without what it says of one text: « Ce chiffre n'a pas de source »."""
    from scc_admin.verdict.telling import dotted

    head = message.partition("{")[0].rstrip(" \u00a0«“")
    return head.rstrip(":( \u00a0") if head.endswith((":", "(")) else dotted(message)


def _folder(out: Path) -> Path:
    not_our_own(out)
    with explained(out):
        out.mkdir(parents=True, exist_ok=True)
    return out


def newest_checkpoint(journal: Journal) -> Checkpoint | None:
    return max(journal.checkpoints(), key=lambda point: point.size, default=None)


# --- The weekly report -------------------------------------------------------------------------


def weekly_data(
    source: Source, week: Week, *, comment: str = "", persons_named: bool = False
) -> WeeklyData:
    """The figures of a week, with the newest checkpoint printed."""
    names = {rule.id: rule for rule in source.rules.rules}
    language = source.tr.language

    def rule_name(rule_id: str) -> str:
        return short_title(names[rule_id].message.to(language)) if rule_id in names else rule_id

    def question(rule_id: str) -> str:
        return names[rule_id].message.to(language) if rule_id in names else rule_id

    with source.store.reading() as db:
        return weekly(
            db,
            week,
            tr=source.tr,
            zone=ZoneInfo(source.zone_name),
            zone_name=source.zone_name,
            made_at=source.clock(),
            made_by=source.who,
            organisation=source.organisation,
            rule_name=rule_name,
            question_text=question,
            comment=comment,
            persons_named=persons_named,
            checkpoint=newest_checkpoint(source.journal),
        )


def weekly_report(
    source: Source,
    week: Week,
    out: Path,
    *,
    formats: Sequence[str],
    comment: str = "",
    persons_named: bool = False,
) -> list[Path]:
    """Write the report in each format; a checkpoint is signed first and printed in all of them.

    What was exported before into the same folder stays: this one then has a number in its name.
    """
    from scc_admin.documents import Attachment, as_json, eml, weekly_xlsx

    who = _signed(source)
    unknown = [form for form in formats if form not in FORMATS]
    if unknown or not formats:
        raise UserError(
            "format",
            N_("The formats are {formats}; “{given}” is not one of them."),
            formats=", ".join(FORMATS),
            given=", ".join(unknown),
        )
    folder = _folder(out)
    source.journal.checkpoint()
    data = weekly_data(source, week, comment=comment, persons_named=persons_named)
    word = "rapport" if source.tr.language is Language.FR else "report"
    stem = free_stem(folder, f"{word}-{week}", FORMATS)
    made: dict[str, bytes] = {}
    for form in formats:
        match form:
            case "pdf":
                made[form] = source.typesetter.weekly(data)
            case "xlsx":
                made[form] = weekly_xlsx(data)
            case "json":
                made[form] = as_json(data).encode()
    if "eml" in formats:
        types = {
            "pdf": "application/pdf",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "json": "application/json",
        }
        period = source.tr.period(week.first, week.last)
        made["eml"] = eml(
            source.tr.tr(N_("Weekly report, week {n} ({period})"), n=week.number, period=period),
            _weekly_mail(source, week, data),
            to=[source.affairs_email] if source.affairs_email else [],
            attachments=[
                Attachment(f"{stem}.{form}", types[form], made[form])
                for form in formats
                if form in types
            ],
            at=source.clock(),
        )
    paths = {form: folder / f"{stem}.{form}" for form in formats}
    with prepared({path: made[form] for form, path in paths.items()}) as publish:
        now = source.clock()
        with source.store.writing() as tx:
            entry = source.journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.REPORT,
                    who=who,
                    at=now,
                    step=str(week),
                    values={
                        "name": stem,
                        "language": source.tr.language.value,
                        **{form: hashlib.sha256(made[form]).hexdigest() for form in formats},
                    },
                ),
            )
            tx.insert(
                "reports",
                week=str(week),
                language=source.tr.language.value,
                at=stamp(now),
                who=who,
                figures=as_json(data),
                comment=comment,
                entry=entry,
            )
        publish()
    return list(paths.values())


def _weekly_mail(source: Source, week: Week, data: WeeklyData) -> str:
    from scc_admin.documents.weekly import under_way

    tr = source.tr
    period = tr.period(week.first, week.last)
    paragraphs = (
        tr.tr(N_("Hello,")),
        tr.tr(N_("Here is the report of week {n} ({period})."), n=week.number, period=period),
        f"{under_way(data, tr)}." if data["unfinished"] else "",
        data["comment"].strip(),
        tr.tr(N_("Kind regards,")),
        _signature(source),
    )
    return "\n\n".join(part for part in paragraphs if part)


def _signature(source: Source) -> str:
    """Who exports, and by which number to reach them."""
    return "\n".join(part for part in (source.who, source.phone) if part)


# --- The calendar ------------------------------------------------------------------------------


def month_data(
    source: Source,
    month: date,
    items: Sequence[Item],
    campaigns: Sequence[Campaign],
    *,
    first_weekday: int,
    filters: str = "",
) -> MonthData:
    """A month of the calendar, as its PDF prints it. The days of `items` are those of its zone."""
    from scc_admin.documents.data import Band

    tr, zone = source.tr, ZoneInfo(source.zone_name)
    one_day = [item for item in items if item.last_day == item.day]
    lasting = [item for item in items if item.last_day > item.day]
    return {
        "language": tr.language,
        "zone": source.zone_name,
        "made_at": source.clock(),
        "made_by": source.who,
        "organisation": source.organisation,
        "month": month.replace(day=1),
        "first_weekday": first_weekday,
        "filters": filters,
        "entries": [
            {
                "starts_at": start_of(item.day, zone) if item.all_day else item.at,
                "ends_at": None,
                "all_day": item.all_day,
                "title": item.title or tr.tr(N_("Untitled draft")),
                "page": item.page,
                "network": tr.tr(NETWORKS[item.network]) if item.network else "",
                "key": item.state.value if item.state else "",
                "state": state_words(tr, item.state, item.placements) if item.state else "",
            }
            for item in one_day
        ],
        "bands": [
            Band(name=item.title, kind="", starts_on=item.day, ends_on=item.last_day)
            for item in lasting
        ]
        + [
            Band(
                name=campaign.name(tr.language),
                kind=tr.tr(CAMPAIGN_KINDS[campaign.kind]),
                starts_on=campaign.starts_on,
                ends_on=campaign.ends_on,
            )
            for campaign in campaigns
            if campaign.kind is not CampaignKind.FIELD
        ],
    }


# --- The escalation packet -----------------------------------------------------------------------


def _numbered(sheet: CaseSheet, chosen: Collection[int] | None) -> list[Evidence]:
    return [e for e in sheet.evidence if not e.erased and (chosen is None or e.id in chosen)]


def packet_data(
    source: Source,
    escalation: Escalation,
    sheet: CaseSheet,
    evidence: Sequence[Evidence],
    veil: Veil,
    copies: Mapping[int, Copy],
) -> PacketData:
    """Everything the packet's PDF prints, in the language of the source.

    `copies`, by evidence, stand in the place of what they were made from.
    """
    from scc_admin import packets

    tr = source.tr.tr
    pages = {page.id: page for page in source.pages}
    page_of = {i.id: pages.get(i.page_id or 0) for i in sheet.incidents}
    accounts = {account.id: account.network for account in sheet.person.accounts}

    def network_of(incident: Incident | None) -> str:
        if incident is None:
            return ""
        page = page_of[incident.id]
        network = page.network if page else accounts.get(incident.account_id or 0)
        return tr(NETWORKS[network]) if network else ""

    texts = {i.id: i for i in sheet.incidents}
    numbers = {e.id: n for n, e in enumerate(evidence, start=1)}
    captures: list[Capture] = []
    for piece in evidence:
        incident = texts.get(piece.incident_id or 0)
        page = page_of.get(piece.incident_id or 0)
        number = numbers[piece.id]
        copy = copies.get(piece.id)
        item = _item(source.vault, piece, copy)
        captures.append(
            {
                "number": number,
                "file": packets.item_path(number, item.sha256, item.media_type),
                "original_name": veil(piece.original_name),
                "media_type": item.media_type,
                "size": item.size,
                "sha256": item.sha256,
                "url": piece.url or (incident.url if incident else ""),
                "displayed_at": incident.displayed_at if incident else "",
                "captured_at": piece.captured_at,
                "collector": piece.collector,
                "method": tr(METHODS.get(piece.method, piece.method)),
                "page": page.name if page else "",
                "network": network_of(incident),
                "note": veil(piece.note),
                "text": veil(incident.text) if incident else "",
                "text_veiled": incident is not None and veil(incident.text) != incident.text,
                "picture": str(piece.blob_id) if piece.media_type.startswith("image/") else "",
                "alt": veil(incident.text) if incident else "",
                "masked": copy.areas if copy else 0,
                "original_sha256": piece.sha256 if copy else "",
            }
        )
    timeline: list[Moment] = [
        {
            "at": i.captured_at,
            "what": tr(N_("Comment seen")),
            "who": person_label(source.tr, sheet.person.label),
            "detail": veil(i.text),
            "link": i.url,
            "original_sha256": _original(veil, i.text),
            "network": network_of(i),
            "exception": None,
            "ours": False,
            "captures": [numbers[e.id] for e in evidence if e.incident_id == i.id],
            "entry": i.entry,
        }
        for i in sheet.incidents
        if not i.retracted
    ]
    done: list[Act] = []
    bans = [step for step in sheet.steps if step.rung is Rung.BAN and not step.retracted]
    ban = bans[-1] if bans and sheet.case.state is CaseState.BANNED else None
    for step in sheet.steps:
        if step.retracted:
            continue
        what = step_title(source.tr, step)
        detail = "\n".join(step_words(step))
        told = veil(detail)
        exception = _waiver(source.tr, veil, step, sheet)
        if step.rung is Rung.ANSWER and step.text and not source.library.cites(step.text):
            told = f"{told}\n{tr(N_('No source was cited.'))}"
        if step.recorded_at is not None:
            later = tr(N_("Recorded on {at}"), at=source.tr.moment(step.recorded_at))
            told = "\n".join(part for part in (told, later) if part)
        # A case has one day of review: that of the ban that stands.
        if step is ban and sheet.case.review_on is not None:
            again = tr(N_("Review on {day}"), day=source.tr.date(sheet.case.review_on, "long"))
            told = "\n".join(part for part in (told, again) if part)
        timeline.append(
            {
                "at": step.at,
                "what": what,
                "who": step.who,
                "detail": told,
                "link": "",
                "original_sha256": _original(veil, detail),
                "network": "",
                "exception": exception,
                "ours": True,
                "captures": [numbers[e.id] for e in evidence if e.step_id == step.id],
                "entry": step.entry,
            }
        )
        done.append({"at": step.at, "what": what, "who": step.who, "exception": exception})
    timeline.sort(key=lambda moment: moment["at"])
    done.sort(key=lambda act: act["at"])
    places: list[PageLine] = [
        {"name": page.name, "network": tr(NETWORKS[page.network]), "url": page.url}
        for page in {p.id: p for p in page_of.values() if p is not None}.values()
    ]
    checkpoint = newest_checkpoint(source.journal)
    data: PacketData = {
        "language": source.tr.language,
        "zone": source.zone_name,
        "made_at": source.clock(),
        "made_by": source.who,
        "organisation": source.organisation,
        "number": escalation.number,
        "case": sheet.case.number,
        "title": veil(sheet.case.title),
        "addressee": source.affairs,
        "person": person_label(source.tr, sheet.person.label),
        "networks": [tr(NETWORKS[network]) for network in dict.fromkeys(accounts.values())],
        "person_names": [] if veil.labels else _names(source.tr, sheet.person),
        "situation": tr(SITUATIONS[escalation.situation]),
        "critical": sheet.case.critical,
        "acted": not restraint.untouched(sheet),
        "banned": sheet.case.state is CaseState.BANNED,
        "pages": places,
        "question": veil(escalation.question),
        "why": "",
        "spread": veil(escalation.spread),
        "clock": {
            "seen": escalation.seen_at,
            "escalated": escalation.escalated_at,
            "answered": escalation.answered_at,
            "closed": escalation.closed_at,
        },
        "timeline": timeline,
        "captures": captures,
        "done": done,
        "withdrawn": _withdrawn(source, sheet, veil),
        "not_done": [veil(line) for line in restraint.still_true(escalation.not_done, sheet)],
        "contact": veil(escalation.contact),
        "answer": veil(escalation.answer),
        "hidden": False,
        "redactions": "",
        "checkpoint": checkpoint.note if checkpoint else "",
        "differences": [
            {
                "what": tr(one.what),
                "entry": one.entry or 0,
                "recorded": veil(_in_words(source.tr, one.said)),
                "found": veil(_in_words(source.tr, one.found)),
            }
            for one in source.moderation.agreement(sheet.case.number).differences
        ],
        "archive": f"{escalation.number}.zip",
        "signer": source.signer.name,
        "public_key": source.signer.openssh_public_line(source.signer.name),
        "fingerprint": source.signer.fingerprint(),
    }
    # Only now is it known which names stood in a text.
    _keep_back(source, sheet.case.number, veil)
    data["hidden"] = veil.hid > 0
    data["redactions"] = _redactions(source.tr, veil, [numbers[piece] for piece in copies])
    return data


def _keep_back(source: Source, case_number: str, veil: Veil) -> None:
    """Show the veil the words of the journal: those that name a bystander stay closed."""
    with source.store.reading() as db:
        for seq in source.journal.ids(JournalQuery(case=case_number)):
            for row in db.all("SELECT value FROM journal_values WHERE seq = ?", (seq,)):
                if row["value"] is not None:
                    veil.hides(row["value"])


def _withdrawn(source: Source, sheet: CaseSheet, veil: Veil) -> list[Withdrawal]:
    """What was recorded in a case and taken back or changed later, oldest change first."""
    tr = source.tr
    seqs = source.journal.ids(JournalQuery(case=sheet.case.number))
    entries = {
        entry.seq: entry
        for start in range(0, len(seqs), _READ_AT_ONCE)
        for entry in source.journal.page(seqs[start : start + _READ_AT_ONCE])
    }
    steps = {step.entry: step for step in sheet.steps}

    def called(entry: Entry | None) -> str:
        if entry is None:
            return tr.tr(N_("An entry that can no longer be read"))
        if entry.kind is EntryKind.CORRECTION:
            return tr.tr(N_("Situation of the case"))
        if entry.seq in steps:
            return step_title(tr, steps[entry.seq])
        if entry.kind is EntryKind.INCIDENT:
            return tr.tr(N_("Comment seen"))
        named = entry.step if entry.kind is EntryKind.ESCALATION else ""
        return f"{tr.tr(ENTRY_KINDS[entry.kind])} {named}".rstrip()

    def changed(before: Entry | None, after: Entry) -> str:
        if after.supersedes is None:
            return _reclassified(tr, after)
        if before is None or after.kind is EntryKind.CORRECTION:
            return ""
        fields = [
            tr.tr(VALUES.get(name, name))
            for name in sorted(before.values.keys() | after.values.keys())
            if before.values.get(name) != after.values.get(name)
        ]
        return tr.tr(N_("Reworded or changed: {fields}"), fields=tr.join(fields)) if fields else ""

    found: list[Withdrawal] = []
    for seq, entry in sorted(entries.items()):
        if entry.supersedes is None and entry.kind is not EntryKind.CORRECTION:
            continue
        before = entries.get(entry.supersedes or 0)
        reason = entry.values.get("reason") or ""
        found.append(
            {
                "what": called(entry if entry.supersedes is None else before),
                "recorded_at": before.at if before else None,
                "superseded": entry.supersedes or 0,
                "at": entry.at,
                "who": entry.who,
                "approver": entry.approver,
                "change": changed(before, entry),
                "reason": veil(reason),
                "original_sha256": _original(veil, reason),
                "entry": seq,
            }
        )
    return found


def _reclassified(tr: Translator, entry: Entry) -> str:
    """What a correction changed that concerns a case as a whole."""
    said = []
    before = entry.values.get("before") or ""
    if before in SITUATIONS and entry.step in SITUATIONS and before != entry.step:
        said.append(
            tr.tr(
                N_("“{before}” became “{after}”"),
                before=tr.tr(SITUATIONS[Situation(before)]),
                after=tr.tr(SITUATIONS[Situation(entry.step)]),
            )
        )
    if critical := entry.values.get("critical"):
        now = N_("Critical from then on: Public Affairs first")
        lowered = CODED[EntryKind.CORRECTION, LOWERED]
        said.append(tr.tr(now if critical == "yes" else lowered))
    return tr.join(said)


_READ_AT_ONCE = 500
"""Entries of the journal."""
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{8,12}Z")


def _in_words(tr: Translator, held: str) -> str:
    """What a column holds, as a reader has it: an instant in local time, all else as it stands."""
    return tr.moment(instant(held)) if _STAMP.fullmatch(held) else held


def _waiver(tr: Translator, veil: Veil, step: CaseStep, sheet: CaseSheet) -> Waiver | None:
    """What a packet says of a step that was an exception; None of any other."""
    if not step.override:
        return None
    return {
        "skipped": [tr.tr(ACTS[rung]) for rung in skipped(step, sheet.steps)],
        "reason": veil(step.override),
        "approver": step.approver,
        "original_sha256": _original(veil, step.override),
    }


def _redactions(tr: Translator, veil: Veil, masked: Sequence[int]) -> str:
    """What a reader is told of what was hidden from them."""
    said = []
    if veil.hid:
        said.append(
            tr.ntr(
                "{n} name of a bystander was hidden in the texts.",
                "{n} names of bystanders were hidden in the texts.",
                veil.hid,
            )
        )
    if masked:
        said.append(
            tr.ntr(
                "Capture {numbers} is a masked copy: what was masked is black. Its original"
                " is kept unchanged.",
                "Captures {numbers} are masked copies: what was masked is black. Their"
                " originals are kept unchanged.",
                len(masked),
                numbers=tr.join([tr.number(number) for number in sorted(masked)]),
            )
        )
    elif veil.hid:
        said.append(tr.tr(N_("Captures show what they show.")))
    return " ".join(said)


@dataclass(frozen=True, slots=True)
class Copy:
    """What stands in a packet for a capture that shows bystanders: a picture of our making."""

    data: bytes
    sha256: str
    areas: int


def masked_copies(
    vault: Vault, evidence: Sequence[Evidence], masks: Mapping[int, Sequence[Area]]
) -> dict[int, Copy]:
    """The masked copies of these pieces. They are held in memory: a few pictures.

    Raises UserError for a piece that is no picture, IntegrityError for one that was altered.
    """
    made = {}
    for piece in evidence:
        areas = masks.get(piece.id, ())
        if areas:
            data = masked(vault.read(piece.blob_id), areas)
            made[piece.id] = Copy(data, hashlib.sha256(data).hexdigest(), len(areas))
    return made


def _item(vault: Vault, piece: Evidence, copy: Copy | None) -> packets.Item:
    """A piece as it goes into the bag."""
    from scc_admin import packets

    if copy is None:
        pour = partial(vault.pour, piece.blob_id)
        return packets.Item(piece.media_type, piece.size, piece.sha256, pour)
    return packets.Item(
        "image/png", len(copy.data), copy.sha256, lambda sink: sink.write(copy.data)
    )


def _names(tr: Translator, person: Person) -> list[str]:
    """What the person is known by, when a packet is to say it."""
    known = [person.name, *(f"{a.handle} ({tr.tr(NETWORKS[a.network])})" for a in person.accounts)]
    return [name for name in known if name]


def _original(veil: Veil, text: str) -> str:
    """SHA-256 of a text that the packet tells with the person's label in it, or cut; else empty."""
    told = veil.relabels(text) or (len(text) > LONG and not veil.hides(text))
    return hashlib.sha256(text.encode()).hexdigest() if told else ""


class _LongTexts:
    """The texts of a packet that are cut where it tells them, and stand whole in its archive."""

    def __init__(self, tr: Translator) -> None:
        self._tr = tr
        self.files: dict[str, bytes] = {}
        """By path in the archive."""

    def keep(self, text: str) -> str:
        """Put a text into a file of its own; its path."""
        from scc_admin import packets

        data = text.encode("utf-8", "replace")
        path = packets.text_path(data)
        self.files[path] = data
        return path

    def cut(self, value: Any) -> Any:
        """The value with every long text in it cut, and kept whole; the value itself if none is."""
        if isinstance(value, str) and len(value) > LONG:
            note = self._tr.tr(
                N_("[cut here: {n} more characters; the whole text is {file} in the archive]"),
                n=self._tr.number(len(value) - _BEGINNING),
                file=self.keep(value),
            )
            return f"{value[:_BEGINNING]} {note}"
        if isinstance(value, dict):
            return {key: self.cut(held) for key, held in value.items()}
        if isinstance(value, list):
            return [self.cut(held) for held in value]
        return value


LONG = 20_000
"""Characters of a text that a packet tells whole: so many a field of its pages holds."""
_BEGINNING = 19_000
"""Characters of a longer one that it tells, before the note of where the rest stands."""


class _Pictures(Mapping[str, bytes]):
    """The evidence's pictures by blob id, each read when the typesetter asks for it."""

    def __init__(
        self, vault: Vault, evidence: Sequence[Evidence], copies: Mapping[int, Copy]
    ) -> None:
        self._vault = vault
        self._pieces = {str(e.blob_id): e for e in evidence if e.media_type.startswith("image/")}
        self._copies = copies

    def __getitem__(self, key: str) -> bytes:
        piece = self._pieces[key]
        copy = self._copies.get(piece.id)
        return self._vault.read(piece.blob_id) if copy is None else copy.data

    def __iter__(self) -> Iterator[str]:
        return iter(self._pieces)

    def __len__(self) -> int:
        return len(self._pieces)


def _veil(source: Source, sheet: CaseSheet, hide: Sequence[str], person_named: bool) -> Veil:
    label = "" if person_named else person_label(source.tr, sheet.person.label)
    from scc_admin.verdict.vocabulary import vocabulary

    words = vocabulary() if label or hide else None
    return Veil(hide, person=sheet.person, label=label, ours=_titles(source), words=words)


def _titles(source: Source) -> Iterator[str]:
    """Words that are ours whoever is named like them: of sources, templates, pages."""
    yield from (page.name for page in source.pages)
    library = source.library
    for language in Language:
        yield ORGANISATION[language]
        for known in library.sources(out=True):
            yield from (known.title.to(language), known.publisher.to(language))
        yield from (template.title.to(language) for template in library.templates(out=True))


def packet_names(
    source: Source, escalation_id: int, *, hide: Sequence[str] = ()
) -> list[tuple[str, int]]:
    """What gives way to the person's label in the texts that are ours, and how often: the most
    frequent first."""
    escalation = source.moderation.escalation(escalation_id)
    sheet = source.moderation.sheet(escalation.case_id)
    texts = [
        sheet.case.title,
        escalation.question,
        escalation.spread,
        escalation.contact,
        escalation.answer,
        *restraint.still_true(escalation.not_done, sheet),
        *(piece.note for piece in sheet.evidence if not piece.erased),
    ]
    for step in sheet.steps:
        if not step.retracted:
            texts += [step.text, step.reason, step.override]
    return _veil(source, sheet, hide, person_named=False).replaced(texts).most_common()


def packet_missing(source: Source, escalation_id: int, *, hide: Sequence[str]) -> list[str]:
    """The names to hide that stand in no text of the packet: an export would be refused."""
    escalation = source.moderation.escalation(escalation_id)
    sheet = source.moderation.sheet(escalation.case_id)
    veil = _veil(source, sheet, hide, person_named=False)
    packet_data(source, escalation, sheet, _numbered(sheet, None), veil, {})
    return veil.missing


DIFFERS = "differs"
"""The code of the refusal to export a case that is not what the journal recorded."""


def packet_preview(
    source: Source,
    escalation_id: int,
    *,
    evidence: Collection[int] | None = None,
    hide: Sequence[str] = (),
    masks: Mapping[int, Sequence[Area]] | None = None,
    person_named: bool = False,
) -> bytes:
    """The packet's PDF as it would be exported now."""
    escalation = source.moderation.escalation(escalation_id)
    sheet = source.moderation.sheet(escalation.case_id)
    chosen = _numbered(sheet, evidence)
    copies = masked_copies(source.vault, chosen, masks or {})
    data = packet_data(
        source, escalation, sheet, chosen, _veil(source, sheet, hide, person_named), copies
    )
    data = _LongTexts(source.tr).cut(data)
    return source.typesetter.packet(data, _Pictures(source.vault, chosen, copies))


def packet_printed(
    source: Source,
    escalation_id: int,
    pdf: bytes,
    *,
    evidence: Collection[int] | None = None,
    masks: Mapping[int, Sequence[Area]] | None = None,
) -> Changes:
    """Write down that the pages of a preview leave on paper: in the journal, with the hash of the
    PDF that is printed, and in the custody log of every piece that they show.

    Raises UserError when nobody signs.
    """
    who = _signed(source)
    escalation = source.moderation.escalation(escalation_id)
    sheet = source.moderation.sheet(escalation.case_id)
    chosen = _numbered(sheet, evidence)
    copies = masked_copies(source.vault, chosen, masks or {})
    with source.store.writing() as tx:
        source.journal.append(
            tx,
            NewEntry(
                kind=EntryKind.PACKET,
                who=who,
                at=source.clock(),
                case=sheet.case.number,
                step=f"{escalation.number}/{PRINTED}",
                values={"pdf": hashlib.sha256(pdf).hexdigest()},
            ),
        )
        source.moderation.exported(
            [piece.id for piece in chosen],
            source.tr.tr(N_("printed, {number}"), number=escalation.number),
            {piece: copy.sha256 for piece, copy in copies.items()},
        )
    return Changes(frozenset({"escalations", "journal", "evidence"}), case_id=escalation.case_id)


def packet(
    source: Source,
    escalation_id: int,
    out: Path,
    *,
    evidence: Collection[int] | None = None,
    hide: Sequence[str] = (),
    masks: Mapping[int, Sequence[Area]] | None = None,
    person_named: bool = False,
    passphrase: str = "",
    tell_both: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> list[Path]:
    """Write the packet of an escalation: PDF, ZIP, e-mail draft.

    A checkpoint is signed first, so that the entries of the case stand under it. Custody log and
    journal say for whom each piece left. Names in `hide` are taken out of every text; a journal
    value that holds one stays committed to, and is not opened. The person concerned goes by their
    label in every text unless `person_named`; of a journal value that names them the hash is opened
    and not the words. Pieces with `masks` go as copies in which these areas are black; the original
    stays, and its hash is told. With a `passphrase` there is a fourth file, the PDF behind it, and
    the e-mail carries that one alone. A case that is not what the journal recorded is refused,
    unless `tell_both`: then the PDF and `case.json` say what each of the two says. A text longer
    than `LONG` is cut in both, and stands whole in the archive. Where `out` holds an earlier packet
    of this escalation, this one goes into a folder of its own in it. Raises UserError,
    IntegrityError for altered evidence, Cancelled; nothing half-written stays.
    """
    from scc_admin import packets
    from scc_admin.documents import protected

    not_our_own(out)
    who = _signed(source)
    checkpoint = source.journal.checkpoint()
    escalation = source.moderation.escalation(escalation_id)
    sheet = source.moderation.sheet(escalation.case_id)
    chosen = _numbered(sheet, evidence)
    veil = _veil(source, sheet, hide, person_named)
    copies = masked_copies(source.vault, chosen, masks or {})
    texts = _LongTexts(source.tr)
    data: PacketData = texts.cut(packet_data(source, escalation, sheet, chosen, veil, copies))
    if veil.missing:
        raise UserError(
            "hide",
            N_(
                "No text of this packet holds this name to hide: {names}. Correct its spelling or"
                " take it off the list. Nothing was exported."
            ),
            names=", ".join(veil.missing),
        )
    if data["differences"] and not tell_both:
        raise UserError(
            DIFFERS,
            N_(
                "{case} is no longer what the journal recorded (differences: {n}; the first:"
                " {what}). Nothing was exported: verify the journal, or have the packet tell both."
            ),
            case=sheet.case.number,
            n=len(data["differences"]),
            what=data["differences"][0]["what"],
        )
    pdf = source.typesetter.packet(data, _Pictures(source.vault, chosen, copies))
    locked = protected(pdf, passphrase) if passphrase else None

    def told(done: int, total: int | None) -> None:
        if progress is not None:
            progress(Progress(done, total))

    packed = packets.PacketInput(
        number=escalation.number,
        case_number=sheet.case.number,
        case=_case_json(data),
        items=[_item(source.vault, piece, copies.get(piece.id)) for piece in chosen],
        entries=_opened(source, sheet.case.number, checkpoint.size, veil, texts),
        texts=texts.files,
        checkpoint=checkpoint.note,
        pdf=pdf,
        signer=source.signer,
        created=source.clock(),
        mail=partial(
            _packet_mail,
            source,
            veil,
            escalation,
            sheet,
            locked,
            data,
            (len(copies), len(chosen)),
        ),
        beside={} if locked is None else {_locked_name(escalation, source.tr): locked},
    )
    folder = _beside_earlier(out, escalation.number)
    with packets.build(packed, folder, progress=told) as built:
        built.make_way()
        now = source.clock()
        with source.store.writing() as tx:
            entry = source.journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.PACKET,
                    who=who,
                    at=now,
                    case=sheet.case.number,
                    step=escalation.number,
                    values={"pdf": built.pdf_sha256, "zip": built.zip_sha256},
                ),
            )
            tx.insert(
                "packets",
                escalation_id=escalation_id,
                at=stamp(now),
                who=who,
                name=escalation.number,
                pdf_sha256=built.pdf_sha256,
                zip_sha256=built.zip_sha256,
                entry=entry,
            )
            source.moderation.exported(
                [e.id for e in chosen],
                source.affairs,
                {piece: copy.sha256 for piece, copy in copies.items()},
            )
        archive, document, *others = built.publish()
    return [document, archive, *others]


def _beside_earlier(out: Path, number: str) -> Path:
    """Where a packet goes: `out`, or else a new folder in it. Files of an earlier one, which may
    have been sent, stay; names inside a packet hold its number, so that it is the folder that
    differs."""
    with explained(out):
        if not any(any(out.glob(name)) for name in (f"{number}.*", f"{number}-*.pdf")):
            return out
        numbers = (out / f"{number}-{n}" for n in itertools.count(2))
        return next(folder for folder in numbers if not folder.exists())


def _locked_name(escalation: Escalation, tr: Translator) -> str:
    word = "protege" if tr.language is Language.FR else "protected"
    return f"{escalation.number}-{word}.pdf"


def _case_json(data: PacketData) -> Mapping[str, Any]:
    """The case as the PDF tells it, for machines; without what only the PDF needs."""
    from scc_admin.documents import as_json

    told: dict[str, Any] = json.loads(as_json(data))
    for capture in told["captures"]:
        del capture["picture"]
    return told


def _opened(
    source: Source, case_number: str, size: int, veil: Veil, texts: _LongTexts
) -> list[packets.OpenedEntry]:
    """The journal's entries of one case, with what opens their commitments; of no other case."""
    from scc_admin import packets

    with source.store.reading() as db:
        seqs = sorted(source.journal.ids(JournalQuery(case=case_number)))
        found = []
        for seq in seqs:
            if seq > size:
                continue
            values = {
                row["field"]: _opening(row["value"], row["salt"], veil, texts)
                for row in db.all("SELECT * FROM journal_values WHERE seq = ?", (seq,))
            }
            found.append(
                packets.OpenedEntry(
                    seq=seq,
                    body=db.value("SELECT body FROM journal WHERE seq = ?", (seq,)),
                    values=values,
                    proof=source.journal.inclusion_proof(seq, size),
                )
            )
    return found


def _opening(value: str | None, salt: bytes, veil: Veil, texts: _LongTexts) -> packets.Opening:
    """What a packet tells of a journal value: its words, its hash alone, or nothing."""
    if value is None or veil.hides(value):
        return None
    relabelled = veil.relabels(value)
    if relabelled or len(value) > LONG:
        if not relabelled:
            texts.keep(value)
        return hashlib.sha256(value.encode()).digest(), salt
    return value, salt


def _packet_mail(
    source: Source,
    veil: Veil,
    escalation: Escalation,
    sheet: CaseSheet,
    locked: bytes | None,
    data: PacketData,
    masked: tuple[int, int],
    pdf: Path,
    archive: Path,
) -> bytes:
    from scc_admin.documents import Attachment, eml
    from scc_admin.documents.packet import exceptions

    tr = source.tr.tr
    paragraphs = [
        tr(N_("Hello,")),
        tr(
            N_("Here is the escalation packet {number} ({situation})."),
            number=escalation.number,
            situation=tr(SITUATIONS[sheet.case.situation]),
        ),
        tr(N_("The question: {question}"), question=data["question"]),
        *("\n".join([head, *said]) for head, said in exceptions(source.tr, data["done"])),
        _mail_privacy(source.tr, sheet.person, veil, *masked),
        _mail_check(source),
        source.signer.fingerprint(),
    ]
    if locked is not None:
        attached = [Attachment(_locked_name(escalation, source.tr), "application/pdf", locked)]
        paragraphs.append(tr(N_("The PDF asks for a passphrase, which comes by another way.")))
    else:
        attached = [Attachment(pdf.name, "application/pdf", pdf.read_bytes())]
    # Mail servers refuse large messages; the draft then says where the archive is.
    if locked is not None:
        paragraphs.append(
            tr(
                N_(
                    "The archive {name} has no passphrase, so it is not attached; it comes by"
                    " another way."
                ),
                name=archive.name,
            )
        )
    elif archive.stat().st_size <= MAIL_LIMIT:
        attached.append(Attachment(archive.name, "application/zip", archive.read_bytes()))
    else:
        paragraphs.append(
            tr(
                N_("The archive {name} is too large for an e-mail; it comes by another way."),
                name=archive.name,
            )
        )
    return eml(
        tr(N_("Escalation {number}"), number=escalation.number),
        "\n\n".join([*paragraphs, _signature(source)]),
        to=[source.affairs_email] if source.affairs_email else [],
        attachments=attached,
        at=source.clock(),
    )


def _mail_privacy(tr: Translator, person: Person, veil: Veil, masked: int, total: int) -> str:
    from scc_admin.documents.packet import may_show

    if not veil.labels:
        return tr.tr(N_("The packet names the person concerned. Pass it on to nobody else."))
    label = person_label(tr, person.label)
    return " ".join(
        (
            tr.tr(N_("In the packet's texts the person stands as {label}."), label=label),
            may_show(tr, masked, total),
            tr.tr(N_("Pass it on to nobody else.")),
        )
    )


def _mail_check(source: Source) -> str:
    """How to make sure that the packet is ours: by telephone, and at which number."""
    tr = source.tr.tr
    if source.phone:
        call = tr(N_("call {who} at {phone}"), who=source.who, phone=source.phone)
    else:
        call = tr(
            N_("call {who} at the number that you have in your own directory, not one from here"),
            who=source.who,
        )
    return tr(
        N_(
            "To be sure that this packet comes from us and was not changed, {call}, and read out"
            " the key below. It also stands at the end of the PDF; all three must agree."
        ),
        call=call,
    )


MAIL_LIMIT = 15_000_000
"""Bytes of archive that an e-mail still carries; most servers refuse messages over 20 to 25 MB."""


# --- Everything -----------------------------------------------------------------------------------


_SECRET = {"blobs": {"key", "thumbnail"}, "known_vectors": {"vector"}}
"""Columns that mean nothing outside: keys of files that are written in clear, and caches."""


EVERYTHING = "scc-admin-"
"""How the names of the folders begin that hold all of a workspace."""


def everything(
    store: Store,
    vault: Vault,
    out: Path,
    at: datetime,
    note: Callable[[], object],
    progress: Callable[[Progress], None] | None = None,
) -> Path:
    """Write every table as JSON and CSV, and every file in clear, below `out`; the new folder.

    Bytes (hashes, salts) are hex. `note` writes down that they leave, just before they do. Raises
    UserError, Cancelled; nothing half-written stays.
    """
    import shutil

    from scc_admin.documents import csv_text

    not_our_own(out)
    target = out / f"{EVERYTHING}{at:%Y%m%d-%H%M%S}"
    building = target.with_name(target.name + ".partial")
    with explained(building):
        (building / "tables").mkdir(parents=True)
        (building / "files").mkdir()
    try:
        with store.reading() as db:
            shadow = tuple(f"{table}_" for table in store.full_text_tables())
            names = [
                row["name"]
                for row in db.all(
                    "SELECT name FROM sqlite_master WHERE type = 'table'"
                    " AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_%' ORDER BY name"
                )
                if not row["name"].startswith(shadow)
            ]
            files = db.all("SELECT id, media_type FROM blobs WHERE key IS NOT NULL ORDER BY id")
            total = len(names) + len(files)
            for done, name in enumerate(names):
                if progress is not None:
                    progress(Progress(done, total, name))
                rows = db.all(f"SELECT * FROM {name}")
                columns = [
                    column
                    for column in (rows[0].keys() if rows else ())
                    if column not in _SECRET.get(name, set())
                ]
                records = [{column: _open_value(row[column]) for column in columns} for row in rows]
                text = json.dumps(records, ensure_ascii=False, indent=1)
                write_durably(building / "tables" / f"{name}.json", text.encode("utf-8", "replace"))
                cells = [columns, *([record[c] for c in columns] for record in records)]
                write_durably(
                    building / "tables" / f"{name}.csv", csv_text(cells).encode("utf-8", "replace")
                )
        for done, row in enumerate(files, start=len(names)):
            if progress is not None:
                progress(Progress(done, total))
            vault.copy_out(row["id"], building / "files" / f"{row['id']:05}{_suffix(row)}")
        note()
        with explained(target):
            building.replace(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def _open_value(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


def _suffix(row: Row) -> str:
    from scc_admin.pictures import extension

    return extension(row["media_type"])


# --- A request for validation ------------------------------------------------------------------


def _versions(sheet: DraftSheet, tr: Translator) -> list[str]:
    """Every text of a draft, under its network and its language."""
    return [
        f"[{tr.tr(TARGETS[v.target])} · {tr.tr(LANGUAGES[v.language])}]\n{v.text}"
        for v in sheet.variants
        if v.text.strip()
    ]


def _pictures(sheet: DraftSheet, tr: Translator) -> list[str]:
    """What its pictures show, in the words that stand for them."""
    if not sheet.media:
        return []
    lines = [f"– {' · '.join(filter(None, (item.name, item.alt)))}" for item in sheet.media]
    return ["\n".join([f"[{tr.tr(N_('Pictures'))}]", *lines])]


def validation_request(
    source: Source,
    sheet: DraftSheet,
    page: str,
    validators: Sequence[str],
    question: str,
    answer_by: str,
    out: Path,
) -> Path:
    """An e-mail draft that asks these persons to validate a text, with every version of it.

    It is addressed to those whose name holds an address. Raises UserError when the disk refuses.
    """
    from scc_admin.documents import eml
    from scc_admin.library import fill

    tr = source.tr
    template = source.library.template("validation_request")
    names = [name.strip() for name in validators if name.strip()]
    planned = sheet.draft.planned_at
    values = {
        "validator": tr.join([name.partition("<")[0].strip(' "') or name for name in names]),
        "draft": draft_title(sheet) or tr.tr(N_("Untitled draft")),
        "page": page or tr.tr(N_("a page to be chosen")),
        "planned": tr.moment(planned) if planned else tr.tr(N_("no date yet")),
        "question": question.strip() or tr.tr(N_("May this text be published as it stands?")),
        "text": "\n\n".join([*_versions(sheet, tr), *_pictures(sheet, tr)]),
        "deadline": answer_by.strip() or tr.tr(N_("the day that suits you")),
        "signature": source.who,
    }
    message = eml(
        fill(template.subject.to(tr.language), values, {}),
        fill(template.text.to(tr.language), values, {}),
        to=[name for name in names if "@" in name],
        at=source.clock(),
    )
    stem = "validation" if tr.language is Language.FR else "validation-request"
    path = _folder(out) / f"{stem}-{sheet.draft.id}-{source.clock():%Y%m%d-%H%M%S}.eml"
    write_durably(path, message)
    return path
