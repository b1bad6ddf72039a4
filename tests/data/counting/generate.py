"""The strings of the golden files: prose written by hand, and a seeded mixture of hard pieces.

`python generate.py [SEED COUNT]` prints one JSON string a line; README.md says what to do with
them. With no argument: the prose and 2,000 mixed strings, which is what the golden files hold.
"""

from __future__ import annotations

import json
import random
import sys

PROSE = [
    "Le printemps est là : procurez-vous une jonquille et soutenez la recherche. cancer.ca",
    "Merci à nos 1 200 bénévoles! Sans vous, rien de tout cela n'aurait été possible. 💛",
    "Rendez-vous samedi à 19 h, au parc Jarry (entrée de la rue Faillon). On vous attend!",
    "« J'ai appris à vivre une journée à la fois », raconte Diane, de Saint-Hyacinthe.",
    "« J’ai appris à vivre une journée à la fois », raconte Diane.",
    "Vous avez des questions? Notre ligne d'aide : 1 888 939-3333, de 9 h à 21 h.",
    "Nouveau : un guide pour les proches aidants… À lire sur https://cancer.ca/fr/proches-aidants.",
    "Inscrivez-vous avant le 12 mai → relaispourlavie.ca/inscription?ville=Laval&lang=fr",
    "(Voir https://cancer.ca/fr/depistage_(sein) pour en savoir plus.)",
    "Écrivez-nous à benevoles@example.org ou passez nous voir, 10 $ l'entrée, 5 € sur place.",
    "On a besoin de vous!Venez.Apportez de l'eau.Merci.",
    "Le 3.14 et le 22/7 ne sont pas des liens, ni etc. ni M.Tremblay ni p.ex. la suite…",
    "Visitez fondation.quebec, cancer.ca, fqc.qc.ca et www.cancer.ca; ce sont les bons sites.",
    "Suivez @scc_qc et @SCC-Québec, mais pas info@scc.ca ni @@erreur.",
    "RT @scc_qc: la marche commence à 10 h RT@autre",
    "#MoisJonquille #relaispourlavie #cancer-du-sein #l'espoir #2026 #stats2011 #été #Été2026",
    "#jonquille#espoir # vide ##double #_a #1 #1a a#b é#b &#39; #santé!",
    "Bravo 👏👏🏽 à l'équipe 👩‍⚕️👨🏿‍🔬🧑‍🤝‍🧑 de Sept-Îles 🇨🇦🏴󠁧󠁢󠁳󠁣󠁴󠁿!",
    "Étape 1️⃣ : s'inscrire. Étape 2️⃣ : marcher. Étape #️⃣ : partager ©️ ® ™️ ‼️",
    "❤ ❤️ ❤️‍🔥 ❤️‍🩹 💛 🧡 💙 ☎ ☎️ ✔ ✔️ ☀︎ ☀️ ▶ ▶️ ↔ ↔️",
    "👨‍👩‍👧‍👦 👩‍❤️‍💋‍👨 👩🏻‍❤️‍👨🏿 🏳️‍🌈 🏳️‍⚧️ 🏴‍☠️ 👁️‍🗨️ 👁‍🗨 🐦‍🔥 🐈‍⬛ 🐻‍❄️",
    "🇨🇦🇫🇷🇺🇸 🇨 🇨🇦🇨 🇿🇿 🇶🇨 🏴󠁣󠁡󠁱󠁣󠁿",
    "🏻 👍 👍🏻 👍🏼👍🏽 ☝🏿 ☝️🏿 🍎🏽 🧑🏻‍🤝‍🧑🏿 🫱🏻‍🫲🏿 🫱🏻‍🫲🏻",
    "👩‍⚕ 👩‍⚕️ 👩‍ 👩‍👩‍👩 ‍ 🚶‍♀️‍➡️ 🚶‍➡️ 🙂‍↕️ 🧑‍🩰 🫩 🪏 🫆 🫯 🫈",
    "Ｆｕｌｌ ｗｉｄｔｈ ＃タグ ＠ｎａｍｅ @name #日本語タグ 中文字符 한국어 ﷽",
    "مرحبا بكم في صفحتنا #سرطان https://cancer.ca/ar שלום עולם #תקווה",
    "e\u0301te\u0301 E\u0300 o\u0302 c\u0327 n\u0303 — décomposé ou pas, c'est pareil",
    "cafe\u0301.ca et caf\u00e9.ca et #e\u0301te\u0301 et @e\u0301",
    "Zalgo: Z\u0351\u036b\u0343a\u0303\u0348\u0320l\u0351\u0366g\u0349\u0331o\u036b\u0359",
    "zéro\u200blargeur \u200cjointure\u200d \u2060mot\ufeff \u00adtrait \u202fespace \u00a0fine",
    "\u202ahttps://cancer.ca\u202c \u200ehttps://cancer.ca\u200f \u2066cancer.ca\u2069",
    "https://cancer.ca https://cancer.ca/ https://cancer.ca/. https://cancer.ca/, cancer.ca.",
    "https://cancer.ca/a_b(c)d https://cancer.ca/(a(b)c)d https://cancer.ca/(((a))) x.ca/)",
    "http://é.ca http://cancér.ca/é?é=é http://x.ca?é x.ca?q=1 x.ca/?q=1 x.ca:80 x.ca:80/a?b=c#d",
    "HTTPS://CANCER.CA/QC HTTP://X.CA X.CA Cancer.Ca cancer.CA ftp://x.ca //x.ca /x.ca -x.ca _x.ca",
    "http://localhost http://127.0.0.1 https://a https://a.b https://.ca https://-a.ca https://a-.ca",
    "a.ca-b a.ca@b a.ca+b a.ca_b a.caé a.ca’ a.ca” a.ca… a.ca。 a。ca a.b.c.d.e.ca a..ca a.-b.ca",
    "a_b.ca a_b.c.ca a-b.ca -a.ca a-.ca b.a_.ca x--y.ca "
    "xn--lgbbat1ad8j.ca a.xn--p1ai a.рф пример.рф",
    "https://t.co/abc https://t.co/abc/def?x=1 https://t.co/"
    + "a" * 41
    + " t.co/abc http://t.co/é",
    "\u201ccancer.ca\u201d \u00abcancer.ca\u00bb \u2018cancer.ca\u2019 "
    "\"cancer.ca\" 'cancer.ca' [cancer.ca]",
    "😀cancer.ca cancer.ca😀 😀https://cancer.ca😀 https://😀.ca https://a😀b.ca/😀",
    "$ACT.ca $cancer.ca #cancer.ca @cancer.ca @a/b.ca cancer.ca@x.ca x@cancer.ca/y",
    "https://example.com/ünïcödé/пример–tiret%20espace~x;y=1,2|3&4*5!6",
    "https://a.ca/b?c=d!e?f=(g)[h]{i} https://a.ca?b#c https://a.ca#b https://a.ca/#b https://a.ca/@b/c",
    "cancer.ca/dons,relais.ca;x.ca:y.ca x.ca/y.ca/z x.cahttp://y.ca x.ca.http://y.ca éhttp://y.ca",
    "amazon.music cancer.spa x.onion x.cancerresearch x.quebec "
    "x.みんな あ.みんなで x.vermögensberatung",
    "a" * 62
    + ".ca "
    + "a" * 63
    + ".ca "
    + "a" * 64
    + ".ca "
    + "é" * 40
    + ".ca https://"
    + "é" * 60
    + ".ca",
    "https://cancer.ca/" + "a" * 200 + " fin",
    "https://cancer.ca/" + "a" * 4040,
    "https://cancer.ca/" + "a" * 4080,
    "a" * 280,
    "é" * 281,
    "中" * 140,
    "… " * 94,
    "",
    " ",
    "\n\n",
    "ligne un\r\nligne deux\rligne trois\n\tquatre\u2028cinq\u2029six",
    "\ud83d seul, \ude00 seul, a\ud800b\udfff",
    "\ufffe\uffff\ufeff\x00\x01\x7f\x85",
    "Kelvin \u212a, angström \u212b, ohm \u2126, ﬁ, ǆ, \u0958, "
    "\ufb2a, \u2adc, \U0001d15e, \u1e9b\u0323",
    "가\u1100\u1161\u11a8 \u0915\u094d\u0937 \u0e01\u0e33 \u0600\u0661 क्षि நி \u200d\u0301",
    "👩🏽‍🤝‍👩🏻👨‍👩‍👧 et 🧑🏿‍🦽‍➡️!",
    "Famille : 👨‍👩‍👧‍👦👨‍👩‍👧‍👦 · 🏳️‍🌈🏳️‍⚧️🏴‍☠️",
    "🇨🇦🇨🇦🇨 🇶🇺🇪🇧🇪🇨",
    "1️\u20e32️\u20e33️\u20e3 c'est parti #️\u20e3relais *️\u20e3",
    "❤‍🔥❤️‍🔥❤\ufe0e‍🔥",
    "Merci\u00a0!\u202f💛\u00a0»",
    "«\u00a0@scc_qc\u00a0»",
    "« @scc_qc», dit-il",
    "Bravo @scc_qc\u202f! Et @relais\u00a0: merci",
    "Merci @scc_qc’s team",
    "l’@scc_qc et d'@scc_qc",
    "(@scc_qc)",
    "—@scc_qc—",
    "…@scc_qc…",
    "@scc_qc’",
    ".@scc_qc, .@relais.",
    "@scc_qc@mastodon.quebec",
    "À @éric et @eric-roy",
    "#l’espoir #l'espoir #d’aujourd’hui",
    "#été#hiver #ÉtéÀMontréal",
    "#Noël2026! #2026Noël #20e",
    "«#jonquille» (#espoir) —#don—",
    "#œuvre #cœur #ÇaCompte",
    "#vie\u00a0! #vie\u202f? #vie…",
    "##relais #·jonquille #jon·quille",
    "#relais-pour-la-vie",
    "#e\u0301te\u0301 #c\u0327a",
    "aux#bénévoles &#233; #️\u20e3don",
    "#💛jonquille #jonquille💛",
    "cancer.ca!",
    "(cancer.ca)",
    "cancer.ca/don?)",
    "«cancer.ca»",
    "«\u00a0https://cancer.ca\u00a0»",
    "Voir cancer.ca: merci",
    "cancer.ca,relais.ca",
    "https://cancer.ca/évènements/été-2027?q=où#là",
    "https://québec.ca/é",
    "québec.ca",
    "https://www.bénévoles.québec/inscription",
    "https://пример.рф/путь",
    "https://xn--qubec-csa.ca/a",
    "https://例え.テスト/パス",
    "Inscris-toi:https://cancer.ca/relais.",
    "visitez.cancer.ca.",
    "Lien→https://cancer.ca←",
    "💛https://cancer.ca/💛don",
    "https://cancer.ca/a_(b)_(c)).",
    "[site](https://cancer.ca/don)",
    "https://cancer.ca\u200b/don",
    "https://cancer.ca/\u202fdon",
    "https://cancer.ca/don\u00a0!",
    "http://cancer.ca:8080/a?b=1&c=d#e…",
    "info@cancer.ca/don",
    "mailto:info@cancer.ca",
    "benevoles.x",
    "étudiant.es et participant.es",
    "Merci.Bonjour.ca",
    "cancer.ca’s",
    "l’adresse:cancer.ca/l’été",
    "HTTPS://Cancer.CA/DON",
    "https://user:pass@cancer.ca/",
    "//cancer.ca/x",
    "www.cancer.ca/fr…",
    "cancer.ca/fr/—suite",
    "https://cancer.ca/?a=é&b=«c»",
    "T.co/abc et https://t.co/AbC123?x=1",
    "é" * 279 + "💛",
    "e\u0301" * 280,
    "〽️™️©®‼️⁉️ℹ️",
    "🫱🏼‍🫲🏿🧑‍🧑‍🧒🐦‍🔥🍋‍🟩",
    "\U000e0067🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "A\u030a\u0301 ṩ ﬀ ǆ",
    "नमस\u094dत\u0947 🙏🏾 தமிழ\u0bcd 가각",
    "\u200fمرحبا #أمل @scc",
    "½ ⅓ → ← ↔ № ℃ € ₿ ‰ ‱",
    "“guillemets” „bas‟ ‚x‛ ′ ″ ‹ ›",
]


def _pieces(text: str) -> list[str]:
    return text.split(" ")


WORDS = _pieces(
    "le la les un une des nous vous avec pour contre cancer sein espoir jonquille relais vie don "
    "bénévole bénévoles santé recherche dépistage témoignage Québec Montréal Gaspé Rimouski été "
    "où ça œuvre Noël naïf l'espoir d'aujourd’hui c'est-à-dire 19 h 2026 1,5 % 10 $ 5 € n° ½ "
    "the hope walk survivors volunteers donate Life"
)
DOMAINS = _pieces(
    "cancer.ca fondation.quebec www.cancer.ca relaispourlavie.ca qc.ca x.co youtu.be t.co a.b.ca "
    "exemple.com sub_domaine.exemple.org mon-site.info café.ca québec.quebec пример.рф 例え.jp "
    "例え.テスト xn--caf-dma.ca x.xn--p1ai a.ca.uk cancer.gc.ca nope.zzz foo.bar foo.barr 1.2.3 "
    "e.g etc.Me fin.De Bonjour.Merci a.museum a_b.ca a-.ca -a.ca m.à t.me ok.au"
)
PATHS = _pieces(
    "/ /a /a/b /a.html /a_(b) /a_(b(c)d) /é/è /a,b /a! /a... /a) /(a /~x /%C3%A9 /a–b /@x/y /a;b=1 "
    "/a? /a?b=c /a?b=c&d=é /a?b=(c) ?a=b ?a=é ? :80 :80/a :8a /#a #a /a#b?c /a|b /a* /« /” /’s /'s"
)
SCHEMES = ["", "", "", "http://", "https://", "https://", "HTTPS://", "http:/", "://", "ftp://"]
EMOJI = _pieces(
    "😀 💛 🎗️ 🎗 ❤️ ❤ 👍 👍🏽 ☝🏿 ✊🏾 🙏🏻 👩‍⚕️ 👩‍⚕ 👨🏿‍🔬 🧑‍🎄 🧑‍🩰 👨‍👩‍👧‍👦 👩‍👦 🧑‍🧑‍🧒‍🧒 👩‍❤️‍💋‍👩 "
    "👩🏻‍❤️‍👨🏿 🧑🏻‍❤️‍🧑🏿 🧑🏻‍🤝‍🧑🏻 🫱🏻‍🫲🏿 🏃‍♀️ 🏃🏽‍♂️‍➡️ 🚶‍➡️ 🕵️‍♀️ 🕵🏽‍♀️ "
    "⛹️‍♂️ 🧞‍♀️ 🏳️‍🌈 🏳️‍⚧️ 🏴‍☠️ 🐕‍🦺 🐦‍🔥 🐦‍⬛ "
    "🍋‍🟩 ❤️‍🔥 ⛓️‍💥 😶‍🌫️ 🙂‍↔️ 👁️‍🗨️ 👁‍🗨 🇨🇦 🇫🇷 🇶🇨 🇨 🇨🇶 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴󠁣󠁡󠁱󠁣󠁿 🏴 #️⃣ 1️⃣ 1⃣ *️⃣ 1️ ©️ © ®️ ™️ ™ ‼️ ‼ ⁉️ ℹ️ "
    "ℹ ↔️ ↔ ▶️ ▶ ☀️ ☀ ☀︎ ☎ ♟️ ♟ ♾️ ⚕️ ⚧ 🅰️ 🅰 🈂️ 🀄 🃏 ⌚ ⏰ ⏏️ "
    "Ⓜ️ ㊗️ 〰️ ⭐ 🥲 🫶 🫶🏽 🪷 🫨 🫩 🫟 🪾 🫪 🫯 🪎 🛘"
)
SIGNS = _pieces(
    "… – — « » “ ” ‘ ’ ' \" ! ? : ; , . ( ) [ ] { } < > / \\ | _ - + = * & % $ € £ ™ © ® ° → • "
    "# ＃ @ ＠ ^ ~ ` \u00a0 \u202f \u200b \u200c \u200d \u2060 \ufeff \u00ad \u200e \u200f \u202a "
    "\u202c \u2066 \u2069 \ufe0e \ufe0f \u20e3 \u0301 \u0327 "
    "\u0300\u0323 \u036f \r \r\n \n \t \u2028 "
    "\u3000 。 、 中 文 あ ア 한 글 \u1100\u1161 ا ب \u064b ש \u05b8 א "
    "क ् ष ि ก \u0e33 \u0600 я Я ß ı İ ſ K "
    "Å ﬁ 𝐚 𝔟 𐍈 \U0001d165 \U000e0067 \U000e007f \U0001f3fb \ud83d \ude00"
)
TAGS = _pieces(
    "#cancer #cancer-du-sein #l'espoir #MoisJonquille #2026 #a1 "
    "#1a #été #e\u0301te\u0301 ＃タグ #سرطان "
    "#_ #_a #a_b #a.b #a·b #a😀 #😀 #a‍b #a️b ##a #a#b a#b #a@b #日本 #\u00b7 #a… #a’s #" + "a" * 70
)
NAMES = _pieces(
    "@scc_qc @a @SCC.qc @scc.bsky.social @x.test @scc@mastodon.quebec @a-b @a_b @Québec @"
    + "a" * 25
    + " ＠scc @a/b @a/b-c @@a a@b.ca info@cancer.ca .@a RT@a rt:@a @a: @a@ @aé (@a) @a.ca @a_b.ca"
)


def piece(random_: random.Random) -> str:
    kind = random_.randrange(20)
    if kind < 5:
        return random_.choice(WORDS)
    if kind < 9:
        path = random_.choice(PATHS) if random_.random() < 0.5 else ""
        return random_.choice(SCHEMES) + random_.choice(DOMAINS) + path
    if kind < 12:
        return random_.choice(EMOJI)
    if kind < 16:
        return random_.choice(SIGNS)
    if kind == 16:
        return random_.choice(TAGS)
    if kind == 17:
        return random_.choice(NAMES)
    if kind == 18:
        return chr(random_.choice((*range(0x20, 0x530), *range(0x1E00, 0x2C00))))
    return random_.choice(SIGNS) * random_.randrange(2, 5)


def mixture(random_: random.Random) -> str:
    pieces = []
    for _ in range(random_.randrange(1, 14)):
        pieces.append(piece(random_))
        pieces.append(random_.choice(("", "", " ", " ", " ", "\n")))
    return "".join(pieces)


def main() -> None:
    seed, number = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 1 else (2026, 2000)
    random_ = random.Random(seed)
    for text in [*PROSE, *(mixture(random_) for _ in range(number))]:
        # Two halves of a surrogate pair that meet are one character for JSON.
        print(json.dumps(text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")))


if __name__ == "__main__":
    main()
