"""Journeys on Slack: the life of a channel, from the invitation to its end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.features.slack_desk import SlackDesk, Start, desk_on, post, shown, until


async def paused(desk: SlackDesk, room: Channel, *, limit: float = 5.0) -> str:
    """Why a channel gets nothing, once it is so."""
    async with asyncio.timeout(limit):
        while not ((there := await desk.destination(room)) and there.paused):
            await asyncio.sleep(0.01)
    return there.paused


async def resumed(desk: SlackDesk, room: Channel, *, limit: float = 5.0) -> None:
    """Wait until a channel gets what there is."""
    async with asyncio.timeout(limit):
        while not (there := await desk.destination(room)) or there.paused:
            await asyncio.sleep(0.01)


async def test_whoever_invites_us_is_greeted(either: Start, api: SlackApi, asta: Person) -> None:
    """With a button that subscribes the channel."""
    room = api.channel("nyheder", creator=asta)
    async with either() as desk:
        await asta.invites_bot(room)
        greeting = await post(room, "Pressevagt")
        act = await asta.presses(greeting, "Abonner")
        assert "Abonnementet på Havnen" in (await act.answer()).words
        there = await desk.destination(room)
        assert there is not None
        assert there.title == "#nyheder"


async def test_thrown_out_and_invited_again(either: Start, asta: Person, room: Channel) -> None:
    """What is owed waits, whoever subscribed is told, and the subscription is there when we come back."""
    async with either() as desk:
        await desk.subscribe(asta, room)
        await asta.removes_bot(room)
        await paused(desk, room)
        told = await post(asta.dm, "kan ikke længere skrive i #redaktionen")
        assert told.to is None
        await desk.publish(1, "Kajen åbner")
        await asta.invites_bot(room)
        await resumed(desk, room)
        await desk.publish(2, "Kajen lukker")
        await post(room, "Kajen lukker")
        assert not [one for one in room.posts if "Kajen åbner" in one.words]


@pytest.mark.parametrize("private", [False, True])
async def test_archived_and_taken_out_again(either: Start, api: SlackApi, asta: Person, *, private: bool) -> None:
    """Nothing is sent into an archive."""
    room = api.channel("arkivet", creator=asta, private=private, bot=True)
    async with either() as desk:
        await desk.subscribe(asta, room)
        await asta.archives(room)
        assert "archived" in await paused(desk, room)
        await asta.unarchives(room)
        await resumed(desk, room)
        await desk.publish(1, "Kajen åbner")
        await post(room, "Kajen åbner")


async def test_archived_while_nobody_listened(desk: Start, asta: Person, room: Channel) -> None:
    """The next alert finds out."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
    await asta.archives(room)
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        assert "archived" in await paused(bot, room)
        await post(asta.dm, "kan ikke længere skrive i #redaktionen")


async def test_a_deleted_channel_gets_nothing_more(desk: Start, asta: Person, room: Channel) -> None:
    """And who subscribed it is told."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
        await asta.deletes_channel(room)
        assert "deleted" in await paused(bot, room)
        await post(asta.dm, "kan ikke længere skrive i #redaktionen")


async def test_a_channel_is_called_what_it_is_called_now(either: Start, asta: Person, room: Channel) -> None:
    """Where we tell of it."""
    async with either() as desk:
        await desk.subscribe(asta, room)
        await asta.renames(room, "nyhedsdesken")
        async with asyncio.timeout(5):
            while (there := await desk.destination(room)) is None or there.title != "#nyhedsdesken":
                await asyncio.sleep(0.01)


async def test_channels_that_are_none_of_ours_are_none_of_ours(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Slack tells of every public channel."""
    other = api.channel("frokost", creator=asta)
    async with desk() as bot:
        await asta.archives(other)
        await asta.unarchives(other)
        await asta.renames(other, "madpakker")
        await api.settled()
        await bot.subscribe(asta, room)  # what came before has been dealt with
        assert await bot.destination(other) is None


async def test_a_channel_that_becomes_private_goes_on(desk: Start, asta: Person, room: Channel) -> None:
    """We are a member still."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
        await asta.makes_private(room)
        await bot.publish(1, "Kajen åbner")
        await post(room, "Kajen åbner")


async def test_a_channel_gets_another_id(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """What is there moves with it."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
        old, room.id = room.id, api.world.new_id("C")
        api.world.channels[room.id] = api.world.channels.pop(old)
        api.events.in_channel({"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": room.id}, room)
        await resumed(bot, room)
        await bot.publish(1, "Kajen åbner")
        await post(room, "Kajen åbner")


async def test_subscribing_from_outside_lets_us_in(either: Start, api: SlackApi, asta: Person) -> None:
    """Slash commands work where we are no member: a public channel is joined, without a greeting."""
    room = api.channel("nyheder", creator=asta)
    async with either() as desk:
        await desk.subscribe(asta, room)
        await until(lambda: api.bot.id in room.members)
        await desk.publish(1, "Kajen åbner")
        await post(room, "Kajen åbner")
        assert not [one for one in room.posts if one.words.startswith("Pressevagt")]


async def test_a_private_channel_must_invite_us(either: Start, api: SlackApi, asta: Person) -> None:
    """Whoever subscribes it is told how, at once and when an alert does not get through; then alerts come."""
    room = api.channel("ledelsen", creator=asta, private=True)
    async with either() as desk:
        act = await asta.runs("/presse subscribe havnen", room)
        hint = await act.answer(2)
        assert hint.to is asta.user
        assert "/invite @pressevagten" in hint.words
        await desk.publish(1, "Kajen åbner")
        told = await post(asta.dm, "kan ikke længere skrive")
        assert "/invite @pressevagten" in told.words
        await asta.invites_bot(room)
        await post(room, "Kajen åbner")


async def test_we_join_at_the_alert_where_we_were_thrown_out_unheard(
    desk: Start, api: SlackApi, asta: Person, room: Channel
) -> None:
    """Once, where the channel is open to everybody."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
        room.members.pop(api.bot.id)
        await bot.publish(1, "Kajen åbner")
        await post(room, "Kajen åbner")
        assert len(api.asked("conversations.join")) == 1


async def test_without_the_right_to_join_we_ask_to_be_invited(api: SlackApi, asta: Person, tmp_path: Path) -> None:
    """An app may be installed without it."""
    token = api.world.tokens[api.token]
    token.scopes -= {"channels:join"}
    room = api.channel("nyheder", creator=asta)
    async with desk_on(api, tmp_path) as desk:
        hint = await (await asta.runs("/presse subscribe havnen", room)).answer(2)
        assert "/invite @pressevagten" in hint.words
        assert await desk.subscriptions(room) == 1


async def test_a_channel_whose_settings_keep_us_out_is_paused(desk: Start, asta: Person, room: Channel) -> None:
    """Whoever subscribed it is told; a command there shows that we may be read again."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
        await asta.restricts(room)
        await bot.publish(1, "Kajen åbner")
        await paused(bot, room)
        await post(asta.dm, "kan ikke længere skrive i #redaktionen")
        await asta.restricts(room, "")
        await (await asta.runs("/presse subscriptions", room)).answer()
        await post(room, "Kajen åbner")


async def test_answers_reach_where_we_are_not(desk: Start, api: SlackApi, asta: Person) -> None:
    """Two people's direct messages: the answer and its pages come by response address, the subscription is one's own."""
    birk = api.user("Birk Lund")
    theirs = api.world.dm(asta.user, birk.user)
    async with desk() as bot:
        for number in range(1, 9):
            await bot.publish(number, f"Kaj nummer {number} åbner")
        listed = await (await asta.runs("/presse seneste havnen", theirs)).answer()
        await asta.presses(listed, "Flere ▸")
        await until(lambda: "Kaj nummer 1 " in listed.words)
        await (await asta.runs("/presse subscribe havnen", theirs)).answer()
        assert await bot.subscriptions(asta) == 1
        await bot.publish(9, "Kajen åbner")
        await post(asta.dm, "Kajen åbner")
        assert await shown(birk, theirs, "Kaj nummer 1 ")
