"""Every figure of the weekly report, counted anew by SQL of its own, in PDF, workbook and JSON."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlcipher3
from openpyxl import load_workbook

from scc_admin.editorial import CampaignInput, DraftDetails, PageInput, Readiness
from scc_admin.i18n import Translator
from scc_admin.keys import Kind
from scc_admin.model import (
    CampaignKind,
    Finding,
    Language,
    Network,
    PostKind,
    Rung,
    Severity,
    Situation,
    Step,
    Target,
    Theme,
)
from scc_admin.moderation import CaseInput, EscalationInput, IncidentInput, PersonInput, StepInput
from scc_admin.workspace import Workspace

ZONE = ZoneInfo("America/Toronto")
WEEKS = {False: date(2026, 11, 16), True: date(2026, 11, 15)}
"""First day of week 47, from Monday or from Sunday."""
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")')
FINDING = Finding(
    "test/rule", "Règle", Severity.ERROR, Theme.INTEGRITY, (), 0, 3, FORMULAS[0], "…", "…"
)


@dataclass(frozen=True)
class Report:
    """A week as exported in one language, and the workspace it is of."""

    workspace: Workspace
    language: Language
    data: Mapping[str, Any]
    sheets: list[list[list[Any]]]
    printed: str
    """The words of the PDF as they stand beside each other; `lines`: as they follow each other."""
    lines: str
    workbook: Path
    bounds: tuple[str, str, str, str]
    """First instant of the week and of the next; first and last day: as stored."""

    def rows(self, sql: str, what: object = None) -> list[tuple[Any, ...]]:
        """Counted anew: :start and :end are the instants, :first and :last the days."""
        names = dict(zip(("start", "end", "first", "last"), self.bounds, strict=True))
        file = self.workspace.folder / "workspace.db"
        with closing(sqlcipher3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            return db.execute(sql, names | {"what": what}).fetchall()

    def number(self, sql: str, what: object = None) -> Any:
        found = self.rows(sql, what)
        return found[0][0] if found else None


class Clock:
    now = datetime(2026, 10, 12, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def live(workspace: Workspace, clock: Clock) -> None:
    """Seven weeks of everything that a report counts, in uneven numbers."""
    chance = random.Random(47)
    editorial, moderation, kept = workspace.editorial, workspace.moderation, workspace.registers
    pages = [
        editorial.add_page(PageInput(name, network, managed=name != "Ailleurs"))
        for name, network in (
            ("Estrie", Network.FACEBOOK), ("Relais", Network.X), ("Ailleurs", Network.FACEBOOK),
        )
    ]  # fmt: skip
    campaign = editorial.add_campaign(
        CampaignInput("Jonquille", date(2026, 11, 1), date(2026, 11, 30), CampaignKind.CAMPAIGN,
                      name_en="Daffodil")
    )  # fmt: skip
    editorial.add_campaign(CampaignInput("Passée", date(2026, 9, 1), date(2026, 9, 30)))
    cases = [
        moderation.open_case(
            CaseInput("Dossier", situation, new_person=PersonInput(name="Jean Untel"))
        )
        for situation in (
            Situation.DUPLICATES,
            Situation.THREAT_OR_HATE,
            Situation.SLANDER_OUTSIDER,
        )
    ]
    original = editorial.add_draft(DraftDetails("Original", page_id=pages[0]))
    for week in range(7):
        monday = datetime(2026, 10, 12, tzinfo=ZONE) + timedelta(days=7 * week)
        for number in range(chance.randint(5, 12)):
            # Hours at both ends of the week, where zones and Sundays tell.
            at = monday + timedelta(days=chance.randint(0, 6), hours=chance.choice((0, 13, 23)))
            at = at.astimezone(UTC)
            clock.now = at
            several = chance.random() < 0.4
            texts = [(Target.FACEBOOK, Language.FR, f"Texte {week} {number}")]
            if several:  # two networks, one of them in both languages: two posts
                texts.append((Target.FACEBOOK, Language.EN, f"Text {week} {number}"))
                texts.append((Target.X, Language.FR, f"Court {week} {number}"))
            draft = editorial.add_draft(
                DraftDetails(
                    FORMULAS[number % len(FORMULAS)],
                    chance.choice((PostKind.POST, PostKind.TESTIMONIAL)),
                    chance.choice(pages),
                    campaign if chance.random() < 0.6 else None,
                    chance.choice(list(Step)),
                    at,
                ),
                texts,
            )
            if several:
                editorial.choose_pages(draft, pages[:2])
            if chance.random() < 0.4:
                editorial.declare_share(draft, original)
            for rule, answer in (("q/1", "yes"), ("q/2", "no"), ("q/3", "n/a"), ("q/4", "unsure")):
                if chance.random() < 0.6:
                    editorial.answer(draft, rule, answer)
            if chance.random() < 0.4:
                editorial.override(draft, FINDING, FORMULAS[week] + " parce que")
            if chance.random() < 0.5:
                editorial.submit(draft, ["Luc Côté", "Zoé Roy"])
                for approval in editorial.sheet(draft).approvals:
                    editorial.record_approval(approval.id, chance.random() < 0.8, "vu")
            if chance.random() < 0.6 and week < 6:
                if editorial.sheet(draft).draft.state.value == "draft":
                    editorial.mark_ready(draft, Readiness())
                    editorial.mark_published(draft, at, {Network.FACEBOOK: ""})
                    if several and chance.random() < 0.7:  # a day later, or not at all
                        clock.now = at + timedelta(days=1)
                        editorial.mark_published(draft, clock.now, "")
            elif chance.random() < 0.2:
                editorial.trash(draft)
            if week < 6:
                moderation.log_incident(
                    chance.choice(cases), IncidentInput(text="…", captured_at=at)
                )
                kept.look(at.astimezone(ZONE).date(), page_id=pages[0], note=FORMULAS[number % 7])
        if week < 6:
            editorial.record_followers(pages[0], monday.date(), 1000 + chance.randint(-50, 50))
            kept.add(
                "trainings",
                {"person": FORMULAS[week], "tool": "facebook", "given": bool(week % 2),
                 "day": (monday + timedelta(days=2)).date().isoformat()},
            )  # fmt: skip
    editorial.record_followers(pages[1], date(2026, 11, 18), 77)  # nothing the week before
    seen = datetime(2026, 11, 17, 14, tzinfo=UTC)
    for case, minutes in zip(cases[:2], (25, None), strict=True):
        clock.now = seen
        escalation = moderation.escalate(case, EscalationInput(seen_at=seen, question="Que dire?"))
        clock.now = seen + timedelta(hours=30)
        if minutes is not None:
            moderation.record_contact(escalation, "Mme X", seen + timedelta(minutes=minutes))
            moderation.record_affairs_answer(escalation, "Rien", seen + timedelta(hours=25))
    clock.now = datetime(2026, 11, 19, 16, tzinfo=UTC)
    moderation.climb(cases[1], StepInput(Rung.BAN, reason=FORMULAS[3] + " menace de mort"))
    clock.now += timedelta(days=1)
    moderation.lift(cases[1], "Excuses reçues")
    clock.now = datetime(2026, 11, 25, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder, clock = tmp_path_factory.mktemp("week"), Clock()
    made = Workspace.create(
        folder / "w", protection=Kind.NONE, name="Ana Roy", clock=clock,
        settings_file=folder / "settings.json",
    )  # fmt: skip
    with made.workspace as workspace:
        live(workspace, clock)
        yield workspace


@pytest.fixture(
    scope="module",
    params=[(Language.FR, False), (Language.EN, True)],
    ids=["fr from Monday", "en from Sunday"],
)
def report(
    request: pytest.FixtureRequest, lived: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Report:
    language, sunday = request.param
    lived.settings.set("week.first", "sunday" if sunday else "monday")
    out = tmp_path_factory.mktemp("out")
    pdf, workbook, figures = lived.export_weekly(
        "2026-W47", out, Translator(language, zone=ZONE), comment=FORMULAS[0]
    )
    read = [
        subprocess.run(
            ["pdftotext", option, pdf, "-"], capture_output=True, text=True, check=True, timeout=300
        ).stdout
        for option in ("-layout", "-raw")
    ]
    first = WEEKS[sunday]
    instants = [
        datetime.combine(day, time(), ZONE).astimezone(UTC).isoformat().replace("+00:00", ".000Z")
        for day in (first, first + timedelta(days=7))
    ]
    days = (first.isoformat(), (first + timedelta(days=6)).isoformat())
    return Report(
        lived,
        language,
        json.loads(figures.read_text("utf-8")),
        [
            [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
            for sheet in load_workbook(workbook).worksheets
        ],
        *(" ".join(printed.split()) for printed in read),
        workbook,
        (*instants, *days),
    )


SUMMARY = {
    "published": "SELECT count(*) FROM journal j WHERE json_extract(body, '$.kind') = 'published'"
    " AND json_extract(body, '$.at') >= :start AND json_extract(body, '$.at') < :end",
    "planned": "SELECT sum((SELECT count(DISTINCT target) FROM variants v WHERE v.draft_id = d.id))"
    " FROM drafts d WHERE planned_at >= :start AND planned_at < :end AND trashed_at IS NULL",
    "incidents": "SELECT count(*) - sum(retracted) FROM incidents"
    " WHERE captured_at >= :start AND captured_at < :end",
    "bans": "SELECT count(*) FROM journal j WHERE json_extract(body, '$.kind') = 'ban'"
    " AND json_extract(body, '$.at') >= :start AND json_extract(body, '$.at') < :end",
    "lifts": "SELECT count(*) FROM journal j WHERE json_extract(body, '$.kind') = 'lift'"
    " AND json_extract(body, '$.at') >= :start AND json_extract(body, '$.at') < :end",
    "escalations": "SELECT count(*) FROM escalations"
    " WHERE ifnull(escalated_at, seen_at) >= :start AND ifnull(escalated_at, seen_at) < :end",
    "overrides": "SELECT count(*) FROM journal j WHERE json_extract(body, '$.kind') = 'override'"
    " AND json_extract(body, '$.at') >= :start AND json_extract(body, '$.at') < :end",
    "approvals": "SELECT sum(answer = 'approved') FROM approvals"
    " WHERE answered_at >= :start AND answered_at < :end",
}


def shown(value: object, report: Report) -> str:
    """A number as the page prints it."""
    tr = Translator(report.language)
    if isinstance(value, float):
        return tr.number(value)
    return tr.number(int(str(value)))


def plain(words: str) -> str:
    """With ordinary spaces only."""
    return words.replace("\xa0", " ").replace("\u202f", " ")


def before(report: Report, weeks: int) -> Report:
    """The same report with the bounds of an earlier week."""
    from dataclasses import replace

    start = datetime.fromisoformat(report.bounds[0]).astimezone(ZONE)
    moved = [
        (start - timedelta(days=7 * weeks) + timedelta(days=7 * n))
        .astimezone(UTC).isoformat().replace("+00:00", ".000Z")
        for n in (0, 1)
    ]  # fmt: skip
    return replace(report, bounds=(*moved, *report.bounds[2:]))


def test_there_is_something_to_count(report: Report) -> None:
    figures = {f["key"]: f["value"] for f in report.data["summary"]}
    assert figures.keys() == SUMMARY.keys()
    assert all(figures.values()), figures
    assert report.data["duplicates_avoided"] and report.data["questions"]
    assert len(report.data["escalations"]) == 2 and report.data["trainings"]


@pytest.mark.parametrize("key", SUMMARY)
def test_the_figures_of_the_week_and_of_the_four_before(report: Report, key: str) -> None:
    counted = [before(report, weeks).number(SUMMARY[key]) or 0 for weeks in range(5)]
    figure = next(f for f in report.data["summary"] if f["key"] == key)
    assert [figure["value"], *reversed(figure["before"])] == counted
    assert figure["average"] == sum(counted[1:]) / 4
    row = next(row for row in report.sheets[1] if row[0] == figure["label"])
    assert row == [figure["label"], counted[0], *reversed(counted[1:]), figure["average"]]
    mean = shown(figure["average"], report)
    word = "average" if report.language is Language.EN else "moyenne"
    value = shown(counted[0], report)
    assert (
        f"{figure['label']} {value} {mean} " in report.printed
        or f"{figure['label']} {value} {word} {mean} (" in report.lines
    )


def test_posts_by_page(report: Report) -> None:
    counted = report.rows(
        "SELECT p.name, ifnull(sum(planned_at >= :start AND planned_at < :end), 0),"
        " ifnull(sum(m.published_at >= :start AND m.published_at < :end), 0)"
        " FROM pages p LEFT JOIN placements m ON m.page_id = p.id"
        " LEFT JOIN drafts d ON d.id = m.draft_id AND d.trashed_at IS NULL"
        " WHERE p.managed GROUP BY p.id"
    )
    assert [(p["page"], p["planned"], p["published"]) for p in report.data["pages"]] == counted
    assert [(r[0], r[2], r[3]) for r in report.sheets[3]] == counted
    for name, planned, published in counted:
        network = "X" if name == "Relais" else "Facebook"
        assert f"{name} {network} {planned} {published}" in report.printed


def test_steps_of_campaigns(report: Report) -> None:
    (campaign,) = report.data["campaigns"]
    english = report.language is Language.EN
    assert campaign["name"] == ("Daffodil" if english else "Jonquille")
    for step, row, made in zip(campaign["steps"], report.sheets[4], Step, strict=True):
        published = report.number(
            "SELECT count(*) FROM drafts d JOIN campaigns c ON c.id = d.campaign_id"
            " JOIN placements m ON m.draft_id = d.id"
            " WHERE c.name_fr = 'Jonquille' AND step = :what AND trashed_at IS NULL"
            " AND m.published_at >= :start AND m.published_at < :end",
            made.value,
        )
        # A campaign owes an announcement, pictures (none was attached), and its results.
        posts = report.number(
            "SELECT count(*) FROM drafts d JOIN campaigns c ON c.id = d.campaign_id"
            " WHERE c.name_fr = 'Jonquille' AND step = :what AND d.kind <> 'testimonial'"
            " AND trashed_at IS NULL",
            made.value,
        )
        met = int(bool(posts) and made is not Step.DURING)
        assert (step["done"], step["owed"], step["published"]) == (met, 1, published)
        assert row[4:] == [step["label"], met, 1, "; ".join(step["missing"]) or None, published]
        assert len(step["missing"]) == 1 - met
        of = f"{met} sur 1" if not english else f"{met} of 1"
        assert of in report.printed


def test_overrides_and_questions(report: Report) -> None:
    counted = report.rows(
        "SELECT at, rule, excerpt, reason, who FROM overrides"
        " WHERE at >= :start AND at < :end AND entry IS NOT NULL ORDER BY at, id"
    )
    assert [
        (instant(o["at"]), o["rule"], o["excerpt"], o["reason"], o["who"])
        for o in report.data["overrides"]
    ] == [(instant(row[0]), *row[1:]) for row in counted]
    assert [r[7] for r in report.sheets[5]] == [row[3] for row in counted]
    assert all(row[3] in report.printed for row in counted)
    asked = report.rows(
        "SELECT rule, count(*) FILTER (WHERE answer = 'yes'),"
        " count(*) FILTER (WHERE answer = 'no'), count(*) FILTER (WHERE answer = 'n/a')"
        " FROM answers"
        " WHERE at >= :start AND at < :end AND answer <> 'unsure' GROUP BY rule ORDER BY 1"
    )
    assert [
        (q["rule"], q["yes"], q["no"], q["not_applicable"]) for q in report.data["questions"]
    ] == asked
    assert [(r[0], *r[2:]) for r in report.sheets[6]] == asked
    for rule, *numbers in asked:
        assert f"{rule} {' '.join(map(str, numbers))}" in report.printed
    shared = report.number(
        "SELECT count(share_of) FROM drafts d WHERE trashed_at IS NULL AND EXISTS"
        " (SELECT 1 FROM placements WHERE draft_id = d.id"
        "  AND published_at >= :start AND published_at < :end)"
        " AND NOT EXISTS (SELECT 1 FROM placements WHERE draft_id = d.id"
        "  AND published_at < :start)"
    )
    assert report.data["duplicates_avoided"] == shared
    assert shared in [row[1] for row in report.sheets[0]]
    assert f": {shared}" in report.printed


def test_moderation(report: Report) -> None:
    for figure in report.data["incidents"]:
        sql = (
            "SELECT count(*) FROM incidents i, cases c WHERE c.id = i.case_id AND situation = :what"
            " AND captured_at >= :start AND captured_at < :end AND NOT retracted"
        )
        counted = [before(report, weeks).number(sql, figure["key"]) for weeks in range(5)]
        assert [figure["value"], *reversed(figure["before"])] == counted
        row = next(row for row in report.sheets[7] if row[0] == figure["label"])
        assert row[1:6] == [counted[0], *reversed(counted[1:])]
        printed = f"{figure['label']} {counted[0]} {shown(sum(counted[1:]) / 4, report)}"
        assert printed in report.printed
    assert sum(f["value"] for f in report.data["incidents"]) == next(
        f["value"] for f in report.data["summary"] if f["key"] == "incidents"
    )
    for figure, rung in zip(report.data["rungs"], list(Rung)[1:], strict=True):
        counted = report.number(
            "SELECT count(*) FROM case_steps WHERE rung = :what AND at >= :start AND at < :end",
            int(rung),
        )
        assert figure["value"] == counted
        assert next(row for row in report.sheets[8] if row[0] == figure["label"])[1] == counted
        assert f"{figure['label']} {counted} " in report.printed
    acts = report.rows(
        "SELECT s.kind, s.reason FROM case_steps s WHERE s.kind IN ('ban', 'lift')"
        " AND at >= :start AND at < :end ORDER BY at"
    )
    assert [(s["key"], s["reason"]) for s in report.data["sanctions"]] == acts
    assert [row[4] for row in report.sheets[9]] == [reason for _, reason in acts]
    assert "Jean Untel" not in report.printed + str(report.data) + str(report.sheets)


def test_delays_of_escalations(report: Report) -> None:
    counted = report.rows(
        "SELECT number, round((julianday(escalated_at) - julianday(seen_at)) * 1440),"
        " round((julianday(answered_at) - julianday(escalated_at)) * 1440) FROM escalations"
        " WHERE seen_at < :end AND (closed_at IS NULL OR closed_at >= :start) ORDER BY number"
    )
    assert [
        (e["number"], e["to_escalate"], e["to_answer"]) for e in report.data["escalations"]
    ] == counted
    assert [(r[0], r[7], r[8]) for r in report.sheets[10]] == counted
    assert counted[0][1:] == (25, 25 * 60 - 25)
    # The reader of the PDF leaves thin spaces out.
    said = "25min1d0h" if report.language is Language.EN else "25min1j0h"
    assert said in "".join(report.printed.split())


def test_followers_monitoring_and_training(report: Report) -> None:
    for page, row in zip(report.data["followers"], report.sheets[11], strict=True):
        newest = (
            "SELECT count FROM followers f JOIN pages p ON p.id = f.page_id WHERE p.name = :what"
        )
        newest += " AND day BETWEEN :first AND :last ORDER BY day DESC"
        counted = report.number(newest, page["page"])
        earlier = report.number(
            newest.replace(
                ":first AND :last", "date(:first, '-7 days') AND date(:last, '-7 days')"
            ),
            page["page"],
        )
        change = counted - earlier if None not in (counted, earlier) else None
        assert (page["count"], page["before"][-1], page["change"]) == (counted, earlier, change)
        assert row[-2:] == [counted, change]
        assert plain(shown(counted, report)) in plain(report.printed)
    looks = dict(
        report.rows(
            "SELECT due_on, count(DISTINCT page_id) FROM registers WHERE register = 'monitoring'"
            " AND due_on BETWEEN :first AND :last GROUP BY due_on"
        )
    )
    assert len(report.data["monitoring"]) == 7
    for day, row in zip(report.data["monitoring"], report.sheets[12], strict=True):
        assert day["looked"] == looks.get(day["day"], 0) == row[1]
        assert day["due"] == row[2] == report.number("SELECT sum(managed) FROM pages")
    assert report.printed.count("/2") >= sum(map(bool, looks.values()))
    trained = report.rows(
        "SELECT due_on, data ->> 'person', data ->> 'given' FROM registers"
        " WHERE register = 'trainings' AND due_on BETWEEN :first AND :last"
    )
    assert [(t["day"], t["person"], t["given"]) for t in report.data["trainings"]] == [
        (day, person, bool(given)) for day, person, given in trained
    ]
    assert [row[2] for row in report.sheets[13]] == [person for _, person, _ in trained]


def test_next_week_s_plan(report: Report) -> None:
    ahead = before(report, -1)
    counted = ahead.rows(
        "SELECT planned_at, title FROM drafts d JOIN"
        " (SELECT DISTINCT draft_id, target FROM variants) v ON v.draft_id = d.id"
        " WHERE planned_at >= :start AND planned_at < :end"
        " AND trashed_at IS NULL AND state <> 'archived' ORDER BY planned_at, d.id"
    )
    assert counted
    plan = [(instant(p["at"]), p["title"]) for p in report.data["next_week"]]
    assert plan == [(instant(at), title) for at, title in counted]
    assert [row[1] for row in report.sheets[14]] == [
        title.replace("\r", "\n") for _, title in counted
    ] or [(row[1] or "").strip() for row in report.sheets[14]] == [
        title.strip() for _, title in counted
    ]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


# --- Opened by another program --------------------------------------------------------------------


def office() -> str:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        pytest.skip("LibreOffice is not installed here")
    return found


def opened(path: Path, folder: Path) -> dict[str, list[list[str]]]:
    """The sheets as LibreOffice reads them: formulas shown as formulas, in full precision."""
    options = "44,34,76,1,,0,false,false,false,true,false,-1"
    done = subprocess.run(
        [
            office(), "--headless", "--norestore",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", f"csv:Text - txt - csv (StarCalc):{options}", "--outdir", folder, path,
        ],
        capture_output=True, text=True, timeout=240, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0 and "error" not in said.lower(), said
    return {
        file.stem.removeprefix(f"{path.stem}-"): list(
            csv.reader(io.StringIO(file.read_text("utf-8")))
        )
        for file in folder.glob("*.csv")
    }


@pytest.mark.slow
def test_libreoffice_reads_the_same_figures_and_no_formula(report: Report, tmp_path: Path) -> None:
    sheets = opened(report.workbook, tmp_path)
    book = load_workbook(report.workbook)
    assert len(sheets) == len(book.worksheets)
    for page in book.worksheets:
        read = sheets[page.title][1:]
        for row, cells in zip(page.iter_rows(min_row=2), read, strict=True):
            for cell, text in zip(row, cells, strict=True):
                assert cell.data_type != "f"
                if isinstance(cell.value, (int, float)):
                    assert float(text) == cell.value
                elif isinstance(cell.value, str):
                    assert " ".join(text.split()) == " ".join(cell.value.split())


@pytest.mark.slow
def test_libreoffice_reads_the_calendar_and_no_formula(lived: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "calendrier.xlsx"
    lines = lived.exchange.export(path, Translator(Language.FR, zone=ZONE))
    (sheet,) = opened(path, tmp_path).values()
    assert len(sheet) == lines + 1
    titles = {" ".join(row[3].split()) for row in sheet[1:]}
    assert {" ".join(formula.split()) for formula in FORMULAS[:2]} <= titles
    assert all(
        cell.data_type != "f" for page in load_workbook(path).worksheets
        for row in page.iter_rows() for cell in row
    )  # fmt: skip
