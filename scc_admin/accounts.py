"""What somebody writes of an account: the name that a network shows, its @name, or both."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scc_admin.model import kept_text

_HANDLE = re.compile(r"(?<![\w.@])@(\w[\w.-]{0,80}(?:@[\w.-]{1,80})?)")
_AROUND = " ()[]{}<>,;:·|–—-"


@dataclass(frozen=True, slots=True)
class Named:
    """An account by its names, one of which may be empty."""

    shown: str
    handle: str
    """With its @."""

    @classmethod
    def of(cls, text: str) -> Named:
        """« Le Vrai Soleil (@levraisoleil) », either of the two, or anything else as a name."""
        text = " ".join(kept_text(text).split())
        met = list(_HANDLE.finditer(text))
        if len(met) != 1:
            return cls(text, "")
        name = met[0][1].rstrip(".-")
        rest = f"{text[: met[0].start()].strip(_AROUND)} {text[met[0].end() :].strip(_AROUND)}"
        return cls(rest.strip(), f"@{name}")

    def __str__(self) -> str:
        return f"{self.shown} ({self.handle})" if self.shown and self.handle else self.names[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are known, the shown one first; never none."""
        return tuple(name for name in (self.shown, self.handle) if name) or ("",)

    @property
    def unique(self) -> str:
        """What no other account of its network is called, folded: the @name, or a name of one
        word. Empty when only a name of several words is known, which others may bear."""
        known = self.handle or ("" if " " in self.shown else self.shown)
        return _bare(known)

    def same(self, other: Named) -> bool:
        """Whether both may be one account: by the @name where both have one, or by any name."""
        if self.handle and other.handle:
            return self.handle.casefold() == other.handle.casefold()
        mine, theirs = ({_bare(name) for name in one.names} for one in (self, other))
        return bool(mine & theirs - {""})


def _bare(name: str) -> str:
    return name.removeprefix("@").casefold()
