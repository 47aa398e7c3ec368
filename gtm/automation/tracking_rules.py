"""Telling people from machines among those who open and click: pure rules over what came in.

Scanners fetch every link of a mail as it arrives, and privacy proxies fetch every picture. Taken for interest, they
send the wrong second mail to everybody behind such a gateway.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SOON = timedelta(seconds=5)
"""Nobody opens or clicks a mail so soon after it was handed over."""
BURSTS = ((2, timedelta(seconds=2)), (3, timedelta(seconds=10)))
"""So many different links of one mail within that time are no person's doing."""

_MACHINES = re.compile(
    r"bot\b|crawl|spider|slurp|scan|preview|monitor|curl|wget|python|aiohttp|httpx|go-http|java/|okhttp|libwww|perl|"
    r"ruby|php|headless|phantom|barracuda|mimecast|proofpoint|safelinks|symantec|messagelabs|ironport|trendmicro|"
    r"forcepoint|fortinet|sophos|cloudmark|virustotal|bitdefender|kaspersky|office existence discovery|"
    r"google-safety|bingpreview|facebookexternalhit|slackbot|whatsapp|skypeuripreview",
    re.IGNORECASE,
)
_BARE = re.compile(r"^Mozilla/[45]\.0\s*$")
"""What Apple's mail privacy proxy, and some gateways, call themselves."""


@dataclass(frozen=True)
class Click:
    """A click among those of one mail."""

    event_no: int
    link_no: int
    at: datetime


def machine_reason(method: str, user_agent: str, handed_over: datetime | None, at: datetime) -> str:
    """Why no person was behind a request, as far as it alone tells; an empty text when one may have been.

    Args:
        method: of the request; a person's browser gets, a scanner may ask for the head.
        user_agent: as sent.
        handed_over: when the mail was handed over; None when that is not known (yet).
        at: when the request came.
    """
    if method.upper() != "GET":
        return f"asked with {method.upper()[:10]}"
    agent = user_agent.strip()
    if not agent:
        return "no user agent"
    if _BARE.match(agent):
        return "a mail privacy proxy"
    if match := _MACHINES.search(agent):
        return f"user agent says {match.group(0).lower()}"
    if handed_over is None or at - handed_over < SOON:
        return "too soon after delivery"
    return ""


def in_bursts(clicks: Sequence[Click]) -> set[int]:
    """The events among a mail's clicks that lie in a burst: several different links in no time.

    Args:
        clicks: all of one mail, in order of time.
    """
    found: set[int] = set()
    for count, span in BURSTS:
        for start, first in enumerate(clicks):
            within = [one for one in clicks[start:] if one.at - first.at <= span]
            if len({one.link_no for one in within}) >= count:
                found |= {one.event_no for one in within}
    return found
