"""The library of eight structures: declared, typed, within the networks' limits, and carried by sound workflows."""

import pytest

from gtm.domain.brief import CampaignWish, VentureBrief
from gtm.domain.campaign import CampaignTemplate
from gtm.domain.campaign_kinds import KINDS
from gtm.domain.spec import Policies, Presets
from gtm.domain.workflow import SendEmail
from gtm.domain.workflow_checks import check_definition, check_triggers
from gtm.playbook.directives import Directives
from gtm.playbook.templates import check_template
from gtm.policies.templates import variable_faults
from tests.unit.playbook.conftest import NAMES, Drafts, drafted, library, read
from tests.unit.playbook.test_workflows import refs

LIBRARY = {template.type: template for template in library()}


@pytest.fixture(scope="module")
def full(policies: Policies) -> dict[str, Drafts]:
    """Each example venture with a wish for every campaign type."""
    made = {}
    for name in NAMES:
        brief = VentureBrief.model_validate(read(f"examples/ventures/{name}.yaml"))
        brief = brief.model_copy(update={"campaigns": tuple(CampaignWish(type=kind) for kind in KINDS)})
        preset = Presets.model_validate(read(f"config/presets/{brief.preset}.yaml")) if brief.preset else None
        made[name] = drafted(brief, preset, policies, Directives())
    return made


def test_there_is_a_structure_for_every_campaign_type() -> None:
    assert set(LIBRARY) == set(KINDS)


@pytest.mark.parametrize("template", LIBRARY.values(), ids=lambda t: t.type)
def test_a_structure_is_sound(template: CampaignTemplate, policies: Policies) -> None:
    check_template(template)
    assert not list(variable_faults(template, policies))
    for variable in template.variables:
        named = "url" if variable.name.endswith("_url") else "date" if variable.name.endswith("_date") else ""
        assert not named or variable.type == named
        assert not variable.fallback or not variable.fault(variable.fallback)


def test_an_ad_that_outgrows_its_network_and_a_mail_without_a_way_out_are_named(policies: Policies) -> None:
    ads = LIBRARY["social_ads"]
    grown = tuple(
        v.model_copy(update={"max_characters": 71}) if v.name == "linkedin_headline" else v for v in ads.variables
    )
    assert list(variable_faults(ads.model_copy(update={"variables": grown}), policies)) == [
        "social-ads/1/headline: 71 characters, the network takes 70"
    ]
    drip = LIBRARY["email_drip"]
    first = drip.steps[0].model_copy(update={"slots": tuple(s for s in drip.steps[0].slots if s.name != "footer")})
    faults = list(variable_faults(drip.model_copy(update={"steps": (first, *drip.steps[1:])}), policies))
    assert faults == ["email-drip/1: its footer lacks postal_address, preferences_url, unsubscribe_url"]


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("email_subject", "a\nb", "email_subject breaks into lines; it is a line"),
        ("email_subject", "x" * 61, "email_subject has 61 characters; allowed: 60"),
        ("cta_url", "javascript:alert(1)", "cta_url is no web address"),
        ("email_body", "", "email_body is missing"),
        ("email_body", "a\n\nb", ""),
    ],
)
def test_a_variable_says_what_cannot_stand_in_its_place(name: str, text: str, fault: str) -> None:
    variable = LIBRARY["email_drip"].variable(name)
    assert variable is not None and variable.fault(text) == fault


@pytest.mark.parametrize("name", NAMES)
def test_every_wished_type_is_instantiated_and_its_workflows_are_sound(full: dict[str, Drafts], name: str) -> None:
    drafts = full[name]
    assert {t.type for t in drafts.templates.templates} == set(KINDS)
    for workflow in drafts.workflows:
        checks = check_definition(workflow, refs(drafts.templates), drafts.triggers)
        assert not [c.detail for c in checks if not c.passed]
    assert not [c.detail for c in check_triggers(drafts.workflows, drafts.triggers) if not c.passed]


def test_issues_come_weekly_and_a_launch_on_its_day_once(full: dict[str, Drafts]) -> None:
    drafts = full["life"]
    mine = {t.workflow_id: t for t in drafts.triggers if t.type == "schedule"}
    kinds = {w.workflow_id: next(c for c in drafts.templates.campaigns if c.campaign_id == w.campaign_id)
             for w in drafts.workflows if w.workflow_id in mine}  # fmt: skip
    assert {c.type for c in kinds.values()} == {"email_newsletter", "content_series", "product_launch"}
    for workflow_id, campaign in kinds.items():
        trigger = mine[workflow_id]
        assert trigger.schedule is not None and trigger.rate_limit == "1 per lead"
        if campaign.type == "product_launch":
            launches = next(c.launches for c in drafts.schedule.campaigns if c.campaign_id == campaign.campaign_id)
            assert trigger.schedule.cron == f"0 8 {launches.day} {launches.month} *"
            assert trigger.filters.until is not None and (trigger.filters.until.date() - launches).days == 30
        else:
            assert trigger.schedule.cron == "0 8 * * sat" and trigger.filters.until is None


def test_a_series_mails_its_posts_and_not_its_outline(full: dict[str, Drafts]) -> None:
    drafts = full["fleet"]
    (workflow, *_) = [w for w in drafts.workflows if w.campaign_id == "fleet-content-series"]
    sent = [s.content_ref.rsplit("/", 1)[1] for s in workflow.steps if isinstance(s, SendEmail)]
    assert sent == ["2", "3", "4", "5"]
