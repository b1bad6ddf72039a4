"""A draft on several networks: which page on each, out here and not yet there, counted apart."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from scc_admin import agenda, migrations
from scc_admin.addresses import network_of
from scc_admin.editorial import DraftDetails, PageInput, Readiness
from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import DraftState, EntryKind, JournalQuery, Language, Network, Target
from scc_admin.store import Store
from scc_admin.today import Lane, posts_due
from scc_admin.words import partly_words, state_words
from scc_admin.workspace import Workspace

FR, EN = Language.FR, Language.EN
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
BOTH = [(Target.FACEBOOK, FR, "Merci à toutes!"), (Target.X, FR, "Merci!")]


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(tmp_path, clock):
    made = Workspace.create(
        tmp_path / "w", protection=Kind.NONE, name="Ana Roy", clock=clock,
        settings_file=tmp_path / "settings.json",
    )  # fmt: skip
    with made.workspace as opened:
        yield opened


@pytest.fixture
def editorial(workspace):
    return workspace.editorial


@pytest.fixture
def pages(editorial):
    return {
        network: editorial.add_page(PageInput(f"SCC {network}", network))
        for network in (Network.FACEBOOK, Network.X)
    }


def where(editorial, draft):
    """Network → id of the page."""
    return {m.network: m.page.id if m.page else None for m in editorial.sheet(draft).placements}


def state(editorial, draft):
    return editorial.sheet(draft).draft.state


def ready(editorial, pages, variants=BOTH, **details):
    draft = editorial.add_draft(DraftDetails("Merci", **details), variants)
    editorial.choose_pages(draft, pages.values())
    editorial.mark_ready(draft, Readiness())
    return draft


# --- Where it goes ---------------------------------------------------------------------------


def test_each_network_has_its_page_and_languages_of_one_network_share_it(editorial, pages):
    draft = editorial.add_draft(
        DraftDetails(),
        [
            *BOTH,
            (Target.FACEBOOK, EN, "Thanks"),
            (Target.YOUTUBE_TITLE, FR, "Titre"),
            (Target.YOUTUBE_TAGS, FR, "étiquettes"),
        ],
    )
    assert list(where(editorial, draft)) == [Network.FACEBOOK, Network.X, Network.YOUTUBE]
    editorial.choose_pages(draft, pages.values())
    assert where(editorial, draft) == {**pages, Network.YOUTUBE: None}
    editorial.change_details(draft, DraftDetails(network=Network.X))
    assert where(editorial, draft)[Network.X] is None
    assert where(editorial, draft)[Network.FACEBOOK] == pages[Network.FACEBOOK]


def test_a_page_of_another_network_is_kept_and_goes_home_once_there_is_a_home(editorial, pages):
    x = pages[Network.X]
    draft = editorial.add_draft(DraftDetails(page_id=x), BOTH[:1])
    (placement,) = editorial.sheet(draft).placements
    assert placement.astray and placement.page.id == x
    assert [row.placements for row in editorial.drafts()] == [(placement,)]
    variant, _ = editorial.add_variant(draft, Target.X, FR, "Merci!")
    assert where(editorial, draft) == {Network.FACEBOOK: None, Network.X: x}
    editorial.remove_variant(variant)
    assert where(editorial, draft) == {Network.FACEBOOK: None}


def test_other_details_move_no_page_once_one_network_is_out(editorial, pages, clock):
    draft = ready(editorial, pages)
    editorial.mark_published(draft, clock(), {Network.FACEBOOK: ""})
    shown = DraftDetails("Merci !", page_id=pages[Network.FACEBOOK], network=Network.FACEBOOK)
    editorial.change_details(draft, shown)
    assert where(editorial, draft) == pages


def test_the_page_of_a_version_that_is_gone_takes_no_other_place(editorial, pages):
    draft = editorial.add_draft(DraftDetails("Merci"), BOTH)
    editorial.choose_pages(draft, pages.values())
    sheet = editorial.sheet(draft)
    editorial.remove_variant(next(v.id for v in sheet.variants if v.target is Target.X))
    late = DraftDetails("Merci", page_id=pages[Network.X], network=Network.X)
    editorial.change_details(draft, late)
    assert where(editorial, draft) == {Network.FACEBOOK: pages[Network.FACEBOOK]}


def test_a_copy_goes_to_the_same_pages_and_is_out_nowhere(editorial, pages, clock):
    draft = ready(editorial, pages)
    editorial.mark_published(draft, clock(), dict.fromkeys(pages, "https://exemple.org/1"))
    copy = editorial.copy_draft(draft)
    assert where(editorial, copy) == pages
    assert all(m.published_at is None and not m.permalink for m in editorial.sheet(copy).placements)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_done_there_is_one_placement_for_each_network_written_for(
    editorial, pages, seed
):
    chance = random.Random(seed)
    draft = editorial.add_draft(DraftDetails(), [BOTH[0]])
    for _ in range(25):
        variants = editorial.sheet(draft).variants
        held = {(v.target, v.language) for v in variants}
        target, language = chance.choice(list(Target)), chance.choice(list(Language))
        act = chance.randrange(4)
        match act:
            case 0 if (target, language) not in held:
                editorial.add_variant(draft, target, language, chance.choice(("", "Mot")))
            case 1 if len(variants) > 1:
                editorial.remove_variant(chance.choice(variants).id)
            case 2:
                page = chance.choice([None, *pages.values()])
                network = chance.choice(variants).target.network
                editorial.change_details(draft, DraftDetails(page_id=page, network=network))
            case 3:
                editorial.save_text(chance.choice(variants).id, chance.choice(("", "Texte")))
        sheet = editorial.sheet(draft)
        wanted = {v.target.network for v in sheet.variants}
        assert {m.network for m in sheet.placements} == wanted
        assert len(sheet.placements) == len(wanted)
        if act > 1:
            continue
        for placement in sheet.placements:
            # With other versions a page goes home, unless another page holds that place.
            if placement.astray and placement.page.network in wanted:
                assert sheet.placement(placement.page.network).page is not None


# --- Out here, not yet there -----------------------------------------------------------------


def test_one_network_is_noted_as_simply_as_ever(editorial, clock):
    draft = editorial.add_draft(DraftDetails(), [BOTH[0], (Target.FACEBOOK, EN, "Thanks!")])
    editorial.mark_ready(draft, Readiness())
    editorial.mark_published(draft, clock(), "https://exemple.org/1")
    (placement,) = editorial.sheet(draft).placements
    assert placement.permalink == "https://exemple.org/1"
    assert state(editorial, draft) is DraftState.PUBLISHED


def test_it_is_published_once_it_is_out_everywhere_each_post_with_its_link_and_hour(
    workspace, editorial, pages, clock
):
    draft = ready(editorial, pages, planned_at=NOON)
    with pytest.raises(UserError) as failure:
        editorial.mark_published(draft, clock(), "https://exemple.org/1")
    assert failure.value.code == "which_network"
    editorial.mark_published(draft, clock(), {Network.FACEBOOK: "https://exemple.org/1"})
    sheet, tr = editorial.sheet(draft), Translator(EN)
    assert (sheet.draft.state, sheet.draft.published_at) == (DraftState.READY, None)
    assert partly_words(tr, sheet.placements) == "Still to do: X; published on Facebook"
    assert state_words(tr, sheet.draft.state, sheet.placements) == "Partly published"
    (task,) = workspace.today(zone=UTC).lane(Lane.DO)
    assert (task.id, partly_words(tr, task.placements)) == (
        draft, "Still to do: X; published on Facebook",
    )  # fmt: skip
    with workspace.store.reading() as db:
        assert [task.id for task in posts_due(db, NOON - timedelta(hours=1), NOON)] == [draft]
    with pytest.raises(UserError, match="published"):  # its text stays as it came out
        editorial.reopen(draft)
    editorial.trash(draft)
    with pytest.raises(UserError, match="records"):
        editorial.destroy_draft(draft)
    editorial.untrash(draft)

    clock.now += timedelta(hours=3)
    editorial.mark_published(draft, clock(), "https://exemple.org/2")  # the one that is left
    sheet = editorial.sheet(draft)
    assert (sheet.draft.state, sheet.draft.published_at) == (DraftState.PUBLISHED, NOON)
    assert [(m.network, m.published_at, m.permalink) for m in sheet.placements] == [
        (Network.FACEBOOK, NOON, "https://exemple.org/1"),
        (Network.X, clock(), "https://exemple.org/2"),
    ]
    corrected = clock()
    clock.now += timedelta(hours=1)
    link = {Network.X: "https://exemple.org/3"}
    for again in ("", {Network.X: ""}, link, {Network.FACEBOOK: ""}):
        with pytest.raises(UserError) as failure:
            editorial.mark_published(draft, clock(), again)
        assert failure.value.code == "published_already"
    editorial.mark_published(draft, None, link, correct=True)
    x = editorial.sheet(draft).placements[1]
    assert (x.published_at, x.permalink) == (corrected, "https://exemple.org/3")
    entries = workspace.journal.entries(JournalQuery(kinds=(EntryKind.PUBLISHED,)))
    assert [(e.step, e.values["permalink"]) for e in sorted(entries, key=lambda e: e.seq)] == [
        ("facebook", "https://exemple.org/1"),
        ("x", "https://exemple.org/2"),
        ("x", "https://exemple.org/3"),
    ]
    assert workspace.journal.verify().ok
    with workspace.store.reading() as db:
        known = db.all("SELECT page, day FROM known_posts ORDER BY id")
    assert [tuple(row) for row in known] == [
        ("SCC facebook", "2026-11-23"), ("SCC x", "2026-11-23"),
    ]  # fmt: skip


def test_correcting_what_was_noted_empties_nothing(editorial, pages, clock):
    draft = ready(editorial, pages)
    with pytest.raises(UserError) as failure:
        editorial.mark_published(draft, None, {Network.X: ""}, correct=True)
    assert failure.value.code == "nothing_to_correct"
    editorial.mark_published(draft, clock(), {Network.X: "https://x.com/1"})
    editorial.mark_published(draft, NOON - timedelta(days=1), correct=True)
    facebook, x = editorial.sheet(draft).placements
    assert (x.published_at, x.permalink) == (NOON - timedelta(days=1), "https://x.com/1")
    assert facebook.published_at is None and state(editorial, draft) is DraftState.READY


def test_what_is_published_or_archived_is_not_made_ready_again(editorial, pages, clock):
    draft = ready(editorial, pages)
    editorial.mark_published(draft, clock(), dict.fromkeys(pages, "https://exemple.org/1"))
    before = editorial.sheet(draft)
    for code in ("published", "archived"):
        for act in (
            lambda: editorial.must_be_under_way(draft),
            lambda: editorial.mark_ready(draft, Readiness()),
        ):
            with pytest.raises(UserError) as failure:
                act()
            assert failure.value.code == code
        if code == "published":
            assert editorial.sheet(draft) == before
            editorial.archive(draft)


def test_a_wrong_link_or_network_notes_nothing_at_all(editorial, pages, clock):
    draft = ready(editorial, pages)
    for links, code in (
        ({Network.FACEBOOK: "https://exemple.org/1", Network.X: "exemple"}, "link"),
        ({Network.FACEBOOK: "", Network.BLOG: ""}, "network"),
    ):
        with pytest.raises(UserError) as failure:
            editorial.mark_published(draft, clock(), links)
        assert failure.value.code == code
        assert all(m.published_at is None for m in editorial.sheet(draft).placements)


def test_a_network_is_left_out_and_what_is_out_then_is_all(editorial, pages, clock):
    draft = ready(editorial, pages)
    editorial.mark_published(draft, clock(), {Network.FACEBOOK: ""})
    with pytest.raises(UserError):
        editorial.leave_out(draft, Network.FACEBOOK)
    editorial.leave_out(draft, Network.X)
    assert state(editorial, draft) is DraftState.PUBLISHED
    assert [v.target for v in editorial.sheet(draft).variants] == [Target.FACEBOOK]
    copy = editorial.copy_draft(draft)
    assert list(where(editorial, copy)) == [Network.FACEBOOK]


def test_a_version_without_a_word_is_not_waited_for(editorial, clock):
    draft = editorial.add_draft(DraftDetails(), [BOTH[0], (Target.X, FR, "  ")])
    assert len(editorial.sheet(draft).placements) == 2
    editorial.mark_ready(draft, Readiness())
    assert list(where(editorial, draft)) == [Network.FACEBOOK]
    editorial.reopen(draft)
    assert len(editorial.sheet(draft).placements) == 2
    editorial.mark_ready(draft, Readiness())
    editorial.mark_published(draft, clock(), "")
    assert state(editorial, draft) is DraftState.PUBLISHED


def test_an_archived_post_comes_back_as_far_as_it_had_come(editorial, pages, clock):
    draft = ready(editorial, pages)
    editorial.mark_published(draft, clock(), {Network.X: ""})
    editorial.archive(draft)
    editorial.reopen(draft)
    assert state(editorial, draft) is DraftState.READY
    editorial.mark_published(draft, clock(), "")
    editorial.archive(draft)
    editorial.reopen(draft)
    assert state(editorial, draft) is DraftState.PUBLISHED


# --- Calendar and plans ----------------------------------------------------------------------


def test_the_calendar_shows_it_once_on_all_its_pages_and_finds_its_clashes(
    workspace, editorial, pages
):
    draft = ready(editorial, pages, planned_at=NOON)
    other = editorial.add_draft(
        DraftDetails("Autre", page_id=pages[Network.X], planned_at=NOON + timedelta(minutes=20)),
        [(Target.X, FR, "Autre chose")],
    )
    with workspace.store.reading() as db:
        found = agenda.items(db, NOON.date(), NOON.date(), zone=UTC)
    assert [item.draft_id for item in found] == [draft, other]
    assert [a.page_id for a in found[0].audiences] == list(pages.values())
    assert found[0].page == "SCC facebook, SCC x"
    clashes = agenda.conflicts(found, (), {})
    assert [c.clash for c in clashes[f"d{draft}"]] == [agenda.Clash.SAME_PAGE]


def test_what_was_never_planned_stands_in_the_calendar_once_it_is_out_somewhere(
    workspace, editorial, pages, clock
):
    draft, today = ready(editorial, pages), NOON.date()
    assert workspace.calendar(today, today, zone=UTC).items == ()
    editorial.mark_published(draft, NOON, {Network.X: ""})
    clock.now = NOON + timedelta(days=1)
    tomorrow = clock.now.date()
    assert [i.draft_id for i in workspace.calendar(today, tomorrow, zone=UTC).items] == [draft]
    editorial.mark_published(draft, clock(), {Network.FACEBOOK: ""})
    (item,) = workspace.calendar(today, tomorrow, zone=UTC).items
    assert (item.draft_id, item.at) == (draft, NOON)
    assert workspace.calendar(tomorrow, tomorrow, zone=UTC).items == ()


def test_what_is_out_in_part_goes_to_a_file_and_comes_back_unplanned(
    workspace, editorial, pages, tmp_path
):
    draft = ready(editorial, pages)
    editorial.mark_published(draft, NOON, {Network.X: "https://x.com/1"})
    path = tmp_path / "all.ics"
    workspace.exchange.export(path, Translator(FR))
    assert "https://x.com/1" in path.read_text("utf-8").replace("\n ", "")
    plan = workspace.exchange.plan(path)
    assert (plan.items, plan.unchanged) == ((), 1)


def test_a_signed_plan_of_a_page_holds_what_that_page_gets(workspace, editorial, pages, tmp_path):
    ready(editorial, pages, planned_at=NOON + timedelta(days=1))
    for network, said, unsaid in (
        (Network.FACEBOOK, "Merci à toutes!", "twitter"), (Network.X, "Merci!", "à toutes"),
    ):  # fmt: skip
        path = tmp_path / f"{network}.ics"
        assert workspace.exchange.export_plan(pages[network], path, Translator(FR)) == 1
        text = path.read_text("utf-8")
        assert said in text and unsaid not in text


def test_what_has_no_title_is_named_by_its_first_words_wherever_it_is_listed(
    workspace, editorial, pages, clock
):
    draft = ready(editorial, pages, planned_at=NOON)
    editorial.change_details(draft, DraftDetails(planned_at=NOON))
    (row,) = editorial.drafts()
    with workspace.store.reading() as db:
        (item,) = agenda.items(db, NOON.date(), NOON.date(), zone=UTC)
        (title,) = {row["title"] for row in db.all("SELECT title FROM known_posts")} - {"Merci!"}
    assert {row.title, item.title, title} == {"Merci à toutes!"}


# --- The file --------------------------------------------------------------------------------


def old_file(path) -> Store:
    """A file as the second step of the schema left it."""
    made = Store.create(path, None)
    made.close()
    path.unlink()
    steps, migrations.STEPS = migrations.STEPS, migrations.STEPS[:2]
    try:
        return Store.create(path, None)
    finally:
        migrations.STEPS = steps


OLD = """
INSERT INTO pages(id, uid, name, network, kind, level, language, created_at, updated_at) VALUES
 (1, 'f', 'F', 'facebook', 'page', 'regional', 'fr', '', ''),
 (2, 'x', 'X', 'x', 'page', 'regional', 'fr', '', '');
INSERT INTO drafts(id, uid, title, kind, state, author, page_id, published_at, permalink,
 created_at, updated_at) VALUES
 (1, 'a', 'Publié', 'post', 'published', 'A', 2, '2026-11-02T10:00:00.000Z', 'https://e.ca',
  '', ''),
 (2, 'b', 'Prêt', 'post', 'ready', 'A', 2, NULL, '', '', ''),
 (3, 'c', 'Sans page', 'post', 'draft', 'A', NULL, NULL, '', '', ''),
 (4, 'd', 'Égaré', 'post', 'draft', 'A', 2, NULL, '', '', ''),
 (5, 'e', 'Vide', 'post', 'draft', 'A', 1, NULL, '', '', '');
INSERT INTO variants(draft_id, target, language, text, updated_at, removed) VALUES
 (1, 'facebook', 'fr', 'Un', '', 0), (1, 'x', 'fr', 'Un', '', 0),
 (2, 'facebook', 'fr', 'Deux', '', 0), (2, 'x', 'fr', 'Deux', '', 0), (2, 'blog', 'fr', '', '', 0),
 (3, 'youtube-title', 'fr', 'Trois', '', 0), (3, 'youtube-tags', 'fr', '', '', 0),
 (4, 'facebook', 'fr', 'Quatre', '', 0), (4, 'x', 'fr', 'Quatre', '', 1);
"""


def test_what_an_older_file_says_of_page_link_and_hour_is_carried_over(tmp_path):
    with old_file(tmp_path / "w.db") as old, old.writing() as tx:
        for statement in migrations.statements(OLD):
            tx.run(statement)
    out = datetime(2026, 11, 2, 10, tzinfo=UTC)
    expected = {
        1: [(Network.X, 2, out, "https://e.ca")],  # what came out elsewhere was never noted
        2: [(Network.X, 2, None, ""), (Network.FACEBOOK, None, None, "")],
        3: [(Network.YOUTUBE, None, None, "")],
        4: [(Network.FACEBOOK, 2, None, "")],
        5: [(Network.FACEBOOK, 1, None, "")],
    }

    def read(store):
        with store.reading() as db:
            found = agenda.placements(db, list(expected))
        return {
            draft: [(m.network, m.page.id if m.page else None, m.published_at, m.permalink)
                    for m in found[draft]]
            for draft in expected
        }  # fmt: skip

    with Store.open(tmp_path / "w.db", None, read_only=True) as unchanged:
        assert read(unchanged) == {draft: made[:1] for draft, made in expected.items()}
    with Store.open(tmp_path / "w.db", None) as store:
        assert read(store) == expected
        assert store.problems() == []
        with store.reading() as db, pytest.raises(Exception, match="no such column"):
            db.all("SELECT page_id FROM drafts")


def test_the_figures_of_a_week_are_those_of_before_for_one_network(workspace, editorial, pages):
    for number in range(3):
        draft = editorial.add_draft(
            DraftDetails(page_id=pages[Network.FACEBOOK], planned_at=NOON),
            [(Target.FACEBOOK, FR, f"Un {number}"), (Target.FACEBOOK, EN, f"One {number}")],
        )
        editorial.mark_ready(draft, Readiness())
        editorial.mark_published(draft, NOON, "")
    both = ready(editorial, pages, planned_at=NOON)
    editorial.mark_published(both, NOON, {Network.X: ""})
    report = workspace.weekly_data("2026-W48", Translator(EN))
    figures = {f["key"]: f["value"] for f in report["summary"]}
    assert (figures["planned"], figures["published"]) == (5, 4)
    assert [(p["page"], p["planned"], p["published"]) for p in report["pages"]] == [
        ("SCC facebook", 4, 3), ("SCC x", 1, 1),
    ]  # fmt: skip


# --- Out on one network, owed on another -----------------------------------------------------


def test_what_is_out_in_part_without_a_plan_is_due_and_stands_where_it_came_out(
    workspace, editorial, pages, clock
):
    draft = ready(editorial, pages)
    assert not workspace.today(zone=UTC).tasks
    editorial.mark_published(draft, clock.now, {Network.FACEBOOK: ""})
    clock.now += timedelta(days=2)
    (task,) = workspace.today(zone=UTC).tasks
    assert (task.id, task.lane) == (draft, Lane.DO)
    assert "Reste à faire" in partly_words(Translator(), task.placements)
    with workspace.store.reading() as db:
        (item,) = agenda.items(db, NOON.date(), NOON.date(), zone=UTC)
        assert (item.draft_id, item.at) == (draft, NOON)
        assert not agenda.items(db, clock.now.date(), clock.now.date(), zone=UTC)
    editorial.mark_published(draft, clock.now, {Network.X: ""})
    assert not workspace.today(zone=UTC).tasks


def test_the_link_of_one_network_is_not_taken_for_that_of_another(editorial, pages, clock):
    draft = ready(editorial, pages)
    with pytest.raises(UserError, match=r"leads to Facebook"):
        editorial.mark_published(draft, clock.now, {Network.X: "https://m.facebook.com/scc/1"})
    editorial.mark_published(draft, clock.now, {Network.X: "https://exemple.org/1"})


@pytest.mark.parametrize(
    ("link", "network"),
    [
        ("https://www.facebook.com/scc/posts/1", Network.FACEBOOK),
        ("https://x.com/scc/status/1", Network.X),
        ("https://notx.com/1", None),
        ("https://x.com.exemple.org/1", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_a_link_tells_its_network_by_its_host_alone(link, network):
    assert network_of(link) is network


def test_once_ready_or_out_what_people_said_is_no_longer_changed(editorial, pages, clock):
    draft = editorial.add_draft(DraftDetails("Merci"), BOTH)
    editorial.choose_pages(draft, pages.values())
    editorial.answer(draft, "DEV-07", "yes")
    editorial.mark_ready(draft, Readiness())
    for code in ("ready", "on_record"):
        for act in (
            lambda: editorial.unanswer(draft, "DEV-07"),
            lambda: editorial.answer(draft, "DEV-07", "no"),
        ):
            with pytest.raises(UserError) as refused:
                act()
            assert refused.value.code == code
        if code == "ready":
            editorial.mark_published(draft, clock.now, {Network.FACEBOOK: ""})
    assert editorial.sheet(draft).answers[0].answer == "yes"
