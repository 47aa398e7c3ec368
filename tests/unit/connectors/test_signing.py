"""DKIM: what is signed can be verified, what is changed cannot, and the key is nowhere to be read."""

import base64

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from gtm.connectors.smtp.message import Composer
from gtm.connectors.smtp.schemas import DkimSettings, SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.connectors.smtp.signing import Signer, relaxed_body
from gtm.domain.errors import InvalidInput
from tests.unit.connectors.mails import outgoing

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
).decode()
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
)
SETTINGS = SmtpSettings(
    host="127.0.0.1",
    port=25,
    sender="team@acme.test",
    unsubscribe_url="https://acme.test/u",
    dkim=DkimSettings(domain="acme.test", selector="s1", private_key=SecretStr(PEM)),
)


def record(name: bytes, **_: object) -> bytes:
    return b"v=DKIM1; k=rsa; p=" + PUBLIC if name == b"s1._domainkey.acme.test." else b""


def message() -> bytes:
    assert SETTINGS.dkim is not None
    return Signer(SETTINGS.dkim).signed(Composer(SETTINGS).compose(outgoing(), "<k@acme.test>"))


def test_a_signature_holds_and_covers_the_headers_of_one_click() -> None:
    raw = message()
    assert dkim.verify(raw, dnsfunc=record)
    header = raw.partition(b"\r\nFrom:")[0].lower().replace(b"\r\n", b"").replace(b" ", b"")
    for name in (b"from", b"subject", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post"):
        assert name in header


@pytest.mark.parametrize(
    ("old", "new"), [(b"From: ", b"From: Not "), (b"plain", b"plane"), (b"One-Click", b"Two-Click")]
)
def test_a_change_on_the_way_breaks_it(old: bytes, new: bytes) -> None:
    raw = message()
    assert old in raw
    assert not dkim.verify(raw.replace(old, new), dnsfunc=record)


def test_a_key_that_is_none_is_refused_without_being_told() -> None:
    settings = DkimSettings(domain="acme.test", selector="s1", private_key=SecretStr("-----BEGIN s3cret"))
    with pytest.raises(InvalidInput) as caught:
        Signer(settings)
    assert "s3cret" not in str(caught.value.as_problem()) and caught.value.__cause__ is None
    assert "s3cret" not in repr(settings)


def test_a_second_sender_that_is_added_on_the_way_breaks_it() -> None:
    assert not dkim.verify(b"From: mallory@evil.test\r\n" + message(), dnsfunc=record)


def test_a_key_of_the_wrong_kind_is_refused() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem = short.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    Signer(DkimSettings(domain="acme.test", selector="s1", private_key=SecretStr(pem)))
    broken = pem.replace("PRIVATE", "PUBLIC")
    with pytest.raises(InvalidInput):
        Signer(DkimSettings(domain="acme.test", selector="s1", private_key=SecretStr(broken)))


WORDS = st.text(st.sampled_from("ab \t.ß–"), max_size=30)


@settings(deadline=None, max_examples=40)
@given(subject=st.text(st.sampled_from("ab ß–"), max_size=300), lines=st.lists(WORDS, max_size=8))
def test_any_text_can_be_signed_and_verified(subject: str, lines: list[str]) -> None:
    assert SETTINGS.dkim is not None
    mail = outgoing(subject=subject, text="\n".join(lines), html=None)
    raw = Signer(SETTINGS.dkim).signed(Composer(SETTINGS).compose(mail, "<k@acme.test>"))
    assert dkim.verify(raw, dnsfunc=record)


def test_bodies_are_hashed_as_the_rfc_says() -> None:
    assert relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"
    assert relaxed_body(b"") == relaxed_body(b"\r\n\r\n") == b""
    assert relaxed_body(b"no end") == b"no end\r\n"


def test_a_domain_that_is_not_the_senders_is_refused() -> None:
    for domain, fits in (("acme.test", True), ("test", True), ("other.test", False), ("me.test", False)):
        dkim_settings = DkimSettings(domain=domain, selector="s1", private_key=SecretStr(PEM))
        settings = SETTINGS.model_copy(update={"dkim": dkim_settings})
        if fits:
            SmtpConnector(settings)
        else:
            with pytest.raises(InvalidInput, match="alignment"):
                SmtpConnector(settings)
