"""What a review looks at: everything the run has stored, what the checks say of it, and what rejections asked."""

from crews.frozen import since_frozen
from crews.gates import Judge
from crews.heard import heard
from crews.reworking import shown_before
from crews.services import Services
from gtm.domain.review import ReviewFacts
from gtm.store.dossier import load_dossier


def review_facts(services: Services, run_id: str, judge: Judge, checkpoint_id: str) -> ReviewFacts:
    """The facts of the review before a checkpoint.

    Args:
        services: the parts that a run uses.
        run_id: whose.
        judge: of that run.
        checkpoint_id: of config/stage17/stage.yaml.
    """
    with services.database.read() as session:
        dossier, newer = load_dossier(session, run_id), since_frozen(session, run_id)
        before = shown_before(session, run_id)
    asked = heard(dossier.approvals, services.stage.checkpoints, checkpoint_id)
    return ReviewFacts(
        brief=dossier.brief,
        findings=(*dossier.findings, *newer),
        verdicts=judge.checkpoint(checkpoint_id),
        comments=asked.comments,
        settled=asked.settled,
        piece_comments=asked.pieces,
        rejected_steps=asked.steps,
        comment_made_at=asked.made_at,
        checkpoints=services.stage.checkpoints,
        strategy=dossier.strategy,
        channels=dossier.channels,
        budget=dossier.budget,
        templates=dossier.templates,
        content=dossier.content,
        content_before={piece.piece_id: piece for piece in before},
        schedule=dossier.schedule,
        workflows=dossier.workflows.workflows if dossier.workflows else (),
        triggers=dossier.triggers.triggers if dossier.triggers else (),
        tests=dossier.tests.reports if dossier.tests else (),
        policies=services.policies,
        preset=services.presets.get(dossier.brief.preset) if dossier.brief.preset else None,
    )
