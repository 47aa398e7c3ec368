"""Takes a strategy document in: read, proposed with the place of every value, and stored once a person confirms."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from crews.intake import load_venture
from gtm.domain.brief import VentureBrief
from gtm.domain.brief_judging import judged
from gtm.domain.brief_proposal import BriefProposal, Contradiction, DocumentFinding, Reading
from gtm.domain.brief_yaml import brief_yaml
from gtm.domain.clock import Clock
from gtm.domain.document import Document, Span
from gtm.domain.errors import ProposalRefused
from gtm.domain.faults import faults_of, sentences
from gtm.domain.spec import Policies
from gtm.domain.text_faults import text_faults
from gtm.domain.verdict import Finding
from gtm.policies.contradictions import find_contradictions
from gtm.store.database import Database
from gtm.store.repositories import logs

Read = Callable[[Document], Reading]

_STAND_INS: Mapping[str, Any] = {
    "id": "venture", "name": "Venture", "product": "-", "category": "-", "source": "-", "segment_type": "Hybrid",
    "website": {"value": "https://venture.example"}, "segments": [], "facts": [],
    "market_strategy": {"status": "draft", "last_updated": "2000-01-01", "document": "-"},
    "offers": [{"id": "offer", "name": "Offer", "cta": "learn_more", "path": "/"}],
    "pricing": {"status": "draft", "model": "-", "price": "-"},
    "brand": {"voice": "friendly", "description": "-", "formality": "0.5", "emotion": "0.5", "complexity": "0.5"},
    "financial_model": {"monthly": {"value": "0"}}, "geography": {"countries": ["US"], "time_zones": ["UTC"]},
}  # fmt: skip
"""Fill what is missing while contradictions are looked for; nothing of it is proposed, shown or stored."""


def propose(document: Document, read: Read, by: tuple[str, ...], policies: Policies) -> BriefProposal:
    """The proposal of a document, with every contradiction that the house can see.

    Args:
        document: as it was read.
        read: the playbook's reading, or that of a model.
        by: who reads.
        policies: the ranges for the contradictions.
    """
    proposal = judged(document, read(document), by)
    data = proposal.data()
    unfit = tuple(_unfit(data))
    seen = () if unfit else tuple(_contradictions(proposal, data, policies))
    return proposal.model_copy(
        update={
            "findings": (*unfit, *proposal.findings),
            "contradictions": (*proposal.contradictions, *seen),
        }
    )


def confirm(
    database: Database, clock: Clock, policies: Policies, proposal: BriefProposal, actor: str
) -> tuple[VentureBrief, tuple[Finding, ...]]:
    """Store what a person has confirmed, as `gtm venture load` would, with a note of the document that it came from.

    Args:
        database: the store.
        clock: stamps the rows.
        policies: ranges for the contradictions.
        proposal: as it was shown.
        actor: who confirms.

    Raises:
        ProposalRefused: something that a brief needs is missing; nothing is stored.
        InvalidInput: the brief does not fit all the same; nothing is stored.
    """
    refuse_unfinished(proposal)
    brief, findings = load_venture(database, clock, policies, brief_yaml(proposal).encode(), proposal.document, actor)
    with database.write() as session:
        logs.audit(
            session,
            actor=actor,
            action="venture.imported",
            subject=brief.id,
            venture_id=brief.id,
            data={
                "file": proposal.document,
                "sha256": proposal.sha256,
                "by": list(proposal.by),
                "values": len(proposal.facts),
            },
            now=clock.now(),
        )
    return brief, findings


def refuse_unfinished(proposal: BriefProposal) -> None:
    """Let no brief pass that lacks what it needs.

    Raises:
        ProposalRefused: `findings` names all that is to be mended.
    """
    if proposal.complete:
        return
    lacks = [f"{one.field}: {one.ask}" for one in proposal.missing if one.required]
    unfit = [finding.detail for finding in proposal.findings if finding.code == "unfit"]
    raise ProposalRefused(
        f"the brief of {proposal.document} is not finished: {len(lacks) + len(unfit)} things are to be mended",
        field="FILE",
        value=proposal.document,
        allowed="a document, or a brief, that says what is listed",
        hint="write it with --out brief.yaml, add what is listed, and gtm venture load brief.yaml",
        findings=(*lacks, *unfit),
    )


def _unfit(data: Mapping[str, Any]) -> Iterator[DocumentFinding]:
    """What is there and does not fit a brief's form."""
    faults = list(text_faults(data))
    try:
        VentureBrief.model_validate(data)
    except ValidationError as error:
        faults += [fault for fault in faults_of(error, VentureBrief) if fault.message != "is missing"]
    for told in sentences([fault for fault in faults if fault.path not in ("offers",)]):
        yield DocumentFinding(code="unfit", detail=told)


def _contradictions(proposal: BriefProposal, data: Mapping[str, Any], policies: Policies) -> Iterator[Contradiction]:
    try:
        brief = VentureBrief.model_validate(_filled(data, _STAND_INS))
    except ValidationError:
        return
    for finding in find_contradictions(brief, policies):
        if finding.kind not in ("contradiction", "risk"):
            continue
        if spans := _spans(proposal, data, finding.field):
            yield Contradiction(field=finding.field, detail=finding.detail, ask=finding.ask, spans=spans)


def _filled(data: Any, stand_ins: Any) -> Any:
    if not isinstance(data, Mapping) or not isinstance(stand_ins, Mapping):
        return data
    merged = {key: _filled(data.get(key, value), value) for key, value in stand_ins.items()}
    merged |= {key: value for key, value in data.items() if key not in stand_ins}
    if "offers" in merged:
        merged["offers"] = [{"path": "/", "cta": "learn_more", **offer} for offer in merged["offers"]]
    if "segments" in merged:
        merged["segments"] = [{"audience": "b2b", **segment} for segment in merged["segments"]]
    return merged


def _spans(proposal: BriefProposal, data: Mapping[str, Any], field: str) -> tuple[Span, ...]:
    """The places of what a finding speaks of; none where only a stand-in carries it."""
    head, _, rest = field.partition(".")
    items = data.get(head)
    if isinstance(items, list) and rest:
        key, _, last = rest.partition(".")
        index = next((n for n, item in enumerate(items) if isinstance(item, Mapping) and item.get("id") == key), None)
        if index is not None:
            field = f"{head}[{index}]" + (f".{last}" if last else "")
    fields = [field, *(["financial_model.annual_total"] if field == "financial_model.by_month" else [])]
    found = (
        f.span
        for name in fields
        for f in proposal.facts
        if f.field == name or f.field.startswith((f"{name}.", f"{name}["))
    )
    return tuple({(span.start, span.end): span for span in found}.values())[:4]
