"""Invented data for the documents: a case, a week, a month, in French or in English."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

from scc_admin.documents.data import (
    AccessData,
    CertificateData,
    MonthData,
    PacketData,
    PrintedData,
    RecoveryData,
    WeeklyData,
)
from scc_admin.model import Language

MADE_AT = datetime(2026, 11, 20, 19, 2, 11, tzinfo=UTC)

CHECKPOINT = """scc-admin/journal/6f1d2c
1204
kq0cUX2hX3Pfr9qkhKJmgCzM0nqQ3ekW2LfFZp0sXzA=
head 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

\N{EM DASH} scc-admin/journal/6f1d2c Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5
"""
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGrl8Wt0kX4Ucm1QdSO6gUuTg8cXWlQ7xJ0b2j3H8m5K scc-admin"
FINGERPRINT = "SHA256:2Xv0kWnR7b7fJm1hQd9eTgYcT3oZkP5sUu8aVxLqBnE"


def screenshot(lines: list[str], *, width: int = 1280, height: int = 760) -> bytes:
    """A drawn imitation of a comment on a page, as PNG."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (width, height), "#EEF0F4")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(30)
    pen.rectangle((0, 0, width, 70), fill="#1D4F91")
    pen.text((30, 18), "Division du Quebec", font=font, fill="white")
    y = 110
    for index, words in enumerate(lines):
        pen.rounded_rectangle((90, y, width - 60, y + 120), 24, fill="white")
        pen.ellipse((24, y + 20, 74, y + 70), fill="#B9C7DB")
        pen.text((120, y + 18), f"Usager {42 + index:03}", font=font, fill="#1B2433")
        pen.text((120, y + 66), words, font=font, fill="#565F6E")
        y += 150
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def base(language: Language) -> dict[str, Any]:
    return {
        "language": language,
        "zone": "America/Toronto",
        "made_at": MADE_AT,
        "made_by": "Camille Tremblay",
        "organisation": "Société canadienne du cancer – Division du Québec",
    }


def packet(language: Language = Language.FR, **over: Any) -> tuple[PacketData, dict[str, bytes]]:
    def of(fr: str, en: str) -> str:
        return fr if language is Language.FR else en

    seen = MADE_AT - timedelta(hours=2, minutes=14)
    words = of(
        "Un de vos employés prend l’argent des dons, tout le monde le sait. Demandez ses reçus!",
        "One of your employees takes the money from gifts, everyone knows it. Ask for receipts!",
    )
    pictures = {
        "a": screenshot([words[:58].replace("é", "e"), of("Est-ce vrai?", "Is this true?")])
    }
    digest = hashlib.sha256(pictures["a"]).hexdigest()
    url = (
        "https://www.facebook.com/exemple.division/posts/"
        "pfbid02vHqJd8sLkq9TnW3zXcVbN4mQwErTyUiOpAsDfGhJkLzXcVbNmQwErTyUiOpAsDfGhJkL?comment_id=71"
    )
    data: dict[str, Any] = base(language) | {
        "number": "ESC-2026-001",
        "case": "CAS-2026-001",
        "title": of(
            "Accusation de détournement de dons contre une employée",
            "An employee accused of diverting gifts",
        ),
        "addressee": of("Service des affaires publiques", "Public Affairs"),
        "person": of("Usager 042", "User 042"),
        "person_names": [],
        "networks": ["Facebook"],
        "situation": of(
            "Propos calomnieux tenus par une personne extérieure", "Slander by an outsider"
        ),
        "critical": True,
        "acted": False,
        "banned": False,
        "pages": [
            {
                "name": "Division du Québec",
                "network": "Facebook",
                "url": "https://www.facebook.com/exemple.division",
            },
            {"name": "@exemple_qc", "network": "X", "url": "https://x.com/exemple_qc"},
        ],
        "question": of(
            "Pouvons-nous masquer le commentaire et répondre avec le lien du rapport annuel, ou"
            " préférez-vous que nous attendions votre déclaration?",
            "May we hide the comment and reply with a link to the annual report, or would you"
            " rather have us wait for your statement?",
        ),
        "why": of(
            "L’employée est nommée dans les réponses, et une journaliste a aimé le commentaire.",
            "The employee is named in the replies, and a journalist has liked the comment.",
        ),
        "spread": of(
            "41 réponses, 12 partages en deux heures, repris sur X.",
            "41 replies, 12 shares within two hours, taken up on X.",
        ),
        "clock": {
            "seen": seen,
            "escalated": seen + timedelta(minutes=25),
            "answered": seen + timedelta(hours=1, minutes=50),
            "closed": None,
        },
        "timeline": [
            {
                "at": seen,
                "what": of("Commentaire vu", "Comment seen"),
                "who": of("Usager 042", "User 042"),
                "detail": words,
                "link": url,
                "original_sha256": "",
                "network": "Facebook",
                "exception": None,
                "ours": False,
                "captures": [1],
            },
            {
                "at": seen + timedelta(minutes=4),
                "what": of("Commentaire consigné avec preuve", "Comment logged with evidence"),
                "who": "Camille Tremblay",
                "detail": "",
                "link": "",
                "original_sha256": "",
                "network": "",
                "exception": None,
                "ours": True,
                "captures": [1, 2],
            },
            {
                "at": seen + timedelta(minutes=25),
                "what": of("Affaires publiques jointes", "Public Affairs reached"),
                "who": "Camille Tremblay",
                "detail": of("Par téléphone, puis ce dossier.", "By telephone, then this packet."),
                "link": "",
                "original_sha256": "",
                "network": "",
                "exception": None,
                "ours": True,
                "captures": [],
            },
        ],
        "captures": [
            {
                "number": 1,
                "file": "data/evidence/001.png",
                "original_name": "Capture d’écran 2026-11-20 à 11.52.07.png",
                "media_type": "image/png",
                "size": len(pictures["a"]),
                "sha256": digest,
                "url": url,
                "displayed_at": of("il y a 14 min", "14 min ago"),
                "captured_at": seen + timedelta(minutes=4),
                "collector": "Camille Tremblay",
                "method": of("Capture d’écran", "Screenshot"),
                "page": "Division du Québec",
                "network": "Facebook",
                "note": "",
                "text": "",
                "text_veiled": False,
                "picture": "a",
                "alt": of(
                    "Un commentaire accuse une employée; une réponse demande si c’est vrai.",
                    "A comment accuses an employee; a reply asks whether it is true.",
                ),
                "masked": 2,
                "original_sha256": hashlib.sha256(b"original").hexdigest(),
            },
            {
                "number": 2,
                "file": "data/evidence/002.txt",
                "original_name": "commentaire.txt",
                "media_type": "text/plain",
                "size": len(words.encode()),
                "sha256": hashlib.sha256(words.encode()).hexdigest(),
                "url": url,
                "displayed_at": "",
                "captured_at": seen + timedelta(minutes=5),
                "collector": "Camille Tremblay",
                "method": of("Copier-coller", "Copy and paste"),
                "page": "Division du Québec",
                "network": "Facebook",
                "note": of("Texte seul, sans les réponses.", "Text alone, without the replies."),
                "text": words,
                "text_veiled": False,
                "picture": "",
                "alt": "",
                "masked": 0,
                "original_sha256": "",
            },
        ],
        "done": [
            {
                "at": seen + timedelta(minutes=4),
                "what": of("Captures prises et consignées", "Captures taken and logged"),
                "who": "Camille Tremblay",
                "exception": None,
            },
            {
                "at": seen + timedelta(minutes=25),
                "what": of("Appel aux Affaires publiques", "Call to Public Affairs"),
                "who": "Camille Tremblay",
                "exception": None,
            },
        ],
        "not_done": [
            of("Aucune réponse publique.", "No public reply."),
            of("Aucun message privé à la personne.", "No private message to the person."),
            of("Rien n’a été masqué ni supprimé.", "Nothing was hidden or removed."),
        ],
        "withdrawn": [
            {
                "what": of("Commentaire vu", "Comment seen"),
                "recorded_at": seen + timedelta(minutes=2),
                "superseded": 3,
                "at": seen + timedelta(minutes=6),
                "who": "Ana Roy",
                "approver": "Luc Gagnon",
                "change": "",
                "reason": of("Il visait un autre dossier.", "It belonged to another case."),
                "original_sha256": "",
                "entry": 7,
            }
        ],
        "contact": of(
            "Jointe par téléphone à 12 h 13 : la personne de garde.",
            "Reached by telephone at 12:13 p.m.: the person on duty.",
        ),
        "answer": of(
            "Ne répondez pas. Masquez le commentaire à 15 h, une déclaration suivra.",
            "Do not reply. Hide the comment at 3 p.m.; a statement follows.",
        ),
        "hidden": True,
        "redactions": of(
            "Les noms de deux personnes qui ont répondu sont masqués : elles n’y sont pour rien.",
            "The names of two people who replied were hidden: they have no part in this.",
        ),
        "checkpoint": CHECKPOINT,
        "differences": [],
        "archive": "ESC-2026-001.zip",
        "signer": "camille@exemple.org",
        "public_key": KEY,
        "fingerprint": FINGERPRINT,
    }
    return data | over, pictures  # type: ignore[return-value]


def weekly(language: Language = Language.FR, **over: Any) -> WeeklyData:
    def of(fr: str, en: str) -> str:
        return fr if language is Language.FR else en

    def figure(key: str, label: str, value: int, *before: int | None) -> dict[str, Any]:
        known = [count for count in before if count is not None]
        mean = sum(known) / len(known) if known else None
        return {
            "key": key, "label": label, "value": value, "before": list(before), "average": mean,
        }  # fmt: skip

    monday = date(2026, 11, 16)
    noon = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
    data: dict[str, Any] = base(language) | {
        "week": "2026-W47",
        "first_day": monday,
        "last_day": monday + timedelta(days=6),
        "unfinished": False,
        "weeks_before": ["43", "44", "45", "46"],
        "summary": [
            figure("published", of("Publications parues", "Posts published"), 23, 18, 21, 17, 20),
            figure("planned", of("Publications prévues", "Posts planned"), 26, 20, 22, 19, 24),
            figure("incidents", of("Incidents consignés", "Incidents logged"), 7, 3, 2, None, 4),
            figure("bans", of("Bannissements", "Bans"), 1, 0, 0, 0, 0),
            figure(
                "escalations",
                "Escalades" if language is Language.FR else "Escalations",
                1,
                0,
                1,
                0,
                0,
            ),
            figure(
                "followers",
                of("Abonnés, toutes pages", "Followers, all pages"),
                48_312,
                47_100,
                47_420,
                47_903,
                48_020,
            ),
            figure("monitoring", of("Jours de veille", "Days monitored"), 6, 7, 7, 5, 7),
            figure("overrides", of("Dérogations motivées", "Reasoned overrides"), 2, 1, 0, 3, 1),
        ],
        "pages": [
            {"page": "Division du Québec", "network": "Facebook", "planned": 9, "published": 8},
            {
                "page": "Relais pour la vie — Rimouski–Neigette",
                "network": "Facebook",
                "planned": 5,
                "published": 4,
            },
            {"page": "@exemple_qc", "network": "X", "planned": 8, "published": 8},
            {"page": "Division du Québec", "network": "LinkedIn", "planned": 3, "published": 2},
            {"page": "Division du Québec", "network": "YouTube", "planned": 1, "published": 1},
        ],
        "campaigns": [
            {
                "name": of(
                    "Mois de la sensibilisation au cancer du poumon", "Lung cancer awareness month"
                ),
                "kind": of("campagne", "campaign"),
                "starts_on": date(2026, 11, 1),
                "ends_on": date(2026, 11, 30),
                "steps": [
                    {
                        "label": of("Avant", "Before"),
                        "done": 3,
                        "owed": 3,
                        "missing": [],
                        "published": 1,
                    },
                    {
                        "label": of("Pendant", "During"),
                        "done": 2,
                        "owed": 4,
                        "missing": [of("photos", "photos"), of("témoignage", "testimonial")],
                        "published": 2,
                    },
                    {
                        "label": of("Après", "After"),
                        "done": 0,
                        "owed": 2,
                        "missing": [of("résultats", "results"), of("remerciements", "thanks")],
                        "published": 0,
                    },
                ],
            },
            {
                "name": of("Souper-bénéfice de Gaspé", "Gaspé benefit supper"),
                "kind": of("événement", "event"),
                "starts_on": date(2026, 11, 21),
                "ends_on": date(2026, 11, 21),
                "steps": [
                    {
                        "label": of("Avant", "Before"),
                        "done": 1,
                        "owed": 1,
                        "missing": [],
                        "published": 1,
                    },
                    {
                        "label": of("Pendant", "During"),
                        "done": 1,
                        "owed": 1,
                        "missing": [],
                        "published": 1,
                    },
                    {
                        "label": of("Après", "After"),
                        "done": 1,
                        "owed": 1,
                        "missing": [],
                        "published": 1,
                    },
                ],
            },
        ],
        "overrides": [
            {
                "at": noon,
                "post": of("Inscriptions au Relais", "Relay registration"),
                "page": "Division du Québec",
                "rule": "PAGE-01",
                "name": of("Presque le même texte", "Nearly the same text"),
                "severity": of("avertissement", "warning"),
                "excerpt": of("Inscrivez votre équipe dès maintenant", "Register your team now"),
                "reason": of(
                    "La région relance le même message à dessein.",
                    "The region repeats the message on purpose.",
                ),
                "who": "Camille Tremblay",
            },
            {
                "at": noon + timedelta(days=1),
                "post": of("Merci aux 412 bénévoles", "Thanks to 412 volunteers"),
                "page": "@exemple_qc",
                "rule": "INT-01",
                "name": of("Chiffre sans source", "Figure without a source"),
                "severity": of("erreur", "error"),
                "excerpt": "412",
                "reason": of(
                    "Compte interne, confirmé par la coordination.",
                    "Own count, confirmed by the coordinator.",
                ),
                "who": "Alex Gagnon",
            },
        ],
        "questions": [
            {
                "rule": "DEV-07",
                "text": of(
                    "Une personne malade ou endeuillée peut-elle lire ceci sans être blessée?",
                    "Could a sick or bereaved person read this without being hurt?",
                ),
                "yes": 23,
                "no": 1,
                "not_applicable": 0,
            },
            {
                "rule": "INT-12",
                "text": of(
                    "Tout est-il exact et vérifiable?", "Is everything accurate and verifiable?"
                ),
                "yes": 22,
                "no": 0,
                "not_applicable": 2,
            },
        ],
        "duplicates_avoided": 3,
        "incidents": [
            figure("duplicates", of("Doublons", "Duplicates"), 4, 1, 1, None, 2),
            figure("misinformation", of("Désinformation", "Misinformation"), 2, 1, 0, None, 1),
            figure(
                "slander_outsider",
                of("Propos calomnieux (extérieur)", "Slander (outsider)"),
                1,
                0,
                1,
                None,
                0,
            ),
            figure("tone", of("Ton", "Tone"), 0, 1, 0, None, 1),
        ],
        "rungs": [
            figure("answer", of("Réponse publique", "Public answer"), 3, 2, 1, 0, 2),
            figure("private_message", of("Message privé", "Private message"), 2, 1, 0, 0, 1),
            figure("ban", of("Bannissement", "Ban"), 1, 0, 0, 0, 0),
        ],
        "sanctions": [
            {
                "key": "ban",
                "label": of("Bannissement", "Ban"),
                "at": noon + timedelta(days=2),
                "case": "CAS-2026-001",
                "person": of("Usager 042", "User 042"),
                "person_names": [],
                "reason": of(
                    "Doublons répétés après le message privé; refus de s’identifier.",
                    "Repeated duplicates after the private message; would not identify.",
                ),
                "who": "Camille Tremblay",
                "approver": "Alex Gagnon",
                "expires_on": date(2027, 5, 18),
            }
        ],
        "escalations": [
            {
                "number": "ESC-2026-001",
                "case": "CAS-2026-001",
                "situation": of("Propos calomnieux (extérieur)", "Slander (outsider)"),
                "clock": {
                    "seen": noon,
                    "escalated": noon + timedelta(minutes=25),
                    "answered": noon + timedelta(hours=1, minutes=50),
                    "closed": None,
                },
                "to_escalate": 25,
                "to_answer": 85,
            },
            {
                "number": "ESC-2026-002",
                "case": "CAS-2026-003",
                "situation": of(
                    "Divulgation de renseignements confidentiels",
                    "Disclosure of confidential information",
                ),
                "clock": {
                    "seen": noon + timedelta(days=3),
                    "escalated": noon + timedelta(days=3, minutes=9),
                    "answered": None,
                    "closed": None,
                },
                "to_escalate": 9,
                "to_answer": None,
            },
        ],
        "followers": [
            {
                "page": "Division du Québec",
                "network": "Facebook",
                "count": 31_204,
                "before": [30_600, 30_755, 30_990, 31_080],
                "change": 124,
            },
            {
                "page": "@exemple_qc",
                "network": "X",
                "count": 12_410,
                "before": [12_300, 12_380, 12_402, 12_421],
                "change": -11,
            },
            {
                "page": "Division du Québec",
                "network": "LinkedIn",
                "count": 4_698,
                "before": [4_200, None, 4_511, 4_519],
                "change": 179,
            },
            {
                "page": "Division du Québec",
                "network": "YouTube",
                "count": None,
                "before": [None, None, None, 1_204],
                "change": None,
            },
        ],
        "monitoring": [
            {"day": monday + timedelta(days=i), "looked": looked, "due": 6, "note": note}
            for i, (looked, note) in enumerate(
                [
                    (6, ""),
                    (
                        6,
                        of(
                            "Rumeur sur un vaccin, sans suite.",
                            "A rumour about a vaccine, came to nothing.",
                        ),
                    ),
                    (6, ""),
                    (5, ""),
                    (6, ""),
                    (0, ""),
                    (6, ""),
                ]
            )
        ],
        "trainings": [
            {"day": date(2026, 11, 18), "tool": "Facebook", "person": "Alex Gagnon", "given": True},
            {
                "day": date(2026, 11, 25),
                "tool": of("Clavardage", "Chat"),
                "person": "Dominique Roy",
                "given": False,
            },
        ],
        "next_week": [
            {
                "at": noon + timedelta(days=7),
                "all_day": False,
                "title": of("Lancement du tirage des Fêtes", "Launch of the holiday draw"),
                "page": "Division du Québec",
                "network": "Facebook",
                "state": of("prêt", "ready"),
                "campaign": "",
            },
            {
                "at": noon + timedelta(days=8),
                "all_day": False,
                "title": of(
                    "Témoignage de Gisèle, 71 ans, bénévole depuis 22 ans",
                    "Gisèle, 71, a volunteer for 22 years, tells her story",
                ),
                "page": "@exemple_qc",
                "network": "X",
                "state": of("à valider", "to validate"),
                "campaign": of(
                    "Mois de la sensibilisation au cancer du poumon", "Lung cancer awareness month"
                ),
            },
            {
                "at": noon + timedelta(days=9),
                "all_day": True,
                "title": of("Journée des bénévoles", "Volunteers’ day"),
                "page": "",
                "network": "",
                "state": "",
                "campaign": "",
            },
        ],
        "comment": of(
            "Semaine chargée : le souper de Gaspé a très bien marché sur Facebook. Le dossier"
            " CAS-2026-001 a pris deux soirées.\n\nIl nous manque toujours des photos pour la"
            " campagne en cours.",
            "A busy week: the Gaspé supper went very well on Facebook. Case CAS-2026-001 took two"
            " evenings.\n\nWe still lack photos for the campaign under way.",
        ),
        "persons_named": False,
        "earlier_export": MADE_AT - timedelta(hours=5),
        "changes": [
            {"label": of("Publications parues", "Posts published"), "was": "22", "now": "23"}
        ],
        "checkpoint": CHECKPOINT,
    }
    return data | over  # type: ignore[return-value]


def empty_week(language: Language = Language.FR) -> WeeklyData:
    """A week in which nothing was recorded at all."""
    data: dict[str, Any] = dict(weekly(language))
    for key, value in data.items():
        if isinstance(value, list):
            data[key] = []
    return data | {  # type: ignore[return-value]
        "comment": "",
        "checkpoint": "",
        "earlier_export": None,
        "duplicates_avoided": 0,
    }


def certificate(language: Language = Language.FR, key: str = "destruction") -> CertificateData:
    def of(fr: str, en: str) -> str:
        return fr if language is Language.FR else en

    data: dict[str, Any] = base(language) | {
        "key": key,
        "number": "DES-2026-003",
        "ground": of(
            "Fin du délai de conservation de 3 ans après le dernier événement du dossier.",
            "End of the 3 years of retention after the last event of the case.",
        ),
        "approver": "Alex Gagnon",
        "items": [
            {
                "what": of("Capture 1 du dossier CAS-2023-014", "Capture 1 of case CAS-2023-014"),
                "case": "CAS-2023-014",
                "recorded_at": datetime(2023, 10, 2, 15, 0, tzinfo=UTC),
                "fingerprint": hashlib.sha256(b"1").hexdigest(),
            },
            {
                "what": of("Nom de la personne", "Name of the person"),
                "case": "CAS-2023-014",
                "recorded_at": None,
                "fingerprint": "",
            },
        ],
        "backups": [
            {"folder": "", "looked": True, "until": date(2026, 12, 20)},
            {"folder": "/media/cle/sauvegardes", "looked": False, "until": date(2026, 12, 12)},
        ],
        "elsewhere": [of("le paquet ESC-2023-004", "the packet ESC-2023-004")],
        "entry": 1_198,
        "checkpoint": CHECKPOINT,
    }
    return data  # type: ignore[return-value]


def access(language: Language = Language.FR) -> AccessData:
    def of(fr: str, en: str) -> str:
        return fr if language is Language.FR else en

    seen = MADE_AT - timedelta(days=3)
    data: dict[str, Any] = base(language) | {
        "made_by": "",
        "person": of("Usager 042", "User 042"),
        "mark": "[…]",
        "known": [
            {"label": of("Nom", "Name"), "value": "Morgan Tremblay"},
            {"label": of("Compte", "Account"), "value": "Facebook · Le Vrai Soleil"},
        ],
        "cases": [
            {
                "number": "CAS-2026-014",
                "title": of("Mêmes affirmations sous trois publications", "Same claims thrice"),
                "situation": of("Commentaires répétés", "Repeated comments"),
                "state": of("Ouvert", "Open"),
                "opened_at": seen,
                "events": [
                    {
                        "at": seen,
                        "what": of("Commentaire vu", "Comment seen"),
                        "undone": False,
                        "said": [
                            of("Vos chiffres sont faux.", "Your figures are wrong."),
                            "https://www.facebook.com/exemple.division/posts/71",
                            "001.png",
                        ],
                    },
                    {
                        "at": seen + timedelta(hours=2),
                        "what": of("Réponse publique", "Public answer"),
                        "undone": True,
                        "said": [of("Bonjour […], voici notre source.", "Hello […], our source.")],
                    },
                ],
                "pieces": [
                    {
                        "captured_at": seen,
                        "how": of("Capture d’écran", "Screenshot"),
                        "sha256": hashlib.sha256(b"1").hexdigest(),
                        "file": "001.png",
                    },
                    {
                        "captured_at": seen,
                        "how": of("Fichier", "File"),
                        "sha256": hashlib.sha256(b"2").hexdigest(),
                        "file": "",
                    },
                ],
            }
        ],
        "entries": "12–31, 40",
        "whole": "dossier.txt",
    }
    return data  # type: ignore[return-value]


def recovery(language: Language = Language.FR) -> RecoveryData:
    data: dict[str, Any] = base(language) | {
        "workspace": "Division du Québec",
        "code": [
            "7KQ4M",
            "X2D9T",
            "HW3VR",
            "P8NCJ",
            "5BFZE",
            "L6GYS",
            "Q4T7A",
            "M9R2K",
            "D3XWV",
            "J8PHN",
            "E5CBF",
        ],
    }
    return data  # type: ignore[return-value]


def printed(language: Language = Language.FR, rows: int = 0) -> PrintedData:
    """A draft of two texts; with `rows` a register instead, one column of which holds nothing."""
    texts = [
        ("Facebook · Français", "Merci à tous! 💛\n\nOn se revoit\nl’an prochain. <b>#merci</b>"),
        ("X · Français", "https://exemple.org/" + "x" * 200),
    ]
    row = ["Ana Roy", "", "Elle parle de nous depuis longtemps. " * 8, "Oui"]
    data: dict[str, Any] = base(language) | {
        "kind": "Registre" if rows else "Brouillon",
        "title": "Merci",
        "about": "" if rows else "Le temps réel · diapositive 35",
        "facts": [] if rows else [("État", "Prêt"), ("Page", "SCC Québec"), ("Campagne", "")],
        "parts": [] if rows else texts,
        "heads": ["Nom", "Domaine", "Lien", "Accepté"] if rows else [],
        "rows": [row] * rows,
    }
    return data  # type: ignore[return-value]


def month(language: Language = Language.FR, crowd: int = 0) -> MonthData:
    def of(fr: str, en: str) -> str:
        return fr if language is Language.FR else en

    states = {
        "draft": of("brouillon", "draft"),
        "to_validate": of("à valider", "to validate"),
        "ready": of("prêt", "ready"),
        "published": of("publié", "published"),
        "": "",
    }
    titles = (
        of("Lancement du tirage des Fêtes", "Launch of the holiday draw"),
        of("Merci aux bénévoles", "Thanks to the volunteers"),
        of("Témoignage de Gisèle, bénévole depuis vingt-deux ans", "Gisèle tells her story"),
        of("Cesser de fumer : par où commencer?", "Quitting smoking: where to begin?"),
    )
    start = datetime(2026, 11, 1, 14, 0, tzinfo=UTC)
    entries = [
        {
            "starts_at": start + timedelta(days=day, hours=day % 5, minutes=15 * (day % 4)),
            "ends_at": None,
            "all_day": day % 9 == 0,
            "title": titles[day % 4],
            "page": "Division du Québec",
            "network": "Facebook",
            "key": list(states)[day % 5],
            "state": list(states.values())[day % 5],
        }
        for day in [
            0,
            1,
            2,
            2,
            4,
            5,
            8,
            9,
            9,
            9,
            11,
            12,
            15,
            16,
            17,
            17,
            18,
            20,
            22,
            24,
            25,
            27,
            29,
        ]
    ]
    entries += [
        entries[3]
        | {"starts_at": start + timedelta(days=18, minutes=10 * i), "title": f"{titles[2]} {i}"}
        for i in range(crowd)
    ]
    data: dict[str, Any] = base(language) | {
        "month": date(2026, 11, 1),
        "first_weekday": 6,
        "filters": "",
        "entries": entries,
        "bands": [
            {
                "name": of(
                    "Mois de la sensibilisation au cancer du poumon", "Lung cancer awareness month"
                ),
                "kind": "campaign",
                "starts_on": date(2026, 11, 1),
                "ends_on": date(2026, 11, 30),
            },
            {
                "name": of("Tirage des Fêtes", "Holiday draw"),
                "kind": "fundraising",
                "starts_on": date(2026, 11, 18),
                "ends_on": date(2026, 12, 20),
            },
            {
                "name": of("Souper de Gaspé", "Gaspé supper"),
                "kind": "event",
                "starts_on": date(2026, 11, 21),
                "ends_on": date(2026, 11, 21),
            },
        ],
    }
    return data  # type: ignore[return-value]
