"""The interpreter is pure: the same arguments give the same answer, and every way ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.automation.interpreter import begin, step
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import (
    Deferred,
    Due,
    EnrolmentState,
    Event,
    Failed,
    Perform,
    Record,
    Resolved,
    Succeeded,
    idempotency_key,
)
from gtm.domain.errors import InvalidInput
from gtm.domain.workflow import (
    Arm,
    Condition,
    ErrorPolicy,
    Exit,
    Goal,
    SendEmail,
    Split,
    Wait,
    WorkflowDefinition,
)

NOW = datetime(2026, 1, 6, 15, 0, tzinfo=UTC)


def definition(**policy: Any) -> WorkflowDefinition:
    return WorkflowDefinition(
        workflow_id="w",
        venture_id="acme",
        name="W",
        campaign_id="c",
        entry="mail",
        steps=(
            SendEmail(
                id="mail", content_ref="c/s/1", on_success="pause", on_failure="lost", error=ErrorPolicy(**policy)
            ),
            Wait(id="pause", hours=48, next="opened"),
            Condition(id="opened", when=Predicate(field="email_1_opened", value=True), if_true="won", if_false="again"),
            SendEmail(
                id="again", content_ref="c/s/2", on_success="pause", on_failure="lost", error=ErrorPolicy(**policy)
            ),
            Goal(id="won", name="opened"),
            Exit(id="lost", outcome="failed", reason="mail failed"),
        ),
    )


def enrolled(flow: WorkflowDefinition) -> EnrolmentState:
    state = EnrolmentState(
        venture_id="acme",
        workflow_id="w",
        version=1,
        lead_id="l",
        step="mail",
    )
    return begin(flow, state, NOW)


def test_an_action_is_asked_for_and_answered() -> None:
    flow = definition()
    running, effects = step(flow, enrolled(flow), Due(), NOW)
    assert running.status == "running" and running.seq == 0
    (perform,) = effects
    assert isinstance(perform, Perform) and perform.key == idempotency_key(running, "mail")
    after, effects = step(flow, running, Succeeded(detail="<id>"), NOW)
    assert (after.step, after.status, after.due_at, after.seq) == ("pause", "waiting", NOW + timedelta(hours=48), 1)
    assert effects == (Record(seq=0, step="mail", outcome="done", attempt=0, detail="<id>"),)


def test_a_condition_goes_by_the_facts() -> None:
    flow = definition()
    at = enrolled(flow).model_copy(update={"step": "opened"})
    assert step(flow, at, Due(facts={"email_1_opened": True}), NOW)[0].step == "won"
    assert step(flow, at, Due(facts={"email_1_opened": False}), NOW)[0].step == "again"
    assert step(flow, at, Due(), NOW)[0].step == "again"


@pytest.mark.parametrize(("strategy", "retries"), [("retry_3x", 3), ("retry_5x", 5), ("fail_fast", 0)])
def test_retries_have_their_delays_and_then_the_failure_path(strategy: str, retries: int) -> None:
    flow = definition(strategy=strategy)
    state, now, delays = enrolled(flow), NOW, []
    for _ in range(retries):
        state, effects = step(flow, state, Failed(failure="transient", detail="451"), now)
        assert [e.outcome for e in effects if isinstance(e, Record)] == ["retry"]
        assert state.due_at is not None
        delays.append((state.due_at - now).total_seconds())
        now = state.due_at
    state, effects = step(flow, state, Failed(failure="transient", detail="451"), now)
    assert state.step == "lost" and state.attempt == 0 and state.context.last_error == "451"
    assert delays == [60, 120, 240, 480, 960][:retries]
    assert state.seq == retries + 1


def test_a_permanent_failure_is_not_tried_again() -> None:
    flow = definition()
    state, effects = step(flow, enrolled(flow), Failed(failure="permanent", detail="550"), NOW)
    assert state.step == "lost"
    assert [e.outcome for e in effects if isinstance(e, Record)] == ["failed"]


def test_fallback_and_manual_intervention() -> None:
    flow = definition(strategy="fallback", fallback_step="again")
    assert step(flow, enrolled(flow), Failed(failure="transient", detail="451"), NOW)[0].step == "again"
    flow = definition(strategy="manual_intervention")
    held, _ = step(flow, enrolled(flow), Failed(failure="transient", detail="451"), NOW)
    assert (held.status, held.step, held.due_at) == ("manual", "mail", None)


def test_a_refusal_takes_the_failure_path_even_where_there_is_a_fallback() -> None:
    """A fallback mends what failed; a person who must not get mail does not get it another way."""
    flow = definition(strategy="fallback", fallback_step="again")
    state, effects = step(flow, enrolled(flow), Failed(failure="refused", detail="suppressed"), NOW)
    assert state.step == "lost"
    assert [e.outcome for e in effects if isinstance(e, Record)] == ["refused"]


def test_a_split_goes_by_the_lead_and_its_holdout_is_told() -> None:
    draw = Split(
        id="draw",
        arms=(Arm(name="mail", weight=50, next="again"), Arm(name="none", weight=50, next="won", holdout=True)),
    )
    flow = definition()
    flow = flow.model_copy(update={"entry": "draw", "steps": (draw, *flow.steps)})
    told = set()
    for number in range(40):
        state = enrolled(flow).model_copy(update={"lead_id": f"lead-{number}", "step": "draw"})
        arm = draw.arm_of("w", state.lead_id)
        after, (record,) = step(flow, state, Due(), NOW)
        assert isinstance(record, Record)
        assert after.step == arm.next and record.detail == f"arm {arm.name}"
        # Another version, another entry: the same arm.
        again = state.model_copy(update={"version": 2, "entry": "2"})
        assert step(flow, again, Due(), NOW)[0].step == arm.next
        told.add((arm.name, record.outcome))
    assert told == {("mail", "split"), ("none", "holdout")}


@pytest.mark.parametrize(("strategy", "kept"), [("retry_3x", 3), ("retry_5x", 5), ("fail_fast", 0), ("fallback", 0)])
def test_delays_of_ones_own_are_taken_as_far_as_the_strategy_tries(strategy: str, kept: int) -> None:
    own = tuple(range(1, 9))
    assert ErrorPolicy.model_validate({"strategy": strategy, "delays_seconds": own}).delays == own[:kept]


def test_what_may_have_happened_waits_for_a_person_whatever_the_strategy() -> None:
    for strategy in ("retry_3x", "retry_5x", "fail_fast", "manual_intervention"):
        flow = definition(strategy=strategy)
        held, effects = step(flow, enrolled(flow), Failed(failure="unknown", detail="connection broke"), NOW)
        assert held.status == "manual"
        assert [e.outcome for e in effects if isinstance(e, Record)] == ["unknown"]
        assert step(flow, held, Resolved(happened=True, detail="seen"), NOW)[0].step == "pause"
        assert step(flow, held, Resolved(happened=False, detail="not seen"), NOW)[0].step == "lost"


def test_a_pause_leaves_no_trace() -> None:
    flow = definition()
    state = enrolled(flow)
    running, _ = step(flow, state, Due(), NOW)
    assert step(flow, running, Deferred(detail="paused"), NOW) == (state, ())


def test_a_second_round_of_a_loop_has_keys_of_its_own() -> None:
    flow = definition()
    state = enrolled(flow)
    keys = []
    for _ in range(3):
        state = state.model_copy(update={"step": "opened"})
        state, _ = step(flow, state, Due(), NOW)
        keys.append(idempotency_key(state, "again"))
        state, _ = step(flow, state, Succeeded(), NOW)
    assert len(set(keys)) == 3


def test_events_that_do_not_fit_are_refused() -> None:
    flow = definition()
    waiting = enrolled(flow).model_copy(update={"step": "pause"})
    with pytest.raises(InvalidInput):
        step(flow, waiting, Succeeded(), NOW)
    with pytest.raises(InvalidInput):
        step(flow, waiting.model_copy(update={"status": "finished"}), Due(), NOW)
    with pytest.raises(InvalidInput):
        step(flow, waiting.model_copy(update={"step": "ghost"}), Due(), NOW)
    with pytest.raises(InvalidInput):
        step(flow, enrolled(flow), Resolved(happened=True, detail="not asked"), NOW)


ANSWERS = st.one_of(
    st.just(Succeeded()),
    st.sampled_from(["transient", "permanent", "refused", "unknown"]).map(lambda f: Failed(failure=f, detail="x")),
    st.just(Deferred(detail="paused")),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(ANSWERS, st.booleans(), st.booleans()), min_size=1, max_size=60),
    st.sampled_from(["retry_3x", "retry_5x", "fail_fast", "manual_intervention"]),
)
def test_seq_counts_exactly_the_log_and_time_never_runs_back(
    script: list[tuple[Event, bool, bool]], strategy: str
) -> None:
    flow = definition(strategy=strategy)
    state, now, log, finished = enrolled(flow), NOW, list[Record](), 0
    for answer, opened, happened in script:
        if state.status in ("finished", "failed"):
            break
        before = state
        if state.status == "manual":
            event: Event = Resolved(happened=happened, detail="seen")
        else:
            now = max(now, state.due_at or now)
            event = Due(facts={"email_1_opened": opened})
        state, effects = step(flow, state, event, now)
        assert (state, effects) == step(flow, before, event, now)
        if any(isinstance(e, Perform) for e in effects):
            state, effects = step(flow, state, answer, now)
        log += [e for e in effects if isinstance(e, Record)]
        finished += before.status not in ("finished", "failed") and state.status in ("finished", "failed")
        if state.status == "waiting":
            assert state.due_at is not None and state.due_at >= (
                now if state.seq > before.seq else before.due_at or now
            )
    assert [record.seq for record in log] == list(range(state.seq))
    assert finished == (1 if state.status in ("finished", "failed") else 0)
