"""Campaign links: closed vocabularies, one medium a channel, nothing personal (SOP step 1.2, UTM parameter schema)."""

import re
from collections.abc import Iterator
from string import Formatter
from urllib.parse import parse_qsl, urlsplit

from gtm.domain.brief import VentureBrief
from gtm.domain.channels import ChannelPlan, UtmSchema

PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
_FIELDS = {"year", "month", "medium", "name"}
_CONTENT_FIELDS = {"template", "step", "variant", "segment", "campaign"}
_WORD = re.compile(r"^[a-z0-9][a-z0-9_-]*$")
_PERSONAL: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an e-mail address", re.compile(r"[^\s@=&?]+(?:@|%40)[^\s@=&?]+\.[a-z]{2,}", re.I)),
    ("a telephone number", re.compile(r"(?<![\d-])\+?\d(?:[ ().-]?\d){8,}(?!\d)")),
    ("a name placeholder", re.compile(r"(?:first|last|full)[_-]?name|\{\{?\s*(?:email|phone|lead_id)\s*\}?\}", re.I)),
)


def personal_data(text: str) -> str:
    """What sort of personal data a text seems to carry; empty when none."""
    return next((name for name, shape in _PERSONAL if shape.search(text)), "")


def pattern_fields(pattern: str) -> set[str] | None:
    """The placeholders of a pattern such as `{year}-{month}-{medium}-{name}`; None when it cannot be read."""
    try:
        return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
    except ValueError:
        return None


def schema_faults(plan: ChannelPlan, brief: VentureBrief) -> Iterator[str]:
    """What is wrong with a plan's UTM schema, a phrase each.

    Lower case and closed vocabularies for sources and mediums, one medium a channel and none shared by two channels
    with different rules of the venture, and the venture's own codes and campaign pattern where it has some.
    """
    schema = plan.utm
    yield from _vocabulary_faults(schema)
    yield from _pattern_faults(schema)
    rules = {rule.channel: rule.medium for rule in brief.utm.mediums}
    used = {(choice.utm_source, choice.utm_medium) for choice in plan.channels}
    if len(used) != len(plan.channels):
        yield "two channels have the same source and medium, so their clicks cannot be told apart"
    for choice in plan.channels:
        for name, value, words in (
            ("source", choice.utm_source, schema.sources),
            ("medium", choice.utm_medium, schema.mediums),
        ):
            if value not in words:
                yield f"{choice.channel}: {name} {value!r} is not in the schema's vocabulary"
        rule = rules.get(choice.channel)
        if rule and choice.utm_medium != rule:
            yield f"{choice.channel}: the venture's own medium is {rule!r}, not {choice.utm_medium!r}"
        owner = next((channel for channel, medium in rules.items() if medium == choice.utm_medium), None)
        if owner and rule is None and not _same_kind(owner, choice.channel):
            yield f"{choice.channel}: {choice.utm_medium!r} is the venture's medium for {owner}"
    own = _own_pattern(brief.utm.campaign_pattern)
    if own and schema.campaign_pattern != own:
        yield f"the venture's campaign pattern is {own!r}, not {schema.campaign_pattern!r}"
    if not brief.utm.campaign_pattern and not schema.lower_case_campaign:
        yield "campaign names are not lower case, and no rule of the venture asks for that"


def _own_pattern(text: str) -> str:
    """The venture's pattern in the schema's spelling: `YYYY-MM-<medium>-<Name>` is `{year}-{month}-{medium}-{name}`."""
    spelled = {"YYYY": "{year}", "MM": "{month}", "<medium>": "{medium}", "<Name>": "{name}", "<name>": "{name}"}
    for theirs, ours in spelled.items():
        text = text.replace(theirs, ours)
    return text.strip()


def _same_kind(one: str, other: str) -> bool:
    social = {"linkedin", "facebook_ads", "instagram_ads", "twitter_ads"}
    return one in social and other in social


def _vocabulary_faults(schema: UtmSchema) -> Iterator[str]:
    for name, words in (("sources", schema.sources), ("mediums", schema.mediums)):
        if not words:
            yield f"there are no {name}"
        yield from (f"{name}: {w!r} is named twice" for w in sorted({w for w in words if words.count(w) > 1}))
        yield from (f"{name}: {w!r} is not lower case" for w in words if not _WORD.match(w))
        yield from (f"{name}: {w!r} carries {found}" for w in words if (found := personal_data(w)))


def _pattern_faults(schema: UtmSchema) -> Iterator[str]:
    for name, pattern, allowed in (
        ("campaign_pattern", schema.campaign_pattern, _FIELDS),
        ("content_pattern", schema.content_pattern, _CONTENT_FIELDS),
    ):
        fields = pattern_fields(pattern)
        if fields is None:
            yield f"{name} {pattern!r} cannot be read"
            continue
        for field in sorted(fields - allowed):
            personal = " (personal data)" if personal_data(field) or field in ("email", "phone", "lead_id") else ""
            yield f"{name} uses {{{field}}}{personal}; allowed are {', '.join(sorted(allowed))}"
        if name == "campaign_pattern" and "name" not in fields:
            yield "campaign_pattern lacks {name}, so campaigns cannot be told apart"
        if found := personal_data(pattern):
            yield f"{name} carries {found}"


def link_faults(url: str, plan: ChannelPlan, hosts: frozenset[str]) -> Iterator[str]:
    """What is wrong with a tracked link, a phrase each.

    Args:
        url: the link of a call to action.
        plan: the channel plan whose vocabularies the link must keep to.
        hosts: hosts that the venture's links may lead to, lower case.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        yield f"{url!r} is no address"
        return
    if parts.scheme != "https":
        yield f"the link is {parts.scheme or 'without a scheme'}, not https"
    if parts.username or parts.password:
        yield "the link carries a user name or password"
    if host not in hosts:
        yield f"the link leads to {host or 'nowhere'}, not to {', '.join(sorted(hosts))}"
    query = parse_qsl(parts.query, keep_blank_values=True)
    values = dict(query)
    for name in PARAMETERS[:3]:
        if not values.get(name):
            yield f"{name} is missing"
    yield from (
        f"{name} is given twice" for name in sorted({n for n, _ in query if [q for q, _ in query].count(n) > 1})
    )
    pairs = {(c.utm_source, c.utm_medium) for c in plan.channels}
    pair = (values.get("utm_source", ""), values.get("utm_medium", ""))
    if all(pair) and pair not in pairs:
        yield f"source {pair[0]!r} with medium {pair[1]!r} belongs to no channel of the plan"
    for name, value in query:
        if found := personal_data(value):
            yield f"{name} carries {found}"
        if (
            name in PARAMETERS
            and value != value.lower()
            and not (name == "utm_campaign" and not plan.utm.lower_case_campaign)
        ):
            yield f"{name} {value!r} is not lower case"
    campaign = values.get("utm_campaign", "")
    if campaign and not campaign_matches(plan.utm, campaign):
        yield f"utm_campaign {campaign!r} does not follow {plan.utm.campaign_pattern!r}"


def campaign_matches(schema: UtmSchema, campaign: str) -> bool:
    """Whether a campaign name follows the schema's pattern; the medium in it must be one of the schema's."""
    mediums = "|".join(re.escape(m) for m in sorted(schema.mediums, key=len, reverse=True))
    groups = {
        "year": r"20\d\d",
        "month": r"(?:0[1-9]|1[0-2])",
        "medium": f"(?:{mediums})",
        "name": r"[A-Za-z0-9][\w-]*",
    }
    shape = ""
    for literal, name, _, _ in Formatter().parse(schema.campaign_pattern):
        shape += re.escape(literal) + (groups.get(name, r"[\w-]+") if name is not None else "")
    return re.fullmatch(shape, campaign) is not None
