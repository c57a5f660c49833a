"""Which addresses the bot may ask: feeds come from outside, and must not make it speak to the machines beside it."""

from __future__ import annotations

import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.errors import FeedUnreachable, ForbiddenAddress

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_LONGEST_SHOWN = 2000
_REMEMBERED = 4096
"""Addresses and hosts whose reading is kept: the same feeds are asked again and again, and reading one costs a tenth of a poll."""
_REMEDY = "list the host in PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES to allow it"


class ForbiddenName(OSError):
    """A name that stands for private addresses only.

    An OSError, since that is the one kind of error that aiohttp takes from a resolver in good order.
    """


class Guard:
    """What may be asked. `allow`: True for every address, else the host names and literals that may be private (none if empty).

    The promise holds at every hop, for names that change what they stand for too: `resolver` hands on only addresses that it has
    checked, and those are the ones connected to; `check` sees to hosts that are addresses themselves, which reach no resolver.
    """

    def __init__(self, allow: bool | frozenset[str] = False) -> None:  # noqa: FBT001, FBT002 - all, none, or these
        self._everything = allow is True
        self._hosts = frozenset() if isinstance(allow, bool) else frozenset(map(_plain_host, allow))

    def allows(self, host: str) -> bool:
        """Whether this host may be private."""
        return self._everything or _plain_host(host) in self._hosts

    def permits(self, address: str) -> bool:
        """Whether an address may be asked as far as it says so itself; what a name stands for is seen to when it is asked."""
        try:
            self.check(address)
        except (FeedUnreachable, ForbiddenAddress):
            return False
        return True

    def check(self, address: str, *, feed: str = "") -> URL:
        """The address, ready to be asked: http or https, no user name, and no private literal.

        Errors name `feed`, where `address` is only where that leads. Raises ForbiddenAddress, or FeedUnreachable for what is no
        web address at all.
        """
        url = _parsed(address)
        fault = self._fault(url)
        if url is not None and not fault:
            return url
        leads = f"it leads to {presentable(address)}: " if feed not in ("", address) else ""
        error = FeedUnreachable if url is None else ForbiddenAddress
        raise error(presentable(feed or address), leads + fault)

    def _fault(self, url: URL | None) -> str:
        if url is None:
            return "that is not a web address; it should look like https://host/path"
        if url.scheme not in ("http", "https"):
            return "only http and https addresses are read"
        if url.raw_user is not None or url.raw_password is not None:
            return "an address must not hold a user name or password"
        literal = literal_address(url.raw_host or "")
        if literal is not None and is_private(literal) and not self.allows(str(literal)):
            return f"{literal} is no public address; {_REMEDY}"
        return ""

    def forbidden_name(self, host: str, *, feed: str) -> ForbiddenAddress:
        """The error for a name whose addresses the resolver refused."""
        return ForbiddenAddress(presentable(feed), f"{host} stands for no public address; {_REMEDY}")

    def resolver(self) -> AbstractResolver:
        """A resolver for aiohttp that hands on only addresses which may be asked. Needs a running event loop."""
        return _GuardedResolver(self)


class _GuardedResolver(AbstractResolver):
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._names = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        found = await self._names.resolve(host, port, family)
        if self._guard.allows(host):
            return found
        public = [result for result in found if not is_private(ip_address(result["host"]))]
        if not public:
            raise ForbiddenName(f"{host} stands for no public address")
        return public

    async def close(self) -> None:
        await self._names.close()


def is_private(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is anything but one machine on the public internet.

    Private, loopback, link-local, carrier-grade NAT, multicast, reserved and unspecified ones are; so is an IPv6 form of one of
    these (mapped, compatible, 6to4, NAT64). Teredo counts as private whatever it holds.
    """
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_private(inner)
        if address.is_site_local:
            return True
    return not address.is_global or address.is_multicast or address.is_reserved


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None or address.sixtofour is not None:
        return address.ipv4_mapped or address.sixtofour
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


@lru_cache(maxsize=_REMEMBERED)
def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is by itself, or None for a name.

    The odd spellings count (`2130706433`, `0x7f.1`, `127.1`, `0177.0.0.1`, trailing dots), since the system would take them.
    """
    bare = host.strip("[]").rstrip(".")
    try:
        return ip_address(bare)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(bare))
    except (OSError, ValueError):
        return None


def presentable(address: str) -> str:
    """An address as it may stand in a message or a log: one line, no user name or password, no more than 2,000 characters."""
    line = "".join(character if character.isprintable() else "?" for character in address)
    scheme, separator, rest = line.partition("://")
    authority, slash, path = rest.partition("/")
    return (
        (scheme + separator + authority.rpartition("@")[2] + slash + path)[:_LONGEST_SHOWN] if separator else line[:_LONGEST_SHOWN]
    )


@lru_cache(maxsize=_REMEMBERED)
def _parsed(address: str) -> URL | None:
    bare = address.strip()
    try:
        url = URL(bare)
        host = url.raw_host or ""
        web = url.scheme in ("http", "https")
        complete = bool(host) and " " not in host and url.port is not None if web else bool(url.scheme)
    except ValueError:
        return None
    return url if complete and bare.isprintable() else None


@lru_cache(maxsize=_REMEMBERED)
def _plain_host(host: str) -> str:
    bare = host.strip().strip("[]").rstrip(".")
    literal = literal_address(bare)
    if literal is not None:
        return str(literal)
    try:
        return URL.build(scheme="http", host=bare).raw_host or bare.casefold()
    except ValueError:
        return bare.casefold()
