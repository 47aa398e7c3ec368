"""The interpreter against a plain model of it, on generated workflows and whatever may befall an enrolment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gtm.automation.interpreter import begin, step
from gtm.domain.enrolment import (
    Deferred,
    Due,
    EnrolmentState,
    Event,
    Failed,
    Left,
    Perform,
    Record,
    Resolved,
    Succeeded,
)
from gtm.domain.errors import InvalidInput
from gtm.domain.workflow import Split, WorkflowDefinition
from tests.unit.automation.interpreter_model import Walk, documents

NOW = datetime(2026, 1, 6, 15, 0, tzinfo=UTC)
OVER = ("finished", "failed")


class Interpreted(RuleBasedStateMachine):
    """One enrolment, moved by the interpreter and by the model alike."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Record] = []
        self.finishes: list[str] = []
        self.keys: dict[int, str] = {}
        self.now = NOW

    @initialize(document=documents(), lead=st.sampled_from(["ada", "ben", "chloe"]))
    def enter(self, document: dict[str, Any], lead: str) -> None:
        self.document = document
        self.definition = WorkflowDefinition.model_validate(document)
        self.begin_with(lead)

    def begin_with(self, lead: str) -> None:
        entry = self.document["entry"]
        blank = EnrolmentState(venture_id="acme", workflow_id="w", version=1, lead_id=lead, step=entry)
        self.state = begin(self.definition, blank, self.now)
        self.walk = Walk.begun(self.document, self.now)

    def apply(self, event: Event) -> list[Perform]:
        before = self.state
        self.state, effects = step(self.definition, before, event, self.now)
        assert (self.state, effects) == step(self.definition, before, event, self.now)
        self.log += [one for one in effects if isinstance(one, Record)]
        if before.status not in OVER and self.state.status in OVER:
            self.finishes.append("completed" if self.state.status == "finished" else "failed")
        return [one for one in effects if isinstance(one, Perform)]

    @precondition(lambda self: self.state.status == "waiting")
    @rule(score=st.sampled_from([0, 1]), late=st.sampled_from([0, 0, 1, 3600]))
    def come_due(self, score: int, late: int) -> None:
        assert self.state.due_at is not None
        self.now = max(self.now, self.state.due_at) + timedelta(minutes=late)
        present = self.definition.step(self.state.step)
        arm = present.arm_of("w", self.state.lead_id).name if isinstance(present, Split) else ""
        performs = self.apply(Due(facts={"score": score}))
        visit = self.walk.visit
        assert self.walk.come_due(self.now, {"score": score}, arm) == bool(performs)
        for one in performs:
            # Every try of one visit has one key, and no other visit has it.
            assert self.keys.setdefault(visit, one.key) == one.key
            assert len(set(self.keys.values())) == len(self.keys)
            assert one.action == present

    @precondition(lambda self: self.state.status == "running")
    @rule()
    def succeed(self) -> None:
        self.apply(Succeeded(detail="ok"))
        self.walk.succeed(self.now)

    @precondition(lambda self: self.state.status == "running")
    @rule(times=st.integers(1, 7), kind=st.sampled_from(["transient", "permanent", "refused", "unknown"]))
    def fail(self, times: int, kind: Any) -> None:
        """Once, or over and over as long as it is the same step that is tried again."""
        visit = self.walk.visit
        for _ in range(times):
            self.apply(Failed(failure=kind, detail="no"))
            self.walk.fail(kind, self.now)
            self.agree()
            if self.walk.visit != visit or self.state.status != "waiting":
                break
            self.come_due(score=0, late=0)

    @precondition(lambda self: self.state.status == "running")
    @rule(hours=st.sampled_from([None, 1, 24]), counted=st.booleans())
    def put_off(self, hours: int | None, counted: bool) -> None:
        until = None if hours is None else self.now + timedelta(hours=hours)
        self.apply(Deferred(detail="quiet hours", until=until, counted=counted))
        self.walk.put_off(until, counted)

    @precondition(lambda self: self.state.status == "running")
    @rule(goal=st.sampled_from(["", "bought"]), really=st.integers(0, 3))
    def leave(self, goal: str, really: int) -> None:
        if really:
            return
        self.apply(Left(detail="met elsewhere", goal=goal))
        self.walk.leave_here(goal)

    @precondition(lambda self: self.state.status == "running")
    @rule()
    def lose_worker(self) -> None:
        # The lease runs out: the row is given back as it was claimed.
        self.state = self.state.model_copy(update={"status": "waiting"})
        self.walk.lose_worker()

    @precondition(lambda self: self.state.status == "manual")
    @rule(happened=st.booleans(), again=st.booleans())
    def resolve(self, happened: bool, again: bool) -> None:
        self.apply(Resolved(happened=happened, again=again and not happened, detail="seen"))
        self.walk.resolve(happened, again and not happened, self.now)

    @precondition(lambda self: self.state.status in OVER)
    @rule(event=st.sampled_from([Due(), Succeeded(), Failed(failure="transient", detail="x"), Left(detail="x")]))
    def nothing_moves_what_is_over(self, event: Event) -> None:
        with pytest.raises(InvalidInput):
            step(self.definition, self.state, event, self.now)

    @precondition(lambda self: self.state.status in OVER)
    @rule(lead=st.sampled_from(["ada", "ben", "chloe"]))
    def another_enters(self, lead: str) -> None:
        """Another lead takes the same workflow, so that no example is spent on one who has left."""
        self.log, self.finishes, self.keys = [], [], {}
        self.begin_with(lead)

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "walk"):
            return
        assert (self.state.step, self.state.status, self.state.due_at, self.state.attempt) == (
            self.walk.at,
            self.walk.status,
            self.walk.due,
            self.walk.tries,
        )
        assert [(one.step, one.outcome, one.attempt) for one in self.log] == self.walk.log
        # One line a transition, none twice and none left out.
        assert [one.seq for one in self.log] == list(range(self.state.seq))
        assert self.finishes == self.walk.finishes
        assert bool(self.finishes) == (self.state.status in OVER)


def run(examples: int) -> None:
    run_state_machine_as_test(
        Interpreted,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_the_interpreter_does_what_a_plain_model_does() -> None:
    run(200)


@pytest.mark.slow
def test_the_interpreter_does_what_a_plain_model_does_ten_thousand_times() -> None:
    run(10_000)
