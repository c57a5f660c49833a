"""Press contacts out of the text of releases. People are invented; their numbers fit the numbering plans."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.contact import Contact, ContactKind, Phone
from bot.feeds.contacts import extract_contacts

ROOT = Path(__file__).resolve().parents[3]


def values(text: str, region: str = "DK", language: str = "") -> set[str]:
    """All numbers, fax left out, and all addresses that are found in a text."""
    contacts = extract_contacts(text, region, language)
    numbers = {phone.e164 for contact in contacts for phone in contact.phones if phone.e164 and phone.note != "fax"}
    return numbers | {email for contact in contacts for email in contact.emails}


def phones(text: str, region: str = "DK") -> list[Phone]:
    """All numbers of a text with what is remarked on them."""
    return [phone for contact in extract_contacts(text, region) for phone in contact.phones]


def test_press_duty_line_of_the_foreign_ministry() -> None:
    """The last line of a release becomes the duty desk with its number, its remark and its address."""
    text = "For yderligere pressespørgsmål, kontakt pressevagten +45 61 97 92 47 (ikke SMS) og pressevagten@um.dk"
    assert extract_contacts(text, "DK", "da") == (
        Contact(ContactKind.PRESS, None, "pressevagten", None, (Phone("+4561979247", note="ikke SMS"),), ("pressevagten@um.dk",)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Regeringen afsatte 12,5 mio. kr. i 2024, heraf 20 pct. til kommunerne.",
        "Få nyt fra Havnen i din indbakke: tilmeld dig vores e-mailliste.",
        "Følg os på @fjordby",
    ],
)
def test_text_without_contact(text: str) -> None:
    """A text that names nobody to call gives nothing."""
    assert extract_contacts(text, "DK") == ()


@pytest.mark.parametrize(
    ("region", "text", "expected"),
    [
        ("DK", "Tlf. 20 41 55 63", "+4520415563"),
        ("DK", "Tlf. 2041 5563", "+4520415563"),
        ("DK", "Tlf.20415563", "+4520415563"),
        ("DK", "Tlf 20.41.55.63", "+4520415563"),
        ("DK", "Tlf.: (+45) 20-41-55-63", "+4520415563"),
        ("DK", "Tlf. 20\u00a041\u202f55\u00a063", "+4520415563"),
        ("DK", "Tlf. +\u00a045 2041\u20115563", "+4520415563"),
        ("DK", "Telefon 0045 20415563 / 00 45 63 12 44 55", "+4520415563 +4563124455"),
        ("DK", "Telefon 20 41 55 63/63 12 44 55", "+4520415563 +4563124455"),
        ("DK", "Mads Holmby, 20415563", "+4520415563"),
        ("DK", "Havneby Forsyning\nHavnegade 12\n5000 Odense C\n63 12 44 55", "+4563124455"),
        ("DK", "Presse i Sverige: +46 (0)70-183 55 21", "+46701835521"),
        ("NO", "Kari Fjellstad, 915 44 213, eller 91544219", "+4791544213 +4791544219"),
        ("NO", "Postboks 8129 Dep, 0032 Oslo. Telefon 22 24 91 90", "+4722249190"),
        ("SE", "Presskontakt: 070-183 55 21 eller 0701\u2013835522", "+46701835521 +46701835522"),
        ("SE", "Box 1234, 103 33 Stockholm. Tfn 08-508 270 00", "+46850827000"),
        ("FI", "Aino Metsälampi, p. 040 1835 521", "+358401835521"),
        ("FI", "Aino Metsälampi, 0401835521, etunimi.sukunimi@kunta.fi", "+358401835521"),
        ("DE", "Telefon: 0431 / 160 - 2010", "+494311602010"),
        ("DE", "Tel. +49 (0)30-220 02-0", "+4930220020"),
        ("DE", "Tel.: 0431 160-2010/-2011", "+494311602010 +494311602011"),
        ("DE", "Mobil 0171-3038405, Tel 040 / 41 33 22 10", "+491713038405 +494041332210"),
        ("AT", "T +43 (0)1 531 15-2026", "+431531152026"),
        ("GB", "Tel: +44(0)20 7219 3000/07803 712281", "+442072193000 +447803712281"),
        ("GB", "Jane Fairweather (212) 224-3121", "+12122243121"),
        ("US", "T. 212 224 3121 / F. 212 224 3122", "+12122243121"),
        ("US", "Jane Fairweather+1 212 224 3121jane@acme.com", "+12122243121 jane@acme.com"),
        ("INT", "Tel. +41 22 739 50 00", "+41227395000"),
    ],
)
def test_numbers_as_people_write_them(region: str, text: str, expected: str) -> None:
    """Spaces, dots, slashes, brackets, odd hyphens and missing country codes make no difference."""
    assert values(text, region) == set(expected.split())


@pytest.mark.parametrize(
    ("region", "text"),
    [
        ("DK", "Kontakt Fjordby Forsyning, CVR 43271911"),
        ("DK", "CVR-nr.: 43 27 19 11, kontakt os"),
        ("DK", "CVR: DK43271911, EAN 5798000123456, SE-nr. 20415563, J.nr. 2024 - 2041 5563, kontakt"),
        ("DK", "IBAN: DK50 0040 0440 1162 43, konto 4180 20415563, kontakt"),
        ("DK", "Beløbet er 20.415.563 kr. eller 20 415 563 kroner, oplyser pressechefen"),
        ("DK", "Kontakt os den 24.12.2025 kl. 20.00-22.30 eller i 2024-2025"),
        ("DK", "Tlf.: 12345678 eller 12 34 56 78 eller xx xx xx xx"),
        ("DK", "Resultatet blev 20 41 55 63 i de fire kampe"),
        ("DK", "Kontakt: https://fjordby.dk/?id=20415563 og fjordby.dk/presse/20415563"),
        ("DK", "MobilePay 20415563, kontakt"),
        ("NO", "Org.nr. 915 442 137, kontakt"),
        ("SE", "Organisationsnummer 556677-8899, personnummer 010203-1234, kontakta oss"),
        ("FI", "Y-tunnus 1234567-8, PL 33, 00014 Helsinki, yhteystiedot"),
        ("DE", "USt-IdNr. DE123456789, HRB 12345, 01067 Dresden, Kontakt"),
        ("US", "ISIN US0378331005, Case No. 2024-cv-01234, contact"),
        ("US", "+1 1111111111"),
        ("DK", "GPS 55.676098, 12.568337, kontakt"),
    ],
)
def test_digits_that_are_no_numbers(region: str, text: str) -> None:
    """Registers, accounts, amounts, dates, hours, postcodes, placeholders and web addresses are nobody's telephone."""
    assert values(text, region) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("presse@fjordby.dkFor mere information", "presse@fjordby.dk"),
        ("presse@fjordby.dk.Læs mere", "presse@fjordby.dk"),
        ("Skriv til PRESSE@Fjordby.dk.", "presse@fjordby.dk"),
        ("e-mail:mho@fjordby.dktlf.:20415563", "mho@fjordby.dk +4520415563"),
        ("Tlf. 20415563mho@fjordby.dk", "mho@fjordby.dk +4520415563"),
        ("Mads HolmbyTlf20415563mho@fjordby.dk", "mho@fjordby.dk +4520415563"),
        ("Kontakt:Bo Dahl-Lindbdl@fjordby.dk", "bdl@fjordby.dk"),
        ("Kontakt: Fjordby Inc.contact@fjordby.com+45 20 41 55 63", "contact@fjordby.com +4520415563"),
        ("mads.holmby(at)fjordby.dk", "mads.holmby@fjordby.dk"),
        ("mads.holmby [snabel-a] fjordby.dk", "mads.holmby@fjordby.dk"),
        ("mads snabela fjordby punktum dk", "mads@fjordby.dk"),
        ("presse at fjordby dot dk", "presse@fjordby.dk"),
        ("presse (ät) amt (punkt) de", "presse@amt.de"),
        ("kari krøllalfa bygda.no", "kari@bygda.no"),
        ("presse @ fjordby.dk", "presse@fjordby.dk"),
        ("[Skriv til os](mailto:presse%40fjordby.dk?subject=Hej)", "presse@fjordby.dk"),
        ("<a href='mailto:mho@fjordby.dk'>Mads Holmby</a>, <a href='tel:+4520415563'>ring</a>", "mho@fjordby.dk +4520415563"),
        ("mho&#64;fjordby.dk, tlf.&nbsp;20&nbsp;41&nbsp;55&nbsp;63", "mho@fjordby.dk +4520415563"),
        ("fornavn.efternavn@fjordby.dk, etunimi.sukunimi@kunta.fi, firstname.lastname@acme.com, fornamn.efternamn(at)x.se", ""),
        ("Mød os @ um.dk, følg @um_dk, se logo@2x.png", ""),
    ],
)
def test_addresses(text: str, expected: str) -> None:
    """Hidden and glued addresses are read; handles, files and patterns to fill in are no addresses."""
    assert values(text) == set(expected.split())


@pytest.mark.parametrize(
    ("region", "text", "expected"),
    [
        ("NO", "Pressevakt: 915 44 213 (tar ikke imot SMS)", Phone("+4791544213", note="tar ikke imot SMS")),
        ("SE", "Presstjänst 08-405 10 00, ej sms", Phone("+4684051000", note="ej sms")),
        ("DK", "WhatsApp: +45 20 41 55 63", Phone("+4520415563", note="WhatsApp")),
        ("DK", "Telefax: 63 12 44 55", Phone("+4563124455", note="fax")),
        ("DE", "Faxnummer 0431 160-2019", Phone("+494311602019", note="fax")),
        ("FI", "Faksi 09 69581347", Phone("+358969581347", note="fax")),
        ("DE", "Tel./Fax: 0431 160-2019", Phone("+494311602019")),
        ("DE", "Tel. 0431 160-2010 bis 2012", Phone("+494311602010", note="range: bis 2012")),
        ("DE", "Tel. 0361 573815-040-41", Phone("+49361573815040", note="range: -41")),
        ("US", "Phone: 212-224-3121 x44", Phone("+12122243121", ext="44")),
        ("US", "Phone: 212-224-3121, ext. 1045.", Phone("+12122243121", ext="1045")),
        ("DK", "Tlf. 2041 5563 (lok. 12)", Phone("+4520415563", ext="12")),
        ("SE", "Tfn 08-405 10 00 anknytning 45", Phone("+4684051000", ext="45")),
        ("US", "Call 1-800-NEW-DESK (639-3375)", Phone("+18006393375", note="vanity")),
        ("US", "Call 1-800-FLOWERS", Phone("+18003569377", note="vanity")),
        ("DK", "Kontakt politiet på 114.", Phone(None, note="short code 114")),
    ],
)
def test_what_is_said_of_a_number(region: str, text: str, expected: Phone) -> None:
    """Extensions, ranges, fax, WhatsApp, vanity letters, short codes and remarks are kept with their number."""
    assert phones(text, region) == [expected]


def test_a_remark_in_brackets_is_about_the_number_before_it() -> None:
    """Not about the next one."""
    text = "Kontakt: +45 20 41 55 63 (WhatsApp) eller +298 30 36 30"
    assert phones(text) == [Phone("+4520415563", note="WhatsApp"), Phone("+298303630")]


def test_a_remark_begins_no_other_contact() -> None:
    """The address behind it is the same desk's."""
    text = "Pressevagten kan kontaktes på tlf. 61 97 92 47 (ikke SMS). Mail: pressevagten@um.dk"
    (contact,) = extract_contacts(text, "DK", "da")
    assert (contact.role, contact.phones, contact.emails) == (
        "Pressevagten",
        (Phone("+4561979247", note="ikke SMS"),),
        ("pressevagten@um.dk",),
    )


def test_two_people_in_one_sentence() -> None:
    """Each number goes to the person named before it, with the role that stands before the name."""
    text = "Kontakt kommunikationschef Mads Holmby på tlf. 20 41 55 63 eller direktør Lise Tangkær på tlf. 63 12 44 55."
    assert [(contact.name, contact.role, contact.phones) for contact in extract_contacts(text, "DK")] == [
        ("Mads Holmby", "kommunikationschef", (Phone("+4520415563"),)),
        ("Lise Tangkær", "direktør", (Phone("+4563124455"),)),
    ]


def test_name_above_role_above_number() -> None:
    """In a block of lines the role below a name and everything up to the next name belong to it."""
    text = (
        "Press contacts\n\nDr. Jane Fairweather\nDirector of Communications\n+45 20 41 55 63\njane@acme.com\n\n"
        "Bo Lindqvist\nHead of Investor Relations\n+45 63 12 44 55\nbo@acme.com"
    )
    first, second = extract_contacts(text, "DK", "en")
    assert (first.kind, first.name, first.role, first.emails) == (
        ContactKind.PRESS,
        "Jane Fairweather",
        "Director of Communications",
        ("jane@acme.com",),
    )
    assert (second.kind, second.name, second.role, second.emails) == (
        ContactKind.OTHER,
        "Bo Lindqvist",
        "Head of Investor Relations",
        ("bo@acme.com",),
    )


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        (
            "Kontakt: Ida Ravn, særlig rådgiver for skatteminister Bo Berg, tlf. 41 87 29 33",
            "Ida Ravn",
            "særlig rådgiver for skatteminister Bo Berg",
        ),
        (
            "Presskontakt\nAnna Lindqvist\nPressekreterare hos finansminister Eva Holm\n070-183 55 21",
            "Anna Lindqvist",
            "Pressekreterare hos finansminister Eva Holm",
        ),
        (
            "Presskontakt\nPressekreterare hos finansminister Eva Holm\nAnna Lindqvist\n070-183 55 21",
            "Anna Lindqvist",
            "Pressekreterare hos finansminister Eva Holm",
        ),
        (
            "Press contact: Jane Doe, spokesperson for Commissioner Bo Berg, 41 87 29 33",
            "Jane Doe",
            "spokesperson for Commissioner Bo Berg",
        ),
        ("Spørgsmål til udenrigsminister Bo Berg rettes til pressevagten på 61 97 92 47.", None, "pressevagten"),
        ("Kontakt: Ida Ravn, professor ved Aarhus Universitet, 41 87 29 33", "Ida Ravn", "professor ved Aarhus Universitet"),
        ("Kontakt: Professor Ida Ravn, Aarhus Universitet, 41 87 29 33", "Ida Ravn", "Professor"),
        ("Kontakt: Ida Ravn, Dansk Erhverv, tlf. 41 87 29 33", "Ida Ravn", None),
        ("Kontakt: Ida Ravn, Holm Arkitekter, tlf. 41 87 29 33", "Ida Ravn", None),
        ("Kontakt\nIda Ravn\nAarhus Universitet\nTlf. 41 87 29 33", "Ida Ravn", None),
        ("Politikommissær Bo Berg, Fyns Politi, tlf. 41 87 29 33", "Bo Berg", "Politikommissær"),
        ("Kontakt borgmester Bo Berg på 41 87 29 33", "Bo Berg", "borgmester"),
        ("Kontakt cheføkonom Bo Berg, 41 87 29 33", "Bo Berg", "cheføkonom"),
        ("Kontakt: Ida Ravn, chefkonsulent i Havneministeriet på 41 87 29 33", "Ida Ravn", "chefkonsulent i Havneministeriet"),
        ("Bo Berg, direktør, og Ida Ravn, pressechef, tlf. 41 87 29 33", "Ida Ravn", "pressechef"),
    ],
)
def test_whose_number_it_is(text: str, name: str | None, role: str | None) -> None:
    """The adviser's and not the minister's; the person's and not the organisation's; a desk's, whomever the questions are to."""
    (contact,) = extract_contacts(text, "SE" if "070" in text else "DK")
    assert (contact.name, contact.role) == (name, role)


def test_an_address_block_below_the_people_is_not_for_the_press() -> None:
    """Its number is the switchboard's, and would stand before the people as a desk; an address that says so is the press desk's."""
    text = "Kontakt\nIda Ravn\nTlf. 41 87 29 33\n\nFjordby Kommune\nHavnegade 2\n5000 Odense\nTlf. 63 12 44 55\npresse@fjordby.dk"
    found = [(each.kind, each.name, [phone.e164 for phone in each.phones], each.emails) for each in extract_contacts(text, "DK")]
    assert found == [
        (ContactKind.PRESS, "Ida Ravn", ["+4541872933"], ()),
        (ContactKind.OTHER, None, ["+4563124455"], ()),
        (ContactKind.PRESS, None, [], ("presse@fjordby.dk",)),
    ]


def test_lost_separators() -> None:
    """Names, roles and companies that were run together are told apart."""
    text = "ContactAcme GmbHJane FairweatherHead of Corporate CommunicationsTel: +49 431 160 2010E-mail: jf@acme.deSource: Acme"
    (contact,) = extract_contacts(text, "DE", "en")
    assert (contact.name, contact.role, contact.emails) == ("Jane Fairweather", "Head of Corporate Communications", ("jf@acme.de",))


def test_name_is_never_made_from_an_address() -> None:
    """An address alone names nobody, however much it looks like a name."""
    (contact,) = extract_contacts("Kontakt: jane.fairweather@acme.com", "US")
    assert contact.name is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tilmelding sker til moede@fjordby.dk senest fredag.", ContactKind.OTHER),
        ("Investor contact: ir@fjordby.dk", ContactKind.OTHER),
        ("Fjordby Kommune\nRådhustorvet 1\n5000 Odense C\n63 12 44 55", ContactKind.OTHER),
        ("Kontakt: presse@fjordby.dk", ContactKind.PRESS),
        ("Akkreditering hos pressechef Mads Holmby, tlf. 20 41 55 63", ContactKind.PRESS),
    ],
)
def test_whom_a_contact_is_for(text: str, kind: ContactKind) -> None:
    """Sign-up, investors and a bare postal address are not for the press; the general contact of a release is."""
    assert [contact.kind for contact in extract_contacts(text, "DK")] == [kind]


def test_repeated_contact_comes_once() -> None:
    """A contact above and below a release is one contact."""
    line = "Pressekontakt: Mads Holmby, tlf. 20 41 55 63, mho@fjordby.dk\n"
    (contact,) = extract_contacts(line + "Ministeren siger ja til forslaget.\n\n" * 40 + line, "DK")
    assert contact.name == "Mads Holmby"


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.one_of(st.characters(), st.sampled_from("0123456789+-()/. \n@axAB<>[]")), max_size=300),
    st.sampled_from(["DK", "DE", "US", "", "EU", "xx"]),
)
def test_any_text_is_read(text: str, region: str) -> None:
    """No text raises; every number is one by its plan, every address is lower case with one at-sign."""
    for contact in extract_contacts(text, region):
        assert all(
            phone.e164 is None or phonenumbers.is_possible_number(phonenumbers.parse(phone.e164)) for phone in contact.phones
        )
        assert all(email.count("@") == 1 and email == email.lower() for email in contact.emails)


_HUGE = 200_000


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "33920000\n",
        "tlf. 0431 160 2010-12 14/15 / ",
        "@",
        "a@",
        "a@b.dk ",
        "x (at) x.dk ",
        "+45 ",
        "a.",
        "Aa",
        "<a href='mailto:",
        "<!--",
        "[x](",
    ],
)
def test_hostile_text_does_not_hang(piece: str) -> None:
    """Two hundred kilobytes of digits, at-signs or broken markup take well under the bound, which is for hanging."""
    began = time.monotonic()
    extract_contacts(piece * (_HUGE // len(piece)) + "@x.dk", "DE")
    assert time.monotonic() - began < 10


def test_benchmark_runs() -> None:
    """The benchmark reads the cases of the test data, where there are any, and ends in its primary score."""
    folder = os.environ.get("PRESSEVAGT_TEST_DATA")
    if not folder:
        pytest.skip("PRESSEVAGT_TEST_DATA names no folder with contact-cases.jsonl")
    command = [sys.executable, str(ROOT / "benchmarks" / "contacts.py"), str(Path(folder) / "contact-cases.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert re.fullmatch(r"primary \d+/\d+", done.stdout.splitlines()[-1])
