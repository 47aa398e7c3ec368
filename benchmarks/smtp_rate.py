"""Mail by the workflow engine against loops around smtplib, into the same sink in one run.

Usage: python -m benchmarks.smtp_rate [MAILS] [ROUNDS]

The engine has what `gtm worker` has: stored content of a run, rendered for each person, every guard of
config/policies.yaml, signed tracking links, a pixel and a one-click unsubscribe, a DKIM signature, reservation, moves
and log on SQLite. Only the hours are those of now, or nothing would go out on most days; every guard is asked.

Three loops stand beside it, each on one connection: one hands over the very bytes that the engine sent, built and
signed before, which is the strict yardstick and has nothing to do but to wait; one builds an EmailMessage for each
person and calls send_message, unsigned, as any program must that writes to more than one; one builds and signs each.
The sink is a process of its own that offers PIPELINING, as mail servers in earnest do; smtplib has no use for it. One
row tells what the engine does where it is not offered.
"""

import shutil
import smtplib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import SecretStr

from app import bootstrap
from app.mailing import sending
from app.settings import Settings
from app.worker import prepare_process
from benchmarks.conditions import own_environment, print_conditions
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
READY = "loop: ready bytes, signed before (READY)"
PLAIN = "loop: EmailMessage, send_message (PLAIN)"
SIGNED = "loop: builds and signs each (SIGNED)"
YARDSTICKS = (READY, PLAIN, SIGNED)
Letter = tuple[str, Callable[[], bytes | EmailMessage]]
"""Recipient, and what has the message."""
NOT_GIVEN = frozenset({"Content-Type", "MIME-Version", "DKIM-Signature"})


@dataclass
class Speed:
    """How fast so many mails went.

    Attributes:
        seconds: that it took.
        worked: seconds of the processor for whoever handed them over, all threads and processes of it.
        sink: seconds of the processor for the sink.
    """

    mails: int
    seconds: float = 0.0
    worked: float = 0.0
    sink: float = 0.0

    @property
    def rate(self) -> float:
        """Mails a second."""
        return self.mails / self.seconds

    @property
    def cpu(self) -> float:
        """Milliseconds of the processor for a mail."""
        return 1000 * self.worked / self.mails

    @property
    def sink_cpu(self) -> float:
        """Milliseconds of the sink's processor for a mail."""
        return 1000 * self.sink / self.mails


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


def send_all(database: Database, settings: Settings) -> tuple[float, float]:
    """Have a worker of this process send what is due; how long it took, and how long the processor worked for it."""
    with sending(settings, bootstrap.read_configuration(), database) as services:
        ours = replace(services, delivery=open_now(services.delivery))
        worker = Worker(database, SystemClock(), ours, name="bench")
        began, worked = time.perf_counter(), time.process_time()
        worker.run_until_idle()
        return time.perf_counter() - began, time.process_time() - worked


def engine(house: House, sink: Sink, mails: int, connections: int, workers: int = 1) -> Speed:
    """Mails through the engine, by one worker in this process or by several processes.

    Raises:
        RuntimeError: the sink did not get each of them.
    """
    with house.due(mails, sink.port, connections) as (database, settings, env), counted(sink, mails) as speed:
        told = send_all(database, settings) if workers == 1 else seconds_of(workers, env)
        speed.seconds, speed.worked = told
    return speed


def messages_of(house: House, mails: int) -> Sequence[ReceivedEmail]:
    """What the engine sends, as it comes over the wire."""
    with SmtpSink() as sink, house.due(mails, sink.port, 1) as (database, settings, _):
        send_all(database, settings)
    if len(sink.received) != mails or b"DKIM-Signature" not in sink.received[0].raw:
        raise RuntimeError(f"{len(sink.received)} of {mails} mails came, and they should be signed")
    return sink.received


def loop(sink: Sink, letters: Sequence[Letter], connections: int = 1) -> Speed:
    """Mails by smtplib.

    Args:
        sink: who takes them.
        letters: what to hand over, each with its recipient.
        connections: loops at a time, each on a connection of its own.
    """
    with counted(sink, len(letters)) as speed:
        began, worked = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(connections) as pool:
            list(pool.map(lambda start: _hand_over(sink, letters[start::connections]), range(connections)))
        speed.seconds, speed.worked = time.perf_counter() - began, time.process_time() - worked
    return speed


@contextmanager
def counted(sink: Sink, mails: int) -> Iterator[Speed]:
    """A figure to be filled in, of mails that the sink must all get in the block.

    Raises:
        RuntimeError: it did not get each of them.
    """
    speed, before, worked = Speed(mails), sink.taken(), sink.cpu_seconds()
    yield speed
    speed.sink = sink.cpu_seconds() - worked
    if sink.taken() - before != mails:
        raise RuntimeError(f"the sink got {sink.taken() - before} of {mails} mails")


def _hand_over(sink: Sink, letters: Sequence[Letter]) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        for to, message in letters:
            made = message()
            if isinstance(made, bytes):
                connection.sendmail(SENDER, to, made)
            else:
                connection.send_message(made)


def ready(one: ReceivedEmail) -> Callable[[], bytes]:
    """A message that is there."""
    return lambda: one.raw


def to_be_made(one: ReceivedEmail) -> Callable[[], EmailMessage]:
    """The same message as a program makes it that knows nothing but the standard library, unsigned."""
    headers, text, html = _parts(one)

    def make() -> EmailMessage:
        message = EmailMessage()
        for name, value in headers.items():
            message[name] = value
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        return message

    return make


def to_be_built(one: ReceivedEmail, signer: Signer) -> Callable[[], bytes]:
    """The same message by the standard library from its parts, signed."""
    headers, text, html = _parts(one)

    def build() -> bytes:
        message = EmailMessage(policy=SMTP.clone(max_line_length=900))
        for name, value in headers.items():
            message[name] = value
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(html, subtype="html", cte="quoted-printable")
        return signer.signed(message.as_bytes())

    return build


def _parts(one: ReceivedEmail) -> tuple[dict[str, str], str, str]:
    headers = {name: str(value) for name, value in one.message.items() if name not in NOT_GIVEN}
    text, html = (str(part.get_content()) for part in one.message.iter_parts())
    return headers, text, html


def main(mails: int, rounds: int) -> None:
    """Measure in turn and report."""
    several = Settings().mail_connections
    print_conditions(
        "smtp_rate: mail by the engine against loops around smtplib, into the same sink",
        mails=mails,
        rounds=f"{rounds}, each row in turn in each of them",
        database="SQLite",
        engine="guards, rendering, links, pixel and DKIM for each mail, reserved before and noted after it",
        loops="1 connection each",
        sink="aiosmtpd in a process of its own; offers PIPELINING but for the row that says so",
    )
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder, Sink(pipelining=True) as sink, Sink() as old:
        house = House(Path(folder))
        messages = messages_of(house, mails)
        print(f"a message: {sum(len(one.raw) for one in messages) / mails:,.0f} bytes", flush=True)
        there = [(one.recipient, ready(one)) for one in messages]
        made = [(one.recipient, to_be_made(one)) for one in messages]
        built = [(one.recipient, to_be_built(one, house.signer)) for one in messages]
        rows: dict[str, Callable[[], Speed]] = {
            "engine, 1 connection": lambda: engine(house, sink, mails, 1),
            READY: lambda: loop(sink, there),
            f"engine, {several} connections (the default)": lambda: engine(house, sink, mails, several),
            PLAIN: lambda: loop(sink, made),
            f"engine, {WORKERS} workers with {several} each": lambda: engine(house, sink, mails, several, WORKERS),
            SIGNED: lambda: loop(sink, built),
            f"engine, {several} connections, no PIPELINING": lambda: engine(house, old, mails, several),
            f"ready bytes, {several} connections: the sink's limit": lambda: loop(sink, there, several),
        }
        measured: dict[str, list[Speed]] = {name: [] for name in rows}
        # As a worker does; with it, what the loops hold ready costs nobody anything.
        prepare_process()
        for _ in range(rounds):
            for name, measure in rows.items():
                measured[name].append(measure())
    told(measured)


def told(measured: Mapping[str, Sequence[Speed]]) -> None:
    """All figures beside each other: the median of each row, and of the ratios of the rounds."""
    print(f"{'':46} {'mails/s':>8} {'(spread)':>13} {'CPU ms/mail':>11} {'sink':>5}   of READY  PLAIN  SIGNED")
    for name, speeds in measured.items():
        rates = [one.rate for one in speeds]
        ratios = (median(a.rate / b.rate for a, b in zip(speeds, measured[y], strict=True)) for y in YARDSTICKS)
        print(
            f"{name:46} {median(rates):8,.0f} {f'({min(rates):,.0f}-{max(rates):,.0f})':>13}"
            f" {median(one.cpu for one in speeds):11.2f} {median(one.sink_cpu for one in speeds):5.2f}  "
            + "".join(f" {ratio:7.2f}" for ratio in ratios),
            flush=True,
        )
    for yardstick in YARDSTICKS:
        best: dict[str, float] = {
            name: median(a.rate / b.rate for a, b in zip(speeds, measured[yardstick], strict=True))
            for name, speeds in measured.items()
            if name.startswith("engine")
        }
        name = max(best, key=best.__getitem__)
        verdict = "met" if best[name] >= AIM else "MISSED"
        print(f"against {yardstick}: {best[name]:.2f} ({name}), aim ≥ {AIM}: {verdict}", flush=True)


if __name__ == "__main__":
    main(*(int(given) for given in (sys.argv[1:] + ["2000", "3"][len(sys.argv) - 1 :])[:2]))
