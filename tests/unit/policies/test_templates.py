"""Step 2.1: the SOP's four templates, declared variables, campaigns that fit."""

from typing import Any

import pytest

from gtm.domain.campaign import Slot, TemplateSet, Variable
from gtm.policies.facts import TemplatesFacts
from gtm.policies.templates import created
from tests.unit.policies.support import assert_fails, at, brief, common, drafts, lines, with_

GOOD = drafts().templates
KINDS = [t.type for t in GOOD.templates]


def judge(artifact: TemplateSet | None) -> Any:
    return created(TemplatesFacts(**common(), brief=brief(), channels=drafts().channels, artifact=artifact))


def template(kind: str, **changes: Any) -> TemplateSet:
    return with_(GOOD, templates=at(GOOD.templates, KINDS.index(kind), **changes))


def first_steps(kind: str, count: int) -> TemplateSet:
    return template(kind, steps=GOOD.templates[KINDS.index(kind)].steps[:count])


def slots(kind: str, *texts: tuple[str, str]) -> TemplateSet:
    steps = GOOD.templates[KINDS.index(kind)].steps
    return template(kind, steps=at(steps, 0, slots=tuple(Slot(name=n, text=t) for n, t in texts)))


def campaign(**changes: Any) -> TemplateSet:
    return with_(GOOD, campaigns=at(GOOD.campaigns, 0, **changes))


def without(kind: str) -> TemplateSet:
    return with_(GOOD, templates=tuple(t for t in GOOD.templates if t.type != kind))


BROKEN = [
    ("templates.email_sequence", without("email_drip"), "no email_drip template"),
    ("templates.email_sequence", first_steps("email_drip", 2), "2 emails, not 3-5"),
    ("templates.email_sequence", slots("email_drip", ("subject", "{{ email_subject }}")), "no body"),
    ("templates.social_ad", without("social_ads"), "no social_ads template"),
    ("templates.landing_page", slots("landing_page", ("intro", "{{ hero }}")), "there is no cta"),
    ("templates.webinar_funnel", first_steps("webinar_funnel", 1), "there is no reminder"),
    ("templates.variables_declared", slots("landing_page", ("hero", "{{ wish }}")), "wish is not declared"),
    ("templates.variables_declared", slots("landing_page", ("hero", "{{ open")), "does not parse"),
    (
        "templates.variables_declared",
        template(
            "landing_page",
            variables=(
                *GOOD.templates[KINDS.index("landing_page")].variables,
                Variable(name="idle", filled_by="content", purpose="nothing", max_characters=5),
            ),
        ),
        "idle is declared and never used",
    ),
    ("templates.campaigns_fit", with_(GOOD, campaigns=()), "no campaign"),
    ("templates.campaigns_fit", campaign(template_id="ghost"), "ghost is not stored"),
    ("templates.campaigns_fit", campaign(channels=("linkedin",)), "needs email"),
    ("templates.campaigns_fit", campaign(channels=("email", "facebook_ads")), "not in the channel plan"),
    ("templates.campaigns_fit", campaign(segments=()), "addresses no segment"),
    ("templates.campaigns_fit", campaign(segments=("ghosts",)), "ghosts"),
    ("templates.campaigns_fit", with_(GOOD, campaigns=GOOD.campaigns * 2), "used by two campaigns"),
]


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_drafts_pass(name: str) -> None:
    d = drafts(name)
    verdict = created(TemplatesFacts(**common(), brief=d.brief, channels=d.channels, artifact=d.templates))
    assert verdict.passed, verdict.explain()


def test_a_template_that_the_brief_has_no_use_for_is_not_applicable() -> None:
    wishes = tuple(wish for wish in brief("posthog").campaigns if wish.type != "webinar_funnel")
    thin = with_(brief("posthog"), campaigns=wishes or ({"type": "email_drip"},), offers=())
    facts = TemplatesFacts(**common(), brief=thin, channels=drafts().channels, artifact=without("webinar_funnel"))
    (line,) = [check for check in created(facts).checks if check.name == "templates.webinar_funnel"]
    assert (line.passed, line.applies) == (True, False) and line.detail.startswith("Not applicable: ")


@pytest.mark.parametrize(("name", "artifact", "word"), BROKEN)
def test_a_broken_set_fails_the_named_check(name: str, artifact: TemplateSet, word: str) -> None:
    assert_fails(judge(artifact), name, word)


def test_every_line_has_a_failing_case() -> None:
    assert lines("templates.created") <= {row[0] for row in BROKEN}


def test_ads_need_an_image_and_tested_copy() -> None:
    ads = GOOD.templates[KINDS.index("social_ads")]
    bare = tuple(with_(s, slots=tuple(x for x in s.slots if "image" not in x.name)) for s in ads.steps)
    assert_fails(judge(template("social_ads", steps=bare)), "templates.social_ad", "no image slot")
    untested = tuple(with_(v, ab_tested=False) for v in ads.variables)
    assert_fails(judge(template("social_ads", variables=untested)), "templates.social_ad", "no element has variants")


def test_a_delay_beyond_a_month_fails() -> None:
    steps = GOOD.templates[KINDS.index("email_drip")].steps
    assert_fails(
        judge(template("email_drip", steps=at(steps, 1, delay_hours=721))), "templates.variables_declared", "721"
    )


def test_nothing_stored_fails() -> None:
    assert_fails(judge(None), "templates.landing_page", "nothing is stored for step 2.1")
