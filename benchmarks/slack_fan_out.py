"""What does it cost to tell thousands of Slack channels of one release? Beside the plain SDK and bare posts, in the same run.

    make bench-slack
    python benchmarks/slack_fan_out.py [--channels 1000 5000] [--workspaces 1 3] [--rounds 3]

Ours is the whole way: a release and what is owed for it are committed to a database in a file, the real dispatchers deliver through
the real SlackAdapter, and the clock runs from before that commit until the last delivery is written down as sent. The others have
no database and send a message that is rendered already, of the same text and blocks, with as many at once: `chat_postMessage` of
slack_sdk's AsyncWebClient as it comes (a session for each call, its own retry handlers), and bare posts by aiohttp, the floor of
what a message costs. Slack is the tests' fake, in a process of its own that starts anew for each measurement, with limits off. The
sides take turns in going first. The last lines are the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from subscribed_channels import SubscribedChannels, channel_of, rendered
from subscribed_chats import LONGEST

from adapters.slack.adapter import PACE
from bot import log
from bot.domain.newsroom import NewsroomId
from bot.ports import Pace
from storage.database import SqlDatabase
from storage.migrate import migrate

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = PACE.at_once
"""So many in flight in each workspace, on every side."""
NO_LIMITS = Pace(at_once=AT_ONCE)
OURS, SDK, POSTS = "pressevagt", "chat_postMessage", "aiohttp posts"
OF_SDK = 0.8

Send = Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Fake:
    """A fake Slack: the root of its Web API, its own address, and its workspaces' tokens by their ids."""

    api: str
    url: str
    tokens: dict[str, str]


@dataclass(frozen=True, slots=True)
class Cost:
    """A fan-out: seconds in all and of CPU, and from its beginning to the first message at the server."""

    wall: float
    cpu: float
    first: float


# The server -------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def slack(workspaces: int) -> AsyncIterator[Fake]:
    """A fake Slack in a process of its own."""
    command = (sys.executable, "-m", "tests.fakes.slack_api", "--limits", "off", "--workspaces", str(workspaces))
    server = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert server.stdout is not None
        lines = [(await asyncio.wait_for(server.stdout.readline(), 30)).decode() for _ in range(workspaces + 1)]
        url = f"http://127.0.0.1:{int(lines[0])}"
        yield Fake(f"{url}/api/", url, dict(line.split() for line in lines[1:]))
    finally:
        server.terminate()
        await server.wait()


async def first_arrival(fake: Fake, channels: int) -> float:
    """When the server took the first message, by the machine's monotonic clock. All must have theirs, and no rule may be broken."""
    async with aiohttp.ClientSession() as session, session.get(f"{fake.url}/stats") as response:
        stats = await response.json()
    counts = {key: stats[key] for key in ("sent", "channels", "refusals", "violations")}
    assert counts == {"sent": channels, "channels": channels, "refusals": 0, "violations": 0}, f"the server tells of {counts}"
    assert stats["most_at_once"] <= AT_ONCE * len(fake.tokens), f"{stats['most_at_once']} at once"
    return float(stats["first"])


# One fan-out of each side -----------------------------------------------------------------------------------------------


async def measured(fake: Fake, channels: int, fan_out: Callable[[], Awaitable[float]]) -> Cost:
    """The cost of a fan-out that tells when it began to send."""
    gc.collect()
    wall, cpu = time.monotonic(), time.process_time()
    began = await asyncio.wait_for(fan_out(), LONGEST)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    return Cost(wall, cpu, await first_arrival(fake, channels) - began)


async def ours(fake: Fake, desk: SubscribedChannels, newsroom: NewsroomId, channels: int) -> Cost:
    """By the outbox, the dispatchers and the adapter."""

    async def fan_out() -> float:
        await desk.publish(newsroom)
        committed = time.monotonic()
        work.wake()
        await work.until(channels)
        return committed

    async with desk.at_work(fake.api, NO_LIMITS) as work:
        return await measured(fake, channels, fan_out)


async def by_sdk(fake: Fake, desk: SubscribedChannels, message: dict[str, Any], channels: int) -> Cost:
    """By the SDK as it is."""
    clients = {token: AsyncWebClient(token, base_url=fake.api) for token in fake.tokens.values()}

    async def send(number: int) -> None:
        await clients[desk.token_of(number)].chat_postMessage(channel=channel_of(number), **message)

    return await measured(fake, channels, lambda: _to_all(send, channels, len(clients)))


async def by_posts(fake: Fake, desk: SubscribedChannels, message: dict[str, Any], channels: int) -> Cost:
    """By nothing but the HTTP client."""
    async with aiohttp.ClientSession() as session:

        async def send(number: int) -> None:
            body = json.dumps(message | {"channel": channel_of(number)}).encode()
            headers = {"Authorization": f"Bearer {desk.token_of(number)}", "Content-Type": "application/json;charset=utf-8"}
            async with session.post(f"{fake.api}chat.postMessage", data=body, headers=headers) as response:
                assert (await response.json())["ok"]

        return await measured(fake, channels, lambda: _to_all(send, channels, len(fake.tokens)))


async def _to_all(send: Send, channels: int, workspaces: int) -> float:
    began = time.monotonic()
    waiting = iter(range(1, channels + 1))

    async def one_after_another() -> None:
        for number in waiting:
            await send(number)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE * workspaces)))
    return began


# All of it --------------------------------------------------------------------------------------------------------------


async def run(arguments: argparse.Namespace, folder: Path) -> None:
    """Measure and print."""
    ratios: list[str] = []
    print(f"{'channels':>8} {'workspaces':>10}  {'side':<17}{'a second':>9}{'CPU ms':>8}{'first ms':>9}   a second, by round")
    for workspaces in arguments.workspaces:
        for channels in arguments.channels:
            ratios += await _compared(folder / f"{workspaces}-{channels}.db", channels, workspaces, arguments.rounds)
    print(*ratios, sep="\n")


async def _compared(file: Path, channels: int, workspaces: int, rounds: int) -> list[str]:
    address = f"sqlite:///{file}"
    await migrate(address)
    database = SqlDatabase(address)
    async with slack(workspaces) as fake:  # each anew has the same workspaces and tokens
        desk = SubscribedChannels(database, fake.tokens)
    await desk.fill(channels)
    newsroom = await desk.newsroom(channels)
    message = rendered()
    sides: dict[str, Callable[[Fake], Awaitable[Cost]]] = {
        OURS: lambda fake: ours(fake, desk, newsroom, channels),
        SDK: lambda fake: by_sdk(fake, desk, message, channels),
        POSTS: lambda fake: by_posts(fake, desk, message, channels),
    }
    costs: dict[str, list[Cost]] = {side: [] for side in sides}
    for number in range(rounds):
        order = list(sides)
        for side in order[number % len(order) :] + order[: number % len(order)]:
            async with slack(workspaces) as fake:
                costs[side].append(await sides[side](fake))
    await database.close()
    return _told(channels, workspaces, costs)


def _told(channels: int, workspaces: int, costs: dict[str, list[Cost]]) -> list[str]:
    """Print the medians, and give the ratios."""
    rate = {side: statistics.median(channels / cost.wall for cost in rounds) for side, rounds in costs.items()}
    for side, rounds in costs.items():
        cpu = statistics.median(cost.cpu for cost in rounds) / channels * 1000
        first = statistics.median(cost.first for cost in rounds) * 1000
        each = " ".join(f"{channels / cost.wall:.0f}" for cost in rounds)
        print(f"{channels:>8} {workspaces:>10}  {side:<17}{rate[side]:9.0f}{cpu:8.2f}{first:9.0f}   {each}")
    what = f"{channels} channels, {workspaces} workspace{'s' if workspaces > 1 else ''}"
    return [
        f"{what}: {rate[OURS] / rate[SDK]:.2f} of the rate of {SDK} as slack_sdk comes (goal: at least {OF_SDK:g})",
        f"{what}: {rate[OURS] / rate[POSTS]:.2f} of the rate of {POSTS} (the floor)",
    ]


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description="Tell many Slack channels of one release, beside the plain SDK and bare posts.")
    parser.add_argument("--channels", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--workspaces", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    os.environ["NO_PROXY"] = "127.0.0.1"  # else the SDK would use a proxy of the environment
    with tempfile.TemporaryDirectory() as folder:
        log.configure("info", "text", file=Path(folder) / "log")
        asyncio.run(run(arguments, Path(folder)))


if __name__ == "__main__":
    main()
