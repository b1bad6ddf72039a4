#!/usr/bin/env python3
"""Verify a moderation journal with nothing but `docs/journal-format.md` in hand.

    verify_journal.py clear.db [--key HEX]... [--checkpoint FILE]...

It shares no code with the program, needs Python 3.11 and `cryptography`, and reads a workspace in
clear. It prints a JSON object and exits with 0, or with 1 when something is not as it should be.
"""

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import re
import sqlite3
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ENTRY = b"scc-admin/journal-entry/1\n"
GENESIS = b"scc-admin/journal-genesis/1\n"
KEYS = {
    "v": int,
    "seq": int,
    "prev": str,
    "at": str,
    "offset": int,
    "who": str,
    "app": str,
    "case": str,
    "kind": str,
    "step": str,
    "rule": str,
    "expires": str,
    "approver": str,
    "supersedes": (int, type(None)),
    "commit": dict,
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
CODE = re.compile(r"[A-Za-z0-9._:/+-]{0,80}")
FIELD = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


def sha256(data):
    return hashlib.sha256(data).digest()


def canonical(value):
    """RFC 8785 for the values that a body can hold."""
    if value is None:
        return "null"
    if isinstance(value, (bool, float)):
        raise ValueError("neither truth values nor fractions belong here")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
    return "{" + ",".join(f"{canonical(k)}:{canonical(v)}" for k, v in members) + "}"


def tree_hash(leaves):
    """MTH of RFC 9162, 2.1.1, over leaf hashes."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:]))


class Verifier:
    def __init__(self, db, keys):
        self.db = db
        self.keys = keys
        self.problems = []
        self.leaves = []
        self.erased = []
        self.covered = 0
        uid = db.execute("SELECT value FROM settings WHERE key = 'workspace.uid'").fetchone()
        self.origin = "scc-admin/" + (json.loads(uid[0]) if uid else "")
        self.genesis = sha256(GENESIS + self.origin.encode())

    def wrong(self, text):
        self.problems.append(text)

    def entries(self):
        gone, named, commits = set(), {}, {}
        prev = self.genesis
        expected = 1
        for seq, body, stored in self.db.execute("SELECT seq, body, hash FROM journal ORDER BY 1"):
            while expected < seq:
                self.wrong(f"entry {expected} is missing")
                expected += 1
            expected = seq + 1
            leaf = sha256(b"\x00" + ENTRY + body)
            self.leaves.append(leaf)
            if leaf != stored:
                self.wrong(f"entry {seq}: the hash is not that of the body")
            try:
                held = self.body(seq, body)
            except (ValueError, RecursionError) as reason:
                self.wrong(f"entry {seq}: {reason}")
                prev = stored
                continue
            if held["prev"] != prev.hex():
                self.wrong(f"entry {seq} does not follow the one before it")
            prev = stored
            commits.update({(seq, field): value for field, value in held["commit"].items()})
            for number, fields in held.get("erases", {}).items():
                for field in fields:
                    named.setdefault((int(number), field), seq)
                    if int(number) >= seq:
                        self.wrong(f"entry {seq} erases what comes after it")
        rows = self.db.execute("SELECT seq, field, value, salt FROM journal_values")
        for seq, name, value, salt in rows:
            field = name.decode()
            commitment = commits.pop((seq, field), None)
            if commitment is None:
                self.wrong(f"entry {seq}: nothing commits to the value {field}")
            elif value is None and salt is None:
                gone.add((seq, field))
            elif value is None or salt is None:
                self.wrong(f"entry {seq}: the value {field} is damaged")
            else:
                message = field.encode() + b"\x00" + sha256(value)
                opened = hmac.new(salt, message, hashlib.sha256).hexdigest()
                if len(salt) != 32 or opened != commitment:
                    self.wrong(f"entry {seq}: the value {field} is not the one recorded")
        for seq, field in commits:
            self.wrong(f"entry {seq}: the value {field} is missing")
        for seq, field in sorted(gone - named.keys()):
            self.wrong(f"entry {seq}: no entry erases the value {field}")
        for seq, field in sorted(named.keys() - gone):
            self.wrong(f"entry {seq}: the value {field} is said to be erased")
        self.erased = [
            [seq, field, named[seq, field]] for seq, field in sorted(gone & named.keys())
        ]

    def body(self, seq, data):
        text = data.decode()
        held = json.loads(text)
        if not isinstance(held, dict) or canonical(held) != text:
            raise ValueError("the body is not canonical")
        erasure = {"erases"} if held.get("kind") == "erasure" else set()
        if held.keys() != KEYS.keys() | erasure:
            raise ValueError("the body has other keys")
        for key, kind in KEYS.items():
            if not isinstance(held[key], kind) or isinstance(held[key], bool):
                raise ValueError(f"{key} has another type")
        if held["v"] != 1:
            raise ValueError("another version")
        if held["seq"] != seq:
            raise ValueError("the body has another number")
        if not INSTANT.fullmatch(held["at"]):
            raise ValueError("at is no instant")
        for key in ("case", "step", "rule", "expires"):
            if not CODE.fullmatch(held[key]):
                raise ValueError(f"{key} is no code")
        if not all(FIELD.fullmatch(field) for field in held["commit"]):
            raise ValueError("a field has another name")
        return held

    def note(self, name, text, row=None):
        """One checkpoint: of the table when `row` is given, from elsewhere otherwise."""
        try:
            signed, size, head, root, time = self.parsed(text)
        except (ValueError, binascii.Error):
            self.wrong(f"{name} is not a checkpoint of this journal")
            return
        if not any(self.is_signed(text, signed, key) for key in self.keys):
            self.wrong(f"{name} is not signed by a known key")
            return
        if row is not None and row != (size, head, root, time):
            self.wrong(f"{name} says other things than its note")
        if size > len(self.leaves):
            self.wrong(f"{name} covers {size} entries; there are {len(self.leaves)}")
        elif (self.leaves[size - 1] if size else self.genesis) != head:
            self.wrong(f"{name} has another head")
        elif tree_hash(self.leaves[:size]) != root:
            self.wrong(f"{name} has another root")
        else:
            self.covered = max(self.covered, size)

    def parsed(self, text):
        signed, blank, _ = text.partition("\n\n")
        lines = signed.split("\n")
        if not blank or len(lines) != 5 or lines[0] != self.origin:
            raise ValueError
        if not re.fullmatch(r"0|[1-9]\d*", lines[1]):
            raise ValueError
        head, time = (line.split(" ") for line in lines[3:])
        if head[0] != "head" or time[0] != "time" or not INSTANT.fullmatch(time[1]):
            raise ValueError
        root = base64.b64decode(lines[2], validate=True)
        return signed + "\n", int(lines[1]), bytes.fromhex(head[1]), root, time[1]

    def is_signed(self, text, signed, key):
        key_id = sha256(self.origin.encode() + b"\n\x01" + key)[:4]
        for line in text[len(signed) + 1 :].splitlines():
            dash, name, data = [*line.split(" "), "", ""][:3]
            try:
                raw = base64.b64decode(data, validate=True)
                if (dash, name, raw[:4]) == ("—", self.origin, key_id):
                    Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], signed.encode())
                    return True
            except (ValueError, InvalidSignature):
                continue
        return False

    def checkpoints(self, held):
        rows = self.db.execute("SELECT id, size, head, root, at, note FROM checkpoints ORDER BY 1")
        last = 0
        for number, size, head, root, at, note in rows:
            if number != last + 1:
                self.wrong(f"checkpoint {last + 1} is missing")
            last = number
            text = (at.decode(), note.decode())
            self.note(f"checkpoint {number}", text[1], (size, head, root, text[0]))
        for name, note in held:
            self.note(name, note)


def verify(path, keys, held=()):
    """What the journal in `path` establishes. `keys` are public keys, 32 bytes each; `held` are
    (name, text) of checkpoints kept elsewhere."""
    db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
    try:
        db.text_factory = bytes
        run = Verifier(db, keys)
        run.entries()
        run.checkpoints(held)
    finally:
        db.close()
    return {
        "ok": not run.problems,
        "size": len(run.leaves),
        "covered": run.covered,
        "erased": run.erased,
        "problems": run.problems,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("--key", action="append", default=[], help="a known public key, in hex")
    parser.add_argument("--checkpoint", action="append", default=[], help="one kept elsewhere")
    options = parser.parse_args()
    report = verify(
        options.database,
        [bytes.fromhex(key) for key in options.key],
        [(name, Path(name).read_text("utf-8")) for name in options.checkpoint],
    )
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
