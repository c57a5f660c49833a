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
    """What is written into it, batch by batch; it refuses what it is told to."""

    def __init__(self, *faults: Exception) -> None:
        self.batches: list[list[int]] = []
        self.faults = list(faults)
        self.never: int | None = None

    async def write(self, batch: list[int]) -> None:
        """Take a batch, or fail."""
        if self.faults:
            raise self.faults.pop(0)
        if self.never in batch:
            raise ZeroDivisionError
        self.batches.append(batch)


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


async def until(reached: Callable[[], bool], limit: float = 10.0) -> None:
    """Until something is so."""
    async with asyncio.timeout(limit):
        while not reached():
            await asyncio.sleep(0.001)
