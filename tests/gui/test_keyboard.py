"""By the keyboard alone: Tab reads the window, Enter presses, a date is one stop, dialogs fit."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QDateTime, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.model import Language
from scc_admin.settings import Settings, machine_file
from scc_admin.workspace import Workspace
from ui.forms import Field, FormDialog
from ui.keyboard import ByKeyboard, DayField, MomentField, NumberField, reading, stops
from ui.messages import Choice, Dialog, Messages
from ui.qtwords import teach_qt
from ui.theme import Scheme, Theme
from ui.welcome import CODE, PLACE, UNLOCK, YOU, Welcome
from ui.widgets import Form
from ui.window import PLACES, Window


def press(key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def walked(root: QWidget) -> list[QWidget]:
    """Where Tab really goes, once round."""
    expected = stops(root)
    expected[0].setFocus(Qt.FocusReason.TabFocusReason)
    seen = [QApplication.focusWidget()]
    for _ in expected:
        press(Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is seen[0]:
            break
        seen.append(focused)
    return seen


def backwards(chain: list[QWidget], root: QWidget) -> list[str]:
    """Steps of the chain that go up, or to the left on one line, among parts side by side."""
    wrong = []
    for one, other in itertools.pairwise(chain):
        first, second = parts(one, other, root)
        down = second.top() >= first.bottom() - 2
        right = second.left() >= first.right() - 2
        if not (down or right):
            wrong.append(f"{named(one)} → {named(other)}")
    return wrong


def parts(one: QWidget, other: QWidget, root: QWidget) -> tuple[QRect, QRect]:
    """The boxes of the two parts of their nearest common parent in which the widgets stand."""
    ways = []
    for widget in (one, other):
        way = [widget]
        while way[-1] is not root:
            way.append(way[-1].parentWidget())
        ways.append(way[::-1])
    depth = next(d for d, pair in enumerate(zip(*ways, strict=False)) if pair[0] is not pair[1])
    return ways[0][depth].geometry(), ways[1][depth].geometry()


def named(widget: QWidget) -> str:
    text = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{type(widget).__name__} {text}"


# --- Tab -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("place", [place.name for place in PLACES])
def test_tab_reads_each_screen(qtbot, theme, tasks, sample, settle, place) -> None:
    window = Window(sample, theme, tasks, sample.clock, language=Language.EN)
    qtbot.addWidget(window, before_close_func=lambda w: setattr(w, "_closing", True))
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    target = sample.editorial.drafts()[0].id if place == "draft" else None
    window.go(place, target)
    settle()
    chain = [w for w in stops(window) if w.isVisibleTo(window)]
    assert len(chain) > 3
    assert backwards(chain, window) == []


@pytest.fixture
def welcome(qtbot, theme, tasks, tmp_path, monkeypatch) -> Iterator[Welcome]:
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("ui.welcome.default_folder", lambda: tmp_path / "SCC")
    made = Welcome(theme, tasks, Settings(machine_file()), Language.EN)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made._code = ""


@pytest.mark.parametrize("page", [YOU, PLACE, CODE, UNLOCK])
def test_tab_reads_the_first_screens(welcome, settle, page) -> None:
    welcome._show(page)
    settle()
    if page == PLACE:
        welcome.kinds["passphrase"].click()
    chain = walked(welcome)
    assert chain == stops(welcome)
    assert backwards(chain, welcome) == []
    assert welcome.next in chain
    fields = {
        YOU: ["name", "role"],
        PLACE: ["folder", "secret", "secret_again"],
        CODE: ["typed"],
        UNLOCK: ["key", "recovery"],
    }
    where = [chain.index(getattr(welcome, name)) for name in fields[page]]
    assert where == sorted(where) and where[-1] < chain.index(welcome.next)


def test_shift_tab_goes_the_same_way_back(welcome) -> None:
    chain = walked(welcome)
    chain[0].setFocus()
    back = []
    for _ in chain:
        press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        back.append(QApplication.focusWidget())
    assert back == chain[::-1]


class Bare(ByKeyboard, QWidget):
    pass


def test_what_was_made_last_but_stands_first_is_reached_first(qtbot) -> None:
    window = Bare()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    below, above = QLineEdit(), QLineEdit()
    column.addWidget(below)
    column.insertWidget(0, above)
    window.show()
    assert stops(window) == [above, below]


def test_a_group_of_choices_is_one_stop(welcome) -> None:
    choices = [w for w in stops(welcome) if isinstance(w, QRadioButton)]
    assert len(choices) == 1 and choices[0].isChecked()


# --- Enter ---------------------------------------------------------------------------------------


def test_enter_presses_the_button_in_focus_and_a_key_held_down_presses_once(window, qtbot) -> None:
    pressed: list[str] = []
    button = QPushButton("x", window.current() or window.centralWidget())
    button.clicked.connect(lambda: pressed.append("x"))
    button.show()
    button.setFocus()
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert pressed == ["x", "x"]
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True
    )
    QApplication.sendEvent(button, held)
    assert pressed == ["x", "x"]


def test_enter_keeps_what_the_safe_button_of_a_question_keeps(qtbot, theme, icons) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    answers: list[str] = []
    choices = (Choice("no", "Keep it"), Choice("yes", "Delete", "danger"))
    made = Messages(window, Translator(), theme, icons).dialog(
        "Delete?", "", choices, answers.append
    )
    made.open()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.button("no").setFocus()
    press(Qt.Key.Key_Return)
    assert answers == ["no"]


def test_enter_goes_on_in_the_first_screens_or_says_what_is_missing(welcome, settle) -> None:
    welcome.name.setFocus()
    press(Qt.Key.Key_Return)
    assert welcome._you.has_problem(welcome.name)
    QTest.keyClicks(welcome.name, "Marie")
    assert not welcome._you.has_problem(welcome.name)
    press(Qt.Key.Key_Return)
    assert welcome.pages.currentIndex() == PLACE
    settle()
    welcome.kinds["passphrase"].click()
    welcome.secret.setFocus()
    QTest.keyClicks(welcome.secret, "court")
    press(Qt.Key.Key_Return)
    assert welcome._secret_form.has_problem(welcome.secret) and welcome.secret.hasFocus()
    press(Qt.Key.Key_Escape)
    assert welcome.pages.currentIndex() == YOU


def test_enter_alone_leads_through_the_first_screens(welcome, settle, tmp_path, qtbot) -> None:
    made: list[Workspace] = []
    welcome.made.connect(made.append)
    QTest.keyClicks(welcome.name, "Marie")
    press(Qt.Key.Key_Return)
    assert welcome.fresh.hasFocus(), "the first question of the page"
    settle()
    welcome._keyring_told(False)  # no keyring: something must be typed
    press(Qt.Key.Key_Return)
    assert welcome.secret.hasFocus()
    QTest.keyClicks(welcome.secret, "quatre mots de passe")
    press(Qt.Key.Key_Return)
    assert welcome.secret_again.hasFocus()
    assert not welcome._secret_form.has_problem(welcome.secret_again)
    QTest.keyClicks(welcome.secret_again, "quatre mots de passe")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: welcome.pages.currentIndex() == CODE)
    assert welcome.typed.hasFocus()
    QTest.keyClicks(welcome.typed, welcome.code.text().lower().replace("-", ""))
    press(Qt.Key.Key_Return)
    (workspace,) = made
    workspace.close()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("page", [YOU, PLACE, CODE, UNLOCK])
def test_the_buttons_of_the_first_screens_are_in_sight_on_a_low_screen(
    qtbot, qapp, tasks, tmp_path, monkeypatch, settle, language, page
) -> None:
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    large = Theme(qapp, Scheme.LIGHT, 1.5)
    made = Welcome(large, tasks, Settings(machine_file()), language)
    qtbot.addWidget(made)
    made.setMinimumSize(0, 0)
    made.resize(1024, 640)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made._show(page)
    settle()
    made._keyring_told(False)
    if page == PLACE:
        made._next()  # what is missing is said, in sight
        assert made.secret.hasFocus()
    focused = made.focusWidget()
    for widget in (made.next, focused):
        box = QRect(widget.mapTo(made, widget.rect().topLeft()), widget.size())
        assert made.rect().contains(box)
    assert made.next.visibleRegion().boundingRect() == made.next.rect()
    assert focused.visibleRegion().boundingRect() == focused.rect()
    problem = made._secret_form._problems[made.secret]
    assert page != PLACE or not problem.visibleRegion().isEmpty()
    large.deleteLater()


def test_enter_opens_with_the_passphrase_of_every_day(welcome, tmp_path) -> None:
    asked: list[tuple] = []
    welcome.open_asked.connect(lambda *what: asked.append(what))
    welcome.show_refusal(tmp_path, UserError("passphrase_needed", "…"))
    assert not welcome.banner.isVisible() and welcome.key.hasFocus()
    press(Qt.Key.Key_Return)
    assert asked == [] and welcome._unlock_form.has_problem(welcome.key)
    QTest.keyClicks(welcome.key, "quatre mots de passe")
    press(Qt.Key.Key_Return)
    assert asked == [(tmp_path, "quatre mots de passe", "")]


def test_a_folder_is_said_whole_and_never_begins_where_the_program_was_started(
    welcome, tmp_path
) -> None:
    welcome._show(PLACE)
    welcome.folder.clear()
    QTest.keyClicks(welcome.folder, "travail/scc")
    assert welcome._folder == tmp_path / "travail" / "scc"
    assert str(tmp_path / "travail") in welcome.whole_path.text()
    assert not (tmp_path / "travail").exists()
    welcome.folder.clear()
    press(Qt.Key.Key_Return)
    assert welcome._place_form.has_problem(welcome._where) and welcome.folder.hasFocus()


def test_where_no_keyring_answers_a_passphrase_is_proposed(welcome) -> None:
    welcome._show(PLACE)
    welcome._keyring_told(False)
    assert welcome.kinds["passphrase"].isChecked() and not welcome.kinds["keyring"].isEnabled()
    welcome._keyring_told(True)
    assert welcome.kinds["keyring"].isEnabled()


# --- Fields --------------------------------------------------------------------------------------


NOVEMBER = dt.date(2026, 11, 23)


@pytest.fixture
def dates(qtbot) -> tuple[Bare, QLineEdit, MomentField, DayField, QLineEdit]:
    window = Bare()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    first, last, moment, day = QLineEdit(), QLineEdit(), MomentField(), DayField(NOVEMBER)
    moment.setDisplayFormat("yyyy-MM-dd HH:mm")
    moment.setDateTime(QDateTime.fromString("2026-11-23T10:00", Qt.DateFormat.ISODate))
    for field in (first, moment, day, last):
        column.addWidget(field)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window, first, moment, day, last


def test_a_date_is_one_stop(dates) -> None:
    window, first, moment, day, last = dates
    assert walked(window) == [first, moment, day, last]


def test_a_date_is_typed_as_it_is_written_and_the_arrows_move_within(dates) -> None:
    _, _, moment, day, _ = dates
    moment.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClicks(moment, "2027-01-05 08:30")
    assert moment.text() == "2027-01-05 08:30"
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Up)
    assert moment.text() == "2027-01-05 09:30"
    day.setDisplayFormat("yyyy-MM-dd")
    day.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClicks(day, "20280229")
    assert day.text() == "2028-02-29"


@pytest.mark.parametrize("kind", [NumberField, DayField, MomentField])
def test_a_wheel_that_passes_over_a_field_scrolls_what_it_stands_in(qtbot, kind) -> None:
    field = kind()
    qtbot.addWidget(field)
    field.show()
    before = field.text()
    turn = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, turn)
    assert (field.text(), turn.isAccepted(), field.hasFocus()) == (before, False, False)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.text() != before


def test_a_problem_goes_when_its_field_is_mended(qtbot) -> None:
    form = Form()
    qtbot.addWidget(form)
    line, box = QLineEdit(), QCheckBox()
    form.add("Name", line, hint="As on paper.")
    form.add("Sure", box)
    form.problem(line, "This is still missing.")
    form.problem(box, "Tick it.")
    assert line.accessibleDescription() == "This is still missing."
    QTest.keyClicks(line, "a")
    box.click()
    assert not (form.has_problem(line) or form.has_problem(box))
    assert line.property("wrong") == "false" and line.accessibleDescription() == "As on paper."


# --- Dialogs -------------------------------------------------------------------------------------


class LowScreen:
    """A screen of 1024 × 640, whatever the computer has."""

    def availableGeometry(self) -> QRect:  # noqa: N802 - Qt's name
        return QRect(0, 0, 1024, 640)


def test_a_dialog_stays_on_the_screen_with_its_buttons_in_sight(
    window, qtbot, settle, monkeypatch
) -> None:
    monkeypatch.setattr(Dialog, "screen", lambda _self: LowScreen())
    fields = [Field(f"f{n}", f"Field {n}", "text", required=True) for n in range(12)]
    form = FormDialog(window.shell, "A long form", "", "Keep", lambda _v: None, fields=fields)
    form.open()
    settle()

    def fits() -> bool:
        inside = QRect(0, 0, 1024, 640).contains(form.frameGeometry())
        button = form.button("yes")
        low = button.mapTo(form, button.rect().bottomLeft()).y()
        return inside and low < form.height()

    assert fits()
    form.submit()
    settle()
    assert fits()
    last = form.widget("f11")
    last.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is form.button("no")
    form.widget("f10").setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Tab)
    assert not last.visibleRegion().isEmpty()


def test_a_dialog_at_rest_does_nothing(window, qtbot, settle, monkeypatch) -> None:
    fields = [Field(f"f{n}", f"Field {n}", "text", hint="A hint. " * 20) for n in range(3)]
    form = FormDialog(window.shell, "Form", "Words", "Keep", lambda _v: None, fields=fields)
    form.open()
    settle()
    for _ in range(20):
        QApplication.processEvents()
    fits: list[bool] = []
    monkeypatch.setattr(Dialog, "fit", lambda _self: fits.append(True))
    for _ in range(20):
        QApplication.processEvents()
    assert fits == []


def test_what_was_kept_is_offered_to_whoever_types_before_it_is_read(window, settle) -> None:
    def opened() -> FormDialog:
        fields = [Field("words", "Words", "text")]
        form = FormDialog(window.shell, "F", "", "Keep", lambda _v: None, fields=fields, keep="f")
        form.open()
        return form

    first = opened()
    settle()
    first.set_values({"words": "Begun"})
    first.touched()
    first.reject()
    again = opened()  # what was left a moment ago is not yet on disk
    again.set_values({"words": "Quick"})
    again.touched()
    again.keep_now()
    settle()
    assert again.gathered()["words"] == "Quick"
    (take_up,) = [
        b for b in again.banner.findChildren(QPushButton) if b.text() == "Take it up again"
    ]
    take_up.click()
    assert again.gathered()["words"] == "Begun"
    again.reject()
    third = opened()
    settle()
    assert third.gathered()["words"] == "Begun"
    third.reject()
    settle()


def test_a_dialog_grows_with_what_it_has_to_say_and_stays_centred(window, settle) -> None:
    form = FormDialog(window.shell, "Short", "", "Keep", lambda _v: None, fields=[Field("a", "A")])
    form.open()
    settle()
    before = form.height()
    form._refused(UserError("x", "A sentence about what went wrong, and what to do about it."))
    settle()
    assert form.height() > before
    centre = window.frameGeometry().center()
    assert abs(form.frameGeometry().center().y() - centre.y()) <= 2
    assert [w for w in reading(form) if w is form.banner]


def test_enter_in_a_form_goes_to_the_next_field_and_never_writes(window, settle) -> None:
    written: list[object] = []
    form = FormDialog(
        window.shell,
        "Form",
        "",
        "Keep",
        written.append,
        fields=[Field("a", "A"), Field("b", "B"), Field("c", "C", "check")],
    )
    form.open()
    form.activateWindow()
    settle()
    form.widget("a").setFocus()
    press(Qt.Key.Key_Return)
    assert form.widget("b").hasFocus()
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    assert written == [] and form.button("yes").hasFocus()
    press(Qt.Key.Key_Return)
    settle()
    assert len(written) == 1


def test_enter_after_the_last_line_of_a_form_does_not_call_it_off(window, settle) -> None:
    written: list[object] = []
    form = FormDialog(
        window.shell,
        "Form",
        "",
        "Keep",
        written.append,
        fields=[Field("at", "At", "moment"), Field("link", "Link")],
    )
    form.open()
    form.activateWindow()
    settle()
    form.widget("at").setFocus()
    press(Qt.Key.Key_Return)
    assert form.widget("link").hasFocus()
    QTest.keyClicks(form.widget("link"), "https://exemple.org/1")
    press(Qt.Key.Key_Tab)
    assert form.button("no").hasFocus(), "Tab goes as one reads"
    form.widget("link").setFocus()
    press(Qt.Key.Key_Return)
    assert form.isVisible() and written == [] and form.button("yes").hasFocus()
    press(Qt.Key.Key_Return)
    settle()
    assert [values["link"] for values in written] == ["https://exemple.org/1"]


def test_control_enter_keeps_the_words_that_were_asked_for(window, settle) -> None:
    said: list[str] = []
    window.shell.messages.ask_text("Note", "", "Words", "Keep", said.append, lines=4)
    dialog = QApplication.activeModalWidget()
    dialog.activateWindow()
    settle()
    ctrl = Qt.KeyboardModifier.ControlModifier
    press(Qt.Key.Key_Return, ctrl)
    assert dialog.isVisible() and said == [], "no words, nothing to keep"
    QTest.keyClicks(QApplication.focusWidget(), "One")
    press(Qt.Key.Key_Return)
    QTest.keyClicks(QApplication.focusWidget(), "Two")
    assert "Ctrl+" in dialog.button("yes").toolTip()
    press(Qt.Key.Key_Return, ctrl)
    settle()
    assert said == ["One\nTwo"] and QApplication.activeModalWidget() is None


def test_enter_after_an_account_says_who_it_is_and_goes_on_to_the_words(window, settle) -> None:
    window.log_incident()
    settle()
    form = QApplication.activeModalWidget()
    form.activateWindow()
    form.handle.setFocus()
    QTest.keyClicks(form.handle, "Le Veilleur")
    press(Qt.Key.Key_Return)
    assert form.words.hasFocus()
    settle()
    assert form.handle.text() == "Le Veilleur" and "Le Veilleur" in form.recognised.text()
    press(Qt.Key.Key_Return)
    assert form.words.toPlainText() == "\n"


def test_a_refusal_goes_once_what_was_refused_is_changed(window, settle) -> None:
    form = FormDialog(window.shell, "Form", "", "Keep", lambda _v: None, fields=[Field("a", "A")])
    form.open()
    settle()
    form._refused(UserError("x", "This cannot be."))
    assert form.banner.isVisible()
    QTest.keyClicks(form.widget("a"), "b")
    assert not form.banner.isVisible()


def test_a_form_taken_up_again_has_its_cursor_after_the_words(window, workspace, settle) -> None:
    def begin() -> FormDialog:
        fields = [Field("a", "A", "text")]
        made = FormDialog(
            window.shell, "Form", "", "Keep", lambda _v: None, fields=fields, keep="test"
        )
        made.open()
        made.activateWindow()
        settle()
        return made

    form = begin()
    QTest.keyClicks(form.widget("a"), "Begun")
    form.reject()
    settle()
    form = begin()
    settle()
    QTest.keyClicks(QApplication.focusWidget(), " and gone on")
    assert form.widget("a").toPlainText() == "Begun and gone on"
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Tab)
    assert form.button("yes").hasFocus()


# --- Messages, help, what stands in the status bar -----------------------------------------------


def test_what_a_passing_message_offers_is_taken_up_by_a_key_once(window, settle) -> None:
    taken: list[str] = []
    messages = window.shell.messages
    offer = window.actions_["last-offer"]
    assert not window.can("take_last_offer")
    messages.toast("Saved.", "Open the folder", lambda: taken.append("opened"))
    assert "Open the folder" in offer.text()
    assert messages._toast in reading(window)
    messages._toast.dismiss()
    press(Qt.Key.Key_F9)
    assert taken == ["opened"] and not window.can("take_last_offer")
    press(Qt.Key.Key_F9)
    assert taken == ["opened"] and "Open the folder" not in offer.text()


def test_tab_reaches_what_a_passing_message_offers(window, settle) -> None:
    settle()
    window.shell.messages.toast("Saved.", "Open the folder", lambda: None)
    assert stops(window)[-1].text() == "Open the folder"


def test_f1_opens_the_guide_where_it_speaks_of_the_screen(window, settle) -> None:
    window.go("moderation")
    settle()
    press(Qt.Key.Key_F1)
    settle()
    assert window.current()._key == "program-moderation"


def test_each_screen_has_its_page_of_the_guide(window) -> None:
    from scc_admin.guide import Guide

    guide = Guide.load(Language.FR)
    assert [p.name for p in PLACES if not p.help] == ["guide"]
    assert all(guide.section(p.help) is not None for p in PLACES if p.help)
    assert all(guide.section(p.use) is not None for p in PLACES)


def test_f1_in_a_form_shows_the_guide_over_it_and_loses_nothing(window, settle) -> None:
    window.go("moderation")
    settle()
    form = FormDialog(window.shell, "Form", "", "Keep", lambda _v: None, fields=[Field("a", "A")])
    form.open()
    form.activateWindow()
    settle()
    QTest.keyClicks(form.widget("a"), "words")
    press(Qt.Key.Key_F1)
    over = QApplication.activeModalWidget()
    assert over is not form and isinstance(over, Dialog)
    over.reject()
    assert form.isVisible() and form.widget("a").text() == "words"


def test_the_status_bar_says_when_something_was_last_written(window, workspace, settle) -> None:
    settle()
    window.status.saved.clear()
    window.new_draft()
    settle()
    assert "saved at" in window.status.saved.text()


def test_french_names_the_key_as_it_is_marked(qapp) -> None:
    teach_qt(Language.FR)
    try:
        keys = QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText)
        assert keys == "Ctrl+Entrée"
    finally:
        teach_qt(Language.EN)
