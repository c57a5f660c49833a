"""A small bot behind the chat in the terminal, and cards that it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from adapters.console.adapter import ConsoleAdapter
from bot.domain.card import Button, Card, ContactItem, Entry, Heading, Meta, Text, Title
from bot.domain.contact import Contact, Phone
from bot.domain.delivery import Post, PostId
from bot.domain.prose import Block, BlockKind, Span
from bot.domain.subscription import ConversationKind, Destination, DestinationId
from bot.ports import CommandCall, MenuEntry, PlatformEvent, Reply

URL = "https://via.example/pressemeddelelse/14550001/ny-aftale?publisherId=1&lang=da"
DESK = ContactItem(
    "Udenrigsministeriets pressevagt",
    Contact(phones=(Phone("+4561979247", note="ikke SMS"),), emails=("pressevagten@um.dk",)),
    "fra pressemeddelelsen",
)
ALERT = Card(
    "Ny aftale om havvind",
    (
        Meta(("Pressemeddelelse", "Udenrigsministeriet", "i dag kl. 10.15")),
        Title("Ny aftale om havvind i Nordsøen", URL),
        Text(Block((Span("Danmark og ni andre lande er enige om en ny aftale."),))),
        DESK,
    ),
    ((Button("Læs hele", "/release 12"), Button("Åbn hos Via", url=URL)),),
)
CORRECTED = Card(
    "Ny aftale om havvind",
    (Meta(("Pressemeddelelse",), ("RETTET kl. 10.32",)), Title("Ny aftale om havvind i Østersøen", URL), DESK),
    ((Button("Læs hele", "/release 12"),),),
)
FIRST_PAGE = Card(
    "Seneste",
    (Heading("Seneste"), Entry(1, "Møde i Det Udenrigspolitiske Nævn", URL, ("Nyhed", "i går"), command="/release 1")),
    ((Button("Næste", "/latest page:2"),),),
)
SECOND_PAGE = Card(
    "Seneste", (Heading("Anden side"), Entry(6, "Rejse til Oslo", command="/release 6")), ((Button("Forrige", "/latest"),),)
)
MENU = (
    MenuEntry("latest", "Seneste pressemeddelelser", ("seneste",), "[nyhedsrum]"),
    MenuEntry("search", "Søg", ("søg",)),
    MenuEntry("poll", "Spørg nu", for_managers=True),
)


def words(text: str) -> Card:
    """A card that says only this."""
    return Card(text, (Text(Block((Span(text),))),))


async def answer(call: CommandCall) -> Reply:
    """What a small bot answers."""
    match call.text:
        case "/latest":
            return Reply(FIRST_PAGE)
        case "/latest page:2":
            return Reply(SECOND_PAGE, replaces=True)
        case "/long":
            return Reply(Card("", tuple(Text(Block((Span(f"linje {number}"),), BlockKind.HEADING)) for number in range(50))))
        case "/fail":
            msg = "boom"
            raise RuntimeError(msg)
        case _:
            await asyncio.sleep(0.01)
            return Reply(words(f"svar på {call.text}"))


async def ignore(event: PlatformEvent) -> None:
    """What happens to us does not matter here."""


def menu(language: str) -> tuple[MenuEntry, ...]:
    """The small bot's commands."""
    del language
    return MENU


def destination(adapter: ConsoleAdapter) -> Destination:
    """The terminal as the dispatcher knows it."""
    return Destination(DestinationId(1), adapter.address, "Terminal", ConversationKind.PRIVATE, "da", "Europe/Copenhagen")


def post(adapter: ConsoleAdapter, reference: str) -> Post:
    """A post of that reference."""
    return Post(PostId(1), adapter.address, reference, datetime(2026, 11, 23, 9, 15, tzinfo=UTC))


async def until(true: Callable[[], object]) -> None:
    """Wait for something to come true, five seconds at most."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)
