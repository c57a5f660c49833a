"""What a correction and its follow-up come to, on a real database: the edit, one word diff under the alert, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.alerts.compose import compose
from bot.alerts.composition import Composition, Edit, FollowUp, Message, Nothing
from bot.alerts.fanout import owe_corrections
from bot.alerts.retry import settlement, skipped
from bot.domain.card import Card, Text
from bot.domain.delivery import Delivery, DeliveryKind, More, Owed, Post, PostGone, Refused, SendOutcome, Sent
from bot.domain.prose import paragraphs
from bot.domain.release import Content, Document, ReleaseId
from bot.domain.subscription import DestinationId, SubscriptionId
from bot.text.quiet import is_quiet
from storage.database import SqlDatabase
from tests.fakes.world import World

SAID = Content("Havnen giver 40 mio. kr.", lead="Kajen åbner på mandag.", language="da", url="https://havnen.example/1")


@dataclass
class Stage:
    """A desk that subscribes to the harbour, and was told of a release."""

    world: World
    desk: DestinationId
    subscription: SubscriptionId
    release: ReleaseId
    posts: int = 0

    async def corrected(self, *, title: str = SAID.title, **said: object) -> None:
        """The newsroom says something else, and what that makes us owe is owed."""
        async with self.world.database.begin() as tx:
            known = await tx.releases.get(self.release)
            assert known is not None
            after = replace(known.content(), title=title, **said)  # type: ignore[arg-type]
            quiet = is_quiet(known.content().text, after.text)
            revision = await tx.releases.revise(self.release, after, now=self.world.now, correction=True, quiet=quiet)
            await owe_corrections(
                tx, known.newsroom.id, [(self.release, revision)], self.world.now, told=set() if quiet else {self.release}
            )

    async def next(self) -> tuple[Delivery, Composition]:
        """The desk's next delivery, and what it comes to."""
        (delivery,) = await self.world.claim()
        async with self.world.database.read() as tx:
            (composition,) = await compose(tx, [delivery], self.world.now)
        return delivery, composition

    async def deliver(self, outcome: SendOutcome | None = None) -> tuple[DeliveryKind, Composition]:
        """The same, and it is settled by this outcome, or as sent."""
        delivery, composition = await self.next()
        self.posts += 1
        sent = outcome or Sent(f"{self.posts}")
        match composition:
            case Message(_, shows):
                settled = settlement(delivery, sent, self.world.now, shows=shows)
            case FollowUp(told=told):
                settled = settlement(delivery, sent, self.world.now, told=told)
            case Nothing(reason):
                settled = skipped(delivery, reason, self.world.now)
            case [Edit(post, _, shows)]:
                settled = settlement(delivery, outcome or Sent(post.reference), self.world.now, shows=shows, edited=post.id)
            case _:
                raise AssertionError(composition)
        async with self.world.database.begin() as tx:
            assert await tx.outbox.settle(self.world.owner, [settled]) == [True]
        return delivery.kind, composition

    async def shown(self) -> list[Post]:
        """The posts that show the release."""
        async with self.world.database.read() as tx:
            return await tx.outbox.posts(self.desk, self.release)


@pytest.fixture
async def stage(database: SqlDatabase) -> Stage:
    """The alert is owed, and not yet sent."""
    world = World(database)
    newsroom = await world.newsroom()
    desk = await world.desk()
    subscription = await world.subscribe(desk, newsroom.id)
    release = await world.release(SAID.title)
    async with database.begin() as tx:
        await tx.releases.revise(release, SAID, now=world.now, correction=False)
    await world.owe(desk, release)
    return Stage(world, desk, subscription, release)


def passages(composition: Composition) -> list[str]:
    """What a follow-up says, without looks."""
    assert isinstance(composition, FollowUp), composition
    return texts_of(composition.card)


def texts_of(card: Card) -> list[str]:
    """A card's prose."""
    return [element.block.text for element in card.elements if isinstance(element, Text)]


def headline(before: str, after: str) -> list[str]:
    """What is said where the figure of the title alone changed."""
    return [f"Overskrift: Havnen giver {before} mio. kr. → {after} mio. kr."]


async def test_a_correction_edits_the_alert_and_tells_under_it_what_changed(stage: Stage) -> None:
    """First the edit, then the word diff in the thread of the alert; the readers know of it then."""
    await stage.deliver()
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    kind, edit = await stage.deliver()
    assert (kind, isinstance(edit, list)) == (DeliveryKind.CORRECTION, True)
    (post,) = await stage.shown()
    assert (post.shows, post.told) == (((stage.release, 2),), ((stage.release, 1),))
    kind, follow_up = await stage.deliver()
    assert isinstance(follow_up, FollowUp)
    assert (kind, follow_up.under, passages(follow_up)) == (DeliveryKind.FOLLOW_UP, post, headline("40", "45"))
    (post,) = await stage.shown()
    assert (post.shows, post.told) == (((stage.release, 2),), ((stage.release, 2),))
    assert await stage.world.claim() == []


async def test_a_correction_of_a_correction_is_told_once_from_what_was_read_to_what_stands(stage: Stage) -> None:
    """The second came before the first could be told: one diff, and the other follow-up has nothing left to say."""
    await stage.deliver()
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    await stage.deliver()
    await stage.corrected(title="Havnen giver 50 mio. kr.")
    assert (await stage.deliver())[0] is DeliveryKind.CORRECTION
    _, first = await stage.deliver()
    assert passages(first) == headline("40", "50")
    assert await stage.deliver() == (DeliveryKind.FOLLOW_UP, Nothing("already told"))
    await stage.corrected(title="Havnen giver 55 mio. kr.")
    await stage.deliver()
    assert passages((await stage.deliver())[1]) == headline("50", "55")


async def test_a_correction_that_is_taken_back_before_it_was_told_is_not(stage: Stage) -> None:
    """The release says again what its readers read."""
    await stage.deliver()
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    await stage.corrected()
    await stage.deliver()
    outcomes = [await stage.deliver() for _ in range(3)]
    assert [composition for kind, composition in outcomes if kind is DeliveryKind.FOLLOW_UP] == [
        Nothing("nothing changed that is worth a word")
    ] * 2


async def test_who_read_the_corrected_alert_from_the_start_is_told_nothing(stage: Stage) -> None:
    """It was corrected before it went out."""
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    assert [await stage.deliver() for _ in range(3)][1:] == [
        (DeliveryKind.CORRECTION, Nothing("already shown as corrected")),
        (DeliveryKind.FOLLOW_UP, Nothing("already told")),
    ]


async def test_a_quiet_correction_edits_without_a_mark_and_owes_no_word(stage: Stage) -> None:
    """Not even a sound, should it have to be posted anew."""
    await stage.deliver()
    await stage.corrected(title="HAVNEN giver 40 mio. kr")
    _, composition = await stage.deliver()
    assert isinstance(composition, list)
    (edit,) = composition
    assert edit.anew is None
    assert edit.card.silent
    assert "RETTET" not in edit.card.summary
    assert await stage.world.claim() == []


async def test_where_the_alert_is_gone_nothing_follows(stage: Stage) -> None:
    """Its post is forgotten; a later correction does not look for it again."""
    await stage.deliver()
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    await stage.deliver(PostGone("deleted"))
    assert await stage.shown() == []
    assert await stage.deliver() == (DeliveryKind.FOLLOW_UP, Nothing("no post stands there that shows it"))


async def test_where_the_edit_is_refused_the_change_is_told_all_the_same(stage: Stage) -> None:
    """The alert stands there with the old figure: all the more must its readers hear of the new one."""
    await stage.deliver()
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    await stage.deliver(Refused("too old"))
    assert passages((await stage.deliver())[1]) == headline("40", "45")


@pytest.mark.parametrize("how", ["muted", "muted and heard again", "unsubscribed"])
async def test_who_wants_to_hear_nothing_is_not_disturbed(stage: Stage, how: str) -> None:
    """The alert is corrected; what changed is not told, nor afterwards."""
    await stage.deliver()
    async with stage.world.database.begin() as tx:
        if how == "unsubscribed":
            await tx.destinations.unsubscribe(stage.subscription, stage.world.now)
        else:
            await tx.destinations.mute([stage.subscription], stage.world.now + timedelta(hours=1), stage.world.now)
    stage.world.pass_time(minutes=1)
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    assert isinstance((await stage.deliver())[1], list)
    stage.world.pass_time(minutes=1)
    if how == "muted and heard again":
        async with stage.world.database.begin() as tx:
            await tx.destinations.mute([stage.subscription], None, stage.world.now)
    assert await stage.deliver() == (DeliveryKind.FOLLOW_UP, Nothing("muted there, or subscribed to no longer"))


async def test_a_follow_up_makes_no_sound_where_the_alert_makes_none(stage: Stage) -> None:
    """As loud as what it follows."""
    await stage.deliver()
    async with stage.world.database.begin() as tx:
        await tx.outbox.owe([_whole(stage, silent=True)], stage.world.now)
        known = await tx.releases.get(stage.release)
        assert known is not None
        documents = (Document("https://havnen.example/plan.pdf", "Plan"),)
        said = replace(known.content(), body=paragraphs("Kajen åbner på mandag.\nDet siger havnen."), documents=documents)
        await tx.releases.revise(stage.release, said, now=stage.world.now, correction=False)
    _, composition = await stage.next()
    assert isinstance(composition, FollowUp)
    assert composition.card.silent
    assert texts_of(composition.card) == ["Det siger havnen."]
    assert composition.told == ()


async def test_the_whole_is_left_out_where_the_alert_says_it_all(stage: Stage) -> None:
    """No empty message."""
    await stage.deliver()
    async with stage.world.database.begin() as tx:
        await tx.outbox.owe([_whole(stage)], stage.world.now)
    assert await stage.deliver() == (DeliveryKind.FOLLOW_UP, Nothing("the alert says it all"))


async def test_a_digest_is_answered_where_no_alert_stands(stage: Stage) -> None:
    """And the alert where both do."""
    other = await stage.world.release("Andet")
    delivery, _ = await stage.next()
    shows = ((stage.release, 1), (other, 1))
    async with stage.world.database.begin() as tx:
        await tx.outbox.settle(stage.world.owner, [settlement(delivery, Sent("digest"), stage.world.now, shows=shows)])
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    _, edits = await stage.deliver()
    assert isinstance(edits, list)
    assert edits[0].told(stage.release) == ((stage.release, 2),)
    _, follow_up = await stage.next()
    assert isinstance(follow_up, FollowUp)
    assert follow_up.under.reference == "digest"
    assert follow_up.told == ((stage.release, 2),)


async def test_one_reading_serves_many_desks(stage: Stage) -> None:
    """Each in its own language, from the revision that it knows of."""
    desks: Sequence[DestinationId] = [await stage.world.desk(f"desk-{n}") for n in range(3)]
    for desk in desks:
        await stage.world.subscribe(desk)
        await stage.world.owe(desk, stage.release)
    async with stage.world.database.begin() as tx:
        await tx.destinations.set_language(desks[0], "en")
    for delivery in await stage.world.claim():
        await stage.world.settle(delivery, Sent(f"post-{delivery.id}"))
    await stage.corrected(title="Havnen giver 45 mio. kr.")
    for delivery in await stage.world.claim():
        await stage.world.settle(delivery, Sent(""), edited=None)
    deliveries = await stage.world.claim()
    async with stage.world.database.read() as tx:
        compositions = await compose(tx, deliveries, stage.world.now)
    marks = [composition.card.summary.partition(":")[0] for composition in compositions if isinstance(composition, FollowUp)]
    assert sorted(marks) == ["CORRECTED at 12", *["RETTET kl. 12.00"] * 3]


def _whole(stage: Stage, *, silent: bool = False) -> Owed:
    payload = {"more": More.WHOLE.value}
    return Owed(stage.desk, DeliveryKind.FOLLOW_UP, f"whole:{stage.release}:1", stage.release, 1, payload, silent=silent)
