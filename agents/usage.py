"""What a run's model calls cost: every logical call, every HTTP attempt, every token a server answered for.

The ledger is filled at the wire (`agents.wire`), so that its figures equal those the server counted. CrewAI's own
`token_usage` is not used: one model shared by three agents counts three times there.
"""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.budget import Hold

Prices = Mapping[str, tuple[Decimal, Decimal]]
"""US dollars per million tokens by model name: (input, output)."""

MILLION = Decimal(1_000_000)
PLAYBOOK = "playbook"
"""Provider and model name of the embedded model, which costs nothing."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One logical model call, finished.

    Attributes:
        call_id: unique, hexadecimal.
        step: the step it served, such as `1.2`.
        provider: `playbook`, `openai` or `compatible`.
        model: the model's name as it was asked for.
        prompt_tokens: tokens in, summed over the attempts that were answered with usage.
        completion_tokens: tokens out, summed likewise.
        cost: US dollars, exact and not rounded to the cent; None when the model's price is unknown.
        attempts: HTTP requests made, retries included; 0 for the embedded model.
        ok: whether a usable answer came.
        finish_reason: the last answer's own word (`stop`, `tool_calls`, `length`), or an empty text.
    """

    call_id: str
    step: str
    provider: str
    model: str
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal | None
    attempts: int
    ok: bool
    finish_reason: str


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt at a piece of copy, its repeated requests included.

    Attributes:
        seed: what the model's choices were drawn with.
        findings: what was wrong with the answer, a sentence each; none where it was taken.
        code: the failure's stable code, or an empty text.
        cost: US dollars; None when the model's price is unknown.
    """

    seed: int
    findings: tuple[str, ...] = ()
    code: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over calls; `cost` is None as soon as one call's price is unknown (unknown is not zero)."""

    calls: int = 0
    failed_calls: int = 0
    attempts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: Decimal | None = Decimal(0)

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.prompt_tokens + self.completion_tokens

    def plus(self, call: ModelCall) -> "Totals":
        """These sums with one call more."""
        return Totals(
            calls=self.calls + 1,
            failed_calls=self.failed_calls + (not call.ok),
            attempts=self.attempts + call.attempts,
            prompt_tokens=self.prompt_tokens + call.prompt_tokens,
            completion_tokens=self.completion_tokens + call.completion_tokens,
            cost=None if self.cost is None or call.cost is None else self.cost + call.cost,
        )


@dataclass(frozen=True, slots=True)
class UsageSnapshot:
    """The ledger at one moment.

    Attributes:
        total: sums over all finished calls.
        by_step: the same sums for each step, in the order the steps first called.
        calls: the finished calls, in the order they finished.
        unclaimed_attempts: HTTP requests made outside any logical call; 0 in a sound run.
    """

    total: Totals
    by_step: Mapping[str, Totals]
    calls: tuple[ModelCall, ...]
    unclaimed_attempts: int


@dataclass(slots=True)
class OpenCall:
    """A logical call that is under way; the wire notes here what happens, one thread at a time.

    Attributes:
        attempts: HTTP requests made so far.
        prompt_tokens: tokens in so far.
        completion_tokens: tokens out so far.
        finish_reason: of the latest answer.
        malformed: why the latest answer is not a completion, or an empty text.
        replied: whether any attempt was answered with success, so that tokens may have been used.
        ok: set by whoever opened the call, once the answer is usable.
        hold: what a budget set aside for the request under way.
    """

    call_id: str
    step: str
    provider: str
    model: str
    attempts: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish_reason: str = ""
    malformed: str = ""
    replied: bool = False
    ok: bool = False
    hold: "Hold | None" = None

    @property
    def tokens(self) -> int:
        """Tokens in and out so far."""
        return self.prompt_tokens + self.completion_tokens

    def attempt(self) -> None:
        """An HTTP request leaves; what the one before said is forgotten, its tokens are not."""
        self.attempts += 1
        self.finish_reason = ""
        self.malformed = ""


_open_call: ContextVar[OpenCall | None] = ContextVar("gtm_open_model_call", default=None)


def open_call() -> OpenCall | None:
    """The logical call this thread of work is in, if any."""
    return _open_call.get()


def price_of(prices: Prices, model: str, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
    """US dollars for these tokens, exact; None when the model has no price.

    Args:
        prices: dollars per million tokens.
        model: the model's name as it was asked for.
        prompt_tokens: tokens in.
        completion_tokens: tokens out.
    """
    if (price := prices.get(model)) is None:
        return None
    return (price[0] * prompt_tokens + price[1] * completion_tokens) / MILLION


class UsageLedger:
    """Records the model calls of one run; safe to share between threads.

    Args:
        prices: dollars per million tokens, by model name.
        on_call: told of every finished call, from the thread that made it and outside the ledger's lock, so that the
            runner can persist it; an error it raises reaches whoever made the call.
    """

    def __init__(self, prices: Prices | None = None, on_call: Callable[[ModelCall], None] | None = None) -> None:
        self._prices: Prices = {PLAYBOOK: (Decimal(0), Decimal(0)), **(prices or {})}
        self._on_call = on_call
        self._calls: list[ModelCall] = []
        self._unclaimed = 0
        self._lock = threading.Lock()

    @contextmanager
    def call(self, step: str, provider: str, model: str) -> Iterator[OpenCall]:
        """Open a logical call; it is recorded when the block ends, also when it ends in an error.

        Args:
            step: the step it serves.
            provider: `playbook`, `openai` or `compatible`.
            model: the model's name.
        """
        record = OpenCall(uuid.uuid4().hex, step, provider, model)
        token = _open_call.set(record)
        try:
            yield record
        finally:
            _open_call.reset(token)
            self._finish(record)

    def attempt(self) -> None:
        """An HTTP request leaves; it belongs to the call that is open in this thread of work.

        Raises:
            BudgetExhausted: it is a further attempt, which could pass the run's budget.
        """
        if (record := open_call()) is not None:
            if record.hold is not None:
                record.hold.leave(record)
            record.attempt()
            return
        with self._lock:
            self._unclaimed += 1

    def snapshot(self) -> UsageSnapshot:
        """Everything recorded so far."""
        with self._lock:
            calls, unclaimed = tuple(self._calls), self._unclaimed
        total, by_step = Totals(), dict[str, Totals]()
        for call in calls:
            total = total.plus(call)
            by_step[call.step] = by_step.get(call.step, Totals()).plus(call)
        return UsageSnapshot(total, by_step, calls, unclaimed)

    @property
    def totals(self) -> Totals:
        """Sums over all finished calls."""
        return self.snapshot().total

    def price(self, model: str, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
        """US dollars for these tokens; None when the model has no price."""
        return price_of(self._prices, model, prompt_tokens, completion_tokens)

    def _cost(self, record: OpenCall) -> Decimal | None:
        """What a call cost; nothing where no server answered, whatever its price."""
        if not (record.tokens or record.replied or record.ok):
            return Decimal(0)
        return self.price(record.model, record.prompt_tokens, record.completion_tokens)

    def _finish(self, record: OpenCall) -> None:
        call = ModelCall(
            call_id=record.call_id,
            step=record.step,
            provider=record.provider,
            model=record.model,
            prompt_tokens=record.prompt_tokens,
            completion_tokens=record.completion_tokens,
            cost=self._cost(record),
            attempts=record.attempts,
            ok=record.ok,
            finish_reason=record.finish_reason,
        )
        with self._lock:
            self._calls.append(call)
        if self._on_call is not None:
            self._on_call(call)


def estimate_tokens(*texts: str) -> int:
    """A rough count of tokens: four characters each, rounded up."""
    return -(-sum(len(text) for text in texts) // 4)
