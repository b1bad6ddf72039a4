"""What the window tests stand on: one application, real workers, an instant that moves by hand."""

from __future__ import annotations

import datetime as dt
import gc
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from scc_admin.keys import Kind
from scc_admin.model import Language
from scc_admin.sample import fill
from scc_admin.workspace import Workspace
from ui.icons import Icons
from ui.palette import Hit, Palette
from ui.tasks import Tasks
from ui.theme import Scheme, Theme
from ui.window import Window

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# However slow the computer is: no example is timed.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")
# A computer of the division; where it stands, days begin at other hours than in UTC.
os.environ["TZ"] = "America/Toronto"
if hasattr(time, "tzset"):
    time.tzset()

gc.disable()  # as the program does (ui.tasks.Sweeper): never in a worker

NOON = dt.datetime(2026, 11, 23, 17, 0, tzinfo=dt.UTC)


class Patient(QtBot):
    """A bot that waits for states however slow the computer is; only what never comes fails."""

    def waitUntil(  # noqa: N802 - its name in the base class
        self, callback: Callable[[], object], *, timeout: int = 60_000
    ) -> None:
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> Patient:
    return Patient(request)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, Scheme.LIGHT)
    yield made
    made.deleteLater()


@pytest.fixture
def icons(theme: Theme) -> Icons:
    return Icons(theme)


_at_work: list[Tasks] = []


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    """Workers. They end with the test's body, before anything that they may work on is closed."""
    made = Tasks()
    _at_work.append(made)
    yield made
    made.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """However the test ended, and in whatever order its fixtures were asked for."""
    while _at_work:
        _at_work.pop().close()


@pytest.fixture
def workspace(tmp_path) -> Iterator[Workspace]:
    """An empty workspace with Marie at the keyboard, on a clock that goes on from `NOON`: a test
    holds on every day, and at every hour, at which it is run."""
    begun = time.monotonic()
    made = Workspace.create(
        tmp_path / "w",
        protection=Kind.NONE,
        name="Marie Gagnon",
        settings_file=tmp_path / "settings.json",
        clock=lambda: NOON + dt.timedelta(seconds=time.monotonic() - begun),
    )
    made.workspace.acknowledge_permanence()
    yield made.workspace
    made.workspace.close()


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory) -> Path:
    """The sample workspace, filled once: three invented months that end at `NOON`."""
    folder = tmp_path_factory.mktemp("sample") / "w"
    made = Workspace.create(
        folder,
        protection=Kind.NONE,
        clock=lambda: NOON,
        settings_file=folder.parent / "settings.json",
    )
    with made.workspace as workspace:
        fill(workspace)
        # Loading the model costs each window a second; what it finds has a test of its own.
        workspace.settings.set("verdict.meaning", False)
    return folder


@pytest.fixture
def sample(sample_folder, tmp_path) -> Iterator[Workspace]:
    """A copy of the sample of one's own."""
    shutil.copytree(sample_folder, tmp_path / "sample")
    opened = Workspace.open(
        tmp_path / "sample", clock=lambda: NOON, settings_file=tmp_path / "settings.json"
    )
    with opened as workspace:
        yield workspace


def open_window(qtbot, theme, tasks, workspace, language, clock=None) -> Window:
    """A whole window on a workspace, shown; it closes without asking when the test is over."""
    made = Window(workspace, theme, tasks, clock or workspace.clock, language=language)
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_closing", True))
    made.resize(1280, 800)
    made.show()
    return made


@pytest.fixture
def window(qtbot, theme, tasks, workspace) -> Iterator[Window]:
    """A whole window on that workspace, in English so that tests read its words."""
    made = open_window(qtbot, theme, tasks, workspace, Language.EN)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    strays = [
        widget
        for widget in QApplication.topLevelWidgets()
        if widget.isVisible() and widget is not made and not isinstance(widget, QDialog | QMenu)
    ]
    assert not strays, "a widget was shown before it had a place"
    made.flush()


@pytest.fixture
def spoken() -> Language:
    """What the window on the sample speaks."""
    return Language.FR


@pytest.fixture
def full(qtbot, theme, tasks, sample, spoken) -> Iterator[Window]:
    """A whole window on the sample, at the instant at which that ends. A worker that fails in a
    way nobody foresaw fails the test."""
    made = open_window(qtbot, theme, tasks, sample, spoken, lambda: NOON)
    made.activateWindow()
    crashed: list[BaseException] = []
    tasks.crashed.connect(crashed.append)
    yield made
    assert not crashed, crashed


@pytest.fixture
def settle(qtbot, tasks: Tasks) -> Callable[[], None]:
    """Wait until every worker is done and its results are delivered."""

    def wait() -> None:
        qtbot.waitUntil(lambda: tasks.idle)
        QApplication.processEvents()

    return wait


@pytest.fixture
def search(settle) -> Callable[[Window, str], list[Hit]]:
    """What Ctrl+K finds in a window, best first."""

    def found(window: Window, query: str) -> list[Hit]:
        window.open_palette()
        palette = window.findChildren(Palette)[-1]
        palette.field.setText(query)
        settle()
        hits = list(palette._model.hits)
        palette.reject()
        return hits

    return found


_tests = itertools.count(1)


@pytest.fixture(autouse=True)
def _sweep() -> Iterator[None]:
    """Collect garbage on the GUI thread, between tests, and let no timer of a window that is
    closed act in the next one."""
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.disable()
    gc.collect(2 if next(_tests) % 25 == 0 else 0)


def type_text(widget: QWidget, text: str) -> None:
    """Type as an input method does. Key events with an accent abort the run."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def flush_deleted() -> None:
    """Carry out every `deleteLater`."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()
