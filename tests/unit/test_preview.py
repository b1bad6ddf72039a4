"""The preview: nothing of the text is lost, nothing whole is cut, and each network has its face."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scc_admin.model import Target
from scc_admin.verdict.entities import entities
from scc_admin.verdict.networks import load_networks
from scc_admin.verdict.preview import Preview, SegmentKind, preview

ROOT = Path(__file__).parents[2]
NETWORKS = load_networks(ROOT / "resources" / "networks.toml")
PIECES = runpy.run_path(str(ROOT / "tests" / "data" / "counting" / "generate.py"))
SENTENCE = "Chaque pas compte pour les personnes touchées par le cancer. "


def shown(target: Target, text: str, images: int = 0) -> Preview:
    return preview(target, text, networks=NETWORKS, images=images)


def visible(sketch: Preview) -> str:
    return "".join(segment.shown for segment in sketch.visible)


def messages(sketch: Preview) -> list[str]:
    return [note.message.format(**note.params) for note in sketch.notes]


def test_a_short_post_is_shown_whole() -> None:
    sketch = shown(Target.FACEBOOK, SENTENCE)
    assert not sketch.folded
    assert visible(sketch) == SENTENCE
    assert sketch.card is None
    assert messages(sketch) == []


def test_facebook_folds_between_words() -> None:
    sketch = shown(Target.FACEBOOK, SENTENCE * 12)
    assert sketch.folded
    assert 437 <= len(visible(sketch)) <= 477
    assert visible(sketch).endswith(" ")
    assert messages(sketch) == ["Readers see this much before they ask for more."]
    assert sketch.notes[0].source is not None


def test_linkedin_folds_after_three_lines() -> None:
    sketch = shown(Target.LINKEDIN, "un\ndeux\ntrois\nquatre")
    assert visible(sketch).split() == ["un", "deux", "trois"]
    sketch = shown(Target.LINKEDIN, SENTENCE * 6)
    assert sketch.folded
    assert 3 * 50 <= len(visible(sketch)) <= 3 * 71
    assert not shown(Target.LINKEDIN, "un\ndeux\ntrois\n").folded


def test_no_link_is_cut_by_the_fold() -> None:
    link = "https://cancer.ca/" + "a" * 60
    text = "a" * 9 + " " + "mot " * 110 + link + " la suite de l'histoire"
    sketch = shown(Target.FACEBOOK, text)
    assert sketch.rest[0].kind is SegmentKind.LINK
    assert sketch.rest[0].shown == link
    assert shown(Target.FACEBOOK, link + "a" * 500 + " fin").visible[0].kind is SegmentKind.LINK


@pytest.mark.parametrize(
    ("target", "text", "expected"),
    [
        (Target.X, "https://www.cancer.ca/fr/marche-2026?x=1", "cancer.ca/fr/marche-2026…"),
        (Target.X, "https://cancer.ca/", "cancer.ca"),
        (Target.BLUESKY, "https://cancer.ca/fr/marche-2026", "cancer.ca/fr/marche-2026"),
        (Target.MASTODON, "https://cancer.ca/" + "a" * 40, "cancer.ca/" + "a" * 20 + "…"),
        (Target.FACEBOOK, "https://cancer.ca/fr", "https://cancer.ca/fr"),
    ],
)
def test_links_as_readers_see_them(target: Target, text: str, expected: str) -> None:
    (segment,) = shown(target, text).visible
    assert segment.kind is SegmentKind.LINK
    assert (segment.start, segment.end) == (0, len(text))
    assert segment.shown == expected


def test_segments_say_what_they_are() -> None:
    sketch = shown(Target.X, "Merci @scc_qc! cancer.ca #cancer-du-sein")
    assert [(segment.kind.value, segment.shown) for segment in sketch.visible] == [
        ("text", "Merci "),
        ("mention", "@scc_qc"),
        ("text", "! "),
        ("link", "cancer.ca"),
        ("text", " "),
        ("hashtag", "#cancer"),
        ("text", "-du-sein"),
    ]


def test_the_first_link_gets_the_card_and_a_picture_takes_it_away() -> None:
    text = "https://www.cancer.ca/fr puis relaispourlavie.ca"
    sketch = shown(Target.FACEBOOK, text)
    assert sketch.card is not None
    assert (sketch.card.domain, sketch.card.start) == ("cancer.ca", 0)
    assert messages(sketch) == ["Only one link gets a card: cancer.ca."]
    sketch = shown(Target.FACEBOOK, text, images=1)
    assert sketch.card is None
    assert messages(sketch) == ["With a picture attached, the link gets no card."]


def test_instagram_links_are_words() -> None:
    sketch = shown(Target.INSTAGRAM, "Voir cancer.ca")
    assert [segment.kind for segment in sketch.visible] == [SegmentKind.TEXT]
    assert sketch.card is None
    assert messages(sketch) == ["Links in this text cannot be clicked here."]


def test_youtube() -> None:
    sketch = shown(Target.YOUTUBE_DESCRIPTION, "Un <b>film</b> #a #b #c #d")
    assert messages(sketch) == [
        "These characters are refused here: < >",
        "Above the title: #a #b #c",
    ]
    assert [s.kind for s in shown(Target.YOUTUBE_TAGS, "#a, cancer.ca").visible] == [
        SegmentKind.TEXT
    ]


@pytest.mark.parametrize("target", list(Target))
@pytest.mark.parametrize("images", [*range(7), 40])
def test_every_picture_has_a_place_or_is_counted(target: Target, images: int) -> None:
    sketch = shown(target, "x", images)
    rows = sketch.pictures.rows
    assert len({len(row) for row in rows}) <= 1
    placed = {number for row in rows for number in row}
    assert placed == set(range(len(placed)))
    most = NETWORKS.number(target, "images_max")
    if placed:
        taken = images if most is None else min(images, most)
        assert len(placed) + sketch.pictures.hidden == taken
    if most is not None and images > most:
        assert f"{images} pictures are attached; this network takes {most}." in messages(sketch)


def test_arrangements() -> None:
    assert shown(Target.X, "", 3).pictures.rows == ((0, 1), (0, 2))
    assert shown(Target.FACEBOOK, "", 3).pictures.rows == ((0, 0), (1, 2))
    assert shown(Target.FACEBOOK, "", 9).pictures.hidden == 4
    assert shown(Target.INSTAGRAM, "", 3).pictures.carousel
    assert shown(Target.YOUTUBE_TITLE, "", 3).pictures.rows == ()
    with pytest.raises(ValueError, match="-1"):
        shown(Target.X, "", -1)


TEXT = st.lists(
    st.sampled_from(
        [
            *PIECES["EMOJI"],
            *PIECES["SIGNS"],
            *PIECES["TAGS"],
            *PIECES["NAMES"],
            *PIECES["DOMAINS"],
            *PIECES["WORDS"],
            *("\n", " ", SENTENCE, "https://cancer.ca/fr/" + "a" * 50, "x" * 90, "🇨🇦" * 60),
        ]
    ),
    max_size=40,
).map("".join)


@given(st.sampled_from(list(Target)), TEXT)
@example(Target.X, "x" * 39 + "🇨🇦" * 200)
@example(Target.X, "x" * 40 + "🇨🇦" * 200)
@example(Target.X, "🇨🇦" * 200)
@example(Target.X, "x" * 277 + "👨‍👩‍👧‍👦" * 30)
def test_nothing_is_lost_and_nothing_whole_is_cut(target: Target, text: str) -> None:
    sketch = shown(target, text)
    position = 0
    for segment in (*sketch.visible, *sketch.rest):
        assert segment.start == position
        assert segment.end > segment.start
        if segment.kind is SegmentKind.TEXT:
            assert segment.shown == text[segment.start : segment.end]
        position = segment.end
    assert position == len(text)
    if sketch.folded:
        assert sketch.visible
        fold = sketch.rest[0].start
        found = entities(target, text)
        for whole in (*found.mentions, *found.hashtags):
            assert not whole.start < fold < whole.end
        for emoji in found.emoji:
            assert not emoji.start < fold < emoji.end
