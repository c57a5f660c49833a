"""Whose turn it is."""

from __future__ import annotations

import asyncio

from bot.feeds.fetching.turns import KEEP_ALIVE, Turns


async def most_at_once(turns: Turns, hosts: list[str]) -> dict[str, int]:
    """How many had their turn at one time, by host; all under ''."""
    now: dict[str, int] = {"": 0}
    most: dict[str, int] = {}

    async def one(host: str) -> None:
        async with turns.at(host):
            for key in (host, ""):
                now[key] = now.get(key, 0) + 1
                most[key] = max(most.get(key, 0), now[key])
            await asyncio.sleep(0)
            for key in (host, ""):
                now[key] -= 1

    await asyncio.gather(*map(one, hosts))
    return most


async def test_no_host_and_not_all_together_get_more_than_their_number() -> None:
    """Both limits hold at every moment, and every request gets its turn."""
    most = await most_at_once(Turns(per_host=2, limit=3), ["a", "b", "a", "a", "c", "b", "a", "c"])
    assert most[""] == 3
    assert most["a"] == 2
    assert max(most["b"], most["c"]) <= 2


async def test_a_crowd_at_one_host_keeps_no_other_waiting() -> None:
    """Those who wait for a busy host hold none of the places that all share."""
    turns = Turns(per_host=1, limit=2)
    async with turns.at("busy"):
        crowd = [asyncio.ensure_future(most_at_once(turns, ["busy"])) for _ in range(5)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5), turns.at("other"):
            assert not any(task.done() for task in crowd)
    await asyncio.gather(*crowd)


def test_a_connection_is_kept_where_the_host_is_asked_again_soon() -> None:
    """One feed asked once a minute is not worth an open connection; several feeds, or a short interval, are."""
    now = [0.0]
    turns = Turns(per_host=1, limit=1, clock=lambda: now[0])
    assert not turns.often("a")
    now[0] += KEEP_ALIVE - 1
    assert turns.often("a")
    assert not turns.often("b")
    now[0] += KEEP_ALIVE + 1
    assert not turns.often("a")
