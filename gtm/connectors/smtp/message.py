"""Turning an OutgoingEmail into the bytes of a MIME message; anything that could inject a header is refused.

Written line by line, as the standard library's EmailMessage takes longer to make and flatten one mail than a server to
take it. `tests/unit/connectors/test_smtp_message.py` holds what is written against what that class makes of it.
"""

import re
from binascii import b2a_qp
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from html import escape

from gtm.connectors.base import OutgoingEmail
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.domain.errors import InvalidInput, shorten

_ADDRESS = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])$")
_BREAKS = re.compile(r"[\r\n\x00\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LINE = 78
"""Characters that a header's line shall have at most (RFC 5322, 2.1.1)."""
_FOLD = "\r\n "
_LONGEST = 900
"""Characters that a line has at most; a server need not take more than 998 (RFC 5322, 2.1.1)."""
_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)


class Composer:
    """Writes the messages of one sender.

    Args:
        settings: the sender, and where recipients unsubscribe.

    Raises:
        InvalidInput: the sender or the address for unsubscribing is none, or has a line break.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._sender, self._name = settings.sender, settings.sender_name
        _from_line(self._name, self._sender)
        self._unsubscribe_url = settings.unsubscribe_url
        mailto = settings.unsubscribe_mailto
        self._mailto = check_address(mailto, "unsubscribe_mailto") if mailto else ""

    def compose(self, email: OutgoingEmail, message_id: str) -> bytes:
        """The MIME message with CRLF line ends: plain text first, HTML beside it where there is one.

        Args:
            email: what to say to whom.
            message_id: with angle brackets.

        Raises:
            InvalidInput: an address that is none, a line break in a header, or a character that no mail can hold.
        """
        headers = [
            _from_line(email.sender_name or self._name, self._sender),
            f"To: {check_address(email.to, 'to')}",
            f"Subject: {_subject(_one_line(email.subject, 'subject'))}",
            f"Date: {_date(email.sent_at.replace(microsecond=0))}",
            f"Message-ID: {_ascii(_one_line(message_id, 'message_id'), 'message_id')}",
        ]
        if email.unsubscribe:
            headers += self._ways_out(email)
        headers.append("MIME-Version: 1.0")
        text = _part("plain", "quoted-printable", _quoted(email.text, "text"))
        if email.html is None:
            return "\r\n".join(headers).encode("ascii") + b"\r\n" + text
        # "=_" cannot stand in quoted-printable text (RFC 2045, 6.7), so the boundary can but occur in plain HTML.
        boundary = f"=_{email.key[:60]}"
        html = _html_part(with_preheader(email.html, email.preheader), boundary)
        headers.append(f'Content-Type: multipart/alternative; boundary="{boundary}"')
        between = f"\r\n--{boundary}".encode("ascii")
        head = "\r\n".join(headers).encode("ascii") + b"\r\n"
        return b"".join((head, between, b"\r\n", text, between, b"\r\n", html, between, b"--\r\n"))

    def _ways_out(self, email: OutgoingEmail) -> tuple[str, str]:
        """The headers of one-click unsubscribe (RFC 8058), with the recipient's own address where there is one."""
        url = email.unsubscribe_url or f"{self._unsubscribe_url}?m={email.key}"
        ways = f"<{_ascii(url, 'unsubscribe_url')}>"
        if self._mailto:
            ways += f",\r\n <mailto:{self._mailto}?subject={email.key}>"
        return f"List-Unsubscribe: {ways}", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


@lru_cache(maxsize=256)
def _from_line(name: str, sender: str) -> str:
    """The From header; all mail of a venture shares one."""
    address = check_address(sender, "sender")
    name = _one_line(name, "sender_name")
    # An encoded word may not stand in quotes (RFC 2047, 5), so each way for itself.
    value = formataddr((name, address)) if _is_plain(name) else f"{_encoded(name, 'From')} <{address}>"
    return f"From: {value if len(value) <= _LINE - 6 else value.replace(f' <{address}>', f'{_FOLD}<{address}>')}"


@lru_cache(maxsize=4)
def _date(second: datetime) -> str:
    """A moment as it stands in its header; a thousand mails share one."""
    return format_datetime(second.astimezone(UTC))


@lru_cache(maxsize=256)
def _subject(subject: str) -> str:
    """A subject as it stands in its header; most are the same for everybody."""
    fits = len(subject) <= _LINE - len("Subject: ") and subject == subject.strip()
    return subject if fits and _is_plain(subject) else _encoded(subject, "Subject")


def _is_plain(text: str) -> bool:
    """Whether a header can hold the text as it is, and a reader will not take it for something encoded."""
    return text.isascii() and (text.isprintable() or not text) and "=?" not in text


def _encoded(text: str, header: str) -> str:
    """A text as encoded words, folded (RFC 2047)."""
    try:
        return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")
    except UnicodeEncodeError as error:
        raise _no_character(header.lower(), text) from error


def _part(subtype: str, encoding: str, body: bytes) -> bytes:
    """A body part of text with its headers; it ends with a line end."""
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode("ascii") + body


def _html_part(html: str, boundary: str) -> bytes:
    """HTML with short lines goes as it is: quoting some kilobytes takes longer than filling them in."""
    lined = _lined(html.encode("ascii", "xmlcharrefreplace").decode("ascii"))
    if "\x00" in lined or boundary in lined or _has_long_line(lined):
        return _part("html", "quoted-printable", _quoted(lined, "html"))
    return _part("html", "7bit", lined.encode("ascii").replace(b"\n", b"\r\n"))


def _has_long_line(text: str) -> bool:
    """Whether any line is longer than a server need take; looks at one line end in so many characters."""
    at = 0
    while len(text) - at > _LONGEST:
        end = text.rfind("\n", at, at + _LONGEST + 1)
        if end < 0:
            return True
        at = end + 1
    return False


def _quoted(text: str, field: str) -> bytes:
    """A text as quoted-printable UTF-8 with lines of at most 76 characters (RFC 2045, 6.7)."""
    try:
        data = _lined(text).encode()
    except UnicodeEncodeError as error:
        raise _no_character(field, text) from error
    return b2a_qp(data.replace(b"\n", b"\r\n"))


def _lined(text: str) -> str:
    """A text whose lines, the last one too, all end with \\n."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.endswith("\n") else text + "\n"


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


def _ascii(text: str, field: str) -> str:
    if not (text.isascii() and text.isprintable() and len(text) <= _LONGEST):
        allowed = f"printable ASCII, at most {_LONGEST} characters"
        raise InvalidInput("a header cannot hold this", field=field, value=shorten(text), allowed=allowed)
    return text


def _no_character(field: str, text: str) -> InvalidInput:
    """For half of a surrogate pair, which stands for nothing."""
    return InvalidInput("no mail can hold this text: it is no valid Unicode", field=field, value=shorten(text))
