"""Does a source complete a release, or correct it?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.prose import paragraphs
from bot.domain.release import Content
from bot.domain.sources import Source, Statement
from bot.feeds.archive.judge import Correction, Judgement, in_known_languages, is_behind, judge

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


def test_words_that_are_not_shown_correct_nothing() -> None:
    """The feed names the release, so a document's title is stored and no more."""
    renamed = replace(TEXT, title="Kajen får penge")
    assert judge([stated(Source.FEED, FEED), stated(Source.DOCUMENT, TEXT)], Source.DOCUMENT, [renamed]) == Judgement((renamed,))


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
