"""Settings are read once, typed, and refused with the variable, the value and what is allowed."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.settings import SECRETS, VARIABLES, Settings
from gtm.domain.errors import ConfigError

OPENAI = {"GTM_LLM_PROVIDER": "openai", "GTM_LLM_MODEL": "m", "OPENAI_API_KEY": "sk-secret-value"}


def test_without_variables_the_defaults_need_nothing() -> None:
    settings = Settings.from_env({})
    assert (settings.provider, settings.home, settings.out) == ("playbook", Path("var"), Path("out"))
    assert settings.database == f"sqlite:///{Path('var/gtm.db').absolute()}"
    assert settings.sqlite_path == Path("var/gtm.db").absolute()


def test_a_blank_variable_counts_as_not_set() -> None:
    assert Settings.from_env({"GTM_LLM_TIMEOUT": "  ", "GTM_AGENT_TOKEN": ""}) == Settings.from_env({})


def test_values_arrive_typed() -> None:
    settings = Settings.from_env(
        {
            **OPENAI,
            "GTM_LLM_PRICES": "m=0.15/0.60, org/other=1/2",
            "GTM_LLM_TIMEOUT": "12.5",
            "GTM_ALLOWED_HOSTS": "GTM.example.com , other.example",
            "GTM_AGENT_URL": "https://agent.example.com/",
            "GTM_LLM_MONEY_BUDGET": "2.50",
            "GTM_SPAMD": "127.0.0.1:783",
            "GTM_CHROMIUM": "/usr/bin/chromium",
            "GTM_DEBUG": "1",
        }
    )
    assert (settings.money_budget, settings.spamd) == (Decimal("2.50"), "127.0.0.1:783")
    assert settings.chromium == Path("/usr/bin/chromium")
    assert settings.prices["m"] == (Decimal("0.15"), Decimal("0.60"))
    assert settings.prices["org/other"] == (Decimal(1), Decimal(2))
    assert settings.llm_timeout == 12.5
    assert settings.allowed_hosts == ("gtm.example.com", "other.example")
    assert settings.agent_url == "https://agent.example.com"
    assert settings.debug
    assert settings.key is not None and settings.key.get_secret_value() == "sk-secret-value"


def test_the_key_of_openai_is_not_sent_to_another_server() -> None:
    compatible = {**OPENAI, "GTM_LLM_PROVIDER": "compatible", "GTM_LLM_BASE_URL": "http://127.0.0.1:9/v1"}
    assert Settings.from_env(compatible).key is None
    named = Settings.from_env({**compatible, "GTM_LLM_API_KEY": "own"}).key
    assert named is not None and named.get_secret_value() == "own"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GTM_LLM_PROVIDER", "gpt"),
        ("GTM_LLM_TIMEOUT", "nan"),
        ("GTM_LLM_TIMEOUT", "-1"),
        ("GTM_LLM_TIMEOUT", "soon"),
        ("GTM_LLM_MAX_RETRIES", "11"),
        ("GTM_LLM_PRICES", "m=1"),
        ("GTM_LLM_PRICES", "m=1/-2"),
        ("GTM_LLM_PRICES", "m=1/NaN"),
        ("GTM_LLM_PRICES", "=1/2"),
        ("GTM_LLM_TOKEN_BUDGET", "0"),
        ("GTM_LLM_MONEY_BUDGET", "0"),
        ("GTM_LLM_MONEY_BUDGET", "-1"),
        ("GTM_LLM_MONEY_BUDGET", "NaN"),
        ("GTM_LLM_MONEY_BUDGET", "Infinity"),
        ("GTM_LLM_MONEY_BUDGET", "two dollars"),
        ("GTM_SPAMD", "127.0.0.1"),
        ("GTM_SPAMD", "127.0.0.1:0"),
        ("GTM_SPAMD", "127.0.0.1:65536"),
        ("GTM_SPAMD", ":783"),
        ("GTM_SPAMD", "http://127.0.0.1:783"),
        ("GTM_AGENT_URL", "agent.example.com"),
        ("GTM_AGENT_URL", "https://me:secret@agent.example.com"),
        ("GTM_AGENT_TOKEN", "short"),
        ("GTM_AGENT_TOKEN", "sixteen letters but blanks"),
        ("GTM_ALLOWED_HOSTS", "http://a.example"),
        ("GTM_ALLOWED_HOSTS", "a.example:80"),
        ("GTM_DEBUG", "perhaps"),
        ("GTM_DATABASE_URL", "mysql://x/y"),
    ],
)
def test_a_broken_value_names_variable_value_and_allowed(variable: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({variable: value})
    error = caught.value
    assert error.field == variable
    assert error.allowed == VARIABLES[variable][1]
    if VARIABLES[variable][0] in SECRETS:
        assert value not in str(error.as_problem())
    else:
        assert str(error.value)[:4] == value[:4]
    assert "secret" not in str(error.as_problem())


def test_all_broken_values_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({"GTM_LLM_TIMEOUT": "0", "GTM_LLM_MAX_RETRIES": "-1"})
    assert len(caught.value.findings) == 2


@pytest.mark.parametrize(
    ("env", "missing"),
    [
        ({"GTM_LLM_PROVIDER": "openai", "GTM_LLM_MODEL": "m"}, "OPENAI_API_KEY"),
        ({"GTM_LLM_PROVIDER": "openai", "OPENAI_API_KEY": "k"}, "GTM_LLM_MODEL"),
        ({"GTM_LLM_PROVIDER": "compatible", "GTM_LLM_MODEL": "m"}, "GTM_LLM_BASE_URL"),
    ],
)
def test_a_provider_says_what_it_lacks(env: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env(env)
    assert caught.value.field == missing


def test_a_child_reads_the_same_settings(tmp_path: Path) -> None:
    env = {
        **OPENAI,
        "GTM_HOME": str(tmp_path / "home"),
        "GTM_LLM_PRICES": "m=0.15/0.60,n=1/2",
        "GTM_ALLOWED_HOSTS": "a.example,b.example",
        "GTM_AGENT_TOKEN": "0123456789abcdef",
        "GTM_LLM_MONEY_BUDGET": "2.50",
        "GTM_SPAMD": "[::1]:783",
        "GTM_CHROMIUM": "/usr/bin/chromium",
        "GTM_DATABASE_URL": "postgresql://me:pw@db/gtm",
        "GTM_DEBUG": "1",
    }
    parent = Settings.from_env(env)
    child = Settings.from_env(parent.as_env())
    assert child.model_copy(update={"out": parent.out, "database_url": parent.database_url}) == parent
    assert child.database == parent.database == "postgresql+psycopg://me:pw@db/gtm"
    assert child.out == Path("out").absolute()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@ss/w0rdCANARY@127.0.0.1:1/x",
        "postgresql://u:p@CANARY@db/x",
        "postgresql://u:pw/CANARY@db/x",
        "postgresql+psycopg://u:pw?CANARY@db/x",
        "postgresql://u:pw#CANARY@db:5432/x",
        "postgresql://db/x?user=u&password=CANARY",
        "postgresql://u@db/x?sslpassword=CANARY",
    ],
)
def test_a_database_url_that_can_be_read_two_ways_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({"GTM_DATABASE_URL": url})
    told = str(caught.value.as_problem())
    assert "CANARY" not in told and "GTM_DATABASE_URL" in told and "%40 for @" in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40ss%2Fw0rd@127.0.0.1:1/x",
        "postgresql://u@db/x",
        "postgresql:///x?host=/var/run/postgresql",
        "sqlite:////srv/a@b/c@d/gtm.db",
    ],
)
def test_a_database_url_that_can_be_read_one_way_is_taken(url: str) -> None:
    settings = Settings.from_env({"GTM_DATABASE_URL": url})
    assert "w0rd" not in settings.safe_database
    assert settings.sqlite_path is None or settings.safe_database == url


@pytest.mark.parametrize("url", ["https://u:p@CANARY/x@db/v1", "https://db/v1?api_key=CANARY", "https://u:CANARY@db"])
def test_a_web_address_that_is_refused_shows_no_secret(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({"GTM_LLM_BASE_URL": url})
    assert "CANARY" not in str(caught.value.as_problem())


def test_secrets_never_show() -> None:
    settings = Settings.from_env(
        {
            **OPENAI,
            "GTM_AGENT_TOKEN": "0123456789abcdef",
            "GTM_VAULT_KEY": "the-vault-key",
            "GTM_DATABASE_URL": "postgresql://me:pw-hidden@db/gtm",
        }
    )
    shown = repr(settings) + str(settings) + settings.safe_database
    for secret in ("sk-secret-value", "0123456789abcdef", "the-vault-key"):
        assert secret not in shown
    assert "pw-hidden" not in shown


def test_a_survey_keeps_what_can_be_used_and_names_everything_else_once() -> None:
    env = {
        "GTM_MAIL_CONNECTIONS": "99",
        "GTM_LLM_PROVIDER": "openai",
        "GTM_LLM_TIMEOUT": "soon",
        "GTM_DKIM_KEY": "no reference",
        "GTM_DKIM_SELECTOR": "s1",
        "GTM_OUT": "elsewhere",
    }
    settings, faults = Settings.survey(env)
    assert [fault.field for fault in faults] == [
        "GTM_LLM_TIMEOUT",
        "GTM_MAIL_CONNECTIONS",
        "GTM_DKIM_KEY",
        "OPENAI_API_KEY",
        "GTM_LLM_MODEL",
    ]
    assert (settings.out, settings.mail_connections, settings.provider) == (Path("elsewhere"), 4, "openai")
    assert [(fault.value, fault.allowed) for fault in faults[:1]] == [("soon", VARIABLES["GTM_LLM_TIMEOUT"][1])]


def test_a_survey_without_faults_is_what_a_command_reads() -> None:
    assert Settings.survey(OPENAI) == (Settings.from_env(OPENAI), ())
