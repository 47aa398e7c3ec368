"""Decisions of people: at the same moment from two sides, hours later, with comments that change what comes out."""

import dataclasses
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agents.testing import OpenAIServer, Reply
from agents.testing_brain import HouseBrain, step_in_prompt
from crews.approvals import decide
from crews.runner import advance, start_run
from gtm.domain.budget import Split
from gtm.domain.clock import VirtualClock
from gtm.domain.errors import AlreadyDecided, GtmError, LeaseHeld, NotWaiting
from tests.acceptance.support.processes import Home, finish
from tests.acceptance.support.runs import Walk, answering, load, services_in
from tests.acceptance.support.stores import rows

VENTURE = "fleet"
TOLD_LATE = {"already-decided", "not-waiting"}
"""What the one who comes too late is told: beaten by a moment, or by more."""


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a run of Fleet waits at its first checkpoint."""
    folder = tmp_path_factory.mktemp("waiting")
    services = services_in(folder)
    assert Walk.of(services, VENTURE).advance().checkpoint == "strategy"
    services.database.close()
    return folder


@pytest.fixture
def home(waiting: Path, tmp_path: Path) -> Home:
    """A copy of it."""
    shutil.copytree(waiting, tmp_path / "copy")
    return Home(tmp_path / "copy")


def _walk(home: Home) -> Walk:
    services = services_in(home.folder)
    run = rows(home.state / "gtm.db", "SELECT run_id FROM runs")[0]["run_id"]
    return Walk(dataclasses.replace(services, agent_probe=answering), run)


def test_of_two_processes_that_resume_one_wins(tmp_path: Path) -> None:
    """The model's server holds its answers back until the loser has been told, so both are there at the same time."""
    told = threading.Event()

    def hold(request: dict[str, object], number: int) -> Reply:
        told.wait(120)
        return HouseBrain()(request, number)

    with OpenAIServer(hold) as server:
        home = Home(tmp_path, _compatible(server))
        services = services_in(tmp_path)
        start_run(services, load(services, VENTURE))
        services.database.close()
        both = [home.start("resume", VENTURE, "--json") for _ in range(2)]
        with ThreadPoolExecutor(2) as pool:
            ends = [pool.submit(finish, process) for process in both]
            while not any(end.done() for end in ends):
                threading.Event().wait(0.05)
            told.set()
            done = [end.result() for end in ends]
        lost, won = sorted(done, key=lambda one: -one.code)
        assert (lost.code, won.code) == (1, 0), [one.err for one in done]
        assert won.outcome["status"] == "waiting_approval"
        assert lost.problem["code"] == "lease-held"
        assert "another" in lost.problem["title"].lower() or "held" in lost.problem["detail"]
        assert server.counts.completions == won.outcome["usage"]["calls"]
    _one_of_everything(home)


def test_of_many_threads_that_advance_one_wins(home: Home) -> None:
    walk = _walk(home)
    walk.approve()
    start, walking = threading.Barrier(6), threading.Event()

    def go(_number: int) -> str:
        start.wait()
        try:
            outcome = advance(walk.services, walk.run_id, lambda _event: walking.wait(0.2) and None)
        except LeaseHeld:
            return "told"
        return outcome.checkpoint

    with ThreadPoolExecutor(6) as pool:
        ends = sorted(pool.map(go, range(6)))
    assert ends == ["content", *["told"] * 5]
    _one_of_everything(home)
    walk.services.database.close()


def test_of_two_processes_that_approve_one_wins(home: Home) -> None:
    both = [home.start("approve", VENTURE, "--as", "LEAD", "--by", name, "--json") for name in ("ann", "bob")]
    done = [finish(process) for process in both]
    lost, won = sorted(done, key=lambda one: -one.code)
    assert (lost.code, won.code) == (1, 0), [one.err for one in done]
    assert lost.problem["code"] in TOLD_LATE
    assert lost.out == ""
    decided = rows(home.state / "gtm.db", "SELECT status, decided_by FROM approvals")
    assert [row["status"] for row in decided] == ["approved"]
    audited = rows(home.state / "gtm.db", "SELECT actor FROM audit_log WHERE action = 'approval.approved'")
    assert [row["actor"] for row in audited] == [decided[0]["decided_by"]]


@pytest.mark.parametrize("approvers", [(True, True), (True, False)], ids=["both approve", "one rejects"])
def test_of_many_decisions_at_one_moment_one_counts(home: Home, approvers: tuple[bool, bool]) -> None:
    walk = _walk(home)
    waiting = walk.dossier().approvals[0]
    start = threading.Barrier(8)

    def answer(number: int) -> str:
        start.wait()
        try:
            record = decide(
                walk.services.database,
                walk.services.clock,
                walk.services.stage,
                ref=waiting.approval_id,
                role="LEAD",
                by=f"person {number}",
                approve=approvers[number % 2],
                comment="" if approvers[number % 2] else "Use a 60/30/10 split.",
            )
        except (AlreadyDecided, NotWaiting) as error:
            return error.code
        return record.decided_by

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(answer, range(8)))
    winners = [end for end in ends if end not in TOLD_LATE]
    decided = walk.dossier().approvals
    assert len(winners) == 1
    assert [a.decided_by for a in decided] == winners
    rejected = decided[0].status == "rejected"
    assert set(_revisions(walk).values()) == ({2} if rejected else {1})
    walk.services.database.close()


def test_a_rejection_of_one_step_opens_its_second_revision_only(home: Home) -> None:
    walk = _walk(home)
    before = walk.dossier()
    assert before.budget is not None
    assert before.budget.split != Split(proven=60, growth=30, experimental=10)
    comment = "Bolder, please. Use a 60/30/10 split."
    walk.reject(comment, "1.3")
    assert walk.advance().checkpoint == "strategy"
    after = walk.dossier()
    assert _revisions(walk) == {"1.1": 1, "1.2": 1, "1.3": 2}
    assert after.step("1.3").comments == (comment,)  # type: ignore[union-attr]
    assert after.budget is not None
    assert after.budget.split == Split(proven=60, growth=30, experimental=10)
    assert (after.strategy, after.channels) == (before.strategy, before.channels)
    assert [(a.round, a.status, a.comment) for a in after.approvals] == [(1, "rejected", comment), (2, "pending", "")]
    assert after.approvals[0].artifact_sha256 != after.approvals[1].artifact_sha256
    store = home.state / "gtm.db"
    kept = rows(store, "SELECT revision FROM artifacts WHERE step = '1.3' ORDER BY revision")
    assert [row["revision"] for row in kept] == [1, 2]
    walk.services.database.close()


def test_a_rejected_word_is_gone_from_the_second_revision(home: Home) -> None:
    walk = _walk(home)
    walk.to("content")
    before = walk.dossier().content
    assert before is not None
    word = _some_word(before.model_dump_json(include={"pieces"}))
    walk.reject(f'Never use "{word}".', "2.2")
    assert walk.advance().checkpoint == "content"
    after = walk.dossier()
    assert _revisions(walk) == {"1.1": 1, "1.2": 1, "1.3": 1, "2.1": 1, "2.2": 2}
    assert after.content is not None
    texts = [v.text for p in after.content.pieces for e in p.elements for v in e.variants]
    assert [text for text in texts if word in text.lower()] == []
    assert [(a.round, a.status) for a in after.approvals if a.checkpoint == "content"] == [
        (1, "rejected"),
        (2, "pending"),
    ]
    walk.services.database.close()


def test_the_comment_reaches_the_model_that_makes_the_step_anew(home: Home) -> None:
    comment = "Use a 60/30/10 split; say why."
    with OpenAIServer(HouseBrain()) as server:
        live = services_in(home.folder, provider="compatible", model="test-model", base_url=server.base_url)
        walk = Walk(live, _walk(home).run_id)
        walk.reject(comment, "1.3")
        assert walk.advance().checkpoint == "strategy"
        prompts = {step_in_prompt(one.request): str(one.request["messages"]) for one in server.log}
    assert sorted(prompts) == ["1.3", "review:strategy"]
    assert comment in prompts["1.3"]
    assert walk.dossier().step("1.3").generated_by == "test-model"  # type: ignore[union-attr]
    live.database.close()


def test_an_approval_from_another_process_hours_later_resumes_the_run(tmp_path: Path) -> None:
    """This process makes the run nine hours ago; two others approve and resume it by the machine's clock."""
    home = Home(tmp_path)
    asked = datetime.now(UTC) - timedelta(hours=9)
    services = dataclasses.replace(services_in(tmp_path), clock=VirtualClock(asked))
    walk = Walk.of(services, VENTURE)
    assert walk.advance().checkpoint == "strategy"
    services.database.close()
    approved = home.run("approve", VENTURE, "--as", "LEAD", "--by", "ann", "--json")
    assert approved.code == 0, approved.err
    resumed = home.run("resume", VENTURE, "--json")
    assert resumed.code == 0, resumed.err
    assert (resumed.outcome["status"], resumed.outcome["checkpoint"]) == ("waiting_approval", "content")
    strategy = _walk(home).dossier().approvals[0]
    assert strategy.requested_at == asked
    assert strategy.decided_at is not None
    assert strategy.decided_at - asked >= timedelta(hours=9)
    assert [e["subject"] for e in resumed.events if e["event"] == "step_started"][:1] == ["2.1"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"role": "PLAN"}, "forbidden"),
        ({"ref": "nothing-of-that-name"}, "not-found"),
        ({"approve": False}, "invalid-input"),
        ({"approve": False, "comment": " "}, "invalid-input"),
        ({"approve": False, "comment": "Better.", "steps": ("2.2",)}, "invalid-input"),
        ({"shown_sha256": "0" * 64}, "artifact-changed"),
        ({"by": "LEAD", "actor_kind": "agent"}, "forbidden"),
    ],
    ids=["wrong role", "unknown", "no comment", "blank comment", "foreign step", "another hash", "own work"],
)
def test_a_decision_that_may_not_be_changes_nothing(home: Home, words: dict[str, object], code: str) -> None:
    walk = _walk(home)
    before = walk.dossier()
    given: dict[str, object] = {"ref": VENTURE, "role": "LEAD", "by": "ann", "approve": True, **words}
    write: Callable[..., object] = decide
    with pytest.raises(GtmError) as refused:
        write(walk.services.database, walk.services.clock, walk.services.stage, **given)
    assert refused.value.code == code
    after = walk.dossier()
    assert [a.status for a in after.approvals] == ["pending"]
    assert after.steps == before.steps
    walk.services.database.close()


def _revisions(walk: Walk) -> dict[str, int]:
    """The newest revision of each step that was begun."""
    steps = walk.dossier().steps
    return {step: max(s.revision for s in steps if s.step == step) for step in {s.step for s in steps}}


def _one_of_everything(home: Home) -> None:
    """No step and no review was done twice."""
    store = home.state / "gtm.db"
    done = rows(
        store, "SELECT task, count(*) AS n FROM agent_execution_logs WHERE status <> 'failed' GROUP BY task, status"
    )
    assert {row["n"] for row in done} == {1}


def _some_word(text: str) -> str:
    """A word of the playbook's copy that it can do without: it is none of the venture's own."""
    for word in ("sound familiar", "worth", "short", "ready", "simple", "look"):
        if word in text.lower():
            return word
    raise AssertionError("none of the words is in the copy")


def _compatible(server: OpenAIServer) -> dict[str, str]:
    return {
        "GTM_LLM_PROVIDER": "compatible",
        "GTM_LLM_BASE_URL": server.base_url,
        "GTM_LLM_MODEL": "test-model",
        "GTM_LLM_TIMEOUT": "200",
    }
