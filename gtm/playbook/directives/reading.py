"""Reads comments sentence by sentence; what no form covers, a sentence or a part of one, is kept as it was written."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from gtm.playbook.directives import copy_forms, plan_forms, time_forms
from gtm.playbook.directives.model import Directives
from gtm.playbook.directives.remainder import unread
from gtm.playbook.directives.words import Found

_READERS: tuple[Callable[[str], Found], ...] = (
    copy_forms.avoid,
    copy_forms.shorter,
    copy_forms.cta,
    copy_forms.tone,
    copy_forms.emails,
    plan_forms.split,
    plan_forms.channels,
    plan_forms.shares,
    plan_forms.objectives,
    time_forms.starts,
    time_forms.delays,
    time_forms.rate,
    time_forms.send_times,
)


def read_comments(comments: Sequence[str]) -> Directives:
    """Read the comments of a rejection; later comments win where two contradict.

    Args:
        comments: free text as a person wrote it, oldest first.

    Returns:
        The directives, with every sentence, and every part of one, that no rule covers in `unhandled`.
    """
    found: Found = {}
    unhandled: list[str] = []
    for comment in comments:
        for sentence in _sentences(comment):
            read = _read(sentence)
            unhandled += unread(sentence, _read) if any(read) else [sentence]
            for part in read:
                _merge(found, part)
    return Directives.model_validate({**found, "unhandled": tuple(unhandled)})


def _read(text: str) -> list[Found]:
    return [reader(text) for reader in _READERS]


def _sentences(comment: str) -> list[str]:
    # A dot inside a number or a date does not end a sentence.
    parts = re.split(r"(?<=[.!?;])\s+|[\r\n]+|;\s*", comment[:8000])
    return [part.strip(" \t-*•")[:1000] for part in parts if re.search(r"\w", part)]


_WITHDRAWN = (
    ("drop_channels", "add_channels"),
    ("add_channels", "drop_channels"),
    ("send_days", "avoid_days"),
    ("avoid_days", "send_days"),
)
"""What is asked for under the first takes back the same under the second."""

_REPLACED = ("send_days",)
"""Lists that a later comment says anew, and does not add to."""


def _merge(found: Found, part: Found) -> None:
    for key, value in part.items():
        earlier = found.get(key)
        if key == "shares":
            found[key] = (*_tuple(earlier), *_tuple(value))
        elif key == "weights":
            named = {getattr(w, "objective", None) for w in _tuple(value)}
            found[key] = (*(w for w in _tuple(earlier) if getattr(w, "objective", None) not in named), *_tuple(value))
        elif isinstance(earlier, tuple) and isinstance(value, tuple) and key not in _REPLACED:
            found[key] = tuple(dict.fromkeys((*earlier, *value)))
        elif isinstance(earlier, Decimal) and isinstance(value, Decimal):
            found[key] = max(Decimal(-1), min(Decimal(1), earlier + value))
        else:
            found[key] = value
    for one, other in _WITHDRAWN:
        if one in part and other in found:
            found[other] = tuple(c for c in _tuple(found[other]) if c not in _tuple(part[one]))


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()
