"""add_to_segment: move the lead into a segment."""

from collections.abc import Iterable, Sequence

from gtm.automation.actions.base import ActionContext, Done
from gtm.automation.actions.changing import Change, change_all
from gtm.domain.base import Model


class Params(Model):
    """The segment."""

    segment_id: str


def run_many(items: Sequence[tuple[Params, ActionContext]]) -> Iterable[Done]:
    """Write the segments of a group; doing it twice changes nothing."""
    return change_all([(_change(params), context) for params, context in items])


def _change(params: Params) -> Change:
    return Change({"segment_id": params.segment_id}, f"in segment {params.segment_id}")
