"""What a model may change in a drafted workflow, and that everything else stays the core's."""

from typing import Any, get_args

import pytest

from gtm.domain.workflow import ActionStep, ErrorPolicy, Priority, Wait, WorkflowDefinition
from gtm.playbook.workflow_choices import with_choices
from tests.unit.playbook.conftest import Drafts

AS_DRAFTED: dict[str, Any] = {"wait_hours": None, "priority": "normal", "error_strategy": "retry_3x"}


def chosen(draft: WorkflowDefinition, **choices: Any) -> WorkflowDefinition:
    return with_choices(draft, **AS_DRAFTED | {"priority": draft.priority} | choices)


def waits(workflow: WorkflowDefinition) -> list[int]:
    return [step.hours for step in workflow.steps if isinstance(step, Wait)]


def policies_of(workflow: WorkflowDefinition) -> list[ErrorPolicy]:
    return [step.error for step in workflow.steps if isinstance(step, ActionStep)]


def test_the_drafts_own_choices_change_nothing(drafts: Drafts) -> None:
    for draft in drafts.workflows:
        assert chosen(draft) == draft


@pytest.mark.parametrize("hours", [0, 24, 720])
def test_only_the_first_wait_changes(drafts: Drafts, hours: int) -> None:
    for draft in drafts.workflows:
        before, after = waits(draft), waits(chosen(draft, wait_hours=hours))
        assert after == ([hours, *before[1:]] if before else [])


@pytest.mark.parametrize("strategy", ["retry_5x", "fail_fast", "manual_intervention"])
def test_another_error_strategy_brings_its_own_delays(drafts: Drafts, strategy: Any) -> None:
    for draft in drafts.workflows:
        found = policies_of(chosen(draft, error_strategy=strategy))
        assert found and all(policy == ErrorPolicy(strategy=strategy) for policy in found)
    assert len(ErrorPolicy(strategy="retry_5x").delays) == 5
    assert ErrorPolicy(strategy="fail_fast").delays == ()


@pytest.mark.parametrize("priority", get_args(Priority))
def test_paths_ids_and_names_stay_the_cores(drafts: Drafts, priority: Any) -> None:
    for draft in drafts.workflows:
        after = chosen(draft, wait_hours=1, priority=priority, error_strategy="retry_5x")
        assert after.priority == priority
        assert [step.id for step in after.steps] == [step.id for step in draft.steps]
        assert [step.targets for step in after.steps] == [step.targets for step in draft.steps]
        same = {"entry", "workflow_id", "venture_id", "campaign_id", "name", "triggers", "version"}
        assert all(getattr(after, name) == getattr(draft, name) for name in same)
