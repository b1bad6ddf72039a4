"""Ready-made texts and sources: what is known is filled, and what ships can be changed and back."""

from __future__ import annotations

from datetime import date

import pytest

from scc_admin.documents import csv_text
from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.library import (
    FIELDS,
    OPEN_USES,
    USES,
    Library,
    Standing,
    as_kept,
    as_shown,
    fill,
    unfilled,
)
from scc_admin.model import Language, Post, Target
from scc_admin.proofreading import WRITTEN_IN_POSTS
from scc_admin.settings import Settings
from scc_admin.store import Store
from scc_admin.verdict import RuleSet, check, default_known


@pytest.fixture
def library(open_store, tmp_path) -> Library:
    return Library(Settings(tmp_path / "settings.json", open_store))


def test_unknown_fields_are_left_to_be_filled_by_hand():
    assert fill("Bonjour {name}, voir {link}.", {"name": "Ana"}, {"link": "lien"}) == (
        "Bonjour Ana, voir [lien]."
    )


@pytest.mark.parametrize(
    "text",
    ["{", "}", "{}", "{0}", "{name!r}", "{name.x}", "{{name}}", "{ name }", "%s {", "\ud800{"],
)
def test_any_brace_that_somebody_types_is_text(text):
    assert fill(text, {"name": "Ana"}, {}) == text.replace("{name}", "Ana")


@pytest.mark.parametrize("use", ["public_answer", "private_message", "ban_notice", "escalation"])
@pytest.mark.parametrize("language", list(Language))
def test_every_template_fills_without_a_brace_left(library, use, language):
    found = library.templates(use)
    assert found
    for template in found:
        assert set(template.fields) <= set(FIELDS)
        assert "{" not in template.fill(language, {}, FIELDS)
        assert template.title.to(language)


def test_every_use_has_its_name(library):
    assert {template.use for template in library.templates()} == set(USES)
    assert set(OPEN_USES) <= set(USES)


def test_sources_are_found_by_their_topic_in_both_languages(library):
    sources = library.sources
    assert sources() and sources("rien de tel zzz") == []
    assert {s.key for s in sources("bronzage")} & {s.key for s in sources("tanning")}
    best = library.sources_for("Le bronzage en cabine donne de la vitamine D, sans risque")
    assert "soleil" in best[0].key


def test_words_are_changed_in_one_language_and_come_back(library, open_store, tmp_path):
    (before,) = library.templates("private_message")
    key = before.key
    words = library.words("templates", key)
    library.change("templates", key, {**words, "text_fr": "Trois demandes, {name}.\r\n"})
    (after,) = library.templates("private_message")
    assert after.text.fr == "Trois demandes, {name}." and after.text.en == before.text.en
    assert after.standing is Standing.CHANGED and after.title == before.title
    assert library.changed("templates", key) == {"text_fr": "Trois demandes, {name}."}
    again = Library(Settings(tmp_path / "settings.json", open_store))
    assert again.templates("private_message") == [after]
    library.change("templates", key, library.words("templates", key, shipped=True))
    assert library.templates("private_message") == [before], "the same words are no change"
    library.change("templates", key, {**words, "title_en": "Ours"})
    library.put_back("templates", key)
    assert library.templates("private_message") == [before]


def test_one_may_be_taken_out_and_the_program_still_has_what_it_needs(library):
    key = library.template("follow").key
    library.take_out("templates", key)
    assert library.templates("follow") == []
    assert library.template("follow").key == key
    assert [t.standing for t in library.templates("follow", out=True)] == [Standing.OUT]
    library.put_back("templates", key)
    assert library.templates("follow")


def test_one_s_own_stand_beside_those_that_shipped(library):
    key, changes = library.add(
        "templates", {"use": "public_answer", "title_fr": "La nôtre", "text_fr": "Voir {link} {"}
    )
    assert "library" in changes.what
    own = library.templates("public_answer")[-1]
    assert (own.key, own.standing, own.fields) == (key, Standing.OWN, ("link",))
    assert own.text.to(Language.EN) == "Voir {link} {", "in the language that there is"
    library.change("templates", key, {**library.words("templates", key), "title_fr": "À nous"})
    assert library.templates("public_answer")[-1].title.fr == "À nous"
    held = library.changed("templates", key)
    library.take_out("templates", key)
    assert key not in [t.key for t in library.templates(out=True)]
    library.put_back("templates", key, held)
    assert library.templates("public_answer")[-1].title.fr == "À nous"

    key, _ = library.add(
        "sources",
        {
            "kind": "house",
            "title_fr": "Étude sur le kombucha",
            "publisher_fr": "Université",
            "url_fr": "https://exemple.org/k",
            "topics": ["kombucha", " "],
        },
    )
    assert library.sources_for("Le kombucha guérit tout")[0].key == key
    assert library.sources("KOMBUCHA")[0].topics == ("kombucha",)


@pytest.mark.parametrize(
    ("part", "values", "code"),
    [
        ("templates", {"use": "public_answer", "text_fr": "x"}, "title"),
        ("templates", {"use": "public_answer", "title_en": "x", "text_fr": " \n"}, "text"),
        ("sources", {"kind": "house", "title_fr": "x"}, "text"),
        ("sources", {"kind": "house", "title_fr": "x", "url_fr": "javascript:1"}, "link"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(library, part, values, code):
    with pytest.raises(UserError) as error:
        library.add(part, values)
    assert error.value.code == code
    assert not any(t.standing is Standing.OWN for t in library.templates())


def test_damaged_changes_count_as_none(library, open_store, tmp_path):
    settings = Settings(tmp_path / "settings.json", open_store)
    settings.set("library.templates", {"answer-tone": 3, "own-1": {"title_fr": "x"}, "gone": {}})
    assert all(t.standing is Standing.SHIPPED for t in library.templates())


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("use", sorted(WRITTEN_IN_POSTS))
def test_what_a_ready_made_text_leaves_to_fill_in_is_found_in_the_post(library, use, language):
    rules, words = RuleSet.load(), {k: Translator(language).tr(w) for k, w in FIELDS.items()}
    for template in library.templates(use):
        text = template.fill(language, {"signature": "Marie"}, words)
        left = unfilled(text, template.fields)
        post = Post(text, Target.FACEBOOK, language)
        found = [
            f.excerpt for f in check(post, rules, default_known()).findings if f.rule == "INT-13"
        ]
        assert set(found) == set(left)


# --- Reminders and files -------------------------------------------------------------------------


def shipped(library: Library) -> str:
    return next(s.key for s in library.sources() if s.standing is Standing.SHIPPED)


def test_a_link_is_to_be_checked_again_on_a_day(library):
    key = shipped(library)
    assert library.due(date(2099, 1, 1)) == []
    library.remind(key, date(2027, 1, 15))
    (source,) = library.due(date(2027, 1, 15))
    assert (source.key, source.check_on) == (key, date(2027, 1, 15))
    assert source.standing is Standing.SHIPPED, "its words are those that shipped"
    assert library.due(date(2027, 1, 14)) == []

    library.change("sources", key, {**library.words("sources", key), "title_fr": "À nous"})
    assert [s.standing for s in library.due(date(2027, 1, 15))] == [Standing.CHANGED]
    library.put_back("sources", key)
    (source,) = library.due(date(2027, 1, 15))
    assert source.standing is Standing.SHIPPED and source.title.fr != "À nous"
    library.take_out("sources", key)
    assert library.due(date(2099, 1, 1)) == [], "nobody cites it any more"
    library.put_back("sources", key)
    library.remind(key, None)
    assert library.changed("sources", key) is None


def test_the_oldest_reminder_comes_first_and_a_damaged_one_is_none(library, open_store, tmp_path):
    first, second, third = (s.key for s in library.sources()[:3])
    library.remind(first, date(2027, 2, 1))
    library.remind(second, date(2027, 1, 1))
    settings = Settings(tmp_path / "settings.json", open_store)
    held = settings.get("library.sources")
    settings.set("library.sources", {**held, third: {"check_on": "bientôt"}})
    assert [s.key for s in library.due(date(2028, 1, 1))] == [second, first]


def test_a_day_that_is_none_is_said(library):
    values = {"kind": "house", "title_fr": "x", "url_fr": "https://exemple.org"}
    with pytest.raises(UserError) as error:
        library.add("sources", {**values, "check_on": "demain"})
    assert error.value.code == "day"
    library.add("sources", {**values, "check_on": date(2027, 3, 1)})
    assert [s.check_on for s in library.due(date(2027, 3, 1))] == [date(2027, 3, 1)]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("part", ["sources", "templates"])
def test_a_file_of_them_comes_back_as_it_left(library, open_store, tmp_path, part, language):
    tr = Translator(language)
    library.remind(shipped(library), date(2027, 1, 15))
    own = {
        "sources": {"kind": "house", "url_fr": "https://exemple.org", "topics": ["a", "b, c"],
                    "check_on": date(2027, 3, 1)},
        "templates": {"use": "help_line", "text_fr": "=Voir {link}\nMerci"},
    }[part]  # fmt: skip
    library.add(part, {"title_fr": "La nôtre; « à nous »", **own})
    heads, rows = library.table(part, tr)
    text = csv_text([heads, *rows])
    same = library.read_csv(part, text, tr)
    assert (same.new, same.changed, same.same) == ((), (), len(rows))
    assert same.problems == () and same.unknown_columns == ()

    with Store.create(tmp_path / "other.db", None) as store:
        other = Library(Settings(tmp_path / "other.json", store))
        incoming = other.read_csv(part, text, Translator(Language.EN))
        assert len(incoming.new) == 1
        other.take(incoming)
        assert getattr(other, part)() == getattr(library, part)()
        again = other.read_csv(part, text, tr)
        assert (again.new, again.changed) == ((), ())


def test_a_file_changes_what_it_names_and_says_what_it_leaves_out(library):
    tr = Translator(Language.EN)
    first, second = (s.key for s in library.sources()[:2])
    library.take_out("sources", second)
    text = (
        "Check this link again on,id,Link (fr),Title (fr),Colour\n"
        f"2027-01-15,{first},https://exemple.org/1,Autre titre,red\n"
        f",{second},https://exemple.org/2,Retirée,\n"
        ",,exemple.org,Sans lien,\n"
        "bientôt,,https://exemple.org,Sans jour,\n"
        "2027-05-01,,https://exemple.org/n,Neuve,\n"
    )
    incoming = library.read_csv("sources", text, tr)
    assert [n for n, _, _ in incoming.problems] == [3, 4, 5]
    assert incoming.unknown_columns == ("Colour",)
    english = next(s for s in library.sources() if s.key == first).title.en
    assert [s.title.fr for s in library.sources()].count("Autre titre") == 0, "nothing is written"
    library.take(incoming)
    changed = next(s for s in library.sources() if s.key == first)
    assert (changed.title.fr, changed.title.en) == ("Autre titre", english)
    assert changed.check_on == date(2027, 1, 15)
    (new,) = (s for s in library.sources() if s.title.fr == "Neuve")
    assert (new.kind, new.standing, new.check_on) == ("house", Standing.OWN, date(2027, 5, 1))
    with pytest.raises(UserError) as error:
        library.read_csv("sources", "a,b\n1,2\n", tr)
    assert "Title (fr)" in tr.explain(error.value)


def test_fields_are_called_in_french_where_one_writes_and_kept_by_their_keys():
    text = "Bonjour {name}. {fact} {link} {name_of_nothing}"
    shown = as_shown(text, Language.FR)
    assert shown == "Bonjour {nom}. {fait} {lien} {name_of_nothing}"
    assert as_shown(text, Language.EN) == text
    assert as_kept(shown) == as_kept(text) == text
    assert as_kept("{Nom}, {sujet}") == "{name}, {topic}"


def test_no_shipped_template_changes_on_its_way_to_the_form_and_back(library):
    fields = {name for made in library.templates() for name in made.fields}
    assert fields
    for made in library.templates():
        for text in (made.subject, made.text):
            assert as_kept(as_shown(text.fr, Language.FR)) == text.fr
    shown = {as_shown(f"{{{name}}}", Language.FR) for name in fields}
    assert len(shown) == len(fields)
