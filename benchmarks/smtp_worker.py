"""A process that sends what is due, as one of several workers; see `benchmarks.smtp_rate`.

Usage: python -m benchmarks.smtp_worker: the settings are in its environment. It says when it is ready, begins at a line
on its input, and when nothing more is due, says how many seconds the processor has worked for it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time

from app import bootstrap
from app.mailing import sending
from app.settings import Settings
from app.worker import prepare_process
from benchmarks.conditions import ROOT
from gtm.automation.engine import Worker
from gtm.domain.clock import SystemClock
from gtm.domain.delivery import DeliveryPolicy, QuietHours
from gtm.domain.schedule import SendWindow, TimeRange


def open_now(policy: DeliveryPolicy) -> DeliveryPolicy:
    """The same limits, with hours that are open at this moment; the example has no postal address."""
    now = datetime.now(UTC)
    quiet = QuietHours(start=(now + timedelta(hours=11)).time(), end=(now + timedelta(hours=13)).time())
    day = (TimeRange(start=wall_time(0), end=wall_time(12)), TimeRange(start=wall_time(12), end=wall_time.max))
    windows = {
        audience: SendWindow(audience=audience, weekdays=tuple(range(7)), ranges=day) for audience in policy.windows
    }
    return replace(policy, quiet=quiet, windows=windows, needs_address=False)


def seconds_of(workers: int, env: Mapping[str, str]) -> tuple[float, float]:
    """How long so many processes take to send everything that is due, once all of them are up; and how long the
    processor works for all of them in that time.

    Args:
        workers: how many.
        env: their settings.

    Raises:
        RuntimeError: one of them ended badly.
    """
    command = [sys.executable, "-m", "benchmarks.smtp_worker"]
    running = [
        subprocess.Popen(command, cwd=ROOT, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(workers)
    ]
    for one in running:
        assert one.stdout is not None
        one.stdout.readline()
    began = time.perf_counter()
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.close()
    worked = 0.0
    for one in running:
        assert one.stdout is not None
        worked += float(one.stdout.readline())
    took = time.perf_counter() - began
    codes = [one.wait() for one in running]
    if any(codes):
        raise RuntimeError(f"the workers ended with {codes}")
    return took, worked


def main() -> None:
    """Serve one run."""
    settings = Settings.from_env(dict(os.environ))
    database = bootstrap.open_store(settings)
    with sending(settings, bootstrap.read_configuration(), database) as services:
        worker = Worker(
            database,
            SystemClock(),
            replace(services, delivery=open_now(services.delivery)),
            name=f"bench-{os.getpid()}",
        )
        prepare_process()
        print("ready", flush=True)
        sys.stdin.readline()
        worked = time.process_time()
        worker.run_until_idle()
        print(time.process_time() - worked, flush=True)
    database.close()


if __name__ == "__main__":
    main()
