"""The house's own verdict as one file: switches, severities, thresholds, lists and packs.

The division office tunes the rules once and sends the file to every region. What a file says is
checked whole before anything of it is taken; what stood before can be put back.
"""

from __future__ import annotations

import functools
import json
import re
import tempfile
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scc_admin.errors import UserError
from scc_admin.files import explained, readable, write_durably
from scc_admin.i18n import N_
from scc_admin.model import Changes, Known, Language, Severity
from scc_admin.settings import Settings, option
from scc_admin.store import Store, Writing, instant, stamp

if TYPE_CHECKING:
    from scc_admin.verdict import Rule, RuleSet, Tuning

FORMAT = "scc-admin-verdict"
VERSION = 1
MAX_BYTES = 4_000_000
MAX_VALUES = 20_000
MAX_VALUE = 500
LISTS = tuple(item.name for item in fields(Known) if item.name != "campaigns")
"""The lists that a house adds to."""

_PACK = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.toml")
_TUNED: Mapping[str, str] = {
    "severity": "verdict.severity",
    "on": "verdict.on",
    "thresholds": "verdict.thresholds",
}
_CHANGES = Changes(frozenset({"settings", "rules"}))


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What a workspace changes in the verdict."""

    severity: Mapping[str, str] = field(default_factory=dict)
    """Rule id → severity."""
    on: Mapping[str, bool] = field(default_factory=dict)
    thresholds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    profile: str = "default"
    """Whose limits of the networks hold."""
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    packs: Mapping[str, str] = field(default_factory=dict)
    """File name → text of a pack of the house."""
    made_by: str = ""
    made_at: datetime | None = None
    """Who wrote the file, and when; empty for what stands here."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a file would change. `kind`: severity, on, thresholds, profile, list, pack.

    An empty `before` or `after` says that the rule's own value holds, or that there is no pack.
    """

    kind: str
    name: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """Values of a list."""


@dataclass(frozen=True, slots=True)
class RuleSheet:
    """A rule as the settings show it."""

    rule: Rule
    """As it is in force."""
    shipped: Rule
    """As its pack has it."""
    message: str
    suggestion: str

    @property
    def changed(self) -> bool:
        """Whether this workspace tunes it."""
        now, then = self.rule, self.shipped
        return (now.on, now.severity, now.thresholds) != (then.on, then.severity, then.thresholds)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack of the house: its file name, and the ids of its rules."""

    name: str
    rules: tuple[str, ...]
    fault: UserError | None = None
    """Why it cannot be read."""


class House:
    """The rules in force in a workspace: the shipped ones, and what the house changes in them.

    `folder` is the workspace's own; its packs stand in `rules/` there. Safe to share between
    threads.
    """

    def __init__(self, store: Store, settings: Settings, folder: Path) -> None:
        self._store = store
        self._settings = settings
        self._packs = folder / "rules"
        self._lock = threading.Lock()
        self._rules: RuleSet | None = None

    # -- the rules ------------------------------------------------------------------------------

    def rules(self) -> RuleSet:
        """Shipped packs, house packs, and this workspace's tuning.

        Raises UserError for a pack that cannot be read.
        """
        from scc_admin.verdict import RuleSet

        with self._lock:
            if self._rules is None:
                self._rules = RuleSet.load(self._pack_files(), self._tuning())
            return self._rules

    def reread(self) -> None:
        """Read the packs and their tuning anew at the next check."""
        with self._lock:
            self._rules = None

    def sheets(self, language: Language) -> list[RuleSheet]:
        """Every rule as it is in force, told in `language`. Takes 0.1 s: from a worker."""
        from scc_admin.verdict import RuleSet
        from scc_admin.verdict.telling import told

        shipped = RuleSet.load(self._pack_files())
        return [
            RuleSheet(rule, then, *told(rule, self._shipped, language))
            for rule, then in zip(self.rules().rules, shipped.rules, strict=True)
        ]

    def tune(
        self,
        rule_id: str,
        *,
        on: bool | None = None,
        severity: Severity | None = None,
        thresholds: Mapping[str, int] | None = None,
    ) -> Changes:
        """Change what is given of a rule, here."""
        for key, value in (
            ("verdict.on", on),
            ("verdict.severity", severity and severity.value),
            ("verdict.thresholds", thresholds and dict(thresholds)),
        ):
            if value is not None:
                self._settings.set(key, {**self._settings.get(key), rule_id: value})
        self.reread()
        return _CHANGES

    def untune(self, rule_id: str) -> Changes:
        """Put a rule back as its pack has it."""
        for key in _TUNED.values():
            kept = self._settings.get(key)
            if kept.pop(rule_id, None) is not None:
                self._settings.set(key, kept)
        self.reread()
        return _CHANGES

    def _tuning(self) -> Tuning:
        from scc_admin.verdict import Tuning

        return Tuning(
            {
                rule: Severity(value)
                for rule, value in self._settings.get("verdict.severity").items()
            },
            self._settings.get("verdict.on"),
            self._settings.get("verdict.thresholds"),
        )

    # -- the lists ------------------------------------------------------------------------------

    @functools.cached_property
    def _shipped(self) -> Known:
        from scc_admin.verdict import default_known

        return default_known()

    def known(self, **more: Sequence[str]) -> Known:
        """The lists that the rules read: the shipped ones, this workspace's, and `more` by name."""
        shipped, own = self._shipped, self._lists()
        merged: dict[str, Any] = {
            name: (*getattr(shipped, name), *own.get(name, ()), *more.get(name, ()))
            for name in (*own, *more)
        }
        return replace(shipped, **merged)

    def shipped_list(self, name: str) -> tuple[str, ...]:
        """What the program brings for one of `LISTS`."""
        values: tuple[str, ...] = getattr(self._shipped, name)
        return values

    def own_list(self, name: str) -> list[str]:
        """What this workspace adds to one of `LISTS`."""
        return self._lists().get(name, [])

    def set_list(self, name: str, values: Sequence[str]) -> Changes:
        """Replace what this workspace adds. Raises ValueError for a list that no rule reads."""
        with self._store.writing() as tx:
            tx.run("DELETE FROM lists WHERE name = ?", (_list(name),))
            _add(tx, {name: values})
        return _CHANGES

    def add_to_list(self, name: str, value: str) -> Changes:
        """Add one value. Raises ValueError for a list that no rule reads."""
        with self._store.writing() as tx:
            _add(tx, {_list(name): [value]})
        return Changes(frozenset({"settings"}))

    def _lists(self) -> dict[str, list[str]]:
        lists: dict[str, list[str]] = {}
        with self._store.reading() as db:
            for row in db.all("SELECT name, value FROM lists ORDER BY name, value"):
                if row["name"] in LISTS:
                    lists.setdefault(row["name"], []).append(row["value"])
        return lists

    # -- the packs ------------------------------------------------------------------------------

    def packs(self) -> list[Pack]:
        """The packs of the house, also those that cannot be read."""
        from scc_admin.verdict import Tuning
        from scc_admin.verdict.rules import read_pack

        found = []
        for path in self._pack_files():
            try:
                found.append(Pack(path.name, tuple(r.id for r in read_pack(path, Tuning()))))
            except UserError as error:
                found.append(Pack(path.name, (), error))
        return found

    def add_pack(self, path: Path) -> Changes:
        """Take a pack of rules into the house, or a newer text of one.

        Raises UserError: not readable, not a pack, or a rule in it that another pack has.
        """
        with readable(path), path.open("rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8-sig", "replace")
        return self.take(with_pack(self.read(), path.name, text))[1]

    def remove_pack(self, name: str) -> tuple[HouseRules, Changes]:
        """Take a pack out of the house; what stood before, for an undo."""
        return self.take(without_pack(self.read(), name))

    def _pack_files(self) -> list[Path]:
        return sorted(self._packs.glob("*.toml"))

    # -- all of it ------------------------------------------------------------------------------

    def read(self) -> HouseRules:
        """What this workspace changes, as a whole."""
        with explained(self._packs):
            packs = {path.name: path.read_text("utf-8", "replace") for path in self._pack_files()}
        return HouseRules(
            **{name: self._settings.get(key) for name, key in _TUNED.items()},
            profile=self._settings.get("verdict.profile"),
            lists=self._lists(),
            packs=packs,
        )

    def take(self, rules: HouseRules, *, keep_lists: bool = False) -> tuple[HouseRules, Changes]:
        """Put these in force; what stood before, for an undo.

        With `keep_lists` the lists are added to instead of replaced.
        """
        before = self.read()
        for name, key in _TUNED.items():
            self._settings.set(key, dict(getattr(rules, name)))
        self._settings.set("verdict.profile", rules.profile)
        with self._store.writing() as tx:
            if not keep_lists:
                tx.run(f"DELETE FROM lists WHERE name IN ({', '.join('?' * len(LISTS))})", LISTS)
            _add(tx, rules.lists)
        with explained(self._packs):
            if rules.packs:
                self._packs.mkdir(exist_ok=True)
            for old in self._pack_files():
                if old.name not in rules.packs:
                    old.unlink()
        for name, text in rules.packs.items():
            write_durably(self._packs / name, text.encode())
        self.reread()
        return before, _CHANGES


def write_file(path: Path, rules: HouseRules, *, at: datetime, who: str) -> Path:
    """Write the settings of a verdict to a file, for other workspaces.

    Raises UserError when the file cannot be written.
    """
    write_durably(path, to_file(rules, at=at, who=who))
    return path


def read_file(path: Path) -> HouseRules:
    """The settings of a verdict in a file, checked whole. Raises UserError."""
    with readable(path), path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return from_file(data, [value for value, _ in option("verdict.profile").choices])


def to_file(rules: HouseRules, *, at: datetime, who: str) -> bytes:
    """These rules as a file that another workspace takes in."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": stamp(at),
        "made_by": who,
        "severity": dict(rules.severity),
        "on": dict(rules.on),
        "thresholds": {rule: dict(some) for rule, some in rules.thresholds.items()},
        "profile": rules.profile,
        "lists": {name: list(values) for name, values in rules.lists.items()},
        "packs": dict(rules.packs),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def from_file(data: bytes, profiles: Sequence[str] = ("default",)) -> HouseRules:
    """The rules of a file, checked whole.

    Raises UserError: no such file, of a newer program, or something in it that does not suit -
    which is named.
    """
    if len(data) > MAX_BYTES:
        raise _unfit("size")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _none() from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _none()
    if content.get("version") != VERSION:
        raise UserError(
            "verdict_version", N_("This file comes from a newer program; update this one first.")
        )
    severity = _table(content, "severity", str)
    if not set(severity.values()) <= set(Severity):
        raise _unfit("severity")
    thresholds = {}
    for rule, some in _table(content, "thresholds", dict).items():
        numbers = {name: n for name, n in some.items() if type(n) is int and 0 <= n < 10**9}
        if len(numbers) != len(some):
            raise _unfit(f"thresholds.{rule}")
        thresholds[rule] = numbers
    profile = content.get("profile", "default")
    rules = HouseRules(
        severity=severity,
        on=_table(content, "on", bool),
        thresholds=thresholds,
        profile=profile if profile in profiles else "default",
        lists=_lists(_table(content, "lists", list)),
        packs=_table(content, "packs", str),
        made_by=str(content.get("made_by", ""))[:MAX_VALUE],
        made_at=_moment(content.get("made_at")),
    )
    if not all(_PACK.fullmatch(name) for name in rules.packs):
        raise _unfit("packs")
    rule_set(rules)
    return rules


def rule_set(rules: HouseRules) -> RuleSet:
    """The shipped rules with these of the house.

    Raises UserError for a pack that is none, or that names a rule of another's.
    """
    from scc_admin.verdict.rules import RuleSet, Tuning

    with tempfile.TemporaryDirectory() as scratch:
        paths = []
        for name, text in sorted(rules.packs.items()):
            paths.append(Path(scratch) / name)
            paths[-1].write_text(text, "utf-8")
        return RuleSet.load(
            paths,
            Tuning(
                {rule: Severity(value) for rule, value in rules.severity.items()},
                rules.on,
                rules.thresholds,
            ),
        )


def with_pack(rules: HouseRules, name: str, text: str) -> HouseRules:
    """These rules with one more pack, or with another text of it, checked.

    Raises UserError: not a pack, or a rule in it that another pack has.
    """
    folded = unicodedata.normalize("NFKD", Path(name).stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^a-z0-9_-]+", "-", folded.lower()).strip("-_")[:60] or "regles"
    new = replace(rules, packs={**rules.packs, f"{plain}.toml": text})
    rule_set(new)
    return new


def without_pack(rules: HouseRules, name: str) -> HouseRules:
    return replace(rules, packs={k: text for k, text in rules.packs.items() if k != name})


def differences(now: HouseRules, new: HouseRules) -> list[Difference]:
    """What taking `new` in would change, in order."""
    found = []
    for kind in ("severity", "on", "thresholds"):
        before, after = getattr(now, kind), getattr(new, kind)
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                found.append(
                    Difference(kind, name, _said(before.get(name)), _said(after.get(name)))
                )
    if now.profile != new.profile:
        found.append(Difference("profile", "", now.profile, new.profile))
    for name in LISTS:
        here, there = set(now.lists.get(name, ())), set(new.lists.get(name, ()))
        if here != there:
            found.append(
                Difference(
                    "list",
                    name,
                    str(len(here)),
                    str(len(there)),
                    tuple(sorted(there - here)),
                    tuple(sorted(here - there)),
                )
            )
    for name in sorted({*now.packs, *new.packs}):
        if now.packs.get(name) != new.packs.get(name):
            found.append(
                Difference(
                    "pack",
                    name,
                    "" if name not in now.packs else "1",
                    "" if name not in new.packs else "1",
                )
            )
    return found


def _list(name: str) -> str:
    if name not in LISTS:
        raise ValueError(name)
    return name


def _add(tx: Writing, lists: Mapping[str, Sequence[str]]) -> None:
    tx.many(
        "INSERT OR IGNORE INTO lists(name, value) VALUES (?, ?)",
        [
            (name, value.strip())
            for name, values in lists.items()
            for value in values
            if value.strip()
        ],
    )


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {number}" for name, number in sorted(value.items()))
    return str(value)


def _table(content: Mapping[str, Any], name: str, kind: type) -> dict[str, Any]:
    """A table of the file whose values are all of one kind."""
    found = content.get(name, {})
    if not isinstance(found, dict) or not all(type(value) is kind for value in found.values()):
        raise _unfit(name)
    return found


def _lists(found: Mapping[str, list[Any]]) -> dict[str, list[str]]:
    """The lists that the rules read; others, of a newer program, are passed over."""
    lists = {}
    for name in LISTS:
        values = found.get(name, [])
        if len(values) > MAX_VALUES or not all(
            isinstance(value, str) and len(value) <= MAX_VALUE for value in values
        ):
            raise _unfit(f"lists.{name}")
        kept = [value.strip() for value in values if value.strip()]
        if kept:
            lists[name] = kept
    return lists


def _moment(written: object) -> datetime | None:
    try:
        return instant(str(written))
    except ValueError:
        return None


def _none() -> UserError:
    return UserError("not_verdict", N_("This file holds no settings of the verdict."))


def _unfit(where: str) -> UserError:
    return UserError(
        "verdict_file", N_("Something in this file does not suit: {where}."), where=where
    )
