"""The word on screen for each value of each enum; the same in windows, documents and CLI."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scc_admin.i18n import N_, Translator
from scc_admin.kinds import (
    CampaignKind,
    CaseState,
    DraftState,
    EntryKind,
    Ground,
    Language,
    Level,
    Network,
    PageKind,
    PostKind,
    Rung,
    Severity,
    Situation,
    Step,
    Target,
    Theme,
)

if TYPE_CHECKING:
    from scc_admin.model import CaseStep, Placement

NETWORKS: Mapping[Network, str] = {
    Network.FACEBOOK: "Facebook",
    Network.X: "X",
    Network.LINKEDIN: "LinkedIn",
    Network.YOUTUBE: "YouTube",
    Network.INSTAGRAM: "Instagram",
    Network.THREADS: "Threads",
    Network.BLUESKY: "Bluesky",
    Network.MASTODON: "Mastodon",
    Network.TIKTOK: "TikTok",
    Network.BLOG: N_("Blog"),
    Network.FORUM: N_("Forum"),
    Network.CHAT: N_("Chat"),
}
SITUATIONS: Mapping[Situation, str] = {
    Situation.DUPLICATES: N_("Repeated comments"),
    Situation.MISINFORMATION: N_("Claims without proof"),
    Situation.TONE: N_("Tone"),
    Situation.SPAM: N_("Advertising or spam"),
    Situation.THREAT_OR_HATE: N_("Threat or hate"),
    Situation.SLANDER_EMPLOYEE: N_("Slander by an employee"),
    Situation.SLANDER_OUTSIDER: N_("Slander by an outside person"),
    Situation.ATTACK_INTEGRITY: N_("Attack on integrity"),
    Situation.CONFIDENTIAL: N_("Disclosure of confidential information"),
}
RUNGS: Mapping[Rung, str] = {
    Rung.TOLERATE: N_("Tolerate"),
    Rung.ANSWER: N_("Answer in public"),
    Rung.PRIVATE_MESSAGE: N_("Private message"),
    Rung.REPETITION: N_("Repetition noted"),
    Rung.BAN: N_("Ban"),
}
BEGUN: Mapping[str, str] = {
    "incident": N_("Incident begun"),
    "tolerate": N_("Begun: why it stays online"),
    "answer": N_("Public answer begun"),
    "private_message": N_("Private message begun"),
    "repetition": N_("Repetition begun"),
    "ban": N_("Ban begun"),
    "note": N_("Note begun"),
    "review": N_("Review begun"),
    "lift": N_("Lifting of the ban begun"),
    "appeal": N_("Appeal begun"),
    "close": N_("Closing of the case begun"),
    "reopen": N_("Reopening of the case begun"),
    "hold": N_("Legal hold begun"),
    "reclassify": N_("Change of situation begun"),
    "retract": N_("Undoing of a step begun"),
    "retract-incident": N_("Undoing of an incident begun"),
    "escalate": N_("Question to Public Affairs begun"),
    "mend": N_("Correction of the question begun"),
    "contact": N_("Contact with Public Affairs begun"),
    "answer-received": N_("Answer of Public Affairs begun"),
}
"""A form about a case that was begun and not recorded, by its kind."""
ACTS: Mapping[Rung, str] = {
    Rung.TOLERATE: N_("Left online"),
    Rung.ANSWER: N_("Public answer"),
    Rung.PRIVATE_MESSAGE: N_("Private message"),
    Rung.REPETITION: N_("Repetition noted"),
    Rung.BAN: N_("Ban"),
}
"""A rung once it is climbed."""
STEPS: Mapping[Step, str] = {
    Step.BEFORE: N_("Before"),
    Step.DURING: N_("During"),
    Step.AFTER: N_("After"),
}
CAMPAIGN_KINDS: Mapping[CampaignKind, str] = {
    CampaignKind.CAMPAIGN: N_("Campaign"),
    CampaignKind.EVENT: N_("Event"),
    CampaignKind.FUNDRAISING: N_("Fund-raising"),
    CampaignKind.FIELD: N_("Field of action"),
}
STATES: Mapping[DraftState, str] = {
    DraftState.DRAFT: N_("Draft"),
    DraftState.TO_VALIDATE: N_("To validate"),
    DraftState.READY: N_("Ready"),
    DraftState.PUBLISHED: N_("Published"),
    DraftState.ARCHIVED: N_("Archived"),
}
TARGETS: Mapping[Target, str] = {
    Target.X: "X",
    Target.FACEBOOK: "Facebook",
    Target.FACEBOOK_EVENT: N_("Facebook event"),
    Target.FACEBOOK_EVENT_TITLE: N_("Facebook event title"),
    Target.LINKEDIN: "LinkedIn",
    Target.LINKEDIN_JOB: N_("LinkedIn job offer"),
    Target.LINKEDIN_JOB_TITLE: N_("LinkedIn job title"),
    Target.YOUTUBE_TITLE: N_("YouTube title"),
    Target.YOUTUBE_DESCRIPTION: N_("YouTube description"),
    Target.YOUTUBE_TAGS: N_("YouTube tags"),
    Target.INSTAGRAM: "Instagram",
    Target.THREADS: "Threads",
    Target.BLUESKY: "Bluesky",
    Target.MASTODON: "Mastodon",
    Target.TIKTOK: "TikTok",
    Target.TIKTOK_TITLE: N_("TikTok photo title"),
    Target.BLOG: N_("Blog"),
    Target.FORUM: N_("Forum"),
    Target.CHAT: N_("Chat"),
}
PAGE_KINDS: Mapping[PageKind, str] = {
    PageKind.PROFILE: N_("Profile"),
    PageKind.PAGE: N_("Page"),
    PageKind.GROUP: N_("Group"),
    PageKind.EVENT: N_("Event"),
    PageKind.PLACE: N_("Place"),
}
LEVELS: Mapping[Level, str] = {
    Level.NATIONAL: N_("National"),
    Level.DIVISIONAL: N_("Divisional"),
    Level.REGIONAL: N_("Regional"),
    Level.EVENT: N_("Of an event"),
}
POST_KINDS: Mapping[PostKind, str] = {
    PostKind.POST: N_("Post"),
    PostKind.EVENT: N_("Event"),
    PostKind.LAUNCH: N_("Launch"),
    PostKind.VOLUNTEERS: N_("Call for volunteers"),
    PostKind.FUNDRAISING: N_("Fund-raising"),
    PostKind.JOB: N_("Job offer"),
    PostKind.REPLY: N_("Reply"),
    PostKind.TESTIMONIAL: N_("Testimonial"),
}
SEVERITIES: Mapping[Severity, str] = {
    Severity.INFO: N_("Information"),
    Severity.WARNING: N_("To look at"),
    Severity.ERROR: N_("To correct"),
    Severity.BLOCK: N_("Blocking"),
}
THEMES: Mapping[Theme, str] = {
    Theme.INTEGRITY: N_("Integrity"),
    Theme.DEDICATION: N_("Dedication"),
    Theme.DETERMINATION: N_("Determination"),
    Theme.DYNAMISM: N_("Dynamism"),
    Theme.CONFIDENTIALITY: N_("Confidentiality"),
    Theme.PAGES: N_("Pages"),
    Theme.CALENDAR: N_("Calendar"),
    Theme.PLATFORM: N_("Platform"),
    Theme.ACCESSIBILITY: N_("Accessibility"),
    Theme.LANGUAGE: N_("Language"),
    Theme.CONDUCT: N_("Conduct"),
}
LANGUAGES: Mapping[Language, str] = {Language.FR: "Français", Language.EN: "English"}
"""What each calls itself; the same in both, and no text to translate."""
CASE_STATES: Mapping[CaseState, str] = {
    CaseState.OPEN: N_("Open"),
    CaseState.WAITING: N_("Waiting for Public Affairs"),
    CaseState.BANNED: N_("Banned"),
    CaseState.CLOSED: N_("Closed"),
}
ENTRY_KINDS: Mapping[EntryKind, str] = {
    EntryKind.WORKSPACE: N_("Workspace"),
    EntryKind.OVERRIDE: N_("Override"),
    EntryKind.ANSWER: N_("Answer"),
    EntryKind.APPROVAL: N_("Approval"),
    EntryKind.PUBLISHED: N_("Publication"),
    EntryKind.CASE_OPENED: N_("Case opened"),
    EntryKind.INCIDENT: N_("Incident"),
    EntryKind.EVIDENCE: N_("Evidence"),
    EntryKind.CUSTODY: N_("Custody"),
    EntryKind.RUNG: N_("Step of the ladder"),
    EntryKind.BAN: N_("Ban"),
    EntryKind.LIFT: N_("Ban lifted"),
    EntryKind.REVIEW: N_("Review"),
    EntryKind.APPEAL: N_("Appeal"),
    EntryKind.NOTE: N_("Note"),
    EntryKind.CASE_CLOSED: N_("Case closed"),
    EntryKind.ESCALATION: N_("Escalation"),
    EntryKind.CONTACT: N_("Public Affairs"),
    EntryKind.PACKET: N_("Escalation packet"),
    EntryKind.REPORT: N_("Weekly report"),
    EntryKind.HOLD: N_("Legal hold"),
    EntryKind.CORRECTION: N_("Correction"),
    EntryKind.ERASURE: N_("Erasure"),
    EntryKind.REGISTER: N_("Register"),
    EntryKind.MONITORING: N_("Monitoring"),
}
CODED: Mapping[tuple[EntryKind, str], str] = {
    (EntryKind.HOLD, "set"): N_("Legal hold set"),
    (EntryKind.HOLD, "lifted"): N_("Legal hold lifted"),
    (EntryKind.NOTE, "reopened"): N_("Case reopened"),
    (EntryKind.APPEAL, "granted"): N_("Appeal granted"),
    (EntryKind.APPEAL, "upheld"): N_("Ban upheld on appeal"),
    (EntryKind.CORRECTION, "lowered"): N_("No longer critical: Public Affairs no longer first"),
}
"""What an act is called whose text is a code: nobody reads the code."""
GROUNDS: Mapping[Ground, str] = {
    Ground.RETENTION: N_("The time for keeping it is over"),
    Ground.REQUEST: N_("The person concerned asked for it"),
    Ground.CONSENT: N_("A consent was withdrawn"),
    Ground.MISTAKE: N_("It should never have been recorded"),
    Ground.ORDER: N_("A court or an authority ordered it"),
}
VALUES: Mapping[str, str] = {
    "text": N_("Text"),
    "url": N_("Link"),
    "account": N_("Account"),
    "displayed": N_("Date displayed"),
    "captured": N_("Captured"),
    "done": N_("Done on"),
    "method": N_("Method"),
    "shows": N_("Shows entry"),
    "reason": N_("Reason"),
    "override": N_("Why without the missing steps"),
    "title": N_("Title"),
    "person": N_("Person (number)"),
    "name": N_("Name of the file"),
    "sha256": "SHA-256",
    "size": N_("Size"),
    "to": N_("For whom"),
    "copy": N_("SHA-256 of the masked copy"),
    "question": N_("Question"),
    "spread": N_("How far it has gone"),
    "not_done": N_("Not done"),
    "contact": N_("Contact"),
    "answer": N_("Answer"),
    "standing": N_("Holds for what follows"),
    "seen": N_("Seen on"),
    "when": N_("When"),
    "critical": N_("Public Affairs first"),
    "before": N_("Before"),
    "excerpt": N_("Excerpt"),
    "note": N_("Note"),
    "permalink": N_("Link"),
    "draft": N_("Draft (number)"),
    "pdf": N_("SHA-256 of the PDF"),
    "zip": N_("SHA-256 of the ZIP"),
    "xlsx": N_("SHA-256 of the workbook (XLSX)"),
    "json": N_("SHA-256 of the data (JSON)"),
    "eml": N_("SHA-256 of the e-mail draft"),
    "language": N_("Language"),
}
"""What the fields of entries are called; others show their own name."""

_LABEL = re.compile(r"Usager ([0-9]+)")
_TYPED_LABEL = re.compile(r"(?:usager|user)\s*([0-9]{1,9})", re.IGNORECASE)


def step_title(tr: Translator, step: CaseStep) -> str:
    """What a step of ours is called."""
    match step.kind, step.text:
        case EntryKind.APPEAL, "granted":
            return tr.tr(N_("Appeal granted, decided by {who}"), who=step.approver)
        case EntryKind.APPEAL, _:
            return tr.tr(N_("Ban upheld on appeal, decided by {who}"), who=step.approver)
    if step.rung is not None:
        return tr.tr(ACTS[step.rung])
    return tr.tr(CODED.get((step.kind, step.text)) or ENTRY_KINDS[step.kind])


def step_words(step: CaseStep) -> tuple[str, ...]:
    """What was written down with a step: its words, and its reason."""
    said = "" if (step.kind, step.text) in CODED else step.text
    return tuple(part for part in (said, step.reason) if part)


def person_label(tr: Translator, label: str) -> str:
    """A person's label as it is said in a language: « Usager 042 », "User 042".

    One that somebody chose stays as it is.
    """
    numbered = _LABEL.fullmatch(label)
    return tr.tr(N_("User {number}"), number=numbered[1]) if numbered else label


def label_typed(text: str) -> str:
    """A label as it is written down: 'Usager 042', of whatever language and case it was typed in.

    One that somebody chose stays as it is.
    """
    numbered = _TYPED_LABEL.fullmatch(text.strip())
    return f"Usager {int(numbered[1]):03}" if numbered else text.strip()


def partly_words(tr: Translator, placements: Sequence[Placement]) -> str:
    """Where a draft is out and where it is not, while it is out on some of its networks only."""
    out = [tr.tr(NETWORKS[made.network]) for made in placements if made.published_at is not None]
    owed = [tr.tr(NETWORKS[made.network]) for made in placements if made.published_at is None]
    if not out or not owed:
        return ""
    return tr.tr(
        N_("Still to do: {owed}; published on {out}"), out=tr.join(out), owed=tr.join(owed)
    )


def state_words(tr: Translator, state: DraftState, placements: Sequence[Placement]) -> str:
    """The state of a draft in a word or two."""
    if state is DraftState.READY and partly_words(tr, placements):
        return tr.tr(N_("Partly published"))
    return tr.tr(STATES[state])
