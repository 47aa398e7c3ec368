"""Who may decide which checkpoint."""

import pytest

from gtm.domain.errors import Forbidden
from gtm.domain.spec import CheckpointSpec
from gtm.policies.approvals import is_agent, may_decide
from tests.unit.policies.support import stage, with_

PRODUCERS = ("agent:LEAD", "agent:PLAN", "agent:ContentGenerator")
CHECKPOINTS = stage().checkpoints


@pytest.mark.parametrize("checkpoint", CHECKPOINTS, ids=lambda c: c.id)
def test_a_person_in_the_role_that_the_sop_names_may_decide(checkpoint: CheckpointSpec) -> None:
    may_decide(checkpoint, checkpoint.role, "ann", checkpoint.role, PRODUCERS)


@pytest.mark.parametrize("checkpoint", CHECKPOINTS, ids=lambda c: c.id)
@pytest.mark.parametrize("role", ["LEAD", "PLAN", "EXEC", "", "lead"])
def test_no_other_role_may(checkpoint: CheckpointSpec, role: str) -> None:
    if role == checkpoint.role:
        return
    with pytest.raises(Forbidden) as caught:
        may_decide(checkpoint, role, "ann", role, PRODUCERS)
    assert checkpoint.role in caught.value.allowed
    with pytest.raises(Forbidden):
        may_decide(checkpoint, checkpoint.role, "ann", role, PRODUCERS)


def test_the_sop_names_these_roles() -> None:
    assert {c.id: c.role for c in CHECKPOINTS} == {
        "strategy": "LEAD",
        "content": "LEAD",
        "campaigns": "PLAN",
        "automation": "EXEC",
        "final": "LEAD",
    }


@pytest.mark.parametrize("actor", ["agent:LEAD", " agent:LEAD ", "AGENT:lead"])
def test_nobody_approves_their_own_work(actor: str) -> None:
    by_agent = with_(CHECKPOINTS[0], decided_by="agent")
    with pytest.raises(Forbidden, match="their own work"):
        may_decide(by_agent, "LEAD", actor, "LEAD", PRODUCERS)


def test_a_person_who_made_a_part_by_hand_is_refused_too() -> None:
    with pytest.raises(Forbidden, match="their own work"):
        may_decide(CHECKPOINTS[0], "LEAD", "ann", "LEAD", (*PRODUCERS, "ann"))


def test_an_agent_decides_only_where_the_stage_says_so() -> None:
    content = next(c for c in CHECKPOINTS if c.id == "content")
    with pytest.raises(Forbidden, match="decided by a person"):
        may_decide(content, "LEAD", "agent:LEAD", "LEAD", ("agent:ContentGenerator",))
    may_decide(with_(content, decided_by="agent"), "LEAD", "agent:LEAD", "LEAD", ("agent:ContentGenerator",))


@pytest.mark.parametrize("actor", ["", "  ", "agent:"])
def test_a_decision_needs_somebody(actor: str) -> None:
    with pytest.raises(Forbidden, match="somebody"):
        may_decide(CHECKPOINTS[0], "LEAD", actor, "LEAD", ())


def test_a_person_named_like_an_agent_is_a_person() -> None:
    assert not is_agent("LEAD")
    may_decide(CHECKPOINTS[0], "LEAD", "LEAD", "LEAD", PRODUCERS)
