"""Choosing files and folders, and showing where something was put: the one way of doing it.

A chooser starts where the last one for the same purpose ended, and speaks the program's language.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QLocale, QSize, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHeaderView,
    QListView,
    QSplitter,
    QTreeView,
    QWidget,
)

from scc_admin.errors import UserError
from scc_admin.files import destination
from scc_admin.i18n import N_
from ui.screen import Shell


class Asker(Protocol):
    """A screen, or a window of its own, that asks for a file."""

    @property
    def shell(self) -> Shell: ...

    def window(self) -> QWidget: ...


@dataclass(frozen=True, slots=True)
class TheWindow:
    """The main window asks, since what asked before it is closed."""

    shell: Shell

    def window(self) -> QWidget:
        return self.shell.messages.window


class Purpose(StrEnum):
    """What a chooser is for. Each remembers its last folder."""

    EXPORT = "export"
    COPY = "copy"
    """A whole workspace, or a backup of one."""
    IMPORT = "import"
    EVIDENCE = "evidence"
    PICTURE = "picture"


_Home = QStandardPaths.StandardLocation
_FIRST: Mapping[Purpose, Sequence[QStandardPaths.StandardLocation]] = {
    Purpose.EXPORT: (_Home.DocumentsLocation,),
    Purpose.COPY: (_Home.DocumentsLocation,),
    Purpose.IMPORT: (_Home.DownloadLocation, _Home.DocumentsLocation),
    Purpose.EVIDENCE: (_Home.PicturesLocation, _Home.DocumentsLocation),
    Purpose.PICTURE: (_Home.PicturesLocation, _Home.DocumentsLocation),
}
"""Where to look before anything is remembered. The workspace, which has a folder for what is
exported, may stand where nobody looks; without documents it goes there."""
_SIDE = 170
"""Width, in pixels, of the list of folders at the left."""
_NAMES: Mapping[QStandardPaths.StandardLocation, Sequence[str]] = {
    _Home.PicturesLocation: ("Images", "Pictures"),
    _Home.DocumentsLocation: ("Documents",),
    _Home.DownloadLocation: ("Téléchargements", "Downloads"),
}
"""What these folders are called, below one's own."""


# --- Asking --------------------------------------------------------------------------------------


def save_as(
    asker: Asker, title: str, name: str, kinds: str, then: Callable[[Path], object]
) -> None:
    """Ask where to save; `kinds` is a filter of Qt's, `name` what is proposed."""
    dialog = _dialog(asker, title, Purpose.EXPORT)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilter(kinds)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.filterSelected.connect(partial(_of_this_kind, dialog))
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: _named(asker, Path(path), dialog, then))
    dialog.open()


def open_file(
    asker: Asker,
    title: str,
    kinds: str,
    then: Callable[[Path], object],
    *,
    purpose: Purpose = Purpose.IMPORT,
) -> None:
    """Ask for a file to read."""
    _one(_dialog(asker, title, purpose), kinds, then)


def open_files(
    asker: Asker,
    title: str,
    then: Callable[[list[Path]], object],
    *,
    kinds: str = "",
    purpose: Purpose,
) -> None:
    """Ask for files to read, as many as one likes; without `kinds` of any kind."""
    dialog = _dialog(asker, title, purpose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    if kinds:
        dialog.setNameFilter(kinds)
    dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
    dialog.open()


def choose_folder(
    asker: Asker,
    title: str,
    then: Callable[[Path], object],
    *,
    purpose: Purpose = Purpose.EXPORT,
    start: Path | None = None,
) -> None:
    """Ask for a folder; `start` goes before what is remembered."""
    _folders(_dialog(asker, title, purpose, start), then)


def pick_folder(parent: QWidget, title: str, start: Path, then: Callable[[Path], object]) -> None:
    """Ask for a folder where no workspace is open yet, whose settings would remember it."""
    _folders(_bare(parent, title, start), then)


def pick_file(
    parent: QWidget, title: str, start: Path, kinds: str, then: Callable[[Path], object]
) -> None:
    """Ask for a file to read where no workspace is open yet."""
    _one(_bare(parent, title, start), kinds, then)


# --- Showing -------------------------------------------------------------------------------------


def open_outside(shell: Shell, target: Path | str) -> None:
    """Open a file, a folder or an address of the web with what this computer opens it with.

    Where it has nothing for that, say what was to be opened, and offer to copy it.
    """
    local = isinstance(target, Path)
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(target)) if local else QUrl(str(target))):
        return
    tr = shell.tr.tr
    shell.messages.toast(
        tr(N_("This computer could not open it: {target}"), target=target),
        tr(N_("Copy the path")) if local else tr(N_("Copy the link")),
        lambda: QApplication.clipboard().setText(str(target)),
    )


def show_folder(shell: Shell, path: Path) -> None:
    """Open the folder of a file, or a folder, in the computer's own file manager."""
    open_outside(shell, path if path.is_dir() else path.parent)


def saved(asker: Asker, path: Path) -> None:
    """Say where a file was put, and offer its folder."""
    tr = asker.shell.tr.tr
    asker.shell.messages.toast(
        tr(N_("Saved as {name}."), name=path.name),
        tr(N_("Open the folder")),
        lambda: show_folder(asker.shell, path),
    )


# --- Within --------------------------------------------------------------------------------------


def _one(dialog: QFileDialog, kinds: str, then: Callable[[Path], object]) -> None:
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(kinds)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.open()


def _folders(dialog: QFileDialog, then: Callable[[Path], object]) -> None:
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda path: then(Path(path)))
    dialog.open()


def _dialog(asker: Asker, title: str, purpose: Purpose, start: Path | None = None) -> QFileDialog:
    start = start or proposed(asker.shell, purpose)
    dialog = _bare(asker.window(), title, start)
    _beside(dialog, [start, asker.shell.workspace.exports_folder])
    dialog.filesSelected.connect(lambda names: _remember(asker.shell, purpose, Path(names[0])))
    return dialog


def _bare(parent: QWidget, title: str, start: Path) -> QFileDialog:
    """The system's own dialog, if it speaks our language; otherwise Qt's, made readable."""
    dialog = QFileDialog(parent, title)
    ours = QLocale().language() == QLocale.system().language()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog, not ours)
    dialog.setViewMode(QFileDialog.ViewMode.Detail)
    dialog.setDirectory(str(start))
    room = parent.screen().availableGeometry()
    dialog.resize(min(860, room.width() - 40), min(540, room.height() - 80))
    for tree in dialog.findChildren(QTreeView):  # none where the dialog is the system's
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for places in dialog.findChildren(QListView):
        places.setIconSize(QSize(16, 16))
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _beside(dialog: QFileDialog, ours: Sequence[Path]) -> None:
    """Offer at the left, besides one's own folder, those that are likely to be meant."""
    places = [Path.home(), *filter(None, map(_place, _NAMES)), *ours]
    dialog.setSidebarUrls(
        [QUrl.fromLocalFile(str(place)) for place in dict.fromkeys(places) if place.is_dir()]
    )
    for parts in dialog.findChildren(QSplitter):
        parts.setSizes([_SIDE, max(_SIDE, dialog.width() - _SIDE)])


def proposed(shell: Shell, purpose: Purpose) -> Path:
    """Where the last chooser for this ended; where the first one starts if that is gone."""
    kept = shell.workspace.settings.get("folders").get(purpose)
    if isinstance(kept, str) and kept and Path(kept).is_dir():  # a stick is taken away, say
        return Path(kept)
    found = (_place(place) for place in _FIRST[purpose])
    folder = next((folder for folder in found if folder is not None), None)
    if folder is None and purpose is Purpose.EXPORT:
        folder = shell.workspace.exports_folder
        with contextlib.suppress(OSError):
            folder.mkdir(exist_ok=True)
    return folder if folder is not None and folder.is_dir() else Path.home()


def _place(place: QStandardPaths.StandardLocation) -> Path | None:
    """A folder that this computer has for one kind of thing; None where there is none.

    A system that was not told where its folders are has Qt look for them by their English names.
    """
    named = QStandardPaths.writableLocation(place)
    known = [Path(named)] if named else []
    known += [Path.home() / name for name in _NAMES[place]]
    return next((folder for folder in known if folder != Path.home() and folder.is_dir()), None)


def _remember(shell: Shell, purpose: Purpose, chosen: Path) -> None:
    settings = shell.workspace.settings
    folder = chosen if chosen.is_dir() else chosen.parent
    kept: dict[str, Any] = settings.get("folders")
    if folder == shell.workspace.exports_folder:  # another workspace has another one
        kept.pop(purpose, None)
    else:
        kept[purpose] = str(folder)
    with contextlib.suppress(UserError):
        settings.set("folders", kept)


def _endings(kinds: str) -> list[str]:
    """The endings that a filter of Qt's names: « PDF (*.pdf *.PDF) » has .pdf."""
    return [ending.lower() for ending in re.findall(r"\*(\.\w+)", kinds)]


def _of_this_kind(dialog: QFileDialog, kinds: str) -> None:
    """Another kind was chosen: a name that ends like one of the others ends like this one."""
    endings = _endings(kinds)
    chosen = dialog.selectedFiles()
    if not endings:
        return
    dialog.setDefaultSuffix(endings[0])
    known = [ending for one in dialog.nameFilters() for ending in _endings(one)]
    if chosen and Path(chosen[0]).suffix.lower() in known:
        dialog.selectFile(Path(chosen[0]).with_suffix(endings[0]).name)


def _named(asker: Asker, path: Path, dialog: QFileDialog, then: Callable[[Path], object]) -> None:
    """Go on with a name to save under, which has one of the endings that were offered."""
    known = [ending for one in dialog.nameFilters() for ending in _endings(one)]
    ends = not known or path.suffix.lower() in known
    if not ends:
        path = path.with_name(f"{path.name}{(_endings(dialog.selectedNameFilter()) or known)[0]}")
    try:
        destination(path)
    except UserError as error:
        asker.shell.messages.failed(error)
        return
    # Qt adds an ending where there is none, and asks before it writes over a file; not here.
    if ends or not path.exists():
        then(path)
        return
    tr = asker.shell.tr.tr
    asker.shell.messages.confirm(
        tr(N_("Replace {name}?"), name=path.name),
        tr(N_("A file of this name is there already. What stands in it would be gone.")),
        tr(N_("Replace")),
        lambda: then(path),
        parent=asker.window(),
    )
