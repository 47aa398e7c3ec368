"""What a comment asks of the copy: words to avoid, length, call to action, tone, number of e-mails."""

import re
from decimal import Decimal
from typing import get_args

from gtm.domain.vocabulary import Cta
from gtm.playbook.directives.words import NUMBERS, QUOTED, Found, negated

TONE_STEP = Decimal("0.2")
"""How far one comment moves a voice's formality, on its scale of 0-1."""

_AVOID = re.compile(
    r"\b(?:avoid|don['’]?t (?:say|use|write|call)|do not (?:say|use|write|call)|never (?:say|use|write)|drop|remove"
    r"|without|no|stop (?:saying|using)|lose|delete|cut)\b",
    re.I,
)
_KEEP = re.compile(
    r"\b(?:don['’]?t|do not|never|no need to|should not|must not)\s+(?:drop|remove|avoid|lose|delete|cut)\b", re.I
)
_SHORTER = re.compile(r"\b(?:shorter|shorten|too long|too wordy|tighter|tighten|trim|more concise|briefer)\b", re.I)
_NOT_SHORTER = re.compile(
    r"\b(?:not|never|don['’]?t|isn['’]?t|aren['’]?t|no)\b(?:\s+\w+){0,3}\s+"
    r"(?:shorter|shorten|too long|too wordy|tighter|tighten|trim|more concise|briefer)\b",
    re.I,
)
_LESS_FORMAL = re.compile(r"\b(?:friendlier|more friendly|warmer|less formal|less stiff|more casual|looser)\b", re.I)
_MORE_FORMAL = re.compile(r"\b(?:more formal|more professional|less casual|more serious|less playful)\b", re.I)
_EMAILS = re.compile(
    r"\b(\d{1,2}|three|four|five|six|seven|eight|nine|ten)\s+e-?mails?\b(?!\s+(?:per|a|each|every)\s+(?:day|week|month))",
    re.I,
)
_DENIED_CTA = re.compile(
    r"\b(?:not|no|avoid|instead of|rather than|drop|don['’]?t use|do not use|never use|without)\s+"
    r"(?:the\s+)?(?:cta\s+)?[a-z]+_[a-z]+"
)
_CTA_PHRASES: dict[str, Cta] = {
    "book a demo": "book_demo", "start a trial": "start_trial", "start free trial": "start_trial",
    "start a free trial": "start_trial", "free trial": "start_trial", "register for a webinar": "register_webinar",
    "contact sales": "contact_sales", "learn more": "learn_more", "buy now": "buy_now",
    "download a resource": "download_resource",
}  # fmt: skip


def avoid(sentence: str) -> Found:
    """Words in quotes after avoid, do not say, drop, never use."""
    verb = _AVOID.search(sentence)
    if not verb or _KEEP.search(sentence):
        return {}
    words = [(a or b).strip().lower() for a, b in QUOTED.findall(sentence[verb.end() :])]
    words = [word.strip(".,;:!?") for word in words]
    return {"avoid_words": tuple(dict.fromkeys(w for w in words if w))} if any(words) else {}


def shorter(sentence: str) -> Found:
    """Shorter, shorten, too long."""
    return {"shorter": True} if _SHORTER.search(sentence) and not _NOT_SHORTER.search(sentence) else {}


def cta(sentence: str) -> Found:
    """A call to action by its name, or in words where the sentence speaks of the CTA or the button."""
    text = _DENIED_CTA.sub("", (QUOTED.sub("", sentence) if avoid(sentence) else sentence).lower())
    for name in get_args(Cta):
        if re.search(rf"\b{name}\b", text):
            return {"cta": name}
    if not re.search(r"\b(?:cta|call to action|button)\b", text):
        return {}
    for phrase, named in {**{n.replace("_", " "): n for n in get_args(Cta)}, **_CTA_PHRASES}.items():
        if phrase in text and not negated(text, text.index(phrase)):
            return {"cta": named}
    return {}


def tone(sentence: str) -> Found:
    """Friendlier, warmer, less formal; more formal, more professional."""
    shift = Decimal(0)
    for pattern, step in ((_LESS_FORMAL, -TONE_STEP), (_MORE_FORMAL, TONE_STEP)):
        match = pattern.search(sentence)
        if match and not negated(sentence, match.start()):
            shift += step
    return {"tone_shift": shift} if shift else {}


def emails(sentence: str) -> Found:
    """A number of e-mails, 3-10."""
    for match in _EMAILS.finditer(sentence):
        word = match.group(1).lower()
        count = NUMBERS.get(word) or (int(word) if word.isdigit() else 0)
        if 3 <= count <= 10 and not negated(sentence, match.start()):
            return {"email_count": count}
    return {}
