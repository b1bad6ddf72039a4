"""The trash of the calendar on screen: undone at once by F9, put back or deleted later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication

from scc_admin.editorial import CampaignInput, EntryInput
from ui.calendar import Calendar
from ui.forms import FormDialog
from ui.messages import Dialog


@pytest.fixture
def calendar(window, settle) -> Calendar:
    window.go("calendar")
    settle()
    return window.current()


def front(kind: type[Dialog] = Dialog) -> Dialog:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()][-1]


def test_a_line_in_the_trash_comes_back_by_f9_and_from_the_trash(
    window, workspace, calendar, settle
):
    now = workspace.clock()
    workspace.editorial.add_entry(EntryInput("Souper", now, now + timedelta(hours=1)))

    def there() -> bool:
        return bool(workspace.editorial.entries(now - timedelta(1), now + timedelta(1)))

    def remove() -> None:
        day = now.astimezone(window.shell.tr.zone).date()
        items = workspace.calendar(day, day, zone=window.shell.tr.zone).items
        calendar._remove_line(items[0])
        settle()
        assert not there()

    remove()
    window.take_last_offer()
    settle()
    assert there()
    remove()
    for act, stays in (("back", True), ("gone", False)):
        calendar.open(("act", "trash"))
        settle()
        form = front(FormDialog)
        assert "Souper" in form.widget("what").currentText()
        form.widget("act").setCurrentIndex(form.widget("act").findData(act))
        form.submit()
        settle()
        assert there() is stays and workspace.editorial.in_trash() == []
        if stays:
            remove()
    calendar.open(("act", "trash"))
    settle()
    assert "empty" in front().accessibleDescription()
    front().reject()


def test_a_campaign_in_the_trash_comes_back(window, workspace, calendar, settle):
    today = workspace.clock().date()
    workspace.editorial.add_campaign(CampaignInput("Jonquille", today, today))
    (campaign,) = workspace.editorial.campaigns()
    calendar.campaigns.remove(campaign)
    settle()
    assert workspace.editorial.campaigns() == []
    window.take_last_offer()
    settle()
    assert [c.uid for c in workspace.editorial.campaigns()] == [campaign.uid]
