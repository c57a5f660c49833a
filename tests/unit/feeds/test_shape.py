"""Which addresses of a site are those of a newsroom's releases: shapes as real newsrooms have them, with invented titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.reading.shape import learn

TITLES = [
    "ny-aftale-om-havne", "ministeren-besoeger-moelle", "flere-penge-til-fyrtaarne", "skibe-skal-melde-sig", "havnen-faar-ny-kaj",
    "regeringen-vil-styrke-lodser", "broen-aabner-til-sommer", "rapport-om-slusers-tilstand", "faergen-sejler-igen",
    "dokken-er-toemt",
]  # fmt: skip
MORE = "aftale-om-vaerfter-er-paa-plads"
GUID = "6f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f{}"


def made(form: str, months: tuple[str, ...] = ("september", "oktober")) -> list[str]:
    """Ten addresses of a form."""
    return [
        form.format(title=title, n=4711 + 13 * at, month=months[at % len(months)], guid=GUID.format(at), day=f"{at + 1:02d}")
        for at, title in enumerate(TITLES)
    ]


SHAPES = [
    (
        "https://um.dk/nyheder-fra-udenrigsministeriet/newsdisplaypage/?newsid={guid}",
        ["https://um.dk/nyheder-fra-udenrigsministeriet/newsdisplaypage/?newsid=0a1b2c3d-1111-2222-3333-444455556666"],
        [
            "https://um.dk/nyheder-fra-udenrigsministeriet/newsdisplaypage/",
            "https://um.dk/nyheder-fra-udenrigsministeriet/?newsid=0a1b2c3d-1111-2222-3333-444455556666",
            "https://um.dk/nyheder-fra-udenrigsministeriet/newsdisplaypage/?newsid=alle",
            "https://um.dk/om-os/organisation/?newsid=0a1b2c3d-1111-2222-3333-444455556666",
        ],
    ),
    (
        "https://www.regeringen.se/pressmeddelanden/2025/10/{title}/",
        ["https://www.regeringen.se/pressmeddelanden/2019/03/regeringsombildning/"],
        [
            f"https://www.regeringen.se/artiklar/2025/10/{MORE}/",
            "https://www.regeringen.se/pressmeddelanden/2025/10/",
            f"https://www.regeringen.se/pressmeddelanden/2025/13/{MORE}/",
            f"https://www.regeringen.se/rattsliga-dokument/proposition/2025/10/{MORE}/",
        ],
    ),
    (
        "https://www.gov.scot/news/{title}/",
        [f"https://www.gov.scot/news/{MORE}"],
        ["https://www.gov.scot/news/", "https://www.gov.scot/news/archive", f"https://www.gov.scot/publications/{MORE}/"],
    ),
    (
        "https://sum.dk/nyheder/2025/{month}/{title}",
        [f"https://sum.dk/nyheder/2021/juni/{MORE}", "https://sum.dk/nyheder/2025/maj/ny-minister"],
        [
            f"https://sum.dk/publikationer/2025/oktober/{MORE}",
            "https://sum.dk/nyheder/2025/oktober",
            f"https://sum.dk/nyheder/2025/alle/{MORE}",
            f"https://sum.dk/nyheder/2025/oktober/{MORE}.pdf",
        ],
    ),
    (
        "https://ruiz.house.gov/media/press-releases/{title}",
        [f"http://www.ruiz.house.gov/media/press-releases/{MORE}/?utm_source=x"],
        [
            "https://ruiz.house.gov/media/press-releases",
            f"https://ruiz.house.gov/media/in-the-news/{MORE}",
            f"https://ruiz.house.gov/about/{MORE}",
            f"https://huffman.house.gov/media/press-releases/{MORE}",
            "https://ruiz.house.gov/media/press-releases/page-2",
        ],
    ),
    (
        "https://www.europarl.europa.eu/news/en/press-room/202607{day}IPR4{n}/{title}",
        ["https://www.europarl.europa.eu/news/en/press-room/20240112IPR16777/ny-aftale"],
        [
            "https://www.europarl.europa.eu/news/en/agenda/20240112IPR16777/ny-aftale",
            "https://www.europarl.europa.eu/news/da/press-room/20240112IPR16777/ny-aftale",
            "https://www.europarl.europa.eu/news/en/press-room/20240112STO16777/ny-aftale",
        ],
    ),
    (
        "https://havnen.example/presse/{n}.html",
        ["https://havnen.example/presse/17.html"],
        ["https://havnen.example/presse/index.html", "https://havnen.example/presse/17", "https://havnen.example/om/17.html"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("form", "others"), [(form, (yes, no)) for form, yes, no in SHAPES])
def test_addresses_of_one_shape_are_told_from_the_others(form: str, others: tuple[list[str], list[str]]) -> None:
    """The known ones have it, further ones do, and other pages of the site do not."""
    known = made(form)
    shape = learn(known)
    assert shape is not None
    assert all(map(shape.takes, known))
    assert [url for url in others[0] if not shape.takes(url)] == []
    assert [url for url in others[1] if shape.takes(url)] == []


def test_a_newsroom_may_file_its_releases_in_a_few_ways() -> None:
    """Sections side by side, of several depths; a single stray link in between belongs to none."""
    news = made("https://bm.dk/nyheder/pressemeddelelser/2026/05/{title}")[:5]
    speeches = made("https://bm.dk/nyheder/taler/2026/05/{title}")[5:]
    shape = learn([*news, *speeches, "https://bm.dk/temaer/havne/moeder"])
    assert shape is not None
    assert shape.takes(f"https://bm.dk/nyheder/taler/2025/01/{MORE}")
    assert not shape.takes(f"https://bm.dk/nyheder/kalender/2025/01/{MORE}")
    assert not shape.takes("https://bm.dk/temaer/havne/andre-moeder")


@pytest.mark.parametrize(
    "known",
    [
        [],
        made("https://havnen.example/{title}"),
        made("https://havnen.example/da/{title}"),
        made("https://havnen.example/node/{n}"),
        made("https://havnen.example/?p={n}"),
        made("https://havnen.example/nyheder/{title}")[:2],
        [f"https://havnen.example/{'x/' * at}{title}" for at, title in enumerate(TITLES)],
        [f"https://{title}.example/nyheder/{title}" for title in TITLES],
        ["https://havnen.example/nyheder"] * 10,
        ["javascript:x", "http://[", "", "https://"],
    ],
)
def test_where_nothing_tells_releases_from_other_pages_there_is_no_shape(known: list[str]) -> None:
    """Too few, too different, or so plain that every page of the site has it."""
    assert learn(known) is None


def test_an_address_says_when_and_which_number() -> None:
    """As far as it does: what the archive goes by, newest first."""
    monthly, numbered = learn(made("https://sum.dk/nyheder/2025/{month}/{title}")), learn(made("https://a.example/nyt/{n}/{title}"))
    assert monthly is not None
    assert numbered is not None
    assert monthly.period(f"https://sum.dk/nyheder/2024/marts/{MORE}") == "2024-03"
    assert (numbered.period(f"https://a.example/nyt/99/{MORE}"), numbered.number(f"https://a.example/nyt/99/{MORE}")) == ("", 99)
    assert (monthly.period("https://sum.dk/om"), monthly.number("https://sum.dk/om")) == ("", 0)


def test_addresses_are_written_as_the_feed_writes_them() -> None:
    """So that a release that the feed brings later is known by its address."""
    shape = learn(made("https://www.gov.scot/news/{title}/"))
    assert shape is not None
    assert shape.spelled(f"http://gov.scot/news/{MORE}?utm_source=sitemap#top") == f"https://www.gov.scot/news/{MORE}/"


@given(st.lists(st.text(max_size=60).map(lambda tail: f"https://havnen.example/{tail}"), max_size=20), st.text(max_size=80))
def test_no_address_is_too_odd(links: list[str], other: str) -> None:
    """Learning and asking never fail; the links that a shape was learnt from mostly have it."""
    shape = learn(links)
    if shape is not None:
        shape.takes(other)
        assert sum(map(shape.takes, links)) * 2 > len(links)
        for link in filter(shape.takes, links):
            assert (len(shape.period(link)) <= len("2026-10-03"), shape.number(link) >= 0) == (True, True)
