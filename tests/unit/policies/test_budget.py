"""Step 1.3: to the cent, equal to the financial model, 100 %, typed triggers."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.domain.brief import SourcedAmount
from gtm.domain.budget import BudgetPlan, Split, allocate, pace
from gtm.policies.budget import allocated
from gtm.policies.facts import BudgetFacts
from tests.unit.policies.support import assert_fails, at, brief, common, drafts, lines, with_

GOOD = drafts().budget
CHANNELS = drafts().channels


def judge(plan: BudgetPlan | None, **changes: Any) -> Any:
    return allocated(BudgetFacts(**(common() | {"brief": brief(), "channels": CHANNELS, "artifact": plan} | changes)))


def line(index: int, **changes: Any) -> BudgetPlan:
    return with_(GOOD, lines=at(GOOD.lines, index, **changes))


def trigger(**changes: Any) -> BudgetPlan:
    return with_(GOOD, triggers=at(GOOD.triggers, 0, **changes))


D = Decimal
BROKEN = [
    ("budget.matches_financial_model", with_(GOOD, total=D("49999.99")), "the financial model says $50,000.00"),
    ("budget.matches_financial_model", line(0, amount=GOOD.lines[0].amount + D("0.01")), "the lines sum to $50,000.01"),
    ("budget.percentages_sum", with_(GOOD, split=Split(proven=D(70), growth=D(20), experimental=D("9.99"))), "99.99 %"),
    ("budget.percentages_sum", line(0, percent=D("1.00")), "states 1.00 %"),
    ("budget.triggers_defined", with_(GOOD, triggers=()), "no reallocation trigger"),
    ("budget.triggers_defined", trigger(condition="when it feels wrong"), "cannot be read"),
    ("budget.triggers_defined", trigger(metric="ctr", threshold=D(9)), "is typed as"),
    ("budget.triggers_defined", trigger(action="reduce_spend", reduce_percent=None), "cannot be read"),
    ("budget.triggers_defined", with_(GOOD, triggers=GOOD.triggers + GOOD.triggers[:1]), "given twice"),
    ("budget.split_in_range", with_(GOOD, split=Split(proven=D(90), growth=D(5), experimental=D(5))), "proven is 90"),
    ("budget.pacing_set", with_(GOOD, pacing=pace(D(1000), "daily")), "do not follow"),
    ("budget.channels_known", with_(GOOD, lines=GOOD.lines[1:]), "gets nothing"),
    ("budget.channels_known", line(0, channel="facebook_ads"), "not in the channel plan"),
    ("budget.channels_known", with_(GOOD, lines=(*GOOD.lines, GOOD.lines[0])), "two lines"),
]


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_the_drafts_pass(name: str) -> None:
    d = drafts(name)
    verdict = judge(d.budget, brief=d.brief, channels=d.channels)
    assert verdict.passed, verdict.explain()


@pytest.mark.parametrize(("name", "plan", "word"), BROKEN)
def test_a_broken_plan_fails_the_named_check(name: str, plan: BudgetPlan, word: str) -> None:
    assert_fails(judge(plan), name, word)


def test_every_line_has_a_failing_case() -> None:
    assert lines("budget.allocated") <= {row[0] for row in BROKEN}


def test_nothing_stored_fails() -> None:
    assert_fails(judge(None), "budget.matches_financial_model", "nothing is stored for step 1.3")


def test_no_channel_plan_fails() -> None:
    assert_fails(judge(GOOD, channels=None), "budget.channels_known", "no channel plan")


def test_a_budget_outside_the_range_fails() -> None:
    poor = with_(brief(), financial_model=with_(brief().financial_model, monthly=SourcedAmount(value=D(500))))
    plan = with_(GOOD, total=D("500.00"))
    assert_fails(judge(plan, brief=poor), "budget.matches_financial_model", "lies outside $1,000.00-$1,000,000.00")


@given(
    cents=st.integers(100_000, 100_000_000),
    proven=st.integers(5000, 8000),
    experimental=st.integers(500, 2000),
)
def test_any_split_to_the_cent_passes_its_own_arithmetic(cents: int, proven: int, experimental: int) -> None:
    total, growth = D(cents) / 100, 10000 - proven - experimental
    split = Split(proven=D(proven) / 100, growth=D(growth) / 100, experimental=D(experimental) / 100)
    tiers = [(c.channel, c.tier, D(1)) for c in CHANNELS.channels]
    plan = with_(GOOD, total=total, split=split, lines=allocate(total, split, tiers), pacing=pace(total, "monthly"))
    model = with_(brief().financial_model, monthly=SourcedAmount(value=total))
    verdict = judge(plan, brief=with_(brief(), financial_model=model))
    failed = {c.name for c in verdict.failures}
    assert failed <= {"budget.split_in_range"}
