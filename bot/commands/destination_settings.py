"""What may be set about a destination: when it is left in peace, and how it is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

from bot.cards.options import (
    clock_words,
    corrections_words,
    hours_of,
    language_word,
    length_words,
    quiet_words,
    switch_words,
    weekday_words,
)
from bot.cards.shorten import shorten
from bot.commands.setting import SWITCH, Reading, Setting, one_of, read_switch, write_switch, writes
from bot.commands.zones import find_zone
from bot.domain.options import AS_USUAL, Corrections, Length, QuietHours
from bot.domain.subscription import Destination
from bot.errors import UserError
from bot.i18n import N_
from bot.text.fold import fold

_TIME = r"(?:at |kl\.? ?)?(\d{{1,2}})(?:[:.](\d{{2}}))?"
_CLOCK = re.compile(_TIME.format(), re.IGNORECASE)
_SPAN = re.compile(rf"{_TIME.format()} ?(?:-|–|til|to|until|,) ?{_TIME.format()}", re.IGNORECASE)
_NONE = ("off", "no", "none", "fra", "nej", "ingen")
_MIDNIGHT = time()
_WEEKDAYS = (
    (0, ("monday", "mandag")),
    (1, ("tuesday", "tirsdag")),
    (2, ("wednesday", "onsdag")),
    (3, ("thursday", "torsdag")),
    (4, ("friday", "fredag")),
    (5, ("saturday", "lørdag")),
    (6, ("sunday", "søndag")),
)
_LENGTHS = (
    (Length.HEADLINE, ("headline", "title", "overskrift", "rubrik", "titel", "kort")),
    (Length.LEAD, ("lead", "manchet", "indledning", "underrubrik", "headline and lead")),
    (Length.FULL, ("full", "whole", "whole text", "fuld", "hele", "hele teksten", "alt", "lang")),
)
_CORRECTIONS = (
    (Corrections.TELL, ("tell", "fortæl", "sig til", "besked")),
    (Corrections.EDIT, ("edit", "ret", "ret kun", "stille")),
    (Corrections.IGNORE, ("ignore", "nothing", "ignorer", "nej", "ingenting")),
)
_LANGUAGES = (("da", ("da", "dansk", "danish", "dk")), ("en", ("en", "engelsk", "english", "uk", "gb")))


def _option(name: str) -> tuple[Callable[[Destination], Any], Callable[[Destination, Any], Destination]]:
    def of(destination: Destination) -> Any:  # noqa: ANN401 - the value of any option
        return getattr(destination.options, name)

    def put(destination: Destination, value: Any) -> Destination:  # noqa: ANN401
        return replace(destination, options=replace(destination.options, **{name: value}))

    return of, put


# Quiet hours and weekends are one value, which people set apart from each other.


def _hours(destination: Destination) -> tuple[time, time] | None:
    return hours_of(destination.options.quiet)


def _weekends(destination: Destination) -> bool:
    quiet = destination.options.quiet
    return bool(quiet and quiet.weekends)


def _quiet(destination: Destination, hours: tuple[time, time] | None, *, weekends: bool) -> Destination:
    start, end = hours or (_MIDNIGHT, _MIDNIGHT)
    quiet = QuietHours(start, end, weekends) if hours or weekends else None
    return replace(destination, options=replace(destination.options, quiet=quiet))


def _read_hours(value: str, reading: Reading) -> tuple[time, time] | None:
    if fold(value) in _NONE:
        return None
    found = _SPAN.fullmatch(" ".join(value.split()))
    start, end = (_time(found[1], found[2]), _time(found[3], found[4])) if found else (None, None)
    if start is None or end is None or start == end:
        said = reading.texts.t(
            "“{value}” are no quiet hours: write from when until when, such as 22-07, or off.", value=shorten(value, 60)
        )
        raise UserError(said)
    return start, end


def _read_clock(value: str, reading: Reading) -> time:
    found = _CLOCK.fullmatch(" ".join(value.split()))
    at = _time(found[1], found[2]) if found else None
    if at is None:
        raise UserError(reading.texts.t("“{value}” is no time of day: write 8 or 08:30.", value=shorten(value, 60)))
    return at


def _time(hours: str, minutes: str | None) -> time | None:
    hour, minute = int(hours), int(minutes or 0)
    if (hour, minute) == (24, 0):
        return _MIDNIGHT
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _write_clock(at: time) -> str:
    return f"{at:%H:%M}"


QUIET: Setting[Destination] = Setting(
    "quiet",
    ("ro", "stille", "stilletid", "nattero"),
    N_("Quiet hours"),
    N_("Between these times alerts wait, but for urgent ones; what was held back comes together when it is over."),
    None,
    _hours,
    lambda destination, hours: _quiet(destination, hours, weekends=_weekends(destination)),
    _read_hours,
    lambda hours: f"{_write_clock(hours[0])}-{_write_clock(hours[1])}" if hours else "off",
    quiet_words,
)
WEEKENDS: Setting[Destination] = Setting(
    "weekends",
    ("weekender", "weekend"),
    N_("Quiet weekends"),
    N_("Whether Saturday and Sunday are quiet all day."),
    usual=False,
    of=_weekends,
    put=lambda destination, value: _quiet(destination, _hours(destination), weekends=value),
    read=read_switch,
    write=write_switch,
    say=switch_words,
    choices=SWITCH,
)
DIGEST: Setting[Destination] = Setting(
    "digest",
    ("overblik", "tid", "klokken", "time"),
    N_("Digests at"),
    N_("The time of day of daily and weekly digests."),
    AS_USUAL.digest_at,
    *_option("digest_at"),
    _read_clock,
    _write_clock,
    clock_words,
)
DAY: Setting[Destination] = Setting(
    "day",
    ("ugedag", "dag", "weekday"),
    N_("Weekly digests on"),
    N_("The weekday of weekly digests."),
    AS_USUAL.digest_on,
    *_option("digest_on"),
    one_of(_WEEKDAYS, [names[1] for _, names in _WEEKDAYS]),
    writes(_WEEKDAYS),
    weekday_words,
    tuple(
        zip(
            (names[0] for _, names in _WEEKDAYS),
            (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday")),
            strict=True,
        )
    ),
)
TIMEZONE: Setting[Destination] = Setting(
    "timezone",
    ("tidszone", "zone", "tz"),
    N_("Time zone"),
    N_("A city such as Copenhagen, a name such as Europe/Copenhagen, or an offset such as +01:00."),
    None,
    lambda destination: destination.timezone,
    lambda destination, value: replace(destination, timezone=value),
    lambda value, reading: find_zone(value, reading.texts, reading.now),
    str,
    lambda value, _texts: value.replace("_", " "),
    search="timezone",
    required=True,
)
LANGUAGE: Setting[Destination] = Setting(
    "language",
    ("sprog", "lang"),
    N_("Language"),
    N_("How I speak here; releases are shown in it where the newsroom wrote them in it."),
    None,
    lambda destination: destination.language,
    lambda destination, value: replace(destination, language=value),
    one_of(_LANGUAGES),
    str,
    language_word,
    (("da", N_("Danish")), ("en", N_("English"))),
    required=True,
)
LENGTH: Setting[Destination] = Setting(
    "length",
    ("længde", "omfang"),
    N_("Length"),
    N_("How much of a release an alert says."),
    AS_USUAL.length,
    *_option("length"),
    one_of(_LENGTHS, ("overskrift", "manchet", "hele teksten")),
    writes(_LENGTHS),
    length_words,
    (("headline", N_("headline")), ("lead", N_("headline and lead")), ("full", N_("the whole text"))),
)
PICTURE: Setting[Destination] = Setting(
    "picture",
    ("billede", "billeder", "pictures", "image"),
    N_("Picture"),
    N_("Whether alerts show a picture."),
    AS_USUAL.picture,
    *_option("picture"),
    read_switch,
    write_switch,
    switch_words,
    SWITCH,
)
CORRECTIONS: Setting[Destination] = Setting(
    "corrections",
    ("rettelser", "rettelse"),
    N_("Corrections"),
    N_("What becomes of a release that the newsroom corrects."),
    AS_USUAL.corrections,
    *_option("corrections"),
    one_of(_CORRECTIONS, ("fortæl", "ret", "ignorer")),
    writes(_CORRECTIONS),
    corrections_words,
    (
        ("tell", N_("corrected where it stands, and told below")),
        ("edit", N_("corrected where it stands")),
        ("ignore", N_("left as it was read")),
    ),
)
WHOLE: Setting[Destination] = Setting(
    "whole",
    ("heletekst", "hele", "tråd", "thread"),
    N_("Whole text"),
    N_("Whether the text and the documents follow in the alert's thread."),
    AS_USUAL.whole,
    *_option("whole"),
    read_switch,
    write_switch,
    switch_words,
    SWITCH,
)
TAKERS: Setting[Destination] = Setting(
    "takers",
    ("tager", "taker"),
    N_("“I take it”"),
    N_("Whether alerts have a button that shows who takes the story."),
    AS_USUAL.takers,
    *_option("takers"),
    read_switch,
    write_switch,
    switch_words,
    SWITCH,
)
SETTINGS = (QUIET, WEEKENDS, DIGEST, DAY, LENGTH, PICTURE, CORRECTIONS, WHOLE, TAKERS, TIMEZONE, LANGUAGE)
