"""Templates: the library's own form, and what a venture gets of it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from gtm.domain.brief import CampaignWish, VentureBrief
from gtm.domain.campaign import CampaignTemplate, Slot, TemplateSet, Variable
from gtm.domain.errors import InvalidInput
from gtm.domain.playbook_data import PlaybookData
from gtm.domain.spec import Policies, Presets
from gtm.playbook.channels import draft_channels
from gtm.playbook.copy import draft_content
from gtm.playbook.directives import Directives
from gtm.playbook.strategy import draft_strategy
from gtm.playbook.templates import check_template, draft_templates, longest_sequence, main_offer, render_step

ROOT = Path(__file__).parents[3]
VENTURES = ("fleet", "posthog", "life")
NONE = Directives()


def read(path: str | Path) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


POLICIES = Policies.model_validate(read("config/policies.yaml"))
LIBRARY = [
    CampaignTemplate.model_validate(read(p)) for p in sorted((ROOT / "config/campaign_templates").glob("*/*.yaml"))
]
BRIEFS = {name: VentureBrief.model_validate(read(f"examples/ventures/{name}.yaml")) for name in VENTURES}


def drafted(brief: VentureBrief, directives: Directives = NONE) -> TemplateSet:
    preset = Presets.model_validate(read(f"config/presets/{brief.preset}.yaml")) if brief.preset else None
    strategy = draft_strategy(brief, POLICIES, preset, directives)
    channels = draft_channels(brief, strategy, POLICIES, preset, directives)
    return draft_templates(brief, channels, strategy, POLICIES, LIBRARY, directives)


def drip_of(templates: TemplateSet) -> CampaignTemplate:
    return next(t for t in templates.templates if t.type == "email_drip")


@pytest.mark.parametrize("name", VENTURES)
def test_a_venture_gets_the_four_templates_of_the_sop_under_its_own_name(name: str) -> None:
    templates = drafted(BRIEFS[name])
    kinds = ("email-drip", "social-ads", "landing-page", "webinar-funnel")
    assert tuple(t.template_id for t in templates.templates) == tuple(f"{name}-{kind}" for kind in kinds)
    assert [c.template_id for c in templates.campaigns] == [t.template_id for t in templates.templates]
    for template in templates.templates:
        check_template(template)
    for campaign in templates.campaigns:
        assert campaign.segments == tuple(s.id for s in BRIEFS[name].ranked_segments)
        assert campaign.channels


@pytest.mark.parametrize("name", VENTURES)
def test_every_planned_paid_channel_is_in_a_campaign(name: str) -> None:
    brief = BRIEFS[name]
    preset = Presets.model_validate(read(f"config/presets/{brief.preset}.yaml")) if brief.preset else None
    strategy = draft_strategy(brief, POLICIES, preset, NONE)
    planned = {c.channel for c in draft_channels(brief, strategy, POLICIES, preset, NONE).channels}
    assert planned <= {c for campaign in drafted(brief).campaigns for c in campaign.channels}


def test_ad_steps_are_those_of_the_planned_networks() -> None:
    ads = next(t for t in drafted(BRIEFS["life"]).templates if t.type == "social_ads")
    assert {s.name for s in ads.steps} == {"instagram-ads", "twitter-ads", "influencer-partnerships"}
    assert [s.step for s in ads.steps] == list(range(1, len(ads.steps) + 1))
    assert ads.variable("linkedin_headline") is None and ads.variable("instagram_headline") is not None


@pytest.mark.parametrize(("asked", "steps"), [(None, 5), (3, 3), (4, 4), (5, 5), (9, 5)])
def test_a_comment_sets_the_length_within_the_sop(asked: int | None, steps: int) -> None:
    drip = drip_of(drafted(BRIEFS["fleet"], Directives(email_count=asked)))
    assert len(drip.steps) == steps
    assert (drip.steps[0].name, drip.steps[0].delay_hours, drip.steps[-1].name) == ("problem", 0, "invitation")


def test_a_wish_beyond_the_sop_goes_as_far_as_the_facts_carry() -> None:
    brief = BRIEFS["fleet"].model_copy(update={"campaigns": (CampaignWish(type="email_drip", steps=10),)})
    most = longest_sequence(brief, POLICIES)
    assert 5 < most < 10 and len(drip_of(drafted(brief)).steps) == most


def test_business_slots_are_left_out_for_consumers() -> None:
    for name, expected in (("fleet", True), ("life", False)):
        funnel = next(t for t in drafted(BRIEFS[name]).templates if t.type == "webinar_funnel")
        assert any(s.name == "forward" for step in funnel.steps for s in step.slots) is expected
        assert (funnel.variable("company") is not None) is expected


def test_an_offer_is_chosen_by_comment_then_segment_then_audience() -> None:
    brief = BRIEFS["fleet"]
    segment = brief.segments[0]
    assert main_offer(brief, segment, POLICIES, NONE).id == "demo"
    assert main_offer(brief, segment, POLICIES, Directives(cta="download_resource")).id == "handbook"
    assert main_offer(brief, segment, POLICIES, Directives(cta="buy_now")).id == "demo"
    with pytest.raises(InvalidInput, match="no offer"):
        main_offer(brief.model_copy(update={"offers": ()}), segment, POLICIES, NONE)


def test_undeclared_unused_and_doubled_variables_are_named() -> None:
    template = LIBRARY[0]
    first = template.steps[0]
    stray = first.model_copy(update={"slots": (*first.slots, Slot(name="extra", text="{{ nobody }}"))})
    with pytest.raises(InvalidInput) as undeclared:
        check_template(template.model_copy(update={"steps": (stray, *template.steps[1:])}))
    assert undeclared.value.findings == ("nobody is used and not declared",)
    idle = Variable(name="idle", filled_by="content", purpose="nothing", max_characters=9)
    with pytest.raises(InvalidInput) as unused:
        check_template(template.model_copy(update={"variables": (*template.variables, idle, template.variables[0])}))
    assert unused.value.findings == ("idle is declared and not used", f"{template.variables[0].name} is declared twice")
    broken = first.model_copy(update={"slots": (Slot(name="extra", text="{{ open"),)})
    with pytest.raises(InvalidInput, match="no valid text"):
        check_template(template.model_copy(update={"steps": (broken,)}))


def recipient() -> dict[str, str]:
    return {
        "cta_url": "https://example.com/a", "unsubscribe_url": "https://example.com/u",
        "preferences_url": "https://example.com/p", "postal_address": "1 Main Street",
    }  # fmt: skip


def test_a_step_is_rendered_with_fallbacks_and_without_a_rest() -> None:
    brief = BRIEFS["fleet"]
    templates = drafted(brief)
    drip = drip_of(templates)
    strategy = draft_strategy(brief, POLICIES, None, NONE)
    data = PlaybookData.assemble(
        read("config/playbook/common.yaml"), [read(p) for p in sorted((ROOT / "config/playbook/voices").glob("*"))]
    )
    channels = draft_channels(brief, strategy, POLICIES, None, NONE)
    content = draft_content(brief, templates, channels, POLICIES, data, starts=date(2026, 1, 12))
    piece = next(p for p in content.pieces if p.template_id == drip.template_id)
    values = {e.variable: e.text("B") for e in piece.elements} | recipient()
    mail = render_step(drip, drip.steps[0], values)
    assert mail["body"].startswith("Hi there,\n\n") and mail["body"].endswith("\n\nThe Fleet team")
    assert mail["cta"].endswith(": https://example.com/a") and "{" not in "".join(mail.values())
    assert "https://example.com/u" in mail["footer"]
    assert render_step(drip, drip.steps[0], values | {"first_name": "Ada"})["body"].startswith("Hi Ada,")


def test_a_missing_undeclared_or_overlong_value_is_refused_all_at_once() -> None:
    drip = drip_of(drafted(BRIEFS["life"]))
    values = recipient() | {"email_preheader": "x", "email_body": "x", "cta_text": "x" * 31, "nobody": "x"}
    del values["postal_address"]
    with pytest.raises(InvalidInput) as refused:
        render_step(drip, drip.steps[0], values)
    assert set(refused.value.findings) == {
        "nobody is not declared",
        "email_subject is missing",
        "cta_text has 31 characters; allowed: 30",
        "postal_address is missing",
    }


def test_template_text_cannot_reach_into_python() -> None:
    drip = drip_of(drafted(BRIEFS["life"]))
    sly = drip.steps[0].model_copy(update={"slots": (Slot(name="body", text="{{ email_body.__class__.__mro__ }}"),)})
    with pytest.raises(InvalidInput, match="a template may not use getattr"):
        render_step(drip, sly, {"email_body": "x"})
