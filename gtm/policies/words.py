"""Words and numbers of a text, reduced so that two texts can be compared without a language model."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

_STOP_TEXT = """
a an the and or but nor so of to in on at by for from with without into onto over under as is are was were be been
being it its this that these those they them their there here you your yours we our ours us i me my he she his her
not no do does did have has had can could will would may might should must if then than when while who whom whose
which what one how why all any each some such more most less least very just only also too up down out off about
between
"""
_STOP = frozenset(_STOP_TEXT.split())
_SUFFIX = re.compile(r"(?:ing|edly|ed|ies|es|s|ly|ment|ments|ation|ations|er|ers)$")
_UNITS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_LOOSE = r"(?:tens|hundreds|thousands|millions|billions|dozens)(?: of (?:hundreds|thousands|millions|billions))?"
_MEASURED = (
    r"minutes?|hours?|days?|weeks?|months?|years?|times|percent|users?|customers?|clients?|companies|dollars?|"
    r"licen[cs]es?|hosts?"
)
_THINGS = (
    r"teams?|devices?|laptops?|apps?|tools?|products?|platforms?|countries|languages?|integrations?|operating systems?"
)
_NUMBER_WORD = "|".join(_UNITS)
_NUMBER = re.compile(
    rf"(?P<digits>(?<![\w.])[$€£]?\d+(?:,\d{{3}})*(?:\.\d+)?(?!\d|[A-Za-z]{{3}}))"
    rf"(?P<scale> ?(?:million|billion|thousand|hundred|k|m|bn)\b)?"
    rf"(?P<unit> ?(?:%|percent|x(?!\w)))?"
    rf"|\b(?P<words>(?:{_NUMBER_WORD})(?:[ -](?:{_NUMBER_WORD}))?[ -](?:hundred|thousand|million|billion))\b"
    rf"|\b(?P<scale_only>(?:hundred|thousand|million|billion)(?= [a-z]))"
    # Two apps or two tools are a manner of speaking; two hours or two customers are a figure. What is asked of the
    # reader, such as ten laptops of your own, is none.
    rf"|\b(?P<counted>(?:{_NUMBER_WORD})(?=[ -](?:[a-z]+[ -])?(?:{_MEASURED})\b)"
    rf"|(?!two\b)(?:{_NUMBER_WORD})(?=[ -](?:[a-z]+[ -])?(?:{_THINGS})\b(?! of your own\b)))"
    rf"|\b(?P<loose>{_LOOSE})\b"
    rf"|\b(?P<factor>doubles?|doubled|triples?|tripled|twice(?= (?:as|the|your|our|their)\b)|halves|halved)\b",
    re.I,
)
_SHORT_SCALES = {"k": 1000, "m": 10**6, "bn": 10**9}
_FACTORS = {"double": "x2", "twice": "x2", "triple": "x3", "halve": "x0.5"}


@lru_cache(maxsize=8192)
def stems(text: str) -> frozenset[str]:
    """The content words of a text, lower case, without common endings."""
    words = re.findall(r"[a-z0-9][a-z0-9'’+-]*", text.lower())
    return frozenset(_stem(w.replace("’", "'").removesuffix("'s")) for w in words if w not in _STOP)


def _stem(word: str) -> str:
    short = _SUFFIX.sub("", word) if len(word) > 4 else word.removesuffix("s") if len(word) > 3 else word
    return (short if len(short) >= 3 else word).rstrip("e")


def similarity(of: str, within: str) -> float:
    """Share of the content words of one text that stand in another, 0-1."""
    wanted = stems(of)
    return len(wanted & stems(within)) / len(wanted) if wanted else 1.0


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, without their marks and outer spaces."""
    for part in re.split(r"(?<=[.!?])\s+|\n+", text):
        cleaned = part.strip(" \t.!?…")
        if cleaned:
            yield cleaned


@lru_cache(maxsize=8192)
def numbers_in(text: str) -> tuple[tuple[int, int, str, str], ...]:
    """The numbers of a text as (start, end, as written, value in one spelling).

    Digits, number words before something countable, magnitudes such as `tens of thousands`, and factors such as
    `twice`. Numbers inside addresses are left out. `5,000`, `five thousand` and `5k` have the same value; a percentage
    keeps its sign.
    """
    shielded = re.sub(r"(?:https?://|www\.)\S+|\{\{.*?\}\}", lambda m: " " * len(m.group()), text)
    found = ((match, _value(match)) for match in _NUMBER.finditer(shielded))
    return tuple((match.start(), match.end(), match.group(), value) for match, value in found if value)


def _value(match: re.Match[str]) -> str:
    found = {name: text.lower() for name, text in match.groupdict().items() if text}
    if digits := found.get("digits"):
        number = Decimal(re.sub(r"[^\d.]", "", digits).rstrip("."))
        scale = found.get("scale", "").strip()
        number *= _SCALES.get(scale) or _SHORT_SCALES.get(scale) or 1
        unit = found.get("unit", "").strip().replace("percent", "%")
        return f"{number.normalize():f}{unit}"
    if words := found.get("words"):
        *units, scale = re.split(r"[ -]", words)
        return f"{sum(_UNITS[unit] for unit in units) * _SCALES[scale]}"
    if scale_only := found.get("scale_only"):
        return f"{_SCALES[scale_only]}"
    if counted := found.get("counted"):
        return f"{_UNITS[counted]}"
    if loose := found.get("loose"):
        return loose
    factor = found.get("factor", "")
    return next((value for stem, value in _FACTORS.items() if factor.startswith(stem)), "")
