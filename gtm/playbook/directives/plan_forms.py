"""What a comment asks of the plan: the split, channels and their shares, objectives."""

import re
from collections.abc import Iterator
from decimal import Decimal

from gtm.domain.budget import Split
from gtm.domain.vocabulary import Channel, Objective
from gtm.playbook.directives.model import Refused, ShareAsked, WeightAsked
from gtm.playbook.directives.words import CHANNEL_NAMES, CHANNEL_WORD, QUOTED, Found, negated

SHARE_STEP = Decimal(20)
"""Percent of a channel's line by which “less for LinkedIn” moves it, where no figure is given."""

_CHANNEL_LIST = rf"(?:the\s+)?((?:{CHANNEL_WORD})(?:\s*(?:,|and|or|&|,\s*and)\s*(?:{CHANNEL_WORD}))*)\b"
_DROP = re.compile(rf"\b(?:drop|without|no|remove|skip|cut)\s+{_CHANNEL_LIST}(?!\s+(?:copy|text)\b)", re.I)
_ADD = re.compile(rf"\b(?:add|include|bring in|try)\s+{_CHANNEL_LIST}", re.I)
_NEGATED = r"\b(?:don['’]?t|do not|never|must not|should not|shouldn['’]?t)\s+(?:\w+\s+)?"
_NOT_AN_ORDER = re.compile(
    _NEGATED + r"(?:drop|remove|skip|cut|add|include|bring in|try)\b"
    rf"|\b(?:{CHANNEL_WORD})\s+(?:budgets?|spend|share|\d)"
    r"|\b(?:to|by)\s+\d+(?:\.\d+)?\s*(?:%|percent|per cent|points)"
    r"|\bno (?:e-?)?mails? (?:in|on|at|during|before|after)\b"
    r"|\bno (?:(?:e-?)?mails?|content) \w+day\b",
    re.I,
)
"""Sentences that name a channel and ask for something else: “don't drop webinars”, “cut its budget to 50 %”."""

_CHANNEL = re.compile(rf"\b(?:{CHANNEL_WORD})\b", re.I)
_SPLIT = re.compile(r"(?<![\d/])(\d{1,2}(?:\.\d)?)\s*/\s*(\d{1,2}(?:\.\d)?)\s*/\s*(\d{1,2}(?:\.\d)?)(?![\d/])")

_PERCENT = r"(\d{1,3}(?:\.\d{1,2})?)\s*(?:%|percent\b|per cent\b)(?!\s+(?:more|less)\b)"
_LINE = r"(?:budgets?|share|spend|spending|line|part)"
_OF = rf"(?:the\s+)?(?:{_LINE}\s+(?:of|for)\s+)?(?:the\s+)?({CHANNEL_WORD})(?:['’]s)?(?:\s+(?:ad\s+)?{_LINE})?"
_DOWN = r"(?:cut|reduce|lower|decrease|shrink|trim)"
_UP = r"(?:raise|increase|boost|lift|grow)"
_SET = (
    re.compile(rf"\b(?:give|allocate|assign|set|bring|{_DOWN}|{_UP})\s+{_OF}\s+(?:to\s+|at\s+)?{_PERCENT}", re.I),
    re.compile(
        rf"\b{_OF}\s*(?:(?:should|must)\s+(?:be|get|have)|is|be|gets?|to|at|of|=|:)\s*(?:only\s+|at\s+)?{_PERCENT}",
        re.I,
    ),
    re.compile(rf"(?:,|\band)\s+{_OF}\s+(?:to\s+|at\s+)?{_PERCENT}", re.I),
)
_FOR = re.compile(
    rf"{_PERCENT}\s+(?:of (?:the )?(?:budget|money|spend)\s+)?(?:to|for|on|into|in)\s+(?:the\s+)?({CHANNEL_WORD})\b",
    re.I,
)
_BY = re.compile(
    rf"\b({_DOWN}|{_UP})\s+{_OF}\s+by\s+(\d{{1,3}}(?:\.\d{{1,2}})?)\s*"
    r"(percentage points|points|pp\b|%(?:[- ]points)?|percent\b|per cent\b)",
    re.I,
)
_LESS_OR_MORE = re.compile(
    rf"\b(less|more)\s+(?:for|(?:money|budget|spend)\s+(?:for|on|to|in|into))\s+(?:the\s+)?({CHANNEL_WORD})\b", re.I
)

_OBJECTIVES: dict[str, Objective] = {
    "awareness": "awareness", "consideration": "consideration", "lead generation": "lead_generation",
    "lead_generation": "lead_generation", "leads": "lead_generation", "conversions": "conversion",
    "conversion": "conversion", "revenue": "conversion", "sales": "conversion", "retention": "retention",
    "advocacy": "advocacy", "referrals": "advocacy",
}  # fmt: skip
_GOAL = rf"(?:the\s+)?({'|'.join(sorted(_OBJECTIVES, key=len, reverse=True))})\b(?:\s+(?:objective|goal))?"
_FIRST = (
    re.compile(
        rf"\b(?:put|rank|place|move|set|make)\s+{_GOAL}\s+(?:\w+\s+){{0,3}}?(?:first|top|highest|foremost)\b", re.I
    ),
    re.compile(rf"\b(?:prioriti[sz]e|lead with)\s+{_GOAL}", re.I),
    re.compile(rf"\b{_GOAL}\s+(?:(?:should|must|has to)\s+)?(?:comes?|be|goes?|is)?\s*first\b", re.I),
)
_WEIGHT = r"(0?\.\d{1,2}|[01](?:\.\d{1,2})?|\d{1,3}\s?%)"
_WEIGHTS = (
    re.compile(
        rf"\b{_GOAL}(?:['’]s)?\s+(?:a\s+)?weigh(?:t|s)?(?:\s+of)?\s*(?:to|at|=|:|(?:should|must)\s+be|is)?\s*{_WEIGHT}",
        re.I,
    ),
    re.compile(rf"\bweight\s+(?:of|for|on)\s+{_GOAL}\s*(?:to|at|of|=|:|(?:should|must)\s+be|is)?\s*{_WEIGHT}", re.I),
    re.compile(rf"\b(?:weigh|weight)\s+{_GOAL}\s+(?:at|with|by)\s*{_WEIGHT}", re.I),
    re.compile(rf"\b(?:give)\s+{_GOAL}\s+a\s+weight\s+of\s+{_WEIGHT}", re.I),
)
_LEFT_OUT = r"\b(?:drop|remove|leave out|skip|delete|cut|without)\s+(?:the\s+)?"
_NAME = f"({'|'.join(sorted(_OBJECTIVES, key=len, reverse=True))})"
_DROPPED = (
    re.compile(rf"{_LEFT_OUT}{_NAME}\s+(?:objective|goal)\b", re.I),
    re.compile(rf"{_LEFT_OUT}(?:objective|goal)\s+(?:of\s+)?{_NAME}\b", re.I),
)


def split(sentence: str) -> Found:
    """A split such as 60/30/10 that sums to 100."""
    match = _SPLIT.search(sentence)
    if not match or negated(sentence, match.start()):
        return {}
    proven, growth, experimental = (Decimal(part) for part in match.groups())
    if proven + growth + experimental != 100:
        return {}
    return {"split": Split(proven=proven, growth=growth, experimental=experimental)}


def channels(sentence: str) -> Found:
    """Drop, without, no CHANNEL; add, include, try CHANNEL."""
    text = QUOTED.sub("", sentence)
    if _NOT_AN_ORDER.search(text):
        return {}
    found: Found = {}
    for key, pattern in (("drop_channels", _DROP), ("add_channels", _ADD)):
        named = [name for match in pattern.finditer(text) for name in _CHANNEL.findall(match.group(1))]
        if named:
            found[key] = tuple(dict.fromkeys(_channel(n) for n in named))
    return found


def _channel(word: str) -> Channel:
    return CHANNEL_NAMES[word.lower()]


def shares(sentence: str) -> Found:
    """What a channel should get: `give LinkedIn 40 %`, `email budget to 30%`, `cut LinkedIn by 20 %`."""
    text = QUOTED.sub("", sentence)
    found = sorted(_shares(text), key=lambda pair: pair[0])
    asked = tuple(share for _, share in found)
    too_much = [
        s for s in asked if (s.kind == "to" and not 0 < s.percent < 100) or (s.kind == "by" and s.percent <= -100)
    ]
    if too_much:
        why = "a channel in the plan gets more than nothing and less than everything; to leave one out, say: drop it"
        return {"refused": tuple(Refused(asked=s.told, why=why) for s in too_much)}
    return {"shares": asked} if asked else {}


def _shares(text: str) -> Iterator[tuple[int, ShareAsked]]:
    taken: set[int] = set()
    for match in _BY.finditer(text):
        if negated(text, match.start()):
            continue
        sign = -1 if re.match(_DOWN, match.group(1), re.I) else 1
        kind = "points" if "point" in match.group(4).lower() or match.group(4).lower() == "pp" else "by"
        taken.add(match.start(3))
        yield (
            match.start(),
            ShareAsked(channel=_channel(match.group(2)), kind=kind, percent=sign * Decimal(match.group(3))),
        )
    for pattern, channel, percent in (*((pattern, 1, 2) for pattern in _SET), (_FOR, 2, 1)):
        for match in pattern.finditer(text):
            at = match.start(percent)
            if at in taken or negated(text, match.start()):
                continue
            taken.add(at)
            amount = Decimal(match.group(percent))
            yield match.start(), ShareAsked(channel=_channel(match.group(channel)), kind="to", percent=amount)
    if not taken:
        for match in _LESS_OR_MORE.finditer(text):
            if not negated(text, match.start()):
                step = -SHARE_STEP if match.group(1).lower() == "less" else SHARE_STEP
                yield match.start(), ShareAsked(channel=_channel(match.group(2)), kind="by", percent=step)


def objectives(sentence: str) -> Found:
    """Put revenue first; awareness weight 0.5; drop the awareness objective."""
    found: Found = {}
    for match in (m for pattern in _FIRST for m in pattern.finditer(sentence)):
        if not negated(sentence, match.start()):
            found.setdefault("lead_objective", _OBJECTIVES[match.group(1).lower()])
    weights: dict[Objective, WeightAsked] = {}
    for match in (m for pattern in _WEIGHTS for m in pattern.finditer(sentence)):
        weight = _weight(match.group(2))
        if weight is not None and not negated(sentence, match.start()):
            name = _OBJECTIVES[match.group(1).lower()]
            weights.setdefault(name, WeightAsked(objective=name, weight=weight))
    if weights:
        found["weights"] = tuple(weights.values())
    dropped = [
        _OBJECTIVES[match.group(1).lower()]
        for pattern in _DROPPED
        for match in pattern.finditer(sentence)
        if not negated(sentence, match.start())
    ]
    if dropped:
        found["drop_objectives"] = tuple(dict.fromkeys(dropped))
    return found


def _weight(text: str) -> Decimal | None:
    weight = Decimal(text.rstrip("% ")) / 100 if text.endswith("%") else Decimal(text)
    return weight if 0 <= weight <= 1 else None
