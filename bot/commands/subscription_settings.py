"""What may be set about a subscription: what it brings, and when."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.cards.options import (
    frequency_words,
    kinds_words,
    languages_words,
    pings_words,
    query_words,
    switch_words,
)
from bot.cards.shorten import shorten
from bot.commands.setting import (
    LONGEST_VALUE,
    SWITCH,
    Reading,
    Setting,
    one_of,
    parts_of,
    read_switch,
    write_switch,
    writes,
)
from bot.domain.options import Frequency
from bot.domain.release import Kind
from bot.domain.subscription import Subscription
from bot.errors import UserError
from bot.i18n import N_
from bot.text.query import parse
from bot.text.request import Request, understand

_MOST_PINGS = 10
_FREQUENCIES = (
    (Frequency.AT_ONCE, ("now", "at once", "immediately", "straks", "med det samme", "nu")),
    (Frequency.HOURLY, ("hourly", "hour", "every hour", "hver time", "timevis", "time")),
    (Frequency.DAILY, ("daily", "day", "every day", "dagligt", "daglig", "hver dag", "dag")),
    (Frequency.WEEKLY, ("weekly", "week", "every week", "ugentligt", "ugentlig", "hver uge", "uge")),
)
_SLACK_ID = re.compile(r"<?(?:@|!subteam\^)?(?P<id>[UWS][A-Z0-9]{6,20})(?:\|[^>]*)?>?")
"""A member's or a user group's, also as Slack writes them in a line."""
_TELEGRAM_USER = re.compile(r"@?(?P<name>[A-Za-z][A-Za-z0-9_]{3,31})")
_NEXT_PING = re.compile(r"\s+(?=[@<])")
"""Several are also named without commas."""
_SLACK_ALL = {
    name: called
    for called, names in (("here", "here her"), ("channel", "channel kanal kanalen"), ("everyone", "everyone"))
    for name in names.split()
}
_HERE = frozenset(("here", "her", "alle", "all", "channel", "everyone"))
_EVERYTHING = ("all", "alle", "alt", "any", "everything")


def _option(name: str) -> tuple[Callable[[Subscription], Any], Callable[[Subscription, Any], Subscription]]:
    def of(subscription: Subscription) -> Any:  # noqa: ANN401 - the value of any option
        return getattr(subscription.options, name)

    def put(subscription: Subscription, value: Any) -> Subscription:  # noqa: ANN401
        return replace(subscription, options=replace(subscription.options, **{name: value}))

    return of, put


def _some(label: str, asked: Callable[[Request], frozenset[Any]], example: str) -> Callable[[str, Reading], frozenset[Any]]:
    """Reads some of what the archive's questions know by a label, in their words for it."""

    def read(value: str, reading: Reading) -> frozenset[Any]:
        found: set[Any] = set()
        for part in parts_of(value) if value.casefold() not in _EVERYTHING else ():
            meant = asked(understand(f'{label}:"{part}"', reading.now, reading.texts.zone))
            if not meant:
                said = reading.texts.t("“{value}” is not known; {example} would be.", value=shorten(part, 60), example=example)
                raise UserError(said)
            found |= meant
        return frozenset(found)

    return read


def _read_query(value: str, reading: Reading) -> str:
    if len(value) > LONGEST_VALUE:
        raise UserError(reading.texts.t("That is too long: at most {limit} characters.", limit=LONGEST_VALUE))
    if parse(value).is_empty:
        raise UserError(reading.texts.t("There is no word in “{value}” to look for.", value=shorten(value, 60)))
    return value


def _read_pings(value: str, reading: Reading) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(_ping(part, reading) for part in parts_of(_NEXT_PING.sub(",", value))))
    if len(found) > _MOST_PINGS:
        raise UserError(reading.texts.t("At most {most} can be called.", most=_MOST_PINGS))
    return found


def _ping(part: str, reading: Reading) -> str:
    t = reading.texts.t
    if reading.platform == "slack":
        known = _SLACK_ID.fullmatch(part)
        if called := _SLACK_ALL.get(part.casefold().strip("<!@>")):
            return called
        if known:
            return known["id"]
        said = t(
            "“{value}” cannot be called: write here or a member's id, or name them with @ in a command.", value=shorten(part, 60)
        )
        raise UserError(said)
    name = _TELEGRAM_USER.fullmatch(part)
    if name and part.casefold().removeprefix("@") not in _HERE:
        return f"@{name['name']}"
    raise UserError(t("“{value}” cannot be called: write people's @names.", value=shorten(part, 60)))


_KIND_CHOICES = (
    (Kind.PRESS_RELEASE.value, N_("press releases")),
    (Kind.NEWS.value, N_("news")),
    (Kind.INVITATION.value, N_("press invitations")),
)
_LANGUAGE_CHOICES = (
    ("da", N_("Danish")),
    ("en", N_("English")),
    ("nb", N_("Norwegian")),
    ("sv", N_("Swedish")),
    ("fi", N_("Finnish")),
)

KINDS: Setting[Subscription] = Setting(
    "kinds",
    ("slags", "kind", "type", "typer"),
    N_("Kinds"),
    N_("Only these come; none chosen: all."),
    frozenset(),
    *_option("kinds"),
    _some("kind", lambda asked: asked.kinds, "nyhed, pressemeddelelse"),
    lambda value: ",".join(sorted(value)),
    kinds_words,
    _KIND_CHOICES,
    several=True,
)
LANGUAGES: Setting[Subscription] = Setting(
    "languages",
    ("sprog", "language", "lang"),
    N_("Languages"),
    N_("Only what is written in these comes; none chosen: all."),
    frozenset(),
    *_option("languages"),
    _some("lang", lambda asked: asked.languages, "da, en"),
    lambda value: ",".join(sorted(value)),
    languages_words,
    _LANGUAGE_CHOICES,
    several=True,
)
FILTER: Setting[Subscription] = Setting(
    "filter",
    ("filter", "ord", "words", "søgeord"),
    N_("Filter"),
    N_("Only what has these words comes, as in a search: quotes, minus, OR and stars count."),
    "",
    *_option("filter"),
    _read_query,
    str,
    query_words,
)
URGENT: Setting[Subscription] = Setting(
    "urgent",
    ("haster", "hasteord", "vigtigt"),
    N_("Urgent words"),
    N_("What has these words is told at once, in quiet hours too, and calls whom you name below."),
    "",
    *_option("urgent"),
    _read_query,
    str,
    query_words,
)
PING: Setting[Subscription] = Setting(
    "ping",
    ("tilkald", "pings", "kald"),
    N_("Who is called"),
    N_("Whom the urgent words call, kept apart by commas."),
    (),
    *_option("pings"),
    _read_pings,
    ",".join,
    pings_words,
    several=True,
)
FREQUENCY: Setting[Subscription] = Setting(
    "frequency",
    ("hyppighed", "hvornår", "when", "digest", "overblik"),
    N_("When"),
    N_("At once, or as a digest each hour, day or week; /settings has the time of day and the weekday."),
    Frequency.AT_ONCE,
    *_option("frequency"),
    one_of(_FREQUENCIES, ("straks", "hver time", "dagligt", "ugentligt")),
    writes(_FREQUENCIES),
    frequency_words,
    tuple(
        (names[0], label)
        for (_, names), label in zip(_FREQUENCIES, (N_("at once"), N_("hourly"), N_("daily"), N_("weekly")), strict=True)
    ),
)
SOUND: Setting[Subscription] = Setting(
    "sound",
    ("lyd",),
    N_("Sound"),
    N_("Whether its alerts make a sound."),
    usual=True,
    of=lambda subscription: not subscription.silent,
    put=lambda subscription, value: replace(subscription, silent=not value),
    read=read_switch,
    write=write_switch,
    say=switch_words,
    choices=SWITCH,
)
SETTINGS = (KINDS, LANGUAGES, FILTER, URGENT, PING, FREQUENCY, SOUND)
