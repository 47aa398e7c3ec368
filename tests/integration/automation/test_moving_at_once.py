"""Who needs no effect is moved in the transaction that finds them: all of it or nothing, and without a lease."""

from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from gtm.automation import operations
from gtm.automation.erasing import erase_person
from gtm.automation.pausing import pause_venture
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import Lead
from gtm.domain.workflow import Condition, Exit, Wait, WorkflowDefinition
from gtm.store.models.enrolments import FAILED, FINISHED, MANUAL, RUNNING, WAITING, Enrolment, StepLog
from gtm.store.models.rates import VentureRate
from gtm.store.repositories import claims, leads, rates
from gtm.store.repositories.enrolment_sql import Claimed
from tests.integration.automation.surroundings import KilledHere, Stage, drip, signup


def waits() -> WorkflowDefinition:
    """Two hours, one after the other."""
    steps = (Wait(id="one", hours=1, next="two"), Wait(id="two", hours=1, next="end"), Exit(id="end"))
    return drip().model_copy(update={"entry": "one", "steps": steps})


def asks() -> WorkflowDefinition:
    """An hour, then by score to one end or the other."""
    rich = Predicate(field="score", operator="greater_than", value=50)
    steps = (
        Wait(id="one", hours=1, next="ask"),
        Condition(id="ask", when=rich, if_true="end", if_false="lost"),
        Exit(id="end"),
        Exit(id="lost", outcome="failed"),
    )
    return drip().model_copy(update={"entry": "one", "steps": steps})


def due(stage: Stage, definition: WorkflowDefinition, count: int, **values: Any) -> None:
    """So many leads whose first hour is over."""
    stage.configure(definition, signup())
    for number in range(count):
        stage.lead(number, **values)
    stage.advance(hours=1)


def change(stage: Stage, statement: str) -> None:
    with stage.database.engine.begin() as connection:
        connection.execute(text(statement))


def noted_holds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the rows that are put under a lease from now on."""
    numbers: list[int] = []
    hold = claims.hold

    def noted(session: Session, rows: Sequence[Claimed], **how: Any) -> None:
        numbers.extend(row.enrolment_no for row in rows)
        hold(session, rows, **how)

    monkeypatch.setattr(claims, "hold", noted)
    return numbers


def test_who_only_waits_is_moved_by_one_look_without_a_lease(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    due(stage, waits(), 7)
    held: list[int] = []
    monkeypatch.setattr(claims, "hold", lambda _session, rows, **_: held.extend(rows))
    tick = stage.worker().tick()
    assert (tick.claimed, tick.moved, tick.due, held) == (7, 7, 0, [])
    now = stage.clock.now()
    for row in stage.rows(Enrolment):
        assert (row.status, row.step, row.seq, row.owner, row.lease_until) == (WAITING, 1, 1, None, None)
        assert (row.started_at, row.due_at) == (now, now + timedelta(hours=1))
    lines = [(line.enrolment_no, line.seq, line.step, line.outcome, line.at) for line in stage.rows(StepLog)]
    assert sorted(lines) == [(number, 0, 0, "waited", now) for number in range(1, 8)]


def test_leads_who_differ_take_their_own_ways(stage: Stage) -> None:
    stage.configure(asks(), signup())
    for number in range(6):
        stage.lead(number, score=40 + 5 * number)
    stage.advance(hours=1)
    assert stage.worker().tick().moved == 6
    rows = sorted(stage.rows(Enrolment), key=lambda row: row.enrolment_no or 0)
    assert [row.status for row in rows] == [FAILED] * 3 + [FINISHED] * 3
    assert Counter(line.outcome for line in stage.rows(StepLog)) == {"waited": 6, "false": 3, "true": 3, "exited": 6}


def test_a_worker_that_dies_in_it_has_moved_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    due(stage, waits(), 5)
    write = claims.write_moves

    def killed(*given: Any) -> set[int]:
        write(*given)
        raise KilledHere

    with monkeypatch.context() as patch:
        patch.setattr(claims, "write_moves", killed)
        with pytest.raises(KilledHere):
            stage.worker("doomed").tick()
    assert stage.rows(StepLog) == []
    assert {(row.status, row.seq, row.owner, row.started_at) for row in stage.rows(Enrolment)} == {(0, 0, None, None)}
    # Nothing is held, so nobody waits for a lease.
    assert stage.worker("survivor").tick().moved == 5


def test_one_that_cannot_be_written_is_set_aside_and_the_others_go_on(stage: Stage) -> None:
    due(stage, waits(), 5)
    with stage.database.engine.begin() as connection:
        # A line of the log where the next one belongs: a second one is refused by its key.
        connection.execute(
            text(
                "INSERT INTO step_log (enrolment_no, seq, workflow_no, step, outcome, attempt, at, detail) "
                "SELECT 3, 0, workflow_no, 0, 'waited', 0, entered_at, 'odd' FROM enrolments WHERE enrolment_no = 3"
            )
        )
    tick = stage.worker().tick()
    assert (tick.claimed, tick.moved) == (5, 4)
    rows = {row.enrolment_no: (row.status, row.owner) for row in stage.rows(Enrolment)}
    assert rows == {number: (MANUAL if number == 3 else WAITING, None) for number in range(1, 6)}
    assert Counter(line.enrolment_no for line in stage.rows(StepLog)) == {1: 1, 2: 1, 3: 2, 4: 1, 5: 1}


def test_a_paused_venture_and_a_limit_a_minute_hold_for_those_who_wait(stage: Stage) -> None:
    due(stage, waits(), 9)
    with stage.database.write() as session:
        rates.set_rate(session, "acme", 6, stage.clock.now())
    worker = stage.worker()
    assert [worker.tick().moved for _ in range(2)] == [6, 0]
    assert [row.credit for row in stage.rows(VentureRate)] == [0]
    stage.advance(seconds=20)
    assert worker.tick().moved == 2


def test_workers_at_one_store_move_each_once(stage: Stage) -> None:
    due(stage, waits(), 60)
    workers = [stage.worker(f"w{number}", batch=7) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        moved = sum(pool.map(lambda worker: worker.run_until_idle(), workers))
    assert moved == 60
    assert {(row.seq, row.status) for row in stage.rows(Enrolment)} == {(1, WAITING)}
    assert len(stage.rows(StepLog)) == 60


def test_a_fence_lets_only_what_is_in_its_claim_through(stage: Stage) -> None:
    due(stage, waits(), 3)
    now = stage.clock.now()

    def found(session: Session, owner: str) -> list[int]:
        rows = claims.claim_due(session, claims.Scope(), owner=owner, now=now, lease=timedelta(seconds=60), limit=2)
        return sorted(row.enrolment_no for row in rows)

    with stage.database.write() as session:
        assert found(session, "first") == [1, 2]
        assert found(session, "second") == [3]
    assert Counter(row.owner for row in stage.rows(Enrolment) if row.status == RUNNING) == {"first": 2, "second": 1}
    assert stage.worker().tick().claimed == 0


@pytest.mark.parametrize("definition", [waits(), asks()])
@pytest.mark.parametrize(
    "odd",
    [
        'UPDATE enrolments SET context = \'{"no": "context"}\' WHERE enrolment_no = 3',
        "UPDATE enrolments SET step = 99 WHERE enrolment_no = 3",
    ],
)
def test_one_that_cannot_be_read_is_set_aside_by_the_same_tick_and_the_others_are_moved_at_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, definition: WorkflowDefinition, odd: str
) -> None:
    due(stage, definition, 5, score=60)
    change(stage, odd)
    held = noted_holds(monkeypatch)
    tick = stage.worker().tick()
    assert (tick.claimed, tick.moved, held) == (5, 4, [3])
    done = WAITING if definition == waits() else FINISHED
    rows = {row.enrolment_no: (row.status, row.owner) for row in stage.rows(Enrolment)}
    assert rows == {number: (MANUAL if number == 3 else done, None) for number in range(1, 6)}


@pytest.mark.parametrize("column", ["time_zone = 'Mars/Olympus'", "email = 'none'"])
def test_a_lead_whose_row_is_not_sound_is_set_aside_and_the_others_are_moved(stage: Stage, column: str) -> None:
    due(stage, asks(), 5, score=60)
    change(stage, f"UPDATE leads SET {column} WHERE lead_no = 3")
    stage.worker().tick()
    rows = {row.enrolment_no: row.status for row in stage.rows(Enrolment)}
    assert rows == {number: MANUAL if number == 3 else FINISHED for number in range(1, 6)}


@pytest.mark.parametrize(
    "odd",
    [
        "UPDATE leads SET attributes = '{broken' WHERE lead_no = 3",
        "UPDATE enrolments SET context = '{broken' WHERE enrolment_no = 3",
    ],
)
def test_a_text_that_is_no_json_takes_no_other_along(sqlite_stage: Stage, odd: str) -> None:
    # PostgreSQL takes no such text.
    due(sqlite_stage, asks(), 5, score=60)
    change(sqlite_stage, odd)
    sqlite_stage.worker().tick()
    rows = {row.enrolment_no: row.status for row in sqlite_stage.rows(Enrolment)}
    assert rows == {number: MANUAL if number == 3 else FINISHED for number in range(1, 6)}


@pytest.mark.parametrize("definition", [waits(), asks()])
def test_one_who_is_erased_is_gone_and_the_others_are_moved(stage: Stage, definition: WorkflowDefinition) -> None:
    due(stage, definition, 5, score=60)
    with stage.database.write() as session:
        lead = leads.by_number(session, [3])[3]
        assert isinstance(lead, Lead)
        erase_person(session, lead, "ann", stage.clock.now())
    tick = stage.worker().tick()
    assert (tick.claimed, tick.moved) == (4, 4)
    assert sorted(row.enrolment_no for row in stage.rows(Enrolment)) == [1, 2, 4, 5]
    assert {line.enrolment_no for line in stage.rows(StepLog)} == {1, 2, 4, 5}


def test_one_who_is_erased_while_the_others_are_moved_at_once_takes_none_along(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(stage, asks(), 5, score=60)
    by_number = leads.by_number

    def without(session: Session, numbers: Collection[int]) -> dict[int, Lead | str]:
        # As the transaction sees it once another one, which removes a lead, is committed.
        return {number: lead for number, lead in by_number(session, numbers).items() if number != 3}

    monkeypatch.setattr(leads, "by_number", without)
    assert stage.worker().tick().moved == 4
    assert {row.enrolment_no: row.status for row in stage.rows(Enrolment) if row.enrolment_no != 3} == dict.fromkeys(
        (1, 2, 4, 5), FINISHED
    )
    assert {line.enrolment_no for line in stage.rows(StepLog)} == {1, 2, 4, 5}


def of_three(stage: Stage, small: int, large: int) -> None:
    """Two workflows of acme with many who wait, and one of beta with few; all of them due."""
    for workflow_id, venture_id, priority in (("a", "acme", "normal"), ("b", "acme", "low"), ("c", "beta", "low")):
        own = {"workflow_id": workflow_id, "venture_id": venture_id, "priority": priority}
        stage.configure(waits().model_copy(update={**own, "triggers": (f"{workflow_id}-signup",)}), signup(workflow_id))
    for number in range(large):
        stage.lead(number)
    for number in range(small):
        stage.lead(number, venture_id="beta")
    stage.advance(hours=1)


def moved_of(stage: Stage) -> Counter[int]:
    return Counter(row.workflow_no for row in stage.rows(Enrolment) if row.seq)


def test_who_is_moved_at_once_shares_a_batch_fairly_and_by_priority(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_three(stage, small=4, large=12)
    held = noted_holds(monkeypatch)
    worker = stage.worker(batch=8)
    # A venture has half of a batch, whatever its priority; within it what goes first goes first.
    assert (worker.tick().moved, moved_of(stage)) == (8, {1: 4, 3: 4})
    assert (worker.tick().moved, moved_of(stage)) == (8, {1: 12, 3: 4})
    assert (worker.tick().moved, moved_of(stage)) == (8, {1: 12, 2: 8, 3: 4})
    assert held == []


def test_a_workflow_or_a_venture_that_is_paused_moves_nobody_at_once(stage: Stage) -> None:
    of_three(stage, small=4, large=6)
    with stage.database.write() as session:
        operations.pause(session, "a", "wrong", "ann", stage.clock.now())
        pause_venture(session, "beta", "spam complaints", stage.clock.now())
    assert stage.worker().run_until_idle() == 6
    assert moved_of(stage) == {2: 6}
