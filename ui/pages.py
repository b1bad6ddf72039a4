"""The pages: what each one is, who it speaks for, and how many follow it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from PySide6.QtCore import QByteArray, QDate, Qt, QTimer
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from scc_admin.editorial import PageInput
from scc_admin.i18n import N_
from scc_admin.model import Changes, Followers, Language, Level, Network, Page, PageKind
from scc_admin.words import LANGUAGES, LEVELS, NETWORKS, PAGE_KINDS
from ui.icons import network_icon
from ui.palette import Hit
from ui.screen import Screen, Shell
from ui.theme import Space
from ui.widgets import (
    Card,
    Chip,
    EmptyState,
    Form,
    Picker,
    Scroll,
    SearchField,
    button,
    clear,
    margins,
    plain,
    splitter,
)

SAVE_AFTER_MS = 600
TREND = (500, 180)
"""Size of the drawing of the followers, in pixels."""


def find_pages(shell: Shell, query: str) -> Sequence[Hit]:
    """Pages for Ctrl+K. Runs in a worker."""
    from scc_admin.verdict.duplicates import fold, search_terms

    terms = search_terms(query)
    tr = shell.tr.tr
    return [
        Hit(
            title=page.name,
            kind=tr(N_("Page")),
            run=partial(shell.window.go, "pages", page.id),
            icon=network_icon(page.network),
            detail=tr(NETWORKS[page.network]),
            words=page.handle,
        )
        for page in shell.workspace.editorial.pages(archived=True)
        if all(term in fold(f"{page.name} {page.handle} {page.region}") for term in terms)
    ]


class PagesScreen(Screen):
    """`go("pages", id)` opens a page."""

    interests = frozenset({"pages"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr.tr
        self._pages: list[Page] = []
        self._followers: list[Followers] = []
        self._chosen: int | None = None
        self._pending: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.flush)
        self.search = SearchField(shell.icons, tr(N_("Search the pages")))
        self.search.searched.connect(lambda _: self._fill())
        self.list = QListWidget()
        self.list.setAccessibleName(tr(N_("Pages")))
        self.list.setSpacing(Space.HAIR)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._select)
        left = QWidget()
        column = QVBoxLayout(left)
        margins(column, 0, Space.SMALL)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.sheet = Scroll()
        outer = QHBoxLayout(self)
        margins(outer, Space.LARGE, 0)
        outer.addWidget(splitter(left, self.sheet, (340, 660)))
        self._read()

    def title(self) -> str:
        return self.shell.tr.tr(N_("Pages"))

    def primary_text(self) -> str:
        return self.shell.tr.tr(N_("Add a page"))

    def primary(self) -> None:
        self.flush()
        tr = self.shell.tr.tr
        new = PageInput(tr(N_("New page")), Network.FACEBOOK)

        def add() -> tuple[int, Changes]:
            return self.shell.workspace.editorial.add_page(new), Changes(frozenset({"pages"}))

        self.shell.tasks.mutate(self, add, lambda made: self._added(made[0]))

    def _added(self, page_id: int) -> None:
        self._chosen = page_id
        self._read()

    def open(self, target: object) -> None:
        if isinstance(target, int):
            self.flush()
            self._chosen = target
            self._fill()

    def refresh(self, _changes: Changes) -> None:
        # What was typed here is on its way to the disk; reading it back would move the cursor.
        if self._pending is None:
            self._read()

    def focus_first(self) -> None:
        self.list.setFocus()

    def panes(self) -> Sequence[QWidget]:
        return (self.list, self.sheet)

    def state(self) -> object:
        return self._chosen

    def restore(self, state: object) -> None:
        self.open(state)

    def flush(self) -> None:
        self._timer.stop()
        pending, self._pending = self._pending, None
        if pending is not None:
            pending()

    # -- the list ---------------------------------------------------------------------------------

    def _read(self) -> None:
        editorial = self.shell.workspace.editorial

        def both() -> tuple[list[Page], list[Followers]]:
            return editorial.pages(archived=True), editorial.followers()

        self.shell.tasks.read(self, both, self._show, key="pages")

    def _show(self, found: tuple[list[Page], list[Followers]]) -> None:
        same = found[0] == self._pages
        self._pages, self._followers = found
        if same and self.list.count():
            self._show_trend()
        else:
            self._fill()

    def _fill(self) -> None:
        from scc_admin.verdict.duplicates import fold, search_terms

        terms = search_terms(self.search.text())
        self.list.blockSignals(True)
        self.list.clear()
        chosen: QListWidgetItem | None = None
        for page in self._pages:
            if not all(term in fold(f"{page.name} {page.handle} {page.region}") for term in terms):
                continue
            item = QListWidgetItem(self.shell.icons.icon(network_icon(page.network)), page.name)
            item.setData(Qt.ItemDataRole.UserRole, page.id)
            item.setToolTip(page.name)
            self.list.addItem(item)
            if page.id == self._chosen:
                chosen = item
        self.list.blockSignals(False)
        if self.list.count():
            self.list.setCurrentItem(chosen or self.list.item(0))
            self._select(self.list.currentItem())
        else:
            self._show_nothing()

    def _show_nothing(self) -> None:
        clear(self.sheet.body)
        tr = self.shell.tr.tr
        self.sheet.body.addWidget(
            EmptyState(
                self.shell.icons,
                "pages",
                tr(N_("No page is registered yet.")),
                tr(N_("Add a page")),
                self.primary,
            )
            if not self._pages
            else EmptyState(self.shell.icons, "search", tr(N_("No page has this name.")))
        )

    def _select(self, item: QListWidgetItem | None, _before: object = None) -> None:
        if item is None:
            return
        self.flush()
        self._chosen = int(item.data(Qt.ItemDataRole.UserRole))
        page = next(p for p in self._pages if p.id == self._chosen)
        self._show_page(page)

    # -- one page ---------------------------------------------------------------------------------

    def _show_page(self, page: Page) -> None:
        tr, theme, icons = self.shell.tr.tr, self.shell.theme, self.shell.icons
        body = self.sheet.body
        clear(body)
        self.name = QLineEdit(page.name)
        self.name.setAccessibleName(tr(N_("Name of the page")))
        chips = QHBoxLayout()
        margins(chips, 0, Space.SMALL)
        if not page.managed:
            chips.addWidget(Chip(theme, icons, tr(N_("Run by others")), "eye", "muted"))
        if not page.official:
            chips.addWidget(Chip(theme, icons, tr(N_("Not official")), "warning", "warning"))
        if page.archived:
            chips.addWidget(Chip(theme, icons, tr(N_("Archived")), "archive", "muted"))
        chips.addStretch(1)
        card = Card(tr(N_("What it is")))
        form = Form()
        form.add(tr(N_("Name")), self.name, required=True)
        network = self._picker(tr(N_("Network")), [(n, NETWORKS[n]) for n in Network], page.network)
        kind = self._picker(tr(N_("Kind")), [(k, PAGE_KINDS[k]) for k in PageKind], page.kind)
        level = self._picker(tr(N_("Level")), [(v, LEVELS[v]) for v in Level], page.level)
        language = self._picker(
            tr(N_("Language")), [(v, LANGUAGES[v]) for v in Language], page.language
        )
        handle, url, region = QLineEdit(page.handle), QLineEdit(page.url), QLineEdit(page.region)
        purpose = self._long(page.purpose)
        contacts = self._long("\n".join(page.contacts))
        official = QCheckBox(tr(N_("Official")))
        official.setChecked(page.official)
        managed = QCheckBox(tr(N_("We run it")))
        managed.setChecked(page.managed)
        archived = QCheckBox(tr(N_("Archived")))
        archived.setChecked(page.archived)
        form.add(tr(N_("Network")), network)
        form.add(tr(N_("Kind")), kind)
        form.add(tr(N_("Level")), level, hint=tr(N_("Who it speaks for (slide 19).")))
        form.add(tr(N_("Language")), language)
        form.add(tr(N_("Account")), handle)
        form.add(tr(N_("Address")), url)
        form.add(tr(N_("Region or town")), region)
        form.add(tr(N_("Why it exists")), purpose)
        form.add(
            tr(N_("Public contacts")),
            contacts,
            hint=tr(N_("Telephones and addresses that its posts may give, one a line.")),
        )
        checks = QHBoxLayout()
        margins(checks, 0, Space.LARGE)
        for box in (official, managed, archived):
            checks.addWidget(box)
        checks.addStretch(1)
        card.body.addLayout(chips)
        card.body.addWidget(form)
        card.body.addLayout(checks)
        body.addWidget(card)

        def save() -> None:
            new = PageInput(
                name=self.name.text(),
                network=Network(network.currentData()),
                kind=PageKind(kind.currentData()),
                level=Level(level.currentData()),
                language=Language(language.currentData()),
                handle=handle.text(),
                url=url.text(),
                region=region.text(),
                official=official.isChecked(),
                managed=managed.isChecked(),
                purpose=purpose.toPlainText(),
                contacts=tuple(contacts.toPlainText().splitlines()),
                archived=archived.isChecked(),
            )
            if not new.name.strip():
                form.problem(self.name, tr(N_("Give the page a name.")))
                return
            form.problem(self.name, "")
            self.shell.tasks.mutate(
                self,
                lambda: self.shell.workspace.editorial.change_page(page.id, new),
                lambda _: self._saved(page, new),
            )

        def later(*_: object) -> None:
            self._pending = save
            self._timer.start()

        for field in (self.name, handle, url, region):
            field.textChanged.connect(later)
        for many in (purpose, contacts):
            many.textChanged.connect(later)
        for picker in (network, kind, level, language):
            picker.activated.connect(later)
        for box in (official, managed, archived):
            box.toggled.connect(later)
        self._followers_card(page)
        body.addStretch(1)
        self.sheet.verticalScrollBar().setValue(0)

    def _saved(self, page: Page, new: PageInput) -> None:
        self.shell.window.show_saved(self.shell.clock())
        changed = replace(
            page, name=new.name.strip(), network=new.network, official=new.official,
            managed=new.managed, archived=new.archived,
        )  # fmt: skip
        self._pages = [changed if p.id == page.id else p for p in self._pages]
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(Qt.ItemDataRole.UserRole) == page.id:
                item.setText(changed.name)
                item.setIcon(self.shell.icons.icon(network_icon(changed.network)))

    def _picker(self, name: str, choices: Sequence[tuple[object, str]], chosen: object) -> Picker:
        picker = Picker(name, 260)
        picker.fill([(self.shell.tr.tr(words), None, value) for value, words in choices], chosen)
        return picker

    def _long(self, text: str) -> QPlainTextEdit:
        field = QPlainTextEdit(text)
        field.setTabChangesFocus(True)
        field.setFixedHeight(84)
        return field

    # -- followers --------------------------------------------------------------------------------

    def _followers_card(self, page: Page) -> None:
        tr = self.shell.tr.tr
        card = Card(tr(N_("Followers")))
        self._trend = QVBoxLayout()
        margins(self._trend, 0, Space.SMALL)
        card.body.addLayout(self._trend)
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        count = QSpinBox()
        count.setRange(0, 100_000_000)
        count.setGroupSeparatorShown(True)
        count.setAccessibleName(tr(N_("Number of followers")))
        day = QDateEdit()
        day.setCalendarPopup(True)
        today = self.shell.clock().astimezone(self.shell.workspace.zone).date()
        day.setDate(QDate(today.year, today.month, today.day))
        day.setAccessibleName(tr(N_("Day of the reading")))
        known = [f for f in self._followers if f.page_id == page.id]
        if known:
            count.setValue(known[-1].count)

        def record() -> None:
            when = day.date()
            self.shell.tasks.mutate(
                self,
                lambda: self.shell.workspace.editorial.record_followers(
                    page.id, date(when.year(), when.month(), when.day()), count.value()
                ),
                lambda _: self._read(),
            )

        row.addWidget(plain(tr(N_("Read on")), wrap=False))
        row.addWidget(day)
        row.addWidget(count)
        row.addWidget(button(tr(N_("Note the number")), record))
        row.addStretch(1)
        card.body.addLayout(row)
        self.sheet.body.addWidget(card)
        self._show_trend()

    def _show_trend(self) -> None:
        tr = self.shell.tr
        known = [f for f in self._followers if f.page_id == self._chosen][-26:]
        clear(self._trend)
        if len(known) < 2:
            self._trend.addWidget(
                plain(tr.tr(N_("Two readings draw a line; note one each week.")), role="muted")
            )
            return
        from scc_admin.documents import DARK, LIGHT, Series, chart_line

        title = tr.tr(N_("Followers"))
        picture = chart_line(
            [tr.day(f.day) for f in known],
            [Series(tr.number(known[-1].count), [f.count for f in known])],
            title=title,
            description=tr.tr(
                N_("From {first} to {last}."),
                first=tr.number(known[0].count),
                last=tr.number(known[-1].count),
            ),
            palette=DARK if self.shell.theme.dark else LIGHT,
            number=lambda value: tr.number(round(value)),
            width=TREND[0],
            height=TREND[1],
        )
        drawing = QSvgWidget()
        drawing.load(QByteArray(picture.encode()))
        drawing.setFixedSize(*TREND)
        drawing.setAccessibleName(title)
        self._trend.addWidget(drawing)
