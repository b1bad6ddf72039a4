"""Write this version's workspaces beside this file. Run once for each release."""

from __future__ import annotations

import os
import sys
import tempfile
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

from scc_admin import __version__
from scc_admin.editorial import CampaignInput, DraftDetails, PageInput, Readiness
from scc_admin.keys import Kind
from scc_admin.model import Language, Network, Rung, Situation, Target
from scc_admin.moderation import CaseInput, EscalationInput, IncidentInput, StepInput
from scc_admin.workspace import Workspace

HERE = Path(__file__).resolve().parent
PASSPHRASE = "une phrase pour les essais"
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def fill(workspace: Workspace) -> None:
    """A little of everything."""
    editorial, moderation = workspace.editorial, workspace.moderation
    page = editorial.add_page(
        PageInput("Page d'essai", Network.FACEBOOK, contacts=("1 888 939-3333",))
    )
    editorial.record_followers(page, date(2026, 11, 20), 1234)
    campaign = editorial.add_campaign(
        CampaignInput("Mois de la jonquille", date(2027, 4, 1), date(2027, 4, 30))
    )
    draft = editorial.add_draft(
        DraftDetails(title="Publiée", page_id=page, campaign_id=campaign),
        [(Target.FACEBOOK, Language.FR, "Merci! 🌼"), (Target.FACEBOOK, Language.EN, "Thank you!")],
    )
    editorial.answer(draft, "DEV-07", "yes")
    editorial.mark_ready(draft, Readiness())
    editorial.mark_published(draft, NOON, "https://exemple.org/1")
    case = moderation.open_case(CaseInput("Doublons", Situation.DUPLICATES))
    staged = workspace.vault.add(b"une preuve", "preuve.txt")
    moderation.log_incident(case, IncidentInput(text="Vos chiffres sont faux", files=(staged,)))
    moderation.climb(case, StepInput(Rung.ANSWER, "Voici nos sources."))
    moderation.climb(case, StepInput(Rung.PRIVATE_MESSAGE, "Bonjour…"))
    moderation.log_incident(case, IncidentInput(text="Vos chiffres sont toujours faux"))
    moderation.climb(case, StepInput(Rung.REPETITION))
    moderation.climb(case, StepInput(Rung.BAN, reason="Répétitions"))
    moderation.escalate(case, EscalationInput("Que répondre?"))
    workspace.journal.checkpoint()


def main() -> int:
    os.environ["SCC_ADMIN_CONFIG"] = str(Path(tempfile.mkdtemp()) / "settings.json")
    for kind in (Kind.NONE, Kind.PASSPHRASE):
        target = HERE / f"{__version__}-{kind}.zip"
        if target.exists():
            print(f"{target.name} is there already and stays as it is", file=sys.stderr)
            continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "workspace"
            made = Workspace.create(
                folder,
                protection=kind,
                passphrase=PASSPHRASE if kind is Kind.PASSPHRASE else None,
                name="Ana Roy",
                clock=lambda: NOON,
            )
            with made.workspace as workspace:
                fill(workspace)
            with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
                for file in sorted(folder.rglob("*")):
                    if file.is_file() and file.name != ".lock":
                        archive.write(file, file.relative_to(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
