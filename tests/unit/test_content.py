"""The shipped words are whole: the guide tells every slide and every rule, in both languages."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter
from dataclasses import fields
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from rapidfuzz import fuzz

from scc_admin.model import (
    CampaignKind,
    CaseState,
    DraftState,
    Known,
    Language,
    Level,
    Network,
    PageKind,
    PostKind,
    Rung,
    Situation,
    Step,
    Target,
)
from scc_admin.settings import OPTIONS

ROOT = Path(__file__).parents[2]
RESOURCES = ROOT / "resources"
GUIDE = RESOURCES / "guide"

SLIDES = set(range(1, 46))

RULE_IDS = {
    f"{family}-{number:02d}"
    for family, numbers in {
        "INT": range(1, 14),
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


# --- The sample workspace ------------------------------------------------------------------------

PLACEHOLDER = re.compile(r"\{(date|date_short):([+-]\d+):(fr|en)\}")
EVENT_FIELDS = {
    "incident": {"page", "account", "text", "displayed", "url", "method", "capture"},
    "rung": {"rung", "text"},
    "note": {"text"},
    "escalation": {"question", "spread", "not_done", "seen"},
    "contact": {"text"},
    "close": {"text"},
}


def drafts() -> list[dict[str, Any]]:
    return load("sample/drafts.toml")["draft"]


def page_keys() -> set[str]:
    return {page["key"] for page in load("sample/pages.toml")["page"]}


def moment(of: dict[str, Any]) -> tuple[int, str]:
    """A day offset and local time, in an order that sorts."""
    assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", of["time"]), of
    return of["day"], of["time"]


def test_sample_is_large_enough() -> None:
    assert len(drafts()) >= 44
    assert len(load("sample/pages.toml")["page"]) >= 6
    assert len(load("sample/campaigns.toml")["campaign"]) == 5
    assert len(load("sample/cases.toml")["case"]) == 3
    assert len(load("sample/figures.toml")["followers"]["days"]) == 8
    assert {draft["state"] for draft in drafts()} == {state.value for state in DraftState}
    languages = Counter(v["language"] for draft in drafts() for v in draft["variant"])
    assert languages["fr"] >= 44 and languages["en"] >= 10


def test_sample_pages_and_campaigns_speak_the_model() -> None:
    pages = load("sample/pages.toml")["page"]
    assert len(page_keys()) == len(pages)
    for page in pages:
        assert Network(page["network"]) and PageKind(page["kind"])
        assert Level(page["level"]) and Language(page["language"])
        assert page["contacts"] and page["purpose"]
    campaigns = load("sample/campaigns.toml")["campaign"]
    assert {campaign["kind"] for campaign in campaigns} == {kind.value for kind in CampaignKind}
    for campaign in campaigns:
        assert campaign["starts"] < campaign["ends"]
        assert all(re.fullmatch(r"#\w+", tag) for tag in campaign["hashtags"])
    house = load("sample/house.toml")
    assert set(house["lists"]) <= {field.name for field in fields(Known)}
    known = {option.key for option in OPTIONS}
    assert set(house["settings"]) <= known


def test_sample_drafts_are_consistent() -> None:
    keys = [draft["key"] for draft in drafts()]
    assert len(set(keys)) == len(keys)
    campaigns = {campaign["key"] for campaign in load("sample/campaigns.toml")["campaign"]}
    networks = {page["key"]: page["network"] for page in load("sample/pages.toml")["page"]}
    for draft in drafts():
        key, state = draft["key"], DraftState(draft["state"])
        assert draft["page"] in networks, key
        assert draft.get("campaign") in campaigns | {None}, key
        assert PostKind(draft["kind"]), key
        assert draft.get("step") is None or Step(draft["step"]), key
        assert draft.get("share_of") in {*keys, None}, key
        assert set(draft.get("faults", ())) <= RULE_IDS, key
        published = state is DraftState.PUBLISHED
        assert ("published" in draft) == published == ("permalink" in draft), key
        if published:
            assert draft["created"] <= moment(draft["published"])[0] < 0, key
        if state is DraftState.READY:
            assert "planned" in draft, key
        fields_seen = set()
        for variant in draft["variant"]:
            field = (Target(variant["target"]), Language(variant["language"]))
            assert field not in fields_seen, key
            fields_seen.add(field)
            assert variant["text"].strip(), key
        targets = {Target(variant["target"]).network.value for variant in draft["variant"]}
        assert networks[draft["page"]] in targets, key
        for approval in draft.get("approval", ()):
            assert ("answer" in approval) == ("answered" in approval), key
            assert approval.get("answer", "approved") in {"approved", "refused"}, key
            if "answered" in approval:
                assert moment(approval["asked"]) < moment(approval["answered"]), key
        for answer in draft.get("answer", ()):
            assert answer["rule"] in RULE_IDS and answer["answer"] in {"yes", "no", "n/a"}, key
        waits = any("answer" not in approval for approval in draft.get("approval", ()))
        assert waits == (state is DraftState.TO_VALIDATE), key


def test_sample_shows_its_promised_faults() -> None:
    shown = {rule for draft in drafts() for rule in draft.get("faults", ())}
    assert {"INT-01", "PLAT-01", "DEV-02", "DET-03", "PAGE-01", "LAN-06"} <= shown


def test_sample_dates_are_placeholders() -> None:
    posts = [(draft["key"], v) for draft in drafts() for v in draft["variant"]]
    posts += [(post["title"], post) for post in load("sample/drafts.toml")["known"]]
    for key, post in posts:
        text = PLACEHOLDER.sub("", post["text"])
        assert not re.search(r"[{}]", text), (key, "unknown placeholder")
        assert not re.search(r"\b20\d\d\b", text), (key, "a year that will age")
        assert not [
            m for m in FULL_DATE.finditer(text) if MONTHS.get(m["fr_month"] or m["en_month"])
        ], (key, "a date that will age")
        for _, _, lang in PLACEHOLDER.findall(post["text"]):
            assert lang == post["language"], key


def test_sample_cases_go_forward_in_time() -> None:
    pages = page_keys()
    for case in load("sample/cases.toml")["case"]:
        situation = Situation(case["situation"])
        assert CaseState(case["state"])
        assert situation.critical <= case["critical"]
        accounts = {account["key"] for account in case["account"]}
        assert all(Network(account["network"]) for account in case["account"])
        moments = [moment(event) for event in case["event"]]
        assert moments == sorted(moments), case["key"]
        assert moments[-1][0] < 0, case["key"]
        assert moment(case["opened"]) >= moments[0], "a case opens on its first incident"
        for event in case["event"]:
            required = EVENT_FIELDS[event["kind"]]
            assert required <= set(event), (case["key"], event)
            if event["kind"] == "incident":
                assert event["page"] in pages and event["account"] in accounts
            if event["kind"] == "rung":
                assert event["rung"].upper() in Rung.__members__
                if event["rung"] == "ban":
                    assert event["reason"] and event["approver"]


def test_sample_climbs_the_whole_ladder_once() -> None:
    case = next(c for c in load("sample/cases.toml")["case"] if c["state"] == "banned")
    climbed = [event["rung"] for event in case["event"] if event["kind"] == "rung"]
    assert list(dict.fromkeys(climbed)) == [rung.name.lower() for rung in Rung]
    incidents = [event["text"] for event in case["event"] if event["kind"] == "incident"]
    assert len(incidents) == 9
    alike = [text for text in incidents if fuzz.ratio(text, incidents[0]) >= 85]
    assert len(alike) == 7
    assert len({link for text in incidents for link in re.findall(r"https?://\S+", text)}) == 1
    assert not case["person"]["interest_disclosed"] and case["person"]["interest"]
    message = next(e["text"] for e in case["event"] if e.get("rung") == "private_message")
    assert all(f"\n{number}. " in message for number in (1, 2, 3))


def test_sample_critical_case_waits_for_public_affairs() -> None:
    case = next(c for c in load("sample/cases.toml")["case"] if c["critical"])
    kinds = [event["kind"] for event in case["event"]]
    assert case["state"] == "waiting"
    assert "escalation" in kinds and "contact" in kinds
    assert "rung" not in kinds


def test_sample_figures_cover_the_managed_pages() -> None:
    followers = load("sample/figures.toml")["followers"]
    managed = {page["key"] for page in load("sample/pages.toml")["page"] if page["managed"]}
    assert set(followers["counts"]) == managed
    assert followers["days"] == sorted(followers["days"]) and followers["days"][-1] < 0
    for counts in followers["counts"].values():
        assert len(counts) == len(followers["days"])
    monitoring = load("sample/figures.toml")["monitoring"]
    looks = [moment(look) for look in monitoring["look"]]
    assert looks == sorted(looks)
    assert not {day for day, _ in looks} & set(monitoring["quiet_days"])
    for look in monitoring["look"]:
        assert look["page"] in page_keys() | {""}
        assert look["follow_up"] in {"", "reply", "case"}


# --- Templates, sources, dates -------------------------------------------------------------------


def test_templates_use_their_fields_in_both_languages() -> None:
    templates = load("templates.toml")["template"]
    assert len({template["key"] for template in templates}) == len(templates)
    uses = {template["use"] for template in templates}
    assert uses >= {
        "public_answer",
        "private_message",
        "follow",
        "help_line",
        "favourites_request",
        "event_request",
        "validation_request",
        "escalation",
    }
    for template in templates:
        assert set(template["slides"]) <= SLIDES and template["slides"]
        for lang in ("fr", "en"):
            text = template[f"text_{lang}"] + template.get(f"subject_{lang}", "")
            used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
            assert used == set(template["fields"]), (template["key"], lang)
            assert template[f"title_{lang}"]
        assert ("subject_fr" in template) == ("subject_en" in template)


def test_private_message_makes_three_requests() -> None:
    message = next(t for t in load("templates.toml")["template"] if t["use"] == "private_message")
    for lang in ("fr", "en"):
        assert len(re.findall(r"^\d\. ", message[f"text_{lang}"], re.MULTILINE)) == 3


def test_sources_are_official_and_hold_no_figures() -> None:
    sources = load("sources.toml")["source"]
    assert len({source["key"] for source in sources}) == len(sources) >= 15
    for source in sources:
        assert source["kind"] in {"charity", "government", "international", "law"}
        home = source["home"].partition("/")[0]
        assert source["url_fr"].startswith("https://")
        assert home in source["url_fr"]
        assert source["url_en"].startswith("https://")
        assert source["topics"] and source["title_fr"] and source["title_en"]
        for note in (source["note_fr"], source["note_en"]):
            assert not re.search(r"\d+ ?%|\bsur (deux|cinq|dix)\b|\bin (two|five|ten)\b", note)


def test_recurring_dates_name_a_rule_that_is_known() -> None:
    needs = {
        "fixed": {"month", "day"},
        "easter": {"offset"},
        "nth": {"month", "weekday", "nth"},
        "before": {"month", "day", "weekday"},
    }
    common = {"key", "kind", "name_fr", "name_en", "rule", "days", "offset"}
    dates = load("dates.toml")["date"]
    assert len({entry["key"] for entry in dates}) == len(dates)
    for entry in dates:
        assert entry["kind"] in {"holiday", "observance", "awareness", "charity"}
        assert needs[entry["rule"]] <= set(entry) <= needs[entry["rule"]] | common, entry["key"]
        assert 0 <= entry.get("weekday", 0) <= 6
        assert entry.get("nth", 1) in {-1, 1, 2, 3, 4, 5}
        assert entry.get("days", 1) >= 1
        if entry["rule"] in {"fixed", "before"}:
            date(2026, entry["month"], entry["day"])


# --- Everywhere ----------------------------------------------------------------------------------

REAL_PERSON = "fe2925637d8e101f2ee97045e440802f"
"""SHA-256, first half, of the two words of a name that must stand nowhere."""


def test_the_real_person_of_the_deck_is_never_named() -> None:
    texts = [*RESOURCES.rglob("*.toml"), ROOT / "tests/data/clean_posts.jsonl"]
    for path in texts:
        words = re.findall(r"\w+", path.read_text(encoding="utf-8").casefold())
        for pair in pairwise(words):
            digest = hashlib.sha256(" ".join(pair).encode()).hexdigest()
            assert not digest.startswith(REAL_PERSON), path
