"""From HTML or plain text to prose, and from anything to one plain line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.prose import Block, BlockKind, Span, plain
from bot.domain.release import Document, Kind, Picture
from bot.feeds.html.clean import Cleaned, clean, plain_line, shorten, shorten_prose
from bot.feeds.html.markup import _by_justhtml, tokens
from bot.feeds.reading.kinds import kind_of

BASE = "https://a.test/p/q"


def lines(text: str) -> list[str]:
    """The blocks' texts."""
    return [block.text for block in clean(text, BASE).prose]


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("AT&T", "AT&T"),
        ("3 < 5 > 2", "3 < 5 > 2"),
        ("<!channel> & <!here>", "<!channel> & <!here>"),
        ("<@U123> <https://x.test|x>", "<@U123> <https://x.test|x>"),
        ("*bold* _it_ ~no~ `c`", "*bold* _it_ ~no~ `c`"),
        ("<b>Nyt</b> fra <i class='x'>os</i><br/>", "Nyt fra os"),
        ("&lt;b&gt;Nyt&lt;/b&gt;", "Nyt"),
        ("AT&amp;amp;T", "AT&T"),
        ("R&amp;D &ndash; &#8217;x&#x2019;", "R&D – ’x’"),
        ("&copy 2025 &section", "&copy 2025 &section"),
        ("<!-- x -->a", "a"),
        ("<![CDATA[a]]>", "a"),
        ("a\u00a0\u2009b\n\tc", "a b c"),
        ("b\u00f8r\u00adne\u200bh\ufeffave", "børnehave"),
        ("\u202egnp.exe\u202c \u2066x\u2069 \u200fy\u200e", "gnp.exe x y"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("\x93quoted\x94", "“quoted”"),
        ("&\u202eamp;&#8203;", "&"),
        ("\ud800x", "x"),
        ("", ""),
    ],
)
def test_plain_line(title: str, line: str) -> None:
    """Markup and hidden characters vanish; what only looks like markup stays."""
    assert plain_line(title) == line


def test_blocks_and_looks() -> None:
    """Paragraphs, headings, items, quotations, bold, italic and links are kept; spaces belong to plain text."""
    html = (
        "<h2>Over</h2><p>En <strong>fed </strong><em>skrå</em> og <a href='/x'>et led</a>.</p><ul><li>a<li><p>b</p><p>c</p></ul>"
        "<blockquote><p>sagt</p></blockquote>"
    )
    assert clean(html, BASE).prose == (
        Block((Span("Over"),), BlockKind.HEADING),
        Block(
            (
                Span("En "),
                Span("fed", bold=True),
                Span(" "),
                Span("skrå", italic=True),
                Span(" og "),
                Span("et led", url="https://a.test/x"),
                Span("."),
            )
        ),
        Block((Span("a"),), BlockKind.ITEM),
        Block((Span("b"),), BlockKind.ITEM),
        Block((Span("c"),)),
        Block((Span("sagt"),), BlockKind.QUOTE),
    )


def test_line_breaks_and_tables() -> None:
    """A line break starts a line, a table's row is one, and a table for layout is read cell by cell."""
    assert lines("Navn<br>Telefon<br/><br />Mail") == ["Navn", "Telefon", "Mail"]
    assert lines("<table><tr><th>År</th><th>Antal</th></tr><tr><td><p>2025</p></td><td>7</td></tr></table>") == [
        "År · Antal",
        "2025 · 7",
    ]
    assert lines("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>") == ["a", "b", "c"]
    assert lines("<table><tr><td>a<table><tr><td>b<td>c</table><td>d</table>e") == ["a", "b · c", "d", "e"]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert('x')</script>ok",
        "<style>p{}</style>ok",
        "<iframe src=x>no</iframe>ok",
        "<svg><text>no</text></svg>ok",
        "<noscript><img src='https://t.test/p'></noscript>ok",
        "<object>no<object>no</object></object>ok",
        "<form><button>no</button></form>ok",
        "<!-- no --><!--[if mso]>no<![endif]-->ok",
        "<o:p></o:p>ok",
        "<template>no</template>ok",
    ],
)
def test_dropped(html: str) -> None:
    """What is no text of the release is dropped with all that it holds."""
    assert clean(html, BASE) == Cleaned((Block((Span("ok"),)),))


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "tel:+4533920000", "#top", "", "vbscript:x"])
def test_links_that_become_text(href: str) -> None:
    """A link that may not be shown is plain text."""
    assert clean(f"<p><a href='{href}'>her</a></p>", BASE).prose == (Block((Span("her"),)),)


def test_pictures_and_files() -> None:
    """Pictures and linked files are collected with absolute addresses; trackers and inlined data are not."""
    html = (
        "<p><img src='/a.jpg' alt='En &amp; to'><img src='data:image/gif;base64,x' data-src='b.png'><img src='/a.jpg'>"
        "<img src='https://t.test/x' width='1'><img src='https://t.test/y' style='display:none'><img>"
        "<a href='bilag/Rapport%20A.PDF?v=1'>Rapport</a></p>"
    )
    found = clean(html, BASE)
    assert found.pictures == (Picture("https://a.test/a.jpg", "En & to"), Picture("https://a.test/p/b.png"))
    assert found.documents == (Document("https://a.test/p/bilag/Rapport%20A.PDF?v=1", "Rapport A.PDF"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&lt;p&gt;Hej&lt;/p&gt;&lt;p&gt;du&lt;/p&gt;", ["Hej", "du"]),
        ("<p>&lt;b&gt;Hej&lt;/b&gt; &amp;nbsp;du</p>", ["Hej du"]),
        ("&nbsp;Washington&nbsp;&ndash; I am", ["Washington – I am"]),
        ("<p>1 &lt; 2 &amp; <!channel></p>", ["1 < 2 & <!channel>"]),
        ("En linje.\nEn til.", ["En linje.", "En til."]),
        ("Ombrudt\nlinje.\n\nNyt afsnit.", ["Ombrudt linje.", "Nyt afsnit."]),
        ("Afsnit <b>et</b>\nvidere\n\nto", ["Afsnit et videre", "to"]),
        ("a<p>b<div>c", ["a", "b", "c"]),
        ("AT&T og R&D", ["AT&T og R&D"]),
        ("<p>  </p><p>&nbsp;</p>", []),
        ("", []),
    ],
)
def test_texts(text: str, expected: list[str]) -> None:
    """Escaped markup, references, plain text and sloppy HTML are read as they were meant."""
    assert lines(text) == expected


def test_shorten() -> None:
    """Texts are cut after a word, within their limit."""
    assert shorten("en to tre", 20) == "en to tre"
    assert shorten("en to tre fire", 10) == "en to tre…"
    assert shorten("x" * 20, 10) == "x" * 9 + "…"
    assert [b.text for b in shorten_prose(clean("<p>en to</p><p>tre fire fem</p><p>seks</p>").prose, 14)] == ["en to", "tre fire…"]


WORDS = st.sampled_from(
    [
        "<p>", "</p>", "<b>", "</b>", "<i>", "<a href='/x'>", "</a>", "<br>", "<li>", "<ul>", "</ul>", "<td>", "<tr>",
        "<table>", "</table>", "<h2>", "</h2>", "<script>", "</script>", "<!--", "-->", "<!channel>", "&amp;", "&lt;",
        "&nbsp;", "&", "<", ">", "\n", " ", "ord", "<img src=/a.png>", "amp;", "lt;b&gt;", "\u202e", "\xad", "&#8203;",
        "<foo>", "</", "æøå", '"', "'", "<q>", "<svg>", "&#²;",
    ]
)  # fmt: skip
HTML = st.lists(WORDS, max_size=25).map("".join)


@settings(max_examples=150, deadline=None)
@given(HTML | st.text(max_size=80))
def test_idempotent(html: str) -> None:
    """A cleaned line cleaned again is itself, and holds no hidden character."""
    for line in lines(html):
        assert line == " ".join(line.split())
        assert line.isprintable() or not set(line) & {"\u202e", "\u00ad", "\u200b", "\x00"}
        assert lines(line) == [line]
        assert plain_line(line) == line
    assert plain_line(plain_line(html)) == plain_line(html)


SIMPLE = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<a href=\"/x?a=1&amp;b=2\" title='y'>", "</A>", "<BR/>", "<br />", "&oslash;", "ord ", "\n"]
    ),
    max_size=20,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(SIMPLE)
def test_both_readers_agree(html: str) -> None:
    """Plain markup gives the same tokens whether it is split or read by the library."""
    assert list(tokens(html)) == list(_by_justhtml(html))


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<!---->",
        "<!--x--!>",
        "<b>x",
        "<table><tr><td>x",
        "<a href='x",
        "<svg><p>",
        "&amp;lt;b&amp;gt;",
        "<script><!--",
        "</p",
        "< ",
    ],
)
@pytest.mark.timeout(60)
def test_hostile_markup_does_not_hang(unit: str) -> None:
    """However often it is repeated, markup ends: time that grew with the square would pass the limit many times over."""
    clean(unit * (400_000 // len(unit)), BASE)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Pressemeddelelse", Kind.PRESS_RELEASE),
        ("TIEDOTE", Kind.PRESS_RELEASE),
        ("Press  release", Kind.PRESS_RELEASE),
        ("Pressemelding", Kind.PRESS_RELEASE),
        ("Pressmeddelande", Kind.PRESS_RELEASE),
        ("Nyhed", Kind.NEWS),
        ("Uutinen", Kind.NEWS),
        ("Presseinvitation", Kind.INVITATION),
        ("Kutsu", Kind.INVITATION),
        ("Sport", None),
        ("", None),
    ],
)
def test_kinds(word: str, kind: Kind | None) -> None:
    """A newsroom's own word means a kind in any case."""
    assert kind_of(word) is kind


def test_plain_keeps_one_line_a_block() -> None:
    """The plain text of prose has a line for each block."""
    assert plain(clean("<p>a</p><p>b<br>c</p>").prose) == "a\nb\nc"
