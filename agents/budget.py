"""What a run may spend on its models: one budget of tokens and dollars, kept before each call and not after it.

Each request sets aside the most that it can take: its prompt at one token a byte, which no tokenizer passes, and the
longest answer it allows. What a server then counts takes the place of that. A request that left and brought no count
(no `usage`, a time-out, a lost connection) stays charged with what was set aside, on the budget and on the ledger
alike, so that a run that is taken up again begins with what it really spent.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from agents.usage import OpenCall, Prices, price_of
from gtm.domain.errors import BudgetExhausted, ConfigError

TOKENS, MONEY, PRICES = "GTM_LLM_TOKEN_BUDGET", "GTM_LLM_MONEY_BUDGET", "GTM_LLM_PRICES"

FRAME_TOKENS = 100
"""What is set aside for the frame that a server puts around prompts and schema."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens in and out, and US dollars."""

    tokens: int = 0
    cost: Decimal = Decimal(0)

    def plus(self, other: "Spent") -> "Spent":
        """Both together."""
        return Spent(self.tokens + other.tokens, self.cost + other.cost)

    def minus(self, other: "Spent") -> "Spent":
        """This without the other."""
        return Spent(self.tokens - other.tokens, self.cost - other.cost)


class Booked(Protocol):
    """A logged call; `cost` is None where no price was known."""

    model: str
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal | None


def spent_on(calls: Iterable[Booked], prices: Prices, *, priced: bool) -> Spent:
    """What logged calls took; one that had no price is charged at today's.

    Args:
        calls: the run's.
        prices: dollars per million tokens, by model name.
        priced: whether the dollars matter.

    Raises:
        ConfigError: they do, and the model of a call has no price today either.
    """
    total = Spent()
    for call in calls:
        cost = call.cost
        if cost is None:
            cost = price_of(prices, call.model, call.prompt_tokens, call.completion_tokens)
        if cost is None and priced:
            raise no_price(call.model)
        total = total.plus(Spent(call.prompt_tokens + call.completion_tokens, cost or Decimal(0)))
    return total


def no_price(model: str) -> ConfigError:
    """The error for a budget of dollars and a model whose price nobody gave."""
    return ConfigError(
        f"a budget of money needs the price of {model}",
        field=PRICES,
        value=model,
        allowed="MODEL=IN/OUT, US dollars per million tokens",
        hint=f"add {model}=IN/OUT to {PRICES}, or leave {MONEY} out",
    )


class RunBudget:
    """A run's allowance, kept also when many requests are under way; safe to share between threads.

    Args:
        tokens: in and out, above zero; None for no limit.
        money: US dollars, above zero; None for no limit.
        spent: what the run took before.
        prices: dollars per million tokens, by model name; a budget of money needs them.

    Raises:
        ValueError: a limit is not above zero.
    """

    def __init__(
        self,
        tokens: int | None = None,
        money: Decimal | None = None,
        *,
        spent: Spent | None = None,
        prices: Prices | None = None,
    ) -> None:
        if any(limit is not None and limit <= 0 for limit in (tokens, money)):
            raise ValueError("a budget is above zero")
        self.tokens, self.money = tokens, money
        self._prices = prices or {}
        self._spent = spent or Spent()
        self._held = Spent()
        self._changed = threading.Condition()

    @property
    def spent(self) -> Spent:
        """What the run took so far, requests under way not counted."""
        with self._changed:
            return self._spent

    def price(self, model: str, prompt_tokens: int, completion_tokens: int) -> Spent:
        """What these tokens take off the budget.

        Raises:
            ConfigError: dollars are limited, and the model has no price.
        """
        cost = price_of(self._prices, model, prompt_tokens, completion_tokens)
        if cost is None and self.money is not None:
            raise no_price(model)
        return Spent(prompt_tokens + completion_tokens, cost or Decimal(0))

    @contextmanager
    def hold(self, model: str, prompt: int, answer: int, *, patient: bool = False) -> Iterator["Hold"]:
        """Set aside what a request takes at most, and book what it took.

        Args:
            model: who is asked.
            prompt: the most tokens that the prompt can have (`most_tokens`).
            answer: the longest answer that the request allows, in tokens.
            patient: wait for requests under way where what they do not use may be enough.

        Raises:
            BudgetExhausted: the request could pass a limit.
            ConfigError: dollars are limited, and the model has no price.
        """
        hold = Hold(self, model, prompt, answer, patient=patient)
        try:
            yield hold
        finally:
            hold.close()

    def reserve(self, amount: Spent, *, patient: bool = False) -> None:
        """Set an amount aside.

        Raises:
            BudgetExhausted: it could pass a limit.
        """
        with self._changed:
            while (why := self._over(amount, self._held)) is not None:
                if not patient or self._over(amount, Spent()) is not None:
                    raise why
                self._changed.wait()
            self._held = self._held.plus(amount)

    def settle(self, held: Spent, used: Spent) -> None:
        """Give back an amount set aside and book what was used of it."""
        with self._changed:
            self._held = self._held.minus(held)
            self._spent = self._spent.plus(used)
            self._changed.notify_all()

    def _over(self, amount: Spent, held: Spent) -> BudgetExhausted | None:
        taken = self._spent.plus(held)
        if self.tokens is not None and taken.tokens + amount.tokens > self.tokens:
            left = max(self.tokens - taken.tokens, 0)
            return _exhausted(f"{self.tokens} tokens", f"{left}", f"take {amount.tokens}", TOKENS)
        if self.money is not None and taken.cost + amount.cost > self.money:
            left_dollars = max(self.money - taken.cost, Decimal(0))
            return _exhausted(f"{self.money:f} dollars", f"{left_dollars:f}", f"cost {amount.cost:f}", MONEY)
        return None


class Hold:
    """What is set aside for one request, which may leave more than once.

    Attributes:
        refused: why it may not leave again.
    """

    def __init__(self, budget: RunBudget, model: str, prompt: int, answer: int, *, patient: bool) -> None:
        self.refused: BudgetExhausted | None = None
        self._budget, self._model = budget, model
        self._prompt, self._answer = prompt, answer
        self._most = budget.price(model, prompt, answer)
        self._left = False
        budget.reserve(self._most, patient=patient)
        self._reserved = True

    def leave(self, record: OpenCall | None = None) -> None:
        """An attempt leaves; one before it that brought no count is charged in full.

        Raises:
            BudgetExhausted: another attempt could pass a limit.
        """
        if self._left:
            self.close(record)
            if not self._reserved:
                self._reserve_again()
        self._left = True

    def count(self, prompt_tokens: int, completion_tokens: int) -> None:
        """The attempt under way was answered, with this usage."""
        self._settle(self._budget.price(self._model, prompt_tokens, completion_tokens))

    def free(self) -> None:
        """The attempt under way costs nothing: it reached no server, or the server refused it."""
        self._settle(Spent())

    def close(self, record: OpenCall | None = None) -> None:
        """Book what is still set aside: all of it where an attempt left that brought no count, else nothing.

        Args:
            record: the call that such an attempt is noted on.
        """
        if not (self._reserved and self._left):
            self._settle(Spent())
            return
        self._settle(self._most)
        if record is not None:
            record.prompt_tokens += self._prompt
            record.completion_tokens += self._answer

    def _reserve_again(self) -> None:
        try:
            # Not patient: two that wait for each other's part would wait for ever.
            self._budget.reserve(self._most)
        except BudgetExhausted as why:
            self.refused = why
            raise
        self._reserved = True

    def _settle(self, used: Spent) -> None:
        if self._reserved:
            self._reserved = False
            self._budget.settle(self._most, used)


def _exhausted(limit: str, left: str, wish: str, variable: str) -> BudgetExhausted:
    return BudgetExhausted(
        f"The run's budget of {limit} has {left} left; the next request may {wish}.",
        field=variable,
        hint="raise the budget, or go on without a live model",
    )


def most_tokens(*texts: str) -> int:
    """The most tokens that texts can have: one a byte of UTF-8."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
