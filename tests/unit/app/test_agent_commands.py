"""What the agent understands, and how it answers."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.web.agent import answer, parse
from gtm.domain.agent_commands import COMMANDS
from gtm.domain.errors import GtmError, InvalidInput, NotFound, UsageError

KNOWN = {"status": "operational", "last_updated": "2025-11-05T10:30:00Z", "steps_done": 3}


class FakeSource:
    """Knows one venture, `fleet`."""

    quick = True

    def status(self, venture_id: str) -> dict[str, Any] | None:
        return KNOWN if venture_id == "fleet" else None

    def pending(self, venture_id: str | None) -> list[dict[str, Any]]:
        return [{"venture_id": "fleet", "role": "LEAD"}]

    def overview(self) -> list[dict[str, Any]]:
        return []

    def close(self) -> None: ...


def ask(body: bytes) -> dict[str, Any]:
    answered: dict[str, Any] = json.loads(answer(parse(body), FakeSource()))
    return answered


def test_status_answers_as_the_sop_shows() -> None:
    answered = ask(b'{"command": "status", "venture_id": "fleet"}')
    assert list(answered.items())[:2] == [("status", "operational"), ("last_updated", "2025-11-05T10:30:00Z")]


def test_pending_needs_no_venture() -> None:
    assert ask(b'{"command": "pending"}')["pending"][0]["role"] == "LEAD"


def test_help_lists_every_command() -> None:
    assert set(ask(b'{"command": "help"}')["commands"]) == set(COMMANDS)


@pytest.mark.parametrize("command", ["status", "pending"])
def test_an_unknown_venture_is_not_found(command: str) -> None:
    with pytest.raises(NotFound):
        ask(json.dumps({"command": command, "venture_id": "nobody"}).encode())


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"status"', b"null", b"[" * 60_000, b"\xff\xfe", b"NaN"])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(UsageError) as caught:
        parse(body)
    assert caught.value.http_status == 400


@pytest.mark.parametrize(
    ("request_body", "field"),
    [
        ({}, "command"),
        ({"command": None}, "command"),
        ({"command": "drop"}, "command"),
        ({"command": ["status"]}, "command"),
        ({"command": {}}, "command"),
        ({"command": "status"}, "venture_id"),
        ({"command": "status", "venture_id": "../etc"}, "venture_id"),
        ({"command": "status", "venture_id": "fleet\n"}, "venture_id"),
        ({"command": "status", "venture_id": "\ud800"}, "venture_id"),
        ({"command": "status", "venture_id": "a" * 64}, "venture_id"),
        ({"command": "status", "venture_id": 7}, "venture_id"),
        ({"command": "status", "venture_id": "fleet", "verbose": True}, "verbose"),
    ],
)
def test_a_field_at_fault_is_named_with_what_is_allowed(request_body: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(json.dumps(request_body).encode())
    assert caught.value.field == field
    assert caught.value.allowed
    assert caught.value.http_status == 422


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_answered_or_refused(body: bytes) -> None:
    try:
        ask(body)
    except GtmError as error:
        assert 400 <= error.http_status < 500


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(["command", "venture_id", "x"]), json_values))
def test_any_object_is_answered_or_refused(request_body: dict[str, Any]) -> None:
    try:
        ask(json.dumps(request_body).encode())
    except GtmError as error:
        assert 400 <= error.http_status < 500
        assert error.as_problem()["detail"]
