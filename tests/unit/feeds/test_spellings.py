"""By which names and spellings a release is looked for that an address leads to."""

from __future__ import annotations

import pytest

from bot.feeds.html.links import same_address, spellings
from bot.feeds.reading.identity import Named, external_id, ids_at


@pytest.mark.parametrize(
    "url",
    [
        "https://havnen.example/nyt/1",
        "http://www.havnen.example/nyt/1/?utm_source=mail&id=5#top",
        "https://havnen.example",
        "https://havnen.example:8443/nyt?id=1&gclid=x",
    ],
)
def test_every_spelling_leads_to_the_same_page(url: str) -> None:
    """The address itself is the first, and none is listed twice."""
    found = spellings(url)
    assert found[0] == url
    assert len(found) == len(set(found))
    assert {same_address(each) for each in found} == {same_address(url)}


def test_the_spellings_that_differ_most_are_among_them() -> None:
    """As a newsroom writes it, however a reader copied it."""
    copied = "http://www.havnen.example/nyt/1/?id=5&utm_source=mail#top"
    assert "https://havnen.example/nyt/1?id=5" in spellings(copied)
    assert "https://www.havnen.example/nyt/1/?id=5" in spellings(copied)
    assert "https://havnen.example/nyt/1" not in spellings(copied)


def test_an_address_that_cannot_be_taken_apart_has_one_spelling() -> None:
    """It is looked for as it is."""
    assert spellings("https://[oops/1") == ["https://[oops/1"]


@pytest.mark.parametrize(
    ("link", "copied"),
    [
        ("https://via.ritzau.dk/pressemeddelelse/14500005/kajen?publisherId=1&lang=da", "https://via.ritzau.dk/release/14500005"),
        ("https://www.sttinfo.fi/tiedote/7001/satama?publisherId=1", "https://sttinfo.fi/tiedote/7001/hamn?lang=sv"),
        (
            "https://via.ritzau.dk/pressemeddelelse/15002803/uheld?lang=da#sm-15002803",
            "https://via.ritzau.dk/pressemeddelelse/15002803/uheld",
        ),
        ("https://havnen.example/nyt/1", "http://www.havnen.example/nyt/1/?fbclid=x"),
    ],
)
def test_a_release_is_found_by_the_id_that_its_feed_gave_it(link: str, copied: str) -> None:
    """What a reader copied leads to the name under which the item was stored."""
    assert external_id(Named("", link, "Kajen åbner")) in ids_at(copied)


def test_another_release_is_not() -> None:
    """Neither another number nor another page."""
    stored = external_id(Named("", "https://via.ritzau.dk/pressemeddelelse/14500005/kajen", "Kajen åbner"))
    assert stored not in ids_at("https://via.ritzau.dk/pressemeddelelse/14500006/kajen")
    assert stored not in ids_at("https://via.tt.se/pressmeddelande/14500005/kajen")
