"""What somebody typed, as a command's name and its argument."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.line import LONGEST, Line, read_line, unquoted


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/latest um 5", Line("latest", "um 5", slash=True)),
        ("latest um", Line("latest", "um", slash=False)),
        ("/latest@presse_bot um", Line("latest", "um", slash=True)),
        ("  /latest \n um\t\u00a0 5 ", Line("latest", "um 5", slash=True)),
        ("//latest", Line("latest", "", slash=True)),
        ("/ latest um", Line("latest", "um", slash=True)),
        ("/latest um 5 page:3", Line("latest", "um 5", slash=True, page=3)),
        ("/latest page:2", Line("latest", "", slash=True, page=2)),
        ("/latest page:0", Line("latest", "", slash=True, page=1)),
        ("/settings ping:@\u2060asta", Line("settings", "ping:@asta", slash=True)),
        ("", Line("", "", slash=False)),
        ("/", Line("", "", slash=True)),
        ("/la\x00te\u202est\ud800", Line("late\u202est", "", slash=True)),
    ],
)
def test_a_line_is_taken_apart(text: str, line: Line) -> None:
    """Slash, bot name, odd space, control characters and the page of a paging button are no part of name and argument."""
    assert read_line(text) == line


def test_an_argument_may_have_four_hundred_characters() -> None:
    """One more is told to be too long, and a megabyte costs no more than that."""
    assert not read_line("/search " + "a" * LONGEST).too_long
    assert read_line("/search " + "a" * (LONGEST + 1)).too_long
    assert read_line("/search " + "a " * 500_000).too_long
    assert read_line(" " * 1_000_000 + "/latest") == Line("latest", "", slash=True)


@pytest.mark.parametrize("typed", ['"um"', "“um”", "»um«", " 'um' ", "um"])
def test_quotes_round_a_name_do_not_count(typed: str) -> None:
    """A name may be given in quotes of any language."""
    assert unquoted(typed) == "um"


@given(st.text(alphabet=st.characters(), max_size=2000))
def test_no_text_breaks_it(text: str) -> None:
    """Whatever comes in, name and argument are short, in one line, and can be stored."""
    line = read_line(text)
    assert len(line.name) <= 40
    assert len(line.rest) <= LONGEST
    assert "\n" not in line.text
    line.text.encode()
