"""Plain data in, files out: PDF, charts, spreadsheets, e-mail drafts. Knows no database.

    typesetter = Typesetter(data_folder("resources"))    # keep one: it remembers fonts
    pdf = typesetter.packet(data, pictures)              # PacketData; also weekly, month,
                                                         # certificate, recovery
    book = weekly_xlsx(data)                             # the same WeeklyData, the same figures
    draft = eml(subject, body, to=[...], attachments=[...], at=now)

The language and the zone are the data's own. `pictures` maps the keys that captures name to bytes
and may be lazy: each is asked for once, shrunk and let go.
"""

from __future__ import annotations
