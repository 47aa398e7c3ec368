"""The playbook's copy: every rule of it, for three ventures, all segments, all steps."""

import itertools
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from gtm.domain.brief import CampaignWish, VentureBrief
from gtm.domain.campaign import CampaignContent, CampaignTemplate, ContentPiece, TemplateSet
from gtm.domain.channels import ChannelPlan
from gtm.domain.errors import NotFound
from gtm.domain.playbook_data import PlaybookData
from gtm.domain.spec import Policies, Presets
from gtm.domain.statements import stated
from gtm.domain.strategy import GtmStrategy
from gtm.playbook.channels import draft_channels
from gtm.playbook.copy import draft_content, draft_piece
from gtm.playbook.copy_links import link_for_variant
from gtm.playbook.copy_words import count_words, mentions, normal, sentences
from gtm.playbook.directives import Directives, read_comments
from gtm.playbook.strategy import draft_strategy
from gtm.playbook.templates import draft_templates, longest_sequence, step_variables

ROOT = Path(__file__).parents[3]
STARTS = date(2026, 1, 12)
VENTURES = ("fleet", "posthog", "life")


def read(path: str | Path) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


POLICIES = Policies.model_validate(read("config/policies.yaml"))
DATA = PlaybookData.assemble(
    read("config/playbook/common.yaml"), [read(p) for p in sorted((ROOT / "config/playbook/voices").glob("*.yaml"))]
)
LIBRARY = [
    CampaignTemplate.model_validate(read(p))
    for p in sorted((ROOT / "config/campaign_templates").glob("*/template.yaml"))
]
BRIEFS = {name: VentureBrief.model_validate(read(f"examples/ventures/{name}.yaml")) for name in VENTURES}


def preset_of(brief: VentureBrief) -> Presets | None:
    return Presets.model_validate(read(f"config/presets/{brief.preset}.yaml")) if brief.preset else None


def strategy_for(brief: VentureBrief) -> GtmStrategy:
    return draft_strategy(brief, POLICIES, preset_of(brief), Directives())


def plan_for(brief: VentureBrief) -> ChannelPlan:
    return draft_channels(brief, strategy_for(brief), POLICIES, preset_of(brief), Directives())


def drafted(
    name: str, revision: int = 1, directives: Directives | None = None, brief: VentureBrief | None = None
) -> tuple[VentureBrief, TemplateSet, CampaignContent]:
    brief = brief or BRIEFS[name]
    plan = plan_for(brief)
    templates = draft_templates(brief, plan, strategy_for(brief), POLICIES, LIBRARY, directives)
    content = draft_content(
        brief, templates, plan, POLICIES, DATA, starts=STARTS, revision=revision, directives=directives
    )
    return brief, templates, content


FIRST = {name: drafted(name) for name in VENTURES}


def each_piece(rule: Callable[[str, ContentPiece], None]) -> Callable[[str, str], None]:
    """One test a venture and template that holds every piece to the rule."""

    @pytest.mark.parametrize("template", ["email-drip", "social-ads", "landing-page", "webinar-funnel"])
    @pytest.mark.parametrize("name", VENTURES)
    def checked(name: str, template: str) -> None:
        pieces = [p for p in FIRST[name][2].pieces if p.template_id == f"{name}-{template}"]
        assert pieces
        for piece in pieces:
            rule(name, piece)

    checked.__doc__ = rule.__doc__
    return checked


def copy_of(piece: ContentPiece, label: str | None = None) -> str:
    return "\n".join(
        v.text
        for e in piece.elements
        if e.variable != "cta_text"
        for v in e.variants
        if label is None or v.label == label
    )


def bodies(piece: ContentPiece) -> list[str]:
    return [v.text for e in piece.elements if e.variable.endswith("_body") for v in e.variants]


def template_of(name: str, piece: ContentPiece) -> CampaignTemplate:
    template = FIRST[name][1].template(piece.template_id)
    assert template is not None
    return template


@pytest.mark.parametrize("name", VENTURES)
def test_every_template_has_a_piece_for_every_segment_and_step(name: str) -> None:
    brief, templates, content = FIRST[name]
    assert {t.type for t in templates.templates} == {"email_drip", "social_ads", "landing_page", "webinar_funnel"}
    wanted = {
        (t.template_id, s.id, step.step)
        for t in templates.templates
        for s in brief.segments
        for step in t.steps
        if (name, step.name, s.id) not in LEFT_OUT
    }
    assert {(p.template_id, p.segment_id, p.step) for p in content.pieces} == wanted
    assert len({p.piece_id for p in content.pieces}) == len(content.pieces) == len(wanted)


LEFT_OUT = {
    ("fleet", "google-ads", "it-providers"),
    ("posthog", "linkedin", "engineers"),
    ("life", "instagram-ads", "privacy-minded"),
    ("life", "influencer-partnerships", "privacy-minded"),
}
"""Ads that could not run, because the plan aims their network at other segments."""


def test_a_segment_that_search_alone_reaches_is_told_its_value_there() -> None:
    fleet = BRIEFS["fleet"]
    searching = fleet.segments[2].model_copy(update={"channels": ("google_ads", "webinars")})
    brief = fleet.model_copy(update={"segments": (*fleet.segments[:2], searching)})
    _, _, content = drafted("fleet", brief=brief)
    ads = [p for p in content.pieces if p.template_id == "fleet-social-ads" and p.segment_id == "it-providers"]
    assert [p.piece_id for p in ads] == ["fleet-social-ads/it-providers/2-google-ads"]
    assert "One console, many customers." in copy_of(ads[0], "A")


@each_piece
def test_elements_fill_exactly_the_declared_content_variables_of_the_step(name: str, piece: ContentPiece) -> None:
    template = template_of(name, piece)
    step = next(s for s in template.steps if s.step == piece.step)
    declared = {v.name: v for v in step_variables(template, step) if v.filled_by == "content"}
    assert {e.variable for e in piece.elements} == set(declared)
    for element in piece.elements:
        variable = declared[element.variable]
        for variant in element.variants:
            assert 0 < len(variant.text) <= variable.max_characters
            assert variable.max_words is None or count_words(variant.text) <= variable.max_words


@each_piece
def test_versions_differ_in_the_element_under_test_and_only_there(name: str, piece: ContentPiece) -> None:
    tested = piece.element(piece.tested or "")
    assert tested is not None
    assert [v.label for v in tested.variants] == ["A", "B"]
    assert all(len(element.variants) == 1 for element in piece.elements if element is not tested)
    a, b = (set(map(normal, sentences(tested.text(label)))) for label in "AB")
    assert len(a & b) / len(a | b) < 0.6, (a, b)


@each_piece
def test_each_claim_rests_on_a_claimable_fact_that_is_not_assumed(name: str, piece: ContentPiece) -> None:
    brief = BRIEFS[name]
    assert piece.claims
    text = normal(copy_of(piece))
    for claim in piece.claims:
        fact = brief.fact(claim.fact_id)
        assert fact is not None and fact.claimable and not fact.assumed
        assert not fact.segments or piece.segment_id in fact.segments
        assert normal(claim.text) in text
        assert normal(fact.text) in normal(claim.text) or normal(fact.short) in normal(claim.text)


@each_piece
def test_every_number_and_every_product_sentence_is_claimed(name: str, piece: ContentPiece) -> None:
    claimed = {normal(c.text) for c in piece.claims}
    brief = BRIEFS[name]
    observed = {normal(s) for seg in brief.segments if seg.situation for s in sentences(seg.situation.value)}
    fact_texts = {normal(f.text) for f in brief.facts} | {normal(f.short) for f in brief.facts}
    for sentence in sentences(copy_of(piece)):
        if normal(sentence) in fact_texts:
            assert normal(sentence) in claimed
        if re.search(r"\d", sentence) and normal(sentence) not in observed:
            assert any(normal(sentence) in c or c in normal(sentence) for c in claimed), sentence


@each_piece
def test_what_may_not_be_claimed_is_not_said(name: str, piece: ContentPiece) -> None:
    text = copy_of(piece)
    for fact in BRIEFS[name].facts:
        if fact.assumed or not fact.claimable:
            assert normal(fact.text) not in normal(text)
    assert "10,000" not in text
    assert not mentions(text, ("first app", "the only", "#1", "number one", "guarantee", "best"))


@each_piece
def test_the_language_is_clean(name: str, piece: ContentPiece) -> None:
    brief = BRIEFS[name]
    text = copy_of(piece) + "\n" + "\n".join(v.text for e in piece.elements for v in e.variants)
    assert "!" not in text and "{" not in text and "  " not in text
    assert not mentions(text, (*DATA.common.hype_words, *brief.brand.banned_words))
    doubled = [m.group(0) for m in re.finditer(r"\b(\w+) \1\b", text, re.I)]
    assert not doubled
    assert not re.search(r"\ban (?=[bcdfgjklmnpqrstvwz])", text, re.I)
    assert not re.search(r"\ba (?=[aio])", text)
    assert not re.search(r"[.,]{2}|\?\.| [.,;:?]", text)
    for sentence in sentences(text):
        assert not sentence[0].islower() or re.match(r"(iOS|macOS)", sentence), sentence


@each_piece
def test_emails_have_60_to_180_words_and_short_sentence_case_subjects(name: str, piece: ContentPiece) -> None:
    for body in bodies(piece):
        assert 60 <= count_words(body) <= 180
        told = [normal(s) for s in sentences(body)]
        assert len(told) == len(set(told))
    for element in piece.elements:
        if element.variable.endswith("subject"):
            for variant in element.variants:
                assert len(variant.text) <= 60 and not variant.text.endswith(".")
                capitals = [
                    w.strip(",?:") for w in variant.text.split()[1:] if w[:1].isupper() and w[1:].strip(",?:").islower()
                ]
                assert set(capitals) <= {BRIEFS[name].name, "Linux", "Windows", "Jamf", "Pro", "Intune", "Android"}


@each_piece
def test_the_link_leads_to_the_offer_and_carries_the_channel(name: str, piece: ContentPiece) -> None:
    brief = BRIEFS[name]
    url = urlsplit(piece.cta_url)
    offer = next(o for o in brief.offers if o.cta == piece.cta)
    assert f"{url.scheme}://{url.netloc}{url.path}" == brief.website.value + offer.path
    query = {k: v[0] for k, v in parse_qs(url.query).items()}
    assert query["utm_content"] == f"{piece.template_id}-{piece.segment_id}-{piece.step}-a"
    assert set(query) == {"utm_source", "utm_medium", "utm_campaign", "utm_content"}
    assert link_for_variant(piece.cta_url, "B").endswith(f"{piece.template_id}-{piece.segment_id}-{piece.step}-b")
    if name == "fleet" and piece.template_id.endswith("social-ads") and piece.step == 1:
        assert (query["utm_medium"], query["utm_campaign"]) == ("so", "2026-01-so-Ads")


@pytest.mark.parametrize("name", VENTURES)
def test_no_two_steps_of_a_sequence_share_a_sentence(name: str) -> None:
    _, templates, content = FIRST[name]
    for template, segment in itertools.product(templates.templates, BRIEFS[name].segments):
        if template.type not in ("email_drip", "webinar_funnel"):
            continue
        seen: dict[str, int] = {}
        for piece in content.pieces:
            if (piece.template_id, piece.segment_id) != (template.template_id, segment.id):
                continue
            for sentence in sentences(copy_of(piece)):
                assert seen.setdefault(normal(sentence), piece.step) == piece.step, sentence


@pytest.mark.parametrize("name", VENTURES)
def test_segments_read_differently(name: str) -> None:
    _, templates, content = FIRST[name]
    for template in templates.templates:
        for step in template.steps:
            texts = [
                set(map(normal, sentences(copy_of(p))))
                for p in content.pieces
                if (p.template_id, p.step) == (template.template_id, step.step)
            ]
            for one, other in itertools.combinations(texts, 2):
                assert len(one & other) / len(one | other) < 0.55
        whole = {
            s.id: {
                normal(x)
                for p in content.pieces
                if p.template_id == template.template_id and p.segment_id == s.id
                for x in sentences(copy_of(p))
            }
            for s in BRIEFS[name].segments
        }
        for one, other in itertools.combinations(whole.values(), 2):
            assert len(one & other) / len(one | other) < 0.5


def test_ventures_share_no_sentence() -> None:
    told = {
        name: {normal(s) for p in FIRST[name][2].pieces for e in p.elements if e.variable.endswith("_body")
               for v in e.variants for s in sentences(v.text)}
        for name in VENTURES
    }  # fmt: skip
    for one, other in itertools.combinations(VENTURES, 2):
        assert not told[one] & told[other]


@pytest.mark.parametrize("name", VENTURES)
def test_every_segment_is_told_its_value_proposition_in_every_campaign(name: str) -> None:
    brief, templates, content = FIRST[name]
    for template, segment in itertools.product(templates.templates, brief.segments):
        told = " ".join(
            normal(copy_of(p))
            for p in content.pieces
            if (p.template_id, p.segment_id) == (template.template_id, segment.id)
        )
        assert normal(segment.value_proposition) in told


def test_fleet_reads_like_fleet_and_its_ads_teach() -> None:
    pieces = FIRST["fleet"][2].pieces
    text = " ".join(copy_of(p) for p in pieces if p.template_id == "fleet-email-drip")
    for word in ("GitOps", "osquery", "Jamf Pro", "hosts", "CIS", "Linux", "open source", "400,000"):
        assert word in text
    ads = [p for p in pieces if p.template_id == "fleet-social-ads"]
    assert ads and all(p.cta == "register_webinar" for p in ads)


@pytest.mark.parametrize("name", VENTURES)
def test_the_same_arguments_give_the_same_words_and_one_piece_equals_its_place_in_the_whole(name: str) -> None:
    brief, templates, content = FIRST[name]
    assert drafted(name)[2] == content
    piece = content.pieces[3]
    alone = draft_piece(
        brief, templates, plan_for(brief), POLICIES, DATA,
        template_id=piece.template_id, segment_id=piece.segment_id, step=piece.step, starts=STARTS,
    )  # fmt: skip
    assert alone == piece


@pytest.mark.parametrize("name", VENTURES)
def test_a_second_revision_says_it_in_other_words(name: str) -> None:
    first, second = FIRST[name][2], drafted(name, revision=2)[2]
    for one, other in zip(first.pieces, second.pieces, strict=True):
        assert one.piece_id == other.piece_id
        assert copy_of(one) != copy_of(other)
        for body in bodies(other):
            assert 60 <= count_words(body) <= 180


@pytest.mark.parametrize("name", VENTURES)
def test_a_revision_honours_what_was_asked(name: str) -> None:
    word = {"fleet": "git", "posthog": "snippet", "life": "phone"}[name]
    asked = read_comments([f'Avoid "{word}" and make it shorter.', "3 emails, please."])
    _, templates, content = drafted(name, revision=2, directives=asked)
    drip = templates.template(f"{name}-email-drip")
    assert drip is not None and [s.name for s in drip.steps] == ["problem", "how-it-works", "invitation"]
    for piece in content.pieces:
        assert not mentions(copy_of(piece), [word]), piece.piece_id
    plain = drafted(name, revision=2, directives=read_comments(["3 emails"]))[2]
    long, short = (
        sum(count_words(b) for p in c.pieces if "email-drip" in p.template_id for b in bodies(p))
        for c in (plain, content)
    )
    assert short < 0.9 * long


def test_tone_and_call_to_action_can_be_asked_for() -> None:
    friendlier = drafted("fleet", directives=read_comments(["Friendlier."]))[2]
    body = friendlier.pieces[0].element("email_body")
    first = FIRST["fleet"][2].pieces[0].element("email_body")
    assert body and first and body.text("A") != first.text("A")
    asked = drafted("posthog", directives=read_comments(["The CTA should be learn_more"]))[2]
    assert {p.cta for p in asked.pieces if "email-drip" in p.template_id} == {"learn_more"}


@pytest.mark.parametrize("length", range(3, 11))
@pytest.mark.parametrize("name", VENTURES)
def test_a_sequence_is_as_long_as_wished_and_as_the_facts_can_fill(name: str, length: int) -> None:
    wish = CampaignWish(type="email_drip", steps=length)
    _, templates, content = drafted(name, brief=BRIEFS[name].model_copy(update={"campaigns": (wish,)}))
    drip = templates.template(f"{name}-email-drip")
    most = longest_sequence(BRIEFS[name], POLICIES)
    assert drip is not None and len(drip.steps) == min(length, most) and most >= 5
    assert drip.steps[0].name == "problem" and drip.steps[-1].name == "invitation"
    pieces = [p for p in content.pieces if p.template_id == drip.template_id]
    for segment in BRIEFS[name].segments:
        seen: dict[str, int] = {}
        for piece in (p for p in pieces if p.segment_id == segment.id):
            assert all(50 <= count_words(b) <= 180 for b in bodies(piece))
            for sentence in sentences(copy_of(piece)):
                assert seen.setdefault(normal(sentence), piece.step) == piece.step, sentence


@pytest.mark.parametrize("voice", [v.voice for v in DATA.voices])
def test_every_house_voice_can_write_every_venture(voice: str) -> None:
    for name in VENTURES:
        brief = BRIEFS[name].model_copy(update={"brand": BRIEFS[name].brand.model_copy(update={"voice": voice})})
        plan = plan_for(brief)
        templates = draft_templates(brief, plan, strategy_for(brief), POLICIES, LIBRARY)
        content = draft_content(brief, templates, plan, POLICIES, DATA, starts=STARTS)
        for piece in content.pieces:
            assert "!" not in copy_of(piece)
            tested = piece.element(piece.tested or "")
            assert tested and normal(tested.text("A")) != normal(tested.text("B")), piece.piece_id


def test_a_thin_brief_still_gets_honest_copy() -> None:
    """No situation, no short forms, one fact a kind: nothing is invented, nothing is empty."""
    brief = BRIEFS["fleet"]
    kept = ("one-system", "verify", "largest", "per-host", "open-source", "workshops")
    facts = tuple(f.model_copy(update={"short": ""}) for f in brief.facts if f.id in kept)
    segment = brief.segments[0].model_copy(update={"situation": None, "roles": ()})
    thin = brief.model_copy(update={"facts": facts, "segments": (segment,)})
    plan = plan_for(thin)
    templates = draft_templates(thin, plan, strategy_for(thin), POLICIES, LIBRARY)
    content = draft_content(thin, templates, plan, POLICIES, DATA, starts=STARTS)
    for piece in content.pieces:
        assert {c.fact_id for c in piece.claims} <= {*kept, *(f.id for f in stated(thin))}
        assert all(v.text for e in piece.elements for v in e.variants)


def test_a_missing_segment_or_step_is_named() -> None:
    brief, templates, _ = FIRST["life"]
    for segment, step in (("nobody", 1), ("freelancers", 9)):
        with pytest.raises(NotFound):
            draft_piece(
                brief, templates, plan_for(brief), POLICIES, DATA,
                template_id="life-email-drip", segment_id=segment, step=step, starts=STARTS,
            )  # fmt: skip


def test_a_thin_ad_says_what_the_venture_is_before_it_says_meet_it() -> None:
    full = BRIEFS["fleet"]
    shown = tuple(f for f in full.facts if not f.segments and f.claimable and not f.assumed and 0 < len(f.short) <= 30)
    offers = tuple(offer.model_copy(update={"cta_text": ""}) for offer in full.offers)
    strategy = full.market_strategy.model_copy(update={"differentiators": ()})
    thin = full.model_copy(
        update={"facts": shown[:1], "offers": offers, "market_strategy": strategy, "category": "device management"}
    )
    _, _, content = drafted("fleet", brief=thin)
    pieces = [p for p in content.pieces if p.step == 2 and p.campaign_id.endswith("-ads")]
    heads = {v.text for p in pieces for e in p.elements if e.variable.startswith("search_headline") for v in e.variants}
    assert pieces and len(shown) >= 2
    assert "Device management" in heads and "Meet Fleet" not in heads


@pytest.mark.parametrize("kind", ["landing-page", "social-ads"])
@pytest.mark.parametrize("name", VENTURES)
def test_pages_and_ads_are_shorter_where_a_reviewer_asks_for_less(name: str, kind: str) -> None:
    asked = read_comments(["Shorter, please."])

    def words(content: CampaignContent) -> int:
        mine = [p for p in content.pieces if p.template_id == f"{name}-{kind}"]
        return sum(count_words(v.text) for p in mine for e in p.elements for v in e.variants)

    assert words(drafted(name, 2, asked)[2]) < words(drafted(name, 2)[2])


def test_bread_has_no_screen_and_is_not_for_sale_as_a_bakery() -> None:
    bakery = VentureBrief.model_validate(read("tests/integration/ventures/briefs/bakery.yaml"))
    for revision in (1, 2, 3, 4):
        _, _, content = drafted("bakery", revision, brief=bakery)
        said = " ".join(v.text for p in content.pieces for e in p.elements for v in e.variants)
        assert not mentions(said, ["screen", "phone"]) and f"Buy {bakery.name}" not in said
    pictures = [copy_of(p) for p in content.pieces if "social-ads" in p.template_id]
    assert pictures and any("photograph" in text.lower() or "sketch" in text.lower() for text in pictures)
    software = " ".join(copy_of(p) for _, _, c in FIRST.values() for p in c.pieces)
    assert "photograph of what" not in software.lower()
