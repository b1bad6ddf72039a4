"""Choosing files and folders, and showing where something was put."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHeaderView, QListView, QTreeView, QWidget

from scc_admin.i18n import N_
from ui.screen import Screen


def save_as(
    screen: Screen, title: str, name: str, kinds: str, then: Callable[[Path], object]
) -> None:
    """Ask where to save; `kinds` is a filter of Qt's, `name` what is proposed."""
    dialog = file_dialog(screen.window(), title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(kinds)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.setDirectory(str(_exports(screen)))
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.open()


def open_file(screen: Screen, title: str, kinds: str, then: Callable[[Path], object]) -> None:
    """Ask for a file to read."""
    dialog = file_dialog(screen.window(), title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(kinds)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.open()


def choose_folder(screen: Screen, title: str, start: Path, then: Callable[[Path], object]) -> None:
    """Ask for a folder."""
    pick_folder(screen.window(), title, start, then)


def pick_folder(parent: QWidget, title: str, start: Path, then: Callable[[Path], object]) -> None:
    """Ask for a folder, where there may be no screen yet."""
    dialog = file_dialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setDirectory(str(start))
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.open()


def file_dialog(parent: QWidget, title: str) -> QFileDialog:
    """The system's own dialog; Qt's, made readable, where the system has none."""
    dialog = QFileDialog(parent, title)
    dialog.setViewMode(QFileDialog.ViewMode.Detail)
    room = parent.screen().availableGeometry()
    dialog.resize(min(860, room.width() - 40), min(540, room.height() - 80))
    for tree in dialog.findChildren(QTreeView):  # none where the dialog is the system's
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for places in dialog.findChildren(QListView):
        places.setIconSize(QSize(16, 16))
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def show_folder(path: Path) -> None:
    """Open the folder of a file, or a folder, in the computer's own file manager."""
    folder = path if path.is_dir() else path.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def saved(screen: Screen, path: Path) -> None:
    """Say where a file was put, and offer its folder."""
    tr = screen.shell.tr.tr
    screen.shell.messages.toast(
        tr(N_("Saved as {name}."), name=path.name),
        tr(N_("Open the folder")),
        lambda: show_folder(path),
    )


def _exports(screen: Screen) -> Path:
    folder = screen.shell.workspace.exports_folder
    return folder if folder.is_dir() else Path.home()
