"""A draft for several networks at the screen: its pages, being out here and not there, by keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLineEdit, QPushButton

from scc_admin.editorial import DraftDetails, PageInput
from scc_admin.model import DraftState, Language, Network, Target
from ui.composer import Composer
from ui.widgets import Picker

FR = Language.FR
TEXT = "Voici nos heures d'ouverture pour la semaine qui vient."
BOTH = ((Target.FACEBOOK, FR, TEXT), (Target.X, FR, "Nos heures de la semaine."))


@pytest.fixture
def pages(workspace) -> dict[Network, int]:
    return {
        network: workspace.editorial.add_page(PageInput(f"SCC {network}", network))
        for network in (Network.X, Network.FACEBOOK)
    }


@pytest.fixture
def compose(window, workspace, settle) -> Callable[..., Composer]:
    """Open a new draft of which every question is answered."""

    def open_draft(*variants, **details) -> Composer:
        number = workspace.editorial.add_draft(DraftDetails("Heures", **details), variants)
        for question in workspace.proofreader.readiness(number, language=Language.EN).questions:
            workspace.editorial.answer(number, question.rule, "n/a", "sans objet ici")
        window.go("draft", number)
        settle()
        screen = window.current()
        assert isinstance(screen, Composer)
        return screen

    return open_draft


def dialog() -> QDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


def named(found: QDialog, kind: type, words: str):
    return next(w for w in found.findChildren(kind) if words in (w.text(), w.accessibleName()))


def sheet(workspace, screen: Composer):
    return workspace.editorial.sheet(screen._draft_id)


def mark_ready(screen: Composer, settle) -> None:
    screen.primary()
    settle()


def choose(picker: Picker, data: object) -> None:
    picker.setCurrentIndex(picker.findData(data))
    picker.activated.emit(picker.currentIndex())


def test_the_only_page_that_fits_is_proposed_and_enter_goes_on(
    compose, workspace, pages, settle, qtbot
) -> None:
    screen = compose(BOTH[0])
    mark_ready(screen, settle)
    asked = dialog()
    (picker,) = asked.findChildren(Picker)
    assert picker.accessibleName() == "Page on Facebook"
    assert picker.currentText() == "SCC facebook" and picker.count() == 2
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    settle()
    (placement,) = sheet(workspace, screen).placements
    assert placement.page.id == pages[Network.FACEBOOK]
    assert sheet(workspace, screen).draft.state is DraftState.READY


def test_among_several_pages_one_is_chosen_and_none_is_an_answer_too(
    compose, workspace, pages, settle
) -> None:
    workspace.editorial.add_page(PageInput("Relais", Network.FACEBOOK))
    screen = compose(BOTH[0])
    mark_ready(screen, settle)
    asked = dialog()
    (picker,) = asked.findChildren(Picker)
    assert picker.hasFocus() and not asked.button("yes").isEnabled()
    picker.setCurrentIndex(picker.findText("No page"))
    assert asked.button("yes").isEnabled()
    asked.button("yes").click()
    settle()
    assert sheet(workspace, screen).placements[0].page is None
    assert sheet(workspace, screen).draft.state is DraftState.READY


def test_nobody_is_asked_whose_page_is_chosen_or_where_none_fits(
    compose, workspace, pages, settle
) -> None:
    for variants, page in (((BOTH[1],), pages[Network.X]), (((Target.FORUM, FR, TEXT),), None)):
        screen = compose(*variants, page_id=page)
        mark_ready(screen, settle)
        assert QApplication.activeModalWidget() is None
        assert sheet(workspace, screen).draft.state is DraftState.READY


def test_each_network_is_noted_when_it_is_out_there(
    compose, workspace, pages, settle, qtbot
) -> None:
    screen = compose(*BOTH)
    workspace.editorial.choose_pages(screen._draft_id, pages.values())
    mark_ready(screen, settle)
    screen.primary()
    settle()
    asked = dialog()
    asked.button("yes").click()
    settle()
    assert dialog() is asked and "Tick" in asked.banner.accessibleName()
    facebook = named(asked, QCheckBox, "Published on Facebook · SCC facebook")
    link = named(asked, QLineEdit, "Link on Facebook")
    other = named(asked, QLineEdit, "Link on X")
    qtbot.keyClicks(other, "exemple")
    asked.button("yes").click()
    settle()
    assert dialog() is asked and other.hasFocus()  # the link that is none
    other.clear()
    named(asked, QCheckBox, "Published on X · SCC x").setChecked(False)
    qtbot.keyClicks(link, "https://www.facebook.com/scc/posts/1")
    assert facebook.isChecked()  # a link says that it is out
    assert not named(asked, QCheckBox, "Published on X · SCC x").isChecked()
    qtbot.keyClick(link, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert sheet(workspace, screen).draft.state is DraftState.READY
    assert "Still to do: X; published on Facebook" in screen.banner.accessibleName()
    assert screen.state_button.text() == "Partly published"
    offers = [text for text, _, _ in screen.publication.offers()]
    assert "Open again for writing" not in offers and "Leave X out" in offers

    screen.primary()  # the one that is left, as for a draft on one network
    settle()
    asked = dialog()
    assert not asked.findChildren(QCheckBox)
    assert [b.text() for b in asked.findChildren(QPushButton) if "·" in b.text()] == [
        "X · Français"
    ]
    qtbot.keyClicks(named(asked, QLineEdit, "Link of the post"), "https://x.com/scc/status/2")
    asked.button("yes").click()
    settle()
    made = sheet(workspace, screen)
    assert made.draft.state is DraftState.PUBLISHED
    assert {m.network: m.permalink for m in made.placements} == {
        Network.FACEBOOK: "https://www.facebook.com/scc/posts/1",
        Network.X: "https://x.com/scc/status/2",
    }
    assert "https://x.com/scc/status/2" in screen.banner.accessibleName()


def test_a_link_whose_address_tells_no_network_is_taken_the_second_time(
    compose, workspace, pages, settle, qtbot
) -> None:
    screen = compose(BOTH[1], page_id=pages[Network.X])
    mark_ready(screen, settle)
    screen.primary()
    settle()
    asked, address = dialog(), "https://exemple.org/1"
    qtbot.keyClicks(named(asked, QLineEdit, "Link of the post"), address)
    asked.button("yes").click()
    settle()
    assert dialog() is asked and "link for X has an address" in asked.banner.accessibleName()
    assert sheet(workspace, screen).draft.state is DraftState.READY
    asked.button("yes").click()
    settle()
    assert sheet(workspace, screen).placements[0].permalink == address


def test_a_network_can_be_left_out(compose, workspace, pages, settle) -> None:
    screen = compose(*BOTH)
    workspace.editorial.choose_pages(screen._draft_id, pages.values())
    mark_ready(screen, settle)
    leave = next(act for text, _, act in screen.publication.offers() if text == "Leave X out")
    leave()
    settle()
    assert [m.network for m in sheet(workspace, screen).placements] == [Network.FACEBOOK]
    assert screen.tabs.count() == 1


def test_the_page_shown_is_that_of_the_version_in_front(compose, workspace, pages, settle) -> None:
    screen = compose(*BOTH)
    picker = screen.foot.page
    assert [picker.itemText(n) for n in range(3)] == ["No page", "SCC facebook", "SCC x"]
    assert picker.accessibleName() == "Page on Facebook"
    choose(picker, pages[Network.X])  # a page of the other version is for that one
    settle()
    assert picker.currentData() is None
    choose(picker, pages[Network.FACEBOOK])
    settle()
    screen.next_version()
    assert picker.currentData() == pages[Network.X]
    assert picker.itemText(1) == "SCC x" and picker.accessibleName() == "Page on X"
    placed = {m.network: m.page.id for m in sheet(workspace, screen).placements}
    assert placed == pages


def test_a_page_of_another_network_is_pointed_out_and_mended(
    window, compose, workspace, pages, settle
) -> None:
    screen = compose(BOTH[0])
    choose(screen.foot.page, pages[Network.X])
    settle()
    assert "is on X, and this text is written for Facebook" in screen.banner.accessibleName()
    named(screen, QPushButton, "Add a version for X").click()
    settle()
    made = sheet(workspace, screen)
    assert {m.network: m.page and m.page.id for m in made.placements} == {
        Network.FACEBOOK: None,
        Network.X: pages[Network.X],
    }
    assert screen.banner.isHidden()


def test_a_version_put_back_has_its_page(window, compose, workspace, pages, settle) -> None:
    screen = compose(*BOTH)
    workspace.editorial.choose_pages(screen._draft_id, pages.values())
    screen._reload()
    settle()
    screen.next_version()
    screen.remove_version()
    settle()
    assert screen.tabs.count() == 1
    named(window, QPushButton, "Put it back").click()
    settle()
    assert {m.network: m.page.id for m in sheet(workspace, screen).placements} == pages


def test_an_archived_page_stays_chosen_when_the_title_changes(
    compose, workspace, pages, settle, qtbot
) -> None:
    screen = compose(BOTH[1], page_id=pages[Network.X])
    workspace.editorial.change_page(pages[Network.X], PageInput("SCC x", Network.X, archived=True))
    screen._reload()
    settle()
    qtbot.keyClicks(screen.title_field, "!")
    screen.flush()
    settle()
    (placement,) = sheet(workspace, screen).placements
    assert placement.page.id == pages[Network.X]
    assert "!" in sheet(workspace, screen).draft.title
