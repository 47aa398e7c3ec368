"""A competent model for the test server: it takes up the house's draft that its prompt shows, and answers like one.

It needs neither store nor desk, so it serves any number of runs in any process:

    with OpenAIServer(HouseBrain()) as server:
        ...
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.desk import ToolDraft
from agents.testing import BrainFromDesk, Reply

_STEP = re.compile(r"\bStep:[ \t]*(\S+)")
_CALL = re.compile(r"(?m)^([a-z_]+) (\{.*\})$")
_FACTS = re.compile(r"<<<FACTS\n(.*)\nFACTS>>>", re.S)
_DRAFT = re.compile(r"<<<DRAFT\n(.*)\nDRAFT>>>", re.S)


@dataclass(frozen=True)
class HouseBrain:
    """A script for `OpenAIServer`: the drafted tool calls one by one, and each piece of copy as it was drafted.

    Attributes:
        faults: replies given instead, by request number, counted from 1; the request is answered when it comes again.
        broken: replies always given instead, by step id (`2.2` for copy); a model that never manages that step.
    """

    faults: Mapping[int, Reply] = field(default_factory=dict)
    broken: Mapping[str, Reply] = field(default_factory=dict)

    def __call__(self, request: dict[str, Any], number: int) -> Reply:
        """The reply to the n-th request."""
        if (fault := self.faults.get(number)) is not None:
            return fault
        if (reply := self.broken.get(step_in_prompt(request))) is not None:
            return reply
        return BrainFromDesk(_PromptDesk(request), step_of=step_in_prompt, write=copy_as_drafted)(request, number)


def step_in_prompt(request: Mapping[str, Any]) -> str:
    """The step a request is about; a request for structured copy is about step 2.2."""
    for text in _texts(request):
        if found := _STEP.search(text):
            return found[1]
    return "2.2" if "response_format" in request else ""


def copy_as_drafted(request: Mapping[str, Any]) -> dict[str, Any]:
    """The draft of a copy prompt, with every fact it may claim named as a claim.

    Raises:
        ValueError: the prompt shows no draft.
    """
    prompt = "\n".join(_texts(request))
    facts, draft = _FACTS.search(prompt), _DRAFT.search(prompt)
    if draft is None or facts is None:
        raise ValueError("the prompt shows no draft")
    elements: dict[str, list[str]] = {}
    for element in json.loads(draft[1]):
        elements |= element
    return {
        "elements": [{"variable": name, "variants": texts} for name, texts in elements.items()],
        "claims": [{"text": fact["text"], "fact_id": fact["id"]} for fact in json.loads(facts[1])],
    }


class _PromptDesk:
    """The drafts that one request's own prompt shows."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._drafts = tuple(_drafts(request))

    def tool_calls(self, step: str) -> Sequence[ToolDraft]:
        return self._drafts

    def final_answer(self, step: str) -> str:
        return f"Step {step} is done as the house drafted it."


def _drafts(request: Mapping[str, Any]) -> Iterator[ToolDraft]:
    for text in _texts(request):
        for name, arguments in _CALL.findall(text):
            yield ToolDraft(name, arguments)


def _texts(request: Mapping[str, Any]) -> Iterator[str]:
    """What the system and the user said; answers and tool results are not prompts."""
    for message in request.get("messages", ()):
        if message.get("role") in ("system", "user") and isinstance(message.get("content"), str):
            yield message["content"]
