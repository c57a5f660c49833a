"""Cards of any sort, and what may be found in their blocks, for the tests of Slack's rendering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from bot.domain.card import Button, Card, ContactItem, Entry, Fact, Heading, Image, Meta, Text, Title, Tone
from bot.domain.contact import Contact, Phone
from bot.domain.prose import Block, BlockKind, Span, paragraphs

DESK = ContactItem(
    "Pressevagten", Contact(phones=(Phone("+4561979247", note="ikke SMS"),), emails=("pressevagten@um.dk",)), "fra kataloget"
)
PICTURE = Image("https://um.dk/foto.jpg", "Ministeren. Foto: NN")


def alert(lead: str = "Danmark bakker op.", *more: object) -> Card:
    """An alert as the bot makes them."""
    elements = (
        Meta(("Pressemeddelelse", "Udenrigsministeriet", "20. november 2026 kl. 12.00"), ("RETTET kl. 12.05",)),
        Title("Nye sanktioner <mod> Rusland & co.", "https://um.dk/nyt?id=1&x=2"),
        *(Text(block) for block in paragraphs(lead)),
        DESK,
        *more,
    )
    buttons = ((Button("Åbn", url="https://um.dk/nyt"), Button("Kontakt", "/contact release:1")), (Button("Dæmp", "/mute um 1h"),))
    return Card("RETTET: Udenrigsministeriet (Pressemeddelelse): Nye sanktioner", elements, buttons)  # type: ignore[arg-type]


_EVIL = (
    "<!channel>",
    "<@U0ASTA>",
    "<!subteam^S1>",
    "<https://ond.example|UM>",
    "*fed* _kursiv_ `kode`",
    ":fire:",
    "@here",
    "&amp;",
)
_LONG = tuple(" ".join([word] * times) for word in ("ord", "😀", "<!here>&") for times in (20, 90, 900))
_SIGNS = st.text(st.sampled_from("abc æøå <>&*_~`@:\n\u202e\x07😀👨\u200d👩\u200d👧🇩🇰e\u0301\ud83d"), max_size=60)
words = st.one_of(_SIGNS, st.sampled_from(_EVIL), st.sampled_from(_LONG))
_FINE = ("https://a.dk/x?a=1&b=2", "http://æ.dk/ø", "mailto:a@b.dk?bcc=c@d.dk")
_FAULTY = (
    "javascript:alert(1)",
    "tel:114",
    "https://u:p@a.dk",
    "https://a.dk/" + "x" * 4000,
    "https://[",
    "slack://open",
    "//a.dk",
    "",
)
addresses = st.sampled_from((*_FINE, *_FAULTY))
commands = st.one_of(
    st.sampled_from(("/latest um", "/search " + "ø" * 140, "/search " + "ø" * 240, "/search " + "ø" * 3000)), words
)
spans = st.builds(Span, words, st.booleans(), st.booleans(), st.none() | addresses)
blocks = st.builds(Block, st.lists(spans, max_size=4).map(tuple), st.sampled_from(BlockKind))
numbers = st.sampled_from(["+4561979247", "+45", "abc", "+45619;ext=1"])
phones = st.builds(
    Phone, st.none() | numbers, st.none() | st.sampled_from(["12", "æ"]), st.none() | words | st.just("short code 114")
)
emails = st.sampled_from(["a@b.dk", "a b@c", "<!here>@b.dk", "a@b.dk?cc=x@y.dk", "æ@ø.dk"])
contacts = st.builds(
    Contact,
    role=st.none() | words,
    org=st.none() | words,
    phones=st.lists(phones, max_size=3).map(tuple),
    emails=st.lists(emails, max_size=3).map(tuple),
)
lines = st.lists(words, max_size=3).map(tuple)
elements = st.one_of(
    st.builds(Meta, lines, lines),
    st.builds(Title, words, addresses),
    st.builds(Heading, words),
    st.builds(Text, blocks, st.sampled_from(Tone)),
    st.builds(ContactItem, words, contacts, words),
    st.builds(Entry, st.integers(0, 99), words, addresses, lines, lines, st.none() | blocks, st.just("") | commands),
    st.builds(Fact, words, words, addresses),
    st.builds(Image, addresses, words),
)
buttons = st.builds(Button, words, st.just("") | commands, addresses)
cards = st.builds(
    Card,
    words,
    st.lists(elements, max_size=25).flatmap(lambda made: st.sampled_from([1, 1, 6]).map(lambda times: tuple(made * times))),
    st.lists(st.lists(buttons, max_size=6).map(tuple), max_size=12).map(tuple),
)


def parts(part: Any) -> Iterator[dict[str, Any]]:
    """Every object within some blocks."""
    if isinstance(part, dict):
        yield part
        for value in part.values():
            yield from parts(value)
    elif isinstance(part, list):
        for value in part:
            yield from parts(value)
