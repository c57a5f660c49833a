"""What is read of a document that is no feed, hostile, or broken; and whatever comes, nothing unclean."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.prose import plain
from bot.domain.release import ParsedFeed
from bot.errors import EmptyDocument, FeedError, HtmlInsteadOfFeed, MalformedFeed, NoUsableRelease
from bot.feeds.reading import survey
from tests.unit.feeds.documents import FEEDS, NOW, item, parsed, read, rss

# Charsets ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "windows-1252", "nonsense", "us-ascii"])
@pytest.mark.parametrize("header", ["", "; charset=utf-8", "; charset=iso-8859-1", "; charset=bogus"])
@pytest.mark.parametrize("actual", ["utf-8", "latin-1", "utf-8-sig", "utf-16"])
def test_charset_contradictions(declared: str, header: str, actual: str) -> None:
    """Whatever prolog and header say, the bytes are read as what they are."""
    body = rss(item(1).replace("Release", "Rødgrød på ærø")).replace('encoding="utf-8"', f'encoding="{declared}"')
    (release,) = parsed(body.encode(actual), f"application/xml{header}").releases
    assert release.content.title == "Rødgrød på ærø 1"


def test_stray_bytes() -> None:
    """A single item in another charset than the rest does not spoil the others."""
    body = rss(item(1).replace("Release", "blåbærgrød"), item(2)).encode() + b""
    body = body.replace(b"Release 2", "smørrebrød".encode("latin-1"))
    assert [r.content.title for r in parsed(body).releases] == ["blåbærgrød 1", "smørrebrød"]


def test_other_charset() -> None:
    """A charset that is declared and fits is used."""
    body = rss(item(1).replace("Release", "Новости порта")).replace('encoding="utf-8"', 'encoding="windows-1251"')
    assert parsed(body.encode("cp1251")).releases[0].content.title == "Новости порта 1"


# What is no feed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"  \n\t ", b"\xef\xbb\xbf", b"\0\0\0"])
def test_empty(body: bytes) -> None:
    """Nothing is an error of its own."""
    with pytest.raises(EmptyDocument):
        parsed(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>Not found</body></html>",
        b"<!-- cached --><html lang='da'><head></head></html>",
        b"<div>Fejl</div>",
        b"<script>location='/'</script>",
        b"\n\n<HTML><BODY>503",
    ],
)
def test_html(body: bytes) -> None:
    """A web page is told by its content, whatever its content type says."""
    with pytest.raises(HtmlInsteadOfFeed):
        parsed(body, "application/rss+xml")


def test_xhtml_names_its_feeds() -> None:
    """An XHTML page is a page, and the feeds it links to are named, those for comments last."""
    with pytest.raises(HtmlInsteadOfFeed) as caught:
        parsed(read("page.xhtml"), "application/xml")
    assert caught.value.linked == ("https://fyr.test/nyt.xml", "https://fyr.test/kommentarer.xml")


def test_rss_as_html() -> None:
    """A feed served as text/html is a feed."""
    assert len(parsed(rss(item(1)), "text/html; charset=utf-8").releases) == 1


@pytest.mark.parametrize("junk", ["\n\n  ", "\ufeff\n", "<br />\n<b>Warning</b>: it broke in <b>x.php</b><br />\n", "Notice: x\n"])
def test_leading_junk(junk: str) -> None:
    """What a web server's scripts print before the feed is skipped."""
    assert len(parsed(junk + rss(item(1)), "text/html").releases) == 1


def test_trailing_junk() -> None:
    """What follows the feed is skipped."""
    feed = parsed(rss(item(1)) + "\n<script>count()</script>")
    assert len(feed.releases) == 1
    assert not feed.truncated


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('<?xml version="1.0"?><urlset><url/></urlset>', "<urlset>"),
        ("nothing to see", "neither RSS"),
        ('{"a": 1}', "not a JSON Feed"),
        ("[1, 2]", "not a JSON Feed"),
        ("{broken", "broken JSON"),
        ("<rss><channel><title>x</a></channel></rss>", "broken XML"),
    ],
)
def test_malformed(body: str, says: str) -> None:
    """What is no feed is named."""
    with pytest.raises(MalformedFeed, match=says):
        parsed(body, "application/xml")


# Bombs ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">',
        '<!ENTITY % a "x">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        f'<!ENTITY a "{"x" * 1000}">',
        "".join(f'<!ENTITY a{n} "x">' for n in range(100)),
    ],
)
def test_entity_bombs(subset: str) -> None:
    """A DOCTYPE that declares more than a few plain characters is refused unread."""
    with pytest.raises(MalformedFeed, match="DOCTYPE"):
        parsed(rss(item(1)).replace("<rss", f"<!DOCTYPE rss [{subset}]><rss"))


def test_harmless_entities() -> None:
    """A few plain entities are read."""
    body = rss(item(1).replace("Release", "&broen; &amp; &oslash;")).replace("<rss", '<!DOCTYPE rss [<!ENTITY broen "Broen">]><rss')
    assert parsed(body).releases[0].content.title == "Broen & ø 1"


@pytest.mark.parametrize(
    "inside",
    [
        "<a>" * 1_000 + "</a>" * 1_000,
        "<a/>" * 300_000,
        "".join(f"<a{n}:b xmlns:a{n}='u{n}'/>" for n in range(200)),
        "<a " + " ".join(f"b{n}='1'" for n in range(500)) + "/>",
        "<foo>" + "&amp;" * 600_000 + "</foo>",
    ],
)
def test_absurd_shapes(inside: str) -> None:
    """Documents whose shape would keep the library busy for minutes are refused."""
    with pytest.raises(MalformedFeed, match="not read"):
        parsed(rss(item(1, inside)))


@pytest.mark.parametrize(
    "extra",
    [
        f"<author>{'a' * 2_000_000}</author>",
        "".join(f"<category>{n}</category>" for n in range(50_000)),
        f"<pubDate>{'1 ' * 1_000_000}</pubDate>",
        f"<guid>{'http://' * 500_000}</guid>",
        f"<description><![CDATA[{'<!---->' * 500_000}]]></description>",
        f"<description><![CDATA[{'<div>' * 200_000}]]></description>",
        f"<description><![CDATA[{'<table><tr><td>x' * 60_000}]]></description>",
        f"<description>{'&amp;amp;' * 200_000}lt;b&amp;gt;</description>",
    ],
)
@pytest.mark.timeout(30)
def test_hostile_sizes(extra: str) -> None:
    """Fields of absurd size cost seconds at most, and not the release."""
    feed = parsed(rss(item(1, extra)))
    assert feed.releases[0].content.title == "Release 1"


# Broken documents ----------------------------------------------------------------------------------------------------


def test_truncated_xml_at_every_place() -> None:
    """A document that broke off gives exactly its whole items, and says that it broke off."""
    whole = rss(*(item(n, "<description><![CDATA[<p>Tekst</p>]]></description>") for n in range(3))).encode()
    first = whole.index(b"<item>")
    for cut in range(first, len(whole)):
        feed = parsed(whole[:cut])
        assert feed.truncated, whole[:cut][-30:]
        assert len(feed.releases) == whole[:cut].count(b"</item>")
        assert not feed.faults


def test_truncated_rdf() -> None:
    """In RSS 1.0, where the channel ends before the items, a document that ends after the channel has broken off."""
    body = read("old.rdf.xml")
    feed = parsed(body[: body.index(b"</channel>") + 10])
    assert (feed.releases, feed.truncated) == ((), True)


def test_truncated_before_the_first_item() -> None:
    """Nothing but a head is a truncated feed without releases."""
    feed = parsed(rss(item(1))[:90])
    assert (feed.releases, feed.truncated) == ((), True)


def test_bare_ampersands() -> None:
    """Bare ampersands and HTML's named references are mended, CDATA left alone."""
    body = rss(
        item(1, "<description><![CDATA[R&D &amp; mere]]></description>").replace("Release", "Sø & salt&nbsp;&hellip; R&D &bogus;")
    )
    content = parsed(body).releases[0].content
    assert content.title == "Sø & salt … R&D &bogus; 1"
    assert content.lead == "R&D & mere"


def test_control_characters() -> None:
    """Characters that XML forbids cost nothing but themselves."""
    feed = parsed(rss(item(1)).replace("Release", "Re\x08le\x00ase&#x1f;&#0;"))
    assert feed.releases[0].content.title.startswith("Release")


@pytest.mark.parametrize(
    "broken",
    [
        "<item><title>Broken <b>bold</title><link>https://fyr.test/b</link></item>",
        "<item><title>Broken</title><link>https://fyr.test/b</link><description><p>text<br>more</p></description></item>",
        "<item><title><![CDATA[Broken</title><link>https://fyr.test/b</link></item>",
        "<item><title>Broken</title><foo:bar>x</foo:bar><link>https://fyr.test/b</link></item>",
        '<item><title>Broken</title><link>https://fyr.test/b</link><enclosure url="https://fyr.test/a.pdf" x=y/></item>',
    ],
)
def test_one_broken_item(broken: str) -> None:
    """Markup that is broken inside one item leaves the others whole, and of the broken one what can be told."""
    feed = parsed(rss(item(1), broken, item(2)))
    titles = [r.content.title for r in feed.releases]
    assert titles[0] == "Release 1"
    assert titles[-1] == "Release 2"
    assert titles[1].startswith("Broken")
    assert not feed.truncated


def test_hopeless_item() -> None:
    """An item in which nothing can be told costs itself and a sentence."""
    feed = parsed(rss(item(1), "<item><x></y></item>", item(2)))
    assert [r.content.title for r in feed.releases] == ["Release 1", "Release 2"]
    assert feed.faults == ("Item 2 is broken XML and could not be read.",)


def test_missing_namespaces() -> None:
    """Prefixes that were never declared mean what they always mean."""
    feed = parsed(rss(item(1, "<content:encoded>&lt;p&gt;A&lt;/p&gt;&lt;p&gt;B&lt;/p&gt;</content:encoded>")))
    assert plain(feed.releases[0].content.body) == "A\nB"


def test_no_usable_release() -> None:
    """A feed whose every item is unusable is an error that says why."""
    with pytest.raises(NoUsableRelease, match="neither title nor text"):
        parsed(rss("<item><link>https://fyr.test/1</link></item>", "<item/>"))


@pytest.mark.parametrize("name", ["full.rss.xml", "newsroom.atom.xml", "via.rss.xml", "old.rdf.xml"])
@pytest.mark.parametrize("size", [0, 300, 10**9])
def test_long_texts_travel_unchanged(name: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a text goes through the library or around it, the same comes out."""
    expected = parsed(read(name))
    monkeypatch.setattr(survey, "LONG", size)
    assert parsed(read(name)) == expected


TRAILING = "".join(map(chr, range(0xA0, 0xC0)))
"""What makes Latin-1 look like UTF-8 that was read as Latin-1: the library mends more of that than is good."""
LETTERS = st.characters(codec="latin-1", exclude_categories=["Cc"], exclude_characters=TRAILING) | st.sampled_from("<&>;\n’–æ")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(LETTERS, max_size=150), st.booleans())
def test_any_long_text_travels_unchanged(text: str, cdata: bool) -> None:
    """Escaped or as CDATA, around the library or through it: the same prose."""
    text = f"<p>{text}</p> " + "ord " * 200
    inner = (
        f"<![CDATA[{text.replace(']]>', '')}]]>" if cdata else text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )
    body = rss(item(1, f"<description>{inner}</description>"))
    around = parsed(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey, "LONG", 10**9)
        assert parsed(body) == around


@pytest.mark.parametrize("length", [1, 400])
def test_twice_encoded_text(length: int) -> None:
    """UTF-8 that was once taken for Latin-1 is mended, in short texts and long."""
    doubled = ("Sø og å. " * length).encode().decode("latin-1")
    content = parsed(rss(item(1, f"<description>{doubled}</description>"))).releases[0].content
    assert content.lead.startswith("Sø og å.")


def test_space_in_a_namespace() -> None:
    """A space in a namespace's name, at which the library stumbles, costs nothing."""
    body = read("newsroom.atom.xml").replace(b"2005/Atom", b"2005/Atom ")
    assert parsed(body) == parsed(read("newsroom.atom.xml"))


# Whatever comes ------------------------------------------------------------------------------------------------------

FORBIDDEN = {
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\xad\u200b",
}


def check(feed: ParsedFeed) -> None:
    """Every text is clean, every address is one that may be shown, every time is aware."""
    keys = [(r.external_id, r.content.language) for r in feed.releases]
    assert len(keys) == len(set(keys))
    assert not FORBIDDEN & set(feed.title)
    for release in feed.releases:
        content = release.content
        assert content.title
        assert release.external_id
        for text in (content.title, content.lead, content.kind_word, *content.keywords, *(b.text for b in content.body)):
            assert not FORBIDDEN & set(text), text
            text.encode("utf-8")
        urls = [s.url for b in content.body for s in b.spans if s.url]
        assert all(url.startswith(("http://", "https://", "mailto:")) and url.isprintable() for url in urls)
        shown = [content.url] * bool(content.url) + [p.url for p in content.pictures] + [d.url for d in content.documents]
        assert all(url.startswith(("http://", "https://")) and url.isascii() and url.isprintable() for url in shown)
        assert (release.published is None) != (release.date_note is None)
        assert release.published is None or release.published <= NOW + timedelta(hours=1)


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SEEDS = [read(path.name) for path in sorted(FEEDS.iterdir())]


@QUICK
@given(st.binary(max_size=300))
@example(b"<")
@example(b"<rss")
@example(b"{")
@example(b"<?xml")
@example(b"<!DOCTYPE rss [")
@example(b"\xff\xfe<\x00r\x00")
def test_any_bytes(body: bytes) -> None:
    """Any bytes at all give a feed or a FeedError."""
    with contextlib.suppress(FeedError):
        check(parsed(body))


@QUICK
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 5_000), st.binary(max_size=6), st.integers(0, 20)), max_size=8))
def test_mutated_feeds(body: bytes, changes: list[tuple[int, bytes, int]]) -> None:
    """Real shapes with bytes put in, flipped and cut out give a feed or a FeedError."""
    for place, new, gone in changes:
        here = place % (len(body) + 1)
        body = body[:here] + new + body[here + gone :]
    with contextlib.suppress(FeedError):
        check(parsed(body))


@QUICK
@given(st.text(max_size=200), st.text(max_size=400), st.text(max_size=60), st.text(max_size=40))
def test_any_texts(title: str, text: str, link: str, date: str) -> None:
    """Any texts in a well-formed item give clean texts and addresses."""

    def safe(value: str) -> str:
        value = "".join(
            c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "" for c in value
        )
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    body = rss(
        f"<item><title>x {safe(title)}</title><link>{safe(link)}</link><pubDate>{safe(date)}</pubDate>"
        f"<description>{safe(text)}</description></item>"
    )
    check(parsed(body))
