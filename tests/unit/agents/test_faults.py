"""No error that CrewAI sees holds words or causes it acts upon."""

import httpx
import openai
import pytest
from crewai.llms.retry import _ThrottlingErrorClassifier
from crewai.utilities.agent_utils import is_context_length_exceeded, is_native_tool_calling_unsupported_error

from agents.faults import is_transient, malformed, quotable, truncated, unavailable
from agents.models import ModelSettings
from agents.usage import OpenCall, UsageLedger
from agents.wire import Wire

RECORD = OpenCall("c", "1.2", "compatible", "m", attempts=3, completion_tokens=40)
REQUEST = httpx.Request("POST", "http://model.test/v1/chat/completions")
WIRE = Wire(ModelSettings(provider="compatible", model="m", base_url="http://model.test/v1"), UsageLedger())

SAID = [
    "Rate limit reached, too many requests",
    "This model's maximum context length is 8192 tokens",
    "context_length_exceeded",
    "input is too long",
    "m does not support tools",
    "Tool calling is not supported",
    "resource exhausted",
    "An ordinary sentence.",
]


def status(code: int, message: str, **headers: str) -> openai.APIStatusError:
    response = httpx.Response(code, request=REQUEST, headers=headers)
    return openai.APIStatusError(message, response=response, body={"message": message})


@pytest.mark.parametrize("code", [400, 401, 404, 413, 422, 429, 500, 503])
@pytest.mark.parametrize("said", SAID)
def test_crewai_neither_retries_nor_shortens_nor_downgrades(code: int, said: str) -> None:
    for error in (unavailable(status(code, said), RECORD, WIRE), malformed(RECORD, said), truncated(RECORD, 100)):
        assert error.__cause__ is None
        assert not _ThrottlingErrorClassifier.is_throttling_error(error)
        assert not is_context_length_exceeded(error)
        assert not is_native_tool_calling_unsupported_error(error)


def test_the_words_say_what_happened() -> None:
    late = openai.APITimeoutError(REQUEST)
    assert unavailable(late, RECORD, WIRE).detail == "http://model.test/v1: no answer in time (3 attempts)."
    assert (
        unavailable(status(503, "Busy."), RECORD, WIRE).detail == "http://model.test/v1: HTTP 503, Busy (3 attempts)."
    )
    assert truncated(RECORD, 100).detail == "m was cut off at 100 tokens in step 1.2."
    assert truncated(RECORD, None).detail == "m was cut off after 40 tokens in step 1.2."
    assert "API key" in unavailable(status(401, "No"), RECORD, WIRE).hint


def test_an_error_raised_from_itself_is_explained_too() -> None:
    error = ValueError("odd")
    error.__cause__ = error
    assert "odd" in unavailable(error, RECORD, WIRE).detail


def test_long_words_are_shortened() -> None:
    assert len(quotable("x" * 5000)) == 200


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (status(429, ""), True),
        (status(408, ""), True),
        (status(500, ""), True),
        (status(429, "", **{"retry-after": "600"}), False),
        (status(400, ""), False),
        (status(401, ""), False),
        (openai.APITimeoutError(REQUEST), True),
        (openai.APIConnectionError(request=REQUEST), True),
        (ValueError(""), False),
    ],
)
def test_only_what_may_pass_is_transient(error: Exception, transient: bool) -> None:
    assert is_transient(error) is transient
