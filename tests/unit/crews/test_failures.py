"""Which failures end a run at once, and how ours is found below what CrewAI wraps around it."""

import pytest

from crews.failures import own_error, stops_the_run
from gtm.domain.errors import (
    Forbidden,
    GateFailed,
    GtmError,
    LeaseHeld,
    MalformedAnswer,
    ModelUnavailable,
    ProposalRefused,
    StepFailed,
    StoreError,
    TruncatedAnswer,
    VenturePaused,
)


class Aborted(Exception):
    """An error that names its source, as CrewAI's hooks do."""

    def __init__(self, source: object) -> None:
        super().__init__("aborted")
        self.source = source


def test_ours_is_found_in_causes_contexts_and_sources() -> None:
    ours = StepFailed("no")
    assert own_error(ours) is ours
    caused = RuntimeError("wrapped")
    caused.__cause__ = ours
    assert own_error(caused) is ours
    around = ValueError("again")
    around.__context__ = caused
    assert own_error(around) is ours
    assert own_error(Aborted(ours)) is ours
    assert own_error(Aborted("gate")) is None
    assert own_error(None) is None


def test_a_circle_of_causes_ends() -> None:
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__cause__, other.__cause__ = other, one
    assert own_error(one) is None


@pytest.mark.parametrize("kind", [LeaseHeld, VenturePaused, Forbidden, GateFailed, StoreError])
def test_what_nobody_can_mend_stops(kind: type[GtmError]) -> None:
    assert stops_the_run(kind("so it is"))


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refused_key_or_unknown_model_stops(status: int) -> None:
    assert stops_the_run(ModelUnavailable(f"http://127.0.0.1/v1: HTTP {status}, no (1 attempt)."))


@pytest.mark.parametrize(
    "error",
    [
        None,
        ModelUnavailable("http://127.0.0.1/v1: HTTP 500 (3 attempts)."),
        ModelUnavailable("http://127.0.0.1/v1: HTTP 429 (3 attempts)."),
        TruncatedAnswer("cut off at 4010 tokens"),
        MalformedAnswer("no JSON"),
        ProposalRefused("no"),
        StepFailed("no"),
    ],
)
def test_what_a_try_or_the_playbook_may_mend_does_not(error: GtmError | None) -> None:
    assert not stops_the_run(error)
