"""How a question was understood, in a few words: `Udenrigsministeriet · 16.–22. nov. 2026 · kun nyheder`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from babel.core import Locale
from babel.dates import format_interval, format_skeleton

from bot.domain.release import Kind
from bot.i18n import N_, Texts
from bot.ports import Narrowing

_ONLY = {
    Kind.PRESS_RELEASE: N_("press releases only"),
    Kind.NEWS: N_("news only"),
    Kind.INVITATION: N_("press invitations only"),
}
_NONE = {Kind.PRESS_RELEASE: N_("no press releases"), Kind.NEWS: N_("no news"), Kind.INVITATION: N_("no press invitations")}
_LOCALES = {"da": Locale("da"), "en": Locale("en", "GB")}
_ONE = timedelta(days=1)
BETWEEN = " · "


def understood(narrowing: Narrowing, texts: Texts, *, among: Sequence[str] = (), left_out: Sequence[str] = ()) -> str:
    """What the answer is kept to: newsrooms (by name), days, kinds and languages; '' where it is kept to nothing."""
    return BETWEEN.join((*among, *(texts.t("not {name}", name=name) for name in left_out), *_parts(narrowing, texts)))


def _parts(narrowing: Narrowing, texts: Texts) -> Iterator[str]:
    if narrowing.since or narrowing.until:
        yield days(narrowing.since, narrowing.until, texts)
    yield from (texts.t(_ONLY[kind]) for kind in sorted(narrowing.kinds))
    yield from (texts.t(_NONE[kind]) for kind in sorted(narrowing.kinds_out))
    yield from (texts.t("in {language}", language=_language(code, texts)) for code in sorted(narrowing.languages))
    yield from (texts.t("not in {language}", language=_language(code, texts)) for code in sorted(narrowing.languages_out))


def days(since: datetime | None, until: datetime | None, texts: Texts) -> str:
    """The days from one time to before another in the reader's zone: a day, a month, a year, or from the first to the last."""
    first = since.astimezone(texts.zone).date() if since else None
    after = until.astimezone(texts.zone).date() if until else None
    locale = _LOCALES[texts.language]
    if first and after:
        if first.day == 1 and after == _next_month(first):
            return str(format_skeleton("yMMMM", first, locale=locale))
        if (first.month, first.day) == (1, 1) and after == date(first.year + 1, 1, 1):
            return str(first.year)
        return str(format_interval(first, after - _ONE, "yMMMMd", locale=locale))
    if first:
        return texts.t("from {day} on", day=_day(first, locale))
    return texts.t("up to {day}", day=_day(after - _ONE, locale)) if after else ""


def _next_month(first: date) -> date:
    return (first + 31 * _ONE).replace(day=1)


def _day(day: date, locale: Locale) -> str:
    return str(format_skeleton("yMMMMd", day, locale=locale))


def _language(code: str, texts: Texts) -> str:
    return str(_LOCALES[texts.language].languages.get(code, code))
