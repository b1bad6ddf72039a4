"""Who is on a picture, from the register of consents to the verdict."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Clock

from scc_admin.drawing import scene
from scc_admin.editorial import DraftDetails, picture_of, settles, sheet_hash
from scc_admin.keys import Kind
from scc_admin.model import Consent, Language, Target
from scc_admin.workspace import Workspace

NOON = datetime(2026, 11, 28, 17, 0, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path, clock: Clock):
    made = Workspace.create(
        tmp_path / "w",
        protection=Kind.NONE,
        name="Ana Roy",
        clock=clock,
        settings_file=tmp_path / "settings.json",
    )
    with made.workspace as workspace:
        yield workspace


def new_draft(editorial, **details):
    return editorial.add_draft(
        DraftDetails(**details), [(Target.FACEBOOK, Language.FR, "Bonjour à tous")]
    )


def a_picture(workspace, draft_id):
    media_id, _, _ = workspace.add_picture(draft_id, scene("people", 1), "equipe.png")
    return media_id


def only_picture(workspace, draft_id):
    (item,) = workspace.editorial.sheet(draft_id).media
    return item


def asked(workspace, draft_id):
    sheet = workspace.editorial.sheet(draft_id)
    judged = workspace.proofreader.check_variant(sheet, sheet.variants[0], language=Language.FR)
    return {question.rule for question in judged.questions}, {f.rule for f in judged.findings}


def test_what_is_said_of_the_people_on_a_picture_settles_the_question(workspace) -> None:
    draft_id = new_draft(workspace.editorial, planned_at=NOON)
    media_id = a_picture(workspace, draft_id)
    assert "CONF-09" in asked(workspace, draft_id)[0]
    workspace.editorial.say_people(media_id, nobody=True)
    assert only_picture(workspace, draft_id).nobody
    assert "CONF-09" not in asked(workspace, draft_id)[0]
    workspace.editorial.say_people(media_id)
    assert "CONF-09" in asked(workspace, draft_id)[0]


def test_a_consent_is_kept_in_the_register_and_ends_with_its_line(workspace) -> None:
    draft_id = new_draft(workspace.editorial, planned_at=NOON)
    media_id = a_picture(workspace, draft_id)
    last = NOON.date()
    workspace.say_people(media_id, False, [Consent("Zoé Roy", last)], minors=["Zoé Roy"])
    (line,) = workspace.registers.lines("consents")
    assert (line.values["person"], line.values["minor"]) == ("Zoé Roy", True)
    assert only_picture(workspace, draft_id).consents == (Consent("Zoé Roy", last, line.uid),)
    assert asked(workspace, draft_id)[1] & {"CONF-09-ended"} == set()
    assert "CONF-09" not in asked(workspace, draft_id)[0]

    earlier = {**line.values, "ends_on": (last - timedelta(days=1)).isoformat()}
    workspace.registers.change(line.id, earlier, None)
    assert "CONF-09-ended" in asked(workspace, draft_id)[1]
    workspace.registers.change(line.id, {**line.values, "withdrawn": True}, None)
    assert only_picture(workspace, draft_id).consents[0].withdrawn
    workspace.registers.remove(line.id)
    assert only_picture(workspace, draft_id).consents == (Consent("Zoé Roy", last, line.uid, True),)
    workspace.registers.put_back(line)
    assert asked(workspace, draft_id)[1] & {"CONF-09-ended"} == set()


def test_a_picture_put_back_keeps_what_was_said_of_it(workspace) -> None:
    draft_id = new_draft(workspace.editorial)
    media_id = a_picture(workspace, draft_id)
    workspace.say_people(media_id, False, [Consent("Omar Haddad")])
    workspace.editorial.describe_media(media_id, "Omar à l'accueil")
    item = only_picture(workspace, draft_id)
    workspace.editorial.detach(media_id)
    workspace.editorial.attach(draft_id, item.blob_id, picture_of(item))
    back = only_picture(workspace, draft_id)
    assert (back.alt, back.consents) == (item.alt, item.consents)


def test_another_picture_asks_again(workspace) -> None:
    editorial = workspace.editorial
    draft_id = new_draft(editorial)
    editorial.answer(draft_id, "DEV-07", "yes")
    before = sheet_hash(editorial.sheet(draft_id))
    media_id = a_picture(workspace, draft_id)
    assert sheet_hash(editorial.sheet(draft_id)) != before
    editorial.detach(media_id)
    assert sheet_hash(editorial.sheet(draft_id)) == before


def test_a_fault_of_one_picture_settled_leaves_that_of_another(workspace) -> None:
    editorial = workspace.editorial
    draft_id = new_draft(editorial)
    for name in ("un.png", "deux.png"):
        workspace.add_picture(draft_id, scene("people", len(name)), name)

    def faults():
        sheet = editorial.sheet(draft_id)
        judged = workspace.proofreader.check_variant(sheet, sheet.variants[0], language=Language.FR)
        return [
            found
            for found in judged.findings
            if found.rule == "LIS-04"
            and not any(settles(override, found) for override in sheet.overrides)
        ]

    first, other = faults()
    editorial.set_aside(draft_id, first)
    assert [found.message for found in faults()] == [other.message]
