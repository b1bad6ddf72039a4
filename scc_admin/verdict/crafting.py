"""What helps to write: letters made plain, hashtags that can be read, hashtags to add.

Pure, like the rules; nothing here judges.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from scc_admin.model import Campaign, Known, Language
from scc_admin.verdict.checks import FAKE_RUN, as_tag, plain_letter


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HASHTAG = re.compile(r"(?<![\w&/])[#＃](\w+)")
LONGEST_TAG = 60
"""Letters of a hashtag that is still taken apart."""
_SHORT_WORDS = {
    Language.FR: _set(
        "a à y au aux ce ces de des du en et il je la le les ma me mes mon ne nos on ou où par pas "
        "pour qui sa se ses si son sur ta tes toi ton tu un une va vie vos vu"
    ),
    Language.EN: _set(
        "a i an and as at be by do for go he in is it me my no of on or our out so the to up us we "
        "you"
    ),
}
"""Of three letters and less, only these: a dictionary holds many that nobody means."""


def plain_letters(text: str) -> str:
    """The text with letters that only look bold, small, circled or struck made plain again."""
    return FAKE_RUN.sub(lambda match: "".join(map(plain_letter, match.group())), text)


def capital_hashtags(
    text: str,
    official: Iterable[str],
    language: Language,
    knows: Callable[[str, Language], bool] | None = None,
) -> str:
    """The text with a capital at each word of its hashtags, so that a screen reader says them.

    Official hashtags are written as their list has them. Others are taken apart by `knows`, a
    dictionary; one that it cannot take apart, or that has capitals inside, stays as it is.
    """
    written = {as_tag(tag).accented: tag.lstrip("#＃") for tag in official}

    def mend(match: re.Match[str]) -> str:
        tag = match.group(1)
        own = written.get(as_tag(tag).accented)
        if own is not None:
            digits = re.search(r"\d*\Z", tag)
            return "#" + re.sub(r"\d+\Z", "", own) + (digits.group() if digits else "")
        if any(letter.isupper() for letter in tag[1:]) or knows is None:
            return match.group()
        words = _words_of(tag.casefold(), language, knows)
        return (
            "#" + "".join(word[:1].upper() + word[1:] for word in words)
            if words
            else (match.group())
        )

    return _HASHTAG.sub(mend, text)


def _words_of(tag: str, language: Language, knows: Callable[[str, Language], bool]) -> list[str]:
    """The fewest known words that make up `tag`, in order; empty when there are none."""
    if len(tag) > LONGEST_TAG:
        return []
    short = _SHORT_WORDS[language]
    best: list[tuple[int, int] | None] = [(0, 0), *([None] * len(tag))]
    for end in range(1, len(tag) + 1):
        for start in range(max(0, end - 24), end):
            before = best[start]
            word = tag[start:end]
            if before is None or not _is_word(word, short, language, knows):
                continue
            if (known := best[end]) is None or before[0] + 1 < known[0]:
                best[end] = (before[0] + 1, start)
    words: list[str] = []
    end = len(tag)
    while end and (step := best[end]) is not None:
        words.insert(0, tag[step[1] : end])
        end = step[1]
    return words if end == 0 else []


def _is_word(
    word: str, short: frozenset[str], language: Language, knows: Callable[[str, Language], bool]
) -> bool:
    if word.isdigit():
        return True
    if len(word) <= 3 and word.isalpha():
        return word in short
    return word.isalpha() and knows(word, language)


def suggested_hashtags(
    text: str, known: Known, campaign: Campaign | None, day: date | None, *, most: int = 12
) -> Sequence[str]:
    """Official hashtags that the text lacks: its campaign's, those of the day's campaigns, then
    the list's own."""
    here = {as_tag(match.group()).plain for match in _HASHTAG.finditer(text)}
    running = [
        other
        for other in known.campaigns
        if day is not None and other.starts_on <= day <= other.ends_on
    ]
    offered = [tag for one in (campaign, *running) if one is not None for tag in one.hashtags]
    found: dict[str, str] = {}
    for tag in (*offered, *known.hashtags):
        folded = as_tag(tag)
        if folded.plain and folded.plain not in here:
            found.setdefault(folded.plain, folded.written)
    return list(found.values())[:most]
