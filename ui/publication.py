"""A draft's way to publication: validation, ready, published, archived, back, the trash.

The program publishes nothing: it keeps what people decided and did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLineEdit

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.model import (
    Approval,
    Changes,
    Draft,
    DraftSheet,
    DraftState,
    Network,
    Page,
    Placement,
)
from scc_admin.words import NETWORKS, partly_words
from ui.files import open_outside
from ui.forms import Field, FormDialog
from ui.icons import network_icon
from ui.keyboard import Menu
from ui.messages import Choice
from ui.publish import open_publish
from ui.screen import Screen, Shell
from ui.widgets import Form, Picker, Tone

LOCKED = frozenset({DraftState.READY, DraftState.PUBLISHED, DraftState.ARCHIVED})
"""States in which the text cannot be changed: what was checked must stay what was checked."""

Offer = tuple[str, str, Callable[[], object]]
"""What can be done next: its verb, its icon, and how."""


class Publication:
    """The acts that move one draft along. `flush` puts everything typed on disk first."""

    def __init__(
        self,
        screen: Screen,
        flush: Callable[[], object],
        copy_text: Callable[[], object],
        not_ready: Callable[[UserError], object],
    ) -> None:
        self._screen = screen
        self._shell: Shell = screen.shell
        self._flush = flush
        self._copy_text = copy_text
        self._not_ready = not_ready
        self._draft: Draft | None = None
        self._placements: Sequence[Placement] = ()

    def show_sheet(self, sheet: DraftSheet | None) -> None:
        self._draft = sheet.draft if sheet else None
        self._placements = sheet.placements if sheet else ()

    @property
    def locked(self) -> bool:
        return self._draft is None or self._draft.state in LOCKED

    @property
    def reopens(self) -> bool:
        """Whether the text can be opened again for writing."""
        state = self._draft.state if self._draft else None
        return state is DraftState.ARCHIVED or (state is DraftState.READY and not self._partly)

    @property
    def on_record(self) -> bool:
        """Whether it is out somewhere: what people said of it then is never changed."""
        return self._partly

    # -- what can be done -------------------------------------------------------------------------

    def primary(self) -> Offer | None:
        """The one thing to do next."""
        tr = self._shell.tr.tr
        match self._draft.state if self._draft else None:
            case DraftState.DRAFT | DraftState.TO_VALIDATE:
                return (tr(N_("Ready to publish")), "check", self.mark_ready)
            case DraftState.READY:
                return (tr(N_("Publish…")), "external", self.record_publication)
            case _:
                return None

    def offers(self) -> Sequence[Offer]:
        """Everything that can be done in this state, the trash aside."""
        if self._draft is None:
            return ()
        tr, state = self._shell.tr.tr, self._draft.state
        primary = self.primary()
        found: list[Offer] = [primary] if primary else []
        if state in (DraftState.DRAFT, DraftState.TO_VALIDATE):
            found.append((tr(N_("Ask for a validation…")), "clock", self.ask_validation))
        if state is DraftState.READY:
            found.append((tr(N_("Copy the text for publication")), "copy", self._copy_text))
        if state is DraftState.READY and len(self._placements) > 1:
            for placement in self._owed():
                words = tr(N_("Leave {network} out"), network=tr(NETWORKS[placement.network]))
                found.append((words, "minus", partial(self.leave_out, placement.network)))
        if self.reopens or state is DraftState.TO_VALIDATE:
            found.append((tr(N_("Open again for writing")), "drafts", self.reopen))
        if state is not DraftState.ARCHIVED:
            found.append((tr(N_("Archive")), "archive", self.archive))
        return found

    def fill(self, menu: Menu) -> None:
        """Make the menu of the state."""
        tr, icons = self._shell.tr.tr, self._shell.icons
        menu.clear()
        last: tuple[Offer, ...] = (
            (tr(N_("Copy as a new draft")), "copy", self.duplicate),
            (tr(N_("Put the draft in the trash")), "trash", self.trash),
        )
        for text, icon, act in self.offers():
            menu.offer(text, act, icons.icon(icon))
        menu.addSeparator()
        for text, icon, act in last:
            menu.offer(text, act, icons.icon(icon))

    def _owed(self) -> Sequence[Placement]:
        return [made for made in self._placements if made.published_at is None]

    @property
    def _partly(self) -> bool:
        return any(made.published_at is not None for made in self._placements)

    def notice(self) -> tuple[Tone, str, Sequence[tuple[str, Callable[[], object]]]] | None:
        """What the state means for whoever opens the draft; None while it is being written."""
        draft, tr = self._draft, self._shell.tr
        reopen = (tr.tr(N_("Open again for writing")), self.reopen)
        match draft.state if draft else None:
            case DraftState.READY if self._partly:
                publish = (tr.tr(N_("Publish…")), self.record_publication)
                words = f"{partly_words(tr, self._placements)}. {self._came_out()}"
                return Tone.INFO, words, (publish, *self._posts())
            case DraftState.READY:
                text = tr.tr(
                    N_("This draft is ready; its text is locked so that what was checked stays.")
                )
                return Tone.OK, text, (reopen, (tr.tr(N_("Copy the text")), self._copy_text))
            case DraftState.PUBLISHED if draft is not None and draft.published_at is not None:
                again = (tr.tr(N_("Copy as a new draft")), self.duplicate)
                return Tone.INFO, self._came_out(), (*self._posts(), again)
            case DraftState.ARCHIVED:
                return Tone.INFO, tr.tr(N_("This draft is archived.")), (reopen,)
        return None

    def _came_out(self) -> str:
        """Where it is out, since when, and at which link: a line for each network."""
        tr = self._shell.tr
        lines = []
        for made in self._placements:
            if made.published_at is not None:
                network, when = tr.tr(NETWORKS[made.network]), tr.moment(made.published_at)
                words = tr.tr(N_("Published on {network} {when}."), network=network, when=when)
                lines.append(f"{words} {made.permalink}".rstrip())
        return "\n".join(lines)

    def _posts(self) -> Sequence[tuple[str, Callable[[], object]]]:
        """A way to each post that is out and whose link is known."""
        tr, several = self._shell.tr.tr, len(self._placements) > 1
        return [
            (
                tr(N_("View it on {network}"), network=tr(NETWORKS[made.network]))
                if several
                else tr(N_("View the post")),
                partial(open_outside, self._shell, made.permalink),
            )
            for made in self._placements
            if made.permalink
        ]

    # -- doing it ---------------------------------------------------------------------------------

    def _act(
        self,
        op: Callable[[int], object],
        done: Callable[[object], object] | None = None,
        failed: Callable[[UserError], object] | None = None,
    ) -> None:
        if self._draft is None:
            return
        self._flush()
        draft_id = self._draft.id
        self._shell.tasks.mutate(
            self._screen, lambda: op(draft_id), done, failed or self._shell.messages.failed
        )

    def mark_ready(self) -> None:
        """Call it ready, once its pages are chosen and this person has said, this quarter, to know
        that posts stay public; nobody is asked while something else remains to be done."""
        shell, workspace = self._shell, self._shell.workspace
        if self._draft is None:
            return
        self._flush()
        draft_id, language = self._draft.id, shell.tr.language

        def read() -> tuple[Sequence[_Homeless], str]:
            editorial, words = workspace.editorial, ""
            owed = homeless(editorial.sheet(draft_id), editorial.pages())
            if workspace.permanence_due():
                words = workspace.house.rules()["PLAT-10"].message.to(language)
            if (owed or words) and not workspace.proofreader.readiness(
                draft_id, language=language
            ).ready:
                return (), ""
            return owed, words

        def ask(read: tuple[Sequence[_Homeless], str]) -> None:
            owed, words = read
            then = self._mark_ready if not words else partial(self._tell_first, words)
            if owed:
                self._ask_pages(owed, then)
            else:
                then()

        # In the order of the saves: what was just typed counts.
        shell.tasks.mutate(self._screen, read, ask, shell.messages.failed)

    def _ask_pages(self, owed: Sequence[_Homeless], then: Callable[[], object]) -> None:
        """On which pages it goes: the only one that fits is proposed."""
        shell, tr = self._shell, self._shell.tr.tr
        dialog = shell.messages.dialog(
            tr(N_("On which page does it go?")),
            tr(N_("The weekly report counts a post under its page; without one, on a line apart.")),
            (Choice("no", tr(N_("Cancel"))), Choice("yes", tr(N_("Go on")), "primary")),
        )
        form = Form(beside=False)
        pickers: dict[Network, Picker] = {}
        for network, pages in owed:
            picker = Picker(tr(N_("Page on {network}"), network=tr(NETWORKS[network])))
            icon = shell.icons.icon(network_icon(network))
            choices: list[tuple[str, QIcon | None, object]] = [
                (page.name, icon, page.id) for page in pages
            ]
            if len(pages) > 1:
                choices.insert(0, (tr(N_("Choose the page…")), None, ""))
            choices.append((tr(N_("No page")), None, None))
            picker.fill(choices, choices[0][2])
            form.add(picker.accessibleName(), picker)
            pickers[network] = picker
        dialog.body.addWidget(form)

        def check() -> None:
            whole = all(picker.currentData() != "" for picker in pickers.values())
            dialog.button("yes").setEnabled(whole)

        for picker in pickers.values():
            picker.currentIndexChanged.connect(lambda _index: check())
        check()

        def chosen(answer: str) -> None:
            if answer == "yes":
                pages = {network: picker.currentData() for network, picker in pickers.items()}
                editorial = shell.workspace.editorial
                self._act(lambda draft_id: editorial.place(draft_id, pages), lambda _: then())

        dialog.chosen.connect(chosen)
        dialog.open()
        if not dialog.button("yes").isEnabled():
            next(iter(pickers.values())).setFocus()

    def _tell_first(self, words: str) -> None:
        """That what is published stays published."""
        shell, tr, workspace = self._shell, self._shell.tr.tr, self._shell.workspace
        dialog = shell.messages.dialog(
            tr(N_("What is published stays published")),
            words,
            (Choice("no", tr(N_("Cancel"))), Choice("yes", tr(N_("I know")), "primary")),
        )

        def chosen(answer: str) -> None:
            if answer == "yes":
                shell.tasks.mutate(
                    self._screen, workspace.acknowledge_permanence, lambda _: self._mark_ready()
                )

        dialog.chosen.connect(chosen)
        dialog.open()

    def _mark_ready(self) -> None:
        workspace, language = self._shell.workspace, self._shell.tr.language
        tr = self._shell.tr.tr
        self._act(
            lambda draft_id: workspace.mark_ready(draft_id, language=language),
            lambda _: self._shell.messages.toast(
                tr(N_("Ready. Copy the text, publish it, then note the publication.")),
                tr(N_("Copy the text")),
                self._copy_text,
            ),
            self._not_ready,
        )

    def reopen(self) -> None:
        self._act(self._shell.workspace.editorial.reopen)

    def leave_out(self, network: Network) -> None:
        """No longer publish there; the texts for it are kept, out of the draft."""
        editorial, tr = self._shell.workspace.editorial, self._shell.tr.tr
        self._act(
            lambda draft_id: editorial.leave_out(draft_id, network),
            lambda _: self._shell.messages.toast(
                tr(
                    N_("{network} is left out; the text written for it is kept."),
                    network=tr(NETWORKS[network]),
                )
            ),
        )

    def archive(self) -> None:
        self._act(self._shell.workspace.editorial.archive)

    def duplicate(self) -> None:
        editorial, window = self._shell.workspace.editorial, self._shell.window
        changes = Changes(frozenset({"drafts"}))

        def copy(draft_id: int) -> Changes:
            made.append(editorial.copy_draft(draft_id))
            return changes

        made: list[int] = []
        self._act(copy, lambda _: window.go("draft", made[0]))

    def trash(self) -> None:
        if self._draft is None:
            return
        shell, draft_id, screen = self._shell, self._draft.id, self._screen
        tr, editorial = shell.tr.tr, shell.workspace.editorial

        def undo() -> None:
            shell.tasks.mutate(screen, lambda: editorial.untrash(draft_id))
            shell.window.go("draft", draft_id)

        def done(_: object) -> None:
            shell.window.go("drafts")
            shell.messages.toast(tr(N_("The draft is in the trash.")), tr(N_("Undo")), undo)

        self._act(editorial.trash, done)

    def record_publication(self) -> None:
        """Help to publish it, and note when and where that was done."""
        if self._draft is not None:
            self._flush()
            open_publish(self._screen, self._draft.id)

    # -- validation -------------------------------------------------------------------------------

    def ask_validation(self, about: str = "") -> None:
        """Ask named persons to validate the text; `about` is what is not certain."""
        tr = self._shell.tr.tr
        dialog = self._shell.messages.dialog(
            tr(N_("Ask for a validation")),
            tr(
                N_(
                    "The program sends nothing: it keeps who is asked, and waits for you to record"
                    " the answer."
                )
            ),
            (
                Choice("no", tr(N_("Cancel"))),
                Choice("yes", tr(N_("Only note it"))),
                Choice("mail", tr(N_("Prepare the e-mail")), "primary"),
            ),
        )
        names, question, until = QLineEdit(), QLineEdit(about), QLineEdit()
        enough = Picker(tr(N_("Who must approve")))
        enough.fill(
            [(tr(N_("All of them")), None, False), (tr(N_("Any one of them")), None, True)], False
        )
        until.setPlaceholderText(tr(N_("Friday noon, for instance")))
        names.setPlaceholderText(tr(N_("Julie Roy <julie@example.org>, Omar")))
        form = Form(beside=False)
        form.add(tr(N_("Who validates")), names, required=True)
        form.add(tr(N_("Who must approve")), enough)
        form.add(tr(N_("Your question, if you have one")), question)
        form.add(tr(N_("Until when")), until)
        dialog.body.addWidget(form)

        def check(text: str) -> None:
            for key in ("yes", "mail"):
                dialog.button(key).setEnabled(bool(text.strip(" ,")))

        check("")
        names.textChanged.connect(check)
        workspace, language = self._shell.workspace, self._shell.tr

        def chosen(answer: str) -> None:
            people, words, by = names.text().split(","), question.text(), until.text()
            one = bool(enough.currentData())
            written: list[Path] = []

            def ask(draft_id: int) -> Changes:
                if answer == "mail":
                    written.append(
                        workspace.validation_request(draft_id, people, words, by, language)
                    )
                named = [name.partition("<")[0].strip(' "') or name for name in people]
                return workspace.editorial.submit(draft_id, named, words, one_is_enough=one)

            if answer in ("yes", "mail"):
                self._act(ask, lambda _: self._say_written(written))

        dialog.chosen.connect(chosen)
        dialog.open()
        names.setFocus()

    def _say_written(self, written: Sequence[Path]) -> None:
        tr = self._shell.tr.tr
        for path in written:
            self._shell.messages.toast(
                tr(
                    N_("The e-mail is ready: {file}. Read it, then send it yourself."),
                    file=path.name,
                ),
                tr(N_("Open it")),
                partial(open_outside, self._shell, path),
            )

    def record_answer(self, approval: Approval, approved: bool) -> None:
        """Write down what a validator said; a refusal says why."""
        tr = self._shell.tr.tr
        editorial = self._shell.workspace.editorial
        title = N_("{who} approves this text") if approved else N_("{who} refuses this text")
        self._flush()
        FormDialog(
            self._shell,
            tr(title, who=approval.validator),
            tr(N_("Your name and the date are kept with this answer.")),
            tr(N_("Record the answer")),
            lambda values: editorial.record_approval(approval.id, approved, values["note"].strip()),
            fields=(Field("note", tr(N_("What was said, in a few words")), required=not approved),),
            keep=f"approval.{approval.id}.{approved}",
        ).open()

    def withdraw(self, approval: Approval) -> None:
        editorial = self._shell.workspace.editorial
        self._act(lambda _draft_id: editorial.withdraw_approval(approval.id))


_Homeless = tuple[Network, Sequence[Page]]
"""A network on which no page is chosen, and the pages of ours that there are."""


def homeless(sheet: DraftSheet, pages: Sequence[Page]) -> Sequence[_Homeless]:
    """Where a page is to be chosen, among those there are."""
    written = {variant.target.network for variant in sheet.variants if variant.text.strip()}
    found = []
    for placement in sheet.placements:
        fitting = [page for page in pages if page.managed and page.network is placement.network]
        if placement.page is None and placement.network in written and fitting:
            found.append((placement.network, fitting))
    return found
