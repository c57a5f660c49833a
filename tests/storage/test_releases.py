"""Releases, their language versions and their revisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.contact import Contact, Phone
from bot.domain.prose import Block, BlockKind, Span
from bot.domain.release import Content, DateNote, Document, Kind, ParsedRelease, Picture, ReleaseId
from tests.fakes.world import NOW, World, item

WHOLE = Content(
    "Kajen åbner “igen” 🎉",
    lead="Skibe kan lægge til.",
    body=(
        Block((Span("Fra "), Span("mandag", bold=True), Span(" kan ", italic=True), Span("skibe", url="https://h.example/s"))),
        Block((Span("Overskrift"),), BlockKind.HEADING),
        Block((Span("punkt"),), BlockKind.ITEM),
        Block((Span("citat"),), BlockKind.QUOTE),
    ),
    language="da",
    url="https://havnen.example/1",
    kind=Kind.INVITATION,
    kind_word="Presseinvitation",
    pictures=(Picture("https://h.example/p.jpg", "Kajen", "Foto: Asta"),),
    documents=(Document("https://h.example/d.pdf", "Kort"),),
    keywords=("havn", "kaj"),
    contacts=(
        Contact(
            name="Birk Dam", role="chef", org="Havnen", phones=(Phone("+4520304050", "12", "ikke SMS"),), emails=("b@h.example",)
        ),
    ),
)


async def test_a_release_comes_back_as_it_was_stored(world: World) -> None:
    """Every field of a content survives, and times are aware UTC."""
    added = await world.add(ParsedRelease("1", WHOLE, NOW - timedelta(hours=2)))
    async with world.database.read() as tx:
        found = await tx.releases.get(added["1"])
    assert found is not None
    assert found.versions == (WHOLE,)
    assert (found.published, found.first_seen, found.revision, found.late) == (NOW - timedelta(hours=2), NOW, 1, False)
    assert found.published.utcoffset() == timedelta(0)
    assert found.versions[0].fingerprint == WHOLE.fingerprint


async def test_what_has_no_date_counts_from_when_it_was_seen(world: World) -> None:
    """The note says why; a late find is marked."""
    content = Content("Udateret")
    added = await world.add(ParsedRelease("1", content, None, DateNote.FUTURE), late=True)
    async with world.database.read() as tx:
        (found,) = await tx.releases.many([added["1"]])
    assert (found.published, found.date_note, found.late) == (NOW, DateNote.FUTURE, True)


async def test_language_versions_are_one_release_with_the_newsrooms_own_language_first(world: World) -> None:
    """A further version makes no revision, and the reader's language is found."""
    added = await world.add(item("1", "The quay", language="en"), item("1", "Kajen", language="da"))
    async with world.database.begin() as tx:
        await tx.releases.add_version(added["1"], Content("Die Kaje", language="de"))
        found = await tx.releases.get(added["1"])
    assert found is not None
    assert [version.language for version in found.versions] == ["da", "en", "de"]
    assert (found.content("en").title, found.content("fr").title, found.revision) == ("The quay", "Kajen", 1)


async def test_revisions_are_kept_whole_and_numbered_over_all_versions(world: World) -> None:
    """Each correction keeps what was said before; a refresh in silence changes the words and no number."""
    added = await world.add(ParsedRelease("1", WHOLE, NOW), item("1", "The quay", language="en"))
    ident = added["1"]
    later = NOW + timedelta(hours=1)
    async with world.database.begin() as tx:
        assert await tx.releases.revise(ident, replace(WHOLE, title="Kajen lukker"), now=later, correction=True) == 2
        assert await tx.releases.revise(ident, Content("The quay closes", language="en"), now=later, correction=True) == 3
        assert await tx.releases.revise(ident, replace(WHOLE, title="Kajen lukker", lead=""), now=later, correction=False) == 3
        found = await tx.releases.get(ident)
        before = await tx.releases.revisions(ident)
    assert found is not None
    assert ([version.title for version in found.versions], found.revision) == (["Kajen lukker", "The quay closes"], 3)
    assert found.corrected_at == later
    assert [(number, content.title) for number, content in before] == [(1, WHOLE.title), (2, "The quay")]
    assert before[0][1] == WHOLE


async def test_a_renumbered_release_stays_the_same(world: World) -> None:
    """Only its identity at the newsroom changes."""
    added = await world.add(item("1", "Kajen"))
    async with world.database.begin() as tx:
        await tx.releases.rekey(added["1"], "guid:new")
        found = await tx.releases.get(added["1"])
    assert found is not None
    assert (found.external_id, found.content().title) == ("guid:new", "Kajen")


async def test_a_release_that_was_taken_down_stays_and_says_so(world: World) -> None:
    """Gone is a mark, not a deletion."""
    added = await world.add(item("1", "Kajen"))
    async with world.database.begin() as tx:
        await tx.releases.mark_gone(added["1"], NOW)
        found = await tx.releases.get(added["1"])
    assert found is not None
    assert found.gone_at == NOW


async def test_the_same_id_at_two_newsrooms_is_two_releases(world: World) -> None:
    """An identity counts within its feed."""
    first = await world.add(item("1", "Kajen"))
    second = await world.add(item("1", "Kajen"), slug="nabohavnen")
    assert first["1"] != second["1"]


async def test_the_latest_come_newest_first_in_pages(world: World) -> None:
    """Equal times are told apart by id, so that pages neither repeat nor leave out."""
    await world.add(*(item(str(n), f"Nyhed {n}") for n in range(3)), item("old", "Gammel", published=NOW - timedelta(days=9)))
    await world.add(item("9", "Nabo", published=NOW + timedelta(minutes=1)), slug="nabohavnen")
    here, there = (await world.feed()).newsroom.id, (await world.feed("nabohavnen")).newsroom.id
    async with world.database.read() as tx:
        pages = [
            release.content().title
            for offset in (0, 2, 4)
            for release in await tx.releases.latest([here, there], limit=2, offset=offset)
        ]
        assert pages == ["Nabo", "Nyhed 2", "Nyhed 1", "Nyhed 0", "Gammel"]
        assert (await tx.releases.count([here]), await tx.releases.count([here, there]), await tx.releases.count([])) == (4, 5, 0)
        assert await tx.releases.latest([], limit=5) == []


async def test_many_come_in_the_order_asked_for(world: World) -> None:
    """Unknown ones are left out."""
    added = await world.add(item("1", "A"), item("2", "B"))
    async with world.database.read() as tx:
        found = await tx.releases.many([added["2"], ReleaseId(999), added["1"]])
        assert [release.content().title for release in found] == ["B", "A"]
        assert await tx.releases.get(ReleaseId(999)) is None


async def test_releases_are_found_by_their_ids_and_addresses(world: World) -> None:
    """By either, in any of their languages, at any newsroom, each once; stored last first, and no more than were asked for."""
    first = await world.add(
        item("via:1", "Kajen", url="https://havnen.example/1"), item("via:1", "Quay", language="en", url="https://h.example/q")
    )
    second = await world.add(item("2", "Kajen lukker", url="https://havnen.example/2"))
    both = [second["2"], first["via:1"]]
    async with world.database.read() as tx:
        named = await tx.releases.found_at(["via:1"], ["https://havnen.example/1", "https://havnen.example/2"], 10)
        assert [release.id for release in named] == both
        assert [release.id for release in await tx.releases.found_at([], ["https://h.example/q"], 10)] == both[1:]
        assert [release.id for release in await tx.releases.found_at(["2", "via:1"], [], 1)] == both[:1]
        assert await tx.releases.found_at(["via:2"], ["https://havnen.example/3"], 10) == []
        assert await tx.releases.found_at([], [], 10) == []


async def test_releases_get_ids_in_the_order_they_are_stored(world: World) -> None:
    """The order in which a destination reads them follows from it."""
    added = await world.add(*(item(str(n), f"Nyhed {n}") for n in range(50)))
    assert list(added.values()) == sorted(added.values())
    assert list(added) == [str(n) for n in range(50)]
