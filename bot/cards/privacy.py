"""What is kept of people and conversations, in words; `storage/models/` is where it is, `bot/retention.py` for how long."""

from __future__ import annotations

from bot.cards.shorten import summary
from bot.cards.words import rows
from bot.domain.card import Button, Card, Element, Heading, Text
from bot.domain.prose import Block, BlockKind, Span
from bot.i18n import N_, Texts

_PARTS = (
    (
        N_("Kept of this conversation"),
        (
            N_("its id, kind and title, its language and time zone, its subscriptions and settings"),
            N_("with which other conversations it is linked: they show each other who took a story, and nothing else"),
            N_("which releases were sent here and when, with the ids of those messages, so that they can be corrected"),
            N_("the commands of buttons that are too long for the platform"),
        ),
    ),
    (
        N_("Kept of you"),
        (
            N_("your id, and the name you had, beside each change that you make to subscriptions and settings: /subscriptions log"),
            N_("the numbered list of releases that you were shown last in each conversation; it counts for an hour"),
            N_("which stories you took, where alerts have a button for that"),
        ),
    ),
    (
        N_("Not kept"),
        (N_("what you write to me, and what others write here: I read what is meant for me, and answer"),),
    ),
    (
        N_("For how long"),
        (
            N_(
                "subscriptions and settings: until they are erased; "
                "ending a subscription stops what is sent, and leaves the record of it"
            ),
            N_("what was sent: {days} days, and longer as long as the newsroom may still correct it"),
            N_("who changed what: {change_days} days; who took a story: {days} days; lists: one day"),
            N_("of a workspace that removes this bot: nothing after {grace_days} days, and its tokens at once"),
            N_("/forget erases what is kept of this conversation; in private also what is kept of you elsewhere"),
            N_("the operators of this bot can erase all that is kept of a person or of a conversation; ask them"),
        ),
    ),
)


def privacy_card(texts: Texts, *, days: int, change_days: int, grace_days: int) -> Card:
    """All of it; for so many days what was sent, what was changed, and what an account left behind."""
    numbers = {"days": days, "change_days": change_days, "grace_days": grace_days}
    elements: list[Element] = []
    for heading, lines in _PARTS:
        elements.append(Heading(texts.t(heading)))
        elements += [Text(Block((Span(texts.t(line, **numbers)),), BlockKind.ITEM)) for line in lines]
    forget = Button(texts.t("Erase…"), "/forget")
    return Card(summary(texts.t("What I keep of you, and for how long")), tuple(elements), rows(forget))
