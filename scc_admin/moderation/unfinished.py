"""Forms left before they were recorded: their words, and the pictures already taken for them.

A form keeps itself here while it is filled, under a name of its own, and drops itself once what it
asks for is recorded. Whatever stands here was typed by somebody and is offered again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scc_admin.evidence import StagedBlob, Vault
from scc_admin.model import BegunForm, Changes
from scc_admin.store import Reading, Row, Store, Writing, instant, stamp, to_json
from scc_admin.verdict.duplicates import fold
from scc_admin.words import BEGUN

_NAME = re.compile(r"([a-z_-]+?)(?:-(\d+))?(?::(\d+))?")
"""`ban:12`, `contact-3:12`: the kind of a form, the number of a part, the case."""
_BEGINNING = 60
"""Characters of what was typed that name an incident of nobody known."""
_WORD = re.compile(r"\w+")
_RUN = 3
"""So many words in a row are a quotation."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form as it was left."""

    name: str
    data: Mapping[str, Any]
    updated_at: datetime


class Unfinished:
    """The unfinished forms of a workspace."""

    def __init__(self, store: Store, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    def keep(self, name: str, data: Mapping[str, Any]) -> Changes:
        """Keep a form as it stands now, instead of what was kept before."""
        with self._store.writing() as tx:
            tx.run(
                "INSERT INTO unfinished (name, data, updated_at) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET data = excluded.data,"
                " updated_at = excluded.updated_at",
                (name, to_json(data), stamp(self._clock())),
            )
        return _told(name)

    def get(self, name: str) -> KeptForm | None:
        with self._store.reading() as db:
            row = db.one("SELECT * FROM unfinished WHERE name = ?", (name,))
        if row is None:
            return None
        return KeptForm(row["name"], json.loads(row["data"]), instant(row["updated_at"]))

    def names(self) -> list[str]:
        """The forms that wait, the newest first."""
        with self._store.reading() as db:
            return [
                row["name"]
                for row in db.all("SELECT name FROM unfinished ORDER BY updated_at DESC, name")
            ]

    def begun(self) -> list[BegunForm]:
        """The forms about cases that wait to be gone on with, the newest first."""
        found = []
        with self._store.reading() as db:
            for row in db.all(
                "SELECT name, data, updated_at FROM unfinished ORDER BY updated_at DESC, name"
            ):
                kind, case_id = kind_of(row["name"])
                if kind not in BEGUN or (case_id is None and kind != "incident"):
                    continue
                case = None
                if case_id is not None:
                    case = db.one("SELECT number, title FROM cases WHERE id = ?", (case_id,))
                    if case is None:
                        continue
                found.append(
                    BegunForm(
                        row["name"],
                        kind,
                        instant(row["updated_at"]),
                        _about(json.loads(row["data"])) if case is None else "",
                        case_id,
                        case["number"] if case else "",
                        case["title"] if case else "",
                    )
                )
        return found

    def drop(self, name: str) -> Changes:
        """Forget a form: it was recorded, or the user does not want it."""
        with self._store.writing() as tx:
            tx.run("DELETE FROM unfinished WHERE name = ?", (name,))
        return _told(name)

    # -- pictures -------------------------------------------------------------------------------

    def keep_file(self, staged: StagedBlob) -> int:
        """Enter a picture into the vault before its form is recorded; its blob id."""
        with self._store.writing() as tx:
            return self._vault.commit(tx, staged)

    def standing(self, blob_ids: Collection[int]) -> frozenset[int]:
        """Those of these files that are still there to be recorded."""
        marks = ", ".join("?" * len(blob_ids))
        with self._store.reading() as db:
            return frozenset(
                row["id"]
                for row in db.all(
                    f"SELECT id FROM blobs WHERE id IN ({marks}) AND key IS NOT NULL",
                    tuple(blob_ids),
                )
            )

    def forget_strays(self, before: datetime) -> int:
        """Forget pictures taken for forms that are gone, entered before an instant; how many.

        A form that was left while a picture was still being encrypted knows nothing of it.
        """
        held: set[int] = set()
        with self._store.writing() as tx:
            for row in tx.all("SELECT data FROM unfinished"):
                held.update(file["blob"] for file in json.loads(row["data"]).get("files", ()))
            strays = [
                row["id"]
                for row in tx.all(
                    "SELECT id FROM blobs b WHERE key IS NOT NULL AND created_at < ?"
                    " AND NOT EXISTS (SELECT 1 FROM evidence WHERE blob_id = b.id)"
                    " AND NOT EXISTS (SELECT 1 FROM media WHERE blob_id = b.id)",
                    (stamp(before),),
                )
                if row["id"] not in held
            ]
            for blob_id in strays:
                self._vault.destroy(tx, blob_id)
        if strays:
            self._vault.sweep()
        return len(strays)

    def drop_file(self, blob_id: int) -> bool:
        """Forget a picture that no case will hold. False, and nothing done, when one holds it."""
        with self._store.writing() as tx:
            if tx.value("SELECT 1 FROM evidence WHERE blob_id = ?", (blob_id,)):
                return False
            destroyed = self._vault.destroy(tx, blob_id)
        if destroyed:
            self._vault.sweep()
        return destroyed


def about_case(tx: Reading, case_id: int, number: str) -> list[Row]:
    """The forms begun about a case, its line of the register of confidentiality among them."""
    return tx.all(
        "SELECT * FROM unfinished WHERE name LIKE '%:' || ? OR name = 'register-' || ?"
        " ORDER BY name",
        (str(case_id), number),
    )


def drop_case(tx: Writing, vault: Vault, case_id: int, number: str) -> list[datetime]:
    """Forget the forms begun about a case, and their pictures; when each was last written in.

    Call `Vault.sweep` once the transaction is committed.
    """
    found = []
    for row in about_case(tx, case_id, number):
        found.append(instant(row["updated_at"]))
        tx.run("DELETE FROM unfinished WHERE name = ?", (row["name"],))
        for file in json.loads(row["data"]).get("files", ()):
            if not tx.value("SELECT 1 FROM evidence WHERE blob_id = ?", (file["blob"],)):
                vault.destroy(tx, file["blob"])
    return found


def erase_quotations(
    tx: Writing, values: Collection[str], *, case_id: int | None, number: str
) -> list[datetime]:
    """Empty the fields of begun forms that repeat erased words; when each was last written in.

    A quotation is three words in a row; in a form about the case itself also a whole value of one
    word or two. Pictures stay: what was erased are words.
    """
    runs = set().union(*map(_runs, values))
    long = {run for run in runs if len(run) == _RUN}
    own = {row["name"] for row in about_case(tx, case_id, number)} if case_id else set()
    found = []
    for row in tx.all("SELECT * FROM unfinished ORDER BY name") if runs else ():
        data = json.loads(row["data"])
        left = _without(data, runs if row["name"] in own else long)
        if left != data:
            found.append(instant(row["updated_at"]))
            tx.run("UPDATE unfinished SET data = ? WHERE name = ?", (to_json(left), row["name"]))
    return found


def _without(data: Any, runs: Collection[tuple[str, ...]]) -> Any:
    """What a form kept, with nothing in the texts that hold one of these runs of words."""
    match data:
        case str():
            held = _words(data)
            lengths = {len(run) for run in runs}
            met = (held[at : at + n] in runs for n in lengths for at in range(len(held) - n + 1))
            return "" if any(met) else data
        case list():
            return [_without(value, runs) for value in data]
        case dict():
            return {
                key: value if key == "files" else _without(value, runs)
                for key, value in data.items()
            }
        case _:
            return data


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


def _runs(value: str) -> set[tuple[str, ...]]:
    """The quotations that could be made of a value: three words in a row, or all it has."""
    words = _words(value)
    if len(words) <= _RUN:
        return {words} if words else set()
    return {words[at : at + _RUN] for at in range(len(words) - _RUN + 1)}


def kind_of(name: str) -> tuple[str, int | None]:
    """The kind of a form, and the case it is about, from the name it is kept under."""
    met = _NAME.fullmatch(name)
    if met is None:
        return "", None
    kind, case_id = met[1], int(met[3]) if met[3] else None
    # Both are called answers: ours in public, which has no number, and that of Public Affairs.
    if kind == "answer" and met[2]:
        kind = "answer-received"
    return kind, case_id


def part_of(name: str) -> int:
    """The number of the part of the case that a form is about; 0 when it is about all of it."""
    met = _NAME.fullmatch(name)
    return int(met[2]) if met is not None and met[2] else 0


def _told(name: str) -> Changes:
    """Who is to hear that a form was kept or dropped: whoever shows the case, or the day."""
    kind, case_id = kind_of(name)
    return Changes(frozenset({"cases"}), case_id=case_id) if kind in BEGUN else Changes()


def _about(data: Mapping[str, Any]) -> str:
    """What an incident not yet logged is about: its account, its subject, or how it begins."""
    for key in ("handle", "title", "words", "text", "url"):
        said = " ".join(str(data.get(key) or "").split())
        if said:
            return said if len(said) <= _BEGINNING else said[: _BEGINNING - 1].rstrip() + "…"
    return ""
