"""Sends whose fate is unknown: the provider is asked, its answer is believed, nothing goes out twice."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gtm.automation.reconciling import Reconciled, reconcile
from gtm.connectors.smtp.lookup import DeliveredFolder
from gtm.domain.errors import OutcomeUnknown, TransientFailure
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import MANUAL, Enrolment
from tests.integration.automation.surroundings import KilledHere, Scripted, Stage, drip, signup

LEASE = timedelta(seconds=30)


class Asked(Scripted):
    """A mailer whose provider answers questions, by default with what the sink holds."""

    def __init__(self, stage: Stage, before: Any = None, answer: Any = None) -> None:
        super().__init__(stage.mailer, before)
        self.answer = answer or stage.sink.was_accepted
        self.asked: list[str] = []

    def was_accepted(self, message_id: str) -> bool | None:
        self.asked.append(message_id)
        found: bool | None = self.answer(message_id)
        return found


class DiesAfter(Asked):
    """Hands over, and is killed before it can tell."""

    def send(self, email: Any) -> str:
        super().send(email)
        raise KilledHere


def unknown(stage: Stage, mailer: Any) -> None:
    """Every reserved send in doubt."""
    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=mailer, lease=LEASE).tick()
    stage.advance(seconds=31)
    stage.worker("survivor", lease=LEASE).run_until_idle()
    assert {e.status for e in stage.rows(Enrolment)} == {MANUAL}
    stage.advance(minutes=10)


def die(_email: object) -> None:
    raise KilledHere


def test_a_message_the_provider_has_counts_as_sent_and_the_lead_goes_on(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    mailer = DiesAfter(stage)
    unknown(stage, mailer)
    done = reconcile(stage.database, mailer, stage.clock.now())
    (send,) = stage.rows(EmailSend)
    assert done == Reconciled(looked_at=1, accepted=1, send_ids=(send.send_id,))
    assert (send.state, send.delivery_status, send.refusal_reason) == ("sent", "accepted", "provider: happened")
    assert stage.outcomes(lead) == [("send_email_1", "unknown"), ("send_email_1", "done")]
    stage.worker().run_until_idle()
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    assert stage.outcomes(lead)[-1] == ("done", "exited")
    assert len(stage.sink.received_by(lead.lead.email)) == 2
    assert reconcile(stage.database, mailer, stage.clock.now()) == Reconciled()


def test_a_message_the_provider_never_got_goes_out_once_under_the_same_message_id(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    unknown(stage, Asked(stage, die))
    before = stage.rows(EmailSend)[0].message_id
    done = reconcile(stage.database, Asked(stage), stage.clock.now())
    assert (done.looked_at, done.not_accepted) == (1, 1)
    stage.worker().run_until_idle()
    assert stage.outcomes(lead) == [("send_email_1", "unknown"), ("send_email_1", "retry"), ("send_email_1", "done")]
    assert [m.message_id for m in stage.sink.received] == [before]
    assert [(s.state, s.attempts) for s in stage.rows(EmailSend)] == [("sent", 2)]


def test_what_never_gets_through_ends_on_the_failure_path(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)

    def broke(_email: object) -> None:
        raise OutcomeUnknown("the connection broke")

    mailer = Asked(stage, broke)
    for _ in range(13):
        stage.worker(mailer=mailer).run_until_idle()
        stage.advance(minutes=10)
        reconcile(stage.database, mailer, stage.clock.now())
    outcomes = [outcome for _, outcome in stage.outcomes(lead)]
    assert outcomes == ["unknown", "retry"] * 10 + ["unknown", "failed", "exited"]
    assert len(stage.rows(EmailSend)) == 1 and stage.sink.received == ()


def test_nobody_is_asked_too_soon_and_a_provider_that_cannot_tell_leaves_it_to_a_person(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)
    unknown(stage, Asked(stage, die))

    def away(_id: str) -> bool:
        raise TransientFailure("not now")

    silent = (stage.mailer, Scripted(stage.mailer), Asked(stage, answer=away), Asked(stage, answer=lambda _: None))
    for one in silent:
        assert reconcile(stage.database, one, stage.clock.now()) == Reconciled(looked_at=1, undecided=1)
    assert {e.status for e in stage.rows(Enrolment)} == {MANUAL}
    early = replace(stage, clock=type(stage.clock)(stage.rows(EmailSend)[0].reserved_at + timedelta(minutes=1)))
    mailer = Asked(stage)
    assert reconcile(stage.database, mailer, early.clock.now()) == Reconciled() and mailer.asked == []


def test_a_send_that_its_late_worker_settled_needs_no_question(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    successor = stage.worker("successor", lease=LEASE)

    def sleep_through_the_lease(_email: object) -> None:
        stage.advance(seconds=31)
        successor.run_until_idle()

    stage.worker("late", mailer=Scripted(stage.mailer, sleep_through_the_lease), lease=LEASE).tick()
    stage.advance(minutes=10)
    assert reconcile(stage.database, stage.mailer, stage.clock.now()).accepted == 1
    assert stage.outcomes(lead) == [("send_email_1", "unknown"), ("send_email_1", "done")]
    assert len(stage.sink.received) == 1


def test_a_folder_of_delivered_messages_answers(stage: Stage, tmp_path: Path) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)
    stage.worker().run_until_idle()
    folder = DeliveredFolder(tmp_path / "Maildir")
    with pytest.raises(TransientFailure):
        folder.was_accepted("<a@acme.test>")
    (tmp_path / "Maildir").mkdir()
    wanted = stage.sink.received[0].message_id
    assert folder.was_accepted(wanted) is False
    stage.sink.export(tmp_path / "Maildir" / "new")
    assert folder.was_accepted(wanted) is True
    assert folder.was_accepted("<someone-else@acme.test>") is False


def test_the_upkeep_task_counts_what_it_found(stage: Stage) -> None:
    from gtm.automation.maintenance.reconciler import reconciler

    stage.configure(drip(), signup())
    stage.lead(1)
    unknown(stage, DiesAfter(stage))
    told = reconciler(stage.mailer).run(stage.database, stage.clock.now())
    assert (told.done, told.warning) == (0, "1 sends of unknown fate wait for a person")
    told = reconciler(Asked(stage)).run(stage.database, stage.clock.now())
    assert (told.done, told.figures["accepted"], told.warning) == (1, 1, "")


def test_the_upkeep_task_looks_until_no_doubt_is_left(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from gtm.automation.maintenance import reconciler

    monkeypatch.setattr(reconciler, "LIMIT", 2)
    stage.configure(drip(), signup())
    for number in range(1, 6):
        stage.lead(number)
    unknown(stage, DiesAfter(stage))
    doubts = len(stage.rows(EmailSend))
    assert doubts == 5
    cannot_tell = Asked(stage, answer=lambda _message_id: None)
    told = reconciler.reconciler(cannot_tell).run(stage.database, stage.clock.now())
    assert (told.done, told.figures["undecided"], len(cannot_tell.asked)) == (0, 2, 2)
    told = reconciler.reconciler(Asked(stage)).run(stage.database, stage.clock.now())
    assert (told.done, told.figures["looked_at"]) == (doubts, doubts)
