"""Whom to call: contacts of a release, and the press duty desk of a newsroom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.cards.shorten import shorten, summary
from bot.cards.words import meta_parts, rows
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
from bot.domain.contact import Contact, ContactKind, Phone
from bot.domain.newsroom import Newsroom, NewsroomEntry
from bot.domain.prose import paragraphs
from bot.domain.release import Release
from bot.i18n import Texts

_LABEL = 120
_TITLE = 100
_MOST = 10


@dataclass(frozen=True, slots=True)
class PressDesk:
    """What is known of a newsroom's press contact: by the catalogue, and by the newest release that names one (`named`)."""

    newsroom: Newsroom | NewsroomEntry
    named: tuple[Contact, Release] | None = None


def press_contacts(contacts: Iterable[Contact]) -> list[Contact]:
    """Those that the press can reach, duty desks first."""
    reachable = [c for c in contacts if c.kind is ContactKind.PRESS and (c.phones or c.emails)]
    return sorted(reachable, key=lambda contact: not contact.is_desk)


def contact_item(contact: Contact, newsroom: Newsroom | NewsroomEntry, texts: Texts, source: str = "") -> ContactItem:
    """A contact with what stands for it: the person, else the function, else the newsroom's press desk."""
    label = contact.name or contact.role or contact.org or texts.t("Press desk, {newsroom}", newsroom=newsroom.name)
    return ContactItem(shorten(label[:1].upper() + label[1:], _LABEL), _with_notes(contact, newsroom.contact), source)


def newsroom_contact_items(newsroom: Newsroom | NewsroomEntry, texts: Texts) -> list[ContactItem]:
    """What the catalogue says, if anything."""
    known = newsroom.contact
    if known is None or not (known.phones or known.emails):
        return []
    return [contact_item(known, newsroom, texts, texts.t("from the catalogue"))]


def press_desk_items(desk: PressDesk, texts: Texts) -> list[ContactItem]:
    """The newest named contact and the catalogue's, as one where they share a number or an address, each with where it is from."""
    listed = newsroom_contact_items(desk.newsroom, texts)
    if desk.named is None:
        return listed
    contact, release = desk.named
    title = shorten(release.content(texts.language).title, _TITLE)
    date = texts.date(release.published)
    if not listed or not _same(contact, listed[0].contact):
        source = texts.t("from “{title}”, {date}", title=title, date=date)
        return [contact_item(contact, desk.newsroom, texts, source), *listed]
    source = texts.t("from the catalogue and “{title}”, {date}", title=title, date=date)
    return [contact_item(_merged(contact, listed[0].contact), desk.newsroom, texts, source)]


def contact_card(desks: Sequence[PressDesk], texts: Texts, *, more: int = 0) -> Card:
    """The press duty cards of newsrooms; `more` others were left out."""
    elements: list[Element] = []
    for desk in desks:
        items = press_desk_items(desk, texts)
        elements += [Heading(desk.newsroom.name), *items] if items else [Heading(desk.newsroom.name), _nobody(desk.newsroom, texts)]
    if more:
        note = texts.n("{count} more newsroom: /contact and its name", "{count} more newsrooms: /contact and the name of one", more)
        elements.append(Text(paragraphs(note)[0], Tone.QUIET))
    names = ", ".join(desk.newsroom.name for desk in desks)
    buttons = rows(_page_button(desks[0].newsroom, texts)) if len(desks) == 1 else ()
    return Card(summary(texts.t("Press contact: {names}", names=names)), tuple(elements), buttons)


def release_contact_card(release: Release, desk: PressDesk, texts: Texts, now: datetime) -> Card:
    """Whom to call about a release; where it names nobody, the newsroom's press desk."""
    content = release.content(texts.language)
    elements: list[Element] = [Meta(meta_parts(release, content, texts, now)), Title(content.title, content.url)]
    own = [contact_item(contact, release.newsroom, texts) for contact in press_contacts(release.contacts)[:_MOST]]
    if not own:
        said = texts.t("The release names no press contact. This is the newsroom's:")
        own_desk = press_desk_items(desk, texts)
        elements += [Text(paragraphs(said)[0], Tone.QUIET), *own_desk] if own_desk else [_nobody(release.newsroom, texts)]
    names = ", ".join(item.label for item in own) or release.newsroom.name
    return Card(
        summary(texts.t("Press contact: {names}", names=names)),
        (*elements, *own),
        rows(Button(texts.t("Whole release"), f"/release id:{release.id}"), _page_button(release.newsroom, texts)),
    )


def _page_button(newsroom: Newsroom | NewsroomEntry, texts: Texts) -> Button | None:
    return Button(texts.t("The newsroom's page"), url=newsroom.page_url) if newsroom.page_url else None


def _nobody(newsroom: Newsroom | NewsroomEntry, texts: Texts) -> Text:
    said = texts.t("No press contact is known yet for {newsroom}: none of its releases here names one.", newsroom=newsroom.name)
    return Text(paragraphs(said)[0])


def _same(one: Contact, other: Contact) -> bool:
    return bool(_ways(one) & _ways(other))


def _ways(contact: Contact) -> set[str]:
    return {phone.e164 for phone in contact.phones if phone.e164} | {email.casefold() for email in contact.emails}


def _with_notes(contact: Contact, listed: Contact | None) -> Contact:
    """The contact with what the catalogue says about its numbers ("ikke SMS"), where it does not say so itself."""
    if listed is None:
        return contact
    notes = {phone.e164: phone.note for phone in listed.phones if phone.e164}
    return replace(contact, phones=tuple(p if p.note else replace(p, note=notes.get(p.e164 or "")) for p in contact.phones))


def _merged(newest: Contact, listed: Contact) -> Contact:
    """Both contacts as one: the newest's words and order, then what only the list has."""
    phones = (*newest.phones, *(phone for phone in listed.phones if not _has(newest.phones, phone)))
    known = {email.casefold() for email in newest.emails}
    emails = (*newest.emails, *(email for email in listed.emails if email.casefold() not in known))
    return replace(newest, role=newest.role or listed.role, org=newest.org or listed.org, phones=phones, emails=emails)


def _has(phones: Iterable[Phone], wanted: Phone) -> bool:
    return any((phone.e164, phone.ext) == (wanted.e164, wanted.ext) for phone in phones if phone.e164)
