"""Journeys on Slack: links to known releases are shown as cards, and no others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.newsroom import NewsroomEntry
from bot.domain.release import Content, ParsedRelease, Picture
from tests.fakes import slack_shown
from tests.fakes.slack_api import Channel, Message, Person, SlackApi
from tests.features.slack_desk import SlackDesk, Start, desk_on, post, until

VIA = "https://via.ritzau.dk/pressemeddelelse/14500005/kajen-aabner?publisherId=1234&lang=da"
OURS = "https://havnen.example/1"


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """A Slack, on which no correct bot breaks a rule, and that tells of links to these domains."""
    async with SlackApi() as server:
        server.app.domains = {"via.ritzau.dk", "havnen.example"}
        yield server
        assert server.violations == []


@pytest.fixture(params=["socket", "http"])
def either(request: pytest.FixtureRequest, api: SlackApi, tmp_path: Path) -> Start:
    """Start the bot, by each way of hearing people in turn."""
    return partial(desk_on, api, tmp_path, http=request.param == "http", SLACK_UNFURL_DOMAIN="havnen.example")


@pytest.fixture
def desk(api: SlackApi, tmp_path: Path) -> Start:
    """Start the bot by Socket Mode."""
    return partial(desk_on, api, tmp_path, SLACK_UNFURL_DOMAIN="havnen.example")


async def shown_below(message: Message, links: int = 1) -> Mapping[str, str]:
    """What the cards below a message say, by link, once there are so many."""
    await until(lambda: len(message.unfurls) >= links)
    return {url: slack_shown.of_blocks(what.get("blocks", [])).words for url, what in message.unfurls.items()}


async def looked(api: SlackApi) -> None:
    """Wait until the app has been told of links, and has asked who shared them: all that it does before a card."""
    await until(lambda: api.deliveries.named("link_shared"))
    await api.settled()


async def nothing_below(desk: SlackDesk, asta: Person, room: Channel, message: Message) -> None:
    """Nothing is shown there: a link that is shared after it has its card already."""
    await desk.publish(99, "En anden sag")
    other = await asta.shares_link("https://havnen.example/99", room)
    await shown_below(other)
    assert message.unfurls == {}


async def test_a_link_to_a_known_release_has_its_card(either: Start, asta: Person, room: Channel) -> None:
    """What it says, of whom and whom to call; pinging nobody, and nothing to press: the message is somebody else's."""
    async with either() as desk:
        await desk.publish(1, "Kajen åbner <!channel>")
        message = await asta.shares_link(OURS, room)
        (said,) = (await shown_below(message)).values()
        assert "Kajen åbner <!channel>" in said
        assert "Skibe kan lægge til fra mandag." in said
        assert "+45 33 11 22 33" in said
        assert message.pings == []
        assert not [block for what in message.unfurls.values() for block in what["blocks"] if block["type"] == "actions"]


async def test_however_the_address_is_written(desk: Start, asta: Person, room: Channel) -> None:
    """With www, a slash, tracking, another scheme; on Via whatever stands besides the release's number."""
    ours = ("http://www.havnen.example/1/", f"{OURS}?utm_source=mail&utm_medium=x", f"{OURS}#top")
    via = (
        "https://via.ritzau.dk/pressemeddelelse/14500005/another-title?lang=en&publisherId=1234",
        "https://www.via.ritzau.dk/pressemeddelelse/14500005",
    )
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        await bot.publish(2, "Kajen på Via", known_as="via:via.ritzau.dk:14500005", url=VIA)
        first, second = await asta.says(" ".join(ours), room), await asta.says(" ".join(via), room)
        assert all("Kajen åbner" in said for said in (await shown_below(first, 3)).values())
        assert all("Kajen på Via" in said for said in (await shown_below(second, 2)).values())


async def test_many_links_in_one_message(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Five cards, said at once, for later ones would take their place; the sixth stays a link."""
    async with desk() as bot:
        for number in range(1, 7):
            await bot.publish(number, f"Kaj {number} åbner", lead="Skibe kan lægge til. " * 200)
        message = await asta.says(" ".join(f"https://havnen.example/{number}" for number in range(1, 7)), room)
        said = await shown_below(message, 5)
        assert [f"Kaj {number} åbner" in words for number, words in enumerate(said.values(), 1)] == [True] * 5
        assert len(api.asked("chat.unfurl")) == 1


async def test_other_links_stay_links(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Unknown releases, domains that are not ours to show, and a page that several releases link to."""
    api.app.domains.add("fremmed.example")
    async with desk() as bot:
        for number in (1, 2):
            await bot.publish(number, f"Kaj {number} åbner", url="https://havnen.example/nyheder")
        await bot.publish(3, "Fremmed", url="https://fremmed.example/3")
        links = ("https://havnen.example/7", "https://havnen.example/nyheder", "https://fremmed.example/3", VIA)
        message = await asta.says(" ".join(links), room)
        await nothing_below(bot, asta, room, message)


async def test_a_link_that_is_still_being_written(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Is shown to whoever writes it."""
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        await asta.composes(OURS, room)
        call = (await until(lambda: api.asked("chat.unfurl")))[0]
        assert call.error == ""
        assert call.params["source"] == "composer"


async def test_our_own_posts_are_left_as_they_are(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Even should Slack tell us of the links in them."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
        await bot.publish(1, "Kajen åbner")
        alert = await post(room, "Kajen åbner")
        api.events.links([OURS], api.bot, room, alert)
        await looked(api)
        await nothing_below(bot, asta, room, alert)


async def test_it_speaks_the_language_of_the_channel(desk: Start, asta: Person, room: Channel) -> None:
    """Whatever that of whoever shares the link."""
    async with desk() as bot:
        await (await asta.runs("/presse language en", room)).answer()
        await bot.publish(1, "Kajen åbner")
        (said,) = (await shown_below(await asta.shares_link(OURS, room))).values()
        assert "Press release" in said


async def test_what_another_account_added_is_not_known_here(desk: Start, asta: Person, room: Channel) -> None:
    """A newsroom of somebody else's stays theirs."""
    async with desk() as bot:
        now = bot.bot.clock.now()
        async with bot.bot.database.begin() as tx:
            entry = NewsroomEntry("hemmelig", "Hemmelig", "http://127.0.0.1:9/hemmelig", "DK", "da", "rss")
            feed = (await tx.feeds.of((await tx.newsrooms.ensure(entry, now=now)).id))[0]
            said = Content("Hemmelig ubåd", url="https://havnen.example/hemmelig", language="da")
            await tx.releases.add(feed, [ParsedRelease("h", said, now)], now=now, late=())
        await nothing_below(bot, asta, room, await asta.shares_link("https://havnen.example/hemmelig", room))


async def test_told_twice_it_is_shown_once(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Slack repeats what it thinks was lost."""
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        await shown_below(await asta.shares_link(OURS, room))
        await api.deliveries.again(api.deliveries.named("link_shared")[0])
        await bot.publish(2, "Kajen lukker")
        await shown_below(await asta.shares_link("https://havnen.example/2", room))
        assert len(api.asked("chat.unfurl")) == 2


async def test_a_picture_that_slack_cannot_fetch_costs_the_picture(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """The card comes all the same; where its picture can be fetched it has one."""
    api.world.unfetchable.add("https://havnen.example/mangler.jpg")
    pictures: Any = [Picture("https://havnen.example/mangler.jpg", "Kajen"), Picture("https://havnen.example/kaj.jpg", "Kajen")]
    async with desk() as bot:
        for number, picture in enumerate(pictures, 1):
            await bot.publish(number, f"Kaj {number} åbner", pictures=(replace(picture),))
        without = await asta.shares_link("https://havnen.example/1", room)
        assert "Kaj 1 åbner" in (await shown_below(without))["https://havnen.example/1"]
        assert slack_shown.pictures(next(iter(without.unfurls.values()))["blocks"]) == []
        shown = await asta.shares_link("https://havnen.example/2", room)
        await shown_below(shown)
        assert slack_shown.pictures(next(iter(shown.unfurls.values()))["blocks"]) == [("https://havnen.example/kaj.jpg", "Kajen")]


async def test_where_slack_takes_no_blocks_there_it_is_text(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Rich text below messages was refused for years; from then on it is not tried again."""
    async with desk() as bot:
        for number in (1, 2):
            await bot.publish(number, f"Kaj {number} åbner <!channel>")
        api.fault("chat.unfurl", error="invalid_blocks")
        message = await asta.shares_link("https://havnen.example/1", room)
        await shown_below(message)
        assert "Kaj 1 åbner <!channel>" in message.words
        assert message.pings == []
        other = await asta.shares_link("https://havnen.example/2", room)
        await shown_below(other)
        assert "Kaj 2" in other.words
        assert [list(what) for what in other.unfurls.values()] == [["text", "fallback", "mrkdwn_in"]]
        assert len(api.asked("chat.unfurl")) == 3


async def test_a_message_that_is_gone_costs_nothing(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Deleted before the card was there."""
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        api.fault("chat.unfurl", error="cannot_find_message")
        message = await asta.shares_link(OURS, room)
        await until(lambda: api.asked("chat.unfurl"))
        await nothing_below(bot, asta, room, message)
