"""Helping a person to publish: copy the text, copy the pictures, open the page, note the link.

The program itself publishes nothing and opens a page only when a button is pressed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from scc_admin.addresses import HOSTS, is_web_address, network_of
from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.model import (
    DraftSheet,
    DraftState,
    Media,
    Network,
    Page,
    Placement,
    Variant,
    draft_title,
)
from scc_admin.words import LANGUAGES, NETWORKS, TARGETS, partly_words
from ui.files import open_outside
from ui.forms import Field, FormDialog
from ui.screen import Screen
from ui.theme import Space
from ui.widgets import Elided, FlowLayout, Tone, button, decoded, margins, plain, rule

MOST_PICTURE_BYTES = 40_000_000
"""A picture larger than this is not put on the clipboard."""


def open_publish(screen: Screen, draft_id: int) -> None:
    """Read a draft and show the helper; for one that is not ready, open it instead."""
    shell = screen.shell
    editorial = shell.workspace.editorial

    def show(sheet: DraftSheet) -> None:
        if sheet.draft.state is DraftState.READY:
            PublishHelper(screen, sheet).open()
        else:
            shell.window.go("draft", draft_id)

    shell.tasks.read(screen, lambda: editorial.sheet(draft_id), show, shell.messages.failed)


class PublishHelper(FormDialog):
    """The helper for one ready draft. It stays open until the publication is noted.

    Where the draft goes to several networks, each is noted once it is out there, together or one
    after the other.
    """

    def __init__(self, screen: Screen, sheet: DraftSheet) -> None:
        shell, draft_id = screen.shell, sheet.draft.id
        tr, editorial = shell.tr.tr, shell.workspace.editorial
        self._owed = [made for made in sheet.placements if made.published_at is None]
        partly = partly_words(shell.tr, sheet.placements)
        sends_nothing = tr(N_("You publish on the network yourself; the program sends nothing."))
        super().__init__(
            shell,
            tr(N_("Publish “{title}”"), title=draft_title(sheet) or tr(N_("Untitled draft"))),
            f"{partly}. {sends_nothing}" if partly else sends_nothing,
            tr(N_("Note the publication")),
            lambda values: editorial.mark_published(draft_id, values["at"], self._links(values)),
            lambda _: shell.messages.toast(tr(N_("The publication is noted."))),
            keep=f"publish-{draft_id}",
            tone=Tone.INFO,
        )
        self._screen = screen
        self._sheet = sheet
        self._warned: Mapping[Network, str] = {}
        """The links of which it was said that their address is not known."""
        steps = [(tr(N_("Copy the text")), self._texts())]
        if sheet.media:
            steps.append((tr(N_("Copy the pictures")), self._pictures()))
        pages = [made.page for made in self._owed if made.page]
        pages = [page for page in pages if page.url.startswith(("https://", "http://"))]
        if pages:
            steps.append((tr(N_("Publish on the page")), self._opening(pages)))
        for number, (title, content) in enumerate(steps, 1):
            self.form.add_wide(self._step(number, title, content))
        self.form.add_wide(self._step(len(steps) + 1, tr(N_("Note it"))))
        self.add(Field("at", tr(N_("Published at")), "moment"))
        if len(self._owed) > 1:
            for placement in self._owed:
                self._ask_for(placement, hint=placement is self._owed[-1])
        else:
            self._link(Field("link", tr(N_("Link of the post")), hint=self._hint()))

    def _hint(self) -> str:
        return self.shell.tr.tr(N_("Optional; your proof later on."))

    def _link(self, field: Field) -> QLineEdit:
        link = cast(QLineEdit, self.add(field))
        link.setPlaceholderText("https://")
        return link

    def _ask_for(self, placement: Placement, *, hint: bool) -> None:
        """Whether it is out on one of several networks, and its link, which says so too."""
        tr, network = self.shell.tr.tr, placement.network
        name = tr(NETWORKS[network])
        said = tr(N_("Published on {network}"), network=name)
        if placement.page is not None:
            said = f"{said} · {placement.page.name}"
        out = cast(QCheckBox, self.add(Field(f"out-{network}", said, "check")))
        words = tr(N_("Link on {network}"), network=name)
        link = self._link(Field(f"link-{network}", words, hint=self._hint() if hint else ""))
        link.textEdited.connect(lambda text: out.setChecked(out.isChecked() or bool(text.strip())))

    def _links(self, values: Mapping[str, Any]) -> str | Mapping[Network, str]:
        """The link of each network where it is out."""
        if len(self._owed) == 1:
            return cast(str, values["link"])
        links = {
            made.network: values[f"link-{made.network}"]
            for made in self._owed
            if values[f"out-{made.network}"]
        }
        if not links:
            raise UserError("which_network", N_("Tick the networks where it is published."))
        return links

    def submit(self) -> None:
        strange = self._strange()
        if strange and strange != self._warned:
            self._warned = strange
            tr = self.shell.tr
            named = tr.join([tr.tr(NETWORKS[network]) for network in strange])
            words = N_(
                "The link for {network} has an address that is not known to be there. If it is the"
                " right one, note the publication once more."
            )
            self.banner.show_message(Tone.WARNING, tr.tr(words, network=named))
            self.button("yes").setFocus(Qt.FocusReason.OtherFocusReason)
            return
        super().submit()

    def _strange(self) -> Mapping[Network, str]:
        """The links of which nothing tells that they are of their network."""
        values, alone = self.values(), len(self._owed) == 1
        links = {
            made.network: values["link" if alone else f"link-{made.network}"].strip()
            for made in self._owed
            if alone or values[f"out-{made.network}"]
        }
        return {
            network: link
            for network, link in links.items()
            if link and network in HOSTS and network_of(link) is None and is_web_address(link)
        }

    def focus_first(self) -> None:
        # Where one begins; once something was refused, what was refused.
        first = None if self.banner.isVisible() else self.form.findChild(QPushButton)
        (first or self._to_mend()).setFocus(Qt.FocusReason.TabFocusReason)

    def _to_mend(self) -> QWidget:
        """The link that is none, or else where one says what is out."""
        from scc_admin.editorial import is_link

        if len(self._owed) == 1:
            return cast(QWidget, self.widget("link"))
        links = {m.network: cast(QLineEdit, self.widget(f"link-{m.network}")) for m in self._owed}
        none = (
            link
            for network, link in links.items()
            if link.text().strip()
            and (not is_link(link.text()) or network_of(link.text()) not in (None, network))
        )
        return next(none, cast(QWidget, self.widget(f"out-{self._owed[0].network}")))

    def _step(self, number: int, title: str, content: QWidget | None = None) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        margins(column, 0, Space.HAIR)
        if number > 1:
            column.addWidget(rule())
        column.addWidget(plain(f"{number}. {title}", role="strong"))
        if content is not None:
            column.addWidget(content)
        return part

    # -- the text ---------------------------------------------------------------------------------

    def _texts(self) -> QWidget:
        box = QWidget()
        flow = FlowLayout(Space.SMALL)
        box.setLayout(flow)
        tr = self.shell.tr.tr
        owed = {made.network for made in self._owed}
        for variant in self._sheet.variants:
            if not variant.text.strip() or variant.target.network not in owed:
                continue
            name = f"{tr(TARGETS[variant.target])} · {tr(LANGUAGES[variant.language])}"
            made = button(
                name, partial(self._copy_text, variant), icons=self.shell.icons, icon="copy"
            )
            made.setAccessibleName(tr(N_("Copy the text: {name}"), name=name))
            flow.addWidget(made)
        return box

    def _copy_text(self, variant: Variant) -> None:
        QApplication.clipboard().setText(variant.text)
        tr = self.shell.tr.tr
        self.shell.messages.toast(
            tr(
                N_("The text is copied; paste it into {network}."),
                network=tr(TARGETS[variant.target]),
            )
        )

    # -- the pictures -----------------------------------------------------------------------------

    def _pictures(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        margins(column, 0, Space.HAIR)
        tr = self.shell.tr.tr
        for media in self._sheet.media:
            line = QWidget()
            flow = FlowLayout(Space.SMALL)
            line.setLayout(flow)
            if media.media_type.startswith("image/") and media.size <= MOST_PICTURE_BYTES:
                made = button(
                    media.name[:60],
                    partial(self._copy_picture, media),
                    icons=self.shell.icons,
                    icon="image",
                )
                made.setAccessibleName(tr(N_("Copy the picture {name}"), name=media.name))
                flow.addWidget(made)
            else:
                flow.addWidget(plain(media.name, wrap=False))
            if media.alt.strip():
                flow.addWidget(
                    button(
                        tr(N_("Copy its description")),
                        partial(self._copy_alt, media),
                        icons=self.shell.icons,
                        icon="copy",
                        kind="quiet",
                    )
                )
            column.addWidget(line)
        return box

    def _copy_picture(self, media: Media) -> None:
        vault, tr = self.shell.workspace.vault, self.shell.tr.tr

        def read() -> QImage:
            return decoded(vault.read(media.blob_id, MOST_PICTURE_BYTES), media.media_type)

        def copied(image: QImage) -> None:
            QApplication.clipboard().setImage(image)
            self.shell.messages.toast(tr(N_("The picture is copied.")))

        self.shell.tasks.read(self._screen, read, copied, self.shell.messages.failed)

    def _copy_alt(self, media: Media) -> None:
        QApplication.clipboard().setText(media.alt)
        self.shell.messages.toast(self.shell.tr.tr(N_("The description is copied.")))

    # -- the page and the note --------------------------------------------------------------------

    def _opening(self, pages: Sequence[Page]) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        margins(column, 0, 2)
        tr = self.shell.tr.tr
        for page in pages:
            column.addWidget(
                button(
                    tr(N_("Open {page}"), page=page.name),
                    partial(open_outside, self.shell, page.url),
                    icons=self.shell.icons,
                    icon="external",
                )
            )
            column.addWidget(Elided(page.url, role="small"))
        return box
