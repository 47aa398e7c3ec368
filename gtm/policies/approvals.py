"""Who may decide a checkpoint (SOP, approvals of the substages; domain.md, roles)."""

from collections.abc import Collection
from typing import Protocol

from gtm.domain.errors import Forbidden

AGENT_PREFIX = "agent:"


class Decidable(Protocol):
    """What is decided: a checkpoint of a run, or the verdict on a pilot.

    Attributes:
        role: who decides it.
        decided_by: `person`, or `agent` where an agent of that role may.
    """

    @property
    def name(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def decided_by(self) -> str: ...


def may_decide(checkpoint: Decidable, role: str, actor: str, actor_role: str, producers: Collection[str]) -> None:
    """Let a decision pass, or say why not.

    Args:
        checkpoint: what is decided.
        role: the role in which the decision is made (`--as LEAD`).
        actor: who decides: `agent:NAME` for an agent, anything else is a person.
        actor_role: the role that the actor holds.
        producers: actors that made the artifacts the checkpoint covers, as `artifacts.produced_by` names them.

    A person is never the producing agent, whatever name they go by; an agent decides only where stage.yaml says
    `decided_by: agent`, and nobody decides on their own work.

    Raises:
        Forbidden: nobody is named, the role is not the one that the SOP names, the actor does not hold it, or the actor
            made a part of what is decided.
    """
    name = actor.strip()
    if not name or name == AGENT_PREFIX:
        raise Forbidden(
            "a decision needs somebody who makes it", field="actor", value=actor, hint="name yourself: --by NAME"
        )
    if role != checkpoint.role:
        raise Forbidden(
            f"{checkpoint.name} is decided by {checkpoint.role}, not by {role}",
            field="role",
            value=role,
            allowed=checkpoint.role,
            hint=f"decide it as {checkpoint.role}",
        )
    if actor_role != checkpoint.role:
        raise Forbidden(
            f"{name} acts as {actor_role or 'nobody'}, {checkpoint.name} is decided by {checkpoint.role}",
            field="actor_role",
            value=actor_role,
            allowed=checkpoint.role,
        )
    if name.casefold() in {producer.strip().casefold() for producer in producers}:
        raise Forbidden(
            f"{name} made a part of {checkpoint.name}; nobody approves their own work", field="actor", value=actor
        )
    if is_agent(name) and checkpoint.decided_by != "agent":
        raise Forbidden(
            f"{checkpoint.name} is decided by a person",
            field="actor",
            value=actor,
            hint="a person decides, or stage.yaml says `decided_by: agent`",
        )


def is_agent(actor: str) -> bool:
    """Whether an actor is an agent and not a person."""
    return actor.strip().casefold().startswith(AGENT_PREFIX)
