"""What everything else speaks: enums and frozen records, with no behaviour beyond their own data.

Instants are aware UTC `datetime`; days are `date`; offsets into text are code points; money is in
cents. Ids are SQLite row ids of the open workspace; `uid` travels between workspaces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

# isort: off
from scc_admin.kinds import (
    CampaignKind as CampaignKind,
    CaseState as CaseState,
    Changes as Changes,
    Confidence as Confidence,
    DeadlineKind as DeadlineKind,
    DraftState as DraftState,
    EntryKind as EntryKind,
    Gate as Gate,
    Ground as Ground,
    Language as Language,
    Level as Level,
    Mode as Mode,
    Network as Network,
    PageKind as PageKind,
    PostKind as PostKind,
    Progress as Progress,
    Rung as Rung,
    Severity as Severity,
    Situation as Situation,
    Step as Step,
    Target as Target,
    Theme as Theme,
)
# isort: on

SEARCHED = 300
"""Characters that a search reads of what stands in its field, whatever was pasted there."""
SEARCHED_WORDS = 16

# --- The verdict -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Consent:
    """That a person may be shown on a picture, in writing; for a minor, a parent's."""

    who: str
    until: date | None = None
    """The last day on which it holds; None: it has no end."""
    line: str = ""
    """`uid` of its line in the register of consents: what stands there then holds."""
    withdrawn: bool = False
    """Withdrawn since, or no longer in the register."""

    def holds_on(self, day: date) -> bool:
        return not self.withdrawn and (self.until is None or day <= self.until)


class Area(NamedTuple):
    """A rectangle of a picture as seen upright, in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """An attached image or video as far as the rules need to know it."""

    name: str
    alt: str = ""
    media_type: str = "image/jpeg"
    size: int = 0
    width: int = 0
    height: int = 0
    has_position: bool = False
    """True when the file still carries a GPS position."""
    nobody: bool = False
    """Somebody looked, and nobody can be recognised on it."""
    consents: tuple[Consent, ...] = ()
    """Of the people it shows."""
    taken_at: datetime | None = None
    """When the camera says it was taken, with its zone."""

    @property
    def people_said(self) -> bool:
        """Whether somebody said who is on it."""
        return self.nobody or bool(self.consents)


@dataclass(frozen=True, slots=True)
class Post:
    """A snapshot of one variant, complete enough to be judged with no database."""

    text: str
    target: Target = Target.FACEBOOK
    language: Language = Language.FR
    level: Level = Level.DIVISIONAL
    kind: PostKind = PostKind.POST
    at: datetime | None = None
    """When it is planned to be published; None when unknown."""
    media: tuple[Picture, ...] = ()
    media_known: bool = False
    """False when nobody could say whether media go with it (CLI, imports): no rule then complains
    of their absence."""
    twin: str | None = None
    """The text of the same draft in the other language, when there is one."""
    page_languages: tuple[Language, ...] = ()
    """Languages that the page owes; empty when unknown."""
    region: str = ""
    """The region or town that the page speaks for; empty when none."""
    campaign: str = ""
    """Key of the campaign it belongs to; empty when none."""
    fee_approved: bool = False
    """LinkedIn job offers: the cost was approved (slide 29)."""
    limit: int | None = None
    """How long its page lets it be, where each server chooses; None: the usual length."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend: replace [start, end) by `replacement`."""

    start: int
    end: int
    replacement: str
    label: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One signal found by one rule in one text."""

    rule: str
    name: str
    severity: Severity
    theme: Theme
    slides: tuple[int, ...]
    start: int
    end: int
    excerpt: str
    message: str
    suggestion: str
    fix: Fix | None = None
    """The mend, when it is certain."""
    choices: tuple[Fix, ...] = ()
    """Mends between which only a person can choose."""
    subject: str = ""
    """What it is about, where the excerpt does not tell: the other post, the picture. The same for
    as long as that is; empty where the excerpt says it all."""

    @property
    def mends(self) -> tuple[Fix, ...]:
        """The certain mend, or those to choose from."""
        return self.choices if self.fix is None else (self.fix,)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only a person can answer."""

    rule: str
    name: str
    theme: Theme
    slides: tuple[int, ...]
    text: str
    suggestion: str
    in_words: bool = False
    """Neither yes nor no answers it, but a note does."""


@dataclass(frozen=True, slots=True)
class CountPart:
    """A stretch of text that does not cost one unit a character, and why."""

    start: int
    end: int
    cost: int
    reason: str
    """link, emoji, wide, mention, quotes, bytes, composed (several code points that count as fewer)
    or ignored (free of charge)."""


@dataclass(frozen=True, slots=True)
class Count:
    """A length against one limit. `limit` is None where the network has none."""

    value: int
    limit: int | None
    unit: str
    """weighted, characters, graphemes, utf16, bytes or tags."""
    confidence: Confidence
    source: str
    parts: tuple[CountPart, ...] = ()
    own: bool = False
    """Whether the limit is the page's own, not the one that the network is known for."""

    @property
    def over(self) -> int:
        """How many units too many; zero or less when it fits."""
        return 0 if self.limit is None else self.value - self.limit


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to 'may I publish this?' - never a yes, only signals and questions.

    `counts` holds at least one entry; the first is the one a single ring shows.
    """

    findings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A known post that resembles the one being judged (PAGE-01 in words, PAGE-08 in meaning)."""

    known_id: int
    title: str
    page: str
    day: str
    language: Language
    text: str
    score: int
    """Likeness in percent: of the words, or 100 times the cosine of the meanings."""
    by_meaning: bool = False
    draft_id: int | None = None
    declared: bool = False
    """True when it is declared a share of the original or the other language's version."""


# --- Pages, drafts, calendar -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """A managed presence."""

    id: int
    uid: str
    name: str
    network: Network
    kind: PageKind
    level: Level
    language: Language
    handle: str = ""
    url: str = ""
    region: str = ""
    official: bool = True
    managed: bool = True
    """False for a page that others run, known for links and for the duplicate check."""
    purpose: str = ""
    contacts: tuple[str, ...] = ()
    """Public telephones, addresses, e-mails that may appear in its posts."""
    archived: bool = False
    limit: int | None = None
    """How long its posts may be, where its server chooses so and it is not the usual length."""


@dataclass(frozen=True, slots=True)
class Followers:
    page_id: int
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Variant:
    """The text of one draft for one target and language. `revision` counts its saves."""

    id: int
    draft_id: int
    target: Target
    language: Language
    text: str
    revision: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    variant_id: int
    number: int
    text: str
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or film of a draft; its bytes stand encrypted in the vault under `blob_id`."""

    id: int
    draft_id: int
    blob_id: int
    name: str
    alt: str
    media_type: str
    size: int
    width: int
    height: int
    has_position: bool
    nobody: bool = False
    consents: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to a question, void when `text_hash` is no longer the text's."""

    rule: str
    answer: str
    """yes, no, n/a, or unsure: somebody else is to be asked."""
    note: str
    who: str
    at: datetime
    text_hash: str


@dataclass(frozen=True, slots=True)
class Override:
    """A reasoned 'publish all the same', or a remark set aside.

    Binds to the rule, the excerpt and the subject it was given for (`editorial.settles`).
    """

    id: int
    draft_id: int
    rule: str
    severity: Severity
    excerpt: str
    reason: str
    who: str
    at: datetime
    entry: int | None
    """Sequence number of its journal entry; None for a warning or a piece of information that was
    set aside, which is nobody's business but the author's."""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A request to validate a draft, and its answer once there is one."""

    id: int
    draft_id: int
    validator: str
    requested_by: str
    requested_at: datetime
    question: str
    answer: str = ""
    """approved, refused, or empty while it waits."""
    note: str = ""
    answered_at: datetime | None = None
    text_hash: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    id: int
    uid: str
    title: str
    kind: PostKind
    state: DraftState
    author: str
    created_at: datetime
    updated_at: datetime
    campaign_id: int | None = None
    step: Step | None = None
    planned_at: datetime | None = None
    published_at: datetime | None = None
    """When it first came out, once it is out on all of its networks."""
    share_of: int | None = None
    """The draft that this one shares, which excuses their likeness (PAGE-01)."""
    fee_approved: bool = False
    one_is_enough: bool = False
    """Whether one of the validators asked will do, or all of them must approve."""
    trashed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """A draft on one network: one post, in however many languages, on one page."""

    network: Network
    page: Page | None = None
    """None: not chosen yet. It may be of another network, by mistake."""
    published_at: datetime | None = None
    permalink: str = ""

    @property
    def astray(self) -> bool:
        """Whether the page is of another network than the text."""
        return self.page is not None and self.page.network is not self.network


@dataclass(frozen=True, slots=True)
class DraftSheet:
    """A draft with all that hangs on it: what the composer opens."""

    draft: Draft
    variants: tuple[Variant, ...]
    placements: tuple[Placement, ...] = ()
    """One for each network of its versions, in the order in which they came."""
    media: tuple[Media, ...] = ()
    answers: tuple[Answer, ...] = ()
    overrides: tuple[Override, ...] = ()
    approvals: tuple[Approval, ...] = ()

    def placement(self, network: Network) -> Placement | None:
        return next((made for made in self.placements if made.network is network), None)

    def page_for(self, network: Network) -> Page | None:
        """Who speaks on a network: the page chosen for it, or else the first that was chosen."""
        placement = self.placement(network)
        if placement is not None and placement.page is not None:
            return placement.page
        return first_page(self.placements)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A line of the drafts list."""

    id: int
    title: str
    """The beginning of its text where it has none; empty when that is empty too."""
    state: DraftState
    placements: tuple[Placement, ...]
    languages: tuple[Language, ...]
    excerpt: str
    planned_at: datetime | None
    published_at: datetime | None
    updated_at: datetime
    updated_by: str
    """Who changed it last; empty where nobody knows any more."""

    @property
    def page(self) -> str:
        return page_names(self.placements)


NAMING = 80
"""Characters of its text that name a draft without title."""


def first_words(text: str) -> str:
    """The beginning of a text on one line; cut between two words, it ends in an ellipsis."""
    words = " ".join(text[: NAMING + 1].split())
    if len(text.rstrip()) <= NAMING:
        return words
    return (words.rpartition(" ")[0] or words[:NAMING]).rstrip(" ,;:.–—-") + "…"


def draft_title(sheet: DraftSheet) -> str:
    """What names a draft: the beginning of its text where it has no title; empty with neither."""
    texts = (variant.text for variant in sheet.variants if variant.text)
    return sheet.draft.title or first_words(next(texts, ""))


def first_page(placements: Sequence[Placement]) -> Page | None:
    """The page that stands for a draft where there is room for one only."""
    return next((made.page for made in placements if made.page is not None), None)


def page_names(placements: Sequence[Placement]) -> str:
    """The pages that a draft goes to, by name."""
    return ", ".join(dict.fromkeys(made.page.name for made in placements if made.page))


@dataclass(frozen=True, slots=True)
class Campaign:
    id: int
    uid: str
    key: str
    name_fr: str
    name_en: str
    kind: CampaignKind
    starts_on: date
    ends_on: date
    hashtags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    objective_cents: int | None = None
    raised_cents: int | None = None
    notes: str = ""

    def name(self, language: Language) -> str:
        return self.name_en if language is Language.EN and self.name_en else self.name_fr


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A dated line of the editorial calendar that is not a draft.

    A line that lasts all day stands at midnight UTC of its days, whatever the zone, and its end is
    the midnight after its last day.
    """

    id: int
    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    campaign_id: int | None = None
    page_id: int | None = None
    place: str = ""
    notes: str = ""
    source: str = ""
    """File or workspace it came from; empty when typed here."""


# --- Moderation ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    person_id: int
    network: Network
    handle: str
    external_id: str = ""
    url: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the pages whom a case concerns. Unasked, `label` ('Usager 042') alone leaves."""

    id: int
    uid: str
    label: str
    created_at: datetime
    name: str = ""
    interest: str = ""
    """An interest in the matter, disclosed or known (slide 41)."""
    interest_disclosed: bool = False
    accounts: tuple[Account, ...] = ()
    notes: str = ""
    consent: str = ""
    """What the person agreed to, how and when; empty when nothing was asked."""


@dataclass(frozen=True, slots=True)
class Case:
    id: int
    uid: str
    number: str
    """CAS-2026-001."""
    person_id: int
    title: str
    situation: Situation
    critical: bool
    state: CaseState
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    review_on: date | None = None
    hold: str = ""
    """Why nothing of it may be destroyed; empty when there is no legal hold."""
    last_event_at: datetime | None = None
    destroyed_at: datetime | None = None
    """When everything personal in it was destroyed; number and dates stay."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something seen: a comment, a message, a post of the person."""

    id: int
    case_id: int
    page_id: int | None
    text: str
    url: str
    displayed_at: str
    """The date as the network showed it, in its own words."""
    captured_at: datetime
    collector: str
    method: str
    account_id: int | None
    entry: int
    retracted: bool = False
    """Logged by mistake; it stays readable and counts for nothing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file kept as proof. Its bytes stand encrypted in the vault under `blob_id`."""

    id: int
    uid: str
    case_id: int
    incident_id: int | None
    blob_id: int
    original_name: str
    media_type: str
    size: int
    sha256: str
    captured_at: datetime
    collector: str
    method: str
    url: str = ""
    note: str = ""
    erased: bool = False
    step_id: int | None = None
    """The act of ours that it shows (an answer as published, a message as sent)."""


@dataclass(frozen=True, slots=True)
class Custody:
    """A line of the custody log: who did what with a piece of evidence."""

    evidence_id: int
    at: datetime
    who: str
    act: str
    """captured, viewed, exported or erased."""
    to_whom: str = ""


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A rung climbed, a ban, a lifting, a note: the acts of our side in a case."""

    id: int
    case_id: int
    kind: EntryKind
    rung: Rung | None
    at: datetime
    who: str
    text: str
    reason: str = ""
    approver: str = ""
    expires_on: date | None = None
    retracted: bool = False
    """Undone by a later journal entry; the step stays readable."""
    entry: int = 0
    override: str = ""
    """Why it was done as an exception, before the steps that come first; `approver` agreed."""
    recorded_at: datetime | None = None
    """When it was written down, of a step that was done earlier than that; `at` is when."""


@dataclass(frozen=True, slots=True)
class RungView:
    """One rung as the case screen draws it."""

    rung: Rung
    done: bool
    proposed: bool
    gates: tuple[Gate, ...]
    overridable: bool
    """True when a second named person may lift the gates with a reason."""
    missing: tuple[Rung, ...] = ()
    """The rungs that come before it and are not recorded, mildest first, of `MISSING_RUNGS`."""


@dataclass(frozen=True, slots=True)
class Flags:
    """Behaviour computed from the logged comments (slide 41)."""

    comments: int
    duplicates: int
    likeness: int
    """Highest likeness between two of the comments, in percent."""
    same_argument: int
    single_source: str
    daily: float
    """Comments a day between the first and the last."""
    undeclared_interest: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """Two logged comments that say the same; `first` came before `second`."""

    first: int
    """Id of the incident."""
    second: int
    score: int
    """Likeness in percent: of the words, or 100 times the cosine of the meanings."""
    by_meaning: bool = False


_SURROGATE = re.compile("[\ud800-\udfff]")


def kept_text(text: str) -> str:
    """A text as it can be kept: half of a broken emoji, which is no text, becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def took(start: datetime | None, end: datetime | None) -> timedelta | None:
    """The time between two moments; None when one is missing, or when they are out of order.

    Such rows exist: once, order was not looked at.
    """
    if start is None or end is None or end < start:
        return None
    return end - start


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something owed in a case: by a day, or since an instant."""

    kind: DeadlineKind
    case_id: int
    case: str
    person: str
    title: str
    on: date | None = None
    since: datetime | None = None
    escalation_id: int | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that a case asks of us now."""

    case_id: int
    case: str
    person: str
    title: str
    rung: Rung | None
    """None when Public Affairs must be asked before anything else."""
    since: datetime


@dataclass(frozen=True, slots=True)
class BegunForm:
    """A form that was begun and not recorded, and whom or what it is about."""

    name: str
    """Under which it is kept, such as `ban:12`."""
    kind: str
    """Its name without numbers: incident, ban, contact, ..."""
    at: datetime
    said: str = ""
    """The account, or the first words, that an incident not yet logged is about."""
    case_id: int | None = None
    case: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Packet:
    """An escalation packet that was exported, and what became of it."""

    id: int
    escalation_id: int
    at: datetime
    who: str
    name: str
    pdf_sha256: str
    zip_sha256: str
    sent_to: str
    acknowledged_at: datetime | None
    entry: int


@dataclass(frozen=True, slots=True)
class Escalation:
    """A request to Public Affairs about a case. The clock: seen, escalated, answered, closed."""

    id: int
    uid: str
    number: str
    """ESC-2026-001."""
    case_id: int
    situation: Situation
    question: str
    spread: str
    not_done: str
    """What was deliberately not done while waiting (slide 40)."""
    seen_at: datetime
    escalated_at: datetime | None = None
    contact: str = ""
    answered_at: datetime | None = None
    answer: str = ""
    closed_at: datetime | None = None
    created_by: str = ""
    created_at: datetime | None = None
    """When the question was written down; only a `CaseSheet` knows it."""
    entry: int = 0
    """The journal entry that holds its words as they stand; only a `CaseSheet` knows it."""
    exported_at: datetime | None = None
    """When its packet was last exported; only a `CaseSheet` knows it."""
    answer_entry: int = 0
    """The journal entry of the answer as it first came; only a `CaseSheet` knows it."""
    standing: bool = False
    """Whether that answer was said to hold for what follows too; only a `CaseSheet` knows it."""


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """A case with all that hangs on it: what the case screen opens."""

    case: Case
    person: Person
    incidents: tuple[Incident, ...]
    evidence: tuple[Evidence, ...]
    steps: tuple[CaseStep, ...]
    escalations: tuple[Escalation, ...]
    ladder: tuple[RungView, ...]
    flags: Flags
    locks: tuple[CaseLock, ...] = ()
    """The other cases of the person that wait for Public Affairs; they lock this one too."""


@dataclass(frozen=True, slots=True)
class CaseLock:
    """A critical case that waits for Public Affairs: nobody replies to its person, or bans them."""

    case_id: int
    number: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of the cases list."""

    id: int
    number: str
    person: str
    title: str
    situation: Situation
    critical: bool
    state: CaseState
    rung: Rung | None
    """The highest that was recorded."""
    incidents: int
    opened_at: datetime
    last_event_at: datetime
    name: str = ""
    """What the person is known by here: their name, or else their first account."""


# --- Journal ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry as read back: the public body, and what is still known of its values."""

    seq: int
    at: datetime
    offset: int
    """Minutes east of UTC where it was written."""
    who: str
    kind: EntryKind
    case: str
    step: str
    rule: str
    expires: str
    approver: str
    supersedes: int | None
    values: Mapping[str, str | None]
    """Personal values by field; None once erased."""
    hash: bytes
    app: str = ""
    erases: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """For an erasure: the fields it erased, by entry."""


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """Which entries: every condition given must hold. Days are those of the entry's own place."""

    text: str = ""
    """Words looked for, the beginning of a word suffices; accents and case do not matter."""
    kinds: frozenset[EntryKind] = frozenset()
    case: str = ""
    who: str = ""
    since: date | None = None
    until: date | None = None
    """The last day, included."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement of the journal's size, head and root at an instant."""

    size: int
    head: bytes
    root: bytes
    at: datetime
    note: str
    """The whole signed note, C2SP tlog-checkpoint text."""


@dataclass(frozen=True, slots=True)
class JournalProblem:
    """Something that is not as it was recorded. `message` is a msgid, filled by `params`."""

    code: str
    seq: int | None
    """The entry concerned; None when it is not about one entry."""
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.params)


@dataclass(frozen=True, slots=True)
class ErasedField:
    """A personal value that is lawfully gone: `field` of entry `seq`, by erasure entry `by`."""

    seq: int
    field: str
    by: int


@dataclass(frozen=True, slots=True)
class JournalReport:
    """What a verification established."""

    size: int
    head: bytes
    """Hash of the last entry; of the empty beginning when there is none."""
    since: int
    """The first entry that was read again; 1 when the whole journal was verified."""
    problems: tuple[JournalProblem, ...]
    """At most `journal.verification.LISTED` of them; `problem_count` says how many there are."""
    problem_count: int
    erased: tuple[ErasedField, ...]
    checkpoints: int
    """How many signed checkpoints agreed with the entries."""
    covered: int
    """Entries covered by the newest checkpoint that verified; later ones are outside the proof."""
    rows: int = 0
    """Rows of the tables that were compared with their entries; 0 where only the journal was
    read."""
    outside: tuple[str, ...] = ()
    """What the tables hold and no entry does: msgids."""
    held: int = 0
    """Entries covered by the newest of the checkpoints that were kept elsewhere and given; 0
    without any."""

    @property
    def ok(self) -> bool:
        return self.problem_count == 0

    @property
    def uncovered(self) -> int:
        """Entries that no verified checkpoint covers yet."""
        return self.size - self.covered


# --- Changes ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """A house list as the rules read it (settings of the verdict)."""

    domains: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    names_allowed: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    influencers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    shorteners: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    campaigns: Sequence[Campaign] = field(default_factory=tuple)
