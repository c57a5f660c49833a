"""What Tab offers: the commands of the menu, and what the application suggests for their arguments."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from adapters.console.front import Translate
from adapters.console.safe import visible
from bot.ports import MenuEntry

Suggest = Callable[[str], list[str] | Awaitable[list[str]]]
"""Words that may stand in place of the last one of the line that is given up to the cursor."""

log = logging.getLogger(__name__)


class CommandCompleter(Completer):
    """Completes `/lat` by the menu and `/latest udenr` by `suggest`; a suggestion that fails is none."""

    def __init__(self, menu: Sequence[MenuEntry], suggest: Suggest | None, t: Translate) -> None:
        self._menu = [*menu, MenuEntry("quit", t("leave the terminal"), ("exit", "afslut"))]
        self._suggest = suggest

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Only the commands: what must be waited for comes by `get_completions_async`."""
        del complete_event
        return self._commands(document.text_before_cursor)

    async def get_completions_async(self, document: Document, complete_event: CompleteEvent) -> AsyncGenerator[Completion, None]:
        """Commands, or the last word of the line."""
        del complete_event
        line = document.text_before_cursor
        for completion in self._commands(line):
            yield completion
        if line.startswith("/") and " " in line:
            word = line.rpartition(" ")[2]
            for suggestion in await self._words(line):
                yield Completion(visible(suggestion), start_position=-len(word))

    def _commands(self, line: str) -> Iterator[Completion]:
        if not line.startswith("/") or " " in line:
            return
        typed = line.removeprefix("/").casefold()
        for entry in self._menu:
            name = next((n for n in (entry.name, *entry.aliases) if n.removeprefix("/").casefold().startswith(typed)), None)
            if name is not None:
                shown = f"/{name.removeprefix('/')}"
                display = f"{shown} {entry.arguments}" if entry.arguments else shown
                yield Completion(
                    shown, start_position=-len(line), display=visible(display), display_meta=visible(entry.description)
                )

    async def _words(self, line: str) -> list[str]:
        if self._suggest is None:
            return []
        try:
            words = self._suggest(line)
            return await words if inspect.isawaitable(words) else words
        except Exception:
            log.exception("no suggestions for a line in the terminal")
            return []
