"""/privacy: what is kept, for how long, and how to be forgotten."""

from __future__ import annotations

from bot.cards.privacy import privacy_card
from bot.commands.command import Command, Family, no_arguments
from bot.commands.context import Context
from bot.i18n import N_
from bot.ports import Reply


async def run(ctx: Context, _args: None) -> Reply:
    """What is kept."""
    kept = ctx.keep
    card = privacy_card(ctx.texts, days=kept.deliveries.days, change_days=kept.changes.days, grace_days=kept.accounts.days)
    return Reply(card, private=True)


COMMAND = Command(
    name="privacy",
    family=Family.BOT,
    aliases={"da": ("privatliv",)},
    summary=N_("what I keep of you, and for how long"),
    parse_args=no_arguments,
    run=run,
)
