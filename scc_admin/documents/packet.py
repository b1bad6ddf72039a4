"""The escalation packet put into words for `packet.typ`."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Sequence
from datetime import datetime

from scc_admin.documents.data import Act, Capture, ClockData, PacketData, PageLine, Waiver
from scc_admin.documents.text import line as one_line
from scc_admin.documents.words import (
    ROWS,
    View,
    brief,
    checkpoint_note,
    delay,
    document,
    facts,
    lines,
    local,
    muted,
    short,
    strong,
    table,
    utc,
    when,
)
from scc_admin.i18n import Translator, data_folder
from scc_admin.model import took

NAMESPACE = "scc-admin-packet"
"""Of the packet's signature; `ssh-keygen -Y verify -n` asks for it."""


def packet_view(data: PacketData, voice: Translator) -> View:
    """See `packet.typ`."""
    tr = voice.tr
    number = one_line(data["number"], 40)
    captures = data["captures"][:ROWS]
    return {
        "document": document(data, voice, tr("Escalation packet {number}", number=number), number),
        "kind": tr("Escalation packet"),
        "number": number,
        "title": one_line(data["title"]),
        "for": brief(data["addressee"]),
        "facts": facts(
            (tr("Situation"), strong(data["situation"])),
            (tr("Case"), brief(data["case"])),
            (
                tr("Person concerned"),
                lines(
                    _on(brief(data["person"]), *data["networks"][:9]),
                    *(muted(name) for name in data["person_names"][:9]),
                ),
            ),
            (
                tr("Where"),
                lines(*(_place(page) for page in data["pages"][:ROWS])) if data["pages"] else "",
            ),
            *(
                (tr("Exception"), lines(strong(head), *said))
                for head, said in exceptions(voice, data["done"][:ROWS])
            ),
            (tr("Prepared by"), brief(data["made_by"])),
            (
                tr("Prepared on"),
                lines(local(data["made_at"], voice), muted(utc(data["made_at"]))),
            ),
            (tr("In this packet"), _held(data, voice)),
        ),
        "differs_head": tr("Not as the journal recorded it") if data["differences"] else "",
        "differs_note": tr(
            "Somebody changed the case outside of the program, or the file was damaged. The journal"
            " is chained and signed; what stands in the case is not. Go by what it recorded."
        ),
        "differs": table(
            voice,
            (tr("What"), tr("The journal recorded"), tr("The case says")),
            (
                (
                    lines(
                        one["what"],
                        muted(tr("Entry {seq}", seq=one["entry"])) if one["entry"] else None,
                    ),
                    one["recorded"] or "–",
                    one["found"] or "–",
                )
                for one in data["differences"]
            ),
            widths=(1.4, 2.3, 2.3),
            empty="",
        ),
        "privacy": _privacy(data, voice),
        "question_head": tr("What we ask of you"),
        "question": data["question"] or tr("No question was written down."),
        "critical": data["critical"],
        "critical_word": tr("Critical situation") if data["critical"] else "",
        "why_head": tr("Why you come first") if data["critical"] else tr("Why we write to you"),
        "why": [_why(data, voice), data["why"]],
        "spread_head": tr("How far it has gone"),
        "spread": data["spread"],
        "clock_head": tr("From seen to answered"),
        "clock": _clock(data["clock"], voice),
        "answer_head": tr("Contact and answer"),
        "answer": [
            data["contact"] or tr("No contact with Public Affairs is recorded yet."),
            data["answer"],
        ],
        "done_head": tr("What was done"),
        "done": table(
            voice,
            (tr("When"), tr("What"), tr("Who")),
            (
                (
                    when(act["at"], voice),
                    lines(act["what"], *map(muted, _excepted(voice, act["exception"]))),
                    brief(act["who"]),
                )
                for act in data["done"]
            ),
            widths=(1.5, 3.2, 1.3),
            empty=tr("Nothing was done yet."),
        ),
        "withdrawn_head": tr("Taken back or corrected") if data["withdrawn"] else "",
        "withdrawn_note": tr(
            "This was recorded in the case, then taken back or changed. What stood before counts"
            " for nothing in these pages; the journal keeps both entries, and the archive holds"
            " them."
        ),
        "withdrawn": table(
            voice,
            (tr("When"), tr("What"), tr("Who and why")),
            (
                (
                    when(one["at"], voice),
                    lines(
                        strong(one["what"]),
                        muted(
                            tr(
                                "Recorded on {when} (entry {seq}), corrected by entry {by}",
                                when=short(one["recorded_at"], voice),
                                seq=one["superseded"],
                                by=one["entry"],
                            )
                            if one["recorded_at"]
                            else tr("Entry {seq}", seq=one["entry"])
                        ),
                        one["change"],
                    ),
                    lines(
                        strong(one["who"]),
                        one["reason"],
                        muted(
                            tr("Second person who approved: {who}", who=brief(one["approver"]))
                            if one["approver"]
                            else ""
                        ),
                    ),
                )
                for one in data["withdrawn"]
            ),
            widths=(1.5, 2.6, 2.2),
            empty="",
        ),
        "not_done_head": tr("What was NOT done"),
        "not_done": list(data["not_done"][:ROWS]),
        "not_done_note": tr("As things stood on {when}.", when=short(data["made_at"], voice))
        if data["not_done"]
        else "",
        "not_done_empty": tr("Nothing is noted here."),
        "timeline_head": tr("Timeline"),
        "timeline_note": tr(
            "Times are local ({zone}), with UTC below. Words of the person are quoted as they"
            " stand; where a name was replaced, brackets show it.",
            zone=brief(data["zone"]),
        )
        if data["hidden"] or not data["person_names"]
        else tr(
            "Times are local ({zone}), with UTC below."
            " Words of the person are quoted as they stand.",
            zone=brief(data["zone"]),
        ),
        "timeline": table(
            voice,
            (tr("When"), tr("Who"), tr("What happened")),
            (
                (
                    when(moment["at"], voice),
                    lines(
                        strong(moment["who"]),
                        muted(tr("our side") if moment["ours"] else brief(moment["network"])),
                    ),
                    lines(
                        strong(moment["what"]),
                        {"text": moment["detail"], "look": "plain" if moment["ours"] else "quote"}
                        if moment["detail"]
                        else None,
                        *_excepted(voice, moment["exception"]),
                        muted(moment["link"]),
                        muted(_shown_by(voice, moment["captures"])),
                    ),
                )
                for moment in data["timeline"]
            ),
            widths=(1.5, 1.2, 3.6),
            empty=tr("No event is recorded."),
        ),
        "captures_head": tr("Captures"),
        "captures_note": tr(
            "Each capture stands in {archive} under the file name given. Pictures are reduced"
            " here to fit the page; the hash is that of the whole file.",
            archive=one_line(data["archive"], 80),
        ),
        "captures_empty": tr("This packet holds no capture."),
        "redactions": data["redactions"],
        "captures": [_capture(capture, voice) for capture in captures],
        "captures_more": tr(
            "and {n} more, in {archive} only",
            n=voice.number(len(data["captures"]) - len(captures)),
            archive=one_line(data["archive"], 80),
        )
        if len(data["captures"]) > len(captures)
        else "",
        "verify": _verify(data, voice),
    }


def _privacy(data: PacketData, voice: Translator) -> str:
    """What the packet shows of the person, and who may see it: what it promises, it keeps."""
    tr = voice.tr
    kept = tr("Confidential. Pass this packet on only to those who have to act on it.")
    shown = (
        tr("It names the person concerned.")
        if data["person_names"]
        else tr(
            "In its texts, the person stands as {label}, in the place of the names that are known"
            " to us.",
            label=brief(data["person"]),
        )
    )
    total = len(data["captures"])
    masked = sum(bool(capture["masked"]) for capture in data["captures"])
    if not data["person_names"]:
        return f"{kept} {shown} {may_show(voice, masked, total)}"
    if data["hidden"]:
        return f"{kept} {shown} {_as_they_are(voice, masked, total)}"
    return f"{kept} {shown} {_all_as_it_is(voice, masked, total)}"


def _all_as_it_is(voice: Translator, masked: int, total: int) -> str:
    """What stands as it is where no name is hidden, of captures some, all or none masked."""
    if not masked:
        return voice.tr("Texts, addresses and captures stand as they are.")
    if masked == total:
        return voice.tr("Texts and addresses stand as they are; every capture is a masked copy.")
    return voice.ntr(
        "Texts and addresses stand as they are. {n} capture of {total} is a masked copy; the"
        " rest stands as it is.",
        "Texts and addresses stand as they are. {n} captures of {total} are masked copies; the"
        " rest stands as it is.",
        masked,
        total=voice.number(total),
    )


def _as_they_are(voice: Translator, masked: int, total: int) -> str:
    """The same where names of bystanders were taken out of the texts."""
    if not masked:
        return voice.tr("Addresses and captures stand as they are.")
    if masked == total:
        return voice.tr("Addresses stand as they are; every capture is a masked copy.")
    return voice.ntr(
        "Addresses stand as they are. {n} capture of {total} is a masked copy; the rest stands as"
        " it is.",
        "Addresses stand as they are. {n} captures of {total} are masked copies; the rest stands"
        " as it is.",
        masked,
        total=voice.number(total),
    )


def may_show(voice: Translator, masked: int, total: int) -> str:
    """Where a name may still be read in a packet whose texts hide it."""
    if not total:
        return voice.tr("Addresses stand as they are, and may show a name.")
    if not masked:
        return voice.tr("Captures and addresses stand as they are, and may show a name.")
    if masked == total:
        return voice.tr(
            "Every capture is a masked copy; what is not black on it, and addresses, may show a"
            " name."
        )
    return voice.ntr(
        "{n} capture of {total} is a masked copy; the rest, and addresses, stand as they are, and"
        " may show a name.",
        "{n} captures of {total} are masked copies; the rest, and addresses, stand as they are,"
        " and may show a name.",
        masked,
        total=voice.number(total),
    )


def _held(data: PacketData, voice: Translator) -> str:
    """« 3 commentaires et 2 captures »."""
    comments = sum(not moment["ours"] for moment in data["timeline"])
    captures = len(data["captures"])
    counted = [voice.ntr("{n} comment", "{n} comments", comments)] if comments else []
    if captures or not comments:
        counted.append(voice.ntr("{n} capture", "{n} captures", captures))
    return voice.join(counted)


def _why(data: PacketData, voice: Translator) -> str:
    """Why Public Affairs are asked, as the case stands: nothing that its own timeline denies."""
    tr = voice.tr
    answered = data["clock"]["answered"]
    if data["critical"]:
        if answered:
            return tr(
                "Words of this kind spread within minutes, and a hasty reply can do more harm than"
                " the words themselves. Reply and ban were locked in our tool until your answer,"
                " recorded on {when}.",
                when=short(answered, voice),
            )
        if data["acted"]:
            return tr(
                "Words of this kind spread within minutes, and a hasty reply can do more harm than"
                " the words themselves. What was done before stands in this packet; from now on"
                " reply and ban stay locked in our tool until your answer is recorded."
            )
        return tr(
            "Words of this kind spread within minutes, and a hasty reply can do more harm"
            " than the words themselves. So nobody replies, hides or bans before you have"
            " spoken: reply and ban stay locked in our tool until your answer is recorded."
        )
    nature = tr("This situation is not one of those that are critical by nature.")
    if data["banned"]:
        wish = tr("The person is banned already; the administrator asks what you advise from here.")
    elif answered:
        wish = tr("Your answer is recorded, and stands below.")
    elif data["acted"]:
        wish = tr(
            "Steps were taken already, and stand in this packet. The administrator wishes to have"
            " your advice on what follows."
        )
    else:
        wish = tr("The administrator wishes to have your advice before going further.")
    return f"{nature} {wish}"


def exceptions(voice: Translator, acts: Sequence[Act]) -> list[tuple[str, list[str]]]:
    """Each act that was an exception, with its moment, and what is said of it."""
    return [
        (f"{act['what']}, {short(act['at'], voice)}", said)
        for act in acts
        if (said := _excepted(voice, act["exception"]))
    ]


def _excepted(voice: Translator, waiver: Waiver | None) -> list[str]:
    """That a step was an exception: what was skipped, why, and who agreed."""
    if waiver is None:
        return []
    said = [
        voice.ntr(
            "Exception to the usual order. Step skipped: {steps}.",
            "Exception to the usual order. Steps skipped: {steps}.",
            len(waiver["skipped"]),
            steps=voice.join(waiver["skipped"]),
        )
        if waiver["skipped"]
        else voice.tr("Exception to the usual order.")
    ]
    if waiver["reason"]:
        said.append(voice.tr("Why nobody waited: {reason}", reason=waiver["reason"]))
    if waiver["approver"]:
        said.append(voice.tr("Second person who approved: {who}", who=brief(waiver["approver"])))
    return said


def _shown_by(voice: Translator, captures: Sequence[int]) -> str:
    """Which captures show a line of the timeline, by their numbers."""
    if not captures:
        return ""
    numbers = voice.join([str(number) for number in captures[:40]])
    return voice.ntr("Capture no. {numbers}", "Captures nos. {numbers}", len(captures),
                     numbers=numbers)  # fmt: skip


def _on(name: str, *networks: str) -> str:
    """« Usager 001 (Facebook) »."""
    known = ", ".join(brief(network) for network in networks if network)
    return f"{name} ({known})" if known else name


def _place(page: PageLine) -> View:
    named = _on(brief(page["name"]), page["network"])
    return lines(named, muted(page["url"]) if page["url"] else None)


def _clock(clock: ClockData, voice: Translator) -> list[View]:
    """The four instants, each with the time since the one before it."""
    steps = (
        (voice.ctr("clock", "Seen"), clock["seen"]),
        (voice.ctr("clock", "Escalated"), clock["escalated"]),
        (voice.ctr("clock", "Answered"), clock["answered"]),
        (voice.ctr("clock", "Closed"), clock["closed"]),
    )
    shown: list[View] = []
    before: datetime | None = None
    for label, at in steps:
        since = took(before, at)
        shown.append(
            {
                "label": label,
                "reached": at is not None,
                "when": short(at, voice) if at else voice.tr("not yet"),
                "utc": utc(at) if at else "",
                "after": ""
                if since is None
                else voice.tr("after {delay}", delay=delay(since, voice)),
            }
        )
        before = at or before
    return shown


def _capture(capture: Capture, voice: Translator) -> View:
    tr = voice.tr
    head = tr("Capture {n}", n=capture["number"])
    return {
        "head": head,
        "facts": facts(
            (tr("Address"), capture["url"]),
            (
                tr("Page"),
                _on(brief(capture["page"]), capture["network"])
                if capture["page"]
                else brief(capture["network"]),
            ),
            (tr("Date shown by the network"), brief(capture["displayed_at"])),
            (
                tr("Added on"),
                lines(local(capture["captured_at"], voice), muted(utc(capture["captured_at"]))),
            ),
            (tr("Added by"), brief(capture["collector"])),
            (tr("Method"), brief(capture["method"])),
            (tr("File in the archive"), {"text": one_line(capture["file"], 300), "look": "mono"}),
            (tr("Original name"), one_line(capture["original_name"], 300)),
            (
                tr("Kind and size"),
                tr(
                    "{kind}, {size} ({n} bytes)",
                    kind=brief(capture["media_type"]),
                    size=voice.size(capture["size"]),
                    n=voice.number(capture["size"]),
                ),
            ),
            (tr("SHA-256"), {"text": brief(capture["sha256"]), "look": "mono"}),
            (tr("Note"), capture["note"]),
            (
                tr("Masked copy"),
                voice.ntr(
                    "{n} area is hidden in this copy. The original is kept unchanged.",
                    "{n} areas are hidden in this copy. The original is kept unchanged.",
                    capture["masked"],
                )
                if capture["masked"]
                else "",
            ),
            (
                tr("SHA-256 of the original"),
                {"text": brief(capture["original_sha256"]), "look": "mono"}
                if capture["original_sha256"]
                else "",
            ),
        ),
        "text_head": tr("Text, with names replaced in brackets")
        if capture["text_veiled"]
        else tr("Text, as it was captured"),
        "text": capture["text"],
        "alt": one_line(capture["alt"], 500)
        or tr(
            "{name}: picture of {page}, taken by {who}. No description was written.",
            name=head,
            page=one_line(capture["page"], 80) or tr("a page"),
            who=one_line(capture["collector"], 60),
        ),
        "part": tr("{name}, part {i} of {n}"),
        "pictures": [],
        "problem": ""
        if capture["picture"] or capture["text"]
        else tr(
            "This file cannot be shown on paper. It stands in the archive, under the SHA-256"
            " given here."
        ),
    }


README = "LISEZMOI.txt"
"""The read-me of the bag; its indented lines are the commands that check a packet."""


def readme(number: str, signer: str) -> str:
    """The read-me of a packet of this number, signed by the key of this name."""
    text = (data_folder("resources") / "packet" / README).read_text("utf-8")
    words = {"number": number, "zip": f"{number}.zip", "pdf": f"{number}.pdf", "signer": signer}
    quoted = {name: shlex.quote(word) for name, word in words.items()}
    return text.format(**quoted, namespace=NAMESPACE)


def commands(number: str, signer: str) -> list[str]:
    """What is typed to check a packet, step by step: that page and read-me say the same."""
    steps = re.findall(r"^(?: {4}.*\n)+", readme(number, signer), re.MULTILINE)
    return [textwrap.dedent(step).rstrip() for step in steps]


def _verify(data: PacketData, voice: Translator) -> View:
    """The page that lets a reader check the packet with tools that are not ours."""
    tr = voice.tr
    archive = one_line(data["archive"], 80)
    folder = re.sub(r"\.zip$", "", archive)
    signer = one_line(data["signer"], 200)
    unpack, sums, complete, signed, document = commands(folder, signer)
    return {
        "head": tr("How to check this packet"),
        "intro": [
            tr(
                "To be sure that this packet comes from us and that nothing in it was changed, call"
                " the person who sent it and compare the fingerprint of the key with them."
            ),
            tr(
                "Whoever looks after your computers can check the rest in five minutes, with free"
                " tools that we did not write. The lines are below, to be typed in a terminal in"
                " the folder that holds {archive} (on Windows: Git Bash or WSL).",
                archive=archive,
            ),
        ],
        "steps_head": tr("For your technicians"),
        "steps": [
            {
                "what": tr("Unpack the archive."),
                "command": unpack,
                "expect": "",
            },
            {
                "what": tr("Is every file what it was? This one needs nothing to install."),
                "command": sums,
                "expect": tr(
                    "Each line must end in OK. On macOS, type shasum -a 256 in place of sha256sum."
                ),
            },
            {
                "what": tr("Is every file there, and none added?"),
                "command": complete,
                "expect": tr(
                    "The first command must say that the bag is valid, the second must print"
                    " nothing: it finds a file that was added where the first does not look."
                ),
            },
            {
                "what": tr("Was it signed with the key of the administrator?"),
                "command": signed,
                "expect": tr(
                    "The first command must say Good signature. The last one prints the"
                    " fingerprint: compare it with the one above, and ask the administrator for"
                    " it by telephone, for whoever alters a packet can also alter this page."
                ),
            },
            {
                "what": tr("Is this document the one of the packet, to the bit?"),
                "command": document,
                "expect": tr(
                    "The line that names it must end in OK. It must stand beside the archive,"
                    " under the name it was sent by."
                ),
            },
        ],
        "fingerprint_label": tr("Fingerprint"),
        "fingerprint": brief(data["fingerprint"]),
        "key_label": tr("Public key"),
        "key": data["public_key"],
        "signer_label": tr("Signed by"),
        "signer": signer,
        "checkpoint_head": tr("Checkpoint of the journal"),
        "checkpoint_note": checkpoint_note(voice),
        "checkpoint": data["checkpoint"],
        "checkpoint_empty": tr("No checkpoint was given."),
        "proves_head": tr("What this proves, and what it does not"),
        "proves": [
            tr(
                "It proves that nothing in the archive changed since it was signed, and that"
                " nothing recorded up to the checkpoint was changed, dropped or put in another"
                " order afterwards."
            ),
            tr(
                "It does not prove that the computer's clock was right, that a picture is"
                " genuine, that everything was recorded, or anything that came after."
            ),
        ],
    }
