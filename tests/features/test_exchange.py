"""Settings as files: what /export writes /import takes, elsewhere and back; what is wrong is named by its line."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Sequence
from datetime import time
from pathlib import Path
from typing import TypeVar

import pytest

from bot.domain.options import AS_USUAL, Corrections, DestinationOptions, Frequency, Length, QuietHours, SubscriptionOptions
from bot.domain.release import Kind
from bot.domain.subscription import Address
from bot.ports import Reply
from tests.features.newsdesk import ADMIN, GROUP, HERE, OPERATOR, READER, Newsdesk, newsdesk, press, words_of
from tests.features.test_settings_record import state

ELSEWHERE = Address("telegram", "presse_bot", "-200")
_SETUP = (
    "/subscribe um",
    "/subscribe all silent",
    "/subscribe energinet",
    '/subscription um frequency:daily kinds:news filter:"told OR grønland" save:yes',
    "/settings quiet:22-07 length:full timezone:Helsinki takers:on",
)

T = TypeVar("T")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsdesk]:
    """A small installation as of its first poll."""
    made = await newsdesk(tmp_path)
    yield made
    await made.database.close()


def file_of(reply: Reply, name: str) -> str:
    """What stands in a file of an answer."""
    return next(file.content.decode() for file in reply.files if file.name == name)


async def test_what_is_exported_is_imported_elsewhere_and_undone(desk: Newsdesk) -> None:
    """All of it, as one change; a second time changes nothing."""
    for line in _SETUP:
        await desk.ask(line)
    text = file_of(await desk.ask("/eksporter", READER), "pressevagt.json")
    await desk.ask("/language en", address=ELSEWHERE, conversation_kind=GROUP)
    before = await state(desk, ELSEWHERE)
    done = await desk.ask(f"/import {text}", address=ELSEWHERE, conversation_kind=GROUP)
    assert await state(desk, ELSEWHERE) == await state(desk)
    assert "22.00" in words_of(done.card), "said in the language that came with it"
    again = await desk.ask(f"/import\n{text}", address=ELSEWHERE, conversation_kind=GROUP)
    assert "allerede" in again.card.summary
    undone = await desk.ask(press(done.card, "Fortryd"), address=ELSEWHERE, conversation_kind=GROUP)
    assert undone.card.summary.startswith("Undone.")
    assert await state(desk, ELSEWHERE) == before


async def test_settings_are_imported_where_nothing_was_ever_said(desk: Newsdesk) -> None:
    """They are named, stand in the record, and are taken back with the rest."""
    for line in _SETUP:
        await desk.ask(line)
    text = file_of(await desk.ask("/eksporter"), "pressevagt.json")
    done = await desk.ask(f"/importer {text}", address=ELSEWHERE, conversation_kind=GROUP)
    assert "Stilletid: ingen → 22.00" in words_of(done.card)
    log = await desk.words("/subscriptions log", address=ELSEWHERE, conversation_kind=GROUP)
    assert "22.00" in log or "22:00" in log
    await desk.ask("/undo", address=ELSEWHERE, conversation_kind=GROUP)
    async with desk.database.read() as tx:
        there = await tx.destinations.find(ELSEWHERE)
        assert there is not None
        assert (there.options, await tx.destinations.subscriptions(there.id)) == (AS_USUAL, [])


def _any_settings(chance: random.Random) -> tuple[DestinationOptions, SubscriptionOptions]:
    """All that can be chosen, in any combination."""

    def some(values: Sequence[T]) -> frozenset[T]:
        return frozenset(chance.sample(values, chance.randrange(len(values))))

    def clock() -> time:
        return time(chance.randrange(24), chance.randrange(60))

    start, end = clock(), clock()
    nights = QuietHours(start, end, weekends=chance.random() < 0.5) if start != end else None
    here = DestinationOptions(
        chance.choice([None, nights, QuietHours(time(), time(), weekends=True)]),
        clock(),
        chance.randrange(7),
        chance.choice(list(Length)),
        chance.random() < 0.5,
        chance.choice(list(Corrections)),
        chance.random() < 0.5,
        chance.random() < 0.5,
    )
    words = ["", "told", '"nye sanktioner" -told', "grønland OR kaj*", "from:um told", "æ&<b>'x'"]
    subscription = SubscriptionOptions(
        some(list(Kind)),
        some(["da", "en", "sv"]),
        chance.choice(words),
        chance.choice(words),
        tuple(sorted(some(["@asta_b", "@birk_c"]))),
        chance.choice(list(Frequency)),
    )
    return here, subscription


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_is_set_is_the_same_after_the_way_through_a_file(desk: Newsdesk, seed: int) -> None:
    """Every setting there is, whatever it is set to."""
    await desk.ask("/subscribe um")
    here, wish = _any_settings(random.Random(seed))  # noqa: S311 - chance, not a secret
    async with desk.database.begin() as tx:
        made = await tx.destinations.find(HERE)
        assert made is not None
        (subscription,) = await tx.destinations.subscriptions(made.id)
        await tx.destinations.set_options(made.id, here)
        await tx.destinations.set_timezone(made.id, "America/Nuuk")
        await tx.destinations.set_subscription_options(subscription.id, wish)
        await tx.destinations.set_silent(subscription.id, silent=bool(seed % 2))
    text = file_of(await desk.ask("/export"), "pressevagt.json")
    await desk.ask(f"/import {text}", address=ELSEWHERE)
    async with desk.database.read() as tx:
        there = await tx.destinations.find(ELSEWHERE)
        assert there is not None
        (copied,) = await tx.destinations.subscriptions(there.id)
    assert (there.options, there.timezone, there.language) == (here, "America/Nuuk", "da")
    assert (copied.options, copied.silent) == (wish, bool(seed % 2))


async def test_what_is_as_made_is_not_written_and_is_made_so_again(desk: Newsdesk) -> None:
    """A file says the same after a default has changed only where somebody chose it."""
    await desk.ask("/subscribe um")
    said = json.loads(file_of(await desk.ask("/export"), "pressevagt.json"))
    (conversation,) = said["conversations"]
    assert conversation["settings"] == {"timezone": "Europe/Copenhagen", "language": "da"}
    assert conversation["subscriptions"] == {"udenrigsministeriet": {}}
    assert (said["format"], said["version"]) == ("pressevagt", 1)
    await desk.ask("/settings length:full")
    await desk.ask("/subscription um frequency:weekly")
    await desk.ask(f"/import {json.dumps(said)}")
    assert json.loads(file_of(await desk.ask("/export"), "pressevagt.json"))["conversations"] == [conversation]


async def test_newsrooms_go_to_feed_readers_and_come_from_them(desk: Newsdesk) -> None:
    """As OPML: what is subscribed to already stays as it is, and so do the settings."""
    for line in _SETUP:
        await desk.ask(line)
    text = file_of(await desk.ask("/export"), "pressevagt.opml")
    assert 'xmlUrl="https://via.ritzau.dk' in text
    here = await state(desk)
    await desk.ask(f"/import {text}")
    assert await state(desk) == here
    await desk.ask(f"/import {text}", address=ELSEWHERE)
    async with desk.database.read() as tx:
        there = await tx.destinations.find(ELSEWHERE)
        assert there is not None
        subscribed = {each.newsroom.slug for each in await tx.destinations.subscriptions(there.id) if each.newsroom}
    assert "udenrigsministeriet" in subscribed
    assert subscribed == {"udenrigsministeriet", "energinet"}


@pytest.mark.parametrize("address", ["http://192.168.1.10/feed", "http://127.1/", "http://2130706433/x", "http://[::1]:8080/feed"])
async def test_a_list_of_feeds_with_a_private_address_is_refused(desk: Newsdesk, address: str) -> None:
    """With its line, and none of the others is taken either; nor does an operator subscribe to it by hand."""
    feeds = ("https://havnen.example/feed.xml", address)
    outlines = "\n".join(f'<outline text="X" type="rss" xmlUrl="{each}"/>' for each in feeds)
    said = await desk.words(f'/import <opml version="2.0"><body>\n{outlines}\n</body></opml>', OPERATOR)
    assert "Linje 3:" in said
    assert "er ikke en offentlig adresse" in said
    async with desk.database.read() as tx:
        assert await tx.destinations.find(HERE) is None
        assert "havnen" not in {each.name.casefold() for each in await tx.newsrooms.all()}
    assert "er ikke en offentlig adresse" in await desk.words(f"/subscribe {address}", OPERATOR)


@pytest.mark.parametrize("as_opml", [False, True])
async def test_only_operators_add_newsrooms_by_a_file(desk: Newsdesk, *, as_opml: bool) -> None:
    """As by hand: else anybody could have the bot read any number of feeds. What is offered since, everybody may import."""
    opml = '<opml version="2.0"><body>\n\n<outline text="Havnen" type="rss" xmlUrl="https://havn.example/feed.xml"/></body></opml>'
    text = opml if as_opml else _GOOD
    refused = await desk.words(f"/import {text}", ADMIN)
    assert f"Linje {3 if as_opml else 4}: " in refused
    assert "Kun bottens driftsansvarlige" in refused
    async with desk.database.read() as tx:
        assert await tx.destinations.find(HERE) is None
    await desk.ask("/offer https://havn.example/feed.xml", OPERATOR)
    await desk.ask(f"/import {text}", ADMIN)
    assert "havn.example" in await desk.words("/subscriptions")


async def test_only_who_manages_a_conversation_changes_it_by_a_file(desk: Newsdesk) -> None:
    """Reading what is set is for everybody, as /subscriptions is."""
    text = file_of(await desk.ask("/export", READER, conversation_kind=GROUP), "pressevagt.json")
    refused = await desk.words(f"/import {text}", READER, conversation_kind=GROUP)
    assert "kun den, der bestyrer" in refused


_GOOD = """{
 "format": "pressevagt",
 "version": 1,
 "newsrooms": [{"slug": "havn", "name": "Havnen", "feed": "https://havn.example/feed.xml"}],
 "conversations": [{
  "settings": {"length": "full",
   "digest": "08:30"},
  "subscriptions": {
   "udenrigsministeriet": {
    "frequency": "daily"},
   "havn": {}}
 }]
}"""


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"version": 1,', '"version": 1', "Linje 4:"),
        ('"format": "pressevagt"', '"format": "other"', "Linje 1:"),
        ('"version": 1', '"version": 2', "Linje 3:"),
        ('"digest": "08:30"', '"digest": "25:00"', "Linje 7: digest"),
        ('"digest": "08:30"', '"digest": 8', "Linje 7:"),
        ('"digest": "08:30"', '"diggest": "8"', "Linje 7:"),
        ('"frequency": "daily"', '"frequency": "hardly"', "Linje 10: frequency"),
        ('"havn": {}', '"havnen": {}', "Linje 11:"),
        ('"https://havn.example/feed.xml"', '"file:///etc/passwd"', "Linje 4:"),
        ('"https://havn.example/feed.xml"', '"http://169.254.169.254/latest"', "Linje 4: »http://169.254.169.254/latest«"),
        ('"https://havn.example/feed.xml"', '"http://[::ffff:10.0.0.1]/"', "er ikke en offentlig adresse"),
        ('"slug": "havn", ', "", "Linje 4:"),
        ('"conversations": [{', '"conversations": [{"conversation": "1",', "»platform« mangler"),
        ('"subscriptions": {', '"subscriptions": [], "more": {', "Linje 8:"),
    ],
)
async def test_what_is_wrong_is_named_by_its_line_and_nothing_is_changed(desk: Newsdesk, was: str, becomes: str, said: str) -> None:
    """The same file without the fault is taken."""
    await desk.ask("/subscribe koebenhavns-politi")
    before = await state(desk)
    assert was in _GOOD
    answer = await desk.ask(f"/import {_GOOD.replace(was, becomes, 1)}", OPERATOR)
    assert said in words_of(answer.card)
    assert await state(desk) == before
    async with desk.database.read() as tx:
        assert len(await tx.newsrooms.all()) == 2
    await desk.ask(f"/import {_GOOD}", OPERATOR)
    assert await state(desk) != before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 3000,
        "nothing",
        "null",
        "<opml>",
        "<rss/>",
        '<!DOCTYPE opml [<!ENTITY a "b">]><opml>&a;</opml>',
        "<opml>\ud800",
        '{"format": "pressevagt", "version": 1, "x": "\\ud800"}',
    ],
)
async def test_whatever_is_pasted_is_answered(desk: Newsdesk, text: str) -> None:
    """With what to do; nothing is changed."""
    answer = await desk.ask(f"/import {text}")
    assert "gik galt" not in words_of(answer.card)
    async with desk.database.read() as tx:
        assert await tx.destinations.find(HERE) is None


async def test_a_newsroom_that_is_stored_is_not_changed_by_a_file(desk: Newsdesk) -> None:
    """Whatever a file calls it, and wherever it says that its feed is."""
    text = _GOOD.replace('"slug": "havn"', '"slug": "udenrigsministeriet"').replace('"havn": {}', '"koebenhavns-politi": {}')
    async with desk.database.read() as tx:
        before = [await tx.feeds.of(each.id) for each in await tx.newsrooms.all()]
    await desk.ask(f"/import {text}", ADMIN)
    async with desk.database.read() as tx:
        assert [await tx.feeds.of(each.id) for each in await tx.newsrooms.all()] == before


# To be forgotten


async def test_a_private_conversation_is_forgotten_with_its_person(desk: Newsdesk) -> None:
    """After a question; what they did elsewhere stays, without their name."""
    address = Address("telegram", "presse_bot", "7")
    await desk.ask("/subscribe um", address=address)
    await desk.ask("/subscribe um", address=ELSEWHERE, conversation_kind=GROUP)
    asked = await desk.ask("/glem", address=address)
    assert (asked.private, await state(desk, address)) == (True, await state(desk, address))
    await desk.ask(press(asked.card, "Slet det"), address=address)
    async with desk.database.read() as tx:
        assert await tx.destinations.find(address) is None
    assert "Asta" not in await desk.words("/abonnementer log", OPERATOR, address=ELSEWHERE)
    assert "oprettet" in await desk.words("/abonnementer log", OPERATOR, address=ELSEWHERE)


async def test_a_group_is_forgotten_by_who_manages_it(desk: Newsdesk) -> None:
    """Nobody else; and not by a slip."""
    await desk.ask("/subscribe um", conversation_kind=GROUP)
    for line, actor in (("/forget yes", READER), ("/forget now", ADMIN), ("/forget", ADMIN)):
        await desk.ask(line, actor, conversation_kind=GROUP)
        async with desk.database.read() as tx:
            assert await tx.destinations.find(HERE)
    await desk.ask("/forget yes", conversation_kind=GROUP)
    async with desk.database.read() as tx:
        assert await tx.destinations.find(HERE) is None


async def test_privacy_says_for_how_long(desk: Newsdesk) -> None:
    """In days, and leads to the way out."""
    words = await desk.words("/privatliv")
    assert "90 dage" in words
    assert "365 dage" in words
    assert "30 dage" in words
    assert "/forget" in words
