"""/why: why a release was told here, or was not, and when."""

from __future__ import annotations

from bot.alerts.wants import Wanting
from bot.cards.why import Bringing, named_posts, why_card
from bot.commands.command import Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.lookup import Reference, find_release, reference, replied_to, which
from bot.commands.trying import name_of
from bot.domain.card import Button
from bot.domain.release import Release
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply, Story


def parse_args(rest: str, texts: Texts) -> Reference | None:
    """`n`, `id:123`, or nothing where the command replies to an alert. Raises UserError."""
    found = reference(rest)
    if rest and found is None:
        raise UserError(texts.t("Which release? Write its number in the list, such as /why 3, or reply to an alert with /why."))
    return found


async def run(ctx: Context, wanted: Reference | None) -> Reply:
    """The story of one release here."""
    release = await find_release(ctx, wanted) if wanted else await _told(ctx)
    story = await ctx.tx.outbox.story(ctx.destination.id, release.id) if ctx.destination else Story((), ())
    ctx.speaks_of = named_posts(story, ctx.texts, ctx.now)
    wanting = Wanting(release, final=True)
    bringing = [
        Bringing(name_of(each, ctx.texts), wanting.rule(each.options).value)
        for each in await ctx.subscriptions()
        if each.brings(release.newsroom)
    ]
    return Reply(why_card(release, story, bringing, ctx.texts, ctx.now), private=True)


async def _told(ctx: Context) -> Release:
    shown = await replied_to(ctx)
    if len(shown) > 1:
        raise which(shown, "/why id:{}", ctx.texts)
    if not shown:
        said = ctx.texts.t("Which release? Write its number in the list, such as /why 3, or reply to an alert with /why.")
        raise NearMiss(said, [Button(ctx.texts.t("Latest"), "/latest")])
    return shown[0]


COMMAND = Command(
    name="why",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("hvorfor",)},
    arguments=N_("number"),
    summary=N_("why a release was sent here, or was not"),
    details=N_(
        "Stage by stage: when it was published and found, which subscription brings it, what its filter makes of it, "
        "until when it was held back, and when it was sent. "
        "Write a number of the list you were shown last, or reply to an alert with the command."
    ),
    examples=("3",),
    parse_args=parse_args,
    run=run,
)
