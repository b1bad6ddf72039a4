"""What judges a text and helps the person who writes it.

The verdict itself is pure and lives in `verdict`; here it meets a workspace's rules, lists, pages,
campaigns and known posts. Beside it stands what is never a warning: what is near in meaning, how an
unknown word may be spelled, what can be put in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from scc_admin.i18n import Translator
from scc_admin.model import (
    Campaign,
    DraftSheet,
    Known,
    Language,
    Level,
    Neighbour,
    Page,
    Post,
    PostKind,
    Variant,
    Verdict,
)

if TYPE_CHECKING:
    from scc_admin.editorial import Editorial, Readiness
    from scc_admin.house import House
    from scc_admin.library import Library, Source, Template
    from scc_admin.settings import Settings
    from scc_admin.store import Store
    from scc_admin.verdict.meaning import Meaning
    from scc_admin.verdict.spelling import Speller

TWIN_AT = 60
"""Hundredths of cosine: a French sentence and its English twin are at 78 to 88."""
WRITTEN_IN_POSTS = frozenset({"public_answer", "private_message", "help_line", "verifying"})
"""Uses of the templates that are put into a post or a reply."""
INVITATION_RULE = "DET-03"
"""The rule that says what an invitation lacks (slides 15, 35)."""


@dataclass(frozen=True, slots=True)
class Closest:
    """What is near a text in meaning."""

    alike: tuple[Neighbour, ...] = ()
    twins: tuple[Neighbour, ...] = ()
    """Posts in the other language that may be its other version."""
    sources: tuple[Source, ...] = ()
    templates: tuple[Template, ...] = ()


@dataclass(frozen=True, slots=True)
class WritingHelp:
    """What can be done for a text."""

    text: str
    """As it was when asked."""
    hashtags: tuple[str, ...]
    invitation: str
    plain: str
    """The text with ordinary letters."""
    capitals: str
    """The text with a capital a word in its hashtags."""
    templates: tuple[Template, ...] = ()
    """Ready-made texts for a post or a reply."""
    sources: tuple[Source, ...] = ()
    """Pages to cite: those that the text speaks of come first."""


class Proofreader:
    """Judges texts against all that a workspace knows. Safe to share between threads."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        editorial: Editorial,
        house: House,
        library: Library,
        *,
        clock: Callable[[], datetime],
        who: Callable[[], str],
        zone: Callable[[], tzinfo],
    ) -> None:
        self._store = store
        self._settings = settings
        self._editorial = editorial
        self._house = house
        self._library = library
        self._clock = clock
        self._who = who
        self._zone = zone

    # -- the verdict ----------------------------------------------------------------------------

    def known(self) -> Known:
        """The lists the rules read: the shipped ones, this workspace's, its pages and campaigns."""
        pages = self._editorial.pages()
        known = self._house.known(
            contacts=[contact for page in pages for contact in page.contacts],
            accounts=[h for page in pages for h in (page.handle, page.url) if h],
        )
        return replace(known, campaigns=tuple(self._editorial.campaigns()))

    def check(
        self,
        post: Post,
        *,
        language: Language,
        neighbours: tuple[Neighbour, ...] = (),
        known: Known | None = None,
    ) -> Verdict:
        """The verdict on a snapshot, with this workspace's rules and lists."""
        from scc_admin import verdict

        return verdict.check(
            post,
            self._house.rules(),
            self.known() if known is None else known,
            profile=str(self._settings.get("verdict.profile")),
            language=language,
            speller=self.speller(),
            neighbours=neighbours,
            now=self._clock(),
        )

    def check_variant(
        self,
        sheet: DraftSheet,
        variant: Variant,
        *,
        language: Language,
        text: str | None = None,
    ) -> Verdict:
        """The verdict on one version of a draft, against all known posts.

        `text` stands for the saved one while it is being typed. Made for a worker thread.
        """
        from scc_admin.editorial import post_of

        post = post_of(sheet, variant, campaign=self.campaign_of(sheet), text=text)
        return self.check(post, language=language, neighbours=self.neighbours(post.text, sheet))

    def campaign_of(self, sheet: DraftSheet) -> Campaign | None:
        return next(
            (c for c in self._editorial.campaigns() if c.id == sheet.draft.campaign_id), None
        )

    def neighbours(self, text: str, sheet: DraftSheet | None = None) -> tuple[Neighbour, ...]:
        """Known posts close to this text, versions of the same draft left out."""
        from scc_admin.verdict import duplicates

        with self._store.reading() as db:
            return tuple(
                duplicates.neighbours(
                    db,
                    text,
                    exclude_draft=sheet.draft.id if sheet else None,
                    share_of=sheet.draft.share_of if sheet else None,
                )
            )

    @functools.cached_property
    def meaning(self) -> Meaning:
        """Sentence vectors of the known posts; nothing is loaded before the first question."""
        from scc_admin.verdict.meaning import Meaning

        return Meaning(self._store)

    def meanings_waiting(self) -> int:
        """How many known posts are still to be read for their meaning; none when it is off."""
        return self.meaning.waiting() if self._settings.get("verdict.meaning") else 0

    def read_meanings(self, progress: Callable[[int, int], bool] | None = None) -> int:
        """Read them, a hundred a second; how many. From a worker.

        `progress` is told (done, all); False, or an exception of its own, stops the work and keeps
        what is read.
        """
        return self.meaning.catch_up(progress)

    def alike(self, text: str, sheet: DraftSheet | None = None) -> tuple[Neighbour, ...]:
        """Posts that say the same in other words; none when the setting is off.

        The first call takes a second: from a worker, after the quicker checks.
        """
        if not self._settings.get("verdict.meaning"):
            return ()
        return tuple(
            self.meaning.nearest(
                text,
                exclude_draft=sheet.draft.id if sheet else None,
                share_of=sheet.draft.share_of if sheet else None,
            )
        )

    def twins(
        self, text: str, language: Language, sheet: DraftSheet | None = None
    ) -> tuple[Neighbour, ...]:
        """Known posts in `language` that may be the other version of this text, closest first."""
        if not self._settings.get("verdict.meaning"):
            return ()
        return tuple(
            self.meaning.nearest(
                text,
                exclude_draft=sheet.draft.id if sheet else None,
                language=language,
                at_least=TWIN_AT,
                most=3,
            )
        )

    def sources_for(self, text: str) -> list[Source]:
        """Sources that this text may cite, closest first. From a worker."""
        near = self.meaning if self._settings.get("verdict.meaning") else None
        return self._library.sources_for(text, near)

    def templates_for(self, text: str, language: Language, *, use: str = "") -> list[Template]:
        """Ready-made texts for this one, closest first. From a worker."""
        near = self.meaning if self._settings.get("verdict.meaning") else None
        return self._library.templates_for(text, near, language, use=use)

    def closest(self, sheet: DraftSheet, variant: Variant, *, cites: bool) -> Closest:
        """What is near a text in meaning, to be shown beside it and never as a warning.

        `cites` asks for sources too. Slow (a second at first): from a worker, after the verdict.
        """
        other = Language.EN if variant.language is Language.FR else Language.FR
        paired = any(v.language is other and v.text.strip() for v in sheet.variants)
        same = self.alike(variant.text, sheet)
        seen = {neighbour.known_id for neighbour in same}
        twins = () if paired else self.twins(variant.text, other, sheet)
        reply = sheet.draft.kind is PostKind.REPLY
        return Closest(
            same,
            tuple(twin for twin in twins if twin.known_id not in seen),
            tuple(self.sources_for(variant.text)[:3]) if cites else (),
            tuple(self.templates_for(variant.text, variant.language)[:2]) if reply else (),
        )

    def writing_help(self, sheet: DraftSheet, variant: Variant) -> WritingHelp:
        """What can be put into a text, and its letters and hashtags made easy to read."""
        from scc_admin.verdict import crafting

        known = self.known()
        shelf = self._library
        page, campaign = sheet.page_for(variant.target.network), self.campaign_of(sheet)
        when = sheet.draft.planned_at or self._clock()
        speller = self.speller()
        official = [*known.hashtags, *(tag for one in known.campaigns for tag in one.hashtags)]
        return WritingHelp(
            variant.text,
            tuple(
                crafting.suggested_hashtags(
                    variant.text, known, campaign, when.astimezone(self._zone()).date()
                )
            ),
            self._invitation(variant, page),
            crafting.plain_letters(variant.text),
            crafting.capital_hashtags(
                variant.text, official, variant.language, speller.knows if speller else None
            ),
            tuple(one for one in shelf.templates() if one.use in WRITTEN_IN_POSTS),
            tuple(dict.fromkeys((*shelf.sources_for(variant.text), *shelf.sources()))),
        )

    def template_text(self, template: Template, language: Language) -> str:
        """A ready-made text in a language; what the program does not know stands in brackets."""
        from scc_admin import library

        tr = Translator(language)
        known = {"affairs": str(self._settings.get("affairs.name")), "signature": self._who()}
        return template.fill(
            language, known, {name: tr.tr(word) for name, word in library.FIELDS.items()}
        )

    def _invitation(self, variant: Variant, page: Page | None) -> str:
        """« Suivez la page divisionnaire », for any page but that one; empty when there is none."""

        network = variant.target.network
        division = [
            one
            for one in self._editorial.pages()
            if one.level is Level.DIVISIONAL and one.managed and one.official
        ]
        division.sort(
            key=lambda one: (one.network is not network, one.language is not variant.language)
        )
        if not division or (page is not None and page.id == division[0].id):
            return ""
        here = division[0]
        tag = here.handle if here.network is network and here.handle else ""
        name = f"{here.name} ({tag or here.url})" if tag or here.url else here.name
        template = self._library.template("follow")
        region = page.region or page.name if page else ""
        return template.fill(
            variant.language,
            {"divisional_page": name, "region": region},
            {"region": "région" if variant.language is Language.FR else "region"},
        )

    def spellings(self, word: str, language: Language) -> tuple[str, ...]:
        """Words that resemble an unknown one. Takes 0.2 s: from a worker."""
        speller = self.speller()
        return speller.suggest(word, language) if speller else ()

    def speller(self) -> Speller | None:
        """The spelling checker, or None when it is switched off or no language has a dictionary."""
        if not self._settings.get("verdict.spelling"):
            return None
        return self._speller if len(self._speller.missing) < len(Language) else None

    @functools.cached_property
    def _speller(self) -> Speller:
        from scc_admin.verdict.spelling import Speller

        return Speller()

    def readiness(self, draft_id: int, *, language: Language) -> Readiness:
        """What remains before a draft may be called ready."""
        from scc_admin.editorial import readiness

        sheet = self._editorial.sheet(draft_id)
        verdicts = {
            variant.id: self.check_variant(sheet, variant, language=language)
            for variant in sheet.variants
        }
        return readiness(sheet, verdicts)

    def invitation_gaps(self, draft_ids: Sequence[int], *, language: Language) -> list[str]:
        """What the invitations of a campaign do not say yet: the day, the hour, the place …"""
        found: dict[str, None] = {}
        for draft_id in draft_ids:
            sheet = self._editorial.sheet(draft_id)
            for variant in sheet.variants:
                verdict = self.check_variant(sheet, variant, language=language)
                found |= {f.message: None for f in verdict.findings if f.rule == INVITATION_RULE}
        return list(found)
