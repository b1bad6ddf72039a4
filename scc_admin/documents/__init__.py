"""Plain data in, files out: PDF, charts, spreadsheets, e-mail drafts. Knows no database.

    typesetter = Typesetter(data_folder("resources"))    # keep one: it remembers fonts
    pdf = typesetter.packet(data, pictures)              # PacketData; also weekly, month,
                                                         # certificate, access, recovery, printed
    book, text = weekly_xlsx(data), as_json(data)        # the same WeeklyData, the same figures
    draft = eml(subject, body, to=[...], attachments=[...], at=now)

The language and the zone are the data's own. `pictures` maps the keys that captures name to bytes
and may be lazy: each is asked for once, shrunk and let go. Everything is the same, byte for byte,
for the same data and the same fonts.

Each name is read from its module when it is first asked for: start-up does not wait for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scc_admin.documents.charts import (
        DARK,
        LIGHT,
        Bar,
        Palette,
        Series,
        chart_bars,
        chart_line,
        chart_rows,
        chart_spark,
    )
    from scc_admin.documents.data import (
        AccessData,
        CertificateData,
        MonthData,
        PacketData,
        RecoveryData,
        WeeklyData,
        as_json,
    )
    from scc_admin.documents.mail import (
        Attachment,
        eml,
    )
    from scc_admin.documents.protection import (
        Strength,
        protected,
        strength,
    )
    from scc_admin.documents.sheets import (
        Sheet,
        csv_text,
        xlsx,
    )
    from scc_admin.documents.typeset import (
        Typesetter,
    )
    from scc_admin.documents.workbook import (
        weekly_xlsx,
    )

__all__ = [
    "DARK",
    "LIGHT",
    "AccessData",
    "Attachment",
    "Bar",
    "CertificateData",
    "MonthData",
    "PacketData",
    "Palette",
    "RecoveryData",
    "Series",
    "Sheet",
    "Strength",
    "Typesetter",
    "WeeklyData",
    "as_json",
    "chart_bars",
    "chart_line",
    "chart_rows",
    "chart_spark",
    "csv_text",
    "eml",
    "protected",
    "strength",
    "weekly_xlsx",
    "xlsx",
]

_MODULES = {
    "DARK": "charts",
    "LIGHT": "charts",
    "Bar": "charts",
    "Palette": "charts",
    "Series": "charts",
    "chart_bars": "charts",
    "chart_line": "charts",
    "chart_rows": "charts",
    "chart_spark": "charts",
    "AccessData": "data",
    "CertificateData": "data",
    "MonthData": "data",
    "PacketData": "data",
    "RecoveryData": "data",
    "WeeklyData": "data",
    "as_json": "data",
    "Attachment": "mail",
    "eml": "mail",
    "Strength": "protection",
    "protected": "protection",
    "strength": "protection",
    "Sheet": "sheets",
    "csv_text": "sheets",
    "xlsx": "sheets",
    "Typesetter": "typeset",
    "weekly_xlsx": "workbook",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
