"""The list of drafts: find one, begin one, put one away."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QVBoxLayout, QWidget

from scc_admin.i18n import N_, Translator
from scc_admin.model import Changes, DraftRow, DraftState, first_page
from scc_admin.words import NETWORKS, STATES, state_words
from ui.icons import network_icon
from ui.keyboard import Menu
from ui.palette import WRITTEN, Hit
from ui.screen import Screen, Shell
from ui.tables import Cell, Column, PagedModel, Table, Tag
from ui.theme import Space
from ui.widgets import DRAFT_STATE_LOOK, EmptyState, FlowLayout, SearchField, button

if TYPE_CHECKING:
    from scc_admin.editorial import DraftQuery

_ALL, _TRASH = "all", "trash"

_FILTERS: tuple[tuple[str, str], ...] = (
    (_ALL, N_("All")),
    *((state.value, STATES[state]) for state in DraftState),
    (_TRASH, N_("Trash")),
)


def find_drafts(shell: Shell, query: str) -> Sequence[Hit]:
    """Drafts for Ctrl+K. Runs in a worker."""
    from scc_admin.editorial import DraftQuery

    if not query.strip():
        rows = shell.workspace.editorial.drafts(limit=8)
    else:
        rows = shell.workspace.editorial.drafts(DraftQuery(words=query), limit=30)
        if not rows:  # a typing error: rank them all by title instead
            rows = shell.workspace.editorial.drafts(limit=500)
    kind = shell.tr.tr(N_("Draft"))
    return [
        Hit(
            title=row.title or shell.tr.tr(N_("Untitled draft")),
            kind=kind,
            run=partial(shell.window.go, "draft", row.id),
            icon="drafts",
            detail=row.page,
            words=row.excerpt,
            lower=WRITTEN,
        )
        for row in rows
    ]


def _columns(tr: Translator) -> list[Column[DraftRow]]:
    def title(row: DraftRow) -> Cell:
        icon, color = DRAFT_STATE_LOOK[row.state]
        return Cell(
            row.title or tr.tr(N_("Untitled draft")),
            " ".join(row.excerpt.split()).removeprefix(row.title.removesuffix("…")).strip(),
            (Tag(state_words(tr, row.state, row.placements), icon, color),),
            strong=True,
        )

    def page(row: DraftRow) -> Cell:
        page = first_page(row.placements)
        words = [language.upper() for language in row.languages]
        if len(row.placements) > 1:
            words[:0] = [tr.tr(NETWORKS[made.network]) for made in row.placements]
        return Cell(
            row.page or tr.tr(N_("No page")),
            " · ".join(words),
            icon=network_icon(page.network if page else None),
            color="text" if row.page else "muted",
        )

    def when(row: DraftRow) -> Cell:
        if row.published_at is not None:
            return Cell(tr.moment(row.published_at, "short"), tr.tr(N_("published")))
        out = [made.published_at for made in row.placements if made.published_at is not None]
        if out:
            return Cell(tr.moment(min(out), "short"), tr.tr(N_("published in part")))
        if row.planned_at is not None:
            return Cell(tr.moment(row.planned_at, "short"), tr.tr(N_("planned")))
        return Cell("—", tr.tr(N_("not planned")), color="muted")

    def touched(row: DraftRow) -> Cell:
        return Cell(tr.moment(row.updated_at, "short"), row.updated_by)

    return [
        Column(tr.tr(N_("Draft")), title, stretch=5),
        Column(tr.tr(N_("Page")), page, stretch=3),
        Column(tr.tr(N_("Publication")), when, width=160),
        Column(tr.tr(N_("Last change")), touched, width=160),
    ]


class Drafts(Screen):
    """All drafts, by state; a line opens its composer."""

    interests = frozenset({"drafts", "pages"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr.tr
        self._filter = _ALL
        self._words = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        column.setSpacing(Space.MEDIUM)
        bar = FlowLayout(Space.HAIR)
        self.search = SearchField(shell.icons, tr(N_("Search the drafts")))
        self.search.setFixedWidth(shell.theme.px(260))
        self.search.searched.connect(self._search)
        bar.addWidget(self.search)
        self._group = QButtonGroup(self)
        for name, word in _FILTERS:
            choice = button(tr(word), partial(self._choose, name), kind="toggle")
            choice.setCheckable(True)
            choice.setChecked(name == _ALL)
            choice.setProperty("filter", name)
            self._group.addButton(choice)
            bar.addWidget(choice)
        column.addLayout(bar)
        self._stack = QStackedWidget()
        column.addWidget(self._stack, 1)
        self.table = Table(shell.theme, shell.icons, tr(N_("Drafts")), two_lines=True)
        editorial = shell.workspace.editorial
        self.model = PagedModel(_columns(shell.tr), shell.tasks, editorial.draft_rows)
        self.table.use(self.model)
        self.table.opened.connect(self._open_row)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)
        self._stack.addWidget(self.table)
        self._first = EmptyState(
            shell.icons,
            "drafts",
            tr(N_("No draft yet")),
            tr(N_("Write the first one")),
            self.primary,
            detail=tr(
                N_("Write a post here; the program checks it as you type, and sends nothing.")
            ),
        )
        self._stack.addWidget(self._first)
        self._none = EmptyState(
            shell.icons,
            "search",
            tr(N_("No draft here answers your search")),
            tr(N_("Show all drafts")),
            self._show_all,
        )
        self._stack.addWidget(self._none)

    def title(self) -> str:
        return self.shell.tr.tr(N_("Drafts"))

    def primary_text(self) -> str:
        return self.shell.tr.tr(N_("New draft"))

    def primary(self) -> None:
        self.shell.actions.run("new_draft")

    def panes(self) -> Sequence[SearchField | Table]:
        return [self.search, self.table]

    def focus_first(self) -> None:
        shown = self._stack.currentWidget()
        act = shown.button if isinstance(shown, EmptyState) else None
        (act or self.table).setFocus(Qt.FocusReason.OtherFocusReason)

    def can(self, handler: str) -> bool:
        if handler == "trash_draft":
            return self.table.current_id() > 0 and self._filter != _TRASH
        return True

    def open(self, target: object) -> None:
        """`target` may name a filter: a state, all or trash."""
        if isinstance(target, str) and target in dict(_FILTERS):
            self._choose(target)
        else:
            self._read()

    def refresh(self, changes: Changes) -> None:  # noqa: ARG002 - the whole list is cheap
        self._read()

    # -- what is shown ----------------------------------------------------------------------------

    def _query(self) -> DraftQuery:
        from scc_admin.editorial import DraftQuery

        states = () if self._filter in (_ALL, _TRASH) else (DraftState(self._filter),)
        return DraftQuery(states=states, words=self._words, trashed=self._filter == _TRASH)

    def _read(self) -> None:
        editorial, query = self.shell.workspace.editorial, self._query()
        self.shell.tasks.read(self, lambda: editorial.draft_ids(query), self._arrived, key="ids")

    def _arrived(self, ids: array[int]) -> None:
        chosen = self.table.current_id() if self.model.rowCount() else -1
        focused: QWidget | None = self.window().focusWidget()
        here = focused is not None and self._stack.isAncestorOf(focused)
        self.model.set_ids(ids)
        if ids:
            self._stack.setCurrentWidget(self.table)
            if not self.table.select_id(chosen):
                self.table.selectRow(0)
        elif self._filter == _ALL and not self._words:
            self._stack.setCurrentWidget(self._first)
        else:
            self._stack.setCurrentWidget(self._none)
        if here:  # what had the focus may be behind now
            self.focus_first()

    def _choose(self, name: str) -> None:
        self._filter = name
        for choice in self._group.buttons():
            choice.setChecked(choice.property("filter") == name)
        self._read()

    def _search(self, words: str) -> None:
        self._words = words
        self._read()

    def _show_all(self) -> None:
        self._words = ""
        self.search.clear()
        self._choose(_ALL)
        self.table.setFocus()

    # -- what can be done -------------------------------------------------------------------------

    def _open_row(self, draft_id: int) -> None:
        if self._filter == _TRASH:
            self._menu(self.table.visualRect(self.table.currentIndex()).center())
        else:
            self.shell.window.go("draft", draft_id)

    def _menu(self, place: QPoint) -> None:
        draft_id = self.table.current_id()
        if draft_id < 0:
            return
        tr, icons = self.shell.tr.tr, self.shell.icons
        menu = Menu(self)
        if self._filter == _TRASH:
            again, trash = partial(self._restore, draft_id), icons.icon("trash", "error")
            menu.offer(tr(N_("Take it out of the trash")), again, icons.icon("undo"))
            menu.offer(tr(N_("Delete for good…")), partial(self._destroy, draft_id), trash)
        else:
            look, copy = partial(self._open_row, draft_id), partial(self._copy, draft_id)
            menu.offer(tr(N_("Open the draft")), look, icons.icon("drafts"))
            menu.offer(tr(N_("Copy as a new draft")), copy, icons.icon("copy"))
            menu.addSeparator()
            put = tr(N_("Put the draft in the trash"))
            menu.offer(put, self.trash_draft, icons.icon("trash"))
        menu.pop_up(self.table.viewport().mapToGlobal(place))

    def trash_draft(self) -> None:
        draft_id = self.table.current_id()
        if draft_id < 0:
            return
        tr, editorial = self.shell.tr.tr, self.shell.workspace.editorial
        self.shell.tasks.mutate(
            self,
            lambda: editorial.trash(draft_id),
            lambda _: self.shell.messages.toast(
                tr(N_("The draft is in the trash.")),
                tr(N_("Undo")),
                lambda: self._restore(draft_id),
            ),
        )

    def _restore(self, draft_id: int) -> None:
        editorial = self.shell.workspace.editorial
        self.shell.tasks.mutate(self, lambda: editorial.untrash(draft_id))

    def _copy(self, draft_id: int) -> None:
        editorial = self.shell.workspace.editorial
        changes = Changes(frozenset({"drafts"}))
        self.shell.tasks.mutate(
            self,
            lambda: (editorial.copy_draft(draft_id), changes),
            lambda made: self.shell.window.go("draft", made[0]),
        )

    def _destroy(self, draft_id: int) -> None:
        tr, editorial = self.shell.tr.tr, self.shell.workspace.editorial
        self.shell.messages.confirm(
            tr(N_("Delete this draft for good?")),
            tr(N_("Its texts, their history and its pictures are lost. This cannot be undone.")),
            tr(N_("Delete for good")),
            lambda: self.shell.tasks.mutate(self, lambda: editorial.destroy_draft(draft_id)),
        )
