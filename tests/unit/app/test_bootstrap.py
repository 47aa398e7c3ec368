"""The composition root: files, folders, the vault's key, and configuration that does not fit."""

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from app import bootstrap
from app.settings import Settings
from gtm.domain.errors import ConfigError, InvalidInput, NotFound, StoreError


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"GTM_HOME": str(tmp_path / "home"), "GTM_OUT": str(tmp_path / "out")})


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of config/ to break."""
    return Path(shutil.copytree(bootstrap.CONFIG, tmp_path / "config"))


def test_the_configuration_is_whole() -> None:
    read = bootstrap.read_configuration()
    assert [step.id for step in read.stage.steps] == ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3"]
    assert set(read.presets) == {"b2b_saas_enterprise", "b2c_ecommerce", "b2b_smb_freemium"}
    assert {template.type for template in read.templates} >= set(read.policies.campaign_types)


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(config: Path) -> None:
        text = (config / name).read_text()
        assert old in text
        (config / name).write_text(text.replace(old, new, 1))

    return change


def drop(name: str) -> Callable[[Path], None]:
    return lambda config: (config / name).unlink()


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        (edit("policies.yaml", "email_words: 300", "email_words: many"), ["config/policies.yaml", "email_words"]),
        (edit("policies.yaml", "email_words: 300", "email_wrods: 300"), ["config/policies.yaml", "email_wrods"]),
        (edit("stage17/stage.yaml", "agent: LEAD", "agent: BOSS"), ["config/stage17/stage.yaml", "agent", "LEAD"]),
        (edit("stage17/stage.yaml", 'after_step: "1.3"', 'after_step: "4.1"'), ["config/stage17/stage.yaml", "4.1"]),
        (edit("stage17/agents.yaml", "name: PLAN", "name: EXEC"), ["config/stage17/stage.yaml", "no agent PLAN"]),
        (edit("stage17/tasks.yaml", 'id: "1.2"', 'id: "1.1"'), ["config/stage17/tasks.yaml", "1.1", "2 times"]),
        (
            edit("stage17/tasks.yaml", "review.md", "praise.md"),
            ["config/stage17/tasks.yaml", "config/prompts/praise.md"],
        ),
        (edit("presets/b2c_ecommerce.yaml", "name: b2c_ecommerce", "name: other"), ["b2c_ecommerce.yaml", "other"]),
        (
            edit("stage17/stage.yaml", "entry.market_strategy.pricing_aligned", "entry.market_strategy.price"),
            [
                "config/stage17/stage.yaml",
                "entry_gates.market-strategy.checklist",
                "decides no check entry.market_strategy.price",
                "entry.market_strategy.pricing_aligned",
            ],
        ),
        (
            edit("stage17/stage.yaml", "check: budget.percentages_sum", "check: budget.sums"),
            ["stage.yaml", "steps.1.3.checklist", "decides no check budget.sums", "budget.matches_financial_model"],
        ),
        (
            edit("stage17/stage.yaml", "check: strategy.objectives_align", "check: content.cta"),
            ["stage.yaml", "steps.1.1.checklist", "strategy.encoded decides no check content.cta"],
        ),
        (
            edit("stage17/stage.yaml", "exits.campaign_development.campaign_ready", "exits.campaign.campaign_ready"),
            ["stage.yaml", "substages.17.2.exit_criteria", "exits.campaign.campaign_ready", "steps_done"],
        ),
        (
            edit("stage17/stage.yaml", "exits.workflows_active.executed", "exits.workflows_active.active"),
            ["stage.yaml", "exit_gates.workflows-active.checklist", "stands there twice", "executed is left out"],
        ),
        (
            edit("stage17/stage.yaml", "exits.final.approved", "exits.final.aproved"),
            ["stage.yaml", "final_checklist", "exits.final.aproved"],
        ),
        (
            edit("stage17/stage.yaml", "handoff.dashboard_url", "handoff.dashboard"),
            ["stage.yaml", "handoff_checklist", "handoff.dashboard", "handoff.dashboard_url"],
        ),
        (
            edit("stage17/stage.yaml", 'covers: ["2.1", "2.2"]', 'covers: ["2.1", "2.3"]'),
            ["stage.yaml", "checkpoints.content.covers", "2.3 comes after"],
        ),
        (
            edit(
                "stage17/stage.yaml",
                'covers: ["2.1", "2.2", "2.3"]\n        binds: ["1.2", "1.3", brief]',
                'covers: ["2.1", "2.2", "2.3"]\n        binds: ["2.3", "3.1"]',
            ),
            ["stage.yaml", "checkpoints.campaigns.binds", "3.1 comes after", "2.3 is covered already"],
        ),
        (
            edit(
                "policies.yaml", "campaign_types: [email_drip, email_newsletter,", "campaign_types: [email_newsletter,"
            ),
            ["config/policies.yaml", "default_campaign_types", "email_drip is not among campaign_types"],
        ),
        (
            edit(
                "policies.yaml", "{voice: playful, minimum: 3, maximum: 8}", "{voice: friendly, minimum: 3, maximum: 8}"
            ),
            ["config/policies.yaml", "readability", "friendly stands there twice", "no target for playful"],
        ),
        (
            edit("policies.yaml", "channel: twitter_ads, headline", "channel: linkedin, headline"),
            ["config/policies.yaml", "ad_limits", "linkedin stands there twice"],
        ),
        (edit("policies.yaml", "maximum: 0.10, default: 0.10}", "maximum: 0.10, default: 0.2}"), ["pilot.share"]),
        (
            edit("policies.yaml", "delays_seconds: [60, 120, 240]", "delays_seconds: [60, 120]"),
            ["config/policies.yaml", "run.api_retries", "retry_3x makes 2"],
        ),
        (edit("policies.yaml", "threshold_b2c: 50", "threshold_b2c: 40"), ["alerts.GTM-002", "50 for B2C"]),
        (drop("prompts/review.md"), ["config/prompts/review.md"]),
        (drop("pages/ad.css"), ["config/pages/ad.css"]),
        (edit("pages/page.html", "{{ headline }}", "{{ headline }}{{ secret }}"), ["config/pages/page.html", "secret"]),
        (edit("pages/page.html", "{{ hidden }}", ""), ["config/pages/page.html", "leaves out hidden"]),
        (edit("pages/ad.html", "{{ limits }}", "{% for x in y %}{% endfor %}"), ["config/pages/ad.html", "for"]),
        (edit("pages/article.css", "body{", "</style><script>"), ["config/pages/article.html", "styles alone"]),
        (drop("policies.yaml"), ["config/policies.yaml"]),
        (drop("campaign_templates/email_drip/template.yaml"), ["email_drip"]),
        (drop("playbook/voices/technical.yaml"), ["technical"]),
        (lambda c: (c / "prompts/review.md").write_bytes(b"\xff\xfe"), ["config/prompts/review.md", "UTF-8"]),
        (lambda c: (c / "stage17/tasks.yaml").write_text("tasks: [\n"), ["config/stage17/tasks.yaml"]),
        (lambda c: (c / "stage17/agents.yaml").write_text(""), ["config/stage17/agents.yaml"]),
    ],
)
def test_a_broken_file_stops_the_start(breaks: Callable[[Path], None], words: list[str], config: Path) -> None:
    breaks(config)
    with pytest.raises(ConfigError) as caught:
        bootstrap.read_configuration(config)
    told = str(caught.value.as_problem())
    assert all(word in told for word in words), told
    assert caught.value.field


@pytest.mark.parametrize(
    ("key", "value", "bound"),
    [
        ("lease_seconds: 120", "0", "10"),
        ("step_attempts: 3", "0", "1"),
        ("guardrail_retries: 3", "-1", "0"),
        ("consecutive_failures_to_person: 3", "4", "3"),
        ("agent_response_seconds: 5", "6", "5"),
        ("agent_response_seconds: 5", "0", "0"),
        ("trigger_seconds: 60", "61", "60"),
        ("execution_seconds: 30", "31", "30"),
        ("minimum_test_leads: 5", "4", "5"),
        ("api_retries: 3", "2", "3"),
        ("brief_bytes: 2000000", "20000000", "10000000"),
        ("config_versions_kept: 10", "9", "10"),
        ("calendar_weeks: 4", "3", "4"),
        ("rollback_minutes: 5", "6", "5"),
        ("detection_hours: 24", "25", "24"),
        ("run_minutes: 100", "101", "100"),
        ("task_success: 0.95", "0.94", "0.95"),
        ("effectiveness_ms: 500", "501", "500"),
    ],
)
def test_a_number_beyond_its_bound_stops_the_start(key: str, value: str, bound: str, config: Path) -> None:
    name = key.partition(":")[0]
    edit("policies.yaml", key, f"{name}: {value}")(config)
    with pytest.raises(ConfigError) as caught:
        bootstrap.read_configuration(config)
    told = caught.value.as_problem()
    assert "config/policies.yaml" in told["detail"] and name in told["field"]
    assert bound in told.get("allowed", "") + told["detail"]


def test_the_vaults_key_is_made_once_for_its_owner_alone(settings: Settings) -> None:
    bootstrap.open_vault(settings)
    file = bootstrap.vault_key_file(settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = file.read_bytes()
    bootstrap.open_vault(settings)
    assert file.read_bytes() == key


def test_a_key_file_that_others_can_read_is_refused(settings: Settings) -> None:
    bootstrap.open_vault(settings)
    bootstrap.vault_key_file(settings).chmod(0o644)
    with pytest.raises(ConfigError) as caught:
        bootstrap.open_vault(settings)
    assert "chmod 600" in caught.value.hint


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    settings = Settings.from_env({"GTM_HOME": str(tmp_path), "GTM_VAULT_KEY": "not-a-key"})
    with pytest.raises(StoreError) as caught:
        bootstrap.open_vault(settings)
    assert caught.value.field == "GTM_VAULT_KEY" and "not-a-key" not in str(caught.value.as_problem())


def test_input_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "brief.yaml"
    file.write_bytes(b"x" * 10)
    assert bootstrap.read_input(file, 10) == b"x" * 10
    with pytest.raises(InvalidInput):
        bootstrap.read_input(file, 9)
    with pytest.raises(NotFound):
        bootstrap.read_input(tmp_path / "none", 9)
    with pytest.raises(InvalidInput):
        bootstrap.read_input(tmp_path, 9)


def test_misspelt_variables_are_seen() -> None:
    assert bootstrap.unknown_variables({"GTM_HOME": "x", "GTM_LLM_MODLE": "m", "GTM_TEST_POSTGRES_URL": "u"}) == (
        "GTM_LLM_MODLE",
    )


def test_a_child_gets_our_settings_and_no_others(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_LLM_PROVIDER", "openai")
    child = bootstrap.child_environment(settings)
    assert "GTM_LLM_PROVIDER" not in child
    assert child["GTM_HOME"] == str(settings.home)
    assert "PATH" in child


def test_every_tool_that_the_stage_names_exists() -> None:
    from tools.catalog import TOOLS

    stage = bootstrap.read_configuration().stage
    assert {tool for step in stage.steps for tool in step.tools} <= set(TOOLS)
