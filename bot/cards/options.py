"""What is set, in words: which releases come, when, and how."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import time

from babel.core import Locale
from babel.dates import get_day_names

from bot.cards.shorten import shorten
from bot.domain.options import Corrections, Frequency, Length, QuietHours, SubscriptionOptions
from bot.domain.release import Kind
from bot.i18n import N_, Texts

FREQUENCIES = {
    Frequency.AT_ONCE: N_("at once"),
    Frequency.HOURLY: N_("hourly"),
    Frequency.DAILY: N_("daily"),
    Frequency.WEEKLY: N_("weekly"),
}
KINDS = {Kind.PRESS_RELEASE: N_("press releases"), Kind.NEWS: N_("news"), Kind.INVITATION: N_("press invitations")}
LENGTHS = {Length.HEADLINE: N_("headline"), Length.LEAD: N_("headline and lead"), Length.FULL: N_("the whole text")}
CORRECTIONS = {
    Corrections.TELL: N_("corrected where it stands, and told below"),
    Corrections.EDIT: N_("corrected where it stands"),
    Corrections.IGNORE: N_("left as it was read"),
}
_LOCALES = {"da": Locale("da"), "en": Locale("en", "GB")}
_QUERY = 60
_TIMES = {"da": "{0.hour}.{0.minute:02}", "en": "{0.hour:02}:{0.minute:02}"}


def listed(words: Iterable[str]) -> str:
    """Several, as a list in running text."""
    return ", ".join(words)


def kinds_words(kinds: Collection[Kind], texts: Texts) -> str:
    """Which kinds come."""
    return listed(texts.t(words) for kind, words in KINDS.items() if kind in kinds) or texts.t("all")


def languages_words(codes: Collection[str], texts: Texts) -> str:
    """Which languages come, by name."""
    return listed(language_word(code, texts) for code in sorted(codes)) or texts.t("all")


def language_word(code: str, texts: Texts) -> str:
    """A language's name in the reader's own."""
    return str(_LOCALES[texts.language].languages.get(code, code))


def query_words(query: str, texts: Texts) -> str:
    """A filter as it was typed."""
    return query or texts.t("none")


def pings_words(pings: Collection[str], texts: Texts) -> str:
    """Who is called."""
    return listed(pings) or texts.t("nobody")


def frequency_words(frequency: Frequency, texts: Texts) -> str:
    """When it is told."""
    return texts.t(FREQUENCIES[frequency])


def switch_words(value: bool, texts: Texts) -> str:  # noqa: FBT001 - the value of a setting
    """On or off."""
    return texts.t("on") if value else texts.t("off")


def length_words(length: Length, texts: Texts) -> str:
    """How much of a release is said."""
    return texts.t(LENGTHS[length])


def corrections_words(corrections: Corrections, texts: Texts) -> str:
    """What becomes of a correction."""
    return texts.t(CORRECTIONS[corrections])


def clock_words(at: time, texts: Texts) -> str:
    """A time of day as the language writes it."""
    return _TIMES[texts.language].format(at)


def weekday_words(day: int, texts: Texts) -> str:
    """A weekday's name, Monday 0."""
    return str(get_day_names("wide", locale=_LOCALES[texts.language])[day])


def quiet_words(quiet: tuple[time, time] | None, texts: Texts) -> str:
    """From when until when it is quiet, each day."""
    return f"{clock_words(quiet[0], texts)}–{clock_words(quiet[1], texts)}" if quiet else texts.t("none")


def hours_of(quiet: QuietHours | None) -> tuple[time, time] | None:
    """The quiet hours of each day, None where there are none of them."""
    return (quiet.start, quiet.end) if quiet and quiet.start != quiet.end else None


def chosen_words(options: SubscriptionOptions, texts: Texts) -> list[str]:
    """What about a subscription is not as it was made, in a few words each."""
    found = [] if options.frequency is Frequency.AT_ONCE else [frequency_words(options.frequency, texts)]
    found += [kinds_words(options.kinds, texts)] if options.kinds else []
    found += [languages_words(options.languages, texts)] if options.languages else []
    found += [texts.t("“{words}”", words=shorten(options.filter, _QUERY))] if options.filter else []
    found += [texts.t("urgent: {words}", words=shorten(options.urgent, _QUERY))] if options.urgent else []
    found += [texts.t("calls {people}", people=pings_words(options.pings, texts))] if options.pings else []
    return found
