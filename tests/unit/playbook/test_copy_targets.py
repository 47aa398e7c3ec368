"""Where calls to action lead: to the run's own pages where they are served and of use, else to the venture's site."""

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from gtm.domain.campaign import CampaignContent, ContentPiece
from gtm.domain.page_address import ServedPages, served_pages
from gtm.playbook.copy import draft_content, draft_piece
from gtm.policies.content import content_faults
from gtm.policies.facts import ContentFacts
from tests.unit.playbook.test_copy import BRIEFS, DATA, FIRST, POLICIES, STARTS, plan_for
from tests.unit.policies.support import stage

PUBLIC = "https://go.acme.test"


def drafted(name: str, public_url: str | None) -> CampaignContent:
    brief = BRIEFS[name]
    templates = FIRST[brief.id][1]
    return draft_content(
        brief, templates, plan_for(brief), POLICIES, DATA, starts=STARTS, pages=served_pages(public_url, templates)
    )


def kind(name: str, piece: ContentPiece) -> str:
    return next(c.type for c in FIRST[name][1].campaigns if c.campaign_id == piece.campaign_id)


def targets(name: str, types: Collection[str]) -> set[str]:
    """Host and the first two folders of the path of every link of campaigns of these types."""
    found = set()
    for piece in drafted(name, PUBLIC).pieces:
        if kind(name, piece) in types:
            parts = urlsplit(piece.cta_url)
            found.add(f"{parts.hostname}{parts.path}")
    return found


def test_ads_lead_to_the_landing_page_of_their_segment() -> None:
    brief = BRIEFS["posthog"]
    found = targets("posthog", ["social_ads"])
    assert found == {f"go.acme.test/p/posthog/posthog-landing-page/{s.id}" for s in brief.segments}


def test_invitations_and_reminders_lead_to_the_registration_page_and_the_follow_up_to_the_site() -> None:
    for piece in drafted("fleet", PUBLIC).pieces:
        if kind("fleet", piece) != "webinar_funnel":
            continue
        plain = piece.cta_url.partition("?")[0]
        page = f"{PUBLIC}/p/fleet/fleet-webinar-funnel/{piece.segment_id}"
        assert plain == page if piece.step < 4 else urlsplit(plain).hostname == "fleetdm.com"


@pytest.mark.parametrize("types", ["email_drip", "landing_page"])
@pytest.mark.parametrize("name", ["fleet", "posthog", "life"])
def test_mails_to_people_who_are_known_and_the_landing_page_itself_lead_on_to_the_site(name: str, types: str) -> None:
    assert not [one for one in targets(name, [types]) if one.startswith("go.acme.test")]


def test_an_ad_for_something_else_than_its_landing_page_offers_leads_to_the_site() -> None:
    # Fleet's ads teach: they lead to its workshops, and its landing page to a demo.
    assert {one.partition("/")[0] for one in targets("fleet", ["social_ads"])} == {"fleetdm.com"}


@pytest.mark.parametrize("name", ["fleet", "posthog", "life"])
def test_the_tracking_and_everything_else_stay_as_they_are(name: str) -> None:
    for served, plain in zip(drafted(name, PUBLIC).pieces, drafted(name, None).pieces, strict=True):
        assert parse_qs(urlsplit(served.cta_url).query) == parse_qs(urlsplit(plain.cta_url).query)
        assert served.model_copy(update={"cta_url": plain.cta_url}) == plain


@pytest.mark.parametrize("public_url", [None, "", "http://127.0.0.1:8017"])
def test_without_a_public_https_address_every_link_leads_to_the_site(public_url: str | None) -> None:
    assert served_pages(public_url, FIRST["fleet"][1]) == ServedPages()


def test_one_piece_alone_gets_the_same_link() -> None:
    brief, templates = BRIEFS["posthog"], FIRST["posthog"][1]
    whole = next(p for p in drafted("posthog", PUBLIC).pieces if kind("posthog", p) == "social_ads")
    alone = draft_piece(
        brief, templates, plan_for(brief), POLICIES, DATA, template_id=whole.template_id,
        segment_id=whole.segment_id, step=whole.step, starts=STARTS, pages=served_pages(PUBLIC, templates),
    )  # fmt: skip
    assert alone == whole


def faults(content: CampaignContent, hosts: tuple[str, ...]) -> list[str]:
    brief = BRIEFS["posthog"]
    templates = FIRST[brief.id][1]
    facts = ContentFacts(
        stage=stage(), policies=POLICIES, brief=brief, templates=templates, channels=plan_for(brief), artifact=content,
        allowed_hosts=hosts,
    )  # fmt: skip
    return [fault.why for fault in content_faults(content, templates, facts) if fault.check == "content.cta"]


def test_the_link_check_takes_the_runs_own_pages_and_nothing_else_there() -> None:
    content = drafted("posthog", PUBLIC)
    assert faults(content, ("go.acme.test",)) == []
    assert any("leads to go.acme.test, not to" in why for why in faults(content, ()))
    for odd in ("/p/posthog/posthog-landing-page/nobody", "/p/other/posthog-landing-page/engineers", "/t/p/x", "/"):
        at = next(n for n, p in enumerate(content.pieces) if "/p/" in p.cta_url)
        query = content.pieces[at].cta_url.partition("?")[2]
        pieces = list(content.pieces)
        pieces[at] = pieces[at].model_copy(update={"cta_url": f"{PUBLIC}{odd}?{query}"})
        wrong = content.model_copy(update={"pieces": tuple(pieces)})
        assert faults(wrong, ("go.acme.test",)) == ["the link leads to no page of this run"]


def test_a_page_for_some_segments_is_none_for_the_others() -> None:
    brief, templates = BRIEFS["posthog"], FIRST["posthog"][1]
    first = brief.ranked_segments[0].id
    campaigns = tuple(
        c.model_copy(update={"segments": (first,)}) if c.kind.page else c for c in templates.campaigns
    )  # fmt: skip
    pages = served_pages(PUBLIC, templates.model_copy(update={"campaigns": campaigns}))
    assert pages.landing_url("posthog", first).startswith(PUBLIC)
    assert {pages.landing_url("posthog", s.id) for s in brief.segments if s.id != first} == {""}
    assert replace(pages, base="").urls("posthog") == frozenset()
