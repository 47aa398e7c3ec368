"""Fleet's strategy, channels, budget, templates and content, made by hand."""

from decimal import Decimal

from gtm.domain.budget import BudgetPlan, Split, allocate, pace, parse_trigger
from gtm.domain.campaign import (
    Campaign,
    CampaignContent,
    CampaignTemplate,
    Claim,
    ContentElement,
    ContentPiece,
    Slot,
    TemplateSet,
    TemplateStep,
    Variable,
    Variant,
)
from gtm.domain.channels import Attribution, ChannelChoice, ChannelParameter, ChannelPlan, UtmSchema
from gtm.domain.strategy import GtmStrategy, SegmentValue, StrategyObjective, SuccessCriterion

SEGMENTS = ("it-platform", "security", "it-providers")
CRITERION = SuccessCriterion(
    metric="leads_per_week",
    operator=">=",
    target=Decimal(20),
    unit="qualified leads a week",
    window_days=7,
    rests_on="policy:targets.B2B_Enterprise.leads_per_week",
)


def strategy() -> GtmStrategy:
    return GtmStrategy(
        venture_id="fleet",
        objectives=(
            StrategyObjective(
                name="awareness", weight=Decimal("0.6"), aligned_with="awareness", success_criteria=(CRITERION,)
            ),
            StrategyObjective(
                name="lead_generation", weight=Decimal("0.4"), aligned_with="demand", success_criteria=(CRITERION,)
            ),
        ),
        target_segments=tuple(
            SegmentValue(segment_id=s, value_proposition=v)
            for s, v in zip(
                SEGMENTS,
                (
                    "manage every OS from one system and keep it in git",
                    "see every device with live queries and prove compliance",
                    "one console, many customers",
                ),
                strict=True,
            )
        ),
        competitive_positioning="The open, cross-platform, GitOps-first alternative to Jamf Pro, NinjaOne and Intune.",
        rationale="Fleet addresses IT and client platform engineering first, then security teams.",
        assumptions=("financial_model.monthly: 50000.00 (no public figure exists)",),
    )


def channels() -> ChannelPlan:
    rows = (
        ("linkedin", "primary", "proven", "1.0000", "linkedin", "so", "vault://fleet/linkedin/api-token"),
        ("google_ads", "secondary", "growth", "0.8182", "google", "ps", "vault://fleet/google_ads/api-token"),
        ("email", "secondary", "growth", "0.0000", "newsletter", "email", None),
        ("webinars", "experimental", "experimental", "1.0000", "webinar", "webinar", None),
    )
    return ChannelPlan(
        venture_id="fleet",
        channels=tuple(
            ChannelChoice.model_validate(
                {
                    "channel": channel,
                    "role": role,
                    "tier": tier,
                    "overlap": overlap,
                    "segments": SEGMENTS,
                    "parameters": (ChannelParameter(name="audience", value="Head of IT, CISO"),),
                    "utm_source": source,
                    "utm_medium": medium,
                    "tracking": "First-party redirect; no pixel.",
                    "integration": f"not connected: flights of {channel} leave as a plan until it is switched on",
                    "credential_ref": ref,
                    "rationale": "All segments prefer it.",
                }
            )
            for channel, role, tier, overlap, source, medium, ref in rows
        ),
        utm=UtmSchema(
            sources=("linkedin", "google", "newsletter", "webinar"),
            mediums=("so", "ps", "email", "webinar"),
            campaign_pattern="{year}-{month}-{medium}-{name}",
            lower_case_campaign=False,
        ),
        attribution=Attribution(model="multi_touch", lookback_days=90, rationale="A sales cycle of 90 days (assumed)."),
        declined=("events is left out for now",),
    )


def budget() -> BudgetPlan:
    total = Decimal("50000.00")
    split = Split(proven=Decimal(70), growth=Decimal(20), experimental=Decimal(10))
    lines = allocate(
        total,
        split,
        [
            ("linkedin", "proven", Decimal(1)),
            ("google_ads", "growth", Decimal(3)),
            ("email", "growth", Decimal(1)),
            ("webinars", "experimental", Decimal(1)),
        ],
    )
    rules = (("ROAS < 2.0", "pause and review", 1), ("CAC > $100", "reduce spend by 20%", 2))
    return BudgetPlan(
        venture_id="fleet",
        total=total,
        split=split,
        lines=lines,
        pacing=pace(total, "monthly"),
        triggers=tuple(
            parse_trigger(c, a, minimum_sample=10, window_days=14, cooldown_days=7, precedence=p) for c, a, p in rules
        ),
        rests_on="Fleet's financial_model.monthly $50,000.00 (assumed).",
    )


def _variable(name: str, filled_by: str = "content") -> Variable:
    return Variable.model_validate({"name": name, "filled_by": filled_by, "purpose": name, "max_characters": 2000})


def templates() -> TemplateSet:
    emails = tuple(
        TemplateStep(
            step=n,
            name=f"email-{n}",
            role=role,
            delay_hours=0 if n == 1 else 48,
            slots=(
                Slot(name="subject", text="{{ subject }}"),
                Slot(name="body", text="Hi {{ first_name }},\n\n{{ body }}\n\n{{ cta_text }}: {{ cta_url }}"),
            ),
        )
        for n, role in ((1, "Introduction"), (2, "Use case"), (3, "Invitation"))
    )
    drip = CampaignTemplate(
        template_id="email-drip-v1",
        type="email_drip",
        name="Email sequence",
        channel="email",
        steps=emails,
        variables=(
            _variable("subject"),
            _variable("body"),
            _variable("cta_text"),
            _variable("first_name", "recipient"),
        ),
    )
    ads = CampaignTemplate(
        template_id="social-ad-v1",
        type="social_ads",
        name="Social ad",
        channel="linkedin",
        steps=(
            TemplateStep(
                step=1,
                name="ad",
                role="Ad",
                slots=(
                    Slot(name="image", text="{{ image }}"),
                    Slot(name="headline", text="{{ headline }}"),
                    Slot(name="body", text="{{ body }}"),
                ),
            ),
        ),
        variables=(_variable("image"), _variable("headline"), _variable("body")),
    )
    page = CampaignTemplate(
        template_id="landing-page-v1",
        type="landing_page",
        name="Landing page",
        channel="web",
        steps=(
            TemplateStep(
                step=1,
                name="page",
                role="Page",
                slots=(
                    Slot(name="headline", text="{{ headline }}"),
                    Slot(name="subheadline", text="{{ subheadline }}"),
                    Slot(name="features", text="{{ features }}"),
                ),
            ),
        ),
        variables=(_variable("headline"), _variable("subheadline"), _variable("features")),
    )
    return TemplateSet(
        venture_id="fleet",
        campaigns=(
            Campaign(
                campaign_id="fleet-email-drip",
                name="Fleet email sequence",
                type="email_drip",
                template_id="email-drip-v1",
                channels=("email",),
                segments=SEGMENTS,
                cta="book_demo",
                objective="lead_generation",
            ),
            Campaign(
                campaign_id="fleet-social-ads",
                name="Fleet on LinkedIn",
                type="social_ads",
                template_id="social-ad-v1",
                channels=("linkedin",),
                segments=SEGMENTS,
                cta="learn_more",
                objective="awareness",
            ),
            Campaign(
                campaign_id="fleet-landing-page",
                name="Fleet landing page",
                type="landing_page",
                template_id="landing-page-v1",
                channels=("google_ads",),
                segments=SEGMENTS,
                cta="book_demo",
                objective="conversion",
            ),
        ),
        templates=(drip, ads, page),
    )


COPY = {
    "subject": ("Device policy as a pull request", "Linux hosts, not a footnote"),
    "body": (
        "With GitOps, a change to a device policy can be a pull request: proposed, reviewed, merged.\n\n"
        "Linux hosts sit in Fleet beside macOS and Windows.",
        "Who changed that profile, and why? Keep the configuration in git, and git log can answer.",
    ),
    "cta_text": ("Book a demo", "See it on your OS"),
    "image": ("A terminal with a git log of device policies", "Six operating systems in one list"),
    "headline": ("Manage every OS from one system", "Keep device policy in git"),
    "subheadline": (
        "Linux, macOS, Windows, ChromeOS, iOS and Android in one place.",
        "Open source, so you can read it first.",
    ),
    "features": (
        "Built on osquery\nFull Apple MDM parity\nSelf-hosted or managed",
        "GitOps\nLive queries\nCIS benchmark policies for macOS",
    ),
}


def content() -> CampaignContent:
    made = templates()
    pieces = []
    for campaign in made.campaigns:
        template = made.template(campaign.template_id)
        assert template is not None
        names = [v.name for v in template.variables if v.filled_by == "content"]
        for segment in SEGMENTS:
            for step in template.steps:
                pieces.append(
                    ContentPiece(
                        piece_id=f"{campaign.campaign_id}/{segment}/{step.step}",
                        campaign_id=campaign.campaign_id,
                        template_id=template.template_id,
                        segment_id=segment,
                        step=step.step,
                        elements=tuple(
                            ContentElement(
                                variable=n,
                                variants=tuple(
                                    Variant(label=label, text=text) for label, text in zip("AB", COPY[n], strict=True)
                                ),
                            )
                            for n in names
                        ),
                        cta=campaign.cta,
                        cta_url="https://fleetdm.com/demo?utm_source=newsletter&utm_medium=email",
                        claims=(Claim(text="a pull request: proposed, reviewed, merged", fact_id="pull-request"),),
                        generated_by="playbook",
                        prompt_version="v1",
                        brand_voice_score=Decimal("0.92"),
                    )
                )
    return CampaignContent(venture_id="fleet", voice="technical", pieces=tuple(pieces))
