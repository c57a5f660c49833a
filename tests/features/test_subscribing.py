"""/subscribe with settings, typed in a line or filled in as a form."""

from __future__ import annotations

import pytest

from bot.domain.options import Frequency
from bot.domain.subscription import Subscription
from tests.features.newsdesk import HERE, Newsdesk, buttons_of, press, words_of


async def made(desk: Newsdesk) -> dict[str, Subscription]:
    """The subscriptions of the conversation, by slug, `*` for all."""
    async with desk.database.read() as tx:
        found = await tx.destinations.find(HERE)
        subscriptions = await tx.destinations.subscriptions(found.id) if found else []
    return {each.newsroom.slug if each.newsroom else "*": each for each in subscriptions}


async def test_settings_in_the_line(desk: Newsdesk) -> None:
    """Before them to what, in the words that people use."""
    said = await desk.words("/subscribe um uden lyd hvornår:dagligt filter:sanktion save:yes")
    assert "Abonnementet på Udenrigsministeriet er oprettet" in said
    assert "Nye pressemeddelelser kommer her samlet, dagligt." in said
    assert "Hvornår: dagligt" in said
    options = (await made(desk))["udenrigsministeriet"]
    assert (options.options.frequency, options.options.filter, options.silent) == (Frequency.DAILY, "sanktion", True)
    changed = await desk.ask("/subscribe um frequency:hourly")
    assert "Hvornår: hver time" in words_of(changed.card)
    await desk.ask(press(changed.card, "Fortryd"))
    assert (await made(desk))["udenrigsministeriet"].options.frequency is Frequency.DAILY
    assert "Hvornår: hver time" in await desk.words("/subscribe um med lyd frequency:hourly"), "beside the sound"
    assert (await made(desk))["udenrigsministeriet"].options.filter == "sanktion"
    await desk.ask("/subscribe alle frequency:weekly")
    assert (await made(desk))["*"].options.frequency is Frequency.WEEKLY


@pytest.mark.parametrize("newsroom", ["um", "alle"])
async def test_a_filter_in_the_line_is_tried_before_anything_is_done(desk: Newsdesk, newsroom: str) -> None:
    """What it would have brought is seen first; the button does all of the line, and what is misspelt is mended."""
    tried = await desk.ask(f"/subscribe {newsroom} uden lyd frequency:daily filter:nævnet")
    assert "Det ville have fanget 7 pressemeddelelser på 90 dage, senest:" in words_of(tried.card)
    assert "ikke gemt endnu" in words_of(tried.card)
    assert await made(desk) == {}
    await desk.ask(press(tried.card, "Gem"))
    (found,) = (await made(desk)).values()
    assert (found.options.filter, found.options.frequency, found.silent) == ("nævnet", Frequency.DAILY, True)
    meant = await desk.ask(press((await desk.ask(f"/subscribe {newsroom} filter:sanktionre")).card, "Mente du »sanktioner«?"))
    assert "fanget 1 pressemeddelelse" in words_of(meant.card)
    await desk.ask(press(meant.card, "Gem"))
    (found,) = (await made(desk)).values()
    assert found.options.filter == "sanktioner"
    assert "allerede" in await desk.words(f"/subscribe {newsroom} filter:sanktioner"), "it stands so already"


async def test_an_address_is_no_setting(desk: Newsdesk) -> None:
    """Though it has a colon in it."""
    assert "driftsansvarlige" in await desk.words("/subscribe https://havnen.example/feed frequency:daily")


async def test_what_is_wrong_is_said_of_each_field_and_nothing_is_done(desk: Newsdesk) -> None:
    """Also that nothing was chosen."""
    reply = await desk.ask('/subscribe newsroom:"" frequency:"sommetider" filter:""')
    assert set(reply.faults) == {"newsroom", "frequency"}
    assert reply.private
    assert "sommetider" in words_of(reply.card)
    assert words_of(reply.card).startswith("Vælg et nyhedsrum.\nHvornår: ")
    assert await made(desk) == {}


async def test_the_form_completes_the_command(desk: Newsdesk) -> None:
    """Submitted as it comes, with a newsroom, it is a subscription as usual."""
    form = (await desk.ask("/subscribe")).form
    assert form is not None
    line = form.line({field.name: [each.value for each in field.values] for field in form.fields} | {"newsroom": ["um"]})
    assert "Abonnementet på Udenrigsministeriet er oprettet" in await desk.words(line)
    assert (await made(desk))["udenrigsministeriet"].options.frequency is Frequency.AT_ONCE


async def test_which_newsroom_is_asked_with_the_settings_kept(desk: Newsdesk) -> None:
    """The button says all of it."""
    reply = await desk.ask("/subscribe politi frequency:daily")
    commands = [button.command for button in buttons_of(reply.card)]
    assert "/subscribe fyns-politi frequency:daily" in commands
    await desk.ask(next(each for each in commands if "fyns-politi" in each))
    assert (await made(desk))["fyns-politi"].options.frequency is Frequency.DAILY
