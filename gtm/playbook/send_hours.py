"""The send window as a comment narrows it: days and hours inside the audience's own (SOP step 2.3)."""

from datetime import time

from gtm.domain.names import WEEKDAYS
from gtm.domain.schedule import SendWindow, TimeRange
from gtm.playbook.directives import Directives


def narrowed(window: SendWindow, directives: Directives) -> tuple[SendWindow, tuple[str, ...]]:
    """The window with only the days and hours that were asked for, and why some of them are not possible.

    The audience's window is the SOP's best practice and stands: what lies outside of it is refused, not taken in.
    """
    refused: list[str] = []
    hours = " or ".join(f"{r.start:%H:%M}-{r.end:%H:%M}" for r in window.ranges)
    stands = f"mail to {window.audience.upper()} goes out {_days(window.weekdays)}, {hours} (SOP step 2.3)"
    outside = [day for day in directives.send_days if day not in window.weekdays]
    if outside:
        refused.append(f"no mail on {_days(outside)}: {stands}")
    days = [d for d in window.weekdays if not directives.send_days or d in directives.send_days]
    days = [d for d in days or window.weekdays if d not in directives.avoid_days]
    if not days:
        refused.append(f"{_days(directives.avoid_days)} cannot all be left out: {stands}")
        days = list(window.weekdays)
    ranges = _hours(window, directives.send_from, directives.send_until)
    if not ranges:
        refused.append(f"no mail from {directives.send_from:%H:%M} on: {stands}")
        ranges = window.ranges
    return window.model_copy(update={"weekdays": tuple(days), "ranges": ranges}), tuple(refused)


def _hours(window: SendWindow, opens: time | None, closes: time | None) -> tuple[TimeRange, ...]:
    if opens is None:
        return window.ranges
    cut = [(max(r.start, opens), min(r.end, closes or r.end)) for r in window.ranges]
    return tuple(TimeRange(start=start, end=end) for start, end in cut if start < end)


def _days(days: list[int] | tuple[int, ...]) -> str:
    return ", ".join(WEEKDAYS[d] for d in sorted(days))
