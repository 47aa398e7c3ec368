"""Buttons of ads are values that their networks offer; what the venture calls the act stands elsewhere in the ad."""

from functools import cache

import pytest

from agents.copy_order import limits
from gtm.domain.campaign import CampaignContent, ContentElement, ContentPiece, TemplateSet, Variant
from gtm.domain.vocabulary import Cta
from gtm.playbook.ad_buttons import ad_buttons
from gtm.policies.content import copy_faults
from gtm.policies.piece_checks import BUTTON, ad_button_faults, buttons_of
from tests.unit.playbook.test_copy import BRIEFS, FIRST, POLICIES, VENTURES

LINKEDIN = (
    "Apply", "Download", "View Quote", "Learn More", "Sign Up", "Subscribe", "Register", "Join", "Attend",
    "Request Demo",
)  # fmt: skip
CTAS: tuple[Cta, ...] = (
    "book_demo", "start_trial", "download_resource", "register_webinar", "contact_sales", "learn_more", "buy_now",
)  # fmt: skip


@cache
def ads(name: str) -> list[ContentPiece]:
    templates, content = parts(name)
    return [p for p in content.pieces if (t := templates.template(p.template_id)) and t.kind.look == "ad"]


def parts(name: str) -> tuple[TemplateSet, CampaignContent]:
    return FIRST[name][1], FIRST[name][2]


def with_button(piece: ContentPiece, text: str) -> ContentPiece:
    button = ContentElement(variable=BUTTON, variants=(Variant(label="A", text=text),))
    kept = tuple(e for e in piece.elements if e.variable != BUTTON)
    return piece.model_copy(update={"elements": (*kept, button)})


def test_linkedin_takes_its_own_ten_and_a_search_ad_has_no_button() -> None:
    assert POLICIES.ad_buttons("linkedin") == LINKEDIN
    assert {"Shop Now", "Book Now", "Learn More"} <= set(POLICIES.ad_buttons("facebook_ads"))
    assert POLICIES.ad_buttons("facebook_ads") == POLICIES.ad_buttons("instagram_ads")
    assert POLICIES.ad_buttons("google_ads") == POLICIES.ad_buttons("email") == ()


@pytest.mark.parametrize("name", VENTURES)
def test_every_ad_of_the_playbook_has_a_button_of_its_network(name: str) -> None:
    templates, _ = parts(name)
    listed = 0
    for piece in ads(name):
        template = templates.template(piece.template_id)
        assert template is not None
        taken = buttons_of(piece, template, POLICIES)
        listed += bool(taken)
        assert not taken or piece.composed("A")[BUTTON] in taken, piece.piece_id
        assert [
            f.sentence() for f in copy_faults(piece, template, BRIEFS[name], POLICIES) if f.severity == "block"
        ] == []
    assert listed


@pytest.mark.parametrize("name", VENTURES)
def test_the_ventures_own_words_for_the_act_stay_in_the_ad_where_there_is_room(name: str) -> None:
    templates, _ = parts(name)
    for piece in ads(name):
        template = templates.template(piece.template_id)
        assert template is not None
        if piece.piece_id.endswith("-linkedin") and buttons_of(piece, template, POLICIES):
            offer = next(o for o in BRIEFS[name].offers if o.cta == piece.cta)
            words = " ".join(piece.composed("A").values()).lower()
            acts = {offer.cta_text.lower(), "start free", "start a trial"} - {""}
            assert any(act in words for act in acts), piece.piece_id


@pytest.mark.parametrize("text", ["Start free", "learn more", "Book a demo", "Click here", "Sign up now"])
def test_other_words_are_refused_with_the_values_that_there_are(text: str) -> None:
    templates, _ = parts("posthog")
    piece = next(p for p in ads("posthog") if p.piece_id.endswith("-linkedin"))
    template = templates.template(piece.template_id)
    assert template is not None
    faults = list(ad_button_faults(with_button(piece, text), template, POLICIES))
    assert [(f.check, f.span, f.severity) for f in faults] == [("content.cta", text, "block")]
    assert all(value in faults[0].repair for value in LINKEDIN)
    search = next(p for p in ads("posthog") if p.piece_id.endswith("google-ads"))
    assert not list(ad_button_faults(with_button(search, text), template, POLICIES))


@pytest.mark.parametrize("text", LINKEDIN)
def test_a_value_of_the_network_is_neither_a_claim_nor_vague(text: str) -> None:
    templates, _ = parts("posthog")
    piece = with_button(next(p for p in ads("posthog") if p.piece_id.endswith("-linkedin")), text)
    template = templates.template(piece.template_id)
    assert template is not None
    thin = BRIEFS["posthog"].model_copy(update={"facts": BRIEFS["posthog"].facts[:2]})
    assert [f.sentence() for f in copy_faults(piece, template, thin, POLICIES) if f.element == BUTTON] == []


@pytest.mark.parametrize("cta", CTAS)
@pytest.mark.parametrize("channel", ["linkedin", "facebook_ads", "instagram_ads"])
def test_every_act_has_buttons_on_every_network(cta: Cta, channel: str) -> None:
    taken = POLICIES.ad_buttons(channel)
    for waits in (False, True):
        found = ad_buttons(cta, taken, waits=waits)
        assert len(found) >= 2 and len(set(found)) == len(found) and set(found) <= set(taken)
    assert ad_buttons("book_demo", LINKEDIN)[0] == "Request Demo"
    assert ad_buttons(cta, ("Watch",)) == ["Watch"]


def test_a_model_is_told_the_values() -> None:
    templates, _ = parts("posthog")
    variable = next(v for t in templates.templates for v in t.variables if v.name == BUTTON)
    assert limits(variable, 1, ("Join", "Attend")).endswith("; only one of: Join, Attend")
    assert "only one of" not in limits(variable, 1)
