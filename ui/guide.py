"""The guide: chapters at the left, a section at the right, and the quiz."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QRadioButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from scc_admin.guide import Guide, GuideChapter, GuideSection, QuizQuestion
from scc_admin.i18n import N_
from ui.messages import announce
from ui.palette import WRITTEN, Hit
from ui.screen import Screen, Shell
from ui.theme import Space
from ui.widgets import (
    Card,
    EmptyState,
    IconLabel,
    Scroll,
    SearchField,
    Section,
    button,
    clear,
    margins,
    plain,
    show_in,
    splitter,
    stack,
)

_QUIZ, _CHAPTER = "quiz", "chapter:"
_KEY = Qt.ItemDataRole.UserRole


def find_sections(shell: Shell, query: str) -> Sequence[Hit]:
    """Sections of the guide for Ctrl+K. Runs in a worker."""
    guide = Guide.load(shell.tr.language)
    kind = shell.tr.tr(N_("Guide"))
    return [
        Hit(
            title=section.title,
            kind=kind,
            run=partial(shell.window.go, "guide", ("section", section.key)),
            icon="guide",
            detail=section.chapter,
            words=" ".join(section.rules),
            lower=WRITTEN,
        )
        for section in guide.search(query)[:30]
    ]


class GuideScreen(Screen):
    """`go("guide", ("rule", id, slides))`, `("slide", n)` or `("section", key)` opens a section."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        tr = shell.tr.tr
        self._guide = Guide.load(shell.tr.language)
        self._key = self._guide.sections[0].key
        self._asked = ""
        """The rule of the finding that led here."""
        self.search = SearchField(shell.icons, tr(N_("Search the guide")))
        self.search.searched.connect(self._fill)
        self.tree = _Chapters()
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(tr(N_("Chapters of the guide")))
        self.tree.setUniformRowHeights(True)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.currentItemChanged.connect(self._chosen)
        self.tree.itemActivated.connect(lambda item: self._entered(item))
        left = QWidget()
        column = QVBoxLayout(left)
        margins(column, 0, Space.SMALL)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        self.search.returnPressed.connect(self.tree.setFocus)
        self.page = Scroll()
        self.page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # arrows scroll what one reads
        self.page.setProperty("role", "read")
        self.page.setAccessibleName(tr(N_("The section in focus")))
        self.page.body.setContentsMargins(Space.LARGE, 0, Space.LARGE, Space.LARGE)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        outer.addWidget(splitter(left, self.page, (320, 700)))
        self._fill("")

    def title(self) -> str:
        return self.shell.tr.tr(N_("Guide"))

    def open(self, target: object) -> None:
        section: GuideSection | None = None
        self._asked = ""
        match target:
            case ("rule", str(rule), (tuple() | list()) as slides):
                self._asked = rule
                section = self._guide.explaining(rule, tuple(slides))
            case ("slide", int(slide)):
                section = self._guide.of_slide(slide)
            case ("section", str(key)):
                self._key = key
        if section is not None:
            self._key = section.key
        if target is not None:
            self.search.clear()
            self._fill("")

    def can(self, handler: str) -> bool:
        return handler != "print_screen" or self._guide.section(self._key) is not None

    def print_screen(self) -> None:
        """Show the section in focus as it will print."""
        from ui.pdf import look

        section, shell = self._guide.section(self._key), self.shell
        if section is None:
            return
        tr, workspace = shell.tr, shell.workspace
        examples = [
            (tr.tr(title), "\n\n".join(texts))
            for title, texts in ((N_("Like this"), section.good), (N_("Rather not"), section.bad))
            if texts
        ]
        text = "\n\n".join(bulleted(part) for part in section.body.split("\n\n"))
        make = partial(
            workspace.printed,
            tr,
            tr.tr(N_("Guide")),
            section.title,
            about=self._where(section),
            parts=[("", text), *examples],
        )
        look(shell, self, section.title, make)

    def focus_first(self) -> None:
        self.tree.setFocus()

    def panes(self) -> Sequence[QWidget]:
        return (self.tree, self.page)

    def state(self) -> object:
        return self._key

    def restore(self, state: object) -> None:
        self._key = str(state)
        self._fill("")

    # -- the chapters -----------------------------------------------------------------------------

    def _fill(self, words: str) -> None:
        tr = self.shell.tr.tr
        found = {section.key for section in self._guide.search(words)}
        self.tree.blockSignals(True)
        self.tree.clear()
        chosen: QTreeWidgetItem | None = None
        bold = self.tree.font()
        bold.setWeight(QFont.Weight.DemiBold)
        for chapter in self._guide.chapters:
            sections = [s for s in chapter.sections if s.key in found]
            if not sections:
                continue
            branch = QTreeWidgetItem([chapter.title])
            branch.setData(0, _KEY, _CHAPTER + chapter.key)
            branch.setFont(0, bold)
            branch.setToolTip(0, chapter.title)
            if branch.data(0, _KEY) == self._key:
                chosen = branch
            self.tree.addTopLevelItem(branch)
            for section in sections:
                leaf = QTreeWidgetItem([section.title])
                leaf.setData(0, _KEY, section.key)
                leaf.setToolTip(0, section.title)
                branch.addChild(leaf)
                if section.key == self._key:
                    chosen = leaf
            branch.setExpanded(True)
        if not words:
            quiz = QTreeWidgetItem([tr(N_("Quiz"))])
            quiz.setData(0, _KEY, _QUIZ)
            quiz.setFont(0, bold)
            self.tree.addTopLevelItem(quiz)
            if self._key == _QUIZ:
                chosen = quiz
        self.tree.blockSignals(False)
        if chosen is None and self.tree.topLevelItemCount():
            first = self.tree.topLevelItem(0)
            chosen = first.child(0) if first is not None and first.childCount() else first
        if chosen is None:
            self._show_nothing(words)
            return
        self.tree.setCurrentItem(chosen)
        self._chosen(chosen)

    def _chosen(self, item: QTreeWidgetItem | None, _before: object = None) -> None:
        key = item.data(0, _KEY) if item is not None else None
        if key is None:
            return
        if self._key != key:
            self._asked = ""
        self._key = str(key)
        if key == _QUIZ:
            self._show_quiz()
        elif self._key.startswith(_CHAPTER):
            self._show_chapter(next(c for c in self._guide.chapters if _CHAPTER + c.key == key))
        elif (section := self._guide.section(self._key)) is not None:
            self._show_section(section)

    def _entered(self, item: QTreeWidgetItem) -> None:
        """Enter: fold or unfold a chapter; from a section, on to what it says."""
        if item.childCount():
            item.setExpanded(not item.isExpanded())
        else:
            self.page.setFocus(Qt.FocusReason.TabFocusReason)

    # -- the page ---------------------------------------------------------------------------------

    def _show_nothing(self, words: str) -> None:
        clear(self.page.body)
        text = self.shell.tr.tr(N_("Nothing in the guide holds “{words}”."), words=words)
        self.page.body.addWidget(EmptyState(self.shell.icons, "search", text))

    def _show_chapter(self, chapter: GuideChapter) -> None:
        body = self.page.body
        clear(body)
        body.addWidget(plain(chapter.title, role="title"))
        listed = Card()
        for section in chapter.sections:
            listed.body.addWidget(
                button(section.title, partial(self.open, ("section", section.key)), kind="link"),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        body.addWidget(listed)
        self._show_affairs()
        body.addStretch(1)
        self.page.verticalScrollBar().setValue(0)

    def _show_section(self, section: GuideSection) -> None:
        tr, icons = self.shell.tr, self.shell.icons
        body = self.page.body
        clear(body)
        if self._asked:
            back = button(
                tr.tr(N_("Back to where you were")),
                lambda: self.shell.actions.run("go_back"),
                icons=icons,
                icon="arrow-left",
                kind="link",
            )
            body.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(plain(section.title, role="title"))
        body.addWidget(plain(self._where(section), role="muted"))
        for paragraph in section.body.split("\n\n"):
            body.addWidget(plain(bulleted(paragraph)))
        for examples, title, icon, color in (
            (section.good, N_("Like this"), "check", "ok"),
            (section.bad, N_("Rather not"), "warning", "warning"),
        ):
            if not examples:
                continue
            body.addWidget(Section(tr.tr(title)))
            for example in examples:
                card = Card()
                row = QHBoxLayout()
                margins(row, 0, Space.MEDIUM)
                row.addWidget(
                    IconLabel(icons, icon, color, label=tr.tr(title)),
                    0,
                    Qt.AlignmentFlag.AlignTop,
                )
                row.addWidget(plain(example), 1)
                card.body.addLayout(row)
                body.addWidget(card)
        self._show_rules(section)
        self._show_affairs()
        body.addStretch(1)
        self.page.verticalScrollBar().setValue(0)

    def _where(self, section: GuideSection) -> str:
        """The chapter, and the slides, that a section comes from."""
        if not section.slides:
            return section.chapter
        return self.shell.tr.ntr(
            "{chapter} · slide {slides}",
            "{chapter} · slides {slides}",
            len(section.slides),
            chapter=section.chapter,
            slides=self.shell.tr.join(str(slide) for slide in section.slides),
        )

    def _show_rules(self, section: GuideSection) -> None:
        if not section.rules:
            return
        tr = self.shell.tr.tr
        card = Card(tr(N_("The rules that come from here")))
        self.page.body.addWidget(card)
        workspace, language = self.shell.workspace, self.shell.tr.language
        asked = self._asked

        def read() -> list[tuple[str, str, str]]:
            sheets = {sheet.rule.id: sheet for sheet in workspace.house.sheets(language)}
            named = [asked, *(rule_id for rule_id in section.rules if rule_id != asked)]
            return [
                (rule_id, sheets[rule_id].message, sheets[rule_id].suggestion)
                for rule_id in named
                if rule_id in sheets
            ]

        def show(rows: list[tuple[str, str, str]]) -> None:
            for rule_id, message, suggestion in rows:
                show_in(
                    card.body,
                    stack(
                        plain(rule_id, role="small"),
                        plain(message, role="strong" if rule_id == asked else ""),
                        *([plain(suggestion, role="muted")] if suggestion else ()),
                        spacing=2,
                    ),
                )

        self.shell.tasks.read(self, read, show, key="rules")

    def _show_affairs(self) -> None:
        get = self.shell.workspace.settings.get
        lines = [get("affairs.name"), get("affairs.phone"), get("affairs.email")]
        card = Card(self.shell.tr.tr(N_("One question, one contact")))
        for line in lines:
            if line:
                label = plain(str(line))
                label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                card.body.addWidget(label)
        self.page.body.addWidget(card)

    def _show_quiz(self) -> None:
        body = self.page.body
        clear(body)
        tr = self.shell.tr.tr
        body.addWidget(plain(tr(N_("Quiz")), role="title"))
        body.addWidget(
            plain(
                tr(N_("Nothing is kept of your answers. Choose; the reason follows.")), role="muted"
            )
        )
        for question in self._guide.quiz:
            body.addWidget(self._question(question))
        body.addStretch(1)
        self.page.verticalScrollBar().setValue(0)

    def _question(self, question: QuizQuestion) -> QWidget:
        tr, icons = self.shell.tr.tr, self.shell.icons
        card = Card()
        card.setAccessibleName(question.text)
        card.body.addWidget(plain(question.text, role="strong"))
        group = QButtonGroup(card)
        answer = QWidget()
        row = QHBoxLayout(answer)
        margins(row, 0, Space.SMALL)
        mark, words = IconLabel(icons, "check", "ok", 18), plain()
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        answer.hide()

        def choose(index: int) -> None:
            choice = question.choices[index]
            verdict = tr(N_("Yes.")) if choice.correct else tr(N_("Rather not."))
            mark.show_icon(*(("check", "ok") if choice.correct else ("warning", "warning")))
            words.setText(f"{verdict} {choice.why}")
            answer.show()
            announce(card, words.text())

        for index, choice in enumerate(question.choices):
            line = _Choice(choice.text, question.text)
            group.addButton(line.radio, index)
            card.body.addWidget(line)
        group.idClicked.connect(choose)
        card.body.addWidget(answer)
        see = button(
            tr(N_("View slide {n}"), n=question.slide),
            lambda: self.open(("slide", question.slide)),
            kind="link",
        )
        card.body.addWidget(see, 0, Qt.AlignmentFlag.AlignLeft)
        return card


class _Chapters(QTreeWidget):
    """Shows the head of a chapter with its first section."""

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QTreeWidget.ScrollHint = QTreeWidget.ScrollHint.EnsureVisible,
    ) -> None:
        super().scrollTo(index, hint)
        if index.row() == 0 and index.parent().isValid():
            super().scrollTo(index.parent(), hint)


class _Choice(QWidget):
    """A radio button whose words take as many lines as they need; the words are clicked too."""

    def __init__(self, text: str, question: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        margins(row, 0, Space.SMALL)
        self.radio = QRadioButton()
        self.radio.setAccessibleName(text)
        self.radio.setAccessibleDescription(question)
        row.addWidget(self.radio, 0, Qt.AlignmentFlag.AlignTop)
        self._words = plain(text)
        self._words.setMinimumHeight(self.radio.sizeHint().height())
        row.addWidget(self._words, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.radio.click()
            self.radio.setFocus()


def bulleted(paragraph: str) -> str:
    """With the signs that a list is printed with."""
    return "\n".join(
        f"•  {line[2:]}" if line.startswith("- ") else line for line in paragraph.splitlines()
    )
