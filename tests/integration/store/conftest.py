"""A venture and the plans of a run, small but whole, and a store as a finished run leaves it."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session

from gtm.domain.brief import VentureBrief
from gtm.domain.budget import BudgetPlan, Split, allocate, pace
from gtm.domain.campaign import Campaign, CampaignContent, CampaignTemplate
from gtm.domain.channels import ChannelPlan
from gtm.domain.schedule import SchedulePlan
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
from gtm.store.database import Database
from gtm.store.repositories import automation, campaigns, runs, stages, strategy, ventures

NOW = datetime.fromisoformat("2026-01-05T09:00:00+00:00")


def brief_of(venture_id: str = "acme", **changes: Any) -> VentureBrief:
    """A brief with two segments, of which the second is only a draft."""
    body = {
        "id": venture_id,
        "name": "Acme",
        "website": {"value": "https://acme.example"},
        "product": "Routes vans.",
        "category": "Logistics software",
        "segment_type": "B2B_SMB",
        "market_strategy": {
            "status": "approved",
            "last_updated": "2026-01-02",
            "document": "Own the mid market of van fleets.",
            "value_proposition": "Fewer empty kilometres.",
            "positioning": "The planner for fleets of ten to a hundred vans.",
        },
        "segments": [
            segment("depots", 1, value_proposition="Plan the day in a minute.", channels=["email", "linkedin"]),
            segment("couriers", 2, status="draft", channels=["email"]),
        ],
        "facts": [{"id": "minute", "kind": "feature", "text": "A plan takes a minute."}],
        "offers": [{"id": "demo", "name": "Demo", "cta": "book_demo", "path": "/demo"}],
        "pricing": {"status": "aligned", "model": "per van", "price": "$12 a month"},
        "brand": {
            "voice": "professional",
            "description": "Plain.",
            "formality": "0.6",
            "emotion": "0.3",
            "complexity": "0.4",
        },
        "financial_model": {"monthly": {"value": "10000.00"}},
        "geography": {"countries": ["US"], "time_zones": ["America/New_York"]},
        "source": "made for tests",
    }
    return VentureBrief.model_validate(body | changes)


def segment(segment_id: str, priority: int, **changes: Any) -> dict[str, Any]:
    """A segment as a brief has it."""
    base = {"id": segment_id, "name": segment_id.title(), "priority": priority, "audience": "b2b"}
    return base | changes


def channel_plan(venture_id: str = "acme", names: tuple[str, ...] = ("email", "linkedin")) -> ChannelPlan:
    """A plan over some channels, the first of them primary."""
    choices = [
        {
            "channel": name,
            "role": "secondary" if index else "primary",
            "tier": "growth" if index else "proven",
            "overlap": "1",
            "segments": ["depots"],
            "parameters": [{"name": "frequency", "value": "weekly"}],
            "utm_source": name,
            "utm_medium": "email" if name == "email" else "paid-social",
            "tracking": "pixel",
            "integration": "smtp, connected",
            "credential_ref": f"vault://{venture_id}/{name}/token",
            "rationale": "Every segment reads it.",
        }
        for index, name in enumerate(names)
    ]
    return ChannelPlan.model_validate(
        {
            "venture_id": venture_id,
            "channels": choices,
            "utm": {"sources": list(names), "mediums": ["email", "paid-social"], "campaign_pattern": "{name}"},
            "attribution": {"model": "multi_touch", "lookback_days": 90, "rationale": "Long cycle."},
        }
    )


def budget_plan(venture_id: str = "acme", total: str = "10000.00") -> BudgetPlan:
    """70-30 over email and LinkedIn."""
    amount, split = Decimal(total), Split(proven=Decimal(70), growth=Decimal(30), experimental=Decimal(0))
    lines = allocate(amount, split, [("email", "proven", Decimal(1)), ("linkedin", "growth", Decimal(1))])
    return BudgetPlan(
        venture_id=venture_id,
        total=amount,
        split=split,
        lines=lines,
        pacing=pace(amount, "monthly"),
        triggers=(),
        rests_on="the financial model",
    )


def campaign_of(venture_id: str = "acme", kind: str = "email_drip", channel: str = "email") -> Campaign:
    """A campaign for the first segment on one channel."""
    return Campaign.model_validate(
        {
            "campaign_id": f"{venture_id}-{kind.replace('_', '-')}",
            "name": f"Acme {kind}",
            "type": kind,
            "template_id": f"{kind.replace('_', '-')}-v1",
            "channels": [channel],
            "segments": ["depots"],
            "cta": "book_demo",
            "objective": "lead_generation",
        }
    )


def template_of(campaign: Campaign) -> CampaignTemplate:
    """A template of one step with one variable."""
    return CampaignTemplate.model_validate(
        {
            "template_id": campaign.template_id,
            "type": campaign.type,
            "name": "One step",
            "channel": campaign.channels[0],
            "steps": [
                {"step": 1, "name": "hello", "role": "opens", "slots": [{"name": "subject", "text": "{{ headline }}"}]}
            ],
            "variables": [
                {"name": "headline", "filled_by": "content", "purpose": "to be opened", "max_characters": 60}
            ],
        }
    )


def content_of(*of: Campaign, venture_id: str = "acme") -> CampaignContent:
    """One piece with two variants for each campaign."""
    pieces = [
        {
            "piece_id": f"{c.template_id}/depots/1",
            "campaign_id": c.campaign_id,
            "template_id": c.template_id,
            "segment_id": "depots",
            "step": 1,
            "elements": [
                {
                    "variable": "headline",
                    "variants": [{"label": "A", "text": "A plan in a minute"}, {"label": "B", "text": "Plan faster"}],
                }
            ],
            "cta": "book_demo",
            "cta_url": "https://acme.example/demo",
            "claims": [{"text": "in a minute", "fact_id": "minute"}],
            "generated_by": "playbook",
            "prompt_version": "1",
        }
        for c in of
    ]
    return CampaignContent.model_validate({"venture_id": venture_id, "voice": "professional", "pieces": pieces})


def schedule_of(*of: Campaign, venture_id: str = "acme", flights: tuple[dict[str, Any], ...] = ()) -> SchedulePlan:
    """Four weeks from 13 January 2026."""
    starts, ends = date(2026, 1, 13), date(2026, 2, 10)
    return SchedulePlan.model_validate(
        {
            "venture_id": venture_id,
            "starts": starts,
            "ends": ends,
            "window": {"audience": "b2b", "weekdays": [1, 2, 3], "ranges": [{"start": time(10), "end": time(14)}]},
            "campaigns": [
                {"campaign_id": c.campaign_id, "launches": starts, "ends": ends, "aligned_with": "launch"} for c in of
            ],
            "emails": [
                {
                    "campaign_id": c.campaign_id,
                    "template_id": c.template_id,
                    "step": 1,
                    "segment_id": "depots",
                    "on": starts,
                    "at": time(10, 30),
                }
                for c in of
                if c.type == "email_drip"
            ],
            "flights": list(flights),
            "calendar": [
                {"on": starts, "at": time(9), "zone": "UTC", "kind": "blog", "title": "Hello", "channel": "web"}
            ],
        }
    )


def flight(campaign: Campaign, amount: str) -> dict[str, Any]:
    """An ad flight of one day on the campaign's channel."""
    day = date(2026, 1, 13)
    return {
        "campaign_id": campaign.campaign_id,
        "channel": campaign.channels[0],
        "starts": day,
        "ends": day,
        "amount": amount,
        "zone": "UTC",
        "dayparts": [],
        "days": [{"on": day, "amount": amount}],
    }


def workflow_of(venture_id: str = "acme") -> WorkflowDefinition:
    """A workflow of one exit."""
    return WorkflowDefinition.model_validate(
        {
            "workflow_id": f"{venture_id}-drip",
            "venture_id": venture_id,
            "name": "Drip",
            "campaign_id": f"{venture_id}-email-drip",
            "triggers": [f"{venture_id}-signup"],
            "entry": "done",
            "steps": [{"id": "done", "type": "exit"}],
        }
    )


Opened = Callable[..., str]


@pytest.fixture
def open_run(database: Database) -> Opened:
    """Loads a venture and opens a run for it; returns the run's id."""

    def opened(venture_id: str = "acme", run_id: str = "run-1") -> str:
        with database.write() as session:
            ventures.save_brief(session, brief_of(venture_id), (), NOW)
            runs.create(session, run_id=run_id, venture_id=venture_id, stage=17, provider="playbook", now=NOW)
        return run_id

    return opened


def store_campaign(session: Session, run_id: str = "run-1", revision: int = 1) -> Campaign:
    """Everything of one e-mail campaign up to the approval of its copy."""
    origin = {"run_id": run_id, "revision": revision, "now": NOW}
    campaign = campaign_of()
    strategy.save_channels(session, channel_plan(), **origin)
    strategy.set_budgets(session, budget_plan(), **origin)
    campaigns.save_template(session, "acme", campaign, template_of(campaign), **origin)
    campaigns.save_content(session, content_of(campaign), **origin)
    campaigns.approve_content(session, run_id, now=NOW)
    campaigns.save_schedule(session, schedule_of(campaign), **origin)
    return campaign


@pytest.fixture
def finished(database: Database, open_run: Opened) -> str:
    """A store as a finished run of `acme` leaves it, beside a venture of which nothing is done; the venture's id."""
    run_id = open_run()
    open_run("other", "run-2")
    with database.write() as session:
        strategy.save_gtm_config(
            session, venture_id="acme", config={"a": 1}, changed_by="agent:LEAD", reason="1.1", now=NOW, run_id=run_id
        )
        store_campaign(session)
        campaigns.set_configured(session, run_id, now=NOW)
        automation.save_workflow(session, workflow_of(), run_id=run_id, revision=1, now=NOW)
        trigger = TriggerDefinition(trigger_id="acme-signup", workflow_id="acme-drip")
        automation.save_trigger(session, trigger, venture_id="acme", run_id=run_id, revision=1, now=NOW)
        automation.get_workflow(session, "acme-drip").test_execution_count = 5
        session.flush()
        automation.activate_workflow(session, "acme-drip", NOW)
        stages.track(session, "acme", 17, "completed", run_id=run_id, now=NOW)
        runs.finish(session, run_id, NOW)
    return "acme"
