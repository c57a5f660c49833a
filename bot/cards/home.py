"""A first page: what a conversation subscribes to, each with what can be done about it; the latest of it, and whom to call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards.contact import PressDesk, contact_card, press_desk_items
from bot.cards.listing import release_entry
from bot.cards.newsroom import subscription_entry
from bot.cards.shorten import summary
from bot.cards.status import Status, status_card
from bot.cards.words import rows
from bot.domain.card import Button, Card, Element, Heading, Text, Tone
from bot.domain.newsroom import Newsroom
from bot.domain.prose import paragraphs
from bot.domain.release import Release
from bot.domain.subscription import Subscription
from bot.i18n import Texts

SUBSCRIPTIONS = 8
"""So many are shown, each with its buttons; the others are a press away."""
_MUTED_FOR = "1h"


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What a conversation subscribes to. `title` is how it is called.

    `changeable`: the reader may change it; `settings`: there are commands for what else may be set.
    """

    title: str
    subscriptions: Sequence[Subscription]
    offered: Sequence[Newsroom]
    changeable: bool = True
    settings: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """The newest of it, whom to call (`more` newsrooms were left out), and for operators how the bot is doing."""

    latest: Sequence[Release]
    desks: Sequence[PressDesk]
    more: int = 0
    status: Status | None = None


def subscribed_cards(subscribed: Subscribed, texts: Texts, now: datetime) -> list[Card]:
    """A heading, then a card for each subscription."""
    count = len(subscribed.subscriptions)
    if not count:
        said = texts.t("Nothing is subscribed to.")
        return [_headed(subscribed, said, texts)]
    said = texts.n("{count} subscription", "{count} subscriptions", count)
    cards = [_headed(subscribed, said, texts)]
    cards += [_one(each, subscribed, texts, now) for each in subscribed.subscriptions[:SUBSCRIPTIONS]]
    if (more := count - SUBSCRIPTIONS) > 0:
        said = texts.n("and {count} more", "and {count} more", more)
        cards.append(_quiet(said, Button(texts.t("All subscriptions"), "/subscriptions")))
    return cards


def _headed(subscribed: Subscribed, said: str, texts: Texts) -> Card:
    may_set = subscribed.changeable and subscribed.settings
    subscribe = Button(texts.t("Subscribe"), "/subscribe") if subscribed.changeable else None
    settings = Button(texts.t("Settings"), "/settings") if may_set and subscribed.subscriptions else None
    elements = (Heading(subscribed.title), Text(paragraphs(said)[0], Tone.QUIET))
    return Card(summary(f"{subscribed.title}: {said}"), elements, rows(subscribe, settings))


def _quiet(said: str, *buttons: Button) -> Card:
    return Card(summary(said), (Text(paragraphs(said)[0], Tone.QUIET),), rows(*buttons))


def _one(subscription: Subscription, subscribed: Subscribed, texts: Texts, now: datetime) -> Card:
    entry = replace(subscription_entry(subscription, subscribed.offered, texts, now), command="")
    buttons = _changes(subscription, subscribed, texts, now) if subscribed.changeable else ()
    newsroom = subscription.newsroom
    latest = Button(texts.t("Latest"), f"/latest {newsroom.slug if newsroom else 'all'}")
    return Card(summary(entry.title), (entry,), rows(latest, *buttons, width=4))


def _changes(subscription: Subscription, subscribed: Subscribed, texts: Texts, now: datetime) -> tuple[Button | None, ...]:
    own_id = f"id:{subscription.id}"
    return (
        Button(texts.t("Settings"), f"/subscription {own_id}") if subscribed.settings else None,
        _sound(subscription, subscribed, texts, now),
        Button(texts.t("Unsubscribe"), f"/unsubscribe {own_id}"),
    )


def _sound(subscription: Subscription, subscribed: Subscribed, texts: Texts, now: datetime) -> Button | None:
    """Mutes it or ends that. One to all newsrooms can only be muted with all else, so it has this button where it is alone."""
    if subscription.newsroom is None and len(subscribed.subscriptions) > 1:
        return None
    words = subscription.newsroom.slug if subscription.newsroom else "all"
    if subscription.is_muted(now):
        return Button(texts.t("Unmute"), f"/mute {words} off")
    return Button(texts.t("Mute"), f"/mute {words} {_MUTED_FOR}")


def news_cards(news: News, texts: Texts, now: datetime) -> list[Card]:
    """The latest, the contacts, the state: as many of them as there is something of."""
    cards = [_latest(news.latest, texts, now)] if news.latest else []
    if desks := [desk for desk in news.desks if press_desk_items(desk, texts)]:
        cards.append(contact_card(desks, texts, more=news.more))
    if news.status:
        state = status_card(news.status, texts, now)
        cards.append(replace(state, elements=(Heading(texts.t("The bot")), *state.elements)))
    return cards


def _latest(releases: Sequence[Release], texts: Texts, now: datetime) -> Card:
    heading = texts.t("Latest")
    entries = [release_entry(0, release, texts, now) for release in releases]
    return Card(summary(heading), (Heading(heading), *entries), rows(Button(texts.t("More ▸"), "/latest")))


def in_one(cards: Sequence[Card]) -> Card:
    """Several cards as one, for where a message is a message: their texts, then their buttons."""
    elements: tuple[Element, ...] = tuple(element for card in cards for element in card.elements)
    return Card(cards[0].summary, elements, tuple(row for card in cards for row in card.buttons))
