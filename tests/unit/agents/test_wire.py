"""The wire paces, counts, holds the key and reads what came back."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from agents.budget import RunBudget
from agents.models import ModelSettings
from agents.usage import UsageLedger
from agents.wire import RateLimiter, Wire, retry_after

URL = "http://model.test/v1"
KEY = "sk-very-secret-0123456789"
DONE = {
    "choices": [{"message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 11, "completion_tokens": 3},
}


def settings(**changes: Any) -> ModelSettings:
    return ModelSettings.model_validate(
        {"provider": "compatible", "model": "m", "base_url": URL, "api_key": KEY, **changes}
    )


class Time:
    def __init__(self) -> None:
        self.now, self.slept = 100.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def test_requests_are_spaced_evenly_and_idle_time_is_not_saved_up() -> None:
    time = Time()
    limiter = RateLimiter(60, now=lambda: time.now, sleep=time.sleep)
    for _ in range(3):
        limiter.wait()
    assert time.slept == [1.0, 1.0]
    time.now += 30
    limiter.wait()
    limiter.wait()
    assert time.slept == [1.0, 1.0, 1.0]


def test_sixty_a_minute_hold_whatever_the_number_in_flight() -> None:
    limiter = RateLimiter(60, now=lambda: 0.0, sleep=lambda _: None)
    with ThreadPoolExecutor(16) as pool:
        turns = sorted(pool.map(lambda _: limiter.wait(), range(180)))
    assert turns == [float(second) for second in range(180)]


def test_a_hold_keeps_everybody_back_unless_it_is_too_long() -> None:
    time = Time()
    limiter = RateLimiter(None, now=lambda: time.now, sleep=time.sleep)
    limiter.wait()
    limiter.hold(7)
    limiter.hold(3600)
    limiter.wait()
    limiter.wait()
    assert time.slept == [7.0]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "2", "retry-after-ms": "50"}, 0.05),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx.Headers(headers)) == seconds


@respx.mock
def test_the_wire_sends_the_key_and_books_attempt_tokens_and_reason() -> None:
    route = respx.post(f"{URL}/chat/completions").mock(httpx.Response(200, json=DONE))
    ledger = UsageLedger()
    with Wire(settings(), ledger) as wire, ledger.call("1.1", "compatible", "m") as call:
        wire.client.post(f"{URL}/chat/completions", headers={"Authorization": "Bearer stand-in"}, json={})
        assert (call.attempts, call.prompt_tokens, call.completion_tokens) == (1, 11, 3)
        assert (call.finish_reason, call.malformed) == ("stop", "")
    assert route.calls[0].request.headers["Authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(wire)


@respx.mock
def test_without_a_key_no_authorization_leaves() -> None:
    route = respx.post(URL).mock(httpx.Response(200, json=DONE))
    ledger = UsageLedger()
    with Wire(settings(api_key=None), ledger) as wire:
        wire.client.post(URL, headers={"Authorization": "Bearer stand-in"})
    assert "Authorization" not in route.calls[0].request.headers
    assert ledger.snapshot().unclaimed_attempts == 1


@respx.mock
def test_a_redirect_is_not_followed() -> None:
    respx.post(URL).mock(httpx.Response(307, headers={"Location": "http://elsewhere.test/"}))
    elsewhere = respx.post("http://elsewhere.test/").mock(httpx.Response(200))
    with Wire(settings(), UsageLedger()) as wire:
        assert wire.client.post(URL).status_code == 307
    assert not elsewhere.called


@respx.mock
def test_a_key_quoted_by_the_server_is_taken_out() -> None:
    respx.post(URL).mock(httpx.Response(401, json={"error": {"message": f"Incorrect API key {KEY}"}}))
    with Wire(settings(), UsageLedger()) as wire:
        response = wire.client.post(URL)
        assert KEY not in response.text
        assert response.json()["error"]["message"] == "Incorrect API key ***"
        assert wire.redact(f"a {KEY} b") == "a *** b"


@respx.mock
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "not a JSON object"),
        (b"\xff\xfe", "not a JSON object"),
        (b"[1]", "not a JSON object"),
        (b"{}", "no choices"),
        (b'{"choices": []}', "no choices"),
        (b'{"choices": [1]}', "no choices"),
        (b'{"choices": [{"finish_reason": "stop"}]}', "no message"),
    ],
)
def test_a_body_that_is_no_completion_is_noted(body: bytes, reason: str) -> None:
    respx.post(URL).mock(httpx.Response(200, content=body))
    ledger = UsageLedger()
    with Wire(settings(), ledger) as wire, ledger.call("1.1", "compatible", "m") as call:
        wire.client.post(URL)
        assert reason in call.malformed


@respx.mock
def test_tokens_of_an_odd_usage_are_not_counted() -> None:
    odd = {**DONE, "usage": {"prompt_tokens": "11", "completion_tokens": -3}}
    respx.post(URL).mock(httpx.Response(200, json=odd))
    ledger = UsageLedger()
    with Wire(settings(), ledger) as wire, ledger.call("1.1", "compatible", "m") as call:
        wire.client.post(URL)
        assert call.tokens == 0


@respx.mock
def test_a_429_holds_the_next_request_back() -> None:
    respx.post(URL).mock(
        side_effect=[httpx.Response(429, headers={"Retry-After": "3"}), httpx.Response(200, json=DONE)]
    )
    time = Time()
    limiter = RateLimiter(None, now=lambda: time.now, sleep=time.sleep)
    with Wire(settings(), UsageLedger(), limiter=limiter) as wire:
        wire.client.post(URL)
        wire.client.post(URL)
    assert time.slept == [3.0]


def test_settings_of_the_playbook_make_no_wire() -> None:
    with pytest.raises(Exception, match="no endpoint"):
        Wire(ModelSettings(), UsageLedger())


def test_the_key_is_a_secret_in_the_settings() -> None:
    assert isinstance(settings().api_key, SecretStr)
    assert KEY not in json.dumps(settings().model_dump(mode="json"))


@respx.mock
def test_a_body_without_end_is_not_read_and_costs_what_was_set_aside() -> None:
    def parts() -> Iterator[bytes]:
        for number in range(1000):
            read.append(number)
            yield b"x" * 100_000

    class Body(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return parts()

    read: list[int] = []
    respx.post(f"{URL}/chat/completions").mock(return_value=httpx.Response(200, stream=Body()))
    ledger, budget = UsageLedger(), RunBudget(1000)
    with Wire(settings(), ledger) as wire, ledger.call("2.2", "compatible", "m") as record:
        with budget.hold("m", 100, 50) as hold:
            record.hold = hold
            response = wire.client.post(f"{URL}/chat/completions", json={})
            hold.close(record)
        assert record.malformed == "the body has more than 2000000 bytes"
    assert (response.content, len(read)) == (b"", 21)
    assert budget.spent.tokens == ledger.totals.tokens == 150


@respx.mock
@pytest.mark.parametrize(
    ("answer", "tokens"),
    [
        (httpx.Response(200, json=DONE), 14),
        (httpx.Response(200, json={"choices": DONE["choices"]}), 150),
        (httpx.Response(500, json={}), 0),
        (httpx.ReadTimeout("late"), 150),
        (httpx.ConnectError("nobody"), 0),
    ],
    ids=["usage", "no usage", "refused", "no answer", "not sent"],
)
def test_what_an_attempt_takes_off_the_budget(answer: httpx.Response | Exception, tokens: int) -> None:
    route = respx.post(f"{URL}/chat/completions")
    _ = route.mock(side_effect=answer) if isinstance(answer, Exception) else route.mock(return_value=answer)
    ledger, budget = UsageLedger(), RunBudget(1000)
    with (
        Wire(settings(), ledger) as wire,
        ledger.call("2.2", "compatible", "m") as record,
        budget.hold("m", 100, 50) as hold,
        suppress(httpx.HTTPError),
    ):
        record.hold = hold
        try:
            wire.client.post(f"{URL}/chat/completions", json={})
        finally:
            hold.close(record)
    assert budget.spent.tokens == ledger.totals.tokens == tokens
