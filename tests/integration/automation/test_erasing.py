"""A person's rights: all that is stored of them is told, and an erasure leaves a salted hash and nothing else."""

import json
from collections.abc import Collection
from decimal import Decimal

import pytest
from sqlmodel import Session, SQLModel, select

from gtm.automation.erasing import erase_person, export_person
from gtm.domain.enrolment import Lead
from gtm.store.models.automation import EmailSend, LeadRow, Suppression
from gtm.store.models.campaigns import CampaignRow, CampaignTemplateRow
from gtm.store.models.enrolments import Enrolment, StepLog
from gtm.store.models.erasures import ErasedAddress, ErasureSalt
from gtm.store.models.executions import WorkflowExecution
from gtm.store.models.logs import AuditEntry
from gtm.store.models.pilots import CampaignPilot, PilotFeedback
from gtm.store.models.preferences import EmailPreference
from gtm.store.models.ventures import Venture
from gtm.store.repositories import leads, personal
from tests.integration.automation.surroundings import Scripted, Stage, drip, signup


def erase(stage: Stage, lead: Lead) -> dict[str, int]:
    with stage.database.write() as session:
        return erase_person(session, lead, "ada", stage.clock.now()).removed


def everything(stage: Stage) -> str:
    """Every cell of the store as text."""
    with stage.database.read() as session:
        tables = SQLModel.metadata.sorted_tables
        return "\n".join(repr(tuple(row)) for table in tables for row in session.connection().execute(select(table)))


def test_every_table_with_rows_of_single_people_is_known_and_no_other() -> None:
    """A table that is new here: does a row of it belong to one person? Else it goes into `_NO_PERSONS`."""
    assert personal.tables_of_people() == {
        "leads": "lead_id",
        "lead_outbox": "lead_no",
        "enrolments": "lead_no",
        "step_log": "enrolment_no",
        "version_changes": "enrolment_no",
        "kept_executions": "lead_id",
        "email_sends": "lead_id",
        "tracking_events": "send_id",
        "suppression_list": "email",
        "email_preferences": "lead_id",
        "consent_requests": "lead_id",
        "pilot_feedback": "lead_id",
    }


def test_an_export_holds_what_every_table_holds_of_a_person(stage: Stage) -> None:
    stage.configure(drip(), signup())
    inserted = stage.lead(1, company="Lovelace Ltd")
    stage.lead(2)
    stage.worker().run_until_idle()
    with stage.database.read() as session:
        told = export_person(session, inserted.lead, stage.clock.now())
    assert set(told["stored"]) == {"leads", "enrolments", "step_log", "email_sends"}
    assert told["stored"]["leads"][0]["company"] == "Lovelace Ltd"
    text = json.dumps(told)
    assert "lead1@example.test" in text and "lead2@example.test" not in text


def test_an_erasure_leaves_nothing_that_tells_who_it_was(stage: Stage) -> None:
    stage.configure(drip(), signup())
    inserted = stage.lead(1, first_name="Quirina", company="Lovelace Ltd")
    other = stage.lead(2)
    stage.worker().run_until_idle()
    stage.suppress("lead1@example.test")
    removed = erase(stage, inserted.lead)
    assert removed == {"leads": 1, "enrolments": 1, "step_log": 1, "email_sends": 1, "suppression_list": 1}
    rest = everything(stage)
    assert "Quirina" not in rest and "Lovelace" not in rest and "lead1@example.test" not in rest
    assert [row.lead_id for row in stage.rows(LeadRow)] == [other.lead.lead_id]
    assert len(stage.rows(Enrolment)) == len(stage.rows(StepLog)) == len(stage.rows(EmailSend)) == 1
    assert len(stage.rows(WorkflowExecution)) == 1
    (entry,) = [row for row in stage.rows(AuditEntry) if row.action == "lead.erased"]
    assert entry.subject == inserted.lead.lead_id and entry.data == {"removed": removed}


def test_an_erasure_takes_feedback_and_preferences_along(stage: Stage) -> None:
    stage.configure(drip(), signup())
    gone, other = stage.lead(1).lead, stage.lead(2).lead
    now = stage.clock.now()
    with stage.database.write() as session:
        session.add(Venture(venture_id="acme", name="Acme", segment_type="B2B_SMB", brief={}, brief_sha256="0",
                            created_at=now, updated_at=now))  # fmt: skip
        session.flush()
        session.add(CampaignTemplateRow(venture_id="acme", template_id="t", type="email_drip", name="T",
                                        channel="email", structure=[], variables=[], revision=1))  # fmt: skip
        session.flush()
        session.add(CampaignRow(campaign_id="c", venture_id="acme", campaign_name="C", campaign_type="email_drip",
                                template_id="t", segments=[], cta="book_demo", objective="awareness", revision=1,
                                updated_at=now))  # fmt: skip
        session.flush()
        session.add(CampaignPilot(pilot_id="p", venture_id="acme", campaign_id="c", share=Decimal("0.05")))
        session.flush()
        for lead in (gone, other):
            session.add(PilotFeedback(pilot_id="p", lead_id=lead.lead_id, score=2, comment="Too loud.", at=now))
            session.add(EmailPreference(venture_id="acme", lead_id=lead.lead_id, purpose="news", allowed=False, at=now))
    with stage.database.read() as session:
        assert {"pilot_feedback", "email_preferences"} <= set(export_person(session, gone, now)["stored"])
    assert {"pilot_feedback": 1, "email_preferences": 1}.items() <= erase(stage, gone).items()
    assert [row.lead_id for row in stage.rows(PilotFeedback)] == [other.lead_id]
    assert [row.lead_id for row in stage.rows(EmailPreference)] == [other.lead_id]


def test_whoever_was_erased_and_comes_back_gets_no_mail(stage: Stage) -> None:
    stage.configure(drip(), signup())
    erase(stage, stage.lead(1).lead)
    (kept,) = stage.rows(ErasedAddress)
    (salt,) = stage.rows(ErasureSalt)
    assert len(kept.address_hash) == len(salt.salt) == 64 and kept.reason == "erased"
    back = stage.lead(1)
    assert back.created
    stage.worker().run_until_idle()
    assert stage.sink.received == ()
    assert ("send_email_1", "refused") in stage.outcomes(back)
    with stage.database.read() as session:
        assert leads.suppressed(session, "other", ["lead1@example.test"]) == {}


def test_the_first_reason_of_a_suppression_is_kept_and_erasing_again_changes_nothing(sqlite_stage: Stage) -> None:
    first = sqlite_stage.lead(1).lead
    sqlite_stage.suppress("lead1@example.test")
    erase(sqlite_stage, first)
    erase(sqlite_stage, sqlite_stage.lead(1).lead)
    assert [row.reason for row in sqlite_stage.rows(ErasedAddress)] == ["erased (unsubscribed)"]
    assert sqlite_stage.rows(Suppression) == []


def test_a_worker_that_was_about_to_write_to_somebody_finds_them_gone(stage: Stage) -> None:
    stage.configure(drip(), signup())
    inserted = stage.lead(1)
    stage.lead(2)

    class Erases:
        done = False

        def __call__(self, email: object) -> None:
            if not Erases.done:
                Erases.done = True
                erase(stage, inserted.lead)

    stage.worker(mailer=Scripted(stage.mailer, before=Erases())).run_until_idle()
    assert [row.lead_id for row in stage.rows(LeadRow)] != [inserted.lead.lead_id]
    assert {row.lead_id for row in stage.rows(EmailSend)} == {stage.rows(LeadRow)[0].lead_id}
    assert len(stage.rows(StepLog)) == 1


def test_somebody_who_is_erased_right_after_a_claim_does_not_stop_the_worker(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.configure(drip(), signup())
    inserted, other = stage.lead(1), stage.lead(2)
    plain = leads.by_number

    def erased_meanwhile(session: Session, numbers: Collection[int]) -> dict[int, Lead]:
        monkeypatch.setattr(leads, "by_number", plain)
        erase(stage, inserted.lead)
        session.rollback()
        return plain(session, numbers)

    monkeypatch.setattr(leads, "by_number", erased_meanwhile)
    stage.worker().run_until_idle()
    assert stage.outcomes(other) == [("send_email_1", "done")]
