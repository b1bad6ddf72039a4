"""The settings' part on safety: backups, restoring, the examination, all in open formats."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from scc_admin.backups import Backup, Reason, reachable
from scc_admin.i18n import N_
from scc_admin.kinds import Progress
from scc_admin.workspace import Check
from ui.files import Purpose, choose_folder
from ui.forms import Field, FormDialog
from ui.messages import Choice
from ui.screen import Screen
from ui.tables import Cell, Column, RowsModel, Table, Tag
from ui.theme import Space
from ui.widgets import Card, IconLabel, Tone, button, clear, margins, plain

REASONS: dict[Reason, str] = {
    Reason.DAILY: N_("Of the day"),
    Reason.ASKED: N_("Asked for"),
    Reason.MIGRATION: N_("Before a change of format"),
    Reason.REPLACED: N_("Kept aside by a restore"),
}
ROWS_SHOWN = 5


class Copies:
    """What fills a part of the settings: a card for each of its three methods."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._shell = screen.shell
        self._found: Sequence[Backup] = ()
        self._lost: Sequence[Path] = ()

    # -- backups ----------------------------------------------------------------------------------

    def backups(self) -> QWidget:
        tr, shell = self._shell.tr.tr, self._shell
        card = Card()
        self.table = Table(shell.theme, shell.icons, tr(N_("Backups")), two_lines=True)
        self.table.horizontalHeader().hide()
        self.model: RowsModel[int] = RowsModel(
            [Column(tr(N_("Backups")), self._cell)], lambda row: row
        )
        self.table.use(self.model)
        self.table.opened.connect(lambda _row: self.ask_restore())
        self.none = plain(tr(N_("There is no backup yet.")), role="muted")
        self.none.hide()
        card.body.addWidget(self.none)
        card.body.addWidget(self.table)
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        icons = shell.icons
        row.addWidget(button(tr(N_("Back up now")), self.back_up, icons=icons, icon="download"))
        self.restore = button(tr(N_("Restore…")), self.ask_restore, icons=icons, icon="history")
        self.restore.setEnabled(False)
        self.table.picked.connect(lambda at: self.restore.setEnabled(at >= 0))
        row.addWidget(self.restore)
        self.elsewhere = button(
            tr(N_("From another folder…")), self._choose_backup, icons=icons, icon="folder"
        )
        row.addWidget(self.elsewhere)
        self.lost = button(
            tr(N_("A disk is gone for good…")), self.ask_lost, icons=icons, icon="trash"
        )
        self.lost.hide()
        row.addWidget(self.lost)
        row.addStretch(1)
        card.body.addLayout(row)
        self.refresh()
        return card

    def _cell(self, row: int) -> Cell:
        tr, backup = self._shell.tr, self._found[row]
        if backup.verified:
            tag = Tag(tr.tr(N_("verified")), "check", "ok")
        elif backup.reason is Reason.REPLACED:
            tag = Tag(tr.tr(N_("as it was")), "info", "info")
        else:
            tag = Tag(tr.tr(N_("not whole")), "warning", "warning")
        files = tr.ntr("{n} file of evidence", "{n} files of evidence", backup.evidence)
        detail = (tr.tr(REASONS[backup.reason]), tr.size(backup.size), files)
        return Cell(tr.moment(backup.at, "long"), " · ".join(detail), (tag,))

    def refresh(self) -> None:
        workspace = self._shell.workspace
        self._shell.tasks.read(self._screen, workspace.backups, self._show, key="backups")
        self._shell.tasks.read(self._screen, self._away, self._show_away, key="away")

    def _away(self) -> list[Path]:
        """Former folders of backups that cannot be reached now."""
        workspace = self._shell.workspace
        known = workspace.backup_places()
        return [p for p in known if p != workspace.backup_place and not reachable(p)]

    def _show_away(self, away: Sequence[Path]) -> None:
        self._lost = away
        self.lost.setVisible(bool(away))

    def ask_lost(self) -> None:
        """Strike off a folder whose disk was destroyed: certificates name it no longer."""
        tr, workspace = self._shell.tr.tr, self._shell.workspace
        FormDialog(
            self._shell,
            tr(N_("A disk is gone for good")),
            tr(
                N_(
                    "Certificates name this folder as long as its backups may still be read. Strike"
                    " it off only once its disk is erased or destroyed."
                )
            ),
            tr(N_("Strike it off")),
            lambda values: workspace.forget_backup_place(Path(values["place"])),
            lambda _changes: self.refresh(),
            fields=(
                Field(
                    "place",
                    tr(N_("Folder of backups")),
                    "choice",
                    choices=tuple((str(place), str(place)) for place in self._lost),
                ),
            ),
            tone=Tone.WARNING,
            danger=True,
        ).open()

    def _show(self, found: Sequence[Backup]) -> None:
        self._found = found
        self.model.set_rows(range(len(found)))
        self.none.setVisible(not found)
        self.table.setVisible(bool(found))
        rows = min(len(found), ROWS_SHOWN)
        self.table.setFixedHeight(self._shell.theme.px(52) * rows + 4)
        self.table.select_first()
        self.restore.setEnabled(self.table.current_id() >= 0)

    def back_up(self) -> None:
        tr, workspace = self._shell.tr.tr, self._shell.workspace

        def done(_made: Backup) -> None:
            self.refresh()
            self._shell.messages.toast(tr(N_("The backup is verified.")))

        self._shell.tasks.long(
            self._screen,
            tr(N_("Backup")),
            lambda reporter: workspace.back_up(lambda n, total: reporter(Progress(n, total))),
            done,
            mutation=True,
        )

    # -- restoring --------------------------------------------------------------------------------

    def ask_restore(self) -> None:
        """Say what would be replaced; nothing happens before the person agrees."""
        row = self.table.current_id()
        if 0 <= row < len(self._found):
            backup = self._found[row]
            changed_since = self._shell.workspace.changed_since
            self._shell.tasks.read(
                self._screen,
                lambda: changed_since(backup.at),
                lambda changed: self._ask(backup.path, self._shell.tr.moment(backup.at), changed),
            )

    def _choose_backup(self) -> None:
        tr = self._shell.tr.tr
        choose_folder(
            self._screen,
            tr(N_("Folder of the backup")),
            lambda place: self._ask(place, place.name, None),
            purpose=Purpose.COPY,
            start=self._shell.workspace.folder,
        )

    def _ask(self, path: Path, of: str, changed: tuple[int, int] | None) -> None:
        tr = self._shell.tr
        what = tr.tr(
            N_(
                "Drafts, cases, pages and settings become again what they were then. What is here"
                " now is first kept in a verified backup, to which you can come back the same way."
            )
        )
        if changed is not None and any(changed):
            drafts = tr.ntr("{n} draft", "{n} drafts", changed[0])
            cases = tr.ntr("{n} case", "{n} cases", changed[1])
            since = tr.tr(
                N_("Changed since, and then only in that backup: {drafts}, {cases}."),
                drafts=drafts,
                cases=cases,
            )
            what = f"{what}\n\n{since}"
        self._shell.messages.ask(
            tr.tr(N_("Restore the backup of {at}?"), at=of),
            what,
            (
                Choice("no", tr.tr(N_("Keep things as they are"))),
                Choice("yes", tr.tr(N_("Back up, then restore")), "danger"),
            ),
            lambda answer: self._restore(path) if answer == "yes" else None,
            tone=Tone.WARNING,
        )

    def _restore(self, path: Path) -> None:
        """First a verified backup of the present; then the window closes, and opens again."""
        workspace, window = self._shell.workspace, self._shell.window

        def done(_made: Backup) -> None:
            self.refresh()
            window.restore_backup(path)

        self._shell.tasks.long(
            self._screen,
            self._shell.tr.tr(N_("Backup before the restore")),
            lambda reporter: workspace.back_up(lambda n, total: reporter(Progress(n, total))),
            done,
            mutation=True,
        )

    # -- the examination --------------------------------------------------------------------------

    def examination(self) -> QWidget:
        tr, icons = self._shell.tr.tr, self._shell.icons
        card = Card(tr(N_("Examine the workspace")))
        card.body.addWidget(
            plain(
                tr(N_("Database, journal, evidence and backups are read again, whole.")),
                role="small",
            )
        )
        results = QVBoxLayout()
        margins(results, 0, Space.HAIR)
        card.body.addLayout(results)
        card.body.addWidget(
            button(tr(N_("Examine now")), partial(self._examine, results), icons=icons, icon="eye"),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        return card

    def _examine(self, results: QVBoxLayout) -> None:
        tr, workspace = self._shell.tr, self._shell.workspace

        def show(checks: Sequence[Check]) -> None:
            clear(results)
            for check in checks:
                line = QHBoxLayout()
                margins(line, 0, Space.MEDIUM)
                sign, color = ("check", "ok") if check.ok else ("error", "error")
                line.addWidget(IconLabel(self._shell.icons, sign, color))
                line.addWidget(plain(tr.tr(check.sentence, **check.params)), 1)
                results.addLayout(line)

        self._shell.tasks.long(self._screen, tr.tr(N_("Examination")), workspace.examine, show)

    # -- everything -------------------------------------------------------------------------------

    def open_formats(self) -> QWidget:
        tr = self._shell.tr.tr
        card = Card(tr(N_("Take everything along")))
        card.body.addWidget(
            plain(
                tr(
                    N_(
                        "Every table as JSON and CSV, every file in clear, in a folder that any"
                        " program reads. The folder is not encrypted."
                    )
                ),
                role="small",
            )
        )
        card.body.addWidget(
            button(
                tr(N_("Export everything…")),
                self.ask_export,
                icons=self._shell.icons,
                icon="download",
            ),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        return card

    def ask_export(self) -> None:
        """Ask for whom or for what everything leaves, then where to put it."""
        tr = self._shell.tr.tr
        self._shell.messages.ask_text(
            tr(N_("Take everything along")),
            tr(
                N_(
                    "Every piece of evidence leaves unencrypted. The journal and the custody log of"
                    " each piece keep your answer."
                )
            ),
            tr(N_("For whom, or for what")),
            tr(N_("Choose the folder…")),
            lambda purpose: choose_folder(
                self._screen,
                tr(N_("Where to put it")),
                lambda out: self.export(out, purpose),
                purpose=Purpose.COPY,
            ),
            parent=self._screen,
        )

    def export(self, out: Path, purpose: str) -> None:
        """Write everything below a folder; it can be stopped, and then leaves nothing."""
        tr, messages, workspace = self._shell.tr.tr, self._shell.messages, self._shell.workspace
        self._shell.tasks.long(
            self._screen,
            tr(N_("Export")),
            lambda reporter: workspace.export_everything(out, purpose, reporter),
            lambda folder: messages.toast(tr(N_("Everything is in {folder}."), folder=folder)),
            cancelled=lambda: messages.toast(tr(N_("Stopped; nothing was left behind."))),
        )
