"""Work off the GUI thread: order, delivery, staleness, failure, ends."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest
from conftest import flush_deleted
from PySide6.QtCore import QObject

from scc_admin.errors import Cancelled, UserError
from scc_admin.i18n import Translator
from scc_admin.model import Changes, Language, Progress
from ui.tasks import Pace, Saver, Tasks, Watchdog
from ui.widgets import ProgressBar, left_words

DRAFTS = Changes(frozenset({"drafts"}), draft_id=3)


def test_mutations_run_in_the_order_asked_for(tasks, settle) -> None:
    done: list[int] = []
    for number in range(50):
        tasks.mutate(tasks, lambda n=number: done.append(n))
    settle()
    assert done == list(range(50))


def test_held_work_begins_when_it_is_let_go(tasks, settle) -> None:
    done: list[str] = []
    stale, kept = QObject(), QObject()
    tasks.hold()
    tasks.mutate(tasks, lambda: done.append("first"))
    tasks.read(stale, lambda: done.append("stale"))
    tasks.read(kept, lambda: None, lambda _: done.append("read"))
    tasks.mutate(tasks, lambda: done.append("second"))
    tasks.forget(stale)
    assert not tasks.idle and done == []
    tasks.release()
    settle()
    assert sorted(done) == ["first", "read", "second"]
    assert done.index("first") < done.index("second")


def test_held_mutations_are_carried_out_at_the_end(tasks) -> None:
    done: list[str] = []
    tasks.hold()
    tasks.mutate(tasks, lambda: done.append("kept"))
    tasks.close()
    assert done == ["kept"]


def test_results_come_back_on_the_gui_thread(tasks, settle) -> None:
    seen: list[tuple[int, bool]] = []
    here = threading.get_ident()
    tasks.read(
        tasks,
        threading.get_ident,
        lambda worker: seen.append((worker, threading.get_ident() == here)),
    )
    settle()
    assert seen[0][1] and seen[0][0] != here


@pytest.mark.parametrize("result", [DRAFTS, (7, DRAFTS)])
def test_changes_are_announced_once_after_the_owner_was_told(tasks, settle, result) -> None:
    order: list[object] = []
    tasks.changed.connect(order.append)
    tasks.mutate(tasks, lambda: result, lambda _: order.append("done"))
    settle()
    assert order == ["done", DRAFTS]


def test_changes_are_announced_though_their_owner_is_gone(tasks, settle) -> None:
    seen: list[Changes] = []
    called: list[object] = []
    tasks.changed.connect(seen.append)
    owner = QObject()
    gate = threading.Event()
    tasks.mutate(owner, lambda: (gate.wait(60), DRAFTS)[1], called.append)
    owner.deleteLater()
    flush_deleted()
    gate.set()
    settle()
    assert seen == [DRAFTS] and called == []


def test_nothing_reaches_an_owner_that_was_forgotten(tasks, settle) -> None:
    called: list[object] = []
    owner = QObject()
    gate = threading.Event()
    tasks.read(owner, lambda: gate.wait(60), called.append)
    tasks.mutate(owner, lambda: gate.wait(60), called.append)
    tasks.forget(owner)
    gate.set()
    settle()
    assert called == []


def test_a_later_read_of_the_same_key_makes_the_earlier_one_stale(tasks, settle) -> None:
    gates = [threading.Event() for _ in range(3)]
    seen: list[int] = []

    def check(number: int) -> int:
        gates[number].wait(60)
        return number

    for number in range(3):
        tasks.read(tasks, lambda n=number: check(n), seen.append, key="verdict")
    for gate in reversed(gates):
        gate.set()
    settle()
    assert seen == [2]


def test_errors_reach_whoever_asked_else_the_window_and_bugs_the_crash_handler(
    tasks, settle
) -> None:
    problem, bug = UserError("x", "It is so."), ZeroDivisionError()
    asked: list[object] = []
    window: list[object] = []
    crashes: list[object] = []
    tasks.failed.connect(window.append)
    tasks.crashed.connect(crashes.append)

    def fail(error: Exception) -> None:
        raise error

    tasks.mutate(tasks, lambda: fail(problem), failed=asked.append)
    tasks.mutate(tasks, lambda: fail(problem))
    tasks.read(tasks, lambda: fail(bug), failed=asked.append)
    settle()
    assert (asked, window, crashes) == ([problem], [problem], [bug])


def test_a_callback_that_raises_does_not_hide_what_changed(qtbot, tasks, settle) -> None:
    seen: list[Changes] = []
    tasks.changed.connect(seen.append)
    with qtbot.capture_exceptions() as raised:
        tasks.mutate(tasks, lambda: DRAFTS, lambda _: 1 / 0)
        settle()
    assert seen == [DRAFTS] and raised[0][0] is ZeroDivisionError


def test_long_work_reports_and_can_be_stopped(qtbot, tasks, settle) -> None:
    reports: list[Progress] = []
    stopped: list[bool] = []
    shown: list[tuple[object, ...]] = []
    tasks.long_work.connect(shown.append)
    begun = threading.Event()

    def work(report) -> None:
        for number in range(100_000):
            report(Progress(number, 100_000))
            begun.set()
            time.sleep(0.001)

    job = tasks.long(
        tasks, "Counting", work, cancelled=lambda: stopped.append(True), progressed=reports.append
    )
    begun.wait(60)
    qtbot.waitUntil(lambda: bool(reports))
    job.cancel()
    settle()
    assert stopped == [True]
    assert shown[0] == (job,) and shown[-1] == ()


def test_work_stopped_before_it_began_ends_as_well(qtbot, tasks, settle) -> None:
    gate = threading.Event()
    for _ in range(3):
        tasks.read(tasks, lambda: gate.wait(60))
    ended: list[str] = []
    job = tasks.long(
        tasks, "Work", lambda _report: None, cancelled=lambda: ended.append("cancelled")
    )
    job.cancel()
    gate.set()
    settle()
    assert ended == ["cancelled"]


def test_work_that_gives_up_by_itself_is_no_error(tasks, settle) -> None:
    crashes: list[object] = []
    tasks.crashed.connect(crashes.append)

    def give_up() -> None:
        raise Cancelled

    tasks.read(tasks, give_up)
    settle()
    assert crashes == []


class Held:
    """Stands for a widget: says on which thread it was let go."""

    def __init__(self, gone: list[int]) -> None:
        self._gone = gone

    def __del__(self) -> None:
        self._gone.append(threading.get_ident())

    def work(self, begun: threading.Event, gate: threading.Event, fails: bool) -> Held:
        begun.set()
        gate.wait(60)
        if fails:
            raise UserError("no", "No.")
        return Held(self._gone)


@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_what_a_worker_ran_is_let_go_on_the_gui_thread(tasks, settle, wanted, fails) -> None:
    gone: list[int] = []
    for _ in range(30):
        begun, gate, owner = threading.Event(), threading.Event(), QObject()
        op = partial(Held(gone).work, begun, gate, fails)
        tasks.read(owner, op, lambda _: None, lambda _: None)
        del op
        assert begun.wait(60)
        if not wanted:
            tasks.forget(owner)
        gate.set()
        tasks.read(tasks, lambda: None)
        settle()
    tasks.close()
    assert set(gone) == {threading.get_ident()}
    assert len(gone) == 30 * (1 if fails else 2)


def test_at_rest_nothing_is_under_way_and_nothing_comes_back(tasks, settle) -> None:
    told: list[str] = []
    gate, began = threading.Event(), threading.Event()

    def reads() -> None:
        began.set()
        gate.wait(60)
        told.append("read")

    tasks.read(tasks, reads, lambda _: told.append("read came back"))
    assert began.wait(60)
    tasks.mutate(tasks, lambda: told.append("written"), lambda _: told.append("written came back"))
    tasks.rest(tasks, lambda: told.append("at rest"))
    tasks.read(tasks, lambda: None, lambda _: told.append("asked for later"), key="later")
    gate.set()
    settle()
    told.remove("asked for later")
    assert sorted(told[:-1]) == ["read", "written"] and told[-1] == "at rest"


def test_closing_finishes_every_mutation(qapp) -> None:
    tasks = Tasks()
    done: list[int] = []
    delivered: list[object] = []
    for number in range(20):
        tasks.mutate(tasks, lambda n=number: (time.sleep(0.002), done.append(n)), delivered.append)
    tasks.close()
    qapp.processEvents()
    assert done == list(range(20)) and delivered == []


def test_what_is_saved_after_the_end_is_still_written(qapp) -> None:
    tasks = Tasks()
    tasks.close()
    done: list[str] = []
    tasks.mutate(tasks, lambda: done.append("kept"))
    tasks.read(tasks, lambda: done.append("looked"))
    assert done == ["kept"]


def test_a_saver_saves_at_once_only_what_waits(qapp) -> None:
    saved: list[str] = []
    saver = Saver(qapp, lambda: saved.append("saved"))
    saver.save_now()
    assert saved == []
    saver.stir()
    saver.save_now()
    assert saved == ["saved"] and not saver.isActive()


def test_the_watchdog_says_where_the_gui_thread_was_held(qtbot) -> None:
    watchdog = Watchdog(0.05)
    watchdog.start()
    for _ in range(20):  # another program may hold it, too, and be told instead
        qtbot.wait(60)
        time.sleep(0.3)
        qtbot.wait(30)
        told = [f for f in watchdog.freezes if f.seconds > 0.25 and "time.sleep(0.3)" in f.where]
        if told:
            break
    watchdog.stop()
    assert told


def test_the_time_left_is_told_once_the_pace_is_known() -> None:
    pace, words = Pace(), Translator(Language.EN)
    seen = [
        pace.left(Progress(done, total), now)
        for now, done, total in (
            (100.0, 0, 1_000),
            (101.0, 10, 1_000),  # a second is too little to tell from
            (110.0, 100, 1_000),
            (155.0, 990, 1_000),
            (156.0, 5, 60),  # the next stretch has a pace of its own
            (157.0, 5, None),
        )
    ]
    assert seen == [None, None, 90.0, pytest.approx(0.5556, abs=0.001), None, None]
    said = [left_words(words, Progress(1, 2, left=left)) for left in (None, 3, 12, 55, 61, 90)]
    assert said == [
        "",
        "a few seconds left",
        "about 15 s left",
        "about 55 s left",
        "about 2 minutes left",
        "about 2 minutes left",
    ]


def test_a_bar_shows_totals_that_exceed_its_bits(qtbot) -> None:
    bar = ProgressBar("Copy")
    qtbot.addWidget(bar)
    bar.show_progress(Progress(3 << 32, 4 << 32))
    assert (bar.value(), bar.maximum()) == (750, 1000)
    bar.show_progress(None)
    assert bar.maximum() == 0
