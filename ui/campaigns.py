"""Campaigns in three steps: what each owes, which posts see to it, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from scc_admin.agenda import CampaignPost, CampaignSteps, Due
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.model import Campaign, CampaignKind, Changes, DraftState, PostKind, Step
from scc_admin.words import CAMPAIGN_KINDS, STEPS, state_words
from ui import trash
from ui.forms import Field
from ui.messages import Banner
from ui.records import RecordForm
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.theme import Space
from ui.widgets import (
    DRAFT_STATE_LOOK,
    Card,
    EmptyState,
    IconLabel,
    ProgressBar,
    Scroll,
    Tone,
    button,
    clear,
    elided,
    margins,
    plain,
    rule,
    splitter,
)

if TYPE_CHECKING:
    from ui.screen import Screen

_KINDS: Mapping[str, PostKind] = {
    "invitation": PostKind.EVENT,
    "picture": PostKind.EVENT,
    "testimonials": PostKind.TESTIMONIAL,
}
"""What a draft begun from something missing is for; a post where nothing is said."""


class CampaignsPane(QWidget):
    """The list of campaigns and the sheet of one. Part of the calendar, which reads for it."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen
        self._shell = screen.shell
        self._wanted: int | None = None
        self._all: dict[int, CampaignSteps] = {}
        tr = self._shell.tr.tr
        column = QVBoxLayout(self)
        margins(column, 0, 0)
        self._stack = QStackedWidget()
        column.addWidget(self._stack)
        self.table = Table(
            self._shell.theme, self._shell.icons, tr(N_("Campaigns")), two_lines=True
        )
        self.table.horizontalHeader().hide()
        self.model: RowsModel[CampaignSteps] = RowsModel(
            [Column(tr(N_("Campaign")), self._cell, above=True)], lambda steps: steps.campaign.id
        )
        self.table.use(self.model)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(self.change)
        self.sheet = CampaignSheet(self)
        parts = splitter(self.table, self.sheet, (280, 700))
        self.table.setMinimumWidth(self._shell.theme.px(250))
        self.sheet.setMinimumWidth(self._shell.theme.px(430))
        self._stack.addWidget(parts)
        self._stack.addWidget(
            EmptyState(
                self._shell.icons,
                "flower",
                tr(N_("No campaign yet")),
                tr(N_("Describe a campaign")),
                self.add,
                detail=tr(
                    N_(
                        "A period, a hashtag, an objective; the calendar then shows it above the"
                        " days, and its three steps are followed."
                    )
                ),
            )
        )

    # -- reading ----------------------------------------------------------------------------------

    def want(self, campaign_id: int) -> None:
        """Show this campaign once the list is there."""
        self._wanted = campaign_id
        if campaign_id in self._all:
            self.table.select_id(campaign_id)

    def load(self) -> None:
        workspace = self._shell.workspace
        self._shell.tasks.read(
            self._screen, workspace.campaign_steps, self._arrived, key="campaigns"
        )

    def _arrived(self, found: Sequence[CampaignSteps]) -> None:
        self._all = {steps.campaign.id: steps for steps in found}
        self.model.set_rows(found)
        self._stack.setCurrentIndex(0 if found else 1)
        wanted, self._wanted = self._wanted, None
        shown = wanted is not None and self.table.select_id(wanted)
        if not shown and not self.table.currentIndex().isValid():
            self._select_current(found)
        self._picked(self.table.current_id())

    def _select_current(self, found: Sequence[CampaignSteps]) -> None:
        """The campaign in course, or the nearest to come."""
        today = self.today()
        live = [s for s in found if s.campaign.starts_on <= today <= s.campaign.ends_on]
        first = next((s for s in live if s.campaign.kind is not CampaignKind.FIELD), None)
        chosen = first or next(iter(live or found), None)
        if chosen is not None:
            self.table.select_id(chosen.campaign.id)

    def today(self) -> date:
        return self._shell.tr.local(self._shell.clock()).date()

    def _picked(self, campaign_id: int) -> None:
        self.sheet.show_campaign(self._all.get(campaign_id))

    def _cell(self, steps: CampaignSteps) -> Cell:
        tr, campaign, today = self._shell.tr, steps.campaign, self.today()
        this_year = {campaign.starts_on.year, campaign.ends_on.year} == {today.year}
        period = tr.period(campaign.starts_on, campaign.ends_on, "day" if this_year else "medium")
        tags = []
        asked = steps.asked_now(today)
        if asked:
            words = tr.ntr(*NN_("{n} missing", "{n} missing"), len(asked))
            tags.append(Tag(words, "warning", "warning"))
        elif campaign.starts_on <= today <= campaign.ends_on:
            tags.append(Tag(tr.tr(N_("Under way")), "flower", "ok"))
        return Cell(campaign.name(tr.language), period, tuple(tags), icon="flower")

    # -- changing ---------------------------------------------------------------------------------

    def add(self) -> None:
        today = self.today()
        self._ask(None, today, today + timedelta(days=13))

    def change(self, campaign_id: int) -> None:
        steps = self._all.get(campaign_id)
        if steps is not None:
            self._ask(steps.campaign, steps.campaign.starts_on, steps.campaign.ends_on)

    def _ask(self, campaign: Campaign | None, starts: date, ends: date) -> None:
        tr = self._shell.tr.tr

        def held(name: str, default: Any = "") -> Any:
            return getattr(campaign, name) if campaign is not None else default

        fields = (
            Field("name_fr", tr(N_("Name in French")), required=True, initial=held("name_fr")),
            Field("name_en", tr(N_("Name in English")), initial=held("name_en")),
            Field(
                "kind",
                tr(N_("Kind")),
                "choice",
                initial=held("kind", CampaignKind.CAMPAIGN).value,
                choices=[(kind.value, tr(word)) for kind, word in CAMPAIGN_KINDS.items()],
            ),
            Field("starts_on", tr(N_("From")), "day", initial=starts),
            Field("ends_on", tr(N_("To")), "day", initial=ends),
            Field(
                "hashtags",
                tr(N_("Official hashtags, one a line")),
                "lines",
                initial=held("hashtags", ()),
                lines=2,
            ),
            Field(
                "keywords",
                tr(N_("Words that speak of it, one a line")),
                "lines",
                initial=held("keywords", ()),
                lines=2,
                hint=tr(N_("They tell the verdict that a post is about this campaign.")),
            ),
            Field(
                "objective_cents",
                tr(N_("Objective")),
                "money",
                initial=held("objective_cents", None),
            ),
            Field(
                "raised_cents", tr(N_("Amount raised")), "money", initial=held("raised_cents", None)
            ),
            Field("notes", tr(N_("Tactics and notes")), "text", initial=held("notes"), lines=4),
        )
        editorial = self._shell.workspace.editorial

        def write(values: dict[str, Any]) -> Changes:
            from scc_admin.editorial import CampaignInput

            new = CampaignInput(**{**values, "kind": CampaignKind(values["kind"])}, key=held("key"))
            if campaign is not None:
                return editorial.change_campaign(campaign.id, new)
            self._wanted = editorial.add_campaign(new)
            return Changes(frozenset({"calendar", "drafts"}))

        RecordForm(
            self._shell,
            tr(N_("Campaign")),
            tr(N_("Keep the campaign")),
            fields,
            write,
            check=lambda values: (
                {"ends_on": N_("The period ends before it begins.")}
                if values["ends_on"] < values["starts_on"]
                else {}
            ),
            keep="" if campaign is not None else "campaign",
        ).open()

    def remove(self, campaign: Campaign) -> None:
        tr, editorial = self._shell.tr, self._shell.workspace.editorial
        self._shell.tasks.mutate(
            self._screen,
            lambda: editorial.remove_campaign(campaign.id),
            lambda made: trash.say(
                self._shell,
                tr.tr(N_("The campaign is in the trash of the calendar; its posts stay.")),
                made[0],
            ),
            self._shell.messages.failed,
        )

    def begin(self, campaign: Campaign, due: Due) -> None:
        """Begin the draft that a step owes."""
        from scc_admin.editorial import DraftDetails

        if due.owed.key == "amount":
            self.change(campaign.id)
            return
        tr, editorial = self._shell.tr, self._shell.workspace.editorial
        details = DraftDetails(
            title=campaign.name(tr.language),
            kind=_KINDS.get(due.owed.key, PostKind.POST),
            campaign_id=campaign.id,
            step=due.owed.step,
        )
        changes = Changes(frozenset({"drafts", "calendar"}))
        self._shell.tasks.mutate(
            self._screen,
            lambda: (editorial.add_draft(details), changes),
            lambda made: self._shell.window.go("draft", made[0]),
            self._shell.messages.failed,
        )

    def open_post(self, post: CampaignPost) -> None:
        self._shell.window.go("draft", post.draft_id)

    def ask_gaps(self, steps: CampaignSteps) -> None:
        """What the invitations do not say yet; arrives when the verdict has looked."""
        invitations = [
            post.draft_id
            for due in steps.dues
            if due.owed.key == "invitation"
            for post in due.posts
            if post.state is not DraftState.PUBLISHED
        ]
        workspace, language = self._shell.workspace, self._shell.tr.language
        if not invitations or steps.campaign.kind is not CampaignKind.EVENT:
            return
        self._shell.tasks.read(
            self._screen,
            lambda: workspace.proofreader.invitation_gaps(invitations, language=language),
            partial(self.sheet.show_gaps, steps.campaign.id),
            lambda _error: None,
            key="gaps",
        )


class CampaignSheet(QFrame):
    """One campaign: what it is, how far its collection is, its three steps."""

    def __init__(self, pane: CampaignsPane) -> None:
        super().__init__()
        self._pane = pane
        self._shell = pane._shell
        self._shown: int | None = None
        column = QVBoxLayout(self)
        margins(column, 0, 0)
        self._scroll = Scroll(padding=Space.LARGE, spacing=Space.MEDIUM)
        column.addWidget(self._scroll)
        self.setProperty("role", "surface")
        self.gaps = Banner(self._shell.icons)

    def show_campaign(self, steps: CampaignSteps | None) -> None:
        body = self._scroll.body
        self.gaps.setParent(None)
        clear(body)
        self._shown = steps.campaign.id if steps else None
        if steps is None:
            return
        tr, campaign = self._shell.tr, steps.campaign
        head = QHBoxLayout()
        head.setSpacing(Space.SMALL)
        head.addWidget(plain(campaign.name(tr.language), role="title"), 1)
        for text, icon, act in (
            (N_("Change…"), "drafts", partial(self._pane.change, campaign.id)),
            (N_("Put in the trash"), "trash", partial(self._pane.remove, campaign)),
        ):
            made = button(tr.tr(text), act, icons=self._shell.icons, icon=icon, kind="small")
            head.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        body.addLayout(head)
        period = tr.tr(
            N_("{kind}, from {first} to {last}"),
            kind=tr.tr(CAMPAIGN_KINDS[campaign.kind]),
            first=tr.date(campaign.starts_on, "long"),
            last=tr.date(campaign.ends_on, "long"),
        )
        body.addWidget(plain(period, role="muted"))
        if campaign.hashtags:
            body.addWidget(plain("  ".join(campaign.hashtags), role="muted"))
        self._money(campaign)
        self.gaps.hide()
        body.addWidget(self.gaps)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM)
        for step in Step:
            row.addWidget(self._step(steps, step), 1)
        body.addLayout(row)
        if campaign.notes.strip():
            notes = Card(tr.tr(N_("Tactics and notes")))
            notes.body.addWidget(plain(campaign.notes))
            body.addWidget(notes)
        body.addStretch(1)
        self._pane.ask_gaps(steps)

    def show_gaps(self, campaign_id: int, gaps: Sequence[str]) -> None:
        if campaign_id == self._shown and gaps:
            self.gaps.show_message(
                Tone.WARNING,
                "\n".join(gaps),
                title=self._shell.tr.tr(N_("The invitation is not complete")),
            )

    def _money(self, campaign: Campaign) -> None:
        """How far the collection is."""
        tr = self._shell.tr
        objective, raised = campaign.objective_cents, campaign.raised_cents
        if objective is None and raised is None:
            return
        if objective and raised is not None:
            words = tr.tr(
                N_("{raised} raised of {objective} ({share})"),
                raised=tr.money(raised),
                objective=tr.money(objective),
                share=tr.percent(raised / objective),
            )
        elif raised is not None:
            words = tr.tr(N_("{raised} raised"), raised=tr.money(raised))
        else:
            words = tr.tr(N_("Objective: {objective}"), objective=tr.money(objective or 0))
        self._scroll.body.addWidget(plain(words))
        if objective and raised is not None:
            bar = ProgressBar(words)
            bar.show_share(raised, objective)
            self._scroll.body.addWidget(bar)

    def _step(self, steps: CampaignSteps, step: Step) -> QWidget:
        tr, icons = self._shell.tr, self._shell.icons
        card = Card(tr.tr(STEPS[step]), padding=Space.MEDIUM)
        today = self._pane.today()
        asked = steps.asked_now(today)
        dues = [due for due in steps.dues if due.owed.step is step]
        for due in dues:
            line = QWidget()
            row = QHBoxLayout(line)
            margins(row, 0, Space.SMALL)
            missing_now = due.owed in asked
            icon, color = (
                ("check", "ok")
                if due.met
                else ("warning", "warning")
                if missing_now
                else ("minus", "muted")
            )
            said = N_("done") if due.met else N_("missing") if missing_now else N_("to come")
            row.addWidget(IconLabel(icons, icon, color, 16), 0, Qt.AlignmentFlag.AlignTop)
            words = plain(tr.tr(due.owed.text))
            words.setAccessibleName(f"{tr.tr(due.owed.text)}: {tr.tr(said)}")
            row.addWidget(words, 1)
            card.body.addWidget(line)
            if not due.met:
                verb = N_("Note it") if due.owed.key == "amount" else N_("Write")
                made = button(
                    tr.tr(verb), partial(self._pane.begin, steps.campaign, due), kind="small",
                    icons=icons, icon="plus",
                )  # fmt: skip
                made.setAccessibleName(f"{tr.tr(verb)}: {tr.tr(due.owed.text)}")
                card.body.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        posts = [post for post in steps.posts if post.step is step]
        if posts and dues:
            card.body.addWidget(rule())
        for post in posts:
            card.body.addWidget(self._post(tr, post))
        if not posts and not dues:
            card.body.addWidget(plain(tr.tr(N_("Nothing is owed here.")), role="muted"))
        card.body.addStretch(1)
        return card

    def _post(self, tr: Translator, post: CampaignPost) -> QWidget:
        icon, color = DRAFT_STATE_LOOK[post.state]
        line = QWidget()
        row = QHBoxLayout(line)
        margins(row, 0, 2)
        mark = IconLabel(self._shell.icons, icon, color, 16)
        mark.setContentsMargins(0, 4, 0, 0)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        title = post.title or tr.tr(N_("Untitled draft"))
        made = Link(title, partial(self._pane.open_post, post))
        state = state_words(tr, post.state, post.placements)
        when = tr.day(tr.local(post.at).date()) if post.at else tr.tr(N_("not planned"))
        made.setAccessibleName(f"{title}, {state}, {when}")
        words = QVBoxLayout()
        margins(words, 0, 0)
        words.addWidget(made)
        detail = plain(f"{state} · {when}", role="small")
        detail.setContentsMargins(5, 0, 0, 0)
        words.addWidget(detail)
        row.addLayout(words, 1)
        return line


class Link(QPushButton):
    """A link that shortens itself to the room it has."""

    def __init__(self, text: str, act: Callable[[], object]) -> None:
        super().__init__()
        self._whole = " ".join(text.split())
        self.setProperty("kind", "link")
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(self._whole[:20])
        self.clicked.connect(lambda _=False: act())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - 2 * Space.SMALL
        self.setText(elided(self.fontMetrics(), self._whole, room).replace("&", "&&"))
