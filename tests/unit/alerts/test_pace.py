"""How fast an account may send. The event loop's clock is the test's, so nothing here waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from bot.alerts.pace import Budget
from bot.ports import Pace


class _Loop(asyncio.SelectorEventLoop):
    """A loop in which sleeping takes no time: its clock jumps to whatever is due next."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 1000.0

    def time(self) -> float:
        return self.at

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.at = max(self.at, self._scheduled[0].when())  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


def played(play: Callable[[_Loop], Coroutine[Any, Any, list[float]]]) -> list[float]:
    """What a play returns, in a loop of its own."""
    loop = _Loop()
    try:
        return loop.run_until_complete(play(loop))
    finally:
        loop.close()


async def _turns(loop: _Loop, budget: Budget, count: int) -> list[float]:
    """When each of so many turns came, all asked for at once."""
    times: list[float] = []

    async def one() -> None:
        await budget.turn()
        times.append(loop.time())

    await asyncio.gather(*(one() for _ in range(count)))
    return times


@pytest.mark.parametrize(
    ("owned", "others", "between"), [(True, 0, 1 / 30), (True, 1, 1 / 25), (False, 0, 1 / 5), (False, 1, 2 / 5)]
)
def test_turns_come_at_the_rate_of_our_part(owned: bool, others: int, between: float) -> None:
    """Thirty a second are ours alone, or all but five, or our share of five where another owns the account."""

    async def play(loop: _Loop) -> list[float]:
        budget = Budget(Pace(30, 5))
        budget.owned, budget.others = owned, others
        return await _turns(loop, budget, 26)

    times = played(play)
    assert times[0] == 1000.0
    assert all(abs(later - sooner - between) < 1e-6 for sooner, later in pairwise(times))


def test_an_answer_goes_ahead_and_starves_nobody() -> None:
    """An answer overtakes a hundred alerts; where many answers wait, alerts and they take turns."""

    async def play(loop: _Loop) -> list[float]:
        budget, alerts = Budget(Pace(10)), list[float]()

        async def alert() -> None:
            await budget.turn()
            alerts.append(loop.time())

        waiting = [asyncio.create_task(alert()) for _ in range(100)]
        await asyncio.sleep(0)
        await budget.turn(ahead=True)
        first = loop.time()
        await asyncio.gather(*(budget.turn(ahead=True) for _ in range(5)))
        fifth, sent_by_then = loop.time(), len(alerts)
        await asyncio.gather(*waiting)
        return [first, fifth, sent_by_then, loop.time()]

    first, fifth, sent_by_then, end = played(play)
    assert abs(first - 1000.1) < 1e-6
    assert abs(fifth - 1001.1) < 1e-6
    assert sent_by_then == 6
    assert abs(end - 1010.5) < 1e-6


def test_turns_are_not_saved_up_over_a_stall() -> None:
    """After a minute in which nothing was sent, nothing goes faster than the limit."""

    async def play(loop: _Loop) -> list[float]:
        budget = Budget(Pace(10))
        await _turns(loop, budget, 5)
        loop.at += 60
        return await _turns(loop, budget, 11)

    times = played(play)
    assert abs(times[-1] - times[0] - 1.0) < 1e-6


def test_no_second_holds_more_than_the_limit() -> None:
    """Whatever the bursts, each window of a second has at most so many turns."""

    async def play(loop: _Loop) -> list[float]:
        budget, times = Budget(Pace(25)), list[float]()
        for burst, pause in ((3, 0.01), (40, 0.3), (1, 2.0), (60, 0.0)):
            times += await _turns(loop, budget, burst)
            loop.at += pause
        return times

    times = sorted(played(play))
    assert max(sum(start <= t < start + 1.0 - 1e-6 for t in times) for start in times) <= 25


def test_an_account_without_a_limit_does_not_wait() -> None:
    """The terminal takes what comes."""
    assert set(played(lambda loop: _turns(loop, Budget(Pace()), 1000))) == {1000.0}


def test_a_turn_that_is_given_up_holds_nobody_up() -> None:
    """A send that is cancelled while it waits leaves its turn to the next."""

    async def play(loop: _Loop) -> list[float]:
        budget = Budget(Pace(10))
        await budget.turn()
        waiting = asyncio.create_task(budget.turn())
        await asyncio.sleep(0)
        waiting.cancel()
        return await _turns(loop, budget, 1)

    assert abs(played(play)[0] - 1000.1) < 1e-6


def test_how_many_wait_is_known() -> None:
    """Answers to people are not among them: they say nothing of how much is owed."""

    async def play(_loop: _Loop) -> list[float]:
        budget = Budget(Pace(10))
        waiting = [asyncio.create_task(budget.turn(ahead=n == 0)) for n in range(4)]
        await asyncio.sleep(0)
        counted = float(budget.waiting)
        await asyncio.gather(*waiting)
        return [counted, float(budget.waiting)]

    assert played(play) == [3.0, 0.0]
