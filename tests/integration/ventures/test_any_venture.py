"""Whatever brief intake and the entry gates let pass, the playbook serves to the end."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gtm.domain.brief import VentureBrief
from gtm.domain.errors import InvalidInput
from tests.integration.ventures.drafting import Change, brief_of, gates, journey

Body = dict[str, Any]
CTAS = (
    "book_demo", "start_trial", "download_resource", "register_webinar", "contact_sales", "learn_more", "buy_now"
)  # fmt: skip
NAMES = (
    "Acme", "Orbit", "Uber", "8fit", "X", "acme", "O'Hara", "Ben & Jerry's", "Ünïcode", "日本", "Ultimate Guitar",
    "A/B Lab", "Epic Games", "Acme Inc.", "iDoor", "A < B",
    "A venture whose name is as long as any name may be: sixty",
)  # fmt: skip
ROLES = ("8-bit artist", "usability engineer", "utility manager", "SRE", "hourly worker", "R&D lead", "Über-Manager")


def put(path: str, value: object) -> Change:
    """A change of one field, named as findings name it."""

    def change(body: Body) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        place: Any = body
        for part in parents:
            place = place[part]
        place[last] = value

    return change


def few(count: int) -> Change:
    """One segment, and as many facts that copy may claim."""

    def change(body: Body) -> None:
        body["segments"] = body["segments"][:1]
        told = [f for f in body["facts"] if f.get("claimable", True) and not f.get("assumed")]
        body["facts"] = [f | {"segments": []} for f in told if f["kind"] in ("feature", "proof", "pricing")][:count]

    return change


def single(cta: str, text: str = "") -> Change:
    """One offer, and every segment called to it."""

    def change(body: Body) -> None:
        body["offers"] = [body["offers"][0] | {"cta": cta, "cta_text": text, "name": f"{body['name']} offer"}]
        for segment in body["segments"]:
            segment["cta"] = cta

    return change


def wishing(*types: str, steps: int | None = None) -> Change:
    """Other campaigns; `steps` is for the e-mail sequence."""
    wishes = [{"type": t} | ({"steps": steps} if steps and t == "email_drip" else {}) for t in types]
    return put("campaigns", wishes)


def called(name: str) -> Change:
    """Another name, everywhere."""

    def change(body: Body) -> None:
        old = re.compile(rf"(?<![\w/.@-]){re.escape(body['name'])}(?![\w/@-])")
        text = old.sub(lambda _: json.dumps(name, ensure_ascii=False)[1:-1], json.dumps(body, default=str))
        text = text.replace("Inc..", "Inc.")
        body.clear()
        body.update(json.loads(text))
        for fact in body["facts"]:
            fact["short"] = fact.get("short", "")[:90]
        body["name"] = name[:60]

    return change


def every(part: str, **changes: Any) -> Change:
    """The same fields in every item of a list."""
    return lambda body: [item.update(changes) for item in body[part]]


def everywhere_on(*channels: str) -> Change:
    """Other channels, preferred by the venture and by every segment."""

    def change(body: Body) -> None:
        body["channels"] = list(channels)
        for segment in body["segments"]:
            segment["channels"] = list(channels)

    return change


def both(*changes: Change) -> Change:
    """One change after the other."""
    return lambda body: [change(body) for change in changes]


def served(example: str, change: Change) -> VentureBrief:
    """The brief after both gates have passed and every blocking check of steps 1.1 to 3.2 holds."""
    brief = brief_of(example, change)
    for verdict in gates(brief):
        assert verdict.passed, verdict.explain()
    assert journey(brief).faults == ()
    return brief


SERVED: dict[str, tuple[str, Change]] = {
    **{f"{name} with {n} facts": (name, few(n)) for name in ("fleet", "life", "posthog") for n in (2, 3)},
    **{f"offer {cta}": (("fleet", "life")[n % 2], both(few(9), single(cta))) for n, cta in enumerate(CTAS)},
    **{f"name {name[:20]}": (("fleet", "life")[n % 2], both(few(9), called(name))) for n, name in enumerate(NAMES)},
    **{f"id {i[:12]}": ("fleet", both(few(9), put("id", i))) for i in ("VENTURE-XXX", "Acme.Inc_1", "a" * 63, "A-")},
    **{f"{n} mails": ("fleet", wishing("email_drip", "landing_page", steps=n)) for n in (3, 7, 10)},
    "only mail": ("life", wishing("email_drip")),
    "only a webinar": ("life", wishing("webinar_funnel")),
    "only a newsletter": ("posthog", wishing("email_newsletter")),
    "only a launch": ("life", wishing("product_launch")),
    "mail and posts": ("fleet", wishing("email_drip", "content_series")),
    "roles": ("fleet", lambda b: [s.update(roles=list(ROLES)) for s in b["segments"]]),
    "no roles, no situation": ("fleet", every("segments", roles=[], situation=None)),
    "no competitors": ("posthog", put("market_strategy.competitors", [])),
    "no short forms": ("fleet", every("facts", short="")),
    "facts with exclamations": ("fleet", lambda b: [f.update(text=f["text"].rstrip(".") + "!") for f in b["facts"]]),
    "a long value proposition": (
        "life",
        put("segments.0.value_proposition", "see " + ", and see ".join(f"your {w} on one screen" for w in
            ("time", "money", "friends", "plans", "trips"))),
    ),
    "no social network": ("fleet", everywhere_on("content_marketing", "webinars", "events", "google_ads", "email")),
    "mail only": ("life", everywhere_on("email")),
    "no channel of the audience": ("fleet", everywhere_on("instagram_ads")),
    "a brand at the end of each scale": ("fleet", lambda b: b["brand"].update(formality=0, emotion=1, complexity=1)),
    "a cycle of three years": ("fleet", put("pricing.sales_cycle_days", 1000)),
    "the medium of another channel": (
        "fleet", put("utm", {"mediums": [{"medium": "email", "channel": "google_ads", "meaning": "search"}]})
    ),
}  # fmt: skip


@pytest.mark.parametrize(("example", "change"), SERVED.values(), ids=SERVED)
def test_a_brief_that_passes_the_gates_is_served_to_the_end(example: str, change: Change) -> None:
    served(example, change)


GATED: dict[str, tuple[Change, str, str]] = {
    "one fact": (few(1), "facts", "1 of the 2 facts"),
    "no fact": (few(0), "facts", "0 of the 2 facts"),
    "only ads": (wishing("social_ads"), "campaigns", "none that a workflow can carry"),
    "only posts": (wishing("content_series"), "campaigns", "none that a workflow can carry"),
    "a small budget": (put("financial_model.monthly.value", 999), "financial_model.monthly", "$1,000.00-$1,000,000.00"),
    "a short positioning": (
        lambda b: b["market_strategy"].update(positioning="Ours is better", differentiators=[]),
        "market_strategy.positioning", "50-200 are allowed",
    ),
    "a shouted value": (put("segments.0.value_proposition", "Get it NOW for FREE"), "segments.it-platform", "shouting"),
    "a banned value": (put("segments.0.value_proposition", "seamless devices"), "segments.it-platform", "seamless"),
    "an endless value": (put("segments.0.value_proposition", "your own word " * 20), "segments", "at most 200"),
    "a situation that claims": (
        put("segments.0.situation.value", "Most security teams already run it."), "segments.it-platform.situation",
        "a count of those who use it",
    ),
    "a misspelt fact": (put("facts.3.text", "It saves alot of time."), "facts.pull-request.text", "alot"),
    "a placeholder": (put("facts.3.text", "It saves [COMPANY] time."), "facts.pull-request.text", "[COMPANY]"),
    "a name that ends sentences": (called("Yahoo!"), "name", "ends a sentence"),
    "a vague button": (put("offers.0.cta_text", "Click here"), "offers.demo.cta_text", "does not say what happens"),
    "a banned name": (put("brand.banned_words", ["fleet"]), "brand.banned_words", "own name"),
    "a banned article": (put("brand.banned_words", ["the"]), "brand.banned_words", "no sentence can do without"),
    "a customer for a billion": (put("pricing.target_cac", {"value": 10**9}), "pricing.target_cac", "$10,000,000.00"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "field", "word"), GATED.values(), ids=GATED)
def test_a_brief_that_could_not_be_served_is_stopped_at_gate_1(change: Change, field: str, word: str) -> None:
    verdict = gates(brief_of("fleet", change))[0]
    assert [check.name for check in verdict.failures] == ["entry.market_strategy.can_be_served"]
    assert field in verdict.failures[0].detail and word in verdict.failures[0].detail
    found = [f for f in verdict.findings if f.field.startswith(field) and word in f.detail]
    assert found and all(f.ask for f in found)


def test_no_segment_is_for_stage_11_to_mend() -> None:
    first, second = gates(brief_of("fleet", put("segments", [])))
    assert first.passed
    assert {check.detail for check in second.failures} == {"there is no segment."}


REFUSED: dict[str, tuple[Change, str, str]] = {
    "a path": (put("id", "../fleet"), "id", "has not the form"),
    "two dots": (put("id", "a..b"), "id", "single dots"),
    "a dot at the end": (put("id", "fleet."), "id", "single dots"),
    "an id of 64": (put("id", "a" * 64), "id", "63"),
    "a backslash": (put("id", "a\\b"), "id", "has not the form"),
    "a direction override": (put("name", "Fl\u202eeet"), "name", "U+202E (right-to-left override)"),
    "a zero width space": (put("facts.0.text", "a\u200bb"), "facts[0].text", "U+200B"),
    "a byte order mark": (put("offers.0.name", "a\ufeffb"), "offers[0].name", "U+FEFF"),
    "a control character": (put("segments.0.value_proposition", "a\u0007b"), "segments[0].value_proposition", "U+0007"),
    "an expression": (put("segments.0.value_proposition", "{{ 7 * 7 }}"), "segments[0].value_proposition", "{{"),
    "a statement": (put("source", "{% raw %}"), "source", "{%"),
    "a name of two lines": (put("name", "Fleet\nInc"), "name", "one line"),
    "an empty name": (put("name", "  "), "name", "too short"),
    "no offer": (put("offers", []), "offers", "too short"),
    "no zone": (put("geography.time_zones", []), "geography.time_zones", "too short"),
    "two mails": (wishing("email_drip", steps=2), "campaigns[0].steps", "greater than or equal to 3"),
    "eleven mails": (wishing("email_drip", steps=11), "campaigns[0].steps", "less than or equal to 10"),
    "plain http": (put("website.value", "http://fleet.example"), "website.value", "https://www.example.com"),
    "no scheme": (put("website.value", "fleet.example"), "website.value", "https://www.example.com"),
    "a pattern without a medium": (put("utm.campaign_pattern", "{year}-{name}"), "utm.campaign_pattern", "{medium}"),
    "a pattern that pads": (put("utm.campaign_pattern", "{medium:>99}-{name}"), "utm.campaign_pattern", "{medium}"),
}


@pytest.mark.parametrize(("change", "field", "word"), REFUSED.values(), ids=REFUSED)
def test_a_brief_that_is_none_is_refused_and_the_field_is_named(change: Change, field: str, word: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        brief_of("fleet", change)
    assert any(f.startswith(f"{field}: ") and word in f for f in refused.value.findings), refused.value.findings


@pytest.mark.parametrize("venture_id", ["VENTURE-XXX", "Acme.Inc_1", "b" * 63])
def test_what_is_derived_from_an_id_is_lower_case_and_short(venture_id: str) -> None:
    d = journey(served("fleet", put("id", venture_id))).dossier
    assert d.templates and d.content and d.workflows and d.channels
    ids = [c.campaign_id for c in d.templates.campaigns] + [w.workflow_id for w in d.workflows.workflows]
    assert all(i == i.lower() and len(i) <= 63 for i in ids) and len(set(ids)) == len(ids)
    assert all("utm_content=" in p.cta_url and "VENTURE" not in p.cta_url for p in d.content.pieces)
    assert {c.credential_ref.split("/")[2] for c in d.channels.channels if c.credential_ref} == {venture_id}


def test_a_sequence_is_as_long_as_wished_where_facts_carry_it() -> None:
    for wished, made in ((None, 5), (3, 3), (7, 7)):
        d = journey(served("fleet", wishing("email_drip", steps=wished))).dossier
        assert d.templates is not None and len(d.templates.templates[0].steps) == made


def test_without_a_session_the_webinar_is_left_out_and_said_so() -> None:
    brief = served("fleet", single("book_demo"))
    templates = journey(brief).dossier.templates
    assert templates is not None
    kinds = [c.type for c in templates.campaigns]
    assert kinds == ["email_drip", "social_ads", "landing_page"]
    assert "campaigns.session" in {f.code for f in gates(brief)[0].findings}


WORDS = st.text(alphabet="abcdeghiklmnoprstuw AEMRU", min_size=1, max_size=40).filter(lambda t: t.strip())


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
)
@given(
    name=WORDS, value=WORDS, role=WORDS, facts=st.integers(2, 9), cta=st.sampled_from(CTAS),
    voice=st.sampled_from(["professional", "friendly", "authoritative", "playful", "inspirational", "technical"]),
    steps=st.integers(3, 10), kind=st.sampled_from(["feature", "proof", "pricing", "belief", "privacy", "offer"]),
)  # fmt: skip
def test_any_words_pass_all_checks_or_are_stopped_at_a_gate(
    name: str, value: str, role: str, facts: int, cta: str, voice: str, steps: int, kind: str
) -> None:
    changes: list[Change] = [
        few(facts), single(cta), wishing("email_drip", "social_ads", "landing_page", steps=steps),
        put("name", name), put("segments.0.value_proposition", value), put("segments.0.roles", [role]),
        put("brand.voice", voice), every("facts", kind=kind),
    ]  # fmt: skip
    brief = brief_of("fleet", both(*changes))
    if all(verdict.passed for verdict in gates(brief)):
        assert journey(brief).faults == ()
