"""What the grammars of the comments share: names of channels, numbers in words, quoted words, negation."""

import re

from gtm.domain.vocabulary import Channel

Found = dict[str, object]
"""Fields of `Directives` that one sentence sets."""

CHANNEL_NAMES: dict[str, Channel] = {
    "e-mail": "email", "email": "email", "mail": "email", "linkedin": "linkedin", "google ads": "google_ads",
    "google": "google_ads", "paid search": "google_ads", "search ads": "google_ads", "facebook ads": "facebook_ads",
    "facebook": "facebook_ads", "instagram ads": "instagram_ads", "instagram": "instagram_ads",
    "twitter ads": "twitter_ads", "x ads": "twitter_ads", "twitter": "twitter_ads", "x/twitter": "twitter_ads",
    "content marketing": "content_marketing", "content": "content_marketing", "webinars": "webinars",
    "webinar": "webinars", "events": "events", "event": "events",
    "influencer partnerships": "influencer_partnerships", "influencers": "influencer_partnerships",
    "influencer": "influencer_partnerships", "google_ads": "google_ads", "facebook_ads": "facebook_ads",
    "instagram_ads": "instagram_ads", "twitter_ads": "twitter_ads", "content_marketing": "content_marketing",
    "influencer_partnerships": "influencer_partnerships",
}  # fmt: skip
CHANNEL_WORD = "|".join(re.escape(name) for name in sorted(CHANNEL_NAMES, key=len, reverse=True))

QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{1,60})[\"”“»]|(?<!\w)['‘]([^'’]{1,60})['’](?!\w)")

NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
NUMBER = rf"(\d{{1,4}}|{'|'.join(NUMBERS)})"

_TURN = re.compile(r"\bbut\b|\binstead\b(?!\s+of)|\brather\b(?!\s+than)", re.I)
_NOT = re.compile(
    r"\b(?:don['’]?t|doesn['’]?t|do not|never|must not|mustn['’]?t|should not|shouldn['’]?t|not|no|nor|no longer|avoid"
    r"|skip|without|except|instead of|rather than|stop|cannot|can['’]?t|won['’]?t)\b",
    re.I,
)


def number(word: str) -> int:
    """The number that a word or figures say.

    Raises:
        KeyError: the word is none of one to ten.
    """
    return int(word) if word.isdigit() else NUMBERS[word.lower()]


def negated(sentence: str, at: int, *, across_commas: bool = False) -> bool:
    """Whether what begins at `at` is denied before it: “don't wait 72 hours”, “not on Mondays but on Tuesdays”.

    Args:
        sentence: the whole sentence.
        at: where the phrase begins.
        across_commas: whether a comma leaves the denial in force, as in a list of days.
    """
    before = _TURN.split(sentence[:at])[-1]
    if not across_commas:
        before = before.split(",")[-1]
    return bool(_NOT.search(before))
