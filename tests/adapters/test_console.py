"""The chat in the terminal: what it shows, as plain lines through real pipes, and as a whole screen on a pseudo-terminal."""

from __future__ import annotations

import asyncio
import fcntl
import io
import os
import pty
import re
import struct
import termios
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TextIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.base import PipeInput
from prompt_toolkit.output import ColorDepth, DummyOutput
from prompt_toolkit.styles import DEFAULT_ATTRS
from rich.cells import cell_len
from rich.console import Console

from adapters.console.adapter import ConsoleAdapter
from adapters.console.complete import CommandCompleter
from adapters.console.front import Front
from adapters.console.ink import LinkOutput, Links, fragments
from adapters.console.pane import PROMPT
from adapters.console.picture import picture
from adapters.console.render import Ink, Look, render, safe_url, visible
from adapters.console.screen import ScreenFront, kept_history
from adapters.console.transcript import KEPT, Role, Transcript, keys_of
from bot.domain.card import Button, Card, ContactItem, Entry, Fact, Heading, Image, Meta, Text, Title, Tone
from bot.domain.contact import Contact, Phone
from bot.domain.delivery import Post, PostGone, PostId, RetryLater, Sent
from bot.domain.prose import Block, BlockKind, Span
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from bot.ports import Actor, CommandCall, Menu, MenuEntry, PlatformEvent, Reply
from bot.text.shown import international
from tests.fakes.chat import serving

URL = "https://via.example/pressemeddelelse/14550001/ny-aftale?publisherId=1&lang=da"
DESK = ContactItem(
    "Udenrigsministeriets pressevagt",
    Contact(phones=(Phone("+4561979247", note="ikke SMS"),), emails=("pressevagten@um.dk",)),
    "fra pressemeddelelsen",
)
ALERT = Card(
    "Ny aftale om havvind",
    (
        Meta(("Pressemeddelelse", "Udenrigsministeriet", "i dag kl. 10.15")),
        Title("Ny aftale om havvind i Nordsøen", URL),
        Text(Block((Span("Danmark og ni andre lande er enige om en ny aftale."),))),
        DESK,
    ),
    ((Button("Læs hele", "/release 12"), Button("Åbn hos Via", url=URL)),),
)
CORRECTED = Card(
    "Ny aftale om havvind",
    (Meta(("Pressemeddelelse",), ("RETTET kl. 10.32",)), Title("Ny aftale om havvind i Østersøen", URL), DESK),
    ((Button("Læs hele", "/release 12"),),),
)
FIRST_PAGE = Card(
    "Seneste",
    (Heading("Seneste"), Entry(1, "Møde i Det Udenrigspolitiske Nævn", URL, ("Nyhed", "i går"), command="/release 1")),
    ((Button("Næste", "/latest page:2"),),),
)
SECOND_PAGE = Card(
    "Seneste", (Heading("Anden side"), Entry(6, "Rejse til Oslo", command="/release 6")), ((Button("Forrige", "/latest"),),)
)
MENU = (
    MenuEntry("latest", "Seneste pressemeddelelser", ("seneste",), "[nyhedsrum]"),
    MenuEntry("search", "Søg", ("søg",)),
    MenuEntry("poll", "Spørg nu", for_managers=True),
)


def words(text: str) -> Card:
    """A card that says only this."""
    return Card(text, (Text(Block((Span(text),))),))


async def answer(call: CommandCall) -> Reply:
    """What a small bot answers."""
    match call.text:
        case "/latest":
            return Reply(FIRST_PAGE)
        case "/latest page:2":
            return Reply(SECOND_PAGE, replaces=True)
        case "/long":
            return Reply(Card("", tuple(Text(Block((Span(f"linje {number}"),), BlockKind.HEADING)) for number in range(50))))
        case "/fail":
            msg = "boom"
            raise RuntimeError(msg)
        case _:
            await asyncio.sleep(0.01)
            return Reply(words(f"svar på {call.text}"))


async def ignore(event: PlatformEvent) -> None:
    """What happens to us does not matter here."""


def menu(language: str) -> tuple[MenuEntry, ...]:
    """The small bot's commands."""
    del language
    return MENU


def destination(adapter: ConsoleAdapter) -> Destination:
    """The terminal as the dispatcher knows it."""
    return Destination(DestinationId(1), adapter.address, "Terminal", ConversationKind.PRIVATE, "da", "Europe/Copenhagen")


def post(adapter: ConsoleAdapter, reference: str) -> Post:
    """A post of that reference."""
    return Post(PostId(1), adapter.address, reference, datetime(2026, 11, 23, 9, 15, tzinfo=UTC))


async def until(true: Callable[[], object]) -> None:
    """Wait for something to come true, five seconds at most."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


# What a card looks like -------------------------------------------------------------------------------------------------


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


# Keys -------------------------------------------------------------------------------------------------------------------


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


# Plain lines through pipes ----------------------------------------------------------------------------------------------


class Pipes:
    """A chat on two pipes: `type` writes to it, `read` takes what it has written so far."""

    def __init__(self, encoding: str = "utf-8") -> None:
        here, there = os.pipe(), os.pipe()
        self.stdin: TextIO = os.fdopen(here[0], "r")
        self._keyboard: int | None = here[1]
        self._screen: int | None = there[0]
        os.set_blocking(there[0], False)
        self.stdout: TextIO = os.fdopen(there[1], "w", encoding=encoding)
        self._encoding = encoding

    def type(self, text: str | bytes) -> None:
        """Send keys, or bytes that no keyboard has."""
        assert self._keyboard is not None
        os.write(self._keyboard, text if isinstance(text, bytes) else text.encode())

    def read(self) -> str:
        """All that was written since the last time."""
        assert self._screen is not None
        chunks = []
        try:
            while chunk := os.read(self._screen, 65536):
                chunks.append(chunk)
        except BlockingIOError:
            pass
        return b"".join(chunks).decode(self._encoding)

    def hang_up(self) -> None:
        """The end of the input."""
        if self._keyboard is not None:
            os.close(self._keyboard)
            self._keyboard = None

    def look_away(self) -> None:
        """Nobody reads what is written any more."""
        if self._screen is not None:
            os.close(self._screen)
            self._screen = None

    def close(self) -> None:
        """Close all four ends."""
        self.hang_up()
        self.look_away()
        self.stdin.close()
        self.stdout.close()


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    """A pair of pipes."""
    ends = Pipes()
    yield ends
    ends.close()


async def test_commands_are_answered_in_their_order_until_the_input_ends(pipes: Pipes) -> None:
    """A script's commands are answered one after the other, the last one too, and then the chat is over."""
    pipes.type("/one\n\n  /two  \nthree")
    pipes.hang_up()
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        await adapter.run_until_quit()
    shown = pipes.read()
    places = [shown.index(f"svar på {text}") for text in ("/one", "/two", "three")]
    assert places == sorted(places)
    assert "> /one" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("word", ["/quit", "/exit", "/AFSLUT"])
async def test_quit_waits_for_the_replies_before_it(pipes: Pipes, word: str) -> None:
    """Leaving loses no reply, and asks the bot nothing."""
    pipes.type(f"/slow\n{word}\n/never\n")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        await adapter.run_until_quit()
    shown = pipes.read()
    assert "svar på /slow" in shown
    assert "never" not in shown
    assert word not in shown


async def test_an_alert_is_written_when_its_send_returns(pipes: Pipes) -> None:
    """`Sent` means that it can be read at the other end of the pipe."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        first, second = [await adapter.send(destination(adapter), card) for card in (ALERT, ALERT)]
        assert pipes.read().count("+45 61 97 92 47") == 2
    assert isinstance(first, Sent)
    assert isinstance(second, Sent)
    assert first.reference < second.reference


async def test_a_correction_is_written_under_the_number_of_its_alert(pipes: Pipes) -> None:
    """What was written cannot be changed, so the correction says which alert it takes the place of."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        await adapter.send(destination(adapter), ALERT)
        outcome = await adapter.send(destination(adapter), ALERT)
        assert isinstance(outcome, Sent)
        pipes.read()
        assert await adapter.edit(post(adapter, outcome.reference), CORRECTED) == outcome
        shown = pipes.read()
    assert shown.startswith("↻ Alert 2, corrected\n")
    assert "[RETTET kl. 10.32]" in shown
    assert "Østersøen" in shown


@pytest.mark.parametrize("reference", ["", "1", "0000-1", "nonsense-x", "-"])
async def test_a_post_that_does_not_stand_here_is_gone(pipes: Pipes, reference: str) -> None:
    """References of another session, or of nobody, are never taken for one of this session's posts."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        await adapter.send(destination(adapter), ALERT)
        assert isinstance(await adapter.edit(post(adapter, reference), CORRECTED), PostGone)


async def test_nothing_is_taken_while_the_terminal_is_closed(pipes: Pipes) -> None:
    """Before the chat and after it an alert stays owed."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    assert isinstance(await adapter.send(destination(adapter), ALERT), RetryLater)
    async with serving(adapter, answer, ignore, menu):
        pass
    assert isinstance(await adapter.send(destination(adapter), ALERT), RetryLater)


async def test_a_reader_who_left_ends_the_chat_quietly(pipes: Pipes) -> None:
    """`| head` is no error: the alert stays owed, and the program is told that nobody is there."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        pipes.look_away()
        assert isinstance(await adapter.send(destination(adapter), ALERT), RetryLater)
        async with asyncio.timeout(5):
            await adapter.run_until_quit()


async def test_a_reader_who_left_before_a_reply_ends_the_chat_quietly(pipes: Pipes) -> None:
    """A reply that nobody reads is no error either."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    pipes.look_away()
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        pipes.type("/one\n")
        await adapter.run_until_quit()


async def test_a_slow_reader_holds_up_nobody_else(pipes: Pipes) -> None:
    """While a full pipe waits for its reader the rest of the program goes on, and every alert arrives whole."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    long = Card("", (Title("Meget " * 30_000),))
    async with serving(adapter, answer, ignore, menu):
        sending = asyncio.create_task(adapter.send(destination(adapter), long))
        shown = ""
        async with asyncio.timeout(20):
            while not sending.done():
                await asyncio.sleep(0.001)
                shown += pipes.read()
        shown += pipes.read()
    assert shown.count("Meget") == 30_000


@pytest.mark.parametrize("content", [None, b"", b"/one\n", b"\xff\xfe/one\n"])
async def test_input_may_be_a_file_or_nothing_at_all(pipes: Pipes, tmp_path: Path, content: bytes | None) -> None:
    """`< /dev/null`, an empty file and a file of commands all come to an end; bytes that are no UTF-8 do no harm."""
    path = Path(os.devnull) if content is None else tmp_path / "commands"
    if content is not None:
        path.write_bytes(content)
    with path.open() as stdin:
        adapter = ConsoleAdapter(stdin=stdin, stdout=pipes.stdout)
        async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
            await adapter.run_until_quit()
    assert ("svar på" in pipes.read()) == bool(content)


async def test_an_endless_line_is_cut(tmp_path: Path) -> None:
    """Input without line ends cannot fill the memory."""
    heard: list[int] = []

    async def listen(call: CommandCall) -> Reply:
        heard.append(len(call.text))
        return Reply(words("ja"))

    (tmp_path / "in").write_bytes(b"x" * 300_000)
    with (tmp_path / "in").open() as stdin, (tmp_path / "out").open("w") as stdout:
        adapter = ConsoleAdapter(stdin=stdin, stdout=stdout)
        async with serving(adapter, listen, ignore, menu), asyncio.timeout(10):
            await adapter.run_until_quit()
    assert sum(heard) == 300_000
    assert max(heard) < 80_000


async def test_leaving_waits_for_no_reader(pipes: Pipes) -> None:
    """A pipe that nobody empties keeps the program from ending no more than from working."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(10):
        sending = asyncio.create_task(adapter.send(destination(adapter), Card("", (Title("Meget " * 30_000),))))
        await until(pipes.read)
    assert not sending.done()
    sending.cancel()


async def test_characters_that_the_terminal_lacks_become_question_marks() -> None:
    """A terminal that knows Latin 1 alone gets Danish letters, and a question mark for the rest."""
    pipes = Pipes("latin-1")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        assert isinstance(await adapter.send(destination(adapter), Card("", (Title("Søgning 日本"),))), Sent)
    assert "| Søgning ??" in pipes.read()
    pipes.close()


async def test_a_key_typed_as_a_line_presses_its_button(pipes: Pipes) -> None:
    """In plain lines too, N and Enter turn the page."""
    pipes.type("/latest\nn\n/quit\n")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        await adapter.run_until_quit()
    assert "[n] Næste  /latest page:2" in (shown := pipes.read())
    assert "Rejse til Oslo" in shown


async def test_a_command_that_fails_is_apologised_for(pipes: Pipes) -> None:
    """An error of the bot's ends neither the chat nor the commands after it."""
    pipes.type("/fail\n/one\n/quit\n")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu), asyncio.timeout(5):
        await adapter.run_until_quit()
    shown = pipes.read()
    assert "That went wrong" in shown
    assert "boom" not in shown
    assert "svar på /one" in shown


async def test_the_program_can_say_something_itself(pipes: Pipes) -> None:
    """Notices stand among the posts, and saying one to a closed terminal is no error."""
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    await adapter.notice("for tidligt")
    async with serving(adapter, answer, ignore, menu):
        await adapter.notice("Netværket svarer ikke; prøver igen.")
        await adapter.say(ALERT)
    shown = pipes.read()
    assert shown.startswith("Netværket svarer ikke; prøver igen.\n")
    assert "Nordsøen" in shown


async def test_only_the_admin_may_configure() -> None:
    """The role is what the program was started with."""
    address = Address("console", "terminal", "terminal")
    for role, may in (("admin", True), ("reader", False)):
        adapter = ConsoleAdapter(role="admin" if may else "reader")
        assert await adapter.may_manage(adapter.actor, address) is may
        assert adapter.actor.id == role
    assert not await ConsoleAdapter().may_manage(Actor("telegram", "bot", "admin"), address)


async def test_colours_can_be_declined(pipes: Pipes, monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR even a terminal gets no colour."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    adapter = ConsoleAdapter(stdin=pipes.stdin, stdout=pipes.stdout)
    async with serving(adapter, answer, ignore, menu):
        await adapter.send(destination(adapter), ALERT)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", pipes.read())


# The whole screen -------------------------------------------------------------------------------------------------------


PANE = DummyOutput().get_size().rows - 3
"""Rows that are left to the posts."""


class OnScreen(ConsoleAdapter):
    """A full-screen chat whose keys come from a test and whose screen nobody sees."""

    def __init__(self, keys: PipeInput) -> None:
        super().__init__()
        self.keys = keys

    async def _open(self, menu: Menu) -> Front:
        completer = CommandCompleter(menu("da"), None, str.format)
        self.front = ScreenFront(self._transcript, (self.keys, DummyOutput()), None, str.format, completer)
        return self.front

    def rows(self) -> list[str]:
        """What the pane shows, row by row."""
        content = self.front.pane.create_content(80, PANE)
        return ["".join(part[1] for part in content.get_line(row)) for row in range(PANE)]

    def shows(self, text: str) -> bool:
        """Whether the pane shows it."""
        return any(text in row for row in self.rows())

    @property
    def toolbar(self) -> str:
        """The line at the foot."""
        return "".join(part[1] for part in self.front._toolbar())


@asynccontextmanager
async def screen() -> AsyncIterator[OnScreen]:
    """A running full-screen chat."""
    with create_pipe_input() as keys:
        adapter = OnScreen(keys)
        async with serving(adapter, answer, ignore, menu):
            await until(lambda: adapter.front.app.is_running)
            yield adapter


async def test_a_typed_line_is_answered_below_it() -> None:
    """Enter sends the line, and the reply stands under what was typed."""
    async with screen() as chat:
        chat.keys.send_text("/hej\r")
        await until(lambda: chat.shows("svar på /hej"))
        rows = chat.rows()
        assert rows.index(PROMPT + "/hej") + 1 == rows.index("▌ svar på /hej")


async def test_a_correction_changes_the_alert_where_it_stands() -> None:
    """The corrected alert keeps its place, stands out for a moment, and the foot of the screen says so."""
    async with screen() as chat:
        outcome = await chat.send(destination(chat), ALERT)
        assert isinstance(outcome, Sent)
        chat.keys.send_text("/hej\r")
        await until(lambda: chat.shows("svar på /hej"))
        assert await chat.edit(post(chat, outcome.reference), CORRECTED) == outcome
        rows = "\n".join(chat.rows())
        assert "Nordsøen" not in rows
        assert rows.index("█  RETTET kl. 10.32 ") < rows.index("Østersøen") < rows.index("svar på /hej")
        assert "↻ Alert 1, corrected" in chat.toolbar


async def test_a_letter_presses_a_button_only_alone_or_with_alt() -> None:
    """N and Enter turn the page in place; a word that begins with it is a word, and with Alt it is a key at once."""

    def listed(chat: OnScreen) -> int:
        return sum("Nævn" in row for row in chat.rows())

    async with screen() as chat:
        chat.keys.send_text("/latest\r")
        await until(lambda: chat.shows("Nævn"))
        chat.keys.send_text("nyt fra um\r")
        await until(lambda: chat.shows("svar på nyt fra um"))
        chat.keys.send_text("/latest\r")
        await until(lambda: listed(chat) == 2)
        chat.keys.send_text("n\r")
        await until(lambda: chat.shows("Anden side"))
        assert listed(chat) == 1
        chat.keys.send_text("/x\x1bf")
        await until(lambda: listed(chat) == 2)
        assert chat.front._input.text == "/x"


async def test_an_entry_is_opened_by_its_number() -> None:
    """The number before an entry opens it."""
    async with screen() as chat:
        chat.keys.send_text("/latest\r")
        await until(lambda: chat.shows("Nævn"))
        chat.keys.send_text("1")
        await until(lambda: chat.shows("svar på /release 1"))


async def test_a_pressed_key_brings_its_reply_into_view() -> None:
    """Whoever has scrolled up and presses a button sees what it did, as after a typed line."""
    async with screen() as chat:
        for number in range(30):
            await chat.notice(f"linje {number}")
        chat.keys.send_text("/latest\r")
        await until(lambda: chat.shows("Nævn"))
        chat.keys.send_text("\x1b[5~")
        await until(lambda: chat.front.pane.scrolled)
        chat.keys.send_text("1")
        await until(lambda: chat.shows("svar på /release 1"))


async def test_the_foot_of_the_screen_drops_the_hints_that_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint stands there whole or not at all."""
    async with screen() as chat:
        full = chat.toolbar
        for columns in range(len(full) + 1):
            monkeypatch.setattr(chat.front.app.output, "get_size", partial(Size, rows=40, columns=columns))
            assert len(chat.toolbar) <= columns
            assert full.startswith(chat.toolbar)
            assert not chat.toolbar or chat.toolbar.endswith(("completes ", "scrolls ", "leaves ", "text "))
        assert chat.toolbar == full


async def test_what_was_scrolled_to_stands_still_while_alerts_come_in() -> None:
    """Reading further up is not disturbed; the foot of the screen counts what came; scrolling down shows it."""
    async with screen() as chat:
        for number in range(2 * PANE):
            await chat.send(destination(chat), words(f"varsel nummer {number}"))
        assert "▌ varsel nummer 73" in chat.rows()
        chat.keys.send_text("\x1b[5~")
        await until(lambda: chat.front.pane.scrolled)
        before = chat.rows()
        await chat.send(destination(chat), words("det nyeste"))
        assert chat.rows() == before
        assert "↓ 1 new below" in chat.toolbar
        chat.keys.send_text("\x1b[6~\x1b[6~")
        await until(lambda: chat.shows("det nyeste"))
        assert not chat.front.pane.scrolled


async def test_a_reply_longer_than_the_screen_is_read_from_its_top_until_something_new_comes() -> None:
    """A long list begins at its first entry; an alert that comes then is shown all the same."""
    async with screen() as chat:
        chat.keys.send_text("/long\r")
        await until(lambda: chat.shows("linje"))
        assert chat.rows()[0] == "▌ linje 0"
        assert "more below" in chat.toolbar
        await chat.send(destination(chat), words("det nyeste"))
        assert chat.shows("det nyeste")


@pytest.mark.parametrize("keys", ["/quit\r", "\x04", "\x03", "half a line\x03\x03"])
async def test_the_chat_can_be_left(keys: str) -> None:
    """By word, by Ctrl-D, and by Ctrl-C, which first clears a line that was begun."""
    async with screen() as chat, asyncio.timeout(5):
        chat.keys.send_text(keys)
        await chat.run_until_quit()
        assert isinstance(await chat.send(destination(chat), ALERT), RetryLater)


async def complete(line: str, suggest: Callable[[str], list[str]] | None = None) -> list[str]:
    """What Tab offers after a line."""
    completer = CommandCompleter(MENU, suggest, str.format)
    return [c.text async for c in completer.get_completions_async(Document(line), CompleteEvent())]


async def test_tab_offers_commands_aliases_and_arguments() -> None:
    """Names first, an alias where it is what was begun, and the application's words for what follows."""
    assert await complete("/") == ["/latest", "/search", "/poll", "/quit"]
    assert await complete("/se") == ["/seneste", "/search"]
    assert await complete("/SØ") == ["/søg"]
    assert await complete("/latest ud", lambda line: [f"{line.split()[-1]}enrigsministeriet"]) == ["udenrigsministeriet"]
    assert await complete("hej") == []


async def test_suggestions_that_fail_are_none() -> None:
    """Tab never breaks the chat."""

    def fail(line: str) -> list[str]:
        raise OSError(line)

    assert await complete("/latest ud", fail) == []


def test_history_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    """Typed lines are found again by the next session, by nobody else, and a folder that cannot be written to is no error."""
    path = tmp_path / "data" / "history"
    kept_history(path).store_string("/latest")
    assert list(kept_history(path).load_history_strings()) == ["/latest"]
    assert path.stat().st_mode & 0o077 == 0
    broken = kept_history(tmp_path)
    broken.store_string("/latest")
    assert list(broken.load_history_strings()) == []


def test_a_link_is_opened_and_closed_around_its_own_text() -> None:
    """A terminal gets the address, never the colour that stood for it, and no later text becomes part of the link."""
    out = io.StringIO()
    output = LinkOutput(out, lambda: None, term="xterm")  # type: ignore[arg-type,return-value]
    output.links = Links()
    linked = DEFAULT_ATTRS._replace(bgcolor=output.links.colour(URL))
    for attrs, text in ((linked, "her"), (DEFAULT_ATTRS, " og der"), (linked, "her")):
        output.set_attributes(attrs, ColorDepth.TRUE_COLOR)
        output.write(text)
    output.reset_attributes()
    output.flush()
    sent = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    opened = f"\x1b]8;id=fd0000;{URL}\x1b\\"
    closed = "\x1b]8;;\x1b\\"
    assert sent == f"{opened}her{closed} og der{opened}her{closed}"


@contextmanager
def pseudo_terminal(rows: int = 30, columns: int = 90) -> Iterator[tuple[int, TextIO, TextIO]]:
    """A terminal of our own: our end of it, and the program's two."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.set_blocking(ours, False)
    with os.fdopen(os.dup(theirs), "r") as stdin, os.fdopen(theirs, "w") as stdout:
        yield ours, stdin, stdout
    os.close(ours)


async def test_a_person_at_a_real_terminal(tmp_path: Path) -> None:
    """An alert comes with links, a command is completed by Tab and answered, and leaving keeps the posts in view."""
    with pseudo_terminal() as (ours, stdin, stdout):
        seen = bytearray()

        def look() -> None:
            seen.extend(os.read(ours, 65536))

        def text() -> str:
            return seen.decode("utf-8", "replace")

        asyncio.get_running_loop().add_reader(ours, look)
        adapter = ConsoleAdapter(stdin=stdin, stdout=stdout, environ={"TERM": "xterm-256color"}, history=tmp_path / "history")
        assert adapter.full_screen
        async with serving(adapter, answer, ignore, menu), asyncio.timeout(10):
            await until(lambda: "\x1b[?1049h" in text())
            assert isinstance(await adapter.send(destination(adapter), ALERT), Sent)
            await until(lambda: "Ny aftale om havvind i Nordsøen" in text())
            assert URL in text()
            assert "tel:+4561979247" in text()
            os.write(ours, b"/lat")
            await until(lambda: "Seneste pressemeddelelser" in text())
            os.write(ours, b"\t")
            await until(lambda: "/latest" in text())
            os.write(ours, b"\r")
            await until(lambda: "Møde i Det Udenrigspolitiske Nævn" in text())
            os.write(ours, b"\x04")
            await adapter.run_until_quit()
        await until(lambda: "Næste" in text().rpartition("\x1b[?1049l")[2])
        left = text().rpartition("\x1b[?1049l")[2]
        asyncio.get_running_loop().remove_reader(ours)
    assert "Ny aftale om havvind i Nordsøen" in left
    assert PROMPT + "/latest" in left
    assert "/latest" in (tmp_path / "history").read_text()


@pytest.mark.parametrize("term", ["dumb", ""])
async def test_a_dumb_terminal_gets_plain_lines(term: str) -> None:
    """A terminal that cannot move its cursor is not asked to."""
    with pseudo_terminal() as (_, stdin, stdout):
        assert not ConsoleAdapter(stdin=stdin, stdout=stdout, environ={"TERM": term}).full_screen


# Pictures ---------------------------------------------------------------------------------------------------------------


def test_a_picture_of_the_same_cards_is_the_same_file(tmp_path: Path) -> None:
    """The tracked picture changes only when the cards or their looks do, and it fetches nothing from the web."""
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    picture([ALERT, CORRECTED], first, width=80, title="Pressevagt")
    picture([ALERT, CORRECTED], second, width=80, title="Pressevagt")
    drawn_once = first.read_text(encoding="utf-8")
    assert drawn_once == second.read_text(encoding="utf-8")
    assert "Nordsøen".replace(" ", "&#160;") in drawn_once
    assert "url(" not in drawn_once.replace("url(#", "")
