"""Texts in French and English, and dates, numbers and lists as each language writes them.

msgids are English, with named `.format` placeholders. A translation can never crash the program:
one whose placeholders differ from its msgid's is passed over for the msgid.
"""

from __future__ import annotations

import datetime as dt
import functools
import gettext
import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scc_admin.errors import UserError
from scc_admin.kinds import Language

if TYPE_CHECKING:
    from babel import Locale

DOMAIN = "scc_admin"
LOCALES = {Language.FR: "fr_CA", Language.EN: "en_CA"}

_DOUBLE_STOP = re.compile(r"\b([ap]\.m\.)\.(?!\.)")
"""An English hour at the end of a sentence: the stop of its abbreviation ends both."""


_FIRST_DAY = re.compile(r"(?<!\S)1(?!\S)")


def _ordinal(date: str) -> str:
    """A date in French with its first day as one writes it: « 1er décembre », « mardi 1er »."""
    return _FIRST_DAY.sub("1er", date, count=1)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A msgid that fills a place in another: it is said in the same language."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid.format(**{name: str(value) for name, value in self.params.items()})


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text that comes with the program's data in both languages, outside the catalogues."""

    fr: str
    en: str = ""

    @classmethod
    def of(cls, record: Mapping[str, str], field: str = "") -> Bilingual:
        """The text `field` of a record of a data file, as printers set it.

        Raises KeyError when one of the languages is missing.
        """
        head = f"{field}_" if field else ""
        return cls(typographic(record[f"{head}fr"]), curled(record[f"{head}en"]))

    def to(self, language: Language) -> str:
        """The text in a language; in French where no English was given."""
        return self.en if language is Language.EN and self.en else self.fr


def N_(msgid: str) -> str:  # noqa: N802
    """Mark a text for extraction where it is written but not yet shown."""
    return msgid


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802
    """Mark a text with a count; `tr.ntr(*NN_("{n} file", "{n} files"), n)` shows it.

    Two `N_` would be two texts to the catalogue, and `ntr` would find neither.
    """
    return singular, plural


def placeholders(text: str) -> frozenset[str]:
    """The names that `.format` would ask for.

    Raises ValueError for a text that `.format` would refuse.
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


_FRENCH = (
    (re.compile(r"(?<=\w)'(?=\w|[«{])"), "’"),
    (re.compile(r"(?<=[«]) | (?=[»:%])"), "\N{NO-BREAK SPACE}"),
    (re.compile(r"(?<=[\d}]) (?=\$|(?:ko|Mo|Go|km)\b)"), "\N{NO-BREAK SPACE}"),
)


_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s|$)")


def curled(text: str) -> str:
    """English with the apostrophes that printers set."""
    return _APOSTROPHE.sub("’", text)


def typographic(text: str) -> str:
    """French as it is printed: curly apostrophes, and blanks that no line breaks at.

    For texts that people write by hand in a file, with the keys that a keyboard has.
    """
    for pattern, sign in _FRENCH:
        text = pattern.sub(sign, text)
    return text


def translations_folder() -> Path:
    """Where the catalogues stand, in a checkout, an installed wheel, or a frozen program."""
    return data_folder("translations")


def data_folder(name: str) -> Path:
    """`resources` or `translations`, wherever this copy of the program keeps it."""
    here = Path(__file__).resolve().parent
    inside = here / "_data" / name
    return inside if inside.is_dir() else here.parent / name


class Translator:
    """One language's voice. Cheap to share, safe between threads; a new language is a new one."""

    def __init__(
        self,
        language: Language = Language.FR,
        *,
        zone: dt.tzinfo | None = None,
        catalogue: Path | None = None,
    ) -> None:
        self.language = language
        self.zone = zone
        """Time zone in which instants are shown; None is the computer's own."""
        self._catalogue = _load(language, catalogue or translations_folder())
        self._locale: Locale | None = None

    @property
    def locale(self) -> Locale:
        if self._locale is None:
            from babel import Locale

            self._locale = Locale.parse(LOCALES[self.language])
        return self._locale

    # -- texts --------------------------------------------------------------------------------

    def tr(self, msgid: str, /, **params: object) -> str:
        """The text in this language; days, instants and a count `n` are written as it does."""
        return self._fill(self._catalogue.gettext(msgid) if msgid else "", msgid, params)

    def ntr(self, singular: str, plural: str, n: int, /, **params: object) -> str:
        """The text for a count; `{n}` is filled with the number as this language writes it."""
        msgid = singular if n == 1 else plural
        text = self._catalogue.ngettext(singular, plural, n)
        return self._fill(text, msgid, {"n": self.number(n), **params})

    def ctr(self, context: str, msgid: str, /, **params: object) -> str:
        """A text that one English word would leave ambiguous; `context` tells which is meant."""
        return self._fill(self._catalogue.pgettext(context, msgid), msgid, params)

    def _fill(self, text: str, msgid: str, params: dict[str, object]) -> str:
        params = {name: self._said(name, value) for name, value in params.items()}
        for candidate in (text, msgid):
            try:
                return _DOUBLE_STOP.sub(r"\1", candidate.format(**params)) if params else candidate
            except (KeyError, IndexError, ValueError, AttributeError, TypeError):
                continue
        return msgid

    def _said(self, name: str, value: object) -> object:
        """A day, an instant, a count (`n`) in this language's words; anything else is itself."""
        match value:
            case dt.datetime():
                return self.moment(value)
            case dt.date():
                return self.date(value, "long")
            case int() if name == "n":
                return self.number(value)
            case Phrase():
                return self.tr(value.msgid, **value.params)
        return value

    def quote(self, text: str) -> str:
        """Between the quotation marks of this language."""
        return f"«\xa0{text}\xa0»" if self.language is Language.FR else f"“{text}”"

    def explain(self, error: BaseException) -> str:
        """One sentence for a failure: its own, or a plain one for a bug."""
        if isinstance(error, UserError):
            return self.tr(error.message, **error.params)
        return self.tr(
            N_("Something unexpected happened. Your work is kept; details are in the log.")
        )

    # -- values -------------------------------------------------------------------------------

    def number(self, value: float, decimals: int | None = None) -> str:
        from babel.numbers import format_decimal

        pattern = None if decimals is None else "#,##0." + "0" * decimals if decimals else "#,##0"
        return format_decimal(value, format=pattern, locale=self.locale)

    def percent(self, ratio: float) -> str:
        from babel.numbers import format_percent

        return format_percent(ratio, locale=self.locale)

    def money(self, cents: int) -> str:
        from babel.numbers import format_currency

        whole = cents % 100 == 0
        return format_currency(
            cents / 100,
            "CAD",
            locale=self.locale,
            format=None if not whole else ("#,##0 ¤" if self.language is Language.FR else "¤#,##0"),
            currency_digits=not whole,
        )

    def local(self, at: dt.datetime) -> dt.datetime:
        return at.astimezone(self.zone)

    def date(self, value: dt.date | dt.datetime, style: str = "medium") -> str:
        """`short`, `medium`, `long` or `full`."""
        from babel.dates import format_date

        if isinstance(value, dt.datetime):
            value = self.local(value).date()
        said = format_date(value, format=style, locale=self.locale)
        return _ordinal(said) if self.language is Language.FR else said

    def _skeleton(self, parts: str, value: dt.date) -> str:
        from babel.dates import format_skeleton

        said = str(format_skeleton(parts, value, locale=self.locale))
        return _ordinal(said) if self.language is Language.FR else said

    def time(self, at: dt.datetime, *, seconds: bool = False) -> str:
        """« 3 h 05 », « 15 h » and, to the second, « 3 h 05 min 41 s »; 3:05 a.m. in English.

        Babel writes « 03 h 05 » and « 15 h 00 », which the Office québécois de la langue française
        advises against in its article « Écriture des heures ».
        """
        local = self.local(at).time()
        if self.language is Language.FR:
            hour, minute = f"{local.hour}\xa0h", f"{local.minute:02}"
            if seconds:
                return f"{hour}\xa0{minute}\xa0min\xa0{local.second:02}\xa0s"
            return f"{hour}\xa0{minute}" if local.minute else hour
        from babel.dates import format_time

        return format_time(local, format="medium" if seconds else "short", locale=self.locale)

    def moment(self, at: dt.datetime, style: str = "medium") -> str:
        """Day and time, without seconds: « 23 nov. 2026, 14 h 02 »."""
        return self.tr(N_("{day}, {time}"), day=self.date(at, style), time=self.time(at))

    def period(self, first: dt.date, last: dt.date, style: str = "long") -> str:
        """From one day to another, each part said once: « du 16 au 22 novembre 2026 ».

        `style` is `long`, `medium`, or `day` for days of one year, which is not said. Babel's
        intervals put a dash in the place of the words.
        """
        start, end = (
            self.day(day) if style == "day" else self.date(day, style) for day in (first, last)
        )
        if first == last:
            return start
        if first.year == last.year:
            start = self._skeleton("MMMMd" if style == "long" else "MMMd", first)
            if first.month == last.month and self.language is Language.FR:
                start = _ordinal(str(first.day))
            elif first.month == last.month:
                end = str(last.day) if style == "day" else f"{last.day}, {last.year}"
        return self.tr(N_("{first} to {last}"), first=start, last=end)

    def month(self, value: dt.date) -> str:
        """« novembre 2026 »."""
        return self._skeleton("yMMMM", value)

    def day(self, value: dt.date) -> str:
        """A day of about now, without its year: « 23 nov. »."""
        return self._skeleton("MMMd", value)

    def weekday(self, value: dt.date, *, wide: bool = False) -> str:
        from babel.dates import get_day_names

        names = get_day_names("wide" if wide else "abbreviated", locale=self.locale)
        return str(names[value.weekday()])

    def join(self, items: Iterable[str]) -> str:
        """« a, b et c »."""
        from babel.lists import format_list

        return format_list(list(items), locale=self.locale)

    def size(self, count: int) -> str:
        """A file's size in the unit that reads best."""
        units = (N_("{n} bytes"), N_("{n} KB"), N_("{n} MB"), N_("{n} GB"))
        value = float(count)
        index = 0
        while value >= 1000 and index < len(units) - 1:
            value /= 1000
            index += 1
        return self.tr(units[index], n=self.number(value, 0 if index == 0 or value >= 100 else 1))


def _load(language: Language, folder: Path) -> gettext.NullTranslations:
    """The compiled catalogue, or the source one read in memory when nothing newer is compiled."""
    source = folder / LOCALES[language] / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = source.with_suffix(".mo")
    written = source.stat().st_mtime_ns if source.exists() else 0
    if compiled.exists() and (made := compiled.stat().st_mtime_ns) >= written:
        return _read(compiled, made)
    return _read(source, written) if written else gettext.NullTranslations()


@functools.lru_cache(maxsize=4)
def _read(file: Path, _written: int) -> gettext.NullTranslations:
    """A catalogue, once for each time it was written: each voice of a language shares it."""
    if file.suffix == ".mo":
        with file.open("rb") as compiled:
            return gettext.GNUTranslations(compiled)
    import io

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    buffer = io.BytesIO()
    with file.open("rb") as source:
        write_mo(buffer, read_po(source))
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)
