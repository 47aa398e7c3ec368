"""Turning an OutgoingEmail into a MIME message; anything that could inject a header is refused."""

import re
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from gtm.connectors.base import OutgoingEmail
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.domain.errors import InvalidInput, shorten

_ADDRESS = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])$")
_BREAKS = re.compile(r"[\r\n\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LONGEST = 900
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


def build_message(email: OutgoingEmail, settings: SmtpSettings, message_id: str) -> EmailMessage:
    """The MIME message: plain text first, HTML beside it where there is one.

    Raises:
        InvalidInput: an address that is none, or a line break in a header.
    """
    # A URL longer than the line length would be folded into an encoded word, which no mail client unfolds.
    message = EmailMessage(policy=SMTP.clone(max_line_length=_LONGEST))
    local, _, domain = check_address(settings.sender, "sender").rpartition("@")
    message["From"] = Address(_one_line(settings.sender_name, "sender_name"), local, domain)
    message["To"] = check_address(email.to, "to")
    message["Subject"] = _one_line(email.subject, "subject")
    message["Date"] = format_datetime(email.sent_at.astimezone(UTC))
    message["Message-ID"] = message_id
    if email.unsubscribe:
        for name, value in unsubscribe_headers(email.key, settings, email.unsubscribe_url).items():
            message[name] = value
    message.set_content(email.text, cte="quoted-printable")
    if email.html is not None:
        html = with_preheader(email.html, email.preheader).encode("ascii", "xmlcharrefreplace").decode()
        message.add_alternative(html, subtype="html", cte=_encoding(html))
    return message


def _encoding(html: str) -> str:
    """HTML with short lines goes as it is: quoting some kilobytes takes longer than filling them in."""
    return "7bit" if all(len(line) < _LONGEST for line in html.split("\n")) else "quoted-printable"


def unsubscribe_headers(key: str, settings: SmtpSettings, url: str = "") -> dict[str, str]:
    """The headers of one-click unsubscribe (RFC 8058) for the message with this key; `url` is the recipient's own."""
    ways = [f"<{url or f'{settings.unsubscribe_url}?m={key}'}>"]
    if settings.unsubscribe_mailto:
        ways.append(f"<mailto:{check_address(settings.unsubscribe_mailto, 'unsubscribe_mailto')}?subject={key}>")
    return {"List-Unsubscribe": ", ".join(ways), "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def with_preheader(html: str, preheader: str) -> str:
    """The HTML with the preheader as hidden first line, unless it is in there already."""
    line = escape(preheader, quote=False)
    quoted = line.replace("'", "&#39;").replace('"', "&#34;")
    if not preheader or line in html or preheader in html or quoted in html:
        return html
    hidden = f'<div style="display:none;max-height:0;overflow:hidden">{line}</div>'
    match = _BODY.search(html)
    return html[: match.end()] + hidden + html[match.end() :] if match else hidden + html


def check_address(address: str, field: str) -> str:
    """The address itself, when mail can be sent to it.

    Raises:
        InvalidInput: it has a line break, is not of the form name@domain, or is not ASCII.
    """
    _one_line(address, field)
    if not _ADDRESS.match(address) or ".." in address:
        raise InvalidInput("this is no address mail can be sent to", field=field, value=shorten(address))
    return address


def _one_line(text: str, field: str) -> str:
    if _BREAKS.search(text):
        raise InvalidInput("a header may not contain a line break", field=field, value=shorten(text))
    return text
