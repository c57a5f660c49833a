"""How a destination is told, as was chosen there: how much, of corrections and withdrawals, and what only shows at the send."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import cards
from bot.alerts.composition import FollowUp, Message, Nothing
from bot.alerts.fanout import owe_alerts, owe_corrections
from bot.alerts.wants import Rule
from bot.domain.card import Button, ContactItem, Image, Meta, Text, Title
from bot.domain.delivery import DeliveryKind
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.options import AS_USUAL, Corrections, DestinationOptions, Length, SubscriptionOptions
from bot.domain.prose import paragraphs
from bot.domain.release import Content, Kind, Picture, Release, ReleaseId
from bot.i18n import texts
from storage.database import SqlDatabase
from tests.fakes.world import NOW, World
from tests.unit.alerts.test_compose import SAID, Stage, stage, texts_of

__all__ = ["stage"]
DA = texts("da", "Europe/Copenhagen")
UM = Newsroom(NewsroomId(1), "um", "Udenrigsministeriet", "DK", "da", "", offered=True)
LONG = Content(
    "Ny kaj",
    lead="Kajen åbner.",
    body=paragraphs("Første afsnit.\n\nAndet afsnit."),
    language="da",
    url="https://um.example/1",
    pictures=(Picture("https://um.example/1.jpg", "Kajen"),),
)


def release(content: Content = LONG) -> Release:
    """A release of the ministry."""
    return Release(ReleaseId(1), UM, "1", NOW, NOW, (content,))


def test_an_alert_is_as_long_as_was_chosen() -> None:
    """A headline alone with its buttons, the lead, or all of the text; with a picture or without."""
    headline = cards.alert_card(release(), DA, DestinationOptions(length=Length.HEADLINE, picture=False))
    assert [type(element) for element in headline.elements] == [Meta, Title]
    assert [button.label for row in headline.buttons for button in row][:2] == ["Åbn", "Kontakt"]
    assert isinstance(headline.buttons[0][0], Button)
    lead = cards.alert_card(release(), DA)
    assert lead == cards.alert_card(release(), DA, AS_USUAL)
    assert texts_of(lead) == ["Kajen åbner."]
    assert isinstance(lead.elements[-1], Image)
    full = cards.alert_card(release(), DA, DestinationOptions(length=Length.FULL, picture=False))
    assert texts_of(full) == ["Kajen åbner.", "Første afsnit.", "Andet afsnit."]
    assert not any(isinstance(element, Image | ContactItem) for element in full.elements)


async def choose(stage: Stage, how: DestinationOptions) -> None:
    """Choose how the desk is told."""
    async with stage.world.database.begin() as tx:
        await tx.destinations.set_options(stage.desk, how)


async def test_what_is_edited_is_as_long_as_the_alert(stage: Stage) -> None:
    """A correction shows no more of the release than its alert did."""
    await choose(stage, DestinationOptions(length=Length.HEADLINE))
    _, alert = await stage.deliver()
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    _, edits = await stage.deliver()
    assert isinstance(alert, Message)
    assert isinstance(edits, list)
    assert not any(isinstance(element, Text) for element in (*alert.card.elements, *edits[0].card.elements))


@pytest.mark.parametrize("policy", list(Corrections))
async def test_corrections_as_chosen(stage: Stage, policy: Corrections) -> None:
    """Told under the alert, edited and no more, or left as it was read; nothing is left owed."""
    await choose(stage, DestinationOptions(corrections=policy))
    await stage.deliver()
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    (_, correction), (_, follow_up) = [await stage.deliver() for _ in range(2)]
    match policy:
        case Corrections.TELL:
            assert isinstance(correction, list)
            assert correction[0].anew
            assert isinstance(follow_up, FollowUp)
        case Corrections.EDIT:
            assert isinstance(correction, list)
            assert (correction[0].anew, follow_up) == (None, Nothing("what changed is not told there"))
        case Corrections.IGNORE:
            assert (correction, follow_up) == (Nothing("corrections are ignored there"), Nothing("what changed is not told there"))
    (post,) = await stage.shown()
    assert post.shows == ((stage.release, 1 if policy is Corrections.IGNORE else 2),)
    assert await stage.world.claim() == []


async def withdraw(stage: Stage) -> None:
    """The newsroom takes the release down."""
    async with stage.world.database.begin() as tx:
        revision = await tx.releases.mark_gone(stage.release, stage.world.now)
        assert await tx.releases.mark_gone(stage.release, stage.world.now) is None
        known = await tx.releases.get(stage.release)
        assert known is not None
        assert known.revision == revision
        await owe_corrections(tx, known.newsroom.id, [(stage.release, known.revision)], stage.world.now)


async def come_back(stage: Stage) -> None:
    """The release stands at the newsroom again."""
    async with stage.world.database.begin() as tx:
        known = await tx.releases.get(stage.release)
        assert known is not None
        ((back, revision),) = await tx.feeds.mark_missing({}, [stage.release])
        assert await tx.feeds.mark_missing({}, [stage.release]) == []
        await owe_corrections(tx, known.newsroom.id, [(back, revision)], stage.world.now)


async def test_a_withdrawal_strikes_the_alert_and_keeps_its_text(stage: Stage) -> None:
    """Nobody is told by a message of its own; when the release comes back, it is shown as before."""
    _, alert = await stage.deliver()
    assert isinstance(alert, Message)
    await withdraw(stage)
    kind, struck = await stage.deliver()
    assert (kind, isinstance(struck, list)) == (DeliveryKind.CORRECTION, True)
    assert isinstance(struck, list)
    meta, title, *rest = struck[0].card.elements
    assert meta == Meta(alert.card.elements[0].parts, ("TRUKKET TILBAGE kl. 12.00",))  # type: ignore[union-attr]
    assert title == Title(SAID.title, SAID.url, struck=True)
    assert rest == list(alert.card.elements[2:])
    assert await stage.world.claim() == []
    await come_back(stage)
    _, again = await stage.deliver()
    assert isinstance(again, list)
    assert again[0].card.elements == alert.card.elements


async def test_a_correction_after_a_withdrawal_tells_what_changed_since_it_was_read(stage: Stage) -> None:
    """Gone, back, and corrected: one diff from what the readers know."""
    await stage.deliver()
    await withdraw(stage)
    await come_back(stage)
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    delivered = [await stage.deliver() for _ in range(4)]
    (told,) = [composition for kind, composition in delivered if kind is DeliveryKind.FOLLOW_UP]
    assert isinstance(told, FollowUp)
    assert texts_of(told.card) == ["Overskrift: Havnen giver 40 mio. kr. → 45 mio. kr."]


@pytest.mark.parametrize(("kind", "rule"), [(None, Rule.UNKNOWN), (Kind.NEWS, Rule.MATCHED), (Kind.INVITATION, Rule.KIND)])
async def test_what_was_not_known_decides_at_the_send(database: SqlDatabase, kind: Kind | None, rule: Rule) -> None:
    """The kind is found out after the alert was owed, or never: then it is told, and why is said."""
    world = World(database)
    newsroom, desk = await world.newsroom(), await world.desk()
    subscription = await world.subscribe(desk, newsroom.id)
    found = await world.release(SAID.title)
    async with database.begin() as tx:
        news = SubscriptionOptions(kinds=frozenset({Kind.NEWS}))
        await tx.destinations.set_subscription_options(subscription, news)
        await owe_alerts(tx, newsroom.id, [(found, 1)], world.now, any_late=False)
        await tx.releases.revise(found, replace(SAID, kind=kind), now=world.now, correction=False)
    _, composition = await Stage(world, desk, subscription, found).deliver()
    if rule is Rule.KIND:
        assert composition == Nothing("kept out: kind")
    else:
        assert isinstance(composition, Message)
        assert composition.reason == rule
