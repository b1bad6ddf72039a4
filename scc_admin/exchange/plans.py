"""What an import would do, before it does it; doing it, and undoing it.

`Exchange.plan` reads a file and compares it, field by field, with what stands here. Nothing is
written before `apply`, which writes it all in one transaction and remembers what stood before, so
that `undo` can put it back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any

from scc_admin import files, keys
from scc_admin.errors import UserError
from scc_admin.exchange import ics, outgoing, tables
from scc_admin.i18n import N_, Translator
from scc_admin.model import (
    CampaignKind,
    Changes,
    Language,
    Progress,
)
from scc_admin.store import Reading, Row, Store, Writing, instant, stamp, to_json
from scc_admin.verdict import duplicates

EXPORTED = (".ics", ".xlsx")
"""How the name of an exported calendar ends; a plan of a page is the first."""
_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 30)
NAMESPACE = "scc-admin-plan"
"""Of the signature of a page's plan (SSHSIG)."""
_REPORT_EVERY = 500
_CHANGES = Changes(frozenset({"calendar", "drafts"}))


class Kind(StrEnum):
    """What a line of a file stands for here."""

    ENTRY = "entry"
    """A dated line of the calendar."""
    CAMPAIGN = "campaign"
    DRAFT = "draft"
    """A post of this workspace: only its moment is taken."""
    KNOWN = "known"
    """A post of another workspace, for the duplicate check."""


class Action(StrEnum):
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


_TABLES: Mapping[Kind, str] = {
    Kind.ENTRY: "calendar_entries",
    Kind.CAMPAIGN: "campaigns",
    Kind.DRAFT: "drafts",
    Kind.KNOWN: "known_posts",
}
_MOMENTS = frozenset({"starts_at", "ends_at", "planned_at"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a line, as it stands and as the file says; instants as stored."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Item:
    """A line that the import would add, change or remove."""

    kind: Kind
    action: Action
    uid: str
    title: str
    at: datetime
    all_day: bool
    changes: tuple[FieldChange, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    """What is written, by column."""
    campaign: str = ""
    """Key of its campaign, which may itself come with the file."""
    deleted: bool = False
    """True when it came by an earlier import, and was deleted here since."""

    @property
    def key(self) -> str:
        """Tells the lines of a plan apart."""
        return f"{self.kind.value}:{self.uid}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signed a plan. The fingerprint is to be compared by another channel the first time."""

    name: str
    page: str
    page_uid: str
    public_key: bytes
    known: bool
    """True when this key signed an earlier plan of this page."""
    own: bool = False
    """True for this workspace's own key."""
    made_at: str = ""

    @property
    def fingerprint(self) -> str:
        return keys.fingerprint(self.public_key)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. Nothing is written yet."""

    file: str
    items: tuple[Item, ...]
    unchanged: int
    skipped: tuple[ics.Skipped, ...] = ()
    warnings: tuple[tuple[str, Mapping[str, object]], ...] = ()
    unknown_zones: Mapping[str, int] = field(default_factory=dict)
    """Zones that nobody knows; plan again with `assume_zone` to take another for them."""
    sender: Sender | None = None

    def count(self, action: Action) -> int:
        """How many lines, without those that were deleted here."""
        return sum(item.action is action and not item.deleted for item in self.items)

    @property
    def deleted(self) -> frozenset[str]:
        """Keys of the lines that were deleted here: they come back only when asked for."""
        return frozenset(item.key for item in self.items if item.deleted)


@dataclass(frozen=True, slots=True)
class Imported:
    """An import that was done."""

    batch_id: int | None
    """None when there was nothing to do."""
    added: int
    changed: int
    removed: int
    changes: Changes
    moved: frozenset[int] = frozenset()
    """Ids of the drafts that have another date now: what was ready is to be judged anew."""


@dataclass(frozen=True, slots=True)
class Batch:
    """An earlier import, newest first in lists."""

    id: int
    at: datetime
    who: str
    file: str
    lines: int
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Undone:
    """An import that was undone; `kept` lines were changed since and stay as they are."""

    restored: int
    kept: int
    changes: Changes
    moved: frozenset[int] = frozenset()
    """As in `Imported`."""


class Exchange:
    """Imports and exports of a workspace's calendar.

    `zone` is where times without zone are read, and where days begin. `signer` is asked for when
    something is signed.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        who: Callable[[], str],
        zone: tzinfo,
        signer: Callable[[], keys.Signer],
        workspace_uid: str = "",
    ) -> None:
        self._store = store
        self._clock = clock
        self._who = who
        self._zone = zone
        self._signer = signer
        self._workspace_uid = workspace_uid

    # -- planning an import -----------------------------------------------------------------------

    def plan(
        self,
        path: Path,
        *,
        assume_zone: tzinfo | None = None,
        accept_key: str = "",
        columns: Mapping[str, int] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> ImportPlan:
        """What importing a file (.ics, .csv, .xlsx) would do.

        `assume_zone` stands for zones that nobody knows. `accept_key` is the fingerprint of a new
        key that the sender confirmed. `columns` says which column of a table holds which field,
        instead of the guess. `progress` may raise Cancelled. Raises UserError: not readable, not
        such a file, too large, a plan that is unsigned, altered, older, or signed by another key.
        """
        if path.suffix.lower() in tables.SUFFIXES:
            _must_be_signed_by(None, accept_key)
            with files.readable(path):
                table = tables.read(path)
            read = tables.events(
                table,
                tables.guess(table) if columns is None else columns,
                zone=self._zone,
            )
            return self._compare(path.name, read, None)
        with files.readable(path):
            if path.stat().st_size > ics.MAX_BYTES:
                raise UserError(
                    "too_large",
                    N_("The file is larger than {n} MB; export a shorter period."),
                    n=ics.MAX_BYTES >> 20,
                )
            data = path.read_bytes()
        read = ics.read(
            data,
            now=self._clock(),
            zone=self._zone,
            assume_zone=assume_zone,
            progress=progress,
        )
        return self._compare(path.name, read, self._sender(read, accept_key))

    def columns(self, path: Path, said: Sequence[str]) -> dict[str, int]:
        """Field → column of a table, as guessed and then as said: `date=2` or `title=Titre`.

        Raises UserError for what is no field or no column of the table.
        """
        with files.readable(path):
            table = tables.read(path)
        return tables.said(table, said)

    def _sender(self, read: ics.Read, accept_key: str) -> Sender | None:
        page_uid = read.extra.get("page-uid", "")
        if read.signature is None:
            if page_uid:
                raise UserError(
                    "unsigned_plan",
                    N_("The signature of this plan is missing. Ask for the file again."),
                )
            _must_be_signed_by(None, accept_key)
            return None
        try:
            public_key = keys.verify_sshsig(
                read.signature.armored, NAMESPACE, read.signature.signed
            )
        except ValueError:
            raise _altered() from None
        if not page_uid:  # no plan that was written here lacks it
            raise _altered()
        _must_be_signed_by(public_key, accept_key)
        name, page = read.extra.get("sender", ""), read.extra.get("page", "")
        with self._store.reading() as db:
            row = db.one("SELECT * FROM plan_senders WHERE page_uid = ?", (page_uid,))
        own = public_key == self._signer().public_key
        made_at = read.extra.get("made", "")
        if row is not None and not own and bytes(row["public_key"]) != public_key:
            if not accept_key:
                raise UserError(
                    "sender_changed",
                    N_(
                        "The plan of {page} used to be signed by another key. Call the sender,"
                        " compare the fingerprint {fingerprint}, then accept it by name."
                    ),
                    page=page,
                    fingerprint=keys.fingerprint(public_key),
                )
            row = None
        elif row is not None and made_at < row["made_at"]:
            raise UserError(
                "older_plan",
                N_("A newer plan of {page} was already imported, on {at}."),
                page=page,
                at=instant(row["last_at"]),
            )
        return Sender(name, page, page_uid, public_key, row is not None, own, made_at)

    def _compare(self, file: str, read: ics.Read, sender: Sender | None) -> ImportPlan:
        with self._store.reading() as db:
            comparison = _Comparison(db, file, read, sender, self._clock())
        return comparison.plan()

    # -- doing and undoing ------------------------------------------------------------------------

    def apply(
        self,
        plan: ImportPlan,
        *,
        leave_out: Collection[str] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Imported:
        """Do what a plan says, but for the lines whose `key` is in `leave_out`; all or nothing.

        Unless that is said, those are left out that were deleted here. `progress` may raise
        Cancelled: then nothing was changed.
        """
        if leave_out is None:
            leave_out = plan.deleted
        items = [item for item in plan.items if item.key not in leave_out]
        now = stamp(self._clock())
        moved = [item.uid for item in items if item.kind is Kind.DRAFT]
        with self._store.writing() as tx:
            batch_id = None
            if items:
                batch_id = tx.insert(
                    "import_batches", at=now, who=self._who(), file=plan.file, lines=len(items)
                )
                self._write(tx, batch_id, items, now, progress)
            if plan.sender is not None and not plan.sender.own:
                _remember_sender(tx, plan.sender, now)
            drafts = _drafts(tx, moved)
        done = {action: sum(item.action is action for item in items) for action in Action}
        return Imported(
            batch_id, done[Action.ADD], done[Action.CHANGE], done[Action.REMOVE], _CHANGES, drafts
        )

    def _write(
        self,
        tx: Writing,
        batch_id: int,
        items: Sequence[Item],
        now: str,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        order = list(Kind)
        campaigns: dict[str, int] = {}
        # Campaigns come first, so that lines find theirs.
        for number, item in enumerate(
            sorted(items, key=lambda item: (item.kind is not Kind.CAMPAIGN, order.index(item.kind)))
        ):
            if progress is not None and number % _REPORT_EVERY == 0:
                progress(Progress(number, len(items)))
            values = dict(item.values)
            if item.campaign:
                if not campaigns or item.campaign not in campaigns:
                    campaigns = {r["key"]: r["id"] for r in tx.all("SELECT id, key FROM campaigns")}
                values["campaign_id"] = campaigns.get(item.campaign)
            before = _put(tx, item, values, now)
            after = None if item.action is Action.REMOVE else values
            tx.run(
                "INSERT INTO import_changes(batch_id, kind, uid, before, after)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    batch_id,
                    item.kind.value,
                    item.uid,
                    None if before is None else to_json(before),
                    None if after is None else to_json(after),
                ),
            )

    def batches(self, limit: int = 50) -> list[Batch]:
        """Earlier imports, the newest first."""
        with self._store.reading() as db:
            return [
                Batch(
                    row["id"],
                    instant(row["at"]),
                    row["who"],
                    row["file"],
                    row["lines"],
                    instant(row["undone_at"]) if row["undone_at"] else None,
                )
                for row in db.all("SELECT * FROM import_batches ORDER BY id DESC LIMIT ?", (limit,))
            ]

    def undo(self, batch_id: int) -> Undone:
        """Put back what stood before an import. Lines changed since then are left as they are.

        Raises UserError when there is no such import, or it is undone already.
        """
        restored = kept = 0
        moved: list[str] = []
        with self._store.writing() as tx:
            batch = tx.one("SELECT * FROM import_batches WHERE id = ?", (batch_id,))
            if batch is None or batch["undone_at"]:
                raise UserError("not_undoable", N_("There is no import left to undo."))
            for row in tx.all(
                "SELECT * FROM import_changes WHERE batch_id = ? ORDER BY id DESC", (batch_id,)
            ):
                if _put_back(tx, row):
                    restored += 1
                    if row["kind"] == Kind.DRAFT.value:
                        moved.append(row["uid"])
                else:
                    kept += 1
            tx.update("import_batches", batch_id, undone_at=stamp(self._clock()))
            drafts = _drafts(tx, moved)
        return Undone(restored, kept, _CHANGES, drafts)

    # -- exporting --------------------------------------------------------------------------------

    def export(
        self, path: Path, tr: Translator, *, first: date | None = None, last: date | None = None
    ) -> int:
        """Write the calendar (.ics or .xlsx): dated lines, campaigns, posts; how many.

        From `first` to `last`, both included; everything when they are not given. Raises UserError:
        nothing stands there, it is no such file, or the disk refuses.
        """
        files.destination(path, EXPORTED)
        events = self._events(tr, first, last)
        if not events:
            raise UserError(
                "empty_calendar",
                N_("Nothing stands in the calendar in this period; no file was written."),
            )
        if path.suffix.lower() == ".xlsx":
            data = tables.workbook(
                events, tr, at=self._clock(), zone=self._zone, author=self._who()
            )
        else:
            data = ics.write(events, now=self._clock(), name=tr.tr(N_("Editorial calendar")))
        files.write_durably(path, data)
        return len(events)

    def export_plan(
        self,
        page_id: int,
        path: Path,
        tr: Translator,
        *,
        first: date | None = None,
        last: date | None = None,
    ) -> int:
        """Write the signed plan of a page, for other workspaces; how many posts it holds.

        From `first` (today) to `last` (a year later), both included. Raises UserError: no such
        page, nothing planned, no `.ics`, or the disk refuses.
        """
        files.destination(path, EXPORTED[:1])
        first = first or self._clock().astimezone(self._zone).date()
        last = last or first + timedelta(days=365)
        with self._store.reading() as db:
            page = db.need("SELECT uid, name FROM pages WHERE id = ?", (page_id,))
        events = [
            event
            for event in self._events(tr, first, last, page_id)
            if event.extra.get("page-uid") == page["uid"] and event.texts
        ]
        if not events:
            raise UserError(
                "empty_plan", N_("Nothing is planned on {page} in this period."), page=page["name"]
            )
        now = self._clock()
        data = ics.write(
            events,
            now=now,
            name=page["name"],
            extra={
                "page": page["name"],
                "page-uid": page["uid"],
                "sender": self._who(),
                "workspace": self._workspace_uid,
                "made": stamp(now),
                "from": first.isoformat(),
                "to": last.isoformat(),
            },
        )
        signature = self._signer().sshsig(NAMESPACE, data)
        files.write_durably(path, ics.with_signature(data, signature))
        return len(events)

    def _events(
        self, tr: Translator, first: date | None, last: date | None, page_id: int | None = None
    ) -> list[ics.Event]:
        # Within what every zone has a UTC for.
        first, last = max(first or _FIRST, _FIRST), min(last or _LAST, _LAST)
        start = datetime.combine(first, datetime.min.time(), self._zone)
        end = datetime.combine(max(last, _FIRST), datetime.min.time(), self._zone)
        span = (stamp(start), stamp(end + timedelta(days=1)))
        with self._store.reading() as db:
            return [
                *outgoing.entries(db, span),
                *outgoing.campaigns(db, tr.language, span),
                *outgoing.drafts(db, span, page_id),
            ]


def _must_be_signed_by(public_key: bytes | None, accept_key: str) -> None:
    """Raises UserError when a fingerprint was given, and the file is not signed by that key."""
    if accept_key and (public_key is None or accept_key != keys.fingerprint(public_key)):
        raise UserError(
            "other_key",
            N_("This file is not signed by the key {key}. Compare the fingerprint once more."),
            key=accept_key,
        )


# --- Comparing ---------------------------------------------------------------------------------


class _Comparison:
    """A file beside what stands in the workspace."""

    def __init__(
        self, db: Reading, file: str, read: ics.Read, sender: Sender | None, now: datetime
    ) -> None:
        self.file = file
        self.read = read
        self.sender = sender
        self.source = sender.name or sender.page if sender else file
        self.now = now
        self.rows = {
            kind: {row["uid"]: row for row in db.all(f"SELECT * FROM {table}{where}")}
            for kind, table, where in (
                (Kind.ENTRY, "calendar_entries", ""),
                (Kind.CAMPAIGN, "campaigns", ""),
                (Kind.DRAFT, "drafts", ""),
                (Kind.KNOWN, "known_posts", " WHERE uid IS NOT NULL"),
            )
        }
        self.campaign_uids = {row["key"]: uid for uid, row in self.rows[Kind.CAMPAIGN].items()}
        self.campaign_keys = {row["id"]: row["key"] for row in self.rows[Kind.CAMPAIGN].values()}
        self.out = {
            row["draft_id"]
            for row in db.all("SELECT draft_id FROM placements WHERE published_at IS NOT NULL")
        }
        """Drafts that are out on one network at least."""
        self.pages: dict[str, int] = {}
        """By uid, by name where only one has it, and by name and network likewise."""
        pages = db.all("SELECT id, uid, name, network FROM pages WHERE NOT archived")
        self.page_names = [row["name"].casefold() for row in pages]
        keys = [f"{row['name'].casefold()}|{row['network']}" for row in pages]
        for row, name, key in zip(pages, self.page_names, keys, strict=True):
            for known, among in ((name, self.page_names), (key, keys)):
                if among.count(known) == 1:
                    self.pages[known] = row["id"]
        self.pages |= {row["uid"]: row["id"] for row in pages}
        self.campaigns = dict.fromkeys(self.campaign_uids)
        for row in self.rows[Kind.CAMPAIGN].values():
            for name in (row["name_fr"], row["name_en"]):
                if name:
                    self.campaigns[name.casefold()] = row["key"]
        self.deleted = _deleted(db)
        self.items: list[Item] = []
        self.skipped: list[ics.Skipped] = list(read.skipped)
        self.unknown: dict[str, dict[str, None]] = {_NO_PAGE: {}, _PAGES: {}, _NO_CAMPAIGN: {}}
        """By sentence, the names that nothing here bears, or too many."""
        self.unchanged = 0

    def plan(self) -> ImportPlan:
        kinds = {uid: kind for kind in (Kind.CAMPAIGN, Kind.DRAFT) for uid in self.rows[kind]}
        events = tables.matched(self.read.events, self.rows[Kind.ENTRY].values(), kinds, self.file)
        for event in events:
            if event.extra.get("kind") == "campaign":
                self.campaigns[event.extra.get("key", "")] = event.extra.get("key", "")
        for event in events:
            self._take(event)
        self._vanished({event.uid for event in events})
        unknown = tuple(
            (words, {"names": _some(list(names))}) for words, names in self.unknown.items() if names
        )
        return ImportPlan(
            self.file,
            tuple(self.items),
            self.unchanged,
            tuple(self.skipped),
            (*self.read.warnings, *unknown),
            self.read.unknown_zones,
            self.sender,
        )

    def _take(self, event: ics.Event) -> None:
        kind = event.extra.get("kind", "")
        if kind == "campaign-row":  # a table knows too little of it
            self.unchanged += 1
            return
        if self.sender is not None and kind != "post":
            return
        ours = self.sender is None or self.sender.own
        if kind == "post" and event.uid in self.rows[Kind.DRAFT]:
            if ours:
                self._take_draft(event)
        elif kind == "post" and event.texts:
            self._take_known(event)
        elif kind == "campaign":
            self._take_campaign(event)
        else:
            self._take_entry(event)

    def _take_entry(self, event: ics.Event) -> None:
        row = self.rows[Kind.ENTRY].get(event.uid)
        version = event.sequence
        if row is not None and version is not None and version < row["sequence"]:
            reason = N_("A newer version of it was imported already.")
            self.skipped.append(ics.Skipped(event.title or row["title"], reason))
            return
        if event.cancelled:
            if row is not None:
                self._remove(Kind.ENTRY, row)
            return
        values: dict[str, Any] = {
            "title": event.title or "…",
            "starts_at": stamp(event.starts_at),
            "ends_at": stamp(event.ends_at),
            "all_day": int(event.all_day),
            "place": event.place,
            "notes": event.notes,
        }
        # What a file does not say, it does not change; a table knows no series, and seldom ends.
        if row is None or "number" not in event.extra:
            values["series"] = event.series
        if version is not None:
            values["sequence"] = version
        if row is not None and event.extra.get("length") == "unsaid" and not row["all_day"]:
            length = instant(row["ends_at"]) - instant(row["starts_at"])
            values["ends_at"] = stamp(event.starts_at + length)
        name = event.extra.get("page", "").casefold()
        page = event.extra.get("page-uid") or name
        if page not in self.pages:
            page = f"{name}|{event.extra.get('network', '')}"
        if page in self.pages:
            values["page_id"] = self.pages[page]
        said = event.extra.get("campaign", "")
        campaign = said if said in self.campaign_uids else self.campaigns.get(said.casefold(), "")
        if row is None:
            for words, named, found in (
                (
                    _PAGES if name in self.page_names else _NO_PAGE,
                    event.extra.get("page", ""),
                    page in self.pages,
                ),
                (_NO_CAMPAIGN, said, campaign),
            ):
                if named and not found:
                    self.unknown[words].setdefault(named)
        self._differ(Kind.ENTRY, event, values, campaign=campaign or "")

    def _take_campaign(self, event: ics.Event) -> None:
        key = event.extra.get("key", "") or event.uid[:40]
        kind = event.extra.get("campaign-kind", "")
        uid = (
            event.uid if event.uid in self.rows[Kind.CAMPAIGN] else self.campaign_uids.get(key, "")
        )
        values: dict[str, Any] = {
            "key": key,
            "name_fr": event.extra.get("name-fr") or event.title or "…",
            "name_en": event.extra.get("name-en", ""),
            "kind": kind if kind in set(CampaignKind) else CampaignKind.CAMPAIGN.value,
            "starts_on": event.starts_at.date().isoformat(),
            "ends_on": (event.ends_at - timedelta(seconds=1)).date().isoformat(),
            "hashtags": _names(event.extra.get("hashtags", "")),
            "keywords": _names(event.extra.get("keywords", "")),
            "notes": event.notes,
        }
        for name in ("objective_cents", "raised_cents"):
            text = event.extra.get(name.replace("_", "-"), "")
            if text.isascii() and text.isdigit():
                values[name] = int(text[:15])
        if uid:
            del values["key"]
        self._differ(Kind.CAMPAIGN, event, values, uid=uid or event.uid)

    def _take_draft(self, event: ics.Event) -> None:
        row = self.rows[Kind.DRAFT][event.uid]
        came_out = row["published_at"] or (row["planned_at"] is None and row["id"] in self.out)
        if came_out or row["trashed_at"] or event.all_day:
            self.unchanged += 1
            return
        self._differ(Kind.DRAFT, event, {"planned_at": stamp(event.starts_at)})

    def _take_known(self, event: ics.Event) -> None:
        for target, language, text in event.texts:
            if not text:
                continue
            self._differ(
                Kind.KNOWN,
                event,
                {
                    "page": event.extra.get("page", ""),
                    "title": event.title,
                    "language": language if language in set(Language) else Language.FR.value,
                    "day": event.starts_at.date().isoformat(),
                    "text": text,
                    "plan": self.sender.page_uid if self.sender else "",
                },
                uid=self._known_uid(event, target, language),
            )

    def _known_uid(self, event: ics.Event, target: str, language: str) -> str:
        """Each sender's posts have names of their own: none can write over another's."""
        plan = self.sender.page_uid if self.sender else ""
        return "|".join((plan, event.uid, target, language))

    def _differ(
        self,
        kind: Kind,
        event: ics.Event,
        values: dict[str, Any],
        *,
        uid: str = "",
        campaign: str = "",
    ) -> None:
        uid = uid or event.uid
        row = self.rows[kind].get(uid)
        changes: list[FieldChange] = []
        if row is None:
            action = Action.ADD
            if kind is Kind.ENTRY:
                values["source"] = self.source
            elif kind is Kind.KNOWN:
                values["origin"] = self.source
        else:
            action = Action.CHANGE
            changes = [
                FieldChange(name, row[name], value)
                for name, value in values.items()
                if name != "sequence" and not _same(name, row[name], value)
            ]
            if campaign and self.campaign_keys.get(row["campaign_id"]) != campaign:
                before = self.campaign_keys.get(row["campaign_id"], "")
                changes.append(FieldChange("campaign", before, campaign))
            if not changes:
                self.unchanged += 1
                return
        self.items.append(
            Item(
                kind,
                action,
                uid,
                values.get("name_fr") or event.title or "…",
                event.starts_at,
                event.all_day,
                tuple(changes),
                values,
                campaign,
                deleted=action is Action.ADD and (kind.value, uid) in self.deleted,
            )
        )

    def _remove(self, kind: Kind, row: Row) -> None:
        at = instant(row["starts_at"]) if kind is Kind.ENTRY else _day(row["day"])
        self.items.append(Item(kind, Action.REMOVE, row["uid"], row["title"], at, False))

    def _vanished(self, seen: set[str]) -> None:
        """What came from an earlier version of this file, and is no longer in it."""
        alone = {event.uid for event in self.read.events if not event.series}
        for uid, row in self.rows[Kind.ENTRY].items():
            series = row["series"]
            if not series or uid in seen:
                continue
            window = self.read.series.get(series)
            gone = window is not None and window[0] <= instant(row["starts_at"]) <= window[1]
            if gone or series in alone:
                self._remove(Kind.ENTRY, row)
        if self.sender is None:
            return
        texts = {
            self._known_uid(event, target, language)
            for event in self.read.events
            for target, language, _ in event.texts
        }
        first, last = self.read.extra.get("from", ""), self.read.extra.get("to", "9999")
        for uid, row in self.rows[Kind.KNOWN].items():
            mine = row["plan"] == self.sender.page_uid and uid not in texts
            if mine and first <= row["day"] <= last:
                self._remove(Kind.KNOWN, row)


_NO_PAGE = N_("No page here has this name: {names}. Its lines come without a page.")
_PAGES = N_(
    "Several pages here have this name: {names}. Say which in a column for the network; until then"
    " its lines come without a page."
)
_NO_CAMPAIGN = N_("No campaign here has this name: {names}. Its lines come without a campaign.")


def _some(names: Sequence[str]) -> str:
    """The first of some names, each cut to a length that one can read."""
    shown = [name if len(name) <= 60 else f"{name[:59]}…" for name in names[:5]]
    return ", ".join([*shown, *(["…"] if len(names) > 5 else [])])


def _altered() -> UserError:
    return UserError(
        "altered_plan",
        N_("This plan was altered on its way: its signature does not fit. Ask for the file again."),
    )


def _deleted(db: Reading) -> set[tuple[str, str]]:
    """Kind and UID of what imports brought, and did not take away themselves: such a line that is
    no longer here was deleted by hand."""
    return {
        (row["kind"], row["uid"])
        for row in db.all(
            # SQLite takes `after` from the row that has the greatest id.
            "SELECT c.kind, c.uid, c.after, max(c.id) FROM import_changes c"
            " JOIN import_batches b ON b.id = c.batch_id WHERE b.undone_at IS NULL"
            " GROUP BY c.kind, c.uid"
        )
        if row["after"] is not None
    }


def _same(name: str, stored: object, said: object) -> bool:
    """Whether a file says what is stored; files know no milliseconds and no blanks at the ends."""
    if name in _MOMENTS and isinstance(stored, str) and isinstance(said, str):
        return stored[:19] == said[:19]
    if isinstance(stored, str) and isinstance(said, str):
        return ics.tidy(stored) == ics.tidy(said)
    return stored == said


def _names(text: str) -> str:
    return to_json([part.strip() for part in text.split(",") if part.strip()])


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text[:10]), datetime.min.time(), UTC)


# --- Writing, and putting back -------------------------------------------------------------------


def _put(tx: Writing, item: Item, values: dict[str, Any], now: str) -> dict[str, Any] | None:
    """Write one line; what stood there before, None when nothing did."""
    table = _TABLES[item.kind]
    row = tx.one(f"SELECT * FROM {table} WHERE uid = ?", (item.uid,))
    if item.action is Action.REMOVE:
        if row is None:
            return None
        tx.run(f"DELETE FROM {table} WHERE uid = ?", (item.uid,))
        return {name: row[name] for name in row.keys() if name not in ("id", "uid")}  # noqa: SIM118
    if item.kind is Kind.KNOWN:
        values["norm"] = duplicates.normalise(values["text"])
    if row is None:
        if item.kind is Kind.CAMPAIGN:
            values["key"] = _free_key(tx, values["key"])
        if item.kind is not Kind.DRAFT:
            tx.insert(table, uid=item.uid, **values)
        return None
    before = {name: row[name] for name in values}
    if item.kind is Kind.DRAFT:
        tx.update(table, row["id"], **values, updated_at=now)
    else:
        tx.update(table, row["id"], **values)
    return before


def _drafts(db: Reading, uids: Iterable[str]) -> frozenset[int]:
    found = (db.value("SELECT id FROM drafts WHERE uid = ?", (uid,)) for uid in uids)
    return frozenset(number for number in found if number is not None)


def _free_key(tx: Writing, wanted: str) -> str:
    key, number = wanted, 2
    while tx.value("SELECT 1 FROM campaigns WHERE key = ?", (key,)):
        key, number = f"{wanted}-{number}", number + 1
    return key


def _put_back(tx: Writing, change: Row) -> bool:
    """Undo one line; False when it is no longer as the import left it."""
    table = _TABLES[Kind(change["kind"])]
    before = None if change["before"] is None else json.loads(change["before"])
    after = None if change["after"] is None else json.loads(change["after"])
    row = tx.one(f"SELECT * FROM {table} WHERE uid = ?", (change["uid"],))
    if after is None:
        if row is not None or before is None:
            return False
        tx.insert(table, uid=change["uid"], **_with_living(tx, before))
        return True
    if row is None or any(row[name] != value for name, value in after.items()):
        return False
    if before is None:
        return tx.run(f"DELETE FROM {table} WHERE uid = ?", (change["uid"],)) == 1
    tx.update(table, row["id"], **_with_living(tx, before))
    return True


def _with_living(tx: Writing, values: dict[str, Any]) -> dict[str, Any]:
    """The values, without references to what is gone since."""
    for name, table in (("campaign_id", "campaigns"), ("page_id", "pages")):
        if values.get(name) and not tx.value(
            f"SELECT 1 FROM {table} WHERE id = ?", (values[name],)
        ):
            values[name] = None
    return values


def _remember_sender(tx: Writing, sender: Sender, now: str) -> None:
    tx.run(
        "INSERT INTO plan_senders(page_uid, page, name, public_key, made_at, first_at, last_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO UPDATE SET page = excluded.page,"
        " name = excluded.name, public_key = excluded.public_key, made_at = excluded.made_at,"
        " last_at = excluded.last_at",
        (sender.page_uid, sender.page, sender.name, sender.public_key, sender.made_at, now),
    )
