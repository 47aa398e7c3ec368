"""What may become known of a venture after a run without changing any copy."""

from gtm.domain.brief import VentureBrief


def known_later(brief: VentureBrief, present: VentureBrief | None) -> VentureBrief:
    """A run's brief with what is known now of where the sender sits, where sessions take place, how consent counts.

    Args:
        brief: as it was frozen for the run.
        present: as it was loaded last; None where the venture is gone.
    """
    if present is None:
        return brief
    joins = {offer.id: offer.join_url for offer in present.offers}
    offers = tuple(o.model_copy(update={"join_url": joins.get(o.id) or o.join_url}) for o in brief.offers)
    address = present.postal_address or brief.postal_address
    return brief.model_copy(update={"offers": offers, "postal_address": address, "consent": present.consent})
