"""Invented posts of a charity's pages, as many as one wants, and the light edits that still leave
them the same post. Seeded: the same seed gives the same posts everywhere."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

FR: Mapping[str, str] = {
    "post": "{open}\n{body}\n{call}|{body} {detail}\n{call}|{open} {detail} {body}\n{close}|"
    "{body}\n{detail}\n{close}\n{call}|{open}\n{detail}\n{call} {close}|"
    "{open} {body}\n{detail}\n{call}\n{close}",
    "open": "Bonne nouvelle à {town}!|À vos agendas!|On cherche du monde à {town}.|"
    "Merci, {town}!|Vous étiez là, {weekday} à {town}?|{name} a une histoire à raconter.|"
    "Le saviez-vous?|C'est parti pour {event} {of_name}.|Une question revient souvent.|"
    "Nos bénévoles {of_town} ont encore fait fort.|Petit rappel pour {weekday}.|"
    "{n} personnes nous l'ont demandé.|Le {day} {month}, on sort les souliers.|"
    "Un café, {n} voisins, une idée.|Depuis {n} ans, {name} tient le kiosque {of_town}.",
    "body": "{event} {of_name} aura lieu {weekday} le {day} {month}, {place} {of_name}.|"
    "{name}, {job} à {town}, a reçu son diagnostic {of_disease} il y a {n} ans; aujourd'hui, "
    "{pron} {hobby} et accompagne {people} au {place2} {of_name}.|"
    "Grâce à vous, {n} {people} {of_town} ont pu {benefit} {season}.|"
    "{name} a {hobby_past} pendant {n} jours pour amasser {amount} $ au profit {of_project}.|"
    "Notre équipe {of_town} cherche {n} {role} pour {event} {of_name}.|"
    "Le dépistage {of_disease} permet souvent de {gain}; parlez-en à {pro} {of_name}.|"
    "Le groupe {of_name} se réunit le {weekday} à {n} h {place} {of_town} pour {act}.|"
    "L'école {name} a vendu {n} {thing} et remis {amount} $ {to_project}.|"
    "Avec {name} et {name}, nous avons {act_past} {place} {of_name}, puis {act_past}.|"
    "La chercheuse {name} étudie {topic} à l'Université {of_town} depuis {n} ans.|"
    "Après {n} traitements {of_disease}, {name} conseille de {act} et de {act}.|"
    "La caisse populaire {of_town} double vos dons jusqu'à {amount} $ pour {topic}.",
    "detail": "Au menu : {thing}, {thing} et {thing}, gracieuseté du commerce {name}.|"
    "On y viendra pour {act}, {act} ou simplement {act}.|"
    "« {quote} », dit {name}, {job}.|L'an dernier, {n} {people} avaient {act_past}.|"
    "Apportez {thing} et {thing}; le stationnement {of_name} est gratuit.|"
    "L'argent servira à {benefit} et à financer {topic}.|"
    "La salle se trouve au {n} de la rue {name}, près {of_name}.|"
    "En cas de pluie, rendez-vous {place} {of_name} à {n} h {n}.|"
    "Le comité : {name}, {name} et {name}.|La navette {of_name} part à {n} h {n} {place}.|"
    "On y parlera {of_disease}, {topic} et des façons de {gain}.|"
    "{name} apportera {thing}, {name} s'occupera de {act}.",
    "call": "Inscription : cancer.ca/{slug}|Écrivez à {slug}@cancer.ca|"
    "Une question? 1 888 939-3333|Donnez à votre façon : https://cancer.ca/{slug} 💛|"
    "Réservez auprès de {name} avant le {day} {month}.|Passez nous voir {place} {of_name}.|"
    "Tous les renseignements : cancer.ca/{slug} #{tag}|Dites-nous en commentaire comment "
    "vous aimez {act}.|Partagez avec quelqu'un qui voudrait {act} 🌼",
    "close": "Merci à {name} et à toute l'équipe {of_town}.|On vous attend avec {thing}!|"
    "Ensemble, on peut {benefit}.|À {weekday}, beau temps mauvais temps. #{tag}|"
    "Chapeau aux {n} {people} qui étaient là 👏|Et vous, {quote_q}?|"
    "Prenez soin de vous et de ceux qui {hobby_pl}.|Un immense merci au commerce {name}.",
    "event": "le Relais pour la vie|la marche|le bazar|la vente de jonquilles|le souper spaghetti|"
    "le tournoi de quilles|la randonnée à vélo|le concert|le défi têtes rasées|l'encan|"
    "la soirée quiz|le déjeuner-conférence|la corvée|la journée portes ouvertes|le brunch",
    "place": "au parc|à l'aréna|à la salle paroissiale|au cégep|à la bibliothèque|au marché|"
    "à la caserne|au centre communautaire|sur le quai|au gymnase|à la plage|au pavillon",
    "place2": "centre|local|comptoir|café|pavillon|gîte|club|chalet",
    "people": "familles|marcheurs|élèves|survivants|proches aidants|infirmières|pompiers|"
    "voisins|retraités|cyclistes|choristes|donateurs|jeunes|patients|collègues",
    "role": "bénévoles|chauffeurs|cuisiniers|musiciens|animatrices|photographes|capitaines|"
    "monteurs de tentes|brigadiers|couturières|traducteurs|secouristes",
    "job": "enseignante|mécanicien|boulangère|camionneur|comptable|fleuriste|menuisier|"
    "pharmacienne|coiffeuse|agriculteur|notaire|bibliothécaire|plombier|apicultrice",
    "hobby": "court|peint|jardine|chante|tricote|pêche|jongle|cuisine|nage|patine|sculpte|écrit",
    "hobby_pl": "attendent un résultat|marchent à leur côté|cuisinent pour deux|veillent la nuit|"
    "conduisent jusqu'à la clinique|tricotent des tuques|écrivent des cartes",
    "hobby_past": "couru|pédalé|pagayé|tricoté|jardiné|nagé|skié|chanté|marché|patiné|grimpé",
    "benefit": "dormir près de l'hôpital|se rendre à leurs rendez-vous|recevoir une perruque|"
    "parler à une intervenante|participer au camp d'été|rencontrer une nutritionniste|"
    "acheter un appareil neuf|former d'autres bénévoles|tenir la ligne d'écoute ouverte",
    "gain": "traiter plus tôt|éviter une opération|rassurer une famille|mieux dormir|"
    "poser les bonnes questions|gagner du temps|prévenir une récidive|comprendre ses options",
    "pro": "la pharmacienne|l'infirmière|la médecin|l'intervenante|l'équipe|la clinique",
    "act": "marcher en silence|allumer une luminaire|partager un dessert|visiter les jardins|"
    "rire un bon coup|écouter la chorale|essayer le yoga|apprendre à cuisiner|emballer des fleurs|"
    "raconter son histoire|jouer aux cartes|prendre l'air|dessiner avec les enfants|planter des "
    "bulbes|danser jusqu'à minuit|demander de l'aide|noter ses questions|revoir des amis",
    "act_past": "monté les tentes|servi la soupe|planté des bulbes|accueilli les équipes|vendu des "
    "bouquets|lavé des voitures|chanté en chœur|distribué des dépliants|pelleté des entrées|"
    "compté les billets|décoré la scène|cuit des crêpes|réparé les vélos|peint les pancartes",
    "thing": "jonquilles|macarons|muffins|chandails|luminaires|tuques|tartes|crêpes|sandwichs|"
    "confitures|biscuits|chandelles|calendriers|billets|casquettes|bouquets|limonade|soupe",
    "topic": "les cancers rares|la recherche sur les métastases|l'accès aux soins en région|le "
    "vapotage des jeunes|le retour au travail|l'immunothérapie|la nutrition|la protection solaire|"
    "les soins palliatifs|l'hébergement des familles|le transport des patients|la génomique",
    "quote": "On ne marche jamais seul|J'ai pleuré, puis j'ai ri|Chaque appel compte|Je voulais "
    "redonner|Ma fille m'a inscrite sans me le dire|C'est la plus belle fête de l'année|Le plus "
    "dur, "
    "c'est d'attendre|On m'a écoutée, tout simplement|Je reviendrai, c'est sûr",
    "quote_q": "qu'est-ce qui vous fait du bien|pour qui marchez-vous|quel est votre truc|qui "
    "aimeriez-vous remercier|avez-vous déjà essayé|par quoi commencerez-vous",
    "season": "cet hiver|ce printemps|l'été dernier|cet automne|depuis janvier|cette année",
    "disease": "cancer du sein|cancer du poumon|cancer colorectal|mélanome|lymphome|cancer de la "
    "prostate|cancer du col|leucémie|cancer de la thyroïde|cancer du pancréas",
    "of_disease": "de {disease}|du {disease}",
    "project": "camp {name}|fonds {name}|gîte {name}|service d'écoute|programme de transport",
    "of_project": "du {project}",
    "to_project": "au {project}",
    "of_town": "de {town}",
    "of_name": "de {town}|{name}|de {name}",
    "pron": "elle|il",
    "weekday": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
    "month": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre",
    "tag": "relaispourlavie|moisdelajonquille|defi{n}|{slug}",
}
EN: Mapping[str, str] = {
    "post": FR["post"],
    "open": "Good news in {town}!|Save the date!|{town}, we need you.|Thank you, {town}!|"
    "Were you there on {weekday}?|{name} has a story to tell.|Did you know?|"
    "Here comes {event} {of_name}.|People often ask us this.|"
    "Our {town} volunteers did it again.|A reminder for {weekday}.|{n} people asked.|"
    "On {month} {day}, lace up.|For {n} years {name} has run the {town} booth.",
    "body": "{event} {of_name} takes place on {weekday}, {month} {day}, {place} {of_name}.|"
    "{name}, a {job} from {town}, was told about {disease} {n} years ago; today {name} {hobby} "
    "and walks with {people} every {weekday}.|"
    "Because of you, {n} {people} from {town} could {benefit} {season}.|"
    "{name} {hobby_past} for {n} days and raised ${amount} for {topic}.|"
    "Our {town} team is looking for {n} {role} for {event} {of_name}.|"
    "Screening for {disease} often helps to {gain}; ask {pro} {of_name}.|"
    "The {name} group meets on {weekday} at {n} p.m. {place} {of_town} to {act}.|"
    "{name} school sold {n} {thing} and gave ${amount} for {topic}.|"
    "With {name} and {name} we {act_past} {place} {of_name}, then {act_past}.|"
    "Researcher {name} has studied {topic} in {town} for {n} years.|"
    "The {town} credit union matches your gifts up to ${amount} for {topic}.",
    "detail": "There will be {thing}, {thing} and {thing}, courtesy of {name}.|"
    "Come to {act}, to {act} or simply to {act}.|“{quote},” says {name}, {job}.|"
    "Last year {n} {people} {act_past}.|Bring {thing} and {thing}; parking at {name} is free.|"
    "The money will help families {benefit} and fund {topic}.|"
    "The hall is at {n} {name} Street, near {name}.|"
    "If it rains, meet {place} {of_name} at {n}:{n}.|The committee: {name}, {name} and {name}.|"
    "{name} will bring {thing}, and {name} will {act}.",
    "call": "Sign up: cancer.ca/{slug}|Write to {slug}@cancer.ca|A question? 1-888-939-3333|"
    "Give your way: https://cancer.ca/{slug} 💛|Book with {name} before {month} {day}.|"
    "Visit us {place} {of_name}.|All the details: cancer.ca/{slug} #{tag}|"
    "Tell us how you like to {act}.|Share with someone who would like to {act} 🌼",
    "close": "Thank you to {name} and the whole {town} team.|We'll be waiting with {thing}!|"
    "Together we can help people {benefit}.|See you {weekday}, rain or shine. #{tag}|"
    "Hats off to the {n} {people} who came 👏|And you, {quote_q}?|"
    "Take care of yourself and of those who {hobby_pl}.|A huge thank-you to {name}.",
    "event": "Relay For Life|the walk|the bazaar|the daffodil sale|the spaghetti supper|the "
    "bowling "
    "night|the bike tour|the concert|the head-shaving challenge|the auction|the trivia night|the "
    "breakfast talk|the clean-up day|the open house|the brunch",
    "place": "in the park|at the arena|in the parish hall|at the college|at the library|at the "
    "market|"
    "at the fire station|at the community centre|on the pier|in the gym|on the beach",
    "people": "families|walkers|students|survivors|caregivers|nurses|firefighters|neighbours|"
    "retirees|cyclists|singers|donors|patients|colleagues",
    "role": "volunteers|drivers|cooks|musicians|hosts|photographers|captains|crossing guards|"
    "translators|first-aiders|tent builders",
    "job": "teacher|mechanic|baker|trucker|accountant|florist|carpenter|pharmacist|hairdresser|"
    "farmer|librarian|plumber|beekeeper",
    "hobby": "runs|paints|gardens|sings|knits|fishes|juggles|cooks|swims|skates|writes",
    "hobby_pl": "wait for a result|walk beside them|cook for two|sit up at night|drive to the "
    "clinic|knit hats|write cards",
    "hobby_past": "ran|cycled|paddled|knitted|gardened|swam|skied|sang|walked|skated|climbed",
    "benefit": "sleep near the hospital|get to appointments|receive a wig|talk to a "
    "counsellor|go to "
    "summer camp|meet a dietitian|train other volunteers|keep the helpline open",
    "gain": "treat sooner|avoid surgery|reassure a family|sleep better|ask the right questions|"
    "gain time|understand the options",
    "pro": "your pharmacist|the nurse|your doctor|a counsellor|the team|the clinic",
    "act": "walk in silence|light a luminary|share a dessert|visit the gardens|have a good laugh|"
    "hear the choir|try yoga|learn to cook|wrap flowers|tell a story|play cards|get some air|"
    "draw with the children|plant bulbs|dance until midnight|ask for help|see old friends",
    "act_past": "put up tents|served soup|planted bulbs|welcomed the teams|sold bouquets|washed "
    "cars|"
    "sang together|handed out leaflets|shovelled driveways|counted tickets|decorated the stage|"
    "made pancakes|repaired bikes|painted signs",
    "thing": "daffodils|macaroons|muffins|sweaters|luminaries|hats|pies|pancakes|sandwiches|jams|"
    "cookies|candles|calendars|tickets|caps|bouquets|lemonade|soup",
    "topic": "rare cancers|research on metastasis|access to care in the regions|teen vaping|going "
    "back to work|immunotherapy|nutrition|sun safety|palliative care|lodging for families|rides "
    "for patients|genomics",
    "quote": "You never walk alone|I cried, then I laughed|Every call counts|I wanted to give back|"
    "My daughter signed me up|It is the best party of the year|Waiting is the hardest part|They "
    "simply listened|I will be back for sure",
    "quote_q": "what does you good|who do you walk for|what is your trick|whom would you "
    "thank|have "
    "you tried it|where will you start",
    "season": "this winter|this spring|last summer|this fall|since January|this year",
    "disease": "breast cancer|lung cancer|colorectal cancer|melanoma|lymphoma|prostate cancer|"
    "cervical cancer|leukemia|thyroid cancer|pancreatic cancer",
    "of_town": "in {town}",
    "of_name": "in {town}|of {name}|by {name}",
    "weekday": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "month": "January|February|March|April|May|June|July|August|September|October|November",
    "tag": "relayforlife|daffodilmonth|challenge{n}|{slug}",
}
NAMES: Mapping[str, str] = {
    "town": "Granby|Rimouski|Trois-Rivières|Gatineau|Saguenay|Sherbrooke|Lévis|Val-d'Or|Sept-Îles|"
    "Laval|Drummondville|Saint-Jérôme|Joliette|Victoriaville|Shawinigan|Rouyn-Noranda|Alma|Matane|"
    "Gaspé|Baie-Comeau|Amos|Magog|Sorel-Tracy|Thetford Mines|La Tuque|Mont-Laurier|Roberval|"
    "Cowansville|Saint-Hyacinthe|Longueuil|Repentigny|Terrebonne|Blainville|Mirabel|Chambly|"
    "Beloeil|Lachute|Montmagny|Rivière-du-Loup|Amqui|Carleton|Chibougamau|Dolbeau|Farnham|Bromont|"
    "Coaticook",
    "start": "Bel|Bou|Cha|Del|Du|Fau|Gi|La|Le|Mar|Mo|Nor|Pel|Ra|Ri|Sa|Si|Ta|Tur|Va|Vi|Ber|Cor|Des",
    "middle": "be|che|da|do|ge|la|li|ma|mi|na|ne|ra|ri|ro|sa|te|ti|va|ve|ber|can|din|gui",
    "end": "rd|ult|ville|gny|eau|ette|ier|on|ault|ais|mond|court|chand|lin|mer|tel|voie|ze",
}
_SLOT = re.compile(r"\{(\w+)\}")


def _one(slot: str, rng: random.Random) -> str:
    return rng.choice(NAMES[slot].split("|"))


def name(rng: random.Random) -> str:
    """A family name that nobody bears; some 9,000 of them."""
    return _one("start", rng) + _one("middle", rng) + _one("end", rng)


_FREE: Mapping[str, Callable[[random.Random], str]] = {
    "name": name,
    "town": lambda rng: _one("town", rng),
    "n": lambda rng: str(rng.randrange(2, 60)),
    "day": lambda rng: str(rng.randrange(1, 29)),
    "amount": lambda rng: f"{rng.randrange(1, 90)} {rng.randrange(100, 999)}",
    "slug": lambda rng: name(rng).lower(),
}


def _expand(rule: str, grammar: Mapping[str, str], rng: random.Random) -> str:
    def fill(match: re.Match[str]) -> str:
        slot = match.group(1)
        if slot in _FREE:
            return _FREE[slot](rng)
        return _expand(rng.choice(grammar[slot].split("|")), grammar, rng)

    return _SLOT.sub(fill, rule)


def posts(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(language, text), two French ones for an English one. No two say the same."""
    rng = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        language, grammar = ("en", EN) if len(seen) % 3 == 2 else ("fr", FR)
        text = _expand("{post}", grammar, rng)
        text = re.sub(r"(^|\n|[.!?] )([^\W\d_])", lambda m: m[1] + m[2].upper(), text)
        if text not in seen:
            seen.add(text)
            yield language, text


# --- Light edits: what one does to a post that one copies -----------------------------------------


def _words_once(text: str, rng: random.Random, change: Callable[[list[str], int], None]) -> str:
    parts = re.split(r"(\s+)", text)
    places = [i for i, part in enumerate(parts) if part.isalpha() and len(part) > 3]
    if places:
        change(parts, rng.choice(places))
    return "".join(parts)


def _replace_word(text: str, rng: random.Random) -> str:
    def change(parts: list[str], at: int) -> None:
        parts[at] = rng.choice(("magnifique", "toujours", "vraiment", "ensemble", "wonderful"))

    return _words_once(text, rng, change)


def _typo(text: str, rng: random.Random) -> str:
    def change(parts: list[str], at: int) -> None:
        word, cut = parts[at], rng.randrange(1, len(parts[at]) - 1)
        parts[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]

    return _words_once(text, rng, change)


def _reorder(text: str, rng: random.Random) -> str:
    sentences = re.split(r"(?<=[.!?])\s+|\n", text)
    turn = rng.randrange(1, len(sentences)) if len(sentences) > 1 else 0
    return " ".join(sentences[turn:] + sentences[:turn])


def _truncate(text: str, rng: random.Random) -> str:
    """The last fifth to two fifths gone, as where a network folds."""
    return text[: int(len(text) * rng.uniform(0.6, 0.8))].rsplit(" ", 1)[0] + "…"


def _links(text: str, rng: random.Random) -> str:
    bare = re.sub(r"(https?://)?cancer\.ca/\w+", "", text)
    return f"{bare} https://www.exemple.org/{name(rng).lower()}?utm_source=page"


EDITS: Mapping[str, Callable[[str, random.Random], str]] = {
    "case": lambda text, rng: rng.choice((text.upper(), text.lower(), text.title())),
    "accents": lambda text, rng: "".join(
        c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)
    ),
    "emoji": lambda text, rng: "🌼 " + text.replace(".", rng.choice((" 💛.", " 🎗️.", " 👩🏽‍⚕️."))),
    "punctuation": lambda text, rng: re.sub(r"[,;:.!?«»“”]", rng.choice(("", " -", "…")), text),
    "link": _links,
    "hashtags": lambda text, rng: f"{text} #cancer #{name(rng).lower()} #ensemble @scc_quebec",
    "order": _reorder,
    "word": _replace_word,
    "typo": _typo,
    "greeting": lambda text, rng: (
        rng.choice(
            ("Bonjour à toutes et à tous! ", "Allo la gang, ", "Hello everyone! ", "On partage : ")
        )
        + text
    ),
    "truncation": _truncate,
    "spaces": lambda text, rng: "\u200b" + text.replace(" ", rng.choice(("  ", "\u00a0", "\n"))),
}
"""The issue speaks of ten kinds; these are twelve."""

# --- Another occasion of one template: not the same post ------------------------------------------

TEMPLATES: tuple[str, ...] = (
    "Le Relais pour la vie de {town} revient {weekday} le {day} {month} au parc {name}. Formez "
    "votre équipe, invitez vos voisins et venez marcher toute la nuit à la mémoire d'une personne "
    "que vous aimez. Inscription : cancer.ca/{slug}",
    "Vous avez du temps {weekday} le {day} {month}? L'équipe de {town} cherche {n} bénévoles pour "
    "la vente de jonquilles, au centre commercial {name}. Aucune expérience requise, formation sur "
    "place. Écrivez à {slug}@cancer.ca",
    "Merci à {town}! {weekday} dernier, {n} marcheurs ont amassé {amount} $ au parc {name}. Ces "
    "dons aideront des familles de chez nous à se loger près de l'hôpital pendant les traitements.",
    "Le groupe d'entraide de {town} se réunit le {day} {month} à {n} h, salle {name}. Venez "
    "parler, "
    "écouter ou prendre un café. C'est gratuit, sans inscription et confidentiel.",
    "Bravo à {name}, qui a remis {amount} $ après avoir pédalé de {town} à {town}. Tu nous "
    "inspires "
    "et nous te disons merci au nom de toutes les familles que tu aides.",
    "Join us in {town} on {weekday}, {month} {day} for Relay For Life at {name} Park. Form a team, "
    "invite your neighbours and walk all night in memory of someone you love.",
)


def occasions(template: str, count: int, rng: random.Random) -> Iterator[str]:
    """One of our templates, filled for as many towns (at most 46)."""
    for town in rng.sample(NAMES["town"].split("|"), count):
        yield _expand(
            template.replace("{town}", town, 1), EN if template.startswith("Join") else FR, rng
        )
