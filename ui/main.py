"""Start, open a workspace, show its window, end with everything on disk."""

from __future__ import annotations

import contextlib
import gc
import importlib
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QClipboard, QIcon
from PySide6.QtWidgets import QApplication

from scc_admin.errors import SccError, UserError
from scc_admin.i18n import N_, Translator, data_folder
from scc_admin.kinds import Language, Progress
from scc_admin.settings import Settings, machine_file
from ui import crashes
from ui.messages import Choice
from ui.qtwords import teach_qt
from ui.tasks import Lull, Reporter, Sweeper, Tasks
from ui.theme import Scheme, Theme
from ui.widgets import Tone

if TYPE_CHECKING:
    from scc_admin.keys import Asked, Encryption
    from scc_admin.model import BegunForm, DraftRow, JournalReport
    from scc_admin.workspace import Workspace
    from ui.welcome import Welcome
    from ui.window import Window

P = ParamSpec("P")
T = TypeVar("T")

UPKEEP_AFTER = 2_000
"""Milliseconds after the window is there: then the daily backup and the journal's verification."""
KEYRING_PATIENCE = 4_000
"""Milliseconds that the keyring has for its answer before the code is asked for instead."""
RECENT = 8
JOURNAL_PAUSE, JOURNAL_AT_MOST = 1_000, 10_000
"""Milliseconds after the last act, and at most after the first, until the journal is looked at."""


def run(
    folder: Path | None = None,
    *,
    asked: Asked | None = None,
    language: Language | None = None,
    once: bool = False,
) -> int:
    """Show the program and return its exit code.

    `folder` is the workspace to open, None for the first-run screens; `asked` is its key on the
    way. `language` is the one to speak, else that of the settings. `once` shows every screen and
    quits: 0 when all went well.
    """
    # A worker that judges a text must not hold the GUI thread for longer than one sees.
    sys.setswitchinterval(0.001)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("scc-admin")
    app.setApplicationDisplayName("SCC Admin")
    app.setDesktopFileName("scc-admin")
    app.setQuitOnLastWindowClosed(False)
    settings = Settings(machine_file())
    program = Program(app, language or Language(settings.get("look.language")), once=once)
    with crashes.caught(program.crashed, elsewhere=program.tasks.crashed.emit):
        _quit_on_interrupt(app, program)
        program.start(folder, asked)
        app.exec()
    program.end()
    return program.code


class Program(QObject):
    """One run: at most one workspace is open, in at most one window."""

    def __init__(self, app: QApplication, language: Language, *, once: bool = False) -> None:
        super().__init__(app)
        self.code = 0
        self._app = app
        self._language = language
        self._once = once
        settings = Settings(machine_file())
        scheme, zoom = Scheme(settings.get("look.theme")), settings.get("look.scale") / 100
        self.theme = Theme(app, scheme, zoom)
        teach_qt(language)
        app.setWindowIcon(QIcon(str(data_folder("resources") / "icons" / "app" / "app.svg")))
        self._sweeper = Sweeper(self)
        self.tasks = Tasks(self)
        self.tasks.crashed.connect(self.crashed)
        self.window: Window | None = None
        self.welcome: Welcome | None = None
        self._workspace: Workspace | None = None
        self._asked: tuple[Path, Asked] | None = None
        """The workspace whose key the keyring is asked for, while its answer is waited for."""
        self._silent: Path | None = None
        """The one of which the keyring said nothing in its time."""
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self._keyring_silent)
        self._next: Callable[[], object] | None = None
        self._journal_size = -1
        """Entries of the journal at the last look; -1 when it is to be looked at again."""
        self._telling = False
        self._told_at_opening: UserError | str | None = None
        """What came of a restore, to be said in the window that opens after it."""
        self._after = contextlib.ExitStack()
        """What is to be tidied at the very end."""
        app.commitDataRequest.connect(lambda _manager: self._flush())

    # -- opening ----------------------------------------------------------------------------------

    def start(self, folder: Path | None, asked: Asked | None = None) -> None:
        """Open a workspace, or show the first-run screens."""
        if folder is not None:
            self.open(folder, asked=asked)
        elif self._once:
            self._begin_sample()
        else:
            self.show_welcome()

    def open(
        self,
        folder: Path,
        *,
        asked: Asked | None = None,
        passphrase: str | None = None,
        recovery_code: str | None = None,
    ) -> None:
        """Open in a worker: the system's keyring may show a dialog of its own, or never answer."""
        from scc_admin import keys

        @_or_refused
        def work() -> Workspace:
            from scc_admin.workspace import Workspace

            with contextlib.closing(asked) if asked else contextlib.nullcontext():
                return Workspace.open(
                    folder,
                    asked=asked,
                    passphrase=passphrase,
                    recovery_code=recovery_code,
                    put_back=self._silent != folder,
                )

        def begin() -> None:
            self.tasks.read(self, work, self.opened, lambda error: self._not_opened(folder, error))

        # What will be needed, before the worker begins: two threads that import at once hinder
        # each other more than they help.
        for module in ("scc_admin.workspace", "ui.window", "ui.today"):
            importlib.import_module(module)
        self._ask_no_more()
        if passphrase is None and recovery_code is None:
            asked = asked or keys.ask(folder)
        if asked is None:
            begin()
        else:
            self._wait_for(folder, asked, begin)

    def _wait_for(self, folder: Path, asked: Asked, then: Callable[[], object]) -> None:
        """Go on once the keyring has answered, unless another way was taken meanwhile.

        The workspace is not touched before: it is free for whoever types its code.
        """

        def heard(_: None) -> None:
            if self._asked != (folder, asked):
                return
            self._asked = self._silent = None
            self._patience.stop()
            if self.welcome is not None:
                self.welcome.opens()
            then()

        self._asked = folder, asked
        self._patience.start(KEYRING_PATIENCE)
        self.tasks.read(self, asked.wait, heard)

    def _keyring_silent(self) -> None:
        """Ask for the code; the keyring may still answer meanwhile."""
        if self._asked is not None:
            self._silent = self._asked[0]
            self.show_welcome(self._silent, UserError("keyring_silent", _SILENT))

    def _ask_no_more(self) -> None:
        """Whatever the keyring may still answer, another way was taken."""
        asked, self._asked = self._asked, None
        self._patience.stop()
        if asked is not None:
            asked[1].close()

    def opened(self, workspace: Workspace) -> None:
        """Show a workspace that was opened, or just made."""
        from ui.window import Window

        self._workspace = workspace
        self._remember(workspace)
        if self.welcome is not None:
            # Hidden, not closed: closing it would mean that nothing was opened.
            self.welcome.hide()
            self.welcome.deleteLater()
            self.welcome = None
        self.window = Window(
            workspace, self.theme, self.tasks, workspace.clock, language=self._language
        )
        self.window.closed.connect(self._closed)
        self.window.stayed.connect(self._stayed)
        self.window.another_workspace.connect(self._another)
        self.window.encryption_asked.connect(self._encrypt)
        self.window.restore_asked.connect(self._restore)
        self.window.restore_geometry()
        # The day is read once the window is painted: the reading would keep it waiting.
        self.tasks.hold()
        self.window.go_home()
        self.window.show()
        QTimer.singleShot(0, self.tasks, self.tasks.release)
        self._tell_at_opening(self.window)
        if self._once:
            self._show_every_screen()
        else:
            self.tasks.mutate(self.window, workspace.begin_session, self._tell_what_was_kept)
            QTimer.singleShot(UPKEEP_AFTER, self.window, self._upkeep)

    def _made(self, workspace: Workspace) -> None:
        """Show a workspace that is new, and its newcomer round."""
        self.opened(workspace)
        if self.window is None or self._once or workspace.settings.get("look.toured"):
            return
        with contextlib.suppress(UserError):
            workspace.settings.set("look.toured", True)
        self.window.take_tour()

    def _remember(self, workspace: Workspace) -> None:
        if self._once:
            return
        places = [str(workspace.folder)]
        places += [place for place in workspace.settings.get("recent") if place != places[0]]
        with contextlib.suppress(UserError):
            workspace.settings.set("recent", places[:RECENT])

    def _not_opened(self, folder: Path, error: UserError) -> None:
        if self._once:
            self._fail(error)
            return
        self.show_welcome(folder, error)

    def show_welcome(
        self,
        folder: Path | None = None,
        error: UserError | None = None,
        *,
        back_to: Path | None = None,
    ) -> None:
        """The first-run screens; or, with an error, why a workspace did not open.

        Whoever leaves them comes back to the workspace in `back_to`, or ends the program.
        """
        from ui.welcome import Welcome

        if self.welcome is None:
            settings = Settings(machine_file())
            self.welcome = Welcome(
                self.theme, self.tasks, settings, self._language, returns=back_to is not None
            )
            self.welcome.made.connect(self._made)
            self.welcome.spoken.connect(self._speaks)
            self.welcome.open_asked.connect(self._open_again)
            self.welcome.begins_anew.connect(self._ask_no_more)
            self.welcome.left.connect(partial(self.open, back_to) if back_to else self._app.quit)
        if folder is not None and error is not None:
            self.welcome.show_refusal(folder, error)
            # The keyring may be asking for its password in a window of its own.
            silent = error.code == "keyring_silent"
            self.welcome.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, silent)
        self.welcome.show()

    def _speaks(self, language: Language) -> None:
        self._language = language
        teach_qt(language)

    def _open_again(self, folder: Path, passphrase: str, recovery_code: str) -> None:
        self.open(folder, passphrase=passphrase or None, recovery_code=recovery_code or None)

    def _begin_sample(self) -> None:
        """An empty workspace in a folder of its own, for the self-test."""
        import tempfile

        place = tempfile.TemporaryDirectory(prefix="scc-admin-")
        self._after.callback(place.cleanup)

        def work() -> Workspace:
            from scc_admin.keys import Kind
            from scc_admin.workspace import Workspace

            made = Workspace.create(Path(place.name) / "w", protection=Kind.NONE, name="SCC")
            return made.workspace

        self.tasks.read(self, work, self.opened, self._fail)

    # -- while it is open -------------------------------------------------------------------------

    def _upkeep(self) -> None:
        """The daily backup, then a look at what was added to the journal."""
        workspace, window = self._workspace, self.window
        if workspace is None or window is None:
            return
        from ui.indexing import MeaningIndex
        from ui.reminders import Reminders

        Reminders(window)  # these live as long as the window
        MeaningIndex(window)
        gc.freeze()  # what is there by now stays: later sweeps need not look at it
        self.tasks.read(window, workspace.back_up_if_due)
        lull = Lull(window, self._look_again, pause=JOURNAL_PAUSE, at_most=JOURNAL_AT_MOST)
        self.tasks.changed.connect(lull.stir)
        self._journal_size = -1
        self._look_again()
        window.read_ahead()

    def _look_again(self) -> None:
        """After the start, and once acts pause: the journal, and what waits on which screen."""
        self._look_at_journal()
        if self.window is not None:
            self.window.count_waiting()

    def _look_at_journal(self) -> None:
        """Verify what was added since the last look, if anything was."""
        workspace, window, seen = self._workspace, self.window, self._journal_size
        if workspace is None or window is None:
            return
        journal = workspace.journal
        self.tasks.read(
            window,
            lambda: journal.verify(whole=False) if journal.size() != seen else None,
            self._verified,
            key="journal",
        )

    def _verified(self, report: JournalReport | None) -> None:
        if self.window is None or report is None:
            return
        self._journal_size = report.size if report.ok else -1
        self.window.show_journal(report.size, report.ok)

    def _another(self, what: str) -> None:
        """Close this workspace, then open or make another."""
        from ui.files import pick_folder

        if self.window is None:
            return
        if what == "new":
            here = self._workspace.folder if self._workspace is not None else None
            self._next = partial(self.show_welcome, back_to=here)
            self.window.close()
            return
        tr = self.window.shell.tr.tr
        title = tr(N_("Open another workspace"))
        pick_folder(self.window, title, Path.home(), lambda place: self._leave_for(str(place)))

    def _leave_for(self, place: str) -> None:
        self._next = lambda: self.open(Path(place))
        if self.window is not None:
            self.window.close()

    def _restore(self, backup: Path) -> None:
        """Put a backup in the workspace's place."""

        def work(folder: Path, reporter: Reporter) -> None:
            from scc_admin.workspace import Workspace

            Workspace.restore(folder, backup, progress=lambda n, of: reporter(Progress(n, of)))

        self._with_it_closed(
            N_("The backup is being put back"),
            N_("It is read whole and verified first. This window closes by itself."),
            work,
            N_("The workspace is as it was in the backup."),
        )

    def _encrypt(self, plan: Encryption) -> None:
        """Encrypt the workspace and its backups."""

        def work(folder: Path, reporter: Reporter) -> None:
            from scc_admin.workspace import Workspace

            Workspace.encrypt(folder, plan, progress=lambda n, of: reporter(Progress(n, of)))

        self._with_it_closed(
            N_("The workspace is being encrypted"),
            N_(
                "The encrypted copy is compared with what is here before it takes its place. This"
                " window closes by itself."
            ),
            work,
            N_("The workspace and its backups are encrypted."),
            recovery_code=plan.recovery_code,
        )

    def _with_it_closed(
        self,
        title: str,
        text: str,
        work: Callable[[Path, Reporter], None],
        done: str,
        *,
        recovery_code: str | None = None,
    ) -> None:
        """Close the workspace, do something to its folder, open it again, whatever came of it.

        `recovery_code` opens it, should it be encrypted by then. `title`, `text` and `done`, said
        at the opening, are msgids.
        """
        if self.window is None or self._workspace is None:
            return
        folder = self._workspace.folder
        self._next = lambda: self._do_closed(folder, title, text, work, done, recovery_code)
        self.window.close()

    def _do_closed(
        self,
        folder: Path,
        title: str,
        text: str,
        work: Callable[[Path, Reporter], None],
        done: str,
        recovery_code: str | None,
    ) -> None:
        from ui.waiting import Waiting

        tr = Translator(self._language)
        waiting = Waiting(self.theme, tr, tr.tr(title), tr.tr(text))
        waiting.show()

        def then(error: UserError | None) -> None:
            waiting.finish()
            self._told_at_opening = error or tr.tr(done)
            self.open(folder, recovery_code=recovery_code)

        self.tasks.long(
            self,
            waiting.windowTitle(),
            _or_refused(partial(work, folder)),
            lambda _: then(None),
            then,
            progressed=waiting.show_progress,
        )

    def _tell_at_opening(self, window: Window) -> None:
        told, self._told_at_opening = self._told_at_opening, None
        if isinstance(told, UserError):
            window.shell.messages.failed(told)
        elif told is not None:
            window.shell.messages.toast(told)

    def _tell_what_was_kept(self, left: DraftRow | BegunForm | None) -> None:
        """After a session that was cut short: that nothing is lost, and the way to it."""
        from scc_admin.model import BegunForm
        from scc_admin.words import BEGUN

        window = self.window
        if window is None or left is None:
            return
        tr = window.shell.tr
        if isinstance(left, BegunForm):
            begun = (tr.tr(BEGUN[left.kind]), left.said or left.case)
            title, at = " – ".join(part for part in begun if part), left.at
        else:
            title, at = left.title or left.excerpt, left.updated_at
        window.shell.messages.ask(
            tr.tr(N_("We kept what you were writing")),
            tr.tr(
                N_(
                    "Last time the program ended without closing. What you wrote last, “{title}”,"
                    " is here as it was on {at}."
                ),
                title=title,
                at=tr.moment(at),
            ),
            (
                Choice("no", tr.tr(N_("Close"))),
                Choice("yes", tr.tr(N_("Open it")), "primary"),
            ),
            lambda answer: self._take_up(window, left) if answer == "yes" else None,
            tone=Tone.OK,
        )

    def _take_up(self, window: Window, left: DraftRow | BegunForm) -> None:
        """Open what was left in the middle."""
        from scc_admin.model import BegunForm

        if not isinstance(left, BegunForm):
            window.go("draft", left.id)
        elif left.case_id is None:
            window.log_incident()
        else:
            window.go("moderation", ("form", left.name))

    def _closed(self) -> None:
        """The window is gone; once nobody reads or writes any more, so is the workspace."""
        window, self.window = self.window, None
        if window is not None:
            self._language = window.shell.tr.language
            window.deleteLater()
        self._ask_no_more()
        self.tasks.rest(self, self._go_on)

    def _go_on(self) -> None:
        self._close_workspace()
        following, self._next = self._next, None
        if following is None:
            self._app.quit()
        else:
            following()

    def _stayed(self) -> None:
        """What was to follow does not: somebody saw at the last moment what is not saved."""
        self._next = None

    def _close_workspace(self) -> None:
        workspace, self._workspace = self._workspace, None
        if workspace is not None:
            workspace.end_session()
            workspace.close()

    # -- ending -----------------------------------------------------------------------------------

    def _flush(self) -> None:
        if self.window is not None:
            self.window.flush()

    def end(self) -> None:
        """Write what is left, then let go of everything."""
        self._flush()
        self._ask_no_more()
        self.tasks.close()
        self._close_workspace()
        clipboard = QApplication.clipboard()
        if clipboard.ownsSelection():
            clipboard.clear(QClipboard.Mode.Selection)
        self._sweeper.stop()
        self._after.close()

    def _fail(self, error: BaseException) -> None:
        sys.stderr.write(Translator(self._language).explain(error) + "\n")
        self.code = 1
        self._app.quit()

    def crashed(self, error: BaseException) -> None:
        """A bug: keep the text, write a report, say so once."""
        sys.stderr.write(crashes.report(error, datetime.now(UTC)))
        path = crashes.write(error, datetime.now(UTC))
        self._flush()
        if self._once:
            self.code = 1
            self._app.quit()
            return
        if self._telling or self.window is None:
            return
        self._telling = True
        tr = self.window.shell.tr.tr
        details = path.read_text("utf-8") if path is not None else ""
        told = self.window.shell.messages.say(
            tr(N_("Something unexpected happened")),
            tr(
                N_(
                    "We kept what you were writing. A report was written on this computer, without"
                    " anything you typed; read it below, and send it to whoever looks after the"
                    " program. You can go on working."
                )
            ),
            tone=Tone.ERROR,
            details=details,
        )
        told.chosen.connect(self._told)

    def _told(self, _answer: str) -> None:
        self._telling = False

    # -- the self-test ----------------------------------------------------------------------------

    def _show_every_screen(self) -> None:
        assert self.window is not None
        window = self.window
        names = window.places()

        def step() -> None:
            if not self.tasks.idle:
                QTimer.singleShot(20, window, step)
                return
            window.grab()
            if names:
                window.go(names.pop(0))
                QTimer.singleShot(50, window, step)
            else:
                window.close()

        QTimer.singleShot(0, window, step)


_SILENT = N_(
    "This computer’s keyring does not answer. If it asks something elsewhere on the screen,"
    " answer it there, or wait: the workspace opens as soon as the keyring does. What you type here"
    " opens it now."
)


def _or_refused(op: Callable[P, T]) -> Callable[P, T]:
    """A bug in what runs while there is no window to tell of it: it is told as a refusal."""

    def run(*args: P.args, **named: P.kwargs) -> T:
        try:
            return op(*args, **named)
        except SccError:
            raise
        except Exception as error:
            path = crashes.write(error, datetime.now(UTC))
            raise UserError(
                "unexpected",
                N_(
                    "Something unexpected happened. Try again; if it comes back, send the report"
                    " {path} to whoever looks after the program."
                ),
                path=path or "–",
            ) from error

    return run


def _quit_on_interrupt(app: QApplication, program: Program) -> None:
    """Ctrl+C and the system's polite stop close the window, with everything saved."""

    def stop(_number: int, _frame: object) -> None:
        if program.window is not None:
            program.window.close()
        else:
            app.quit()

    with contextlib.suppress(ValueError):  # not in the main thread (tests)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        # Python looks at signals only while it runs.
        beat = QTimer(program)
        beat.timeout.connect(lambda: None)
        beat.start(500)
