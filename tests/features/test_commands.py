"""Every command, from the line that somebody types to the card that comes back, over a real database."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.delivery import DeliveryKind, DeliveryState, Owed, Settlement
from bot.domain.newsroom import FeedState
from bot.domain.subscription import Address, ConversationKind
from bot.errors import DiskFull, StorageError
from bot.ports import Hint, PollResult
from tests.features.newsdesk import (
    ADMIN,
    GROUP,
    HERE,
    NOW,
    OPERATOR,
    READER,
    Newsdesk,
    buttons_of,
    newsdesk,
    press,
    release_id,
)

ELSEWHERE = Address("telegram", "presse_bot", "200")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsdesk]:
    """A small installation as of its first poll."""
    made = await newsdesk(tmp_path)
    yield made
    await made.database.close()


async def subscribed(desk: Newsdesk) -> list[str]:
    """The slugs subscribed to in the conversation, `*` for all."""
    async with desk.database.read() as tx:
        here = await tx.destinations.find(HERE)
        return (
            [each.newsroom.slug if each.newsroom else "*" for each in await tx.destinations.subscriptions(here.id)] if here else []
        )


# Every command answers, in both languages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("danish", "english", "said"),
    [
        ("/seneste um", "/latest um", ("Seneste fra Udenrigsministeriet", "Latest from Udenrigsministeriet")),
        ("/søg sanktioner", "/search sanktioner", ("1 pressemeddelelse for »sanktioner«", "1 release for “sanktioner”")),
        ("/kontakt um", "/contact um", ("fra kataloget og »Nye sanktioner", "from the catalogue and “Nye sanktioner")),
        ("/nyhedsrum um", "/newsroom um", ("Pressemeddelelser her: 8", "Releases here: 8")),
        ("/nyhedsrumsliste politi", "/newsrooms politi", ("nyhedsrum for »politi«", "newsrooms for “politi”")),
        ("/pm id:1", "/release id:1", ("Danmark bakker op", "Denmark supports")),
        ("/abonner um", "/subscribe um", ("Abonnementet på Udenrigsministeriet er oprettet", "Subscribed to Udenrigsministeriet")),
        ("/afmeld um", "/unsubscribe um", ("ingen abonnementer her", "no subscriptions here")),
        ("/abonnementer", "/subscriptions", ("ingen abonnementer her", "no subscriptions here")),
        ("/dæmp", "/mute", ("ingen abonnementer her", "no subscriptions here")),
        ("/sprog", "/language", ("Sproget her er dansk", "I speak English here")),
        ("/hjælp", "/help", ("/seneste [nyhedsrum] [antal]", "/latest [newsroom] [number]")),
        ("/hjælp søg", "/help search", ("Alle ordene skal forekomme", "All words must be there")),
        ("/start", "/start", ("Jeg siger til", "I tell you")),
        ("/start um", "/start um", ("Abonner på Udenrigsministeriet", "Subscribe to Udenrigsministeriet")),
        ("/status", "/status", ("Jeg holder øje med 2 nyhedsrum", "2 newsrooms are looked at")),
    ],
)
async def test_a_command_answers_in_the_readers_language(desk: Newsdesk, danish: str, english: str, said: tuple[str, str]) -> None:
    """By its name in either language; a conversation that nothing is known of is spoken to as its person's platform is."""
    assert said[0] in await desk.words(danish, language="da")
    assert said[1] in await desk.words(english, language="en-GB", address=ELSEWHERE)


async def test_a_language_that_we_do_not_speak_gets_the_installations(desk: Newsdesk) -> None:
    """A Finnish reader of a Danish installation is spoken to in Danish."""
    assert "Seneste" in await desk.words("/latest", language="fi")


@pytest.mark.parametrize("line", ["/LATEST um", "latest um", "/latest@presse_bot um", "  /seneste\n\t»um«  ", "/nyeste UM"])
async def test_a_command_is_known_however_it_is_written(desk: Newsdesk, line: str) -> None:
    """Case, slash, bot name, quotes and space do not matter."""
    assert "Seneste fra Udenrigsministeriet" in await desk.words(line)


async def test_an_empty_line_is_greeted(desk: Newsdesk) -> None:
    """Nobody is left without a word; a slash alone asks for help."""
    assert "Jeg siger til" in await desk.words("  ")
    assert "/seneste" in await desk.words("/")


# Latest ---------------------------------------------------------------------------------------------------------------


async def test_latest_shows_what_is_subscribed_to_else_what_is_offered(desk: Newsdesk) -> None:
    """Newest first, five at a time."""
    offered = await desk.words("/latest")
    assert "1. Nye sanktioner mod Rusland" in offered
    assert "2. Politiet efterlyser" in offered
    await desk.ask("/subscribe um")
    followed = await desk.words("/latest")
    assert "Politiet" not in followed
    assert "5. Møde i Det Udenrigspolitiske Nævn (5)" in followed
    await desk.ask("/unsubscribe um")
    await desk.ask("/subscribe all")
    assert await desk.words("/latest") == offered


async def test_latest_is_paged_by_its_buttons(desk: Newsdesk) -> None:
    """A page takes the place of the one before, goes on with its numbers, and comes back."""
    first = await desk.ask("/latest um 3")
    second = await desk.ask(press(first.card, "Flere ▸"))
    assert (first.replaces, second.replaces) == (False, True)
    words = await desk.words("/latest um 3 page:2")
    assert "4. Møde i Det Udenrigspolitiske Nævn (4)" in words
    assert "Side 2 af 3" in words
    assert (await desk.ask(press(second.card, "◂ Tilbage"))).card == first.card
    assert "8. Møde" in await desk.words("/latest um 3 page:99"), "a page past the end is the last"


async def test_latest_of_a_newsroom_that_nobody_follows_offers_to_subscribe(desk: Newsdesk) -> None:
    """There is nothing to show, and the answer says why."""
    reply = await desk.ask("/latest energinet")
    assert "Ingen her abonnerer på Energinet" in reply.card.summary
    assert press(reply.card, "Abonner") == "/subscribe energinet"


async def test_what_nobody_follows_any_longer_is_said_to_be_old(desk: Newsdesk) -> None:
    """Else an old list would be taken for the latest."""
    async with desk.database.begin() as tx:
        await tx.newsrooms.withdraw_others("settings", [])
    assert "nyere pressemeddelelser kan mangle" in await desk.words("/latest um")


async def test_an_installation_without_newsrooms_leads_to_the_catalogue(desk: Newsdesk) -> None:
    """As after a first start with nothing configured."""
    async with desk.database.begin() as tx:
        await tx.newsrooms.withdraw_others("settings", [])
    for line in ("/latest", "/contact"):
        assert press((await desk.ask(line)).card, "Alle nyhedsrum") == "/newsrooms"
    assert "96 nyhedsrum" in await desk.words("/newsroom")


# Numbered lists -------------------------------------------------------------------------------------------------------


async def test_a_number_means_the_list_shown_to_this_person_here(desk: Newsdesk) -> None:
    """Further pages add to it; another list takes its place."""
    await desk.ask("/latest um 3")
    await desk.ask("/latest um 3 page:2")
    assert "Nævn (5)" in await desk.words("/release 5")
    assert "Nye sanktioner" in await desk.words("/pm #1")
    await desk.ask("/search vidner")
    assert "Politiet efterlyser" in await desk.words("/release 1")


async def test_without_a_list_the_number_is_the_releases_own(desk: Newsdesk) -> None:
    """For another person, in another place, after an hour, and behind a button."""
    politiet = await release_id(desk, "Politiet efterlyser vidner til færdselsuheld")
    await desk.ask("/latest um")
    for wanted in (f"/release {politiet}", f"/release id:{politiet}"):
        assert "Politiet efterlyser" in await desk.words(wanted, READER)
        assert "Politiet efterlyser" in await desk.words(wanted, address=ELSEWHERE)
    assert "Nævn (2)" in await desk.words("/release 2")
    desk.clock.time += timedelta(minutes=61)
    own = await desk.words("/release 2")
    async with desk.database.read() as tx:
        second = (await tx.releases.many([await release_id(desk, "Møde i Det Udenrigspolitiske Nævn (2)")]))[0]
    assert second.id == 2
    assert "Nævn (2)" in own
    assert "Der er ingen pressemeddelelse med nummer 4711" in await desk.words("/release 4711")


async def test_a_release_opens_whole_with_its_documents_and_other_language(desk: Newsdesk) -> None:
    """The other version takes the place of the first."""
    reply = await desk.ask("/release id:1")
    assert "Forbud mod køb af flydende gas" in await desk.words("/release id:1")
    english = await desk.ask(press(reply.card, "English"))
    assert english.replaces
    assert "Denmark supports" in str(english.card)
    assert "Faktaark om pakken" in await desk.words("/release id:1 documents")
    assert "ingen dokumenter" in await desk.words("/release id:2 documents")


# Search ---------------------------------------------------------------------------------------------------------------


async def test_search_points_out_the_words(desk: Newsdesk) -> None:
    """In the piece of text where they stand."""
    card = (await desk.ask("/søg grønlandske")).card
    assert "7 pressemeddelelser" in card.summary
    assert "Nævnet mødes om Grønland" in await desk.words("/søg grønlandske")
    bold = [
        span.text
        for entry in card.elements
        for block in [getattr(entry, "snippet", None)]
        if block
        for span in block.spans
        if span.bold
    ]
    assert set(bold) == {"Grønland"}
    assert press(card, "Flere ▸") == "/search grønlandske page:2"
    assert "6. Møde" in await desk.words("/search grønlandske page:2")
    assert "6. Møde" in await desk.words("/search grønlandske page:50")


async def test_a_search_that_finds_nothing_suggests_another(desk: Newsdesk) -> None:
    """One of the words may be enough."""
    reply = await desk.ask("/search sanktioner giraf")
    assert "fandt ingen pressemeddelelser om »sanktioner giraf«" in reply.card.summary
    assert press(reply.card, "Et af ordene") == "/search sanktioner OR giraf"
    assert "1 pressemeddelelse" in await desk.words("/search sanktioner OR giraf")
    assert (await desk.ask("/search")).private


# Contacts and newsrooms -----------------------------------------------------------------------------------------------


async def test_contact_without_a_word_shows_the_desks_of_those_followed(desk: Newsdesk) -> None:
    """A newsroom without a known contact says so."""
    words = await desk.words("/contact")
    assert "+4561979247 (ikke SMS)" in words
    assert "endnu ingen pressekontakt hos Københavns Politi" in words
    await desk.ask("/subscribe um")
    assert "Københavns Politi" not in await desk.words("/contact")


async def test_contact_of_a_release_shows_its_own(desk: Newsdesk) -> None:
    """By a number of the list or from the alert's button; a switchboard is no press contact."""
    await desk.ask("/latest")
    for line in ("/contact 1", "/contact release:1"):
        words = await desk.words(line)
        assert "Freja Holmsted +4520123456" in words
        assert "+4533920000" not in words
    assert "nævner ingen pressekontakt. Her er nyhedsrummets" in await desk.words("/contact release:2")


async def test_contact_in_reply_to_an_alert_is_about_its_release(desk: Newsdesk) -> None:
    """Whoever replies need not say which; a post that is none of ours changes nothing."""
    async with desk.database.begin() as tx:
        here = await tx.destinations.ensure(HERE, kind=GROUP, title="", language="da", timezone="Europe/Copenhagen", now=NOW)
        account = await tx.outbox.register(HERE.platform, HERE.account)
        await tx.outbox.own(account, "test", NOW, timedelta(minutes=1))
        await tx.outbox.owe(
            [Owed(here.id, DeliveryKind.ALERT, "alert:1:1", await release_id(desk, "Nye sanktioner mod Rusland"), 1)], NOW
        )
        claim = await tx.outbox.claim(account, "test", NOW, 10)
        (delivery,) = claim.deliveries
        assert delivery.release_id is not None
        shows = ((delivery.release_id, 1),)
        settlement = Settlement(delivery.id, here.id, DeliveryState.SENT, NOW, reference="55", shows=shows)
        await tx.outbox.settle("test", [settlement])
    assert "nævnt i denne pressemeddelelse" in await desk.words("/contact", reply_to="55")
    assert "nævnt i denne pressemeddelelse" not in await desk.words("/contact", reply_to="56")


async def test_a_newsroom_is_found_by_part_of_its_name(desk: Newsdesk) -> None:
    """Stored or of the catalogue; several are a choice."""
    assert "Pressemeddelelser her: 2" in await desk.words("/newsroom københavns politi")
    assert "dets pressemeddelelser bliver ikke hentet" in await desk.words("/newsroom energinet")
    choice = await desk.ask("/subscribe politi")
    assert choice.private
    assert press(choice.card, "Fyns Politi") == "/subscribe fyns-politi"
    await desk.ask("/subscribe um")
    assert "Afmeld" in await desk.words("/newsroom"), "the only one followed"


async def test_an_unknown_newsroom_names_the_nearest(desk: Newsdesk) -> None:
    """With a button that asks the same of it."""
    for line, again in (
        ("/latest udenrgsmin 7", "/latest udenrigsministeriet 7"),
        ("/contact udenrgsmin", "/contact udenrigsministeriet"),
        ("/newsroom udenrgsmin", "/newsroom udenrigsministeriet"),
    ):
        reply = await desk.ask(line)
        assert reply.private
        assert "Intet nyhedsrum hedder »udenrgsmin«. Mente du Udenrigsministeriet?" in reply.card.summary
        assert press(reply.card, "Udenrigsministeriet") == again


async def test_newsrooms_lists_those_offered_first(desk: Newsdesk) -> None:
    """Then the catalogue by name, in pages."""
    words = await desk.words("/newsrooms")
    assert words.index("Københavns Politi") < words.index("Udenrigsministeriet") < words.index("Bornholms Politi")
    assert "Side 2 af" in await desk.words("/newsrooms page:2")
    assert "Intet nyhedsrum hedder »qqqq«" in await desk.words("/newsrooms qqqq")
    await desk.ask("/subscribe um")
    assert "Abonnerer · udenrigsministeriet" in await desk.words("/newsrooms")


# Subscriptions --------------------------------------------------------------------------------------------------------


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
    assert press(longer.card, "Fortryd") == "/mute off"
    assert "Intet er dæmpet her længere" in await desk.words("/mute off")
    assert "Det er ikke dæmpet her" in await desk.words("/mute off")
    assert "dæmpet" not in await desk.words("/abonnementer")
    await desk.ask("/mute 30 min um")
    assert (await desk.words("/abonnementer")).count("dæmpet til i dag kl. 12.31") == 1
    desk.clock.time += timedelta(minutes=30)
    assert "dæmpet" not in await desk.words("/abonnementer")


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
        await tx.destinations.pause(HERE, "kicked")
    await desk.ask("/latest", READER)
    async with desk.database.read() as tx:
        here = await tx.destinations.find(HERE)
    assert here is not None
    assert here.paused is None


# Language, status, operators --------------------------------------------------------------------------------------------


async def test_the_language_is_the_conversations(desk: Newsdesk) -> None:
    """It is answered in the new one at once, and counts for everybody there; in groups managers alone change it."""
    assert "I speak English" in await desk.words("/sprog en", READER)
    assert "Latest from" in await desk.words("/latest um", language="da")
    refused = await desk.ask("/language da", READER, conversation_kind=GROUP)
    assert "Only who manages this conversation" in refused.card.summary
    assert "sproget her dansk" in await desk.words("/language dansk", ADMIN, conversation_kind=GROUP)


async def test_status_shows_operators_the_inside(desk: Newsdesk) -> None:
    """Faults, held feeds and the outbox are nobody else's."""
    async with desk.database.begin() as tx:
        feeds = await tx.feeds.all()
        await tx.feeds.settle(
            [
                PollResult(feeds[0].id, NOW + timedelta(minutes=5), fault="html", fault_detail="a web page, not a feed"),
                PollResult(feeds[1].id, None, state=FeedState.HELD, fault="held", fault_detail="moved"),
            ]
        )
    everybody, inside = await desk.words("/status"), await desk.words("/status", OPERATOR)
    assert "Jeg holder øje med 1 nyhedsrum. 1 af dem kan ikke læses lige nu." in everybody
    assert "Udbakke" not in everybody
    assert "der er en webside, hvor feedet skulle være" in inside
    assert "Venter: 0" in inside
    assert "[Godkend feedet fra Udenrigsministeriet] /accept udenrigsministeriet" in inside


async def test_an_operator_accepts_a_feed_that_is_held_back(desk: Newsdesk) -> None:
    """It is then taken in silence; nobody else may, and help does not show them the command."""
    async with desk.database.begin() as tx:
        (feed,) = [feed for feed in await tx.feeds.all() if feed.newsroom.slug == "udenrigsministeriet"]
        await tx.feeds.settle([PollResult(feed.id, None, good_at=NOW, primes=True)])
        await tx.feeds.settle([PollResult(feed.id, None, state=FeedState.HELD, fault="held")])
    assert "Det kan kun bottens driftsansvarlige" in await desk.words("/accept um")
    assert "uden varsler" in await desk.words("/godkend um", OPERATOR)
    async with desk.database.read() as tx:
        (feed,) = await tx.feeds.of(feed.newsroom.id)
    assert (feed.state, feed.primed_at, feed.due_at) == (FeedState.LIVE, None, NOW)
    assert "ikke holdt tilbage" in await desk.words("/accept um", OPERATOR)
    assert ("/godkend" in await desk.words("/help"), "/godkend" in await desk.words("/help", OPERATOR)) == (False, True)


# Help and misspelling -------------------------------------------------------------------------------------------------


async def test_a_misspelt_command_is_a_button_away(desk: Newsdesk) -> None:
    """With what was written after it."""
    reply = await desk.ask("/senste um 3")
    assert reply.private
    assert "Kommandoen /senste findes ikke. Mente du /seneste?" in reply.card.summary
    assert press(reply.card, "/seneste") == "/latest um 3"
    assert "Mente du /søg?" in await desk.words("/help sog2")


async def test_words_that_are_no_command_can_be_searched_for(desk: Newsdesk) -> None:
    """Or be the command that they look like."""
    reply = await desk.ask("sanktioner mod Rusland")
    assert press(reply.card, "Søg efter »sanktioner mod Rusland«") == "/search sanktioner mod Rusland"
    assert press((await desk.ask("senste um")).card, "/seneste") == "/latest um"


async def test_the_menu_speaks_the_readers_language(desk: Newsdesk) -> None:
    """Under the names that the language has; what operators do is not in it."""
    menu = {entry.name: entry for entry in desk.router.menu("da")}
    assert menu["seneste"].description == "de nyeste pressemeddelelser"
    assert "latest" in menu["seneste"].aliases
    assert menu["abonner"].for_managers
    assert "godkend" not in menu
    assert desk.router.menu("en")[0].name == "latest"


# What goes wrong ------------------------------------------------------------------------------------------------------


async def test_an_over_long_argument_is_told_so(desk: Newsdesk) -> None:
    """A megabyte as well, and words that are no command: no search is offered that could not be run."""
    for text in ("/search " + "a" * 1001, "/latest " + "um " * 350_000, "hvad " * 2000):
        assert "højst fylde 1000 tegn" in await desk.words(text)


async def test_a_database_that_cannot_be_used_is_said_in_words(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for did not happen; no path and no SQL is shown."""

    def full() -> None:
        raise DiskFull("there is no room left to write the database /srv/secret/pressevagt.db")

    monkeypatch.setattr(desk.database, "begin", full)
    words = await desk.words("/subscribe um")
    assert "ikke mere plads" in words
    assert "secret" not in words
    assert "1. Nye sanktioner" in await desk.words("/latest"), "the list is shown, though its numbers cannot be kept"


async def test_a_database_that_is_no_longer_one_is_said_in_words(desk: Newsdesk) -> None:
    """Even before the conversation's language is known."""
    with closing(sqlite3.connect(desk.database.url.database or "")) as connection:
        connection.execute("DROP TABLE destination")
    reply = await desk.ask("/latest", language="en")
    assert reply.private
    assert "went wrong" in reply.card.summary or "cannot be used" in reply.card.summary


async def test_what_nobody_foresaw_is_an_apology_with_a_reference(
    desk: Newsdesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log has the traceback under it."""

    async def broken(*_: object) -> bool:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(desk.router, "_may_manage", broken)
    with caplog.at_level(logging.ERROR):
        words = await desk.words("/subscribe um")
    assert "Beklager, det gik galt" in words
    assert "nobody foresaw" not in words
    logged = capsys.readouterr().out + caplog.text
    reference = words.rstrip(".").split()[-1]
    assert reference in logged
    assert "nobody foresaw this" in logged


async def test_storage_errors_of_every_kind_have_words(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is of no special kind too."""

    def unusable() -> None:
        raise StorageError("nothing works")

    monkeypatch.setattr(desk.database, "read", unusable)
    assert "Databasen kan ikke bruges lige nu" in await desk.words("/latest")


_NAMES = [
    "latest",
    "seneste",
    "søg",
    "search",
    "contact",
    "newsroom",
    "release",
    "subscribe",
    "afmeld",
    "newsrooms",
    "language",
    "help",
]
_HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Nd", "Po"]), max_size=40),
    st.builds(
        "{}{} {}".format, st.sampled_from(["/", "", "//"]), st.sampled_from(_NAMES), st.text(alphabet=st.characters(), max_size=30)
    ),
    st.builds(
        "/{} {} page:{}".format,
        st.sampled_from(_NAMES),
        st.sampled_from(
            ["um", "a'b\"c%_", "<!channel>", "*", "-um", '"', "id:1", "0", "9" * 25, "http://[", "https://127.0.0.1/x"]
        ),
        st.integers(0, 99999),
    ),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=_HOSTILE,
    title=st.text(alphabet=st.characters(), max_size=30),
    language=st.text(max_size=5),
    who=st.sampled_from([ADMIN, OPERATOR]),
)
async def test_whatever_is_typed_gets_an_answer(desk: Newsdesk, text: str, title: str, language: str, who: object) -> None:
    """Never an exception, never a card without a word, and never our own fault."""
    kind = ConversationKind.GROUP
    reply = await desk.ask(text, who, language=language, title=title, conversation_kind=kind)  # type: ignore[arg-type]
    assert reply.card.summary.strip()
    assert "\n" not in reply.card.summary
    assert "det gik galt" not in reply.card.summary
    assert "that went wrong" not in reply.card.summary
    assert all(button.command.startswith("/") or button.url for button in buttons_of(reply.card))
