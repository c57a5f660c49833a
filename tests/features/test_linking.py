"""Conversations that show each other who takes a story: how they come to be linked, and how that ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.linking import LASTS
from bot.domain.card import Card
from bot.domain.subscription import Address
from bot.ports import Actor, Reply
from tests.features.newsdesk import GROUP, OPERATOR, Newsdesk, buttons_of, newsdesk, press, words_of

DESK = Address("telegram", "presse_bot", "-100")
CHANNEL = Address("slack", "T1", "C1")
SPORT = Address("slack", "T1", "C2")
ASTA = Actor("telegram", "presse_bot", "7", "Asta")
BIRK = Actor("slack", "T1", "T1/U8", "Birk")
STRANGER = Actor("slack", "T9", "T9/U66", "Loke")
_MANAGES = {(ASTA, DESK), (BIRK, CHANNEL), (BIRK, SPORT), (STRANGER, Address("slack", "T9", "C9"))}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsdesk]:
    """Asta manages a group on Telegram, Birk two channels on Slack."""
    made = await newsdesk(tmp_path)

    async def may_manage(actor: Actor, address: Address) -> bool:
        return (actor, replace(address, thread="")) in _MANAGES

    made.router._may_manage = may_manage
    yield made
    await made.database.close()


async def said(desk: Newsdesk, line: str, actor: Actor, address: Address) -> Reply:
    """What the bot answers somebody in a conversation that is not theirs alone."""
    titles = {DESK: "Nyhedsdesken", CHANNEL: "#nyheder", SPORT: "#sport"}
    return await desk.ask(line, actor, address=address, conversation_kind=GROUP, title=titles.get(address, "Andre"))


def code_in(card: Card) -> str:
    """The code that a card gives out."""
    return press(card, "Det er skrevet der").removeprefix("/link ")


async def link(desk: Newsdesk) -> Reply:
    """Link the group with the channel."""
    given = await said(desk, "/forbind", ASTA, DESK)
    await said(desk, f"/link {code_in(given.card)}", BIRK, CHANNEL)
    asked = await said(desk, press(given.card, "Det er skrevet der"), ASTA, DESK)
    return await said(desk, press(asked.card, "Forbind"), ASTA, DESK)


async def links(desk: Newsdesk, address: Address) -> list[str]:
    """With which conversations one is linked."""
    async with desk.database.read() as tx:
        circle = await tx.circles.of(address)
    return [each.title for each in circle.others] if circle else []


async def test_both_ends_agree_and_both_show_it(desk: Newsdesk) -> None:
    """A code is given out at one end, used at the other, and agreed to where it was given out; then both take stories."""
    given = await said(desk, "/forbind", ASTA, DESK)
    code = code_in(given.card)
    assert f"forbind {code}" in words_of(given.card)
    early = await said(desk, press(given.card, "Det er skrevet der"), ASTA, DESK)
    assert "ikke skrevet" in words_of(early.card)
    used = await said(desk, f"/forbind {code.lower().replace('-', '')}", BIRK, CHANNEL)
    assert "»Nyhedsdesken«" in words_of(used.card)
    assert await links(desk, DESK) == []
    asked = await said(desk, press(given.card, "Det er skrevet der"), ASTA, DESK)
    assert "Birk" in words_of(asked.card)
    assert "#nyheder (Slack)" in words_of(asked.card)
    assert await links(desk, DESK) == []
    done = await said(desk, press(asked.card, "Forbind"), ASTA, DESK)
    assert "Forbundet med #nyheder (Slack)" in words_of(done.card)
    for address, actor, other in ((DESK, ASTA, "#nyheder (Slack)"), (CHANNEL, BIRK, "Nyhedsdesken (Telegram)")):
        settings = words_of((await said(desk, "/settings", actor, address)).card)
        assert f"Forbundet med: {other}" in settings
        assert "»Jeg tager den«: til" in settings
        assert f"Forbundet med {other}" in words_of((await said(desk, "/link", actor, address)).card)
    again = await said(desk, f"/link {code} yes", ASTA, DESK)
    assert "ikke længere" in words_of(again.card)


async def test_each_end_has_it_in_its_record_and_may_take_it_back(desk: Newsdesk) -> None:
    """With whoever agreed there; undoing ends it for both, and nobody makes it anew alone."""
    done = await link(desk)
    there = words_of((await said(desk, "/subscriptions log", BIRK, CHANNEL)).card)
    assert "Forbundet med Nyhedsdesken (Telegram)" in there
    assert "Birk · i dag" in there
    undone = await said(desk, press(done.card, "Fortryd"), ASTA, DESK)
    assert "Ikke længere forbundet med #nyheder (Slack)" in words_of(undone.card)
    assert (await links(desk, DESK), await links(desk, CHANNEL)) == ([], [])
    there = words_of((await said(desk, "/subscriptions log", BIRK, CHANNEL)).card)
    assert "Ikke længere forbundet med Nyhedsdesken (Telegram)" in there
    assert "Asta · i dag" in there
    for actor, address in ((ASTA, DESK), (BIRK, CHANNEL)):
        refused = await said(desk, "/undo", actor, address)
        assert "/forbind" in words_of(refused.card)
        assert await links(desk, address) == []


async def test_a_code_that_others_read_leads_nowhere(desk: Newsdesk) -> None:
    """Whoever uses it where they manage waits for an answer; it is good once, for one conversation, and not for long."""
    given = await said(desk, "/link", ASTA, DESK)
    code = code_in(given.card)
    for line in (f"/link {code}", f"/link {code} yes"):
        await said(desk, line, STRANGER, Address("slack", "T9", "C9"))
    assert await links(desk, DESK) == []
    other = await said(desk, f"/link {code}", BIRK, CHANNEL)
    assert "allerede brugt" in words_of(other.card)
    asked = await said(desk, press(given.card, "Det er skrevet der"), ASTA, DESK)
    assert "Loke" in words_of(asked.card)
    await said(desk, press(asked.card, "Nej"), ASTA, DESK)
    assert "ikke længere" in words_of((await said(desk, f"/link {code}", BIRK, CHANNEL)).card)
    late = code_in((await said(desk, "/link", ASTA, DESK)).card)
    desk.clock.time += LASTS
    assert "ikke længere" in words_of((await said(desk, f"/link {late}", BIRK, CHANNEL)).card)
    for line in ("/link AAAA-AAAA", f"/link {late} perhaps"):
        assert await links(desk, CHANNEL) == []
        assert "gik galt" not in words_of((await said(desk, line, BIRK, CHANNEL)).card)


async def test_only_who_manages_a_conversation_links_it(desk: Newsdesk) -> None:
    """At either end, and neither by code nor by name."""
    code = code_in((await said(desk, "/link", ASTA, DESK)).card)
    for line, actor, address in (
        ("/link", BIRK, DESK),
        (f"/link {code}", ASTA, CHANNEL),
        (f"/link {code} yes", BIRK, DESK),
        ("/link off", BIRK, DESK),
    ):
        refused = await said(desk, line, actor, address)
        assert "kun den, der bestyrer" in words_of(refused.card)
    await said(desk, "/subscribe um", BIRK, CHANNEL)
    unknown = await said(desk, "/link nyheder", STRANGER, Address("slack", "T9", "C9"))
    assert "kender ingen samtale" in words_of(unknown.card)


async def test_in_one_workspace_the_name_is_enough(desk: Newsdesk) -> None:
    """For who manages both; the other one's record has it too."""
    await said(desk, "/subscribe um", BIRK, SPORT)
    done = await said(desk, "/link sport", BIRK, CHANNEL)
    assert "Forbundet med #sport (Slack)" in words_of(done.card)
    assert await links(desk, SPORT) == ["#nyheder"]
    assert "Forbundet med #nyheder" in words_of((await said(desk, "/subscriptions log", BIRK, SPORT)).card)
    assert "allerede forbundet" in words_of((await said(desk, "/link sport", BIRK, CHANNEL)).card)
    ended = await said(desk, "/link off", BIRK, SPORT)
    assert "Ikke længere forbundet med #nyheder" in words_of(ended.card)
    assert await links(desk, CHANNEL) == []
    assert "ikke forbundet" in words_of((await said(desk, "/link off", BIRK, SPORT)).card)


async def test_a_third_is_linked_by_an_operator_alone(desk: Newsdesk) -> None:
    """It would be shown what one of the two never agreed to."""
    await link(desk)
    await said(desk, "/subscribe um", BIRK, SPORT)
    refused = await said(desk, "/link sport", BIRK, CHANNEL)
    assert "allerede forbundet" in words_of(refused.card)
    assert await links(desk, SPORT) == []
    await said(desk, "/link sport", OPERATOR, CHANNEL)
    assert await links(desk, SPORT) == ["Nyhedsdesken", "#nyheder"]
    assert "#sport" in words_of((await said(desk, "/subscriptions log", ASTA, DESK)).card)
    await said(desk, "/link off", BIRK, CHANNEL)
    assert await links(desk, SPORT) == ["Nyhedsdesken"]


async def test_who_is_forgotten_is_linked_with_nobody(desk: Newsdesk) -> None:
    """And is not named any more where it was linked."""
    await link(desk)
    await said(desk, "/forget yes", ASTA, DESK)
    assert await links(desk, CHANNEL) == []
    record = words_of((await said(desk, "/subscriptions log", BIRK, CHANNEL)).card)
    assert "Nyhedsdesken" not in record
    assert "Forbundet med en samtale, der er væk" in record


async def test_a_link_is_neither_copied_nor_exported(desk: Newsdesk) -> None:
    """It was agreed to for one conversation."""
    await link(desk)
    await said(desk, "/subscribe um", BIRK, SPORT)
    shown = await said(desk, "/copy nyheder", BIRK, SPORT)
    await said(desk, press(shown.card, "Kopiér"), BIRK, SPORT)
    assert await links(desk, SPORT) == []
    exported = await said(desk, "/export", BIRK, CHANNEL)
    assert b"linked" not in exported.files[0].content
    back = await said(desk, "/copy sport", BIRK, CHANNEL)
    assert await links(desk, CHANNEL) == ["Nyhedsdesken"], words_of(back.card)


async def test_a_code_outlives_no_other(desk: Newsdesk) -> None:
    """A second one takes the first one's place; a button of the first says so."""
    first = code_in((await said(desk, "/link", ASTA, DESK)).card)
    desk.clock.time += timedelta(minutes=1)
    second = await said(desk, "/link", ASTA, DESK)
    gone = await said(desk, f"/link {first}", BIRK, CHANNEL)
    assert "ikke længere" in words_of(gone.card)
    assert [button.label for button in buttons_of(second.card)] == ["Det er skrevet der", "Annuller"]
