"""Messages: both parts, the headers of RFC 8058, a stable Message-ID, and no way to inject a header."""

import email
import email.policy
from typing import Any

import pytest

from gtm.connectors.base import OutgoingEmail
from gtm.connectors.smtp.client import refusal
from gtm.connectors.smtp.message import build_message
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.errors import InvalidInput, PermanentFailure, TransientFailure
from tests.unit.connectors.mails import outgoing

SETTINGS = SmtpSettings(
    host="127.0.0.1",
    port=25,
    sender="team@acme.test",
    sender_name="Zoë at Acme",
    unsubscribe_url="https://acme.test/u",
    unsubscribe_mailto="stop@acme.test",
)


def parsed(mail: OutgoingEmail) -> Any:
    raw = build_message(mail, SETTINGS, "<k@acme.test>").as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) < 998
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_both_parts_and_all_headers_survive_the_wire() -> None:
    message = parsed(outgoing())
    assert message["Subject"] == "Größe zählt – manage every OS"
    assert message["From"] == "Zoë at Acme <team@acme.test>"
    assert message["Date"] == "Tue, 06 Jan 2026 15:00:00 +0000"
    assert message["List-Unsubscribe"] == (
        "<https://acme.test/u?m=0123456789abcdef>, <mailto:stop@acme.test?subject=0123456789abcdef>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == "Hi Ada,\n\nplain — text.\n"
    html = message.get_body(("html",)).get_content()
    assert html.index("One system &amp; git") < html.index("<p>Hi</p>")


def test_internal_mail_carries_no_unsubscribe_and_no_html_when_there_is_none() -> None:
    message = parsed(outgoing(unsubscribe=False, html=None))
    assert message["List-Unsubscribe"] is None
    assert message.get_content_type() == "text/plain"


def test_a_preheader_that_is_there_is_not_repeated() -> None:
    html = "<body><p>One system &amp; git</p></body>"
    assert parsed(outgoing(html=html)).get_body(("html",)).get_content().count("One system") == 1


def test_the_message_id_depends_on_the_key_alone() -> None:
    connector = SmtpConnector(SETTINGS)
    assert connector.message_id("k1") == connector.message_id("k1") == "<k1@acme.test>"


@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\x00", "\u2028", "\x85", "\x0b"])
@pytest.mark.parametrize("field", ["subject", "to"])
def test_line_breaks_in_headers_are_refused(field: str, breaks: str) -> None:
    value = {"subject": f"Hi{breaks}Bcc: all@example.test", "to": f"ada@example.test{breaks}Bcc: all@example.test"}[
        field
    ]
    with pytest.raises(InvalidInput) as caught:
        build_message(outgoing(**{field: value}), SETTINGS, "<k@acme.test>")
    assert caught.value.field == field


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@", "@x.test", "a b@x.test", "a@x..test", "a@x.test,b@x.test", "<a@x.test>", "ä@x.test"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        build_message(outgoing(to=address), SETTINGS, "<k@acme.test>")


@pytest.mark.parametrize(
    ("code", "kind"),
    [(421, TransientFailure), (451, TransientFailure), (550, PermanentFailure), (554, PermanentFailure)],
)
def test_answers_are_told_apart(code: int, kind: type[Exception]) -> None:
    assert type(refusal(code, b"no", "RCPT")) is kind


def test_a_recipients_own_unsubscribe_address_takes_the_place_of_the_setting() -> None:
    message = parsed(outgoing(unsubscribe_url="https://mail.acme.test/t/u/send-1.0.x"))
    assert message["List-Unsubscribe"].startswith("<https://mail.acme.test/t/u/send-1.0.x>, <mailto:")
    with pytest.raises(ValueError, match="pattern"):
        outgoing(unsubscribe_url="https://acme.test/u>\r\nBcc: all@example.test")
