"""A real spamd: ham, spam, and every mail of the example ventures."""

import os
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from crews.weighing import mailed, spam_of
from gtm.connectors.spamassassin.fake import PrivateSpamd
from gtm.connectors.spamassassin.service import SpamAssassinService
from gtm.domain.errors import Unavailable
from gtm.policies.registry import judge_step
from tests.unit.policies.support import LAYOUT, brief, dossier, drafts, policies, stage, with_

pytestmark = pytest.mark.slow
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@pytest.fixture(scope="module")
def service() -> Iterator[SpamAssassinService]:
    try:
        server = PrivateSpamd().__enter__()
    except Unavailable as error:
        if os.environ.get("GTM_REQUIRE_SPAMD") == "1":
            pytest.fail(f"GTM_REQUIRE_SPAMD=1, but {error}", pytrace=False)
        pytest.skip(str(error))
    yield SpamAssassinService(server.settings)
    server.stop()


def mail(subject: str, text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "ann@sender.example", "jo@reader.example"
    message["Date"], message["Message-ID"] = "Mon, 05 Jan 2026 09:00:00 +0000", "<1@sender.example>"
    message["Subject"] = subject
    message.set_content(text)
    return bytes(message)


def test_ham_and_spam(service: SpamAssassinService) -> None:
    assert service.check().ready
    ham = service.judge(mail("Notes of Monday", "Hi Jo,\n\nhere are the notes. See you on Thursday.\n\nAnn"))
    assert ham.score < policies().spam_score_below
    spam = service.judge(mail("Test", GTUBE))
    assert spam.score >= spam.threshold
    assert "GTUBE" in spam.rules


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_every_mail_of_the_example_ventures_is_far_from_spam(service: SpamAssassinService, name: str) -> None:
    d = drafts(name)
    run = with_(
        dossier(), venture_id=name, brief=brief(name), templates=d.templates, content=d.content, schedule=d.schedule,
        channels=d.channels,
    )  # fmt: skip
    reports, silent = spam_of(run, service, LAYOUT)
    assert silent is None
    assert reports is not None
    assert reports.keys() == {piece.piece_id for piece in mailed(run)}
    worst = max(reports.values(), key=lambda report: report.score)
    print(f"{name}: {len(reports)} mails, the worst {worst.score} of {worst.threshold}: {', '.join(worst.rules)}")
    assert worst.score < policies().spam_score_below, worst
    assert judge_step("2.2", stage(), policies(), run, spam=reports).passed
