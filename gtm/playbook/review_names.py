"""The names under which a review tells parts of a run."""

from gtm.domain.campaign import ContentPiece
from gtm.domain.review import ReviewFacts


def segment_name(facts: ReviewFacts, segment_id: str) -> str:
    """A segment's name; its id where the brief does not know it."""
    return next((s.name for s in facts.brief.segments if s.id == segment_id), segment_id)


def campaign_name(facts: ReviewFacts, campaign_id: str) -> str:
    """A campaign's name; its id where the templates do not know it."""
    campaigns = facts.templates.campaigns if facts.templates else ()
    return next((c.name for c in campaigns if c.campaign_id == campaign_id), campaign_id)


def piece_name(facts: ReviewFacts, piece: ContentPiece) -> str:
    """A piece of copy: step 2 of Fleet: email sequence for Security teams."""
    campaign, segment = campaign_name(facts, piece.campaign_id), segment_name(facts, piece.segment_id)
    return f"step {piece.step} of {campaign} for {segment}"
