"""Calendar files on screen: what would change is said in words, and what is left aside with why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton

from scc_admin.editorial import DraftDetails, PageInput
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import Language, Network, Target
from scc_admin.workspace import Workspace
from ui import exchange
from ui.calendar import Calendar
from ui.exchange import ImportDialog
from ui.messages import Banner, Dialog
from ui.widgets import Picker

EVENT = "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{at}\r\nSUMMARY:{title}\r\n{more}END:VEVENT\r\n"


@pytest.fixture
def calendar(window, settle) -> Calendar:
    window.go("calendar")
    settle()
    screen = window.current()
    assert isinstance(screen, Calendar)
    return screen


@pytest.fixture
def file(tmp_path: Path, workspace) -> Callable[..., Path]:
    day = workspace.clock() + timedelta(days=2)

    def write(*lines: tuple[str, str, str], days: int = 0) -> Path:
        path = tmp_path / "region.ics"
        at = f"{day + timedelta(days=days):%Y%m%d}T150000Z"
        events = "".join(EVENT.format(uid=u, title=t, more=m, at=at) for u, t, m in lines)
        path.write_text(f"BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n", "utf-8", newline="")
        return path

    return write


def preview() -> ImportDialog:
    """The preview that is open; the last one."""
    return [
        w for w in QApplication.topLevelWidgets() if isinstance(w, ImportDialog) and w.isVisible()
    ][-1]


def told() -> Dialog:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, Dialog) and w.isVisible()][
        -1
    ]


def banners(dialog: Dialog) -> str:
    return " ".join(b.accessibleName() for b in dialog.findChildren(Banner) if b.isVisible())


def titles(workspace) -> set[str]:
    now = workspace.clock()
    return {e.title for e in workspace.editorial.entries(now, now + timedelta(days=60))}


def test_what_was_deleted_stays_out_until_it_is_brought_back(
    workspace, calendar, file, settle
) -> None:
    path = file(("1", "Souper", ""), ("2", "Marche", ""))
    workspace.exchange.apply(workspace.exchange.plan(path))
    now = workspace.clock()
    entries = workspace.editorial.entries(now, now + timedelta(days=9))
    workspace.editorial.remove_entry(next(e.id for e in entries if e.title == "Souper"))

    exchange.begin(calendar, path)
    settle()
    asked = preview()
    assert "1 line was deleted here" in banners(asked)
    assert asked.model.cell(0, 1).text == "Left out: deleted here"
    assert not asked.button("yes").isEnabled()  # nothing else is new
    next(b for b in asked.findChildren(QPushButton) if b.text() == "Bring them back").click()
    assert asked.model.cell(0, 1).text == "Add"
    asked.button("yes").click()
    settle()
    assert titles(workspace) == {"Souper", "Marche"}


def test_a_change_is_said_in_words_and_in_full(workspace, calendar, file, settle) -> None:
    page = workspace.editorial.add_page(PageInput("SCC Estrie", Network.FACEBOOK))
    uid = workspace.editorial.page(page).uid
    workspace.exchange.apply(workspace.exchange.plan(file(("1", "Souper", ""))))
    place = "Centre communautaire de Saint-Hyacinthe, salle du bas, porte de côté"
    more = f"LOCATION:{place}\r\nX-SCC-ADMIN-PAGE-UID:{uid}\r\n"
    exchange.begin(calendar, file(("1", "Souper", more), days=1))
    settle()
    asked = preview()
    said = asked.fields.text()
    tr = calendar.shell.tr
    day = tr.date((workspace.clock() + timedelta(days=3)).astimezone().date())
    assert f"→ {day}" in said and "T15:00" not in said
    assert place in said and "Page: — → SCC Estrie" in said
    asked.reject()


def test_a_new_line_is_told_with_all_that_it_brings(workspace, calendar, tmp_path, settle) -> None:
    workspace.editorial.add_page(PageInput("SCC Estrie", Network.FACEBOOK))
    tr = calendar.shell.tr
    day = (workspace.clock() + timedelta(days=4)).astimezone().date()
    path = tmp_path / "division.csv"
    path.write_text(
        "Date;Fin;Titre;Page;Campagne;Lieu;Texte\n"
        f"{day};{day + timedelta(days=2)};Salon;SCC Estrie;Inconnue;Aréna;Venez, nombreux\n"
        f"{day};;Seul;SCC Gaspésie;;;\n",
        "utf-8",
    )
    exchange.begin(calendar, path)
    settle()
    asked = preview()
    assert asked.fields.text().splitlines() == [
        f"To: {tr.date(day + timedelta(days=2))}",
        "Page: SCC Estrie",
        "Place: Aréna",
        "Notes: Venez, nombreux",
    ]
    words = " ".join(label.text() for label in asked.findChildren(QLabel))
    assert "No page here has this name: SCC Gaspésie." in words
    assert "No campaign here has this name: Inconnue." in words
    QTest.keyClick(asked.table, Qt.Key.Key_Down)
    assert asked.fields.isHidden(), "it brings its title and its day only"
    asked.reject()


def test_what_is_not_read_is_all_listed_and_the_preview_fits_the_window(
    calendar, window, file, settle
) -> None:
    window.resize(1024, 640)
    bad = [(f"b{n}", f"Chaque seconde {n}", "RRULE:FREQ=SECONDLY\r\n") for n in range(40)]
    exchange.begin(calendar, file(("1", "Souper", ""), *bad))
    settle()
    asked = preview()
    (box,) = asked.findChildren(QPlainTextEdit)
    assert all(f"Chaque seconde {n} –" in box.toPlainText() for n in range(40))
    assert asked.height() <= 640
    asked.reject()


def test_a_table_can_be_read_by_other_columns(workspace, calendar, tmp_path, settle) -> None:
    path = tmp_path / "division.csv"
    day = (workspace.clock() + timedelta(days=4)).astimezone().date()
    path.write_text(f"Date,Titre,Nom\n{day},A12,Marche du printemps\n", "utf-8")
    exchange.begin(calendar, path)
    settle()
    assert preview().model.cell(0, 0).text == "A12"
    next(b for b in preview().findChildren(QPushButton) if b.text() == "Other columns…").click()
    settle()
    asked = told()
    pickers = {p.accessibleName().rstrip(" *"): p for p in asked.findChildren(Picker)}
    assert "A12" in pickers["Title"].currentText()  # what stands in it is shown
    pickers["Title"].setCurrentIndex(0)
    assert not asked.button("yes").isEnabled()
    pickers["Title"].setCurrentIndex(3)
    asked.button("yes").click()
    settle()
    assert preview().model.cell(0, 0).text == "Marche du printemps"
    preview().button("yes").click()
    settle()
    assert titles(workspace) == {"Marche du printemps"}


@pytest.fixture
def region(tmp_path: Path):
    """Another workspace, that sends the plan of its page."""
    opened = []

    def make(name: str, page_uid: str = "") -> tuple[Workspace, Path]:
        made = Workspace.create(
            tmp_path / name, protection=Kind.NONE, name="Luc Côté",
            settings_file=tmp_path / f"{name}.json",
        ).workspace  # fmt: skip
        opened.append(made)
        page = made.editorial.add_page(PageInput("SCC Estrie", Network.FACEBOOK))
        if page_uid:
            with made.store.writing() as tx:
                tx.update("pages", page, uid=page_uid)
        made.editorial.add_draft(
            DraftDetails("Marche", page_id=page, planned_at=made.clock() + timedelta(days=3)),
            [(Target.FACEBOOK, Language.FR, f"Venez marcher avec {name} dimanche matin à Granby.")],
        )
        path = tmp_path / f"plan-{name}.ics"
        made.exchange.export_plan(page, path, Translator(Language.FR))
        return made, path

    yield make
    for one in opened:
        one.close()


def test_a_plan_s_sender_is_shown_then_remembered_then_defended(
    workspace, calendar, region, settle
) -> None:
    sender, path = region("estrie")
    fingerprint = sender.protection.fingerprint
    exchange.begin(calendar, path)
    settle()
    assert "First plan of SCC Estrie" in banners(preview())
    assert fingerprint in banners(preview())
    preview().button("yes").click()
    settle()

    exchange.begin(calendar, path)
    settle()
    assert "as before" in banners(preview())
    preview().button("yes").click()
    settle()

    (page,) = sender.editorial.pages()
    other, forged = region("autre", page.uid)
    exchange.begin(calendar, forged)
    settle()
    asked = told()
    assert other.protection.fingerprint in asked.accessibleDescription()
    assert not isinstance(asked, ImportDialog)
    asked.button("yes").click()
    settle()
    assert "First plan of SCC Estrie" in banners(preview())
    preview().reject()


def test_an_altered_plan_is_refused_in_a_sentence(calendar, region, settle) -> None:
    _, path = region("estrie")
    path.write_bytes(path.read_bytes().replace(b"Marche", b"Course"))
    exchange.begin(calendar, path)
    settle()
    assert "altered" in told().accessibleDescription()
    assert not isinstance(told(), ImportDialog)
    told().reject()


def test_the_latest_import_is_undone_from_the_list_by_keys(
    workspace, calendar, file, settle, qtbot
) -> None:
    workspace.exchange.apply(workspace.exchange.plan(file(("1", "Souper", ""))))
    calendar._show_batches()
    settle()
    asked = told()
    assert "region.ics" in asked.accessibleDescription()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is asked.button("close"))
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is asked.button("undo")
    QTest.keyClick(asked.button("undo"), Qt.Key.Key_Space)
    settle()
    assert titles(workspace) == set()
    (batch,) = workspace.exchange.batches()
    assert isinstance(batch.undone_at, datetime)
