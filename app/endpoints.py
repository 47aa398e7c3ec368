"""The file that GTM_HTTP_ENDPOINTS names: what workflows may call, with tokens as references into the vault."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, SecretStr, field_validator

from app import bootstrap
from app.settings import Settings
from gtm.automation.reach import Reach
from gtm.connectors.http.schemas import HttpEndpoint, HttpSettings
from gtm.domain.base import Model
from gtm.store.database import Database

if TYPE_CHECKING:
    from gtm.connectors.http.service import HttpConnector

_REFERENCE = r"^vault://[^\s]{3,200}$"
HostName = Annotated[str, Field(pattern=r"^[a-z0-9_]([a-z0-9_.:-]{0,251}[a-z0-9])?$")]


class EndpointEntry(Model):
    """An endpoint that workflows call by name.

    Attributes:
        token: vault reference of the bearer token; None where the endpoint wants none.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
    url: Annotated[str, Field(pattern=r"^https?://[^\s#@]+$", max_length=2000)]
    token: Annotated[str, Field(pattern=_REFERENCE)] | None = None

    @field_validator("token", mode="before")
    @classmethod
    def _hidden(cls, given: object) -> object:
        """Whoever writes the token itself in place of its reference must not find it in an error."""
        return given if given is None or re.match(_REFERENCE, str(given)) else "(not shown)"


class EndpointsFile(Model):
    """The whole file; see `gtm.connectors.http.schemas.HttpSettings`."""

    endpoints: tuple[EndpointEntry, ...] = ()
    allowed_hosts: tuple[HostName, ...] = ()
    private_hosts: tuple[HostName, ...] = ()
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0

    def settings(self, secret: Callable[[str], str]) -> HttpSettings:
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


def http(settings: Settings, database: Database) -> "HttpConnector | None":
    """What carries out http_request steps; None where nothing may be called.

    Raises:
        ConfigError: the file cannot be used.
        NotFound: nothing is stored under a token's reference.
        StoreError: a token was encrypted with another key of the vault.
    """
    from gtm.connectors.http.service import HttpConnector

    named = bootstrap.endpoints(settings)
    if named is None:
        return None
    with database.read() as session:
        return HttpConnector(named.settings(lambda reference: bootstrap.open_vault(settings).get(session, reference)))


def reach(settings: Settings) -> Reach:
    """What workflows can reach from here, for those who ask before a workflow is let run.

    Raises:
        ConfigError: the endpoints' file cannot be used.
    """
    named = bootstrap.endpoints(settings)
    return Reach(
        setting="GTM_HTTP_ENDPOINTS",
        endpoints=frozenset(one.name for one in named.endpoints) if named else frozenset(),
        hosts=frozenset(named.allowed_hosts) if named else frozenset(),
    )
