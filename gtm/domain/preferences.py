"""What people want to be written to about, and how often: their own answers, a purpose each."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, get_args

from pydantic import Field

from gtm.domain.base import Model
from gtm.domain.vocabulary import ConsentPurpose

PURPOSES: tuple[ConsentPurpose, ...] = get_args(ConsentPurpose)

PURPOSE_WORDS: Mapping[ConsentPurpose, str] = {
    "product": "the product and its offers",
    "newsletter": "the newsletter and new articles",
    "events": "webinars and events",
}
"""Every purpose → the words in which people are asked about it."""


def agreement(sender: str, purpose: ConsentPurpose, *, reminds: bool = False) -> str:
    """What somebody agrees to, word for word.

    Args:
        sender: the venture's name.
        purpose: what mail is then about.
        reminds: whether they register for a session, and agree to be reminded of it.
    """
    may = "remind me of this, and email me" if reminds else "email me"
    return f"{sender} may {may} about {PURPOSE_WORDS[purpose]}. Every mail has a link to change this or to unsubscribe."


FREQUENCIES: Mapping[int, str] = {7: "at most once a week", 30: "at most once a month"}
"""Days between two mails of a purpose → the words in which they are offered."""

LONGEST = timedelta(days=max(FREQUENCIES))


class Preference(Model):
    """A person's answer for one purpose.

    Attributes:
        allowed: whether mail of the purpose may come at all.
        every_days: days that must lie between two mails of the purpose; None for no wish.
    """

    allowed: bool
    every_days: Annotated[int, Field(ge=1, le=30)] | None = None
