"""Runs in this process, with a person at every checkpoint."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app import bootstrap
from app.settings import Settings
from crews.approvals import decide
from crews.events import RunEvent
from crews.intake import load_venture
from crews.outcome import Outcome
from crews.runner import advance, start_run
from crews.services import ProbeResult, Services
from gtm.domain.dossier import ApprovalRecord, Dossier
from gtm.store.dossier import load_dossier
from tests.acceptance.support.processes import EXAMPLES

PERSON = "ann"


def services_in(folder: Path, **settings: object) -> Services:
    """The application's parts with a home of their own; nothing is read from the environment."""
    chosen = Settings.model_validate({"home": folder / "home", "out": folder / "out", **settings})
    return bootstrap.build(chosen, bootstrap.read_configuration(), bootstrap.open_store(chosen))


def answering(venture_id: str) -> ProbeResult:
    """An agent probe for tests that are not about the agent process."""
    return ProbeResult(True, 0.01, '{"status": "operational"}', f"http://127.0.0.1/{venture_id}")


def load(services: Services, name: str) -> str:
    """Load one of the example briefs; its venture's id."""
    data = (EXAMPLES / f"{name}.yaml").read_bytes()
    brief, _ = load_venture(services.database, services.clock, services.policies, data, f"{name}.yaml", "person:ann")
    return brief.id


@dataclass
class Walk:
    """One run of a venture, driven by a test.

    Attributes:
        services: the application's parts.
        run_id: the run.
        events: everything it told.
    """

    services: Services
    run_id: str
    events: list[RunEvent] = field(default_factory=list)

    @classmethod
    def of(cls, services: Services, name: str) -> "Walk":
        """Load an example and open its run."""
        return cls(services, start_run(services, load(services, name)))

    def advance(self) -> Outcome:
        """Go on to the next stop."""
        return advance(self.services, self.run_id, self.events.append)

    def to(self, checkpoint: str) -> Outcome:
        """Approve everything up to this checkpoint, and wait there."""
        outcome = self.advance()
        while outcome.status == "waiting_approval" and outcome.checkpoint != checkpoint:
            self.approve()
            outcome = self.advance()
        assert outcome.checkpoint == checkpoint, outcome
        return outcome

    def to_end(self, look: Callable[[Outcome], None] = lambda outcome: None) -> Outcome:
        """Approve everything; `look` sees every stop."""
        outcome = self.advance()
        while outcome.status == "waiting_approval":
            look(outcome)
            self.approve()
            outcome = self.advance()
        return outcome

    def approve(self) -> ApprovalRecord:
        """Approve what waits, in the role that is asked."""
        return self._decide(approve=True)

    def reject(self, comment: str, *steps: str) -> ApprovalRecord:
        """Reject what waits, in the role that is asked."""
        return self._decide(approve=False, comment=comment, steps=steps)

    def dossier(self) -> Dossier:
        """The run as the store holds it."""
        with self.services.database.read() as session:
            return load_dossier(session, self.run_id)

    def kinds(self) -> list[str]:
        """The kinds of what it told, in order."""
        return [event.kind for event in self.events]

    def _decide(self, *, approve: bool, comment: str = "", steps: tuple[str, ...] = ()) -> ApprovalRecord:
        waiting = next(a for a in self.dossier().approvals if a.status == "pending")
        return decide(
            self.services.database,
            self.services.clock,
            self.services.stage,
            ref=waiting.approval_id,
            role=waiting.role,
            by=PERSON,
            approve=approve,
            comment=comment,
            steps=steps,
            shown_sha256=waiting.artifact_sha256,
        )
