"""What 'About' says of the parts is what the lock installs."""

import importlib.metadata
import re
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scc_admin.licences import parts

ROOT = Path(__file__).resolve().parents[2]
SYSTEMS = [
    {"sys_platform": "linux", "platform_system": "Linux", "extra": ""},
    {"sys_platform": "win32", "platform_system": "Windows", "extra": ""},
    {"sys_platform": "darwin", "platform_system": "Darwin", "extra": ""},
]


def needed() -> set[str]:
    """What the program asks for on any system, by the wheels' own words."""
    found: set[str] = set()
    ahead = ["scc-admin"]
    while ahead:
        try:
            asked = importlib.metadata.requires(ahead.pop()) or []
        except importlib.metadata.PackageNotFoundError:  # another system's
            continue
        for line in map(Requirement, asked):
            name = canonicalize_name(line.name)
            applies = line.marker is None or any(map(line.marker.evaluate, SYSTEMS))
            if applies and name not in found:
                found.add(name)
                ahead.append(name)
    return found


def locked() -> set[tuple[str, str]]:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", lock, re.M))


def test_every_dependency_is_listed_at_its_locked_version() -> None:
    listed = {(part.name, part.version) for part in parts() if part.kind == "package"}
    names = needed()
    wanted = {pin for pin in locked() if pin[0] in names}
    assert len(wanted) > 40
    assert wanted <= listed, "run packaging/licences.py"
    assert listed <= locked(), "run packaging/licences.py"


def test_every_part_says_its_terms_and_whose_it_is() -> None:
    for part in parts():
        assert part.licence and part.holder, part.name
        # A package is found by its name, wherever one gets packages from.
        assert part.kind == "package" or part.home.startswith("http"), part.name


def test_fonts_and_dictionaries_are_listed() -> None:
    kinds = {part.kind: part.licence for part in parts()}
    assert kinds["font"] == "OFL-1.1"
    assert {part.licence for part in parts() if part.kind == "dictionary"} >= {"MPL-2.0"}
