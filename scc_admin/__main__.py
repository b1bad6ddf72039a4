"""The program. With arguments it is the command line; alone it opens the window."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path


def main() -> None:
    """Run the program and exit."""
    from scc_admin import settings

    if len(sys.argv) > 1 or not settings.has_display():
        from scc_admin import cli

        cli.main()
    else:
        # Who clicks an icon need not wait for a parser of arguments, nor for searches after
        # garbage among modules; the window looks for it once it is there. By name: the core
        # imports no window; this door and the command `window` open on them.
        gc.disable()
        from scc_admin import keys

        place = os.environ.get("SCC_ADMIN_WORKSPACE")
        folder = Path(place) if place else settings.last_workspace()
        asked = keys.ask(folder, ahead=True)
        sys.exit(importlib.import_module("ui.main").run(folder, asked=asked))


if __name__ == "__main__":
    main()
