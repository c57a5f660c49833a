"""What the bot says of releases, contacts and itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import cards
from bot.cards import PressDesk
from bot.cards.contact import sightings
from bot.cards.shorten import shorten, shorten_prose
from bot.domain.card import Card, ContactItem, Entry, Fact, Meta, Text, Title, Tone
from bot.domain.contact import Contact, ContactKind, Phone, Pin, PinId
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.options import DestinationOptions
from bot.domain.prose import Block, Span, paragraphs, plain
from bot.domain.release import Content, DateNote, Document, Kind, Picture, Release, ReleaseId, Translation
from bot.domain.subscription import DestinationId, Subscription, SubscriptionId
from bot.i18n import texts

DA, EN = texts("da", "Europe/Copenhagen"), texts("en", "Europe/Copenhagen")
NOW = datetime(2026, 11, 20, 11, 1, tzinfo=UTC)
LISTED = Contact(
    role="pressevagten", org="Udenrigsministeriet", phones=(Phone("+4561979247", note="ikke SMS"),), emails=("pressevagten@um.dk",)
)
MINISTRY = Newsroom(
    NewsroomId(1), "udenrigsministeriet", "Udenrigsministeriet", "DK", "da", "https://press.example", offered=True, contact=LISTED
)
PERSON = Contact(name="Freja Holmsted", role="konsulent", phones=(Phone("+4520123456"),))
DESK = Contact(role="pressetelefonen", phones=(Phone("+4530303030"),))
OTHER = Contact(ContactKind.OTHER, role="omstilling", phones=(Phone("+4533920000"),))
DANISH = Content("Nye sanktioner", lead="Danmark bakker op.", language="da", url="https://press.example/1", kind=Kind.PRESS_RELEASE)
ENGLISH = replace(DANISH, title="New sanctions", lead="Denmark supports it.", language="en", url="https://press.example/2")


def release(*versions: Content, **more: object) -> Release:
    """A release of the ministry, a minute old."""
    known = Release(ReleaseId(12), MINISTRY, "12", NOW - timedelta(minutes=1), NOW, versions or (DANISH,))
    return replace(known, **more)  # type: ignore[arg-type]


def meta(card: Card) -> Meta:
    """The card's first element, which is the small line."""
    assert isinstance(card.elements[0], Meta)
    return card.elements[0]


def contacts(card: Card) -> list[ContactItem]:
    """The contacts on a card."""
    return [element for element in card.elements if isinstance(element, ContactItem)]


def commands(card: Card) -> dict[str, str]:
    """What the buttons do, by their labels."""
    return {button.label: button.command or button.url for row in card.buttons for button in row}


def test_an_alert_says_what_who_when_and_whom_to_call() -> None:
    """In Danish, with the number to call and the buttons that lead on."""
    card = cards.alert_card(release(), DA)
    assert meta(card) == Meta(("Pressemeddelelse", "Udenrigsministeriet", "20. november 2026 kl. 12.00"))
    assert card.elements[1] == Title("Nye sanktioner", "https://press.example/1")
    assert isinstance(card.elements[2], Text)
    assert card.elements[2].block.text == "Danmark bakker op."
    assert contacts(card) == [ContactItem("Pressevagten", LISTED, "fra kataloget")]
    assert commands(card) == {
        "Åbn": "https://press.example/1",
        "Kontakt": "/contact release:12",
        "Dæmp": "/mute udenrigsministeriet 1h",
    }
    assert card.summary == "Udenrigsministeriet (Pressemeddelelse): Nye sanktioner"


def test_an_alert_is_in_the_readers_language_where_the_newsroom_wrote_it_so() -> None:
    """The other version is a button."""
    both = release(DANISH, ENGLISH)
    assert cards.alert_card(both, EN).elements[1] == Title("New sanctions", "https://press.example/2")
    assert commands(cards.alert_card(both, EN))["Dansk"] == "https://press.example/1"
    assert commands(cards.alert_card(both, DA))["English"] == "https://press.example/2"
    assert cards.alert_card(release(), EN).elements[1] == Title("Nye sanktioner", "https://press.example/1")


def test_a_version_under_a_number_of_its_own_is_a_button_away() -> None:
    """Wherever the release is shown; one that is stored with it goes before."""
    english = Translation("via:host:13", "en", "New sanctions", "https://press.example/13")
    told = release(replace(DANISH, translations=(english, Translation("via:host:14", "", "?", "https://press.example/14"))))
    for card in (cards.alert_card(told, DA), cards.release_card(told, DA, NOW), cards.more_card(told, DA, NOW)):
        assert commands(card)["English"] == "https://press.example/13"
        assert "https://press.example/14" not in commands(card).values()
    both = release(replace(DANISH, translations=(english,)), ENGLISH)
    assert commands(cards.alert_card(both, DA))["English"] == "https://press.example/2"


def test_the_newsrooms_own_word_stands_where_there_is_no_other() -> None:
    """A kind that we have no word for is not left out."""
    assert meta(cards.alert_card(release(replace(DANISH, kind=None, kind_word="Baggrund")), EN)).parts[0] == "Baggrund"
    assert meta(cards.alert_card(release(replace(DANISH, kind=None)), EN)).parts[0] == "Udenrigsministeriet"


def test_a_correction_a_withdrawal_and_a_late_find_are_marked() -> None:
    """The time of a correction is said, with its day once that is over."""
    assert meta(cards.alert_card(release(corrected_at=NOW, revision=2), DA)).marks == ("RETTET kl. 12.01",)
    yesterday = NOW - timedelta(days=1)
    assert meta(cards.alert_card(release(corrected_at=yesterday), DA)).marks == ("RETTET 19. november 2026 kl. 12.01",)
    gone = cards.alert_card(release(gone_at=NOW, late=True), DA)
    assert meta(gone).marks == ("TRUKKET TILBAGE kl. 12.01", "Fundet sent")
    assert meta(cards.alert_card(release(gone_at=NOW + timedelta(days=2)), EN)).marks == ("Withdrawn 22 November 2026 at 12:01",)
    assert gone.elements[1] == Title("Nye sanktioner", "https://press.example/1", struck=True)
    assert gone.elements[2:] == cards.alert_card(release(late=True), DA).elements[2:]
    assert cards.alert_card(release(corrected_at=NOW), DA).summary.startswith("RETTET kl. 12.01: ")


@pytest.mark.parametrize("note", list(DateNote))
def test_a_time_that_is_not_the_newsrooms_is_told(note: DateNote) -> None:
    """A quiet line says why."""
    card = cards.alert_card(release(date_note=note), EN)
    assert any(isinstance(e, Text) and "this is when it was found" in e.block.text for e in card.elements)


def test_an_alert_names_two_press_contacts_the_desk_first() -> None:
    """Contacts that are not for the press are left out."""
    card = cards.alert_card(release(replace(DANISH, contacts=(OTHER, PERSON, DESK, replace(PERSON, name="Bo Berg")))), DA)
    assert [item.label for item in contacts(card)] == ["Pressetelefonen", "Freja Holmsted"]


def pinned(contact: Contact, newsroom: Newsroom = MINISTRY) -> Pin:
    """What an operator says of a newsroom's contact."""
    return Pin(PinId(1), newsroom.id, contact, NOW, "telegram:9")


def test_an_alert_begins_with_what_an_operator_pinned() -> None:
    """It says so; another newsroom's is none of its business, and the whole release names the same."""
    said = release(replace(DANISH, contacts=(PERSON, DESK)))
    other = replace(MINISTRY, id=NewsroomId(2))
    vouched = Contact(name="Bo Berg", phones=(Phone("+4520999999"),))
    card = cards.alert_card(said, DA, pins=[pinned(vouched)])
    assert [(item.label, item.source) for item in contacts(card)] == [
        ("Bo Berg", "fastgjort af redaktionen, 20. november 2026"),
        ("Pressetelefonen", ""),
    ]
    assert cards.alert_card(said, DA, pins=[pinned(vouched, other)]) == cards.alert_card(said, DA)
    whole = cards.release_card(said, DA, NOW, pins=[pinned(vouched)])
    assert [item.label for item in contacts(whole)] == ["Bo Berg", "Pressetelefonen", "Freja Holmsted"]


@pytest.mark.parametrize(
    "right",
    [replace(PERSON, phones=(Phone("+4520777777"),)), replace(DESK, phones=(Phone("+4520777777"),))],
    ids=["person", "desk"],
)
def test_a_number_that_an_operator_corrected_stands_in_no_alert(right: Contact) -> None:
    """Neither of the person of that name, nor of the desk of that function; `/contact` says the same."""
    said = release(replace(DANISH, contacts=(PERSON, DESK)))
    shown = contacts(cards.alert_card(said, DA, pins=[pinned(right)]))
    wrong = (PERSON if right.name else DESK).phones[0]
    assert shown[0].contact.phones == right.phones
    assert wrong not in [phone for item in shown for phone in item.contact.phones]
    desk = PressDesk(MINISTRY, sightings(said), (pinned(right),), NOW)
    assert contacts(cards.release_contact_card(said, desk, DA, NOW))[0].contact == shown[0].contact


def test_a_duty_desk_stands_before_the_people_even_if_the_release_names_none() -> None:
    """The catalogue knows it; one that the release names itself is nearer to the matter."""
    people = cards.alert_card(release(replace(DANISH, contacts=(PERSON, replace(PERSON, name="Bo Berg", phones=DESK.phones)))), DA)
    assert [(item.label, item.source) for item in contacts(people)] == [("Pressevagten", "fra kataloget"), ("Freja Holmsted", "")]
    own = cards.alert_card(release(replace(DANISH, contacts=(PERSON, DESK))), DA)
    assert [item.label for item in contacts(own)] == ["Pressetelefonen", "Freja Holmsted"]


def test_what_the_catalogue_says_about_a_number_is_said_wherever_it_stands() -> None:
    """Nobody should send a text message to a telephone that takes none."""
    named = Contact(role="pressevagten", phones=(Phone("+4561979247"),))
    card = cards.alert_card(release(replace(DANISH, contacts=(named,))), DA)
    assert contacts(card)[0].contact.phones == (Phone("+4561979247", note="ikke SMS"),)


def test_an_alert_without_lead_begins_with_the_body() -> None:
    """Cut between words."""
    card = cards.alert_card(release(replace(DANISH, lead="", body=paragraphs("ord " * 400))), DA)
    lead = card.elements[2]
    assert isinstance(lead, Text)
    assert 500 < len(lead.block.text) <= 600
    assert lead.block.text.endswith("ord…")


def test_documents_have_a_button_only_where_there_are_any() -> None:
    """It leads to their list."""
    with_file = release(replace(DANISH, documents=(Document("https://press.example/a.pdf", "Faktaark"),)))
    assert commands(cards.alert_card(with_file, DA))["Dokumenter"] == "/release id:12 documents"
    assert Fact("Dokument", "Faktaark", "https://press.example/a.pdf") in cards.documents_card(with_file, DA, NOW).elements


def test_muting_comes_after_contact_and_documents() -> None:
    """What is read comes first; other languages last."""
    both = release(replace(DANISH, documents=(Document("https://press.example/a.pdf", "Faktaark"),)), ENGLISH)
    assert list(commands(cards.alert_card(both, DA))) == ["Åbn", "Kontakt", "Dokumenter", "Dæmp", "English"]


def test_an_alert_has_two_rows_of_buttons_at_most() -> None:
    """With everything there is: what a journalist needs first stays, the rest is one press away, and nothing is lost."""
    starts = "Tid: 3. juni 2035 kl. 10.00-11.00\nSted: Kaj 3"
    files, pictures = (Document("https://press.example/a.pdf", "Faktaark"),), (Picture("https://press.example/1.jpg"),)
    invitation = replace(DANISH, documents=files, pictures=pictures, body=paragraphs(starts), kind=Kind.INVITATION)
    crowded = release(invitation, replace(ENGLISH, url=""))
    card = cards.alert_card(crowded, DA, DestinationOptions(takers=True))
    assert [[button.label for button in row] for row in card.buttons] == [
        ["Åbn", "Kontakt", "Dokumenter"],
        ["Jeg tager den", "Dæmp", "Mere…"],
    ]
    assert commands(card)["Mere…"] == "/release id:12 more"
    more = commands(cards.more_card(crowded, DA, NOW))
    assert more == {
        "Læs": "/release id:12",
        "Kalender": "/release id:12 calendar",
        "Billeder": "/release id:12 pictures",
        "English": "/release id:12 as:en",
        "Samme sag": "/release id:12 related",
        "Hvorfor er den her?": "/why id:12",
        "Indstillinger": "/settings",
    }
    single = cards.alert_card(release(invitation), DA, DestinationOptions(takers=True))
    assert list(commands(single)) == ["Åbn", "Kontakt", "Dokumenter", "Jeg tager den", "Dæmp", "Kalender"]


def test_an_embargo_holds_in_every_language() -> None:
    """When it may be used, and when to come, the reader of the English version is told though only the Danish says it."""
    lead = "Klausuleret til den 3. juni 2035 kl. 10.00. Pressen inviteres."
    danish = replace(DANISH, lead=lead, body=paragraphs("Tid: 3. juni 2035 kl. 10.00\nSted: Kaj 3"), kind=Kind.INVITATION)
    both = release(danish, replace(ENGLISH, kind=Kind.INVITATION))
    card = cards.alert_card(both, EN)
    assert isinstance(card.elements[2], Text)
    assert (card.elements[2].block.text, card.elements[2].tone) == ("Klausuleret til den 3. juni 2035 kl. 10.00.", Tone.WARNING)
    assert [(each.label, each.value) for each in card.elements if isinstance(each, Fact)] == [
        ("Time", "3. juni 2035 kl. 10.00"),
        ("Place", "Kaj 3"),
    ]
    assert commands(card)["Calendar"] == "/release id:12 calendar"
    own = replace(ENGLISH, lead="Embargoed until 3 June 2035 at 10 am. The press is invited.", kind=Kind.INVITATION)
    said = cards.alert_card(release(danish, own), EN).elements[2]
    assert isinstance(said, Text)
    assert said.block.text == "Embargoed until 3 June 2035 at 10 am."


def test_an_embargo_stands_in_digests_and_lists_too() -> None:
    """Below the title, where no words that were searched for stand; a month later it is no warning any more."""
    held = replace(DANISH, lead="KLAUSULERET TIL FREDAG DEN 27. NOVEMBER KL. 12. Danmark bakker op.")
    told = release(held, ENGLISH)
    page = cards.Page(1, 5, 1, "/latest")
    line = "KLAUSULERET TIL FREDAG DEN 27. NOVEMBER KL. 12."
    for reader in (DA, EN):
        for card in (cards.digest_card([told], reader), cards.list_card("Seneste", [told], reader, NOW, page=page)):
            assert [each.snippet.text for each in card.elements if isinstance(each, Entry) and each.snippet] == [line]
    found = cards.list_card("Fundet", [told], DA, NOW, page=page, snippets=paragraphs("bakker op"))
    later = cards.list_card("Seneste", [told], DA, NOW + timedelta(days=31), page=page)
    assert [each.snippet for card in (found, later) for each in card.elements if isinstance(each, Entry)] == [
        paragraphs("bakker op")[0],
        None,
    ]


def test_what_was_withdrawn_is_struck_in_digests_and_lists() -> None:
    """And marked; what stands beside it is not."""
    gone = replace(release(), gone_at=NOW)
    card = cards.digest_card([release(), gone], DA)
    entries = [element for element in card.elements if isinstance(element, Entry)]
    assert [(each.struck, each.marks) for each in entries] == [(False, ()), (True, ("TRUKKET TILBAGE kl. 12.01",))]


def test_subscriptions_say_what_is_muted_and_what_is_silent() -> None:
    """Until when, as one says it; a mute that is over is not spoken of."""
    subscribed = Subscription(SubscriptionId(1), DestinationId(1), MINISTRY, NOW)
    muted = replace(subscribed, muted_until=datetime(2026, 11, 21, 6, tzinfo=UTC))
    to_all = replace(subscribed, newsroom=None, silent=True, muted_until=NOW)
    card = cards.subscriptions_card([muted, to_all], [MINISTRY], DA, NOW)
    assert [(entry.marks, entry.meta) for entry in card.elements if isinstance(entry, Entry)] == [
        (("dæmpet til i morgen kl. 7.00",), ("udenrigsministeriet", "siden 20. november 2026")),
        ((), ("Udenrigsministeriet", "siden 20. november 2026", "uden lyd")),
    ]
    assert commands(card)["Ophæv dæmpning"] == "/mute off"
    assert "/mute off" not in commands(cards.subscriptions_card([to_all], [], DA, NOW)).values()


def test_the_whole_text_is_capped_and_leads_to_the_rest() -> None:
    """A lead that the body begins with is said once."""
    long = replace(DANISH, body=(*paragraphs("Danmark bakker op."), *paragraphs("\n".join(["ord " * 200] * 20))))
    card = cards.release_card(release(long), DA, NOW)
    said = [element.block.text for element in card.elements if isinstance(element, Text)]
    assert said.count("Danmark bakker op.") == 1
    assert sum(map(len, said)) < 3700
    assert commands(card)["Læs resten"] == "https://press.example/1"


def test_one_newest_contact_and_the_catalogues_are_one_card() -> None:
    """Where they share a number, with both sources; else both stand, each with its own."""
    same = Contact(name=None, role="pressevagten", phones=(Phone("+4561979247"),))
    items = cards.press_desk_items(PressDesk(MINISTRY, sightings(release(replace(DANISH, contacts=(same,))))), DA)
    assert [(item.contact.phones, item.contact.emails) for item in items] == [(LISTED.phones, LISTED.emails)]
    assert items[0].source == "fra kataloget og »Nye sanktioner«, 20. november 2026"
    two = cards.press_desk_items(PressDesk(MINISTRY, sightings(release(replace(DANISH, contacts=(PERSON,))))), DA)
    assert [item.source for item in two] == ["fra kataloget", "fra »Nye sanktioner«, 20. november 2026"]
    assert [item.url for item in two] == ["", "https://press.example/1"]


def test_a_digest_numbers_its_releases() -> None:
    """Late finds are told so once, in the heading."""
    card = cards.digest_card([release(late=True), release(late=True)], DA)
    entries = [element for element in card.elements if isinstance(element, Entry)]
    assert card.summary == "Udenrigsministeriet: 2 pressemeddelelser er fundet sent"
    assert [(entry.number, entry.command, entry.marks) for entry in entries] == [
        (1, "/release id:12", ()),
        (2, "/release id:12", ()),
    ]
    mixed = cards.digest_card([release(late=True), release()], EN)
    assert mixed.summary == "Udenrigsministeriet: 2 releases"


@pytest.mark.parametrize("code", ["feed_ended", "feed_held", "feed_failing", "feed_recovered"])
def test_operators_are_told_which_feed_and_why(code: str) -> None:
    """In words, with the next try as a time of day."""
    values = {
        "code": code,
        "newsroom": "Udenrigsministeriet",
        "slug": "udenrigsministeriet",
        "url": "https://press.example/rss",
        "fault": "html",
        "detail": "a web page, not a feed",
        "retry": "2026-11-20T11:30:00+00:00",
    }
    card = cards.notice_card(code, values, DA, NOW)
    facts = {element.label: element.value for element in card.elements if isinstance(element, Fact)}
    assert "Udenrigsministeriet" in card.summary
    assert facts["Årsag"].startswith("der er en webside, hvor feedet skulle være")
    assert facts["Næste forsøg"] == "i dag kl. 12.30"
    again = {"Prøv igen nu": "/retry udenrigsministeriet"}
    offers = {"feed_held": {"Godkend feedet": "/accept udenrigsministeriet"}, "feed_failing": again, "feed_ended": again}
    assert commands(card) == offers.get(code, {})


def test_a_notice_that_we_have_no_words_for_is_shown_as_it_is() -> None:
    """Its code and its values."""
    card = cards.notice_card("disk_low", {"code": "disk_low", "free": "2 MB"}, EN, NOW)
    assert card.summary == "disk_low"
    assert Fact("free", "2 MB") in card.elements
    assert cards.notice_card("", {}, EN, NOW).summary


def test_prose_is_cut_within_a_span_and_keeps_its_links() -> None:
    """What was left out is marked."""
    block = Block((Span("se "), Span("den lange liste", url="https://press.example/l"), Span(" her")))
    kept, cut = shorten_prose((block, block), 30)
    assert cut
    assert plain(kept) == "se den lange liste her\nse den …"
    assert shorten_prose((block,), 100) == ((block,), False)


@given(st.text(max_size=500), st.integers(min_value=2, max_value=100))
def test_shortening_keeps_to_its_limit(text: str, limit: int) -> None:
    """Whatever the text."""
    short = shorten(text, limit)
    assert len(short) <= limit
    assert "\n" not in short


_text = st.text(max_size=300)
_content = st.builds(
    Content,
    title=_text,
    lead=_text,
    body=_text.map(paragraphs),
    language=st.sampled_from(["", "da", "en", "x-klingon", "!"]),
    url=st.sampled_from(["", "https://press.example/1"]),
    kind_word=_text,
    documents=st.lists(st.builds(Document, st.just("https://press.example/a"), _text), max_size=12).map(tuple),
    keywords=st.lists(_text, max_size=3).map(tuple),
)


@settings(max_examples=50)
@given(st.lists(_content, min_size=1, max_size=3), st.sampled_from([DA, EN]))
def test_every_release_can_be_told(versions: list[Content], reader: object) -> None:
    """Whatever it says, every card of it has a summary of one line."""
    known = release(*versions)
    desk = PressDesk(MINISTRY, sightings(release(replace(DANISH, contacts=(PERSON,)))), at=NOW)
    for card in (
        cards.alert_card(known, reader),  # type: ignore[arg-type]
        cards.release_card(known, reader, NOW),  # type: ignore[arg-type]
        cards.digest_card([known], reader),  # type: ignore[arg-type]
        cards.documents_card(known, reader, NOW),  # type: ignore[arg-type]
        cards.release_contact_card(known, desk, reader, NOW),  # type: ignore[arg-type]
    ):
        assert card.summary.strip()
        assert "\n" not in card.summary
