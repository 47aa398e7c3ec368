"""What a pilot has come to so far, as one value that can be hashed, and whether it must stop."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from sqlmodel import Session

from gtm.domain.pilot import PilotResults, PilotRules, rules_of
from gtm.domain.spec import Policies
from gtm.domain.vocabulary import SegmentType
from gtm.store.models.pilots import CampaignPilot
from gtm.store.repositories import automation, automation_stats, pilots, ventures

_HUNDREDTH = Decimal("0.01")


def rules_for(session: Session, policies: Policies, venture_id: str) -> PilotRules:
    """The rules by which a venture's pilots are judged.

    Raises:
        NotFound: there is no such venture.
    """
    return rules_of(policies, cast(SegmentType, ventures.require(session, venture_id).segment_type))


def measure(session: Session, row: CampaignPilot, rules: PilotRules, now: datetime) -> PilotResults:
    """The figures of a pilot as the store has them now; only its own people are in its workflows while it is open.

    Args:
        session: where to read.
        row: the pilot.
        rules: whose conversion window and goals count.
        now: the aware moment.

    Raises:
        NotFound: a workflow of it is gone.
    """
    parts = pilots.parts_of(row)
    ids = [part.workflow_id for part in parts]
    definitions = [automation.get_definition(session, part.workflow_id, part.version) for part in parts]
    people = pilots.people(session, parts, rules.goal_statuses, now - timedelta(days=rules.conversion_days))
    answers, scored, total = pilots.feedback_summary(session, row.pilot_id)
    return PilotResults(
        pilot_id=row.pilot_id,
        campaign_id=row.campaign_id,
        share=row.share,
        parts=parts,
        enrolled=sum(pilots.people_in(session, parts).values()),
        mailed=people.mailed,
        converted=people.converted,
        due=people.due,
        due_converted=people.due_converted,
        errors=max((automation_stats.consecutive_errors(session, one)[0] for one in ids), default=0),
        answers=answers,
        mean_score=(Decimal(total) / scored).quantize(_HUNDREDTH) if scored else None,
        arms=pilots.arms(session, parts, definitions, rules.goal_statuses),
    )
