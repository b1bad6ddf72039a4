"""Pages, drafts, approvals, campaigns, calendar: what is planned, written and published.

Each mutation is one transaction and returns the `Changes` that views listen for. What must stand
before an auditor (overrides, approvals, publications) appends its journal entry in the same
transaction.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import uuid
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from scc_admin import agenda, trash
from scc_admin.addresses import must_be_web_address, network_of
from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.journal import Journal, NewEntry
from scc_admin.model import (
    Answer,
    Approval,
    CalendarEntry,
    Campaign,
    CampaignKind,
    Changes,
    Consent,
    Draft,
    DraftRow,
    DraftSheet,
    DraftState,
    EntryKind,
    Finding,
    Followers,
    Language,
    Level,
    Media,
    Network,
    Override,
    Page,
    PageKind,
    Picture,
    Placement,
    Post,
    PostKind,
    Question,
    Revision,
    Severity,
    Step,
    Target,
    Variant,
    Verdict,
    first_words,
)
from scc_admin.names import nobody, same_person
from scc_admin.store import (
    Reading,
    Row,
    Store,
    Writing,
    day,
    day_or_none,
    instant,
    instant_or_none,
    stamp,
    to_json,
)
from scc_admin.trash import Trashed
from scc_admin.verdict import duplicates
from scc_admin.words import NETWORKS

KEEP_REVISION_AFTER = timedelta(seconds=60)
"""While one types, a version of the text is kept for the history at most this often."""
LEAST_REASON = 5
"""Characters of the reason of an override."""
CUT_WORTH_KEEPING = 40
"""Characters: a save that removes more than this, and a third, first keeps what stood before."""

_DRAFTS = Changes(frozenset({"drafts", "calendar"}))
_PAGES = Changes(frozenset({"pages", "drafts", "calendar"}))
_CALENDAR = Changes(frozenset({"calendar", "drafts"}))

FIRST_TARGETS: Mapping[Network, tuple[Target, ...]] = {
    Network.YOUTUBE: (Target.YOUTUBE_TITLE, Target.YOUTUBE_DESCRIPTION, Target.YOUTUBE_TAGS),
}
"""The fields a new draft opens with, where a network has more than one."""
TITLED: Mapping[Target, Target] = {
    Target.FACEBOOK_EVENT: Target.FACEBOOK_EVENT_TITLE,
    Target.LINKEDIN_JOB: Target.LINKEDIN_JOB_TITLE,
}
"""Texts that never go out without a title, and the field of that title."""


@dataclass(frozen=True, slots=True)
class DraftQuery:
    """What the drafts list shows. Empty fields do not narrow it."""

    states: tuple[DraftState, ...] = ()
    words: str = ""
    trashed: bool = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """What still stands between a draft and 'ready to publish'."""

    findings: tuple[tuple[Variant, Finding], ...] = ()
    """Errors and blocks that are neither mended nor overridden."""
    questions: tuple[Question, ...] = ()
    approvals: tuple[Approval, ...] = ()
    empty: bool = False

    @property
    def ready(self) -> bool:
        return not (self.findings or self.questions or self.approvals or self.empty)

    @property
    def remaining(self) -> int:
        return len(self.findings) + len(self.questions) + len(self.approvals) + self.empty


@dataclass(frozen=True, slots=True)
class PageInput:
    """The fields of the page form."""

    name: str
    network: Network
    kind: PageKind = PageKind.PAGE
    level: Level = Level.REGIONAL
    language: Language = Language.FR
    handle: str = ""
    url: str = ""
    region: str = ""
    official: bool = True
    managed: bool = True
    purpose: str = ""
    contacts: tuple[str, ...] = ()
    archived: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class CampaignInput:
    """The fields of the campaign form. `key` is made from the name when empty."""

    name_fr: str
    starts_on: date
    ends_on: date
    kind: CampaignKind = CampaignKind.CAMPAIGN
    name_en: str = ""
    key: str = ""
    hashtags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    objective_cents: int | None = None
    raised_cents: int | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class EntryInput:
    """The fields of a calendar line."""

    title: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool = False
    campaign_id: int | None = None
    page_id: int | None = None
    place: str = ""
    notes: str = ""
    source: str = ""
    uid: str = ""


@dataclass(frozen=True, slots=True)
class DraftDetails:
    """Everything about a draft that is not its text."""

    title: str = ""
    kind: PostKind = PostKind.POST
    page_id: int | None = None
    campaign_id: int | None = None
    step: Step | None = None
    planned_at: datetime | None = None
    share_of: int | None = None
    fee_approved: bool = False
    network: Network | None = None
    """Which of its networks `page_id` is for; None: the page's own, or else the first."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An autosave's acknowledgement: on disk, synced, under this revision."""

    variant_id: int
    revision: int
    at: datetime
    changes: Changes = field(default=_DRAFTS)


_TELLING = re.compile(r"[\w#@%$/]+")


def material_hash(texts: Iterable[str]) -> str:
    """A fingerprint that changes when the texts do materially.

    Case, spacing, punctuation and emoji are passed over: mending a comma does not ask everybody
    again.
    """
    digest = hashlib.sha256()
    for text in texts:
        digest.update(_material(text))
        digest.update(b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=16)
def _material(text: str) -> bytes:
    folded = unicodedata.normalize("NFKC", text).casefold()
    told = _TELLING.findall(folded.replace("_", " "))
    return " ".join(told).encode("utf-8", "surrogatepass")


def sheet_hash(sheet: DraftSheet) -> str:
    """The fingerprint of a draft's texts and of which pictures go with them.

    One more version that says nothing yet, or word for word what another says, changes nothing.
    """
    pictures = (f"#{item.blob_id}" for item in sheet.media)
    said = dict.fromkeys(v.text for v in sheet.variants if v.text.strip())
    return material_hash([*said, *pictures])


def settles(override: Override, finding: Finding) -> bool:
    """Whether an override was given for this finding.

    It holds while the words in question stand. Where they are the whole text, as for a post that
    resembles another, it holds while that other post is the same and the text is materially.
    """
    if override.rule != finding.rule:
        return False
    if override.excerpt == finding.excerpt and override.subject in ("", finding.subject):
        return True
    return (
        bool(override.subject)
        and override.subject == finding.subject
        and material_hash([override.excerpt]) == material_hash([finding.excerpt])
    )


def readiness(sheet: DraftSheet, verdicts: Mapping[int, Verdict]) -> Readiness:
    """What remains before the draft may be called ready.

    `verdicts` holds one verdict per variant id. A finding is settled by an override that was given
    for it; a question by an answer given for the text as it stands.
    """
    now = sheet_hash(sheet)
    answered = {a.rule for a in sheet.answers if a.text_hash == now and a.answer in ("yes", "n/a")}
    findings = tuple(
        (variant, finding)
        for variant in sheet.variants
        for finding in verdicts[variant.id].findings
        if finding.severity in (Severity.ERROR, Severity.BLOCK)
        and not any(settles(override, finding) for override in sheet.overrides)
    )
    questions: dict[str, Question] = {}
    for variant in sheet.variants:
        for question in verdicts[variant.id].questions:
            if question.rule not in answered:
                questions.setdefault(question.rule, question)
    return Readiness(
        findings,
        tuple(questions.values()),
        tuple(a for a in sheet.approvals if a.answer != "approved" or a.text_hash != now),
        empty=not any(v.text.strip() for v in sheet.variants),
    )


def post_of(
    sheet: DraftSheet,
    variant: Variant,
    *,
    campaign: Campaign | None,
    text: str | None = None,
) -> Post:
    """The snapshot that the verdict judges. `text` replaces the saved text (while one types)."""
    page = sheet.page_for(variant.target.network)
    twin = next(
        (
            other.text
            for other in sheet.variants
            if other.target is variant.target and other.language is not variant.language
        ),
        None,
    )
    return Post(
        text=variant.text if text is None else text,
        target=variant.target,
        language=variant.language,
        level=page.level if page else Level.DIVISIONAL,
        kind=sheet.draft.kind,
        at=sheet.draft.planned_at,
        media=tuple(picture_of(item) for item in sheet.media),
        media_known=True,
        twin=twin,
        page_languages=(page.language,) if page else (),
        region=page.region if page else "",
        campaign=campaign.key if campaign else "",
        fee_approved=sheet.draft.fee_approved,
        limit=page.limit if page else None,
    )


def picture_of(item: Media) -> Picture:
    """What is known of a draft's picture, apart from its place in the vault."""
    return Picture(
        item.name,
        item.alt,
        item.media_type,
        item.size,
        item.width,
        item.height,
        item.has_position,
        item.nobody,
        item.consents,
    )


class Editorial:
    """The editorial part of a workspace.

    `who` names the person at the keyboard; `clock` gives the present instant (aware, UTC).
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        clock: Callable[[], datetime],
        who: Callable[[], str],
    ) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock
        self._who = who

    # -- pages --------------------------------------------------------------------------------

    def pages(self, *, archived: bool = False) -> list[Page]:
        with self._store.reading() as db:
            return [
                agenda.page_of(row)
                for row in db.all(
                    "SELECT * FROM pages WHERE archived <= ? ORDER BY managed DESC, official DESC,"
                    " CASE level WHEN 'national' THEN 0 WHEN 'divisional' THEN 1"
                    " WHEN 'regional' THEN 2 ELSE 3 END, name",
                    (int(archived),),
                )
            ]

    def page(self, page_id: int) -> Page:
        with self._store.reading() as db:
            return agenda.page_of(db.need("SELECT * FROM pages WHERE id = ?", (page_id,)))

    def add_page(self, new: PageInput) -> int:
        """Raises UserError when it has no name, or its address is none."""
        must_be_web_address(new.url)
        now = stamp(self._clock())
        with self._store.writing() as tx:
            return tx.insert("pages", uid=_uid(), created_at=now, updated_at=now, **_page_row(new))

    def change_page(self, page_id: int, new: PageInput) -> Changes:
        """Raises UserError as `add_page`; an address that stood there already may stay."""
        with self._store.writing() as tx:
            if new.url.strip() != tx.value("SELECT url FROM pages WHERE id = ?", (page_id,)):
                must_be_web_address(new.url)
            tx.update("pages", page_id, updated_at=stamp(self._clock()), **_page_row(new))
        return _PAGES

    def record_followers(self, page_id: int, when: date, count: int) -> Changes:
        """Note the followers read by hand on a day; a second reading replaces the first."""
        if count < 0:
            raise UserError("followers", N_("A number of followers is zero or more."))
        with self._store.writing() as tx:
            tx.run(
                "INSERT INTO followers(page_id, day, count) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET count = excluded.count",
                (page_id, when.isoformat(), count),
            )
        return Changes(frozenset({"pages", "reports"}))

    def followers(self, page_id: int | None = None) -> list[Followers]:
        with self._store.reading() as db:
            return [
                Followers(row["page_id"], day(row["day"]), row["count"])
                for row in db.all(
                    "SELECT * FROM followers WHERE ?1 IS NULL OR page_id = ?1 ORDER BY day",
                    (page_id,),
                )
            ]

    # -- drafts: reading ----------------------------------------------------------------------

    def draft_ids(self, query: DraftQuery) -> array[int]:
        """Ids of the drafts, the most recently touched first."""
        words = duplicates.search_terms(query.words)
        where = "d.trashed_at IS NOT NULL" if query.trashed else "d.trashed_at IS NULL"
        if query.states:
            where += f" AND d.state IN ({', '.join('?' * len(query.states))})"
        # Not LIKE: it fails on a pattern of 50,000 bytes.
        texts = (
            ", d.id IN (SELECT v.draft_id FROM known_posts k"
            " JOIN variants v ON v.id = k.variant_id WHERE instr(k.norm, ?))"
        ) * len(words)
        with self._store.reading() as db:
            rows = db.all(
                f"SELECT d.id, d.title{texts} FROM drafts d WHERE {where}"
                " ORDER BY d.updated_at DESC",
                [*words, *(state.value for state in query.states)],
            )
        if words:
            rows = [row for row in rows if _says(words, row["title"], row[2:])]
        return array("q", (row[0] for row in rows))

    def draft_rows(self, ids: Sequence[int]) -> list[DraftRow]:
        """Lines for these drafts, in this order; a draft gone meanwhile is left out."""
        marks = ", ".join("?" * len(ids))
        with self._store.reading() as db:
            places = agenda.placements(db, ids)
            found = {
                row["id"]: _draft_row(row, places[row["id"]])
                for row in db.all(
                    f"SELECT {agenda.TITLE}, d.*,"
                    " (SELECT group_concat(DISTINCT v.language) FROM variants v"
                    "   WHERE v.draft_id = d.id AND NOT v.removed) AS languages,"
                    " (SELECT substr(v.text, 1, 240) FROM variants v"
                    "   WHERE v.draft_id = d.id AND NOT v.removed AND v.text <> ''"
                    "   ORDER BY v.language = 'en', v.id LIMIT 1) AS excerpt"
                    f" FROM drafts d WHERE d.id IN ({marks})",
                    tuple(ids),
                )
            }
        return [found[draft_id] for draft_id in ids if draft_id in found]

    def drafts(self, query: DraftQuery | None = None, limit: int = 200) -> list[DraftRow]:
        return self.draft_rows(self.draft_ids(query or DraftQuery())[:limit])

    def sheet(self, draft_id: int) -> DraftSheet:
        """Raises UserError when there is no such draft."""
        with self._store.reading() as db:
            return _sheet(db, draft_id)

    def revisions(self, variant_id: int) -> list[Revision]:
        """Kept versions of a text, newest first; the text as it stands is the variant's own."""
        with self._store.reading() as db:
            return [
                Revision(variant_id, row["number"], row["text"], instant(row["at"]), row["who"])
                for row in db.all(
                    "SELECT * FROM revisions WHERE variant_id = ? ORDER BY number DESC",
                    (variant_id,),
                )
            ]

    # -- drafts: writing ----------------------------------------------------------------------

    def add_draft(
        self,
        details: DraftDetails,
        variants: Sequence[tuple[Target, Language, str]] = (),
    ) -> int:
        """A new draft. With no variants given, it opens those of its page's network."""
        now = self._clock()
        with self._store.writing() as tx:
            if not variants:
                variants = self._first_variants(tx, details.page_id)
            draft_id = tx.insert(
                "drafts",
                uid=_uid(),
                state=DraftState.DRAFT.value,
                author=self._who(),
                created_at=stamp(now),
                updated_at=stamp(now),
                updated_by=self._who(),
                **_details_row(details),
            )
            for target, language, text in variants:
                self._add_variant(tx, draft_id, target, language, text, now)
            self._keep_placements(tx, draft_id)
            self._place(tx, draft_id, details.page_id, details.network)
            self._keep_draft_known(tx, draft_id)
        return draft_id

    def _keep_placements(self, tx: Writing, draft_id: int, *, worded: bool = False) -> None:
        """One placement for each network that the versions of a draft are for.

        `worded`: only versions that have a text. A page goes where it belongs as soon as there is
        such a place. What is out stays.
        """
        wanted = dict.fromkeys(
            Target(row["target"]).network.value
            for row in tx.all(
                "SELECT target, text FROM variants WHERE draft_id = ? AND NOT removed ORDER BY id",
                (draft_id,),
            )
            if not worded or row["text"].strip()
        )
        for network in wanted:
            tx.run(
                "INSERT OR IGNORE INTO placements(draft_id, network) VALUES (?, ?)",
                (draft_id, network),
            )
        for row in tx.all(
            "SELECT m.*, p.network AS home FROM placements m LEFT JOIN pages p ON p.id = m.page_id"
            " WHERE m.draft_id = ? AND m.published_at IS NULL ORDER BY m.id",
            (draft_id,),
        ):
            gone = bool(wanted) and row["network"] not in wanted
            if row["home"] is not None and (gone or row["home"] != row["network"]):
                moved = tx.run(
                    "UPDATE placements SET page_id = ? WHERE draft_id = ? AND network = ?"
                    " AND page_id IS NULL AND published_at IS NULL",
                    (row["page_id"], draft_id, row["home"]),
                )
                if moved:
                    tx.update("placements", row["id"], page_id=None)
            if gone:
                tx.run("DELETE FROM placements WHERE id = ?", (row["id"],))

    def _place(
        self, tx: Writing, draft_id: int, page_id: int | None, network: Network | None = None
    ) -> None:
        """Choose a page: for its own network, if the draft goes there; else for the one given, or
        the first where none is given. Where it is out, its page stays."""
        tx.run(
            "UPDATE placements SET page_id = ?2 WHERE published_at IS NULL AND id = ("
            " SELECT m.id FROM placements m LEFT JOIN pages p ON p.id = ?2"
            " WHERE m.draft_id = ?1 AND (?3 IS NULL OR m.network IN (p.network, ?3))"
            " ORDER BY m.network IS p.network DESC, m.network IS ?3 DESC, m.id LIMIT 1)",
            (draft_id, page_id, network),
        )

    def choose_pages(self, draft_id: int, pages: Iterable[int]) -> Changes:
        """Choose pages, each for its own network; one of another network for the first.

        Raises UserError for a page that is none.
        """
        with self._store.writing() as tx:
            for page_id in pages:
                tx.need("SELECT 1 FROM pages WHERE id = ?", (page_id,))
                self._place(tx, draft_id, page_id)
            self._touch(tx, draft_id)
            self._keep_draft_known(tx, draft_id)
        return replace(_DRAFTS, draft_id=draft_id)

    def place(self, draft_id: int, pages: Mapping[Network, int | None]) -> Changes:
        """Choose the pages of a draft, by network."""
        with self._store.writing() as tx:
            for network, page_id in pages.items():
                tx.run(
                    "UPDATE placements SET page_id = ? WHERE draft_id = ? AND network = ?",
                    (page_id, draft_id, network.value),
                )
            self._touch(tx, draft_id)
            self._keep_draft_known(tx, draft_id)
        return replace(_DRAFTS, draft_id=draft_id)

    def _first_variants(
        self, tx: Writing, page_id: int | None
    ) -> list[tuple[Target, Language, str]]:
        if page_id is None:
            return [(Target.FACEBOOK, Language.FR, "")]
        page = agenda.page_of(tx.need("SELECT * FROM pages WHERE id = ?", (page_id,)))
        targets = FIRST_TARGETS.get(page.network) or (Target(page.network.value),)
        return [(target, page.language, "") for target in targets]

    def _add_variant(
        self,
        tx: Writing,
        draft_id: int,
        target: Target,
        language: Language,
        text: str,
        now: datetime,
    ) -> int:
        variant_id = tx.insert(
            "variants",
            draft_id=draft_id,
            target=target.value,
            language=language.value,
            text=text,
            revision=1 if text else 0,
            updated_at=stamp(now),
        )
        self._keep_known(tx, variant_id)
        return variant_id

    def add_variant(
        self, draft_id: int, target: Target, language: Language, text: str = ""
    ) -> tuple[int, Changes]:
        """Another version of the draft; one taken out earlier comes back with its text."""
        with self._store.writing() as tx:
            row = tx.one(
                "SELECT id, removed FROM variants WHERE draft_id = ? AND target = ?"
                " AND language = ?",
                (draft_id, target.value, language.value),
            )
            if row is not None and not row["removed"]:
                raise UserError("variant_exists", N_("This draft already has that version."))
            if row is not None:
                tx.update("variants", row["id"], removed=0)
                self._keep_known(tx, row["id"])
                variant_id = int(row["id"])
            else:
                variant_id = self._add_variant(tx, draft_id, target, language, text, self._clock())
            self._keep_placements(tx, draft_id)
            self._touch(tx, draft_id)
        return variant_id, replace(_DRAFTS, draft_id=draft_id)

    def remove_variant(self, variant_id: int) -> Changes:
        """Take a version out of its draft. Its text is kept and comes back if it is added again."""
        with self._store.writing() as tx:
            row = tx.need("SELECT draft_id FROM variants WHERE id = ?", (variant_id,))
            tx.update("variants", variant_id, removed=1)
            self._keep_known(tx, variant_id)
            self._keep_placements(tx, row["draft_id"])
            self._touch(tx, row["draft_id"])
        return replace(_DRAFTS, draft_id=row["draft_id"])

    def save_text(self, variant_id: int, text: str) -> Saved:
        """Autosave: durable when it returns. Saving the same text again costs nothing.

        A ready draft whose text changes is one to be written again: what was checked is gone.
        """
        now = self._clock()
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM variants WHERE id = ?", (variant_id,))
            changes = replace(_DRAFTS, draft_id=row["draft_id"])
            if row["text"] == text:
                return Saved(variant_id, row["revision"], now, changes)
            if self._worth_keeping(tx, row, text, now):
                tx.run(
                    "INSERT OR IGNORE INTO revisions(variant_id, number, text, at, who)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (variant_id, row["revision"], row["text"], row["updated_at"], self._who()),
                )
            revision = row["revision"] + 1
            tx.update("variants", variant_id, text=text, revision=revision, updated_at=stamp(now))
            self._keep_known(tx, variant_id)
            state = tx.value("SELECT state FROM drafts WHERE id = ?", (row["draft_id"],))
            if state == DraftState.READY.value and not _out(tx, row["draft_id"]):
                self._set_state(tx, row["draft_id"], DraftState.DRAFT)
            self._touch(tx, row["draft_id"])
        return Saved(variant_id, revision, now, changes)

    def _worth_keeping(self, tx: Writing, row: Row, text: str, now: datetime) -> bool:
        if not row["text"].strip():
            return False
        cut = len(row["text"]) - len(text)
        if cut > CUT_WORTH_KEEPING and cut * 3 > len(row["text"]):
            return True
        last = tx.value("SELECT max(at) FROM revisions WHERE variant_id = ?", (row["id"],))
        since = instant(last) if last else None
        return since is None or now - since >= KEEP_REVISION_AFTER

    def _keep_known(self, tx: Writing, variant_id: int) -> None:
        """Let the duplicate check know this text, or forget it when it no longer counts."""
        row = tx.one(
            "SELECT v.*, d.title, d.planned_at, d.trashed_at"
            " FROM variants v JOIN drafts d ON d.id = v.draft_id WHERE v.id = ?",
            (variant_id,),
        )
        if row is None or row["removed"] or row["trashed_at"] or not row["text"].strip():
            tx.run("DELETE FROM known_posts WHERE variant_id = ?", (variant_id,))
            return
        placement = tx.one(
            "SELECT m.published_at, p.name FROM placements m LEFT JOIN pages p ON p.id = m.page_id"
            " WHERE m.draft_id = ? ORDER BY m.network = ? DESC, m.page_id IS NULL, m.id",
            (row["draft_id"], Target(row["target"]).network.value),
        )
        published_at, page = tuple(placement) if placement else (None, None)
        when = published_at or row["planned_at"] or row["updated_at"]
        duplicates.remember(
            tx,
            variant_id=variant_id,
            origin="draft",
            page=page or "",
            title=row["title"] or first_words(row["text"]),
            language=Language(row["language"]),
            day=when[:10],
            text=row["text"],
        )

    def _keep_draft_known(self, tx: Writing, draft_id: int) -> None:
        for row in tx.all("SELECT id FROM variants WHERE draft_id = ?", (draft_id,)):
            self._keep_known(tx, row["id"])

    def _touch(self, tx: Writing, draft_id: int) -> None:
        tx.update("drafts", draft_id, updated_at=stamp(self._clock()), updated_by=self._who())

    def change_details(self, draft_id: int, details: DraftDetails) -> Changes:
        with self._store.writing() as tx:
            tx.update("drafts", draft_id, **_details_row(details))
            self._place(tx, draft_id, details.page_id, details.network)
            self._touch(tx, draft_id)
            self._keep_draft_known(tx, draft_id)
        return replace(_DRAFTS, draft_id=draft_id)

    def declare_share(self, draft_id: int, original: int | None) -> Changes:
        """Say that a draft shares another's post, or is its other version; None takes it back."""
        with self._store.writing() as tx:
            tx.update("drafts", draft_id, share_of=original)
            self._touch(tx, draft_id)
        return replace(_DRAFTS, draft_id=draft_id)

    def plan(self, draft_id: int, at: datetime | None) -> Changes:
        """Move a draft in the calendar, or take it out of it.

        What its text says of days may be wrong then: see `Workspace.plan`.
        """
        with self._store.writing() as tx:
            tx.update("drafts", draft_id, planned_at=None if at is None else stamp(at))
            self._touch(tx, draft_id)
        return replace(_DRAFTS, draft_id=draft_id)

    def trash(self, draft_id: int) -> Changes:
        return self._set_trashed(draft_id, stamp(self._clock()))

    def untrash(self, draft_id: int) -> Changes:
        return self._set_trashed(draft_id, None)

    def _set_trashed(self, draft_id: int, at: str | None) -> Changes:
        with self._store.writing() as tx:
            tx.update("drafts", draft_id, trashed_at=at)
            self._keep_draft_known(tx, draft_id)
        return replace(_DRAFTS, draft_id=draft_id)

    def destroy_draft(self, draft_id: int) -> Changes:
        """Delete for good a draft that is in the trash.

        Raises UserError when it is not there, or was published (the record of what was said
        stays).
        """
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM drafts WHERE id = ?", (draft_id,))
            if row["trashed_at"] is None:
                raise UserError("not_trashed", N_("Only a draft in the trash can be deleted."))
            if _out(tx, draft_id):
                raise UserError(
                    "published",
                    N_("A published post stays in the records; archive it instead."),
                )
            tx.run("DELETE FROM drafts WHERE id = ?", (draft_id,))
        return replace(_DRAFTS, draft_id=draft_id)

    def drop_untouched(self, draft_id: int) -> Changes:
        """Delete a draft that holds nothing and never did: no word, page, day, picture or answer.

        Any other draft stays, and nothing is changed.
        """
        with self._store.writing() as tx:
            dropped = tx.run(
                "DELETE FROM drafts WHERE id = ?1 AND state = 'draft' AND updated_at = created_at"
                " AND title = '' AND campaign_id IS NULL AND step IS NULL"
                " AND planned_at IS NULL AND share_of IS NULL AND trashed_at IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM variants WHERE draft_id = ?1"
                "  AND (text <> '' OR revision > 0))"
                " AND NOT EXISTS (SELECT 1 FROM placements WHERE draft_id = ?1"
                "  AND (page_id IS NOT NULL OR published_at IS NOT NULL))"
                " AND NOT EXISTS (SELECT 1 FROM media WHERE draft_id = ?1)"
                " AND NOT EXISTS (SELECT 1 FROM answers WHERE draft_id = ?1)",
                (draft_id,),
            )
        return replace(_DRAFTS, draft_id=draft_id) if dropped else Changes()

    # -- drafts: media ------------------------------------------------------------------------

    def attach(self, draft_id: int, blob_id: int, picture: Picture) -> tuple[int, Changes]:
        with self._store.writing() as tx:
            position = tx.value("SELECT count(*) FROM media WHERE draft_id = ?", (draft_id,))
            media_id = tx.insert(
                "media",
                draft_id=draft_id,
                blob_id=blob_id,
                position=position,
                name=picture.name,
                alt=picture.alt,
                width=picture.width,
                height=picture.height,
                has_position=int(picture.has_position),
                consent=_people_written(picture.nobody, picture.consents),
            )
            self._touch(tx, draft_id)
        return media_id, replace(_DRAFTS, draft_id=draft_id)

    def describe_media(self, media_id: int, alt: str) -> Changes:
        """Keep the words that stand for a picture."""
        return self._change_media(media_id, alt=alt)

    def say_people(
        self, media_id: int, *, nobody: bool = False, consents: Sequence[Consent] = ()
    ) -> Changes:
        """Say who is on a picture: nobody that can be recognised, or people who agreed.

        With neither, it is no longer said.
        """
        return self._change_media(media_id, consent=_people_written(nobody, consents))

    def _change_media(self, media_id: int, **values: object) -> Changes:
        with self._store.writing() as tx:
            row = tx.need("SELECT draft_id FROM media WHERE id = ?", (media_id,))
            tx.update("media", media_id, **values)
            self._touch(tx, row["draft_id"])
        return replace(_DRAFTS, draft_id=row["draft_id"])

    def detach(self, media_id: int) -> Changes:
        with self._store.writing() as tx:
            row = tx.need("SELECT draft_id FROM media WHERE id = ?", (media_id,))
            tx.run("DELETE FROM media WHERE id = ?", (media_id,))
            self._touch(tx, row["draft_id"])
        return replace(_DRAFTS, draft_id=row["draft_id"])

    # -- drafts: the way to publication ---------------------------------------------------------

    def answer(self, draft_id: int, rule: str, answer: str, note: str = "") -> Changes:
        """Answer a question of the verdict, by name and date, for the text as it stands.

        An answer given by mistake is taken back by `unanswer`. Raises UserError once the draft is
        ready, and for good once it is out: what was said then is part of its record.
        """
        if answer not in ("yes", "no", "n/a", "unsure"):
            raise ValueError(answer)
        with self._store.writing() as tx:
            _must_be_unsettled(tx, draft_id)
            tx.run(
                "INSERT INTO answers(draft_id, rule, answer, note, who, at, text_hash)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " answer = excluded.answer, note = excluded.note, who = excluded.who,"
                " at = excluded.at, text_hash = excluded.text_hash",
                (
                    draft_id,
                    rule,
                    answer,
                    note,
                    self._signature(),
                    stamp(self._clock()),
                    sheet_hash(_sheet(tx, draft_id)),
                ),
            )
            self._touch(tx, draft_id)
        return replace(_DRAFTS, draft_id=draft_id)

    def unanswer(self, draft_id: int, rule: str) -> Changes:
        """Take an answer back: the question is open again. Raises UserError as `answer`."""
        with self._store.writing() as tx:
            _must_be_unsettled(tx, draft_id)
            tx.run("DELETE FROM answers WHERE draft_id = ? AND rule = ?", (draft_id, rule))
            self._touch(tx, draft_id)
        return replace(_DRAFTS, draft_id=draft_id)

    def override(self, draft_id: int, finding: Finding, reason: str) -> Changes:
        """Publish all the same, with a reason, by name; journalled.

        Raises UserError when the reason is missing, or where `answer` would.
        """
        if len(reason.strip()) < LEAST_REASON:
            raise UserError("reason", N_("Write the reason in a few words; it will be kept."))
        now = self._clock()
        with self._store.writing() as tx:
            _must_be_unsettled(tx, draft_id)
            draft = tx.need("SELECT uid FROM drafts WHERE id = ?", (draft_id,))
            entry = self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.OVERRIDE,
                    who=self._signature(),
                    at=now,
                    rule=finding.rule,
                    values={
                        "draft": draft["uid"],
                        "excerpt": finding.excerpt,
                        "reason": reason.strip(),
                    },
                ),
            )
            self._let_stand(tx, draft_id, finding, reason, self._signature(), now, entry)
            self._touch(tx, draft_id)
        return Changes(frozenset({"drafts", "journal", "reports"}), draft_id=draft_id)

    def _let_stand(
        self,
        tx: Writing,
        draft_id: int,
        finding: Finding,
        reason: str,
        who: str,
        at: datetime,
        entry: int | None = None,
    ) -> None:
        tx.insert(
            "overrides",
            draft_id=draft_id,
            rule=finding.rule,
            severity=finding.severity.value,
            excerpt=finding.excerpt,
            reason=reason.strip(),
            who=who,
            at=stamp(at),
            entry=entry,
            subject=finding.subject,
        )

    def set_aside(self, draft_id: int, finding: Finding, reason: str = "") -> Changes:
        """Show a warning or a piece of information no more, for as long as its words stand.

        It stays with the draft, by name; being no override, it is not journalled.
        """
        if finding.severity in (Severity.ERROR, Severity.BLOCK):
            raise ValueError(finding.severity)
        with self._store.writing() as tx:
            self._let_stand(tx, draft_id, finding, reason, self._who(), self._clock())
        return Changes(frozenset({"drafts"}), draft_id=draft_id)

    def take_up(self, override_id: int) -> Changes:
        """Show again what was set aside. An override is taken back by `withdraw_override`."""
        with self._store.writing() as tx:
            row = tx.need("SELECT draft_id FROM overrides WHERE id = ?", (override_id,))
            tx.run("DELETE FROM overrides WHERE id = ? AND entry IS NULL", (override_id,))
        return Changes(frozenset({"drafts"}), draft_id=row["draft_id"])

    def withdraw_override(self, override_id: int) -> Changes:
        """Let a finding stand again that was overridden; a reversing entry says so.

        Raises UserError when it was taken back already, or where `answer` would.
        """
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM overrides WHERE id = ?", (override_id,))
            _must_be_unsettled(tx, row["draft_id"])
            draft = tx.need("SELECT uid FROM drafts WHERE id = ?", (row["draft_id"],))
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.OVERRIDE,
                    who=self._signature(),
                    at=self._clock(),
                    step="withdrawn",
                    rule=row["rule"],
                    supersedes=row["entry"],
                    values={"draft": draft["uid"], "excerpt": row["excerpt"]},
                ),
            )
            tx.run("DELETE FROM overrides WHERE id = ?", (override_id,))
            self._touch(tx, row["draft_id"])
        return Changes(frozenset({"drafts", "journal", "reports"}), draft_id=row["draft_id"])

    def submit(
        self,
        draft_id: int,
        validators: Sequence[str],
        question: str = "",
        *,
        one_is_enough: bool = False,
    ) -> Changes:
        """Ask others to validate; the draft waits for all of them, or for the first to approve.

        Raises UserError when nobody is named, or the author of the draft.
        """
        names = [name.strip() for name in validators if not nobody(name)]
        if not names:
            raise UserError("validator", N_("Name the person who will validate."))
        now = stamp(self._clock())
        with self._store.writing() as tx:
            sheet = _sheet(tx, draft_id)
            for name in names:
                _must_be_another(name, sheet.draft)
            fingerprint = sheet_hash(sheet)
            for name in names:
                tx.run(
                    "DELETE FROM approvals WHERE draft_id = ? AND validator = ? AND answer = ''",
                    (draft_id, name),
                )
                tx.insert(
                    "approvals",
                    draft_id=draft_id,
                    validator=name,
                    requested_by=self._who(),
                    requested_at=now,
                    question=question,
                    text_hash=fingerprint,
                )
            tx.update("drafts", draft_id, one_is_enough=int(one_is_enough))
            self._set_state(tx, draft_id, DraftState.TO_VALIDATE)
        return replace(_DRAFTS, draft_id=draft_id)

    def record_approval(self, approval_id: int, approved: bool, note: str = "") -> Changes:
        """Write down a validator's answer; a refusal brings the draft back to its author.

        Where one approval is enough, the others asked are then no longer waited for. Raises
        UserError once the draft is out, and for an approval by its author.
        """
        now = self._clock()
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM approvals WHERE id = ?", (approval_id,))
            _must_not_be_out(tx, row["draft_id"])
            sheet = _sheet(tx, row["draft_id"])
            if approved:
                _must_be_another(row["validator"], sheet.draft)
            answer = "approved" if approved else "refused"
            tx.update(
                "approvals",
                approval_id,
                answer=answer,
                note=note,
                answered_at=stamp(now),
                text_hash=sheet_hash(sheet),
            )
            self._journal.append(
                tx,
                NewEntry(
                    kind=EntryKind.APPROVAL,
                    who=self._signature(),
                    at=now,
                    step=answer,
                    approver=row["validator"],
                    values={"draft": sheet.draft.uid, "note": note},
                ),
            )
            if not approved:
                self._set_state(tx, row["draft_id"], DraftState.DRAFT)
            elif sheet.draft.one_is_enough:
                tx.run(
                    "DELETE FROM approvals WHERE draft_id = ? AND answer = ''", (row["draft_id"],)
                )
        return Changes(frozenset({"drafts", "journal"}), draft_id=row["draft_id"])

    def withdraw_approval(self, approval_id: int) -> Changes:
        """Stop waiting for a validator. Raises UserError where `answer` would."""
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM approvals WHERE id = ?", (approval_id,))
            _must_be_unsettled(tx, row["draft_id"])
            tx.run("DELETE FROM approvals WHERE id = ?", (approval_id,))
            waiting = tx.value(
                "SELECT count(*) FROM approvals WHERE draft_id = ?", (row["draft_id"],)
            )
            state = tx.value("SELECT state FROM drafts WHERE id = ?", (row["draft_id"],))
            if not waiting and state == DraftState.TO_VALIDATE.value:
                self._set_state(tx, row["draft_id"], DraftState.DRAFT)
        return replace(_DRAFTS, draft_id=row["draft_id"])

    def mark_ready(self, draft_id: int, remaining: Readiness) -> Changes:
        """Call a draft ready to publish.

        Raises UserError while something remains, and for what is published or archived.
        """
        if remaining.empty:
            raise UserError("empty", N_("Write the text first."))
        if not remaining.ready:
            raise UserError(
                "not_ready",
                N_("Points left before this draft is ready: {n}. They are listed beside it."),
                n=remaining.remaining,
            )
        with self._store.writing() as tx:
            _must_be_under_way(tx, draft_id)
            self._keep_placements(tx, draft_id, worded=True)
            self._set_state(tx, draft_id, DraftState.READY)
        return replace(_DRAFTS, draft_id=draft_id)

    def must_be_under_way(self, draft_id: int) -> None:
        """Raises UserError for what is published everywhere already, or archived."""
        with self._store.reading() as db:
            _must_be_under_way(db, draft_id)

    def awaiting_publication(self) -> dict[int, str]:
        """Names, by id, of the drafts that are ready and not out anywhere."""
        with self._store.reading() as db:
            rows = db.all(
                f"SELECT d.id, {agenda.TITLE} FROM drafts d"
                " WHERE d.state = ? AND d.trashed_at IS NULL ORDER BY d.id",
                (DraftState.READY.value,),
            )
            return {r["id"]: agenda.named(r["title"]) for r in rows if not _out(db, r["id"])}

    def reopen(self, draft_id: int) -> Changes:
        """Back to being written; what is out somewhere cannot."""
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM drafts WHERE id = ?", (draft_id,))
            out = _out(tx, draft_id)
            if out and row["state"] != DraftState.ARCHIVED.value:
                raise UserError(
                    "published",
                    N_("This post is published; make a new draft of it to change it."),
                )
            if out:
                state = DraftState.PUBLISHED if row["published_at"] else DraftState.READY
            else:
                state = DraftState.DRAFT
                self._keep_placements(tx, draft_id)
            self._set_state(tx, draft_id, state)
        return replace(_DRAFTS, draft_id=draft_id)

    def mark_published(
        self,
        draft_id: int,
        at: datetime | None,
        links: str | Mapping[Network, str] = "",
        *,
        correct: bool = False,
    ) -> Changes:
        """Note that a person published it, when and where. The program publishes nothing.

        `links` holds the link of the post (it may be empty) for each network where it came out;
        the link alone where one network is left. The draft is published once it is out on all of
        its networks. `at` None is now.

        To `correct` is to note again what was noted: an empty link, and None, then leave the link
        and the instant that stand there.

        Raises UserError for a draft that is not ready, a date to come, a link that is none, a
        network that the draft is not for, or where it is out already; to correct, is not yet.
        """
        now = self._clock()
        if at is not None and at > now + timedelta(minutes=5):
            raise UserError("future", N_("The date of publication is still to come."))
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM drafts WHERE id = ?", (draft_id,))
            if row["state"] not in (DraftState.READY.value, DraftState.PUBLISHED.value):
                raise UserError("not_ready_yet", N_("First mark the draft as ready to publish."))
            placements = agenda.placements(tx, [draft_id])[draft_id]
            before = {made.network: made for made in placements if made.published_at is not None}
            for network, link in _by_network(placements, links, correct=correct).items():
                when = at or now
                if correct:
                    out = before[network]
                    when, link = at or out.published_at or now, link or out.permalink
                tx.run(
                    "UPDATE placements SET published_at = ?, permalink = ?"
                    " WHERE draft_id = ? AND network = ?",
                    (stamp(when), link, draft_id, network.value),
                )
                self._journal.append(
                    tx,
                    NewEntry(
                        kind=EntryKind.PUBLISHED,
                        who=self._signature(),
                        at=now,
                        step=network.value,
                        values={"draft": row["uid"], "permalink": link},
                    ),
                )
            self._settle(tx, draft_id)
        return Changes(frozenset({"drafts", "calendar", "journal", "reports"}), draft_id=draft_id)

    def leave_out(self, draft_id: int, network: Network) -> Changes:
        """Decide not to publish a ready draft on one of its networks: its versions are taken out.

        Raises UserError where it is out already, or where no other network is left.
        """
        with self._store.writing() as tx:
            row = tx.need("SELECT * FROM drafts WHERE id = ?", (draft_id,))
            placements = agenda.placements(tx, [draft_id])[draft_id]
            left = [made for made in placements if made.network is not network]
            owed = any(m.network is network and m.published_at is None for m in placements)
            if row["state"] != DraftState.READY.value or not owed or not left:
                raise UserError(
                    "gone", N_("It is not there, or no longer; look at the list again.")
                )
            for variant in tx.all("SELECT * FROM variants WHERE draft_id = ?", (draft_id,)):
                if Target(variant["target"]).network is network:
                    tx.update("variants", variant["id"], removed=1)
            self._keep_placements(tx, draft_id, worded=True)
            self._settle(tx, draft_id)
        return replace(_DRAFTS, draft_id=draft_id)

    def _settle(self, tx: Writing, draft_id: int) -> None:
        """A draft is published once it is out on all of its networks."""
        owed, first = tx.need(
            "SELECT sum(published_at IS NULL), min(published_at) FROM placements"
            " WHERE draft_id = ?",
            (draft_id,),
        )
        if not owed:
            tx.update("drafts", draft_id, state=DraftState.PUBLISHED.value, published_at=first)
        self._touch(tx, draft_id)
        self._keep_draft_known(tx, draft_id)

    def archive(self, draft_id: int) -> Changes:
        with self._store.writing() as tx:
            self._set_state(tx, draft_id, DraftState.ARCHIVED)
        return replace(_DRAFTS, draft_id=draft_id)

    def copy_draft(self, draft_id: int) -> int:
        """A new draft with the same texts, unplanned, to be reworked."""
        sheet = self.sheet(draft_id)
        with self._store.writing():
            made = self.add_draft(
                DraftDetails(
                    title=sheet.draft.title,
                    kind=sheet.draft.kind,
                    campaign_id=sheet.draft.campaign_id,
                    step=sheet.draft.step,
                ),
                [(v.target, v.language, v.text) for v in sheet.variants],
            )
            self.place(made, {m.network: m.page.id if m.page else None for m in sheet.placements})
        return made

    def _set_state(self, tx: Writing, draft_id: int, state: DraftState) -> None:
        tx.update("drafts", draft_id, state=state.value)
        self._touch(tx, draft_id)

    def _signature(self) -> str:
        name = self._who()
        if not name:
            raise UserError(
                "nameless", N_("Give your name in the settings first; it signs what you decide.")
            )
        return name

    # -- campaigns and calendar -----------------------------------------------------------------

    def campaigns(self) -> list[Campaign]:
        with self._store.reading() as db:
            return agenda.campaigns(db)

    def add_campaign(self, new: CampaignInput) -> int:
        """Raises UserError when it has no name or ends before it begins."""
        with self._store.writing() as tx:
            return tx.insert("campaigns", uid=_uid(), **_campaign_row(tx, new, None))

    def change_campaign(self, campaign_id: int, new: CampaignInput) -> Changes:
        with self._store.writing() as tx:
            tx.update("campaigns", campaign_id, **_campaign_row(tx, new, campaign_id))
        return _CALENDAR

    def remove_campaign(self, campaign_id: int) -> tuple[int, Changes]:
        """Put a campaign in the trash; its number there. Its drafts stay, without campaign."""
        return self._into_trash(trash.CAMPAIGN, campaign_id)

    def _into_trash(self, table: str, row_id: int) -> tuple[int, Changes]:
        with self._store.writing() as tx:
            made = trash.put_in(tx, table, row_id, at=self._clock(), who=self._who())
        return made, _CALENDAR

    def in_trash(self) -> list[Trashed]:
        """Lines and campaigns in the trash, the newest first."""
        with self._store.reading() as db:
            return trash.listed(db)

    def put_back(self, trash_id: int) -> Changes:
        """Take a line or a campaign out of the trash, as it was.

        Raises UserError when it is not in the trash any more, or a file brought it again.
        """
        with self._store.writing() as tx:
            trash.take_out(tx, trash_id)
        return _CALENDAR

    def destroy_trashed(self, trash_id: int) -> Changes:
        """Delete for good a line or a campaign that is in the trash."""
        with self._store.writing() as tx:
            tx.run("DELETE FROM trash WHERE id = ?", (trash_id,))
        return _CALENDAR

    def entries(self, first: datetime, last: datetime) -> list[CalendarEntry]:
        """Calendar lines that touch [first, last)."""
        with self._store.reading() as db:
            return [
                _calendar_entry(row)
                for row in db.all(
                    "SELECT * FROM calendar_entries WHERE starts_at < ? AND ends_at >= ?"
                    " ORDER BY starts_at",
                    (stamp(last), stamp(first)),
                )
            ]

    def add_entry(self, new: EntryInput) -> int:
        with self._store.writing() as tx:
            return tx.insert("calendar_entries", uid=new.uid or _uid(), **_entry_row(new))

    def change_entry(self, entry_id: int, new: EntryInput) -> Changes:
        with self._store.writing() as tx:
            tx.update("calendar_entries", entry_id, **_entry_row(new))
        return _CALENDAR

    def entry(self, entry_id: int) -> CalendarEntry:
        """Raises UserError when there is no such line."""
        with self._store.reading() as db:
            return _calendar_entry(
                db.need("SELECT * FROM calendar_entries WHERE id = ?", (entry_id,))
            )

    def move_entry(self, entry_id: int, starts_at: datetime, ends_at: datetime) -> Changes:
        """Put a line at another time."""
        if ends_at < starts_at:
            raise UserError("period", N_("The period ends before it begins."))
        with self._store.writing() as tx:
            tx.update(
                "calendar_entries", entry_id, starts_at=stamp(starts_at), ends_at=stamp(ends_at)
            )
        return _CALENDAR

    def remove_entry(self, entry_id: int) -> tuple[int, Changes]:
        """Put a line in the trash; its number there."""
        return self._into_trash(trash.ENTRY, entry_id)


# -- rows and records ---------------------------------------------------------------------------


def _uid() -> str:
    return str(uuid.uuid4())


def _page_row(new: PageInput) -> dict[str, object]:
    if not new.name.strip():
        raise UserError("page_name", N_("Give the page a name."))
    if new.limit is not None and new.limit < 1:
        raise UserError("page_limit", N_("A post is at least one character long."))
    return {
        "name": new.name.strip(),
        "network": new.network.value,
        "kind": new.kind.value,
        "level": new.level.value,
        "language": new.language.value,
        "handle": new.handle.strip(),
        "url": new.url.strip(),
        "region": new.region.strip(),
        "official": int(new.official),
        "managed": int(new.managed),
        "purpose": new.purpose,
        "contacts": to_json([c.strip() for c in new.contacts if c.strip()]),
        "archived": int(new.archived),
        "post_limit": new.limit,
    }


def _details_row(details: DraftDetails) -> dict[str, object]:
    return {
        "title": details.title.strip(),
        "kind": details.kind.value,
        "campaign_id": details.campaign_id,
        "step": details.step.value if details.step else None,
        "planned_at": stamp(details.planned_at) if details.planned_at else None,
        "share_of": details.share_of,
        "fee_approved": int(details.fee_approved),
    }


def _draft(row: Row) -> Draft:
    return Draft(
        id=row["id"],
        uid=row["uid"],
        title=row["title"],
        kind=PostKind(row["kind"]),
        state=DraftState(row["state"]),
        author=row["author"],
        created_at=instant(row["created_at"]),
        updated_at=instant(row["updated_at"]),
        campaign_id=row["campaign_id"],
        step=Step(row["step"]) if row["step"] else None,
        planned_at=instant_or_none(row["planned_at"]),
        published_at=instant_or_none(row["published_at"]),
        share_of=row["share_of"],
        fee_approved=bool(row["fee_approved"]),
        one_is_enough=bool(row["one_is_enough"]),
        trashed_at=instant_or_none(row["trashed_at"]),
    )


def is_link(text: str) -> bool:
    """Whether a text is the whole address of something on the web."""
    return text.strip().startswith(("https://", "http://"))


def _by_network(
    placements: Sequence[Placement], links: str | Mapping[Network, str], *, correct: bool
) -> dict[Network, str]:
    """The links of posts, stripped, by network. Raises UserError (`Editorial.mark_published`)."""
    out = frozenset(made.network for made in placements if made.published_at is not None)
    if isinstance(links, str):
        meant = [made.network for made in placements if (made.network in out) is correct]
        if not meant:
            meant = [made.network for made in placements][:1]  # refused below, by its name
        if len(meant) != 1:
            raise UserError("which_network", N_("Say on which network it was published."))
        links = {meant[0]: links}
    for network, link in links.items():
        if all(made.network is not network for made in placements):
            raise UserError("network", N_("This draft has no version for that network."))
        if network in out and not correct:
            raise UserError(
                "published_already",
                N_(
                    "This post is already published on {network}; its date and its link stay as"
                    " they were noted."
                ),
                network=NETWORKS[network],
            )
        if correct and network not in out:
            raise UserError(
                "nothing_to_correct",
                N_("This post is not noted as published on {network} yet."),
                network=NETWORKS[network],
            )
        if link.strip() and not is_link(link):
            raise UserError("link", N_("Paste the whole link of the post, beginning with https://"))
        home = network_of(link)
        if home is not None and home is not network:
            raise UserError(
                "link_elsewhere",
                N_("The link given for {network} leads to {home}. Paste the one of {network}."),
                network=NETWORKS[network],
                home=NETWORKS[home],
            )
    return {network: link.strip() for network, link in links.items()}


def _out(db: Reading, draft_id: int) -> bool:
    """Whether a draft is out, on one network at least."""
    return (
        db.one(
            "SELECT 1 FROM placements WHERE draft_id = ? AND published_at IS NOT NULL", (draft_id,)
        )
        is not None
    )


def _must_be_under_way(db: Reading, draft_id: int) -> None:
    state = db.need("SELECT state FROM drafts WHERE id = ?", (draft_id,))["state"]
    if state == DraftState.PUBLISHED.value:
        raise UserError(
            "published", N_("This post is published; make a new draft of it to change it.")
        )
    if state == DraftState.ARCHIVED.value:
        raise UserError("archived", N_("This draft is archived; open it again for writing first."))


def _must_be_another(validator: str, draft: Draft) -> None:
    """Raises UserError where the author of a draft would validate it."""
    if same_person(validator, draft.author):
        raise UserError(
            "own_draft",
            N_("{name} wrote this draft: somebody else validates it."),
            name=draft.author,
        )


def _must_not_be_out(db: Reading, draft_id: int) -> None:
    if _out(db, draft_id):
        raise UserError(
            "on_record",
            N_("This post is published: what was answered, validated and overridden stays."),
        )


def _must_be_unsettled(db: Reading, draft_id: int) -> None:
    """Raises UserError where what people said may no longer change."""
    _must_not_be_out(db, draft_id)
    if db.value("SELECT state FROM drafts WHERE id = ?", (draft_id,)) == DraftState.READY.value:
        raise UserError(
            "ready", N_("This draft is ready. Open it again for writing to change what was said.")
        )


def _draft_row(row: Row, placements: tuple[Placement, ...]) -> DraftRow:
    return DraftRow(
        id=row["id"],
        title=agenda.named(row["title"]),
        state=DraftState(row["state"]),
        placements=placements,
        languages=tuple(
            sorted((Language(x) for x in (row["languages"] or "").split(",") if x), reverse=True)
        ),
        excerpt=row["excerpt"] or "",
        planned_at=instant_or_none(row["planned_at"]),
        published_at=instant_or_none(row["published_at"]),
        updated_at=instant(row["updated_at"]),
        updated_by=row["updated_by"],
    )


def _says(words: Sequence[str], title: str, in_text: Sequence[int]) -> bool:
    """Whether each of these folded words stands in a draft's text, or else in its title."""
    title = duplicates.fold(title)
    return all(said or word in title for word, said in zip(words, in_text, strict=True))


def _sheet(db: Reading, draft_id: int) -> DraftSheet:
    draft = _draft(db.need("SELECT * FROM drafts WHERE id = ?", (draft_id,)))
    return DraftSheet(
        draft,
        tuple(
            Variant(
                row["id"],
                draft_id,
                Target(row["target"]),
                Language(row["language"]),
                row["text"],
                row["revision"],
                instant(row["updated_at"]),
            )
            for row in db.all(
                "SELECT * FROM variants WHERE draft_id = ? AND NOT removed"
                " ORDER BY language DESC, id",
                (draft_id,),
            )
        ),
        agenda.placements(db, [draft_id])[draft_id],
        tuple(
            Media(
                row["id"],
                draft_id,
                row["blob_id"],
                row["name"],
                row["alt"],
                row["media_type"],
                row["size"],
                row["width"],
                row["height"],
                bool(row["has_position"]),
                *_people_read(db, row["consent"]),
            )
            for row in db.all(
                "SELECT m.*, b.media_type, b.size FROM media m JOIN blobs b ON b.id = m.blob_id"
                " WHERE m.draft_id = ? ORDER BY m.position, m.id",
                (draft_id,),
            )
        ),
        tuple(
            Answer(
                row["rule"],
                row["answer"],
                row["note"],
                row["who"],
                instant(row["at"]),
                row["text_hash"],
            )
            for row in db.all("SELECT * FROM answers WHERE draft_id = ?", (draft_id,))
        ),
        tuple(
            Override(
                row["id"],
                draft_id,
                row["rule"],
                Severity(row["severity"]),
                row["excerpt"],
                row["reason"],
                row["who"],
                instant(row["at"]),
                row["entry"],
                # Opened to be read only, a workspace may still be without it.
                row["subject"] if "subject" in row.keys() else "",  # noqa: SIM118
            )
            for row in db.all("SELECT * FROM overrides WHERE draft_id = ? ORDER BY id", (draft_id,))
        ),
        tuple(
            Approval(
                row["id"],
                draft_id,
                row["validator"],
                row["requested_by"],
                instant(row["requested_at"]),
                row["question"],
                row["answer"],
                row["note"],
                instant_or_none(row["answered_at"]),
                row["text_hash"],
            )
            for row in db.all("SELECT * FROM approvals WHERE draft_id = ? ORDER BY id", (draft_id,))
        ),
    )


def _people_written(nobody: bool, consents: Sequence[Consent]) -> str:
    """Who is on a picture, as its column keeps it; empty when nobody said."""
    if nobody:
        return to_json({"nobody": True})
    if not consents:
        return ""
    return to_json(
        {
            "people": [
                {
                    "who": consent.who,
                    "until": consent.until.isoformat() if consent.until else None,
                    "line": consent.line,
                }
                for consent in consents
            ]
        }
    )


def _people_read(db: Reading, written: str) -> tuple[bool, tuple[Consent, ...]]:
    """Nobody, or the consents of those on a picture, as the register now has them."""
    if not written:
        return False, ()
    kept: dict[str, Any] = json.loads(written)
    return bool(kept.get("nobody")), tuple(
        _as_registered(db, Consent(person["who"], day_or_none(person["until"]), person["line"]))
        for person in kept.get("people", ())
    )


def _as_registered(db: Reading, consent: Consent) -> Consent:
    if not consent.line:
        return consent
    row = db.one("SELECT data FROM registers WHERE uid = ?", (consent.line,))
    if row is None:
        return replace(consent, withdrawn=True)
    line: dict[str, Any] = json.loads(row["data"])
    return Consent(
        line.get("person") or consent.who,
        day_or_none(line.get("ends_on") or None),
        consent.line,
        bool(line.get("withdrawn")),
    )


def _campaign_row(tx: Writing, new: CampaignInput, campaign_id: int | None) -> dict[str, object]:
    if not new.name_fr.strip():
        raise UserError("campaign_name", N_("Give the campaign a name."))
    if new.ends_on < new.starts_on:
        raise UserError("period", N_("The period ends before it begins."))
    return {
        "key": trash.free_key(tx, new.key or _slug(new.name_fr), campaign_id),
        "name_fr": new.name_fr.strip(),
        "name_en": new.name_en.strip(),
        "kind": new.kind.value,
        "starts_on": new.starts_on.isoformat(),
        "ends_on": new.ends_on.isoformat(),
        "hashtags": to_json(list(new.hashtags)),
        "keywords": to_json(list(new.keywords)),
        "objective_cents": new.objective_cents,
        "raised_cents": new.raised_cents,
        "notes": new.notes,
    }


def _slug(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(c if c.isalnum() else " " for c in folded).split()) or "campagne"


def _calendar_entry(row: Row) -> CalendarEntry:
    return CalendarEntry(
        id=row["id"],
        uid=row["uid"],
        title=row["title"],
        starts_at=instant(row["starts_at"]),
        ends_at=instant(row["ends_at"]),
        all_day=bool(row["all_day"]),
        campaign_id=row["campaign_id"],
        page_id=row["page_id"],
        place=row["place"],
        notes=row["notes"],
        source=row["source"],
    )


def _entry_row(new: EntryInput) -> dict[str, object]:
    if not new.title.strip():
        raise UserError("entry_title", N_("Give the line a title."))
    if new.ends_at < new.starts_at:
        raise UserError("period", N_("The period ends before it begins."))
    return {
        "title": new.title.strip(),
        "starts_at": stamp(new.starts_at),
        "ends_at": stamp(new.ends_at),
        "all_day": int(new.all_day),
        "campaign_id": new.campaign_id,
        "page_id": new.page_id,
        "place": new.place,
        "notes": new.notes,
        "source": new.source,
    }
