"""Days and hours as people write them in posts, in French and in English.

Pure and linear: a text in, mentions out. Nothing here knows the time: what needs a day of
reference takes `on`, the local day of publication. A mention without a year is never guessed; the
checks ask whether *any* plausible year makes it right, and keep still if one does.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scc_admin.verdict.text import Text, word_set

_FR_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_EN_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = {name[:3]: i for names in (_FR_DAYS, _EN_DAYS) for i, name in enumerate(names)}

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv january jan",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juill juil july jul",
            "aout august aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_COMMON_WORDS = frozenset({"may", "march", "mar", "sept"})
"""Month names that are also common words: a capital, or a full stop, tells them apart."""
_BARE = str.maketrans({"é": "e", "û": "u", "\u0301": None, "\u0302": None})

_EN_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|march|mar|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept(?:ember)?|sep|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MONTH = (
    r"janv(?:ier)?|f(?:é|e\u0301?)v(?:r(?:ier)?)?|mars|avr(?:il)?|mai|juin|juil(?:l(?:et)?)?"
    r"|ao(?:û|u\u0302?)t|sept(?:embre)?|octobre|novembre|d(?:é|e\u0301?)c(?:embre)?|" + _EN_MONTH
)
_DAY = (
    r"(?:(?:" + "|".join((*_FR_DAYS, *_EN_DAYS)) + r")s?+"
    r"|(?:lun|mar|mer|jeu|ven|sam|dim)\.|(?:mon|tues?|weds?|thurs?|thu|fri|sat|sun)\b\.?)"
)
_PART = (
    r"(?>(?:\ (?:soir|matin|midi|après-midi|prochain|dernier|evening|morning|afternoon|night))?)"
)
_ORDINAL = r"(?>(?:er|st|nd|rd|th)?)"
_ITEM = rf"(?:{_DAY}{_PART}\ ?[,(]?\ ?(?:(?:le|the)\ )?)?[0-9]{{1,2}}+{_ORDINAL}"
_COMMA = (
    r"(?:\ ?[,&-]\ ?(?:(?:et|and)\ )?|\ (?:et|and|au|à|to|ou|or|through|&)\ (?:(?:le|les|the)\ )?)"
)
# « le 6 juin 2000 personnes » : a count is no year.
_YEAR = (
    r"(?>(?:,?\ (?P<year>(?:19|20)[0-9]{2})(?![0-9]|[.,][0-9]|\ ?(?:[$%]|km\b|h\b)"
    r"|\ (?:personnes|participant|marcheu|bénévoles|dollars|people|walkers|volunteers)))?)"
)
_DAY_FIRST = re.compile(
    rf"(?<![\w/.,:$-])(?P<items>{_ITEM}(?>(?:{_COMMA}{_ITEM}){{0,5}}))\)?\ (?:de\ |of\ )?"
    rf"(?P<month>{_MONTH})(?P<stop>\.)?(?!\w){_YEAR}"
)
_MONTH_FIRST = re.compile(
    rf"(?<![\w#])(?:(?P<weekday>{_DAY}){_PART}\ ?[,(]?\ ?(?:the\ )?)?(?P<month>{_EN_MONTH})\.?\ "
    rf"(?P<items>[0-9]{{1,2}}+{_ORDINAL}(?>(?:(?:\ ?-\ ?|\ (?:to|and|&|through)\ )"
    rf"[0-9]{{1,2}}+{_ORDINAL}(?![\w:]|\ ?[ap]\.?m))?))(?![\w:%$]|[.,][0-9]|\ (?:km|k|h)\b){_YEAR}"
)
_NUMERIC = re.compile(
    r"(?<![\w/.=-])(?:(?P<y>(?:19|20)[0-9]{2})([-/.])(?P<m>[0-9]{1,2})\2(?P<d>[0-9]{1,2})"
    r"|(?P<a>[0-9]{1,2})([-/.])(?P<b>[0-9]{1,2})\6(?P<z>(?:19|20)[0-9]{2}))(?![\w/-]|\.[0-9])"
)
_NUMERIC_SIGN = re.compile(r"[0-9](?<![\w/.=-].)(?=[0-9]{0,3}[-/.][0-9]{1,2}[-/.][0-9])")
_BEFORE = 90
_AFTER = 60
"""Characters around a month's name that its mention may take."""
_PIECE = re.compile(rf"(?:(?P<weekday>{_DAY})[^0-9]{{0,24}})?(?P<day>[0-9]{{1,2}}+)")
_SPANNING = re.compile(r"-|\b(?:au|à|to|through)\b")
_TO_LATER = re.compile(
    r"\ ?(?:-|jusqu'au|au|à|to|until|through)\ ?(?:le\ )?"
    rf"(?:{_ITEM}\ (?:de\ )?(?:{_MONTH})\b|(?:{_DAY},?\ )?(?:{_EN_MONTH})\.?\ [0-9])"
)
_SINCE = re.compile(
    r"\b(?:depuis|dès|à partir du|à compter du|since|starting|beginning|as of|from"
    r"|née?s?|fondée?s?|créée?s?|born|founded|created|publiée?s?|published|datée?s?|dated)"
    r"(?: (?:le|on|the))? ?$"
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """One day named in a text. `weekday` counts from Monday = 0; None where none is written."""

    start: int
    end: int
    day: int
    month: int
    year: int | None = None
    weekday: int | None = None
    swappable: bool = False
    """In figures with two readings (3/4/2026): day and month may be exchanged."""
    opens_range: bool = False
    """The 3 of « du 3 au 5 juin »: another day says when it is over."""
    since: bool = False
    """« depuis le », « dès le », « né le »: something began then, and may well go on."""

    def dates(self, years: tuple[int, ...]) -> list[date]:
        """The days that it may mean: in its own year, or, if it has none, in one of `years`."""
        pairs = [(self.month, self.day)]
        if self.swappable:
            pairs.append((self.day, self.month))
        return [
            date(year, month, day)
            for year in ((self.year,) if self.year is not None else years)
            for month, day in pairs
            if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
        ]

    @property
    def possible(self) -> bool:
        """False for a day that no calendar has, such as 31 June."""
        return bool(self.dates((2024,)))  # a leap year: 29 February may stand without a year


def find_dates(text: Text) -> list[DateMention]:
    """Every day named in `text`, in order, in words or in figures, outside links."""
    found: list[DateMention] = []
    if not _MONTHS.keys().isdisjoint(text.vocabulary):
        found.extend(_worded(text))
    found.extend(_in_figures(text.flat))
    found.sort(key=lambda mention: mention.start)
    return found


def _worded(text: Text) -> Iterator[DateMention]:
    flat, free = text.flat, 0
    for word, at in zip(text.plain, text.starts, strict=True):
        if word not in _MONTHS or at < free:
            continue
        if word in _COMMON_WORDS and not (text.raw[at].isupper() or flat[at + 4 : at + 5] == "."):
            continue
        if match := _around(flat, at, free):
            yield from _mentions(match, flat)
            free = match.end()


def _around(flat: str, month: int, free: int) -> re.Match[str] | None:
    """The mention whose month begins at `month`, and which begins at `free` or later."""
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        for match in pattern.finditer(flat, max(free, month - _BEFORE), month + _AFTER):
            if match.start("month") == month:
                return match
    return None


def _mentions(match: re.Match[str], flat: str) -> Iterator[DateMention]:
    """One mention for each day of « les 3, 4 et 5 juin 2026 »."""
    month = _MONTHS[match["month"].translate(_BARE)]
    year = int(match["year"]) if match["year"] else None
    since = _SINCE.search(flat, max(0, match.start() - 40), match.start()) is not None
    pieces = list(_PIECE.finditer(flat, match.start("items"), match.end("items")))
    carried = match.groupdict().get(
        "weekday"
    )  # « les samedis 6 et 13 juin »: a plural goes on to the days that follow
    for number, piece in enumerate(pieces):
        carried = piece["weekday"] or (carried if not number or _plural(carried) else None)
        if number + 1 < len(pieces):
            end = piece.end()
            opens = bool(_SPANNING.search(flat, end, pieces[number + 1].start()))
        else:
            end = match.end()
            opens = bool(_TO_LATER.match(flat, end))
        yield DateMention(
            start=piece.start() if number else match.start(),
            end=end,
            day=int(piece["day"]),
            month=month,
            year=year,
            weekday=_WEEKDAYS[carried[:3]] if carried else None,
            opens_range=opens,
            since=since,
        )


def _plural(weekday: str | None) -> bool:
    return weekday is not None and weekday.endswith("s") and weekday[:-1] in (*_FR_DAYS, *_EN_DAYS)


def _in_figures(flat: str) -> Iterator[DateMention]:
    end = 0
    for sign in _NUMERIC_SIGN.finditer(flat):
        match = _NUMERIC.match(flat, sign.start()) if sign.start() >= end else None
        if match:
            end = match.end()
            yield _numeric(match)


def _numeric(match: re.Match[str]) -> DateMention:
    start, end = match.span()
    if match["y"]:
        return DateMention(start, end, int(match["d"]), int(match["m"]), int(match["y"]))
    return DateMention(
        start, end, int(match["a"]), int(match["b"]), int(match["z"]), swappable=True
    )


# --- What may be wrong with them ----------------------------------------------------------------

_LOOK_BACK = timedelta(days=200)
"""How long ago a day without a year may be and still be one that was."""
_STALE = timedelta(days=120)
"""A day without a year that passed more recently than this is past, not next year's."""


@dataclass(frozen=True, slots=True)
class WrongDate:
    """A mention that cannot be right. `real` is the day that the calendar has there, if any."""

    mention: DateMention
    real: date | None


def impossible_dates(mentions: Sequence[DateMention]) -> list[WrongDate]:
    """Days that no calendar has: 31 June, 29 February of a common year, month 13."""
    return [
        WrongDate(mention, None)
        for mention in mentions
        if not mention.possible or (mention.year is not None and not mention.dates(()))
    ]


def wrong_weekdays(mentions: Sequence[DateMention], on: date | None) -> list[WrongDate]:
    """Weekdays that do not go with their day.

    Without a year the day must be wrong this year and next, and in a recent past too; with no `on`
    to count from, such a mention is left alone.
    """
    wrong = []
    for mention in mentions:
        if mention.weekday is None or (mention.year is None and on is None):
            continue
        days = mention.dates((on.year, on.year + 1) if on else ())
        if on and mention.year is None:
            days += [d for d in mention.dates((on.year - 1,)) if on - d <= _LOOK_BACK]
        if days and all(day.weekday() != mention.weekday for day in days):
            wrong.append(WrongDate(mention, _likely(days, on)))
    return wrong


_WRITTEN_DAY = re.compile(r"\b(?:" + "|".join((*_FR_DAYS, *_EN_DAYS)) + r")\b", re.IGNORECASE)
_WRITTEN_NUMBER = re.compile(r"(?<![0-9])(?P<n>[0-9]{1,2})(?P<ordinal>er|st|nd|rd|th)?(?![0-9])")
_NEAR = tuple(timedelta(days=n) for n in range(-3, 4))


def corrections(written: str, wrong: WrongDate, on: date | None) -> tuple[str, ...]:
    """Both readings of a day that its weekday contradicts, written as it was: with the weekday that
    the day has, and on the nearest day of the weekday that stands there.

    Only the writer knows which was meant. Empty where several days or weekdays are written, or a
    weekday is cut short; a day of another month, or before `on`, is not offered.
    """
    weekdays = list(_WRITTEN_DAY.finditer(written))
    numbers = list(_WRITTEN_NUMBER.finditer(written))
    real, weekday = wrong.real, wrong.mention.weekday
    if len(weekdays) != 1 or len(numbers) != 1 or real is None or weekday is None:
        return ()
    name, number = weekdays[0], numbers[0]
    french = name[0].lower() in _FR_DAYS
    right = (_FR_DAYS if french else _EN_DAYS)[real.weekday()]
    cased = right.upper() if name[0].isupper() else right
    cased = right.capitalize() if name[0].istitle() else cased
    found = [written[: name.start()] + cased + written[name.end() :]]
    near = next(real + shift for shift in _NEAR if (real + shift).weekday() == weekday)
    if near.month == real.month and (on is None or near >= on):
        said = str(near.day) + _ordinal(near.day, number["ordinal"], french=french)
        found.append(written[: number.start()] + said + written[number.end() :])
    return tuple(found)


def _ordinal(day: int, before: str | None, *, french: bool) -> str:
    """What follows the number of a day: French writes only the first as an ordinal."""
    if french:
        return "er" if day == 1 else ""
    if before is None:
        return ""
    return "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _likely(days: list[date], on: date | None) -> date:
    """Of several days, the next to come, since posts announce more than they recall."""
    return next((day for day in sorted(days) if on is None or day >= on), days[0])


def past_dates(mentions: Sequence[DateMention], on: date) -> list[WrongDate]:
    """Days that were over before `on`, for sure: neither the opening of a range nor « since »."""
    past = []
    for mention in mentions:
        if mention.opens_range or mention.since:
            continue
        if mention.year is not None:
            days = mention.dates(())
            if days and max(days) < on and on.year - mention.year <= 2:
                past.append(WrongDate(mention, max(days)))
            continue
        days = mention.dates((on.year - 1, on.year, on.year + 1))
        if mention.weekday is not None:
            days = [day for day in days if day.weekday() == mention.weekday] or days
        coming = [day for day in days if day >= on]
        gone = [day for day in days if day < on]
        proven = mention.weekday is not None and not coming
        if gone and (proven or on - max(gone) <= _STALE):
            past.append(WrongDate(mention, max(gone)))
    return past


# --- Hours ----------------------------------------------------------------------------------------

_TIME = re.compile(
    r"[0-9](?<![\w.,:/-].)[0-9]?+(?:"
    r" ?h(?>(?: ?[0-5][0-9])?)(?!\w)(?! ?(?:/|sur|par) ?[0-9])"
    r"|(?::[0-5][0-9]|h[0-5][0-9])? ?[ap]\.?m\b"
    r"|:[0-5][0-9](?![\w:])"
    r"| heures?(?! (?:par|sur|de|d'|plus))\b"
    r"| ?- ?[0-9]{1,2}+(?::[0-5][0-9])? ?[ap]\.?m\b)"
)
_NAMED_TIMES = frozenset({"midi", "minuit", "noon", "midnight", "clock"})
_NAMED_TIME = re.compile(
    r"\b(?:(?:à|dès|de|vers|at|from|until|before|jusqu'à|avant) (?:midi|minuit|noon|midnight)"
    r"|o'clock)\b"
)


def find_times(text: Text) -> list[tuple[int, int]]:
    """Hours of the day, as (start, end): « 19 h 30 », « 7 p.m. », « 19:00 », « à midi ».

    Durations (« 48 h », « 24 h sur 24 ») are not hours.
    """
    flat = text.flat
    found = [
        match.span()
        for match in _TIME.finditer(flat)
        if int(flat[match.start() : match.start() + 2].rstrip(" h:-ap.")) <= 23
    ]
    if not _NAMED_TIMES.isdisjoint(text.vocabulary):
        found += [match.span() for match in _NAMED_TIME.finditer(flat)]
    return found


# --- Words that depend on the day -----------------------------------------------------------------

_RELATIVE_WORDS = word_set(
    "soir matin midi nuit tonight morning afternoon evening aujourd today demain tomorrow hier "
    "yesterday"
)
_RELATIVE = re.compile(
    r"\b(?:"
    r"(?P<today>ce soir|cet après-midi|ce matin|cette nuit|tonight|this (?:morning|afternoon"
    r"|evening)|aujourd'hui|today(?!'))"
    r"|(?P<tomorrow>demain(?! (?:peut|sera|meilleur|plus|sans))|tomorrow(?!'))"
    r"|(?P<yesterday>hier(?! encore)|yesterday(?!')))(?!-là)\b"
)
_NOT_A_DAY = re.compile(
    r"\b(?:de|des|pour|à|d'|dès|encore|jusqu'à|jusqu'|avant|après|ni|for|of|better|brighter"
    r"|until|till|like|comme|here|even|still)[ ']?$"
)
# « aujourd'hui, plus de gens … », « Donate today » : nowadays, or any day.
_ANY_DAY = re.compile(r"\b(?:aujourd'hui|today)\b")
_NOWADAYS = re.compile(
    r"[0-9] ?%|\b(?:plus (?:de|que|nombreux|en plus)|ans|années|grâce|encore|survi\w+|recherche"
    r"|nous savons|on sait|il existe|traitements?|vit|vivent|years|more|still|than|thanks to"
    r"|research|survival|treatments?|we know|live)\b"
)
_ANY_DAY_CALL = re.compile(
    r"\b(?:\w{2,}ez(?:-vous|-nous|-moi|-en|-y)?|fais|faisons|donate|register|sign up|give|call|join"
    r"|apply|book|order|volunteer|act|start|help|visit|quit|get|learn|make|become|share|take|reach"
    r"|talk|begin|subscribe)\b[^.!?\n]{0,60}$"
)


_OFFSETS = {"today": 0, "tomorrow": 1, "yesterday": -1}


@dataclass(frozen=True, slots=True)
class RelativeDay:
    """« ce soir », « demain », « yesterday », with the days it stands from the day of reading."""

    start: int
    end: int
    offset: int


def find_relative_days(text: Text) -> list[RelativeDay]:
    """Words that are true on one day only. « aujourd'hui » meaning nowadays is not one of them."""
    if _RELATIVE_WORDS.isdisjoint(text.vocabulary):
        return []
    return [
        RelativeDay(*match.span(), _OFFSETS[match.lastgroup or ""])
        for match in _RELATIVE.finditer(text.flat)
        if _means_a_day(match, text)
    ]


def _means_a_day(match: re.Match[str], text: Text) -> bool:
    start = match.start()
    if _NOT_A_DAY.search(text.flat, max(0, start - 12), start):
        return False
    if not _ANY_DAY.match(match.group()):
        return True
    sentence = text.sentence_at(start)
    near = max(sentence.start, start - 200), min(sentence.end, start + 200)
    return not (
        _NOWADAYS.search(text.flat, *near) or _ANY_DAY_CALL.search(text.flat, near[0], start)
    )
