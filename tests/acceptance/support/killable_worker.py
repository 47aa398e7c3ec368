"""A worker process for tests that kill it: `python -m tests.acceptance.support.killable_worker URL HOST PORT [SERVER]`.

Sends over real SMTP on the real clock, with the engine and the connector as they are, until it is killed.
"""

import sys
import threading
from datetime import timedelta

from gtm.automation.engine import Worker
from gtm.automation.fake import FakeEmailSource
from gtm.automation.ports import Services
from gtm.connectors.base import DeliveryLookup
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.clock import SystemClock
from gtm.store.database import Database

LEASE = timedelta(seconds=2)


def mailer(host: str, port: int, lookup: DeliveryLookup | None = None) -> SmtpConnector:
    """The way to the sink, and who is asked what it took."""
    return SmtpConnector(
        SmtpSettings(
            host=host,
            port=port,
            security="plain",
            sender="team@acme.test",
            unsubscribe_url="https://acme.test/unsubscribe",
        ),
        lookup,
    )


def main(url: str, host: str, port: int, temporal: str = "") -> None:
    """Work for ever, on its own or on the Temporal server at an address."""
    clock = SystemClock()
    services = Services(FakeEmailSource(), mailer(host, port))
    print("ready", flush=True)
    database = Database(url, clock)
    if not temporal:
        Worker(database, clock, services, name="killable", lease=LEASE).run(threading.Event(), 0.05)
        return
    from app.temporal.engine import Cluster, TemporalEngine

    engine = TemporalEngine(
        database, clock, services, Cluster(address=temporal), name="killable", lease=LEASE, heartbeat_seconds=2
    )
    engine.run(threading.Event(), 0.05)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
