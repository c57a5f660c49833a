"""docs/WARNINGS.md explains every warning and error that the code writes, and none that it does not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "WARNINGS.md"
LEVELS = {"warning", "error", "exception", "critical"}
_ENTRY = re.compile(r"^### `(.+)`$", re.MULTILINE)


@cache
def written() -> dict[str, str]:
    """What the code writes at these levels: the event, or the sentence with its gaps, and where."""
    found: dict[str, str] = {}
    for folder in ("bot", "adapters", "storage"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for event in events_in(file.read_text(encoding="utf-8")):
                found.setdefault(event, str(file.relative_to(ROOT)))
    return found


def events_in(code: str) -> Iterator[str]:
    """The events of a source, also of reports whose level is chosen first, and those handed to a function that writes them."""
    tree = ast.parse(code)
    chosen, handed = _chosen(tree), _handed_to_log() | _handed(tree)
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        first = call.args[handed[name]] if name in handed and len(call.args) > handed[name] else call.args[0]
        if _writes(call.func) or name in chosen or name in handed:
            yield from (node.value for node in ast.walk(first) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _writes(function: ast.expr) -> bool:
    """Whether it is the method of a logger for one of the levels."""
    if not isinstance(function, ast.Attribute) or function.attr not in LEVELS:
        return False
    owner = function.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in ("log", "_log", "logger")


def _chosen(tree: ast.AST) -> set[str]:
    """Names that stand for such a method: `report = log.warning if ... else log.debug`."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and any(_writes(part) for part in ast.walk(node.value) if isinstance(part, ast.expr))
        for target in node.targets
        if isinstance(target, ast.Name)
    }


@cache
def _handed_to_log() -> dict[str, int]:
    """Those that all modules share."""
    return _handed(ast.parse((ROOT / "bot" / "log.py").read_text(encoding="utf-8")))


def _handed(tree: ast.AST) -> dict[str, int]:
    """Functions that write what they are handed, with the place of that among their arguments."""
    found = {}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        arguments = [argument.arg for argument in function.args.args]
        for call in ast.walk(function):
            event = call.args[0] if isinstance(call, ast.Call) and _writes(call.func) and call.args else None
            if isinstance(event, ast.Name) and event.id in arguments:
                found[function.name] = arguments.index(event.id)
    return found


def explained() -> list[str]:
    """What the page has an entry for."""
    return _ENTRY.findall(PAGE.read_text(encoding="utf-8"))


def test_every_warning_is_explained() -> None:
    """Whoever reads one in the log finds it there."""
    missing = {event: file for event, file in written().items() if event not in explained()}
    assert missing == {}


def test_nothing_is_explained_that_is_not_written() -> None:
    """A page that is longer than the truth is not read."""
    assert set(explained()) - written().keys() == set()
    assert len(explained()) == len(set(explained()))


def test_every_entry_says_what_it_means_and_what_to_do() -> None:
    """In that order."""
    for entry in re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        body = re.split(r"^## ", entry, flags=re.MULTILINE)[0]
        assert re.search(r"^\*To do:\* \S.+", body, re.MULTILINE), entry
        assert len(body.split("*To do:*")[0].split("\n", 1)[1].split()) > 5, entry


@pytest.mark.parametrize(
    ("code", "events"),
    [
        ('log.warning("a", x=1)', ["a"]),
        ('self._log.error("a")', ["a"]),
        ('log.info("a")', []),
        ('log.exception("a %s", x)', ["a %s"]),
        ('report = log.info if x else log.warning\nreport("a")', ["a"]),
        ('report = log.info if x else log.debug\nreport("a")', []),
        ('def lesser(event):\n    log.warning(event)\nlesser("a")', ["a"]),
        ('def lesser(n, event):\n    log.warning(event)\nlesser(1, "a")', ["a"]),
        ('log.warning("a" if x else "b")', ["a", "b"]),
    ],
)
def test_the_test_finds_what_is_written(code: str, events: list[str]) -> None:
    """However it comes to be a warning."""
    assert list(events_in(code)) == events
