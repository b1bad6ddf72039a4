"""The packs: every rule finds its bad examples and leaves its good ones alone."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pytest

from scc_admin.errors import UserError
from scc_admin.model import (
    Confidence,
    Language,
    Mode,
    Post,
    Severity,
    Target,
)
from scc_admin.verdict import RuleSet, Tuning, check, default_known, default_networks
from scc_admin.verdict.judging import failing_examples
from scc_admin.verdict.rules import Rule, read_pack
from scc_admin.verdict.spelling import Speller

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
KNOWN = default_known()
NETWORKS = default_networks()
SPELLER = Speller()
ALL = RuleSet.load()
RUNNING = [rule for rule in ALL.rules if rule.mode is not Mode.STEP and rule.kind != "step"]


@pytest.mark.parametrize("rule", RUNNING, ids=lambda rule: rule.id)
def test_examples_bear_a_rule_out(rule: Rule) -> None:
    for example in (*rule.bad, *rule.good):
        assert rule.applies(example.post) or example.good, f"does not apply: {example.post.text}"
    failing = failing_examples(rule, KNOWN, speller=SPELLER, now=NOW)
    assert not failing, [("nags at" if e.good else "misses", e.post.text) for e in failing]


def test_examples_can_fail(tmp_path: Path) -> None:
    examples = """
[[rule.bad]]
text = "Rien de tel dans notre région."
[[rule.bad]]
text = "Un mot interdit dans notre région."
expect = "région"
[[rule.good]]
text = "Un mot interdit dans notre région."
[[rule.good]]
text = "Rien."
"""
    rule = RuleSet.load([house(tmp_path, HOUSE + examples)])["REG-01"]
    failing = failing_examples(rule, KNOWN, now=NOW)
    assert failing == [rule.bad[0], rule.bad[1], rule.good[0]]


OF_EVERY_POST = {"DEV-07", "INT-12"}
"""Questions that each post asks: in none must they not."""


@pytest.mark.parametrize(
    "rule", [rule for rule in RUNNING if rule.id not in OF_EVERY_POST], ids=lambda rule: rule.id
)
def test_a_rule_has_three_examples_of_each_kind_in_each_language(rule: Rule) -> None:
    for examples in (rule.bad, rule.good):
        for language in rule.languages or Language:
            own = [example for example in examples if example.post.language is language]
            assert len({(example.post, example.neighbours) for example in own}) >= 3, language


@pytest.mark.parametrize("rule", ALL.rules, ids=lambda rule: rule.id)
def test_a_rule_speaks_both_languages_plainly(rule: Rule) -> None:
    said = [rule.message, rule.suggestion]
    for variant in rule.variants.values():
        said += [variant.message, variant.suggestion]
    texts = [text for bilingual in said for text in (bilingual.fr, bilingual.en)]
    assert rule.message.fr
    assert rule.message.en
    for text in texts:
        assert not re.search(r"\w\s[!?;]|  ", text), text
        assert text == text.strip()
        assert "conforme à nos valeurs" not in text
        assert "complies with our values" not in text


def test_a_limit_that_is_not_sure_is_no_error() -> None:
    for rule in ALL.rules:
        if rule.source.confidence in (Confidence.SECOND_HAND, Confidence.FOLKLORE):
            assert rule.severity.rank <= Severity.WARNING.rank, rule.id


def test_rules_are_found_by_id_and_by_slide() -> None:
    assert ALL["PLAT-01"].name == "network-limit"
    assert ALL["PLAT-10"].kind == "step"
    assert ALL["PLAT-02"] in ALL.of_slide(24)
    with pytest.raises(KeyError):
        ALL["NONE-01"]


# --- Tuning --------------------------------------------------------------------------------------

FOUR_TAGS = Post("Merci! #a1b #c2d #e3f #g4h", Target.FACEBOOK)


def rules_seen(rules: RuleSet, post: Post = FOUR_TAGS) -> dict[str, Severity]:
    return {f.rule: f.severity for f in check(post, rules, KNOWN, NETWORKS).findings}


def test_a_workspace_tunes_severity_switches_and_thresholds() -> None:
    assert rules_seen(RuleSet.load()) == {"PLAT-02": Severity.INFO}
    tuning = Tuning(severities={"PLAT-02": Severity.ERROR})
    assert rules_seen(RuleSet.load((), tuning)) == {"PLAT-02": Severity.ERROR}
    assert rules_seen(RuleSet.load((), Tuning(switched={"PLAT-02": False}))) == {}
    assert ALL["PLAT-02"].thresholds["most.facebook"] == 3
    tuning = Tuning(thresholds={"PLAT-02": {"most.facebook": 4}, "GONE-99": {"x": 1}})
    tuned = RuleSet.load((), tuning)
    assert rules_seen(tuned) == {}
    assert tuned["PLAT-02"].thresholds["most.facebook"] == 4


# --- House packs ---------------------------------------------------------------------------------

HOUSE = """
theme = "pages"
[source]
text = "Région"
date = 2026-11-01
confidence = "house"

[[rule]]
id = "REG-01"
name = "our-word"
severity = "warning"
kind = "phrases"
quotes = "exempt"
message = { fr = "Vu : {x}.", en = "Seen: {x}." }
[rule.with]
phrases = { fr = ["mot interdit"], en = ["forbidden word"] }
[rule.allow]
fr = ["jamais de mot interdit"]
[rule.unless]
within = "sentence"
fr = ["sauf"]
[rule.near]
within = 40
fr = ["région"]
en = ["region"]
"""


def house(folder: Path, text: str) -> Path:
    path = folder / "maison.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Un mot interdit dans notre région.", Language.FR, 1),
        ("Un mot interdit, et voilà.", Language.FR, 0),  # nothing near
        ("Un mot interdit, sauf dans notre région.", Language.FR, 0),
        ("Un mot interdit ici, en région. Sauf erreur.", Language.FR, 1),
        ("Jamais de mot interdit dans notre région.", Language.FR, 0),
        ("« Un mot interdit », dit-on dans notre région.", Language.FR, 0),
        ("A forbidden word is in our region.", Language.EN, 1),
        ("A forbidden word is in our region.", Language.FR, 1),  # an English sentence all the same
        ("Un forbidden word dans la région que vous savez.", Language.FR, 0),
    ],
)
def test_a_house_pack_joins_the_shipped_ones(
    tmp_path: Path, text: str, language: Language, found: int
) -> None:
    rules = RuleSet.load([house(tmp_path, HOUSE)])
    verdict = check(Post(text, language=language), RuleSet((rules["REG-01"],)), KNOWN, NETWORKS)
    assert len(verdict.findings) == found


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ('id = "REG-01"', 'id = "reg1"', "id"),
        ('id = "REG-01"\n', "", "id"),
        ('name = "our-word"', 'name = "Our word"', "name"),
        ('severity = "warning"', 'severity = "fatal"', "severity"),
        ('severity = "warning"', "severity = 3", "severity"),
        ('kind = "phrases"', 'kind = "regex"', "kind"),
        ('kind = "phrases"', 'kind = "phrases"\nslides = [46]', "slides"),
        ('kind = "phrases"', 'kind = "phrases"\nslides = [[1]]', "slides"),
        ('kind = "phrases"', 'kind = "phrases"\ntargets = ["myspace"]', "targets"),
        ('kind = "phrases"', 'kind = "phrases"\nonce = "yes"', "once"),
        ('kind = "phrases"', 'kind = "phrases"\ncolour = "red"', "colour"),
        ("Vu : {x}.", "Vu : {y}.", "message.fr"),
        ("Vu : {x}.", "Vu : {x.", "message.fr"),
        (', en = "Seen: {x}."', "", "message.en"),
        ('["mot interdit"]', '["mot.* interdit ..99 x"]', "with.phrases.fr"),
        ('["mot interdit"]', "[1]", "with.phrases.fr"),
        ('phrases = { fr = ["mot interdit"], en = ["forbidden word"] }', "", "with.phrases"),
        ("within = 40", 'within = "page"', "near.within"),
        ("within = 40", 'within = 40\ndetectors = ["mind-reading"]', "near.detectors"),
        ('theme = "pages"', 'theme = "weather"', "theme"),
        ("date = 2026-11-01", 'date = "today"', "source.date"),
    ],
)
def test_a_malformed_pack_is_refused_by_field(
    tmp_path: Path, before: str, after: str, field: str
) -> None:
    assert before in HOUSE
    with pytest.raises(UserError) as error:
        RuleSet.load([house(tmp_path, HOUSE.replace(before, after))])
    assert error.value.code == "pack"
    assert error.value.params["file"] == "maison.toml"
    assert str(error.value.params["field"]).endswith(field)


@pytest.mark.parametrize("text", ["not = [toml", "\x00", 'theme = "pages"\nextra = 1'])
def test_a_file_that_is_no_pack_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError):
        RuleSet.load([house(tmp_path, text)])
    with pytest.raises(UserError):
        RuleSet.load([tmp_path / "absent.toml"])


@pytest.mark.parametrize("change", [("REG-01", "PLAT-01"), ("our-word", "network-limit")])
def test_an_id_or_name_belongs_to_one_rule(tmp_path: Path, change: tuple[str, str]) -> None:
    with pytest.raises(UserError, match=r"already exists in platform\.toml"):
        RuleSet.load([house(tmp_path, HOUSE.replace(*change))])


def test_shipped_lists_are_whole() -> None:
    assert "cancer.ca" in KNOWN.domains
    assert "1 888 939-3333" in KNOWN.contacts
    assert "#MoisJonquille" in KNOWN.hashtags
    for field in fields(KNOWN):
        values = getattr(KNOWN, field.name)
        assert len(set(values)) == len(values), field.name


FULL = """
theme = "pages"
source = { text = "Région", date = 2026-11-01, confidence = "house" }
[[rule]]
id = "REG-01"
name = "our-word"
theme = "pages"
slides = [1]
severity = "warning"
mode = "automatic"
kind = "KIND"
default = true
targets = ["x"]
kinds = ["post"]
levels = ["regional"]
languages = ["fr"]
quotes = "judged"
once = false
message = { fr = "Vu", en = "Seen" }
suggestion = { fr = "Vu", en = "Seen" }
source = { text = { fr = "a", en = "b" }, date = 2026-11-01, confidence = "house" }
with = PARAMETERS
allow = { fr = ["un"] }
near = { within = 40, fr = ["un"], detectors = ["link"] }
unless = { within = "post", en = ["un"] }
[rule.variants]
a = { message = { fr = "Vu", en = "Seen" }, severity = "info" }
file-name = {}
opening = {}
only-here = {}
only-there = {}
[[rule.bad]]
text = "a"
lang = "fr"
media = [{ name = "a" }]
[[rule.bad.neighbours]]
known_id = 1
title = "a"
page = "b"
day = "c"
language = "fr"
text = "d"
score = 9
[[rule.good]]
text = "a"
at = 2026-06-14T18:00:00-04:00
[rule.good.known]
words = ["a"]
[[rule.good.known.campaigns]]
key = "a"
name_fr = "b"
starts_on = 2026-01-01
ends_on = 2026-01-02
"""
LITERALS = ("1", "-1", "true", '"x"', "[]", "[1]", '["x"]', "{}", "{ a = 1 }", "1.5", "2026-01-01")
KIND_PARAMETERS = {
    "phrases": '{ phrases = { fr = ["un"] }, accents = false }',
    "complete": '{ phrases = { fr = ["un"] }, kinds = ["post"], parts = { a = { fr = ["b"] } } }',
    "replace": '{ terms = [{ of = ["un"], use = "deux" }], capital = true }',
    "detector": '{ detector = "link", options = {} }',
    "count": '{ of = "emoji", most = { other = 4 }, same = 3 }',
    "link": '{ faults = "form", trusted = ["a.ca"] }',
    "versions": '{ what = { link = { fr = "a", en = "b" } }, alike = [["a", "b"]] }',
    "neighbours": '{ by = "words", most = 3, warn = 80 }',
    "subject": '{ of = "region", phrases = {} }',
    "campaign": '{ of = "period", margin = 3 }',
    "alt": "{ openings = {} }",
    "capitals": "{ row = 4 }",
}


@pytest.mark.parametrize("kind", sorted(KIND_PARAMETERS))
def test_no_pack_breaks_the_loader(tmp_path: Path, kind: str) -> None:
    """Whatever stands in the place of a value, a sentence says so, or the pack is taken."""
    whole = FULL.replace("KIND", kind).replace("PARAMETERS", KIND_PARAMETERS[kind])
    values = [match.span(1) for match in re.finditer(r"= ([^=,{}\n]+?)(?= *[,}\n])", whole)]
    assert read_pack(house(tmp_path, whole), Tuning())
    own = range(whole.index("with = "), whole.index("allow = "))
    for start, end in values:
        if kind != "phrases" and start not in own:
            continue  # what all kinds have is tried once
        for literal in LITERALS:
            with suppress(UserError):
                read_pack(house(tmp_path, whole[:start] + literal + whole[end:]), Tuning())
