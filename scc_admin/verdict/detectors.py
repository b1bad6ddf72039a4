"""What phrases cannot say: digits with check sums, dates, links, what an event lacks.

Each detector is a pure function `(Context, options) -> hits`; `DETECTORS` names them all. A hit's
`key` is the thing itself, however it is written (see `signals.Hit`). Personal data stand in
personal.py, the reading of days and hours in dates.py.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scc_admin.i18n import Bilingual
from scc_admin.model import PostKind
from scc_admin.verdict import personal
from scc_admin.verdict.dates import (
    RelativeDay,
    corrections,
    find_relative_days,
    find_times,
    impossible_dates,
    past_dates,
    wrong_weekdays,
)
from scc_admin.verdict.signals import Context, Coverage, Detector, Hit, local_day
from scc_admin.verdict.text import Phrases, Span, Text, places, word_set
from scc_admin.verdict.wording import MONTHS, WEEKDAYS

Options = Mapping[str, Any]


# --- Links ----------------------------------------------------------------------------------------


def links(context: Context, options: Options) -> Iterable[Hit]:
    """Every link to a web page. Key: the link without scheme and `www.`."""
    for link in context.text.urls:
        yield Hit(link.start, link.end, key=link.bare)


def official_links(context: Context, options: Options) -> Iterable[Hit]:
    """Links to one of the known domains, or below it."""
    known = places(context.known.domains)
    for link in context.text.urls:
        if link.leads_to(known):
            yield Hit(link.start, link.end, key=link.bare)


def citable_links(context: Context, options: Options) -> Iterable[Hit]:
    """Links that may be a source of what is said: not those to where one gives or signs up."""
    platforms = places(context.known.platforms)
    for link in context.text.urls:
        if not link.leads_to(platforms):
            yield Hit(link.start, link.end, key=link.bare)


def mentions(context: Context, options: Options) -> Iterable[Hit]:
    """Mentions of an account (@…). Key: the handle in lower case, without @."""
    for link in context.text.links:
        if link.kind == "mention":
            yield Hit(link.start, link.end, key=link.text.casefold().lstrip("@"))


def public_contacts(context: Context, options: Options) -> Iterator[Hit]:
    """Telephones and e-mail addresses of the list of public contacts."""
    known = personal.contact_keys(context.known.contacts)
    for name in ("telephone", "email"):
        for hit in context.detect(name):
            if hit.key in known:
                yield hit


def influencers(context: Context, options: Options) -> Iterator[Hit]:
    """Mentions of an account of the list of influencers."""
    known = {handle.casefold().lstrip("@") for handle in context.known.influencers}
    for hit in context.detect("mention") if known else ():
        if hit.key in known:
            yield hit


# --- Figures and amounts --------------------------------------------------------------------------

_NUMBER = (
    r"[0-9]{1,3}(?:[ .,][0-9]{3}){1,3}(?![0-9])(?:[.,][0-9]{1,2}(?![0-9]))?"
    r"|[0-9]+(?:[.,][0-9]{1,2}(?![0-9]))?"
)
_SMALL = "un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix"
_SMALL_EN = "one|two|three|four|five|six|seven|eight|nine|ten"
_FIGURE = re.compile(
    rf"""(?<![\w.,/$-])(?:
        [0-9]{{1,3}}+(?:[.,][0-9]{{1,2}})?\ ?(?:%|pour\ cent\b|per\ ?cent\b)
      | (?P<x>[0-9]{{1,3}}|{_SMALL})(?:\ [^\W\d_][\w'-]{{0,18}}){{0,4}}\ sur\ (?P<y>[0-9]{{1,3}}
          |deux|trois|quatre|cinq|six|sept|huit|neuf|dix|cent)(?![\w/])
      | (?P<a>[0-9]{{1,3}}|{_SMALL_EN})(?:\ [^\W\d_][\w'-]{{0,18}}){{0,2}}\ (?:in|out\ of)
          \ (?:every\ )?(?P<b>[0-9]{{1,3}}|{_SMALL_EN})(?![\w/])
      | (?:[0-9]{{1,3}}(?:[.,][0-9])?|{_SMALL}|vingt|cent)\ fois\ (?:plus|moins)\b
      | (?:twice|(?:[0-9]{{1,3}}(?:[.,][0-9])?|{_SMALL_EN})\ times)
          \ (?:more|as|less|higher|greater)\b
      | (?:la\ moitié|un\ (?:tiers|quart)|les\ (?:deux|trois)\ (?:tiers|quarts))\ (?:des?|du|d')\b
      | (?:half|a\ (?:third|quarter)|two[ -]thirds|three[ -]quarters)\ of\b
      | (?:tue|emporte|kills|claims)\ (?:environ\ |près\ de\ |plus\ de\ |about\ |nearly\ |over\ )?
          (?:{_NUMBER})(?=\ [^\W\d_])
      | (?:{_NUMBER})\ (?:nouveaux\ |nouvelles\ |new\ )?(?:cancer\ )?
          (?:cas|cases|décès|deaths|diagnostics|diagnoses|morts|décédés)\b
      | (?:[0-9]{{1,3}}(?:[ .,][0-9]{{3}}){{1,3}}|[0-9]{{2,7}})\ (?:[^\W\d_][\w'-]{{0,18}}\ ){{1,4}}
          (?:recevront|ont\ reçu|reçoivent|apprennent|apprendront|mourront|meurent
            |décéderont|développeront|die|are\ diagnosed|were\ diagnosed
            |will\ (?:be\ diagnosed|die|get|develop))\b
      | (?:[0-9]|{_SMALL}|{_SMALL_EN})(?:\ [^\W\d_][\w'-]{{0,18}}){{1,3}}\ (?:par|a|per|each|every)
          \ (?:jour|semaine|mois|an|heure|day|week|month|year|hour)
          \ (?:recoivent|reçoivent|apprennent|meurent|décèdent|die|dies|get|are\ diagnosed)\b
    )""",
    re.VERBOSE,
)


def figures(context: Context, options: Options) -> Iterator[Hit]:
    """Figures that state a fact: percentages, proportions, multiples, counts of cases or deaths.

    « 7 jours sur 7 » states none.
    """
    text, flat = context.text, context.text.flat
    for span in text.around(_FIGURE_WORDS, 120, 60):
        for match in _FIGURE.finditer(flat, *span):
            if not _OPENING_HOURS.search(match.group()):
                yield Hit(*match.span())
    for match in () if text.vocabulary.isdisjoint(_GROWN_WORDS) else _GROWN.finditer(flat):
        if _COUNTED.search(flat[max(0, match.start() - 80) : match.start()]):
            yield Hit(*match.span())


# Each alternative of _FIGURE holds one of these, folded.
_FIGURE_WORDS = word_set(
    "% cent percent sur in out fois times twice moitie tiers quart quarts half third quarter "
    "thirds quarters tue emporte kills claims cas cases deces deaths diagnostics diagnoses morts "
    "decedes decedent dies recevront recu recoivent apprennent apprendront mourront meurent "
    "decederont developperont die diagnosed get develop"
)
_GROWN_WORDS = word_set("double triple quadruple doubled tripled quadrupled")

# Of cases, rates and deaths only: a team that has doubled claims nothing.
_GROWN = re.compile(
    r"\b(?:a|ont|has|have)\ (?:presque\ |plus\ que\ |nearly\ |more\ than\ )?"
    r"(?:doublé|triplé|quadruplé|doubled|tripled|quadrupled)\b",
    re.VERBOSE,
)
_COUNTED = re.compile(
    r"(?:\b(?:cas|taux|risques?|mortalité|décès|incidence|survie|cases|rates?|risk|deaths|mortality|survival"
    r"|nombre (?:de |d')(?:nouveaux )?(?:cancers?|tumeurs?|mélanomes?|leucémies?|diagnostics)"
    r"|number of (?:new )?(?:\w{2,12} )?(?:cancers?|tumou?rs?|melanomas?|diagnoses))"
    r"|(?:^|[.!?] ?)(?:les |ces |the )?(?:\w{2,12} )?(?:cancers|mélanomes|melanomas|leucémies))\b"
    r"[^.!?]{0,60}\Z"
)
_OPENING_HOURS = re.compile(r"\b(?:jours?|heures?|h|days?|hours?) (?:sur|out of)\b")


_HEALTH_WORDS = Phrases(
    [
        "cancer|cancers|cancéreu*|cancérogène*|cancérigène*|carcinogen*", "tumeur*|tumour*|tumor*",
        "leucémi*|leuk*", "lymphom*", "mélanom*|melanom*", "métasta*|metasta*",
        "mortalité|mortality", "décès|death|deaths", "survie|survival", "dépist*|screening*",
        "diagnosti*|diagnos*", "taba*|tobacco|smoking|smoke|smoker|smokers",
        "fumeu*|fumer|fument", "cigarette*",
        "vapot*|vaping", "bronzage|tanning", "rayons uv|uv rays",
        "maladie|maladies|disease|diseases", "chimio*|chemo*", "radiothérapie|radiation",
        "mammogra*|mammogram*", "coloscopie*|colonoscop*", "vph|hpv", "tests pap|pap test*",
        "traitement*|treatment*", "risque|risques|risk|risks",
    ]
)  # fmt: skip
_NAMES_WITH_HEALTH_WORDS = Phrases(
    [
        "société canadienne|américaine du cancer", "société de recherche sur le cancer",
        "canadian|american cancer society", "fondation ..4 cancer", "cancer ..1 foundation",
        "institut ..4 cancer", "cancer research", "recherche sur le cancer", "journée ..2 cancer",
        "world cancer day", "mois de ..4 cancer", "cancer awareness|month", "coalition ..3 tabac",
        "lutte contre le|les cancer|cancers",
    ]
)  # fmt: skip


def health_words(context: Context, options: Options) -> Iterator[Hit]:
    """Words of illness, risk and treatment; not those of the names of societies and campaigns."""
    found = _HEALTH_WORDS.find(context.text)
    if found:
        names = Coverage(_NAMES_WITH_HEALTH_WORDS.find(context.text))
        yield from (Hit(*span) for span in found if not names.touches(*span))


_SCALES = {
    "k": 1_000, "m": 1_000_000, "million": 1_000_000, "millions": 1_000_000, "md": 1_000_000_000,
    "milliard": 1_000_000_000, "milliards": 1_000_000_000, "billion": 1_000_000_000,
    "billions": 1_000_000_000, "mille": 1_000, "thousand": 1_000, "": 1,
}  # fmt: skip
_DOLLARS = word_set("$ dollar dollars")
_AFTER = re.compile(
    rf"(?<![\w.,/])(?P<number>{_NUMBER})(?: ?(?P<scale>k|m|md)(?= ?\$)| (?P<word>"
    r"millions?|milliards?|mille|billions?|thousand)"
    r"(?= (?:de |d')?(?:\$|dollars?)| ?\$))? ?(?:de )?(?:\$|dollars?\b)"
)
_BEFORE = re.compile(
    rf"(?<![\w$])(?:ca|c|cad|us)?\$ ?(?P<number>{_NUMBER})"
    r"(?: ?(?P<scale>k|m)\b| (?P<word>million|billion|thousand)\b)?"
)


def amounts(context: Context, options: Options) -> Iterator[Hit]:
    """Amounts of money in dollars, as French or English writes them. Key: cents."""
    flat = context.text.flat
    end = -1
    for span in context.text.around(_DOLLARS, 60, 60):
        found = (*_AFTER.finditer(flat, *span), *_BEFORE.finditer(flat, *span))
        for match in sorted(found, key=re.Match.start):
            if match.start() >= end:
                end = match.end()
                scale = _SCALES[match["scale"] or match["word"] or ""]
                yield Hit(*match.span(), key=str(round(_value(match["number"]) * scale * 100)))


def _value(number: str) -> float:
    """1 234,50 and 1,234.50 are the same: a mark with one or two digits after it is the decimal."""
    decimals = re.search(r"[.,]([0-9]{1,2})$", number)
    whole = number[: decimals.start()] if decimals else number
    return float(re.sub("[ .,]", "", whole) + (f".{decimals[1]}" if decimals else ""))


# --- Days -----------------------------------------------------------------------------------------


def _day(context: Context) -> dt.date | None:
    """The day of publication; that of writing when nothing is planned."""
    return context.day or (local_day(context.now) if context.now else None)


def dates(context: Context, options: Options) -> Iterator[Hit]:
    """Days. Key: 2027-06-14, or 06-14 where no year is written; none for 3/4/2027, which French
    and English read differently."""
    for mention in context.days:
        unclear = mention.swappable and max(mention.day, mention.month) <= 12
        year = f"{mention.year}-" if mention.year is not None else ""
        key = "" if unclear else f"{year}{mention.month:02}-{mention.day:02}"
        yield Hit(mention.start, mention.end, key=key)


def times(context: Context, options: Options) -> Iterator[Hit]:
    """Hours of the day."""
    for start, end in find_times(context.text):
        yield Hit(start, end)


def wrong_days(context: Context, options: Options) -> Iterator[Hit]:
    """Days that no calendar has (variant impossible), and weekdays that are not theirs (variant
    weekday; values day and weekday, both as they really are)."""
    found = context.days
    for wrong in impossible_dates(found):
        yield Hit(wrong.mention.start, wrong.mention.end, variant="impossible")
    for wrong in wrong_weekdays(found, _day(context)):
        if wrong.real:
            values = {
                "day": _without_weekday(wrong.real),
                "weekday": WEEKDAYS[wrong.real.weekday()],
            }
            start, end = wrong.mention.start, wrong.mention.end
            choices = corrections(context.text.raw[start:end], wrong, _day(context))
            yield Hit(start, end, values, variant="weekday", choices=choices)


def _without_weekday(day: dt.date) -> Bilingual:
    month = MONTHS[day.month - 1]
    ordinal = "1er" if day.day == 1 else str(day.day)
    return Bilingual(f"{ordinal} {month.fr} {day.year}", f"{month.en} {day.day}, {day.year}")


_INVITATIONS = Phrases(
    [
        "joignez-vous|joins-toi", "joignez|rejoignez nous",
        "inscrivez-vous|inscris-toi", "dernière chance de vous|t'|s' inscrire",
        "soyez des nôtres|présents|présentes|là", "on vous attend",
        "nous vous attendons", "nous|on vous invite|invitons|convie|convions", "vous êtes invité*",
        "vous êtes tous|toutes invité*", "réservez votre|vos place*|billet*|soirée",
        "rendez-vous le|ce|au|samedi|dimanche|vendredi|jeudi|mercredi|mardi|lundi|demain",
        "passez nous voir", "inscription* avant|jusqu'au", "procurez-vous", "c'est un rendez-vous",
        "bienvenue à tous|toutes", "rassemblons-nous", "marchez|courez|pédalez avec nous",
        "venez-vous-en", "join us|in",
        "sign up", "register now|today|for|at|by|before|here|online", "you're|are invited",
        "you're all invited", "we'd love you", "we invite|hope you", "hope to see you",
        "reserve|book|get|buy your spot|spots|seat|seats|ticket|tickets|place", "save the date",
        "last chance to register|join|sign",
        "rsvp", "see you on|at|there|this",
    ],
    accents=True,
)  # fmt: skip
# Invitations where they are orders: « Venez marcher! », not « vous venez de loin »; "Come to the
# walk", not "patients come to Montréal".
_ORDERS = Phrases(
    [
        "venez", "viens", "participez", "assistez",
        "come out|and|to|join|walk|run|meet|see|celebrate", "take part", "attend the|our|this|an",
        "walk|run|ride with us",
    ],
    accents=True,
)  # fmt: skip
_SUBJECTS = word_set("vous tu je j nous qui si quand lorsque ne n")
_LEADS = word_set("please and or so then now just do to also simply otherwise")
# Invitations to an event, where the post is about one.
_WELCOMES = Phrases(
    [
        "ne manquez|manque|ratez|rate pas", "tout le monde est bienvenu*|invité*",
        "bienvenue à tout le monde", "don't miss", "everyone is welcome", "everyone's welcome",
        "all are welcome",
    ],
    accents=True,
)  # fmt: skip
_RECALLED = Phrases(
    [
        "merci", "bravo", "félicitations", "lors", "a|ont eu lieu", "s'est tenu*|déroulé*",
        "souvenir*", "retour sur", "était|étaient|étiez", "avait|avaient", "avons|avez|ont",
        "an|année|mois|semaine|samedi|dimanche|vendredi|jeudi|mercredi|mardi|lundi"
        "|printemps|été|automne|hiver|week-end|fois dernier|dernière", "passé|passée",
        "photos|photo|images|vidéo|vidéos|album|pictures|video",
        "reporté*", "annulé*", "initialement", "depuis", "thank", "thanks", "congratulations",
        "took place", "was", "were", "recap",
        "last week|month|year|night|weekend|saturday|sunday|friday|thursday|wednesday|tuesday"
        "|monday|spring|summer|fall|winter|time", "postponed", "cancelled", "originally",
        "since", "look back",
    ],
    accents=True,
)  # fmt: skip


def _invitations(context: Context) -> list[Span]:
    """Where the post asks its readers to come, from left to right."""
    text = context.text
    found = _INVITATIONS.find(text)
    found += [span for span in _ORDERS.find(text) if _is_an_order(text, span)]
    welcomes = _WELCOMES.find(text)
    if welcomes and _EVENTS.found(text):
        found += welcomes
    return sorted(found)


def _is_an_order(text: Text, span: Span) -> bool:
    """True at the beginning of a clause; in French, wherever no subject stands before the verb and
    no « de » after it (« vous venez de recevoir »)."""
    at = text.words_between(*span).start
    begins = at == 0 or text.break_before(at) > 0
    if text.plain[at] in ("venez", "viens", "participez", "assistez"):
        after = text.plain[at + 1] if at + 1 < len(text.plain) else ""
        return after not in ("de", "d") and (begins or text.plain[at - 1] not in _SUBJECTS)
    return begins or text.plain[at - 1] in _LEADS


def past_invitations(context: Context, options: Options) -> Iterator[Hit]:
    """Days that are over when an invitation to them is published. Value: day.

    Only in a post that invites and names no day to come; not in a sentence that recalls.
    """
    on = _day(context)
    if on is None:
        return
    found = context.days
    past = past_dates(found, on)
    if not past or len(past) < sum(not (m.opens_range or m.since) for m in found):
        return
    if not _invitations(context):
        return
    recalled = {context.text.sentence_at(span.start) for span in _RECALLED.find(context.text)}
    for wrong in past:
        if wrong.real and context.text.sentence_at(wrong.mention.start) not in recalled:
            yield Hit(wrong.mention.start, wrong.mention.end, {"day": wrong.real})


def fleeting_words(context: Context, options: Options) -> Iterator[Hit]:
    """« ce soir », « demain », « yesterday » in a post planned for another day than today.

    Let off where the post says which day it means, and that day is right. Variant unchecked where
    it says nothing: whoever plans ahead writes for the day of reading, and may well be right.
    Value: day, the day that the word will mean to the readers.
    """
    on = context.day
    if on is None or context.now is None:
        return
    words = find_relative_days(context.text)
    if on == local_day(context.now) or not words:
        return
    years = (on.year - 1, on.year, on.year + 1)
    named = {day for mention in context.days for day in mention.dates(years)}
    for word in words:
        day = on + dt.timedelta(days=word.offset)
        if day not in named and not context.text.quoted(word.start, word.end):
            variant = "" if _has_a_date_beside(word, context) else "unchecked"
            yield Hit(word.start, word.end, {"day": day}, variant=variant)


def _has_a_date_beside(word: RelativeDay, context: Context) -> bool:
    """« demain, samedi 6 juin », « le 6 juin (demain) »."""
    index = bisect_left(context.days, word.start, key=lambda mention: mention.start)
    flat = context.text.flat
    for mention in context.days[max(0, index - 1) : index + 1]:
        start, end = min(word.end, mention.end), max(word.start, mention.start)
        if start <= end and _APPOSED.fullmatch(flat, start, end):
            return True
    return False


_APPOSED = re.compile(r"[ ,(:-]{1,4}(?:(?:le|the|on) )?")


# --- Events ---------------------------------------------------------------------------------------

_EVENTS = Phrases(
    [
        "soirée|soirées", "souper|soupers", "brunch", "déjeuner|dîner causerie", "tournoi",
        "concert", "conférence|conférences", "atelier|ateliers", "spectacle", "gala", "kiosque",
        "lave-auto", "zumbathon", "cyclothon", "radiothon", "vigile", "portes ouvertes", "5 à 7",
        "cocktail",
        "la|une|notre|cette|grande|nos marche|marches|course|rencontre|activité"
        "|cérémonie|randonnée",
        "le|un|notre|ce|grand|prochain relais|rassemblement|défilé|lancement|encan|souper|bal",
        "vente de|aux", "dinner", "supper", "workshop|workshops", "tournament", "vigil",
        "open house", "fundraiser", "barbecue|bbq", "luncheon", "auction", "gathering", "webinar",
        "our|the|a|an|this|annual|next|fun|spring|fall|winter|summer|charity walk|run"
        "|relay|talk|show|evening|conference|sale|parade|launch|ceremony|hike|ride|event|night|concert|gala",
    ],
    accents=True,
)  # fmt: skip
_WEEKDAY_WORDS = frozenset(
    word + plural
    for names in WEEKDAYS
    for word in (names.fr, names.en.casefold())
    for plural in ("", "s")
)
_ONLINE = word_set(
    "zoom teams virtuel virtuelle virtuellement webinaire webinaires webinar webinars "
    "webdiffusion online virtual virtually livestream youtube"
)
_PLACE = re.compile(
    r"\b(?:en ligne|en direct|(?i:marchés?))\b"
    r"|\b(?:[Àà]|[Aa]u|[Aa]ux|[Aa]t|[Ii]n|[Ff]rom|chez|de|on the|sur)"
    r"(?: (?:la|le|les|the)| l['’])?[ \u00a0](?=[A-ZÀ-ÖØ-ÞŒ])"
    r"(?!Noël|Christmas|Pâques|Easter|Jan|Feb|Mar(?:ch)?\b|Apr|May\b|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    r"|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
)
_PLACE_WORDS = word_set(
    "parc centre ecole universite cegep hopital bureau bureaux salle eglise arena pharmacie "
    "clinique bibliotheque restaurant hotel stade boutique magasin mairie kiosque theatre "
    "gymnase chalet club complexe pavillon piste quai place esplanade stationnement terrain plage "
    "golf auditorium cafe brasserie parvis park center centre school university college hospital "
    "office hall church pharmacy clinic library stadium market store theatre gym pavilion track "
    "field wharf beach parking"
)
_PARTS = (
    ("date", Bilingual("la date", "the date")),
    ("time", Bilingual("l’heure", "the time")),
    ("place", Bilingual("le lieu", "the place")),
    ("link", Bilingual("un lien ou un contact", "a link or a contact")),
)


def event_gaps(context: Context, options: Options) -> Iterator[Hit]:
    """What an announcement of an event leaves out. Value: missing. Variant only-link.

    A post of the kind `event` must tell all four: date, time, place, and where to learn more. Any
    other post that invites to an event is found when it has no link and lacks one more of them.
    """
    is_event = context.post.kind is PostKind.EVENT
    invitations = _invitations(context)
    dated = _has_date(context)
    if not is_event and not (invitations and (dated or _EVENTS.found(context.text))):
        return
    present = {
        "date": dated,
        "time": bool(context.detect("time")),
        "place": _has_place(context),
        "link": _has_contact(context),
    }
    missing = [said for part, said in _PARTS if not present[part]]
    if missing and (is_event or (len(missing) > 1 and not present["link"])):
        span = invitations[0] if invitations else context.text.sentence_at(0)
        only_link = len(missing) == 1 and not present["link"]
        values = {"missing": missing}
        yield Hit(span.start, span.end, values, variant="only-link" if only_link else "")


def _has_date(context: Context) -> bool:
    return (
        not _WEEKDAY_WORDS.isdisjoint(context.text.vocabulary)
        or bool(context.detect("date"))
        or bool(find_relative_days(context.text))
    )


def _has_contact(context: Context) -> bool:
    return any(context.detect(name) for name in ("link", "telephone", "email"))


def _has_place(context: Context) -> bool:
    text = context.text
    return (
        not _PLACE_WORDS.isdisjoint(text.vocabulary)
        or not _ONLINE.isdisjoint(text.vocabulary)
        or bool(_PLACE.search(text.masked))
        or any(context.detect(name) for name in ("street-address", "postal-code"))
    )


# --- Tone and people ------------------------------------------------------------------------------

_FESTIVE = re.compile(
    "[!🎉🥳🎊😂🤣😄😁😀😃😆😎🤩🙌👏💃🕺🍾🥂🍻🎈🎁🔥🤗😜😉🎵🎶🪅](?:(?<!!)|(?<=!)[!1 ]*!)"
)


def festive_signs(context: Context, options: Options) -> Iterator[Hit]:
    """Emoji of a party or a laugh, and « !! »."""
    for match in _FESTIVE.finditer(context.post.text):
        yield Hit(*match.span())


_COMPANY = re.compile(
    r"\b(?:(?:[Ll]e|[Dd]u|[Aa]u) salon"
    r"|[Ll]a (?:compagnie|clinique|firme|boutique|chaîne|pharmaceutique|multinationale)"
    r"|[Ll]['’](?:entreprise|industrie)|[Tt]he (?:company|clinic|firm|chain|manufacturer))"
    r"[ \u00a0](?:du |de |des )?[A-ZÀ-ÖØ-Þ][\w'’-]{1,40}"
    r"|\b[A-ZÀ-ÖØ-Þ][\w'’&-]{1,40}+,?[ \u00a0](?:[Ii]nc|[Ll]t[ée]e|[Ll]td|LLC|[Cc]orp)\b\.?"
    r"|\b[A-ZÀ-ÖØ-Þ][\w'’&-]{1,40}+[ \u00a0](?:Tobacco|Pharma|Clinic|Cosmetics|Laboratories)\b"
    r"|\b(?:[Cc]ette (?:compagnie|clinique|firme|boutique|chaîne|pharmaceutique|multinationale"
    r"|entreprise)|[Tt]h(?:is|at) (?:company|clinic|firm|chain|manufacturer|business|salon))\b"
)


_COMPANY_WORDS = word_set(
    "compagnie clinique firme boutique chaine pharmaceutique multinationale entreprise industrie "
    "company clinic firm chain manufacturer business salon inc ltee ltd llc corp tobacco pharma "
    "cosmetics laboratories"
)


def companies(context: Context, options: Options) -> Iterator[Hit]:
    """Companies named as such, or pointed at: « la compagnie Untel », « cette clinique »."""
    for span in context.text.around(_COMPANY_WORDS, 64, 64):
        for match in _COMPANY.finditer(context.text.masked, *span):
            yield Hit(*match.span())


_SIGNED = re.compile(
    r"[\s,.]{0,3}(?:[—–―-]|~|\(|,? ?(?:dit|raconte|confie|explique|affirme|témoigne|partage"
    r"|se souvient|says|said|recalls|explains|shares|adds))[\s—–-]{0,3}[A-ZÀ-ÖØ-Þ][\w'’-]+"
)
_SHORTEST_TESTIMONY = 25
"""Characters; a shorter quotation is a title or a word held at a distance."""


def testimonies(context: Context, options: Options) -> Iterator[Hit]:
    """A testimonial, or a quotation signed with a first name."""
    for quote in context.text.quotes:
        long_enough = quote.end - quote.start >= _SHORTEST_TESTIMONY
        if long_enough and _SIGNED.match(context.post.text, quote.end + 1):
            yield Hit(quote.start, quote.end)
            return
    if context.post.kind is PostKind.TESTIMONIAL:
        yield Hit(0, len(context.post.text))


def question_marks(context: Context, options: Options) -> Iterator[Hit]:
    """The first question mark."""
    at = context.text.masked.find("?")
    if at >= 0:
        yield Hit(at, at + 1)


_TAIL = re.compile(r"(?:source|sources|crédit|credit|photo|info|infos|détails|details)\b")
_DISCUSS = Phrases(
    [
        "dites-nous|racontez-nous|racontez-le-nous", "en|dans les? commentaire|commentaires",
        "vos idées|réponses|trucs|histoires", "on en jase|discute|parle", "tell us", "let us know",
        "in the comments", "your tips|ideas|stories|thoughts", "comment below",
    ]
)  # fmt: skip


def closing_questions(context: Context, options: Options) -> Iterator[Hit]:
    """A question that the readers are to answer: the last sentence, but for hashtags, sources and
    links, or any question of a post that asks for comments.

    A question whose answer is a link or a telephone is none.
    """
    text = context.text
    if "?" not in text.masked:
        return
    discussed = _DISCUSS.find(text)
    if discussed:
        yield Hit(*discussed[0])
        return
    answered = {link.start for link in text.urls} | {h.start for h in context.detect("telephone")}
    for sentence in reversed(text.sentences):
        line = text.masked[sentence.start : sentence.end]
        asks = "?" in line[-6:]
        words = len(text.words_between(*sentence))
        if _TAIL.match(text.flat, sentence.start):
            continue
        if any(sentence.start <= at < sentence.end for at in answered):
            return
        if words <= 1 + 3 * line.count("#") and not asks:
            continue
        if asks and words >= 3:
            yield Hit(sentence.start, sentence.end)
        return


# --- Pictures -------------------------------------------------------------------------------------


def pictures(context: Context, options: Options) -> Iterator[Hit]:
    """At least one picture or film goes with the post."""
    if context.post.media:
        yield Hit(0, 0)


def unknown_people(context: Context, options: Options) -> Iterator[Hit]:
    """A picture or film of which nobody said who is on it."""
    if not all(picture.people_said for picture in context.post.media):
        yield Hit(0, 0)


def lapsed_consents(context: Context, options: Options) -> Iterator[Hit]:
    """A person shown whose consent will have ended when the post appears. Values: file, who, day.

    Variant `withdrawn`: it no longer stands.
    """
    day = _day(context)
    for picture in context.post.media:
        for consent in picture.consents:
            values = {"file": picture.name, "who": consent.who, "day": consent.until or ""}
            if consent.withdrawn:
                yield Hit(0, 0, values, "withdrawn")
            elif consent.until is not None and day is not None and consent.until < day:
                yield Hit(0, 0, values)


def no_picture(context: Context, options: Options) -> Iterator[Hit]:
    """No picture goes with the post, and that is known for sure."""
    if context.post.media_known and not context.post.media:
        yield Hit(0, 0)


def picture_positions(context: Context, options: Options) -> Iterator[Hit]:
    """Pictures that still carry the position where they were taken. Value: file."""
    for picture in context.post.media:
        if picture.has_position:
            yield Hit(0, 0, {"file": picture.name})


# --- Labels ---------------------------------------------------------------------------------------

_LABEL = re.compile(
    r"^[ \t*_\[({«“\"-]{0,4}+(?P<label>(?:strictement |strictly |highly |très )?"
    r"(?:confidentiel|confidential|top secret)"
    r"|(?:(?:pour|à) )?(?:usage|diffusion) (?:strictement )?(?:interne|restreinte)"
    r"|(?:for )?internal use(?: only)?|embargo)"
    r"(?=[ \t)}»”\"*_]{0,4}(?:[:–—\]]|-\s))",
    re.IGNORECASE | re.MULTILINE,
)
_ABOUT_A_SERVICE = re.compile(
    r"\b(?:appels?|ligne|service|échanges?|renseignements|données|calls?|line|conversations?|chat"
    r"|details|information)\b",
    re.IGNORECASE,
)


def restricted_labels(context: Context, options: Options) -> Iterator[Hit]:
    """A line that begins with a label: « Confidentiel : », « [Usage interne] », "Embargo –".

    A line that goes on to speak of a service says what the service is.
    """
    text = context.post.text
    for match in _LABEL.finditer(text):
        if not _ABOUT_A_SERVICE.search(text[match.end() : match.end() + 200].partition("\n")[0]):
            yield Hit(*match.span("label"))


# --- Masked words -------------------------------------------------------------------------------

_MASKED = re.compile(r"(?<![\w*])([^\W\d_]{1,5})([@#$%!*]{1,6})([^\W\d_]{0,6})(?![\w*@#$%])")
_INSULTS = word_set(
    "fuck fucks fucked fucking fuckin fucker shit shits shitty bullshit bitch bitches asshole "
    "assholes bastard bastards cunt dick merde marde tabarnak tabarnac calisse crisse ostie estie "
    "ciboire putain pute salope connard connards enculé encule chier"
)


def masked_insults(context: Context, options: Options) -> Iterator[Hit]:
    """Swearing with stars or signs in the place of letters: « f*ck », « m***e », "s**t".

    A star after a word is mostly that of a footnote.
    """
    for match in _MASKED.finditer(context.post.text):
        head, signs, tail = match[1].lower(), match[2], match[3].lower()
        if not tail and len(signs) < 3:
            continue
        stars = tail and not signs.strip("*")
        for word in _INSULTS:
            hidden = len(word) - len(head) - len(tail)
            if not (hidden == len(signs) or (stars and hidden > 0)):
                continue
            if word.startswith(head) and word.endswith(tail):
                yield Hit(*match.span())
                break


# --- Blanks ---------------------------------------------------------------------------------------

# In small letters only: « [Date] 4 mai » is how some posts name what follows. No picture, film or
# language: many posts say in brackets what they carry. Not before « ( », where it is a link's name.
_BLANK_WORD = (
    r"(?:adresse|courriel|date|fait|heure|intérêt|jour|lien|lieu|montant|nom|numéro de téléphone"
    r"|prénom|signature|source|sujet|titre|ville"
    r"|address|amount|city|day|email|fact|first name|interest|link|location|name|phone number|place"
    r"|time|title|topic|venue|[a-z]+(?:_[a-z]+)+)"
)
_BLANK = re.compile(
    rf"\[ ?(?:{_BLANK_WORD}(?: (?:d[’']|de l[’']|(?:de la|de|du|des|of the|of) )[^\[\]\n]{{1,40}})?"
    r"|(?i:insérer|insérez|à compléter|à remplir|insert|fill in|to be completed|to be filled in)"
    r"(?:[ :][^\[\]\n]{1,40})?"
    r"|[xX]{2,6}|_{2,20}) ?\](?!\()"
    rf"|\{{{_BLANK_WORD}\}}"
)


def blanks(context: Context, options: Options) -> Iterator[Hit]:
    """What a ready-made text leaves to be filled in: « [date] », "[name of the team]", "[XX]"."""
    for match in _BLANK.finditer(context.post.text):
        yield Hit(*match.span())


DETECTORS: Mapping[str, Detector] = {
    "link": Detector(links),
    "official-link": Detector(official_links),
    "citable-link": Detector(citable_links),
    "mention": Detector(mentions),
    "public-contact": Detector(public_contacts),
    "influencer": Detector(influencers),
    "health-word": Detector(health_words),
    "figure": Detector(figures),
    "amount": Detector(amounts),
    "date": Detector(dates),
    "time": Detector(times),
    "wrong-day": Detector(
        wrong_days, frozenset({"day", "weekday"}), variants=frozenset({"weekday", "impossible"})
    ),
    "past-invitation": Detector(past_invitations, frozenset({"day"})),
    "fleeting-word": Detector(
        fleeting_words, frozenset({"day"}), variants=frozenset({"unchecked"})
    ),
    "event-gap": Detector(event_gaps, frozenset({"missing"}), variants=frozenset({"only-link"})),
    "festive": Detector(festive_signs),
    "company": Detector(companies),
    "testimony": Detector(testimonies),
    "restricted-label": Detector(restricted_labels),
    "masked-insult": Detector(masked_insults),
    "blank": Detector(blanks),
    "question-mark": Detector(question_marks),
    "closing-question": Detector(closing_questions),
    "picture": Detector(pictures),
    "unknown-people": Detector(unknown_people),
    "lapsed-consent": Detector(
        lapsed_consents,
        frozenset({"file", "who", "day"}),
        variants=frozenset({"withdrawn"}),
    ),
    "no-picture": Detector(no_picture),
    "picture-position": Detector(picture_positions, frozenset({"file"})),
    "social-insurance-number": Detector(personal.social_insurance_numbers),
    "health-insurance-number": Detector(personal.health_insurance_numbers),
    "payment-card": Detector(personal.payment_cards),
    "telephone": Detector(personal.telephones),
    "email": Detector(personal.emails),
    "postal-code": Detector(personal.postal_codes),
    "street-address": Detector(personal.street_addresses),
    "private-contact": Detector(
        personal.private_contacts,
        variants=frozenset({"telephone", "toll-free", "office", "email", "address"}),
    ),
    "birth-date": Detector(personal.birth_dates),
    "person": Detector(personal.persons),
    "private-person": Detector(personal.private_persons),
    "named-person": Detector(
        personal.named_persons, variants=frozenset({"listed", "titled", "professional"})
    ),
}
