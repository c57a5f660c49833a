"""How is an answer said until it is heard? Behind an alert stands the outbox; behind the answer to a person, nothing but this.

An answer whose own answer was lost on the way (a timeout, a broken connection, a gateway's error) may stand there already, and
Telegram has no key by which it would know it again. It is said once more all the same: whoever asked is waiting, and the same
words twice are better than none. What changes nothing when it is done twice (an edit, the end of a press) need not be weighed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import RetryAfter, TelegramError

from adapters.telegram.outcomes import outcome_of
from bot.domain.delivery import RetryLater

log = logging.getLogger(__name__)

T = TypeVar("T")

_TRIES = 3
_PAUSE = 1.0
_LONGEST_PAUSE = 30.0


async def insist(say: Callable[[], Awaitable[T]]) -> T:
    """Say it; a few times where Telegram wants us to wait or does not take it now, once more where its answer was lost.

    Raises TelegramError.
    """
    lost = False
    for _ in range(_TRIES - 1):
        try:
            return await say()
        except TelegramError as error:
            outcome = outcome_of(error)
            if not isinstance(outcome, RetryLater) or (lost and outcome.ambiguous):
                raise
            lost = lost or outcome.ambiguous
            log.info("an answer is said again: %s", error)
            await asyncio.sleep(_pause(outcome))
    return await say()


def _pause(outcome: RetryLater) -> float:
    return _PAUSE if outcome.after is None else min(outcome.after.total_seconds(), _LONGEST_PAUSE)


async def at_once(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask, and where that was lost on the way ask again without a pause: for what changes nothing, or nothing more the second time.

    Raises TelegramError.
    """
    try:
        return await ask()
    except TelegramError as error:
        if isinstance(error, RetryAfter) or not isinstance(outcome_of(error), RetryLater):
            raise
    return await ask()
