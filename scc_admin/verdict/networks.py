"""The networks' limits and other facts, read from `resources/networks.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from scc_admin.model import Confidence, Language, Network, Target

DEFAULT_PROFILE = "default"

Unit = Literal["weighted", "characters", "graphemes", "utf16", "bytes", "tags", "emoji-bytes"]

FACTS: Mapping[str, type] = MappingProxyType(
    {
        "alt_max": int,
        "emoji_cost": int,
        "fold_characters": int,
        "fold_lines": int,
        "forbidden": str,
        "gif_bytes": int,
        "gifs_max": int,
        "hashtags_advised": int,
        "hashtags_announced": int,
        "hashtags_max": int,
        "hashtags_shown": int,
        "image_bytes": int,
        "image_types": str,
        "images_max": int,
        "images_min_group": int,
        "line_characters": int,
        "link_card": bool,
        "link_cost": int,
        "link_path_shown": int,
        "link_shown": int,
        "links_clickable": bool,
        "links_max": int,
        "mentions_max": int,
        "mixed_media": bool,
        "ratio_max": float,
        "ratio_min": float,
        "video_bytes": int,
        "videos_max": int,
    }
)
"""What a fact may be called, and the type of its value. Sizes are in bytes; ratios are width to
height; `forbidden` lists characters; `image_types` is a media type; texts are in characters.
`fold_*`: after how much the rest is hidden; `line_characters`: how long a line is, roughly;
`link_shown`, `link_path_shown`: how much of a link, or of its path, readers see;
`hashtags_shown`: how many stand above the title."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from and how far to trust it."""

    name: str
    page: str
    read: str
    """Year and month when it was read."""
    confidence: Confidence

    def __str__(self) -> str:
        return f"{self.name}, “{self.page}”, {self.read}" if self.page else self.name


@dataclass(frozen=True, slots=True)
class Limit:
    """How long the text of a field may be."""

    value: int | None
    unit: Unit
    label_fr: str
    label_en: str
    source: Source
    minimum: int = 0
    profile: str = ""
    """The only profile in which it holds; empty when it holds in all."""
    replaces: bool = False
    """True when, in its profile, it stands in the place of the limits without profile."""
    by_server: bool = False
    """True when each server of the network chooses its own, and a page may say which."""

    def label(self, language: Language) -> str:
        return self.label_fr if language is Language.FR else self.label_en


@dataclass(frozen=True, slots=True)
class Fact:
    """Anything else that is known of a field: folds, media, hashtags."""

    value: int | float | str | bool
    source: Source


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of limits that a workspace can switch on."""

    key: str
    label_fr: str
    label_en: str

    def label(self, language: Language) -> str:
        return self.label_fr if language is Language.FR else self.label_en


@dataclass(frozen=True, slots=True)
class Networks:
    """All that is known of the networks' rules. Immutable; read once by `load_networks`."""

    profiles: Mapping[str, Profile]
    all_limits: Mapping[Target, tuple[Limit, ...]]
    facts: Mapping[Target, Mapping[str, Fact]]

    def limits(self, target: Target, profile: str = DEFAULT_PROFILE) -> tuple[Limit, ...]:
        """Limits of a field, in the order in which `counting.count` counts them; never empty.

        Raises ValueError for a profile that does not exist.
        """
        if profile not in self.profiles:
            raise ValueError(f"no profile {profile!r}; there are {', '.join(self.profiles)}")
        own = [limit for limit in self.all_limits[target] if limit.profile == profile]
        if any(limit.replaces for limit in own):
            return tuple(own)
        return tuple(limit for limit in self.all_limits[target] if limit.profile in ("", profile))

    def usual_limit(self, network: Network) -> int | None:
        """The usual length on a network whose servers choose their own; None on any other."""
        every = (x for target in Target if target.network is network for x in self.limits(target))
        return next((limit.value for limit in every if limit.by_server), None)

    def fact(self, target: Target, name: str) -> Fact | None:
        """A fact of `FACTS`, with its source; None when nobody knows it."""
        if name not in FACTS:
            raise ValueError(f"no fact is called {name!r}")
        return self.facts[target].get(name)

    def number(self, target: Target, name: str) -> int | None:
        """The value of a fact that is a whole number; None when nobody knows it."""
        fact = self.fact(target, name)
        return fact.value if fact is not None and isinstance(fact.value, int) else None


def load_networks(path: Path) -> Networks:
    """Read and validate the file. Raises OSError, or ValueError that names what is wrong in it."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    read = str(data.pop("read"))
    profiles = {
        key: Profile(key, table["label"]["fr"], table["label"]["en"])
        for key, table in data.pop("profiles").items()
    }
    unknown = data.keys() - {target.value for target in Target}
    missing = {target.value for target in Target} - data.keys()
    if unknown or missing:
        raise ValueError(
            f"{path.name}: targets unknown {sorted(unknown)}, absent {sorted(missing)}"
        )
    limits, facts = {}, {}
    for target in Target:
        table = data[target.value]
        try:
            limits[target] = tuple(_limit(item, read, profiles) for item in table["limit"])
            facts[target] = MappingProxyType(
                {name: _fact(name, item, read) for name, item in table["fact"].items()}
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}: {target.value}: {error}") from error
        if not any(limit.profile == "" for limit in limits[target]):
            raise ValueError(f"{path.name}: {target.value}: no limit that always holds")
    return Networks(MappingProxyType(profiles), MappingProxyType(limits), MappingProxyType(facts))


def _source(item: Mapping[str, Any], read: str) -> Source:
    return Source(
        item["source"], item["page"], item.get("read", read), Confidence(item["confidence"])
    )


def _limit(item: Mapping[str, Any], read: str, profiles: Collection[str]) -> Limit:
    _only(item, "value unit label source page read confidence minimum profile replaces by_server")
    unit, profile = item["unit"], item.get("profile", "")
    if unit not in get_args(Unit):
        raise ValueError(f"no unit is called {unit!r}")
    if profile and profile not in profiles:
        raise ValueError(f"no profile is called {profile!r}")
    value = item.get("value")
    if value is not None and not (isinstance(value, int) and value > 0):
        raise ValueError(f"a limit of {value!r}")
    return Limit(
        value,
        cast("Unit", unit),
        item["label"]["fr"],
        item["label"]["en"],
        _source(item, read),
        minimum=item.get("minimum", 0),
        profile=profile,
        replaces=item.get("replaces", False),
        by_server=item.get("by_server", False),
    )


def _fact(name: str, item: Mapping[str, Any], read: str) -> Fact:
    _only(item, "value source page read confidence")
    if name not in FACTS:
        raise ValueError(f"no fact is called {name!r}")
    value: int | float | str | bool = item["value"]
    if type(value) is not FACTS[name]:
        raise ValueError(f"{name} is {value!r}")
    return Fact(value, _source(item, read))


def _only(item: Mapping[str, Any], names: str) -> None:
    if not isinstance(item, Mapping):
        raise TypeError(f"{item!r} is not a table")
    if unknown := item.keys() - set(names.split()):
        raise ValueError(f"unknown {sorted(unknown)}")
