"""What a field offers for the words typed so far: answered in time, whatever the database does."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace

from adapters.slack.buttons import is_key
from adapters.slack.forms import FIND, carried, options
from adapters.slack.heard import Me, Payload, Spot, actor_of, id_of
from adapters.slack.limits import Block
from adapters.slack.outcomes import FAULTS, word_of
from adapters.slack.people import People
from adapters.slack.sender import Keep
from adapters.slack.views import Note
from bot.errors import StorageError
from bot.ports import Desk

log = logging.getLogger(__name__)

WITHIN = 1.2
"""Seconds; Slack waits three, and people less."""
_REMEMBERED = 500
_LONGEST = 100

_Asked = tuple[str, str, str, str]
"""The workspace, who asks, what is looked for, and the words."""


class Offers:
    """Answers what people look for in fields. `me` tells whose workspace a payload is of."""

    def __init__(self, desk: Desk, people: People, keep: Keep, me: Callable[[Payload], Awaitable[Me | None]]) -> None:
        self._desk, self._people, self._keep, self._me = desk, people, keep, me
        self._last: OrderedDict[_Asked, list[Block]] = OrderedDict()
        self._looking: set[asyncio.Task[None]] = set()

    async def options(self, payload: Payload) -> list[Block]:
        """The options; where they cannot be had in time, of those known from before what fits the words."""
        what = str(payload.get("action_id") or "").removeprefix(f"{FIND}:")
        words = " ".join(str(payload.get("value") or "").split())[:_LONGEST]
        team = id_of(payload.get("team")) or id_of(payload.get("enterprise"))
        asked = (team, id_of(payload.get("user")), what, words)
        looking = asyncio.create_task(self._look(payload, asked))
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)
        await asyncio.wait({looking}, timeout=WITHIN)
        return self._known(asked)

    async def _look(self, payload: Payload, asked: _Asked) -> None:
        try:
            found = await self._found(payload, asked)
        except StorageError as error:
            log.warning("what a field offers is not known: %s", error)
        except FAULTS as error:
            log.warning("what a field offers is not known: %s", word_of(error))
        except Exception:
            log.exception("what a field offers could not be found")
        else:
            self._last[asked] = found
            self._last.move_to_end(asked)
            while len(self._last) > _REMEMBERED:
                self._last.popitem(last=False)

    async def _found(self, payload: Payload, asked: _Asked) -> list[Block]:
        me = await self._me(payload)
        if me is None:
            return []
        _, user, what, words = asked
        person = await self._people.about(me.account, user)
        actor = actor_of(me, str((payload.get("user") or {}).get("team_id") or ""), user)
        call = Note().call("", me, actor, Spot("", user))
        choices = await self._desk.choices(replace(call, language=person.language), what, words)
        await self._keep([choice.value for choice in choices if is_key(carried(choice.value))])
        return options(choices)

    def _known(self, asked: _Asked) -> list[Block]:
        """What was found for these words, or for the beginning of them."""
        team, user, what, words = asked
        for end in range(len(words), -1, -1):
            if (found := self._last.get((team, user, what, words[:end]))) is not None:
                return [each for each in found if end == len(words) or words.casefold() in each["text"]["text"].casefold()]
        return []

    async def close(self) -> None:
        """Look for nothing more."""
        for task in self._looking:
            task.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)
