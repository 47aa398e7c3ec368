"""Everything that may say no: gates, guardrails, quality checks and approvals. Facts in, verdict out, no IO."""
