"""The catalogue of newsrooms, and newsrooms given by an address."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from urllib.parse import urlsplit

import phonenumbers
import pytest

from bot.domain.contact import Contact, ContactKind, Phone
from bot.domain.newsroom import NewsroomEntry
from bot.errors import SettingsError
from bot.feeds.addresses import slug_of
from bot.feeds.catalogue import Ambiguous, Catalogue, Found, Unknown, entry_for_address

CATALOGUE = Catalogue.load()
UM = "https://via.ritzau.dk/rss/releases/latest?publisherId=2012662"


def slug(words: str) -> str | None:
    """The slug that words find, or None."""
    match CATALOGUE.find(words):
        case Found(entry):
            return entry.slug
        case _:
            return None


def test_every_row_is_a_newsroom_that_can_be_polled() -> None:
    """Slugs are plain and unique, and each row has a name and an http(s) feed of its own."""
    assert len(CATALOGUE.entries) > 90
    assert (
        len({entry.slug for entry in CATALOGUE.entries}) == len({e.feed_url for e in CATALOGUE.entries}) == len(CATALOGUE.entries)
    )
    for entry in CATALOGUE.entries:
        assert entry.slug == slug_of(entry.slug)
        assert entry.name.strip() == entry.name != ""
        assert urlsplit(entry.feed_url).scheme in ("http", "https")
        assert entry.platform in ("via", "via-short", "rss", "atom")
        assert len(entry.language) == 2


def test_no_name_leads_to_two_newsrooms() -> None:
    """Slugs, names and aliases, in whatever spelling, belong to one row each."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for entry in CATALOGUE.entries:
        for name in (entry.slug, entry.name, *entry.aliases):
            assert name.strip() == name != ""
            assert slug(name) == entry.slug, name
            owners[slug_of(name)].add(entry.slug)
    assert {name: slugs for name, slugs in owners.items() if len(slugs) > 1} == {}


def test_every_press_desk_has_a_number_or_address_that_works() -> None:
    """Press numbers are valid E.164, so that they can be called."""
    desks = [entry.contact for entry in CATALOGUE.entries if entry.contact]
    assert len(desks) >= 3
    for desk in desks:
        assert desk.phones or desk.emails
        for phone in desk.phones:
            assert phonenumbers.is_valid_number(phonenumbers.parse(phone.e164 or ""))


def test_the_press_duty_desk_of_the_foreign_ministry_is_known() -> None:
    """The contact card has the desk's own word, its number with the note, and its address."""
    entry = CATALOGUE.get("udenrigsministeriet")
    assert entry is not None
    assert entry.contact == Contact(
        kind=ContactKind.PRESS,
        role="pressevagten",
        org="Udenrigsministeriet",
        phones=(Phone("+4561979247", note="ikke SMS"),),
        emails=("pressevagten@um.dk",),
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("um", "udenrigsministeriet"),
        ("mfa", "udenrigsministeriet"),
        ("udenrigs", "udenrigsministeriet"),
        ("Foreign Ministry of Denmark", "udenrigsministeriet"),
        ("udenrigsminsteriet", "udenrigsministeriet"),
        ("københavns politi", "koebenhavns-politi"),
        ("koebenhavns politi", "koebenhavns-politi"),
        ("kobenhavns politi", "koebenhavns-politi"),
        ("kbh politi", "koebenhavns-politi"),
        ("FM", "finansministeriet"),
        ("kefm", "klima-energi-og-forsyningsministeriet"),
        ("sst", "sundhedsstyrelsen"),
        ("ism", "sundhedsministeriet"),
        ("sum", "sundhedsministeriet"),
        ("Business Wire", "business-wire"),
        ("sapo", "sakerhetspolisen"),
    ],
)
def test_people_find_newsrooms_by_what_they_call_them(words: str, expected: str) -> None:
    """Abbreviations, parts, English names and misspellings lead to the newsroom."""
    assert slug(words) == expected


def test_a_word_that_fits_several_newsrooms_is_answered_with_them() -> None:
    """The choice is the reader's."""
    match = CATALOGUE.find("københavns")
    assert isinstance(match, Ambiguous)
    assert [entry.slug for entry in match.entries] == ["koebenhavns-politi", "koebenhavns-vestegns-politi"]


def test_an_unknown_newsroom_is_answered_with_the_nearest() -> None:
    """A ministry that is not in the catalogue is not taken for another, only likened to it."""
    match = CATALOGUE.find("justitsministeriet")
    assert isinstance(match, Unknown)
    assert "finansministeriet" in {entry.slug for entry in match.nearest}
    assert CATALOGUE.find("zzzz") == Unknown(())


def test_search_lists_what_fits_and_everything_for_no_words() -> None:
    """`/newsrooms politi` lists the police, `/newsrooms` all by name, and a misspelt word what was meant."""
    assert len(CATALOGUE.search("politi")) >= 14
    assert {entry.slug for entry in CATALOGUE.search("styrelsen")} == {"erhvervsstyrelsen", "sundhedsstyrelsen"}
    everything = CATALOGUE.search()
    assert len(everything) == len(CATALOGUE.entries)
    assert everything[0].name == "Bornholms Politi"
    assert [entry.slug for entry in CATALOGUE.search("enregninet")] == ["energinet"]


@pytest.mark.parametrize(
    "address",
    [
        UM,
        "http://via.ritzau.dk/rss/releases/latest?publisherId=2012662",
        "https://VIA.ritzau.dk:443/rss/releases/latest?publisherId=2012662#top",
        "https://via.ritzau.dk/rss/releases/latest&publisherId=2012662",
        "https://via.ritzau.dk/nyhedsrum/2012662/udenrigsministeriet",
        "https://via.ritzau.dk/nyhedsrum/2012662",
        "https://via.ritzau.dk/nyhedsrum/udenrigsministeriet/r?publisherId=2012662",
        "https://via.ritzau.dk/public-website-api/pressroom/2012662",
        "https://via.ritzau.dk/public-website-api/pressroom/2012662/releases/5000/0?categories=19",
        "https://via.ritzau.dk/json/v2/releases?publisher=2012662",
        "https://via.ritzau.dk/pressemeddelelse/15000001/en-titel?publisherId=2012662&lang=da",
        "  https://via.ritzau.dk/nyhedsrum/2012662/udenrigsministeriet ",
    ],
)
def test_every_address_of_a_known_via_newsroom_is_that_newsroom(address: str) -> None:
    """Pages, listings and feeds on Via hold the newsroom's number, which is all that counts."""
    assert entry_for_address(address) is CATALOGUE.get("udenrigsministeriet")


@pytest.mark.parametrize(
    ("address", "feed", "name", "language"),
    [
        (
            "https://via.ritzau.dk/nyhedsrum/4711/et-nyt-sted",
            "https://via.ritzau.dk/rss/releases/latest?publisherId=4711",
            "Et nyt sted",
            "da",
        ),
        ("https://via.tt.se/pressrum/4711", "https://via.tt.se/rss/releases/latest?publisherId=4711", "via.tt.se 4711", "sv"),
        (
            "https://kommunikasjon.ntb.no/presserom/noe/r?publisherId=4711",
            "https://kommunikasjon.ntb.no/rss/releases/latest?publisherId=4711",
            "Noe",
            "no",
        ),
        ("https://sttinfo.fi/uutishuone/4711/uusi", "https://www.sttinfo.fi/rss/releases/latest?publisherId=4711", "Uusi", "fi"),
        (
            "https://via.ritzau.dk/rss/short-messages/latest?publisherId=4711",
            "https://via.ritzau.dk/rss/short-messages/latest?publisherId=4711",
            "via.ritzau.dk 4711",
            "da",
        ),
    ],
)
def test_an_unknown_via_newsroom_gets_its_feed_from_its_number(address: str, feed: str, name: str, language: str) -> None:
    """All four hosts are read, and short messages stay short messages."""
    entry = entry_for_address(address)
    assert (entry.feed_url, entry.name, entry.language) == (feed, name, language)
    assert entry.platform == ("via-short" if "short" in feed else "via")


def test_a_bare_feed_address_is_a_newsroom_named_after_its_host() -> None:
    """Nothing more is known about it."""
    assert entry_for_address("https://www.example.org/nyheder/feed.xml") == NewsroomEntry(
        slug="example-org-nyheder-feed-xml", name="www.example.org", feed_url="https://www.example.org/nyheder/feed.xml"
    )


def test_feeds_that_differ_in_port_or_query_have_slugs_of_their_own() -> None:
    """Two addresses never become one newsroom, nor take a slug that the catalogue has given away."""
    addresses = [
        "http://127.0.0.1:8001/feed",
        "http://127.0.0.1:8002/feed",
        "https://example.org/feed",
        "https://example.org/feed?id=1",
        "https://example.org/feed?id=2",
        "https://example.org/" + "a" * 80,
        "https://example.org/" + "a" * 81,
        "https://regeringen.se/",
        "https://пример.example/",
        "https://другой.example/",
    ]
    slugs = {entry_for_address(address).slug for address in addresses}
    assert len(slugs) == len(addresses)
    assert not slugs & {entry.slug for entry in CATALOGUE.entries}


@pytest.mark.parametrize(
    "address",
    ["", "udenrigsmin", "ftp://example.org/feed", "file:///etc/passwd", "https://", "https://[::1", "https://h:99999/",
     "https://a b/",
     "https://h/\nx", "javascript:alert(1)", "//example.org/feed", "https://h/" + "x" * 3000],
)  # fmt: skip
def test_what_is_no_web_address_is_a_settings_error_in_one_line(address: str) -> None:
    """The error shows what stood there and what should."""
    with pytest.raises(SettingsError) as error:
        entry_for_address(address)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    """Secrets do not belong in addresses, nor in messages about them."""
    with pytest.raises(SettingsError) as error:
        entry_for_address("https://me:hemmelig@example.org/feed")
    assert "hemmelig" not in str(error.value)


def test_the_catalogue_loads_neither_the_http_client_nor_the_parsers() -> None:
    """Commands that only name newsrooms start quickly."""
    code = (
        "import sys, bot.feeds.catalogue as c; c.Catalogue.load(); print({'aiohttp', 'feedparser', 'justhtml'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
