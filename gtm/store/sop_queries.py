"""The SOP's own SQL, word for word but for the style of parameters and the table of an ambiguous column.

Each takes `:venture_id`, the rollback also `:reason`, and runs on both databases through `sqlalchemy.text`.
"""

MARKET_STRATEGY_DEFINED = """
SELECT venture_id, strategy_status, last_updated
FROM market_strategies
WHERE venture_id = :venture_id
  AND strategy_status = 'approved'
  AND value_proposition IS NOT NULL;
"""
"""SOP entry gate 1: one row when the gate holds."""

SEGMENTS_IDENTIFIED = """
SELECT segment_id, segment_name, priority_rank
FROM customer_segments
WHERE venture_id = :venture_id
  AND status = 'validated'
ORDER BY priority_rank;
"""
"""SOP entry gate 2: a row a validated segment, first priority first."""

CAMPAIGNS_CONFIGURED = """
SELECT c.campaign_id, campaign_name, status, channel_count
FROM campaigns c
JOIN campaign_channels cc ON c.campaign_id = cc.campaign_id
WHERE c.venture_id = :venture_id
  AND c.status = 'configured'
  AND cc.channel_count >= 1;
"""
"""SOP exit gate 2: a row a configured campaign and channel. `campaign_id` is the campaign's."""

WORKFLOWS_ACTIVE = """
SELECT workflow_id, status, test_execution_count
FROM automation_workflows
WHERE venture_id = :venture_id
  AND status = 'active'
  AND test_execution_count >= 1;
"""
"""SOP exit gate 3: a row an active and tested workflow."""

PAUSE_WORKFLOWS = """
UPDATE automation_workflows
SET status = 'paused', paused_at = NOW(), paused_reason = :reason
WHERE venture_id = :venture_id AND status = 'active';
"""
"""SOP rollback query: pauses every active workflow of a venture."""

BY_GATE = {
    "entry-1": MARKET_STRATEGY_DEFINED,
    "entry-2": SEGMENTS_IDENTIFIED,
    "exit-2": CAMPAIGNS_CONFIGURED,
    "exit-3": WORKFLOWS_ACTIVE,
}
"""The validation query of each gate that has one, by the gate's place in the SOP."""
