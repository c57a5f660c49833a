"""Cards as Telegram shows them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.telegram.buttons import ascii_names, data_for, is_key, keyboard, long_commands, start_link, started_with
from adapters.telegram.markup import html, length, plain
from adapters.telegram.render import CAPTION, TEXT, about_chat, call_cards, photo_of, rest_of, text_of
from bot.domain.card import Button, Card, ContactItem, Entry, Fact, Heading, Image, Meta, Text, Title, Tone
from bot.domain.contact import Contact, Phone
from bot.domain.prose import Block, BlockKind, Span, paragraphs
from tests.fakes.telegram_markup import parse_html

DESK = ContactItem(
    "Pressevagten", Contact(phones=(Phone("+4561979247", note="ikke SMS"),), emails=("pressevagten@um.dk",)), "fra kataloget"
)


def alert(lead: str = "Danmark bakker op.", *more: object) -> Card:
    """An alert as the bot makes them."""
    elements = (
        Meta(("Pressemeddelelse", "Udenrigsministeriet", "20. november 2026 kl. 12.00"), ("RETTET kl. 12.05",)),
        Title("Nye sanktioner <mod> Rusland & co.", "https://um.dk/nyt?id=1&x=2"),
        *(Text(block) for block in paragraphs(lead)),
        DESK,
        *more,
    )
    return Card("Udenrigsministeriet: Nye sanktioner", elements)  # type: ignore[arg-type]


def test_an_alert_reads_well() -> None:
    """What is loud first, the linked bold title, the lead, whom to call: escaped, apart, and nothing cut."""
    assert html(text_of(alert())) == (
        "<b>RETTET kl. 12.05</b> · Pressemeddelelse · Udenrigsministeriet · 20. november 2026 kl. 12.00\n"
        '<a href="https://um.dk/nyt?id=1&amp;x=2"><b>Nye sanktioner &lt;mod&gt; Rusland &amp; co.</b></a>\n\n'
        "Danmark bakker op.\n\n"
        "☎ <b>Pressevagten</b>\n+4561979247 (ikke SMS) · pressevagten@um.dk\n<i>fra kataloget</i>"
    )


def test_a_caption_keeps_the_contact_and_shortens_the_lead() -> None:
    """The number to call is worth more than the end of the lead."""
    runs = text_of(alert("Et langt ord mere. " * 200), CAPTION)
    assert length(runs) <= CAPTION
    assert plain(runs).endswith("fra kataloget")
    assert "mere. Et langt ord…" in plain(runs) or "mere…" in plain(runs) or "…\n\n☎" in plain(runs)


words = st.text(st.sampled_from("abc æøå <>&\n😀"), max_size=300)
spans = st.builds(Span, words, st.booleans(), st.booleans(), st.sampled_from([None, "https://a.dk/x", "mailto:a@b.dk"]))
blocks = st.builds(Block, st.lists(spans, max_size=4).map(tuple), st.sampled_from(BlockKind))
elements = st.one_of(
    st.builds(Meta, st.lists(words, max_size=3).map(tuple), st.lists(words, max_size=2).map(tuple)),
    st.builds(Title, words, st.sampled_from(["", "https://a.dk/x"])),
    st.builds(Heading, words),
    st.builds(Text, blocks, st.sampled_from(Tone)),
    st.builds(ContactItem, words, st.just(DESK.contact), words),
    st.builds(Entry, st.integers(1, 99), words, st.just("https://a.dk"), st.just(("i dag",)), st.just(()), st.none() | blocks),
    st.builds(Fact, words, words),
    st.builds(Image, st.just("https://a.dk/b.png"), words),
)


@given(st.lists(elements, max_size=25), st.sampled_from([TEXT, CAPTION, 60]))
@settings(max_examples=150, deadline=None)
def test_every_card_fits_and_is_valid(made: list[object], limit: int) -> None:
    """Whatever a card holds, the message is valid, not empty, and not too long."""
    runs = text_of(Card("Kort sagt", tuple(made)), limit)  # type: ignore[arg-type]
    read = parse_html(html(runs))
    assert read.text
    assert read.length <= limit


def test_a_card_of_nothing_is_its_summary() -> None:
    """Telegram takes no empty message."""
    assert plain(text_of(Card("Kort sagt", (Heading(" "),)))) == "Kort sagt"


def test_commands_are_named_as_telegram_takes_them() -> None:
    """Words that are commands are written with the name that can be tapped; other words stay."""
    card = Card("x", (Text(paragraphs("Skriv /søg eller /hjælp, ikke ord/søg eller /sømand.")[0]),))
    names = ascii_names(["søg", "soeg", "sog", "search"]) | ascii_names(["hjælp", "help", "hjaelp"])
    assert plain(text_of(card, names=names)) == "Skriv /soeg eller /help, ikke ord/søg eller /sømand."


def test_an_email_link_shows_its_address() -> None:
    """No link on Telegram leads to an e-mail address, so it is written out."""
    block = Block((Span("skriv til os", url="mailto:presse@um.dk"),))
    assert plain(text_of(Card("x", (Text(block),)))) == "skriv til os (presse@um.dk)"


def test_the_first_picture_that_can_be_fetched_is_the_photo() -> None:
    """Others, and pictures without an address, are no photo."""
    picture = Image("https://um.dk/foto.jpg", "Ministeren. Foto: NN")
    assert photo_of(alert("x", Image("data:image/png;base64,"), picture)) == picture
    assert photo_of(alert()) is None


def test_short_commands_ride_with_their_button_and_long_ones_are_kept() -> None:
    """64 bytes are all that Telegram carries; Danish letters take two each."""
    short, long = "/latest um page:2", "/search " + "æ" * 40
    assert data_for(short) == short
    assert is_key(data_for(long))
    assert len(data_for(long)) <= 64
    assert data_for(long) != data_for(long + "x")
    assert long_commands(Card("x", (), ((Button("1", short), Button("2", long)),))) == [long]


def test_a_short_list_has_a_button_for_each_entry() -> None:
    """Numbers first, then the card's own buttons; links that Telegram refuses are left out."""
    entries = tuple(Entry(n, f"Nyhed {n}", command=f"/release id:{n}") for n in range(1, 7))
    shown = keyboard(Card("x", entries, ((Button("Mere", "/latest page:2"), Button("Ring", url="tel:114")),)))
    assert shown is not None
    assert [[button.text for button in row] for row in shown.inline_keyboard] == [["1", "2", "3", "4", "5"], ["6"], ["Mere"]]
    assert shown.inline_keyboard[1][0].callback_data == "/release id:6"
    assert keyboard(Card("x", entries[:1])) is None


def test_a_link_into_the_private_chat_carries_a_command() -> None:
    """What the link holds comes back as the command line; what is no such thing greets, or names a newsroom."""
    address = start_link("presse_bot", "/contact release:12")
    payload = address.partition("start=")[2]
    assert started_with(payload) == "/contact release:12"
    assert started_with("um") == "/start um"
    assert started_with("_!!") == started_with("_" + "x" * 5) == started_with("") == "/start"
    assert start_link("presse_bot", "/search " + "x" * 60) == "https://t.me/presse_bot?start"


def test_contacts_that_can_be_called() -> None:
    """The first number of each that is no fax."""
    fax = ContactItem("Arkivet", Contact(phones=(Phone("+4533920001", note="fax"),)))
    found = call_cards(Card("x", (DESK, fax)))
    assert [(each.phone, each.name) for each in found] == [("+4561979247", "Pressevagten")]


def test_the_commands_of_a_card_can_be_turned_to_another_chat() -> None:
    """Buttons and entries alike; links stay."""
    card = Card(
        "x",
        (Entry(1, "UM", command="/newsroom um"), Text(Block((Span("/abonnement um filter:x", bold=True),)))),
        ((Button("Fortryd", "/unsubscribe um"), Button("Side", url="https://um.dk"), Button("Søg", "/search um")),),
    )
    turned = about_chat(card, "@-100", "@kanalen", lambda line: not line.startswith("/search"))
    assert turned.elements == (
        Entry(1, "UM", command="/newsroom um @-100"),
        Text(Block((Span("/abonnement um filter:x @kanalen", bold=True),))),
    )
    assert [button.command for button in turned.buttons[0]] == ["/unsubscribe um @-100", "", "/search um"]


def test_the_rest_goes_on_where_the_caption_ends() -> None:
    """Every word of the prose stands in one of the two and none in both; contacts stay with the caption."""
    lead = " ".join(f"ord{n}" for n in range(300))
    card = alert(lead)
    rest = rest_of(card, CAPTION)
    assert rest is not None
    shown, left = plain(text_of(card, CAPTION)), plain(text_of(rest))
    assert left.startswith("…ord")
    assert (shown + left).count("ord") == 300
    assert all(f"ord{n}" in shown + " " + left for n in range(300))
    assert "+4561979247" in shown
    assert "+4561979247" not in left
    assert rest_of(alert(), CAPTION) is None


def test_the_rest_keeps_looks_and_links() -> None:
    """Whole paragraphs that did not fit come as they are; of the one that was cut, what follows keeps its looks."""
    cut_in = Block((Span("begyndelsen " * 60), Span("her er kajen " * 30, bold=True, url="https://a.dk/kaj")))
    after = Block((Span("Et citat"),), BlockKind.QUOTE)
    card = Card("x", (Title("x"), Text(cut_in), Text(after), DESK))
    rest = rest_of(card, CAPTION)
    assert rest is not None
    first, second = rest.elements
    assert isinstance(first, Text)
    assert first.block.spans[1].bold
    assert first.block.spans[1].url == "https://a.dk/kaj"
    assert second == Text(after)


def test_a_contact_that_a_caption_cuts_stands_whole_in_the_rest() -> None:
    """Where even what is no prose has no room."""
    contacts = [ContactItem("Pressevagten " * 9 + str(n), DESK.contact) for n in range(12)]
    card = Card("x", (Title("x"), Text(Block((Span("Ord"),))), *contacts))
    rest = rest_of(card, CAPTION)
    assert rest is not None
    assert rest.elements[0] == Text(Block((Span("Ord"),)))
    assert 0 < len(rest.elements) - 1 < 12
    assert rest.elements[1:] == tuple(contacts[-(len(rest.elements) - 1) :])


@given(st.lists(elements, max_size=8), st.sampled_from([CAPTION, 100]))
@settings(max_examples=100, deadline=None)
def test_nothing_is_lost_between_a_text_and_its_rest(made: list[object], limit: int) -> None:
    """Whatever a card holds, every letter of it is in its text or in the rest."""
    card = Card("Oversigt", tuple(made))  # type: ignore[arg-type]
    rest = rest_of(card, limit)
    whole, shown = plain(text_of(card, 10**6)), plain(text_of(card, limit))
    left = plain(text_of(rest, 10**6)) if rest else ""
    assert rest is None or left
    for letter in "abcæøå":
        assert whole.count(letter) <= shown.count(letter) + left.count(letter)


def test_those_are_called_whom_the_card_names() -> None:
    """A name as Telegram has them calls whoever bears it; what is none is not written, and a name in press text calls nobody."""
    called = replace(alert("Spørg @pressen om mere."), pings=("@vagthavende", "here", "@a", "@x</b>", "@asta_1"))
    first, *rest = plain(text_of(called)).split("\n")
    assert first == "@vagthavende @asta_1"
    assert "\n".join(rest) == plain(text_of(alert("Spørg @pressen om mere.")))
    assert "@\u2060pressen" in plain(text_of(called))


def test_what_was_withdrawn_is_struck() -> None:
    """Its title, within its link; the text stays."""
    card = Card("x", (Title("Ny kaj", "https://um.dk/1", struck=True), *(Text(block) for block in paragraphs("Kajen åbner."))))
    assert html(text_of(card)) == '<a href="https://um.dk/1"><b><s>Ny kaj</s></b></a>\n\nKajen åbner.'
    listed = Card("x", (Entry(1, "Ny kaj", "https://um.dk/1", struck=True), Entry(2, "Ny bro")))
    assert html(text_of(listed)) == '<b>1. </b><a href="https://um.dk/1"><b><s>Ny kaj</s></b></a>\n\n<b>2. </b><b>Ny bro</b>'
