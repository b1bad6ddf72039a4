"""The weekly report put into words and charts for `weekly.typ`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from scc_admin.documents import charts
from scc_admin.documents.data import CampaignStep, Figure, WeeklyData
from scc_admin.documents.text import line as one_line
from scc_admin.documents.words import (
    ROWS,
    View,
    brief,
    checkpoint_note,
    delay,
    document,
    exactly,
    lines,
    local,
    muted,
    prepared,
    short,
    signed,
    strong,
    table,
    utc,
)
from scc_admin.i18n import N_, Translator


def weekly_view(data: WeeklyData, voice: Translator) -> View:
    """See `weekly.typ`."""
    tr = voice.tr
    drawn: list[str] = []

    def draw(svg: str, alt: str) -> View:
        drawn.append(svg)
        return {"chart": len(drawn) - 1, "alt": one_line(alt, 500)}

    number, year = _week(data["week"])
    past = voice.local(data["made_at"]).date() if data["unfinished"] else date.max
    title = tr("Weekly report, week {n} of {year}", n=number, year=year)
    return {
        "document": document(data, voice, title, title),
        "kind": tr("Weekly report"),
        "title": tr("Week {n} of {year}", n=number, year=year),
        "period": voice.period(data["first_day"], data["last_day"]),
        "under_way": under_way(data, voice),
        "made": lines(
            prepared(data["made_by"], local(data["made_at"], voice), voice),
            muted(utc(data["made_at"])),
        ),
        "privacy": tr("Persons are named in this report: it is confidential.")
        if data["persons_named"]
        else tr("Persons appear by a label only."),
        "comment_head": tr("In the administrator's words"),
        "comment": data["comment"],
        "summary_head": tr("The week in figures"),
        "summary_note": tr(
            "Each figure stands beside the average of the weeks before: {weeks}.",
            weeks=voice.join([one_line(w, 12) for w in data["weeks_before"]]),
        )
        if data["weeks_before"]
        else "",
        "tiles": [
            _tile(figure, voice, draw, whole=not data["unfinished"])
            for figure in data["summary"][:6]
        ],
        "summary_empty": tr("No figure was recorded this week."),
        "rest": _figures(data["summary"][6:], data, voice),
        "published": _published_chart(data, voice, draw),
        "changes_head": tr("What changed since the earlier export"),
        "changes_note": tr(
            "Earlier export: {when}",
            when=local(data["earlier_export"], voice),
        )
        if data["earlier_export"]
        else "",
        "changes": table(
            voice,
            (tr("Figure"), tr("It said"), tr("It says now")),
            ((brief(c["label"]), brief(c["was"]), strong(c["now"])) for c in data["changes"]),
            widths=(3, 1, 1),
            empty=tr("Nothing changed since then."),
        ),
        "pages_head": tr("Posts, by page and network"),
        "pages": _pages(data, voice),
        "campaigns_head": tr("Campaigns, in three steps"),
        "campaigns": table(
            voice,
            (tr("Campaign"), tr("Steps"), tr("Still missing")),
            (
                (
                    lines(
                        strong(campaign["name"]),
                        muted(campaign["kind"]),
                        muted(_period(campaign["starts_on"], campaign["ends_on"], voice)),
                    ),
                    lines(*(_step(step, voice) for step in campaign["steps"])),
                    lines(
                        *(
                            tr(
                                "{step}: {what}",
                                step=step["label"],
                                what=voice.join(step["missing"][:20]),
                            )
                            for step in campaign["steps"]
                            if step["missing"]
                        )
                    )
                    if any(step["missing"] for step in campaign["steps"])
                    else muted(tr("nothing")),
                )
                for campaign in data["campaigns"]
            ),
            widths=(2.2, 1.8, 2.4),
            empty=tr("No campaign was under way this week."),
        ),
        "verdict_head": tr("Checks before publication"),
        "duplicates": tr("Duplicates avoided: {n}", n=voice.number(data["duplicates_avoided"])),
        "overrides_head": tr("Overrides, with their reasons"),
        "overrides": table(
            voice,
            (tr("Which post"), tr("Rule"), tr("Reason")),
            (
                (
                    lines(strong(o["post"]), muted(o["page"]), muted(short(o["at"], voice))),
                    lines(
                        f"{o['rule']} · {o['name']}" if o["name"] else brief(o["rule"]),
                        muted(o["severity"]),
                        {"text": one_line(o["excerpt"], 160), "look": "quote"}
                        if o["excerpt"]
                        else None,
                    ),
                    lines(o["reason"], muted(o["who"])),
                )
                for o in data["overrides"]
            ),
            widths=(1.8, 2, 2.4),
            empty=tr("No rule was overridden this week."),
        ),
        "questions_head": tr("Questions answered"),
        "questions": table(
            voice,
            (tr("Question"), tr("Yes"), tr("No"), tr("Does not apply")),
            (
                (
                    lines(q["text"], muted(q["rule"])),
                    voice.number(q["yes"]),
                    voice.number(q["no"]),
                    voice.number(q["not_applicable"]),
                )
                for q in data["questions"]
            ),
            widths=(5, 0.6, 0.6, 1),
            align="lrrr",
            empty=tr("No question was answered this week."),
        ),
        "moderation_head": tr("Moderation"),
        "incidents_head": tr("Incidents, by kind"),
        "incidents": _figures(data["incidents"], data, voice),
        "incidents_chart": _incidents_chart(data["incidents"], voice, draw),
        "incidents_empty": tr("No incident was recorded this week."),
        "rungs_head": tr("Rungs climbed"),
        "rungs": _figures(data["rungs"], data, voice),
        "rungs_empty": tr("No rung was climbed this week."),
        "sanctions_head": tr("Bans, liftings, exceptions"),
        "sanctions": table(
            voice,
            (tr("Act"), tr("Person and case"), tr("Reason"), tr("Decided by")),
            (
                (
                    lines(
                        strong(s["label"]),
                        muted(short(s["at"], voice)),
                        muted(tr("until {day}", day=voice.date(s["expires_on"])))
                        if s["expires_on"]
                        else None,
                    ),
                    lines(brief(s["person"]), muted(s["case"])),
                    s["reason"],
                    lines(
                        brief(s["who"]),
                        muted(tr("approved by {who}", who=brief(s["approver"])))
                        if s["approver"]
                        else None,
                    ),
                )
                for s in data["sanctions"]
            ),
            widths=(1.4, 1.3, 2.4, 1.3),
            empty=tr("Nobody was banned this week, and no ban was lifted."),
        ),
        "escalations_head": tr("Escalations to Public Affairs"),
        "escalations": table(
            voice,
            (
                tr("Escalation"),
                voice.ctr("clock", "Seen"),
                tr("Seen to escalated"),
                tr("Escalated to answered"),
                voice.ctr("clock", "Closed"),
            ),
            (
                (
                    lines(strong(e["number"]), e["situation"], muted(e["case"])),
                    short(e["clock"]["seen"], voice),
                    _span(e["to_escalate"], e["clock"]["escalated"], voice),
                    _span(e["to_answer"], e["clock"]["answered"], voice),
                    short(closed, voice) if (closed := e["clock"]["closed"]) else _not_yet(voice),
                )
                for e in data["escalations"]
            ),
            widths=(2.3, 1.2, 1.1, 1.1, 1.2),
            empty=tr("Nothing was escalated this week."),
        ),
        "followers_head": tr("Followers"),
        "followers": _followers(data, voice, draw),
        "monitoring_head": tr("Daily monitoring"),
        "monitoring": [
            {
                "day": voice.weekday(m["day"]),
                "date": str(m["day"].day),
                "looked": f"{m['looked']}/{m['due']}" if m["looked"] or m["due"] else "–",
                "missed": missed,
                "word": tr("missed") if missed else "",
                "note": m["note"],
            }
            for m in data["monitoring"][:14]
            for missed in (bool(m["due"]) and not m["looked"] and m["day"] < past,)
        ],
        "monitoring_note": tr("Pages looked at, of those that were due."),
        "monitoring_empty": tr("No monitoring was recorded this week."),
        "trainings_head": tr("Training"),
        "trainings": table(
            voice,
            (tr("Day"), tr("Tool"), tr("Person"), tr("State")),
            (
                (
                    voice.date(t["day"]),
                    brief(t["tool"]),
                    brief(t["person"]),
                    tr("given") if t["given"] else tr("asked for"),
                )
                for t in data["trainings"]
            ),
            widths=(1.2, 1.6, 2, 1),
            empty=tr("No training was given or asked for this week."),
        ),
        "next_head": tr("Planned for the following week"),
        "next": table(
            voice,
            (tr("When"), tr("What"), tr("Page"), tr("State")),
            (
                (
                    lines(
                        f"{voice.weekday(voice.local(p['at']).date())} {voice.date(p['at'])}",
                        None if p["all_day"] else muted(voice.time(p["at"])),
                    ),
                    lines(p["title"], muted(p["campaign"]) if p["campaign"] else None),
                    lines(brief(p["page"]), muted(p["network"])),
                    brief(p["state"]),
                )
                for p in data["next_week"]
            ),
            widths=(1.4, 2.8, 1.8, 1.1),
            empty=tr("Nothing is planned for the following week yet."),
        ),
        "checkpoint_head": tr("Checkpoint of the journal"),
        "checkpoint_note": checkpoint_note(voice),
        "checkpoint": data["checkpoint"],
        "checkpoint_empty": tr("No checkpoint was given."),
        "charts": drawn,
    }


def _week(name: str) -> tuple[str, str]:
    """Number and year out of 2026-W47."""
    year, _, number = one_line(name, 20).partition("-W")
    return number.lstrip("0") or year, year


def _step(step: CampaignStep, voice: Translator) -> str:
    """« Avant : 1 sur 2, 3 parues »: what is owed, and what came out in the week."""
    parts = []
    if step["owed"]:
        parts.append(voice.tr("{done} of {owed}", done=step["done"], owed=step["owed"]))
    if step["published"] or not parts:
        parts.append(voice.ntr("{n} published", "{n} published", step["published"]))
    return voice.tr("{step}: {what}", step=step["label"], what=", ".join(parts))


def _period(first: date, last: date, voice: Translator) -> str:
    return voice.period(first, last, "medium")


def _span(minutes: int | None, reached: datetime | None, voice: Translator) -> object:
    """The time until a moment; nothing where the moments that were written down contradict it."""
    if reached is None:
        return _not_yet(voice)
    return muted("–") if minutes is None else delay(timedelta(minutes=minutes), voice)


def _not_yet(voice: Translator) -> object:
    return muted(voice.tr("not yet"))


def under_way(data: WeeklyData, voice: Translator) -> str:
    """What a report says of a week that is not over, or not begun; empty for one that is."""
    if not data["unfinished"]:
        return ""
    words = N_("Week under way: figures up to {when}")
    if to_come(data, voice):
        words = N_("Week to come: figures as of {when}")
    return voice.tr(words, when=voice.moment(data["made_at"], "long"))


def to_come(data: WeeklyData, voice: Translator) -> bool:
    """Whether the week had not begun when its report was made."""
    return voice.local(data["made_at"]).date() < data["first_day"]


def _tile(figure: Figure, voice: Translator, draw: Any, *, whole: bool) -> View:
    """A figure of the summary; what there is of a week is not held against whole ones."""
    mean = figure["average"]
    values = [*figure["before"], figure["value"]]
    label = one_line((figure["label"]), 60)
    shape = None
    if mean is not None:
        alt = voice.tr(
            "{label}: {values}, oldest week first.",
            label=label,
            values=voice.join([_known(value, voice) for value in values]),
        )
        shape = draw(charts.chart_spark(values, title=alt), alt)
    return {
        "label": label,
        "value": voice.number(figure["value"]),
        "compared": _compared(figure["value"], mean, voice, whole=whole),
        "shape": shape,
    }


def _compared(value: int, mean: float | None, voice: Translator, *, whole: bool) -> str:
    if mean is None:
        return voice.tr("nothing to compare with")
    if not whole:
        return voice.tr("{mean} in a whole week, on average", mean=exactly(mean, voice))
    return voice.tr(
        "average {mean} ({change})", mean=exactly(mean, voice), change=signed(value - mean, voice)
    )


def _known(value: int | None, voice: Translator) -> str:
    return "–" if value is None else voice.number(value)


def _figures(figures: Sequence[Figure], data: WeeklyData, voice: Translator) -> View:
    return table(
        voice,
        (
            voice.tr("Figure"),
            voice.tr("This week"),
            voice.tr("Weeks before, on average"),
            voice.tr("Difference"),
        ),
        (
            (
                brief(figure["label"]),
                strong(voice.number(figure["value"])),
                "–" if mean is None else exactly(mean, voice),
                "–"
                if mean is None or data["unfinished"]
                else signed(figure["value"] - mean, voice),
            )
            for figure in figures
            for mean in (figure["average"],)
        ),
        widths=(2.6, 1, 1.8, 0.8),
        align="lrrr",
    )


def _published_chart(data: WeeklyData, voice: Translator, draw: Any) -> View | None:
    """The posts of five weeks, with what they say as a title."""
    figure = next((f for f in data["summary"] if f["key"] == "published"), None)
    if figure is None or not any((figure["value"], *figure["before"])):
        return None  # bars of nothing are a white gap; the tile says 0
    mean = figure["average"]
    assert mean is not None
    says = voice.tr(
        N_("Posts published: {n} so far; {mean} in a whole week, on average")
        if data["unfinished"]
        else N_("Posts published: {n} this week, {mean} on average in the weeks before"),
        n=voice.number(figure["value"]),
        mean=exactly(mean, voice),
    )
    names = [*data["weeks_before"], _week(data["week"])[0]]
    values = [*figure["before"], figure["value"]]
    bars = [
        charts.Bar(one_line(name, 12), value, strong=index == len(values) - 1)
        for index, (name, value) in enumerate(zip(names[-len(values) :], values, strict=False))
    ]
    listed = voice.join(
        [f"{bar.label} {_known(value, voice)}" for bar, value in zip(bars, values, strict=False)]
    )
    chart = charts.chart_bars(bars, title=says, description=listed, number=voice.number)
    return {"says": says, "chart": draw(chart, f"{says}. {listed}.")}


def _incidents_chart(figures: Sequence[Figure], voice: Translator, draw: Any) -> View | None:
    shown = [f for f in figures if f["value"] or any(f["before"])][:12]
    if not shown:
        return None
    bars = [
        charts.Bar(brief(figure["label"]), figure["value"], reference=figure["average"])
        for figure in shown
    ]
    total = sum(figure["value"] for figure in shown)
    says = voice.tr("Incidents recorded this week: {n}", n=voice.number(total))
    listed = voice.join([f"{one_line(f['label'], 60)} {voice.number(f['value'])}" for f in shown])
    chart = charts.chart_rows(
        bars, title=says, description=listed, number=voice.number, label_width=236
    )
    return {
        "says": says,
        "legend": voice.tr("Bar: this week. Yellow mark: average of the weeks before."),
        "chart": draw(chart, f"{says}. {listed}."),
    }


def _pages(data: WeeklyData, voice: Translator) -> View:
    rows = [
        (
            brief(page["page"]),
            brief(page["network"]),
            voice.number(page["planned"]),
            strong(voice.number(page["published"])),
        )
        for page in data["pages"]
    ]
    view = table(
        voice,
        (
            voice.tr("Page"),
            voice.tr("Network"),
            voice.ctr("posts", "Planned"),
            voice.ctr("posts", "Published"),
        ),
        rows,
        widths=(3, 1.4, 0.8, 0.8),
        align="llrr",
        empty=voice.tr("No post was planned or published this week."),
    )
    if len(rows) > 1:
        view["total"] = [
            voice.tr("All pages"),
            "",
            voice.number(sum(page["planned"] for page in data["pages"])),
            voice.number(sum(page["published"] for page in data["pages"])),
        ]
    return view


def _followers(data: WeeklyData, voice: Translator, draw: Any) -> View:
    rows = []
    for f in data["followers"][:ROWS]:
        gained = f["change"]
        values = [*f["before"], f["count"]]
        alt = voice.tr(
            "{label}: {values}, oldest week first.",
            label=one_line((f["page"]), 60),
            values=voice.join([_known(value, voice) for value in values]),
        )
        rows.append(
            (
                brief(f["page"]),
                brief(f["network"]),
                muted(voice.tr("not entered")) if f["count"] is None else voice.number(f["count"]),
                signed(gained, voice) if gained is not None else "–",
                draw(charts.chart_spark(values, title=alt), alt)
                if sum(value is not None for value in values) > 1
                else "",
            )
        )
    return table(
        voice,
        (
            voice.tr("Page"),
            voice.tr("Network"),
            voice.tr("Followers"),
            voice.tr("Change in the week"),
            voice.tr("Five weeks"),
        ),
        rows,
        widths=(2.4, 1.2, 1, 1.2, 1.2),
        align="llrrl",
        empty=voice.tr("No number of followers was entered."),
    )
