"""Whom to call: contacts of a release, and the press duty desk of a newsroom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards.shorten import shorten, summary
from bot.cards.words import meta_parts, rows
from bot.contacts import KnownContact, Stale, merge
from bot.domain.card import (
    Button,
    Card,
    ContactItem,
    Element,
    Heading,
    Meta,
    Text,
    Title,
    Tone,
)
from bot.domain.contact import Contact, Pin, Sighting
from bot.domain.newsroom import Newsroom, NewsroomEntry
from bot.domain.prose import paragraphs
from bot.domain.release import Release
from bot.i18n import N_, Texts

_LABEL = 120
_TITLE = 100
_MOST = 10
FEW, MANY = 2, 6
"""Contacts of one newsroom, among others and by itself."""
_STALE = 2
_DESKS = 2
_STALENESS = {Stale.OLD: N_("May be out of date"), Stale.SUPERSEDED: N_("Has a newer number")}


@dataclass(frozen=True, slots=True)
class PressDesk:
    """What is known of a newsroom's press contacts: what its releases named, what operators pinned, and what the catalogue says.

    `at` is by when it is judged whether they are too old; None: none is.
    """

    newsroom: Newsroom | NewsroomEntry
    seen: tuple[Sighting, ...] = ()
    pins: tuple[Pin, ...] = ()
    at: datetime | None = None

    @property
    def known(self) -> tuple[KnownContact, ...]:
        """The contacts, none twice, in the order in which one would try them."""
        return merge(self.seen, listed=self.newsroom.contact, pins=self.pins, now=self.at)


def sightings(release: Release) -> tuple[Sighting, ...]:
    """The contacts that a release names."""
    content = release.content()
    return tuple(Sighting(each, release.id, release.published, content.title, content.url) for each in release.contacts)


def to_call(release: Release, pins: Sequence[Pin] = ()) -> list[KnownContact]:
    """Whom to call, as an alert says it: whom an operator pinned, a duty desk, then the people whom the release names.

    The desk is the release's own, else the catalogue's. What is not right any more is left out: an alert has no room for doubt.
    Of `pins` those of other newsrooms do not count.
    """
    pinned = tuple(pin for pin in pins if pin.newsroom_id == release.newsroom.id)
    desk = PressDesk(release.newsroom, sightings(release), pinned)
    fresh = [each for each in desk.known if each.stale is None and not each.through_desk]
    own = [each for each in fresh if each.pinned_at or each.releases]
    has_desk = any(each.is_desk for each in own)
    return [each for each in fresh if each in own or not own or (each.is_desk and not has_desk)]


def of_newsroom(desk: PressDesk, most: int = MANY) -> list[KnownContact]:
    """Whom to try, `most` of them, and after them a few that may not be right any more."""
    fresh = [each for each in desk.known if each.stale is None]
    stale = [each for each in desk.known if each.stale]
    return [*fresh[:most], *stale[: _STALE if fresh else most]]


def of_release(release: Release, desk: PressDesk) -> list[KnownContact]:
    """Whom an operator pinned, the newsroom's duty desk, then whom the release names."""
    desks = [each for each in desk.known if each.is_desk and each.stale is None][:_DESKS]
    return [each for each in desk.known if each.pinned_at or each in desks or release.id in each.releases][:_MOST]


def contact_item(contact: Contact, newsroom: Newsroom | NewsroomEntry, texts: Texts, source: str = "") -> ContactItem:
    """A contact with what stands for it: the person, else the function, else the newsroom's press desk."""
    return ContactItem(label_of(contact, newsroom, texts), _with_notes(contact, newsroom.contact), source)


def label_of(contact: Contact, newsroom: Newsroom | NewsroomEntry, texts: Texts) -> str:
    """What stands for a contact."""
    label = contact.name or contact.role or contact.org or texts.t("Press desk, {newsroom}", newsroom=newsroom.name)
    return shorten(label[:1].upper() + label[1:], _LABEL)


def known_item(known: KnownContact, desk: PressDesk, texts: Texts, here: Release | None = None) -> ContactItem:
    """A contact with where it is from and when it was seen last, as a card about the release `here` says it."""
    item = contact_item(known.contact, desk.newsroom, texts, source_of(known, texts, here))
    url = known.last.url if known.last and not (here and here.id == known.last.release_id) else ""
    return replace(item, url=url, marks=(texts.t(_STALENESS[known.stale]),) if known.stale else ())


def call_items(release: Release, pins: Sequence[Pin], texts: Texts) -> list[ContactItem]:
    """Whom to call, each with where it is from, unless that is the release itself."""
    return [_call_item(known, release, texts) for known in to_call(release, pins)]


def _call_item(known: KnownContact, release: Release, texts: Texts) -> ContactItem:
    is_own = known.releases and not known.pinned_at
    source = "" if is_own else source_of(replace(known, last=None), texts)
    return contact_item(known.contact, release.newsroom, texts, source)


def source_of(known: KnownContact, texts: Texts, here: Release | None = None) -> str:
    """From where a contact is, and when it was seen last."""
    parts = [texts.t("reached through the press desk")] if known.through_desk else []
    if known.pinned_at:
        parts.append(texts.t("pinned by the desk, {date}", date=texts.date(known.pinned_at)))
    if known.last:
        parts.append(_seen(known.last, texts, here, listed=known.listed))
    elif known.listed:
        parts.append(texts.t("from the catalogue"))
    return " · ".join(parts)


def _seen(last: Sighting, texts: Texts, here: Release | None, *, listed: bool) -> str:
    if here and last.release_id == here.id:
        return texts.t("named in this release")
    title, date = shorten(last.title, _TITLE), texts.date(last.seen)
    if listed:
        return texts.t("from the catalogue and “{title}”, {date}", title=title, date=date)
    return texts.t("from “{title}”, {date}", title=title, date=date)


def press_desk_items(desk: PressDesk, texts: Texts, most: int = FEW) -> list[ContactItem]:
    """Whom to try at a newsroom, each with where it is from."""
    return [known_item(known, desk, texts) for known in of_newsroom(desk, most)]


def contact_card(desks: Sequence[PressDesk], texts: Texts, *, more: int = 0) -> Card:
    """The press duty cards of newsrooms; `more` others were left out."""
    elements: list[Element] = []
    most = MANY if len(desks) == 1 else FEW
    for desk in desks:
        elements.append(Heading(desk.newsroom.name))
        elements += press_desk_items(desk, texts, most) or [_nobody(desk.newsroom, texts)]
    if more:
        note = texts.n("{count} more newsroom: /contact and its name", "{count} more newsrooms: /contact and the name of one", more)
        elements.append(Text(paragraphs(note)[0], Tone.QUIET))
    names = ", ".join(desk.newsroom.name for desk in desks)
    buttons = rows(*_newsroom_buttons(desks[0], texts)) if len(desks) == 1 else ()
    return Card(summary(texts.t("Press contact: {names}", names=names)), tuple(elements), buttons)


def release_contact_card(release: Release, desk: PressDesk, texts: Texts, now: datetime) -> Card:
    """Whom to call about a release: the newsroom's press desk, then whom the release names."""
    content = release.content(texts.language)
    elements: list[Element] = [Meta(meta_parts(release, content, texts, now)), Title(content.title, content.url)]
    named = any(release.id in each.releases for each in desk.known)
    shown = of_release(release, desk) if named else of_newsroom(desk, FEW)
    if not named and shown:
        said = texts.t("The release names no press contact. This is the newsroom's:")
        elements.append(Text(paragraphs(said)[0], Tone.QUIET))
    items = [known_item(each, desk, texts, release) for each in shown]
    elements += items or [_nobody(release.newsroom, texts)]
    names = ", ".join(item.label for item in items) or release.newsroom.name
    return Card(
        summary(texts.t("Press contact: {names}", names=names)),
        tuple(elements),
        rows(
            _save_button(f"release:{release.id}", texts) if items else None,
            Button(texts.t("Whole release"), f"/release id:{release.id}"),
            _page_button(release.newsroom, texts),
        ),
    )


def _newsroom_buttons(desk: PressDesk, texts: Texts) -> list[Button | None]:
    return [_save_button(desk.newsroom.slug, texts) if desk.known else None, _page_button(desk.newsroom, texts)]


def _save_button(whose: str, texts: Texts) -> Button:
    return Button(texts.t("Save contact"), f"/contact {whose} vcard")


def _page_button(newsroom: Newsroom | NewsroomEntry, texts: Texts) -> Button | None:
    return Button(texts.t("The newsroom's page"), url=newsroom.page_url) if newsroom.page_url else None


def _nobody(newsroom: Newsroom | NewsroomEntry, texts: Texts) -> Text:
    said = texts.t("No press contact is known yet for {newsroom}: none of its releases here names one.", newsroom=newsroom.name)
    return Text(paragraphs(said)[0])


def _with_notes(contact: Contact, listed: Contact | None) -> Contact:
    """The contact with what the catalogue says about its numbers ("ikke SMS"), where it does not say so itself."""
    if listed is None:
        return contact
    notes = {phone.e164: phone.note for phone in listed.phones if phone.e164}
    return replace(contact, phones=tuple(p if p.note else replace(p, note=notes.get(p.e164 or "")) for p in contact.phones))
