"""Drives runs: `start_run` opens one, `advance` is the only way forward.

The store is the truth. `advance` claims the run's lease, asks what comes next, does it, and asks again, until a person
must answer, a gate is not met, a step cannot be finished, or the handoff is on disk.
"""

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agents.lean import import_crewai
from agents.models import ModelSettings
from agents.runtime import prepare
from crews.events import Listener, ignore
from crews.lease import lease
from crews.outcome import Outcome
from crews.rollback import refuse_while_recursing
from crews.services import Services
from crews.spending import refuse_without_price
from gtm.domain.errors import Conflict, GtmError, NotFound
from gtm.store.database import Database
from gtm.store.models.base import new_id
from gtm.store.repositories import logs, runs, stages, ventures

if TYPE_CHECKING:
    from crews.drive import Drive

_IMPORTING = threading.Lock()
UNFINISHED = ("created", "running", "waiting_approval", "blocked", "failed")


def start_run(services: Services, venture_id: str, *, run_id: str = "") -> str:
    """Open a run of stage 17 for a venture; its brief is frozen into the run when the entry gates pass.

    Args:
        services: the application's parts.
        venture_id: the venture.
        run_id: the run's id, where whoever asks must find it again; by default a fresh one.

    Returns:
        The run's id.

    Raises:
        ConfigError: a budget of money is set, and the model has no price.
        NotFound: there is no such venture.
        Conflict: a run of this venture is not finished, or a rollback sent it back to an earlier stage whose new brief
            is not loaded yet.
        VenturePaused: a rollback of this venture is not decided.
    """
    refuse_without_price(services)
    now = services.clock.now()
    with services.database.write() as session:
        ventures.require(session, venture_id)
        stages.refuse_when_paused(session, venture_id)
        refuse_while_recursing(session, venture_id)
        open_run = runs.unfinished(session, venture_id)
        if open_run is not None:
            raise Conflict(
                f"run {open_run.run_id} of {venture_id} is not finished ({open_run.status})",
                hint=f"go on with it: gtm resume {open_run.run_id}",
            )
        run_id = run_id or new_id("run")
        runs.create(
            session,
            run_id=run_id,
            venture_id=venture_id,
            stage=services.stage.stage,
            provider=services.models.model,
            now=now,
        )
        stages.track(session, venture_id, services.stage.stage, "in_progress", run_id=run_id, now=now)
        stages.register_crew(session, services.stage, now=now)
        logs.audit(
            session, actor="runner", action="run.created", subject=run_id, venture_id=venture_id, data={}, now=now
        )
    return run_id


def advance(services: Services, run_id: str, listener: Listener = ignore) -> Outcome:
    """Take a run as far as it goes without a person.

    Args:
        services: the application's parts.
        run_id: the run.
        listener: told of progress, from the thread that calls.

    Returns:
        Where the run stands now.

    Raises:
        LeaseHeld: another living process drives it.
        NotFound: there is no such run.
        VenturePaused: a rollback stopped the venture.
    """
    with _driving(services, run_id, listener) as drive:
        return drive.to_next_stop()


def take_step(services: Services, run_id: str, cluster: str) -> Outcome | None:
    """Do one step of a run, for engines that drive it step by step; None when there is more to do.

    Args:
        services: the application's parts.
        run_id: the run.
        cluster: the workflow on a cluster that drives the run.

    Raises:
        as `advance`.
    """
    with _driving(services, run_id, ignore, cluster) as drive:
        return drive.one_step()


@contextmanager
def _driving(services: Services, run_id: str, listener: Listener, cluster: str = "") -> "Iterator[Drive]":
    """The machinery of a run, under its lease; a failure is noted on the run."""
    prepare(services.state_dir / "crewai")
    machinery = _drive(services.models)
    venture_id = _venture_of(services.database, run_id)
    seconds = services.policies.run.lease_seconds
    with lease(services.database, services.clock, run_id, seconds, cluster) as owner:
        drive = machinery(services, run_id, venture_id, owner, listener)
        try:
            yield drive
        except GtmError as error:
            drive.note_failure(error)
            raise
        finally:
            drive.close()


def _drive(models: ModelSettings) -> "type[Drive]":
    """The machinery, imported when a run first needs it: CrewAI comes with it.

    What that import leaves behind lives as long as the process; looking through it again and again would cost the
    garbage collector more than a tenth of a run's time.
    """
    with _IMPORTING:
        import_crewai(served=models.live)
        first = "crews.drive" not in sys.modules
        from crews.drive import Drive

        if first:
            gc.freeze()
        return Drive


def _venture_of(database: Database, run_id: str) -> str:
    with database.read() as session:
        run = runs.get(session, run_id)
    if run is None:
        raise NotFound(f"there is no run {run_id}", field="run", value=run_id, hint="gtm runs lists them")
    return run.venture_id
