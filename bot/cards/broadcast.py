"""An operator's word to everybody: as it is told, as it is tried first, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cards.platforms import platform_name
from bot.cards.shorten import shorten, summary
from bot.cards.words import rows
from bot.domain.card import Button, Card, Element, Entry, Fact, Heading, Meta, Text, Tone
from bot.domain.delivery import DeliveryState
from bot.domain.prose import paragraphs
from bot.i18n import N_, Texts
from bot.ports import Broadcast, Progress, Reach

_GLIMPSE = 200
_LANGUAGES = {"da": N_("who read Danish"), "en": N_("who read English")}
_STATES = {
    DeliveryState.SENT: N_("Sent"),
    DeliveryState.PENDING: N_("Waiting"),
    DeliveryState.HELD: N_("Wait for the end of quiet hours"),
    DeliveryState.DEAD: N_("Given up"),
    DeliveryState.SKIPPED: N_("Left out"),
}


def broadcast_card(text: str, texts: Texts) -> Card:
    """The word as everybody reads it: plain text, and from whom it is."""
    whose = Meta((texts.t("From the operators of this bot"),))
    return Card(summary(text), (whose, *(Text(block) for block in paragraphs(text))))


def preview_card(broadcast: Broadcast, reach: Reach, minutes: int, texts: Texts) -> Card:
    """The same to whoever is about to send it, with how many it is for. It can be sent for so many minutes."""
    elements: list[Element] = [Heading(texts.t("This is what will be sent")), *broadcast_card(broadcast.text, texts).elements]
    elements += _facts(broadcast, reach, texts)
    if not reach.total:
        elements.append(Text(paragraphs(texts.t("Nobody would get it."))[0], Tone.WARNING))
        return Card(summary(broadcast.text), tuple(elements))
    valid = texts.n("It can be sent for {count} minute.", "It can be sent for {count} minutes.", minutes)
    elements.append(Text(paragraphs(valid)[0], Tone.QUIET))
    label = texts.n("Send to {count} conversation", "Send to {count} conversations", reach.total)
    send = Button(label, f"/broadcast send {broadcast.id}")
    return Card(
        summary(broadcast.text), tuple(elements), rows(send, Button(texts.t("Cancel"), f"/broadcast cancel {broadcast.id}"))
    )


def _facts(broadcast: Broadcast, reach: Reach, texts: Texts) -> list[Element]:
    by_platform = (f"{platform_name(name)} {texts.number(count)}" for name, count in reach.conversations.items())
    found: list[Element] = [
        Fact(texts.t("Conversations"), f"{texts.number(reach.total)} ({', '.join(by_platform)})" if reach.total else "0")
    ]
    if broadcast.language in _LANGUAGES:
        found.append(Fact(texts.t("Only those"), texts.t(_LANGUAGES[broadcast.language])))
    if reach.muted:
        found.append(Fact(texts.t("Left out, since everything is muted there"), texts.number(reach.muted)))
    return [*found, Fact(texts.t("Sound"), texts.t("without sound") if broadcast.silent else texts.t("with sound"))]


def progress_card(broadcast: Broadcast, progress: Progress, texts: Texts, now: datetime) -> Card:
    """How far it has come."""
    when = texts.moment(broadcast.confirmed_at, now) if broadcast.confirmed_at else ""
    heading = texts.t("Message {number} to everybody", number=broadcast.id)
    elements: list[Element] = [
        Heading(heading),
        Text(paragraphs(shorten(broadcast.text, _GLIMPSE))[0], Tone.QUIET),
        Fact(texts.t("Sent by"), ", ".join(filter(None, (broadcast.name or broadcast.by, when)))),
        *(Fact(texts.t(_STATES[state]), texts.number(count)) for state, count in _counted(progress)),
    ]
    if not progress.is_dealt_out:
        elements.append(Text(paragraphs(texts.t("More conversations are still being added."))[0], Tone.QUIET))
    return Card(summary(heading), tuple(elements), rows(Button(texts.t("Look again"), f"/broadcast {broadcast.id}")))


def _counted(progress: Progress) -> list[tuple[DeliveryState, int]]:
    always = (DeliveryState.SENT, DeliveryState.PENDING)
    return [(state, count) for state in _STATES if (count := progress.states.get(state, 0)) or state in always]


def broadcasts_card(sent: Sequence[tuple[Broadcast, Progress]], how: str, texts: Texts, now: datetime) -> Card:
    """The latest of them, and how one is sent."""
    elements: list[Element] = [Text(paragraphs(how)[0])]
    if sent:
        elements.append(Heading(texts.t("Sent lately")))
    elements += [_entry(broadcast, progress.states, texts, now) for broadcast, progress in sent]
    return Card(summary(how), tuple(elements))


def _entry(broadcast: Broadcast, states: Mapping[DeliveryState, int], texts: Texts, now: datetime) -> Entry:
    came = texts.t(
        "{sent} of {total} sent", sent=texts.number(states.get(DeliveryState.SENT, 0)), total=texts.number(sum(states.values()))
    )
    when = texts.moment(broadcast.confirmed_at, now) if broadcast.confirmed_at else ""
    return Entry(
        0,
        shorten(" ".join(broadcast.text.split()), _GLIMPSE),
        meta=tuple(filter(None, (broadcast.name or broadcast.by, when, came))),
        command=f"/broadcast {broadcast.id}",
    )
