"""Reads the accessibility tree of a running program over AT-SPI, as a screen reader does.

Run by the system's Python, which has the bindings: `speech_reader.py PID`. For each line on
standard input, a window's title, it answers with one line of JSON: how many controls can take the
focus there, which of them have no name, and what was announced since the last answer.
"""

from __future__ import annotations

import json
import os
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

CHILDREN = 12
"""Of a table or a list, as many are looked at."""
announced: list[str] = []


def main() -> None:
    pid = int(sys.argv[1])
    listener = Atspi.EventListener.new(lambda event, *_: announced.append(str(event.any_data)))
    listener.register("object:announcement")
    loop = GLib.MainLoop()
    # Milliseconds: a program on a busy computer is slow to answer, not silent.
    Atspi.set_timeout(30_000, 60_000)
    Atspi.get_desktop(0)
    print("ready", flush=True)

    def asked(_source: object, _condition: object) -> bool:
        title = sys.stdin.readline()
        if not title:
            loop.quit()
            return False
        try:
            answer = look(pid, title.rstrip("\n"))
        except GLib.Error:  # the program did not answer in its time
            answer = {"windows": [], "focusable": 0, "unnamed": []}
        answer["announced"] = announced[:]
        announced.clear()
        print(json.dumps(answer), flush=True)
        return True

    GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, asked)
    os.set_blocking(sys.stdin.fileno(), True)
    loop.run()


def look(pid: int, title: str) -> dict[str, object]:
    found: dict[str, object] = {"windows": [], "focusable": 0, "unnamed": []}
    desktop = Atspi.get_desktop(0)
    for place in range(desktop.get_child_count()):
        program = desktop.get_child_at_index(place)
        if program is None or program.get_process_id() != pid:
            continue
        for number in range(program.get_child_count()):
            window = program.get_child_at_index(number)
            # Blanks are written in more than one way.
            if window is not None and window.get_name().split() == title.split():
                # A dialog that was just closed may still stand there under the same title.
                found["windows"].append(title)  # type: ignore[attr-defined]
                walk(window, [], found)
    return found


def walk(node: Atspi.Accessible, path: list[str], found: dict[str, object]) -> None:
    node.clear_cache()
    states = node.get_state_set()
    if not states.contains(Atspi.StateType.SHOWING):
        return
    here = [*path, node.get_role_name()]
    if states.contains(Atspi.StateType.FOCUSABLE) and len(path) > 0:
        found["focusable"] += 1  # type: ignore[operator]
        if not (node.get_name() or "").strip() and not labelled(node):
            found["unnamed"].append(" › ".join(here[-4:]))  # type: ignore[attr-defined]
    for place in range(min(node.get_child_count(), CHILDREN)):
        child = node.get_child_at_index(place)
        if child is not None:
            walk(child, here, found)


def labelled(node: Atspi.Accessible) -> bool:
    return any(
        relation.get_relation_type() is Atspi.RelationType.LABELLED_BY
        and relation.get_n_targets()
        and (relation.get_target(0).get_name() or "").strip()
        for relation in node.get_relation_set()
    )


if __name__ == "__main__":
    main()
