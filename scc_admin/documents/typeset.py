"""Templates and plain data to PDF/A-2a and PDF/UA-1, by typst.

Data reach a template as JSON and as nothing else: no source is ever built from text, nothing is
evaluated, and a template can read only its own folder. See `data.py` for what each document takes.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from scc_admin.documents import text
from scc_admin.documents.data import (
    AccessData,
    CertificateData,
    DocumentData,
    MonthData,
    PacketData,
    PrintedData,
    RecoveryData,
    WeeklyData,
)
from scc_admin.documents.month import month_view
from scc_admin.documents.packet import packet_view
from scc_admin.documents.papers import (
    access_view,
    certificate_view,
    printed_view,
    recovery_view,
)
from scc_admin.documents.pictures import MANY, Unprinted, shrunk
from scc_admin.documents.weekly import weekly_view
from scc_admin.documents.words import View, voice_of
from scc_admin.i18n import Translator

if TYPE_CHECKING:
    import typst

_STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
_FACES = ("Source Sans Pro", "Noto Sans", "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji")
_MONO = ("DejaVu Sans Mono", "Noto Sans Mono", "Noto Color Emoji")
_NO_PICTURES: Mapping[str, bytes] = MappingProxyType({})
_PICTURES = 80_000_000
"""Bytes of pictures in one document."""

_UNDRAWN = re.compile(
    r'(?:the text `|disallowed codepoint `|contains the codepoint `)"((?:[^"\\]|\\.)*)"`'
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(.))")


class Typesetter:
    """Makes the documents. Safe between threads; keep one, since it remembers the fonts.

    `resources` holds `documents/*.typ`. `fonts` are folders searched beside the system's own; the
    program's base faces are always there, so a document never depends on what a machine has.
    """

    def __init__(
        self, resources: Path, fonts: Sequence[Path] = (), *, system_fonts: bool = True
    ) -> None:
        self._root = resources / "documents"
        self._folders = tuple(fonts)
        self._system = system_fonts
        self._lock = threading.Lock()
        self._books: dict[bool, typst.Fonts] = {}
        self._undrawn: frozenset[str] = frozenset()
        self._voices: dict[tuple[str, str], Translator] = {}

    # -- the documents ------------------------------------------------------------------------

    def packet(self, data: PacketData, pictures: Mapping[str, bytes] = _NO_PICTURES) -> bytes:
        """The escalation packet, with each capture on a page of its own.

        `pictures` is asked once for each key that a capture names; a key that it lacks, and a
        picture that cannot be shown, become a sentence on that page.
        """
        voice = self._voice(data)
        view = packet_view(data, voice)
        with_picture = [
            (capture["picture"], line)
            for capture, line in zip(data["captures"], view["captures"], strict=False)
            if capture["picture"]
        ]
        shown: list[str] = []
        weight = 0
        made = shrunk(pictures.get(key, b"") for key, _ in with_picture)
        for (_, line), parts in zip(with_picture, made, strict=True):
            if weight > _PICTURES:
                parts = Unprinted(MANY)
            if isinstance(parts, Unprinted):
                line["problem"] = voice.tr(parts.msgid, **parts.params)
                continue
            weight += sum(len(part.data) for part in parts)
            line["pictures"] = list(range(len(shown), len(shown) + len(parts)))
            shown.extend(part.svg() for part in parts)
        return self._typeset("packet", data, view, shown)

    def weekly(self, data: WeeklyData) -> bytes:
        """The weekly report."""
        return self._typeset("weekly", data, weekly_view(data, self._voice(data)))

    def certificate(self, data: CertificateData) -> bytes:
        """The certificate of a destruction or an erasure."""
        return self._typeset("certificate", data, certificate_view(data, self._voice(data)))

    def access(self, data: AccessData) -> bytes:
        """All that is held on a person, for them to read."""
        return self._typeset("access", data, access_view(data, self._voice(data)))

    def recovery(self, data: RecoveryData) -> bytes:
        """The sheet with the recovery code. It is a secret: keep it out of the workspace."""
        return self._typeset("recovery", data, recovery_view(data, self._voice(data)))

    def month(self, data: MonthData) -> bytes:
        """A month of the calendar on one landscape page; what does not fit is listed after it."""
        return self._typeset("month", data, month_view(data, self._voice(data)))

    def printed(self, data: PrintedData) -> bytes:
        """What a screen shows, to be read on paper."""
        return self._typeset("printed", data, printed_view(data, self._voice(data)))

    # -- typst --------------------------------------------------------------------------------

    def _typeset(
        self, template: str, data: DocumentData, view: View, pictures: Sequence[str] = ()
    ) -> bytes:
        """Compile, and where the fonts fall short say so in the document instead of failing.

        typst names every character that it could not draw, so the second try at the latest knows
        them all. A font of the machine may also forbid embedding: then only our own are used.
        """
        import typst

        voice = self._voice(data)
        charts = view.pop("charts", [])
        tidy = text.bounded(view, voice)
        for _ in range(4):
            unprintable = text.Unprintable(self._undrawn)
            try:
                return self._compile(template, data, tidy, charts, pictures, unprintable)
            except typst.TypstError as error:
                found = _undrawn(error.diagnostic) - text.TRUSTED - self._undrawn
                if not found:
                    break
                with self._lock:
                    self._undrawn |= found
        plain = text.Unprintable(text.distrusted([tidy, charts]))
        return self._compile(template, data, tidy, charts, pictures, plain, own_only=True)

    def _compile(
        self,
        template: str,
        data: DocumentData,
        view: object,
        charts: object,
        pictures: Sequence[str],
        unprintable: text.Unprintable,
        *,
        own_only: bool = False,
    ) -> bytes:
        import typst

        book = self._fonts(own_only=own_only)
        printed, replaced = unprintable.replaced({"view": view, "charts": charts})
        assert isinstance(printed, dict)
        known = set(book.families())
        voice = self._voice(data)
        printed |= {
            "faces": [face for face in _FACES if face in known],
            "mono": [face for face in _MONO if face in known],
            "replaced": _note(replaced, voice),
        }
        compiler = typst.Compiler(
            input=self._root / f"{template}.typ",
            root=self._root,
            font_paths=book,
            sys_inputs={
                "data": json.dumps(printed, ensure_ascii=False),
                **{f"picture-{index}": svg for index, svg in enumerate(pictures)},
            },
        )
        made_at = data["made_at"].astimezone(UTC).replace(microsecond=0)
        pdf = compiler.compile(format="pdf", pdf_standards=list(_STANDARDS), timestamp=made_at)
        assert isinstance(pdf, bytes)
        return pdf

    def _fonts(self, *, own_only: bool) -> typst.Fonts:
        import typst

        with self._lock:
            if own_only not in self._books:
                added = [] if own_only else [f for f in self._folders if f.is_dir()]
                self._books[own_only] = typst.Fonts(
                    include_system_fonts=self._system and not own_only,
                    include_embedded_fonts=True,
                    font_paths=[_base_fonts(), *added],
                )
            return self._books[own_only]

    def _voice(self, data: DocumentData) -> Translator:
        key = (data["language"].value, data["zone"])
        voice = self._voices.get(key)
        if voice is None:
            voice = self._voices[key] = voice_of(data)
        return voice


def _base_fonts() -> Path:
    import font_source_sans_pro

    return Path(font_source_sans_pro.font_directory)


def _undrawn(diagnostic: str) -> frozenset[str]:
    """The characters that typst's message names, written as Rust writes a string."""

    def plain(match: re.Match[str]) -> str:
        code, other = match.groups()
        return chr(int(code, 16)) if code else {"n": "\n", "t": "\t", "r": "\r"}.get(other, other)

    return frozenset("".join(_ESCAPE.sub(plain, name) for name in _UNDRAWN.findall(diagnostic)))


def _note(replaced: int, voice: Translator) -> str:
    if not replaced:
        return ""
    return voice.ntr(
        "{n} character could not be drawn by the fonts at hand; {mark} or its name stands for it.",
        "{n} characters could not be drawn by the fonts at hand; {mark} or their names stand for"
        " them.",
        replaced,
        mark=text.MARK,
    )
