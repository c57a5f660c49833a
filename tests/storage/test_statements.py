"""What several sources say of one release, kept apart and shown as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.prose import paragraphs, plain
from bot.domain.release import Content, Kind, ParsedRelease
from bot.domain.sources import Name, Source
from bot.ports import Narrowing
from bot.text.query import parse
from tests.fakes.world import NOW, World, item

TEXT = Content(
    "Kajen åbner igen",
    lead="Fra mandag kan skibe lægge til.",
    body=paragraphs("Havnefogeden fortæller om fortøjningspælene."),
    language="da",
    kind=Kind.NEWS,
    kind_word="Nyhed",
)


async def test_a_document_completes_and_corrects_nothing(world: World) -> None:
    """Its text is shown and found, by its kind too; revision and correction stay as they were."""
    ids = await world.add(item("1", "Kajen åbner", lead="Fra mandag."))
    async with world.database.begin() as tx:
        await tx.releases.complete(ids["1"], [TEXT], source=Source.DOCUMENT)
        await tx.releases.complete(ids["1"], [TEXT], source=Source.DOCUMENT)
        release = await tx.releases.get(ids["1"])
        found = await tx.search.find(parse("fortøjningspæle"), limit=5)
        news = await tx.releases.latest([release.newsroom.id], limit=5, narrowing=Narrowing(kinds=frozenset({Kind.NEWS})))  # type: ignore[union-attr]
        assert await tx.releases.sources([ids["1"]]) == {ids["1"]: {Source.FEED, Source.DOCUMENT}}
        assert await tx.releases.revisions(ids["1"]) == []
    assert release is not None
    assert (len(release.versions), release.revision, release.corrected_at) == (1, 1, None)
    content = release.content()
    assert (content.title, content.kind, plain(content.body)) == ("Kajen åbner", Kind.NEWS, plain(TEXT.body))
    assert [each.id for each in found.releases] == [each.id for each in news] == [ids["1"]]


async def test_a_correction_of_the_feed_makes_the_document_stale(world: World) -> None:
    """Its text is hidden until it was asked again, in the language that was corrected alone."""
    ids = await world.add(item("1", "Kajen åbner", lead="Fra mandag."), item("1", "The quay opens", language="en"))
    english = replace(TEXT, language="en")
    async with world.database.begin() as tx:
        await tx.releases.complete(ids["1"], [TEXT, english], source=Source.DOCUMENT)
        renamed = Content("Kajen lukker", lead="Fra mandag.", language="da")
        assert await tx.releases.revise(ids["1"], renamed, now=NOW, correction=True) == 2
        stale = await tx.releases.get(ids["1"])
        before = await tx.releases.revisions(ids["1"])
        await tx.releases.complete(ids["1"], [TEXT], source=Source.DOCUMENT)
        fresh = await tx.releases.get(ids["1"])
        again = await tx.releases.revisions(ids["1"])
    assert stale is not None
    assert fresh is not None
    assert (stale.content("da").body, stale.content("da").kind, bool(stale.content("en").body)) == ((), Kind.NEWS, True)
    assert fresh.content("da").body == TEXT.body
    assert [(number, content.title, bool(content.body)) for number, content in before] == [(1, "Kajen åbner", False)]
    assert [(number, content.title, bool(content.body)) for number, content in again] == [(1, "Kajen åbner", True)]


async def test_a_correction_of_the_document_is_a_revision(world: World) -> None:
    """What was shown before has the title that is shown now, and the text as it was."""
    ids = await world.add(item("1", "Kajen åbner"))
    other = replace(TEXT, body=paragraphs("Havnefogeden tier."))
    async with world.database.begin() as tx:
        await tx.releases.complete(ids["1"], [TEXT], source=Source.DOCUMENT)
        assert await tx.releases.revise(ids["1"], other, source=Source.DOCUMENT, now=NOW, correction=True) == 2
        ((number, before),) = await tx.releases.revisions(ids["1"])
        release = await tx.releases.get(ids["1"])
    assert release is not None
    assert (number, before.title, before.body, release.content().body) == (1, "Kajen åbner", TEXT.body, other.body)
    assert release.corrected_at == NOW


async def test_what_is_to_be_shown_anew_is_corrected_by_nothing(world: World) -> None:
    """The revision rises, and nothing was said before."""
    ids = await world.add(item("1", "Kajen åbner"))
    async with world.database.begin() as tx:
        assert await tx.releases.reshow(ids["1"]) == 2
        release = await tx.releases.get(ids["1"])
        assert await tx.releases.revisions(ids["1"]) == []
    assert release is not None
    assert (release.revision, release.corrected_at) == (2, None)


async def test_what_the_archive_found_is_known_to_the_feed_and_not_brought_by_it(world: World) -> None:
    """The feed's first word of it is taken over, and counts as its own from then on."""
    feed = await world.feed()
    old = ParsedRelease("old", replace(TEXT, url="https://havnen.example/old"), NOW - timedelta(days=900))
    async with world.database.begin() as tx:
        await tx.feeds.keep(feed.id)
        ids = await tx.releases.add(feed, [old], now=NOW, late=(), source=Source.ARCHIVE)
        (known,) = await tx.feeds.known(feed.id, [old])
        assert (known.release_id, known.fingerprint) == (ids["old"], "")
        assert await tx.feeds.oldest(feed.id) is None
        assert await tx.feeds.newer_than(feed.id, NOW - timedelta(days=1000), 5) == []
        said = replace(TEXT, lead="Kort.", body=())
        assert await tx.releases.revise(ids["old"], said, now=NOW, correction=False) == 1
        (known,) = await tx.feeds.known(feed.id, [old])
        assert known.fingerprint == said.fingerprint
        assert await tx.feeds.oldest(feed.id) == old.published
        release = await tx.releases.get(ids["old"])
    assert release is not None
    assert (release.content().lead, release.content().body, release.revision) == ("Kort.", TEXT.body, 1)


async def test_a_title_of_the_documents_own_is_shown_until_the_feed_changes_it(world: World) -> None:
    """In its own language version alone; it is found by its words, and each stands in the revisions."""
    ids = await world.add(item("1", "Kajen åbner"), item("1", "The quay opens", language="en"))
    async with world.database.begin() as tx:
        await tx.releases.complete(ids["1"], [replace(TEXT, title="Kajen åbner")], source=Source.DOCUMENT)
        renamed = replace(TEXT, title="Kranen åbner")
        told = {"now": NOW, "correction": True, "renames": [Name.TITLE]}
        assert await tx.releases.revise(ids["1"], renamed, source=Source.DOCUMENT, **told) == 2  # type: ignore[arg-type]
        release = await tx.releases.get(ids["1"])
        found = await tx.search.find(parse("kranen"), limit=5)
        await tx.releases.complete(ids["1"], [renamed], source=Source.DOCUMENT)
        again = await tx.releases.get(ids["1"])
        await tx.releases.revise(ids["1"], item("1", "Kranen åbner").content, now=NOW, correction=False)
        before = await tx.releases.revisions(ids["1"])
        assert await tx.releases.revise(ids["1"], item("1", "Kranen lukker").content, **told) == 3  # type: ignore[arg-type]
        after = await tx.releases.get(ids["1"])
        both = await tx.releases.revisions(ids["1"])
    assert [each.id for each in found.releases] == [ids["1"]]
    assert [[version.title for version in each.versions] for each in (release, again, after) if each] == [
        ["Kranen åbner", "The quay opens"],
        ["Kranen åbner", "The quay opens"],
        ["Kranen lukker", "The quay opens"],
    ]
    assert [(number, content.title) for number, content in before] == [(1, "Kajen åbner")]
    assert [(number, content.title) for number, content in both] == [(1, "Kajen åbner"), (2, "Kranen åbner")]
