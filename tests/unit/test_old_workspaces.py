"""Every workspace that a released version wrote still opens, whole."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scc_admin import verdict
from scc_admin.editorial import PageInput
from scc_admin.house import LISTS
from scc_admin.i18n import Translator
from scc_admin.model import CaseState, DraftState, Language, Network
from scc_admin.workspace import Workspace

FOLDER = Path(__file__).resolve().parents[1] / "data" / "workspaces"
OLD = sorted(FOLDER.glob("*.zip"))


def test_there_are_some():
    assert OLD


def came_out(sheet):
    """Where, when and under which link its post came out."""
    (post,) = sheet.placements
    assert (post.network, post.page and post.page.name) == (Network.FACEBOOK, "Page d'essai")
    assert post.permalink == "https://exemple.org/1"
    assert post.published_at == sheet.draft.published_at == datetime(2026, 11, 23, 17, tzinfo=UTC)


@pytest.mark.parametrize("archive", OLD, ids=lambda path: path.stem)
def test_it_opens_verifies_and_says_what_it_said(archive, tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    monkeypatch.delenv("SCC_ADMIN_PASSPHRASE", raising=False)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "w")
    passphrase = "une phrase pour les essais" if "passphrase" in archive.stem else None
    with Workspace.open(tmp_path / "w", passphrase=passphrase, read_only=True) as unchanged:
        (row,) = unchanged.editorial.drafts()
        assert row.updated_by == "", "nobody knows any more"
        assert unchanged.editorial.sheet(row.id).overrides == ()
        came_out(unchanged.editorial.sheet(row.id))
        assert unchanged.weekly_data("2026-W48", Translator(Language.EN))["pages"] == [
            {"page": "Page d'essai", "network": "Facebook", "planned": 0, "published": 1}
        ]
        assert [page.limit for page in unchanged.editorial.pages()] == [None]
    with Workspace.open(tmp_path / "w", passphrase=passphrase) as workspace:
        assert workspace.journal.verify().ok
        assert workspace.journal.verify().checkpoints >= 1
        assert workspace.store.problems() == []
        assert workspace.vault.verify() == []
        (row,) = workspace.editorial.drafts()
        assert (row.title, row.state) == ("Publiée", DraftState.PUBLISHED)
        sheet = workspace.editorial.sheet(row.id)
        came_out(sheet)
        assert {v.language: v.text for v in sheet.variants} == {
            Language.FR: "Merci! 🌼",
            Language.EN: "Thank you!",
        }
        (case,) = workspace.moderation.cases()
        assert case.incidents == 2
        assert case.state is CaseState.BANNED
        opened = workspace.moderation.sheet(case.id)
        assert workspace.vault.read(opened.evidence[0].blob_id) == b"une preuve"
        assert workspace.editorial.followers()[0].count == 1234
        (page,) = workspace.editorial.pages()
        workspace.editorial.change_page(page.id, PageInput("M", Network.MASTODON, limit=1500))
        assert workspace.editorial.page(page.id).limit == 1500


@pytest.mark.parametrize("archive", OLD, ids=lambda path: path.stem)
def test_it_knows_the_words_of_the_program_that_opens_it(archive, tmp_path, monkeypatch):
    """A workspace holds what was added to the lists, and no copy of what the program brings."""
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    monkeypatch.delenv("SCC_ADMIN_PASSPHRASE", raising=False)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "w")
    passphrase = "une phrase pour les essais" if "passphrase" in archive.stem else None
    with Workspace.open(tmp_path / "w", passphrase=passphrase) as workspace:
        assert not any(workspace.house.own_list(name) for name in LISTS)
        workspace.house.add_to_list("words", "bénévolat-express")
    shipped = verdict.default_known()
    newer = replace(shipped, words=(*shipped.words[1:], "mot-d'une-version-suivante"))
    monkeypatch.setattr(verdict, "default_known", lambda: newer)
    with Workspace.open(tmp_path / "w", passphrase=passphrase) as workspace:
        assert workspace.house.own_list("words") == ["bénévolat-express"]
        assert workspace.proofreader.known().words == (*newer.words, "bénévolat-express")
