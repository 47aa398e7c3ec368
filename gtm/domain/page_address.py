"""Where a campaign's page is served, and which page a link may lead to (docs/how-to/serve-pages.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gtm.domain.campaign import TemplateSet, TemplateStep

PREFIX = "/p/"
"""Below this the door is open to everybody."""


def is_page(step: TemplateStep) -> bool:
    """Whether a step of a template has a page: a landing page's only one, or a session's invitation."""
    return any(slot.name in ("hero", "page_headline") for slot in step.slots)


def page_path(venture_id: str, campaign_id: str, segment_id: str, label: str = "") -> str:
    """Where a page is served: the same for good for its venture, campaign and segment, and for each of its variants."""
    variant = f"/{label.lower()}" if label else ""
    return f"{PREFIX}{venture_id}/{campaign_id}/{segment_id}{variant}"


@dataclass(frozen=True)
class ServedPages:
    """The pages of a run as people on the internet reach them.

    Attributes:
        base: the address that they are served at, without a slash at its end; empty where there is none, and then
            every link leads to the venture's own site.
        registration: segments of a session's registration page, by campaign.
        landing: the campaign of its landing page, by segment; the first where there are several.
    """

    base: str = ""
    registration: Mapping[str, frozenset[str]] = field(default_factory=dict)
    landing: Mapping[str, str] = field(default_factory=dict)

    def registration_url(self, venture_id: str, campaign_id: str, segment_id: str) -> str:
        """Where a segment registers for a campaign's session; empty where no page is served for it."""
        known = self.base and segment_id in self.registration.get(campaign_id, ())
        return self.base + page_path(venture_id, campaign_id, segment_id) if known else ""

    def landing_url(self, venture_id: str, segment_id: str) -> str:
        """A segment's landing page; empty where none is served."""
        campaign_id = self.landing.get(segment_id, "")
        return self.base + page_path(venture_id, campaign_id, segment_id) if self.base and campaign_id else ""

    def urls(self, venture_id: str) -> frozenset[str]:
        """The addresses of all of them, without parameters."""
        pairs = [(campaign_id, s) for campaign_id, segments in self.registration.items() for s in segments]
        pairs += [(campaign_id, s) for s, campaign_id in self.landing.items()]
        return frozenset(self.base + page_path(venture_id, *pair) for pair in pairs) if self.base else frozenset()


NOT_SERVED = ServedPages()


def served_pages(public_url: str | None, templates: TemplateSet) -> ServedPages:
    """The pages of a run's campaigns.

    Args:
        public_url: where this server is reached (GTM_PUBLIC_URL); None where it is not known. Links in copy are https
            alone, so an http address, as on one's own machine, counts as none.
        templates: all campaigns of the run with their templates.
    """
    if not public_url or urlsplit(public_url).scheme != "https":
        return NOT_SERVED
    registration: dict[str, frozenset[str]] = {}
    landing: dict[str, str] = {}
    for campaign in templates.campaigns:
        template = templates.template(campaign.template_id)
        if template is None or not any(is_page(step) for step in template.steps):
            continue
        if campaign.kind.session:
            registration[campaign.campaign_id] = frozenset(campaign.segments)
        elif campaign.kind.page:
            for segment_id in campaign.segments:
                landing.setdefault(segment_id, campaign.campaign_id)
    return ServedPages(public_url.rstrip("/"), registration, landing)
