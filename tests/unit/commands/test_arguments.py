"""Arguments, as each command reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands import accept, contact, language, latest, linking, mute, release, search, subscribe
from bot.commands.contact import Wanted
from bot.commands.context import NearMiss
from bot.commands.latest import Latest
from bot.commands.lookup import Reference
from bot.commands.mute import Mute
from bot.commands.release import OneRelease
from bot.commands.subscribe import Which
from bot.errors import UserError
from bot.i18n import texts

EN = texts("en", "Europe/Copenhagen")
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("", Latest()),
        ("um", Latest("um")),
        ("um 10", Latest("um", 10)),
        ("10", Latest("", 10)),
        ("3 københavns politi", Latest("københavns politi", 3)),
        ('"københavns politi" 3', Latest("københavns politi", 3)),
        ("globenewswire-subject-22", Latest("globenewswire-subject-22")),
        ("um ٣", Latest("um ٣")),
    ],
)
def test_latest_takes_a_newsroom_and_a_number_in_either_order(rest: str, wanted: Latest) -> None:
    """Either may be left out; a number within a name is part of the name."""
    read = latest.read(rest, EN, NOW)
    assert (read.words, read.count) == (wanted.words, wanted.count)


@pytest.mark.parametrize("rest", ["um 10 siden mandag", "siden mandag um 10", "kind:nyhed um 10 2025-10-13"])
def test_latest_reads_its_number_among_narrowing_words(rest: str) -> None:
    """Dates and labels are read first: what is left is the newsroom and the number."""
    read = latest.read(rest, EN, NOW)
    assert (read.words, read.count, read.request.since is not None) == ("um", 10, True)


@pytest.mark.parametrize("rest", ["0", "um 51", "99999999999999999999"])
def test_latest_says_how_many_it_can_show(rest: str) -> None:
    """A number out of range is an error that names the range."""
    with pytest.raises(NearMiss, match="1 to 50"):
        latest.read(rest, EN, NOW)


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("3", OneRelease(Reference(3))),
        ("#3", OneRelease(Reference(3))),
        ("id:123", OneRelease(Reference(123, direct=True))),
        ("release:123", OneRelease(Reference(123, direct=True))),
        ("id:123 documents", OneRelease(Reference(123, direct=True), part="documents")),
        ("id:123 calendar", OneRelease(Reference(123, direct=True), part="calendar")),
        ("id:123 in:en", OneRelease(Reference(123, direct=True), language="en", turned=True)),
        ("id:123 as:en", OneRelease(Reference(123, direct=True), language="en")),
        ("id:123 more", OneRelease(Reference(123, direct=True), "more")),
    ],
)
def test_a_release_is_named_by_a_number(rest: str, wanted: OneRelease) -> None:
    """A person gives the number in the list, a button the id."""
    assert release.parse_args(rest, EN) == wanted


@pytest.mark.parametrize("rest", ["", "um", "-1", "1.5", "9" * 30, "id:", "3 4"])
def test_what_is_no_number_of_a_release_is_told_so(rest: str) -> None:
    """The error says what would be one."""
    with pytest.raises(UserError, match="/release 3"):
        release.parse_args(rest, EN)


def test_contact_takes_a_release_or_a_newsroom_or_nothing() -> None:
    """A number is a release, other words a newsroom."""
    assert contact.parse_args("3", EN) == Wanted(release=Reference(3))
    assert contact.parse_args("release:12", EN) == Wanted(release=Reference(12, direct=True))
    assert contact.parse_args("um", EN) == Wanted("um")
    assert contact.parse_args("", EN) == Wanted()


@pytest.mark.parametrize("rest", ["", "!!!", "-", '""', "*"])
def test_a_search_for_nothing_is_an_error_with_an_example(rest: str) -> None:
    """What holds no word cannot be searched for."""
    with pytest.raises(UserError, match="/search sanctions"):
        search.parse_args(rest, EN)


def test_subscribe_knows_all_in_both_languages() -> None:
    """`all` and `alle` mean everything that is offered, a button may name a subscription, else it is a name."""
    assert subscribe.parse_args("all", EN) == subscribe.parse_args("Alle", EN) == Which(everything=True)
    assert subscribe.parse_args("id:7", EN) == Which(subscription_id=7)
    assert subscribe.parse_args('"um"', EN) == Which("um")


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("um silent", Which("um", silent=True)),
        ("um lydløst", Which("um", silent=True)),
        ("um LYDLOEST", Which("um", silent=True)),
        ('"københavns politi" uden lyd', Which("københavns politi", silent=True)),
        ("um with sound", Which("um", silent=False)),
        ("alle med lyd", Which(everything=True, silent=False)),
        ("silent", Which(silent=True)),
        ("silent spring", Which("silent spring")),
        ("id:7 silent", Which(subscription_id=7, silent=True)),
    ],
)
def test_subscribe_takes_a_word_about_sound_at_the_end(rest: str, wanted: Which) -> None:
    """In both languages; within a name it is part of the name."""
    assert subscribe.parse_args(rest, EN) == wanted


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("", Mute()),
        ("um", Mute("um")),
        ("all", Mute()),
        ("alle 8t", Mute(span=timedelta(hours=8))),
        ("8h", Mute(span=timedelta(hours=8))),
        ("um 24 hours", Mute("um", timedelta(hours=24))),
        ("24 timer um", Mute("um", timedelta(hours=24))),
        ("8t »københavns politi«", Mute("københavns politi", timedelta(hours=8))),
        ("um for 30 min", Mute("um", timedelta(minutes=30))),
        ("um i en time", Mute("um", timedelta(hours=1))),
        ("et døgn", Mute(span=timedelta(days=1))),
        ("until tomorrow", Mute(until_morning=True)),
        ("um tomorrow", Mute("um", until_morning=True)),
        ("um TIL I MORGEN", Mute("um", until_morning=True)),
        ("i morgen um", Mute("um", until_morning=True)),
        ("off", Mute(off=True)),
        ("fra", Mute(off=True)),
        ("um fra", Mute("um", off=True)),
        ("off um", Mute("um", off=True)),
        ("off all", Mute(off=True)),
        ("24syv", Mute("24syv")),
        ("region h", Mute("region h")),
    ],
)
def test_mute_takes_a_newsroom_and_a_time_in_either_order(rest: str, wanted: Mute) -> None:
    """In both languages; either may be left out: then it is everything here, for an hour."""
    assert mute.parse_args(rest, EN) == wanted


@pytest.mark.parametrize("rest", ["um 101d", "um 0h", "um 999999 days"])
def test_mute_says_for_how_long_it_can(rest: str) -> None:
    """A hundred days; with a button for what is meant most often."""
    with pytest.raises(NearMiss, match="100 days") as caught:
        mute.parse_args(rest, EN)
    assert [button.command for button in caught.value.buttons] == ["/mute um until tomorrow"]


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-20T12:01:00+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-20T23:59:00+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-21T03:59:00+01:00", "2026-11-21T07:00:00+01:00"),
        ("2026-11-21T04:00:00+01:00", "2026-11-22T07:00:00+01:00"),
        ("2027-03-27T12:00:00+01:00", "2027-03-28T07:00:00+02:00"),
        ("2026-10-24T12:00:00+02:00", "2026-10-25T07:00:00+01:00"),
    ],
)
def test_tomorrow_begins_at_seven_where_the_reader_is(now: str, morning: str) -> None:
    """Summer time or not; whoever is up at three means this morning."""
    assert mute.next_morning(datetime.fromisoformat(now), ZoneInfo("Europe/Copenhagen")) == datetime.fromisoformat(morning)


def test_languages_go_by_code_and_by_name() -> None:
    """In either language; one that the bot does not speak is an error with those that it does."""
    assert [language.parse_args(word, EN) for word in ("da", "Dansk", "danish", "engelsk", "EN", "")] == [
        "da",
        "da",
        "da",
        "en",
        "en",
        "",
    ]
    with pytest.raises(NearMiss) as caught:
        language.parse_args("klingon", EN)
    assert [button.command for button in caught.value.buttons] == ["/language da", "/language en"]


def test_accept_needs_a_newsroom() -> None:
    """It is never done by accident to all."""
    with pytest.raises(UserError):
        accept.parse_args("", EN)


def test_a_code_has_a_figure_and_names_have_none() -> None:
    """So a conversation called newsdesk is linked by its name, and no code is taken for one."""
    assert linking.parse_args("newsdesk", EN) == linking.Asked(words="newsdesk")
    assert linking.parse_args("News-Desk", EN) == linking.Asked(words="News-Desk")
    assert linking.parse_args("ktra-7mwq", EN) == linking.Asked("KTRA-7MWQ")
    for _ in range(200):
        code = linking.new_code()
        assert linking.parse_args(f"{code.lower()} yes", EN) == linking.Asked(code, what="yes")
