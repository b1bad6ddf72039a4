"""Calendar files through programs that are not ours: a CalDAV server (Radicale) and a client
(vdirsyncer), both started here, on this computer alone; then the same from a shell."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from scc_admin import cli
from scc_admin.editorial import CampaignInput, DraftDetails, EntryInput, PageInput
from scc_admin.exchange import Action
from scc_admin.i18n import Translator
from scc_admin.keys import Kind as Protection
from scc_admin.model import Language, Network, Target
from scc_admin.workspace import Workspace

pytestmark = pytest.mark.slow

pytest.importorskip("radicale")
pytest.importorskip("vdirsyncer")

FR = Translator(Language.FR)
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
MOST = 120
"""Seconds that the server may take for anything: against waiting for ever."""


@pytest.fixture
def make(tmp_path, monkeypatch):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))
    opened = []

    def workspace(name: str) -> Workspace:
        made = Workspace.create(
            tmp_path / name, protection=Protection.NONE, name="Ana Roy", clock=lambda: NOW
        )
        opened.append(made.workspace)
        return made.workspace

    yield workspace
    for workspace in opened:
        workspace.close()


@pytest.fixture
def server(tmp_path, monkeypatch) -> Iterator[str]:
    """The address of an empty calendar on a CalDAV server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    process = None
    for attempt in range(5):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = begun(port, tmp_path / f"server-{attempt}.log", tmp_path / "served")
        if process is not None:
            break
    assert process is not None, (tmp_path / "server-4.log").read_text()
    try:
        url = f"http://127.0.0.1:{port}/ana/calendrier/"
        ask("MKCALENDAR", url)
        yield url
    finally:
        process.kill()
        process.wait(MOST)


def begun(port: int, log: Path, folder: Path) -> subprocess.Popen[bytes] | None:
    """A server that is ready; None where another program took the port first."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "radicale", "--config", "",
                "--server-hosts", f"127.0.0.1:{port}",
                "--auth-type", "none", "--rights-type", "authenticated",
                "--storage-filesystem-folder", str(folder), "--logging-level", "info",
            ],
            stdout=said,
            stderr=said,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )  # fmt: skip
    until = time.monotonic() + MOST
    while "server ready" not in log.read_text().lower():
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            if time.monotonic() < until:
                continue
            process.kill()
        process.wait(MOST)
        return None
    return process


def ask(method: str, url: str, body: bytes | None = None, **headers: str) -> bytes:
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    request.add_header("Authorization", "Basic YW5hOmFuYQ==")
    with urllib.request.urlopen(request, timeout=MOST) as answer:
        return answer.read()


@pytest.fixture
def synchronise(tmp_path, server):
    """Bring a calendar file and the server to the same state, as vdirsyncer does."""

    def run(path: Path) -> None:
        config = tmp_path / f"{path.stem}.conf"
        config.write_text(
            f"""
[general]
status_path = "{tmp_path / "status"}/{path.stem}"
[pair it]
a = "file"
b = "dav"
collections = null
conflict_resolution = "a wins"
[storage file]
type = "singlefile"
path = "{path}"
[storage dav]
type = "caldav"
url = "{server}"
username = "ana"
password = "ana"
"""
        )
        for command in ("discover", "sync"):
            done = subprocess.run(
                [sys.executable, "-m", "vdirsyncer", "-c", str(config), command],
                capture_output=True,
                text=True,
                input="y\ny\n",
                env={**os.environ, "PYTHONWARNINGS": "ignore"},
                timeout=300,
            )
            assert done.returncode == 0, done.stdout + done.stderr

    return run


def fill(workspace: Workspace) -> dict[str, int]:
    editorial = workspace.editorial
    page = editorial.add_page(PageInput("SCC Estrie", Network.FACEBOOK))
    campaign = editorial.add_campaign(
        CampaignInput("Mois de la jonquille", date(2027, 4, 1), date(2027, 4, 30))
    )
    for number in range(12):
        starts = datetime(2027, 4, 1 + number, 18, tzinfo=UTC)
        editorial.add_entry(
            EntryInput(
                f"Kiosque nº {number}; « été », 🌼 {'long ' * 30}",
                starts,
                starts + timedelta(hours=2),
                campaign_id=campaign,
                page_id=page,
                notes="Deux\nlignes\\, et plus",
            )
        )
    text = "C'est jeudi que commence le mois de la jonquille, à vos bouquets!"
    draft = editorial.add_draft(
        DraftDetails("Lancement", page_id=page, planned_at=datetime(2027, 4, 1, 13, tzinfo=UTC)),
        [(Target.FACEBOOK, Language.FR, text)],
    )
    return {"page": page, "draft": draft}


def test_a_calendar_goes_through_a_server_and_a_client_unharmed(
    make, synchronise, server, tmp_path
):
    here, there = make("ici"), make("la-bas")
    ids = fill(here)
    ours, theirs = tmp_path / "nous.ics", tmp_path / "eux.ics"
    ours.write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:serie@x\nDTSTART:20270301T140000Z\n"
        "RRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Réunion\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    here.exchange.apply(here.exchange.plan(ours))
    assert here.exchange.export(ours, FR) == 17
    synchronise(ours)
    synchronise(theirs)

    back = here.exchange.plan(theirs)
    assert (back.items, back.unchanged, back.skipped, back.warnings) == ((), 17, (), ())
    first = there.exchange.plan(theirs)
    assert first.count(Action.ADD) == 17
    there.exchange.apply(first)
    assert there.exchange.plan(ours).items == ()

    # Another calendar program moves the post by two hours, on the server.
    uid = here.editorial.sheet(ids["draft"]).draft.uid
    listing = ask("PROPFIND", server, Depth="1").decode()
    item = next(
        href
        for href in (part.partition("</")[0] for part in listing.split("href>")[1::2])
        if href.endswith(".ics") and uid in ask("GET", server + Path(href).name).decode()
    )
    address = server + Path(item).name
    changed = ask("GET", address).replace(b"20270401T130000Z", b"20270401T150000Z")
    ask("PUT", address, changed, **{"Content-Type": "text/calendar"})
    synchronise(theirs)

    moved = here.exchange.plan(theirs)
    assert [(i.title, [c.field for c in i.changes]) for i in moved.items] == [
        ("Lancement", ["planned_at"])
    ]
    here.exchange.apply(moved)
    sheet = here.editorial.sheet(ids["draft"])
    assert sheet.draft.planned_at == datetime(2027, 4, 1, 15, tzinfo=UTC)
    assert here.exchange.plan(theirs).items == ()


def test_a_shell_imports_exports_and_takes_back(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SCC_ADMIN_CONFIG", str(tmp_path / "settings.json"))

    def run(*arguments: object) -> tuple[int, str, str]:
        words = ["--workspace", str(tmp_path / "w"), *(str(a) for a in arguments)]
        monkeypatch.setattr(sys, "argv", ["scc-admin", *words])
        with pytest.raises(SystemExit) as end:
            cli.main(words)
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    assert run("init", tmp_path / "w", "--protect", "none", "--name", "Ana Roy")[0] == 0
    ours = tmp_path / "plan.ics"
    ours.write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID=Lune/Mer:20270305T190000\n"
        "SUMMARY:Souper\nEND:VEVENT\nBEGIN:VEVENT\nUID:2\nDTSTART:20270305\nSUMMARY:Journée\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )
    code, out, err = run("calendar", "import", ours, "--dry-run")
    assert code == 0
    assert out.split("\t")[:4] == ["add", "entry", "2027-03-05", "Journée"]
    assert "Lune/Mer" in err and "America/Toronto" in err
    code, out, _ = run("calendar", "import", ours, "--assume-zone", "America/Toronto")
    assert (code, out.count("\n")) == (0, 2)
    assert run("calendar", "import", ours, "--assume-zone", "America/Toronto")[1] == ""
    assert run("calendar", "import", ours, "--assume-zone", "Lune/Mer")[0] == 2
    for name in ("out.ics", "out.xlsx"):
        assert run("calendar", "export", tmp_path / name, "--from", "2027-03-01")[0] == 0
        assert (tmp_path / name).stat().st_size > 100
    assert "SUMMARY:Souper" in (tmp_path / "out.ics").read_text("utf-8")
    assert run("calendar", "undo")[0] == 0
    assert run("calendar", "undo")[0] == 2
    before = ours.read_bytes()
    for refused in (
        ("export", ours),
        ("export", ours, "--force"),  # nothing stands there
        ("export", tmp_path / "vide.ics"),
        ("export", ours, "--plan", "1", "--force"),
        ("export", tmp_path / "plan.xlsx", "--plan", "1"),
        ("export", tmp_path / "out.pdf"),
        ("export", tmp_path / "out", "--plan", "1"),
        ("export", tmp_path / "out.ics", "--plan", "9" * 20),
        ("export", tmp_path / "out.ics", "--from", "9999-12-31", "--to", "9999-12-31", "--force"),
        ("import", ours, "--accept-key", "bidon"),
        ("import", tmp_path / "out.xlsx", "--accept-key", "bidon"),
    ):
        code, out, err = run("calendar", *refused)
        assert (code, out, err.count("\n")) == (2, "", 1), refused
    assert ours.read_bytes() == before
    left = {path.name for path in tmp_path.iterdir()} - {"w", "settings.json"}
    assert left == {"plan.ics", "out.ics", "out.xlsx"}
