"""The Merkle tree over the journal's entries, as RFC 9162 (section 2.1) defines it.

A leaf hash is SHA-256(0x00 ‖ data), a node SHA-256(0x01 ‖ left ‖ right). An entry's own hash is the
leaf hash (see `body.TAG`), so nothing but nodes is computed here. The hashes of complete
subtrees of 256, 65,536, ... leaves are kept, so that a root or a proof reads a few hundred hashes
however long the journal is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
TILE = 8
"""Kept levels are multiples of this: a kept hash stands for 2^8 hashes of the kept level below."""

Source = Callable[[int, int, int], Sequence[bytes]]
"""(level, start, stop) → the hashes of these complete subtrees of 2^level leaves. Level 0 are the
leaves; only multiples of `TILE` are asked for."""


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """One level up; an even number of hashes."""
    joined = b"".join(hashes)
    return [
        sha256(b"\x01" + joined[place : place + 64]).digest() for place in range(0, len(joined), 64)
    ]


def complete(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k sibling hashes."""
    while len(hashes) > 1:
        hashes = parents(hashes)
    return hashes[0]


def root(source: Source, size: int) -> bytes:
    """The tree hash of the first `size` leaves."""
    return _span(source, 0, size) if size else EMPTY_ROOT


def _span(source: Source, start: int, stop: int) -> bytes:
    """The tree hash of leaves [start, stop), where `start` is where the tree itself would split."""
    peaks = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        kept = level - level % TILE
        first = start >> kept
        peaks.append(complete(source(kept, first, first + (1 << (level - kept)))))
        start += 1 << level
    total = peaks.pop()
    while peaks:
        total = sha256(b"\x01" + peaks.pop() + total).digest()
    return total


def _split(size: int) -> int:
    """The largest power of two below `size` (2 or more)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(source: Source, index: int, size: int) -> tuple[bytes, ...]:
    """RFC 9162, 2.1.3.1: the path from leaf `index` (from 0) to the root of `size` leaves.

    Raises ValueError for a leaf that the tree does not hold.
    """
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_span(source, middle, stop))
            stop = middle
        else:
            path.append(_span(source, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_proof(source: Source, old: int, new: int) -> tuple[bytes, ...]:
    """RFC 9162, 2.1.4.1: that the tree of `new` leaves begins with that of `old`.

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError("no such trees")
    path = []
    start, stop = 0, new
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(_span(source, middle, stop))
            stop = middle
        else:
            path.append(_span(source, start, middle))
            start = middle
    if start:
        path.append(_span(source, start, stop))
    return tuple(reversed(path))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """RFC 9162, 2.1.3.2: whether `proof` ties leaf `index` (from 0) to the root `expected`."""
    if not 0 <= index < size:
        return False
    position, last, total = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            total = sha256(b"\x01" + sibling + total).digest()
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            total = sha256(b"\x01" + total + sibling).digest()
        position >>= 1
        last >>= 1
    return last == 0 and total == expected


def verify_consistency(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """RFC 9162, 2.1.4.2: whether `proof` shows the new tree to begin with the old one.

    Every tree begins with the empty one, and that needs no proof.
    """
    if old == new:
        return old_root == new_root and not proof
    if old == 0:
        return old_root == EMPTY_ROOT and not proof
    if not 0 < old < new or not proof:
        return False
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            before = sha256(b"\x01" + sibling + before).digest()
            after = sha256(b"\x01" + sibling + after).digest()
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            after = sha256(b"\x01" + after + sibling).digest()
        position >>= 1
        last >>= 1
    return last == 0 and before == old_root and after == new_root
