"""What readers will see first: the text before the fold, the link's card, the pictures' places.

A sketch and not a promise: networks change their faces without a word, and differ between a
telephone and a computer. What a note rests on stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from scc_admin.i18n import N_
from scc_admin.model import Target
from scc_admin.verdict.counting import clusters
from scc_admin.verdict.entities import Entities, Link, entities
from scc_admin.verdict.networks import Fact, Networks, Source


class SegmentKind(StrEnum):
    TEXT = "text"
    LINK = "link"
    MENTION = "mention"
    HASHTAG = "hashtag"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text, in code points, and what is shown in its place."""

    kind: SegmentKind
    start: int
    end: int
    shown: str


@dataclass(frozen=True, slots=True)
class Card:
    """The box that a network draws under a post for the page that a link leads to."""

    domain: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about this network: an English msgid, its parameters, where from."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where attached pictures go."""

    rows: tuple[tuple[int, ...], ...] = ()
    """A grid of their numbers, from 0. A number that stands in several cells fills them all."""
    carousel: bool = False
    """True when they are shown one at a time, the grid being one row to swipe through."""
    hidden: int = 0
    """How many are behind the last one of the grid, which says « +n »."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A post as its network shows it."""

    target: Target
    visible: tuple[Segment, ...]
    """The text before the fold; all of it when there is none."""
    rest: tuple[Segment, ...]
    """What « more » would show."""
    card: Card | None
    pictures: Pictures
    notes: tuple[Note, ...]

    @property
    def folded(self) -> bool:
        return bool(self.rest)


def preview(target: Target, text: str, *, networks: Networks, images: int = 0) -> Preview:
    """`text` as the network of `target` shows it, with that many pictures attached.

    Pure; any string will do. Raises ValueError when `images` is negative.
    """
    if images < 0:
        raise ValueError(f"{images} pictures")
    found = entities(target, text)
    segments = _segments(target, text, found, networks)
    shown = "".join(segment.shown for segment in segments)
    fold, why = _fold(target, shown, networks)
    visible, rest = _cut(segments, fold)
    if not any(segment.shown.strip() for segment in rest):
        visible, rest = segments, ()
    card = _card(target, found.links, networks) if images == 0 else None
    notes = [
        *_fold_notes(bool(rest), why),
        *_link_notes(target, found.links, card, images, networks),
        *_other_notes(target, text, segments, images, networks),
    ]
    return Preview(target, visible, rest, card, _pictures(target, images, networks), tuple(notes))


# --- Segments --------------------------------------------------------------------------------


def _segments(
    target: Target, text: str, found: Entities, networks: Networks
) -> tuple[Segment, ...]:
    if target is Target.YOUTUBE_TAGS:
        return (Segment(SegmentKind.TEXT, 0, len(text), text),) if text else ()
    clickable = networks.fact(target, "links_clickable")
    marked = [
        (mention.start, mention.end, SegmentKind.MENTION, mention.text)
        for mention in found.mentions
    ]
    marked += [(tag.start, tag.end, SegmentKind.HASHTAG, tag.text) for tag in found.hashtags]
    if clickable is None or clickable.value:
        marked += [
            (link.start, link.end, SegmentKind.LINK, _shown_link(target, link, networks))
            for link in found.links
        ]
    segments = []
    position = 0
    for start, end, kind, shown in sorted(marked):
        if start > position:
            segments.append(Segment(SegmentKind.TEXT, position, start, text[position:start]))
        segments.append(Segment(kind, start, end, shown))
        position = end
    if position < len(text):
        segments.append(Segment(SegmentKind.TEXT, position, len(text), text[position:]))
    return tuple(segments)


_SCHEME = re.compile(r"\A[a-z]+://(?:www\.)?", re.IGNORECASE)
_HOST = re.compile(r"[^/?#]*")


def _shown_link(target: Target, link: Link, networks: Networks) -> str:
    """A link as readers see it: whole, or without its scheme and cut."""
    whole = networks.number(target, "link_shown")
    path = networks.number(target, "link_path_shown")
    bare = _SCHEME.sub("", link.text)
    if whole is not None:
        return bare if len(bare) <= whole else f"{bare[:whole]}…"
    if path is None:
        return link.text
    host = _HOST.match(bare)
    end = host.end() if host is not None else 0
    tail = "" if bare[end:] == "/" else bare[end:]
    return bare[:end] + (tail if len(tail) <= path else f"{tail[:path]}…")


# --- The fold --------------------------------------------------------------------------------


def _fold(target: Target, shown: str, networks: Networks) -> tuple[int, Fact | None]:
    """After how many characters of what is shown the network cuts, and how that is known."""
    characters = networks.number(target, "fold_characters")
    if characters is not None and len(shown) > characters:
        return characters, networks.fact(target, "fold_characters")
    lines = networks.number(target, "fold_lines")
    width = networks.number(target, "line_characters")
    if lines is not None and width is not None:
        return _end_of_line(shown, lines, width), networks.fact(target, "fold_lines")
    return len(shown), None


_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")


def _end_of_line(text: str, lines: int, width: int) -> int:
    """Where the last of so many lines ends, when a line holds about `width` characters."""
    position = 0
    for number in range(lines):
        stop = min(position + width, len(text))
        broken = _LINE_BREAK.search(text, position, stop)
        if broken is not None:
            end, position = broken.span()
        elif stop == len(text):
            return stop
        else:
            blank = max(text.rfind(" ", position, stop + 1), text.rfind("\t", position, stop + 1))
            end = position = stop if blank <= position else blank + 1
        if number == lines - 1:
            return end
    return position


_WORD = 40
"""A word longer than this is cut rather than pushed behind the fold."""


def _cut(
    segments: tuple[Segment, ...], fold: int
) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """What is before the fold and what after; no link, hashtag, mention or word is cut in two."""
    before: list[Segment] = []
    position = 0
    for number, segment in enumerate(segments):
        room = fold - position
        position += len(segment.shown)
        if position <= fold:
            before.append(segment)
            continue
        if segment.kind is not SegmentKind.TEXT:
            # A link that fills all that is visible is shown whole.
            first = number if before else number + 1
            return (*before, *segments[number:first]), segments[first:]
        at = _word_end(segment.shown, room)
        middle = segment.start + at
        after = [Segment(SegmentKind.TEXT, middle, segment.end, segment.shown[at:])]
        if at > 0:
            before.append(Segment(SegmentKind.TEXT, segment.start, middle, segment.shown[:at]))
        return tuple(before), (*after, *segments[number + 1 :])
    return segments, ()


def _word_end(text: str, at: int) -> int:
    """The last place up to `at` where `text` can be cut between two words."""
    if not 0 < at < len(text) or text[at].isspace() or text[at - 1].isspace():
        return at
    for back in range(at - 1, max(at - _WORD, 0) - 1, -1):
        if text[back].isspace():
            return back + 1
    if at < _WORD:
        return 0
    # Whether a cluster goes on at `at` is known from what stands before it and from its character.
    for start, end in clusters(text[: at + 1]):
        if end > at:
            return start or at
    return at


# --- Card and pictures -------------------------------------------------------------------------


def _card(target: Target, links: tuple[Link, ...], networks: Networks) -> Card | None:
    fact = networks.fact(target, "link_card")
    if fact is None or not fact.value or not links:
        return None
    first = links[0]
    return Card(first.domain.removeprefix("www."), first.start, first.end)


_Grid = Mapping[int, tuple[tuple[int, ...], ...]]

_SIDE_BY_SIDE: _Grid = MappingProxyType(
    {
        1: ((0,),),
        2: ((0, 1),),
        3: ((0, 1), (0, 2)),
        4: ((0, 1), (2, 3)),
    }
)
_ONE_ON_TOP: _Grid = MappingProxyType(
    {
        1: ((0,),),
        2: ((0, 1),),
        3: ((0, 0), (1, 2)),
        4: ((0, 0, 0), (1, 2, 3)),
        5: ((0, 0, 0, 1, 1, 1), (2, 2, 3, 3, 4, 4)),
    }
)
_GRIDS: Mapping[Target, _Grid] = MappingProxyType(
    {
        Target.X: _SIDE_BY_SIDE,
        Target.BLUESKY: _SIDE_BY_SIDE,
        Target.MASTODON: _SIDE_BY_SIDE,
        Target.FACEBOOK: _ONE_ON_TOP,
        Target.FACEBOOK_EVENT: MappingProxyType({1: ((0,),)}),
        Target.LINKEDIN: _ONE_ON_TOP,
    }
)
_CAROUSELS = frozenset({Target.INSTAGRAM, Target.THREADS, Target.TIKTOK})
_WITHOUT = frozenset(
    {
        Target.YOUTUBE_DESCRIPTION,
        Target.YOUTUBE_TAGS,
        Target.LINKEDIN_JOB,
    }
)


def _pictures(target: Target, images: int, networks: Networks) -> Pictures:
    """Their places; those beyond what the network takes have none."""
    most = networks.number(target, "images_max")
    shown = images if most is None else min(images, most)
    if shown == 0 or target in _WITHOUT or target.is_title:
        return Pictures()
    if target in _CAROUSELS:
        return Pictures((tuple(range(shown)),), carousel=shown > 1)
    grid = _GRIDS.get(target)
    if grid is None:
        return Pictures(tuple((number,) for number in range(shown)))
    placed = min(shown, max(grid))
    return Pictures(grid[placed], hidden=shown - placed)


# --- Notes -----------------------------------------------------------------------------------


def _fold_notes(folded: bool, why: Fact | None) -> list[Note]:
    if not folded or why is None:
        return []
    return [Note(N_("Readers see this much before they ask for more."), source=why.source)]


def _link_notes(
    target: Target, links: tuple[Link, ...], card: Card | None, images: int, networks: Networks
) -> list[Note]:
    notes = []
    clickable = networks.fact(target, "links_clickable")
    if links and clickable is not None and not clickable.value:
        notes.append(
            Note(N_("Links in this text cannot be clicked here."), source=clickable.source)
        )
    fact = networks.fact(target, "link_card")
    if card is not None and len(links) > 1 and fact is not None:
        notes.append(
            Note(
                N_("Only one link gets a card: {domain}."),
                {"domain": card.domain},
                fact.source,
            )
        )
    if links and images and fact is not None and fact.value:
        notes.append(
            Note(N_("With a picture attached, the link gets no card."), source=fact.source)
        )
    return notes


def _other_notes(
    target: Target, text: str, segments: tuple[Segment, ...], images: int, networks: Networks
) -> list[Note]:
    notes = []
    most = networks.fact(target, "images_max")
    if most is not None and isinstance(most.value, int) and images > most.value:
        notes.append(
            Note(
                N_("{given} pictures are attached; this network takes {most}."),
                {"given": images, "most": most.value},
                most.source,
            )
        )
    forbidden = networks.fact(target, "forbidden")
    if forbidden is not None:
        found = [sign for sign in str(forbidden.value) if sign in text]
        if found:
            notes.append(
                Note(
                    N_("These characters are refused here: {signs}"),
                    {"signs": " ".join(found)},
                    forbidden.source,
                )
            )
    shown = networks.fact(target, "hashtags_shown")
    tags = [segment.shown for segment in segments if segment.kind is SegmentKind.HASHTAG]
    if tags and shown is not None and isinstance(shown.value, int):
        notes.append(
            Note(
                N_("Above the title: {hashtags}"),
                {"hashtags": " ".join(tags[: shown.value])},
                shown.source,
            )
        )
    return notes
