"""The parts of other people that the program is made of, for 'About'."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from scc_admin.i18n import N_, data_folder

DESCRIBED = (N_("French dictionary (Grammalecte)"), N_("English (Canada) dictionary (SCOWL)"))
"""The parts that have no proper name, and are called otherwise in French."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part and the terms it comes on. Its name is a proper one, but for those `DESCRIBED`."""

    name: str
    version: str
    """Empty for what comes with the system that builds the program."""
    kind: str
    """interpreter, library, font, dictionary or package."""
    licence: str
    """An SPDX expression (https://spdx.org/licenses/)."""
    holder: str
    home: str
    """Its site; empty for a package, which is found by its name."""


def parts() -> tuple[Part, ...]:
    """Every part, those that are no Python package first."""
    file = data_folder("resources") / "licences.toml"
    return tuple(Part(**entry) for entry in tomllib.loads(file.read_text(encoding="utf-8"))["part"])
