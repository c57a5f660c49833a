"""`name:value` in a line, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.fields import Fields, read_fields, written


def known(name: str) -> str | None:
    """The fields of these tests."""
    return name.lower() if name.lower() in ("filter", "kinds", "quiet") else None


@pytest.mark.parametrize(
    ("rest", "head", "values"),
    [
        ("", "", {}),
        ("um", "um", {}),
        ("um kinds:news,pm", "um", {"kinds": "news,pm"}),
        ('um filter:"sanktion OR grønland" kinds:news', "um", {"filter": "sanktion OR grønland", "kinds": "news"}),
        ("um filter:det blå hus -told kinds:news", "um", {"filter": "det blå hus -told", "kinds": "news"}),
        ("um filter:'det blå hus' told", "um", {"filter": '"det blå hus" told'}),
        ("um filter:\"'det blå hus' told\"", "um", {"filter": '"det blå hus" told'}),
        ("um filter:»told«", "um", {"filter": "told"}),
        ('um filter:"kinds:news told"', "um", {"filter": "kinds:news told"}),
        ('um filter:"told kinds:news', "um", {"filter": "told", "kinds": "news"}),
        ('um filter:"" kinds:', "um", {"filter": "", "kinds": ""}),
        ("quiet:22:00-07:00", "", {"quiet": "22:00-07:00"}),
        ("um Filter:a FILTER:b", "um", {"filter": "b"}),
        ("um filter:don't", "um", {"filter": "don't"}),
        ("https://press.example/feed filter:a", "https://press.example/feed", {"filter": "a"}),
    ],
)
def test_fields_are_read_however_they_are_written(rest: str, head: str, values: dict[str, str]) -> None:
    """A value goes on to the next field; quotes round it are taken off, and those within it are its own."""
    assert read_fields(rest, known) == Fields(head, values)


def test_what_looks_like_a_field_and_is_none_is_named() -> None:
    """Before the first field: within a value it belongs to that."""
    assert read_fields("um filtr:told", known).unknown == "filtr"
    assert read_fields("um filter:told lang:da", known).unknown == ""


@given(st.text(alphabet=st.sampled_from('abc æø"-*:() ,OR'), max_size=40))
def test_what_is_written_is_read_back(value: str) -> None:
    """Space and kinds of quotes aside; quotes that do not pair are no phrase, and may turn out single."""
    value = " ".join(value.split())
    line = f"um {written('filter', value)} {written('kinds', 'news')}"
    found = read_fields(line, known)
    assert (found.head, found.values["kinds"]) == ("um", "news")
    assert found.values["filter"].replace("'", '"') == value
