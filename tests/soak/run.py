"""Puts the month together: the world, the bot in it, a look at the scales every day, and the verdict."""

from __future__ import annotations

import asyncio
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from bot import log
from bot.app import Bot, start
from bot.ports import Pace
from bot.settings import Settings
from storage.database import SqlDatabase
from tests.fakes.chat import HttpChatAdapter
from tests.fakes.postgres import running
from tests.faults.process import _put, _shorten
from tests.soak.chat import Chat
from tests.soak.command import Asked
from tests.soak.judge import Findings, Growth, growth, judge
from tests.soak.life import Life
from tests.soak.measure import Sample, Scales
from tests.soak.newsrooms import Newsrooms
from tests.soak.picture import picture
from tests.soak.plan import DAY, Plan
from tests.soak.record import Record, events
from tests.soak.simulated import Simulated

WRITTEN_WITHIN = timedelta(minutes=10)
"""So long after midnight what went on then is through."""


def main(asked: Asked, clock: Simulated) -> int:
    """Run it, print the verdict and write the picture; the exit code."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 8192), hard), hard))
    _slow_down(clock, asked.slower)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=asked.folder) as here, _database(asked, Path(here)) as url:
        folder = Path(here)
        log.configure("info", "json", file=folder / "log")
        with asyncio.Runner(loop_factory=clock.loop) as runner:
            samples, life = runner.run(_month(asked.plan, clock, url, folder))
        found = judge(life.desks, events(folder / "record"))
        _look_through(folder / "log", found)
        found.wrong += [f"not answered: {line}" for line in life.failed]
        asked.out.mkdir(parents=True, exist_ok=True)
        for name in ("record", "log") if found.wrong else ():
            shutil.copy(folder / name, asked.out / f"soak.{name}")
    grown = growth(samples)
    _write(asked, samples, found, time.perf_counter() - began, life)
    _print(asked.plan, samples, grown, found)
    return int(bool(found.wrong) or any(each.grows for each in grown))


def _slow_down(clock: Simulated, by: int) -> None:
    _shorten(float(by))
    tick = 5.0 * by
    _put("bot.alerts.dispatcher", TICK=tick)
    _put("bot.alerts.accounts", LOOK_EVERY=tick)
    _put("bot.feeds.poller", TICK=tick)
    _put("bot.feeds.archive.archive", TICK=300.0)
    for opened in ("begin", "read", "glance"):
        setattr(SqlDatabase, opened, clock.working(getattr(SqlDatabase, opened)))


@contextmanager
def _database(asked: Asked, folder: Path) -> Iterator[str]:
    if not asked.postgres:
        yield f"sqlite:///{folder / 'pressevagt.db'}"
        return
    with running() as server, server.bare() as url:
        yield url


def _settings(plan: Plan, url: str) -> Settings:
    values = {
        "DATABASE_URL": url,
        "PRESSEVAGT_POLL_INTERVAL": 3600,
        "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": True,
        "PRESSEVAGT_HTTP_PORT": 0,
        "PRESSEVAGT_METRICS_PORT": 0,
        "PRESSEVAGT_ARCHIVE_LIMIT": 0,
    }
    # Shorter than anybody may have it, so that it is reached.
    return Settings.model_validate(values).model_copy(update={"keep_days": plan.keep_days, "keep_changes_days": plan.keep_days})


async def _month(plan: Plan, clock: Simulated, url: str, folder: Path) -> tuple[list[Sample], Life]:
    record = Record(folder / "record", clock)
    newsrooms, chat = Newsrooms(plan, record), Chat(record)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(newsrooms.serving())
        await stack.enter_async_context(chat.serving())
        adapter = HttpChatAdapter(chat.url, pace=Pace(at_once=30))
        operators = {"test:boss": adapter.address("boss")}
        bot = await stack.enter_async_context(
            start(_settings(plan, url), [adapter], newsrooms.entries, operators=operators, clock=clock)
        )
        life = Life(plan, clock, record, newsrooms, chat, bot, adapter, plan.desks())
        await life.settle_in()
        weighing = asyncio.create_task(_weigh(plan, clock, bot, life))
        await life.run()
        samples = await weighing
    record.close()
    return samples, life


async def _weigh(plan: Plan, clock: Simulated, bot: Bot, life: Life) -> list[Sample]:
    """A sample a day, at a moment when nothing is under way."""
    scales = Scales(bot.database, [f"rum{feed}" for feed in range(plan.feeds) if plan.is_lively(feed)])
    samples: list[Sample] = []
    began = time.perf_counter()
    for day in range(1, plan.days + 1):
        await clock.sleep_until(plan.start + day * DAY + WRITTEN_WITHIN)
        samples.append(scales.weigh(day, time.perf_counter() - began))
        began = time.perf_counter()
        last = samples[-1]
        sys.stderr.write(
            f"day {day:>2} in {last.took:5.1f} s: {last.memory / 2**20:6.1f} MB, {last.objects} objects, {last.files} files, "
            f"{last.tasks} tasks, {life.newsrooms.polls} polls, {life.chat.posted} posts, {life.chat.edited} edits\n"
        )
    return samples


def _look_through(path: Path, found: Findings) -> None:
    """The log: what it says of errors, and how much retention took away."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            event = json.loads(line) if line.startswith("{") else {"event": "a line that is no event", "level": "error"}
            if event.get("level") in ("error", "critical"):
                found.add("an error in the log", line.strip()[:500])
            if event["event"] == "retention":
                for what, count in event.items():
                    if isinstance(count, int):
                        found.counts[f"taken away: {what}"] += count
    if not found.counts["taken away: deliveries"]:
        found.add("retention took no deliveries away")


def _write(asked: Asked, samples: list[Sample], found: Findings, took: float, life: Life) -> None:
    plan = asked.plan
    title = (
        f"{plan.days} days: {plan.feeds} feeds, {plan.destinations} destinations, {life.newsrooms.polls:,} polls, "
        f"{life.chat.posted:,} posts, in {took / 60:.0f} minutes"
    )
    (asked.out / "soak.svg").write_text(picture(samples, title), encoding="utf-8")
    figures = {"samples": [asdict(sample) for sample in samples], "counts": found.counts, "wrong": found.wrong, "seconds": took}
    (asked.out / "soak.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    sys.stdout.write(f"{title}\nThe curves: {asked.out / 'soak.svg'}\n\n")


def _print(plan: Plan, samples: list[Sample], grown: list[Growth], found: Findings) -> None:
    shown = [samples[n] for n in sorted({0, plan.days // 3, 2 * plan.days // 3, plan.days - 1})]
    lines = [f"{'':<24}" + "".join(f"{'day ' + str(sample.day):>14}" for sample in shown) + f"{'middle':>14}{'last third':>14}"]
    for each in grown:
        row = "".join(f"{sample.figures.get(each.name, 0):>14,}" for sample in shown)
        lines.append(f"{each.name:<24}{row}{each.middle:>14,.0f}{each.last:>14,.0f}{'  GROWS' if each.grows else ''}")
    lines += ["", *(f"{count:>10,}  {what}" for what, count in sorted(found.counts.items()))]
    lines += ["", *(found.wrong or ["Nothing is lost, doubled, out of order, or told at a wrong hour."])]
    sys.stdout.write("\n".join(lines) + "\n")
