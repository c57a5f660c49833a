"""The cards of a first page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.cards.contact import PressDesk
from bot.cards.home import SUBSCRIPTIONS, News, Subscribed, in_one, news_cards, subscribed_cards
from bot.domain.card import Card, Entry, Heading
from bot.domain.contact import Contact, Phone
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.release import Content, Release, ReleaseId
from bot.domain.subscription import DestinationId, Subscription, SubscriptionId
from bot.i18n import texts

DA = texts("da", "Europe/Copenhagen")
NOW = datetime(2026, 11, 20, 11, tzinfo=UTC)
HAVNEN = Newsroom(NewsroomId(1), "havnen", "Havnen", "DK", "da", "", offered=True)


def subscription(number: int, newsroom: Newsroom | None = HAVNEN, **more: object) -> Subscription:
    """One of them."""
    return Subscription(SubscriptionId(number), DestinationId(1), newsroom, NOW - timedelta(days=1), **more)  # type: ignore[arg-type]


def commands(cards: list[Card]) -> list[str]:
    """What their buttons say."""
    return [button.command for card in cards for row in card.buttons for button in row]


def shown(*subscriptions: Subscription, **more: bool) -> list[Card]:
    """Subscriptions of a channel."""
    return subscribed_cards(Subscribed("#redaktionen", subscriptions, [HAVNEN], **more), DA, NOW)


def test_each_subscription_has_its_own_buttons() -> None:
    """To set it, mute it, end it; and what it would show."""
    cards = shown(subscription(7), settings=True)
    assert cards[0].elements[0] == Heading("#redaktionen")
    assert commands(cards[1:]) == ["/latest havnen", "/subscription id:7", "/mute havnen 1h", "/unsubscribe id:7"]
    muted = subscription(7, muted_until=NOW + timedelta(hours=1))
    assert "/mute havnen off" in commands(shown(muted))


def test_what_the_reader_may_not_change_has_no_such_buttons() -> None:
    """Nor does the heading."""
    assert commands(shown(subscription(7), changeable=False, settings=True)) == ["/latest havnen"]
    assert commands(shown(changeable=False)) == []


def test_the_subscription_to_all_is_muted_alone_or_not_at_all() -> None:
    """As muting it mutes everything."""
    assert "/mute all 1h" in commands(shown(subscription(1, None)))
    assert not [each for each in commands(shown(subscription(1, None), subscription(2))) if each.startswith("/mute all")]


def test_many_are_cut_short() -> None:
    """The others are a press away."""
    cards = shown(*(subscription(n) for n in range(SUBSCRIPTIONS + 3)))
    assert len(cards) == 1 + SUBSCRIPTIONS + 1
    assert "3" in cards[-1].summary
    assert commands(cards[-1:]) == ["/subscriptions"]


def test_the_latest_and_whom_to_call() -> None:
    """Of newsrooms that nobody can be called at nothing is said."""
    content = Content("Kajen åbner", url="https://havnen.example/1", language="da")
    release = Release(ReleaseId(5), HAVNEN, "1", NOW, NOW, (content,))
    known = replace(HAVNEN, name="Nordhavn", contact=Contact(role="vagten", phones=(Phone("+4533112233"),)))
    latest, contact = news_cards(News([release], [PressDesk(HAVNEN), PressDesk(known)]), DA, NOW)
    entry = next(each for each in latest.elements if isinstance(each, Entry))
    assert (entry.title, entry.command, entry.number) == ("Kajen åbner", "/release id:5", 0)
    assert [each.text for each in contact.elements if isinstance(each, Heading)] == ["Nordhavn"]
    assert news_cards(News([], [PressDesk(HAVNEN)]), DA, NOW) == []


def test_several_cards_as_one() -> None:
    """Their texts, then their buttons."""
    cards = shown(subscription(7))
    whole = in_one(cards)
    assert whole.elements == (*cards[0].elements, *cards[1].elements)
    assert commands([whole]) == commands(cards)
