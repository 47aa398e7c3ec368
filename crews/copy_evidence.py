"""What is asked from outside about a run's copy before the policies judge it: checkers, a spam filter, the mail layout.

Who is not there or does not answer is named, so that the verdict says what was not checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from crews.proofreading import slips_in
from crews.services import Services
from crews.stage17_gtm.tester import expected_sessions
from crews.weighing import mailed, spam_of
from gtm.automation.campaign_email import CampaignEmails
from gtm.domain.campaign import CONTROL
from gtm.domain.check import NotChecked
from gtm.domain.dossier import Dossier
from gtm.domain.errors import InvalidInput
from gtm.domain.proofing import Slip, SpamReport

NO_PROOFREADER = NotChecked(
    "content.grammar",
    "the language checkers",
    "none is installed, or GTM_PROOFREADING is off; the house's own rules read the copy alone",
)
NO_SPAM_FILTER = NotChecked("content.spam", "a spam filter", "GTM_SPAMD names none; no mail was weighed")


@dataclass(frozen=True)
class CopyEvidence:
    """What came back, and the host of the run's own pages; the fields of `gtm.policies.facts.ContentFacts`."""

    slips: Mapping[str, tuple[Slip, ...]] | None = None
    spam: Mapping[str, SpamReport] | None = None
    mails: Mapping[str, Mapping[str, str]] | None = None
    not_checked: tuple[NotChecked, ...] = ()
    allowed_hosts: tuple[str, ...] = ()


def copy_evidence(dossier: Dossier, services: Services) -> CopyEvidence:
    """Ask everybody who is there about the copy of a run."""
    if dossier.content is None or dossier.templates is None:
        return CopyEvidence()
    slips, unread = slips_in(dossier, services.proofreader)
    spam, unweighed = spam_of(dossier, services.spam_judge, services.mail_layout)
    mails, unrendered = rendered_mails(dossier, services.mail_layout)
    unread = unread if services.proofreader is not None else NO_PROOFREADER
    if services.spam_judge is None and mailed(dossier):
        unweighed = NO_SPAM_FILTER
    silent = tuple(one for one in (unread, unweighed, *unrendered) if one)
    host = urlsplit(services.public_url or "").hostname
    return CopyEvidence(slips, spam, mails, silent, (host,) if host else ())


def rendered_mails(dossier: Dossier, layout: str) -> tuple[Mapping[str, Mapping[str, str]], tuple[NotChecked, ...]]:
    """Every mail of a run as HTML, by piece id and variant, and which could not be rendered: those are empty.

    Args:
        dossier: the run; templates and content must be stored.
        layout: the MJML that the parts of a mail stand in.
    """
    if dossier.content is None or dossier.templates is None:
        return {}, ()
    source = CampaignEmails(dossier.brief, dossier.templates, dossier.content, layout, expected_sessions(dossier))
    found: dict[str, dict[str, str]] = {}
    refused: list[NotChecked] = []
    for piece in mailed(dossier):
        labels = sorted({v.label for e in piece.elements for v in e.variants}) or [CONTROL]
        for label in labels:
            try:
                html = source.preview(piece, label).html or ""
            except InvalidInput as error:
                html = ""
                refused.append(NotChecked("content.unsubscribe", f"the layout of {piece.piece_id}", error.detail))
            found.setdefault(piece.piece_id, {})[label] = html
    return found, tuple(refused)
