"""Work off the GUI thread.

Mutations run one after the other on a single thread, in the order given; reads, checks and long
work share a small pool. A result comes back on the GUI thread, and only while its owner lives. A
mutation's `Changes` go out once, by `changed`, whatever became of its owner.

The worker side knows a number and one signal that outlives it. What it runs, and what came of it,
may hold widgets; both are kept, and let go, on the GUI thread: Qt does not survive losing a widget
elsewhere.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
import traceback
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QElapsedTimer, QObject, Qt, QTimer, Signal

from scc_admin.errors import Cancelled, UserError
from scc_admin.kinds import Changes, Progress

T = TypeVar("T")

READERS = 3
"""Threads for reads and checks: each holds a connection of its own to the store."""

REPORT_EVERY = 0.05
"""Seconds between two reports of progress that are worth drawing."""

SURE_AFTER = 3.0
"""Seconds of work after which its pace is worth telling."""

SAVE_PAUSE, SAVE_AT_MOST = 400, 700
"""Milliseconds without a key after which what was typed is saved, and with keys: together with the
disk's own time, each key is on disk within a second."""


class Reporter:
    """What long work is handed: call it with a `Progress`; it raises `Cancelled` on request."""

    def __init__(self, post: Callable[[Progress], None]) -> None:
        self._post = post
        self._stop = threading.Event()
        self._last = 0.0

    def __call__(self, progress: Progress) -> None:
        self.check()
        now = time.monotonic()
        if now - self._last >= REPORT_EVERY or progress.done == progress.total:
            self._last = now
            self._post(progress)

    def check(self) -> None:
        """Raise `Cancelled` when the user asked to stop."""
        if self._stop.is_set():
            raise Cancelled

    def cancel(self) -> None:
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()


class Pace:
    """How fast long work goes."""

    def __init__(self) -> None:
        self._total: int | None = None
        self._begun = self._from = 0.0

    def left(self, progress: Progress, now: float) -> float | None:
        """Seconds the work still takes at the pace it had so far; None while that is a guess.

        `now` is an instant of the monotonic clock. Another total is another stretch of the work,
        which goes at a pace of its own.
        """
        if progress.total != self._total:
            self._total, self._begun, self._from = progress.total, now, progress.done
        spent, done = now - self._begun, progress.done - self._from
        if progress.total is None or spent < SURE_AFTER or done <= 0:
            return None
        return spent / done * max(0, progress.total - progress.done)


@dataclass(slots=True)
class Job:
    """A piece of work under way, as its owner sees it."""

    number: int
    owner: QObject
    label: str = ""
    done: Callable[[Any], object] | None = None
    failed: Callable[[UserError], object] | None = None
    cancelled: Callable[[], object] | None = None
    progressed: Callable[[Progress], object] | None = None
    key: Hashable = None
    reporter: Reporter | None = None
    mutation: bool = False
    future: Future[Any] | None = field(default=None, repr=False)
    progress: Progress | None = None
    pace: Pace = field(default_factory=Pace, repr=False)

    def cancel(self) -> None:
        """Ask long work to stop; work not yet begun never begins. Mutations are never cut off."""
        if self.reporter is not None:
            self.reporter.cancel()
        if self.future is not None and not self.mutation:
            self.future.cancel()


class Tasks(QObject):
    """The program's workers. Made and closed on the GUI thread, where everything is delivered."""

    changed = Signal(object)
    """`Changes` of a mutation that has been written."""
    failed = Signal(object)
    """`UserError` that nobody else wanted."""
    crashed = Signal(object)
    """Any other exception: a bug."""
    long_work = Signal(object)
    """Tuple of the `Job`s under way that show progress."""

    _arrived = Signal(int)
    _reported = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._serial = ThreadPoolExecutor(1, "mutations")
        self._pool = ThreadPoolExecutor(READERS, "reads")
        self._jobs: dict[int, Job] = {}
        self._latest: dict[tuple[int, Hashable], int] = {}
        self._ops: dict[int, Callable[[], object]] = {}
        self._outcomes: dict[int, tuple[object, BaseException | None]] = {}
        self._reads: set[Future[Any]] = set()
        """Those under way, whoever still wants to know."""
        self._next = 0
        self._held: list[tuple[ThreadPoolExecutor, Job, Callable[[], object]]] | None = None
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._reported.connect(self._progress, Qt.ConnectionType.QueuedConnection)

    # -- asking for work ------------------------------------------------------------------------

    def hold(self) -> None:
        """Begin nothing before `release`: a window that is being made wants the processor."""
        if self._held is None:
            self._held = []

    def release(self) -> None:
        """Begin what was asked for meanwhile, in its order."""
        held, self._held = self._held or [], None
        for executor, job, op in held:
            if job.number in self._jobs:
                self._start(executor, job, op)

    def mutate(
        self,
        owner: QObject,
        op: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[UserError], object] | None = None,
    ) -> Job:
        """Run `op` after every mutation asked for before it; here and now once closed.

        `op` returns `Changes`, something with `.changes`, or a tuple that holds one of these;
        anything else means that no view need care.
        """
        job = self._job(owner, done=done, failed=failed, mutation=True)
        self._start(self._serial, job, op)
        return job

    def read(
        self,
        owner: QObject,
        op: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[UserError], object] | None = None,
        *,
        key: Hashable = None,
    ) -> Job:
        """Run `op` in the pool. A later read of the same owner and `key` makes this one stale:
        its result is dropped."""
        job = self._job(owner, done=done, failed=failed, key=key)
        if key is not None:
            slot = (id(owner), key)
            older = self._jobs.get(self._latest.get(slot, -1))
            if older is not None:
                older.cancel()
                self._drop(older)
            self._latest[slot] = job.number
        self._start(self._pool, job, op)
        return job

    def long(
        self,
        owner: QObject,
        label: str,
        op: Callable[[Reporter], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[UserError], object] | None = None,
        cancelled: Callable[[], object] | None = None,
        progressed: Callable[[Progress], object] | None = None,
        *,
        mutation: bool = False,
    ) -> Job:
        """Work one waits for: shown with its progress under `label`, and cancellable.

        `mutation` puts it in line with the other mutations.
        """
        job = self._job(owner, done=done, failed=failed, label=label, mutation=mutation)
        job.cancelled, job.progressed = cancelled, progressed
        number = job.number
        reporter = job.reporter = Reporter(lambda p: self._reported.emit(number, p))
        self._start(self._serial if mutation else self._pool, job, lambda: op(reporter))
        self._announce_long_work()
        return job

    def forget(self, owner: QObject) -> None:
        """Deliver nothing more to this owner. Its mutations are still carried out."""
        for job in [job for job in self._jobs.values() if job.owner is owner]:
            job.cancel()
            if job.mutation:
                job.done = job.failed = job.cancelled = job.progressed = None
            else:
                self._drop(job)
        self._announce_long_work()

    def rest(self, owner: QObject, then: Callable[[], object]) -> None:
        """Deliver nothing of what was asked for so far; `then` runs once all of it has ended.

        For who is about to take away what the workers work on.
        """
        self.release()
        for asking in {job.owner for job in self._jobs.values()}:
            self.forget(asking)
        self.mutate(owner, lambda: wait(tuple(self._reads)), lambda _: then())

    @property
    def idle(self) -> bool:
        return not self._jobs

    @property
    def writing(self) -> bool:
        """Whether a mutation is under way or in line."""
        return any(job.mutation for job in self._jobs.values())

    def close(self) -> None:
        """Finish every mutation, drop everything else. Waits."""
        if self._closed:
            return
        self.release()
        self._closed = True
        for job in self._jobs.values():
            job.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._serial.shutdown(wait=True)
        QCoreApplication.removePostedEvents(self)
        self._jobs.clear()
        self._ops.clear()
        self._outcomes.clear()

    # -- worker side ----------------------------------------------------------------------------

    def _start(self, executor: ThreadPoolExecutor, job: Job, op: Callable[[], object]) -> None:
        if self._held is not None:
            self._held.append((executor, job, op))
            return
        if self._closed:
            # A timer of a window on its way out: nobody would see an answer.
            self._drop(job)
            if job.mutation:
                op()
            return
        number, arrived = job.number, self._arrived
        ops, outcomes = self._ops, self._outcomes
        ops[number] = op

        def run() -> None:
            try:
                outcomes[number] = ops[number](), None
            except BaseException as error:
                outcomes[number] = None, error
            arrived.emit(number)

        def never_begun(future: Future[Any]) -> None:
            if future.cancelled():
                arrived.emit(number)

        job.future = executor.submit(run)
        job.future.add_done_callback(never_begun)
        if executor is self._pool:
            self._reads.add(job.future)
            job.future.add_done_callback(self._reads.discard)

    # -- GUI side -------------------------------------------------------------------------------

    def _job(self, owner: QObject, **what: Any) -> Job:
        self._next += 1
        job = self._jobs[self._next] = Job(self._next, owner, **what)
        return job

    def _drop(self, job: Job) -> None:
        self._jobs.pop(job.number, None)
        slot = (id(job.owner), job.key)
        if self._latest.get(slot) == job.number:
            del self._latest[slot]

    def _deliver(self, number: int) -> None:
        self._ops.pop(number, None)
        result, error = self._outcomes.pop(number, (None, Cancelled()))
        job = self._jobs.get(number)
        if job is None:
            return
        self._drop(job)
        alive = shiboken6.isValid(job.owner)
        if job.label:
            self._announce_long_work()
        if error is None:
            try:
                if alive and job.done is not None:
                    job.done(result)
            finally:
                for part in result if isinstance(result, tuple) else (result,):
                    changes = getattr(part, "changes", part)
                    if isinstance(changes, Changes) and changes.what:
                        self.changed.emit(changes)
        elif isinstance(error, Cancelled):
            if alive and job.cancelled is not None:
                job.cancelled()
        elif isinstance(error, UserError):
            if alive and job.failed is not None:
                job.failed(error)
            else:
                self.failed.emit(error)
        else:
            self.crashed.emit(error)

    def _progress(self, number: int, progress: Progress) -> None:
        job = self._jobs.get(number)
        if job is None:
            return
        progress = replace(progress, left=job.pace.left(progress, time.monotonic()))
        job.progress = progress
        if job.progressed is not None and shiboken6.isValid(job.owner):
            job.progressed(progress)
        self._announce_long_work()

    def _announce_long_work(self) -> None:
        self.long_work.emit(tuple(job for job in self._jobs.values() if job.label))


class Sweeper(QObject):
    """Python's garbage, collected on the GUI thread only.

    A cycle may hold widgets, icons or documents; the collector runs in whatever thread happens to
    allocate, and Qt does not survive losing them in a worker. It also never sweeps between a key
    and its letter now.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rounds = 0
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(1_000)
        self._timer.timeout.connect(self.sweep)
        self._timer.start()

    def sweep(self) -> None:
        self._rounds += 1
        if self._rounds % 120 == 0:
            gc.collect()
        elif self._rounds % 10 == 0:
            gc.collect(1)
        elif gc.get_count()[0] > 1_000:
            gc.collect(0)

    def stop(self) -> None:
        self._timer.stop()
        gc.enable()


class Lull(QTimer):
    """Acts when keys pause for `pause` milliseconds, and after `at_most` though they do not.

    A timer begun anew by each key would never come to an end for one who types steadily.
    """

    def __init__(
        self,
        owner: QObject,
        act: Callable[[], object],
        *,
        pause: int,
        at_most: int,
    ) -> None:
        super().__init__(owner)
        self._pause, self._at_most = pause, at_most
        self._since = QElapsedTimer()
        self.setSingleShot(True)
        self.timeout.connect(act)

    def stir(self) -> None:
        """Something changed."""
        if not self.isActive():
            self._since.start()
        self.start(max(0, min(self._pause, self._at_most - self._since.elapsed())))


class Saver(Lull):
    """Saves what is typed in its owner. A window on its way out has every saver save at once."""

    def __init__(self, owner: QObject, save: Callable[[], object]) -> None:
        super().__init__(owner, save, pause=SAVE_PAUSE, at_most=SAVE_AT_MOST)
        self._save = save

    def save_now(self) -> None:
        """Save what waits, if anything does."""
        if self.isActive():
            self.stop()
            self._save()


@dataclass(frozen=True, slots=True)
class Freeze:
    """A time during which the GUI thread answered nothing."""

    seconds: float
    busy: float
    """Seconds of it that this thread itself computed, whoever else used the computer."""
    where: str
    """The GUI thread's stack while it was held."""


class Watchdog(QObject):
    """Says when, and where, the GUI thread was held longer than `limit` seconds. For tests."""

    def __init__(self, limit: float = 0.1, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.limit = limit
        self.freezes: list[Freeze] = []
        self._gui = threading.get_ident()
        self._beat = time.monotonic()
        self._work = time.thread_time()
        self._where = ""
        self._timer = QTimer(self)
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._tick)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        self._beat = time.monotonic()
        self._work = time.thread_time()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        self._tick()
        self._timer.stop()
        self._stop.set()
        self._thread.join()

    def _tick(self) -> None:
        now, work = time.monotonic(), time.thread_time()
        if now - self._beat > self.limit + 0.01:
            self.freezes.append(Freeze(now - self._beat, work - self._work, self._where))
        self._where = ""
        self._beat, self._work = now, work

    def _watch(self) -> None:
        while not self._stop.wait(self.limit / 4):
            if not self._where and time.monotonic() - self._beat > self.limit * 0.75:
                frame = sys._current_frames().get(self._gui)
                self._where = "".join(traceback.format_stack(frame)) if frame else ""
