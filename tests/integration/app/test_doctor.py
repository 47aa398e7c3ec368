"""`gtm doctor` tells what is there, what is missing, and how to mend it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.root import app


def examine(env: dict[str, str], *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    done = CliRunner().invoke(app, ["doctor", "--json", *arguments], env=env)
    told = json.loads(done.stdout)
    assert told["ok"] is (done.exit_code == 0)
    return done.exit_code, {check["name"]: check for check in told["checks"]}


def test_a_fresh_home_is_ready_and_stays_untouched(env: dict[str, str], home: Path) -> None:
    code, checks = examine(env)
    assert code == 0
    assert {name for name, check in checks.items() if check["state"] == "missing"} == set()
    assert {"python", "configuration", "database", "vault", "model", "mail sink", "SpamAssassin", "PostgreSQL"} <= set(
        checks
    )
    assert checks["model"]["detail"].startswith("playbook")
    assert not home.exists()


def test_in_words_it_names_the_next_step(env: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["doctor"], env=env)
    assert done.exit_code == 0
    assert "Ready. Next: gtm run examples/ventures/fleet.yaml" in done.stdout


@pytest.mark.parametrize(
    ("variables", "name", "word"),
    [
        ({"GTM_DATABASE_URL": "sqlite:////proc/none/gtm.db"}, "database", "GTM_DATABASE_URL"),
        ({"GTM_HOME": "/proc/none"}, "home", "GTM_HOME"),
        ({"GTM_VAULT_KEY": "not-a-key"}, "vault", "GTM_VAULT_KEY"),
        ({"GTM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "database", "127.0.0.1"),
    ],
)
def test_what_is_broken_is_named_with_its_cure(
    variables: dict[str, str], name: str, word: str, env: dict[str, str]
) -> None:
    code, checks = examine({**env, **variables})
    assert word in json.dumps(checks[name])
    if checks[name]["state"] == "missing":
        assert code == 1 and checks[name]["fix"]


def test_one_broken_database_is_one_missing_part(env: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["doctor"], env={**env, "GTM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    assert done.exit_code == 1
    assert "1 essential part is missing." in done.stdout
    assert "not known, as the database cannot be used" in " ".join(done.stdout.split())


def test_variables_that_cannot_be_used_are_lines_among_the_others(env: dict[str, str]) -> None:
    broken = {"GTM_MAIL_CONNECTIONS": "99", "GTM_LLM_PROVIDER": "openai", "GTM_LLM_MODEL": "m"}
    code, checks = examine({**env, **broken, "GTM_AGENT_TOKEN": "short secret"})
    assert code == 1
    missing = {name: check for name, check in checks.items() if check["state"] == "missing"}
    assert set(missing) == {"GTM_MAIL_CONNECTIONS", "OPENAI_API_KEY", "GTM_AGENT_TOKEN"}
    assert missing["GTM_MAIL_CONNECTIONS"]["detail"].endswith("it holds 99 (allowed: 1 to 32)")
    assert "or unset it" in missing["GTM_MAIL_CONNECTIONS"]["fix"]
    assert "GTM_LLM_PROVIDER=openai needs a key" in missing["OPENAI_API_KEY"]["detail"]
    assert "set OPENAI_API_KEY" in missing["OPENAI_API_KEY"]["fix"]
    assert "short secret" not in json.dumps(checks)
    for name, variable in (("model", "OPENAI_API_KEY"), ("agent", "GTM_AGENT_TOKEN")):
        assert checks[name]["detail"] == f"not known, as {variable} cannot be used"
    assert checks["database"]["state"] == checks["configuration"]["state"] == "ok"
    assert "variables" not in checks
    told = CliRunner().invoke(app, ["doctor"], env={**env, **broken})
    assert told.exit_code == 1 and "2 essential parts are missing." in told.stdout and not told.stderr


def test_a_database_of_another_kind_is_not_looked_at(env: dict[str, str]) -> None:
    code, checks = examine({**env, "GTM_DATABASE_URL": "mysql://me:secret@host/db"})
    assert (code, checks["GTM_DATABASE_URL"]["state"]) == (1, "missing")
    assert checks["database"]["state"] == checks["worker"]["state"] == "optional"
    assert "secret" not in json.dumps(checks)


LIVE = {"GTM_LLM_PROVIDER": "compatible", "GTM_LLM_BASE_URL": "http://127.0.0.1:9/v1", "GTM_LLM_MODEL": "m"}
PRICE = {"GTM_LLM_PRICES": "m=1/2"}


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "no limit on what a run may spend (GTM_LLM_MONEY_BUDGET, GTM_LLM_TOKEN_BUDGET)"),
        (
            {"GTM_LLM_MONEY_BUDGET": "2.50", "GTM_LLM_TOKEN_BUDGET": "90000", **PRICE},
            "a run may spend 90,000 tokens (GTM_LLM_TOKEN_BUDGET) and $2.50 (GTM_LLM_MONEY_BUDGET) at most",
        ),
    ],
)
def test_what_a_run_may_spend_is_told(variables: dict[str, str], told: str, env: dict[str, str]) -> None:
    code, checks = examine({**env, **LIVE, **variables})
    assert (code, checks["model"]["state"]) == (0, "ok")
    assert told in checks["model"]["detail"]


def test_a_budget_of_money_without_a_price_is_missing_its_price(env: dict[str, str]) -> None:
    code, checks = examine({**env, **LIVE, "GTM_LLM_MONEY_BUDGET": "2.50"})
    assert (code, checks["model"]["state"]) == (1, "missing")
    assert "GTM_LLM_PRICES" in checks["model"]["fix"]


def test_a_spam_filter_that_nobody_asks_is_no_green_mark(env: dict[str, str]) -> None:
    _, checks = examine(env)
    assert checks["SpamAssassin"]["state"] == "optional"
    _, checks = examine({**env, "GTM_SPAMD": "127.0.0.1:9"})
    assert checks["SpamAssassin"]["state"] == "optional" and "127.0.0.1:9" in str(checks["SpamAssassin"])


def test_the_browser_is_shown_with_what_it_draws(env: dict[str, str], tmp_path: Path) -> None:
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o700)
    found = examine({**env, "PATH": str(tmp_path)})[1]["Chromium"]
    assert (found["state"], found["detail"]) == ("ok", f"{browser}; gtm preview draws with it; GTM_CHROMIUM always")
    always = examine({**env, "PATH": "/nonexistent", "GTM_CHROMIUM": str(browser)})[1]["Chromium"]
    assert always["detail"].endswith("and so do review and handoff")
    for variables in ({"PATH": "/nonexistent"}, {"GTM_CHROMIUM": str(tmp_path / "none")}):
        missing = examine({**env, **variables})[1]["Chromium"]
        assert missing["state"] == "optional" and "GTM_CHROMIUM" in missing["fix"]


def test_a_misspelt_variable_is_seen(env: dict[str, str]) -> None:
    code, checks = examine({**env, "GTM_LLM_MODLE": "gpt"})
    assert code == 0 and "GTM_LLM_MODLE" in checks["variables"]["detail"]


class Models(BaseHTTPRequestHandler):
    """A server that knows one key."""

    def do_GET(self) -> None:
        ok = self.headers.get("Authorization") == "Bearer right"
        self.send_response(200 if ok else 401)
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None: ...


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Models) as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/v1"
        listening.shutdown()


@pytest.mark.parametrize(("key", "state"), [("right", "ok"), ("wrong", "missing")])
def test_online_it_asks_whether_the_key_is_taken(key: str, state: str, server: str, env: dict[str, str]) -> None:
    live = {"GTM_LLM_PROVIDER": "compatible", "GTM_LLM_MODEL": "m", "GTM_LLM_BASE_URL": server, "GTM_LLM_API_KEY": key}
    assert examine({**env, **live})[1]["model"]["state"] == "ok"
    code, checks = examine({**env, **live}, "--online")
    assert checks["model"]["state"] == state
    assert code == (0 if state == "ok" else 1)
    assert key not in json.dumps(checks) or key == "right"


def test_a_server_that_is_not_there_is_told(env: dict[str, str]) -> None:
    live = {"GTM_LLM_PROVIDER": "compatible", "GTM_LLM_MODEL": "m", "GTM_LLM_BASE_URL": "http://127.0.0.1:9/v1"}
    code, checks = examine({**env, **live}, "--online")
    assert code == 1 and "no answer" in checks["model"]["detail"]
