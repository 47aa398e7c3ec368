"""update_lead: write one field of the lead; conditional triggers see the change."""

from collections.abc import Iterable, Sequence

from gtm.automation.actions.base import ActionContext, Done
from gtm.automation.actions.changing import Change, change_all
from gtm.domain.base import Model
from gtm.domain.conditions import Scalar


class Params(Model):
    """A column of the lead, or `attributes.NAME`, and its new value."""

    field: str
    value: Scalar


def run_many(items: Sequence[tuple[Params, ActionContext]]) -> Iterable[Done]:
    """Write the values of a group; doing it twice changes nothing."""
    return change_all([(_change(params), context) for params, context in items])


def _change(params: Params) -> Change:
    return Change({params.field: params.value}, f"{params.field} = {params.value}")
