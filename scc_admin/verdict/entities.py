"""Links, mentions, hashtags and emoji, found as each network finds them.

X and Bluesky publish what they do (twitter-text 3.1, @atproto/api) and Mastodon is open; their
grammars stand here as they are, oddities included. The other networks publish nothing: they get
X's links and hashtags, and a wider grammar for handles.

All of it takes time in proportion to the text, whatever the text is. Offsets are code points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from scc_admin.model import Network, Target
from scc_admin.verdict import tables

if TYPE_CHECKING:
    import regex


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Link(Span):
    """A stretch that the network turns into a link."""

    domain: str
    """As written, but lower case."""
    scheme: str
    """http, https or another one, lower case; empty for a bare domain such as cancer.ca."""


@dataclass(frozen=True, slots=True)
class Entities:
    """What a network sees in a text besides words. Each list runs from left to right."""

    links: tuple[Link, ...] = ()
    mentions: tuple[Span, ...] = ()
    hashtags: tuple[Span, ...] = ()
    emoji: tuple[Span, ...] = ()


def entities(target: Target, text: str) -> Entities:
    """Everything in `text` that the network of `target` treats apart.

    No two links, mentions or hashtags overlap. Never raises: any string will do.
    """
    emoji = tuple(Span(start, end, text[start:end]) for start, end in find_emoji(text))
    match target.network:
        case Network.X:
            return _x(text, emoji)
        case Network.BLUESKY:
            links, mentions, tags = _bluesky(text)
        case Network.MASTODON:
            links = [_link(text, found) for found in find_links(text, MASTODON_LINKS)]
            mentions = [(start, end) for start, end, _user in mastodon_mentions(text)]
            tags = [match.span(1) for match in _mastodon_tag().finditer(text)]
        case _:
            links = [_link(text, found) for found in find_links(text, COMMON_LINKS)]
            mentions = [match.span() for match in _COMMON_MENTION.finditer(text)]
            tags = list(_x_hashtags(text))
    return _disjoint(text, links, mentions, tags, emoji)


def _disjoint(
    text: str,
    links: list[Link],
    mentions: Sequence[tuple[int, int]],
    tags: Sequence[tuple[int, int]],
    emoji: tuple[Span, ...],
) -> Entities:
    """Drop what begins inside something earlier, as twitter-text does; a link wins a tie."""
    everything: list[tuple[int, int, Span]] = [(link.start, 0, link) for link in links]
    everything += [(start, 1, Span(start, end, text[start:end])) for start, end in mentions]
    everything += [(start, 2, Span(start, end, text[start:end])) for start, end in tags]
    everything.sort(key=lambda item: item[:2])
    kept: list[tuple[int, Span]] = []
    reached = 0
    for start, kind, span in everything:
        if start >= reached:
            kept.append((kind, span))
            reached = span.end
    return Entities(
        tuple(span for _kind, span in kept if isinstance(span, Link)),
        tuple(span for kind, span in kept if kind == 1),
        tuple(span for kind, span in kept if kind == 2),
        emoji,
    )


# --- Emoji -----------------------------------------------------------------------------------

_EMOJI = re.compile(
    f"{tables.KEYCAP}|{tables.JOINED}|{tables.SUBDIVISION_FLAG}|{tables.FLAG}"
    f"|[{tables.TONE_BASES}][\U0001f3fb-\U0001f3ff]|[{tables.TONED_SYMBOLS}]\ufe0f?[\U0001f3fb-\U0001f3ff]"
    f"|[{tables.SYMBOLS}]\ufe0f|[{tables.STYLED_PICTURES}]\ufe0f|[{tables.PICTURES}]"
    # Pictures that old devices draw as text; arrows, ©, ® and ™ stay text unless U+FE0F asks.
    f"|(?=[\u2600-\u27bf\u3297\u3299\U0001f000-\U0001faff])[{tables.SYMBOLS}](?!\ufe0e)"
)
_EMOJI_HINT = re.compile("[\u20e3\u231a-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]")
_EMOJI_RUN = re.compile(
    "[©®\u200d\u203c-\u3299\ufe0e\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]"
    "[©®\u200d\u203c-\u3299\ufe0e\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]*+"
)


def find_emoji(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Emoji wholly within [start, end): each recommended sequence of Unicode 18 is one emoji."""
    stop = len(text) if end is None else end
    if text.isascii() or _EMOJI_HINT.search(text, start, stop) is None:
        return
    for run in _EMOJI_RUN.finditer(text, start, stop):
        begin = run.start()
        # The digit of a keycap stands before the run of characters that only emoji use.
        if begin > start and text[begin] in "\ufe0f\u20e3" and text[begin - 1] in "#*0123456789":
            begin -= 1
        for match in _EMOJI.finditer(text, begin, run.end()):
            yield match.span()


# --- Links -----------------------------------------------------------------------------------

_MARKERS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# What ends a run of labels and dots. Of the rest, hyphen and underscore may stand inside a label,
# the dot between two; everything else, letter or not, may stand anywhere: only the ASCII part
# becomes a link when there is no scheme.
_BREAKS = frozenset(
    "!'#%&()*+,/:;<=>?@[\\]^{|}~$\t\n\x0b\x0c\r \x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003"
    "\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\ufffe\uffff"
    + _MARKERS
)
_BREAK = re.escape("".join(sorted(_BREAKS)))
_CHAIN = re.compile(
    rf"\.(?<=[^{_BREAK}\-_.]\.)(?=[^{_BREAK}\-_.])[^{_BREAK}.]*+"
    rf"(?>(?:(?<![\-_])\.(?=[^{_BREAK}\-_.])[^{_BREAK}.]*+)*)"
)
"""Dots with a domain character on both sides, and the labels after them."""
_START = re.compile(
    "(?<![A-Za-z0-9@＠$#＃\ufeff\ufffe\uffff])[^-_]"
    # To the reference an astral character is two, and the first may precede a domain.
    "|[\U00010000-\U0010ffff]"
)
_ALNUM = re.compile("[0-9A-Za-z]+")
_PUNYCODE = re.compile("[xX][nN]--[-0-9A-Za-z]+")
_PORT = re.compile(":[0-9]+")
_T_CO = re.compile(
    r"https?://t\.co/([a-z0-9]+)(\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*)?", re.IGNORECASE | re.ASCII
)
_T_CO_SLUG = 40
_URL_LENGTH = 4096
_LABEL_LENGTH = 63
_LABEL_DOTS = re.compile("[.\u3002\uff0e\uff61]")

# The accented letters of twitter-text, with those that its case folding adds.
_LATIN = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0260\u0263"
    "\u0268\u0269\u026f\u0272\u0275\u0280\u0283\u0288-\u028c\u0292\u02bb\u0300-\u036f\u0399\u03b9"
    "\u1e00-\u1eff\u1fbe\u2c65\u2c66\u2c7e\u2c7f\ua7dc"
)
_ASCII_RUN = re.compile(f"[-A-Za-z0-9{_LATIN}][-A-Za-z0-9.{_LATIN}]*+")
_ASCII_DOMAIN = re.compile(f"[-A-Za-z0-9.{_LATIN}]+")


def _path(inside: str, ending: str, *, ends_balanced: bool) -> re.Pattern[str]:
    """A slash and what follows, with parentheses that balance, one level deep.

    The classes `inside` and `ending` say what may stand in a path, and what may end it.
    Parentheses may end it after a character of `inside` only when `ends_balanced`: twitter-text
    does not group its alternatives there, so that on X `/a.(b)` is a path as far as `/a`.
    """
    some, any_ = f"(?>(?:{inside}|{ending})+)", f"(?>(?:{inside}|{ending})*)"
    balanced = rf"\((?:{some}\)|{any_}\({some}\){any_}\))"
    if ends_balanced:
        return re.compile(rf"/(?>(?:{inside}*+(?:{ending}++|{balanced}))*)")
    return re.compile(rf"/(?>(?:(?>(?:{inside}++|{balanced})*){ending}++)*)(?>(?:{balanced})*)")


@dataclass(frozen=True, slots=True, eq=False)
class LinkGrammar:
    """How a network tells a link from words."""

    scheme: re.Pattern[str]
    """Matched against what stands before the domain, up to and with `://`."""
    bare: bool
    """True when cancer.ca is a link without https://."""
    tlds: frozenset[str]
    path: re.Pattern[str]
    query: re.Pattern[str]
    query_trim: str


_X_PATH = _path(
    "[!$%&'*,.:;@\\[\\]|~\u2013]",
    f"[#+\\-/0-9=A-Z_a-z\u0400-\u04ff\u1c80-\u1c87{_LATIN}]",
    ends_balanced=False,
)
_X_QUERY = re.compile(r"\?[!#-;=?-\[\]_a-z|~]*+")
_HTTP = re.compile(r"https?://\Z", re.IGNORECASE | re.ASCII)

X_LINKS = LinkGrammar(
    scheme=_HTTP,
    bare=True,
    tlds=tables.X_TLDS,
    path=_X_PATH,
    query=_X_QUERY,
    query_trim="!$%'()*+,.:;?@[]|~",
)
"""twitter-text 3.1.0, `extractUrlsWithIndices`."""

COMMON_LINKS = LinkGrammar(
    scheme=_HTTP,
    bare=True,
    tlds=tables.TLDS,
    path=_X_PATH,
    query=_X_QUERY,
    query_trim=X_LINKS.query_trim,
)
"""For networks that do not say: X's grammar, with the top-level domains that exist today."""

_UCHARS = "\u00a0-\ud7ff\ue000-\uf8ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane * 0x10000 + (0x1000 if plane == 14 else 0))}-{chr(plane * 0x10000 + 0xFFFD)}"
    for plane in range(1, 17)
)
MASTODON_LINKS = LinkGrammar(
    scheme=re.compile(
        r"(?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini)://\Z", re.IGNORECASE | re.ASCII
    ),
    bare=False,
    tlds=tables.X_TLDS,
    path=_path(
        "[!*\"'「」;:=,.$%\\[\\]~&|@]",
        "[^!*\"'「」;:=,.$%\\[\\]~&|@\\s<>()?]",
        ends_balanced=True,
    ),
    query=re.compile(rf"\?[!#-;=?-\[\]\^_a-z|~{_UCHARS}]*+"),
    query_trim="!?*'();:+$%[].,~|@^",
)
"""Mastodon's `config/initializers/twitter_regex.rb`."""

_LONGEST_SCHEME = len("gopher://")


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link as the grammar sees it; cheaper to make than a `Link`."""

    start: int
    end: int
    domain_start: int
    domain_end: int


@dataclass(frozen=True, slots=True)
class _Chain:
    """Labels with single dots between them, and for each dot where a domain may end."""

    left: int
    """Where the first label begins, or what is left of it."""
    dots: list[int]
    ends: list[int]
    """Where the domain ends whose last dot this is; -1 when no top-level domain follows."""
    beyond: list[int]
    """Where the longest domain ends that goes on for a label at least after this dot, or -1."""


def find_links(text: str, grammar: LinkGrammar) -> list[FoundLink]:
    """Links of `text`, from left to right, disjoint.

    Stands for one regular expression of twitter-text, which is tried at every position and takes
    quadratic time on some texts: here each chain of labels is walked once.
    """
    found: list[FoundLink] = []
    taken = 0  # What is before this offset was consumed by an earlier match, kept or not.
    position = 0
    while (match := _CHAIN.search(text, position)) is not None:
        chain = _chain(text, match.start(), match.end(), taken, grammar.tlds)
        for index in range(len(chain.dots)):
            domain = _domain(text, chain, index, taken, grammar)
            if domain is None:
                continue
            start, end, scheme = domain
            taken, path = _tail(text, end, grammar)
            found += _accept(text, start, end, taken, path, scheme, grammar)
        position = max(match.end(), taken)
    return found


def _chain(text: str, first: int, end: int, taken: int, tlds: frozenset[str]) -> _Chain:
    dots = [first]
    while (dot := text.find(".", dots[-1] + 1, end)) >= 0:
        dots.append(dot)
    left = first
    while left > taken and text[left - 1] != "." and text[left - 1] not in _BREAKS:
        left -= 1
    ends = [_tld_end(text, dot + 1, len(text), tlds) for dot in dots]
    beyond = [-1] * len(dots)
    for index in range(len(dots) - 2, -1, -1):
        beyond[index] = beyond[index + 1]
        # The last label before the top-level domain may hold no underscore.
        if beyond[index] < 0 and text.find("_", dots[index] + 1, dots[index + 1]) < 0:
            beyond[index] = ends[index + 1]
    return _Chain(left, dots, ends, beyond)


def _domain(
    text: str, chain: _Chain, index: int, taken: int, grammar: LinkGrammar
) -> tuple[int, int, str] | None:
    """Start, end and scheme of the domain whose first dot has that index."""
    dot, beyond = chain.dots[index], chain.beyond[index]
    end = beyond if beyond >= 0 else chain.ends[index]
    # Something stands before a domain, unless it begins the text; it must not be taken yet.
    lowest = taken + 1 if taken else 0
    if end < 0 or dot <= lowest:
        return None
    begin = chain.left if index == 0 else chain.dots[index - 1] + 1
    if index == 0 and text[begin] not in "-_" and (beyond >= 0 or "_" not in text[begin:dot]):
        scheme = _scheme_before(text, begin, lowest, grammar)
        if scheme:
            return begin, end, scheme
    start = max(begin, lowest)
    if beyond < 0:
        start = max(start, text.rfind("_", start, dot) + 1)
    first = _START.search(text, start, dot)
    if first is None:
        return None
    if first.start() == 0 and _START.match(text, 1, dot) is not None:
        # The reference would rather have something before a domain than nothing.
        return 1, end, ""
    return first.start(), end, ""


def _scheme_before(text: str, begin: int, lowest: int, grammar: LinkGrammar) -> str:
    """The scheme that ends where the domain begins, unless something else runs into it."""
    if begin < len("://") or not text.startswith("://", begin - len("://")):
        return ""
    match = grammar.scheme.search(text[max(0, begin - _LONGEST_SCHEME) : begin])
    if match is None:
        return ""
    start = begin - len(match.group())
    if start < lowest or _START.match(text, start) is None:
        return ""
    return match.group()


def _tail(text: str, end: int, grammar: LinkGrammar) -> tuple[int, bool]:
    """Where port, path and query end, and whether there is a path."""
    if (port := _PORT.match(text, end)) is not None:
        end = port.end()
    has_path = False
    if (path := grammar.path.match(text, end)) is not None:
        has_path = True
        end = path.end()
    if (query := grammar.query.match(text, end)) is not None:
        kept = len(query.group().rstrip(grammar.query_trim))
        if kept > 1:
            end += kept
    return end, has_path


def _accept(
    text: str, start: int, domain_end: int, end: int, path: bool, scheme: str, grammar: LinkGrammar
) -> list[FoundLink]:
    """The links that a match turns out to be: none, one, or several bare domains."""
    # A scheme that is written counts twice: the reference adds it to a length that holds it.
    length = end - start + (2 * len(scheme) or len("https://"))
    if length > _URL_LENGTH or not _valid(text[start:domain_end], grammar.tlds):
        return []
    if scheme:
        begin = start - len(scheme)
        if (short := _T_CO.match(text, begin, end)) is not None:
            if len(short.group(1)) > _T_CO_SLUG:
                return []
            kept = len((short.group(2) or "").rstrip(grammar.query_trim))
            end = short.end(1) + (kept if kept > 1 else 0)
        return [FoundLink(begin, end, start, domain_end)]
    if not grammar.bare or (start > 0 and text[start - 1] in "-_./"):
        return []
    domains = _ascii_domains(text, start, domain_end, grammar.tlds)
    if domains and path:
        domains[-1] = FoundLink(domains[-1].start, end, domains[-1].start, domains[-1].domain_end)
    return domains


def _ascii_domains(text: str, start: int, end: int, tlds: frozenset[str]) -> list[FoundLink]:
    if _ASCII_DOMAIN.fullmatch(text, start, end):
        return [FoundLink(start, end, start, end)]
    domains = []
    for run in _ASCII_RUN.finditer(text, start, end):
        dot = text.rfind(".", run.start(), run.end())
        while dot > 0:
            stop = _tld_end(text, dot + 1, end, tlds)
            if stop > 0:
                domains.append(FoundLink(run.start(), stop, run.start(), stop))
                break
            dot = text.rfind(".", run.start(), dot)
    return domains


def _valid(domain: str, tlds: frozenset[str]) -> bool:
    """Twitter-text's own idea of a valid name: labels of at most 63 characters once encoded."""
    if domain.startswith("xn--") and not _ascii_domains(domain, 0, len(domain), tlds):
        return False
    return all(0 < _encoded_length(label) <= _LABEL_LENGTH for label in domain.split("."))


def _encoded_length(label: str) -> int:
    if label.isascii():
        return len(label)
    if len(label) > _LABEL_LENGTH:
        return len(label)
    total = -1
    for part in _LABEL_DOTS.split(label):
        total += 1 + len(part)
        if not part.isascii():
            total += len(part.encode("punycode", "surrogatepass")) + 4 - len(part)
    return total


@cache
def _international(tlds: frozenset[str]) -> re.Pattern[str]:
    names = sorted((name for name in tlds if not name.isascii()), key=len, reverse=True)
    first = "".join(sorted({name[0] for name in names}))
    return re.compile(rf"(?i:(?=[{first}])(?:{'|'.join(names)}))(?=[^0-9a-zA-Z@+\-]|\Z)")


def _tld_end(text: str, start: int, stop: int, tlds: frozenset[str]) -> int:
    """Where a top-level domain that begins at `start` ends; -1 when none does."""
    end = start
    word = _ALNUM.match(text, start, stop)
    if word is not None:
        end = word.end()
        if word.group().lower() in tlds and (end == stop or text[end] not in "@+-"):
            return end
    if end < stop and not text[end].isascii():
        international = _international(tlds).match(text, start, stop)
        if international is not None:
            return international.end()
    if word is not None and (encoded := _PUNYCODE.match(text, start, stop)) is not None:
        return encoded.end()
    return -1


def _link(text: str, found: FoundLink) -> Link:
    scheme = text[found.start : found.domain_start].lower().removesuffix("://")
    domain = text[found.domain_start : found.domain_end].lower()
    return Link(found.start, found.end, text[found.start : found.end], domain, scheme)


# --- X ---------------------------------------------------------------------------------------

_X_MENTION = re.compile(
    r"(?:^|[^a-zA-Z0-9_!#$%&*@＠]|(?:^|[^a-zA-Z0-9_+~.\-])[rR][tT]:?)"
    r"([@＠][a-zA-Z0-9_]{1,20}(?:/[a-zA-Z][a-zA-Z0-9_\-]{0,24})?)"
)
_X_MENTION_BROKEN = re.compile(
    "[@＠\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268"
    "\u026f\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff]|://"
)
_X_TAG_BROKEN = re.compile("[#＃]|://")


def _x(text: str, emoji: tuple[Span, ...]) -> Entities:
    norm = Normal.of(text)
    at = norm.original
    links = []
    for found in find_links(norm.text, X_LINKS):
        links.append(
            _link(
                text,
                FoundLink(
                    at(found.start), at(found.end), at(found.domain_start), at(found.domain_end)
                ),
            )
        )
    mentions = [(at(start), at(end)) for start, end in _x_mentions(norm.text)]
    tags = [(at(start), at(end)) for start, end in _x_hashtags(norm.text)]
    return _disjoint(text, links, mentions, tags, emoji)


def _x_mentions(text: str) -> Iterator[tuple[int, int]]:
    if "@" not in text and "＠" not in text:
        return
    for match in _X_MENTION.finditer(text):
        if not _X_MENTION_BROKEN.match(text, match.end()):
            yield match.span(1)


@cache
def _x_tag() -> regex.Pattern[str]:
    import regex

    rest = (
        r"\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003"
        r"\u0f0b\u0f0c\u00b7"
    )
    return regex.compile(
        rf"(?:\A|[\ufe0e\ufe0f]|[^\p{{L}}\p{{M}}{rest}&\ud800-\udfff])"
        rf"([#＃](?![\ufe0f\u20e3])(?=[{rest}]*+[\p{{L}}\p{{M}}])[\p{{L}}\p{{M}}{rest}]++)"
    )


def _x_hashtags(text: str) -> Iterator[tuple[int, int]]:
    if "#" not in text and "＃" not in text:
        return
    for match in _x_tag().finditer(text):
        if not _X_TAG_BROKEN.match(text, match.end()):
            yield match.span(1)


_COMMON_MENTION = re.compile(r"(?<![\w!#$%&*@＠/.=\-])[@＠]\w(?:[\w.\-]*\w)?")


# --- Mastodon --------------------------------------------------------------------------------


@cache
def _mastodon_tag() -> regex.Pattern[str]:
    import regex

    word = r"\p{L}\p{M}\p{Nd}\p{Pc}"
    more = rf"{word}\u00b7\u30fb\u200c"
    return regex.compile(
        rf"(?<=^|\s)([#＃](?:[{word}][{more}]*[\p{{Alphabetic}}_\u00b7\u30fb\u200c][{more}]*[{word}]"
        rf"|[{word}]*\p{{Alphabetic}}[{word}]*))",
        regex.MULTILINE,
    )


@cache
def _mastodon_mention() -> regex.Pattern[str]:
    import regex

    word = r"[\p{L}\p{M}\p{Nd}\p{Pc}]"
    return regex.compile(
        rf"(?<![=/]|{word})@([a-zA-Z0-9_]++(?:[.\-]++[a-zA-Z0-9_]++)*+)"
        rf"(@{word}++(?:[.\-]++{word}++)*+)?+"
    )


def mastodon_mentions(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, end, and where the user's name ends and the free domain begins."""
    if "@" not in text:
        return
    for match in _mastodon_mention().finditer(text):
        if not _X_MENTION_BROKEN.match(text, match.end()):
            yield match.start(), match.end(), match.end(1)


# --- Bluesky ---------------------------------------------------------------------------------

_JS_SPACE = "\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_BSKY_MENTION = re.compile(rf"(?:^|[{_JS_SPACE}(])(@([a-zA-Z0-9.\-]+)\b)", re.ASCII)
_BSKY_LINK = re.compile(
    rf"(?:^|[{_JS_SPACE}(])(([hH][tT][tT][pP][sS]?)://[^{_JS_SPACE}]+"
    rf"|([a-zA-Z][a-zA-Z0-9]*(?:\.[a-zA-Z0-9]+)+)[^{_JS_SPACE}]*)"
)
_BSKY_TAG = re.compile(
    rf"(?:^|[{_JS_SPACE}])([#＃])(?!\ufe0f)([^{_JS_SPACE}\xad\u2060\u200a-\u200d\u20e2]+)"
)
_BSKY_TAG_LENGTH = 64
_AUTHORITY = re.compile(r"[^/?#\\]*")


def _bluesky(
    text: str,
) -> tuple[list[Link], list[tuple[int, int]], list[tuple[int, int]]]:
    """`detectFacets` of @atproto/api, less the cashtags."""
    mentions = []
    for match in _BSKY_MENTION.finditer(text):
        _before, dot, last = match.group(2).rpartition(".")
        if dot and (last in tables.TLDS or last == "test"):
            mentions.append(match.span(1))
    links = []
    for match in _BSKY_LINK.finditer(text):
        start, end = match.span(1)
        # The reference compares these with case: HTTP:// is not a link, http.ca always is one.
        if not text.startswith("http", start):
            domain = match.group(3)
            if not domain or domain.rpartition(".")[2] not in tables.TLDS:
                continue
        if text[end - 1] in ".,;:!?":
            end -= 1
        if text[end - 1] == ")" and "(" not in text[start:end]:
            end -= 1
        scheme = match.group(2) or ""
        if scheme:
            authority = _AUTHORITY.match(text, start + len(scheme) + 3, end)
            domain = authority.group().rpartition("@")[2] if authority else ""
        else:
            domain = match.group(3)[: end - start]
        links.append(Link(start, end, text[start:end], domain.lower(), scheme.lower()))
    tags = []
    for match in _BSKY_TAG.finditer(text):
        word = match.group(2)
        length = len(word)
        while length and unicodedata.category(word[length - 1])[0] == "P":
            length -= 1
        if not 0 < length + _astral(word[:length]) <= _BSKY_TAG_LENGTH:
            continue
        if all(
            character in "0123456789" or unicodedata.category(character)[0] == "P"
            for character in word[:length]
        ):
            continue
        tags.append((match.start(1), match.start(2) + length))
    return links, mentions, tags


def _astral(text: str) -> int:
    return sum(character > "\uffff" for character in text)


# --- NFC, with the way back --------------------------------------------------------------------

_MAY_COMPOSE = re.compile("[\u0300-\U0010ffff]+")


@cache
def _composing() -> regex.Pattern[str]:
    """A character with all that may compose with it: at most 255, since sorting is quadratic."""
    import regex

    return regex.compile(r"(?s:.)[\p{M}\p{NFC_QC=Maybe}]{0,255}+")


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in NFC, and where each of its characters came from."""

    text: str
    origin: Sequence[int] | None
    """Offset in the original of each character, and of the end; None when nothing moved."""
    changed: tuple[tuple[int, int], ...] = ()
    """Stretches, in NFC offsets, that are not as they were written."""

    def original(self, offset: int) -> int:
        return offset if self.origin is None else self.origin[offset]

    @classmethod
    def of(cls, text: str) -> Normal:
        if text.isascii() or unicodedata.is_normalized("NFC", text):
            return cls(text, None)
        pieces: list[str] = []
        origin: list[int] = []
        changed: list[tuple[int, int]] = []
        done = 0
        for run in _MAY_COMPOSE.finditer(text):
            # Nothing below U+0300 composes with what stands before it.
            start = max(run.start() - 1, done)
            pieces.append(text[done:start])
            origin.extend(range(done, start))
            done = run.end()
            for cluster in _composing().findall(text, start, done):
                composed = unicodedata.normalize("NFC", cluster)
                end = start + len(cluster)
                spare = len(cluster) - len(composed)
                if composed != cluster:
                    changed.append((len(origin), len(origin) + len(composed)))
                # What composed stands in front, so the rest is aligned with the end.
                origin.append(start)
                origin.extend(
                    max(start, start + spare + index) for index in range(1, len(composed))
                )
                pieces.append(composed)
                start = end
        pieces.append(text[done:])
        origin.extend(range(done, len(text) + 1))
        return cls("".join(pieces), origin, tuple(changed))
