"""The tools of substage 17.3: configure workflows, define triggers, test and monitor workflows."""

from pydantic import BaseModel
from sqlmodel import Session

from gtm.automation.monitoring import monitor
from gtm.domain.base import canonical_json
from gtm.domain.dossier import Dossier
from gtm.domain.errors import ProposalRefused
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition, WorkflowTestReport
from gtm.playbook.workflow_choices import with_choices
from gtm.playbook.workflows import draft_workflows
from gtm.store.repositories import automation as store
from tools.base import StepTool
from tools.proposals import Nothing, TestProposal, TriggerProposal, WorkflowProposal


class ConfigureWorkflow(StepTool):
    """Stores one workflow (SOP step 3.1, `automation_workflows`)."""

    name: str = "configure_workflow"
    description: str = "Configure one workflow of the house's drafts: wait in hours, error strategy, priority."
    args_schema: type[BaseModel] = WorkflowProposal

    def act(self, proposal: WorkflowProposal) -> str:
        """Store the workflow as a draft; it becomes active after its tests and EXEC's approval."""
        dossier = self.dossier()
        return self.commit(f"workflow-{proposal.workflow_id}", lambda: self._build(proposal, dossier), self._persist)

    def _build(self, proposal: WorkflowProposal, dossier: Dossier) -> WorkflowDefinition:
        if dossier.templates is None or dossier.channels is None:
            raise ProposalRefused("there are no templates yet", hint="finish step 2.1 first")
        drafts = draft_workflows(
            dossier.brief,
            dossier.templates,
            dossier.channels,
            self._context.policies,
            self._context.directives["3.1"],
            dossier.schedule,
        )
        draft = next((d for d in drafts if d.workflow_id == proposal.workflow_id), None)
        if draft is None:
            raise ProposalRefused(
                f"unknown workflow {proposal.workflow_id}", allowed=", ".join(d.workflow_id for d in drafts)
            )
        return with_choices(
            draft,
            wait_hours=proposal.wait_hours,
            priority=proposal.priority,
            error_strategy=proposal.error_strategy,
        )

    def _persist(self, session: Session, workflow: WorkflowDefinition) -> None:
        context = self._context
        store.save_workflow(
            session, workflow, run_id=context.run_id, revision=context.revision("3.1"), now=context.clock.now()
        )


class DefineTrigger(StepTool):
    """Stores one trigger (SOP step 3.2, `workflow_triggers`)."""

    name: str = "define_trigger"
    description: str = (
        "Define one trigger of a workflow, with rate limit and filters that exclude test and duplicate data."
    )
    args_schema: type[BaseModel] = TriggerProposal

    def act(self, proposal: TriggerProposal) -> str:
        """Store the trigger, disabled; it is enabled when its workflow becomes active."""
        trigger = proposal.trigger
        dossier = self.dossier()
        known = [w.workflow_id for w in dossier.workflows.workflows] if dossier.workflows else []
        if trigger.workflow_id not in known:
            raise ProposalRefused(f"unknown workflow {trigger.workflow_id}", allowed=", ".join(known))
        return self.commit(f"trigger-{trigger.trigger_id}", lambda: trigger, self._persist)

    def _persist(self, session: Session, trigger: TriggerDefinition) -> None:
        context = self._context
        store.save_trigger(
            session,
            trigger,
            venture_id=context.venture_id,
            run_id=context.run_id,
            revision=context.revision("3.2"),
            now=context.clock.now(),
        )


class TestWorkflow(StepTool):
    """Runs the SOP's tests on one workflow (SOP step 3.3, `automation_test_results`)."""

    __test__ = False

    name: str = "test_workflow"
    description: str = "Test one workflow with at least five test leads on a virtual clock, over real SMTP."
    args_schema: type[BaseModel] = TestProposal

    def act(self, proposal: TestProposal) -> str:
        """Run the tests, store the report, answer with its table."""
        dossier = self.dossier()
        workflows = dossier.workflows.workflows if dossier.workflows else ()
        workflow = next((w for w in workflows if w.workflow_id == proposal.workflow_id), None)
        if workflow is None:
            raise ProposalRefused(
                f"unknown workflow {proposal.workflow_id}", allowed=", ".join(w.workflow_id for w in workflows)
            )
        revision = self._context.revision("3.3")
        return self.commit(
            f"test-{workflow.workflow_id}",
            lambda: self._context.tester.test(dossier, workflow, proposal.test_leads, revision),
            _nothing_more,
        )


def _nothing_more(_session: Session, _report: WorkflowTestReport) -> None:
    """The tester wrote its own rows: evidence is stored as it is found."""


class MonitorWorkflow(StepTool):
    """Tells how the venture's workflows do."""

    name: str = "monitor_workflow"
    description: str = "Counts of executions, waits and consecutive errors of the venture's workflows."
    args_schema: type[BaseModel] = Nothing

    def act(self, proposal: Nothing) -> str:
        """Counts a workflow, as JSON. Args: proposal: nothing is asked."""
        return canonical_json(
            [row.model_dump(mode="json") for row in monitor(self._context.database, self._context.venture_id)]
        )
