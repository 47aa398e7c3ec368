"""What a run spends on models: its budget, seeded from what is logged, and the logs: calls, and attempts at copy."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agents.budget import RunBudget, no_price, spent_on
from agents.usage import ModelCall, Try
from gtm.store.repositories import content_attempts, logs

if TYPE_CHECKING:
    from crews.services import Services


def refuse_without_price(services: "Services") -> None:
    """Refuse a budget of money for a model that has no price.

    Raises:
        ConfigError: that is what the settings say.
    """
    models = services.models
    if models.live and services.money_budget is not None and models.model not in models.prices:
        raise no_price(models.model)


def run_budget(services: "Services", run_id: str) -> RunBudget | None:
    """What the run may still spend: its limits, less what its earlier stretches took; None without limits.

    Raises:
        ConfigError: money is limited, and a model that was or will be asked has no price.
    """
    tokens, money, prices = services.token_budget, services.money_budget, services.models.prices
    if not services.models.live or (tokens is None and money is None):
        return None
    refuse_without_price(services)
    with services.database.read() as session:
        spent = spent_on(logs.model_calls(session, run_id), prices, priced=money is not None)
    return RunBudget(tokens, money, spent=spent, prices=prices)


def book(services: "Services", run_id: str, call: ModelCall) -> None:
    """Write a finished call to the run's log."""
    with services.database.write() as session:
        logs.model_call(session, run_id=run_id, call=_row(call), now=services.clock.now())


def note_tries(services: "Services", run_id: str, revision: int, tries: Mapping[str, Sequence[Try]]) -> None:
    """Write a live model's attempts at pieces, with what was found in each.

    Args:
        revision: of step 2.2.
        tries: piece id → its attempts.
    """
    model = services.models.model
    by_piece = {piece_id: [_attempt(model, one) for one in attempts] for piece_id, attempts in tries.items()}
    with services.database.write() as session:
        content_attempts.add(session, run_id=run_id, revision=revision, by_piece=by_piece, now=services.clock.now())


def _attempt(model: str, one: Try) -> dict[str, Any]:
    return {
        "findings": [{"code": one.code, "detail": detail} for detail in one.findings],
        "model": model,
        "tokens": one.prompt_tokens + one.completion_tokens,
        "cost": one.cost,
    }


def _row(call: ModelCall) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "step": call.step,
        "provider": call.provider,
        "model": call.model,
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
        "cost": call.cost,
        "attempts": call.attempts,
        "ok": call.ok,
    }
