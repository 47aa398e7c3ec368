"""The closed vocabularies of stage 17 (domain.md): the same words in code, tables, API and docs."""

from typing import Literal

SegmentType = Literal["B2B_Enterprise", "B2B_SMB", "B2C_Mass", "B2C_Premium", "Hybrid"]
Objective = Literal["awareness", "consideration", "lead_generation", "conversion", "retention", "advocacy"]
Channel = Literal[
    "email",
    "linkedin",
    "google_ads",
    "facebook_ads",
    "instagram_ads",
    "twitter_ads",
    "content_marketing",
    "webinars",
    "events",
    "influencer_partnerships",
]
BrandVoice = Literal["professional", "friendly", "authoritative", "playful", "inspirational", "technical"]
CampaignType = Literal[
    "email_drip",
    "email_newsletter",
    "social_ads",
    "landing_page",
    "webinar_funnel",
    "content_series",
    "event_promotion",
    "product_launch",
]
Cta = Literal[
    "book_demo", "start_trial", "download_resource", "register_webinar", "contact_sales", "learn_more", "buy_now"
]
Audience = Literal["b2b", "b2c"]
ConsentPurpose = Literal["product", "newsletter", "events"]
"""What marketing mail is about, as far as people consent to it apart (GDPR, article 6(1)(a): a purpose each)."""
ConsentMode = Literal["single", "double"]
"""How a form's consent counts: as soon as it is given, or once its mailbox has confirmed it (double opt-in)."""
Tier = Literal["proven", "growth", "experimental"]
ChannelRole = Literal["primary", "secondary", "experimental"]
Metric = Literal[
    "impressions", "clicks", "ctr", "open_rate", "leads_per_week", "qualified_leads", "conversion_rate",
    "effectiveness", "cac", "cpl", "roas", "registrations", "installs", "customers", "retention_rate", "referrals",
]  # fmt: skip
Role = Literal["LEAD", "PLAN", "EXEC"]
AgentName = Literal["LEAD", "PLAN", "EXEC", "ContentGenerator", "WorkflowOrchestrator"]
StepId = Literal["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3"]
Checkpoint = Literal["strategy", "content", "campaigns", "automation", "final"]
PILOT_CHECKPOINT = "pilot"
"""The name under which a pilot's verdict stands among the approvals; it is no checkpoint of a run."""
PilotStatus = Literal["planned", "running", "paused", "ended", "launched", "stopped"]
"""`planned` holds everybody back; `paused` was stopped by a rule; `ended` waits for LEAD, who has it `launched` (the
rest is enrolled) or `stopped`."""

B2B_CHANNELS: frozenset[str] = frozenset({"linkedin", "webinars", "content_marketing", "events", "email", "google_ads"})
B2C_CHANNELS: frozenset[str] = frozenset(
    {"facebook_ads", "instagram_ads", "twitter_ads", "influencer_partnerships", "email", "google_ads"}
)
SOCIAL_CHANNELS: frozenset[str] = frozenset(
    {"linkedin", "facebook_ads", "instagram_ads", "twitter_ads", "influencer_partnerships"}
)
PAID_CHANNELS: frozenset[str] = frozenset(
    {"linkedin", "google_ads", "facebook_ads", "instagram_ads", "twitter_ads", "influencer_partnerships"}
)


def audience_of(segment_type: SegmentType) -> Audience:
    """Whom a segment type addresses; Hybrid counts as b2b, whose rules are the stricter ones."""
    return "b2c" if segment_type.startswith("B2C") else "b2b"
