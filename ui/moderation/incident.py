"""« Consigner un incident »: what was seen, written down in under a minute, from anywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QCompleter,
    QGridLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from scc_admin.accounts import Named
from scc_admin.addresses import NO_ADDRESS, is_web_address
from scc_admin.i18n import N_
from scc_admin.model import (
    CaseRow,
    CaseSheet,
    CaseState,
    Network,
    Page,
    Person,
    Situation,
)
from scc_admin.moderation import AccountInput, CaseInput, IncidentInput, Logged
from scc_admin.words import CASE_STATES, NETWORKS, SITUATIONS
from ui.forms import (
    FormDialog,
    PlainText,
    holds_files,
    in_clipboard,
    moment_field,
    moment_of,
    show_moment,
    whole_moment,
)
from ui.icons import network_icon
from ui.keyboard import is_enter
from ui.messages import Banner
from ui.moderation.tray import Tray
from ui.moderation.words import EXAMPLE, called, known_name
from ui.screen import Shell
from ui.theme import Space
from ui.widgets import Picker, Tone, margins, plain, set_property

NAME = "incident"
"""Under which the unfinished form is kept; with a case's number behind it when it is about one."""
_NEW = -1
_LOOK_UP_MS = 200


@dataclass(frozen=True, slots=True)
class _Known:
    """What the form offers to choose from."""

    cases: Sequence[CaseRow]
    pages: Sequence[Page]
    handles: Sequence[str]
    sheet: CaseSheet | None


def open_incident(
    shell: Shell, case_id: int | None = None, *, page_id: int | None = None
) -> IncidentForm:
    """Open the form; about a case, or about whoever it will turn out to be, seen on a page."""
    form = IncidentForm(shell, case_id, page_id)
    form.open()
    return form


class IncidentForm(FormDialog):
    """Account, case, words, link, pictures. Everything but one of the last three is optional."""

    help: ClassVar[str] = "four-situations"

    def __init__(
        self, shell: Shell, case_id: int | None = None, page_id: int | None = None
    ) -> None:
        tr = shell.tr.tr
        super().__init__(
            shell,
            tr(N_("Log an incident")),
            "",
            tr(N_("Log the incident")),
            self._write,
            self._logged,
            keep=NAME if case_id is None else f"{NAME}:{case_id}",
            tone=Tone.INFO,
            width=720,
        )
        self._case_id = case_id
        self._captured = shell.clock()
        self._known: _Known | None = None
        self._persons: list[Person] = []
        self._wanted_case: int | None = case_id
        self._wanted_page: int | None = page_id
        self._titled_by_hand = False
        self._paged_by_hand = page_id is not None
        self._wrong_field: QWidget | None = None
        self._chosen_by_hand = False
        self.setAcceptDrops(True)
        self.form.hide()
        self._look_up = QTimer(self)
        self._look_up.setSingleShot(True)
        self._look_up.setInterval(_LOOK_UP_MS)
        self._look_up.timeout.connect(self._recognise)
        self._build()
        self._load()

    # -- building -------------------------------------------------------------------------------

    def _build(self) -> None:
        shell = self.shell
        tr, px = shell.tr.tr, shell.theme.px
        self.network = QComboBox()
        for network in Network:
            icon = shell.icons.icon(network_icon(network), "muted")
            self.network.addItem(icon, tr(NETWORKS[network]), network.value)
        self.handle = QLineEdit()
        self.handle.setPlaceholderText(EXAMPLE)
        self.recognised = plain(role="small")
        self.unknown = QCheckBox(tr(N_("Nobody knows who wrote it")))
        self.case = Picker(tr(N_("Case")))
        self.case.setMaxVisibleItems(16)
        self.case.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.situation = QComboBox()
        for situation in Situation:
            self.situation.addItem(tr(SITUATIONS[situation]), situation.value)
        self.title = QLineEdit()
        self.critical = QCheckBox(tr(N_("Critical: Public Affairs first")))
        self.warning = Banner(shell.icons)
        self.words = PlainText(lines=5, px=px)
        self.words.setPlaceholderText(tr(N_("Paste the words as they stand, faults included")))
        self.url = QLineEdit()
        self.url.setPlaceholderText("https://")
        self.page = Picker(tr(N_("Our page")))
        self.displayed = QLineEdit()
        self.displayed.setPlaceholderText(tr(N_("As the network shows it: “2 h ago”")))
        self.number = QLineEdit()
        self.number.setPlaceholderText(tr(N_("It stays when the name changes")))
        self.seen = moment_field(shell, self._captured)
        self.tray = Tray(shell)
        self.when = plain(role="small")

        column = QVBoxLayout()
        margins(column, 0, Space.MEDIUM)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.MEDIUM)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        self._labelled(grid, 0, 0, N_("Network"), self.network)
        self._labelled(grid, 0, 1, N_("Name shown, @account, or both"), self.handle)
        grid.addWidget(self.recognised, 2, 1)
        grid.addWidget(self.unknown, 2, 0)
        self._labelled(grid, 3, 0, N_("Case"), self.case, span=2)
        self._situation_label = self._labelled(grid, 5, 0, N_("Situation"), self.situation)
        self._title_label = self._labelled(grid, 5, 1, N_("What it is about"), self.title)
        grid.addWidget(self.critical, 7, 0, 1, 2)
        grid.addWidget(self.warning, 8, 0, 1, 2)
        self._labelled(grid, 9, 0, N_("Words"), self.words, span=2)
        grid.setRowMinimumHeight(11, Space.SMALL)
        grid.addWidget(self.tray, 12, 0, 1, 2)
        grid.setRowMinimumHeight(13, Space.SMALL)
        self._labelled(grid, 14, 0, N_("Link"), self.url, span=2)
        self._labelled(grid, 16, 0, N_("Our page"), self.page)
        self._labelled(grid, 16, 1, N_("Date displayed"), self.displayed)
        self._labelled(grid, 18, 0, N_("Seen on"), self.seen)
        self._labelled(grid, 18, 1, N_("Number of the account (optional)"), self.number)
        column.addLayout(grid)
        column.addWidget(self.when)
        holder = QWidget()
        holder.setLayout(column)
        self.area.body.addWidget(holder)
        self._show_when()

        self.handle.textChanged.connect(lambda _t: self._account_changed())
        self.unknown.toggled.connect(lambda _on: self._mended())
        self.url.textChanged.connect(lambda _t: self._mended())
        self.network.currentIndexChanged.connect(lambda _i: self._account_changed())
        self.network.activated.connect(lambda _i: self._suit_page())
        self.page.activated.connect(lambda _i: self._page_chosen())
        self.case.currentIndexChanged.connect(lambda _i: self._case_changed())
        self.case.activated.connect(lambda _i: self._case_chosen())
        self.situation.currentIndexChanged.connect(lambda _i: self._situation_changed())
        self.title.textEdited.connect(lambda _t: self._title_typed())
        for field in (self.url, self.displayed):
            field.textChanged.connect(lambda _t: self.touched())
        self.critical.toggled.connect(lambda _on: self._critical_changed())
        self.words.textChanged.connect(self.touched)
        self.words.pictures_pasted.connect(lambda mime: self.tray.take(mime, "clipboard"))
        self.words.too_long.connect(lambda whole: self.tray.keep_whole(whole, self.banner))
        self.page.currentIndexChanged.connect(lambda _i: self.touched())
        self.seen.dateTimeChanged.connect(lambda _at: self._seen_changed())
        self.tray.changed.connect(self.touched)
        self.number.textChanged.connect(lambda _t: self._account_changed())
        for line in (self.handle, self.title, self.url, self.displayed, self.number):
            line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A field would take a pasted picture for nothing at all.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.matches(QKeySequence.StandardKey.Paste) and holds_files(
                mime := in_clipboard()
            ):
                self.tray.take(mime, "clipboard")
                return True
            if isinstance(watched, QAbstractItemView) and (
                is_enter(event) or event.key() == Qt.Key.Key_Tab
            ):
                self._proposed(watched)
                return True
        return super().eventFilter(watched, event)

    def _proposed(self, popup: QAbstractItemView) -> None:
        """Enter and Tab in the list of known accounts: take the one in focus, if any, and go on.

        Qt would but close the list, and what is typed next would go into the name.
        """
        known = popup.currentIndex()
        if known.isValid():
            self.handle.setText(known.data())
        popup.hide()
        QTimer.singleShot(0, self, self._name_typed)  # the window takes its focus back first

    def _name_typed(self) -> None:
        """The account is typed: who that is shows at once, and the words come next."""
        self._look_up.stop()
        self._recognise()
        self.words.setFocus(Qt.FocusReason.TabFocusReason)

    def _labelled(
        self, grid: QGridLayout, row: int, column: int, label: str, field: QWidget, *, span: int = 1
    ) -> QWidget:
        words = self.shell.tr.tr(label)
        name = plain(words, wrap=False)
        name.setBuddy(field)
        field.setAccessibleName(words)
        grid.addWidget(name, row, column, 1, span)
        grid.addWidget(field, row + 1, column, 1, span)
        return name

    def _load(self) -> None:
        workspace, case_id = self.shell.workspace, self._case_id
        moderation, editorial = workspace.moderation, workspace.editorial

        def read() -> _Known:
            handles = {a.handle for person in moderation.persons() for a in person.accounts}
            return _Known(
                moderation.cases(limit=200),
                [page for page in editorial.pages() if page.managed],
                sorted(handles, key=str.casefold),
                None if case_id is None else moderation.sheet(case_id),
            )

        self.shell.tasks.read(self, read, self._loaded)

    def _loaded(self, known: _Known) -> None:
        self._known = known
        begun = self._begun
        self.page.clear()
        self.page.addItem(self.shell.tr.tr(N_("None of ours")), None)
        for page in known.pages:
            icon = self.shell.icons.icon(network_icon(page.network), "muted")
            self.page.addItem(icon, page.name, page.id)
        completer = QCompleter(list(known.handles), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.handle.setCompleter(completer)
        if (popup := completer.popup()) is not None:
            popup.installEventFilter(self)
        if known.sheet is not None and not self.handle.text():
            self._prefill(known.sheet)
        elif self._wanted_page is not None:
            self.page.setCurrentIndex(max(0, self.page.findData(self._wanted_page)))
        else:
            self._suit_page()
        self._fill_cases()
        if not begun:  # else what was typed meanwhile is still to be kept
            self._dirty = self._begun = False
            self._timer.stop()

    def _prefill(self, sheet: CaseSheet) -> None:
        """What the last incident of the case had is likely the same again."""
        last = next((i for i in reversed(sheet.incidents) if not i.retracted), None)
        accounts = {a.id: a for a in sheet.person.accounts}
        account = accounts.get(last.account_id or 0) if last else None
        account = account or next(iter(sheet.person.accounts), None)
        if account is not None:
            self.network.setCurrentIndex(self.network.findData(account.network.value))
            self.handle.setText(account.handle)
        if last is not None and last.page_id is not None:
            self.page.setCurrentIndex(max(0, self.page.findData(last.page_id)))

    def _page_chosen(self) -> None:
        self._paged_by_hand = True

    def _suit_page(self) -> None:
        """A comment on a network was most likely seen on our page there."""
        if self._paged_by_hand or self._known is None:
            return
        network = self.network.currentData()
        mine = (page.id for page in self._known.pages if page.network.value == network)
        self.page.setCurrentIndex(max(0, self.page.findData(next(mine, None))))

    # -- who it is --------------------------------------------------------------------------------

    def _account_changed(self) -> None:
        self._mended()
        self.unknown.setEnabled(not self.handle.text().strip())
        self._look_up.start()

    def _recognise(self) -> None:
        handle, number = self.handle.text().strip(), self.number.text().strip()
        if not (handle or number):
            self._recognised([])
            return
        network = Network(self.network.currentData())
        moderation = self.shell.workspace.moderation
        self.shell.tasks.read(
            self,
            lambda: moderation.find_account(network, handle, number),
            self._recognised,
            key="account",
        )

    def _recognised(self, persons: list[Person]) -> None:
        self._persons = persons
        tr, named = self.shell.tr, Named.of(self.handle.text())
        if persons:
            said = tr.tr(
                N_("Known: {person}."),
                person=tr.join(called(self.shell, p.label, known_name(p)) for p in persons),
            )
        elif named.names[0]:
            said = tr.tr(N_("Not known yet: noted with this incident."))
        else:
            said = ""
        self.recognised.setText(f"{self._understood(named)} {said}".strip())
        self._fill_cases()

    def _understood(self, named: Named) -> str:
        """What was made out of what was typed: « Nom affiché : … · compte : @… »."""
        tr = self.shell.tr.tr
        parts = []
        if named.shown:
            parts.append(tr(N_("Name shown: {name}"), name=named.shown))
        if named.handle:
            parts.append(tr(N_("account: {name}"), name=named.handle))
        return f"{' · '.join(parts)}." if parts else ""

    def _fill_cases(self) -> None:
        """The cases of whoever was recognised first, then a new one, then all others."""
        known = self._known
        if known is None:
            return
        tr = self.shell.tr.tr
        labels = {person.label for person in self._persons}
        theirs = [row for row in known.cases if row.person in labels]
        standing = [row for row in theirs if row.state is not CaseState.CLOSED]
        others = [row for row in known.cases if row not in theirs]
        before = self.case.currentData()
        self.case.blockSignals(True)
        self.case.clear()
        for row in theirs:
            self.case.addItem(self._case_words(row), row.id)
        self.case.addItem(tr(N_("New case")), _NEW)
        if others:
            self.case.insertSeparator(self.case.count())
            for row in others:
                self.case.addItem(self._case_words(row), row.id)
        if self._wanted_case is not None:
            choice = self._wanted_case
        elif self._chosen_by_hand and before is not None:
            choice = before
        else:
            choice = standing[0].id if standing else _NEW
        self.case.setCurrentIndex(max(0, self.case.findData(choice)))
        self.case.blockSignals(False)
        self._case_changed(by_hand=False)

    def _case_words(self, row: CaseRow) -> str:
        state = self.shell.tr.tr(CASE_STATES[row.state])
        who = called(self.shell, row.person, row.name)
        return f"{row.number} · {who} · {row.title} ({state})"

    def _case_chosen(self) -> None:
        self._chosen_by_hand = True
        self._wanted_case = None
        self.touched()

    def _case_changed(self, *, by_hand: bool = True) -> None:
        new = self.case.currentData() in (_NEW, None)
        self.unknown.setVisible(new)
        for widget in (
            self._situation_label,
            self.situation,
            self._title_label,
            self.title,
            self.critical,
        ):
            widget.setVisible(new)
        self._situation_changed(by_hand=by_hand)

    def _situation_changed(self, *, by_hand: bool = True) -> None:
        situation = Situation(self.situation.currentData())
        if not self._titled_by_hand:
            self.title.setText(self.shell.tr.tr(SITUATIONS[situation]))
        self.critical.setEnabled(not situation.critical)
        if situation.critical:
            self.critical.setChecked(True)
        self._warn()
        if by_hand:
            self.touched()

    def _critical_changed(self) -> None:
        self._warn()
        self.touched()

    def _warn(self) -> None:
        tr = self.shell.tr.tr
        if self.is_new() and self.critical.isChecked():
            self.warning.show_message(
                Tone.BLOCK,
                tr(N_("Do not reply, hide or ban before they have answered.")),
                title=tr(N_("Public Affairs first")),
            )
        else:
            self.warning.hide()

    def _title_typed(self) -> None:
        self._titled_by_hand = bool(self.title.text().strip())
        self.touched()

    def is_new(self) -> bool:
        """Whether it opens a case."""
        return self.case.currentData() in (_NEW, None)

    # -- the words ------------------------------------------------------------------------------

    def _seen_changed(self) -> None:
        """Somebody says when it was seen: to the minute, and not the moment the form opened."""
        self._captured = moment_of(self.shell, self.seen)
        self._show_when()
        self._mended()

    def _set_seen(self, at: dt.datetime) -> None:
        """Show a moment of our own, kept to the second."""
        self.seen.blockSignals(True)
        show_moment(self.seen, at)
        self.seen.blockSignals(False)
        self._captured = at
        self._show_when()

    def _show_when(self) -> None:
        tr = self.shell.tr
        self.when.setText(
            tr.tr(
                N_("Seen on {at}, by {who}."),
                at=whole_moment(tr, self._captured),
                who=self.shell.workspace.who() or tr.tr(N_("nobody yet (see the settings)")),
            )
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or holds_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.take_dropped(event.mimeData())
        event.acceptProposedAction()

    def take_dropped(self, mime: QMimeData) -> None:
        self.tray.take(mime, "dropped")

    # -- keeping --------------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        return {
            "network": self.network.currentData(),
            "handle": self.handle.text(),
            "unknown": self.unknown.isChecked(),
            "number": self.number.text(),
            "case": self.case.currentData(),
            "situation": self.situation.currentData(),
            "title": self.title.text(),
            "critical": self.critical.isChecked(),
            "words": self.words.toPlainText(),
            "url": self.url.text(),
            "page": self.page.currentData(),
            "displayed": self.displayed.text(),
        }

    def kept(self) -> dict[str, Any]:
        return {
            **self.values(),
            "titled": self._titled_by_hand,
            "captured": self._captured.isoformat(),
            "files": self.tray.kept(),
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        self._set_seen(dt.datetime.fromisoformat(data["captured"]))
        self._titled_by_hand = data["titled"]
        self._paged_by_hand = True
        self.set_values(data)
        self.tray.restore(data["files"])
        self._show_when()

    def set_values(self, values: Mapping[str, Any]) -> None:
        self._wanted_page = values.get("page")
        for combo, key in (
            (self.network, "network"),
            (self.situation, "situation"),
            (self.page, "page"),
        ):
            index = combo.findData(values.get(key))
            if index >= 0:
                combo.setCurrentIndex(index)
        self.handle.setText(values.get("handle") or "")
        self.number.setText(values.get("number") or "")
        self.unknown.setChecked(bool(values.get("unknown")))
        if values.get("case") is not None:
            self._wanted_case = values["case"]
            self._chosen_by_hand = True
        self.title.setText(values.get("title") or self.title.text())
        self.critical.setChecked(bool(values.get("critical")))
        self.words.setPlainText(values.get("words") or "")
        self.url.setText(values.get("url") or "")
        self.displayed.setText(values.get("displayed") or "")
        self._fill_cases()

    def begin_anew(self) -> None:
        self.tray.empty(forget=True)
        self._titled_by_hand = self._chosen_by_hand = self._paged_by_hand = False
        self._wanted_case = self._case_id
        super().begin_anew()
        self._set_seen(self.shell.clock())

    def worth_keeping(self) -> bool:
        typed = [self.words.toPlainText(), self.url.text(), self.displayed.text()]
        if self._case_id is None:
            typed.append(self.handle.text())
        return bool(self.tray.items) or any(text.strip() for text in typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_enter(event) and self.handle.hasFocus():
            self._name_typed()
            return
        super().keyPressEvent(event)

    def focus_first(self) -> None:
        first = self.words if self._case_id is not None else self.handle
        first.setFocus(Qt.FocusReason.TabFocusReason)

    # -- writing --------------------------------------------------------------------------------

    def gathered(self) -> dict[str, Any]:
        return {**self.values(), "files": self.tray.files(), "persons": list(self._persons)}

    def submit(self) -> None:
        tr = self.shell.tr.tr
        if self.tray.waiting:
            self.banner.show_message(
                Tone.INFO, tr(N_("A file is still being encrypted; it takes a moment."))
            )
            return
        field, words = self.unsaid()
        if field is not None:
            self._wrong_field = field
            self.banner.show_message(Tone.WARNING, words)
            set_property(field, "wrong", "true")
            field.setAccessibleDescription(words)
            field.setFocus()
            return
        super().submit()

    def unsaid(self) -> tuple[QWidget | None, str]:
        """The first field that cannot stay as it is, and why."""
        tr = self.shell.tr.tr
        nobody = not (self.handle.text().strip() or self.number.text().strip())
        if self.is_new() and nobody and not self.unknown.isChecked():
            return self.handle, tr(
                N_("Write the name of the account, or tick “Nobody knows who wrote it”.")
            )
        if not is_web_address(self.url.text()):
            return self.url, tr(NO_ADDRESS)
        if self._captured > self.shell.clock():
            return self.seen, tr(N_("That moment is still to come."))
        return None, ""

    def _mended(self) -> None:
        """A field that was pointed out is being mended."""
        if self._wrong_field is not None:
            set_property(self._wrong_field, "wrong", "false")
            self._wrong_field.setAccessibleDescription("")
            self._wrong_field = None
            self.banner.hide()
        self.touched()

    def _write(self, values: dict[str, Any]) -> Logged:
        """In the mutation thread."""
        account = None
        if values["handle"].strip():
            account = AccountInput(Network(values["network"]), values["handle"], values["number"])
        new = IncidentInput(
            text=values["words"],
            url=values["url"],
            page_id=values["page"],
            displayed_at=values["displayed"],
            captured_at=self._captured,
            method="clipboard" if values["words"].strip() else "file",
            files=values["files"],
            account=account,
        )
        case: int | CaseInput = values["case"]
        if case in (_NEW, None):
            known = values["persons"]
            case = CaseInput(
                values["title"],
                Situation(values["situation"]),
                person_id=known[0].id if known else None,
                account=account,
                critical=values["critical"],
            )
        return self.shell.workspace.moderation.report(case, new)

    def _logged(self, logged: Logged) -> None:
        shell = self.shell
        shell.messages.toast(
            shell.tr.tr(N_("Logged in {case}."), case=logged.number),
            shell.tr.tr(N_("Open the case")),
            lambda: shell.window.go("moderation", logged.case_id),
        )
