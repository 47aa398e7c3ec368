"""What the interpreter makes of a send that is put off, called off, or found not to have happened."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.automation.interpreter import begin, step
from gtm.domain.enrolment import (
    Deferred,
    Due,
    EnrolmentState,
    Failed,
    Left,
    Perform,
    Record,
    Resolved,
    Succeeded,
)
from gtm.domain.errors import InvalidInput
from tests.integration.automation.surroundings import drip

NOW = datetime(2026, 1, 6, 15, tzinfo=UTC)
DEFINITION = drip()


def fresh() -> EnrolmentState:
    state = EnrolmentState(venture_id="acme", workflow_id="acme-drip", version=1, lead_id="lead-1", step="send_email_1")
    return begin(DEFINITION, state, NOW)


def key(state: EnrolmentState) -> str:
    _, (perform,) = step(DEFINITION, state, Due(), NOW)
    assert isinstance(perform, Perform)
    return perform.key


def test_a_counted_deferral_stays_at_its_step_with_a_line_and_a_new_moment() -> None:
    until = NOW + timedelta(hours=9)
    after, (line,) = step(DEFINITION, fresh(), Deferred(detail="quiet hours", until=until, counted=True), NOW)
    assert (after.step, after.status, after.due_at, after.seq, after.attempt) == (
        "send_email_1", "waiting", until, 1, 0,
    )  # fmt: skip
    assert isinstance(line, Record) and (line.outcome, line.seq, line.detail) == ("deferred", 0, "quiet hours")


def test_a_pause_changes_nothing_that_is_counted() -> None:
    before = fresh()
    after, effects = step(DEFINITION, before, Deferred(detail="the venture is paused"), NOW)
    assert (after.seq, after.due_at, effects) == (before.seq, before.due_at, ())


def test_who_is_called_off_leaves_the_workflow_completed() -> None:
    after, (line,) = step(DEFINITION, fresh(), Left(detail="in the holdout"), NOW)
    assert (after.status, after.due_at) == ("finished", None)
    assert isinstance(line, Record) and line.outcome == "exited"
    after, (line,) = step(DEFINITION, fresh(), Left(detail="bought", goal="bought"), NOW)
    assert after.context.goal == "bought" and isinstance(line, Record) and line.outcome == "goal"


def test_nobody_is_called_off_where_nothing_is_dispatched() -> None:
    waiting, _ = step(DEFINITION, fresh(), Succeeded(), NOW)
    assert waiting.step == "wait_1"
    with pytest.raises(InvalidInput):
        step(DEFINITION, waiting, Left(detail="no"), NOW)


def test_what_did_not_happen_is_done_then_but_not_without_end() -> None:
    state, tries = fresh(), 0
    first = key(state)
    while True:
        state, _ = step(DEFINITION, state, Failed(failure="unknown", detail="broke"), NOW)
        state, (line, *_) = step(DEFINITION, state, Resolved(happened=False, detail="no", again=True), NOW)
        if state.step != "send_email_1":
            break
        tries += 1
        assert isinstance(line, Record) and line.outcome == "retry" and key(state) == first
    assert (tries, state.step, state.attempt) == (10, "gave_up", 0)


EVENTS = st.lists(st.sampled_from(["deferred", "paused", "transient", "doubt"]), max_size=12)


@given(EVENTS)
def test_one_visit_to_a_step_has_one_key_whatever_happens_in_it_and_the_next_visit_another(events: list[str]) -> None:
    state = fresh()
    first, seq = key(state), state.seq
    for event in events:
        before = state
        if event == "deferred":
            state, _ = step(DEFINITION, state, Deferred(detail="d", until=NOW, counted=True), NOW)
        elif event == "paused":
            state, _ = step(DEFINITION, state, Deferred(detail="p"), NOW)
        elif event == "transient":
            state, _ = step(DEFINITION, state, Failed(failure="transient", detail="t"), NOW)
        else:
            state, _ = step(DEFINITION, state, Failed(failure="unknown", detail="u"), NOW)
            state, _ = step(DEFINITION, state, Resolved(happened=False, detail="n", again=True), NOW)
        assert state.seq > seq or event == "paused"
        seq = state.seq
        if state.step != before.step:
            return
        assert key(state) == first
    moved, _ = step(DEFINITION, state, Succeeded(), NOW)
    assert moved.context.deferred == 0
    back = moved.model_copy(update={"step": "send_email_1", "status": "waiting"})
    assert key(back) != first
