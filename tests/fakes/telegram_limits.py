"""How fast a bot may send, and how a call can go wrong on demand.

The limits are the documented ones (about 30 messages a second over all, 1 a second per chat, 20 a minute per group); that a flood
which goes on while it should wait makes the wait longer is as seen in public issues; the seconds themselves the real server
chooses as it likes.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.telegram_errors import ApiError, too_many


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages sent or edited; None: no such limit.

    `slack`: how many seconds early a message may come (a network's jitter). `penalty`: seconds to wait after a flood, at least.
    """

    per_second: int | None = 30
    per_chat_per_second: int | None = 1
    per_group_per_minute: int | None = 20
    slack: float = 0.05
    penalty: int = 1


OFF = Limits(per_second=None, per_chat_per_second=None, per_group_per_minute=None)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429. `scope`: "account" or "chat". `at`: seconds of the gate's clock. `while_told_to_wait`: it came during a wait."""

    scope: str
    chat: str
    at: float
    retry_after: int
    while_told_to_wait: bool


@dataclass(slots=True)
class _Window:
    count: int
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float, slack: float) -> float:
        """Seconds until one more fits; 0.0 where it does."""
        times = self.times
        while times and times[0] <= now - self.seconds + slack:
            times.popleft()
        return 0.0 if len(times) < self.count else times[len(times) - self.count] + self.seconds - now


class Gate:
    """Counts what is sent against the limits. `refusals` is empty as long as the bot has kept them."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self.refusals: list[Refusal] = []
        self._clock = clock
        self._account = _Window(limits.per_second, 1.0) if limits.per_second else None
        self._chats: dict[str, list[_Window]] = {}
        self._waits: dict[str, tuple[float, float]] = {}
        self._off = limits.per_second is limits.per_chat_per_second is limits.per_group_per_minute is None

    def hold(self, seconds: float, chat: str = "") -> None:
        """Refuse everything (or all to one chat) for so long, whatever the limits are."""
        self._waits[chat] = (self._clock() + seconds, seconds)

    def admit(self, chat: str, messages: int = 1, *, group: bool = False) -> None:
        """Let messages to a chat pass, or raise ApiError 429. `group`: a group or supergroup, which has a limit of its own."""
        if self._off and not self._waits:
            return
        now = self._clock()
        for scope in ("", chat):
            self._check_wait(scope, chat, now)
        for window in self._windows(chat, group=group):
            wait = window.wait(now, self.limits.slack)
            if wait > 0:
                scope = "" if window is self._account else chat
                raise self._refused(scope, chat, now, max(wait, float(self.limits.penalty)), again=False)
        for window in self._windows(chat, group=group):
            window.times.extend([now] * messages)

    def _check_wait(self, scope: str, chat: str, now: float) -> None:
        until, penalty = self._waits.get(scope, (0.0, 0.0))
        if until - self.limits.slack > now:
            raise self._refused(scope, chat, now, max(penalty, until - now), again=True)
        self._waits.pop(scope, None)

    def _refused(self, scope: str, chat: str, now: float, seconds: float, *, again: bool) -> ApiError:
        whole = math.ceil(seconds)
        self._waits[scope] = (now + whole, whole)
        self.refusals.append(Refusal("chat" if scope else "account", chat, now, whole, again))
        return too_many(whole)

    def _windows(self, chat: str, *, group: bool) -> list[_Window]:
        windows = self._chats.get(chat)
        if windows is None:
            one, many = self.limits.per_chat_per_second, self.limits.per_group_per_minute
            windows = [_Window(one, 1.0)] if one else []
            if group and many:
                windows.append(_Window(many, 60.0))
            if self._account:
                windows.insert(0, self._account)
            self._chats[chat] = windows
        return windows


@dataclass(slots=True)
class Fault:
    """What befalls the next calls of a method ("*": any). `times`: how many; `chat`: only those to this chat id.

    `delay`: seconds before the call is carried out. `status`, with a `description`: that answer, and the call is not taken.
    `retry_after`: sends and edits answer 429 for so many seconds, to this chat or all of them. `hang`: no answer ever. `reset`: the
    connection breaks. `malformed`: an answer that is no JSON. `taken` says of these three whether the call was carried out first,
    so that the message stands and only its answer is lost. `hits`: how many calls it befell.
    """

    method: str = "*"
    times: int = 1
    chat: int | str | None = None
    delay: float = 0.0
    status: int | None = None
    description: str | None = None
    retry_after: int | None = None
    hang: bool = False
    reset: bool = False
    malformed: bool = False
    taken: bool = False
    hits: int = 0

    def meets(self, method: str, chat: str) -> bool:
        """Whether it befalls this call."""
        return self.times > 0 and self.method in ("*", method) and (self.chat is None or str(self.chat) == chat)


class Faults:
    """The faults to come, first come first served."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """One more."""
        self.waiting.append(fault)
        return fault

    def next(self, method: str, chat: str) -> Fault | None:
        """The one that befalls this call, if any."""
        for fault in self.waiting:
            if fault.meets(method, chat):
                fault.times -= 1
                fault.hits += 1
                if not fault.times:
                    self.waiting.remove(fault)
                return fault
        return None
