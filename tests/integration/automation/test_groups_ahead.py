"""Groups of mails that follow each other without a gap: what is reserved ahead, and what a crash or a stop finds."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from gtm.automation.engine import AHEAD, GROUP
from gtm.automation.pausing import pause_venture
from gtm.connectors.base import OutgoingEmail
from gtm.store.models.automation import EmailSend
from gtm.store.models.enrolments import Enrolment
from tests.integration.automation.surroundings import KilledHere, Scripted, Stage, drip, signup

LEASE = timedelta(seconds=30)


def reserved(stage: Stage) -> int:
    """Sends that are reserved and not settled."""
    with stage.database.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM email_sends WHERE state = 'reserved'")).scalar_one())


def people(stage: Stage, count: int) -> None:
    stage.configure(drip(), signup())
    for number in range(count):
        stage.lead(number)


def test_the_next_group_is_reserved_while_the_last_mails_of_one_are_handed_over(stage: Stage) -> None:
    people(stage, GROUP + 20)
    seen: list[int] = []

    def wait_for_the_next_group(_email: object) -> None:
        seen.append(reserved(stage))
        give_up = time.monotonic() + 10
        while len(seen) == GROUP - 1 and reserved(stage) <= GROUP and time.monotonic() < give_up:
            time.sleep(0.01)

    stage.worker(mailer=Scripted(stage.mailer, wait_for_the_next_group)).run_until_idle()
    assert seen[0] == GROUP and seen[GROUP - 1] == GROUP + 20
    assert len({mail.message_id for mail in stage.sink.received}) == len(stage.sink.received) == GROUP + 20
    assert {send.state for send in stage.rows(EmailSend)} == {"sent"}


def test_no_more_is_reserved_than_a_group_and_what_is_left_of_the_one_before(stage: Stage) -> None:
    people(stage, GROUP * 3)
    most, sent = [0], Counter[str]()

    def note(email: OutgoingEmail) -> None:
        time.sleep(0.002)
        with stage.database.engine.connect() as connection:
            open_ = {
                str(row[0])
                for row in connection.execute(text("SELECT message_id FROM email_sends WHERE state = 'reserved'"))
            }
        # Handed over, and not noted yet: of these the outcome is known.
        most.append(len(open_ - {f"<{key}@acme.test>" for key in sent}))
        sent[email.key] += 1

    stage.worker(mailer=Scripted(stage.mailer, note)).run_until_idle()
    assert GROUP <= max(most) <= GROUP + AHEAD
    assert set(sent.values()) == {1} and len(sent) == GROUP * 3


def test_a_pause_stops_the_group_that_was_reserved_ahead(stage: Stage) -> None:
    people(stage, GROUP + 20)
    sent: list[object] = []

    def pause_once_both_are_reserved(email: object) -> None:
        sent.append(email)
        if len(sent) == GROUP - 1:
            give_up = time.monotonic() + 10
            while reserved(stage) <= GROUP and time.monotonic() < give_up:
                time.sleep(0.01)
            with stage.database.write() as session:
                pause_venture(session, "acme", "enough", stage.clock.now())

    stage.worker(mailer=Scripted(stage.mailer, pause_once_both_are_reserved)).run_until_idle()
    assert len(sent) == len(stage.sink.received) == GROUP - 1
    states = Counter((send.state, send.attempts) for send in stage.rows(EmailSend))
    assert states == {("sent", 1): GROUP - 1, ("failed", 0): 21}
    assert {row.status for row in stage.rows(Enrolment)} == {0}


@pytest.mark.parametrize("at", [GROUP - AHEAD + 1, GROUP, GROUP + 1, GROUP + 5])
def test_a_crash_leaves_no_more_than_two_groups_unknown(stage: Stage, at: int) -> None:
    people(stage, GROUP * 2 + 20)
    sent: list[object] = []

    def die(email: object) -> None:
        sent.append(email)
        if len(sent) == at:
            raise KilledHere

    with pytest.raises(KilledHere):
        stage.worker("doomed", mailer=Scripted(stage.mailer, die), lease=LEASE).tick()
    assert len(stage.sink.received) == at - 1
    stage.advance(seconds=31)
    stage.worker("survivor", lease=LEASE).run_until_idle()
    states = Counter(send.state for send in stage.rows(EmailSend))
    assert set(states) == {"sent", "unknown"} and states.total() == GROUP * 2 + 20
    assert 0 < states["unknown"] <= 2 * GROUP
    assert len({mail.message_id for mail in stage.sink.received}) == len(stage.sink.received)
