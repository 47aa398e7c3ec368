"""Has every mail of a run weighed by a spam filter, each variant as a recipient would get it."""

import logging
from collections.abc import Iterator, Mapping

from crews.stage17_gtm.tester import expected_sessions
from gtm.automation.campaign_email import CampaignEmails
from gtm.connectors.base import OutgoingEmail
from gtm.connectors.smtp.message import Composer
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.domain.base import sha256_of
from gtm.domain.campaign import CONTROL, ContentPiece
from gtm.domain.check import NotChecked
from gtm.domain.dossier import Dossier
from gtm.domain.enrolment import Lead
from gtm.domain.errors import GtmError
from gtm.domain.proofing import SpamJudge, SpamReport

_LOG = logging.getLogger(__name__)

TRIES = 40
"""Keys that are drawn until every variant of a piece has come up; each of five comes up in so many all but surely."""


def spam_of(
    dossier: Dossier, judge: SpamJudge | None, layout: str
) -> tuple[Mapping[str, SpamReport] | None, NotChecked | None]:
    """The worst report on each mail of a run, by piece id, and that the filter gave no answer where that is so.

    Args:
        dossier: the run.
        judge: the filter.
        layout: the MJML that the parts of a mail stand in.

    No report is known where no filter is configured, there is no copy yet, or the filter does not answer: nothing was
    measured.
    """
    if judge is None or dossier.content is None or dossier.templates is None:
        return None, None
    try:
        found = {
            piece.piece_id: max(
                (judge.judge(message) for message in mails_of(dossier, piece, layout)), key=lambda report: report.score
            )
            for piece in mailed(dossier)
        }
    except GtmError as error:
        _LOG.warning("no mail was weighed, as the spam filter did not answer: %s", error)
        return None, NotChecked("content.spam", "the spam filter", error.detail)
    return found, None


def mailed(dossier: Dossier) -> tuple[ContentPiece, ...]:
    """The pieces of a run that go out as mail."""
    templates = dossier.templates
    if dossier.content is None or templates is None:
        return ()
    kinds = {template.template_id: template.kind for template in templates.templates}
    return tuple(p for p in dossier.content.pieces if p.template_id in kinds and kinds[p.template_id].mailed)


def mails_of(dossier: Dossier, piece: ContentPiece, layout: str) -> Iterator[bytes]:
    """The whole messages of a piece, one a variant."""
    if dossier.content is None or dossier.templates is None:
        return
    source = CampaignEmails(dossier.brief, dossier.templates, dossier.content, layout, expected_sessions(dossier))
    site = dossier.brief.website.value.removeprefix("https://").removeprefix("http://").split("/")[0]
    settings = SmtpSettings(
        host="localhost", security="plain", sender=f"team@{site}",
        unsubscribe_url=f"https://{site}/email/unsubscribe",
    )  # fmt: skip
    wanted = {variant.label for element in piece.elements for variant in element.variants} or {CONTROL}
    lead = _reader(dossier.venture_id)
    for number in range(TRIES):
        if not wanted:
            return
        rendered = source.email_for(f"{piece.campaign_id}/{piece.segment_id}/{piece.step}", lead, str(number))
        if rendered.variant not in wanted:
            continue
        wanted.discard(rendered.variant)
        key = sha256_of([piece.piece_id, rendered.variant])[:32]
        mail = OutgoingEmail(
            key=key, to=lead.email, sender_name=rendered.sender_name, subject=rendered.subject,
            preheader=rendered.preheader, text=rendered.text, html=rendered.html,
            sent_at=dossier.started_at, unsubscribe_url=rendered.unsubscribe_url,
        )  # fmt: skip
        yield Composer(settings).compose(mail, f"<{key}@{site}>")


def _reader(venture_id: str) -> Lead:
    return Lead(
        lead_id="reader", venture_id=venture_id, email="jo@reader.example", first_name="Jo", company="Reader & Sons"
    )  # fmt: skip
