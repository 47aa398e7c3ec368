"""Stand-ins for the engine's ports, for tests and demonstrations."""

import hashlib
from collections.abc import Mapping
from typing import Any

from gtm.automation.ports import RenderedEmail
from gtm.connectors.http.schemas import HttpMethod
from gtm.domain.conditions import Scalar
from gtm.domain.enrolment import Lead
from gtm.domain.errors import NotFound
from gtm.domain.rendering import render


class FakeEmailSource:
    """Emails from templates over the lead's columns, in two variants that differ in their subject.

    Args:
        content: (subject, text) templates by content_ref; a ref that is missing is NotFound. None takes any ref.
    """

    def __init__(self, content: Mapping[str, tuple[str, str]] | None = None) -> None:
        self._content = content

    def email_for(self, content_ref: str, lead: Lead, assignment_key: str) -> RenderedEmail:
        """The email for one person; see `EmailSource`."""
        if self._content is not None and content_ref not in self._content:
            raise NotFound("there is no such content", field="content_ref", value=content_ref)
        default = (f"{content_ref} for {{{{ first_name }}}}", "Hi {{ first_name }},\n\nthis is " + content_ref + ".\n")
        subject, text = self._content[content_ref] if self._content is not None else default
        values: dict[str, Scalar] = {name: value for name, value in lead.facts().items() if value is not None}
        variant = "AB"[hashlib.sha256(assignment_key.encode()).digest()[0] % 2]
        body = render(text, values)
        return RenderedEmail(
            subject=render(subject, values) + ("" if variant == "A" else "!"),
            preheader=f"About {content_ref}",
            text=body,
            html=f"<html><body><p>{render(text, values, html=True)}</p></body></html>",
            variant=variant,
        )


class RecordingHttp:
    """An HttpCaller that answers 200 to everything and remembers it; no packet leaves the process."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def call(
        self, *, connector: str | None, url: str | None, method: HttpMethod, key: str, body: Mapping[str, Any]
    ) -> int:
        """Remember a call; see `HttpCaller`."""
        self.calls.append({"connector": connector, "url": url, "method": method, "key": key, "body": dict(body)})
        return 200


class RecordingCrm:
    """A CrmCaller that takes everything and remembers it; no packet leaves the process."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def sync(self, *, connector: str, action: str, fields: Mapping[str, Scalar], key: str) -> str:
        """Remember a call; see `CrmCaller`."""
        self.calls.append({"connector": connector, "action": action, "fields": dict(fields), "key": key})
        return f"{connector}-{key[:8]}"


class RecordingRuns:
    """A RunStarter that starts nothing and remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def ask_for_run(self, *, venture_id: str, reason: str, key: str) -> str:
        """Remember a wish; see `RunStarter`."""
        self.asked.append({"venture_id": venture_id, "reason": reason, "key": key})
        return f"wish-{key[:8]}"
