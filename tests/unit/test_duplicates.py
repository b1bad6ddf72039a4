"""Near-duplicates: light edits are found, other occasions of a template are let be, and no input
makes the search fail or run away. Whole, at 100,000 posts, in `benchmarks/bench_duplicates.py`."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scc_admin.model import Language
from scc_admin.store import Store
from scc_admin.verdict import duplicates
from tests.posts import EDITS, TEMPLATES, occasions, posts

COUNT = 3_000


@pytest.fixture(scope="module")
def corpus():
    return [text for _, text in posts(COUNT)]


@pytest.fixture(scope="module")
def full(tmp_path_factory, corpus):
    with Store.create(tmp_path_factory.mktemp("known") / "workspace.db", None) as store:
        remember(store, corpus)
        yield store


def remember(store: Store, texts: list[str], **more: object) -> None:
    with store.writing() as tx:
        for number, text in enumerate(texts):
            duplicates.remember(
                tx,
                **{"origin": "file", "page": "", "language": Language.FR, "day": "", **more},
                title=str(number),
                text=text,
            )


def score_of(store: Store, text: str, title: str) -> int:
    with store.reading() as db:
        found = duplicates.neighbours(db, text)
    return next((n.score for n in found if n.title == title), 0)


@pytest.mark.parametrize("kind", EDITS)
def test_a_light_edit_is_still_the_same_post(full, corpus, kind):
    rng = random.Random(kind)
    missed = []
    for number in rng.sample(range(COUNT), 60):
        edited = EDITS[kind](corpus[number], rng)
        if score_of(full, edited, str(number)) < duplicates.WARN_AT:
            missed.append((corpus[number], edited))
    assert missed == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_two_occasions_of_one_template_are_two_posts(open_store, template):
    rng = random.Random(template)
    texts = list(occasions(template, 40, rng))
    remember(open_store, texts)
    for number, text in enumerate(texts):
        with open_store.reading() as db:
            others = [n for n in duplicates.neighbours(db, text) if n.title != str(number)]
        assert [(n.score, text, n.text) for n in others if n.score >= duplicates.WARN_AT] == []


def test_the_same_post_with_one_fact_changed_is_said_to_be_alike_and_never_blocked(open_store):
    original = (
        "Le Relais pour la vie de Granby revient le samedi 12 juin. Formez votre équipe, invitez "
        "vos voisins et venez marcher toute la nuit à la mémoire d'une personne aimée."
    )
    remember(open_store, [original])
    assert score_of(open_store, original, "0") == 100
    moved = score_of(open_store, original.replace("Granby", "Bromont"), "0")
    assert duplicates.WARN_AT <= moved < duplicates.BLOCK_AT
    other = original.replace("Granby", "Bromont").replace("12 juin", "5 septembre")
    assert duplicates.SHOW_AT <= score_of(open_store, other, "0") < duplicates.WARN_AT


def test_hours_and_sums_written_otherwise_are_the_same(open_store):
    original = "Souper à 19 h 30 et danse à 21 h : nous avons amassé 48 250 $ l'an dernier. Bravo!"
    remember(open_store, [original])
    other = "Souper à 19h30 et danse à 21h : nous avons amassé 48\u202f250 $ l'an dernier. Bravo!"
    assert score_of(open_store, other, "0") >= duplicates.WARN_AT


def test_links_addresses_and_tags_do_not_count():
    assert duplicates.normalise(
        "Écrivez à relais@cancer.ca, voyez cancer.ca/relais, www.cancer.ca ou "
        "https://cancer.ca/fr?a=b #RelaisPourLaVie @scc 💛 d'ici l'été."
    ) == ("ecrivez a voyez ou d ici l ete")


def test_short_texts_resemble_nobody(full):
    with full.reading() as db:
        assert duplicates.neighbours(db, "Merci!") == []


def test_a_persons_comments_are_compared_with_that_persons_comments(open_store):
    with open_store.writing() as tx:
        persons = [
            tx.insert("persons", uid=f"p{n}", label=f"Usager {n}", created_at="2026-11-23")
            for n in range(2)
        ]
    comment = "Vos dons ne servent qu'à payer vos directeurs, tout le monde le sait."
    remember(open_store, [comment], person_id=persons[0])
    with open_store.reading() as db:
        assert duplicates.neighbours(db, comment) == []
        assert duplicates.neighbours(db, comment, person_id=persons[1]) == []
        assert [n.score for n in duplicates.neighbours(db, comment, person_id=persons[0])] == [100]


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 une moitié d'emoji \udfff au milieu d'un texte assez long",
        'AND OR NOT NEAR("a b", 3) norm : * ^ " \' ; -- DROP TABLE known_posts',
        'norm:jonquille* AND (soleil OR "lune) {x} + ^début NEAR(a b',
        "a-" * 500_000,
        "a.b." * 250_000,
        "x" * 1_000_000,
        "Bonjour à toutes et à tous! " * 40_000,
        "1 000 " * 170_000,
        "\u0000 zéro \u0000 au milieu d'un texte qui est assez long",
        "🌼" * 300_000,
        "é" * 10_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_makes_the_search_fail_or_run_away(open_store, text):
    remember(open_store, ["Un texte ordinaire au sujet des jonquilles du printemps.", text])
    with open_store.reading() as db:
        for found in duplicates.neighbours(db, text):
            assert 0 <= found.score <= 100


SOME = "le Granby 12 juin, marche. Cancer 19h30 vélo merci! Alma samedi"
WORDS = st.lists(st.sampled_from(SOME.split()), max_size=30).map(" ".join)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_likeness_is_symmetric_and_whole_for_the_same(one, other):
    a, b = duplicates.normalise(one), duplicates.normalise(other)
    assert duplicates.likeness(a, b) == duplicates.likeness(b, a)
    assert duplicates.likeness(a, a) == 100
    assert duplicates.other_occasion(one, other) == duplicates.other_occasion(other, one)
    assert duplicates.other_occasion(one, one) == (False, False)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(st.text(st.characters(), max_size=400))
def test_what_is_remembered_is_found_again(open_store, text):
    remember(open_store, [text])
    with open_store.writing() as tx:
        newest = tx.value("SELECT max(id) FROM known_posts")
    with open_store.reading() as db:
        found = duplicates.neighbours(db, text, most=200)
    if len(duplicates.normalise(text)) >= duplicates.SHORTEST:
        assert newest in {n.known_id for n in found} or len(found) >= duplicates.CANDIDATES
    with open_store.writing() as tx:
        tx.run("DELETE FROM known_posts")
