"""What a setting is: how a line writes it, how people may say it, how it is shown. Pure.

Each is defined once (`subscription_settings`, `destination_settings`); lines, buttons, forms, the log, undo and copies go by that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from bot.cards.shorten import shorten
from bot.commands.context import NearMiss
from bot.commands.fields import Fields, read_fields, written
from bot.domain.form import Choice, Field
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.text.fold import fold
from bot.text.nearest import Candidates, Exact, Nothing, Several, nearest

T = TypeVar("T")
V = TypeVar("V")
LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True)
class Reading:
    """By what values are read: the reader's words and zone, the time, and the platform (whom it can call)."""

    texts: Texts
    now: datetime
    platform: str


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One thing that may be set about a `T`.

    `name` is what a line calls it, `names` are other names for it, the first of them Danish. `of` and `put` get and set its value,
    `usual` is the value as made (one that is `required` has none). `read` makes a value of what was typed, and raises UserError
    naming what it takes; `write` is its inverse, `say` what people are shown. `choices` are values to choose from, as written, with
    their labels; without them it is a line of words. `several` may be chosen at once. `search`: see `bot.domain.form.Field`.
    """

    name: str
    names: tuple[str, ...]
    label: str
    hint: str
    usual: Any
    of: Callable[[T], Any]
    put: Callable[[T, Any], T]
    read: Callable[[str, Reading], Any]
    write: Callable[[Any], str]
    say: Callable[[Any, Texts], str]
    choices: tuple[tuple[str, str], ...] = ()
    several: bool = False
    search: str = ""
    required: bool = False

    def name_for(self, language: str) -> str:
        """How readers of the language write it."""
        return self.names[0] if language == "da" else self.name

    def is_usual(self, thing: T) -> bool:
        """Whether it is as made; what has to be chosen counts as that too."""
        return self.required or self.of(thing) == self.usual

    def spelt(self, thing: T) -> str:
        """Its value as a line writes it; '' where it is as made."""
        value = self.of(thing)
        return "" if value == self.usual and not self.required else self.write(value)

    def said(self, thing: T, texts: Texts) -> str:
        """Its value in words."""
        return self.say(self.of(thing), texts)

    def spelt_in_words(self, value: str, reading: Reading) -> str:
        """What is `spelt` so, in words; as it is spelt where it cannot be read any more."""
        try:
            return self.say(self.read(value, reading) if value else self.usual, reading.texts)
        except UserError:
            return value

    def line(self, thing: T) -> str:
        """Its value as a field of a line."""
        return written(self.name, self.spelt(thing))

    def set(self, thing: T, value: str, reading: Reading) -> T:
        """The thing with this value, as typed or spelt; empty: as made. Raises UserError."""
        if value:
            return self.put(thing, self.read(value, reading))
        return thing if self.required else self.put(thing, self.usual)

    def field(self, thing: T, texts: Texts) -> Field:
        """It as a field of a form."""
        value = self.write(self.of(thing))
        labels = dict(self.choices)
        chosen = filter(None, value.split(",") if self.several and self.choices else [value])
        return Field(
            name=self.name,
            label=texts.t(self.label),
            choices=tuple(Choice(written, texts.t(label)) for written, label in self.choices),
            search=self.search,
            values=tuple(Choice(each, texts.t(labels[each]) if each in labels else each) for each in chosen),
            several=self.several and bool(self.choices),
            optional=not self.required and (not self.choices or self.several),
            hint=texts.t(self.hint),
        )


Settings = Sequence[Setting[T]]


def find_setting(name: str, settings: Settings[T]) -> Setting[T] | None:
    """The setting of exactly this name, in any case and spelling of æ, ø, å."""
    folded = fold(name)
    return next((each for each in settings if folded in map(fold, (each.name, *each.names))), None)


def read_settings(rest: str, settings: Settings[T]) -> Fields:
    """The fields of a line, by the settings' own names."""

    def known(name: str) -> str | None:
        found = find_setting(name, settings)
        return found.name if found else None

    return read_fields(rest, known)


def unknown_setting(name: str, settings: Settings[T], texts: Texts) -> UserError:
    """The error for a setting that there is not, naming the nearest."""
    said = texts.t("There is no setting {name}.", name=shorten(name, 40))
    match nearest(name, [(each, (each.name, *each.names)) for each in settings]):
        case Exact(found) | Nothing((found, *_)):
            said += " " + texts.t("Did you mean {name}?", name=f"{found.name_for(texts.language)}:")
        case Several() | Nothing():
            names = ", ".join(f"{each.name_for(texts.language)}:" for each in settings)
            said += " " + texts.t("There are: {names}.", names=names)
    return UserError(said)


def changed(thing: T, values: Mapping[str, str], settings: Settings[T], reading: Reading) -> tuple[T, dict[str, str]]:
    """The thing with these values, and what is wrong with those that cannot be taken, by name."""
    faults: dict[str, str] = {}
    for setting in settings:
        if setting.name not in values:
            continue
        try:
            thing = setting.set(thing, values[setting.name], reading)
        except UserError as error:
            faults[setting.name] = str(error)
    return thing, faults


def differing(one: T, other: T, settings: Settings[T]) -> list[Setting[T]]:
    """The settings in which two differ."""
    return [each for each in settings if each.of(one) != each.of(other)]


# How values are read ------------------------------------------------------------------------------------------------------

_ON = ("on", "yes", "ja", "til", "true", "1")
_OFF = ("off", "no", "nej", "fra", "false", "0", "none", "ingen")
SWITCH = (("on", N_("on")), ("off", N_("off")))
_APART = re.compile(r"[,;]")


def one_of(candidates: Candidates[V], danish: Sequence[str] = ()) -> Callable[[str, Reading], V]:
    """Reads one of these, by any of its names, forgivingly. The first name is how a line writes it; `danish`: those for Danes."""

    def read(value: str, reading: Reading) -> V:
        match nearest(value, candidates):
            case Exact(found):
                return found
            case Several() | Nothing():
                names = danish if danish and reading.texts.language == "da" else [names[0] for _, names in candidates]
                said = reading.texts.t("“{value}” is none of these: {choices}.", value=shorten(value, 60), choices=", ".join(names))
                raise UserError(said)

    return read


def writes(candidates: Candidates[V]) -> Callable[[V], str]:
    """How a line writes one of these."""
    return lambda value: next(names[0] for each, names in candidates if each == value)


def read_switch(value: str, reading: Reading) -> bool:
    """On or off, yes or no."""
    typed = fold(value)
    if typed in _ON or typed in _OFF:
        return typed in _ON
    raise UserError(reading.texts.t("“{value}” is neither on nor off.", value=shorten(value, 60)))


def write_switch(value: bool) -> str:  # noqa: FBT001 - the value of a setting
    """On or off."""
    return "on" if value else "off"


def parts_of(value: str) -> list[str]:
    """What commas keep apart."""
    return [part.strip() for part in _APART.split(value) if part.strip()]


def as_near_miss(faults: Mapping[str, str], settings: Settings[T], texts: Texts) -> NearMiss:
    """The first faults as an error, each with the name of its setting."""
    labels = {each.name: texts.t(each.label) for each in settings}
    return NearMiss("\n".join(f"{labels.get(name, name)}: {fault}" for name, fault in faults.items()))
