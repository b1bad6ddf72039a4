"""What a screen is, and what it is given to stand on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from scc_admin.i18n import N_, Translator
from scc_admin.kinds import Changes
from ui.icons import Icons
from ui.messages import Messages
from ui.tasks import Tasks
from ui.theme import Theme

if TYPE_CHECKING:
    from scc_admin.keys import Encryption
    from scc_admin.workspace import Workspace
    from ui.actions import ActionTable


Keys = Sequence[tuple[Sequence[str], str]]
"""Keys of a window of its own, as Qt names them, and an msgid of what they do there."""


class Navigator(Protocol):
    """What screens may ask of the window."""

    def go(self, name: str, target: object = None) -> None:
        """Show a screen; `target` is what it should open there."""

    def forget(self, name: str, target: object) -> None:
        """Leave a place out of the way back: what it showed is not there any more."""

    def can(self, handler: str) -> bool:
        """Whether the window itself can do what this handler names, such as `go:guide`."""

    def help_over(self, dialog: QDialog, key: str, keys: Keys = ()) -> None:
        """Show over a dialog its keys, if it has its own, and what the guide says of its subject:
        the section of that key, or that of the screen behind."""

    def quit(self) -> None:
        """Leave the program, once everything is on disk."""

    def show_saved(self, at: datetime) -> None:
        """Say in the status bar that everything is on disk."""

    def show_journal(self, size: int, ok: bool) -> None:
        """Say in the status bar whether the journal's `size` entries verify."""

    def show_badge(self, name: str, count: int) -> None:
        """Mark a screen in the rail as having something waiting."""

    def encrypt_workspace(self, plan: Encryption) -> None:
        """Close the workspace, encrypt it and its backups, and open it again."""

    def restore_backup(self, path: Path) -> None:
        """Close the workspace, put this backup in its place, and open it again."""

    def tell_hours(self) -> None:
        """Show every hour in the zone that the settings name now."""

    def focus_primary(self) -> bool:
        """Put the focus on the button of the screen's primary action; whether it can be pressed."""

    def show_step(self, words: str) -> None:
        """Say in the status bar what to do next, and by which keys."""

    def title_changed(self) -> None:
        """The title, or the primary action, of the screen in front is another now."""


@dataclass(slots=True)
class Shell:
    """Everything a screen stands on. One per window and language."""

    workspace: Workspace
    tr: Translator
    theme: Theme
    icons: Icons
    tasks: Tasks
    messages: Messages
    actions: ActionTable
    window: Navigator
    clock: Callable[[], datetime]


def help_by_f1(dialog: QDialog, shell: Shell, keys: Keys) -> None:
    """Have F1 show the keys of a window of its own, and what the guide says; Ctrl+Q quits."""
    asked = QShortcut(QKeySequence("F1"), dialog)
    asked.activated.connect(lambda: shell.window.help_over(dialog, "", keys))
    QShortcut(QKeySequence("Ctrl+Q"), dialog).activated.connect(shell.window.quit)


class Screen(QWidget):
    """One place of the rail, or one that opens from it.

    Made on first need; told of `Changes` only while it is in front, and of what it missed when it
    comes back. Methods named as an action's handler are called for that action.
    """

    interests: ClassVar[frozenset[str]] = frozenset()
    """Which names in `Changes.what` concern it."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell

    def title(self) -> str:
        """What the header says."""
        raise NotImplementedError

    def head(self) -> QWidget | None:
        """A widget of its own in the place of the title; None for the title itself."""
        return None

    def primary_text(self) -> str:
        """The verb on the header's one primary button, which calls `primary`; empty for none."""
        return ""

    def next_step(self) -> str:
        """What to do next, and by which keys, for the status bar; empty for nothing."""
        act = self.primary_text()
        if not act or not self.can("primary"):
            return ""
        keys = self.shell.actions.shortcut("primary")
        return self.shell.tr.tr(N_("{keys}: {act}"), keys=keys, act=act)

    def open(self, target: object) -> None:
        """Called each time the screen is brought to the front by `go`."""

    def refresh(self, changes: Changes) -> None:
        """Something of its interests changed."""

    def focus_first(self) -> None:
        """Put the focus where work begins."""

    def can(self, handler: str) -> bool:  # noqa: ARG002 - screens with states override it
        """Whether the action of this handler makes sense just now."""
        return True

    def panes(self) -> Sequence[QWidget]:
        """Where F6 goes, in order."""
        return ()

    def flush(self) -> None:
        """Hand everything unsaved to the tasks, now. Called before leaving and closing."""

    def leave(self) -> None:
        """Another screen comes in front, or the window closes. Called after `flush`."""

    def unsaved(self) -> str:
        """A sentence about what could not be saved; empty when all is on disk."""
        return ""

    def state(self) -> object:
        """What a new copy of this screen needs to stand where this one stood (language switch)."""
        return None

    def restore(self, state: object) -> None:
        """Take over from an earlier copy."""
