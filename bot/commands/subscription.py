"""/subscription: one subscription whole, and each of its settings to be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.cards import error_card, subscriptions_card
from bot.cards.asked import BETWEEN
from bot.cards.options import clock_words, weekday_words
from bot.cards.settings import SettingLine, saved, settings_card
from bot.cards.shorten import shorten
from bot.commands.choosing import BACK, Desk
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.fields import written
from bot.commands.filtering import by_slugs
from bot.commands.line import unquoted
from bot.commands.lookup import EVERYTHING, names_of
from bot.commands.record import Change, reading, recorded
from bot.commands.saving import save_subscription
from bot.commands.setting import Setting, as_near_miss, changed, differing, find_setting, read_settings, unknown_setting
from bot.commands.subscription_settings import FILTER, FREQUENCY, PING, SETTINGS, URGENT
from bot.commands.trying import is_saved, name_of, tried_of, try_out
from bot.domain.card import Button
from bot.domain.options import AS_USUAL, Frequency
from bot.domain.subscription import Subscription
from bot.i18n import N_, Texts
from bot.ports import Reply
from bot.text.nearest import Exact, Nothing, Several, nearest

_EXAMPLES = {FILTER.name: N_("sanktioner OR grønland -sport"), URGENT.name: N_("terror OR evakuering"), PING.name: "@navn"}
_MOST = 10

_Wanted = Setting[Subscription]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which subscription, by its newsroom's words, its number in the list or its id; `values` to set, by the settings' names.

    `ask`: the setting to choose a value for. `save`: it was seen what the filter would bring.
    """

    words: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    ask: str = ""
    save: bool = False


def parse_args(rest: str, texts: Texts) -> Asked:
    """`[newsroom|all|number] [setting] [name:value ...]`. Raises UserError."""
    line, save = is_saved(rest)
    fields = read_settings(line, SETTINGS)
    if fields.unknown and fields.unknown.casefold() != "id":
        raise unknown_setting(fields.unknown, SETTINGS, texts)
    *words, last = fields.head.split() or [""]
    ask = find_setting(last, SETTINGS)
    head = " ".join(words) if ask else fields.head
    return Asked(unquoted(head), fields.values, ask.name if ask else "", save)


async def run(ctx: Context, args: Asked) -> Reply:
    """Show it, ask for a setting, try a filter, or change it."""
    subscriptions = await ctx.subscriptions()
    if not subscriptions or not (args.words or len(subscriptions) == 1):
        if subscriptions and (args.values or args.ask):
            raise NearMiss(ctx.texts.t("Which newsroom do you mean?"), _choices(subscriptions, args, ctx.texts))
        return Reply(subscriptions_card(subscriptions, await ctx.tx.newsrooms.offered(), ctx.texts, ctx.now))
    subscription = _meant(args, subscriptions, ctx) if args.words else subscriptions[0]
    args = replace(args, values=await by_slugs(ctx, args.values, lambda values: command(subscription, values)))
    wanted, faults = changed(subscription, args.values, SETTINGS, reading(ctx))
    if faults:
        return _refused(faults, ctx)
    if args.ask:
        return _ask(next(each for each in SETTINGS if each.name == args.ask), subscription, wanted, ctx)
    different = differing(subscription, wanted, SETTINGS)
    if not different:
        # A button leads back by a page, which takes the place of what was asked.
        return _shown(ctx, subscription, replaces=bool(args.values) or ctx.page is not None)
    if not args.save and tried_of(different, wanted):
        return await _try(ctx, subscription, wanted, different)
    async with recorded(ctx, "subscription") as change:
        await save_subscription(ctx, subscription, wanted)
    return _shown(ctx, wanted, different, change, replaces=True)


# Which ------------------------------------------------------------------------------------------------------------------


def _meant(args: Asked, subscriptions: Sequence[Subscription], ctx: Context) -> Subscription:
    """The subscription that is meant. Raises NearMiss."""
    words = args.words
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit() and 0 < int(number[:4]) <= len(subscriptions):
        return subscriptions[int(number) - 1]
    by_id = {f"id:{each.id}": each for each in subscriptions}
    to_all = next((each for each in subscriptions if each.newsroom is None), None)
    if words in by_id:
        return by_id[words]
    if words.casefold() in EVERYTHING and to_all:
        return to_all
    named = [(each, names_of(each.newsroom, ctx.catalogue)) for each in subscriptions if each.newsroom]
    match nearest(words, named):
        case Exact(subscription):
            return subscription
        case Several(choices):
            raise NearMiss(ctx.texts.t("Which newsroom do you mean?"), _choices(choices, args, ctx.texts))
        case Nothing():
            said = ctx.texts.t("“{words}” is not subscribed to here.", words=shorten(words, 60))
            subscribe = Button(ctx.texts.t("Subscribe"), f"/subscribe {words}")
            raise NearMiss(said, [*_choices(subscriptions, args, ctx.texts), subscribe])


def _choices(subscriptions: Sequence[Subscription], args: Asked, texts: Texts) -> list[Button]:
    return [Button(name_of(each, texts), command(each, args.values, args.ask)) for each in subscriptions[:_MOST]]


def command(subscription: Subscription, values: Mapping[str, str], *more: str) -> str:
    """The line that says this of the subscription."""
    slug = subscription.newsroom.slug if subscription.newsroom else "all"
    return " ".join(filter(None, ("/subscription", slug, *more, *(written(*each) for each in values.items()))))


# What there is ----------------------------------------------------------------------------------------------------------


def _shown(
    ctx: Context, subscription: Subscription, different: Sequence[_Wanted] = (), change: Change | None = None, *, replaces: bool
) -> Reply:
    """All of it; after a change with what was done, and the way back."""
    texts, newsroom = ctx.texts, subscription.newsroom
    done = saved([f"{texts.t(each.label)}: {each.said(subscription, texts)}" for each in different], texts)
    name = name_of(subscription, texts)
    slug = newsroom.slug if newsroom else "all"
    muted = subscription.muted_until if subscription.is_muted(ctx.now) else None
    mute = Button(texts.t("Unmute"), f"/mute {slug} off") if muted else Button(texts.t("Mute"), f"/mute {slug}")
    card = settings_card(
        name,
        [_line(each, subscription, ctx) for each in SETTINGS],
        texts,
        url=newsroom.page_url if newsroom else "",
        now_so=texts.t("Muted until {moment}.", moment=texts.moment(muted, ctx.now)) if muted else "",
        notes=_notes(subscription, texts),
        done=done,
        first=change.undo(texts) if change else (),
        last=(
            mute,
            Button(texts.t("Unsubscribe"), f"/unsubscribe id:{subscription.id}"),
            Button(texts.t("All subscriptions"), "/subscriptions"),
        ),
    )
    form = None if replaces else _desk(subscription, texts).form(SETTINGS, subscription, texts)
    return Reply(card, replaces=replaces, form=form)


def _line(setting: _Wanted, subscription: Subscription, ctx: Context) -> SettingLine:
    said = setting.said(subscription, ctx.texts)
    if setting is FREQUENCY:
        said = BETWEEN.join(filter(None, (said, _digest_time(subscription, ctx))))
    return SettingLine(ctx.texts.t(setting.label), said, command(subscription, {}, setting.name))


def _digest_time(subscription: Subscription, ctx: Context) -> str:
    """When a daily or weekly digest comes, by the destination's settings."""
    options = ctx.destination.options if ctx.destination else AS_USUAL
    match subscription.options.frequency:
        case Frequency.DAILY:
            return ctx.texts.t("at {time}", time=clock_words(options.digest_at, ctx.texts))
        case Frequency.WEEKLY:
            day, time = weekday_words(options.digest_on, ctx.texts), clock_words(options.digest_at, ctx.texts)
            return ctx.texts.t("{day} at {time}", day=day, time=time)
        case _:
            return ""


def _notes(subscription: Subscription, texts: Texts) -> list[str]:
    options = subscription.options
    if options.pings and not options.urgent:
        return [texts.t("Nobody is called as long as there are no urgent words.")]
    return []


def _desk(subscription: Subscription, texts: Texts) -> Desk[Subscription]:
    return Desk(name_of(subscription, texts), subscription, lambda values: command(subscription, values), texts.t("/subscription"))


# Asking and trying ------------------------------------------------------------------------------------------------------


def _ask(setting: _Wanted, subscription: Subscription, wanted: Subscription, ctx: Context) -> Reply:
    example = ctx.texts.t(_EXAMPLES[setting.name]) if setting.name in _EXAMPLES else ""
    return _desk(subscription, ctx.texts).ask(setting, wanted, _line(setting, wanted, ctx), ctx.texts, example=example)


async def _try(ctx: Context, subscription: Subscription, wanted: Subscription, different: Sequence[_Wanted]) -> Reply:
    """What the filter would have brought, and the line that saves it: it is in the button, so nothing is pending here."""
    values = {each.name: each.spelt(wanted) for each in different}
    asked = tried_of(different, wanted)
    leave = [
        Button(ctx.texts.t("Change"), command(subscription, values, asked[0].name)),
        Button(ctx.texts.t("Cancel"), f"{command(subscription, {})} {BACK}"),
    ]
    return await try_out(ctx, wanted, asked, values, lambda said: command(subscription, said), leave)


def _refused(faults: Mapping[str, str], ctx: Context) -> Reply:
    error = as_near_miss(faults, SETTINGS, ctx.texts)
    return Reply(error_card(str(error)), private=True, faults=faults)


COMMAND = Command(
    name="subscription",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("abonnement",)},
    arguments=N_("[newsroom, all or number] [setting:value ...]"),
    summary=N_("what a subscription brings, and when"),
    details=N_(
        "Alone it shows everything, with a button for each setting. Settings are kinds:, languages:, filter:, urgent:, ping:, "
        "frequency: and sound:; several may stand in a line, and one without a value is emptied. A filter is tried on the last 90 "
        "days before it is saved. In groups and channels only who manages them can do this."
    ),
    examples=("um", N_("um frequency:daily"), N_('um kinds:news filter:"sanktion OR grønland"')),
    audience=Audience.MANAGERS,
    writes=True,
    parse_args=parse_args,
    run=run,
)
