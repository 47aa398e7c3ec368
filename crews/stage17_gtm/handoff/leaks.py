"""The last look before a package leaves: nothing in it may have the shape of a secret."""

import re
from collections.abc import Mapping

from gtm.domain.errors import ProposalRefused

SHAPES: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("a private key", re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("an API key (sk-…)", re.compile(rb"\bsk-(?:proj-|live-|test-|ant-)?[A-Za-z0-9_]{20,}")),
    ("an AWS access key", re.compile(rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("a Google API key", re.compile(rb"\bAIza[A-Za-z0-9_-]{35}\b")),
    ("a Slack token", re.compile(rb"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a GitHub token", re.compile(rb"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})")),
    ("a bearer token", re.compile(rb"(?i)\bbearer\s+[A-Za-z0-9._~+/-]{24,}")),
    ("a password in a URL", re.compile(rb"[a-z][a-z0-9+.-]*://[^/\s:@\"'<>]{1,64}:[^/\s@\"'<>]{3,128}@")),
)


def refuse_secrets(files: Mapping[str, bytes]) -> None:
    """Refuse a package in which something has the shape of a credential; the value itself is never repeated.

    Raises:
        ProposalRefused: with one finding a file and shape.
    """
    findings = [
        f"{path} contains what looks like {name} (byte {match.start()})"
        for path in sorted(files)
        for name, shape in SHAPES
        if (match := shape.search(files[path]))
    ]
    if findings:
        raise ProposalRefused(
            f"the handoff was not written: {findings[0]}",
            hint="remove the value from its source and name it by its vault reference",
            field="files",
            findings=findings,
        )
