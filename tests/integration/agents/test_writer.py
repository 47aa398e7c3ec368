"""Copy is written in parallel; a piece that cannot be had leaves its place to the playbook's draft."""

import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
import respx
from pydantic import BaseModel, Field

from agents.budget import RunBudget
from agents.models import ModelSettings
from agents.testing import OpenAIServer, Reply, in_turn
from agents.usage import UsageLedger
from agents.wire import Wire
from agents.writer import FIRST_BACKOFF, LONGEST_BACKOFF, REPAIRS, WriteRequest, WriteResult, _pauses, write_all
from gtm.domain.errors import ConfigError

KEY = "sk-very-secret-0123456789"


class Line(BaseModel):
    """A subject line."""

    subject: str = Field(min_length=3, max_length=60)


def request(number: int, **changes: Any) -> WriteRequest[Line]:
    fields: dict[str, Any] = {"id": f"p{number}", "system": "You write.", "user": f"Piece {number}", "output": Line}
    return WriteRequest(**{**fields, "seed": 100 * number, "max_tokens": 80, "step": "2.2", **changes})


def settings_for(server: OpenAIServer, **changes: Any) -> ModelSettings:
    return ModelSettings.model_validate(
        {"provider": "compatible", "model": "m", "base_url": server.base_url, "api_key": KEY, **changes}
    )


def echo(asked: dict[str, Any], number: int) -> Reply:
    return Reply.fill({"subject": asked["messages"][1]["content"]})


def write(
    server: OpenAIServer, requests: Sequence[WriteRequest[Line]], ledger: UsageLedger | None = None, **changes: Any
) -> list[WriteResult[Line]]:
    return write_all(requests, settings_for(server, **changes), ledger or UsageLedger(), sleep=lambda _: None)


def test_results_come_in_the_order_of_the_requests_and_in_parallel() -> None:
    def script(asked: dict[str, Any], number: int) -> Reply:
        return echo(asked, number).late(0.9 if asked["messages"][1]["content"] == "Piece 0" else 0.3)

    ledger = UsageLedger()
    with OpenAIServer(echo, api_key=KEY) as server:
        # The first writer of a process imports what it needs; that is not what is timed.
        write(server, [request(0)], UsageLedger())
    with OpenAIServer(script, api_key=KEY) as server:
        started = time.monotonic()
        results = write(server, [request(n) for n in range(24)], ledger)
        seconds = time.monotonic() - started
        counts = server.counts
    assert [(r.id, r.value.subject if r.value else None, r.failure, r.attempts) for r in results] == [
        (f"p{n}", f"Piece {n}", None, 1) for n in range(24)
    ]
    assert seconds < 24 * 0.3 / 2
    totals = ledger.totals
    assert (totals.calls, totals.attempts, totals.failed_calls) == (24, counts.requests, 0) == (24, 24, 0)
    assert (totals.prompt_tokens, totals.completion_tokens) == (counts.prompt_tokens, counts.completion_tokens)
    assert list(ledger.snapshot().by_step) == ["2.2"]


def test_no_more_than_max_parallel_are_under_way() -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def script(asked: dict[str, Any], number: int) -> Reply:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.02)
        with lock:
            under_way -= 1
        return echo(asked, number)

    with OpenAIServer(script) as server:
        assert all(r.value for r in write(server, [request(n) for n in range(12)], max_parallel=3))
    assert most == 3


def test_what_goes_out() -> None:
    with OpenAIServer(echo) as server:
        write(server, [request(1)], temperature=0.5)
        sent = server.log[0]
    assert sent.authorization == f"Bearer {KEY}"
    asked = sent.request
    assert (asked["model"], asked["seed"], asked["max_tokens"], asked["temperature"]) == ("m", 100, 80, 0.5)
    assert [m["role"] for m in asked["messages"]] == ["system", "user"]
    schema = asked["response_format"]["json_schema"]
    assert (schema["name"], schema["strict"]) == ("Line", True)
    assert schema["schema"]["properties"]["subject"]["description"] == "(3 to 60 characters)"


@respx.mock
def test_the_vendor_gets_its_own_name_for_the_limit() -> None:
    body = {
        "id": "x",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": '{"subject": "Hello"}'}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9},
    }
    route = respx.post("https://api.openai.com/v1/chat/completions").mock(httpx.Response(200, json=body))
    settings = ModelSettings.model_validate({"provider": "openai", "model": "gpt-5-mini", "api_key": KEY})
    (result,) = write_all([request(1)], settings, UsageLedger())
    assert result.value == Line(subject="Hello")
    asked = json.loads(route.calls[0].request.content)
    assert asked["max_completion_tokens"] == 80
    assert "max_tokens" not in asked


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Reply.truncated('{"subject": "Hel'), "more briefly"),
        (Reply.say('{"subject": "Hel'), "could not be read"),
        (Reply.say("Sure! Here you are."), "could not be read"),
        (Reply.fill({"subject": "x" * 99}), "at most 60 characters"),
        (Reply.malformed(), "not a JSON object"),
        (Reply.malformed(b'{"choices": [{"index": 0}]}'), "has no message"),
        (Reply.error(429, retry_after=0.01), None),
        (Reply.error(500), None),
        (Reply.dropped(), None),
    ],
    ids=lambda value: "" if isinstance(value, Reply) else str(value),
)
def test_a_fault_is_asked_again_and_the_model_told_why(fault: Reply, told: str | None) -> None:
    ledger = UsageLedger()
    with OpenAIServer(in_turn(fault, Reply.fill({"subject": "Hello"}))) as server:
        (result,) = write(server, [request(1)], ledger)
        counts, (first, second) = server.counts, server.log
    assert (result.value, result.failure, result.attempts) == (Line(subject="Hello"), None, 2)
    assert [first.request["seed"], second.request["seed"]] == [100, 101]
    assert (told is None) == (len(second.request["messages"]) == 2)
    assert told is None or told in second.request["messages"][-1]["content"]
    totals = ledger.totals
    assert (totals.calls, totals.failed_calls, totals.attempts) == (1, 0, 2)
    assert (totals.prompt_tokens, totals.completion_tokens) == (counts.prompt_tokens, counts.completion_tokens)


def test_an_answer_in_a_fence_is_read() -> None:
    with OpenAIServer(in_turn(Reply.say('```json\n{"subject": "Hello"}\n```'))) as server:
        assert write(server, [request(1)])[0].value == Line(subject="Hello")


@pytest.mark.parametrize(
    ("fault", "code", "requests"),
    [
        (Reply.truncated("{"), "model-truncated", 4),
        (Reply.say("no"), "model-malformed", 4),
        (Reply.malformed(b"<html>"), "model-malformed", 4),
        (Reply.error(429, "Rate limit", 0.01), "model-unavailable", 3),
        (Reply.error(500), "model-unavailable", 3),
        (Reply.error(401, f"Wrong key {KEY}"), "model-unavailable", 1),
        (Reply.error(400, "Invalid schema for response_format"), "model-unavailable", 1),
        (Reply.error(429, "Slow down", 600), "model-unavailable", 1),
    ],
    ids=lambda value: "" if isinstance(value, Reply) else str(value),
)
@pytest.mark.filterwarnings("ignore:Invalid schema for OpenAI")
def test_a_piece_that_cannot_be_had_fails_alone_with_the_reason(fault: Reply, code: str, requests: int) -> None:
    def script(asked: dict[str, Any], number: int) -> Reply:
        return fault if asked["messages"][1]["content"] == "Piece 1" else echo(asked, number)

    ledger = UsageLedger()
    with OpenAIServer(script) as server:
        good, bad, other = write(server, [request(0), request(1), request(2)], ledger)
        counts = server.counts
    assert good.value is not None and other.value is not None
    assert (bad.value, bad.code, bad.attempts) == (None, code, requests)
    assert bad.failure and KEY not in bad.failure
    totals = ledger.totals
    assert (totals.calls, totals.failed_calls, totals.attempts) == (3, 1, requests + 2) == (3, 1, counts.requests)
    assert (totals.prompt_tokens, totals.completion_tokens) == (counts.prompt_tokens, counts.completion_tokens)


def test_a_silent_server_is_given_up_after_the_attempts() -> None:
    with OpenAIServer(lambda _, number: Reply.say("late").late(20)) as server:
        started = time.monotonic()
        (result,) = write(server, [request(1)], timeout_seconds=0.15)
        assert time.monotonic() - started < 5
        assert server.counts.requests == 3
    assert (result.code, result.failure) == ("model-unavailable", f"{server.base_url}: no answer in time (3 attempts).")


def test_findings_of_the_check_go_back_with_the_answer() -> None:
    asked: list[dict[str, Any]] = []

    def script(request: dict[str, Any], number: int) -> Reply:
        asked.append(request)
        return Reply.fill({"subject": "Guaranteed" if number == 1 else "Fleet in one view"})

    def check(line: Line) -> list[str]:
        return ["the brand never says 'guaranteed'"] if "Guaranteed" in line.subject else []

    with OpenAIServer(script) as server:
        (result,) = write(server, [request(1, check=check)])
    assert result.value == Line(subject="Fleet in one view")
    said, told = asked[1]["messages"][2:]
    assert (said["role"], json.loads(said["content"])) == ("assistant", {"subject": "Guaranteed"})
    assert "- the brand never says 'guaranteed'" in told["content"]


def test_a_piece_that_never_passes_its_check_fails_with_the_findings() -> None:
    with OpenAIServer(echo) as server:
        (result,) = write(server, [request(1, check=lambda line: ["no facts named"])])
        assert server.counts.requests == 1 + REPAIRS == 4
        assert len(server.log[-1].request["messages"]) == 4
    assert (result.code, result.findings) == ("model-findings", ("no facts named",))


def test_repairs_and_repeats_are_counted_apart() -> None:
    def script(asked: dict[str, Any], number: int) -> Reply:
        return Reply.error(500) if number % 2 else Reply.fill({"subject": f"Number {number}"})

    def check(line: Line) -> list[str]:
        return [] if line.subject == "Number 8" else [f"not {line.subject}"]

    ledger = UsageLedger({"m": (Decimal(1), Decimal(2))})
    with OpenAIServer(script) as server:
        (result,) = write(server, [request(1, check=check)], ledger, max_retries=1)
        counts = server.counts
    assert (result.value, result.attempts) == (Line(subject="Number 8"), 8)
    assert [one.findings for one in result.tries] == [(f"not Number {n}",) for n in (2, 4, 6)] + [()]
    assert [one.code for one in result.tries] == ["model-findings"] * 3 + [""]
    assert [one.seed for one in result.tries] == [101, 103, 105, 107]
    assert sum(one.prompt_tokens for one in result.tries) == counts.prompt_tokens
    assert sum(one.cost or 0 for one in result.tries) == ledger.totals.cost


def test_a_fault_in_the_check_itself_is_not_hidden() -> None:
    def check(line: Line) -> list[str]:
        raise ZeroDivisionError

    with OpenAIServer(echo) as server, pytest.raises(ZeroDivisionError):
        write(server, [request(1, check=check)])


def test_a_budget_is_kept_in_parallel() -> None:
    ledger, budget = UsageLedger(), RunBudget(2000)
    with OpenAIServer(echo, latency=0.02) as server:
        results = write_all([request(n) for n in range(30)], settings_for(server), ledger, budget=budget)
    assert budget.spent.tokens == ledger.totals.tokens <= 2000
    codes = Counter(result.code for result in results)
    assert codes["model-budget"] > 0 < codes[""]
    assert all(result.attempts == 0 for result in results if result.code)


def test_the_cost_at_the_server_never_passes_the_budget_with_eight_in_flight() -> None:
    prices = {"m": (Decimal(2), Decimal(8))}
    all_eight = threading.Barrier(8)

    def script(asked: dict[str, Any], number: int) -> Reply:
        if number <= 8:
            all_eight.wait(20)
        # As long an answer as the request allows: nothing is given back but what the prompt was overestimated by.
        return replace(echo(asked, number), usage=(300, 80))

    ledger, budget = UsageLedger(prices), RunBudget(money=Decimal("0.03"), prices=prices)
    with OpenAIServer(script) as server:
        settings = settings_for(server, max_parallel=8, prices={"m": ("2", "8")})
        results = write_all([request(n) for n in range(60)], settings, ledger, budget=budget)
        counts = server.counts
    cost = (2 * counts.prompt_tokens + 8 * counts.completion_tokens) / Decimal(1_000_000)
    assert cost == ledger.totals.cost == budget.spent.cost <= Decimal("0.03")
    assert not all_eight.broken
    assert Decimal("0.025") < cost
    assert {r.code for r in results} == {"", "model-budget"}
    assert all(r.attempts == 0 for r in results if r.code)


def test_a_server_that_counts_nothing_is_charged_with_what_was_set_aside() -> None:
    def script(asked: dict[str, Any], number: int) -> Reply:
        choice = {"index": 0, "finish_reason": "stop"}
        body = {"choices": [{**choice, "message": {"role": "assistant", "content": '{"subject": "Hello"}'}}]}
        return Reply(body=json.dumps(body).encode())

    ledger, budget = UsageLedger(), RunBudget(3000)
    with OpenAIServer(script) as server:
        results = write_all([request(n) for n in range(9)], settings_for(server), ledger, budget=budget)
        requests = server.counts.requests
    assert 1 <= requests == sum(r.value is not None for r in results) < 9
    assert 80 * requests < budget.spent.tokens == ledger.totals.tokens <= 3000


def test_one_pace_is_shared() -> None:
    with OpenAIServer(echo) as server:
        started = time.monotonic()
        assert all(r.value for r in write(server, [request(n) for n in range(6)], requests_per_minute=1200))
        assert time.monotonic() - started >= 5 * 0.05


def test_the_run_s_own_wire_stays_open() -> None:
    ledger = UsageLedger()
    with OpenAIServer(echo) as server:
        settings = settings_for(server)
        with Wire(settings, ledger) as wire:
            write_all([request(1)], settings, ledger, wire=wire)
            assert not wire.client.is_closed
            assert write_all([], settings, ledger, wire=wire) == []


def test_it_works_inside_a_running_event_loop() -> None:
    import asyncio

    async def inside(server: OpenAIServer) -> list[WriteResult[Line]]:
        return write(server, [request(1)])

    with OpenAIServer(echo) as server:
        assert asyncio.run(inside(server))[0].value == Line(subject="Piece 1")


def test_what_cannot_be_asked_is_refused() -> None:
    with OpenAIServer(echo) as server, pytest.raises(ValueError, match="id of its own"):
        write(server, [request(1), request(1)])
    with pytest.raises(ConfigError, match="no endpoint"):
        write_all([request(1)], ModelSettings(), UsageLedger())


def test_pauses_grow_and_differ_by_id() -> None:
    first, second = list(_pauses("a", 8)), list(_pauses("b", 8))
    assert first != second
    assert list(_pauses("a", 8)) == first
    for number, pause in enumerate(first):
        most = min(FIRST_BACKOFF * 2**number, LONGEST_BACKOFF)
        assert 0.75 * most <= pause <= most
