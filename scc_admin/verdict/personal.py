"""What identifies a person: numbers with check digits, contact details, birth dates, names.

Every function looks at a `Context` and gives hits (see `signals.Detector`). Numbers are told from
other numbers by their check digit *and* by how they are written or announced: one number of nine
digits in ten passes Luhn by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from scc_admin.model import PostKind
from scc_admin.verdict.signals import Context, Coverage, Hit
from scc_admin.verdict.text import Phrases, Span, Text, fold, tokenize, word_set

Options = Mapping[str, Any]


# --- Check digits ---------------------------------------------------------------------------------


def luhn(digits: str) -> bool:
    """True when `digits` end in their Luhn check digit (ISO/IEC 7812-1)."""
    odd = sum(map(int, digits[-1::-2]))
    even = sum(2 * d - 9 * (d > 4) for d in map(int, digits[-2::-2]))
    return (odd + even) % 10 == 0


_RAMQ_WEIGHTS = (1, 3, 7, 9, 1, 7, 1, 3, 4, 5, 7, 6, 9, 1)


def health_number(letters: str, digits: str) -> bool:
    """True for a RAMQ health-insurance number: its birth date exists and its check digit is right.

    `letters` are the four of the name; `digits` are YYMMDD (month + 50 for a woman), a sequence
    character and the check digit. The check is the last digit of the weighted sum of the EBCDIC
    codes of name, four-digit year, sex, month, day and sequence, for either century.
    """
    year, month, day = digits[:2], int(digits[2:4]), digits[4:6]
    sex = "F" if month > 50 else "M"
    month -= 50 if month > 50 else 0
    for century in ("19", "20"):
        try:
            date(int(century + year), month, int(day))
        except ValueError:
            continue
        codes = f"{letters}{century}{year}{sex}{month:02}{day}{digits[6]}".upper().encode("cp037")
        total = sum(w * c for w, c in zip(_RAMQ_WEIGHTS, codes, strict=True))
        if total % 10 == int(digits[7]):
            return True
    return False


# --- Identity and payment numbers -----------------------------------------------------------------

_SIN = re.compile(
    r"(?<![\w.,$#@/+:=-])(?<![0-9] )(?:[0-9]{3}([ .-])[0-9]{3}\1[0-9]{3}|[0-9]{9})"
    r"(?![\w-]|[ .,]?[0-9])"
)
_SIN_NAMED = re.compile(r"\b(?:nas|sin|n\.a\.s|s\.i\.n|assurances? sociales?|social insurance)\b")
_A_QUANTITY_AFTER = re.compile(
    r" ?(?:[$€£%]|cad\b)| (?:de |d'|of |millions?\b|fois\b|times\b|[^\W\d_]+s\b)"
)
_ANOTHER_NUMBER = re.compile(
    r"\b(?:plus de|près de|environ|total|over|about|nearly|more than|bienfaisance|enregistrement"
    r"|registration|charit\w+|entreprise|business|neq|tps|tvq|gst|qst|hst|facture|invoice|commande"
    r"|order|dossier|confirmation|référence|reference|tél\w*|tel|phone|téléc\w*|fax)\b[^\n]{0,16}$"
)
_BUSINESS_AFTER = re.compile(r" ?r[rtcpz] ?[0-9]{4}\b")


def social_insurance_numbers(context: Context, options: Options) -> Iterator[Hit]:
    """Social insurance numbers: nine digits, Luhn, announced as such; or in groups of three that
    are no quantity and no business number, and do not begin with 0 or 8, which are not given."""
    flat = context.text.flat
    for match in context.text.find_numbers(_SIN):
        start, end = match.span()
        digits = _digits(match.group())
        if not luhn(digits) or _BUSINESS_AFTER.match(flat, end):
            continue
        named = _SIN_NAMED.search(flat, max(0, start - 60), end + 40)
        if named or (
            match[1]
            and digits[0] not in "08"
            and not digits.endswith("000")
            and not _A_QUANTITY_AFTER.match(flat, end)
            and not _ANOTHER_NUMBER.search(flat, max(0, start - 60), start)
        ):
            yield Hit(start, end, key=digits)


_HEALTH = re.compile(r"(?<![\w#@])([a-z]{4})([ -]?)([0-9]{4})\2([0-9]{2}[0-9a-z][0-9])(?!\w)")
_HEALTH_NAMED = re.compile(
    r"\b(?:nam|ramq|assurance[ -]maladie|carte soleil|health (?:insurance|card)|medicare"
    r"|patiente?s?|usag(?:er|ère)s?|dossier médical|medical (?:file|record))\b"
)


def health_insurance_numbers(context: Context, options: Options) -> Iterator[Hit]:
    """RAMQ numbers: four letters and eight digits with a birth date and a right check digit; or
    announced as such, whatever the check digit."""
    flat = context.text.flat
    for match in context.text.find_numbers(_HEALTH):
        start, end = match.span()
        letters, digits = match[1], match[3] + match[4]
        if _HEALTH_NAMED.search(flat, max(0, start - 60), end + 40) or (
            context.post.text[start : start + 4].isupper() and health_number(letters, digits)
        ):
            yield Hit(start, end, key=(letters + digits).upper())


_CARD = re.compile(r"(?<![\w.,/+=#@-])[0-9](?>(?:[ -]?[0-9]){12,18})(?![\w-]| [0-9])")
_CARD_SHAPES = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1)})


def payment_cards(context: Context, options: Options) -> Iterator[Hit]:
    """Payment cards: the length and prefix of a known network, Luhn, and a card's grouping."""
    for match in context.text.find_numbers(_CARD):
        groups = re.split("[ -]", match.group())
        digits = "".join(groups)
        if len(groups) > 1 and tuple(map(len, groups)) not in _CARD_SHAPES:
            continue
        if _is_card(digits) and len(set(digits)) > 1 and luhn(digits):
            yield Hit(*match.span(), key=digits)


def _is_card(digits: str) -> bool:
    """True for the prefix and length of Visa, Mastercard, American Express, Discover, Diners,
    JCB or UnionPay."""
    head, length = int(digits[:4]), len(digits)
    return (
        (digits[0] == "4" and length in (13, 16, 19))
        or ((5100 <= head <= 5599 or 2221 <= head <= 2720) and length == 16)
        or (digits[:2] in ("34", "37") and length == 15)
        or ((head == 6011 or 6440 <= head <= 6599) and length in (16, 19))
        or ((digits[:2] in ("36", "38", "39") or 3000 <= head <= 3059) and length == 14)
        or (3528 <= head <= 3589 and length == 16)
        or (digits[:2] == "62" and 16 <= length <= 19)
    )


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


# --- Contact details ------------------------------------------------------------------------------

_PHONE = re.compile(
    r"(?<![\w.,/$=#@-])(?:\+?1[ .-]{0,2})?\(?([2-9][0-9]{2})\)?[ .-]{0,3}([2-9][0-9]{2})[ .-]{0,2}"
    r"([0-9]{4})(?![\w-]| ?[$%€])(?:,? ?(?:poste|ext|extension|p|x|#)\.? ?#?[0-9]{1,6}\b)?"
)
_VANITY = re.compile(
    r"1(?<![\w-].)[ .-]?(8(?:00|88|77|66|55|44|33|22))[ .-]([a-z]{7}|[a-z]{3}[ -][a-z]{4})(?!\w)"
)
_KEYPAD = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
_TOLL_FREE = ("800", "888", "877", "866", "855", "844", "833", "822")


def telephones(context: Context, options: Options) -> Iterator[Hit]:
    """North American telephone numbers, with an extension if there is one. Key: ten digits."""
    for match in context.text.find_numbers(_PHONE):
        if match[2] != "911" and match[1][1:] != "11":
            yield Hit(*match.span(), key=match[1] + match[2] + match[3])
    for match in _VANITY.finditer(context.text.flat):
        number = match[1] + re.sub("[ -]", "", match[2]).translate(_KEYPAD)
        yield Hit(*match.span(), key=number)


def emails(context: Context, options: Options) -> Iterator[Hit]:
    """E-mail addresses. Key: the address in lower case."""
    for link in context.text.links:
        if link.kind == "email":
            yield Hit(link.start, link.end, key=link.text.casefold())


_LETTER = "[abceghj-nprstv-z]"
_POSTAL = re.compile(
    rf"[0-9](?<=(?<![\w/@#-])[abceghj-nprstvxy][0-9]){_LETTER}[ -]?[0-9]{_LETTER}[0-9](?![\w-])"
)


def postal_codes(context: Context, options: Options) -> Iterator[Hit]:
    """Canadian postal codes. Key: A1A1A1."""
    flat = context.text.flat
    for match in _POSTAL.finditer(flat):
        start, end = match.start() - 1, match.end()
        if context.post.text[start].isupper():
            yield Hit(start, end, key=re.sub("[ -]", "", flat[start:end]).upper())


_BLANK = "[^\\S\\r\\n]"
_UPPER = "A-ZÀ-ÖØ-ÞŒ"
_STREET = re.compile(
    rf"""[0-9](?<![\w$.,/#-].)[0-9]{{0,4}}(?:-[0-9]{{1,5}})?[A-Da-d]?,?{_BLANK}(?:
        (?:[Rr]ue|[Aa]venue|[Aa]v\.|[Bb]oulevard|[Bb]oul\.|[Bb]lvd|[Cc]hemin|[Cc]h\.|[Rr]oute|[Rr]te
           |[Rr]ang|[Cc]ôte|[Aa]llée|[Ii]mpasse|[Mm]ontée|[Cc]roissant|[Tt]errasse|[Pp]romenade
           |[Pp]lace|[Cc]arré)
        {_BLANK}(?:(?:de{_BLANK}la|de{_BLANK}l['’]|de|des|du|d['’]|la|le|les|l['’]){_BLANK}?)?
        [{_UPPER}0-9][\w’'.-]{{0,30}}(?:{_BLANK}[{_UPPER}][\w’'-]{{1,30}}){{0,2}}
      | [0-9]{{1,3}}(?:re|er|e|ère|ième){_BLANK}(?:[Rr]ue|[Aa]venue|[Rr]ang)
      | (?:[{_UPPER}][\w’'.-]{{0,30}}{_BLANK}){{1,3}}
        (?:Street|St\b\.?|Avenue|Ave\b\.?|Road|Rd\b\.?|Boulevard|Blvd\b\.?|Drive|Dr\b\.?|Lane|Court
          |Crescent|Cres\b\.?|Terrace|Square|Highway|Hwy\b\.?)
    )""",
    re.VERBOSE,
)


def street_addresses(context: Context, options: Options) -> Iterator[Hit]:
    """Civic numbers with a street, in French or in English order."""
    for match in _STREET.finditer(context.text.masked):
        yield Hit(*match.span(), key=fold(" ".join(tokenize(match.group()))))


_ROLES = word_set(
    "info infos information informations contact bonjour hello courriel mail accueil reception "
    "benevole benevoles benevolat volunteer volunteers volunteering don dons donate donation "
    "donations donateurs donors relais relay evenement evenements event events inscription "
    "inscriptions registration emploi emplois jobs careers carrieres recrutement rh hr media "
    "medias presse press communication communications secretariat administration admin direction "
    "support soutien aide help service services clientele membres members publicaffairs "
    "affairespubliques bureau office equipe team comite fondation foundation commandites sponsors "
    "programme programmes jonquille daffodil cancer noreply webmaster confidentialite privacy "
    "equipes teams billets billetterie tickets inscrire reservation reservations reception marche "
    "walk souper gala golf velo ride defi tournoi collecte campagne campaign spectacle bureaux "
    "boutique shop store centre center maison ecole school ville city club theatre biblio "
    "bibliotheque library clinique clinic hopital dons cancer"
)
_BEGINS_AS_A_ROLE = ("relais", "benevol", "volunteer", "jonquille", "inscri", "billet", "marchedes")
_PRIVATE_PLACE = re.compile(
    r"\b(?:habite\w*|demeur\w+|réside\w*|domicile|chez (?:elle|lui|moi|eux|elles|m|mme)|lives? at"
    r"|living at|home address|sa maison|son appartement|his house|her house|his home|her home"
    r"|adresse (?:personnelle|de (?:m\.|mme|la famille)))\b"
)


def private_contacts(context: Context, options: Options) -> Iterator[Hit]:
    """Contact details that are on no public list. Variants: telephone, toll-free, office,
    email, address.

    Role mailboxes (info@…) are public by nature. So is the place of an event: an address or postal
    code counts only near words of a home, or where nothing in the post makes it a meeting place.
    """
    known = contact_keys(context.known.contacts)
    for hit in context.detect("telephone"):
        if hit.key not in known:
            if hit.key.startswith(_TOLL_FREE):
                variant = "toll-free"
            else:
                variant = "office" if _is_of_an_office(context, hit) else "telephone"
            yield Hit(hit.start, hit.end, variant=variant, key=hit.key)
    for hit in context.detect("email"):
        local, _, domain = hit.key.partition("@")
        if not known & {hit.key, "@" + domain} and not _is_a_role(local):
            yield Hit(hit.start, hit.end, variant="email", key=hit.key)
    yield from _private_places(context, known)


_NOT_LETTERS = re.compile(r"[._+0-9-]+")


def _is_a_role(local: str) -> bool:
    """True for a mailbox of an office (info, relais.beauport), not for one of a person who holds
    it (marcel.relais)."""
    parts = _NOT_LETTERS.split(local)
    if not _FIRST_NAMES.isdisjoint(parts):
        return False
    return not _ROLES.isdisjoint(parts) or local.startswith(_BEGINS_AS_A_ROLE)


_OF_AN_OFFICE = re.compile(
    r"\b(?:bureaux?|office|clsc|cisss|ciusss|centre|center|maison|hôpital|hospital|clinique|clinic"
    r"|billetterie|box office|accueil|réception|front desk|secrétariat|théâtre|theatre|aréna|arena"
    r"|auberge|hôtel|hotel|restaurant|bibliothèque|library|école|school|municipalité|ville"
    r"|town hall|city hall|paroisse|parish|église|church|pharmacie|pharmacy|ligne|line|services?"
    r"|organisme|fondation|foundation|poste|ext\.?|extension)\b"
)
_OF_SOMEBODY = re.compile(
    r"\b(?:chez|cell(?:ulaire)?|mobile|domicile|moi|ma|mon|my|me|his|her|home)\b"
)


def _is_of_an_office(context: Context, hit: Hit) -> bool:
    """True for a telephone in a sentence that names the office that answers, and nobody else."""
    text = context.text
    sentence = text.sentence_at(hit.start)
    start, end = max(sentence.start, hit.start - 120), min(sentence.end, hit.end + 60)
    if not _OF_AN_OFFICE.search(text.flat, start, end):
        return False
    if _OF_SOMEBODY.search(text.flat, start, end):
        return False
    words = text.words_between(max(sentence.start, hit.start - 60), hit.start)
    return _FIRST_NAMES.isdisjoint(text.plain[index] for index in words)


def _private_places(context: Context, known: frozenset[str]) -> Iterator[Hit]:
    places = [*context.detect("street-address"), *context.detect("postal-code")]
    if not places:
        return
    flat = context.text.flat
    meeting = context.post.kind in _MEETINGS or bool(_PUBLIC_PLACE.search(flat))
    meeting = meeting or bool(context.detect("time")) or bool(context.days)
    end = -100
    for place in sorted(places, key=lambda hit: hit.start):
        home = _PRIVATE_PLACE.search(flat, max(0, place.start - 80), place.end)
        if place.key in known or (meeting and not home) or place.start - end in range(0, 40):
            continue
        end = place.end
        yield Hit(place.start, place.end, variant="address", key=place.key)


_MEETINGS = frozenset({PostKind.EVENT, PostKind.JOB, PostKind.LAUNCH})
_PUBLIC_PLACE = re.compile(
    r"\b(?:parc|centre|center|école|school|université|university|cégep|college|hôpital|hospital"
    r"|bureaux?|office|salle|hall|église|church|aréna|arena|pharmacie|pharmacy|clinique|clinic"
    r"|bibliothèque|library|restaurant|hôtel|hotel|stade|stadium|marché|market|boutique|store"
    r"|magasin|maison de la culture|mairie|hôtel de ville|city hall|kiosque|maison gilles|local"
    r"|succursale|theatre|théâtre|park|gymnase|chalet|club)\b"
)


@lru_cache(maxsize=4)
def contact_keys(contacts: tuple[str, ...]) -> frozenset[str]:
    """The public contacts as keys of hits, a telephone by its last ten digits. « @cancer.ca »
    stands for every address of that domain."""
    keys = set()
    for contact in contacts:
        digits = _digits(contact)
        keys.add(contact.strip().casefold())
        keys.add(fold(" ".join(tokenize(contact))))
        if len(digits) >= 10 and "@" not in contact:
            keys.add(digits[-10:])
        keys.add(re.sub("[ -]", "", contact).upper())
    return frozenset(keys)


# --- Persons --------------------------------------------------------------------------------------

_BORN = re.compile(
    r"(?:n(?<!\w.)ée?(?:\(e\)|·e|\.e)? (?:le |en |un |à |au )"
    r"|b(?<!\w.)orn (?:(?:on|in) |(?=[0-9]{1,4}[/-])))"
    r"[^.!?\n]{0,40}?(?P<day>[0-9]{1,2}(?:er|,)? (?:\w{3,9} )?)?\b(?:19|20)[0-9]{2}\b"
)
_BIRTH_DATE = re.compile(
    r"(?:d(?<!\w.)(?:ate de naissance|ate of birth|dn|ob|\.o\.b\.)|b(?<!\w.)irth ?date)"
    r"[ :=-]{0,3}(?:le |is |est )?(?:le )?[^.!?,;\n]{0,12}?[0-9]{1,4}(?:[ /.-]\w{1,9}){0,2}"
)
_NOT_BORN = word_set(
    "societe organisme organisation association fondation campagne relais mois projet mouvement "
    "idee programme evenement initiative tradition jonquille ligne service comite equipe marche "
    "activite ruban defi cause page groupe centre maison recherche society organization charity "
    "campaign relay month project movement idea program event foundation team walk"
)


_SUBJECT_WITHIN = 200
"""Characters before « né » in which its subject stands."""


def birth_dates(context: Context, options: Options) -> Iterator[Hit]:
    """A person's date or year of birth: « née le 4 mai 1961 », « date of birth: … ».

    Not that of a society, a campaign or an idea.
    """
    text = context.text
    if text.vocabulary.isdisjoint(_BIRTH_WORDS):
        return
    for match in _BORN.finditer(text.flat):
        start = match.start()
        sentence = text.sentence_at(start)
        before = text.words_between(max(sentence.start, start - _SUBJECT_WITHIN), start)
        if _NOT_BORN.isdisjoint(text.plain[index] for index in before) and (
            match["day"] or _is_somebody(text, before)
        ):
            yield Hit(*match.span())
    for match in _BIRTH_DATE.finditer(text.flat):
        yield Hit(*match.span())


def _is_somebody(text: Text, before: range) -> bool:
    """True when what was born is a person: a pronoun, a relative, a name, or none yet
    (« Née en 1958, Carole … »)."""
    for index in reversed(before):
        if text.plain[index] not in _TO_BE:
            return text.plain[index] in _SOMEBODY or text.words[index][0].isupper()
    return True


_TO_BE = word_set("est suis es etes etait is was were and et am been")
_SOMEBODY = word_set(
    "je j il elle tu vous on qui i he she who you mere pere fils fille soeur frere mari femme ami "
    "amie maman papa cousin cousine tante oncle grand mother father son daughter sister brother "
    "husband wife friend mom dad aunt uncle"
)
_BIRTH_WORDS = word_set("ne nee born naissance birth birthdate ddn dob d")


# --- Persons --------------------------------------------------------------------------------------

_NAME_END = r"[\w’'-]{0,30}[^\W\d_]"
_NAME = rf"[{_UPPER}]{_NAME_END}"
_LINK_WORD = rf"(?:(?:de|du|De|Du|De{_BLANK}La|de{_BLANK}la|Le|La|St-|van|von){_BLANK})?"
_TITLED = re.compile(
    rf"(?P<title>M(?<![\w.@#].)(?:M?\.|mes?|lles?|r\.?|rs\.?|s\.?|onsieur|adame|ademoiselle)"
    rf"|D(?<![\w.@#].)(?:rs?\.?|res?|octeure?|octor)"
    rf"|P(?<![\w.@#].)(?:rof\.|rofesseure?|rofessor)){_BLANK}"
    rf"(?P<name>{_LINK_WORD}{_NAME}(?:{_BLANK}{_LINK_WORD}{_NAME}){{0,2}})"
)
_PROFESSIONAL = ("dr", "do", "pr")
_TITLES = word_set(
    "m mm mme mmes mlle mlles mr mrs ms monsieur madame mademoiselle dr drs dre dres docteur "
    "docteure doctor prof professeur professeure professor"
)
_FULL_NAME = re.compile(
    rf"(?P<first>[{_UPPER}](?<![\w.@#’'-].){_NAME_END}){_BLANK}{_LINK_WORD}(?P<last>{_NAME})(?![\w-])"
)
_FIRST_NAMES = word_set(
    "adam adele agathe alain alex alexandra alexandre alexis alice aline alison amelie amanda amy "
    "andre andree andrea andrew angela anick anna anne annick annie anthony antoine ariane arnaud "
    "arthur audrey barbara beatrice benjamin benoit bernard bernadette bertrand brenda brian "
    "brigitte bruno camille carl carla carmen carole caroline catherine cecile celine chantal "
    "charles charlotte chloe christian christiane christine christophe christopher claire claude "
    "claudette claudia claudine clara colette colleen corinne cynthia daniel danielle danny david "
    "deborah denis denise diane dominic dominique donald donna dylan edith eliane elise elisabeth "
    "elizabeth elodie emile emilie emily emma emmanuel emmanuelle eric erica esther ethan etienne "
    "eve evelyne fabienne felix fernand florence francine francis francois francoise frank "
    "frederic frederique gabriel gabrielle gaetan genevieve georges gerald gerard germain "
    "ghislain ghislaine gilbert gilles ginette gisele gloria gregory guillaume guy guylaine "
    "harold heather helen helene henri henry hugo huguette ian isabelle jack jacinthe jacob "
    "jacqueline jacques james janet jason jean jeanne jeannine jeff jeffrey jennifer jeremy "
    "jerome jessica joan joanne jocelyn jocelyne joel john johanne jonathan jose josee joseph "
    "josiane joshua judith julia julie julien juliette justin justine karen karine kate kathleen "
    "kathy katia keith kelly kenneth kevin kim laura laurence laurent laurie lea leo leon liam "
    "liette liliane lily linda line lisa lise lorraine louis louise luc lucas lucie lucien "
    "lucille ludovic lyne lynda lynn madeleine manon marc marcel marcelle margaret marguerite "
    "maria marianne marie mariette marilyn marilyne mario marion marjolaine marjorie mark marlene "
    "martin martine mary mathieu matthew maude maurice maxime megan melanie melissa michael "
    "michel michele micheline michelle mireille monique murielle mylene myriam nadia nadine nancy "
    "natalie nathalie nathan nicholas nicolas nicole noah noemie norman normand olga olivia "
    "olivier odette pamela pascal pascale patricia patrick paul paule pauline peter philip "
    "philippe pierre pierrette rachel raymond raymonde rebecca rejean rejeanne remi rene renee "
    "reynald richard rita robert roberta robin roch roger roland rolande roxane ruth ryan sabrina "
    "samantha samuel sandra sara sarah scott sean sebastien serge sharon shirley simon simone "
    "solange sonia sophie stephan stephane stephanie stephen steve steven susan suzanne sylvain "
    "sylvie tanya thomas therese thierry tim timothy tracy valerie vanessa veronique victor "
    "victoria vincent virginie viviane walter william xavier yan yann yannick yolande yves yvette "
    "yvon yvonne zoe"
)
"""First names that are common in Québec and are no common words, folded. A name from elsewhere is
missed, not misread: titles and the local list still find it."""


def persons(context: Context, options: Options) -> list[Hit]:
    """Persons named: by the local list (variant listed), by a title (titled, or professional for
    doctors and professors), or by first and last name (full). Not those on the list of names that
    may appear. Key: the folded name."""
    allowed = [set(name.split()) for name in _folded(context.known.names_allowed)]
    taken: list[Hit] = []
    for group in (_listed(context), _titled(context), _full_names(context)):
        before = Coverage(hit.span for hit in taken)
        for hit in group:
            words = set(hit.key.split())
            if not before.touches(hit.start, hit.end) and not any(words <= n for n in allowed):
                taken.append(hit)
    return taken


def private_persons(context: Context, options: Options) -> Iterator[Hit]:
    """The persons, but for those whom their profession names (« Dre », « Professor »)."""
    return (hit for hit in context.detect("person") if hit.variant != "professional")


def named_persons(context: Context, options: Options) -> Iterator[Hit]:
    """The persons of the local list or with a title. Variants: listed, titled, professional.

    In a reply a title only greets the person who wrote; there the local list alone counts.
    """
    told = ("listed",) if context.post.kind is PostKind.REPLY else _TOLD
    return (hit for hit in context.detect("person") if hit.variant in told)


_TOLD = ("listed", "titled", "professional")


def _listed(context: Context) -> Iterator[Hit]:
    if context.known.names:
        for span in _phrases(context.known.names).find(context.text):
            if context.post.text[span.start].isupper():
                yield _person(context, span, span, "listed")


def _titled(context: Context) -> Iterator[Hit]:
    if not _TITLES.isdisjoint(context.text.vocabulary):
        for match in _TITLED.finditer(context.text.masked):
            professional = fold(match["title"]).startswith(_PROFESSIONAL)
            variant = "professional" if professional else "titled"
            yield _person(context, Span(*match.span()), Span(*match.span("name")), variant)


def _full_names(context: Context) -> Iterator[Hit]:
    if not _FIRST_NAMES.isdisjoint(context.text.vocabulary):
        for match in _FULL_NAME.finditer(context.text.masked):
            span = Span(*match.span())
            if fold(match["first"]).partition("-")[0] in _FIRST_NAMES:
                yield _person(context, span, span, "full")


def _person(context: Context, span: Span, name: Span, variant: str) -> Hit:
    key = fold(" ".join(tokenize(context.post.text[name.start : name.end])))
    return Hit(span.start, span.end, variant=variant, key=key)


@lru_cache(maxsize=4)
def _phrases(names: tuple[str, ...]) -> Phrases:
    return Phrases(words for name in names if (words := " ".join(tokenize(name))))


@lru_cache(maxsize=4)
def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fold(" ".join(tokenize(name))) for name in names)
