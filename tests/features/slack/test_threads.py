"""Journeys on Slack: a release's text and documents in the thread of its alert."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from bot.domain.delivery import DeliveryKind, More, Owed
from bot.domain.options import DestinationOptions
from bot.domain.prose import Block, BlockKind, Prose, Span
from bot.domain.release import Document, ReleaseId
from tests.fakes.slack_api import Channel, Message, Person, SlackApi
from tests.features.slack_desk import SlackDesk, desk_on, post, until

PLAN = (Document("https://havnen.example/plan.pdf", "Lokalplan <!here>"), Document("https://havnen.example/kort.pdf", "Kort"))


def text(paragraphs: int) -> Prose:
    """A body with all that a text may have, of about 300 characters a paragraph."""
    said = (
        Block((Span("Derfor nu"),), BlockKind.HEADING),
        Block((Span("strøm fra land", bold=True), Span(" fra første dag <!channel>")), BlockKind.ITEM),
        Block((Span("Se "), Span("lokalplanen", url="https://havnen.example/plan")), BlockKind.ITEM),
        Block((Span("Vi glæder os, siger havnechefen."),), BlockKind.QUOTE),
    )
    more = (Block((Span(f"Afsnit {number}. {'Kajen er bygget på to år. ' * 11}".strip()),)) for number in range(1, paragraphs + 1))
    return (*said, *more)


async def owe_the_whole(desk: SlackDesk, room: Channel, release: ReleaseId) -> None:
    """The text and the documents are owed there."""
    there = await desk.destination(room)
    assert there is not None
    owed = Owed(there.id, DeliveryKind.FOLLOW_UP, f"whole:{release}", release, 1, {"more": More.WHOLE})
    async with desk.bot.database.begin() as tx:
        assert await tx.outbox.owe([owed], desk.bot.clock.now()) == 1


async def told(desk: SlackDesk, asta: Person, room: Channel, body: Prose) -> tuple[Message, Message]:
    """The alert about a release with this text, and what stands in its thread."""
    await desk.subscribe(asta, room)
    release = await desk.publish(1, "Kajen åbner", body=body, documents=PLAN)
    alert = await post(room, "Kajen åbner")
    await desk.settled(alert)
    await owe_the_whole(desk, room, release)
    whole = await post(room, "Derfor nu")
    await desk.settled(whole)
    assert [one.ts for one in room.thread(alert)] == [whole.ts]
    return alert, whole


async def test_the_text_stands_whole_in_the_thread(api: SlackApi, asta: Person, room: Channel, tmp_path: Path) -> None:
    """Headings, lists, quotes, looks and links as the newsroom set them; its documents below; and nobody is called by any of it."""
    async with desk_on(api, tmp_path) as desk:
        alert, whole = await told(desk, asta, room, text(22))
        assert whole.thread_ts == alert.ts
        assert not whole.broadcast
        assert all(f"Afsnit {number}." in whole.words for number in range(1, 23))
        assert {("bold", "Derfor nu"), ("bold", "strøm fra land")} <= set(whole.shown.looks)
        kinds = {part["type"] for block in whole.blocks if block["type"] == "rich_text" for part in block["elements"]}
        assert kinds == {"rich_text_section", "rich_text_list", "rich_text_quote"}
        links = [link.url for link in whole.links]
        assert ["https://havnen.example/plan", *(document.url for document in PLAN)] == [url for url in links if url != links[-1]]
        assert links[-1] == "https://havnen.example/1"
        assert whole.pings == []
        assert "nyhedsrummet" not in whole.words


async def test_a_text_that_no_message_holds_leads_to_the_newsroom(
    api: SlackApi, asta: Person, room: Channel, tmp_path: Path
) -> None:
    """As much as Slack takes at once, the documents all the same, and where the rest is."""
    async with desk_on(api, tmp_path) as desk:
        _, whole = await told(desk, asta, room, text(150))
        assert len(api.asked("chat.postMessage")) == 2
        assert len(whole.words) > 8000
        assert len(whole.blocks) <= 50
        assert "Afsnit 150." not in whole.words
        assert "resten står hos nyhedsrummet" in whole.words
        assert "Kort" in whole.words
        assert [button.label for button in whole.buttons] == ["Åbn"]


async def test_a_channel_that_wants_it_so_gets_it_with_every_alert(
    api: SlackApi, asta: Person, room: Channel, tmp_path: Path
) -> None:
    """Each in the thread of its own alert; another channel gets its alerts alone."""
    other = api.channel("nyheder", creator=asta, bot=True)
    async with desk_on(api, tmp_path) as desk:
        for channel in (room, other):
            await desk.subscribe(asta, channel)
        there = await desk.destination(room)
        assert there is not None
        async with desk.bot.database.begin() as tx:
            await tx.destinations.set_options(there.id, DestinationOptions(whole=True))
        for number in (1, 2):
            await desk.publish(number, f"Kaj {number} åbner", body=text(3), documents=PLAN)
            alert = await post(room, f"Kaj {number} åbner")
            (whole,) = await until(partial(room.thread, alert))
            assert "Afsnit 3." in whole.words
        await post(other, "Kaj 2 åbner")
        assert not [one for one in other.posts if one.thread_ts]
