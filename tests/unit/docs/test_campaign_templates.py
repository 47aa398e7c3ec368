"""The page on campaign templates names every step, slot and variable of the library as it is."""

from pathlib import Path

import pytest
import yaml

from gtm.domain.campaign import CampaignTemplate
from gtm.domain.campaign_kinds import KINDS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/how-to/campaign-templates.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_the_library(kind: str) -> None:
    raw = yaml.safe_load((ROOT / f"config/campaign_templates/{kind}/template.yaml").read_text(encoding="utf-8"))
    template = CampaignTemplate.model_validate(raw)
    part = PAGE.split(f"## {kind}\n", 1)[1].split("\n## ", 1)[0]
    rows = [
        line for line in part.splitlines() if line.startswith("| ") and not line.startswith(("| step", "| variable"))
    ]
    steps = [
        f"| {s.step} | {s.name} | {s.delay_hours} | {s.tested} | {', '.join(slot.name for slot in s.slots)} |"
        for s in template.steps
    ]
    variables = [
        f"| {v.name} | {v.type} | {v.filled_by} | {v.max_characters} | {v.max_words or ''} | {v.fallback} |"
        for v in template.variables
    ]
    assert rows == steps + variables
