"""Addresses in copy: https only, to hosts that are allowed, with the campaign's tracking, and nothing that runs."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from gtm.domain.campaign import ContentPiece
from gtm.domain.channels import ChannelPlan
from gtm.domain.check import CopyFault
from gtm.policies.utm import link_faults

_SCHEMES = r"https?|ftps?|file|javascript|vbscript|data|blob|jar|intent|view-source"
_ADDRESS = re.compile(rf"(?<![\w.])(?:(?:{_SCHEMES}):(?=[^\s])[^\s<>\"“”]*|www\.[^\s<>\"“”]+)", re.I)
_DANGEROUS = re.compile(r"\s*(?:javascript|vbscript|data|blob|file|jar|intent|view-source):", re.I)
_NUMERIC_HOST = re.compile(r"^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}$", re.I)
_TRAILING = ".,;:!?)]}'’"


def address_faults(url: str) -> Iterator[str]:
    """What is wrong with an address whoever it belongs to: it runs something, hides its host, or names a number."""
    if _DANGEROUS.match(url):
        yield f"{url.split(':', 1)[0].strip().lower()}: addresses run or hide something"
        return
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.hostname or ""
    except ValueError:
        yield "it is no address"
        return
    if parts.scheme not in ("http", "https"):
        yield f"{parts.scheme}: is no address of a web page"
    if parts.username is not None or parts.password is not None:
        yield "it carries a user name, which hides where it leads"
    if ":" in host or _NUMERIC_HOST.match(host):
        yield "it leads to a number instead of a name"


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """The addresses of a text, as (start, end, address), without the marks that end a sentence."""
    for match in _ADDRESS.finditer(text):
        found = _without_end_marks(match.group()) or match.group()
        yield match.start(), match.start() + len(found), found


def _without_end_marks(address: str) -> str:
    """An address without the marks behind it; a bracket that it opens itself stays."""
    while (
        address and address[-1] in _TRAILING and not (address[-1] == ")" and address.count("(") >= address.count(")"))
    ):
        address = address[:-1]
    return address


def foreign_faults(piece: ContentPiece, hosts: frozenset[str]) -> Iterator[CopyFault]:
    """Addresses in a piece's texts that lead to somebody else.

    Args:
        piece: the copy.
        hosts: hosts that the venture's links may lead to, lower case.
    """
    for element in piece.elements:
        for variant in element.variants:
            for start, end, url in addresses(variant.text):
                if not list(address_faults(url)) and _host(url) not in hosts:
                    yield CopyFault(
                        check="content.links",
                        piece=piece.piece_id,
                        element=element.variable,
                        variant=variant.label,
                        span=url,
                        start=start,
                        end=end,
                        why=f"{_host(url)} is none of the venture's own hosts",
                        repair="leave the address out: the button carries the tracked link",
                    )


def _host(url: str) -> str:
    return (urlsplit(url if "://" in url else f"https://{url}").hostname or "").lower()


def text_link_faults(piece: ContentPiece, plan: ChannelPlan | None, hosts: frozenset[str]) -> Iterator[CopyFault]:
    """Addresses in a piece's texts that nobody should follow; with a plan, those whose clicks nobody could count.

    Args:
        piece: the copy.
        plan: the channel plan whose vocabularies tracked links keep to; None looks at what an address does alone.
        hosts: hosts that the venture's links may lead to, lower case.
    """
    for element in piece.elements:
        for variant in element.variants:
            for start, end, url in addresses(variant.text):
                for why in _faults(url, plan, hosts):
                    yield CopyFault(
                        check="content.links",
                        piece=piece.piece_id,
                        element=element.variable,
                        variant=variant.label,
                        span=url,
                        start=start,
                        end=end,
                        why=why,
                        repair="leave the address out: the button carries the tracked link",
                    )


def target_faults(piece: ContentPiece) -> Iterator[CopyFault]:
    """A call to action that leads to what is no web page, or to one that hides its host."""
    for why in address_faults(piece.cta_url):
        yield CopyFault(
            check="content.links", piece=piece.piece_id, element="cta_url", span=piece.cta_url, why=why,
            repair="use the tracked link of the campaign's channel",
        )  # fmt: skip


def _faults(url: str, plan: ChannelPlan | None, hosts: frozenset[str]) -> list[str]:
    grave = list(address_faults(url))
    if plan is None or grave:
        return grave if plan is None else []
    return list(link_faults(url if "://" in url else f"https://{url}", plan, hosts))
