"""The editor: places in code points and UTF-16, marks that move, letters kept, limits."""

from __future__ import annotations

import pytest
from conftest import type_text
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QFont, QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication

from scc_admin.model import Severity
from ui.editor import (
    LONG_LINE,
    LONGEST_LINE,
    Mark,
    Offsets,
    TextEditor,
    clean,
    narrow,
    shift,
    too_long,
)

FAMILY = "👩‍👩‍👧"
QUEBEC = "Ça coûte 5\u00a0$, dit «\u00a0Zoé\u00a0» 🎗️!"
texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


# --- Places --------------------------------------------------------------------------------------


@given(texts)
def test_units_are_those_of_utf16(text: str) -> None:
    offsets = Offsets(text)
    for point in range(len(text) + 1):
        assert offsets.units(point) == len(text[:point].encode("utf-16-le")) // 2


@given(texts)
def test_there_and_back(text: str) -> None:
    offsets = Offsets(text)
    assert [offsets.points(offsets.units(p)) for p in range(len(text) + 1)] == list(
        range(len(text) + 1)
    )


@given(texts)
def test_a_unit_inside_a_pair_counts_as_before_it(text: str) -> None:
    offsets = Offsets(text)
    for point, letter in enumerate(text):
        if ord(letter) > 0xFFFF:
            assert offsets.points(offsets.units(point) + 1) == point


# --- Marks ---------------------------------------------------------------------------------------


@given(
    texts.filter(bool),
    st.integers(0, 200),
    st.integers(0, 200),
    st.integers(0, 200),
    st.integers(0, 50),
    st.text(alphabet="xyz ", max_size=8),
)
def test_a_mark_the_edit_did_not_touch_stays_on_its_text(
    text: str, start: int, length: int, at: int, removed: int, added: str
) -> None:
    start = min(start, len(text))
    end = min(len(text), start + length)
    at = min(at, len(text))
    removed = min(removed, len(text) - at)
    marks = shift([Mark(start, end, Severity.INFO, 0)], at, removed, len(added))
    after = text[:at] + added + text[at + removed :]
    untouched = end <= at or start >= at + removed
    if untouched and end > start:
        assert after[marks[0].start : marks[0].end] == text[start:end]
        assert not marks[0].damaged
    for mark in marks:
        assert 0 <= mark.start <= mark.end <= len(after)


@given(texts, st.integers(0, 200), st.integers(0, 200), texts)
def test_the_real_edit_is_found_in_what_qt_reports(
    text: str, start: int, length: int, new: str
) -> None:
    start = min(start, len(text))
    after = text[:start] + new + text[start + length :]
    one, other = (t.encode("utf-16-le") for t in (text, after))
    at, removed, added = narrow(one, other, 0, len(one) // 2, len(other) // 2)
    assert one[: 2 * at] + other[2 * at : 2 * (at + added)] + one[2 * (at + removed) :] == other
    assert removed <= len(text[start : start + length].encode("utf-16-le")) // 2
    assert added <= len(new.encode("utf-16-le")) // 2


def test_typing_inside_a_mark_stretches_and_damages_it() -> None:
    (mark,) = shift([Mark(4, 8, Severity.ERROR, 0)], 6, 0, 2)
    assert (mark.start, mark.end, mark.damaged, mark.born) == (4, 10, True, 4)


def test_a_mark_whose_text_is_gone_is_gone() -> None:
    assert shift([Mark(4, 8, Severity.ERROR, 0)], 3, 10, 0) == []


# --- The widget ----------------------------------------------------------------------------------


@pytest.fixture
def editor(qtbot, theme) -> TextEditor:
    made = TextEditor(theme, "Texte")
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


@pytest.mark.parametrize("text", [QUEBEC, "a\n\nb", FAMILY * 3, "\tTabulation", "e\u0301 é", ""])
def test_what_goes_in_comes_out_letter_for_letter(editor, text: str) -> None:
    editor.load(text)
    assert editor.text() == text


def test_typing_raises_the_revision_and_loading_is_no_edit(qtbot, editor) -> None:
    edits: list[int] = []
    editor.edited.connect(lambda: edits.append(editor.revision))
    editor.load("Bonjour")
    assert edits == []
    before = editor.revision
    type_text(editor, "é" + FAMILY)
    assert editor.revision > before and edits == [editor.revision]
    assert editor.text() == "é" + FAMILY + "Bonjour"


def test_what_is_copied_keeps_its_no_break_spaces(editor) -> None:
    editor.load(QUEBEC)
    editor.selectAll()
    editor.copy()
    assert QGuiApplication.clipboard().text() == QUEBEC


def test_replacing_is_one_step_of_undo(editor) -> None:
    editor.load("Le 31 novembre")
    editor.replace(3, 5, "30")
    assert editor.text() == "Le 30 novembre"
    editor.undo()
    assert editor.text() == "Le 31 novembre"


def test_restoring_another_text_can_be_undone(editor) -> None:
    editor.load("Un\nDeux 🎗️")
    editor.replace_all("Trois")
    assert editor.text() == "Trois"
    editor.undo()
    assert editor.text() == "Un\nDeux 🎗️"


def paste(editor: TextEditor, data: QMimeData) -> None:
    editor.insertFromMimeData(data)


def words(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def test_a_line_that_would_hold_the_window_is_refused_and_stays_in_the_clipboard(editor) -> None:
    refused: list[int] = []
    editor.refused.connect(refused.append)
    editor.load("avant")
    paste(editor, words("x" * 1_000_000))
    assert refused == [1_000_000] and editor.text() == "avant"
    paste(editor, words("y" * 60_000))
    paste(editor, words("y" * 10_000))
    assert refused == [1_000_000, 10_000]
    assert len(editor.text()) == 60_005


def unshaped(editor: TextEditor) -> bool:
    strategy = editor.document().defaultFont().styleStrategy()
    return bool(strategy & QFont.StyleStrategy.PreferNoShaping)


def test_only_a_very_long_line_goes_without_shaping_and_only_while_it_is_long(editor) -> None:
    line = "Une très longue ligne 💛 " * (LONG_LINE // 20)
    editor.load("Une ligne courte.\n" * 2_000)
    assert not unshaped(editor)
    editor.load(line)
    assert unshaped(editor)
    editor.replace(LONG_LINE // 2, LONG_LINE // 2, "\n")
    assert not unshaped(editor)
    editor.undo()
    assert unshaped(editor) and editor.text() == line


@pytest.mark.parametrize("joined", [FAMILY, "🇨🇦", "👍🏽", "❤️", "e\u0301", "1️⃣"])
def test_what_must_be_shaped_stays_whole_in_a_very_long_line(editor, joined: str) -> None:
    line = "a" * 2 * LONG_LINE
    editor.load(line + joined)
    assert not unshaped(editor)
    editor.load(line)
    editor.replace(5, 5, joined)
    assert not unshaped(editor)
    editor.load(line)
    assert unshaped(editor)


def test_a_skin_tone_put_in_the_place_of_a_picture_is_seen(editor) -> None:
    editor.load("👍🎀" + "a" * 2 * LONG_LINE)
    editor.replace(2, 4, "🏽")
    assert not unshaped(editor)


def test_pasted_rich_text_comes_as_plain_text(editor) -> None:
    data = words("Bonjour\r\n<b>gras</b>\x00\x07")
    data.setHtml("<img src='file:///etc/passwd'><b>autre chose</b>")
    paste(editor, data)
    assert editor.text() == "Bonjour\n<b>gras</b>"


def test_pictures_go_to_the_pictures(editor, tmp_path) -> None:
    got: list[object] = []
    editor.pictures.connect(got.extend)
    data = QMimeData()
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(0)
    data.setImageData(image)
    paste(editor, data)
    assert isinstance(got[0], QImage) and editor.text() == ""


def test_a_text_too_long_to_edit_is_shown_in_part_and_cannot_be_changed(editor) -> None:
    editor.load("x" * (LONGEST_LINE + 1))
    assert not editor.whole and editor.isReadOnly()
    editor.load("court")
    assert editor.whole and not editor.isReadOnly()


def test_a_document_is_handed_over_with_its_undo(qtbot, theme, editor) -> None:
    editor.load("Bon")
    editor.moveCursor(editor.textCursor().MoveOperation.End)
    type_text(editor, "jour")
    other = TextEditor(theme, "Texte")
    qtbot.addWidget(other)
    other.take_over(editor.hand_over())
    assert other.text() == "Bonjour" and editor.text() == ""
    other.undo()
    assert other.text() == "Bon"
    editor.load("rien")


def test_findings_under_a_place_come_gravest_first(editor) -> None:
    editor.load("un deux trois")
    editor.show_marks(
        [
            Mark(3, 7, Severity.INFO, 0),
            Mark(3, 13, Severity.BLOCK, 1),
            Mark(0, 2, Severity.ERROR, 2),
        ]
    )
    assert editor.findings_at(5) == [1, 0]


@pytest.mark.parametrize("severity", list(Severity))
def test_each_severity_paints_something_under_the_text_and_after_an_emoji(editor, severity) -> None:
    editor.load("🎗️🎗️ attention ici " + "mot " * 60)
    plain = editor.grab().toImage()
    start = Offsets(editor.text()).units(5)
    editor.show_marks([Mark(start, start + 9, severity, 0)])
    assert editor.grab().toImage() != plain


def test_marks_follow_the_text_as_one_types(editor) -> None:
    editor.load("un deux")
    editor.show_marks([Mark(3, 7, Severity.ERROR, 0)])
    type_text(editor, "🎗️ ")
    mark = editor.mark_of(0)
    assert mark is not None and (mark.start, mark.end) == (7, 11)
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(editor, event)
    assert (mark.start, mark.end) == (6, 10)


def test_cleaning_and_measuring() -> None:
    assert clean("a\r\nb\rc\u2029d\x00") == "a\nb\nc\nd"
    assert not too_long("x" * LONGEST_LINE) and too_long("x" * (LONGEST_LINE + 1))
    assert not too_long("x\n" * 40_000) and too_long("x\n" * 60_000)


def test_undo_takes_back_a_word_and_not_the_whole_text(qtbot, editor) -> None:
    qtbot.keyClicks(editor, "Merci aux 12 donateurs")
    editor.undo()
    assert editor.text() == "Merci aux 12"
    editor.undo()
    assert editor.text() == "Merci aux"
    editor.redo()
    editor.redo()
    assert editor.text() == "Merci aux 12 donateurs"
