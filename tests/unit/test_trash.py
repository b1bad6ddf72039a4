"""What is taken out of the calendar by hand comes back as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from scc_admin import migrations
from scc_admin.editorial import CampaignInput, DraftDetails, EntryInput, PageInput
from scc_admin.errors import UserError
from scc_admin.model import CampaignKind, Language, Network, Target
from scc_admin.store import Store
from scc_admin.trash import CAMPAIGN, ENTRY

FIRST, LAST = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


def jonquille() -> CampaignInput:
    return CampaignInput(
        name_fr="Jonquille", kind=CampaignKind.FUNDRAISING, starts_on=date(2026, 4, 1),
        ends_on=date(2026, 4, 30), hashtags=("Jonquille",), objective_cents=100_00, notes="Notes",
    )  # fmt: skip


@pytest.fixture
def souper(editorial) -> EntryInput:
    page = editorial.add_page(PageInput("Québec", Network.FACEBOOK))
    return EntryInput(
        "Souper", datetime(2026, 4, 9, 22, tzinfo=UTC), datetime(2026, 4, 10, 1, tzinfo=UTC),
        page_id=page, place="Salle", notes="Traiteur",
    )  # fmt: skip


def test_a_line_comes_back_with_all_it_said(editorial, clock, souper):
    entry_id = editorial.add_entry(souper)
    (before,) = editorial.entries(FIRST, LAST)
    trash_id, changes = editorial.remove_entry(entry_id)
    assert changes.touches("calendar") and editorial.entries(FIRST, LAST) == []
    (kept,) = editorial.in_trash()
    assert (kept.id, kept.kind, kept.title, kept.at) == (trash_id, ENTRY, "Souper", clock())
    editorial.put_back(trash_id)
    (after,) = editorial.entries(FIRST, LAST)
    assert after == before
    assert editorial.in_trash() == []
    with pytest.raises(UserError) as failure:
        editorial.put_back(trash_id)
    assert failure.value.code == "gone"


def test_a_campaign_comes_back_with_its_posts_but_for_those_that_went_elsewhere(editorial, souper):
    campaign_id = editorial.add_campaign(jonquille())
    (before,) = editorial.campaigns()
    kept, moved = (
        editorial.add_draft(
            DraftDetails(campaign_id=campaign_id), [(Target.FACEBOOK, Language.FR, f"Texte {n}")]
        )
        for n in (1, 2)
    )
    trash_id, _ = editorial.remove_campaign(campaign_id)
    assert editorial.sheet(kept).draft.campaign_id is None
    other = editorial.add_campaign(jonquille())  # takes the key, and the number of the first one
    editorial.change_details(moved, DraftDetails(campaign_id=other))
    editorial.put_back(trash_id)
    after = next(c for c in editorial.campaigns() if c.uid == before.uid)
    assert (after.name_fr, after.objective_cents, after.notes, after.hashtags) == (
        before.name_fr, before.objective_cents, before.notes, before.hashtags,
    )  # fmt: skip
    assert after.key != before.key, "another one has it by now"
    assert editorial.sheet(kept).draft.campaign_id == after.id
    assert editorial.sheet(moved).draft.campaign_id == other


def test_what_was_deleted_for_good_is_gone_and_what_a_file_brought_again_is_not_doubled(
    editorial, souper
):
    entry_id = editorial.add_entry(souper)
    trash_id, _ = editorial.remove_entry(entry_id)
    editorial.destroy_trashed(trash_id)
    assert editorial.in_trash() == []
    from dataclasses import replace

    again = replace(souper, uid="1@x")
    trash_id, _ = editorial.remove_entry(editorial.add_entry(again))
    editorial.add_entry(again)
    with pytest.raises(UserError) as failure:
        editorial.put_back(trash_id)
    assert failure.value.code == "there_again"
    assert [kept.id for kept in editorial.in_trash()] == [trash_id]
    assert editorial.remove_campaign(editorial.add_campaign(jonquille()))[0]
    assert [kept.kind for kept in editorial.in_trash()] == [CAMPAIGN, ENTRY]


def test_a_file_of_an_earlier_version_that_is_only_read_has_an_empty_trash(tmp_path, monkeypatch):
    names = [step.name for step in migrations.STEPS]
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "STEPS", migrations.STEPS[: names.index("trash")])
        Store.create(tmp_path / "old.db", None).close()
    with Store.open(tmp_path / "old.db", None, read_only=True) as store, store.reading() as db:
        assert db.all("SELECT * FROM trash") == []
    with Store.open(tmp_path / "old.db", None) as store, store.reading() as db:
        assert db.all("SELECT * FROM trash") == []
