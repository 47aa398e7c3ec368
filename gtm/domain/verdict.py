"""What a policy answers: named checks, each with the SOP line it stands for and the evidence it looked at."""

from typing import Literal, get_args

from gtm.domain.base import Model


class Check(Model):
    """One line of a checklist, decided.

    Attributes:
        name: stable dotted name, such as `entry.market_strategy.document_exists`.
        sop: the SOP's own words for this line.
        passed: whether the line holds.
        detail: what was found, in a sentence with the figures.
        fix: what to do when it does not hold.
        severity: `block` stops; `note` is shown to the approver and does not stop.
        applies: False for a line that asks for something which this venture does not have; it stops nothing.
    """

    name: str
    sop: str
    passed: bool
    detail: str
    fix: str = ""
    severity: Literal["block", "note"] = "block"
    applies: bool = True


FindingKind = Literal["contradiction", "missing", "risk", "assumption"]
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)
"""The kinds of findings, the gravest first."""


class Finding(Model):
    """Something an approver must see although it does not block: a contradiction, an assumption, a gap."""

    code: str
    kind: FindingKind
    field: str
    detail: str
    ask: str = ""


class Verdict(Model):
    """A policy's answer: passed when every blocking check holds."""

    policy: str
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every blocking check holds."""
        return all(check.passed for check in self.checks if check.severity == "block")

    @property
    def failures(self) -> tuple[Check, ...]:
        """The blocking checks that do not hold."""
        return tuple(check for check in self.checks if check.severity == "block" and not check.passed)

    def explain(self) -> str:
        """The failures as sentences with what to fix, one a line."""
        return "\n".join(f"{c.name}: {c.detail}" + (f" Fix: {c.fix}" if c.fix else "") for c in self.failures)
