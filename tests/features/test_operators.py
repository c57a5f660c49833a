"""What operators do in chat for the whole installation: offer newsrooms, pause platforms, tell everybody something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.broadcast import Words, read_words
from bot.domain.delivery import DeliveryKind, Owed
from bot.domain.newsroom import FeedState
from bot.domain.subscription import Address
from bot.ports import PollResult
from tests.features.newsdesk import ADMIN, HERE, NOW, OPERATOR, Newsdesk, buttons_of, newsdesk, press, words_of

ELSEWHERE = Address("telegram", "presse_bot", "200")
OPERATORS_ONLY = "Det kan kun bottens driftsansvarlige."


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsdesk]:
    """A small installation."""
    made = await newsdesk(tmp_path)
    yield made
    await made.database.close()


async def offered(desk: Newsdesk) -> list[str]:
    """The slugs of the newsrooms that are offered."""
    async with desk.database.read() as tx:
        return sorted(each.slug for each in await tx.newsrooms.offered())


async def fails(desk: Newsdesk, *, state: FeedState = FeedState.LIVE) -> None:
    """The ministry's feed cannot be read."""
    async with desk.database.begin() as tx:
        (feed,) = [each for each in await tx.feeds.all() if each.newsroom.slug == "udenrigsministeriet"]
        due = NOW + timedelta(hours=1) if state is FeedState.LIVE else None
        await tx.feeds.settle([PollResult(feed.id, due, state=state, fault="html", etag='"old"')])


@pytest.mark.parametrize("line", ["/offer energinet", "/unoffer um", "/retry um", "/pause telegram", "/resume", "/broadcast hej"])
async def test_only_operators_may(desk: Newsdesk, line: str) -> None:
    """Not even who manages a conversation."""
    assert await desk.words(line, ADMIN) == OPERATORS_ONLY


# Newsrooms --------------------------------------------------------------------------------------------------------------


async def test_a_newsroom_is_offered_and_no_longer(desk: Newsdesk) -> None:
    """To everybody, with who gets it by that; its own subscribers keep it; each answer leads back."""
    await desk.ask("/subscribe alle", address=ELSEWHERE)
    said = await desk.ask("/offer energinet", OPERATOR)
    assert "Energinet tilbydes nu til alle.\n1 samtale, der abonnerer på alle nyhedsrum" in words_of(said.card)
    assert said.private
    assert "energinet" in await offered(desk)
    await desk.ask("/subscribe energinet")
    gone = await desk.ask(press(said.card, "Fortryd"), OPERATOR)
    assert "Energinet tilbydes ikke længere. Pressemeddelelserne beholdes." in words_of(gone.card)
    assert "1 samtale abonnerer på det og får stadig dets pressemeddelelser." in words_of(gone.card)
    assert "energinet" not in await offered(desk)
    assert "Energinet" in await desk.words("/subscriptions")
    await desk.ask(press(gone.card, "Tilbyd det igen"), OPERATOR)
    assert "energinet" in await offered(desk)


async def test_what_is_offered_anew_begins_in_silence(desk: Newsdesk) -> None:
    """Its feed is polled at once; where somebody subscribes already, it goes on as it was."""
    await desk.ask("/offer energinet", OPERATOR)
    async with desk.database.read() as tx:
        feeds = {each.newsroom.slug: each for each in await tx.feeds.all()}
    assert (feeds["energinet"].primed_at, feeds["energinet"].due_at) == (None, NOW)


async def test_a_newsroom_outside_the_catalogue_by_its_address(desk: Newsdesk) -> None:
    """And by its slug once it is known; what is no address is told."""
    said = await desk.ask("/offer https://havnen.example/feed", OPERATOR)
    assert "havnen.example tilbydes nu til alle." in words_of(said.card)
    await desk.ask(press(said.card, "Fortryd"), OPERATOR)
    assert "tilbydes nu til alle" in await desk.words("/offer havnen-example-feed", OPERATOR)
    assert "er ikke adressen på et feed" in await desk.words("/offer http://", OPERATOR)


async def test_what_a_setting_offers_is_for_the_setting_to_say(desk: Newsdesk) -> None:
    """Its name is said; nothing changes."""
    before = await offered(desk)
    for line in ("/offer um", "/unoffer um"):
        assert "PRESSEVAGT_NEWSROOMS" in await desk.words(line, OPERATOR)
    assert await offered(desk) == before


async def test_add_and_remove_are_understood(desk: Newsdesk) -> None:
    """Where operators look for it first; others search for such words."""
    asked = await desk.ask("/newsrooms add energinet", OPERATOR)
    assert "energinet" not in await offered(desk)
    await desk.ask(press(asked.card, "Tilbyd det til alle"), OPERATOR)
    assert "energinet" in await offered(desk)
    asked = await desk.ask("/nyhedsrumsliste fjern energinet", OPERATOR)
    await desk.ask(press(asked.card, "Tilbyd det ikke længere"), OPERATOR)
    assert "energinet" not in await offered(desk)
    assert "Skal" not in await desk.words("/newsrooms add energinet")


async def test_a_feed_that_was_closed_is_tried_again(desk: Newsdesk) -> None:
    """From the button in /status; what it knew stays, so nothing is told twice."""
    await fails(desk, state=FeedState.ENDED)
    status = await desk.ask("/status", OPERATOR)
    await desk.ask(press(status.card, "Prøv Udenrigsministeriet igen nu"), OPERATOR)
    async with desk.database.read() as tx:
        (feed,) = [each for each in await tx.feeds.all() if each.newsroom.slug == "udenrigsministeriet"]
    assert (feed.state, feed.due_at) == (FeedState.LIVE, NOW)


async def test_a_newsroom_that_moved_gets_a_new_address(desk: Newsdesk) -> None:
    """With its releases; that the setting has to be changed too is said; another newsroom's feed is refused."""
    await fails(desk, state=FeedState.ENDED)
    said = await desk.words("/retry um https://nyt.example/feed", OPERATOR)
    assert "hentes derfra fra nu af" in said
    assert "PRESSEVAGT_NEWSROOMS" in said
    async with desk.database.read() as tx:
        (feed,) = [each for each in await tx.feeds.all() if each.newsroom.slug == "udenrigsministeriet"]
        assert (feed.url, feed.state, feed.newsroom.name) == ("https://nyt.example/feed", FeedState.LIVE, "Udenrigsministeriet")
        assert await tx.releases.count([feed.newsroom.id]) == 8
        other = next(each for each in await tx.feeds.all() if each.newsroom.slug == "koebenhavns-politi")
    assert "Det er feedet fra Københavns Politi." in await desk.words(f"/retry um {other.url}", OPERATOR)


async def test_a_feed_that_is_held_is_accepted_rather_than_tried_again(desk: Newsdesk) -> None:
    """And one that nobody follows is not looked at."""
    await fails(desk, state=FeedState.HELD)
    said = await desk.ask("/retry um", OPERATOR)
    assert press(said.card, "Godkend feedet") == "/accept udenrigsministeriet"
    said = await desk.ask("/retry energinet", OPERATOR)
    assert press(said.card, "Tilbyd det til alle") == "/offer energinet"


# Platforms --------------------------------------------------------------------------------------------------------------


async def test_a_platform_is_paused_and_goes_on(desk: Newsdesk) -> None:
    """It stands in /status, with who did so and the way back."""
    await desk.ask("/subscribe um")
    assert "Intet er sat på pause." in await desk.words("/pause", OPERATOR)
    said = await desk.ask("/pause Telegram", OPERATOR)
    assert "Telegram er sat på pause" in words_of(said.card)
    status = await desk.ask("/status", OPERATOR)
    assert "På pause: Telegram, siden i dag kl. 12.01, af Dagny" in words_of(status.card)
    assert "pause" not in await desk.words("/status")
    again = await desk.words("/pause telegram", OPERATOR)
    assert "Telegram er allerede sat på pause." in again
    assert "Telegram er genoptaget." in await desk.words(press(status.card, "Genoptag Telegram"), OPERATOR)
    assert "Telegram er ikke sat på pause." in await desk.words("/resume telegram", OPERATOR)


async def test_what_goes_on_says_how_much_waited(desk: Newsdesk) -> None:
    """And that quiet hours are kept."""
    await desk.ask("/subscribe um")
    await desk.ask("/pause telegram", OPERATOR)
    async with desk.database.begin() as tx:
        here = await tx.destinations.find(HERE)
        assert here is not None
        (about, *_) = await tx.releases.latest([each.id for each in await tx.newsrooms.all()], limit=1)
        await tx.outbox.owe([Owed(here.id, DeliveryKind.ALERT, "alert", about.id, 1)], desk.clock.time)
    said = await desk.words("/resume telegram", OPERATOR)
    assert "1 besked, der har ventet, sendes nu.\nHvor der er stilletid, venter varsler uden hasteord, til den er forbi." in said


async def test_one_account_of_a_platform(desk: Newsdesk) -> None:
    """By its name; one that there is not, and a platform that there is not, are named with those that there are."""
    await desk.ask("/subscribe um")
    said = await desk.ask("/pause telegram PRESSE_BOT", OPERATOR)
    assert press(said.card, "Genoptag Telegram presse_bot") == "/resume telegram presse_bot"
    wrong = await desk.ask("/pause telegram another", OPERATOR)
    assert press(wrong.card, "presse_bot") == "/pause telegram presse_bot"
    assert press((await desk.ask("/pause mars", OPERATOR)).card, "Telegram") == "/pause telegram"
    await desk.ask("/pause telegram", OPERATOR)
    assert "men det er hele Telegram" in await desk.words("/resume telegram presse_bot", OPERATOR)
    refused = await desk.ask("/resume telegram presse_bot", OPERATOR)
    assert press(refused.card, "Genoptag Telegram") == "/resume telegram"
    assert "Telegram er genoptaget." in await desk.words("/resume", OPERATOR)


# Broadcasts -------------------------------------------------------------------------------------------------------------


async def test_a_broadcast_is_shown_then_sent_once(desk: Newsdesk) -> None:
    """With how many it is for; pressed twice it is sent once; whoever looks is told how far it has come."""
    await desk.ask("/subscribe um")
    await desk.ask("/subscribe um", address=ELSEWHERE)
    shown = await desk.ask("/broadcast Ingen varsler i nat.\nVi flytter @asta <b>", OPERATOR)
    said = words_of(shown.card)
    assert "Fra bottens driftsansvarlige\nIngen varsler i nat.\nVi flytter @asta <b>\nSamtaler: 2 (Telegram 2)" in said
    assert "Lyd: uden lyd" in said
    send = press(shown.card, "Send til 2 samtaler")
    for _ in range(2):
        assert "Venter: 2" in await desk.words(send, OPERATOR)
    async with desk.database.read() as tx:
        assert (await tx.outbox.health()).pending == 2
    assert "0 af 2 sendt" in await desk.words("/broadcast", OPERATOR)
    assert press((await desk.ask("/broadcast 1", OPERATOR)).card, "Se igen") == "/broadcast 1"


async def test_a_broadcast_that_is_cancelled_or_too_old_is_not_sent(desk: Newsdesk) -> None:
    """Nor one that never was."""
    await desk.ask("/subscribe um")
    shown = await desk.ask("/fællesbesked Hej", OPERATOR)
    assert "Der sendes intet." in await desk.words(press(shown.card, "Annuller"), OPERATOR)
    assert "Den fællesbesked er ikke sendt." in await desk.words(press(shown.card, "Send til 1 samtale"), OPERATOR)
    shown = await desk.ask("/broadcast Hej", OPERATOR)
    desk.clock.time += timedelta(minutes=11)
    assert "for mere end 10 minutter siden" in await desk.words(press(shown.card, "Send til 1 samtale"), OPERATOR)
    async with desk.database.read() as tx:
        assert (await tx.outbox.health()).pending == 0


async def test_a_broadcast_for_nobody_cannot_be_sent(desk: Newsdesk) -> None:
    """Nor one that is too long, or for a platform or a language that there is not."""
    await desk.ask("/subscribe um")
    assert buttons_of((await desk.ask("/broadcast sprog:en Hello", OPERATOR)).card) == []
    assert "højst have 1.500" in await desk.words(f"/broadcast {'x' * 1600}", OPERATOR)
    assert "»slack«" in await desk.words("/broadcast platform:slack Hej", OPERATOR)
    assert "»sv«" in await desk.words("/broadcast language:sv Hej", OPERATOR)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("/broadcast Hej", Words("Hej")),
        ("/broadcast   Hej\n\n med dig \x07", Words("Hej\nmed dig")),
        ("/fællesbesked\nHej", Words("Hej")),
        ("/broadcast platform:Slack sprog:en Hej: alle", Words("Hej: alle", {"platform": "slack", "language": "en"})),
        ("/broadcast lyd:ja\nHej platform:slack", Words("Hej platform:slack", {"sound": "ja"})),
        ("/broadcast NB: ingen varsler", Words("NB: ingen varsler")),
        ("/broadcast https://x.example/sprog:en", Words("https://x.example/sprog:en")),
        ("/broadcast platform:slack", Words("", {"platform": "slack"})),
        ("/broadcast", Words("")),
    ],
)
def test_what_a_broadcast_says_is_read_as_it_was_written(said: str, words: Words) -> None:
    """Fields count at the beginning alone; lines stay, control characters go."""
    assert read_words(said) == words


# The record -------------------------------------------------------------------------------------------------------------


async def test_what_operators_did_is_on_record(desk: Newsdesk) -> None:
    """For operators alone, newest first, a page at a time; others see how the bot is doing."""
    await desk.ask("/subscribe um")
    for line in ("/offer energinet", "/unoffer energinet", "/retry um", "/pause telegram", "/resume telegram"):
        await desk.ask(line, OPERATOR)
    said = (await desk.words("/status log", OPERATOR)).splitlines()
    assert [line.removeprefix("0. ") for line in said if line.startswith("0. ")] == [
        "Genoptaget: Telegram",
        "Sat på pause: Telegram",
        "Set efter igen: feedet fra Udenrigsministeriet",
        "Tilbydes ikke længere: Energinet",
        "Tilbydes nu til alle: Energinet",
    ]
    assert "Dagny · i dag kl. 12.01" in said
    assert "Sat på pause" not in await desk.words("/status log")
