"""What was taken out of the calendar by hand, and can be put back: its lines and its campaigns.

A draft in the trash keeps its place and a mark (`drafts.trashed_at`). A line or a campaign leaves
its table, so that nothing that reads the calendar, nor a file that is imported, meets it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.store import Reading, Writing, instant, stamp, to_json

ENTRY, CAMPAIGN = "calendar_entries", "campaigns"
_TITLES = {ENTRY: "title", CAMPAIGN: "name_fr"}
_MEMBERS = ("drafts", ENTRY)
"""What may belong to a campaign."""
_NAMED = (("campaign_id", CAMPAIGN), ("page_id", "pages"))
"""What a line names, kept by its uid: an id may be another's by the time it is put back."""


@dataclass(frozen=True, slots=True)
class Trashed:
    """A thing in the trash."""

    id: int
    kind: str
    """`ENTRY` or `CAMPAIGN`."""
    title: str
    at: datetime
    who: str


def put_in(tx: Writing, table: str, row_id: int, *, at: datetime, who: str) -> int:
    """Take a line or a campaign out of its table; its number in the trash."""
    row = tx.need(f"SELECT * FROM {table} WHERE id = ?", (row_id,))
    data = {name: row[name] for name in row.keys() if name != "id"}  # noqa: SIM118
    for column, named in _NAMED:
        if column in data:
            data[column] = tx.value(f"SELECT uid FROM {named} WHERE id = ?", (data[column],))
    members = {
        member: [
            made["uid"]
            for made in tx.all(f"SELECT uid FROM {member} WHERE campaign_id = ?", (row_id,))
        ]
        for member in (_MEMBERS if table == CAMPAIGN else ())
    }
    made = tx.insert(
        "trash",
        kind=table,
        title=row[_TITLES[table]],
        data=to_json({"row": data, "members": members}),
        at=stamp(at),
        who=who,
    )
    tx.run(f"DELETE FROM {table} WHERE id = ?", (row_id,))
    return made


def take_out(tx: Writing, trash_id: int) -> None:
    """Put back what is in the trash, with what belonged to it and belongs to nothing else since.

    Raises UserError when it is no longer in the trash, or is there again, from a file.
    """
    kept = tx.need("SELECT * FROM trash WHERE id = ?", (trash_id,))
    table, data = kept["kind"], json.loads(kept["data"])
    row = data["row"]
    if tx.value(f"SELECT 1 FROM {table} WHERE uid = ?", (row["uid"],)):
        raise UserError("there_again", N_("It stands in the calendar again: a file brought it."))
    for column, named in _NAMED:
        if column in row:
            row[column] = tx.value(f"SELECT id FROM {named} WHERE uid = ?", (row[column],))
    if table == CAMPAIGN:
        row["key"] = free_key(tx, row["key"], None)
    made = tx.insert(table, **row)
    for member, uids in data["members"].items():
        tx.run(
            f"UPDATE {member} SET campaign_id = ? WHERE campaign_id IS NULL"
            " AND uid IN (SELECT value FROM json_each(?))",
            (made, to_json(uids)),
        )
    tx.run("DELETE FROM trash WHERE id = ?", (trash_id,))


def listed(db: Reading) -> list[Trashed]:
    """What is in the trash, the newest first."""
    return [
        Trashed(row["id"], row["kind"], row["title"], instant(row["at"]), row["who"])
        for row in db.all("SELECT * FROM trash ORDER BY id DESC")
    ]


def free_key(tx: Reading, key: str, campaign_id: int | None) -> str:
    """A key that no other campaign has."""
    taken = {
        row["key"] for row in tx.all("SELECT key FROM campaigns WHERE id IS NOT ?", (campaign_id,))
    }
    free, number = key, 2
    while free in taken:
        free = f"{key}-{number}"
        number += 1
    return free
