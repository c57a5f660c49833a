"""Web pages read as releases, by what they state themselves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.prose import plain
from bot.domain.release import Kind, ParsedRelease
from bot.feeds.reading.page import NoRelease, Reading, read_page
from bot.feeds.reading.sitemap import Listed

URL = "https://havnen.example/nyheder/2025/oktober/nye-regler"
DESK = Reading(datetime(2026, 11, 20, tzinfo=UTC), "da", "DK")
FIRST = "Skibe skal fra nytår melde sig to timer, før de anløber, siger havnefoged Freja Holmsted."
CONTACT = "Pressechef Asta Dam, tlf. 20 12 34 56, asta@havnen.example"
PUBLISHED = '<meta property="article:published_time" content="2025-10-13T11:50:00+02:00">'
ARTICLE = f"<h1>Nye regler</h1><p>{FIRST}</p><h2>Kontakt</h2><p>{CONTACT}</p>"


def page(
    body: str = f"<main><article>{ARTICLE}</article></main>", head: str = PUBLISHED, title: str = "Nye regler | Havnen"
) -> str:
    """A page of the newsroom's site."""
    return (
        f'<!doctype html><html lang="da-DK"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f'<body><nav><a href="/">Forside</a></nav>{body}<footer>Havnen, CVR 43271911</footer></body></html>'
    )


def read(html: str | bytes, *, content_type: str = "text/html", **listed: str) -> ParsedRelease:
    """The release of a page."""
    return read_page(html.encode() if isinstance(html, str) else html, Listed(URL, **listed), DESK, content_type)


def why_not(html: str, **listed: str) -> str:
    """Why a page is none."""
    with pytest.raises(NoRelease) as refused:
        read(html, **listed)
    return str(refused.value)


def data(**fields: object) -> str:
    """Structured data in a page."""
    return f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", **fields})}</script>'


def text(release: ParsedRelease) -> str:
    """The text of a release."""
    return plain(release.content.body)


def test_a_page_with_open_graph() -> None:
    """Title without the site's name, lead, text without what stands around it, time, language, picture, contact, address."""
    head = (
        f'{PUBLISHED}<link rel="canonical" href="{URL}?utm_source=x"><meta property="og:title" content="Nye regler – Havnen">'
        '<meta property="og:site_name" content="Havnen"><meta name="description" content="Fra nytår &amp; frem.">'
        '<meta property="og:image" content="/billeder/kaj.jpg"><meta property="article:section" content="Pressemeddelelse">'
    )
    release = read(page(head=head))
    assert release.external_id == "url:havnen.example/nyheder/2025/oktober/nye-regler"
    assert release.published == datetime(2025, 10, 13, 9, 50, tzinfo=UTC)
    content = release.content
    assert (content.title, content.lead, content.language, content.url) == ("Nye regler", "Fra nytår & frem.", "da", URL)
    assert text(release) == f"{FIRST}\nKontakt\n{CONTACT}"
    assert [picture.url for picture in content.pictures] == ["https://havnen.example/billeder/kaj.jpg"]
    assert (content.kind, content.kind_word) == (Kind.PRESS_RELEASE, "Pressemeddelelse")
    assert [(contact.name, contact.emails) for contact in content.contacts] == [("Asta Dam", ("asta@havnen.example",))]


@pytest.mark.parametrize("kind", ["NewsArticle", "Article", ["WebPage", "PressRelease"], "https://schema.org/ReportageNewsArticle"])
def test_a_page_with_structured_data(kind: str | list[str]) -> None:
    """Alone or in a graph, with the text in the data where the page marks none."""
    article = {
        "@type": kind, "headline": "Nye regler", "datePublished": "2025-10-13T09:50:00Z", "dateModified": "2026-01-01",
        "articleBody": f"{FIRST}\n\n{CONTACT}", "description": "Fra nytår.", "image": [{"url": "/kaj.jpg"}], "inLanguage": "da",
    }  # fmt: skip
    for head in (data(**article), data(**{"@graph": [{"@type": "WebSite", "name": "Havnen"}, article]})):
        release = read(page("<div>Nyt</div>", head))
        assert (release.content.title, release.content.lead) == ("Nye regler", "Fra nytår.")
        assert (release.published, text(release)) == (datetime(2025, 10, 13, 9, 50, tzinfo=UTC), f"{FIRST}\n{CONTACT}")
        assert [picture.url for picture in release.content.pictures] == ["https://havnen.example/kaj.jpg"]


def test_what_data_says_of_other_articles_is_not_said_of_this_one() -> None:
    """A page that shows related articles dates itself by the one that stands at its own address."""
    others = [
        {"@type": "NewsArticle", "headline": f"Anden {n}", "url": f"/nyheder/{n}", "datePublished": f"2024-01-0{n}"}
        for n in range(1, 4)
    ]
    own = {"@type": "NewsArticle", "headline": "Nye regler", "mainEntityOfPage": {"@id": URL}, "datePublished": "2025-10-12"}
    assert read(page(head=data(**{"@graph": [*others, own]}))).published == datetime(2025, 10, 11, 22, tzinfo=UTC)
    assert why_not(page(head=data(**{"@graph": others}))) == "undated"


def test_the_time_of_publication_is_never_guessed() -> None:
    """A marked or lone time above the text counts, and what a news sitemap says; changes, and times in the text, do not."""
    assert read(
        page(f'<main><time datetime="2025-10-13T09:00Z">i dag</time><article>{ARTICLE}</article></main>', "")
    ).published == datetime(2025, 10, 13, 9, tzinfo=UTC)
    two = '<time datetime="2025-10-14">ændret</time><time itemprop="datePublished" datetime="2025-10-13">13/10</time>'
    assert read(page(f"<article>{two}{ARTICLE}</article>", "")).published == datetime(2025, 10, 12, 22, tzinfo=UTC)
    assert read(page(head=""), published="2025-10-13").published == datetime(2025, 10, 12, 22, tzinfo=UTC)
    unmarked = two.replace('itemprop="datePublished"', "")
    assert why_not(page(f"<article>{unmarked}{ARTICLE}</article>", "")) == "undated"
    assert (
        why_not(page(f'<article>{ARTICLE}<p>Mød op <time datetime="2025-12-01">1. december</time></p></article>', "")) == "undated"
    )
    assert why_not(page(head='<meta property="article:modified_time" content="2025-10-13">'), changed="2025-10-13") == "undated"
    assert why_not(page(head='<meta property="article:published_time" content="2031-01-01">')) == "undated"
    assert "1. december" in text(
        read(page(f'<article>{ARTICLE}<p>Mød <time datetime="2025-12-01">1. december</time></p></article>'))
    )


def test_what_is_no_release() -> None:
    """Pages without a title or a text of their own, lists of articles, and pages that say that they are something else."""
    assert why_not(page("", title="")) == "no_title"
    assert why_not(page("<h1>Siden findes ikke</h1>")) == "no_text"
    assert why_not(page("<main><a href='/'>" + "Nyhed om havnen " * 20 + "</a></main>")) == "no_text"
    teaser = f"<article><h2>Anden nyhed</h2><p>{FIRST}</p></article>"
    assert why_not(page(f"<main><h1>Nyheder</h1>{teaser * 6}</main>", "")) == "list"
    assert why_not(page(head=PUBLISHED + data(**{"@type": "JobPosting", "title": "Lods"}))) == "other"


def test_what_stands_beside_a_text_is_no_part_of_it() -> None:
    """Navigation, sharing, related articles, scripts; a marked body goes before the article around it."""
    beside = (
        '<div class="breadcrumb">Forside / Nyheder</div><ul class="social-share"><li>Del på X</li></ul><aside>Andre nyheder</aside>'
        '<section id="related"><h2>Læs også</h2></section><form>Tilmeld</form><script>var a = "</p>";</script><p hidden>Skjult</p>'
    )
    assert text(read(page(f"<article>{beside}{ARTICLE}{beside}</article>"))) == f"{FIRST}\nKontakt\n{CONTACT}"
    marked = f'<article><p>Af redaktionen i dag</p><div itemprop="articleBody"><p>{FIRST}</p></div><p>Læs mere</p></article>'
    assert text(read(page(marked))) == FIRST


def test_the_title_is_the_heading_that_the_page_agrees_with() -> None:
    """Else what the data or Open Graph say, without the name of the site."""
    logo = page(f"<header><h1>Havnen</h1></header><main>{ARTICLE}</main>", title="Nye regler")
    assert read(logo).content.title == "Nye regler"
    plainly = f"<main><p>{FIRST}</p></main>"
    named = PUBLISHED + '<meta property="og:site_name" content="Havnen">'
    assert read(page(plainly, named, "Nye regler | Havnen")).content.title == "Nye regler"
    assert read(page(plainly, named, "Havnen: Nye regler - nu")).content.title == "Havnen: Nye regler - nu"


def test_a_canonical_address_is_believed_where_it_is_one_of_a_release() -> None:
    """Some sites name their front page on every page."""
    other = "https://havnen.example/nyheder/2025/oktober/andet"
    html = page(head=f'{PUBLISHED}<link rel="canonical" href="{other}">').encode()
    assert read_page(html, Listed(URL), DESK).content.url == other
    assert read_page(html, Listed(URL), DESK, "", lambda url: url == URL).content.url == URL


def test_charsets_by_header_or_by_the_page() -> None:
    """Pages declare them in their own way."""
    html = page().replace("utf-8", "iso-8859-1").encode("iso-8859-1")
    assert text(read(html)) == text(read(html, content_type="text/html; charset=iso-8859-1")) == text(read(page()))


BOMBS = [
    "<div>" * 50_000, "<article>" * 50_000, "<svg>" * 50_000, "<!--" * 50_000, "<script" * 50_000, "<a href='" * 50_000,
    "<main><article>x</article>" * 20_000, data(a="[" * 100_000), "<table><tr><td>" * 20_000, "<time datetime=1>" * 50_000,
    '<script type="application/ld+json">' + "[" * 200_000 + "</script>", "<p class='share'>" * 50_000,
]  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS, ids=range(len(BOMBS)))
def test_no_page_keeps_us_busy(bomb: str) -> None:
    """Nor stops us, wherever it puts what it has too much of."""
    started = perf_counter()
    for html in (page(bomb + ARTICLE), page(f"<article>{ARTICLE}{bomb}</article>")):
        try:
            read(html)
        except NoRelease:
            continue
    assert perf_counter() - started < 20


@given(st.text(max_size=300), st.binary(max_size=200))
def test_nothing_but_no_release_is_raised(inside: str, raw: bytes) -> None:
    """Whatever a server sends."""
    for html in (
        page(f"<main>{inside}</main>", head=data(**{"@type": inside, "datePublished": inside})).encode("utf-8", "replace"),
        raw,
    ):
        try:
            assert read(html).published is not None
        except NoRelease:
            continue
