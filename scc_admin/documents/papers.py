"""Certificates, the answer to a right of access, the recovery sheet, printed screens: in words."""

from __future__ import annotations

from scc_admin.documents.data import (
    AccessCase,
    AccessData,
    BackupsHeld,
    CertificateData,
    PrintedData,
    RecoveryData,
)
from scc_admin.documents.text import line as one_line
from scc_admin.documents.words import (
    View,
    brief,
    checkpoint_note,
    document,
    facts,
    lines,
    local,
    muted,
    strong,
    table,
    utc,
    when,
)
from scc_admin.i18n import Translator


def certificate_view(data: CertificateData, voice: Translator) -> View:
    """See `certificate.typ`."""
    tr = voice.tr
    erasure = data["key"] == "erasure"
    kind = tr("Certificate of erasure") if erasure else tr("Certificate of destruction")
    number = one_line(data["number"], 60)
    return {
        "document": document(data, voice, f"{kind} {number}", number),
        "kind": kind,
        "number": number,
        "statement": tr(
            "The personal information listed below was erased from this workspace. The journal"
            " keeps the fact that it existed, and no longer what it said."
        )
        if erasure
        else tr(
            "What is listed below was destroyed. The journal keeps the fact that it existed, and"
            " no longer what it held."
        ),
        "facts": facts(
            (tr("Ground"), data["ground"]),
            (tr("Done by"), brief(data["made_by"])),
            (tr("Approved by"), brief(data["approver"])),
            (tr("Done on"), lines(local(data["made_at"], voice), muted(utc(data["made_at"])))),
            (tr("Journal entry"), "" if data["entry"] is None else voice.number(data["entry"])),
        ),
        "items_head": tr("What no longer exists"),
        "items": table(
            voice,
            (tr("What"), tr("Case"), tr("Recorded on"), tr("What still stands in the journal")),
            (
                (
                    item["what"],
                    brief(item["case"]),
                    voice.date(item["recorded_at"]) if item["recorded_at"] else "–",
                    {"text": brief(item["fingerprint"]), "look": "mono"}
                    if item["fingerprint"]
                    else "–",
                )
                for item in data["items"]
            ),
            widths=(2.2, 1.2, 1.2, 2.4),
            empty=tr("Nothing was destroyed."),
        ),
        "limits_head": tr("What this certificate cannot say"),
        "limits": [
            *(_backups(held, voice) for held in data["backups"]),
            *(
                ()
                if data["backups"]
                else (tr("No folder known to this workspace has a backup that holds it."),)
            ),
            tr(
                "Copies that left the workspace before, such as packets sent, printed pages and"
                " files saved elsewhere, are not covered."
            ),
        ],
        "elsewhere_head": tr("What this erasure does not reach"),
        "elsewhere": [brief(said) for said in data["elsewhere"]],
        "sign_head": tr("Signatures"),
        "sign": [tr("Done by"), tr("Approved by")],
        "sign_names": [brief(data["made_by"]), brief(data["approver"])],
        "sign_date": tr("Date"),
        "checkpoint_head": tr("Checkpoint of the journal"),
        "checkpoint_note": checkpoint_note(voice),
        "checkpoint": data["checkpoint"],
        "checkpoint_empty": tr("No checkpoint was given."),
    }


def _backups(held: BackupsHeld, voice: Translator) -> str:
    """How long the backups of a folder may still tell."""
    day = voice.date(held["until"], "long")
    if not held["looked"]:
        return voice.tr(
            "The folder {folder} received backups and could not be looked at. They may hold it, or"
            " the key that opens it, until {day}, and for as long as the folder stays away: the"
            " first backup made after that day, with the folder back, removes them.",
            folder=brief(held["folder"]),
            day=day,
        )
    if held["folder"]:
        return voice.tr(
            "Backups made before in {folder} may still hold it, or the key that opens it, until"
            " {day} at the latest: the first backup made after that day removes the last of them.",
            folder=brief(held["folder"]),
            day=day,
        )
    return voice.tr(
        "Backups made before may still hold it, or the key that opens it, until {day} at"
        " the latest: the first backup made after that day removes the last of them.",
        day=day,
    )


def access_view(data: AccessData, voice: Translator) -> View:
    """See `access.typ`."""
    tr = voice.tr
    person = brief(data["person"])
    day = voice.date(data["made_at"], "long")
    title = tr("What is held on {person}, on {day}", person=person, day=day)
    return {
        "document": document(data, voice, title, person),
        "kind": tr("Right of access"),
        "title": title,
        "intro": [
            tr("Names of other persons are left out and show as {mark}.", mark=data["mark"]),
            tr(
                "The same stands as plain text in {whole}, where no text is cut, however long.",
                whole=data["whole"],
            ),
        ],
        "known_head": tr("What is known of the person"),
        "known": facts(*((fact["label"], fact["value"]) for fact in data["known"])),
        "known_empty": tr("Nothing but the label {person}.", person=person),
        "cases_empty": "" if data["cases"] else tr("No case is held on this person."),
        "cases": [_access_case(case, voice) for case in data["cases"]],
        "journal_head": tr("Journal"),
        "journal": tr("Journal entries: {list}.", list=data["entries"]) if data["entries"] else "",
    }


def _access_case(case: AccessCase, voice: Translator) -> View:
    tr = voice.tr
    return {
        "head": " – ".join(
            part for part in (brief(case["number"]), one_line(case["title"])) if part
        ),
        "facts": facts(
            (tr("Situation"), case["situation"]),
            (tr("State"), case["state"]),
            (tr("Case opened"), local(case["opened_at"], voice)),
        ),
        "events": table(
            voice,
            (tr("When"), tr("What is held")),
            (
                (
                    when(event["at"], voice),
                    lines(
                        strong(event["what"]),
                        muted(tr("Undone by a later entry.")) if event["undone"] else None,
                        *event["said"],
                    ),
                )
                for event in case["events"]
            ),
            widths=(1.5, 4.8),
            empty=tr("No event is recorded."),
        ),
        "pieces_head": tr("Captures and files") if case["pieces"] else "",
        "pieces": table(
            voice,
            (tr("When"), tr("Method"), tr("File"), tr("SHA-256")),
            (
                (
                    when(piece["captured_at"], voice),
                    brief(piece["how"]),
                    brief(piece["file"]) or tr("not given: it may show other persons"),
                    {"text": brief(piece["sha256"]), "look": "mono"},
                )
                for piece in case["pieces"]
            ),
            widths=(1.5, 1.1, 1.5, 2.3),
            empty="",
        ),
    }


def recovery_view(data: RecoveryData, voice: Translator) -> View:
    """See `recovery.typ`."""
    tr = voice.tr
    title = tr("Recovery code")
    return {
        "document": document(data, voice, title, title),
        "kind": title,
        "workspace": brief(data["workspace"]),
        "intro": tr(
            "This code opens the workspace when this computer's keyring no longer can: a new"
            " computer, a reinstalled system, a lost account."
        ),
        "code": [one_line(group, 24) for group in data["code"][:48]],
        "facts": facts(
            (tr("Workspace"), brief(data["workspace"])),
            (tr("Made by"), brief(data["made_by"])),
            (tr("Made on"), local(data["made_at"], voice)),
        ),
        "rules_head": tr("How to keep it"),
        "rules": [
            tr("Print this sheet, check that every group can be read, then delete the file."),
            tr("Keep it under lock, away from the computer: whoever holds it can read everything."),
            tr("Tell one other person in charge where it is kept."),
            tr("If it is lost or seen by someone else, make a new code in the settings."),
        ],
        "warning": tr(
            "Without the keyring and without this code, nobody can open the workspace, not even us."
        ),
    }


def printed_view(data: PrintedData, voice: Translator) -> View:
    """See `printed.typ`. Columns of the table that hold nothing take no room."""
    held = [n for n, _ in enumerate(data["heads"]) if any(row[n] for row in data["rows"])]
    long = [max(len(row[n]) for row in data["rows"]) for n in held]
    view = {
        "document": document(data, voice, data["title"], data["title"]),
        "wide": bool(data["heads"]),
        "kind": data["kind"],
        "title": brief(data["title"]),
        "about": data["about"],
        "facts": facts(*data["facts"]),
        "parts": [{"heading": brief(head), "text": text} for head, text in data["parts"]],
    }
    if data["heads"]:
        view["table"] = table(
            voice,
            [data["heads"][n] for n in held],
            [[row[n] for n in held] for row in data["rows"]],
            # A long text wants more of the line, though not in proportion.
            widths=[max(6, min(most, 400)) ** 0.5 for most in long],
            empty=voice.tr("Nothing is written down here yet."),
        )
    return view
