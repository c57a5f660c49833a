"""Standard input kept back until the play is over."""

from __future__ import annotations

import os
import select
from pathlib import Path

from bot.demo.held import HeldInput


def test_nothing_comes_before_it_is_let_go() -> None:
    """What was written to the pipe waits, and then comes whole, to its end."""
    reading, writing = os.pipe()
    os.write(writing, "/søg sanktioner\n/quit".encode())
    os.close(writing)
    with os.fdopen(reading) as source:
        held = HeldInput(source)
        assert select.select([held.stream], [], [], 0.05)[0] == []
        held.let_go()
        assert held.stream.read() == "/søg sanktioner\n/quit"
        held.stream.close()


def test_a_file_is_read_to_its_end(tmp_path: Path) -> None:
    """A file of more than a pipe can hold comes whole."""
    path = tmp_path / "lines"
    path.write_text("/latest\n" * 20_000)
    with path.open() as source:
        held = HeldInput(source)
        held.let_go()
        assert held.stream.read() == "/latest\n" * 20_000
        held.stream.close()


def test_closed_input_is_at_its_end() -> None:
    """A process started without standard input has none to wait for."""
    held = HeldInput(None)
    held.let_go()
    assert held.stream.read() == ""
    held.stream.close()
