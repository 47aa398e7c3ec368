"""The first mail of Fleet's sequence as the house writes it: what the mail benchmarks send."""

from datetime import date

from app import ROOT, bootstrap
from gtm.automation.campaign_email import CampaignEmails
from gtm.automation.ports import RenderedEmail
from gtm.domain.brief import VentureBrief
from gtm.domain.config_loading import load_config
from gtm.domain.enrolment import Lead
from gtm.playbook.channels import draft_channels
from gtm.playbook.copy import draft_content
from gtm.playbook.directives import Directives
from gtm.playbook.strategy import draft_strategy
from gtm.playbook.templates import draft_templates


class HouseMail:
    """See `gtm.automation.ports.EmailSource`; every reference gives the same mail."""

    def __init__(self) -> None:
        config, none = bootstrap.read_configuration(), Directives()
        file = ROOT / "examples/ventures/fleet.yaml"
        brief = load_config(file.read_bytes(), VentureBrief, file.name)
        preset = config.presets.get(brief.preset or "")
        strategy = draft_strategy(brief, config.policies, preset, none)
        channels = draft_channels(brief, strategy, config.policies, preset, none)
        templates = draft_templates(brief, channels, strategy, config.policies, config.templates, none)
        content = draft_content(
            brief, templates, channels, config.policies, config.playbook, starts=date(2026, 1, 12), directives=none
        )
        first = content.pieces[0]
        self._ref = f"{first.campaign_id}/{first.segment_id}/{first.step}"
        self._emails = CampaignEmails(brief, templates, content, config.mail_layout)

    def email_for(self, content_ref: str, lead: Lead, assignment_key: str) -> RenderedEmail:
        """The mail, whatever is referred to."""
        return self._emails.email_for(self._ref, lead, assignment_key)
