"""A run's budget begins with what its earlier stretches spent, and is refused at the start without a price."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from agents.budget import Spent
from agents.models import ModelSettings
from agents.usage import ModelCall
from crews.runner import start_run
from crews.spending import book, run_budget
from gtm.domain.errors import BudgetExhausted, ConfigError
from tests.integration.crews.test_copywriter import At

LIVE: dict[str, Any] = {"provider": "compatible", "model": "m", "base_url": "http://127.0.0.1:9/v1"}


def test_a_resumed_run_has_what_is_left(sqlite_at: At) -> None:
    scene = sqlite_at("started:2.1")
    models = ModelSettings.model_validate(LIVE | {"prices": {"m": ("1", "10")}})
    services = dataclasses.replace(scene.services, models=models, token_budget=1000, money_budget=Decimal("0.002"))
    call = ModelCall("c1", "1.1", "compatible", "m", 600, 100, Decimal("0.0016"), 1, True, "stop")
    book(services, scene.run_id, call)
    budget = run_budget(services, scene.run_id)
    assert budget is not None and budget.spent == Spent(700, Decimal("0.0016"))
    with pytest.raises(BudgetExhausted, match=r"has 0\.0004"):
        budget.hold("m", 10, 50).__enter__()
    assert run_budget(dataclasses.replace(services, token_budget=None, money_budget=None), scene.run_id) is None


def test_a_budget_of_money_without_a_price_is_refused_at_the_start(sqlite_at: At) -> None:
    scene = sqlite_at("started:2.1")
    services = dataclasses.replace(
        scene.services, models=ModelSettings.model_validate(LIVE), money_budget=Decimal("0.002")
    )
    with pytest.raises(ConfigError, match="needs the price of m") as refused:
        start_run(services, "fleet")
    assert (refused.value.field, refused.value.value) == ("GTM_LLM_PRICES", "m")
    with pytest.raises(ConfigError, match="needs the price of m"):
        run_budget(services, scene.run_id)
