"""Near-duplicates and paraphrases against 100,000 known posts: what is found, and how fast.

Times are of the clock; `own` are those of the thread alone, which a busy machine does not change.
Recall is of each kind of light edit; a false warning is an unrelated post, or another occasion of
one template, that scores 85 or more. By meaning, the twin must be among the five nearest of 10,000
other posts that are really encoded; the rest, up to 100,000, are those with noise, for the time.
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scc_admin import verdict
from scc_admin.model import Language, Post
from scc_admin.store import Store
from scc_admin.verdict import duplicates
from scc_admin.verdict.meaning import Meaning
from scc_admin.verdict.spelling import Speller
from tests.posts import EDITS, TEMPLATES, occasions, posts

COUNT = 100_000
ENCODED = 10_000
PAIRS = Path(__file__).parents[1] / "data" / "paraphrases.jsonl"
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)


def measure() -> dict[str, float]:
    """Shares between 0 and 1, milliseconds by name."""
    figures: dict[str, float] = {}
    texts = list(posts(COUNT))
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "workspace.db"
        with Store.create(path, bytes(32)) as store:
            started = time.perf_counter()
            _remember(store, texts)
            figures["remember_post_ms"] = (time.perf_counter() - started) * 1000 / COUNT
            figures |= _duplicates(store, texts)
            figures |= _meaning(store)
    return {name: round(value, 4) for name, value in figures.items()}


def _remember(store: Store, texts: list[tuple[str, str]]) -> None:
    with store.writing() as tx:
        for number, (language, text) in enumerate(texts):
            duplicates.remember(
                tx,
                origin="file",
                page="",
                title=str(number),
                language=Language(language),
                day="2026-11-23",
                text=text,
            )


def _duplicates(store: Store, texts: list[tuple[str, str]]) -> dict[str, float]:
    rng = random.Random(11)
    rules, known, speller = verdict.RuleSet.load(), verdict.default_known(), Speller()
    figures = {}
    alone: list[float] = []
    together: list[float] = []
    own: list[float] = []
    for kind, edit in EDITS.items():
        found = 0
        for number in rng.sample(range(COUNT), 200):
            language, text = texts[number]
            edited = edit(text, rng)
            started, spent = time.perf_counter(), time.thread_time()
            with store.reading() as db:
                near = duplicates.neighbours(db, edited)
            alone.append((time.perf_counter() - started) * 1000)
            verdict.check(
                Post(edited, language=Language(language)),
                rules,
                known,
                speller=speller,
                neighbours=near,
                now=NOW,
            )
            together.append((time.perf_counter() - started) * 1000)
            own.append((time.thread_time() - spent) * 1000)
            found += any(n.title == str(number) and n.score >= duplicates.WARN_AT for n in near)
        figures[f"recall_{kind}"] = found / 200
    figures |= _times("duplicates", alone) | _times("rules_and_duplicates", together)
    figures |= _times("rules_and_duplicates_own", own)
    warned = 0
    with store.reading() as db:
        for number in rng.sample(range(COUNT), 1_000):
            near = duplicates.neighbours(db, texts[number][1])
            warned += any(n.title != str(number) and n.score >= duplicates.WARN_AT for n in near)
    figures["unrelated_warned"] = warned / 1_000
    figures["template_warned"] = _of_one_template(store, rng)
    return figures


def _of_one_template(store: Store, rng: random.Random) -> float:
    texts = [text for template in TEMPLATES for text in occasions(template, 46, rng)]
    with store.writing() as tx:
        for text in texts:
            duplicates.remember(
                tx, origin="t", page="", title="", language=Language.FR, day="", text=text
            )
    warned = 0
    with store.reading() as db:
        for text in texts:
            near = duplicates.neighbours(db, text)
            warned += any(n.text != text and n.score >= duplicates.WARN_AT for n in near)
    return warned / len(texts)


def _meaning(store: Store) -> dict[str, float]:
    pairs = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    with store.writing() as tx:  # the first to be read are the last to come
        tx.run("DELETE FROM known_posts WHERE id > ?", (COUNT,))
    _remember(store, [(pair["langs"][1], pair["other"]) for pair in pairs])
    meaning = Meaning(store)
    figures = {"meaning_load_ms": _milliseconds(lambda: meaning.encode(["Bonjour"]))}
    wanted = ENCODED + len(pairs)
    figures["meaning_read_post_ms"] = _milliseconds(lambda: meaning.catch_up(most=wanted)) / wanted
    ranks = []
    for pair in pairs:
        near = meaning.nearest(pair["one"], at_least=0)
        ranks.append(next((i for i, n in enumerate(near) if n.text == pair["other"]), 99))
    figures["twin_first"] = statistics.mean(rank == 0 for rank in ranks)
    figures["twin_among_five"] = statistics.mean(rank < 5 for rank in ranks)
    _fill_up(store)
    meaning.nearest(pairs[0]["one"])
    times = [_milliseconds(lambda text=pair["one"]: meaning.nearest(text)) for pair in pairs]
    return figures | _times("meaning", times)


def _fill_up(store: Store) -> None:
    """Vectors for all posts, so that there are 100,000 to look through."""
    import numpy as np

    rng = np.random.default_rng(1)
    with store.writing() as tx:
        real: Any = np.array(
            [np.frombuffer(row[0], np.int8) for row in tx.all("SELECT vector FROM known_vectors")]
        )
        for row in tx.all("SELECT known_id FROM known_unread"):
            vector = real[rng.integers(len(real))] + rng.normal(0, 2, real.shape[1])
            tx.run(
                "INSERT INTO known_vectors(known_id, vector) VALUES (?, ?)",
                (row[0], np.rint(vector).clip(-127, 127).astype(np.int8).tobytes()),
            )
        tx.run("DELETE FROM known_unread")


def _milliseconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def _times(name: str, times: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": statistics.median(times),
        f"{name}_p95_ms": statistics.quantiles(times, n=20)[-1],
    }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:28} {value:10.3f}")
