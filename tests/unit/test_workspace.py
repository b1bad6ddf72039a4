"""The ways into a workspace, and every way in which it may refuse, in one sentence of each
language."""

from __future__ import annotations

import email
import email.policy
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scc_admin.editorial import DraftDetails, DraftQuery
from scc_admin.errors import UserError
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import DraftState, JournalQuery, Language, Post, Situation, Target
from scc_admin.moderation import CaseInput
from scc_admin.settings import OPTIONS
from scc_admin.verdict import default_networks
from scc_admin.workspace import Workspace

PASSPHRASE = "une phrase assez longue"


class FakeKeyring:
    """The system's keyring as a dictionary; a real one is in tests/end2end/test_keyring.py."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self.kept.pop((service, username), None)


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    monkeypatch.delenv("SCC_ADMIN_PASSPHRASE", raising=False)


def make(folder: Path, **options):
    options.setdefault("protection", Kind.NONE)
    return Workspace.create(folder, name="Ana Roy", **options)


def said(failure) -> None:
    """Every refusal is one sentence in both languages, with nothing left unfilled."""
    for language in Language:
        sentence = Translator(language).explain(failure.value)
        assert sentence
        assert "{" not in sentence
        assert "Traceback" not in sentence


def test_the_recovery_code_opens_what_the_keyring_lost(tmp_path):
    keyring = FakeKeyring()
    made = make(tmp_path / "w", protection=Kind.KEYRING, keyring=keyring)
    made.workspace.close()
    with Workspace.open(tmp_path / "w", keyring=keyring) as workspace:
        assert workspace.who() == "Ana Roy"
    keyring.kept.clear()
    with pytest.raises(UserError) as failure:
        Workspace.open(tmp_path / "w", keyring=keyring)
    said(failure)
    with Workspace.open(
        tmp_path / "w", keyring=keyring, recovery_code=made.recovery_code.lower()
    ) as workspace:
        assert workspace.who() == "Ana Roy"
    with Workspace.open(tmp_path / "w", keyring=keyring) as workspace:  # as the sentence promised
        assert workspace.who() == "Ana Roy"


def test_a_keyring_that_refuses_the_key_stops_nobody_who_has_the_code(tmp_path, monkeypatch):
    keyring = FakeKeyring()
    made = make(tmp_path / "w", protection=Kind.KEYRING, keyring=keyring)
    made.workspace.close()

    def refuse(*_: str) -> None:
        raise OSError("locked")

    monkeypatch.setattr(keyring, "set_password", refuse)
    with Workspace.open(
        tmp_path / "w", keyring=keyring, recovery_code=made.recovery_code
    ) as workspace:
        assert workspace.who() == "Ana Roy"


def test_the_passphrase_of_a_script_comes_from_its_environment(tmp_path, monkeypatch):
    make(tmp_path / "w", protection=Kind.PASSPHRASE, passphrase=PASSPHRASE).workspace.close()
    with pytest.raises(UserError) as failure:
        Workspace.open(tmp_path / "w")
    said(failure)
    monkeypatch.setenv("SCC_ADMIN_PASSPHRASE", "une autre phrase longue")
    with pytest.raises(UserError) as failure:
        Workspace.open(tmp_path / "w")
    said(failure)
    monkeypatch.setenv("SCC_ADMIN_PASSPHRASE", PASSPHRASE)
    Workspace.open(tmp_path / "w").close()


def test_a_second_instance_is_told_so_and_the_first_is_unharmed(tmp_path):
    with make(tmp_path / "w").workspace as first:
        with pytest.raises(UserError) as failure:
            Workspace.open(tmp_path / "w")
        assert failure.value.code == "already_open"
        said(failure)
        program = (
            "import sys; from scc_admin.cli import main;"
            f"main(['--workspace', {str(tmp_path / 'w')!r}, 'backup'])"
        )
        other = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert other.returncode == 2
        assert "Traceback" not in other.stderr
        first.settings.set("me.role", "Administratrice")
    with Workspace.open(tmp_path / "w") as again:
        assert again.settings.get("me.role") == "Administratrice"


def test_a_folder_that_cannot_be_written(tmp_path):
    place = tmp_path / "file"
    place.write_text("not a folder")
    with pytest.raises(UserError) as failure:
        make(place / "w")
    said(failure)


def test_a_read_only_folder():
    # Not even root may write there, so that the test means the same for everybody.
    with pytest.raises(UserError) as failure:
        make(Path("/sys/kernel/scc-admin"))
    assert failure.value.code == "read_only"
    said(failure)


def test_a_synced_folder_is_refused_with_the_reason(tmp_path):
    with pytest.raises(UserError) as failure:
        make(tmp_path / "OneDrive" / "pages")
    assert failure.value.code == "sync_folder"
    said(failure)
    assert not (tmp_path / "OneDrive").exists()


def test_what_is_no_workspace_is_said(tmp_path):
    with pytest.raises(UserError) as failure:
        Workspace.open(tmp_path)
    said(failure)
    make(tmp_path / "w").workspace.close()
    with pytest.raises(UserError) as failure:
        make(tmp_path / "w")
    assert failure.value.code == "exists"
    said(failure)


def test_a_newer_and_a_damaged_file_are_left_as_they_are(tmp_path):
    folder = tmp_path / "w"
    with make(folder).workspace as workspace, workspace.store.writing() as tx:
        tx.run("PRAGMA user_version = 9999")
    before = (folder / "workspace.db").read_bytes()
    with pytest.raises(UserError) as failure:
        Workspace.open(folder)
    assert failure.value.code == "newer"
    said(failure)
    assert (folder / "workspace.db").read_bytes() == before
    (folder / "workspace.db").write_bytes(before[:100] + os.urandom(4000) + before[4100:])
    with pytest.raises(UserError) as failure:
        Workspace.open(folder)
    said(failure)
    # The refusals let go of the folder.
    (folder / "workspace.db").write_bytes(before)
    with pytest.raises(UserError) as failure:
        Workspace.open(folder)
    assert failure.value.code == "newer"


def test_a_backup_comes_back(tmp_path):
    folder = tmp_path / "w"
    with make(folder).workspace as workspace:
        workspace.settings.set("me.role", "avant")
        backup = workspace.back_up()
        assert backup.verified
        assert workspace.back_up_if_due() is None
        workspace.settings.set("me.role", "après")
    kept = Workspace.restore(folder, backup.path)
    assert kept is not None
    with Workspace.open(folder) as workspace:
        assert workspace.settings.get("me.role") == "avant"


def test_the_doctor_finds_a_new_workspace_well_but_for_its_backup(tmp_path):
    with make(tmp_path / "w").workspace as workspace:
        assert [c.name for c in workspace.examine() if not c.ok] == ["backup"]
        workspace.back_up()
        assert all(c.ok for c in workspace.examine())


def test_the_doctor_finds_no_damage_in_what_was_written_since_his_last_visit(tmp_path):
    with make(tmp_path / "w").workspace as workspace:
        workspace.back_up()
        for round_ in range(4):
            for number in range(100):
                title = f"Affaire {number}, mot{round_}"
                workspace.moderation.open_case(CaseInput(title, Situation.TONE))
            assert [check for check in workspace.examine() if not check.ok] == []


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM journal_words WHERE rowid > 3",
        "UPDATE journal_words SET words = 'rien'",
        "UPDATE journal_words_data SET block = randomblob(length(block)) WHERE id >= 10",
    ],
)
def test_the_doctor_has_the_journal_found_again(tmp_path, harm):
    with make(tmp_path / "w").workspace as workspace:
        workspace.back_up()
        for number in range(64):
            workspace.moderation.open_case(CaseInput(f"Affaire {number}", Situation.TONE))
        wanted = JournalQuery(text="affaire")
        found = list(workspace.journal.ids(wanted))
        assert found
        with workspace.store.writing() as tx:
            tx.run(harm)
        checks = workspace.examine()
        assert [check for check in checks if not check.ok] == []
        assert any("rebuilt" in check.sentence for check in checks)
        assert list(workspace.journal.ids(wanted)) == found
        assert not any("rebuilt" in check.sentence for check in workspace.examine())


def test_whatever_is_pasted_into_a_search_finds_what_holds_it_or_nothing(tmp_path):
    with make(tmp_path / "w").workspace as workspace:
        version = (Target.FACEBOOK, Language.FR, "Une journée ensoleillée")
        workspace.editorial.add_draft(DraftDetails(), [version])
        workspace.moderation.open_case(CaseInput("Journée ensoleillée", Situation.TONE))
        workspace.registers.add("monitoring", {"note": "Une journée ensoleillée"})
        searches = (
            lambda text: workspace.editorial.drafts(DraftQuery(words=text)),
            lambda text: workspace.moderation.cases(text=text),
            lambda text: workspace.registers.lines("monitoring", text),
            lambda text: workspace.journal.entries(JournalQuery(text=text)),
        )
        for search in searches:
            assert search("journée ")
            assert search("ensoleillée " * 5_000)
            # A word beyond what SQLite takes as a pattern, of letters of one to four bytes.
            for sign in "aéœ日ﷺ𝔞":
                assert search(sign * 32_767) == search(sign * 60_000) == [], (search, sign)


def test_the_house_lists_reach_the_verdict(tmp_path):
    with make(tmp_path / "w").workspace as workspace:
        with workspace.store.writing() as tx:
            tx.insert("lists", name="domains", value="relaispourlavie.ca")
        assert "relaispourlavie.ca" in workspace.proofreader.known().domains
        assert "cancer.ca" in workspace.proofreader.known().domains
        verdict = workspace.proofreader.check(Post("Bonjour"), language=Language.FR)
        assert not verdict.findings


def test_a_picture_joins_a_draft_without_where_it_was_taken(tmp_path):
    from test_pictures import encoded

    from scc_admin import pictures
    from scc_admin.editorial import DraftDetails

    photo = tmp_path / "photo.jpg"
    photo.write_bytes(encoded("JPEG"))
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 64)
    with make(tmp_path / "w").workspace as workspace:
        draft = workspace.editorial.add_draft(DraftDetails(title="Relais"))
        _, cleaned, changes = workspace.add_picture(draft, photo, photo.name)
        assert cleaned and changes.draft_id == draft
        assert workspace.add_picture(draft, encoded("PNG", gps=False), "image.png")[1] is False
        workspace.add_picture(draft, film, film.name)
        first, second, third = workspace.editorial.sheet(draft).media
        assert not first.has_position and first.width > 0
        assert second.media_type == "image/png"
        assert third.media_type == "video/mp4" and third.width == 0
        kept = workspace.vault.read(first.blob_id)
        assert not pictures.inspect_image(kept).has_position
        with pytest.raises(UserError):
            workspace.add_picture(draft, b"\x89PNG\r\n\x1a\nnothing", "bad.png")
        assert len(workspace.editorial.sheet(draft).media) == 3
        assert workspace.vault.orphans() == []


def test_permanence_is_recalled_at_first_and_every_quarter(tmp_path: Path) -> None:
    now = [datetime(2026, 11, 23, 15, 0, tzinfo=UTC)]
    made = Workspace.create(
        tmp_path / "w",
        protection=Kind.NONE,
        name="Marie",
        settings_file=tmp_path / "s.json",
        clock=lambda: now[0],
    )
    with made.workspace as workspace:
        assert workspace.permanence_due()
        workspace.acknowledge_permanence()
        assert not workspace.permanence_due()
        workspace.settings.set("me.name", "Luc")
        assert workspace.permanence_due(), "each person is told"
        workspace.settings.set("me.name", "Marie")
        now[0] += timedelta(days=91)
        assert workspace.permanence_due()


def test_a_validation_is_asked_by_an_unsent_email(tmp_path: Path) -> None:
    made = Workspace.create(
        tmp_path / "w",
        protection=Kind.NONE,
        name="Marie",
        settings_file=tmp_path / "s.json",
    )
    with made.workspace as workspace:
        draft = workspace.editorial.add_draft(
            DraftDetails(title="Le tabac"),
            [(Target.X, Language.FR, "Un texte à valider."), (Target.X, Language.EN, "A text.")],
        )
        path = workspace.validation_request(
            draft,
            ["Julie Roy <julie@exemple.ca>", "Omar"],
            "Le chiffre est-il exact?",
            "vendredi",
            Translator(Language.FR),
        )
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert path.parent == workspace.exports_folder and path.suffix == ".eml"
        assert message["X-Unsent"] == "1" and message["To"] == "Julie Roy <julie@exemple.ca>"
        body = message.get_content()
        for words in (
            "Julie Roy",
            "Omar",
            "Le chiffre",
            "vendredi",
            "Un texte",
            "A text.",
            "Marie",
        ):
            assert words in body
        assert "{" not in body and "[validator]" not in body


def test_a_workspace_may_hold_to_the_limits_of_2011(tmp_path: Path) -> None:
    made = Workspace.create(
        tmp_path / "w", protection=Kind.NONE, name="Marie", settings_file=tmp_path / "s.json"
    )
    with made.workspace as workspace:
        (option,) = [one for one in OPTIONS if one.key == "verdict.profile"]
        assert {key for key, _ in option.choices} == set(default_networks().profiles)
        post = Post("a" * 200, Target.X, Language.FR)
        for profile, limit in (("default", 280), ("deck-2011", 140)):
            workspace.settings.set("verdict.profile", profile)
            assert workspace.proofreader.check(post, language=Language.FR).counts[0].limit == limit


class DeafKeyring(FakeKeyring):
    """A keyring that does not answer."""

    def set_password(self, service, username, password):
        raise RuntimeError("nobody there")


@pytest.mark.parametrize(
    "options",
    [
        {"protection": Kind.KEYRING, "keyring": DeafKeyring()},
        {"protection": Kind.PASSPHRASE, "passphrase": "court"},
    ],
)
def test_a_creation_that_fails_leaves_nothing_behind(tmp_path, options) -> None:
    with pytest.raises(UserError):
        make(tmp_path / "some" / "where" / "w", **options)
    assert not list(tmp_path.iterdir())
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("kept")
    with pytest.raises(UserError):
        make(mine, **options)
    assert [file.name for file in mine.iterdir()] == ["letter.txt"]


def test_a_second_creation_in_the_same_place_harms_nothing(tmp_path) -> None:
    with make(tmp_path / "w").workspace, pytest.raises(UserError) as failure:
        make(tmp_path / "w")
    assert failure.value.code == "exists"
    with Workspace.open(tmp_path / "w") as again:
        assert again.who() == "Ana Roy"


def test_one_zone_for_screens_and_documents(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    with Workspace.create(tmp_path / "w", protection=Kind.NONE).workspace as workspace:
        assert workspace.zone_name == "America/Toronto"  # the computer's, in these tests
        workspace.settings.set("zone", "America/Vancouver")
        assert workspace.zone == ZoneInfo("America/Vancouver")
        noon = datetime(2026, 11, 23, 20, tzinfo=UTC)
        assert "12" in Translator(Language.FR, zone=workspace.zone).time(noon)


def test_a_ready_post_moved_to_a_day_its_text_contradicts_is_a_draft_again(tmp_path: Path) -> None:
    noon = datetime(2026, 11, 24, 17, tzinfo=UTC)
    with make(tmp_path / "w", clock=lambda: noon - timedelta(days=2)).workspace as workspace:
        workspace.acknowledge_permanence()
        editorial = workspace.editorial
        text = "Venez marcher avec nous demain, le 25 novembre, à 19 h, au parc La Fontaine."
        draft = editorial.add_draft(
            DraftDetails("Marche", planned_at=noon), [(Target.FACEBOOK, Language.FR, text)]
        )

        def state() -> DraftState:
            return editorial.sheet(draft).draft.state

        for question in workspace.proofreader.readiness(draft, language=Language.FR).questions:
            editorial.answer(draft, question.rule, "yes", "Vu")
        workspace.mark_ready(draft, language=Language.FR)
        same_day = workspace.plan(draft, noon + timedelta(hours=2), language=Language.FR)
        assert not same_day.names and state() is DraftState.READY
        moved = workspace.plan(draft, noon + timedelta(days=26), language=Language.FR)
        assert moved.names == ("Marche",) and state() is DraftState.DRAFT
        workspace.plan(draft, noon, language=Language.FR, ready=True)
        assert state() is DraftState.READY, "the way back gives back what stood"

        editorial.plan(draft, noon + timedelta(days=26))  # as a calendar file does
        assert workspace.recheck_ready([draft], language=Language.FR).names == ("Marche",)
        workspace.plan(draft, noon, language=Language.FR, ready=True)
        (variant,) = editorial.sheet(draft).variants
        editorial.save_text(variant.id, text)
        assert state() is DraftState.READY, "the same text is no other text"
        editorial.save_text(variant.id, text + " Mon NAS : 130 692 544")
        assert state() is DraftState.DRAFT, "no text that nobody checked stays ready"


@pytest.mark.skipif(os.name == "nt", reason="a home folder there is its owner's by itself")
@pytest.mark.parametrize("there", [False, True])
def test_no_other_account_of_the_computer_reads_a_workspace(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "w"
    if there:
        folder.mkdir()
    former = os.umask(0o022)
    try:
        with make(folder).workspace as workspace:
            staged = workspace.vault.add(b"preuve", "preuve.txt")
            with workspace.store.writing() as tx:
                blob = workspace.vault.commit(tx, staged)
            workspace.vault.copy_out(blob, workspace.exports_folder / "preuve.txt")
            workspace.back_up()
            read = [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]
            assert read == []
            assert len(list(folder.rglob("workspace.db*"))) >= 3, "a log stands beside it"
    finally:
        os.umask(former)
