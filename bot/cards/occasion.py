"""What must be seen first of a release, and what it invites to: an embargo, a date to sign up by, when and where; as a file too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.cards.content_lines import escaped, written
from bot.cards.shorten import shorten
from bot.domain.card import Element, Fact, Text, Tone
from bot.domain.file import File, file_name
from bot.domain.prose import Block, paragraphs
from bot.domain.release import Content, Kind, Release
from bot.i18n import Texts
from bot.text.clocks import clock_of
from bot.text.notices import deadline, embargo
from bot.text.occasion import Occasion, invites, occasion

MEDIA_TYPE = "text/calendar"
_LONGEST = 300
_LISTED = 160
_PAST = timedelta(days=30)
"""So long after a release its dates are no warning any more."""


def occasion_elements(release: Release, content: Content, texts: Texts, now: datetime | None) -> list[Element]:
    """The lines to be read before all others; without `now` as it may stand for days.

    What the version that is read leaves unsaid another may say: an embargo holds in every language.
    """
    asked = asks(release, content)
    lines = dict.fromkeys(next(filter(None, map(line, _versions(release, content))), "") for line in (_embargo, _deadline))
    tone = Tone.QUIET if now and now - release.published > _PAST else Tone.WARNING
    found: list[Element] = [Text(block, tone) for line in lines for block in paragraphs(shorten(line, _LONGEST))]
    if asked and asked.when:
        found.append(Fact(texts.t("Time"), shorten(asked.when, _LONGEST)))
    if asked and asked.where:
        found.append(Fact(texts.t("Place"), shorten(asked.where, _LONGEST)))
    return found


def embargo_line(release: Release, content: Content, now: datetime | None) -> Block | None:
    """What a list says of a release that may not be told yet, with `now` as above; None: nothing, or it was long ago."""
    if now and now - release.published > _PAST:
        return None
    line = next(filter(None, map(_embargo, _versions(release, content))), "")
    return paragraphs(shorten(line, _LISTED))[0] if line else None


def _versions(release: Release, content: Content) -> tuple[Content, ...]:
    """The version that is read, before the others."""
    return (content, *(each for each in release.versions if each != content))


def _embargo(content: Content) -> str:
    return embargo(content.lead, [block.text for block in content.body])


def _deadline(content: Content) -> str:
    return deadline(content.lead, [block.text for block in content.body], everywhere=_is_invitation(content))


def asks(release: Release, content: Content) -> Occasion | None:
    """What a release invites the press to, by the version that is read, else by another; None where none does, or it is gone."""
    asked = (_asks(release, each) for each in _versions(release, content))
    return next(filter(None, asked), None) if release.gone_at is None else None


def _asks(release: Release, content: Content) -> Occasion | None:
    if not _is_invitation(content):
        return None
    body = [block.text for block in content.body]
    zone = clock_of(release.newsroom.country) if release.date_note is None else None
    return occasion(content.title, content.lead, body, published=release.published, zone=zone)


def _is_invitation(content: Content) -> bool:
    return content.kind is Kind.INVITATION or invites(content.title, content.lead)


def calendar_file(release: Release, content: Content, texts: Texts) -> File | None:
    """What it invites to, for a calendar (iCalendar, RFC 5545); None where day and hour are not both certain."""
    asked = asks(release, content)
    if asked is None or asked.starts is None:
        return None
    lines = _event(release, content, asked, asked.starts, texts)
    return File(file_name(f"{release.newsroom.slug} {content.title}", "ics"), MEDIA_TYPE, written(lines))


def _event(release: Release, content: Content, asked: Occasion, starts: datetime, texts: Texts) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Pressevagt//Pressevagt//EN", "METHOD:PUBLISH", "BEGIN:VEVENT")
    # The same for every file of this release, so that a calendar moves the event rather than keep it twice.
    whose = f"{release.newsroom.slug} {release.external_id}"
    yield f"UID:{hashlib.blake2b(whose.encode(), digest_size=16).hexdigest()}@pressevagt"
    yield f"SEQUENCE:{release.revision - 1}"
    yield f"DTSTAMP:{_utc(release.corrected_at or release.published)}"
    yield f"DTSTART:{_utc(starts)}"
    if asked.ends:
        yield f"DTEND:{_utc(asked.ends)}"
    yield f"SUMMARY:{escaped(shorten(content.title, _LONGEST))}"
    if asked.where:
        yield f"LOCATION:{escaped(asked.where)}"
    said = (shorten(content.lead, _LONGEST), asked.when, texts.t("From {newsroom}", newsroom=release.newsroom.name), content.url)
    yield f"DESCRIPTION:{escaped(chr(10).join(filter(None, said)))}"
    if content.url and not any(char.isspace() for char in content.url):
        yield f"URL:{content.url}"
    yield from ("END:VEVENT", "END:VCALENDAR")


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
