"""A live model for CrewAI agents: CrewAI's own OpenAI client on the run's wire, with answers checked."""

import asyncio
import json
import re
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import openai
from crewai.llms.base_llm import LLMCallBlockedError
from crewai.llms.providers.openai.completion import OpenAICompletion
from crewai.utilities.exceptions.context_window_exceeding_exception import LLMContextLengthExceededError
from pydantic import BaseModel, PrivateAttr
from typing_extensions import override

from agents.budget import FRAME_TOKENS, Hold, RunBudget, most_tokens
from agents.desk import StepOf, step_of_task
from agents.faults import malformed, truncated, unavailable
from agents.models import ModelSettings
from agents.schema import strict_schema
from agents.usage import OpenCall, UsageLedger, estimate_tokens
from agents.wire import STAND_IN_KEY, Wire
from gtm.domain.errors import ModelError

USABLE_SHARE = 0.85
"""The part of a context window that CrewAI's own models offer; the rest is left for the answer."""

ANSWER_TOKENS = 4096
"""The longest answer under a budget, where the settings name none: without a limit nothing can be set aside."""

_CALL_AS_TEXT = re.compile(r"<tool_call>|<\|tool_call|\[TOOL_CALLS\]|<function=")


class OpenAILLM(OpenAICompletion):
    """CrewAI's native client with one retry layer, a counted wire, and no silent failures.

    A call ends in an answer or in a `ModelError` without a cause, whose text CrewAI does not act upon: its base class
    would call again three times on anything that speaks of a 429.

    Args:
        settings: a live model's settings.
        ledger: takes every call.
        wire: the run's connection.
        step_of: tells the step of the task that calls.
        budget: the run's allowance, if there is one; an answer is then never longer than `ANSWER_TOKENS`,
            unless the settings say otherwise.
    """

    _settings: ModelSettings = PrivateAttr()
    _ledger: UsageLedger = PrivateAttr()
    _wire: Wire = PrivateAttr()
    _step_of: StepOf = PrivateAttr()
    _budget: RunBudget | None = PrivateAttr()

    def __init__(
        self,
        settings: ModelSettings,
        ledger: UsageLedger,
        *,
        wire: Wire,
        step_of: StepOf = step_of_task,
        budget: RunBudget | None = None,
    ) -> None:
        limit = "max_completion_tokens" if settings.provider == "openai" else "max_tokens"
        super().__init__(
            model=settings.model,
            provider="openai",
            custom_openai=True,
            base_url=settings.endpoint,
            api_key=STAND_IN_KEY,
            max_retries=settings.max_retries,
            temperature=settings.temperature,
            **{limit: settings.max_tokens or (ANSWER_TOKENS if budget else None)},
        )
        self._settings, self._ledger, self._wire = settings, ledger, wire
        self._step_of, self._budget = step_of, budget
        self._client = openai.OpenAI(
            api_key=STAND_IN_KEY,
            base_url=settings.endpoint,
            timeout=wire.timeout,
            max_retries=settings.max_retries,
            http_client=wire.client,
        )

    def _build_sync_client(self) -> Any:
        """None: the client needs the wire, which is known only after CrewAI has validated this model."""
        return None

    def _build_async_client(self) -> Any:
        """None: `acall` runs `call` in a thread."""
        return None

    def call(
        self,
        messages: Any,
        tools: list[dict[str, Any]] | None = None,
        callbacks: list[Any] | None = None,
        available_functions: dict[str, Any] | None = None,
        from_task: Any = None,
        from_agent: Any = None,
        response_model: type[BaseModel] | None = None,
    ) -> Any:
        """Ask the model once; transport faults are retried by the SDK alone.

        Returns:
            The final answer as text, or the tool calls to make.

        Raises:
            ModelUnavailable: no completion came within the attempts.
            TruncatedAnswer: the answer was cut off at the token limit.
            MalformedAnswer: the answer is empty, filtered, or calls a tool in a way that cannot be carried out.
            BudgetExhausted: the run's tokens are spent.
        """
        failure: Exception | None = None
        answer: Any = None
        with ExitStack() as scope:
            held = self._hold(scope, messages, tools)
            record = scope.enter_context(
                self._ledger.call(self._step_of(from_task), self._settings.provider, self.model)
            )
            record.hold = held
            try:
                answer = super().call(
                    messages, tools, callbacks, available_functions, from_task, from_agent, response_model
                )
            except LLMCallBlockedError:
                raise
            except (openai.OpenAIError, LLMContextLengthExceededError, OSError, ValueError) as error:
                failure = self._explain(error, record)
            except (TypeError, AttributeError, LookupError) as error:
                # What the SDK makes of a 200 whose body is no completion.
                failure = malformed(record, record.malformed) if record.malformed else error
            finally:
                if held is not None:
                    held.close(record)
            failure = failure or self._unusable(answer, record, tools)
            record.ok = failure is None
        if failure is not None:
            # Raised here, outside the handler: CrewAI would look into the cause and call again on a 429.
            raise failure
        return answer

    async def acall(self, *args: Any, **kwargs: Any) -> Any:
        """`call` in a thread; CrewAI's executor does not use it."""
        return await asyncio.to_thread(self.call, *args, **kwargs)

    def close(self) -> None:
        """Close the connection this model calls through."""
        self._wire.close()

    def supports_stop_words(self) -> bool:
        """False: CrewAI would cut a native answer at `Observation:`."""
        return False

    def supports_function_calling(self) -> bool:
        """True: tools go out as native function calls."""
        return True

    def get_context_window_size(self) -> int:
        """The usable part of the context window, in tokens."""
        return int(self._settings.context_window * USABLE_SHARE)

    @override
    def get_input_tokens_count(
        self,
        messages: Any,
        tools: list[dict[str, Any]] | None = None,
        response_model: type[BaseModel] | None = None,
    ) -> int:
        """An estimate in tokens, made without asking the server."""
        if isinstance(messages, str):
            return estimate_tokens(messages)
        return estimate_tokens(_text_of(list(messages)), _text_of(tools or []))

    def _convert_tools_for_interference(self, tools: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The tools in strict form; CrewAI leaves keywords in their schemas that the vendor refuses."""
        converted: list[dict[str, Any]] = super()._convert_tools_for_interference(tools)
        for tool in converted:
            function = tool["function"]
            if "parameters" in function:
                function["parameters"] = strict_schema(function["parameters"])
        return converted

    def _hold(self, scope: ExitStack, messages: Any, tools: list[dict[str, Any]] | None) -> Hold | None:
        if self._budget is None:
            return None
        answer = self._settings.max_tokens or ANSWER_TOKENS
        prompt = FRAME_TOKENS + most_tokens(json.dumps(messages, default=str), json.dumps(self._sent(tools)))
        return scope.enter_context(self._budget.hold(self.model, prompt, answer))

    def _sent(self, tools: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
        """The tools in the form in which they go out, which is longer than CrewAI's."""
        return self._convert_tools_for_interference(tools) if tools else []

    def _explain(self, error: Exception, record: OpenCall) -> Exception:
        if record.attempts == 0:
            return error
        if record.hold is not None and record.hold.refused is not None:
            return record.hold.refused
        if record.finish_reason == "length":
            return truncated(record, self._settings.max_tokens)
        if record.malformed:
            return malformed(record, record.malformed)
        return unavailable(error, record, self._wire)

    def _unusable(self, answer: Any, record: OpenCall, tools: list[dict[str, Any]] | None) -> ModelError | None:
        """The error for an answer that arrived and yet cannot be used, if it cannot."""
        if record.finish_reason == "length":
            return truncated(record, self._settings.max_tokens)
        if record.finish_reason == "content_filter":
            return malformed(record, "a content filter stopped it")
        reason = _fault_of_calls(answer, tools or []) if isinstance(answer, list) else _fault_of_text(answer, tools)
        return malformed(record, reason) if reason else None


def _fault_of_calls(calls: Sequence[Any], tools: Sequence[dict[str, Any]]) -> str:
    offered = {name_of(tool) for tool in tools}
    for call in calls:
        name, arguments = call.function.name, call.function.arguments
        if name not in offered:
            return f"it calls {name!r}, which is not one of its tools"
        try:
            if not isinstance(json.loads(arguments or "{}"), dict):
                return f"the arguments of {name} are not a JSON object"
        except ValueError:
            return f"the arguments of {name} are not JSON"
    return ""


def _fault_of_text(answer: Any, tools: Sequence[dict[str, Any]] | None) -> str:
    if not isinstance(answer, str):
        return ""
    if not answer.strip():
        return "it is empty"
    if tools and (_CALL_AS_TEXT.search(answer) or _is_call(answer, {name_of(tool) for tool in tools})):
        return "it writes a tool call as text"
    return ""


def _is_call(answer: str, offered: set[str]) -> bool:
    text = answer.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        body = json.loads(text)
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("name") in offered and bool({"arguments", "parameters"} & set(body))


def name_of(tool: dict[str, Any]) -> str:
    """The name of a tool in the OpenAI schema."""
    function = tool.get("function")
    return str((function if isinstance(function, dict) else tool).get("name", ""))


def _text_of(value: Sequence[Any]) -> str:
    return json.dumps(value, default=str)
