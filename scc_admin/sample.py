"""The sample workspace: three invented months, replayed act by act, so that its journal is real.

Its content is data (`resources/sample/`). `fill` replays it into a new workspace; `play` makes one
and does the three jobs on it, as `scc-admin demo` does.
"""

from __future__ import annotations

import re
import shutil
import tomllib
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scc_admin import drawing, keys
from scc_admin.backups import WorkspaceLock
from scc_admin.editorial import (
    CampaignInput,
    DraftDetails,
    Editorial,
    PageInput,
    Readiness,
)
from scc_admin.evidence import StagedBlob, Vault
from scc_admin.files import explained
from scc_admin.i18n import N_, Translator, data_folder
from scc_admin.journal import Journal
from scc_admin.model import (
    CampaignKind,
    CaseState,
    DraftState,
    Finding,
    Language,
    Level,
    Network,
    PageKind,
    Picture,
    PostKind,
    Rung,
    Situation,
    Step,
    Target,
)
from scc_admin.moderation import (
    AccountInput,
    CaseInput,
    EscalationInput,
    IncidentInput,
    Moderation,
    PersonInput,
    StepInput,
)
from scc_admin.registers import register
from scc_admin.reports import Week
from scc_admin.store import stamp, to_json
from scc_admin.verdict import duplicates
from scc_admin.workspace import ZONE, Workspace

_PLACEHOLDER = re.compile(r"\{(date|date_short):([+-]\d+):(fr|en)\}")
_LOCAL = ZoneInfo(ZONE)


@dataclass
class _Stage:
    """Who speaks and what time it is, while the past is replayed."""

    now: datetime
    who: str = ""


@dataclass(order=True)
class _Act:
    at: datetime
    order: int
    who: str = field(compare=False)
    do: Callable[[], object] = field(compare=False)


class _Replay:
    """Collects what happened in three months, then does it in order."""

    def __init__(self, workspace: Workspace, said: Mapping[str, Mapping[str, str]]) -> None:
        """`said`: the words for what a draft is asked, by rule and kind of post."""
        self.workspace, self.said = workspace, said
        self.today = workspace.clock().astimezone(_LOCAL).date()
        self.stage = _Stage(workspace.clock())
        clock, who = (lambda: self.stage.now), (lambda: self.stage.who)
        store = workspace.store
        journal = Journal(
            store, clock=clock, app=workspace.app, signer=workspace.signer, zone=_LOCAL
        )
        self.vault = Vault(store, workspace.vault_folder, clock)
        self.editorial = Editorial(store, journal, clock, who)
        self.moderation = Moderation(store, journal, self.vault, clock, who)
        self.acts: list[_Act] = []
        self.pages: dict[str, int] = {}
        self.page_names: dict[str, str] = {}
        self.campaigns: dict[str, int] = {}
        self.drafts: dict[str, int] = {}

    # -- time -----------------------------------------------------------------------------------

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def moment(self, where: Mapping[str, Any]) -> datetime:
        """`{day, time}` as an instant: day offset from today, local time."""
        at = time.fromisoformat(where.get("time", "09:00"))
        return datetime.combine(self.day(where["day"]), at, _LOCAL).astimezone(UTC)

    def dated(self, text: str) -> str:
        """The text with its dates written out, as `resources/sample/drafts.toml` explains."""

        def write(match: re.Match[str]) -> str:
            from babel.dates import format_date

            form, offset, language = match.groups()
            when = self.day(int(offset))
            if language == "fr":
                shape = "EEEE d MMMM y" if form == "date" else "d MMMM"
                return format_date(when, shape, locale="fr_CA").replace(" 1 ", " 1er ")
            shape = "EEEE, MMMM d, y" if form == "date" else "MMMM d"
            return format_date(when, shape, locale="en_CA")

        return _PLACEHOLDER.sub(write, text).strip()

    def act(self, at: datetime, who: str, do: Callable[[], object]) -> None:
        """Nothing happens later than now, whatever the hour the sample is made at."""
        at = min(at, self.workspace.clock())
        self.acts.append(_Act(at, len(self.acts), who, do))

    def run(self) -> None:
        for act in sorted(self.acts):
            self.stage.now, self.stage.who = act.at, act.who
            act.do()
        self.acts.clear()

    # -- pages and campaigns --------------------------------------------------------------------

    def add_pages(self, records: Iterable[Mapping[str, Any]]) -> None:
        for record in records:
            self.page_names[record["key"]] = record["name"]
            self.pages[record["key"]] = self.editorial.add_page(
                PageInput(
                    name=record["name"],
                    network=Network(record["network"]),
                    kind=PageKind(record["kind"]),
                    level=Level(record["level"]),
                    language=Language(record["language"]),
                    handle=record.get("handle", ""),
                    url=record.get("url", ""),
                    region=record.get("region", ""),
                    official=record.get("official", True),
                    managed=record.get("managed", True),
                    purpose=record.get("purpose", ""),
                    contacts=tuple(record.get("contacts", ())),
                )
            )

    def add_campaigns(self, records: Iterable[Mapping[str, Any]]) -> None:
        for record in records:
            self.campaigns[record["key"]] = self.editorial.add_campaign(
                CampaignInput(
                    name_fr=record["name_fr"],
                    name_en=record.get("name_en", ""),
                    key=record["key"],
                    kind=CampaignKind(record["kind"]),
                    starts_on=self.day(record["starts"]),
                    ends_on=self.day(record["ends"]),
                    hashtags=tuple(record.get("hashtags", ())),
                    keywords=tuple(record.get("keywords", ())),
                    objective_cents=record.get("objective_cents"),
                    raised_cents=record.get("raised_cents"),
                    notes=record.get("notes", ""),
                )
            )

    # -- drafts ---------------------------------------------------------------------------------

    def tell_draft(self, record: Mapping[str, Any]) -> None:
        key, author = record["key"], record["author"]
        state = DraftState(record["state"])
        created = self.moment({"day": record["created"], "time": "09:00"})
        self.act(created, author, lambda: self._write(record))
        for approval in record.get("approval", ()):
            self.act(
                self.moment(approval["asked"]),
                author,
                lambda a=approval: self.editorial.submit(  # type: ignore[misc]
                    self.drafts[key], [a["validator"]], a["question"]
                ),
            )
            if "answered" in approval:
                self.act(
                    self.moment(approval["answered"]),
                    author,
                    lambda a=approval: self._approved(key, a),  # type: ignore[misc]
                )
        settled = self._settled(record, created)
        for answer in record.get("answer", ()):
            self.act(
                settled,
                answer["who"],
                lambda a=answer: self.editorial.answer(  # type: ignore[misc]
                    self.drafts[key], a["rule"], a["answer"], a.get("note", "")
                ),
            )
        for override in record.get("override", ()):
            self.act(
                self.moment(override["at"]),
                override["who"],
                lambda o=override: self._override(key, o),  # type: ignore[misc]
            )
        if state is DraftState.TO_VALIDATE and not record.get("approval"):
            raise ValueError(f"{key} waits for nobody")
        if state in (DraftState.READY, DraftState.PUBLISHED):
            self.act(settled, author, lambda: self._answer(key, record["kind"]))
            self.act(
                settled, author, lambda: self.editorial.mark_ready(self.drafts[key], Readiness())
            )
        for post in (record, *record.get("elsewhere", ())):
            if "published" in post:
                self.act(
                    self.moment(post["published"]),
                    author,
                    lambda p=post: self._published(key, p),  # type: ignore[misc]
                )
        if state is DraftState.ARCHIVED:
            self.act(settled, author, lambda: self.editorial.archive(self.drafts[key]))

    def _answer(self, key: str, kind: str) -> None:
        """Answer what else is asked: a draft is ready only then."""
        number = self.drafts[key]
        asked = self.workspace.proofreader.readiness(number, language=Language.FR).questions
        for question in asked:
            words = self.said.get(question.rule, {})
            self.editorial.answer(
                number, question.rule, "yes", words.get(kind, words.get("other", ""))
            )

    def _published(self, key: str, post: Mapping[str, Any]) -> None:
        network = self.editorial.page(self.pages[post["page"]]).network
        at = min(self.moment(post["published"]), self.stage.now)
        self.editorial.mark_published(self.drafts[key], at, {network: post.get("permalink", "")})

    def _settled(self, record: Mapping[str, Any], created: datetime) -> datetime:
        """When its last question was answered: an hour before it came out, at the latest."""
        answered = [
            self.moment(a["answered"]) for a in record.get("approval", ()) if "answered" in a
        ]
        overridden = [self.moment(o["at"]) for o in record.get("override", ())]
        latest = max([created + timedelta(hours=2), *answered, *overridden])
        if "published" in record:
            return min(latest, self.moment(record["published"]))
        return latest

    def _write(self, record: Mapping[str, Any]) -> None:
        share = record.get("share_of")
        draft_id = self.editorial.add_draft(
            DraftDetails(
                title=record["title"],
                kind=PostKind(record["kind"]),
                page_id=self.pages[record["page"]],
                campaign_id=self.campaigns.get(record.get("campaign", "")),
                step=Step(record["step"]) if record.get("step") else None,
                planned_at=self.moment(record["planned"]) if "planned" in record else None,
                share_of=self.drafts.get(share) if share else None,
                fee_approved=record.get("fee_approved", False),
            ),
            [
                (Target(v["target"]), Language(v["language"]), self.dated(v["text"]))
                for v in record["variant"]
            ],
        )
        self.drafts[record["key"]] = draft_id
        self.editorial.choose_pages(
            draft_id, [self.pages[post["page"]] for post in record.get("elsewhere", ())]
        )
        picture = record.get("picture")
        if picture:
            seed = len(self.drafts)
            data = drawing.scene(picture["motif"], seed)
            staged = self.vault.add(data, picture["name"], "image/png")
            with self.workspace.store.writing() as tx:
                blob_id = self.vault.commit(tx, staged)
            width, height = drawing.SCENE
            self.editorial.attach(
                draft_id,
                blob_id,
                Picture(picture["name"], picture["alt"], "image/png", len(data), width, height),
            )

    def _approved(self, key: str, approval: Mapping[str, Any]) -> None:
        sheet = self.editorial.sheet(self.drafts[key])
        waiting = next(a for a in sheet.approvals if a.validator == approval["validator"])
        self.editorial.record_approval(
            waiting.id, approval["answer"] == "approved", approval.get("note", "")
        )

    def _override(self, key: str, record: Mapping[str, Any]) -> None:
        rule = self.workspace.house.rules()[record["rule"]]
        excerpt = record["excerpt"]
        finding = Finding(
            rule.id, rule.name, rule.severity, rule.theme, rule.slides, 0, len(excerpt), excerpt,
            "", "",
        )  # fmt: skip
        self.editorial.override(self.drafts[key], finding, record["reason"])

    def add_known(self, records: Iterable[Mapping[str, Any]]) -> None:
        with self.workspace.store.writing() as tx:
            for record in records:
                duplicates.remember(
                    tx,
                    origin="seen",
                    page=self.page_names[record["page"]],
                    title=record["title"],
                    language=Language(record["language"]),
                    day=self.day(record["day"]).isoformat(),
                    text=self.dated(record["text"]),
                )

    # -- cases ----------------------------------------------------------------------------------

    def tell_case(self, record: Mapping[str, Any]) -> None:
        by = record["by"]
        found: dict[str, int] = {}
        accounts: dict[str, int] = {}

        def open_case() -> None:
            person = record["person"]
            person_id = self.moderation.add_person(
                PersonInput(
                    label=person["label"],
                    interest=person.get("interest", ""),
                    interest_disclosed=person.get("interest_disclosed", False),
                    notes=person.get("notes", ""),
                )
            )
            for account in record["account"]:
                accounts[account["key"]] = self.moderation.add_account(
                    person_id,
                    AccountInput(
                        Network(account["network"]),
                        account["handle"],
                        account.get("external_id", ""),
                        account.get("url", ""),
                        account.get("confirmed", True),
                    ),
                )
            found["case"] = self.moderation.open_case(
                CaseInput(
                    record["title"],
                    Situation(record["situation"]),
                    person_id=person_id,
                    critical=record.get("critical", False),
                )
            )

        opened = self.moment(record["opened"])
        first = min([opened, *(self.moment(event) for event in record["event"])])
        self.act(first, by, open_case)
        handles = {account["key"]: account["handle"] for account in record["account"]}
        for event in record["event"]:
            self.act(
                max(self.moment(event), first),
                event.get("by", by),
                lambda e=event: self._event(found, accounts, handles, e),  # type: ignore[misc]
            )
        if "review" in record:
            last = max(self.moment(event) for event in record["event"])
            self.act(
                last,
                by,
                lambda: self.moderation.review(found["case"], "", self.day(record["review"])),
            )

    def _event(
        self,
        found: dict[str, int],
        accounts: Mapping[str, int],
        handles: Mapping[str, str],
        event: Mapping[str, Any],
    ) -> None:
        case_id, text = found["case"], self.dated(event.get("text", ""))
        match event["kind"]:
            case "incident":
                page = event["page"]
                files: tuple[StagedBlob, ...] = ()
                if event.get("capture"):
                    data = drawing.capture(
                        author=handles[event["account"]],
                        when=event.get("displayed", ""),
                        text=text,
                        page=self.page_names[page],
                    )
                    number = found["capture"] = found.get("capture", 0) + 1
                    files = (self.vault.add(data, f"capture-{number:02}.png", "image/png"),)
                self.moderation.log_incident(
                    case_id,
                    IncidentInput(
                        text=text,
                        url=event.get("url", ""),
                        page_id=self.pages[page],
                        account_id=accounts[event["account"]],
                        displayed_at=event.get("displayed", ""),
                        method=event.get("method", "clipboard"),
                        files=files,
                    ),
                )
            case "rung":
                self.moderation.climb(
                    case_id,
                    StepInput(
                        Rung[event["rung"].upper()],
                        text,
                        reason=event.get("reason", ""),
                        approver=event.get("approver", ""),
                        expires_on=self.day(event["expires"]) if "expires" in event else None,
                    ),
                )
            case "note":
                self.moderation.note(case_id, text)
            case "escalation":
                found["escalation"] = self.moderation.escalate(
                    case_id,
                    EscalationInput(
                        event["question"],
                        event.get("spread", ""),
                        event.get("not_done", ""),
                        min(self.moment(event["seen"]), self.stage.now),
                    ),
                )
            case "contact":
                self.moderation.record_contact(found["escalation"], text, self.stage.now)
            case "close":
                self.moderation.close_case(case_id, text)
            case other:
                raise ValueError(other)

    # -- figures --------------------------------------------------------------------------------

    def add_figures(self, record: Mapping[str, Any]) -> None:
        days = record["followers"]["days"]
        for page, counts in record["followers"]["counts"].items():
            for offset, count in zip(days, counts, strict=True):
                self.editorial.record_followers(self.pages[page], self.day(offset), count)
        monitoring = record["monitoring"]
        looks = {look["day"]: look for look in monitoring["look"]}
        managed = [p.id for p in self.editorial.pages() if p.managed]
        with self.workspace.store.writing() as tx:
            for offset in sorted({*monitoring["quiet_days"], *looks}):
                look = looks.get(offset)
                for page_id in managed:
                    seen_here = look is not None and self.pages.get(look["page"]) == page_id
                    note = look["seen"] if look is not None and seen_here else ""
                    at = stamp(
                        self.moment({"day": offset, "time": (look or {}).get("time", "08:45")})
                    )
                    tx.insert(
                        "registers",
                        uid=str(uuid.uuid4()),
                        register="monitoring",
                        page_id=page_id,
                        due_on=self.day(offset).isoformat(),
                        data=to_json(
                            {
                                "note": note,
                                "search": look["search"] if look and seen_here else "",
                                "follow_up": look["follow_up"] if look and seen_here else "",
                            }
                        ),
                        created_at=at,
                        updated_at=at,
                    )

    def add_lines(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """The small registers: see the head of `registers.toml`."""
        with self.workspace.store.writing() as tx:
            for line in lines:
                made = register(line["register"])
                values = {
                    **line.get("values", {}),
                    **{key: self.day(n).isoformat() for key, n in line.get("days", {}).items()},
                    **{key: self.pages[page] for key, page in line.get("pages", {}).items()},
                }
                page_id = self.pages[line["page"]] if "page" in line else None
                problems = made.problems(values, page_id)
                if problems or not values.keys() <= {field.key for field in made.fields}:
                    raise ValueError(line, problems)
                at = stamp(self.moment({"day": -1, "time": "09:00"}))
                tx.insert(
                    "registers",
                    uid=str(uuid.uuid4()),
                    register=made.key,
                    page_id=page_id,
                    due_on=values.get(made.due),
                    data=to_json(values),
                    created_at=at,
                    updated_at=at,
                )


def fill(workspace: Workspace) -> None:
    """Replay the sample into a workspace that was just made.

    Its past was signed by invented people; whoever gave a name signs what comes next.
    """
    folder = data_folder("resources") / "sample"
    content = {
        name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))
        for name in ("house", "pages", "campaigns", "drafts", "cases", "figures", "registers")
    }
    house = content["house"]
    mine = {key: workspace.settings.get(key) for key in ("me.name", "me.role")}
    for key, value in house["settings"].items():
        workspace.settings.set(key, value)
    workspace.settings.set("workspace.sample", True)
    workspace.settings.set("zone", ZONE)
    with workspace.store.writing() as tx:
        for name, values in house["lists"].items():
            tx.many("INSERT OR IGNORE INTO lists(name, value) VALUES (?, ?)",
                    [(name, value) for value in values])  # fmt: skip
    replay = _Replay(workspace, content["drafts"]["said"])
    replay.stage.who = workspace.who()
    replay.add_pages(content["pages"]["page"])
    replay.add_campaigns(content["campaigns"]["campaign"])
    for record in content["drafts"]["draft"]:
        replay.tell_draft(record)
    for record in content["cases"]["case"]:
        replay.tell_case(record)
    replay.run()
    replay.add_known(content["drafts"].get("known", ()))
    replay.add_figures(content["figures"])
    replay.add_lines(content["registers"]["line"])
    if mine["me.name"]:
        for key, value in mine.items():
            workspace.settings.set(key, value)


UNFINISHED = ".unfinished"
"""Stands in the folder of a demonstration until its end, and names the parts that are its own."""


def play(folder: Path, tr: Translator, say: Callable[..., None]) -> list[Path]:
    """Make the sample in `folder` and do the three jobs on it; the files that came out.

    One that was cut short is made anew. Raises UserError when the folder holds another workspace.
    """
    home, out, mark = folder / "workspace", folder / "exports", folder / UNFINISHED
    with explained(folder):
        if mark.exists() and home.exists():
            with WorkspaceLock(home):  # nobody is at it right now
                begun = mark.read_text("ascii").split()
            for part in (home, out):
                if part.name in begun and part.exists():
                    shutil.rmtree(part)
        ours = [part.name for part in (home, out) if not part.exists()]
    made = Workspace.create(home, protection=keys.Kind.NONE)
    with made.workspace as workspace:
        with explained(mark):
            mark.write_text(" ".join(ours), "ascii")
        fill(workspace)
        say(N_("The sample workspace is made: {folder}"), folder=workspace.folder)
        _draft_a_post(workspace, tr, say)
        number = _log_a_ban(workspace, say)
        files = workspace.export_packet(number, out, tr)
        say(N_("Job 3 – the escalation packet and the weekly report are exported."))
        week = Week.of((workspace.clock() - timedelta(days=7)).astimezone(workspace.zone).date())
        files += workspace.export_weekly(str(week), out, tr, formats=("pdf", "xlsx", "json"))
        report = workspace.journal.verify()
        if report.ok:
            say(N_("The journal verifies. Entries: {n}."), n=report.size)
        with explained(mark):
            mark.unlink()
    return files


def _draft_a_post(workspace: Workspace, tr: Translator, say: Callable[..., None]) -> None:
    """Job 1: a draft with a fault, what the verdict says of it, mended, answered, ready."""
    editorial = workspace.editorial
    page = next(p for p in editorial.pages() if p.level is Level.REGIONAL)
    faulty = (
        "Une personne sur deux recevra un diagnostic de cancer au cours de sa vie. Parlez-en à vos"
        " proches."
    )
    draft_id = editorial.add_draft(
        DraftDetails(title="Une personne sur deux", page_id=page.id),
        [(Target.FACEBOOK, Language.FR, faulty)],
    )
    (variant,) = editorial.sheet(draft_id).variants
    verdict = workspace.proofreader.check_variant(
        editorial.sheet(draft_id), variant, language=tr.language
    )
    for finding in verdict.findings:
        say(
            N_("Job 1 – {rule}: {message}"),
            rule=finding.rule,
            message=finding.message,
        )
    editorial.save_text(
        variant.id,
        "Dans le Bas-Saint-Laurent aussi, des bénévoles répondent aux questions sur le cancer."
        " Parlez-en à vos proches, ou appelez-nous : 1 888 939-3333.",
    )
    for question in workspace.proofreader.readiness(draft_id, language=tr.language).questions:
        editorial.answer(draft_id, question.rule, "yes")
    workspace.mark_ready(draft_id, language=tr.language)
    say(N_("Job 1 – the draft is mended and ready to publish; the program publishes nothing."))


def _log_a_ban(workspace: Workspace, say: Callable[..., None]) -> str:
    """Job 2: a user, from the comment to the ban, with evidence; the number of the case."""
    moderation = workspace.moderation
    page = next(
        p
        for p in workspace.editorial.pages()
        if p.level is Level.DIVISIONAL and p.network is Network.FACEBOOK
    )
    case_id = moderation.open_case(
        CaseInput(
            "Publicité répétée pour une « cure »",
            Situation.MISINFORMATION,
            new_person=PersonInput(interest="Vend la cure qu'il annonce"),
            account=AccountInput(Network.FACEBOOK, "Cure Express"),
        )
    )
    account = moderation.sheet(case_id).person.accounts[0]
    words = (
        "Notre cure de jus remplace les traitements, les médecins ne veulent pas que vous le"
        " sachiez! Commandez la vôtre aujourd'hui."
    )

    def seen(note: str) -> None:
        picture = drawing.capture(author=account.handle, when=note, text=words, page=page.name)
        staged = workspace.vault.add(picture, "capture.png", "image/png")
        moderation.log_incident(
            case_id,
            IncidentInput(
                text=words,
                url="https://www.facebook.com/scc.quebec.exemple/posts/3001",
                page_id=page.id,
                account_id=account.id,
                displayed_at=note,
                method="file",
                files=(staged,),
            ),
        )

    seen("Il y a 2 heures")
    moderation.climb(
        case_id,
        StepInput(
            Rung.ANSWER,
            "Aucune cure ne remplace un traitement. Parlez-en à votre équipe de soins. Source :"
            " cancer.ca/traitements",
        ),
    )
    moderation.climb(
        case_id,
        StepInput(
            Rung.PRIVATE_MESSAGE,
            "Bonjour, nous vous demandons de ne plus répéter ce commentaire, de garder un ton"
            " respectueux et de dire que vous vendez ce produit.",
        ),
    )
    seen("À l'instant")
    moderation.climb(case_id, StepInput(Rung.REPETITION, "Même texte, après le message."))
    moderation.climb(
        case_id,
        StepInput(Rung.BAN, reason="Promesse de guérison répétée après un message privé."),
    )
    sheet = moderation.sheet(case_id)
    if sheet.case.state is not CaseState.BANNED:
        raise RuntimeError("the demonstration did not reach the ban")
    say(
        N_("Job 2 – {person} is banned after {n} steps, on {evidence} pieces of evidence."),
        person=sheet.person.label,
        n=len(sheet.steps),
        evidence=len(sheet.evidence),
    )
    moderation.escalate(
        case_id,
        EscalationInput(
            "Faut-il signaler cette publicité au fabricant et à Santé Canada?",
            spread="Deux publications touchées.",
            not_done="Répondre aux autres abonnés",
        ),
    )
    return sheet.case.number
