"""A crew run on a Temporal cluster: processes that know each other only by the server and the store."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.temporal.engine import Cluster, answer_crew_run, crew_workflow
from app.temporal.workflows import Answer, CrewRunWorkflow
from tests.acceptance.support.processes import EXAMPLES, Home, finish, kill
from tests.conformance.temporal_server import TemporalServer


def until(found: Callable[[], bool], seconds: float = 120.0) -> None:
    """Look again and again."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.3)


def waiting(home: Home) -> str:
    """The checkpoint that waits for a person."""
    rows = home.run("pending", "--json").out
    return rows.split('"checkpoint": "', 1)[1].split('"', 1)[0] if "checkpoint" in rows else ""


def driven_by(home: Home) -> str | None:
    """Who drives the run, as `gtm status` tells it between two steps."""
    told: str | None = json.loads(home.run("status", "fleet", "--json").out)["driven_by"]
    return told


def refusals(cluster: Cluster, run_id: str) -> list[str]:
    """Why answers to a run were refused."""

    async def ask() -> list[str]:
        client = await cluster.connect()
        return await client.get_workflow_handle(crew_workflow(run_id)).query(CrewRunWorkflow.refusals)

    return asyncio.run(ask())


@pytest.mark.slow
def test_a_run_is_driven_answered_and_finished_on_temporal_though_its_worker_is_killed(tmp_path: Path) -> None:
    with TemporalServer(tmp_path / "server.log") as server:
        cluster = Cluster(address=server.address)
        home = Home(tmp_path, {"GTM_TEMPORAL_ADDRESS": server.address})
        worker = home.start("worker", "--engine", "temporal", "--sink", "--json")
        try:
            handed = home.run("run", str(EXAMPLES / "fleet.yaml"), "--engine", "temporal", "--json")
            assert handed.code == 0, handed.err
            run_id = handed.events[-1]["run_id"]
            until(lambda: waiting(home) == "strategy")
            until(lambda: driven_by(home) == f"Temporal, as {crew_workflow(run_id)}", 10)

            answer_crew_run(cluster, run_id, Answer(run_id, "PLAN", "eve", True))
            until(lambda: bool(refusals(cluster, run_id)))
            assert "LEAD" in refusals(cluster, run_id)[0]
            assert waiting(home) == "strategy"

            answer_crew_run(cluster, run_id, Answer(run_id, "LEAD", "ada", True))
            until(lambda: waiting(home) == "content")
            kill(worker)
            finish(worker)
            worker = home.start("worker", "--engine", "temporal", "--sink", "--json")
            for role, checkpoint in (("LEAD", "campaigns"), ("PLAN", "automation"), ("EXEC", "final")):
                told = home.run("approve", run_id, "--as", role, "--by", "ada")
                assert told.code == 0, told.err
                assert "goes on by itself, on Temporal" in told.out
                until(lambda wanted=checkpoint: waiting(home) == wanted)
            assert home.run("approve", run_id, "--as", "LEAD", "--by", "ada").code == 0
            until(lambda: (home.out / "fleet" / "report.html").is_file())
            until(lambda: "completed" in home.run("runs", "--json").out)
            assert driven_by(home) is None
        finally:
            worker.terminate()
            ended = finish(worker)
        assert ended.code == 0, ended.err


def test_a_cluster_that_cannot_be_reached_is_one_clear_error(tmp_path: Path) -> None:
    home = Home(tmp_path, {"GTM_TEMPORAL_ADDRESS": "127.0.0.1:9"})
    refused = home.run("worker", "--engine", "temporal", "--sink", "--once", "--json")
    assert refused.code == 1
    assert refused.problem["code"] == "unavailable"
    assert "127.0.0.1:9" in refused.problem["detail"]


def test_without_an_address_nothing_is_started(tmp_path: Path) -> None:
    refused = Home(tmp_path).run("run", str(EXAMPLES / "fleet.yaml"), "--engine", "temporal", "--json")
    assert refused.code == 2
    assert refused.problem["field"] == "GTM_TEMPORAL_ADDRESS"
    assert Home(tmp_path).run("venture", "list", "--json").out.strip() in ("", "[]")
