"""/export and /import: this conversation's settings as a file, and back. The whole installation's: `bot.operate.share`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.cards import say_card
from bot.cards.shorten import shorten
from bot.commands.command import Audience, Command, Family, no_arguments
from bot.commands.context import Context
from bot.commands.destination_settings import SETTINGS as HERE
from bot.commands.line import visible
from bot.commands.lookup import entry_at, is_added, read_here
from bot.commands.record import ALL, MUTED, State, difference, reading, recorded, restore, slug_of, state_of
from bot.commands.saving import subscribe_to
from bot.commands.setting import Setting, changed, unknown_setting
from bot.commands.subscription_settings import SETTINGS as SUBSCRIPTION
from bot.commands.undo import in_words
from bot.domain.card import Button, Tone
from bot.domain.file import TAKEN, File
from bot.domain.newsroom import Newsroom
from bot.domain.subscription import Destination, DestinationId, Subscription, SubscriptionId
from bot.errors import UserError
from bot.exchange import opml
from bot.exchange.document import Conversation, Document, NewsroomLine, Values, at_line, line_of, read, write
from bot.feeds.addresses import same_address
from bot.i18n import N_, Texts
from bot.ports import Reply

T = TypeVar("T")

MOST = 200
"""Newsrooms that one import may subscribe to."""
_SHOWN = 20
_LINE = 150
_NAME = 100
_LISTED = "opml:"
"""What the newsrooms of a list of feeds are called, with their numbers."""


# As a file -----------------------------------------------------------------------------------------------------------------


async def conversation_of(ctx: Context, destination: Destination | None) -> Conversation:
    """What is set for a destination, and what it subscribes to; what is as made is left out, and so is what lapses by itself."""
    state = await state_of(ctx, destination)
    subscriptions = {slug: _chosen(values) for slug, values in state["subscriptions"].items()}
    return Conversation(_chosen(state.get("here", {})), subscriptions)


def _chosen(values: Mapping[str, str]) -> Values:
    return {name: value for name, value in values.items() if value and name != MUTED}


async def line_for(ctx: Context, newsroom: Newsroom) -> NewsroomLine:
    """A newsroom by the address of its feed."""
    feeds = await ctx.tx.feeds.of(newsroom.id)
    return NewsroomLine(newsroom.slug, newsroom.name, feeds[0].url if feeds else "", newsroom.page_url)


async def export(ctx: Context, _args: None) -> Reply:
    """Both files."""
    subscriptions = await ctx.subscriptions()
    newsrooms = [await line_for(ctx, each.newsroom) for each in subscriptions if each.newsroom]
    document = Document(newsrooms, [await conversation_of(ctx, ctx.destination)])
    files = [File("pressevagt.json", "application/json", write(document, ctx.now).encode())]
    if newsrooms:
        outlines = [opml.Outline(each.name, each.feed, each.page) for each in newsrooms]
        files.append(File("pressevagt.opml", "text/x-opml", opml.write(ctx.texts.t("Newsrooms"), outlines).encode()))
    said = ctx.texts.t(
        "Settings and subscriptions of this conversation. Elsewhere, send me a file with /import, or paste what stands in it."
    )
    return Reply(say_card(said), private=True, files=tuple(files))


# And back ------------------------------------------------------------------------------------------------------------------


def raw(text: str) -> str:
    """What follows the command in a call, line by line as it was written."""
    return text.lstrip().partition(" ")[2].strip() if " " in text.split("\n", 1)[0] else text.lstrip().partition("\n")[2].strip()


async def take(ctx: Context, _rest: None) -> Reply:
    """Make the settings those of the file; subscriptions that only stand here stay."""
    texts, said = ctx.texts, raw(ctx.call.text)
    if not said:
        raise UserError(
            texts.t(
                "Send me the file with /import beside it, or paste what stands in it after the command: the JSON of /export, or a "
                "list of feeds as OPML. A file may have {most} MB.",
                most=TAKEN // 1_000_000,
            )
        )
    document = read_any(said, texts)
    if len(document.conversations) != 1:
        raise UserError(texts.t("That file has several conversations: an operator reads it with `pressevagt import`."))
    await ctx.ensure_destination()  # what a new one is made as is no part of the change
    before = await state_of(ctx)
    async with recorded(ctx, "import") as change:
        await apply(ctx, document.conversations[0], document)
    texts = ctx.texts
    lines = [shorten(line, _LINE) for line in await differences(ctx, before)]
    if not lines:
        return Reply(say_card(texts.t("All of that is set here already.")))
    more = len(lines) - _SHOWN
    rest = [texts.n("and {count} more", "and {count} more", more)] if more > 0 else []
    buttons = [*change.undo(texts), Button(texts.t("Subscriptions"), "/subscriptions"), Button(texts.t("Settings"), "/settings")]
    return Reply(say_card("\n".join((texts.t("Imported:"), *lines[:_SHOWN], *rest)), tone=Tone.GOOD, buttons=buttons))


def read_any(said: str, texts: Texts) -> Document:
    """A document from JSON, or from OPML as one conversation that subscribes to every feed. Raises UserError."""
    if not said.startswith("<"):
        return read(said, texts)
    outlines = opml.read(said, texts)
    newsrooms = tuple(NewsroomLine(f"{_LISTED}{number}", each.name, each.feed, each.page) for number, each in enumerate(outlines))
    return Document(newsrooms, (Conversation(subscriptions={each.slug: {} for each in newsrooms}),), said)


async def differences(ctx: Context, before: State) -> list[str]:
    """In words, what is otherwise than it was."""
    was, now_is = difference(before, await state_of(ctx))
    return await in_words(ctx, was, now_is)


async def apply(ctx: Context, conversation: Conversation, document: Document) -> None:
    """Make a conversation what a file says. Raises UserError: then the transaction is to be rolled back."""
    _check(ctx, conversation, document)
    destination = await ctx.ensure_destination()
    live = {slug_of(each) for each in await ctx.tx.destinations.subscriptions(destination.id)}
    wanted: dict[str, Values] = {}
    feeds = await read_here(ctx)
    for slug, values in conversation.subscriptions.items():
        newsroom = None if slug == ALL else await newsroom_for(ctx, slug, document, feeds)
        ours = newsroom.slug if newsroom else ALL
        if ours not in live:
            if newsroom:
                _may_be_added(ctx, newsroom, slug, document)
            await subscribe_to(ctx, destination, newsroom)
        # A list of feeds says nothing of how: what is subscribed to already stays as it is.
        wanted[ours] = {} if slug.startswith(_LISTED) else _whole(values, SUBSCRIPTION)
    here = _whole(conversation.settings, HERE) if conversation.settings else {}
    await restore(ctx, {"here": here, "subscriptions": wanted})


def _named(document: Document, slug: str) -> NewsroomLine | None:
    """What a file says of a newsroom that it calls so."""
    return next((each for each in document.newsrooms if each.slug == slug), None)


def _may_be_added(ctx: Context, newsroom: Newsroom, slug: str, document: Document) -> None:
    """By whoever imports it: as with /subscribe, only operators add what nobody offers. Raises UserError."""
    try:
        is_added(ctx, newsroom)
    except UserError as error:
        line = _named(document, slug)
        where = line_of(document.text, line.feed) if line else line_of(document.text, "subscriptions", slug)
        raise at_line(where, str(error), ctx.texts) from None


def _whole(values: Values, settings: Sequence[Setting[T]]) -> Values:
    """What a file leaves out is as made, but for what has to be chosen."""
    return {each.name: "" for each in settings if not each.required} | dict(values)


async def newsroom_for(ctx: Context, slug: str, document: Document, feeds: Mapping[str, Newsroom]) -> Newsroom:
    """The newsroom that a file calls so, made if it is new; `feeds`: those that are read here, by address. Raises UserError.

    What a file says of a newsroom never changes one that is stored: where it is new, it goes by its address alone.
    """
    entry = ctx.catalogue.get(slug)
    line = _named(document, slug)
    known = feeds.get(same_address(line.feed)) if entry is None and line is not None else None
    if known is not None:
        return known
    if entry is None and line is not None:
        try:
            entry = await entry_at(line.feed, ctx)
        except UserError as error:
            raise at_line(line_of(document.text, line.feed), str(error), ctx.texts) from None
        entry = entry if entry.platform else replace(entry, name=visible(line.name, _NAME) or entry.name)
    if entry is not None:
        return await ctx.tx.newsrooms.ensure(entry, now=ctx.now)
    stored = next((each for each in await ctx.newsrooms() if each.slug == slug), None)
    if stored is None:
        said = ctx.texts.t("I know no newsroom “{newsroom}”: name its feed under “newsrooms”.", newsroom=shorten(slug, 60))
        raise at_line(line_of(document.text, "subscriptions", slug), said, ctx.texts)
    return stored


def _check(ctx: Context, conversation: Conversation, document: Document) -> None:
    """Raises UserError for the first value that cannot be taken."""
    call = ctx.call
    here = Destination(DestinationId(0), call.address, "", call.conversation_kind, ctx.texts.language, ctx.timezone)
    path = ("conversations", conversation.address.conversation) if conversation.address else ("conversations",)
    _taken(ctx, ctx.destination or here, conversation.settings, HERE, document, (*path, "settings"))
    if len(conversation.subscriptions) > MOST:
        raise UserError(ctx.texts.t("That is more than {most} newsrooms at once.", most=MOST))
    for slug, values in conversation.subscriptions.items():
        some = Subscription(SubscriptionId(0), here.id, None, ctx.now)
        _taken(ctx, some, values, SUBSCRIPTION, document, (*path, "subscriptions", slug))


def _taken(ctx: Context, thing: T, values: Values, settings: Sequence[Setting[T]], document: Document, path: Sequence[str]) -> None:
    for name in values:
        if not any(each.name == name for each in settings):
            fault = str(unknown_setting(name, settings, ctx.texts))
            raise at_line(line_of(document.text, *path, name), fault, ctx.texts)
    _, faults = changed(thing, values, settings, reading(ctx))
    for name, fault in faults.items():
        raise at_line(line_of(document.text, *path, name), f"{name}: {fault}", ctx.texts)


EXPORT = Command(
    name="export",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("eksporter", "eksportér", "eksport")},
    summary=N_("this conversation's settings and subscriptions as files"),
    details=N_("A JSON file with everything that is set, which /import takes, and the newsrooms as OPML, which feed readers take."),
    examples=("",),
    parse_args=no_arguments,
    run=export,
)
IMPORT = Command(
    name="import",
    family=Family.SUBSCRIPTIONS,
    aliases={"da": ("importer", "importér")},
    arguments=N_("file, or what stands in it"),
    summary=N_("take settings and subscriptions from a file"),
    details=N_(
        "Send the file with the command beside it, reply to the file with the command, or paste what stands in it: the JSON that "
        "/export wrote, or a list of feeds as OPML. "
        "What only stands here stays; all of it is one change, which /undo takes back. "
        "In groups and channels only who manages them can do this."
    ),
    audience=Audience.MANAGERS_OF_GROUPS,
    writes=True,
    takes_text=True,
    takes_file=True,
    parse_args=no_arguments,
    run=take,
)
