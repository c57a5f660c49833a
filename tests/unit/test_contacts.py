"""Whom the press can call: what several sources say, as one list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contacts import OLD_AFTER, KnownContact, Stale, corrects, merge, same_name, ways
from bot.domain.contact import Contact, ContactKind, Phone, Pin, PinId, Sighting

NOW = datetime(2026, 11, 20, 11, tzinfo=UTC)
DUTY = Phone("+4561979247", note="ikke SMS")
DESK = Contact(role="pressevagten", phones=(DUTY,), emails=("vagten@example.dk",))
FREJA = Contact(name="Freja Holm", role="konsulent", phones=(Phone("+4520123456"),), emails=("freja@example.dk",))
BO = Contact(name="Bo Berg", phones=(Phone("+4520999999"),))


def seen(contact: Contact, release: int = 1, *, ago: timedelta = timedelta()) -> Sighting:
    """A contact as a release named it."""
    return Sighting(contact, release, NOW - ago, f"Nyhed {release}", f"https://press.example/{release}")


def pin(contact: Contact, at: datetime = NOW) -> Pin:
    """A contact that an operator vouches for."""
    return Pin(PinId(1), 1, contact, at, "telegram:9")


def labels(known: tuple[KnownContact, ...]) -> list[str | None]:
    """What stands for each."""
    return [each.contact.name or each.contact.role for each in known]


def test_the_desk_comes_before_people_and_the_newest_first() -> None:
    """Whatever order they were named in."""
    known = merge([seen(BO, 1, ago=timedelta(days=2)), seen(FREJA, 2, ago=timedelta(days=1)), seen(DESK, 1, ago=timedelta(days=2))])
    assert labels(known) == ["pressevagten", "Freja Holm", "Bo Berg"]


def test_the_same_contact_of_several_sources_is_one() -> None:
    """By a number or an address where it is a desk, by name where it is a person; what each knows is put together."""
    card = Contact(name="FREJA  HOLM", emails=("f.holm@example.dk",))
    known = merge(
        [seen(FREJA, 1), seen(card, 1), seen(replace(DESK, emails=()), 1)], listed=replace(DESK, role=None, org="Ministeriet")
    )
    assert labels(known) == ["pressevagten", "Freja Holm"]
    assert known[0].contact.emails == ("vagten@example.dk",)
    assert known[0].contact.org == "Ministeriet"
    assert known[0].listed
    assert known[1].contact.emails == ("freja@example.dk", "f.holm@example.dk")


def test_where_they_disagree_the_newest_wins() -> None:
    """On the role; an older note is better than none."""
    older = Contact(name="Freja Holm", role="praktikant", phones=(Phone("+4520123456", note="kun hverdage"),))
    (known,) = merge([seen(older, 1, ago=timedelta(days=9)), seen(FREJA, 2)])
    assert known.contact.role == "konsulent"
    assert known.contact.phones == (Phone("+4520123456", note="kun hverdage"),)
    assert known.last is not None
    assert (known.last.release_id, known.releases) == (2, frozenset({1, 2}))


def test_two_people_are_two_though_they_share_a_number() -> None:
    """Each keeps it."""
    other = Contact(name="Bo Berg", phones=FREJA.phones)
    assert [each.contact.phones for each in merge([seen(FREJA), seen(other)])] == [FREJA.phones, FREJA.phones]


def test_a_number_of_the_desk_is_not_said_again_with_a_person() -> None:
    """Who has no other is reached through the desk."""
    on_duty = Contact(name="Bo Berg", phones=(DUTY,))
    also = replace(FREJA, emails=("vagten@example.dk",))
    known = merge([seen(DESK, 1), seen(on_duty, 2), seen(also, 2)], listed=DESK)
    by_name = {each.contact.name: each for each in known}
    assert by_name["Bo Berg"].through_desk
    assert ways(by_name["Bo Berg"].contact) == set()
    assert ways(by_name["Freja Holm"].contact) == {"+4520123456"}


def test_a_bare_number_is_that_of_the_person() -> None:
    """The text says it with the name, and once more at its end."""
    (known,) = merge([seen(Contact(phones=FREJA.phones)), seen(FREJA)])
    assert known.contact == FREJA


def test_whom_the_press_cannot_reach_is_left_out() -> None:
    """A switchboard, and a name without a number."""
    switchboard = Contact(ContactKind.OTHER, role="omstilling", phones=(Phone("+4533920000"),))
    assert merge([seen(switchboard), seen(Contact(name="Freja Holm"))]) == ()


def test_who_was_not_named_for_eighteen_months_is_marked_and_last() -> None:
    """The catalogue's contact is not: somebody looks after that."""
    known = merge([seen(BO, 1, ago=OLD_AFTER + timedelta(days=1)), seen(FREJA, 2, ago=OLD_AFTER)], listed=DESK, now=NOW)
    assert [(each.contact.name, each.stale) for each in known] == [(None, None), ("Freja Holm", None), ("Bo Berg", Stale.OLD)]


def test_an_old_number_of_somebody_named_since_is_left_out() -> None:
    """They have another by now."""
    old = replace(FREJA, phones=(Phone("+4520000000"),), emails=())
    (known,) = merge([seen(FREJA, 2), seen(old, 1, ago=2 * OLD_AFTER)], now=NOW)
    assert known.contact.phones == FREJA.phones


def test_a_desk_with_a_newer_number_is_marked() -> None:
    """The same function; another desk of the newsroom is not."""
    newer = Contact(role="Pressevagten", phones=(Phone("+4570707070"),))
    other = Contact(role="Afrika-kontoret", phones=(Phone("+4533330000"),))
    known = merge([seen(newer, 3), seen(DESK, 2, ago=timedelta(days=30)), seen(other, 1, ago=timedelta(days=60))], now=NOW)
    assert [(each.contact.role, each.stale) for each in known] == [
        ("Pressevagten", None),
        ("Afrika-kontoret", None),
        ("pressevagten", Stale.SUPERSEDED),
    ]


def test_a_pin_comes_first_and_replaces_what_it_corrects() -> None:
    """A misspelt name, and a number that was read wrongly of the same person."""
    misspelt = Contact(name="Frejja Holm", phones=FREJA.phones)
    wrong = Contact(name="Freja Holm", phones=(Phone("+4511111111"),))
    known = merge([seen(misspelt, 1), seen(wrong, 2), seen(DESK, 3)], pins=[pin(FREJA)])
    assert labels(known) == ["Freja Holm", "pressevagten"]
    assert known[0].contact == FREJA
    assert known[0].pinned_at == NOW
    assert known[0].releases == {1, 2}
    assert known[0].last is not None


def test_a_pinned_desk_supersedes_the_one_that_was_read() -> None:
    """Though no release says so."""
    known = merge([seen(DESK)], pins=[pin(replace(DESK, phones=(Phone("+4570707070"),), emails=()))])
    assert [(each.contact.phones[0].e164, each.stale) for each in known] == [
        ("+4570707070", None),
        ("+4561979247", Stale.SUPERSEDED),
    ]


# Whatever was read ------------------------------------------------------------------------------------------------------

_phone = st.builds(Phone, st.sampled_from([f"+452012345{n}" for n in range(5)]), note=st.sampled_from([None, "ikke SMS"]))
_contact = st.builds(
    Contact,
    name=st.sampled_from([None, None, "Freja Holm", "freja holm", "Bo Berg"]),
    role=st.sampled_from([None, "pressevagten", "konsulent"]),
    phones=st.lists(_phone, max_size=3).map(tuple),
    emails=st.lists(st.sampled_from(["a@example.dk", "A@example.dk", "b@example.dk"]), max_size=2).map(tuple),
)
_sighting = st.builds(
    seen, _contact, st.integers(1, 4), ago=st.sampled_from([timedelta(), timedelta(days=3), OLD_AFTER - timedelta(days=1)])
)
_pins = st.lists(st.builds(pin, _contact.filter(ways)), max_size=2)


@settings(max_examples=300, deadline=None)
@given(st.lists(_sighting, max_size=8), st.none() | _contact, _pins)
def test_nothing_is_doubled_and_nothing_lost(sightings: list[Sighting], listed: Contact | None, pins: list[Pin]) -> None:
    """Every number and address stands somewhere, and with two only if those are people of two names or pinned."""
    known = merge(sightings, listed=listed, pins=pins, now=NOW)
    sources = [*(each.contact for each in sightings), *([listed] if listed else []), *(each.contact for each in pins)]
    shown = [ways(each.contact) for each in known]
    corrected = set().union(*(ways(each) for each in sources if any(corrects(pin.contact, each) for pin in pins)))
    pinned = set().union(*(ways(pin.contact) for pin in pins))
    assert set().union(*shown) >= set().union(*map(ways, sources)) - corrected | pinned
    for at, one in enumerate(known):
        for other in known[at + 1 :]:
            if not (one.pinned_at or other.pinned_at) and not (one.contact.name and other.contact.name):
                assert not ways(one.contact) & ways(other.contact)
    names = [same_name(each.contact.name) for each in known if each.contact.name and not each.pinned_at]
    assert len(names) == len(set(names))


@settings(max_examples=200, deadline=None)
@given(st.lists(_sighting, max_size=6), _pins, st.randoms())
def test_the_order_of_reading_decides_nothing_but_ties(sightings: list[Sighting], pins: list[Pin], random: object) -> None:
    """Who can be reached, and by what, is the same in any order."""
    other = [*sightings]
    random.shuffle(other)  # type: ignore[attr-defined]
    one, two = merge(sightings, pins=pins, now=NOW), merge(other, pins=pins, now=NOW)
    assert set().union(*(ways(each.contact) for each in one)) == set().union(*(ways(each.contact) for each in two))
    assert {same_name(each.contact.name) for each in one} == {same_name(each.contact.name) for each in two}


@settings(max_examples=200, deadline=None)
@given(st.lists(_sighting, max_size=6), st.none() | _contact, _pins)
def test_pins_stand_first_and_whole_and_stale_ones_last(sightings: list[Sighting], listed: Contact | None, pins: list[Pin]) -> None:
    """In that order, and what is said twice is what was said once."""
    known = merge(sightings, listed=listed, pins=pins, now=NOW)
    assert [each.pinned_at is not None for each in known] == sorted((each.pinned_at is not None for each in known), reverse=True)
    assert [each.stale is not None for each in known] == sorted(each.stale is not None for each in known)
    assert {each.contact for each in known if each.pinned_at} == {each.contact for each in pins}
    assert merge([*sightings, *sightings], listed=listed, pins=pins, now=NOW) == known
