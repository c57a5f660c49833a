"""Text with looks, cut to size; what may stand behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.rich_text import Run, call, cut_runs, length, link, plain, split, web_link
from bot.text.shown import visible

texts = st.text(st.sampled_from("ab æø\n😀👨\u200d👩🇩🇰👍🏽e\u0301"), max_size=80)
runs = st.lists(st.builds(Run, texts, st.booleans()), max_size=6).map(tuple)


@given(runs, st.integers(1, 200))
def test_cut_and_split_runs_keep_every_sign(given_: tuple[Run, ...], limit: int) -> None:
    """What is split off is the rest; what is cut is a beginning."""
    first, rest = split(given_, limit)
    assert plain(first) + plain(rest) == plain(given_)
    short = cut_runs(given_, limit)
    assert length(short) <= limit
    assert plain(given_).startswith(plain(short).removesuffix("…"))


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "https://", "http://localhost/", "ftp://a.dk", "", "https://u:p@a.dk", "https://a.dk/\n"),
        *("mailto:nobody", "mailto:<!here>@a.dk", "slack://channel?id=1", "https://[", "https://a.dk/" + "x" * 3000),
    ],
)
def test_only_links_that_may_be(url: str) -> None:
    """Web pages of named hosts and e-mail addresses; all else is text."""
    assert link(url) == ""


def test_links_keep_their_address() -> None:
    """Spaces and Danish letters are encoded; a letter is only addressed, not written."""
    assert web_link("https://um.dk/søg?q=a%20b") == "https://um.dk/s%C3%B8g?q=a%20b"
    assert link("mailto:a@b.dk?bcc=c@d.dk&body=x") == "mailto:a@b.dk"
    assert web_link("mailto:a@b.dk") == ""
    assert (call("+4561979247", "12"), call("114"), call("+45;x"), call("")) == ("tel:+4561979247;ext=12", "tel:114", "", "")


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("omvendt \u202etxt", "omvendt txt"),
        ("halv \ud83d", "halv \N{REPLACEMENT CHARACTER}"),
        ("rød \x1b[31m", "rød [31m"),
        ("a\u2028b", "a\nb"),
    ],
)
def test_text_from_outside_does_nothing(given_: str, shown: str) -> None:
    """Control characters, half characters and turned text are gone."""
    assert visible(given_) == shown
