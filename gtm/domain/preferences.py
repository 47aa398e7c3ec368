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
