"""The packet: verified by tools that are not ours, and no byte of it changed unseen."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import random
import re
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scc_admin import packets
from scc_admin.documents.packet import commands as checks
from scc_admin.errors import Cancelled, IntegrityError, UserError
from scc_admin.i18n import data_folder
from scc_admin.journal import NewEntry, body, merkle, notes
from scc_admin.keys import Signer
from scc_admin.model import EntryKind
from scc_admin.packets import Item, Limits, OpenedEntry, PacketInput
from tests import outsiders
from tests.outsiders import bagit, run, sums

NOW = datetime(2026, 11, 23, 19, 2, 5, tzinfo=UTC)
SIGNER = Signer(bytes(range(32)), "scc-admin-1234abcd")
NUMBER = "ESC-2026-001"
CASE = "CAS-2026-001"


def item(data: bytes, kind: str = "image/png") -> Item:
    def pour(sink):
        for at in range(0, len(data), 8192):
            sink.write(data[at : at + 8192])

    return Item(kind, len(data), hashlib.sha256(data).hexdigest(), pour)


def journal() -> tuple[list[OpenedEntry], str]:
    """Seven entries, four of them of the case, one of these half erased."""
    bodies, opened = [], {}
    prev = body.genesis("scc-admin/test")
    for seq in range(1, 8):
        sealed = body.seal(
            NewEntry(
                EntryKind.INCIDENT,
                "Alex",
                case=CASE if seq % 2 else "CAS-2026-002",
                values={"text": f"Propos n° {seq} « 👩‍👩 »", "url": f"https://example.org/{seq}"},
            ),
            seq=seq,
            prev=prev,
            at=NOW,
            offset=-300,
            app="test",
        )
        bodies.append(sealed)
        opened[seq] = {name: (value, salt) for name, value, salt in sealed.opened}
        prev = sealed.hash
    opened[3]["text"] = None
    leaves = [sealed.hash for sealed in bodies]
    source = memory(leaves)
    checkpoint = notes.compose("scc-admin/test", 7, leaves[-1], merkle.root(source, 7), NOW, SIGNER)
    entries = [
        OpenedEntry(
            seq, bodies[seq - 1].body, opened[seq], merkle.inclusion_proof(source, seq - 1, 7)
        )
        for seq in (1, 3, 5, 7)
    ]
    return entries, checkpoint.note


def memory(leaves: list[bytes]):
    levels = [leaves]
    while len(levels[-1]) > 1:
        levels.append(merkle.parents(levels[-1][: len(levels[-1]) // 2 * 2]))
    return lambda level, start, stop: levels[level][start:stop]


def packet(**changes) -> PacketInput:
    entries, checkpoint = journal()
    made = PacketInput(
        number=NUMBER,
        case_number=CASE,
        case={"titre": "Signalement « répété »", "personne": "Usager 042", "odd": "\ud800"},
        items=[
            item(b"\x89PNG\r\n" + bytes(range(256)) * 50),
            item(b"du texte", "text/plain"),
            item(b"", "application/x-sh"),
        ],
        entries=entries,
        checkpoint=checkpoint,
        pdf=b"%PDF-1.7 pretend",
        signer=SIGNER,
        created=NOW,
    )
    return replace(made, **changes)


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sent")
    with packets.build(packet(), folder) as built:
        built.publish()
    return folder


@pytest.fixture
def sent(published, tmp_path) -> Path:
    """A copy of its own for a test that harms it."""
    return Path(shutil.copytree(published, tmp_path / "sent"))


@pytest.fixture
def bag(sent) -> Path:
    with zipfile.ZipFile(sent / f"{NUMBER}.zip") as archive:
        archive.extractall(sent)
    return sent / NUMBER


# -- building -------------------------------------------------------------------------------------


def test_a_packet_is_built_verified_and_only_then_published(tmp_path):
    told = []
    built = packets.build(packet(), tmp_path, progress=lambda done, of: told.append((done, of)))
    assert [path for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    assert built.report.ok and built.report.fingerprint == SIGNER.fingerprint()
    assert told == sorted(told) and told[-1][0] == told[-1][1]
    published = built.publish()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{NUMBER}.pdf", f"{NUMBER}.zip"]
    for path, digest in zip(published, (built.zip_sha256, built.pdf_sha256), strict=True):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest


def test_what_is_not_published_is_discarded(tmp_path):
    with packets.build(packet(), tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_e_mail_is_made_from_the_finished_files(tmp_path):
    def mail(pdf: Path, archive: Path) -> bytes:
        assert (pdf.name, archive.name) == (f"{NUMBER}.pdf", f"{NUMBER}.zip")
        assert packets.verify(archive).document is True
        return b"Subject: dossier\r\n\r\n"

    with packets.build(packet(mail=mail), tmp_path) as built:
        paths = built.publish()
    assert [path.suffix for path in paths] == [".zip", ".pdf", ".eml"]


def test_the_report_says_what_was_found(published):
    report = packets.verify(published / f"{NUMBER}.zip", fingerprint=SIGNER.fingerprint())
    assert report.ok and report.problems == ()
    assert (report.number, report.created, report.entries) == (NUMBER, NOW, 4)
    assert report.document is True
    names = [path for path, _ in report.files]
    assert names == sorted(names)
    assert [name for name in names if "evidence" in name] == [
        packets.item_path(n, i.sha256, i.media_type) for n, i in enumerate(packet().items, 1)
    ]
    assert [Path(name).suffix for name in names if "evidence" in name] == [".png", ".txt", ".bin"]


def test_the_same_input_gives_the_same_bytes(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    source = packet()
    for folder in (one, two):
        with packets.build(source, folder) as built:
            built.publish()
    assert (one / f"{NUMBER}.zip").read_bytes() == (two / f"{NUMBER}.zip").read_bytes()


def test_no_person_s_name_is_a_file_s_name_or_stands_in_the_bag_s_own_files(bag):
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", path.name) for path in bag.rglob("*"))
    info = (bag / "bag-info.txt").read_text()
    assert "Alex" not in info and "Usager" not in info


@pytest.mark.parametrize("lie", ["size", "sha256", "short"])
def test_evidence_that_is_not_what_it_was_is_never_packed(tmp_path, lie):
    true = item(b"preuve")
    wrong = {
        "size": replace(true, size=5),
        "sha256": replace(true, sha256="0" * 64),
        "short": replace(true, pour=lambda sink: sink.write(b"preu")),
    }[lie]
    with pytest.raises(IntegrityError) as error:
        packets.build(packet(items=[true, wrong]), tmp_path)
    assert error.value.code == "altered"
    assert list(tmp_path.iterdir()) == []


def test_an_entry_that_the_checkpoint_does_not_hold_is_never_packed(tmp_path):
    entries, _ = journal()
    with pytest.raises(IntegrityError) as error:
        packets.build(packet(entries=entries), tmp_path)
    assert error.value.code == "entry"
    assert list(tmp_path.iterdir()) == []


def test_another_case_s_values_never_leave(tmp_path):
    entries, _ = journal()
    other = replace(entries[0], body=entries[0].body.replace(b"CAS-2026-001", b"CAS-2026-002"))
    with pytest.raises(ValueError, match="another case"):
        packets.build(packet(entries=[other]), tmp_path)


@pytest.mark.parametrize("number", ["../ESC-2026-001", "ESC-2026-001/a", "", "Marie", "ESC-2026"])
def test_a_number_is_a_number(tmp_path, number):
    with pytest.raises(ValueError, match="number"):
        packets.build(packet(number=number), tmp_path)


def test_a_packet_stopped_midway_leaves_nothing(tmp_path):
    big = item(os.urandom(3 << 20))

    def stop_at(share):
        def progress(done, of):
            if done >= share * of:
                raise Cancelled

        return progress

    for share in (0.1, 0.6):
        with pytest.raises(Cancelled):
            packets.build(packet(items=[big]), tmp_path, progress=stop_at(share))
        assert list(tmp_path.iterdir()) == []


def test_a_place_that_takes_no_packet_is_one_sentence_and_left_as_it_was(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_bytes(b"mine")
    for place in (file, file / "below"):
        with pytest.raises(UserError) as error:
            packets.build(packet(), place)
        assert error.value.code == "not_a_folder"
    folder = tmp_path / "folder"
    folder.mkdir()

    def full(_):
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(UserError) as error:
            packets.build(packet(), folder)
    assert error.value.code == "disk_full"
    assert list(folder.iterdir()) == [] and file.read_bytes() == b"mine"


@pytest.mark.skipif(os.name != "posix", reason="limits and owners as POSIX has them")
def test_a_disk_that_refuses_large_files_or_strangers_says_so(tmp_path):
    import resource

    folder = tmp_path / "folder"
    folder.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        with pytest.raises(UserError) as error:
            packets.build(packet(items=[item(os.urandom(3 << 20))]), folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert error.value.code == "too_big_for_disk"
    assert list(folder.iterdir()) == []
    folder.chmod(0o500)
    owner = os.geteuid()
    if owner == 0:
        os.seteuid(65534)  # the system refuses its master nothing
    try:
        with pytest.raises(UserError) as error:
            packets.build(packet(), folder)
    finally:
        os.seteuid(owner)
        folder.chmod(0o700)
    assert error.value.code == "read_only"
    assert list(folder.iterdir()) == []


def test_an_earlier_packet_stays_whole_when_the_new_one_cannot_take_its_place(tmp_path):
    with packets.build(packet(), tmp_path) as built:
        built.publish()
    archive, document = tmp_path / f"{NUMBER}.zip", tmp_path / f"{NUMBER}.pdf"
    was = archive.read_bytes()
    document.unlink()
    document.mkdir()
    (document / "mine.txt").write_text("mine")
    with packets.build(packet(case={}), tmp_path) as built, pytest.raises(UserError) as error:
        built.make_way()
    assert error.value.code == "is_a_folder"
    assert archive.read_bytes() == was and (document / "mine.txt").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 2
    shutil.rmtree(document)
    with pytest.raises(KeyError), packets.build(packet(case={}), tmp_path) as built:
        built.make_way()
        assert not archive.exists()
        raise KeyError("the journal refused")
    assert archive.read_bytes() == was
    with packets.build(packet(case={}, beside={"more.pdf": b"x"}), tmp_path) as built:
        built.make_way()
        names = [path.name for path in built.publish()]
    assert names == [f"{NUMBER}.zip", f"{NUMBER}.pdf", "more.pdf"]
    assert archive.read_bytes() != was and packets.verify(archive).ok
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_packet_too_large_for_the_first_zip_opens_all_the_same(tmp_path, monkeypatch):
    """The threshold of 4 GB brought down to 1 kB: the same code, read by zipfile and unzip."""
    monkeypatch.setattr(packets, "_ZIP64", 1024)
    with packets.build(packet(), tmp_path) as built:
        built.publish()
    with zipfile.ZipFile(tmp_path / f"{NUMBER}.zip") as archive:
        assert archive.testzip() is None
    assert packets.verify(tmp_path / f"{NUMBER}.zip").ok
    run("unzip", "-tq", f"{NUMBER}.zip", cwd=tmp_path)


# -- tools that are not ours ----------------------------------------------------------------------


def signature(bag: Path) -> str:
    return outsiders.signature(bag, SIGNER.openssh_public_line())


def test_four_foreign_tools_find_the_packet_sound(bag):
    assert "is valid" in bagit(bag)
    sums(bag)
    assert 'Good "scc-admin-packet" signature' in signature(bag)
    line = run("ssh-keygen", "-l", "-f", "data/signer.pub", cwd=bag)
    assert SIGNER.fingerprint() in line
    assert packets.verify(bag).ok
    assert packets.verify(bag.parent / NUMBER).document is True


def test_the_commands_of_the_read_me_work_as_printed(sent, tmp_path):
    with zipfile.ZipFile(sent / f"{NUMBER}.zip") as archive:
        text = archive.read(f"{NUMBER}/LISEZMOI.txt").decode()
    commands = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    assert len(commands) == 13
    assert commands == [
        line.strip() for step in checks(NUMBER, SIGNER.name) for line in step.splitlines()
    ]
    read_me = (data_folder("resources").parent / "README.md").read_text("utf-8")
    for step in checks(NUMBER, "SIGNER"):
        assert step in read_me, "README, page and read-me say the same"
    script = "\n".join(commands).replace("python3 -m pip install bagit && ", "")
    script = script.replace("bagit.py", f"{sys.executable} -m bagit")
    out = run("bash", "-euo", "pipefail", "-c", script, cwd=sent)
    assert "is valid" in out and 'Good "scc-admin-packet" signature' in out
    assert f"{NUMBER}.pdf: OK" in out and SIGNER.fingerprint() in out
    assert "FAILED" not in out
    assert packets.verify(sent / NUMBER).ok  # the commands left nothing behind in the bag
    at = next(n for n, line in enumerate(commands) if line.startswith("find"))
    unlisted = "\n".join(commands[at : at + 2])
    (sent / NUMBER / "added.txt").write_text("x")
    assert run("bash", "-c", unlisted, cwd=sent / NUMBER) == "added.txt\n"


def test_a_changed_byte_of_the_document_is_found_by_the_command_printed(sent):
    run("unzip", "-q", f"{NUMBER}.zip", cwd=sent)
    command = checks(NUMBER, SIGNER.name)[-1].replace("cd ..\n", "")
    document = sent / f"{NUMBER}.pdf"
    run("bash", "-c", command, cwd=sent)
    document.write_bytes(document.read_bytes() + b" ")
    with pytest.raises(subprocess.CalledProcessError):
        run("bash", "-c", command, cwd=sent)


@pytest.mark.parametrize(
    "name", ["{} (1).pdf", "{}(2).PDF", "Copie de {}.pdf", "{}-protege (1).pdf"]
)
def test_the_document_is_found_by_its_hash_whatever_a_browser_named_it(sent, name):
    document = sent / f"{NUMBER}.pdf"
    document = document.rename(sent / name.format(NUMBER))
    report = packets.verify(sent / f"{NUMBER}.zip")
    assert (report.ok, report.document, report.documents) == (True, True, (document.name,))
    document.write_bytes(b"%PDF- of another packet")
    report = packets.verify(sent / f"{NUMBER}.zip")
    known = name.startswith("{} (") or name.startswith("{}(2")
    assert (report.ok, report.document) == ((False, False) if known else (True, None))
    assert report.documents == ()


def test_an_earlier_download_beside_the_document_is_no_problem(sent):
    (sent / f"{NUMBER} (1).pdf").write_bytes(b"%PDF- an earlier one")
    assert packets.verify(sent / f"{NUMBER}.zip").documents == (f"{NUMBER}.pdf",)


def test_the_protected_copy_is_vouched_for_as_the_document_is(tmp_path):
    name = f"{NUMBER}-protege.pdf"
    with packets.build(replace(packet(), beside={name: b"%PDF- locked"}), tmp_path) as built:
        built.publish()
    (tmp_path / f"{NUMBER}.pdf").unlink()
    archive = tmp_path / f"{NUMBER}.zip"
    assert packets.verify(archive).documents == (name,)
    run("unzip", "-q", archive.name, cwd=tmp_path)
    command = checks(NUMBER, SIGNER.name)[-1].replace("cd ..\n", "")
    assert f"{name}: OK" in run("bash", "-c", command, cwd=tmp_path)
    (tmp_path / name).write_bytes(b"%PDF- other")
    assert [p.code for p in packets.verify(archive).problems] == ["document"]


def test_the_document_given_in_place_of_the_archive_is_called_by_its_name(sent):
    (problem,) = packets.verify(sent / f"{NUMBER}.pdf").problems
    assert problem.code == "pdf" and "ZIP" in str(problem)


def test_a_changed_byte_within_a_file_says_that_and_no_more(sent):
    archive = sent / f"{NUMBER}.zip"
    data = bytearray(archive.read_bytes())
    data[data.index(b"BagIt-Version")] ^= 1
    archive.write_bytes(data)
    assert [p.code for p in packets.verify(archive).problems] == ["altered"]


FOREIGN: tuple[Callable[[Path], object], ...] = (sums, signature, bagit)


def test_every_altered_removed_or_added_file_is_found_by_us_and_by_one_of_them(bag):
    sound = {path: path.read_bytes() for path in bag.rglob("*") if path.is_file()}
    assert len(sound) > 12
    for path, data in sound.items():
        for damage in (data + b" ", data[:-1] if data else b"x", b"", None):
            if damage == data:
                continue
            if damage is None:
                path.unlink()
            else:
                path.write_bytes(damage)
            report = packets.verify(bag)
            assert not report.ok and str(report.problems[0]), path
            # Blanks after a signature sign nothing else: OpenSSH lets them pass, we do not.
            same = path.suffix == ".sig" and damage is not None and damage.split() == data.split()
            assert same or any(refuses(tool, bag) for tool in FOREIGN), path
            path.write_bytes(data)
    for name in ("added.txt", "data/added.txt", "data/evidence/004-x.png", "data/deep/er/a"):
        added = bag / name
        added.parent.mkdir(parents=True, exist_ok=True)
        added.write_bytes(b"")
        report = packets.verify(bag)
        assert [problem.code for problem in report.problems] == ["unlisted"]
        # BagIt allows tag files that nobody lists; the command of the read-me finds those.
        assert name == "added.txt" or refuses(bagit, bag)
        added.unlink()
    assert packets.verify(bag).ok


def refuses(tool: Callable[[Path], object], bag: Path) -> bool:
    try:
        tool(bag)
    except subprocess.CalledProcessError:
        return True
    return False


# -- mutations of the archive ---------------------------------------------------------------------


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_no_bit_of_the_archive_can_be_changed_unseen(published, tmp_path, count):
    """As many bits of the container, drawn, or all of it; and half as many anywhere."""
    sound = (published / f"{NUMBER}.zip").read_bytes()
    path = tmp_path / "a.zip"
    random_bits = random.Random(1)
    with zipfile.ZipFile(io.BytesIO(sound)) as archive:
        starts = [info.header_offset for info in archive.infolist()]
        tail = archive.start_dir
    places = [at for start in starts for at in range(start, start + 30)]
    places += range(tail, len(sound))
    places = random_bits.sample(places, min(count, len(places)))
    places += [random_bits.randrange(len(sound)) for _ in range(count // 2)]
    for at in places:
        changed = bytearray(sound)
        changed[at] ^= 1 << random_bits.randrange(8)
        path.write_bytes(changed)
        report = packets.verify(path)
        assert not report.ok, at
        assert all(str(problem) for problem in report.problems)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_cut_splice_or_insertion_goes_unseen(glass, data):
    path, sound = glass
    one = data.draw(st.integers(0, len(sound)))
    two = data.draw(st.integers(one, len(sound)))
    act = data.draw(st.sampled_from(["cut", "remove", "insert", "append", "prepend", "double"]))
    changed = {
        "cut": sound[:one],
        "remove": sound[:one] + sound[two:],
        "insert": sound[:one] + b"\0" + sound[one:],
        "append": sound + data.draw(st.binary(min_size=1, max_size=30)),
        "prepend": data.draw(st.binary(min_size=1, max_size=30)) + sound,
        "double": sound[:two] + sound[one:],
    }[act]
    if changed != sound:
        path.write_bytes(changed)
        assert not packets.verify(path).ok


@pytest.fixture(scope="module")
def glass(published, tmp_path_factory):
    path = tmp_path_factory.mktemp("glass") / "a.zip"
    return path, (published / f"{NUMBER}.zip").read_bytes()


def test_a_packet_packed_anew_is_said_to_be_so_and_its_folder_verifies(bag):
    again = shutil.make_archive(str(bag.parent / "again"), "zip", bag.parent, NUMBER)
    report = packets.verify(Path(again))
    assert [problem.code for problem in report.problems] == ["container"]
    assert "verify the folder" in str(report.problems[0])
    assert packets.verify(bag).ok


def test_a_packet_signed_by_another_key_shows_it(tmp_path):
    other = Signer(bytes(32), "other")
    source = packet(signer=other)
    note = notes.compose("o", 7, bytes(32), bytes(32), NOW, other).note
    with packets.build(replace(source, checkpoint=note, entries=[]), tmp_path) as built:
        built.publish()
    report = packets.verify(tmp_path / f"{NUMBER}.zip")
    assert report.ok and report.fingerprint == other.fingerprint()
    report = packets.verify(tmp_path / f"{NUMBER}.zip", fingerprint=SIGNER.fingerprint())
    assert [problem.code for problem in report.problems] == ["other_signer"]


def test_a_document_that_is_not_the_packet_s_is_found(sent, bag):
    document = sent / f"{NUMBER}.pdf"
    document.write_bytes(document.read_bytes() + b"%")
    for path in (sent / f"{NUMBER}.zip", bag):
        report = packets.verify(path)
        assert [problem.code for problem in report.problems] == ["document"]
    with pytest.raises(subprocess.CalledProcessError):
        run("sha256sum", "-c", f"{NUMBER}/data/{NUMBER}.pdf.sha256", cwd=sent)
    document.unlink()
    assert packets.verify(bag).document is None


@pytest.mark.parametrize("what", ["value", "salt", "body", "proof", "drop", "seq"])
def test_an_entry_changed_by_the_signer_s_own_hand_does_not_stand_under_the_checkpoint(
    tmp_path, what
):
    source = packet()
    first = source.entries[0]
    value, salt = first.values["text"]
    changed = {
        "value": replace(first, values={**first.values, "text": (value + ".", salt)}),
        "salt": replace(first, values={**first.values, "text": (value, bytes(32))}),
        "body": replace(first, body=first.body.replace(b"Alex", b"Axel")),
        "proof": replace(first, proof=[bytes(32), *first.proof[1:]]),
        "drop": replace(first, values={"text": first.values["text"]}),
        "seq": replace(first, seq=2),
    }[what]
    with pytest.raises(IntegrityError) as error:
        packets.build(replace(source, entries=[changed, *source.entries[1:]]), tmp_path)
    assert error.value.code == "entry"


# -- archives made to do harm ---------------------------------------------------------------------


def hostile(path: Path, *members: tuple[zipfile.ZipInfo | str, bytes], **more) -> str:
    """The code of the first problem of an archive with these members."""
    with zipfile.ZipFile(path, "w", **more) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return code_of(path)


def code_of(path: Path, **more) -> str:
    before = sorted(path.parent.rglob("*"))
    report = packets.verify(path, **more)
    assert sorted(path.parent.rglob("*")) == before
    assert not report.ok and report.fingerprint == ""
    return report.problems[0].code


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        f"{NUMBER}/../../x",
        "/etc/passwd",
        "C:\\x",
        f"{NUMBER}/..\\x",
        f"{NUMBER}//x",
        f"{NUMBER}/a\x00.png",
        f"{NUMBER}/\u202egnp.exe",
        f"{NUMBER}/data/é",
        f"{NUMBER}/.",
        "other/x",
        f"{NUMBER}",
        "",
        f"{NUMBER}/" + "x" * 300,
    ],
)
def test_names_that_could_escape_are_refused(tmp_path, name):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    assert hostile(tmp_path / "a.zip", (f"{NUMBER}/bagit.txt", b""), (info, b"x")) == "unsafe_name"


def test_links_and_devices_are_refused(tmp_path, bag):
    for kind in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO):
        info = zipfile.ZipInfo(f"{NUMBER}/data/x")
        info.external_attr = (kind | 0o777) << 16
        assert hostile(tmp_path / "a.zip", (info, b"/etc/passwd")) == "unsafe_name"
    case = bag / "data" / "case.json"
    target = tmp_path / "elsewhere.json"
    case.replace(target)
    case.symlink_to(target)
    assert code_of(bag) == "unsafe_name"
    case.unlink()
    os.mkfifo(case)
    assert code_of(bag) == "unsafe_name"
    case.unlink()
    shutil.move(bag / "data", tmp_path / "data")
    (bag / "data").symlink_to(tmp_path / "data")
    assert code_of(bag) == "unsafe_name"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_collide_are_refused(tmp_path):
    for twin in ("data/a.png", "data/A.PNG"):
        members = [(f"{NUMBER}/data/a.png", b"x"), (f"{NUMBER}/{twin}", b"y")]
        assert hostile(tmp_path / "a.zip", *members) == "twice"


def test_bombs_are_refused_unread(tmp_path):
    zeros = (f"{NUMBER}/data/a", bytes(20 << 20))
    packed = {"compression": zipfile.ZIP_DEFLATED}
    assert hostile(tmp_path / "a.zip", zeros, **packed) == "bomb"
    many = [(f"{NUMBER}/data/{n}", b"") for n in range(50)]
    hostile(tmp_path / "b.zip", *many)
    assert code_of(tmp_path / "b.zip", limits=Limits(files=49)) == "bomb"
    assert code_of(tmp_path / "b.zip", limits=Limits(directory=1000)) == "bomb"
    assert hostile(tmp_path / "c.zip", (f"{NUMBER}/data/a", b"x" * 1000)) == "missing"
    assert code_of(tmp_path / "c.zip", limits=Limits(total=999)) == "bomb"
    lzma = {"compression": zipfile.ZIP_LZMA}
    assert hostile(tmp_path / "d.zip", (f"{NUMBER}/data/a", b"x"), **lzma) == "packed"


def test_overlapping_files_do_not_multiply(tmp_path, published):
    """Each record of the list points at the same bytes, as in the densest of bombs."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(100):
            archive.writestr(f"{NUMBER}/data/{n:03}", b"x" * 1000 if n == 0 else b"")
        archive.filelist[1:] = [aliased(archive.filelist[0], info) for info in archive.filelist[1:]]
    assert code_of(path, limits=Limits(total=50_000)) == "bomb"
    assert code_of(path) in ("missing", "altered", "not_a_zip")


def aliased(first: zipfile.ZipInfo, other: zipfile.ZipInfo) -> zipfile.ZipInfo:
    other.header_offset, other.CRC = first.header_offset, first.CRC
    other.file_size, other.compress_size = first.file_size, first.compress_size
    return other


def test_an_archive_s_list_too_large_for_memory_is_refused_unread(tmp_path):
    path = tmp_path / "a.zip"
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 65535, 65535, 64 << 20, 0, 0)
    with path.open("wb") as file:
        file.truncate(64 << 20)
        file.seek(0, os.SEEK_END)
        file.write(end)
    assert code_of(path) == "bomb"
    large = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 1 << 40, 0)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, 0, 1)
    small_end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, 46, 0, 0)
    path.write_bytes(large + locator + small_end)
    assert code_of(path) == "bomb"


def test_encrypted_files_are_refused(tmp_path, published):
    data = bytearray((published / f"{NUMBER}.zip").read_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        data[archive.start_dir + 8] |= 1
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert code_of(path) == "encrypted"


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6" + bytes(18), b"%PDF-1.7", os.urandom(500)])
def test_what_is_no_packet_is_said(tmp_path, data):
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert code_of(path) in ("not_a_zip", "missing", "pdf")
    (tmp_path / "empty").mkdir()
    assert code_of(tmp_path / "empty") == "missing"
    assert code_of(tmp_path / "gone") == "not_found"


NONSENSE = [
    "", "x", "{}", "0\n", "null", '"x"', json.dumps([1]), "[" * 100_000, "\n\n", "\xff",
    '[{"seq": 1e999, "body": "{}", "values": {}, "proof": []}]',
    '[{"seq": 1, "body": "[]", "values": {}, "proof": 0}]',
    '[{"seq": 1, "body": "{\\"commit\\": 0, \\"seq\\": 1}", "values": 0, "proof": []}]',
    '[{"seq": 1, "body": "\\ud800", "values": {}, "proof": []}]',
    "a" * 64 + "  ../x\n", ("a" * 64 + "  data/x\n") * 2, "A" * 64 + "  data/x\n",
    "External-Identifier: ESC-2026-001\nBagging-Date: 2026-99-99\nBagging-Time: 00:00:00Z\n",
]  # fmt: skip


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_in_a_signed_place_is_a_sentence(bag, text):
    """Whoever holds a key may sign anything: each file in turn is nonsense, all hashes right."""
    for name in (
        "manifest-sha256.txt", "bag-info.txt", "bagit.txt", "data/signer.pub",
        "data/journal-entries.json", "data/checkpoint.txt", f"data/{NUMBER}.pdf.sha256",
    ):  # fmt: skip
        copy = Path(shutil.copytree(bag, bag.parent / "copy", dirs_exist_ok=True))
        (copy / name).write_bytes(text.encode("latin-1"))
        resign(copy, only=name)
        report = packets.verify(copy)
        assert not report.ok, name
        assert all(str(problem) for problem in report.problems)
        if name == "data/journal-entries.json":
            assert {problem.code for problem in report.problems} <= {"entry", "not_ours"}


def test_a_packet_signed_anew_after_a_change_is_sound_by_its_new_signer(bag):
    (bag / "data" / "case.json").write_text("{}")
    resign(bag)
    assert packets.verify(bag).ok


def resign(bag: Path, only: str = "") -> None:
    """All hashes and sums made right again, but in the file `only`."""

    def listed(paths):
        return "".join(
            f"{hashlib.sha256((bag / path).read_bytes()).hexdigest()}  {path}\n" for path in paths
        )

    payload = sorted(
        p.relative_to(bag).as_posix() for p in (bag / "data").rglob("*") if p.is_file()
    )
    if only != "bag-info.txt":
        oxum = f"{sum((bag / path).stat().st_size for path in payload)}.{len(payload)}"
        info = (bag / "bag-info.txt").read_text()
        (bag / "bag-info.txt").write_text(re.sub(r"(?<=Oxum: ).*", oxum, info))
    if only != "manifest-sha256.txt":
        (bag / "manifest-sha256.txt").write_text(listed(payload))
    tags = listed(sorted(["LISEZMOI.txt", "bag-info.txt", "bagit.txt", "manifest-sha256.txt"]))
    (bag / "tagmanifest-sha256.txt").write_text(tags)
    signed = SIGNER.sshsig("scc-admin-packet", tags.encode())
    (bag / "tagmanifest-sha256.txt.sig").write_text(signed)


def test_a_path_that_cannot_be_read_is_one_sentence(tmp_path):
    report = packets.verify(tmp_path / "nothing.zip")
    assert isinstance(report.problems[0], UserError)
