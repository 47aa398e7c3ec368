"""The ledger's sums, prices and budget."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.usage import PLAYBOOK, ModelCall, UsageLedger, estimate_tokens, open_call, price_of

PRICES = {"m": (Decimal("2.50"), Decimal("10"))}


def record(ledger: UsageLedger, *, step: str = "1.1", model: str = "m", tokens: tuple[int, int] = (1000, 100)) -> None:
    with ledger.call(step, "openai", model) as call:
        ledger.attempt()
        call.prompt_tokens += tokens[0]
        call.completion_tokens += tokens[1]
        call.ok = True


def test_a_call_is_priced_exactly() -> None:
    seen: list[ModelCall] = []
    ledger = UsageLedger(PRICES, seen.append)
    record(ledger)
    assert [call.cost for call in seen] == [Decimal("0.0035")]
    assert (seen[0].attempts, seen[0].ok, seen[0].step) == (1, True, "1.1")
    assert ledger.snapshot().calls == tuple(seen)


def test_an_unknown_price_makes_the_cost_unknown_and_not_zero() -> None:
    ledger = UsageLedger(PRICES)
    record(ledger)
    assert ledger.totals.cost == Decimal("0.0035")
    record(ledger, step="1.2", model="other")
    snapshot = ledger.snapshot()
    assert snapshot.total.cost is None
    assert snapshot.by_step["1.1"].cost == Decimal("0.0035")
    assert snapshot.by_step["1.2"].cost is None
    assert snapshot.total.tokens == 2200


def test_a_call_that_no_server_answered_costs_nothing_whatever_its_price() -> None:
    ledger = UsageLedger({})
    with ledger.call("1.1", "compatible", "m"):
        ledger.attempt()
    assert ledger.totals.cost == 0
    with ledger.call("1.2", "compatible", "m") as call:
        call.replied = True
    assert ledger.totals.cost is None


def test_the_playbook_costs_nothing() -> None:
    ledger = UsageLedger()
    with ledger.call("1.1", PLAYBOOK, PLAYBOOK) as call:
        call.ok = True
    assert ledger.totals.cost == 0
    assert ledger.totals.attempts == 0


def test_a_failed_call_is_recorded_with_its_attempts() -> None:
    ledger = UsageLedger(PRICES)
    with pytest.raises(RuntimeError), ledger.call("1.1", "openai", "m"):
        ledger.attempt()
        ledger.attempt()
        raise RuntimeError
    totals = ledger.totals
    assert (totals.calls, totals.failed_calls, totals.attempts) == (1, 1, 2)
    assert open_call() is None


def test_an_attempt_outside_a_call_is_not_lost() -> None:
    ledger = UsageLedger()
    ledger.attempt()
    assert ledger.snapshot().unclaimed_attempts == 1


def test_a_new_attempt_forgets_what_the_last_one_said_but_not_its_tokens() -> None:
    ledger = UsageLedger()
    with ledger.call("1.1", "openai", "m") as call:
        ledger.attempt()
        call.finish_reason, call.malformed, call.prompt_tokens = "length", "no choices", 7
        ledger.attempt()
        assert (call.finish_reason, call.malformed, call.prompt_tokens, call.attempts) == ("", "", 7, 2)


def test_calls_of_many_threads_are_all_counted() -> None:
    ledger = UsageLedger(PRICES)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: record(ledger, step=str(n % 4)), range(200)))
    snapshot = ledger.snapshot()
    assert snapshot.total.calls == snapshot.total.attempts == 200
    assert snapshot.total.cost == Decimal("0.0035") * 200
    assert {step: totals.calls for step, totals in snapshot.by_step.items()} == dict.fromkeys("0123", 50)
    assert len({call.call_id for call in snapshot.calls}) == 200


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20))
def test_the_sum_of_prices_is_the_price_of_the_sum(pairs: list[tuple[int, int]]) -> None:
    single = [price_of(PRICES, "m", *pair) for pair in pairs]
    assert sum((cost for cost in single if cost is not None), Decimal(0)) == price_of(
        PRICES, "m", sum(p for p, _ in pairs), sum(c for _, c in pairs)
    )


def test_the_estimate_rounds_up() -> None:
    assert [estimate_tokens(""), estimate_tokens("abcd"), estimate_tokens("abcd", "e")] == [0, 1, 2]
