"""Which platform is asked? What concerns an address, a person or a process is for the adapter of its platform to say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from bot.alerts.accounts import Accounts
from bot.domain.subscription import Address
from bot.ports import Actor, ChatAdapter
from bot.standing import Platform, SaysWhetherConnected


def may_manage_on(adapters: Sequence[ChatAdapter]) -> Callable[[Actor, Address], Awaitable[bool]]:
    """Whether a person may configure a conversation; nobody may on a platform that we are not on."""

    async def may_manage(actor: Actor, address: Address) -> bool:
        for adapter in adapters:
            if adapter.platform == address.platform:
                return await adapter.may_manage(actor, address)
        return False

    return may_manage


def link_on(adapters: Sequence[ChatAdapter]) -> Callable[[Address, str], Awaitable[str]]:
    """Where a message stands that a platform knows by a reference; empty where it does not say."""

    async def link(address: Address, reference: str) -> str:
        for adapter in adapters:
            if adapter.platform == address.platform:
                return await adapter.link(address, reference)
        return ""

    return link


def operators_on(adapters: Sequence[ChatAdapter], names: Iterable[str]) -> dict[str, Address]:
    """Where operators (`platform:id`) are reached: a private conversation has its person's id."""
    found: dict[str, Address] = {}
    for name in names:
        platform, _, ident = name.partition(":")
        for adapter in adapters:
            if adapter.platform == platform and (address := adapter.private(ident)):
                found[name] = address
    return found


def standing_on(adapters: Sequence[ChatAdapter], served: Iterable[Accounts]) -> list[Platform]:
    """How each platform stands in this process."""
    all_accounts = {accounts.platform: accounts for accounts in served}
    found = []
    for adapter in adapters:
        accounts = all_accounts.get(adapter.platform)
        connected = adapter.connected if isinstance(adapter, SaysWhetherConnected) else None
        owned, dispatches = (accounts.owned, accounts.dispatches) if accounts else (None, True)
        found.append(Platform(adapter.platform, owned, dispatches=dispatches, connected=connected))
    return found
