"""Writes many pieces of copy at once, each as a typed object, through langchain-openai's structured output.

CrewAI's executor asks one question at a time; copy for every template and segment would take minutes there. A piece
that cannot be had comes back without a value and with the reason, so that the caller lets the playbook's draft stand in
(domain.md, "Roles": falls back to the default template when generation fails). Two things are counted apart: answers
that cannot be used go back with their findings (`REPAIRS`), and servers that give none are asked again (`max_retries`).
"""

import json
import re
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import openai
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, SecretStr, ValidationError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from agents.budget import FRAME_TOKENS, Hold, RunBudget, most_tokens
from agents.faults import is_transient, malformed, truncated, unavailable
from agents.models import ModelSettings
from agents.schema import answer_schema
from agents.usage import OpenCall, Try, UsageLedger
from agents.wire import STAND_IN_KEY, Wire
from gtm.domain.errors import MalformedAnswer, ModelError, TruncatedAnswer, shorten

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable
    from langchain_openai import ChatOpenAI

T = TypeVar("T", bound=BaseModel)

FIRST_BACKOFF = 0.5
"""Seconds before the second attempt, doubled for each one after."""

LONGEST_BACKOFF = 8.0
"""Seconds between two attempts at most, unless the server asks for more."""

REPAIRS = 3
"""How often a piece goes back with what was found in it; after that the caller's draft stands in."""

_FENCE = re.compile(r"^```(?:json)?\s*|\s*```$")

FINDINGS = "model-findings"
"""The failure code of a piece that never passed its own check."""


@dataclass(frozen=True, slots=True)
class WriteRequest(Generic[T]):
    """One piece to write.

    Attributes:
        id: unique among the requests of one call; comes back on the result.
        system: the system prompt.
        user: the user prompt.
        output: the pydantic model to fill; it goes out as a JSON schema.
        seed: sampling seed of the first attempt; later ones add one each, so that a fault is not repeated.
        max_tokens: the longest answer, in tokens.
        step: the step the tokens are booked on.
        check: tells what is wrong with a filled model, a sentence each; the model is shown them and asked again.
        repairs: how often it goes back at most.
    """

    id: str
    system: str
    user: str
    output: type[T]
    seed: int
    max_tokens: int
    step: str = ""
    check: Callable[[T], Sequence[str]] | None = None
    repairs: int = REPAIRS


@dataclass(frozen=True, slots=True)
class WriteResult(Generic[T]):
    """What became of one piece.

    Attributes:
        id: the request's.
        value: the filled model, checked; None when there is none.
        failure: why there is no value, in a sentence; None when there is one.
        code: the failure's stable code (`model-truncated`, `model-malformed`, `model-unavailable`, `model-budget`,
            `model-findings`), or an empty text.
        findings: what the check said about the last answer, when that was the failure.
        attempts: HTTP requests made.
        tries: each attempt at the piece with its findings, in order; the last is the one that was taken, if one was.
    """

    id: str
    value: T | None
    failure: str | None
    code: str
    findings: tuple[str, ...]
    attempts: int
    tries: tuple[Try, ...] = ()


class _Refused(MalformedAnswer):
    """The piece did not pass its own check."""

    code = FINDINGS


def write_all(
    requests: Sequence[WriteRequest[T]],
    settings: ModelSettings,
    ledger: UsageLedger,
    *,
    budget: RunBudget | None = None,
    wire: Wire | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[WriteResult[T]]:
    """Write all pieces in parallel and return the results in the order of the requests.

    Needs no event loop and starts none: threads share one connection pool and one pace. Each request is one logical
    call on the ledger; the repairs and repeats here are its only ones.

    Args:
        requests: the pieces, with distinct ids.
        settings: a live model.
        ledger: takes every call.
        budget: the run's allowance; a piece it does not allow fails with `model-budget`.
        wire: the run's shared connection; without it one is opened for this call and closed after.
        sleep: waits between attempts, in seconds.

    Raises:
        ValueError: two requests have the same id.
        ConfigError: the settings name the embedded playbook.
    """
    if len({request.id for request in requests}) != len(requests):
        raise ValueError("every write request has an id of its own")
    with ExitStack() as scope:
        shared = wire or scope.enter_context(Wire(settings, ledger))
        writer = _Writer(settings, ledger, shared, budget, sleep)
        return writer.write_all(requests) if requests else []


class _Writer:
    def __init__(
        self,
        settings: ModelSettings,
        ledger: UsageLedger,
        wire: Wire,
        budget: RunBudget | None,
        sleep: Callable[[float], None],
    ) -> None:
        self._settings, self._ledger, self._wire = settings, ledger, wire
        self._budget, self._sleep = budget, sleep
        self._chat = _chat(settings, wire)

    def write_all(self, requests: Sequence[WriteRequest[T]]) -> list[WriteResult[T]]:
        workers = min(self._settings.max_parallel, len(requests))
        pool = ThreadPoolExecutor(workers, thread_name_prefix="copy-writer")
        try:
            return list(pool.map(self._write, requests))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _write(self, request: WriteRequest[T]) -> WriteResult[T]:
        provider, model = self._settings.provider, self._settings.model
        tries: list[Try] = []
        with self._ledger.call(request.step or request.id, provider, model) as record:
            try:
                value = self._repaired(request, record, tries)
            except ModelError as error:
                return WriteResult(
                    request.id, None, error.detail, error.code, error.findings, record.attempts, tuple(tries)
                )
            record.ok = True
            return WriteResult(request.id, value, None, "", (), record.attempts, tuple(tries))

    def _repaired(self, request: WriteRequest[T], record: OpenCall, tries: list[Try]) -> T:
        """The piece, asked for again with what was found as often as that is allowed."""
        messages: list[BaseMessage] = [SystemMessage(request.system), HumanMessage(request.user)]
        while True:
            before = (record.prompt_tokens, record.completion_tokens)
            try:
                value = self._asked(request, messages, record)
            except (TruncatedAnswer, MalformedAnswer) as error:
                tries.append(self._try(request, record, before, error))
                if len(tries) > request.repairs:
                    raise
                messages = [*messages[:2], *_complaint(error)]
            except ModelError as error:
                tries.append(self._try(request, record, before, error))
                raise
            else:
                tries.append(self._try(request, record, before))
                return value

    def _try(
        self, request: WriteRequest[T], record: OpenCall, before: tuple[int, int], error: ModelError | None = None
    ) -> Try:
        tokens = (record.prompt_tokens - before[0], record.completion_tokens - before[1])
        return Try(
            seed=request.seed + max(record.attempts - 1, 0),
            findings=() if error is None else error.findings or (error.detail,),
            code="" if error is None else error.code,
            prompt_tokens=tokens[0],
            completion_tokens=tokens[1],
            cost=self._ledger.price(record.model, *tokens) if any(tokens) else Decimal(0),
        )

    def _asked(self, request: WriteRequest[T], messages: list[BaseMessage], record: OpenCall) -> T:
        """One answer; a server that gives none is asked again after a pause, as often as the settings say."""
        pauses = _pauses(request.id, self._settings.max_retries)
        retrying = Retrying(
            stop=stop_after_attempt(self._settings.attempts),
            retry=retry_if_exception_type(_Transient),
            # Asked after the last attempt, too, when there is no pause left.
            wait=lambda _: next(pauses, 0.0),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            answer: T = retrying(self._ask, request, messages, record)
            return answer
        except _Transient as error:
            raise error.why from None

    def _ask(self, request: WriteRequest[T], messages: list[BaseMessage], record: OpenCall) -> T:
        with ExitStack() as scope:
            record.hold = held = self._hold(scope, request, messages)
            try:
                answer = self._structured(request, request.seed + record.attempts).invoke(messages)
            except openai.OpenAIError as error:
                raise self._explain(error, request, record) from None
            except (TypeError, AttributeError, LookupError, ValueError):
                # What the SDKs make of a 200 whose body is no completion.
                if record.malformed:
                    raise malformed(record, record.malformed) from None
                raise
            finally:
                record.hold = None
                if held is not None:
                    held.close(record)
        return _value_of(answer, request, record)

    def _explain(self, error: openai.OpenAIError, request: WriteRequest[T], record: OpenCall) -> Exception:
        if record.finish_reason == "length":
            return truncated(record, request.max_tokens)
        if record.malformed:
            return malformed(record, record.malformed)
        why = unavailable(error, record, self._wire)
        return _Transient(why) if is_transient(error) else why

    def _structured(self, request: WriteRequest[T], seed: int) -> "Runnable[Any, Any]":
        limit: dict[str, Any] = {"max_tokens": request.max_tokens}
        if self._settings.provider == "compatible":
            # ChatOpenAI renames max_tokens for the vendor; other servers may know only the older name.
            limit = {"extra_body": limit}
        return self._chat.with_structured_output(
            answer_schema(request.output), method="json_schema", include_raw=True, seed=seed, **limit
        )

    def _hold(self, scope: ExitStack, request: WriteRequest[T], messages: list[BaseMessage]) -> Hold | None:
        if self._budget is None:
            return None
        sent = [json.dumps(answer_schema(request.output)), *(str(message.content) for message in messages)]
        prompt = FRAME_TOKENS + most_tokens(*sent)
        # Patient: requests under way mostly take less than is set aside for them.
        return scope.enter_context(self._budget.hold(self._settings.model, prompt, request.max_tokens, patient=True))


class _Transient(Exception):
    """The same request may be answered later; `why` is what to raise when it was the last attempt."""

    def __init__(self, why: ModelError) -> None:
        super().__init__(why.detail)
        self.why = why


def _chat(settings: ModelSettings, wire: Wire) -> "ChatOpenAI":
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=settings.model,
        base_url=settings.endpoint,
        api_key=SecretStr(STAND_IN_KEY),
        http_client=wire.client,
        timeout=wire.timeout,
        max_retries=0,
        temperature=settings.temperature,
    )


def _value_of(answer: Any, request: WriteRequest[T], record: OpenCall) -> T:
    if record.finish_reason == "length":
        raise truncated(record, request.max_tokens)
    if record.malformed:
        raise malformed(record, record.malformed)
    text = str(answer["raw"].content)
    if refusal := answer["raw"].additional_kwargs.get("refusal"):
        raise malformed(record, f"it refuses: {refusal}")
    try:
        # Not langchain's own parsing, which closes the brackets of a broken answer by guess.
        value = request.output.model_validate_json(_FENCE.sub("", text.strip()))
    except ValidationError as error:
        fault = malformed(record, _faults(error))
        fault.value = text
        raise fault from None
    if request.check is not None and (findings := tuple(request.check(value))):
        raise _Refused(
            f"{record.model} did not meet the requirements of {request.id}: {shorten('; '.join(findings), 200)}",
            value=text,
            findings=findings,
        )
    return value


def _faults(error: ValidationError) -> str:
    parts = (f"{'.'.join(map(str, one['loc'])) or 'the answer'}: {one['msg']}" for one in error.errors()[:5])
    return "; ".join(parts)


def _complaint(error: ModelError) -> list[BaseMessage]:
    """What the model is told after an answer that could not be used, its own answer first when there was one."""
    if isinstance(error, TruncatedAnswer):
        return [HumanMessage("Your last answer was cut off because it was too long. Answer again, more briefly.")]
    said: list[BaseMessage] = [AIMessage(error.value)] if isinstance(error.value, str) and error.value else []
    if error.findings:
        lines = "\n".join(f"- {finding}" for finding in error.findings)
        return [*said, HumanMessage(f"That answer does not meet these requirements:\n{lines}\nWrite it again.")]
    return [*said, HumanMessage(f"That answer could not be read. {error.detail} Answer again, with the JSON alone.")]


def _pauses(seed: str, count: int) -> Iterator[float]:
    """Exponential back-off in seconds, shortened by up to a quarter, differently for each id."""
    for number in range(count):
        spread = zlib.crc32(f"{seed}/{number}".encode()) % 1000 / 4000
        yield min(FIRST_BACKOFF * 2**number, LONGEST_BACKOFF) * (1 - spread)
