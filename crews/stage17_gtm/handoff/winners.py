"""What won its test before this run, and whether this run's copy builds on it."""

from dataclasses import dataclass

from crews.stage17_gtm.handoff.context import Context
from gtm.domain.campaign import ContentPiece
from gtm.domain.winners import Winner
from gtm.playbook.winners import leads, winners_for


@dataclass(frozen=True)
class Remembered:
    """A text that won, with where, by how much, and what became of it in this run."""

    where: str
    text: str
    figures: str
    use: str


def remembered(context: Context) -> tuple[Remembered, ...]:
    """Every winner of the venture that was decided before the run was opened."""
    return tuple(
        Remembered(
            where=f"{winner.campaign_type.replace('_', ' ')}, {context.segment_name(winner.segment_id)}, step "
            f"{winner.step}: {winner.variable.replace('_', ' ')}",
            text=winner.text,
            figures=winner.figures,
            use=_use(context, winner),
        )
        for winner in context.dossier.winners
    )


def _use(context: Context, winner: Winner) -> str:
    pieces = _pieces(context, winner)
    if not pieces:
        return "not used: this run has no such step"
    led = [piece for piece in pieces if leads(piece, winner)]
    if led:
        return f"variant A of {led[0].piece_id}"
    return "not used: it does not pass this run's checks, or another step says the same"


def _pieces(context: Context, winner: Winner) -> list[ContentPiece]:
    templates, content = context.dossier.templates, context.dossier.content
    if templates is None or content is None:
        return []
    found = []
    for piece in content.pieces:
        template = templates.template(piece.template_id)
        if template is not None and winners_for(piece, template, [winner]):
            found.append(piece)
    return found
