"""The closed sets that `model` speaks in, and the two records that every layer hands on.

`model` shows them as its own; apart from it because its other records take Python ten times as
long to make, and a window can be there before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Language(StrEnum):
    FR = "fr"
    EN = "en"


class Network(StrEnum):
    """Where a managed page lives."""

    FACEBOOK = "facebook"
    X = "x"
    LINKEDIN = "linkedin"
    YOUTUBE = "youtube"
    INSTAGRAM = "instagram"
    THREADS = "threads"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    TIKTOK = "tiktok"
    BLOG = "blog"
    FORUM = "forum"
    CHAT = "chat"


class Target(StrEnum):
    """A text field of a network, with a limit of its own: the `--network` of the CLI."""

    X = "x"
    FACEBOOK = "facebook"
    FACEBOOK_EVENT = "facebook-event"
    FACEBOOK_EVENT_TITLE = "facebook-event-title"
    LINKEDIN = "linkedin"
    LINKEDIN_JOB = "linkedin-job"
    LINKEDIN_JOB_TITLE = "linkedin-job-title"
    YOUTUBE_TITLE = "youtube-title"
    YOUTUBE_DESCRIPTION = "youtube-description"
    YOUTUBE_TAGS = "youtube-tags"
    INSTAGRAM = "instagram"
    THREADS = "threads"
    BLUESKY = "bluesky"
    MASTODON = "mastodon"
    TIKTOK = "tiktok"
    TIKTOK_TITLE = "tiktok-title"
    BLOG = "blog"
    FORUM = "forum"
    CHAT = "chat"

    @property
    def network(self) -> Network:
        """The network that holds this field."""
        return Network(self.value.partition("-")[0])

    @classmethod
    def of(cls, network: Network) -> Target:
        """The field of a network that a whole text goes into."""
        return next(field for field in cls if field.network is network and not field.is_title)

    @property
    def is_title(self) -> bool:
        """Whether it names a post whose text stands in another field."""
        return self.value.endswith("-title")


class PageKind(StrEnum):
    """The five kinds of presence of slide 10."""

    PROFILE = "profile"
    PAGE = "page"
    GROUP = "group"
    EVENT = "event"
    PLACE = "place"


class Level(StrEnum):
    """Who a page speaks for (slides 4, 19)."""

    NATIONAL = "national"
    DIVISIONAL = "divisional"
    REGIONAL = "regional"
    EVENT = "event"


class PostKind(StrEnum):
    """What a post is for; some rules apply to one kind only (slides 15, 29, 35)."""

    POST = "post"
    EVENT = "event"
    LAUNCH = "launch"
    VOLUNTEERS = "volunteers"
    FUNDRAISING = "fundraising"
    JOB = "job"
    REPLY = "reply"
    TESTIMONIAL = "testimonial"


class DraftState(StrEnum):
    DRAFT = "draft"
    TO_VALIDATE = "to_validate"
    READY = "ready"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class CampaignKind(StrEnum):
    """The four kinds of entry of the editorial calendar (slide 43)."""

    CAMPAIGN = "campaign"
    EVENT = "event"
    FUNDRAISING = "fundraising"
    FIELD = "field"


class Step(StrEnum):
    """Before, during, after (slide 34)."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Severity(StrEnum):
    """Ordered by `rank`. `BLOCK` needs a reasoned override; `ERROR` is mended or overridden."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Mode(StrEnum):
    """How a rule acts: by itself, by asking a person, or as a step of the work."""

    AUTOMATIC = "automatic"
    QUESTION = "question"
    STEP = "step"


class Theme(StrEnum):
    """What a rule defends; findings are grouped by it. The first four are the values (slide 36)."""

    INTEGRITY = "integrity"
    DEDICATION = "dedication"
    DETERMINATION = "determination"
    DYNAMISM = "dynamism"
    CONFIDENTIALITY = "confidentiality"
    PAGES = "pages"
    CALENDAR = "calendar"
    PLATFORM = "platform"
    ACCESSIBILITY = "accessibility"
    LANGUAGE = "language"
    CONDUCT = "conduct"


class Confidence(StrEnum):
    """How well a limit is known."""

    OFFICIAL = "official"
    SECOND_HAND = "second-hand"
    FOLKLORE = "folklore"
    HOUSE = "house"

    @property
    def sure(self) -> bool:
        """Whether going over it may be called an error."""
        return self in (Confidence.OFFICIAL, Confidence.HOUSE)


class Situation(StrEnum):
    """What a case is about. The last four are slide 39's: Public Affairs come first."""

    DUPLICATES = "duplicates"
    MISINFORMATION = "misinformation"
    TONE = "tone"
    SPAM = "spam"
    THREAT_OR_HATE = "threat_or_hate"
    SLANDER_EMPLOYEE = "slander_employee"
    SLANDER_OUTSIDER = "slander_outsider"
    ATTACK_INTEGRITY = "attack_integrity"
    CONFIDENTIAL = "confidential"

    @property
    def critical(self) -> bool:
        return self in _CRITICAL


_CRITICAL = frozenset(
    {
        Situation.SLANDER_EMPLOYEE,
        Situation.SLANDER_OUTSIDER,
        Situation.ATTACK_INTEGRITY,
        Situation.CONFIDENTIAL,
    }
)


class Rung(IntEnum):
    """The graduated response of slide 42, mildest first."""

    TOLERATE = 0
    ANSWER = 1
    PRIVATE_MESSAGE = 2
    REPETITION = 3
    BAN = 4


class CaseState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    BANNED = "banned"
    CLOSED = "closed"


class EntryKind(StrEnum):
    """What a journal entry says happened."""

    WORKSPACE = "workspace"
    OVERRIDE = "override"
    ANSWER = "answer"
    APPROVAL = "approval"
    PUBLISHED = "published"
    CASE_OPENED = "case-opened"
    INCIDENT = "incident"
    EVIDENCE = "evidence"
    CUSTODY = "custody"
    RUNG = "rung"
    BAN = "ban"
    LIFT = "lift"
    REVIEW = "review"
    APPEAL = "appeal"
    NOTE = "note"
    CASE_CLOSED = "case-closed"
    ESCALATION = "escalation"
    CONTACT = "contact"
    PACKET = "packet"
    REPORT = "report"
    HOLD = "hold"
    CORRECTION = "correction"
    ERASURE = "erasure"
    REGISTER = "register"
    MONITORING = "monitoring"


class Gate(StrEnum):
    """Why a rung is locked."""

    PUBLIC_AFFAIRS = "public_affairs"
    OTHER_CASE = "other_case"
    """Another case of the same person waits for Public Affairs."""
    MISSING_RUNGS = "missing_rungs"
    NO_EVIDENCE = "no_evidence"
    NO_REASON = "no_reason"
    SECOND_PERSON = "second_person"
    ALREADY_BANNED = "already_banned"
    CLOSED = "closed"


class DeadlineKind(StrEnum):
    """What a case is waiting for."""

    CONTACT = "contact"
    """Public Affairs have not been reached yet."""
    ANSWER = "answer"
    """Public Affairs have been reached and have not answered."""
    REVIEW = "review"
    BAN_EXPIRES = "ban_expires"
    ACKNOWLEDGEMENT = "acknowledgement"
    """A packet was sent and nobody confirmed having received it."""


class Ground(StrEnum):
    """Why personal values of the journal were erased."""

    RETENTION = "retention"
    """Their time is over."""
    REQUEST = "request"
    """The person concerned asked for it."""
    CONSENT = "consent"
    """A consent was withdrawn."""
    MISTAKE = "mistake"
    """They should never have been recorded."""
    ORDER = "order"
    """A court or a supervisory authority ordered it."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a mutation touched, so that each view decides by itself whether to refresh.

    `what` holds names out of: pages, drafts, calendar, cases, persons, journal, evidence,
    escalations, reports, settings, registers. `ids` narrows one of them when it is known.
    """

    what: frozenset[str] = frozenset()
    draft_id: int | None = None
    case_id: int | None = None

    def touches(self, *names: str) -> bool:
        return not self.what.isdisjoint(names)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long task is. `total` is None while nobody knows.

    `left`, in seconds, is how long it still takes, where whoever shows it can tell.
    """

    done: int
    total: int | None
    label: str = ""
    left: float | None = None
