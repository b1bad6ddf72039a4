"""A rung of the ladder, written down: the text as sent, the reason, a second person when needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QCheckBox,
    QDateTimeEdit,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from scc_admin.i18n import N_
from scc_admin.library import FIELDS, Source, Template, unfilled
from scc_admin.model import (
    CaseSheet,
    Gate,
    Language,
    Network,
    Post,
    PostKind,
    Rung,
    RungView,
    Target,
    Verdict,
)
from scc_admin.moderation import GATE_TEXTS, StepInput, early, first_seen, since_message
from scc_admin.verdict.meaning import SHOW_AT
from scc_admin.words import LANGUAGES, RUNGS
from ui.forms import Field, FormDialog, OptionalDate, PlainText, whole_moment
from ui.keyboard import Menu
from ui.messages import Banner, Choice
from ui.moderation.tray import Tray
from ui.moderation.words import RUNG_ACTS
from ui.screen import Shell
from ui.theme import Space
from ui.widgets import FlowLayout, Tone, button, margins, plain

BAN_REASONS: Sequence[str] = (
    N_("Repetition in spite of the private message"),
    N_("Refuses to say in what capacity they speak"),
    N_("Alarms people without proof"),
    N_("Attacks people"),
    N_("Advertising or spam"),
    N_("Threat or hate"),
)
REVIEW_AFTER = dt.timedelta(days=90)
BAN_LASTS = dt.timedelta(days=180)
_CHECK_AFTER_MS = 400

_TITLES: Mapping[Rung, tuple[str, str, str]] = {
    Rung.TOLERATE: (
        N_("Leave it online"),
        N_("Freedom of expression comes first. Say in a few words why it stays."),
        N_("Note it"),
    ),
    Rung.ANSWER: (
        N_("Record a public answer"),
        N_("Write it here or paste what was published. The program publishes nothing."),
        N_("Record the answer"),
    ),
    Rung.PRIVATE_MESSAGE: (
        N_("Record a private message"),
        N_("Three requests: stop the duplicates, keep the tone, say in what capacity one speaks."),
        N_("Record the message"),
    ),
    Rung.REPETITION: (
        N_("Record the repetition"),
        N_("What went on after the private message."),
        N_("Record the repetition"),
    ),
    Rung.BAN: (
        N_("Ban"),
        N_("You ban on the network yourself; here the decision and its grounds are recorded."),
        N_("Record the ban"),
    ),
}
"""Title, sentence and verb of each rung's dialog."""
_USES: Mapping[Rung, str] = {
    Rung.ANSWER: "public_answer",
    Rung.PRIVATE_MESSAGE: "private_message",
    Rung.BAN: "ban_notice",
}


class StepDialog(FormDialog):
    """The dialog of one rung. `sheet` must be the case as it stands.

    `instead` is called, once it is closed, with a rung that is to be recorded first, or with None
    where a comment is.
    """

    def __init__(
        self,
        shell: Shell,
        sheet: CaseSheet,
        rung: Rung,
        then: Callable[[Any], object] | None = None,
        instead: Callable[[Rung | None], object] = lambda _rung: None,
    ) -> None:
        tr = shell.tr.tr
        title, text, act = _TITLES[rung]
        super().__init__(
            shell,
            tr(title),
            tr(text),
            tr(act),
            self._write,
            then,
            keep=f"{rung.name.lower()}:{sheet.case.id}",
            tone=Tone.BLOCK if rung is Rung.BAN else Tone.INFO,
            danger=rung is Rung.BAN,
            width=640,
        )
        self._sheet = sheet
        self._rung = rung
        self._view: RungView = sheet.ladder[rung]
        self._reasons: list[QCheckBox] = []
        self._instead = instead
        self._dated = False
        """Whether somebody said when it was done; else it is now."""
        self._early: dt.datetime | None = None
        """The moment before the first comment that was pointed out."""
        self._as_it_stands = ""
        """The text that was sent with its blanks, once somebody has said so."""
        self._no_source = ""
        """The text of an answer that cites no source, once that was said."""
        self.tray: Tray | None = None
        self._overriding()
        if rung is Rung.BAN:
            self._ban()
        self.words = self._text()
        if rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE, Rung.BAN):
            self.tray = Tray(shell, hint=tr(N_("a picture of what was sent")))
            self.form.add_wide(self.tray)
            self.tray.changed.connect(self.touched)
            self.words.pictures_pasted.connect(partial(self.tray.take, method="clipboard"))
            self.words.too_long.connect(partial(self.tray.keep_whole, banner=self.banner))
        self._when()
        self._recorded = plain(role="small")
        self.area.body.addWidget(self._recorded)
        self._say_recorded()
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(_CHECK_AFTER_MS)
        self._check.timeout.connect(self._judge)

    # -- building -------------------------------------------------------------------------------

    def _overriding(self) -> None:
        """When earlier rungs are missing: a second person, and why."""
        if not self._view.gates:
            return
        tr = self.shell.tr.tr
        self.band = Banner(self.shell.icons)
        self.band.show_message(
            Tone.WARNING,
            "\n".join(map(self._gate_words, self._view.gates)),
            [self._way_back()],
            title=tr(N_("Steps are missing")),
        )
        self.form.add_wide(self.band)
        self.add(
            Field(
                "approver",
                tr(N_("Second person who approves")),
                required=True,
                hint=tr(N_("Another person than you; their name is kept.")),
            )
        )
        self.add(
            Field(
                "override",
                tr(N_("Why not wait for the missing steps")),
                "text",
                required=True,
                lines=2,
                least=5,
            )
        )

    def _gate_words(self, gate: Gate) -> str:
        """What a gate asks for, with the names of the steps that are missing."""
        tr = self.shell.tr
        if gate is not Gate.MISSING_RUNGS:
            return tr.tr(GATE_TEXTS[gate])
        if not self._view.missing:
            return tr.tr(
                N_(
                    "No comment was logged since the private message. Log it, or have a second"
                    " person approve with a reason."
                )
            )
        return tr.ntr(
            "Not recorded yet: {steps}. Record it, or have a second person approve with a reason.",
            "Not recorded yet: {steps}."
            " Record them, or have a second person approve with a reason.",
            len(self._view.missing),
            steps=tr.join(tr.tr(RUNGS[rung]) for rung in self._view.missing),
        )

    def _way_back(self) -> tuple[str, Callable[[], object]]:
        """The verb, and the act, that lead to what is missing; what was typed here is kept."""
        first = next(iter(self._view.missing), None)
        if Gate.NO_EVIDENCE in self._view.gates:
            first = None

        def go() -> None:
            self.reject()
            self._instead(first)

        words = N_("Log an incident here…") if first is None else RUNG_ACTS[first]
        return self.shell.tr.tr(words), go

    def _when(self) -> None:
        """When it was done: now, unless somebody says otherwise."""
        tr = self.shell.tr.tr
        made = self.add(
            Field(
                "done_at",
                tr(N_("Done on")),
                "moment",
                hint=tr(N_("Now, unless it was done earlier.")),
            )
        )
        assert isinstance(made, QDateTimeEdit)
        self.when = made
        self.when.dateTimeChanged.connect(lambda _at: self._redated())

    def _redated(self) -> None:
        self._dated = True
        self.form.problem(self.when, "")
        self._say_recorded()

    def _done_at(self) -> dt.datetime | None:
        """When somebody says that it was done; None for now."""
        at: dt.datetime = self.values()["done_at"]
        return at if self._dated else None

    def _ban(self) -> None:
        tr = self.shell.tr.tr
        self.form.add_wide(plain(tr(N_("Reasons *"))))
        box = QWidget()
        column = QVBoxLayout(box)
        margins(column, 0, 0)
        for words in BAN_REASONS:
            made = QCheckBox(tr(words))
            made.toggled.connect(self._reason_ticked)
            self._reasons.append(made)
            column.addWidget(made)
        self.form.add_wide(box)
        self.add(
            Field(
                "reason",
                tr(N_("In your words")),
                "text",
                lines=2,
                hint=tr(N_("Facts, no judgment.")),
            )
        )
        today = self.shell.tr.local(self.shell.clock()).date()
        dates = QWidget()
        row = FlowLayout(Space.LARGE)
        dates.setLayout(row)
        self.expires = OptionalDate(tr(N_("Until")), today + BAN_LASTS)
        self.review = OptionalDate(tr(N_("Review on")), today + REVIEW_AFTER, ticked=True)
        for day in (self.expires, self.review):
            day.changed.connect(self._dates_changed)
            row.addWidget(day)
        self.form.add_wide(dates)

    def _reason_ticked(self, _on: bool) -> None:
        self.touched()
        self.form.problem(self.widget("reason"), "")

    def _dates_changed(self) -> None:
        self.touched()
        self._say_recorded()

    def _text(self) -> PlainText:
        shell, tr = self.shell, self.shell.tr.tr
        labels = {
            Rung.TOLERATE: N_("Why it stays online"),
            Rung.REPETITION: N_("What went on"),
            Rung.BAN: N_("Notice sent to the person (if any)"),
        }
        words = self.add(
            Field(
                "text",
                tr(labels.get(self._rung, N_("Text as sent"))),
                "text",
                required=self._rung in (Rung.ANSWER, Rung.PRIVATE_MESSAGE),
                lines=7 if self._rung in _USES and self._rung is not Rung.BAN else 3,
                initial=self._first_words(),
            )
        )
        assert isinstance(words, PlainText)
        if self._rung not in _USES:
            return words
        row = QHBoxLayout()
        margins(row, 0, Space.SMALL)
        self.templates = _menu_button(tr(N_("Insert a template")), "insert-template")
        self.templates.setMenu(self._template_menu())
        row.addWidget(self.templates)
        if self._rung is Rung.ANSWER:
            self.sources = _menu_button(tr(N_("Cite a source")), "insert-source")
            self.sources.setMenu(self._source_menu())
            self._rank_sources()
            row.addWidget(self.sources)
        row.addWidget(
            button(tr(N_("Copy the text")), self.copy, icons=shell.icons, icon="copy", kind="small")
        )
        row.addStretch(1)
        tools = QWidget()
        tools.setLayout(row)
        self.form.add_wide(tools)
        self.left = plain(role="small")
        self.left.hide()
        self.form.add_wide(self.left)
        for keys, forward in (("F8", True), ("Shift+F8", False)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(partial(self.next_blank, forward=forward))
        words.textChanged.connect(self._say_left)
        self.signals = plain(role="small")
        self.signals.hide()
        self.form.add_wide(self.signals)
        words.textChanged.connect(lambda: self._check.start())
        return words

    def _first_words(self) -> str:
        if self._rung is not Rung.REPETITION:
            return ""
        tr = self.shell.tr
        sheet = self._sheet
        n = since_message(sheet.incidents, sheet.steps)
        return tr.ntr(
            "{n} comment since the private message.",
            "{n} comments since the private message.",
            n,
        )

    def _template_menu(self) -> Menu:
        menu = Menu(self)
        for language in _languages(self.shell.tr.language):
            under = menu.under(self.shell.tr.tr(LANGUAGES[language]))
            for template in self.shell.workspace.library.templates(_USES[self._rung]):
                insert = partial(self.insert_template, template, language)
                under.offer(template.title.to(language), insert)
        menu.addSeparator()
        self._add_change(menu, "templates")
        return menu

    def _add_change(self, menu: Menu, part: str) -> None:
        """The way to where these are changed; what was typed here is kept and offered again."""

        def go() -> None:
            self.reject()
            self.shell.window.go("settings", part)

        words = {"templates": N_("Change the templates…"), "sources": N_("Change the sources…")}
        menu.offer(self.shell.tr.tr(words[part]), go)

    def _source_menu(self, best: Sequence[Source] = ()) -> Menu:
        """Sources, those that fit what was said first."""
        menu = Menu(self)
        said = " ".join(i.text for i in self._sheet.incidents if not i.retracted)
        library = self.shell.workspace.library
        fitting = [*best, *(s for s in library.sources_for(said) if s not in best)]
        language = self.shell.tr.language
        for source in fitting:
            self._add_source(menu, source, language)
        if fitting:
            menu.addSeparator()
        for source in library.sources():
            if source not in fitting:
                self._add_source(menu, source, language)
        menu.addSeparator()
        self._add_change(menu, "sources")
        return menu

    def _rank_sources(self) -> None:
        """In a worker: the sources nearest in meaning to what was said, to stand first."""
        workspace, language = self.shell.workspace, self.shell.tr.language
        said = next((i.text for i in reversed(self._sheet.incidents) if i.text.strip()), "")
        known = workspace.library.sources()
        texts = [f"{s.title.to(language)}. {s.note.to(language)}" for s in known]

        def rank() -> list[Source]:
            if not (said and workspace.settings.get("verdict.meaning")):
                return []
            nearest = workspace.proofreader.meaning.closest(said, texts)
            return [known[index] for index, score in nearest[:3] if score >= SHOW_AT]

        def done(best: list[Source]) -> None:
            if best:
                self.sources.setMenu(self._source_menu(best))

        self.shell.tasks.read(self, rank, done, lambda _error: None)

    def _add_source(self, menu: Menu, source: Source, language: Language) -> None:
        words = f"{source.title.to(language)} – {source.publisher.to(language)}"
        menu.offer(words, partial(self.insert_source, source))

    # -- the tools ------------------------------------------------------------------------------

    def insert_template(self, template: Template, language: Language) -> None:
        """Put a template in, at the cursor; what is not known stands in brackets."""
        sheet = self._sheet
        account = next(iter(sheet.person.accounts), None)
        values = {
            "name": account.handle if account else "",
            "signature": self.shell.workspace.who(),
        }
        if self._rung is Rung.BAN:
            day = self.expires.day()
            values["expires"] = self.shell.tr.date(day, "long") if day else ""
            values["reason"] = self._reason({"reason": ""}).rstrip(".")
        blanks = {key: self.shell.tr.tr(words) for key, words in FIELDS.items()}
        start = self.words.textCursor().selectionStart()
        self.words.insertPlainText(template.fill(language, values, blanks))
        self.words.setFocus()
        cursor = self.words.textCursor()
        end = cursor.position()
        cursor.setPosition(start)
        self.words.setTextCursor(cursor)
        if not self.next_blank():
            cursor.setPosition(end)
            self.words.setTextCursor(cursor)

    def insert_source(self, source: Source) -> None:
        language = self.shell.tr.language
        title, publisher = source.title.to(language), source.publisher.to(language)
        self.words.insertPlainText(f"{publisher}, {title} : {source.url.to(language)}")
        self.words.setFocus()

    def copy(self) -> None:
        """The text, to be pasted on the network by hand."""
        tr, blanks = self.shell.tr, self.blanks()
        QGuiApplication.clipboard().setText(self.words.toPlainText())
        said = tr.tr(N_("The text is in the clipboard."))
        if blanks:
            said = tr.tr(
                N_("The text is in the clipboard, with blanks left to fill: {blanks}."),
                blanks=tr.join(blanks),
            )
        self.shell.messages.toast(said)

    def _judge(self) -> None:
        """What the rules see in what we are about to say."""
        text = self.words.toPlainText()
        if not text.strip():
            self.signals.hide()
            return
        workspace, language = self.shell.workspace, self.shell.tr.language
        account = next(iter(self._sheet.person.accounts), None)
        target = Target.of(account.network if account else Network.FACEBOOK)
        post = Post(text, target=target, language=language, kind=PostKind.REPLY)
        self.shell.tasks.read(
            self,
            lambda: workspace.proofreader.check(post, language=language),
            self._judged,
            key="verdict",
        )

    def _judged(self, verdict: Verdict) -> None:
        lines = [f"▲ {finding.message}" for finding in verdict.findings[:3]]
        self.signals.setText("\n".join(lines))
        self.signals.setVisible(bool(lines))

    def _say_recorded(self) -> None:
        tr = self.shell.tr
        who = self.shell.workspace.who()
        at = whole_moment(tr, self._done_at() or self.shell.clock())
        rung = tr.tr(RUNGS[self._rung])
        said = tr.tr(N_("To be recorded: “{rung}”, by {who}, on {at}."), rung=rung, who=who, at=at)
        if self._rung is Rung.BAN:
            day = self.expires.day()
            until = tr.date(day, "long") if day else tr.tr(N_("no end"))
            said += " " + tr.tr(
                N_("Until: {until}. The journal is signed just before."), until=until
            )
        self._recorded.setText(said)

    # -- writing --------------------------------------------------------------------------------

    def kept(self) -> dict[str, Any]:
        data = super().kept()
        if not self._dated:
            del data["done_at"]
        data["reasons"] = [box.isChecked() for box in self._reasons]
        if self.tray is not None:
            data["files"] = self.tray.kept()
        if self._rung is Rung.BAN:
            for key, day in (("expires", self.expires.day()), ("review", self.review.day())):
                data[key] = day.isoformat() if day else ""
        return data

    def restore(self, data: Mapping[str, Any]) -> None:
        super().restore(data)
        for box, ticked in zip(self._reasons, data.get("reasons", ()), strict=False):
            box.setChecked(ticked)
        if self.tray is not None:
            self.tray.restore(data.get("files", ()))
        if self._rung is Rung.BAN:
            for key, widget in (("expires", self.expires), ("review", self.review)):
                widget.set_day(dt.date.fromisoformat(data[key]) if data.get(key) else None)

    def begin_anew(self) -> None:
        if self.tray is not None:
            self.tray.empty(forget=True)
        for box in self._reasons:
            box.setChecked(False)
        super().begin_anew()
        self.set_values({"done_at": self.shell.clock()})
        self._dated = False
        self._say_recorded()

    def worth_keeping(self) -> bool:
        held = self.tray is not None and bool(self.tray.items)
        return held or any(box.isChecked() for box in self._reasons) or super().worth_keeping()

    def focus_first(self) -> None:
        if "approver" in self._fields:
            super().focus_first()
        elif self._reasons:
            self._reasons[0].setFocus()
        else:
            super().focus_first()

    def missing(self) -> list[tuple[QWidget, str]]:
        found = super().missing()
        if self._rung is Rung.BAN and len(self._reason(self.values())) < 5:
            words = self.shell.tr.tr(N_("Tick a reason, or write it in your words."))
            found.append((self.widget("reason"), words))
        unsourced = self._unsourced()
        if unsourced and not found:
            found.append((self.words, unsourced))
        wrong = self._wrong_moment()
        if wrong:
            found.append((self.when, wrong))
        return found

    def _unsourced(self) -> str:
        """That a public answer cites no source; said once, for nobody is kept from recording it."""
        text = self.words.toPlainText()
        if self._rung is not Rung.ANSWER or text == self._no_source:
            return ""
        if self.shell.workspace.library.cites(text):
            return ""
        self._no_source = text
        return self.shell.tr.tr(
            N_(
                "No source is cited: no link, and none of the library. Cite one, or record it all"
                " the same: the packet then says so."
            )
        )

    def _wrong_moment(self) -> str:
        """Why it cannot have been done then; that it is not likely is said once."""
        tr, at, first = self.shell.tr, self._done_at(), first_seen(self._sheet)
        if at is None:
            return ""
        if at > self.shell.clock():
            return tr.tr(N_("That moment is still to come."))
        if first is None or not early(at, first) or at == self._early:
            return ""
        self._early = at
        return tr.tr(
            N_(
                "That is before the first comment of the case was seen, on {at}. Correct it, or"
                " record it all the same."
            ),
            at=first,
        )

    def _reason(self, values: Mapping[str, Any]) -> str:
        chosen = [box.text() for box in self._reasons if box.isChecked()]
        said = values["reason"].strip()
        if not (chosen and said):
            return said or "; ".join(chosen)
        return f"{'; '.join(chosen)}. {said}"

    def gathered(self) -> dict[str, Any]:
        values = self.values()
        is_ban = self._rung is Rung.BAN
        return {
            **values,
            "reason": self._reason(values) if is_ban else "",
            "files": self.tray.files() if self.tray is not None else (),
            "done_at": self._done_at(),
            "expires": self.expires.day() if is_ban else None,
            "review": self.review.day() if is_ban else None,
        }

    def submit(self) -> None:
        if self.tray is not None and self.tray.waiting:
            self.banner.show_message(
                Tone.INFO,
                self.shell.tr.tr(N_("A file is still being encrypted; it takes a moment.")),
            )
            return
        blanks = self.blanks()
        if blanks and self.words.toPlainText() != self._as_it_stands and not self._busy:
            self._ask_blanks(blanks)
            return
        super().submit()

    def blanks(self) -> tuple[str, ...]:
        """Fields of a template that nobody has filled yet."""
        if self._rung not in _USES:
            return ()
        known = self.shell.workspace.library.templates(_USES[self._rung])
        names = {name for template in known for name in template.fields}
        return unfilled(self.words.toPlainText(), names)

    def next_blank(self, *, forward: bool = True) -> bool:
        """Select the next blank of a template, around the end; False when none is left."""
        document, cursor = self.words.document(), self.words.textCursor()
        way = QTextDocument.FindFlag(0) if forward else QTextDocument.FindFlag.FindBackward
        edge = QTextCursor(document)
        if not forward:
            edge.movePosition(QTextCursor.MoveOperation.End)
        for start in (cursor, edge):
            found = [document.find(blank, start, way) for blank in self.blanks()]
            met = [one for one in found if not one.isNull()]
            if met:
                place = (min if forward else max)(met, key=QTextCursor.selectionStart)
                self.words.setTextCursor(place)
                self.words.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def _say_left(self) -> None:
        """That blanks are left, and the key that leads to them."""
        tr, blanks = self.shell.tr, self.blanks()
        self.left.setText(
            tr.ntr(
                "{n} blank to fill: {blanks}. F8 goes to it.",
                "{n} blanks to fill: {blanks}. F8 goes to the next.",
                len(blanks),
                blanks=tr.join(blanks),
            )
            if blanks
            else ""
        )
        self.left.setVisible(bool(blanks))

    def _ask_blanks(self, blanks: Sequence[str]) -> None:
        """A bracket left over is a slip, unless the text went out so."""
        tr = self.shell.tr

        def then(answer: str) -> None:
            if answer == "as_is":
                self._as_it_stands = self.words.toPlainText()
                self.submit()
                return
            self.words.moveCursor(QTextCursor.MoveOperation.Start)
            self.next_blank()

        self.shell.messages.ask(
            tr.ntr("A blank is left to fill", "{n} blanks are left to fill", len(blanks)),
            tr.tr(N_("{blanks}: nobody should be sent these words."), blanks=tr.join(blanks)),
            (
                Choice("as_is", tr.tr(N_("It was sent like this"))),
                Choice("fill", tr.tr(N_("Fill in")), "primary"),
            ),
            then,
            tone=Tone.WARNING,
            parent=self,
        )

    def _write(self, values: dict[str, Any]) -> Any:
        return self.shell.workspace.moderation.climb(
            self._sheet.case.id,
            StepInput(
                self._rung,
                values["text"],
                reason=values["reason"],
                expires_on=values["expires"],
                approver=values.get("approver", ""),
                override=values.get("override", ""),
                review_on=values["review"],
                files=values["files"],
                done_at=values["done_at"],
                before_seen=self._early is not None and values["done_at"] == self._early,
            ),
        )


def _languages(first: Language) -> list[Language]:
    return [first, *(language for language in Language if language is not first)]


def _menu_button(text: str, name: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setProperty("kind", "menu")
    made.setAutoDefault(False)
    return made
