"""The guide leads somewhere from every rule and slide, in both languages."""

from __future__ import annotations

import pytest

from scc_admin.guide import Guide
from scc_admin.model import Language
from scc_admin.verdict import RuleSet


@pytest.fixture(scope="module", params=list(Language))
def guide(request):
    return Guide.load(request.param)


def test_every_rule_and_every_slide_is_explained(guide):
    for rule in RuleSet.load().rules:
        assert guide.explaining(rule.id, rule.slides), rule.id
    for slide in range(1, 46):
        assert guide.of_slide(slide), slide


def test_why_leads_to_a_slide_of_the_finding(guide):
    for rule in RuleSet.load().rules:
        section = guide.explaining(rule.id, rule.slides)
        if rule.slides:
            assert set(section.slides) & set(rule.slides), rule.id
    assert guide.explaining("INT-01", (7, 36, 42)).key == "integrity"
    assert guide.explaining("INT-07", (33, 36)).key == "donations"
    assert guide.explaining("LAN-07", (9,)).key == "facebook-language"
    assert guide.explaining("CONF-09-ended", (21, 35)) == guide.explaining("CONF-09", (21, 35))


def test_search_forgives_accents_and_case(guide):
    words = "BENEVOLES" if "médias" in guide.title else "VOLUNTEERS"
    assert guide.search(words)
    assert guide.search("") == guide.sections
    assert guide.search("xyzzyx") == []


def test_each_question_has_one_right_answer_and_a_reason_for_all(guide):
    assert len(guide.quiz) >= 8
    for question in guide.quiz:
        assert sum(choice.correct for choice in question.choices) == 1
        assert all(choice.why for choice in question.choices)
