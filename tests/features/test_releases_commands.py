"""Releases, newsrooms and contacts that are asked for, from the line to the card, over a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.card import Entry
from bot.domain.delivery import DeliveryKind, DeliveryState, Owed, Settlement
from storage import search
from tests.features.newsdesk import ELSEWHERE, GROUP, HERE, NOW, READER, Newsdesk, buttons_of, press, release_id, words_of

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


async def test_what_was_not_counted_is_paged_to_its_end(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more than is counted the newest come first, and no page is said to be the last before it is."""
    monkeypatch.setattr(search, "RANKED_AT_MOST", 3)
    first = await desk.words("/search e* OR f* OR m* OR n*")
    assert "Mere end 3 pressemeddelelser" in first
    assert "Side 1\n" in first
    last = (await desk.ask(press((await desk.ask("/search e* OR f* OR m* OR n*")).card, "Flere ▸"))).card
    assert "Side 2 af 2\n" in words_of(last)
    assert [button.label for button in buttons_of(last)] == ["◂ Tilbage"]


async def test_a_search_shows_the_words_where_they_stand(desk: Newsdesk) -> None:
    """In another language version than the reader's too."""
    card = (await desk.ask("/search supports package")).card
    (snippet,) = [each.snippet for each in card.elements if isinstance(each, Entry)]
    assert snippet is not None
    assert [span.text for span in snippet.spans if span.bold] == ["supports", "package"]
    assert "Danmark bakker op" in await desk.words("/search bakker")


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
