"""Words that stand where copy was to be written: placeholders of any mail tool, and buttons that name no act."""

import re

from gtm.policies.words import stems

LEFTOVER = re.compile(
    # Jinja, Handlebars and the like; of other mail tools `*|FNAME|*`, `{!Contact.FirstName}`, `%%FirstName%%`.
    r"\{\{.*?(?:\}\}|$)|\{%.*?(?:%\}|$)|\{[a-z_]+\}|\{![\w.$]+\}|\*\|[^|\n]{1,60}\|\*|%%?[A-Z_]{3,}%%?|"
    # `[FIRST NAME]` and `[Recipient's name]`, but not `[sic]` and what marks news.
    r"\[(?!(?:sic|new|news|updated?|video|pdf)\])[A-Z][A-Z _-]{2,}\]|"
    r"\[[^\]\n]{0,40}\b(?:insert|your|company|name|link|date|title)\b[^\]\n]*\]|"
    r"<(?:insert|your)\b[^>]*>|<(?-i:[A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)*)>|«\w+»|_{3,}|"
    # A to-do app is a thing, and TODO is a placeholder.
    r"\b(?-i:X{3,})\b|\blorem ipsum\b|\b(?-i:T(?:ODO|BD|BC))\b|\bplaceholder\b",
    re.I,
)

_EMPTY_TEXT = """
check click continue discover do enter find get go here hit info information it learn let lets link me more next now off
ok okay on open out page press proceed read right see show sure submit tap that the then there this to up us way website
yep yes you
"""
_EMPTY = frozenset(_EMPTY_TEXT.split())
"""Words that name no act and no thing; a button of these alone does not say what happens."""
_DECOR = re.compile("[»›→▶“”‘’…–—]")
_UNLESS_MEANT = frozenset({"learn more", "find out more", "read more", "discover more"})


def leftovers(text: str) -> tuple[str, ...]:
    """The placeholders of a text, merge fields included; a brief holds none."""
    return tuple(match.group() for match in LEFTOVER.finditer(text))


def vague(text: str, cta: str) -> bool:
    """Whether a button does not say what happens, such as `Click here`.

    Args:
        text: of the button.
        cta: what it asks for; `Learn more` says enough where that is to learn more.
    """
    plain = " ".join(re.sub(r"[^a-z ]", "", text.lower()).split())
    if (plain in _UNLESS_MEANT and cta == "learn_more") or (plain == "check out" and cta == "buy_now"):
        return False
    # Words in other letters than ours are words; their stems are not known here.
    empty = bool(plain) and set(plain.split()) <= _EMPTY
    return (empty and _DECOR.sub("", text).isascii()) or (text.isascii() and not stems(text))
