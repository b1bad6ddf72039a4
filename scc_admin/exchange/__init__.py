"""Calendar files: iCalendar, CSV and XLSX, and the signed plans that workspaces exchange.

`Exchange.plan` says what a file would change, `apply` does it, `undo` takes it back; `export` and
`export_plan` write. The format of a plan: docs/plan-format.md.
"""

from scc_admin.exchange.ics import zone_named
from scc_admin.exchange.plans import (
    Action,
    Batch,
    Exchange,
    FieldChange,
    Imported,
    ImportPlan,
    Item,
    Kind,
    Sender,
    Undone,
)

__all__ = [
    "Action",
    "Batch",
    "Exchange",
    "FieldChange",
    "ImportPlan",
    "Imported",
    "Item",
    "Kind",
    "Sender",
    "Undone",
    "zone_named",
]
