"""The fake Bot API: what HTML becomes."""

from __future__ import annotations

import pytest

from tests.fakes.telegram_bricks import SURROGATES
from tests.fakes.telegram_entities import plain
from tests.fakes.telegram_markup import MarkupError, parse_html


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("Rettet", "Rettet", []),
        ("<b>Nyt</b> &lt;nu&gt; &amp; &quot;her&quot;", 'Nyt <nu> & "her"', [("bold", 0, 3)]),
        ("&#230;&#xF8;&#x1F4F0; &nbsp;", "æø📰 &nbsp;", []),
        ("<strong>a</strong><em>b</em><ins>c</ins><del>d</del><tg-spoiler>e</tg-spoiler>", "abcde", None),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("📰 <i>to</i>", "📰 to", [("italic", 3, 2)]),
        ("<b>a</b><b>b</b>", "ab", [("bold", 0, 2)]),
        ("<b>a <i>b</i> c</b>", "a b c", [("bold", 0, 5), ("italic", 2, 1)]),
        ('<b>a <a href="https://um.dk">b</a></b>', "a b", [("bold", 0, 2), ("text_link", 2, 1), ("bold", 2, 1)]),
        ("<code>a <b>b</b></code>", "a b", [("code", 0, 3)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ('<a href="tel:+4561979247">ring</a>', "ring", []),
        ("  <b>luft</b> \n", "luft", [("bold", 0, 4)]),
        ("a<b></b>", "a", []),
        ("<B>stor</b>", "stor", [("bold", 0, 4)]),
        ("5 &lt; 6 &amp 7", "5 < 6 & 7", []),
    ],
)
def test_html_becomes_text_and_entities(markup: str, text: str, entities: list[tuple[str, int, int]] | None) -> None:
    """HTML is read as the server reads it, with offsets in UTF-16 units."""
    parsed = parse_html(markup)

    assert parsed.text == text
    if entities is not None:
        assert [(entity["type"], entity["offset"], entity["length"]) for entity in parsed.entities] == entities


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("æ <p>x</p>", 'Unsupported start tag "p" at byte offset 3'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("<3 x>", 'Unsupported start tag "3" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b x", 'Unclosed start tag "b" at byte offset 0'),
        ("<a href=>x</a>", None),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=http://x>y</a>", "Unexpected end of name token at byte offset 8"),
        ('<b "x">y</b>', 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("&#xD83D;", f"Text contains invalid Unicode characters {SURROGATES}"),
    ],
)
def test_html_is_refused_in_the_servers_words(markup: str, words: str | None) -> None:
    """What the server cannot parse, it says with the byte where it stopped."""
    if words is None:
        assert parse_html(markup)
        return
    with pytest.raises(MarkupError) as refused:
        parse_html(markup)
    assert str(refused.value) == words


def test_links_are_kept_as_the_server_writes_them() -> None:
    """A link gets its slash and a small host, and one without a dot is none."""
    parsed = parse_html('<a href="HTTPS://UM.dk?a=1&amp;b=2">a</a> <a href="http://localhost/x">b</a> <a href="um.dk/x">c</a>')

    assert [entity["url"] for entity in parsed.entities] == ["https://um.dk/?a=1&b=2", "http://um.dk/x"]


def test_the_server_finds_addresses_and_commands_itself() -> None:
    """Addresses, mentions, commands and tags in plain text become entities, but not inside a link."""
    found = [
        (entity["type"], entity["offset"])
        for entity in plain("📰 /start@pressevagt_bot via.ritzau.dk @asta_h pr@um.dk #nyt").entities
    ]

    assert found == [("bot_command", 3), ("url", 25), ("mention", 39), ("email", 47), ("hashtag", 56)]
    assert [entity["type"] for entity in parse_html('<a href="https://um.dk">um.dk</a>').entities] == ["text_link"]
