"""How fast an app may call, and how a call can go wrong on demand.

From docs.slack.dev/apis/web-api/rate-limits: chat.postMessage one a second per channel with short bursts, and several hundred a
minute per workspace; other methods by tier, per method and workspace. How short a burst is, and how many hundreds, Slack does not
say: Limits has the fake's numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.slack_errors import SlackError, ratelimited

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}


@dataclass(frozen=True, slots=True)
class Limits:
    """`per_channel`: messages a second to one channel, after a burst of `burst`. `per_workspace`: messages a minute.

    `tiers`: the others, calls a minute. `slack`: seconds that a call may come early (a network's jitter).
    """

    per_channel: float = 1.0
    burst: int = 3
    per_workspace: int = 600
    tiers: bool = True
    slack: float = 0.05


@dataclass(frozen=True, slots=True)
class Refused:
    """A 429. `at`: seconds of the gate's clock. `while_told_to_wait`: it came during a wait."""

    method: str
    workspace: str
    channel: str
    at: float
    retry_after: int
    while_told_to_wait: bool


class Gate:
    """Counts calls against the limits; `refusals` is empty as long as the app has kept them."""

    def __init__(self, limits: Limits | None, clock: Callable[[], float]) -> None:
        self.limits = limits
        self.refusals: list[Refused] = []
        self._clock = clock
        self._due: dict[tuple[str, ...], float] = {}
        self._holds: dict[tuple[str, str], float] = {}

    def hold(self, seconds: float, method: str, workspace: str = "") -> None:
        """Refuse a method (in one workspace, or all) for so long, whatever the limits are."""
        self._holds[method, workspace] = self._clock() + seconds

    def admit(self, method: str, workspace: str, channel: str, tier: int) -> None:
        """Let a call pass, or raise SlackError ratelimited."""
        if self.limits is None and not self._holds:
            return
        now = self._clock()
        for key in ((method, workspace), (method, "")):
            if (until := self._holds.get(key, 0.0)) > now + (self.limits or Limits()).slack:
                raise self._refused(method, workspace, channel, until - now, again=True)
        rates = self._rates(method, workspace, channel, tier)
        for whom, every, burst in rates:
            early = max(self._due.get(whom, now), now) - now - every * (burst - 1)
            if early > (self.limits or Limits()).slack:
                raise self._refused(method, workspace, channel, early, again=False)
        for whom, every, _ in rates:
            self._due[whom] = max(self._due.get(whom, now), now) + every

    def _rates(self, method: str, workspace: str, channel: str, tier: int) -> list[tuple[tuple[str, ...], float, int]]:
        """What to keep: for whom, seconds between two, how many at once."""
        limits = self.limits
        if limits is None:
            return []
        if method in ("chat.postMessage", "chat.postEphemeral"):
            whole = ((method, workspace), 60 / limits.per_workspace, limits.per_workspace)
            return [((method, workspace, channel), 1 / limits.per_channel, limits.burst), whole]
        a_minute = TIERS.get(tier, 0)
        return [((method, workspace), 60 / a_minute, a_minute)] if limits.tiers and a_minute else []

    def _refused(self, method: str, workspace: str, channel: str, seconds: float, *, again: bool) -> SlackError:
        whole = max(1, math.ceil(seconds))
        self.refusals.append(Refused(method, workspace, channel, self._clock(), whole, again))
        return ratelimited(whole)


@dataclass(slots=True)
class Fault:
    """What befalls the next calls of a method ("*": any). `times`: how many; `channel`, `workspace`: only those to this id.

    `delay`: seconds before the call is carried out. `error`: that Slack code, and the call is not taken. `status`: that HTTP status
    with a page. `retry_after`: 429 with so many seconds; with `holds` the method is closed to the workspace for that long. `hang`:
    no answer ever. `reset`: the connection breaks. `malformed`: an answer that is no JSON. `taken` says of the last three, and of
    `status`, whether the call was carried out first, so that the message stands and only its answer is lost. `hits`: how many it
    befell. The method of a response_url is "response_url".
    """

    method: str = "*"
    times: int = 1
    channel: str | None = None
    workspace: str | None = None
    delay: float = 0.0
    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    holds: bool = False
    hang: bool = False
    reset: bool = False
    malformed: bool = False
    taken: bool = False
    hits: int = 0

    def meets(self, method: str, channel: str, workspace: str) -> bool:
        """Whether it befalls this call."""
        return (
            self.times > 0
            and self.method in ("*", method)
            and self.channel in (None, channel)
            and self.workspace in (None, workspace)
        )


class Faults:
    """The faults to come, first come first served."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """One more."""
        self.waiting.append(fault)
        return fault

    def next(self, method: str, channel: str, workspace: str) -> Fault | None:
        """The one that befalls this call, if any."""
        for fault in self.waiting:
            if fault.meets(method, channel, workspace):
                fault.times -= 1
                fault.hits += 1
                if not fault.times:
                    self.waiting.remove(fault)
                return fault
        return None
