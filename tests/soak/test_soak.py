"""A small soak in the suite, over the days on which clocks in Europe are put back; and what its judge must notice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.soak.judge import Findings, growth, judge
from tests.soak.measure import Sample
from tests.soak.picture import picture
from tests.soak.plan import Desk, Mode, Plan

ROOT = Path(__file__).parents[2]
SUNDAY = datetime(2026, 10, 25, tzinfo=UTC)
"""The day on which clocks are put back: eight in the morning in Copenhagen is seven by UTC, and not six any more."""
HOUR = timedelta(hours=1)

Event = tuple[datetime, dict[str, Any]]


@pytest.mark.timeout(300)
def test_three_days_leave_nothing_behind(tmp_path: Path) -> None:
    """In a process of its own, since its time is not ours: nothing lost, doubled or late, nothing grows, and there is a picture."""
    size = ("--feeds", "3", "--destinations", "8", "--days", "3", "--slower", "240", "--out", str(tmp_path))
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "tests.soak", *size], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"
    counts = json.loads((tmp_path / "soak.json").read_text())["counts"]
    assert min(counts[what] for what in ("posted", "edited", "withdrawn", "digests", "taken away: deliveries")) > 0
    assert (tmp_path / "soak.svg").read_text().count("<polyline") > 5


# The judge ----------------------------------------------------------------------------------------------------------


def desk(mode: Mode = Mode.AT_ONCE, zone: str = "Europe/Copenhagen") -> Desk:
    """One that follows one feed."""
    return Desk("c1", mode, zone, (7,))


def published(at: datetime) -> Event:
    """A release; the first is number 21."""
    return at, {"what": "published", "feed": 7}


def posted(at: datetime, *numbers: int, ident: str = "1", lost: bool = False) -> Event:
    """A message about releases."""
    return at, {"what": "posted", "to": "c1", "under": "", "shows": [(7, n) for n in numbers], "id": ident, "lost": lost}


END: Event = (SUNDAY + 9 * 24 * HOUR, {"what": "up"})


def wrong(of: Desk, *events: Event) -> list[str]:
    """The names of what is wrong."""
    found: Findings = judge([of], [*events, END])
    return [line.partition(":")[0] for line in found.wrong]


def test_what_came_once_and_in_order_is_right() -> None:
    """A message that was taken though its answer was lost may come a second time, and no third."""
    one, two = published(SUNDAY), published(SUNDAY + HOUR)
    first, second = posted(SUNDAY + HOUR, 21), posted(SUNDAY + 2 * HOUR, 22, ident="2")
    assert wrong(desk(), one, two, first, second) == []
    lost = posted(SUNDAY + HOUR / 2, 21, ident="0", lost=True)
    assert wrong(desk(), one, two, lost, first, second) == []


def test_what_is_lost_doubled_or_out_of_order_is_noticed() -> None:
    """Each for itself."""
    one, two = published(SUNDAY), published(SUNDAY + HOUR)
    assert wrong(desk(), one) == ["lost"]
    assert wrong(desk(), one, posted(SUNDAY + HOUR, 21), posted(SUNDAY + HOUR, 21, ident="2")) == ["doubled"]
    assert wrong(desk(), one, two, posted(SUNDAY + HOUR, 22), posted(SUNDAY + 2 * HOUR, 21, ident="2")) == ["out of order"]


def test_a_digest_comes_at_eight_by_the_clock_of_the_place() -> None:
    """On the day of the change too; an hour early is wrong, another day is, and so is a second one."""
    daily, one = desk(Mode.DAILY), published(SUNDAY - 9 * HOUR)
    assert wrong(daily, one, posted(SUNDAY + 7 * HOUR, 21)) == []
    assert "a digest at another time than eight" in wrong(daily, one, posted(SUNDAY + 6 * HOUR, 21))
    assert wrong(daily, one, posted(SUNDAY + 31 * HOUR, 21)) == ["in the digest of another day"]
    two = published(SUNDAY - 8 * HOUR)
    apart = (posted(SUNDAY + 7 * HOUR, 21), posted(SUNDAY + 7 * HOUR, 22, ident="2"))
    assert wrong(daily, one, two, *apart) == ["several digests in a day"]
    assert wrong(desk(Mode.DAILY, "Asia/Tokyo"), one, posted(SUNDAY - HOUR, 21)) == []


def test_nobody_is_told_at_night() -> None:
    """By their own clocks."""
    night = datetime(2026, 10, 25, 6, 30, tzinfo=ZoneInfo("Europe/Copenhagen")).astimezone(UTC)
    one = published(night - HOUR)
    assert wrong(desk(Mode.QUIET), one, posted(night, 21)) == ["told at night"]
    assert wrong(desk(Mode.QUIET), one, posted(night + HOUR / 2, 21)) == []


def samples(**curves: list[int]) -> list[Sample]:
    """Days of which only these figures change."""
    days = len(next(iter(curves.values())))
    still = Sample(1, 10**8, 10**6, 10**5, 40, 20, 8, 4, 10**7, 4 * 10**6, {"audit": 50}, 900)
    return [replace(still, day=n + 1, **{name: curve[n] for name, curve in curves.items()}) for n in range(days)]  # type: ignore[arg-type]


def growing(**curves: list[int]) -> list[str]:
    """What grows."""
    return [each.name for each in growth(samples(**curves)) if each.grows]


def test_what_grows_to_the_end_is_noticed_and_what_levels_off_is_not() -> None:
    """A step up in the beginning is a cache that fills."""
    megabyte = 2**20
    assert growing(memory=[(100 + 3 * day) * megabyte for day in range(30)]) == ["memory"]
    assert growing(memory=[(100 + min(3 * day, 20)) * megabyte for day in range(30)]) == []
    assert growing(files=[40 + day // 2 for day in range(30)]) == ["files"]
    assert growing(tasks=[20 + day for day in range(30)], lively=[100 * day for day in range(30)]) == ["tasks", "lively"]


def test_the_month_holds_the_change_of_the_clocks_and_ends_what_is_kept() -> None:
    """In any size, what lively feeds publish is pushed out by others before the last third."""
    for days in (3, 9, 30):
        plan = Plan(days=days)
        assert plan.start < SUNDAY < plan.end
        assert plan.keep_days + 100 / plan.a_day(0) < 2 * plan.days / 3


def test_the_picture_has_a_line_for_each_curve() -> None:
    """With a point a day."""
    drawn = picture(samples(memory=[10**8 + day for day in range(9)]), "Nine days & nights")
    assert "Nine days &amp; nights" in drawn
    assert all(line.count(",") == 9 for line in drawn.split('points="')[1:] for line in [line.partition('"')[0]])
