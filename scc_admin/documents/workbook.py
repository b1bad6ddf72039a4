"""The weekly report as a workbook: the figures that the PDF prints, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from scc_admin.documents.data import Figure, WeeklyData
from scc_admin.documents.sheets import Sheet, Value, xlsx
from scc_admin.documents.weekly import to_come
from scc_admin.documents.words import voice_of
from scc_admin.i18n import N_, Translator


def weekly_xlsx(data: WeeklyData) -> bytes:
    """The report as a workbook. Every sheet is always there; delays are minutes, as numbers."""
    voice = voice_of(data)
    return xlsx(
        _sheets(data, voice),
        at=data["made_at"],
        zone=voice.zone or UTC,
        author=data["made_by"],
    )


def _sheets(data: WeeklyData, voice: Translator) -> list[Sheet]:
    tr = voice.tr
    weeks = list(data["weeks_before"])

    def figures(name: str, listed: Sequence[Figure]) -> Sheet:
        return Sheet(
            name,
            [tr("Figure"), tr("This week"), *weeks, tr("Weeks before, on average")],
            [
                [
                    figure["label"],
                    figure["value"],
                    *_padded(figure["before"], len(weeks)),
                    figure["average"],
                ]
                for figure in listed
            ],
        )

    until: list[list[Value]] = []
    if data["unfinished"]:
        words = N_("Week under way: figures up to")
        if to_come(data, voice):
            words = N_("Week to come: figures as of")
        until = [[tr(words), data["made_at"]]]
    return [
        Sheet(
            tr("About"),
            [tr("What"), tr("Value")],
            [
                [tr("Weekly report"), data["week"]],
                [tr("First day"), data["first_day"]],
                [tr("Last day"), data["last_day"]],
                *until,
                [tr("Prepared by"), data["made_by"]],
                [tr("Prepared on"), data["made_at"]],
                [tr("Time zone"), data["zone"]],
                [tr("Organisation"), data["organisation"]],
                [tr("Duplicates avoided"), data["duplicates_avoided"]],
                [tr("In the administrator's words"), data["comment"]],
                [tr("Checkpoint of the journal"), data["checkpoint"]],
            ],
        ),
        figures(tr("The week in figures"), data["summary"]),
        Sheet(
            tr("Changes since the export"),
            [tr("Figure"), tr("It said"), tr("It says now")],
            [[c["label"], c["was"], c["now"]] for c in data["changes"]]
            or [[tr("No change") if data["earlier_export"] else tr("Never exported before")]],
        ),
        Sheet(
            tr("Posts"),
            [
                tr("Page"), tr("Network"),
                voice.ctr("posts", "Planned"), voice.ctr("posts", "Published"),
            ],
            [[p["page"], p["network"], p["planned"], p["published"]] for p in data["pages"]],
        ),
        Sheet(
            tr("Campaigns"),
            [
                tr("Campaign"), tr("Kind"), tr("First day"), tr("Last day"),
                tr("Step"), tr("Done"), tr("Owed"), tr("Still missing"),
                tr("Published in the week"),
            ],
            [
                [
                    c["name"], c["kind"], c["starts_on"], c["ends_on"],
                    s["label"], s["done"], s["owed"], voice.join(s["missing"]), s["published"],
                ]
                for c in data["campaigns"]
                for s in c["steps"]
            ],
        ),
        Sheet(
            tr("Overrides"),
            [
                tr("When"), tr("Which post"), tr("Page"), tr("Rule"), tr("Name of the rule"),
                tr("Severity"), tr("Excerpt"), tr("Reason"), tr("Who"),
            ],
            [
                [
                    o["at"], o["post"], o["page"], o["rule"], o["name"],
                    o["severity"], o["excerpt"], o["reason"], o["who"],
                ]
                for o in data["overrides"]
            ],
        ),
        Sheet(
            tr("Questions answered"),
            [tr("Rule"), tr("Question"), tr("Yes"), tr("No"), tr("Does not apply")],
            [
                [q["rule"], q["text"], q["yes"], q["no"], q["not_applicable"]]
                for q in data["questions"]
            ],
        ),
        figures(tr("Incidents"), data["incidents"]),
        figures(tr("Rungs climbed"), data["rungs"]),
        Sheet(
            tr("Bans, liftings, exceptions"),
            [
                tr("When"), tr("Act"), tr("Person"), tr("Case"), tr("Reason"), tr("Who"),
                tr("Approved by"), tr("Until"),
            ],
            [
                [
                    s["at"], s["label"], s["person"], s["case"], s["reason"], s["who"],
                    s["approver"], s["expires_on"],
                ]
                for s in data["sanctions"]
            ],
        ),
        Sheet(
            tr("Escalations"),
            [
                tr("Escalation"), tr("Case"), tr("Situation"),
                voice.ctr("clock", "Seen"), voice.ctr("clock", "Escalated"),
                voice.ctr("clock", "Answered"), voice.ctr("clock", "Closed"),
                tr("Seen to escalated (minutes)"), tr("Escalated to answered (minutes)"),
            ],
            [
                [
                    e["number"], e["case"], e["situation"],
                    e["clock"]["seen"], e["clock"]["escalated"], e["clock"]["answered"],
                    e["clock"]["closed"],
                    e["to_escalate"],
                    e["to_answer"],
                ]
                for e in data["escalations"]
            ],
        ),
        Sheet(
            tr("Followers"),
            [tr("Page"), tr("Network"), *weeks, tr("This week"), tr("Change in the week")],
            [
                [
                    f["page"], f["network"], *_padded(f["before"], len(weeks)), f["count"],
                    f["change"],
                ]
                for f in data["followers"]
            ],
        ),
        Sheet(
            tr("Daily monitoring"),
            [tr("Day"), tr("Pages looked at"), tr("Pages due"), tr("Note")],
            [[m["day"], m["looked"], m["due"], m["note"]] for m in data["monitoring"]],
        ),
        Sheet(
            tr("Training"),
            [tr("Day"), tr("Tool"), tr("Person"), tr("State")],
            [
                [t["day"], t["tool"], t["person"], tr("given") if t["given"] else tr("asked for")]
                for t in data["trainings"]
            ],
        ),
        Sheet(
            tr("Planned for the following week"),
            [tr("When"), tr("What"), tr("Page"), tr("Network"), tr("State"), tr("Campaign")],
            [
                [
                    voice.local(p["at"]).date() if p["all_day"] else p["at"],
                    p["title"], p["page"], p["network"], p["state"], p["campaign"],
                ]
                for p in data["next_week"]
            ],
        ),
    ]  # fmt: skip


def _padded(before: Sequence[int | None], count: int) -> list[int | None]:
    """Exactly as many figures as there are weeks: the newest ones, gaps first."""
    kept = list(before)[-count:] if count else []
    return [None] * (count - len(kept)) + kept
