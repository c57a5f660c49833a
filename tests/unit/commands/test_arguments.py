"""Arguments, as each command reads them."""

from __future__ import annotations

import pytest

from bot.commands import accept, contact, language, latest, release, search, subscribe
from bot.commands.contact import Wanted
from bot.commands.context import NearMiss
from bot.commands.latest import Latest
from bot.commands.lookup import Reference
from bot.commands.release import OneRelease
from bot.commands.subscribe import Which
from bot.errors import UserError
from bot.i18n import texts

EN = texts("en", "Europe/Copenhagen")


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
    assert latest.parse_args(rest, EN) == wanted


@pytest.mark.parametrize("rest", ["0", "um 51", "um 999999999"])
def test_latest_says_how_many_it_can_show(rest: str) -> None:
    """A number out of range is an error that names the range."""
    with pytest.raises(NearMiss, match="1 to 50"):
        latest.parse_args(rest, EN)


@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        ("3", OneRelease(Reference(3))),
        ("#3", OneRelease(Reference(3))),
        ("id:123", OneRelease(Reference(123, direct=True))),
        ("release:123", OneRelease(Reference(123, direct=True))),
        ("id:123 documents", OneRelease(Reference(123, direct=True), documents=True)),
        ("id:123 in:en", OneRelease(Reference(123, direct=True), language="en")),
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
