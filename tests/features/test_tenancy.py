"""Two accounts on one installation: neither learns of the other's newsrooms, releases, feeds or faults, by any command."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.alerts.retry import settlement
from bot.domain.delivery import DeliveryKind, Owed, Sent
from bot.domain.newsroom import FeedState, Newsroom
from bot.domain.prose import paragraphs
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, ConversationKind
from bot.feeds.catalogue import Catalogue, entry_for_address
from bot.ports import Actor, CommandCall, PollResult
from tests.fakes.world import LEASE
from tests.features.newsdesk import ADMIN, GROUP, HERE, NOW, OPERATOR, PERSON, Newsdesk, newsdesk, release

ADDRESS = "https://presse.hemmelig.example/feed"
SECRET = entry_for_address(ADDRESS)
"""A newsroom that one account added by its address; its feed calls itself Hemmelig Presse."""
THEIRS = Address("slack", "T1", "C1")
COLLEAGUE = Actor("slack", "T1", "U1", "Esther")
STRANGER = Address("slack", "T2", "C2")


@dataclass
class Tenants:
    """The desk of the two, with the hidden newsroom's release."""

    desk: Newsdesk
    newsroom: Newsroom
    secret: ReleaseId

    async def theirs(self, text: str) -> str:
        """What those are answered who subscribe to it."""
        return await self.desk.words(text, COLLEAGUE, address=THEIRS, conversation_kind=GROUP)

    async def ours(self, text: str, actor: Actor = ADMIN, address: Address = HERE) -> str:
        """What others are answered."""
        return await self.desk.words(text, actor, address=address)


@pytest.fixture
async def tenants(tmp_path: Path) -> AsyncIterator[Tenants]:
    """A Slack workspace subscribes to a newsroom of its own; the bot on Telegram is told of what is offered to all."""
    desk = await newsdesk(tmp_path)
    async with desk.database.begin() as tx:
        newsroom = await tx.newsrooms.ensure(SECRET, now=NOW)
        await tx.newsrooms.rename(newsroom.id, "Hemmelig Presse")
        feed = (await tx.feeds.of(newsroom.id))[0]
        said = release(1, "Hemmelig ubåd søsat", ago=NOW - NOW, lead="En ubåd.", body=paragraphs("Kun her."), contacts=(PERSON,))
        ids = await tx.releases.add(feed, [said], now=NOW, late=())
        await tx.feeds.settle([PollResult(feed.id, NOW, fault="unreachable", fault_detail="presse.hemmelig.example is away")])
        there = await tx.destinations.ensure(
            THEIRS, kind=ConversationKind.GROUP, title="redaktionen", language="da", timezone="Europe/Copenhagen", now=NOW
        )
        await tx.destinations.subscribe(there.id, newsroom.id, by=str(COLLEAGUE), now=NOW)
    yield Tenants(desk, replace(newsroom, name="Hemmelig Presse"), ids["1"])
    await desk.database.close()


def lines(number: ReleaseId) -> list[str]:
    """Everything that could bring the newsroom or its release up."""
    slug = SECRET.slug
    return [
        "/newsrooms",
        *(f"/newsrooms page:{page}" for page in range(2, 12)),
        "/newsrooms presse",
        "/newsrooms hemmeli",
        "/newsroom",
        f"/newsroom {slug}",
        "/newsroom Hemelig Prese",
        f"/newsroom {ADDRESS}",
        "/latest",
        "/latest all",
        f"/latest {slug}",
        f"/latest {ADDRESS}",
        "/search ubåd",
        "/search ubaad OR sanktioner",
        "/search ubåt",
        f"/search ubåd newsroom:{slug}",
        "/search kun her -newsroom:um",
        "/contact",
        f"/contact {slug}",
        f"/contact {ADDRESS}",
        f"/contact release:{number}",
        f"/release id:{number}",
        f"/release {number}",
        f"/release id:{number} documents",
        f"/release id:{number} in:da",
        "/subscribe",
        f"/subscribe {slug}",
        f"/subscribe {ADDRESS}",
        f"/unsubscribe {slug}",
        "/subscriptions",
        f"/mute {slug} 1h",
        "/start",
        f"/start {slug}",
        f"/accept {slug}",
        "/status",
        "/help",
        "hemmelig presse",
    ]


@pytest.mark.parametrize(
    ("actor", "address"), [(ADMIN, HERE), (Actor("slack", "T2", "U1", "Frank"), STRANGER)], ids=["platform", "workspace"]
)
async def test_no_command_tells_of_what_another_account_added(
    tenants: Tenants, tmp_path: Path, actor: Actor, address: Address
) -> None:
    """Word for word, buttons included, the answers are those of an installation that has nothing of it."""
    (tmp_path / "plain").mkdir()
    without = await newsdesk(tmp_path / "plain")
    for asked in ("/subscribe all", *lines(tenants.secret)):
        said = [await desk.words(asked, actor, address=address) for desk in (tenants.desk, without)]
        one, other = (re.sub(r"/unsubscribe id:\d+", "", words) for words in said)  # the number says nothing to anybody
        assert one == other, asked
    await without.database.close()


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("/newsrooms hemmelig", "Hemmelig Presse"),
        ("/newsroom hemmelig presse", "Hemmelig ubåd søsat"),
        (f"/newsroom {ADDRESS}", "Hemmelig ubåd søsat"),
        ("/latest", "Hemmelig ubåd søsat"),
        ("/latest {slug}", "Hemmelig ubåd søsat"),
        ("/contact hemmelig presse", "Freja Holmsted"),
        ("/subscriptions", "Hemmelig Presse"),
        ("/release id:{secret}", "Kun her."),
        ("/contact release:{secret}", "Freja Holmsted"),
    ],
)
async def test_whose_newsroom_it_is_has_it_by_every_command(tenants: Tenants, asked: str, answered: str) -> None:
    """In the conversation that subscribes to it, and to the rest of the same account where it is asked for."""
    assert answered in await tenants.theirs(asked.format(secret=tenants.secret, slug=SECRET.slug))
    elsewhere = await tenants.ours("/newsroom hemmelig presse", COLLEAGUE, Address("slack", "T1", "C9"))
    assert "Hemmelig ubåd søsat" in elsewhere


async def test_search_finds_what_the_account_may_see(tenants: Tenants) -> None:
    """The same words find it for the one, and the offered newsrooms' for both."""
    assert "Hemmelig ubåd søsat" in await tenants.theirs("/search ubåd")
    for ask in (tenants.theirs, tenants.ours):
        assert "Nye sanktioner mod Rusland" in await ask("/search sanktioner")


async def test_status_tells_operators_of_all_and_others_of_their_own(tenants: Tenants) -> None:
    """Feeds that are looked at, and those with faults, are counted only for whom they are looked at."""
    assert "2 nyhedsrum" in await tenants.ours("/status")
    assert "læses" not in (await tenants.ours("/status")).partition("\n")[0]
    theirs = await tenants.theirs("/status")
    assert "3 nyhedsrum" in theirs
    operators = await tenants.ours("/status", OPERATOR)
    assert "3 nyhedsrum" in operators
    assert "Hemmelig Presse" in operators
    assert "presse.hemmelig.example is away" in operators
    assert "presse.hemmelig.example is away" not in theirs


async def test_a_newsroom_of_the_catalogue_that_others_follow_is_not_counted_here(tenants: Tenants) -> None:
    """It may be asked for by name, as may all of the catalogue; that others subscribe to it is not for /status."""
    async with tenants.desk.database.begin() as tx:
        entry = Catalogue.load().get("fyns-politi")
        assert entry is not None
        police = await tx.newsrooms.ensure(entry, now=NOW)
        there = await tx.destinations.find(THEIRS)
        assert there is not None
        await tx.destinations.subscribe(there.id, police.id, by=str(COLLEAGUE), now=NOW)
    assert "2 nyhedsrum" in await tenants.ours("/status")
    assert "4 nyhedsrum" in await tenants.theirs("/status")
    assert "Fyns Politi" in await tenants.ours("/newsroom fyns politi")


async def test_buttons_of_alerts_still_work_when_the_subscription_or_the_offer_has_ended(tenants: Tenants) -> None:
    """What stood in a conversation is no secret there."""
    await tenants.theirs(f"/unsubscribe {SECRET.slug}")
    assert "Kun her." in await tenants.theirs(f"/release id:{tenants.secret}")
    ours = await release_shown_to_us(tenants)
    assert "Kun her." in await tenants.ours(f"/release id:{ours}")
    assert "Kun her." not in await tenants.ours(f"/release id:{ours}", address=replace(HERE, conversation="101"))


async def release_shown_to_us(tenants: Tenants) -> ReleaseId:
    """The newsroom was offered for a while, and an alert of it stands with us too."""
    desk = tenants.desk
    async with desk.database.begin() as tx:
        here = await tx.destinations.ensure(HERE, kind=GROUP, title="", language="da", timezone="Europe/Copenhagen", now=NOW)
        account = await tx.outbox.register(HERE.platform, HERE.account)
        await tx.outbox.own(account, "me", NOW, LEASE)
        await tx.outbox.owe([Owed(here.id, DeliveryKind.ALERT, "alert:1", tenants.secret, 1)], NOW)
        (delivery,) = (await tx.outbox.claim(account, "me", NOW, 1)).deliveries
        await tx.outbox.settle("me", [settlement(delivery, Sent("1"), NOW, shows=((tenants.secret, 1),))])
    return tenants.secret


async def test_an_operator_who_subscribes_elsewhere_takes_nothing_from_those_who_had_it(tenants: Tenants) -> None:
    """The feed that is polled already is not taken afresh in silence: what stands in it next is told."""
    async with tenants.desk.database.begin() as tx:
        feed = (await tx.feeds.of(tenants.newsroom.id))[0]
        await tx.feeds.settle([PollResult(feed.id, NOW, good_at=NOW, primes=True)])
    assert "er oprettet" in await tenants.ours(f"/subscribe {ADDRESS}", OPERATOR)
    async with tenants.desk.database.read() as tx:
        assert (await tx.feeds.of(tenants.newsroom.id))[0].primed_at == NOW


async def test_an_operator_accepts_any_feed(tenants: Tenants) -> None:
    """Of whichever account: operators answer for all of them."""
    async with tenants.desk.database.begin() as tx:
        feed = (await tx.feeds.of(tenants.newsroom.id))[0]
        await tx.feeds.settle([PollResult(feed.id, None, state=FeedState.HELD)])
    assert "Hemmelig Presse" in await tenants.ours(f"/accept {SECRET.slug}", OPERATOR)


async def test_a_form_offers_nothing_of_another_account(tenants: Tenants) -> None:
    """The newsrooms to choose from while words are typed."""
    call = CommandCall("", ADMIN, HERE, language="da")
    found = await tenants.desk.router.choices(call, "newsroom", "hemmelig")
    assert list(found) == []


async def test_people_of_one_workspace_see_the_same(tenants: Tenants) -> None:
    """Whoever is in another channel of the account is told of the same newsrooms; subscriptions stay each channel's own."""
    elsewhere = Address("slack", "T1", "C9")
    assert "Hemmelig Presse" in await tenants.ours("/newsrooms hemmelig", COLLEAGUE, elsewhere)
    assert "Hemmelig Presse" not in await tenants.ours("/subscriptions", COLLEAGUE, elsewhere)
