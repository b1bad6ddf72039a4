"""The same words twice: near-duplicates among all known posts, and among a person's comments.

A query takes the rarest words of the text (`fts5vocab` knows how rare), lets FTS5 find the hundred
best candidates, and scores those with rapidfuzz. `tests/benchmarks/bench_duplicates.py` says what
that finds among 100,000 posts, and how fast; comparing with every post takes 47 to 183 ms.

Two posts of one template (another town, another day) are not the same post: where they contradict
each other on two facts or more, they are said to be alike and no more.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence, Set
from typing import TYPE_CHECKING, NamedTuple

import regex

from scc_admin.model import SEARCHED, SEARCHED_WORDS, Language, Neighbour
from scc_admin.store import Reading, Row, Writing

if TYPE_CHECKING:
    from collections.abc import Iterable

WARN_AT = 85
"""Percent. Two posts of one template (another town, another day) stay below it."""
BLOCK_AT = 97
SHOW_AT = 75
RAREST = 8
"""Words that candidates are found by; fewer when they are frequent (`MOST_MATCHES`)."""
FEWEST = 4
MOST_MATCHES = 4_000
"""Posts that FTS5 may have to rank: it takes about 1.5 µs for each."""
CANDIDATES = 100
PER_FACT = 600
"""Characters for each further fact on which two longer posts must contradict each other."""
SLIPS_SOUGHT = 400
CONTAINED = 50
"""Percent of the longer text that the shorter one must be, to count as the same cut short."""
SHORTEST = 20
"""Characters, once normalised: shorter texts ('Merci!') resemble each other by nature."""
LONGEST = 10_000
"""Characters compared; the likeness of longer texts shows in their beginnings."""
READ = 64_000
"""Characters of a text that are read at all; the longest post is 63,206."""

_NOISE = regex.compile(
    r"https?://\S++|www\.\S++|(?<![\w.+-])[\w.+-]{1,64}@[\w-][\w.-]{0,252}"
    r"|(?<![\w.-])(?:[\w-]{1,63}\.){1,8}(?:ca|com|org|net|quebec)\b(?:/\S*+)?"
    r"|[#@][\p{L}\p{M}\p{N}_]++|[\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d\ufe0f]++",
    regex.IGNORECASE,
)
_WORD = regex.compile(r"[\p{L}\p{N}]++")
_PIECE = regex.compile(r"\p{N}++|\p{L}++")
_THOUSANDS = regex.compile(r"(?<=\d)(?:\s{1,4}|[,.])(?=\d{3}(?!\d))")
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))


def fold(text: str) -> str:
    """Case, accents, compatibility forms and zero-width characters out."""
    plain = unicodedata.normalize("NFKD", text.translate(_ZERO_WIDTH)).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


def normalise(text: str) -> str:
    """What two posts are compared by: words only, no link, tag, mention, accent, case or emoji.

    Of a text longer than any network takes, the beginning.
    """
    return " ".join(_words(fold(_NOISE.sub(" ", text[:READ]))))


def _words(folded: str) -> list[str]:
    return [match.group() for match in _WORD.finditer(folded)]


_DAY_WORDS = """
lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday thursday friday
saturday sunday janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
january february march april may june july august september october november december midi minuit
noon midnight
"""
_FREQUENT_WORDS = """
a afin ai ainsi alors am an and are as at au aussi autre aux avec avez avoir avons be been by c ca
can cancer ce cela ces cet cette chaque chez comme d dans de des deux du elle en encore est et etait
ete etre eu fait faire for from grace had has have he her his how i il ils in is it its j je jour l
la le les leur leurs ll lui m ma mais me meme merci moi mon my n ne no nos not notre nous of on ont
or ou our par pas plus pour qu quand quebec que qui re s sa sans se ses she si son sont sous sur t
tes that the their them there they this to tous tout toute toutes tres tu un une us ve vos votre
vous was we were what when where which who will with would y you your
"""
_DAYS: Set[str] = frozenset(_DAY_WORDS.split())
_FREQUENT: Set[str] = frozenset(_FREQUENT_WORDS.split())
"""Too frequent to find a post by; counting each would read a list of all posts. Folded."""


def search_terms(words: str) -> list[str]:
    """The folded words of a search box: the first of them, in the beginning of what it holds."""
    return _words(fold(words[:SEARCHED]))[:SEARCHED_WORDS]


def likeness(one: str, other: str) -> int:
    """How alike two normalised texts are, in percent: in order, moved about, or cut short."""
    from rapidfuzz import fuzz

    one, other = one[:LONGEST], other[:LONGEST]
    short, long = sorted((len(one), len(other)))
    in_order = fuzz.ratio(one, other)
    score = int(max(in_order, fuzz.token_sort_ratio(one, other)))
    share = 100 * short // long if long else 0
    # The ratio is twice the common part over both lengths: this is that part over the shorter.
    if score < WARN_AT and share >= CONTAINED and in_order * (short + long) >= 97 * 2 * short:
        return WARN_AT + (share - CONTAINED) // 5
    return score


def other_occasion(one: str, other: str) -> tuple[bool, bool]:
    """Whether two texts contradict each other on a fact at all, and on enough to be two posts.

    A fact is a day, an hour, a sum, a name, a place; words that stand together are one. What one
    text has and the other lacks is no contradiction, nor is a misspelt word.
    """
    ours, theirs = _facts(one), _facts(other)
    only_ours, only_theirs = _without(ours, theirs), _without(theirs, ours)
    if len(only_ours) * len(only_theirs) <= SLIPS_SOUGHT:
        slips = [(a, b) for a in only_ours for b in only_theirs if _slip(a, b)]
        only_ours = [word for word in only_ours if all(word is not a for a, _ in slips)]
        only_theirs = [word for word in only_theirs if all(word is not b for _, b in slips)]
    facts_ours, other_ours = _stretches(only_ours)
    facts_theirs, other_theirs = _stretches(only_theirs)
    facts, others = min(facts_ours, facts_theirs), min(other_ours, other_theirs)
    # A long text says more: two sums corrected in an article do not make another article.
    enough = 2 + min(len(one), len(other)) // PER_FACT
    return facts > 0, facts >= enough or (facts == enough - 1 and others >= 2)


class _Word(NamedTuple):
    at: int
    word: str
    fact: bool
    number: bool


def _facts(text: str) -> list[_Word]:
    clean = _THOUSANDS.sub("", _NOISE.sub(" ", text[:LONGEST]).translate(_ZERO_WIDTH))
    found = []
    end = 0
    for at, match in enumerate(_PIECE.finditer(clean)):
        between = clean[end : match.start()]
        begins = at == 0 or any(mark in between for mark in ".!?:\n«“")
        end = match.end()
        word = fold(match.group())
        number = any(char.isdigit() for char in word)
        named = match.group()[0].isupper() and not begins
        found.append(_Word(at, word, number or named or word in _DAYS, number))
    return found


def _without(words: Sequence[_Word], others: Sequence[_Word]) -> list[_Word]:
    """The words that the others lack, each as often as it is missing."""
    left = Counter(word.word for word in others)
    missing = []
    for word in words:
        left[word.word] -= 1
        if left[word.word] < 0:
            missing.append(word)
    return missing


def _slip(one: _Word, other: _Word) -> bool:
    """Whether the two are one word and a slip of the finger."""
    from rapidfuzz.distance import OSA

    if one.number or other.number or (one.word in _DAYS and other.word in _DAYS):
        return False
    return OSA.distance(one.word, other.word, score_cutoff=1) <= 1


def _stretches(words: Sequence[_Word]) -> tuple[int, int]:
    """How many facts the runs of neighbouring words hold, and how many runs hold none.

    In one run, a name and a moment or number are two facts.
    """
    runs: list[set[bool]] = []
    last = -9
    for word in words:
        if word.at - last > 2:
            runs.append(set())
        if word.fact:
            runs[-1].add(word.number or word.word in _DAYS)
        last = word.at
    return sum(len(run) for run in runs), sum(not run for run in runs)


def remember(
    tx: Writing,
    *,
    origin: str,
    page: str,
    title: str,
    language: Language,
    day: str,
    text: str,
    variant_id: int | None = None,
    incident_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """Keep a post or comment among those that later ones are compared with.

    One that stands for the same variant or incident is replaced.
    """
    # A half of a broken emoji (a lone surrogate) cannot be written down.
    text = text.encode("utf-8", "replace").decode()
    norm = normalise(text)
    row = None
    for column, owner in (("variant_id", variant_id), ("incident_id", incident_id)):
        if owner is not None:
            row = tx.one(f"SELECT id, norm FROM known_posts WHERE {column} = ?", (owner,))
    if row is None:
        tx.insert(
            "known_posts",
            variant_id=variant_id,
            incident_id=incident_id,
            person_id=person_id,
            origin=origin,
            page=page,
            title=title,
            language=language.value,
            day=day,
            text=text,
            norm=norm,
        )
        return
    tx.update("known_posts", row["id"], page=page, title=title, day=day, text=text)
    if row["norm"] != norm:
        tx.update("known_posts", row["id"], norm=norm, language=language.value)


def neighbours(
    db: Reading,
    text: str,
    *,
    exclude_draft: int | None = None,
    share_of: int | None = None,
    person_id: int | None = None,
    exclude_incident: int | None = None,
    at_least: int = SHOW_AT,
    most: int = 5,
) -> list[Neighbour]:
    """Known posts most like this text, the closest first.

    With `person_id` the comments of that person are searched, otherwise the posts of all pages.
    Versions of `exclude_draft` are left out; those of `share_of` come back marked as declared.
    """
    norm = normalise(text)
    if len(norm) < SHORTEST:
        return []
    found = []
    for row in _candidates(db, norm, person_id):
        if exclude_draft is not None and row["draft_id"] == exclude_draft:
            continue
        if exclude_incident is not None and row["incident_id"] == exclude_incident:
            continue
        score = likeness(norm, row["norm"])
        if score >= WARN_AT:
            contradicted, other = other_occasion(text, row["text"])
            score = min(score, WARN_AT - 1 if other else BLOCK_AT - 1 if contradicted else 100)
        if score >= at_least:
            declared = share_of is not None and row["draft_id"] == share_of
            found.append(_neighbour(row, score, declared))
    found.sort(key=lambda n: (-n.score, n.known_id))
    return found[:most]


def _candidates(db: Reading, norm: str, person_id: int | None) -> Iterable[Row]:
    rarest = _rarest(db, norm)
    if not rarest:  # nothing but new words
        return []
    query = " OR ".join(f'"{word}"' for word in rarest)
    whose = "k.person_id IS NULL" if person_id is None else "k.person_id = ?2"
    return db.all(
        "SELECT k.*, v.draft_id FROM known_posts_words w"
        " JOIN known_posts k ON k.id = w.rowid LEFT JOIN variants v ON v.id = k.variant_id"
        f" WHERE known_posts_words MATCH ?1 AND {whose} ORDER BY w.rank LIMIT {CANDIDATES}",
        (query,) if person_id is None else (query, person_id),
    )


def _rarest(db: Reading, norm: str) -> Sequence[str]:
    """The rarest known words of a text, as few as keep the ranking quick."""
    words = dict.fromkeys(norm[:LONGEST].split())
    telling = [word for word in words if word not in _FREQUENT][:400] or list(words)
    known: list[tuple[int, int, str]] = []
    for word in telling:
        count = db.value("SELECT doc FROM known_posts_vocab WHERE term = ?", (word,))
        if count:
            known.append((count, len(known), word))
    known.sort()
    chosen: list[str] = []
    matches = 0
    for count, _, word in known[:RAREST]:
        matches += count
        if len(chosen) >= FEWEST and matches > MOST_MATCHES:
            break
        chosen.append(word)
    return chosen


def _neighbour(row: Row, score: int, declared: bool) -> Neighbour:
    return Neighbour(
        known_id=row["id"],
        title=row["title"],
        page=row["page"],
        day=row["day"],
        language=Language(row["language"]),
        text=row["text"],
        score=score,
        draft_id=row["draft_id"],
        declared=declared,
    )
