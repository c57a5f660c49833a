"""How the bot explains itself: the greeting and the help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.shorten import summary
from bot.cards.words import rows
from bot.domain.card import Button, Card, Element, Heading, Text, Title, Tone
from bot.domain.newsroom import Newsroom, NewsroomEntry
from bot.domain.prose import Block, BlockKind, Span, paragraphs
from bot.i18n import Texts

_NAMED = 5


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """A command as help shows it, all words in the reader's language. `name` and `aliases` come without the slash."""

    name: str
    arguments: str
    summary: str
    details: str = ""
    aliases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpFamily:
    """Commands that belong together."""

    title: str
    commands: tuple[CommandHelp, ...]


def start_card(offered: Sequence[Newsroom], texts: Texts, *, newsroom: Newsroom | NewsroomEntry | None = None) -> Card:
    """The greeting: what the bot does and what to press first; `newsroom`: the one that a link led here for."""
    blocks = [texts.t("I tell you when a newsroom publishes a press release, and find releases and press contacts when you ask.")]
    if newsroom:
        blocks.append(texts.t("Subscribe to {newsroom} to be told here as soon as it publishes.", newsroom=newsroom.name))
    elif offered:
        names = [each.name for each in offered[:_NAMED]]
        more = len(offered) - len(names)
        listed = ", ".join(names) + (texts.n(" and {count} more", " and {count} more", more) if more else "")
        blocks.append(texts.t("Followed here: {newsrooms}.", newsrooms=listed))
    blocks.append(texts.t("Press a button, or write a command such as /latest or /search followed by words."))
    slug = f" {newsroom.slug}" if newsroom else ""
    label = texts.t("Subscribe to {newsroom}", newsroom=newsroom.name) if newsroom else texts.t("Subscribe")
    buttons = (
        Button(label, f"/subscribe{slug}"),
        Button(texts.t("Latest"), f"/latest{slug}"),
        Button(texts.t("Press contact"), f"/contact{slug}"),
        Button(texts.t("Help"), "/help"),
    )
    said = tuple(Text(block) for block in paragraphs("\n".join(blocks)))
    return Card(summary(blocks[0]), (Title("Pressevagt"), *said), rows(*buttons, width=2))


def help_card(families: Sequence[HelpFamily], texts: Texts) -> Card:
    """Every command, by families."""
    elements: list[Element] = []
    for family in families:
        elements += [Heading(family.title), *(_command_line(command) for command in family.commands)]
    elements.append(Text(paragraphs(texts.t("More about one command: /help latest"))[0], Tone.QUIET))
    return Card(summary(texts.t("What you can ask me")), tuple(elements))


def command_help_card(command: CommandHelp, texts: Texts) -> Card:
    """One command in detail."""
    elements: list[Element] = [Title(_usage(command)), Text(paragraphs(_sentence(command.summary))[0])]
    elements += [Text(block) for block in paragraphs(command.details)]
    if command.examples:
        elements.append(Heading(texts.t("Examples")))
        elements += [Text(Block((Span(example),), BlockKind.ITEM)) for example in command.examples]
    if command.aliases:
        names = ", ".join(f"/{alias}" for alias in command.aliases)
        elements.append(Text(paragraphs(texts.t("Also: {names}", names=names))[0], Tone.QUIET))
    return Card(summary(f"{_usage(command)}: {command.summary}"), tuple(elements))


def _sentence(line: str) -> str:
    return f"{line[:1].upper()}{line[1:]}."


def _usage(command: CommandHelp) -> str:
    return f"/{command.name} {command.arguments}".rstrip()


def _command_line(command: CommandHelp) -> Text:
    return Text(Block((Span(_usage(command), bold=True), Span(f" – {command.summary}")), BlockKind.ITEM))
