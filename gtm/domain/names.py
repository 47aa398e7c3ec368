"""The closed vocabularies as a person reads them: no identifier of domain.md reaches a reader as it is stored."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""By Python's numbers, from 0 for Monday."""

NAMES: dict[str, str] = {
    "email": "Email",
    "linkedin": "LinkedIn",
    "google_ads": "Google Ads",
    "facebook_ads": "Facebook Ads",
    "instagram_ads": "Instagram Ads",
    "twitter_ads": "X (Twitter) Ads",
    "content_marketing": "Content marketing",
    "webinars": "Webinars",
    "events": "Events",
    "influencer_partnerships": "Influencer partnerships",
    "web": "Website",
    "email_drip": "Email sequence",
    "email_newsletter": "Newsletter",
    "social_ads": "Ads",
    "book_demo": "Book a demo",
    "start_trial": "Start a trial",
    "download_resource": "Download a resource",
    "register_webinar": "Register for a session",
    "contact_sales": "Contact sales",
    "learn_more": "Learn more",
    "buy_now": "Buy now",
    "database_insert": "New row",
    "first_touch": "First touch",
    "last_touch": "Last touch",
    "multi_touch": "Multi-touch",
    "revenue-musd": "Revenue, million USD",
    "cta": "Call to action",
    "cac": "CAC",
    "cpl": "CPL",
    "roas": "ROAS",
    "ctr": "CTR",
    "b2b": "B2B",
    "b2c": "B2C",
    "B2B_Enterprise": "B2B enterprise",
    "B2B_SMB": "B2B small and mid-size",
    "B2C_Mass": "B2C mass",
    "B2C_Premium": "B2C premium",
    "utm": "UTM",
    "csv": "CSV",
}

_ORGANIC = {
    "facebook_ads": "Facebook",
    "instagram_ads": "Instagram",
    "twitter_ads": "X (Twitter)",
    "google_ads": "Google",
}
_CAPITALISED_TEXT = """
african american arabic argentinian asian australian austrian belgian brazilian british bulgarian canadian catalan
caribbean chilean chinese colombian croatian czech danish dutch egyptian english estonian european finnish flemish
french german greek hebrew hindi hungarian icelandic indian indonesian irish israeli italian japanese korean latin
latvian lithuanian malaysian mediterranean mexican moroccan nigerian nordic norwegian peruvian portuguese
romanian russian scandinavian scottish serbian slovak slovenian spanish swahili swedish swiss thai turkish ukrainian
vietnamese welsh monday tuesday wednesday thursday friday saturday sunday january february april june july august
september october november december christmas easter
"""
_CAPITALISED = frozenset(_CAPITALISED_TEXT.split())
"""Words that English writes with a capital wherever they stand."""

_PROPER = frozenset({"linkedin", "google_ads", "facebook_ads", "instagram_ads", "twitter_ads"})


def name_of(word: str) -> str:
    """A vocabulary word with its capital: `google_ads` is Google Ads, `lead_generation` is Lead generation."""
    if word in NAMES:
        return NAMES[word]
    text = word.replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def in_text(word: str) -> str:
    """A vocabulary word inside a sentence: brands and abbreviations keep their capitals, other words lose theirs."""
    text = name_of(word)
    kept = word in _PROPER or text[:2].isupper() or text[1:2].isdigit()
    return text if kept else text[:1].lower() + text[1:]


def small_start(text: str) -> str:
    """The text as it goes on in a sentence: an abbreviation, a name such as LinkedIn and English keep their capital."""
    first = text.split(" ", 1)[0]
    kept = any(c.isupper() for c in first[1:]) or re.split(r"\W", first.lower(), maxsplit=1)[0] in _CAPITALISED
    return text if kept else text[:1].lower() + text[1:]


def without_name(text: str, name: str) -> str:
    """The text with a venture's name left out wherever it stands as a word of its own; no name is hype or a slip."""
    return _whole(name).sub("Venture", text) if name else text


@lru_cache(maxsize=64)
def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.I)


def network(channel: str) -> str:
    """A channel as the place of a post that nobody paid for: X (Twitter), not X (Twitter) Ads."""
    return _ORGANIC.get(channel, name_of(channel))


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`, each as inside a sentence."""
    return listed([in_text(word) for word in words])


def listed(words: Sequence[str], last: str = "and") -> str:
    """`A`, `A and B`, `A, B and C`, each as it is; nothing for none."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def counted(amount: int, one: str, many: str = "") -> str:
    """An amount with its noun: `1 workflow`, `3 workflows`, `1 branch`, `2 branches`."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def agreed(amount: int, one: str, many: str) -> str:
    """The verb that goes with an amount: 1 *holds*, 3 *hold*."""
    return one if amount == 1 else many


def day(value: date) -> str:
    """A date as a person reads it, `5 January 2026`."""
    return f"{value.day} {value:%B %Y}"
