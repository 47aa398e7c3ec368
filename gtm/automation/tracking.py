"""Links that are counted, signed so that nobody can make one up: what stands in a mail, and what comes back from it.

A token names a send and a link by number, with an HMAC over both; the redirect looks the number up among stored
targets. There is no address in it that a stranger could put another one in the place of (open redirect).
"""

import base64
import hashlib
import hmac
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from sqlmodel import Session

from gtm.automation.ports import RenderedEmail
from gtm.domain.enrolment import Lead
from gtm.store.repositories import tracking

Kind = Literal["open", "click", "unsubscribe", "feedback", "confirm"]

PATHS: Mapping[Kind, str] = {
    "open": "/t/o/",
    "click": "/t/c/",
    "unsubscribe": "/t/u/",
    "feedback": "/t/f/",
    "confirm": "/t/y/",
}
PREFERENCES = "/t/p/"
PREFIX = "/t/"
"""Below this the door is open to everybody: the tokens are what is checked."""
_SIGNATURE_BYTES = 16
_BLOCK = 64
"""Bytes that SHA-256 takes in at a time."""
_MAX_TARGET = 2000
_TOKEN = re.compile(r"^(send-[0-9a-f]{1,40})\.(0|[1-9][0-9]{0,11})\.([A-Za-z0-9_-]{22})$")
_READER = re.compile(r"^([A-Za-z0-9_-]{2,344})\.([A-Za-z0-9_-]{22})$")
_LINK = re.compile(r"""(<a\b[^>]*?\bhref\s*=\s*)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """What a token stands for; `link_no` is 0 for a pixel and for unsubscribing, the last second for confirming."""

    send_id: str
    link_no: int


class Link(NamedTuple):
    """A link in HTML: from where to where its address stands, and the address itself."""

    start: int
    end: int
    target: str


class SignedTracking:
    """Writes and reads tokens; see `gtm.automation.ports.Tracking`.

    Args:
        base_url: the public address of the web door, without a slash at the end.
        secret: the server's; whoever has it can make tokens. A new one makes links of old mails dead.
    """

    def __init__(self, base_url: str, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret has at least 16 bytes")
        self._base = base_url.rstrip("/")
        # HMAC (RFC 2104) with both keys taken in once: a mail has a signature for each of its links.
        key = hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret
        self._inner, self._outer = (
            hashlib.sha256(bytes(byte ^ pad for byte in key.ljust(_BLOCK, b"\0"))) for pad in (0x36, 0x5C)
        )

    def url(self, kind: Kind, send_id: str, link_no: int = 0) -> str:
        """The address of a pixel, a link, or the unsubscribe page."""
        return f"{self._base}{PATHS[kind]}{send_id}.{link_no}.{self._signature(kind, send_id, link_no)}"

    def unsubscribe_url(self, send_id: str) -> str:
        """Where the recipient of a send unsubscribes."""
        return self.url("unsubscribe", send_id)

    def confirm_url(self, send_id: str, expires_at: datetime) -> str:
        """Where the recipient of a send confirms their consent, up to but not including a moment, which is signed."""
        return self.url("confirm", send_id, int(expires_at.timestamp()))

    def confirming(self, token: str, now: datetime) -> str | None:
        """The send whose consent a token confirms; None when it is not one of ours, or has expired."""
        mark = self.read("confirm", token)
        return mark.send_id if mark is not None and now.timestamp() < mark.link_no else None

    def preferences_url(self, lead: Lead) -> str:
        """Where a lead chooses what to get: the same address in every mail, as a person may keep it."""
        name = base64.urlsafe_b64encode(lead.lead_id.encode()).rstrip(b"=").decode()
        return f"{self._base}{PREFERENCES}{name}.{self._signature('preferences', lead.lead_id)}"

    def reader(self, token: str) -> str | None:
        """The id of the lead whose choices a token opens; None when it is not one of ours. Compared in constant time.

        A lead's id is no secret, and neither is an address of ours: the signature alone counts.
        """
        match = _READER.match(token)
        if match is None:
            return None
        try:
            lead_id = base64.b64decode(match.group(1) + "=" * (-len(match.group(1)) % 4), b"-_", validate=True).decode()
        except ValueError:
            return None
        same = hmac.compare_digest(match.group(2).encode(), self._signature("preferences", lead_id).encode())
        return lead_id if same else None

    def read(self, kind: Kind, token: str) -> Mark | None:
        """What a token stands for; None when it is not one of ours for this kind. Compared in constant time."""
        match = _TOKEN.match(token)
        if match is None:
            return None
        send_id, link_no = match.group(1), int(match.group(2))
        given = match.group(3).encode()
        if not hmac.compare_digest(given, self._signature(kind, send_id, link_no).encode()):
            return None
        return Mark(send_id, link_no)

    def numbers(self, session: Session, emails: Sequence[tuple[RenderedEmail, Lead]]) -> Mapping[str, int]:
        """The numbers of all addresses that these mails link to, stored where they were not."""
        targets = {target for email, lead in emails for target in targets_of(email, lead)}
        return tracking.link_numbers(session, targets) if targets else {}

    def tracked(self, email: RenderedEmail, lead: Lead, send_id: str, numbers: Mapping[str, int]) -> RenderedEmail:
        """The mail with signed links, a pixel, and a signed way to unsubscribe.

        Links in the text part stay readable as they are; links that name the lead are left alone.
        """
        leave = self.unsubscribe_url(send_id)
        changes: dict[str, str] = {"unsubscribe_url": leave}
        if email.unsubscribe_url:
            changes["text"] = email.text.replace(email.unsubscribe_url, leave)
        if email.html is not None:
            changes["html"] = self._with_pixel(self._with_links(email, lead, send_id, numbers), send_id)
        return email.model_copy(update=changes)

    def _with_links(self, email: RenderedEmail, lead: Lead, send_id: str, numbers: Mapping[str, int]) -> str:
        body, done, pieces = email.html or "", 0, list[str]()
        for link in _links(body):
            if email.unsubscribe_url and link.target == email.unsubscribe_url:
                address = self.unsubscribe_url(send_id)
            elif link.target in numbers and _counted(link.target, email, lead):
                address = self.url("click", send_id, numbers[link.target])
            else:
                continue
            pieces += body[done : link.start], html.escape(address)
            done = link.end
        return "".join((*pieces, body[done:]))

    def _with_pixel(self, body: str, send_id: str) -> str:
        pixel = f'<img src="{html.escape(self.url("open", send_id))}" width="1" height="1" alt="" style="border:0">'
        at = body.rfind("</body>")
        if at < 0 and (match := _BODY_END.search(body)):
            at = match.start()
        return body[:at] + pixel + body[at:] if at >= 0 else body + pixel

    def _signature(self, kind: Kind | Literal["preferences"], name: str, link_no: int = 0) -> str:
        text = f"{kind}|{name}|{link_no}".encode()
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return base64.urlsafe_b64encode(outer.digest()[:_SIGNATURE_BYTES]).rstrip(b"=").decode()


def targets_of(email: RenderedEmail, lead: Lead) -> set[str]:
    """The addresses in a mail's HTML that are counted when they are clicked."""
    found = {link.target for link in _links(email.html or "")}
    return {target for target in found if _counted(target, email, lead)}


@lru_cache(maxsize=128)
def _links(body: str) -> tuple[Link, ...]:
    """The links of a mail in order; a mail of a group is asked twice, for its targets and to have them replaced."""
    found = _LINK.finditer(body)
    return tuple(Link(match.start(3), match.end(3), _target(match.group(3))) for match in found)


@lru_cache(maxsize=1024)
def _target(attribute: str) -> str:
    """The address in an attribute; most are the same in everybody's mail."""
    return html.unescape(attribute).strip()


def _counted(target: str, email: RenderedEmail, lead: Lead) -> bool:
    """Web addresses that are the same for everybody: what names a person is not kept in a table of targets."""
    if target == email.unsubscribe_url or target == email.preferences_url or lead.lead_id in target:
        return False
    return _is_web(target) and lead.email not in target.lower()


@lru_cache(maxsize=1024)
def _is_web(target: str) -> bool:
    if not target.lower().startswith(("https://", "http://")) or len(target) > _MAX_TARGET:
        return False
    return not any(character < " " for character in target)


def secret_from(key: bytes) -> bytes:
    """The secret of tracking, derived from the vault's key: one secret less to keep, and not the same one."""
    return hmac.new(key, b"gtm tracking links", hashlib.sha256).digest()
