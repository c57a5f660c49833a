"""Who is it? What Slack says of people, believed for a while."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.outcomes import FAULTS, word_of
from adapters.slack.workspaces import Workspaces

log = logging.getLogger(__name__)

FOR_LANGUAGE = 3600.0
"""Seconds that somebody's language is believed."""
_MOST = 5000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as a workspace sees them. `home`: the workspace that is theirs.

    `manages`: an admin or owner; `is_guest` there, or `is_stranger` of another organisation.
    """

    home: str = ""
    language: str = ""
    manages: bool = False
    is_guest: bool = False
    is_stranger: bool = False


NOBODY = Person(is_stranger=True)
"""Somebody of whom Slack tells us nothing."""


class People:
    """People by workspace and id."""

    def __init__(self, workspaces: Workspaces, clock: Callable[[], float] = time.monotonic) -> None:
        self._workspaces, self._clock = workspaces, clock
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()

    async def about(self, account: str, user: str, within: float = FOR_LANGUAGE) -> Person:
        """Somebody, as Slack said within so many seconds; `NOBODY` where it does not say."""
        asked, person = self._known.get((account, user), (float("-inf"), NOBODY))
        return person if self._clock() - asked < within else await self._ask(account, user)

    def forget(self, account: str, user: str) -> None:
        """Something about them changed."""
        self._known.pop((account, user), None)

    async def _ask(self, account: str, user: str) -> Person:
        try:
            client = await self._workspaces.client_for(account)
            said = await client.users_info(user=user, include_locale=True)
        except FAULTS as error:
            log.info("nothing is known of %s in %s: %s", user, account, word_of(error))
            return NOBODY
        person = _person(said.get("user") or {}, account)
        self._known[account, user] = (self._clock(), person)
        self._known.move_to_end((account, user))
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return person


def _person(said: Mapping[str, Any], account: str) -> Person:
    # In an organisation people work in several workspaces, and one of them is theirs; strangers are said to be such.
    elsewhere = said.get("team_id") not in (account, None) and not said.get("enterprise_user")
    return Person(
        home=str(said.get("team_id") or ""),
        language=str(said.get("locale") or ""),
        manages=bool(said.get("is_admin") or said.get("is_owner") or said.get("is_primary_owner")),
        is_guest=bool(said.get("is_restricted") or said.get("is_ultra_restricted")),
        is_stranger=bool(said.get("is_stranger") or said.get("deleted") or elsewhere),
    )
