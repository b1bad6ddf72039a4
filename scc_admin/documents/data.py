"""The plain data that each document is made from: what packets, reports and retention fill in.

Rules that hold for every table here:

- An instant is an aware `datetime`, in UTC; a day is a `date`; a number is an `int`. Documents do
  the formatting, so that the PDF, the spreadsheet and the JSON of one report hold the same figures.
- `label`, `name`, `title`, `text`, `what`, `reason` are already in the language of the document. A
  `key` is the same in every language: it is for the JSON and for tests, and is never printed.
- Any `str` is accepted: control characters, lone surrogates, markup, ten megabytes. It is shown as
  text, cut with a note when it is too long, and never read as code.
- An empty string means 'nothing to say'; None means 'not known'; an empty list makes the section
  say in one sentence that there was nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TypedDict

from scc_admin.model import Language


def as_json(data: object) -> str:
    """Any of these tables as JSON: instants in UTC, days as ISO 8601, keys in the order above."""

    def plain(value: object) -> str:
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} has no place in a document's data")

    text = json.dumps(data, ensure_ascii=False, indent=2, default=plain)
    return text.encode("utf-8", "replace").decode() + "\n"


class DocumentData(TypedDict):
    """What every document says about itself."""

    language: Language
    zone: str
    """IANA name of the zone that local times are shown in, such as America/Toronto."""
    made_at: datetime
    """Printed, and written as the creation date of the file: same data, same bytes."""
    made_by: str
    organisation: str
    """Printed at the head of each page."""


# --- The escalation packet -------------------------------------------------------------------


class PageLine(TypedDict):
    """A managed page that the matter happens on."""

    name: str
    network: str
    url: str


class ClockData(TypedDict):
    """The four instants that Public Affairs are measured by (slide 40)."""

    seen: datetime
    escalated: datetime | None
    answered: datetime | None
    closed: datetime | None


class Waiver(TypedDict):
    """That a step of ours was an exception, taken before the steps that come first."""

    skipped: Sequence[str]
    """The steps that were not recorded then, in words."""
    reason: str
    """Why nobody waited for them."""
    approver: str
    """The second person who agreed, by name: our own people are never anonymised."""
    original_sha256: str
    """Of the reason before the person's label was put in the place of names; else empty."""


class Moment(TypedDict):
    """A line of the timeline."""

    at: datetime
    what: str
    """Incident seen, public answer, private message sent …"""
    who: str
    """The person's label, or the name of the administrator who acted."""
    detail: str
    """The words of the comment, or of our act, quoted as they stand but for names taken out;
    below those of a ban that stands, the day of its review."""
    link: str
    """Where the comment stands; empty when it is not known."""
    original_sha256: str
    """Of the words before the person's label was put in the place of names; else empty."""
    network: str
    """Where the comment was seen: Facebook, …; empty for what we did, or when it is not known."""
    exception: Waiver | None
    ours: bool
    """True for an act of our side."""
    captures: Sequence[int]
    """Numbers of the captures that show it."""
    entry: int
    """The journal entry that it repeats."""


class Capture(TypedDict):
    """A piece of evidence. Each one gets a page."""

    number: int
    """1, 2, 3 … : what the rest of the document calls it by."""
    file: str
    """Its path in the bag, such as data/evidence/001.png."""
    original_name: str
    media_type: str
    size: int
    """Bytes."""
    sha256: str
    """64 hexadecimal digits, of the file as it stands in the bag."""
    url: str
    displayed_at: str
    """The date as the network showed it, in its own words."""
    captured_at: datetime
    """When it was added to the case: a picture may have been made before."""
    collector: str
    method: str
    """Screenshot, copy and paste, export of the platform …"""
    page: str
    network: str
    """Of the page, or else of the account; empty when neither is known."""
    note: str
    text: str
    """The captured text, for a text capture or as a transcription; empty when there is none."""
    text_veiled: bool
    """Whether names were taken out of that text, or replaced by a label."""
    picture: str
    """Key of its bytes in the `pictures` given to the typesetter; empty when it is no picture."""
    alt: str
    """What the picture shows, for a reader who cannot see it; a sentence is made when empty."""
    masked: int
    """Areas hidden in it; 0 for the file as it was captured."""
    original_sha256: str
    """Of the file that a masked copy was made from; else empty."""


class Act(TypedDict):
    """Something our side did, and when."""

    at: datetime
    what: str
    who: str
    exception: Waiver | None


class Withdrawal(TypedDict):
    """Something that was recorded, and taken back or changed by a later entry of the journal.

    Its words are not told: they may be another person's, if the case was the wrong one.
    """

    what: str
    """What it is called: comment seen, public answer, request ESC-2026-001 …"""
    recorded_at: datetime | None
    """None for what concerns the case as a whole, or when the entry can no longer be read."""
    superseded: int
    """The journal entry that holds no more; 0 for what concerns the case as a whole."""
    at: datetime
    """When it was taken back or changed."""
    who: str
    approver: str
    """The second person who agreed, where that was asked for."""
    change: str
    """Which of its parts changed, in words; empty for what was taken back whole."""
    reason: str
    original_sha256: str
    """Of the reason before the person's label was put in the place of names; else empty."""
    entry: int
    """The journal entry that says so."""


class Differing(TypedDict):
    """A place where the case and the journal disagree."""

    what: str
    """In words: the text of a comment, …"""
    entry: int
    """The journal entry that tells of it; 0 for what none tells of."""
    recorded: str
    """What the journal says; empty where the whole is gone, or put in."""
    found: str
    """What stands in the case now."""


class PacketData(DocumentData):
    """An escalation to Public Affairs: `ESC-2026-001.pdf`."""

    number: str
    """ESC-2026-001."""
    case: str
    """CAS-2026-001."""
    title: str
    """Title of the case."""
    addressee: str
    """Whom it is for: the Service des affaires publiques."""
    person: str
    """The person's label."""
    person_names: Sequence[str]
    """What they are known by, when the texts name them; none when texts hold the label alone."""
    networks: Sequence[str]
    """Those that the person has a known account on."""
    situation: str
    """Slander by an employee …, in words."""
    critical: bool
    acted: bool
    """Whether somebody answered, wrote to or banned the person, by now."""
    banned: bool
    """Whether a ban stands as the packet is made."""
    pages: Sequence[PageLine]
    question: str
    """What is asked of Public Affairs."""
    why: str
    """Why it is critical, in words of this case; empty: the general reason alone is printed."""
    spread: str
    """How far it has gone: shares, answers, other pages."""
    clock: ClockData
    timeline: Sequence[Moment]
    captures: Sequence[Capture]
    done: Sequence[Act]
    withdrawn: Sequence[Withdrawal]
    """What was taken back or changed, the oldest change first; it counts for nothing above."""
    not_done: Sequence[str]
    """What was deliberately not done while waiting (slide 40), as far as it is still so."""
    contact: str
    """Whom at Public Affairs was reached and how; empty when not yet."""
    answer: str
    """Their answer; empty when not yet."""
    hidden: bool
    """Whether names of bystanders were taken out of the texts."""
    redactions: str
    """What was hidden and why, in a sentence; empty when nothing was."""
    checkpoint: str
    """The signed checkpoint of the journal, C2SP text, as it stands."""
    differences: Sequence[Differing]
    """Where the case is no longer what the journal recorded; the packet then tells both."""
    archive: str
    """ESC-2026-001.zip."""
    signer: str
    """The identity in `allowed_signers`, for `ssh-keygen -Y verify -I`: no space, no comma."""
    public_key: str
    """One OpenSSH line: ssh-ed25519 AAAA… comment."""
    fingerprint: str
    """SHA256:…, as `ssh-keygen -l` prints it."""


# --- The weekly report -----------------------------------------------------------------------


class Figure(TypedDict):
    """One number of the week beside the same number of the weeks before."""

    key: str
    label: str
    value: int
    before: Sequence[int | None]
    """The four weeks before, oldest first; None where nothing was recorded."""
    average: float | None
    """Of the weeks before that are known; None when there is none."""


class PageWeek(TypedDict):
    """Posts of one page on its network."""

    page: str
    network: str
    planned: int
    published: int


class FollowersWeek(TypedDict):
    """Followers of one page, entered by hand."""

    page: str
    network: str
    count: int | None
    """At the end of the week; None when nobody entered it."""
    before: Sequence[int | None]
    """At the end of the four weeks before, oldest first."""
    change: int | None
    """Since the week before; None where one of the two was not entered."""


class CampaignStep(TypedDict):
    """One of the three steps of a campaign."""

    label: str
    """Before, during, after."""
    done: int
    """How many of the posts that it owes there are, out or in the making."""
    owed: int
    missing: Sequence[str]
    """What the step still owes, a few words each."""
    published: int
    """Posts of the step that came out in the week, owed or not."""


class CampaignWeek(TypedDict):
    name: str
    kind: str
    starts_on: date
    ends_on: date
    steps: Sequence[CampaignStep]


class OverrideWeek(TypedDict):
    """A reasoned 'publish all the same'."""

    at: datetime
    post: str
    page: str
    rule: str
    """INT-01."""
    name: str
    """The rule's name in words."""
    severity: str
    excerpt: str
    reason: str
    who: str


class QuestionWeek(TypedDict):
    """How often a question to a person was answered, and how."""

    rule: str
    text: str
    yes: int
    no: int
    not_applicable: int


class Sanction(TypedDict):
    """A ban or the lifting of one."""

    key: str
    """ban or lift."""
    label: str
    at: datetime
    case: str
    person: str
    reason: str
    who: str
    approver: str
    expires_on: date | None


class EscalationWeek(TypedDict):
    """An escalation that was open in the week."""

    number: str
    case: str
    situation: str
    clock: ClockData
    to_escalate: int | None
    """Minutes from seen to escalated; None while it is not, and of moments out of order."""
    to_answer: int | None
    """Minutes from escalated to answered, or None likewise."""


class MonitoringDay(TypedDict):
    """The daily look (slide 26). A day with `looked` 0 is a missed day, and is shown as one."""

    day: date
    looked: int
    """Pages looked at."""
    due: int
    """Pages that were to be looked at; none on a day that is yet to come."""
    note: str


class Training(TypedDict):
    day: date
    tool: str
    person: str
    given: bool
    """False while it is only asked for."""


class Plan(TypedDict):
    """Something planned for the week after."""

    at: datetime
    all_day: bool
    title: str
    page: str
    network: str
    state: str
    campaign: str


class Change(TypedDict):
    """A figure that is no longer what an earlier export of the same week said."""

    label: str
    was: str
    now: str


class WeeklyData(DocumentData):
    """A week of the network of pages. `rapport-2026-W47.pdf`, `.xlsx` and `.json` say the same."""

    week: str
    """2026-W47."""
    first_day: date
    last_day: date
    unfinished: bool
    """Whether the week was not over at `made_at`: its figures reach no further."""
    weeks_before: Sequence[str]
    """Short names of the four weeks before, oldest first: 43, 44, 45, 46."""
    summary: Sequence[Figure]
    """Six to ten figures; the first six are printed large."""
    pages: Sequence[PageWeek]
    campaigns: Sequence[CampaignWeek]
    overrides: Sequence[OverrideWeek]
    questions: Sequence[QuestionWeek]
    duplicates_avoided: int
    incidents: Sequence[Figure]
    """One for each situation; those with no incident in five weeks may be left out."""
    rungs: Sequence[Figure]
    """One for each rung, mildest first."""
    sanctions: Sequence[Sanction]
    escalations: Sequence[EscalationWeek]
    followers: Sequence[FollowersWeek]
    monitoring: Sequence[MonitoringDay]
    """The seven days, in order."""
    trainings: Sequence[Training]
    next_week: Sequence[Plan]
    comment: str
    """The administrator's own words."""
    persons_named: bool
    """False when persons appear by their label only, which is the rule."""
    earlier_export: datetime | None
    """When this week was exported before, if it was."""
    changes: Sequence[Change]
    """What differs from that export."""
    checkpoint: str
    """The signed checkpoint of the journal, C2SP text, as it stands."""


# --- The smaller ones ------------------------------------------------------------------------


class DestroyedItem(TypedDict):
    """A thing that no longer exists, said without saying what it held."""

    what: str
    """Evidence 3, a comment, the text of an entry …"""
    case: str
    recorded_at: datetime | None
    fingerprint: str
    """SHA-256 or commitment that still stands in the journal; empty when there is none."""


class BackupsHeld(TypedDict):
    """A folder whose backups may still hold what is gone."""

    folder: str
    """Empty for that of the workspace."""
    looked: bool
    """False where it could not be looked at."""
    until: date


class CertificateData(DocumentData):
    """A certificate of destruction (retention) or of erasure (privacy)."""

    key: str
    """destruction or erasure."""
    number: str
    ground: str
    """The reason in law or in the schedule, in words."""
    approver: str
    items: Sequence[DestroyedItem]
    backups: Sequence[BackupsHeld]
    elsewhere: Sequence[str]
    """What still says or shows some of it, in words."""
    entry: int | None
    """Number of the journal entry that records it."""
    checkpoint: str


class AccessFact(TypedDict):
    label: str
    value: str


class AccessEvent(TypedDict):
    """Something that is held on a person: what they wrote, or what our side did or decided."""

    at: datetime
    what: str
    undone: bool
    """Whether a later entry took it back."""
    said: Sequence[str]
    """Its words, link and files, each a line or more."""


class AccessPiece(TypedDict):
    """A capture or a file."""

    captured_at: datetime
    how: str
    sha256: str
    file: str
    """Its name in the folder that is given; empty when it is not given."""


class AccessCase(TypedDict):
    number: str
    title: str
    situation: str
    state: str
    opened_at: datetime
    events: Sequence[AccessEvent]
    """In order of time."""
    pieces: Sequence[AccessPiece]


class AccessData(DocumentData):
    """All that is held on a person, for that person. Third parties are left out of every text, and
    `made_by` is empty: our own people are third parties too."""

    person: str
    """Their label."""
    mark: str
    """What stands where somebody else was named."""
    known: Sequence[AccessFact]
    """What is known of them."""
    cases: Sequence[AccessCase]
    entries: str
    """Numbers of the journal's entries about them."""
    whole: str
    """Name of the file that holds the same as plain text."""


class RecoveryData(DocumentData):
    """The sheet with the recovery code, to print and lock away."""

    workspace: str
    code: Sequence[str]
    """Its groups, in order."""


class MonthEntry(TypedDict):
    """A post or a dated line of the calendar."""

    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    title: str
    page: str
    network: str
    key: str
    """State: draft, to_validate, ready, published, archived; empty for a line that is no draft."""
    state: str
    """The state in words."""


class Band(TypedDict):
    """The period of a campaign."""

    name: str
    kind: str
    starts_on: date
    ends_on: date


class PrintedData(DocumentData):
    """What a screen shows, to be read on paper."""

    kind: str
    """What sort of thing it is, in a word above the title."""
    title: str
    about: str
    facts: Sequence[tuple[str, str]]
    """Label and value; those without a value are left out."""
    parts: Sequence[tuple[str, str]]
    """Heading and text, whose paragraphs stand apart by a blank line."""
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    """A table, on landscape pages; without heads there is none."""


class MonthData(DocumentData):
    """A month on one landscape page."""

    month: date
    """Its first day."""
    first_weekday: int
    """0 Monday … 6 Sunday, which is the custom in Québec."""
    filters: str
    """What is left out, in a sentence; empty when everything is shown."""
    entries: Sequence[MonthEntry]
    bands: Sequence[Band]
