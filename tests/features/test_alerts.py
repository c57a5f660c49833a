"""From feed bytes to messages in a chat."""

from __future__ import annotations

import asyncio

from bot.domain.card import Entry
from tests.fakes.feeds import Item, ago
from tests.features.conftest import Journey, Start


async def primed(journey: Journey, limit: float = 10.0) -> None:
    """Until the first good poll is stored."""
    async with asyncio.timeout(limit):
        while True:
            async with journey.bot.database.read() as tx:
                feeds = await tx.feeds.all()
            if all(feed.primed_at for feed in feeds):
                return
            await asyncio.sleep(0.02)


async def polled_again(journey: Journey, times: int = 1, limit: float = 15.0) -> None:
    """Until every feed had so many good polls more."""
    async with journey.bot.database.read() as tx:
        before = {feed.id: feed.polls for feed in await tx.feeds.all()}
    async with asyncio.timeout(limit):
        while True:
            async with journey.bot.database.read() as tx:
                if all(feed.polls >= before[feed.id] + times for feed in await tx.feeds.all()):
                    return
            await asyncio.sleep(0.02)


async def test_first_poll_is_silent_and_a_new_release_is_alerted_everywhere(journey: Start) -> None:
    """What stood in the feed before is stored in silence; what comes after reaches every subscriber once, in order."""
    async with journey() as j:
        j.newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=2)))
        await j.subscribe("desk-1", "desk-2")
        await primed(j)
        j.newsroom.publish(Item(2, "Kajen åbner igen", "Skibe kan lægge til fra mandag.", ago(minutes=2)))
        j.newsroom.publish(Item(3, "Ny havnechef", "Havnen har fundet en ny chef.", ago(minutes=1)))
        await j.chat.wait_for(4)
        await polled_again(j)
        for desk in ("desk-1", "desk-2"):
            assert [post.title for post in j.chat.posts(desk)] == ["Kajen åbner igen", "Ny havnechef"]
        assert "Skibe kan lægge til fra mandag." in j.chat.posts("desk-1")[0].text


async def test_a_correction_is_shown_where_the_alert_stands(journey: Start) -> None:
    """A release that says something else edits its alert, and what changed is told under it, once."""
    async with journey() as j:
        j.newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=2)))
        await j.subscribe("desk")
        await primed(j)
        j.newsroom.publish(Item(2, "Havnen giver 40 mio. kr.", published=ago(minutes=2)))
        await j.chat.wait_for(1)
        j.newsroom.item(2).title = "Havnen giver 45 mio. kr."
        j.newsroom.serve()
        async with asyncio.timeout(10):
            while not j.chat.posts("desk")[0].edits:
                await asyncio.sleep(0.02)
        await j.chat.wait_for(2)
        await polled_again(j)
        alert, told = j.chat.posts("desk")
        assert (alert.title, alert.edits, "RETTET" in alert.text) == ("Havnen giver 45 mio. kr.", 1, True)
        assert (told.under, told.edits) == (alert.id, 0)
        assert "Overskrift: Havnen giver 40 mio. kr. → 45 mio. kr." in told.text


async def test_a_misprint_set_right_disturbs_nobody(journey: Start) -> None:
    """The alert says it right, without a mark and without a word."""
    async with journey() as j:
        j.newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=2)))
        await j.subscribe("desk")
        await primed(j)
        j.newsroom.publish(Item(2, "Havnechfen giver 40 mio. kr.", published=ago(minutes=2)))
        await j.chat.wait_for(1)
        j.newsroom.item(2).title = "Havnechefen giver 40 mio. kr."
        j.newsroom.serve()
        async with asyncio.timeout(10):
            while not j.chat.posts("desk")[0].edits:
                await asyncio.sleep(0.02)
        await polled_again(j)
        (alert,) = j.chat.posts("desk")
        assert (alert.title, "RETTET" in alert.text.upper()) == ("Havnechefen giver 40 mio. kr.", False)


async def test_corrections_while_the_chat_cannot_be_reached_are_told_as_one(journey: Start) -> None:
    """One diff from what the readers saw to what stands now."""
    async with journey() as j:
        j.newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=2)))
        await j.subscribe("desk")
        await primed(j)
        j.newsroom.publish(Item(2, "Havnen giver 40 mio. kr.", published=ago(minutes=2)))
        await j.chat.wait_for(1)
        await polled_again(j)
        j.chat.fail_next("429", times=1, after=4)
        for figure in (45, 50):
            j.newsroom.item(2).title = f"Havnen giver {figure} mio. kr."
            j.newsroom.serve()
            await polled_again(j)
        await j.chat.wait_for(2)
        await polled_again(j, 2)
        alert, told = j.chat.posts("desk")
        assert (alert.title, told.under) == ("Havnen giver 50 mio. kr.", alert.id)
        assert "Havnen giver 40 mio. kr. → 50 mio. kr." in told.text


async def test_what_comes_while_a_newsroom_is_muted_is_not_sent(journey: Start) -> None:
    """Neither then nor afterwards; what stands already is corrected, another desk hears it all, and /latest shows it."""
    async with journey() as j:
        j.newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=2)))
        await j.subscribe("desk-1", "desk-2")
        await primed(j)
        j.newsroom.publish(Item(2, "Havnen giver 40 mio. kr.", published=ago(minutes=3)))
        await j.chat.wait_for(2)
        await j.adapter.hear("/dæmp til i morgen", conversation="desk-1")
        j.newsroom.publish(Item(3, "Kajen lukker", published=ago(minutes=2)))
        j.newsroom.item(2).title = "Havnen giver 45 mio. kr."
        j.newsroom.serve()
        await j.chat.wait_for(4)  # of which desk-2 has the new alert, and what the correction changed
        async with asyncio.timeout(10):
            while not j.chat.posts("desk-1")[0].edits:
                await asyncio.sleep(0.02)
        latest = await j.adapter.hear("/latest", conversation="desk-1")
        assert "Kajen lukker" in [element.title for element in latest.card.elements if isinstance(element, Entry)]
        await j.adapter.hear("/mute off", conversation="desk-1")
        j.newsroom.publish(Item(4, "Kajen åbner igen", published=ago(minutes=1)))
        await j.chat.wait_for(6)
        assert [post.title for post in j.chat.posts("desk-1")] == ["Havnen giver 45 mio. kr.", "Kajen åbner igen"]
        assert len(j.chat.posts("desk-2")) == 4


async def test_renumbered_and_reordered_releases_alert_nobody(journey: Start) -> None:
    """New guids, new links to the same things, another order and tracking parameters are not news."""
    async with journey() as j:
        j.newsroom.publish(*(Item(n, f"Nyhed {n}", published=ago(hours=20 - n)) for n in range(1, 6)))
        await j.subscribe("desk")
        await primed(j)
        for item in j.newsroom.items:
            item.guid = f"renumbered-{item.number}"
        j.newsroom.items.reverse()
        j.newsroom.serve()
        await polled_again(j, 2)
        for item in j.newsroom.items:
            item.link = j.newsroom.link(item) + "?utm_source=rss"
        j.newsroom.serve()
        await polled_again(j, 2)
        j.newsroom.publish(Item(9, "Den eneste nyhed", published=ago(minutes=1)))
        await j.chat.wait_for(1)
        await polled_again(j)
        assert [message.title for message in j.chat.messages] == ["Den eneste nyhed"]


async def test_guids_that_count_places_lose_no_release_and_correct_none(journey: Start) -> None:
    """What is on top is number 1, and each new release moves the others down."""

    def publish(j: Journey, *items: Item) -> None:
        j.newsroom.items[:0] = items
        for place, item in enumerate(j.newsroom.items, 1):
            item.guid = str(place)
        j.newsroom.serve()

    async with journey() as j:
        publish(j, *(Item(n, f"Nyhed {n}", published=ago(hours=20 - n)) for n in (3, 2, 1)))
        await j.subscribe("desk")
        await primed(j)
        for number in (4, 5):
            publish(j, Item(number, f"Nyhed {number}", published=ago(minutes=9 - number)))
            await j.chat.wait_for(number - 3)
            await polled_again(j)
        assert [(post.title, post.edits) for post in j.chat.posts("desk")] == [("Nyhed 4", 0), ("Nyhed 5", 0)]


async def test_an_older_release_that_slides_back_into_the_window_alerts_nobody(journey: Start) -> None:
    """When a release is taken down, the one that fell off the end long ago returns, and it is no news."""
    async with journey() as j:
        j.newsroom.window = 3
        j.newsroom.publish(*(Item(n, f"Nyhed {n}", published=ago(days=9 - n)) for n in range(1, 6)))
        await j.subscribe("desk")
        await primed(j)
        j.newsroom.remove(5)
        await polled_again(j, 2)
        assert j.chat.messages == []
