"""Backups: whole or not there, rotated, restorable; and where a workspace may not live."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scc_admin import backups, keys
from scc_admin.backups import Backup, Reason, WorkspaceLock
from scc_admin.errors import Cancelled, IntegrityError, UserError
from scc_admin.evidence import Vault
from scc_admin.store import Store

NOW = datetime(2026, 11, 23, 19, 2, tzinfo=UTC)
PASSPHRASE = "quatre mots bien à nous"


class House:
    """A workspace's folder with an open store, as small as backups need it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.key = keys.create(folder, "passphrase", passphrase=PASSPHRASE).key
        self.store = Store.create(folder / "workspace.db", self.key)
        self.vault = Vault(self.store, folder / "evidence", lambda: NOW)

    def note(self, key: str) -> None:
        with self.store.writing() as tx:
            tx.insert("settings", key=key, value="1")

    def notes(self) -> list[str]:
        with self.store.reading() as db:
            return [row["key"] for row in db.all("SELECT key FROM settings ORDER BY key")]

    def keep(self, data: bytes) -> int:
        staged = self.vault.add(data, "a.bin")
        with self.store.writing() as tx:
            return self.vault.commit(tx, staged)

    def make(self, at: datetime = NOW, reason: Reason = Reason.DAILY, **more) -> Backup:
        return backups.make(self.store, self.folder, at, reason, **more)

    def list(self) -> list[Backup]:
        return backups.backups(self.folder)

    def reopen(self) -> None:
        self.store.close()
        key = keys.unlock(self.folder, passphrase=PASSPHRASE)
        self.store = Store.open(self.folder / "workspace.db", key)
        self.vault = Vault(self.store, self.folder / "evidence", lambda: NOW)


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setattr(keys, "_PASSPHRASE_COST", 2**4)
    made = House(tmp_path / "house")
    yield made
    made.store.close()


def pool(house: House) -> list[Path]:
    return sorted(path for path in (house.folder / "backups/evidence").rglob("*") if path.is_file())


# -- making ---------------------------------------------------------------------------------------


def test_a_backup_holds_all_and_says_so(house):
    house.note("a"), house.keep(b"preuve" * 1000)
    told = []
    made = house.make(progress=lambda done, total: told.append((done, total)))
    assert made.path.name == "20261123T190200Z-daily"
    assert (made.at, made.reason, made.evidence, made.verified) == (NOW, Reason.DAILY, 1, True)
    assert house.list() == [made]
    assert backups.problems(made) == []
    assert told == sorted(told) and told[-1][0] == told[-1][1]
    with Store.open(made.path / "workspace.db", house.key, read_only=True) as copy:
        assert copy.problems() == []
    assert all(
        b"preuve" not in path.read_bytes() for path in made.path.parent.rglob("*") if path.is_file()
    )


def test_evidence_is_copied_once(house):
    house.keep(os.urandom(100_000))
    house.make()
    before = {path: path.stat().st_mtime_ns for path in pool(house)}
    house.keep(b"more")
    second = house.make(NOW + timedelta(days=1))
    assert second.evidence == 2 and len(pool(house)) == 2
    assert all(path.stat().st_mtime_ns == then for path, then in before.items())


def test_two_in_a_second_have_each_a_name(house):
    names = {house.make(NOW, Reason.ASKED).path.name for _ in range(3)}
    assert "20261123T190200Z-asked" in names and len(names) == 3


def test_a_backup_stopped_or_refused_leaves_nothing(house, monkeypatch):
    house.keep(os.urandom(100_000))

    def stop(done, total):
        if done == total:
            raise Cancelled

    with pytest.raises(Cancelled):
        house.make(progress=stop)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(UserError) as error:
        house.make()
    assert error.value.code == "disk_full"
    assert house.list() == []
    assert not list((house.folder / "backups").glob("2026*"))


def test_a_second_backup_at_the_same_time_is_told_to_wait(house):
    def again(done, total):
        with pytest.raises(UserError) as error:
            house.make()
        assert error.value.code == "backup_running"

    house.make(progress=again)
    assert len(house.list()) == 1


def test_missing_evidence_does_not_stop_the_rest(house):
    house.keep(b"one"), house.keep(b"two")
    next(house.folder.glob("evidence/*/*.age")).unlink()
    assert house.make().evidence == 1


def test_backups_may_stand_elsewhere(house, tmp_path):
    house.keep(b"x")
    made = house.make(place=tmp_path / "usb")
    assert made.path.parent == tmp_path / "usb" and backups.problems(made) == []
    assert house.list() == [] and backups.backups(house.folder, place=tmp_path / "usb") == [made]


# -- rotation -------------------------------------------------------------------------------------

ages = st.lists(
    st.tuples(st.integers(0, 100 * 24 * 60), st.sampled_from(Reason), st.booleans()), max_size=120
)


@given(ages)
def test_the_rotation_keeps_recent_days_and_weeks_and_nothing_old(drawn):
    standing = [
        Backup(Path(f"{n}"), NOW - timedelta(minutes=age), reason, 0, 0, verified)
        for n, (age, reason, verified) in enumerate(drawn)
    ]
    kept = backups._to_keep(standing, NOW)
    newest_sound = max(
        (backup for backup in standing if backup.verified), key=lambda b: b.at, default=None
    )
    assert newest_sound is None or any(backup.at == newest_sound.at for backup in kept)
    for backup in kept:
        assert NOW - backup.at <= backups.MAX_AGE or backup.at == newest_sound.at
    usual = [b for b in standing if b.reason in (Reason.DAILY, Reason.ASKED)]
    days = {b.at.date() for b in usual}
    for day in sorted(days, reverse=True)[: backups.KEEP_DAYS]:
        if NOW.date() - day < backups.MAX_AGE:
            assert any(b.at.date() == day for b in kept)
    assert len(set(kept)) <= backups.KEEP_DAYS + backups.KEEP_WEEKS + 3 * 5 + 1


def test_what_is_rotated_out_takes_its_evidence_along(house):
    blob = house.keep(b"x" * 1000)
    house.make(NOW - timedelta(days=60))
    with house.store.writing() as tx:
        house.vault.destroy(tx, blob)
    house.vault.sweep()
    house.keep(b"y")
    house.make()
    assert [backup.at for backup in house.list()] == [NOW]
    assert len(pool(house)) == 1
    (held,) = backups.held(house.folder, NOW, {})
    assert (held.looked, held.until) == (True, NOW + timedelta(weeks=8))
    assert backups.held(house.folder, NOW - timedelta(days=1), {}) == []


def test_backups_live_as_long_as_the_settings_say_wherever_they_stand(house, tmp_path):
    """Those left in the workspace grow no older when another folder was chosen since."""
    day = timedelta(days=1)
    house.keep(b"x" * 1000)
    house.make(NOW - 20 * day)
    house.make(NOW - 5 * day, reason=Reason.MIGRATION)
    elsewhere = tmp_path / "key"
    house.make(NOW - 2 * day, place=elsewhere, max_age=10 * day)
    assert [backup.at for backup in house.list()] == [NOW - 5 * day]
    until = {
        held.place: held.until
        for held in backups.held(house.folder, NOW, {elsewhere: NOW}, max_age=10 * day)
    }
    assert until == {house.folder / "backups": NOW + 5 * day, elsewhere: NOW + 8 * day}
    house.make(NOW + 6 * day, place=elsewhere, max_age=10 * day)
    assert house.list() == [] and pool(house) == []
    assert len(backups.backups(house.folder, place=elsewhere)) == 2


def test_what_is_destroyed_goes_from_older_backups_which_stay_whole(house):
    blob = house.keep(b"x" * 1000)
    older = house.make()
    with house.store.writing() as tx:
        house.vault.destroy(tx, blob)
    house.vault.sweep()
    house.make(NOW + timedelta(days=1))
    assert pool(house) == []
    assert [backup.verified for backup in house.list()] == [True, True]
    assert backups.problems(older) == []


def test_two_workspaces_may_share_one_disk_for_their_backups(house, tmp_path):
    other, disk = House(tmp_path / "other"), tmp_path / "disk"
    other.keep(b"theirs")
    theirs = other.make(place=disk)
    later = NOW + timedelta(days=80)
    ours = [house.make(NOW + timedelta(hours=n), place=disk) for n in range(3)]
    house.make(later, place=disk)
    assert not any(backup.path.exists() for backup in ours)
    assert not backups.problems(theirs)
    assert backups.backups(other.folder, place=disk) == [theirs]
    assert backups.due(other.folder, later, place=disk)
    other.store.close()
    shutil.rmtree(other.folder)
    backups.restore(theirs.path, other.folder, later)
    other.reopen()
    assert other.vault.verify() == []
    other.store.close()


def test_an_unreadable_list_lets_nothing_go(house):
    house.keep(b"x")
    first = house.make()
    (first.path / "backup.json").write_text("{")
    with house.store.writing() as tx:
        tx.run("UPDATE blobs SET path = 'ab/other.age'")
    house.make(NOW + timedelta(minutes=1), Reason.MIGRATION)
    assert len(pool(house)) == 1
    assert [backup.verified for backup in house.list()] == [True, False]


@pytest.mark.parametrize(
    ("hours", "is_due"), [(0, False), (19, False), (20, True), (100, True), (-1, True)]
)
def test_a_day_s_backup_is_due(house, hours, is_due):
    assert backups.due(house.folder, NOW)
    house.make()
    assert backups.due(house.folder, NOW + timedelta(hours=hours)) is is_due


def test_a_clock_set_back_loses_no_backup(house):
    for day in range(16):
        house.make(NOW + timedelta(days=day))
    assert house.make(NOW - timedelta(days=300)) in house.list()


# -- damage ---------------------------------------------------------------------------------------


@given(st.data())
def test_any_damage_to_a_backup_is_found(house_of_glass, data):
    backup, files = house_of_glass
    path = data.draw(st.sampled_from(sorted(files)))
    sound = files[path]
    at = data.draw(st.integers(0, len(sound) - 1))
    damage = data.draw(
        st.sampled_from([sound[:at], sound[:at] + bytes([sound[at] ^ 16]) + sound[at + 1 :], None])
    )
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    try:
        found = backups.problems(backup)
        if path.name == "backup.json" and not found:
            # A changed instant or reason: the name of the folder is what counts.
            assert damage is not None
            changed, whole = json.loads(damage), json.loads(sound)
            assert (changed["files"], changed["evidence"]) == (whole["files"], whole["evidence"])
        else:
            assert found
    finally:
        path.write_bytes(sound)


@pytest.fixture(scope="module")
def house_of_glass(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_PASSPHRASE_COST", 2**4)
        made = House(tmp_path_factory.mktemp("glass") / "house")
    with made.store:
        made.keep(b"preuve" * 100)
        backup = made.make()
        files = {path: path.read_bytes() for path in [*backup.path.iterdir(), *pool(made)]}
        yield backup, files


# -- restoring ------------------------------------------------------------------------------------


def test_a_restore_brings_all_back_and_keeps_what_was_there(house):
    house.note("before")
    kept = house.keep(b"preuve")
    backup = house.make()
    house.note("after")
    later = house.keep(b"later")
    house.store.close()
    shutil.rmtree(next((house.folder / "evidence").iterdir()))
    aside = backups.restore(backup.path, house.folder, NOW + timedelta(hours=1))
    house.reopen()
    assert house.notes() == ["before"]
    assert house.vault.read(kept) == b"preuve"
    assert [b.reason for b in house.list()] == [Reason.REPLACED, Reason.DAILY]
    # And back again.
    house.store.close()
    backups.restore(aside, house.folder, NOW + timedelta(hours=2))
    house.reopen()
    assert house.notes() == ["after", "before"]
    assert house.vault.blob(later).size == 5


def test_a_restore_onto_a_bare_machine(house, tmp_path):
    house.note("a")
    kept = house.keep(b"preuve")
    backup = house.make(place=tmp_path / "usb")
    house.store.close()
    shutil.rmtree(house.folder)
    assert backups.restore(backup.path, house.folder, NOW) is None
    house.reopen()
    assert house.notes() == ["a"] and house.vault.read(kept) == b"preuve"


def test_a_crash_s_write_ahead_log_is_set_aside_with_its_database(house, tmp_path):
    backup = house.make()
    crash = (
        "import os, sys; from pathlib import Path; from scc_admin.store import Store\n"
        "store = Store.open(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))\n"
        "with store.writing() as tx: tx.insert('settings', key='late', value='1')\n"
        "os._exit(0)"
    )
    database = house.folder / "workspace.db"
    house.store.close()
    subprocess.run(
        [sys.executable, "-c", crash, str(database), house.key.hex()],
        check=True,
        cwd=Path(__file__).parents[2],
        timeout=300,
    )
    assert (house.folder / "workspace.db-wal").stat().st_size > 0
    aside = backups.restore(backup.path, house.folder, NOW)
    house.reopen()
    assert house.notes() == []
    house.store.close()
    backups.restore(aside, house.folder, NOW + timedelta(hours=1))
    house.reopen()
    assert house.notes() == ["late"]


def test_damaged_evidence_is_mended_by_a_restore(house):
    kept = house.keep(b"preuve")
    backup = house.make()
    house.store.close()
    path = next(house.folder.glob("evidence/*/*.age"))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    backups.restore(backup.path, house.folder, NOW)
    house.reopen()
    assert house.vault.read(kept) == b"preuve"


def test_a_newer_passphrase_survives_a_restore(house):
    backup = house.make()
    keys.change_protection(house.folder, house.key, "passphrase", passphrase="un autre secret")
    house.store.close()
    backups.restore(backup.path, house.folder, NOW)
    assert keys.unlock(house.folder, passphrase="un autre secret") == house.key


def test_a_backup_may_have_another_name_but_needs_its_evidence_beside_it(house, tmp_path):
    house.note("a")
    kept = house.keep(b"preuve")
    backup = house.make()
    house.store.close()
    shutil.rmtree(house.folder / "evidence")
    alone = shutil.copytree(backup.path, tmp_path / "usb" / "du lundi")
    with pytest.raises(UserError) as error:
        backups.restore(alone, house.folder, NOW)
    assert error.value.code == "evidence_apart"
    shutil.copytree(backup.path.parent / "evidence", alone.parent / "evidence")
    backups.restore(alone, house.folder, NOW)
    house.reopen()
    assert house.notes() == ["a"] and house.vault.read(kept) == b"preuve"


def test_a_damaged_or_foreign_backup_changes_nothing(house, tmp_path):
    house.note("a")
    backup = house.make()
    other = House(tmp_path / "other")
    foreign = other.make()
    other.store.close()
    house.store.close()
    with pytest.raises(UserError) as error:
        backups.restore(foreign.path, house.folder, NOW)
    assert error.value.code == "other_workspace"
    database = backup.path / "workspace.db"
    database.write_bytes(database.read_bytes()[:-1])
    with pytest.raises(IntegrityError) as error:
        backups.restore(backup.path, house.folder, NOW)
    assert error.value.code == "backup_damaged"
    with pytest.raises(UserError) as error:
        backups.restore(house.folder, house.folder, NOW)
    assert error.value.code == "not_a_backup"
    house.reopen()
    assert house.notes() == ["a"]


def test_an_open_workspace_is_not_restored(house):
    backup = house.make()
    with WorkspaceLock(house.folder), pytest.raises(UserError) as error:
        backups.restore(backup.path, house.folder, NOW)
    assert error.value.code == "already_open"


# -- one at a time --------------------------------------------------------------------------------


def test_a_second_instance_is_refused_and_a_dead_one_is_not_in_the_way(tmp_path):
    hold = (
        "import sys; from pathlib import Path; from scc_admin.backups import WorkspaceLock\n"
        "lock = WorkspaceLock(Path(sys.argv[1])); lock.acquire()\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UserError) as error, WorkspaceLock(tmp_path):
            pass
        assert error.value.code == "already_open"
        other.kill()
        other.wait()
    with WorkspaceLock(tmp_path), pytest.raises(UserError), WorkspaceLock(tmp_path):
        pass
    lock = WorkspaceLock(tmp_path)
    lock.acquire()
    lock.release()
    lock.release()


# -- where ----------------------------------------------------------------------------------------

HOME = Path("/home/a")
ROOT = [("/", "ext4", "rw"), ("/mnt/nas", "cifs", "rw"), ("/mnt/nas/local", "ext4", "rw")]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/home/a/Documents/Réseaux", None),
        ("/home/a/OneDrive/x", "sync_folder"),
        ("/home/a/OneDrive - Société canadienne du cancer/x", "sync_folder"),
        ("/home/a/Dropbox (Équipe)/x", "sync_folder"),
        ("/Users/a/Library/CloudStorage/GoogleDrive-a@example.org/Mon disque", "sync_folder"),
        ("/Users/a/Library/CloudStorage/OneDrive-Personal", "sync_folder"),
        ("/Users/a/Library/Mobile Documents/com~apple~CloudDocs/x", "sync_folder"),
        ("/home/a/Google Drive/x", "sync_folder"),
        ("/home/a/Nextcloud", "sync_folder"),
        ("/home/a/Box/x", "sync_folder"),
        ("/home/a/projets/Box/x", None),
        ("/home/a/projets/sync/x", None),
        ("/home/a/mes dropbox/x", None),
        ("/srv/entreprise/x", "sync_folder"),
        ("/mnt/nas/x", "network_folder"),
        ("/mnt/nas", "network_folder"),
        ("/mnt/nas2/x", None),
        ("/mnt/nas/local/x", None),
    ],
)
def test_where_a_workspace_may_live(path, code):
    environ = {"OneDriveCommercial": "/srv/entreprise", "OneDrive": ""}
    problem = backups.location_problem(Path(path), environ=environ, home=HOME, mounts=ROOT)
    assert (problem and problem.code) == code


def test_windows_shares_and_mapped_drives_are_on_the_network():
    drives = [("C:\\", "NTFS", "rw,fixed"), ("Z:\\", "NTFS", "rw,remote")]
    for path, on_network in (
        ("\\\\serveur\\partage\\x", True),
        ("Z:\\x", True),
        ("C:\\Users\\a", False),
        ("\\\\?\\C:\\Users\\a", False),
        ("\\\\?\\UNC\\serveur\\partage\\x", True),
    ):
        assert backups._on_network(PureWindowsPath(path), drives) is on_network, path


def test_a_synchroniser_s_mark_and_a_link_into_its_folder_are_seen(tmp_path):
    (tmp_path / "shared" / ".stfolder").mkdir(parents=True)
    (tmp_path / "shared" / "x").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "shared" / "x")
    for path in (tmp_path / "shared" / "x" / "y", tmp_path / "link"):
        problem = backups.location_problem(path, environ={}, home=HOME, mounts=[])
        assert problem.params["service"] == "Syncthing"
    (tmp_path / ".dropbox").mkdir()
    assert backups.location_problem(tmp_path / "own", environ={}, home=tmp_path, mounts=[]) is None


def test_this_computer_s_own_folders_are_fine(tmp_path):
    assert backups.location_problem(tmp_path) is None
