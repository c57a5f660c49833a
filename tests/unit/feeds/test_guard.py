"""Which addresses may be asked."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FeedUnreachable, ForbiddenAddress
from bot.feeds.fetching.guard import ForbiddenName, Guard, is_private, literal_address, presentable


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1",
        "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "2001:db8::1",
        "2001::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_private(address: str) -> None:
    """Private, loopback, link-local, shared, multicast and reserved ones, and the IPv6 forms that hold them."""
    assert is_private(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "2002:101:101::", "64:ff9b::101:101"]
)
def test_public_addresses_are_public_in_every_form(address: str) -> None:
    """A machine behind NAT64 must still reach the public internet."""
    assert not is_private(ip_address(address))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1", "127.0.0.1.", "017700000001"],
)  # fmt: skip
def test_odd_spellings_of_an_address_are_that_address(host: str) -> None:
    """The system would connect to them, so the guard reads them as the system does."""
    assert literal_address(host) == ip_address("127.0.0.1")


@pytest.mark.parametrize("host", ["example.org", "cafe", "1.2.3.4.5", "99999999999", "", "localhost", "via.ritzau.dk"])
def test_names_are_no_literals(host: str) -> None:
    """What the system would look up goes to the resolver, which checks what it finds."""
    assert literal_address(host) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/feed",
        "http://[64:ff9b::7f00:1]/", "http://127.0.0.1./", "http://127.0.0.1:8080/", "https://10.1.2.3/feed", "http://0/",
        "http://１２７.0.0.1/", "http://169.254.169.254/latest/meta-data/",
        "ftp://example.org/feed", "file:///etc/passwd", "javascript:alert(1)", "data:text/xml,<rss/>",
        "http://me:hemmelig@example.org/", "http://me@example.org/",
    ],
)  # fmt: skip
def test_forbidden_addresses_are_refused_before_anything_is_sent(url: str) -> None:
    """Private literals in any spelling, other schemes, and user names."""
    with pytest.raises(ForbiddenAddress) as error:
        Guard().check(url)
    assert "hemmelig" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    ["", "feed", "http://", "http:///feed", "http://[::1", "http://a:99999/", "http://a b/", "//example.org/feed", "http://h/\nx"],
)
def test_what_is_no_address_is_told_so(url: str) -> None:
    """The error is one line that says what an address looks like."""
    with pytest.raises(FeedUnreachable, match="https://host/path") as error:
        Guard().check(url)
    assert "\n" not in str(error.value)


def test_a_redirect_that_is_refused_names_the_feed_and_where_it_leads() -> None:
    """An operator sees which feed it is, and what is wrong with it."""
    with pytest.raises(ForbiddenAddress) as error:
        Guard().check("http://10.0.0.1/x", feed="https://example.org/feed")
    assert str(error.value).startswith("https://example.org/feed: it leads to http://10.0.0.1/x: 10.0.0.1 is no public address")
    assert "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES" in str(error.value)


@pytest.mark.parametrize(
    ("allow", "url"),
    [
        (True, "http://127.0.0.1/"),
        (True, "http://[fe80::1]/"),
        (frozenset({"127.0.0.1"}), "http://127.0.0.1:8080/"),
        (frozenset({"127.0.0.1"}), "http://2130706433/"),
        (frozenset({"[::1]"}), "http://[::1]/"),
        (frozenset({"0:0:0:0:0:0:0:1"}), "http://[::1]/"),
        (frozenset(), "https://1.1.1.1/"),
        (False, "https://example.org/"),
    ],
)
def test_what_is_allowed_passes(allow: bool | frozenset[str], url: str) -> None:
    """True opens everything, a list opens what it names, and public addresses are always open."""
    assert Guard(allow).check(url)


@pytest.mark.parametrize("allow", [False, frozenset(), frozenset({"127.0.0.2"}), frozenset({"localhost"})])
def test_a_list_opens_nothing_but_what_it_names(allow: bool | frozenset[str]) -> None:
    """A name on the list does not open the address that it stands for, nor does another address."""
    with pytest.raises(ForbiddenAddress):
        Guard(allow).check("http://127.0.0.1/")


@pytest.mark.parametrize(
    "host", ["intranet.example", "INTRANET.example", "intranet.example.", "ærø.example", "xn--r-3fa9c.example"]
)
def test_hosts_on_the_list_are_compared_without_case_and_in_either_script(host: str) -> None:
    """How a name is written does not matter, only which it is."""
    guard = Guard(frozenset({"Intranet.Example", "Ærø.example"}))
    assert guard.allows(host)
    assert not guard.allows("not-" + host)


def answering(addresses: list[str]) -> Any:
    """A resolver that answers with these addresses."""

    async def resolve(host: str, port: int, family: int = 0) -> list[dict[str, Any]]:
        return [{"hostname": host, "host": a, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0} for a in addresses]

    return resolve


async def test_the_resolver_hands_on_public_addresses_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a public and a private address is reached at the public one."""
    resolver = Guard().resolver()
    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", staticmethod(answering(["10.0.0.1", "1.1.1.1", "::1"])))
    assert [result["host"] for result in await resolver.resolve("example.org", 80)] == ["1.1.1.1"]


async def test_a_name_with_private_addresses_alone_is_an_error_that_aiohttp_understands() -> None:
    """It is an OSError: of any other kind, aiohttp would make an IndexError. `localhost` is such a name everywhere."""
    with pytest.raises(ForbiddenName) as error:
        await Guard().resolver().resolve("localhost", 80)
    assert isinstance(error.value, OSError)


async def test_an_allowed_name_keeps_its_private_addresses() -> None:
    """The list is of names, and holds for whatever they stand for."""
    results = await Guard(frozenset({"LOCALHOST"})).resolver().resolve("localhost", 80)
    assert {result["host"] for result in results} <= {"127.0.0.1", "::1"}
    assert results


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/feed", "https://example.org/feed"),
        ("https://me:hemmelig@example.org/a@b", "https://example.org/a@b"),
        ("https://example.org/\n[ERROR] forged", "https://example.org/?[ERROR] forged"),
        ("https://example.org/\u202egro", "https://example.org/?gro"),
    ],
)
def test_addresses_are_shown_in_one_line_and_without_secrets(address: str, shown: str) -> None:
    """What comes from outside forges no log line and carries no password into one."""
    assert presentable(address) == shown


@given(st.text())
def test_any_text_is_either_an_address_or_a_named_error(text: str) -> None:
    """No input raises anything else."""
    try:
        said = str(Guard().check(text))
    except (ForbiddenAddress, FeedUnreachable) as error:
        said = str(error)
    assert said.isprintable()
