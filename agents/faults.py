"""Turns what the SDKs raise into this project's own errors, in words that CrewAI does not act upon.

CrewAI reads error *texts*: some phrases make it call again three times, one set makes it shorten the conversation or
raise SystemExit, another makes it give up tool calling. So a server's own words are quoted only when they hold none
of them, and no error raised to CrewAI carries a cause it could look into.
"""

import openai

from agents.usage import OpenCall
from agents.wire import LONGEST_HOLD, Wire, retry_after
from gtm.domain.errors import MalformedAnswer, ModelError, ModelUnavailable, TruncatedAnswer, shorten

OVERFLOW_PHRASES = (
    "maximum length",
    "maximum context length",
    "context length exceeded",
    "context_length_exceeded",
    "context window",
    "too many tokens",
    "too long",
    "exceeds token limit",
)
"""How servers say that a prompt does not fit."""

LOADED_PHRASES = (
    *OVERFLOW_PHRASES,
    "rate limit",
    "rate-limit",
    "too many requests",
    "throttled",
    "resource exhausted",
    "not support tools",
    "n't support tools",
    "not supported",
    "not support function calling",
)
"""Phrases that CrewAI acts upon when it finds them in an error (crewai.llms.retry, crewai.utilities)."""


def truncated(record: OpenCall, limit: int | None) -> TruncatedAnswer:
    """The error for an answer that ended with `finish_reason: length`.

    Args:
        record: the call.
        limit: the limit that was asked for, in tokens, if any.
    """
    where = f"at {limit} tokens" if limit else f"after {record.completion_tokens} tokens"
    return TruncatedAnswer(
        f"{record.model} was cut off {where} in step {record.step or '?'}.",
        hint="raise max_tokens, or ask for less",
        field="max_tokens",
        value=limit,
    )


def malformed(record: OpenCall, reason: str) -> MalformedAnswer:
    """The error for an answer that cannot be used as it is."""
    return MalformedAnswer(f"{record.model} gave an unusable answer in step {record.step or '?'}: {quotable(reason)}.")


def unavailable(error: Exception, record: OpenCall, wire: Wire) -> ModelError:
    """The error for a call that the server did not answer with a completion.

    Args:
        error: what an SDK raised.
        record: the call.
        wire: the connection; names the server and takes the key out of the text.
    """
    origin = _origin(error)
    said = wire.redact(str(origin))
    if any(phrase in said.lower() for phrase in OVERFLOW_PHRASES) and not _is_status(origin, 429):
        return ModelUnavailable(
            f"The prompt of step {record.step or '?'} is larger than {record.model} can read.",
            hint="use a model that reads more, or shorten the venture brief",
        )
    attempts = f"{record.attempts} attempt{'' if record.attempts == 1 else 's'}"
    return ModelUnavailable(f"{wire.endpoint}: {_what(origin, said)} ({attempts}).", hint=_hint(origin))


def quotable(text: str) -> str:
    """The text on one line, without a final full stop, or a stand-in when CrewAI would act upon its words."""
    if any(phrase in text.lower() for phrase in LOADED_PHRASES):
        return "the server's words are not repeated here"
    return shorten(text, 200).rstrip(".")


def is_transient(error: Exception) -> bool:
    """Whether the same request may be answered soon: 408, 409, 429, 5xx, a time-out, a lost connection.

    Not when the server asks to wait longer than a run can (the OpenAI SDK gives up likewise).
    """
    origin = _origin(error)
    if isinstance(origin, openai.APIStatusError):
        if (retry_after(origin.response.headers) or 0) > LONGEST_HOLD:
            return False
        return origin.status_code in (408, 409, 429) or origin.status_code >= 500
    return isinstance(origin, openai.APIConnectionError)


def _origin(error: Exception) -> Exception:
    """The SDK's own error below what CrewAI wrapped around it (CrewAI raises some errors from themselves)."""
    found: BaseException | None = error
    seen: set[int] = set()
    while found is not None and not isinstance(found, openai.OpenAIError):
        if id(found) in seen:
            return error
        seen.add(id(found))
        found = found.__cause__
    return found if isinstance(found, Exception) else error


def _is_status(error: Exception, status: int) -> bool:
    return isinstance(error, openai.APIStatusError) and error.status_code == status


def _what(error: Exception, said: str) -> str:
    if isinstance(error, openai.APITimeoutError):
        return "no answer in time"
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__
        return f"no connection, {quotable(str(cause) or type(cause).__name__)}" if cause else "no connection"
    if isinstance(error, openai.APIStatusError):
        message = error.body.get("message") if isinstance(error.body, dict) else None
        return f"HTTP {error.status_code}" + (f", {quotable(str(message))}" if message else "")
    return quotable(said)


def _hint(error: Exception) -> str:
    if not isinstance(error, openai.APIStatusError):
        return "check the base URL and that the server runs"
    return {
        401: "check the API key",
        403: "check what the API key may do",
        404: "check the base URL and the model's name",
        429: "wait, or lower max_parallel and requests_per_minute",
        400: "check that the model takes tools and JSON schemas",
    }.get(error.status_code, "try again later" if error.status_code >= 500 else "check the model's settings")
