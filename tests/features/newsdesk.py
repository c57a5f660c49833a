"""A small installation for tests of commands: two newsrooms with invented releases, and a router over a real database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.commands.router import Router
from bot.domain.card import Button, Card, ContactItem, Entry, Fact, Heading, Meta, Text, Title
from bot.domain.contact import Contact, ContactKind, Phone
from bot.domain.prose import Block, BlockKind, Span, paragraphs
from bot.domain.release import Content, Document, Kind, ParsedRelease, ReleaseId
from bot.domain.subscription import Address, ConversationKind
from bot.feeds.catalogue import Catalogue
from bot.feeds.fetching.guard import Guard
from bot.ports import Actor, CommandCall, Reply
from storage.database import SqlDatabase
from storage.migrate import migrate

NOW = datetime(2026, 11, 20, 11, 1, tzinfo=UTC)
"""A Friday; 12.01 in Copenhagen."""
ADMIN = Actor("telegram", "presse_bot", "7", "Asta")
READER = Actor("telegram", "presse_bot", "8", "Birk")
OPERATOR = Actor("telegram", "presse_bot", "9", "Dagny")
HERE = Address("telegram", "presse_bot", "100")
ELSEWHERE = Address("telegram", "presse_bot", "200")

DESK = Contact(role="pressevagten", phones=(Phone("+4561979247"),), emails=("pressevagten@um.dk",))
PERSON = Contact(name="Freja Holmsted", role="chefkonsulent", phones=(Phone("+4520123456"),), emails=("freja@example.dk",))
SWITCHBOARD = Contact(ContactKind.OTHER, role="omstilling", phones=(Phone("+4533920000"),))


class StillClock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        """What the test says it is."""
        return self.time


def release(number: int, title: str, *, ago: timedelta, language: str = "da", **fields: object) -> ParsedRelease:
    """An item of a feed."""
    path = "nyhed" if language == "da" else "news"
    content = Content(
        title=title,
        language=language,
        url=f"https://press.example/{path}/{number}",
        kind=Kind.PRESS_RELEASE,
        **fields,  # type: ignore[arg-type]
    )
    return ParsedRelease(str(number), content, NOW - ago)


def foreign_ministry() -> list[ParsedRelease]:
    """Eight releases, the newest with documents and contacts, one of them also in English."""
    body = (
        Block((Span("EU-landene er i dag blevet enige om "), Span("nye sanktioner", bold=True), Span(" mod Rusland."))),
        Block((Span("Det aftalte"),), BlockKind.HEADING),
        Block((Span("Forbud mod køb af flydende gas"),), BlockKind.ITEM),
        Block((Span("Flere skibe på "), Span("listen", url="https://press.example/liste")), BlockKind.ITEM),
    )
    newest = release(
        1,
        "Nye sanktioner mod Rusland",
        ago=timedelta(minutes=1),
        lead="Danmark bakker op om den nye pakke, der rammer energi og skyggeflåde.",
        body=body,
        documents=(Document("https://press.example/fakta.pdf", "Faktaark om pakken"),),
        keywords=("sanktioner", "EU"),
        contacts=(PERSON, DESK, SWITCHBOARD),
    )
    english = release(
        1, "New sanctions on Russia", ago=timedelta(minutes=1), language="en", lead="Denmark supports the new package."
    )
    older = [
        release(n, f"Møde i Det Udenrigspolitiske Nævn ({n})", ago=timedelta(days=n), body=paragraphs("Nævnet mødes om Grønland."))
        for n in range(2, 9)
    ]
    return [newest, english, *older]


def police() -> list[ParsedRelease]:
    """Two releases without contacts."""
    return [
        release(1, "Politiet efterlyser vidner til færdselsuheld", ago=timedelta(hours=3), lead="Uheldet skete på Lyngbyvej."),
        release(2, "Fest i gaden forløb roligt", ago=timedelta(days=40), lead="Politiet takker deltagerne."),
    ]


@dataclass(slots=True)
class Newsdesk:
    """The router with its database, and shorthands to ask it."""

    database: SqlDatabase
    clock: StillClock
    router: Router

    async def ask(self, text: str, actor: Actor = ADMIN, *, language: str = "da", address: Address = HERE, **more: object) -> Reply:
        """What the bot answers."""
        return await self.router.answer(CommandCall(text, actor, address, language=language, **more))  # type: ignore[arg-type]

    async def words(self, text: str, actor: Actor = ADMIN, **more: object) -> str:
        """What the bot answers, as text."""
        return words_of((await self.ask(text, actor, **more)).card)  # type: ignore[arg-type]


async def newsdesk(folder: Path) -> Newsdesk:
    """A new installation that offers the ministry and the police of Copenhagen, as of its first poll."""
    url = f"sqlite:///{folder / 'newsdesk.db'}"
    await migrate(url)
    database, clock = SqlDatabase(url), StillClock()
    catalogue = Catalogue.load()
    async with database.begin() as tx:
        for slug, releases in (("udenrigsministeriet", foreign_ministry()), ("koebenhavns-politi", police())):
            entry = catalogue.get(slug)
            assert entry is not None
            newsroom = await tx.newsrooms.ensure(entry, offered_by="settings", now=NOW)
            feed = (await tx.feeds.of(newsroom.id))[0]
            await tx.releases.add(feed, releases, now=NOW, late=())

    async def may_manage(actor: Actor, _address: Address) -> bool:
        return actor == ADMIN

    async def link(address: Address, reference: str) -> str:
        return f"https://chat.example/{address.conversation}/{reference}"

    router = Router(
        database,
        clock,
        catalogue,
        operators=frozenset({str(OPERATOR)}),
        language="da",
        timezone="Europe/Copenhagen",
        may_manage=may_manage,
        may_ask=Guard().permits,
        link=link,
    )
    return Newsdesk(database, clock, router)


async def release_id(desk: Newsdesk, title: str) -> ReleaseId:
    """The id of a stored release."""
    async with desk.database.read() as tx:
        newsrooms = [newsroom.id for newsroom in await tx.newsrooms.all()]
        found = await tx.releases.latest(newsrooms, limit=100)
    return next(each.id for each in found if each.content().title == title)


def words_of(card: Card) -> str:
    """Everything that a card says, buttons included, a line each."""
    lines = [line for element in card.elements for line in _lines(element)]
    return "\n".join([*lines, *(f"[{button.label}] {button.command or button.url}" for button in buttons_of(card))])


def _lines(element: object) -> list[str]:
    match element:
        case Meta(parts, marks):
            return [" · ".join((*marks, *parts))]
        case Title(text) | Heading(text):
            return [text]
        case Text(block):
            return [block.text]
        case ContactItem(label, contact, source):
            phones = [f"{phone.e164} ({phone.note})" if phone.note else str(phone.e164) for phone in contact.phones]
            return [" ".join((f"☎ {label}", *phones, *contact.emails)), source]
        case Entry(number, title, _, meta, marks, snippet):
            return [f"{number}. {title}", " · ".join((*marks, *meta)), snippet.text if snippet else ""]
        case Fact(label, value):
            return [f"{label}: {value}"]
        case _:
            return [str(element)]


def buttons_of(card: Card) -> list[Button]:
    """A card's buttons, row by row."""
    return [button for row in card.buttons for button in row]


def press(card: Card, label: str) -> str:
    """The command line of the button with this label."""
    return next(button.command for button in buttons_of(card) if button.label == label)


GROUP = ConversationKind.GROUP
