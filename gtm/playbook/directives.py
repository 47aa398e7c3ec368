"""What a person asks for in a rejection comment, as far as the playbook can honour it without a model.

A comment is read sentence by sentence. Whatever matches one of the forms below becomes a typed directive; every other
sentence is kept in `unhandled`, so that a draft says plainly what it could not act on.

The forms: words in quotes after avoid / do not say / drop / never use; shorter, shorten; a call to action by its name
(`book_demo`, "start trial"); a split `60/30/10`; drop / without / no CHANNEL and add / use CHANNEL; friendlier,
warmer, less formal and more formal, more professional; `4 emails`; start / launch / not before / later than YYYY-MM-DD.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, get_args

from pydantic import Field

from gtm.domain.base import Model, Text
from gtm.domain.budget import Split
from gtm.domain.vocabulary import Channel, Cta

TONE_STEP = Decimal("0.2")
"""How far one comment moves a voice's formality, on its scale of 0-1."""


class Directives(Model):
    """What the comments of a rejection ask for.

    Attributes:
        avoid_words: words or phrases that may not occur, lower case.
        shorter: whether copy is to be shortened.
        cta: the call to action that was asked for.
        split: proven/growth/experimental in percent, summing to 100.
        drop_channels, add_channels: channels to leave out and to take in.
        tone_shift: what is added to the voice's formality, -1 to 1.
        email_count: e-mails in a sequence, 3-10.
        starts: first day of the plan.
        unhandled: sentences that no rule covers, as they were written.
    """

    avoid_words: tuple[str, ...] = ()
    shorter: bool = False
    cta: Cta | None = None
    split: Split | None = None
    drop_channels: tuple[Channel, ...] = ()
    add_channels: tuple[Channel, ...] = ()
    tone_shift: Annotated[Decimal, Field(ge=-1, le=1)] = Decimal(0)
    email_count: Annotated[int, Field(ge=3, le=10)] | None = None
    starts: date | None = None
    unhandled: tuple[Text, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing at all was asked for."""
        return self == Directives()

    def notes(self) -> tuple[str, ...]:
        """One sentence a directive: what was taken up, and what could not be."""
        return (
            *_taken_up(self),
            *(f"Not acted on (no rule of the playbook covers it): {text}" for text in self.unhandled),
        )


_CHANNEL_NAMES: dict[str, Channel] = {
    "e-mail": "email", "email": "email", "mail": "email", "linkedin": "linkedin", "google ads": "google_ads",
    "google": "google_ads", "paid search": "google_ads", "search ads": "google_ads", "facebook ads": "facebook_ads",
    "facebook": "facebook_ads", "instagram ads": "instagram_ads", "instagram": "instagram_ads",
    "twitter ads": "twitter_ads", "x ads": "twitter_ads", "twitter": "twitter_ads", "x/twitter": "twitter_ads",
    "content marketing": "content_marketing", "content": "content_marketing", "webinars": "webinars",
    "webinar": "webinars", "events": "events", "event": "events",
    "influencer partnerships": "influencer_partnerships", "influencers": "influencer_partnerships",
    "influencer": "influencer_partnerships",
}  # fmt: skip
_CHANNEL_WORD = "|".join(
    re.escape(name) for name in sorted({*_CHANNEL_NAMES, *get_args(Channel)}, key=len, reverse=True)
)
_CHANNEL_LIST = rf"(?:the\s+)?((?:{_CHANNEL_WORD})(?:\s*(?:,|and|or|&|,\s*and)\s*(?:{_CHANNEL_WORD}))*)\b"
_DROP = re.compile(rf"\b(?:drop|without|no|remove|skip|cut)\s+{_CHANNEL_LIST}(?!\s+(?:copy|text)\b)", re.I)
_ADD = re.compile(rf"\b(?:add|include|bring in|try)\s+{_CHANNEL_LIST}", re.I)
_NEGATED = r"\b(?:don['’]?t|do not|never|must not|should not|shouldn['’]?t)\s+(?:\w+\s+)?"
_NOT_AN_ORDER = re.compile(
    _NEGATED + r"(?:drop|remove|skip|cut|add|include|bring in|try)\b"
    rf"|\b(?:{_CHANNEL_WORD})\s+(?:budgets?|spend|share|\d)"
    r"|\b(?:to|by)\s+\d+\s*%"
    r"|\bno (?:e-?)?mail (?:in|on|at|during|before|after)\b",
    re.I,
)
"""Sentences that name a channel and ask for something else: “don't drop webinars”, “cut its budget to 50 %”."""

_CHANNEL = re.compile(rf"\b(?:{_CHANNEL_WORD})\b", re.I)
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{1,60})[\"”“»]|(?<!\w)['‘]([^'’]{1,60})['’](?!\w)")
_AVOID = re.compile(
    r"\b(?:avoid|don['’]?t (?:say|use|write|call)|do not (?:say|use|write|call)|never (?:say|use|write)|drop|remove"
    r"|without|no|stop (?:saying|using)|lose|delete|cut)\b",
    re.I,
)
_SHORTER = re.compile(r"\b(?:shorter|shorten|too long|too wordy|tighter|tighten|trim|more concise|briefer)\b", re.I)
_SPLIT = re.compile(r"(?<![\d/])(\d{1,2}(?:\.\d)?)\s*/\s*(\d{1,2}(?:\.\d)?)\s*/\s*(\d{1,2}(?:\.\d)?)(?![\d/])")
_LESS_FORMAL = re.compile(r"\b(?:friendlier|more friendly|warmer|less formal|less stiff|more casual|looser)\b", re.I)
_MORE_FORMAL = re.compile(r"\b(?:more formal|more professional|less casual|more serious|less playful)\b", re.I)
_EMAILS = re.compile(r"\b(\d{1,2}|three|four|five|six|seven|eight|nine|ten)\s+e-?mails?\b", re.I)
_DATE = re.compile(r"\b(?:on|from|until|than|before|to|at|starts?|launch(?:es)?)\s+(\d{4}-\d{2}-\d{2})\b", re.I)
_NUMBERS = {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_CTA_PHRASES: dict[str, Cta] = {
    "book a demo": "book_demo", "start a trial": "start_trial", "start free trial": "start_trial",
    "start a free trial": "start_trial", "free trial": "start_trial", "register for a webinar": "register_webinar",
    "contact sales": "contact_sales", "learn more": "learn_more", "buy now": "buy_now",
    "download a resource": "download_resource",
}  # fmt: skip

Found = dict[str, object]


def read_comments(comments: Sequence[str]) -> Directives:
    """Read the comments of a rejection; later comments win where two contradict.

    Args:
        comments: free text as a person wrote it, oldest first.

    Returns:
        The directives, with every sentence that no rule covers in `unhandled`.
    """
    found: Found = {}
    unhandled: list[str] = []
    for comment in comments:
        for sentence in _sentences(comment):
            read = [reader(sentence) for reader in _READERS]
            if not any(read):
                unhandled.append(sentence)
            for part in read:
                _merge(found, part)
    return Directives.model_validate({**found, "unhandled": tuple(unhandled)})


def _sentences(comment: str) -> list[str]:
    # A dot inside a number or a date does not end a sentence.
    parts = re.split(r"(?<=[.!?;])\s+|[\r\n]+|;\s*", comment[:8000])
    return [part.strip(" \t-*•")[:1000] for part in parts if re.search(r"\w", part)]


def _merge(found: Found, part: Found) -> None:
    for key, value in part.items():
        earlier = found.get(key)
        if isinstance(earlier, tuple) and isinstance(value, tuple):
            found[key] = tuple(dict.fromkeys((*earlier, *value)))
        elif isinstance(earlier, Decimal) and isinstance(value, Decimal):
            found[key] = max(Decimal(-1), min(Decimal(1), earlier + value))
        else:
            found[key] = value
    for one, other in (("drop_channels", "add_channels"), ("add_channels", "drop_channels")):
        if one in part and other in found:
            found[other] = tuple(c for c in _tuple(found[other]) if c not in _tuple(part[one]))


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _avoid(sentence: str) -> Found:
    verb = _AVOID.search(sentence)
    if not verb:
        return {}
    words = [(a or b).strip().lower() for a, b in _QUOTED.findall(sentence[verb.end() :])]
    words = [word.strip(".,;:!?") for word in words]
    return {"avoid_words": tuple(dict.fromkeys(w for w in words if w))} if any(words) else {}


def _shorter(sentence: str) -> Found:
    return {"shorter": True} if _SHORTER.search(sentence) else {}


def _cta(sentence: str) -> Found:
    text = _unquoted_if_avoided(sentence).lower()
    if re.search(r"\b(?:not|no|avoid|instead of|drop)\s+(?:the\s+)?(?:cta\s+)?[a-z]+_[a-z]+", text):
        text = re.sub(r"\b(?:not|no|avoid|instead of|drop)\s+(?:the\s+)?(?:cta\s+)?[a-z]+_[a-z]+", "", text)
    for name in get_args(Cta):
        if re.search(rf"\b{name}\b", text):
            return {"cta": name}
    if not re.search(r"\b(?:cta|call to action|button)\b", text):
        return {}
    for phrase, cta in {**{n.replace("_", " "): n for n in get_args(Cta)}, **_CTA_PHRASES}.items():
        if phrase in text:
            return {"cta": cta}
    return {}


def _unquoted_if_avoided(sentence: str) -> str:
    return _QUOTED.sub("", sentence) if _avoid(sentence) else sentence


def _split(sentence: str) -> Found:
    match = _SPLIT.search(sentence)
    if not match:
        return {}
    proven, growth, experimental = (Decimal(part) for part in match.groups())
    if proven + growth + experimental != 100:
        return {}
    return {"split": Split(proven=proven, growth=growth, experimental=experimental)}


def _channels(sentence: str) -> Found:
    text = _QUOTED.sub("", sentence)
    if _NOT_AN_ORDER.search(text):
        return {}
    found: Found = {}
    for key, pattern in (("drop_channels", _DROP), ("add_channels", _ADD)):
        named = [name for match in pattern.finditer(text) for name in _CHANNEL.findall(match.group(1))]
        if named:
            found[key] = tuple(dict.fromkeys(_CHANNEL_NAMES.get(n.lower(), n.lower()) for n in named))
    return found


def _tone(sentence: str) -> Found:
    shift = Decimal(0)
    shift -= TONE_STEP if _LESS_FORMAL.search(sentence) else 0
    shift += TONE_STEP if _MORE_FORMAL.search(sentence) else 0
    return {"tone_shift": shift} if shift else {}


def _emails(sentence: str) -> Found:
    match = _EMAILS.search(sentence)
    if not match:
        return {}
    word = match.group(1).lower()
    count = _NUMBERS.get(word) or int(word) if word.isdigit() or word in _NUMBERS else 0
    return {"email_count": count} if 3 <= count <= 10 else {}


def _starts(sentence: str) -> Found:
    match = _DATE.search(sentence)
    if not match:
        return {}
    try:
        return {"starts": date.fromisoformat(match.group(1))}
    except ValueError:
        return {}


_READERS: tuple[Callable[[str], Found], ...] = (_avoid, _shorter, _cta, _split, _channels, _tone, _emails, _starts)


def _taken_up(directives: Directives) -> list[str]:
    said: list[str] = []
    if directives.avoid_words:
        said.append("Avoided as asked: " + ", ".join(f"“{word}”" for word in directives.avoid_words) + ".")
    if directives.shorter:
        said.append("Copy was shortened as asked.")
    if directives.cta:
        said.append(f"The call to action is {directives.cta} as asked.")
    if directives.split:
        parts = (directives.split.proven, directives.split.growth, directives.split.experimental)
        said.append("The split asked for is " + "/".join(str(part) for part in parts) + ".")
    if directives.drop_channels:
        said.append("Asked to leave out: " + ", ".join(directives.drop_channels) + ".")
    if directives.add_channels:
        said.append("Asked to take in: " + ", ".join(directives.add_channels) + ".")
    if directives.tone_shift:
        said.append(f"The voice was made {'more' if directives.tone_shift > 0 else 'less'} formal as asked.")
    if directives.email_count:
        said.append(f"Asked for a sequence of {directives.email_count} e-mails.")
    if directives.starts:
        said.append(f"Asked to start on {directives.starts.isoformat()}.")
    return said
