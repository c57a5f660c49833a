"""Does a source complete a release, or correct it?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.prose import paragraphs
from bot.domain.release import Content
from bot.domain.sources import Name, Source, Statement
from bot.feeds.archive.judge import Correction, Judgement, has_followed, in_known_languages, is_behind, judge, renamed

FEED = Content("Havnen giver penge", lead="Fra mandag.", language="da")
TEXT = Content("Havnen giver penge", lead="Fra mandag.", body=paragraphs("Der gives 40 mio. kr. til kajen."), language="da")
OTHER = replace(TEXT, body=paragraphs("Der gives 45 mio. kr. til kajen."))


def stated(source: Source, content: Content, *, stale: bool = False, version: str = "") -> Statement:
    """What is stored of a source."""
    fingerprint = content.fingerprint if not version else f"{version}:{content.fingerprint.partition(':')[2]}"
    return Statement(source, content, stale, fingerprint)


def test_what_is_heard_for_the_first_time_completes() -> None:
    """However much it differs from what the feed says."""
    assert judge([stated(Source.FEED, FEED)], Source.DOCUMENT, [OTHER]) == Judgement((OTHER,))


def test_other_words_of_the_same_source_correct() -> None:
    """And are worth a word where they say something else."""
    statements = [stated(Source.FEED, FEED), stated(Source.DOCUMENT, TEXT)]
    assert judge(statements, Source.DOCUMENT, [OTHER]) == Judgement((), (Correction(OTHER, quiet=False),))


def test_a_misprint_corrects_quietly() -> None:
    """Nobody is told of it."""
    misprint = replace(TEXT, body=paragraphs("Havnefogden giver 40 mio. kr. til kajen."))
    right = replace(TEXT, body=paragraphs("Havnefogeden giver 40 mio. kr. til kajen."))
    statements = [stated(Source.FEED, FEED), stated(Source.DOCUMENT, misprint)]
    assert judge(statements, Source.DOCUMENT, [right]) == Judgement((), (Correction(right, quiet=True),))


@pytest.mark.parametrize("source", [Source.WHOLE, Source.ARCHIVE])
def test_another_source_corrects_nothing(source: Source) -> None:
    """It says so for the first time."""
    assert not judge([stated(Source.FEED, FEED), stated(Source.DOCUMENT, TEXT)], source, [OTHER]).corrects


def test_the_same_words_with_other_facts_complete() -> None:
    """Pictures, links and contacts are no words."""
    richer = replace(TEXT, keywords=("havn",))
    assert judge([stated(Source.DOCUMENT, TEXT)], Source.DOCUMENT, [richer]) == Judgement((richer,))


def test_a_text_that_comes_later_completes() -> None:
    """A document that was empty at first corrects nothing by being filled."""
    empty = replace(TEXT, body=())
    assert judge([stated(Source.DOCUMENT, empty)], Source.DOCUMENT, [TEXT]) == Judgement((TEXT,))


def test_a_text_that_is_missing_says_nothing() -> None:
    """More likely than a newsroom that publishes nothing is a platform that changed."""
    assert judge([stated(Source.DOCUMENT, TEXT)], Source.DOCUMENT, [replace(TEXT, body=())]) == Judgement()


BOTH = [stated(Source.FEED, FEED), stated(Source.DOCUMENT, TEXT)]
"""A feed and a document that agree."""


def corrections(statements: list[Statement], content: Content) -> list[tuple[set[str], bool]]:
    """What a document's words now make of a release: which names it changed, and whether that is worth a word."""
    return [({*each.renames}, each.quiet) for each in judge(statements, Source.DOCUMENT, [content]).corrects]


@pytest.mark.parametrize(("name", "value"), [("title", "Kajen får penge"), ("lead", "Fra tirsdag.")])
def test_a_title_or_lead_that_only_the_document_changed_corrects(name: str, value: str) -> None:
    """The feed may show it late, or never: the release may have left its window."""
    renamed = replace(TEXT, **{name: value})  # type: ignore[arg-type]
    assert corrections(BOTH, renamed) == [({name}, False)]


def test_each_language_version_is_judged_by_itself() -> None:
    """The English title changed, which the feed does not bring at all; the Danish one did not."""
    english = replace(TEXT, title="The harbour gives money", language="en")
    both = [*BOTH, stated(Source.DOCUMENT, english)]
    renamed = replace(english, title="The quay gets money")
    (correction,) = judge(both, Source.DOCUMENT, [TEXT, renamed]).corrects
    assert (correction.content, correction.renames) == (renamed, frozenset({Name.TITLE}))


def test_what_a_document_was_called_from_the_first_corrects_nothing() -> None:
    """Though the feed calls it something else."""
    other = replace(TEXT, title="Penge til havnen")
    assert corrections([stated(Source.FEED, FEED), stated(Source.DOCUMENT, other)], other) == []
    assert judge([stated(Source.FEED, FEED)], Source.DOCUMENT, [other]).corrects == ()


@pytest.mark.parametrize("title", ["Havnen  giver penge", "»Havnen« giver penge!", "HAVNEN GIVER PENGE"])
def test_typography_is_not_worth_a_word(title: str) -> None:
    """It is set right in the alert at most."""
    assert all(quiet for _, quiet in corrections(BOTH, replace(TEXT, title=title)))


def test_a_feed_that_sets_titles_otherwise_keeps_its_title_for_a_trifle() -> None:
    """Readers would be told that words went which the newsroom never took away; a change of words is one all the same."""
    feed = stated(Source.FEED, replace(FEED, title="Pressemeddelelse: Havnen giver penge"))
    both = [feed, stated(Source.DOCUMENT, TEXT)]
    assert corrections(both, replace(TEXT, title="Havnen giver penge!")) == []
    assert corrections(both, replace(TEXT, title="Havnen tager penge")) == [({"title"}, False)]


def test_a_document_that_follows_its_feed_corrects_nothing() -> None:
    """The feed changed the title, and told it; the document says it in the same words or nearly so."""
    stale = [stated(Source.FEED, replace(FEED, title="Kajen får penge")), stated(Source.DOCUMENT, TEXT, stale=True)]
    for title in ("Kajen får penge", "Kajen får penge i dag"):
        assert corrections(stale, replace(TEXT, title=title)) == []


def test_a_title_that_changes_as_the_text_comes_is_told_and_the_text_is_not() -> None:
    """A document that was empty at first."""
    statements = [stated(Source.FEED, FEED), stated(Source.DOCUMENT, replace(TEXT, body=()))]
    assert corrections(statements, replace(TEXT, title="Kajen får penge")) == [({"title"}, False)]


def test_a_feed_that_has_followed_says_nothing_new() -> None:
    """Its lead may be cut short; what it says besides, or by itself, is new."""
    lead = "Skibe kan lægge til fra mandag, siger havnefogeden."
    document = replace(stated(Source.DOCUMENT, replace(TEXT, title="Kajen får penge", lead=lead)), title_since=2, lead_since=2)
    feed = stated(Source.FEED, FEED)
    said = [feed, document]
    for title, told in (("Kajen får penge", lead), ("»Kajen« får penge", ""), ("Kajen får penge", "Skibe kan lægge til fra…")):
        assert has_followed(said, feed, replace(FEED, title=title, lead=told))
    for title, told in (("Kajen får penge", "Fra tirsdag."), ("Kajen får 45 mio. kr.", lead), ("Kajen får penge", "Skibe…")):
        assert not has_followed(said, feed, replace(FEED, title=title, lead=told))
    assert not has_followed(said, feed, replace(FEED, title="Kajen får penge", lead=lead, body=paragraphs("Mere.")))
    assert not has_followed(BOTH, feed, replace(FEED, title="Havnen giver penge!")), "a trifle of its own is edited quietly"


def test_a_feed_that_follows_with_other_news_renames_nothing_else() -> None:
    """What readers read already it has not changed: of title and lead only what is new to them."""
    document = replace(stated(Source.DOCUMENT, replace(TEXT, title="Kajen får 45 mio. kr.")), title_since=2)
    feed = stated(Source.FEED, FEED)
    follows = replace(FEED, title="Kajen får 45 mio. kr.", lead="Først fra tirsdag den 3.")
    assert renamed([feed, document], feed, follows) == {Name.LEAD}


def test_another_way_of_cleaning_corrects_nothing() -> None:
    """After an upgrade of the bot the words are taken anew."""
    assert judge([stated(Source.DOCUMENT, TEXT, version="0")], Source.DOCUMENT, [OTHER]) == Judgement((OTHER,))


def test_a_single_version_goes_by_the_tag_that_is_known() -> None:
    """A feed that names no language, or a document that names none, makes no second version."""
    nameless = replace(FEED, language="")
    assert in_known_languages([stated(Source.FEED, nameless)], [TEXT])[0].language == ""
    assert in_known_languages([stated(Source.FEED, FEED)], [replace(TEXT, language="")])[0].language == "da"
    english = replace(TEXT, language="en")
    assert in_known_languages([stated(Source.FEED, FEED)], [english]) == [english]


def test_a_document_that_has_not_followed_its_feed_is_behind() -> None:
    """The feed has other words, and the document says what it said before."""
    stale = [stated(Source.FEED, replace(FEED, title="Nyt")), stated(Source.DOCUMENT, TEXT, stale=True)]
    assert is_behind(stale, Source.DOCUMENT, [OTHER])
    assert not is_behind(stale, Source.DOCUMENT, [replace(OTHER, title="Nyt")])
    assert not is_behind([stated(Source.DOCUMENT, TEXT)], Source.DOCUMENT, [TEXT])
