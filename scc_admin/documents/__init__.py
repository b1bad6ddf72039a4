"""Plain data in, files out: PDF, charts, spreadsheets, e-mail drafts. Knows no database.

    typesetter = Typesetter(data_folder("resources"))    # keep one: it remembers fonts
    pdf = typesetter.packet(data, pictures)              # PacketData; also weekly, month,
                                                         # certificate, recovery
    book, text = weekly_xlsx(data), as_json(data)        # the same WeeklyData, the same figures
    draft = eml(subject, body, to=[...], attachments=[...], at=now)

The language and the zone are the data's own. `pictures` maps the keys that captures name to bytes
and may be lazy: each is asked for once, shrunk and let go. Everything is the same, byte for byte,
for the same data and the same fonts.
"""

from __future__ import annotations

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
    CertificateData,
    MonthData,
    PacketData,
    RecoveryData,
    WeeklyData,
    as_json,
)
from scc_admin.documents.mail import Attachment, eml
from scc_admin.documents.protection import protected
from scc_admin.documents.sheets import Sheet, csv_text, xlsx
from scc_admin.documents.typeset import Typesetter
from scc_admin.documents.workbook import weekly_xlsx

__all__ = [
    "DARK",
    "LIGHT",
    "Attachment",
    "Bar",
    "CertificateData",
    "MonthData",
    "PacketData",
    "Palette",
    "RecoveryData",
    "Series",
    "Sheet",
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
    "weekly_xlsx",
    "xlsx",
]
