"""The small words of cards: kinds, marks, times, languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_timedelta

from bot.cards.shorten import shorten
from bot.domain.card import Button
from bot.domain.release import Content, DateNote, Kind, Release
from bot.i18n import N_, Texts

_LABEL = 60
_SECOND = timedelta(seconds=1)
_LOCALES = {"da": Locale("da"), "en": Locale("en", "GB")}
_KINDS = {Kind.PRESS_RELEASE: N_("Press release"), Kind.NEWS: N_("News"), Kind.INVITATION: N_("Press invitation")}
_DATE_NOTES = {
    DateNote.MISSING: N_("The newsroom gives no time for it: this is when it was found."),
    DateNote.UNREADABLE: N_("The newsroom's time for it cannot be read: this is when it was found."),
    DateNote.FUTURE: N_("The newsroom dates it in the future: this is when it was found."),
}


def kind_word(content: Content, texts: Texts) -> str:
    """What sort of release it is, in the reader's language; the newsroom's own word where we have none; empty where it has none."""
    return texts.t(_KINDS[content.kind]) if content.kind else content.kind_word


def meta_parts(release: Release, content: Content, texts: Texts, now: datetime | None) -> tuple[str, ...]:
    """Kind, newsroom and time; without `now` as it may stand for days."""
    parts = (kind_word(content, texts), release.newsroom.name, texts.moment(release.published, now))
    return tuple(filter(None, parts))


def marks(release: Release, texts: Texts, now: datetime | None, *, late: bool = True) -> tuple[str, ...]:
    """What must be seen at once: that it was taken down, corrected or (unless `late` is said already) found late."""
    found: list[str] = []
    if release.gone_at:
        found.append(withdrawn(release.gone_at, texts, now, since=now or release.published))
    if release.corrected_at:
        found.append(corrected(release.corrected_at, texts, now, since=now or release.published))
    if release.late and late:
        found.append(texts.t("Found late"))
    return tuple(found)


def corrected(when: datetime, texts: Texts, now: datetime | None, *, since: datetime) -> str:
    """The mark of a correction.

    The time alone says enough where the reader has the same day before them: today, or in a post the day of publication.
    """
    if when.astimezone(texts.zone).date() == since.astimezone(texts.zone).date():
        return texts.t("CORRECTED at {time}", time=texts.clock(when))
    return texts.t("CORRECTED {moment}", moment=texts.moment(when, now))


def withdrawn(when: datetime, texts: Texts, now: datetime | None, *, since: datetime) -> str:
    """The mark of a withdrawal, its time said as that of a correction is."""
    if when.astimezone(texts.zone).date() == since.astimezone(texts.zone).date():
        return texts.t("Withdrawn at {time}", time=texts.clock(when))
    return texts.t("Withdrawn {moment}", moment=texts.moment(when, now))


def date_note(release: Release, texts: Texts) -> str:
    """Why the time shown is not the newsroom's own; empty where it is."""
    return texts.t(_DATE_NOTES[release.date_note]) if release.date_note else ""


def language_name(tag: str) -> str:
    """A language as its own speakers call it (`Dansk`, `English`); the tag where nobody knows it."""
    try:
        name = Locale.parse(tag.replace("-", "_")).language_name or tag
    except (UnknownLocaleError, ValueError, TypeError):
        name = tag
    return name[:1].upper() + name[1:]


def lasted(span: timedelta, texts: Texts) -> str:
    """How long something took: `8 sekunder`, `3 minutes`; in the largest unit of which there are two."""
    if span < _SECOND:
        return texts.t("less than a second")
    return str(format_timedelta(span, granularity="second", threshold=2, locale=_LOCALES[texts.language]))


def other_versions(release: Release, shown: Content) -> tuple[Content, ...]:
    """One content for each language version that is not the one shown."""
    by_language = {version.language: version for version in reversed(release.versions)}
    by_language.pop(shown.language, None)
    return tuple(version for language, version in reversed(by_language.items()) if language)


def elsewhere_in(release: Release, shown: Content) -> tuple[Button, ...]:
    """To the versions that the newsroom published as releases of their own, one for each language in which there is no other."""
    here = {shown.language, *(version.language for version in release.versions)}
    found = {each.language: each.url for each in shown.translations if each.url and each.language and each.language not in here}
    return tuple(Button(language_name(language), url=url) for language, url in found.items())


def rows(*buttons: Button | None, width: int = 3) -> tuple[tuple[Button, ...], ...]:
    """Buttons in rows of at most `width`, those that are None left out, with labels that fit a telephone."""
    present = [replace(button, label=shorten(button.label, _LABEL)) for button in buttons if button]
    return tuple(tuple(present[at : at + width]) for at in range(0, len(present), width))
