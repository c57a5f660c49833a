"""Press contacts: the person or duty desk whom a journalist may call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

PinId = NewType("PinId", int)


class ContactKind(StrEnum):
    """Whom a contact is for."""

    PRESS = "press"
    """The media: a press desk, a person whose role is the press, or the general contact of a release."""
    OTHER = "other"
    """Clearly something else: a switchboard, investors, sign-up, third parties."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number. `e164` is None for short codes such as 114; `ext` holds the digits of an extension.

    `note` is what the text says about the number ("ikke SMS"), or `fax`, `WhatsApp`, `vanity`, `short code 114`.
    """

    e164: str | None
    ext: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact as a release or the catalogue gives it.

    `name` is a person's, without title; None where only a function is named. `role` and `org` as in the text.
    """

    kind: ContactKind = ContactKind.PRESS
    name: str | None = None
    role: str | None = None
    org: str | None = None
    phones: tuple[Phone, ...] = ()
    emails: tuple[str, ...] = ()

    @property
    def is_desk(self) -> bool:
        """Whether it is a duty desk or function for the press rather than a person."""
        return self.kind is ContactKind.PRESS and self.name is None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A contact as one release named it: the release's id, its title and address, and when (aware UTC) it was published."""

    contact: Contact
    release_id: int
    seen: datetime
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A contact that an operator vouches for, in place of what was read. `by` is the actor, `at` aware UTC."""

    id: PinId
    newsroom_id: int
    contact: Contact
    at: datetime
    by: str = ""
