"""How long a verdict takes: all rules, one post, at three lengths.

The texts are prose of our own, repeated and numbered so that words differ; what `measure` gives is
milliseconds, median of many.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time

from scc_admin.model import Language, Post, Target
from scc_admin.verdict import RuleSet, check, default_known, default_networks
from scc_admin.verdict.spelling import Speller

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
SAMPLE = (
    "Le Relais pour la vie de Granby revient le samedi 12 juin 2027, de 19 h à minuit, au parc "
    "Daniel-Johnson. Formez une équipe de dix personnes, invitez vos voisins et venez marcher à "
    "la mémoire d'une personne que vous aimez. L'an dernier, 214 marcheurs ont amassé 48 250 $ "
    "pour la recherche et les services de soutien, selon le comité organisateur. Une question? "
    "Écrivez à relais.granby@cancer.ca ou appelez au 1 888 939-3333. Inscription : "
    "https://cancer.ca/relais 💛 « On ne marche jamais seul », dit une bénévole. Merci à toutes et "
    "à tous! #RelaisPourLaVie\n"
)
LENGTHS = (280, 5_000, 63_206)


def prose(length: int) -> str:
    """French prose of exactly `length` code points."""
    parts: list[str] = []
    size = number = 0
    while size < length:
        number += 1
        part = SAMPLE if number == 1 else SAMPLE.replace("Granby", f"Granby {number}")
        parts.append(part)
        size += len(part)
    return "".join(parts)[:length]


def measure() -> dict[str, float]:
    """Milliseconds by name: the rules' loading, then p50 and p95 of a check at each length."""
    started = time.perf_counter()
    rules = RuleSet.load()
    figures = {"verdict_load_ms": (time.perf_counter() - started) * 1000}
    known, networks, speller = default_known(), default_networks(), Speller()
    for length in LENGTHS:
        times = []
        for repeat in range(max(10, min(300, 600_000 // length))):
            # A different end each time, as when one types: nothing is answered from a cache.
            text = prose(length - 8) + f" {repeat:06d}."
            target = Target.X if length == LENGTHS[0] else Target.FACEBOOK
            post = Post(text, target, Language.FR, at=NOW)
            started = time.perf_counter()
            check(post, rules, known, networks, speller=speller, now=NOW)
            times.append((time.perf_counter() - started) * 1000)
        figures[f"verdict_{length}_p50_ms"] = statistics.median(times)
        figures[f"verdict_{length}_p95_ms"] = statistics.quantiles(times, n=20)[-1]
    return figures


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:28} {value:10.3f}")
