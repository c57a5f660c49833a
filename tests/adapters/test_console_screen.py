"""The chat in the terminal as a whole screen, also on a pseudo-terminal."""

from __future__ import annotations

import asyncio
import fcntl
import io
import os
import pty
import re
import struct
import termios
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.base import PipeInput
from prompt_toolkit.output import ColorDepth, DummyOutput
from prompt_toolkit.styles import DEFAULT_ATTRS

from adapters.console.adapter import ConsoleAdapter
from adapters.console.complete import CommandCompleter
from adapters.console.front import Front
from adapters.console.ink import LinkOutput, Links
from adapters.console.pane import PROMPT
from adapters.console.screen import ScreenFront, kept_history
from bot.domain.delivery import RetryLater, Sent
from bot.ports import Menu
from tests.adapters.console_desk import ALERT, CORRECTED, MENU, URL, answer, destination, ignore, menu, post, until, words
from tests.fakes.chat import serving

PANE = DummyOutput().get_size().rows - 3
"""Rows that are left to the posts."""


class OnScreen(ConsoleAdapter):
    """A full-screen chat whose keys come from a test and whose screen nobody sees."""

    def __init__(self, keys: PipeInput) -> None:
        super().__init__()
        self.keys = keys

    async def _open(self, menu: Menu) -> Front:
        completer = CommandCompleter(menu("da"), None, str.format)
        self.front = ScreenFront(self._transcript, (self.keys, DummyOutput()), None, str.format, completer)
        return self.front

    def rows(self) -> list[str]:
        """What the pane shows, row by row."""
        content = self.front.pane.create_content(80, PANE)
        return ["".join(part[1] for part in content.get_line(row)) for row in range(PANE)]

    def shows(self, text: str) -> bool:
        """Whether the pane shows it."""
        return any(text in row for row in self.rows())

    @property
    def toolbar(self) -> str:
        """The line at the foot."""
        return "".join(part[1] for part in self.front._toolbar())


@asynccontextmanager
async def screen() -> AsyncIterator[OnScreen]:
    """A running full-screen chat."""
    with create_pipe_input() as keys:
        adapter = OnScreen(keys)
        async with serving(adapter, answer, ignore, menu):
            await until(lambda: adapter.front.app.is_running)
            yield adapter


async def test_a_typed_line_is_answered_below_it() -> None:
    """Enter sends the line, and the reply stands under what was typed."""
    async with screen() as chat:
        chat.keys.send_text("/hej\r")
        await until(lambda: chat.shows("svar på /hej"))
        rows = chat.rows()
        assert rows.index(PROMPT + "/hej") + 1 == rows.index("▌ svar på /hej")


async def test_a_correction_changes_the_alert_where_it_stands() -> None:
    """The corrected alert keeps its place, stands out for a moment, and the foot of the screen says so."""
    async with screen() as chat:
        outcome = await chat.send(destination(chat), ALERT)
        assert isinstance(outcome, Sent)
        chat.keys.send_text("/hej\r")
        await until(lambda: chat.shows("svar på /hej"))
        assert await chat.edit(post(chat, outcome.reference), CORRECTED) == outcome
        rows = "\n".join(chat.rows())
        assert "Nordsøen" not in rows
        assert rows.index("█  RETTET kl. 10.32 ") < rows.index("Østersøen") < rows.index("svar på /hej")
        assert "↻ Alert 1, corrected" in chat.toolbar


async def test_a_letter_presses_a_button_only_alone_or_with_alt() -> None:
    """N and Enter turn the page in place; a word that begins with it is a word, and with Alt it is a key at once."""

    def listed(chat: OnScreen) -> int:
        return sum("Nævn" in row for row in chat.rows())

    async with screen() as chat:
        chat.keys.send_text("/latest\r")
        await until(lambda: chat.shows("Nævn"))
        chat.keys.send_text("nyt fra um\r")
        await until(lambda: chat.shows("svar på nyt fra um"))
        chat.keys.send_text("/latest\r")
        await until(lambda: listed(chat) == 2)
        chat.keys.send_text("n\r")
        await until(lambda: chat.shows("Anden side"))
        assert listed(chat) == 1
        chat.keys.send_text("/x\x1bf")
        await until(lambda: listed(chat) == 2)
        assert chat.front._input.text == "/x"


async def test_an_entry_is_opened_by_its_number() -> None:
    """The number before an entry opens it."""
    async with screen() as chat:
        chat.keys.send_text("/latest\r")
        await until(lambda: chat.shows("Nævn"))
        chat.keys.send_text("1")
        await until(lambda: chat.shows("svar på /release 1"))


async def test_a_pressed_key_brings_its_reply_into_view() -> None:
    """Whoever has scrolled up and presses a button sees what it did, as after a typed line."""
    async with screen() as chat:
        for number in range(30):
            await chat.notice(f"linje {number}")
        chat.keys.send_text("/latest\r")
        await until(lambda: chat.shows("Nævn"))
        chat.keys.send_text("\x1b[5~")
        await until(lambda: chat.front.pane.scrolled)
        chat.keys.send_text("1")
        await until(lambda: chat.shows("svar på /release 1"))


async def test_the_foot_of_the_screen_drops_the_hints_that_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint stands there whole or not at all."""
    async with screen() as chat:
        full = chat.toolbar
        for columns in range(len(full) + 1):
            monkeypatch.setattr(chat.front.app.output, "get_size", partial(Size, rows=40, columns=columns))
            assert len(chat.toolbar) <= columns
            assert full.startswith(chat.toolbar)
            assert not chat.toolbar or chat.toolbar.endswith(("completes ", "scrolls ", "leaves ", "text "))
        assert chat.toolbar == full


async def test_what_was_scrolled_to_stands_still_while_alerts_come_in() -> None:
    """Reading further up is not disturbed; the foot of the screen counts what came; scrolling down shows it."""
    async with screen() as chat:
        for number in range(2 * PANE):
            await chat.send(destination(chat), words(f"varsel nummer {number}"))
        assert "▌ varsel nummer 73" in chat.rows()
        chat.keys.send_text("\x1b[5~")
        await until(lambda: chat.front.pane.scrolled)
        before = chat.rows()
        await chat.send(destination(chat), words("det nyeste"))
        assert chat.rows() == before
        assert "↓ 1 new below" in chat.toolbar
        chat.keys.send_text("\x1b[6~\x1b[6~")
        await until(lambda: chat.shows("det nyeste"))
        assert not chat.front.pane.scrolled


async def test_a_reply_longer_than_the_screen_is_read_from_its_top_until_something_new_comes() -> None:
    """A long list begins at its first entry; an alert that comes then is shown all the same."""
    async with screen() as chat:
        chat.keys.send_text("/long\r")
        await until(lambda: chat.shows("linje"))
        assert chat.rows()[0] == "▌ linje 0"
        assert "more below" in chat.toolbar
        await chat.send(destination(chat), words("det nyeste"))
        assert chat.shows("det nyeste")


@pytest.mark.parametrize("keys", ["/quit\r", "\x04", "\x03", "half a line\x03\x03"])
async def test_the_chat_can_be_left(keys: str) -> None:
    """By word, by Ctrl-D, and by Ctrl-C, which first clears a line that was begun."""
    async with screen() as chat, asyncio.timeout(5):
        chat.keys.send_text(keys)
        await chat.run_until_quit()
        assert isinstance(await chat.send(destination(chat), ALERT), RetryLater)


async def complete(line: str, suggest: Callable[[str], list[str]] | None = None) -> list[str]:
    """What Tab offers after a line."""
    completer = CommandCompleter(MENU, suggest, str.format)
    return [c.text async for c in completer.get_completions_async(Document(line), CompleteEvent())]


async def test_tab_offers_commands_aliases_and_arguments() -> None:
    """Names first, an alias where it is what was begun, and the application's words for what follows."""
    assert await complete("/") == ["/latest", "/search", "/poll", "/quit"]
    assert await complete("/se") == ["/seneste", "/search"]
    assert await complete("/SØ") == ["/søg"]
    assert await complete("/latest ud", lambda line: [f"{line.split()[-1]}enrigsministeriet"]) == ["udenrigsministeriet"]
    assert await complete("hej") == []


async def test_suggestions_that_fail_are_none() -> None:
    """Tab never breaks the chat."""

    def fail(line: str) -> list[str]:
        raise OSError(line)

    assert await complete("/latest ud", fail) == []


def test_history_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    """Typed lines are found again by the next session, by nobody else, and a folder that cannot be written to is no error."""
    path = tmp_path / "data" / "history"
    kept_history(path).store_string("/latest")
    assert list(kept_history(path).load_history_strings()) == ["/latest"]
    assert path.stat().st_mode & 0o077 == 0
    broken = kept_history(tmp_path)
    broken.store_string("/latest")
    assert list(broken.load_history_strings()) == []


def test_a_link_is_opened_and_closed_around_its_own_text() -> None:
    """A terminal gets the address, never the colour that stood for it, and no later text becomes part of the link."""
    out = io.StringIO()
    output = LinkOutput(out, lambda: None, term="xterm")  # type: ignore[arg-type,return-value]
    output.links = Links()
    linked = DEFAULT_ATTRS._replace(bgcolor=output.links.colour(URL))
    for attrs, text in ((linked, "her"), (DEFAULT_ATTRS, " og der"), (linked, "her")):
        output.set_attributes(attrs, ColorDepth.TRUE_COLOR)
        output.write(text)
    output.reset_attributes()
    output.flush()
    sent = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    opened = f"\x1b]8;id=fd0000;{URL}\x1b\\"
    closed = "\x1b]8;;\x1b\\"
    assert sent == f"{opened}her{closed} og der{opened}her{closed}"


@contextmanager
def pseudo_terminal(rows: int = 30, columns: int = 90) -> Iterator[tuple[int, TextIO, TextIO]]:
    """A terminal of our own: our end of it, and the program's two."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.set_blocking(ours, False)
    with os.fdopen(os.dup(theirs), "r") as stdin, os.fdopen(theirs, "w") as stdout:
        yield ours, stdin, stdout
    os.close(ours)


async def test_a_person_at_a_real_terminal(tmp_path: Path) -> None:
    """An alert comes with links, a command is completed by Tab and answered, and leaving keeps the posts in view."""
    with pseudo_terminal() as (ours, stdin, stdout):
        seen = bytearray()

        def look() -> None:
            seen.extend(os.read(ours, 65536))

        def text() -> str:
            return seen.decode("utf-8", "replace")

        asyncio.get_running_loop().add_reader(ours, look)
        adapter = ConsoleAdapter(stdin=stdin, stdout=stdout, environ={"TERM": "xterm-256color"}, history=tmp_path / "history")
        assert adapter.full_screen
        async with serving(adapter, answer, ignore, menu), asyncio.timeout(10):
            await until(lambda: "\x1b[?1049h" in text())
            assert isinstance(await adapter.send(destination(adapter), ALERT), Sent)
            await until(lambda: "Ny aftale om havvind i Nordsøen" in text())
            assert URL in text()
            assert "tel:+4561979247" in text()
            os.write(ours, b"/lat")
            await until(lambda: "Seneste pressemeddelelser" in text())
            os.write(ours, b"\t")
            await until(lambda: "/latest" in text())
            os.write(ours, b"\r")
            await until(lambda: "Møde i Det Udenrigspolitiske Nævn" in text())
            os.write(ours, b"\x04")
            await adapter.run_until_quit()
        await until(lambda: "Næste" in text().rpartition("\x1b[?1049l")[2])
        left = text().rpartition("\x1b[?1049l")[2]
        asyncio.get_running_loop().remove_reader(ours)
    assert "Ny aftale om havvind i Nordsøen" in left
    assert PROMPT + "/latest" in left
    assert "/latest" in (tmp_path / "history").read_text()


@pytest.mark.parametrize("term", ["dumb", ""])
async def test_a_dumb_terminal_gets_plain_lines(term: str) -> None:
    """A terminal that cannot move its cursor is not asked to."""
    with pseudo_terminal() as (_, stdin, stdout):
        assert not ConsoleAdapter(stdin=stdin, stdout=stdout, environ={"TERM": term}).full_screen
