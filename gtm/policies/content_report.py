"""What the checks say of a piece and of all of a run, with a score a check: the same facts give the same report."""

from collections.abc import Iterable
from decimal import Decimal

from gtm.domain.base import sha256_of
from gtm.domain.campaign import CampaignContent, CampaignTemplate, ContentPiece, TemplateSet
from gtm.domain.check import ContentReport, CopyCheck, CopyFault, PieceReport
from gtm.policies.brand_voice import score_piece
from gtm.policies.content import content_faults, faults_of
from gtm.policies.facts import ContentFacts
from gtm.policies.readability import readability

PER_FAULT = Decimal("0.25")
"""What a blocking fault takes from the score of a check that only counts."""

COUNTED: tuple[CopyCheck, ...] = (
    "content.value_proposition",
    "content.cta",
    "content.grammar",
    "content.variants",
    "content.claims_traced",
    "content.lengths",
    "content.variables_filled",
    "content.steps_differ",
    "content.links",
    "content.language",
    "content.origin",
    "content.html",
    "content.accessibility",
    "content.unsubscribe",
)
"""Checks that find or do not find; the others measure."""


def check_piece(piece: ContentPiece, template: CampaignTemplate, facts: ContentFacts) -> PieceReport:
    """The report on one piece by itself; what only shows beside other pieces is in `check_content`."""
    templates = facts.templates or TemplateSet(venture_id=facts.brief.id, campaigns=(), templates=(template,))
    return _report(piece, faults_of(piece, template, templates, facts), facts)


def check_content(facts: ContentFacts) -> ContentReport:
    """The report on a run's copy, a report a piece; a fault of a whole campaign stands with its first piece."""
    content, templates = facts.artifact, facts.templates
    if content is None or templates is None:
        return ContentReport(pieces=())
    faults = tuple(content_faults(content, templates, facts))
    return ContentReport(
        pieces=tuple(
            _report(piece, (f for f in faults if _owner(f, content) == piece.piece_id), facts)
            for piece in content.pieces
        ),
        not_checked=facts.not_checked,
    )


def _owner(fault: CopyFault, content: CampaignContent) -> str:
    ids = [piece.piece_id for piece in content.pieces]
    return fault.piece if fault.piece in ids else next((i for i in ids if i.startswith(f"{fault.piece}/")), "")


def _report(piece: ContentPiece, faults: Iterable[CopyFault], facts: ContentFacts) -> PieceReport:
    found = tuple(faults)
    scores: dict[CopyCheck, Decimal] = {check: _counted(check, found) for check in COUNTED}
    if piece.piece_id not in (facts.mails or {}):
        del scores["content.unsubscribe"]
    scores["content.brand_voice"] = score_piece(piece, facts.brief.brand, facts.brief.name).score
    texts = [variant.text for element in piece.elements for variant in element.variants]
    scores["content.readability"] = min(
        (readability(text, facts.brief, facts.policies) for text in texts), default=Decimal(1)
    )
    weighed = (facts.spam or {}).get(piece.piece_id)
    if weighed is not None and weighed.threshold > 0:
        share = Decimal(1) - max(weighed.score, Decimal(0)) / weighed.threshold
        scores["content.spam"] = max(share, Decimal(0)).quantize(Decimal("0.01"))
    return PieceReport(piece_id=piece.piece_id, sha256=sha256_of(piece), scores=scores, faults=found)


def _counted(check: CopyCheck, faults: tuple[CopyFault, ...]) -> Decimal:
    blocking = sum(fault.check == check and fault.severity == "block" for fault in faults)
    return max(Decimal(1) - PER_FAULT * blocking, Decimal(0))
