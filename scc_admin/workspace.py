"""A workspace: the folder, and the parts that work on it. What the CLI and the windows hold.

`Workspace.create` and `Workspace.open` are the ways in. The parts (`editorial`, `moderation`,
`journal`, `vault`, `settings`) are used directly; what needs several of them together - a verdict
against everything known, a packet, a report, a backup - is a method here.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from scc_admin import __version__, backups, encrypting, keys
from scc_admin.errors import UserError
from scc_admin.i18n import N_, Phrase, Translator
from scc_admin.kinds import Changes, Language, Progress
from scc_admin.settings import Settings, machine_file
from scc_admin.store import Store, instant, stamp

if TYPE_CHECKING:
    from scc_admin import agenda, exports
    from scc_admin.documents.data import WeeklyData
    from scc_admin.editorial import Editorial
    from scc_admin.evidence import Vault
    from scc_admin.exchange import Exchange
    from scc_admin.house import House
    from scc_admin.journal import Journal
    from scc_admin.library import Library
    from scc_admin.model import (
        Area,
        BegunForm,
        Campaign,
        Consent,
        DraftRow,
        JournalReport,
    )
    from scc_admin.moderation import Moderation
    from scc_admin.moderation.retention import Certify, Destruction
    from scc_admin.proofreading import Proofreader
    from scc_admin.registers import Registers
    from scc_admin.reports import EarlierReport
    from scc_admin.today import Task, Today

DATABASE = "workspace.db"
EVIDENCE = "evidence"
BACKUPS = "backups"
EXPORTS = "exports"
_EMPTY_AT_MOST = 20
"""Drafts among which the last one that holds something is looked for."""
SESSION = ".session"
"""Stands in the folder while a window is open on it; left there by a crash."""
ZONE = "America/Toronto"
"""Where the division lives: the sample's zone, and where a computer does not say its own."""


PERMANENCE_EVERY = timedelta(days=91)
"""After a quarter, whoever approves is reminded that posts stay public."""
_REBUILT = N_("A search index was rebuilt; all is sound now.")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Created:
    """A new workspace, and the recovery code to write down (shown once; None without a key)."""

    workspace: Workspace
    recovery_code: str | None


@dataclass(frozen=True, slots=True)
class Agenda:
    """The calendar of some days."""

    first: date
    last: date
    items: tuple[agenda.Item, ...]
    conflicts: Mapping[str, tuple[agenda.Conflict, ...]]
    """By `Item.key`."""
    campaigns: tuple[Campaign, ...]
    dates: tuple[agenda.Recurring, ...]


@dataclass(frozen=True, slots=True)
class Reopened:
    """Drafts, by name, that are not ready any more: an error stands in their text."""

    names: tuple[str, ...]
    changes: Changes


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the doctor's report. `sentence` is a msgid for `params`."""

    name: str
    ok: bool
    sentence: str
    params: Mapping[str, object]


class Workspace:
    """An open workspace. Safe to share between threads; `close` it at the end."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        lock: backups.WorkspaceLock | None,
        *,
        key: bytes | None,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self.folder = folder
        self.store = store
        self.settings = settings
        self.protection = keys.read(folder)
        self.clock = clock
        self._lock = lock
        self._key = key
        self.app = f"scc_admin/{__version__}"
        self.vault_folder = folder / EVIDENCE
        self._parts_lock = threading.Lock()
        self._parts: _Parts | None = None

    # -- the ways in and out ------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        protection: keys.Kind = keys.Kind.KEYRING,
        passphrase: str | None = None,
        name: str = "",
        role: str = "",
        keyring: keys.Keyring | None = None,
        clock: Callable[[], datetime] = now,
        settings_file: Path | None = None,
    ) -> Created:
        """Make a workspace in a folder that holds none.

        Raises UserError: a workspace is there, the folder cannot be written or would be synced
        behind our back, no keyring answers, the passphrase is too short. Then nothing is left of
        what was begun.
        """
        from scc_admin.files import explained

        folder = folder.absolute()
        parts = [folder / part for part in (EVIDENCE, BACKUPS, EXPORTS)]
        with explained(folder):
            there = (folder / DATABASE).exists() or (folder / keys.FILE_NAME).exists()
            before = {place for place in (*parts, folder, *folder.parents) if place.exists()}
        if there:
            raise UserError(
                "exists", N_("There is already a workspace in {folder}."), folder=folder
            )
        problem = backups.location_problem(folder)
        if problem is not None:
            raise problem
        lock = backups.WorkspaceLock(folder)
        try:
            _make_folder(folder)
            lock.acquire()
        except BaseException:
            _leave_nothing(folder, before, locked=False)
            raise
        try:
            made = keys.create(folder, protection, passphrase=passphrase, keyring=keyring)
            try:
                store = Store.create(folder / DATABASE, made.key)
            except BaseException:
                keys.forget(folder, keyring=keyring)
                for name in (keys.FILE_NAME, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
                    (folder / name).unlink(missing_ok=True)
                raise
            for part in parts:
                _make_folder(part)
            workspace = cls(
                folder,
                store,
                lock,
                key=made.key,
                settings=Settings(settings_file or machine_file(), store),
                clock=clock,
            )
        except BaseException:
            lock.release()
            _leave_nothing(folder, before, locked=True)
            raise
        workspace.settings.set("workspace.uid", workspace.protection.uid)
        workspace.settings.set("me.name", name.strip())
        workspace.settings.set("me.role", role.strip())
        return Created(workspace, made.recovery_code)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        passphrase: str | None = None,
        recovery_code: str | None = None,
        keyring: keys.Keyring | None = None,
        asked: keys.Asked | None = None,
        put_back: bool = True,
        read_only: bool = False,
        clock: Callable[[], datetime] = now,
        settings_file: Path | None = None,
    ) -> Workspace:
        """Open a workspace; may wait for the keyring's own dialog.

        `asked` is the keyring's answer, where it was asked before and is on its way. An opening by
        the recovery code puts the key back in the keyring, if that is where it is to be, unless
        `put_back` says that the keyring would only keep it waiting.

        Raises UserError, one sentence each: none there, already open elsewhere, no way to its key,
        wrong key, newer, damaged, not writable.
        """
        folder = folder.absolute()
        database = folder / DATABASE
        if not encrypting.is_there(database):
            raise UserError("missing", N_("There is no workspace in {folder}."), folder=folder)
        lock = None
        if not read_only:
            lock = backups.WorkspaceLock(folder)
            lock.acquire()
        try:
            key = keys.unlock(
                folder,
                passphrase=passphrase,
                recovery_code=recovery_code,
                keyring=keyring,
                asked=asked,
            )
            if key is not None and encrypting.unfinished(database):
                with backups.WorkspaceLock(folder) if lock is None else contextlib.nullcontext():
                    encrypting.finish(database, key)
            store = Store.open(
                folder / DATABASE,
                key,
                read_only=read_only,
                before_migration=lambda old: backups.make(
                    old, folder, clock(), backups.Reason.MIGRATION
                ),
            )
            if not read_only:
                encrypting.tidy(database)
                if key is not None and recovery_code is not None and put_back:
                    # Said of the code where it is asked for; a keyring that refuses stops nobody.
                    with contextlib.suppress(UserError):
                        keys.restore_to_keyring(folder, key, keyring=keyring)
            return cls(
                folder,
                store,
                lock,
                key=key,
                settings=Settings(settings_file or machine_file(), store),
                clock=clock,
            )
        except BaseException:
            if lock is not None:
                lock.release()
            raise

    def close(self) -> None:
        self.store.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- its parts --------------------------------------------------------------------------------

    @property
    def journal(self) -> Journal:
        return self._made().journal

    @property
    def vault(self) -> Vault:
        return self._made().vault

    @property
    def editorial(self) -> Editorial:
        return self._made().editorial

    @property
    def moderation(self) -> Moderation:
        return self._made().moderation

    @property
    def registers(self) -> Registers:
        return self._made().registers

    def _made(self) -> _Parts:
        parts = self._parts
        if parts is None:
            with self._parts_lock:
                parts = self._parts
                if parts is None:
                    signer = _LateSigner(self.folder, self._key, self.protection)
                    parts = self._parts = _Parts(self, signer)
        return parts

    def begin_session(self) -> DraftRow | BegunForm | None:
        """Mark that somebody works here, until `end_session`.

        When the last session never ended (power cut, crash), what was written in it last: a form
        about a case, or a draft that holds something.
        """
        mark = self.folder / SESSION
        cut_short = None
        with contextlib.suppress(OSError, ValueError):
            since = instant(mark.read_text("ascii"))
            cut_short = self._written_last(since)
        with contextlib.suppress(OSError):  # a mark that cannot be set costs a sentence only
            mark.write_text(stamp(self.clock()), "ascii")
        return cut_short

    def _written_last(self, since: datetime) -> DraftRow | BegunForm | None:
        """The draft or form that was kept last, from an instant on."""
        drafts = self.editorial.drafts(limit=_EMPTY_AT_MOST)
        draft = next((made for made in drafts if made.title or made.excerpt), None)
        form = next(iter(self.moderation.unfinished.begun()), None)
        if form is not None and form.at >= since and (draft is None or form.at >= draft.updated_at):
            return form
        return draft if draft is not None and draft.updated_at >= since else None

    def end_session(self) -> None:
        with contextlib.suppress(OSError):
            (self.folder / SESSION).unlink(missing_ok=True)

    # -- who and where --------------------------------------------------------------------------

    def who(self) -> str:
        """The person at the keyboard, as the journal signs."""
        return str(self.settings.get("me.name"))

    @property
    def encrypted(self) -> bool:
        """False where whoever has the folder can read it."""
        return self.protection.kind is not keys.Kind.NONE

    @property
    def zone(self) -> tzinfo:
        """Where a day begins and what a clock shows, on screens and in documents."""
        import zoneinfo

        return zoneinfo.ZoneInfo(self.zone_name)

    @property
    def chosen_zone(self) -> tzinfo | None:
        """The zone of the settings; None for the computer’s, whose name takes time to find."""
        return self.zone if self.settings.get("zone") else None

    @property
    def zone_name(self) -> str:
        """The zone of the settings or else the computer's, such as America/Toronto."""
        return str(self.settings.get("zone")) or _computer_zone()

    @property
    def exports_folder(self) -> Path:
        return self.folder / EXPORTS

    @property
    def signer(self) -> keys.Signer:
        return keys.signer(self.folder, self._key)

    # -- the calendar and the day -----------------------------------------------------------------

    def calendar(self, first: date, last: date, *, zone: tzinfo | None) -> Agenda:
        """What stands in the calendar from one day to another, both included, and what clashes.

        `zone` says where a day begins; None is this computer's own.
        """
        from scc_admin import agenda

        campaigns = self.editorial.campaigns()
        with self.store.reading() as db:
            found = agenda.items(db, first, last, zone=zone)
            said = agenda.texts(db, first, last, zone=zone)
        return Agenda(
            first,
            last,
            tuple(found),
            agenda.conflicts(found, campaigns, said),
            tuple(c for c in campaigns if c.starts_on <= last and c.ends_on >= first),
            tuple(agenda.recurring(first, last)),
        )

    def campaign_steps(self) -> list[agenda.CampaignSteps]:
        """Every campaign with what its three steps owe, the newest first."""
        from scc_admin import agenda

        campaigns = self.editorial.campaigns()
        with self.store.reading() as db:
            return agenda.campaign_steps(db, reversed(campaigns))

    def today(self, *, zone: tzinfo | None) -> Today:
        """What is due, what waits for whom, what is late."""
        from scc_admin.reports import Week
        from scc_admin.today import today

        now = self.clock()
        here = now.astimezone(zone).date()
        due = self.moderation.retention.due(here)
        over = Week.of(here, sunday=self.sunday).shifted(-1)
        campaigns = self.editorial.campaigns()
        begun = self.moderation.unfinished.begun()
        next_steps = self.moderation.next_steps()
        with self.store.reading() as db:
            return today(
                db,
                now=now,
                zone=zone,
                campaigns=campaigns,
                searches=self.settings.get("monitoring.searches"),
                retention_due=sum(not case.hold for case in due),
                registers_due=self.reminders(here),
                begun=begun,
                next_steps=next_steps,
                last_week=str(over),
            )

    def waiting(self, until: date) -> dict[str, int]:
        """How much waits on the screens of the cases, of the escalations and of the pages."""
        return {
            "moderation": len({owed.case_id for owed in self.moderation.deadlines(until)}),
            "escalations": sum(
                asked.closed_at is None and asked.answered_at is None
                for asked in self.moderation.escalations()
            ),
            "pages": len(self.reminders(until)),
        }

    def reminders(self, until: date) -> list[Task]:
        """What the registers ask for by a day, the sources for answers among them."""
        from scc_admin.registers import SOURCES
        from scc_admin.today import Duty, Lane, Task

        def lane(due: date | None) -> Lane:
            return Lane.LATE if due and due < until else Lane.DO

        lines = [
            Task(
                Duty.REGISTER,
                lane(line.due_on),
                made.title_of(line),
                line.id,
                on=line.due_on,
                ref=made.key,
            )
            for made, line in self.registers.due(until)
        ]
        sources = [
            Task(
                Duty.REGISTER,
                lane(source.check_on),
                source.title.to(Language.FR),
                on=source.check_on,
                ref=SOURCES,
                title_en=source.title.to(Language.EN),
                key=source.key,
            )
            for source in self.library.due(until)
        ]
        return [*lines, *sources]

    def posts_due(self, after: datetime, until: datetime) -> list[Task]:
        """Ready posts whose time came after one instant and until another."""
        from scc_admin.today import posts_due

        with self.store.reading() as db:
            return posts_due(db, after, until)

    @property
    def sunday(self) -> bool:
        """Whether weeks begin on Sunday here."""
        return bool(self.settings.get("week.first") == "sunday")

    # -- the verdict ------------------------------------------------------------------------------

    @functools.cached_property
    def house(self) -> House:
        """The rules in force here, and what this workspace changes in them."""
        from scc_admin.house import House

        return House(self.store, self.settings, self.folder)

    @functools.cached_property
    def library(self) -> Library:
        """Templates and sources, with what this workspace changed of them."""
        from scc_admin.library import Library

        return Library(self.settings)

    @functools.cached_property
    def proofreader(self) -> Proofreader:
        """What judges a text and helps the person who writes it."""
        from scc_admin.proofreading import Proofreader

        return Proofreader(
            self.store,
            self.settings,
            self.editorial,
            self.house,
            self.library,
            clock=self.clock,
            who=self.who,
            zone=lambda: self.zone,
        )

    def permanence_due(self) -> bool:
        """Whether the person at the keyboard is to be told again that posts stay public (PLAT-10):
        at the first approval, then every quarter."""
        said = self.settings.get("me.acknowledged").get(self.who())
        return said is None or self.clock() - instant(said) >= PERMANENCE_EVERY

    def acknowledge_permanence(self) -> Changes:
        """Note that this person knows."""
        said = {**self.settings.get("me.acknowledged"), self.who(): stamp(self.clock())}
        self.settings.set("me.acknowledged", said)
        return Changes(frozenset())

    def validation_request(
        self,
        draft_id: int,
        validators: Sequence[str],
        question: str,
        answer_by: str,
        tr: Translator,
    ) -> Path:
        """Write an unsent e-mail that asks these persons to validate a draft; where it stands.

        Addresses are taken from the names that hold one. Raises UserError when the disk refuses.
        """
        from scc_admin import exports
        from scc_admin.model import page_names

        sheet = self.editorial.sheet(draft_id)
        return exports.validation_request(
            self._source(tr),
            sheet,
            page_names(sheet.placements),
            validators,
            question,
            answer_by,
            self.exports_folder,
        )

    def mark_ready(self, draft_id: int, *, language: Language) -> Changes:
        """Raises UserError while something remains."""
        return self.editorial.mark_ready(
            draft_id, self.proofreader.readiness(draft_id, language=language)
        )

    def plan(
        self, draft_id: int, at: datetime | None, *, language: Language, ready: bool = False
    ) -> Reopened:
        """Move a draft in the calendar, or out of it, and judge it anew if it was ready.

        « Tomorrow » and the weekday of a date hold for one day only. `ready` is the way back: the
        draft is ready again where nothing stands against it.
        """
        changes = self.editorial.plan(draft_id, at)
        if ready:
            with contextlib.suppress(UserError):
                self.mark_ready(draft_id, language=language)
        return replace(self.recheck_ready((draft_id,), language=language), changes=changes)

    def recheck_ready(self, draft_ids: Collection[int], *, language: Language) -> Reopened:
        """Reopen those of these drafts, whose day is another, that are ready and have an error.

        What is out on one of its networks stays as it is.
        """
        names, changes = [], Changes()
        for number, name in self.editorial.awaiting_publication().items():
            if number not in draft_ids:
                continue
            if self.proofreader.readiness(number, language=language).findings:
                changes = replace(self.editorial.reopen(number), draft_id=None)
                names.append(name)
        return Reopened(tuple(names), changes)

    # -- drafts: pictures -------------------------------------------------------------------------

    def add_picture(
        self, draft_id: int, source: Path | bytes, name: str
    ) -> tuple[int, bool, Changes]:
        """Take a picture or a film into a draft, encrypted, without where it was taken.

        Returns its media id, and whether a position had to be taken out. Raises UserError: not
        readable, a picture that cannot be shown, a position that cannot be taken out, disk full.
        """
        from scc_admin import pictures
        from scc_admin.evidence import MAX_PICTURE_BYTES
        from scc_admin.files import readable
        from scc_admin.model import Picture

        if isinstance(source, Path):
            with readable(source), source.open("rb") as file:
                head = file.read(32)
                size = source.stat().st_size
        else:
            head, size = source[:32], len(source)
        kind = pictures.media_type(head, name)
        picture = Picture(name, media_type=kind, size=size)
        cleaned = False
        if kind.startswith("image/") and size <= MAX_PICTURE_BYTES:
            data = source.read_bytes() if isinstance(source, Path) else source
            picture = pictures.inspect_image(data, name)
            if picture.has_position:
                data, cleaned = pictures.strip_position(data), True
                picture = pictures.inspect_image(data, name)
            source = data
        staged = self.vault.add(source, name, kind)
        try:
            with self.store.writing() as tx:
                blob_id = self.vault.commit(tx, staged)
                media_id, changes = self.editorial.attach(draft_id, blob_id, picture)
        except BaseException:
            self.vault.discard(staged)
            raise
        return media_id, cleaned, changes

    def say_people(
        self,
        media_id: int,
        nobody: bool,
        consents: Sequence[Consent],
        *,
        minors: Collection[str] = (),
        film: bool = False,
    ) -> Changes:
        """Keep who is on a picture; a consent without `line` is first written in the register.

        `minors` names those for whom a parent signed. Raises UserError when nobody is at the
        keyboard to sign for it.
        """
        linked = []
        for consent in consents:
            if not consent.line:
                line_id, _ = self.registers.add(
                    "consents",
                    {
                        "person": consent.who,
                        "what": "video" if film else "picture",
                        "minor": consent.who in minors,
                        "ends_on": consent.until.isoformat() if consent.until else "",
                    },
                )
                consent = replace(consent, line=self.registers.line(line_id).uid)
            linked.append(consent)
        changes = self.editorial.say_people(media_id, nobody=nobody, consents=linked)
        return replace(changes, what=changes.what | {"registers", "journal"})

    # -- calendar files ---------------------------------------------------------------------------

    @functools.cached_property
    def exchange(self) -> Exchange:
        """Imports and exports of the calendar."""
        from scc_admin.exchange import Exchange

        return Exchange(
            self.store,
            clock=self.clock,
            who=self.who,
            zone=self.zone,
            signer=lambda: self.signer,
            workspace_uid=self.protection.uid,
        )

    # -- what leaves the workspace ----------------------------------------------------------------

    def export_weekly(
        self,
        week: str,
        out: Path,
        tr: Translator,
        *,
        formats: Sequence[str] = ("pdf", "xlsx", "json"),
        comment: str = "",
        persons_named: bool = False,
    ) -> list[Path]:
        """Write the report of a week, in the language of `tr`; the files, in order of `formats`.

        Every format says the same figures, counted once. Raises UserError: no such week or format,
        or the folder cannot be written.
        """
        from scc_admin import exports
        from scc_admin.reports import Week

        return exports.weekly_report(
            self._source(tr),
            Week.parse(week, sunday=self.sunday),
            out,
            formats=formats,
            comment=comment,
            persons_named=persons_named,
        )

    def weekly_data(
        self, week: str, tr: Translator, *, comment: str = "", persons_named: bool = False
    ) -> WeeklyData:
        """The figures of a week, for a look before the export."""
        from scc_admin import exports
        from scc_admin.reports import Week

        return exports.weekly_data(
            self._source(tr),
            Week.parse(week, sunday=self.sunday),
            comment=comment,
            persons_named=persons_named,
        )

    def weekly_preview(self, data: WeeklyData, tr: Translator) -> bytes:
        """The PDF of a week's figures, for a look before the export."""
        return self._source(tr).typesetter.weekly(data)

    def export_lines(self, key: str, path: Path, tr: Translator, pages: Mapping[int, str]) -> Path:
        """Write a register as CSV or, by the file's ending, as XLSX; `pages` names pages by id.

        Raises UserError when the file cannot be written.
        """
        from scc_admin.documents import Sheet, csv_text, xlsx
        from scc_admin.files import destination, write_durably
        from scc_admin.registers import register

        part = register(key).library
        heads, rows = self.library.table(part, tr) if part else self.registers.table(key, tr, pages)
        if path.suffix.lower() == ".xlsx":
            sheet = Sheet(register(key).name.to(tr.language), heads, rows)
            made = xlsx([sheet], at=self.clock(), zone=self.zone, author=self.who())
        else:
            made = csv_text([heads, *rows]).encode("utf-8", "replace")
        write_durably(destination(path), made)
        return path

    def request_mail(self, use: str, values: Mapping[str, str], tr: Translator) -> bytes:
        """An unsent e-mail to Public Affairs from a template, such as `event_request`.

        Fields without a value stand in brackets, to be filled by hand. Raises UserError when the
        address in the settings is none.
        """
        from scc_admin import library
        from scc_admin.documents import eml

        template = self.library.template(use)
        known = {
            "affairs": str(self.settings.get("affairs.name")),
            "signature": self.who(),
            **{name: value for name, value in values.items() if value},
        }
        words = {name: tr.tr(word) for name, word in library.FIELDS.items()}
        address = str(self.settings.get("affairs.email"))
        return eml(
            library.fill(template.subject.to(tr.language), known, words),
            template.fill(tr.language, known, words),
            to=[address] if address else [],
            at=self.clock(),
        )

    def earlier_reports(self, tr: Translator) -> list[EarlierReport]:
        """Reports exported so far, the newest first, with what each changed."""
        from scc_admin.reports import earlier

        with self.store.reading() as db:
            return earlier(db, tr)

    def month_pdf(
        self,
        month: date,
        items: Sequence[agenda.Item],
        campaigns: Sequence[Campaign],
        tr: Translator,
        *,
        filters: str = "",
    ) -> bytes:
        """A month of the calendar as a PDF on one page.

        `items` are those to print, their days in `zone`; `filters` says what is left out.
        """
        from scc_admin import exports

        source = self._source(tr)
        return source.typesetter.month(
            exports.month_data(
                source,
                month,
                items,
                campaigns,
                first_weekday=6 if self.sunday else 0,
                filters=filters,
            )
        )

    def printed(
        self,
        tr: Translator,
        kind: str,
        title: str,
        *,
        about: str = "",
        facts: Sequence[tuple[str, str]] = (),
        parts: Sequence[tuple[str, str]] = (),
        heads: Sequence[str] = (),
        rows: Sequence[Sequence[str]] = (),
    ) -> bytes:
        """A PDF of what a screen shows; see `documents.data.PrintedData`."""
        source = self._source(tr)
        return source.typesetter.printed(
            {
                "language": tr.language,
                "zone": source.zone_name,
                "made_at": source.clock(),
                "made_by": source.who,
                "organisation": source.organisation,
                "kind": kind,
                "title": title,
                "about": about,
                "facts": facts,
                "parts": parts,
                "heads": heads,
                "rows": rows,
            }
        )

    def register_pdf(self, key: str, tr: Translator, pages: Mapping[int, str]) -> bytes:
        """A PDF of the lines of a register, the newest last; `pages` names pages by id."""
        from scc_admin.registers import register

        made = register(key)
        heads, rows = self.registers.table(key, tr, pages)
        return self.printed(
            tr,
            tr.tr(N_("Register")),
            made.name.to(tr.language),
            heads=heads[:-1],  # the mark by which an import knows a line says nothing to a reader
            rows=[row[:-1] for row in rows],
        )

    def export_packet(
        self,
        number: str,
        out: Path,
        tr: Translator,
        *,
        evidence: Collection[int] | None = None,
        hide: Sequence[str] = (),
        masks: Mapping[int, Sequence[Area]] | None = None,
        person_named: bool = False,
        question: str = "",
        passphrase: str = "",
        tell_both: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> list[Path]:
        """Write the packet of an escalation (ESC-…) or of a case's latest one (CAS-…).

        PDF, ZIP and e-mail draft, in this order; with a `passphrase` also the PDF behind it
        (AES-256), which the e-mail then carries alone. `evidence` limits what goes in, `hide` are
        names to take out, `masks` areas of pictures to black out in copies; the person concerned
        goes by their label in every text unless `person_named`; with a `question` a case that has
        no escalation gets one. A case that is not what the journal recorded is refused, unless
        `tell_both`: then the packet says what differs. Raises UserError, Cancelled.
        """
        from scc_admin import exports

        return exports.packet(
            self._source(tr),
            self._escalation_id(number, question),
            out,
            evidence=evidence,
            hide=hide,
            masks=masks,
            person_named=person_named,
            passphrase=passphrase,
            tell_both=tell_both,
            progress=progress,
        )

    def packet_printed(
        self,
        number: str,
        pdf: bytes,
        tr: Translator,
        *,
        evidence: Collection[int] | None = None,
        masks: Mapping[int, Sequence[Area]] | None = None,
    ) -> Changes:
        """Write down that pages of a packet's preview leave on paper, and what they show.

        Raises UserError.
        """
        from scc_admin import exports

        return exports.packet_printed(
            self._source(tr), self._escalation_id(number, ""), pdf, evidence=evidence, masks=masks
        )

    def packet_preview(
        self,
        number: str,
        tr: Translator,
        *,
        evidence: Collection[int] | None = None,
        hide: Sequence[str] = (),
        masks: Mapping[int, Sequence[Area]] | None = None,
        person_named: bool = False,
    ) -> bytes:
        """The PDF of a packet as it would be exported now, for a look before the export."""
        from scc_admin import exports

        return exports.packet_preview(
            self._source(tr),
            self._escalation_id(number, ""),
            evidence=evidence,
            hide=hide,
            masks=masks,
            person_named=person_named,
        )

    def packet_names(
        self, number: str, tr: Translator, *, hide: Sequence[str] = ()
    ) -> list[tuple[str, int]]:
        """The words of our own texts that a packet replaces by the person's label, counted."""
        from scc_admin import exports

        return exports.packet_names(self._source(tr), self._escalation_id(number, ""), hide=hide)

    def packet_missing(self, number: str, tr: Translator, *, hide: Sequence[str]) -> list[str]:
        """The names to hide that stand in no text of the packet."""
        from scc_admin import exports

        return exports.packet_missing(self._source(tr), self._escalation_id(number, ""), hide=hide)

    def _escalation_id(self, number: str, question: str) -> int:
        from scc_admin.moderation import EscalationInput

        wanted = number.strip().upper()
        if wanted.startswith("ESC-"):
            for escalation in self.moderation.escalations():
                if escalation.number == wanted:
                    return escalation.id
            raise UserError("no_escalation", N_("There is no escalation {number}."), number=number)
        case_id = self.moderation.case_by_number(wanted)
        known = self.moderation.sheet(case_id).escalations
        if known:
            return known[-1].id
        return self.moderation.escalate(case_id, EscalationInput(question))

    def _source(self, tr: Translator) -> exports.Source:
        from scc_admin import exports

        return exports.Source(
            store=self.store,
            journal=self.journal,
            vault=self.vault,
            moderation=self.moderation,
            pages=self.editorial.pages(archived=True),
            rules=self.house.rules(),
            tr=tr,
            zone_name=self.zone_name,
            clock=self.clock,
            who=self.who(),
            affairs=str(self.settings.get("affairs.name")),
            affairs_email=str(self.settings.get("affairs.email")),
            phone=str(self.settings.get("me.phone")),
            signer=self.signer,
            library=self.library,
        )

    def export_evidence(
        self,
        evidence_id: int,
        target: Path,
        to_whom: str,
        *,
        progress: Callable[[int, int | None], object] | None = None,
    ) -> Changes:
        """Save a clear copy of a piece of evidence; custody log and journal say for whom.

        Raises UserError: nobody named, no such piece, erased, or the disk refuses.
        """
        from scc_admin.files import destination

        if not to_whom.strip():
            raise UserError("to_whom", N_("Say for whom the copy is; the custody log keeps it."))
        blob_id = self.moderation.evidence(evidence_id).blob_id
        destination(target)
        noted: list[Changes] = []
        self.vault.copy_out(
            blob_id,
            target,
            note=lambda: noted.append(self.moderation.exported([evidence_id], to_whom.strip())),
            progress=progress,
        )
        return noted[0]

    def certificate(
        self, gone: Destruction, target: Path, tr: Translator, *, key: str = "destruction"
    ) -> Path:
        """Write the certificate (PDF) of a destruction, or of an erasure (`key` "erasure").

        Raises UserError when the disk refuses.
        """
        from scc_admin.files import destination, write_durably

        write_durably(destination(target), self._certificate(gone, tr, key))
        return target

    def certificate_again(self, entry: int, target: Path, tr: Translator) -> Path:
        """Write the certificate of what an entry of the journal destroyed, from what is still
        known of it.

        Raises UserError: the entry destroyed nothing, or the disk refuses.
        """
        from scc_admin.files import destination

        destination(target)
        key, gone = self.moderation.retention.recorded(entry)
        return self.certificate(gone, target, tr, key=key)

    @contextlib.contextmanager
    def certified(
        self, target: Path, tr: Translator, *, key: str = "destruction"
    ) -> Iterator[Certify]:
        """What to give to an act of retention so that nothing is destroyed without its paper.

        The certificate is typeset and on disk before the act is committed, under its name after.
        Raises UserError, before anything is destroyed, when it cannot be written there.
        """
        from scc_admin.files import destination, prepared

        with contextlib.ExitStack() as stack:
            stack.enter_context(prepared({destination(target): b""}))

            def certify(gone: Destruction) -> Callable[[], None]:
                return stack.enter_context(prepared({target: self._certificate(gone, tr, key)}))

            yield certify

    def _certificate(self, gone: Destruction, tr: Translator, key: str) -> bytes:
        from scc_admin import rights

        held = backups.held(self.folder, gone.at, self.backup_places(), max_age=self._backup_age)
        return rights.certificate(self._source(tr), gone, held, self.exports_folder, key=key)

    def export_access(
        self,
        person_id: int,
        out: Path,
        tr: Translator,
        *,
        evidence: Collection[int],
        hide: Sequence[str] = (),
        masks: Mapping[int, Sequence[Area]] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Path:
        """Write a folder with all that is held on a person, third parties left out.

        `evidence` are the pieces that show nobody else, or whose others `masks` cover; `hide` are
        words to be taken out. Raises UserError, Cancelled.
        """
        from scc_admin import rights

        return rights.access(
            self._source(tr),
            person_id,
            out,
            evidence=evidence,
            hide=hide,
            masks=masks,
            progress=progress,
        )

    def export_register(self, target: Path, tr: Translator) -> Path:
        """Write the register of confidentiality incidents as a spreadsheet.

        Raises UserError when the disk refuses.
        """
        from scc_admin.documents.sheets import Sheet, xlsx
        from scc_admin.files import destination, write_durably
        from scc_admin.moderation.register import table

        heads, rows = table(reversed(self.moderation.register.all()), tr)
        sheet = Sheet(tr.tr(N_("Register")), heads, rows)
        made = xlsx([sheet], at=self.clock(), zone=self.zone, author=self.who())
        write_durably(destination(target), made)
        return target

    def change_protection(self, kind: keys.Kind, *, passphrase: str | None = None) -> Changes:
        """Move the key between keyring and passphrase, or choose another passphrase.

        Raises UserError: not encrypted, no keyring answers, the passphrase is too short.
        """
        if self._key is None:
            raise UserError("not_encrypted", N_("This workspace is not encrypted."))
        keys.change_protection(self.folder, self._key, kind, passphrase=passphrase)
        self.protection = keys.read(self.folder)
        return Changes(frozenset({"settings"}))

    def plan_encryption(self, kind: keys.Kind, *, passphrase: str | None = None) -> keys.Encryption:
        """How this workspace, in clear yet, is to be encrypted: nothing is done before `encrypt`.

        Raises UserError: encrypted already, the passphrase is too short.
        """
        return keys.plan_encryption(self.folder, kind, passphrase=passphrase)

    @classmethod
    def encrypt(
        cls,
        folder: Path,
        plan: keys.Encryption,
        *,
        keyring: keys.Keyring | None = None,
        clock: Callable[[], datetime] = now,
        settings_file: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> backups.Backup:
        """Encrypt a workspace in clear that nobody has open, and its backups; a new one of those.

        Killed at any instant it leaves a whole workspace. Raises UserError: open elsewhere, no
        keyring answers, disk; the sentence says whether the workspace is encrypted by then.
        """
        folder = folder.absolute()
        with backups.WorkspaceLock(folder):
            encrypting.encrypt(folder / DATABASE, plan, keyring=keyring)
        with cls.open(
            folder,
            recovery_code=plan.recovery_code,
            keyring=keyring,
            clock=clock,
            settings_file=settings_file,
        ) as workspace:
            try:
                return workspace.back_up(progress)
            except UserError as error:
                raise UserError(
                    "backups_in_clear",
                    N_(
                        "The workspace is encrypted, its earlier backups are not yet: no new one"
                        " could be made. Make one in the settings, under Backups."
                    ),
                ) from error

    def renew_recovery_code(self) -> str:
        """A new recovery code, to be written down; the former one opens nothing any more.

        Raises UserError for a workspace that is not encrypted.
        """
        if self._key is None:
            raise UserError("not_encrypted", N_("This workspace is not encrypted."))
        return keys.renew_recovery_code(self.folder, self._key)

    def export_everything(
        self, out: Path, purpose: str, progress: Callable[[Progress], None] | None = None
    ) -> Path:
        """Write all that the workspace holds into a new folder below `out`, in open formats.

        `purpose` says for whom or for what: journal and custody logs keep it. Raises UserError,
        Cancelled; what was begun is then removed, and nothing noted.
        """
        from scc_admin import exports

        if not purpose.strip():
            raise UserError("to_whom", N_("Say for whom the copy is; the custody log keeps it."))
        return exports.everything(
            self.store,
            self.vault,
            out,
            self.clock(),
            lambda: self.moderation.everything_exported(purpose.strip()),
            progress,
        )

    # -- upkeep -----------------------------------------------------------------------------------

    def back_up(self, progress: Callable[[int, int], None] | None = None) -> backups.Backup:
        """A verified backup, now; older ones are rotated out."""
        return self._back_up(backups.Reason.ASKED, progress)

    def back_up_if_due(self) -> backups.Backup | None:
        """The daily backup, when the last one is older than a day."""
        known = self.backup_places()
        if self.settings.get("backup.folders").keys() != set(map(str, known)):
            self._note_places(known)  # the folder was chosen before folders were noted
        if not backups.due(self.folder, self.clock(), place=self.backup_place):
            return None
        return self._back_up(backups.Reason.DAILY, None)

    def _back_up(
        self, reason: backups.Reason, progress: Callable[[int, int], None] | None
    ) -> backups.Backup:
        now, place = self.clock(), self.backup_place
        known = self.backup_places()
        if place is not None:
            known[place] = now
        # Noted before, so that even what this backup holds tells of the folder it stands in.
        self._note_places(known)
        made = backups.make(
            self.store,
            self.folder,
            now,
            reason,
            place=place,
            others=[other for other in known if other != place],
            max_age=self._backup_age,
            progress=progress,
        )
        left = {
            other: at
            for other, at in known.items()
            if other == place
            or not backups.reachable(other)
            or backups.backups(self.folder, place=other)
        }
        self._note_places(left)
        return made

    def backup_places(self) -> dict[Path, datetime]:
        """Every folder beside the workspace's own that received backups and may hold some still,
        with the instant of the last."""
        known = {
            Path(place): instant(at) for place, at in self.settings.get("backup.folders").items()
        }
        if self.backup_place is not None:
            # Chosen before folders were noted, or not used yet: nothing tells of the last one.
            known.setdefault(self.backup_place, self.clock())
        return known

    def forget_backup_place(self, place: Path) -> Changes:
        """Note that a folder holds no backup any more, such as that of a disk that was destroyed.

        Raises UserError for the folder in use.
        """
        if place == self.backup_place:
            raise UserError("in_use", N_("Choose another folder for backups first."))
        known = self.backup_places()
        known.pop(place, None)
        self._note_places(known)
        return Changes(frozenset({"settings"}))

    def _note_places(self, places: Mapping[Path, datetime]) -> None:
        noted = {str(place): stamp(at) for place, at in places.items()}
        if noted != self.settings.get("backup.folders"):
            self.settings.set("backup.folders", noted)

    @property
    def _backup_age(self) -> timedelta:
        return timedelta(days=int(self.settings.get("retention.backup_days")))

    @property
    def backup_place(self) -> Path | None:
        """Another folder for backups, when one was chosen."""
        chosen = str(self.settings.get("backup.folder"))
        return Path(chosen) if chosen else None

    def backups(self) -> list[backups.Backup]:
        return backups.backups(self.folder, place=self.backup_place)

    def changed_since(self, at: datetime) -> tuple[int, int]:
        """How many drafts, and how many cases, something was written in after an instant."""
        with self.store.reading() as db:
            drafts = db.value("SELECT count(*) FROM drafts WHERE updated_at > ?", (stamp(at),))
            cases = db.value("SELECT count(*) FROM cases WHERE last_event_at > ?", (stamp(at),))
        return int(drafts or 0), int(cases or 0)

    @staticmethod
    def restore(
        folder: Path,
        backup: Path,
        clock: Callable[[], datetime] = now,
        progress: Callable[[int, int], None] | None = None,
    ) -> Path | None:
        """Put a backup back into a workspace that nobody has open.

        What stood there is kept aside; its place is returned. Raises UserError.
        """
        return backups.restore(backup, folder.absolute(), clock(), progress=progress)

    def verify_journal(
        self,
        *,
        held: Sequence[str] = (),
        progress: Callable[[Progress], None] | None = None,
    ) -> JournalReport:
        """Verify the whole journal, and compare the tables of moderation with it.

        `held` are notes of checkpoints kept elsewhere. May raise Cancelled.
        """
        from scc_admin.moderation.agreement import outside_words

        report = self.journal.verify(held=held, progress=progress)
        agreement = self.moderation.agreement(progress=progress)
        return replace(
            report,
            problems=(*report.problems, *(d.problem() for d in agreement.differences)),
            problem_count=report.problem_count + agreement.count,
            rows=agreement.rows,
            outside=outside_words(agreement.outside),
        )

    def examine(self, progress: Callable[[Progress], None] | None = None) -> list[Check]:
        """The doctor: database, journal, evidence, backups, place, spelling.

        A full-text index that disagrees with its table, or with the journal, is rebuilt, and said
        so.
        """
        checks = [self._examine_database()]
        report = self.journal.verify(progress=progress)
        checks.append(
            Check("journal", True, N_("The journal verifies. Entries: {n}."), {"n": report.size})
            if report.ok
            else Check(
                "journal",
                False,
                N_(
                    "The journal does not verify. Problems: {n}. Export it and tell Public Affairs."
                ),
                {"n": report.problem_count},
            )
        )
        checks.append(self._examine_cases())
        if not self.store.read_only and self.journal.check_index():
            self.journal.rebuild_index(progress)
            checks.append(Check("search", True, _REBUILT, {}))
        broken = self.vault.verify()
        checks.append(
            Check("evidence", True, N_("Every file of evidence is there and unaltered."), {})
            if not broken
            else Check(
                "evidence",
                False,
                N_("Evidence files missing or altered: {n}. Restore them from a backup."),
                {"n": len(broken)},
            )
        )
        self.vault.sweep()
        self.journal.settle()
        newest = next((b for b in self.backups() if b.verified), None)
        checks.append(
            Check("backup", True, N_("The newest verified backup is of {at}."), {"at": newest.at})
            if newest
            else Check("backup", False, N_("There is no verified backup yet; make one."), {})
        )
        exposed = self._exposed() if self.encrypted else 0
        if exposed:
            checks.append(
                Check(
                    "backups_in_clear",
                    False,
                    N_(
                        "Backups that anybody can read: {n}. Make a backup now, which encrypts"
                        " them; delete those that stay."
                    ),
                    {"n": exposed},
                )
            )
        problem = backups.location_problem(self.folder)
        if problem is not None:
            checks.append(Check("place", False, problem.message, problem.params))
        if self.proofreader.speller() is None:
            checks.append(
                Check(
                    "spelling",
                    True,
                    N_("Spelling is off: it is switched off, or no dictionary is installed."),
                    {},
                )
            )
        return checks

    def _examine_cases(self) -> Check:
        found = self.moderation.agreement()
        if found.ok:
            return Check(
                "cases",
                True,
                N_("The cases say what the journal recorded. Rows compared: {n}."),
                {"n": found.rows},
            )
        first = found.differences[0].problem()
        return Check(
            "cases",
            False,
            N_(
                "Places where the cases and the journal disagree: {n}. The first: {first} Verify"
                " the journal for the others, and keep the newest backup."
            ),
            {"n": found.count, "first": Phrase(first.message, first.params)},
        )

    def _exposed(self) -> int:
        """Backups in clear, here and where others were chosen to stand."""
        places = {self.folder / BACKUPS, *filter(backups.reachable, self.backup_places())}
        return sum(len(backups.in_clear(self.folder, place=place)) for place in places)

    def _examine_database(self) -> Check:
        problems = self.store.problems()
        if not problems:
            return Check("database", True, N_("The database is sound."), {})
        self.store.rebuild_full_text()
        left = self.store.problems()
        if not left:
            return Check("database", True, _REBUILT, {})
        return Check(
            "database",
            False,
            N_("The database is damaged (problems: {n}). Restore the newest backup."),
            {"n": len(left)},
        )


class _Parts:
    """What works on a workspace, made on first need.

    Their modules take longer to import than the workspace takes to open, and a window can be
    there before them.
    """

    def __init__(self, workspace: Workspace, signer: _LateSigner) -> None:
        from scc_admin.editorial import Editorial
        from scc_admin.evidence import Vault
        from scc_admin.journal import Journal
        from scc_admin.moderation import Moderation
        from scc_admin.registers import Registers

        store, clock, who = workspace.store, workspace.clock, workspace.who
        self.journal = Journal(store, clock=clock, app=workspace.app, signer=signer)
        self.vault = Vault(store, workspace.vault_folder, clock)
        self.editorial = Editorial(store, self.journal, clock, who)
        self.moderation = Moderation(
            store,
            self.journal,
            self.vault,
            clock,
            who,
            lambda key: int(workspace.settings.get(key)),
        )
        self.registers = Registers(store, self.journal, clock, who)


class _LateSigner:
    """The signing key, fetched when something is signed: reading it costs an import of 28 ms."""

    def __init__(self, folder: Path, key: bytes | None, protection: keys.Protection) -> None:
        self._folder = folder
        self._key = key
        self.public_key = protection.public_key
        self.name = protection.signer_name

    def sign(self, data: bytes, /) -> bytes:
        return keys.signer(self._folder, self._key).sign(data)


def _make_folder(folder: Path) -> None:
    from scc_admin.files import explained, private_folder

    with explained(folder):
        private_folder(folder)


def _leave_nothing(folder: Path, before: Container[Path], *, locked: bool) -> None:
    """Take away the folders that a failed creation made; `before` are those it found.

    `locked`: the lock was ours, and so is its file.
    """
    if locked:
        (folder / ".lock").unlink(missing_ok=True)
    parts = [folder / part for part in (EVIDENCE, BACKUPS, EXPORTS)]
    for place in (*parts, folder, *folder.parents):
        if place not in before:
            with contextlib.suppress(OSError):  # not empty: somebody else's by now
                place.rmdir()


@functools.cache
def _computer_zone() -> str:
    """The IANA name of this computer's zone. The sample's where it has none that is known."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from babel.localtime import get_localzone

    name = str(get_localzone())
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZONE
    return name
