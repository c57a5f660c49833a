"""/take: "I take it", the button under alerts where a destination asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.alerts.fanout import owe_taker
from bot.cards import say_card
from bot.cards.shorten import shorten
from bot.commands.circle import desk_of
from bot.commands.command import Command, Family
from bot.commands.context import Context, NearMiss
from bot.domain.card import Button, Tone
from bot.domain.release import Release, ReleaseId
from bot.domain.subscription import Address
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply, Taker

_OVER = "over"
_NAME = 60
_YOURS = N_("You have the story. Press again to give it back.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which release; `over`: from whoever has it."""

    release_id: ReleaseId
    over: bool = False


def parse_args(rest: str, texts: Texts) -> Asked:
    """`release [over]`, as the buttons say it. Raises UserError."""
    number, _, more = rest.partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and more in ("", _OVER)):
        raise UserError(texts.t("Press “I take it” below the alert of the story."))
    return Asked(ReleaseId(int(number)), more == _OVER)


async def run(ctx: Context, args: Asked) -> Reply:
    """Take the story on, or give it back where one has it; every alert about it here, and where it is linked, shows that."""
    texts, tx, actor = ctx.texts, ctx.tx, ctx.call.actor
    release, among = await _release(ctx, args.release_id), await desk_of(ctx)
    # Before they were linked, two conversations may each have had somebody; what is shown here comes first.
    takers = sorted(
        (each for each in await tx.takers.of([release.id]) if _at(each, among)), key=lambda each: not _at(each, among[:1])
    )
    taker = next(iter(takers), None)
    if takers and args.over and all(each.person == str(actor) for each in takers):
        return Reply(say_card(texts.t(_YOURS), tone=Tone.GOOD), private=True)  # who presses twice does not let go of it
    if taker and taker.person == str(actor) and not args.over:
        mine = [each for each in takers if each.person == taker.person]
        await tx.takers.give_back(release.id, [address for address in among if any(_at(each, [address]) for each in mine)])
        return await _told(ctx, release, among, texts.t("You gave the story back."))
    if taker and not args.over:
        name = shorten(taker.name, _NAME) or texts.t("Somebody")
        said = texts.t("{name} has the story (since {moment}).", name=name, moment=texts.moment(taker.at, ctx.now))
        raise NearMiss(said, [Button(texts.t("Take it over"), f"/take {release.id} {_OVER}")])
    if taker:
        await tx.takers.give_back(release.id, among)
    if not await tx.takers.take(release.id, among, actor, ctx.now):
        raise NearMiss(texts.t("Somebody was quicker."))
    return await _told(ctx, release, among, texts.t(_YOURS))


async def _release(ctx: Context, release_id: ReleaseId) -> Release:
    """The release, which stands here, where takers are shown. Raises NearMiss."""
    release = await ctx.tx.releases.get(release_id)
    # A button may be pressed in the conversation whose topic the alert stands in, or the other way round.
    here = await ctx.tx.destinations.of_conversation(ctx.call.address)
    here = [each for each in here if await ctx.tx.outbox.posts(each.id, release_id)]
    if release is None or not here:
        raise NearMiss(ctx.texts.t("No alert about that stands here."))
    if not any(each.options.takers for each in here):
        raise NearMiss(
            ctx.texts.t("Who takes a story is not shown here."), [Button(ctx.texts.t("Settings"), "/settings takers:on")]
        )
    return release


def _at(taker: Taker, among: Sequence[Address]) -> bool:
    where = (taker.platform, taker.account, taker.conversation)
    return any(where == (each.platform, each.account, each.conversation) for each in among)


async def _told(ctx: Context, release: Release, among: Sequence[Address], said: str) -> Reply:
    """What was done; the alerts are edited without a sound."""
    shown = await ctx.tx.takers.told(release.id, among)
    await owe_taker(ctx.tx, [each.id for each in shown], (release.id, release.revision), ctx.now)
    return Reply(say_card(said, tone=Tone.GOOD), private=True)


COMMAND = Command(
    name="take",
    family=Family.RELEASES,
    summary=N_("take a story on, or give it back"),
    writes=True,
    hidden=True,
    parse_args=parse_args,
    run=run,
)
