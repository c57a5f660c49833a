"""Text with looks, cut to size, as Telegram reads it. The fake's parser, which follows the real server's, is the judge."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.telegram.markup import Run, cut, html, length, link, plain, visible
from bot.text.cutting import units
from tests.fakes.telegram_markup import parse_html
from tests.fakes.telegram_markup import units as telegrams_units

texts = st.text(st.sampled_from("ab æø<>&\"'/@#_*\n😀👨‍👩‍👧;=!") | st.characters(codec="utf-8"), max_size=40)
addresses = st.sampled_from(["", "", "https://press.example/1?a=1&b='<\">"])
runs = st.lists(st.builds(Run, texts.map(visible), st.booleans(), st.booleans(), st.booleans(), addresses.map(link)), max_size=12)


@given(runs)
@settings(max_examples=200)
def test_what_is_written_is_what_telegram_reads(written: list[Run]) -> None:
    """Whatever the text, the markup is valid, and every character stands in the message, apart from space at its ends."""
    read = parse_html(html(written))
    assert read.text.split() == plain(written).split()


@given(runs, st.integers(1, 200))
@settings(max_examples=300)
def test_a_cut_text_fits_and_is_a_beginning(written: list[Run], limit: int) -> None:
    """Never longer than the limit as Telegram counts, valid still, and nothing but the beginning and a sign that it goes on."""
    short = cut(written, limit)
    assert telegrams_units(parse_html(html(short)).text) <= length(short) <= limit
    if length(written) > limit:
        said = plain(short)
        assert said.endswith("…")
        assert plain(written).startswith(said.removesuffix("…"))
    else:
        assert short == tuple(written)


def test_a_text_is_cut_between_words() -> None:
    """Not within one where there is a space to cut at, and without a comma left over."""
    assert plain(cut((Run("Havnen åbner, og skibene sejler"),), 20)) == "Havnen åbner, og…"
    assert plain(cut((Run("Havnen åbner, og skibene sejler"),), 15)) == "Havnen åbner…"


def test_no_sign_is_torn_apart() -> None:
    """A flag that does not fit is left out whole, not shown as a letter."""
    assert plain(cut((Run("ja🇩🇰🇸🇪"),), 7)) == "ja🇩🇰…"


def test_looks_and_links_survive_a_cut() -> None:
    """The run that is cut keeps its look; what follows is gone."""
    written = (Run("Fed ", bold=True), Run("og et langt link", url="https://press.example"), Run(" og mere"))
    assert html(cut(written, 12)) == '<b>Fed </b><a href="https://press.example">og et</a>…'


def test_emoji_count_twice() -> None:
    """UTF-16 units, not characters."""
    assert units("a😀") == 3
    assert length(cut((Run("😀" * 10),), 10)) <= 10


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("ring @udenrigsmin i dag", "ring @\u2060udenrigsmin i dag"),
        ("pressevagten@um.dk", "pressevagten@um.dk"),
        ("omvendt \u202etxt", "omvendt txt"),
        ("halv \ud83d", "halv \N{REPLACEMENT CHARACTER}"),
        ("rød \x1b[31m", "rød [31m"),
    ],
)
def test_text_from_outside_does_nothing(given_: str, shown: str) -> None:
    """Names of other networks call nobody here; control characters, half characters and turned text are gone."""
    assert visible(given_) == shown


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "tel:+4561979247", "mailto:a@b.dk", "https://", "http://localhost/", "ftp://a.dk", ""]
)
def test_only_links_that_telegram_takes(url: str) -> None:
    """Anything but an http(s) address of a named host is shown as text alone."""
    assert link(url) == ""


def test_a_link_keeps_its_address() -> None:
    """Spaces and Danish letters are encoded; what is encoded already stays."""
    assert link("https://um.dk/søg?q=a%20b") == "https://um.dk/s%C3%B8g?q=a%20b"
