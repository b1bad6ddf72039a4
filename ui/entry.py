"""The forms of the calendar: a dated line that is no post, and another time for an entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from scc_admin.agenda import Item, start_of
from scc_admin.editorial import EntryInput
from scc_admin.i18n import N_
from scc_admin.model import CalendarEntry, Campaign, Changes, Page
from ui.forms import Field, moment_field, moment_of
from ui.messages import Choice
from ui.records import RecordForm
from ui.screen import Screen
from ui.widgets import Form


def new_entry(screen: Screen, day: date, *, page_id: int | None = None) -> None:
    """Ask for a line on a day."""
    shell = screen.shell
    begins = start_of(day, shell.tr.zone) + timedelta(hours=9)
    _ask(
        screen,
        None,
        EntryInput("", begins, begins + timedelta(hours=1), page_id=page_id),
        keep="calendar-line",
    )


def change_entry(screen: Screen, entry_id: int | None) -> None:
    """Change a line."""
    if entry_id is None:
        return
    editorial = screen.shell.workspace.editorial

    def show(entry: CalendarEntry) -> None:
        begins, ends = entry.starts_at, entry.ends_at
        if entry.all_day:  # its midnights in UTC are those of its days here
            zone = screen.shell.tr.zone
            begins = start_of(begins.date(), zone)
            ends = start_of(max(entry.starts_at.date(), (ends - timedelta(days=1)).date()), zone)
        _ask(
            screen,
            entry,
            EntryInput(
                entry.title, begins, ends, entry.all_day, entry.campaign_id, entry.page_id,
                entry.place, entry.notes, entry.source, entry.uid,
            ),
        )  # fmt: skip

    screen.shell.tasks.read(
        screen, lambda: editorial.entry(entry_id), show, screen.shell.messages.failed
    )


def _ask(screen: Screen, entry: CalendarEntry | None, given: EntryInput, *, keep: str = "") -> None:
    shell = screen.shell
    editorial, tr = shell.workspace.editorial, shell.tr.tr

    def read() -> tuple[list[Campaign], list[Page]]:
        return editorial.campaigns(), editorial.pages()

    def show(known: tuple[list[Campaign], list[Page]]) -> None:
        campaigns, pages = known
        fields = (
            Field("title", tr(N_("Title")), required=True, initial=given.title),
            Field("all_day", tr(N_("All day")), "check", initial=given.all_day),
            Field("starts_at", tr(N_("From")), "moment", initial=given.starts_at),
            Field("ends_at", tr(N_("To")), "moment", initial=given.ends_at),
            Field("place", tr(N_("Place")), initial=given.place),
            Field(
                "page_id",
                tr(N_("Page")),
                "choice",
                initial=str(given.page_id or ""),
                choices=[("", "—"), *((str(p.id), p.name) for p in pages)],
            ),
            Field(
                "campaign_id",
                tr(N_("Campaign")),
                "choice",
                initial=str(given.campaign_id or ""),
                choices=[("", "—"), *((str(c.id), c.name(shell.tr.language)) for c in campaigns)],
            ),
            Field("notes", tr(N_("Notes")), "text", initial=given.notes),
        )
        RecordForm(
            shell,
            tr(N_("A line of the calendar")),
            tr(N_("Keep the line")),
            fields,
            lambda values: _write(screen, entry, given, values),
            text="" if entry else tr(N_("An event, a holiday, a meeting: what is no post.")),
            check=lambda values: (
                {"ends_at": N_("The period ends before it begins.")}
                if values["ends_at"] < values["starts_at"]
                else {}
            ),
            keep=keep,
        ).open()

    shell.tasks.read(screen, read, show, shell.messages.failed)


def _write(
    screen: Screen, entry: CalendarEntry | None, given: EntryInput, values: dict[str, Any]
) -> Changes:
    zone, editorial = screen.shell.tr.zone, screen.shell.workspace.editorial
    begins: datetime = values["starts_at"]
    ends: datetime = values["ends_at"]
    if values["all_day"]:
        begins = datetime.combine(begins.astimezone(zone).date(), time(), UTC)
        ends = datetime.combine(ends.astimezone(zone).date() + timedelta(days=1), time(), UTC)
    made = EntryInput(
        values["title"],
        begins,
        ends,
        values["all_day"],
        int(values["campaign_id"]) if values["campaign_id"] else None,
        int(values["page_id"]) if values["page_id"] else None,
        values["place"],
        values["notes"],
        given.source,
        given.uid,
    )
    if entry is not None:
        return editorial.change_entry(entry.id, made)
    editorial.add_entry(made)
    return Changes(frozenset({"calendar"}))


def move_item(screen: Screen, item: Item, then: Callable[[Item, datetime], object]) -> None:
    """Ask for another day and hour."""
    shell = screen.shell
    tr = shell.tr.tr
    dialog = shell.messages.dialog(
        tr(N_("Move “{title}”"), title=item.title or tr(N_("Untitled draft"))),
        "",
        (Choice("no", tr(N_("Cancel"))), Choice("yes", tr(N_("Move it")), "primary")),
        lambda answer: then(item, moment_of(shell, when)) if answer == "yes" else None,
    )
    when = moment_field(shell, item.at)
    form = Form(beside=False)
    form.add(tr(N_("When")), when)
    dialog.body.addWidget(form)
    dialog.open()
    when.setFocus()
