"""A text read once: words, sentences, links, quotations, languages - and phrases found in it.

`Text` computes each reading the first time it is asked for and keeps it; a rule that asks for
nothing costs nothing. All offsets are code points of the text as it was typed.

Folding, so that a rule sees what a reader reads: compatibility forms are resolved (𝗯𝗼𝗹𝗱 is bold),
case, accents, zero-width characters and soft hyphens go, œ is oe. `accented` readings keep accents.

**Phrases** are the only pattern language that rules have. It is matched in one pass over the
words, cannot run away, and says no more than this:

    a perdu son|sa|leur combat      words, in this order; `|` separates alternatives
    victime? du cancer              `?` makes a word optional (never the first)
    cancéreu*                       `*` ends a beginning of a word (three letters or more)
    arrêtez ..3 chimio              up to three words of any kind between (eight at most)
    100 % garanti                   % $ & are words too

Case and accents do not count (unless a list asks for accents). Hyphens, apostrophes, `#` and
blanks all just separate words: « aujourd'hui », « aujourd’hui » and « #aujourd-hui » read alike.
The words of a match stand in one sentence and on one line; a comma, colon, bracket, quotation
mark or emoji may stand between them only inside a `..n`. Of several matches that overlap, the one
that begins first and reaches furthest counts.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, TypeAlias

from scc_admin.i18n import N_
from scc_admin.model import Language

MAX_GAP = 8
"""Words that a `..n` may span at most."""


class Span(NamedTuple):
    """A stretch of the text, in code points, end excluded."""

    start: int
    end: int


# --- Folding -----------------------------------------------------------------------------------

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ı": "i"})


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """`text` without case, accents, compatibility forms, ligatures and invisible characters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(c for c in decomposed if unicodedata.category(c) not in _DROPPED).casefold()


@lru_cache(maxsize=1 << 16)
def fold_case(text: str) -> str:
    """`text` without case, compatibility forms and invisible characters; accents stay."""
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text)
    return "".join(c for c in composed if unicodedata.category(c) != "Cf").casefold()


_DROPPED = frozenset({"Mn", "Cf", "Me"})


class _Flattening(dict[int, str]):
    """One plain character for each other one, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) != 1:
            plain = chr(code)
        if plain.isdecimal():
            plain = str(unicodedata.decimal(plain))
        elif plain in "’‘ʼ′`´":
            plain = "'"
        elif unicodedata.category(plain) == "Pd" or plain == "−":
            plain = "-"
        elif plain in "\u2028\u2029\x0b\x0c\x85":
            plain = "\n"
        elif plain not in "\n\r" and plain.isspace():
            plain = " "
        elif len(plain.lower()) != 1:  # İ
            plain = "i"
        self[code] = plain
        return plain


_FLAT = _Flattening()


# --- Reading -----------------------------------------------------------------------------------

_HIDDEN = "\u00ad\u0300-\u036f\u180b-\u180f\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff"
_WORD = re.compile(rf"[^\W_]+(?:[{_HIDDEN}]+[^\W_]*)*|[%$&]")

_TLDS = (
    "ca|com|org|net|quebec|info|edu|gov|int|io|co|fr|uk|us|be|ch|de|eu|ly|me|gl|gd|be|tv|app|dev|"
    "biz|shop|site|online|link|page|health|ngo|ong|foundation|support|care|news|social|blog"
)
_LINK = re.compile(
    # The look-behinds try each run of characters once only: no input makes this quadratic.
    rf"""(?P<url>(?<![^\W_])(?:https?|ftp):/{{0,3}}[^\s<>"«»“”]++)
    |(?P<email>(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+)
    |(?P<mention>(?<![\w@/.])@[\w.]*\w)
    |(?P<bare>(?<![\w@.\-/])(?:[^\W_][\w-]*+\.)+(?:{_TLDS})(?![\w-])(?:[/?][^\s<>"«»“”]*+)?)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REST_OF_CHUNK = re.compile(r"\S*")
_LINK_SIGN = re.compile(r"[@.:][^\s.]")
# One of the eight may be a letter (RAMQ's sequence), and six digits stand before it.
_DIGITS = re.compile(r"[0-9](?>(?:[ .()+-]{0,4}[0-9])*)")
_FEWEST_DIGITS = 6
_ROOM_BEFORE, _ROOM_AFTER = 8, 48
_TRAILING = ".,;:!?…'’)]}*_"
MASK = "\ufffc"
"""Stands for each character of a link, address or mention in `Text.masked`."""

_NEW_LINE = frozenset("\n\r\u2028\u2029\x0b\x0c\x85")
_SENTENCE_END = re.compile(
    "[.!?…\n\r\u2028\u2029\x0b\x0c\x85][.!?…\n\r\u2028\u2029\x0b\x0c\x85\"'»”’)\\]]*+"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ABBREVIATIONS = _words(
    "m mm mme mmes mlle mlles dr dre drs dres me mr mrs ms st ste jr sr prof no nos p pp ex art "
    "av boul bd tél tel poste inc ltd ltée cf env min max vs janv févr avr juill sept oct nov déc "
    "jan feb mar apr aug dec approx dept ave blvd ext"
)

_QUOTES = {"«": "»", "“": "”", '"': '"', "„": "“"}
_LONGEST_QUOTE = 1000
_HARD = frozenset(".!?;…\n\r\u2028\u2029\x0b\x0c\x85")
_SOFT_NONE = frozenset(" \t\u00a0\u202f\u2009-‐‑'’ʼ`´#_*")


Places: TypeAlias = Mapping[str, tuple[str, ...]]
"""Paths by domain; every path ends in a slash, or is empty for a whole domain."""


_LONGEST_DOMAIN = 253


class Link(NamedTuple):
    """A link, e-mail address or mention as the text shows it, trailing punctuation left out."""

    start: int
    end: int
    kind: str
    """url, bare (no scheme), email or mention."""
    text: str

    @property
    def scheme(self) -> str:
        """http, https or ftp; empty when the link has none."""
        return self.text.partition(":")[0].casefold() if self.kind == "url" else ""

    @property
    def bare(self) -> str:
        """The address alone, as it compares: no scheme, no `www.`, no final slash, host folded."""
        address = self.text
        if self.kind == "url":
            address = address.partition(":")[2].lstrip("/")
        host, slash, path = address.partition("/")
        return (host.casefold().removeprefix("www.") + slash + path).rstrip("/")

    @property
    def domain(self) -> str:
        """The host, without `www.`, user or port; for an e-mail address, what follows @."""
        host = re.split(r"[/?#]", self.bare, maxsplit=1)[0]
        return host.rpartition("@")[2].partition(":")[0]

    def leads_to(self, places: Places) -> bool:
        """True for a link to one of the `places`, or to anything below it."""
        domain = self.domain
        if len(domain) > _LONGEST_DOMAIN:
            return False
        while domain:
            paths = places.get(domain)
            if paths is not None:
                own = self.bare.partition("/")[2].casefold() + "/"
                if any(own.replace("?", "/").startswith(path) for path in paths):
                    return True
            domain = domain.partition(".")[2]
        return False


@lru_cache(maxsize=64)
def places(names: tuple[str, ...]) -> Places:
    """Sites and parts of sites (« cancer.ca », « cancer.ca/qc »), ready for `Link.leads_to`."""
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        host, _, path = name.casefold().partition("://")[2 * ("://" in name)].partition("/")
        path = path.strip("/")
        host = host.removeprefix("www.")
        found[host] = (*found.get(host, ()), path + "/" if path else "")
    return found


class Text:
    """One text and its readings. Not shared between threads while it is still being read."""

    def __init__(self, raw: str, language: Language = Language.FR) -> None:
        self.raw = raw
        self.language = language
        """The declared language; what a sentence is taken for when its words do not tell."""

    def __len__(self) -> int:
        return len(self.raw)

    # -- links ----------------------------------------------------------------------------------

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Links with and without scheme, e-mail addresses and mentions, in order."""
        raw = self.raw
        found = []
        end = 0
        for sign in _LINK_SIGN.finditer(raw):
            start = sign.start()
            if start < end:
                continue  # in the chunk that was read for the sign before
            while start > end and not raw[start - 1].isspace():
                start -= 1
            rest = _REST_OF_CHUNK.match(raw, sign.start())
            end = rest.end() if rest else len(raw)
            for match in _LINK.finditer(raw, start, end):
                kind = match.lastgroup or ""
                text = match.group()
                if kind in ("url", "bare"):
                    text = _trim_link(text)
                if text:
                    found.append(Link(match.start(), match.start() + len(text), kind, text))
        return tuple(found)

    @property
    def urls(self) -> tuple[Link, ...]:
        """The links that lead to a web page."""
        return tuple(link for link in self.links if link.kind in ("url", "bare"))

    @cached_property
    def masked(self) -> str:
        """The text with links, addresses and mentions blotted out, at the same offsets."""
        if not self.links:
            return self.raw
        parts: list[str] = []
        at = 0
        for link in self.links:
            parts += self.raw[at : link.start], MASK * (link.end - link.start)
            at = link.end
        return "".join([*parts, self.raw[at:]])

    @cached_property
    def flat(self) -> str:
        """`masked` in lower case, with plain digits, blanks, apostrophes and hyphens, for the
        patterns of detectors. Each character stands at its own offset."""
        return self.masked.translate(_FLAT).lower()

    @cached_property
    def numbers(self) -> tuple[Span, ...]:
        """Stretches of `flat` in which any number of eight digits or more stands, in groups or not,
        with room on both sides for what announces and follows it."""
        spans: list[Span] = []
        for match in _DIGITS.finditer(self.flat):
            if match.end() - match.start() < _FEWEST_DIGITS:
                continue
            if sum(map(str.isdigit, match.group())) < _FEWEST_DIGITS:
                continue
            start, end = max(0, match.start() - _ROOM_BEFORE), match.end() + _ROOM_AFTER
            if spans and start <= spans[-1].end:
                spans[-1] = Span(spans[-1].start, end)
            else:
                spans.append(Span(start, end))
        return tuple(spans)

    def find_numbers(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches of a `pattern` that holds eight digits or more, in `flat`."""
        for span in self.numbers:
            yield from pattern.finditer(self.flat, *span)

    # -- words ----------------------------------------------------------------------------------

    @cached_property
    def _tokens(self) -> tuple[list[int], list[int], list[str]]:
        masked = self.masked
        spans = [match.span() for match in _WORD.finditer(masked)]
        return (
            [start for start, _ in spans],
            [end for _, end in spans],
            [masked[start:end] for start, end in spans],
        )

    @property
    def starts(self) -> list[int]:
        """Where each word begins. Words hold no link, address or mention."""
        return self._tokens[0]

    @property
    def ends(self) -> list[int]:
        return self._tokens[1]

    @property
    def words(self) -> list[str]:
        """The words as typed, elisions apart (« l », « homme »), and the signs % $ &."""
        return self._tokens[2]

    @cached_property
    def plain(self) -> list[str]:
        """The words, folded."""
        return [fold(word) for word in self.words]

    @cached_property
    def accented(self) -> list[str]:
        """The words, folded but for their accents."""
        return [fold_case(word) for word in self.words]

    @property
    def vocabulary(self) -> KeysView[str]:
        """The different words, folded: a cheap question to ask before any pattern."""
        return self._plain_index.at.keys()

    @cached_property
    def _plain_index(self) -> _Index:
        return _Index(self.plain)

    @cached_property
    def _accented_index(self) -> _Index:
        return _Index(self.accented)

    def around(self, words: Set[str], before: int, after: int) -> list[Span]:
        """Stretches of so many characters round each of these folded words, and to the end of the
        last one, merged: where alone a pattern that holds one of them can match."""
        index = self._plain_index.at
        spans: list[Span] = []
        for at in sorted(at for word in words & index.keys() for at in index[word]):
            start, end = max(0, self.starts[at] - before), self.ends[at] + after
            last = bisect_left(self.starts, end) - 1
            end = max(end, self.ends[last])
            if spans and start <= spans[-1].end:
                spans[-1] = Span(spans[-1].start, end)
            else:
                spans.append(Span(start, end))
        return spans

    def break_before(self, word: int) -> int:
        """What parts a word from the one before: 0 a blank, 1 a comma or sign, 2 a sentence."""
        between = self.masked[self.ends[word - 1] : self.starts[word]]
        if between == " " or _SOFT_NONE.issuperset(between):
            return 0
        return 1 if _HARD.isdisjoint(between) else 2

    def words_between(self, start: int, end: int) -> range:
        """Indices of the words that begin in [start, end)."""
        return range(bisect_right(self.starts, start - 1), bisect_right(self.starts, end - 1))

    # -- sentences ------------------------------------------------------------------------------

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences and lines, blanks at their ends left out."""
        found, at = [], 0
        masked, length = self.masked, len(self.raw)
        for match in _SENTENCE_END.finditer(masked):
            start, end = match.span()
            if _NEW_LINE.isdisjoint(match.group()):
                if end < length and not masked[end].isspace():
                    continue
                if masked[start] == "." and self._is_abbreviation(start):
                    continue
            found.append((at, end))
            at = end
        found.append((at, len(self.raw)))
        return tuple(span for start, end in found if (span := self._strip(start, end)))

    def _strip(self, start: int, end: int) -> Span | None:
        part = self.raw[start:end]
        lead = len(part) - len(part.lstrip())
        length = len(part.strip())
        return Span(start + lead, start + lead + length) if length else None

    def _is_abbreviation(self, stop: int) -> bool:
        start = stop
        while start > 0 and stop - start < 7 and self.masked[start - 1].isalpha():
            start -= 1
        word = self.masked[start:stop]
        return word.casefold() in _ABBREVIATIONS or (len(word) == 1 and word.isupper())

    def sentence_at(self, offset: int) -> Span:
        """The sentence that holds `offset`, or the last one before it."""
        return self.sentences[self._sentence(offset)] if self.sentences else Span(0, len(self.raw))

    def _sentence(self, offset: int) -> int:
        return max(0, bisect_right(self.sentences, (offset, len(self.raw) + 1)) - 1)

    # -- quotations -----------------------------------------------------------------------------

    @cached_property
    def quotes(self) -> tuple[Span, ...]:
        """Quotations, marks left out: « … », “ … ”, \" … \". An unclosed mark quotes nothing."""
        found: list[Span] = []
        opened: tuple[str, int] | None = None
        for match in _QUOTE_MARK.finditer(self.raw):
            mark, at = match.group(), match.start()
            if opened and at - opened[1] > _LONGEST_QUOTE:
                opened = None
            if opened and mark == _QUOTES[opened[0]]:
                found.append(Span(opened[1], at))
                opened = None
            elif opened is None and mark in _QUOTES:
                opened = mark, at + 1
        return tuple(found)

    def quoted(self, start: int, end: int) -> bool:
        """True when [start, end) stands wholly inside one quotation."""
        index = bisect_right(self.quotes, (start, len(self.raw) + 1)) - 1
        return index >= 0 and end <= self.quotes[index].end

    # -- languages ------------------------------------------------------------------------------

    @cached_property
    def languages(self) -> tuple[Language | None, ...]:
        """The language of each sentence; None where its words do not tell."""
        return tuple(self.language_of(*span) for span in self.sentences)

    def language_at(self, offset: int) -> Language:
        """The language of the sentence that holds `offset`; the declared one in doubt."""
        if not self.sentences:
            return self.language
        return self.languages[self._sentence(offset)] or self.language

    @cached_property
    def _tongues(self) -> bytes:
        """For each word: 1 a French stop-word, 2 an English one, 0 neither."""
        return bytes([_STOP_WORDS.get(word.lower(), 0) for word in self.words])

    def language_of(self, start: int, end: int, *, quoted: bool = True) -> Language | None:
        """French or English by stop-words, or None: fewer than two, or hardly more than of the
        other language. Without `quoted`, words in quotation marks do not count."""
        words = self.words_between(start, end)
        told = self._tongues[words.start : words.stop]
        if not quoted:
            told = bytes(
                tongue
                for tongue, index in zip(told, words, strict=True)
                if not self.quoted(self.starts[index], self.ends[index])
            )
        french, english = told.count(1), told.count(2)
        if french >= 2 and french > 2 * english:
            return Language.FR
        if english >= 2 and english > 2 * french:
            return Language.EN
        return None


_QUOTE_MARK = re.compile('[«»“”"„]')

# Words that one language has and the other has not; « on », « or », « son », « plus », « a » and
# the like, which both have, tell nothing.
_STOP_WORDS: dict[str, int] = {
    word: tongue
    for tongue, words in (
        (
            1,
            "le la les l du des une et à au aux ce cette ces cet qui que qu dans sur avec pour par "
            "vous nous ils elles elle il je tu est sont était êtes sommes avons avez ont été être "
            "votre vos notre nos leur leurs ses sa ne pas mais où donc très aussi chez sans sous "
            "depuis pendant entre après avant toute toutes tous y en d c j merci bonjour nombreux "
            "nombreuses jour jours faire fait faites peut peuvent comme si quand ceux celles cela "
            "ça déjà ici aujourd hui hier demain dès jusqu lors afin grâce contre",
        ),
        (
            2,
            "the of and to in is are was were be been this that these those it its we you they he "
            "she his her our your their my us them with for from by at not so if when who what "
            "which how will would can could should has have had does did all about into more most "
            "than then there here up out over after before during today tomorrow thank thanks help "
            "please join get make every each people because while know let until",
        ),
    )
    for word in words.split()
}


class _Index:
    """Where each word of a text stands, and which words begin alike."""

    def __init__(self, words: Sequence[str]) -> None:
        self.at: dict[str, list[int]] = {}
        for index, word in enumerate(words):
            self.at.setdefault(word, []).append(index)
        self.words = words

    @cached_property
    def heads(self) -> dict[str, list[str]]:
        """Different words by their first three letters."""
        heads: dict[str, list[str]] = {}
        for word in self.at:
            heads.setdefault(word[:3], []).append(word)
        return heads


def _trim_link(link: str) -> str:
    """Drop the punctuation that follows a link; a closing bracket stays if it was opened in it."""
    while link and link[-1] in _TRAILING:
        if link[-1] == ")" and link.count("(") >= link.count(")"):
            break
        link = link[:-1]
    return link


def word_set(words: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(words.split())


def tokenize(phrase: str) -> list[str]:
    """The words of `phrase`, cut as `Text` cuts them."""
    return [match.group() for match in _WORD.finditer(phrase)]


# --- Phrases -----------------------------------------------------------------------------------


class PhraseError(ValueError):
    """A phrase that does not follow the syntax. `message` is a msgid that `params` fill."""

    def __init__(self, message: str, **params: str) -> None:
        self.message = message
        self.params = params
        super().__init__(message, params)


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a phrase: any of these words, beginnings, or runs of words."""

    words: frozenset[str]
    prefixes: tuple[str, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ()
    optional: bool = False
    gap: int = 0

    def takes(self, word: str) -> bool:
        return word in self.words or (bool(self.prefixes) and word.startswith(self.prefixes))


class Phrases:
    """A list of phrases, compiled. Finding costs one look-up per different word of the text."""

    def __init__(self, phrases: Iterable[str], *, accents: bool = False) -> None:
        """Compile `phrases`; raise PhraseError for one that does not follow the syntax."""
        self.source = tuple(phrases)
        self._accents = accents
        self._fold = fold_case if accents else fold
        self._by_word: dict[str, list[int]] = {}
        self._by_head: dict[str, list[tuple[str, int]]] = {}
        self._elements: list[tuple[_Element, ...]] = []
        self._seconds: list[frozenset[str] | None] = []
        for number, phrase in enumerate(self.source):
            elements = self._parse(phrase)
            self._add(elements)
            first = elements[0]
            for word in first.words | {run[0] for run in first.runs}:
                self._by_word.setdefault(word, []).append(number)
            for prefix in first.prefixes:
                self._by_head.setdefault(prefix[:3], []).append((prefix, number))

    def _add(self, elements: tuple[_Element, ...]) -> None:
        self._elements.append(elements)
        first, second = elements[0] if elements else None, elements[1] if elements[1:] else None
        plain = first and second and not (first.runs or second.prefixes or second.runs)
        self._seconds.append(
            second.words if plain and second and not (second.optional or second.gap) else None
        )

    def __bool__(self) -> bool:
        return bool(self.source)

    def __repr__(self) -> str:
        return f"Phrases({list(self.source)!r})"

    def _parse(self, phrase: str) -> tuple[_Element, ...]:
        elements = tuple(self._parse_element(part, phrase) for part in phrase.split())
        if not elements:
            raise PhraseError(N_("{file}, {rule}: the field {field} holds an empty phrase."))
        if elements[0].optional or elements[0].gap or elements[-1].gap:
            raise PhraseError(
                N_(
                    "{file}, {rule}, {field}: the phrase {phrase} must begin with a word that is "
                    "not optional, and not end with a gap."
                ),
                phrase=phrase,
            )
        return elements

    def _parse_element(self, part: str, phrase: str) -> _Element:
        if part.startswith(".."):
            if not part[2:].isdecimal() or not 1 <= int(part[2:]) <= MAX_GAP:
                raise PhraseError(
                    N_("{file}, {rule}, {field}: in {phrase}, a gap is written ..1 to ..8."),
                    phrase=phrase,
                )
            return _Element(frozenset(), gap=int(part[2:]))
        optional = part.endswith("?")
        words, prefixes, runs = set(), [], []
        for alternative in part.removesuffix("?").split("|"):
            cut = [self._fold(word) for word in tokenize(alternative.removesuffix("*"))]
            if not cut or any(sign in alternative.removesuffix("*") for sign in "*?"):
                raise PhraseError(
                    N_("{file}, {rule}, {field}: in {phrase}, {part} is not a word."),
                    phrase=phrase,
                    part=part,
                )
            if alternative.endswith("*"):
                if len(cut) > 1 or len(cut[0]) < 3:
                    raise PhraseError(
                        N_(
                            "{file}, {rule}, {field}: in {phrase}, the sign * must follow the "
                            "first letters of a single word, three or more."
                        ),
                        phrase=phrase,
                    )
                prefixes.append(cut[0])
            elif len(cut) == 1:
                words.add(cut[0])
            else:
                runs.append(tuple(cut))
        return _Element(frozenset(words), tuple(prefixes), tuple(runs), optional)

    @classmethod
    def literal(cls, values: Iterable[str]) -> Phrases:
        """The values as they stand, with no syntax: names that a user typed into a list.

        A value with no word in it is never found; the others keep their numbers.
        """
        phrases = cls((), accents=False)
        phrases.source = tuple(values)
        for number, value in enumerate(phrases.source):
            words = [fold(word) for word in tokenize(value)]
            phrases._add(tuple(_Element(frozenset((word,))) for word in words))
            if words:
                phrases._by_word.setdefault(words[0], []).append(number)
        return phrases

    def find(self, text: Text) -> list[Span]:
        """Where the phrases stand in `text`, in order, without overlaps."""
        return [span for span, _ in self.matches(text)]

    def matches(self, text: Text) -> list[tuple[Span, int]]:
        """The same, each with the number of its phrase in `source`."""
        found = []
        furthest = -1
        for start, end, number in sorted(
            self._matches(text), key=lambda match: (match[0], -match[1], match[2])
        ):
            if start >= furthest:
                found.append((Span(text.starts[start], text.ends[end - 1]), number))
                furthest = end
        return found

    def found(self, text: Text) -> bool:
        """True when at least one of the phrases stands in `text`."""
        return next(self._matches(text), None) is not None

    def _matches(self, text: Text) -> Iterator[tuple[int, int, int]]:
        """First word, word after the last, and number of the phrase, in no order."""
        index = text._accented_index if self._accents else text._plain_index
        for word in self._by_word.keys() & index.at.keys():
            for at in index.at[word]:
                for number in self._by_word[word]:
                    if end := self._follow(number, at, text, index.words):
                        yield at, end, number
        if not self._by_head:
            return
        for head in self._by_head.keys() & index.heads.keys():
            for word in index.heads[head]:
                for prefix, number in self._by_head[head]:
                    if not word.startswith(prefix):
                        continue
                    for at in index.at[word]:
                        if end := self._follow(number, at, text, index.words):
                            yield at, end, number

    def _follow(self, number: int, at: int, text: Text, words: Sequence[str]) -> int:
        """The index after the last word of phrase `number` read from word `at`; 0 for no match."""
        second = self._seconds[number]
        if second is not None and (at + 1 >= len(words) or words[at + 1] not in second):
            return 0
        fronts = {at}
        reach = 0  # the heaviest break that the next word may follow
        for element in self._elements[number]:
            if element.gap:
                reach = 1
                fronts |= self._skip(fronts, element.gap, text, len(words))
                continue
            after = set(fronts) if element.optional else set()
            for front in fronts:
                if front >= len(words) or (front > at and text.break_before(front) > reach):
                    continue
                if element.takes(words[front]):
                    after.add(front + 1)
                for run in element.runs:
                    if self._runs(run, front, text, words):
                        after.add(front + len(run))
            if not after:
                return 0
            fronts, reach = after, 0 if not element.optional else reach
        return max(fronts)

    @staticmethod
    def _skip(fronts: set[int], gap: int, text: Text, count: int) -> set[int]:
        passed = set()
        for front in fronts:
            for step in range(front, min(front + gap, count)):
                if text.break_before(step) == 2:
                    break
                passed.add(step + 1)
        return passed

    @staticmethod
    def _runs(run: tuple[str, ...], front: int, text: Text, words: Sequence[str]) -> bool:
        if tuple(words[front : front + len(run)]) != run:
            return False
        return all(text.break_before(front + i) == 0 for i in range(1, len(run)))
