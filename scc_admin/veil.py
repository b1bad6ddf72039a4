"""Names taken out of texts: bystanders' ones hidden, those of the person concerned by their label.

A known name is found whole in any case, with or without its accents, and however its words are
joined (`jean.tremblay`, `Jean-Tremblay`). A part of it alone is found only where it cannot be an
ordinary word: see `_reach`; of a bystander's name, the family name with its capital: see
`_families`. Titles that are ours, of sources and pages, are left as they are, and
so are addresses of pages, which stand for where something was seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import IntEnum
from functools import cache, lru_cache
from typing import Protocol

from scc_admin.accounts import Named
from scc_admin.model import Person
from scc_admin.names import folded_name

HIDDEN = "[…]"
"""What stands where a third party was named."""

_JOINTS = r"\s._\-\u00ad\u2010-\u2013\u200b-\u200d\u2060\ufeff"
_BETWEEN = f"[{_JOINTS}]*"
_BEFORE, _AFTER = r"(?<![^\W_])@?", r"(?![^\W_])"
_SEPARATORS = re.compile(f"[{_JOINTS}]+")
_JOINED = re.compile(r"['’\-]")
_PART = re.compile(r"[^\W\d_]{3,}")
_SENTENCE = re.compile(r"(?:\A|[.!?…:;\n])[\s\"'«»“”’()\[\]–—-]*\Z")
_MISTER = re.compile(r"\b(?:MM?|Mr|Mrs|Ms|Mme|Mlle|Dr|Dre|Me)\.?\s+\Z")
_LOOK_BACK = 40
"""Characters before a word among which its sentence may be seen to begin."""
_REMEMBERED = 16
"""Texts."""
_SHORTEST = 2
_MOST_PARTS = 4
_PARTICLES = frozenset(
    ("de", "des", "du", "la", "le", "les", "van", "von", "der", "den", "ben", "el", "al", "saint",
     "st", "the", "of")
)  # fmt: skip


class Words(Protocol):
    """What is known of a word by itself, its accents folded or not."""

    def common(self, word: str) -> bool:
        """Whether it is an ordinary word, in lower case, of either language."""

    def proper(self, word: str) -> bool:
        """Whether it is a name of something other than a person: Québec, Ottawa."""

    def given(self, word: str) -> bool:
        """Whether it is a given name."""

    def name(self, word: str) -> bool:
        """Whether it is a given or a family name."""


class Reach(IntEnum):
    """Where a word that is part of a name is taken for that name."""

    NOWHERE = 0
    INSIDE = 1
    """With its capital, where no sentence begins."""
    CAPITAL = 2
    """With its capital."""
    ANY = 3
    """However it is written."""


class Veil:
    """Takes names out of texts. `label` is what the person is called instead; "" names them.

    `ours` are titles in which no name of the person is sought; `words` says which parts of their
    name may be ordinary words; without it the name is found whole alone.
    """

    def __init__(
        self,
        names: Iterable[str] = (),
        *,
        person: Person | None = None,
        label: str = "",
        ours: Iterable[str] = (),
        words: Words | None = None,
    ) -> None:
        hidden = list(_bystanders(names, person, words))
        self._sought = {name: re.compile(way) for name, way in hidden}
        """Names to hide that no text seen so far held."""
        ways = sorted((way for _, way in hidden), key=len, reverse=True)
        self._hidden = re.compile("|".join(ways)) if ways else None
        self._names = len(hidden)
        found = _known(person, words) if person is not None and label else None
        self._person = found
        self._ours = _titles(ours) if found is not None else None
        self._label = f"[{label}]"
        # A packet tells the words of a comment once in its timeline and again with each capture.
        self._told = lru_cache(_REMEMBERED)(self._tell)

    @property
    def labels(self) -> bool:
        """Whether the person concerned goes by their label."""
        return self._label != "[]"

    @property
    def missing(self) -> list[str]:
        """The names to hide, as they were given, that stood in no text seen so far."""
        return list(self._sought)

    @property
    def hid(self) -> int:
        """How many of the names to hide stood in a text seen so far."""
        return self._names - len(self._sought)

    def __call__(self, text: str) -> str:
        return self._told(text)

    def _tell(self, text: str) -> str:
        text = self._unseen(text)
        told, end = [], 0
        for match in self._named(text):
            told += [text[end : match.start()], self._label]
            end = match.end()
        return "".join([*told, text[end:]])

    def hides(self, text: str) -> bool:
        """Whether a bystander is named in it."""
        if self._hidden is None or self._hidden.search(text) is None:
            return False
        for name in [name for name, way in self._sought.items() if way.search(text)]:
            del self._sought[name]
        return True

    def relabels(self, text: str) -> bool:
        """Whether the person concerned is named in it."""
        return next(self._named(text), None) is not None

    def replaced(self, texts: Iterable[str]) -> Counter[str]:
        """The words that give way to the label, as they are written, and how often."""
        return Counter(match[0] for text in texts for match in self._named(self._unseen(text)))

    def _unseen(self, text: str) -> str:
        if self._hidden is None or not self.hides(text):
            return text
        return self._hidden.sub(HIDDEN, text)

    def _named(self, text: str) -> Iterator[re.Match[str]]:
        """Where the person is named."""
        if self._person is None:
            return
        kept: list[tuple[int, int]] | None = None
        for match in self._person.finditer(text):
            if kept is None:
                ours = () if self._ours is None else self._ours.finditer(text)
                kept = [title.span() for title in ours]
            start, end = match.span()
            if any(first < end and start < last for first, last in kept):
                continue
            if match["inside"] is not None and _begins_sentence(text, start):
                continue
            yield match


def _begins_sentence(text: str, at: int) -> bool:
    """Whether a capital says nothing there, any word having one."""
    before = text[max(0, at - _LOOK_BACK) : at]
    if _MISTER.search(before):
        return False
    return _SENTENCE.search(before if at <= _LOOK_BACK else f"x{before}") is not None


# --- What bystanders are known by ----------------------------------------------------------------


def _bystanders(
    names: Iterable[str], person: Person | None, words: Words | None
) -> Iterator[tuple[str, str]]:
    """Each name to hide, once however it was typed, and the pattern that finds it."""
    own = {part for name in _names_of(person) for part in folded_name(name)}
    seen = set()
    for typed in names:
        family, comma, given = typed.strip().lstrip("@").partition(",")
        name = " ".join((f"{given} {family}" if comma else family).split())
        if not name or (known := folded_name(name) or name) in seen:
            continue
        seen.add(known)
        ways = [f"(?i:{_spelt(name)})"]
        said = name.split(" ")
        if len(said) > 1:  # « Gagnon, Marie-Ève »
            turned = f"{_spelt(said[-1])}[,{_JOINTS}]+{_spelt(' '.join(said[:-1]))}"
            ways.append(f"(?i:{turned})")
        # Where the person concerned has that name, too, it alone says nothing of the bystander.
        parts = _families(said, words) if words is not None else []
        for part in parts:
            if own.isdisjoint(folded_name(part)):
                ways += [_spelt(part), _capital(part)]
        yield typed.strip(), f"(?:{_BEFORE}(?:{'|'.join(ways)}){_AFTER})"


def _families(said: Sequence[str], words: Words) -> list[str]:
    """The words of a name that are its family name, of more letters than « Le »."""
    if " ".join(said).islower():
        said = [part if part in _PARTICLES else _titled(part) for part in said]
    telling = [part for part in said if part.casefold() not in _PARTICLES]
    if not 2 <= len(telling) <= _MOST_PARTS:
        return []
    given = [words.given(part.partition("-")[0]) for part in telling]
    family = [part for part, is_given in zip(telling[1:], given[1:], strict=True) if not is_given]
    if not family:  # « Rose Martin »; « Ana Roy » may be « Gagnon Rose »: either word may be it
        family = [telling[-1]] if given[0] else [telling[-1], telling[0]]
    pieces = [piece for part in family for piece in dict.fromkeys((part, *part.split("-")))]
    return [
        piece
        for piece in pieces
        if piece[0].isupper()
        and _PART.fullmatch(_JOINED.sub("", piece))
        and (any(given) or words.name(piece) or not words.common(piece))
    ]


# --- What the person is known by -----------------------------------------------------------------


def _known(person: Person, words: Words | None) -> re.Pattern[str] | None:
    """Whatever the person is known by."""
    names = {name.strip().lstrip("@").strip() for name in _names_of(person)}
    names = {name for name in names if len(name) >= _SHORTEST and name != person.label}
    reaches: dict[Reach, set[str]] = {reach: set() for reach in Reach}
    called = []
    for name in names:
        if words is not None and (words.common(name) or words.proper(name)):
            # One ordinary word for a name: with its capital, or as an account.
            reaches[Reach.CAPITAL if name[0].isupper() else Reach.NOWHERE].add(name)
            called.append(f"(?<=@)(?i:{_spelt(name)})")
        else:
            called.append(f"(?i:{_spelt(name)})")
        for part, reach in _parts(name, words) if words is not None else ():
            reaches[reach].add(part)
    ways = sorted(called, key=len, reverse=True)
    ways += [f"(?i:{_spelt(part)})" for part in _longest(reaches[Reach.ANY])]
    ways += [_capital(part) for part in _longest(reaches[Reach.CAPITAL])]
    inside = [_capital(part) for part in _longest(reaches[Reach.INSIDE])] or ["(?!)"]
    if not names:
        return None
    return re.compile(f"{_BEFORE}(?:{'|'.join(ways)}|(?P<inside>{'|'.join(inside)})){_AFTER}")


def _names_of(person: Person | None) -> set[str]:
    """As they are written down."""
    if person is None:
        return set()
    accounts = (Named.of(account.handle) for account in person.accounts)
    return {person.name, *(name for account in accounts for name in account.names)}


def _longest(words: Collection[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _parts(name: str, words: Words) -> Iterator[tuple[str, Reach]]:
    """The words of what looks like a given and a family name, and where each alone stands for it;
    none of « Info 24 »."""
    is_handle = not re.search(r"\s", name)
    said = [part for part in re.split(r"[\s._]+" if is_handle else r"\s+", name) if part]
    said = [part if part.casefold() in _PARTICLES else _titled(part) for part in said]
    telling = [part for part in said if part.casefold() not in _PARTICLES]
    if not 2 <= len(telling) <= _MOST_PARTS:
        return
    # « Le Vrai Tremblay » is no given name and a family name; « Rose Tremblay » is.
    is_person = said[0] == telling[0] and words.given(said[0].partition("-")[0])
    if is_handle and not is_person:
        return
    for number, part in enumerate(telling):
        pieces = [part, *part.split("-")] if number and "-" in part else [part]
        for piece in dict.fromkeys(pieces):
            reach = _reach(piece, words, is_person=is_person)
            if _PART.fullmatch(_JOINED.sub("", piece)) and not (
                is_handle and reach is Reach.INSIDE
            ):
                yield piece, reach


def _reach(part: str, words: Words, *, is_person: bool) -> Reach:
    """Where a part alone is taken for the name. What is no word but of this person is theirs; a
    word that is a name too (Rose, Pierre) is one with its capital, after « Rose Tremblay » and not
    after « La Vie en Rose »; any other word (Boucher, Soleil) is one only within a sentence, and
    only after a given name."""
    if words.common(part):
        if not is_person:
            return Reach.NOWHERE
        named = words.name(part) or ("-" in part and words.given(part.partition("-")[0]))
        return Reach.CAPITAL if named else Reach.INSIDE
    if words.proper(part) and not words.name(part):
        return Reach.NOWHERE
    return Reach.ANY


# --- Writing -------------------------------------------------------------------------------------


def folded(word: str) -> str:
    """A word without accents and case."""
    bare = unicodedata.normalize("NFKD", word.replace("œ", "oe").replace("æ", "ae"))
    return "".join(c for c in bare if not unicodedata.combining(c)).casefold()


def _titled(word: str) -> str:
    return "-".join(piece[:1].upper() + piece[1:] for piece in word.split("-"))


def _spelt(name: str) -> str:
    words = [word for word in _SEPARATORS.split(name) if word]
    return _BETWEEN.join(map(_plain, words)) or re.escape(name)


def _capital(part: str) -> str:
    """A part with its capital, or in capitals throughout."""
    pieces = _SEPARATORS.split(part)
    written = {
        _BETWEEN.join(_plain(piece[0].upper()) + _plain(piece[1:].lower()) for piece in pieces),
        _BETWEEN.join(_plain(piece.upper()) for piece in pieces),
    }
    return "|".join(sorted(written))


_MARKS = "[\u0300-\u036f]*"
_APOSTROPHES = "'\u2019\u02bc"


@cache
def _accented() -> dict[str, str]:
    """Letters by the one that they are when their accents are folded."""
    found: dict[str, str] = {}
    for code in range(0xC0, 0x250):
        letter = chr(code)
        bare = unicodedata.normalize("NFD", letter)[0]
        if bare != letter:
            found[bare] = found.get(bare, "") + letter
    return found


def _plain(word: str) -> str:
    """A word, with or without accents, however they are encoded."""
    letters = []
    for letter in unicodedata.normalize("NFD", word):
        if unicodedata.combining(letter):
            continue
        if letter in _APOSTROPHES:
            letters.append(f"[{_APOSTROPHES}]")
        elif letter in "œŒæÆ":
            two = {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"}[letter]
            letters.append(f"(?:{letter}|{two})")
        elif letter.isalpha():
            letters.append(f"[{letter}{_accented().get(letter, '')}]{_MARKS}")
        else:
            letters.append(re.escape(letter))
    return "".join(letters)


def _titles(titles: Iterable[str]) -> re.Pattern[str] | None:
    known = sorted({" ".join(title.split()) for title in titles} - {""}, key=len, reverse=True)
    ways = [r"\s+".join(map(re.escape, title.split())) for title in known]
    return re.compile(f"(?<![^\\W_])(?:{'|'.join(ways)}){_AFTER}", re.I) if ways else None
