"""Typed CrewAI tools: thin, one commit each, idempotent on (run, step, revision)."""
