"""What the terminal shows of a card, and which keys press its buttons."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from adapters.console.ink import Links, fragments
from adapters.console.look import Ink, Look
from adapters.console.picture import picture
from adapters.console.render import render
from adapters.console.safe import safe_url, visible
from adapters.console.transcript import KEPT, Role, Transcript, keys_of
from bot.domain.card import Button, Card, ContactItem, Entry, Fact, Heading, Image, Meta, Text, Title, Tone
from bot.domain.contact import Contact, Phone
from bot.domain.prose import Block, BlockKind, Span
from bot.text.shown import international
from tests.adapters.console_desk import ALERT, CORRECTED, FIRST_PAGE, URL, words


def drawn(card: Card, ink: Ink | None = None, *, width: int = 80, colour: bool = False) -> str:
    """A card as a terminal of that width would get it."""
    console = Console(
        file=io.StringIO(), width=width, force_terminal=colour, color_system="truecolor" if colour else None, legacy_windows=False
    )
    with console.capture() as capture:
        console.print(render(card, ink), crop=False)
    return capture.get()


def test_what_was_withdrawn_is_struck_and_those_are_called_who_are_named() -> None:
    """With a line through the title where there are looks, between signs where there are none; the names come first."""
    card = Card("x", (Title("Ny kaj", struck=True),), pings=("here", "@vagt\x1b[2J"))
    assert "\x1b[1;9mNy kaj" in drawn(card, colour=True)
    assert drawn(card, Ink(plain=True)).split("\n")[0].endswith("here @vagt[2J")
    assert "[-Ny kaj-]" in drawn(card, Ink(plain=True))
    listed = Card("x", (Entry(1, "Ny kaj", struck=True),))
    assert "[-Ny kaj-]" in drawn(listed, Ink(plain=True))
    assert ";9mNy kaj" in drawn(listed, colour=True)


def test_an_alert_says_all_that_its_card_holds() -> None:
    """Kind, newsroom, time, title, lead, contact and buttons are there to read, the telephone number in international form."""
    shown = drawn(ALERT, Ink(Look.ALERT, keys={"/release 12": "l"}))
    for text in (
        "Pressemeddelelse · Udenrigsministeriet · i dag kl. 10.15",
        "Ny aftale om havvind i Nordsøen",
        "Danmark og ni andre lande",
        "Udenrigsministeriets pressevagt   +45 61 97 92 47 (ikke SMS)",
        "pressevagten@um.dk",
        "fra pressemeddelelsen",
        "[l] Læs hele",
        "Åbn hos Via ↗",
    ):
        assert text in shown


def test_a_terminal_gets_links_to_read_call_and_write() -> None:
    """Title, telephone number and e-mail address are hyperlinks where a terminal can follow them."""
    shown = drawn(ALERT, colour=True)
    for target in (URL, "tel:+4561979247", "mailto:pressevagten@um.dk"):
        assert f";{target}\x1b\\" in shown


def test_plain_output_writes_addresses_out_in_one_piece() -> None:
    """Where no link can be followed the address can be copied, and it is written once."""
    shown = drawn(ALERT, Ink(plain=True), width=60)
    assert shown.count(URL) == 1


def test_an_extension_and_a_short_code_can_be_called() -> None:
    """An extension is dialled after the number; a short code is a number of its own; other notes are only told."""
    item = ContactItem(
        "Vagten", Contact(phones=(Phone("+4533112233", ext="12"), Phone(None, note="short code 114"), Phone(None, note="fax")))
    )
    shown = drawn(Card("", (item,)), colour=True)
    assert "tel:+4533112233;ext=12" in shown
    assert "tel:114" in shown
    assert "fax" in shown


def test_what_is_no_telephone_number_is_shown_as_it_came() -> None:
    """A number that cannot be read does not spoil the card."""
    assert international("+") == "+"
    assert international("+4561979247") == "+45 61 97 92 47"


def test_marks_are_loud_without_colour_too() -> None:
    """A correction stands in brackets where there are no colours."""
    assert "[RETTET kl. 10.32]" in drawn(CORRECTED, Ink(plain=True))
    assert "\x1b[1;7;33m RETTET kl. 10.32 \x1b[0m" in drawn(CORRECTED, colour=True)


def test_press_text_is_never_read_as_markup() -> None:
    """Square brackets, stars and pings of other platforms are characters like any other."""
    title = "[bold]Nyt[/bold] *om* <!channel> :smile: [link=https://x.example]her[/link]"
    assert title in drawn(Card("", (Title(title),)), width=100)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://x.example/\x1b]0;x\x07", "https://x.example/\n", ""]
)
def test_only_harmless_addresses_become_links(url: str) -> None:
    """An address of another scheme, or with control characters, leads nowhere."""
    assert safe_url(url) == ""
    assert "]8;" not in drawn(Card("", (Title("Titel", url),)), colour=True)


@pytest.mark.parametrize("width", [40, 60, 120])
@pytest.mark.parametrize("card", [ALERT, CORRECTED, FIRST_PAGE])
def test_no_line_is_wider_than_the_terminal(card: Card, width: int) -> None:
    """Cards fit narrow and wide terminals."""
    assert max(cell_len(row) for row in drawn(card, width=width).splitlines()) <= width


@pytest.mark.parametrize("tone", list(Tone))
@pytest.mark.parametrize("kind", list(BlockKind))
def test_every_sort_of_text_is_shown(tone: Tone, kind: BlockKind) -> None:
    """No tone and no kind of block loses its words."""
    assert "Et afsnit" in drawn(
        Card("", (Text(Block((Span("Et afsnit", bold=True, italic=True, url=URL),), kind), tone),)), colour=True
    )


texts = st.text(max_size=60) | st.text(
    alphabet="\x1b[]\\\x07\x9b\x9d08;mA \u202e\u2066\r\n\ud800\U0001f1e9\u5317\u0301", max_size=40
)
spans = st.builds(Span, texts, st.booleans(), st.booleans(), st.none() | texts | st.just(URL))
blocks = st.builds(Block, st.lists(spans, max_size=3).map(tuple), st.sampled_from(BlockKind))
phones = st.builds(Phone, st.none() | texts | st.just("+4561979247"), st.none() | texts, st.none() | texts)
contacts = st.builds(
    Contact,
    name=st.none() | texts,
    role=st.none() | texts,
    phones=st.lists(phones, max_size=2).map(tuple),
    emails=st.lists(texts, max_size=2).map(tuple),
)
several = st.lists(texts, max_size=3).map(tuple)
elements = st.one_of(
    st.builds(Meta, several, several),
    st.builds(Title, texts, texts | st.just(URL)),
    st.builds(Heading, texts),
    st.builds(Text, blocks, st.sampled_from(Tone)),
    st.builds(ContactItem, texts, contacts, texts),
    st.builds(Entry, st.integers(0, 12), texts, texts, several, several, st.none() | blocks, texts),
    st.builds(Fact, texts, texts, texts),
    st.builds(Image, texts, texts),
)
buttons = st.lists(st.lists(st.builds(Button, texts, texts, texts), max_size=2).map(tuple), max_size=2).map(tuple)
cards = st.builds(Card, texts, st.lists(elements, max_size=4).map(tuple), buttons)

OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b]8;[^\x1b\x07]*\x1b\\")
"""What the drawing itself may write: looks and links."""

BAR = re.compile(r"^▌ ?", re.MULTILINE)


@settings(max_examples=150, deadline=None)
@given(card=cards, width=st.integers(20, 140), look=st.sampled_from(Look))
def test_nothing_from_a_card_reaches_the_terminal_as_a_control(card: Card, width: int, look: Look) -> None:
    """However hostile its texts, a card is drawn with our own looks and links only, on a screen as in plain lines."""
    ink = Ink(look, keys={command: key for key, command in keys_of(card).items()})
    plain = drawn(card, Ink(look, plain=True, keys=ink.keys), width=width)
    coloured = OURS.sub("", drawn(card, ink, width=width, colour=True))
    on_screen = "".join(part[1] for row in fragments([render(card, ink)], width, Links()) for part in row)
    for shown in (plain.replace("\n", ""), coloured.replace("\n", ""), on_screen):
        assert all(visible(char) == char for char in shown)
        shown.encode()


@settings(max_examples=150, deadline=None)
@given(title=texts, width=st.integers(20, 140))
def test_every_word_of_a_title_is_shown(title: str, width: int) -> None:
    """Wrapping loses no character of a headline."""
    shown = BAR.sub("", drawn(Card("", (Title(title),)), width=width))
    assert "".join(shown.split()) == "".join(visible(title).split())


def test_entries_are_opened_by_number_and_buttons_by_a_letter_of_their_label() -> None:
    """Keys can be guessed: 1 opens entry 1, N is Næste; a letter in use is followed by the label's next."""
    card = Card("", (Entry(1, "a", command="/release 1"),), ((Button("Næste", "/b"), Button("Nej", "/c"), Button("Web", url=URL)),))
    assert keys_of(card) == {"1": "/release 1", "n": "/b", "e": "/c"}


def test_the_last_reply_and_the_last_alert_keep_their_keys_side_by_side() -> None:
    """An alert that arrives while somebody turns pages takes no key from them; the next reply frees the keys of the former one."""
    transcript = Transcript()
    page = transcript.add(Role.REPLY, Card("", (), ((Button("Læs", "/page"),),)))
    alert = transcript.add(Role.ALERT, ALERT)
    assert transcript.pressed("l") == ("/page", page)
    assert transcript.pressed("s") == ("/release 12", alert)
    transcript.add(Role.REPLY, words("noget andet"))
    assert transcript.pressed("l") is None


def test_the_transcript_forgets_its_oldest_posts() -> None:
    """A terminal that stands open for months needs no more memory than one of today."""
    transcript = Transcript()
    first = transcript.add(Role.ALERT, ALERT)
    for _ in range(KEPT):
        transcript.add(Role.REPLY, FIRST_PAGE)
    assert len(transcript.posts) == KEPT
    assert transcript.find(first.number) is None


def test_a_picture_of_the_same_cards_is_the_same_file(tmp_path: Path) -> None:
    """The tracked picture changes only when the cards or their looks do, and it fetches nothing from the web."""
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    picture([ALERT, CORRECTED], first, width=80, title="Pressevagt")
    picture([ALERT, CORRECTED], second, width=80, title="Pressevagt")
    drawn_once = first.read_text(encoding="utf-8")
    assert drawn_once == second.read_text(encoding="utf-8")
