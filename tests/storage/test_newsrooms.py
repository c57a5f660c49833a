"""Newsrooms, and which of them are offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.contact import Contact, ContactKind, Phone
from bot.domain.newsroom import FeedState
from bot.domain.release import Content, ParsedRelease
from bot.ports import Actor, PollResult
from tests.fakes.world import NOW, World, entry, item

DESK = Contact(role="pressevagt", phones=(Phone("+4533112233"),))
PERSON = Contact(name="Freja Holmsted", emails=("freja@havnen.example",))


async def test_a_newsroom_is_stored_once_and_brought_up_to_its_entry(world: World) -> None:
    """The same slug again takes over what the entry says now, and makes no second newsroom or feed."""
    async with world.database.begin() as tx:
        first = await tx.newsrooms.ensure(entry(), offered_by="settings", now=NOW)
        again = await tx.newsrooms.ensure(replace(entry(), name="Havnen A/S", contact=DESK), now=NOW)
        assert (again.id, again.name, again.contact, again.offered) == (first.id, "Havnen A/S", DESK, True)
        assert len(await tx.newsrooms.all()) == 1
        assert len(await tx.feeds.of(first.id)) == 1


async def test_a_name_that_the_feed_gave_is_not_taken_back_by_a_bare_address(world: World) -> None:
    """A newsroom known by its address alone keeps the name that its feed bears."""
    bare = replace(entry(), platform="", name="havnen.example")
    async with world.database.begin() as tx:
        newsroom = await tx.newsrooms.ensure(bare, offered_by="settings", now=NOW)
        await tx.newsrooms.rename(newsroom.id, "Havnen")
        assert (await tx.newsrooms.ensure(bare, now=NOW)).name == "Havnen"
        found = await tx.newsrooms.get(newsroom.id)
        assert found is not None
        assert found.name == "Havnen"


async def test_what_is_no_longer_named_is_withdrawn_and_what_an_operator_added_stays(world: World) -> None:
    """Each offers and withdraws what is its own; the rest is left as it is."""
    async with world.database.begin() as tx:
        kept = await tx.newsrooms.ensure(entry("kept"), offered_by="settings", now=NOW)
        await tx.newsrooms.ensure(entry("dropped"), offered_by="settings", now=NOW)
        await tx.newsrooms.ensure(entry("added"), offered_by="operator", now=NOW)
        await tx.newsrooms.ensure(entry("followed"), now=NOW)
        await tx.newsrooms.withdraw_others("settings", [kept.id])
        assert [newsroom.slug for newsroom in await tx.newsrooms.offered()] == ["added", "kept"]
        assert [newsroom.slug for newsroom in await tx.newsrooms.all()] == ["added", "dropped", "followed", "kept"]


async def test_another_address_in_the_catalogue_polls_the_same_feed_afresh(world: World) -> None:
    """A feed that the catalogue knows by a new address is asked there at once, without the old one's validators."""
    feed = await world.feed()
    async with world.database.begin() as tx:
        later = NOW + timedelta(minutes=1)
        gone = PollResult(
            feed.id, None, state=FeedState.ENDED, good_at=NOW, moved_to="https://old.example", etag='"a"', primes=True
        )
        await tx.feeds.settle([gone])
        await tx.newsrooms.ensure(replace(entry(), feed_url="https://havnen.example/ny"), now=later)
        (fresh,) = await tx.feeds.of(feed.newsroom.id)
        assert (fresh.id, fresh.address, fresh.etag, fresh.state, fresh.due_at) == (
            feed.id,
            "https://havnen.example/ny",
            None,
            FeedState.LIVE,
            later,
        )
        assert fresh.primed_at == NOW, "the same releases: nothing is taken in silence anew"


async def test_contacts_come_newest_first_with_the_release_that_named_them(world: World) -> None:
    """Whatever sort they are; a release without contacts is passed over."""
    newsroom = await world.newsroom()
    switchboard = Contact(ContactKind.OTHER, role="omstilling", phones=(Phone("+4533000000"),))

    def with_contacts(number: int, *contacts: Contact) -> ParsedRelease:
        content = Content(f"Nyhed {number}", url=f"https://havnen.example/{number}", contacts=contacts)
        return ParsedRelease(str(number), content, NOW + timedelta(minutes=number))

    async with world.database.read() as tx:
        assert await tx.newsrooms.contacts(newsroom.id) == []
    added = await world.add(with_contacts(1, DESK), with_contacts(2, PERSON, DESK), with_contacts(3, switchboard))
    await world.add(item("4", "Uden kontakt", published=NOW + timedelta(minutes=9)))
    async with world.database.read() as tx:
        found = await tx.newsrooms.contacts(newsroom.id)
    assert [(each.contact, each.release_id) for each in found] == [
        (switchboard, added["3"]),
        (PERSON, added["2"]),
        (DESK, added["2"]),
        (DESK, added["1"]),
    ]
    assert (found[0].title, found[0].url, found[0].seen) == ("Nyhed 3", "https://havnen.example/3", NOW + timedelta(minutes=3))


async def test_what_is_pinned_stays_until_it_is_taken_back(world: World) -> None:
    """Of one newsroom, newest first, with who did it."""
    newsroom, other = await world.newsroom(), await world.newsroom("anden")
    who = Actor("telegram", "presse_bot", "9", "Dagny")
    async with world.database.begin() as tx:
        first = await tx.pins.add(newsroom.id, DESK, who, NOW)
        second = await tx.pins.add(newsroom.id, PERSON, who, NOW + timedelta(minutes=1))
        await tx.pins.add(other.id, PERSON, who, NOW)
    async with world.database.read() as tx:
        assert await tx.pins.of(newsroom.id) == [second, first]
        assert (first.contact, first.at, first.by) == (DESK, NOW, "telegram:9")
        assert [each.contact for each in await tx.pins.among([newsroom.id, other.id])] == [PERSON, PERSON, DESK]
        assert await tx.pins.among([]) == []
    async with world.database.begin() as tx:
        assert await tx.pins.remove(first.id)
        assert not await tx.pins.remove(first.id)
        assert await tx.pins.of(newsroom.id) == [second]


async def test_whose_newsroom_it_is(world: World) -> None:
    """An account's are those asked about that one of its own destinations subscribes to, or once did."""
    added, offered = await world.newsroom("tilfojet", offered=False), await world.newsroom("havnen")
    desk = await world.desk()
    subscription = await world.subscribe(desk, added.id)
    await world.subscribe(desk)
    async with world.database.begin() as tx:
        asked = [added.id, offered.id]
        assert await tx.newsrooms.subscribed_by("test", "bot", asked) == {added.id}
        assert await tx.newsrooms.subscribed_by("test", "bot", [offered.id]) == set()
        assert await tx.newsrooms.subscribed_by("test", "bot", []) == set()
        assert await tx.newsrooms.subscribed_by("test", "other", asked) == set()
        assert await tx.newsrooms.subscribed_by("slack", "bot", asked) == set()
        await tx.destinations.unsubscribe(subscription, world.now)
        assert await tx.newsrooms.subscribed_by("test", "bot", asked) == {added.id}


async def test_an_operator_offers_and_withdraws(world: World) -> None:
    """Releases, subscriptions and the feed stay; what a setting offers is left as it is."""
    newsroom = await world.newsroom("havnen", offered=False)
    by_setting = await world.newsroom("broen")
    desk, everything = await world.desk("desk"), await world.desk("everything")
    await world.subscribe(desk, newsroom.id)
    await world.subscribe(everything)
    release = await world.release(slug="havnen")
    async with world.database.begin() as tx:
        for each in (newsroom, by_setting):
            await tx.newsrooms.offer(each.id, "operator")
        assert [each.slug for each in await tx.newsrooms.offered("operator")] == ["havnen"]
        assert [each.slug for each in await tx.newsrooms.offered("settings")] == ["broen"]
        assert await tx.outbox.audience_size(newsroom.id, world.now) == 2
        await tx.newsrooms.withdraw(newsroom.id)
        assert await tx.newsrooms.offered("operator") == []
        assert await tx.outbox.audience_size(newsroom.id, world.now) == 1
        assert (await tx.newsrooms.subscribers(newsroom.id), await tx.newsrooms.subscribers(None)) == (1, 1)
        assert await tx.releases.get(release) is not None
        assert "havnen" in [feed.newsroom.slug for feed in await tx.feeds.all()]
