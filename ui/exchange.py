"""Calendar files in and out: what an import would change is shown before anything is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from scc_admin.errors import UserError
from scc_admin.exchange import Action, Imported, ImportPlan, Item, Kind, Undone, zone_named
from scc_admin.exchange import tables as columns_
from scc_admin.i18n import N_, NN_, Translator
from scc_admin.model import CampaignKind, Page
from scc_admin.words import CAMPAIGN_KINDS
from scc_admin.workspace import Reopened
from ui.files import open_file, save_as, saved
from ui.messages import Banner, Choice, Dialog
from ui.screen import Screen, Shell
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.tasks import Reporter
from ui.widgets import Form, Picker, Tone, button, plain

SKIPPED_SHOWN = 500
FILES = "*.ics *.csv *.tsv *.xlsx *.xlsm *.xls *.ods"

_ACTIONS: Mapping[Action, tuple[str, str, str]] = {
    Action.ADD: ("plus", "ok", N_("Add")),
    Action.CHANGE: ("refresh", "info", N_("Modify")),
    Action.REMOVE: ("minus", "warning", N_("Remove")),
}
_KINDS: Mapping[Kind, str] = {
    Kind.ENTRY: N_("Line of the calendar"),
    Kind.CAMPAIGN: N_("Campaign"),
    Kind.DRAFT: N_("Post of ours"),
    Kind.KNOWN: N_("Post of another page"),
}
_FIELDS: Mapping[str, str] = {
    "title": N_("Title"),
    "starts_at": N_("From"),
    "ends_at": N_("To"),
    "starts_on": N_("From"),
    "ends_on": N_("To"),
    "planned_at": N_("Planned for"),
    "place": N_("Place"),
    "notes": N_("Notes"),
    "page_id": N_("Page"),
    "page": N_("Page"),
    "campaign": N_("Campaign"),
    "campaign_id": N_("Campaign"),
    "day": N_("Day"),
    "language": N_("Language"),
    "name_fr": N_("Name in French"),
    "name_en": N_("Name in English"),
    "hashtags": N_("Hashtags"),
    "keywords": N_("Words"),
    "text": N_("Text"),
    "all_day": N_("All day"),
    "kind": N_("Kind"),
    "objective_cents": N_("Objective"),
    "raised_cents": N_("Amount raised"),
}
_BROUGHT = (
    "ends_at", "ends_on", "page_id", "page", "campaign_id", "place", "notes", "text", "hashtags",
    "objective_cents", "raised_cents",
)  # fmt: skip
"""What a new line may hold, in the order in which it is told."""
_COLUMNS: Mapping[str, str] = {
    "date": N_("Date"),
    "title": N_("Title"),
    "time": N_("Time"),
    "end": N_("End"),
    "page": N_("Page"),
    "network": N_("Network"),
    "campaign": N_("Campaign"),
    "text": N_("Text"),
    "place": N_("Place"),
    "id": N_("Number"),
}


def ask_import(screen: Screen) -> None:
    """Ask for a file, then show what it would change."""
    tr = screen.shell.tr.tr
    kinds = tr(N_("Calendars and tables ({endings})"), endings=FILES)
    open_file(screen, tr(N_("Import a calendar")), kinds, lambda path: begin(screen, path))


def begin(
    screen: Screen,
    path: Path,
    *,
    assume_zone: tzinfo | None = None,
    accept_key: str = "",
    columns: Mapping[str, int] | None = None,
) -> None:
    """Read a file and show what it would change; ask what cannot be guessed."""
    shell = screen.shell
    exchange, editorial = shell.workspace.exchange, shell.workspace.editorial

    def read(reporter: Any) -> tuple[ImportPlan, Mapping[str, Mapping[object, str]]]:
        plan = exchange.plan(
            path,
            assume_zone=assume_zone,
            accept_key=accept_key,
            columns=columns,
            progress=reporter,
        )
        language = shell.tr.language
        return plan, {
            "page_id": {page.id: page.name for page in editorial.pages(archived=True)},
            "campaign": {c.key: c.name(language) for c in editorial.campaigns()},
        }

    shell.tasks.long(
        screen,
        shell.tr.tr(N_("Reading {name}…"), name=path.name),
        read,
        lambda found: ImportDialog(screen, path, *found, accept_key, columns).open(),
        lambda error: _refused(screen, path, error),
    )


def _refused(screen: Screen, path: Path, error: UserError) -> None:
    """What the user can still decide about a file that was not read."""
    tr = screen.shell.tr
    if error.code == "sender_changed":
        fingerprint = str(error.params.get("fingerprint", ""))
        screen.shell.messages.ask(
            tr.tr(N_("Another key signed this plan")),
            tr.explain(error),
            (
                Choice("no", tr.tr(N_("Do not import"))),
                Choice("yes", tr.tr(N_("I compared it by telephone: accept")), "danger"),
            ),
            lambda answer: begin(screen, path, accept_key=fingerprint) if answer == "yes" else None,
            tone=Tone.WARNING,
        )
    elif error.code == "columns":
        ask_columns(screen, path)
    else:
        screen.shell.messages.failed(error)


def ask_columns(screen: Screen, path: Path, columns: Mapping[str, int] | None = None) -> None:
    """Ask which column of a table holds what; `columns` is what was said before."""
    shell = screen.shell

    def read() -> tuple[columns_.Table, Mapping[str, int]]:
        table = columns_.read(path)
        return table, columns_.said(table, ()) if columns is None else columns

    def show(found: tuple[columns_.Table, Mapping[str, int]]) -> None:
        table, guessed = found
        tr = shell.tr.tr
        dialog = shell.messages.dialog(
            tr(N_("Which column holds what?")),
            tr(N_("A date and a title, or a text, are needed; the others may stay empty.")),
            (Choice("no", tr(N_("Cancel"))), Choice("yes", tr(N_("Read the file")), "primary")),
        )
        form = Form()
        pickers: dict[str, Picker] = {}
        heads = [(_head(shell.tr, table, at), None, at) for at in range(len(table.heads))]
        for name, word in _COLUMNS.items():
            picker = Picker(tr(word), shell.theme.px(280))
            picker.fill([("—", None, -1), *heads], guessed.get(name, -1))
            picker.currentIndexChanged.connect(lambda _index: check())
            pickers[name] = picker
            form.add(tr(word), picker, required=name in ("date", "title"))
        dialog.body.addWidget(form)

        def said() -> dict[str, int]:
            chosen = {name: int(picker.currentData()) for name, picker in pickers.items()}
            return {name: at for name, at in chosen.items() if at >= 0}

        def check() -> None:
            enough = "date" in said() and bool({"title", "text"} & said().keys())
            dialog.button("yes").setEnabled(enough)

        check()
        dialog.chosen.connect(
            lambda answer: begin(screen, path, columns=said()) if answer == "yes" else None
        )
        dialog.open()
        pickers["date"].setFocus()

    shell.tasks.read(screen, read, show, shell.messages.failed)


def _head(tr: Translator, table: columns_.Table, at: int) -> str:
    """A column by its head and the first thing in it: « Quand? (2026-12-01) »."""
    head = table.heads[at] or tr.tr(N_("Column {n}"), n=at + 1)
    first = next((row[at] for row in table.rows if at < len(row) and row[at]), "")
    if isinstance(first, datetime) and first.time() == time():
        first = first.date()
    elif isinstance(first, time):
        first = f"{first:%H:%M}"
    return f"{head} ({_short(first, 24)})" if first else head


class ImportDialog(Dialog):
    """What an import would add, change and remove; each line can be left out."""

    def __init__(
        self,
        screen: Screen,
        path: Path,
        plan: ImportPlan,
        names: Mapping[str, Mapping[object, str]],
        accept_key: str = "",
        columns: Mapping[str, int] | None = None,
    ) -> None:
        shell, tr = screen.shell, screen.shell.tr.tr
        act = tr(N_("Import")) if plan.items else tr(N_("Close"))
        super().__init__(
            shell.messages.window,
            shell.theme,
            shell.icons,
            tr(N_("Import {name}"), name=plan.file),
            summary(shell.tr, plan),
            (
                *((Choice("no", tr(N_("Cancel"))),) if plan.items else ()),
                Choice("yes", act, "primary"),
            ),
            tone=Tone.INFO,
        )
        self._screen, self.plan = screen, plan
        self._shell, self._names = shell, names
        self.left_out: set[str] = set(plan.deleted)
        self._sender(plan)
        self._deleted(plan)
        if plan.unknown_zones:
            self._zones(screen, path, plan, accept_key, columns)
        if plan.items:
            self._table(plan)
        if path.suffix.lower() in columns_.SUFFIXES:
            self._other_columns(screen, path, columns)
        self._left_aside(plan)
        self.set_width(shell.theme.px(720))
        self.chosen.connect(self._decided)

    def _sender(self, plan: ImportPlan) -> None:
        sender, tr = plan.sender, self._shell.tr.tr
        if sender is None or sender.own:
            return
        banner = Banner(self._shell.icons, self)
        if sender.known:
            banner.show_message(
                Tone.OK,
                sender.fingerprint,
                title=tr(
                    N_("Signed by {name} for {page}, as before"), name=sender.name, page=sender.page
                ),
            )
        else:
            banner.show_message(
                Tone.WARNING,
                tr(
                    N_("Call {name} and compare this fingerprint: {fingerprint}"),
                    name=sender.name,
                    fingerprint=sender.fingerprint,
                ),
                title=tr(N_("First plan of {page} that is signed by this key"), page=sender.page),
            )
        self.body.addWidget(banner)

    def _deleted(self, plan: ImportPlan) -> None:
        """Say what was deleted here since an earlier import: it stays out unless asked for."""
        if not plan.deleted:
            return
        tr = self._shell.tr
        banner = Banner(self._shell.icons, self)

        def bring_back() -> None:
            self.left_out -= plan.deleted
            self._listed()
            banner.hide()

        banner.show_message(
            Tone.INFO,
            tr.tr(N_("They came by an earlier import. They stay out unless you bring them back.")),
            [(tr.tr(N_("Bring them back")), bring_back)],
            title=tr.ntr(
                *NN_("{n} line was deleted here", "{n} lines were deleted here"), len(plan.deleted)
            ),
        )
        self.body.addWidget(banner)

    def _zones(
        self,
        screen: Screen,
        path: Path,
        plan: ImportPlan,
        accept_key: str,
        columns: Mapping[str, int] | None,
    ) -> None:
        tr = self._shell.tr
        banner = Banner(self._shell.icons, self)

        def again() -> None:
            self.reject()
            zone = zone_named("America/Toronto")
            begin(screen, path, assume_zone=zone, accept_key=accept_key, columns=columns)

        banner.show_message(
            Tone.WARNING,
            tr.tr(
                N_("Nobody knows these time zones: {zones}. Their lines are left out."),
                zones=tr.join(sorted(plan.unknown_zones)),
            ),
            [(tr.tr(N_("Read them as Québec's time")), again)],
        )
        self.body.addWidget(banner)

    def _table(self, plan: ImportPlan) -> None:
        tr, shell = self._shell.tr, self._shell
        self.table = _PlanTable(shell, tr.tr(N_("What would change")), self.toggle)
        self.model: RowsModel[tuple[int, Item]] = RowsModel(
            [
                Column(tr.tr(N_("Line")), self._what, stretch=3),
                Column(tr.tr(N_("Change")), self._how, stretch=3),
            ],
            lambda row: row[0],
        )
        self.table.use(self.model)
        self.model.set_rows(enumerate(plan.items))
        px, room = shell.theme.px, self._screen.window().height()
        self.table.setMinimumHeight(max(px(180), min(px(320), room * 3 // 10)))
        self.table.opened.connect(lambda _row: self.toggle())
        self.table.picked.connect(lambda _row: self._show_fields())
        self.body.addWidget(self.table, 1)
        self.fields = plain(role="small")
        self.body.addWidget(self.fields)
        self.body.addWidget(
            plain(tr.tr(N_("Space leaves a line out, or takes it in again.")), role="small")
        )
        self.table.select_first()
        self._show_fields()
        self.button("yes").setEnabled(len(self.left_out) < len(plan.items))

    def _show_fields(self) -> None:
        """The line in focus, field by field, each in full."""
        row = self.model.row_at(self.table.currentIndex().row())
        item = row[1] if row is not None else None
        told = self._brought(item, 120) if item and item.action is Action.ADD else []
        told += self._changed(item, 120) if item else []
        self.fields.setText("\n".join(told))
        self.fields.setVisible(bool(told))

    def _brought(self, item: Item, room: int) -> list[str]:
        """What a new line holds beside its title and its beginning."""
        tr, values = self._shell.tr, dict(item.values)
        if item.campaign:
            values["campaign_id"] = self._names["campaign"].get(item.campaign, item.campaign)
        if values.get("ends_at") == values.get("starts_at"):
            values.pop("ends_at", None)
        elif item.all_day and "ends_at" in values:
            ends = datetime.fromisoformat(str(values["ends_at"]))
            if ends - item.at <= timedelta(days=1):
                values.pop("ends_at")
        return [
            tr.tr(
                N_("{step}: {what}"),
                step=tr.tr(_FIELDS[field]),
                what=_short(self._said(item, field, values[field]), room),
            )
            for field in _BROUGHT
            if values.get(field) not in (None, "", "[]")
        ]

    def _changed(self, item: Item, room: int) -> list[str]:
        tr = self._shell.tr
        return [
            tr.tr(
                N_("{field}: {before} → {after}"),
                field=tr.tr(_FIELDS[change.field]),
                before=_short(self._said(item, change.field, change.before), room),
                after=_short(self._said(item, change.field, change.after), room),
            )
            for change in item.changes
            if change.field in _FIELDS
        ]

    def _said(self, item: Item, field: str, value: object) -> str:
        """What a field holds, as one says it here."""
        tr = self._shell.tr
        if value in (None, "", "[]"):
            return "—"
        match field:
            case "starts_at" | "ends_at" | "planned_at":
                at = datetime.fromisoformat(str(value))
                if item.all_day and field == "ends_at":  # as one says it: the last day
                    at -= timedelta(seconds=1)
                return tr.date(at.date()) if item.all_day else tr.moment(at)
            case "starts_on" | "ends_on":
                return tr.date(date.fromisoformat(str(value)))
            case "all_day":
                return tr.tr(N_("Yes")) if value else tr.tr(N_("No"))
            case "kind":
                return tr.tr(CAMPAIGN_KINDS[CampaignKind(str(value))])
            case "objective_cents" | "raised_cents":
                return tr.money(int(str(value)))
            case "hashtags" | "keywords":
                return ", ".join(json.loads(str(value)))
        return self._names.get(field, {}).get(value, str(value))

    def _other_columns(self, screen: Screen, path: Path, columns: Mapping[str, int] | None) -> None:
        """A way back to the question of which column holds what."""

        def again() -> None:
            self.reject()
            ask_columns(screen, path, columns)

        made = button(self._shell.tr.tr(N_("Other columns…")), again, kind="small")
        self.body.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)

    def _left_aside(self, plan: ImportPlan) -> None:
        tr = self._shell.tr
        words = [tr.tr(msgid, **params) for msgid, params in plan.warnings]
        words += [
            tr.tr(
                N_("Not read: {title} – {reason}"),
                title=skipped.title or "…",
                reason=tr.tr(skipped.reason, **skipped.params),
            )
            for skipped in plan.skipped[:SKIPPED_SHOWN]
        ]
        if len(plan.skipped) > SKIPPED_SHOWN:
            more = len(plan.skipped) - SKIPPED_SHOWN
            words.append(tr.ntr(*NN_("… and {n} more", "… and {n} more"), more))
        if len(words) > 2:
            box = QPlainTextEdit("\n".join(words))
            box.setReadOnly(True)
            box.setTabChangesFocus(True)
            box.setAccessibleName(tr.tr(N_("What was not read")))
            box.setFixedHeight(self._shell.theme.px(88))
            self.body.addWidget(box)
        elif words:
            self.body.addWidget(plain("\n".join(words), role="small"))

    def _what(self, row: tuple[int, Item]) -> Cell:
        tr, item = self._shell.tr, row[1]
        when = tr.date(item.at.date()) if item.all_day else tr.moment(item.at, "short")
        out = item.key in self.left_out
        tags = () if out else (Tag("", *_ACTIONS[item.action][:2]),)
        return Cell(
            item.title or "…",
            f"{when} · {tr.tr(_KINDS[item.kind])}",
            tags,
            color="muted" if out else "text",
        )

    def _how(self, row: tuple[int, Item]) -> Cell:
        tr, item = self._shell.tr, row[1]
        if item.key in self.left_out:
            words = N_("Left out: deleted here") if item.deleted else N_("Left out")
            return Cell(tr.tr(words), color="muted")
        return Cell(tr.tr(_ACTIONS[item.action][2]), "; ".join(self._changed(item, 40)))

    def toggle(self) -> None:
        """Leave the line in focus out, or take it in again."""
        row = self.model.row_at(self.table.currentIndex().row())
        if row is None:
            return
        self.left_out ^= {row[1].key}
        self._listed()

    def _listed(self) -> None:
        """Show which lines are in; at least one must be."""
        self.model.set_rows(enumerate(self.plan.items))
        self.button("yes").setEnabled(len(self.left_out) < len(self.plan.items))

    def _decided(self, answer: str) -> None:
        if answer == "yes" and self.plan.items:
            apply(self._screen, self.plan, frozenset(self.left_out))


class _PlanTable(Table):
    def __init__(self, shell: Shell, name: str, toggle: Callable[[], object]) -> None:
        super().__init__(shell.theme, shell.icons, name, two_lines=True)
        self._toggle = toggle

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._toggle()
            return
        super().keyPressEvent(event)


def apply(screen: Screen, plan: ImportPlan, left_out: frozenset[str]) -> None:
    """Do what a plan says, and offer to take it back."""
    shell = screen.shell
    workspace, tr = shell.workspace, shell.tr

    def work(reporter: Reporter) -> tuple[Imported, Reopened]:
        imported = workspace.exchange.apply(plan, leave_out=left_out, progress=reporter)
        return imported, workspace.recheck_ready(imported.moved, language=tr.language)

    def done(result: tuple[Imported, Reopened]) -> None:
        imported, reopened = result
        words = tr.tr(
            N_("Added: {added}, changed: {changed}, removed: {removed}."),
            added=tr.number(imported.added),
            changed=tr.number(imported.changed),
            removed=tr.number(imported.removed),
        )
        if reopened.names:
            words += " " + reopened_words(tr, reopened)
        batch = imported.batch_id
        if batch is None:
            shell.messages.toast(words)
        else:
            shell.messages.toast(words, tr.tr(N_("Undo")), partial(undo, screen, batch))

    shell.tasks.long(
        screen,
        tr.tr(N_("Importing {name}…"), name=plan.file),
        work,
        done,
        shell.messages.failed,
        mutation=True,
    )


def undo(screen: Screen, batch_id: int) -> None:
    """Put back what stood before an import."""
    shell = screen.shell
    workspace, tr = shell.workspace, shell.tr

    def work() -> tuple[Undone, Reopened]:
        undone = workspace.exchange.undo(batch_id)
        return undone, workspace.recheck_ready(undone.moved, language=tr.language)

    def done(result: tuple[Undone, Reopened]) -> None:
        undone, reopened = result
        words = tr.tr(N_("The import is undone."))
        if undone.kept:
            words += " " + tr.ntr(
                *NN_(
                    "{n} line was changed since and stays as it is.",
                    "{n} lines were changed since and stay as they are.",
                ),
                undone.kept,
            )
        if reopened.names:
            words += " " + reopened_words(tr, reopened)
        shell.messages.toast(words)

    shell.tasks.mutate(screen, work, done, shell.messages.failed)


def reopened_words(tr: Translator, reopened: Reopened) -> str:
    """That ready posts have to be looked at again after a change of their days."""
    if len(reopened.names) == 1 and reopened.names[0]:
        return tr.tr(
            N_("“{title}” is a draft again: an error stands in its text on its new day."),
            title=reopened.names[0],
        )
    return tr.ntr(
        *NN_(
            "{n} ready post is a draft again: an error stands in its text on its new day.",
            "{n} ready posts are drafts again: an error stands in their texts on their new days.",
        ),
        len(reopened.names),
    )


def export_calendar(screen: Screen) -> None:
    """Write the whole calendar, for other programs; the ending says how."""
    tr = screen.shell.tr.tr
    save_as(
        screen,
        tr(N_("Export the calendar")),
        tr(N_("calendar")) + ".ics",
        "iCalendar (*.ics);;XLSX (*.xlsx)",
        partial(export_to, screen),
    )


def export_to(screen: Screen, path: Path) -> None:
    """Write the whole calendar to a file."""
    shell = screen.shell
    exchange, tr = shell.workspace.exchange, shell.tr

    def write(_reporter: Any) -> Path:
        exchange.export(path, tr)
        return path

    shell.tasks.long(
        screen,
        tr.tr(N_("Exporting the calendar…")),
        write,
        partial(saved, screen),
        shell.messages.failed,
    )


def ask_plan(screen: Screen) -> None:
    """Ask for a page, and write its signed plan for other workspaces."""
    shell = screen.shell
    editorial = shell.workspace.editorial

    def show(pages: list[Page]) -> None:
        tr = shell.tr.tr
        dialog = shell.messages.dialog(
            tr(N_("The signed plan of a page")),
            tr(
                N_(
                    "Another region imports it, and its posts then count for the duplicate check"
                    " there. Tell your fingerprint by telephone: {fingerprint}"
                ),
                fingerprint=shell.workspace.protection.fingerprint,
            ),
            (Choice("no", tr(N_("Cancel"))), Choice("yes", tr(N_("Save the plan…")), "primary")),
            tone=Tone.INFO,
        )
        picker = Picker(tr(N_("Page")))
        picker.fill(
            [(p.name, shell.icons.icon(p.network.value), p.id) for p in pages if p.managed], None
        )
        form = Form(beside=False)
        form.add(tr(N_("Page")), picker)
        dialog.body.addWidget(form)

        def chosen(answer: str) -> None:
            if answer == "yes" and picker.currentData() is not None:
                page_id, name = int(picker.currentData()), picker.currentText()
                save_as(
                    screen,
                    tr(N_("Save the plan")),
                    f"plan-{_file(name)}.ics",
                    "iCalendar (*.ics)",
                    partial(plan_to, screen, page_id),
                )

        dialog.chosen.connect(chosen)
        dialog.open()

    shell.tasks.read(screen, editorial.pages, show, shell.messages.failed)


def plan_to(screen: Screen, page_id: int, path: Path) -> None:
    """Write the signed plan of a page to a file."""
    shell = screen.shell
    exchange, tr = shell.workspace.exchange, shell.tr

    def write(_reporter: Any) -> Path:
        exchange.export_plan(page_id, path, tr)
        return path

    shell.tasks.long(
        screen,
        tr.tr(N_("Signing the plan…")),
        write,
        partial(saved, screen),
        shell.messages.failed,
    )


def summary(tr: Translator, plan: ImportPlan) -> str:
    """How many lines an import would touch."""
    if not plan.items:
        return tr.tr(N_("There is nothing new in this file."))
    return tr.tr(
        N_("To add: {added}. To change: {changed}. To remove: {removed}. Already here: {same}."),
        added=tr.number(plan.count(Action.ADD)),
        changed=tr.number(plan.count(Action.CHANGE)),
        removed=tr.number(plan.count(Action.REMOVE)),
        same=tr.number(plan.unchanged),
    )


def _short(value: object, room: int) -> str:
    words = " ".join(str(value).split())
    return words if len(words) <= room else words[: room - 1] + "…"


def _file(name: str) -> str:
    from scc_admin.registers import fold

    return "-".join("".join(c if c.isalnum() else " " for c in fold(name)).split())[:40] or "page"
