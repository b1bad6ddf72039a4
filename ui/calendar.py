"""The editorial calendar: month, week, agenda and campaigns; a month is planned by keyboard alone.

Moves are shown at once and written behind; what clashes is said where it stands. The program
publishes nothing: it helps a person to, and keeps the link.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin.agenda import CLASHES, Clash, Conflict, Item
from scc_admin.errors import UserError
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.model import Campaign, Changes, DraftState, Network, Page
from scc_admin.words import NETWORKS, STATES, partly_words, state_words
from scc_admin.workspace import Reopened
from ui import exchange, trash
from ui.campaigns import CampaignsPane
from ui.entry import change_entry, move_item, new_entry
from ui.files import save_as, saved
from ui.icons import network_icon
from ui.keyboard import Menu
from ui.messages import Banner, Choice
from ui.month import MonthGrid, Plan, alt_arrow, moved_in, plan_of, same_day, week_of, weeks_of
from ui.palette import WRITTEN, Hit
from ui.publish import open_publish
from ui.screen import Screen, Shell
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.theme import Space
from ui.widgets import (
    DRAFT_STATE_LOOK,
    Elided,
    EmptyState,
    FlowLayout,
    Folding,
    IconLabel,
    Pages,
    Picker,
    Tone,
    Views,
    button,
    clear,
    icon_button,
    margins,
    plain,
)

if TYPE_CHECKING:
    from scc_admin.exchange import Batch
    from scc_admin.workspace import Agenda

RELOAD_MS = 120
"""Moves made faster than this are read again once, at their end."""
PANEL_FROM = 980
"""Width of the screen, in pixels, from which the day stands beside the month by itself."""
AT = time(10, 0)
"""The hour proposed for a new post on another day than today."""
ALIKE = 85
"""Likeness in percent from which a known post is mentioned."""
ALIKE_MS = 250
"""A post is compared with those known once one stays on it this long."""
MOVES_KEPT = 100

MONTH, WEEK, AGENDA, CAMPAIGNS = "month", "week", "agenda", "campaigns"
_VIEWS: tuple[tuple[str, str], ...] = (
    (MONTH, N_("Month")),
    (WEEK, N_("Week")),
    (AGENDA, N_("Agenda")),
    (CAMPAIGNS, N_("Campaigns")),
)
_LATE, _CLASH = "late", "clash"


@dataclass(frozen=True, slots=True)
class _Filter:
    """What is let through; None is everything."""

    page: int | None = None
    network: Network | None = None
    state: str | None = None
    """Value of a `DraftState`, or late, or clash."""

    def passes(self, item: Item, clashes: bool, now: datetime) -> bool:
        audiences = item.audiences
        if self.page is not None and all(a.page_id != self.page for a in audiences):
            return False
        networks = {item.goes_to, *(audience.network for audience in audiences)}
        if self.network is not None and self.network not in networks:
            return False
        match self.state:
            case None:
                return True
            case "late":
                return item.late(now)
            case "clash":
                return clashes
        return item.state is not None and item.state.value == self.state


@dataclass(frozen=True, slots=True)
class _State:
    """Where one stood, for a switch of language."""

    view: str
    day: date
    filter: _Filter
    panel: bool | None = None


class Calendar(Screen):
    """The calendar and, beside it, the day in focus."""

    interests = frozenset({"calendar", "drafts", "pages", "settings"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr
        self._view = MONTH
        self._day = tr.local(shell.clock()).date()
        self._filter = _Filter()
        self._agenda: Agenda | None = None
        self._items: dict[str, Item] = {}
        self._pending = 0
        self._undo: list[Item] = []
        self._panel_wanted: bool | None = None
        self._sunday = False
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(RELOAD_MS)
        self._reload.timeout.connect(self._load)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._make_bar())
        self._also = Elided(role="small")
        column.addWidget(self._also)
        row = QHBoxLayout()
        margins(row, 0, Space.MEDIUM)
        self._stack = Pages()
        row.addWidget(self._stack, 1)
        self.panel = DayPanel(shell)
        row.addWidget(self.panel)
        column.addLayout(row, 1)
        self._make_views()
        self._join_panel()
        for keys, act in (
            ("T", self.go_today),
            ("N", self.primary),
            ("Shift+N", self.add_line),
            ("D", self.turn_panel),
        ):
            made = QShortcut(QKeySequence(keys), self)
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(act)

    # -- building ---------------------------------------------------------------------------------

    def _make_bar(self) -> Folding:
        tr, icons = self.shell.tr.tr, self.shell.icons
        bar, filters = QHBoxLayout(), QHBoxLayout()
        for line in (bar, filters):
            margins(line, 0, Space.HAIR)
        self.before = icon_button(
            icons, "chevron-left", tr(N_("Before")), lambda: self.turn(-1), shortcut="Pg↑"
        )
        self.after = icon_button(
            icons, "chevron-right", tr(N_("After")), lambda: self.turn(1), shortcut="Pg↓"
        )
        self.today = icon_button(icons, "today", tr(N_("Today")), self.go_today, shortcut="T")
        bar.addWidget(self.before)
        bar.addWidget(self.today)
        bar.addWidget(self.after)
        self.period = Elided(role="section")
        bar.addSpacing(Space.SMALL)
        bar.addWidget(self.period, 1)
        self._views = Views([(name, tr(word)) for name, word in _VIEWS], self.show_view)
        bar.addWidget(self._views)
        px = self.shell.theme.px
        self.pages = Picker(tr(N_("Pages")), px(100))
        self.networks = Picker(tr(N_("Networks")), px(116))
        self.states = Picker(tr(N_("States")), px(88))
        self.networks.fill(
            [
                (tr(N_("Networks")), None, None),
                *((tr(word), icons.icon(n.value), n) for n, word in NETWORKS.items()),
            ],
            None,
        )
        self.states.fill(
            [
                (tr(N_("States")), None, None),
                *(
                    (tr(word), icons.icon(*DRAFT_STATE_LOOK[state]), state.value)
                    for state, word in STATES.items()
                ),
                (tr(N_("Late")), icons.icon("clock", "error"), _LATE),
                (tr(N_("In conflict")), icons.icon("warning", "warning"), _CLASH),
            ],
            None,
        )
        self.pages.fill([(tr(N_("Pages")), None, None)], None)
        for picker in (self.pages, self.networks, self.states):
            picker.currentIndexChanged.connect(lambda _index: self._filtered())
            filters.addWidget(picker)
        self.beside = icon_button(
            icons, "split", tr(N_("The day beside the month")), self.turn_panel, shortcut="D"
        )
        self.beside.setCheckable(True)
        filters.addWidget(self.beside)
        self.more = icon_button(icons, "more", tr(N_("Import and export")), self._show_menu)
        filters.addWidget(self.more)
        return Folding(bar, filters)

    def _make_views(self) -> None:
        shell = self.shell
        self.month = MonthGrid(shell.theme, shell.icons, shell.tr)
        self.week = MonthGrid(shell.theme, shell.icons, shell.tr, tall=True)
        for grid in (self.month, self.week):
            grid.day_focused.connect(self._day_focused)
            grid.item_focused.connect(self._item_focused)
            grid.opened.connect(self.open_item)
            grid.moved.connect(self.move_by)
            grid.band_opened.connect(self._open_band)
            grid.wanted.connect(self.go_to)
            grid.new_asked.connect(lambda _day: self.primary())
            self._stack.addWidget(grid)
        self.agenda = Table(shell.theme, shell.icons, shell.tr.tr(N_("Agenda")), two_lines=True)
        self.agenda_model: RowsModel[Item] = RowsModel(self._agenda_columns(), item_number)
        self.agenda.use(self.agenda_model)
        self.agenda.opened.connect(lambda number: self._open_number(number))
        self.agenda.picked.connect(self._agenda_picked)
        self._agenda_stack = QStackedWidget()
        self._agenda_stack.addWidget(self.agenda)
        tr = shell.tr.tr
        self._agenda_stack.addWidget(
            EmptyState(
                shell.icons,
                "calendar",
                tr(N_("Nothing is planned in this month")),
                tr(N_("Plan a post")),
                self.primary,
            )
        )
        self._stack.addWidget(self._agenda_stack)
        self.campaigns = CampaignsPane(self)
        self._stack.addWidget(self.campaigns)

    def _join_panel(self) -> None:
        panel = self.panel
        panel.chosen.connect(self._panel_chosen)
        panel.opened.connect(self.open_item)
        panel.moved.connect(self.move_by)
        panel.publish_asked.connect(lambda item: open_publish(self, item.draft_id))
        panel.plan_asked.connect(lambda item: move_item(self, item, self._planned_at))
        panel.unplan_asked.connect(self._unplan)
        panel.line_asked.connect(self.add_line)
        panel.change_asked.connect(lambda item: change_entry(self, item.entry_id))
        panel.remove_asked.connect(self._remove_line)
        panel.campaign_asked.connect(self.open_campaign)
        panel.left.connect(lambda: self._front().setFocus(Qt.FocusReason.BacktabFocusReason))

    # -- a screen ---------------------------------------------------------------------------------

    def title(self) -> str:
        return self.shell.tr.tr(N_("Calendar"))

    def primary_text(self) -> str:
        tr = self.shell.tr
        if self._view == CAMPAIGNS:
            return tr.tr(N_("New campaign"))
        return tr.tr(N_("New post on {date}"), date=tr.day(self._day))

    def primary(self) -> None:
        """Begin a post on the day in focus; in the list of campaigns, a campaign."""
        if self._view == CAMPAIGNS:
            self.campaigns.add()
            return
        from scc_admin.editorial import DraftDetails

        details = DraftDetails(page_id=self._filter.page, planned_at=self._hour(self._day))
        editorial = self.shell.workspace.editorial
        changes = Changes(frozenset({"drafts", "calendar"}))
        self.shell.tasks.mutate(
            self,
            lambda: (editorial.add_draft(details), changes),
            lambda made: self.shell.window.go("draft", made[0]),
            self.shell.messages.failed,
        )

    def open(self, target: object) -> None:
        """`target`: a `date`, ("campaign", id), ("view", name), ("act", name), or nothing."""
        match target:
            case date():
                self.go_to(target)
            case ("campaign", int(campaign_id)):
                self.open_campaign(campaign_id)
            case ("view", str(name)):
                self.show_view(name)
            case ("act", str(name)):
                next(act for key, _, _, act in self._exchanges() if key == name)()
        self._load()

    def refresh(self, changes: Changes) -> None:
        if changes.touches("pages", "settings"):
            self._load()
        else:
            self._reload.start()

    def focus_first(self) -> None:
        self._front().setFocus(Qt.FocusReason.OtherFocusReason)

    def panes(self) -> Sequence[QWidget]:
        return (self.before, self._front(), *self.panel.panes())

    def state(self) -> object:
        return _State(self._view, self._day, self._filter, self._panel_wanted)

    def restore(self, state: object) -> None:
        if isinstance(state, _State):
            self._filter = state.filter
            self._day = state.day
            self._panel_wanted = state.panel
            self.show_view(state.view)

    def can(self, handler: str) -> bool:
        if handler == "undo":
            return bool(self._undo)
        return True

    def resizeEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        super().resizeEvent(event)
        self._place_panel()

    def _place_panel(self) -> None:
        wide = self.width() >= self.shell.theme.px(PANEL_FROM)
        wanted = wide if self._panel_wanted is None else self._panel_wanted
        self.beside.setVisible(self._view != CAMPAIGNS)
        self.beside.setChecked(wanted)
        self.panel.setVisible(wanted and self._view != CAMPAIGNS)
        self.panel.setFixedWidth(self.shell.theme.px(272 if wide else 248))

    def turn_panel(self) -> None:
        """Show the day in focus beside the calendar, or hide it."""
        if self._view == CAMPAIGNS:
            return
        focused = self._holds_focus(self.panel)
        self._panel_wanted = not self.panel.isVisible()
        self._place_panel()
        if focused:
            self._front().setFocus(Qt.FocusReason.OtherFocusReason)

    def _front(self) -> QWidget:
        """What the view in front is worked with."""
        match self._view:
            case "month":
                return self.month
            case "week":
                return self.week
            case "agenda":
                return self.agenda
        return self.campaigns.table

    @property
    def _grid(self) -> MonthGrid | None:
        return {MONTH: self.month, WEEK: self.week}.get(self._view)

    # -- where one is -----------------------------------------------------------------------------

    def _holds_focus(self, part: QWidget) -> bool:
        focused: QWidget | None = self.focusWidget()
        return focused is not None and part.isAncestorOf(focused)

    def show_view(self, name: str) -> None:
        focused = self._holds_focus(self._stack)
        self._view = name
        self._views.choose(name)
        self._stack.setCurrentIndex([MONTH, WEEK, AGENDA, CAMPAIGNS].index(name))
        dated = name != CAMPAIGNS
        for part in (self.before, self.after, self.today, self._also):
            part.setVisible(dated)
        if not dated:
            self.period.set_whole("")
        for picker in (self.pages, self.networks, self.states):
            picker.setVisible(dated)
        self._place_panel()
        self._load()
        self.shell.window.title_changed()
        if focused:
            self._front().setFocus(Qt.FocusReason.OtherFocusReason)

    def go_today(self) -> None:
        self.go_to(self.shell.tr.local(self.shell.clock()).date())

    def go_to(self, day: date) -> None:
        """Put a day in focus, whatever month it is in."""
        self._day = day
        if self._view == CAMPAIGNS:
            self.show_view(MONTH)
        shown = self._agenda is not None and self._agenda.first <= day <= self._agenda.last
        same_month = self._view == WEEK or (
            self._grid is not None
            and self._grid.plan is not None
            and self._grid.plan.month is not None
            and self._grid.plan.month.replace(day=1) == day.replace(day=1)
        )
        if shown and same_month and self._grid is not None:
            self._grid.focus_day(day)
            self._show_day()
        else:
            self._load()
        self.shell.window.title_changed()

    def turn(self, by: int) -> None:
        """A month, or a week, before or after."""
        if self._view == WEEK:
            self.go_to(self._day + timedelta(days=7 * by))
        else:
            self.go_to(same_day(self._day, by))

    def _range(self) -> tuple[date, int]:
        """First day shown, and how many weeks."""
        if self._view == WEEK:
            return week_of(self._day, sunday=self._sunday), 1
        return weeks_of(self._day, sunday=self._sunday)

    # -- reading ----------------------------------------------------------------------------------

    def _load(self) -> None:
        if self._view == CAMPAIGNS:
            self.campaigns.load()
            return
        workspace, zone = self.shell.workspace, self.shell.tr.zone
        day, view = self._day, self._view

        def read() -> tuple[Agenda, list[Page], bool]:
            sunday = workspace.sunday
            if view == WEEK:
                first, weeks = week_of(day, sunday=sunday), 1
            else:
                first, weeks = weeks_of(day, sunday=sunday)
            last = first + timedelta(days=7 * weeks - 1)
            return (
                workspace.calendar(first, last, zone=zone),
                workspace.editorial.pages(),
                sunday,
            )

        self.shell.tasks.read(self, read, self._arrived, key="calendar")

    def _arrived(self, read: tuple[Agenda, list[Page], bool]) -> None:
        agenda, pages, self._sunday = read
        if self._pending:  # a move is on its way: this is how it stood before
            self._reload.start()
            return
        first, weeks = self._range()
        if (agenda.first, agenda.last) != (first, first + timedelta(days=7 * weeks - 1)):
            self._load()
            return
        self._agenda = agenda
        self._items = {item.key: item for item in agenda.items}
        icons, tr = self.shell.icons, self.shell.tr.tr
        self.pages.blockSignals(True)
        self.pages.fill(
            [
                (tr(N_("Pages")), None, None),
                *((p.name, icons.icon(p.network.value), p.id) for p in pages),
            ],
            self._filter.page,
        )
        self.pages.blockSignals(False)
        self._show()

    def _filtered(self) -> None:
        network = self.networks.currentData()
        self._filter = _Filter(
            self.pages.currentData(),
            None if network is None else Network(network),
            self.states.currentData(),
        )
        self._show()

    def shown(self) -> list[Item]:
        """What the filters let through."""
        if self._agenda is None:
            return []
        if self._filter == _Filter():
            return list(self._items.values())
        conflicts, now = self._agenda.conflicts, self.shell.clock()
        return [i for i in self._items.values() if self._filter.passes(i, i.key in conflicts, now)]

    def _show(self) -> None:
        """Draw what is known; of the campaigns, that is not here."""
        agenda = self._agenda
        if agenda is None or self._view == CAMPAIGNS:
            return
        tr = self.shell.tr
        first, weeks = self._range()
        items = self.shown()
        plan = plan_of(
            first,
            weeks,
            items,
            agenda.campaigns,
            agenda.dates,
            agenda.conflicts,
            month=self._day if self._view == MONTH else None,
            today=tr.local(self.shell.clock()).date(),
            now=self.shell.clock(),
            tr=tr,
        )
        name = tr.month(self._day)
        self.period.set_whole(name[:1].upper() + name[1:])
        lasting = [
            d.name.to(tr.language)
            for d in agenda.dates
            if (d.last - d.first).days >= 7 and d.first.month == self._day.month
        ]
        self._also.set_whole(" · ".join(lasting))
        self._also.setVisible(bool(lasting))
        grid = self._grid
        if grid is not None:
            grid.show_plan(plan, self._day)
        else:
            month = [i for i in items if i.day.month == self._day.month]
            self.agenda_model.set_rows(month)
            self._agenda_stack.setCurrentIndex(0 if month else 1)
            self._agenda_day()
        self._show_day(plan)

    def _show_day(self, plan: Plan | None = None) -> None:
        grid = self._grid
        plan = plan or (grid.plan if grid else self.panel.plan)
        if plan is not None and self._agenda is not None:
            chosen = grid.item() if grid else self._agenda_item()
            self.panel.show_day(self._day, plan, self._agenda.campaigns, chosen)

    # -- the day in focus -------------------------------------------------------------------------

    def _day_focused(self, day: date) -> None:
        if day == self._day:
            self._show_day()
            return
        other_month = self._view == MONTH and (day.year, day.month) != (
            self._day.year,
            self._day.month,
        )
        self._day = day
        if other_month and self.sender() is self.month and not self._mouse_held():
            # The month turns with the focus, so that a day is always seen among its own.
            self._load()
        else:
            self._show_day()
        self.shell.window.title_changed()

    def _mouse_held(self) -> bool:
        return QApplication.mouseButtons() is not Qt.MouseButton.NoButton

    def _item_focused(self, item: Item | None) -> None:
        self.panel.choose(item)

    def _panel_chosen(self, item: Item | None) -> None:
        if self._grid is not None:
            self._grid.focus_item(item)
        elif item is not None:
            self.agenda.select_id(item_number(item))

    def _agenda_columns(self) -> list[Column[Item]]:
        tr = self.shell.tr

        def day(item: Item) -> Cell:
            here = item.day
            return Cell(
                f"{tr.weekday(here).capitalize()} {tr.day(here)}",
                "" if item.all_day else tr.time(item.at),
                strong=here == tr.local(self.shell.clock()).date(),
            )

        def page(item: Item) -> Cell:
            return Cell(item.page or item.place or "—", icon=network_icon(item.goes_to))

        return [
            Column(tr.tr(N_("Day")), day, width=120),
            Column(tr.tr(N_("Title")), self._title_cell, stretch=3),
            Column(tr.tr(N_("Page")), page, stretch=2),
        ]

    def _title_cell(self, item: Item) -> Cell:
        tr = self.shell.tr
        conflicts = self._agenda.conflicts if self._agenda else {}
        return item_cell(tr, item, self.shell.clock(), item.key in conflicts, detail="")

    def _agenda_item(self) -> Item | None:
        return self.agenda_model.row_at(self.agenda.currentIndex().row())

    def _agenda_picked(self, _number: int) -> None:
        item = self._agenda_item()
        if item is not None and self._view == AGENDA:
            self._day = item.day
            self._show_day()
            self.shell.window.title_changed()

    def _agenda_day(self) -> None:
        """Put the list on the day in focus, or the next one that has something."""
        current = self._agenda_item()
        if current is not None and current.day == self._day:
            return
        for row in range(self.agenda_model.rowCount()):
            item = self.agenda_model.row_at(row)
            if item is not None and item.day >= self._day:
                self.agenda.selectRow(row)
                return

    def _open_number(self, number: int) -> None:
        item = self.agenda_model.row_at(self.agenda_model.position(number))
        if item is not None:
            self.open_item(item)

    # -- opening ----------------------------------------------------------------------------------

    def open_item(self, item: Item) -> None:
        if item.draft_id is not None:
            self.shell.window.go("draft", item.draft_id)
        elif item.entry_id is not None:
            change_entry(self, item.entry_id)

    def _open_band(self, key: str) -> None:
        if key.startswith("c"):
            self.open_campaign(int(key[1:]))
            return
        item = self._items.get(key)
        if item is not None:
            self.open_item(item)

    def open_campaign(self, campaign_id: int) -> None:
        self.campaigns.want(campaign_id)
        self.show_view(CAMPAIGNS)

    def add_line(self) -> None:
        """A dated line that is no post."""
        new_entry(self, self._day, page_id=self._filter.page)

    def _hour(self, day: date) -> datetime:
        """When a new post of a day is proposed: the next whole hour today, else in the morning."""
        now = self.shell.tr.local(self.shell.clock())
        at = AT
        if day == now.date() and now.hour < 23:
            at = time(now.hour + 1)
        naive = datetime.combine(day, at)
        zone = self.shell.tr.zone
        local = naive.replace(tzinfo=zone) if zone is not None else naive.astimezone()
        return local.astimezone(UTC)

    # -- moving -----------------------------------------------------------------------------------

    def move_by(self, item: Item, days: int) -> None:
        """Move an entry by some days, at once on the screen and then on disk."""
        tr = self.shell.tr
        if not item.movable:
            self.shell.messages.toast(
                tr.tr(N_("This post is published; its date no longer changes."))
            )
            return
        self._keep_undo(item)
        self._put(item.moved(days, tr.zone))

    def _planned_at(self, item: Item, at: datetime) -> None:
        """Move an entry to an instant."""
        self._keep_undo(item)
        self._put(item.put(at, self.shell.tr.zone))

    def _keep_undo(self, item: Item) -> None:
        self._undo.append(item)
        del self._undo[:-MOVES_KEPT]

    def undo(self) -> None:
        """Put the entry that was moved last where it stood."""
        if self._undo:
            self._put(self._undo.pop(), undone=True)

    def _put(self, moved: Item, *, undone: bool = False) -> None:
        tr, workspace = self.shell.tr, self.shell.workspace
        before = self._items.get(moved.key)
        if before is not None:
            self._items[moved.key] = moved
        self._day = moved.day
        first, weeks = self._range()
        last = first + timedelta(days=7 * weeks - 1)
        if self._agenda and (self._agenda.first, self._agenda.last) == (first, last):
            self._show_moved(before, moved)
        self._pending += 1

        def write() -> Changes | Reopened:
            if moved.draft_id is not None:
                ready = undone and moved.state is DraftState.READY
                return workspace.plan(moved.draft_id, moved.at, language=tr.language, ready=ready)
            assert moved.entry_id is not None
            return workspace.editorial.move_entry(moved.entry_id, moved.at, moved.until)

        self.shell.tasks.mutate(self, write, self._written, self._not_written)
        words = N_("Back on {date}.") if undone else N_("Moved to {date}.")
        self.shell.messages.toast(
            tr.tr(words, date=tr.date(self._day, "full")),
            "" if undone else tr.tr(N_("Undo")),
            None if undone else self.undo,
        )
        self.shell.window.title_changed()

    def _show_moved(self, before: Item | None, moved: Item) -> None:
        """Redraw the two days that a move touches; all of them where that is not enough."""
        grid = self._grid
        plan = grid.plan if grid is not None else None
        same = plan is not None and plan.month is not None and plan.month.month == self._day.month
        changed = moved_in(plan, before, moved) if plan and before and same else None
        if grid is None or changed is None:
            self._show()
        else:
            grid.show_plan(changed, self._day, moved.key)
        if grid is not None:
            grid.focus_item(moved)
            self._show_day()

    def _written(self, result: Changes | Reopened) -> None:
        self._pending -= 1
        self._reload.start()
        if isinstance(result, Reopened) and result.names:
            tr = self.shell.tr
            self.shell.messages.toast(
                exchange.reopened_words(tr, result),
                tr.tr(N_("Undo")) if self._undo else "",
                self.undo if self._undo else None,
            )

    def _not_written(self, error: UserError) -> None:
        self._pending -= 1
        if self._undo:
            self._undo.pop()
        self._reload.start()
        self.shell.messages.failed(error)

    def _unplan(self, item: Item) -> None:
        """Take a draft out of the calendar; it stays among the drafts."""
        draft_id, workspace, tr = item.draft_id, self.shell.workspace, self.shell.tr.tr
        if draft_id is None:
            return
        language, ready = self.shell.tr.language, item.state is DraftState.READY

        def undo() -> None:
            self.shell.tasks.mutate(
                self,
                lambda: workspace.plan(draft_id, item.at, language=language, ready=ready),
            )

        self.shell.tasks.mutate(
            self,
            lambda: workspace.plan(draft_id, None, language=language),
            lambda _: self.shell.messages.toast(
                tr(N_("Taken out of the calendar; the draft is kept.")), tr(N_("Undo")), undo
            ),
            self.shell.messages.failed,
        )

    def _remove_line(self, item: Item) -> None:
        tr, editorial, entry_id = self.shell.tr.tr, self.shell.workspace.editorial, item.entry_id
        if entry_id is None:
            return
        self.shell.tasks.mutate(
            self,
            lambda: editorial.remove_entry(entry_id),
            lambda made: trash.say(
                self.shell, tr(N_("The line is in the trash of the calendar.")), made[0]
            ),
            self.shell.messages.failed,
        )

    # -- files ------------------------------------------------------------------------------------

    def _exchanges(self) -> Sequence[tuple[str, str, str, Callable[[], object]]]:
        """What is taken in and given out: its name for Ctrl+K, its words, icon and act."""
        return (
            ("import", N_("Import a calendar…"), "upload", partial(exchange.ask_import, self)),
            (
                "export",
                N_("Export the calendar…"),
                "download",
                partial(exchange.export_calendar, self),
            ),
            ("pdf", N_("Export the month as PDF…"), "file", self._export_pdf),
            ("plan", N_("Signed plan of a page…"), "shield", partial(exchange.ask_plan, self)),
            ("batches", N_("Earlier imports…"), "history", self._show_batches),
            ("trash", N_("Trash of the calendar…"), "trash", partial(trash.show, self.shell)),
        )

    def _show_menu(self) -> None:
        tr, icons = self.shell.tr.tr, self.shell.icons
        menu = Menu(self)
        for _key, text, icon, act in self._exchanges():
            menu.offer(tr(text), act, icons.icon(icon))
        menu.pop_up(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _show_batches(self) -> None:
        """The imports so far; the latest can be undone."""
        files = self.shell.workspace.exchange

        def show(batches: Sequence[Batch]) -> None:
            tr = self.shell.tr
            lines = [
                " · ".join(
                    (
                        tr.moment(batch.at),
                        batch.file,
                        tr.ntr(*NN_("{n} line", "{n} lines"), batch.lines),
                        batch.who,
                        *([tr.tr(N_("undone"))] if batch.undone_at else []),
                    )
                )
                for batch in batches[:12]
            ]
            last = next((batch.id for batch in batches if batch.undone_at is None), None)
            choices = [Choice("close", tr.tr(N_("Close")), "primary")]
            if last is not None:
                choices.insert(0, Choice("undo", tr.tr(N_("Undo the latest")), "danger"))
            self.shell.messages.ask(
                tr.tr(N_("Earlier imports")),
                "\n".join(lines) or tr.tr(N_("Nothing has been imported yet.")),
                choices,
                lambda answer: exchange.undo(self, last) if answer == "undo" and last else None,
                tone=Tone.INFO,
            )

        self.shell.tasks.read(self, files.batches, show, self.shell.messages.failed)

    def _export_pdf(self) -> None:
        tr = self.shell.tr.tr
        stem = tr(N_("calendar-{month}"), month=f"{self._day:%Y-%m}")
        save_as(self, tr(N_("Export the month")), f"{stem}.pdf", "PDF (*.pdf)", self.export_to)

    def export_to(self, path: Path) -> None:
        """Write the month in focus, with its filters, as a PDF."""
        made = self._month_maker()

        def write(_reporter: object) -> Path:
            from scc_admin.files import write_durably

            write_durably(path, made())
            return path

        self.shell.tasks.long(
            self,
            self.shell.tr.tr(N_("Exporting the month…")),
            write,
            partial(saved, self),
            self.shell.messages.failed,
        )

    def print_screen(self) -> None:
        """Show the month in focus, with its filters, as it will print."""
        from ui.pdf import look

        title = self.shell.tr.month(self._day)
        look(self.shell, self, title[:1].upper() + title[1:], self._month_maker())

    def _month_maker(self) -> Callable[[], bytes]:
        """What makes the PDF of the month in focus as it is now; for a worker."""
        workspace, tr, month = self.shell.workspace, self.shell.tr, self._day.replace(day=1)
        filter_, words = self._filter, self._filter_words()
        now = self.shell.clock()

        def make() -> bytes:
            last = same_day(month, 1) - timedelta(days=1)
            agenda = workspace.calendar(month, last, zone=workspace.zone)
            items = [i for i in agenda.items if filter_.passes(i, i.key in agenda.conflicts, now)]
            return workspace.month_pdf(month, items, agenda.campaigns, tr, filters=words)

        return make

    def _filter_words(self) -> str:
        """What the filters leave, in a sentence for the printed page."""
        chosen = [
            picker.currentText()
            for picker in (self.pages, self.networks, self.states)
            if picker.currentData() is not None
        ]
        return self.shell.tr.tr(N_("Only: {what}"), what=", ".join(chosen)) if chosen else ""


# --- The day in focus -----------------------------------------------------------------------------


def item_number(item: Item) -> int:
    """A number that tells items apart, as tables want one."""
    return item.draft_id * 2 if item.draft_id is not None else (item.entry_id or 0) * 2 + 1


def item_cell(tr: Translator, item: Item, now: datetime, clashes: bool, *, detail: str) -> Cell:
    """An item as a line of a list."""
    tags: list[Tag] = []
    if clashes:
        tags.append(Tag("", "warning", "warning"))
    if item.late(now):
        tags.append(Tag(tr.tr(N_("Late")), "clock", "error"))
    elif item.state is not None:
        icon, color = DRAFT_STATE_LOOK[item.state]
        tags.append(Tag(state_words(tr, item.state, item.placements), icon, color))
    return Cell(
        item.title or tr.tr(N_("Untitled draft")),
        detail,
        tuple(tags),
        icon=network_icon(item.goes_to) if item.goes_to else "pin",
    )


class _DayTable(Table):
    """The entries of a day. Alt+arrows move one; Esc goes back to the grid."""

    moved = Signal(int)
    left = Signal()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (alt_arrow(event) is not None or event.key() == Qt.Key.Key_Escape)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = alt_arrow(event)
        if by is not None:
            self.moved.emit(by)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class DayPanel(QFrame):
    """A day beside the calendar: its entries, what clashes, and what can be done."""

    chosen = Signal(object)
    opened = Signal(object)
    moved = Signal(object, int)
    publish_asked = Signal(object)
    plan_asked = Signal(object)
    unplan_asked = Signal(object)
    line_asked = Signal()
    change_asked = Signal(object)
    remove_asked = Signal(object)
    campaign_asked = Signal(int)
    left = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._day = date.min
        self.plan: Plan | None = None
        self._campaigns_shown: Sequence[Campaign] | None = None
        self._alike = QTimer(self)
        self._alike.setSingleShot(True)
        self._alike.setInterval(ALIKE_MS)
        self._alike.timeout.connect(self._ask_alike)
        self.setProperty("role", "card")
        tr = shell.tr.tr
        column = QVBoxLayout(self)
        column.setContentsMargins(1, Space.MEDIUM, 1, Space.SMALL)
        column.setSpacing(Space.SMALL)
        head = QVBoxLayout()
        head.setContentsMargins(Space.MEDIUM, 0, Space.MEDIUM, 0)
        head.setSpacing(2)
        self.heading = plain(role="section")
        self._dates = plain(role="small")
        head.addWidget(self.heading)
        head.addWidget(self._dates)
        self._campaigns = QVBoxLayout()
        margins(self._campaigns, 0, 0)
        head.addLayout(self._campaigns)
        column.addLayout(head)
        self.table = _DayTable(
            shell.theme, shell.icons, tr(N_("Entries of the day")), two_lines=True
        )
        self.table.setProperty("role", "bare")
        self.table.horizontalHeader().hide()
        self.model: RowsModel[Item] = RowsModel([Column(tr(N_("Entry")), self._cell)], item_number)
        self.table.use(self.model)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(lambda _number: self._emit(self.opened))
        self.table.moved.connect(self._moved)
        self.table.left.connect(self.left)
        self._nothing = plain(
            tr(N_("Nothing on this day. N begins a post; Shift+N, another line.")), role="muted"
        )
        self._nothing.setContentsMargins(Space.MEDIUM, Space.SMALL, Space.MEDIUM, Space.SMALL)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._nothing)
        column.addWidget(self._stack, 1)
        self.clashes = Banner(shell.icons)
        inset = QVBoxLayout()
        inset.setContentsMargins(Space.MEDIUM, 0, Space.MEDIUM, 0)
        inset.setSpacing(Space.SMALL)
        inset.addWidget(self.clashes)
        inset.addWidget(self._make_acts())
        line = button(
            tr(N_("Another line…")),
            self.line_asked.emit,
            icons=shell.icons,
            icon="plus",
            kind="quiet",
        )
        line.setToolTip(tr(N_("An event, a holiday, a meeting: what is no post (Shift+N)")))
        inset.addWidget(line, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(inset)

    def panes(self) -> tuple[QWidget, ...]:
        return (self.table,) if self.isVisible() else ()

    def item(self) -> Item | None:
        return self.model.row_at(self.table.currentIndex().row())

    def show_day(
        self, day: date, plan: Plan, campaigns: Sequence[Campaign], chosen: Item | None
    ) -> None:
        tr = self._shell.tr
        self._day, self.plan = day, plan
        text = tr.date(day, "full")
        self.heading.setText(text[:1].upper() + text[1:])
        self.setAccessibleName(text)
        dates = [d.name.to(tr.language) for d in plan.dates if d.first <= day <= d.last]
        self._dates.setText(" · ".join(dates))
        self._dates.setVisible(bool(dates))
        self._show_campaigns([c for c in campaigns if c.starts_on <= day <= c.ends_on])
        items = plan.by_day.get(day, ())
        self.model.set_rows(items)
        self._stack.setCurrentIndex(0 if items else 1)
        if chosen is not None and self.table.select_id(item_number(chosen)):
            pass
        elif items and not self.table.currentIndex().isValid():
            self.table.selectRow(0)
        self._show_item()

    def _show_campaigns(self, campaigns: Sequence[Campaign]) -> None:
        if campaigns == self._campaigns_shown:
            return
        self._campaigns_shown = campaigns
        clear(self._campaigns)
        tr, icons = self._shell.tr, self._shell.icons
        for campaign in campaigns:
            line = QWidget()
            row = QHBoxLayout(line)
            margins(row, 0, 2)
            row.addWidget(IconLabel(icons, "flower", "daffodil", 14))
            made = button(
                campaign.name(tr.language)[:60],
                partial(self.campaign_asked.emit, campaign.id),
                kind="link",
            )
            row.addWidget(made)
            row.addStretch(1)
            self._campaigns.addWidget(line)

    def choose(self, item: Item | None) -> None:
        if item is not None:
            self.table.select_id(item_number(item))
        self._show_item()

    def _cell(self, item: Item) -> Cell:
        tr = self._shell.tr
        time = tr.tr(N_("all day")) if item.all_day else tr.time(item.at)
        place = partly_words(tr, item.placements) or item.page or item.place
        clashes = self.plan is not None and item.key in self.plan.conflicts
        return item_cell(
            tr,
            item,
            self._shell.clock(),
            clashes,
            detail=" · ".join(part for part in (time, place) if part),
        )

    def _picked(self, _number: int) -> None:
        self.chosen.emit(self.item())
        self._show_item()

    def _moved(self, by: int) -> None:
        item = self.item()
        if item is not None:
            self.moved.emit(item, by)

    def _emit(self, signal) -> None:  # type: ignore[no-untyped-def]
        item = self.item()
        if item is not None:
            signal.emit(item)

    # -- the entry in focus -----------------------------------------------------------------------

    def _show_item(self) -> None:
        item = self.item()
        self._show_acts(item)
        self._show_clashes([conflict_words(self._shell.tr, c) for c in self._conflicts(item)])
        if item is not None and item.draft_id is not None and item.movable:
            self._alike.start()

    def _conflicts(self, item: Item | None) -> Sequence[Conflict]:
        return self.plan.conflicts.get(item.key, ()) if self.plan and item else ()

    def _show_clashes(self, words: Sequence[str]) -> None:
        if words:
            self.clashes.show_message(Tone.WARNING, "\n".join(words))
        else:
            self.clashes.hide()

    def _ask_alike(self) -> None:
        """Known posts that resemble the one in focus, beyond those that say the very same."""
        workspace, tr, item = self._shell.workspace, self._shell.tr, self.item()
        if item is None or item.draft_id is None or not item.movable:
            return
        draft_id, conflicts = item.draft_id, self._conflicts(item)
        same = {c.other.title for c in conflicts if c.clash is Clash.SAME_TEXT and c.other}

        def read() -> list[str]:
            sheet = workspace.editorial.sheet(draft_id)
            best: dict[tuple[str, str], int] = {}
            for variant in sheet.variants:
                for near in workspace.proofreader.neighbours(variant.text, sheet):
                    if near.score >= ALIKE and not near.declared and near.title not in same:
                        best[near.title, near.page] = max(
                            near.score, best.get((near.title, near.page), 0)
                        )
            return [
                tr.tr(N_("Resembles “{title}” ({page}), {n}%."), title=t, page=p, n=score)
                for (t, p), score in sorted(best.items(), key=lambda pair: -pair[1])[:3]
            ]

        def show(words: list[str]) -> None:
            if words and (now := self.item()) is not None and now.key == item.key:
                known = [conflict_words(tr, c) for c in conflicts]
                self._show_clashes([*known, *words])

        self._shell.tasks.read(self, read, show, lambda _error: None, key="alike")

    def _show_acts(self, item: Item | None) -> None:
        """The buttons stay as they are but for whether they are shown: one may have the focus."""
        draft = item is not None and item.draft_id is not None
        movable = item is not None and item.movable
        shown = {
            "publish": item is not None and item.state is DraftState.READY,
            "open": draft,
            "change": item is not None and not draft,
            "move": movable,
            "out": movable and draft,
            "delete": item is not None and item.entry_id is not None,
        }
        for name, made in self._acts.items():
            made.setVisible(shown[name])
        self._box.setVisible(item is not None)

    def _make_acts(self) -> QWidget:
        tr, icons, flow = self._shell.tr.tr, self._shell.icons, FlowLayout(Space.HAIR)
        self._acts: dict[str, QPushButton] = {}
        for name, text, icon, signal in (
            ("publish", N_("Publish…"), "external", self.publish_asked),
            ("open", N_("Open it"), "drafts", self.opened),
            ("change", N_("Change…"), "drafts", self.change_asked),
            ("move", N_("Move…"), "calendar", self.plan_asked),
            ("out", N_("Take out"), "minus", self.unplan_asked),
            ("delete", N_("Put in the trash"), "trash", self.remove_asked),
        ):
            act = partial(self._emit, signal)
            made = button(tr(text), act, icons=icons, icon=icon, kind="small")
            self._acts[name] = made
            flow.addWidget(made)
        self._box = QWidget()
        self._box.setLayout(flow)
        return self._box


def conflict_words(tr: Translator, conflict: Conflict) -> str:
    """A conflict in a sentence."""
    if conflict.campaign is not None:
        return tr.tr(CLASHES[conflict.clash], title=conflict.campaign.name(tr.language), page="")
    other = conflict.other
    assert other is not None
    return tr.tr(
        CLASHES[conflict.clash],
        title=other.title or tr.tr(N_("Untitled draft")),
        page=other.page or "—",
    )


def find_campaigns(shell: Shell, query: str) -> list[Hit]:  # noqa: ARG001 - ranked by the palette
    """Campaigns for Ctrl+K. Runs in a worker."""
    kind = shell.tr.tr(N_("Campaign"))
    return [
        Hit(
            campaign.name(shell.tr.language),
            kind,
            partial(shell.window.go, "calendar", ("campaign", campaign.id)),
            icon="flower",
            detail=shell.tr.period(campaign.starts_on, campaign.ends_on, "medium"),
            words=" ".join((campaign.name_fr, campaign.name_en, *campaign.hashtags)),
            lower=WRITTEN,
        )
        for campaign in shell.workspace.editorial.campaigns()
    ]
