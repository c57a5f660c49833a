"""What several sources say of one release, made into what is shown of it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.contact import Contact, Phone
from bot.domain.prose import paragraphs, plain
from bot.domain.release import Content, Kind, Picture
from bot.domain.sources import Former, Source, Statement, formers, merged, restated, shown

FEED = Content("Kajen åbner", lead="Fra mandag.", language="da", url="https://havnen.example/pressemeddelelse/1")
DOCUMENT = Content(
    "Kajen åbner igen",
    lead="Fra mandag kan skibe lægge til.",
    body=paragraphs("Skibe kan lægge til.\nHavnefogeden er glad."),
    language="da",
    url="https://havnen.example/release/1",
    kind=Kind.NEWS,
    kind_word="Nyhed",
    pictures=(Picture("https://havnen.example/kaj.jpg"),),
    contacts=(Contact(name="Freja Holmsted", phones=(Phone("+4520304050"),)),),
)
LISTED = Content("Kajen åbner", lead="Kort.", language="da", kind=Kind.PRESS_RELEASE, kind_word="Pressemeddelelse")


def said(*pairs: tuple[Source, Content]) -> list[Statement]:
    """What sources say."""
    return [Statement(source, content) for source, content in pairs]


def test_the_feed_names_and_the_document_fills() -> None:
    """Title, lead and address are the feed's; text, kind, contacts and pictures the document's."""
    found = merged(said((Source.FEED, FEED), (Source.DOCUMENT, DOCUMENT)))
    assert (found.title, found.lead, found.url) == (FEED.title, FEED.lead, FEED.url)
    assert (found.body, found.kind, found.contacts, found.pictures) == (
        DOCUMENT.body,
        Kind.NEWS,
        DOCUMENT.contacts,
        DOCUMENT.pictures,
    )


def test_what_no_feed_has_brought_is_named_by_its_document() -> None:
    """And a lead that is missing is the next one's that has it."""
    assert merged(said((Source.ARCHIVE, LISTED), (Source.DOCUMENT, DOCUMENT))).title == DOCUMENT.title
    assert merged(said((Source.FEED, replace(FEED, lead="")), (Source.ARCHIVE, LISTED))).lead == "Kort."


def test_a_source_alone_is_shown_as_it_is() -> None:
    """Whatever it is."""
    assert shown(said((Source.ARCHIVE, LISTED))) == (LISTED,)


def test_stale_text_is_left_out_and_facts_stay() -> None:
    """Beside the feed's newer words the document's old text is not shown; whom to call still is."""
    found = merged([Statement(Source.FEED, FEED), Statement(Source.DOCUMENT, DOCUMENT, stale=True)])
    assert (found.body, found.contacts, found.kind) == ((), DOCUMENT.contacts, Kind.NEWS)


def test_language_versions_stay_apart() -> None:
    """Each is put together from what is said of it."""
    english = replace(DOCUMENT, language="en", title="The quay opens")
    found = shown(said((Source.FEED, FEED), (Source.DOCUMENT, english), (Source.DOCUMENT, DOCUMENT)))
    assert [(version.language, version.title) for version in found] == [("da", FEED.title), ("en", "The quay opens")]


def test_what_was_shown_before_has_all_that_is_known_now() -> None:
    """Completing is no difference: only the words that the same source changed are."""
    before = replace(FEED, title="Kajen lukker")
    statements = said((Source.FEED, FEED), (Source.DOCUMENT, DOCUMENT))
    ((number, was),) = formers(statements, [Former(1, Source.FEED, before)])
    assert (number, was.title, was.body, was.kind) == (1, "Kajen lukker", DOCUMENT.body, Kind.NEWS)


def test_corrections_of_several_sources_are_walked_back_one_by_one() -> None:
    """First the feed's title, then the document's text: before the first both were other."""
    old_text = replace(DOCUMENT, body=paragraphs("Skibe kan ikke lægge til."))
    statements = said((Source.FEED, FEED), (Source.DOCUMENT, DOCUMENT))
    first, second = formers(
        statements, [Former(1, Source.FEED, replace(FEED, title="Kajen lukker")), Former(2, Source.DOCUMENT, old_text)]
    )
    assert (first[0], first[1].title, plain(first[1].body)) == (1, "Kajen lukker", "Skibe kan ikke lægge til.")
    assert (second[0], second[1].title, plain(second[1].body)) == (2, FEED.title, "Skibe kan ikke lægge til.")


def test_a_text_that_is_hidden_now_is_no_difference() -> None:
    """While the document is stale, a reader is told of the title alone."""
    statements = [Statement(Source.FEED, FEED), Statement(Source.DOCUMENT, DOCUMENT, stale=True)]
    ((_, was),) = formers(statements, [Former(1, Source.FEED, replace(FEED, title="Kajen lukker"))])
    assert was.body == ()


def test_a_feed_that_drops_its_own_text_is_told_so() -> None:
    """Where it is the only source, what is gone is gone."""
    before = replace(FEED, body=paragraphs("En tekst."))
    ((_, was),) = formers(said((Source.FEED, FEED)), [Former(1, Source.FEED, before)])
    assert was == before


def test_restating_takes_everything_for_fresh() -> None:
    """Two sayings of one source are compared on the same footing."""
    statements = [Statement(Source.FEED, FEED), Statement(Source.DOCUMENT, DOCUMENT, stale=True)]
    assert restated(statements, Statement(Source.FEED, replace(FEED, title="Ny"))).body == DOCUMENT.body


def test_who_changed_a_name_last_names_it() -> None:
    """Title and lead each by itself; the feed's own later change goes before the document's."""
    document = Statement(Source.DOCUMENT, DOCUMENT, title_since=2)
    found = merged([Statement(Source.FEED, FEED), document])
    assert (found.title, found.lead, found.url) == (DOCUMENT.title, FEED.lead, FEED.url)
    assert merged([Statement(Source.FEED, FEED, title_since=3), document]).title == FEED.title
    assert merged([Statement(Source.FEED, FEED), replace(document, stale=True)]).title == DOCUMENT.title


def test_a_title_that_a_document_changed_is_walked_back_though_the_feed_followed() -> None:
    """The feed was stored in silence: what was shown before is what the document said before."""
    document = Statement(Source.DOCUMENT, DOCUMENT, title_since=2)
    former = Former(1, Source.DOCUMENT, replace(DOCUMENT, title=FEED.title))
    for title in (FEED.title, DOCUMENT.title):
        ((_, was),) = formers([Statement(Source.FEED, replace(FEED, title=title)), document], [former])
        assert was.title == FEED.title


def test_a_feed_that_changed_a_title_later_is_walked_back_to_the_documents() -> None:
    """That is what stood there."""
    statements = [
        Statement(Source.FEED, replace(FEED, title="Kajen lukker"), title_since=3),
        Statement(Source.DOCUMENT, DOCUMENT, stale=True, title_since=2),
    ]
    formerly = [Former(1, Source.DOCUMENT, replace(DOCUMENT, title=FEED.title)), Former(2, Source.FEED, FEED)]
    assert [was.title for _, was in formers(statements, formerly)] == [FEED.title, DOCUMENT.title]
    same = [replace(statements[0], content=replace(FEED, title=DOCUMENT.title), title_since=0, lead_since=3), statements[1]]
    assert [was.title for _, was in formers(same, formerly)] == [FEED.title, DOCUMENT.title], "it followed with another lead"


def test_a_title_is_walked_back_though_a_document_that_changed_it_before_was_asked_again() -> None:
    """It says now what the feed alone began to say: what was read before is what the feed said then, once it had followed."""
    lukker = Content("Kajen lukker", language="da")
    statements = [Statement(Source.FEED, lukker, title_since=3), Statement(Source.DOCUMENT, lukker, title_since=2)]
    formerly = [Former(1, Source.DOCUMENT, FEED), Former(2, Source.FEED, DOCUMENT)]
    assert formers(statements, formerly)[-1][1].title == DOCUMENT.title
