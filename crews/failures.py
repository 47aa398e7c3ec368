"""What a failed kickoff means: stop the run, try again, or let the playbook stand in."""

from gtm.domain.errors import Conflict, Forbidden, GateFailed, GtmError, ModelError, StoreError

REJECTED_KEYS = (401, 403, 404)


def own_error(error: BaseException | None) -> GtmError | None:
    """The first error of ours in a chain of causes; CrewAI wraps what it cannot name."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, GtmError):
            return error
        seen.add(id(error))
        source = getattr(error, "source", None)
        error = source if isinstance(source, BaseException) else error.__cause__ or error.__context__
    return None


def stops_the_run(error: GtmError | None) -> bool:
    """Whether neither another try nor the playbook can help.

    The lease is lost, the venture is paused, something must come first, the store cannot be used, or the model's server
    refuses the key or knows no such model.
    """
    if isinstance(error, ModelError):
        return any(f"HTTP {status}" in error.detail for status in REJECTED_KEYS)
    return isinstance(error, (Conflict, Forbidden, GateFailed, StoreError))
