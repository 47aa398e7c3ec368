"""Takes a venture brief into the store: refused with every error at once, or stored whole with its findings."""

from gtm.domain.brief import VentureBrief
from gtm.domain.clock import Clock
from gtm.domain.errors import InvalidInput
from gtm.domain.intake import read_brief
from gtm.domain.spec import Policies
from gtm.domain.verdict import Finding
from gtm.policies.contradictions import find_contradictions
from gtm.store.database import Database
from gtm.store.repositories import logs, ventures


def load_venture(
    database: Database, clock: Clock, policies: Policies, data: bytes, name: str, actor: str
) -> tuple[VentureBrief, tuple[Finding, ...]]:
    """Read, check and store a brief; a brief of the same id is replaced for runs that have not begun.

    Args:
        database: the store.
        clock: stamps the rows.
        policies: ranges for the contradictions.
        data: the file's bytes.
        name: the file's name, for errors.
        actor: who loads it.

    Returns:
        The brief and what contradicts itself, is assumed or missing in it.

    Raises:
        InvalidInput: the brief does not fit; `findings` names every fault. Or its id meets that of another venture on a
            disk that ignores case, or in the ids of its campaigns.
    """
    brief = read_brief(data, name=name, limit_bytes=policies.run.brief_bytes)
    findings = find_contradictions(brief, policies)
    with database.write() as session:
        if twin := ventures.twin(session, brief.id):
            raise InvalidInput(
                f"{name} is not accepted: the id {brief.id} cannot stand beside {twin}",
                field="id",
                value=brief.id,
                allowed="an id that differs from every other in more than capitals, dots, hyphens and underscores",
                hint=f"take {twin} to load that venture again, or choose another id",
            )
        ventures.save_brief(session, brief, findings, clock.now())
        logs.audit(
            session,
            actor=actor,
            action="venture.loaded",
            subject=brief.id,
            venture_id=brief.id,
            data={"file": name, "findings": len(findings)},
            now=clock.now(),
        )
    return brief, findings
