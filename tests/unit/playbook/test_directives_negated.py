"""A comment that names a channel and asks for something else is no order to drop or add it."""

import pytest

from gtm.playbook.directives import read_comments


@pytest.mark.parametrize(
    "comment",
    [
        "Don't drop webinars.",
        "Do not add events.",
        "Never remove the email channel.",
        "Drop email 3.",
        "There should be no mail in the Christmas week.",
    ],
)
def test_no_channel_is_dropped_or_added(comment: str) -> None:
    read = read_comments([comment])
    assert (read.drop_channels, read.add_channels) == ((), ())
    assert read.unhandled == (comment,)


def test_a_plain_order_still_holds() -> None:
    assert read_comments(["Drop LinkedIn and add webinars."]).drop_channels == ("linkedin",)
    assert read_comments(["Drop LinkedIn and add webinars."]).add_channels == ("webinars",)
