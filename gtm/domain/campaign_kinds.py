"""What the eight campaign types are made of, so that code asks for a property and never for a type by its name.

A branch that is about one type's own structure, such as the roles of an e-mail sequence, may name the type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gtm.domain.vocabulary import SOCIAL_CHANNELS, CampaignType, ConsentPurpose, Objective

Look = Literal["email", "ad", "page", "message"]
"""How a piece is drawn for a reader."""

WordLimit = Literal["email_words", "blog_words", "content_words"]
"""The key of config/policies.yaml that bounds a piece's words; the upper end where the key is a range."""

Start = Literal["signup", "list", "issue", "launch"]


@dataclass(frozen=True, kw_only=True)
class CampaignKind:
    """One campaign type.

    Attributes:
        type: its word in the vocabulary.
        mailed: its steps are mails, which a workflow carries.
        sequence: its steps reach the same reader one after another; an ad set's steps are different networks.
        session: people register for something on a day, which fixes the days of its steps; it needs an offer to
            register for.
        page: it stands on the venture's website: open from the venture's opening on, without an end of its own.
        look: how its pieces are drawn.
        needs: it runs on one of these channels at least (domain.md, rules between the parameters); empty for any.
        utm: the {name} in campaign links; short, because the pattern may name the medium already.
        objectives: what it serves, best first.
        words: which number bounds a piece.
        start: how leads come into its workflow: by signing up, from a list of those invited, with the next issue, or
            on the launch day.
    """

    type: CampaignType
    mailed: bool = False
    sequence: bool = False
    session: bool = False
    page: bool = False
    look: Look
    needs: frozenset[str] = field(default_factory=frozenset)
    utm: str
    objectives: tuple[Objective, ...]
    words: WordLimit = "content_words"
    start: Start = "signup"
    purpose: ConsentPurpose = "product"

    @property
    def carried_by(self) -> frozenset[str]:
        """The channels of which the house needs one: it writes mails only, even where others could carry the type."""
        return frozenset({"email"}) if self.mailed else self.needs


_EMAIL: frozenset[str] = frozenset({"email"})

_KINDS = (
    CampaignKind(
        type="email_drip", mailed=True, sequence=True, look="email", needs=_EMAIL, utm="nurture",
        objectives=("lead_generation", "conversion", "consideration"), words="email_words",
    ),
    CampaignKind(
        type="email_newsletter", mailed=True, sequence=True, look="email", needs=_EMAIL, utm="newsletter",
        objectives=("retention", "consideration", "lead_generation"), words="email_words", start="issue",
        purpose="newsletter",
    ),
    CampaignKind(
        type="social_ads", look="ad", needs=SOCIAL_CHANNELS, utm="ads",
        objectives=("awareness", "lead_generation", "conversion"),
    ),
    CampaignKind(
        type="landing_page", page=True, look="page", utm="landing",
        objectives=("conversion", "lead_generation", "consideration"),
    ),
    CampaignKind(
        type="webinar_funnel", mailed=True, sequence=True, session=True, look="email",
        needs=frozenset({"email", "linkedin", "content_marketing"}), utm="webinar",
        objectives=("consideration", "lead_generation", "awareness"), words="email_words", start="list",
        purpose="events",
    ),
    CampaignKind(
        type="content_series", sequence=True, look="message", utm="series",
        objectives=("awareness", "consideration", "retention"), words="blog_words", start="issue",
        purpose="newsletter",
    ),
    CampaignKind(
        type="event_promotion", mailed=True, sequence=True, session=True, look="email", needs=_EMAIL, utm="event",
        objectives=("awareness", "consideration", "lead_generation"), words="email_words", start="list",
        purpose="events",
    ),
    CampaignKind(
        type="product_launch", mailed=True, sequence=True, look="email", needs=_EMAIL, utm="launch",
        objectives=("conversion", "awareness", "lead_generation"), words="email_words", start="launch",
    ),
)  # fmt: skip

KINDS: Mapping[CampaignType, CampaignKind] = {kind.type: kind for kind in _KINDS}
"""Every campaign type → what it is made of."""
