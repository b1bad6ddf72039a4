"""Real parts for the tests of the core: a store on disk, its journal; only the clock is ours."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest

from scc_admin.editorial import Editorial
from scc_admin.evidence import Vault
from scc_admin.journal import Journal
from scc_admin.keys import Signer
from scc_admin.moderation import Moderation
from scc_admin.store import Store

# However slow the computer is: no example is timed.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")
# A computer of the division; where it stands, days begin at other hours than in UTC.
os.environ["TZ"] = "America/Toronto"
if hasattr(time, "tzset"):
    time.tzset()


class Clock:
    """The only thing that is not real."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> None:
        self.now += timedelta(**step)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_store(tmp_path: Path):
    with Store.create(tmp_path / "workspace.db", None) as store:
        yield store


@pytest.fixture
def journal(open_store, clock) -> Journal:
    return Journal(
        open_store, clock=clock, app="scc_admin/test", signer=Signer(bytes(32), "scc-admin-test")
    )


@pytest.fixture
def editorial(open_store, journal, clock) -> Editorial:
    return Editorial(open_store, journal, clock, lambda: "Ana Roy")


@pytest.fixture
def vault(open_store, tmp_path, clock) -> Vault:
    return Vault(open_store, tmp_path / "evidence", clock)


@pytest.fixture
def moderation(open_store, journal, vault, clock) -> Iterator[Moderation]:
    """Whatever a test does with it, the cases say in the end what the journal recorded."""
    made = Moderation(open_store, journal, vault, clock, lambda: "Ana Roy")
    yield made
    assert made.agreement().differences == ()
