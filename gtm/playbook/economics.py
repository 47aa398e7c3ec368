"""What the venture's own money allows: the CAC ceiling, and what the lead target costs at the planned budget.

CAC = spend / new customers, CPL = spend / leads (domain.md, metrics). A budget month is 30 days, as in the pacing.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from gtm.domain.brief import Fact, VentureBrief
from gtm.domain.money import cents, usd
from gtm.domain.spec import Policies

MONTH_DAYS = 30
SOP_CAC = Decimal("100.00")
LTV_PART = 3
"""A customer may cost a third of what they bring: the common 3:1 rule, used where the brief gives no target CAC."""

_CPI = re.compile(r"\bCPI\b[^0-9]{0,20}\$?\s*([0-9]+(?:\.[0-9]{1,2})?)", re.I)


@dataclass(frozen=True)
class Ceiling:
    """The most a new customer may cost, in dollars, and the figure it rests on."""

    amount: Decimal
    basis: str
    assumed: bool


@dataclass(frozen=True)
class Arithmetic:
    """What the policies' lead and conversion targets mean at the venture's budget.

    Attributes:
        leads: qualified leads a month that the weekly target asks for.
        customers: customers a month at the conversion target.
        per_lead, per_customer: dollars, when the whole monthly budget is spent on them.
    """

    leads: Decimal
    customers: Decimal
    per_lead: Decimal
    per_customer: Decimal
    ceiling: Ceiling

    @property
    def fits(self) -> bool:
        """Whether a customer costs no more than the ceiling."""
        return self.per_customer <= self.ceiling.amount


def cac_ceiling(brief: VentureBrief) -> Ceiling:
    """The venture's CAC ceiling: its target CAC, else a third of its lifetime value, else the SOP's $100."""
    pricing = brief.pricing
    if pricing.target_cac is not None:
        return Ceiling(
            pricing.target_cac.value, _cited("the target CAC of", pricing.target_cac), _is(pricing.target_cac)
        )
    if pricing.lifetime_value is not None:
        part = cents(pricing.lifetime_value.value / LTV_PART)
        return Ceiling(part, "a third of " + _cited("the lifetime value of", pricing.lifetime_value),
                       _is(pricing.lifetime_value))  # fmt: skip
    return Ceiling(SOP_CAC, "the SOP's own $100, because the brief gives neither target CAC nor lifetime value", False)


def arithmetic(brief: VentureBrief, policies: Policies) -> Arithmetic:
    """The targets of the venture's segment type against its monthly budget."""
    target = policies.target(brief.segment_type)
    leads = Decimal(target.leads_per_week) * MONTH_DAYS / 7
    customers = leads * target.conversion
    budget = brief.financial_model.monthly.value
    return Arithmetic(
        leads=leads,
        customers=customers,
        per_lead=cents(budget / leads),
        per_customer=cents(budget / customers),
        ceiling=cac_ceiling(brief),
    )


def ruinous(brief: VentureBrief, policies: Policies) -> str:
    """Why the plan's customers cost too much to be worth winning, as a sentence; empty where they do not.

    domain.md's rule for sending a venture back to stage 5 (GTM-001): CAC > 2 × LTV. A brief without a lifetime value
    gives nothing to judge by.
    """
    lifetime, factor = brief.pricing.lifetime_value, policies.recursion.causes.cac_to_ltv
    if lifetime is None:
        return ""
    cost, most = arithmetic(brief, policies).per_customer, cents(lifetime.value * factor)
    if cost <= most:
        return ""
    return (
        f"at the targets a customer costs {usd(cost)}, more than {factor.normalize():f} times "
        f"{_cited('the lifetime value of', lifetime)}; by the house's rule (CAC > {factor.normalize():f} × LTV) that "
        "goes back to stage 5, the profitability model: budget, targets or price must move"
    )


def lead_cost_ceiling(brief: VentureBrief, policies: Policies) -> Decimal:
    """Dollars a qualified lead may cost: the CAC ceiling times the conversion target."""
    return cents(cac_ceiling(brief).amount * policies.target(brief.segment_type).conversion)


def install_cost(brief: VentureBrief) -> tuple[Decimal, Fact] | None:
    """The venture's own target cost per install in dollars and the fact that states it, where it has one."""
    for fact in brief.facts:
        if match := _CPI.search(f"{fact.text} {fact.short}"):
            return cents(match.group(1)), fact
    return None


def explained(sums: Arithmetic, brief: VentureBrief, policies: Policies) -> str:
    """The arithmetic as one sentence, with whether it holds."""
    target = policies.target(brief.segment_type)
    verdict = "within" if sums.fits else "above"
    return (
        f"{target.leads_per_week} qualified leads a week on {usd(brief.financial_model.monthly.value)} a month is "
        f"{usd(sums.per_lead)} a lead and, at {percent(target.conversion)} conversion, {usd(sums.per_customer)} a "
        f"customer: {verdict} the ceiling of {usd(sums.ceiling.amount)} ({sums.ceiling.basis})."
    )


def percent(share: Decimal) -> str:
    """A share in 0-1 as a percentage without needless zeros: 0.030 is `3 %`."""
    return f"{(share * 100).normalize():f} %"


def _is(amount: object) -> bool:
    return bool(getattr(amount, "assumed", False))


def _cited(field: str, amount: object) -> str:
    note = ", assumed" if _is(amount) else ""
    return f"{field} {usd(getattr(amount, 'value', None))}{note}"
