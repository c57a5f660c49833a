"""What those who manage a destination may set: which releases they want, when they are told, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from bot.domain.release import Kind


class Frequency(StrEnum):
    """When what a subscription brings is told."""

    AT_ONCE = "now"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


class Length(StrEnum):
    """How much of a release an alert says."""

    HEADLINE = "headline"
    LEAD = "lead"
    FULL = "full"


class Corrections(StrEnum):
    """What becomes of a correction where the release stands."""

    TELL = "tell"
    """The post is edited, and answered with what changed."""
    EDIT = "edit"
    """The post is edited, and that is all."""
    IGNORE = "ignore"
    """The post stays as it was read."""


@dataclass(frozen=True, slots=True)
class SubscriptionOptions:
    """What a subscription brings of its newsroom, and when. What is empty keeps to nothing.

    `kinds`, `languages` (codes of `bot.text.stem.known`): only these. `filter`, `urgent`: queries as people type them
    (`bot.text.matching`); what the filter lets through and matches `urgent` is told at once and breaks quiet hours, and calls
    `pings`: whom, in the platform's own form (`here`, a Telegram `@name`, a Slack user's id).
    """

    kinds: frozenset[Kind] = frozenset()
    languages: frozenset[str] = frozenset()
    filter: str = ""
    urgent: str = ""
    pings: tuple[str, ...] = ()
    frequency: Frequency = Frequency.AT_ONCE


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when a destination is left in peace, every day, by its own clock; `end` before `start` is the next day's.

    `weekends`: Saturday and Sunday too, whole. `start` equal to `end`: on weekends alone.
    """

    start: time
    end: time
    weekends: bool = False


@dataclass(frozen=True, slots=True)
class DestinationOptions:
    """How a destination is told, whatever brings it.

    Times are wall-clock times of the destination's zone; `digest_on` is a weekday, Monday 0. `whole`: the text and the documents
    follow in the alert's thread. `takers`: alerts offer "I take it".
    """

    quiet: QuietHours | None = None
    digest_at: time = time(8)
    digest_on: int = 0
    length: Length = Length.LEAD
    picture: bool = True
    corrections: Corrections = Corrections.TELL
    whole: bool = False
    takers: bool = False


EVERYTHING = SubscriptionOptions()
"""A subscription as it is made: all that comes, at once."""
AS_USUAL = DestinationOptions()
"""A destination as it is made."""
