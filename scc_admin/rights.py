"""What the law gives persons: proof that their data is gone, and a copy of what is held on them."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scc_admin.errors import UserError
from scc_admin.exports import EVERYTHING, METHODS, Source, masked_copies
from scc_admin.files import explained, not_our_own, safe_name, write_durably
from scc_admin.i18n import N_, Translator
from scc_admin.model import Area, CaseSheet, Evidence, Progress
from scc_admin.moderation.retention import Destruction, PersonFile
from scc_admin.pictures import extension
from scc_admin.registers import register
from scc_admin.veil import HIDDEN, Veil
from scc_admin.words import (
    CASE_STATES,
    GROUNDS,
    NETWORKS,
    SITUATIONS,
    VALUES,
    person_label,
    step_title,
    step_words,
)

if TYPE_CHECKING:
    from scc_admin.backups import Held
    from scc_admin.documents.data import AccessData, AccessEvent, CertificateData

THINGS: Mapping[str, str] = {
    "case": N_("Title of the case"),
    "incident": N_("Comment {n}"),
    "step": N_("Act {n} of ours"),
    "escalation": N_("Escalation {n}"),
    "evidence": N_("Evidence {n}"),
    "person": N_("What was known of the person"),
    "account": N_("Account {n} of the person"),
    "value": N_("{field} (entry {n})"),
    "form": N_("Form begun and not recorded, {n}"),
}
"""What a certificate calls each kind of thing that is gone."""
ELSEWHERE: Mapping[str, str] = {
    "file": N_("the same file, as evidence of {name}"),
    "draft": N_("a draft that repeats the words or shows the file: {name}"),
    "line": N_("the register “{name}”, which repeats the words"),
    "entry": N_("entry {name} of the journal, which says the same words"),
    "register": N_(
        "the register of confidentiality incidents, which the law has kept: its line of {name} is"
        " to be destroyed from {until} on"
    ),
    "packet": N_("the packet {name}, for Public Affairs"),
    "copy": N_("copies of evidence given to: {name}"),
    "export": N_("in the exports folder: {name}"),
    "unknown": N_(
        "what else only the first certificate could name, before it was gone: this one was made"
        " again from the journal"
    ),
}
"""How a certificate says what an erasure does not reach."""
_PLAIN = "dossier.txt"
"""What the folder that a person is given holds as plain text."""
_LISTED = 30
"""So many exported files a certificate names one by one."""


def certificate_data(
    source: Source, gone: Destruction, held: Sequence[Held], exports: Path, *, key: str
) -> CertificateData:
    """The certificate of a destruction, or (`key` "erasure") of an erasure.

    `held` are the folders whose backups may still hold it, `exports` the folder of what was
    exported.
    """
    tr = source.tr.tr
    # Signed now, so that it covers the entry that says what is gone.
    checkpoint = source.journal.checkpoint()
    head = "EFF" if key == "erasure" else "DES"
    return {
        "language": source.tr.language,
        "zone": source.zone_name,
        "made_at": gone.at,
        "made_by": gone.who or source.who,
        "organisation": source.organisation,
        "key": key,
        "number": f"{head}-{gone.at.year}-{gone.entry}",
        "ground": tr(GROUNDS[gone.ground]) if gone.ground is not None else "",
        "approver": gone.approver,
        "items": [
            {
                "what": tr(
                    THINGS[item.kind],
                    n=item.number,
                    field=tr(VALUES.get(item.field, item.field)),
                ),
                "case": gone.case,
                "recorded_at": item.recorded_at,
                "fingerprint": item.fingerprint,
            }
            for item in gone.items
        ],
        "backups": [
            {
                "folder": "" if there.place.parent == exports.parent else str(there.place),
                "looked": there.looked,
                "until": source.tr.local(there.until).date(),
            }
            for there in held
        ],
        "elsewhere": _elsewhere(source, gone, exports),
        "entry": gone.entry,
        "checkpoint": checkpoint.note,
    }


def certificate(
    source: Source, gone: Destruction, held: Sequence[Held], exports: Path, *, key: str
) -> bytes:
    """The certificate as a PDF."""
    return source.typesetter.certificate(certificate_data(source, gone, held, exports, key=key))


def _elsewhere(source: Source, gone: Destruction, exports: Path) -> list[str]:
    """What still says or shows some of it, in words."""
    tr = source.tr.tr
    said = []
    for kept in gone.kept:
        name = kept.name or tr(N_("Untitled"))
        if kept.kind == "line":
            name = register(kept.name).name.to(source.tr.language)
        until = kept.until or ""
        said.append(tr(ELSEWHERE[kept.kind], name=name, until=until))
    files = _exported(source, gone.case, exports)
    said += [tr(ELSEWHERE["export"], name=name) for name in files[:_LISTED]]
    if len(files) > _LISTED:
        said.append(tr(N_("other exported files: {n}"), n=len(files) - _LISTED))
    return said


def _exported(source: Source, case: str, exports: Path) -> list[str]:
    """Names of what stands in the exports folder and is about a case, or about everything."""
    with source.store.reading() as db:
        numbers = [case] if case else []
        numbers += [
            row["number"]
            for row in db.all(
                "SELECT e.number FROM escalations e JOIN cases c ON c.id = e.case_id"
                " WHERE c.number = ?",
                (case,),
            )
        ]
        label = db.value(
            "SELECT p.label FROM cases c JOIN persons p ON p.id = c.person_id WHERE c.number = ?",
            (case,),
        )
    heads = [EVERYTHING]
    if label:
        heads.append(access_name(label))
    about = re.compile("|".join(rf"{re.escape(number)}(?!\d)" for number in numbers) or r"(?!)")
    found: list[str] = []
    with explained(exports):
        for path in sorted(exports.rglob("*")):
            if any(str(path).startswith(f"{exports / name}{os.sep}") for name in found):
                continue
            if about.search(path.name) or path.name.startswith(tuple(heads)):
                found.append(path.relative_to(exports).as_posix())
    return found


# --- The right of access -------------------------------------------------------------------------


def access(
    source: Source,
    person_id: int,
    out: Path,
    *,
    evidence: Collection[int],
    hide: Sequence[str] = (),
    masks: Mapping[int, Sequence[Area]] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Path:
    """Write a folder with all that is held on a person: a document to read, as a PDF and as plain
    text, the data, the evidence chosen.

    Names of ours, and the words in `hide`, are left out: they are third parties'; so is what
    `masks` covers of a piece, by its id. The journal notes that it was given. Raises UserError,
    Cancelled; nothing half-written stays.
    """
    not_our_own(out)
    file = source.moderation.retention.person_file(person_id)
    from scc_admin.verdict.vocabulary import vocabulary

    veil = Veil([*hide, *file.administrators], person=file.person, words=vocabulary())
    pieces = [
        piece
        for sheet in file.sheets
        for piece in sheet.evidence
        if piece.id in evidence and not piece.erased
    ]
    day = source.tr.local(source.clock()).date()
    name = safe_name(f"{access_name(file.person.label)}{day}")
    target, partial = out / name, out / f".{name}.{secrets.token_hex(4)}.partial"
    copies = masked_copies(source.vault, pieces, masks or {})
    names = {
        piece.id: f"{number:03}-copie-masquee.png"
        if piece.id in copies
        else f"{number:03}{extension(piece.media_type)}"
        for number, piece in enumerate(pieces, start=1)
    }
    if target.exists():
        raise UserError(
            "exists_file", N_("{path} is there already. Choose another folder."), path=target
        )
    try:
        with explained(out):
            (partial / "preuves").mkdir(parents=True)
        done = 0
        total = sum(piece.size for piece in pieces)
        for piece in pieces:
            place = partial / "preuves" / names[piece.id]
            if piece.id in copies:
                write_durably(place, copies[piece.id].data)
            else:
                source.vault.copy_out(piece.blob_id, place)
            done += piece.size
            if progress is not None:
                progress(Progress(done, total))
        data = access_data(source, file, veil, names)
        write_durably(partial / "donnees.json", _json(data))
        told = access_told(source, file, veil, names)
        write_durably(partial / _PLAIN, _text(source.tr, told).encode("utf-8", "replace"))
        write_durably(partial / "dossier.pdf", source.typesetter.access(told))
        with source.store.writing():
            source.moderation.retention.access_given([s.case.number for s in file.sheets])
            if pieces:
                source.moderation.exported(
                    [p.id for p in pieces],
                    file.person.label,
                    {piece: copy.sha256 for piece, copy in copies.items()},
                )
        with explained(target):
            partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return target


def access_name(label: str) -> str:
    """How the names of the folders begin that a person is given."""
    return f"acces-{label}-".lower().replace(" ", "-")


def access_data(
    source: Source, file: PersonFile, veil: Callable[[str], str], names: Mapping[int, str]
) -> dict[str, Any]:
    """All that is held, for machines."""
    person = file.person
    return {
        "made_at": source.clock().isoformat(),
        "organisation": source.organisation,
        "person": {
            "label": person.label,
            "name": person.name,
            "interest": veil(person.interest),
            "interest_disclosed": person.interest_disclosed,
            "consent": veil(person.consent),
            "notes": veil(person.notes),
            "recorded_at": person.created_at.isoformat(),
            "accounts": [
                {
                    "network": account.network.value,
                    "handle": account.handle,
                    "number": account.external_id,
                    "link": account.url,
                    "confirmed": account.confirmed,
                }
                for account in person.accounts
            ],
        },
        "cases": [_case_data(sheet, veil, names) for sheet in file.sheets],
        "journal": [
            {
                "entry": entry.seq,
                "at": entry.at.isoformat(),
                "kind": entry.kind.value,
                "case": entry.case,
                "hash": entry.hash.hex(),
            }
            for entry in file.entries
        ],
    }


def _case_data(
    sheet: CaseSheet, veil: Callable[[str], str], names: Mapping[int, str]
) -> dict[str, Any]:
    return {
        "number": sheet.case.number,
        "title": veil(sheet.case.title),
        "situation": sheet.case.situation.value,
        "state": sheet.case.state.value,
        "opened_at": sheet.case.opened_at.isoformat(),
        "incidents": [
            {
                "seen_at": incident.captured_at.isoformat(),
                "displayed": incident.displayed_at,
                "text": incident.text,
                "link": incident.url,
                "undone": incident.retracted,
                "evidence": [names[e.id] for e in _of(sheet, incident.id) if e.id in names],
            }
            for incident in sheet.incidents
        ],
        "acts": [
            {
                "at": step.at.isoformat(),
                "kind": step.kind.value,
                "rung": "" if step.rung is None else step.rung.name.lower(),
                "text": veil(step.text),
                "reason": veil(step.reason),
                "exception": veil(step.override),
                "until": step.expires_on.isoformat() if step.expires_on else "",
                "undone": step.retracted,
            }
            for step in sheet.steps
        ],
        "escalations": [
            {
                "number": escalation.number,
                "seen_at": escalation.seen_at.isoformat(),
                "question": veil(escalation.question),
                "spread": veil(escalation.spread),
                "answer": veil(escalation.answer),
            }
            for escalation in sheet.escalations
        ],
        "evidence": [
            {
                "captured_at": piece.captured_at.isoformat(),
                "sha256": piece.sha256,
                "size": piece.size,
                "media_type": piece.media_type,
                "method": piece.method,
                "file": names.get(piece.id, ""),
            }
            for piece in sheet.evidence
        ],
    }


def _of(sheet: CaseSheet, incident_id: int) -> list[Evidence]:
    return [piece for piece in sheet.evidence if piece.incident_id == incident_id]


def access_told(
    source: Source, file: PersonFile, veil: Callable[[str], str], names: Mapping[int, str]
) -> AccessData:
    """The same, to be read by a person."""
    tr, person = source.tr, file.person
    known = [
        (tr.tr(N_("Name")), person.name),
        (tr.tr(N_("Interest in the matter")), veil(person.interest)),
        (tr.tr(N_("Consent")), veil(person.consent)),
        (tr.tr(N_("Notes")), veil(person.notes)),
    ]
    for account in person.accounts:
        words = (tr.tr(NETWORKS[account.network]), account.handle, account.external_id, account.url)
        known.append((tr.tr(N_("Account")), " · ".join(part for part in words if part)))
    return {
        "language": tr.language,
        "zone": source.zone_name,
        "made_at": source.clock(),
        "made_by": "",
        "organisation": source.organisation,
        "person": person_label(tr, person.label),
        "mark": HIDDEN,
        "known": [{"label": label, "value": value} for label, value in known if value],
        "cases": [
            {
                "number": sheet.case.number,
                "title": veil(sheet.case.title),
                "situation": tr.tr(SITUATIONS[sheet.case.situation]),
                "state": tr.tr(CASE_STATES[sheet.case.state]),
                "opened_at": sheet.case.opened_at,
                "events": _events(tr, sheet, veil, names),
                "pieces": [
                    {
                        "captured_at": piece.captured_at,
                        "how": tr.tr(METHODS.get(piece.method, piece.method)),
                        "sha256": piece.sha256,
                        "file": names.get(piece.id, ""),
                    }
                    for piece in sheet.evidence
                ],
            }
            for sheet in file.sheets
        ],
        "entries": _ranges(entry.seq for entry in file.entries),
        "whole": _PLAIN,
    }


def _events(
    tr: Translator, sheet: CaseSheet, veil: Callable[[str], str], names: Mapping[int, str]
) -> list[AccessEvent]:
    events: list[AccessEvent] = [
        {
            "at": incident.captured_at,
            "what": tr.tr(N_("Comment seen")),
            "undone": incident.retracted,
            "said": _said(
                incident.text,
                incident.url,
                *(names.get(piece.id, "") for piece in _of(sheet, incident.id)),
            ),
        }
        for incident in sheet.incidents
    ]
    events += [
        {
            "at": step.at,
            "what": step_title(tr, step),
            "undone": step.retracted,
            "said": _said(*(veil(part) for part in (*step_words(step), step.override))),
        }
        for step in sheet.steps
    ]
    events += [
        {
            "at": escalation.seen_at,
            "what": tr.tr(N_("Escalation {n}"), n=escalation.number),
            "undone": False,
            "said": _said(
                veil(escalation.question), veil(escalation.spread), veil(escalation.answer)
            ),
        }
        for escalation in sheet.escalations
    ]
    return sorted(events, key=lambda event: event["at"])


def _said(*parts: str) -> list[str]:
    return [part for part in parts if part]


def _text(tr: Translator, told: AccessData) -> str:
    """What is told, as plain text, whole."""
    lines = [
        told["organisation"],
        tr.tr(N_("What is held on {person}, on {day}"), person=told["person"],
              day=tr.date(told["made_at"], "long")),
        "",
        tr.tr(N_("Names of other persons are left out and show as {mark}."), mark=told["mark"]),
        "",
    ]  # fmt: skip

    def fact(label: str, value: str) -> None:
        lines.append(tr.tr(N_("{label}: {value}"), label=label, value=value))

    for known in told["known"]:
        fact(known["label"], known["value"])
    for case in told["cases"]:
        lines += ["", f"{case['number']} – {case['title']}"]
        fact(tr.tr(N_("Situation")), case["situation"])
        for event in case["events"]:
            lines += ["", f"{tr.moment(event['at'])} – {event['what']}"]
            if event["undone"]:
                lines.append(tr.tr(N_("Undone by a later entry.")))
            lines += [f"    {line}" for said in event["said"] for line in said.splitlines()]
        for piece in case["pieces"]:
            kept = piece["file"] or tr.tr(N_("not given: it may show other persons"))
            at = tr.moment(piece["captured_at"])
            lines.append(f"{at} – {piece['how']}, SHA-256 {piece['sha256']} ({kept})")
    lines += ["", tr.tr(N_("Journal entries: {list}."), list=told["entries"])]
    return "\n".join(lines) + "\n"


def _ranges(numbers: Iterable[int]) -> str:
    """« 3–7, 12 »."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in found)


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")
