"""Every command, from the line that somebody types to the card that comes back, over a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.newsroom import FeedState
from bot.ports import PollResult
from tests.features.newsdesk import ADMIN, ELSEWHERE, GROUP, NOW, OPERATOR, READER, Newsdesk, press


@pytest.mark.parametrize(
    ("danish", "english", "said"),
    [
        ("/seneste um", "/latest um", ("Seneste fra Udenrigsministeriet", "Latest from Udenrigsministeriet")),
        ("/søg sanktioner", "/search sanktioner", ("1 pressemeddelelse for »sanktioner«", "1 release for “sanktioner”")),
        ("/kontakt um", "/contact um", ("fra kataloget og »Nye sanktioner", "from the catalogue and “Nye sanktioner")),
        ("/nyhedsrum um", "/newsroom um", ("Pressemeddelelser her: 8", "Releases here: 8")),
        ("/nyhedsrumsliste politi", "/newsrooms politi", ("nyhedsrum for »politi«", "newsrooms for “politi”")),
        ("/pm id:1", "/release id:1", ("Danmark bakker op", "Denmark supports")),
        ("/abonner um", "/subscribe um", ("Abonnementet på Udenrigsministeriet er oprettet", "Subscribed to Udenrigsministeriet")),
        ("/afmeld um", "/unsubscribe um", ("ingen abonnementer her", "no subscriptions here")),
        ("/abonnementer", "/subscriptions", ("ingen abonnementer her", "no subscriptions here")),
        ("/dæmp", "/mute", ("ingen abonnementer her", "no subscriptions here")),
        ("/sprog", "/language", ("Sproget her er dansk", "I speak English here")),
        ("/hjælp", "/help", ("/seneste [nyhedsrum] [antal]", "/latest [newsroom] [number]")),
        ("/hjælp søg", "/help search", ("Alle ordene skal forekomme", "All words must be there")),
        ("/start", "/start", ("Jeg siger til", "I tell you")),
        ("/start um", "/start um", ("Abonner på Udenrigsministeriet", "Subscribe to Udenrigsministeriet")),
        ("/status", "/status", ("Jeg holder øje med 2 nyhedsrum", "2 newsrooms are looked at")),
    ],
)
async def test_a_command_answers_in_the_readers_language(desk: Newsdesk, danish: str, english: str, said: tuple[str, str]) -> None:
    """By its name in either language; a conversation that nothing is known of is spoken to as its person's platform is."""
    assert said[0] in await desk.words(danish, language="da")
    assert said[1] in await desk.words(english, language="en-GB", address=ELSEWHERE)


async def test_a_language_that_we_do_not_speak_gets_the_installations(desk: Newsdesk) -> None:
    """A Finnish reader of a Danish installation is spoken to in Danish."""
    assert "Seneste" in await desk.words("/latest", language="fi")


@pytest.mark.parametrize("line", ["/LATEST um", "latest um", "/latest@presse_bot um", "  /seneste\n\t»um«  ", "/nyeste UM"])
async def test_a_command_is_known_however_it_is_written(desk: Newsdesk, line: str) -> None:
    """Case, slash, bot name, quotes and space do not matter."""
    assert "Seneste fra Udenrigsministeriet" in await desk.words(line)


async def test_an_empty_line_is_greeted(desk: Newsdesk) -> None:
    """Nobody is left without a word; a slash alone asks for help."""
    assert "Jeg siger til" in await desk.words("  ")
    assert "/seneste" in await desk.words("/")


# Language, status, operators --------------------------------------------------------------------------------------------


async def test_the_language_is_the_conversations(desk: Newsdesk) -> None:
    """It is answered in the new one at once, and counts for everybody there; in groups managers alone change it."""
    assert "I speak English" in await desk.words("/sprog en", READER)
    assert "Latest from" in await desk.words("/latest um", language="da")
    refused = await desk.ask("/language da", READER, conversation_kind=GROUP)
    assert "Only who manages this conversation" in refused.card.summary
    assert "sproget her dansk" in await desk.words("/language dansk", ADMIN, conversation_kind=GROUP)


async def test_status_shows_operators_the_inside(desk: Newsdesk) -> None:
    """Faults, held feeds and the outbox are nobody else's."""
    async with desk.database.begin() as tx:
        feeds = await tx.feeds.all()
        await tx.feeds.settle(
            [
                PollResult(feeds[0].id, NOW + timedelta(minutes=5), fault="html", fault_detail="a web page, not a feed"),
                PollResult(feeds[1].id, None, state=FeedState.HELD, fault="held", fault_detail="moved"),
            ]
        )
    everybody, inside = await desk.words("/status"), await desk.words("/status", OPERATOR)
    assert "Jeg holder øje med 1 nyhedsrum. 1 af dem kan ikke læses lige nu." in everybody
    assert "Udbakke" not in everybody
    assert "der er en webside, hvor feedet skulle være" in inside
    assert "Venter: 0" in inside
    assert "[Godkend feedet fra Udenrigsministeriet] /accept udenrigsministeriet" in inside


async def test_an_operator_accepts_a_feed_that_is_held_back(desk: Newsdesk) -> None:
    """It is then taken in silence; nobody else may, and help does not show them the command."""
    async with desk.database.begin() as tx:
        (feed,) = [feed for feed in await tx.feeds.all() if feed.newsroom.slug == "udenrigsministeriet"]
        await tx.feeds.settle([PollResult(feed.id, None, good_at=NOW, primes=True)])
        await tx.feeds.settle([PollResult(feed.id, None, state=FeedState.HELD, fault="held")])
    assert "Det kan kun bottens driftsansvarlige" in await desk.words("/accept um")
    assert "uden varsler" in await desk.words("/godkend um", OPERATOR)
    async with desk.database.read() as tx:
        (feed,) = await tx.feeds.of(feed.newsroom.id)
    assert (feed.state, feed.primed_at, feed.due_at) == (FeedState.LIVE, None, NOW)
    assert "ikke holdt tilbage" in await desk.words("/accept um", OPERATOR)
    assert ("/godkend" in await desk.words("/help"), "/godkend" in await desk.words("/help", OPERATOR)) == (False, True)


# Help and misspelling -------------------------------------------------------------------------------------------------


async def test_a_misspelt_command_is_a_button_away(desk: Newsdesk) -> None:
    """With what was written after it."""
    reply = await desk.ask("/senste um 3")
    assert reply.private
    assert "Kommandoen /senste findes ikke. Mente du /seneste?" in reply.card.summary
    assert press(reply.card, "/seneste") == "/latest um 3"
    assert "Mente du /søg?" in await desk.words("/help sog2")


async def test_words_that_are_no_command_can_be_searched_for(desk: Newsdesk) -> None:
    """Or be the command that they look like."""
    reply = await desk.ask("sanktioner mod Rusland")
    assert press(reply.card, "Søg efter »sanktioner mod Rusland«") == "/search sanktioner mod Rusland"
    assert press((await desk.ask("senste um")).card, "/seneste") == "/latest um"


async def test_the_menu_speaks_the_readers_language(desk: Newsdesk) -> None:
    """Under the names that the language has; what operators do is not in it."""
    menu = {entry.name: entry for entry in desk.router.menu("da")}
    assert menu["seneste"].description == "de nyeste pressemeddelelser"
    assert "latest" in menu["seneste"].aliases
    assert menu["abonner"].for_managers
    assert "godkend" not in menu
    assert desk.router.menu("en")[0].name == "latest"
