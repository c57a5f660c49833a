"""The terminal as a whole screen: posts above, a line to type below, and a post that is corrected changes where it stands."""

from __future__ import annotations

import asyncio
import contextlib
import os
import string
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TextIO

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import Completer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import Float, FloatContainer, HSplit, Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.styles import Style
from prompt_toolkit.widgets import TextArea
from rich.console import Console

from adapters.console.front import Take, Translate
from adapters.console.ink import LinkOutput, Links
from adapters.console.pane import PROMPT, Pane, drawing
from adapters.console.transcript import Role, Shown, Transcript

FRESH_FOR = 4.0
"""Seconds for which a correction catches the eye."""

LEFT_BEHIND = 200
"""Rows of the transcript that stay in the terminal after the screen is left."""

STYLE = Style.from_dict(
    {
        "rule": "fg:ansibrightblack",
        "prompt": "bold fg:ansicyan",
        "toolbar": "fg:ansibrightblack",
        "toolbar.key": "fg:default",
        "toolbar.loud": "bold fg:ansiyellow",
        "completion-menu": "bg:ansibrightblack fg:ansiwhite",
        "completion-menu.completion.current": "noreverse bg:ansicyan fg:ansiblack",
        "completion-menu.meta.completion": "bg:ansibrightblack fg:ansigray",
        "completion-menu.meta.completion.current": "bg:ansicyan fg:ansiblack",
    }
)


def terminal(stdin: TextIO, stdout: TextIO, environ: Mapping[str, str] = os.environ) -> tuple[Input, Output]:
    """The two ends of a real terminal; one that follows links where its kind can."""
    term = environ.get("TERM", "")
    if os.name == "nt" or term == "linux":
        return create_input(stdin), create_output(stdout)
    return create_input(stdin), LinkOutput.from_pty(stdout, term=term)


class ScreenFront:
    """The full-screen chat.

    Lines and pressed buttons are dealt with one after the other, so that replies come in the order of the commands.
    """

    def __init__(
        self,
        transcript: Transcript,
        ends: tuple[Input, Output],
        stdout: TextIO | None,
        t: Translate,
        completer: Completer,
        history: Path | None = None,
    ) -> None:
        self._transcript, self._stdout, self._t = transcript, stdout, t
        self._asked: asyncio.Queue[tuple[str, Shown | None]] = asyncio.Queue()
        self._busy = False
        self._unseen = 0
        self._mouse = True
        links = Links()
        stdin, output = ends
        if isinstance(output, LinkOutput):
            output.links = links
        self.pane = Pane(transcript, links, self._changed)
        self._input = TextArea(
            height=1,
            multiline=False,
            wrap_lines=False,
            prompt=[("class:prompt", PROMPT)],
            completer=completer,
            complete_while_typing=True,
            history=kept_history(history),
            accept_handler=self._accept,
        )
        self.app: Application[None] = Application(
            layout=Layout(self._layout(), focused_element=self._input),
            key_bindings=self._keys(),
            style=STYLE,
            full_screen=True,
            mouse_support=Condition(lambda: self._mouse),
            input=stdin,
            output=output,
        )
        # A lone Escape is nothing here, and Alt with a key arrives as both at once.
        self.app.ttimeoutlen = 0.05
        self.app.timeoutlen = 0.2

    # What the adapter asks ----------------------------------------------------------------------------------------------

    async def run(self, take: Take) -> None:
        """Own the screen until the person leaves; then leave the last posts in the terminal."""
        working = asyncio.create_task(self._work(take))
        try:
            with contextlib.suppress(EOFError):  # the terminal was hung up
                await self.app.run_async(handle_sigint=False)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            self._leave_behind()

    async def show(self, shown: Shown) -> None:
        """A new post stands at the end. The view moves there unless the person has scrolled; a reply is read from its top."""
        if shown.role is Role.ALERT:
            self._unseen = self._unseen + 1 if self.pane.scrolled else 0
        if not self.pane.scrolled:
            self.pane.follow()
            if shown.role is Role.REPLY:
                self.pane.reveal(shown)
        self._changed()

    async def redraw(self, shown: Shown, *, corrected: bool) -> None:
        """The post changes where it stands; a correction catches the eye for a while, a turned page is brought into view."""
        if corrected:
            self._freshen(shown)
        else:
            self.pane.reveal(shown)
        self._changed()

    def close(self) -> None:
        """End the application, wherever it is."""
        if self.app.is_running and self.app.future is not None and not self.app.future.done():
            self.app.exit()

    # What the person does -----------------------------------------------------------------------------------------------

    def _accept(self, buffer: Buffer) -> bool:
        if line := buffer.text.strip():
            self.pane.follow()
            self._asked.put_nowait(self._transcript.pressed(line) or (line, None))
        return False

    def _offers(self, key: str) -> bool:
        return self._transcript.pressed(key) is not None

    def _press(self, key: str, event: KeyPressEvent) -> None:
        del event
        if pressed := self._transcript.pressed(key):
            self.pane.follow()
            self._asked.put_nowait(pressed)

    async def _work(self, take: Take) -> None:
        while True:
            line, pressed = await self._asked.get()
            self._busy = True
            self._changed()
            try:
                staying = await take(line, pressed)
            finally:
                self._busy = False
            self._changed()
            if not staying:
                self.close()

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        empty = Condition(lambda: not self._input.text)

        @keys.add("c-c")
        def _(event: KeyPressEvent) -> None:
            if self._input.text:
                self._input.buffer.reset()
            else:
                event.app.exit()

        keys.add("c-d", filter=empty)(lambda event: event.app.exit())
        keys.add("pageup")(lambda _: self.pane.page(-1))
        keys.add("pagedown")(lambda _: self.pane.page(1))
        keys.add("c-end")(lambda _: self.pane.follow())
        keys.add("f2")(lambda _: self._toggle_mouse())
        for key in string.digits[1:] + string.ascii_lowercase:
            offered = Condition(partial(self._offers, key))
            if key.isdigit():  # a letter may be the first of a word: it presses with Alt, or with Enter behind it
                keys.add(key, filter=empty & offered)(partial(self._press, key))
            keys.add("escape", key, filter=offered)(partial(self._press, key))
        return keys

    def _toggle_mouse(self) -> None:
        """Hand the mouse back to the terminal, so that text can be marked and copied, or take it for scrolling."""
        self._mouse = not self._mouse

    # What it looks like -------------------------------------------------------------------------------------------------

    def _layout(self) -> FloatContainer:
        rows = HSplit(
            [
                Window(self.pane, wrap_lines=False, always_hide_cursor=True),
                Window(height=1, char="─", style="class:rule"),
                self._input,
                Window(FormattedTextControl(self._toolbar), height=1, style="class:toolbar"),
            ]
        )
        return FloatContainer(rows, [Float(CompletionsMenu(max_height=8, scroll_offset=1), xcursor=True, ycursor=True)])

    def _toolbar(self) -> StyleAndTextTuples:
        t = self._t
        loud = [
            *([t("one moment …")] if self._busy else []),
            *([f"↻ {t('Alert {number}, corrected', number=shown.alert)}" for shown in self._transcript.posts if shown.fresh]),
            *([t("↓ {count} new below", count=self._unseen)] if self.pane.scrolled and self._unseen else []),
            *([t("↓ more below")] if self.pane.more_below and not self._unseen else []),
        ]
        hints = [("Tab", t("completes")), ("PgUp/PgDn", t("scrolls")), ("Ctrl-D", t("leaves"))]
        if not loud:
            hints.append(("F2", t("marks text") if self._mouse else t("mouse scrolls")))
        shown: StyleAndTextTuples = [("class:toolbar.loud", f" {words} ") for words in loud]
        left = self.app.output.get_size().columns - sum(len(words) + 2 for words in loud)
        for key, words in hints:
            left -= len(key) + len(words) + 3
            if left < 0:
                break
            shown += [("class:toolbar.key", f" {key}"), ("", f" {words} ")]
        return shown

    def _freshen(self, shown: Shown) -> None:
        def fade() -> None:
            shown.fresh = False
            shown.touch()
            self._changed()

        shown.fresh = True
        shown.touch()
        asyncio.get_running_loop().call_later(FRESH_FOR, fade)

    def _changed(self) -> None:
        self.app.invalidate()

    def _leave_behind(self) -> None:
        if self._stdout is None:
            return
        console = Console(file=self._stdout)
        with console.capture() as drawn:
            for shown in self._transcript.posts:
                shown.fresh, shown.keys = False, {}
                for part in drawing(shown):
                    console.print(part)
        rows = drawn.get().splitlines(keepends=True)
        with contextlib.suppress(OSError):
            self._stdout.write("".join(rows[-LEFT_BEHIND:]))
            self._stdout.flush()


class _KeptHistory(FileHistory):
    """A history whose file may fail (a full disk, a folder that is read-only) without anybody being troubled."""

    def store_string(self, string: str) -> None:
        with contextlib.suppress(OSError):
            super().store_string(string)

    def load_history_strings(self) -> list[str]:
        try:
            return list(super().load_history_strings())
        except OSError:
            return []


def kept_history(path: Path | None) -> History:
    """The lines typed before, from a file that only its owner can read; in memory where there is none."""
    if path is None:
        return InMemoryHistory()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    return _KeptHistory(str(path))
