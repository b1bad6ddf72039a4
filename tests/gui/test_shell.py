"""Look, icons, actions, palette, messages, tables: the pieces of the shell."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from array import array

import pytest
from conftest import flush_deleted
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from scc_admin.i18n import Translator, data_folder
from scc_admin.model import Confidence, Count, Severity
from ui import theme as look
from ui.actions import ACTIONS, ActionTable
from ui.icons import SEVERITY_ICONS
from ui.messages import Banner, Choice, Messages
from ui.palette import Hit, fold, rank, ranked
from ui.tables import PAGE, PAGES_KEPT, Cell, Column, PagedModel, RowsModel, Table, Tag
from ui.theme import Scheme, contrast
from ui.widgets import CounterRing, Scroll, Tone, count_color, plain, show_in

ICONS = sorted((data_folder("resources") / "icons").glob("*.svg"))
TEXT_TOKENS = ("text", "muted", "accent", "info", "ok", "warning", "error", "block")


@pytest.mark.parametrize("tokens", [look.LIGHT, look.DARK, look.CONTRAST_LIGHT, look.CONTRAST_DARK])
def test_every_text_colour_is_legible_on_every_background(tokens) -> None:
    least = 5.2 if tokens in (look.LIGHT, look.DARK) else 7.0
    for name in TEXT_TOKENS:
        for background in ("window", "surface", "sunken", "accent_soft"):
            if background == "accent_soft" and name != "text":
                continue
            assert contrast(tokens[name], tokens[background]) >= least, (name, background)
    assert contrast(tokens.on_accent, tokens.accent) >= least


_RULE = re.compile(r"([^{}]+)\{([^}]*)\}")
_NO_WORDS = (
    "::indicator",
    "::handle",
    "::chunk",
    "::separator",
    'role="rule"',
    'role="grid"',
    "toast",
)
"""Parts of the style sheet that bear none; a toast's own pairs are checked by name."""


@pytest.mark.parametrize("name", ["LIGHT", "DARK", "CONTRAST_LIGHT", "CONTRAST_DARK"])
def test_every_pair_of_colours_in_the_style_sheet_is_legible(theme, name) -> None:
    """Each rule's words on its background, or on every background that it may stand on."""
    t = theme.tokens = getattr(look, name)
    inks: dict[str, str] = {}
    checked = 0
    for selectors, body in _RULE.findall(look._style_sheet(theme)):
        said = dict(re.findall(r"(?:^|;)\s*(color|background|border)\s*:\s*([^;]+)", body))
        for selector in " ".join(selectors.split()).split(", "):
            base = re.sub(r":(hover|pressed|focus|checked|selected)\b", "", selector)
            ink = said.get("color", inks.get(base, inks.get(re.sub(r"\[.*", "", base), t.text)))
            inks.setdefault(base, ink)
            if ":disabled" in selector or any(part in selector for part in _NO_WORDS):
                continue
            back = said.get("background", "")
            grounds = [back] if back.startswith("#") else [t.window, t.surface, t.sunken]
            if "color" in said or back.startswith("#"):
                checked += 1
                for ground in grounds:
                    assert contrast(ink, ground) >= 4.5, (selector, ink, ground)
            if selector.endswith(":focus") and " solid " in said.get("border", ""):
                ring = said["border"].rpartition(" ")[2]
                neighbours = [back] if back.startswith("#") else [t.window, t.surface]
                assert max(contrast(ring, ground) for ground in (*neighbours, t.window)) >= 3
    assert checked > 40
    assert contrast(t.surface, t.text) >= 4.5  # a toast is written inside out


def test_the_look_changes_at_run_time(qapp, theme) -> None:
    seen: list[str] = []
    theme.changed.connect(lambda: seen.append(theme.tokens.window))
    theme.choose(Scheme.DARK)
    assert seen == [look.DARK.window]
    assert qapp.palette().window().color().name().upper() == look.DARK.window
    theme.step_zoom(+1)
    assert theme.font().pixelSize() > 13
    theme.step_zoom(0)
    assert theme.font().pixelSize() == 13


@pytest.mark.parametrize("file", ICONS, ids=lambda file: file.stem)
def test_icons_are_of_one_family(file) -> None:
    root = ET.parse(file).getroot()
    assert root.attrib["viewBox"] == "0 0 20 20"
    assert root.attrib["stroke"] == "currentColor" and root.attrib["stroke-width"] == "1.5"


def test_severities_differ_in_shape(icons) -> None:
    assert len(set(SEVERITY_ICONS.values())) == len(Severity)
    shapes = {
        icons.pixmap(n, "text").toImage().constBits().tobytes() for n in SEVERITY_ICONS.values()
    }
    assert len(shapes) == len(Severity)


def test_icons_follow_the_colours(qtbot, theme, icons) -> None:
    made = QPushButton()
    qtbot.addWidget(made)
    icons.dress(made, "plus")
    before = made.icon().pixmap(20).toImage()
    theme.choose(Scheme.DARK)
    assert made.icon().pixmap(20).toImage() != before


# --- Actions -------------------------------------------------------------------------------------


def test_the_table_of_actions_is_sound() -> None:
    ids = [action.id for action in ACTIONS]
    assert len(ids) == len(set(ids))
    keys = [QKeySequence(a.shortcut).toString() for a in ACTIONS if a.shortcut]
    assert len(keys) == len(set(keys)) and "" not in keys
    assert not [a.handler for a in ACTIONS if hasattr(QWidget, a.handler.partition(":")[0])]
    known = {file.stem for file in ICONS}
    assert {a.icon for a in ACTIONS if a.icon} <= known


class Receiver:
    def __init__(self, *able: str) -> None:
        self.able, self.called = able, []

    def can(self, handler: str) -> bool:
        return handler in self.able

    def primary(self) -> None:
        self.called.append("primary")

    def show_help(self) -> None:
        self.called.append("guide")


def test_the_first_that_can_does_it(qtbot, icons) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    screen, window = Receiver(), Receiver("primary", "show_help")
    table = ActionTable(parent, Translator(), icons, lambda: (screen, window))
    table["primary"].trigger()
    table["help"].trigger()
    assert (screen.called, window.called) == ([], ["primary", "guide"])
    screen.able = ("primary",)
    table["primary"].trigger()
    assert screen.called == ["primary"]
    assert not table.run("undo")


# --- Palette -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("brou", "Brouillons"),
        ("brouilon", "Brouillons"),
        ("moderation", "Modération"),
        ("MODÉRATION", "Modération"),
        ("relais rim", "Relais pour la vie — Rimouski"),
        ("jonqiulle", "Moisson de la jonquille"),
        ("042", "Usager 042"),
        ("testr", "Jean Testeur"),
        ("jean testr", "Jean Testeur"),
        ("fictf", "Compte fictif"),
        ("rapprot", "Rapports"),
        ("bannisement", "Bannissement"),
    ],
)
def test_a_few_letters_find_it(query: str, text: str) -> None:
    assert rank(query, text) > 0


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("zzz", "Brouillons"),
        ("ban", "Brouillons"),
        ("relais x", "Relais"),
        ("voleur", "Volet suivant"),
        ("voleur", "Couleurs du système"),
        ("menteur", "Menu"),
        ("carte", "Cadre"),
        ("page", "Pays"),
        ("2026", "2016"),
        ("er", "Rapports et figures"),
    ],
)
def test_other_words_do_not(query: str, text: str) -> None:
    assert rank(query, text) == 0


@given(st.text(max_size=30), st.text(max_size=60))
def test_ranking_never_fails_and_stays_in_range(query: str, text: str) -> None:
    assert 0 <= rank(query, text) <= 100


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_the_nearest_comes_first() -> None:
    hits = [Hit(title, "", lambda: None) for title in ("Un relais", "Relais pour la vie", "Jardin")]
    assert [hit.title for hit in ranked("relais", hits)] == ["Relais pour la vie", "Un relais"]


# --- Messages ------------------------------------------------------------------------------------


def test_a_dialog_answers_with_the_button_chosen(qtbot, theme, icons) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    messages = Messages(window, Translator(), theme, icons)
    answers: list[str] = []
    choices = (Choice("no", "Garder"), Choice("yes", "Supprimer", "danger"))
    for press in ("yes", "no", ""):
        made = messages.dialog("Supprimer?", "<b>Le texte</b>", choices, answers.append)
        made.open()
        assert made.button("no").hasFocus() or not made.isActiveWindow()
        made.button(press).click() if press else made.reject()
    assert answers == ["yes", "no", ""]


def test_what_others_supplied_is_shown_letter_for_letter(qtbot, theme, icons) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    messages = Messages(window, Translator(), theme, icons)
    evil = "<img src='file:///etc/passwd'><b>gras</b>"
    made = messages.dialog(evil, evil, (Choice("ok", "Fermer"),))
    labels = [label for label in made.findChildren(QLabel) if label.text()]
    assert labels and all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    assert evil in [label.text() for label in labels]


def test_asking_for_words_waits_until_there_are_some(qtbot, theme, icons) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    given_words: list[str] = []
    Messages(window, Translator(), theme, icons).ask_text(
        "Pourquoi?", "", "Raison", "Consigner", given_words.append
    )
    field = window.findChild(QLineEdit)
    act = next(b for b in window.findChildren(QPushButton) if b.text() == "Consigner")
    assert not act.isEnabled()
    field.setText("  validé par Marie ")
    act.click()
    assert given_words == ["validé par Marie"]


def test_a_toast_replaces_the_one_before(qtbot, theme, icons) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    messages = Messages(window, Translator(), theme, icons)
    undone: list[bool] = []
    messages.toast("un")
    messages.toast("deux", "Annuler", lambda: undone.append(True))
    flush_deleted()
    messages.toast("trois", "Annuler", lambda: undone.append(True))
    flush_deleted()
    buttons = [b for b in window.findChildren(QPushButton) if b.isVisible()]
    assert len(buttons) == 1
    buttons[0].click()
    assert undone == [True]


def test_a_banner_offers_what_helps(qtbot, icons) -> None:
    banner = Banner(icons)
    qtbot.addWidget(banner)
    helped: list[bool] = []
    banner.show_message(Tone.BLOCK, "Appelez d’abord.", [("Appeler", lambda: helped.append(True))])
    banner.findChild(QPushButton).click()
    assert helped == [True] and "Appelez" in banner.accessibleName()


# --- Tables --------------------------------------------------------------------------------------


def column(title: str = "T") -> Column[int]:
    return Column(title, lambda n: Cell(f"rang {n}", "détail", (Tag("X", "x"),)))


def test_rows_whose_contents_change_keep_the_selection(qtbot, theme, icons) -> None:
    table = Table(theme, icons, "Brouillons")
    qtbot.addWidget(table)
    model = RowsModel([column()], lambda n: n)
    model.set_rows([5, 6, 7])
    table.use(model)
    opened: list[int] = []
    table.opened.connect(opened.append)
    assert table.select_id(6) and not table.select_id(99)
    model.set_rows([5, 6, 7])
    assert table.current_id() == 6
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened == [6]
    spoken = model.data(model.index(1, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "rang 6, détail, X"


def test_a_million_rows_cost_only_the_pages_looked_at(qtbot, theme, icons, tasks, settle) -> None:
    fetched: list[int] = []

    def fetch(ids):
        fetched.append(len(ids))
        return [int(i) for i in ids]

    model: PagedModel[int] = PagedModel([column()], tasks, fetch)
    table = Table(theme, icons, "Journal")
    qtbot.addWidget(table)
    table.resize(600, 400)
    table.use(model)
    model.set_ids(array("q", range(1_000_000)))
    table.show()
    settle()
    table.scrollToBottom()
    table.viewport().grab()
    settle()
    assert model.row_at(999_999) == 999_999
    assert len(fetched) <= 4 and max(fetched) <= PAGE
    assert model.position(123_456) == 123_456


def test_pages_long_unseen_are_let_go_and_stale_ones_dropped(tasks, settle) -> None:
    model: PagedModel[int] = PagedModel([column()], tasks, lambda ids: [int(i) for i in ids])
    model.set_ids(array("q", range(PAGE * (PAGES_KEPT + 5))))
    for page in range(PAGES_KEPT + 5):
        model.row_at(page * PAGE)
    settle()
    assert len(model._pages) == PAGES_KEPT
    model.set_ids(array("q", [7]))
    assert model.row_at(0) is None
    model.set_ids(array("q", [8, 9]))
    settle()
    model.row_at(1)
    settle()
    assert model.row_at(1) == 9


# --- Small pieces --------------------------------------------------------------------------------


def test_a_ring_says_what_it_shows(qtbot, theme) -> None:
    ring = CounterRing(theme, Translator())
    qtbot.addWidget(ring)
    ring.show_count(Count(291, 280, "weighted", Confidence.OFFICIAL, ""))
    assert "291" in ring.accessibleName() and "11" in ring.accessibleName()
    ring.grab()


@pytest.mark.parametrize(
    ("value", "confidence", "color"),
    [
        (291, Confidence.OFFICIAL, "error"),
        (291, Confidence.HOUSE, "error"),
        (291, Confidence.SECOND_HAND, "warning"),
        (291, Confidence.FOLKLORE, "warning"),
        (270, Confidence.OFFICIAL, "warning"),
        (20, Confidence.OFFICIAL, "accent"),
    ],
)
def test_a_ring_calls_too_much_an_error_where_the_limit_is_sure(value, confidence, color) -> None:
    assert count_color(Count(value, 280, "weighted", confidence, "")) == color


def test_labels_of_ours_never_render_markup(qtbot) -> None:
    label = plain("<b>gras</b>")
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_page_that_scrolls_gives_wrapped_words_their_height(qtbot) -> None:
    area = Scroll()
    qtbot.addWidget(area)
    labels = [plain("des mots qui passent à la ligne " * 12) for _ in range(6)]
    for label in labels:
        area.body.addWidget(label)
    area.resize(320, 200)
    area.show()
    qtbot.waitUntil(lambda: area.widget().height() > 200)
    late = plain("encore des mots qui passent à la ligne " * 12)
    show_in(area.body, late)
    assert late.isVisible()
    qtbot.waitUntil(lambda: late.height() >= late.heightForWidth(late.width()))
    for label in labels:
        assert label.height() >= label.heightForWidth(label.width())
