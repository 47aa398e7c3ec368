"""What a workflow's steps need that is not configured here: told before it is let run, not by its first lead."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from gtm.domain.errors import Conflict
from gtm.domain.workflow import CrmSync, HttpRequest, WorkflowDefinition


@dataclass(frozen=True)
class Reach:
    """What is configured.

    Attributes:
        setting: where endpoints and hosts are named, for the error.
        endpoints: names of endpoints.
        hosts: hosts that a step may name in a URL.
        crm: names of CRM connectors; there is none in `gtm/connectors/registry.py` yet.
    """

    setting: str = "the HTTP endpoints"
    endpoints: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    crm: frozenset[str] = frozenset()


def unmet(definition: WorkflowDefinition, reach: Reach) -> tuple[str, ...]:
    """What is missing for a definition's steps, each with its step and the setting."""
    return tuple(found for step in definition.steps if (found := _missing(step, reach)))


def require_reach(definition: WorkflowDefinition, reach: Reach) -> None:
    """Refuse a definition whose steps could only fail.

    Raises:
        Conflict: names every step and setting.
    """
    found = unmet(definition, reach)
    if found:
        raise Conflict(
            f"a connector that the workflow needs is not configured: {found[0]}",
            field="ID",
            value=definition.workflow_id,
            hint=f"name it in the file of {reach.setting}, or take the step out",
            findings=found if len(found) > 1 else (),
        )


def _missing(step: object, reach: Reach) -> str:
    if isinstance(step, CrmSync) and step.connector not in reach.crm:
        return f"{step.id}: there is no CRM connector {step.connector!r} (gtm/connectors/registry.py)"
    if not isinstance(step, HttpRequest):
        return ""
    if step.connector is not None and step.connector not in reach.endpoints:
        return f"{step.id}: {reach.setting} names no endpoint {step.connector!r}"
    host = urlsplit(step.url).hostname if step.url is not None else None
    if step.url is not None and host not in reach.hosts:
        return f"{step.id}: the allowed_hosts of {reach.setting} do not name {host!r}"
    return ""
