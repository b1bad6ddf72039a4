"""The person a case is about: label, accounts, interest, consent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from scc_admin.i18n import N_
from scc_admin.model import Account, CaseRow, Changes, Network, Person
from scc_admin.moderation import AccountInput, PersonInput
from scc_admin.words import CASE_STATES, NETWORKS, person_label
from ui.forms import Field, FormDialog
from ui.icons import network_icon
from ui.moderation.words import EXAMPLE, account_words
from ui.screen import Shell
from ui.theme import Space
from ui.widgets import (
    Chip,
    IconLabel,
    Scroll,
    Section,
    Tone,
    button,
    clear,
    icon_button,
    margins,
    plain,
    stack,
)

_CHANGES = Changes(frozenset({"persons", "cases"}))


class PersonPanel(Scroll):
    """All that is known of a person, and the ways to mend it."""

    def __init__(self, shell: Shell, give_access: Callable[[Person], object]) -> None:
        super().__init__(padding=Space.LARGE, spacing=Space.SMALL)
        self.shell = shell
        self._give_access = give_access
        self.person: Person | None = None

    def show_person(self, person: Person, others: Sequence[CaseRow] = ()) -> None:
        """Show a person; `others` are their cases besides the one in front."""
        self.person = person
        shell, tr = self.shell, self.shell.tr.tr
        clear(self.body)
        edit = button(tr(N_("Change…")), self.edit, icons=shell.icons, icon="drafts", kind="small")
        self.body.addWidget(Section(person_label(self.shell.tr, person.label), action=edit))
        declared = (
            tr(N_("declared by the person"))
            if person.interest_disclosed
            else tr(N_("not declared by the person"))
        )
        facts = [
            (N_("Name"), person.name),
            (N_("Interest in the matter"), person.interest and f"{person.interest} ({declared})"),
            (N_("Consent"), person.consent),
            (N_("Notes"), person.notes),
        ]
        for label, value in facts:
            if value:
                self.body.addWidget(stack(plain(tr(label), role="small"), plain(value), spacing=0))
        add = button(
            tr(N_("Add an account…")),
            self.add_account,
            icons=shell.icons,
            icon="plus",
            kind="small",
        )
        self.body.addSpacing(Space.SMALL)
        self.body.addWidget(Section(tr(N_("Accounts")), action=add))
        if not person.accounts:
            self.body.addWidget(plain(tr(N_("No account is known yet.")), role="muted"))
        for account in person.accounts:
            self.body.addWidget(self._account(account))
        if others:
            self.body.addSpacing(Space.SMALL)
            self.body.addWidget(Section(tr(N_("Other cases"))))
        for case in others:
            self.body.addWidget(
                button(
                    f"{case.number} · {case.title} ({tr(CASE_STATES[case.state])})",
                    partial(shell.window.go, "moderation", case.id),
                    kind="link",
                ),
                0,
                Qt.AlignmentFlag.AlignLeft,
            )
        self.body.addSpacing(Space.SMALL)
        self.body.addWidget(Section(tr(N_("Their rights"))))
        row = QHBoxLayout()
        row.addWidget(
            button(
                tr(N_("Give them what is held on them…")),
                lambda: self._give_access(person),
                icons=shell.icons,
                icon="package",
            )
        )
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)

    def _account(self, account: Account) -> QWidget:
        shell, tr = self.shell, self.shell.tr
        line = QWidget()
        row = QHBoxLayout(line)
        margins(row, 0, Space.SMALL)
        row.addWidget(IconLabel(shell.icons, network_icon(account.network), "muted"))
        words = QVBoxLayout()
        margins(words, 0, 0)
        words.addWidget(plain(account.handle))
        below = " · ".join(p for p in (account.external_id, account.url) if p)
        if below:
            words.addWidget(plain(below, role="small"))
        row.addLayout(words, 1)
        if not account.confirmed:
            row.addWidget(
                Chip(shell.theme, shell.icons, tr.tr(N_("suspected")), "question", "warning")
            )
        name = account_words(tr, account)
        row.addWidget(
            icon_button(
                shell.icons,
                "drafts",
                tr.tr(N_("Change {account}"), account=name),
                lambda: self.edit_account(account),
            )
        )
        row.addWidget(
            icon_button(
                shell.icons,
                "trash",
                tr.tr(N_("Remove {account}"), account=name),
                lambda: self.remove_account(account),
            )
        )
        return line

    # -- mending --------------------------------------------------------------------------------

    def edit(self) -> FormDialog:
        person, tr = self.person, self.shell.tr.tr
        assert person is not None
        moderation = self.shell.workspace.moderation
        made = FormDialog(
            self.shell,
            tr(N_("Person: {person}"), person=person_label(self.shell.tr, person.label)),
            tr(
                N_(
                    "Lists show the name beside the label, as the settings have it; a report or a"
                    " packet, only where you choose so."
                )
                if self.shell.workspace.settings.get("look.names")
                else N_(
                    "Lists show the label only, as the settings have it; a report or a packet shows"
                    " the name only where you choose so."
                )
            ),
            tr(N_("Save")),
            lambda v: moderation.change_person(
                person.id,
                PersonInput(
                    v["label"], v["name"], v["interest"], v["disclosed"], v["notes"], v["consent"]
                ),
            ),
            fields=(
                Field("label", tr(N_("Label")), required=True, initial=person.label),
                Field("name", tr(N_("Name, if it is known")), initial=person.name),
                Field(
                    "interest",
                    tr(N_("Interest in the matter")),
                    "text",
                    lines=2,
                    initial=person.interest,
                    hint=tr(N_("What they sell, own or defend, and how you know.")),
                ),
                Field(
                    "disclosed",
                    tr(N_("They said so themselves in the discussion")),
                    "check",
                    initial=person.interest_disclosed,
                ),
                Field(
                    "consent",
                    tr(N_("Consent")),
                    initial=person.consent,
                    hint=tr(N_("What they agreed to, how and when.")),
                ),
                Field("notes", tr(N_("Notes")), "text", lines=3, initial=person.notes),
            ),
            tone=Tone.INFO,
        )
        made.open()
        return made

    def add_account(self) -> FormDialog:
        person, tr = self.person, self.shell.tr.tr
        assert person is not None
        moderation = self.shell.workspace.moderation
        return self._account_form(
            tr(N_("Another account of {person}"), person=person_label(self.shell.tr, person.label)),
            tr(N_("Add the account")),
            None,
            lambda new: (moderation.add_account(person.id, new), _CHANGES),
        )

    def edit_account(self, account: Account) -> FormDialog:
        moderation, tr = self.shell.workspace.moderation, self.shell.tr.tr
        return self._account_form(
            tr(N_("Change the account")),
            tr(N_("Save")),
            account,
            lambda new: moderation.change_account(account.id, new),
        )

    def _account_form(
        self,
        title: str,
        act: str,
        account: Account | None,
        op: Callable[[AccountInput], Any],
    ) -> FormDialog:
        tr = self.shell.tr.tr
        made = FormDialog(
            self.shell,
            title,
            "",
            act,
            lambda v: op(
                AccountInput(
                    Network(v["network"]), v["handle"], v["external_id"], v["url"], v["confirmed"]
                )
            ),
            fields=(
                Field(
                    "network",
                    tr(N_("Network")),
                    "choice",
                    initial=account.network.value if account else Network.FACEBOOK.value,
                    choices=tuple((n.value, tr(NETWORKS[n])) for n in Network),
                ),
                Field(
                    "handle",
                    tr(N_("Name shown, @account, or both")),
                    required=True,
                    hint=tr(N_("As the network shows them: {example}"), example=EXAMPLE),
                    initial=account.handle if account else "",
                ),
                Field(
                    "external_id",
                    tr(N_("Its number on the network")),
                    initial=account.external_id if account else "",
                    hint=tr(N_("A name can change; the number stays.")),
                ),
                Field("url", tr(N_("Link")), initial=account.url if account else ""),
                Field(
                    "confirmed",
                    tr(N_("It is certain that this account is theirs")),
                    "check",
                    initial=account.confirmed if account else False,
                ),
            ),
            tone=Tone.INFO,
        )
        made.open()
        return made

    def remove_account(self, account: Account) -> None:
        tr, moderation = self.shell.tr.tr, self.shell.workspace.moderation
        self.shell.messages.confirm(
            tr(N_("Remove this account?")),
            tr(
                N_("{account} will no longer be recognised as theirs. What was seen there stays."),
                account=account_words(self.shell.tr, account),
            ),
            tr(N_("Remove the account")),
            lambda: self.shell.tasks.mutate(self, lambda: moderation.remove_account(account.id)),
        )
