"""Filters on what comes out: the words of the search, kinds, languages and newsrooms, and what is not known yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.prose import paragraphs
from bot.domain.release import Content, Kind
from bot.text.matching import Fault, Fit, Said, faults, fits, indexed, read

UM = Newsroom(NewsroomId(1), "udenrigsministeriet", "Udenrigsministeriet", "DK", "da", "", offered=True)
DANISH = Content(
    "Nye sanktioner mod Rusland",
    lead="Udenrigsministeren præsenterer en sanktionspakke om de grønlandske havne.",
    body=paragraphs("Det blå hus åbner på mandag, siger ministeren til pressen."),
    language="da",
)
ENGLISH = Content(
    "New sanctions against Russia", lead="The minister presents the package to the press.", language="en", kind=Kind.PRESS_RELEASE
)


def fit(line: str, *versions: Content) -> Fit:
    """Whether a filter lets a release of these versions through."""
    return fits(read(line, "da"), Said(UM, versions or (DANISH,)))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", Fit.YES),
        ("sanktion", Fit.YES),
        ("sanktionspakker", Fit.YES),
        ("pakke", Fit.YES),
        ("Grønland", Fit.YES),
        ("groenlandske", Fit.YES),
        ("told", Fit.WORDS),
        ("told ELLER sanktioner", Fit.YES),
        ("sanktioner -rusland", Fit.WORDS),
        ("-told", Fit.YES),
        ('"det blå hus"', Fit.YES),
        ('"hus det blå"', Fit.WORDS),
        ('"Rusland Udenrigsministeren"', Fit.WORDS),  # the one ends the title, the other begins the text
        ("sankt*", Fit.YES),
        ("lang:da", Fit.YES),
        ("lang:en", Fit.LANGUAGE),
        ("-lang:da", Fit.LANGUAGE),
        ("newsroom:udenrigsministeriet", Fit.YES),
        ("newsroom:Udenrigs", Fit.YES),
        ("newsroom:havnen", Fit.NEWSROOM),
        ("newsroom:havnen,udenrigsministeriet sanktioner", Fit.YES),
        ("-newsroom:udenrigsministeriet", Fit.NEWSROOM),
        ("kind:nyhed", Fit.UNKNOWN),
        ("-kind:nyhed sanktioner", Fit.UNKNOWN),
        ("kind:nyhed told", Fit.WORDS),
        ("sanktioner fra:13/10", Fit.YES),
        ("sidste uge", Fit.WORDS),
    ],
)
def test_what_a_filter_lets_through(line: str, found: Fit) -> None:
    """Words as the search finds them; what is certain goes before a kind that is not known; dates in words are words."""
    assert fit(line) is found


def test_kinds_and_languages_are_those_of_any_version() -> None:
    """A release in two languages is in both, and one that says its kind once has said it."""
    assert fit("lang:en", DANISH, ENGLISH) is Fit.YES
    assert fit("package sanktionspakke", DANISH, ENGLISH) is Fit.YES
    assert fit("kind:pm", DANISH, ENGLISH) is Fit.YES
    assert fit("kind:nyhed", DANISH, ENGLISH) is Fit.KIND
    assert fit("-kind:pm", DANISH, ENGLISH) is Fit.KIND
    assert fit("-kind:nyhed", DANISH, ENGLISH) is Fit.YES


def test_a_language_that_nobody_can_tell_is_not_known() -> None:
    """A title of names alone says nothing of its language."""
    assert fit("lang:da", Content("Nuuk 2026")) is Fit.UNKNOWN
    assert fit("lang:da", replace(DANISH, language="")) is Fit.YES


def test_faults_are_told_before_a_filter_is_taken() -> None:
    """A date is passed over, and what asks for nothing keeps nothing out."""
    assert faults("sanktioner fra:13/10") == (Fault.DATES,)
    assert faults("!!! ???") == (Fault.NOTHING,)
    assert faults("") == (Fault.NOTHING,)
    assert faults("on:fredag") == (Fault.DATES, Fault.NOTHING)
    assert faults("kind:nyhed") == faults("sanktioner") == ()


def test_a_newsrooms_own_language_is_read_too() -> None:
    """A Finnish newsroom's filters find Finnish forms."""
    finnish = Content("Uusia pakotteita Venäjää vastaan", lead="Ministeri esitteli pakotteet ja sen että hän oli", language="fi")
    said = Said(replace(UM, language="fi"), (finnish,))
    assert fits(read("pakote", "fi"), said) is Fit.YES


def test_the_index_and_the_filter_have_the_same_tokens() -> None:
    """What is stored for the search is what filters look at: titles apart from texts, versions one after the other."""
    title, body = indexed((DANISH, ENGLISH))
    assert "sanktion" in title
    assert "sanction" in title
    assert "ministeri" not in title
    assert "pres" in "".join(body)
