"""What a condition may read of an enrolment: the lead's columns, and what became of the emails it was sent."""

from collections.abc import Iterable

from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Lead
from gtm.domain.workflow import SendEmail, WorkflowDefinition
from gtm.store.models.automation import EmailSend


def gather_facts(definition: WorkflowDefinition, lead: Lead, sends: Iterable[EmailSend]) -> dict[str, Scalar | None]:
    """The facts of one enrolment. An email that was not sent (yet) was not opened either: false, not missing.

    Args:
        definition: names the emails there are.
        lead: the lead.
        sends: the enrolment's own.
    """
    facts = lead.facts()
    for step in definition.steps:
        if isinstance(step, SendEmail):
            for what in ("sent", "delivered", "opened", "clicked", "failed"):
                facts[f"email_{step.email_number}_{what}"] = False
    for send in sends:
        happened = {
            "sent": send.state == "sent",
            "delivered": send.delivered_at is not None,
            "opened": send.opened_at is not None,
            "clicked": send.clicked_at is not None,
            "failed": send.state == "failed",
        }
        for what, value in happened.items():
            name = f"email_{send.email_number}_{what}"
            facts[name] = bool(facts.get(name)) or value
    return facts
