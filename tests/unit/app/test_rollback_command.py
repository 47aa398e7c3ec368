"""What `gtm rollback` tells LEAD: amounts in dollars, words instead of the store's."""

import pytest

from app.cli.rollback import BUDGET, _plain


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (BUDGET, "50000.00", "$50,000.00"),
        ("run", "run-1: waiting_approval", "run-1: waiting approval"),
        ("active_workflows", {"fleet": 2, "life": 1}, "fleet 2, life 1"),
        ("sends_done", {}, "none"),
    ],
)
def test_a_fact_is_told_to_a_person(name: str, value: object, told: str) -> None:
    assert _plain(name, value) == told
