"""The PDFs, judged by tools that are not ours, on good data and on hostile data."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import document_samples as samples
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scc_admin.documents import Typesetter, text, typeset
from scc_admin.documents.charts import LIGHT, Bar, chart_rows
from scc_admin.documents.pictures import Unprinted, pieces
from scc_admin.i18n import Translator, data_folder
from scc_admin.model import Language

BOTH = list(Language)
HOSTILE = (
    '#panic("x") #image("/etc/passwd") #eval("1+1") $x^2$ *gras* _it_ = titre\n'
    "@ref <label> `raw` \\ \\u{41} [crochets] {accolades} // remarque /* bloc */ ~ --- \"g\" 'a'\n"
    "<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; &#60;b&#62; </text></svg>\n"
    "\x00\x07\x1b[31m \ud800 \udfff \ufffe \u202eENVERS\u202c \u2066iso\u2069 \ue000 \u0378\n"
    "中文 日本 한국 שלום مرحبا हिन्दी ไทย 😀👩‍👩‍👧🇨🇦🏴\U000e0067\U000e0062\U000e007f 🫩 𓀀 ☎️ ①\n"
    + "Z̸̛̖̗̘" * 3
    + "e"
    + "\u0301" * 400
    + " anticonstitutionnellement " * 3
    + "x" * 900
    + " https://exemple.org/"
    + "a-b_c/" * 80
    + "\r\n\u2028\u2029\x85\tfin"
)


def tool(name: str, package: str) -> str:
    """The path of a checking tool. Missing, it fails the test: a check not made is no check."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is missing; install it with: sudo apt-get install {package}")
    return found


def run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(c) for c in command], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pdf_text(pdf: bytes, folder: Path) -> str:
    target = folder / "text.pdf"
    target.write_bytes(pdf)
    return run(tool("pdftotext", "poppler-utils"), "-layout", target, "-")


def flat(words: str) -> str:
    return " ".join(words.split())


def page_count(pdf: bytes, folder: Path) -> int:
    target = folder / "count.pdf"
    target.write_bytes(pdf)
    info = run(tool("pdfinfo", "poppler-utils"), target)
    return int(re.search(r"Pages:\s+(\d+)", info)[1])  # type: ignore[index]


def check(pdf: bytes, folder: Path, language: Language = Language.FR) -> None:
    """Sound, tagged, of the claimed standards, in the right language, and nothing off the page."""
    import pikepdf

    target = folder / "check.pdf"
    target.write_bytes(pdf)
    run(tool("qpdf", "qpdf"), "--check", target)
    info = run(tool("pdfinfo", "poppler-utils"), target)
    assert re.search(r"Tagged:\s+yes", info)
    assert re.search(r"Encrypted:\s+no", info)
    assert re.search(r"JavaScript:\s+no", info)
    with pikepdf.open(target) as opened:
        with opened.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "2"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"]
        assert str(opened.Root.Lang).lower().startswith(language.value)
        assert "/Names" not in opened.Root or "/JavaScript" not in opened.Root.Names
        for page in opened.pages:
            assert not [a for a in page.get("/Annots", []) if a.get("/A", {}).get("/S") != "/GoTo"]
    boxes = run(tool("pdftotext", "poppler-utils"), "-bbox", target, "-")
    pages = re.findall(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', boxes, re.S)
    assert pages
    for width, height, words in pages:
        for left, top, right, bottom in re.findall(
            r'<word xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="(-?[\d.]+)" yMax="(-?[\d.]+)"', words
        ):
            assert float(left) >= 20
            assert float(right) <= float(width) - 20
            assert float(top) >= 10
            assert float(bottom) <= float(height) - 10


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(data_folder("resources"))


@pytest.fixture(scope="module")
def bare() -> Typesetter:
    """On a machine that has no font of its own."""
    return Typesetter(data_folder("resources"), system_fonts=False)


DOCUMENTS: dict[str, Callable[[Typesetter, Language], bytes]] = {
    "packet": lambda t, language: t.packet(*samples.packet(language)),
    "weekly": lambda t, language: t.weekly(samples.weekly(language)),
    "empty week": lambda t, language: t.weekly(samples.empty_week(language)),
    "destruction": lambda t, language: t.certificate(samples.certificate(language)),
    "erasure": lambda t, language: t.certificate(samples.certificate(language, "erasure")),
    "access": lambda t, language: t.access(samples.access(language)),
    "recovery": lambda t, language: t.recovery(samples.recovery(language)),
    "month": lambda t, language: t.month(samples.month(language)),
    "printed": lambda t, language: t.printed(samples.printed(language)),
    "printed table": lambda t, language: t.printed(samples.printed(language, rows=60)),
    "crowded month": lambda t, language: t.month(samples.month(language, crowd=40)),
}


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_sound_tagged_and_archival(
    name: str, language: Language, typesetter: Typesetter, tmp_path: Path
) -> None:
    check(DOCUMENTS[name](typesetter, language), tmp_path, language)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_document_needs_a_font_of_the_machine(
    name: str, bare: Typesetter, tmp_path: Path
) -> None:
    check(DOCUMENTS[name](bare, Language.FR), tmp_path)


def test_the_trusted_characters_are_drawn_with_no_font_but_our_own(
    bare: Typesetter, tmp_path: Path
) -> None:
    data, _ = samples.packet(question=" ".join(sorted(text.TRUSTED)), captures=[])
    before = bare._undrawn
    bare.packet(data)
    assert bare._undrawn == before


@pytest.mark.parametrize("name", DOCUMENTS)
def test_same_data_same_bytes(name: str, typesetter: Typesetter) -> None:
    first = DOCUMENTS[name](typesetter, Language.EN)
    assert first == DOCUMENTS[name](Typesetter(data_folder("resources")), Language.EN)


# --- The packet ------------------------------------------------------------------------------


def test_a_packet_says_what_public_affairs_must_know(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    data, pictures = samples.packet(Language.EN)
    shown = flat(pdf_text(typesetter.packet(data, pictures), tmp_path))
    for words in (
        "ESC-2026-001",
        "CAS-2026-001",
        "User 042",
        "Slander by an outsider",
        "May we hide the comment",
        "Critical situation",
        "November 20, 2026",
        "2026-11-20 19:02:11 UTC",
        "after 25 min",
        "after 1 h 25 min",
        "not yet",
        "Nothing was hidden or removed.",
        "One of your employees takes the money",
        "14 min ago",
        data["captures"][0]["sha256"],
        data["captures"][1]["sha256"],
        samples.FINGERPRINT,
        "bagit.py --validate .",
        "sha256sum -c manifest-sha256.txt",
        "-n scc-admin-packet -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt",
        "sha256sum -c --ignore-missing ESC-2026-001/data/ESC-2026-001.pdf.sha256",
        "kq0cUX2hX3Pfr9qkhKJmgCzM0nqQ3ekW2LfFZp0sXzA=",
    ):
        assert words in shown
    assert data["captures"][0]["url"] in shown.replace(" ", "")


def test_a_packet_speaks_french_to_french_readers(typesetter: Typesetter, tmp_path: Path) -> None:
    shown = flat(pdf_text(typesetter.packet(*samples.packet(Language.FR)), tmp_path))
    for words in (
        "Ce que nous vous demandons",
        "20 novembre 2026",
        "après 1 h 25 min",
        "Ce qui n’a PAS été fait",
        "Vérifier ce dossier",
        "Page 1 de 5",
    ):
        assert words in shown.replace("\xa0", " ")


def test_each_capture_has_a_page_and_pictures_carry_their_description(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    import pikepdf

    data, pictures = samples.packet(Language.EN)
    pdf = typesetter.packet(data, pictures)
    pages = pdf_text(pdf, tmp_path).split("\f")
    for number in (1, 2):
        heads = [page for page in pages if re.search(rf"^Capture {number}$", page, re.M)]
        assert len(heads) == 1
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        alts = [
            str(o.Alt) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o
        ]
    assert data["captures"][0]["alt"] in alts


def test_commands_cannot_be_altered_by_a_name(typesetter: Typesetter, tmp_path: Path) -> None:
    data, _ = samples.packet(captures=[], signer="a; rm -rf ~", archive="$(x).zip")
    shown = flat(pdf_text(typesetter.packet(data), tmp_path))
    assert "-I 'a; rm -rf ~'" in shown
    assert "unzip -q '$(x).zip'" in shown


def test_a_packet_with_nothing_in_it_says_so(typesetter: Typesetter, tmp_path: Path) -> None:
    data, _ = samples.packet(Language.EN)
    bare: dict[str, Any] = {k: [] if isinstance(v, list) else v for k, v in data.items()}
    bare |= dict.fromkeys(("question", "why", "spread", "contact", "answer", "redactions"), "")
    bare |= {"checkpoint": "", "critical": False}
    pdf = typesetter.packet(bare)  # type: ignore[arg-type]
    check(pdf, tmp_path, Language.EN)
    shown = flat(pdf_text(pdf, tmp_path))
    for words in (
        "No question was written down.",
        "Nothing was done yet.",
        "No event is recorded.",
        "This packet holds no capture.",
        "No checkpoint was given.",
        "No contact with Public Affairs is recorded yet.",
    ):
        assert words in shown


# --- Hostile text ----------------------------------------------------------------------------


def poison(value: Any, words: str) -> Any:
    """Every text of the data replaced, but for the keys that steer what is drawn."""
    kept = {"language", "zone", "picture", "key", "week"}
    if isinstance(value, str):
        return words
    if isinstance(value, Mapping):
        return {k: v if k in kept else poison(v, words) for k, v in value.items()}
    if isinstance(value, list):
        return [poison(v, words) for v in value]
    return value


@pytest.mark.slow
@pytest.mark.parametrize("fonts", ["system", "none"])
@pytest.mark.parametrize("name", ["packet", "weekly", "certificate", "access", "recovery", "month"])
def test_hostile_text_in_every_field_is_only_ever_text(
    name: str, fonts: str, tmp_path: Path
) -> None:
    setter = Typesetter(data_folder("resources"), system_fonts=fonts == "system")
    made = getattr(samples, name)(Language.EN)
    data, rest = (made[0], made[1:]) if isinstance(made, tuple) else (made, ())
    pdf = getattr(setter, name)(poison(data, HOSTILE), *rest)
    check(pdf, tmp_path, Language.EN)
    shown = flat(pdf_text(pdf, tmp_path))
    assert '#panic("x")' in shown
    if name in ("packet", "weekly"):
        assert "<script>alert(1)</script>" in shown
        assert "*gras* _it_ = titre" in shown
        assert "\u202e" not in shown


def test_emoji_are_drawn_or_named(bare: Typesetter, tmp_path: Path) -> None:
    data, _ = samples.packet(Language.EN, question="Look 🔪 and 🇨🇦, 中.", captures=[])
    shown = flat(pdf_text(bare.packet(data), tmp_path))
    assert "Look [hocho] and CA, \N{REPLACEMENT CHARACTER}." in shown
    assert "4 characters could not be drawn" in shown


def test_ten_megabytes_are_cut_with_a_note(typesetter: Typesetter, tmp_path: Path) -> None:
    big = "Une phrase ordinaire, puis une autre. " * 270_000
    data, _ = samples.packet(Language.EN, question=big, captures=[])
    pdf = typesetter.packet(data)
    check(pdf, tmp_path, Language.EN)
    assert page_count(pdf, tmp_path) < 20
    shown = flat(pdf_text(pdf, tmp_path))
    assert f"[cut here: {len(big) - text.FIELD:,} more characters]" in shown


def test_a_document_full_of_long_fields_stays_bounded(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    data = samples.weekly(Language.EN)
    rows = [dict(data["overrides"][0], reason="mot " * 50_000) for _ in range(3_000)]
    pdf = typesetter.weekly(data | {"overrides": rows})  # type: ignore[arg-type]
    assert page_count(pdf, tmp_path) < 300
    assert "and 2,600 more, not printed here" in flat(pdf_text(pdf, tmp_path))


def test_a_font_that_forbids_embedding_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import font_source_sans_pro

    font = bytearray(
        (Path(font_source_sans_pro.font_directory) / "SourceSansPro-Regular.ttf").read_bytes()
    )
    for wide in ("utf-16-be", "ascii"):
        font = font.replace("Source Sans".encode(wide), "Forbidden S".encode(wide))
    tables = struct.unpack(">H", font[4:6])[0]
    for index in range(tables):
        tag, _, offset, _ = struct.unpack(">4sLLL", font[12 + 16 * index : 28 + 16 * index])
        if tag == b"OS/2":
            font[offset + 8 : offset + 10] = struct.pack(">H", 2)
    (tmp_path / "forbidden.ttf").write_bytes(font)
    monkeypatch.setattr(typeset, "_FACES", ("Forbidden S Pro", *typeset._FACES))
    setter = Typesetter(data_folder("resources"), [tmp_path], system_fonts=False)
    assert "Forbidden S Pro" in setter._fonts(own_only=False).families()
    data, _ = samples.packet(Language.EN, question="Still printed, é and 中", captures=[])
    pdf = setter.packet(data)
    check(pdf, tmp_path, Language.EN)
    assert "Still printed, é and \N{REPLACEMENT CHARACTER}" in flat(pdf_text(pdf, tmp_path))


@given(st.text(st.characters(codec=None), max_size=300))
@settings(max_examples=150, deadline=None)
def test_tidy_text_can_always_be_written_and_is_stable(words: str) -> None:
    once = text.tidy(words)
    once.encode("utf-8")
    assert text.tidy(once) == once
    assert not set(once) & {chr(c) for c in range(32) if c != 10}


@pytest.mark.slow
@given(st.text(st.characters(codec=None), max_size=40))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_at_all_can_be_typeset(bare: Typesetter, words: str) -> None:
    data = samples.recovery() | {"workspace": words, "made_by": words}
    assert bare.recovery(data).startswith(b"%PDF-")  # type: ignore[arg-type]


@given(st.text(max_size=80), st.integers(0, 90))
def test_shortened_text_keeps_its_beginning(words: str, limit: int) -> None:
    short = text.shorten(words, limit, Translator(Language.EN))
    assert short == words if len(words) <= limit else short.startswith(words[:limit] + " [cut here")
    assert len(text.line(words, max(1, limit))) <= max(1, limit)


# --- Pictures --------------------------------------------------------------------------------


def image(
    mode: str = "RGB", size: tuple[int, int] = (300, 200), kind: str = "PNG", **how: Any
) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(buffer, kind, **how)
    return buffer.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that would decode to 10 GB."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"not a picture",
        SVG,
        image()[:400],
        bomb(),
        b"\xff\xd8\xff\xe0" + b"\0" * 99,
    ],
    ids=["empty", "head", "words", "svg", "truncated", "bomb", "jpeg"],
)
def test_a_picture_that_cannot_be_shown_becomes_a_sentence(
    data: bytes, typesetter: Typesetter, tmp_path: Path
) -> None:
    packet, _ = samples.packet(Language.EN)
    pdf = typesetter.packet(packet, {"a": data})
    check(pdf, tmp_path, Language.EN)
    shown = flat(pdf_text(pdf, tmp_path))
    assert re.search("This file is damaged|This picture is too large", shown)
    assert packet["captures"][0]["sha256"] in shown


def test_a_picture_that_is_missing_becomes_a_sentence(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    packet, _ = samples.packet(Language.EN)
    assert "This file is damaged" in flat(pdf_text(typesetter.packet(packet), tmp_path))


def test_a_document_takes_only_so_many_pictures(
    typesetter: Typesetter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeset, "_PICTURES", -1)
    shown = flat(pdf_text(typesetter.packet(*samples.packet(Language.EN)), tmp_path))
    assert "already holds as many pictures as it can" in shown


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (image("RGBA"), 1),
        (image("P"), 1),
        (image("1"), 1),
        (image("L"), 1),
        (image("I;16"), 1),
        (image("CMYK", kind="JPEG"), 1),
        (image("RGB", kind="WEBP"), 1),
        (image("P", kind="GIF"), 1),
        (image("RGB", kind="BMP"), 1),
        (image("RGB", (1, 1)), 1),
        (image("RGB", (4_000, 3_000), kind="JPEG"), 1),
        (image("L", (1_080, 9_000)), 7),
        (image("L", (3, 4_000)), 12),
        (image("L", (5_000, 2)), 1),
    ],
)
def test_pictures_of_every_kind_are_made_plain(
    data: bytes, parts: int, typesetter: Typesetter, tmp_path: Path
) -> None:
    cut = pieces(data)
    assert len(cut) == parts
    assert all(part.width <= 1_500 for part in cut)
    packet, _ = samples.packet(Language.EN)
    pdf = typesetter.packet(packet, {"a": data})
    check(pdf, tmp_path, Language.EN)
    assert page_count(pdf, tmp_path) >= 4 + parts


def test_a_turned_photograph_stands_upright() -> None:
    from PIL import Image

    turned = Image.new("RGB", (400, 300), "white")
    exif = turned.getexif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    turned.save(buffer, "JPEG", exif=exif)
    [piece] = pieces(buffer.getvalue())
    assert (piece.width, piece.height) == (300, 400)


_WHOLE = image("RGB", (60, 40))


@given(st.lists(st.tuples(st.integers(0, len(_WHOLE) - 1), st.integers(0, 255)), max_size=6))
@settings(max_examples=120, deadline=None)
def test_a_damaged_picture_is_shown_or_refused_and_nothing_else(
    changes: list[tuple[int, int]],
) -> None:
    data = bytearray(_WHOLE)
    for where, value in changes:
        data[where] = value
    with contextlib.suppress(Unprinted):
        assert pieces(bytes(data))


# --- The report and the month ----------------------------------------------------------------


def test_a_week_with_nothing_in_it_says_so_section_by_section(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    shown = flat(pdf_text(typesetter.weekly(samples.empty_week(Language.EN)), tmp_path))
    for words in (
        "No figure was recorded this week.",
        "No post was planned or published this week.",
        "No campaign was under way this week.",
        "No rule was overridden this week.",
        "No question was answered this week.",
        "No incident was recorded this week.",
        "No rung was climbed this week.",
        "Nobody was banned this week, and no ban was lifted.",
        "Nothing was escalated this week.",
        "No number of followers was entered.",
        "No monitoring was recorded this week.",
        "No training was given or asked for this week.",
        "Nothing is planned for the following week yet.",
        "No checkpoint was given.",
    ):
        assert words in shown


@pytest.mark.parametrize("planned", [1, 9])
@pytest.mark.parametrize("trainings", [5, 13])
def test_the_checkpoint_does_not_stand_on_a_page_of_its_own(
    typesetter: Typesetter, tmp_path: Path, trainings: int, planned: int
) -> None:
    """Trainings push what follows down the page, by a line each."""
    data = samples.weekly(Language.EN)
    rows = {
        "trainings": [data["trainings"][0]] * trainings,
        "next_week": [data["next_week"][0]] * planned,
    }
    shown = pdf_text(typesetter.weekly(data | rows), tmp_path)  # type: ignore[arg-type]
    page = next(page for page in shown.split("\f") if "Checkpoint of the journal" in page)
    assert flat(data["next_week"][0]["title"])[:20] in flat(page)


def test_a_long_plan_begins_where_there_is_room_and_its_head_comes_with_it(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    data = samples.weekly(Language.EN)
    for trainings in (1, 6, 11):
        rows = {
            "trainings": [data["trainings"][0]] * trainings,
            "next_week": [data["next_week"][0]] * 14,
        }
        shown = pdf_text(typesetter.weekly(data | rows), tmp_path)  # type: ignore[arg-type]
        pages = [page for page in shown.split("\f") if "Planned for the following week" in page]
        last = next(page for page in shown.split("\f") if "Checkpoint of the journal" in page)
        heads = [
            [line.split() for line in page.splitlines()].count(["When", "What", "Page", "State"])
            for page in {pages[0]: 0, last: 0}
        ]
        assert heads and set(heads) == {1}, "once on each page, and never in the middle"


def test_a_week_under_way_says_so_and_is_not_held_against_whole_weeks(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    data = samples.weekly(Language.FR, unfinished=True)
    pages = pdf_text(typesetter.weekly(data), tmp_path).split("\f")
    assert "Semaine en cours : chiffres jusqu’au" in flat(pages[0]).replace("\xa0", " ")
    shown = flat("".join(pages)).replace("\xa0", " ")
    assert "19 en moyenne par semaine entière" in shown
    assert "moyenne 19 (" not in shown and "(+" not in shown
    whole = flat(pdf_text(typesetter.weekly(samples.weekly(Language.FR)), tmp_path))
    assert "Semaine en cours" not in whole and "(+4)" in whole
    monday = data["first_day"]
    data["made_at"] -= data["made_at"].date() - monday + timedelta(days=3)
    assert "Semaine à venir : chiffres au" in flat(
        pdf_text(typesetter.weekly(data), tmp_path)
    ).replace("\xa0", " ")


def test_an_average_has_the_same_digits_on_every_paper(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    rows = (0, 0.25), (4, 4.25), (9, 1234.75)
    figures = [
        {"key": str(mean), "label": f"n{mean}", "value": value, "before": [1] * 4, "average": mean}
        for value, mean in rows
    ]
    data = samples.weekly(Language.FR, summary=figures)
    shown = flat(pdf_text(typesetter.weekly(data), tmp_path)).replace("\xa0", " ")
    assert "moyenne 0,25 (−0,25)" in shown and "moyenne 4,25 (−0,25)" in shown
    assert "moyenne 1 234,75 (−1 225,75)" in shown


def test_a_figure_stands_clear_of_the_mark_of_the_average() -> None:
    bar = Bar("Commentaires répétés", 0, reference=2.25)
    svg = chart_rows([bar, Bar("Ton", 4, reference=0.5)], title="t")
    mark = float(re.search(rf'<rect x="([0-9.]+)"[^>]*{LIGHT.warm}', svg)[1])  # type: ignore[index]
    zero = float(re.search(r'<text x="([0-9.]+)"[^>]*>0<', svg)[1])  # type: ignore[index]
    assert zero - mark > 60


def test_a_week_is_compared_with_those_that_are_known(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    shown = flat(pdf_text(typesetter.weekly(samples.weekly(Language.EN)), tmp_path))
    assert "average 19 (+4)" in shown
    assert "average 3 (+4)" in shown, "a week that nobody recorded is no zero"
    assert "missed" in shown
    assert "2:02:11\u202fp.m." in shown or "2:02:11 p.m." in shown


@pytest.mark.parametrize("month", [date(2026, 2, 1), date(2026, 8, 1), date(2026, 11, 1)])
def test_a_month_stays_on_one_page_whatever_is_said_above_it(
    month: date, typesetter: Typesetter, tmp_path: Path
) -> None:
    data = samples.month() | {"month": month, "filters": "sans le réseau X " * 40}
    for entries in ([], data["entries"]):
        pdf = typesetter.month(data | {"entries": entries})  # type: ignore[arg-type]
        assert page_count(pdf, tmp_path) == 1
        check(pdf, tmp_path)


def test_a_crowded_day_is_listed_in_full_after_the_grid(
    typesetter: Typesetter, tmp_path: Path
) -> None:
    data = samples.month(Language.EN, crowd=30)
    pdf = typesetter.month(data)
    assert page_count(pdf, tmp_path) >= 2
    shown = flat(pdf_text(pdf, tmp_path))
    assert "more, listed below" in shown
    for index in range(30):
        assert f"Gisèle tells her story {index}" in shown


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_every_entry_of_a_month_is_on_the_grid_or_in_the_list(day: date, first: int) -> None:
    from scc_admin.documents.month import month_view
    from scc_admin.documents.words import voice_of

    base = samples.month(Language.EN)
    start = datetime(day.year, day.month, 1, 12, tzinfo=samples.MADE_AT.tzinfo)
    entries = [
        base["entries"][0] | {"title": f"t{i}", "starts_at": start + timedelta(days=i % 28)}
        for i in range(70)
    ]
    data = base | {"month": day, "first_weekday": first, "entries": entries}
    view = month_view(data, voice_of(data))  # type: ignore[arg-type]
    shown = {c["title"] for w in view["weeks"] for d in w["days"] for c in d["chips"]}
    listed = {row[1] for row in view["crowded"]["rows"]}
    assert shown | listed == {f"t{i}" for i in range(70)}
    inside = [d for w in view["weeks"] for d in w["days"] if d["inside"]]
    assert [d["number"] for d in inside] == [str(n + 1) for n in range(len(inside))]
    assert 28 <= len(inside) <= 31
    assert all(len(w["days"]) == 7 for w in view["weeks"])
