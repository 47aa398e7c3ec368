"""A pilot before the full launch (issue 4, part 5): who is in it, what came of it, and when it must stop.

Pure arithmetic: facts come in, values go out. A rate of nobody is undefined, which is None and never zero.
"""

import heapq
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from gtm.domain.base import Model, Share, drawn
from gtm.domain.campaign_limits import PilotShare, PilotStop
from gtm.domain.errors import InvalidInput
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import SegmentType, audience_of

_PLACES = Decimal("0.0001")


def rate_of(part: int, whole: int) -> Decimal | None:
    """The part of a whole in 0-1, to four decimals; None of nothing."""
    return (Decimal(part) / whole).quantize(_PLACES, ROUND_HALF_EVEN) if whole else None


class PilotRules(Model):
    """What a pilot is judged by: config/policies.yaml, for one venture.

    Attributes:
        minimum_sample: mails delivered, or people whose conversion window is over, from which on a rate counts.
        stop: rates above which it stops.
        conversion_alert: the segment type's line below which it stops (domain.md, metrics).
        conversion_days: how long after their first mail people may take to convert (domain.md: 30 B2B, 7 B2C).
        errors: workflow errors in a row above which the SOP pauses (domain.md, SOP-4).
        goal_statuses: a lead in one of these has converted.
        days: how long it runs unless a person closes it before.
        significance: the largest p of a winner.
    """

    minimum_sample: int
    stop: PilotStop
    conversion_alert: Share
    conversion_days: int
    errors: int
    goal_statuses: tuple[str, ...]
    days: int
    significance: Share


def rules_of(policies: Policies, segment_type: SegmentType) -> PilotRules:
    """The rules for a venture of a segment type."""
    return PilotRules(
        minimum_sample=policies.pilot.minimum_sample,
        stop=policies.pilot.stop,
        conversion_alert=policies.target(segment_type).conversion_alert,
        conversion_days=policies.audience(audience_of(segment_type)).conversion_window_days,
        errors=int(next(rule.threshold for rule in policies.alerts if rule.id == "SOP-4")),
        goal_statuses=policies.delivery.goal_statuses,
        days=policies.pilot.days,
        significance=policies.pilot.significance,
    )


class PilotPart(Model):
    """A pilot's part in one workflow of its campaign.

    Attributes:
        version: the version that was piloted; no other one is launched by its verdict.
        definition_sha256: of that version.
        audience: people who could have been mailed when it began; `chosen` of them are in it.
    """

    workflow_id: str
    version: int
    definition_sha256: str
    audience: int = 0
    chosen: int = 0


class ArmFigures(Model):
    """What became of one variant of one mail. Rates are over delivered mail (domain.md, metrics).

    Attributes:
        opened: by a person; what a machine opened or clicked is left out.
        converted: people who got this mail and have converted since.
    """

    workflow_id: str
    step: str
    content_ref: str
    variant: str
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    converted: int = 0
    unsubscribed: int = 0
    complained: int = 0
    bounced: int = 0

    def rate(self, what: str) -> Decimal | None:
        """One of the counts over delivered mail, `bounced` over sent; None where there was none."""
        return rate_of(getattr(self, what), self.sent if what == "bounced" else self.delivered)


COUNTS = ("sent", "delivered", "opened", "clicked", "converted", "unsubscribed", "complained", "bounced")
"""The counts of an arm, in the order in which they are told."""


class PilotResults(Model):
    """What a pilot came to; a verdict is bound to the hash of this.

    Attributes:
        mailed: people who were sent anything.
        converted: those of them who have converted.
        due: those whose conversion window is over; `due_converted` of them converted.
        errors: workflow errors in a row, in the workflow that has most.
        answers: people who gave feedback; `mean_score` of 1-5 over those who gave a score.
    """

    pilot_id: str
    campaign_id: str
    share: Share
    parts: tuple[PilotPart, ...]
    enrolled: int
    mailed: int
    converted: int
    due: int
    due_converted: int
    errors: int
    answers: int
    mean_score: Decimal | None
    arms: tuple[ArmFigures, ...]

    @property
    def audience(self) -> int:
        """People who could have been mailed when it began."""
        return sum(part.audience for part in self.parts)

    def total(self, what: str) -> int:
        """One of the counts over all mails; people who converted count once."""
        return self.converted if what == "converted" else sum(int(getattr(arm, what)) for arm in self.arms)

    def rate(self, what: str) -> Decimal | None:
        """One of the counts over its whole: people converted over people mailed, else as an arm's."""
        if what == "converted":
            return rate_of(self.converted, self.mailed)
        return rate_of(self.total(what), self.total("sent" if what == "bounced" else "delivered"))


def check_share(share: Decimal, allowed: PilotShare) -> Decimal:
    """The share itself, where the policy allows it.

    Raises:
        InvalidInput: it lies outside the range.
    """
    if not share.is_finite() or not allowed.minimum <= share <= allowed.maximum:
        raise InvalidInput(
            f"a pilot reaches {_percent(allowed.minimum)} to {_percent(allowed.maximum)} of its audience",
            field="--share",
            value=f"{_percent(share)}" if share.is_finite() else str(share),
            allowed=f"{_percent(allowed.minimum)} to {_percent(allowed.maximum)}",
        )
    return share


def size_of(audience: int, share: Decimal, allowed: PilotShare) -> int:
    """How many of an audience are in: the share of it, rounded down, and up only where else it were below the range.

    Returns:
        0 where no whole number of people lies within the range.
    """
    for size in (int(audience * share), int(audience * share) + 1):
        if allowed.minimum * audience <= size <= allowed.maximum * audience:
            return size
    return 0


def chosen(people: Iterable[str], size: int, salt: str) -> tuple[str, ...]:
    """The `size` people whose salted hash is lowest: the same of the same people always, in the order of their hash.

    Args:
        people: ids, in any order.
        size: how many.
        salt: mixed into the draw, so that another pilot draws others.
    """
    return tuple(heapq.nsmallest(size, people, key=lambda one: (drawn(f"pilot\x1f{salt}\x1f{one}"), one)))


def stop_reasons(results: PilotResults, rules: PilotRules) -> tuple[str, ...]:
    """Why a pilot must not go on, each reason with its figure and its line; none while it may.

    A rate counts from the minimum sample on, and only when more than one person is behind it.
    """
    found = []
    delivered, sent = results.total("delivered"), results.total("sent")
    for what, word, whole, line in (
        ("complained", "complaints", delivered, rules.stop.complaint_rate),
        ("unsubscribed", "unsubscribes", delivered, rules.stop.unsubscribe_rate),
        ("bounced", "bounces", sent, rules.stop.bounce_rate),
    ):
        count, rate = results.total(what), results.rate(what)
        if rate is not None and whole >= rules.minimum_sample and count >= rules.stop.minimum_count and rate > line:
            found.append(f"{word}: {count} of {whole} ({_percent(rate)}), the line is {_percent(line)}")
    rate = rate_of(results.due_converted, results.due)
    if rate is not None and results.due >= rules.minimum_sample and rate < rules.conversion_alert:
        found.append(
            f"conversion: {results.due_converted} of {results.due} within {rules.conversion_days} days "
            f"({_percent(rate)}), the alert line is {_percent(rules.conversion_alert)}"
        )
    if results.errors > rules.errors:
        found.append(f"{results.errors} workflow errors in a row, the SOP pauses above {rules.errors}")
    return tuple(found)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def as_percent(share: Decimal | None) -> str:
    """A rate as people read it; a dash where it is undefined."""
    return "-" if share is None else f"{share * 100:.1f} %"
