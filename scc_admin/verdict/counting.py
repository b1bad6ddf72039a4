"""How long a text is, as the network that will receive it counts, and why.

A `Count` explains itself: its parts are the stretches that do not cost one unit a character, so
that the value is the sum of the parts and of one for every other character.

Pure: all knowledge of limits comes in with `Networks`. Any string will do, and none takes more
than time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from scc_admin.model import Confidence, Count, CountPart, Target
from scc_admin.verdict.entities import (
    MASTODON_LINKS,
    X_LINKS,
    Entities,
    Link,
    Normal,
    Span,
    entities,
    find_emoji,
    find_links,
    mastodon_mentions,
)
from scc_admin.verdict.networks import DEFAULT_PROFILE, Networks, Unit, load_networks

if TYPE_CHECKING:
    import regex

__all__ = ["Entities", "Link", "Networks", "Span", "count", "entities", "load_networks"]

Measure = tuple[int, tuple[CountPart, ...]]


def count(
    target: Target,
    text: str,
    *,
    networks: Networks,
    profile: str = DEFAULT_PROFILE,
    own: int | None = None,
) -> tuple[Count, ...]:
    """The text against each limit of its field: `networks.limits(target, profile)`, in that order.

    The first is the one that a single ring shows. `own` is the page's, where each server chooses;
    it holds as one that we set. Raises ValueError for an unknown profile.
    """
    measured: dict[Unit, Measure] = {}
    counts = []
    for limit in networks.limits(target, profile):
        if limit.unit not in measured:
            measured[limit.unit] = _measure(target, text, limit.unit, networks)
        value, parts = measured[limit.unit]
        unit = "characters" if limit.unit == "emoji-bytes" else limit.unit
        source = limit.source
        if own is not None and limit.by_server:
            counts.append(Count(value, own, unit, Confidence.HOUSE, "", parts, own=True))
        else:
            counts.append(Count(value, limit.value, unit, source.confidence, str(source), parts))
    return tuple(counts)


def _measure(target: Target, text: str, unit: Unit, networks: Networks) -> Measure:
    match unit:
        case "weighted":
            return _weighted(
                text,
                link_cost=networks.number(target, "link_cost") or 0,
                emoji_cost=networks.number(target, "emoji_cost") or 0,
            )
        case "graphemes":
            link_cost = networks.number(target, "link_cost")
            return _graphemes(text) if link_cost is None else _status(text, link_cost)
        case "utf16":
            return _units(text, _utf16, _ASTRAL, "wide")
        case "bytes":
            return _units(text, _bytes, _NOT_ASCII, "bytes")
        case "characters":
            return _units(text, len)
        case "emoji-bytes":
            return _units(text, len, emoji_cost=_bytes)
        case "tags":
            return _tags(text)


class _Parts:
    """Collects parts from left to right and joins neighbours of one reason; links stay apart."""

    def __init__(self) -> None:
        self._parts: list[tuple[int, int, int, str]] = []

    def add(self, start: int, end: int, cost: int, reason: str) -> None:
        if self._parts and reason != "link":
            first, last, before, what = self._parts[-1]
            if last == start and what == reason:
                self._parts[-1] = (first, end, before + cost, reason)
                return
        self._parts.append((start, end, cost, reason))

    def done(self) -> tuple[CountPart, ...]:
        return tuple(CountPart(*part) for part in self._parts)

    def __iter__(self) -> Iterator[tuple[int, int, int, str]]:
        return iter(self._parts)


# --- X: weighted -------------------------------------------------------------------------------

# Configuration 3 of twitter-text: these cost 1, all others 2. U+200D is one of them, yet it joins
# emoji, so a run may go on over it.
_LIGHT = "\u0000-\u10ff\u2000-\u200c\u2010-\u201f\u2032-\u2037"
_HEAVY = re.compile(f"[^{_LIGHT}\u200d]++")
_HEAVY_RUN = re.compile(f"[^{_LIGHT}\u200d][^{_LIGHT}]*+")


def _weighted(text: str, *, link_cost: int, emoji_cost: int) -> Measure:
    norm = Normal.of(text)
    parts = _Parts()
    value = len(norm.text)
    position = 0
    for link in find_links(norm.text, X_LINKS):
        value += _heavy(norm.text, position, link.start, emoji_cost, parts)
        value += link_cost - (link.end - link.start)
        parts.add(link.start, link.end, link_cost, "link")
        position = link.end
    value += _heavy(norm.text, position, len(norm.text), emoji_cost, parts)
    return value, parts.done() if norm.origin is None else _as_written(norm, parts)


def _heavy(text: str, start: int, end: int, emoji_cost: int, parts: _Parts) -> int:
    """What [start, end), without links, costs beyond one a character."""
    extra = 0
    for run in _HEAVY_RUN.finditer(text, start, end):
        position, stop = run.span()
        if position > start and text[position] in "\ufe0f\u20e3":
            position -= 1
        for begin, after in find_emoji(text, position, stop):
            extra += _wide(text, position, begin, parts)
            extra += emoji_cost - (after - begin)
            parts.add(begin, after, emoji_cost, "emoji")
            position = after
        extra += _wide(text, position, stop, parts)
    return extra


def _wide(text: str, start: int, end: int, parts: _Parts) -> int:
    extra = 0
    for match in _HEAVY.finditer(text, start, end):
        length = match.end() - match.start()
        parts.add(match.start(), match.end(), 2 * length, "wide")
        extra += length
    return extra


def _as_written(norm: Normal, parts: _Parts) -> tuple[CountPart, ...]:
    """Parts at the offsets of the text before NFC, with what NFC made of it among them."""
    everything = list(parts)
    covered = iter([*everything, (len(norm.text), len(norm.text), 0, "")])
    first, last, _cost, _reason = next(covered)
    for start, end in norm.changed:
        while start < end:
            while last <= start and first < len(norm.text):
                first, last, _cost, _reason = next(covered)
            stop = min(end, first) if first > start else start
            if stop > start:
                everything.append((start, stop, stop - start, "composed"))
            start = max(last, start) if stop < end else end
    written = _Parts()
    for start, end, cost, reason in sorted(everything):
        written.add(norm.original(start), norm.original(end), cost, reason)
    return written.done()


# --- Grapheme clusters ---------------------------------------------------------------------------

# All that can join a neighbour, and much that cannot: everywhere else a character is a cluster.
# A test holds this against the properties of Unicode.
_JOINING = (
    "\r\u0300-\u036f\u0483-\u0489\u0591-\u1dff\u200c\u200d\u20d0-\u20ff\u2cef-\u2dff\u302a-\u302f"
    "\u3099\u309a\ua66f-\ud7ff\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\uff9e\uff9f\U00010000-\U0010ffff"
)
_JOINING_FORWARD = "\r\u0600-\u08ff\u0d00-\u0dff\u200d\U00010000-\U00011fff"
_WINDOW = re.compile(f"[{_JOINING}](?>(?:[{_JOINING}]|(?<=[{_JOINING_FORWARD}])[^{_JOINING}])*)")
# Each regional indicator looks back over all those before it; an even number may be cut off.
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]{64}(?=[\U0001f1e6-\U0001f1ff])")
_EMOJI_SIGN = re.compile("[\u20e3\ufe0f\U0001f000-\U0001faff]")


@cache
def _cluster() -> regex.Pattern[str]:
    import regex

    return regex.compile(r"\X")


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """Grapheme clusters of more than one code point, in their order: where each begins and ends."""
    if text.isascii() and "\r" not in text:
        return
    for window in _WINDOW.finditer(text):
        start = max(window.start() - 1, 0)
        cuts = [match.end() for match in _FLAGS.finditer(text, *window.span())]
        for stop in (*cuts, window.end()):
            for cluster in _cluster().findall(text[start:stop]):
                end = start + len(cluster)
                if end - start > 1:
                    yield start, end
                start = end


def _cluster_reason(cluster: str) -> str:
    return "emoji" if _EMOJI_SIGN.search(cluster) else "composed"


def _graphemes(text: str) -> Measure:
    parts = _Parts()
    value = len(text)
    for start, end in clusters(text):
        value -= end - start - 1
        parts.add(start, end, 1, _cluster_reason(text[start:end]))
    return value, parts.done()


def _status(text: str, link_cost: int) -> Measure:
    """Mastodon: clusters, once each link is 23 letters x and each mention has lost its domain."""
    if not text.strip():
        return 0, (CountPart(0, len(text), 0, "ignored"),) if text else ()
    found = [
        (link.start, link.end, link.start, link_cost) for link in find_links(text, MASTODON_LINKS)
    ]
    found += [(start, end, name, name - start) for start, end, name in mastodon_mentions(text)]
    parts: list[tuple[int, int, int, str]] = []
    rewritten: list[str] = []
    # Of each character that Mastodon counts: where it stands in the text, or -1 in a link.
    origin: list[int] = []
    position = 0
    for start, end, name, cost in sorted(found):
        if start < position:
            continue
        kept = text[position:name]
        rewritten += kept, "x" * (start + cost - name)
        origin += range(position, name)
        origin += [-1] * (start + cost - name)
        if name == start or name < end:
            parts.append((start, end, cost, "link" if name == start else "mention"))
        position = end
    rewritten.append(text[position:])
    origin += range(position, len(text))
    counted = "".join(rewritten)
    value = len(counted)
    for start, end in clusters(counted):
        value -= end - start - 1
        own = [at for at in origin[start:end] if at >= 0]
        if own:
            cost = 1 if len(own) == end - start else 0
            parts.append((own[0], own[-1] + 1, cost, _cluster_reason(counted[start:end])))
    joined = _Parts()
    for part in sorted(parts):
        joined.add(*part)
    return value, joined.done()


# --- Characters, UTF-16, bytes -------------------------------------------------------------------

_NOT_ASCII = re.compile("[^\x00-\x7f]++")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]++")


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _units(
    text: str,
    cost: Callable[[str], int],
    costly: re.Pattern[str] | None = None,
    reason: str = "",
    emoji_cost: Callable[[str], int] | None = None,
) -> Measure:
    """Sum of `cost` over the text; emoji apart, what matches `costly` is explained by `reason`."""
    parts = _Parts()
    value = cost(text)
    position = 0
    for start, end in (*find_emoji(text), (len(text), len(text))):
        if costly is not None:
            for run in costly.finditer(text, position, start):
                parts.add(run.start(), run.end(), cost(run.group()), reason)
        if start < end:
            emoji = text[start:end]
            units = (emoji_cost or cost)(emoji)
            value += units - cost(emoji)
            if units > 1:
                parts.add(start, end, units, "emoji")
        position = end
    return value, parts.done()


# --- YouTube's tags ------------------------------------------------------------------------------


def _tags(text: str) -> Measure:
    """Tags between commas, and the commas; a tag with a space in it is quoted, which costs two."""
    parts = _Parts()
    value = 0
    position = 0
    seen = False
    for written in text.split(","):
        end = position + len(written)
        tag = written.strip()
        start = position + len(written) - len(written.lstrip())
        if position and not seen and tag:
            # The comma before the first tag parts nothing.
            parts.add(position - 1, position, 0, "ignored")
        elif position and not tag:
            parts.add(position - 1, position, 0, "ignored")
        elif position:
            value += 1
        if not tag:
            start = end
        if start > position:
            parts.add(position, start, 0, "ignored")
        if tag:
            seen = True
            stop = start + len(tag)
            quoted = any(character.isspace() for character in tag)
            value += len(tag) + 2 * quoted
            if quoted:
                parts.add(start, stop, len(tag) + 2, "quotes")
            if stop < end:
                parts.add(stop, end, 0, "ignored")
        position = end + 1
    return value, parts.done()
