"""What mails of a session say of a link to join: it is promised where a person has set it, and nowhere else."""

import re

import pytest

from gtm.automation.campaign_email import CampaignEmails
from gtm.domain.campaign import ContentPiece
from gtm.domain.sessions import HeldSession
from gtm.playbook.copy_links import link_for_variant
from tests.unit.automation.test_campaign_email import HELD, LAYOUT, mailed, venture
from tests.unit.playbook.test_copy import DATA

TOLD_BY = ("subject_reminder", "webinar_week", "webinar_day", "event_week", "event_day", "webinar_ask", "event_ask")
"""What mails to people who have registered are written with."""


def reminders(name: str) -> list[ContentPiece]:
    found = [piece for ref, piece in mailed(name) if re.search(r"(webinar|event)", ref) and piece.step in (2, 3)]
    assert found
    return found


def told(name: str, piece: ContentPiece, session: HeldSession) -> str:
    drafts, content = venture(name)
    source = CampaignEmails(drafts.brief, drafts.templates, content, LAYOUT, {piece.campaign_id: session})
    mail = source.preview(piece, "B")
    assert mail.html is not None and "{{" not in mail.html
    return f"{mail.subject}\n{mail.preheader}\n{mail.text}"


@pytest.mark.parametrize("name", ["fleet", "posthog", "life"])
def test_a_reminder_tells_the_link_that_a_person_has_set(name: str) -> None:
    for piece in reminders(name):
        assert "Your link:\nhttps://a.test/join" in told(name, piece, HELD)


@pytest.mark.parametrize("name", ["fleet", "posthog", "life"])
def test_without_one_a_reminder_promises_none_and_leads_to_where_its_button_leads(name: str) -> None:
    for piece in reminders(name):
        text = told(name, piece, HELD.model_copy(update={"join_url": ""}))
        assert f"More about it:\n{link_for_variant(piece.cta_url, 'B')}" in text
        assert not re.search(r"\blink\b", text.partition("-- \n")[0], re.I)


@pytest.mark.parametrize("move", TOLD_BY)
def test_no_voice_promises_a_link_in_a_reminder(move: str) -> None:
    phrases = [p for voice in DATA.voices for name, told in voice.moves.items() if name == move for p in told]
    assert phrases and not [p for p in phrases if re.search(r"\blinks?\b", p, re.I)]
