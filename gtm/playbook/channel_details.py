"""What the house knows of each channel, told with the venture's own facts (SOP step 1.2): parameters, UTM, tracking."""

import re
from decimal import Decimal
from typing import get_args

from gtm.domain.brief import Fact, Offer, Segment, VentureBrief
from gtm.domain.channels import ChannelParameter, UtmSchema
from gtm.domain.money import usd
from gtm.domain.names import WEEKDAYS, in_text
from gtm.domain.spec import Policies
from gtm.domain.statements import without_stop
from gtm.domain.vocabulary import PAID_CHANNELS, Channel
from gtm.playbook.economics import cac_ceiling, install_cost, lead_cost_ceiling, percent

HOUSE_PATTERN = "{year}-{month}-{medium}-{name}"

SOURCES: dict[Channel, str] = {
    "email": "newsletter",
    "linkedin": "linkedin",
    "google_ads": "google",
    "facebook_ads": "facebook",
    "instagram_ads": "instagram",
    "twitter_ads": "x",
    "content_marketing": "blog",
    "webinars": "webinar",
    "events": "event",
    "influencer_partnerships": "creator",
}
MEDIUMS: dict[Channel, str] = {
    "email": "email",
    "linkedin": "paid_social",
    "google_ads": "paid_search",
    "facebook_ads": "paid_social",
    "instagram_ads": "paid_social",
    "twitter_ads": "paid_social",
    "content_marketing": "content",
    "webinars": "webinar",
    "events": "event",
    "influencer_partnerships": "influencer",
}
PLATFORMS: dict[Channel, str] = {
    "linkedin": "LinkedIn Campaign Manager",
    "google_ads": "Google Ads",
    "facebook_ads": "Meta Ads Manager",
    "instagram_ads": "Meta Ads Manager",
    "twitter_ads": "X Ads",
}
_AD_NETWORKS = ("linkedin", "facebook_ads", "instagram_ads", "twitter_ads")
_OWN: dict[Channel, str] = {
    "email": "not connected: mail goes to the SMTP server of the settings, by default a local sink",
    "content_marketing": "not connected: articles are planned here and published on {site} by hand",
    "webinars": "not connected: registrations come by the form on {site}; the session runs elsewhere",
    "events": "not connected: dates and invitations are planned here, the venue is not driven from here",
    "influencer_partnerships": "not connected: creators are booked by hand, each with a tracked link of their own",
}
_RATES = re.compile(r"\b(?:nano|micro|mid)\b", re.I)
_CREATOR_COST = re.compile(r"(?:acquisition cost|CAC)[^.]*\binfluencers?\b", re.I)
_ADS = re.compile(r"\btraditional ads\b|\bblock ads\b|\badvertis", re.I)
_NAMES: dict[Channel, re.Pattern[str]] = {
    "email": re.compile(r"\be-?mails?\b|\bnewsletter", re.I),
    "linkedin": re.compile(r"\blinkedin\b", re.I),
    "google_ads": re.compile(r"\bgoogle\b|\bsearch ads?\b", re.I),
    "facebook_ads": re.compile(r"\bfacebook\b", re.I),
    "instagram_ads": re.compile(r"\binstagram\b", re.I),
    "twitter_ads": re.compile(r"\btwitter\b", re.I),
    "content_marketing": re.compile(r"\bhandbooks?\b|\bblog\b|\bcontent\b", re.I),
    "webinars": re.compile(r"\bwebinars?\b|\bshow you\b", re.I),
    "events": re.compile(r"\bworkshops?\b|\bevents\b", re.I),
    "influencer_partnerships": re.compile(r"\binfluencers?\b|\bcreators?\b", re.I),
}


def credential_ref(brief: VentureBrief, channel: Channel) -> str | None:
    """Where the platform's token lies in the vault; None for a channel that needs none."""
    return f"vault://{brief.id}/{channel}/api-token" if channel in PLATFORMS else None


def integration(brief: VentureBrief, channel: Channel) -> str:
    """The platform behind a channel, and that it is not connected yet."""
    if channel in PLATFORMS:
        return (
            f"not connected: {PLATFORMS[channel]}; flights leave as a plan until {credential_ref(brief, channel)} is "
            "filled and its connector switched on"
        )
    return _OWN[channel].format(site=brief.website.value)


def tracking(brief: VentureBrief, channel: Channel, source: str, medium: str) -> str:
    """How a visit from the channel is recognised: links of our own first, a pixel only with consent."""
    text = f"First-party click redirect on {brief.website.value} with utm_source={source} and utm_medium={medium}"
    if channel == "email":
        return f"{text}; opens are counted by an image that mail clients may block, so clicks count first."
    if channel in PLATFORMS:
        return f"{text}; the pixel of {PLATFORMS[channel]} loads only after consent, conversions count without it."
    return f"{text}; no pixel."


def utm_words(brief: VentureBrief, channel: Channel) -> tuple[str, str]:
    """(source, medium) of a channel: the venture's own medium code where its rules name one."""
    rules = {rule.channel: rule.medium for rule in brief.utm.mediums}
    own = rules.get(channel)
    if own is None and channel in _AD_NETWORKS:
        # A rule for one social network (`so` is paid social) names the medium of its siblings too.
        own = next((medium for other, medium in rules.items() if other in _AD_NETWORKS), None)
    usual = MEDIUMS[channel]
    if own is None and usual in rules.values():
        # The venture calls another channel by the house's word, so this one goes by its source.
        usual = SOURCES[channel] if SOURCES[channel] not in rules.values() else f"{SOURCES[channel]}_{usual}"
    return SOURCES[channel], (own or usual).lower()


def utm_schema(brief: VentureBrief, channels: tuple[Channel, ...]) -> UtmSchema:
    """The closed vocabularies of the chosen channels, and the venture's own campaign pattern where it has one."""
    words = [utm_words(brief, channel) for channel in channels]
    pattern, own = _pattern(brief.utm.campaign_pattern)
    return UtmSchema(
        sources=tuple(dict.fromkeys(source for source, _ in words)),
        mediums=tuple(dict.fromkeys(medium for _, medium in words)),
        campaign_pattern=pattern,
        # A venture that has a naming rule keeps its own capitals (`2026-01-ps-Brand`); the house's are lower case.
        lower_case_campaign=not own,
    )


def _pattern(text: str) -> tuple[str, bool]:
    named = text.strip()
    for word, field in (
        ("YYYY", "{year}"), ("MM", "{month}"), ("<medium>", "{medium}"), ("<Name>", "{name}"), ("<name>", "{name}"),
    ):  # fmt: skip
        named = named.replace(word, field)
    fields = set(re.findall(r"\{([a-z]+)\}", named))
    sound = {"medium", "name"} <= fields <= {"year", "month", "medium", "name"}
    return (named, True) if sound else (HOUSE_PATTERN, False)


def parameters(
    brief: VentureBrief, channel: Channel, segments: tuple[Segment, ...], policies: Policies
) -> tuple[ChannelParameter, ...]:
    """Audience, format, frequency, bid strategy, offer and places of a channel, all from the venture's facts."""
    pairs = [
        ("audience", audience(brief, segments)),
        ("format", _format(brief, channel, segments)),
        ("frequency", _frequency(brief, channel, policies)),
        ("bid-strategy", _bid(brief, channel, policies)),
        ("offer", _offer(brief, channel, segments)),
        ("manner", _manner(brief, channel)),
        ("places", _places(brief)),
    ]
    return tuple(ChannelParameter(name=name, value=value) for name, value in pairs if value)


def _places(brief: VentureBrief) -> str:
    """Where a channel is shown, and by whose clocks: a zone may lie outside the countries that are targeted."""
    return f"{', '.join(brief.geography.countries)}; by the clocks of {', '.join(brief.geography.time_zones)}"


def audience(brief: VentureBrief, segments: tuple[Segment, ...]) -> str:
    """Whom a channel addresses: the segments' roles, else their profiles, with their names."""
    return "; ".join(
        segment.name + (f" ({', '.join(roles)})" if (roles := _further_roles(segment)) else "") for segment in segments
    ) or ", ".join(brief.geography.countries)


def _further_roles(segment: Segment) -> list[str]:
    """The roles that the segment's name does not say already (`Freelancers`, `Freelancer`)."""
    return [role for role in segment.roles if role.lower()[:8] not in segment.name.lower()]


def hooks(brief: VentureBrief, segments: tuple[Segment, ...]) -> tuple[Fact, ...]:
    """The claimable facts that may lead for these segments: proofs, then features, then the rest, each once."""
    found = [
        fact
        for kind in ("proof", "feature", "privacy", "offer", "pricing")
        for segment in segments
        for fact in brief.facts_for(segment.id)
        if fact.kind == kind
    ]
    return tuple(dict.fromkeys(found))


def hook(brief: VentureBrief, channel: Channel, segments: tuple[Segment, ...]) -> Fact | None:
    """The fact a channel leads with; channels take different ones, so that they do not all say the same."""
    found = hooks(brief, segments)
    return found[get_args(Channel).index(channel) % len(found)] if found else None


def said(fact: Fact) -> str:
    """A fact as a headline: its short form, else its text, without a full stop."""
    return without_stop(fact.short or fact.text)


def offer_for(brief: VentureBrief, channel: Channel, segments: tuple[Segment, ...]) -> Offer | None:
    """The offer a channel leads to: a session for webinars and events, else the first segment's own call to action."""
    if channel in ("webinars", "events"):
        session = next((o for o in brief.offers if o.cta == "register_webinar"), None)
        if session is not None:
            return session
    wanted = [segment.cta for segment in segments if segment.cta]
    ranked = [o for cta in wanted for o in brief.offers if o.cta == cta]
    return next(iter([*ranked, *brief.offers]), None)


def _offer(brief: VentureBrief, channel: Channel, segments: tuple[Segment, ...]) -> str:
    """What the channel leads to; where awareness or consideration weighs most, an ad offers knowledge before it."""
    offer = offer_for(brief, channel, segments)
    if offer is None:
        return ""
    text = _described(offer)
    goals = sorted(brief.market_strategy.objectives, key=lambda g: -g.weight)
    teaching = ("register_webinar", "download_resource", "learn_more")
    knowledge = next((o for o in brief.offers if o.cta in teaching and not o.assumed), None)
    first = goals[0].name if goals else ""
    if knowledge and knowledge is not offer and channel in PAID_CHANNELS and first in ("awareness", "consideration"):
        return f"{_described(knowledge)} first, then {text}"
    return text


def _described(offer: Offer) -> str:
    return f"{offer.name} ({in_text(offer.cta)}) at {offer.path}"


def _manner(brief: VentureBrief, channel: Channel) -> str:
    """How the venture itself wants to appear on the channel: its belief that names the platform, or ads at all."""
    beliefs = [f for f in brief.facts if f.kind == "belief"]
    named = next((f for f in beliefs if _NAMES[channel].search(f.text)), None)
    if named is None and channel in PAID_CHANNELS:
        named = next((f for f in beliefs if _ADS.search(f.text)), None)
    return named.text if named else ""


def _themes(brief: VentureBrief) -> str:
    return "; ".join(said(fact) for fact in brief.facts if fact.kind == "theme" and fact.claimable)


def _format(brief: VentureBrief, channel: Channel, segments: tuple[Segment, ...]) -> str:
    lead = hook(brief, channel, segments)
    about = f"“{said(lead)}”" if lead else f"“{segments[0].value_proposition if segments else brief.product}”"
    if channel == "google_ads":
        rivals = [f"{name} alternative" for name in brief.market_strategy.competitors]
        return f"responsive search ads on: {', '.join([brief.category, *rivals])}; headline {about}"
    if channel == "influencer_partnerships":
        rate = next((f for f in brief.facts if _RATES.search(f.text)), None)
        return f"paid creator posts that show {about}" + (
            f"; rates as the venture states them: {rate.text}" if rate else ""
        )
    if channel == "content_marketing":
        themes = _themes(brief)
        return f"articles on {themes}" if themes else f"articles that start from {about}"
    forms = {
        "email": f"one nurture sequence for each segment, plain text with one link, built on {about}",
        "linkedin": f"single-image and document ads on {about}",
        "facebook_ads": f"single-image and short video ads on {about}",
        "instagram_ads": f"vertical short video and carousel on {about}",
        "twitter_ads": f"short text and single-image posts on {about}",
        "webinars": f"live session with questions, shown rather than told: {about}",
        "events": f"hands-on workshop around {about}",
    }
    return forms[channel]


def _frequency(brief: VentureBrief, channel: Channel, policies: Policies) -> str:
    if channel == "email":
        window = policies.window(brief.audience)
        days = ", ".join(WEEKDAYS[day] for day in window.weekdays)
        hours = " or ".join(f"{r.start:%H:%M}-{r.end:%H:%M}" for r in window.ranges)
        return f"{days}, {hours} recipient time; at least {policies.delay_hours.default} h between two mails"
    if channel == "content_marketing":
        return "Monday and Wednesday"
    if channel in ("webinars", "events"):
        return "one session in the plan, reminders 7 days and 1 day before"
    if channel == "influencer_partnerships":
        return "from the launch on, each creator once, paid evenly over the flight"
    return f"every day; bids +{policies.ad_bid_adjustment} % in {_dayparts(brief, policies)}"


def _dayparts(brief: VentureBrief, policies: Policies) -> str:
    part = policies.ad_dayparts_b2b if brief.audience == "b2b" else policies.ad_dayparts_b2c
    zone = brief.geography.time_zones[0] if brief.geography.time_zones else "UTC"
    return f"{part.start:%H:%M}-{part.end:%H:%M} {zone}"


def _bid(brief: VentureBrief, channel: Channel, policies: Policies) -> str:
    if channel not in PAID_CHANNELS:
        return "none: an owned channel, the money pays for making it"
    if channel == "influencer_partnerships":
        own = next((f for f in brief.facts if _CREATOR_COST.search(f.text)), None)
        limit = said(own) if own else f"{usd(cac_ceiling(brief).amount)} a customer"
        return f"a fixed fee a post, no auction; a creator is booked again only within {limit}"
    install = install_cost(brief)
    if install is not None:
        return f"cost cap {usd(install[0])} per install, as {brief.name} states it: “{said(install[1])}”"
    ceiling = cac_ceiling(brief)
    rate = policies.target(brief.segment_type).conversion
    cap: Decimal = lead_cost_ceiling(brief, policies)
    return (
        f"cost cap {usd(cap)} per qualified lead: {usd(ceiling.amount)} a customer ({ceiling.basis}) at "
        f"{percent(rate)} conversion"
    )
