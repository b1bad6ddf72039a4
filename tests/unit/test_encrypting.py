"""A workspace in clear is encrypted: all that was in it is there, none of it can be read."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from scc_admin import backups, encrypting, keys
from scc_admin.editorial import DraftDetails
from scc_admin.errors import UserError
from scc_admin.keys import Kind
from scc_admin.kinds import Language, Network, Situation, Target
from scc_admin.moderation import AccountInput, CaseInput, IncidentInput
from scc_admin.workspace import DATABASE, Workspace

PASSPHRASE = "une phrase assez longue"
SECRET = "Jean-Testeur-Introuvable"


class MemoryKeyring:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self.kept.pop((service, username), None)


class DeadKeyring:
    def get_password(self, service, username):
        raise OSError("no bus")

    set_password = delete_password = get_password


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    monkeypatch.delenv("SCC_ADMIN_PASSPHRASE", raising=False)


@pytest.fixture
def folder(tmp_path) -> Path:
    """In clear, with a draft, a case with a capture, a checkpoint and a backup."""
    made = Workspace.create(tmp_path / "w", protection=Kind.NONE, name="Ana Roy")
    with made.workspace as workspace:
        workspace.editorial.add_draft(
            DraftDetails(title="Relais"), [(Target.FACEBOOK, Language.FR, f"Merci, {SECRET}!")]
        )
        capture = workspace.vault.add(b"\x89PNG\r\n\x1a\n" + bytes(50), "capture.png")
        account = AccountInput(Network.FACEBOOK, SECRET)
        workspace.moderation.report(
            CaseInput(SECRET, Situation.TONE, account=account),
            IncidentInput(text=f"Propos de {SECRET}", account=account, files=(capture,)),
        )
        workspace.journal.checkpoint()
        workspace.back_up()
    return tmp_path / "w"


def plan(folder: Path, kind: Kind = Kind.PASSPHRASE) -> keys.Encryption:
    with Workspace.open(folder) as workspace:
        return workspace.plan_encryption(
            kind, passphrase=PASSPHRASE if kind is Kind.PASSPHRASE else None
        )


def readable(folder: Path) -> list[Path]:
    """Files in which the secret, or SQLite's own first words, can be read."""
    words = (SECRET.encode(), b"SQLite format 3")
    return [
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in words)
    ]


def everything(workspace: Workspace) -> list[object]:
    with workspace.store.reading() as db:
        names = db.all(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name"
        )
        return [(name, [tuple(r) for r in db.all(f"SELECT * FROM {name}")]) for (name,) in names]


def test_all_is_there_under_the_key_and_nothing_in_clear(folder):
    with Workspace.open(folder) as workspace:
        before, fingerprint = everything(workspace), workspace.protection.fingerprint
    assert readable(folder)
    chosen = plan(folder)
    Workspace.encrypt(folder, chosen)
    assert readable(folder) == []
    with pytest.raises(UserError, match="passphrase"):
        Workspace.open(folder)
    with Workspace.open(folder, passphrase=PASSPHRASE) as workspace:
        assert workspace.encrypted
        assert everything(workspace) == before
        assert workspace.store.problems() == []
        assert workspace.protection.fingerprint == fingerprint
        assert workspace.journal.verify().ok
        assert workspace.signer.fingerprint() == fingerprint
        assert workspace.vault.verify() == []
        assert [c.id for c in workspace.moderation.cases(text=SECRET)] == [1]  # the index, too
        assert all(check.ok for check in workspace.examine())
    assert not [p for p in folder.iterdir() if p.name.endswith((".clear", ".encrypted"))]


def test_the_backups_are_encrypted_too_and_each_can_still_be_put_back(folder):
    (old,) = backups.backups(folder)
    Workspace.encrypt(folder, plan(folder))
    standing = backups.backups(folder)
    assert len(standing) == 2
    assert all(b.verified and not backups.problems(b) for b in standing)
    assert old.at in {b.at for b in standing}
    oldest = min(standing, key=lambda b: (b.at, b.path.name))
    Workspace.restore(folder, oldest.path)
    with Workspace.open(folder, passphrase=PASSPHRASE) as workspace:
        assert workspace.journal.verify().ok
    assert readable(folder) == []


def test_a_backup_in_clear_from_elsewhere_comes_back_encrypted(folder, tmp_path):
    shutil.copytree(folder / "backups", tmp_path / "key")
    Workspace.encrypt(folder, plan(folder))
    (old,) = backups.backups(folder, place=tmp_path / "key")
    Workspace.restore(folder, old.path)
    with Workspace.open(folder, passphrase=PASSPHRASE) as workspace:
        assert workspace.journal.verify().ok
    assert readable(folder) == []


def test_backups_in_another_place_are_encrypted_as_well(folder, tmp_path):
    elsewhere = tmp_path / "key"
    with Workspace.open(folder) as workspace:
        workspace.settings.set("backup.folder", str(elsewhere))
        workspace.back_up()
    Workspace.encrypt(folder, plan(folder))
    assert readable(folder) == readable(elsewhere) == []
    assert len(backups.backups(folder, place=elsewhere)) == 2


def test_an_encrypted_backup_comes_back_over_a_copy_still_in_clear(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "former")
    Workspace.encrypt(folder, plan(folder))
    newest = backups.backups(folder)[0]
    Workspace.restore(tmp_path / "former", newest.path)
    with Workspace.open(tmp_path / "former", passphrase=PASSPHRASE) as workspace:
        assert workspace.journal.verify().ok
        workspace.back_up()
    assert readable(tmp_path / "former") == []


def test_the_backups_of_another_workspace_on_the_same_disk_stay_as_they_are(folder, tmp_path):
    disk = tmp_path / "disk"
    with Workspace.create(tmp_path / "other", protection=Kind.NONE).workspace as other:
        other.settings.set("backup.folder", str(disk))
        theirs = other.back_up()
    with Workspace.open(folder) as workspace:
        workspace.settings.set("backup.folder", str(disk))
    Workspace.encrypt(folder, plan(folder))
    assert backups.problems(theirs) == []
    assert keys.read(theirs.path).kind is Kind.NONE
    with Workspace.open(folder, passphrase=PASSPHRASE) as workspace:
        assert all(check.ok for check in workspace.examine())


@pytest.mark.parametrize("left", [40_000, 1_000, 16])
def test_a_damaged_backup_in_clear_stays_and_is_said(folder, left):
    (old,) = backups.backups(folder)
    database = old.path / DATABASE
    database.write_bytes(database.read_bytes()[:left])
    Workspace.encrypt(folder, plan(folder))
    assert database.exists()
    with Workspace.open(folder, passphrase=PASSPHRASE) as workspace:
        wrong = [check for check in workspace.examine() if not check.ok]
    assert [(check.name, check.params) for check in wrong] == [("backups_in_clear", {"n": 1})]


def test_the_keyring_or_the_recovery_code_opens_it(folder):
    ring = MemoryKeyring()
    chosen = plan(folder, Kind.KEYRING)
    Workspace.encrypt(folder, chosen, keyring=ring)
    Workspace.open(folder, keyring=ring).close()
    Workspace.open(folder, recovery_code=chosen.recovery_code.lower()).close()


@pytest.mark.parametrize("what", ["keyring", "full", "differs", "open"])
def test_what_goes_wrong_leaves_it_as_it_was(folder, monkeypatch, what):
    chosen = plan(folder, Kind.KEYRING if what == "keyring" else Kind.PASSPHRASE)
    with Workspace.open(folder) as workspace:
        before = everything(workspace)
    names = sorted(folder.rglob("*"))
    held = Workspace.open(folder) if what == "open" else None
    if what == "full":
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 0))
    if what == "differs":
        monkeypatch.setattr("scc_admin.store._same", lambda _: False)
    with pytest.raises(UserError) as error:
        Workspace.encrypt(folder, chosen, keyring=DeadKeyring())
    code = {"keyring": "no_keyring", "full": "disk_full", "differs": "backup"}
    assert error.value.code == code.get(what, "already_open")
    if held is not None:
        held.close()
    monkeypatch.undo()
    assert sorted(folder.rglob("*")) == names
    with Workspace.open(folder) as workspace:
        assert (workspace.encrypted, everything(workspace)) == (False, before)


def test_a_disk_that_fails_once_all_is_decided_leaves_the_key_where_it_is(folder, monkeypatch):
    def fails(_folder: Path) -> None:
        raise OSError(errno.EIO, "the disk is ill")

    ring, chosen = MemoryKeyring(), plan(folder, Kind.KEYRING)
    monkeypatch.setattr("scc_admin.files.sync_folder", fails)
    with pytest.raises(UserError) as error:
        Workspace.encrypt(folder, chosen, keyring=ring)
    assert error.value.code == "disk_error"
    monkeypatch.undo()
    with Workspace.open(folder, keyring=ring) as workspace:
        assert workspace.encrypted and workspace.journal.verify().ok
        workspace.back_up()
    assert readable(folder) == []


def test_the_copy_is_refused_when_a_row_differs(folder, monkeypatch):
    from scc_admin import store

    exact = store._same

    def after_a_slip(connection):
        connection.execute("UPDATE sealed.drafts SET title = title || '.'")
        return exact(connection)

    monkeypatch.setattr(store, "_same", after_a_slip)
    with pytest.raises(UserError) as error:
        store.encrypt_copy(folder / DATABASE, folder / "copy", bytes(32))
    assert error.value.code == "backup"
    assert not (folder / "copy").exists()


def test_what_is_encrypted_is_not_encrypted_again(folder):
    chosen = plan(folder)
    Workspace.encrypt(folder, chosen)
    with pytest.raises(UserError) as error:
        Workspace.encrypt(folder, chosen)
    assert error.value.code == "encrypted"
    with Workspace.open(folder, passphrase=PASSPHRASE) as workspace, pytest.raises(UserError):
        workspace.plan_encryption(Kind.PASSPHRASE, passphrase=PASSPHRASE)


def test_leftovers_of_what_never_began_go_and_take_nothing_along(folder):
    database = folder / DATABASE
    encrypting._aside(folder / keys.FILE_NAME)  # killed before anything was decided
    halves = (
        "workspace.db.encrypted",
        "workspace.db.encrypted.partial",
        "protection.json.1f.partial",
    )
    for name in halves:
        (folder / name).write_bytes(b"half")
    Workspace.open(folder).close()
    Workspace.open(folder).close()
    assert database.exists()
    left = (".clear", ".encrypted", ".partial")
    assert sorted(p.name for p in folder.iterdir() if p.name.endswith(left)) == []


def test_an_exchange_cut_short_ends_also_where_one_only_reads(folder):
    chosen = plan(folder)
    keys.encrypt(folder, chosen)  # decided, and killed right after
    with Workspace.open(folder, passphrase=PASSPHRASE, read_only=True) as workspace:
        assert workspace.moderation.cases(text=SECRET)
    (folder / "workspace.db").rename(folder / "workspace.db.other")
    (folder / "workspace.db.clear").rename(folder / "workspace.db.kept")
    (folder / "workspace.db.kept").rename(folder / "workspace.db.clear")
    Workspace.open(folder, passphrase=PASSPHRASE).close()  # a disk without second names
    (folder / "workspace.db.other").unlink()
    with Workspace.open(folder, passphrase=PASSPHRASE) as workspace:
        assert workspace.journal.verify().ok
        workspace.back_up()
    assert readable(folder) == []


def test_from_a_shell(folder, monkeypatch):
    from click.testing import CliRunner

    from scc_admin.cli import cli

    monkeypatch.setenv("SCC_ADMIN_PASSPHRASE", PASSPHRASE)
    run = CliRunner().invoke(
        cli, ["--workspace", str(folder), "encrypt", "--protect", "passphrase"]
    )
    assert run.exit_code == 0, run.output
    code = run.stdout.strip()
    assert readable(folder) == []
    Workspace.open(folder, recovery_code=code).close()
    again = CliRunner().invoke(cli, ["--workspace", str(folder), "encrypt"])
    assert again.exit_code != 0
