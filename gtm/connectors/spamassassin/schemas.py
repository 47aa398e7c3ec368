"""How a SpamAssassin daemon is reached."""

from typing import Annotated, Self

from pydantic import Field

from gtm.domain.base import Model


class SpamAssassinSettings(Model):
    """A daemon.

    Attributes:
        seconds: how long to wait for it, network tests included where it makes any.
    """

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 783
    seconds: Annotated[float, Field(gt=0, le=600)] = 30.0

    @classmethod
    def at(cls, address: str) -> Self:
        """The settings of `HOST:PORT`, as GTM_SPAMD gives it; an IPv6 address stands in brackets."""
        host, _, port = address.rpartition(":")
        return cls(host=host.strip("[]"), port=int(port))
