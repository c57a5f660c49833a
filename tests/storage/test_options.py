"""What is chosen for a destination and its subscriptions: kept, read everywhere, and read forgivingly."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.domain.options import (
    AS_USUAL,
    EVERYTHING,
    Corrections,
    DestinationOptions,
    Frequency,
    Length,
    QuietHours,
    SubscriptionOptions,
)
from bot.domain.release import Kind
from bot.ports import Actor
from storage.options import destination_options_from_json, options_to_json, subscription_options_from_json
from tests.fakes.world import World

CHOSEN = SubscriptionOptions(
    kinds=frozenset({Kind.NEWS, Kind.INVITATION}),
    languages=frozenset({"da", "en"}),
    filter='sanktioner -told "det blå hus"',
    urgent="evakuering",
    pings=("here", "@vagthavende"),
    frequency=Frequency.WEEKLY,
)
QUIETLY = DestinationOptions(
    quiet=QuietHours(time(22), time(6, 30), weekends=True),
    digest_at=time(7, 15),
    digest_on=4,
    length=Length.FULL,
    picture=False,
    corrections=Corrections.IGNORE,
    whole=True,
    takers=True,
)

_minutes = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
subscriptions = st.builds(
    SubscriptionOptions,
    kinds=st.frozensets(st.sampled_from(Kind)),
    languages=st.frozensets(st.sampled_from(["da", "en", "nb", "fi"])),
    filter=st.text(),
    urgent=st.text(),
    pings=st.lists(st.text()).map(tuple),
    frequency=st.sampled_from(Frequency),
)
destinations = st.builds(
    DestinationOptions,
    quiet=st.none() | st.builds(QuietHours, _minutes, _minutes, st.booleans()),
    digest_at=_minutes,
    digest_on=st.integers(0, 6),
    length=st.sampled_from(Length),
    picture=st.booleans(),
    corrections=st.sampled_from(Corrections),
    whole=st.booleans(),
    takers=st.booleans(),
)


@given(subscriptions, destinations)
def test_options_come_back_as_they_went(chosen: SubscriptionOptions, how: DestinationOptions) -> None:
    """Whatever is chosen is read again as it was written, and what is as usual is not written."""
    assert subscription_options_from_json(options_to_json(chosen)) == chosen
    assert destination_options_from_json(options_to_json(how)) == how
    assert (options_to_json(EVERYTHING), options_to_json(AS_USUAL)) == (None, None)


def test_what_cannot_be_read_counts_as_not_chosen() -> None:
    """Unknown names, unknown values and values of another type leave the rest of what was chosen as it is."""
    read = subscription_options_from_json({"kinds": ["news", "podcast"], "filter": 7, "frequency": "yearly", "mood": "good"})
    assert read == SubscriptionOptions(kinds=frozenset({Kind.NEWS}))
    read_too = destination_options_from_json(
        {"quiet": {"start": "22:00"}, "digest_at": "25:00", "digest_on": 9, "length": "haiku", "picture": "yes", "whole": True}
    )
    assert read_too == DestinationOptions(whole=True)


async def test_options_are_read_wherever_a_destination_is(world: World) -> None:
    """A destination's options and zone stand in what `find`, a claim and a dead letter say of it."""
    desk, release = await world.desk(), await world.release()
    async with world.database.begin() as tx:
        await tx.destinations.set_options(desk, QUIETLY)
        await tx.destinations.set_timezone(desk, "Asia/Kolkata")
        found = await tx.destinations.find(world.address())
    assert found is not None
    assert (found.options, found.timezone) == (QUIETLY, "Asia/Kolkata")
    await world.owe(desk, release)
    (delivery,) = await world.claim()
    assert delivery.destination == found
    async with world.database.begin() as tx:
        await tx.destinations.set_options(desk, AS_USUAL)
        assert await tx.destinations.find(world.address()) != found
    assert await world.rows("SELECT options FROM destination") == [(None,)]


async def test_a_subscription_keeps_its_own_options(world: World) -> None:
    """Options are one subscription's, in what `subscribe` and `subscriptions` say of it, and end with it."""
    desk, havnen = await world.desk(), (await world.newsroom()).id
    one, everything = await world.subscribe(desk, havnen), await world.subscribe(desk)
    async with world.database.begin() as tx:
        await tx.destinations.set_subscription_options(one, CHOSEN)
        found = {each.id: each.options for each in await tx.destinations.subscriptions(desk)}
        assert found == {one: CHOSEN, everything: EVERYTHING}
        same, new = await tx.destinations.subscribe(desk, havnen, by="test", now=world.now)
        assert (same.options, new) == (CHOSEN, False)
        await tx.destinations.unsubscribe(one, world.now)
        again, _ = await tx.destinations.subscribe(desk, havnen, by="test", now=world.now)
        assert again.options == EVERYTHING


async def test_a_moved_conversation_keeps_what_was_chosen(world: World) -> None:
    """Where the new conversation is known already, it takes over options that nobody chose there, and the log of changes."""
    old, new = await world.desk("old"), await world.desk("new")
    async with world.database.begin() as tx:
        await tx.destinations.set_options(old, QUIETLY)
        await tx.audit.note(old, Actor("test", "bot", "7"), "options", before={}, after={"whole": True}, now=world.now)
        await tx.destinations.move(world.address("old"), "new")
        found = await tx.destinations.find(world.address("new"))
        assert found is not None
        assert (found.id, found.options) == (new, QUIETLY)
        assert [entry.what for entry in await tx.audit.of(new, 10)] == ["options"]


async def test_changes_are_told_newest_first(world: World) -> None:
    """The log has what was and what is, by whom and when, for one destination, a page at a time."""
    desk, other = await world.desk(), await world.desk("other")
    actor = Actor("test", "bot", "7", "Pernille")
    async with world.database.begin() as tx:
        for number in range(5):
            at = world.now + timedelta(minutes=number)
            await tx.audit.note(desk, actor, "quiet", before={"n": number}, after={"n": [number, None]}, now=at)
        await tx.audit.note(other, actor, "length", before={}, after={}, now=world.now)
    async with world.database.read() as tx:
        newest, second = await tx.audit.of(desk, 2)
        assert (newest.by, newest.name, newest.what) == ("test:7", "Pernille", "quiet")
        assert (newest.before, newest.after) == ({"n": 4}, {"n": [4, None]})
        assert newest.at == world.now + timedelta(minutes=4)
        assert second.before == {"n": 3}
        assert [entry.before["n"] for entry in await tx.audit.of(desk, 10, offset=3)] == [1, 0]
        assert [entry.after for entry in await tx.audit.of(other, 10)] == [{}]


@pytest.mark.parametrize("value", ["null", "[]", "7", '"x"', '{"quiet": []}'])
async def test_a_broken_row_is_as_usual(world: World, value: str) -> None:
    """A row that holds something else than options does not keep its destination from its alerts."""
    await world.desk()
    async with world.database.begin() as tx:
        await tx.connection.execute(text("UPDATE destination SET options = :value"), {"value": value})
    async with world.database.read() as tx:
        found = await tx.destinations.find(world.address())
        assert found is not None
        assert found.options == AS_USUAL
