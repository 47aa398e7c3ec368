"""Beginning a pilot: everybody is held back, a share is chosen by a salted hash, and only these are enrolled.

A start that broke off is gone on with by the same command: the row stands as `planned`, holds everybody back, and says
how many are to be in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from gtm.automation.operations import actor_of
from gtm.automation.pilots.audience import audience
from gtm.automation.triggers.enrol import fire
from gtm.domain.base import Model, sha256_of
from gtm.domain.campaign_limits import PilotNumbers
from gtm.domain.clock import Clock
from gtm.domain.delivery import DeliveryPolicy
from gtm.domain.errors import Conflict, InvalidInput, NotFound
from gtm.domain.pilot import PilotPart, as_percent, check_share, chosen, size_of
from gtm.store.database import Database
from gtm.store.models.automation import AutomationWorkflow
from gtm.store.models.base import new_id
from gtm.store.models.campaigns import CampaignRow
from gtm.store.models.pilots import CampaignPilot
from gtm.store.repositories import automation, bulk_enrolment, leads, logs, pilots, stages, ventures

BATCH = 200
"""People that one transaction enrols."""


class Started(Model):
    """What a start came to.

    Attributes:
        chosen: how many of the audience were drawn; `enrolled` of them entered.
        counts: whether their figures can count: from the minimum sample of the policy on.
    """

    pilot_id: str
    campaign_id: str
    share: Decimal
    parts: tuple[PilotPart, ...]
    audience: int
    chosen: int
    enrolled: int
    counts: bool


@dataclass(frozen=True)
class Starting:
    """What a start works with: the store, the clock, what delivery and pilots are bound by, and who starts."""

    database: Database
    clock: Clock
    delivery: DeliveryPolicy
    numbers: PilotNumbers
    who: str


def hold(by: Starting, venture_id: str, share: Decimal, campaign_id: str | None = None) -> CampaignPilot:
    """Hold everybody back from a campaign's workflows, for a pilot whose audience is still to come.

    Raises:
        InvalidInput: the share is outside the policy's range.
        NotFound: there is no such venture, or no campaign of that id sends mail.
        Conflict: the campaign is not ready, has begun already, or has a pilot that is not decided.
        VenturePaused: a rollback of the venture is not decided.
    """
    check_share(share, by.numbers.share)
    with by.database.write() as session:
        row = _row(session, by, venture_id, share, campaign_id)
        if row.status != "planned":
            raise _has_one(row)
    return row


def start(by: Starting, venture_id: str, share: Decimal | None = None, campaign_id: str | None = None) -> Started:
    """Choose a share of a campaign's audience, in each of its workflows, and enrol these people alone.

    Args:
        by: the parts.
        venture_id: the venture.
        share: of the audience, 0-1; by default that of a hold, else the policy's.
        campaign_id: where several campaigns send mail.

    Raises:
        as `hold`; Conflict also where the audience is too small to take the share of.
    """
    if share is not None:
        check_share(share, by.numbers.share)
    with by.database.write() as session:
        row = _row(session, by, venture_id, share, campaign_id)
        if row.status != "planned":
            raise _has_one(row)
        if share is not None and row.share != share and not any(part["chosen"] for part in row.parts):
            row.share = share
            session.add(row)
    parts = pilots.parts_of(row)
    drawn: dict[str, list[tuple[str, str]]] = {}
    measured = []
    for part in parts:
        sized, drawn[part.workflow_id] = _draw(by, row, part)
        measured.append(sized)
    _must_reach_anybody(row, measured)
    with by.database.write() as session:
        fresh = pilots.get(session, row.pilot_id, lock=True)
        if fresh is None or fresh.status != "planned":
            raise Conflict("somebody else goes on with this pilot", field="CAMPAIGN", value=row.campaign_id)
        fresh.parts = [part.model_dump(mode="json") for part in measured]
        session.add(fresh)
    for part in measured:
        _enrol(by, row.pilot_id, drawn[part.workflow_id])
    return _begun(by, row.pilot_id, measured)


def _row(
    session: Session, by: Starting, venture_id: str, share: Decimal | None, campaign_id: str | None
) -> CampaignPilot:
    ventures.require(session, venture_id)
    stages.refuse_when_paused(session, venture_id)
    workflows = _workflows(session, venture_id, campaign_id)
    campaign = session.get(CampaignRow, workflows[0].campaign_id)
    if campaign is None or campaign.run_id is None:
        raise Conflict(
            "the campaign is of no run, so LEAD cannot be asked about it", field="--campaign",
            value=workflows[0].campaign_id, hint=f"gtm run {venture_id} makes its campaigns",
        )  # fmt: skip
    known = pilots.open_of(session, campaign.campaign_id)
    if known is not None:
        return known
    _must_be_ready(session, workflows)
    row = CampaignPilot(
        pilot_id=new_id("pilot"),
        venture_id=venture_id,
        campaign_id=campaign.campaign_id,
        round=pilots.next_round(session, campaign.campaign_id),
        share=share if share is not None else by.numbers.share.default,
        parts=[_part(workflow) for workflow in workflows],
        run_id=campaign.run_id,
    )
    session.add(row)
    session.flush()
    audit(session, row, "held", by.who, by.clock.now(), share=str(row.share))
    return row


def _part(workflow: AutomationWorkflow) -> dict[str, object]:
    part = PilotPart(
        workflow_id=workflow.workflow_id,
        version=workflow.version,
        definition_sha256=sha256_of(workflow.definition),
    )
    return part.model_dump(mode="json")


def _workflows(session: Session, venture_id: str, campaign_id: str | None) -> list[AutomationWorkflow]:
    found = pilots.mailing_workflows(session, venture_id, campaign_id)
    campaigns = sorted({row.campaign_id for row in found})
    if not campaigns:
        known = sorted({row.campaign_id for row in pilots.mailing_workflows(session, venture_id)})
        raise NotFound(
            "there is no such campaign that sends mail" if campaign_id else f"{venture_id} has no campaign of mails",
            field="--campaign", value=campaign_id, allowed=", ".join(known), hint=f"gtm workflow list {venture_id}",
        )  # fmt: skip
    if len(campaigns) > 1:
        raise InvalidInput(
            f"{venture_id} has {len(campaigns)} campaigns of mails", field="--campaign", allowed=", ".join(campaigns)
        )
    return found


def _must_be_ready(session: Session, workflows: Sequence[AutomationWorkflow]) -> None:
    for row in workflows:
        # Held from here to the end: who enters in bulk waits, and then finds the pilot.
        status = bulk_enrolment.lock_workflow(session, row.workflow_no or 0)
        if status != "active":
            verb = "resume" if status == "paused" else "activate"
            raise Conflict(
                f"{row.workflow_id} is {status}, and a pilot needs the campaign's workflows active",
                field="--campaign", value=row.campaign_id, hint=f"gtm workflow {verb} {row.workflow_id}",
            )  # fmt: skip
    inside = pilots.people_in(session, [PilotPart.model_validate(_part(row)) for row in workflows])
    if any(inside.values()):
        told = ", ".join(f"{count} in {one}" for one, count in inside.items() if count)
        raise Conflict(
            f"the campaign has begun already: {told}", field="--campaign", value=workflows[0].campaign_id,
            hint="a pilot comes before the launch; gtm pilot hold, then import the leads, then gtm pilot start",
        )  # fmt: skip


def _draw(by: Starting, row: CampaignPilot, part: PilotPart) -> tuple[PilotPart, list[tuple[str, str]]]:
    """The part with its sizes, and who is to be in as (lead, trigger), those who are in already first."""
    with by.database.read() as session:
        reachable = audience(session, row.venture_id, part.workflow_id, by.delivery, by.clock.now())
        triggers = {one.lead_id: one.trigger_id for one in reachable}
        before = pilots.members(session, part.workflow_id)
        inside = pilots.members(session, part.workflow_id, part.version)
    # Whoever has had the mails of an earlier version, such as a pilot that was stopped, gets no more of them.
    fresh = {lead_id: trigger_id for lead_id, trigger_id in triggers.items() if lead_id not in before}
    if part.chosen == 0:
        size = size_of(len(fresh), row.share, by.numbers.share)
        part = part.model_copy(update={"audience": len(fresh), "chosen": size})
    salt = f"{row.campaign_id}:{row.round}"
    drawn = chosen(fresh, max(part.chosen - len(inside), 0), salt)
    return part, [(lead_id, fresh[lead_id]) for lead_id in drawn]


def _must_reach_anybody(row: CampaignPilot, parts: Sequence[PilotPart]) -> None:
    if not any(part.chosen for part in parts):
        people = sum(part.audience for part in parts)
        told = ", ".join(f"{part.audience} for {part.workflow_id}" for part in parts)
        raise Conflict(
            f"{as_percent(row.share)} of {people} people is nobody within the policy's range ({told})",
            field="audience", value=people,
            hint="import leads first: everybody is held back until the pilot is decided; gtm pilot close takes it back",
        )  # fmt: skip


def _enrol(by: Starting, pilot_id: str, people: Sequence[tuple[str, str]]) -> None:
    for begin in range(0, len(people), BATCH):
        some, now = people[begin : begin + BATCH], by.clock.now()
        with by.database.write() as session:
            triggers = {
                one: automation.trigger_of(automation.get_trigger(session, one)) for one in {t for _, t in some}
            }
            held = leads.lock_many(session, [lead_id for lead_id, _ in some])
            for lead_id, trigger_id in some:
                lead = held.get(lead_id)
                if lead is not None and not isinstance(lead, str):
                    fire(session, triggers[trigger_id], lead, now, event=f"pilot:{pilot_id}", pilot_id=pilot_id)


def _begun(by: Starting, pilot_id: str, parts: Sequence[PilotPart]) -> Started:
    with by.database.write() as session:
        row = pilots.get(session, pilot_id, lock=True)
        if row is None or row.status != "planned":
            raise Conflict("somebody else has changed the pilot meanwhile", field="PILOT", value=pilot_id)
        row.status, row.started_at = "running", by.clock.now()
        enrolled = sum(pilots.people_in(session, parts).values())
        session.add(row)
        audit(session, row, "started", by.who, by.clock.now(), share=str(row.share), enrolled=enrolled)
    return Started(
        pilot_id=pilot_id,
        campaign_id=row.campaign_id,
        share=row.share,
        parts=tuple(parts),
        audience=sum(part.audience for part in parts),
        chosen=sum(part.chosen for part in parts),
        enrolled=enrolled,
        counts=enrolled >= by.numbers.minimum_sample,
    )


def _has_one(row: CampaignPilot) -> Conflict:
    return Conflict(
        f"{row.campaign_id} has a pilot that is not decided: {row.pilot_id} is {row.status}",
        field="--campaign", value=row.campaign_id, hint=f"gtm pilot status {row.venture_id}",
    )  # fmt: skip


def audit(session: Session, row: CampaignPilot, deed: str, who: str, now: datetime, **data: object) -> None:
    """Write what happened to a pilot into the audit log; `who` is a person, or the task that did it."""
    logs.audit(
        session, actor=actor_of(who), action=f"pilot.{deed}", subject=row.pilot_id, now=now, venture_id=row.venture_id,
        data={"campaign_id": row.campaign_id, **data},
    )  # fmt: skip
