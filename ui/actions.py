"""Every action of the program, once: menus, shortcuts, the palette and the help sheet read this.

An action names a method. Whoever has it does it: the screen in front if it can, else the window.
An action that nobody can do just now is greyed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from scc_admin.i18n import N_, Translator
from ui.icons import Icons
from ui.keyboard import Menu


class Section(StrEnum):
    """The menus, in their order."""

    FILE = "file"
    EDIT = "edit"
    GO = "go"
    DRAFT = "draft"
    MODERATION = "moderation"
    VIEW = "view"
    HELP = "help"


SECTIONS: dict[Section, str] = {
    Section.FILE: N_("&File"),
    Section.EDIT: N_("&Edit"),
    Section.GO: N_("&Go"),
    Section.DRAFT: N_("&Draft"),
    Section.MODERATION: N_("&Moderation"),
    Section.VIEW: N_("&View"),
    Section.HELP: N_("&Help"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the user can ask for.

    `handler` is the method called on the screen in front, or else on the window; what follows a
    colon is its argument. `words` are further words under which the palette finds it. `gap` sets
    a line before it in its menu.
    """

    id: str
    text: str
    section: Section
    handler: str
    shortcut: str = ""
    icon: str = ""
    words: str = ""
    gap: bool = False
    checkable: bool = False


_S = Section
ACTIONS: tuple[Action, ...] = (
    # File
    Action("new-draft", N_("New draft"), _S.FILE, "new_draft", "Ctrl+N", "plus", N_("write post")),
    Action(
        "add-page",
        N_("Add a page"),
        _S.FILE,
        "add_page",
        icon="pages",
        words=N_("new page describe pages register account"),
    ),
    Action(
        "save", N_("Save now"), _S.FILE, "save_now", "Ctrl+S", "download", words=N_("record keep")
    ),
    Action(
        "open-workspace",
        N_("Open another workspace…"),
        _S.FILE,
        "open_workspace",
        icon="folder",
        gap=True,
        words=N_("switch other folder"),
    ),
    Action("new-workspace", N_("Create a workspace…"), _S.FILE, "new_workspace", icon="plus"),
    Action(
        "export-report",
        N_("Export the report of the week"),
        _S.FILE,
        "go:reports",
        icon="download",
        gap=True,
        words=N_("weekly figures send"),
    ),
    Action(
        "print",
        N_("Print…"),
        _S.FILE,
        "print_screen",
        "Ctrl+P",
        "print",
        words=N_("printer paper"),
    ),
    Action(
        "quit", N_("Quit"), _S.FILE, "quit", "Ctrl+Q", gap=True, words=N_("close leave exit stop")
    ),
    # Edit
    Action("undo", N_("Undo"), _S.EDIT, "undo", "Ctrl+Z", "undo", words=N_("go back mistake")),
    Action("redo", N_("Redo"), _S.EDIT, "redo", "Ctrl+Shift+Z", "redo"),
    Action("cut", N_("Cut"), _S.EDIT, "cut", "Ctrl+X", gap=True),
    Action("copy", N_("Copy"), _S.EDIT, "copy", "Ctrl+C", "copy"),
    Action("paste", N_("Paste"), _S.EDIT, "paste", "Ctrl+V", "paste"),
    Action("select-all", N_("Select all"), _S.EDIT, "select_all", "Ctrl+A"),
    Action(
        "find",
        N_("Find on this screen"),
        _S.EDIT,
        "search_here",
        "Ctrl+F",
        "search",
        gap=True,
        words=N_("search"),
    ),
    # Go
    Action(
        "palette",
        N_("Find anything…"),
        _S.GO,
        "open_palette",
        "Ctrl+K",
        "search",
        N_("search command palette"),
    ),
    Action("back", N_("Back"), _S.GO, "go_back", "Alt+Left", "arrow-left", gap=True),
    Action("forward", N_("Forward"), _S.GO, "go_forward", "Alt+Right", "arrow-right"),
    Action("next-pane", N_("Next pane"), _S.GO, "next_pane", "F6", gap=True),
    Action("previous-pane", N_("Previous pane"), _S.GO, "previous_pane", "Shift+F6"),
    Action(
        "last-offer",
        N_("What the last message offers"),
        _S.GO,
        "take_last_offer",
        "F9",
        "arrow-right",
        N_("message notice toast undo folder"),
        gap=True,
    ),
    # Draft
    Action("primary", N_("Main action of the screen"), _S.DRAFT, "primary", "Ctrl+Return"),
    Action(
        "next-finding", N_("Next finding"), _S.DRAFT, "next_finding", "F8", "arrow-down", gap=True
    ),
    Action(
        "previous-finding",
        N_("Previous finding"),
        _S.DRAFT,
        "previous_finding",
        "Shift+F8",
        "arrow-up",
    ),
    Action(
        "fix-finding", N_("Apply the correction"), _S.DRAFT, "fix_finding", "Alt+Return", "wand"
    ),
    Action("override", N_("Publish all the same…"), _S.DRAFT, "override_finding", "Alt+I"),
    Action("why", N_("Why this finding?"), _S.DRAFT, "explain_finding", "Shift+F1", "help"),
    Action(
        "choose-page",
        N_("Choose the page…"),
        _S.DRAFT,
        "choose_page",
        "Alt+P",
        "pages",
        N_("where to publish"),
        gap=True,
    ),
    Action(
        "add-version",
        N_("Add a version…"),
        _S.DRAFT,
        "add_version",
        "Ctrl+Shift+N",
        "plus",
        N_("network language variant"),
        gap=True,
    ),
    Action(
        "remove-version",
        N_("Take this version out"),
        _S.DRAFT,
        "remove_version",
        icon="close",
        words=N_("network language variant"),
    ),
    Action("next-version", N_("Next version"), _S.DRAFT, "next_version", "Ctrl+Tab"),
    Action(
        "previous-version", N_("Previous version"), _S.DRAFT, "previous_version", "Ctrl+Shift+Tab"
    ),
    Action(
        "add-media",
        N_("Add pictures…"),
        _S.DRAFT,
        "add_media",
        "Ctrl+Shift+I",
        "image",
        words=N_("photo picture image attach video"),
    ),
    Action(
        "insert",
        N_("Insert…"),
        _S.DRAFT,
        "offer_help",
        "Ctrl+J",
        "hashtag",
        N_("hashtag template source link ready-made text"),
    ),
    Action(
        "insert-invitation",
        N_("Invite to follow the divisional page"),
        _S.DRAFT,
        "insert:invitation",
        icon="pages",
    ),
    Action(
        "plain-letters",
        N_("Make every letter an ordinary one"),
        _S.DRAFT,
        "insert:plain",
        icon="spelling",
        words=N_("bold italic fancy unicode"),
    ),
    Action(
        "capital-hashtags",
        N_("A capital a word in hashtags"),
        _S.DRAFT,
        "insert:capitals",
        icon="tag",
    ),
    Action(
        "reopen-draft",
        N_("Open again for writing"),
        _S.DRAFT,
        "reopen_draft",
        "Ctrl+Shift+O",
        "drafts",
        N_("unlock ready change edit text"),
        gap=True,
    ),
    Action(
        "copy-post",
        N_("Copy the text for publication"),
        _S.DRAFT,
        "copy_post",
        "Ctrl+Shift+C",
        "copy",
    ),
    Action("show-findings", N_("Show the findings"), _S.DRAFT, "show_findings", "Alt+1", gap=True),
    Action("show-preview", N_("Show the preview"), _S.DRAFT, "show_preview", "Alt+2", "eye"),
    Action("show-history", N_("Show the history"), _S.DRAFT, "show_history", "Alt+3", "history"),
    Action(
        "trash-draft",
        N_("Put the draft in the trash"),
        _S.DRAFT,
        "trash_draft",
        "",
        "trash",
        N_("delete remove"),
        gap=True,
    ),
    # Moderation
    Action(
        "log-incident",
        N_("Log an incident…"),
        _S.MODERATION,
        "log_incident",
        "Ctrl+I",
        "message",
        N_("comment seen evidence capture report slander insult complaint troll"),
    ),
    Action(
        "climb-next",
        N_("Next step of the ladder…"),
        _S.MODERATION,
        "climb_next",
        "Ctrl+E",
        "arrow-up",
    ),
    Action(
        "climb-answer",
        N_("Record a public answer…"),
        _S.MODERATION,
        "climb:answer",
        icon="message",
        words=N_("reply respond comment"),
        gap=True,
    ),
    Action(
        "climb-private",
        N_("Record a private message…"),
        _S.MODERATION,
        "climb:private_message",
        icon="mail",
        words=N_("warn warning notice"),
    ),
    Action(
        "climb-repetition",
        N_("Record the repetition…"),
        _S.MODERATION,
        "climb:repetition",
        icon="refresh",
        words=N_("again once more"),
    ),
    Action(
        "climb-ban",
        N_("Ban…"),
        _S.MODERATION,
        "climb:ban",
        icon="ban",
        words=N_("ban block exclude expel sanction"),
    ),
    Action(
        "ask-affairs",
        N_("Public Affairs: ask, reach, record their answer…"),
        _S.MODERATION,
        "ask_affairs",
        "Ctrl+Shift+A",
        "escalations",
        N_("escalate contact"),
        gap=True,
    ),
    Action(
        "build-packet",
        N_("Build the packet…"),
        _S.MODERATION,
        "build_packet",
        icon="package",
        words=N_("escalation packet export file"),
    ),
    Action("add-note", N_("Note in the case…"), _S.MODERATION, "add_note", "Ctrl+T", "drafts"),
    Action(
        "show-evidence",
        N_("View the evidence"),
        _S.MODERATION,
        "show_evidence",
        "Ctrl+Shift+P",
        "image",
        words=N_("proof screenshots captures"),
    ),
    Action(
        "compare-comments",
        N_("Compare the comments"),
        _S.MODERATION,
        "compare_comments",
        "Ctrl+D",
        "split",
        N_("duplicates differences"),
    ),
    Action(
        "destroy-evidence",
        N_("Destroy a piece of evidence…"),
        _S.MODERATION,
        "destroy_evidence",
        icon="trash",
        words=N_("erase delete remove capture screenshot mistake wrong"),
    ),
    Action("undo-step", N_("Undo a step…"), _S.MODERATION, "undo_step", icon="undo", gap=True),
    Action("review-case", N_("Review the case…"), _S.MODERATION, "review_case", icon="eye"),
    Action(
        "lift-ban",
        N_("Lift the ban…"),
        _S.MODERATION,
        "lift_ban",
        icon="unlock",
        words=N_("unban unblock"),
    ),
    Action(
        "appeal-ban",
        N_("Record an appeal…"),
        _S.MODERATION,
        "appeal_ban",
        icon="scale",
        words=N_("contest complaint decision"),
    ),
    Action(
        "close-case",
        N_("Close the case…"),
        _S.MODERATION,
        "close_case",
        icon="check",
        words=N_("finish settled done"),
    ),
    Action("reopen-case", N_("Reopen the case…"), _S.MODERATION, "reopen_case", icon="folder"),
    Action(
        "hold-case",
        N_("Legal hold…"),
        _S.MODERATION,
        "hold_case",
        icon="lock",
        words=N_("keep lawyer court"),
    ),
    Action(
        "reclassify-case", N_("Change the situation…"), _S.MODERATION, "reclassify_case", icon="tag"
    ),
    Action(
        "edit-person",
        N_("About the person…"),
        _S.MODERATION,
        "edit_person",
        icon="user",
        words=N_("account user name"),
    ),
    Action(
        "verify-journal",
        N_("Verify the whole journal"),
        _S.MODERATION,
        "verify_journal",
        icon="shield",
        gap=True,
        words=N_("check integrity log register"),
    ),
    Action(
        "make-checkpoint",
        N_("Sign a checkpoint of the journal…"),
        _S.MODERATION,
        "make_checkpoint",
        icon="pin",
        words=N_("proof signature integrity"),
    ),
    Action(
        "verify-received",
        N_("Verify what was received…"),
        _S.MODERATION,
        "verify_received",
        icon="shield",
        words=N_("check received packet folder ZIP checkpoint compare fingerprint proof"),
    ),
    # View
    Action("theme-system", N_("Colours of the system"), _S.VIEW, "look:system", checkable=True),
    Action(
        "theme-light",
        N_("Light"),
        _S.VIEW,
        "look:light",
        checkable=True,
        words=N_("day white theme colours"),
    ),
    Action(
        "theme-dark",
        N_("Dark"),
        _S.VIEW,
        "look:dark",
        checkable=True,
        words=N_("night black darkness theme colours"),
    ),
    Action(
        "theme-contrast",
        N_("High contrast"),
        _S.VIEW,
        "look:contrast",
        checkable=True,
        words=N_("accessibility low vision theme colours"),
    ),
    Action(
        "zoom-in",
        N_("Larger text"),
        _S.VIEW,
        "zoom:in",
        "Ctrl++",
        gap=True,
        words=N_("bigger enlarge zoom font letters size"),
    ),
    Action(
        "zoom-out",
        N_("Smaller text"),
        _S.VIEW,
        "zoom:out",
        "Ctrl+-",
        words=N_("reduce shrink zoom font letters size"),
    ),
    Action("zoom-reset", N_("Usual text size"), _S.VIEW, "zoom:reset", "Ctrl+0"),
    Action(
        "french",
        "Français",
        _S.VIEW,
        "speak:fr",
        gap=True,
        checkable=True,
        words=N_("French language speak"),
    ),
    Action(
        "english",
        "English",
        _S.VIEW,
        "speak:en",
        checkable=True,
        words=N_("English language speak"),
    ),
    # Help
    Action(
        "help",
        N_("Help on this screen"),
        _S.HELP,
        "show_help",
        "F1",
        "help",
        N_("guide rules manual"),
    ),
    Action(
        "shortcuts",
        N_("Keyboard shortcuts"),
        _S.HELP,
        "show_shortcuts",
        "Ctrl+/",
        "keyboard",
        N_("keys"),
    ),
    Action(
        "tour",
        N_("Visit the screens"),
        _S.HELP,
        "take_tour",
        icon="eye",
        words=N_("tour start tutorial learn"),
    ),
    Action(
        "about", N_("About"), _S.HELP, "about", icon="info", words=N_("version licences"), gap=True
    ),
)


class ActionTable:
    """The actions of one window, in one language. `receivers` gives who may do them, in order."""

    def __init__(
        self,
        parent: QWidget,
        tr: Translator,
        icons: Icons,
        receivers: Callable[[], Iterable[object]],
        actions: Iterable[Action] = ACTIONS,
        *,
        refused: Callable[[str], object] = lambda _handler: None,
    ) -> None:
        """`refused` is told the handler of an action that was asked for and that nobody can do."""
        self._tr = tr
        self._icons = icons
        self._dressed = False
        self._receivers = receivers
        self._refused = refused
        self._all: dict[str, tuple[Action, QAction]] = {}
        for action in actions:
            made = QAction(tr.tr(action.text), parent)
            made.setObjectName(action.id)
            made.setCheckable(action.checkable)
            if action.shortcut:
                made.setShortcuts(_sequences(action))
            made.triggered.connect(lambda _=False, name=action.handler: self._asked(name))
            parent.addAction(made)
            self._all[action.id] = (action, made)

    def __iter__(self) -> Iterator[tuple[Action, QAction]]:
        return iter(self._all.values())

    def __getitem__(self, action_id: str) -> QAction:
        return self._all[action_id][1]

    def _asked(self, handler: str) -> None:
        if not self.run(handler):
            self._refused(handler)

    def run(self, handler: str) -> bool:
        """Have the first receiver that can do it do it; False when nobody can."""
        receiver = self._receiver(handler)
        if receiver is None:
            return False
        method, _, argument = handler.partition(":")
        getattr(receiver, method)(*([argument] if argument else []))
        return True

    def runs(self, handler: str) -> bool:
        """Whether somebody can do what this handler names just now."""
        return self._receiver(handler) is not None

    def words_of(self, action_id: str) -> str:
        """What an action is called here; empty when there is none such."""
        known = self._all.get(action_id)
        return known[1].text() if known else ""

    def possible(self, action: Action) -> bool:
        """Whether somebody can do it just now."""
        return self._receiver(action.handler) is not None

    def _receiver(self, handler: str) -> object | None:
        method = handler.partition(":")[0]
        for receiver in self._receivers():
            if hasattr(receiver, method) and getattr(receiver, "can", _always)(handler):
                return receiver
        return None

    def _dress(self) -> None:
        """Draw the icons, which nobody sees before the first menu opens."""
        if self._dressed:
            return
        self._dressed = True
        for action, made in self:
            if action.icon:
                self._icons.dress(made, action.icon)

    def _grey(self) -> None:
        self._dress()
        for action, made in self:
            made.setEnabled(self.possible(action))

    def _ungrey(self) -> None:
        # A shortcut of a greyed action is dead; what can be done is asked anew when it is pressed.
        for _, made in self:
            made.setEnabled(True)

    def fill(self, bar: QMenuBar) -> None:
        """Make the menus."""
        for old in bar.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            old.deleteLater()
        bar.clear()
        for section, title in SECTIONS.items():
            mine = [(action, made) for action, made in self if action.section is section]
            if not mine:
                continue
            menu = Menu(bar, self._tr.tr(title))
            for action, made in mine:
                if action.gap:
                    menu.addSeparator()
                menu.addAction(made)
            menu.aboutToShow.connect(self._grey)
            menu.aboutToHide.connect(self._ungrey)
            bar.addMenu(menu)

    def shortcut(self, action_id: str) -> str:
        """The keys of an action as this computer names them; empty when it has none."""
        return self[action_id].shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def remove(self, parent: QWidget) -> None:
        for _, made in self:
            parent.removeAction(made)
            made.deleteLater()
        self._all.clear()


def _always(_handler: str) -> bool:
    return True


_STANDARD: dict[str, QKeySequence.StandardKey] = {
    "undo": QKeySequence.StandardKey.Undo,
    "redo": QKeySequence.StandardKey.Redo,
    "cut": QKeySequence.StandardKey.Cut,
    "copy": QKeySequence.StandardKey.Copy,
    "paste": QKeySequence.StandardKey.Paste,
    "select-all": QKeySequence.StandardKey.SelectAll,
    "back": QKeySequence.StandardKey.Back,
    "forward": QKeySequence.StandardKey.Forward,
}
"""Keys that each system has its own habit for."""


def _sequences(action: Action) -> list[QKeySequence]:
    found = [QKeySequence(action.shortcut)]
    if action.id in _STANDARD:
        habit = QKeySequence.keyBindings(_STANDARD[action.id])
        found = habit or found
    if action.shortcut.endswith("Return"):  # the one on the number pad counts too
        found.append(QKeySequence(action.shortcut.replace("Return", "Enter")))
    if action.shortcut == "Ctrl++":  # with no Shift on some keyboards
        found.append(QKeySequence("Ctrl+="))
    return found
