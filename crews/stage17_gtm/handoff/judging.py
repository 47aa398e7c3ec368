"""Verdicts of the steps, where the run's snapshot carries only those of gates and exits."""

from gtm.domain.dossier import Dossier
from gtm.domain.spec import Policies, StageSpec
from gtm.policies.facts import ConnectionTest
from gtm.policies.registry import judge_step


def with_step_verdicts(
    dossier: Dossier, stage: StageSpec, policies: Policies, connections: tuple[ConnectionTest, ...]
) -> Dossier:
    """The dossier with a verdict of every finished step's guardrail on its stored artifact.

    A guardrail is a pure function of what is stored, so it says now what it said when it let the step pass. A step
    that is not done is not judged, and one whose verdict is there already is not judged again.

    Args:
        connections: what was tested of the mail sender and the platforms, for step 3.1.
    """
    known = {check.name for verdict in dossier.verdicts for check in verdict.checks}
    judged = []
    for step in stage.steps:
        record = dossier.step(step.id)
        missing = any(line.check not in known for line in step.checklist)
        if record is not None and record.status == "done" and missing:
            judged.append(judge_step(step.id, stage, policies, dossier, connections=connections))
    return dossier.model_copy(update={"verdicts": (*dossier.verdicts, *judged)})
