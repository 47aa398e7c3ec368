"""Settings of the SMTP connector."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from gtm.domain.base import Model


class DkimSettings(Model):
    """How mail is signed (RFC 6376).

    Attributes:
        domain: whose DNS holds the public key, at `<selector>._domainkey.<domain>`.
        private_key: RSA key in PEM form, from the vault; never written to a log or an error.
    """

    domain: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
    selector: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$")]
    private_key: SecretStr


class SmtpSettings(Model):
    """Where mail goes and whom it comes from.

    Attributes:
        security: `starttls` and `tls` verify the server's certificate; `plain` is for a relay on this machine.
        password: with `username`, the credentials; never written to a log or an error.
        connections: how many messages may be handed over at one time, each on a connection that is kept.
        timeout_seconds: how long one answer of the server may take; making a connection takes three times that at most.
        unsubscribe_url: HTTPS address of the one-click unsubscribe (RFC 8058); the message's key is appended.
        unsubscribe_mailto: address that takes unsubscribe requests by mail.
        dkim: signs every message; None where the relay does it.
    """

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["plain", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    sender: Annotated[str, Field(min_length=3, max_length=254)]
    sender_name: Annotated[str, Field(max_length=100)] = ""
    connections: Annotated[int, Field(ge=1, le=32)] = 1
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    unsubscribe_url: Annotated[str, Field(pattern=r"^https://[^\s<>?#]+$")]
    unsubscribe_mailto: str | None = None
    dkim: DkimSettings | None = None
