"""Which release an item is, whatever its newsroom changes around it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.html.links import absolute_url, same_address, shown_link, without_tracking
from bot.feeds.reading.identity import Named, distinct, external_id, language_tag, via_release

DAY = datetime(2025, 10, 13, tzinfo=UTC)


def identity(guid: str = "", link: str = "", title: str = "T") -> str:
    """The identity of an item."""
    return external_id(Named(guid, link, title, DAY))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://via.ritzau.dk/pressemeddelelse/14500005/slug?publisherId=2012662&lang=da", ("via:via.ritzau.dk:14500005", "da")),
        ("http://via.ritzau.dk/release/14500005/other-slug?lang=EN", ("via:via.ritzau.dk:14500005", "en")),
        ("https://via.ritzau.dk/pressemeddelelse/slug?publisherId=2012662&releaseId=14500005", ("via:via.ritzau.dk:14500005", "")),
        ("https://via.ritzau.dk/pressemeddelelse/15002803/x?lang=da#sm-15002804", ("via:via.ritzau.dk:15002803#sm-15002804", "da")),
        ("https://via.ritzau.dk/pressemeddelelse/15002803/x?lang=da#top", ("via:via.ritzau.dk:15002803", "da")),
        ("https://via.tt.se/pressmeddelande/1/x", ("via:via.tt.se:1", "")),
        ("https://kommunikasjon.ntb.no/pressemelding/2/x", ("via:kommunikasjon.ntb.no:2", "")),
        ("https://www.sttinfo.fi/tiedote/3/x?lang=fi", ("via:www.sttinfo.fi:3", "fi")),
        ("https://sttinfo.fi/tiedote/3/x?lang=fi", ("via:www.sttinfo.fi:3", "fi")),
        ("https://via.ritzau.dk/nyhedsrum/2012662/udenrigsministeriet", None),
        ("https://evil.test/pressemeddelelse/14500005/x", None),
        ("https://via.ritzau.dk.evil.test/release/1/x", None),
        ("nonsense", None),
        ("http://[", None),
    ],
)
def test_via_addresses(url: str, expected: tuple[str, str] | None) -> None:
    """A Via release is its host and number in every form of its address; nothing else is one."""
    assert via_release(url) == expected


def test_mark_in_the_guid_alone() -> None:
    """A short message is told by its mark even if only the guid has it."""
    page = "https://via.ritzau.dk/pressemeddelelse/15002803/x?lang=da"
    assert identity(f"{page}#sm-7", page) == "via:via.ritzau.dk:15002803#sm-7"


SAME = [
    "https://um.dk/nyheder/broen?id=1&b=2",
    "http://um.dk/nyheder/broen?id=1&b=2",
    "https://www.um.dk/nyheder/broen?b=2&id=1",
    "https://UM.dk:443/Nyheder/broen/?id=1&b=2#top",
    "http://um.dk:80/nyheder/broen?utm_source=rss&id=1&b=2&fbclid=x&mc_cid=2&gclid=3",
    "https://um.dk/nyheder/br%6Fen?id=1&b=2&UTM_Campaign=a",
]


@pytest.mark.parametrize("url", SAME)
@pytest.mark.parametrize("as_guid", [True, False])
def test_one_page_one_release(url: str, *, as_guid: bool) -> None:
    """Scheme, www, port, slash, case, escapes, order and tracking make no second release, in guids and in links."""
    assert identity(url if as_guid else "", "" if as_guid else url) == identity(link=SAME[0])


def test_guid_before_link() -> None:
    """A guid outlives a changed link; its case and spaces do not count."""
    assert identity(" ABC-12 ", "https://um.dk/a") == identity("abc-12", "https://um.dk/b") == "guid:abc-12"


def test_title_and_date_at_last() -> None:
    """Without guid and link a release is its title and date."""
    assert identity(title="A  b") == identity(title="a b")
    assert identity(title="A") != identity(title="B")
    assert external_id(Named("", "", "A", DAY)) != external_id(Named("", "", "A", None, "later"))


def test_long_identities_are_bounded() -> None:
    """An absurdly long guid is told by its digest."""
    assert len(identity("x" * 100_000)) < 300
    assert identity("x" * 100_000) != identity("x" * 99_999)


def named(guid: str, link: str, title: str, language: str = "") -> tuple[Named, str]:
    """An item with its language."""
    return Named(guid, link, title, DAY), language


def test_language_versions_share_an_identity() -> None:
    """One number in two languages is one release in two versions."""
    page = "https://via.ritzau.dk/release/1/x?lang="
    assert distinct([named("", page + "da", "A", "da"), named("", page + "en", "B", "en")]) == ["via:via.ritzau.dk:1"] * 2


def test_same_guid_for_everything() -> None:
    """Where one guid stands for several titles and links, the links count."""
    items = [named("g", f"https://a.test/{n}", f"T{n}") for n in range(3)]
    assert distinct(items) == ["url:a.test/0", "url:a.test/1", "url:a.test/2"]


def test_same_link_for_everything() -> None:
    """Where one link stands for several titles and dates, title and date count."""
    items = [(Named("", "https://a.test/", f"T{n}", DAY.replace(day=n + 1)), "") for n in range(3)]
    names = distinct(items)
    assert len(set(names)) == 3
    assert all(name and name.startswith("hash:") for name in names)


@pytest.mark.parametrize("guid", ["", "https://a.test/"])
def test_same_link_and_no_dates(guid: str) -> None:
    """Where one link, which may stand as guid too, is all that tells, titles count; what repeats link and title is left out."""
    items = [(Named(guid, "https://a.test/", title), "") for title in ("Bro", "Vej", "Bro")]
    first, second, repeated = distinct(items)
    assert first != second
    assert repeated is None
    assert distinct(items[:1]) == ["url:a.test"]


def test_anchors_on_one_page() -> None:
    """Items that are anchors of one page stay apart."""
    items = [named(f"https://a.test/p#{n}", f"https://a.test/p#{n}", f"T{n}") for n in range(3)]
    assert len(set(distinct(items))) == 3


def test_real_duplicates() -> None:
    """Same guid and title, or same guid and link: the first is kept."""
    items = [named("g", "https://a.test/1", "T"), named("g", "https://a.test/2", "T"), named("g", "https://a.test/1", "U")]
    assert distinct(items[:2]) == ["guid:g", None]
    assert distinct([items[0], items[2]]) == ["guid:g", None]


def test_equal_titles_stay_apart() -> None:
    """Equal titles with guids of their own are two releases."""
    assert distinct([named("1", "", "Møde"), named("2", "", "Møde")]) == ["guid:1", "guid:2"]


SLUG = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20)
TRACKING = st.lists(st.sampled_from(["utm_source=x", "utm_medium=y", "fbclid=1", "gclid=2", "mc_eid=3", "UTM_TERM=z"]), max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.lists(SLUG, min_size=1, max_size=3), TRACKING, st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["", "#top"]))
def test_stable(path: list[str], tracking: list[str], http: bool, www: bool, slash: bool, fragment: str) -> None:
    """No mixture of the harmless changes makes another release."""
    link = f"https://a.test/{'/'.join(path)}"
    changed = link.replace("https://", f"{'http' if http else 'https'}://{'www.' if www else ''}") + "/" * slash
    changed += ("?" + "&".join(tracking) if tracking else "") + fragment
    assert identity(link=link) == identity(link=changed) == identity(guid=changed.upper())


@pytest.mark.parametrize(("tag", "language"), [("da-DK", "da"), ("EN", "en"), (" nb ", "nb"), ("", ""), ("æ", ""), ("x" * 50, "")])
def test_language_tags(tag: str, language: str) -> None:
    """Of a tag its language counts; what is no tag is none."""
    assert language_tag(tag) == language


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/a b", "https://a.test/a%20b"),
        ("../x?y=æ", "https://a.test/x?y=%C3%A6"),
        ("//b.test/", "https://b.test/"),
        ("https://bøde.test/", "https://xn--bde-0na.test/"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        (" jaVaScript:alert(1)", None),
        ("data:text/html,x", None),
        ("tel:+4533920000", None),
        ("ftp://a.test/", None),
        ("https://um.dk@evil.test/", None),
        ("https://", None),
        ("http://[::1", None),
        ("https://a.test:99999/", None),
        ("https://a.test/\u202etxt.exe", "https://a.test/txt.exe"),
        ("https://a.test/" + "x" * 3_000, None),
        ("mailto:presse@um.dk?subject=Hej&body=x", "mailto:presse@um.dk"),
        ("mailto:nobody", None),
        ("MAILTO:Presse@um.dk", "mailto:Presse@um.dk"),
        ("https://a.test/<b>\"'", "https://a.test/%3Cb%3E%22'"),
    ],
)
def test_links_that_may_be_shown(href: str, url: str | None) -> None:
    """Only absolute http(s) and mailto addresses come through, in plain ASCII."""
    assert shown_link(href, "https://a.test/p/q") == url


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
def test_any_href(href: str) -> None:
    """Whatever stands in a link, what comes out is printable ASCII of a known scheme, and is its own result."""
    url = absolute_url(href, "https://a.test/")
    if url is not None:
        assert url.startswith(("http://", "https://"))
        assert url.isascii()
        assert url.isprintable()
        assert absolute_url(url) == url
        assert same_address(url) == same_address(without_tracking(url))


@pytest.mark.parametrize("guid", ["abc\x00", "\x01a\x7fbc", "ab\ud800c", " \x00 abc \x1b"])
def test_what_nobody_sees_is_no_part_of_an_identity(guid: str) -> None:
    """NUL, control characters and lone surrogates, which a database may refuse."""
    assert identity(guid) == "guid:abc"


def test_what_nobody_sees_may_be_escaped_in_an_address() -> None:
    """An identity is made of what the address says in clear."""
    assert identity("https://um.dk/a%00b%1Bc") == "url:um.dk/abc"
    assert identity("\x00", "https://um.dk/abc") == "url:um.dk/abc", "a guid of which nothing is left is none"


def test_identities_that_differ_by_what_nobody_sees_are_told_apart() -> None:
    """As any others that are the same."""
    items = [
        (Named("5", "https://um.dk/a", "Broen", DAY), "da"),
        (Named("5\x00", "https://um.dk/b", "Kajen", DAY), "da"),
        (Named("6\x01", "https://um.dk/c", "Havnen", DAY), "da"),
        (Named("6", "https://um.dk/c", "Havnen", DAY), "da"),
    ]
    assert distinct(items) == ["url:um.dk/a", "url:um.dk/b", "guid:6", None]
