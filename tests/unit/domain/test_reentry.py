"""May a lead enter again: every policy, as a pure decision."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gtm.domain.reentry import ENTRY_LENGTH, PastEntry, Reentry, decide_entry

NOW = datetime(2026, 1, 6, 15, 0, tzinfo=UTC)


def entered(days_ago: int, entry: str = "", *, ended: bool = True) -> PastEntry:
    return PastEntry(entry, NOW - timedelta(days=days_ago), ended)


@pytest.mark.parametrize(
    ("rule", "past", "entry", "refused"),
    [
        ({"policy": "never"}, [], "", ""),
        ({"policy": "never"}, [entered(400)], "", "never"),
        ({"policy": "after_exit"}, [], "", ""),
        ({"policy": "after_exit"}, [entered(1, ended=False)], "", "still in"),
        ({"policy": "after_exit"}, [entered(1)], "2", ""),
        ({"policy": "after_exit"}, [entered(3), entered(2, "2"), entered(1, "3", ended=False)], "", "still in"),
        ({"policy": "after_exit"}, [entered(3), entered(2, "2")], "3", ""),
        ({"policy": "after_days", "days": 30}, [entered(29)], "", "last 30 days"),
        ({"policy": "after_days", "days": 30}, [entered(30)], "2", ""),
        ({"policy": "after_days", "days": 30}, [entered(90), entered(10, "2")], "", "last 30 days"),
        ({"policy": "after_days", "days": 30}, [entered(90, ended=False)], "", "still in"),
    ],
)
def test_every_policy(rule: dict[str, Any], past: list[PastEntry], entry: str, refused: str) -> None:
    decided = decide_entry(Reentry.model_validate(rule), past, NOW)
    assert decided.entry == entry
    assert refused in decided.refused and bool(refused) == bool(decided.refused)


def test_by_event_key_an_event_enters_once_however_many_run() -> None:
    rule = Reentry(policy="by_event_key")
    first = decide_entry(rule, [], NOW, "order-7")
    assert first.entry == "event:order-7"
    running = entered(1, first.entry, ended=False)
    assert "for this event" in decide_entry(rule, [running], NOW, "order-7").refused
    assert decide_entry(rule, [running], NOW, "order-8").entry == "event:order-8"
    assert "no key" in decide_entry(rule, [], NOW).refused


def test_a_long_event_key_is_kept_by_its_hash() -> None:
    rule = Reentry(policy="by_event_key")
    entries = {decide_entry(rule, [], NOW, "x" * length).entry for length in range(100, 400)}
    assert len(entries) == 300 and max(map(len, entries)) <= ENTRY_LENGTH


@given(st.lists(st.tuples(st.integers(0, 90), st.booleans()), max_size=12), st.sampled_from(["after_exit", "never"]))
def test_a_key_that_is_given_was_never_used(past: list[tuple[int, bool]], policy: str) -> None:
    entries = [entered(days, "" if n == 0 else str(n + 1), ended=ended) for n, (days, ended) in enumerate(past)]
    decided = decide_entry(Reentry.model_validate({"policy": policy}), entries, NOW)
    if not decided.refused:
        assert decided.entry not in {one.entry for one in entries}
        assert all(one.ended for one in entries)


@pytest.mark.parametrize("rule", [{"policy": "after_days"}, {"policy": "never", "days": 3}, {"policy": "sometimes"}])
def test_rules_that_do_not_fit_are_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Reentry.model_validate(rule)
