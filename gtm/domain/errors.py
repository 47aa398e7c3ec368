"""Every error this project raises on purpose.

GtmError                         anything below; `code` is stable, `exit_code` and `http_status` are for the doors
├── UsageError                   the caller's words are off (exit 2, HTTP 400)
│   ├── InvalidInput             a file or argument that does not fit its schema (HTTP 422)
│   │   ├── TemplateRefused      a text template uses what a template may not
│   │   └── UnknownVariable      a text template names a variable that has no value
│   ├── ConfigError              a broken configuration file stops the start
│   └── NotFound                 no such venture, run, approval (HTTP 404)
├── Conflict                     the request does not fit the present state (exit 1, HTTP 409)
│   ├── LeaseHeld                another process drives this run
│   ├── NotWaiting               the run waits for no approval
│   ├── AlreadyDecided           somebody decided before
│   ├── ArtifactChanged          what was shown is not what stands now
│   ├── VenturePaused            a rollback stopped this venture
│   ├── VersionUnreadable        a stored workflow version does not fit its schema: nobody in it can be moved
│   └── Replayed                 this signed request has come before
├── Forbidden                    wrong role, or the maker approves their own work (exit 1, HTTP 403)
│   └── SignatureRefused         a signed request is not what it says, or too old (HTTP 401)
├── GateFailed                   a gate's checklist is not met (exit 1, HTTP 409)
├── StepFailed                   a step could not be finished (exit 1, HTTP 500)
├── NeedsPerson                  neither model nor playbook could mend it: a person is asked (exit 1, HTTP 409)
├── ProposalRefused              a typed proposal breaks a rule; carries the findings
├── ModelError                   a model did not answer as it must (exit 1, HTTP 502)
│   ├── ModelUnavailable         no answer: connection, time-out, 429, 5xx
│   ├── TruncatedAnswer          finish_reason == "length"
│   ├── MalformedAnswer          not the structure that was asked for
│   └── BudgetExhausted          the run's tokens or money are spent
├── ConnectorError               a platform refused or could not be reached (exit 1, HTTP 502)
│   ├── TransientFailure         worth a retry (451, 429, 5xx, time-out)
│   ├── PermanentFailure         not worth a retry (550, 4xx)
│   │   └── MailboxGone          there is no such mailbox: nobody should write to it again
│   └── OutcomeUnknown           it may or may not have happened: never tried again blindly
├── StoreError                   the database could not be opened, migrated or written
└── Unavailable                  a server that this project was told to work with cannot be reached (exit 1, HTTP 503)
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class GtmError(Exception):
    """Base of every deliberate error.

    Args:
        detail: one sentence saying what happened, with the offending value.
        hint: what to do next.
        field: dotted path of the field at fault, when there is one.
        value: the offending value, shortened when rendered.
        allowed: what would have been accepted.
        findings: several faults of one input, each a sentence, when there is more than one.
    """

    code = "gtm-error"
    title = "Something went wrong"
    exit_code = 1
    http_status = 500

    def __init__(
        self,
        detail: str,
        *,
        hint: str = "",
        field: str = "",
        value: object = None,
        allowed: str = "",
        findings: Sequence[str] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.hint = hint
        self.field = field
        self.value = value
        self.allowed = allowed
        self.findings = tuple(findings)

    def as_problem(self) -> dict[str, Any]:
        """RFC 9457 problem details of this error."""
        problem: dict[str, Any] = {
            "type": f"urn:gtm:error:{self.code}",
            "title": self.title,
            "status": self.http_status,
            "detail": self.detail,
            "code": self.code,
        }
        for key in ("hint", "field", "allowed"):
            if text := getattr(self, key):
                problem[key] = text
        if self.value is not None:
            problem["value"] = shorten(self.value)
        if self.findings:
            problem["findings"] = list(self.findings)
        return problem


def printable(text: str) -> str:
    """The text with a blank for what a terminal or a database does not take: controls, lone surrogates.

    What a server answers is recorded through this: PostgreSQL refuses a NUL, and a whole batch with it.
    """
    return _UNPRINTABLE.sub(" ", text)


def shorten(value: object, limit: int = 120) -> str:
    """The value as a person may read it in an error: one line, at most `limit` characters, all of them printable."""
    text = repr(value) if not isinstance(value, str) else value
    text = " ".join(printable(text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


class UsageError(GtmError):
    """The request cannot be understood as it is."""

    code, title, exit_code, http_status = "usage", "The request cannot be understood", 2, 400


class InvalidInput(UsageError):
    """The input does not fit its schema."""

    code, title, http_status = "invalid-input", "The input does not fit its schema", 422


class TemplateRefused(InvalidInput):
    """A text template uses what a template may not."""

    code, title = "template-refused", "A text template uses what a template may not"


class UnknownVariable(InvalidInput):
    """A text template names a variable that has no value."""

    code, title = "template-unknown-variable", "A text template names a variable that has no value"


class ConfigError(UsageError):
    """The configuration cannot be used."""

    code, title = "config", "The configuration cannot be used"


class NotFound(UsageError):
    """There is no such thing."""

    code, title, http_status = "not-found", "There is no such thing", 404


class Conflict(GtmError):
    """The request does not fit the present state."""

    code, title, http_status = "conflict", "The request does not fit the present state", 409


class LeaseHeld(Conflict):
    """Another process drives this run."""

    code, title = "lease-held", "Another process drives this run"


class NotWaiting(Conflict):
    """The run waits for no approval."""

    code, title = "not-waiting", "The run waits for no approval"


class AlreadyDecided(Conflict):
    """This approval was decided before."""

    code, title = "already-decided", "This approval was decided before"


class ArtifactChanged(Conflict):
    """What was shown is not what stands now."""

    code, title = "artifact-changed", "What was shown is not what stands now"


class VenturePaused(Conflict):
    """A rollback stopped this venture."""

    code, title = "venture-paused", "A rollback stopped this venture"


class VersionUnreadable(Conflict):
    """A stored version of a workflow does not fit its schema, so that nobody who is in it can be moved.

    Args:
        workflow_id: the workflow.
        version: which of its versions.
        version_no: that version's number in the store.
        why: what is wrong with it.
    """

    code, title = "version-unreadable", "A stored workflow version cannot be read"

    def __init__(self, workflow_id: str, version: int, version_no: int, why: str) -> None:
        super().__init__(
            f"version {version} of {workflow_id} cannot be read: {why}",
            field="definition",
            value=f"{workflow_id}, version {version}",
            hint=f"restore it from a backup, use the release that wrote it, or gtm workflow cancel {workflow_id}",
        )
        self.version = version
        self.version_no = version_no


class Replayed(Conflict):
    """This signed request has come before."""

    code, title = "replayed", "This signed request has come before"


class Forbidden(GtmError):
    """This role may not do that."""

    code, title, http_status = "forbidden", "This role may not do that", 403


class SignatureRefused(Forbidden):
    """The request's signature is not taken."""

    code, title, http_status = "signature-refused", "The request's signature is not taken", 401


class GateFailed(GtmError):
    """A gate's checklist is not met."""

    code, title, http_status = "gate-failed", "A gate's checklist is not met", 409


class StepFailed(GtmError):
    """A step could not be finished."""

    code, title = "step-failed", "A step could not be finished"


class NeedsPerson(GtmError):
    """Neither the model nor the playbook could mend it."""

    code, title, http_status = "needs-person", "Neither the model nor the playbook could mend it", 409

    def __init__(self, detail: str, *, pieces: Mapping[str, str], **more: Any) -> None:
        """Say what a person must mend.

        Args:
            detail: one sentence.
            pieces: what was found in each piece of copy, by its id.
            more: as for every error.
        """
        super().__init__(detail, **more)
        self.pieces = dict(pieces)


class ProposalRefused(GtmError):
    """A proposal breaks a rule."""

    code, title, http_status = "proposal-refused", "A proposal breaks a rule", 422


class ModelError(GtmError):
    """A model did not answer as it must."""

    code, title, http_status = "model", "A model did not answer as it must", 502


class ModelUnavailable(ModelError):
    """The model's server gave no answer."""

    code, title = "model-unavailable", "The model's server gave no answer"


class TruncatedAnswer(ModelError):
    """The model's answer was cut off."""

    code, title = "model-truncated", "The model's answer was cut off"


class MalformedAnswer(ModelError):
    """The model's answer has not the structure that was asked for."""

    code, title = "model-malformed", "The model's answer has not the structure that was asked for"


class BudgetExhausted(ModelError):
    """The run's budget of tokens or money is spent."""

    code, title = "model-budget", "The run's budget of tokens or money is spent"


class ConnectorError(GtmError):
    """A platform refused or could not be reached."""

    code, title, http_status = "connector", "A platform refused or could not be reached", 502


class TransientFailure(ConnectorError):
    """The platform may accept the same request later."""

    code, title = "connector-transient", "The platform may accept the same request later"


class PermanentFailure(ConnectorError):
    """The platform refused for good."""

    code, title = "connector-permanent", "The platform refused for good"


class MailboxGone(PermanentFailure):
    """There is no such mailbox."""

    code, title = "connector-mailbox-gone", "There is no such mailbox"


class OutcomeUnknown(ConnectorError):
    """The platform may or may not have done it."""

    code, title = "connector-unknown", "The platform may or may not have done it"


class StoreError(GtmError):
    """The store could not be used."""

    code, title = "store", "The store could not be used"


class Unavailable(GtmError):
    """A server that this project was told to work with cannot be reached."""

    code, title = "unavailable", "A server cannot be reached"
    http_status = 503
