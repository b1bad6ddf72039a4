"""Where a case stands: gates, the next rung and why, behaviour, deadlines. Pure.

The ladder is slide 42's, the rule 'Public Affairs first' slides 39 and 40's, the behaviours slide
41's. Screens, CLI and tests ask the same functions.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import regex

from scc_admin.i18n import N_, NN_
from scc_admin.model import (
    Alike,
    Case,
    CaseSheet,
    CaseState,
    CaseStep,
    Deadline,
    DeadlineKind,
    EntryKind,
    Escalation,
    Evidence,
    Flags,
    Gate,
    Incident,
    Person,
    Rung,
    RungView,
    Situation,
)
from scc_admin.verdict import duplicates

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OVERRIDABLE = frozenset({Gate.MISSING_RUNGS, Gate.NO_EVIDENCE})
"""Gates that a second named person may lift with a reason. Never those of Public Affairs."""

GATE_TEXTS: Mapping[Gate, str] = {
    Gate.PUBLIC_AFFAIRS: N_(
        "Public Affairs first: record the contact and their answer before you reply or ban."
    ),
    Gate.OTHER_CASE: N_(
        "Another case of this person waits for Public Affairs: no reply, no private message and no"
        " ban before they have answered there."
    ),
    Gate.MISSING_RUNGS: N_(
        "Earlier steps are not recorded yet. Record them, or have a second person approve with a"
        " reason."
    ),
    Gate.NO_EVIDENCE: N_("Nothing is logged in this case yet. Log what was seen first."),
    Gate.NO_REASON: N_("Write the reason; it will be kept."),
    Gate.SECOND_PERSON: N_("The approval comes from another person than you."),
    Gate.ALREADY_BANNED: N_("This person is already banned."),
    Gate.CLOSED: N_("This case is closed. Reopen it first."),
}

COMPARED = 300
"""Comments, the newest ones, that are compared with each other."""
MEANING_AT = 50
"""Hundredths of cosine from which two comments of one person count as one argument. Measured on
French paraphrases: recall .58, false .004."""
LONGEST_SHOWN = 20_000
"""Characters of a comment whose differences are looked for."""
_BEFORE_BAN = frozenset({Rung.ANSWER, Rung.PRIVATE_MESSAGE, Rung.REPETITION})
_EARLIER: Mapping[Rung, frozenset[Rung]] = {
    Rung.REPETITION: frozenset({Rung.PRIVATE_MESSAGE}),
    Rung.BAN: _BEFORE_BAN,
}
"""The rungs whose absence only an exception passes over."""
_SANCTIONS = (EntryKind.RUNG, EntryKind.BAN)
_LINK = regex.compile(r"https?://[^\s<>\"']++")
_TOKEN = regex.compile(r"\s++|[\p{L}\p{M}\p{N}_'’-]++|.", regex.DOTALL)


# --- The rungs -----------------------------------------------------------------------------------


def gates(
    case: Case,
    rung: Rung,
    *,
    done: frozenset[Rung],
    evidence: int,
    incidents_since_message: int,
    affairs_answered: bool,
    locked_elsewhere: bool = False,
) -> tuple[Gate, ...]:
    """What stands before a rung. Empty: it is open.

    `done` holds the rungs recorded and not retracted; `affairs_answered` is what that function
    says of the case, `locked_elsewhere` is true while another case of the same person waits for
    Public Affairs. A threat or hate may be banned at once.
    """
    found = []
    if case.state is CaseState.CLOSED:
        found.append(Gate.CLOSED)
    if rung is Rung.BAN and case.state is CaseState.BANNED:
        found.append(Gate.ALREADY_BANNED)
    acts = rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE, Rung.BAN)
    if acts and case.critical and not affairs_answered:
        found.append(Gate.PUBLIC_AFFAIRS)
    if acts and locked_elsewhere:
        found.append(Gate.OTHER_CASE)
    if rung is not Rung.TOLERATE and not evidence:
        found.append(Gate.NO_EVIDENCE)
    if rung is Rung.REPETITION and not incidents_since_message:
        found.append(Gate.MISSING_RUNGS)
    earlier_missing = not done >= _BEFORE_BAN
    if rung is Rung.BAN and case.situation is not Situation.THREAT_OR_HATE and earlier_missing:
        found.append(Gate.MISSING_RUNGS)
    return tuple(found)


def proposed(done: frozenset[Rung], case: Case, repeated: bool) -> Rung | None:
    """The next rung the ladder suggests; None when there is nothing to do but watch.

    A message is not a strike: after the private message only a repetition leads on. A threat or
    hate leads to the ban at once.
    """
    if case.state in (CaseState.BANNED, CaseState.CLOSED):
        return None
    if case.situation is Situation.THREAT_OR_HATE:
        return Rung.BAN
    if Rung.ANSWER not in done:
        return Rung.ANSWER
    if Rung.PRIVATE_MESSAGE not in done:
        return Rung.PRIVATE_MESSAGE
    if Rung.REPETITION not in done:
        return Rung.REPETITION if repeated else None
    return Rung.BAN


def climbed(steps: Iterable[CaseStep]) -> frozenset[Rung]:
    """The rungs that stand: recorded, and not undone."""
    return frozenset(
        s.rung for s in steps if s.kind in _SANCTIONS and s.rung is not None and not s.retracted
    )


def since_message(incidents: Iterable[Incident], steps: Iterable[CaseStep]) -> int:
    """Comments logged since the first private message that stands, or seen since it was sent."""
    sent = [s for s in steps if s.rung is Rung.PRIVATE_MESSAGE and not s.retracted][:1]
    return sum(
        1
        for i in incidents
        for message in sent
        if (i.entry > message.entry or i.captured_at > message.at) and not i.retracted
    )


def first_seen(sheet: CaseSheet) -> datetime | None:
    """When the first comment of a case was seen; None when there is none."""
    return min((i.captured_at for i in sheet.incidents if not i.retracted), default=None)


def early(done: datetime, seen: datetime | None) -> bool:
    """Whether a step, told to the minute, came before what it answers was seen."""
    return seen is not None and done < seen.replace(second=0, microsecond=0)


def ladder(
    case: Case,
    incidents: Sequence[Incident],
    evidence: Sequence[Evidence],
    steps: Sequence[CaseStep],
    escalations: Sequence[Escalation],
    *,
    locked_elsewhere: bool = False,
) -> tuple[RungView, ...]:
    """The five rungs of a case, mildest first."""
    seen = [i for i in incidents if not i.retracted]
    answered = affairs_answered(seen, escalations)
    done = climbed(steps)
    since = since_message(seen, steps)
    following = proposed(done, case, repeated=since > 0)
    views = []
    for rung in Rung:
        locked = gates(
            case,
            rung,
            done=done,
            evidence=len(seen) + len(evidence),
            incidents_since_message=since,
            affairs_answered=answered,
            locked_elsewhere=locked_elsewhere,
        )
        views.append(
            RungView(
                rung,
                done=rung in done,
                proposed=rung is following,
                gates=locked,
                overridable=bool(locked) and set(locked) <= OVERRIDABLE,
                missing=tuple(sorted(_EARLIER.get(rung, frozenset()) - done))
                if Gate.MISSING_RUNGS in locked
                else (),
            )
        )
    return tuple(views)


def affairs_answered(incidents: Iterable[Incident], escalations: Iterable[Escalation]) -> bool:
    """Whether Public Affairs were reached, and have answered to all that was logged in the case."""
    escalations = tuple(escalations)
    return _last_answer(escalations) is not None and not unanswered(incidents, escalations)


def unanswered(
    incidents: Iterable[Incident], escalations: Iterable[Escalation]
) -> tuple[Incident, ...]:
    """The comments logged since Public Affairs last answered, that their answer is not about.

    It is about what repeats, in the same words, a comment that they knew; and about whatever
    follows, where they said so. It is not about what was logged after it, whatever day that was
    seen, nor about what was seen after it, whenever their answer was written down.
    """
    last = _last_answer(escalations)
    if last is None or last.answered_at is None or last.standing:
        return ()
    seen = [i for i in incidents if not i.retracted]
    end = last.answered_at + timedelta(minutes=1)  # moments are told to the minute
    told = [i for i in seen if i.entry < last.answer_entry and i.captured_at < end]
    known = {duplicates.normalise(i.text) for i in told} - {""}
    return tuple(i for i in seen if i not in told and duplicates.normalise(i.text) not in known)


def _last_answer(escalations: Iterable[Escalation]) -> Escalation | None:
    answers = [e for e in escalations if e.escalated_at and e.answered_at]
    return max(answers, key=lambda e: e.answer_entry, default=None)


def waits_for_affairs(
    case: Case, incidents: Iterable[Incident], escalations: Iterable[Escalation]
) -> bool:
    """Whether nobody may reply or ban before Public Affairs have answered."""
    return case.critical and not affairs_answered(incidents, escalations)


def alone_locks(sheet: CaseSheet, incident_id: int) -> bool:
    """Whether this comment alone is why Public Affairs must be asked again."""
    rest = [i for i in sheet.incidents if i.id != incident_id]
    return waits_for_affairs(
        sheet.case, sheet.incidents, sheet.escalations
    ) and not waits_for_affairs(sheet.case, rest, sheet.escalations)


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence on why a rung is, or is not, proposed; `text` is a msgid.

    With `plural` it is one of a count, for `Translator.ntr`, and `n` is its number.
    """

    text: str
    plural: str = ""
    n: int = 1


def reason(sheet: CaseSheet) -> Reason:
    """Why the ladder proposes what it proposes."""
    case = sheet.case
    following = next((view.rung for view in sheet.ladder if view.proposed), None)
    since = since_message(sheet.incidents, sheet.steps)
    if case.state is CaseState.CLOSED:
        return Reason(N_("The case is closed. Reopen it if it begins again."))
    if case.state is CaseState.BANNED:
        return Reason(N_("The person is banned. Review the decision when its day comes."))
    if not sheet.incidents and not sheet.evidence:
        return Reason(N_("Nothing is logged yet. Begin with what was seen."))
    if following is Rung.BAN and case.situation is Situation.THREAT_OR_HATE:
        return Reason(N_("A threat or hate needs no earlier step."))
    if following is Rung.ANSWER:
        return Reason(N_("Disagreement is free. Answer in public first, with your sources."))
    if following is Rung.PRIVATE_MESSAGE:
        return Reason(
            N_(
                "There is a public answer. If it goes on, ask in private: no more duplicates, a"
                " respectful tone, in what capacity they speak."
            )
        )
    if following is Rung.REPETITION:
        return Reason(
            *NN_(
                "{n} comment was logged since the private message.",
                "{n} comments were logged since the private message.",
            ),
            since,
        )
    if following is Rung.BAN:
        return Reason(N_("Answer, message and repetition are recorded."))
    return Reason(N_("A message is not a strike: wait and see whether it goes on."))


# --- Behaviour -----------------------------------------------------------------------------------


def alike(incidents: Sequence[Incident], *, at_least: int = duplicates.WARN_AT) -> list[Alike]:
    """For each comment that repeats an earlier one, the earlier one most like it; oldest first."""
    norms = [(i.id, duplicates.normalise(i.text)) for i in _comments(incidents)]
    norms = [(i, n) for i, n in norms if len(n) >= duplicates.SHORTEST]
    first_with: dict[str, int] = {}
    found = []
    for index, (second, norm) in enumerate(norms):
        same = first_with.setdefault(norm, second)
        if same != second:
            found.append(Alike(same, second, 100))
            continue
        best, first = 0, 0
        for earlier, other in norms[:index]:
            score = duplicates.likeness(norm, other)
            if score > best:
                best, first = score, earlier
        if best >= at_least:
            found.append(Alike(first, second, best))
    return found


def same_argument(
    incidents: Sequence[Incident],
    encode: Callable[[Sequence[str]], NDArray[np.int8]],
    *,
    at_least: int = MEANING_AT,
) -> list[Alike]:
    """For each comment that says the same as an earlier one in other words, that earlier one.

    `encode` gives a row of signed bytes for each text (`verdict.meaning.Meaning.encode`); its
    first call takes a second, so call this in a worker. Repetitions of the same words are
    `alike`'s, and left out here.
    """
    import numpy as np

    repeated = {pair.second for pair in alike(incidents)}
    comments = [
        i
        for i in _comments(incidents)
        if i.id not in repeated and len(duplicates.normalise(i.text)) >= duplicates.SHORTEST
    ]
    if len(comments) < 2:
        return []
    rows = encode([i.text for i in comments]).astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1.0)
    scores = np.tril(rows @ rows.T, -1)
    found = []
    for index in range(1, len(comments)):
        best = int(np.argmax(scores[index, :index]))
        score = int(100 * float(scores[index, best]))
        if score >= at_least:
            found.append(Alike(comments[best].id, comments[index].id, min(score, 100), True))
    return found


def _comments(incidents: Sequence[Incident]) -> list[Incident]:
    return [i for i in incidents if i.text.strip() and not i.retracted][-COMPARED:]


def flags_of(incidents: Sequence[Incident], person: Person, *, same_argument: int = 0) -> Flags:
    """The five behaviours of slide 41, computed from the logged comments.

    `same_argument` counts the comments that say the same in other words, where sentence vectors
    could tell.
    """
    seen = [i for i in incidents if not i.retracted]
    pairs = alike(seen)
    sources = Counter(link for i in seen for link in set(_LINK.findall(i.text)))
    with_source = sum(1 for i in seen if _LINK.search(i.text))
    single = ""
    if len(sources) == 1 and with_source >= 3:
        single = next(iter(sources))
    moments = sorted(i.captured_at for i in seen)
    days = max((moments[-1] - moments[0]) / timedelta(days=1), 1.0) if moments else 1.0
    return Flags(
        comments=len(seen),
        duplicates=len(pairs),
        likeness=max((pair.score for pair in pairs), default=0),
        same_argument=same_argument,
        single_source=single,
        daily=round(len(seen) / days, 1),
        undeclared_interest=bool(person.interest) and not person.interest_disclosed,
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one of two texts; `changed` when the other has it not."""

    text: str
    changed: bool


def differences(one: str, other: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Two texts cut where they differ, word by word. Joined, the parts give each text again."""
    left, right = _TOKEN.findall(one[:LONGEST_SHOWN]), _TOKEN.findall(other[:LONGEST_SHOWN])
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=len(left) > 2_000)
    parts: tuple[list[Part], list[Part]] = ([], [])
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for side, words in ((parts[0], left[i1:i2]), (parts[1], right[j1:j2])):
            if words:
                side.append(Part("".join(words), tag != "equal"))
    for side, whole in zip(parts, (one, other), strict=True):
        if len(whole) > LONGEST_SHOWN:
            side.append(Part(whole[LONGEST_SHOWN:], False))
    return tuple(parts[0]), tuple(parts[1])


# --- Deadlines -----------------------------------------------------------------------------------


def deadlines(sheet: CaseSheet) -> tuple[Deadline, ...]:
    """What the case waits for, the most pressing first."""
    return tuple(_deadlines(sheet))


def _deadlines(sheet: CaseSheet) -> Iterator[Deadline]:
    case = sheet.case

    def owed(
        kind: DeadlineKind, on: date | None = None, escalation: Escalation | None = None
    ) -> Deadline:
        since = None
        if escalation is not None:
            since = escalation.escalated_at or escalation.seen_at
        elif kind is DeadlineKind.CONTACT:
            since = case.opened_at
        return Deadline(
            kind, case.id, case.number, sheet.person.label, case.title, on, since,
            None if escalation is None else escalation.id,
        )  # fmt: skip

    if case.state is not CaseState.CLOSED:
        open_ones = [e for e in sheet.escalations if e.closed_at is None]
        asked = any(e.answered_at is None for e in open_ones)
        if not asked and waits_for_affairs(case, sheet.incidents, sheet.escalations):
            yield owed(DeadlineKind.CONTACT)
        for escalation in open_ones:
            if escalation.escalated_at is None:
                yield owed(DeadlineKind.CONTACT, escalation=escalation)
            elif escalation.answered_at is None:
                yield owed(DeadlineKind.ANSWER, escalation=escalation)
    ban = standing_ban(sheet.steps) if case.state is CaseState.BANNED else None
    if ban is not None and ban.expires_on is not None:
        yield owed(DeadlineKind.BAN_EXPIRES, ban.expires_on)
    if case.review_on is not None and case.state is not CaseState.CLOSED:
        yield owed(DeadlineKind.REVIEW, case.review_on)


def skipped(step: CaseStep, steps: Iterable[CaseStep]) -> tuple[Rung, ...]:
    """The rungs that come before this one and were not recorded when it was: what its exception
    passed over, mildest first. One that was undone since never stood."""
    if not step.override or step.rung is None:
        return ()
    before = _EARLIER.get(step.rung, frozenset())
    return tuple(sorted(before - climbed(s for s in steps if s.entry < step.entry)))


def standing_ban(steps: Sequence[CaseStep]) -> CaseStep | None:
    """The newest ban that was not undone; None when there is none."""
    return next((s for s in reversed(steps) if s.kind is EntryKind.BAN and not s.retracted), None)
