"""A campaign's mail as it comes out of a mail server: signed, with both parts and every way out."""

import base64

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr

from gtm.connectors.base import OutgoingEmail
from gtm.connectors.smtp.fake import SmtpSink
from gtm.connectors.smtp.schemas import DkimSettings, SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.brief import Sourced
from gtm.domain.clock import VirtualClock
from tests.unit.automation.test_campaign_email import emails, mailed


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_a_mail_from_the_sink_has_dkim_both_parts_and_the_ways_out(name: str, clock: VirtualClock) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    _, piece = next(mailed(name))
    words = emails(name, postal_address=Sourced(value="1 Main Street, Austin TX")).preview(piece, "A")
    with SmtpSink(clock) as sink:
        signer = DkimSettings(domain="acme.test", selector="s1", private_key=SecretStr(pem))
        smtp = SmtpConnector(
            SmtpSettings(
                host=sink.host, port=sink.port, security="plain", sender="team@acme.test",
                unsubscribe_url="https://acme.test/u", dkim=signer,
            )
        )  # fmt: skip
        smtp.send(
            OutgoingEmail(
                key="0123456789", to="ada@example.test", sender_name=words.sender_name, subject=words.subject,
                preheader=words.preheader, text=words.text, html=words.html, sent_at=clock.now(), unsubscribe=True,
            )
        )  # fmt: skip
        smtp.close()
        (got,) = sink.received
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    assert dkim.verify(got.raw, dnsfunc=lambda *_, **__: record)
    message = got.message
    shown = {"fleet": "Fleet", "life": "Life", "posthog": "PostHog"}[name]
    assert message["From"] == f"{shown} <team@acme.test>", "a reader sees who writes and not an address alone"
    assert message["List-Unsubscribe"] and message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and html is not None and message.get_content_type() == "multipart/alternative"
    for part in (plain.get_content(), html.get_content()):
        assert "1 Main Street, Austin TX" in part and words.preferences_url in part and words.unsubscribe_url in part
    assert max(len(line) for line in got.raw.split(b"\r\n")) < 998 and got.raw.isascii()
    assert html.get_content().count("display:none") == 1, "the preview text stands there once"
