"""Feeds as things to poll: due, claimed, settled; and what is known of their releases."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.newsroom import Feed, FeedState
from bot.ports import PollResult
from tests.fakes.world import NOW, World, item

MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=2)


async def claim(world: World, owner: str = "one", limit: int = 10) -> list[Feed]:
    """What one process takes up."""
    async with world.database.begin() as tx:
        return await tx.feeds.claim_due(owner, world.now, LEASE, limit)


async def settle(world: World, *results: PollResult) -> None:
    """Write polls down."""
    async with world.database.begin() as tx:
        await tx.feeds.settle(results)


async def test_a_due_feed_is_claimed_once_until_it_is_settled(world: World) -> None:
    """While one process polls a feed no other does; settled, it falls due when the result says."""
    feed = await world.feed()
    assert [one.id for one in await claim(world)] == [feed.id]
    assert await claim(world, "two") == []
    await settle(world, PollResult(feed.id, NOW + MINUTE, good_at=NOW, primes=True))
    assert await claim(world, "two") == []
    world.pass_time(minutes=1)
    assert [one.id for one in await claim(world, "two")] == [feed.id]


async def test_a_lease_that_ran_out_makes_the_feed_due_for_others(world: World) -> None:
    """A feed in the hands of the dead is polled by the living once its lease ends, even where no other feed is due."""
    feed = await world.feed()
    await claim(world)
    async with world.database.read() as tx:
        assert await tx.feeds.next_due() == NOW + LEASE
    world.pass_time(minutes=2)
    assert [one.id for one in await claim(world, "two")] == [feed.id]


async def test_feeds_are_claimed_in_the_order_they_fell_due_and_no_more_than_wanted(world: World) -> None:
    """Who waits longest goes first."""
    for slug, late in (("a", 1), ("b", 3), ("c", 2)):
        feed = await world.feed(slug)
        await settle(world, PollResult(feed.id, NOW - late * MINUTE, good_at=NOW))
    assert [feed.newsroom.slug for feed in await claim(world, limit=2)] == ["b", "c"]
    assert [feed.newsroom.slug for feed in await claim(world, limit=2)] == ["a"]


async def test_only_feeds_that_somebody_wants_are_polled(world: World) -> None:
    """Wanted is what is offered to everybody, or subscribed to by somebody."""
    newsroom = await world.newsroom("ingens", offered=False)
    assert await claim(world) == []
    async with world.database.read() as tx:
        assert (await tx.feeds.next_due(), await tx.feeds.all()) == (None, [])
    desk = await world.desk()
    subscription = await world.subscribe(desk, newsroom.id)
    assert [feed.newsroom.slug for feed in await claim(world)] == ["ingens"]
    async with world.database.begin() as tx:
        assert [feed.newsroom.slug for feed in await tx.feeds.all()] == ["ingens"]
        await tx.feeds.let_go()
        await tx.destinations.unsubscribe(subscription, NOW)
    assert await claim(world) == []


async def test_ended_and_held_feeds_are_not_polled_before_they_are_woken(world: World) -> None:
    """A feed that answered 410, or that is held for an operator, waits for a person."""
    for slug, state in (("ended", FeedState.ENDED), ("held", FeedState.HELD)):
        feed = await world.feed(slug)
        await settle(world, PollResult(feed.id, None, state=state, fault=state.value))
        assert await claim(world) == []
        async with world.database.begin() as tx:
            await tx.feeds.wake(feed.newsroom.id, world.now, prime=False)
        (woken,) = await claim(world)
        assert (woken.id, woken.state) == (feed.id, FeedState.LIVE)


async def test_a_good_poll_clears_the_fault_and_a_failed_one_keeps_the_state(world: World) -> None:
    """What a good poll learned stays through failures; the failures are counted and named until the next good one."""
    feed = await world.feed()
    good = PollResult(
        feed.id,
        NOW,
        good_at=NOW,
        moved_to="https://ny.example/feed",
        etag='"a"',
        last_modified="Fri, 20 Nov 2026 11:00:00 GMT",
        body_hash="h",
        missing=2,
        primes=True,
    )
    await settle(world, good)
    await settle(world, PollResult(feed.id, NOW + MINUTE, fault="html", fault_detail="a web page"))
    await settle(world, PollResult(feed.id, NOW + MINUTE, fault="refused", fault_detail="answered 503"))
    feed = await world.feed()
    assert (feed.failures, feed.fault, feed.fault_detail) == (2, "refused", "answered 503")
    assert (feed.moved_to, feed.etag, feed.body_hash, feed.missing, feed.polls) == ("https://ny.example/feed", '"a"', "h", 2, 1)
    assert (feed.primed_at, feed.last_good_at, feed.address) == (NOW, NOW, "https://ny.example/feed")
    await settle(world, PollResult(feed.id, NOW, good_at=NOW + MINUTE, primes=True))
    feed = await world.feed()
    assert (feed.failures, feed.fault, feed.fault_detail, feed.polls) == (0, None, None, 2)
    assert (feed.primed_at, feed.last_good_at) == (NOW, NOW + MINUTE)


async def test_an_address_found_on_a_page_is_no_failure(world: World) -> None:
    """The feed is asked at the address that the page linked, and has not failed."""
    feed = await world.feed()
    await settle(world, PollResult(feed.id, NOW, moved_to="https://havnen.example/rss"))
    feed = await world.feed()
    assert (feed.address, feed.failures, feed.primed_at) == ("https://havnen.example/rss", 0, None)
    assert feed.url == "https://havnen.example/feed", "the settings name the page still"


async def test_waking_takes_what_stands_there_in_silence_where_asked_to(world: World) -> None:
    """A feed that was not followed for a while is primed anew, from a whole document."""
    feed = await world.feed()
    await settle(world, PollResult(feed.id, NOW + 9 * MINUTE, good_at=NOW, etag='"a"', body_hash="h", primes=True))
    async with world.database.begin() as tx:
        await tx.feeds.wake(feed.newsroom.id, NOW + MINUTE, prime=False)
    feed = await world.feed()
    assert (feed.due_at, feed.primed_at, feed.etag) == (NOW + MINUTE, NOW, '"a"')
    async with world.database.begin() as tx:
        await tx.feeds.wake(feed.newsroom.id, NOW + MINUTE, prime=True)
    feed = await world.feed()
    assert (feed.primed_at, feed.etag, feed.last_modified, feed.body_hash) == (None, None, None, None)


async def test_feeds_are_let_go_by_owner(world: World) -> None:
    """Whoever stops lets its own feeds go; the only worker may let go those of all who are dead."""
    await world.feed("a")
    await claim(world, "one")
    await world.feed("b")
    await claim(world, "two")
    async with world.database.begin() as tx:
        await tx.feeds.let_go("two")
    assert [feed.newsroom.slug for feed in await claim(world, "three")] == ["b"]
    async with world.database.begin() as tx:
        await tx.feeds.let_go()
    assert [feed.newsroom.slug for feed in await claim(world, "four")] == ["a", "b"]


async def test_known_by_id_by_address_or_by_title_and_time_within_the_feed_alone(world: World) -> None:
    """What the document may name is found, all language versions of it, and nothing of another feed."""
    await world.add(
        item("1", "Kajen"),
        item("1", "The quay", language="en", url="https://havnen.example/en/1"),
        item("2", "Kranen", published=NOW - MINUTE),
        item("3", "Molen", published=NOW - 2 * MINUTE),
        item("4", "Fyret"),
    )
    await world.add(item("1", "Kajen"), slug="nabohavnen")
    feed = await world.feed()
    async with world.database.read() as tx:
        asked = [
            item("1", "Noget andet", published=None, url=""),
            item("x", "Et andet sted", url="https://havnen.example/2"),
            item("y", "Molen", published=NOW - 2 * MINUTE, url="https://havnen.example/y"),
            item("z", "Fyret", published=NOW - 5 * MINUTE, url=""),
        ]
        known = await tx.feeds.known(feed.id, asked)
        assert sorted((one.external_id, one.language) for one in known) == [("1", "da"), ("1", "en"), ("2", "da"), ("3", "da")]
        by_english_address = await tx.feeds.known(feed.id, [item("x", "x", url="https://havnen.example/en/1")])
        assert sorted(one.language for one in by_english_address) == ["da", "en"]
        assert await tx.feeds.known(feed.id, []) == []
        assert {one.published for one in known} == {NOW, NOW - MINUTE, NOW - 2 * MINUTE}


async def test_known_holds_a_document_of_the_largest_size(world: World) -> None:
    """A thousand items are looked up at once."""
    items = [item(str(n), f"Nyhed {n}", published=NOW - n * MINUTE) for n in range(1000)]
    await world.add(*items)
    feed = await world.feed()
    async with world.database.read() as tx:
        assert len(await tx.feeds.known(feed.id, items)) == 1000


async def test_newer_and_oldest(world: World) -> None:
    """The window's edge is by publication; what was taken down is not missed again."""
    feed = await world.feed()
    async with world.database.read() as tx:
        assert await tx.feeds.oldest(feed.id) is None
    added = await world.add(*(item(str(n), f"Nyhed {n}", published=NOW - n * MINUTE) for n in range(4)))
    async with world.database.begin() as tx:
        assert await tx.feeds.oldest(feed.id) == NOW - 3 * MINUTE
        await tx.releases.mark_gone(added["0"], NOW)
        newer = await tx.feeds.newer_than(feed.id, NOW - 3 * MINUTE, limit=10)
        assert [one.external_id for one in newer] == ["1", "2"]
        assert len(await tx.feeds.newer_than(feed.id, NOW - 3 * MINUTE, limit=1)) == 1


async def test_missing_releases_are_asked_for_in_turn_until_they_are_gone_or_back(world: World) -> None:
    """The longest overdue come first; who is present again is neither missing nor gone."""
    feed = await world.feed()
    added = await world.add(*(item(str(n), f"Nyhed {n}") for n in range(3)))
    async with world.database.begin() as tx:
        await tx.feeds.mark_missing({added["0"]: 7, added["1"]: 5, added["2"]: 9})
        assert [one.external_id for one in await tx.feeds.missing(feed.id, 7, 10)] == ["1", "0"]
        assert [one.external_id for one in await tx.feeds.missing(feed.id, 9, 1)] == ["1"]
        await tx.releases.mark_gone(added["1"], NOW)
        assert [one.external_id for one in await tx.feeds.missing(feed.id, 9, 10)] == ["0", "2"]
        await tx.feeds.mark_missing({}, list(added.values()))
        assert await tx.feeds.missing(feed.id, 99, 10) == []
        back = await tx.releases.get(added["1"])
        assert back is not None
        assert back.gone_at is None


# In whose hands


async def hold(world: World, owner: str) -> bool:
    """Whether a feed is in these hands."""
    feed = await world.feed()
    async with world.database.begin() as tx:
        return await tx.feeds.holds(feed.id, owner)


async def test_a_feed_is_held_by_whoever_claimed_it_last(world: World) -> None:
    """Not by the first any more once the second has it, and by nobody once it is settled."""
    feed = await world.feed()
    assert not await hold(world, "one")
    await claim(world)
    assert (await hold(world, "one"), await hold(world, "two")) == (True, False)
    world.pass_time(minutes=2)
    assert await hold(world, "one"), "nobody has taken it"
    await claim(world, "two")
    assert (await hold(world, "one"), await hold(world, "two")) == (False, True)
    await settle(world, PollResult(feed.id, NOW + MINUTE, good_at=NOW))
    assert not await hold(world, "two")


async def test_only_who_holds_a_feed_settles_it(world: World) -> None:
    """Of results that come together, those of feeds in other hands are passed over."""
    await world.feed("a")
    await claim(world)
    world.pass_time(minutes=2)
    b = await world.feed("b")
    await settle(world, PollResult(b.id, world.now, good_at=NOW))
    (first,) = await claim(world, "two", limit=1)
    await claim(world)
    results = [PollResult(feed.id, None, fault="gone") for feed in (await world.feed("a"), b)]
    async with world.database.begin() as tx:
        await tx.feeds.settle(results, owner="one")
    faults = {feed.newsroom.slug: feed.fault for feed in (await world.feed("a"), await world.feed("b"))}
    assert faults.pop(first.newsroom.slug) is None
    assert list(faults.values()) == ["gone"]


async def test_a_lease_is_renewed_by_its_holder_alone(world: World) -> None:
    """Whoever lost a feed does not get it back that way."""
    feed = await world.feed()
    await claim(world)
    world.pass_time(minutes=1)
    async with world.database.begin() as tx:
        await tx.feeds.renew([feed.id], "one", world.now + LEASE)
    world.pass_time(minutes=1)
    assert await claim(world, "two") == []
    world.pass_time(minutes=1)
    assert len(await claim(world, "two")) == 1
    async with world.database.begin() as tx:
        await tx.feeds.renew([feed.id], "one", world.now + 9 * LEASE)
        assert await tx.feeds.next_due() == world.now + LEASE
