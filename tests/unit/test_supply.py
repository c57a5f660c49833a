"""What the bot is built on, held against what is said of it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)
LISTED = re.compile(r"^\| (\S+) +\| (\S+) +\| (.+?) +\|$", re.MULTILINE)


def pinned(name: str) -> dict[str, str]:
    """The packages of a requirements file, and their versions."""
    return dict(PINNED.findall((ROOT / "requirements" / name).read_text(encoding="utf-8")))


def listed() -> dict[str, tuple[str, str]]:
    """The licence report: version and licence by package."""
    text = (ROOT / "docs" / "LICENCES.md").read_text(encoding="utf-8")
    rows = [row for row in LISTED.findall(text) if row[0] != "Name" and not row[0].startswith("-")]
    return {re.sub(r"[-_.]+", "-", name).lower(): (version, licence) for name, version, licence in rows}


def test_the_licence_report_is_of_what_is_installed() -> None:
    """Every package at its version, none without a licence (`make licences` writes it anew)."""
    report = listed()
    assert {name: version for name, (version, _) in report.items()} == {**pinned("run.txt")}
    assert [name for name, (_, licence) in report.items() if licence == "UNKNOWN"] == []


def test_licences_that_ask_for_something_are_named() -> None:
    """Packages under the LGPL, and none under a stricter one, as the report's introduction says."""
    strict = {name for name, (_, licence) in listed().items() if "GPL" in licence}
    assert strict == {"psycopg", "psycopg-binary", "python-telegram-bot"}
    assert all("LGPL" in licence for _, licence in listed().values() if "GPL" in licence)


def test_all_that_is_installed_is_pinned_by_its_hash() -> None:
    """In every requirements file, and where two name the same package, at the same version."""
    for name in ("run.txt", "dev.txt", "bench.txt", "supply.txt"):
        blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements" / name).read_text(encoding="utf-8"))
        assert [block for block in blocks if PINNED.match(block) and "--hash=sha256:" not in block] == []
        others = pinned(name)
        assert {each: others.get(each, version) for each, version in pinned("run.txt").items()} == pinned("run.txt")
