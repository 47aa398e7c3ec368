"""Re-entry by event key, through every door that events come in by: each enters once, and none is without a key."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gtm.automation.importing import Importer, ImportOptions
from gtm.automation.maintenance.outbox import drain_outbox
from gtm.automation.triggers.conditional import change_lead
from gtm.automation.triggers.manual import start_manually
from gtm.domain.conditions import Predicate
from gtm.domain.errors import InvalidInput
from gtm.domain.reentry import Reentry
from gtm.domain.webhook_lead import parse, schema
from gtm.domain.workflow import TriggerDefinition, TriggerFilters, WorkflowDefinition
from gtm.store.models.enrolments import Enrolment
from gtm.store.vault import Vault
from tests.integration.automation.surroundings import Stage, drip
from tests.integration.automation.test_outbox import foreign
from tests.integration.automation.test_webhook import FORM, post, vault

__all__ = ["vault"]

FREE: dict[str, Any] = {"rate_limit": "1000 per day", "filters": TriggerFilters(exclude_duplicates=False)}


def by_event(trigger: TriggerDefinition, stage: Stage) -> TriggerDefinition:
    """A workflow that leads enter once for each event, started by this trigger."""
    definition: WorkflowDefinition = drip().model_copy(update={"reentry": Reentry(policy="by_event_key")})
    freed = trigger.model_copy(update=FREE)
    stage.configure(definition, freed)
    return freed


def entries(stage: Stage) -> list[str]:
    return sorted(row.entry for row in stage.rows(Enrolment))


def test_a_webhook_says_which_event_it_tells_of(stage: Stage, vault: Vault) -> None:
    by_event(FORM, stage)
    order = {"email": "ada@example.test", "event_key": "order-1"}
    assert post(stage, vault, order).fired.enrolment_no
    stage.advance(seconds=1)
    again = post(stage, vault, order)
    assert again.fired.skipped == "entered before for this event"
    assert post(stage, vault, {**order, "event_key": "order-2"}).fired.enrolment_no
    assert entries(stage) == ["event:order-1", "event:order-2"]


def test_a_webhook_without_a_key_is_an_event_by_itself(stage: Stage, vault: Vault) -> None:
    by_event(FORM, stage)
    for _ in range(2):
        assert post(stage, vault, {"email": "ada@example.test"}).fired.enrolment_no
        stage.advance(seconds=1)
    assert len(entries(stage)) == 2


def test_an_event_key_is_described_and_bounded() -> None:
    assert "event_key" in schema()["properties"]
    for key in ("", "x" * 201, "a\nb"):
        with pytest.raises(InvalidInput):
            parse(b'{"email":"a@b.co","event_key":%s}' % repr(key).replace("'", '"').encode())


def test_an_inserted_lead_is_an_event_whoever_inserts_it(stage: Stage, tmp_path: Path) -> None:
    site = TriggerDefinition(
        trigger_id="acme-drip-signup",
        workflow_id="acme-drip",
        conditions=(Predicate(field="lead_source", value="website"),),
    )
    by_event(site, stage)
    first = stage.lead(1)
    assert first.executions
    stage.advance(seconds=1)
    assert stage.lead(1).executions, "the same person signed up again"
    foreign(stage.database, 1)
    drain_outbox(stage.database, stage.clock.now())
    assert len(entries(stage)) == 3
    data = io.BytesIO(b"email,source\nx@example.test,website\ny@example.test,website\n")
    options = ImportOptions()
    done = Importer(stage.database, stage.clock, "acme", options, tmp_path / "rejects.csv").run(data)
    assert (done.new, done.started, len(entries(stage))) == (2, 2, 5)


def test_every_crossing_is_an_event(stage: Stage) -> None:
    hot = TriggerDefinition(
        trigger_id="acme-drip-signup",
        type="conditional",
        workflow_id="acme-drip",
        conditions=(Predicate(field="score", operator="greater_than", value=80),),
    )
    by_event(hot, stage)
    lead = stage.lead(1).lead.lead_id
    for score in (90, 10, 90):
        with stage.database.write() as session:
            change_lead(session, lead, {"score": score}, stage.clock.now())
    assert len(entries(stage)) == 2
    for score in (10, 95, 10, 95):
        with stage.database.engine.begin() as connection:
            connection.execute(text("UPDATE leads SET score = :score"), {"score": score})
        drain_outbox(stage.database, stage.clock.now())
    assert len(entries(stage)) == 4


def test_starting_by_hand_is_an_event(stage: Stage) -> None:
    by_hand = TriggerDefinition(trigger_id="acme-drip-signup", type="manual", workflow_id="acme-drip")
    by_event(by_hand, stage)
    lead = stage.lead(1).lead.lead_id
    for _ in range(2):
        with stage.database.write() as session:
            assert start_manually(session, "acme-drip-signup", lead, stage.clock.now()).enrolment_no
        stage.clock.advance(timedelta(seconds=1))


def test_where_leads_enter_once_an_event_key_changes_nothing(stage: Stage, vault: Vault) -> None:
    assert post(stage, vault, {"email": "ada@example.test", "event_key": "a"}).fired.enrolment_no
    stage.advance(seconds=1)
    assert post(stage, vault, {"email": "ada@example.test", "event_key": "b"}).fired.skipped == "duplicate"
    assert entries(stage) == [""]
