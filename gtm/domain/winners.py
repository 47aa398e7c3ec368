"""Which version of a text won its test, by a two-proportion z-test; and what is missing where none did.

The test is the textbook's: pooled variance, two-sided (Fleiss, Levin, Paik, Statistical Methods for Rates and
Proportions, 2.4). It is only looked at where the normal curve is close enough: five of each outcome in each version.
With more than two versions each comparison has its part of the significance (Bonferroni).
"""

import math
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from statistics import NormalDist
from typing import Annotated, Literal

from pydantic import Field

from gtm.domain.base import LongText, Model, Share, Slug
from gtm.domain.campaign import Claim, VariableName
from gtm.domain.pilot import as_percent, rate_of
from gtm.domain.vocabulary import CampaignType

Metric = Literal["opened", "clicked"]
"""What a test goes by: what is seen before a mail is opened moves the openings, everything else the clicks."""

SEEN_UNOPENED = ("subject", "preheader")
"""What a reader sees of a mail before it is opened; ends of variable names."""

OUTCOMES = 5
"""So many who did and who did not, in each version: below that the normal curve is none."""
_POWER = 0.8
_PLACES = Decimal("0.0001")


class VersionCount(Model):
    """How often one version was delivered, and how many of its readers did what the test goes by."""

    label: Annotated[str, Field(pattern=r"^[A-E]$")]
    delivered: Annotated[int, Field(ge=0)]
    did: Annotated[int, Field(ge=0)]

    @property
    def rate(self) -> Decimal | None:
        """Those who did over those delivered; None of nobody."""
        return rate_of(self.did, self.delivered)


class Judged(Model):
    """What a test says: the winner's label, or what is missing, a sentence each.

    Attributes:
        p_value: of the best version against the next best, where both have readers; None otherwise.
    """

    winner: str | None = None
    p_value: Decimal | None = None
    missing: tuple[str, ...] = ()


class Winner(Model):
    """A text that won, as the venture's next run is offered it.

    Attributes:
        step: the mail's number in its sequence.
        variable: the element that it fills.
        framework: the pattern that its piece was written by; empty where none is known.
        claims: what it claims, with the facts that carried it then.
        sample: mails delivered in this version; `rate` of them did, `other_rate` of the best of the others.
        campaign_id: where it won.
    """

    campaign_type: CampaignType
    segment_id: Slug
    step: Annotated[int, Field(ge=1, le=10)]
    variable: VariableName
    text: LongText
    framework: str = ""
    claims: tuple[Claim, ...] = ()
    metric: Metric
    sample: Annotated[int, Field(ge=1)]
    rate: Share
    other_rate: Share
    p_value: Share
    campaign_id: Slug
    decided_at: datetime

    @property
    def figures(self) -> str:
        """By how much it won, in words."""
        return (
            f"{self.metric} by {as_percent(self.rate)} of {self.sample} delivered, the other by "
            f"{as_percent(self.other_rate)}, p = {self.p_value}"
        )


def metric_of(variable: str) -> Metric:
    """What a test of this element goes by."""
    return "opened" if variable.endswith(SEEN_UNOPENED) else "clicked"


def p_of(one: VersionCount, other: VersionCount) -> Decimal | None:
    """How likely so large a difference is where there is none, two-sided, to four decimals; None where it says nothing.

    Args:
        one: a version.
        other: another one.
    """
    if not one.delivered or not other.delivered:
        return None
    pooled = (one.did + other.did) / (one.delivered + other.delivered)
    spread = pooled * (1 - pooled) * (1 / one.delivered + 1 / other.delivered)
    if spread == 0:
        return None
    z = (one.did / one.delivered - other.did / other.delivered) / math.sqrt(spread)
    return Decimal(math.erfc(abs(z) / math.sqrt(2))).quantize(_PLACES)


def judge(versions: Sequence[VersionCount], minimum_sample: int, significance: Decimal) -> Judged:
    """The version that beats every other, where the figures are enough to say so.

    Args:
        versions: at least two, of one element.
        minimum_sample: mails delivered in each version from which on it is looked at.
        significance: the largest p of a winner.
    """
    if len(versions) < 2:
        return Judged(missing=("there is no other version to compare with",))
    ranked = sorted(versions, key=lambda one: (-(one.did / one.delivered if one.delivered else -1), one.label))
    best, others = ranked[0], ranked[1:]
    p_value = p_of(best, others[0])
    missing = [
        f"{one.label} has {one.delivered} of {minimum_sample} delivered"
        for one in sorted(versions, key=lambda one: one.label)
        if one.delivered < minimum_sample
    ]
    if not missing:
        missing = [
            f"{one.label} has {one.did} who did and {one.delivered - one.did} who did not, of {OUTCOMES} each"
            for one in sorted(versions, key=lambda one: one.label)
            if min(one.did, one.delivered - one.did) < OUTCOMES
        ]
    if missing:
        return Judged(p_value=p_value, missing=tuple(missing))
    limit = significance / len(others)
    beaten = [(other, p_of(best, other)) for other in others]
    close = [(other, p) for other, p in beaten if p is None or p > limit]
    if close:
        return Judged(p_value=p_value, missing=tuple(_too_close(best, other, p, limit) for other, p in close))
    return Judged(winner=best.label, p_value=p_value)


def _too_close(best: VersionCount, other: VersionCount, p: Decimal | None, limit: Decimal) -> str:
    told = f"{best.label} {as_percent(best.rate)} against {other.label} {as_percent(other.rate)}: "
    if p is None or best.rate == other.rate:
        return told + "no difference"
    return told + f"p = {p} is above {limit.normalize():f}; {_needed(best, other, limit)} delivered each would tell"


def _needed(best: VersionCount, other: VersionCount, limit: Decimal) -> int:
    """Mails a version at which a difference like this one is found four times in five."""
    one, two = best.did / best.delivered, other.did / other.delivered
    curve = NormalDist()
    reach = curve.inv_cdf(1 - float(limit) / 2) + curve.inv_cdf(_POWER)
    return math.ceil(reach**2 * (one * (1 - one) + two * (1 - two)) / (one - two) ** 2)
