"""A clock that nobody puts forward or back, and how it follows the one that all go by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import CAREFULLY, TimeKeeper
from bot.errors import StorageError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Machine:
    """A machine with a clock and a stopwatch."""

    shows: datetime = NOON
    counts: float = 500.0

    def pass_time(self, seconds: float) -> None:
        self.shows += timedelta(seconds=seconds)
        self.counts += seconds


@dataclass
class Kept:
    """A database that keeps time, with a clock that is `ahead` of the machine's true time."""

    machine: Machine
    is_shared: bool = True
    ahead: timedelta = timedelta(0)
    away: bool = False
    asked: list[int] = field(default_factory=list)
    leaps: list[tuple[datetime, datetime]] = field(default_factory=list)
    caught_up: list[tuple[datetime, datetime, bool]] = field(default_factory=list)

    async def clock_offset(self, clock: Callable[[], datetime], readings: int) -> timedelta:
        if self.away:
            raise StorageError("away")
        self.asked.append(readings)
        return NOON + timedelta(seconds=self.machine.counts - 500) + self.ahead - clock()

    async def leap(self, before: datetime, after: datetime) -> None:
        if self.away:
            raise StorageError("away")
        self.leaps.append((before, after))

    async def catch_up(self, before: datetime, now: datetime, *, all_noticed: bool) -> None:
        self.caught_up.append((before, now, all_noticed))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine that the clock runs on."""
    made = Machine()
    monkeypatch.setattr("bot.clock.machine_time", lambda: made.shows)
    monkeypatch.setattr("bot.clock.stopwatch", lambda: made.counts)
    return made


async def test_the_machines_clock_moves_nothing_where_the_database_has_its_own(machine: Machine) -> None:
    """Whether it is put forward or back."""
    database = Kept(machine)
    keeper = TimeKeeper(database)
    clock = await keeper.set()
    for jump in (HOUR, -2 * HOUR):
        machine.shows += jump
        machine.pass_time(7)
        await keeper.look()
    assert clock.now() == NOON + timedelta(seconds=14)
    assert database.leaps == []


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
@pytest.mark.parametrize("shared", [True, False])
async def test_a_jump_of_the_clock_that_all_go_by_is_followed_once_the_database_is_put_right(
    machine: Machine, jump: timedelta, *, shared: bool
) -> None:
    """Then, and not before: the database's own, or on SQLite the machine's."""
    database = Kept(machine, shared)
    keeper = TimeKeeper(database)
    clock = await keeper.set()
    machine.pass_time(7)
    database.ahead += jump
    machine.shows += jump
    database.away = True
    with pytest.raises(StorageError):
        await keeper.look()
    now = NOON + timedelta(seconds=7)
    assert clock.now() == now
    database.away = False
    await keeper.look()
    assert clock.now() == now + jump
    assert database.leaps == [(now, now + jump)]
    for _ in range(5):
        await keeper.look()
    assert len(database.leaps) == 1
    # Forward, what was on its way by the old clock is due by itself.
    assert database.caught_up == ([(now, now + jump, last) for last in (False, False, True)] if jump < timedelta(0) else [])


async def test_a_small_difference_is_taken_over_and_never_goes_back(machine: Machine) -> None:
    """What is a second fast stands still for that second; the slowness of one answer is not taken for a difference."""
    database = Kept(machine)
    keeper = TimeKeeper(database)
    clock = await keeper.set()
    machine.pass_time(10)
    shown = clock.now()
    database.ahead = -timedelta(seconds=1)
    await keeper.look()
    machine.pass_time(0.5)
    assert clock.now() == shown
    machine.pass_time(1.5)
    assert clock.now() == shown + timedelta(seconds=1)
    assert database.leaps == []
    assert database.asked == [CAREFULLY, 1, CAREFULLY]
