"""Two workers, killed workers, lost connections: nothing is sent twice, nothing is claimed to be known that is not."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from gtm.automation.engine import GROUP
from gtm.domain.errors import OutcomeUnknown
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import MANUAL, Enrolment, StepLog
from gtm.store.repositories import automation, claims
from tests.integration.automation.surroundings import KilledHere, Scripted, Stage, drip, signup

LEASE = timedelta(seconds=30)


def die(_email: object) -> None:
    raise KilledHere


def test_two_workers_never_double_a_send(stage: Stage) -> None:
    stage.configure(drip(), signup())
    people = [stage.lead(n).lead.email for n in range(24)]
    workers = [stage.worker(f"w{n}", mailer=stage.mailer, batch=5) for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        moved = list(pool.map(lambda w: w.run_until_idle(), workers))
    assert sum(moved) == 24
    assert sorted(m.recipient for m in stage.sink.received) == sorted(people)
    assert len({(line.enrolment_no, line.seq) for line in stage.rows(StepLog)}) == len(stage.rows(StepLog)) == 24
    assert {send.state for send in stage.rows(EmailSend)} == {"sent"}


def test_killed_between_reservation_and_dispatch_is_unknown_and_not_sent_again(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=Scripted(stage.mailer, die), lease=LEASE).tick()
    assert [s.state for s in stage.rows(EmailSend)] == ["reserved"]
    survivor = stage.worker("survivor", lease=LEASE)
    assert survivor.tick().claimed == 0
    stage.advance(seconds=31)
    assert survivor.tick().expired == 1
    for _ in range(5):
        survivor.run_until_idle()
        stage.advance(hours=24)
    (send,) = stage.rows(EmailSend)
    assert (send.state, send.attempts) == ("unknown", 1)
    assert [e.status for e in stage.rows(Enrolment)] == [MANUAL]
    assert stage.outcomes(lead) == [("send_email_1", "unknown")]
    assert stage.sink.attempts(lead.lead.email) == 0


def test_a_send_and_the_move_it_allows_are_noted_together_or_not_at_all(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)

    def killed(*_: object) -> int:
        raise KilledHere

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "write_moves", killed)
        with pytest.raises(KilledHere):
            stage.worker("doomed", lease=LEASE).tick()
    assert [s.state for s in stage.rows(EmailSend)] == ["reserved"]
    stage.advance(seconds=31)
    stage.worker("survivor", lease=LEASE).run_until_idle()
    assert stage.outcomes(lead) == [("send_email_1", "unknown")]
    assert len(stage.sink.received) == 1


def test_a_send_that_a_person_noted_goes_on_without_a_second_one(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=Scripted(stage.mailer, die), lease=LEASE).tick()
    with stage.database.write() as session:
        (send,) = session.exec(select(EmailSend)).all()
        send.state, send.sent_at = "sent", stage.clock.now()
    stage.advance(seconds=31)
    stage.worker("survivor", lease=LEASE).run_until_idle()
    assert stage.outcomes(lead) == [("send_email_1", "done")]
    assert stage.sink.received == ()


def test_a_crash_leaves_no_more_than_one_group_unknown(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(GROUP + 15):
        stage.lead(number)
    sent: list[object] = []

    def die_in_the_second_group(email: object) -> None:
        sent.append(email)
        if len(sent) == GROUP + 5:
            raise KilledHere

    doomed = stage.worker("doomed", mailer=Scripted(stage.mailer, die_in_the_second_group), lease=LEASE)
    with pytest.raises(KilledHere):
        doomed.tick()
    stage.advance(seconds=31)
    stage.worker("survivor", lease=LEASE).run_until_idle()
    states = Counter(send.state for send in stage.rows(EmailSend))
    assert states == {"sent": GROUP, "unknown": 15}
    assert len({m.message_id for m in stage.sink.received}) == len(stage.sink.received) == GROUP + 4


def test_killed_after_dispatch_but_before_the_note_is_unknown_too(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)

    class DiesAfter(Scripted):
        def send(self, email: object) -> str:  # type: ignore[override]
            super().send(email)  # type: ignore[arg-type]
            raise KilledHere

    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=DiesAfter(stage.mailer), lease=LEASE).tick()
    stage.advance(seconds=31)
    stage.worker("survivor", lease=LEASE).run_until_idle()
    assert stage.outcomes(lead) == [("send_email_1", "unknown")]
    assert len(stage.sink.received) == 1


def test_a_connection_that_breaks_during_data_is_unknown(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)

    def broke(_email: object) -> None:
        raise OutcomeUnknown("the connection broke while the message was handed over")

    stage.worker(mailer=Scripted(stage.mailer, broke)).run_until_idle()
    assert stage.outcomes(lead) == [("send_email_1", "unknown")]
    assert [(s.state, s.delivery_status) for s in stage.rows(EmailSend)] == [("unknown", "unknown")]


def test_a_worker_that_wakes_up_late_writes_nothing_over_its_successor(stage: Stage) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    successor = stage.worker("successor", lease=LEASE)

    def sleep_through_the_lease(_email: object) -> None:
        stage.advance(seconds=31)
        successor.run_until_idle()

    late = stage.worker("late", mailer=Scripted(stage.mailer, sleep_through_the_lease), lease=LEASE)
    tick = late.tick()
    assert (tick.claimed, tick.moved) == (1, 0)
    # The successor found the reservation and called it unknown; the late worker's own send settles it as sent.
    assert stage.outcomes(lead) == [("send_email_1", "unknown")]
    assert [s.state for s in stage.rows(EmailSend)] == ["sent"]
    assert len(stage.sink.received) == 1


def test_a_killed_notification_is_unknown_as_well(stage: Stage) -> None:
    from gtm.domain.workflow import Exit, Notify

    steps = (
        Notify(id="tell", to="sales@acme.test", message="hot", on_success="end", on_failure="end"),
        Exit(id="end"),
    )
    stage.configure(drip().model_copy(update={"entry": "tell", "steps": steps}), signup())
    lead = stage.lead(1)
    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=Scripted(stage.mailer, die), lease=LEASE).tick()
    stage.advance(seconds=31)
    stage.worker("survivor", lease=LEASE).run_until_idle()
    assert stage.outcomes(lead) == [("tell", "unknown")]
    assert stage.sink.received == ()


CHILD = """
import os, sys
from datetime import datetime, timedelta
from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.ports import Services
from gtm.domain.clock import VirtualClock
from gtm.store.database import Database
from tests.integration.automation.surroundings import Scripted
class Dies:
    connections = 1
    def message_id(self, key): return f"<{key}@acme.test>"
    def send(self, email): os.kill(os.getpid(), 9)
clock = VirtualClock(datetime.fromisoformat(sys.argv[2]))
Worker(Database(sys.argv[1], clock), clock, Services(FakeEmailSource(), Dies()), lease=timedelta(seconds=30)).tick()
"""


def test_a_process_killed_with_signal_9_leaves_an_unknown_send(stage: Stage, database_url: str) -> None:
    stage.configure(drip(), signup())
    lead = stage.lead(1)
    died = subprocess.run(
        [sys.executable, "-c", CHILD, database_url, stage.clock.now().isoformat()],
        env={**os.environ, "PYTHONPATH": "."},
        timeout=60,
    )
    assert died.returncode == -9
    stage.advance(seconds=31)
    survivor = stage.worker("survivor", lease=LEASE)
    survivor.run_until_idle()
    assert [(s.state, s.attempts) for s in stage.rows(EmailSend)] == [("unknown", 1)]
    assert stage.sink.attempts(lead.lead.email) == 0
    with stage.database.read() as session:
        assert automation.get_workflow(session, "acme-drip").status == "active"
