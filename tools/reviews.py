"""The tool of the review tasks: the approving role writes down what it checked before a person decides."""

from pydantic import BaseModel
from sqlmodel import Session

from gtm.domain.review import Review
from tools.base import StepTool
from tools.proposals import ReviewProposal


class WriteReview(StepTool):
    """Stores a role's review of a checkpoint."""

    name: str = "write_review"
    description: str = "Store your review of the checkpoint: what you checked, risks, recommendation and reason."
    args_schema: type[BaseModel] = ReviewProposal

    def act(self, proposal: ReviewProposal) -> str:
        """Store the review beside the artifact that it speaks of."""
        checkpoint = self._step.removeprefix("review:")
        spec = next(c for c in self._context.stage.checkpoints if c.id == checkpoint)
        review = Review(
            checkpoint=checkpoint,
            role=spec.role,
            checked=proposal.checked,
            risks=proposal.risks,
            recommendation=proposal.recommendation,
            reason=proposal.reason,
            grounds=proposal.grounds,
            generated_by=self._context.label(self._step),
        )
        return self.commit("review", lambda: review, _nothing_more)


def _nothing_more(_session: Session, _review: Review) -> None:
    """A review has no rows of its own: its approval carries it."""
