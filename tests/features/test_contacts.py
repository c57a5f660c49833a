"""Whom to call, pinned and saved; what else belongs to a release: from the line that somebody types to the card that comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.contacts import OLD_AFTER
from bot.domain.card import ContactItem, Fact, Image, Text, Tone
from bot.domain.contact import Contact, Phone
from bot.domain.prose import paragraphs
from bot.domain.release import ParsedRelease, Picture, ReleaseId
from bot.ports import CommandCall
from tests.features.newsdesk import (
    ADMIN,
    HERE,
    OPERATOR,
    PERSON,
    READER,
    Newsdesk,
    buttons_of,
    newsdesk,
    press,
    release,
    release_id,
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsdesk]:
    """A small installation as of its first poll."""
    made = await newsdesk(tmp_path)
    yield made
    await made.database.close()


async def publish(desk: Newsdesk, *items: ParsedRelease, by: str = "udenrigsministeriet") -> ReleaseId:
    """Have a newsroom put releases out; the id of the last."""
    async with desk.database.begin() as tx:
        newsroom = next(each for each in await tx.newsrooms.all() if each.slug == by)
        feed = (await tx.feeds.of(newsroom.id))[0]
        ids = await tx.releases.add(feed, items, now=desk.clock.time, late=())
    return ids[items[-1].external_id]


async def contacts(desk: Newsdesk, line: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The contacts of an answer: what stands for each, where it is from, its marks."""
    card = (await desk.ask(line)).card
    return [(each.label, each.source, each.marks) for each in card.elements if isinstance(each, ContactItem)]


# Whom to call -----------------------------------------------------------------------------------------------------------


async def test_a_release_has_the_press_desk_and_its_people(desk: Newsdesk) -> None:
    """The desk first, each once, with where it is from; of a release that names nobody the newsroom's."""
    ident = await release_id(desk, "Nye sanktioner mod Rusland")
    assert await contacts(desk, f"/contact release:{ident}") == [
        ("Pressevagten", "nævnt i denne pressemeddelelse", ()),
        ("Freja Holmsted", "nævnt i denne pressemeddelelse", ()),
    ]
    named = await publish(desk, release(60, "Ny ambassadør", ago=timedelta(), contacts=(PERSON,)))
    assert [label for label, _, _ in await contacts(desk, f"/contact release:{named}")] == [
        "Pressevagten",
        "Freja Holmsted",
    ]
    nobody = await release_id(desk, "Møde i Det Udenrigspolitiske Nævn (3)")
    assert "nævner ingen pressekontakt" in await desk.words(f"/contact release:{nobody}")


async def test_a_contact_not_seen_for_long_is_marked(desk: Newsdesk) -> None:
    """It stays to be found, at the end, with when it was seen."""
    ago = OLD_AFTER + timedelta(days=2)
    old = Contact(name="Bo Berg", phones=(Phone("+4520999999"),))
    ident = await publish(desk, release(61, "Gammel sag", ago=ago, contacts=(old,)), by="koebenhavns-politi")
    (found,) = await contacts(desk, "/contact københavns politi")
    assert found[0] == "Bo Berg"
    assert found[1].startswith("fra »Gammel sag«, ")
    assert found[2] == ("Måske forældet",)
    (same,) = await contacts(desk, f"/contact release:{ident}")
    assert same[2] == ("Måske forældet",)


async def test_a_release_older_than_those_looked_at_has_its_people(desk: Newsdesk) -> None:
    """However many came after it."""
    old = await publish(desk, release(62, "Den første", ago=timedelta(days=300), contacts=(PERSON,)), by="koebenhavns-politi")
    many = [release(1000 + n, f"Nyhed {n}", ago=timedelta(days=200, minutes=n)) for n in range(201)]
    await publish(desk, *many, by="koebenhavns-politi")
    assert [label for label, _, _ in await contacts(desk, f"/contact release:{old}")] == ["Freja Holmsted"]


async def test_of_a_newsroom_that_nobody_follows_that_is_said(desk: Newsdesk) -> None:
    """Rather than that its releases, of which there are none here, name nobody; whom the catalogue knows is told all the same."""
    words = await desk.words("/contact energinet")
    assert "Ingen her abonnerer på Energinet endnu" in words
    assert "[Abonner] /subscribe energinet" in words
    assert "Ingen her abonnerer på" in await desk.words("/contact https://press.example/nyhed/999")
    assert await contacts(desk, "/contact säkerhetspolisen")


# Pinning ----------------------------------------------------------------------------------------------------------------


async def test_an_operator_pins_corrects_and_unpins(desk: Newsdesk) -> None:
    """What is pinned stands first and replaces what was read, until it is taken back."""
    said = await desk.ask("/fastgør um Freja Holmstedt, pressechef, tlf. 20 12 34 56", OPERATOR)
    assert press(said.card, "Løsn").startswith("/unpin udenrigsministeriet id:")
    found = await contacts(desk, "/contact um")
    assert (found[0][0], found[0][1].partition(",")[0]) == ("Freja Holmstedt", "fastgjort af redaktionen")
    assert [label for label, _, _ in found] == ["Freja Holmstedt", "Pressevagten", "Freja Holmsted"]
    await desk.ask("/pin um Freja Holmsted, pressechef, tlf. 20 12 34 56, freja@example.dk", OPERATOR)
    found = await contacts(desk, "/contact um")
    assert [label for label, _, _ in found] == ["Freja Holmsted", "Pressevagten"], "the wrong pin is corrected too"
    ident = await release_id(desk, "Nye sanktioner mod Rusland")
    assert (await contacts(desk, f"/contact release:{ident}"))[0][1].startswith("fastgjort af redaktionen")
    assert "ikke længere fastgjort" in await desk.words("/løsn um", OPERATOR)
    assert (await contacts(desk, "/contact um"))[0][0] == "Pressevagten"
    assert "Ingen fastgjort kontakt" in await desk.words("/unpin um", OPERATOR)


async def test_a_pin_is_the_same_wherever_a_release_is_shown(desk: Newsdesk) -> None:
    """In the whole release, under a link that somebody shares, and in the file for the address book; gone once it is taken back."""
    named = await publish(desk, release(63, "Ny ambassadør", ago=timedelta(), contacts=(PERSON,)))
    link = "https://press.example/nyhed/63"

    async def numbers() -> list[list[str]]:
        whole = (await desk.ask(f"/release id:{named}")).card
        shared = (await desk.router.linked(CommandCall("", READER, HERE, language="da"), [link]))[link]
        items = [[each.contact for each in card.elements if isinstance(each, ContactItem)] for card in (whole, shared)]
        (file,) = (await desk.ask(f"/contact release:{named} vcard")).files
        said = [line.partition(":")[2] for line in file.content.decode().splitlines() if line.startswith("TEL")]
        return [*([str(phone.e164) for each in contacts for phone in each.phones] for contacts in items), said]

    await desk.ask("/pin um Freja Holmsted, tlf. 20 98 76 54", OPERATOR)
    for shown in await numbers():
        assert "+4520987654" in shown
        assert "+4520123456" not in shown
    await desk.ask("/unpin um", OPERATOR)
    for shown in await numbers():
        assert "+4520123456" in shown
        assert "+4520987654" not in shown


async def test_of_several_pins_one_is_chosen(desk: Newsdesk) -> None:
    """By its button or by some of its words."""
    for line in ("Bo Berg, 33 11 22 33", "Ida Ravn, 33 11 22 34"):
        await desk.ask(f"/pin um {line}", OPERATOR)
    choice = await desk.ask("/unpin um", OPERATOR)
    assert [button.label for button in buttons_of(choice.card)] == ["Ida Ravn", "Bo Berg"]
    await desk.ask(press(choice.card, "Bo Berg"), OPERATOR)
    assert "Ida Ravn" in await desk.words("/unpin um ravn", OPERATOR)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/pin", "Hvilket nyhedsrum"),
        ("/pin um Bo Berg", "hverken se et telefonnummer"),
        ("/pin um Bo Berg 33 11 22 33 og Ida Ravn 33 11 22 34", "ligner 2 kontakter"),
        ("/pin energinet Bo Berg 33 11 22 33", "Ingen følger Energinet"),
        ("/pin nowhere Bo Berg 33 11 22 33", "Intet nyhedsrum"),
    ],
)
async def test_what_cannot_be_pinned_is_explained(desk: Newsdesk, line: str, said: str) -> None:
    """And nothing is kept."""
    assert said in await desk.words(line, OPERATOR)
    assert [label for label, _, _ in await contacts(desk, "/contact um")] == ["Pressevagten", "Freja Holmsted"]


async def test_only_operators_pin(desk: Newsdesk) -> None:
    """Whoever manages a conversation does not speak for the whole installation."""
    for actor in (READER, ADMIN):
        for line in ("/pin um Bo Berg 33 11 22 33", "/unpin um"):
            assert "driftsansvarlige" in await desk.words(line, actor)
    assert "Bo Berg" not in await desk.words("/contact um")


# Files ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["/contact um vcard", "/kontakt release:{} vcard", "/contact {} vcard"])
async def test_contacts_are_saved_as_a_file(desk: Newsdesk, line: str) -> None:
    """Of a newsroom or a release, by the button too."""
    ident = await release_id(desk, "Nye sanktioner mod Rusland")
    reply = await desk.ask(line.format(ident))
    (file,) = reply.files
    assert file.name == "udenrigsministeriet.vcf"
    assert b"TEL;TYPE=WORK,VOICE:+4561979247\r\n" in file.content
    assert b"FN:Freja Holmsted\r\n" in file.content
    card = (await desk.ask(line.format(ident).removesuffix(" vcard"))).card
    assert (await desk.ask(press(card, "Gem kontakt"))).files == reply.files


async def test_there_is_no_file_of_nobody(desk: Newsdesk) -> None:
    """The card says why."""
    reply = await desk.ask("/contact københavns politi vcard")
    assert reply.files == ()
    assert "endnu ingen pressekontakt" in (await desk.words("/contact københavns politi vcard"))


# What belongs to a release ----------------------------------------------------------------------------------------------


async def test_an_invitation_says_first_what_matters(desk: Newsdesk) -> None:
    """The embargo, the date to sign up by, when and where; and the calendar gets it."""
    ident = await publish(
        desk,
        release(
            70,
            "Presseinvitation: Pressemøde om Østersøen",
            ago=timedelta(),
            lead="Klausuleret til tirsdag den 24. november kl. 06.00. Ministeren inviterer pressen.",
            body=paragraphs("Tid: Tirsdag den 24. november kl. 10\nSted: Kaj 3\nTilmelding senest mandag kl. 12."),
        ),
    )
    card = (await desk.ask(f"/release id:{ident}")).card
    first = [(each.block.text, each.tone) for each in card.elements if isinstance(each, Text)][:2]
    assert first == [
        ("Klausuleret til tirsdag den 24. november kl. 06.00.", Tone.WARNING),
        ("Tilmelding senest mandag kl. 12.", Tone.WARNING),
    ]
    facts = [(each.label, each.value) for each in card.elements if isinstance(each, Fact)]
    assert facts == [("Tid", "Tirsdag den 24. november kl. 10"), ("Sted", "Kaj 3")]
    (file,) = (await desk.ask(press(card, "Kalender"))).files
    assert b"DTSTART:20261124T090000Z\r\n" in file.content
    plain = await release_id(desk, "Nye sanktioner mod Rusland")
    assert "Kalender" not in [button.label for button in buttons_of((await desk.ask(f"/release id:{plain}")).card)]
    assert "tør sætte det i din kalender" in await desk.words(f"/release id:{plain} calendar")


async def test_dates_of_long_ago_are_no_warning(desk: Newsdesk) -> None:
    """They are told, quietly."""
    ident = await publish(desk, release(71, "Konference", ago=timedelta(days=90), lead="Tilmelding senest den 3. september."))
    card = (await desk.ask(f"/release id:{ident}")).card
    assert next(each.tone for each in card.elements if isinstance(each, Text)) is Tone.QUIET


async def test_pictures_with_captions_and_credits(desk: Newsdesk) -> None:
    """On demand, by a button."""
    pictures = (
        Picture("https://press.example/1.jpg", "Kajen set fra havnen", "Foto: Maja Lind"),
        Picture("https://press.example/2.jpg"),
    )
    ident = await publish(desk, release(72, "Kajen", ago=timedelta(), pictures=pictures))
    card = (await desk.ask(press((await desk.ask(f"/release id:{ident}")).card, "Billeder"))).card
    assert [each.url for each in card.elements if isinstance(each, Image)] == [each.url for each in pictures]
    assert [(each.label, each.value) for each in card.elements if isinstance(each, Fact)] == [
        ("Billede 1", "Kajen set fra havnen"),
        ("Foto", "Maja Lind"),
        ("Billede 2", "uden billedtekst"),
    ]
    without = await release_id(desk, "Nye sanktioner mod Rusland")
    assert "ingen billeder" in await desk.words(f"/release id:{without} pictures")


async def test_the_pictures_are_those_of_the_version_that_is_read(desk: Newsdesk) -> None:
    """Its own button leads to them, though the reader's version has none."""
    quay = Picture("https://press.example/1.jpg", "The quay")
    ident = await publish(
        desk,
        release(73, "Kajen åbner", ago=timedelta()),
        release(73, "The quay opens", ago=timedelta(), language="en", pictures=(quay,)),
    )
    english = (await desk.ask(press((await desk.ask(f"/release id:{ident}")).card, "English"))).card
    card = (await desk.ask(press(english, "Billeder"))).card
    assert [each.url for each in card.elements if isinstance(each, Image)] == [quay.url]


async def test_earlier_releases_on_the_same_matter(desk: Newsdesk) -> None:
    """Never itself and nothing later; the newsroom's own first, and each is opened by its number."""
    before = await publish(
        desk, release(80, "Kajkranen på Amager vælter", ago=timedelta(days=9), lead="Kajkranen ramte Sundkajen.")
    )
    await publish(desk, release(81, "Dansk hjælp til Kenya", ago=timedelta(days=8), lead="Kajkranen nævnes ikke."))
    ident = await publish(
        desk, release(82, "Kajkranen rejses igen", ago=timedelta(days=2), lead="Sundkajen er åben, og kajkranen står.")
    )
    await publish(desk, release(83, "Kajkranen males", ago=timedelta(days=1), lead="Sundkajen er lukket."))
    card = (await desk.ask(f"/release id:{ident}")).card
    said = await desk.words(press(card, "Samme sag"))
    assert "Kajkranen på Amager vælter" in said
    for other in ("Kenya", "rejses", "males"):
        assert other not in said.partition("[")[0]
    assert "Kajkranen på Amager vælter" in await desk.words("/release 1")
    assert "ikke noget tidligere" in await desk.words(f"/release id:{before} related")


async def test_a_release_is_never_its_own_earlier_one(desk: Newsdesk) -> None:
    """Though times are compared to the second, and some feeds say them more exactly; one question to the index is enough."""
    moment = timedelta(hours=1, milliseconds=500)
    await publish(desk, release(84, "Lodsbåden synker ved Trekroner", ago=timedelta(days=1)))
    ident = await publish(desk, release(85, "Lodsbåden hæves ved Trekroner", ago=moment))
    said = await desk.words(f"/release id:{ident} related")
    assert "synker" in said
    assert "hæves" not in said.partition("[")[0]
