"""Where a request may really go: the address behind a name is checked, and then connected to, in one look-up.

A name that shows a public address to a check and a private one to the connection (DNS rebinding) therefore gains
nothing, and neither does a number in one of its many spellings.
"""

import ipaddress
from collections.abc import Callable, Collection
from threading import Lock

import httpx

from gtm.connectors.http.timed import TimedTransport, left, trusted
from gtm.connectors.lookups import Lookups, Resolver, resolve
from gtm.domain.errors import PermanentFailure, TransientFailure

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""NAT64: an IPv6 address that stands for an IPv4 one (RFC 6052)."""
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""What of IPv6 is given out for the internet; everything else has a special meaning, or none yet."""
_SPECIAL = tuple(
    ipaddress.ip_network(one)
    for one in (
        # What the IANA special-purpose address registries list as not globally reachable, whole blocks alike.
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        # Azure's own services, at an address that is public by its number alone.
        "168.63.129.16/32",
    )
)  # fmt: skip


def is_public(text: str) -> bool:
    """Whether an address belongs to the internet at large: not loopback, private, link-local, shared, multicast, …

    An IPv4 address inside an IPv6 one (mapped, NAT64) is judged as what it stands for; other techniques of transition
    (6to4, Teredo, …) lead nowhere that a name of today's internet does.
    """
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(str(inner))
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not any(address in network for network in _SPECIAL)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


class PinnedTransport(httpx.BaseTransport):
    """Connects to checked addresses only; Host header, SNI and the certificate's name stay those of the URL.

    Args:
        private_hosts: names that may lead to addresses that are not public, such as a CRM in the same house.
        resolver: looks names up; waited for no longer than the call's `deadline` leaves.
        build: makes the transport below; one a host, so that no connection is used for another name's requests.
    """

    def __init__(
        self,
        private_hosts: Collection[str] = (),
        resolver: Resolver = resolve,
        build: Callable[[], httpx.BaseTransport] = TimedTransport,
    ) -> None:
        self._private = frozenset(private_hosts)
        self._lookups = Lookups(resolver)
        self._build = build
        self._below: dict[str, httpx.BaseTransport] = {}
        self._lock = Lock()
        # Read before any call, not in the time of the first.
        trusted()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            PermanentFailure: the host leads to an address that must not be called; no packet was sent to it.
            TransientFailure: the host has no address now, or none was found in time.
        """
        host = request.url.host
        address = self._checked(host, request.url.port or (443 if request.url.scheme == "https" else 80))
        pinned = httpx.Request(
            method=request.method,
            url=request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return self._transport(host).handle_request(pinned)

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for transport in self._below.values():
                transport.close()
            self._below.clear()

    def _checked(self, host: str, port: int) -> str:
        try:
            found = self._lookups.addresses(host, port, left())
        except (OSError, UnicodeError) as error:
            raise TransientFailure(f"{host} has no address now: {error}") from error
        if not found:
            raise TransientFailure(f"{host} has no address now")
        if host not in self._private:
            for address in found:
                if not is_public(address):
                    raise PermanentFailure(
                        "this host leads to an address that workflows may not call",
                        field="url",
                        value=f"{host} ({address})",
                        hint="name it among the private hosts if it is meant",
                    )
        return found[0]

    def _transport(self, host: str) -> httpx.BaseTransport:
        with self._lock:
            if host not in self._below:
                self._below[host] = self._build()
            return self._below[host]
