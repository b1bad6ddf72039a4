"""The closed set of kinds: how a rule looks at a post. Each is pure, and none can run away.

A kind reads its parameters from `[rule.with]` once (`prepare`), then turns a `Context` into hits
(`run`). Exemptions, conditions, severity and words are the rule's business (rules.py). A hit about
something absent stands at [0, 0).

Of any use to a pack:

    phrases    phrases = { fr, en, both }, accents = false; detectors = [], whose hits count too
    requires   the same; only the first: what must go with it stands in the rule's `unless`.
               unthanked = { fr, en, both }: phrases that count in a post that thanks nobody
    complete   a thing named by `phrases`, or a post of one of `kinds`, must have all its `parts`;
               `tolerate` of them may be missing where only a phrase named it. Each part:
               label = { fr, en }, fr = [], en = [], both = [], detectors = [], light = false; the
               variant `light` speaks when nothing else is missing. Gives {missing}
    replace    terms = [{ of = [phrases], use = "…", mend, first, start }], in French sentences; the
               case is kept. `mend`: the fix is certain; `first`: the first word of the phrase
               alone is meant; `start`: only where a sentence begins. `capital`: only words that
               begin with a capital; `skip_names`: not those that do so within a sentence;
               `accents`: they count. Gives {use}
    detector   detector = "name", options = { … } (detectors.py)
    count      of = "hashtags", "emoji" or "exclamations"; most = { TARGET = n } (`other` for the
               rest); same = n (emoji alike); together = n (marks in a row). Gives {n} {max}
    always     the whole text: for questions
    step       never run: shown by the screens that walk through the steps

Written for one rule each: fee, limit, link, account, hashtag, hashtag-case, capitals, letters, alt,
language, spelling, typography, versions, missing-version, neighbours, subject, campaign.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from scc_admin.i18n import Bilingual
from scc_admin.model import (
    Campaign,
    CampaignKind,
    Confidence,
    Count,
    Language,
    Neighbour,
    Picture,
    PostKind,
    Target,
)
from scc_admin.verdict.detectors import DETECTORS
from scc_admin.verdict.signals import MISSING, ONE_OF, WRONG_TYPE, Context, Hit, Lists, Table
from scc_admin.verdict.text import Link, Phrases, Span, Text, fold, fold_case, places, tokenize


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


class Kind(NamedTuple):
    """How a kind reads its parameters and looks at a post."""

    prepare: Callable[[Table], Any]
    run: Callable[[Context, Any], Iterable[Hit]]
    values: frozenset[str] = frozenset()
    """Names that its hits give to messages, beside {x}."""
    variants: frozenset[str] = frozenset()
    """Variants that its hits may name; a rule of this kind has them all."""


def _nothing(table: Table) -> None:
    """No parameters."""


def _always(context: Context, params: None) -> Iterable[Hit]:
    return (Hit(0, len(context.post.text)),)


def _never(context: Context, params: None) -> Iterable[Hit]:
    return ()


def _fee(context: Context, params: None) -> Iterable[Hit]:
    return () if context.post.fee_approved else (Hit(0, 0),)


# --- Words ---------------------------------------------------------------------------------------


class _Said(NamedTuple):
    lists: Lists
    unthanked: Lists
    detectors: tuple[str, ...]


_THANKS = Phrases(["merci|mercis|remerci*", "grâce à|aux|au", "thank|thanks|grateful|gratitude"])


def _prepare_phrases(table: Table) -> _Said:
    accents = table.flag("accents", False)
    lists = Lists.read(table.table("phrases"), accents=accents)
    if not lists:
        raise table.fail("phrases", MISSING)
    unthanked = Lists.read(table.table("unthanked"), accents=accents)
    return _Said(lists, unthanked, table.several("detectors", DETECTORS))


def _phrases(context: Context, said: _Said) -> Iterable[Hit]:
    for span in said.lists.find(context.text):
        yield Hit(*span)
    for name in said.detectors:
        yield from context.detect(name)


def _first_phrase(context: Context, said: _Said) -> Iterable[Hit]:
    found = said.lists.find(context.text)
    if said.unthanked and not _THANKS.found(context.text):
        found = sorted([*found, *said.unthanked.find(context.text)])
    return [Hit(*span) for span in found[:1]]


class _Part(NamedTuple):
    label: Bilingual
    lists: Lists
    detectors: tuple[str, ...]
    light: bool

    def present(self, context: Context) -> bool:
        return any(phrases.found(context.text) for phrases in self.lists if phrases) or any(
            context.detect(name) for name in self.detectors
        )


class _Complete(NamedTuple):
    lists: Lists
    kinds: frozenset[str]
    parts: tuple[_Part, ...]
    tolerate: int


def _prepare_complete(table: Table) -> _Complete:
    parts = []
    for name, inner in table.named_tables("parts"):
        label = inner.say("label", Bilingual(name, name))
        detectors = inner.several("detectors", DETECTORS)
        light = inner.flag("light", False)
        parts.append(_Part(label, Lists.read(inner), detectors, light))
    if not parts:
        raise table.fail("parts", MISSING)
    kinds = frozenset(table.several("kinds", list(PostKind)))
    lists = Lists.read(table.table("phrases"))
    return _Complete(lists, kinds, tuple(parts), table.whole("tolerate", 0))


def _complete(context: Context, params: _Complete) -> Iterable[Hit]:
    named = params.lists.find(context.text)
    certain = context.post.kind in params.kinds
    if not (certain or named):
        return
    missing = [part for part in params.parts if not part.present(context)]
    if len(missing) > (0 if certain else params.tolerate):
        yield Hit(
            *(named[0] if named else (0, 0)),
            {"missing": [part.label for part in missing]},
            variant="light" if all(part.light for part in missing) else "",
        )


class _Term(NamedTuple):
    use: str
    mend: bool
    first: bool
    start: bool


class _Replace(NamedTuple):
    phrases: Phrases
    terms: tuple[_Term, ...]
    """One for each phrase."""
    capital: bool
    skip_names: bool


def _prepare_replace(table: Table) -> _Replace:
    phrases: list[str] = []
    terms: list[_Term] = []
    accents = table.flag("accents", False)
    for inner in table.tables("terms"):
        found = inner.texts("of")
        inner.phrases("of")  # names the term whose phrase is wrong
        term = _Term(
            inner.text("use"),
            inner.flag("mend", False),
            inner.flag("first", False),
            inner.flag("start", False),
        )
        phrases += found
        terms += [term] * len(found)
        inner.done()
    return _Replace(
        Phrases(phrases, accents=accents),
        tuple(terms),
        table.flag("capital", False),
        table.flag("skip_names", False),
    )


def _replace(context: Context, params: _Replace) -> Iterable[Hit]:
    text = context.text
    for (start, end), number in params.phrases.matches(text):
        term = params.terms[number]
        if term.first:
            end = text.ends[text.words_between(start, end)[0]]
        written = text.raw[start:end]
        capital = written[0].isupper()
        if (
            (params.capital and not capital)
            or text.language_at(start) is not Language.FR
            or (term.start and not _begins_sentence(text, start))
            or (params.skip_names and _is_title(written) and not _begins_sentence(text, start))
        ):
            continue
        use = _in_case_of(written, term.use)
        mends = term.mend and _fits(text.raw[:start], term.use)
        yield Hit(start, end, {"use": use}, fix=use if mends else None)


def _begins_sentence(text: Text, start: int) -> bool:
    sentence = text.sentence_at(start)
    return not any(c.isalnum() for c in text.raw[max(sentence.start, start - 20) : start])


def _is_title(written: str) -> bool:
    return written[0].isupper() and not written.isupper()


def _in_case_of(written: str, use: str) -> str:
    if len(written) > 1 and written.isupper():
        return use.upper()
    if written[:1].isupper():
        return use[:1].upper() + use[1:]
    return use


_ELIDED = re.compile(r"[^\W\d_]['’]$")
_FULL = re.compile(r"(?<![^\W\d_])(?:le|la|de|ne|que|je|me|te|se|ce)\s+$", re.I)


def _fits(before: str, use: str) -> bool:
    """False where the word before would have to be elided, or no longer be."""
    vowel = fold(use[:1]) in "aeiouyh"
    return not (_FULL if vowel else _ELIDED).search(before[-6:])


class _Detection(NamedTuple):
    name: str
    options: Mapping[str, Any] | None


def _prepare_detector(table: Table) -> _Detection:
    name = table.choice("detector", DETECTORS)
    defaults = DETECTORS[name].options
    given = table.table("options")
    options = {
        key: given.texts(key, default)
        if isinstance(default, tuple)
        else given.flag(key, default)
        if isinstance(default, bool)
        else given.take(key, type(default), default)
        for key, default in defaults.items()
    }
    given.done()
    return _Detection(name, None if options == dict(defaults) else options)


def _detector(context: Context, params: _Detection) -> Iterable[Hit]:
    if params.options is None:
        return context.detect(params.name)
    return context.detectors[params.name].run(context, params.options)


# --- What a network takes ------------------------------------------------------------------------

_CHARACTERS = (Bilingual("caractère", "character"), Bilingual("caractères", "characters"))
_BYTES = (Bilingual("octet", "byte"), Bilingual("octets", "bytes"))
_MENTIONS = (Bilingual("mention", "mention"), Bilingual("mentions", "mentions"))
_LINKS = (Bilingual("lien", "link"), Bilingual("liens", "links"))
_HASHTAGS = (Bilingual("mot-clic", "hashtag"), Bilingual("mots-clics", "hashtags"))
_IMAGES = (Bilingual("image", "image"), Bilingual("images", "images"))
_FILMS = (Bilingual("vidéo", "video"), Bilingual("vidéos", "videos"))
_LOOPS = (
    Bilingual("image animée", "animated image"),
    Bilingual("images animées", "animated images"),
)
_NO_FIGURES: Mapping[str, object] = {"n": 0, "max": 0, "over": 0, "unit": "", "file": ""}


def _limit(context: Context, params: None) -> Iterable[Hit]:
    """Everything that the network refuses: lengths, numbers of things, characters, files."""
    length = len(context.post.text)
    for count in context.counts:
        if count.limit is not None and count.over > 0:
            unit = _BYTES if "byte" in count.unit else _CHARACTERS
            at = min(_crossing(count, count.limit), max(0, length - 1))
            yield _too_many(at, length, count.value, count.limit, unit, count.confidence)
    entities = context.entities
    for fact, spans, unit in (
        ("mentions_max", entities.mentions, _MENTIONS),
        ("links_max", entities.links, _LINKS),
        ("hashtags_max", entities.hashtags, _HASHTAGS),
    ):
        most = context.networks.fact(context.post.target, fact)
        if most is not None and len(spans) > int(most.value):
            first = spans[int(most.value)]
            yield _too_many(
                first.start,
                spans[-1].end,
                len(spans),
                int(most.value),
                unit,
                most.source.confidence,
            )
    forbidden = context.networks.fact(context.post.target, "forbidden")
    if forbidden is not None:
        for match in re.finditer(f"[{re.escape(str(forbidden.value))}]", context.post.text):
            yield Hit(*match.span(), variant="forbidden")
    yield from _media_limits(context)


def _media_limits(context: Context) -> Iterator[Hit]:
    pictures = [item for item in context.post.media if item.media_type.startswith("image/")]
    most = context.networks.fact(context.post.target, "images_max")
    if most is not None and len(pictures) > int(most.value):
        yield _too_many(0, 0, len(pictures), int(most.value), _IMAGES, most.source.confidence)
    films = [item for item in context.post.media if item.media_type.startswith("video/")]
    loops = [item for item in pictures if item.media_type == "image/gif"]
    stills = [item for item in pictures if item not in loops] if _fact(context, "gif_bytes") else []
    for fact, things, words in (("videos_max", films, _FILMS), ("gifs_max", loops, _LOOPS)):
        most = context.networks.fact(context.post.target, fact)
        if most is not None and len(things) > int(most.value):
            yield _too_many(0, 0, len(things), int(most.value), words, most.source.confidence)
    if films and pictures and _fact(context, "mixed_media") is False:
        yield Hit(0, 0, {**_NO_FIGURES, "file": films[0].name}, "mixed")
    yield from _shapes(context, pictures)
    for fact, sizes in (
        ("image_bytes", [(item.size, item) for item in stills or pictures]),
        ("gif_bytes", [(item.size, item) for item in loops]),
        ("video_bytes", [(item.size, item) for item in films]),
        ("alt_max", [(len(item.alt), item) for item in pictures]),
    ):
        most = context.networks.fact(context.post.target, fact)
        for size, item in sizes:
            if most is not None and size > int(most.value):
                sure = "" if most.source.confidence.sure else "unofficial-"
                heavy = fact != "alt_max"
                unit = Bilingual("Mo", "MB") if heavy else _CHARACTERS[1]
                n, limit = (
                    (-(-size // 1_000_000), int(most.value) // 1_000_000)
                    if heavy
                    else (size, int(most.value))
                )
                yield Hit(
                    0,
                    0,
                    {"n": n, "max": limit, "over": n - limit, "unit": unit, "file": item.name},
                    variant=f"{sure}{'file' if heavy else 'alt'}",
                )


def _fact(context: Context, name: str) -> object:
    fact = context.networks.fact(context.post.target, name)
    return None if fact is None else fact.value


def _shapes(context: Context, pictures: Sequence[Picture]) -> Iterator[Hit]:
    """Pictures that the network would convert or crop."""
    kind = _fact(context, "image_types")
    low, high = _fact(context, "ratio_min"), _fact(context, "ratio_max")
    for item in pictures:
        if isinstance(kind, str) and item.media_type != kind:
            yield Hit(0, 0, {**_NO_FIGURES, "file": item.name}, "format")
        if isinstance(low, float) and isinstance(high, float) and item.width and item.height:
            ratio = item.width / item.height
            # A hundredth: 1080 by 1351 pixels is 4:5 for everybody.
            if not low - 0.01 <= ratio <= high + 0.01:
                yield Hit(0, 0, {**_NO_FIGURES, "file": item.name}, "ratio")


def _too_many(
    start: int,
    end: int,
    n: int,
    most: int,
    unit: tuple[Bilingual, Bilingual],
    confidence: Confidence,
) -> Hit:
    over = n - most
    values = {"n": n, "max": most, "over": over, "unit": unit[over > 1], "file": ""}
    return Hit(start, end, values, variant="" if confidence.sure else "unofficial")


def _crossing(count: Count, limit: int) -> int:
    """Where a text passes `limit`: its first code point too many."""
    at = spent = 0
    for part in sorted(count.parts, key=lambda part: part.start):
        plain = part.start - at
        if spent + plain > limit:
            break
        spent += plain
        if spent + part.cost > limit:
            within = (part.end - part.start) * (limit - spent) // part.cost
            return part.start + (0 if part.reason == "link" else within)
        spent += part.cost
        at = part.end
    return at + max(0, limit - spent)


class _Count(NamedTuple):
    of: str
    most: Mapping[str, int]
    same: int
    together: int


def _prepare_count(table: Table) -> _Count:
    of = table.choice("of", ("hashtags", "emoji", "exclamations"))
    inner = table.table("most")
    most = {key: inner.whole(key) for key in inner}
    inner.done()
    if set(most) - set(Target) - {"other"}:
        raise table.fail("most", ONE_OF, choices=", ".join([*Target, "other"]))
    return _Count(of, most, table.whole("same", 0), table.whole("together", 0))


_MARKS = re.compile("[!?]+(?>(?:[ \u00a0\u202f]?[!?]++)*)")


def _count(context: Context, params: _Count) -> Iterable[Hit]:
    most = params.most.get(context.post.target, params.most.get("other"))
    if params.of == "exclamations":
        yield from _exclamations(context.text, params.together, most)
        return
    entities = context.entities
    spans = entities.hashtags if params.of == "hashtags" else entities.emoji
    if most is not None and len(spans) > most:
        yield Hit(spans[most].start, spans[-1].end, {"n": len(spans), "max": most})
    elif params.same:
        for emoji, n in Counter(span.text for span in spans).items():
            if n >= params.same:
                alike = [span for span in spans if span.text == emoji]
                yield Hit(alike[1].start, alike[-1].end, {"n": n, "max": params.same - 1})


def _exclamations(text: Text, together: int, most: int | None) -> Iterator[Hit]:
    total, beyond = 0, None
    for match in _MARKS.finditer(text.masked):
        marks = [c for c in match.group() if c in "!?"]
        total += marks.count("!")
        if most is not None and total > most and beyond is None:
            beyond = match.span()
        if together and max(marks.count("!"), marks.count("?")) >= together:
            kept = "".join(dict.fromkeys(sorted(marks, key="?!".index)))
            yield Hit(*match.span(), {"n": len(marks), "max": 1}, fix=kept)
    if beyond is not None and most is not None:
        yield Hit(*beyond, {"n": total, "max": most}, variant="many")


# --- Links, accounts, hashtags -------------------------------------------------------------------


class _Links(NamedTuple):
    faults: str
    trusted: tuple[str, ...]


def _prepare_link(table: Table) -> _Links:
    return _Links(table.choice("faults", ("shortened", "form")), table.texts("trusted", ()))


# They begin with a letter and look behind it afterwards: a search for a letter is quick.
_SCHEME = re.compile(
    r"([hH](?<![^\W_].)[hH]{0,2}[tT]{1,4}[pP]{1,3}[sS]{0,2})"
    r"( ?[:;] ?[/\\]{1,4}|:(?=[\w-]{1,63}\.[a-zA-Z]{2})|//)( ?)"
)
_SCHEMES = frozenset({"http://", "https://"})
_WWW = re.compile(r"[wW](?<![^\W_].)[wW]{2,3}(?:[.,;]|\. )(?=[^\W_][\w-]{0,62}[.,][a-z]{2})")

_COMMA_TLD = re.compile(",[a-z]{2,10}(?=/)")
_NAME_BEFORE = re.compile(r"[\w-]{1,63}\Z")


def _link(context: Context, params: _Links) -> Iterable[Hit]:
    if params.faults == "shortened":
        shorteners = places(context.known.shorteners)
        for link in context.text.urls:
            if link.leads_to(shorteners):
                yield Hit(link.start, link.end, {"use": ""})
        return
    raw = context.post.text
    faulty: set[int] = set()
    for match in _SCHEME.finditer(raw):
        written = "".join(match.group().split()).casefold()
        after = raw[match.end() : match.end() + 4].casefold()
        if written in _SCHEMES and after == "http" and match.group() == "".join(match.group(1, 2)):
            faulty |= {match.start(), match.end()}
            yield Hit(*match.span(), {"use": ""}, variant="form", fix="")
        elif (written not in _SCHEMES or written != match.group().casefold()) and raw[
            match.end() : match.end() + 1
        ].isalnum():
            faulty.add(match.start())
            yield Hit(*match.span(), {"use": ""}, variant="form", fix="https://")
    for match in _WWW.finditer(raw):
        if match.group().casefold() != "www.":
            yield Hit(*match.span(), {"use": ""}, variant="form", fix="www.")
    for match in _COMMA_TLD.finditer(raw):
        name = _NAME_BEFORE.search(raw[max(0, match.start() - 64) : match.start()])
        host = name.group() + "." + match.group()[1:] if name else ""
        if host.casefold() in places(context.known.domains):
            yield Hit(match.end() - len(host), match.end(), {"use": ""}, variant="form", fix=host)
    for link in context.text.urls:
        if link.start not in faulty:
            yield from _link_form(link, context, params)


def _link_form(link: Link, context: Context, params: _Links) -> Iterator[Hit]:
    own = context.known.domains
    if link.kind == "url" and not _HOST.fullmatch(link.domain):
        yield Hit(link.start, link.end, {"use": ""}, variant="form")
        return
    official = link.leads_to(places(own))
    if link.scheme == "http":
        # Of our own pages we know that they have a secure address; of others we only suppose so.
        yield Hit(
            link.start,
            link.end,
            {"use": "https" + link.text[4:]},
            variant="insecure",
            fix="https" + link.text[4:] if official else None,
        )
    elif own and not official and not link.leads_to(places(params.trusted)):
        yield Hit(link.start, link.end, {"use": link.domain}, variant="unknown")


_HOST = re.compile(r"(?>(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+)[^\W\d_][\w-]{0,61}[^\W_]")
_NETWORKS = places(
    (
        *("facebook.com", "fb.com", "x.com", "twitter.com", "instagram.com", "threads.net"),
        *("threads.com", "linkedin.com", "youtube.com", "tiktok.com", "bsky.app"),
    )
)
# First parts of an address that name no page: a post, a film, an event, a search.
_NOT_PAGES = _set(
    "watch events event groups groupe hashtag search share sharer photo photos story.php i p reel "
    "reels video videos shorts playlist results intent home explore feed posts permalink.php "
    "jobs learning embed live maps dialog profile.php"
)
_PAGE_PREFIXES = _set("company school in showcase channel c user profile pg")


def _account(context: Context, params: None) -> Iterable[Hit]:
    known = context.known
    if not known.accounts:
        return
    register = _handles(known.accounts + known.influencers)
    for mention in context.entities.mentions:
        if mention.text.lstrip("@＠").casefold() not in register:
            yield Hit(mention.start, mention.end)
    for link in context.text.urls:
        handle = _page_handle(link)
        if handle and handle not in register:
            yield Hit(link.start, link.end)


def _page_handle(link: Link) -> str:
    """The account that a link to a network's page names; empty when it names none."""
    if not link.leads_to(_NETWORKS):
        return ""
    steps = [step for step in re.split(r"[/?#]", link.bare)[1:] if step]
    if steps and steps[0].casefold() in _PAGE_PREFIXES:
        steps = steps[1:]
    handle = steps[0].lstrip("@").casefold() if steps else ""
    return "" if handle in _NOT_PAGES else handle


@lru_cache(maxsize=32)
def _handles(accounts: tuple[str, ...]) -> frozenset[str]:
    handles = set()
    for account in accounts:
        if "/" in account or "." in account:
            account = _page_handle(Link(0, 0, "url" if "://" in account else "bare", account))
        handles.add(account.lstrip("@").casefold())
    return frozenset(handles - {""})


class _Tag(NamedTuple):
    """An official hashtag, as it compares."""

    written: str
    accented: str
    plain: str


def _without_digits(tag: str) -> str:
    return re.sub(r"\d+$", "", tag)


def as_tag(tag: str) -> _Tag:
    """A hashtag as it compares with others: digits at its end do not count."""
    tag = "#" + tag.lstrip("#＃")
    bare = _without_digits(tag[1:])
    return _Tag(tag, fold_case(bare), fold(bare))


@lru_cache(maxsize=32)
def _official_tags(hashtags: tuple[str, ...], campaigns: tuple[Campaign, ...]) -> tuple[_Tag, ...]:
    tags = dict.fromkeys([*hashtags, *(tag for item in campaigns for tag in item.hashtags)])
    return tuple(as_tag(tag) for tag in tags if tag.strip("#＃ "))


def _tags_of(context: Context) -> tuple[_Tag, ...]:
    return _official_tags(context.known.hashtags, tuple(context.known.campaigns))


class _HashtagParams(NamedTuple):
    near: int


def _prepare_hashtag(table: Table) -> _HashtagParams:
    return _HashtagParams(table.whole("near", 88))


_CUT_TAG = re.compile(r"#(?=\d*[^\W\d_])(\w+)(?>(?:[-‑'’]\w+)+)")
_PARTED_TAG = re.compile(r"[#＃][ \u00a0]{1,2}([^\W\d_]\w*)")
_YEAR_TAG = re.compile(r"(?<![\w#&/.-])#(?:19|20)\d\d(?!\w)")
_POSSESSIVE = re.compile(r"['’]s$")
_SHORTEST_NEAR = 8


def _hashtag(context: Context, params: _HashtagParams) -> Iterable[Hit]:
    text = context.text
    official = _tags_of(context)
    cut: set[int] = set()
    for match in _CUT_TAG.finditer(text.masked):
        whole = _POSSESSIVE.sub("", match.group())
        if whole[1:] == match.group(1):
            continue
        cut.add(match.start())
        joined = "#" + "".join(
            part[:1].upper() + part[1:] for part in re.split("[-‑'’]", whole[1:])
        )
        plain = as_tag(joined).plain
        use = next((tag.written for tag in official if tag.plain == plain), joined)
        yield Hit(
            match.start(),
            match.start() + len(whole),
            {"use": use, "cut": match.group(1)},
            "cut",
            fix=use,
        )
    for match in _YEAR_TAG.finditer(text.masked):
        yield Hit(*match.span(), {"use": "", "cut": ""}, "digits")
    if not official:
        return
    plain_tags = {tag.plain: tag.written for tag in official}
    for match in _PARTED_TAG.finditer(text.masked):
        written = plain_tags.get(as_tag(match[1]).plain)
        if written is not None:
            yield Hit(*match.span(), {"use": written, "cut": ""}, fix=written)
    judged: dict[str, tuple[str, str] | None] = {}
    for span in context.entities.hashtags:
        if span.start in cut:
            continue
        if span.text not in judged:
            judged[span.text] = _likeliest(as_tag(span.text), official, params.near)
        answer = judged[span.text]
        if answer is not None:
            variant, use = answer
            yield Hit(
                span.start,
                span.end,
                {"use": use, "cut": ""},
                variant,
                fix=use if variant == "accents" else None,
            )


def _likeliest(tag: _Tag, official: Sequence[_Tag], near: int) -> tuple[str, str] | None:
    """What is wrong with `tag`, and the official tag that is probably meant; None when fine."""
    digits = tag.written[1 + len(_without_digits(tag.written[1:])) :]
    if any(tag.accented == known.accented for known in official):
        return None
    for known in official:
        if tag.plain == known.plain:
            return "accents", _without_digits(known.written) + digits
    if len(tag.plain) < _SHORTEST_NEAR:
        return None
    from rapidfuzz import fuzz, process

    others = [known.plain for known in official]
    if any(len(tag.plain) > len(other) + 1 and other in tag.plain for other in others):
        return None  # the official one with a town or a word added, on purpose
    best = process.extractOne(tag.plain, others, scorer=fuzz.ratio, score_cutoff=near)
    return ("", _without_digits(official[best[2]].written) + digits) if best else None


class _CaseParams(NamedTuple):
    letters: int


def _prepare_hashtag_case(table: Table) -> _CaseParams:
    return _CaseParams(table.whole("letters", 14))


def _hashtag_case(context: Context, params: _CaseParams) -> Iterable[Hit]:
    """Long hashtags with no capital inside; as the official list writes them, all are fine."""
    official = _tags_of(context)
    for span in context.entities.hashtags:
        letters = [c for c in span.text if c.isalpha()]
        if len(letters) < params.letters or any(c.isupper() for c in letters[1:]):
            continue
        tag = as_tag(span.text)
        same = [known for known in official if known.accented == tag.accented]
        if any(known.written[1:] == _without_digits(span.text[1:]) for known in same):
            continue
        if same:
            digits = span.text[1 + len(_without_digits(span.text[1:])) :]
            use = _without_digits(same[0].written) + digits
            yield Hit(span.start, span.end, {"use": use}, "official", fix=use)
        else:
            yield Hit(span.start, span.end, {"use": ""})


# --- Letters -------------------------------------------------------------------------------------


class _Capitals(NamedTuple):
    letters: int
    words: int
    percent: int
    row: int


def _prepare_capitals(table: Table) -> _Capitals:
    return _Capitals(
        table.whole("letters", 4),
        table.whole("words", 3),
        table.whole("percent", 25),
        table.whole("row", 4),
    )


def _capitals(context: Context, params: _Capitals) -> Iterable[Hit]:
    """Runs of words all in capitals, when one is long or there are many; acronyms excepted."""
    text = context.text
    acronyms = _folded_words(context.known.acronyms)
    runs: list[list[int]] = []
    run: list[int] = []
    total = shouted = 0
    for index, word in enumerate(text.words):
        if not word[0].isalpha():
            continue  # a number belongs to whatever stands around it
        total += len(word) > 1
        if not word.isupper() or text.plain[index] in acronyms or _is_tag(text, index):
            if run:
                runs.append(run)
            run = []
        else:
            run.append(index)
            shouted += len(word) >= params.letters
    if run:
        runs.append(run)
    many = shouted >= params.words and shouted * 100 > total * params.percent
    for run in runs:
        long_words = [i for i in run if len(text.words[i]) >= params.letters]
        in_a_row = sum(len(text.words[i]) > 1 for i in run) >= params.row
        if long_words and (many or in_a_row):
            yield Hit(text.starts[run[0]], text.ends[run[-1]])


def _is_tag(text: Text, index: int) -> bool:
    return text.starts[index] > 0 and text.masked[text.starts[index] - 1] in "#@"


@lru_cache(maxsize=32)
def _folded_words(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for value in values for word in Text(value).plain)


# Mathematical alphabets and their letterlike strays, full-width and circled letters; squared ones
# that are not emoji. © and the like stay out.
_FAKE = (
    "\u2102\u210a-\u2113\u2115\u2119-\u211d\u2124\u2128\u212c\u212d\u212f-\u2131\u2133\u2134"
    "\u24b6-\u24e9\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff\U0001f130-\U0001f149"
    "\U0001f150-\U0001f16f\U0001f172-\U0001f17d\U0001f180-\U0001f189"
)
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_FAKE += "".join(_SMALL_CAPITALS)
_STRUCK = "\u0332\u0333\u0335\u0336\u0338"
"""Marks that underline or strike through, one letter at a time."""
_FAKE_SIGN = re.compile(f"[{_FAKE}{_STRUCK}]")
FAKE_RUN = re.compile(
    f"[{_FAKE}]++(?>(?:[^\\S\\n]*[^\\w\\s]?[^\\S\\n]*[{_FAKE}]++)*)"
    f"|[^\\W\\d_][{_STRUCK}](?>(?:\\w[{_STRUCK}]|[ {_STRUCK}])+)"
)


def _letters(context: Context, params: None) -> Iterable[Hit]:
    """Stretches of two or more letters that only look like bold, small or underlined ones."""
    text = context.post.text
    if text.isascii() or not _FAKE_SIGN.search(text):
        return
    for match in FAKE_RUN.finditer(text):
        written = match.group()
        start, end = match.start(), match.end() - (len(written) - len(written.rstrip()))
        written = text[start:end]
        plain = "".join(map(plain_letter, written))
        if sum(c.isalnum() for c in plain) >= 2 or ord(written[0]) >= _MATHEMATICAL:
            yield Hit(start, end, {"use": plain}, fix=plain)


_MATHEMATICAL = 0x1D400
_SQUARED = (0x1F130, 0x1F150, 0x1F170)


def plain_letter(character: str) -> str:
    """The letter that one of `FAKE_RUN` imitates; nothing for a mark laid over letters."""
    if character in _STRUCK:
        return ""
    code = ord(character)
    for base in _SQUARED:
        if base <= code < base + 26:
            return chr(ord("A") + code - base)
    return _SMALL_CAPITALS.get(character) or unicodedata.normalize("NFKC", character)


# --- Pictures ------------------------------------------------------------------------------------


_FILE_NAME = re.compile(
    r"[\w .()-]*\.(?:jpe?g|png|gif|webp|heic|tiff?|bmp)|(?:img|dsc|dcim|image|photo|screenshot|"
    r"capture)[ _-]?\d*|[\d _-]+",
    re.I,
)


def _prepare_alt(table: Table) -> Lists:
    return Lists.read(table.table("openings"))


def _alt(context: Context, openings: Lists) -> Iterable[Hit]:
    for picture in context.post.media:
        if picture.media_type.startswith("image/"):
            variant = _alt_fault(picture, openings)
            if variant is not None:
                yield Hit(0, 0, {"file": picture.name, "alt": picture.alt.strip()}, variant)


def _alt_fault(picture: Picture, openings: Lists) -> str | None:
    alt = picture.alt.strip()
    if not alt:
        return ""
    stem = picture.name.rpartition(".")[0] or picture.name
    if _FILE_NAME.fullmatch(alt) or fold(alt) in (fold(picture.name), fold(stem)):
        return "file-name"
    text = Text(alt)
    if any(span.start <= 4 for span in openings.anywhere(text)):
        return "opening"
    return None


# --- Languages -----------------------------------------------------------------------------------


class _LanguageParams(NamedTuple):
    words: int


def _prepare_language(table: Table) -> _LanguageParams:
    return _LanguageParams(table.whole("words", 4))


def _language(context: Context, params: _LanguageParams) -> Iterable[Hit]:
    """Sentences in the language that the post is not declared to be in; neighbours as one."""
    text = context.text
    stretch: Span | None = None
    for sentence, language in zip(text.sentences, text.languages, strict=True):
        foreign = language is not None and language is not context.post.language
        if foreign and text.quotes:
            language = text.language_of(*sentence, quoted=False)
            foreign = language is not None and language is not context.post.language
        if foreign and len(text.words_between(*sentence)) >= params.words:
            stretch = Span(stretch.start if stretch else sentence.start, sentence.end)
        elif stretch and language is context.post.language:
            yield Hit(*stretch)
            stretch = None
    if stretch:
        yield Hit(*stretch)


_SPELLED = re.compile(r"[^\W\d_]+(?>(?:['’‑-][^\W\d_]+)*)")
# Small words inside the other language's names: « parc des Voltigeurs », « Relay for Life ».
_PARTICLES = {
    Language.FR: _set("the and for from with"),
    Language.EN: _set("des les aux sur dans pour une vie"),
}
_ELISION = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]", re.I)


def _spelling(context: Context, params: None) -> Iterable[Hit]:
    """Words that neither the dictionary nor the house has; those with a capital are names. In a
    sentence whose language does not show, either language will do, and in names of the other
    language (« le Pink in the city », "the Fête nationale") that other one."""
    speller = context.speller
    if speller is None:
        return
    text = context.text
    house = _folded_words(context.known.words)
    fine: set[tuple[Language | None, str]] = set()
    for sentence, told in zip(text.sentences, text.languages, strict=True):
        language = told or context.post.language
        other = Language.FR if language is Language.EN else Language.EN
        words = list(_SPELLED.finditer(text.masked, *sentence))
        for at, match in enumerate(words):
            word = match.group()
            if (told, word) in fine:
                continue
            if len(word) < 3 or not word.islower() or word in _PARTICLES[language]:
                fine.add((told, word))
                continue
            start = match.start()
            bare = word
            if language is Language.FR and (elided := _ELISION.match(word)):
                start += elided.end()
                bare = word[elided.end() :]
            if _known(bare, language, speller.knows, house) or (
                told is None and _known(bare, other, speller.knows, house)
            ):
                fine.add((told, word))
            elif not _touches_sign(text.masked, match) and not (
                _known(bare, other, speller.knows, frozenset())
                and _in_a_foreign_name(words, at, language, speller.knows)
            ):
                yield Hit(start, start + len(bare))


def _in_a_foreign_name(
    words: Sequence[re.Match[str]],
    at: int,
    language: Language,
    knows: Callable[[str, Language], bool],
) -> bool:
    """True for a word of the other language with an accent that `language` has not, or beside a
    name, a small word of names, or another word that only the other language has."""
    if language is Language.EN and not words[at].group().isascii():
        return True
    other = Language.FR if language is Language.EN else Language.EN
    for beside in (at - 1, at + 1):
        if not 0 <= beside < len(words):
            continue
        before, after = sorted((words[at], words[beside]), key=re.Match.start)
        if before.string[before.end() : after.start()].strip(_BLANKS):
            continue
        word = words[beside].group()
        if (word[0].isupper() and beside) or word in _PARTICLES[language]:
            return True
        if not knows(word, language) and knows(word, other):
            return True
    return False


def _touches_sign(masked: str, match: re.Match[str]) -> bool:
    """True beside a digit, # or @: part of a code, a tag or a handle; and after a point inside a
    word, where an inclusive ending stands (« formateur·trice·s », « donateur.rice »)."""
    start = match.start()
    before = masked[start - 1 : start] if start else ""
    after = masked[match.end() : match.end() + 1]
    if before in ("·", "•", "‧", ".", "/") and start > 1 and masked[start - 2].isalpha():
        return True
    return before in ("#", "@", "_", "&") or before.isdigit() or after.isdigit() or after == "_"


def _known(
    word: str,
    language: Language,
    knows: Callable[[str, Language], bool],
    house: frozenset[str],
) -> bool:
    word = word.replace("’", "'").replace("‑", "-")
    if fold(word) in house or knows(word, language):
        return True
    parts = [part for part in re.split("[-']", word) if part]
    return len(parts) > 1 and all(
        len(part) < 2 or fold(part) in house or part in _ENDINGS or knows(part, language)
        for part in parts
    )


# What inclusive writing adds to a word: « auteur-rice-s », « conseiller-ère ».
_ENDINGS = _set(
    "es ne nes le les lle lles ve ves se ses te tes re res ere ère ères ière ières rice rices "
    "trice trices teuse teuses euse euses eure eures elle elles enne ennes fe"
)


# The signs are looked for, and what stands around them then: the other way round every word of a
# long text would be tried, and a long row of blanks from each of its blanks on.
_BLANKS = " \u00a0\u202f\u2009"
_SIGN = re.compile(rf"[!?;$%\"](?:(?<=[$%\"])|(?<=[{_BLANKS}].)(?![-']?[)DPp(]))")
_CLOSING = "»)”\"’']%$"
_SUM_BEFORE = re.compile(r"(?<![\w$.,])\d++(?>(?:[ ,.\u00a0\u202f]\d{3}){0,4})(?:[.,]\d{1,2})?\Z")
_SHARE_BEFORE = re.compile(r"(?<![\w.,])\d++(?:[.,]\d++)?\Z")
_SUM_AFTER = re.compile(r"\$ ?(\d++)(?![\d.,]*\d)(?! ?[kKMm%])(?!\w)")
_QUOTED = re.compile(r"\"([^\s\"\ufffc][^\"\n\ufffc]{0,300}+)\"(?!\w)")
_LONGEST_SUM = 24
NBSP = "\u00a0"


def _typography(context: Context, params: None) -> Iterable[Hit]:
    """Québec's spaces and quotation marks, in French sentences. « : » and « » may be glued or
    spaced: on social media the OQLF accepts both."""
    text = context.text
    reached = 0
    for match in _SIGN.finditer(text.masked):
        start, end = match.span()
        while start > reached and text.masked[start - 1] in _BLANKS and match.group() in "!?;":
            start -= 1
        if start < reached:
            continue
        hit = _spacing(text.masked, start, end)
        if hit is not None and text.language_at(hit.start) is Language.FR:
            reached = hit.end
            yield hit


def _spacing(masked: str, start: int, end: int) -> Hit | None:
    """What is wrong around the sign that ends at `end`."""
    sign = masked[end - 1]
    before = masked[max(0, start - _LONGEST_SUM) : start]
    if sign in "!?;":
        if before and (before[-1].isalnum() or before[-1] in _CLOSING):
            use = before[-1] + sign
            return Hit(start - 1, end, {"use": use}, "space", fix="", fix_span=Span(start, end - 1))
        return None
    if sign == '"':
        quoted = _QUOTED.match(masked, start) if not before[-1:].isalnum() else None
        if quoted is None:
            return None
        use = f"«{NBSP}{quoted[1].strip()}{NBSP}»"
        return Hit(*quoted.span(), {"use": use}, "quotes", fix=use)
    if number := (_SUM_BEFORE if sign == "$" else _SHARE_BEFORE).search(before):
        if masked[end : end + 1].isalnum():
            return None
        use = f"{number.group()}{NBSP}{sign}"
        variant = "dollar" if sign == "$" else "percent"
        return Hit(start - len(number.group()), end, {"use": use}, variant, fix=use)
    if (sign == "$" and not before[-1:].isalnum()) and (after := _SUM_AFTER.match(masked, start)):
        use = f"{after[1]}{NBSP}$"
        return Hit(*after.span(), {"use": use}, "dollar-first", fix=use)
    return None


# --- The other version ---------------------------------------------------------------------------


class _Versions(NamedTuple):
    what: Mapping[str, Bilingual]
    """Detectors whose keys both texts must share, and what they see."""
    alike: tuple[frozenset[str], ...]
    """Domains that stand for each other in the two languages."""


def _prepare_versions(table: Table) -> _Versions:
    what = {}
    for name, inner in table.named_tables("what"):
        if name not in DETECTORS:
            raise table.fail("what", ONE_OF, choices=", ".join(sorted(DETECTORS)))
        what[name] = Bilingual(inner.text("fr"), inner.text("en"))
        inner.done()
    alike = table.take("alike", list, [])
    if not all(isinstance(group, list) and all(map(_is_text, group)) for group in alike):
        raise table.fail("alike", WRONG_TYPE)
    return _Versions(what, tuple(frozenset(group) for group in alike))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _versions(context: Context, params: _Versions) -> Iterable[Hit]:
    """Days, amounts, telephones and sites that one version has and the other has not."""
    twin = context.twin
    if twin is None:
        return
    for name, label in params.what.items():
        mine, theirs = _keys(context, name, params), _keys(twin, name, params)
        here = _lacking(mine, theirs)
        there = [twin.post.text[hit.start : hit.end] for hit in _lacking(theirs, mine)]
        if here and there:
            yield Hit(*here[0].span, {"what": label, "other": there[0]})
        elif here:
            yield Hit(*here[0].span, {"what": label, "other": ""}, "only-here")
        elif there:
            yield Hit(0, 0, {"what": label, "other": there[0]}, "only-there")


def _lacking(some: Mapping[str, Hit], others: Mapping[str, Hit]) -> list[Hit]:
    """What the others have not; a day without year (06-12) is the same in any year."""
    without_year = {key[-5:] for key in others if _YEARLESS.fullmatch(key)}
    days = {key[-5:] for key in others}
    return [
        hit
        for key, hit in some.items()
        if key not in others
        and key[-5:] not in without_year
        and not (_YEARLESS.fullmatch(key) and key in days)
    ]


_YEARLESS = re.compile(r"[01]\d-[0-3]\d")


def _keys(context: Context, name: str, params: _Versions) -> dict[str, Hit]:
    keys: dict[str, Hit] = {}
    for hit in context.detect(name):
        key = hit.key
        if name in ("link", "official-link"):
            key = key.partition("/")[0]
            key = next((min(group) for group in params.alike if key in group), key)
        if key:
            keys.setdefault(key, hit)
    return keys


def _missing_version(context: Context, params: None) -> Iterable[Hit]:
    """An English text on a page that owes French, with no French beside it."""
    post = context.post
    if post.language is Language.EN and Language.FR in post.page_languages and not post.twin:
        yield Hit(0, 0)


# --- Pages ---------------------------------------------------------------------------------------


class _Neighbours(NamedTuple):
    by_meaning: bool
    most: int
    show: int
    warn: int
    block: int


def _prepare_neighbours(table: Table) -> _Neighbours:
    by = table.choice("by", ("words", "meaning"))
    return _Neighbours(
        by == "meaning",
        table.whole("most", 3),
        table.whole("show", 0),
        table.whole("warn", 101),
        table.whole("block", 101),
    )


def _neighbours(context: Context, params: _Neighbours) -> Iterable[Hit]:
    """Known posts that are close, likeliest first; declared shares and versions are fine."""
    close = [
        neighbour
        for neighbour in context.neighbours
        if neighbour.by_meaning is params.by_meaning
        and not neighbour.declared
        and neighbour.score >= params.show
    ]
    close.sort(key=lambda neighbour: -neighbour.score)
    for neighbour in close[: params.most]:
        score = neighbour.score
        variant = "same" if score >= params.block else "" if score >= params.warn else "alike"
        yield Hit(
            0,
            len(context.post.text),
            _about(neighbour),
            "" if params.by_meaning else variant,
            subject=_identity(neighbour),
        )


def _identity(neighbour: Neighbour) -> str:
    """A fingerprint of the other post: its page, and its words."""
    words = " ".join(map(fold, tokenize(neighbour.text)))
    told = f"{neighbour.page}\n{words}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()


def _about(neighbour: Neighbour) -> dict[str, object]:
    day: object = neighbour.day
    with suppress(ValueError):  # the day of an imported post may be written in any manner
        day = date.fromisoformat(neighbour.day[:10])
    return {
        "n": neighbour.score,
        "title": neighbour.title or " ".join(neighbour.text.split())[:60],
        "page": neighbour.page or Bilingual("sans page", "no page"),
        "day": day or Bilingual("sans date", "no date"),
    }


class _Subject(NamedTuple):
    of: str
    lists: Lists


def _prepare_subject(table: Table) -> _Subject:
    of = table.choice("of", ("division", "region"))
    return _Subject(of, Lists.read(table.table("phrases")))


def _subject(context: Context, params: _Subject) -> Iterable[Hit]:
    """The division's business on a region's page, or one region's on the division's."""
    places = _places(context)
    if params.of == "region":
        names = {fold(context.text.raw[place.start : place.end]) for place in places}
        if len(names) == 1 and not context.post.campaign and not _campaigns_in(context):
            yield Hit(*places[0], {"page": context.post.region})
        return
    if places:
        return
    subjects = params.lists.find(context.text)
    subjects += _words_of(context.known.positions).find(context.text)
    subjects += [span for item, span in _campaigns_in(context) if item.kind in _DIVISIONAL]
    for span in sorted(subjects)[:1]:
        yield Hit(*span, {"page": context.post.region})


_DIVISIONAL = frozenset({CampaignKind.CAMPAIGN, CampaignKind.FIELD})
"""Kinds of campaign that the division speaks of; events and collections have a place."""


def _places(context: Context) -> list[Span]:
    """Names of towns and regions, with their capitals: « Laval » and not « la val »."""
    region = (context.post.region,) if context.post.region else ()
    return [
        span
        for span in _words_of(context.known.places + region).find(context.text)
        if context.text.raw[span.start].isupper()
        and not _INSTITUTION.search(context.text.raw[max(0, span.start - 24) : span.start])
    ]


_INSTITUTION = re.compile(
    r"\b(?:Université|University|Hôpital|Hospital|Institut|Institute|Fondation|Foundation)"
    r"(?: (?:de|du|of))?\s\Z"
)
"""« Université Laval » is no town."""


@lru_cache(maxsize=64)
def _words_of(values: tuple[str, ...]) -> Phrases:
    return Phrases.literal(values)


class _CampaignParams(NamedTuple):
    of: str
    margin: int


def _prepare_campaign(table: Table) -> _CampaignParams:
    return _CampaignParams(table.choice("of", ("period", "hashtag")), table.whole("margin", 0))


def _campaign(context: Context, params: _CampaignParams) -> Iterable[Hit]:
    """A campaign outside its period, or named without its hashtag."""
    day = context.day
    seen: set[str] = set()
    for campaign, span in _campaigns_in(context):
        if campaign.key in seen:
            continue
        seen.add(campaign.key)
        name = campaign.name(context.language)
        if params.of == "period":
            margin = timedelta(days=params.margin)
            if day and not campaign.starts_on - margin <= day <= campaign.ends_on + margin:
                yield Hit(
                    *span,
                    {"name": name, "from": campaign.starts_on, "to": campaign.ends_on, "use": ""},
                )
        elif campaign.hashtags and not _has_tag(context, campaign):
            tag, end = campaign.hashtags[0], len(context.post.text.rstrip())
            yield Hit(
                *span,
                {"name": name, "use": tag, "from": "", "to": ""},
                fix=f" {tag}",
                fix_span=Span(end, end),
            )


def _has_tag(context: Context, campaign: Campaign) -> bool:
    wanted = {as_tag(tag).plain for tag in campaign.hashtags}
    return any(as_tag(span.text).plain in wanted for span in context.entities.hashtags)


def _campaigns_in(context: Context) -> list[tuple[Campaign, Span]]:
    """The campaigns that a text names, by name, keyword or hashtag, in order of place."""
    campaigns = tuple(context.known.campaigns)
    if not campaigns:
        return []
    phrases, owners, tags = _campaign_names(campaigns)
    found = [(owners[number], span) for span, number in phrases.matches(context.text)]
    said = {fold(context.text.raw[p.start : p.end]) for p in _places(context)} if found else set()
    if said:
        # « Relais pour la vie », said of another town, is not the Relais of this one.
        towns = _campaign_towns(campaigns, context.known.places)
        found = [one for one in found if not (at := towns[one[0].key]) or at & said]
    for tag in context.entities.hashtags:
        campaign = tags.get(as_tag(tag.text).plain)
        if campaign is not None:
            found.append((campaign, Span(tag.start, tag.end)))
    return sorted(found, key=lambda item: item[1])


@lru_cache(maxsize=32)
def _campaign_towns(
    campaigns: tuple[Campaign, ...], places: tuple[str, ...]
) -> Mapping[str, frozenset[str]]:
    """The towns that stand in the names of each campaign, folded, by its key."""
    known = {fold(place): re.compile(rf"\b{re.escape(fold(place))}\b") for place in places}
    found: dict[str, frozenset[str]] = {}
    for campaign in campaigns:
        names = fold(f"{campaign.name_fr} · {campaign.name_en}")
        found[campaign.key] = frozenset(t for t, where in known.items() if where.search(names))
    return found


@lru_cache(maxsize=32)
def _campaign_names(
    campaigns: tuple[Campaign, ...],
) -> tuple[Phrases, tuple[Campaign, ...], Mapping[str, Campaign]]:
    names = [
        (name, campaign)
        for campaign in campaigns
        for name in (campaign.name_fr, campaign.name_en, *campaign.keywords)
    ]
    tags = {as_tag(tag).plain: campaign for campaign in campaigns for tag in campaign.hashtags}
    return Phrases.literal(name for name, _ in names), tuple(owner for _, owner in names), tags


# --- The list ------------------------------------------------------------------------------------


KINDS: Mapping[str, Kind] = {
    "phrases": Kind(_prepare_phrases, _phrases),
    "requires": Kind(_prepare_phrases, _first_phrase),
    "complete": Kind(_prepare_complete, _complete, _set("missing")),
    "replace": Kind(_prepare_replace, _replace, _set("use")),
    "detector": Kind(_prepare_detector, _detector),
    "count": Kind(_prepare_count, _count, _set("n max")),
    "always": Kind(_nothing, _always),
    "step": Kind(_nothing, _never),
    "fee": Kind(_nothing, _fee),
    "limit": Kind(
        _nothing,
        _limit,
        _set("n max over unit file"),
        _set("unofficial forbidden file unofficial-file alt unofficial-alt mixed format ratio"),
    ),
    "link": Kind(_prepare_link, _link, _set("use")),
    "account": Kind(_nothing, _account),
    "hashtag": Kind(_prepare_hashtag, _hashtag, _set("use cut"), _set("cut digits accents")),
    "hashtag-case": Kind(_prepare_hashtag_case, _hashtag_case, _set("use"), _set("official")),
    "capitals": Kind(_prepare_capitals, _capitals),
    "letters": Kind(_nothing, _letters, _set("use")),
    "alt": Kind(_prepare_alt, _alt, _set("file alt"), _set("file-name opening")),
    "language": Kind(_prepare_language, _language),
    "spelling": Kind(_nothing, _spelling),
    "typography": Kind(
        _nothing,
        _typography,
        _set("use"),
        _set("space dollar dollar-first percent quotes"),
    ),
    "versions": Kind(
        _prepare_versions, _versions, _set("what other"), _set("only-here only-there")
    ),
    "missing-version": Kind(_nothing, _missing_version),
    "neighbours": Kind(_prepare_neighbours, _neighbours, _set("n title page day")),
    "subject": Kind(_prepare_subject, _subject, _set("page")),
    "campaign": Kind(_prepare_campaign, _campaign, _set("name use from to")),
}
