"""The copy that lies before LEAD, ready to be shown: variants side by side, findings, scores, decisions, previews."""

from dataclasses import dataclass
from decimal import Decimal

from crews.mending import copy_report
from crews.piecewise import CHECKPOINT, desk_of
from crews.previews import drawn_before
from crews.services import Services
from gtm.automation.album import Picture
from gtm.domain.campaign import ContentPiece
from gtm.domain.check import CopyCheck, NotChecked, PieceReport
from gtm.domain.dossier import ApprovalRecord, Dossier
from gtm.domain.piece_decisions import PieceDecision
from gtm.store.dossier import load_dossier
from gtm.store.repositories import content_decisions


@dataclass(frozen=True)
class PieceShown:
    """One piece as LEAD sees it.

    Attributes:
        campaign: its campaign's name.
        segment: its segment's name.
        role: what its step is for.
        report: what the checks say.
        decision: the one that holds; None where nobody has decided.
        asked: what earlier rejections asked of it, oldest first.
        previews: pictures of it that exist.
    """

    piece: ContentPiece
    campaign: str
    segment: str
    role: str
    report: PieceReport | None
    decision: PieceDecision | None
    asked: tuple[str, ...]
    previews: tuple[Picture, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of its variants."""
        return tuple(sorted({v.label for e in self.piece.elements for v in e.variants}))

    @property
    def score(self) -> Decimal | None:
        """The lowest score of its checks, and so how well it passes."""
        return min(self.report.scores.values(), default=None) if self.report else None

    @property
    def weakest(self) -> CopyCheck | None:
        """The check with the lowest score; the first of them where several are as low."""
        scores = self.report.scores if self.report else {}
        return min(scores, key=lambda check: scores[check], default=None)

    @property
    def state(self) -> str:
        """`approved`, `rejected` or `open`."""
        return self.decision.decision if self.decision else "open"


@dataclass(frozen=True)
class ContentShown:
    """All copy of a run as LEAD sees it.

    Attributes:
        record: the newest round of its approval, if one was asked for.
        not_checked: the checkers that are not there, or gave no answer just now.
    """

    dossier: Dossier
    record: ApprovalRecord | None
    pieces: tuple[PieceShown, ...]
    not_checked: tuple[NotChecked, ...] = ()

    def count(self, state: str) -> int:
        """How many pieces are in a state."""
        return sum(piece.state == state for piece in self.pieces)


def content_shown(services: Services, run_id: str) -> ContentShown:
    """Everything that LEAD decides on, with what the checks say of it now."""
    checkpoint = next(c for c in services.stage.checkpoints if c.id == CHECKPOINT)
    with services.database.read() as session:
        dossier = load_dossier(session, run_id)
        rounds = [record for record in dossier.approvals if record.checkpoint == CHECKPOINT]
        record = max(rounds, key=lambda one: one.round, default=None)
        desk = desk_of(session, run_id, record.approval_id if record else "", checkpoint)
        decisions = content_decisions.of_run(session, run_id)
    report, pictures = copy_report(dossier, services), drawn_before(services, dossier)
    campaigns = {c.campaign_id: c.name for c in dossier.templates.campaigns} if dossier.templates else {}
    segments = {segment.id: segment.name for segment in dossier.brief.segments}
    return ContentShown(
        dossier,
        record,
        tuple(
            PieceShown(
                piece=piece,
                campaign=campaigns.get(piece.campaign_id, piece.campaign_id),
                segment=segments.get(piece.segment_id, piece.segment_id),
                role=_role(dossier, piece),
                report=report.piece(piece.piece_id),
                decision=desk.decided.get(piece.piece_id),
                asked=tuple(d.comment for d in decisions if d.piece_id == piece.piece_id and d.comment),
                previews=tuple(picture for picture in pictures if picture.shot.key.startswith(_key(piece))),
            )
            for piece in (dossier.content.pieces if dossier.content else ())
        ),
        report.not_checked,
    )


def _key(piece: ContentPiece) -> str:
    """How the keys of a piece's pictures begin."""
    return f"{piece.campaign_id}/{piece.segment_id}/{piece.step}/"


def _role(dossier: Dossier, piece: ContentPiece) -> str:
    template = dossier.templates.template(piece.template_id) if dossier.templates else None
    step = next((s for s in template.steps if s.step == piece.step), None) if template else None
    return step.role if step else ""
