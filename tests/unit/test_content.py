"""The shipped words are whole: the guide tells every slide and every rule, in both languages."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from scc_admin.model import Language, Level, PostKind, Target

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"
GUIDE = RESOURCES / "guide"

SLIDES = set(range(1, 46))

RULE_IDS = {
    f"{family}-{number:02d}"
    for family, numbers in {
        "INT": range(1, 13),
        "CONF": range(1, 11),
        "DEV": range(1, 9),
        "DET": range(1, 6),
        "DYN": range(1, 8),
        "PAGE": (1, 2, 3, 6, 7, 8),
        "PLAT": (1, 2, 3, 4, 5, 6, 8, 9, 10),
        "LIS": range(1, 7),
        "LAN": range(1, 8),
        "PROC": range(1, 5),
    }.items()
    for number in numbers
}

MONTHS = {
    name: number
    for names in (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "January February March April May June July August September October November December",
    )
    for number, name in enumerate(names.split(), 1)
}
WEEKDAYS = {
    name.casefold(): number
    for names in (
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    )
    for number, name in enumerate(names.split())
}
FULL_DATE = re.compile(
    r"\b(?P<fr_weekday>\w+di|dimanche)\s+(?P<fr_day>\d+)(?:er)?\s+(?P<fr_month>\w+)"
    r"(?:\s+(?P<fr_year>20\d\d))?"
    r"|\b(?P<en_weekday>\w+day),? (?P<en_month>[A-Z]\w+) (?P<en_day>\d+)"
    r"(?:, (?P<en_year>20\d\d))?",
    re.IGNORECASE,
)


def load(path: str) -> dict[str, Any]:
    with (RESOURCES / path).open("rb") as file:
        return tomllib.load(file)


def sections(lang: str) -> list[dict[str, Any]]:
    return [
        s for chapter in load(f"guide/guide.{lang}.toml")["chapter"] for s in chapter["section"]
    ]


def wrong_weekdays(text: str, default_year: int | None = None) -> list[str]:
    """The dates in `text` whose weekday is not theirs."""
    wrong = []
    for match in FULL_DATE.finditer(text):
        found = match.groupdict()
        lang = "fr" if found["fr_day"] else "en"
        month = MONTHS.get(found[f"{lang}_month"])
        weekday = WEEKDAYS.get(found[f"{lang}_weekday"].casefold())
        year = int(found[f"{lang}_year"] or default_year or 0)
        if month is None or weekday is None or not year:
            continue
        if date(year, month, int(found[f"{lang}_day"])).weekday() != weekday:
            wrong.append(match[0])
    return wrong


# --- The guide ---------------------------------------------------------------------------------


def test_both_guides_have_the_same_structure() -> None:
    def skeleton(lang: str) -> list[Any]:
        return [
            (
                chapter["key"],
                [
                    (
                        section["key"],
                        section["slides"],
                        section["rules"],
                        len(section["good"]),
                        len(section["bad"]),
                        section["body"].count("\n- "),
                        section["body"].count("\n\n"),
                    )
                    for section in chapter["section"]
                ],
            )
            for chapter in load(f"guide/guide.{lang}.toml")["chapter"]
        ]

    assert skeleton("fr") == skeleton("en")


def test_section_keys_are_unique() -> None:
    assert max(Counter(section["key"] for section in sections("fr")).values()) == 1


def test_every_slide_is_told() -> None:
    assert {slide for section in sections("fr") for slide in section["slides"]} == SLIDES


def test_every_rule_is_explained_and_none_is_invented() -> None:
    assert {rule for section in sections("fr") for rule in section["rules"]} == RULE_IDS


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_bodies_are_plain_paragraphs_and_lists(lang: str) -> None:
    for section in sections(lang):
        body = section["body"].strip("\n")
        assert body, section["key"]
        assert "\n\n\n" not in body, section["key"]
        assert not re.search(r"^[#*>|]|\*\*|`|<\w|\t", body, re.MULTILINE), section["key"]
        for block in body.split("\n\n"):
            lines = block.splitlines()
            assert len(lines) == 1 or all(line.startswith("- ") for line in lines), section["key"]


def test_french_guide_follows_quebec_typography() -> None:
    for section in sections("fr"):
        for text in (section["title"], section["body"], *section["good"]):
            spaced = re.sub(r"devant ! \? et ;", "", text)
            assert not re.search(r"\s[!?;]", spaced), (section["key"], text)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_guide_examples_bear_the_right_weekday(lang: str) -> None:
    good = [text for section in sections(lang) for text in section["good"]]
    bad = [text for section in sections(lang) for text in section["bad"]]
    assert [wrong_weekdays(text) for text in good] == [[]] * len(good)
    assert any(wrong_weekdays(text) for text in bad), "one bad example shows a wrong weekday"


def test_quiz_has_one_answer_to_each_question() -> None:
    questions = load("guide/quiz.toml")["question"]
    assert sum(question["slide"] == 38 for question in questions) == 4
    assert 8 <= len(questions) <= 10
    assert len({question["id"] for question in questions}) == len(questions)
    places = set()
    for question in questions:
        assert question["slide"] in SLIDES
        assert question["question_fr"] and question["question_en"]
        right = [choice["correct"] for choice in question["choices"]]
        assert sum(right) == 1 and len(right) >= 3, question["id"]
        places.add(right.index(True))
        for choice in question["choices"]:
            assert all(choice[field] for field in ("fr", "en", "why_fr", "why_en"))
    assert len(places) >= 3, "the right answer must not always stand in the same place"


# --- The clean posts ---------------------------------------------------------------------------


def clean_posts() -> list[dict[str, Any]]:
    lines = (ROOT / "tests/data/clean_posts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_clean_posts_are_many_varied_and_well_formed() -> None:
    posts = clean_posts()
    assert len(posts) >= 180
    assert len({post["id"] for post in posts}) == len(posts)
    assert len({post["text"] for post in posts}) == len(posts)
    assert {post["network"] for post in posts} == {target.value for target in Target}
    assert {post["kind"] for post in posts} == {kind.value for kind in PostKind}
    assert {post["level"] for post in posts} == {level.value for level in Level}
    share = sum(post["lang"] == "fr" for post in posts) / len(posts)
    assert 0.6 <= share <= 0.75
    for post in posts:
        assert Language(post["lang"])
        if "at" in post:
            assert datetime.fromisoformat(post["at"]).utcoffset() is not None, post["id"]


def test_clean_posts_bear_the_right_weekday() -> None:
    for post in clean_posts():
        year = int(post["at"][:4]) if "at" in post else None
        assert wrong_weekdays(post["text"], year) == [], post["id"]
