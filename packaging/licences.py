"""Write `resources/licences.toml`: whose work the program is made of, and on what terms.

Run after changing the lock, in the environment made from it: `.venv/bin/python
packaging/licences.py`. What a wheel says of itself is copied; what it leaves unsaid stands below.
"""

from __future__ import annotations

import importlib.metadata as metadata
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.txt"
TARGET = ROOT / "resources" / "licences.toml"

SPDX = {
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Public Domain": "LicenseRef-PublicDomain",
    "SIL OFL 1.1": "OFL-1.1",
}
"""Words that wheels use, in the identifiers of https://spdx.org/licenses/."""

UNSAID = {
    "chunspell": "MIT AND (MPL-1.1 OR GPL-2.0-or-later OR LGPL-2.1-or-later)",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pyrage": "MIT",
    # Offered under the GPL too; this is the choice we make.
    "pyside6-essentials": "LGPL-3.0-only",
    "pywin32-ctypes": "BSD-3-Clause",
    "shiboken6": "LGPL-3.0-only",
    # The module's, SQLCipher's, SQLite's.
    "sqlcipher3": "Zlib AND BSD-3-Clause AND blessing",
}
"""Where a wheel's metadata names no identifier, what its licence file says."""

HOLDERS = {
    "pyside6-essentials": "The Qt Company Ltd.",
    "pywin32-ctypes": "Enthought, Inc.",
    "shiboken6": "The Qt Company Ltd.",
    "sqlcipher3": "Gerhard Häring, Charles Leifer; Zetetic LLC; the authors of SQLite",
}
"""Likewise: of other systems' wheels, or of several works in one."""

BESIDE = [
    ("Python", "interpreter", "PSF-2.0", "Python Software Foundation", "https://www.python.org/"),
    ("Qt", "library", "LGPL-3.0-only", "The Qt Company Ltd. and others", "https://www.qt.io/"),
    (
        "PyInstaller bootloader",
        "library",
        "GPL-2.0-or-later WITH Bootloader-exception",
        "PyInstaller Development Team",
        "https://pyinstaller.org/",
    ),
    (
        "Noto Sans",
        "font",
        "OFL-1.1",
        "The Noto Project Authors",
        "https://fonts.google.com/noto",
    ),
    (
        "Noto Color Emoji",
        "font",
        "OFL-1.1",
        "Google LLC",
        "https://github.com/googlefonts/noto-emoji",
    ),
    (
        "Source Sans Pro",
        "font",
        "OFL-1.1",
        "Adobe",
        "https://github.com/adobe-fonts/source-sans",
    ),
    (
        "French dictionary (Grammalecte)",
        "dictionary",
        "MPL-2.0",
        "Dicollecte contributors",
        "https://grammalecte.net/",
    ),
    (
        "English (Canada) dictionary (SCOWL)",
        "dictionary",
        "LicenseRef-SCOWL",
        "Kevin Atkinson and others",
        "http://wordlist.aspell.net/",
    ),
]
"""Bundled at build time, or inside a wheel under another name: their version is the builder's."""


@dataclass(frozen=True)
class Locked:
    """One pinned distribution of the lock."""

    name: str
    version: str
    asked_by: frozenset[str]


def locked(text: str) -> list[Locked]:
    """Every pin of a lock written by `uv pip compile`, with what asks for it."""
    found: list[Locked] = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        pin = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", block)
        if pin:
            why = block.partition("# via")[2]
            names = frozenset(re.findall(r"^[\s#]*([A-Za-z0-9._-]+)(?: \(.*\))?$", why, re.M))
            found.append(Locked(pin[1], pin[2], names))
    return found


def shipped(pins: list[Locked], roots: frozenset[str]) -> list[Locked]:
    """What the program needs to run: `roots` and what they ask for, on any system."""
    wanted = set(roots)
    while True:
        more = {pin.name for pin in pins if pin.asked_by & wanted} - wanted
        if not more:
            return [pin for pin in pins if pin.name in wanted]
        wanted |= more


def runtime_roots() -> frozenset[str]:
    """The names in `project.dependencies`, as the lock writes them."""
    import tomllib

    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return frozenset(
        re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", line)[0]).lower()  # type: ignore[index]
        for line in asked["project"]["dependencies"]
    )


def described(pin: Locked) -> dict[str, str]:
    """The entry of one package. Raises LookupError when nobody says its licence."""
    licence, holder = UNSAID.get(pin.name, ""), HOLDERS.get(pin.name, "")
    try:
        found = metadata.distribution(pin.name)
    except metadata.PackageNotFoundError:
        found = None
    if found is not None:
        licence = licence or _licence(found.metadata)
        holder = holder or _holder(found)
    if not licence:
        raise LookupError(f"No licence known for {pin.name}: look it up, add it to UNSAID.")
    return {
        "name": pin.name,
        "version": pin.version,
        "kind": "package",
        "licence": licence,
        "holder": holder,
        "home": "",
    }


def _licence(about: metadata.PackageMetadata) -> str:
    said = about.get("License-Expression") or about.get("License") or ""
    said = said if "\n" not in said else ""
    classes = [
        line.rpartition("::")[2].strip()
        for line in about.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    words = str(said or (classes[0] if classes else ""))
    return SPDX.get(words, words)


_BLANK = re.compile(r"[\[<{](yyyy|name|copyright)|202x")
"""A form that nobody filled in."""


def _holder(found: metadata.Distribution) -> str:
    for file in sorted(found.files or [], key=lambda file: len(file.parts)):
        if file.name.lower().startswith(("licen", "copying", "notice")) and file.suffix != ".py":
            for line in file.read_text(encoding="utf-8").splitlines():
                said = re.match(r"\W*(Copyright\b.*(?:\(c\)|©|\d{4}).*)", line, re.IGNORECASE)
                if said and not _BLANK.search(line):
                    return re.split(r"[.;] All rights", said[1], flags=re.I)[0].strip(" *#.,")
    fields = ("Author", "Author-email", "Maintainer", "Maintainer-email")
    said = next((str(found.metadata[field]) for field in fields if field in found.metadata), "")
    names = ", ".join(re.sub(r"\s*<[^>]*>", "", name).strip(' "') for name in said.split(","))
    return names or f"The authors of {found.name}"


def entries() -> Iterator[dict[str, str]]:
    for name, kind, licence, holder, home in BESIDE:
        yield {
            "name": name, "version": "", "kind": kind, "licence": licence, "holder": holder,
            "home": home,
        }  # fmt: skip
    pins = locked(LOCK.read_text(encoding="utf-8"))
    for pin in shipped(pins, runtime_roots()):
        yield described(pin)


def main() -> None:
    lines = ["# Written by packaging/licences.py from the lock and the packages' own words."]
    for entry in entries():
        lines += ["", "[[part]]"]
        lines += [f"{key} = {_quoted(value)}" for key, value in entry.items()]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


if __name__ == "__main__":
    main()
