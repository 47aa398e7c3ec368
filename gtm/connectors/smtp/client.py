"""One SMTP connection that is kept and used again, and what the server's answers mean."""

import contextlib
import smtplib
import ssl
import time
from threading import Lock

from gtm.connectors.smtp.bounces import classify
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.timed import TimedSmtp, TimedSmtpSsl, own_name
from gtm.domain.errors import (
    ConnectorError,
    MailboxGone,
    OutcomeUnknown,
    PermanentFailure,
    TransientFailure,
    shorten,
)

IDLE_SECONDS = 5.0
"""A connection that was used more recently is used again without asking whether it lives; that costs a round trip."""
CONNECTING = 3
"""Making a connection, from the look-up of the server's name to the credentials, takes no longer than so many slow
answers, each of `timeout_seconds`, however slowly a server drips."""
_STEPS = ("MAIL", "RCPT", "DATA")
_TOO_SLOW = "the mail server was so slow that the message was not handed over"


class _Stale(Exception):
    """The connection broke, or is being closed, before a message was on its way."""


class SmtpClient:
    """Speaks SMTP with one server. Safe for several threads, one message at a time.

    Args:
        settings: where and how.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._connection: TimedSmtp | TimedSmtpSsl | None = None
        self._lock = Lock()
        self._used_at = 0.0

    def deliver(self, sender: str, recipient: str, message: bytes, deadline: float | None = None) -> str:
        """Hand one message over and return the server's answer to it.

        Args:
            sender: the envelope's.
            recipient: the envelope's.
            message: with its headers.
            deadline: by `time.monotonic`; everything ends by it, a connection that is made first included. The message
                is not begun after it, and broken off at it.

        Raises:
            TransientFailure, PermanentFailure: certainly not taken.
            OutcomeUnknown: the connection broke after DATA; it may have been taken.
        """
        with self._lock:
            connection = self._opened_for(sender, recipient, deadline)
            try:
                code, answer = connection.hand_over(message)
            except (smtplib.SMTPException, OSError) as error:
                self._drop()
                raise OutcomeUnknown(f"the connection broke while the message was handed over: {error}") from error
            if not _taken(code):
                raise self._refused(code, answer, "the message")
            self._used_at = time.monotonic()
            return _text(answer)

    def probe(self) -> str:
        """Connect, sign in where there are credentials, and ask nothing; the server's greeting.

        Raises:
            TransientFailure, PermanentFailure: not reached, or refused.
        """
        with self._lock:
            connection = self._ready(None, sure=True)
            return _text(connection.ehlo_resp or b"").split("\n")[0]

    def close(self) -> None:
        """Say goodbye and close."""
        with self._lock:
            if self._connection is not None:
                self._connection.deadline = _earlier(None, self._settings.timeout_seconds)
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    self._connection.quit()
            self._drop()

    def _opened_for(self, sender: str, recipient: str, deadline: float | None) -> TimedSmtp | TimedSmtpSsl:
        """A connection that waits for the message; one that went stale since its last message is replaced once."""
        kept = self._connection is not None
        connection = self._ready(deadline)
        try:
            self._before_message(connection, sender, recipient, deadline)
        except _Stale as stale:
            if not kept:
                raise TransientFailure(str(stale)) from stale
            connection = self._ready(deadline)
            try:
                self._before_message(connection, sender, recipient, deadline)
            except _Stale as again:
                raise TransientFailure(str(again)) from again
        return connection

    def _before_message(
        self, connection: TimedSmtp | TimedSmtpSsl, sender: str, recipient: str, deadline: float | None
    ) -> None:
        """Everything before the message. Where this fails, the message has certainly not been taken."""
        refused: tuple[int, bytes, str] | None = None
        step, code = "", 0
        commands = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA")
        try:
            for step, (code, answer) in zip(_STEPS, connection.ask(commands), strict=True):
                if code == 421:
                    # The server closes: after so many messages on one connection, for one (RFC 5321, 3.8).
                    self._drop()
                    raise _Stale(f"the mail server answered 421 to {step}: {shorten(_text(answer))}")
                if refused is None and not (code == 354 if step == "DATA" else _taken(code)):
                    refused = code, answer, step
                if not connection.pipelines and (refused or _is_over(deadline)):
                    break
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            if _is_over(deadline):
                raise TransientFailure(_TOO_SLOW) from error
            raise _Stale(f"the connection broke before the message was handed over: {error}") from error
        late = _is_over(deadline)
        if refused is None and not late:
            return
        if step == "DATA" and code == 354:
            # It waits for a message, and there is no other way to take that back (RFC 2920, 3.1).
            self._drop()
        if refused is not None:
            raise self._refused(*refused)
        self._reset()
        raise TransientFailure(_TOO_SLOW)

    def _ready(self, deadline: float | None, *, sure: bool = False) -> TimedSmtp | TimedSmtpSsl:
        """A connection that keeps to the deadline: the one that is kept, where it lives, or a new one."""
        recent = time.monotonic() - self._used_at < IDLE_SECONDS
        if self._connection is not None and (sure or not recent):
            self._connection.deadline = _earlier(deadline, self._settings.timeout_seconds)
            try:
                lives = self._connection.noop()[0] == 250
            except (smtplib.SMTPException, OSError):
                lives = False
            if not lives:
                self._drop()
        if self._connection is None:
            self._connection = self._connect(_earlier(deadline, CONNECTING * self._settings.timeout_seconds))
        self._connection.deadline = deadline
        return self._connection

    def _connect(self, deadline: float) -> TimedSmtp | TimedSmtpSsl:
        settings = self._settings
        where = f"{settings.host}:{settings.port}"
        try:
            if settings.security == "tls":
                connection: TimedSmtp | TimedSmtpSsl = TimedSmtpSsl(
                    settings.host,
                    settings.port,
                    "",
                    timeout=settings.timeout_seconds,
                    context=ssl.create_default_context(),
                    deadline=deadline,
                )
            else:
                connection = TimedSmtp(
                    settings.host, settings.port, "", timeout=settings.timeout_seconds, deadline=deadline
                )
        except (smtplib.SMTPException, OSError) as error:
            raise TransientFailure(f"the mail server {where} could not be reached: {error}") from error
        try:
            connection.local_hostname = own_name(connection.sock, connection.left())
            connection.ehlo()
            if settings.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
                connection.ehlo()
            if settings.username and settings.password:
                connection.login(settings.username, settings.password.get_secret_value())
        except smtplib.SMTPAuthenticationError as error:
            connection.close()
            raise PermanentFailure(f"the mail server {where} refused the credentials ({error.smtp_code})") from error
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            raise TransientFailure(f"the mail server {where} broke off the greeting: {error}") from error
        return connection

    def _refused(self, code: int, answer: bytes | str, step: str) -> ConnectorError:
        """What the answer stands for; the connection is made ready for the next message, or given up."""
        if 400 <= code < 600:
            self._reset()
        else:
            # Who answers what nobody answers there is not to be understood from here on.
            self._drop()
        return refusal(code, answer, step)

    def _reset(self) -> None:
        try:
            if self._connection is not None:
                self._connection.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _taken(code: int) -> bool:
    return 200 <= code < 300


def _earlier(deadline: float | None, seconds: float) -> float:
    """The deadline, or the moment in so many seconds where that is earlier."""
    ends = time.monotonic() + seconds
    return ends if deadline is None else min(deadline, ends)


def _is_over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() >= deadline


def refusal(code: int, answer: bytes | str, step: str) -> ConnectorError:
    """The error a server's answer stands for: 4xx may pass, 5xx not (RFC 5321, 4.2.1).

    Any other answer says neither yes nor no: from DATA on the message may have been taken, before that not.
    Only an enhanced status code says that a mailbox is gone, and only where the recipient was asked for.
    """
    said = f"the mail server answered {code} to {step}: {shorten(_text(answer))}"
    if not 400 <= code < 600:
        return TransientFailure(said, value=code) if step in ("MAIL", "RCPT") else OutcomeUnknown(said, value=code)
    kind = classify(code, _text(answer)).kind
    if kind == "transient":
        return TransientFailure(said, value=code)
    gone = kind == "mailbox" and step != "MAIL"
    return MailboxGone(said, value=code) if gone else PermanentFailure(said, value=code)


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
