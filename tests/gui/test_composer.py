"""The composer on a real workspace: saving, judging, mending, answering, publishing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from conftest import type_text
from PySide6.QtCore import QMimeData, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
)

from scc_admin.drawing import scene
from scc_admin.editorial import DraftDetails, PageInput, Readiness
from scc_admin.errors import UserError
from scc_admin.model import (
    Changes,
    Confidence,
    Count,
    DraftState,
    Finding,
    Fix,
    Language,
    Level,
    Neighbour,
    Network,
    Severity,
    Target,
    Theme,
    Verdict,
)
from scc_admin.proofreading import Closest
from ui.composer import Composer
from ui.findings import _Card, _cards, _QuestionCard
from ui.people import PeopleDialog
from ui.tasks import SAVE_AT_MOST

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
SPEED_OF_LIGHT = "Le 31 novembre, venez."


def finding(text: str, part: str, severity: Severity = Severity.ERROR, **more) -> Finding:
    """A finding on a part of a text, as an engine would give it."""
    start = text.index(part)
    return Finding(
        rule=more.pop("rule", "TST-01"),
        name="test",
        severity=severity,
        theme=Theme.DYNAMISM,
        slides=(35,),
        start=start,
        end=start + len(part),
        excerpt=part,
        message=f"Something about {part}",
        suggestion="Look again.",
        **more,
    )


@pytest.fixture
def judged_by(monkeypatch, workspace) -> Callable[..., None]:
    """Put a judge of one's own in place of the rules."""

    def use(judge) -> None:
        def check_variant(sheet, variant, *, language, text=None):
            made = judge(variant.text)
            return Verdict(
                tuple(made),
                (),
                (Count(len(variant.text), 280, "characters", Confidence.OFFICIAL, ""),),
            )

        monkeypatch.setattr(workspace.proofreader, "check_variant", check_variant)

    return use


@pytest.fixture
def compose(window, workspace, settle) -> Callable[..., Composer]:
    """Open a new draft with these versions."""

    def open_draft(*variants, **details) -> Composer:
        number = workspace.editorial.add_draft(DraftDetails(**details), variants)
        window.go("draft", number)
        settle()
        screen = window.current()
        assert isinstance(screen, Composer)
        return screen

    return open_draft


def text_of(workspace, screen: Composer, place: int = 0) -> str:
    return workspace.editorial.sheet(screen._draft_id).variants[place].text


def current_editor(screen: Composer):
    version = screen._current()
    assert version is not None
    return version.editor


def dialog() -> QDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


def press(found: QDialog, words: str) -> None:
    next(b for b in found.findChildren(QPushButton) if b.text() == words).click()


# --- Saving --------------------------------------------------------------------------------------


def test_what_is_typed_is_on_disk_after_a_pause(qtbot, compose, workspace) -> None:
    screen = compose((Target.X, Language.FR, ""))
    type_text(current_editor(screen), "À bientôt 🎗️")
    assert screen.unsaved()
    assert screen._save_timer.interval() <= SAVE_AT_MOST < 1_000
    qtbot.waitUntil(lambda: not screen.unsaved())
    assert text_of(workspace, screen) == "À bientôt 🎗️"
    assert screen.foot.saved.text().count(":") == 2


def test_who_types_on_is_saved_and_judged_all_the_same(qtbot, compose, workspace) -> None:
    screen = compose((Target.X, Language.FR, ""))
    editor = current_editor(screen)

    def another() -> bool:
        type_text(editor, "a ")
        version = screen._current()
        kept = len(text_of(workspace, screen))
        return 0 < kept < len(editor.text()) and version.judged is not None

    keys = QTimer()
    keys.setInterval(50)
    seen: list[bool] = []
    keys.timeout.connect(lambda: seen.append(another()))
    keys.start()
    try:
        qtbot.waitUntil(lambda: any(seen))
    finally:
        keys.stop()


@pytest.mark.parametrize("leave", ["tab", "screen", "focus", "close", "palette"])
def test_leaving_saves_at_once(qtbot, window, compose, workspace, settle, leave) -> None:
    screen = compose((Target.X, Language.FR, ""), (Target.FACEBOOK, Language.FR, ""))
    editor = current_editor(screen)
    type_text(editor, "Avant de partir")
    screen._save_timer.stop()
    match leave:
        case "tab":
            screen.next_version()
        case "screen":
            window.go("drafts")
        case "focus":
            screen.title_field.setFocus()
        case "close":
            window.close()
        case "palette":
            window.open_palette()
    settle()
    if leave == "palette":
        dialog().reject()
    assert text_of(workspace, screen) == "Avant de partir"


def test_a_save_that_fails_keeps_the_text_says_so_and_tries_again(
    qtbot, window, compose, workspace, settle, monkeypatch
) -> None:
    screen = compose((Target.X, Language.FR, ""))
    real = workspace.editorial.save_text

    def full(variant_id, text):
        raise UserError("disk_full", "The disk is full.")

    monkeypatch.setattr(workspace.editorial, "save_text", full)
    type_text(current_editor(screen), "Précieux")
    screen.flush()
    settle()
    assert screen.banner.isVisible() and "full" in screen.banner.accessibleName()
    assert screen.unsaved() and current_editor(screen).text() == "Précieux"
    monkeypatch.setattr(workspace.editorial, "save_text", real)
    press(screen.banner, "Try again")
    settle()
    assert not screen.banner.isVisible() and text_of(workspace, screen) == "Précieux"


def test_the_title_saves_itself(qtbot, compose, workspace, settle) -> None:
    screen = compose((Target.X, Language.FR, ""))
    qtbot.keyClicks(screen.title_field, "Relais")
    screen.flush()
    settle()
    assert workspace.editorial.sheet(screen._draft_id).draft.title == "Relais"


def test_a_language_switch_keeps_text_cursor_and_undo(window, compose, settle) -> None:
    screen = compose((Target.X, Language.FR, "Bon"))
    editor = current_editor(screen)
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    type_text(editor, "jour")
    window.speak("fr")
    settle()
    fresh = current_editor(window.current())
    assert fresh is not editor and fresh.text() == "Bonjour"
    assert fresh.textCursor().position() == 7
    fresh.undo()
    assert fresh.text() == "Bon"


def test_a_published_text_cannot_be_changed(compose, workspace, settle) -> None:
    screen = compose((Target.X, Language.FR, "Bonjour"))
    monkey = screen.publication
    workspace.editorial.mark_ready(screen._draft_id, _all_clear())
    screen._reload()
    settle()
    assert current_editor(screen).isReadOnly() and monkey.locked
    assert screen.primary_text() == "Publish…"
    screen.publication.reopen()
    settle()
    assert not current_editor(screen).isReadOnly()


def _all_clear():
    from scc_admin.editorial import Readiness

    return Readiness()


# --- Judging -------------------------------------------------------------------------------------


def test_findings_are_marked_where_they_are_after_emoji(compose, judged_by) -> None:
    text = "🎗️👩‍👩‍👧 attention"
    judged_by(lambda t: [finding(t, "attention")] if "attention" in t else [])
    editor = current_editor(compose((Target.X, Language.FR, text)))
    (mark,) = editor.marks
    cursor = editor.textCursor()
    cursor.setPosition(mark.start)
    cursor.setPosition(mark.end, cursor.MoveMode.KeepAnchor)
    assert cursor.selectedText() == "attention"


def test_a_stale_verdict_is_dropped(compose, judged_by, settle) -> None:
    judged_by(lambda t: [finding(t, "mal")] if "mal" in t else [])
    screen = compose((Target.X, Language.FR, "C’est mal"))
    editor = current_editor(screen)
    old = screen._current().judged
    editor.replace_all("C’est bien")
    screen._judged(dataclasses.replace(old))
    assert list(editor.marks) == [] or editor.marks[0].damaged
    screen._check_pending()
    settle()
    assert list(editor.marks) == [] and screen.findings.numbers() == []


def test_typing_checks_after_a_pause(qtbot, compose, judged_by, settle) -> None:
    judged_by(lambda t: [finding(t, "mal")] if "mal" in t else [])
    screen = compose((Target.X, Language.FR, ""))
    type_text(current_editor(screen), "mal")
    qtbot.waitUntil(lambda: screen.findings.numbers() == [0])
    assert screen.side_tabs.tabText(0) == "Findings 1"
    assert "(1)" in screen.tabs.tabText(0)


def test_f8_goes_round_the_findings_and_selects_a_few_words_at_most(
    qtbot, window, compose, judged_by
) -> None:
    judged_by(lambda t: [finding(t, "un"), finding(t, "deux"), finding(t, "trois", rule="TST-02")])
    screen = compose((Target.X, Language.FR, "un deux trois"))
    editor = current_editor(screen)
    chosen = []
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_F8)
        chosen.append(editor.textCursor().selectedText())
    assert chosen == ["un", "deux", "trois", "un"]
    qtbot.keyClick(window, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert editor.textCursor().selectedText() == "trois"


def test_f8_does_not_select_a_whole_text(qtbot, window, compose, judged_by) -> None:
    long = "Bonjour à toute l’équipe, et merci de votre aide! " * 3
    judged_by(lambda t: [finding(t, t)])
    screen = compose((Target.FACEBOOK, Language.FR, long))
    qtbot.keyClick(window, Qt.Key.Key_F8)
    cursor = current_editor(screen).textCursor()
    assert (cursor.position(), cursor.hasSelection()) == (0, False)


def fixable(text: str) -> list[Finding]:
    if "31" not in text:
        return []
    at = text.index("31")
    return [finding(text, "31 novembre", fix=Fix(at, at + 2, "30", "Replace with 30"))]


def test_a_correction_is_one_key_and_one_undo(qtbot, window, compose, judged_by, settle) -> None:
    judged_by(fixable)
    screen = compose((Target.X, Language.FR, "🎗️ Le 31 novembre"))
    editor = current_editor(screen)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert editor.text() == "🎗️ Le 30 novembre"
    editor.undo()
    assert editor.text() == "🎗️ Le 31 novembre"


def test_of_two_possible_corrections_one_is_chosen_by_keys(qtbot, compose, window) -> None:
    screen = compose((Target.X, Language.FR, "🎗️ Venez dimanche 12 juin 2027, à 18 h"))
    editor = current_editor(screen)
    qtbot.waitUntil(lambda: len(screen.findings.numbers()) == 2)  # where, and on which day
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [act.text().replace("&", "") for act in menu.actions()] == [
        "samedi 12 juin 2027",
        "dimanche 13 juin 2027",
    ]
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert editor.text() == "🎗️ Venez dimanche 13 juin 2027, à 18 h"
    editor.undo()
    assert "dimanche 12 juin" in editor.text()


def test_a_correction_follows_text_typed_before_it(compose, judged_by) -> None:
    judged_by(fixable)
    screen = compose((Target.X, Language.FR, "Le 31 novembre"))
    editor = current_editor(screen)
    editor.select(0, 0)
    type_text(editor, "Venez! 🎗️ ")
    screen._offer_mends(0)
    assert editor.text() == "Venez! 🎗️ Le 30 novembre"


def test_a_correction_whose_text_changed_is_not_applied(compose, judged_by) -> None:
    judged_by(fixable)
    screen = compose((Target.X, Language.FR, "Le 31 novembre"))
    editor = current_editor(screen)
    editor.replace(3, 5, "29")
    screen._offer_mends(0)
    assert editor.text() == "Le 29 novembre"


def test_an_override_asks_a_reason_is_journalled_and_settles(
    compose, judged_by, workspace, settle
) -> None:
    judged_by(lambda t: [finding(t, "miracle", Severity.BLOCK)])
    screen = compose((Target.X, Language.FR, "Un miracle"))
    screen.findings.choose(0)
    screen.override_finding()
    asked = dialog()
    asked.findChild(QPlainTextEdit).setPlainText("Oui")
    press(asked, "Record the override")
    settle()
    assert dialog() is asked and workspace.editorial.sheet(screen._draft_id).overrides == ()
    asked.findChild(QPlainTextEdit).setPlainText("Citation d’une chanson")
    asked.reject()
    settle()
    screen.override_finding()
    settle()
    again = dialog()
    assert again.findChild(QPlainTextEdit).toPlainText() == "Citation d’une chanson"
    press(again, "Record the override")
    settle()
    sheet = workspace.editorial.sheet(screen._draft_id)
    assert [(o.who, o.reason) for o in sheet.overrides] == [
        ("Marie Gagnon", "Citation d’une chanson")
    ]
    assert screen.findings.numbers() == [] and list(current_editor(screen).marks) == []


def test_many_findings_are_shown_in_part_until_asked_for(compose, judged_by) -> None:
    text = " ".join(f"m{i:03}" for i in range(150))
    judged_by(lambda t: [finding(t, f"m{i:03}", rule=f"R-{i}") for i in range(150)])
    screen = compose((Target.FACEBOOK, Language.FR, text))
    assert len(screen.findings._cards) < 150
    screen.findings.choose(149)
    assert len(screen.findings._cards) == 150


# --- What only a person can say ------------------------------------------------------------------


def test_an_answer_is_signed_and_asked_again_when_the_text_changes(
    compose, workspace, settle
) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    cards = [c for c in screen.findings.findChildren(QPushButton) if c.text() == "Yes"]
    assert cards, "the shipped rules ask questions of every post"
    cards[0].click()
    settle()
    (answer,) = workspace.editorial.sheet(screen._draft_id).answers
    assert (answer.answer, answer.who) == ("yes", "Marie Gagnon")
    assert any(b.isChecked() for b in screen.findings.findChildren(QPushButton))
    current_editor(screen).replace_all("Autre chose, tout à fait.")
    screen.flush()
    screen._check_pending()
    settle()
    assert not any(b.isChecked() for b in screen.findings.findChildren(QPushButton))


def test_a_question_that_asks_for_words_gets_them(compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    named = "What positive change does this message seek, and what can the reader do?"
    answer = f"{named} Answer…"
    opener = next(
        b for b in screen.findings.findChildren(QPushButton) if b.accessibleName() == answer
    )
    opener.click()
    asked = dialog()
    asked.findChildren(QPlainTextEdit)[0].setPlainText("Remercier, et inviter à revenir.")
    press(asked, "Keep the answer")
    settle()
    (given,) = workspace.editorial.sheet(screen._draft_id).answers
    assert (given.rule, given.answer) == ("DET-05", "yes")
    assert given.note == "Remercier, et inviter à revenir."


def test_nobody_is_told_of_permanence_while_questions_wait(compose, workspace, settle) -> None:
    workspace.settings.set("me.acknowledged", {})
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    screen.primary()
    settle()
    assert QApplication.activeModalWidget() is None
    assert "to answer" in screen.banner.accessibleName()


# --- Publication ---------------------------------------------------------------------------------


def test_not_ready_says_what_remains_and_goes_there(compose, judged_by, settle) -> None:
    judged_by(lambda t: [finding(t, "mal")] if "mal" in t else [])
    screen = compose((Target.X, Language.FR, "bien"), (Target.FACEBOOK, Language.FR, "c’est mal"))
    screen.primary()
    settle()
    assert "1 point to correct" in screen.banner.accessibleName()
    version = screen._current()
    assert version is not None and version.variant.target is Target.FACEBOOK
    assert screen.findings.current == 0


def test_ready_copied_and_published(compose, judged_by, workspace, settle) -> None:
    judged_by(lambda _t: [])
    screen = compose((Target.X, Language.FR, "Bon\u00a0matin 🎗️"))
    screen.primary()
    settle()
    assert workspace.editorial.sheet(screen._draft_id).draft.state is DraftState.READY
    screen.copy_post()
    assert QGuiApplication.clipboard().text() == "Bon\u00a0matin 🎗️"
    screen.primary()
    settle()
    asked = dialog()
    link = next(f for f in asked.findChildren(QLineEdit) if f.placeholderText() == "https://")
    link.setText("pas un lien")
    press(asked, "Note the publication")
    settle()
    assert dialog() is asked and "link" in asked.banner.accessibleName()
    assert workspace.editorial.sheet(screen._draft_id).draft.state is DraftState.READY
    link.setText("https://x.example/1")
    press(asked, "Note the publication")
    settle()
    assert dialog() is asked and "for X has an address" in asked.banner.accessibleName()
    assert asked.button("yes").hasFocus(), "Enter once more says that it is right"
    press(asked, "Note the publication")
    settle()
    assert QApplication.activeModalWidget() is None
    draft = workspace.editorial.sheet(screen._draft_id).draft
    assert draft.state is DraftState.PUBLISHED
    (placement,) = workspace.editorial.sheet(draft.id).placements
    assert placement.permalink == "https://x.example/1"
    assert "https://x.example/1" in screen.banner.accessibleName()
    assert screen.primary_text() == ""


def test_a_validation_waits_and_its_answer_is_recorded(compose, workspace, settle) -> None:
    screen = compose((Target.X, Language.FR, "Bonjour"))
    screen.publication.ask_validation()
    asked = dialog()
    asked.findChildren(QLineEdit)[0].setText("Julie, Omar")
    press(asked, "Only note it")
    settle()
    sheet = workspace.editorial.sheet(screen._draft_id)
    assert sheet.draft.state is DraftState.TO_VALIDATE
    assert [a.validator for a in sheet.approvals] == ["Julie", "Omar"]
    press(screen.findings, "Approved")
    press(dialog(), "Record the answer")
    settle()
    assert "approved" in [a.answer for a in workspace.editorial.sheet(screen._draft_id).approvals]


def test_whoever_marks_ready_is_told_once_a_quarter_that_posts_stay_public(
    compose, judged_by, workspace, settle
) -> None:
    workspace.settings.set("me.acknowledged", {})
    judged_by(lambda _t: [])
    screen = compose((Target.X, Language.FR, "Bonjour"))
    for answer, state in (("Cancel", DraftState.DRAFT), ("I know", DraftState.READY)):
        screen.primary()
        settle()
        press(dialog(), answer)
        settle()
        assert workspace.editorial.sheet(screen._draft_id).draft.state is state
    assert not workspace.permanence_due()


def test_not_certain_asks_any_one_of_several_by_an_email_draft(compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    press(screen.findings, "Not certain…")
    settle()
    asked = dialog()
    fields = asked.findChildren(QLineEdit)
    assert fields[1].text(), "the question that is not certain"
    fields[0].setText("Julie Roy <julie@exemple.ca>, Omar")
    asked.findChild(QComboBox).setCurrentIndex(1)
    press(asked, "Prepare the e-mail")
    settle()
    sheet = workspace.editorial.sheet(screen._draft_id)
    assert [a.validator for a in sheet.approvals] == ["Julie Roy", "Omar"]
    assert sheet.draft.one_is_enough and [a.answer for a in sheet.answers] == ["unsure"]
    (draft,) = workspace.exports_folder.glob("*.eml")
    assert b"X-Unsent: 1" in draft.read_bytes()


# --- Help with writing ---------------------------------------------------------------------------


def test_a_warning_is_ignored_with_a_reason_and_shown_again(
    compose, judged_by, workspace, settle
) -> None:
    judged_by(lambda t: [finding(t, "mal", Severity.WARNING)])
    screen = compose((Target.X, Language.FR, "c’est mal"))
    screen.findings.choose(0)
    press(screen.findings, "Ignore…")
    dialog().findChild(QLineEdit).setText("Citation exacte")
    press(dialog(), "Ignore")
    settle()
    assert screen.findings.numbers() == [] and list(current_editor(screen).marks) == []
    (aside,) = workspace.editorial.sheet(screen._draft_id).overrides
    assert (aside.entry, aside.reason) == (None, "Citation exacte")
    press(screen.findings, "Show again")
    settle()
    assert screen.findings.numbers() == [0]


def test_a_word_is_respelt_or_made_a_house_word(
    compose, judged_by, workspace, settle, monkeypatch
) -> None:
    judged_by(lambda t: [finding(t, "jonquile", Severity.INFO, rule="LAN-02")])
    monkeypatch.setattr(
        workspace.proofreader, "spellings", lambda word, language: ("jonquille", "jonquilles")
    )
    screen = compose((Target.X, Language.FR, "😀 La jonquile"))
    screen._offer_spelling(0)
    settle()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    first, *_, last = menu.actions()
    last.trigger()
    settle()
    assert "jonquile" in workspace.proofreader.known().words
    first.trigger()
    menu.close()
    assert current_editor(screen).text() == "😀 La jonquille"


def test_hashtags_and_the_invitation_are_inserted_and_letters_made_plain(
    compose, workspace, settle
) -> None:
    workspace.editorial.add_page(
        PageInput("SCC – Québec", Network.X, level=Level.DIVISIONAL, handle="@scc_qc")
    )
    workspace.house.add_to_list("hashtags", "#ZéroTabacDemain")
    screen = compose((Target.X, Language.FR, "𝗠𝗲𝗿𝗰𝗶 #zérotabacdemain"))

    def pick(words: str) -> str:
        screen.offer_help()
        settle()
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        act = next(a for a in menu.actions() if words in a.text().replace("&", ""))
        if act.isEnabled():
            act.trigger()
        menu.close()
        return current_editor(screen).text()

    assert pick("ordinary one") == "Merci #zérotabacdemain"
    assert pick("capital a word") == "Merci #ZéroTabacDemain"
    assert "Abonnez-vous à SCC – Québec (@scc_qc)" in pick("divisional page")
    assert "#MoisJonquille" in pick("#MoisJonquille")
    current_editor(screen).undo()
    assert "#MoisJonquille" not in current_editor(screen).text()


def test_what_is_near_in_meaning_is_shown_and_never_as_a_finding(
    compose, judged_by, workspace, settle, monkeypatch
) -> None:
    judged_by(lambda _t: [])
    near = Neighbour(1, "Le souper", "Rimouski", "2026-10-02", Language.FR, "…", 62, True, 7)
    twin = Neighbour(2, "The supper", "Rimouski", "2026-10-02", Language.EN, "…", 81, True, 8)
    found = Closest((near,), (twin,))
    monkeypatch.setattr(workspace.proofreader, "closest", lambda sheet, variant, cites: found)
    screen = compose((Target.X, Language.FR, "Venez souper avec nous"))
    screen._look_near()
    settle()
    words = " ".join(label.text() for label in screen.findings.findChildren(QLabel))
    assert "Le souper" in words and "The supper" in words
    assert screen.findings.numbers() == []


def test_a_share_of_another_draft_is_no_duplicate(window, compose, workspace, settle) -> None:
    text = "Samedi prochain, les bénévoles de Matane vendent des jonquilles au marché public."
    first = compose((Target.FACEBOOK, Language.FR, text))._draft_id
    screen = compose((Target.FACEBOOK, Language.FR, text))
    assert "PAGE-01" in {f.rule for f in screen._current().judged.verdict.findings}
    screen.findings.choose(
        next(n for n in screen.findings.numbers() if screen._finding(n).rule == "PAGE-01")
    )
    press(screen.findings, "It is a share of it")
    settle()
    assert workspace.editorial.sheet(screen._draft_id).draft.share_of == first
    assert "PAGE-01" not in {f.rule for f in screen._current().judged.verdict.findings}
    press(window, "Undo")
    settle()
    assert workspace.editorial.sheet(screen._draft_id).draft.share_of is None


# --- Versions, details, pictures, history --------------------------------------------------------


def test_a_version_is_added_and_put_back(window, compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Bonjour"))
    screen._add_version(Target.FACEBOOK, Language.EN, "Hello")
    settle()
    assert screen.tabs.count() == 2 and current_editor(screen).text() == "Hello"
    screen.remove_version()
    settle()
    assert screen.tabs.count() == 1
    press(window, "Put it back")
    settle()
    assert [v.text for v in workspace.editorial.sheet(screen._draft_id).variants] == [
        "Bonjour",
        "Hello",
    ]


def test_an_empty_draft_takes_its_pages_network_and_language(compose, workspace, settle) -> None:
    page = workspace.editorial.add_page(
        PageInput("SCC", Network.X, level=Level.NATIONAL, language=Language.EN)
    )
    screen = compose((Target.FACEBOOK, Language.FR, ""))
    screen.foot.page.setCurrentIndex(screen.foot.page.findData(page))
    screen.foot.page.activated.emit(screen.foot.page.currentIndex())
    settle()
    sheet = workspace.editorial.sheet(screen._draft_id)
    assert sheet.page_for(Network.X).id == page
    assert [(v.target, v.language) for v in sheet.variants] == [(Target.X, Language.EN)]


def test_a_date_is_planned_and_taken_away(compose, workspace, settle) -> None:
    screen = compose((Target.X, Language.FR, "Bonjour"))
    screen.foot.plan()
    press(dialog(), "Plan it")
    settle()
    assert workspace.editorial.sheet(screen._draft_id).draft.planned_at is not None
    screen.foot.plan()
    press(dialog(), "Take the date away")
    settle()
    assert workspace.editorial.sheet(screen._draft_id).draft.planned_at is None


def picture(size: int = 8) -> QImage:
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    return image


def test_a_pasted_picture_is_kept_described_and_removed(window, compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Bonjour"))
    data = QMimeData()
    data.setImageData(picture())
    current_editor(screen).insertFromMimeData(data)
    settle()
    (item,) = workspace.editorial.sheet(screen._draft_id).media
    assert item.name.endswith(".png") and (item.width, item.height) == (8, 8)
    row = next(iter(screen.media._rows.values()))
    row.alt.setText("Un carré bleu")
    screen.flush()
    settle()
    assert workspace.editorial.sheet(screen._draft_id).media[0].alt == "Un carré bleu"
    row.remove.click()
    settle()
    assert workspace.editorial.sheet(screen._draft_id).media == ()
    press(window, "Undo")
    settle()
    assert workspace.editorial.sheet(screen._draft_id).media[0].alt == "Un carré bleu"


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(
    compose, workspace, settle, tmp_path
) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Bonjour"))
    bad = tmp_path / "photo.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    screen.media.attach([str(bad)])
    settle()
    dialog().reject()
    assert workspace.editorial.sheet(screen._draft_id).media == ()


def test_an_earlier_text_comes_back_and_goes_again(compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Un premier texte, assez long pour compter."))
    editor = current_editor(screen)
    editor.replace_all("Tout autre chose")
    screen.flush()
    settle()
    screen.show_history()
    settle()
    (revision,) = screen.history._revisions
    assert "premier" in screen.history.text.text()
    screen.history.restore_button.click()
    settle()
    assert editor.text() == revision.text == text_of(workspace, screen)
    editor.undo()
    assert editor.text() == "Tout autre chose"


def test_the_preview_shows_the_text_and_no_markup_of_its_own(compose, settle) -> None:
    screen = compose((Target.X, Language.FR, "<b>Gras</b> #jonquille https://cancer.ca"))
    screen.show_preview()
    settle()
    shown = screen.preview._text.text()
    assert "&lt;b&gt;Gras&lt;/b&gt;" in shown and "#jonquille</span>" in shown
    screen.grab()


def test_a_paste_too_long_is_explained(compose) -> None:
    screen = compose((Target.X, Language.FR, ""))
    data = QMimeData()
    data.setText("x" * 200_000)
    current_editor(screen).insertFromMimeData(data)
    dialog().reject()
    assert current_editor(screen).text() == ""


def test_a_draft_that_is_gone_says_so(window, settle) -> None:
    window.go("draft", 999)
    settle()
    screen = window.current()
    assert any(b.text() == "Back to the drafts" for b in screen.findChildren(QPushButton))
    screen.flush()


# --- The list of drafts --------------------------------------------------------------------------


def test_the_list_finds_opens_trashes_and_restores(qtbot, window, workspace, settle) -> None:
    editorial = workspace.editorial
    first = editorial.add_draft(DraftDetails(title="Relais de Rimouski"))
    editorial.add_draft(DraftDetails(title="Jonquilles"))
    window.go("drafts")
    settle()
    screen = window.current()
    assert screen.model.rowCount() == 2
    screen.search.setText("relais")
    qtbot.keyClick(screen.search, Qt.Key.Key_Return)
    settle()
    assert screen.model.rowCount() == 1 and screen.table.current_id() == first
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    settle()
    assert isinstance(window.current(), Composer)
    window.current().trash_draft()
    settle()
    assert window.current() is screen and screen.model.rowCount() == 0
    press(window, "Undo")
    settle()
    window.go("drafts")
    settle()
    screen._show_all()
    settle()
    assert screen.model.rowCount() == 2


def test_a_new_draft_opens_with_one_key(qtbot, window, settle) -> None:
    window.go("drafts")
    settle()
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    settle()
    screen = window.current()
    assert isinstance(screen, Composer)
    assert current_editor(screen).hasFocus()


def test_ctrl_k_finds_a_draft_with_a_typing_error(window, workspace, settle) -> None:
    workspace.editorial.add_draft(DraftDetails(title="Moisson de la jonquille"))
    window.go("drafts")
    settle()
    window.open_palette()
    palette = dialog()
    palette.field.setText("jonqiulle")
    settle()
    assert "Moisson de la jonquille" in [hit.title for hit in palette._model.hits]
    palette.reject()


# --- Who is on a picture -------------------------------------------------------------------------


@pytest.fixture
def pictured(compose, workspace, settle) -> Composer:
    """A draft with one picture."""
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toute l'équipe."))
    workspace.add_picture(screen._draft_id, scene("people", 1), "equipe.png")
    screen.refresh(Changes(frozenset({"drafts"})))
    settle()
    return screen


def row_of(screen: Composer):
    (row,) = screen.media._rows.values()
    return row


def questions(screen: Composer) -> set[str]:
    judged = screen._current().judged
    return {question.rule for question in judged.verdict.questions}


def test_the_people_on_a_picture_are_said_by_keyboard_alone(
    qtbot, pictured, workspace, settle
) -> None:
    assert "CONF-09" in questions(pictured)
    row_of(pictured).people.setFocus()
    qtbot.keyClick(row_of(pictured).people, Qt.Key.Key_Space)
    settle()
    form = dialog()
    assert isinstance(form, PeopleDialog)
    type_text(form.who, "Hélène Côté")
    qtbot.keyClick(form.who, Qt.Key.Key_Return)
    assert [c.who for c in form.consents()] == ["Hélène Côté"]
    type_text(form.who, "Omar Haddad")
    press(form, "Keep it")
    settle()
    item = workspace.editorial.sheet(pictured._draft_id).media[0]
    assert [c.who for c in item.consents] == ["Hélène Côté", "Omar Haddad"]
    assert {line.values["person"] for line in workspace.registers.lines("consents")} == {
        "Hélène Côté",
        "Omar Haddad",
    }
    qtbot.waitUntil(lambda: "CONF-09" not in questions(pictured))
    assert "Hélène" in row_of(pictured).people.accessibleName()


def test_a_consent_withdrawn_in_the_register_shows_at_the_picture(
    qtbot, pictured, workspace, tasks, settle
) -> None:
    line_id, _ = workspace.registers.add("consents", {"person": "Zoé Roy", "what": "picture"})
    pictured.media.ask_people(row_of(pictured).item)
    settle()
    press(dialog(), "Add")
    press(dialog(), "Keep it")
    settle()
    line = workspace.registers.line(line_id)
    tasks.mutate(
        pictured,
        lambda: workspace.registers.change(line_id, {**line.values, "withdrawn": True}, None),
    )
    settle()
    assert row_of(pictured).people.text() == "Consent ended"
    qtbot.waitUntil(
        lambda: "CONF-09-ended" in {f.rule for f in pictured._current().judged.verdict.findings}
    )
    ended = next(f for f in pictured._current().judged.verdict.findings if f.rule.endswith("ended"))
    assert "withdrawn" in ended.message


def test_what_was_said_of_a_picture_can_be_undone(qtbot, pictured, workspace, settle) -> None:
    pictured.media.ask_people(row_of(pictured).item)
    settle()
    dialog().nobody.setChecked(True)
    press(dialog(), "Keep it")
    settle()
    assert row_of(pictured).item.nobody
    toast = pictured.shell.messages._toast
    next(b for b in toast.findChildren(QPushButton) if b.text() == "Undo").click()
    settle()
    assert not workspace.editorial.sheet(pictured._draft_id).media[0].nobody


# --- By keyboard, and taken back -----------------------------------------------------------------


def answer_buttons(screen: Composer) -> list[QPushButton]:
    """The four buttons of the first question, as they now stand."""
    box = screen.findings._question_box
    card = next(
        box.itemAt(i).widget()
        for i in range(box.count())
        if box.itemAt(i).widget().findChildren(QPushButton)
    )
    return card.findChildren(QPushButton)[:4]


def test_arrows_go_along_the_answers_and_choose_nothing(qtbot, compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    yes, no, *_ = answer_buttons(screen)
    yes.setFocus()
    qtbot.keyClick(yes, Qt.Key.Key_Right)
    assert QApplication.focusWidget() is no
    settle()
    assert workspace.editorial.sheet(screen._draft_id).answers == ()
    qtbot.keyClick(no, Qt.Key.Key_Space)
    settle()
    assert [a.answer for a in workspace.editorial.sheet(screen._draft_id).answers] == ["no"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_the_same_answer_pressed_twice_stays(qtbot, compose, workspace, settle, key) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    for _ in range(3):
        answer_buttons(screen)[0].setFocus()
        qtbot.keyClick(QApplication.focusWidget(), key)
        settle()
        assert answer_buttons(screen)[0].isChecked()
    (answer,) = workspace.editorial.sheet(screen._draft_id).answers
    assert answer.answer == "yes"


def cards(screen: Composer) -> list[_QuestionCard]:
    return [one for one in _cards(screen.findings._question_box) if isinstance(one, _QuestionCard)]


def test_an_answer_leads_to_the_next_question_and_the_last_back_to_the_text(
    qtbot, compose, workspace, settle
) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    screen.primary()
    settle()
    asked = len(cards(screen))
    assert asked > 2
    for place in range(asked):
        here = cards(screen)[place].choices
        assert QApplication.focusWidget() is here[0]
        assert f"{asked - place} question" in screen.banner.accessibleName()
        qtbot.keyClick(here[0], Qt.Key.Key_N)  # by its letter: Not applicable, or No
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_A)
        led: QPushButton = QApplication.focusWidget()
        assert led.text() in ("Not applicable", "Answer…")
        if led.text() == "Answer…":
            qtbot.keyClick(led, Qt.Key.Key_N)
            led = QApplication.focusWidget()
        assert led.text() == "Not applicable"
        qtbot.waitUntil(lambda: not screen.findings.resting())
        qtbot.keyClick(led, Qt.Key.Key_Return)
        settle()
    assert len(workspace.editorial.sheet(screen._draft_id).answers) == asked
    assert QApplication.focusWidget() is current_editor(screen)
    assert screen.banner.isHidden()
    assert "ready to publish" in screen.next_step()


def test_a_key_pressed_twice_answers_one_question(qtbot, compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    screen.primary()
    settle()
    screen.findings._rest.setInterval(600_000)
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        settle()
    assert len(workspace.editorial.sheet(screen._draft_id).answers) == 1
    assert QApplication.focusWidget() is cards(screen)[1].choices[0]


def test_words_kept_as_an_answer_lead_to_the_next_question(compose, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    place, opener = next(
        (i, card.choices[0])
        for i, card in enumerate(cards(screen))
        if card.choices[0].text() == "Answer…"
    )
    opener.setFocus()
    opener.click()
    asked = dialog()
    asked.findChildren(QPlainTextEdit)[0].setPlainText("Remercier, et inviter à revenir.")
    press(asked, "Keep the answer")
    settle()
    # Offscreen, no window becomes active again once a dialog is gone.
    assert screen.window().focusWidget() is cards(screen)[place + 1].choices[0]


def test_every_answer_is_reached_by_tab_and_says_so(qtbot, compose) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    choices = cards(screen)[0].choices
    choices[0].setFocus()
    for one in choices:
        assert QApplication.focusWidget() is one
        assert "Y, N, A, C" in one.accessibleDescription()
        qtbot.keyClick(one, Qt.Key.Key_Tab)


def test_what_remains_is_told_anew_with_each_verdict(compose, judged_by, settle) -> None:
    judged_by(lambda t: [finding(t, part) for part in ("mal", "pis") if part in t])
    screen = compose((Target.X, Language.FR, "mal et pis"))
    screen.primary()
    settle()
    assert "2 points to correct" in screen.banner.accessibleName()
    current_editor(screen).replace_all("bon et pis")
    screen._check_pending()
    settle()
    assert "1 point to correct" in screen.banner.accessibleName()
    current_editor(screen).replace_all("bon et mieux")
    screen._check_pending()
    settle()
    assert screen.banner.isHidden()


def test_the_status_bar_tells_the_next_step(window, compose, judged_by, settle) -> None:
    judged_by(
        lambda t: [
            *([finding(t, "peu", Severity.WARNING)] if "peu" in t else []),
            *([finding(t, "mal")] if "mal" in t else []),
        ]
    )
    screen = compose((Target.X, Language.FR, ""))
    told, editor = window.status.step.whole, current_editor(screen)
    assert "Write" in told() and "F1" in told()
    type_text(editor, "peu de mal")
    screen._check_pending()
    settle()
    by_keys = screen.shell.actions.shortcut("primary")
    assert f"1 point to correct: {by_keys}" in told()
    screen.next_finding()  # the remark that stands before it
    assert f"1 point to correct: {by_keys}" in told()
    screen.primary()
    settle()
    assert editor.textCursor().selectedText() == "mal"
    assert "Type over it" in told()
    type_text(editor, "bon")
    screen._check_pending()
    settle()
    assert "Nothing is missing" in told()
    screen.primary()
    settle()
    assert "Publish…" in told()


def test_a_version_added_by_keyboard_has_the_focus_in_its_text(
    qtbot, window, compose, settle
) -> None:
    screen = compose((Target.X, Language.FR, "Bonjour"))
    screen.add_button.setFocus()
    screen._add_version(Target.FACEBOOK, Language.EN, "Hello")
    settle()
    assert screen._current().variant.target is Target.FACEBOOK
    assert QApplication.focusWidget() is current_editor(screen)
    assert current_editor(screen).textCursor().atEnd()
    screen.remove_button.setFocus()
    screen.remove_version()
    settle()
    assert screen._current().variant.target is Target.X
    assert QApplication.focusWidget() is current_editor(screen)


def test_writing_goes_on_where_it_ended(compose) -> None:
    screen = compose((Target.X, Language.FR, "Bonjour"))
    type_text(current_editor(screen), "!")
    assert current_editor(screen).text() == "Bonjour!"


def test_a_wrong_answer_is_taken_back_by_a_button_of_its_own(
    qtbot, compose, workspace, settle
) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    answer_buttons(screen)[0].click()
    settle()
    card = answer_buttons(screen)[0].parentWidget()
    (back,) = (b for b in card.findChildren(QPushButton) if b.text() == "Take the answer back")
    back.setFocus()
    qtbot.keyClick(back, Qt.Key.Key_Return)
    settle()
    assert workspace.editorial.sheet(screen._draft_id).answers == ()
    assert not any(one.isChecked() for one in answer_buttons(screen))


def test_tab_goes_through_the_composer_as_it_is_laid_out(qtbot, compose) -> None:
    screen = compose(
        (Target.FACEBOOK, Language.FR, "Le 31 novembre, venez."),
        (Target.X, Language.FR, "Le 31 novembre, venez."),
    )
    screen.tabs.setFocus()
    order = []
    while True:
        focused = QApplication.focusWidget()
        if focused in order or not screen.isAncestorOf(focused):
            break
        order.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    places = [
        screen.tabs,
        screen.add_button,
        current_editor(screen),
        screen.media.add,
        screen.help_button,
        screen.side_tabs,
        screen.findings._cards[0].head,
        answer_buttons(screen)[0],
        screen.foot.page,
        screen.foot.plan_button,
    ]
    assert [order.index(one) for one in places] == sorted(order.index(one) for one in places)


def test_the_insertions_are_actions_with_keys(qtbot, window, compose, workspace, settle) -> None:
    screen = compose((Target.X, Language.FR, "𝗠𝗲𝗿𝗰𝗶"))
    assert window.shell.actions.run("insert:plain")
    settle()
    assert current_editor(screen).text() == "Merci"
    window.shell.actions.run("insert:plain")
    settle()
    assert "nothing to change" in screen.shell.messages._toast.accessibleName()
    current_editor(screen).setFocus()
    qtbot.keyClick(window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    settle()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu) and menu.activeAction() is not None
    for words, said in (("ready-made", "1 888 939-3333"), ("source", "https://")):
        inner = next(a for a in menu.actions() if words in a.text().replace("&", "")).menu()
        inner.actions()[-1 if said.startswith("1") else 0].trigger()
        assert current_editor(screen).text() != "Merci"
    menu.close()
    assert "https://" in current_editor(screen).text()
    assert "{" not in current_editor(screen).text()


def test_an_override_taken_back_stands_twice_in_the_journal(
    compose, judged_by, workspace, settle
) -> None:
    judged_by(lambda t: [finding(t, "miracle", Severity.BLOCK)])
    screen = compose((Target.X, Language.FR, "Un miracle"))
    workspace.editorial.override(screen._draft_id, screen._finding(0), "Titre d’une chanson")
    screen._reload()
    settle()
    assert screen.findings.numbers() == []
    press(screen.findings, "Take the override back")
    settle()
    assert workspace.editorial.sheet(screen._draft_id).overrides == ()
    assert screen.findings.numbers() == [0]
    entries = [workspace.journal.entry(seq) for seq in range(1, 3)]
    assert [(e.kind.value, e.step) for e in entries] == [
        ("override", ""),
        ("override", "withdrawn"),
    ]
    assert entries[1].supersedes == 1
    assert workspace.journal.verify().ok


def test_an_answer_of_a_validator_noted_wrongly_is_mended(compose, workspace, settle) -> None:
    screen = compose((Target.X, Language.FR, "Bonjour"))
    workspace.editorial.submit(screen._draft_id, ["Julie"])
    (asked,) = workspace.editorial.sheet(screen._draft_id).approvals
    workspace.editorial.record_approval(asked.id, approved=True)
    screen._reload()
    settle()
    press(screen.findings, "In fact, refused…")
    dialog().findChild(QLineEdit).setText("Elle a dit non")
    press(dialog(), "Record the answer")
    settle()
    (asked,) = workspace.editorial.sheet(screen._draft_id).approvals
    assert (asked.answer, asked.note) == ("refused", "Elle a dit non")


# --- The preview ---------------------------------------------------------------------------------


def test_the_preview_shows_the_pictures_where_the_network_puts_them(
    qtbot, window, compose, workspace, settle
) -> None:
    text = "Merci à toute l'équipe : https://cancer.ca/merci"
    screen = compose((Target.FACEBOOK, Language.FR, text), (Target.INSTAGRAM, Language.FR, text))
    screen.show_preview()
    settle()
    preview = screen.preview
    assert preview._card.isVisible() and "cancer.ca" in preview._domain.text()
    for number in range(3):
        workspace.add_picture(screen._draft_id, scene("people", number), f"p{number}.png")
    screen._reload()
    settle()
    assert not preview._card.isVisible()
    assert len(preview._pixmaps) == 3 and not any(one.isNull() for one in preview._pixmaps)
    qtbot.waitUntil(lambda: preview._grid.y() > preview._text.y())
    screen.next_version()
    settle()
    qtbot.waitUntil(lambda: preview._grid.y() < preview._text.y())


def test_a_picture_is_still_there_when_one_comes_back(compose, workspace, window, settle) -> None:
    other = workspace.editorial.add_draft(DraftDetails())
    screen = compose((Target.FACEBOOK, Language.FR, "Merci"))
    workspace.add_picture(screen._draft_id, scene("people", 1), "equipe.png")
    screen._reload()
    settle()
    first = screen._draft_id
    for draft in (other, first):
        window.go("draft", draft)
        settle()
    assert not row_of(screen).picture._pixmap.isNull()


# --- The rules of the house ----------------------------------------------------------------------


def test_a_broken_pack_is_told_once_beside_the_text(compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Bonjour"))
    folder = workspace.folder / "rules"
    folder.mkdir()
    (folder / "maison.toml").write_text("theme = ", "utf-8")
    workspace.house.reread()
    for key in ("!", "!"):
        type_text(current_editor(screen), key)
        screen._check_pending()
        settle()
    assert QApplication.activeModalWidget() is None
    assert "maison.toml" in screen.banner.accessibleName()
    assert workspace.house.packs()[0].fault is not None
    workspace.house.remove_pack("maison.toml")
    screen._check_all()
    settle()
    assert screen.banner.isHidden()


def test_the_witness_s_consent_is_linked_from_the_register(
    compose, workspace, settle, window
) -> None:
    screen = compose(
        (Target.FACEBOOK, Language.FR, "« On m’a tendu la main ce jour-là. » — Carole, Saguenay")
    )
    press(screen.findings, "Link a consent…")
    settle()
    press(dialog(), "Open the register")
    settle()
    assert window.current().registers.register.key == "consents"
    window.go_back()
    settle()
    ended = {"person": "Paul Roy", "what": "testimony", "ends_on": "2020-01-01"}
    workspace.registers.add("consents", ended)
    workspace.registers.add("consents", {"person": "Carole Dion", "what": "testimony"})
    press(screen.findings, "Link a consent…")
    settle()
    picker = dialog().findChild(QComboBox)
    assert [picker.itemText(i) for i in range(picker.count())] == ["Carole Dion, with no end date"]
    press(dialog(), "Link it")
    settle()
    (answer,) = workspace.editorial.sheet(screen._draft_id).answers
    assert (answer.rule, answer.answer) == ("DEV-08", "yes")
    assert answer.note == "Carole Dion, with no end date"


def test_a_finding_of_a_picture_goes_to_its_field(pictured, workspace, settle) -> None:
    workspace.add_picture(pictured._draft_id, scene("people", 2), "deuxieme.png")
    pictured._reload()
    settle()
    second = pictured.media._rows[max(pictured.media._rows)]
    findings = pictured._current().judged.verdict.findings
    number = next(
        n for n, f in enumerate(findings) if f.rule == "LIS-04" and "deuxieme" in f.message
    )
    pictured.findings.choose(number)
    press(pictured.findings, "Go to the picture")
    assert QApplication.focusWidget() is second.alt


# --- The list of findings, laid out again and again ------------------------------------------


def test_a_word_found_twice_leaves_no_card_behind(compose, judged_by, settle) -> None:
    def found(text: str) -> list[Finding]:
        return [finding(text, word) for word in text.split() if word in ("mal", "pire")]

    judged_by(found)
    screen = compose((Target.X, Language.FR, "mal mal"))
    for text in ("mal mal pire", "pire", "rien"):
        current_editor(screen).replace_all(text)
        screen._check_pending()
        settle()
        cards = [card for card in screen.findings.findChildren(_Card) if not card.isHidden()]
        assert len(cards) == len(found(text)), text


def test_an_open_finding_has_the_height_it_needs(qtbot, window, compose, judged_by, settle) -> None:
    words = ("un", "deux", "trois")
    judged_by(lambda t: [finding(t, w) for w in words if w in t])
    window.resize(1024, 640)
    screen = compose((Target.X, Language.FR, "un"))
    for text in ("un deux", "un deux trois", "deux trois"):
        current_editor(screen).replace_all(text)
        screen._check_pending()
        settle()
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_F8)
        settle()
        for card in screen.findings._cards:
            needed = card.layout().totalHeightForWidth(card.width())
            assert card.height() >= needed, card.head.text()


def test_the_page_is_one_key_away(qtbot, window, compose) -> None:
    screen = compose((Target.X, Language.FR, "Bonjour"))
    qtbot.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert screen.foot.page.view().isVisible()
    screen.foot.page.hidePopup()


def test_a_finding_that_nothing_certain_mends_says_so(qtbot, window, compose, judged_by) -> None:
    judged_by(lambda t: [finding(t, "mal")])
    screen = compose((Target.X, Language.FR, "mal"))
    qtbot.keyClick(window, Qt.Key.Key_F8)
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    said = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert any("No correction is certain" in text for text in said)
    assert current_editor(screen).text() == "mal"


def test_new_warnings_are_told_once_after_a_pause(compose, judged_by, settle, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("ui.composer.announce", lambda _widget, text, **_: said.append(text))
    parts = ("gros", "GRAS", "vite")
    judged_by(lambda t: [finding(t, p, Severity.WARNING, rule=f"TST-{p}") for p in parts if p in t])
    screen = compose((Target.X, Language.FR, "gros"))
    pause, editor = screen._warn_timer, current_editor(screen)
    pause.setInterval(600_000)
    editor.setFocus()
    screen._check_all()
    settle()

    def write(text: str) -> None:
        editor.replace_all(text)
        screen._check_pending()
        settle()
        assert pause.isActive()

    write("gros GRAS vite")
    assert said == [], "nobody is interrupted while writing"
    pause.timeout.emit()
    assert said == ["2 new warnings. F8 goes there."]
    write("gros et GRAS")
    pause.timeout.emit()
    assert len(said) == 1, "fewer warnings are no news"
    pause.stop()


def test_an_empty_list_has_the_focus_on_its_button(window, workspace, settle) -> None:
    window.go("drafts")
    settle()
    drafts = window.current()
    assert window.focusWidget() is drafts._first.button
    number = workspace.editorial.add_draft(DraftDetails(), [])
    drafts.refresh(Changes(frozenset({"drafts"})))
    settle()
    assert window.focusWidget() is drafts.table
    drafts.search.setFocus()
    workspace.editorial.trash(number)
    drafts.refresh(Changes(frozenset({"drafts"})))
    settle()
    assert drafts.isAncestorOf(window.focusWidget()), "never back to the rail"


def test_a_ready_made_text_is_filled_in_from_blank_to_blank(compose, workspace, settle) -> None:
    template = workspace.library.template("public_answer")
    screen = compose((Target.FACEBOOK, Language.FR, "Bonjour 🎗️"))
    screen._put_in(template)
    editor = current_editor(screen)
    assert editor.textCursor().selectedText() == "[nom]"
    type_text(editor, "Julie")
    screen._check_pending()
    settle()
    blanks = [f.excerpt for f in screen._current().judged.verdict.findings if f.rule == "INT-13"]
    assert blanks == [blank for blank in ("[fait]", "[source]", "[lien]") if blank in editor.text()]
    assert blanks
    screen.next_finding()
    while screen._finding(screen.findings.current).rule != "INT-13":
        screen.next_finding()
    assert editor.textCursor().selectedText() == blanks[0]


def test_a_draft_nobody_wrote_in_is_not_kept_and_any_other_is(
    window, workspace, settle, qtbot
) -> None:
    window.go("today")
    window.new_draft()
    settle()
    assert len(workspace.editorial.drafts()) == 1
    window.go("guide")
    settle()
    assert workspace.editorial.drafts() == []
    window.go_back()
    settle()
    assert type(window.current()).__name__ == "TodayScreen"  # not a draft that is gone
    window.new_draft()
    settle()
    composer = window.current()
    composer._current().editor.setPlainText("Un mot")
    window.go("guide")
    settle()
    assert [draft.excerpt for draft in workspace.editorial.drafts()] == ["Un mot"]
    planned = workspace.editorial.add_draft(DraftDetails(planned_at=workspace.clock()))
    window.go("draft", planned)
    settle()
    window.go("guide")
    settle()
    assert planned in [draft.id for draft in workspace.editorial.drafts()]


# --- A text that is locked -----------------------------------------------------------------------


@pytest.fixture
def ready(compose, judged_by, settle) -> Composer:
    """A draft on X that is ready to be published."""
    judged_by(lambda _: [])
    screen = compose((Target.X, Language.FR, "Merci à toutes."))
    screen.primary()
    settle()
    assert screen.publication.locked
    return screen


def test_what_is_asked_of_a_ready_draft_is_done_once_it_is_open_again(
    qtbot, window, ready, settle
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL_SHIFT)
    asked = dialog()
    assert "locked" in asked.findChildren(QLabel)[1].text()
    asked.button("yes").click()
    settle()
    assert not ready.publication.locked
    asked = dialog()
    assert asked.windowTitle() == "Add a version" or asked.findChildren(QComboBox)
    asked.reject()
    settle()
    assert window.focusWidget() is current_editor(ready), "not to the rail"


def test_a_key_in_a_locked_text_offers_to_open_it_again(qtbot, window, ready, settle) -> None:
    editor = current_editor(ready)
    editor.setFocus()
    flags = editor.textInteractionFlags()
    assert flags & Qt.TextInteractionFlag.TextSelectableByKeyboard, "a cursor is seen"
    offered: list[str] = []
    ready.shell.messages.offered = offered.append
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert not offered
    qtbot.keyClicks(editor, "a")
    assert offered == ["Open again for writing"] and ready.publication.locked
    ready.shell.messages.take_offer()
    settle()
    assert not ready.publication.locked and window.focusWidget() is editor


def test_a_published_text_says_that_it_stays_and_offers_a_copy(ready, workspace, settle) -> None:
    workspace.editorial.mark_published(ready._draft_id, workspace.clock())
    ready._reload()
    settle()
    assert not ready.can("reopen_draft")
    ready.add_version()
    asked = dialog()
    assert asked.button("yes").text() == "Copy as a new draft"
    asked.reject()


def test_what_was_answered_is_only_shown_once_the_post_is_out(compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    number, card = screen._draft_id, cards(screen)[0]
    workspace.editorial.answer(number, card.rule, "yes")
    workspace.editorial.mark_ready(number, Readiness())
    screen._reload()
    settle()
    assert any("Take the answer back" in b.text() for b in buttons(cards(screen)[0]))
    screen._answer(card.rule, "", "")
    assert "locked" in dialog().findChildren(QLabel)[1].text()
    dialog().reject()
    workspace.editorial.mark_published(number, workspace.clock())
    screen._reload()
    settle()
    shown = cards(screen)[0]
    assert not shown.choices and {b.text() for b in buttons(shown)} == {"Why?"}
    assert "“Yes” · Answered by Marie" in " ".join(x.text() for x in shown.findChildren(QLabel))
    screen._answer(card.rule, "", "")
    assert QApplication.activeModalWidget() is None
    assert workspace.editorial.sheet(number).answers[0].answer == "yes"


# --- Answers -------------------------------------------------------------------------------------


def buttons(card: _QuestionCard) -> list[QPushButton]:
    return card.findChildren(QPushButton)


def test_words_begun_as_an_answer_are_still_there_after_escape(compose, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))

    def opened() -> QPlainTextEdit:
        card = next(c for c in cards(screen) if c.choices[0].text() == "Answer…")
        card.choices[0].click()
        settle()
        return dialog().findChildren(QPlainTextEdit)[0]

    opened().setPlainText("Remercier")
    dialog().reject()
    settle()
    assert opened().toPlainText() == "Remercier"
    assert "still here" in dialog().banner.accessibleName()
    press(dialog(), "Keep the answer")
    settle()
    assert QApplication.activeModalWidget() is None
    card = next(c for c in cards(screen) if c.choices[0].text() == "Answer…")
    assert "“Remercier”" in [label.text() for label in card.findChildren(QLabel)]


def test_an_answer_of_an_earlier_text_is_shown_and_confirmed_by_one_key(
    qtbot, compose, workspace, settle
) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    rule = cards(screen)[0].rule
    screen._answer(rule, "yes", "Lu à voix haute")
    settle()
    type_text(current_editor(screen), " Bravo!")
    screen.flush()
    settle()
    screen._check_pending()
    settle()
    screen.findings.focus_question()
    card = next(c for c in cards(screen) if c.rule == rule)
    said = " ".join(label.text() for label in card.findChildren(QLabel))
    assert "The answer was: “Yes”" in said and "Lu à voix haute" in said
    assert card.button is not None and card.button.text() == "Confirm"
    qtbot.keyClick(card.button, Qt.Key.Key_Return)
    settle()
    assert next(c for c in cards(screen) if c.rule == rule).settled


def test_a_no_is_said_and_has_the_focus(compose, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    for card in cards(screen):
        screen._answer(card.rule, "n/a", "")
        settle()
    rule = next(c.rule for c in cards(screen) if c.choices[0].text() == "Yes")
    screen._answer(rule, "no", "")
    settle()
    screen.primary()
    settle()
    assert "1 question answered “No”" in screen.banner.accessibleName()
    led = screen.window().focusWidget()
    assert led.text() == "No" and led.isChecked(), "an impatient Enter changes nothing"


def test_the_next_question_is_whole_in_sight(qtbot, window, compose, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci à toutes les bénévoles de Rimouski."))
    window.resize(1024, 640)
    settle()
    place = next(i for i, c in enumerate(cards(screen)) if c.choices[0].text() == "Answer…")
    cards(screen)[place].choices[0].setFocus()
    cards(screen)[place].choices[0].click()
    dialog().findChildren(QPlainTextEdit)[0].setPlainText("Une ligne\nDeux lignes\nTrois lignes")
    press(dialog(), "Keep the answer")
    settle()

    def seen() -> bool:
        view, led = screen.findings._area.viewport(), window.focusWidget()
        spot = led.mapTo(view, led.rect().center())
        return led is cards(screen)[place + 1].button and view.rect().contains(spot)

    qtbot.waitUntil(seen)


# --- Versions and pages --------------------------------------------------------------------------


def test_a_new_version_begins_in_the_draft_s_own_language(compose) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci"))
    screen.add_version()
    targets, languages, _ = dialog().findChildren(QComboBox)
    assert languages.currentData() == "en", "French is there already"
    targets.setCurrentIndex(targets.findData("x"))
    assert languages.currentData() == "fr"
    dialog().reject()


def test_an_event_comes_with_its_title_counted_as_one(qtbot, compose, workspace, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Marchez avec nous le 12 juin."))
    screen.add_version()
    targets, _, start = dialog().findChildren(QComboBox)
    targets.setCurrentIndex(targets.findData("tiktok-title"))
    assert start.currentData() == "empty", "nobody makes a title of a post"
    targets.setCurrentIndex(targets.findData("facebook-event"))
    assert start.currentData() == "copy"
    dialog().button("yes").click()
    settle()
    fields = {v.target: v.text for v in workspace.editorial.sheet(screen._draft_id).variants}
    assert fields[Target.FACEBOOK_EVENT_TITLE] == ""
    assert fields[Target.FACEBOOK_EVENT] == current_editor(screen).text() != ""
    title = next(v for v in screen._versions.values() if v.variant.target.is_title)
    places = (screen.tabs.tabData(n) for n in range(screen.tabs.count()))
    screen.tabs.setCurrentIndex(list(places).index(title.variant.id))
    type_text(title.editor, "Marche de nuit " * 5)

    def counted() -> bool:
        return title.judged is not None and title.judged.verdict.counts[0].value == 75

    qtbot.waitUntil(counted)
    (count,) = title.judged.verdict.counts
    assert (count.limit, count.confidence) == (64, Confidence.SECOND_HAND)
    assert "PLAT-01" in {f.rule for f in title.judged.verdict.findings}


def test_a_version_is_taken_out_by_an_action(window, compose, settle) -> None:
    screen = compose((Target.FACEBOOK, Language.FR, "Merci"), (Target.X, Language.FR, "Merci!"))
    assert screen.remove_button.text() and screen.can("remove_version")
    window.shell.actions.run("remove_version")
    settle()
    assert screen.tabs.count() == 1 and not screen.can("remove_version")


def test_a_page_still_to_be_chosen_is_told(window, workspace, compose, judged_by, settle) -> None:
    judged_by(lambda _: [])
    workspace.editorial.add_page(PageInput("SCC sur X", Network.X))
    screen = compose((Target.X, Language.FR, "Merci"))
    assert "page is still to be chosen" in window.status.step.whole()
    workspace.editorial.place(screen._draft_id, {Network.X: workspace.editorial.pages()[0].id})
    screen._reload()
    settle()
    assert "Nothing is missing" in window.status.step.whole()


def test_the_page_chosen_is_told_whole_and_cut_in_its_middle(workspace, compose) -> None:
    name = "Société canadienne du cancer – division du Québec"
    page = workspace.editorial.add_page(PageInput(name, Network.FACEBOOK))
    screen = compose((Target.FACEBOOK, Language.FR, "Merci"), page_id=page)
    box = screen.foot.page
    assert name in box.toolTip()
    assert box.width() == box.whole_width(), "there is room beside it"
    screen.window().resize(860, 640)
    QApplication.processEvents()
    assert box.width() < box.whole_width()


def test_the_counter_says_which_piece_cost_how_much_and_whose_limit_it_is(compose) -> None:
    text = "Voir https://cancer.ca/qc ou https://cancer.ca/qc 💛 du fond du cœur"
    screen = compose((Target.X, Language.FR, text))
    card = screen.findings._counts[0]
    assert "2 links: 46 (https://cancer.ca/qc × 2) · 1 emoji: 2 (💛)" in card.accessibleName()
    assert "unofficial" not in card.accessibleName()
    assert "published by the network: X developer documentation" in card.accessibleDescription()
    screen = compose((Target.FACEBOOK, Language.FR, text))
    card = screen.findings._counts[0]
    assert "link" not in card.accessibleName() and "unofficial limit" in card.accessibleName()
    assert "the network has not published" in card.accessibleDescription()
