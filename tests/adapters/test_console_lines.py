"""The chat in the terminal as plain lines, through real pipes."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from adapters.console.adapter import ConsoleAdapter
from bot.domain.card import Card, Title
from bot.domain.delivery import PostGone, RetryLater, Sent
from bot.domain.subscription import Address
from bot.ports import Actor, CommandCall, Reply
from tests.adapters.console_desk import ALERT, CORRECTED, answer, destination, ignore, menu, post, until, words
from tests.fakes.chat import serving


class Pipes:
    """A chat on two pipes: `type` writes to it, `read` takes what it has written so far."""

    def __init__(self, encoding: str = "utf-8") -> None:
        here, there = os.pipe(), os.pipe()
        self.stdin: TextIO = os.fdopen(here[0], "r")
        self._keyboard: int | None = here[1]
        self._screen: int | None = there[0]
        os.set_blocking(there[0], False)
        self.stdout: TextIO = os.fdopen(there[1], "w", encoding=encoding)
        self._encoding = encoding

    def type(self, text: str | bytes) -> None:
        """Send keys, or bytes that no keyboard has."""
        assert self._keyboard is not None
        os.write(self._keyboard, text if isinstance(text, bytes) else text.encode())

    def read(self) -> str:
        """All that was written since the last time."""
        assert self._screen is not None
        chunks = []
        try:
            while chunk := os.read(self._screen, 65536):
                chunks.append(chunk)
        except BlockingIOError:
            pass
        return b"".join(chunks).decode(self._encoding)

    def hang_up(self) -> None:
        """The end of the input."""
        if self._keyboard is not None:
            os.close(self._keyboard)
            self._keyboard = None

    def look_away(self) -> None:
        """Nobody reads what is written any more."""
        if self._screen is not None:
            os.close(self._screen)
            self._screen = None

    def close(self) -> None:
        """Close all four ends."""
        self.hang_up()
        self.look_away()
        self.stdin.close()
        self.stdout.close()


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    """A pair of pipes."""
    ends = Pipes()
    yield ends
    ends.close()


async def test_commands_are_answered_in_their_order_until_the_input_ends(pipes: Pipes) -> None:
    """A script's commands are answered one after the other, the last one too, and then the chat is over."""
    pipes.type("/one\n\n  /two  \nthree")
    pipes.hang_up()
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        await adapter.run_until_quit()
    shown = pipes.read()
    places = [shown.index(f"svar på {text}") for text in ("/one", "/two", "three")]
    assert places == sorted(places)
    assert "> /one" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("word", ["/quit", "/exit", "/AFSLUT"])
async def test_quit_waits_for_the_replies_before_it(pipes: Pipes, word: str) -> None:
    """Leaving loses no reply, and asks the bot nothing."""
    pipes.type(f"/slow\n{word}\n/never\n")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        await adapter.run_until_quit()
    shown = pipes.read()
    assert "svar på /slow" in shown
    assert "never" not in shown
    assert word not in shown


async def test_an_alert_is_written_when_its_send_returns(pipes: Pipes) -> None:
    """`Sent` means that it can be read at the other end of the pipe."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        first, second = [await adapter.send(destination(adapter), card) for card in (ALERT, ALERT)]
        assert pipes.read().count("+45 61 97 92 47") == 2
    assert isinstance(first, Sent)
    assert isinstance(second, Sent)
    assert first.reference < second.reference


async def test_a_correction_is_written_under_the_number_of_its_alert(pipes: Pipes) -> None:
    """What was written cannot be changed, so the correction says which alert it takes the place of."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        await adapter.send(destination(adapter), ALERT)
        outcome = await adapter.send(destination(adapter), ALERT)
        assert isinstance(outcome, Sent)
        pipes.read()
        assert await adapter.edit(post(adapter, outcome.reference), CORRECTED) == outcome
        shown = pipes.read()
    assert shown.startswith("↻ Alert 2, corrected\n")
    assert "[RETTET kl. 10.32]" in shown
    assert "Østersøen" in shown


@pytest.mark.parametrize("reference", ["", "1", "0000-1", "nonsense-x", "-"])
async def test_a_post_that_does_not_stand_here_is_gone(pipes: Pipes, reference: str) -> None:
    """References of another session, or of nobody, are never taken for one of this session's posts."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        await adapter.send(destination(adapter), ALERT)
        assert isinstance(await adapter.edit(post(adapter, reference), CORRECTED), PostGone)


async def test_nothing_is_taken_while_the_terminal_is_closed(pipes: Pipes) -> None:
    """Before the chat and after it an alert stays owed."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    assert isinstance(await adapter.send(destination(adapter), ALERT), RetryLater)
    async with serving(adapter, answer, ignore, menu):
        pass
    assert isinstance(await adapter.send(destination(adapter), ALERT), RetryLater)


async def test_a_reader_who_left_ends_the_chat_quietly(pipes: Pipes) -> None:
    """`| head` is no error: the alert stays owed, and the program is told that nobody is there."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        pipes.look_away()
        assert isinstance(await adapter.send(destination(adapter), ALERT), RetryLater)
        async with asyncio.timeout(5):
            await adapter.run_until_quit()


async def test_a_reader_who_left_before_a_reply_ends_the_chat_quietly(pipes: Pipes) -> None:
    """A reply that nobody reads is no error either."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    pipes.look_away()
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        pipes.type("/one\n")
        await adapter.run_until_quit()


async def test_a_slow_reader_holds_up_nobody_else(pipes: Pipes) -> None:
    """While a full pipe waits for its reader the rest of the program goes on, and every alert arrives whole."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    long = Card("", (Title("Meget " * 30_000),))
    async with serving(adapter, answer, ignore, menu):
        sending = asyncio.create_task(adapter.send(destination(adapter), long))
        shown = ""
        async with asyncio.timeout(20):
            while not sending.done():
                await asyncio.sleep(0.001)
                shown += pipes.read()
        shown += pipes.read()
    assert shown.count("Meget") == 30_000


@pytest.mark.parametrize("content", [None, b"", b"/one\n", b"\xff\xfe/one\n"])
async def test_input_may_be_a_file_or_nothing_at_all(pipes: Pipes, tmp_path: Path, content: bytes | None) -> None:
    """`< /dev/null`, an empty file and a file of commands all come to an end; bytes that are no UTF-8 do no harm."""
    path = Path(os.devnull) if content is None else tmp_path / "commands"
    if content is not None:
        path.write_bytes(content)
    with path.open() as stdin:
        adapter = ConsoleAdapter(stdin=stdin, stdout=pipes.stdout)
        async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
            await adapter.run_until_quit()
    assert ("svar på" in pipes.read()) == bool(content)


async def test_an_endless_line_is_cut(tmp_path: Path) -> None:
    """Input without line ends cannot fill the memory."""
    heard: list[int] = []

    async def listen(call: CommandCall) -> Reply:
        heard.append(len(call.text))
        return Reply(words("ja"))

    (tmp_path / "in").write_bytes(b"x" * 300_000)
    with (tmp_path / "in").open() as stdin, (tmp_path / "out").open("w") as stdout:
        adapter = ConsoleAdapter(stdin=stdin, stdout=stdout)
        async with serving(adapter, listen, ignore, menu), asyncio.timeout(10):
            await adapter.run_until_quit()
    assert sum(heard) == 300_000
    assert max(heard) < 80_000


async def test_leaving_waits_for_no_reader(pipes: Pipes) -> None:
    """A pipe that nobody empties keeps the program from ending no more than from working."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(10):
        sending = asyncio.create_task(adapter.send(destination(adapter), Card("", (Title("Meget " * 30_000),))))
        await until(pipes.read)
    assert not sending.done()
    sending.cancel()


async def test_characters_that_the_terminal_lacks_become_question_marks() -> None:
    """A terminal that knows Latin 1 alone gets Danish letters, and a question mark for the rest."""
    pipes = Pipes("latin-1")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        assert isinstance(await adapter.send(destination(adapter), Card("", (Title("Søgning 日本"),))), Sent)
    assert "| Søgning ??" in pipes.read()
    pipes.close()


async def test_a_key_typed_as_a_line_presses_its_button(pipes: Pipes) -> None:
    """In plain lines too, N and Enter turn the page."""
    pipes.type("/latest\nn\n/quit\n")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        await adapter.run_until_quit()
    assert "[n] Næste  /latest page:2" in (shown := pipes.read())
    assert "Rejse til Oslo" in shown


async def test_a_command_that_fails_is_apologised_for(pipes: Pipes) -> None:
    """An error of the bot's ends neither the chat nor the commands after it."""
    pipes.type("/fail\n/one\n/quit\n")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        await adapter.run_until_quit()
    shown = pipes.read()
    assert "That went wrong" in shown
    assert "boom" not in shown
    assert "svar på /one" in shown


async def test_the_program_can_say_something_itself(pipes: Pipes) -> None:
    """Notices stand among the posts, and saying one to a closed terminal is no error."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    await adapter.notice("for tidligt")
    async with serving(adapter, answer, ignore, menu):
        await adapter.notice("Netværket svarer ikke; prøver igen.")
        await adapter.say(ALERT)
    shown = pipes.read()
    assert shown.startswith("Netværket svarer ikke; prøver igen.\n")
    assert "Nordsøen" in shown


async def test_only_the_admin_may_configure() -> None:
    """The role is what the program was started with."""
    address = Address("console", "terminal", "terminal")
    for role, may in (("admin", True), ("reader", False)):
        adapter = ConsoleAdapter(role="admin" if may else "reader")
        assert await adapter.may_manage(adapter.actor, address) is may
        assert adapter.actor.id == role
    assert not await ConsoleAdapter().may_manage(Actor("telegram", "bot", "admin"), address)


async def test_colours_can_be_declined(pipes: Pipes, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR even a terminal gets no colour."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        await adapter.send(destination(adapter), ALERT)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", pipes.read())
