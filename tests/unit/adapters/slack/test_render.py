"""Cards as Slack shows them. The fake's checks of Block Kit, which follow Slack's own, are the judge."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.limits import MESSAGE_BLOCKS, SECTION, TEXT, VIEW_BLOCKS, VIEW_WEIGHT, WEIGHT, Block, weight
from adapters.slack.pieces import without_image
from adapters.slack.render import blocks_of, message, response, view_blocks, without_calls
from adapters.slack.words import plain_message
from bot.domain.card import Button, Card, ContactItem, Element, Entry, Fact, Heading, Image, Meta, Text, Title, Tone
from bot.domain.contact import Contact, Phone
from bot.domain.prose import Block as Paragraph
from bot.domain.prose import BlockKind, Span, paragraphs
from bot.text.cutting import units
from tests.fakes import slack_shown
from tests.fakes.slack_blocks import check_message, message_problems, view_problems
from tests.unit.adapters.slack.cards import DESK, PICTURE, alert, cards, parts


def text(*lines: str) -> tuple[Text, ...]:
    """Prose, a paragraph a line."""
    return tuple(Text(block) for block in paragraphs("\n".join(lines)))


def chapters(count: int) -> tuple[Element, ...]:
    """So many headings with a line below each."""
    made: list[Element] = []
    for n in range(count):
        made += [Heading(f"Kapitel {n}"), *text("a")]
    return tuple(made)


def kinds(blocks: list[Block]) -> list[str]:
    """What blocks they are."""
    return [block["type"] for block in blocks]


def words(blocks: list[Block]) -> str:
    """What is read in them."""
    return slack_shown.of_blocks(blocks).words


# What people see


def test_an_alert_reads_well() -> None:
    """Where it is from, what is loud, the linked bold title, the lead, whom to call, what to press."""
    blocks = message(alert()).blocks
    assert kinds(blocks) == ["context", "rich_text", "rich_text", "rich_text", "context", "actions"]
    assert words(blocks).split("\n") == [
        "Pressemeddelelse · Udenrigsministeriet · 20. november 2026 kl. 12.00",
        "RETTET kl. 12.05",
        "Nye sanktioner <mod> Rusland & co.",
        "Danmark bakker op.",
        "☎ Pressevagten",
        "+45 61 97 92 47 (ikke SMS) · pressevagten@um.dk",
        "fra kataloget",
        "Åbn Kontakt Dæmp",
    ]
    assert blocks[1]["elements"][0]["elements"] == [
        {"type": "text", "text": "RETTET kl. 12.05", "style": {"bold": True, "code": True}},
        {"type": "text", "text": "\n"},
        {
            "type": "link",
            "url": "https://um.dk/nyt?id=1&x=2",
            "text": "Nye sanktioner <mod> Rusland & co.",
            "style": {"bold": True},
        },
    ]


def test_a_contact_can_be_called_and_written_to() -> None:
    """The number is written to be read and dialled as E.164, with its extension; short codes too."""
    contact = Contact(phones=(Phone("+4533920000", "12"), Phone(None, note="short code 114"), Phone(None, note="ring 114")))
    item = ContactItem("Vagten", contact)
    links = slack_shown.of_blocks(blocks_of(Card("x", (DESK, item)))).links
    assert [(link.words, link.url) for link in links] == [
        ("+45 61 97 92 47", "tel:+4561979247"),
        ("pressevagten@um.dk", "mailto:pressevagten@um.dk"),
        ("+45 33 92 00 00 x12", "tel:+4533920000;ext=12"),
        ("114", "tel:114"),
    ]


def test_a_picture_stands_before_the_contacts() -> None:
    """It belongs to the text, and who is called stands beside the buttons; its caption stands below it and is read aloud."""
    blocks = blocks_of(alert("Danmark bakker op.", PICTURE))
    assert kinds(blocks) == ["context", "rich_text", "rich_text", "image", "context", "rich_text", "context", "actions"]
    assert blocks[3] == {"type": "image", "image_url": PICTURE.url, "alt_text": PICTURE.alt}
    assert words([blocks[4]]) == PICTURE.alt


def test_a_card_without_its_pictures_keeps_their_captions() -> None:
    """Where Slack cannot fetch one, the picture is all that is lost."""
    bare = without_image(alert("Danmark bakker op.", PICTURE, Image("https://um.dk/b.png")))
    assert "image" not in kinds(blocks_of(bare))
    assert f"📷 {PICTURE.alt}" in words(blocks_of(bare))
    assert bare.buttons == alert().buttons


def test_a_list_is_numbered_and_its_entries_can_be_opened() -> None:
    """The heading large, each title a link, below it what it is; a few get a button each."""
    entries = tuple(
        Entry(n, f"Nyhed {n}", f"https://um.dk/{n}", ("i dag",), ("RETTET",) if n == 2 else (), command=f"/release id:{n}")
        for n in (1, 2)
    )
    blocks = blocks_of(Card("2 nyheder", (Heading("2 nyheder"), *entries), ((Button("Flere", "/latest page:2"),),)))
    assert kinds(blocks) == ["header", "rich_text", "context", "rich_text", "context", "actions", "actions"]
    assert words(blocks) == "2 nyheder\n1. Nyhed 1\ni dag\n2. Nyhed 2  RETTET\ni dag\n1 2\nFlere"


def test_what_was_found_is_bold_in_its_snippet() -> None:
    """Highlighted spans stay so."""
    snippet = Paragraph((Span("om "), Span("handel", bold=True)))
    blocks = blocks_of(Card("x", (Entry(1, "Nyhed", snippet=snippet),)))
    assert ("bold", "handel") in slack_shown.of_blocks(blocks).looks


def test_a_long_list_has_a_menu() -> None:
    """It offers the titles, and says by the first and the last what it is for; each command once."""
    entries = [Entry(0, f"Nyhedsrum {n}", command=f"/newsroom n{n}") for n in range(30)]
    menu = blocks_of(Card("x", (*entries, entries[0])))[-1]["elements"][0]
    assert menu["type"] == "static_select"
    assert menu["placeholder"]["text"] == "Nyhedsrum 0 … Nyhedsrum 24"
    assert [option["value"] for option in menu["options"]] == [f"/newsroom n{n}" for n in range(25)]
    assert menu["options"][3]["text"]["text"] == "Nyhedsrum 3"


def test_several_headings_divide_a_card() -> None:
    """None is larger than the other, and a line stands before all but the first."""
    blocks = blocks_of(Card("x", (Heading("Et"), *text("a"), Heading("To"), Fact("b", "c"))))
    assert kinds(blocks) == ["rich_text", "divider", "rich_text"]
    assert words(blocks) == "Et\na\nTo\nb: c"


def test_prose_keeps_its_structure() -> None:
    """Paragraphs apart, a heading close to what follows it, lists and quotations as such, links where they were."""
    body = (
        *text("Første.", "Andet."),
        Text(Paragraph((Span("Program"),), BlockKind.HEADING)),
        *text("Se "),
        Text(Paragraph((Span("Mandag"),), BlockKind.ITEM)),
        Text(Paragraph((Span("Tirsdag: "), Span("kortet", url="https://um.dk/kort")), BlockKind.ITEM)),
        Text(Paragraph((Span("En god uge."),), BlockKind.QUOTE)),
    )
    (block,) = blocks_of(Card("x", body))
    section, bullets, quote = block["elements"]
    assert "".join(part["text"] for part in section["elements"]) == "Første.\n\nAndet.\n\nProgram\nSe"
    assert [len(item["elements"]) for item in bullets["elements"]] == [1, 2]
    assert quote["type"] == "rich_text_quote"


def test_tones() -> None:
    """Warnings and good news have a sign, quiet words are small; a quiet link stays one."""
    link = Paragraph((Span("her", url="https://um.dk"),))
    said = [Text(block, tone) for tone in (Tone.WARNING, Tone.GOOD, Tone.QUIET) for block in paragraphs("Ak")]
    blocks = blocks_of(Card("x", (*said, Text(link, Tone.QUIET))))
    assert kinds(blocks) == ["rich_text", "context", "rich_text"]
    assert words(blocks) == "⚠️ Ak\n\n✅ Ak\nAk\nher"


def test_commands_are_named_as_they_are_typed_here() -> None:
    """Words that are commands get the name under which Slack knows them; other words stay."""
    said = message(Card("x", text("Skriv /seneste eller /latest, ikke ord/latest.")), names={"latest": "presse latest"})
    assert words(said.blocks) == "Skriv /seneste eller /presse latest, ikke ord/latest."


def test_a_card_of_nothing_is_its_summary() -> None:
    """Slack takes no empty message."""
    assert words(blocks_of(Card("Kort sagt", (Heading(" "), Text(Paragraph(())))))) == "Kort sagt"


def test_a_long_text_gives_way_to_contacts() -> None:
    """The number to call is worth more than the end of the text; what goes on is said."""
    blocks = blocks_of(alert("Et langt ord mere. " * 900))
    assert weight(blocks) <= WEIGHT
    assert "+45 61 97 92 47" in words(blocks)
    assert re.search(r"(mere|langt|ord|Et)…", words(blocks))


def test_long_paragraphs_are_divided_not_cut() -> None:
    """Nothing is lost at the limit of a section."""
    long = " ".join(f"ord{n}" for n in range(1000))
    blocks = blocks_of(Card("x", text(long)))
    assert len(blocks) > 1
    assert words(blocks).split() == long.split()


def test_too_many_blocks_cost_the_lines_between_them_first() -> None:
    """Then what stands last, which is said."""
    blocks = blocks_of(Card("x", chapters(30)))
    assert set(kinds(blocks)) == {"rich_text"}
    assert "Kapitel 29" in words(blocks)
    blocks = blocks_of(Card("x", chapters(60), ((Button("Side", "/help"),),)), room=10**6)
    assert (len(blocks), kinds(blocks)[-2:]) == (MESSAGE_BLOCKS, ["context", "actions"])
    assert words(blocks[-3:]) == "Kapitel 47\na\n…\nSide"


def test_however_many_buttons_there_are_something_is_said() -> None:
    """Rows too many or too heavy are left out from the end."""
    rows = tuple(tuple(Button(f"Knap {n} {m}", f"/help {'x' * 400} {n} {m}") for m in range(5)) for n in range(60))
    blocks = blocks_of(Card("x", text("Vælg."), rows))
    assert weight(blocks) <= WEIGHT
    assert words(blocks).startswith("Vælg.\nKnap 0 0")
    blocks = blocks_of(Card("x", text("Vælg."), tuple((*[Button("a", "/b")] * 5,) for _ in range(60))), room=10**6)
    assert len(blocks) == MESSAGE_BLOCKS - 1
    assert words(blocks[:1]) == "Vælg."


@pytest.mark.parametrize("room", range(1500, 12_000, 700))
def test_a_smaller_room_is_kept_to(room: int) -> None:
    """Whatever stands against whatever: text, contacts, buttons."""
    rows = tuple(tuple(Button(f"{n} {m}", f"/help {n} {m} " + "x" * 20) for m in range(5)) for n in range(20))
    card = alert("Et langt ord mere. " * 90, *(Fact(f"Navn {n}", "værdi " * 9) for n in range(9)))
    assert weight(blocks_of(Card(card.summary, card.elements, rows), room=room)) <= room


# Notifications, and text alone


def test_a_notification_says_what_it_is_about() -> None:
    """The summary, and the beginning of the lead."""
    said = message(alert("Danmark bakker op. " * 20)).text
    assert said.startswith("RETTET: Udenrigsministeriet (Pressemeddelelse): Nye sanktioner\nDanmark bakker op. Danmark")
    assert said.endswith("…")
    assert len(said) < 250


def test_a_notification_neither_calls_nor_links() -> None:
    """Mentions with and without Slack's markup, and addresses."""
    said = message(Card("<!channel> @here <@U1> ring <https://ond.example|her> https://ond.example &lt;!here&gt; a@b.dk", ())).text
    shown = slack_shown.of_message(said, [], [])
    assert (shown.pings, shown.links) == ([], [])
    assert "a@b.dk" in said


def test_a_card_as_nothing_but_text() -> None:
    """All of it, with its links written out and nothing of it markup; the block says the same."""
    said = plain_message(alert("Danmark <bakker> op.", PICTURE))
    assert said.text.split("\n\n")[:3] == [
        "Pressemeddelelse · Udenrigsministeriet · 20. november 2026 kl. 12.00",
        "RETTET kl. 12.05\nNye sanktioner &lt;mod&gt; Rusland &amp; co. (https://um.dk/nyt?id=1&amp;x=2)",
        "Danmark &lt;bakker&gt; op.",
    ]
    assert "Danmark <bakker> op." in words(said.blocks)
    assert said.text.count(PICTURE.alt) == 1


def test_without_calls_the_numbers_stay() -> None:
    """As text; other links stay links."""
    said = without_calls(message(alert()))
    shown = slack_shown.of_blocks(said.blocks)
    assert {link.url for link in shown.links} == {"https://um.dk/nyt?id=1&x=2", "https://um.dk/nyt"}
    assert shown.words == words(message(alert()).blocks)


# Answers and views


def test_an_answer_to_a_response_url() -> None:
    """For one person's eyes, in place of what was pressed."""
    said = response(alert(), private=True, replaces=True)
    assert (said["response_type"], said["replace_original"], said["blocks"]) == ("ephemeral", True, message(alert()).blocks)
    assert response(alert(), private=False)["response_type"] == "in_channel"


def test_several_cards_make_one_view() -> None:
    """A line between them, and no two buttons of one id."""
    blocks = view_blocks([alert(), alert()])
    ids = [part["action_id"] for part in parts(blocks) if "action_id" in part]
    assert kinds(blocks).count("divider") == 1
    assert len(ids) == len(set(ids)) == 6
    assert view_problems({"type": "home", "blocks": blocks}) == []


def test_a_view_that_is_full_takes_no_more() -> None:
    """And does not end with a line."""
    blocks = view_blocks([Card("x", text(f"Kort {n}")) for n in range(80)])
    assert len(blocks) <= VIEW_BLOCKS
    assert words(blocks[-1:]).startswith("Kort 4")


# Whatever a card holds

_ADDRESS = re.compile(r"https?://[!-~]+|tel:\+?[0-9]+(;ext=[0-9]+)?|mailto:[^?\s<>]+@[^?\s<>]+")
_HARMLESS = {
    "rich_text_section",
    "rich_text_list",
    "rich_text_quote",
    "rich_text",
    "text",
    "link",
    "plain_text",
    "context",
    "header",
}
_HARMLESS |= {"image", "divider", "actions", "button", "static_select"}


def check(blocks: list[Block]) -> None:
    """No limit broken, nothing that pings or that Slack reads as markup, no address but those that may be."""
    found = list(parts(blocks))
    assert {part["type"] for part in found if "type" in part} <= _HARMLESS
    assert all(_ADDRESS.fullmatch(part["url"]) for part in found if "url" in part)
    assert all(re.fullmatch(r"https?://[!-~]{1,2990}", part["image_url"]) for part in found if "image_url" in part)
    assert not any("\ud800" <= sign <= "\udfff" or sign in "\x07\u202e" for part in found for sign in str(part.get("text", "")))
    sections = [block for block in found if block.get("type") == "rich_text"]
    assert all(units("".join(part["text"] for part in parts(block) if "text" in part)) <= SECTION for block in sections)
    ids = [part["action_id"] for part in found if "action_id" in part]
    assert len(ids) == len(set(ids))
    assert slack_shown.of_blocks(blocks).pings == []


@given(cards)
@settings(max_examples=80, deadline=None)
def test_every_card_is_a_message_that_slack_takes(card: Card) -> None:
    """With its pictures and without, with links that call and without, and as text alone."""
    for said in (message(card), message(without_image(card)), without_calls(message(card)), plain_message(card)):
        assert message_problems(said.blocks) == []
        assert 0 < len(said.blocks) <= MESSAGE_BLOCKS
        assert weight(said.blocks) <= WEIGHT
        check_message(said.blocks, lambda _: True)
        check(said.blocks)
        assert 0 < units(said.text) <= TEXT
        assert slack_shown.of_message(said.text, [], []).pings == []


@given(st.lists(cards, min_size=1, max_size=4))
@settings(max_examples=20, deadline=None)
def test_any_cards_are_a_view_that_slack_takes(several: list[Card]) -> None:
    """A hundred blocks at most."""
    blocks = view_blocks(several)
    assert view_problems({"type": "home", "blocks": blocks}) == []
    assert len(blocks) <= VIEW_BLOCKS
    assert weight(blocks) <= VIEW_WEIGHT
    check(blocks)


def test_meta_alone_keeps_its_marks() -> None:
    """What must be seen is seen without a title too, and before one that is no link."""
    assert words(blocks_of(Card("x", (Meta(("UM",), ("RETTET",)),)))) == "UM\nRETTET"
    blocks = blocks_of(Card("x", (Meta(("UM",), ("RETTET",)), Title("Nyt"))))
    assert (kinds(blocks), words(blocks)) == (["context", "rich_text", "header"], "UM\nRETTET\nNyt")
    assert words(blocks_of(Card("x", (Meta(("UM",), ("RETTET",)), *text("a"))))) == "UM\nRETTET\na"


# Whom a card calls


def test_those_are_called_whom_the_card_names() -> None:
    """In the way Slack calls people, once each, before anything else; what names nobody calls nobody."""
    called = replace(alert(), pings=("here", "<@U0ASTA>", "@U0ASTA", "S0VAGT", "@vagthavende", "<!subteam^S1>"))
    first, *rest = blocks_of(called)
    (section,) = first["elements"]
    assert [part for part in section["elements"] if part["type"] != "text"] == [
        {"type": "broadcast", "range": "here"},
        {"type": "user", "user_id": "U0ASTA"},
        {"type": "usergroup", "usergroup_id": "S0VAGT"},
    ]
    assert rest == blocks_of(alert())
    assert blocks_of(replace(alert(), pings=("@vagthavende",))) == blocks_of(alert())
    assert len(slack_shown.of_blocks(blocks_of(without_image(called))).pings) == 3


@given(card=cards, pings=st.lists(st.sampled_from(["here", "channel", "U0ASTA", "S1VAGT", "<!channel>", "x"])))
@settings(max_examples=50, deadline=None)
def test_a_card_that_calls_is_a_message_that_slack_takes(card: Card, pings: list[str]) -> None:
    """However much else it says."""
    said = message(replace(card, pings=tuple(pings)))
    assert message_problems(said.blocks) == []
    assert len(said.blocks) <= MESSAGE_BLOCKS
    assert weight(said.blocks) <= WEIGHT
    assert slack_shown.of_message(said.text, [], []).pings == []


def test_what_was_withdrawn_is_struck() -> None:
    """Its title, link or none; the rest stays as it is."""
    for url in ("https://um.dk/nyt", ""):
        (block,) = blocks_of(Card("x", (Title("Ny kaj", url, struck=True),)))
        (part,) = block["elements"][0]["elements"]
        assert (part["text"], part["style"]) == ("Ny kaj", {"bold": True, "strike": True})
        (listed,) = blocks_of(Card("x", (Entry(1, "Ny kaj", url, struck=True),)))
        struck = [each["text"] for each in listed["elements"][0]["elements"] if each.get("style", {}).get("strike")]
        assert struck == ["Ny kaj"]
