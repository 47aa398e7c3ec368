"""No packet to an address inside, however it is spelt, resolved or redirected to."""

import socket
import threading
import time
from collections.abc import Sequence

import httpx
import pytest

from gtm.connectors.http.pinned import PinnedTransport, is_public
from gtm.connectors.http.schemas import HttpEndpoint, HttpSettings
from gtm.connectors.http.service import HttpConnector
from gtm.connectors.http.timed import left
from gtm.domain.errors import PermanentFailure, TransientFailure

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "not an address", "",
        # What clouds and transition techniques keep there, and everything else that IANA lists as not globally
        # reachable (special-purpose address registries).
        "168.63.129.16", "192.0.0.9", "192.0.0.10", "192.0.0.192", "192.88.99.1", "192.0.2.1", "198.51.100.1",
        "203.0.113.1", "fec0::1", "feff::1", "::127.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b:1::a00:1",
        "100::1", "100:0:0:1::1", "2001::1", "2001:1::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
        "3fff::1", "5f00::1", "2002:a83f:8110::", "4000::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "2a00:1450::1", "2001:4860:4860::8888"]
)
def test_addresses_outside_are(address: str) -> None:
    assert is_public(address)


class Below(httpx.BaseTransport):
    """Stands for the network: remembers what would have gone out."""

    def __init__(self, seen: list[httpx.Request], answer: httpx.Response) -> None:
        self.seen, self.answer = seen, answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return self.answer


def connector(
    *answers: Sequence[str], private: tuple[str, ...] = (), status: int = 204
) -> tuple[HttpConnector, list[httpx.Request], list[str]]:
    """A connector whose names resolve to these addresses, one after the other."""
    seen: list[httpx.Request] = []
    asked: list[str] = []
    left = list(answers)

    def resolver(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        if not found:
            raise OSError("no such name")
        return found

    location = {"Location": "http://169.254.169.254/latest"}
    settings = HttpSettings(
        endpoints=(HttpEndpoint(name="crm", url="https://crm.example.test:8443/leads?a=1"),),
        allowed_hosts=("127.0.0.1", "169.254.169.254", "2130706433", "hooks.example.test"),
        private_hosts=private,
    )
    pinned = PinnedTransport(private, resolver, lambda: Below(seen, httpx.Response(status, headers=location)))
    return HttpConnector(settings, pinned), seen, asked


def call(made: HttpConnector, url: str | None = None) -> int:
    return made.call(connector=None if url else "crm", url=url, method="POST", key="k", body={})


def test_the_checked_address_is_called_and_the_name_stays() -> None:
    made, seen, _ = connector([PUBLIC])
    assert call(made) == 204
    (request,) = seen
    assert request.url == f"https://{PUBLIC}:8443/leads?a=1"
    assert request.headers["Host"] == "crm.example.test:8443"
    assert request.extensions["sni_hostname"] == "crm.example.test"


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://hooks.example.test/", "10.0.0.7"),
    ],
)
def test_an_address_inside_is_refused_even_where_its_host_is_allowed(url: str, leads_to: str) -> None:
    made, seen, _ = connector([leads_to])
    with pytest.raises(PermanentFailure, match="may not call"):
        call(made, url)
    assert seen == []


def test_a_name_with_one_address_inside_among_others_is_refused() -> None:
    made, seen, _ = connector([PUBLIC, "127.0.0.1"])
    with pytest.raises(PermanentFailure):
        call(made)
    assert seen == []


def test_a_name_that_rebinds_is_looked_up_once_a_call_and_never_called_inside() -> None:
    made, seen, asked = connector([PUBLIC], ["127.0.0.1"])
    assert call(made) == 204
    with pytest.raises(PermanentFailure):
        call(made)
    assert asked == ["crm.example.test"] * 2
    assert [request.url.host for request in seen] == [PUBLIC]


def test_a_redirect_inside_is_not_followed() -> None:
    made, seen, _ = connector([PUBLIC], status=302)
    with pytest.raises(PermanentFailure, match="302"):
        call(made)
    assert len(seen) == 1


def test_a_name_without_an_address_may_have_one_later() -> None:
    made, _, _ = connector([])
    with pytest.raises(TransientFailure):
        call(made)


def test_a_host_inside_is_called_when_it_is_named_as_such() -> None:
    made, seen, _ = connector(["127.0.0.1"], private=("crm.example.test",))
    assert call(made) == 204
    assert len(seen) == 1


def test_by_default_a_real_server_on_this_machine_gets_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        settings = HttpSettings(allowed_hosts=("127.0.0.1", "localhost"))
        made = HttpConnector(settings)
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(PermanentFailure):
                call(made, f"http://{host}:{port}/")
        with pytest.raises(TimeoutError):
            server.accept()
        made.close()


def test_a_private_host_is_reached_over_a_real_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        heads: list[bytes] = []

        def serve() -> None:
            wire, _ = server.accept()
            with wire:
                heads.append(wire.recv(4096))
                wire.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        made = HttpConnector(HttpSettings(allowed_hosts=("localhost",), private_hosts=("localhost",)))
        if socket.getaddrinfo("localhost", port, type=socket.SOCK_STREAM)[0][4][0] != "127.0.0.1":
            pytest.skip("localhost is not 127.0.0.1 first here")
        assert call(made, f"http://localhost:{port}/x") == 204
        thread.join(5)
        made.close()
    assert f"Host: localhost:{port}".encode() in heads[0]


def test_a_host_with_an_underscore_is_called_and_a_broken_url_is_refused() -> None:
    settings = HttpSettings(allowed_hosts=("api_x.example.test",))
    seen: list[httpx.Request] = []
    pinned = PinnedTransport((), lambda *_: [PUBLIC], lambda: Below(seen, httpx.Response(204)))
    made = HttpConnector(settings, pinned)
    assert call(made, "https://api_x.example.test/a") == 204
    for broken in (
        "https://api_x.example.test/a b",
        "https://api_x.example.test:99999/",
        "https://api_x.example.test/#x",
    ):
        with pytest.raises(PermanentFailure):
            call(made, broken)
    assert len(seen) == 1


class Hanging:
    """A resolver that answers only once it is told to; counts who asks."""

    def __init__(self, *found: str) -> None:
        self.found, self.asked = found, list[str]()
        self.begun, self.told = threading.Event(), threading.Event()

    def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        self.begun.set()
        assert self.told.wait(60)
        return self.found


def hung(resolver: Hanging, timeout: float) -> tuple[HttpConnector, list[httpx.Request]]:
    """A connector whose names that resolver looks up."""
    seen: list[httpx.Request] = []
    settings = HttpSettings(
        endpoints=(HttpEndpoint(name="crm", url="https://crm.example.test/"),), timeout_seconds=timeout
    )
    return HttpConnector(settings, PinnedTransport((), resolver, lambda: Below(seen, httpx.Response(204)))), seen


def test_a_look_up_that_hangs_is_given_up_in_the_time_of_the_call_and_nothing_was_sent() -> None:
    resolver = Hanging(PUBLIC)
    made, seen = hung(resolver, 0.2)
    try:
        # A POST, too, may be done again: no packet of it has left.
        with pytest.raises(TransientFailure, match=r"crm\.example\.test has no address now: the look-up"):
            call(made)
        assert not resolver.told.is_set()
        assert seen == []
    finally:
        resolver.told.set()


def test_calls_to_a_name_whose_look_up_hangs_hold_one_thread() -> None:
    resolver = Hanging(PUBLIC)
    made, _ = hung(resolver, 0.05)
    try:
        for _ in range(5):
            with pytest.raises(TransientFailure):
                call(made)
        assert resolver.asked == ["crm.example.test"]
    finally:
        resolver.told.set()


def test_a_look_up_that_others_waited_for_is_checked_for_each_and_kept_for_nobody_later() -> None:
    resolver = Hanging("10.0.0.7")
    made, seen = hung(resolver, 30)
    refused: list[Exception] = []

    def one() -> None:
        try:
            call(made)
        except PermanentFailure as error:
            refused.append(error)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert resolver.begun.wait(30)
    resolver.told.set()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 3
    assert seen == []
    resolver.found = (PUBLIC,)
    assert call(made) == 204
    assert [request.url.host for request in seen] == [PUBLIC]


def test_what_a_look_up_took_is_no_longer_there_for_the_call() -> None:
    rest: list[float | None] = []

    class Asked(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            rest.append(left())
            return httpx.Response(204)

    def slow(_host: str, _port: int) -> Sequence[str]:
        time.sleep(0.2)
        return [PUBLIC]

    settings = HttpSettings(endpoints=(HttpEndpoint(name="crm", url="https://crm.example.test/"),), timeout_seconds=30)
    assert call(HttpConnector(settings, PinnedTransport((), slow, Asked))) == 204
    assert rest[0] is not None and rest[0] <= 29.8


def test_a_name_that_cannot_be_spelt_has_no_address() -> None:
    def spelt(host: str, _port: int) -> Sequence[str]:
        return [str(host.encode("idna"))]

    settings = HttpSettings(endpoints=(HttpEndpoint(name="crm", url=f"https://{'a' * 64}.example.test/"),))
    made = HttpConnector(settings, PinnedTransport((), spelt))
    with pytest.raises(TransientFailure, match="has no address now"):
        call(made)
