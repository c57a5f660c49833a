"""What a file says, as text."""

from __future__ import annotations

import codecs

import pytest

from bot.commands.attached import text_of
from bot.errors import UserError
from bot.exchange import opml
from bot.i18n import texts

DA = texts("da", "Europe/Copenhagen")
JSON = '{"name": "Københavns Havn"}'


@pytest.mark.parametrize(
    "content",
    [
        JSON.encode(),
        f"\n {JSON}\n".encode(),
        codecs.BOM_UTF8 + JSON.encode(),
        codecs.BOM_UTF16_LE + JSON.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + JSON.encode("utf-16-be"),
    ],
)
def test_it_is_read_as_it_was_written(content: bytes) -> None:
    """In UTF-8, or as the mark at its beginning says."""
    assert text_of(content, DA) == JSON


def test_a_list_of_feeds_may_say_how_it_is_written() -> None:
    """In XML's own way; as text it is read the same, whatever it said."""
    said = '<?xml version="1.0" encoding="{}"?><opml><body><outline title="Ærø" xmlUrl="https://a.example/"/></body></opml>'
    for name in ("ISO-8859-1", "utf-8", "windows-1252"):
        (outline,) = opml.read(text_of(said.format(name).encode(name), DA), DA)
        assert outline.name == "Ærø"


@pytest.mark.parametrize("content", [b"", b"  ", b"\x89PNG\r\n", b"\xff\xfe", b"1;2;3", b"{\xff}", b"\xff\xfe\x00\xd8{", b"[1]"])
def test_what_is_neither_format_says_so(content: bytes) -> None:
    """By what stands in it; nobody looks at its name."""
    with pytest.raises(UserError, match="hverken JSON"):
        text_of(content, DA)
