"""A tool's own transaction asks again: without lease, gates, earlier steps or approvals it stores nothing and stops."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gtm.domain.campaign import CampaignContent
from gtm.domain.dossier import Dossier
from gtm.domain.errors import GateFailed, GtmError, LeaseHeld, VenturePaused
from gtm.store.models.runs import Artifact
from gtm.store.repositories import runs, ventures
from tests.integration.crews.scenes import LEASE_SECONDS, VENTURE, Bench, Scene
from tests.integration.tools.test_strategy_tools import receipt, stored_once
from tools.base import REFUSED
from tools.context import RunContext

At = Callable[[str], Scene]

COMMITTING = [
    ("1.1", "encode_strategy"),
    ("1.2", "configure_channels"),
    ("1.3", "allocate_budget"),
    ("2.1", "create_template"),
    ("2.2", "generate_content"),
    ("2.3", "schedule_campaign"),
    ("3.1", "configure_workflow"),
    ("3.2", "define_trigger"),
    ("3.3", "test_workflow"),
    ("review:strategy", "write_review"),
    ("review:final", "write_review"),
]


def stopped(bench: Bench, step: str, name: str, arguments: dict[str, Any], kind: type[GtmError], words: str) -> None:
    """The tool refuses, stores nothing, and the run must stop with this error."""
    before = bench.scene.rows(Artifact)
    context = bench.context()
    answer = bench.call(step, name, arguments, context)
    assert answer.startswith(f"{REFUSED}: ") and words in answer, answer
    assert isinstance(context.stop.error, kind)
    assert bench.scene.rows(Artifact) == before
    assert bench.scene.events[-1].kind == "tool_refused"


def pause(scene: Scene) -> None:
    scene.write(lambda s: ventures.set_paused(s, VENTURE, "spam complaints", scene.clock.now()))


def steal(scene: Scene) -> None:
    scene.clock.advance(timedelta(seconds=LEASE_SECONDS))
    scene.write(lambda s: runs.claim_lease(s, scene.run_id, "somebody else", scene.clock.now(), LEASE_SECONDS))


@pytest.mark.parametrize(("step", "name"), COMMITTING)
def test_no_tool_stores_for_a_paused_venture_or_without_the_lease(sqlite_at: At, step: str, name: str) -> None:
    scene = sqlite_at(f"started:{step}")
    bench = scene.bench()
    arguments = bench.draft(step, name)
    pause(scene)
    stopped(bench, step, name, arguments, VenturePaused, "fleet is paused since")
    scene.write(lambda s: ventures.clear_paused(s, VENTURE, scene.clock.now()))
    steal(scene)
    stopped(bench, step, name, arguments, LeaseHeld, "is now driven by somebody else")


def test_nor_on_either_database(at: At) -> None:
    scene = at("started:1.3")
    bench = scene.bench()
    draft = bench.draft("1.3", "allocate_budget")
    pause(scene)
    stopped(bench, "1.3", "allocate_budget", draft, VenturePaused, "spam complaints")
    scene.write(lambda s: ventures.clear_paused(s, VENTURE, scene.clock.now()))
    steal(scene)
    stopped(bench, "1.3", "allocate_budget", draft, LeaseHeld, "is now driven by somebody else")


def test_a_gate_that_was_not_judged_stops(sqlite_at: At) -> None:
    bench = sqlite_at("created").bench()
    draft = bench.draft("1.1", "encode_strategy")
    stopped(bench, "1.1", "encode_strategy", draft, GateFailed, "“Market Strategy Defined” is to be judged")


def test_an_earlier_step_comes_first(sqlite_at: At) -> None:
    bench = sqlite_at("started:1.2").bench()
    bench.call("1.2", "configure_channels", bench.draft("1.2", "configure_channels"))
    budget = bench.draft("1.3", "allocate_budget")
    stopped(bench, "1.3", "allocate_budget", budget, GateFailed, "1.3 may not start: 1.2 comes first")


def test_a_review_comes_after_its_steps(sqlite_at: At) -> None:
    bench = sqlite_at("started:1.3").bench()
    review = bench.draft("review:strategy", "write_review")
    stopped(bench, "review:strategy", "write_review", review, GateFailed, "1.3 comes first")


@pytest.mark.parametrize(
    ("moment", "step", "name", "words"),
    [
        ("waiting:strategy", "2.1", "create_template", "waits for the approval of LEAD"),
        ("waiting:content", "2.3", "schedule_campaign", "Campaign content waits for the approval of LEAD"),
        ("waiting:campaigns", "3.1", "configure_workflow", "waits for the approval of PLAN"),
    ],
)
def test_a_missing_approval_stops(sqlite_at: At, moment: str, step: str, name: str, words: str) -> None:
    bench = sqlite_at(moment).bench()
    stopped(bench, step, name, bench.draft(step, name), GateFailed, words)


@pytest.mark.parametrize("moment", ["completed", "waiting:final"])
def test_a_step_that_is_done_is_told_what_stands(sqlite_at: At, moment: str) -> None:
    scene = sqlite_at(moment)
    bench = scene.bench()
    before, context = scene.rows(Artifact), bench.context()
    answer = receipt(bench.call("1.1", "encode_strategy", bench.draft("1.1", "encode_strategy"), context))
    assert answer["already_there"] is True
    assert scene.rows(Artifact) == before and context.stop.error is None
    pause(scene)
    stopped(bench, "1.1", "encode_strategy", bench.draft("1.1", "encode_strategy"), VenturePaused, "is paused")


class Meanwhile:
    """A copywriter during whose work something happens."""

    def __init__(self, context: RunContext, happens: Callable[[], None]) -> None:
        self._inner, self._happens = context.copywriter, happens

    def write(self, dossier: Dossier, ids: tuple[str, ...], variants: int, tone: str, revision: int) -> CampaignContent:
        """The copy, and what happens."""
        content = self._inner.write(dossier, ids, variants, tone, revision)
        self._happens()
        return content


@pytest.mark.parametrize(("happens", "kind"), [(pause, VenturePaused), (steal, LeaseHeld)])
def test_what_changes_while_the_artifact_is_made_stops_it_from_being_stored(
    sqlite_at: At, happens: Callable[[Scene], None], kind: type[GtmError]
) -> None:
    scene = sqlite_at("started:2.2")
    bench = scene.bench()
    draft = bench.draft("2.2", "generate_content")
    context = bench.context()
    context = replace(context, copywriter=Meanwhile(context, lambda: happens(scene)))
    assert bench.call("2.2", "generate_content", draft, context).startswith(REFUSED)
    assert isinstance(context.stop.error, kind)
    assert scene.artifacts("2.2") == []


def test_two_that_make_the_same_artifact_store_one(at: At) -> None:
    scene = at("started:2.2")
    bench = scene.bench()
    draft = bench.draft("2.2", "generate_content")
    context = bench.context()
    other = Meanwhile(context, lambda: receipts.append(receipt(bench.call("2.2", "generate_content", draft))))
    receipts: list[dict[str, Any]] = []
    receipts.append(receipt(bench.call("2.2", "generate_content", draft, replace(context, copywriter=other))))
    assert [r["already_there"] for r in receipts] == [False, True]
    assert len({r["sha256"] for r in receipts}) == 1
    assert len(scene.artifacts("2.2")) == 1


def test_a_review_is_stored_once_a_round_under_its_role(at: At) -> None:
    scene = at("started:review:strategy")
    bench = scene.bench()
    draft = bench.draft("review:strategy", "write_review")
    stored_once(bench, "review:strategy", "write_review", draft, "review")
    (row,) = scene.artifacts("review:strategy")
    assert (row.body["role"], row.body["checkpoint"], row.body["generated_by"]) == ("LEAD", "strategy", "playbook")
    assert row.produced_by == "agent:review:strategy"
    assert row.body["checked"] and row.body["recommendation"] == "approve"


@pytest.mark.parametrize(
    ("change", "word"),
    [({"recommendation": "maybe"}, "recommendation"), ({"reason": ""}, "reason"), ({"role": "CEO"}, "role: Extra")],
)
def test_a_review_that_does_not_fit_is_refused(sqlite_at: At, change: dict[str, Any], word: str) -> None:
    bench = sqlite_at("started:review:strategy").bench()
    draft = bench.draft("review:strategy", "write_review") | change
    assert bench.call("review:strategy", "write_review", draft).startswith(f"{REFUSED}: {word}")
    assert bench.scene.artifacts("review:strategy") == []
