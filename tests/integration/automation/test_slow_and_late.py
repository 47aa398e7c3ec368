"""Slow servers, lapsed leases and clocks that are set back: nothing goes out twice, nothing finished is lost."""

from collections import Counter
from datetime import timedelta

import pytest

from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.ports import Services
from gtm.automation.reconciling import reconcile
from gtm.domain.clock import VirtualClock
from gtm.domain.errors import OutcomeUnknown
from gtm.domain.workflow import Exit, HttpRequest
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import FINISHED, RUNNING, Enrolment
from gtm.store.repositories import claims
from gtm.store.repositories.claims import Scope
from tests.integration.automation.surroundings import Scripted, Stage, drip, signup

LEASE = timedelta(seconds=30)


class Asked(Scripted):
    """A mailer whose provider tells what it took."""

    def was_accepted(self, message_id: str) -> bool:
        return message_id in {mail.message_id for mail in self.sink.received}

    def __init__(self, stage: Stage, before: object = None) -> None:
        super().__init__(stage.mailer, before)
        self.sink = stage.sink


def sent_once(stage: Stage, count: int) -> None:
    ids = Counter(mail.message_id for mail in stage.sink.received)
    assert sum(ids.values()) == len(ids) == count


def test_a_slow_mail_server_and_a_second_worker_send_each_mail_once(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(25):
        stage.lead(number)
    other = stage.worker("other")

    def slow(_email: object) -> None:
        stage.advance(seconds=13)
        other.tick()
        reconcile(stage.database, Asked(stage), stage.clock.now())

    stage.worker("late", mailer=Scripted(stage.mailer, slow)).tick()
    other.run_until_idle()
    sent_once(stage, 25)
    assert {send.state for send in stage.rows(EmailSend)} == {"sent"}


def test_what_a_worker_lost_while_it_slept_it_does_not_hand_over(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(5):
        stage.lead(number)
    other = stage.worker("other", lease=LEASE)
    slept: list[object] = []

    def sleep_once(email: object) -> None:
        slept.append(email)
        if len(slept) == 1:
            # The first mail is taken by the server only after the lease; what comes behind it is somebody else's then.
            stage.advance(seconds=31)
            other.tick()
            stage.advance(minutes=6)
            assert reconcile(stage.database, Asked(stage), stage.clock.now()).not_accepted == 5
            slept.append("others")
            raise OutcomeUnknown("the connection broke")

    stage.worker("late", mailer=Scripted(stage.mailer, sleep_once), lease=LEASE).tick()
    assert len(slept) == 2
    other.run_until_idle()
    sent_once(stage, 5)


def test_a_reservation_that_was_not_used_is_given_back_by_its_owner(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(2):
        stage.lead(number)

    def sleep(_email: object) -> None:
        stage.advance(seconds=31)
        with stage.database.write() as session:
            claims.expire_leases(session, Scope(), stage.clock.now())

    stage.worker("late", mailer=Scripted(stage.mailer, sleep), lease=LEASE).tick()
    states = Counter((send.state, send.attempts) for send in stage.rows(EmailSend))
    assert states == {("sent", 1): 1, ("failed", 0): 1}


def test_finished_calls_of_a_slow_group_are_written_though_another_worker_looks(stage: Stage) -> None:
    definition = drip().model_copy(
        update={
            "entry": "call",
            "steps": (HttpRequest(id="call", connector="crm", on_success="end", on_failure="end"), Exit(id="end")),
        }
    )
    stage.configure(definition, signup())
    for number in range(25):
        stage.lead(number)
    other = stage.worker("other")
    calls: list[str] = []

    class Slow:
        def call(self, **given: object) -> int:
            calls.append(str(given["key"]))
            stage.advance(seconds=6)
            assert other.tick().expired == 0
            return 200

    services = Services(FakeEmailSource(), stage.mailer, Slow())
    Worker(stage.database, stage.clock, services, name="slow").tick()
    other.run_until_idle()
    assert len(calls) == len(set(calls)) == 25
    assert {row.status for row in stage.rows(Enrolment)} == {FINISHED}


def test_what_a_slow_group_has_done_is_written_before_the_group_ends(stage: Stage) -> None:
    definition = drip().model_copy(
        update={
            "entry": "call",
            "steps": (HttpRequest(id="call", connector="crm", on_success="end", on_failure="end"), Exit(id="end")),
        }
    )
    stage.configure(definition, signup())
    for number in range(4):
        stage.lead(number)
    running: list[int] = []

    class Slow:
        def call(self, **given: object) -> int:
            running.append(sum(row.status == RUNNING for row in stage.rows(Enrolment)))
            stage.advance(seconds=6)
            return 200

    services = Services(FakeEmailSource(), stage.mailer, Slow())
    Worker(stage.database, stage.clock, services, name="slow").tick()
    assert running == [4, 3, 2, 1]


def test_a_dead_workers_claims_come_back_though_the_clock_was_set_back_an_hour(stage: Stage) -> None:
    stage.configure(drip(), signup())
    stage.lead(1)
    with stage.database.write() as session:
        claims.claim_due(session, Scope(), owner="dead", now=stage.clock.now(), lease=timedelta(seconds=120), limit=5)
    back = VirtualClock(stage.clock.now() - timedelta(hours=1))
    Worker(stage.database, back, stage.services(), name="w").tick()
    assert [row.status for row in stage.rows(Enrolment)] == [0]


def test_sends_go_on_once_each_though_the_clock_is_set_back_an_hour(stage: Stage) -> None:
    stage.configure(drip(), signup())
    for number in range(12):
        stage.lead(number)
    back = VirtualClock(stage.clock.now())
    other = Worker(stage.database, back, stage.services(Asked(stage)), name="other")
    sent: list[object] = []

    def set_back(email: object) -> None:
        sent.append(email)
        if len(sent) == 5:
            back.__init__(stage.clock.now() - timedelta(hours=1))
            other.tick()

    worker = Worker(stage.database, back, stage.services(Scripted(stage.mailer, set_back)), name="w")
    worker.tick()
    for _ in range(3):
        back.advance(timedelta(minutes=6))
        reconcile(stage.database, Asked(stage), back.now())
        other.run_until_idle()
    back.advance(timedelta(hours=1, minutes=1))
    other.run_until_idle()
    sent_once(stage, 12)
    assert {send.state for send in stage.rows(EmailSend)} == {"sent"}
    assert {row.step for row in stage.rows(Enrolment)} == {1}


def test_no_lease_is_longer_than_one_that_is_believed(sqlite_stage: Stage) -> None:
    with pytest.raises(ValueError, match="set back"):
        sqlite_stage.worker(lease=claims.LONGEST_LEASE + timedelta(seconds=1))
