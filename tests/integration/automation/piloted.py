"""A venture with a campaign, its drip, and people who wait: what the tests of pilots share."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from sqlmodel import Session, col, select

from app import bootstrap
from crews.approvals import decide
from gtm.automation.pilots import judging, starting
from gtm.automation.pilots.launching import Launched, enrol_rest
from gtm.automation.pilots.starting import Started, Starting
from gtm.automation.triggers.database_insert import insert_lead
from gtm.domain.delivery import NO_LIMITS, DeliveryPolicy
from gtm.domain.dossier import ApprovalRecord
from gtm.domain.enrolment import NewLead
from gtm.domain.pilot import PilotResults
from gtm.domain.spec import Policies
from gtm.domain.workflow import TriggerDefinition
from gtm.store.models.automation import EmailSend, LeadRow
from gtm.store.models.campaigns import CampaignRow, CampaignTemplateRow
from gtm.store.models.enrolments import Enrolment
from gtm.store.models.pilots import CampaignPilot
from gtm.store.models.runs import Run
from gtm.store.models.ventures import Venture
from gtm.store.repositories import pilots
from tests.integration.automation.surroundings import Stage, drip, signup

CAMPAIGN, DRIP = "acme-email-drip", "acme-drip"
SHARE = Decimal("0.08")


@cache
def policies() -> Policies:
    """config/policies.yaml."""
    return bootstrap.read_configuration().policies


def venture(session: Session, stage: Stage, *campaigns: str) -> None:
    """A venture with a run that is over, and its campaigns."""
    now = stage.clock.now()
    session.add(
        Venture(
            venture_id="acme", name="Acme", segment_type="B2B_SMB", brief={}, brief_sha256="0", created_at=now,
            updated_at=now,
        )
    )  # fmt: skip
    session.flush()
    session.add(
        Run(
            run_id="run-1", venture_id="acme", stage=17, status="completed", provider="playbook", brief_sha256="0",
            created_at=now, updated_at=now,
        )
    )  # fmt: skip
    session.add(
        CampaignTemplateRow(
            venture_id="acme", template_id="t", type="email_drip", name="T", channel="email", structure=[],
            variables=[], revision=1,
        )
    )  # fmt: skip
    session.flush()
    for campaign_id in campaigns:
        session.add(
            CampaignRow(
                campaign_id=campaign_id, venture_id="acme", campaign_name="C", campaign_type="email_drip",
                template_id="t", segments=["it"], cta="book_demo", objective="awareness", status="configured",
                run_id="run-1", revision=1, updated_at=now,
            )
        )  # fmt: skip
    session.flush()


def ready(stage: Stage, *triggers: TriggerDefinition) -> None:
    """The venture, its campaign, and its drip, active."""
    with stage.database.write() as session:
        venture(session, stage, CAMPAIGN)
    stage.configure(drip(), *(triggers or (signup(),)))


def crowd(stage: Stage, count: int, begin: int = 0, **values: Any) -> None:
    """People who are stored and have started nothing, such as those of an import before the campaign was active."""
    now = stage.clock.now()
    with stage.database.write() as session:
        session.add_all(
            LeadRow(
                **{
                    "lead_id": f"lead-{number:04}", "venture_id": "acme", "email": f"p{number}@example.test",
                    "first_name": "Ada", "lead_source": "website", "consent": "granted", "attributes": {},
                    "created_at": now, **values,
                }
            )
            for number in range(begin, begin + count)
        )  # fmt: skip


def by(stage: Stage, delivery: DeliveryPolicy = NO_LIMITS) -> Starting:
    """What a start works with."""
    return Starting(stage.database, stage.clock, delivery, policies().pilot, "ada")


def begin(stage: Stage, share: Decimal = SHARE, **parts: Any) -> Started:
    """Start the pilot."""
    return starting.start(by(stage, **parts), "acme", share)


def arrive(stage: Stage, number: int) -> str:
    """Somebody new comes in; why they were not started, empty where they were."""
    lead = NewLead(venture_id="acme", email=f"new{number}@example.test", lead_source="website", first_name="Eve")
    with stage.database.write() as session:
        (fired,) = insert_lead(session, lead, stage.clock.now()).fired
    return fired.skipped


def row_of(stage: Stage) -> CampaignPilot:
    """The one pilot."""
    (row,) = stage.rows(CampaignPilot)
    assert isinstance(row, CampaignPilot)
    return row


def inside(stage: Stage) -> list[str]:
    """Who is in the drip, one an enrolment."""
    with stage.database.read() as session:
        statement = select(LeadRow.lead_id).join(Enrolment, col(Enrolment.lead_no) == col(LeadRow.lead_no))
        return sorted(session.exec(statement))


def close(stage: Stage) -> PilotResults:
    """Freeze the figures and ask LEAD."""
    with stage.database.write() as session:
        return judging.close(session, row_of(stage).pilot_id, policies(), "ada", stage.clock.now())


def verdict(stage: Stage, *, go: bool = True, **changes: Any) -> ApprovalRecord:
    """LEAD's answer."""
    ref = changes.pop("ref", "") or str(row_of(stage).approval_id)
    asked = {"ref": ref, "role": "LEAD", "by": "bea", "comment": "" if go else "Too loud."}
    stage_spec = bootstrap.read_configuration().stage
    return decide(
        stage.database, stage.clock, stage_spec, approve=go, **{**asked, "policies": policies(), **changes}
    )  # fmt: skip


def launch(stage: Stage) -> Launched:
    """Enrol everybody else."""
    return enrol_rest(stage.database, row_of(stage).pilot_id, stage.clock.now())


def sends(stage: Stage) -> Sequence[EmailSend]:
    """Every mail, by person."""
    return sorted(stage.rows(EmailSend), key=lambda send: (send.lead_id, send.email_number))


def change(stage: Stage, count: int, **values: Any) -> None:
    """Let the first so many mails have become something."""
    with stage.database.write() as session:
        for send in session.exec(select(EmailSend).order_by(EmailSend.lead_id).limit(count)):
            for name, value in values.items():
                setattr(send, name, value)
            session.add(send)


def results(stage: Stage) -> PilotResults:
    """The figures now."""
    from gtm.automation.pilots.measuring import measure, rules_for

    with stage.database.read() as session:
        rules = rules_for(session, policies(), "acme")
        row = pilots.get(session, row_of(stage).pilot_id)
        assert row is not None
        return measure(session, row, rules, stage.clock.now())
