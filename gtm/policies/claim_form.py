"""What a form of claim is: phrases that claim, phrases that look alike and claim nothing, what to do about it."""

import re
from dataclasses import dataclass
from functools import cached_property

from gtm.policies.claim_words import filled


@dataclass(frozen=True)
class ClaimForm:
    """A form of claim.

    Attributes:
        what: what a fault calls it, with its article.
        claims: the phrases that claim, each from the start of a word to the end of one.
        repair: what to do about it.
        fair: phrases that hold one of the others and claim nothing.
        literal: whether a plain question claims it as well, and a statement with the very phrase carries it.
    """

    what: str
    claims: str
    repair: str
    fair: str = ""
    literal: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The phrases that claim."""
        return _compiled(self.claims)

    @cached_property
    def fair_pattern(self) -> re.Pattern[str] | None:
        """The phrases that claim nothing."""
        return _compiled(self.fair) if self.fair else None


def _compiled(phrases: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{filled(phrases)})(?![\w-])", re.I | re.M)
