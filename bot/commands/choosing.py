"""One setting to be given a value: by its buttons, by a line to write, or by a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.cards.settings import Option, SettingLine, choice_card
from bot.commands.fields import written
from bot.commands.setting import Setting
from bot.domain.form import Form
from bot.i18n import Texts
from bot.ports import Reply

T = TypeVar("T")
BACK = "page:1"
"""A line that ends so leads back: what it shows takes the place of what was asked."""


@dataclass(frozen=True, slots=True)
class Desk(Generic[T]):
    """Whose settings they are: its name, what stands there, and the line that says values of it.

    `spoken` is the line's command as its readers write it.
    """

    title: str
    thing: T
    line: Callable[[Mapping[str, str]], str]
    spoken: str

    def form(self, settings: Sequence[Setting[T]], wanted: T, texts: Texts) -> Form:
        """These settings as a form, with the wanted values filled in."""
        return Form(self.title, texts.t("Save"), self.line({}), tuple(each.field(wanted, texts) for each in settings))

    def ask(
        self,
        setting: Setting[T],
        wanted: T,
        line: SettingLine,
        texts: Texts,
        *,
        example: str = "",
        presets: Sequence[tuple[str, str]] = (),
    ) -> Reply:
        """The setting with the values it may have. `example`: a value to write; `presets`: some to press, with their labels."""
        named = [(value, texts.t(label)) for value, label in setting.choices] or presets
        options = [self._option(setting, value, label, wanted) for value, label in named]
        if not setting.is_usual(self.thing) and (setting.several or not setting.choices):
            label = texts.t("All") if setting.choices else texts.t("None")
            options.append(Option(label, self.line({setting.name: ""})))
        card = choice_card(
            self.title,
            line,
            texts.t(setting.hint),
            options,
            texts,
            typed=self._typed(setting, example, texts) if example else "",
            back=f"{self.line({})} {BACK}",
        )
        # Words are typed: where there are forms, into one, which is no message that could take another's place.
        return Reply(card, replaces=bool(options) and not example, form=self.form([setting], wanted, texts))

    def _typed(self, setting: Setting[T], example: str, texts: Texts) -> str:
        """The line as a reader would write it."""
        _, *words = self.line({}).split(" ", 1)
        return " ".join((self.spoken, *words, written(setting.name_for(texts.language), example)))

    def _option(self, setting: Setting[T], value: str, label: str, wanted: T) -> Option:
        """A value as a button; where several may be chosen, one that adds it to the others or takes it away."""
        current = setting.write(setting.of(wanted))
        if not setting.several:
            return Option(label, self.line({setting.name: value}), chosen=value == current)
        chosen = list(filter(None, current.split(",")))
        others = [each for each in chosen if each != value] if value in chosen else [*chosen, value]
        return Option(label, self.line({setting.name: ",".join(others)}), chosen=value in chosen)
