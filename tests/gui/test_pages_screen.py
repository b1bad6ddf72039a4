"""Pages, their registers and their ties: one screen, one list and one form for all registers."""

from __future__ import annotations

from datetime import date, timedelta
from email import message_from_bytes, policy
from functools import partial

import pytest
from conftest import open_window
from PySide6.QtCore import Qt
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from scc_admin import registers
from scc_admin.documents.network import Edge, Node, chart_network
from scc_admin.editorial import DraftDetails, PageInput
from scc_admin.model import Changes, Language, Level, Network, Target
from ui.messages import Dialog, Toast
from ui.pages import NETWORK, PAGES, REGISTERS, PagesScreen
from ui.records import RecordForm
from ui.registers import NeedsForm, mail_to
from ui.widgets import Picker


@pytest.fixture
def pages(workspace) -> dict[str, int]:
    add = workspace.editorial.add_page
    return {
        "division": add(PageInput("SCC Québec", Network.FACEBOOK, level=Level.DIVISIONAL)),
        "region": add(PageInput("SCC Estrie", Network.FACEBOOK, region="Estrie",
                                url="https://exemple.org/estrie")),
        "event": add(PageInput("Relais <b>Magog</b>", Network.FACEBOOK, level=Level.EVENT)),
    }  # fmt: skip


@pytest.fixture
def shown(window, settle):
    def show(target: object = None) -> PagesScreen:
        window.go("pages", target)
        settle()
        screen = window.current()
        assert isinstance(screen, PagesScreen)
        return screen

    return show


def top(kind: type) -> object:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()][-1]


# --- Pages ---------------------------------------------------------------------------------------


def test_typing_from_field_to_field_loses_neither_words_nor_place(
    workspace, pages, shown, settle
) -> None:
    screen = shown(pages["region"])
    press = partial(QTest.keyClick, modifier=Qt.KeyboardModifier.NoModifier)
    wanted = {
        "Account": "sccestrie",
        "Address": "https://exemple.org/e",
        "Region or town": "Estrie",
    }
    screen.name.setFocus(Qt.FocusReason.TabFocusReason)
    for name, words in wanted.items():
        while (field := QApplication.focusWidget()).accessibleName() != name:
            press(field, Qt.Key.Key_Tab)
        QTest.keyClicks(field, words)
        screen.flush()  # as the pause in typing does
        QTest.keyClicks(field, "!")
        settle()
        assert QApplication.focusWidget() is field and field.text() == words + "!"
    screen.flush()
    settle()
    page = workspace.editorial.page(pages["region"])
    assert (page.handle, page.url, page.region) == tuple(f"{words}!" for words in wanted.values())
    # Somebody else's change is shown, once nothing typed here waits.
    workspace.editorial.change_page(page.id, PageInput("Autre nom", Network.FACEBOOK))
    screen.refresh(Changes(frozenset({"pages"})))
    settle()
    assert screen.name.text() == "Autre nom"


def test_a_new_page_waits_for_its_name(workspace, pages, shown, settle) -> None:
    screen = shown()
    screen.primary()
    settle()
    assert screen.name.hasFocus() and screen.name.selectedText() == screen.name.text()
    QTest.keyClicks(screen.name, "SCC Magog")
    screen.flush()
    settle()
    assert screen.name.hasFocus()
    assert "SCC Magog" in [page.name for page in workspace.editorial.pages()]


def test_a_page_says_how_long_a_post_its_server_takes(
    qtbot, workspace, pages, shown, settle, window
) -> None:
    screen = shown(pages["region"])
    network = next(p for p in screen.findChildren(Picker) if p.accessibleName() == "Network")
    field = next(f for f in screen.findChildren(QLineEdit) if f.accessibleName() == "Longest post")
    assert not field.isVisibleTo(screen), "Facebook has one limit for all"
    network.setCurrentIndex(network.findData(Network.MASTODON))
    network.activated.emit(network.currentIndex())
    assert field.isVisibleTo(screen) and field.placeholderText() == "500"
    QTest.keyClicks(field, "1a500")
    screen.flush()
    settle()
    assert workspace.editorial.page(pages["region"]).limit == 1500
    text = (Target.MASTODON, Language.FR, "a" * 600)
    details = DraftDetails(page_id=pages["region"])
    draft = workspace.editorial.add_draft(details, [text])
    window.go("draft", draft)
    settle()
    version = window.current()._current()

    def limit() -> int | None:
        judged = version.judged
        return None if judged is None else judged.verdict.counts[0].limit

    qtbot.waitUntil(lambda: limit() == 1500)
    settle()
    shown(pages["region"])
    field = next(f for f in screen.findChildren(QLineEdit) if f.accessibleName() == "Longest post")
    field.clear()
    screen.flush()
    settle()
    assert workspace.editorial.page(pages["region"]).limit is None


def test_a_page_can_be_added_from_anywhere(workspace, window, settle) -> None:
    window.go("today")
    settle()
    window.shell.actions["add-page"].trigger()
    settle()
    screen = window.current()
    assert isinstance(screen, PagesScreen) and screen.name.hasFocus()
    assert len(workspace.editorial.pages()) == 1


def test_what_is_no_link_is_not_taken_as_the_address(workspace, pages, shown, settle) -> None:
    screen = shown(pages["region"])
    settle()
    (url,) = (f for f in screen.findChildren(QLineEdit) if f.accessibleName() == "Address")
    before = workspace.editorial.page(pages["region"]).url
    url.setFocus()
    QTest.keyClicks(url, "pas un lien")
    screen.flush()
    settle()
    assert "https://" in url.accessibleDescription() and url.property("wrong") == "true"
    assert url.text().endswith("pas un lien")
    assert workspace.editorial.page(pages["region"]).url == before
    url.clear()
    QTest.keyClicks(url, "https://exemple.org/estrie")
    screen.flush()
    settle()
    assert url.property("wrong") == "false"
    assert workspace.editorial.page(pages["region"]).url == "https://exemple.org/estrie"


def test_an_address_that_is_no_link_is_kept_as_it_was_typed(
    window, workspace, pages, shown, settle
) -> None:
    def address(screen: PagesScreen) -> QLineEdit:
        names = ("Address", "Adresse")
        fields = [f for f in screen.sheet.findChildren(QLineEdit) if f.accessibleName() in names]
        (field,) = (f for f in fields if f.isVisible())
        return field

    def told() -> list[str]:
        return [t.accessibleName() for t in window.findChildren(Toast) if t.isVisible()]

    screen = shown(pages["region"])
    address(screen).setText("exemple.org/estrie")
    screen._timer.save_now()  # as the pause in typing does
    settle()
    assert told() == []
    screen.open(pages["division"])
    settle()
    assert len(told()) == 1 and "SCC Estrie" in told()[0]
    page = workspace.editorial.page(pages["region"])
    assert page.url == "https://exemple.org/estrie"
    assert address(screen).text() == ""
    screen.open(pages["region"])
    settle()
    assert address(screen).text() == "exemple.org/estrie"
    assert "https://" in address(screen).accessibleDescription()
    cell = screen.model.cell(screen.model.position(pages["region"]), 0)
    assert [tag.text for tag in cell.tags] == ["Address to mend"]
    window.speak("fr")
    settle()
    screen = shown(pages["region"])
    assert address(screen).text() == "exemple.org/estrie"
    assert workspace.moderation.unfinished.names() == [f"page-address-{pages['region']}"]
    again = PagesScreen(window.shell)
    settle()
    assert again._refused == {pages["region"]: "exemple.org/estrie"}, "after a new start, too"
    again.deleteLater()
    address(screen).setText("https://exemple.org/estrie-sud")
    screen.flush()
    settle()
    assert workspace.editorial.page(pages["region"]).url == "https://exemple.org/estrie-sud"
    assert workspace.moderation.unfinished.names() == []


def test_what_else_was_typed_is_saved_though_the_name_is_missing(
    workspace, pages, shown, settle
) -> None:
    screen = shown(pages["region"])
    screen.name.clear()
    (region,) = (
        f for f in screen.findChildren(QLineEdit) if f.accessibleName() == "Region or town"
    )
    region.setText("Cantons")
    screen.flush()
    settle()
    page = workspace.editorial.page(pages["region"])
    assert (page.name, page.region) == ("SCC Estrie", "Cantons")
    assert screen.name.property("wrong") == "true"


def test_a_page_is_found_changed_and_kept(workspace, pages, shown, settle) -> None:
    screen = shown()
    screen.search.setText("estrie")
    screen._fill()
    assert [screen.model.row_at(n).id for n in range(screen.model.rowCount())] == [pages["region"]]
    screen.name.setText("SCC – Estrie et Cantons")
    screen.flush()
    settle()
    assert workspace.editorial.page(pages["region"]).name == "SCC – Estrie et Cantons"
    assert screen.model.cell(0, 0).text == "SCC – Estrie et Cantons"


def test_leaving_a_page_keeps_what_was_typed(workspace, pages, shown, settle, window) -> None:
    screen = shown(pages["region"])
    screen.name.setText("Tapé juste avant")
    screen.list.select_id(pages["division"])
    settle()
    assert workspace.editorial.page(pages["region"]).name == "Tapé juste avant"


def test_a_region_may_ask_to_be_recommended(workspace, pages, shown, settle, tmp_path) -> None:
    screen = shown(pages["region"])
    words = [b.text() for b in screen.sheet.findChildren(QPushButton)]
    assert any("recommended" in word for word in words)
    workspace.settings.set("affairs.email", "affaires@exemple.org")
    values = {"page": "SCC Estrie", "url": "https://exemple.org/estrie", "followers": "1 200"}
    mail_to(screen, "favourites_request", values, tmp_path / "demande.eml")
    settle()
    mail = message_from_bytes((tmp_path / "demande.eml").read_bytes(), policy=policy.default)
    assert mail["X-Unsent"] == "1" and mail["To"] == "affaires@exemple.org"
    body = mail.get_content()
    assert "SCC Estrie" in body and "[" in body  # what nobody filled stands in brackets
    assert "SCC Estrie" in mail["Subject"]


# --- Registers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", [k for k, r in registers.registers().items() if not (r.own_screen or r.library)]
)
def test_each_register_takes_and_changes_a_line(workspace, pages, shown, settle, key) -> None:
    screen = shown(("register", key, None))
    pane, made = screen.registers, registers.register(key)
    assert screen._view == REGISTERS and pane.register is made
    assert screen.primary_text() == made.one.en
    screen.primary()
    form = top(RecordForm)
    form.submit()
    settle()
    needs = made.problems({}, None)
    assert form.isVisible() is bool(needs), "an empty form is kept open, if anything is required"
    for field in made.fields:
        widget = form.widget(field.key)
        if field.required and field.kind in (registers.Kind.TEXT, registers.Kind.LONG):
            (widget.setText if hasattr(widget, "setText") else widget.setPlainText)("Un <b>nom</b>")
        elif field.kind is registers.Kind.PAGE:
            widget.setCurrentIndex(1)
    if made.pages is registers.Pages.REQUIRED:
        form.widget("page").setCurrentIndex(1)
    form.submit()
    settle()
    (line,) = workspace.registers.lines(key)
    assert pane.current() is not None and pane.current().id == line.id
    screen.grab()
    pane.change()
    again = top(RecordForm)
    again.submit()
    settle()
    assert workspace.registers.line(line.id).values == line.values


def test_delete_takes_a_line_out_and_undo_puts_it_back(
    workspace, shown, settle, qtbot, window
) -> None:
    workspace.registers.add("places", {"name": "Bureau"})
    screen = shown(("register", "places", None))
    table = screen.registers.table
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    settle()
    assert workspace.registers.lines("places") == []
    undo = next(b for b in window.findChildren(QPushButton) if b.text() == "Undo")
    undo.click()
    settle()
    assert [line.values["name"] for line in workspace.registers.lines("places")] == ["Bureau"]


def test_a_reminder_leads_to_its_line(workspace, shown, settle, window) -> None:
    due = workspace.clock().astimezone().date() - timedelta(days=2)
    workspace.registers.add("places", {"name": "Autre"})
    line, _ = workspace.registers.add("places", {"name": "Bureau", "next_on": str(due)})
    window.go("today")
    settle()
    (task,) = workspace.today(zone=None).tasks
    assert (task.ref, task.id, task.title) == ("places", line, "Bureau")
    screen = shown(("register", "places", line))
    assert screen.registers.current().id == line
    cell = screen.registers.model.cell(screen.registers.model.position(line), 0)
    assert cell.tags and cell.tags[0].color == "warning"


def test_what_ships_is_listed_among_the_registers_and_can_be_changed_there(
    workspace, shown, settle, window
) -> None:
    screen = shown(("register", "sources", None))
    kept = screen.registers
    shipped = workspace.library.sources()
    assert kept.front.model().rowCount() == len(shipped) > 5
    screen.primary()
    settle()
    top(RecordForm).reject()
    screen = shown(("register", "replies", None))
    assert kept.front.model().rowCount() >= len(workspace.library.templates())
    assert screen.panes()[1] is kept.front
    screen = shown(("register", "places", None))
    assert kept.front is kept.table and kept.heading.isVisible()


def test_the_questionnaire_says_what_speaks_against_it(shown, settle, workspace) -> None:
    screen = shown(("register", "needs", None))
    screen.primary()
    form = top(NeedsForm)
    assert "three hours" in form.advice.accessibleName()
    form.widget("place").setText("Gaspésie")
    form.widget("audience").setPlainText("Les proches aidants")
    for key, words in (("posts_month", "12"), ("hours_week", "5"), ("people", "2")):
        form.widget(key).setText(words)
    form.widget("answers").setChecked(True)
    assert "three hours" not in form.advice.accessibleName()
    form.widget("hours_week").setText("beaucoup")
    form.submit()
    assert form.isVisible()
    form.widget("hours_week").setText("5")
    form.submit()
    settle()
    (line,) = workspace.registers.lines("needs")
    assert line.values["hours_week"] == 5


def test_a_register_goes_out_and_comes_back(workspace, shown, settle, tmp_path) -> None:
    workspace.registers.add("influencers", {"name": "Hélène Côté", "tie": "paid"})
    screen = shown(("register", "influencers", None))
    for name in ("a.csv", "a.xlsx"):
        screen.registers.export_to(tmp_path / name)
    settle()
    text = (tmp_path / "a.csv").read_text("utf-8-sig")
    assert "Hélène Côté" in text and (tmp_path / "a.xlsx").read_bytes()[:2] == b"PK"
    (tmp_path / "b.csv").write_text(text.replace("Hélène", "Zoé") + "Paul,,,,,,,,,,\r\n", "utf-8")
    screen.registers.import_from(tmp_path / "b.csv")
    settle()
    asked = top(Dialog)
    assert "To add: 1. To change: 1." in asked.accessibleDescription()
    asked.button("yes").click()
    settle()
    names = sorted(line.values["name"] for line in workspace.registers.lines("influencers"))
    assert names == ["Paul", "Zoé Côté"]


def test_a_line_becomes_an_unsent_mail(workspace, shown, settle, tmp_path) -> None:
    workspace.registers.add(
        "events", {"title": "Marche", "day": str(date(2027, 5, 1)), "place": "Parc Lafontaine"}
    )
    screen = shown(("register", "events", None))
    assert screen.registers._mail.isVisible()
    values = {"event": "Marche", "date": "2027-05-01", "place": "Parc Lafontaine"}
    mail_to(screen, "event_request", values, tmp_path / "a.eml")
    settle()
    mail = message_from_bytes((tmp_path / "a.eml").read_bytes(), policy=policy.default)
    assert "Parc Lafontaine" in mail.get_content()


# --- The network of pages ------------------------------------------------------------------------


def test_the_ties_are_drawn_and_told(workspace, pages, shown, settle) -> None:
    kept = workspace.registers
    kept.add("links", {"other": pages["division"], "tie": "follows", "done": True}, pages["region"])
    kept.add("links", {"other": pages["region"], "tie": "feeds"}, pages["event"])
    screen = shown()
    screen.show_view(NETWORK)
    settle()
    from PySide6.QtSvgWidgets import QSvgWidget

    (picture,) = screen.picture.findChildren(QSvgWidget)
    words = picture.accessibleDescription()
    assert "SCC Estrie – follows it – SCC Québec" in words
    assert "Relais <b>Magog</b> – provides it with content – SCC Estrie (asked for)" in words
    assert picture.renderer().isValid()
    screen.show_view(PAGES)


def test_a_network_of_any_shape_is_a_sound_picture(qapp) -> None:
    nodes = [Node(n, f"Page <{n}> & cie, division du Québec", "Facebook", n % 4) for n in range(17)]
    edges = [Edge(n, (n * 5) % 17, n % 4, n % 3 > 0) for n in range(17)] + [Edge(1, 99, 0)]
    drawing = chart_network(nodes, edges, ties=("a", "b", "c", "d"), asked="e", title="Réseau")
    assert QSvgRenderer(drawing.encode()).isValid()
    assert QSvgRenderer(chart_network([], [], ties=(), asked="", title="Vide").encode()).isValid()


def test_a_page_stands_right_in_its_first_picture(qtbot, theme, tasks, sample, settle) -> None:
    window = open_window(qtbot, theme, tasks, sample, Language.FR)
    window.go("pages")
    settle()
    screen = window.current()
    assert isinstance(screen, PagesScreen)
    page = sample.editorial.pages()[-1]
    screen._show_page(page)  # and no event yet: the next one may be a picture
    shown = screen.sheet.widget()
    needed = shown.minimumSizeHint().height()
    assert needed > screen.sheet.viewport().height() and shown.height() >= needed
    assert screen.name.isVisible() and screen.name.height() >= screen.name.sizeHint().height()
    settle()
    assert shown.height() == needed
