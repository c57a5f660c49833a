"""Forms: what a command asks for, where a platform can show fields. Submitted, a form is a command line like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: what it is called on the command line, and what the reader sees."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in, written `name:value` on the command line.

    `choices` are all there are; `search` says instead what is looked for while words are typed (`newsroom`; see
    `bot.ports.Choices`). With neither it is a line of words. `values` is what it holds now; `several` may be chosen; an `optional`
    one may stay empty.
    """

    name: str
    label: str
    choices: tuple[Choice, ...] = ()
    search: str = ""
    values: tuple[Choice, ...] = ()
    several: bool = False
    optional: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields to fill in, and the command line that they complete."""

    title: str
    submit: str
    command: str
    fields: tuple[Field, ...]

    def line(self, filled: Mapping[str, Sequence[str]]) -> str:
        """The command line that says what was filled in; what stayed empty is said too, so that it can be emptied."""
        said = [f"{field.name}:{_quoted(','.join(filled.get(field.name, ())))}" for field in self.fields]
        return " ".join((self.command, *said))


def _quoted(value: str) -> str:
    return '"' + " ".join(value.replace('"', "'").split()) + '"'
