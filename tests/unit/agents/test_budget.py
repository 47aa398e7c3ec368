"""A run's budget is kept before each call, also when many are under way."""

import threading
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.budget import RunBudget, Spent, most_tokens, spent_on
from agents.usage import OpenCall
from gtm.domain.errors import BudgetExhausted, ConfigError

PRICES = {"m": (Decimal(1), Decimal(10))}


@dataclass
class Logged:
    model: str = "m"
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal | None = None


def test_a_budget_is_never_passed_by_requests_under_way() -> None:
    budget = RunBudget(100)
    with budget.hold("m", 50, 10) as first:
        first.leave()
        with pytest.raises(BudgetExhausted, match="100 tokens has 40 left; the next request may take 41"):
            budget.hold("m", 41, 0).__enter__()
        with budget.hold("m", 30, 10) as second:
            second.leave()
            second.count(8, 2)
        first.count(45, 5)
    assert budget.spent == Spent(60)
    with budget.hold("m", 40, 0):
        pass
    assert budget.spent.tokens == 60


def test_dollars_are_set_aside_as_tokens_are() -> None:
    budget = RunBudget(money=Decimal("0.001"), prices=PRICES)
    with budget.hold("m", 400, 50) as first:
        first.leave()
        with pytest.raises(BudgetExhausted, match=r"has 0\.0001 left; the next request may cost 0\.0002"):
            budget.hold("m", 100, 10).__enter__()
        first.count(100, 10)
    assert budget.spent == Spent(110, Decimal("0.0002"))


def test_what_left_and_brought_no_count_stays_charged() -> None:
    budget, record = RunBudget(100), OpenCall("c", "2.2", "compatible", "m")
    with budget.hold("m", 20, 10) as hold:
        hold.leave(record)
        hold.leave(record)
        hold.count(5, 5)
        hold.leave(record)
        hold.close(record)
    assert budget.spent.tokens == 30 + 10 + 30
    assert (record.prompt_tokens, record.completion_tokens) == (40, 20)
    with pytest.raises(RuntimeError), budget.hold("m", 20, 10) as hold:
        raise RuntimeError
    with budget.hold("m", 20, 10) as hold:
        hold.leave()
        hold.free()
    assert budget.spent.tokens == 70


def test_another_attempt_is_refused_before_it_leaves() -> None:
    budget = RunBudget(50)
    with budget.hold("m", 20, 10) as hold:
        hold.leave()
        with pytest.raises(BudgetExhausted, match="has 20 left"):
            hold.leave()
        assert isinstance(hold.refused, BudgetExhausted)
    assert budget.spent.tokens == 30


def test_a_patient_request_waits_for_what_others_give_back() -> None:
    budget, passed = RunBudget(100), threading.Event()

    def other() -> None:
        with budget.hold("m", 90, 0, patient=True) as hold:
            hold.leave()
            hold.count(90, 0)
        passed.set()

    with budget.hold("m", 60, 0) as first:
        first.leave()
        thread = threading.Thread(target=other)
        thread.start()
        assert not passed.wait(0.05)
        first.count(10, 0)
    thread.join(5)
    assert passed.is_set() and budget.spent.tokens == 100
    with pytest.raises(BudgetExhausted):
        budget.hold("m", 1, 0, patient=True).__enter__()


def test_a_run_that_goes_on_begins_with_what_it_spent() -> None:
    calls = [Logged(prompt_tokens=60, completion_tokens=5, cost=Decimal("0.5")), Logged(prompt_tokens=10)]
    spent = spent_on(calls, PRICES, priced=True)
    assert spent == Spent(75, Decimal("0.50001"))
    with pytest.raises(BudgetExhausted, match="has 25 left"):
        RunBudget(100, spent=spent).hold("m", 26, 0).__enter__()
    assert spent_on([Logged("old", 3)], PRICES, priced=False) == Spent(3)
    with pytest.raises(ConfigError, match="the price of old"):
        spent_on([Logged("old", 3)], PRICES, priced=True)


def test_a_budget_of_money_needs_a_price_and_limits_are_above_zero() -> None:
    with pytest.raises(ConfigError, match="needs the price of other") as refused:
        RunBudget(money=Decimal(1), prices=PRICES).hold("other", 1, 1).__enter__()
    assert (refused.value.field, refused.value.value) == ("GTM_LLM_PRICES", "other")
    for limits in ((0, None), (None, Decimal(0))):
        with pytest.raises(ValueError, match="above zero"):
            RunBudget(*limits)


@given(st.text())
def test_no_text_has_more_tokens_than_bytes(text: str) -> None:
    assert most_tokens(text, "é") == len(text.encode("utf-8", "surrogatepass")) + 2
