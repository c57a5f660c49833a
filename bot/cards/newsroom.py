"""What is said of newsrooms: one, many, and those subscribed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards.contact import PressDesk, press_desk_items
from bot.cards.listing import Page, release_entry
from bot.cards.options import chosen_words
from bot.cards.shorten import summary
from bot.cards.words import rows
from bot.domain.card import (
    Button,
    Card,
    Element,
    Entry,
    Fact,
    Heading,
    Text,
    Title,
    Tone,
)
from bot.domain.newsroom import Newsroom, NewsroomEntry
from bot.domain.prose import paragraphs
from bot.domain.release import Release
from bot.domain.subscription import Subscription
from bot.i18n import Texts

_MOST_BUTTONS = 10


@dataclass(frozen=True, slots=True)
class NewsroomFacts:
    """What is known of one newsroom. `total` counts its releases here; `subscribed`: this destination is told of new ones."""

    desk: PressDesk
    latest: Sequence[Release] = ()
    total: int = 0
    feed_url: str = ""
    last_good_at: datetime | None = None
    followed: bool = False
    subscribed: bool = False

    @property
    def newsroom(self) -> Newsroom | NewsroomEntry:
        """Whose facts they are."""
        return self.desk.newsroom


@dataclass(frozen=True, slots=True)
class NewsroomLine:
    """A newsroom as a line of a list. `offered`: by this installation to everybody; `subscribed`: by this destination."""

    newsroom: Newsroom | NewsroomEntry
    offered: bool = False
    subscribed: bool = False


def newsroom_card(facts: NewsroomFacts, texts: Texts, now: datetime) -> Card:
    """One newsroom: its latest releases, whom to call, and where it is found."""
    newsroom = facts.newsroom
    elements: list[Element] = [Title(newsroom.name, newsroom.page_url), *_state(facts, texts, now)]
    if facts.latest:
        elements.append(Heading(texts.t("Latest")))
        elements += [release_entry(n, release, texts, now, single=True) for n, release in enumerate(facts.latest, 1)]
    if contacts := press_desk_items(facts.desk, texts):
        elements += [Heading(texts.t("Press contact")), *contacts]
    change = _unsubscribe(newsroom, texts) if facts.subscribed else _subscribe(newsroom, texts)
    buttons = (
        Button(texts.t("Latest"), f"/latest {newsroom.slug}") if facts.total > len(facts.latest) else None,
        change,
        Button(texts.t("The newsroom's page"), url=newsroom.page_url) if newsroom.page_url else None,
    )
    return Card(summary(newsroom.name), tuple(elements), rows(*buttons))


def _state(facts: NewsroomFacts, texts: Texts, now: datetime) -> list[Element]:
    found: list[Element] = []
    if facts.followed:
        found.append(Fact(texts.t("Releases here"), texts.number(facts.total)))
        good = facts.last_good_at
        found.append(Fact(texts.t("Last looked"), texts.moment(good, now) if good else texts.t("not yet")))
    else:
        said = texts.t("Nobody here subscribes to this newsroom, so its releases are not collected. /subscribe starts that.")
        found.append(Text(paragraphs(said)[0], Tone.QUIET))
    if facts.feed_url:
        found.append(Fact(texts.t("Feed"), facts.feed_url, facts.feed_url))
    return found


def newsrooms_card(lines: Sequence[NewsroomLine], texts: Texts, *, page: Page, words: str = "") -> Card:
    """A page of newsrooms to choose from; `words` are what they were found by."""
    heading = texts.n("{count} newsroom", "{count} newsrooms", page.total)
    if words:
        heading = texts.t("{heading} for “{words}”", heading=heading, words=words)
    entries = [_line_entry(line, texts) for line in lines]
    elements: list[Element] = [Heading(heading), *entries]
    if page.pages > 1:
        place = texts.t("Page {page} of {pages}", page=texts.number(page.number), pages=texts.number(page.pages))
        elements.append(Text(paragraphs(place)[0], Tone.QUIET))
    return Card(summary(heading), tuple(elements), rows(*page.buttons(texts)))


def _line_entry(line: NewsroomLine, texts: Texts) -> Entry:
    marks = [texts.t("Subscribed")] if line.subscribed else []
    meta = [line.newsroom.slug, line.newsroom.country, *([texts.t("offered here")] if line.offered else [])]
    return Entry(
        number=0,  # a number would mean a release
        title=line.newsroom.name,
        url=line.newsroom.page_url,
        meta=tuple(filter(None, meta)),
        marks=tuple(marks),
        command=f"/newsroom {line.newsroom.slug}",
    )


def subscriptions_card(subscriptions: Sequence[Subscription], offered: Sequence[Newsroom], texts: Texts, now: datetime) -> Card:
    """What a destination subscribes to, each with a button that ends it, and one that ends what is muted."""
    if not subscriptions:
        said = texts.t("There are no subscriptions here. /subscribe adds one.")
        return Card(summary(said), (Text(paragraphs(said)[0]),), rows(Button(texts.t("Subscribe"), "/subscribe")))
    heading = texts.n("{count} subscription here", "{count} subscriptions here", len(subscriptions))
    entries = [_numbered(n, each, offered, texts, now) for n, each in enumerate(subscriptions, 1)]
    muted = any(each.is_muted(now) for each in subscriptions)
    buttons = [Button(texts.t("Unmute"), "/mute off")] if muted else []
    buttons += [_end(each, texts) for each in subscriptions[:_MOST_BUTTONS]]
    return Card(summary(heading), (Heading(heading), *entries), rows(*buttons, width=2))


def _numbered(number: int, subscription: Subscription, offered: Sequence[Newsroom], texts: Texts, now: datetime) -> Entry:
    """By its number, with which /subscription shows it whole."""
    slug = subscription.newsroom.slug if subscription.newsroom else "all"
    entry = subscription_entry(subscription, offered, texts, now)
    return replace(entry, number=number, command=f"/subscription {slug}")


def subscription_entry(subscription: Subscription, offered: Sequence[Newsroom], texts: Texts, now: datetime) -> Entry:
    """A subscription as a line of a list: to what, since when, and whether it is heard."""
    since = texts.t("since {date}", date=texts.date(subscription.created_at))
    wishes = (*chosen_words(subscription.options, texts), texts.t("without sound") if subscription.silent else "")
    until = subscription.muted_until if subscription.is_muted(now) else None
    marks = (texts.t("muted until {moment}", moment=texts.moment(until, now)),) if until else ()
    if subscription.newsroom is None:
        names = ", ".join(newsroom.name for newsroom in offered)
        meta = tuple(filter(None, (names, since, *wishes)))
        return Entry(0, texts.t("All newsrooms offered here"), meta=meta, marks=marks)
    newsroom = subscription.newsroom
    meta = tuple(filter(None, (newsroom.slug, since, *wishes)))
    return Entry(0, newsroom.name, newsroom.page_url, meta, marks, command=f"/newsroom {newsroom.slug}")


def _end(subscription: Subscription, texts: Texts) -> Button:
    if subscription.newsroom is None:
        return Button(texts.t("Unsubscribe from all"), f"/unsubscribe id:{subscription.id}")
    return Button(
        texts.t("Unsubscribe from {newsroom}", newsroom=subscription.newsroom.name), f"/unsubscribe {subscription.newsroom.slug}"
    )


def _subscribe(newsroom: Newsroom | NewsroomEntry, texts: Texts) -> Button:
    return Button(texts.t("Subscribe"), f"/subscribe {newsroom.slug}")


def _unsubscribe(newsroom: Newsroom | NewsroomEntry, texts: Texts) -> Button:
    return Button(texts.t("Unsubscribe"), f"/unsubscribe {newsroom.slug}")
