"""/subscribe, /unsubscribe and /subscriptions: what a destination is told of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.cards import say_card, subscriptions_card
from bot.cards.options import frequency_words
from bot.cards.shorten import shorten
from bot.commands import subscribing, undo
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.fields import written
from bot.commands.filtering import by_slugs
from bot.commands.line import unquoted
from bot.commands.lookup import EVERYTHING, AnyNewsroom, find_newsroom, is_added, names_of
from bot.commands.record import Change, recorded
from bot.commands.saving import subscribe_to
from bot.domain.card import Button, Tone
from bot.domain.newsroom import Newsroom, NewsroomEntry
from bot.domain.options import Frequency
from bot.domain.subscription import Subscription
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply
from bot.text.fold import fold
from bot.text.nearest import Exact, Nothing, Several, nearest

_CHOICES = 10
_LOG = tuple(map(fold, ("log", "logbog", "historik", "history", "changes", "ændringer")))
_OWN_ID = re.compile(r"id:([0-9]{1,18})")
_SOUND = re.compile(
    r"(?:(?P<name>.*) )?(?:(?P<silent>silent(?:ly)?|without sound|uden lyd|lydl(?:ø|oe|o)st?)|with sound|med lyd)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Which:
    """`everything`, a newsroom by its words, a subscription by its id (from a button), or nothing said.

    `silent`: whether its alerts are to make a sound, or None where nothing is said of it. `values`: other settings, by their names;
    None where none was named. `save`: it was seen what they bring.
    """

    words: str = ""
    everything: bool = False
    subscription_id: int | None = None
    silent: bool | None = None
    values: Mapping[str, str] | None = None
    save: bool = False

    def again(self, words: str) -> str:
        """The command line that subscribes to something else in the same way."""
        sound = {None: "", True: "silent", False: "with sound"}[self.silent]
        values = (written(name, value) for name, value in (self.values or {}).items())
        return " ".join(filter(None, ("/subscribe", words, sound, *values)))


def parse_args(rest: str, texts: Texts) -> Which:
    """`[newsroom|all] [silent|with sound] [setting:value ...]`."""
    if filled := subscribing.read_filled(rest):
        return replace(parse_args(filled.words, texts), values=filled.values, save=filled.save)
    sound = _SOUND.fullmatch(rest)
    silent = None if sound is None else bool(sound["silent"])
    words = unquoted((sound["name"] or "") if sound else rest)
    own_id = _OWN_ID.fullmatch(words)
    if own_id:
        return Which(subscription_id=int(own_id[1]), silent=silent)
    return Which(everything=True, silent=silent) if words.casefold() in EVERYTHING else Which(words, silent=silent)


# Subscribing ------------------------------------------------------------------------------------------------------------


async def subscribe(ctx: Context, args: Which) -> Reply:
    """Subscribe the destination, or ask to what."""
    if args.values is not None:
        words = "all" if args.everything else args.words
        values = await by_slugs(ctx, args.values, lambda said: replace(args, values=said).again(words))
        args = replace(args, values=values)
        refusal = subscribing.refused(ctx, values, named=args.everything or bool(args.words))
        if refusal:
            return refusal
    if args.everything:
        reply = await _subscribe_to_all(ctx, args)
    elif args.words:
        reply = await _subscribe_to(ctx, await find_newsroom(ctx, args.words, args.again, prefer_stored=False), args)
    else:
        return await _asked(ctx, args)
    # What was tried made way for it.
    return replace(reply, replaces=reply.replaces or args.save)


async def _asked(ctx: Context, args: Which) -> Reply:
    """To what, where nothing was named; where there is but one, to that."""
    offered = await ctx.tx.newsrooms.offered()
    if len(offered) == 1 and not any(each.brings(offered[0]) for each in await ctx.subscriptions()):
        return await _subscribe_to(ctx, offered[0], args)
    return await _choose(ctx, offered, args)


async def _subscribe_to(ctx: Context, chosen: AnyNewsroom, args: Which) -> Reply:
    adds = is_added(ctx, chosen)
    # Of one that nobody followed until now there is nothing to try a filter on.
    if isinstance(chosen, Newsroom) and (tried := await _tried(ctx, chosen, args)):
        return tried
    async with recorded(ctx, "subscribe") as change:
        newsroom = await _stored(ctx, chosen, offered_by="operator" if adds else None)
        subscription, is_new = await subscribe_to(ctx, await ctx.ensure_destination(), newsroom)
        has_other_sound = await _set_sound(ctx, subscription, args)
        subscription, settled = await subscribing.settle(ctx, subscription, args.values) if args.values else (subscription, "")
    if has_other_sound and not is_new:
        return _other_sound(ctx.texts, newsroom.name, change, settled, silent=bool(args.silent))
    if not is_new:
        already = ctx.texts.t("{newsroom} is already subscribed to here.", newsroom=newsroom.name)
        after = _after(newsroom, ctx.texts, ctx.texts.t("Unsubscribe"))
        return Reply(say_card(f"{already}\n{settled}".rstrip(), buttons=[*change.undo(ctx.texts), *after]))
    added = adds and isinstance(chosen, NewsroomEntry)
    return _confirmed(subscription, newsroom, ctx.texts, settled, added=added, silent=bool(args.silent))


async def _set_sound(ctx: Context, subscription: Subscription, args: Which) -> bool:
    """Have the alerts make a sound or none, as it is wished; whether that is a change."""
    if args.silent is None or args.silent == subscription.silent:
        return False
    await ctx.tx.destinations.set_silent(subscription.id, silent=args.silent)
    return True


def _other_sound(texts: Texts, name: str, change: Change, settled: str, *, silent: bool) -> Reply:
    if silent:
        said = texts.t("Alerts from {newsroom} make no sound here from now on.", newsroom=name)
    else:
        said = texts.t("Alerts from {newsroom} make a sound here from now on.", newsroom=name)
    return Reply(say_card(f"{said}\n{settled}".rstrip(), tone=Tone.GOOD, buttons=change.undo(texts)))


async def _stored(ctx: Context, chosen: AnyNewsroom, *, offered_by: str | None) -> Newsroom:
    """An operator who subscribes to an address outside the catalogue adds it to what is offered here."""
    return chosen if isinstance(chosen, Newsroom) else await ctx.tx.newsrooms.ensure(chosen, offered_by=offered_by, now=ctx.now)


def _confirmed(subscription: Subscription, newsroom: Newsroom, texts: Texts, settled: str, *, added: bool, silent: bool) -> Reply:
    frequency = subscription.options.frequency
    if frequency is Frequency.AT_ONCE:
        comes = texts.t(
            "New releases and corrections come here as soon as they are found. Older ones are not sent; /latest shows them."
        )
    else:
        comes = texts.t(
            "New releases come here together, {frequency}. Older ones are not sent; /latest shows them.",
            frequency=frequency_words(frequency, texts),
        )
    said = [
        texts.t("Subscribed to {newsroom}.", newsroom=newsroom.name),
        comes,
        *([texts.t("Its alerts make no sound.")] if silent else []),
        *([settled] if settled else []),
        *([texts.t("It is now offered to everybody here.")] if added else []),
    ]
    return Reply(say_card("\n".join(said), tone=Tone.GOOD, buttons=_after(newsroom, texts, texts.t("Undo"))))


def _after(newsroom: Newsroom, texts: Texts, unsubscribe_label: str) -> tuple[Button, ...]:
    return (
        Button(texts.t("Latest"), f"/latest {newsroom.slug}"),
        Button(texts.t("Settings"), f"/subscription {newsroom.slug}"),
        Button(unsubscribe_label, f"/unsubscribe {newsroom.slug}"),
    )


async def _tried(ctx: Context, newsroom: Newsroom | None, args: Which) -> Reply | None:
    """What filters in the line would have brought, where that was not seen yet."""
    words = newsroom.slug if newsroom else "all"
    if args.save or not args.values:
        return None
    return await subscribing.try_first(ctx, newsroom, args.values, lambda said: replace(args, values=said).again(words))


async def _subscribe_to_all(ctx: Context, args: Which) -> Reply:
    if tried := await _tried(ctx, None, args):
        return tried
    async with recorded(ctx, "subscribe") as change:
        subscription, is_new = await subscribe_to(ctx, await ctx.ensure_destination(), None)
        changed = await _set_sound(ctx, subscription, args)
        subscription, settled = await subscribing.settle(ctx, subscription, args.values) if args.values else (subscription, "")
    offered = await ctx.tx.newsrooms.offered()
    texts = ctx.texts
    if changed and not is_new:
        return _other_sound(texts, texts.t("all newsrooms offered here"), change, settled, silent=bool(args.silent))
    if not is_new:
        button = Button(texts.t("Unsubscribe from all"), f"/unsubscribe id:{subscription.id}")
        already = texts.t("All newsrooms offered here are already subscribed to.")
        return Reply(say_card(f"{already}\n{settled}".rstrip(), buttons=[*change.undo(texts), button]))
    names = ", ".join(newsroom.name for newsroom in offered) or texts.t("none yet")
    said = texts.t("Subscribed to all newsrooms offered here, those to come included.")
    lines = [said, texts.t("At present: {newsrooms}.", newsrooms=shorten(names, 500))]
    if args.silent:
        lines.append(texts.t("Their alerts make no sound."))
    if settled:
        lines.append(settled)
    buttons = (
        Button(texts.t("Latest"), "/latest"),
        Button(texts.t("Settings"), "/subscription all"),
        Button(texts.t("Undo"), f"/unsubscribe id:{subscription.id}"),
    )
    return Reply(say_card("\n".join(lines), tone=Tone.GOOD, buttons=buttons))


async def _choose(ctx: Context, offered: Sequence[Newsroom], args: Which) -> Reply:
    texts = ctx.texts
    buttons = [Button(newsroom.name, args.again(newsroom.slug)) for newsroom in offered[:_CHOICES]]
    if offered:
        buttons.append(Button(texts.t("All offered here"), args.again("all")))
    buttons.append(Button(texts.t("Other newsrooms"), "/newsrooms"))
    said = texts.t("What do you want to subscribe to? Any other newsroom by its name: /subscribe københavns politi")
    return Reply(say_card(said, buttons=buttons), form=subscribing.form(ctx))


# Unsubscribing ----------------------------------------------------------------------------------------------------------


async def unsubscribe(ctx: Context, args: Which) -> Reply:
    """End a subscription, or ask which."""
    subscriptions = await ctx.subscriptions()
    if not subscriptions:
        return Reply(subscriptions_card([], [], ctx.texts, ctx.now))
    if args.everything:
        return await _end(ctx, subscriptions)
    if args.subscription_id is not None:
        chosen = [each for each in subscriptions if each.id == args.subscription_id]
        return await _end(ctx, chosen) if chosen else await _listed(ctx)
    if args.words:
        return await _end(ctx, [_named(args.words, subscriptions, ctx)])
    return await _end(ctx, subscriptions) if len(subscriptions) == 1 else await _listed(ctx)


def _named(words: str, subscriptions: Sequence[Subscription], ctx: Context) -> Subscription:
    texts = ctx.texts
    named = [(each, names_of(each.newsroom, ctx.catalogue)) for each in subscriptions if each.newsroom]
    match nearest(words, named):
        case Exact(subscription):
            return subscription
        case Several(choices):
            raise NearMiss(texts.t("Which newsroom do you mean?"), _endings(choices, texts))
        case Nothing():
            pass
    said = texts.t("“{words}” is not subscribed to here.", words=shorten(words, 60))
    if any(each.newsroom is None for each in subscriptions):
        said += " " + texts.t("All newsrooms offered here are: a single one of them cannot be left out.")
    raise NearMiss(said, _endings(subscriptions, texts))


async def _end(ctx: Context, subscriptions: Sequence[Subscription]) -> Reply:
    async with recorded(ctx, "unsubscribe") as change:
        for each in subscriptions:
            await ctx.tx.destinations.unsubscribe(each.id, ctx.now)
    texts = ctx.texts
    names = ", ".join(each.newsroom.name if each.newsroom else texts.t("all newsrooms offered here") for each in subscriptions)
    said = texts.t("Unsubscribed from {newsrooms}. Nothing more of it comes here.", newsrooms=shorten(names, 500))
    return Reply(say_card(said, tone=Tone.GOOD, buttons=change.undo(texts)))


def _endings(subscriptions: Sequence[Subscription], texts: Texts) -> list[Button]:
    return [
        Button(each.newsroom.name, f"/unsubscribe {each.newsroom.slug}")
        if each.newsroom
        else Button(texts.t("Unsubscribe from all"), f"/unsubscribe id:{each.id}")
        for each in subscriptions[:_CHOICES]
    ]


# What there is ----------------------------------------------------------------------------------------------------------


def parse_what(rest: str, texts: Texts) -> bool:
    """`[log]`: whether the record of changes is wanted. Raises UserError for other words."""
    words = fold(unquoted(rest))
    if words and words not in _LOG:
        raise UserError(texts.t("Write /subscriptions for what is subscribed to here, or /subscriptions log for who changed it."))
    return bool(words)


async def show(ctx: Context, log: bool) -> Reply:  # noqa: FBT001 - what its arguments were read as
    """The destination's subscriptions, or the record of what was changed."""
    if log:
        return await undo.show(ctx)
    return await _listed(ctx)


async def _listed(ctx: Context) -> Reply:
    subscriptions = await ctx.subscriptions()
    return Reply(subscriptions_card(subscriptions, await ctx.tx.newsrooms.offered(), ctx.texts, ctx.now))


SUBSCRIBE = Command(
    name="subscribe",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("abonner", "abonnér", "tilmeld")},
    arguments=N_("[newsroom or all] [silent]"),
    summary=N_("be told here when a newsroom publishes"),
    details=N_(
        "Any newsroom of /newsrooms, by part of its name. “all” means those offered here, future ones included. "
        "“silent” at the end has its alerts come without sound, “with sound” changes that back; where two subscriptions bring the "
        "same alert, one with sound is enough. In groups and channels only who manages them can do this."
    ),
    examples=("um", N_("all"), N_("um silent")),
    audience=Audience.MANAGERS,
    writes=True,
    parse_args=parse_args,
    run=subscribe,
)
UNSUBSCRIBE = Command(
    name="unsubscribe",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("afmeld", "frameld")},
    arguments=N_("[newsroom or all]"),
    summary=N_("be told no longer"),
    details=N_("“all” ends every subscription here. In groups and channels only who manages them can do this."),
    examples=("um", N_("all")),
    audience=Audience.MANAGERS,
    writes=True,
    parse_args=parse_args,
    run=unsubscribe,
)
SUBSCRIPTIONS = Command(
    name="subscriptions",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("abonnementer",)},
    arguments=N_("[log]"),
    summary=N_("what is subscribed to here"),
    details=N_("With “log”: who changed subscriptions and settings here, what and when; each change can be undone."),
    examples=("", "log"),
    parse_args=parse_what,
    run=show,
)
