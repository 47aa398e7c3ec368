"""What a comment asks of times: first day, delays, rate limits of triggers, days and hours of sending."""

import re
from datetime import date, time
from typing import Literal

from gtm.domain.names import WEEKDAYS
from gtm.playbook.directives.model import Refused
from gtm.playbook.directives.words import NUMBER, Found, negated, number

LONGEST_DELAY = 720
"""Hours (domain.md, configuration: delay 0-720 h)."""

_DATE = re.compile(r"\b(?:on|from|until|than|before|to|at|starts?|launch(?:es)?)\s+(\d{4}-\d{2}-\d{2})\b", re.I)

_UNIT = r"\s*-?\s*(hours?|hrs?|h|days?|weeks?)\b"
_WAITS = r"\b(?:wait(?:s|ing)?|delays?|gaps?|intervals?)\b"
_DELAYS = (
    re.compile(rf"{_WAITS}[^.;,]{{0,30}}?\bto\s+{NUMBER}{_UNIT}", re.I),
    re.compile(rf"{_WAITS}[^.;,]{{0,40}}?\b{NUMBER}{_UNIT}", re.I),
    re.compile(rf"\b{NUMBER}{_UNIT}\s+(?:between|apart|delays?|wait|gap)\b", re.I),
)
_ONE_MAIL = re.compile(
    r"\b(?:e-?mail|mail|step)\s+\d|\b(?:first|second|third|fourth|fifth|last|final)\s+(?:e-?mail|mail|wait|delay|step)\b"
    r"|\b(?:webinar|session|reminder|invitation|retry|retries|posts?|articles?)\b",
    re.I,
)
"""A wait of one mail, or of something else: no rule moves that alone."""

_MOST = (
    r"(?:at most|at maximum|no more than|not more than|max(?:imum)?(?:\s+of)?|up to"
    r"|limit(?:ed)?(?:\s+(?:it|this|them|the\s+rate|(?:the\s+|each\s+|every\s+|all\s+)?triggers?|starts))?(?:\s+to|:)?"
    r"|rate limit(?:\s+(?:of|to|is|should be))?:?|only)"
)
_TIMES = rf"(?:{NUMBER}(?:\s+(?:times?|starts?|leads?|runs?|triggers?|enrolments?|enrollments?))?|(once|twice))"
_RATE = re.compile(
    rf"\b{_MOST}\s+{_TIMES}\s*(?:per|an?|each|every|/)\s*(lead|person|contact|hour|day|week)\b"
    r"(?:\s*(?:per|for (?:each|every)|for an?|an?|each|/)\s*(lead|person|contact)\b)?",
    re.I,
)

_MAILING = re.compile(r"\b(?:send|sends|sending|sent|mails?|e-?mails?|go(?:es)? out|newsletters?)\b", re.I)
_NOT_MAIL = re.compile(
    r"\b(?:posts?|articles?|blogs?|launch(?:es)?|reviews?|ads?|sessions?|webinars?|reminders?)\b", re.I
)
_DAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})s?\b", re.I)
_HOUR = r"(\d{1,2})(?::(\d{2}))?\s*(am\b|pm\b|h\b|o['’]clock\b)?"
_BETWEEN = re.compile(rf"\bbetween\s+{_HOUR}\s+and\s+{_HOUR}", re.I)
_AT = re.compile(rf"\b(?:at|around)\s+{_HOUR}", re.I)


def starts(sentence: str) -> Found:
    """Start, launch, not before or later than YYYY-MM-DD."""
    match = _DATE.search(sentence)
    if not match:
        return {}
    try:
        return {"starts": date.fromisoformat(match.group(1))}
    except ValueError:
        return {}


def delays(sentence: str) -> Found:
    """Wait 72 hours, wait 3 days between the emails, change the delay from 48 to 72 h; for all mails of a sequence."""
    if _ONE_MAIL.search(sentence):
        return {}
    for pattern in _DELAYS:
        for match in pattern.finditer(sentence):
            if negated(sentence, match.start()) or negated(sentence, match.start(1)):
                continue
            hours = number(match.group(1)) * {"h": 1, "d": 24, "w": 168}[match.group(2)[0].lower()]
            if 1 <= hours <= LONGEST_DELAY:
                return {"delay_hours": hours}
            why = f"a wait between two mails is 1 to {LONGEST_DELAY} hours"
            return {"refused": (Refused(asked=f"a wait of {hours} hours", why=why),)}
    return {}


def rate(sentence: str) -> Found:
    """At most 2 per week, limit to 1 per day per lead.

    A trigger counts per lead for ever, or all its starts in an hour, day or week. So many a day *for each lead* is
    kept by `1 per lead`, the strictest there is.
    """
    for match in _RATE.finditer(sentence):
        if negated(sentence, match.start()):
            continue
        words, adverb, per, each = match.groups()
        count = number(words) if words else {"once": 1, "twice": 2}[adverb.lower()]
        unit = "lead" if per.lower() in ("lead", "person", "contact") else per.lower()
        asked = f"{count} per {unit}" + (" for each lead" if each and unit != "lead" else "")
        if count < 1:
            why = "a trigger that may never start is one to switch off, not to limit"
            return {"refused": (Refused(asked=f"a rate limit of {asked}", why=why),)}
        return {"rate_limit": "1 per lead" if each else f"{count} per {unit}", "rate_asked": asked}
    return {}


def send_times(sentence: str) -> Found:
    """Send on Wednesdays, no mail on Thursdays, send at 11:00, send between 10 and 12."""
    if not _MAILING.search(sentence) or _NOT_MAIL.search(sentence):
        return {}
    wanted: list[int] = []
    unwanted: list[int] = []
    for match in _DAY.finditer(sentence):
        day = WEEKDAYS.index(match.group(1).capitalize())
        (unwanted if negated(sentence, match.start(), across_commas=True) else wanted).append(day)
    found: Found = {}
    if wanted:
        found["send_days"] = tuple(sorted(set(wanted)))
    if unwanted:
        found["avoid_days"] = tuple(sorted(set(unwanted) - set(wanted)))
    return found | _hours(sentence)


def _hours(sentence: str) -> Found:
    between = _BETWEEN.search(sentence)
    if between and not negated(sentence, between.start()):
        noon = between.group(3) or between.group(6) or ""
        opens = _clock(between.group(1), between.group(2), noon if not between.group(3) else between.group(3))
        closes = _clock(between.group(4), between.group(5), between.group(6) or "")
        return {"send_from": opens, "send_until": closes} if opens and closes and opens < closes else {}
    at = _AT.search(sentence)
    if at and (at.group(2) or at.group(3)) and not negated(sentence, at.start()):
        opens = _clock(at.group(1), at.group(2), at.group(3) or "")
        if opens and opens.hour < 23:
            # An hour is open, because segments go out a quarter of an hour apart.
            return {"send_from": opens, "send_until": opens.replace(hour=opens.hour + 1)}
    return {}


def _clock(hour: str, minute: str | None, half: Literal["am", "pm"] | str) -> time | None:
    at, past = int(hour), int(minute or 0)
    if half.lower() == "pm" and at < 12:
        at += 12
    if half.lower() == "am" and at == 12:
        at = 0
    return time(at, past) if at < 24 and past < 60 else None
