"""Settings of the HTTP connector."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from gtm.domain.base import Model, Slug

HttpMethod = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class HttpEndpoint(Model):
    """An endpoint that workflows may call by name. `token` is sent as a bearer token and never logged."""

    name: Slug
    url: Annotated[str, Field(pattern=r"^https?://[^\s#@]+$", max_length=2000)]
    token: SecretStr | None = None


class HttpSettings(Model):
    """Which endpoints and hosts may be called. Empty, as by default, means none.

    Attributes:
        endpoints: endpoints by name.
        allowed_hosts: hosts that a workflow may name in a URL, exact, without port.
        private_hosts: hosts that may lead to loopback, private or link-local addresses; none by default.
        timeout_seconds: how long one call may take, from connecting to the end of the answer.
    """

    endpoints: tuple[HttpEndpoint, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
