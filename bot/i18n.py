"""What the bot says in the reader's language, and when, as that language writes times.

Messages are written in English in the code, `texts(language, timezone).t("No newsroom is called {name}.", name=name)`, and
translated in `locale/<language>/LC_MESSAGES/pressevagt.po`. `python -m bot.i18n update` enters new messages there without a
translation; the tests name what is left to translate.
"""

from __future__ import annotations

import ast
import difflib
import gettext
import io
import string
import sys
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel.core import Locale
from babel.dates import TIMEDELTA_UNITS, format_date, format_timedelta
from babel.numbers import format_decimal

from bot.errors import SettingsError

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

SUPPORTED = ("da", "en")
"""The interface languages, the default first."""

_SOURCE = "en"
# British: 13 October, and the 24-hour clock as the Danes have it.
_LOCALES = {"da": Locale("da"), "en": Locale("en", "GB")}
_CLOCKS = {"da": "{0.hour}.{0.minute:02}", "en": "{0.hour:02}:{0.minute:02}"}
_WEEK = 7
_MINUTE = 60
_LONGEST_NAME = 60
_HERE = Path(__file__).parent
_Strings = str | tuple[str, ...] | list[str] | None


def N_(message: str) -> str:  # noqa: N802 (gettext's name)
    """The message itself, marked for translation where it stands; `t` translates it where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said to one reader: `language` is one of `SUPPORTED`, `zone` where the reader's clock hangs. Made by `texts`.

    Times given are aware; they are written in the reader's zone, summer time included.
    """

    language: str
    zone: zoneinfo.ZoneInfo
    _catalogue: gettext.NullTranslations

    def t(self, message: str, **values: object) -> str:
        """The message in the reader's language, with its `{placeholders}` filled in; values are text and stay as they are."""
        return self._catalogue.gettext(message).format(**values)

    def n(self, singular: str, plural: str, count: int, **values: object) -> str:
        """The message for so many; `{count}` is filled in as the language writes numbers."""
        return self._catalogue.ngettext(singular, plural, count).format(count=self.number(count), **values)

    def number(self, value: float) -> str:
        """A number: `2.321` or `5,3` in Danish, `2,321` or `5.3` in English."""
        return format_decimal(value, locale=_LOCALES[self.language])

    def clock(self, when: datetime) -> str:
        """The time of day: `9.05` in Danish, `09:05` in English."""
        return _CLOCKS[self.language].format(when.astimezone(self.zone))

    def date(self, when: datetime) -> str:
        """The day: `13. oktober 2025`, `13 October 2025`."""
        return format_date(when.astimezone(self.zone), "long", locale=_LOCALES[self.language])

    def moment(self, when: datetime, now: datetime | None) -> str:
        """Day and time as one says them: today, yesterday or tomorrow, a weekday of the past week, else the date.

        Without `now` always the date: what stands in a chat for days must not say "today".
        """
        clock = self.clock(when)
        if now is None:
            return self.t("{day} at {time}", day=self.date(when), time=clock)
        local = when.astimezone(self.zone)
        ago = (now.astimezone(self.zone).date() - local.date()).days
        if ago == 0:
            return self.t("today at {time}", time=clock)
        if ago == 1:
            return self.t("yesterday at {time}", time=clock)
        if ago == -1:
            return self.t("tomorrow at {time}", time=clock)
        weekday = format_date(local, "EEEE", locale=_LOCALES[self.language])
        return self.t("{day} at {time}", day=weekday if 0 < ago < _WEEK else self.date(when), time=clock)

    def age(self, age: timedelta) -> str:
        """How long ago, in the largest unit that has passed: `for 3 minutter siden`, `3 minutes ago`, or just now."""
        seconds = int(age.total_seconds())
        if seconds < _MINUTE:
            return self.t("just now")
        unit = next(length for _, length in TIMEDELTA_UNITS if length <= seconds)
        whole = timedelta(seconds=-(seconds // unit) * unit)
        return format_timedelta(whole, threshold=1, add_direction=True, locale=_LOCALES[self.language])


@lru_cache(maxsize=512)
def texts(language: str, timezone: str) -> Texts:
    """The texts for readers of a language (a tag; English where we do not speak it) in a time zone (`Europe/Copenhagen`).

    Raises SettingsError naming a time zone that does not exist.
    """
    code = language.replace("_", "-").partition("-")[0].lower()
    code = code if code in SUPPORTED else _SOURCE
    return Texts(code, _zone(timezone), _catalogue(code))


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(name[:_LONGEST_NAME], sorted(zoneinfo.available_timezones()), 1, cutoff=0.8)
        remedy = f"did you mean {near[0]}?" if near else "write it like Europe/Copenhagen"
        fault = f"there is no time zone {name[:_LONGEST_NAME]!r}: {remedy}"
        raise SettingsError(fault) from None


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """The translations, compiled in memory: no binary file has to be kept in step with the one people edit."""
    if language == _SOURCE:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo

    compiled = io.BytesIO()
    write_mo(compiled, read(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


# The translators' side: which messages there are, and what their translations lack.


def translated() -> tuple[str, ...]:
    """The interface languages that have a file of translations: all but English."""
    return tuple(language for language in SUPPORTED if language != _SOURCE)


def read(language: str) -> Catalog:
    """The translations of a language as they stand in its file."""
    from babel.messages.pofile import read_po

    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def sources() -> Catalog:
    """Every message in the code of `bot` and `adapters`: the first argument of `t` (or `_t`) and `N_`, the first two of `n`."""
    from babel.messages.catalog import Catalog

    catalogue = Catalog()
    for folder in (_HERE, _HERE.parent / "adapters"):
        for file in sorted(folder.rglob("*.py")):
            for message in messages_in(file.read_text(encoding="utf-8"), str(file)):
                catalogue.add(message)
    return catalogue


def messages_in(code: str, file: str = "<code>") -> Iterator[str | tuple[str, str]]:
    """The messages of a Python source: singular and plural for `n`. Of two that an `if` within the call chooses from, both.

    From the syntax tree: Babel reads tokens, and before Python 3.12 a call within an f-string is none.
    """
    for call in ast.walk(ast.parse(code, file)):
        if not isinstance(call, ast.Call):
            continue
        name = (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")).removeprefix("_")
        arguments = [tuple(_literals(argument)) for argument in call.args]
        if name in ("t", "N_") and arguments:
            yield from arguments[0]
        elif name == "n" and len(arguments) > 1:
            yield from zip(arguments[0], arguments[1], strict=False)


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def faults(language: str) -> Iterator[str]:
    """What is wrong with a language's translations, a sentence each; none when they are complete."""
    there, wanted = read(language), sources()
    yield from (f"not in the file: {message.id!r}" for message in wanted if message.id and message.id not in there)
    yield from (f"obsolete: {message!r}" for message in there.obsolete)
    for message in there:
        if not message.id:
            continue
        if message.id not in wanted:
            yield f"no longer in the code: {message.id!r}"
        elif not all(_each(message.string)):
            yield f"not translated: {message.id!r}"
        elif message.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif _placeholders(message.id) != _placeholders(message.string):
            yield f"placeholders differ: {message.id!r} and {message.string!r}"


def update(language: str) -> None:
    """Write the language's file anew: messages of the code sorted, with the translations it had, new ones with none."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    there = read(language) if _path(language).exists() else Catalog(locale=language)
    catalogue = Catalog(locale=language)
    for message in sources():
        if message.id:
            catalogue.add(message.id, there[message.id].string if message.id in there else "")
    body = io.BytesIO()
    # No header of Babel's, whose dates and versions would change with every run.
    write_po(body, catalogue, width=0, no_location=True, omit_header=True, sort_output=True)
    _path(language).write_bytes(_header(catalogue).encode() + body.getvalue())


def _header(catalogue: Catalog) -> str:
    lines = ("Content-Type: text/plain; charset=utf-8", f"Language: {catalogue.locale}", f"Plural-Forms: {catalogue.plural_forms}")
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"


def _path(language: str) -> Path:
    return _HERE / "locale" / language / "LC_MESSAGES" / "pressevagt.po"


def _each(strings: _Strings) -> tuple[str, ...]:
    """A message's one string, or its singular and plural."""
    return (strings or "",) if isinstance(strings, str | None) else tuple(strings)


def _placeholders(strings: _Strings) -> list[set[str]]:
    """What each of the strings fills in. One of a kind need not be counted: `one release`, whatever the other language does."""
    filled = [{name for _, name, _, _ in string.Formatter().parse(each) if name is not None} for each in _each(strings)]
    return [*(names - {"count"} for names in filled[:-1]), filled[-1]]


if __name__ == "__main__":
    if sys.argv[1:] != ["update"]:
        sys.exit("usage: python -m bot.i18n update")
    for each in translated():
        update(each)
