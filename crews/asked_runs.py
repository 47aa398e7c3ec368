"""Runs that workflows ask for: opened once for each wish, and driven like any other."""

import hashlib
from collections.abc import Callable

from crews.runner import start_run
from crews.services import Services
from gtm.store.repositories import logs, runs


class AskedRuns:
    """Opens a run of a venture's crew for a start_run step; see `gtm.automation.ports.RunStarter`.

    Args:
        services: makes what a run uses, when the first wish comes.
    """

    def __init__(self, services: Callable[[], Services]) -> None:
        self._services = services

    def ask_for_run(self, *, venture_id: str, reason: str, key: str) -> str:
        """Open a run, once for each key; where one is open already, the wish is met by it.

        Returns:
            The run, and how it goes on.

        Raises:
            Conflict: the venture is paused, or waits for another brief.
            NotFound: there is no such venture.
        """
        services = self._services()
        wanted = f"run-{hashlib.sha256(key.encode()).hexdigest()[:20]}"
        with services.database.read() as session:
            known = runs.get(session, wanted)
            under_way = runs.unfinished(session, venture_id)
        if known is not None:
            return _told(known.run_id, "was opened before")
        if under_way is not None:
            return _told(under_way.run_id, "is open already")
        start_run(services, venture_id, run_id=wanted)
        with services.database.write() as session:
            logs.audit(
                session,
                actor="workflow",
                action="run.asked_for",
                subject=wanted,
                venture_id=venture_id,
                data={"reason": reason},
                now=services.clock.now(),
            )
        return _told(wanted, "is open")


def _told(run_id: str, how: str) -> str:
    return f"{run_id} {how}; gtm resume {run_id} takes it on"
