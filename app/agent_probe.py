"""Asking the real agent process (SOP exit gate 1): over HTTP, as the SOP's validation test does.

Either the process at `GTM_AGENT_URL` is asked, or one of our own is started once, kept, and asked as often as needed.
"""

import atexit
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from app import ROOT
from crews.services import ProbeResult
from gtm.domain.errors import StepFailed, shorten

if TYPE_CHECKING:
    import httpx

PATH = "/agents/gtm-strategist"
START_SECONDS = 30.0
"""How long our own process may take to answer for the first time, on a busy machine."""


@dataclass(frozen=True)
class Started:
    """A process that answers: where, and how many seconds it took to come up."""

    url: str
    seconds: float


class AgentProcess:
    """The agent endpoint as a process of its own on a free loopback port; a context manager.

    It is started when first needed, once for all threads, and stopped at the end of the block or of this process; it
    also stops by itself when this process dies.

    Args:
        env: the variables of the new process.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._started: Started | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Started:
        """Start the process unless it lives already.

        Raises:
            StepFailed: it did not come up in time, or ended at once; carries what it said.
        """
        with self._lock:
            if self._process is not None and self._started is not None and self._process.poll() is None:
                return self._started
            self._started = self._launch()
            return self._started

    def stop(self) -> None:
        """End the process, if one runs."""
        with self._lock:
            process, self._process, self._started = self._process, None, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        atexit.unregister(self.let_go)

    def let_go(self) -> None:
        """End it without waiting for that, when nobody asks any more; whoever asks again starts another."""
        # Without the lock: one that is still being started holds it, and the end of this process waits for nobody.
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()

    def _launch(self) -> Started:
        began = time.monotonic()
        # A pipe as standard input ties its life to ours; what it logs goes where our own errors go.
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "app.answering"],
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        atexit.register(self.let_go)
        line = _first_line(process.stdout, START_SECONDS)
        try:
            url = str(json.loads(line)["url"])
        except (ValueError, KeyError, TypeError):
            raise StepFailed(
                f"the agent process did not come up: {self._last_words(process)}",
                hint="start it by hand to see why: gtm serve",
            ) from None
        threading.Thread(target=_drain, args=(process.stderr,), daemon=True).start()
        return Started(url, time.monotonic() - began)

    def _last_words(self, process: subprocess.Popen[bytes]) -> str:
        process.kill()
        _, said = process.communicate()
        self._process = None
        return shorten(said.decode(errors="replace") or f"nothing in {START_SECONDS:.0f} s", 400)


def _first_line(stream: IO[bytes] | None, seconds: float) -> bytes:
    """The first line that a process writes, or nothing when it writes none in time."""
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=lambda: lines.put(stream.readline() if stream else b""), daemon=True).start()
    try:
        return lines.get(timeout=seconds)
    except queue.Empty:
        return b""


def _drain(stream: IO[bytes] | None) -> None:
    while stream and stream.read(4096):
        pass


class AgentProbe:
    """Asks the agent for the status of a venture; callable from many threads.

    Args:
        url: where an agent runs already; None lets one be started.
        process: the process to start when there is no URL.
        token: bearer token of the endpoint, if it has one.
        timeout: seconds after which an answer counts as none.
    """

    def __init__(self, url: str | None, process: AgentProcess, token: str | None = None, timeout: float = 10.0) -> None:
        self._url = url
        self._process = process
        self._token = token
        self._timeout = timeout

    @property
    def started(self) -> Started:
        """The agent that is asked; starts it if need be.

        Raises:
            StepFailed: it did not come up.
        """
        return Started(self._url, 0.0) if self._url else self._process.start()

    def warm_up(self) -> None:
        """Start the agent beside whatever goes on here; that it cannot be started is told when it is asked."""
        threading.Thread(target=self._start_quietly, daemon=True).start()

    def let_go(self) -> None:
        """End the agent that was started here: its memory is free while a person decides."""
        self._process.let_go()

    def _start_quietly(self) -> None:
        with suppress(StepFailed):
            _ = self.started

    def __call__(self, venture_id: str) -> ProbeResult:
        """Send the SOP's status command; a process that cannot be started or asked is an answer that is not ok."""
        try:
            url = self.started.url
        except StepFailed as failure:
            return ProbeResult(False, 0.0, failure.detail, "")
        return ask(url, venture_id, self._token, self._timeout)


def ask(url: str, venture_id: str, token: str | None, timeout: float) -> ProbeResult:
    """Send the status command to an agent and measure its answer; `url` is the server's, or the endpoint's own."""
    import httpx

    endpoint = url if url.endswith(PATH) else url.rstrip("/") + PATH
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    began = time.perf_counter()
    try:
        # A proxy of the environment has no business between us and our own process.
        with httpx.Client(timeout=timeout, trust_env=False) as client:
            response = client.post(endpoint, json={"command": "status", "venture_id": venture_id}, headers=headers)
    except httpx.HTTPError as error:
        return ProbeResult(
            False, time.perf_counter() - began, f"{type(error).__name__}: {shorten(str(error))}", endpoint
        )
    seconds = time.perf_counter() - began
    return ProbeResult(_operational(response), seconds, shorten(response.text, 400), endpoint)


def _operational(response: "httpx.Response") -> bool:
    try:
        body = response.json()
    except ValueError:
        return False
    return response.status_code == 200 and isinstance(body, dict) and body.get("status") == "operational"
