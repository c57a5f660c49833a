"""How far a long command is: a bar in a terminal, a line for each part elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

Say = Callable[[str, int, int], None]
"""Takes what is under way, how much of it is through, and of how much."""


@contextmanager
def shown() -> Iterator[Say]:
    """Show progress on the standard error stream until the block ends."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        yield _bars(bars)


def _lines() -> Say:
    said: set[str] = set()

    def say(name: str, done: int, total: int) -> None:
        if done >= total and name not in said:
            said.add(name)
            click.echo(f"{name}: {done}", err=True)

    return say


def _bars(bars: Progress) -> Say:
    tasks: dict[str, TaskID] = {}

    def say(name: str, done: int, total: int) -> None:
        if name not in tasks:
            tasks[name] = bars.add_task(name, total=total)
        bars.update(tasks[name], completed=done, total=total)

    return say
