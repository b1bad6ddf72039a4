"""Ready-made texts: what is known is filled, what is not stands in brackets."""

from __future__ import annotations

import pytest

from scc_admin.library import FIELDS, fill, sources, sources_for, templates
from scc_admin.model import Language


def test_unknown_fields_are_left_to_be_filled_by_hand():
    assert fill("Bonjour {name}, voir {link}.", {"name": "Ana"}, {"link": "lien"}) == (
        "Bonjour Ana, voir [lien]."
    )


@pytest.mark.parametrize("use", ["public_answer", "private_message", "ban_notice", "escalation"])
@pytest.mark.parametrize("language", list(Language))
def test_every_template_fills_without_a_brace_left(use, language):
    found = templates(use)
    assert found
    for template in found:
        assert set(template.fields) <= set(FIELDS)
        assert "{" not in template.fill(language, {}, FIELDS)
        assert template.title.to(language)


def test_sources_are_found_by_their_topic_in_both_languages():
    assert sources() and sources("rien de tel zzz") == []
    assert {s.key for s in sources("bronzage")} & {s.key for s in sources("tanning")}
    best = sources_for("Le bronzage en cabine donne de la vitamine D, sans risque de mélanome")
    assert "soleil" in best[0].key
