"""A workflow seen as a graph: what is reachable, where it loops, and how it is written in Mermaid."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from gtm.domain.names import day, in_text
from gtm.domain.sessions import REGISTERED
from gtm.domain.workflow import (
    AddToSegment,
    Condition,
    CrmSync,
    Exit,
    Goal,
    HttpRequest,
    Notify,
    SendEmail,
    Split,
    StartRun,
    Step,
    UpdateLead,
    Wait,
    WorkflowDefinition,
)


def edges(definition: WorkflowDefinition) -> Iterator[tuple[str, str, str]]:
    """Every way from step to existing step as (from, label, to), in step order."""
    known = {step.id for step in definition.steps}
    for step in definition.steps:
        for label, target in step.targets:
            if target in known and target is not None:
                yield step.id, label, target


def reachable(definition: WorkflowDefinition) -> set[str]:
    """The steps that can be reached from the entry."""
    return onward_of(definition, definition.entry)


def onward_of(definition: WorkflowDefinition, start: str) -> set[str]:
    """The steps that can be reached from one of them, itself included; none where there is no such step."""
    onward: dict[str, list[str]] = {}
    for origin, _, target in edges(definition):
        onward.setdefault(origin, []).append(target)
    seen: set[str] = set()
    pending = [start] if definition.step(start) else []
    while pending:
        step_id = pending.pop()
        if step_id not in seen:
            seen.add(step_id)
            pending.extend(onward.get(step_id, []))
    return seen


def instant_loops(definition: WorkflowDefinition) -> tuple[tuple[str, ...], ...]:
    """Loops in which no step takes time: each as the steps of one strongly connected part."""
    slow = {step.id for step in definition.steps if takes_time(step)}
    onward: dict[str, list[str]] = {step.id: [] for step in definition.steps if step.id not in slow}
    for origin, _, target in edges(definition):
        if origin in onward and target in onward:
            onward[origin].append(target)
    return tuple(part for part in _components(onward) if len(part) > 1 or part[0] in onward[part[0]])


def takes_time(step: Step) -> bool:
    """Whether every visit of a lead to the step lasts."""
    return (isinstance(step, Wait) and step.takes_time) or (isinstance(step, SendEmail) and step.delay_hours > 0)


def _components(onward: dict[str, list[str]]) -> list[tuple[str, ...]]:
    """Strongly connected parts (Tarjan, without recursion so that no number of steps in a row is a problem)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    stacked: set[str] = set()
    parts: list[tuple[str, ...]] = []
    for root in onward:
        if root in index:
            continue
        work = [(root, iter(onward[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        stacked.add(root)
        while work:
            node, following = work[-1]
            target = next(following, None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    parts.append(_popped(stack, node))
                    stacked.difference_update(parts[-1])
            elif target not in index:
                index[target] = low[target] = len(index)
                stack.append(target)
                stacked.add(target)
                work.append((target, iter(onward[target])))
            elif target in stacked:
                low[node] = min(low[node], index[target])
    return parts


def _popped(stack: list[str], root: str) -> tuple[str, ...]:
    part: list[str] = []
    while True:
        part.append(stack.pop())
        if part[-1] == root:
            return tuple(reversed(part))


def step_label(step: Step) -> tuple[str, str]:
    """A step in two short lines for a diagram: what it does, and with what; no id of copy or of a step in it."""
    match step:
        case SendEmail():
            delay = f" after {step.delay_hours} h" if step.delay_hours else ""
            number = copy_step(step)
            other = f"email {number} of the campaign" if number != step.email_number else ""
            return f"Send email {step.email_number}{delay}", other
        case Wait():
            closed = f", holidays of {step.holidays_of}" if step.holidays_of else ""
            return f"Wait {dated(step.as_text())}", ("business days only" if step.business_days_only else "") + closed
        case Condition():
            return "If", asked(step.when.as_text())
        case Split():
            return "Split", ", ".join(f"{arm.name} {arm.weight} %" for arm in step.arms)
        case Notify():
            return f"Notify by {step.channel}", step.to
        case HttpRequest():
            return f"HTTP {step.method}", step.connector or step.url or ""
        case UpdateLead():
            return "Update lead", f"{step.field} = {step.value}"
        case AddToSegment():
            return "Add to segment", step.segment_id
        case CrmSync():
            return f"CRM {step.action}", step.connector
        case StartRun():
            return "Ask for a crew run", step.reason
        case Goal():
            return "Goal", goal_words(step.name)
        case Exit():
            return ("Exit" if step.outcome == "completed" else "Exit as failed"), step.reason


def copy_step(send: SendEmail) -> int:
    """The step of its campaign's template that a mail tells: 3 of `fleet-email-drip/security/3`."""
    found = re.search(r"\d+", send.content_ref.rsplit("/", 1)[-1])
    return int(found.group()) if found else send.email_number


def asked(condition: str) -> str:
    """A condition on a mail in words: `email_1_opened = true` is email 1 was opened; others stay as they are."""
    found = re.fullmatch(r"email_(\d+)_(opened|clicked) = true", condition)
    if condition.startswith(f"attributes.{REGISTERED} contains "):
        return "the registration for the session is stored"
    return f"email {found.group(1)} was {found.group(2)}" if found else condition


def dated(text: str) -> str:
    """A text with its dates in words: `until 2026-03-02 09:00` is until 2 March 2026, 09:00."""
    return re.sub(r"\b(\d{4}-\d\d-\d\d) (?=\d\d:)", lambda d: f"{day(date.fromisoformat(d.group(1)))}, ", text)


def goal_words(name: str) -> str:
    """A goal's name in words: `book-demo-clicked` is clicked “book a demo”, `handed-to-sales` is handed to sales."""
    call = name.removesuffix("-clicked")
    return f"clicked “{in_text(call.replace('-', '_'))}”" if call != name else name.replace("-", " ")


Labels = Mapping[str, tuple[str, str]]
"""What a diagram writes into a step's box, by the step's id: what it does, and with what."""


def mermaid(definition: WorkflowDefinition, labels: Labels | None = None) -> str:
    """The workflow as a Mermaid flowchart; shown by GitHub, kept in `automation_workflows.diagram_mermaid`.

    Args:
        definition: the workflow.
        labels: what stands in the boxes; `step_label` where a step has none.
    """
    lines = ["flowchart TD"]
    for number, step in enumerate(definition.steps, start=1):
        first, second = (labels or {}).get(step.id) or step_label(step)
        text = _quoted(f"{number} · {first}") + (f"<br/>{_quoted(second)}" if second else "")
        opening, closing = _shape(step)
        lines.append(f'    {_node(step.id)}{opening}"{text}"{closing}')
    for origin, label, target in edges(definition):
        arrow = "-.->" if label in ("failure", "fallback") else "-->"
        lines.append(f"    {_node(origin)} {arrow}|{label}| {_node(target)}")
    return "\n".join(lines) + "\n"


def _shape(step: Step) -> tuple[str, str]:
    if isinstance(step, Condition | Split):
        return "{", "}"
    if isinstance(step, Goal | Exit):
        return "([", "])"
    return ("[/", "/]") if isinstance(step, Wait) else ("[", "]")


def _node(step_id: str) -> str:
    # "end" and the like are words of Mermaid's grammar; a prefix keeps every step id out of their way.
    return "s_" + step_id.replace("-", "_h_")


def _quoted(text: str) -> str:
    shown = text if len(text) <= 120 else text[:119] + "…"
    return shown.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
