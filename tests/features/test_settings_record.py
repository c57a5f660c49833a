"""The record of changes: what it says, and what is undone by it, and what is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.commands.registry import COMMANDS
from bot.domain.options import EVERYTHING, Frequency
from bot.domain.subscription import Address, ConversationKind
from bot.ports import Actor
from tests.features.newsdesk import ADMIN, HERE, OPERATOR, READER, Newsdesk, buttons_of, press, words_of

DESK = Address("telegram", "presse_bot", "-200")
OTHER = Address("telegram", "another_bot", "-300")
GROUP = ConversationKind.GROUP


async def state(desk: Newsdesk, address: Address = HERE) -> dict[str, object]:
    """How a conversation stands."""
    async with desk.database.read() as tx:
        here = await tx.destinations.find(address)
        assert here is not None
        subscriptions = await tx.destinations.subscriptions(here.id)
    slugs = {
        each.newsroom.slug if each.newsroom else "*": (each.options, each.silent, each.is_muted(desk.clock.time))
        for each in subscriptions
    }
    return {"language": here.language, "timezone": here.timezone, "options": here.options, **slugs}


_SETUP = ("/subscribe um", "/subscribe koebenhavns-politi silent", "/subscription um frequency:daily filter:told save:yes")
_CHANGES = (
    "/subscribe energinet",
    "/subscribe all silent",
    "/subscribe um silent",
    "/unsubscribe um",
    "/unsubscribe all",
    "/subscription um kinds:news ping:@asta_b urgent:terror save:yes",
    "/subscription um filter: frequency:now",
    "/settings quiet:22-07 weekends:on length:full timezone:Helsinki language:en",
    "/language en",
    "/mute",
    "/mute um until Monday",
)


@pytest.mark.parametrize("line", _CHANGES)
async def test_every_change_is_noted_and_undone_and_done_again(desk: Newsdesk, line: str) -> None:
    """By whoever makes it, from whichever command: with its button or by /undo; undoing is a change like any other."""
    for each in _SETUP:
        await desk.ask(each)
    before = await state(desk)
    await desk.ask(line)
    after = await state(desk)
    assert after != before
    undone = await desk.ask("/undo", OPERATOR)
    assert await state(desk) == before
    await desk.ask(press(undone.card, "Fortryd" if "Fortrudt" in undone.card.summary else "Undo"))
    assert await state(desk) == after


async def test_every_command_that_changes_a_conversation_is_in_the_record() -> None:
    """A new one that writes must be undone by what stands above, or be named here with why not."""
    changes_nothing_here = {"accept", "take", "forget", "pin", "unpin"}  # of /forget no record is left to undo anything by
    changes_nothing_here |= {"offer", "unoffer", "retry", "pause", "resume", "broadcast"}  # what operators do, in /status log
    elsewhere = {"undo", "copy", "import", "link"}  # the last in test_linking
    covered = {line.split()[0].removeprefix("/") for line in _CHANGES} | elsewhere
    assert {command.name for command in COMMANDS if command.writes} == covered | changes_nothing_here


async def test_what_changes_nothing_is_not_noted(desk: Newsdesk) -> None:
    """A second time, or a setting that was so already; nor is a conversation that was only just met."""
    await desk.ask("/settings")
    assert "Intet er ændret her endnu" in await desk.words("/abonnementer log")
    assert "Intet er ændret her endnu" in await desk.words("/fortryd")
    for line in ("/subscribe um", "/subscribe um", "/settings length:lead", "/mute off", "/language da", "/unsubscribe politi"):
        await desk.ask(line)
    words = await desk.words("/abonnementer log")
    assert "1. Abonnement på Udenrigsministeriet oprettet" in words
    assert "Fortryd 2" not in words


async def test_the_record_says_who_what_and_when_newest_first(desk: Newsdesk) -> None:
    """A page at a time, each change with its button."""
    await desk.ask("/subscribe um")
    desk.clock.time += timedelta(hours=2)
    await desk.ask("/subscription um frequency:weekly kinds:news", OPERATOR)
    await desk.ask("/mute um 2h")
    words = await desk.words("/abonnementer log", READER)
    assert [line[:2] for line in words.splitlines() if line[1:3] == ". "] == ["3.", "2.", "1."]
    assert "3. Udenrigsministeriet: dæmpet til i dag kl. 16.01" in words
    assert "Udenrigsministeriet: Slags: alle → nyheder, Hvornår: straks → ugentligt" in words
    assert "Dagny · i dag kl. 14.01" in words
    assert "Asta · i dag kl. 12.01" in words
    for n in range(4):
        await desk.ask(f"/settings digest:{n + 9}")
    first = await desk.ask("/abonnementer log")
    second = await desk.ask(press(first.card, "Flere ▸"))
    assert second.replaces
    assert [button.label for button in buttons_of(second.card)] == ["Fortryd 2", "Fortryd 1", "◂ Tilbage"]


async def test_what_was_changed_again_since_is_not_undone(desk: Newsdesk) -> None:
    """The answer says who did, and offers to undo that; another setting does not matter."""
    await desk.ask("/subscribe um")
    first = await desk.ask("/subscription um frequency:daily")
    await desk.ask("/settings length:full")
    await desk.ask("/subscription um kinds:news")
    desk.clock.time += timedelta(hours=1)
    await desk.ask("/subscription um frequency:weekly", OPERATOR)
    refused = await desk.ask(press(first.card, "Fortryd"))
    assert "Dagny har ændret det samme siden (i dag kl. 13.01)" in words_of(refused.card)
    assert (await state(desk))["udenrigsministeriet"][0].frequency is Frequency.WEEKLY  # type: ignore[index]
    await desk.ask(press(refused.card, "Fortryd 5"))
    await desk.ask(press(first.card, "Fortryd"))
    options = (await state(desk))["udenrigsministeriet"][0]  # type: ignore[index]
    assert options.frequency is Frequency.AT_ONCE
    assert options.kinds


async def test_a_mute_that_is_over_is_no_conflict(desk: Newsdesk) -> None:
    """And undoing it mutes nothing again."""
    await desk.ask("/subscribe um")
    await desk.ask("/mute um 1h")
    await desk.ask("/mute um off")
    desk.clock.time += timedelta(hours=2)
    await desk.ask("/undo")
    assert (await state(desk))["udenrigsministeriet"] == (EVERYTHING, False, False)
    assert "Fortrudt" in await desk.words("/undo 1")


async def test_a_change_elsewhere_is_no_business_of_this_conversation(desk: Newsdesk) -> None:
    """Neither shown nor undone, by whatever number."""
    await desk.ask("/subscribe um", address=DESK, conversation_kind=GROUP)
    await desk.ask("/subscribe politi")
    assert "ingen ændring 1 her" in await desk.words("/undo 1")
    assert "udenrigsministeriet" in await state(desk, DESK)
    for line in ("/undo x", "/undo 99999999999999999999999"):
        assert "Hvilken ændring?" in await desk.words(line)


# Copies -----------------------------------------------------------------------------------------------------------------


async def _made_up(desk: Newsdesk) -> None:
    """The news desk, with all sorts of things set."""
    for line in (
        "/subscribe um",
        "/subscribe energinet silent",
        "/subscription um frequency:daily filter:told save:yes",
        "/settings quiet:22-07 timezone:Helsinki",
        "/mute",
    ):
        await desk.ask(line, address=DESK, title="Nyhedsdesken", conversation_kind=GROUP)


async def test_a_copy_is_shown_then_made_and_undone_as_one(desk: Newsdesk) -> None:
    """What is only here stays; a mute is not copied."""
    await _made_up(desk)
    await desk.ask("/subscribe koebenhavns-politi")
    before = await state(desk)
    shown = await desk.ask("/kopiér nyhedsdesken")
    words = words_of(shown.card)
    assert "Kopieres fra Nyhedsdesken:" in words
    assert "Stilletid: ingen → 22.00–7.00" in words
    assert "Abonnement på Udenrigsministeriet oprettet" in words
    assert "Udenrigsministeriet: Filter: ingen → told, Hvornår: straks → dagligt" in words
    assert await state(desk) == before
    copied = await desk.ask(press(shown.card, "Kopiér"))
    there = await state(desk, DESK)
    here = await state(desk)
    assert (here["options"], here["timezone"]) == (there["options"], "Europe/Helsinki")
    assert here["udenrigsministeriet"] == (*there["udenrigsministeriet"][:2], False)  # type: ignore[index]
    assert here["energinet"] == (EVERYTHING, True, False)
    assert "koebenhavns-politi" in here
    assert "Alt, hvad der er indstillet i Nyhedsdesken, er allerede indstillet her." in await desk.words("/copy nyhedsdesken")
    await desk.ask(press(copied.card, "Fortryd"))
    assert await state(desk) == before


async def test_only_a_conversation_that_the_person_manages_can_be_copied(desk: Newsdesk) -> None:
    """Of others nothing is told, not even that they are there; nor of those of other accounts."""
    await _made_up(desk)
    stranger = Actor("telegram", "presse_bot", "77", "Viggo")

    async def may_manage(actor: Actor, address: Address) -> bool:
        return actor == ADMIN or (actor == stranger and address == HERE)

    desk.router._may_manage = may_manage
    for words in ("nyhedsdesken", "id:1", "-200", "findes-ikke"):
        said = await desk.words(f"/copy {words}", stranger)
        assert "Jeg kender ingen samtale" in said
        assert "Nyhedsdesken" not in said
    elsewhere = await desk.words("/copy nyhedsdesken", address=OTHER)
    assert "Jeg kender ingen samtale" in elsewhere
    assert "Skriv navnet på en anden samtale" in await desk.words("/copy")


async def test_of_several_conversations_one_is_chosen(desk: Newsdesk) -> None:
    """By its button."""
    for number in (1, 2):
        address = Address("telegram", "presse_bot", f"-{number}")
        await desk.ask("/subscribe um", address=address, title=f"Redaktionen {number}", conversation_kind=GROUP)
    asked = await desk.ask("/copy redaktionen")
    assert "Hvilken samtale mener du?" in words_of(asked.card)
    assert "Kopieres fra Redaktionen 2" in await desk.words(press(asked.card, "Redaktionen 2"))
