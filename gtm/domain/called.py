"""The names under which the parts of a run go: a person reads these, the store and the files know the ids."""

from collections.abc import Iterator
from dataclasses import dataclass

from gtm.domain.campaign import TemplateStep
from gtm.domain.dossier import Dossier
from gtm.domain.spec import ChecklistLine, StageSpec
from gtm.domain.verdict import Verdict
from gtm.domain.workflow import SendEmail, TriggerDefinition
from gtm.domain.workflow_graph import copy_step

SESSION_MAILS = {
    "invite": "invitation",
    "reminder-7-day": "reminder, 7 days before",
    "reminder-1-day": "reminder, the day before",
    "follow-up": "follow-up",
}
"""The mails of a session by what they are; those of a sequence go by the names of their steps."""


def step_words(name: str) -> str:
    """A template's step as a person reads it: `how-it-works` is how it works, `invite` is invitation."""
    return SESSION_MAILS.get(name) or name.replace("-", " ")


@dataclass(frozen=True)
class Called:
    """Names by id; an id that the run does not know stands for itself."""

    dossier: Dossier

    def segment(self, segment_id: str | None) -> str:
        """A segment's name; without an id, all of them."""
        return next((s.name for s in self.dossier.brief.segments if s.id == segment_id), segment_id or "all segments")

    def campaign(self, campaign_id: str | None) -> str:
        """A campaign's name, such as `Fleet: email sequence`."""
        campaigns = self.dossier.templates.campaigns if self.dossier.templates else ()
        return next((c.name for c in campaigns if c.campaign_id == campaign_id), campaign_id or "")

    def workflow(self, workflow_id: str) -> str:
        """A workflow's name, such as `Fleet: email sequence for Security teams`."""
        flows = self.dossier.workflows.workflows if self.dossier.workflows else ()
        return next((w.name for w in flows if w.workflow_id == workflow_id), workflow_id)

    def trigger(self, trigger: TriggerDefinition) -> str:
        """What a trigger is called beside its workflow: `signup` of `fleet-email-drip-security-signup`."""
        return trigger.trigger_id.removeprefix(f"{trigger.workflow_id}-").replace("-", " ")

    def template_step(self, campaign_id: str, step: int) -> TemplateStep | None:
        """A step of a campaign's template."""
        templates = self.dossier.templates
        campaign = next((c for c in (templates.campaigns if templates else ()) if c.campaign_id == campaign_id), None)
        template = templates.template(campaign.template_id) if templates and campaign else None
        return next((s for s in (template.steps if template else ()) if s.step == step), None)

    def step(self, campaign_id: str, step: int) -> str:
        """The name of a step of a campaign's template; empty where there is none."""
        found = self.template_step(campaign_id, step)
        return found.name if found else ""

    def piece(self, campaign_id: str, segment_id: str, step: int) -> str:
        """A piece of content: `Fleet: email sequence 2, how it works, for Security teams`."""
        name = step_words(self.step(campaign_id, step))
        return f"{self.campaign(campaign_id)} {step}{f', {name},' if name else ''} for {self.segment(segment_id)}"

    def mail(self, send: SendEmail) -> str:
        """What a workflow's mail says, by its template's step: `how it works`; its number where that differs."""
        campaign_id, step = send.content_ref.split("/")[0], copy_step(send)
        name = step_words(self.step(campaign_id, step))
        place = f"email {step} of the campaign" if step != send.email_number else ""
        return ", ".join(filter(None, (name, place)))


def checklists(stage: StageSpec) -> Iterator[tuple[str, tuple[ChecklistLine, ...]]]:
    """Every checklist of a stage in its order, under the name of its gate, step or exit criteria."""
    for gate in stage.entry_gates:
        yield f"Entry gate: {gate.name}", gate.checklist
    for substage in stage.substages:
        for step in substage.steps:
            yield f"Step {step.id}: {step.name}", step.checklist
        yield f"Exit criteria of {substage.id}: {substage.name}", substage.exit_criteria
    for gate in stage.exit_gates:
        yield f"Exit gate: {gate.name}", gate.checklist
    yield "Final approval", stage.final_checklist
    yield f"Handoff to stage {stage.handoff_to}", stage.handoff_checklist


def judged(stage: StageSpec, verdict: Verdict) -> str:
    """The name of the checklist that a verdict answers; its policy where it answers none."""
    answered = {check.name for check in verdict.checks}
    named = (title for title, lines in checklists(stage) if any(line.check in answered for line in lines))
    return next(named, verdict.policy)
