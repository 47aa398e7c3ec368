"""The file that GTM_HTTP_ENDPOINTS names: what workflows may call, with tokens as references into the vault."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, SecretStr

from gtm.connectors.http.schemas import HttpEndpoint, HttpSettings
from gtm.domain.base import Model

if TYPE_CHECKING:
    from collections.abc import Callable

HostName = Annotated[str, Field(pattern=r"^[a-z0-9_]([a-z0-9_.:-]{0,251}[a-z0-9])?$")]


class EndpointEntry(Model):
    """An endpoint that workflows call by name.

    Attributes:
        token: vault reference of the bearer token; None where the endpoint wants none.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
    url: Annotated[str, Field(pattern=r"^https?://[^\s#@]+$", max_length=2000)]
    token: Annotated[str, Field(pattern=r"^vault://[^\s]{3,200}$")] | None = None


class EndpointsFile(Model):
    """The whole file; see `gtm.connectors.http.schemas.HttpSettings`."""

    endpoints: tuple[EndpointEntry, ...] = ()
    allowed_hosts: tuple[HostName, ...] = ()
    private_hosts: tuple[HostName, ...] = ()
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0

    def settings(self, secret: "Callable[[str], str]") -> HttpSettings:
        """What the connector takes, with every token read.

        Args:
            secret: gives what is stored under a vault reference.
        """
        return HttpSettings(
            endpoints=tuple(
                HttpEndpoint(name=one.name, url=one.url, token=SecretStr(secret(one.token)) if one.token else None)
                for one in self.endpoints
            ),
            allowed_hosts=self.allowed_hosts,
            private_hosts=self.private_hosts,
            timeout_seconds=self.timeout_seconds,
        )
