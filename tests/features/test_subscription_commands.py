"""Subscriptions that are made, muted and ended, from the line to the card, over a real database."""

from __future__ import annotations

from datetime import timedelta

from bot.ports import Hint, PollResult
from tests.features.newsdesk import ADMIN, ELSEWHERE, HERE, NOW, OPERATOR, READER, Newsdesk, buttons_of, press


async def subscribed(desk: Newsdesk) -> list[str]:
    """The slugs subscribed to in the conversation, `*` for all."""
    async with desk.database.read() as tx:
        here = await tx.destinations.find(HERE)
        return (
            [each.newsroom.slug if each.newsroom else "*" for each in await tx.destinations.subscriptions(here.id)] if here else []
        )


async def test_subscribing_says_what_will_happen_and_can_be_undone(desk: Newsdesk) -> None:
    """A second time says that it is so already; the poller is woken, for the newsroom may not have been followed before."""
    hints: list[Hint] = []
    async with desk.database.watch(hints.append):
        reply = await desk.ask("/abonner um")
    assert Hint.FEEDS in hints
    assert await subscribed(desk) == ["udenrigsministeriet"]
    assert "så snart de er fundet" in reply.card.summary
    assert "abonneres allerede" in await desk.words("/abonner um")
    await desk.ask(press(reply.card, "Fortryd"))
    assert await subscribed(desk) == []


async def test_subscribing_to_a_newsroom_of_the_catalogue_starts_it_in_silence(desk: Newsdesk) -> None:
    """What stood there before is not alerted, even if the newsroom was followed once and forgotten since."""
    await desk.ask("/subscribe energinet")
    async with desk.database.begin() as tx:
        (feed,) = [feed for feed in await tx.feeds.all() if feed.newsroom.slug == "energinet"]
        await tx.feeds.settle([PollResult(feed.id, NOW + timedelta(hours=1), good_at=NOW, primes=True, etag='"a"')])
    await desk.ask("/unsubscribe energinet")
    await desk.ask("/subscribe energinet")
    async with desk.database.read() as tx:
        (feed,) = await tx.feeds.of(feed.newsroom.id)
    assert (feed.primed_at, feed.etag, feed.due_at) == (None, None, NOW)


async def test_subscribing_to_what_is_followed_already_does_not_silence_it(desk: Newsdesk) -> None:
    """Others wait for its alerts."""
    async with desk.database.begin() as tx:
        (feed,) = [feed for feed in await tx.feeds.all() if feed.newsroom.slug == "udenrigsministeriet"]
        await tx.feeds.settle([PollResult(feed.id, NOW + timedelta(hours=1), good_at=NOW, primes=True)])
    await desk.ask("/subscribe um")
    async with desk.database.read() as tx:
        (feed,) = await tx.feeds.of(feed.newsroom.id)
    assert feed.primed_at == NOW


async def test_subscribing_without_a_word_takes_the_only_one_or_asks(desk: Newsdesk) -> None:
    """The choice holds all that are offered, and all of them at once."""
    choice = await desk.ask("/subscribe")
    assert {button.command for button in buttons_of(choice.card)} == {
        "/subscribe koebenhavns-politi",
        "/subscribe udenrigsministeriet",
        "/subscribe all",
        "/newsrooms",
    }
    async with desk.database.begin() as tx:
        (um,) = [newsroom for newsroom in await tx.newsrooms.offered() if newsroom.slug == "udenrigsministeriet"]
        await tx.newsrooms.withdraw_others("settings", [um.id])
    await desk.ask("/subscribe")
    assert await subscribed(desk) == ["udenrigsministeriet"]


async def test_all_means_what_is_offered_and_its_undo_leaves_the_others(desk: Newsdesk) -> None:
    """`alle` ends everything."""
    await desk.ask("/subscribe um")
    reply = await desk.ask("/abonner alle")
    assert "Københavns Politi, Udenrigsministeriet" in reply.card.summary
    assert await subscribed(desk) == ["*", "udenrigsministeriet"]
    assert "følger allerede alle" in await desk.words("/subscribe all")
    await desk.ask(press(reply.card, "Fortryd"))
    assert await subscribed(desk) == ["udenrigsministeriet"]
    await desk.ask("/subscribe all")
    await desk.ask("/afmeld alle")
    assert await subscribed(desk) == []


async def test_unsubscribing_without_a_word_ends_the_only_one_or_asks(desk: Newsdesk) -> None:
    """What is not subscribed to cannot be ended, and says what can."""
    await desk.ask("/subscribe um")
    await desk.ask("/subscribe koebenhavns-politi")
    assert press((await desk.ask("/unsubscribe")).card, "Afmeld Københavns Politi") == "/unsubscribe koebenhavns-politi"
    assert "abonneres ikke på »energinet«" in await desk.words("/unsubscribe energinet")
    await desk.ask("/unsubscribe politi")
    await desk.ask("/unsubscribe")
    assert await subscribed(desk) == []
    await desk.ask("/subscribe all")
    assert "et enkelt kan ikke fravælges" in await desk.words("/unsubscribe um")


async def test_a_subscription_of_another_conversation_cannot_be_ended_by_its_id(desk: Newsdesk) -> None:
    """A button's line may be typed by anybody."""
    await desk.ask("/subscribe all")
    await desk.ask("/subscribe um", address=ELSEWHERE)
    await desk.ask("/unsubscribe id:1", address=ELSEWHERE)
    assert await subscribed(desk) == ["*"]


async def test_a_subscription_is_silent_or_sounds_as_it_is_wished(desk: Newsdesk) -> None:
    """Said when it is made and when it is changed; undoing an end gives back what there was."""
    assert "uden lyd" in await desk.words("/abonner um lydløst")
    assert "uden lyd" in await desk.words("/abonnementer")
    assert "abonneres allerede" in await desk.words("/abonner um")
    assert "abonneres allerede" in await desk.words("/subscribe um silent")
    changed = await desk.ask("/abonner um med lyd")
    assert "fra nu af med lyd" in changed.card.summary
    assert "uden lyd" not in await desk.words("/abonnementer")
    assert "Lyd: til → fra" in await desk.words(press(changed.card, "Fortryd"))
    ended = await desk.ask("/afmeld um")
    await desk.ask(press(ended.card, "Fortryd"))
    assert "uden lyd" in await desk.words("/abonnementer")


async def test_everything_offered_can_be_silent_and_a_choice_keeps_the_wish(desk: Newsdesk) -> None:
    """The buttons of a question ask for the same."""
    choice = await desk.ask("/abonner lydløst")
    assert press(choice.card, "Udenrigsministeriet") == "/subscribe udenrigsministeriet silent"
    assert press((await desk.ask("/abonner politi uden lyd")).card, "Fyns Politi") == "/subscribe fyns-politi silent"
    assert "Varslerne kommer uden lyd" in await desk.words("/abonner alle lydløst")
    changed = await desk.ask("/subscribe all with sound")
    await desk.ask(press(changed.card, "Fortryd"))
    assert "uden lyd" in await desk.words("/abonnementer")
    await desk.ask("/subscribe all with sound")
    assert "følger allerede alle" in await desk.words("/subscribe all with sound")


async def test_muting_says_until_when_and_can_be_undone(desk: Newsdesk) -> None:
    """Everything for an hour unless something else is said; /subscriptions shows it until it is over."""
    await desk.ask("/subscribe um")
    await desk.ask("/subscribe koebenhavns-politi")
    reply = await desk.ask("/dæmp")
    assert "Alt er dæmpet her til i dag kl. 13.01." in reply.card.summary
    assert "/seneste" in await desk.words("/dæmp")
    assert (await desk.words("/abonnementer")).count("dæmpet til i dag kl. 13.01") == 2
    longer = await desk.ask(press(reply.card, "Til i morgen"))
    assert "til i morgen kl. 7.00" in longer.card.summary
    assert "Til i morgen" not in [button.label for button in buttons_of(longer.card)]
    await desk.ask(press(longer.card, "Fortryd"))
    assert (await desk.words("/abonnementer")).count("dæmpet til i dag kl. 13.01") == 2, "as long as before"
    assert "Intet er dæmpet her længere" in await desk.words("/mute off")
    assert "Det er ikke dæmpet her" in await desk.words("/mute off")
    assert "dæmpet" not in await desk.words("/abonnementer")
    await desk.ask("/mute 30 min um")
    assert (await desk.words("/abonnementer")).count("dæmpet til i dag kl. 12.31") == 1
    desk.clock.time += timedelta(minutes=30)
    assert "dæmpet" not in await desk.words("/abonnementer")


async def test_undoing_a_mute_of_everything_leaves_what_was_muted_for_longer(desk: Newsdesk) -> None:
    """The newsroom that was muted before is so again until its own time, and the other is heard."""
    await desk.ask("/subscribe um")
    await desk.ask("/subscribe koebenhavns-politi")
    await desk.ask("/dæmp um til 1. december")
    await desk.ask(press((await desk.ask("/dæmp")).card, "Fortryd"))
    words = await desk.words("/abonnementer")
    assert words.count("dæmpet") == words.count("dæmpet til 1. december 2026 kl. 7.00") == 1
    assert "I går kl. 7.00 er allerede passeret." in await desk.words("/dæmp til i går")


async def test_muting_a_newsroom_mutes_the_subscription_that_covers_it(desk: Newsdesk) -> None:
    """Its own, if there is one: then that to all may still bring it; else that to all, and both is said."""
    await desk.ask("/subscribe all")
    wider = await desk.ask("/mute udenrigsministeriet 1h")
    assert "Udenrigsministeriet kommer her via abonnementet på alle nyhedsrum" in wider.card.summary
    assert press(wider.card, "Fortryd") == "/mute udenrigsministeriet off"
    assert "Ingen nyhedsrum er dæmpet her længere" in await desk.words("/mute udenrigsministeriet off")
    await desk.ask("/subscribe um")
    own = await desk.ask("/dæmp um 8t")
    assert "Udenrigsministeriet er dæmpet her til i dag kl. 20.01." in own.card.summary
    assert "stadig via abonnementet på alle" in own.card.summary
    assert press(own.card, "Dæmp alt") == "/mute"
    assert (await desk.words("/abonnementer")).count("dæmpet") == 1
    assert "Udenrigsministeriet er ikke længere dæmpet" in await desk.words("/dæmp fra um")


async def test_what_is_not_subscribed_to_cannot_be_muted(desk: Newsdesk) -> None:
    """It is said what can, for as long as was asked."""
    await desk.ask("/subscribe um")
    refused = await desk.ask("/mute koebenhavns-politi until tomorrow")
    assert "abonneres ikke på »koebenhavns-politi«" in refused.card.summary
    assert press(refused.card, "Udenrigsministeriet") == "/mute udenrigsministeriet until tomorrow"
    assert press(refused.card, "Alt her") == "/mute until tomorrow"
    assert "Mente du" in (await desk.ask("/mute udenrgsmin 8h")).card.summary
    await desk.ask("/subscribe koebenhavns-politi")
    await desk.ask("/subscribe fyns-politi")
    choice = await desk.ask("/mute politi 8h")
    assert press(choice.card, "Fyns Politi") == "/mute fyns-politi 480m"
    await desk.ask("/subscribe all")
    assert "abonneres ikke på »energinet«" in await desk.words("/mute energinet"), (
        "it is not offered here, so all does not cover it"
    )


async def test_only_who_may_manage_subscribes_and_ends(desk: Newsdesk) -> None:
    """Others are told who can; operators always can."""
    for line in ("/subscribe um", "/unsubscribe um", "/subscribe", "/mute"):
        reply = await desk.ask(line, READER)
        assert reply.private
        assert "en administrator af gruppen" in reply.card.summary
    assert await subscribed(desk) == []
    await desk.ask("/subscribe um", OPERATOR)
    assert await subscribed(desk) == ["udenrigsministeriet"]


async def test_addresses_outside_the_catalogue_are_for_operators(desk: Newsdesk) -> None:
    """One that an operator adds is offered to everybody; the address of a newsroom we know is that newsroom."""
    assert "Kun bottens driftsansvarlige" in await desk.words("/subscribe https://news.example/feed.xml")
    assert await subscribed(desk) == []
    assert "tilbydes nu til alle" in await desk.words("/subscribe https://news.example/feed.xml", OPERATOR)
    assert len(await subscribed(desk)) == 1
    assert "Seneste" in await desk.words("/subscribe news.example", ADMIN), "now anybody may"
    await desk.ask("/subscribe https://via.ritzau.dk/rss/releases/latest?publisherId=2012662")
    assert "udenrigsministeriet" in await subscribed(desk)
    assert "ikke adressen på et feed" in await desk.words("/subscribe http://")


async def test_a_paused_conversation_that_writes_to_us_is_sent_to_again(desk: Newsdesk) -> None:
    """A removal that was a mistake costs no configuration."""
    await desk.ask("/subscribe um")
    async with desk.database.begin() as tx:
        await tx.destinations.pause(HERE, "kicked", desk.clock.time)
    await desk.ask("/latest", READER)
    async with desk.database.read() as tx:
        here = await tx.destinations.find(HERE)
    assert here is not None
    assert here.paused is None
