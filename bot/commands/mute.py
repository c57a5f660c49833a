"""/mute: not to be told here for a while."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.cards import say_card, subscriptions_card
from bot.cards.shorten import shorten
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.commands.lookup import EVERYTHING, AnyNewsroom, find_newsroom, names_of
from bot.commands.record import recorded
from bot.commands.until import read_until
from bot.domain.card import Button, Tone
from bot.domain.newsroom import Newsroom
from bot.domain.subscription import Subscription
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply
from bot.text.nearest import Exact, Nothing, Several, nearest

MOST = timedelta(days=100)
"""The longest mute: what is muted for longer is forgotten, and was better unsubscribed from."""
_MORNING = time(7)
_NIGHT_ENDS = time(4)
_CHOICES = 8

_UNITS = {
    "minutes": r"m|mins?|minutes?|minut(?:ter)?",
    "hours": r"h|hrs?|hours?|t|timer?",
    "days": r"d|days?|dage?|døgn|doegn",
}
_COUNT = r"(?P<count>[0-9]{1,6}|an?|one|en|et)"
_SPAN = rf"(?:(?:for|i) )?{_COUNT} ?(?:{'|'.join(f'(?P<{unit}>{words})' for unit, words in _UNITS.items())})"
_TOMORROW = r"(?P<tomorrow>(?:(?:until|till|til|indtil) )?(?:tomorrow|i ?morgen))"
_OFF = r"(?P<off>off|fra|unmute|stop)"
_WHEN = rf"(?:{_SPAN}|{_TOMORROW}|{_OFF})"
_DATE = re.compile(r"(?:(?P<name>.+?) )??(?:until|till|til|indtil) (?P<date>.+)", re.IGNORECASE)
_LINE = (
    re.compile(rf"(?:(?P<name>.+?) )??{_WHEN}", re.IGNORECASE),
    re.compile(rf"{_WHEN} (?P<name>.+)", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class Mute:
    """What to mute (`words` of a newsroom; empty: everything subscribed to here), and until when: for so long, or till the morning.

    `date`: until when in words, which depend on the day, and after them perhaps the newsroom; `at`: the time that they mean.
    `off`: no longer.
    """

    words: str = ""
    span: timedelta = timedelta(hours=1)
    until_morning: bool = False
    off: bool = False
    date: str = ""
    at: datetime | None = None

    def until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When it ends: an aware UTC time, or None for at once."""
        if self.off or self.at:
            return self.at
        return next_morning(now, zone) if self.until_morning else now + self.span


def parse_args(rest: str, texts: Texts) -> Mute:
    """`[newsroom|all] [1h|8h|until tomorrow|until friday|off]`, either first. Raises UserError for too long a time."""
    line = " ".join(rest.split())
    found = next((match for form in _LINE if (match := form.fullmatch(line))), None)
    dated = _DATE.fullmatch(line)
    if dated and not found:
        return Mute(_named(dated["name"] or ""), date=dated["date"])
    words = _named((found["name"] or "") if found else line)
    if found is None:
        return Mute(words)
    if found["off"]:
        return Mute(words, off=True)
    return Mute(words, until_morning=True) if found["tomorrow"] else Mute(words, _span(found, words, texts))


def _named(name: str) -> str:
    return "" if unquoted(name).casefold() in EVERYTHING else unquoted(name)


def _span(found: re.Match[str], words: str, texts: Texts) -> timedelta:
    count = int(found["count"]) if found["count"].isdigit() else 1
    span = next(timedelta(**{unit: count}) for unit in _UNITS if found[unit])
    if not timedelta(0) < span <= MOST:
        raise _too_long(words, texts)
    return span


def _too_long(words: str, texts: Texts) -> NearMiss:
    said = texts.t("I can mute for up to {days} days. Whoever wants nothing more can use /unsubscribe.", days=MOST.days)
    return NearMiss(said, [Button(texts.t("Until tomorrow"), _command(words, "until tomorrow"))])


def on_a_date(args: Mute, now: datetime, texts: Texts) -> Mute:
    """The same with the time that its words mean today. Raises UserError for words that are no date, or one too far away."""
    read = read_until(args.date, now, texts.zone) if args.date else None
    if not args.date:
        return args
    words = args.words or _named(read[1] if read else "")
    if read is None or (args.words and read[1]):
        said = texts.t(
            "I know no date “{words}”: write until Friday, until 1 December or until 17:30.", words=shorten(args.date, 60)
        )
        raise NearMiss(said, [Button(texts.t("Until tomorrow"), _command(words, "until tomorrow"))])
    at = read[0]
    if at <= now:
        said = texts.t("{moment} has passed already.", moment=texts.moment(at, now))
        raise UserError(f"{said[:1].upper()}{said[1:]}")
    if at > now + MOST:
        raise _too_long(words, texts)
    return replace(args, words=words, at=at)


def next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Seven o'clock tomorrow, by the clock of the zone; the small hours belong to the evening before."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < _NIGHT_ENDS else local.date() + timedelta(days=1)
    return datetime.combine(day, _MORNING, zone).astimezone(UTC)


# Muting -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Meant:
    """Subscriptions, and the newsroom that was named, if any."""

    subscriptions: Sequence[Subscription]
    newsroom: Newsroom | None = None

    @property
    def is_wider(self) -> bool:
        """Whether the newsroom is told of by the subscription to all, which is muted in its place."""
        return self.newsroom is not None and self.subscriptions[0].newsroom is None

    @property
    def words(self) -> str:
        """The argument that means the same again."""
        return self.newsroom.slug if self.newsroom else ""


async def run(ctx: Context, args: Mute) -> Reply:
    """Mute what is meant, or let it sound again."""
    args = on_a_date(args, ctx.now, ctx.texts)
    subscriptions = await ctx.subscriptions()
    if not subscriptions:
        return Reply(subscriptions_card([], [], ctx.texts, ctx.now))
    meant = await _meant(ctx, args, subscriptions) if args.words else _Meant(subscriptions)
    until = args.until(ctx.now, ctx.texts.zone)
    async with recorded(ctx, "mute") as change:
        await ctx.tx.destinations.mute([each.id for each in meant.subscriptions], until, ctx.now)
    if until is None:
        return _unmuted(ctx, meant)
    to_all = next((each for each in subscriptions if each.newsroom is None and each not in meant.subscriptions), None)
    comes_still = bool(meant.newsroom and meant.newsroom.offered and to_all and not to_all.is_muted(ctx.now))
    # Of what was muted already the former time comes back.
    undo = change.undo(ctx.texts) if any(each.is_muted(ctx.now) for each in meant.subscriptions) else []
    return _muted(meant, until, ctx, undo, comes_still=comes_still)


async def _meant(ctx: Context, args: Mute, subscriptions: Sequence[Subscription]) -> _Meant:
    """The subscription that covers the newsroom of these words. Raises NearMiss."""
    newsroom = await _newsroom(ctx, args, subscriptions)
    own = next((each for each in subscriptions if newsroom and each.newsroom_id == newsroom.id), None)
    if own:
        return _Meant([own], newsroom)
    to_all = next((each for each in subscriptions if each.newsroom is None), None)
    if to_all and newsroom and newsroom.offered:
        return _Meant([to_all], newsroom)
    said = ctx.texts.t("“{words}” is not subscribed to here.", words=shorten(args.words, 60))
    raise NearMiss(said, _choices([each.newsroom for each in subscriptions if each.newsroom], args, ctx.texts))


async def _newsroom(ctx: Context, args: Mute, subscriptions: Sequence[Subscription]) -> Newsroom | None:
    """A newsroom by its slug, as buttons name it; else one of those subscribed to; else, where all are, any."""
    stored = next((each for each in await ctx.newsrooms() if each.slug == args.words), None)
    if stored:
        return stored
    found: AnyNewsroom
    own = [each.newsroom for each in subscriptions if each.newsroom]
    match nearest(args.words, [(each, names_of(each, ctx.catalogue)) for each in own]):
        case Exact(newsroom):
            found = newsroom
        case Several(newsrooms):
            raise NearMiss(ctx.texts.t("Which newsroom do you mean?"), _choices(newsrooms, args, ctx.texts))
        case Nothing():
            found = await find_newsroom(ctx, args.words, lambda slug: _command(slug, _when(args)))
    return found if isinstance(found, Newsroom) else None


def _choices(newsrooms: Sequence[AnyNewsroom], args: Mute, texts: Texts) -> list[Button]:
    everything = Button(texts.t("Everything here"), _command("", _when(args)))
    return [*(Button(each.name, _command(each.slug, _when(args))) for each in newsrooms[:_CHOICES]), everything]


def _when(args: Mute) -> str:
    if args.off or args.date:
        return f"until {args.date}" if args.date else "off"
    return "until tomorrow" if args.until_morning else f"{args.span // timedelta(minutes=1)}m"


def _command(words: str, when: str) -> str:
    return " ".join(filter(None, ("/mute", words, when)))


# What is said -----------------------------------------------------------------------------------------------------------


def _muted(meant: _Meant, until: datetime, ctx: Context, undo: Sequence[Button], *, comes_still: bool) -> Reply:
    texts, when = ctx.texts, ctx.texts.moment(until, ctx.now)
    newsroom = meant.newsroom.name if meant.newsroom else ""
    if meant.is_wider:
        said = texts.t(
            "{newsroom} comes here by the subscription to all newsrooms, so all of them are muted until {moment}.",
            newsroom=newsroom,
            moment=when,
        )
    elif newsroom:
        said = texts.t("{newsroom} is muted here until {moment}.", newsroom=newsroom, moment=when)
    else:
        said = texts.t("Everything is muted here until {moment}.", moment=when)
    if comes_still:
        what = texts.t("Its releases still come by the subscription to all newsrooms, as long as that is not muted too.")
    else:
        what = texts.t(
            "What comes meanwhile is not sent, nor afterwards; /latest shows it. Alerts that stand here are still corrected."
        )
    buttons = [
        *(undo or [Button(texts.t("Undo"), _command(meant.words, "off"))]),
        *_after(meant, until, ctx, comes_still=comes_still),
    ]
    return Reply(say_card(f"{said}\n{what}", tone=Tone.GOOD, buttons=buttons))


def _after(meant: _Meant, until: datetime, ctx: Context, *, comes_still: bool) -> list[Button]:
    texts, buttons = ctx.texts, list[Button]()
    if until < next_morning(ctx.now, texts.zone):
        buttons.append(Button(texts.t("Until tomorrow"), _command(meant.words, "until tomorrow")))
    if comes_still:
        buttons.append(Button(texts.t("Mute everything"), "/mute"))
    return [*buttons, Button(texts.t("Latest"), f"/latest {meant.words}".rstrip())]


def _unmuted(ctx: Context, meant: _Meant) -> Reply:
    texts = ctx.texts
    latest = Button(texts.t("Latest"), f"/latest {meant.words}".rstrip())
    if not any(each.is_muted(ctx.now) for each in meant.subscriptions):
        return Reply(say_card(texts.t("That is not muted here."), buttons=[latest]))
    if meant.newsroom and not meant.is_wider:
        said = texts.t("{newsroom} is no longer muted here.", newsroom=meant.newsroom.name)
    else:
        said = texts.t("Nothing is muted here any more.") if not meant.newsroom else texts.t("All newsrooms are heard here again.")
    return Reply(say_card(said, tone=Tone.GOOD, buttons=[latest]))


COMMAND = Command(
    name="mute",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("dæmp", "daemp")},
    arguments=N_("[newsroom or all] [1h, until tomorrow, until Friday or off]"),
    summary=N_("be told nothing for a while"),
    details=N_(
        "Without a newsroom everything subscribed to here is muted, without a time for one hour; a day is meant until seven "
        "in the morning, and “until 1 December at 9” or “until 17:30” is understood too. "
        "What comes meanwhile is not sent: /latest shows it. "
        "In groups and channels only who manages them can do this."
    ),
    examples=("", N_("um 8h"), N_("until tomorrow"), N_("um until Friday"), N_("off")),
    audience=Audience.MANAGERS,
    writes=True,
    parse_args=parse_args,
    run=run,
)
