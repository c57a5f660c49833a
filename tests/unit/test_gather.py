"""Many small writes as few."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot import gather
from bot.errors import DatabaseBusy
from bot.gather import Gather


class Book:
    """What is written into it, batch by batch; it refuses what it is told to, and has what is locked wait."""

    def __init__(self, *faults: Exception) -> None:
        self.batches: list[list[int]] = []
        self.faults = list(faults)
        self.never: int | None = None
        self.locked: set[int] = set()
        self.tries = 0

    async def write(self, batch: list[int]) -> list[int]:
        """Take a batch, or fail."""
        self.tries += 1
        if self.faults:
            raise self.faults.pop(0)
        if self.never in batch:
            raise ZeroDivisionError
        waiting = [item for item in batch if item in self.locked]
        if len(waiting) < len(batch):
            self.batches.append([item for item in batch if item not in self.locked])
        return waiting


@asynccontextmanager
async def writing(book: Book, within: float = 0.0) -> AsyncIterator[Gather[int]]:
    """A gather that runs while the block does."""
    gathered = Gather(book.write, within)
    task = asyncio.create_task(gathered.run())
    yield gathered
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "PAUSE", 0.0)


async def test_what_comes_together_is_written_together() -> None:
    """In order, in one batch."""
    book = Book()
    async with writing(book) as gathered:
        for number in range(100):
            gathered.put(number)
        assert len(gathered) == 100
        await gathered.drain(5)
        assert len(gathered) == 0
    assert book.batches == [list(range(100))]


async def test_what_comes_while_it_waits_joins() -> None:
    """The first opens the batch, what comes within the time is in it."""
    book = Book()
    async with writing(book, within=0.05) as gathered:
        gathered.put(1)
        await asyncio.sleep(0)
        gathered.put(2)
        await gathered.drain(5)
        gathered.put(3)
        await gathered.drain(5)
    assert book.batches == [[1, 2], [3]]


async def test_a_database_that_cannot_be_used_is_tried_again() -> None:
    """Nothing is forgotten, and what has come meanwhile follows."""
    book = Book(*(DatabaseBusy("locked") for _ in range(5)))
    async with writing(book) as gathered:
        gathered.put(1)
        await asyncio.sleep(0)
        gathered.put(2)
        await gathered.drain(5)
    assert [number for batch in book.batches for number in batch] == [1, 2]


async def test_one_that_cannot_be_written_does_not_keep_the_others() -> None:
    """It is logged and left out; those after it are written still."""
    book = Book()
    book.never = 3
    async with writing(book) as gathered:
        for number in range(6):
            gathered.put(number)
        await gathered.drain(5)
        gathered.put(7)
        await gathered.drain(5)
    assert [number for batch in book.batches for number in batch] == [0, 1, 2, 4, 5, 7]


async def test_draining_ends_even_if_the_database_never_comes_back() -> None:
    """A stop takes its time and no more."""
    book = Book(*(DatabaseBusy("locked") for _ in range(100_000)))
    async with writing(book) as gathered:
        gathered.put(1)
        await gathered.drain(0.05)
        assert len(gathered) == 1


async def test_draining_nothing_takes_no_time() -> None:
    """There may be nothing to write."""
    async with writing(Book()) as gathered:
        await gathered.drain(0.0)


async def test_who_is_in_a_hurry_waits_for_no_more() -> None:
    """However long it gathers, what is in it is written down then; where nothing is, the next is not hurried."""
    book = Book()
    async with writing(book, within=60) as gathered:
        gathered.hurry()
        gathered.put(1)
        await asyncio.sleep(0.01)
        assert book.batches == []
        gathered.put(2)
        gathered.hurry()
        await until(lambda: book.batches == [[1, 2]])
        gathered.put(3)
        await asyncio.sleep(0.01)
        assert book.batches == [[1, 2]]


async def test_draining_waits_for_what_is_there_and_not_for_what_comes() -> None:
    """Where others go on putting something in, whoever stops is not kept."""
    book = Book()
    async with writing(book, within=60) as gathered:
        gathered.put(1)
        draining = asyncio.create_task(gathered.drain(10))
        await until(lambda: book.batches == [[1]])
        gathered.put(2)
        await draining
        assert len(gathered) == 1


async def test_what_cannot_be_written_is_told_of() -> None:
    """Once, and by itself: whoever counts what is on its way counts it no longer."""
    book, left_out = Book(), list[int]()
    book.never = 2
    gathered = Gather(book.write, 0.0, left_out=left_out.append)
    running = asyncio.create_task(gathered.run())
    for number in range(4):
        gathered.put(number)
    await gathered.drain(10)
    running.cancel()
    assert (left_out, len(gathered)) == ([2], 0)


async def test_what_has_to_wait_keeps_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again by itself, more and more seldom, and written once it may be; a new one that has to wait is tried soon."""
    monkeypatch.setattr(gather, "SOON", 0.01)
    monkeypatch.setattr(gather, "PAUSE", 0.08)
    book = Book()
    book.locked = {2}
    async with writing(book) as gathered:
        for number in (1, 2, 3):
            gathered.put(number)
        await until(lambda: book.batches == [[1, 3]])
        assert len(gathered) == 1
        for number in (4, 5):
            gathered.put(number)
            await until(lambda number=number: book.batches[-1] == [number])  # type: ignore[misc]
        await asyncio.sleep(0.2)
        assert book.tries < 10, "0.01, 0.02, 0.04 seconds, and then 0.08 each time, beside the two others"
        book.locked = set()
        await until(lambda: book.batches == [[1, 3], [4], [5], [2]])
        assert len(gathered) == 0


async def test_draining_waits_for_what_has_to_wait() -> None:
    """However much that came later is written down meanwhile."""
    book = Book()
    book.locked = {1}
    async with writing(book) as gathered:
        gathered.put(1)
        draining = asyncio.create_task(gathered.drain(10))
        await until(lambda: book.tries > 0)
        for number in (2, 3):
            gathered.put(number)
            await until(lambda number=number: [number] in book.batches)  # type: ignore[misc]
        assert not draining.done()
        book.locked = set()
        await draining
        assert len(gathered) == 0


async def test_what_has_to_wait_is_in_here_when_writing_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs it next goes on with it."""
    monkeypatch.setattr(gather, "SOON", 0.001)
    book = Book()
    book.locked = {1}
    gathered = Gather(book.write, 0.0)
    for locked in ({1}, set[int]()):
        running = asyncio.create_task(gathered.run())
        gathered.put(len(locked) + 1) if locked else None
        gathered.put(1) if locked else None
        await until(lambda: book.tries > 0 if locked else [1] in book.batches)  # noqa: B023
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        book.locked = set()
    assert (book.batches, len(gathered)) == ([[2], [1]], 0)


async def until(reached: Callable[[], bool], limit: float = 10.0) -> None:
    """Until something is so."""
    async with asyncio.timeout(limit):
        while not reached():
            await asyncio.sleep(0.001)
