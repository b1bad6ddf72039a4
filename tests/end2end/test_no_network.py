"""The program opens no connection, neither in Python nor in the libraries below it.

Two guards. An audit hook fails on any address of a network that Python is asked for, on every
system. On Linux the program also runs in a network namespace of its own, whose counters tell of
every connection and datagram that was tried, by Qt or typst too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

GUARD = '''
"""Read by Python before anything else."""
import json, os, socket, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        if arguments[0].family == socket.AF_UNIX:
            return
    elif event not in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        return
    with open(os.environ["NETWORK_TRIED"], "a", encoding="utf-8") as file:
        file.write(json.dumps([event, repr(arguments[1:])]) + "\\n")
    raise PermissionError(f"a network is not for this program: {event} {arguments[1:]!r}")

sys.addaudithook(refuse)
'''

COUNTED = """
import fcntl, json, pathlib, socket, struct, subprocess, sys
# Up with the loopback (SIOCSIFFLAGS, IFF_UP): with no address at all, IPv6 fails before it counts.
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14s", b"lo", 1, b""))
done = subprocess.run(sys.argv[2:]).returncode
found = {}
lines = pathlib.Path("/proc/net/snmp").read_text().splitlines()
for names, values in zip(lines[::2], lines[1::2]):
    kind = names.split(":")[0]
    found |= {kind + n: int(v) for n, v in zip(names.split()[1:], values.split()[1:])}
for line in pathlib.Path("/proc/net/snmp6").read_text().splitlines():
    name, value = line.split()
    found[name] = int(value)
# A connection or datagram with nowhere to go counts as one without a route.
wanted = ("IpOutNoRoutes", "Ip6OutNoRoutes", "TcpActiveOpens", "UdpOutDatagrams", "IpOutRequests")
pathlib.Path(sys.argv[1]).write_text(json.dumps({n: found.get(n, 0) for n in wanted}))
sys.exit(done)
"""


def alone() -> list[str]:
    """The words before a command that give it a network of its own with nothing in it."""
    for flags in (["--net"], ["--user", "--map-root-user", "--net"]):
        command = ["unshare", *flags]
        if (
            shutil.which("unshare")
            and not subprocess.run(
                [*command, "true"], capture_output=True, check=False, timeout=300
            ).returncode
        ):
            return command
    return []


class Guarded:
    """Runs programs where a network would be noticed."""

    def __init__(self, folder: Path) -> None:
        (folder / "guard").mkdir()
        (folder / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
        (folder / "counted.py").write_text(COUNTED, encoding="utf-8")
        self._folder = folder
        self._tried = folder / "tried.jsonl"
        self._counts = folder / "counts.json"
        self.alone = alone()

    def run(self, *arguments: str, guard: bool = True) -> subprocess.CompletedProcess[str]:
        paths = [str(self._folder / "guard")] if guard else []
        root = str(Path(__file__).resolve().parents[2])
        command = [sys.executable, *arguments]
        if self.alone:
            counted = [sys.executable, str(self._folder / "counted.py"), str(self._counts)]
            command = [*self.alone, *counted, *command]
        return subprocess.run(
            command,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([*paths, root]),
                "NETWORK_TRIED": str(self._tried),
                "QT_QPA_PLATFORM": "offscreen",
                "XDG_CONFIG_HOME": str(self._folder / "config"),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    @property
    def tried(self) -> list[str]:
        """What Python was asked for."""
        return self._tried.read_text().splitlines() if self._tried.exists() else []

    @property
    def counts(self) -> dict[str, int]:
        """What reached the kernel; empty where programs cannot be set apart."""
        return dict(json.loads(self._counts.read_text())) if self.alone else {}


@pytest.fixture
def guarded(tmp_path: Path) -> Guarded:
    return Guarded(tmp_path)


@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM"])
@pytest.mark.parametrize("address", ["('192.0.2.1', 80)", "('2001:db8::1', 80)"])
def test_the_guards_notice_a_connection(guarded: Guarded, kind: str, address: str) -> None:
    family = "AF_INET6" if "::" in address else "AF_INET"
    code = f"import socket; socket.socket(socket.{family}, socket.{kind}).connect({address})"
    assert guarded.run("-c", code).returncode != 0
    assert guarded.tried
    guarded.run("-c", code, guard=False)
    if guarded.alone:
        assert any(guarded.counts.values())


def test_the_three_jobs_and_every_screen_open_no_connection(
    guarded: Guarded, tmp_path: Path
) -> None:
    demo = tmp_path / "demo"
    for arguments in (
        ["demo", str(demo)],
        ["--workspace", str(demo / "workspace"), "window", "--once"],
    ):
        done = guarded.run("-m", "scc_admin", *arguments)
        assert done.returncode == 0, done.stderr
        assert guarded.tried == []
        assert not any(guarded.counts.values()), guarded.counts
