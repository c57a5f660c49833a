"""Why a release was told at a destination, or was not: stage by stage, with times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.shorten import shorten, summary
from bot.cards.words import date_note, lasted, rows
from bot.domain.card import Button, Card, Element, Fact, Heading, Text, Title, Tone
from bot.domain.delivery import DeliveryKind, DeliveryState, More, Post
from bot.domain.prose import paragraphs
from bot.domain.release import Release
from bot.i18n import N_, Texts
from bot.ports import Chapter, Story, Told

_TITLE = 200
_REASON = 200
_MOST = 8
# By the words of `bot.alerts.wants.Rule`, which payloads and reasons keep.
RULES = {
    "wanted": N_("everything comes"),
    "matched": N_("it matches what the subscription keeps to"),
    "urgent": N_("it has urgent words"),
    "undecided": N_("it depends on what is not known of it yet"),
    "unknown": N_("what it depends on is not known, so it is told"),
    "kind": N_("it is of another kind"),
    "language": N_("it is in another language"),
    "filtered_out": N_("the filter leaves it out"),
    "muted": N_("muted"),
    "held_quiet": N_("quiet hours"),
    "held_digest": N_("it waits for the digest"),
}
_OUT = ("kind", "language", "filtered_out")
_IN_DIGEST = "in a digest"
"""The reason of an alert that went out with others; the words are storage's."""
# By the words of storage and of `bot.alerts`; what has none here is shown as it stands.
REASONS = {
    "unsubscribed": N_("unsubscribed before it was sent"),
    "moved": N_("the conversations became one"),
    "left out of a digest": N_("left out of a digest"),
    "corrections are ignored there": N_("corrections are ignored here"),
    "already shown as corrected": N_("it was shown as corrected already"),
    "no post stands there that shows it": N_("it does not stand here"),
    "muted there, or subscribed to no longer": N_("muted, or subscribed to no longer"),
    "what changed is not told there": N_("what changed is not told here"),
    "nothing that may be changed shows it there": N_("corrections are ignored here"),
    "not told there": N_("what changed is not told here"),
    "already told": N_("it was told already"),
    "nothing changed that is worth a word": N_("nothing changed that is worth a word"),
    "withdrawn before it was told": N_("withdrawn before it was sent"),
    "it was told within a digest": N_("it came in a digest"),
    "the alert says it all": N_("the alert says it all"),
}
_KINDS = {
    DeliveryKind.ALERT: N_("Alert"),
    DeliveryKind.CORRECTION: N_("Correction"),
    DeliveryKind.FOLLOW_UP: N_("What was changed"),
}


_POSTS = 5
"""So many messages are led to: the first, and the newest of the others."""


@dataclass(frozen=True, slots=True)
class Bringing:
    """A subscription that brings the newsroom's releases here now, by name, and what it makes of this one (`RULES`)."""

    name: str
    rule: str


def why_card(release: Release, story: Story, bringing: Sequence[Bringing], texts: Texts, now: datetime) -> Card:
    """The verdict, then each stage."""
    verdict = _verdict(release, story, bringing, texts, now)
    content = release.content(texts.language)
    elements: list[Element] = [Title(shorten(content.title, _TITLE), content.url), Text(paragraphs(verdict)[0])]
    elements += _found(release, texts, now)
    elements += _subscriptions(release, story.subscriptions, texts, now)
    if bringing:
        elements.append(Heading(texts.t("By the settings of today")))
        elements += [Fact(each.name, texts.t(RULES[each.rule])) for each in bringing]
    if story.told:
        elements.append(Heading(texts.t("What was sent")))
        elements += [Fact(_kind(each, texts), _told(each, release, texts, now)) for each in story.told[-_MOST:]]
    if release.gone_at:
        elements.append(Fact(texts.t("Withdrawn"), texts.moment(release.gone_at, now)))
    buttons = (
        Button(texts.t("Read"), f"/release id:{release.id}"),
        Button(texts.t("Subscriptions"), "/subscriptions"),
        Button(texts.t("Settings"), "/settings"),
    )
    return Card(summary(verdict), tuple(elements), rows(*buttons))


def named_posts(story: Story, texts: Texts, now: datetime) -> list[tuple[str, Post]]:
    """The messages that stand there about it, oldest first, with what leads to each; of those of one sort also when it was sent."""
    posts = (*story.posts[:1], *story.posts[1:][-(_POSTS - 1) :])
    if len(posts) == 1:
        return [(texts.t("Show the message"), posts[0])]
    told = {each.id: each for each in story.told}
    labels = [_post_label(post, told.get(post.delivery_id) if post.delivery_id else None, texts) for post in posts]
    return [
        (f"{label} ({texts.moment(post.sent_at, now)})" if labels.count(label) > 1 else label, post)
        for label, post in zip(labels, posts, strict=True)
    ]


def _post_label(post: Post, told: Told | None, texts: Texts) -> str:
    if post.is_digest:
        return texts.t("Show the digest")
    if told and told.kind is DeliveryKind.FOLLOW_UP:
        return texts.t("Show the whole text") if told.payload.get("more") == More.WHOLE else texts.t("Show what was changed")
    return texts.t("Show the alert")


# The verdict ------------------------------------------------------------------------------------------------------------


def _verdict(release: Release, story: Story, bringing: Sequence[Bringing], texts: Texts, now: datetime) -> str:
    alert = next((each for each in story.told if each.kind is DeliveryKind.ALERT), None)
    if alert is None:
        return _never_owed(release, story, bringing, texts)
    if alert.reason == _IN_DIGEST and alert.done_at:
        return texts.t("Sent here in a digest {moment}.", moment=texts.moment(alert.done_at, now))
    match alert.state:
        case DeliveryState.SENT if alert.done_at:
            return texts.t("Sent here {moment}.", moment=texts.moment(alert.done_at, now))
        case DeliveryState.PENDING:
            return texts.t("It is about to be sent here.")
        case DeliveryState.HELD:
            until = texts.moment(alert.held_until, now) if alert.held_until else ""
            return texts.t("It is held back until {moment}.", moment=until) if until else texts.t("It is held back for a digest.")
        case DeliveryState.DEAD:
            return texts.t("It could not be sent here, and was given up.")
        case _:
            return texts.t(
                "It was not sent here: {reason}.", reason=_reason(alert.reason, texts) or texts.t("nothing was left to say")
            )


def _never_owed(release: Release, story: Story, bringing: Sequence[Bringing], texts: Texts) -> str:
    at = release.first_seen
    then = [each for each in story.subscriptions if each.created_at <= at and (each.ended_at is None or each.ended_at > at)]
    if not story.subscriptions:
        return texts.t("It was not sent here: no subscription here brings {newsroom}.", newsroom=release.newsroom.name)
    if not then:
        return texts.t(
            "It was not sent here: when it was found, no subscription here brought {newsroom}.", newsroom=release.newsroom.name
        )
    if all(_was_muted(each, at) for each in then):
        return texts.t("It was not sent here: it was found while this was muted.")
    if bringing and all(each.rule in _OUT for each in bringing):
        return texts.t("It was not sent here: {reason}.", reason=texts.t(RULES[bringing[0].rule]))
    return texts.t("It was not sent here. It stood in the feed when that was first read, or the subscription kept it out then.")


def _was_muted(chapter: Chapter, at: datetime) -> bool:
    return bool(chapter.muted_from and chapter.muted_until and chapter.muted_from <= at < chapter.muted_until)


# The stages -------------------------------------------------------------------------------------------------------------


def _found(release: Release, texts: Texts, now: datetime) -> list[Element]:
    after = release.first_seen - release.published
    late = texts.t("{time} later", time=lasted(after, texts)) if after.total_seconds() >= 1 else ""
    found = ", ".join(filter(None, (texts.moment(release.first_seen, now), late)))
    note = [Text(block, Tone.QUIET) for block in paragraphs(date_note(release, texts))]
    return [Fact(texts.t("Published"), texts.moment(release.published, now)), Fact(texts.t("Found"), found), *note]


def _subscriptions(release: Release, chapters: Sequence[Chapter], texts: Texts, now: datetime) -> list[Element]:
    if not chapters:
        return [Fact(texts.t("Subscription"), texts.t("none"))]
    return [Fact(texts.t("Subscription"), _chapter(each, release, texts, now)) for each in chapters[-_MOST:]]


def _chapter(chapter: Chapter, release: Release, texts: Texts, now: datetime) -> str:
    name = texts.t("All newsrooms") if chapter.to_all else release.newsroom.name
    parts = [name, texts.t("since {date}", date=texts.moment(chapter.created_at, now))]
    if chapter.ended_at:
        parts.append(texts.t("ended {moment}", moment=texts.moment(chapter.ended_at, now)))
    if _was_muted(chapter, release.first_seen) and chapter.muted_from and chapter.muted_until:
        since, until = texts.moment(chapter.muted_from, now), texts.moment(chapter.muted_until, now)
        parts.append(texts.t("muted from {since} until {until}", since=since, until=until))
    return ", ".join(parts)


def _kind(told: Told, texts: Texts) -> str:
    # What completed a release, who took it on or whom to call about it is no correction by its newsroom.
    if told.kind is DeliveryKind.CORRECTION and told.payload.get("more") != More.CHANGES:
        return texts.t("Edited without a sound")
    if told.kind is DeliveryKind.FOLLOW_UP and told.payload.get("more") == More.WHOLE:
        return texts.t("Whole text")
    return texts.t(_KINDS[told.kind]) if told.kind in _KINDS else told.kind.value


def _told(told: Told, release: Release, texts: Texts, now: datetime) -> str:
    parts = [_why(told, texts), _owed(told, texts, now), _held(told, texts, now), _done(told, release, texts, now)]
    if told.attempts > 1:
        parts.append(texts.n("{count} try", "{count} tries", told.attempts))
    if told.ambiguous:
        parts.append(texts.t("perhaps sent twice: an answer was lost"))
    return "; ".join(filter(None, parts))


def _why(told: Told, texts: Texts) -> str:
    rule = told.payload.get("why", "")
    return texts.t(RULES[rule]) if rule in RULES else ""


def _owed(told: Told, texts: Texts, now: datetime) -> str:
    """When it was owed; what was held back counts as owed from when that was over, which says nothing new."""
    if told.held_until and told.created_at >= told.held_until:
        return ""
    return texts.t("owed {moment}", moment=texts.moment(told.created_at, now))


def _held(told: Told, texts: Texts, now: datetime) -> str:
    if told.held_until is None:
        return ""
    rule = told.payload.get("held", "")
    why = texts.t(RULES[rule]) if rule in RULES else ""
    held = texts.t("held until {moment}", moment=texts.moment(told.held_until, now))
    return f"{held} ({why})" if why else held


def _done(told: Told, release: Release, texts: Texts, now: datetime) -> str:
    when = texts.moment(told.done_at, now) if told.done_at else ""
    if told.reason == _IN_DIGEST:
        return texts.t("sent in a digest {moment}", moment=when)
    match told.state:
        case DeliveryState.SENT:
            took = (
                told.done_at - release.first_seen
                if told.done_at and told.kind is DeliveryKind.ALERT and not told.held_until
                else None
            )
            after = texts.t("{time} after it was found", time=lasted(took, texts)) if took is not None else ""
            return ", ".join(filter(None, (texts.t("sent {moment}", moment=when), after)))
        case DeliveryState.SKIPPED:
            return texts.t("not needed ({reason})", reason=_reason(told.reason, texts) or texts.t("nothing was left to say"))
        case DeliveryState.DEAD:
            return texts.t("given up {moment}: {reason}", moment=when, reason=_reason(told.reason, texts))
        case DeliveryState.PENDING:
            waits = _reason(told.reason, texts)
            return texts.t("waiting to be sent") + (f" ({waits})" if waits else "")
        case DeliveryState.HELD:
            return texts.t("held back")


def _reason(reason: str, texts: Texts) -> str:
    rule = reason.rpartition(": ")[2]
    if rule in RULES:
        return texts.t(RULES[rule])
    return texts.t(REASONS[reason]) if reason in REASONS else shorten(reason, _REASON)
