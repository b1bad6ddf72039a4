"""Plain data in, files out: PDF, charts, spreadsheets, e-mail drafts. Knows no database.

    typesetter = Typesetter(resources)                   # folder that holds documents/*.typ
    pdf = typesetter.packet(data, pictures, tr=tr)       # PacketData; also weekly, month,
                                                         # certificate, recovery
    book = weekly_xlsx(data, tr=tr)                      # the same WeeklyData, the same figures
    draft = eml(subject, body, to=[...], attachments=[...], at=now)

`tr` turns an English msgid into the language that `data["language"]` names. `pictures` maps the
keys that captures name to bytes and may be lazy: each is asked for once, shrunk and let go.
"""

from __future__ import annotations
