"""The Merkle tree and the signed notes, against their standards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_tools import SEED, signer

from scc_admin.errors import IntegrityError
from scc_admin.journal import merkle, notes

# The test vectors that implementations of Certificate Transparency share (RFC 6962).
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def source(leaves: Sequence[bytes]) -> merkle.Source:
    """Complete subtrees, computed by the book each time."""

    def read(level: int, start: int, stop: int) -> list[bytes]:
        assert level % merkle.TILE == 0
        return [
            by_the_book(leaves[number << level : (number + 1) << level])
            for number in range(start, stop)
        ]

    return read


def by_the_book(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_the_book(leaves[:k]) + by_the_book(leaves[k:])).digest()


def leaves(count: int) -> list[bytes]:
    return [sha256(b"\x00%d" % number).digest() for number in range(count)]


def test_roots_are_those_of_certificate_transparency():
    hashed = [sha256(b"\x00" + data).digest() for data in INPUTS]
    assert [merkle.root(source(hashed), size).hex() for size in range(1, 9)] == list(ROOTS)
    assert merkle.root(source([]), 0) == sha256(b"").digest()


@settings(deadline=None)
@given(size=st.integers(1, 700), data=st.data())
def test_every_entry_is_proven_and_no_other(size, data):
    held = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    root = by_the_book(held)
    proof = merkle.inclusion_proof(source(held), index, size)
    assert merkle.root(source(held), size) == root
    assert merkle.verify_inclusion(held[index], index, size, proof, root)
    other = data.draw(st.integers(0, size))
    if other != index:
        assert not merkle.verify_inclusion(held[index], other, size, proof, root)
        assert not merkle.verify_inclusion(held[other % size], index, size, proof, root) or (
            other == size and index == 0
        )
    assert not merkle.verify_inclusion(held[index], index, size, (*proof, root), root)
    if proof:
        assert not merkle.verify_inclusion(held[index], index, size, proof[:-1], root)


@settings(deadline=None)
@given(sizes=st.tuples(st.integers(1, 700), st.integers(1, 700)), data=st.data())
def test_a_longer_journal_is_shown_to_begin_with_the_shorter(sizes, data):
    old, new = sorted(sizes)
    held = leaves(new)
    roots = by_the_book(held[:old]), by_the_book(held)
    proof = merkle.consistency_proof(source(held), old, new)
    assert merkle.verify_consistency(old, roots[0], new, roots[1], proof)
    if old < new:
        assert not merkle.verify_consistency(old, roots[1], new, roots[1], proof)
        assert not merkle.verify_consistency(old, roots[0], new, roots[0], proof)
        assert not merkle.verify_consistency(old, roots[0], new, roots[1], proof[:-1])
        place = data.draw(st.integers(0, len(proof) - 1))
        forged = [*proof]
        forged[place] = bytes(32)
        assert not merkle.verify_consistency(old, roots[0], new, roots[1], forged)


def test_every_journal_begins_with_the_empty_one():
    root = by_the_book(leaves(3))
    assert merkle.verify_consistency(0, merkle.EMPTY_ROOT, 3, root, ())
    assert not merkle.verify_consistency(0, root, 3, root, ())
    assert not merkle.verify_consistency(4, root, 3, root, ())
    with pytest.raises(ValueError):
        merkle.consistency_proof(source(leaves(3)), 0, 3)
    with pytest.raises(ValueError):
        merkle.inclusion_proof(source(leaves(3)), 3, 3)


# -- notes ------------------------------------------------------------------------------------

ORIGIN = "scc-admin/00112233445566778899aabbccddeeff"


def note() -> str:
    at = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
    return notes.compose(ORIGIN, 3, bytes(32), b"\x01" * 32, at, signer()).note


def test_a_note_is_believed_under_its_key_only():
    point = notes.verify(note(), signer().public_key, ORIGIN)
    assert (point.size, point.head, point.root) == (3, bytes(32), b"\x01" * 32)
    with pytest.raises(IntegrityError):
        notes.verify(note(), signer(SEED[::-1]).public_key)
    with pytest.raises(IntegrityError):
        notes.verify(note(), signer().public_key, "scc-admin/another")
    with pytest.raises(IntegrityError):
        notes.verify(note(), b"short")


@settings(deadline=None)
@given(place=st.integers(0, 400), bit=st.integers(0, 7))
def test_no_bit_of_a_note_can_be_changed(place, bit):
    data = bytearray(note().encode())
    data[place % len(data)] ^= 1 << bit
    try:
        changed = data.decode()
    except UnicodeDecodeError:
        return
    with pytest.raises(IntegrityError):
        notes.verify(changed, signer().public_key, ORIGIN)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text * 2,
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("\n3\n", "\n03\n"),
        lambda text: text.replace("\n3\n", "\n-3\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("time ", "time  "),
        lambda text: text.replace("T14:", "T99:"),
        lambda text: "x" * 20_000 + text,
        lambda text: text + "— somebody else\n",
        lambda text: text.replace("head ", "extra line\nhead "),
    ],
)
def test_what_is_not_a_checkpoint_is_refused(change):
    with pytest.raises(IntegrityError):
        notes.verify(change(note()), signer().public_key)


def test_signatures_of_witnesses_are_passed_over():
    witnessed = note() + "— witness.example/w1 " + "AAAA" * 20 + "\n"
    assert notes.verify(witnessed, signer().public_key, ORIGIN).size == 3
