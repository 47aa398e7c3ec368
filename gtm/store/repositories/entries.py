"""How often a lead has been in a workflow: what a re-entry policy looks at."""

from sqlmodel import Session, col, select

from gtm.domain.reentry import PastEntry
from gtm.store.models.enrolments import Enrolment, KeptExecution


def past_entries(
    session: Session, *, lead_no: int, workflow_no: int, lead_id: str, workflow_id: str
) -> list[PastEntry]:
    """Every entry of a lead into a workflow, by any version; those past their retention included."""
    live = select(Enrolment.entry, Enrolment.entered_at, Enrolment.finished_at).where(
        col(Enrolment.lead_no) == lead_no, col(Enrolment.workflow_no) == workflow_no
    )
    kept = select(KeptExecution.entry, KeptExecution.triggered_at).where(
        col(KeptExecution.lead_id) == lead_id, col(KeptExecution.workflow_id) == workflow_id
    )
    found = [PastEntry(entry, entered, ended is not None) for entry, entered, ended in session.exec(live)]
    return found + [PastEntry(entry, entered, ended=True) for entry, entered in session.exec(kept)]
