"""Settings as files: what /export writes /import takes, elsewhere and back; what is wrong is named by its line."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
    assert "22:00" in words_of(done.card)
    again = await desk.ask(f"/import\n{text}", address=ELSEWHERE, conversation_kind=GROUP)
    assert "allerede" in again.card.summary
    await desk.ask(press(done.card, "Undo"), address=ELSEWHERE, conversation_kind=GROUP)
    assert await state(desk, ELSEWHERE) == before


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
    answer = await desk.ask(f"/import {_GOOD.replace(was, becomes, 1)}")
    assert said in words_of(answer.card)
    assert await state(desk) == before
    async with desk.database.read() as tx:
        assert len(await tx.newsrooms.all()) == 2
    await desk.ask(f"/import {_GOOD}")
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
