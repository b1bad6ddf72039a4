"""Pages, drafts and their way to publication, on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scc_admin.editorial import (
    CampaignInput,
    DraftDetails,
    DraftQuery,
    Editorial,
    EntryInput,
    PageInput,
    Readiness,
    material_hash,
    readiness,
    settles,
    sheet_hash,
)
from scc_admin.errors import UserError
from scc_admin.model import (
    Confidence,
    Count,
    DraftState,
    Finding,
    Language,
    Network,
    Question,
    Severity,
    Target,
    Theme,
    Verdict,
    draft_title,
    first_words,
)

FR, EN = Language.FR, Language.EN


def finding(severity=Severity.ERROR, rule="DYN-05", excerpt="mardi 12"):
    return Finding(
        rule, "name", severity, Theme.INTEGRITY, (15,), 0, len(excerpt), excerpt, "message", ""
    )


def verdict(*findings, questions=()):
    count = Count(1, 280, "weighted", Confidence.OFFICIAL, "")
    return Verdict(tuple(findings), tuple(questions), (count,))


def question(rule="DEV-07"):
    return Question(rule, "name", Theme.DEDICATION, (36,), "Peut-on le lire sans être blessé?", "")


def new_draft(editorial, text="Bonjour à tous", **details):
    return editorial.add_draft(DraftDetails(**details), [(Target.FACEBOOK, FR, text)])


def only_variant(editorial, draft_id):
    (variant,) = editorial.sheet(draft_id).variants
    return variant


def test_a_draft_opens_with_the_fields_of_its_page(editorial):
    page = editorial.add_page(PageInput("Chaîne", Network.YOUTUBE, language=FR))
    draft = editorial.add_draft(DraftDetails(title="Vidéo", page_id=page))
    assert [v.target for v in editorial.sheet(draft).variants] == [
        Target.YOUTUBE_TITLE,
        Target.YOUTUBE_DESCRIPTION,
        Target.YOUTUBE_TAGS,
    ]


def test_every_save_is_durable_and_counted(editorial, open_store, tmp_path):
    variant = only_variant(editorial, new_draft(editorial, ""))
    assert editorial.save_text(variant.id, "Bonjour").revision == 1
    assert editorial.save_text(variant.id, "Bonjour").revision == 1
    assert editorial.save_text(variant.id, "Bonjour!").revision == 2
    with open_store.reading() as db:
        assert db.value("SELECT text FROM variants WHERE id = ?", (variant.id,)) == "Bonjour!"


def test_what_a_large_cut_removes_can_be_found_again(editorial, clock):
    long = "Une phrase qui a coûté du travail. " * 5
    variant = only_variant(editorial, new_draft(editorial, ""))
    editorial.save_text(variant.id, "Début")
    editorial.save_text(variant.id, long)
    clock.advance(seconds=1)
    editorial.save_text(variant.id, "")
    assert long in [r.text for r in editorial.revisions(variant.id)]


def test_typing_does_not_keep_every_letter(editorial, clock):
    variant = only_variant(editorial, new_draft(editorial, ""))
    for end in range(1, 60):
        editorial.save_text(variant.id, "x" * end)
        clock.advance(seconds=1)
    assert len(editorial.revisions(variant.id)) <= 2
    clock.advance(seconds=61)
    editorial.save_text(variant.id, "autre chose")
    assert editorial.revisions(variant.id)[0].text == "x" * 59


def test_a_version_taken_out_comes_back_with_its_text(editorial):
    draft = new_draft(editorial)
    english, _ = editorial.add_variant(draft, Target.FACEBOOK, EN, "Hello everyone")
    editorial.remove_variant(english)
    assert [v.language for v in editorial.sheet(draft).variants] == [FR]
    again, _ = editorial.add_variant(draft, Target.FACEBOOK, EN)
    assert again == english
    assert {v.text for v in editorial.sheet(draft).variants} == {"Bonjour à tous", "Hello everyone"}
    with pytest.raises(UserError) as failure:
        editorial.add_variant(draft, Target.FACEBOOK, EN)
    assert failure.value.code == "variant_exists"


def test_readiness_names_what_remains(editorial):
    draft = new_draft(editorial)
    sheet = editorial.sheet(draft)
    variant = sheet.variants[0]
    remaining = readiness(
        sheet,
        {
            variant.id: verdict(
                finding(Severity.ERROR),
                finding(Severity.WARNING),
                finding(Severity.INFO),
                questions=[question()],
            )
        },
    )
    assert [f.severity for _, f in remaining.findings] == [Severity.ERROR]
    assert [q.rule for q in remaining.questions] == ["DEV-07"]
    with pytest.raises(UserError) as failure:
        editorial.mark_ready(draft, remaining)
    assert failure.value.code == "not_ready"


def test_an_override_settles_its_excerpt_only_and_is_journalled(editorial, journal):
    draft = new_draft(editorial)
    with pytest.raises(UserError):
        editorial.override(draft, finding(), "  ")
    editorial.override(draft, finding(), "Date confirmée par la coordonnatrice")
    sheet = editorial.sheet(draft)
    vid = sheet.variants[0].id
    assert readiness(sheet, {vid: verdict(finding())}).ready
    other = finding(excerpt="jeudi 31")
    assert not readiness(sheet, {vid: verdict(other)}).ready
    entry = journal.entry(sheet.overrides[0].entry)
    assert entry.rule == "DYN-05"
    assert entry.values["reason"] == "Date confirmée par la coordonnatrice"
    assert journal.verify().ok


def alike(text, other="post-1"):
    found = finding(Severity.BLOCK, "PAGE-01", text)
    return replace(found, subject=other)


def test_an_override_of_a_copy_holds_while_both_posts_say_the_same(editorial):
    """Its excerpt is the whole text, so that a comma would ask again."""
    draft = new_draft(editorial, "Merci à nos bénévoles")
    variant = only_variant(editorial, draft)
    editorial.override(draft, alike("Merci à nos bénévoles"), "Même texte, voulu par la division")

    def ready(text, *others):
        editorial.save_text(variant.id, text)
        found = verdict(*(alike(text, other) for other in others))
        return readiness(editorial.sheet(draft), {variant.id: found}).ready

    assert ready("Merci à nos bénévoles", "post-1")
    assert ready("Merci, à nos bénévoles! 🌼", "post-1")
    assert not ready("Merci à nos bénévoles de Laval", "post-1")
    assert not ready("Merci à nos bénévoles", "post-2")
    assert not ready("Merci à nos bénévoles", "post-1", "post-2")
    assert ready("Merci à nos bénévoles", "post-1")


def test_an_override_of_before_subjects_settles_its_very_excerpt(editorial):
    draft = new_draft(editorial, "Merci à nos bénévoles")
    editorial.override(draft, alike("Merci à nos bénévoles", ""), "Voulu par la division")
    (override,) = editorial.sheet(draft).overrides
    assert settles(override, alike("Merci à nos bénévoles"))
    assert not settles(override, alike("Merci, à nos bénévoles!"))


def test_what_is_set_aside_about_one_picture_is_not_about_another(editorial):
    draft = new_draft(editorial)
    first = replace(finding(Severity.WARNING, "LIS-04", ""), subject="a.jpg")
    editorial.set_aside(draft, first)
    (override,) = editorial.sheet(draft).overrides
    assert settles(override, first)
    assert not settles(override, replace(first, subject="b.jpg"))


def test_an_answer_lapses_when_the_text_changes_materially(editorial):
    draft = new_draft(editorial, "Merci à nos bénévoles")
    editorial.answer(draft, "DEV-07", "yes")
    variant = only_variant(editorial, draft)
    asked = {variant.id: verdict(questions=[question()])}
    assert readiness(editorial.sheet(draft), asked).ready
    editorial.save_text(variant.id, "Merci à nos bénévoles!  😀")
    assert readiness(editorial.sheet(draft), asked).ready
    editorial.save_text(variant.id, "Merci à nos donateurs")
    assert not readiness(editorial.sheet(draft), asked).ready


def test_the_list_names_who_changed_a_draft_last(open_store, journal, clock):
    hand = "Ana Roy"
    editorial = Editorial(open_store, journal, clock, lambda: hand)
    draft = new_draft(editorial)
    for hand in ("Ana Roy", "Bao Li"):
        clock.now += timedelta(minutes=5)
        editorial.save_text(only_variant(editorial, draft).id, f"Merci de {hand}")
        (row,) = editorial.drafts()
        assert (row.updated_by, row.updated_at) == (hand, clock.now)
    assert editorial.sheet(draft).draft.author == "Ana Roy"


def test_a_version_that_says_the_same_asks_nobody_again(editorial):
    draft = new_draft(editorial, "Merci à nos bénévoles")
    editorial.answer(draft, "DEV-07", "yes")
    stood = sheet_hash(editorial.sheet(draft))
    added, _ = editorial.add_variant(draft, Target.X, Language.FR, "Merci à nos bénévoles")
    editorial.add_variant(draft, Target.X, Language.EN)
    assert sheet_hash(editorial.sheet(draft)) == stood
    editorial.save_text(added, "Merci à nos donateurs")
    assert sheet_hash(editorial.sheet(draft)) != stood


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Merci à toutes\net à tous!", "Merci à toutes et à tous!"),
        ("a" * 78 + "\n\n", "a" * 78),
        ("Rendez-vous au parc de la Pointe-aux-Lièvres le samedi 12 juin 2027 " + "b " * 30,
         "Rendez-vous au parc de la Pointe-aux-Lièvres le samedi 12 juin 2027 b b b b b b…"),
        ("Au parc de la Pointe-aux-Lièvres de Québec, à côté de la rivière, le 12 juin 2027 à 8 h",
         "Au parc de la Pointe-aux-Lièvres de Québec, à côté de la rivière, le 12 juin…"),
        ("c" * 100, "c" * 80 + "…"),
    ],
)  # fmt: skip
def test_a_text_names_its_draft_by_whole_words(editorial, text, named):
    draft = new_draft(editorial, text)
    (row,) = editorial.drafts()
    assert row.title == draft_title(editorial.sheet(draft)) == first_words(text) == named


def test_a_no_is_not_enough(editorial):
    draft = new_draft(editorial)
    editorial.answer(draft, "DEV-07", "no")
    sheet = editorial.sheet(draft)
    assert readiness(sheet, {sheet.variants[0].id: verdict(questions=[question()])}).questions


def test_an_approval_is_waited_for_recorded_and_asked_again(editorial, journal):
    draft = new_draft(editorial, "Nous appuyons la mesure")
    editorial.submit(draft, ["Luc", " "], "Le chiffre est-il exact?")
    sheet = editorial.sheet(draft)
    assert sheet.draft.state is DraftState.TO_VALIDATE
    vid = sheet.variants[0].id
    assert not readiness(sheet, {vid: verdict()}).ready
    editorial.record_approval(sheet.approvals[0].id, True, "Vérifié")
    assert readiness(editorial.sheet(draft), {vid: verdict()}).ready
    assert journal.entries()[0].approver == "Luc"
    editorial.save_text(vid, "Nous rejetons la mesure")
    assert not readiness(editorial.sheet(draft), {vid: verdict()}).ready


def test_nobody_validates_what_they_wrote(editorial, open_store):
    draft = new_draft(editorial)
    for own in ("Ana Roy", " ana  ROY", "Roy, Ána"):
        with pytest.raises(UserError) as failure:
            editorial.submit(draft, ["Luc", own])
        assert failure.value.code == "own_draft"
    assert not editorial.sheet(draft).approvals
    editorial.submit(draft, ["Luc"])
    with open_store.writing() as tx:  # as an older version let it be asked
        tx.run("UPDATE approvals SET validator = 'Ana-Roy'")
    asked = editorial.sheet(draft).approvals[0].id
    with pytest.raises(UserError):
        editorial.record_approval(asked, True)
    editorial.record_approval(asked, False, "Trop tôt")


def test_a_refusal_brings_the_draft_back(editorial):
    draft = new_draft(editorial)
    editorial.submit(draft, ["Luc"])
    editorial.record_approval(editorial.sheet(draft).approvals[0].id, False, "Trop tôt")
    assert editorial.sheet(draft).draft.state is DraftState.DRAFT


def test_publication_is_noted_after_ready_with_a_link(editorial, clock, journal):
    draft = new_draft(editorial)
    with pytest.raises(UserError) as failure:
        editorial.mark_published(draft, clock(), "https://exemple.ca/1")
    assert failure.value.code == "not_ready_yet"
    editorial.mark_ready(draft, Readiness())
    for at, link, code in [
        (clock() + timedelta(days=1), "https://exemple.ca/1", "future"),
        (clock(), "exemple.ca/1", "link"),
    ]:
        with pytest.raises(UserError) as failure:
            editorial.mark_published(draft, at, link)
        assert failure.value.code == code
    editorial.mark_published(draft, clock(), "https://exemple.ca/1")
    sheet = editorial.sheet(draft)
    assert (sheet.draft.state, sheet.placements[0].permalink) == (
        DraftState.PUBLISHED,
        "https://exemple.ca/1",
    )
    with pytest.raises(UserError):
        editorial.reopen(draft)
    editorial.archive(draft)
    editorial.reopen(draft)
    assert editorial.sheet(draft).draft.state is DraftState.PUBLISHED


def test_the_trash_keeps_and_gives_back(editorial, clock):
    draft = new_draft(editorial, title="À jeter")
    with pytest.raises(UserError):
        editorial.destroy_draft(draft)
    editorial.trash(draft)
    assert editorial.drafts() == []
    assert [row.id for row in editorial.drafts(DraftQuery(trashed=True))] == [draft]
    editorial.untrash(draft)
    assert [row.id for row in editorial.drafts()] == [draft]
    editorial.trash(draft)
    editorial.destroy_draft(draft)
    assert editorial.drafts(DraftQuery(trashed=True)) == []


def test_a_published_post_is_never_deleted(editorial, clock):
    draft = new_draft(editorial)
    editorial.mark_ready(draft, Readiness())
    editorial.mark_published(draft, clock(), "")
    editorial.trash(draft)
    with pytest.raises(UserError) as failure:
        editorial.destroy_draft(draft)
    assert failure.value.code == "published"


def test_drafts_are_found_by_words_of_text_or_title_without_accents(editorial):
    page = editorial.add_page(PageInput("Rimouski", Network.FACEBOOK))
    here = new_draft(editorial, "Une journée ensoleillée à Rimouski", page_id=page, title="Été")
    new_draft(editorial, "Autre chose")
    for words in ("ENSOLEILLEE", "journe rimous", "Été", "ete rimouski"):
        assert [row.id for row in editorial.drafts(DraftQuery(words=words))] == [here], words
    assert editorial.drafts(DraftQuery(words="100%_' OR 1=1 --")) == []


def test_likeness_knows_planned_posts_and_forgets_trashed_ones(editorial, open_store):
    from scc_admin.verdict import duplicates

    text = "Le Relais pour la vie revient à Rimouski le 12 juin, parc Beauséjour."
    draft = new_draft(editorial, text, title="Relais")

    def near(**options):
        with open_store.reading() as db:
            return duplicates.neighbours(db, text.replace("12", "13") + " 🎉", **options)

    (found,) = near()
    assert found.title == "Relais"
    assert found.score >= duplicates.WARN_AT
    assert near(exclude_draft=draft) == []
    assert near(share_of=draft)[0].declared
    editorial.trash(draft)
    assert near() == []


def test_campaign_keys_are_made_and_kept_apart(editorial):
    for _ in range(2):
        editorial.add_campaign(
            CampaignInput("Mois de la jonquille", date(2026, 4, 1), date(2026, 4, 30))
        )
    assert [c.key for c in editorial.campaigns()] == [
        "mois-de-la-jonquille",
        "mois-de-la-jonquille-2",
    ]
    with pytest.raises(UserError) as failure:
        editorial.add_campaign(CampaignInput("X", date(2026, 5, 1), date(2026, 4, 30)))
    assert failure.value.code == "period"


def test_calendar_lines_are_found_by_the_days_they_touch(editorial, clock):
    start = clock()
    entry = editorial.add_entry(EntryInput("Congrès", start, start + timedelta(days=2)))
    inside = editorial.entries(start + timedelta(days=1), start + timedelta(days=3))
    assert [e.id for e in inside] == [entry]
    assert editorial.entries(start + timedelta(days=3), start + timedelta(days=4)) == []


def test_without_a_name_nothing_is_signed(open_store, journal, clock):
    nameless = Editorial(open_store, journal, clock, lambda: "")
    draft = nameless.add_draft(DraftDetails(), [(Target.X, FR, "Bonjour")])
    with pytest.raises(UserError) as failure:
        nameless.override(draft, finding(), "une raison")
    assert failure.value.code == "nameless"
    assert journal.size() == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bonjour, le monde!", "bonjour le  monde 😀", True),
        ("Bonjour", "Bonsoir", False),
        ("12 juin", "13 juin", False),
        ("a\ud800b", "a\ud800b", True),
    ],
)
def test_material_changes(one, other, same):
    assert (material_hash([one]) == material_hash([other])) is same


def test_one_approval_is_enough_where_that_was_asked(editorial):
    draft = new_draft(editorial)
    editorial.submit(draft, ["Luc", "Julie"], one_is_enough=True)
    sheet = editorial.sheet(draft)
    assert sheet.draft.one_is_enough
    editorial.record_approval(sheet.approvals[1].id, True)
    after = editorial.sheet(draft)
    assert [a.validator for a in after.approvals] == ["Julie"]
    assert readiness(after, {after.variants[0].id: verdict()}).ready


def test_a_remark_is_set_aside_without_an_entry_and_taken_up_again(editorial, journal):
    draft = new_draft(editorial)
    before = len(journal.entries())
    editorial.set_aside(draft, finding(Severity.WARNING), "Un nom propre")
    (aside,) = editorial.sheet(draft).overrides
    assert (aside.entry, aside.reason, aside.severity) == (None, "Un nom propre", Severity.WARNING)
    assert len(journal.entries()) == before
    editorial.take_up(aside.id)
    assert editorial.sheet(draft).overrides == ()
    with pytest.raises(ValueError):
        editorial.set_aside(draft, finding(Severity.ERROR))
    editorial.override(draft, finding(Severity.ERROR), "Vu avec Luc")
    editorial.take_up(editorial.sheet(draft).overrides[0].id)
    assert len(editorial.sheet(draft).overrides) == 1


def test_not_certain_leaves_the_question_open(editorial):
    draft = new_draft(editorial)
    editorial.answer(draft, "DEV-07", "unsure")
    sheet = editorial.sheet(draft)
    assert sheet.answers[0].answer == "unsure"
    assert readiness(sheet, {sheet.variants[0].id: verdict(questions=[question()])}).questions


def test_a_page_s_address_is_one_or_none(editorial):
    for wrong in ("facebook.com/scc", "https://", "https://a b", "javascript:alert(1)", "http://["):
        with pytest.raises(UserError) as error:
            editorial.add_page(PageInput("SCC", Network.FACEBOOK, url=wrong))
        assert error.value.code == "link"
    assert editorial.pages() == []
    good = PageInput("SCC", Network.FACEBOOK, url=" https://exemple.org/scc ")
    page = editorial.add_page(good)
    assert editorial.page(page).url == "https://exemple.org/scc"
    with pytest.raises(UserError):
        editorial.change_page(page, replace(good, url="scc"))
    assert editorial.page(page).url == "https://exemple.org/scc"
    editorial.change_page(page, replace(good, url=""))
    assert editorial.page(page).url == ""


def test_an_address_of_an_older_program_stays_until_it_is_changed(editorial, open_store):
    page = editorial.add_page(PageInput("SCC", Network.FACEBOOK))
    with open_store.writing() as tx:
        tx.update("pages", page, url="exemple.org/scc")
    editorial.change_page(page, PageInput("SCC Québec", Network.FACEBOOK, url="exemple.org/scc"))
    assert editorial.page(page).name == "SCC Québec"
