"""Telling a secret from a reference to one (SOP step 1.2: API credentials stored securely)."""

import re

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("an API key (sk-…)", re.compile(r"\bsk-(?:proj-|live-|test-|ant-)?[A-Za-z0-9_-]{16,}")),
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("a Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{22,})")),
    ("a HubSpot token", re.compile(r"\bpat-(?:na|eu)\d-[0-9a-f-]{20,}")),
    ("a JSON web token", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.")),
    ("a bearer token", re.compile(r"\bbearer\s+[A-Za-z0-9._~+/-]{20,}", re.I)),
    ("a password in a URL", re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]{1,64}:[^/\s@]{3,128}@", re.I)),
    ("a named secret", re.compile(r"\b(?:password|passwd|secret|token|api[_-]?key)\s*[=:]\s*\S{6,}", re.I)),
)
_DENSE = re.compile(
    r"\b(?=[A-Za-z0-9+/_]*[0-9])(?=[A-Za-z0-9+/_]*[a-z])(?=[A-Za-z0-9+/_]*[A-Z])[A-Za-z0-9+/_]{28,}={0,2}"
)


def looks_like_secret(text: str) -> str:
    """What sort of secret a text seems to contain, such as `an AWS access key`; empty for an ordinary text.

    A run of 28 or more characters that mixes capitals, small letters and digits counts, whoever issued it.
    """
    for name, shape in _SHAPES:
        if shape.search(text):
            return name
    return "a long random value" if _DENSE.search(text) else ""
