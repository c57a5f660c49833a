"""Documents of the Via platform, in its shape, about people who do not exist."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.contact import Contact, Phone
from bot.domain.prose import plain
from bot.domain.release import Document, Kind, ParsedRelease, Picture, Translation
from bot.errors import FeedError, MalformedFeed
from bot.feeds.reading.via import ViaRoom, release_number, via_room
from bot.feeds.reading.via_document import read_document
from bot.feeds.reading.via_json import read_whole
from bot.feeds.reading.via_listing import read_listing
from bot.feeds.reading.via_versions import Newsdesk

ROOM = ViaRoom("https://via.ritzau.dk", 7001)
DESK = Newsdesk(ROOM, datetime(2026, 11, 20, 11, 0, tzinfo=UTC), "da", "DK")
URL = ROOM.listing(0)

LISTING: dict[str, Any] = {
    "paging": {"count": 41, "itemsPerPage": 20, "page": 0},
    "releases": [
        {
            "id": 15000002,
            "date": "2026-10-01T07:21:34.266Z",
            "versions": {
                "da": {
                    "title": "Kajen åbner\u00a0igen",
                    "type": "Nyhed",
                    "metadescription": "Fra mandag kan  skibe lægge til.",
                    "url": "/release/15000002/kajen-abner-igen?publisherId=7001&lang=da",
                    "image": {"path": "/data/images/public/7001/kaj.jpg", "caption": None, "focus": "center"},
                    "logoUrl": "/data/images/public/7001/logo.png",
                },
                "en": {
                    "title": "The quay opens",
                    "type": "Nyhed",
                    "metadescription": "From Monday.",
                    "url": "/release/15000002/the-quay?publisherId=7001&lang=en",
                    "image": None,
                },
            },
        },
        {
            "id": 15000001,
            "date": "2026-09-30T13:00:00.000Z",
            "versions": {"da": {"title": "Havnen inviterer", "type": "Presseinvitation", "metadescription": "Kom.", "url": None}},
        },
    ],
    "categories": [],
    "brands": [],
}
RELEASE: dict[str, Any] = {
    "id": 15000002,
    "date": "2026-10-01T07:21:34.266Z",
    "versions": {
        "da": {
            "title": "Kajen åbner igen",
            "type": "Pressemeddelelse",
            "leadtext": "<p>Fra mandag kan skibe lægge til.</p>",
            "body": {
                "complete": "<p>Havnefogeden er glad.</p><p>Ring til pressevagten +45 33 12 34 56 (ikke SMS).</p>"
                "<script>x()</script>"
            },
            "keywords": "havn, kaj",
            "contacts": {
                "cards": [
                    {
                        "name": "Freja Holmsted",
                        "title": "havnefoged",
                        "company_department": "Drift",
                        "anything": ["Tlf. 20 30 40 50"],
                        "deep": {"er": "freja@havnen.example"},
                    },
                    {"name": "Pressevagten", "phone": "+45 33 12 34 56"},
                    {"name": None},
                    "no card",
                ]
            },
            "leadimage": {
                "url": "/data/kaj.jpg",
                "caption": "Kajen",
                "credit": "Foto: Birk Dam",
                "thumbnail_16_9": "/data/kaj-s.jpg",
            },
            "images": [{"path": "https://via.ritzau.dk/data/skib.jpg", "caption": "Et skib"}],
            "documents": [{"downloadPath": "/data/kort.pdf", "originalFilename": "Kort over kajen.pdf"}, {"nothing": 1}],
            "url": "/release/15000002/kajen-abner-igen?publisherId=7001&lang=da",
        }
    },
}
WHOLE: dict[str, Any] = {
    "releases": [
        {
            "id": 15000002,
            "title": "Kajen åbner igen",
            "url": "https://via.ritzau.dk/pressemeddelelse/15000002/kajen?publisherId=7001&lang=da",
            "leadtext": None,
            "body": "<p>Fra mandag kan skibe lægge til.</p>",
            "published": "2026-10-01T09:21:34+02:00",
            "publisher": {"id": 7001, "name": "Havnen"},
            "keywords": ["havn"],
            "contacts": {
                "text": None,
                "persons": [{"name": "Freja Holmsted", "title": None, "phone": None, "email": "freja@havnen.example"}],
            },
            "mainImage": {
                "url": "/data/kaj.jpg",
                "caption": "Kajen",
                "normal": "/data/kaj-n.jpg",
                "thumbnail_square": "/data/kaj-q.jpg",
            },
            "documents": [{"url": "/data/kort.pdf", "caption": "Kort"}],
            "versions": [
                {
                    "id": 15000009,
                    "title": "The quay opens",
                    "language": "en",
                    "url": "/pressemeddelelse/15000009/the-quay?publisherId=7001&lang=en",
                }
            ],
            "language": "da",
            "type": "Pressemeddelelse",
        },
        {"id": 15000003, "title": "En andens", "publisher": {"id": 1}, "body": "<p>x</p>"},
    ],
    "nextPage": 1,
    "totalCount": 41,
}


def encoded(value: object) -> bytes:
    """A document as it comes."""
    return json.dumps(value, ensure_ascii=False).encode()


def readers(body: bytes) -> list[Callable[[], Sequence[ParsedRelease]]]:
    """All that a document may be read as."""
    return [
        lambda: read_listing(body, DESK, URL).releases,
        lambda: read_document(body, 15000002, DESK, URL),
        lambda: read_whole(body, DESK, URL).releases,
    ]


@pytest.mark.parametrize(
    ("url", "room"),
    [
        ("https://via.ritzau.dk/rss/releases/latest?publisherId=7001", ROOM),
        ("https://via.tt.se/rss/releases/latest?lang=sv&publisherId=5", ViaRoom("https://via.tt.se", 5)),
        ("https://via.ritzau.dk/rss/short-messages/latest?publisherId=7001", None),
        ("https://via.ritzau.dk/rss/releases/latest&publisherId=7001", None),
        ("https://andre.example/rss/releases/latest?publisherId=7001", None),
        ("https://via.ritzau.dk@andre.example/rss/releases/latest?publisherId=7001", None),
        ("https://[", None),
    ],
)
def test_a_newsroom_is_known_by_its_feed(url: str, room: ViaRoom | None) -> None:
    """On the platform's own hosts alone."""
    assert via_room(url) == room


def test_numbers_are_those_of_releases() -> None:
    """Short messages have no document, and other feeds no number."""
    assert release_number("via:via.ritzau.dk:15000002") == 15000002
    assert [release_number(name) for name in ("via:via.ritzau.dk:1#sm-1", "url:havnen.example/1", "guid:1")] == [None] * 3


def test_a_listing_gives_number_time_kind_title_lead_and_picture() -> None:
    """Language versions are one release, and the total tells how far the history goes."""
    found = read_listing(encoded(LISTING), DESK, URL)
    assert (found.total, found.is_last, found.faults) == (41, False, ())
    danish, english, invitation = found.releases
    assert danish.external_id == english.external_id == "via:via.ritzau.dk:15000002"
    assert danish.published == datetime(2026, 10, 1, 7, 21, 34, tzinfo=UTC)
    assert (danish.content.title, danish.content.lead) == ("Kajen åbner igen", "Fra mandag kan skibe lægge til.")
    assert (danish.content.kind, danish.content.kind_word) == (Kind.NEWS, "Nyhed")
    assert danish.content.pictures == (Picture("https://via.ritzau.dk/data/images/public/7001/kaj.jpg"),)
    assert english.content.language == "en"
    assert (invitation.content.kind, invitation.content.url) == (
        Kind.INVITATION,
        "https://via.ritzau.dk/release/15000001?publisherId=7001&lang=da",
    )


def test_an_older_listing_had_no_versions() -> None:
    """Title and address stood on the release itself."""
    entry = {"id": 15000001, "date": "2026-09-30T13:00:00.000Z", "title": "Havnen inviterer", "url": "/release/15000001/x?lang=da"}
    (release,) = read_listing(encoded({"releases": [entry]}), DESK, URL).releases
    assert (release.external_id, release.content.language) == ("via:via.ritzau.dk:15000001", "da")


@pytest.mark.parametrize(
    ("paging", "entries", "is_last"),
    [
        ({"count": 41, "itemsPerPage": 20, "page": 1}, 2, False),
        ({"count": 41, "itemsPerPage": 20, "page": 2}, 1, True),
        ({"count": 2, "itemsPerPage": 20, "page": 0}, 2, True),
        (None, 2, False),
        (None, 0, True),
    ],
)
def test_the_last_page_is_known(paging: object, entries: int, is_last: bool) -> None:
    """By the count, or by holding nothing."""
    body = encoded({"paging": paging, "releases": LISTING["releases"][:entries]})
    assert read_listing(body, DESK, URL).is_last is is_last


def test_a_document_gives_text_contacts_pictures_and_files() -> None:
    """Cards first, and of the text the contacts that no card names; what the text says of a number is kept."""
    (release,) = read_document(encoded(RELEASE), 15000002, DESK, URL)
    content = release.content
    assert (content.kind, content.keywords) == (Kind.PRESS_RELEASE, ("havn", "kaj"))
    assert plain(content.body).startswith("Havnefogeden er glad.")
    assert "x()" not in plain(content.body)
    person, desk = content.contacts
    assert (person.name, person.role, person.org) == ("Freja Holmsted", "havnefoged", "Drift")
    assert (person.phones, person.emails) == ((Phone("+4520304050"),), ("freja@havnen.example",))
    assert desk == Contact(role="Pressevagten", phones=(Phone("+4533123456", note="ikke SMS"),))
    assert content.pictures == (
        Picture("https://via.ritzau.dk/data/kaj.jpg", "Kajen", "Foto: Birk Dam", "https://via.ritzau.dk/data/kaj-s.jpg"),
        Picture("https://via.ritzau.dk/data/skib.jpg", "Et skib"),
    )
    assert content.documents == (Document("https://via.ritzau.dk/data/kort.pdf", "Kort over kajen.pdf"),)


def test_a_body_may_be_a_text_or_stand_elsewhere() -> None:
    """And a lead may be called otherwise."""
    for body in ("<p>Et ord.</p>", {"cookieless": {"content": "<p>Et ord.</p>"}}):
        changed = deepcopy(RELEASE)
        changed["versions"]["da"] |= {"body": body, "leadtext": None, "metadescription": "Kort."}
        (release,) = read_document(encoded(changed), 15000002, DESK, URL)
        assert (plain(release.content.body), release.content.lead) == ("Et ord.", "Kort.")


def test_whole_releases_give_translations_too() -> None:
    """Under their own numbers; what another newsroom published is left out."""
    (release,) = read_whole(encoded(WHOLE), DESK, URL).releases
    content = release.content
    assert release.published == datetime(2026, 10, 1, 7, 21, 34, tzinfo=UTC)
    assert plain(content.body) == "Fra mandag kan skibe lægge til."
    assert content.contacts[0].emails == ("freja@havnen.example",)
    assert content.pictures[0].thumbnail == "https://via.ritzau.dk/data/kaj-q.jpg"
    assert content.documents == (Document("https://via.ritzau.dk/data/kort.pdf", "Kort"),)
    assert content.translations == (
        Translation(
            "via:via.ritzau.dk:15000009",
            "en",
            "The quay opens",
            "https://via.ritzau.dk/pressemeddelelse/15000009/the-quay?publisherId=7001&lang=en",
        ),
    )


def test_addresses_of_others_are_not_taken_for_the_release() -> None:
    """A link to another release, or to another host, becomes one made of the number."""
    for url in ("/release/15000077/x?lang=da", "https://andre.example/release/15000002/x", "javascript:alert(1)"):
        changed = deepcopy(RELEASE)
        changed["versions"]["da"]["url"] = url
        (release,) = read_document(encoded(changed), 15000002, DESK, URL)
        assert release.external_id == "via:via.ritzau.dk:15000002"
        assert release.content.url == "https://via.ritzau.dk/release/15000002?publisherId=7001&lang=da"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html></html>", b'{"releases": {}}', b"[" * 100_000, b'"x"', b"\xff\xfe"])
def test_what_is_no_such_document_is_said_to_be_none(body: bytes) -> None:
    """A bare list too: the one seen was invented."""
    for read in readers(body):
        with pytest.raises(MalformedFeed):
            read()


def test_the_document_of_another_release_is_refused() -> None:
    """A server that answers with something else must not put its words into this release's mouth."""
    with pytest.raises(MalformedFeed):
        read_document(encoded(RELEASE), 15000003, DESK, URL)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where values stand inside of a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, item in inside for place in places(item, (*at, key)))]


@given(st.sampled_from([LISTING, RELEASE, WHOLE]), st.data())
def test_anything_may_stand_anywhere(document: dict[str, Any], data: st.DataObject) -> None:
    """Whatever a field holds in place of what we know of it, reading gives releases or says that there are none."""
    changed = deepcopy(document)
    place = data.draw(st.sampled_from(places(document)[1:]))
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = data.draw(ANYTHING)
    for read in readers(encoded(changed)):
        try:
            releases = read()
        except FeedError:
            continue
        assert all(release.external_id.startswith("via:via.ritzau.dk:") and release.content.title for release in releases)
