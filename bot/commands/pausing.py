"""/pause and /resume: an operator stops what is sent through a platform, or one account of it, and lets it go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.cards import say_card
from bot.cards.platforms import platform_name
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.domain.card import Button, Tone
from bot.domain.release import LATE_AFTER
from bot.i18n import N_, Texts
from bot.ports import Pause, Reply

log = structlog.get_logger()

_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Which:
    """A platform, or an account of it; empty: nothing was said."""

    platform: str = ""
    account: str = ""

    @property
    def name(self) -> str:
        """As readers know it."""
        return f"{platform_name(self.platform)} {self.account}".rstrip()

    @property
    def line(self) -> str:
        """What follows a command for it."""
        return f"{self.platform} {self.account}".rstrip()


def parse_args(rest: str, _texts: Texts) -> Which:
    """`[platform [account]]`."""
    platform, _, account = unquoted(rest).partition(" ")
    return Which(platform.casefold(), unquoted(account))


async def pause(ctx: Context, args: Which) -> Reply:
    """Send nothing there any more; without a platform, how they stand."""
    if not args.platform:
        return await _standing(ctx)
    meant, texts = await _meant(ctx, args, "/pause"), ctx.texts
    is_new = await ctx.tx.pauses.add(meant.platform, meant.account, ctx.call.actor, ctx.now)
    if is_new:
        await _note(ctx, "pause", meant)
    said = [
        texts.t("{platform} is paused: nothing is sent there until an operator lets it go on.", platform=meant.name)
        if is_new
        else texts.t("{platform} is paused already.", platform=meant.name),
        texts.t("What is owed stays owed, notices to operators included. Commands are answered as usual."),
    ]
    return Reply(say_card("\n".join(said), tone=Tone.WARNING, buttons=[_resume_button(meant, texts)]), private=True)


async def resume(ctx: Context, args: Which) -> Reply:
    """Let it go on; without a platform, all that is paused where that is one thing."""
    paused = await ctx.tx.pauses.all()
    pauses = [Which(each.platform, each.account) for each in paused]
    if not args.platform and len(pauses) != 1:
        return await _standing(ctx)
    meant = await _meant(ctx, args, "/resume") if args.platform else pauses[0]
    waiting = await _waiting(ctx, meant, pauses)
    if not await ctx.tx.pauses.lift(meant.platform, meant.account, ctx.now):
        raise _not_paused(meant, pauses, ctx.texts)
    await _note(ctx, "resume", meant)
    texts = ctx.texts
    said = [texts.t("{platform} goes on.", platform=meant.name)]
    if any(each.platform == meant.platform and not each.account for each in pauses if meant.account):
        said = [
            texts.t(
                "{account} itself is no longer paused, but all of {platform} is.",
                account=meant.name,
                platform=platform_name(meant.platform),
            )
        ]
    elif waiting:
        said.append(_goes_out(waiting, texts))
        said.append(texts.t("Where it is quiet hours, alerts without urgent words wait until those end."))
        if any(each.at <= ctx.now - LATE_AFTER for each in paused if each.platform == meant.platform):
            said.append(texts.t("Where more than five alerts are over six hours old they come as one digest."))
    return Reply(say_card("\n".join(said), tone=Tone.GOOD, buttons=[Button(texts.t("Status"), "/status")]), private=True)


def _goes_out(count: int, texts: Texts) -> str:
    return texts.n("{count} message that waited goes out now.", "{count} messages that waited go out now.", count)


async def _meant(ctx: Context, args: Which, command: str) -> Which:
    """What is meant, as it is written in the database. Raises NearMiss."""
    alone = [(each.platform, each.account) for each in await ctx.tx.pauses.all() if each.account]
    known = list(dict.fromkeys([*await ctx.tx.pauses.accounts(), *alone]))
    platforms = list(dict.fromkeys(platform for platform, _ in known))
    platform = next((each for each in platforms if args.platform in (each, platform_name(each).casefold())), None)
    if platform is None:
        choice = [Button(platform_name(each), f"{command} {each}") for each in platforms[:_CHOICES]]
        raise NearMiss(ctx.texts.t("Which platform?"), choice)
    if not args.account:
        return Which(platform)
    here = [name for where, name in known if where == platform]
    account = next((name for name in here if name.casefold() == args.account.casefold()), None)
    if account is None:
        choice = [Button(name, f"{command} {platform} {name}") for name in here[:_CHOICES]]
        raise NearMiss(ctx.texts.t("{platform} has no account of that name.", platform=platform_name(platform)), choice)
    return Which(platform, account)


async def _waiting(ctx: Context, meant: Which, pauses: Sequence[Which]) -> int:
    """How much goes out now: not through an account that is paused by itself as well."""
    accounts = [each for each in await ctx.tx.outbox.by_account() if each.platform == meant.platform]
    if meant.account:
        return sum(each.pending for each in accounts if each.account == meant.account)
    return sum(each.pending for each in accounts if Which(each.platform, each.account) not in pauses)


def _not_paused(meant: Which, pauses: Sequence[Which], texts: Texts) -> NearMiss:
    if Which(meant.platform) in pauses:
        whole = Which(meant.platform)
        said = texts.t("All of {platform} is paused, not {account} alone.", platform=whole.name, account=meant.name)
        return NearMiss(said, [_resume_button(whole, texts)])
    return NearMiss(texts.t("{platform} is not paused.", platform=meant.name))


async def _standing(ctx: Context) -> Reply:
    """Which platforms there are, and what of them is paused."""
    texts, pauses = ctx.texts, await ctx.tx.pauses.all()
    platforms = dict.fromkeys(platform for platform, _ in await ctx.tx.pauses.accounts())
    paused = {each.platform for each in pauses if not each.account}
    lines = [_line(each, ctx) for each in pauses] or [texts.t("Nothing is paused.")]
    buttons = [_resume_button(Which(each.platform, each.account), texts) for each in pauses]
    buttons += [
        Button(texts.t("Pause {platform}", platform=platform_name(each)), f"/pause {each}")
        for each in platforms
        if each not in paused
    ]
    return Reply(say_card("\n".join(lines), buttons=buttons[:_CHOICES]), private=True)


def _line(pause: Pause, ctx: Context) -> str:
    """One pause in words: what, since when, by whom."""
    what, when = Which(pause.platform, pause.account).name, ctx.texts.moment(pause.at, ctx.now)
    return ctx.texts.t(
        "{platform} has been paused since {moment}, by {name}.", platform=what, moment=when, name=pause.name or pause.by
    )


def _resume_button(meant: Which, texts: Texts) -> Button:
    return Button(texts.t("Let {platform} go on", platform=meant.name), f"/resume {meant.line}")


async def _note(ctx: Context, what: str, meant: Which) -> None:
    log.info("platform_pause_changed", what=what, platform=meant.platform, account=meant.account or None, by=str(ctx.call.actor))
    await ctx.tx.deeds.note(ctx.call.actor, what, {"platform": meant.platform, "account": meant.account}, ctx.now)


PAUSE = Command(
    name="pause",
    family=Family.OPERATORS,
    arguments=N_("[platform [account]]"),
    summary=N_("send nothing on a platform for now"),
    details=N_(
        "Everything stays owed and goes out, in its order, when the platform goes on; commands are answered as usual. "
        "For one conversation there is /mute."
    ),
    examples=("", "telegram", "slack T0123456"),
    audience=Audience.OPERATORS,
    writes=True,
    parse_args=parse_args,
    run=pause,
)
RESUME = Command(
    name="resume",
    family=Family.OPERATORS,
    aliases={"da": ("genoptag",)},
    arguments=N_("[platform [account]]"),
    summary=N_("let a paused platform go on"),
    details=N_(
        "What waited goes out in its order. Alerts that waited for more than six hours say so; where they are more than five in a "
        "conversation they come as one digest. Where it is quiet hours, alerts wait until those end, unless they have urgent words."
    ),
    examples=("", "telegram"),
    audience=Audience.OPERATORS,
    writes=True,
    parse_args=parse_args,
    run=resume,
)
