"""/pin and /unpin: operators say whom the press is to call, where what was read is wrong or lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from bot.alerts.anew import show_contacts
from bot.cards import contact_card, say_card
from bot.cards.contact import label_of
from bot.commands.command import Audience, Command, Family
from bot.commands.contact import press_desk
from bot.commands.context import Context, NearMiss
from bot.commands.lookup import find_newsroom
from bot.contacts import corrects, ways
from bot.domain.card import Button, Text, Tone
from bot.domain.contact import Contact, ContactKind, Pin
from bot.domain.newsroom import Newsroom
from bot.domain.prose import paragraphs
from bot.errors import UserError
from bot.feeds.contacts import extract_contacts
from bot.i18n import N_, Texts
from bot.ports import Reply
from bot.text.fold import fold

log = structlog.get_logger()

_MOST = 10
"""Pinned contacts of a newsroom: more are no help to somebody in a hurry."""
_FIRST = re.compile(r"[\"“”„«»](?P<quoted>[^\"“”„«»]+)[\"“”„«»]\s*(?P<rest>.*)|(?P<word>\S+)\s*(?P<more>.*)")


@dataclass(frozen=True, slots=True)
class Words:
    """A newsroom, and what is said of it."""

    newsroom: str
    text: str


def parse_args(rest: str, texts: Texts) -> Words:
    """`newsroom text`; a name of several words stands in quotes. Raises UserError."""
    found = _FIRST.match(rest)
    if found is None:
        raise UserError(
            texts.t("Which newsroom, and whom? Such as: /pin um Freja Holm, press officer, +45 20 12 34 56 (no text messages)")
        )
    return Words(found["quoted"] or found["word"], (found["rest"] or found["more"] or "").strip())


async def pin(ctx: Context, args: Words) -> Reply:
    """Keep a contact at the top of a newsroom's; what it corrects is not shown any more."""
    newsroom = await _newsroom(ctx, args, "/pin")
    contact = read_contact(args.text, newsroom, ctx.texts)
    before = await ctx.tx.pins.of(newsroom.id)
    kept = [each for each in before if not corrects(contact, each.contact)]
    if len(kept) >= _MOST:
        raise UserError(ctx.texts.t("So many contacts are pinned there already: {count}. /unpin takes one away.", count=len(kept)))
    for each in (old for old in before if old not in kept):
        await ctx.tx.pins.remove(each.id)
    made = await ctx.tx.pins.add(newsroom.id, contact, ctx.call.actor, ctx.now)
    log.info("contact_pinned", newsroom=newsroom.slug, pin=made.id, by=str(ctx.call.actor))
    about = {"newsroom": newsroom.name, "contact": label_of(contact, newsroom, ctx.texts)}
    await ctx.tx.deeds.note(ctx.call.actor, "pin", about, ctx.now)
    card = contact_card([await press_desk(ctx, newsroom)], ctx.texts)
    edited = _edited(await show_contacts(ctx.tx, newsroom.id, before, ctx.now), ctx.texts)
    below = [Text(paragraphs(edited)[0], Tone.QUIET)] if edited else []
    buttons = ((_unpin_button(made, newsroom, ctx.texts),), *card.buttons)
    return Reply(replace(card, elements=(*card.elements, *below), buttons=buttons), private=True)


def _edited(releases: int, texts: Texts) -> str:
    """What is done about alerts that stand."""
    if not releases:
        return ""
    return texts.n(
        "The alerts about {count} release of the last day are edited, without a sound.",
        "The alerts about {count} releases of the last day are edited, without a sound.",
        releases,
    )


def read_contact(text: str, newsroom: Newsroom, texts: Texts) -> Contact:
    """The one contact that a line names, read as those of releases are. Raises UserError."""
    found = extract_contacts(text, newsroom.country, newsroom.language)
    if not found:
        raise UserError(texts.t("No telephone number and no e-mail address can be read there, so nobody could be called."))
    if len(found) > 1:
        raise UserError(texts.t("That reads as {count} contacts: pin each by itself.", count=texts.number(len(found))))
    return replace(found[0], kind=ContactKind.PRESS)


async def unpin(ctx: Context, args: Words) -> Reply:
    """Pin a contact no longer: the only one, or the one of which some words are given."""
    newsroom = await _newsroom(ctx, args, "/unpin")
    pins = await ctx.tx.pins.of(newsroom.id)
    meant = [each for each in pins if not args.text or _is_meant(each, args.text)]
    if not meant:
        said = ctx.texts.t("No such contact is pinned at {newsroom}.", newsroom=newsroom.name)
        raise NearMiss(said, _buttons(pins, newsroom, ctx.texts))
    if len(meant) > 1:
        raise NearMiss(ctx.texts.t("Which of them?"), _buttons(meant, newsroom, ctx.texts))
    await ctx.tx.pins.remove(meant[0].id)
    edited = _edited(await show_contacts(ctx.tx, newsroom.id, pins, ctx.now), ctx.texts)
    log.info("contact_unpinned", newsroom=newsroom.slug, pin=meant[0].id, by=str(ctx.call.actor))
    who = label_of(meant[0].contact, newsroom, ctx.texts)
    await ctx.tx.deeds.note(ctx.call.actor, "unpin", {"newsroom": newsroom.name, "contact": who}, ctx.now)
    said = ctx.texts.t("{contact} is not pinned at {newsroom} any more.", contact=who, newsroom=newsroom.name)
    return Reply(say_card(f"{said} {edited}".rstrip(), tone=Tone.GOOD), private=True)


async def _newsroom(ctx: Context, args: Words, command: str) -> Newsroom:
    # What an operator pins holds for all accounts.
    stored = await ctx.tx.newsrooms.all()
    newsroom = await find_newsroom(ctx, args.newsroom, lambda slug: f"{command} {slug} {args.text}".rstrip(), among=stored)
    if not isinstance(newsroom, Newsroom):
        raise UserError(ctx.texts.t("Nobody follows {newsroom} here, so its contacts are not kept.", newsroom=newsroom.name))
    return newsroom


def _is_meant(pin: Pin, words: str) -> bool:
    """By its number in the database (as buttons say it), or by words of what it says."""
    if words.casefold().startswith("id:"):
        return words[3:] == str(pin.id)
    contact = pin.contact
    said = " ".join(filter(None, (contact.name, contact.role, contact.org, *ways(contact))))
    return fold(words) in fold(said)


def _buttons(pins: Sequence[Pin], newsroom: Newsroom, texts: Texts) -> list[Button]:
    return [Button(label_of(each.contact, newsroom, texts), f"/unpin {newsroom.slug} id:{each.id}") for each in pins]


def _unpin_button(pin: Pin, newsroom: Newsroom, texts: Texts) -> Button:
    return Button(texts.t("Unpin"), f"/unpin {newsroom.slug} id:{pin.id}")


PIN = Command(
    name="pin",
    family=Family.OPERATORS,
    aliases={"da": ("fastgør",)},
    arguments=N_("newsroom contact"),
    summary=N_("say whom the press is to call at a newsroom"),
    details=N_(
        "Name, role, number, address and remark in one line, as a press release would write them. The contact then stands first "
        "and is marked as yours; what was read of the same person or number is replaced, in alerts of the last day too."
    ),
    examples=("um Freja Holm, +45 20 12 34 56",),
    audience=Audience.OPERATORS,
    writes=True,
    parse_args=parse_args,
    run=pin,
)
UNPIN = Command(
    name="unpin",
    family=Family.OPERATORS,
    aliases={"da": ("løsn",)},
    arguments=N_("newsroom [name or number]"),
    summary=N_("take back a contact that was pinned"),
    examples=("um",),
    audience=Audience.OPERATORS,
    writes=True,
    parse_args=parse_args,
    run=unpin,
)
