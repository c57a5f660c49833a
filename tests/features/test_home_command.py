"""/home, as whoever types it gets it, and as a platform asks for it that has a page to itself."""

from __future__ import annotations

from bot.ports import Reply
from tests.features.newsdesk import GROUP, OPERATOR, READER, Newsdesk, buttons_of, words_of


def commands(reply: Reply) -> list[str]:
    """What the buttons of a reply's parts say."""
    return [button.command for card in reply.parts for button in buttons_of(card)]


async def test_typed_it_is_one_card(desk: Newsdesk) -> None:
    """Of what is subscribed to here, the latest of it, and whom to call; each button says what it is about."""
    await desk.ask("/subscribe um")
    reply = await desk.ask("/home")
    words = words_of(reply.card)
    assert "1 abonnement her" in words
    assert "Nye sanktioner mod Rusland" in words
    assert "+4561979247" in words
    assert "/unsubscribe udenrigsministeriet" in words
    assert "Politiet efterlyser" not in words


async def test_asked_for_in_parts_each_has_its_buttons(desk: Newsdesk) -> None:
    """All of it, or what is subscribed to, or the news alone; without what changes anything where that is wished."""
    await desk.ask("/subscribe um")
    whole, subscriptions, news = [await desk.ask(f"/home {wanted}") for wanted in ("", "subscriptions", "news")]
    assert whole.parts == (*subscriptions.parts, *news.parts)
    assert [each for each in commands(subscriptions) if each.startswith("/unsubscribe id:")]
    fixed = await desk.ask("/home subscriptions fixed", READER)
    assert set(commands(fixed)) == {"/latest udenrigsministeriet"}
    assert [each for each in commands(await desk.ask("/home fixed", OPERATOR)) if each.startswith("/unsubscribe id:")]


async def test_a_conversation_is_called_by_its_title(desk: Newsdesk) -> None:
    """One's own by that it is."""
    group = await desk.ask("/home", conversation_kind=GROUP, title="Redaktionen")
    assert words_of(group.parts[0]).startswith("Redaktionen")
    assert words_of((await desk.ask("/home")).parts[0]).startswith("Kun til dig")


async def test_operators_alone_see_how_the_bot_is(desk: Newsdesk) -> None:
    """As with /status."""
    assert "Udbakke" in words_of((await desk.ask("/home", OPERATOR)).card)
    assert "Udbakke" not in words_of((await desk.ask("/home")).card)


async def test_it_stands_in_no_menu_and_no_help(desk: Newsdesk) -> None:
    """It is for platforms that have such a page."""
    assert "home" not in [entry.name for entry in desk.router.menu("da")]
    assert "/home" not in await desk.words("/help", OPERATOR)
