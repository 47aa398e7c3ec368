"""Copy that its step's checks refuse: it goes back piece by piece, and to a person when nobody here can mend it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crews.copy_evidence import copy_evidence
from crews.reworking import refused_pieces, rejected_pieces
from gtm.domain.check import ContentReport
from gtm.domain.dossier import Dossier
from gtm.domain.errors import NeedsPerson
from gtm.domain.rework import Rework
from gtm.policies.content_report import check_content
from gtm.policies.facts import ContentFacts

if TYPE_CHECKING:
    from crews.services import Services

TURNS = 3
"""How often copy goes back at most; then a person is asked."""


class Mending:
    """What of a run's copy is made anew in which revision, over one stretch of it.

    Args:
        services: the application's parts.
        run_id: the run.
    """

    def __init__(self, services: "Services", run_id: str) -> None:
        self._services = services
        self._run_id = run_id
        self._refused: dict[int, Rework] = {}
        self._turns = 0

    def rework(self, revision: int) -> Rework:
        """What is made anew in a revision of step 2.2: what the checks refused, else what a person rejected."""
        if revision in self._refused:
            return self._refused[revision]
        with self._services.database.read() as session:
            return rejected_pieces(session, self._services.stage, self._run_id)

    def refuse(self, dossier: Dossier, revision: int) -> None:
        """Note what goes back in the next revision, the others staying as they are.

        Args:
            dossier: the run with the copy that the checks refuse.
            revision: of that copy.

        Raises:
            NeedsPerson: nothing is left that the model or the playbook could still mend.
        """
        if dossier.content is None:
            return
        report = copy_report(dossier, self._services)
        self._turns += 1
        most = min(TURNS, self._services.policies.run.guardrail_retries)
        # A live model's turns are counted piece by piece, with those in which its answer was refused before.
        last = not self._services.models.live and self._turns > most
        again, hopeless = refused_pieces(dossier.content, report, self.rework(revision), last=last)
        if hopeless and not again.before:
            raise needs_person(hopeless)
        if again.before:
            self._refused[revision + 1] = again


def copy_report(dossier: Dossier, services: "Services") -> ContentReport:
    """What the checks say of every piece of a run, everybody outside asked who is there."""
    return check_content(copy_facts(dossier, services))


def copy_facts(dossier: Dossier, services: "Services") -> ContentFacts:
    """What the checks of copy look at."""
    return ContentFacts(
        stage=services.stage,
        policies=services.policies,
        brief=dossier.brief,
        templates=dossier.templates,
        channels=dossier.channels,
        artifact=dossier.content,
        **vars(copy_evidence(dossier, services)),
    )


def needs_person(failing: Mapping[str, str]) -> NeedsPerson:
    """The error that hands pieces over, with what was found in each."""
    told = next(iter(failing)) if len(failing) == 1 else f"{len(failing)} pieces"
    return NeedsPerson(
        f"neither the model nor the playbook could mend {told}",
        field="piece",
        value=", ".join(failing),
        findings=[f"{piece_id}: {why}" for piece_id, why in failing.items()],
        pieces=failing,
    )
