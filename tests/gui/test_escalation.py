"""Escalations: the clock, the packet from choice to acknowledgement, the register."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from conftest import NOON, flush_deleted
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from scc_admin import packets
from scc_admin.i18n import Translator
from scc_admin.model import Language, Network, Situation
from scc_admin.moderation import AccountInput, CaseInput, IncidentInput
from ui.escalation.clock import clock_words
from ui.escalation.packet import PacketBuilder
from ui.escalation.screen import REGISTER, Escalations
from ui.forms import FormDialog
from ui.moderation.words import span


@pytest.fixture
def spoken() -> Language:
    return Language.EN


@pytest.fixture
def screen(full, settle) -> Escalations:
    full.go("escalations")
    settle()
    return full.current()


def form() -> FormDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, FormDialog)
    return found


def test_the_clock_says_what_is_waited_for(screen, sample, settle):
    (escalation,) = sample.moderation.escalations()
    words = clock_words(Translator(Language.EN), escalation, NOON)
    assert "Answered: waited for" in words
    assert screen.clock.accessibleName() == clock_words(screen.shell.tr, escalation, NOON)
    assert screen.act_button.text().startswith("Record their answer")
    assert screen.shell.window._badges["escalations"] == 1
    screen.clock.grab()
    screen.ask_affairs()
    asked = form()
    settle()
    asked.widget("answer").setPlainText("Ne répondez pas.")
    asked.submit()
    settle()
    assert not screen.act_button.isVisible()
    assert screen.shell.window._badges["escalations"] == 0
    screen.close_escalation()
    form().submit()
    settle()
    (escalation,) = sample.moderation.escalations()
    assert escalation.closed_at is not None
    assert not screen.can("build_packet") and screen.can("open_case")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (dt.timedelta(minutes=35), "35 min"),
        (dt.timedelta(hours=1), "1 hour"),
        (dt.timedelta(hours=2), "2 hours"),
        (dt.timedelta(hours=2, minutes=5), "2 h 5 min"),
        (dt.timedelta(days=1, hours=4), "1 d 4 h"),
        (dt.timedelta(seconds=-5), "0 min"),
    ],
)
def test_a_length_of_time_in_its_two_largest_units(time, words):
    assert span(Translator(Language.EN), time) == words


def test_a_packet_from_the_choice_to_the_acknowledgement(screen, sample, settle, tmp_path):
    builder = screen.build_packet()
    assert isinstance(builder, PacketBuilder)
    settle()
    assert builder.pages.pages > 3 and builder.sheet is screen._sheet.case
    pages = builder.pages.pages
    first, *_ = builder._boxes.values()
    first.setChecked(False)
    builder.preview()
    settle()
    assert builder.pages.pages < pages
    builder.pages.turn(+1)
    settle()
    assert builder.pages.page == 1
    builder.hide_names.setPlainText("Nadia Benhaddou")
    builder.export(tmp_path)
    settle()
    done = QApplication.activeModalWidget()
    done.reject()
    settle()
    flush_deleted()
    archive = next(tmp_path.glob("*.zip"))
    assert packets.verify(archive).ok
    assert {path.suffix for path in tmp_path.iterdir()} >= {".zip", ".pdf", ".eml"}
    (packet,) = sample.moderation.packets(screen._sheet.escalation.id)
    assert screen._sheet.packets == [packet]
    screen.record_sent(packet)
    form().submit()
    settle()
    (packet,) = screen._sheet.packets
    assert packet.sent_to
    screen.record_acknowledged(packet)
    form().submit()
    settle()
    assert screen._sheet.packets[0].acknowledged_at is not None
    assert sample.journal.verify().ok


def test_a_packet_made_again_stands_beside_the_first_and_says_where(
    screen, sample, settle, tmp_path
):
    kept = []
    for _ in range(2):
        builder = screen.build_packet()
        settle()
        builder.export(tmp_path)
        settle()
        done = QApplication.activeModalWidget()
        kept.append(" ".join(label.text() for label in done.findChildren(QLabel)))
        done.reject()
        settle()
        flush_deleted()
    number = screen._sheet.escalation.number
    assert str(tmp_path) in kept[0] and f"{number}-2" not in kept[0]
    assert str(tmp_path / f"{number}-2") in kept[1]
    assert packets.verify(tmp_path / f"{number}.zip").ok


def test_what_gives_way_to_the_label_in_our_own_words_is_listed(screen, sample, settle):
    case = screen._sheet.case
    (account, *_) = case.person.accounts
    sample.moderation.note(case.case.id, f"Vu avec {account.handle}, puis {account.handle}")
    builder = screen.build_packet()
    settle()
    said = builder.replaced.text()
    assert account.handle.lstrip("@") in said and builder.replaced.isVisibleTo(builder)
    builder.named.setChecked(True)
    builder.preview()
    settle()
    assert builder.replaced.isHidden()
    builder.close()
    settle()


def test_a_request_says_since_when_nobody_was_reached(screen, sample):
    (escalation,) = sample.moderation.escalations()
    unreached = replace(escalation, seen_at=NOON - dt.timedelta(minutes=15), escalated_at=None)
    detail = screen._cell(unreached).detail
    assert detail.startswith("seen 15 min ago, no contact noted")


def test_without_an_address_the_builder_leads_to_where_it_is_set(full, screen, sample, settle):
    sample.settings.set("affairs.email", "")
    builder = screen.build_packet()
    settle()
    builder.to_settings.click()
    settle()
    assert full.current().list.currentItem().text() == "Public Affairs"
    sample.settings.set("affairs.email", "aux@example.org")
    full.go("escalations")
    settle()
    builder = full.current().build_packet()
    settle()
    assert not hasattr(builder, "to_settings")
    builder.close()
    settle()


def test_an_export_that_fails_says_why_in_the_builder(screen, sample, settle, tmp_path):
    builder = screen.build_packet()
    settle()
    for file in (sample.folder / "evidence").rglob("*.age"):
        file.write_bytes(file.read_bytes()[:-40])
    builder.export(tmp_path / "out")
    settle()
    assert builder.isVisible() and not builder.banner.isHidden()
    assert builder.export_button.isEnabled()
    builder.close()


def test_a_confidential_case_prepares_its_line_of_the_register(full, screen, sample, settle):
    logged = sample.moderation.report(
        CaseInput("Fuite", Situation.CONFIDENTIAL, account=AccountInput(Network.X, "@a")),
        IncidentInput(url="https://exemple.org/fuite"),
    )
    full.go("escalations", "register")
    settle()
    pane = screen.register
    assert screen.bar.currentIndex() == REGISTER and screen.primary_text() == "Add a line"
    assert logged.number in pane.band.accessibleName()
    pane.band.findChildren(QPushButton)[0].click()
    settle()
    line = form()
    assert logged.number in line.widget("circumstances").toPlainText()
    assert len(line.values()) == 9
    line.widget("information").setPlainText("Noms")
    line.submit()
    settle()
    assert pane.band.isHidden() and pane.model.rowCount() == 1
    assert pane.current().case == logged.number
    pane.edit()
    line = form()
    line.widget("persons").setText("12")
    line.submit()
    settle()
    assert pane.current().items.persons == "12"


def test_the_register_leaves_as_a_file(screen, full, sample, settle, tmp_path):
    full.go("escalations", "register")
    settle()
    pane = screen.register
    assert pane.stack.currentWidget() is pane.none
    pane.add()
    line = form()
    line.submit()
    assert line.isVisible(), "nothing was said of what happened"
    line.widget("circumstances").setPlainText("Liste publiée par erreur")
    line.submit()
    settle()
    pane.export(tmp_path / "registre.xlsx")
    settle()
    assert (tmp_path / "registre.xlsx").stat().st_size > 1_000
