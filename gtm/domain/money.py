"""Money is Decimal to the cent; shares are split without losing one."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def cents(value: Decimal | int | str) -> Decimal:
    """The amount in dollars rounded half up to the cent."""
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


def split_by_weights(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split `total` dollars by weights with the largest-remainder method: the parts sum to the total exactly.

    Args:
        total: dollars, to the cent.
        weights: non-negative, at least one above zero; ties go to the earlier part.

    Raises:
        ValueError: no weight is above zero, or one is negative.
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights are non-negative and at least one is above zero")
    exact = [total * weight / whole for weight in weights]
    parts = [value.quantize(CENT, rounding=ROUND_DOWN) for value in exact]
    missing = int((total - sum(parts, Decimal(0))) / CENT)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[:missing]:
        parts[index] += CENT
    return parts


def usd(value: Decimal | None) -> str:
    """The amount as a person reads it, `undefined` when there is none (a division by zero customers or spend)."""
    return "undefined" if value is None else f"${value:,.2f}"
