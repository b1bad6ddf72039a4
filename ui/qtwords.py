"""Qt's own words, in the language of the moment: file dialogs, menus of fields, calendars.

Qt brings a French catalogue that lacks what was added since; ours completes it.
"""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from scc_admin.i18n import N_, Translator
from scc_admin.kinds import Language

_LACKING: dict[str, str] = {
    N_("Drive"): "QAbstractFileIconProvider",
    N_("Folder"): "QAbstractFileIconProvider",
    N_("&Look in:"): "QFileDialog",
    N_("Files of &type:"): "QFileDialog",
    N_("Page &order:"): "QPageSetupWidget",
    N_("Pages &per sheet:"): "QPageSetupWidget",
    N_("Page &Set:"): "QPrintSettingsOutput",
}
"""What Qt's French catalogue of 6.x has no word for, and where Qt uses it."""


_BETTER: dict[tuple[str, str], str] = {
    ("QShortcut", "Return"): N_("Enter"),
}
"""What Qt's French catalogue names otherwise than our keyboards do: « Retour » takes one back."""


class QtWords(QTranslator):
    """Qt's catalogue, and ours behind it."""

    def __init__(self, app: QApplication, language: Language) -> None:
        super().__init__(app)
        self.speaks = language
        self._tr = Translator(language)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self.load(f"qtbase_{language.value}", folder)

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        if (context, source) in _BETTER:
            return self._tr.tr(_BETTER[context, source])
        found = super().translate(context, source, disambiguation, n)
        if not found and _LACKING.get(source) == context:
            return self._tr.tr(source)
        return found or ""


_taught: QtWords | None = None


def teach_qt(language: Language) -> None:
    """Have Qt speak a language from here on; English is what it speaks by itself."""
    global _taught
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if _taught is not None:
        if _taught.speaks is language:
            return
        app.removeTranslator(_taught)
        _taught.deleteLater()
        _taught = None
    QLocale.setDefault(QLocale("fr_CA" if language is Language.FR else "en_CA"))
    if language is Language.FR:
        _taught = QtWords(app, language)
        app.installTranslator(_taught)
