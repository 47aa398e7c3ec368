"""Numbers of a text, in digits or words, each in one spelling: `half` is 50%, `twice as fast` is 2x, `5k` is 5000."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

Number = tuple[int, int, str, str]
"""Start, end, as written, value in one spelling."""

_ONES = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_SHORT_SCALES = {"k": 1000, "m": 10**6, "bn": 10**9}
_PARTS = {
    "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_VALUES = {"a": 1, "one": 1} | _ONES | _TENS
_ROUNDED = {"33.3%": "33%", "33.33%": "33%", "66.6%": "67%", "66.66%": "67%", "66.7%": "67%", "66.67%": "67%"}
"""How a third and two thirds are written in digits."""

_TEN, _ONE, _PART = "|".join(_TENS), "|".join(_ONES), "|".join(_PARTS)
_SMALL = rf"(?:(?:{_TEN})(?:[ -](?:one|{_ONE}))?|{_ONE})"
_SCALE = "(?:hundred|thousand|million|billion)"
_COUNT = rf"(?:{_SMALL}|half a dozen|(?:a )?dozen)"
_ANY = rf"(?:\d{{1,3}}|one|{_SMALL})"
_LOOSE = (
    r"(?:tens|hundreds|thousands|millions|billions|dozens)(?: of (?:hundreds|thousands|millions|billions))?|"
    r"scores(?= of )|fraction(?= of (?:the|what|its|your|that|their|a)\b)|(?<=to a )fraction"
)
_MEASURED = (
    r"seconds?|minutes?|hours?|days?|weeks?|months?|years?|times|clicks?|users?|customers?|clients?|companies|"
    r"dollars?|euros?|cents?|licen[cs]es?|hosts?"
)
_THINGS = (
    r"teams?|devices?|laptops?|apps?|tools?|products?|platforms?|countries|languages?|integrations?|"
    r"operating systems?|engineers?|admins?|employees|organi[sz]ations|banks|hospitals|schools|businesses|firms|"
    r"providers|auditors|audits|tickets"
)
_COMPARED = (
    r"(?:as|the|more|less|fewer|better|faster|cheaper|easier|quicker|lower|higher|safer|smaller|larger|longer)\b"
)
_DIGITS = re.compile(
    r"(?P<digits>(?<![\w.])[$€£]?\d+(?:,\d{3})*(?:\.\d+)?(?!\d|(?!fold\b)[A-Za-z]{3}))"
    rf"(?:(?P<times>[ -]?fold\b| times(?= {_COMPARED}))|(?P<scale> ?(?:million|billion|thousand|hundred|k|m|bn)\b)?"
    r"(?P<unit> ?(?:%|per ?cent\b|x(?!\w)))?)",
    re.I,
)
_SPELLED = re.compile(
    rf"\b(?P<times>{_SMALL}(?: and a half)?)(?:[ -]?fold\b| times(?= {_COMPARED}))"
    rf"|\b(?P<scaled>(?:(?:half a|a|one|{_SMALL}(?: and a half)?)[ -])?{_SCALE}(?:[ -]{_SCALE})*"
    rf"(?:(?: and)?[ -]{_SMALL}(?:[ -]{_SCALE})*)*)(?P<percent> per ?cent)?\b"
    rf"|\b(?P<share>{_SMALL}) per ?cent\b"
    # Two apps or two tools are a manner of speaking; two hours or two customers are a figure. What is asked of the
    # reader, such as ten laptops of your own, is none.
    rf"|\b(?P<counted>{_COUNT}(?=[ -](?:[a-z]+[ -])?(?:{_MEASURED})\b(?! (?:of reading|to read)\b))"
    rf"|(?!two\b){_COUNT}(?=[ -](?:[a-z]+[ -])?(?:{_THINGS})\b(?! of your own\b)))"
    rf"|\b(?P<loose>{_LOOSE})\b",
    re.I,
)
_FACTOR = re.compile(
    rf"\b(?:(?P<two>doubl(?:es?|ed|ing)\b(?![ -](?:check|click|tap|opt|entr|sided|edged|book))|two-?fold\b|"
    rf"twice(?= (?:{_COMPARED}|(?:your|our|their)\b)))"
    r"|(?P<three>tripl(?:es?|ed|ing)\b|trebl(?:es?|ed|ing)\b|thrice(?= (?:as|the)\b))|(?P<four>quadrupl(?:es?|ed)\b))",
    re.I,
)
_MANNER = (
    r"(?! (?:of )?(?:the (?:way|battle|fun|story|truth|answer|problem|room|(?:work|job) is)|"
    r"(?:this|the) (?:email|article|page|post|handbook|text|message|series|list|session))\b)"
)
"""Half of the way and a third of this email measure nothing that is sold."""

_FRACTION = re.compile(
    rf"\b(?P<count>one|{_ONE})[ -](?P<parts>{_PART})s\b"
    rf"|\b(?:an?|one)[ -](?P<part>{_PART}){_MANNER}(?= of\b|[ -](?:off\b|{_COMPARED}))"
    rf"|(?:(?<=\bby )|(?<=\bto ))(?:an?|one)[ -](?P<by>{_PART})\b"
    r"|\b(?P<half>halv(?:es?|ed|ing)|(?:in|by|one) half|"
    r"(?<=than )half(?! an?\b)|(?<=nearly )half(?! an?\b)|(?<=almost )half(?! an?\b)|(?<=over )half(?! an?\b)|"
    rf"(?<!other )(?<!first )(?<!second )(?<!better )half{_MANNER}(?=[ -](?:off|price)\b|"
    r"(?: of)? (?:as|the|your|their|our|its|all|what|my|that|those)\b| of\b))\b"
    r"|\bhalf an? (?P<lasting>hour|minute|day|week|month|year)\b"
    r"|\bin (?P<cut>two|three|four)(?=\s*(?:[.,;:!?…)]|$))",
    re.I | re.M,
)
_CUTS = re.compile(r"\b(?:cut|slash|chop|shrink|reduc|bring)\w*\b[^.!?\n]*$", re.I)
_RATIO = re.compile(rf"(?<![\w.,])(?P<some>{_ANY}) (?P<how>out of|in)(?: every)? (?P<all>{_ANY})\b(?![,.]?\d)", re.I)
_SHIELDED = re.compile(r"(?:https?://|www\.)\S+|\{\{.*?\}\}")


@lru_cache(maxsize=8192)
def numbers_in(text: str) -> tuple[Number, ...]:
    """The numbers of a text as (start, end, as written, value in one spelling), in order, none within another.

    Digits; number words before something countable or with a magnitude; magnitudes such as `tens of thousands`; factors
    such as `twice` and `tenfold`; parts such as `half`, `a third of` and `one in five`. Numbers inside addresses are
    left out. `5,000`, `five thousand` and `5k` have the same value, and so have `half` and `50 %`, `twice` and `2x`.
    """
    shielded = _SHIELDED.sub(lambda m: " " * len(m.group()), text)
    found = sorted(_all(shielded), key=lambda n: (n[0], -n[1]))
    kept: list[Number] = []
    for number in found:
        if not kept or number[0] >= kept[-1][1]:
            kept.append(number)
    return tuple(kept)


def is_part(number: Number) -> bool:
    """Whether a number is a part told in words, such as `half` or `one in five`."""
    _, _, written, value = number
    return not any(c.isdigit() for c in written) and (value.endswith("%") or written.lower().startswith("half"))


def _all(text: str) -> Iterator[Number]:
    for pattern, value_of in (
        (_DIGITS, _of_digits), (_SPELLED, _of_spelled), (_FACTOR, _of_factor), (_FRACTION, _of_fraction),
        (_RATIO, _of_ratio),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            if value := value_of(match):
                yield match.start(), match.end(), match.group(), value


def _of_digits(match: re.Match[str]) -> str:
    number = Decimal(re.sub(r"[^\d.]", "", match["digits"]).rstrip("."))
    scale = (match["scale"] or "").strip().lower()
    number *= _SCALES.get(scale) or _SHORT_SCALES.get(scale) or 1
    unit = "x" if match["times"] else re.sub(r"per ?cent", "%", (match["unit"] or "").strip().lower())
    return _ROUNDED.get(written := f"{_plain(number)}{unit}", written)


def _of_spelled(match: re.Match[str]) -> str:
    if times := match["times"]:
        return f"{_plain(_amount(times))}x"
    if scaled := match["scaled"]:
        # Without a number in front, a magnitude counts something: at a hundred is a manner of speaking.
        bare = scaled.lower().removeprefix("a ") in _SCALES
        if bare and not match["percent"] and not re.match(r" [a-z]", match.string[match.end() :], re.I):
            return ""
        return f"{_plain(_amount(scaled))}{'%' if match['percent'] else ''}"
    if share := match["share"]:
        return f"{_plain(_amount(share))}%"
    if counted := match["counted"]:
        return _plain(_amount(counted))
    return str(match["loose"]).lower()


def _of_factor(match: re.Match[str]) -> str:
    return "2x" if match["two"] else "3x" if match["three"] else "4x"


def _of_fraction(match: re.Match[str]) -> str:
    if match["half"]:
        return "50%"
    if lasting := match["lasting"]:
        return {"hour": "30", "minute": "30"}.get(lasting.lower(), "0.5")
    if cut := match["cut"]:
        return _share(1, _VALUES[cut.lower()]) if _CUTS.search(match.string[: match.start()]) else ""
    part = str(match["parts"] or match["part"] or match["by"]).lower()
    return _share(_VALUES[(match["count"] or "one").lower()], _PARTS[part])


def _of_ratio(match: re.Match[str]) -> str:
    some, every = (int(word) if word.isdigit() else int(_amount(word)) for word in (match["some"], match["all"]))
    out_of = match["how"].lower() == "out of"
    return _share(some, every) if some < every <= 100 or (out_of and some <= every) else ""


def _share(some: int, of: int) -> str:
    """A part of a whole as a percentage, rounded where it does not come out even."""
    percent = Decimal(100 * some) / of
    return f"{_plain(percent if percent * 10 % 1 == 0 else percent.quantize(Decimal(1)))}%"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _amount(words: str) -> Decimal:
    """The amount that number words add up to: `two and a half thousand` is 2,500, `half a dozen` six."""
    total, current = Decimal(0), Decimal(0)
    for word in re.split(r"[ -]", words.lower().replace("and a half", "half").replace("half a", "half")):
        if word == "half":
            current += Decimal("0.5")
        elif word == "dozen":
            current = (current or Decimal(1)) * 12
        elif word == "hundred":
            current = (current or Decimal(1)) * 100
        elif word in _SCALES:
            total, current = total + (current or Decimal(1)) * _SCALES[word], Decimal(0)
        elif word != "and":
            current += _VALUES[word]
    return total + current
