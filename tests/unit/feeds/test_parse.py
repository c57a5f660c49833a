"""What a document of a feed says: whole documents, leads and bodies, dates and identity."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.prose import plain
from bot.domain.release import DateNote, Kind, ParsedFeed
from tests.unit.feeds.documents import item, parsed, read, rss


def test_via_feed() -> None:
    """A Via feed gives releases by number, language versions under one number, and equal titles twice."""
    feed = parsed(read("via.rss.xml"))
    assert feed.title == "Havneministeriet - seneste pressemeddelelser"
    assert [(r.external_id, r.content.language) for r in feed.releases] == [
        ("via:via.ritzau.dk:19000003", "da"),
        ("via:via.ritzau.dk:19000003", "en"),
        ("via:via.ritzau.dk:19000002", "da"),
        ("via:via.ritzau.dk:19000001", "da"),
    ]
    first = feed.releases[0]
    assert first.content.title == "Ny bro over fjorden"
    assert first.published == datetime(2025, 10, 13, 9, 50, 4, tzinfo=UTC)
    assert first.date_note is None
    assert [phone.e164 for contact in first.content.contacts for phone in contact.phones] == ["+4561979247"]
    assert not feed.faults
    assert not feed.truncated


def test_short_messages() -> None:
    """Short messages on one page are told apart by their marks, which also stay in the link."""
    feed = parsed(read("short-messages.rss.xml"))
    assert [r.external_id for r in feed.releases] == [
        "via:via.ritzau.dk:19000100#sm-19000101",
        "via:via.ritzau.dk:19000100#sm-19000102",
    ]
    assert feed.releases[0].content.url.endswith("#sm-19000101")


def test_full_item() -> None:
    """All that an item gives is kept: kind, keywords, pictures, files, prose with links; scripts and trackers are not."""
    release = parsed(read("full.rss.xml")).releases[0]
    content = release.content
    assert release.external_id == "guid:fyr-0007"
    assert release.published == datetime(2025, 10, 13, 9, 50, 4, tzinfo=UTC)
    assert content.title == "Fyret tændes igen: 3 < 5 & <!channel> *nu*"
    assert content.url == "https://fyr.test/nyheder/fyret?id=7"
    assert content.language == "da"
    assert (content.kind, content.kind_word) == (Kind.PRESS_RELEASE, "Pressemeddelelse")
    assert content.keywords == ("Søfart", "Fyr")
    assert content.lead == "Efter to år i mørke lyser fyret."
    assert [block.text for block in content.body] == [
        "Lys",
        "Efter to år i mørke lyser fyret. Se planen og listen.",
        "Første",
        "Andet",
    ]
    links = [span.url for block in content.body for span in block.spans if span.url]
    assert links == ["https://fyr.test/plan", "https://fyr.test/nyheder/bilag/liste.docx?v=2"]
    assert [(p.url, p.caption, p.credit) for p in content.pictures] == [
        ("https://fyr.test/files/fyr.jpg", "", ""),
        ("https://fyr.test/files/taarn.jpg", "Tårnet set fra havet", "Ida Eksempel"),
        ("https://fyr.test/stort.png", "Stort", ""),
    ]
    assert [d.url for d in content.documents] == [
        "https://fyr.test/files/plan.pdf",
        "https://fyr.test/nyheder/bilag/liste.docx?v=2",
    ]


def test_title_from_text_and_fault() -> None:
    """An item without title is called by its first words; one without any text costs a sentence and no other item."""
    feed = parsed(read("full.rss.xml"))
    assert len(feed.releases) == 2
    second = feed.releases[1]
    assert second.content.title == "Et opslag helt uden titel, som derfor må nøjes med de første…"
    assert (second.published, second.date_note) == (None, DateNote.UNREADABLE)
    assert feed.faults == ("Item 3 (https://fyr.test/nyheder/tomt) has neither title nor text.",)


def test_atom() -> None:
    """Atom: xml:base, inline XHTML, published before updated, and an entry's own language."""
    feed = parsed(read("newsroom.atom.xml"), "application/atom+xml")
    first, second = feed.releases
    assert (feed.title, first.content.title) == ("Harbour Office", "Ferries & bridges")
    assert first.external_id == "guid:tag:atom.test,2025:1"
    assert first.content.url == "https://atom.test/press/2025/ferries"
    assert first.published == datetime(2025, 10, 13, 9, 50, 4, tzinfo=UTC)
    assert [block.text for block in first.content.body] == ["More ferries in winter.", "See the map."]
    assert first.content.body[1].spans[1].url == "https://atom.test/press/map"
    assert [(d.url, d.name) for d in first.content.documents] == [("https://atom.test/press/2025/ferries.pdf", "Timetable")]
    assert (first.content.language, second.content.language) == ("", "sv")
    assert second.content.lead == "Fler färjor."
    assert second.published == datetime(2025, 10, 12, 10, tzinfo=UTC)


def test_rss_1() -> None:
    """RSS 1.0, with its items beside the channel."""
    (release,) = parsed(read("old.rdf.xml")).releases
    assert release.external_id == "url:rdf.test/1"
    assert release.published == datetime(2004, 5, 6, 5, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
def test_old_rss_with_doctype(version: str) -> None:
    """RSS 0.9x with the DOCTYPE of its day, and references that only that DOCTYPE knew."""
    doctype = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )
    body = rss("<item><title>Sm&oslash;r &amp; br&#248;d</title><link>https://fyr.test/1</link></item>").replace("2.0", version)
    feed = parsed(body.replace("<rss", doctype + "<rss"))
    assert feed.releases[0].content.title == "Smør & brød"


def test_no_items() -> None:
    """A feed without items is a feed."""
    assert parsed(rss()) == ParsedFeed(title="T")


def test_newest_thousand() -> None:
    """Of a longer document the first thousand items are read, and it is said."""
    feed = parsed(rss(*(item(n) for n in range(1_003))))
    assert len(feed.releases) == 1_000
    assert feed.releases[-1].content.title == "Release 999"
    assert "1000" in feed.faults[0]
    assert not feed.truncated


# Leads and bodies ----------------------------------------------------------------------------------------------------


def text_of(description: str, content: str = "") -> tuple[str, str]:
    """Lead and body of an item with these texts."""
    encoded = f"<content:encoded><![CDATA[{content}]]></content:encoded>" if content else ""
    body = rss(item(1, f"<description><![CDATA[{description}]]></description>{encoded}"))
    spaces = body.replace("<rss ", '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" ')
    (release,) = parsed(spaces).releases
    return release.content.lead, plain(release.content.body)


def test_short_description_is_the_lead() -> None:
    """A short description alone is the lead, and there is no body."""
    assert text_of("<p>Kort og godt.</p>") == ("Kort og godt.", "")


def test_long_description_is_the_body() -> None:
    """A description of several paragraphs is the body, its first paragraph the lead."""
    assert text_of("<p>Først.</p><p>Dernæst.</p>") == ("Først.", "Først.\nDernæst.")


def test_long_first_paragraph_is_cut() -> None:
    """A long first paragraph gives a lead of about three hundred characters, cut after a word."""
    lead, body = text_of("ord " * 400)
    assert len(lead) <= 300
    assert lead.endswith("ord…")
    assert len(body) > 1_500


def test_description_that_equals_the_content() -> None:
    """A description that is the whole body is no lead of its own."""
    both = "<p>Først.</p><p>Dernæst.</p>"
    assert text_of(both, both) == ("Først.", "Først.\nDernæst.")


def test_caps() -> None:
    """Titles, leads and bodies are capped after a word."""
    body = rss(f"<item><title>{'titel ' * 2000}</title><description>{'ord ' * 100_000}</description></item>")
    (release,) = parsed(body).releases
    assert len(release.content.title) <= 500
    assert release.content.title.endswith("titel…")
    assert len(release.content.lead) <= 2_000
    assert 199_000 < len(plain(release.content.body)) <= 200_000


# Dates and identity in documents -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "note"),
    [
        ("", DateNote.MISSING),
        ("<pubDate>snart</pubDate>", DateNote.UNREADABLE),
        ("<pubDate>Mon, 13 Oct 2036 09:50:04 GMT</pubDate>", DateNote.FUTURE),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", DateNote.UNREADABLE),
    ],
)
def test_date_notes(printed: str, note: DateNote) -> None:
    """A date that is missing, unreadable or in the future is none, and it is said why."""
    (release,) = parsed(rss(f"<item><title>x</title>{printed}</item>")).releases
    assert (release.published, release.date_note) == (None, note)


def test_dates_without_a_zone_are_local() -> None:
    """A date without a zone is read on the newsroom's own clock."""
    body = rss("<item><title>x</title><pubDate>13. oktober 2025 kl. 11.50</pubDate></item>")
    assert parsed(body, region="DK").releases[0].published == datetime(2025, 10, 13, 9, 50, tzinfo=UTC)
    assert parsed(body, region="").releases[0].published == datetime(2025, 10, 13, 11, 50, tzinfo=UTC)


def test_cest_is_two_hours_ahead() -> None:
    """A named summer time is not taken for UTC."""
    body = rss("<item><title>x</title><pubDate>Mon, 13 Oct 2025 11:50:04 CEST</pubDate></item>")
    assert parsed(body).releases[0].published == datetime(2025, 10, 13, 9, 50, 4, tzinfo=UTC)


def test_broken_guids_lose_nothing() -> None:
    """Items that all carry one guid are told apart by their links."""
    feed = parsed(rss(*(item(n, "<guid isPermaLink='false'>same</guid>") for n in range(3))))
    assert [r.external_id for r in feed.releases] == ["url:fyr.test/0", "url:fyr.test/1", "url:fyr.test/2"]


def test_duplicates_are_dropped() -> None:
    """An item that stands twice is one release."""
    assert len(parsed(rss(item(1), item(1), item(2))).releases) == 2


def test_numeric_guid_is_no_link() -> None:
    """A bare number as guid is neither the reader's link nor resolved against the feed's address."""
    (release,) = parsed(rss("<item><title>x</title><guid>12345</guid></item>")).releases
    assert (release.external_id, release.content.url) == ("guid:12345", "")
