"""Only what is configured is called; answers become the right failures."""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from gtm.connectors.base import Connector
from gtm.connectors.http.schemas import HttpEndpoint, HttpSettings
from gtm.connectors.http.service import HttpConnector
from gtm.connectors.registry import CONNECTORS, build_connector
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.domain.errors import ConnectorError, NotFound, OutcomeUnknown, PermanentFailure, TransientFailure

SETTINGS = HttpSettings(
    endpoints=(HttpEndpoint(name="crm", url="https://crm.example.test/leads", token=SecretStr("s3cret")),),
    allowed_hosts=("hooks.example.test",),
)


def call(answer: Any, **changes: Any) -> tuple[int, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, headers={"Location": "http://169.254.169.254/"})

    connector = HttpConnector(SETTINGS, httpx.MockTransport(respond))
    arguments: dict[str, Any] = {
        "connector": "crm",
        "url": None,
        "method": "POST",
        "key": "k1",
        "body": {"lead_id": "l"},
    }
    return connector.call(**(arguments | changes)), seen


def test_a_call_carries_key_token_and_body() -> None:
    status, (request,) = call(204)
    assert status == 204
    assert request.headers["Idempotency-Key"] == "k1"
    assert request.headers["Authorization"] == "Bearer s3cret"
    assert request.read() == b'{"lead_id":"l"}'


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (500, TransientFailure),
        (503, TransientFailure),
        (429, TransientFailure),
        (404, PermanentFailure),
        (302, PermanentFailure),
        (httpx.ConnectError("refused"), TransientFailure),
        (httpx.ConnectTimeout("slow"), TransientFailure),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.RemoteProtocolError("gone"), OutcomeUnknown),
    ],
)
def test_answers_become_failures(answer: Any, kind: type[ConnectorError]) -> None:
    with pytest.raises(kind):
        call(answer)


def test_a_read_that_broke_off_may_be_repeated() -> None:
    with pytest.raises(TransientFailure):
        call(httpx.ReadTimeout("slow"), method="GET")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest",
        "http://evil.example.test/",
        "http://hooks.example.test@evil.example.test/",
        "http://evil.example.test#hooks.example.test",
        "http://HOOKS.example.test.evil.test/",
    ],
)
def test_other_hosts_are_refused_before_any_packet(url: str) -> None:
    with pytest.raises(PermanentFailure, match="may not call"):
        call(200, connector=None, url=url)


def test_unknown_endpoints_are_refused_and_allowed_hosts_are_called() -> None:
    with pytest.raises(PermanentFailure, match="not configured"):
        call(200, connector="other")
    assert call(200, connector=None, url="https://hooks.example.test/x")[0] == 200


def test_the_registry_builds_every_connector_and_each_can_be_checked() -> None:
    settings = {
        "http": HttpSettings(),
        "smtp": SmtpSettings(
            host="127.0.0.1", port=9, security="plain", sender="a@b.test", unsubscribe_url="https://b.test/u"
        ),
    }
    assert settings.keys() == CONNECTORS.keys()
    for name, entry in CONNECTORS.items():
        connector: Connector = build_connector(name, settings[name])
        assert (connector.name, connector.capabilities) == (name, entry.capabilities)
        status = connector.check()
        assert not status.ready and status.fix
        assert "s3cret" not in status.detail
    with pytest.raises(NotFound):
        build_connector("fax", HttpSettings())
