"""Grammar and spelling that can be decided without a language model (SOP step 2.2, quality checklist).

It finds slips that nobody would defend: doubled words, a for an, missing capitals, unbalanced brackets, repeated
punctuation and common misspellings. It stays silent where a rule has honest exceptions.
"""

import re
from collections.abc import Callable, Collection, Iterator

from gtm.domain.proofing import Slip
from gtm.policies.misspellings import MISSPELLINGS

_DOUBLED = re.compile(r"\b([A-Za-z']+)[ \t]+\1\b", re.I)
_DOUBLES_ALLOWED = frozenset({"that", "had", "bye", "so", "no", "very"})
_SPACES = re.compile(r"(?<=\S)[ \t]{2,}(?=\S)")
_BEFORE_MARK = re.compile(r"\w[ \t]+([,;:!?](?=\s|$)|\.(?=\s|$))")
_REPEATED = re.compile(r"!{2,}|\?{2,}|[!?]{2,}|,{2,}|;{2,}|:{2,}|(?<!\.)\.{2}(?!\.)|\.{4,}")
_NO_SPACE = re.compile(r"[a-z]{2,}[,;!?](?=[A-Za-z]{2,})")
_ARTICLE = re.compile(r"(?<![\w.&'’-])(a|an)[ \t]+([\"“'‘]?)([A-Za-z0-9$][\w$.,-]*)", re.I)
_SENTENCE_START = re.compile(r"(\b[\w'’)]+[\"”')]*)([.!?])[ \t\n]+([a-z][\w'’-]*)")
_ABBREVIATIONS = frozenset(
    {"e.g", "i.e", "g", "e", "vs", "etc", "approx", "no", "st", "mr", "mrs", "dr", "inc", "ltd", "co", "p", "m"}
)
_VOWEL_SOUND = re.compile(r"^(?:hour|honest|honou?r|heir)", re.I)
_CONSONANT_SOUND = re.compile(
    r"^(?:uni(?!n|m)|us(?:e|a|u)|eu|ewe|one(?![a-z])|once|one-|ubiquit|utili|utop|u[rk]l|ui\b|ux\b|usb\b|usd\b)", re.I
)
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"), ("{", "}"))


def slips(text: str, names: Collection[str] = ()) -> tuple[Slip, ...]:
    """The slips of a text in order of place.

    Args:
        text: one element of copy.
        names: words that are names and keep their spelling, such as `osquery`, in any case.
    """
    known = {name.lower() for name in names}
    found = [slip for rule in _RULES for slip in rule(text, known)]
    return tuple(sorted(found))


def _doubled(text: str, _names: Collection[str]) -> Iterator[Slip]:
    for match in _DOUBLED.finditer(text):
        if match.group(1).lower() not in _DOUBLES_ALLOWED:
            yield Slip(match.start(), match.end(), "a word stands twice", f"write “{match.group(1)}” once")


def _spacing(text: str, _names: Collection[str]) -> Iterator[Slip]:
    for match in _SPACES.finditer(text):
        yield Slip(match.start(), match.end(), "two spaces in a row", "write one")
    for match in _BEFORE_MARK.finditer(text):
        yield Slip(
            match.start(), match.end(), "a space before a punctuation mark", f"put “{match.group(1)}” after the word"
        )
    for match in _NO_SPACE.finditer(text):
        yield Slip(match.start(), match.end(), "no space after a punctuation mark", "add one")


def _punctuation(text: str, _names: Collection[str]) -> Iterator[Slip]:
    for match in _REPEATED.finditer(text):
        yield Slip(match.start(), match.end(), "a punctuation mark is repeated", f"write “{match.group()[0]}” once")
    for left, right in _PAIRS:
        if text.count(left) != text.count(right):
            place = text.find(left) if left in text else text.find(right)
            yield Slip(place, place + 1, f"{left} and {right} do not balance", "close what is open, or take it out")
    if len(re.findall(r'"', text)) % 2:
        place = text.find('"')
        yield Slip(place, place + 1, "a quotation mark is left open", "close it")


def _articles(text: str, names: Collection[str]) -> Iterator[Slip]:
    for match in _ARTICLE.finditer(text):
        article, word = match.group(1), match.group(3)
        if article == "A" and match.start() > 0 and text[match.start() - 1] not in ' \n\t(“"':
            continue
        wanted = article_for(word)
        if wanted and wanted != article.lower() and word.lower() not in names:
            yield Slip(match.start(), match.end(), f"“{article}” before “{word}”", f"write “{wanted} {word}”")


def article_for(word: str) -> str:
    """`a` or `an`, by sound; empty where it depends on how people say the word."""
    if word[:1] == "$":
        word = word[1:]
    if word[:1].isdigit():
        digits = re.match(r"[\d,]+", word)
        number = digits.group().replace(",", "") if digits else ""
        spoken_an = (
            number.startswith("8") or number in ("11", "18") or (number[:2] in ("11", "18") and len(number) % 3 == 2)
        )
        return "an" if spoken_an else "a"
    plain = re.sub(r"[^A-Za-z].*$", "", word)
    if len(plain) >= 2 and plain.isupper():
        return _acronym_article(plain)
    if len(plain) == 1:
        return "an" if plain.upper() in "AEFHILMNORSX" else "a"
    if _VOWEL_SOUND.match(plain):
        return "an"
    if _CONSONANT_SOUND.match(word):
        return "a"
    if re.match(r"^[a-z][A-Z]", plain):
        return "an" if plain[0] in "aei" else ""
    return "an" if plain[:1].lower() in "aeiou" else "a"


def _acronym_article(word: str) -> str:
    first = word[0]
    if first in "BCDGJKPQTVWYZ":
        return "a"
    if first in "AEIO":
        return "an"
    spelled_out = not re.search(r"[AEIOU]", word)
    return "an" if first in "FHLMNRSX" and spelled_out else "a" if first == "U" else ""


def _capitals(text: str, names: Collection[str]) -> Iterator[Slip]:
    for match in _SENTENCE_START.finditer(text):
        before, word = match.group(1).lower(), match.group(3)
        if before in _ABBREVIATIONS or word.lower() in names or text[: match.end(2)].endswith(("...", "e.g.", "i.e.")):
            continue
        if match.group(2) == "." and len(before) == 1:
            continue
        yield Slip(
            match.start(3),
            match.end(3),
            "a sentence starts with a small letter",
            f"write “{word[:1].upper() + word[1:]}”",
        )


def _spelling(text: str, names: Collection[str]) -> Iterator[Slip]:
    for match in re.finditer(r"[A-Za-z]+(?:['’][a-z]+)?", text):
        word = match.group().lower().replace("’", "'")
        right = MISSPELLINGS.get(word)
        if right and word not in names:
            yield Slip(match.start(), match.end(), "a misspelling", f"write “{right}”")


_RULES: tuple[Callable[[str, Collection[str]], Iterator[Slip]], ...] = (
    _doubled,
    _spacing,
    _punctuation,
    _articles,
    _capitals,
    _spelling,
)
