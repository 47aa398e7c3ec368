"""Steps from which the lead makes no difference, and what walking from them comes to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm.automation.walking import Claim, walked
from gtm.domain.conditions import Predicate
from gtm.domain.enrolment import EnrolmentState
from gtm.domain.workflow import Condition, Exit, SendEmail, Step, UntilWeekday, Wait, WorkflowDefinition
from gtm.store.repositories.claims import Move
from gtm.store.repositories.versions import Pinned
from tests.unit.automation.interpreter_model import documents

NOW = datetime(2026, 1, 6, 15, 0, tzinfo=UTC)
OWN = {"enrolment_no", "lead_id", "entry", "zone"}
"""What a move leaves as it is, and a row's move does not write."""

MAIL = SendEmail(id="mail", content_ref="c/s/1", on_success="end", on_failure="end")
RICH = Predicate(field="score", operator="greater_than", value=5)
ASK = Condition(id="ask", when=RICH, if_true="end", if_false="end")
MONDAY = Wait(id="monday", until=UntilWeekday.model_validate({"weekday": "mon", "at": "09:00"}), next="end")


def pinned(*steps: Step) -> Pinned:
    definition = WorkflowDefinition(
        workflow_id="w", venture_id="acme", name="W", campaign_id="c", entry=steps[0].id, steps=(*steps, Exit(id="end"))
    )
    return Pinned(1, 1, definition)


def move(version: Pinned, position: int, facts: dict[str, Any], **own: Any) -> Move:
    state = EnrolmentState(venture_id="acme", workflow_id="w", version=1, step=version.name(position), **own)
    return walked(Claim(version, state, None, facts), NOW)


def outcome(move: Move) -> object:
    return move.after.model_dump(exclude=OWN), move.records


@given(
    document=documents(),
    lead=st.text(min_size=1, max_size=8),
    entry=st.text(max_size=8),
    zone=st.sampled_from(["Asia/Kolkata", "America/New_York", "Pacific/Kiritimati"]),
    late=st.timedeltas(timedelta(0), timedelta(days=900)),
    facts=st.dictionaries(st.sampled_from(["score", "company", "email_1_opened"]), st.integers(0, 9)),
)
def test_from_a_plain_step_every_lead_comes_to_the_same(
    document: dict[str, Any], lead: str, entry: str, zone: str, late: timedelta, facts: dict[str, Any]
) -> None:
    version = Pinned(1, 1, WorkflowDefinition.model_validate(document))
    # The goal and the exits are plain in every workflow.
    assert version.plain
    for position in version.plain:
        nobody = move(version, position, {}, lead_id="")
        somebody = move(
            version, position, facts, lead_id=lead, entry=entry, zone=zone, enrolment_no=7, due_at=NOW - late
        )
        assert outcome(somebody) == outcome(nobody)


@pytest.mark.parametrize(
    ("steps", "plain"),
    [
        ((Wait(id="w", hours=1, next="mail"), MAIL), {0, 2}),
        ((Wait(id="w", hours=1, next="ask"), ASK), {2}),
        ((Wait(id="w", hours=1, next="monday"), MONDAY), {1, 2}),
        ((Wait(id="w", hours=1, next="v"), Wait(id="v", hours=1, next="ask"), ASK), {0, 3}),
        ((Wait(id="w", hours=1, next="v"), Wait(id="v", hours=0, next="ask"), ASK), {3}),
        ((Wait(id="w", hours=1, next="nowhere"),), {1}),
        ((Wait(id="w", hours=1, next=None),), {0, 1}),
        ((Wait(id="w", hours=1, next="w"),), {0, 1}),
    ],
)
def test_a_step_is_plain_up_to_the_next_action_or_wait(steps: tuple[Step, ...], plain: set[int]) -> None:
    assert pinned(*steps).plain == plain


def test_steps_that_act_are_known_by_position() -> None:
    assert pinned(Wait(id="w", hours=1, next="mail"), MAIL).acting == {1}
