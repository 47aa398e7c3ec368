"""Starts the checkers' process and speaks with it, a line of JSON each way."""

import contextlib
import queue
import subprocess
import sys
import threading
from pathlib import Path

from pydantic import ValidationError

from gtm.connectors.proofreading.schemas import Findings, ProofreadingSettings, Reading, Ready
from gtm.domain.errors import TransientFailure

MODULE = "gtm.connectors.proofreading"
_ROOT = Path(__file__).resolve().parents[3]


class ProofreadingClient:
    """One checkers' process, started on demand and asked by one thread at a time.

    Args:
        settings: how long it may take.
    """

    def __init__(self, settings: ProofreadingSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._ready = False

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Begin to build the checkers; returns at once."""
        with self._lock:
            self._start()

    def ask(self, question: Reading) -> Findings:
        """The answer to a question; waits until the checkers are built.

        Raises:
            TransientFailure: the process ended, said nothing in time, or nothing that can be read.
        """
        with self._lock:
            self._start()
            try:
                if not self._ready:
                    Ready.model_validate_json(self._line(self._settings.start_seconds))
                    self._ready = True
                self._say(question.model_dump_json())
                answer = Findings.model_validate_json(
                    self._line(60 + self._settings.text_seconds * len(question.texts))
                )
            except (ValidationError, OSError, ValueError) as error:
                self._stop()
                raise TransientFailure("the language checkers gave no answer that can be read") from error
            if len(answer.slips) != len(question.texts):
                self._stop()
                raise TransientFailure("the language checkers answered another question")
            return answer

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._stop()

    def _start(self) -> None:
        if self.running:
            return
        self._stop()
        self._lines, self._ready = queue.Queue(), False
        self._process = subprocess.Popen(  # noqa: S603 - our own module, under our own interpreter
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=_ROOT,
        )
        threading.Thread(target=_pass_on, args=(self._process, self._lines), daemon=True).start()

    def _say(self, line: str) -> None:
        if self._process is None or self._process.stdin is None:
            raise TransientFailure("the language checkers are not running")
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _line(self, seconds: float) -> str:
        try:
            line = self._lines.get(timeout=seconds)
        except queue.Empty:
            self._stop()
            raise TransientFailure(f"the language checkers said nothing for {seconds:g} seconds") from None
        if line is None:
            self._stop()
            raise TransientFailure("the language checkers ended", hint="gtm doctor says what is installed")
        return line

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):  # what was not sent yet is of no use any more
                process.stdin.close()


def _pass_on(process: "subprocess.Popen[str]", lines: "queue.Queue[str | None]") -> None:
    if process.stdout is not None:
        with process.stdout as output:
            for line in output:
                lines.put(line)
    lines.put(None)
