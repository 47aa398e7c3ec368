"""Every tool by the name that config/stage17/stage.yaml uses; a new tool is one line here."""

from collections.abc import Callable

from tools.automation import ConfigureWorkflow, DefineTrigger, MonitorWorkflow, TestWorkflow
from tools.base import StepTool
from tools.campaigns import CreateTemplate, GenerateContent, ScheduleCampaign, ValidateBrandVoice
from tools.context import RunContext
from tools.reviews import WriteReview
from tools.strategy import AllocateBudget, ConfigureChannels, EncodeStrategy, ReadMarketStrategy

TOOLS: dict[str, Callable[[], StepTool]] = {
    "read-market-strategy": ReadMarketStrategy,
    "encode-strategy": EncodeStrategy,
    "configure-channels": ConfigureChannels,
    "allocate-budget": AllocateBudget,
    "create-template": CreateTemplate,
    "generate-content": GenerateContent,
    "validate-brand-voice": ValidateBrandVoice,
    "schedule-campaign": ScheduleCampaign,
    "configure-workflow": ConfigureWorkflow,
    "define-trigger": DefineTrigger,
    "test-workflow": TestWorkflow,
    "monitor-workflow": MonitorWorkflow,
    "write-review": WriteReview,
}


def tools_for(context: RunContext, step: str) -> list[StepTool]:
    """Fresh tools of a step (or of a review task), bound to the run."""
    names = ("write-review",) if step.startswith("review:") else context.stage.step(step).tools
    return [TOOLS[name]().bind(context, step) for name in names]
