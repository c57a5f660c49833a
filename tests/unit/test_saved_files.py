"""Files that people take away: contacts for an address book, events for a calendar."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.cards.content_lines import escaped, folded, written
from bot.cards.occasion import calendar_file
from bot.cards.vcard import vcard_file
from bot.contacts import KnownContact
from bot.domain.contact import Contact, Phone, Sighting
from bot.domain.file import file_name
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.prose import paragraphs
from bot.domain.release import Content, Kind, Release, ReleaseId
from bot.i18n import texts

DA = texts("da", "Europe/Copenhagen")
NOW = datetime(2026, 11, 20, 11, tzinfo=UTC)
HARBOUR = Newsroom(NewsroomId(1), "havnen", "Havnen; By & Kaj", "DK", "da", "https://havnen.example", offered=True)
PERSON = Contact(
    name="Freja Mette Holm",
    role="chef, presse",
    phones=(Phone("+4520123456", note="ikke SMS"), Phone("+4533112233", ext="12"), Phone("+4533000000", note="fax")),
    emails=("freja@havnen.example",),
)


def unfolded(content: bytes) -> list[str]:
    """The lines of a file as a reader puts them together again (RFC 5545, section 3.1)."""
    text = content.decode()
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def value(lines: list[str], name: str) -> str:
    """What stands behind a name, read back."""
    said = next(line for line in lines if re.split("[:;]", line)[0] == name).partition(":")[2]
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], said)


@given(st.text())
def test_whatever_a_value_says_it_stays_a_value(text: str) -> None:
    """It is read back as it was, but for control characters, and never begins a line of its own."""
    content = written([f"NOTE:{escaped(text)}", "END:VCARD"])
    lines = unfolded(content)
    assert len(lines) == 2
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert value(lines, "NOTE") == "".join(c for c in plain if c == "\n" or not re.match(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", c))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_no_line_is_longer_than_75_octets(text: str) -> None:
    """And no character is cut in two."""
    pieces = folded(text).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == text


@given(st.text(max_size=300))
def test_no_words_from_outside_become_a_path(words: str) -> None:
    """The name is plain on every system, is no hidden file, and says what it is."""
    name = file_name(words, "vcf")
    assert re.fullmatch(r"[0-9a-z](?:[0-9a-z-]*[0-9a-z])?\.vcf", name)
    assert len(name) <= 64


def test_a_name_is_spelt_without_danish_letters() -> None:
    """As it would be typed."""
    assert file_name("../Københavns Ældreråd: Å & ø", "ics") == "koebenhavns-aeldreraad-aa-oe.ics"


def test_a_contact_as_telephones_take_it() -> None:
    """Name, function, house, numbers with what they are, address, and where it is from."""
    known = KnownContact(PERSON, Sighting(PERSON, 1, NOW, "Kajen, åbner; igen"))
    file = vcard_file([known], HARBOUR, DA)
    assert file is not None
    assert (file.name, file.media_type) == ("havnen-freja-mette-holm.vcf", "text/vcard")
    lines = unfolded(file.content)
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    assert lines[-1] == "END:VCARD"
    assert "N:Holm;Freja Mette;;;" in lines
    assert "ORG:Havnen\\; By & Kaj" in lines
    assert "TEL;TYPE=WORK,VOICE:+4520123456" in lines
    assert "TEL;TYPE=WORK,VOICE:+4533112233\\,12" in lines
    assert "TEL;TYPE=WORK,FAX:+4533000000" in lines
    assert value(lines, "TITLE") == "chef, presse"
    assert value(lines, "NOTE") == ("+4520123456: ikke SMS\n+4533000000: fax\nfra »Kajen, åbner; igen«, 20. november 2026")


def test_a_desk_is_called_by_its_house_and_keeps_its_identity() -> None:
    """So that somebody finds it in their telephone, and importing it again changes it rather than doubles it."""
    desk = Contact(role="pressevagten", phones=(Phone("+4533112233"),))
    file = vcard_file([KnownContact(desk)], HARBOUR, DA)
    again = vcard_file([KnownContact(replace(desk, role="vagten"))], HARBOUR, DA)
    assert file is not None
    assert again is not None
    lines = unfolded(file.content)
    assert value(lines, "FN") == "Pressevagten, Havnen; By & Kaj"
    assert "N:;;;;" in lines
    assert value(lines, "UID") == value(unfolded(again.content), "UID")


def test_several_contacts_are_one_file_and_nobody_is_none() -> None:
    """Who has no number of their own is left out."""
    both = vcard_file([KnownContact(PERSON), KnownContact(Contact(name="Bo Berg", emails=("bo@havnen.example",)))], HARBOUR, DA)
    assert both is not None
    assert both.name == "havnen.vcf"
    assert unfolded(both.content).count("BEGIN:VCARD") == 2
    assert vcard_file([KnownContact(Contact(name="Bo Berg"), through_desk=True)], HARBOUR, DA) is None


def invitation(*lines: str, lead: str = "Havnen inviterer pressen.", **more: object) -> Release:
    """An invitation of the harbour."""
    content = Content(
        "Presseinvitation: Kajen, åbner",
        lead=lead,
        body=paragraphs("\n".join(lines)),
        url="https://havnen.example/9",
        kind=Kind.INVITATION,
    )
    known = Release(ReleaseId(9), HARBOUR, "ext-9", NOW, NOW, (content,))
    return replace(known, **more)  # type: ignore[arg-type]


def test_an_event_for_the_calendar() -> None:
    """In UTC, so that it is right wherever it is opened; the same identity after a correction, with a higher number."""
    release = invitation("Tid: Tirsdag den 24. november kl. 10.00-11.30", "Sted: Kaj 3, København; ved kranen")
    file = calendar_file(release, release.content(), DA)
    assert file is not None
    assert (file.name, file.media_type) == ("havnen-presseinvitation-kajen-aabner.ics", "text/calendar")
    lines = unfolded(file.content)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert "DTSTART:20261124T090000Z" in lines
    assert "DTEND:20261124T103000Z" in lines
    assert value(lines, "SUMMARY") == "Presseinvitation: Kajen, åbner"
    assert value(lines, "LOCATION") == "Kaj 3, København; ved kranen"
    later = replace(release, revision=2, corrected_at=NOW + timedelta(hours=1))
    again = calendar_file(later, later.content(), DA)
    assert again is not None
    assert value(unfolded(again.content), "UID") == value(lines, "UID")
    assert value(unfolded(again.content), "SEQUENCE") == "1"


def test_there_is_no_event_where_the_time_is_not_certain() -> None:
    """No hour, another weekday, an unknown clock, a time of publication that is not the newsroom's, or a release that is gone."""
    fine = "Tid: Tirsdag den 24. november kl. 10"
    assert calendar_file(invitation(fine), invitation(fine).content(), DA) is not None
    for release in (
        invitation("Tid: Tirsdag den 24. november"),
        invitation("Tid: Onsdag den 24. november kl. 10"),
        invitation(fine, newsroom=replace(HARBOUR, country="US")),
        invitation(fine, lead="Pressemødet er aflyst."),
        invitation(fine, gone_at=NOW),
    ):
        assert calendar_file(release, release.content(), DA) is None
