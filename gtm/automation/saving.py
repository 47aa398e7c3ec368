"""Taking in a workflow that a person wrote: checked as a whole, then stored as a draft; with a fault, not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from gtm.automation.operations import audit
from gtm.domain.errors import InvalidInput
from gtm.domain.workflow import TriggerDefinition, WorkflowDefinition
from gtm.domain.workflow_checks import check_definition, check_triggers
from gtm.domain.workflow_reading import read_triggers, read_unchecked
from gtm.store.dossier import load_dossier
from gtm.store.repositories import automation, runs, ventures

_OF_ARRIVALS = ("database_insert", "webhook")
"""The triggers that know whether a person came anew."""
_OURS = ("triggers.rate_limited", "triggers.exclude_test_and_duplicates", "triggers.each_workflow_has_one")
"""Lines of the SOP that bind what the crew proposes; whoever writes a file may let people come back."""


@dataclass(frozen=True)
class Proposed:
    """A definition that could be stored.

    Attributes:
        triggers: those that are given with it.
        remarks: what it lacks before it can run, which is no fault yet.
    """

    definition: WorkflowDefinition
    triggers: tuple[TriggerDefinition, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Saved:
    """What became of it.

    Attributes:
        before: the version that stood there, and how; None where there was none.
        changed: whether anything is different now.
    """

    workflow_id: str
    version: int
    status: str
    before: tuple[int, str] | None
    changed: bool


def examine(session: Session, data: bytes, triggers: bytes | None = None) -> Proposed:
    """Read a definition, and its triggers, and look at everything in and around it.

    Args:
        session: a transaction.
        data: the definition's text, YAML or JSON.
        triggers: the text of a list of triggers; None for none.

    Raises:
        InvalidInput: every fault, each with its step or trigger, is in `findings`.
        NotFound: there is no such venture.
    """
    definition = read_unchecked(data)
    ventures.require(session, definition.venture_id)
    given = read_triggers(triggers) if triggers is not None else ()
    mine = {one.trigger_id: one for one in (*_triggers(session, definition), *given)}
    content = _content(session, definition)
    own = _own_faults(definition, content, tuple(mine.values()))
    # A trigger's conditions are judged with the definition and with the other triggers.
    faults = list(dict.fromkeys([*own, *_trigger_faults(definition, given)]))
    if faults:
        raise InvalidInput(
            f"workflow {definition.workflow_id}: {faults[0]}",
            field="steps",
            hint="mend what is named; nothing was stored",
            findings=faults if len(faults) > 1 else (),
        )
    return Proposed(definition, given, tuple(_remarks(definition, mine, content)))


def save(session: Session, proposed: Proposed, who: str, now: datetime) -> Saved:
    """Store a definition as a draft, with its triggers; over one that was active it becomes the next version.

    Args:
        session: a write transaction.
        proposed: as `examine` gives it, of the same transaction.
        who: goes into the audit.
        now: the aware moment.

    Raises:
        NotFound: workflow or trigger belong to another venture.
    """
    definition = proposed.definition
    row = automation.find_workflow(session, definition.workflow_id)
    before = (row.version, row.status) if row is not None else None
    run_id = row.run_id if row is not None else ""
    run_id = run_id or automation.run_of_campaign(session, definition.venture_id, definition.campaign_id) or ""
    revision = row.revision if row is not None else 1
    known = {one.trigger_id: one for one in _triggers(session, definition)}
    stored = automation.save_workflow(session, definition, run_id=run_id, revision=revision, now=now)
    for trigger in proposed.triggers:
        automation.save_trigger(
            session, trigger, venture_id=definition.venture_id, run_id=run_id, revision=revision, now=now
        )
    changed = before != (stored.version, stored.status) or any(known.get(t.trigger_id) != t for t in proposed.triggers)
    changed = changed or stored.updated_at == now
    if changed:
        audit(session, "saved", stored, who, now, version=stored.version)
    return Saved(stored.workflow_id, stored.version, stored.status, before, changed)


def _triggers(session: Session, definition: WorkflowDefinition) -> list[TriggerDefinition]:
    rows = automation.list_triggers(session, definition.venture_id)
    return [automation.trigger_of(row) for row in rows if row.workflow_id == definition.workflow_id]


def _own_faults(
    definition: WorkflowDefinition, content: frozenset[str], triggers: tuple[TriggerDefinition, ...]
) -> list[str]:
    # Content that nobody has made yet cannot be held against a definition; content of a campaign that has some can.
    unheeded = () if content else ("workflow.content_known",)
    checks = check_definition(definition, content, triggers)
    return [
        fault
        for one in checks
        if not one.passed and one.name not in unheeded
        for fault in one.detail.removesuffix(".").split("; ")
    ]


def _trigger_faults(definition: WorkflowDefinition, given: Sequence[TriggerDefinition]) -> list[str]:
    faults = [
        f"{one.trigger_id}: it starts {one.workflow_id!r}, not this workflow"
        for one in given
        if one.workflow_id != definition.workflow_id
    ]
    named = {one.trigger_id for one in given}
    alone = definition.model_copy(update={"triggers": tuple(t for t in definition.triggers if t in named)})
    mine = [one for one in given if one.workflow_id == definition.workflow_id]
    for check in check_triggers([alone], mine) if given else ():
        if not check.passed and check.name not in _OURS:
            faults += check.detail.removesuffix(".").split("; ")
    return faults


def _content(session: Session, definition: WorkflowDefinition) -> frozenset[str]:
    """The content of the definition's campaign, as its steps name it; empty where none is made."""
    run_id = automation.run_of_campaign(session, definition.venture_id, definition.campaign_id)
    content = load_dossier(session, run_id).content if run_id and runs.get(session, run_id) else None
    pieces = content.pieces if content is not None else ()
    return frozenset(p.piece_id for p in pieces) | {f"{p.campaign_id}/{p.segment_id}/{p.step}" for p in pieces}


def _remarks(
    definition: WorkflowDefinition, triggers: dict[str, TriggerDefinition], content: frozenset[str]
) -> list[str]:
    told = [f"trigger {one!r} is not defined yet" for one in definition.triggers if one not in triggers]
    if definition.reentry is not None and definition.reentry.policy != "never":
        shut = [
            one.trigger_id for one in triggers.values() if one.type in _OF_ARRIVALS and one.filters.exclude_duplicates
        ]
        told += [
            f"{one} leaves out whoever is known already (exclude_duplicates): nobody comes back by it" for one in shut
        ]
    if definition.content_refs and not content:
        told.append(f"campaign {definition.campaign_id!r} has no content yet, so that its mails cannot be sent")
    return told
