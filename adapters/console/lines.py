"""The terminal as plain lines: for pipes, files, scripts and terminals that can do no more."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
from collections.abc import AsyncIterator, Callable
from typing import TextIO

from rich.console import Console, RenderableType

from adapters.console.front import Take, Translate, ink_of
from adapters.console.render import render
from adapters.console.safe import line
from adapters.console.transcript import Role, Shown, Transcript

LONGEST_LINE = 64 * 1024
"""Bytes; what is longer is cut there, so that no input without line ends can fill the memory."""


class LinesFront:
    """Reads commands line by line, and writes every post below the last.

    A correction is written once more under its post's number, since what was written cannot be changed.
    """

    def __init__(self, transcript: Transcript, stdin: TextIO | None, stdout: TextIO, t: Translate) -> None:
        self._transcript, self._stdin, self._stdout, self._t = transcript, stdin, stdout, t
        self._closed = asyncio.Event()
        self._writing = asyncio.Lock()
        self._console = Console(file=stdout, soft_wrap=False)
        self._echo = stdin is None or not stdin.isatty()

    async def run(self, take: Take) -> None:
        """See `Front.run`."""
        reading = asyncio.ensure_future(self._read(take))
        closing = asyncio.ensure_future(self._closed.wait())
        done, open_ = await asyncio.wait({reading, closing}, return_when=asyncio.FIRST_COMPLETED)
        for task in open_:
            task.cancel()
        await asyncio.gather(*open_, return_exceptions=True)
        if reading in done:
            reading.result()

    async def _read(self, take: Take) -> None:
        if self._stdin is None:
            return
        async for typed in typed_lines(self._stdin.fileno()):
            pressed = self._transcript.pressed(typed)
            command, post = pressed or (typed, None)
            try:
                if not await take(command, post):
                    return
            except OSError:
                return  # nobody reads what we write

    async def show(self, shown: Shown) -> None:
        """See `Front.show`."""
        if shown.role is Role.TYPED:
            if self._echo:
                await self._write(line(f"> {shown.card.summary}", "bold"))
            return
        header = [line(self._t("Alert {number}", number=shown.alert), "dim")] if shown.role is Role.ALERT else []
        await self._write(*header, self._drawn(shown), line(""))

    async def redraw(self, shown: Shown, *, corrected: bool) -> None:
        """See `Front.redraw`: a correction is written once more, under its number."""
        if not corrected:
            await self.show(shown)
            return
        mark = "~" if self._console.options.ascii_only else "↻"
        header = line(f"{mark} {self._t('Alert {number}, corrected', number=shown.alert)}", "bold yellow")
        await self._write(header, self._drawn(shown), line(""))

    def close(self) -> None:
        """See `Front.close`."""
        self._closed.set()

    def _drawn(self, shown: Shown) -> RenderableType:
        if shown.role is Role.NOTICE and len(shown.card.elements) == 1:
            return line(shown.card.summary, "dim")
        return render(shown.card, ink_of(shown, plain=not self._console.is_terminal or self._console.is_dumb_terminal))

    async def _write(self, *parts: RenderableType) -> None:
        """Write it all, one post at a time; a reader who stopped reading stops nobody else."""
        with self._console.capture() as drawn:
            for part in parts:
                self._console.print(part, crop=False)
        text = "".join(f"{row.rstrip()}\n" for row in drawn.get().splitlines())
        async with self._writing:
            try:
                await write_all(self._stdout, text)
            except BrokenPipeError:
                self.close()
                raise


async def write_all(stdout: TextIO, text: str) -> None:
    """Write text to the very end, past the stream's buffer, so that what could not be written is not tried again at exit.

    Characters that the terminal's encoding lacks become question marks. Raises OSError.
    """
    stdout.flush()
    loop = asyncio.get_running_loop()
    data = text.encode(stdout.encoding or "utf-8", "replace")
    while data:
        await _ready(stdout.fileno(), loop.add_writer, loop.remove_writer)
        with contextlib.suppress(BlockingIOError):
            # So much can be written to a pipe that is ready without waiting for its reader.
            data = data[os.write(stdout.fileno(), data[: select.PIPE_BUF]) :]


async def typed_lines(descriptor: int) -> AsyncIterator[str]:
    """The lines of a terminal, pipe, file or device as they come: stripped, not empty, bytes that are no UTF-8 replaced."""
    rest = b""
    async for chunk in _chunks(descriptor):
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_LINE:
            whole, rest = [*whole, rest], b""
        for raw in whole:
            if typed := raw.decode("utf-8", "replace").strip():
                yield typed
    if typed := rest.decode("utf-8", "replace").strip():
        yield typed


async def _chunks(descriptor: int) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    while True:
        await _ready(descriptor, loop.add_reader, loop.remove_reader)
        try:
            chunk = os.read(descriptor, 4096)
        except BlockingIOError:
            continue
        except OSError:
            return  # a terminal that was hung up
        if not chunk:
            return
        yield chunk


async def _ready(descriptor: int, add: Callable[..., None], remove: Callable[[int], bool]) -> None:
    """Wait for a descriptor without a thread, which could not be stopped while it waits."""
    ready = asyncio.Event()
    try:
        add(descriptor, ready.set)
    except PermissionError:
        await asyncio.sleep(0)  # a file or /dev/null never keeps anybody waiting
        return
    try:
        await ready.wait()
    finally:
        remove(descriptor)
