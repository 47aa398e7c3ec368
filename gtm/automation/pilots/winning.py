"""Tests of variants in what was really sent: which version won, what is missing where none did, and remembering it.

Looked at when a pilot is closed, and when a person asks: whoever looks every day until chance says yes finds a winner
in anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from gtm.domain.base import Model
from gtm.domain.campaign import Claim
from gtm.domain.campaign_limits import PilotNumbers
from gtm.domain.winners import Judged, Metric, VersionCount, Winner, judge, metric_of
from gtm.domain.workflow import SendEmail, WorkflowDefinition
from gtm.store.models.campaigns import CampaignContentRow, CampaignRow
from gtm.store.repositories import campaigns, pilots, winners


class VariantTest(Model):
    """One element's test in one mail to one segment.

    Attributes:
        texts: its versions, by label.
        versions: what was delivered of each.
    """

    campaign_id: str
    segment_id: str
    step: int
    variable: str
    metric: Metric
    texts: Mapping[str, str]
    versions: tuple[VersionCount, ...]
    judged: Judged


def look(
    session: Session, venture_id: str, numbers: PilotNumbers, campaign_id: str | None = None
) -> tuple[VariantTest, ...]:
    """Every test of a venture's mails as it stands; nothing is remembered.

    Args:
        session: where to read.
        venture_id: the venture.
        numbers: minimum sample and significance.
        campaign_id: of this campaign only.
    """
    return tuple(test for test, _ in _tests(session, venture_id, numbers, campaign_id))


def remember(
    session: Session, venture_id: str, numbers: PilotNumbers, now: datetime, campaign_id: str | None = None
) -> tuple[Winner, ...]:
    """Remember the versions that won, for the venture's next run; those that did.

    Args:
        session: a write transaction.
        venture_id: the venture.
        numbers: minimum sample and significance.
        now: the aware moment.
        campaign_id: of this campaign only.
    """
    found = []
    for test, rows in _tests(session, venture_id, numbers, campaign_id):
        winner = _winner_of(session, test, rows, now)
        if winner is not None:
            winners.remember(session, venture_id, winner)
            found.append(winner)
    return tuple(found)


Rows = Sequence[CampaignContentRow]


def _tests(
    session: Session, venture_id: str, numbers: PilotNumbers, campaign_id: str | None
) -> Iterator[tuple[VariantTest, Rows]]:
    for workflow in pilots.mailing_workflows(session, venture_id, campaign_id):
        definition = WorkflowDefinition.model_validate(workflow.definition)
        content = campaigns.list_content(session, workflow.campaign_id)
        for step in definition.steps:
            rows = _tested(content, step.content_ref) if isinstance(step, SendEmail) else []
            if rows:
                yield _test(session, workflow.workflow_id, step.id, rows, numbers), rows


def _tested(content: Rows, content_ref: str) -> list[CampaignContentRow]:
    """The versions of the element under test in a mail; none where there is no test.

    Copy without a named element under test differs in all of its elements. Of these only what is seen before the mail
    is opened can be told apart from the rest, by its openings: the subject stands for it.
    """
    _, segment_id, number = content_ref.rsplit("/", 2)
    mine = [row for row in content if row.segment_id == segment_id and str(row.step) == number]
    tested = next((row.tested for row in mine if row.tested), None)
    found = [row for row in mine if row.variable == tested or (tested is None and row.variable.endswith("subject"))]
    return found if len({row.text for row in found}) > 1 else []


def _test(session: Session, workflow_id: str, step: str, rows: Rows, numbers: PilotNumbers) -> VariantTest:
    first = rows[0]
    metric = metric_of(first.variable)
    since = max(row.created_at for row in rows)
    sent = {one.label: one for one in winners.counts(session, workflow_id, step, metric, since)}
    labels = [row.variant for row in rows]
    versions = tuple(sent.get(label, VersionCount(label=label, delivered=0, did=0)) for label in labels)
    return VariantTest(
        campaign_id=first.campaign_id,
        segment_id=first.segment_id,
        step=first.step,
        variable=first.variable,
        metric=metric,
        texts={row.variant: row.text for row in rows},
        versions=versions,
        judged=judge(versions, numbers.minimum_sample, numbers.significance),
    )


def _winner_of(session: Session, test: VariantTest, rows: Rows, now: datetime) -> Winner | None:
    label, p_value = test.judged.winner, test.judged.p_value
    campaign = session.get(CampaignRow, test.campaign_id)
    if label is None or p_value is None or campaign is None:
        return None
    row = next(row for row in rows if row.variant == label)
    won = next(version for version in test.versions if version.label == label)
    others = [version.rate or 0 for version in test.versions if version.label != label]
    claims = tuple(Claim.model_validate(claim) for claim in row.claims)
    return Winner.model_validate(
        {
            "campaign_type": campaign.campaign_type,
            "segment_id": test.segment_id,
            "step": test.step,
            "variable": test.variable,
            "text": row.text,
            "framework": row.framework or "",
            "claims": tuple(claim for claim in claims if claim.text in row.text),
            "metric": test.metric,
            "sample": won.delivered,
            "rate": won.rate,
            "other_rate": max(others),
            "p_value": p_value,
            "campaign_id": test.campaign_id,
            "decided_at": now,
        }
    )
