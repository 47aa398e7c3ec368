"""Step 3.3 for a run: the workflow, its trigger and its content go through the automation room's test harness."""

from crews.services import Services
from gtm.automation.campaign_email import CampaignEmails
from gtm.automation.testing import run_sop_tests
from gtm.domain.dossier import Dossier
from gtm.domain.errors import ProposalRefused
from gtm.domain.sessions import HeldSession, sessions_of, undated_sessions
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition, WorkflowTestReport


class SopTester:
    """Tests workflows of one run; mail goes to a sink on the loopback interface.

    Args:
        services: the application's parts.
        run_id: the run.
    """

    def __init__(self, services: Services, run_id: str) -> None:
        self._services = services
        self._run_id = run_id

    def test(
        self, dossier: Dossier, workflow: WorkflowDefinition, test_leads: int, revision: int
    ) -> WorkflowTestReport:
        """The report; a second call for the same run, workflow and revision returns the stored one.

        Raises:
            ProposalRefused: content or trigger of the workflow is missing.
        """
        if dossier.templates is None or dossier.content is None:
            raise ProposalRefused("there is no content to send", hint="finish step 2.2 first")
        return run_sop_tests(
            database=self._services.database,
            definition=workflow,
            trigger=_trigger_of(dossier, workflow),
            email_source=CampaignEmails(
                dossier.brief,
                dossier.templates,
                dossier.content,
                self._services.mail_layout,
                session_facts(dossier),
            ),
            start=self._services.clock.now(),
            evidence_dir=self._services.state_dir / "evidence" / self._run_id,
            run_id=self._run_id,
            revision=revision,
            lead_count=test_leads,
            spam_judge=self._services.spam_judge,
        )


def _trigger_of(dossier: Dossier, workflow: WorkflowDefinition) -> TriggerDefinition:
    triggers = dossier.triggers.triggers if dossier.triggers else ()
    found = [trigger for trigger in triggers if trigger.workflow_id == workflow.workflow_id]
    if not found:
        raise ProposalRefused(f"workflow {workflow.workflow_id} has no trigger", hint="finish step 3.2 first")
    return next((trigger for trigger in found if trigger.type == "database_insert"), found[0])


def session_facts(dossier: Dossier) -> dict[str, HeldSession]:
    """The session of every campaign that has one, by campaign, for the messages that name it."""
    campaigns = dossier.templates.campaigns if dossier.templates else ()
    return sessions_of(dossier.brief, campaigns, dossier.schedule)


def expected_sessions(dossier: Dossier) -> dict[str, HeldSession]:
    """The sessions as far as they stand, and one without a day for those whose calendar is not made yet.

    Copy is judged before step 2.3 sets the day; what is rendered for that must not fail for want of it.
    """
    campaigns = dossier.templates.campaigns if dossier.templates else ()
    return {**undated_sessions(dossier.brief, campaigns), **session_facts(dossier)}
