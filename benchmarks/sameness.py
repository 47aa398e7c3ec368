"""When two runs have made the same: what they cannot have in common is taken out of both before they are compared."""

import re
from typing import Any

RULES = (
    (re.compile(r"\b([a-z]+)-[0-9a-f]{20}\b"), r"\1-#"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?"), "MOMENT"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "SHA256"),
    (re.compile(r"\b\d+(\.\d+)? ?(ms|s)\b"), "DURATION"),
    (re.compile(r"\b\d+\.\d virtual days\b"), "SPAN"),
    (re.compile(r"\b127\.0\.0\.1:\d+\b"), "LOOPBACK"),
    (re.compile(r"/emails/\d{3}-"), "/emails/#-"),
)
"""Random ids, moments, hashes of either, measured durations, how long a test's virtual clock went on (it begins now and
ends at a send window), the mail sink's port, and the order in which it took the mails of people who were due at the
same moment (their random ids decide)."""


def normal(value: Any) -> Any:
    """The value by the rules; measured durations are left out, lists of evidence files are sorted.

    Args:
        value: anything of JSON; what is not is taken as its text.
    """
    if isinstance(value, dict):
        return {name: normal(inner) for name, inner in value.items() if not name.endswith("_ms")}
    if isinstance(value, list):
        parts = [normal(inner) for inner in value]
        return sorted(parts) if parts and all(isinstance(part, str) and "/" in part for part in parts) else parts
    if not isinstance(value, str):
        return value if isinstance(value, (int, float)) or value is None else str(value)
    for pattern, replacement in RULES:
        value = pattern.sub(replacement, value)
    return value
