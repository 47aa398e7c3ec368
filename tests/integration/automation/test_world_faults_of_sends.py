"""Faults that other systems' users reported in public, each held against this engine under its report's name."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from threading import Lock
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm.automation.pausing import pause_venture
from gtm.automation.reconciling import reconcile
from gtm.automation.tracking import Kind, Mark
from gtm.automation.tracking_events import record
from gtm.store.models.automation import EmailSend, LeadRow, Suppression
from gtm.store.repositories import automation
from tests.integration.automation.surroundings import KilledHere, Scripted, Stage, drip, signup
from tests.integration.automation.test_tracking_events import sent


def test_mautic_7226_duplicate_send_after_one_failure_in_a_batch(stage: Stage) -> None:
    """One refused address in a batch must not send the batch again."""
    stage.configure(drip(), signup())
    people = [stage.lead(n) for n in range(30)]
    stage.sink.answer(people[3].lead.email, 451, times=2)
    stage.sink.answer(people[17].lead.email, 550)

    def break_one(email: Any) -> None:
        if email.to == people[9].lead.email:
            raise ZeroDivisionError("a bug")

    worker = stage.worker(mailer=Scripted(stage.mailer, break_one))
    for _ in range(6):
        worker.run_until_idle()
        stage.advance(minutes=10)
    taken = [m.recipient for m in stage.sink.received]
    assert sorted(taken) == sorted(p.lead.email for n, p in enumerate(people) if n not in (9, 17))
    assert len(taken) == len(set(taken)) == len({m.message_id for m in stage.sink.received})
    assert stage.sink.attempts(people[3].lead.email) == 3


def test_listmonk_2313_five_copies_after_resume(stage: Stage) -> None:
    """Paused and resumed again and again, with several workers and one that was killed: a copy each."""
    stage.configure(drip(), signup())
    people = [stage.lead(n) for n in range(40)]
    handed: list[Any] = []

    turnstile = Lock()

    def pause_at_times(email: Any) -> None:
        with turnstile:
            handed.append(email)
            number = len(handed)
        if number in (7, 15, 22):
            with stage.database.write() as session:
                pause_venture(session, "acme", "somebody pressed pause", stage.clock.now())
        if number == 11:
            raise KilledHere

    mailer = Scripted(stage.mailer, pause_at_times)
    for turn in range(8):
        workers = [stage.worker(f"w{turn}-{n}", mailer=mailer, batch=5) for n in range(3)]

        def work(worker: Any) -> None:
            try:
                worker.run_until_idle(limit=20)
            except KilledHere:
                return

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(work, workers))
        stage.advance(minutes=5)
        with stage.database.write() as session:
            automation.activate_workflow(session, "acme-drip", stage.clock.now())
    received = [m.recipient for m in stage.sink.received]
    assert len(received) == len(set(received)) == len({m.message_id for m in stage.sink.received})
    unknown = {send.lead_id for send in stage.rows(EmailSend) if send.state == "unknown"}
    reached = {lead.lead_id for lead in stage.rows(LeadRow) if lead.email in received}
    # Nobody is missing either: who got nothing waits for a person, because the killed worker may have sent it.
    assert reached | unknown == {one.lead.lead_id for one in people}
    assert len(unknown - reached) <= 5


_EVERYTHING: tuple[tuple[Kind, int], ...] = (("open", 0), ("click", 1), ("click", 2))


def test_mautic_9798_scanner_unsubscribes_the_list(stage: Stage) -> None:
    """A gateway that opens every link of every mail unsubscribes nobody and counts as nobody's interest."""
    sends = sent(stage, 5)
    stage.advance(seconds=30)
    for send in sends:
        # A GET of the unsubscribe page leaves no event at all; its own test asks the door over HTTP.
        for kind, link in _EVERYTHING:
            with stage.database.write() as session:
                record(
                    session,
                    kind,
                    Mark(send.send_id, link),
                    method="GET",
                    user_agent="Mozilla/5.0 (Windows NT 10.0) scanner",
                    now=stage.clock.now(),
                )
    assert stage.rows(Suppression) == []
    assert {lead.consent for lead in stage.rows(LeadRow)} == {"unknown"}
    assert {(s.opened_at, s.clicked_at) for s in stage.rows(EmailSend)} == {(None, None)}
    stage.advance(hours=48)
    stage.worker().run_until_idle()
    assert len(stage.sink.received) == 10
    assert {s.step for s in stage.rows(EmailSend) if s.email_number == 2} == {"send_email_2b"}


_NUMBERS = count(1000)
FATES = st.lists(
    st.sampled_from(["taken", "451 once", "451 always", "550", "a bug", "killed before", "killed after", "paused"]),
    min_size=1,
    max_size=8,
)


class Fateful(Scripted):
    """Gives every address its fate, once where it is one that passes; its provider knows what the sink holds."""

    def __init__(self, stage: Stage, fates: dict[str, str]) -> None:
        super().__init__(stage.mailer)
        self.stage, self.fates = stage, fates

    def was_accepted(self, message_id: str) -> bool | None:
        return self.stage.sink.was_accepted(message_id)

    def send(self, email: Any) -> str:
        fate = self.fates.get(email.to, "taken")
        if fate in ("killed before", "killed after", "a bug", "paused"):
            self.fates[email.to] = "taken"
        if fate == "a bug":
            raise ZeroDivisionError("a bug")
        if fate == "killed before":
            raise KilledHere
        if fate == "paused":
            with self.stage.database.write() as session:
                pause_venture(session, "acme", "in the middle", self.stage.clock.now())
        answer = super().send(email)
        if fate == "killed after":
            raise KilledHere
        return answer


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=FATES)
def test_whatever_happens_in_a_batch_everybody_gets_one_copy_or_the_truth_is_told(
    sqlite_stage: Stage, fates: list[str]
) -> None:
    """mautic 7226 and listmonk 2313 in any mixture: refusals, bugs, kills and pauses in one batch, then reconciled."""
    stage = sqlite_stage
    stage.configure(drip(), signup())
    people = [(stage.lead(next(_NUMBERS)).lead, fate) for fate in fates]
    for lead, fate in people:
        if fate in ("451 once", "451 always", "550"):
            stage.sink.answer(lead.email, int(fate[:3]), times=1 if fate == "451 once" else None)
    mailer = Fateful(stage, {lead.email: fate for lead, fate in people})
    for _ in range(len(fates) + 10):
        with suppress(KilledHere):
            stage.worker(mailer=mailer).run_until_idle()
        stage.advance(minutes=6)
        reconcile(stage.database, mailer, stage.clock.now())
        with stage.database.write() as session:
            automation.activate_workflow(session, "acme-drip", stage.clock.now())
    sends = {send.lead_id: send for send in stage.rows(EmailSend) if send.email_number == 1}
    for lead, fate in people:
        copies = [m for m in stage.sink.received_by(lead.email) if str(m.message["Subject"]).startswith("acme/it/1")]
        assert len(copies) == (0 if fate in ("451 always", "550") else 1), fate
        assert (sends[lead.lead_id].state == "sent") == bool(copies), fate
        assert all(m.message_id == sends[lead.lead_id].message_id for m in copies)
