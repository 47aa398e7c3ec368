"""What a sentence of a document does: it states something, asks somebody to do something, or tells what is intended.

Searle's classes (A Taxonomy of Illocutionary Acts, 1975): an assertive may become a fact of a brief; a directive (an
instruction) and a commissive (a plan) may not, since neither says what is the case. Judged by closed lists of words and
by how a sentence begins, so that the same sentence is judged the same every time. A customer's imperative that tells
what a product does (`Mark a shift as swapped, and both calendars change`) states a feature.
"""

import re
from typing import Literal

from gtm.domain.speech_words import (
    ADDRESSED,
    CADENCE,
    FINITE,
    FUTURE,
    LATER,
    MACHINE,
    MEDIUM,
    PEOPLE,
    SAYING,
    TAKES_OBJECT,
    WORK,
)

Act = Literal["fact", "instruction", "plan"]

_LABEL = re.compile(r"^[^\W\d_][^:.!?;|]{0,60}:\s+(?=\S)")
_HEAD = r"^\W*(?:(?:also|then|and|but|so|just|simply|now),? )?"
_TO_READER = re.compile(
    rf"^\W*(?:dear|hey|attention|hello|(?:note|message|reminder|instructions?|memo) (?:to|for))[,:]? "
    rf"(?:(?:the|any|all|every|our|an?) )?(?:{MACHINE}|{PEOPLE})\b"
    rf"|^\W*(?:to|for) (?:the |all |any |every )?(?:{MACHINE}|{PEOPLE})(?: \w+){{0,3}}\s*:"
    rf"|\b(?:whoever|anyone who|if you) (?:reads?|process(?:es)?|summari[sz]es?|reviews?|parses?|writes?) "
    rf"(?:this|the (?:file|brief|document|page|text))\b"
    rf"|\bif you(?: are|'re) (?:an? |the )?(?:\w+ )?(?:{MACHINE})\b|\bas an? (?:{MACHINE}),? you\b",
    re.I,
)
_CALLED = re.compile(rf"^\W*(?:{MACHINE})\s*[,:!]\s+(?P<rest>\S.*)", re.I | re.S)
_SECOND_PERSON = re.compile(r"\b(?:you|your|please)\b", re.I)
_ASKED = re.compile(
    rf"{_HEAD}(?:please|kindly)\b|, please\W*$|{_HEAD}(?:let's|let us|make sure|be sure)\b"
    rf"|\b(?:{ADDRESSED}) (?:must|should|shall|needs? to|ha(?:s|ve) to|ought to|may not|are to|is to)\b",
    re.I,
)
_FORBIDS = re.compile(rf"{_HEAD}(?:do not|don't|never|always)\s+(?P<verb>[a-z]+)\b(?P<rest>.*)", re.I | re.S)
_ORDERS = re.compile(rf"{_HEAD}(?P<verb>[a-z]+)(?P<rest>\b.*)", re.I | re.S)
_OBJECT = re.compile(
    r"^(?: (?:up|out|in|on|down|off|back|with|to|for|at|as))? "
    r"(?:an?|the|this|that|these|those|every|each|all|any|some|no|more|only|both|our|your|their|its|it|them|us|me|him|"
    r"her|\d[\d,.]*|one|two|three|four|five|ten)\b",
    re.I,
)
_AND_THEN = re.compile(
    r",? and (?:you|it|they|the|an?|both|each|every|everyone|all|nobody|nothing|that|its|your)\b(?! same\b)", re.I
)
"""`Put the visit in the calendar, and the two stay together`: the first half is a condition."""

_WE = r"(?:we|i|our (?:team|company)|the (?:team|company|founders?|board|management)|founders?)"
_MEANT = re.compile(
    rf"\b(?:{_WE}) (?:(?:also|now|currently|all|only|both) )?(?:are |is )?(?:plan(?:s|ning)?|intend(?:s|ing)?|"
    r"aim(?:s|ing)?|hop(?:e|es|ing)|want(?:s)?|expect(?:s)?|wish(?:es)?|aspire|would like|look forward|"
    r"consider(?:ing)?|discussing|preparing|working (?:on|towards?)|should|must|need to|have to|are about to) "
    r"|\b(?:we|i)(?:'ll| will| shall)\b(?! (?:never|always|not|no longer)\b)"
    r"|^[A-Z][\w.+-]* (?:plans|intends|aims|hopes|wants|expects|wishes) to\b",
    re.I,
)
_NAMED = re.compile(r"^(?:every\w*|any\w*|no\w+|who\w*)\b", re.I)
_GOING_TO = re.compile(r"\b(?:is|are|am|'re|'s|'m) (?:\w+ )?going to\b", re.I)
_ASKING = re.compile(r"\b(?:what|how|when|who|which|where|if|whether)\b", re.I)
_WILL_LATER = re.compile(
    r"\bwill (?:soon |then |also )?(?:ship|launch|open|arrive|follow|be (?:released|available|added|launched|published|"
    r"ready|live|offered|opened|built|supported|announced)|go live|roll out|come out|support)\b",
    re.I,
)
_WILL = re.compile(r"\b(?:will|shall)\b(?! (?:never|always|not|no longer)\b)|\w'll\b", re.I)
_SET_FOR = re.compile(
    rf"(?<!can )(?<!may )\b(?:planned|scheduled|slated|foreseen|targeted|expected|projected|forecast(?:ed)?|due|set|"
    rf"announced|booked) (?:for|to|in|by|on|from) (?:(?:launch|open|ship|start|release|go|be|come|follow|grow|reach|"
    rf"double)\b|{FUTURE})",
    re.I,
)
_OPENS = re.compile(
    rf"^\W*(?:planned|upcoming|scheduled|expected|forecast|projected|proposed|estimated|next (?:steps?|up)?|later|"
    rf"soon|goals?|aims?|objectives?|targets?|ambitions?|vision|(?:\w+ )?roadmap|plans?|to[- ]?do|tbd|tba|pipeline|"
    rf"ideas?|backlog|schedule|timeline|milestones?)\s*(?:\([^)]*\))?\s*[:–—-]\s"
    rf"|^\W*(?:to[- ]?do|tbd|tba)\b"
    rf"|^\W*(?:in |by |from |for )?(?:Q[1-4]|H[12])(?:[ /-]?20\d\d)?\s*[,:–—-]\s"
    rf"|^\W*(?:in |by |from |for |over |during |within )?(?:the )?(?:next|coming) (?:\w+ )?{LATER}\b"
    rf"|^\W*(?:in |by |from )?{FUTURE}\s*[:–—]\s",
    re.I,
)
_UNMADE = re.compile(
    r"\bcoming (?:soon|up|later)\b|\bsoon\W*$|\bin (?:the )?(?:pipeline|works|development|preparation)\b"
    r"|\bunder development\b|\bon (?:the|our) (?:product )?roadmap\b"
    r"|\broadmap (?:includes|has|foresees|contains|lists)\b"
    r"|\bto be (?:announced|confirmed|decided|launched|released|added|published|determined|hired|built)\b"
    r"|\bwork in progress\b|\bnot (?:yet|been) (?:available|released|live|built|launched)\b"
    r"|\b(?:our|the|one|main|key|their|whose) (?:\w+ )?(?:goal|target|aim|objective|ambition|intention) "
    r"(?:is|are|for|of)\b|\bour (?:vision|plan|idea|dream) (?:is|for)\b",
    re.I,
)
_LATER_ON = re.compile(
    rf"\b(?:launch|roll-?out|expansion|opening|release|relaunch|rebrand|beta|pilot|kick-?off|start|entry)\b.{{0,60}}?"
    rf"\b(?:in|on|by|from|for) (?:the )?{FUTURE}",
    re.I,
)
_SHAPES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "})


def act_of(text: str, *, customers: bool = True) -> Act:
    """What a statement does.

    Args:
        text: a sentence or a clause, with its label if it has one.
        customers: whether an imperative may tell a customer what the product does, as features and value propositions
            do; proof and beliefs may not.
    """
    plain = " ".join(text.translate(_SHAPES).split())
    bare = plain[found.end() :] if (found := _LABEL.match(plain)) else plain
    if any(is_instruction_to_reader(one) or _directs(one, customers) for one in {plain, bare}):
        return "instruction"
    return "plan" if any(_intends(one) for one in {plain, bare}) else "fact"


def is_instruction_to_reader(text: str) -> bool:
    """Whether a sentence speaks to whoever, or whatever, reads the document."""
    plain = " ".join(text.translate(_SHAPES).split())
    if _TO_READER.search(plain):
        return True
    called = _CALLED.match(plain)
    return called is not None and (
        _SECOND_PERSON.search(called["rest"]) is not None or _directs(called["rest"], customers=False)
    )


def without_cadence(text: str) -> str:
    """A theme without how often it comes: `productivity twice a week` is about productivity."""
    found = re.search(rf"[\s,(–—-]+(?:{CADENCE})\W*$", text, re.I)
    return text[: found.start()] if found and found.start() > 2 else text


def _directs(text: str, customers: bool) -> bool:
    if _ASKED.search(text):
        return True
    for pattern in (_FORBIDS, _ORDERS):
        if (found := pattern.match(text)) and _is_order(found["verb"].lower(), found["rest"], customers):
            return True
    return False


def _is_order(verb: str, rest: str, customers: bool) -> bool:
    """Whether a sentence that begins with this word orders its reader to do something."""
    if verb in SAYING and (verb not in TAKES_OBJECT or _OBJECT.match(rest)):
        return not _is_for_customers(rest) or WORK.search(rest) is not None
    if verb not in TAKES_OBJECT or not _OBJECT.match(rest):
        return False
    if WORK.search(rest):
        return True
    return not customers and not _is_for_customers(rest)


def _is_for_customers(rest: str) -> bool:
    return _SECOND_PERSON.search(rest) is not None or _AND_THEN.search(rest) is not None


def _intends(text: str) -> bool:
    if (found := _MEANT.search(text)) and not (found.start() == 0 and _NAMED.match(text)):
        return True
    if (going := _GOING_TO.search(text)) and not _ASKING.search(text[: going.start()]):
        return True
    if _WILL_LATER.search(text) or (_WILL.search(text) and re.search(rf"\b{FUTURE}|\bsoon\b|\blater\b", text, re.I)):
        return True
    if _SET_FOR.search(text) or _OPENS.search(text) or _UNMADE.search(text):
        return True
    if FINITE.search(text):
        return False
    return _LATER_ON.search(text) is not None or (
        MEDIUM.search(text) is not None and re.search(CADENCE, text, re.I) is not None
    )
