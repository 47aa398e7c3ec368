"""Queries on what substage 17.1 stores: the versioned GTM configuration, the channels and their budgets."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from gtm.domain.budget import BudgetPlan
from gtm.domain.channels import ChannelPlan
from gtm.domain.errors import NotFound
from gtm.store.models.gtm import GtmConfig, GtmConfigVersion, MarketingChannel
from gtm.store.repositories.statements import change, remove, upsert


def save_gtm_config(
    session: Session,
    *,
    venture_id: str,
    config: dict[str, Any],
    changed_by: str,
    reason: str,
    now: datetime,
    run_id: str | None = None,
    status: str = "draft",
) -> GtmConfig:
    """Store a venture's configuration as its next version (domain.md: versioned, who changed what and why).

    No version is ever removed, so the last ten that domain.md asks for are always there.

    Args:
        config: the strategy in the SOP's JSON form (step 1.1, configuration template).
        changed_by: the agent or person.
        reason: why, in a sentence.
        now: the aware moment.
        run_id: the run that encoded it; None for a change by hand.
        status: draft, approved or active.
    """
    row = _locked(session, venture_id)
    if row is None:
        row = GtmConfig(
            config_id=f"{venture_id}-gtm-config",
            venture_id=venture_id,
            version=0,
            config={},
            status=status,
            updated_at=now,
        )
    row.version += 1
    row.config, row.status, row.run_id, row.updated_at = config, status, run_id, now
    version = GtmConfigVersion(
        venture_id=venture_id,
        version=row.version,
        config=config,
        changed_by=changed_by,
        reason=reason,
        created_at=now,
    )
    session.add_all([row, version])
    session.flush()
    return row


def restore(
    session: Session, venture_id: str, version: int, *, changed_by: str, reason: str, now: datetime
) -> GtmConfig:
    """Bring an earlier version back, as a new one.

    Raises:
        NotFound: there is no such version.
    """
    earlier = session.get(GtmConfigVersion, (venture_id, version))
    if earlier is None:
        raise NotFound(
            f"{venture_id} has no configuration version {version}",
            field="version",
            value=version,
            allowed=", ".join(str(v.version) for v in config_versions(session, venture_id)) or "none is stored",
        )
    return save_gtm_config(
        session,
        venture_id=venture_id,
        config=earlier.config,
        changed_by=changed_by,
        reason=f"version {version} restored: {reason}",
        now=now,
    )


def set_config_status(session: Session, venture_id: str, status: str, now: datetime) -> bool:
    """Move the configuration to `draft`, `approved` or `active`; False when there is none."""
    statement = update(GtmConfig).where(col(GtmConfig.venture_id) == venture_id)
    return change(session, statement.values(status=status, updated_at=now)) == 1


def get_config(session: Session, venture_id: str) -> GtmConfig | None:
    """The configuration a venture runs on now."""
    return session.exec(select(GtmConfig).where(GtmConfig.venture_id == venture_id)).first()


def config_versions(session: Session, venture_id: str, *, limit: int = 100) -> list[GtmConfigVersion]:
    """A venture's configuration versions, newest first."""
    query = select(GtmConfigVersion).where(GtmConfigVersion.venture_id == venture_id)
    return list(session.exec(query.order_by(col(GtmConfigVersion.version).desc()).limit(limit)))


def count_configs(session: Session, venture_id: str) -> int:
    """How many configurations are stored for a venture now: 0 or 1."""
    return session.exec(select(func.count()).where(GtmConfig.venture_id == venture_id)).one()


def save_channels(session: Session, plan: ChannelPlan, *, run_id: str | None, revision: int, now: datetime) -> None:
    """Store the channels of a plan in place of the venture's earlier ones (SOP step 1.2).

    A channel that stays keeps its budget until the next one is set. Who stores what and when stands in the audit log.
    """
    used = [choice.channel for choice in plan.channels]
    remove(
        session,
        MarketingChannel,
        col(MarketingChannel.venture_id) == plan.venture_id,
        col(MarketingChannel.channel).not_in(used),
    )
    rows = [
        {
            "venture_id": plan.venture_id,
            "channel": choice.channel,
            "role": choice.role,
            "tier": choice.tier,
            "utm_source": choice.utm_source,
            "utm_medium": choice.utm_medium,
            "parameters": [parameter.model_dump(mode="json") for parameter in choice.parameters],
            "credential_ref": choice.credential_ref,
            "integration": choice.integration,
            "status": "configured",
            "run_id": run_id,
            "revision": revision,
            "updated_at": now,
        }
        for choice in plan.channels
    ]
    upsert(session, MarketingChannel, rows, ["venture_id", "channel"])


def set_budgets(session: Session, plan: BudgetPlan, *, run_id: str | None, revision: int, now: datetime) -> None:
    """Give each channel its month's dollars; a channel without a line has none (SOP step 1.3).

    Raises:
        NotFound: a line's channel is not configured for the venture.
    """
    of_venture = col(MarketingChannel.venture_id) == plan.venture_id
    change(session, update(MarketingChannel).where(of_venture).values(budget=None))
    for line in plan.lines:
        statement = update(MarketingChannel).where(of_venture, col(MarketingChannel.channel) == line.channel)
        values = {"budget": line.amount, "tier": line.tier, "run_id": run_id, "updated_at": now}
        if not change(session, statement.values(**values, budget_revision=revision)):
            raise NotFound(
                f"{line.channel} is not a channel of {plan.venture_id}",
                field="lines.channel",
                value=line.channel,
                allowed=", ".join(row.channel for row in channels(session, plan.venture_id)),
            )


def channels(session: Session, venture_id: str) -> list[MarketingChannel]:
    """A venture's channels, by name."""
    query = select(MarketingChannel).where(MarketingChannel.venture_id == venture_id)
    return list(session.exec(query.order_by(col(MarketingChannel.channel))))


def _locked(session: Session, venture_id: str) -> GtmConfig | None:
    query = select(GtmConfig).where(GtmConfig.venture_id == venture_id).with_for_update(key_share=True)
    return session.exec(query, execution_options={"populate_existing": True}).first()
