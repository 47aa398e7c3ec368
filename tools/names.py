"""The names by which config/stage17/stage.yaml may call a tool, without what the tools import."""

TOOL_NAMES = frozenset(
    {
        "read-market-strategy",
        "encode-strategy",
        "configure-channels",
        "allocate-budget",
        "create-template",
        "generate-content",
        "validate-brand-voice",
        "schedule-campaign",
        "configure-workflow",
        "define-trigger",
        "test-workflow",
        "monitor-workflow",
        "write-review",
    }
)
