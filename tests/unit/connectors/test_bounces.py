"""What refusals and reports mean; above all that a policy refusal never counts as a dead mailbox."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gtm.connectors.smtp.bounces import BounceReport, ComplaintReport, classify, read_report
from gtm.connectors.smtp.client import refusal
from gtm.domain.errors import InvalidInput, MailboxGone, PermanentFailure, TransientFailure

DSN = b"""From: MAILER-DAEMON@mx.example.test\r
To: bounce@acme.test\r
Subject: Undelivered Mail Returned to Sender\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
It could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example.test\r
\r
Final-Recipient: rfc822; Ada@Example.test\r
Action: %(action)s\r
Status: %(status)s\r
Diagnostic-Code: smtp; 550 %(status)s no\r
 such thing\r
\r
--b\r
Content-Type: message/rfc822\r
\r
From: team@acme.test\r
Message-ID: <0123456789@acme.test>\r
Subject: Hi\r
\r
Hi.\r
--b--\r
"""
ARF = b"""From: fbl@example.test\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
A complaint.\r
--b\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: %(kind)s\r
Version: 1\r
Original-Rcpt-To: <ada@example.test>\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: <0123456789@acme.test>\r
Subject: Hi\r
--b--\r
"""


@pytest.mark.parametrize(
    ("code", "answer", "kind"),
    [
        (550, "5.1.1 no such user", "mailbox"),
        (550, "5.1.2 no such host", "mailbox"),
        (556, "5.1.10 null MX", "mailbox"),
        (550, "5.2.1 disabled", "mailbox"),
        (550, "5.7.1 blocked", "policy"),
        (550, "5.7.26 unauthenticated", "policy"),
        (554, "5.7.0 spam", "policy"),
        (550, "5.1.8 bad sender", "permanent"),
        (552, "5.2.2 mailbox full", "permanent"),
        (550, "no such user", "permanent"),
        (550, "see 10.5.1.1 for more", "permanent"),
        (451, "4.3.0 later", "transient"),
        (421, "4.7.0 rate limited", "transient"),
        (450, "5.1.1 greylisted oddly", "transient"),
        (550, "4.7.1 contradicts itself", "permanent"),
    ],
)
def test_refusals_are_told_apart_by_their_enhanced_code(code: int, answer: str, kind: str) -> None:
    assert classify(code, answer).kind == kind


def test_only_a_refused_recipient_is_a_mailbox_that_is_gone() -> None:
    assert type(refusal(550, b"5.1.1 no", "RCPT")) is MailboxGone
    assert type(refusal(550, b"5.1.1 no", "DATA")) is MailboxGone
    assert type(refusal(550, b"5.1.1 no", "MAIL")) is PermanentFailure
    assert type(refusal(550, b"5.7.1 no", "RCPT")) is PermanentFailure
    assert type(refusal(451, b"4.1.1 no", "RCPT")) is TransientFailure


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        (b"failed", b"5.1.1", "mailbox"),
        (b"failed", b"5.7.1", "policy"),
        (b"failed", b"4.4.7", "transient"),
        (b"delayed", b"4.4.1", "transient"),
    ],
)
def test_a_bounce_report_names_recipient_message_and_reason(action: bytes, status: bytes, kind: str) -> None:
    (report,) = read_report(DSN % {b"action": action, b"status": status})
    assert isinstance(report, BounceReport)
    assert (report.recipient, report.message_id) == ("ada@example.test", "<0123456789@acme.test>")
    assert report.refusal.kind == kind
    assert "no such thing" in report.diagnostic


def test_a_delivered_report_is_no_bounce() -> None:
    assert read_report(DSN % {b"action": b"delivered", b"status": b"2.0.0"}) == ()


def test_a_complaint_is_read() -> None:
    assert read_report(ARF % {b"kind": b"abuse"}) == (
        ComplaintReport("ada@example.test", "abuse", "<0123456789@acme.test>"),
    )


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"Subject: out of office\r\n\r\nBack on Monday, 5.1.1 of us.\r\n"])
def test_what_is_no_report_says_nothing(raw: bytes) -> None:
    assert read_report(raw) == ()


def test_a_report_of_20_mb_is_refused() -> None:
    with pytest.raises(InvalidInput, match="too long"):
        read_report(b"x" * 20_000_000)


def test_a_field_that_cannot_be_written_anew_is_read_as_it_came() -> None:
    (report,) = read_report(DSN % {b"action": b"\x0b\x00\nAction: failed", b"status": b"5.1.1\xff"})
    assert isinstance(report, BounceReport)
    assert (report.recipient, report.refusal.kind) == ("ada@example.test", "mailbox")


@given(st.binary(max_size=400))
@example(b"\x0b\x00")
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    read_report(noise)
    read_report(DSN % {b"action": noise[:20], b"status": noise[20:60]})
    read_report((DSN % {b"action": b"failed", b"status": b"5.1.1"}).replace(b"team@acme.test", noise))


@given(code=st.integers(400, 599), answer=st.text(max_size=80))
def test_a_4xx_is_never_lasting_and_a_5xx_never_passes(code: int, answer: str) -> None:
    assert (classify(code, answer).kind == "transient") == (code < 500)
