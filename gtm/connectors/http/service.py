"""The HTTP connector. A workflow cannot reach a host that the configuration does not name: no redirects, no proxies
from the environment; and none that leads to an address inside (`gtm.connectors.http.pinned`)."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import ValidationError

from gtm.connectors.base import Capability, ConnectorStatus
from gtm.connectors.http.pinned import PinnedTransport
from gtm.connectors.http.schemas import HttpEndpoint, HttpMethod, HttpSettings
from gtm.connectors.http.timed import deadline
from gtm.domain.base import identifier
from gtm.domain.errors import OutcomeUnknown, PermanentFailure, TransientFailure

MOST_READ = 64 * 1024
"""Bytes of an answer's body that are read; the connection of a longer one is closed."""

_PARTS = re.compile(r"[a-z0-9]+")
_MAYBE_SENT = (httpx.ReadError, httpx.ReadTimeout, httpx.WriteError, httpx.WriteTimeout, httpx.RemoteProtocolError)


class HttpConnector:
    """Calls endpoints for the http_request step.

    Args:
        settings: what may be called.
        transport: another transport for tests; it then answers for where requests go.
    """

    name = "http"
    capabilities: frozenset[Capability] = frozenset({"http_request"})

    def __init__(self, settings: HttpSettings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._client = httpx.Client(
            timeout=settings.timeout_seconds,
            follow_redirects=False,
            trust_env=False,
            transport=transport or PinnedTransport(settings.private_hosts),
        )

    def call(
        self, *, connector: str | None, url: str | None, method: HttpMethod, key: str, body: Mapping[str, Any]
    ) -> int:
        """Make one call and return its status.

        Args:
            connector: name of a configured endpoint, or None when `url` says where.
            url: an URL on an allowed host.
            method: the HTTP method.
            key: idempotency key, sent as `Idempotency-Key`.
            body: sent as JSON, except with GET.

        Raises:
            PermanentFailure: not allowed, leads to an address inside, or answered 3xx or 4xx.
            TransientFailure: not reached, or answered 408, 425, 429 or 5xx.
            OutcomeUnknown: the connection broke, or the time was over, after the request was on its way, and the
                method is not GET or PUT.
        """
        endpoint = self._endpoint(connector, url)
        headers = {"Idempotency-Key": key}
        if endpoint.token:
            headers["Authorization"] = f"Bearer {endpoint.token.get_secret_value()}"
        try:
            status = self._status(method, endpoint.url, headers, None if method == "GET" else dict(body))
        except _MAYBE_SENT as error:
            if method in ("GET", "PUT"):
                raise TransientFailure(f"{endpoint.name} broke off: {error!r}") from error
            raise OutcomeUnknown(f"{endpoint.name} broke off after the request was sent: {error!r}") from error
        except httpx.InvalidURL as error:
            raise PermanentFailure(f"{endpoint.name} cannot be called: {error}", field="url", value=url) from error
        except httpx.HTTPError as error:
            raise TransientFailure(f"{endpoint.name} could not be reached: {error!r}") from error
        if status in (408, 425, 429) or status >= 500:
            raise TransientFailure(f"{endpoint.name} answered {status}", value=status)
        if status >= 300:
            raise PermanentFailure(f"{endpoint.name} answered {status}", value=status)
        return status

    def _status(self, method: HttpMethod, url: str, headers: Mapping[str, str], body: dict[str, Any] | None) -> int:
        """What was answered; of the rest of the answer no more is read than lets the connection be used again."""
        with (
            deadline(self._settings.timeout_seconds),
            self._client.stream(method, url, headers=headers, json=body) as answer,
        ):
            read = 0
            # An answer stands once its head is there; a body that breaks off does not make it undone.
            with suppress(httpx.HTTPError):
                for chunk in () if answer.is_stream_consumed else answer.iter_raw():
                    read += len(chunk)
                    if read > MOST_READ:
                        break
            return answer.status_code

    def check(self) -> ConnectorStatus:
        """What is configured; endpoints are not called, since no call is known to be without effect."""
        names = [endpoint.name for endpoint in self._settings.endpoints]
        if not names and not self._settings.allowed_hosts:
            return ConnectorStatus(
                name=self.name,
                state="not_configured",
                detail="no endpoint and no host is configured",
                fix="Name the endpoints that workflows may call.",
            )
        detail = f"endpoints: {', '.join(names) or 'none'}; hosts: {', '.join(self._settings.allowed_hosts) or 'none'}"
        return ConnectorStatus(name=self.name, state="ready", detail=detail)

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    def _endpoint(self, connector: str | None, url: str | None) -> HttpEndpoint:
        if connector is not None:
            found = next((e for e in self._settings.endpoints if e.name == connector), None)
            if found is None:
                raise PermanentFailure("this endpoint is not configured", field="connector", value=connector)
            return found
        host = _host(url or "")
        if host not in self._settings.allowed_hosts:
            raise PermanentFailure("workflows may not call this host", field="url", value=host)
        try:
            return HttpEndpoint(name=identifier(*_PARTS.findall(host)) or "url", url=url or "")
        except ValidationError as error:
            raise PermanentFailure("this URL cannot be called", field="url", value=url) from error


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return ""
    return parts.hostname or ""
