"""What a document means, held against what is known. The world is told in words: dates count back from now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.newsroom import Feed, FeedId, Newsroom, NewsroomId
from bot.domain.prose import paragraphs
from bot.domain.release import FINGERPRINT_VERSION, Content, DateNote, ParsedFeed, ParsedRelease, ReleaseId
from bot.feeds.decide import ASK_AFTER_POLLS, Decision, decide, is_late, missed, oldest_dated
from bot.ports import KnownVersion

NOW = datetime(2026, 11, 20, 11, 7, tzinfo=UTC)
NEWSROOM = Newsroom(NewsroomId(1), "havnen", "Havnen", "DK", "da", "", offered=True)
FRESH = Feed(FeedId(1), NEWSROOM, "https://havnen.example/feed")
FEED = replace(FRESH, primed_at=NOW - timedelta(days=30), last_good_at=NOW - timedelta(minutes=1), polls=100)


def ago(**how_long: float) -> datetime:
    """A moment before now."""
    return NOW - timedelta(**how_long)


def item(
    name: str,
    title: str | None = None,
    *,
    published: datetime | None = NOW,
    language: str = "da",
    url: str | None = None,
    lead: str = "",
    note: DateNote | None = None,
) -> ParsedRelease:
    """An item; title and address follow from its name unless given."""
    address = f"https://havnen.example/{name}" if url is None else url
    return ParsedRelease(name, Content(title or f"Nyhed {name}", lead=lead, language=language, url=address), published, note)


def known_as(*items: ParsedRelease, ask_at: int | None = None) -> list[KnownVersion]:
    """What is stored once these items have been; each id is a release."""
    numbers = {name: ReleaseId(at) for at, name in enumerate(dict.fromkeys(one.external_id for one in items), 1)}
    return [
        KnownVersion(
            release_id=numbers[one.external_id],
            external_id=one.external_id,
            language=one.content.language,
            fingerprint=one.content.fingerprint,
            title=one.content.title,
            url=one.content.url,
            published=one.published or ago(days=2),
            ask_at=ask_at,
        )
        for one in items
    ]


def document(*items: ParsedRelease, truncated: bool = False) -> ParsedFeed:
    """A document of these items."""
    return ParsedFeed("Havnen", items, (), truncated)


def judge(
    items: Iterable[ParsedRelease], known: Iterable[KnownVersion] = (), *, feed: Feed = FEED, oldest: datetime | None = None
) -> Decision:
    """The decision about a document; the oldest known release is the oldest of `known` unless it is told."""
    stored = list(known)
    first = oldest or min((one.published for one in stored), default=None)
    return decide(feed, document(*items), stored, first, NOW)


def loud(decision: Decision) -> list[str]:
    """What alerts, in order."""
    return [one.external_id for one in decision.new if one.external_id not in decision.silent]


def nothing(decision: Decision) -> bool:
    """Whether there is nothing to be done."""
    return decision == Decision()


# New, and what only looks new


def test_the_first_good_poll_is_silent_whatever_it_holds() -> None:
    """Even what came out this minute, and nothing of it is a late find."""
    decision = judge([item("2"), item("1", published=ago(days=3)), item("0", published=None)], feed=FRESH)
    assert [one.external_id for one in decision.new] == ["1", "0", "2"]
    assert (loud(decision), decision.late) == ([], frozenset())


def test_what_comes_later_alerts_oldest_first() -> None:
    """Two minutes ago before one minute ago, whatever the document's order."""
    before = item("1", published=ago(days=1))
    decision = judge([item("3", published=ago(minutes=1)), item("2", published=ago(minutes=2)), before], known_as(before))
    assert loud(decision) == ["2", "3"]


def test_an_unchanged_document_is_nothing() -> None:
    """In any order."""
    items = [item(str(n), published=ago(hours=n)) for n in range(5)]
    assert nothing(judge(items, known_as(*items)))
    assert nothing(judge(reversed(items), known_as(*items)))


def test_what_slides_back_into_the_window_alerts_nobody() -> None:
    """The first poll, an hour ago, saw 3, 4, 5; 5 was removed and 2, older than all we ever saw, is back at the end."""
    feed = replace(FEED, primed_at=ago(hours=1))
    stood = [item("3", published=ago(days=7)), item("4", published=ago(days=6)), item("5", published=ago(days=5))]
    decision = judge([*stood[:2], item("2", published=ago(days=8))], known_as(*stood), feed=feed)
    assert [one.external_id for one in decision.new] == ["2"]
    assert loud(decision) == []


def test_a_window_made_larger_alerts_nobody() -> None:
    """Ten older ones appear below the three that stood there at the first poll, an hour ago."""
    feed = replace(FEED, primed_at=ago(hours=1))
    stood = [item(str(n), published=ago(days=n)) for n in range(1, 4)]
    older = [item(str(n), published=ago(days=n)) for n in range(4, 14)]
    assert loud(judge([*stood, *older], known_as(*stood), feed=feed)) == []


def test_what_slides_back_above_a_release_kept_for_years_alerts_nobody() -> None:
    """A release of years ago is kept on top, so the oldest we know says nothing; what is from long before our time is history."""
    feed = replace(FEED, primed_at=ago(days=30))
    stood = [item("pinned", published=ago(days=3000)), item("3", published=ago(days=40)), item("4", published=ago(days=41))]
    slid = [item("2", published=ago(days=50)), item("1", published=ago(days=51))]
    assert loud(judge([*stood[:2], *slid], known_as(*stood), feed=feed)) == []


def test_a_release_dated_a_day_before_our_time_with_the_feed_alerts() -> None:
    """The feed was read first an hour ago; what comes now bears yesterday's date, and something older is known."""
    feed = replace(FEED, primed_at=ago(hours=1))
    stood = [item("1", published=ago(days=9)), item("2", published=ago(hours=2))]
    assert loud(judge([*stood, item("x", published=ago(days=1))], known_as(*stood), feed=feed)) == ["x"]


def test_a_release_dated_before_the_newest_we_know_alerts() -> None:
    """Released with the date of its draft: older than the newest, younger than the oldest we know."""
    stood = [item("1", published=ago(days=9)), item("2", published=ago(hours=1))]
    decision = judge([*stood, item("x", published=ago(hours=3))], known_as(*stood))
    assert (loud(decision), decision.late) == (["x"], frozenset())


def test_history_ends_where_our_time_with_the_feed_begins() -> None:
    """A feed that was primed a week ago with a release dated in the future of that day: what came since is no history."""
    feed = replace(FEED, primed_at=ago(days=7))
    decision = judge([item("2", published=ago(days=1))], known_as(item("1", published=ago(hours=1))), feed=feed)
    assert loud(decision) == ["2"]


def test_a_feed_that_was_empty_at_first_does_not_flood_when_it_fills() -> None:
    """Primed an hour ago with nothing in it; what was six hours old by then is history, what is younger alerts."""
    feed = replace(FEED, primed_at=ago(hours=1))
    decision = judge(
        [item("1", published=ago(days=40)), item("2", published=ago(hours=8)), item("3", published=ago(hours=2))], feed=feed
    )
    assert loud(decision) == ["3"]


def test_equal_titles_seventeen_hours_apart_are_two_releases() -> None:
    """Fourteen of forty-six real releases share one title."""
    title = "Møde i Det Udenrigspolitiske Nævn"
    before = item("1", title, published=ago(hours=17))
    assert loud(judge([item("2", title), before], known_as(before))) == ["2"]
    assert loud(judge([item("2", title)], known_as(before))) == ["2"], "the first fell out of a window of one"


def test_two_of_one_minute_are_two_releases() -> None:
    """About half of all go out on the same quarter."""
    before = item("1", "Ny kaj")
    assert loud(judge([item("2", "Ny mole")], known_as(before))) == ["2"]


# Renumbered, moved, and the like


@pytest.mark.parametrize(
    "after",
    [
        item("x", "Ny kaj", url="https://havnen.example/1"),  # the guid changed, and nothing else
        item("x", "Ny kaj", url="https://ny.example/artikel/1"),  # guid and link changed: title and time agree
        item("x", "Ny kaj i havnen", url="https://havnen.example/1"),  # guid and title changed: link and time agree
        item("x", "Ny kaj", url="https://havnen.example/1", published=ago(hours=1)),  # the time was put right: link and title agree
        item("x", "Ny kaj", url="https://havnen.example/1", published=None),  # dates are gone
    ],
)
def test_a_renumbered_release_is_the_same(after: ParsedRelease) -> None:
    """Two of address, title and time agree and the old id is not in use."""
    before = item("1", "Ny kaj")
    decision = judge([after], known_as(before))
    assert (decision.new, decision.rekeyed) == ((), {ReleaseId(1): "x"})


def test_a_renumbered_release_may_be_corrected_at_once() -> None:
    """Its words are compared with what it said under the old id."""
    before = item("1", "Ny kaj", url="https://havnen.example/1")
    decision = judge([item("x", "Ny kaj til 45 mio.", url="https://havnen.example/1")], known_as(before))
    assert [change.known.release_id for change in decision.corrected] == [ReleaseId(1)]


def test_one_sign_is_not_enough() -> None:
    """The same link alone, the same title alone."""
    before = item("1", "Ny kaj", published=ago(hours=2))
    assert loud(judge([item("x", "Noget andet", url="https://havnen.example/1")], known_as(before))) == ["x"]
    assert loud(judge([item("x", "Ny kaj")], known_as(before))) == ["x"]


def test_a_guid_that_was_given_to_another_release() -> None:
    """One guid for whatever is on top: with another address, title and time it is another release."""
    first = item("guid:top", "Ny bro", url="https://havnen.example/1", published=ago(days=1))
    second = item("guid:top", "Ny havn", url="https://havnen.example/2", published=ago(hours=1))
    decision = judge([second], known_as(first))
    assert (loud(decision), decision.corrected) == (["guid:top"], ())
    assert decision.rekeyed == {1: "was:1"}


@pytest.mark.parametrize("kept", ["title", "url", "published"])
def test_a_guid_is_believed_while_anything_else_agrees(kept: str) -> None:
    """A new title with a new address or a new time is a correction."""
    first = item("guid:1", "Ny bro", url="https://havnen.example/1", published=ago(days=1))
    same = {"title": "Ny bro", "url": "https://havnen.example/1", "published": ago(days=1)}[kept]
    changed = {"title": "Nye broer", "url": "https://havnen.example/2", "published": ago(hours=1), "lead": "Mere.", kept: same}
    decision = judge([item("guid:1", **changed)], known_as(first))  # type: ignore[arg-type]
    assert (loud(decision), len(decision.corrected), dict(decision.rekeyed)) == ([], 1, {})


def test_guids_that_count_places() -> None:
    """A new release takes number 1 and moves the others down: it alone is news, and nothing is corrected."""
    before = [
        item(f"guid:{n}", f"Nyhed {9 - n}", url=f"https://havnen.example/{9 - n}", published=ago(days=n)) for n in range(1, 5)
    ]
    moved = [replace(one, external_id=f"guid:{n}") for n, one in enumerate(before[:3], 2)]
    top = item("guid:1", "Helt ny", url="https://havnen.example/9", published=ago(minutes=1))
    decision = judge([top, *moved], known_as(*before))
    assert (loud(decision), decision.corrected, decision.refreshed) == (["guid:1"], (), ())
    assert decision.rekeyed == {1: "guid:2", 2: "guid:3", 3: "guid:4", 4: "was:4"}


def test_an_id_that_is_in_use_is_not_given_away() -> None:
    """The old one stands in the document still: the other is another."""
    before = item("1", "Ny kaj")
    assert loud(judge([before, item("2", "Ny kaj", url="https://havnen.example/1")], known_as(before))) == ["2"]


def test_a_page_that_all_releases_link_to_says_nothing() -> None:
    """Same title, same link for all: only the time tells them apart, and it does."""
    page = "https://havnen.example/presse"
    known = known_as(*(item(str(n), "Havneråd", url=page, published=ago(days=n)) for n in (1, 2)))
    assert loud(judge([item("x", "Havneråd", url=page)], known)) == ["x"]
    with_dates = judge([item("x", "Havneråd", url=page, published=ago(days=1))], known)
    assert with_dates.rekeyed == {ReleaseId(1): "x"}


def test_each_known_release_is_found_again_once() -> None:
    """Two new ones resemble it: the one that resembles it most takes its place, the other is news, in any order."""
    before = item("1", "Havneråd", url="https://havnen.example/1")
    likest = item("x", "Havneråd", url="https://havnen.example/1")
    other = item("y", "Havneråd", url="https://havnen.example/2")
    for items in ([likest, other], [other, likest]):
        decision = judge(items, known_as(before))
        assert (decision.rekeyed, loud(decision)) == ({ReleaseId(1): "x"}, ["y"])


def test_renumbered_language_versions_stay_one_release() -> None:
    """One of the two is recognised, and the other, whose title and link changed, goes with it."""
    before = known_as(item("1", "Ny kaj"), item("1", "New quay", language="en", url="https://havnen.example/en/1"))
    after = [item("x", "Ny kaj"), item("x", "The new quay", language="en", url="https://havnen.example/en/x")]
    decision = judge(after, before)
    assert (decision.new, decision.versions, decision.rekeyed) == ((), (), {ReleaseId(1): "x"})
    assert [change.item.content.language for change in decision.corrected] == ["en"]


def test_two_releases_that_become_one_are_not_given_one_id() -> None:
    """Both resemble versions of the new one: one is renumbered, the other stays what it was."""
    known = known_as(item("1", "Ny kaj"), item("2", "New quay", language="en"))
    after = [item("x", "Ny kaj"), item("x", "New quay", language="en")]
    decision = judge(after, known)
    assert len(decision.rekeyed) == 1
    assert decision.new == ()


# Corrections


def test_changed_words_are_a_correction() -> None:
    """In the title, the lead or the body."""
    before = item("1", lead="Havnen giver 40 mio. kr.")
    decision = judge([item("1", lead="Havnen giver 45 mio. kr.")], known_as(before))
    assert [change.item.content.lead for change in decision.corrected] == ["Havnen giver 45 mio. kr."]
    assert (decision.new, decision.refreshed) == ((), ())


@pytest.mark.parametrize(
    ("before", "after"),
    [("40 mio. kr.", "40\u00a0mio.\u00a0kr."), ("a b", "a  b \n"), ("Malmö", "Malmo\u0308")],
)
def test_space_and_composition_are_no_correction(before: str, after: str) -> None:
    """A hard space, two spaces, an umlaut in two characters: nobody reads the difference."""
    assert nothing(judge([item("1", lead=after)], known_as(item("1", lead=before))))


def test_space_in_the_body_is_no_correction() -> None:
    """The body's blocks are compared by their words."""
    one, other = (item("1") for _ in range(2))
    one = replace(one, content=replace(one.content, body=paragraphs("Fra mandag.\nTil fredag.")))
    other = replace(other, content=replace(other.content, body=paragraphs("Fra\u00a0mandag.\n\nTil  fredag.")))
    assert nothing(judge([other], known_as(one)))


def test_another_link_is_stored_in_silence() -> None:
    """A changed address is worth knowing and no correction."""
    decision = judge([item("1", url="https://havnen.example/ny")], known_as(item("1")))
    assert (len(decision.refreshed), decision.corrected, decision.new) == (1, (), ())


def test_a_fingerprint_of_another_version_is_taken_anew_in_silence() -> None:
    """An upgrade of the bot that cleans differently is no correction by the newsroom."""
    assert FINGERPRINT_VERSION != "0"
    (known,) = known_as(item("1", lead="før"))
    decision = judge([item("1", lead="efter")], [replace(known, fingerprint="0:abc")])
    assert (len(decision.refreshed), decision.corrected) == (1, ())


# Languages


def test_language_versions_are_one_release_and_never_revisions_of_each_other() -> None:
    """Danish is compared with Danish."""
    danish, english = item("1", "Ny kaj"), item("1", "New quay", language="en")
    assert [one.external_id for one in judge([danish, english]).new] == ["1", "1"]
    assert nothing(judge([english, danish], known_as(danish, english)))
    decision = judge([danish, item("1", "The new quay", language="en")], known_as(danish, english))
    assert [change.known.language for change in decision.corrected] == ["en"]


def test_a_version_that_comes_later_is_neither_news_nor_a_correction() -> None:
    """The translation of a known release."""
    danish = item("1", "Ny kaj")
    decision = judge([danish, item("1", "New quay", language="en")], known_as(danish))
    assert [change.item.content.language for change in decision.versions] == ["en"]
    assert (decision.new, decision.corrected) == ((), ())


@pytest.mark.parametrize(("before", "after"), [("", "da"), ("da", "")])
def test_a_tag_that_appears_or_vanishes_is_no_new_version(before: str, after: str) -> None:
    """The same text with another label; its words are still compared."""
    known = known_as(item("1", language=before))
    assert nothing(judge([item("1", language=after)], known))
    decision = judge([item("1", language=after, lead="rettet")], known)
    assert [change.item.content.language for change in decision.corrected] == [before]
    assert decision.versions == ()


def test_a_tag_that_appears_together_with_another_version() -> None:
    """Which of the two is the one we know, the text tells; the other is a version."""
    known = known_as(item("1", "Ny kaj", language=""))
    for items in (
        [item("1", "Ny kaj"), item("1", "New quay", language="en")],
        [item("1", "New quay", language="en"), item("1", "Ny kaj")],
    ):
        decision = judge(items, known)
        assert decision.corrected == ()
        assert [change.item.content.language for change in decision.versions] == ["en"]


def test_tags_that_vanish_from_two_versions() -> None:
    """The untagged text is held against the version that it resembles."""
    known = known_as(item("1", "Ny kaj"), item("1", "New quay", language="en", url="https://havnen.example/en/1"))
    decision = judge([item("1", "New quay", language="", url="https://havnen.example/en/1")], known)
    assert nothing(decision)


def test_two_named_languages_are_two_versions() -> None:
    """Only where one of them is not named can they be the same."""
    decision = judge([item("1", "New quay", language="en")], known_as(item("1", "Ny kaj")))
    assert len(decision.versions) == 1


# Late finds


@pytest.mark.parametrize(
    ("published", "late"),
    [
        (ago(minutes=5), False),
        (ago(hours=6), False),  # six hours to the second
        (ago(hours=6, seconds=1), True),
        (None, False),  # without a date it counts from now
        (datetime(2026, 11, 20, 0, 0, tzinfo=UTC), False),  # "20 November": eleven hours ago, and meant for all of today
        (datetime(2026, 11, 19, 23, 0, tzinfo=UTC), False),  # the same day by Danish clocks
        (datetime(2026, 11, 19, 5, 6, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 19, 0, 0, tzinfo=UTC), True),  # "19 November": over at midnight, and six hours since
        (datetime(2026, 11, 18, 0, 0, tzinfo=UTC), True),
    ],
)
def test_found_more_than_six_hours_after_it_was_published(published: datetime | None, late: bool) -> None:
    """A bare date means all of that day."""
    assert is_late(published, NOW) is late


def test_a_late_find_alerts_and_is_marked() -> None:
    """After a night without network."""
    before = item("1", published=ago(days=3))
    decision = judge([item("3", published=ago(hours=1)), item("2", published=ago(hours=9)), before], known_as(before))
    assert (loud(decision), decision.late) == (["2", "3"], frozenset({"2"}))


def test_what_has_no_date_or_a_future_one_alerts_once_and_now() -> None:
    """It counts from when it was seen, is not late, and is known the next time."""
    before = item("1", published=ago(days=3))
    undated = item("2", published=None, note=DateNote.FUTURE)
    decision = judge([undated, before], known_as(before))
    assert (loud(decision), decision.late) == (["2"], frozenset())
    assert nothing(judge([undated, before], known_as(before, undated)))


# Another feed in its place


def old_ones(count: int) -> list[ParsedRelease]:
    """Releases that stood there a good while ago."""
    return [item(f"ny-{n}", f"Noget andet {n}", published=ago(days=3 + n)) for n in range(count)]


def test_a_feed_in_which_nothing_is_known_and_most_is_old_is_held() -> None:
    """It was moved or renumbered: an operator is asked, nothing is stored and nobody alerted."""
    decision = judge(old_ones(5), known_as(item("1", published=ago(days=9))))
    assert decision == Decision(held=True)


def test_one_known_release_is_enough_not_to_hold_it() -> None:
    """Then it is the feed that we know."""
    before = item("1", published=ago(days=9))
    assert not judge([*old_ones(5), before], known_as(before)).held


def test_after_a_long_downtime_nothing_known_is_left_and_it_is_not_held() -> None:
    """Last read forty days ago: all five came out since, so they are late finds."""
    feed = replace(FEED, last_good_at=ago(days=40), primed_at=ago(days=90))
    decision = judge(old_ones(5), known_as(item("1", published=ago(days=60))), feed=feed)
    assert not decision.held
    assert len(decision.late) == 5


def test_a_busy_hour_is_not_held() -> None:
    """Five new ones pushed all that we knew out of the window: they are of today."""
    fresh = [item(f"ny-{n}", published=ago(minutes=n)) for n in range(5)]
    assert loud(judge(fresh, known_as(item("1", published=ago(days=9))))) == ["ny-4", "ny-3", "ny-2", "ny-1", "ny-0"]


def test_a_window_of_one_or_two_is_never_held() -> None:
    """There is too little in it to judge by."""
    assert not judge(old_ones(2), known_as(item("1", published=ago(days=9)))).held


def test_the_first_poll_is_never_held() -> None:
    """Nothing can be known yet."""
    assert not judge(old_ones(5), feed=FRESH).held


# What is missing


def window() -> list[ParsedRelease]:
    """Five releases of the last five days, the newest first."""
    return [item(str(n), published=ago(days=n)) for n in range(1, 6)]


def gaps(items: Iterable[ParsedRelease], known: Iterable[KnownVersion], *, truncated: bool = False) -> Decision:
    """The decision about a document, with what is missing from it; what is newer than its oldest is asked of the database."""
    doc, stored = document(*items, truncated=truncated), list(known)
    decision = decide(FEED, doc, stored, min(one.published for one in stored), NOW)
    since = oldest_dated(doc)
    newer = [one for one in stored if since and one.published > since]
    return missed(FEED, doc, newer, decision)


def test_falling_off_the_old_end_is_normal() -> None:
    """The window moved on."""
    items = window()
    assert gaps(items[:3], known_as(*items)).missing == 0


def test_missing_while_something_older_remains() -> None:
    """The third of five: its address is asked once it is missing for three good polls."""
    items = window()
    decision = gaps([items[0], items[1], items[3], items[4]], known_as(*items))
    assert (decision.missing, decision.ask_at) == (1, {ReleaseId(3): FEED.polls + ASK_AFTER_POLLS})


def test_what_is_missing_already_keeps_its_turn() -> None:
    """The count began when it was first missed."""
    items = window()
    known = known_as(*items, ask_at=101)
    decision = gaps([items[0], items[1], items[3], items[4]], known)
    assert (decision.missing, decision.ask_at) == (1, {})


def test_what_is_back_is_no_longer_missed() -> None:
    """Even as the oldest of the document, at the window's very edge."""
    items = window()
    decision = gaps(items, known_as(*items, ask_at=101))
    assert (decision.missing, decision.present) == (0, frozenset(ReleaseId(n) for n in range(1, 6)))


def test_a_renumbered_release_is_not_missing() -> None:
    """It stands there under its new id."""
    items = window()
    renumbered = replace(items[2], external_id="x")
    decision = gaps([items[0], items[1], renumbered, items[3], items[4]], known_as(*items))
    assert (decision.missing, decision.rekeyed) == (0, {ReleaseId(3): "x"})


def test_a_document_that_broke_off_judges_nothing_missing() -> None:
    """What it does not say, it does not deny."""
    items = window()
    assert gaps([items[0], items[4]], known_as(*items), truncated=True).missing == 0


def test_a_document_without_dates_judges_nothing_missing() -> None:
    """Nothing in it is older than anything."""
    assert oldest_dated(document(item("1", published=None))) is None
    assert oldest_dated(document()) is None


@given(st.permutations(list(range(8))), st.sets(st.integers(0, 7)))
def test_neither_order_nor_omission_makes_news_of_what_is_known(order: list[int], left_out: set[int]) -> None:
    """Whatever part of the known releases a document shows, in whatever order, nobody is alerted."""
    items = [item(str(n), published=ago(days=n + 1)) for n in range(8)]
    shown = [items[n] for n in order if n not in left_out]
    decision = judge(shown, known_as(*items))
    assert (decision.new, decision.corrected, decision.refreshed, decision.rekeyed) == ((), (), (), {})


def test_releases_of_one_moment_are_told_from_the_feeds_lower_end() -> None:
    """Two releases of the same quarter stand newest first in the feed, so the lower one is told first."""
    document = ParsedFeed(
        releases=(item("later", published=NOW), item("sooner", published=NOW), item("old", published=ago(hours=1)))
    )
    assert [one.external_id for one in decide(FRESH, document, (), None, NOW).new] == ["old", "sooner", "later"]


@pytest.mark.parametrize(("count", "told"), [(1, 1), (5, 5), (6, 0)])
def test_an_undated_feed_that_was_empty_and_fills_does_not_flood(count: int, told: int) -> None:
    """A release or a few are news; a whole archive without dates, of a feed that said nothing before, is not."""
    document = ParsedFeed(releases=tuple(item(str(number), published=None) for number in range(count)))
    decision = decide(FEED, document, (), None, NOW)
    assert len(decision.new) - len(decision.silent) == told
