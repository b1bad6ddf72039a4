"""The pages: what each one is, who it speaks for, how many follow it, what ties them; registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIntValidator
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin import registers
from scc_admin.addresses import NO_ADDRESS, is_web_address
from scc_admin.editorial import PageInput
from scc_admin.i18n import N_
from scc_admin.model import Changes, Followers, Language, Level, Network, Page, PageKind
from scc_admin.registers import Line
from scc_admin.words import LANGUAGES, LEVELS, NETWORKS, PAGE_KINDS
from ui.icons import network_icon
from ui.keyboard import DayField, NumberField
from ui.palette import WRITTEN, Hit
from ui.registers import RegistersPane, save_mail
from ui.screen import Screen, Shell
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.tasks import Saver
from ui.theme import Space, Theme
from ui.widgets import (
    Card,
    Chip,
    EmptyState,
    FlowLayout,
    Form,
    Picker,
    Scroll,
    SearchField,
    Views,
    button,
    clear,
    margins,
    plain,
    show_in,
    splitter,
)

if TYPE_CHECKING:
    from scc_admin.documents import Palette

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
            lower=WRITTEN,
        )
        for page in shell.workspace.editorial.pages(archived=True)
        if all(term in fold(f"{page.name} {page.handle} {page.region}") for term in terms)
    ]


PAGES, REGISTERS, NETWORK = "pages", "registers", "network"
_VIEWS: tuple[tuple[str, str], ...] = (
    (PAGES, N_("Pages")),
    (REGISTERS, N_("Registers")),
    (NETWORK, N_("Network of pages")),
)
_RANKS = {level: rank for rank, level in enumerate(Level)}


_ADDRESS = "page-address-"
"""Under which an address that is none is kept, before the number of its page."""
_NAMELESS = N_("Give the page a name.")


@dataclass(frozen=True, slots=True)
class _Read:
    """What the screen shows; `refused` by page, `usual` lengths where each server chooses."""

    pages: list[Page]
    followers: list[Followers]
    links: list[Line]
    refused: Mapping[int, str]
    usual: Mapping[Network, int]


class PagesScreen(Screen):
    """`go("pages", id)` opens a page; `("register", key, line)` a register, and a line of it."""

    interests = frozenset({"pages", "registers", "library"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr.tr
        self._view = PAGES
        self._pages: list[Page] = []
        self._followers: list[Followers] = []
        self._links: list[Line] = []
        self._chosen: int | None = None
        self._pending: Callable[[], object] | None = None
        self._standing: Page | None = None
        """The page that the sheet shows, as it is on disk: the same again is not drawn again."""
        self._new: int | None = None
        """A page just added, whose name is to be typed."""
        self._refused: dict[int, str] = {}
        self._usual: Mapping[Network, int] = {}
        """What was typed as the address of a page and is none, by page: kept as it was typed."""
        self._told: tuple[int, str] | None = None
        """The refused address that was told of last."""
        self._timer = Saver(self, self._save_now)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        outer.setSpacing(Space.SMALL)
        bar = QHBoxLayout()
        margins(bar, 0, Space.HAIR)
        self._views = Views([(name, tr(word)) for name, word in _VIEWS], self.show_view)
        bar.addWidget(self._views)
        bar.addStretch(1)
        outer.addLayout(bar)
        self._stack = QStackedWidget()
        outer.addWidget(self._stack, 1)
        self._stack.addWidget(self._make_pages())
        self.registers = RegistersPane(self)
        self._stack.addWidget(self.registers)
        self.picture = Scroll(padding=0, spacing=Space.MEDIUM)
        self._stack.addWidget(self.picture)
        self._read()

    def _make_pages(self) -> QWidget:
        shell, tr = self.shell, self.shell.tr.tr
        self.search = SearchField(shell.icons, tr(N_("Search the pages")))
        self.search.searched.connect(lambda _: self._fill())
        self.list = Table(shell.theme, shell.icons, tr(N_("Pages")), two_lines=True)
        self.list.horizontalHeader().hide()
        self.model: RowsModel[Page] = RowsModel(
            [Column(tr(N_("Page")), self._cell)], lambda page: page.id
        )
        self.list.use(self.model)
        self.list.picked.connect(self._select)
        left = QWidget()
        column = QVBoxLayout(left)
        margins(column, 0, Space.SMALL)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        left.setMinimumWidth(shell.theme.px(220))
        self.sheet = Scroll(padding=Space.SMALL, spacing=Space.MEDIUM)
        return splitter(left, self.sheet, (320, 680))

    # -- views ------------------------------------------------------------------------------------

    def show_view(self, name: str) -> None:
        self.flush()
        self._view = name
        self._views.choose(name)
        self._stack.setCurrentIndex([PAGES, REGISTERS, NETWORK].index(name))
        if name == REGISTERS:
            self.registers.load()
        else:
            self._read()
        self.shell.window.title_changed()

    def title(self) -> str:
        return self.shell.tr.tr(N_("Pages"))

    def primary_text(self) -> str:
        tr = self.shell.tr
        if self._view == REGISTERS:
            return self.registers.register.one.to(tr.language)
        return tr.tr(N_("Add a tie") if self._view == NETWORK else N_("Add a page"))

    def primary(self) -> None:
        self.flush()
        if self._view == REGISTERS:
            self.registers.add()
            return
        if self._view == NETWORK:
            self.show_register("links")
            self.registers.add()
            return
        tr = self.shell.tr.tr
        new = PageInput(tr(N_("New page")), Network.FACEBOOK)

        def add() -> tuple[int, Changes]:
            return self.shell.workspace.editorial.add_page(new), Changes(frozenset({"pages"}))

        self.shell.tasks.mutate(self, add, lambda made: self._added(made[0]))

    def _added(self, page_id: int) -> None:
        self._chosen = self._new = page_id
        self._read()

    def can(self, handler: str) -> bool:
        if handler == "print_screen":
            return self._view == REGISTERS and self.registers.printable
        return True

    def print_screen(self) -> None:
        self.registers.print()

    def open(self, target: object) -> None:
        match target:
            case int():
                self.flush()
                self._chosen = target
                self.show_view(PAGES)
                self._fill()
            case "new":
                self.show_view(PAGES)
                self.primary()
            case ("register", str(key), line):
                self.show_register(key, line if isinstance(line, int | str) else None)
            case ("view", str(name)):
                self.show_view(name)
            case _:
                self._read()

    def show_register(self, key: str, line: int | str | None = None) -> None:
        """Show a register, and a line of it; of the sources, one by its key."""
        self.registers.show_register(key, line)
        self.show_view(REGISTERS)

    def refresh(self, changes: Changes) -> None:
        if self._view == REGISTERS:
            self.registers.load()
        # What was typed here is on its way to the disk; reading it back would move the cursor.
        elif self._pending is None:
            self._read()
        if changes.touches("registers", "library"):
            self._count_due()

    def _count_due(self) -> None:
        """Say in the rail how many reminders of the registers have come."""
        workspace = self.shell.workspace
        today = self.shell.tr.local(self.shell.clock()).date()
        self.shell.tasks.read(
            self,
            lambda: len(workspace.reminders(today)),
            lambda count: self.shell.window.show_badge("pages", count),
            key="due",
        )

    def focus_first(self) -> None:
        {PAGES: self.list, REGISTERS: self.registers.list}.get(self._view, self.picture).setFocus()

    def panes(self) -> Sequence[QWidget]:
        if self._view == REGISTERS:
            return (self.registers.list, self.registers.front)
        return (self.list, self.sheet) if self._view == PAGES else (self.picture,)

    def state(self) -> object:
        return (self._view, self._chosen, self.registers.register.key, dict(self._refused))

    def restore(self, state: object) -> None:
        match state:
            case (str(view), chosen, str(key), dict(refused)):
                self._refused.update(refused)
                self._chosen = chosen if isinstance(chosen, int) else None
                self.registers.show_register(key)
                self.show_view(view)

    def flush(self) -> None:
        self._save_now()
        self._tell_refused()

    def _save_now(self) -> None:
        self._timer.stop()
        pending, self._pending = self._pending, None
        if pending is not None:
            pending()

    # -- an address that is none ------------------------------------------------------------------

    def _keep_address(self, page_id: int, typed: str) -> None:
        """Keep what was refused as a page's address; an empty text forgets it."""
        if self._refused.get(page_id, "") == typed:
            return
        unfinished, name = self.shell.workspace.moderation.unfinished, f"{_ADDRESS}{page_id}"
        if typed:
            self._refused[page_id] = typed
            self.shell.tasks.mutate(self, lambda: unfinished.keep(name, {"url": typed}))
        else:
            del self._refused[page_id]
            self.shell.tasks.mutate(self, lambda: unfinished.drop(name))

    def _tell_refused(self) -> None:
        """Say, as one leaves a page, that its address is not used."""
        page = self._standing
        if page is None or page.id not in self._refused:
            return
        told = page.id, self._refused[page.id]
        if told != self._told:
            self._told = told
            words = (
                N_("The address of {page} is no link: it is kept as you typed it, not used.")
                if not page.url
                else N_("The new address of {page} is no link: it is kept, and the old one used.")
            )
            self.shell.messages.toast(self.shell.tr.tr(words, page=page.name))

    # -- the list ---------------------------------------------------------------------------------

    def _read(self) -> None:
        editorial, kept = self.shell.workspace.editorial, self.shell.workspace.registers
        unfinished, first = self.shell.workspace.moderation.unfinished, not self._pages

        def read() -> _Read:
            from scc_admin.verdict import default_networks

            networks = default_networks()
            usual = {network: networks.usual_limit(network) for network in Network}
            typed = (unfinished.get(n) for n in unfinished.names() if n.startswith(_ADDRESS))
            return _Read(
                editorial.pages(archived=True),
                editorial.followers(),
                kept.lines("links"),
                {int(form.name.removeprefix(_ADDRESS)): form.data["url"] for form in typed if form}
                if first
                else {},
                {network: most for network, most in usual.items() if most is not None},
            )

        self.shell.tasks.read(self, read, self._show, key="pages")

    def _show(self, found: _Read) -> None:
        same = found.pages == self._pages
        self._pages, self._followers, self._links = found.pages, found.followers, found.links
        self._refused = {**found.refused, **self._refused}
        self._usual = found.usual
        if same and self.model.rowCount():
            self._show_trend()
        else:
            self._fill()
        if self._view == NETWORK:
            self._draw()

    def _fill(self) -> None:
        from scc_admin.verdict.duplicates import fold, search_terms

        terms = search_terms(self.search.text())
        shown = [
            page
            for page in self._pages
            if all(term in fold(f"{page.name} {page.handle} {page.region}") for term in terms)
        ]
        before = self.list.current_id()
        self.model.set_rows(shown)
        if not shown:
            self._show_nothing()
            return
        wanted = self._chosen if any(p.id == self._chosen for p in shown) else shown[0].id
        self.list.select_id(wanted or shown[0].id)
        if before == self.list.current_id() or not self.sheet.body.count():
            self._select(self.list.current_id())

    def _cell(self, page: Page) -> Cell:
        tr = self.shell.tr.tr
        tags = []
        if page.id in self._refused:
            tags.append(Tag(tr(N_("Address to mend")), "warning", "warning"))
        if page.archived:
            tags.append(Tag(self.shell.tr.ctr("page", "Archived"), "archive"))
        elif not page.official:
            tags.append(Tag(tr(N_("Not official")), "warning", "warning"))
        elif not page.managed:
            tags.append(Tag(tr(N_("Run by others")), "eye"))
        return Cell(
            page.name,
            " · ".join(p for p in (tr(NETWORKS[page.network]), tr(LEVELS[page.level])) if p),
            tuple(tags),
            icon=network_icon(page.network),
            color="muted" if page.archived else "text",
        )

    def _show_nothing(self) -> None:
        clear(self.sheet.body)
        self._standing = None
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

    def _select(self, page_id: int) -> None:
        page = next((p for p in self._pages if p.id == page_id), None)
        if page is None:
            return
        same = self._standing is not None and page_id == self._standing.id
        if same and (page == self._standing or self._pending is not None):
            return  # what is typed here is newer than what was read, and the cursor stands in it
        self.flush()
        self._chosen = page_id
        self._show_page(page)

    # -- one page ---------------------------------------------------------------------------------

    def _show_page(self, page: Page) -> None:
        tr = self.shell.tr.tr
        body = self.sheet.body
        clear(body)
        self._standing = page
        self.name = QLineEdit(page.name)
        self.name.setAccessibleName(tr(N_("Name of the page")))
        self._chips = QHBoxLayout()
        margins(self._chips, 0, Space.SMALL)
        self._show_chips(page)
        gone = self.shell.tr.ctr("page", "Archived")
        card = Card(tr(N_("What it is")))
        form = Form()
        form.add(tr(N_("Name")), self.name, required=True)
        network = self._picker(tr(N_("Network")), [(n, NETWORKS[n]) for n in Network], page.network)
        kind = self._picker(tr(N_("Kind")), [(k, PAGE_KINDS[k]) for k in PageKind], page.kind)
        level = self._picker(tr(N_("Level")), [(v, LEVELS[v]) for v in Level], page.level)
        language = self._picker(
            tr(N_("Language")), [(v, LANGUAGES[v]) for v in Language], page.language
        )
        handle, region = QLineEdit(page.handle), QLineEdit(page.region)
        url = QLineEdit(self._refused.get(page.id, page.url))
        longest = QLineEdit("" if page.limit is None else str(page.limit))
        longest.setValidator(QIntValidator(1, 1_000_000, longest))
        longest.setFixedWidth(self.shell.theme.px(120))
        purpose = self._long(page.purpose)
        contacts = self._long("\n".join(page.contacts))
        official = QCheckBox(tr(N_("Official")))
        official.setChecked(page.official)
        managed = QCheckBox(tr(N_("We run it")))
        managed.setChecked(page.managed)
        archived = QCheckBox(gone)
        archived.setChecked(page.archived)
        form.add(tr(N_("Network")), network)
        form.add(tr(N_("Kind")), kind)
        form.add(tr(N_("Level")), level, hint=tr(N_("Who it speaks for (slide 19).")))
        form.add(tr(N_("Language")), language)
        form.add(tr(N_("Account")), handle)
        form.add(tr(N_("Address")), url)
        if page.id in self._refused:
            form.problem(url, tr(NO_ADDRESS))
        form.add(
            tr(N_("Longest post")),
            longest,
            hint=tr(
                N_("In characters. Each server chooses; leave this empty for the usual length.")
            ),
        )
        form.add(tr(N_("Region or town")), region)
        form.add(tr(N_("Why it exists")), purpose)
        form.add(
            tr(N_("Public contacts")),
            contacts,
            hint=tr(N_("Telephones and addresses that its posts may give, one a line.")),
        )

        def usual() -> int | None:
            return self._usual.get(Network(network.currentData()))

        def fit_network() -> None:
            most = usual()
            form.show_row(longest, most is not None)
            longest.setPlaceholderText("" if most is None else self.shell.tr.number(most))

        network.currentIndexChanged.connect(lambda _: fit_network())
        fit_network()
        checks = QHBoxLayout()
        margins(checks, 0, Space.LARGE)
        for box in (official, managed, archived):
            checks.addWidget(box)
        checks.addStretch(1)
        card.body.addLayout(self._chips)
        card.body.addWidget(form)
        card.body.addLayout(checks)
        body.addWidget(card)

        name, address = page.name, page.url

        def save() -> None:
            nonlocal name, address
            good = url.text() == address or is_web_address(url.text())
            if good:
                address = url.text()
            form.problem(url, "" if good else tr(NO_ADDRESS))
            self._keep_address(page.id, "" if good else url.text())
            form.problem(self.name, "" if self.name.text().strip() else tr(_NAMELESS))
            name = self.name.text().strip() or name
            most = "".join(c for c in longest.text() if c.isdecimal())
            new = PageInput(
                name=name,
                network=Network(network.currentData()),
                kind=PageKind(kind.currentData()),
                level=Level(level.currentData()),
                language=Language(language.currentData()),
                handle=handle.text(),
                url=address,
                region=region.text(),
                official=official.isChecked(),
                managed=managed.isChecked(),
                purpose=purpose.toPlainText(),
                contacts=tuple(contacts.toPlainText().splitlines()),
                archived=archived.isChecked(),
                limit=(int(most or 0) or None) if usual() is not None else None,
            )
            editorial = self.shell.workspace.editorial

            def change() -> tuple[Page, Changes]:
                changes = editorial.change_page(page.id, new)
                return editorial.page(page.id), changes

            self.shell.tasks.mutate(self, change, lambda done: self._saved(done[0]))

        def later(*_: object) -> None:
            self._pending = save
            self._timer.stir()

        for field in (self.name, handle, url, longest, region):
            field.textChanged.connect(later)
        for many in (purpose, contacts):
            many.textChanged.connect(later)
        for picker in (network, kind, level, language):
            picker.activated.connect(later)
        for box in (official, managed, archived):
            box.toggled.connect(later)
        self._followers_card(page)
        self._beside = self._beside_card(page)
        body.addWidget(self._beside)
        body.addStretch(1)
        self.sheet.stand()
        self.sheet.verticalScrollBar().setValue(0)
        if page.id == self._new:
            self._new = None
            self.name.setFocus()
            self.name.selectAll()

    def _show_chips(self, page: Page) -> None:
        tr, theme, icons = self.shell.tr.tr, self.shell.theme, self.shell.icons
        clear(self._chips)
        for shown, words, icon, color in (
            (not page.managed, tr(N_("Run by others")), "eye", "muted"),
            (not page.official, tr(N_("Not official")), "warning", "warning"),
            (page.archived, self.shell.tr.ctr("page", "Archived"), "archive", "muted"),
        ):
            if shown:
                show_in(self._chips, Chip(theme, icons, words, icon, color))
        self._chips.addStretch(1)

    def _saved(self, page: Page) -> None:
        """Show elsewhere what was typed here; the fields stay as they are."""
        self.shell.window.show_saved(self.shell.clock())
        self._pages = [page if p.id == page.id else p for p in self._pages]
        if self._standing is not None and self._standing.id == page.id:
            self._standing = page
            self._show_chips(page)
            beside = self._beside_card(page)
            self.sheet.body.replaceWidget(self._beside, beside)
            self._beside.hide()
            self._beside.deleteLater()
            self._beside = beside
            beside.show()
        self.model.set_rows(
            page if shown.id == page.id else shown
            for shown in (self.model.row_at(row) for row in range(self.model.rowCount()))
            if shown is not None
        )

    def _picker(self, name: str, choices: Sequence[tuple[object, str]], chosen: object) -> Picker:
        picker = Picker(name, 260)
        picker.fill([(self.shell.tr.tr(words), None, value) for value, words in choices], chosen)
        return picker

    def _long(self, text: str) -> QPlainTextEdit:
        field = QPlainTextEdit(text)
        field.setTabChangesFocus(True)
        field.setFixedHeight(84)
        return field

    # -- what hangs on it -------------------------------------------------------------------------

    def _beside_card(self, page: Page) -> Card:
        """What the registers hold on a page, and what one may ask Public Affairs for."""
        tr, icons = self.shell.tr, self.shell.icons
        card = Card(tr.tr(N_("Around this page")))
        flow = FlowLayout(Space.SMALL)
        for key in ("tabs", "admins", "links", "audiences", "programmes"):
            made = registers.register(key)
            flow.addWidget(
                button(
                    made.name.to(tr.language),
                    partial(self.show_register, key),
                    icons=icons,
                    icon=made.icon,
                    kind="small",
                )
            )
        box = QWidget()
        box.setLayout(flow)
        card.body.addWidget(box)
        if page.level not in (Level.NATIONAL, Level.DIVISIONAL) and page.managed:
            known = [f for f in self._followers if f.page_id == page.id]
            values = {
                "page": page.name,
                "url": page.url,
                "level": tr.tr(LEVELS[page.level]),
                "followers": tr.number(known[-1].count) if known else "",
            }
            card.body.addWidget(
                button(
                    tr.tr(N_("Ask to be among the recommended pages…")),
                    partial(save_mail, self, "favourites_request", values),
                    icons=icons,
                    icon="mail",
                    tip=tr.tr(N_("Makes an e-mail draft to Public Affairs; you send it.")),
                ),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        return card

    # -- the network ------------------------------------------------------------------------------

    def _draw(self) -> None:
        """The pages and their ties, as a picture and in words."""
        from scc_admin.documents.network import Edge, Node, chart_network

        tr = self.shell.tr
        clear(self.picture.body)
        pages = [page for page in self._pages if not page.archived]
        if len(pages) < 2:
            self.picture.body.addWidget(
                EmptyState(
                    self.shell.icons,
                    "pages",
                    tr.tr(N_("Two pages at least make a network")),
                    tr.tr(N_("Add a page")),
                    partial(self.show_view, PAGES),
                )
            )
            return
        field = registers.register("links").field("tie")
        ties = [choice.value for choice in field.choices]
        edges, words = [], []
        names = {page.id: page.name for page in pages}
        for line in reversed(self._links):
            other, tie = line.values.get("other"), str(line.values.get("tie") or ties[0])
            if line.page_id not in names or other not in names or tie not in ties:
                continue
            done = bool(line.values.get("done"))
            edges.append(Edge(line.page_id, int(str(other)), ties.index(tie), done))
            said = field.choices[ties.index(tie)].label.to(tr.language)
            state = "" if done else f" ({tr.tr(N_('asked for'))})"
            words.append(f"{names[line.page_id]} – {said} – {names[int(str(other))]}{state}")
        drawing = chart_network(
            [
                Node(
                    page.id,
                    page.name,
                    f"{tr.tr(NETWORKS[page.network])} · {tr.tr(LEVELS[page.level])}",
                    _RANKS[page.level],
                    quiet=not page.managed,
                )
                for page in pages
            ],
            edges,
            ties=[choice.label.to(tr.language) for choice in field.choices],
            asked=tr.tr(N_("asked for, not done yet")),
            title=tr.tr(N_("Network of pages")),
            description="; ".join(words),
            palette=drawing_colors(self.shell.theme),
            family=self.shell.theme.family,
        )
        picture = QSvgWidget()
        picture.load(QByteArray(drawing.encode()))
        picture.setFixedSize(picture.sizeHint())
        picture.setAccessibleName(tr.tr(N_("Network of pages")))
        picture.setAccessibleDescription("\n".join(words))
        self.picture.body.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        if words:
            card = Card(tr.tr(N_("The ties, in words")))
            for one in words:
                card.body.addWidget(plain(one))
            self.picture.body.addWidget(card)
        else:
            self.picture.body.addWidget(
                plain(
                    tr.tr(
                        N_("No tie is noted yet: which page follows, recommends or feeds which?")
                    ),
                    role="muted",
                )
            )
        self.picture.body.addStretch(1)

    # -- followers --------------------------------------------------------------------------------

    def _followers_card(self, page: Page) -> None:
        tr = self.shell.tr.tr
        card = Card(tr(N_("Followers")))
        self._trend = QVBoxLayout()
        margins(self._trend, 0, Space.SMALL)
        card.body.addLayout(self._trend)
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        count = NumberField()
        count.setRange(0, 100_000_000)
        count.setGroupSeparatorShown(True)
        count.setAccessibleName(tr(N_("Number of followers")))
        day = DayField(self.shell.clock().astimezone(self.shell.workspace.zone).date())
        day.setAccessibleName(tr(N_("Day of the reading")))
        known = [f for f in self._followers if f.page_id == page.id]
        if known:
            count.setValue(known[-1].count)

        def record() -> None:
            when, read = day.date(), count.value()
            on = date(when.year(), when.month(), when.day())
            editorial = self.shell.workspace.editorial
            self.shell.tasks.mutate(
                self,
                lambda: editorial.record_followers(page.id, on, read),
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
        from scc_admin.documents import Series, chart_line

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
            palette=drawing_colors(self.shell.theme),
            number=lambda value: tr.number(round(value)),
            width=TREND[0],
            height=TREND[1],
        )
        drawing = QSvgWidget()
        drawing.load(QByteArray(picture.encode()))
        drawing.setFixedSize(*TREND)
        drawing.setAccessibleName(title)
        self._trend.addWidget(drawing)


def drawing_colors(theme: Theme) -> Palette:
    """The colours of drawings in the look in force."""
    from scc_admin.documents import DARK, LIGHT, Palette

    if not theme.strong:
        return DARK if theme.dark else LIGHT
    t = theme.tokens
    return Palette(
        ink=t.text,
        muted=t.muted,
        rule=t.line,
        accent=t.accent,
        quiet=t.muted,
        warm=t.daffodil,
        series=(t.accent, t.warning, t.ok, t.block, t.error, t.info),
        paper=t.surface,
    )
