"""Builds a verdict line by line; a checklist line that nobody decides fails, so that none can pass by itself."""

from collections.abc import Iterable
from typing import Literal

from gtm.domain.spec import ChecklistLine, StageSpec
from gtm.domain.verdict import Check, Finding, Verdict


def lines_of(stage: StageSpec, policy: str) -> tuple[ChecklistLine, ...]:
    """The checklist that stage.yaml gives to a policy; empty for a name that it does not use.

    Args:
        stage: config/stage17/stage.yaml.
        policy: a gate's policy, a step's guardrail, `exits.substage:17.1`, `exits.final` or `handoff.checklist`.
    """
    for gate in (*stage.entry_gates, *stage.exit_gates):
        if gate.policy == policy:
            return gate.checklist
    for step in stage.steps:
        if step.guardrail == policy:
            return step.checklist
    for substage in stage.substages:
        if policy == f"exits.substage:{substage.id}":
            return substage.exit_criteria
    return {"exits.final": stage.final_checklist, "handoff.checklist": stage.handoff_checklist}.get(policy, ())


def told_together(found: Iterable[tuple[str, str]], whole: int) -> str:
    """What was found of several workflows, those of which the same is true together: `a, b: 21 steps; c: 18 steps`.

    Args:
        found: (id, what was found of it), in the order in which they are told.
        whole: how many workflows there are; what is true of all of them needs no names.
    """
    same: dict[str, list[str]] = {}
    for name, detail in found:
        same.setdefault(detail, []).append(name)
    if len(same) == 1 and len(next(iter(same.values()))) == whole > 1:
        return f"each of {whole} workflows: {next(iter(same))}"
    return "; ".join(f"{', '.join(names)}: {detail}" for detail, names in same.items())


class Checklist:
    """Collects the checks of one verdict.

    Args:
        stage: where the SOP's words come from.
        policy: the name under which stage.yaml calls the policy.
    """

    def __init__(self, stage: StageSpec, policy: str) -> None:
        self._policy = policy
        self._lines = {line.check: line.sop for line in lines_of(stage, policy)}
        self._checks: list[Check] = []
        self._findings: list[Finding] = []

    def line(self, name: str, faults: Iterable[str], holds: str, fix: str) -> None:
        """Decide a line of the checklist: it holds when there is no fault.

        Args:
            name: the check's dotted name, as in stage.yaml.
            faults: what is wrong, a phrase each.
            holds: the detail when nothing is, with the figures.
            fix: what to do when something is.
        """
        self._add(name, self._lines.get(name, name), tuple(faults), holds, fix, "block")

    def noted_line(self, name: str, faults: Iterable[str], holds: str, fix: str) -> None:
        """Decide a line of the checklist whose fault the approver sees and that does not stop."""
        self._add(name, self._lines.get(name, name), tuple(faults), holds, fix, "note")

    def spare(self, name: str, why: str) -> None:
        """Decide that a line of the checklist asks for something which this venture does not have."""
        detail = _sentence(f"Not applicable: {why}")
        self._checks.append(
            Check(name=name, sop=self._lines.get(name, name), passed=True, detail=detail, applies=False)
        )

    def rule(self, name: str, source: str, faults: Iterable[str], holds: str, fix: str) -> None:
        """Decide a blocking rule that is no line of the checklist; `source` says where it comes from."""
        self._add(name, source, tuple(faults), holds, fix, "block")

    def note(self, name: str, source: str, faults: Iterable[str], holds: str, fix: str) -> None:
        """Decide a rule that the approver sees and that does not stop."""
        self._add(name, source, tuple(faults), holds, fix, "note")

    def finding(self, finding: Finding) -> None:
        """Add something that the approver must see."""
        self._findings.append(finding)

    def _add(
        self, name: str, sop: str, faults: tuple[str, ...], holds: str, fix: str, severity: Literal["block", "note"]
    ) -> None:
        shown = "; ".join(faults[:8]) + (f"; and {len(faults) - 8} more" if len(faults) > 8 else "")
        detail = _sentence(shown if faults else holds)
        self._checks.append(
            Check(name=name, sop=sop, passed=not faults, detail=detail, fix=fix if faults else "", severity=severity)
        )

    def verdict(self) -> Verdict:
        """The verdict; lines of the checklist that nothing decided fail."""
        decided = {check.name for check in self._checks}
        open_lines = [
            Check(name=name, sop=sop, passed=False, detail="No policy decides this line.", fix=f"decide {name} in code")
            for name, sop in self._lines.items()
            if name not in decided
        ]
        return Verdict(policy=self._policy, checks=(*self._checks, *open_lines), findings=tuple(self._findings))


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."


def nothing_stored(stage: StageSpec, policy: str, what: str, fix: str) -> Verdict:
    """Every line of the policy's checklist failed, because nothing is there to judge.

    Args:
        stage: where the lines stand.
        policy: the policy's name.
        what: a phrase such as `nothing is stored for step 1.1`.
        fix: what to do.
    """
    checks = tuple(
        Check(name=line.check, sop=line.sop, passed=False, detail=_sentence(what), fix=fix)
        for line in lines_of(stage, policy)
    )
    return Verdict(policy=policy, checks=checks)


def missing_step(stage: StageSpec, policy: str) -> Verdict:
    """The verdict on a step whose artifact is not in the store."""
    step = next(step for step in stage.steps if step.guardrail == policy)
    tool = next(
        (t for t in reversed(step.tools) if not t.startswith(("read-", "validate-", "monitor-"))), step.tools[-1]
    )
    return nothing_stored(
        stage, policy, f"nothing is stored for step {step.id}", f"call {tool.replace('-', '_')} so that it stores one"
    )
