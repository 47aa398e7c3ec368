"""The same run against a server that speaks the OpenAI API, and fails in every way that such servers do.

What gtm reports of calls and tokens must equal what the server counted.
"""

import dataclasses
from collections import Counter
from pathlib import Path

import pytest

from agents.testing import Counts, OpenAIServer, Reply
from agents.testing_brain import HouseBrain, step_in_prompt
from crews.services import Services
from gtm.domain.dossier import UsageTotals
from tests.acceptance.support.processes import EXAMPLES, Home
from tests.acceptance.support.runs import Walk, answering, services_in
from tests.acceptance.support.stores import rows

VENTURE = "life"
MODEL = "test-model"
KEY = "key-of-the-acceptance-test"
STEPS = ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3"]
PATIENCE = 1.0
"""Seconds of silence after which an attempt is given up."""

FAULTS = {
    2: Reply.error(429, retry_after=0.05),
    4: Reply.error(500),
    6: Reply.say("too late").late(PATIENCE * 3),
    9: Reply.dropped(),
    12: Reply.malformed(),
    15: Reply.truncated("This answer is cut off in the mid"),
    18: Reply.error(503),
    24: Reply.error(429, retry_after=0.05),
    27: Reply.malformed(b"<html>Bad gateway</html>"),
    28: Reply.truncated('{"elements": [{"variable": "sub'),
    30: Reply.dropped(),
    33: Reply.say("Certainly! Here is your copy."),
    36: Reply.error(500),
}
"""Scripted faults by request; from about the twentieth request on, copy is written in parallel."""


def live(folder: Path, server: OpenAIServer, **settings: object) -> Services:
    """The application with a live model behind this server."""
    chosen = {"provider": "compatible", "model": MODEL, "base_url": server.base_url, "llm_timeout": PATIENCE}
    parts = services_in(folder, **{**chosen, "prices": {MODEL: ("2", "8")}, **settings})
    return dataclasses.replace(parts, agent_probe=answering)


def test_a_run_finishes_through_every_fault_and_its_figures_are_the_servers(tmp_path: Path) -> None:
    with OpenAIServer(HouseBrain(faults=FAULTS)) as server:
        walk = Walk.of(live(tmp_path, server), VENTURE)
        assert walk.to_end().status == "completed"
        dossier, counts = walk.dossier(), server.counts
        assert set(FAULTS) <= {one.number for one in server.log}
    _counts_are_equal(dossier.usage, counts)
    assert {s.step: s.generated_by for s in dossier.steps} == dict.fromkeys(STEPS, MODEL)
    assert counts.other_requests == 0
    assert dossier.content is not None
    by = Counter(piece.generated_by for piece in dossier.content.pieces)
    assert by[MODEL] == len(dossier.content.pieces), by
    assert "stand_in" not in walk.kinds()
    booked = _booked(tmp_path)
    assert (booked["calls"], booked["attempts"]) == (dossier.usage.calls, counts.requests)
    assert (booked["tokens_in"], booked["tokens_out"]) == (counts.prompt_tokens, counts.completion_tokens)
    walk.services.database.close()


def test_a_step_that_the_model_never_manages_is_the_playbooks_and_says_so(tmp_path: Path) -> None:
    with OpenAIServer(HouseBrain(broken={"1.2": Reply.truncated("I would suggest the follow")})) as server:
        walk = Walk.of(live(tmp_path, server), VENTURE)
        assert walk.advance().checkpoint == "strategy"
        dossier, counts = walk.dossier(), server.counts
    by = {s.step: s.generated_by for s in dossier.steps}
    assert by["1.1"] == by["1.3"] == MODEL
    assert by["1.2"].startswith(f"playbook (stands in for {MODEL}: ")
    assert "cut off" in by["1.2"]
    assert [e.subject for e in walk.events if e.kind == "stand_in"] == ["1.2"]
    assert dossier.channels is not None
    tried = [one for one in server.log if step_in_prompt(one.request) == "1.2"]
    assert len(tried) == walk.services.policies.run.step_attempts
    _counts_are_equal(dossier.usage, counts, playbook_calls=dossier.usage.calls - len(server.log))
    walk.services.database.close()


def test_copy_that_the_model_never_delivers_keeps_the_playbooks_draft(tmp_path: Path) -> None:
    class OneBadPiece(HouseBrain):
        def __call__(self, request: dict[str, object], number: int) -> Reply:
            if "response_format" in request and "Campaign Type: landing_page" in str(request["messages"]):
                return Reply.say("I am afraid I cannot do that.")
            return super().__call__(request, number)

    with OpenAIServer(OneBadPiece()) as server:
        walk = Walk.of(live(tmp_path, server), VENTURE)
        walk.to("content")
        dossier, counts = walk.dossier(), server.counts
    assert dossier.content is not None
    for piece in dossier.content.pieces:
        if "landing-page" in piece.campaign_id:
            assert piece.generated_by.startswith(f"playbook (stands in for {MODEL}: ")
        else:
            assert piece.generated_by == MODEL
    _counts_are_equal(dossier.usage, counts)
    walk.services.database.close()


def test_a_server_that_is_down_leaves_the_run_to_the_playbook_step_by_step(tmp_path: Path) -> None:
    with OpenAIServer(lambda request, number: Reply.error(503)) as server:
        walk = Walk.of(live(tmp_path, server, llm_max_retries=0), VENTURE)
        assert walk.advance().checkpoint == "strategy"
        dossier, counts = walk.dossier(), server.counts
    assert all(s.generated_by.startswith(f"playbook (stands in for {MODEL}: ") for s in dossier.steps)
    assert dossier.usage.attempts == counts.requests
    assert (dossier.usage.prompt_tokens, dossier.usage.completion_tokens) == (0, 0)
    walk.services.database.close()


def test_a_wrong_key_stops_with_one_clear_error_and_the_right_one_goes_on(tmp_path: Path) -> None:
    brief = str(EXAMPLES / f"{VENTURE}.yaml")
    with OpenAIServer(HouseBrain(), api_key=KEY) as server:
        variables = {
            "GTM_LLM_PROVIDER": "compatible",
            "GTM_LLM_BASE_URL": server.base_url,
            "GTM_LLM_MODEL": MODEL,
            "GTM_LLM_API_KEY": "not-the-key-at-all",
        }
        refused = Home(tmp_path, variables).run("run", brief)
        assert refused.code == 1
        assert server.counts.requests == 1
        assert refused.err.count("HTTP 401") == 1, refused.err
        assert "Traceback" not in refused.err + refused.out
        assert "not-the-key-at-all" not in refused.err + refused.out
        mended = Home(tmp_path, {**variables, "GTM_LLM_API_KEY": KEY}).run("resume", VENTURE, "--json")
        assert mended.code == 0, mended.err
        assert mended.outcome["checkpoint"] == "strategy"
        assert {e["usage"]["calls"] for e in mended.events if e["event"] == "outcome"} == {server.counts.requests}
        assert KEY not in mended.err + mended.out
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_server_that_does_not_understand_us_stops_or_is_replaced(tmp_path: Path, status: int) -> None:
    """404 names a model that the server does not know, and stops; others leave the step to the playbook."""
    with OpenAIServer(lambda request, number: Reply.error(status, "No such thing.")) as server:
        walk = Walk.of(live(tmp_path, server), VENTURE)
        if status == 404:
            with pytest.raises(Exception, match="HTTP 404"):
                walk.advance()
            assert walk.dossier().status == "failed"
        else:
            assert walk.advance().checkpoint == "strategy"
            assert all("playbook (stands in for" in s.generated_by for s in walk.dossier().steps)
        assert walk.dossier().usage.attempts == server.counts.requests
    walk.services.database.close()


def _counts_are_equal(usage: UsageTotals, counts: Counts, playbook_calls: int = 0) -> None:
    assert usage.attempts == counts.requests
    assert usage.prompt_tokens == counts.prompt_tokens
    assert usage.completion_tokens == counts.completion_tokens
    assert usage.cost is not None
    assert usage.cost * 1_000_000 == 2 * counts.prompt_tokens + 8 * counts.completion_tokens
    assert usage.calls - playbook_calls <= counts.requests


def _booked(folder: Path) -> dict[str, int]:
    query = (
        "SELECT count(*) AS calls, sum(attempts) AS attempts, sum(prompt_tokens) AS tokens_in, "
        "sum(completion_tokens) AS tokens_out FROM model_calls"
    )
    return rows(folder / "home" / "gtm.db", query)[0]
