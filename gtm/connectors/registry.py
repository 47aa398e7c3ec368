"""All connectors: one line each. The conformance tests go through this table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gtm.connectors.base import Capability, Connector
from gtm.connectors.http.schemas import HttpSettings
from gtm.connectors.http.service import HttpConnector
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.base import Model
from gtm.domain.errors import NotFound


@dataclass(frozen=True)
class ConnectorEntry:
    """How a connector is made: its settings' model, and what takes them."""

    settings: type[Model]
    build: Callable[[Any], Connector]
    capabilities: frozenset[Capability]


CONNECTORS: Mapping[str, ConnectorEntry] = {
    "http": ConnectorEntry(HttpSettings, HttpConnector, HttpConnector.capabilities),
    "smtp": ConnectorEntry(SmtpSettings, SmtpConnector, SmtpConnector.capabilities),
}


def build_connector(name: str, settings: Model) -> Connector:
    """The connector of that name.

    Raises:
        NotFound: there is none of that name.
    """
    entry = CONNECTORS.get(name)
    if entry is None:
        raise NotFound("there is no such connector", field="connector", value=name, allowed=", ".join(CONNECTORS))
    return entry.build(settings)
