"""How long a verdict takes: all rules, one post, at three lengths.

The texts are prose of our own, repeated and numbered so that words differ. Times are of the thread
itself, so that a busy machine proves nothing; `wall` says what passed.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import tempfile
import time
from pathlib import Path

from click.testing import CliRunner

from scc_admin.cli import cli
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
    """Milliseconds by name: the rules' loading, then p50 and p95 of a check at each length; and
    what one of 10,000 posts costs, one after the other."""
    started = time.perf_counter()
    rules = RuleSet.load()
    figures = {"verdict_load_ms": (time.perf_counter() - started) * 1000}
    known, networks, speller = default_known(), default_networks(), Speller()
    for length in LENGTHS:
        own, wall = [], []
        for repeat in range(max(10, min(300, 600_000 // length))):
            # A different end each time, as when one types: nothing is answered from a cache.
            text = prose(length - 8) + f" {repeat:06d}."
            target = Target.X if length == LENGTHS[0] else Target.FACEBOOK
            post = Post(text, target, Language.FR, at=NOW)
            started, spent = time.perf_counter(), time.thread_time()
            check(post, rules, known, networks, speller=speller, now=NOW)
            own.append((time.thread_time() - spent) * 1000)
            wall.append((time.perf_counter() - started) * 1000)
        figures[f"verdict_{length}_p50_ms"] = statistics.median(own)
        figures[f"verdict_{length}_p95_ms"] = statistics.quantiles(own, n=20)[-1]
        figures[f"verdict_{length}_p50_wall_ms"] = statistics.median(wall)
    figures |= _many(10_000)
    return {name: round(figure, 3) for name, figure in figures.items()}


def _many(count: int) -> dict[str, float]:
    """`scc-admin check --jsonl`, in this process, against the engine alone on the same posts."""
    texts = [f"{number}. {prose(272)}" for number in range(count)]
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "posts.jsonl"
        file.write_text(
            "".join(
                json.dumps({"id": str(i), "text": text, "network": "x", "at": NOW.isoformat()})
                + "\n"
                for i, text in enumerate(texts)
            ),
            encoding="utf-8",
        )
        spent = time.thread_time()
        CliRunner().invoke(cli, ["check", "--jsonl", str(file)], catch_exceptions=False)
        command = time.thread_time() - spent
    rules, known, networks, speller = RuleSet.load(), default_known(), default_networks(), Speller()
    spent = time.thread_time()
    for text in texts:
        check(Post(text, Target.X, at=NOW), rules, known, networks, speller=speller, now=NOW)
    engine = time.thread_time() - spent
    return {
        "jsonl_post_ms": command * 1000 / count,
        "jsonl_ratio": command / engine,
    }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:28} {value:10.3f}")
