"""Names in copy that the brief does not know: customers, people and products that nobody vouches for.

In the middle of a sentence a capital tells a name. Where everything has one, at a sentence's start or in a title, a
name is what is no English word, or a company that is called like one and does what customers do.
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from gtm.policies.english import is_english

_SHIELDED = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|\{\{.*?\}\}|\{%.*?%\}")
_WORD = re.compile(r"(?<![\w/@.-])[^\W\d_]+(?:['’][^\W\d_]+)?")
_CAMEL = re.compile(r"[a-z]{1,3}[A-Z][a-z]")
_STARTS = re.compile(r"(?:^|[.!?:;•\n…]|[-–—>|(\[“\"‘'])\s*$")
_JOINED = re.compile(r" (?:& )?$")
_CONTRACTED = re.compile(r"(?:n['’]t|['’](?:s|re|ve|ll|d|m))$", re.I)
_VERB = re.compile(r"(?:n['’]t|['’](?:re|ve|ll|d|m))$", re.I)
_EVERYDAY_TEXT = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
october november december english american european europe america pacific eastern central hi hello dear mr mrs ms dr
internet web zoom google calendar
"""
_EVERYDAY = frozenset(_EVERYDAY_TEXT.split())
_SHORT_FORMS_TEXT = """
ai am api asap ceo cet cfo cio ciso cli cmo coo cpu css csv cto diy est eu eur faq fyi gbp gmt gps gpu hr html http
https id ide ios it json kpi ml ok os pc pdf pm pr ps pst qa qr ram roi rsvp sdk sla sms sql sso tba tv ui uk url us
usa usb usd utc ux vip vp vpn xml yaml
"""
_SHORT_FORMS = frozenset(_SHORT_FORMS_TEXT.split())
_CALLED_LIKE_WORDS_TEXT = """
adobe alphabet amazon apple box canon chase delta discord ford gap indeed intercom kayak meta monster notion oracle
orange sage sap shell slack snowflake sprint square stripe target tinder twitch visa wise
"""
_CALLED_LIKE_WORDS = frozenset(_CALLED_LIKE_WORDS_TEXT.split())
_AS_CUSTOMERS_DO = re.compile(
    r"(?:['’]s \w+)?\s+(?:now |also |already |recently )?(?:adopted|built|calls?|called|chose|cut|cuts|deployed|"
    r"doubled|finds|found|gets|got|grew|halved|has|keeps|kept|loves|managed|manages|migrated|moved|moves|onboarded|picked|"
    r"proved|ran|reduced|relies|replaced|reported|reports|rolled|runs|said|saved|saves|says|secured|secures|shipped|ships|"
    r"standardi[sz]ed|swears|switched|tells|told|trusted|trusts|used|uses|went)\b"
)
_TITLE_CASE_SHARE = 0.6


class Named(NamedTuple):
    """A name in a text and where it stands."""

    start: int
    end: int
    span: str


class _Token(NamedTuple):
    start: int
    end: int
    text: str

    @property
    def plain(self) -> str:
        return _CONTRACTED.sub("", self.text)


def unknown_names(text: str, known: Collection[str]) -> Iterator[Named]:
    """The names of a text that are not known, words beside each other as one.

    Args:
        text: any copy.
        known: words that may stand as names, in lower case.
    """
    shielded = _SHIELDED.sub(lambda m: " " * len(m.group()), text)
    offset = 0
    for line in shielded.splitlines(keepends=True):
        for run in _runs(line, _unknown(line, known)):
            start, end = offset + run[0].start, offset + run[-1].start + len(run[-1].plain)
            yield Named(start, end, text[start:end])
        offset += len(line)


def _unknown(line: str, known: Collection[str]) -> list[_Token]:
    title = is_title_case(line)
    words = [_Token(m.start(), m.end(), m.group()) for m in _WORD.finditer(line)]
    return [word for word in words if _is_name(word, line, title) and not _is_known(word.plain, known)]


def _is_name(word: _Token, line: str, title: bool) -> bool:
    plain = word.plain
    if _CAMEL.match(plain):
        return True
    if not plain[:1].isupper() or len(plain) < 2:
        return False
    if plain.isupper():
        return plain.lower() in _CALLED_LIKE_WORDS or not is_english(plain)
    if title or _STARTS.search(line[: word.start]):
        if plain.lower() in _CALLED_LIKE_WORDS:
            return _AS_CUSTOMERS_DO.match(line, word.start + len(plain)) is not None
        # Nobody contracts a name with anything but `is`: Don't, We'll.
        return not is_english(plain) and not _VERB.search(word.text)
    return True


def _is_known(word: str, known: Collection[str]) -> bool:
    lower = word.lower()
    if {lower, lower.rstrip("s")} & _EVERYDAY or (word.isupper() and lower in _SHORT_FORMS):
        return True
    # O'Hara is two words of the brief.
    parts = [part for part in re.split("['’]", lower) if len(part) > 1]
    return all(part in known or part.rstrip("s") in known for part in parts)


def _runs(line: str, words: list[_Token]) -> Iterator[list[_Token]]:
    run: list[_Token] = []
    for word in words:
        if run and not _JOINED.fullmatch(line[run[-1].end : word.start]):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def is_title_case(text: str) -> bool:
    """Whether most longer words of a text have a capital, as in a headline."""
    words = [w for w in re.findall(r"[^\W\d_]+", text) if len(w) > 3]
    return len(words) >= 3 and sum(w[0].isupper() for w in words) / len(words) >= _TITLE_CASE_SHARE
