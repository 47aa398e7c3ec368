"""A venture whose campaigns are configured, as a finished run leaves them: its pages are open, its workflows active."""

from datetime import date

from sqlalchemy import text

from gtm.domain.base import sha256_of
from gtm.domain.brief import VentureBrief
from gtm.domain.campaign import CampaignContent
from gtm.domain.dossier import TemplatePart
from gtm.domain.spec import Policies
from gtm.playbook.directives import Directives
from gtm.playbook.schedule import draft_schedule
from gtm.playbook.triggers import draft_triggers
from gtm.playbook.workflows import draft_workflows
from gtm.store.database import Database
from gtm.store.repositories import artifacts, automation, campaigns, runs, ventures
from tests.unit.automation.test_campaign_email import venture
from tests.unit.playbook.conftest import Drafts, read

RUN = "run-published"


def publish(
    database: Database,
    name: str = "fleet",
    *,
    status: str = "configured",
    starts: date | None = None,
    brief: VentureBrief | None = None,
    content: CampaignContent | None = None,
) -> Drafts:
    """Store an example venture with the house's own copy.

    Args:
        database: an open store.
        name: of the example.
        status: of its campaigns.
        starts: the first day of its plan; today where it is left out.
        brief: in place of its own.
        content: in place of the house's copy.
    """
    drafts, drafted = venture(name)
    now = database.clock.now()
    brief = brief or drafts.brief
    policies, asked = Policies.model_validate(read("config/policies.yaml")), Directives()
    plan = draft_schedule(
        brief, drafts.templates, drafts.channels, drafts.budget, policies,
        starts=starts or now.date(), directives=asked,
    )  # fmt: skip
    # A session's workflow and triggers name its day, which is the published plan's.
    workflows = draft_workflows(brief, drafts.templates, drafts.channels, policies, asked, plan)
    triggers = draft_triggers(brief, drafts.templates, workflows, asked, plan)
    made = {
        "2.2": {"content": (content or drafted).model_dump(mode="json")},
        "2.3": {"schedule": plan.model_dump(mode="json")},
        "2.1": {},
    }
    with database.write() as session:
        ventures.save_brief(session, brief, (), now)
        runs.create(session, run_id=RUN, venture_id=brief.id, stage=17, provider="playbook", now=now)
        for campaign in drafts.templates.campaigns:
            template = drafts.templates.template(campaign.template_id)
            assert template is not None
            campaigns.save_template(session, brief.id, campaign, template, run_id=RUN, revision=1, now=now)
            part = TemplatePart(campaign=campaign, template=template)
            made["2.1"][f"template-{campaign.campaign_id}"] = part.model_dump(mode="json")
        for step, bodies in made.items():
            for key, body in bodies.items():
                artifacts.put(
                    session, run_id=RUN, step=step, revision=1, name=key, body=body, sha256=sha256_of(body),
                    produced_by="test", generated_by="playbook", now=now,
                )  # fmt: skip
            runs.mark_started(session, RUN, step, now)
        session.connection().execute(text("UPDATE campaigns SET status = :status"), {"status": status})
        for workflow in workflows:
            automation.save_workflow(session, workflow, run_id=RUN, revision=1, now=now)
        for trigger in triggers:
            automation.save_trigger(session, trigger, venture_id=brief.id, run_id=RUN, revision=1, now=now)
        for workflow in workflows:
            automation.activate_workflow(session, workflow.workflow_id, now)
    return drafts
