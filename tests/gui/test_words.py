"""What the screens say: nothing untranslated, nothing cut, every key of a menu its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po
from conftest import flush_deleted
from pseudo import OPEN, invented, stretched
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QTableView,
    QWidget,
)

from scc_admin.i18n import Translator, placeholders, translations_folder
from scc_admin.model import Language
from scc_admin.sample import fill
from tests.shots import TARGETS
from ui.actions import SECTIONS
from ui.welcome import CODE, PLACE, UNLOCK, YOU, Welcome
from ui.window import PLACES

pytestmark = pytest.mark.slow


def _msgids() -> frozenset[str]:
    with (translations_folder() / "en_CA/LC_MESSAGES/scc_admin.po").open("rb") as stream:
        catalogue = read_po(stream, charset="utf-8")
    return frozenset(m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id)


# The English name of a language, and a page of the sample, which is in English.
MSGIDS = _msgids() - {"English", "Canadian Cancer Society"}


def test_the_invented_language_keeps_what_code_counts_on():
    text = "&Draft of {who}: {n} points…"
    assert placeholders(stretched(text)) == placeholders(text)
    assert "&D" in stretched(text)
    assert len(stretched(text)) >= 1.3 * len(text)


@pytest.mark.parametrize("language", list(Language))
def test_each_menu_has_a_key_of_its_own(language):
    titles = [Translator(language).tr(title) for title in SECTIONS.values()]
    keys = [QKeySequence.mnemonic(title).toString() for title in titles]
    assert all(keys)
    assert len(set(keys)) == len(keys)


# --- A walk through the windows in a language that nobody speaks -----------------------------


def _texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Every text that a widget shows or that a screen reader says of it, and which one it is."""
    yield "name", widget.accessibleName()
    yield "tip", widget.toolTip()
    match widget:
        case QAbstractButton():
            yield "text", widget.text()
        case QLabel() if widget.textFormat() is not Qt.TextFormat.RichText:
            yield "text", widget.text()
        case QGroupBox():
            yield "title", widget.title()
        case QLineEdit() | QPlainTextEdit():
            yield "placeholder", widget.placeholderText()
        case QTabBar():
            for index in range(widget.count()):
                yield "tab", widget.tabText(index)
        case QComboBox():
            for index in range(widget.count()):
                yield "choice", widget.itemText(index)
        case QTableView() if widget.model() is not None:
            model = widget.model()
            for column in range(model.columnCount()):
                yield "head", str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        case QMenu():
            yield from (("action", action.text()) for action in widget.actions())


def said(root: QWidget) -> list[tuple[str, str, str]]:
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        if isinstance(widget, QMenu) or widget.isVisibleTo(root):
            found += [(type(widget).__name__, what, text) for what, text in _texts(widget) if text]
    found += [("QAction", "text", a.text()) for a in root.findChildren(QAction) if a.text()]
    return found


def _untranslated(found: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Those that hold a text of the catalogue as the code wrote it.

    What the sample workspace holds is no such text: it is in French.
    """
    return [
        one for one in found if any(p.strip(" .") in MSGIDS for p in re.split(r"[·:,\n]", one[2]))
    ]


def _cut(root: QWidget) -> list[tuple[str, str]]:
    """Buttons that are too narrow for their words."""
    return [
        (widget.text(), f"{widget.width()} < {widget.minimumSizeHint().width()}")
        for widget in root.findChildren(QPushButton)
        if widget.isVisibleTo(root) and widget.width() < widget.minimumSizeHint().width()
    ]


@pytest.fixture
def foreign(monkeypatch, workspace, window, settle):
    """The window of the sample workspace, speaking the invented language."""
    fill(workspace)
    monkeypatch.setattr("scc_admin.i18n._load", invented)
    window.speak("fr")
    settle()
    flush_deleted()
    return window


def test_every_word_of_every_screen_is_translated_and_has_room(foreign, workspace, qtbot, tasks):
    untranslated, cut = {}, {}
    for place in PLACES:
        target = TARGETS.get(place.name)
        foreign.go(place.name, target(workspace) if target else None)
        qtbot.waitUntil(lambda: tasks.idle)
        QApplication.processEvents()
        found = said(foreign)
        assert sum(OPEN in text for _, _, text in found) > 20, place.name
        untranslated[place.name] = _untranslated(found)
        cut[place.name] = _cut(foreign)
    assert not {place: wrong for place, wrong in untranslated.items() if wrong}
    assert not {place: wrong for place, wrong in cut.items() if wrong}


def test_the_first_run_is_translated_and_has_room(monkeypatch, qtbot, theme, tasks, workspace):
    monkeypatch.setattr("scc_admin.i18n._load", invented)
    welcome = Welcome(theme, tasks, workspace.settings, Language.FR)
    qtbot.addWidget(welcome)
    welcome.show()
    for page in (YOU, PLACE, CODE, UNLOCK):
        welcome._show(page)
        QApplication.processEvents()
        assert sum(OPEN in text for _, _, text in said(welcome)) > 5, page
        assert not _untranslated(said(welcome)), page
        assert not _cut(welcome), page
