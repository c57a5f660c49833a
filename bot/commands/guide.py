"""/help and /start: how to use the bot."""

from __future__ import annotations

from contextlib import suppress

from bot.cards import HelpFamily, command_help_card, help_card, start_card
from bot.commands.command import Command, Family
from bot.commands.context import Context
from bot.commands.line import unquoted
from bot.commands.lookup import find_newsroom
from bot.commands.suggest import find_command, unknown_command
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply


def parse_args(rest: str, _texts: Texts) -> str:
    """A name, of a command or a newsroom."""
    return unquoted(rest).removeprefix("/")


async def show_help(ctx: Context, name: str) -> Reply:
    """Every command, or one in detail."""
    if name:
        command = find_command(name, ctx.commands)
        if command is None:
            raise unknown_command(name, "", ctx.commands, ctx.texts, again=lambda found: f"/help {found}")
        return Reply(command_help_card(command.help(ctx.texts), ctx.texts), private=True)
    families = []
    for family in Family:
        shown = (command for command in ctx.commands if command.family is family and not command.hidden)
        commands = tuple(command.help(ctx.texts) for command in shown)
        if commands:
            families.append(HelpFamily(ctx.texts.t(family.value), commands))
    return Reply(help_card(families, ctx.texts), private=True)


async def start(ctx: Context, slug: str) -> Reply:
    """The greeting; with the name of a newsroom, from a link, an invitation to subscribe to it."""
    offered = await ctx.tx.newsrooms.offered()
    newsroom = None
    if slug:
        with suppress(UserError):  # a link that is out of date greets all the same
            newsroom = await find_newsroom(ctx, slug, lambda found: f"/start {found}")
    return Reply(start_card(offered, ctx.texts, newsroom=newsroom))


HELP = Command(
    name="help",
    family=Family.BOT,
    aliases={"da": ("hjælp", "hjaelp")},
    arguments=N_("[command]"),
    summary=N_("what you can ask me"),
    examples=("", N_("latest")),
    parse_args=parse_args,
    run=show_help,
)
START = Command(
    name="start",
    family=Family.BOT,
    arguments=N_("[newsroom]"),
    summary=N_("what this bot is for"),
    parse_args=parse_args,
    run=start,
)
