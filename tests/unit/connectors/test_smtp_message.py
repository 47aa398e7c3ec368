"""Messages: both parts, the headers of RFC 8058, a stable Message-ID, and no way to inject a header."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gtm.connectors.base import OutgoingEmail
from gtm.connectors.smtp.client import refusal
from gtm.connectors.smtp.message import Composer, with_preheader
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
    raw = Composer(SETTINGS).compose(mail, "<k@acme.test>")
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


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Fleet", "Fleet <team@acme.test>"), ("🚀🔥", "🚀🔥 <team@acme.test>"), ("", "Zoë at Acme <team@acme.test>")],
)
def test_a_mail_names_its_venture_and_else_the_platforms_own_sender(name: str, shown: str) -> None:
    assert parsed(outgoing(sender_name=name))["From"] == shown


def test_a_ventures_name_cannot_break_out_of_its_header() -> None:
    with pytest.raises(InvalidInput):
        parsed(outgoing(sender_name="Acme\r\nBcc: all@acme.test"))


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
        Composer(SETTINGS).compose(outgoing(**{field: value}), "<k@acme.test>")
    assert caught.value.field == field


@pytest.mark.parametrize(
    "address", ["", "ada", "ada@", "@x.test", "a b@x.test", "a@x..test", "a@x.test,b@x.test", "<a@x.test>", "ä@x.test"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput):
        Composer(SETTINGS).compose(outgoing(to=address), "<k@acme.test>")


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


def of_the_standard_library(mail: OutgoingEmail, sender: SmtpSettings) -> EmailMessage:
    """The same mail as EmailMessage makes it, parsed from its own bytes."""
    message = EmailMessage(policy=email.policy.SMTP.clone(max_line_length=5000))
    local, _, domain = sender.sender.rpartition("@")
    message["From"] = Address(sender.sender_name, local, domain)
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.sent_at.astimezone(UTC))
    message["Message-ID"] = "<k@acme.test>"
    if mail.unsubscribe:
        own = mail.unsubscribe_url or f"{sender.unsubscribe_url}?m={mail.key}"
        message["List-Unsubscribe"] = f"<{own}>, <mailto:{sender.unsubscribe_mailto}?subject={mail.key}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    if mail.html is not None:
        html = with_preheader(mail.html, mail.preheader).encode("ascii", "xmlcharrefreplace").decode()
        message.add_alternative(html, subtype="html", cte="quoted-printable")
    made = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    return made


def decoded(message: EmailMessage) -> list[tuple[str, str | None, str]]:
    """Each part's type, character set and text with plain line ends."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    texts = [part.get_payload(decode=True) for part in parts]
    return [
        (part.get_content_type(), part.get_content_charset(), text.decode().replace("\r\n", "\n").replace("\r", "\n"))
        for part, text in zip(parts, texts, strict=True)
        if isinstance(text, bytes)
    ]


def sender_of(raw: bytes) -> str:
    """The name in From by the older parser: the newer one leaves blanks between encoded words (RFC 2047, 6.2)."""
    phrase, _ = parseaddr(email.message_from_bytes(raw)["From"].replace("\r\n", ""))
    return " ".join(str(make_header(decode_header(phrase))).split())


def address_of(raw: bytes) -> str:
    return parseaddr(email.message_from_bytes(raw)["From"].replace("\r\n", ""))[1]


ONE_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=400)
MANY_LINES = st.text(
    st.one_of(st.sampled_from("\n\n\r\t  .=-_a"), st.characters(exclude_categories=["Cs"])), max_size=1500
)


@settings(deadline=None, max_examples=300)
@given(
    subject=ONE_LINE,
    name=st.text(st.sampled_from("aZ \"'(),.:;<>@[\\]ßλ–"), max_size=60),
    text=MANY_LINES,
    html=st.one_of(st.none(), MANY_LINES),
    preheader=st.text(st.sampled_from("ab <&>\"'ß"), max_size=40),
    ahead=st.integers(0, 10**8),
)
@example("=?utf-8?q?not_encoded?=", "", ".\n..\n", "=_0123456789abcdef", "", 0)
@example(" ".join(["word"] * 90), 'Ada "The Countess" Lovelace', "x" * 3000 + " \t", "y" * 3000, "", 0)
@example("", "::::::::::::::::::::::::::::ßßß––––", "", None, "", 0)
@example("Grüße " * 40, "Müller, Söhne & Co.", "From here\n-- \n", "--=_0123456789abcdef--\n", "p", 0)
def test_what_is_written_says_what_the_standard_library_would_say(
    subject: str, name: str, text: str, html: str | None, preheader: str, ahead: int
) -> None:
    sender = SETTINGS.model_copy(update={"sender_name": name})
    sent_at = datetime(2026, 1, 6, tzinfo=UTC) + timedelta(seconds=ahead)
    mail = outgoing(subject=subject, text=text, html=html, preheader=preheader, sent_at=sent_at)
    raw = Composer(sender).compose(mail, "<k@acme.test>")
    ours = email.message_from_bytes(raw, policy=email.policy.default)
    theirs = of_the_standard_library(mail, sender)
    assert isinstance(ours, EmailMessage)
    assert not ours.defects and not any(part.defects for part in ours.walk())
    # A reader drops blanks around a header, and the library encodes no subject that looks encoded already.
    assert ours["Subject"].strip() == subject.strip()
    assert (sender_of(raw), address_of(raw)) == (" ".join(name.split()), "team@acme.test")
    own = ("From", "Subject", "Content-Type", "Content-Transfer-Encoding")
    named = [header for header in theirs if header not in own]
    assert {header: ours[header] for header in named} == {header: theirs[header] for header in named}
    assert ours.get_content_type() == theirs.get_content_type()
    assert decoded(ours) == decoded(theirs)
    lines = raw.split(b"\r\n")
    assert raw.isascii() and b"\x00" not in raw and lines[-1] == b""
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 998


@pytest.mark.parametrize(("lengths", "quoted"), [((900, 3, 900), False), ((3, 901, 3), True), ((900, 901), True)])
def test_html_with_a_line_that_a_server_need_not_take_is_quoted(lengths: tuple[int, ...], quoted: bool) -> None:
    html = "\n".join("a" * length for length in lengths)
    raw = Composer(SETTINGS).compose(outgoing(html=html, preheader=""), "<k@acme.test>")
    assert (raw.count(b"quoted-printable") == 2) is quoted
    assert max(map(len, raw.split(b"\r\n"))) <= 900


@pytest.mark.parametrize("field", ["subject", "text"])
def test_half_a_surrogate_pair_is_refused_before_anything_is_sent(field: str) -> None:
    mail = outgoing().model_copy(update={field: "a\ud800b"})
    with pytest.raises(InvalidInput, match="Unicode") as caught:
        Composer(SETTINGS).compose(mail, "<k@acme.test>")
    assert caught.value.field == field


def test_lines_of_text_are_no_longer_than_quoted_printable_allows() -> None:
    raw = Composer(SETTINGS).compose(outgoing(text="Größe " * 200, html=None), "<k@acme.test>")
    assert max(map(len, raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76


@pytest.mark.parametrize("name", ["a\r\nBcc: all@example.test", "a\nb", "a\u2028b"])
def test_a_sender_that_would_break_out_of_its_header_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        Composer(SETTINGS.model_copy(update={"sender_name": name}))
    with pytest.raises(InvalidInput):
        Composer(SETTINGS.model_copy(update={"unsubscribe_mailto": f"stop@acme.test{name}"}))


def test_an_address_to_unsubscribe_that_is_not_ascii_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Composer(SETTINGS).compose(outgoing(unsubscribe_url="https://größe.test/u"), "<k@acme.test>")
