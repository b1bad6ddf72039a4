"""Rule packs: files of rules as data, read, validated and held ready.

A pack is a TOML file of `resources/rules/`, or of a house. Everything in it is checked when it is
read; whatever is wrong raises a `UserError` that names the file, the rule and the field.

    theme = "confidentiality"            # theme of its rules (model.Theme); a rule may have its own
    [source]                             # where its rules come from; a rule may have its own
    text = "…"                           # or { fr = "…", en = "…" }
    date = 2026-11-20
    confidence = "house"                 # official, second-hand, folklore, house

    [[rule]]
    id = "CONF-08"                       # LETTERS-NN, or LETTERS-NN-something for a sub-rule
    name = "internal-information"        # kebab-case, one of a kind
    slides = [37, 38, 39]                # of the deck; may be empty
    severity = "block"                   # info, warning, error, block
    mode = "automatic"                   # default; question: its hits ask `message` of a person,
                                         # once; step: listed for the screens, never run
    kind = "phrases"                     # see checks.KINDS
    default = true                       # false: off until a workspace switches it on
    targets = ["x"]                      # these four narrow where it applies; absent: everywhere
    kinds = ["event"]                    #   model.Target, PostKind, Level, Language
    levels = ["regional"]
    languages = ["fr"]
    quotes = "exempt"                    # says nothing inside quotation marks; default "judged"
    once = true                          # one finding a text: the first
    answer = "words"                     # of a question that neither yes nor no answers; or "yes"
    message = { fr = "…", en = "…" }     # {x} is the excerpt; other names are the kind's or
    suggestion = { fr = "…", en = "…" }  #   detector's `values`

    [rule.with]                          # parameters of the kind (its docstring in checks.py)
    phrases = { fr = ["usage interne"], en = ["internal use"], both = [] }

    [rule.allow]                         # a hit that overlaps one of these is let off
    fr = ["gratuit et confidentiel"]
    en = ["free and confidential"]

    [rule.near]                          # a hit counts only with one of these in reach
    within = "sentence"                  # sentence, post, or a number of characters
    fr = []                              # phrases, read in any sentence whatever its language
    detectors = ["date"]                 # or what these detectors see

    [rule.unless]                        # a hit is let off with one of these in reach
    within = "post"
    detectors = ["link"]

    [rule.variants.KEY]                  # other words for hits whose `variant` is KEY
    message = { … }                      # each of these three stands for the main one if absent
    suggestion = { … }
    severity = "info"

    [[rule.bad]]                         # examples, run as tests: these must be found …
    text = "…"
    lang = "fr"                          # default fr
    network = "facebook"                 # model.Target; default facebook; then kind, level, at
                                         #   (TOML date-time with offset), twin, region, campaign,
                                         #   fee_approved, page_languages
    expect = "usage interne"             # excerpt of one of the findings (optional)
    severity = "block"                   # severity of one of the findings (optional)
    known = { hashtags = ["#MoisJonquille"] }         # house lists in place of the default ones
    media = [{ name = "IMG_1.jpg", alt = "" }]        # model.Picture; [] says: none
    neighbours = [{ … }]                              # model.Neighbour

    [[rule.good]]                        # … and in these nothing must be found by this rule
    text = "…"

An automatic rule has at least three bad and three good examples, with both languages among them
unless it applies to one only. A new language of patterns is not wanted here: what phrases cannot
say (text.py), a detector says (detectors.py).
"""

from __future__ import annotations

import datetime as dt
import re
import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from scc_admin.errors import UserError
from scc_admin.i18n import N_, Bilingual, data_folder
from scc_admin.model import (
    Campaign,
    CampaignKind,
    Confidence,
    Consent,
    Known,
    Language,
    Level,
    Mode,
    Neighbour,
    Picture,
    Post,
    PostKind,
    Severity,
    Target,
    Theme,
)
from scc_admin.verdict.checks import KINDS
from scc_admin.verdict.detectors import DETECTORS
from scc_admin.verdict.signals import MISSING, Context, Coverage, Hit, Lists, Table

_ID = re.compile(r"[A-Z]{2,6}-\d{2}(?:-[A-Za-z0-9]{1,12})?")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLIDES = range(1, 46)

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from."""

    text: Bilingual
    date: dt.date
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a rule must, or must not, find something in."""

    post: Post
    good: bool
    expect: str = ""
    severity: Severity | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    neighbours: tuple[Neighbour, ...] = ()

    def known_beside(self, known: Known) -> Known:
        """The lists to judge it with: `known`, and in their place those that it gives."""
        return merge_known(known, self.known)


class Condition(NamedTuple):
    """Something that must, or must not, stand in reach of a hit."""

    within: str | int
    lists: Lists
    detectors: tuple[str, ...]

    def split(self, hits: Sequence[Hit], context: Context) -> tuple[list[Hit], list[Hit]]:
        """The hits that have it in reach, and those that have not."""
        spans = self.lists.anywhere(context.text)
        for name in self.detectors:
            spans += [hit.span for hit in context.detect(name)]
        coverage = Coverage(spans)
        having: list[Hit] = []
        lacking: list[Hit] = []
        for hit in hits:
            (having if self._holds(hit, coverage, context) else lacking).append(hit)
        return having, lacking

    def _holds(self, hit: Hit, coverage: Coverage, context: Context) -> bool:
        if not coverage or self.within == "post":
            return bool(coverage)
        if isinstance(self.within, int):
            return coverage.touches(hit.start - self.within, hit.end + self.within)
        return coverage.touches(*context.text.sentence_at(hit.start))


class Variant(NamedTuple):
    """How a rule speaks of some of its hits."""

    message: Bilingual
    suggestion: Bilingual
    severity: Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to run."""

    id: str
    name: str
    theme: Theme
    slides: tuple[int, ...]
    severity: Severity
    mode: Mode
    kind: str
    on: bool
    default: bool
    """Whether it is on where nobody decided."""
    targets: frozenset[Target]
    kinds: frozenset[PostKind]
    levels: frozenset[Level]
    languages: frozenset[Language]
    """Empty means all, here and in the three above."""
    quotes_exempt: bool
    once: bool
    in_words: bool
    """A question that is answered in words, not by yes or no."""
    message: Bilingual
    suggestion: Bilingual
    params: Any
    thresholds: Mapping[str, int]
    """Numbers of its parameters that a workspace may tune, by name (`most.x`), as they stand."""
    allow: Lists
    near: Condition | None
    unless: Condition | None
    variants: Mapping[str, Variant]
    source: Source
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    pack: str
    """Name of the file it came from, without its ending."""

    def applies(self, post: Post) -> bool:
        """True when the rule has anything to do with such a post."""
        return (
            (not self.targets or post.target in self.targets)
            and (not self.kinds or post.kind in self.kinds)
            and (not self.levels or post.level in self.levels)
            and (not self.languages or post.language in self.languages)
        )

    def hits(self, context: Context) -> list[Hit]:
        """What the rule sees, in order of place, its own exemptions taken out."""
        hits = sorted(
            KINDS[self.kind].run(context, self.params), key=lambda hit: (hit.start, hit.end)
        )
        if not hits:
            return hits
        if self.quotes_exempt:
            hits = [hit for hit in hits if not context.text.quoted(hit.start, hit.end)]
        if hits and self.allow:
            allowed = Coverage(self.allow.anywhere(context.text))
            hits = [hit for hit in hits if not allowed.touches(hit.start, hit.end)]
        if hits and self.near is not None:
            hits, _ = self.near.split(hits, context)
        if hits and self.unless is not None:
            _, hits = self.unless.split(hits, context)
        return hits[:1] if self.once else hits

    def variant(self, hit: Hit) -> Variant:
        """How to speak of `hit`."""
        return self.variants.get(hit.variant) or Variant(
            self.message, self.suggestion, self.severity
        )


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a workspace changes in the rules. Ids that no pack has are passed over."""

    severities: Mapping[str, Severity] = field(default_factory=dict)
    switched: Mapping[str, bool] = field(default_factory=dict)
    thresholds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Rule id → threshold name (`Rule.thresholds`) → number."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules, in the order of their packs."""

    rules: tuple[Rule, ...]

    @classmethod
    def load(cls, paths: Iterable[Path] = (), tuning: Tuning | None = None) -> RuleSet:
        """The shipped packs, then the house packs of `paths`, tuned.

        Raises UserError `pack` for a file that cannot be read or is not a pack, and for an id or
        name that two rules share.
        """
        rules: list[Rule] = []
        owners: dict[str, str] = {}
        for path in [*shipped_packs(), *paths]:
            for rule in read_pack(path, tuning or Tuning()):
                for handle in (rule.id, rule.name):
                    if handle in owners:
                        raise UserError(
                            "pack",
                            N_("{file}: {rule} already exists in {other}"),
                            file=path.name,
                            rule=handle,
                            other=owners[handle],
                        )
                    owners[handle] = path.name
                rules.append(rule)
        return cls(tuple(rules))

    def __getitem__(self, rule_id: str) -> Rule:
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def of_slide(self, slide: int) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if slide in rule.slides)

    def running(self, post: Post) -> Iterable[Rule]:
        """The rules that look at such a post by themselves."""
        return (
            rule
            for rule in self.rules
            if rule.on and rule.mode is not Mode.STEP and rule.applies(post)
        )


def shipped_packs() -> list[Path]:
    """The packs that come with the program."""
    return sorted((data_folder("resources") / "rules").glob("*.toml"))


def read_toml(path: Path) -> dict[str, Any]:
    """The contents of a TOML file; UserError `pack` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(
            "pack", N_("{file} cannot be read: {reason}"), file=path.name, reason=str(error)
        ) from error


def read_pack(path: Path, tuning: Tuning) -> list[Rule]:
    """The rules of one file, tuned."""
    table = Table(read_toml(path), path.name, "")
    theme = table.choice("theme", list(Theme))
    source = _read_source(table.table("source"))
    rules = []
    for data in table.tables("rule"):
        rules.append(_read_rule(data, Theme(theme), source, tuning))
    table.done()
    return rules


# --- Reading a rule ------------------------------------------------------------------------------


def _read_source(table: Table) -> Source:
    text: Any = table.take("text", (str, dict))
    said = Bilingual(text, text) if isinstance(text, str) else table.say("text")
    source = Source(
        said,
        table.take("date", dt.date),
        Confidence(table.choice("confidence", list(Confidence))),
    )
    table.done()
    return source


def _read_rule(table: Table, theme: Theme, source: Source, tuning: Tuning) -> Rule:
    rule_id = table.text("id")
    table.rule = rule_id
    if not _ID.fullmatch(rule_id):
        raise table.fail("id", N_("{file}, {rule}: the field {field} must be like CONF-08."))
    name = table.text("name")
    if not _NAME.fullmatch(name):
        raise table.fail(
            "name", N_("{file}, {rule}: the field {field} must be in lower case, with hyphens.")
        )
    slides: tuple[int, ...] = tuple(table.take("slides", list, []))
    if any(slide not in SLIDES for slide in slides):
        raise table.fail(
            "slides", N_("{file}, {rule}: the field {field} must hold numbers from 1 to 45.")
        )
    mode = Mode(table.choice("mode", list(Mode), Mode.AUTOMATIC))
    severity = Severity(table.choice("severity", list(Severity)))
    kind_name = table.choice("kind", KINDS)
    default = table.flag("default", True)
    message = table.say("message")
    suggestion = table.say("suggestion", Bilingual("", ""))

    thresholds, params_table = _tuned(table.raw("with"), tuning.thresholds.get(rule_id, {}))
    with_table = table.inner("with", params_table)
    kind = KINDS[kind_name]
    detector = _detector(with_table) if kind_name == "detector" else None
    params = kind.prepare(with_table)
    with_table.done()

    severity = tuning.severities.get(rule_id, severity)
    variants = {}
    for key, inner in table.named_tables("variants"):
        variants[key] = Variant(
            inner.say("message", message),
            inner.say("suggestion", suggestion),
            Severity(inner.choice("severity", list(Severity), severity)),
        )
        if rule_id in tuning.severities:
            variants[key] = variants[key]._replace(severity=severity)
        inner.done()
    values = {"x"} | kind.values | (detector.values if detector else frozenset())
    needed = kind.variants | (detector.variants if detector else frozenset())
    if needed - variants.keys():
        raise table.fail(
            "variants",
            N_("{file}, {rule}: the field {field} must have these: {choices}."),
            choices=", ".join(sorted(needed)),
        )
    _check_placeholders(table, "message", message, values)
    _check_placeholders(table, "suggestion", suggestion, values)
    for key, variant in variants.items():
        _check_placeholders(table, f"variants.{key}.message", variant.message, values)
        _check_placeholders(table, f"variants.{key}.suggestion", variant.suggestion, values)

    rule = Rule(
        id=rule_id,
        name=name,
        theme=Theme(table.choice("theme", list(Theme), theme)),
        slides=slides,
        severity=severity,
        mode=mode,
        kind=kind_name,
        on=tuning.switched.get(rule_id, default),
        default=default,
        targets=_members(table, "targets", Target),
        kinds=_members(table, "kinds", PostKind),
        levels=_members(table, "levels", Level),
        languages=_members(table, "languages", Language),
        quotes_exempt=table.choice("quotes", ("exempt", "judged"), "judged") == "exempt",
        once=table.flag("once", False),
        in_words=table.choice("answer", ("yes", "words"), "yes") == "words",
        message=message,
        suggestion=suggestion,
        params=params,
        thresholds=thresholds,
        allow=Lists.read(table.table("allow")),
        near=_read_condition(table, "near"),
        unless=_read_condition(table, "unless"),
        variants=variants,
        source=_read_source(table.table("source")) if "source" in table else source,
        bad=tuple(_read_example(example, good=False) for example in table.tables("bad")),
        good=tuple(_read_example(example, good=True) for example in table.tables("good")),
        pack=Path(table.file).stem,
    )
    table.done()
    return rule


def _detector(table: Table) -> Any:
    return DETECTORS[table.choice("detector", DETECTORS)]


def _tuned(
    params: Mapping[str, Any], wanted: Mapping[str, int], prefix: str = ""
) -> tuple[dict[str, int], dict[str, Any]]:
    """The numbers of `params` by dotted name, and a copy of it with those `wanted` put in."""
    numbers: dict[str, int] = {}
    tuned = dict(params)
    for key, value in params.items():
        if isinstance(value, int) and not isinstance(value, bool):
            tuned[key] = numbers[prefix + key] = wanted.get(prefix + key, value)
        elif isinstance(value, dict):
            inner, tuned[key] = _tuned(value, wanted, f"{prefix}{key}.")
            numbers |= inner
    return numbers, tuned


def _members(table: Table, key: str, kind: type[E]) -> frozenset[E]:
    return frozenset(kind(name) for name in table.several(key, [str(item) for item in kind]))


def _read_condition(table: Table, key: str) -> Condition | None:
    if key not in table:
        return None
    inner = table.table(key)
    within: str | int = inner.take("within", (str, int), "sentence")
    if isinstance(within, str) and within not in ("sentence", "post"):
        raise inner.fail(
            "within",
            N_("{file}, {rule}: {field} must be sentence, post or a number of characters."),
        )
    detectors = inner.several("detectors", DETECTORS)
    return Condition(within, Lists.read(inner), detectors)


def _check_placeholders(table: Table, key: str, said: Bilingual, values: Iterable[str]) -> None:
    for language, text in (("fr", said.fr), ("en", said.en)):
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError:
            names = {"?"}
        if not names <= set(values):
            raise table.fail(
                f"{key}.{language}",
                N_("{file}, {rule}: in {field}, only these may stand in braces: {choices}."),
                choices=", ".join(sorted(values)),
            )


# --- Reading an example --------------------------------------------------------------------------


def _read_example(table: Table, *, good: bool) -> Example:
    at: dt.datetime | None = None
    if "at" in table:
        planned: dt.datetime = table.take("at", dt.datetime)
        at = planned
        if planned.tzinfo is None:
            raise table.fail(
                "at",
                N_("{file}, {rule}: {field} must have an offset, as in 2026-06-14T18:00:00-04:00."),
            )
    post = Post(
        text=table.text("text"),
        target=Target(table.choice("network", list(Target), Target.FACEBOOK)),
        language=Language(table.choice("lang", list(Language), Language.FR)),
        level=Level(table.choice("level", list(Level), Level.DIVISIONAL)),
        kind=PostKind(table.choice("kind", list(PostKind), PostKind.POST)),
        at=at,
        media=tuple(_read_record(item, Picture) for item in table.tables("media")),
        media_known="media" in table,
        twin=table.text("twin") if "twin" in table else None,
        page_languages=tuple(_members(table, "page_languages", Language)),
        region=table.text("region", ""),
        campaign=table.text("campaign", ""),
        fee_approved=table.flag("fee_approved", False),
    )
    severity = table.choice("severity", list(Severity)) if "severity" in table else None
    example = Example(
        post=post,
        good=good,
        expect=table.text("expect", ""),
        severity=Severity(severity) if severity else None,
        known=table.raw("known"),
        neighbours=tuple(_read_record(item, Neighbour) for item in table.tables("neighbours")),
    )
    merge_known(Known(), example.known, table.file)
    if example.expect not in (post.text if not good else ""):
        raise table.fail(
            "expect", N_("{file}, {rule}: {field} must stand in the text of a bad example.")
        )
    table.done()
    return example


T = TypeVar("T", Picture, Neighbour, Consent)


def _read_record(table: Table, kind: type[T]) -> T:
    names = {item.name for item in fields(kind)}
    values = {key: table.take(key, object) for key in table if key in names}
    if "language" in values:
        values["language"] = Language(table.choice("language", list(Language)))
    if "consents" in values:
        values["consents"] = tuple(_read_record(one, Consent) for one in table.tables("consents"))
    table.done()
    try:
        return kind(**values)
    except TypeError:
        missing = [item.name for item in fields(kind) if item.name not in values]
        raise table.fail(missing[0], MISSING) from None


# --- House lists ---------------------------------------------------------------------------------


def default_known() -> Known:
    """The lists that come with the program (`resources/lists/default.toml`)."""
    return read_known(data_folder("resources") / "lists" / "default.toml")


def read_known(path: Path) -> Known:
    """The house lists of a TOML file; UserError `pack` when it is not one."""
    return merge_known(Known(), read_toml(path), path.name)


def merge_known(known: Known, lists: Mapping[str, Any], file: str = "") -> Known:
    """`known` with the lists of `lists` in the place of its own."""
    if not lists:
        return known
    table = Table(lists, file, "")
    values: dict[str, Any] = {item.name: getattr(known, item.name) for item in fields(Known)}
    for key in values:
        if key in table:
            values[key] = (
                tuple(_read_campaign(item) for item in table.tables(key))
                if key == "campaigns"
                else table.texts(key)
            )
    table.done()
    return Known(**values)


def _read_campaign(table: Table) -> Campaign:
    campaign = Campaign(
        id=table.whole("id", 0),
        uid=table.text("uid", ""),
        key=table.text("key"),
        name_fr=table.text("name_fr"),
        name_en=table.text("name_en", ""),
        kind=CampaignKind(table.choice("kind", list(CampaignKind), CampaignKind.CAMPAIGN)),
        starts_on=table.take("starts_on", dt.date),
        ends_on=table.take("ends_on", dt.date),
        hashtags=table.texts("hashtags", ()),
        keywords=table.texts("keywords", ()),
    )
    table.done()
    return campaign
