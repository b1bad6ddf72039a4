"""Importing 10,000 events and more: read, compared and written; and again, when nothing is new."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from scc_admin.exchange import Exchange
from scc_admin.i18n import Translator
from scc_admin.keys import Signer
from scc_admin.model import Language
from scc_admin.store import Store

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
EVENT = (
    "BEGIN:VEVENT\r\nUID:{n}@essai\r\nDTSTAMP:20261101T000000Z\r\nSEQUENCE:0\r\n"
    "DTSTART;TZID=America/Toronto:{day}T{hour:02}0000\r\n"
    "DTEND;TZID=America/Toronto:{day}T{hour:02}4500\r\n"
    "SUMMARY:Publication {n}\\, page de Granby\r\nLOCATION:Parc Daniel-Johnson\r\n"
    "DESCRIPTION:Un texte de longueur ordinaire\\, sur deux lignes.\\nIl parle des jonquill\r\n"
    " es et du Relais pour la vie.\r\nCATEGORIES:REGION\r\nSTATUS:CONFIRMED\r\n"
    "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\n"
)
SERIES = (
    "BEGIN:VEVENT\r\nUID:{n}@serie\r\nDTSTART;TZID=America/Toronto:{day}T{hour:02}0000\r\n"
    "RRULE:FREQ=WEEKLY;BYDAY=MO\r\nSUMMARY:Réunion {n}\r\nEND:VEVENT\r\n"
)


def calendar(events: int, series: int = 0) -> bytes:
    """So many single events over two years, and so many weekly series."""
    first = NOW.date()

    def filled(form: str, n: int) -> str:
        return form.format(n=n, day=f"{first + timedelta(days=n % 700):%Y%m%d}", hour=n % 24)

    parts = ["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\n"]
    parts += [filled(EVENT, n) for n in range(events)]
    parts += [filled(SERIES, n) for n in range(series)]
    return "".join([*parts, "END:VCALENDAR\r\n"]).encode()


def measure() -> dict[str, float]:
    """Seconds by name."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count, series in ((10_000, 0), (50_000, 0), (0, 200)):
            path = folder / "plan.ics"
            path.write_bytes(calendar(count, series))
            of = f"{count}" if count else f"{series}_series"
            with Store.create(folder / f"{of}.db", bytes(32)) as store:
                exchange = Exchange(
                    store,
                    clock=lambda: NOW,
                    who=lambda: "Ana Roy",
                    zone=ZoneInfo("America/Toronto"),
                    signer=lambda: Signer(bytes(32), "bench"),
                )
                plan, planned = _timed(lambda e=exchange, p=path: e.plan(p))
                _, applied = _timed(lambda e=exchange, p=plan: e.apply(p))
                _, again = _timed(lambda e=exchange, p=path: e.plan(p))
                figures |= {
                    f"plan_{of}_s": planned,
                    f"apply_{of}_s": applied,
                    f"import_{of}_s": planned + applied,
                    f"plan_again_{of}_s": again,
                }
                if count == 10_000:
                    out = folder / "out.ics"
                    _, figures["export_10000_s"] = _timed(
                        lambda e=exchange, o=out: e.export(o, Translator(Language.FR))
                    )
    return {name: round(value, 3) for name, value in figures.items()}


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = act()
    return result, time.perf_counter() - started


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:28} {value:10.3f}")
