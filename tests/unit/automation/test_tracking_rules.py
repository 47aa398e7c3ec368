"""People and machines among those who open and click."""

from datetime import UTC, datetime, timedelta

import pytest

from gtm.automation.tracking_rules import Click, in_bursts, machine_reason

SENT = datetime(2026, 1, 6, 10, tzinfo=UTC)
LATER = SENT + timedelta(minutes=5)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
OUTLOOK = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.4266)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"


@pytest.mark.parametrize("agent", [FIREFOX, GMAIL, OUTLOOK, IPHONE])
def test_mail_programs_and_browsers_of_people_are_people(agent: str) -> None:
    assert machine_reason("GET", agent, SENT, LATER) == ""


@pytest.mark.parametrize(
    ("method", "agent", "why"),
    [
        ("HEAD", FIREFOX, "asked with HEAD"),
        ("GET", "", "no user agent"),
        ("GET", "Mozilla/5.0", "a mail privacy proxy"),
        ("GET", "Barracuda Sentinel (EE)", "user agent says barracuda"),
        ("GET", "Mozilla/5.0 (compatible; Googlebot/2.1)", "user agent says bot"),
        ("GET", "python-requests/2.32", "user agent says python"),
        ("GET", "Mozilla/5.0 HeadlessChrome/120.0", "user agent says headless"),
        ("GET", "Microsoft Office Existence Discovery", "user agent says office existence discovery"),
    ],
)
def test_scanners_and_proxies_are_machines(method: str, agent: str, why: str) -> None:
    assert machine_reason(method, agent, SENT, LATER) == why


def test_nobody_reads_a_mail_before_it_is_there() -> None:
    for at in (SENT, SENT + timedelta(seconds=4)):
        assert machine_reason("GET", FIREFOX, SENT, at) == "too soon after delivery"
    assert machine_reason("GET", FIREFOX, None, LATER) == "too soon after delivery"
    assert machine_reason("GET", FIREFOX, SENT, SENT + timedelta(seconds=5)) == ""


def clicks(*pairs: tuple[int, float]) -> list[Click]:
    return [Click(n, link, LATER + timedelta(seconds=at)) for n, (link, at) in enumerate(pairs, start=1)]


@pytest.mark.parametrize(
    ("seen", "burst"),
    [
        (clicks((1, 0), (1, 0.2), (1, 0.4)), set()),
        (clicks((1, 0), (2, 1.5)), {1, 2}),
        (clicks((1, 0), (2, 5)), set()),
        (clicks((1, 0), (2, 4), (3, 9)), {1, 2, 3}),
        (clicks((1, 0), (2, 30), (3, 31)), {2, 3}),
        (clicks(), set()),
    ],
)
def test_several_links_in_no_time_are_a_scanner(seen: list[Click], burst: set[int]) -> None:
    assert in_bursts(seen) == burst
