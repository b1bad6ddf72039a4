"""Three kinds of failure.

`UserError` is a sentence for the user. `Cancelled` is the user's own wish. Anything else that
escapes is a bug and shows a trace (in the log, never on the screen).
"""

from __future__ import annotations


class SccError(Exception):
    """Root of the failures that the program foresees."""


class UserError(SccError):
    """Something the user can understand and mend.

    `message` is an English msgid with `.format` placeholders; `params` fill them. The text is
    translated where it is shown (`i18n.explain`), so that an error raised in a worker speaks the
    language of the window and not that of the moment. `code` is stable, for tests and scripts.
    """

    def __init__(self, code: str, message: str, **params: object) -> None:
        self.code = code
        self.message = message
        self.params = params
        super().__init__(code, message, params)

    def __str__(self) -> str:
        try:
            return self.message.format(**self.params)
        except (KeyError, IndexError, ValueError):
            return self.message


class IntegrityError(UserError):
    """Something that was recorded no longer is what was recorded."""


class Cancelled(SccError):  # noqa: N818 - it is a wish, not an error
    """The user stopped a long task. Nothing half-done remains."""
