"""The foot of the composer: page, campaign, step, kind, date; the counters; what is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from scc_admin.i18n import N_
from scc_admin.model import Campaign, Count, Draft, DraftSheet, Network, Page, PostKind, Step
from scc_admin.words import NETWORKS, POST_KINDS, STEPS
from ui.forms import moment_field, moment_of
from ui.icons import network_icon
from ui.messages import Choice
from ui.screen import Shell
from ui.theme import Space, Type
from ui.widgets import (
    CounterRing,
    FlowLayout,
    Form,
    IconLabel,
    Picker,
    button,
    count_color,
    margins,
    plain,
    set_property,
)

if TYPE_CHECKING:
    from scc_admin.editorial import DraftDetails


class DetailsBar(QWidget):
    """Everything about a draft that is neither its text nor its title."""

    changed = Signal()
    page_chosen = Signal(object)
    """The `Page` just chosen, or None."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._draft: Draft | None = None
        self._pages: Sequence[Page] = ()
        self._network = Network.FACEBOOK
        """Of the version in front: whose page is shown."""
        self._placed: dict[Network, int | None] = {}
        tr = shell.tr.tr
        row = QHBoxLayout(self)
        margins(row, 0, Space.MEDIUM)
        choices = FlowLayout(Space.SMALL)
        self.page = Picker(tr(N_("Page")), shell.theme.px(150))
        self.campaign = Picker(tr(N_("Campaign")), shell.theme.px(110))
        self.step = Picker(tr(N_("Step")), shell.theme.px(84))
        self.kind = Picker(tr(N_("Kind of post")), shell.theme.px(90))
        self._least = {box: box.width() for box in (self.page, self.campaign, self.step, self.kind)}
        for box in self._least:
            choices.addWidget(box)
            box.activated.connect(lambda _index: self.changed.emit())
        self.page.activated.connect(lambda _index: self._page_chosen())
        self.plan_button = button("", self.plan, icons=shell.icons, icon="calendar")
        choices.addWidget(self.plan_button)
        self._choices = QWidget()
        self._choices.setLayout(choices)
        self._choices.installEventFilter(self)
        row.addWidget(self._choices, 1)
        self._counters = QHBoxLayout()
        self._counters.setSpacing(Space.MEDIUM)
        row.addLayout(self._counters)
        self._mark = IconLabel(shell.icons, "check", "ok", 16)
        self._mark.hide()
        self.saved = plain(role="small", wrap=False)
        saved = QHBoxLayout()
        saved.setSpacing(Space.HAIR)
        saved.addWidget(self._mark)
        saved.addWidget(self.saved)
        row.addLayout(saved)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._choices and event.type() == QEvent.Type.Resize:
            self._share_room()
        return super().eventFilter(watched, event)

    def _share_room(self) -> None:
        """Give the boxes whose words are cut the room that is left, as fairly as it goes round."""
        gaps = Space.SMALL * len(self._least)
        used = sum(self._least.values()) + self.plan_button.sizeHint().width() + gaps
        left = max(0, self._choices.width() - used)
        wanted = {box: max(0, box.whole_width() - least) for box, least in self._least.items()}
        # Short words first: cut, they say nothing; a long name does.
        for place, box in enumerate(sorted(wanted, key=wanted.__getitem__)):
            more = min(wanted[box], left // (len(wanted) - place))
            left -= more
            box.setFixedWidth(self._least[box] + more)

    def show_draft(
        self, sheet: DraftSheet, pages: Sequence[Page], campaigns: Sequence[Campaign]
    ) -> None:
        tr = self._shell.tr
        draft = sheet.draft
        chosen = [made.page for made in sheet.placements if made.page]  # one may be archived
        self._draft, self._pages = draft, [*{page.id: page for page in [*pages, *chosen]}.values()]
        self._placed = {m.network: m.page.id if m.page else None for m in sheet.placements}
        icon = self._shell.icons.icon
        self.show_network(self._network)
        self.campaign.fill(
            [
                (tr.tr(N_("No campaign")), None, None),
                *((c.name(tr.language), icon("flower", "daffodil"), c.id) for c in campaigns),
            ],
            draft.campaign_id,
        )
        self.step.fill(
            [
                (tr.tr(N_("No step")), None, None),
                *((tr.tr(word), None, step.value) for step, word in STEPS.items()),
            ],
            draft.step.value if draft.step else None,
        )
        self.kind.fill(
            [(tr.tr(word), None, kind.value) for kind, word in POST_KINDS.items()],
            draft.kind.value,
        )
        self._show_plan()
        self._share_room()

    def show_network(self, network: Network) -> None:
        """Show the page for a network, whose own pages are proposed first."""
        self._network = network
        tr, icon = self._shell.tr.tr, self._shell.icons.icon
        self.page.fill(
            [
                (tr(N_("No page")), icon("file", "muted"), None),
                *(
                    (page.name, icon(network_icon(page.network)), page.id)
                    for page in sorted(self._pages, key=lambda p: p.network is not network)
                ),
            ],
            self._placed.get(network),
        )
        name = tr(N_("Page"))
        if len(self._placed) > 1:
            name = tr(N_("Page on {network}"), network=tr(NETWORKS[network]))
        self.page.setAccessibleName(name)
        self.page.tell_whole()
        self._share_room()

    def _page_chosen(self) -> None:
        """A page goes to its own network where the draft has a version for it."""
        page = self._chosen_page()
        if page is not None and page.network in self._placed:
            self._placed[page.network] = page.id
        else:
            self._placed[self._network] = page.id if page else None
        self.page_chosen.emit(page)
        self.show_network(self._network)

    def _show_plan(self) -> None:
        tr = self._shell.tr
        at = self._draft.planned_at if self._draft else None
        self.plan_button.setText(tr.moment(at, "short") if at else tr.tr(N_("Plan…")))
        self.plan_button.setAccessibleName(
            tr.tr(N_("Planned for {when}"), when=tr.moment(at))
            if at
            else tr.tr(N_("Plan the publication"))
        )

    def lock(self, locked: bool) -> None:
        """A draft that is ready or published keeps its page and its kind."""
        for box in (self.page, self.kind):
            box.setEnabled(not locked)

    def details(self, title: str) -> DraftDetails:
        """What the fields say, under this title."""
        from scc_admin.editorial import DraftDetails

        assert self._draft is not None
        step = self.step.currentData()
        return DraftDetails(
            title=title,
            kind=PostKind(self.kind.currentData()),
            page_id=self.page.currentData(),
            campaign_id=self.campaign.currentData(),
            step=Step(step) if step else None,
            planned_at=self._draft.planned_at,
            share_of=self._draft.share_of,
            fee_approved=self._draft.fee_approved,
            network=self._network,
        )

    def _chosen_page(self) -> Page | None:
        return next((page for page in self._pages if page.id == self.page.currentData()), None)

    def plan(self) -> None:
        """Choose the day and the hour of publication, or take them away."""
        if self._draft is None:
            return
        tr = self._shell.tr.tr
        planned = self._draft.planned_at
        choices = [Choice("no", tr(N_("Cancel"))), Choice("yes", tr(N_("Plan it")), "primary")]
        if planned is not None:
            choices.insert(0, Choice("never", tr(N_("Take the date away"))))
        dialog = self._shell.messages.dialog(
            tr(N_("When will it be published?")),
            tr(N_("The program reminds you; it publishes nothing by itself.")),
            choices,
        )
        tomorrow = (self._shell.clock() + timedelta(days=1)).replace(minute=0)
        when = moment_field(self._shell, planned or tomorrow)
        form = Form()
        form.add(tr(N_("Day and hour")), when)
        dialog.body.addWidget(form)

        def chosen(answer: str) -> None:
            if self._draft is None or answer not in ("yes", "never"):
                return
            at = moment_of(self._shell, when) if answer == "yes" else None
            self._draft = replace(self._draft, planned_at=at)
            self._show_plan()
            self.changed.emit()

        dialog.chosen.connect(chosen)
        dialog.open()
        when.setFocus()

    # -- counters and saving ----------------------------------------------------------------------

    def show_counts(self, counts: Sequence[Count]) -> None:
        """A ring and its numbers for each limit of the version in front."""
        while self._counters.count() < len(counts):
            self._counters.addWidget(_Counter(self._shell))
        for index in range(self._counters.count()):
            item = self._counters.itemAt(index)
            counter = item.widget() if item is not None else None
            if isinstance(counter, _Counter):
                counter.setVisible(index < len(counts))
                if index < len(counts):
                    counter.show_count(counts[index])

    def show_saving(self) -> None:
        self._mark.hide()
        self.saved.setText("…")
        self.saved.setAccessibleName(self._shell.tr.tr(N_("Not yet saved")))

    def show_saved(self, at: datetime) -> None:
        time = self._shell.tr.time(at, seconds=True)
        words = self._shell.tr.tr(N_("Saved at {time}"), time=time)
        self._mark.show()
        self.saved.setText(time)
        self.saved.setAccessibleName(words)
        self.saved.setToolTip(words)


class _Counter(QWidget):
    """A ring and its numbers."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        row = QHBoxLayout(self)
        margins(row, 0, Space.HAIR)
        self._ring = CounterRing(shell.theme, shell.tr, 20)
        self._words = plain(wrap=False)
        self._words.setFont(shell.theme.font(Type.BODY, tabular=True))
        row.addWidget(self._ring)
        row.addWidget(self._words)

    def show_count(self, count: Count) -> None:
        tr = self._shell.tr
        self._ring.show_count(count)
        words = tr.number(count.value)
        if count.limit is not None:
            words = f"{words} / {tr.number(count.limit)}"
        self._words.setText(words)
        self._words.setAccessibleName(self._ring.accessibleName())
        set_property(self._words, "role", "error" if count_color(count) == "error" else "")
