"""What does it cost to tell thousands of Telegram chats of one release? Beside the plain SDK and bare posts, in the same run.

    make bench-telegram
    python benchmarks/telegram_fan_out.py [--chats 1000 10000] [--rounds 3] [--limited 300] [--singles 200]

Ours is the whole way: a release and what is owed for it are committed to a database in a file, the real Dispatcher delivers
through the real TelegramAdapter, and the clock runs from before that commit until the last delivery is written down as sent. The
others have no database and send a message that is rendered already, of the same words, looks and buttons, with as many at once:
`Bot.send_message` on the SDK's default request, and bare posts by aiohttp, the floor of what a message costs. Telegram is the
tests' fake, in a process of its own that starts anew for each measurement. Then our way once more with Telegram's limits on, and
how long one chat waits for one release. The last lines are the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import aiohttp
from subscribed_chats import FIRST_CHAT, LONGEST, SubscribedChats
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode

from adapters.telegram.adapter import PACE
from bot import log
from bot.domain.newsroom import NewsroomId
from bot.ports import Pace
from storage.database import SqlDatabase
from storage.migrate import migrate
from tests.fakes.telegram_api import TOKEN

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 30
NO_LIMITS = Pace(at_once=AT_ONCE)
OURS, SDK, POSTS = "pressevagt", "Bot.send_message", "aiohttp posts"
FASTER_THAN_SDK = 2.0
ABOVE_MINIMUM = 0.03
FIRST_SEND = 0.1

Message = dict[str, str]
Send = Callable[[str], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Cost:
    """A fan-out: seconds in all and of CPU, and from its beginning to the first message and to the last at the server."""

    wall: float
    cpu: float
    first: float
    last: float


# The server -------------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def telegram(*, limits: bool = False) -> AsyncIterator[str]:
    """A fake Telegram in a process of its own; its address."""
    command = (sys.executable, "-m", "tests.fakes.telegram_api", "--limits", "on" if limits else "off")
    server = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        assert server.stdout is not None
        port = int(await asyncio.wait_for(server.stdout.readline(), 30))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        await server.wait()


async def arrivals(url: str, chats: int, messages: int) -> list[float]:
    """When the server took each message, by the machine's monotonic clock. All must have theirs, and no rule may be broken."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/stats") as response:
        stats = await response.json()
    counts = {key: stats[key] for key in ("sent", "chats", "refusals", "violations")}
    assert counts == {"sent": messages, "chats": chats, "refusals": 0, "violations": 0}, f"the server tells of {counts}"
    assert stats["most_at_once"] <= AT_ONCE, f"{stats['most_at_once']} at once"
    times: list[float] = stats["times"]
    return times


# One fan-out of each side -----------------------------------------------------------------------------------------------


async def measured(url: str, chats: int, fan_out: Callable[[], Awaitable[float]]) -> Cost:
    """The cost of a fan-out that tells when it began to send."""
    gc.collect()
    wall, cpu = time.monotonic(), time.process_time()
    began = await asyncio.wait_for(fan_out(), LONGEST)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    times = await arrivals(url, chats, chats)
    return Cost(wall, cpu, times[0] - began, times[-1] - began)


async def ours(desk: SubscribedChats, newsroom: NewsroomId, chats: int, pace: Pace = NO_LIMITS) -> Cost:
    """By the outbox, the dispatcher and the adapter."""

    async def fan_out() -> float:
        await desk.publish(newsroom)
        committed = time.monotonic()
        work.wake()
        await work.until(chats)
        return committed

    async with telegram(limits=pace is not NO_LIMITS) as url, desk.at_work(url, pace) as work:
        return await measured(url, chats, fan_out)


async def by_sdk(message: Message, chats: int) -> Cost:
    """By the SDK as it is."""
    keys = InlineKeyboardMarkup.de_json(json.loads(message["reply_markup"]))
    look = LinkPreviewOptions(is_disabled=True)
    async with telegram() as url, Bot(TOKEN, f"{url}/bot") as bot:

        async def send(chat: str) -> None:
            await bot.send_message(chat, message["text"], ParseMode.HTML, link_preview_options=look, reply_markup=keys)

        return await measured(url, chats, lambda: _to_all(send, chats))


async def by_posts(message: Message, chats: int) -> Cost:
    """By nothing but the HTTP client."""
    form = message | {"parse_mode": "HTML", "link_preview_options": '{"is_disabled":true}'}
    async with telegram() as url, aiohttp.ClientSession() as session:

        async def send(chat: str) -> None:
            async with session.post(f"{url}/bot{TOKEN}/sendMessage", data=form | {"chat_id": chat}) as response:
                assert (await response.json())["ok"]

        return await measured(url, chats, lambda: _to_all(send, chats))


async def _to_all(send: Send, chats: int) -> float:
    began = time.monotonic()
    waiting = iter(range(1, chats + 1))

    async def one_after_another() -> None:
        for number in waiting:
            await send(str(FIRST_CHAT + number))

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    return began


async def first_sends(desk: SubscribedChats, newsroom: NewsroomId, releases: int) -> list[float]:
    """Releases to one chat, one after another: of each the seconds from its commit until the server has it."""
    commits: list[float] = []
    async with telegram() as url, desk.at_work(url, NO_LIMITS) as work:
        for number in range(1, releases + 1):
            await desk.publish(newsroom)
            commits.append(time.monotonic())
            work.wake()
            await work.until(number)
        return [at - committed for at, committed in zip(await arrivals(url, 1, releases), commits, strict=True)]


# All of it --------------------------------------------------------------------------------------------------------------


async def run(arguments: argparse.Namespace, folder: Path) -> None:
    """Measure and print."""
    address = f"sqlite:///{folder / 'chats.db'}"
    await migrate(address)
    database = SqlDatabase(address)
    desk = SubscribedChats(database, TOKEN)
    await desk.fill(max(*arguments.chats, arguments.limited))
    ratios: list[str] = []
    print(f"{'chats':>6}  {'side':<17}{'a second':>9}{'CPU ms':>8}{'first ms':>9}   a second, by round")
    for chats in arguments.chats:
        ratios += _unlimited(chats, await _rounds(desk, chats, arguments.rounds))
    ratios += _limited(arguments.limited, await ours(desk, await desk.newsroom(arguments.limited), arguments.limited, PACE))
    ratios += _first(await first_sends(desk, await desk.newsroom(1), arguments.singles))
    print(*ratios, sep="\n")
    await database.close()


async def _rounds(desk: SubscribedChats, chats: int, rounds: int) -> dict[str, list[Cost]]:
    costs: dict[str, list[Cost]] = {OURS: [], SDK: [], POSTS: []}
    newsroom = await desk.newsroom(chats)
    for _ in range(rounds):
        costs[OURS].append(await ours(desk, newsroom, chats))
        message = await desk.rendered(newsroom)
        costs[SDK].append(await by_sdk(message, chats))
        costs[POSTS].append(await by_posts(message, chats))
    return costs


def _unlimited(chats: int, costs: dict[str, list[Cost]]) -> list[str]:
    """Print a fan-out's medians, and give its ratios."""
    rate = {side: statistics.median(chats / cost.wall for cost in rounds) for side, rounds in costs.items()}
    for side, rounds in costs.items():
        cpu = statistics.median(cost.cpu for cost in rounds) / chats * 1000
        first = statistics.median(cost.first for cost in rounds) * 1000
        each = " ".join(f"{chats / cost.wall:.0f}" for cost in rounds)
        print(f"{chats:>6}  {side:<17}{rate[side]:9.0f}{cpu:8.2f}{first:9.0f}   {each}")
    return [
        f"{chats} chats: {rate[OURS] / rate[SDK]:.2f} times the rate of {SDK} (goal: at least {FASTER_THAN_SDK:g})",
        f"{chats} chats: {rate[OURS] / rate[POSTS]:.2f} of the rate of {POSTS} (the floor)",
    ]


def _limited(chats: int, cost: Cost) -> list[str]:
    """Print a fan-out within Telegram's limits, and give its ratio to what those allow."""
    assert PACE.per_second is not None
    least = (chats - 1) / PACE.per_second
    print(f"{chats:>6}  {'with limits on':<17}{(chats - 1) / cost.last:9.1f}{cost.cpu / chats * 1000:8.2f}{cost.first * 1000:9.0f}")
    over = f"{cost.last / least - 1:+.1%} on the least time of {least:.2f} s"
    return [f"{chats} chats, limits on: {over} at Telegram's {PACE.per_second:g} a second (goal: within {ABOVE_MINIMUM:.0%})"]


def _first(seconds: Sequence[float]) -> list[str]:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    shown = f"p50 {cuts[49] * 1000:.0f} ms, p99 {cuts[98] * 1000:.0f} ms, worst {max(seconds) * 1000:.0f} ms"
    return [f"commit to first send, {len(seconds)} releases: {shown} (goal: p99 below {FIRST_SEND * 1000:.0f} ms)"]


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description="Tell many Telegram chats of one release, beside the plain SDK and bare posts.")
    parser.add_argument("--chats", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limited", type=int, default=300, help="chats with Telegram's limits on")
    parser.add_argument("--singles", type=int, default=200, help="releases to one chat, one after another")
    arguments = parser.parse_args()
    os.environ["NO_PROXY"] = "127.0.0.1"  # else the SDK's default request would use a proxy of the environment
    with tempfile.TemporaryDirectory() as folder:
        log.configure("info", "text", file=Path(folder) / "log")
        # The SDK's default request would log each message, which is no part of sending it.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        asyncio.run(run(arguments, Path(folder)))


if __name__ == "__main__":
    main()
