"""Counting, against the time `regex` takes to split the same text into grapheme clusters."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import regex

from scc_admin.model import Target
from scc_admin.verdict.counting import count, entities, load_networks

POST = (
    "Le 27 avril, 1 200 bénévoles marcheront pour l’espoir à Laval… Inscrivez-vous : "
    "https://cancer.ca/fr/marche?x=1 ou cancer.ca 💛👩‍⚕️ « Ensemble, on avance », dit Diane. "
    "Merci @scc_qc! #MoisJonquille #relaispourlavie 10 € "
)


def _median(act: Callable[[], object], rounds: int) -> float:
    """Milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def measure() -> dict[str, float]:
    """Medians in milliseconds, and ratios to the floor of the same run."""
    networks = load_networks(Path(__file__).parents[2] / "resources" / "networks.toml")
    clusters = regex.compile(r"\X")
    results: dict[str, float] = {}
    for length, rounds in ((280, 500), (5_000, 60), (63_206, 7)):
        text = (POST * (length // len(POST) + 1))[:length]
        floor = _median(lambda text=text: clusters.findall(text), rounds)
        results[f"floor_{length}_ms"] = floor
        for target in (Target.X, Target.BLUESKY, Target.MASTODON, Target.THREADS, Target.FACEBOOK):
            taken = _median(
                lambda text=text, target=target: count(target, text, networks=networks), rounds
            )
            results[f"{target}_{length}_ms"] = taken
            results[f"{target}_{length}_ratio"] = taken / floor
        taken = _median(lambda text=text: entities(Target.X, text), rounds)
        results[f"entities_{length}_ms"] = taken
    return {name: round(figure, 4) for name, figure in results.items()}
