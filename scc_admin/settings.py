"""Options as data: each declared once, with its type, default, scope and words.

The settings screen, the CLI and the docs read `OPTIONS`; nothing else names a default. Machine
options (language, theme, window) live in a file of the user's own; workspace options in the
database, so that they travel with it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.store import Store, to_json


class Scope(StrEnum):
    MACHINE = "machine"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Option:
    """One setting. `kind` is bool, int, text, choice, lines (list of texts) or table (a mapping).

    `section` groups it on the settings screen; an option without `label` is kept by the program
    itself and not shown.
    """

    key: str
    kind: str
    default: Any
    scope: Scope
    section: str = ""
    label: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int | None = None
    maximum: int | None = None

    def check(self, value: object) -> Any:
        """The value in its proper type.

        Raises UserError when it is not one that this option takes.
        """
        problem = UserError(
            "setting",
            N_("“{value}” does not suit the setting {key}."),
            value=value,
            key=self.key,
        )
        match self.kind:
            case "bool":
                if not isinstance(value, bool):
                    raise problem
            case "int":
                if not isinstance(value, int) or isinstance(value, bool):
                    raise problem
                if self.minimum is not None and value < self.minimum:
                    raise problem
                if self.maximum is not None and value > self.maximum:
                    raise problem
            case "text":
                if not isinstance(value, str):
                    raise problem
            case "choice":
                if value not in [choice for choice, _ in self.choices]:
                    raise problem
            case "lines":
                if not isinstance(value, list | tuple) or not all(
                    isinstance(line, str) for line in value
                ):
                    raise problem
                return list(value)
            case "table":
                if not isinstance(value, Mapping):
                    raise problem
                return dict(value)
        return value


_MACHINE = Scope.MACHINE
_WORKSPACE = Scope.WORKSPACE

OPTIONS: tuple[Option, ...] = (
    Option(
        "me.name",
        "text",
        "",
        _WORKSPACE,
        N_("You"),
        N_("Your name"),
        N_("It signs drafts, answers, decisions and journal entries; entries keep it for good."),
    ),
    Option("me.role", "text", "", _WORKSPACE, N_("You"), N_("Your role")),
    Option(
        "me.phone",
        "text",
        "",
        _WORKSPACE,
        N_("You"),
        N_("Your telephone"),
        N_("It stands in the e-mail of a packet, for whoever wants to make sure that it is yours."),
    ),
    Option(
        "look.language",
        "choice",
        "fr",
        _MACHINE,
        N_("Display"),
        N_("Language"),
        choices=(("fr", "Français"), ("en", "English")),
    ),
    Option(
        "look.theme",
        "choice",
        "system",
        _MACHINE,
        N_("Display"),
        N_("Theme"),
        choices=(
            ("system", N_("Like the computer")),
            ("light", N_("Light")),
            ("dark", N_("Dark")),
            ("contrast", N_("High contrast")),
        ),
    ),
    Option(
        "look.scale",
        "int",
        100,
        _MACHINE,
        N_("Display"),
        N_("Text size (%)"),
        minimum=80,
        maximum=200,
    ),
    Option(
        "zone",
        "choice",
        "",
        _WORKSPACE,
        N_("Display"),
        N_("Time zone"),
        N_("Of every hour, on screen and in documents, which give the hour in UTC as well."),
        choices=(
            ("", N_("Like the computer")),
            ("America/Toronto", N_("Québec and Ontario (Toronto)")),
            ("America/Moncton", N_("New Brunswick (Moncton)")),
            ("America/Halifax", N_("Nova Scotia and the Magdalen Islands (Halifax)")),
            ("America/St_Johns", N_("Newfoundland (St. John’s)")),
            ("America/Winnipeg", N_("Manitoba (Winnipeg)")),
            ("America/Regina", N_("Saskatchewan (Regina)")),
            ("America/Edmonton", N_("Alberta (Edmonton)")),
            ("America/Vancouver", N_("British Columbia (Vancouver)")),
        ),
    ),
    Option(
        "look.names",
        "bool",
        True,
        _MACHINE,
        N_("Display"),
        N_("Show the names of users beside their labels"),
        N_("Untick it before you share your screen: cases then go by “User 042” alone."),
    ),
    Option("look.geometry", "text", "", _MACHINE),
    Option("look.toured", "bool", False, _MACHINE),
    Option("reports.folder", "text", "", _MACHINE),
    Option(
        "reports.language",
        "choice",
        "",
        _WORKSPACE,
        choices=(("", ""), ("fr", "Français"), ("en", "English")),
    ),
    Option("reports.formats", "lines", ["pdf", "xlsx"], _WORKSPACE),
    Option("folders", "table", {}, _MACHINE),
    Option("recent", "lines", [], _MACHINE),
    Option(
        "remind.tray",
        "bool",
        False,
        _MACHINE,
        N_("Reminders"),
        N_("Remind me when a post is due"),
        N_("By the system tray, while the program is open. It never publishes by itself."),
    ),
    Option(
        "week.first",
        "choice",
        "monday",
        _WORKSPACE,
        N_("Reports"),
        N_("The week begins on"),
        choices=(("monday", N_("Monday")), ("sunday", N_("Sunday"))),
    ),
    Option(
        "affairs.name",
        "text",
        "Service des affaires publiques",
        _WORKSPACE,
        N_("Public Affairs"),
        N_("Name of the service"),
    ),
    Option("affairs.email", "text", "", _WORKSPACE, N_("Public Affairs"), N_("E-mail address")),
    Option("affairs.phone", "text", "", _WORKSPACE, N_("Public Affairs"), N_("Telephone")),
    Option(
        "retention.case_years",
        "int",
        3,
        _WORKSPACE,
        N_("Retention"),
        N_("Keep a case after its last event (years)"),
        minimum=1,
        maximum=20,
    ),
    Option(
        "retention.register_years",
        "int",
        5,
        _WORKSPACE,
        N_("Retention"),
        N_("Keep the register of confidentiality incidents (years)"),
        minimum=5,
        maximum=20,
    ),
    Option(
        "retention.backup_days",
        "int",
        60,
        _WORKSPACE,
        N_("Backups"),
        N_("Keep backups at most (days)"),
        N_("An erased file stays readable in older backups until they expire."),
        minimum=7,
        maximum=365,
    ),
    Option(
        "backup.folder",
        "text",
        "",
        _WORKSPACE,
        N_("Backups"),
        N_("Another folder for backups"),
        N_("A USB key or another disk. Empty: the workspace's own folder."),
    ),
    Option("backup.folders", "table", {}, _WORKSPACE),
    Option(
        "verdict.meaning",
        "bool",
        True,
        _WORKSPACE,
        N_("Verdict"),
        N_("Look for posts that say the same in other words"),
        N_("Works offline; takes about 100 MB of memory once used."),
    ),
    Option("verdict.spelling", "bool", True, _WORKSPACE, N_("Verdict"), N_("Check the spelling")),
    Option(
        "verdict.profile",
        "choice",
        "default",
        _WORKSPACE,
        N_("Verdict"),
        N_("Limits of the networks"),
        choices=(
            ("default", N_("The networks' rules today")),
            ("deck-2011", N_("As in 2011: 140 characters on X")),
            ("x-premium", N_("X with a Premium subscription")),
            ("tiktok-photo", N_("TikTok: photo posts")),
        ),
    ),
    Option("verdict.severity", "table", {}, _WORKSPACE),
    Option("verdict.on", "table", {}, _WORKSPACE),
    Option("verdict.thresholds", "table", {}, _WORKSPACE),
    Option("library.templates", "table", {}, _WORKSPACE),
    Option("library.sources", "table", {}, _WORKSPACE),
    Option("me.acknowledged", "table", {}, _WORKSPACE),
    Option("workspace.uid", "text", "", _WORKSPACE),
    Option("workspace.sample", "bool", False, _WORKSPACE),
    Option("journal.verified", "table", {}, _WORKSPACE),
    Option(
        "monitoring.searches",
        "lines",
        [],
        _WORKSPACE,
        N_("Daily look"),
        N_("Saved searches"),
        N_("Words to look for on the networks each day, one search a line."),
    ),
)

_BY_KEY = {made.key: made for made in OPTIONS}


def option(key: str) -> Option:
    """The declaration of an option."""
    return _BY_KEY[key]


class Settings:
    """The options in force: the user's machine file, and the open workspace's table if any."""

    def __init__(self, machine_file: Path, store: Store | None = None) -> None:
        self._file = machine_file
        self._store = store
        self._machine = _read(machine_file)

    def get(self, key: str) -> Any:
        """The value, or its default. A stored value that no longer suits counts as absent."""
        option = _BY_KEY[key]
        if option.scope is Scope.MACHINE:
            value = self._machine.get(key, option.default)
        elif self._store is None:
            return option.default
        else:
            with self._store.reading() as db:
                text = db.value("SELECT value FROM settings WHERE key = ?", (key,))
            value = option.default if text is None else json.loads(text)
        try:
            return option.check(value)
        except UserError:
            return option.default

    def set(self, key: str, value: object) -> None:
        """Keep a value.

        Raises UserError when the option does not take it, or its file cannot be written.
        """
        option = _BY_KEY[key]
        value = option.check(value)
        if option.scope is Scope.MACHINE:
            self._machine[key] = value
            _write(self._file, self._machine)
            return
        if self._store is None:
            raise UserError("no_workspace", N_("Open a workspace first."))
        with self._store.writing() as tx:
            tx.run(
                "INSERT INTO settings(key, value) VALUES (?, ?)"
                " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                (key, to_json(value)),
            )


def machine_file() -> Path:
    """Where this user's own options stand; `SCC_ADMIN_CONFIG` moves them (tests, portable use)."""
    place = os.environ.get("SCC_ADMIN_CONFIG")
    if place:
        return Path(place)
    import platformdirs

    return Path(platformdirs.user_config_dir("scc-admin", appauthor=False)) / "settings.json"


def last_workspace() -> Path | None:
    """The workspace that was open last, of those that are still there."""
    recent = [Path(place) for place in Settings(machine_file()).get("recent")]
    return next((place for place in recent if place.is_dir()), None)


def has_display() -> bool:
    """Whether a window can be shown: without a display, Qt would end the program in English."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")))


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(file: Path, content: Mapping[str, object]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name, suffix=".partial")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, ensure_ascii=False, indent=2)
        Path(name).replace(file)
    except OSError as error:
        raise UserError(
            "read_only",
            N_("{path} cannot be written. Choose a folder of your own, on this computer."),
            path=file,
        ) from error
