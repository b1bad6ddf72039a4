"""Rules told without a post: whole sentences, filled by their own examples."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scc_admin.exports import short_title
from scc_admin.model import Language
from scc_admin.verdict import RuleSet, default_known
from scc_admin.verdict.telling import dotted, told

RULES, KNOWN = RuleSet.load(), default_known()


@pytest.mark.parametrize("language", Language)
def test_every_rule_is_told_whole(language) -> None:
    for rule in RULES.rules:
        for sentence in told(rule, KNOWN, language):
            assert "{" not in sentence and "}" not in sentence, rule.id
        assert told(rule, KNOWN, language).message, rule.id


def test_an_example_fills_the_places_of_a_message() -> None:
    message = told(RULES["PLAT-02"], KNOWN, Language.EN).message
    assert message == "4 hashtags; we advise 3 at most here."
    assert "victimes du cancer" in told(RULES["DEV-01"], KNOWN, Language.FR).message


def test_dots_stand_where_no_example_speaks() -> None:
    rule = replace(RULES["DEV-01"], bad=())
    assert told(rule, KNOWN, Language.EN).message == dotted(rule.message.en)
    assert "“…”" in dotted(rule.message.en)


@pytest.mark.parametrize("language", Language)
def test_a_short_title_is_no_stump(language) -> None:
    for rule in RULES.rules:
        title = short_title(rule.message.to(language))
        assert "{" not in title, rule.id
        assert len(title) > 12, rule.id
