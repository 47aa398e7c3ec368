"""What a heading or a label speaks of: a closed list of topics, each with the words that people use for it."""

import re
from functools import lru_cache

_TOPICS: dict[str, str] = {
    "pricing_status": r"pric(?:ing|es?) status",
    "status": r"(?:strategy |document |approval )?status",
    "last_updated": r"(?:date )?(?:last )?(?:updated|changed|revised|modified)(?: on)?|as of|date",
    "name": r"(?:company|venture|business|brand|product|project) ?name|name|company|venture|startup",
    "website": r"(?:our )?(?:web ?site|home ?page|site)(?: address| url)?|url|domain",
    "segment_type": r"(?:customer |market )?segment type|business type|customer type|market type|sells to|b2b or b2c",
    "category": r"(?:product |market )?category|kind of product",
    "features": r"(?:key |core |main |product )?(?:features|capabilities|benefits)",
    "product": r"(?:the |our )?product(?: description| overview| summary)?|(?:the |our )?solution"
    r"|what (?:it|we) (?:is|do|does|are|build|sell|offer)|one[- ]liner|elevator pitch",
    "positioning": r"(?:market |competitive |our )?positioning(?: statement)?",
    "value": r"values?|(?:unique |core )?value prop(?:osition)?s?(?: (?:by|per|for each) segment)?",
    "segments": r"(?:customer |target |market |our )?(?:segments?|audiences?|customers|personas?|customer profiles?)"
    r"(?:,? (?:ranked|in order|by priority|in order of priority))?|target markets?|icps?|ideal customer(?: profile)?s?"
    r"|who (?:it is|we are|it's) for",
    "roles": r"decision[- ]?makers?|(?:buyer |buying )?roles?|buyers|job titles|titles",
    "profile": r"profile|who(?: they are)?|description|about them",
    "size": r"(?:segment |market )?size",
    "growth": r"(?:segment |market )?growth(?: rate)?",
    "accessibility": r"accessibility|reach|how (?:we|to) reach them|how they are reached|where (?:to find )?they are",
    "priority": r"priority|rank|ranking|no|#",
    "pricing_model": r"pricing model|revenue model|how it is priced",
    "price": r"(?:list )?prices?|price point",
    "pricing": r"pricing(?: and packaging)?|plans and pricing",
    "voice": r"(?:brand |our )?(?:voice|tone)(?: of voice)?(?: and (?:tone|voice))?|brand",
    "voice_description": r"(?:voice |brand )?description",
    "formality": r"formality",
    "emotion": r"emotion(?:ality)?|warmth",
    "complexity": r"complexity",
    "preferred": r"preferred words|words we (?:use|like|prefer)|vocabulary",
    "banned": r"(?:banned|forbidden) words|words (?:we (?:avoid|never use)|to avoid)|never (?:say|use)",
    "budget": r"(?:(?:total |our )?(?:monthly|annual|yearly) )?(?:marketing )?(?:budget|spend)"
    r"(?: (?:by|per|a) (?:month|year))?|financials?|financial model",
    "channels": r"(?:marketing |preferred |distribution |our |acquisition )?channels?"
    r"(?: (?:preferred|mix|and tactics))?",
    "launch": r"launch(?: plan| date| calendar)?|go[- ]live",
    "cta": r"ctas?|calls?[- ]to[- ]actions?|offers",
    "time_zones": r"time ?zones?",
    "countries": r"(?:launch |target )?(?:countr(?:y|ies)|markets|geograph(?:y|ies)|regions?)",
    "proof": r"proof(?: points)?|evidence|traction|results|case stud(?:y|ies)|references|testimonials",
    "beliefs": r"(?:marketing |our )?(?:beliefs?|principles)|what we believe",
    "targets": r"(?:cost |growth |sales )?targets?|kpis?|key results|metrics",
    "themes": r"(?:content )?(?:themes?|pillars)(?: for .{1,30})?",
    "privacy": r"privacy",
    "competitors": r"(?:main |key |direct )?(?:competitors?|competition|alternatives|rivals)",
    "differentiators": r"(?:key )?differentiators?|what (?:makes us|is) different|unique selling points?|usps?",
    "goals": r"(?:marketing |strategic |campaign |business |our )?(?:goals?|objectives?)(?: in order)?",
    "weight": r"weights?|share|importance",
    "utm": r"utm(?: rules| naming| conventions?)?|campaign naming",
    "scoring": r"lead[- ]scor(?:e|ing)(?: model)?(?: of \d+(?:, cut at \d+)?)?|scoring",
    "source": r"sources?",
    "address": r"(?:postal |mailing |company )address|address",
    "page": r"page|path|landing page|link",
    "button": r"button(?: text)?|cta text",
    "offer_name": r"offer(?: name)?",
    "month": r"months?",
    "points": r"points?|scores?",
    "attribute": r"attribute|criterion|criteria",
    "kind": r"kind|type",
    "fact": r"facts?|claims?|statements?",
}
_COMPILED = {topic: re.compile(pattern) for topic, pattern in _TOPICS.items()}
_LEAD = re.compile(
    r"(?:the )?(sales cycle|(?:monthly |annual |yearly |marketing )*budget|"
    r"pricing|lead score|acv|ltv|target cac|launch)\b",
    re.I,
)
SECTIONS = frozenset(
    [
        "product",
        "features",
        "positioning",
        "value",
        "segments",
        "pricing",
        "voice",
        "budget",
        "channels",
        "launch",
        "cta",
        "time_zones",
        "countries",
        "proof",
        "beliefs",
        "targets",
        "themes",
        "privacy",
        "competitors",
        "differentiators",
        "goals",
        "utm",
        "scoring",
        "source",
        "roles",
    ]
)
"""Topics that a heading may have, so that what stands below it speaks of them."""


@lru_cache(maxsize=4096)
def topic_of(label: str) -> str | None:
    """The topic of a label, if it is one of ours; numbers before it and remarks in brackets do not count."""
    plain = re.sub(r"\([^)]*\)", " ", label.lower().replace("’", "'"))
    plain = re.sub(r"^[\W\d_]+", "", plain) if len(plain) > 2 else plain
    plain = " ".join(plain.replace("_", " ").strip(" .:,;*").split())
    plain = re.sub(r"\s+(?:assumed|estimated)$", "", plain)
    return next((topic for topic, pattern in _COMPILED.items() if pattern.fullmatch(plain)), None)


def lead_topic(sentence: str) -> str | None:
    """The topic of a sentence that names it first, without a colon: `Budget assumed 50,000 USD a month.`"""
    found = _LEAD.match(sentence)
    if found is None:
        return None
    words = " ".join(found[1].lower().split())
    return {"sales cycle": "sales_cycle", "lead score": "scoring"}.get(words, topic_of(words) or "figure")
