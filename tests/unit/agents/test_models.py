"""Settings are refused early and never show the key."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from agents.models import OPENAI_URL, ModelSettings, build_llm
from agents.usage import UsageLedger
from gtm.domain.errors import ConfigError

KEY = "sk-very-secret-0123456789"


def test_the_default_is_the_playbook() -> None:
    settings = ModelSettings()
    assert (settings.provider, settings.model, settings.live) == ("playbook", "playbook", False)
    with pytest.raises(ConfigError, match="no endpoint"):
        _ = settings.endpoint


def test_the_vendor_is_the_default_endpoint_of_openai() -> None:
    settings = ModelSettings(provider="openai", model="gpt-5-mini", api_key=SecretStr(KEY))
    assert (settings.endpoint, settings.attempts) == (OPENAI_URL, 3)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"provider": "openai", "model": "m"}, "needs an api_key"),
        ({"provider": "openai", "model": "m", "api_key": "  "}, "needs an api_key"),
        ({"provider": "compatible", "model": "m"}, "needs a base_url"),
        ({"provider": "compatible", "base_url": "http://localhost/v1"}, "needs the name of a model"),
        ({"provider": "compatible", "model": "m", "base_url": "ftp://localhost"}, "http or https"),
        ({"provider": "compatible", "model": "m", "base_url": "http://localhost:port"}, "http or https"),
        ({"provider": "compatible", "model": "m", "base_url": f"http://u:{KEY}@localhost"}, "neither user"),
        ({"provider": "compatible", "model": "m", "base_url": f"http://localhost?k={KEY}"}, "neither user"),
        ({"provider": "openai", "model": "m", "api_key": "two words"}, "printable ASCII"),
        ({"timeout_seconds": 0}, "greater than 0"),
        ({"max_retries": -1}, "greater than or equal to 0"),
        ({"prices": {"m": ("-1", "2")}}, "greater than or equal to 0"),
        ({"vendor": "x"}, "Extra inputs"),
    ],
)
def test_settings_that_cannot_work_are_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ModelSettings.model_validate(fields)


def test_a_refusal_does_not_show_the_key() -> None:
    with pytest.raises(ValidationError) as refused:
        ModelSettings.model_validate({"provider": "openai", "model": "m", "api_key": KEY, "max_retries": -1})
    with pytest.raises(ValidationError) as incomplete:
        ModelSettings.model_validate({"provider": "compatible", "model": "m", "api_key": KEY})
    assert KEY not in f"{refused.value} {incomplete.value}"


def test_the_key_is_not_shown() -> None:
    settings = ModelSettings(
        provider="openai", model="m", api_key=SecretStr(KEY), prices={"m": (Decimal(1), Decimal(2))}
    )
    assert KEY not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_a_playbook_without_desk_is_refused() -> None:
    with pytest.raises(ConfigError, match="needs a desk"):
        build_llm(ModelSettings(), UsageLedger())
