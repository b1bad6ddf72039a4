"""The tables of moderation against the journal: what was changed in them is found, column by
column, and an honest workspace raises no alarm."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2
from test_journal_mutations import COUNT

from scc_admin import packets
from scc_admin.editorial import DraftDetails, Editorial
from scc_admin.errors import IntegrityError, UserError
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import (
    Finding,
    Ground,
    Language,
    Network,
    Rung,
    Severity,
    Situation,
    Target,
    Theme,
)
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    Moderation,
    StepInput,
)
from scc_admin.moderation.agreement import FED, LABELS, Agreement, compare, outside_words
from scc_admin.moderation.register import ConfidentialityInput
from scc_admin.workspace import Workspace

OLD = sorted((Path(__file__).resolve().parents[1] / "data" / "workspaces").glob("*.zip"))


def agree(moderation: Moderation):
    found = moderation.agreement()
    assert found.differences == ()
    return found


def lived(moderation: Moderation, vault, clock) -> int:
    """A case in which everything happened that can happen to one; its id."""

    def later() -> None:
        clock.advance(hours=1)

    case = moderation.open_case(
        CaseInput("Doublons", Situation.DUPLICATES, account=AccountInput(Network.X, "zoe"))
    )
    later()
    piece = vault.add(b"une capture", "capture.png.txt")
    incident, _ = moderation.log_incident(
        case,
        IncidentInput("Vos chiffres sont faux", "https://exemple.org/1", displayed_at="2 h",
                      account=AccountInput(Network.X, "zoe"), files=(piece,),
                      captured_at=clock() - timedelta(minutes=40)),
    )  # fmt: skip
    wrong, _ = moderation.log_incident(case, IncidentInput("Une autre personne"))
    later()
    moderation.retract_incident(wrong, "Inscrit par erreur")
    shown = vault.add("notre réponse".encode(), "réponse.txt")
    moderation.climb(case, StepInput(Rung.ANSWER, "Voici nos sources.", files=(shown,)))
    moderation.climb(case, StepInput(Rung.PRIVATE_MESSAGE, "Bonjour…"))
    later()
    moderation.log_incident(case, IncidentInput("Vos chiffres sont toujours faux"))
    moderation.climb(case, StepInput(Rung.REPETITION))
    ban, _ = moderation.climb(
        case,
        StepInput(Rung.BAN, reason="Répétitions", expires_on=clock().date() + timedelta(days=30)),
    )
    moderation.retract(ban, "Trop tôt, dit-on")
    later()
    ban, _ = moderation.climb(case, StepInput(Rung.BAN, reason="Répétitions encore"))
    moderation.lift(case, "Excuses reçues")
    moderation.reclassify(case, Situation.ATTACK_INTEGRITY, True)
    asked = moderation.escalate(
        case, EscalationInput("Que répondre?", "12 partages", "Rien masqué")
    )
    moderation.correct_escalation(asked, EscalationInput("Que faut-il répondre?", "12 partages"))
    later()
    moderation.record_contact(asked, "Par téléphone : la garde", clock() - timedelta(minutes=5))
    moderation.record_affairs_answer(asked, "Ne répondez pas", clock())
    moderation.exported(
        [piece.id for piece in moderation.sheet(case).evidence], "Affaires publiques"
    )
    moderation.close_escalation(asked, clock())
    later()
    moderation.review(case, "Rien de neuf", None)
    moderation.note(case, "Une note")
    moderation.set_hold(case, "Mise en demeure")
    assert incident
    return case


def test_a_case_in_which_everything_happened_agrees_at_each_step(moderation, vault, clock):
    case = lived(moderation, vault, clock)
    found = agree(moderation)
    assert found.rows > 20
    moderation.set_hold(case, "")
    moderation.close_case(case, "Tout est dit")
    agree(moderation)
    moderation.reopen_case(case, "Elle recommence")
    agree(moderation)
    moderation.close_case(case, "Tout est dit")
    closing = moderation.sheet(case).steps[-1]
    moderation.retract(closing.id, "Pas encore, en fait")
    agree(moderation)


def test_what_was_erased_and_destroyed_agrees(moderation, vault, journal, clock):
    case = lived(moderation, vault, clock)
    moderation.set_hold(case, "")
    for seq in range(1, journal.size() + 1):
        entry = journal.entry(seq)
        if entry.values and entry.case and seq % 2:
            moderation.retention.erase_entry(seq, ground=Ground.REQUEST, approver="Luc Côté")
            agree(moderation)
    piece = moderation.sheet(case).evidence[0]
    moderation.retention.destroy_evidence(piece.id, ground=Ground.REQUEST, approver="Luc Côté")
    agree(moderation)


def test_a_destroyed_case_agrees(moderation, vault, clock):
    case = lived(moderation, vault, clock)
    moderation.set_hold(case, "")
    moderation.register.add(ConfidentialityInput(circumstances="Une liste"), "CAS-2026-001")
    moderation.retention.destroy_case(
        case, ground=Ground.REQUEST, approver="Luc Côté", though_open=True
    )
    agree(moderation)
    bare = moderation.open_case(CaseInput("Rien", Situation.DUPLICATES))
    moderation.retention.destroy_case(bare, ground=Ground.REQUEST, approver="Luc Côté")
    agree(moderation)


def overridden(editorial: Editorial, title: str, excerpt: str) -> tuple[int, int]:
    """A draft with a finding overridden in it; both ids."""
    draft = editorial.add_draft(DraftDetails(title), [(Target.X, Language.FR, "Mardi 12")])
    found = Finding("DYN-05", "x", Severity.ERROR, Theme.DYNAMISM, (), 0, 1, excerpt, "", "")
    editorial.override(draft, found, f"Confirmé pour {title}")
    return draft, editorial.sheet(draft).overrides[-1].id


def test_overrides_agree_whatever_becomes_of_them(moderation, editorial, journal, clock):
    overridden(editorial, "le relais", "mardi 12")
    clock.advance(hours=1)
    draft, override = overridden(editorial, "la marche", "lundi 3")
    editorial.withdraw_override(override)
    aside = Finding("DYN-06", "y", Severity.WARNING, Theme.DYNAMISM, (), 0, 1, "z", "", "")
    editorial.set_aside(draft, aside)
    assert agree(moderation).rows == 1
    gone, _ = overridden(editorial, "le bal", "samedi")
    assert agree(moderation).rows == 2
    editorial.trash(gone)
    assert agree(moderation).rows == 2
    editorial.destroy_draft(gone)
    assert agree(moderation).rows == 1
    for entry in journal.entries():
        if entry.values.get("reason"):
            moderation.retention.erase_entry(
                entry.seq, ground=Ground.REQUEST, approver="Luc Côté", fields=["reason"]
            )
            agree(moderation)


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        ("UPDATE overrides SET reason = 'Rien' WHERE id = 1", "reason"),
        ("UPDATE overrides SET excerpt = 'Rien' WHERE id = 1", "excerpt"),
        ("UPDATE overrides SET who = 'Luc Côté' WHERE id = 1", "who"),
        ("UPDATE overrides SET at = '2020-01-01T00:00:00.000Z' WHERE id = 1", "at"),
        ("UPDATE overrides SET draft_id = 2 WHERE id = 1", "draft_id"),
        ("UPDATE overrides SET entry = NULL WHERE id = 1", ""),
        ("DELETE FROM overrides WHERE id = 1", ""),
        (
            "INSERT INTO overrides (draft_id, rule, severity, excerpt, reason, who, at, entry)"
            " SELECT draft_id, rule, severity, excerpt, reason, who, at, entry FROM overrides"
            " WHERE id = 1",
            "",
        ),
    ],
)
def test_an_override_that_was_falsified_is_found(open_store, journal, editorial, statement, column):
    overridden(editorial, "le relais", "mardi 12")
    overridden(editorial, "la marche", "lundi 3")
    with open_store.writing() as tx:
        tx.run(statement)
    with open_store.reading() as db:
        (found, *_) = compare(db).differences
    assert (found.table, found.column) == ("overrides", column)
    assert found.case == "" and Translator().tr(found.what) != ""


@pytest.mark.parametrize("archive", OLD, ids=lambda path: path.stem)
def test_a_workspace_of_an_earlier_version_agrees(archive, tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    monkeypatch.delenv("SCC_ADMIN_PASSPHRASE", raising=False)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "w")
    passphrase = "une phrase pour les essais" if "passphrase" in archive.stem else None
    with Workspace.open(tmp_path / "w", passphrase=passphrase, read_only=True) as workspace:
        report = workspace.verify_journal()
    assert report.ok
    assert report.rows == 11
    # What entries hold only since then is said to be outside.
    assert LABELS["evidence.captured_at"] in report.outside


def test_every_column_has_a_name_and_a_table_that_exists(open_store):
    with open_store.reading() as db:
        for table, columns in FED.items():
            known = {row["name"] for row in db.all(f"PRAGMA table_info({table})")}
            assert columns.keys() <= known
            if columns:
                assert known - {"id"} <= {name.partition(".")[2] for name in LABELS
                                          if name.startswith(f"{table}.")}  # fmt: skip


# -- falsified ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented workspace, with a packet exported and overrides, as a file to be falsified."""
    from scc_admin.sample import fill

    folder = tmp_path_factory.mktemp("base")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SCC_ADMIN_CONFIG", str(folder / "settings.json"))
        with Workspace.create(folder / "w", protection=Kind.NONE).workspace as workspace:
            fill(workspace)
            overridden(workspace.editorial, "la marche", "lundi 3")
            draft, _ = overridden(workspace.editorial, "le bal", "samedi")
            aside = Finding("X", "y", Severity.INFO, Theme.DYNAMISM, (), 0, 1, "z", "", "")
            workspace.editorial.set_aside(draft, aside)
            number = workspace.moderation.escalations()[0].number
            workspace.export_packet(number, folder / "out", Translator(Language.FR))
            assert workspace.verify_journal().ok
    return folder / "w"


def falsify(path: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    connection = dbapi2.connect(path)
    try:
        for statement, parameters in statements:
            connection.execute(statement, parameters)
        connection.commit()
    finally:
        connection.close()


def another(held: object, chance: random.Random) -> object:
    """Another value of the same kind."""
    match held:
        case None:
            return "2020-01-01"
        case bytes():
            return bytes(reversed(held)) + b"x"
        case int():
            return held + chance.choice((1, -1, 5))
        case str() if held[:4].isdigit() and held.endswith("Z"):
            return f"{chance.randint(2001, 2019)}{held[4:]}"
        case str() if held:
            at = chance.randrange(len(held))
            return held[:at] + "ż" + held[at + 1 :]
    return "FAUX"


@pytest.mark.slow
def test_falsified_rows_are_found_or_said_to_be_outside(base, tmp_path):
    """Cells, rows taken out, put in twice, and swapped, in every table of moderation."""
    chance = random.Random(3)
    tables = [table for table in FED if FED[table]]
    seen: Counter[str] = Counter()
    path = tmp_path / "w"
    shutil.copytree(base, path)
    original = (path / "workspace.db").read_bytes()
    for number in range(COUNT // 4):
        (path / "workspace.db").write_bytes(original)
        for left in ("workspace.db-wal", "workspace.db-shm"):
            (path / left).unlink(missing_ok=True)
        table = tables[number % len(tables)]
        connection = dbapi2.connect(path / "workspace.db")
        connection.row_factory = dbapi2.Row
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()
        connection.close()
        if table == "blobs":
            rows = [row for row in rows if is_evidence(path, row["id"])]
        row = chance.choice(rows)
        columns = [name for name in row.keys() if name != "id"]  # noqa: SIM118
        act = chance.choice(("cell", "cell", "cell", "cell", "gone", "twice", "swapped"))
        named = ""
        if act == "cell" or table == "blobs":
            named = chance.choice(columns)
            done = [(f"UPDATE {table} SET {named} = ? WHERE id = ?",
                     (another(row[named], chance), row["id"]))]  # fmt: skip
        elif act == "gone":
            done = [(f"DELETE FROM {table} WHERE id = ?", (row["id"],))]
        elif act == "twice":
            kept = [row[name] if name not in ("uid", "number") else f"{row[name]}x"
                    for name in columns]  # fmt: skip
            marks = ", ".join("?" * len(columns))
            done = [(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", tuple(kept))]
        else:
            other = chance.choice(rows)
            named = chance.choice(columns)
            done = [
                (f"UPDATE {table} SET {named} = ? WHERE id = ?", (other[named], row["id"])),
                (f"UPDATE {table} SET {named} = ? WHERE id = ?", (row[named], other["id"])),
            ]
            if row[named] == other[named]:
                continue
        try:
            falsify(path / "workspace.db", *done)
        except dbapi2.IntegrityError:
            continue  # the schema refuses it
        with Workspace.open(path, read_only=True) as workspace, workspace.store.reading() as db:
            found = compare(db)
        if not found.ok:
            seen["found"] += 1
            continue
        what = f"{number}: {act} {table}.{named} {dict(row)}"
        alone = {
            "custody": lambda row: row["act"] == "viewed",
            "overrides": lambda row: row["entry"] is None,
        }.get(table, lambda _: False)  # rows that no entry tells of
        assert f"{table}.{named}" in found.outside or alone(row), what
        seen["outside"] += 1
    assert seen["found"] > seen["outside"]


def is_evidence(path: Path, blob_id: int) -> bool:
    connection = dbapi2.connect(path / "workspace.db")
    try:
        found = connection.execute("SELECT 1 FROM evidence WHERE blob_id = ?", (blob_id,))
        return found.fetchone() is not None
    finally:
        connection.close()


def test_a_falsified_case_is_refused_and_told_of_on_request(base, tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    shutil.copytree(base, tmp_path / "w")
    falsify(
        tmp_path / "w" / "workspace.db",
        ("UPDATE incidents SET text = 'FALSIFIÉ'", ()),
        ("UPDATE evidence SET captured_at = '2020-01-01T00:00:00.000Z'", ()),
    )
    tr = Translator(Language.FR)
    with Workspace.open(tmp_path / "w") as workspace:
        report = workspace.verify_journal()
        assert not report.ok
        said = [tr.tr(problem.message, **problem.params) for problem in report.problems]
        assert any("le texte d’un commentaire" in sentence for sentence in said)
        (check,) = [check for check in workspace.examine() if check.name == "cases"]
        assert not check.ok
        assert "{" not in tr.tr(check.sentence, **check.params)
        number = workspace.moderation.escalations()[0].number
        out = tmp_path / "out"
        size = workspace.journal.size()
        with pytest.raises(UserError) as refused:
            workspace.export_packet(number, out, tr)
        assert refused.value.code == "differs"
        assert "{" not in tr.explain(refused.value)
        assert not list(out.glob("*"))
        assert workspace.journal.size() == size
        _, archive, _ = workspace.export_packet(number, out, tr, tell_both=True)
    with zipfile.ZipFile(archive) as packed:
        told = json.loads(packed.read(f"{number}/data/case.json"))
    pairs = {(one["what"], one["found"]) for one in told["differences"]}
    assert ("le texte d’un commentaire", "FALSIFIÉ") in pairs
    assert all(one["recorded"] != one["found"] for one in told["differences"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents SET text = 'FALSIFIÉ'",
        "UPDATE incidents SET captured_at = '2020-01-01T00:00:00.000Z'",
        "UPDATE incidents SET retracted = 1",
        "UPDATE case_steps SET text = 'FALSIFIÉ' WHERE text <> ''",
        "UPDATE case_steps SET who = 'Une autre'",
        "UPDATE case_steps SET at = '2020-01-01T00:00:00.000Z'",
        "UPDATE escalations SET question = 'FALSIFIÉ'",
        "UPDATE escalations SET answer = 'FALSIFIÉ', contact = 'FALSIFIÉ'",
        "UPDATE escalations SET escalated_at = '2020-01-01T00:00:00.000Z'",
    ],
)
def test_whoever_receives_a_falsified_packet_finds_it(base, tmp_path, monkeypatch, statement):
    """As if the sender's program had not looked: the packet's own entries tell."""
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    shutil.copytree(base, tmp_path / "w")
    falsify(tmp_path / "w" / "workspace.db", (statement, ()))
    monkeypatch.setattr(Moderation, "agreement", lambda *_, **__: Agreement())
    with Workspace.open(tmp_path / "w") as workspace:
        number = workspace.moderation.escalations()[0].number
        with pytest.raises(IntegrityError) as refused:
            workspace.export_packet(number, tmp_path / "out", Translator(Language.FR))
    assert refused.value.code == "case"


def test_an_honest_packet_says_how_much_was_compared(base):
    (archive,) = (base.parent / "out").glob("*.zip")
    report = packets.verify(archive)
    assert report.ok
    assert report.told >= 4
    assert report.checkpoint


def test_what_is_outside_is_said_once():
    words = outside_words(("evidence.uid", "cases.uid", "persons.name", "incidents.page_id"))
    assert len(words) == len(set(words))
    assert LABELS["persons"] in words
