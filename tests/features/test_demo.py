"""`pressevagt demo`, run as people run it: in a process of its own, through a pipe and on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

LIMIT = 60
"""Seconds, for hanging; the demo takes four."""
DEMO = (sys.executable, "-m", "bot.cli", "demo")
LINES = "/latest\n/search sanktioner\n/contact um\n/release 1\n"


def environment(folder: Path) -> dict[str, str]:
    """A home with nothing in it, and settings that belong to another bot, and are wrong at that."""
    for name in ("home", "tmp", "here"):
        (folder / name).mkdir()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "PRESSEVAGT_POLL_INTERVAL": "never",
        "DATABASE_URL": "sqlite:////nowhere/else.db",
    }


def demo(folder: Path, *arguments: str, lines: str = LINES, program: tuple[str, ...] = DEMO) -> subprocess.CompletedProcess[str]:
    """The demo, fed through a pipe."""
    return subprocess.run(
        (*program, *arguments),
        input=lines,
        env=environment(folder),
        cwd=folder / "here",
        capture_output=True,
        timeout=LIMIT,
        encoding="utf-8",
        check=False,
    )


def seconds(pattern: str, shown: str) -> float:
    """The figure in a line of the play."""
    found = re.search(pattern, " ".join(shown.split()))
    assert found, shown
    return float(found[1].replace(",", "."))


def test_danish(tmp_path: Path) -> None:
    """A release is alerted to and corrected within two seconds, then every piped command is answered, and nothing stays behind."""
    done = demo(tmp_path)
    shown = done.stdout
    play, _, replies = shown.partition("> /latest")
    alert, _, correction = play.partition("↻ Varsel 1, rettet")
    assert (done.returncode, done.stderr) == (0, "")
    assert "11 pressemeddelelser stod der allerede" in alert
    assert "Danmark sender 40 millioner kroner i nødhjælp" in alert
    assert "+45 61 97 92 47 (ikke SMS)" in alert
    assert "Danmark sender 45 millioner kroner i nødhjælp" in correction
    assert "RETTET kl. " in correction
    assert seconds(r"Varslet kom ([\d,]+) sekunder efter, at meddelelsen stod i feedet", play) < 2
    assert seconds(r"rettede beløbet, og ([\d,]+) sekunder efter var også varslet rettet", play) < 2
    latest, search, contact, release = re.split(r"> /search sanktioner|> /contact um|> /release 1", replies)
    assert "Møde i Det Udenrigspolitiske Nævn" in latest
    assert "EU-landene enige om ny sanktionspakke" in search
    assert "pressevagten@um.dk" in contact
    assert "EU-landene er blevet enige om en ny sanktionspakke" in " ".join(release.replace("▌", "").split())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert list((tmp_path / "tmp").iterdir()) == []


def test_english(tmp_path: Path) -> None:
    """The same in English, with an English release; /quit ends it whatever else was piped."""
    done = demo(tmp_path, "--language", "en", lines="/latest\n/search sanktioner\n/contact um\n/release 2\n/quit\n/help\n")
    play, _, replies = done.stdout.partition("> /latest")
    assert (done.returncode, done.stderr) == (0, "")
    assert "11 releases stood there already" in play
    assert "Denmark provides DKK 40 million" in play
    assert "Alert 1, corrected" in play
    assert "Denmark provides DKK 45 million" in play
    assert seconds(r"The alert came ([\d.]+) seconds after the release stood in the feed", play) < 2
    assert seconds(r"corrected the amount, and ([\d.]+) seconds later the alert was corrected", play) < 2
    for words in ("Latest from Udenrigsministeriet (demo)", "sanktionspakke", "+45 61 97 92 47", "Press contact"):
        assert words in replies
    assert "> /help" not in replies


def test_no_input_at_all(tmp_path: Path) -> None:
    """Without anything to read the play is played, and that is the end."""
    done = demo(tmp_path, lines="")
    assert done.returncode == 0
    assert "Nu er det din tur" in done.stdout


STALLED = """
import sys
from bot.demo import newsroom, play
newsroom.DemoNewsroom.publish = lambda self, release: release.published
play.LONGEST_WAIT = 1.5
play.play("da", None)
"""


def test_what_does_not_come_is_said(tmp_path: Path) -> None:
    """A release that never reaches the feed ends the demo with one line and exit code 1, not with a wait."""
    done = demo(tmp_path, lines="/latest\n", program=(sys.executable, "-c", STALLED))
    assert done.returncode == 1
    assert done.stderr.strip() == "pressevagt: Varslet kom ikke inden for 1,5 sekunder."
    assert "> /latest" not in done.stdout


def test_a_person_may_type_from_the_start_and_leave(tmp_path: Path) -> None:
    """On a terminal the prompt is there while the play goes on: a command is answered, /quit leaves, and the exit code is 0."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    process = subprocess.Popen(
        DEMO,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(tmp_path) | {"TERM": "xterm-256color"},
        cwd=tmp_path / "here",
        start_new_session=True,
    )
    os.close(theirs)
    try:
        until(ours, "stod der allerede")
        os.write(ours, b"/contact um\r")
        until(ours, "pressevagten@um.dk")
        os.write(ours, b"/quit\r")
        until(ours, None)
        assert process.wait(LIMIT) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert list((tmp_path / "tmp").iterdir()) == []


def until(terminal: int, words: str | None) -> None:
    """Read what the program writes until these words came, or to the end."""
    shown, end = "", time.monotonic() + LIMIT
    while words is None or words not in shown:
        assert select.select([terminal], [], [], max(0.0, end - time.monotonic()))[0], shown
        try:
            data = os.read(terminal, 65536)
        except OSError:  # the other end was closed
            data = b""
        if not data:
            assert words is None, shown
            return
        shown += data.decode("utf-8", "replace")


@pytest.mark.parametrize("path", ["docs/alert.svg", "docs/no/alert.svg"])
def test_the_picture(tmp_path: Path, path: str) -> None:
    """`--picture` draws into a file; one that cannot be written is one line and exit code 1."""
    done = demo(tmp_path, "--picture", path)
    there = (tmp_path / "here" / path).is_file()
    assert (done.returncode, there) == ((0, True) if path == "docs/alert.svg" else (1, False))
    assert done.stderr.count("\n") == (0 if there else 1)
