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
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
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
from benchmarks.smtp_worker import open_now, seconds_of
from gtm.automation.engine import Worker
from gtm.connectors.smtp.fake import ReceivedEmail, SmtpSink
from gtm.connectors.smtp.schemas import DkimSettings
from gtm.connectors.smtp.signing import Signer
from gtm.domain.clock import SystemClock
from gtm.store.database import Database

AIM = 0.9
KEY, SELECTOR = "vault://bench/email/dkim", "s1"
WORKERS = 2
Letter = tuple[str, Callable[[], bytes]]
"""Recipient, and what has the message."""
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
    def due(self, mails: int, port: int, connections: int) -> Iterator[tuple[Database, Settings, dict[str, str]]]:
        """A store with so many mails due, and the settings of `gtm worker` that would send them."""
        with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
            home = Path(folder) / "home"
            shutil.copytree(self._home, home)
            env = own_environment(Path(folder), **mail_environment(port)) | {
                "GTM_PUBLIC_URL": f"https://{DOMAIN}",
                "GTM_DKIM_SELECTOR": SELECTOR,
                "GTM_DKIM_KEY": KEY,
                "GTM_MAIL_CONNECTIONS": str(connections),
            }
            settings = Settings.from_env(env)
            database = bootstrap.open_store(settings)
            enrol(database, mails, "marketing")
            yield database, settings, env
            database.close()


def send_all(database: Database, settings: Settings) -> float:
    """Have a worker of this process send what is due; how long it took, in seconds."""
    with sending(settings, bootstrap.read_configuration(), database) as services:
        ours = replace(services, delivery=open_now(services.delivery))
        worker = Worker(database, SystemClock(), ours, name="bench")
        began = time.perf_counter()
        worker.run_until_idle()
        return time.perf_counter() - began


def engine_rate(house: House, sink: Sink, mails: int, connections: int, workers: int = 1) -> float:
    """Mails a second through the engine, by one worker in this process or by several processes.

    Raises:
        RuntimeError: the sink did not get each of them.
    """
    with house.due(mails, sink.port, connections) as (database, settings, env):
        before = sink.taken()
        took = send_all(database, settings) if workers == 1 else seconds_of(workers, env)
        if sink.taken() - before != mails:
            raise RuntimeError(f"the sink got {sink.taken() - before} of {mails} mails")
    return mails / took


def messages_of(house: House, mails: int) -> Sequence[ReceivedEmail]:
    """What the engine sends, as it comes over the wire."""
    with SmtpSink() as sink, house.due(mails, sink.port, 1) as (database, settings, _):
        send_all(database, settings)
    if len(sink.received) != mails or b"DKIM-Signature" not in sink.received[0].raw:
        raise RuntimeError(f"{len(sink.received)} of {mails} mails came, and they should be signed")
    return sink.received


def loop_rate(sink: Sink, letters: Sequence[Letter]) -> float:
    """Mails a second by smtplib on one connection.

    Args:
        sink: who takes them.
        letters: what to hand over.
    """
    before = sink.taken()
    began = time.perf_counter()
    _hand_over(sink, letters)
    took = time.perf_counter() - began
    if sink.taken() - before != len(letters):
        raise RuntimeError("the sink did not get each mail of the loop")
    return len(letters) / took


def ceiling(sink: Sink, letters: Sequence[Letter], connections: int) -> float:
    """Mails a second that the sink takes at most: ready bytes on several connections at a time."""
    before = sink.taken()
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(lambda start: _hand_over(sink, letters[start::connections]), range(connections)))
    took = time.perf_counter() - began
    if sink.taken() - before != len(letters):
        raise RuntimeError("the sink did not get each mail of the loops")
    return len(letters) / took


def _hand_over(sink: Sink, letters: Sequence[Letter]) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        for to, message in letters:
            connection.sendmail(SENDER, to, message())


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
        ours=f"1 connection; {default} (the default); {WORKERS} workers with {default} each; guards, links and DKIM",
        loop="1 connection, the same bytes, built and signed before",
    )
    sink = Sink()
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
        house = House(Path(folder))
        messages = messages_of(house, mails)
        print(f"a message: {sum(len(one.raw) for one in messages) / mails:,.0f} bytes", flush=True)
        there = [(one.recipient, ready(one)) for one in messages]
        built = [(one.recipient, to_be_built(one, house.signer)) for one in messages]
        measured: dict[str, list[float]] = {
            name: [] for name in ("single", "loop", "building", "several", "most", "both")
        }
        try:
            for _ in range(rounds):
                measured["single"].append(engine_rate(house, sink, mails, 1))
                measured["loop"].append(loop_rate(sink, there))
                measured["building"].append(loop_rate(sink, built))
                measured["several"].append(engine_rate(house, sink, mails, default))
                measured["both"].append(engine_rate(house, sink, mails, default, WORKERS))
                measured["most"].append(ceiling(sink, there, default))
        finally:
            sink.close()
    told(measured, default)


def told(measured: Mapping[str, Sequence[float]], default: int) -> None:
    """All figures beside each other."""
    loop, building = measured["loop"], measured["building"]
    for name, ours in (
        ("on one connection", "single"),
        (f"on {default} connections, the default", "several"),
        (f"by {WORKERS} workers with {default} connections each", "both"),
    ):
        report(name, measured[ours], loop, unit="mails/s", aim=AIM, at_least=True)
        against = statistics.median(a / b for a, b in zip(measured[ours], building, strict=True))
        print(f"  against a loop that builds and signs each message by itself: {against:.2f}", flush=True)
    print(f"a loop that builds and signs each message: {spread(building, 'mails/s')}")
    print(f"what the sink takes at most, ready bytes on {default} connections: {spread(measured['most'], 'mails/s')}")


if __name__ == "__main__":
    main(*(int(given) for given in (sys.argv[1:] + ["2000", "3"][len(sys.argv) - 1 :])[:2]))
