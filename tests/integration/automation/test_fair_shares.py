"""What a claim takes: by priority, fairly between ventures, and no more of a venture than its limit a minute leaves."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from gtm.domain.clock import VirtualClock
from gtm.domain.rates import MOVE, credit_at
from gtm.domain.workflow import Exit, Wait, WorkflowDefinition
from gtm.store.models.automation import AutomationWorkflow, WorkflowVersion
from gtm.store.models.enrolments import RUNNING, Enrolment
from gtm.store.models.rates import VentureRate
from gtm.store.repositories import claims, rates
from gtm.store.repositories.claims import Scope
from tests.integration.automation.surroundings import Stage, signup

LEASE = timedelta(seconds=60)


def waits(workflow_id: str, venture_id: str) -> WorkflowDefinition:
    """A wait of no length: whoever enters is due at once."""
    return WorkflowDefinition(
        workflow_id=workflow_id,
        venture_id=venture_id,
        name=workflow_id,
        campaign_id="c",
        triggers=(f"{workflow_id}-signup",),
        entry="wait",
        steps=(Wait(id="wait", hours=0, next="end"), Exit(id="end")),
    )


def prepare(stage: Stage, **workflows: tuple[str, ...]) -> None:
    """Each venture's workflows."""
    for venture_id, names in workflows.items():
        for name in names:
            stage.configure(waits(name, venture_id), signup(name))


def people(stage: Stage, venture_id: str, count: int) -> None:
    """Leads that enter every workflow of the venture, a second after whoever came before."""
    stage.advance(seconds=1)
    for number in range(count):
        stage.lead(number, venture_id=venture_id)


def claim(stage: Stage, limit: int, owner: str = "x", clock: VirtualClock | None = None) -> list[str]:
    """The workflows of what is claimed, in order."""
    with stage.database.write() as session:
        now = (clock or stage.clock).now()
        rows = claims.claim_due(session, Scope(), owner=owner, now=now, lease=LEASE, limit=limit)
        names = dict(session.exec(select(WorkflowVersion.version_no, WorkflowVersion.workflow_id)).all())
    return [names[row.version_no] for row in rows]


def test_a_venture_with_three_workflows_gets_no_more_than_one_with_a_single_one(stage: Stage) -> None:
    prepare(stage, acme=("a1", "a2", "a3"), beta=("b1",))
    people(stage, "acme", 15)
    people(stage, "beta", 30)
    assert Counter(name[0] for name in claim(stage, 20)) == {"a": 10, "b": 10}


def test_what_one_venture_leaves_is_shared_by_the_others(stage: Stage) -> None:
    prepare(stage, acme=("a1", "a2"), beta=("b1",), core=("c1",), dual=("d1",))
    for venture_id, count in (("acme", 20), ("beta", 20), ("core", 2)):
        people(stage, venture_id, count)
    assert Counter(name[0] for name in claim(stage, 20)) == {"a": 9, "b": 9, "c": 2}
    assert Counter(name[0] for name in claim(stage, 100)) == {"a": 31, "b": 11}


def test_priority_goes_first_then_who_is_due_soonest(stage: Stage) -> None:
    prepare(stage, acme=("low", "middle", "urgent"))
    people(stage, "acme", 3)
    with stage.database.write() as session:
        for name, priority in (("low", "low"), ("urgent", "high")):
            session.exec(
                update(AutomationWorkflow).where(col(AutomationWorkflow.workflow_id) == name).values(priority=priority)
            )
        newest = select(Enrolment).order_by(col(Enrolment.enrolment_no).desc()).limit(1)
        late = session.exec(newest).one()
        assert late.due_at is not None
        late.due_at -= timedelta(minutes=5)
        urgent_last = late.enrolment_no
    with stage.database.write() as session:
        rows = claims.claim_due(session, Scope(), owner="x", now=stage.clock.now(), lease=LEASE, limit=7)
    assert rows[0].enrolment_no == urgent_last
    names = {row.enrolment_no: row.version_no for row in rows}
    assert list(names.values()) == [3, 3, 3, 2, 2, 2, 1]
    assert claim(stage, 7) == ["low", "low"]


def test_priority_holds_between_ventures_too_and_takes_nobodys_share(stage: Stage) -> None:
    prepare(stage, acme=("a1",), beta=("b1",))
    people(stage, "acme", 10)
    people(stage, "beta", 10)
    with stage.database.write() as session:
        session.exec(
            update(AutomationWorkflow).where(col(AutomationWorkflow.workflow_id) == "b1").values(priority="high")
        )
    assert claim(stage, 6) == ["b1"] * 3 + ["a1"] * 3


def test_a_limit_a_minute_holds_and_the_others_take_what_it_leaves(stage: Stage) -> None:
    prepare(stage, acme=("a1", "a2"), beta=("b1",))
    people(stage, "acme", 20)
    people(stage, "beta", 20)
    with stage.database.write() as session:
        rates.set_rate(session, "acme", 6, stage.clock.now())
    assert Counter(name[0] for name in claim(stage, 20)) == {"a": 6, "b": 14}
    assert Counter(name[0] for name in claim(stage, 20)) == {"b": 6}
    stage.advance(seconds=25)
    assert len(claim(stage, 20)) == 2
    stage.advance(seconds=4)
    assert claim(stage, 20) == []
    stage.advance(seconds=1)
    assert len(claim(stage, 20)) == 1
    stage.advance(hours=3)
    assert len(claim(stage, 20)) == 6
    with stage.database.write() as session:
        rates.set_rate(session, "acme", None, stage.clock.now())
    assert len(claim(stage, 100)) == 40 - 15


def test_two_workers_spend_no_credit_twice(stage: Stage) -> None:
    prepare(stage, acme=("a1", "a2"))
    people(stage, "acme", 40)
    with stage.database.write() as session:
        rates.set_rate(session, "acme", 30, stage.clock.now())
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda n: len(claim(stage, 7, f"w{n}")), range(12)))
    assert sum(taken) == 30
    assert sum(row.status == RUNNING for row in stage.rows(Enrolment)) == 30


def test_a_clock_that_is_set_back_neither_earns_nor_stops_a_limit(stage: Stage) -> None:
    prepare(stage, acme=("a1",))
    people(stage, "acme", 20)
    with stage.database.write() as session:
        rates.set_rate(session, "acme", 6, stage.clock.now())
        session.exec(update(Enrolment).values(due_at=stage.clock.now() - timedelta(hours=2)))
    assert len(claim(stage, 20)) == 6
    back = VirtualClock(stage.clock.now() - timedelta(hours=1))
    with stage.database.write() as session:
        session.exec(update(VentureRate).values(credit=MOVE))
    assert len(claim(stage, 20, clock=back)) == 1
    back.advance(timedelta(seconds=20))
    assert len(claim(stage, 20, clock=back)) == 2


@pytest.mark.parametrize("per_minute", [1, 7, 60, 1_000_000])
def test_nothing_is_lost_by_rounding(per_minute: int, clock: VirtualClock) -> None:
    start = clock.now()
    credit, counted = 0, start
    for micro in range(0, 60_000_001, 9_999_991):
        at = start + timedelta(microseconds=micro)
        credit, counted = credit_at(at, counted, credit, per_minute), at
    assert credit_at(start + timedelta(minutes=1), counted, credit, per_minute) == per_minute * MOVE


def test_a_test_spends_nothing(stage: Stage) -> None:
    prepare(stage, acme=("a1",))
    people(stage, "acme", 5)
    with stage.database.write() as session:
        session.exec(update(Enrolment).values(is_test=True))
        rates.set_rate(session, "acme", 1, stage.clock.now())
        tests = Scope(test_workflow_id="a1")
        assert len(claims.claim_due(session, tests, owner="t", now=stage.clock.now(), lease=LEASE, limit=9)) == 5
    assert [row.credit for row in stage.rows(VentureRate)] == [MOVE]
