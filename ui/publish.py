"""Helping a person to publish: copy the text, copy the pictures, open the page, note the link.

The program itself publishes nothing and opens a page only when a button is pressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from scc_admin.errors import UserError
from scc_admin.i18n import N_
from scc_admin.model import DraftSheet, DraftState, Media, Page, Variant
from scc_admin.words import LANGUAGES, TARGETS
from ui.forms import moment_field, moment_of
from ui.messages import Choice, Dialog
from ui.screen import Screen
from ui.theme import Space
from ui.widgets import Elided, FlowLayout, Form, Tone, button, margins, plain, rule

MOST_PICTURE_BYTES = 40_000_000
"""A picture larger than this is not put on the clipboard."""


@dataclass(frozen=True, slots=True)
class _Ready:
    sheet: DraftSheet
    page: Page | None


def open_publish(
    screen: Screen, draft_id: int, *, link: str = "", at: datetime | None = None
) -> None:
    """Read a draft and show the helper; for one that is not ready, open it instead."""
    shell = screen.shell
    editorial = shell.workspace.editorial

    def read() -> _Ready:
        sheet = editorial.sheet(draft_id)
        page = None if sheet.draft.page_id is None else editorial.page(sheet.draft.page_id)
        return _Ready(sheet, page)

    def show(ready: _Ready) -> None:
        if ready.sheet.draft.state is DraftState.READY:
            PublishHelper(screen, ready.sheet, ready.page, link, at).open()
        else:
            shell.window.go("draft", draft_id)

    shell.tasks.read(screen, read, show, shell.messages.failed)


class PublishHelper:
    """The helper for one ready draft."""

    def __init__(
        self,
        screen: Screen,
        sheet: DraftSheet,
        page: Page | None,
        link: str = "",
        at: datetime | None = None,
    ) -> None:
        self._screen = screen
        self._shell = screen.shell
        self._sheet = sheet
        tr = self._shell.tr.tr
        self.dialog: Dialog = self._shell.messages.dialog(
            tr(N_("Publish “{title}”"), title=sheet.draft.title or tr(N_("Untitled draft"))),
            tr(N_("You publish on the network yourself; the program sends nothing.")),
            (
                Choice("no", tr(N_("Later"))),
                Choice("yes", tr(N_("Note the publication")), "primary"),
            ),
            self._chosen,
            tone=Tone.INFO,
        )
        body = self.dialog.body
        body.addWidget(self._step("1", tr(N_("Copy the text")), self._texts()))
        number = 2
        if sheet.media:
            body.addWidget(self._step("2", tr(N_("Copy the pictures")), self._pictures()))
            number = 3
        if page is not None and page.url.startswith(("https://", "http://")):
            body.addWidget(
                self._step(str(number), tr(N_("Publish on the page")), self._opening(page))
            )
            number += 1
        self._when = moment_field(self._shell, at or self._shell.clock())
        self._link = QLineEdit(link)
        self._link.setPlaceholderText("https://")
        form = Form(beside=False)
        form.add(tr(N_("Published at")), self._when)
        form.add(
            tr(N_("Link of the post")), self._link, hint=tr(N_("Optional; your proof later on."))
        )
        body.addWidget(self._step(str(number), tr(N_("Note it")), form))

    def open(self) -> None:
        self.dialog.open()

    def _step(self, number: str, title: str, content: QWidget) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        margins(column, 0, Space.HAIR)
        if number != "1":
            column.addWidget(rule())
        column.addWidget(plain(f"{number}. {title}", role="strong"))
        column.addWidget(content)
        return part

    # -- the text ---------------------------------------------------------------------------------

    def _texts(self) -> QWidget:
        box = QWidget()
        flow = FlowLayout(Space.SMALL)
        box.setLayout(flow)
        tr = self._shell.tr.tr
        for variant in self._sheet.variants:
            if not variant.text.strip():
                continue
            name = f"{tr(TARGETS[variant.target])} · {tr(LANGUAGES[variant.language])}"
            made = button(
                name, partial(self._copy_text, variant), icons=self._shell.icons, icon="copy"
            )
            made.setAccessibleName(tr(N_("Copy the text: {name}"), name=name))
            flow.addWidget(made)
        return box

    def _copy_text(self, variant: Variant) -> None:
        QApplication.clipboard().setText(variant.text)
        tr = self._shell.tr.tr
        self._shell.messages.toast(
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
        tr = self._shell.tr.tr
        for media in self._sheet.media:
            line = QWidget()
            flow = FlowLayout(Space.SMALL)
            line.setLayout(flow)
            if media.media_type.startswith("image/") and media.size <= MOST_PICTURE_BYTES:
                made = button(
                    media.name[:60],
                    partial(self._copy_picture, media),
                    icons=self._shell.icons,
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
                        icons=self._shell.icons,
                        icon="copy",
                        kind="quiet",
                    )
                )
            column.addWidget(line)
        return box

    def _copy_picture(self, media: Media) -> None:
        vault, tr = self._shell.workspace.vault, self._shell.tr.tr

        def read() -> QImage:
            return QImage.fromData(vault.read(media.blob_id, MOST_PICTURE_BYTES))

        def copied(image: QImage) -> None:
            if image.isNull():
                self._shell.messages.toast(tr(N_("This picture cannot be shown here.")))
                return
            QApplication.clipboard().setImage(image)
            self._shell.messages.toast(tr(N_("The picture is copied.")))

        self._shell.tasks.read(self._screen, read, copied, self._shell.messages.failed)

    def _copy_alt(self, media: Media) -> None:
        QApplication.clipboard().setText(media.alt)
        self._shell.messages.toast(self._shell.tr.tr(N_("The description is copied.")))

    # -- the page and the note --------------------------------------------------------------------

    def _opening(self, page: Page) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        margins(column, 0, 2)
        tr = self._shell.tr.tr
        column.addWidget(
            button(
                tr(N_("Open {page}"), page=page.name),
                lambda: QDesktopServices.openUrl(QUrl(page.url)),
                icons=self._shell.icons,
                icon="external",
            )
        )
        column.addWidget(Elided(page.url, role="small"))
        return box

    def _chosen(self, answer: str) -> None:
        if answer != "yes":
            return
        shell, draft_id = self._shell, self._sheet.draft.id
        at, link = moment_of(shell, self._when).astimezone(UTC), self._link.text()
        editorial, screen = shell.workspace.editorial, self._screen

        def failed(error: UserError) -> None:
            open_publish(screen, draft_id, link=link, at=at)
            shell.messages.failed(error)

        shell.tasks.mutate(
            screen,
            lambda: editorial.mark_published(draft_id, at, link),
            lambda _: shell.messages.toast(shell.tr.tr(N_("The publication is noted."))),
            failed,
        )
