"""The tools of substage 17.1 on each database: one commit each, the SOP's rows, and what they refuse."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from gtm.domain.brief import VentureBrief
from gtm.store.models.gtm import GtmConfig, GtmConfigVersion, MarketingChannel
from gtm.store.models.logs import AuditEntry
from tests.integration.crews.scenes import VENTURE, Bench, Scene
from tools.base import REFUSED

At = Callable[[str], Scene]
Standing = Callable[[str], Bench]


def receipt(answer: str) -> dict[str, Any]:
    """A tool's receipt."""
    found: dict[str, Any] = json.loads(answer)
    return found


def stored_once(bench: Bench, step: str, name: str, arguments: dict[str, Any], artifact: str) -> None:
    """The first call stores, the second finds; one artifact and one line in the audit log."""
    first = receipt(bench.call(step, name, arguments))
    again = receipt(bench.call(step, name, arguments))
    assert first == {"stored": artifact, "step": step, "sha256": first["sha256"], "already_there": False}
    assert again == first | {"already_there": True}
    rows = [row for row in bench.scene.artifacts(step) if row.name == artifact]
    assert len(rows) == 1 and rows[0].sha256.startswith(first["sha256"]) and rows[0].revision == 1
    subject = f"{bench.scene.run_id}/{step}/1/{artifact}"
    assert len(bench.scene.rows(AuditEntry, action="artifact.stored", subject=subject)) == 1


def refused(bench: Bench, step: str, name: str, arguments: dict[str, Any], *words: str) -> None:
    """The tool refuses with these words, stores nothing, and the run may go on."""
    context = bench.context()
    answer = bench.call(step, name, arguments, context)
    assert answer.startswith(f"{REFUSED}: "), answer
    for word in words:
        assert word in answer
    assert bench.scene.artifacts(step) == []
    assert context.stop.error is None
    event = bench.scene.events[-1]
    assert (event.kind, event.subject) == ("tool_refused", step) and words[0][:40] in event.detail


def test_the_market_strategy_is_read_and_nothing_is_stored(sqlite_at: At) -> None:
    scene = sqlite_at("started:1.1")
    bench = scene.bench()
    answer = bench.call("1.1", "read_market_strategy", {})
    assert VentureBrief.model_validate_json(answer) == scene.dossier().brief
    assert scene.artifacts("1.1") == []


def test_the_strategy_becomes_the_next_version_once(at: At) -> None:
    scene = at("started:1.1")
    bench = scene.bench()
    draft = bench.draft("1.1", "encode_strategy")
    stored_once(bench, "1.1", "encode_strategy", draft, "strategy")
    (config,) = scene.rows(GtmConfig, venture_id=VENTURE)
    assert (config.version, config.status, config.run_id) == (1, "draft", scene.run_id)
    (version,) = scene.rows(GtmConfigVersion, venture_id=VENTURE)
    assert (version.version, version.changed_by, version.config) == (1, "agent:LEAD", config.config)
    assert version.reason == "step 1.1, revision 1"
    template = config.config["gtm_strategy"]
    assert set(config.config) == {"venture_id", "gtm_strategy"}
    assert set(template["value_propositions"]) == set(template["target_segments"])
    assert template["objectives"][0] == "awareness"


def test_another_proposal_under_the_same_key_changes_nothing(sqlite_at: At) -> None:
    scene = sqlite_at("started:1.1")
    bench = scene.bench()
    draft = bench.draft("1.1", "encode_strategy")
    bench.call("1.1", "encode_strategy", draft)
    before = scene.dossier().strategy
    draft["strategy"]["rationale"] = "Something else altogether."
    assert receipt(bench.call("1.1", "encode_strategy", draft))["already_there"] is True
    assert scene.dossier().strategy == before
    assert len(scene.rows(GtmConfigVersion)) == 1


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("venture_id",), "posthog", ("venture_id is posthog, this run is of fleet",)),
        (("competitive_positioning",), "too short", ("strategy.competitive_positioning",)),
        (("objectives", 0, "name"), "world_domination", ("strategy.objectives.0.name",)),
        (("objectives", 0, "success_criteria", 0, "target"), "many", ("success_criteria.0.target",)),
        (("surprise",), True, ("strategy.surprise: Extra inputs",)),
    ],
)
def test_a_strategy_that_does_not_fit_is_refused(standing: Standing, path: Any, value: Any, words: Any) -> None:
    bench = standing("started:1.1")
    draft = bench.draft("1.1", "encode_strategy")
    put(draft["strategy"], path, value)
    refused(bench, "1.1", "encode_strategy", draft, *words)
    assert bench.scene.rows(GtmConfig) == []


def test_the_channels_are_stored_once_with_references_only(at: At) -> None:
    scene = at("started:1.2")
    bench = scene.bench()
    stored_once(bench, "1.2", "configure_channels", bench.draft("1.2", "configure_channels"), "channels")
    plan = scene.dossier().channels
    assert plan is not None
    rows = scene.rows(MarketingChannel, venture_id=VENTURE)
    assert [row.channel for row in rows] == sorted(c.channel for c in plan.channels)
    for row in rows:
        choice = plan.choice(row.channel)
        assert choice is not None
        assert (row.role, row.tier, row.utm_source, row.utm_medium) == (
            choice.role,
            choice.tier,
            choice.utm_source,
            choice.utm_medium,
        )
        assert row.credential_ref is None or row.credential_ref.startswith("vault://fleet/")
        assert (row.status, row.budget, row.run_id, row.revision) == ("configured", None, scene.run_id, 1)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("venture_id",), "posthog", ("plan.venture_id is posthog", "allowed: fleet")),
        (("channels", 0, "channel"), "tiktok_ads", ("plan.channels.0.channel",)),
        (("channels", 0, "credential_ref"), "sk-live-4242424242", ("plan.channels.0.credential_ref",)),
        (("channels", 0, "utm_source"), "LinkedIn Ads", ("plan.channels.0.utm_source",)),
        (("attribution", "model"), "gut_feeling", ("plan.attribution.model",)),
    ],
)
def test_a_channel_plan_that_does_not_fit_is_refused(standing: Standing, path: Any, value: Any, words: Any) -> None:
    bench = standing("started:1.2")
    draft = bench.draft("1.2", "configure_channels")
    put(draft["plan"], path, value)
    refused(bench, "1.2", "configure_channels", draft, *words)
    assert bench.scene.rows(MarketingChannel) == []


def test_the_budget_is_worked_out_to_the_cent_and_stored_once(at: At) -> None:
    scene = at("started:1.3")
    bench = scene.bench()
    stored_once(bench, "1.3", "allocate_budget", bench.draft("1.3", "allocate_budget"), "budget")
    plan = scene.dossier().budget
    assert plan is not None and plan.total == Decimal("50000.00")
    rows = {row.channel: row for row in scene.rows(MarketingChannel, venture_id=VENTURE)}
    assert sum(row.budget for row in rows.values() if row.budget is not None) == plan.total
    assert {line.channel: line.amount for line in plan.lines} == {
        channel: row.budget for channel, row in rows.items() if row.budget is not None
    }
    assert all(rows[line.channel].tier == line.tier for line in plan.lines)
    assert {row.budget_revision for row in rows.values() if row.budget is not None} == {1}
    assert [t.condition for t in plan.triggers] and all(t.minimum_sample >= 1 for t in plan.triggers)
    assert [t.precedence for t in plan.triggers] == list(range(1, len(plan.triggers) + 1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"experimental_percent": "11"}, ("the split does not sum to 100 %: 101", "allowed: exactly 100")),
        ({"proven_percent": "69.99"}, ("the split does not sum to 100 %",)),
        ({"proven_percent": "NaN"}, ("proven_percent",)),
        (
            {"triggers": [{"condition": "when it feels wrong", "action": "pause and review"}]},
            ("cannot be read: when it feels wrong", "allowed: CAC"),
        ),
        ({"triggers": [{"condition": "CAC > $100", "action": "panic"}]}, ("cannot be read: panic", "pause and review")),
        (
            {"tiers": [{"channel": "instagram_ads", "tier": "proven", "weight": "1"}]},
            ("not in the channel plan: instagram_ads", "linkedin"),
        ),
        ({"tiers": [{"channel": "linkedin", "tier": "proven", "weight": "1"}]}, ("no channel is growth",)),
        ({"tiers": [{"channel": "linkedin", "tier": "proven", "weight": "0"}]}, ("tiers.0.weight",)),
        ({"tiers": []}, ("no channel is proven",)),
        ({"pacing": "hourly"}, ("pacing",)),
    ],
)
def test_a_budget_that_does_not_fit_is_refused(
    standing: Standing, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    bench = standing("started:1.3")
    refused(bench, "1.3", "allocate_budget", bench.draft("1.3", "allocate_budget") | change, *words)
    assert {row.budget for row in bench.scene.rows(MarketingChannel)} == {None}


@pytest.mark.parametrize(
    ("condition", "action", "told"),
    [("CAC > $100", "reduce spend by 20%", "reduce_spend"), ("ROAS < 2.0", "pause and review", "pause_and_review")],
)
def test_the_sops_own_triggers_can_be_read(sqlite_at: At, condition: str, action: str, told: str) -> None:
    bench = sqlite_at("started:1.3").bench()
    draft = bench.draft("1.3", "allocate_budget") | {"triggers": [{"condition": condition, "action": action}]}
    assert receipt(bench.call("1.3", "allocate_budget", draft))["already_there"] is False
    plan = bench.scene.dossier().budget
    assert plan is not None
    (trigger,) = plan.triggers
    assert trigger.action == told
    assert trigger.reduce_percent == (Decimal(20) if told == "reduce_spend" else None)


def put(body: Any, path: tuple[Any, ...], value: Any) -> None:
    """Set a value deep in a proposal."""
    for key in path[:-1]:
        body = body[key]
    body[path[-1]] = value
