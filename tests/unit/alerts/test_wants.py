"""Who wants a release: kinds, languages and words, what is urgent, and which of two subscriptions decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.wants import Rule, Wanting
from bot.alerts.when import Hours
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.options import EVERYTHING, Frequency, QuietHours, SubscriptionOptions
from bot.domain.prose import paragraphs
from bot.domain.release import Content, Kind, Release, ReleaseId
from bot.domain.subscription import SubscriptionId, Wish

HAVNEN = Newsroom(NewsroomId(1), "havnen", "Havnen", "DK", "da", "", offered=True)
NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
HOURS = Hours(ZoneInfo("Europe/Copenhagen"), QuietHours(time(22), time(6, 30)), time(8), 0)
SAID = Content(
    "Kajen evakueres", lead="Havnen lukker kajen, og det er for de ansatte.", body=paragraphs("Mere i aften."), language="da"
)
ONE, OTHER = SubscriptionId(1), SubscriptionId(2)


def release(content: Content = SAID) -> Release:
    """A release of the harbour."""
    return Release(ReleaseId(1), HAVNEN, "1", NOW, NOW, (content,))


def wish(ident: SubscriptionId = ONE, *, silent: bool = False, **options: object) -> Wish:
    """What a subscription wants."""
    return Wish(ident, SubscriptionOptions(**options), silent)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "options", "rule", "finally_"),
    [
        (None, EVERYTHING, Rule.WANTED, Rule.WANTED),
        (None, SubscriptionOptions(filter="kaj"), Rule.MATCHED, Rule.MATCHED),
        (None, SubscriptionOptions(filter="told"), Rule.FILTERED_OUT, Rule.FILTERED_OUT),
        (None, SubscriptionOptions(filter="!?"), Rule.WANTED, Rule.WANTED),
        (None, SubscriptionOptions(languages=frozenset({"da"})), Rule.MATCHED, Rule.MATCHED),
        (None, SubscriptionOptions(languages=frozenset({"en"})), Rule.LANGUAGE, Rule.LANGUAGE),
        (None, SubscriptionOptions(kinds=frozenset({Kind.NEWS})), Rule.UNDECIDED, Rule.UNKNOWN),
        (None, SubscriptionOptions(filter="kind:nyhed kaj"), Rule.UNDECIDED, Rule.UNKNOWN),
        (None, SubscriptionOptions(filter="told", kinds=frozenset({Kind.NEWS})), Rule.FILTERED_OUT, Rule.FILTERED_OUT),
        (Kind.NEWS, SubscriptionOptions(kinds=frozenset({Kind.NEWS})), Rule.MATCHED, Rule.MATCHED),
        (Kind.INVITATION, SubscriptionOptions(kinds=frozenset({Kind.NEWS})), Rule.KIND, Rule.KIND),
        (None, SubscriptionOptions(urgent="evakuer*"), Rule.URGENT, Rule.URGENT),
        (None, SubscriptionOptions(urgent="brand"), Rule.WANTED, Rule.WANTED),
        (None, SubscriptionOptions(urgent="?!"), Rule.WANTED, Rule.WANTED),
        (None, SubscriptionOptions(filter="told", urgent="evakuer*"), Rule.FILTERED_OUT, Rule.FILTERED_OUT),
    ],
)
def test_what_one_subscription_makes_of_it(kind: Kind | None, options: SubscriptionOptions, rule: Rule, finally_: Rule) -> None:
    """Now, and when it is sent and nothing more was found out."""
    it = release(replace(SAID, kind=kind))
    assert Wanting(it).rule(options) is rule
    assert Wanting(it, final=True).rule(options) is finally_


def test_what_a_document_may_bring_is_waited_for() -> None:
    """Another language always, words only where the text is not there yet; a kind that is known is known."""
    english, told = SubscriptionOptions(languages=frozenset({"en"})), SubscriptionOptions(filter="told")
    invitations = SubscriptionOptions(kinds=frozenset({Kind.INVITATION}))
    whole, bare = release(replace(SAID, kind=Kind.NEWS)), release(replace(SAID, kind=Kind.NEWS, body=()))
    rules = [[Wanting(it, awaited=True).rule(options) for options in (english, told, invitations)] for it in (whole, bare)]
    assert rules == [[Rule.UNDECIDED, Rule.FILTERED_OUT, Rule.KIND], [Rule.UNDECIDED, Rule.UNDECIDED, Rule.KIND]]


def test_one_that_lets_it_through_is_enough() -> None:
    """The verdict names it, and what each made of it."""
    verdict = Wanting(release()).verdict([wish(filter="told"), wish(OTHER, filter="kaj")], HOURS, NOW)
    assert (verdict.told, verdict.rule, verdict.by) == (True, Rule.MATCHED, OTHER)
    assert verdict.rules == ((ONE, Rule.FILTERED_OUT), (OTHER, Rule.MATCHED))
    assert verdict.payload == {"why": "matched", "by": "2"}
    out = Wanting(release()).verdict([wish(filter="told")], HOURS, NOW)
    assert (out.told, out.rule, out.by) == (False, Rule.FILTERED_OUT, ONE)
    assert Wanting(release()).verdict([], HOURS, NOW).rule is Rule.MUTED


def test_only_those_who_want_it_make_a_sound() -> None:
    """One with sound that keeps it out is no reason for sound; what is urgent always has it."""
    wanting = Wanting(release())
    assert wanting.verdict([wish(silent=True), wish(OTHER, filter="told")], HOURS, NOW).silent
    assert not wanting.verdict([wish(silent=True), wish(OTHER, filter="kaj")], HOURS, NOW).silent
    assert not wanting.verdict([wish(silent=True, urgent="kaj")], HOURS, NOW).silent


def test_the_sooner_of_two_wins_and_what_is_urgent_over_all() -> None:
    """A digest waits no longer than another subscription would; words that are urgent break the night, and call."""
    wanting = Wanting(release())
    daily, hourly = wish(frequency=Frequency.DAILY), wish(OTHER, frequency=Frequency.HOURLY)
    assert wanting.verdict([daily], HOURS, NOW).held_until == datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    verdict = wanting.verdict([daily, hourly], HOURS, NOW)
    assert (verdict.held_until, verdict.held_by) == (NOW + timedelta(hours=1), Rule.HELD_DIGEST)
    assert wanting.verdict([daily, wish(OTHER)], HOURS, NOW).held_until is None
    quiet = wanting.verdict([wish()], HOURS, NIGHT)
    assert (quiet.held_until, quiet.held_by) == (datetime(2026, 11, 21, 5, 30, tzinfo=UTC), Rule.HELD_QUIET)
    assert quiet.payload == {"why": "wanted", "by": "1", "held": "held_quiet"}
    urgent = wanting.verdict([daily, wish(OTHER, urgent="kaj", pings=("here", "@vagt"), frequency=Frequency.WEEKLY)], HOURS, NIGHT)
    assert (urgent.held_until, urgent.rule, urgent.pings) == (None, Rule.URGENT, ("here", "@vagt"))
    assert urgent.payload == {"why": "urgent", "by": "1 2", "pings": "here @vagt"}


def test_nobody_is_called_who_was_not_asked_for() -> None:
    """Pings belong to urgent words alone, and nobody is called twice."""
    wanting = Wanting(release())
    assert wanting.verdict([wish(pings=("here",))], HOURS, NOW).pings == ()
    twice = [wish(urgent="kaj", pings=("here", "@a")), wish(OTHER, urgent="kaj", pings=("@a",))]
    assert wanting.verdict(twice, HOURS, NOW).pings == ("here", "@a")
