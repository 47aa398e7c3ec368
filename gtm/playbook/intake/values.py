"""Words of a document as values of a brief: amounts, dates, and the closed vocabularies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from gtm.domain.zones import is_zone
from gtm.playbook.intake.pieces import Piece

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SCALE = {"k": 1000, "thousand": 1000, "m": 10**6, "million": 10**6}
_AMOUNT = re.compile(
    rf"(?:US)?\$\s?(?P<a>{_NUMBER})(?:\s?(?P<sa>k|m|thousand|million)\b)?"
    rf"|(?<![\d.,-])(?P<b>{_NUMBER})(?:\s?(?P<sb>k|m|thousand|million))?\s?(?:USD|US dollars|dollars)\b",
    re.I,
)
FOREIGN = re.compile(r"[€£¥₹]\s?\d|\d\s?(?:EUR|GBP|CHF|JPY|INR|euros?|pounds sterling)\b", re.I)
ASSUMED = re.compile(r"\b(?:assum\w+|estimat\w+|guess\w*|placeholder|tbc|tbd)\b", re.I)
_MONTHLY = re.compile(r"\b(?:a|per|each|every) month\b|/\s?mo(?:nth)?\b|\bmonthly\b", re.I)
_YEARLY = re.compile(
    r"\b(?:a|per|each) (?:year|annum)\b|/\s?y(?:ea)?r\b|\b(?:annual|annually|yearly|first[- ]year|year)\b", re.I
)
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? ({_MONTH})\.?,? (\d{{4}})\b", re.I)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.I)
_ZONE = re.compile(r"\b(?:UTC|[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?)\b")

Period = Literal["month", "year"]
Words = tuple[tuple[str, str], ...]

CHANNELS: Words = (
    ("linkedin", r"linked ?in"),
    ("google_ads", r"google(?: ads)?|paid search|search ads|adwords|sem|ppc"),
    ("facebook_ads", r"facebook(?: ads)?|meta ads"),
    ("instagram_ads", r"instagram(?: ads)?"),
    ("twitter_ads", r"(?:x ?/ ?)?twitter(?: ads)?|x \(twitter\)|x ads|^x$"),
    ("webinars", r"webinars?"),
    ("events", r"events?|workshops?|conferences?|meet-?ups?|trade (?:fairs?|shows?)"),
    ("influencer_partnerships", r"influencers?(?: partnerships?| marketing)?"),
    ("email", r"e-?mails?|newsletters?"),
    ("content_marketing", r"content(?: marketing)?|blog(?:ging)?|articles|seo"),
)
CTAS: Words = (
    ("book_demo", r"demo"),
    ("register_webinar", r"register|webinar|workshop|save (?:a|your) seat|sign up for (?:a|the) (?:session|class)"),
    ("start_trial", r"trial|start (?:for )?free|try (?:it )?(?:for )?free|get started free|sign up free"),
    ("download_resource", r"download"),
    ("contact_sales", r"contact (?:sales|us)|talk to (?:sales|us)"),
    ("buy_now", r"\b(?:buy|order|purchase|subscribe)\b"),
    ("learn_more", r"learn more|read|docs|find out more"),
)
VOICES: Words = (
    ("professional", r"professional"),
    ("friendly", r"friendly"),
    ("authoritative", r"authoritative"),
    ("playful", r"playful"),
    ("inspirational", r"inspirational|inspiring"),
    ("technical", r"technical"),
    ("playful", r"funny|humou?rous|witty"),
    ("friendly", r"warm|approachable"),
    ("professional", r"formal|business-?like"),
)
OBJECTIVES: Words = (
    ("awareness", r"awareness"),
    ("consideration", r"consideration"),
    ("lead_generation", r"lead[ _-]generation|leads|demand"),
    ("conversion", r"conversions?"),
    ("retention", r"retention"),
    ("advocacy", r"advocacy|referrals?"),
)
COUNTRIES: Words = (
    ("US", r"US|U\.S\.A?\.?|USA|United States(?: of America)?"),
    ("GB", r"GB|UK|United Kingdom|Great Britain"),
    ("CA", r"CA|Canada"), ("AU", r"AU|Australia"), ("NZ", r"NZ|New Zealand"), ("IE", r"IE|Ireland"),
    ("DE", r"DE|Germany"), ("FR", r"FR|France"), ("ES", r"ES|Spain"), ("IT", r"IT|Italy"), ("NL", r"NL|Netherlands"),
    ("BE", r"BE|Belgium"), ("CH", r"CH|Switzerland"), ("AT", r"AT|Austria"), ("SE", r"SE|Sweden"), ("NO", r"NO|Norway"),
    ("DK", r"DK|Denmark"), ("FI", r"FI|Finland"), ("PL", r"PL|Poland"), ("PT", r"PT|Portugal"), ("IN", r"IN|India"),
    ("JP", r"JP|Japan"), ("BR", r"BR|Brazil"), ("MX", r"MX|Mexico"), ("SG", r"SG|Singapore"),
    ("ZA", r"ZA|South Africa"),
)  # fmt: skip


@dataclass(frozen=True)
class Money:
    """An amount in US dollars, where it stands in its piece, and for how long it is, if the words beside it say so."""

    value: Decimal
    start: int
    end: int
    period: Period | None


def number(text: str) -> Decimal:
    """A number as it is written, `1,500` or `0.5`."""
    return Decimal(text.replace(",", ""))


def amounts(text: str) -> list[Money]:
    """The amounts in US dollars of a text; a bare number is none."""
    found = []
    for match in _AMOUNT.finditer(text):
        value = number(match["a"] or match["b"]) * _SCALE.get((match["sa"] or match["sb"] or "").lower(), 1)
        found.append(Money(value, match.start(), match.end(), period(text, match.start(), match.end())))
    return found


def period(text: str, start: int, end: int) -> Period | None:
    """Whether the words after, or else before, a place speak of a month or of a year."""
    after = re.split(r"[;.,]\s", text[end : end + 30])[0]
    before = text[max(0, start - 60) : start].rpartition(";")[2]
    for words in (after, before):
        if _MONTHLY.search(words):
            return "month"
        if _YEARLY.search(words):
            return "year"
    return None


def word(text: str, words: Words) -> tuple[str, re.Match[str]] | None:
    """The first word of a vocabulary that a text speaks of, in the vocabulary's order, and where."""
    for value, pattern in words:
        if found := re.search(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.I):
            return value, found
    return None


def countries(text: str) -> Iterator[tuple[str, int, int]]:
    """Countries in the order of the text, as (two letters, start, end); codes count in capitals only."""
    found = []
    for code, pattern in COUNTRIES:
        if match := re.search(rf"(?<![\w.-])(?:{pattern})(?![\w-])", text):
            found.append((match.start(), code, match.end()))
    yield from ((code, start, end) for start, code, end in sorted(found))


def zones(text: str) -> Iterator[tuple[str, int, int]]:
    """IANA time zones that a text names."""
    for match in _ZONE.finditer(text):
        if is_zone(match.group()):
            yield match.group(), match.start(), match.end()


def day(piece: Piece) -> tuple[date, Piece] | None:
    """The first date that can be read one way only: `2026-01-31`, `31 January 2026`, `January 31, 2026`."""
    for pattern, order in ((_ISO, (0, 1, 2)), (_DAY_FIRST, (2, 1, 0)), (_MONTH_FIRST, (2, 0, 1))):
        if match := pattern.search(piece.text):
            year, month, number_ = (match.groups()[index] for index in order)
            try:
                made = date(int(year), _month(month), int(number_))
            except ValueError:
                continue
            return made, piece.part(match.start(), match.end())
    return None


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return 1 + next(n for n, name in enumerate(_MONTHS) if name.startswith(text[:3].lower()))


def segment_type(text: str) -> str | None:
    """The segment type that a text names; B2B or B2C alone is not enough."""
    low = text.lower()
    b2b, b2c = re.search(r"\bb2b\b|\bbusiness(?:es)?[- ]to[- ]business", low), re.search(r"\bb2c\b|\bconsumers?\b", low)
    if "hybrid" in low or (b2b and b2c):
        return "Hybrid"
    if b2c:
        return "B2C_Premium" if "premium" in low else "B2C_Mass" if re.search(r"\bmass\b", low) else None
    if b2b:
        small = re.search(r"\bsmb\b|\bsme\b|small (?:and|to) (?:mid|medium)|small business|mid-?market", low)
        return "B2B_SMB" if small else "B2B_Enterprise" if "enterprise" in low else None
    return None
