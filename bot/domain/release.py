"""Releases: what a newsroom published, with its language versions and revisions."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.contact import Contact
from bot.domain.newsroom import Newsroom
from bot.domain.prose import Prose, plain

ReleaseId = NewType("ReleaseId", int)

LATE_AFTER = timedelta(hours=6)
"""Found, or told, longer than this after it was published or owed, a release is marked late."""

FINGERPRINT_VERSION = "1"
"""Raised whenever cleaning or fingerprinting changes what it makes of the same bytes: a fingerprint of another version is taken
anew in silence, so that an upgrade of the bot is never mistaken for a correction by the newsroom."""


class Kind(StrEnum):
    """What sort of release it is; the newsroom's own word for it is kept beside."""

    PRESS_RELEASE = "press_release"
    NEWS = "news"
    INVITATION = "invitation"


class DateNote(StrEnum):
    """Why a release has no publication time that can be believed; it then counts from when it was first seen."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a release. `url` is absolute http(s), as is `thumbnail`: a small copy, where the newsroom has one."""

    url: str
    caption: str = ""
    credit: str = ""
    thumbnail: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """An attached file of a release. `url` is absolute http(s)."""

    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Translation:
    """The same release in another language, where the newsroom published it under an identity of its own.

    `external_id` is that identity, as its feed has it; `language` and `title` may be empty.
    """

    external_id: str
    language: str = ""
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What one source says a release says, in one language version.

    `language` is the tag that keeps versions apart (`da`, `en`; empty where the source names none): it is not to be trusted as
    the language of the text. `lead` is plain text in one paragraph; `body` may be empty. `url` is the reader's link.
    """

    title: str
    lead: str = ""
    body: Prose = ()
    language: str = ""
    url: str = ""
    kind: Kind | None = None
    kind_word: str = ""
    pictures: tuple[Picture, ...] = ()
    documents: tuple[Document, ...] = ()
    keywords: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    translations: tuple[Translation, ...] = ()

    @property
    def text(self) -> str:
        """Title, lead and body, a line each paragraph: what an edit may change."""
        return "\n".join((self.title, self.lead, plain(self.body)))

    @property
    def fingerprint(self) -> str:
        """What decides whether a source now says something else: the words of title, lead and body, and nothing of their looks.

        Space, composed against decomposed characters, links, pictures and documents do not count.
        """
        words = "\x1f".join(
            " ".join(unicodedata.normalize("NFC", part).split()) for part in (self.title, self.lead, plain(self.body))
        )
        return f"{FINGERPRINT_VERSION}:{hashlib.blake2b(words.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"


@dataclass(frozen=True, slots=True)
class ParsedRelease:
    """One item of a feed document, cleaned.

    `external_id` is the release's identity within its feed, the same for all its language versions (via-platform.md, section 6).
    `published` is aware UTC, or None with a `date_note`.
    """

    external_id: str
    content: Content
    published: datetime | None = None
    date_note: DateNote | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document, read. `releases` come in the document's order.

    `faults` has one sentence for each item that had to be left out. `truncated`: the document broke off, so what is missing from it
    says nothing, and it must be read again even if the server says that it did not change.
    """

    title: str = ""
    releases: tuple[ParsedRelease, ...] = ()
    faults: tuple[str, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """A release as stored. All times are aware UTC.

    `versions` holds the current content of each language version, the newsroom's own language first. `revision` counts from 1;
    `corrected_at` is when the last correction was seen. `gone_at`: the newsroom took it down. `late`: found more than six hours
    after it was published.
    """

    id: ReleaseId
    newsroom: Newsroom
    external_id: str
    published: datetime
    first_seen: datetime
    versions: tuple[Content, ...]
    revision: int = 1
    date_note: DateNote | None = None
    corrected_at: datetime | None = None
    gone_at: datetime | None = None
    late: bool = False

    def content(self, language: str = "") -> Content:
        """The version in the wanted language, else the newsroom's own, else the first."""
        for version in self.versions:
            if language and version.language == language:
                return version
        return self.versions[0]

    def at(self, revision: int, former: Sequence[tuple[int, Content]]) -> Release:
        """The release as it was at a revision; `former` is what it said before, as `bot.ports.Releases.revisions` has it."""
        said = {content.language: content for number, content in reversed(former) if number >= revision}
        versions = tuple(said.get(version.language, version) for version in self.versions)
        return replace(self, revision=revision, versions=versions)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The contacts of all versions, none twice."""
        return tuple(dict.fromkeys(contact for version in self.versions for contact in version.contacts))
