"""Mail by the workflow engine against a bare smtplib loop, into the same sink in one run.

Usage: python -m benchmarks.smtp_rate [MAILS] [ROUNDS]

The engine has what `gtm worker` has: stored content of a run, rendered for each person, every guard of
config/policies.yaml, signed tracking links, a pixel and a one-click unsubscribe, a DKIM signature, reservation, moves
and log on SQLite. Only the hours are those of now, or nothing would go out on most days; every guard is asked. The loop
hands over the very bytes that the engine sent, built and signed before; that is the yardstick. Beside it stands a loop
that builds and signs each message by itself, as every program must that writes to more than one person: what lies
between the two is the price of a message, what lies below is the engine's. The sink is a process of its own.
"""

import shutil
import smtplib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from app import bootstrap
from app.mailing import sending
from app.settings import Settings
from benchmarks.conditions import own_environment, print_conditions, report, spread
from benchmarks.mail_sink import Sink
from benchmarks.mail_venture import DOMAIN, SENDER, enrol, mail_environment, run_stage
from gtm.automation.engine import Worker
from gtm.automation.ports import Services
from gtm.connectors.smtp.fake import ReceivedEmail, SmtpSink
from gtm.connectors.smtp.schemas import DkimSettings
from gtm.connectors.smtp.signing import Signer
from gtm.domain.clock import SystemClock
from gtm.domain.delivery import DeliveryPolicy, QuietHours
from gtm.domain.schedule import SendWindow, TimeRange
from gtm.store.database import Database

AIM = 0.9
KEY, SELECTOR = "vault://bench/email/dkim", "s1"
NOT_GIVEN = frozenset({"Content-Type", "MIME-Version", "DKIM-Signature"})


class House:
    """A home in which the venture has been through the stage, and a key to sign with; each round works on a copy.

    Args:
        folder: where it is made.
    """

    def __init__(self, folder: Path) -> None:
        self._home = folder / "house" / "home"
        run_stage(own_environment(folder / "house"))
        settings = Settings(home=self._home)
        database = bootstrap.open_store(settings)
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        kind, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        pem = made.private_bytes(serialization.Encoding.PEM, kind, plain).decode()
        with database.write() as session:
            bootstrap.open_vault(settings).put(session, KEY, pem, datetime.now(UTC))
        database.close()
        self.signer = Signer(DkimSettings(domain=DOMAIN, selector=SELECTOR, private_key=SecretStr(pem)))

    @contextmanager
    def due(self, mails: int, port: int, connections: int) -> Iterator[tuple[Database, Services]]:
        """A store with so many mails due, and what `gtm worker` would send them with."""
        with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
            home = Path(folder) / "home"
            shutil.copytree(self._home, home)
            settings = Settings.from_env(
                own_environment(Path(folder), **mail_environment(port))
                | {
                    "GTM_PUBLIC_URL": f"https://{DOMAIN}",
                    "GTM_DKIM_SELECTOR": SELECTOR,
                    "GTM_DKIM_KEY": KEY,
                    "GTM_MAIL_CONNECTIONS": str(connections),
                }
            )
            database = bootstrap.open_store(settings)
            enrol(database, mails, "marketing")
            with sending(settings, bootstrap.read_configuration(), database) as services:
                yield database, replace(services, delivery=open_now(services.delivery))
            database.close()


def open_now(policy: DeliveryPolicy) -> DeliveryPolicy:
    """The same limits, with hours that are open at this moment; the example has no postal address."""
    now = datetime.now(UTC)
    quiet = QuietHours(start=(now + timedelta(hours=11)).time(), end=(now + timedelta(hours=13)).time())
    day = (TimeRange(start=wall_time(0), end=wall_time(12)), TimeRange(start=wall_time(12), end=wall_time.max))
    windows = {
        audience: SendWindow(audience=audience, weekdays=tuple(range(7)), ranges=day) for audience in policy.windows
    }
    return replace(policy, quiet=quiet, windows=windows, needs_address=False)


def engine_rate(house: House, sink: Sink, mails: int, connections: int) -> float:
    """Mails a second through the engine.

    Raises:
        RuntimeError: the sink did not get each of them.
    """
    with house.due(mails, sink.port, connections) as (database, services):
        before = sink.taken()
        worker = Worker(database, SystemClock(), services, name="bench")
        began = time.perf_counter()
        worker.run_until_idle()
        took = time.perf_counter() - began
        if sink.taken() - before != mails:
            raise RuntimeError(f"the sink got {sink.taken() - before} of {mails} mails")
    return mails / took


def messages_of(house: House, mails: int) -> Sequence[ReceivedEmail]:
    """What the engine sends, as it comes over the wire."""
    with SmtpSink() as sink, house.due(mails, sink.port, 1) as (database, services):
        Worker(database, SystemClock(), services, name="bench").run_until_idle()
    if len(sink.received) != mails or b"DKIM-Signature" not in sink.received[0].raw:
        raise RuntimeError(f"{len(sink.received)} of {mails} mails came, and they should be signed")
    return sink.received


def loop_rate(sink: Sink, letters: Sequence[tuple[str, Callable[[], bytes]]]) -> float:
    """Mails a second by smtplib on one connection.

    Args:
        sink: who takes them.
        letters: recipient, and what has the message.
    """
    before = sink.taken()
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        for to, message in letters:
            connection.sendmail(SENDER, to, message())
    took = time.perf_counter() - began
    if sink.taken() - before != len(letters):
        raise RuntimeError("the sink did not get each mail of the loop")
    return len(letters) / took


def ready(one: ReceivedEmail) -> Callable[[], bytes]:
    """A message that is there."""
    return lambda: one.raw


def to_be_built(one: ReceivedEmail, signer: Signer) -> Callable[[], bytes]:
    """The same message by the standard library from its parts, signed."""
    headers = {name: str(value) for name, value in one.message.items() if name not in NOT_GIVEN}
    text, html = (str(part.get_content()) for part in one.message.iter_parts())

    def build() -> bytes:
        message = EmailMessage(policy=SMTP.clone(max_line_length=900))
        for name, value in headers.items():
            message[name] = value
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        return signer.signed(message.as_bytes())

    return build


def main(mails: int, rounds: int) -> None:
    """Measure in turn and report."""
    default = Settings().mail_connections
    print_conditions(
        "smtp_rate: mail by the engine against a bare smtplib loop, into the same sink",
        mails=mails,
        rounds=rounds,
        database="SQLite",
        ours=f"1 connection, and {default} (the default); all guards, tracking links and DKIM as in `gtm worker`",
        loop="1 connection, the same bytes, built and signed before",
    )
    sink = Sink()
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
        house = House(Path(folder))
        messages = messages_of(house, mails)
        print(f"a message: {sum(len(one.raw) for one in messages) / mails:,.0f} bytes", flush=True)
        there = [(one.recipient, ready(one)) for one in messages]
        built = [(one.recipient, to_be_built(one, house.signer)) for one in messages]
        several, single, loop, building = list[float](), list[float](), list[float](), list[float]()
        try:
            for _ in range(rounds):
                single.append(engine_rate(house, sink, mails, 1))
                loop.append(loop_rate(sink, there))
                building.append(loop_rate(sink, built))
                several.append(engine_rate(house, sink, mails, default))
        finally:
            sink.close()
    report("mails a second on one connection", single, loop, unit="mails/s", aim=AIM, at_least=True)
    report(f"on {default} connections, the default", several, loop, unit="mails/s", aim=AIM, at_least=True)
    against = statistics.median(a / b for a, b in zip(single, building, strict=True))
    print(f"a loop that builds and signs each message, beside: {spread(building, 'mails/s')}")
    print(f"  on one connection we are at {against:.2f} of that", flush=True)


if __name__ == "__main__":
    main(*(int(given) for given in (sys.argv[1:] + ["2000", "3"][len(sys.argv) - 1 :])[:2]))
