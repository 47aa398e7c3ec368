"""Which model a run uses, and the one place that builds it. Importing this module does not import CrewAI."""

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal, Self

import httpx
from pydantic import ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator

from agents.budget import RunBudget
from agents.desk import Desk, StepOf, step_of_task
from agents.usage import PLAYBOOK, UsageLedger
from gtm.domain.base import Model
from gtm.domain.errors import ConfigError

if TYPE_CHECKING:
    from crewai import BaseLLM

    from agents.wire import Wire

OPENAI_URL = "https://api.openai.com/v1"
"""The vendor's own endpoint, used when `openai` names no base URL."""

Price = Annotated[Decimal, Field(ge=0)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ModelSettings(Model):
    """The model of a run.

    Attributes:
        provider: `playbook` (embedded), `openai`, or `compatible` (any server that speaks `/chat/completions`).
        model: the model's name as the server knows it.
        base_url: where the server is, ending before `/chat/completions`; `compatible` needs it.
        api_key: sent as a bearer token, never shown; `openai` needs it.
        timeout_seconds: the longest silence of the server before an attempt is given up.
        max_retries: attempts after the first, on 408, 409, 429, 5xx, time-outs and lost connections; the default
            of 2 makes the three attempts that domain.md asks for ("Roles").
        max_parallel: requests under way at one time.
        requests_per_minute: evenly spaced; None for as many as the server takes.
        prices: dollars per million tokens (input, output) by model name; a model without price costs "unknown".
        temperature: sampling temperature; None leaves it to the server.
        max_tokens: the longest answer of an agent, in tokens; None leaves it to the server.
        context_window: tokens the model can read.
    """

    # A refused input may hold the key.
    model_config = ConfigDict(hide_input_in_errors=True)

    provider: Literal["playbook", "openai", "compatible"] = "playbook"
    model: Name = PLAYBOOK
    base_url: str | None = None
    api_key: SecretStr | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    max_retries: Annotated[int, Field(ge=0, le=10)] = 2
    max_parallel: Annotated[int, Field(ge=1, le=64)] = 16
    requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    prices: dict[str, tuple[Price, Price]] = Field(default_factory=dict)
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=16)] | None = None
    context_window: Annotated[int, Field(ge=1024)] = 128_000

    @field_validator("base_url")
    @classmethod
    def _plain_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            url = httpx.URL(value)
        except httpx.InvalidURL:
            raise ValueError("a base URL is an http or https address") from None
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError("a base URL is an http or https address")
        if url.userinfo or url.query:
            raise ValueError("a base URL carries neither user, password nor query; the key goes into api_key")
        return str(url).rstrip("/")

    @field_validator("api_key")
    @classmethod
    def _no_blank_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not (key := value.get_secret_value().strip()):
            return None
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("an API key is one word of printable ASCII")
        return SecretStr(key)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.provider == "openai" and self.api_key is None:
            raise ValueError("provider openai needs an api_key")
        if self.provider == "compatible" and self.base_url is None:
            raise ValueError("provider compatible needs a base_url")
        if self.provider != PLAYBOOK and self.model == PLAYBOOK:
            raise ValueError(f"provider {self.provider} needs the name of a model")
        return self

    @property
    def live(self) -> bool:
        """Whether a server answers, not the embedded playbook."""
        return self.provider != PLAYBOOK

    @property
    def endpoint(self) -> str:
        """The base URL in effect.

        Raises:
            ConfigError: the embedded playbook has no endpoint.
        """
        if not self.live:
            raise ConfigError("The embedded playbook has no endpoint.", field="provider", value=self.provider)
        return self.base_url or OPENAI_URL

    @property
    def attempts(self) -> int:
        """HTTP attempts of one request, the first one included."""
        return self.max_retries + 1


def build_llm(
    settings: ModelSettings,
    ledger: UsageLedger,
    *,
    desk: Desk | None = None,
    step_of: StepOf = step_of_task,
    wire: "Wire | None" = None,
    budget: RunBudget | None = None,
) -> "BaseLLM":
    """Build a fresh CrewAI model for one run; imports CrewAI.

    Args:
        settings: which model.
        ledger: takes every call.
        desk: the drafts the playbook answers with; needed for `playbook`, ignored otherwise.
        step_of: tells the step of the CrewAI task that calls.
        wire: the run's shared connection; without it the model opens one of its own, closed with `llm.close()`.
        budget: the run's allowance of tokens, if there is one.

    Raises:
        ConfigError: `playbook` without a desk.
    """
    if not settings.live:
        if desk is None:
            raise ConfigError("The playbook model needs a desk to draft from.", field="desk")
        from agents.playbook_model import PlaybookLLM

        return PlaybookLLM(desk, ledger=ledger, step_of=step_of)
    from agents.openai_model import OpenAILLM
    from agents.wire import Wire

    return OpenAILLM(settings, ledger, wire=wire or Wire(settings, ledger), step_of=step_of, budget=budget)
