"""Workflow definitions (SOP steps 3.1 and 3.2): data that a model or a person proposes.

The models take anything of the right type; whether a definition is sound (targets exist, delays in range, a failure
path on every action) is decided by `gtm.domain.workflow_checks`, which names every fault with its step at once.
Steps, waits and triggers have modules of their own; their names can be had here too.
"""

from collections.abc import Mapping, Sized
from functools import cached_property
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, model_validator

from gtm.domain.base import Model, Slug, Text, VentureId
from gtm.domain.reentry import Reentry as Reentry
from gtm.domain.workflow_report import WorkflowTestReport as WorkflowTestReport
from gtm.domain.workflow_steps import DEFAULT_DELAYS as DEFAULT_DELAYS
from gtm.domain.workflow_steps import MAX_DELAY_HOURS as MAX_DELAY_HOURS
from gtm.domain.workflow_steps import RETRIES as RETRIES
from gtm.domain.workflow_steps import Action as Action
from gtm.domain.workflow_steps import ActionStep as ActionStep
from gtm.domain.workflow_steps import AddToSegment as AddToSegment
from gtm.domain.workflow_steps import Arm as Arm
from gtm.domain.workflow_steps import Condition as Condition
from gtm.domain.workflow_steps import ContentRef as ContentRef
from gtm.domain.workflow_steps import CrmSync as CrmSync
from gtm.domain.workflow_steps import ErrorPolicy as ErrorPolicy
from gtm.domain.workflow_steps import ErrorStrategyName as ErrorStrategyName
from gtm.domain.workflow_steps import Exit as Exit
from gtm.domain.workflow_steps import Goal as Goal
from gtm.domain.workflow_steps import HttpRequest as HttpRequest
from gtm.domain.workflow_steps import Notify as Notify
from gtm.domain.workflow_steps import SendEmail as SendEmail
from gtm.domain.workflow_steps import Split as Split
from gtm.domain.workflow_steps import StartRun as StartRun
from gtm.domain.workflow_steps import Step as Step
from gtm.domain.workflow_steps import StepBase as StepBase
from gtm.domain.workflow_steps import StepId as StepId
from gtm.domain.workflow_steps import UpdateLead as UpdateLead
from gtm.domain.workflow_steps import Wait as Wait
from gtm.domain.workflow_triggers import CronSchedule as CronSchedule
from gtm.domain.workflow_triggers import MissedRuns as MissedRuns
from gtm.domain.workflow_triggers import RateLimit as RateLimit
from gtm.domain.workflow_triggers import TriggerDefinition as TriggerDefinition
from gtm.domain.workflow_triggers import TriggerFilters as TriggerFilters
from gtm.domain.workflow_triggers import TriggerType as TriggerType
from gtm.domain.workflow_triggers import parse_rate_limit as parse_rate_limit
from gtm.domain.workflow_waits import UntilDate as UntilDate
from gtm.domain.workflow_waits import UntilWeekday as UntilWeekday
from gtm.domain.workflow_waits import due_after as due_after
from gtm.domain.zones import Zone as Zone

Priority = Literal["high", "normal", "low"]
MAX_STEPS = 200
"""The most steps a workflow may have; a picture of more tells nobody anything."""


class WorkflowDefinition(Model):
    """A workflow, as data; versioned, and immutable once leads are in it.

    Attributes:
        triggers: ids of the triggers that start it.
        entry: the step a lead enters at.
        reentry: whether a lead may enter again; where it is left out, the trigger's rate limit alone decides.
    """

    workflow_id: Slug
    venture_id: VentureId
    name: Text
    version: Annotated[int, Field(ge=1)] = 1
    campaign_id: Slug
    priority: Priority = "normal"
    triggers: tuple[Slug, ...] = ()
    entry: StepId
    reentry: Reentry | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=MAX_STEPS)]

    @model_validator(mode="before")
    @classmethod
    def _is_not_too_long(cls, given: Any) -> Any:
        # Ten thousand steps are one fault, found before any of them is read.
        steps = given.get("steps") if isinstance(given, Mapping) else None
        if isinstance(steps, Sized) and len(steps) > MAX_STEPS:
            raise ValueError(f"a workflow has at most {MAX_STEPS} steps, this one has {len(steps)}")
        return given

    def step(self, step_id: str) -> Step | None:
        """The step of that id, if there is one."""
        return self._by_id.get(step_id)

    @cached_property
    def _by_id(self) -> dict[str, Step]:
        # The first of two that bear one name counts; that there are two is a fault that the checks name.
        return {step.id: step for step in reversed(self.steps)}

    def lets_return(self, trigger: TriggerDefinition) -> bool:
        """Whether a lead that was in it may enter it again by a trigger: by the stricter one of its own rule and the
        trigger's limit (`gtm.automation.triggers.enrol`)."""
        limit = trigger.limit
        if limit is not None and limit.per == "lead" and limit.count == 1:
            return False
        if self.reentry is not None:
            return self.reentry.policy != "never"
        return not trigger.filters.exclude_duplicates if limit is None or limit.per != "lead" else True

    @property
    def content_refs(self) -> tuple[str, ...]:
        """All campaign content the workflow sends, in step order, once each."""
        return tuple(dict.fromkeys(step.content_ref for step in self.steps if isinstance(step, SendEmail)))

    def as_sop(self, trigger: TriggerDefinition, *, paths: bool = False) -> dict[str, Any]:
        """The workflow in the shape of the SOP's workflow example (step 3.1).

        Args:
            trigger: the trigger that starts it.
            paths: add each step's name and its success and failure path, which the example leaves out.
        """
        return {
            "workflow_id": self.workflow_id,
            "trigger": trigger.as_sop_inline(),
            "actions": [
                {"step": number, **_sop_action(step), **(_sop_paths(step) if paths else {})}
                for number, step in enumerate(self.steps, start=1)
            ],
        }

    def as_sop_yaml(self, trigger: TriggerDefinition, *, paths: bool = False) -> str:
        """`as_sop` as YAML text."""
        return yaml.safe_dump(self.as_sop(trigger, paths=paths), sort_keys=False, allow_unicode=True, width=120)


def _sop_action(step: Step) -> dict[str, Any]:
    match step:
        case SendEmail():
            return {"type": "send_email", "template": step.content_ref, "delay": f"{step.delay_hours}h"}
        case Wait():
            days = {"business_days_only": True} if step.business_days_only else {}
            return {"type": "wait", "duration": step.as_text().replace(" h", "h"), **days}
        case Condition():
            return {
                "type": "conditional",
                "condition": step.when.as_text(),
                "if_true": step.if_true,
                "if_false": step.if_false,
            }
        case _:
            hidden = {"id", "on_success", "on_failure", "error"}
            return step.model_dump(mode="json", exclude=hidden, exclude_none=True)


def _sop_paths(step: Step) -> dict[str, Any]:
    named: dict[str, Any] = {"name": step.id}
    if isinstance(step, ActionStep):
        named |= {"on_success": step.on_success, "on_failure": step.on_failure, "on_error": step.error.strategy}
    elif isinstance(step, Wait):
        named["then"] = step.next
    return named
