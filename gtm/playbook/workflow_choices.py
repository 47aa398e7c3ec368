"""What a model may change in a drafted workflow: its first wait, its error strategy, its priority."""

from gtm.domain.workflow import ActionStep, ErrorPolicy, ErrorStrategyName, Priority, Step, Wait, WorkflowDefinition


def with_choices(
    draft: WorkflowDefinition, *, wait_hours: int | None, priority: Priority, error_strategy: ErrorStrategyName
) -> WorkflowDefinition:
    """The draft with these choices; everything else, above all its paths, stays the core's.

    Args:
        draft: a workflow of `draft_workflows`.
        wait_hours: hours of its first wait; None keeps the draft's waits.
        priority: its place when there is a queue.
        error_strategy: how a failed action is tried again; a changed one takes its own delays.
    """
    steps: list[Step] = []
    waited = wait_hours is None
    for step in draft.steps:
        if isinstance(step, Wait) and not waited:
            steps.append(step.model_copy(update={"hours": wait_hours}))
            waited = True
        elif isinstance(step, ActionStep) and step.error.strategy != error_strategy:
            steps.append(step.model_copy(update={"error": ErrorPolicy(strategy=error_strategy)}))
        else:
            steps.append(step)
    return draft.model_copy(update={"steps": tuple(steps), "priority": priority})
