"""Searches and lists kept to days, kinds, languages and newsrooms, on Friday 20 November 2026 at 12.01."""

from __future__ import annotations

import inspect

import pytest

from storage.search import SqlSearch
from tests.features.newsdesk import Newsdesk, press, words_of

needs_narrowing = pytest.mark.skipif(
    "narrowing" not in inspect.signature(SqlSearch.find).parameters, reason="the storage cannot narrow yet (bot.ports.Narrowing)"
)


@needs_narrowing
async def test_a_search_says_how_it_was_understood(desk: Newsdesk) -> None:
    """Days read out of the words stand in the heading, in the reader's language, and only what is of those days below it."""
    words = await desk.words("/search grønland fra:12/11 til:16/11 newsroom:um kind:pm")
    assert "5 pressemeddelelser for »grønland« · Udenrigsministeriet · 12.–16. nov. 2026 · kun pressemeddelelser" in words
    assert "Nævn (4)" in words
    assert "Nævn (3)" not in words
    assert "1 release for “sanktioner” · 16–22 Nov 2026" in await desk.words("/search sanktioner this week", language="en")


@needs_narrowing
async def test_a_date_that_was_misread_can_be_dropped(desk: Newsdesk) -> None:
    """Where words were read as a date, one button asks without them, another for them as words."""
    card = (await desk.ask("/search sanktioner sidste uge")).card
    assert "Jeg fandt ingen" in words_of(card)
    assert "Afgrænset til: 9.–15. nov. 2026" in words_of(card)
    assert press(card, "Uden dato") == "/search sanktioner"
    assert press(card, "»sidste uge« som ord") == '/search sanktioner "sidste uge"'
    assert "Uden dato" not in await desk.words("/search sanktioner fra:mandag")


@needs_narrowing
async def test_labels_alone_list_the_newest(desk: Newsdesk) -> None:
    """Without words, what the line is kept to is listed, newest first, page by page."""
    card = (await desk.ask("/search kind:pm siden onsdag")).card
    assert "3 pressemeddelelser · fra 18. nov. 2026" in words_of(card)
    assert "1. Nye sanktioner" in words_of(card)
    assert "6. Møde" in await desk.words("/search kind:pm page:2")
    assert "Der blev ikke fundet noget" in await desk.words("/search kind:nyhed")


@needs_narrowing
async def test_latest_takes_the_same_words(desk: Newsdesk) -> None:
    """Newsroom, number, days and kinds in any order; paging keeps them."""
    card = (await desk.ask("/latest um 2 siden 14. november")).card
    assert "Seneste fra Udenrigsministeriet · fra 14. nov. 2026" in words_of(card)
    assert press(card, "Flere ▸") == "/latest udenrigsministeriet 2 siden 14. november page:2"
    assert "3. Møde" in await desk.words("/latest udenrigsministeriet 2 siden 14. november page:2")
    assert press(card, "Uden dato") == "/latest um 2"
    assert "Afgrænset til: kun nyheder" in await desk.words("/latest kind:nyhed")


async def test_newsrooms_are_found_forgivingly(desk: Newsdesk) -> None:
    """A newsroom to search in, or to leave out; a misspelt one is asked about, and one without releases offers to subscribe."""
    assert "Københavns Politi" in await desk.words('/search uheld newsroom:"kbh politi" OR vidner')
    assert "Afgrænset til: uden Udenrigsministeriet" in await desk.words("/search nævnet -newsroom:um")
    misspelt = (await desk.ask("/search møde newsroom:udenrgsmin")).card
    assert press(misspelt, "Udenrigsministeriet") == "/search møde newsroom:udenrigsministeriet"
    assert press((await desk.ask("/search møde newsroom:energinet")).card, "Abonner") == "/subscribe energinet"


async def test_latest_takes_a_newsroom_beside_those_of_labels(desk: Newsdesk) -> None:
    """What a label adds is there too, and what it leaves out is not."""
    both = await desk.words("/latest um newsroom:kbh")
    assert both.startswith("Seneste · Udenrigsministeriet · Københavns Politi\n")
    assert "Politiet efterlyser vidner" in both
    assert "Afgrænset til: uden Udenrigsministeriet" in await desk.words("/latest um -newsroom:um")


async def test_a_newsroom_is_asked_about_where_it_was_named(desk: Newsdesk) -> None:
    """Though its letters stand in other words before, and others are named in the same quotes."""
    said = (await desk.ask("/search udenrgsministre newsroom:udenrgsmin")).card
    assert press(said, "Udenrigsministeriet") == "/search udenrgsministre newsroom:udenrigsministeriet"
    said = (await desk.ask('/latest udenrgsmin -newsroom:"politi, udenrgsmin" kind:nyhed')).card
    assert press(said, "Udenrigsministeriet") == '/latest udenrgsmin -newsroom:"politi, udenrigsministeriet" kind:nyhed'


async def test_a_slip_is_asked_about(desk: Newsdesk) -> None:
    """A word that stands nowhere is mended by the words of titles, if that finds something."""
    card = (await desk.ask("/search rusland sanktoiner")).card
    assert "Mente du »rusland sanktioner«?" in words_of(card)
    assert press(card, "rusland sanktioner") == "/search rusland sanktioner"
    assert "1 pressemeddelelse" in await desk.words("/search rusland sanktioner")
    assert "Mente du" not in await desk.words("/search giraffer")


@pytest.mark.parametrize(
    "line", ['/search "', "/search from: to:", "/search kind:", '/search newsroom:"', "/latest 31. februar", "/search ::"]
)
async def test_strays_are_never_an_error(desk: Newsdesk, line: str) -> None:
    """Unbalanced quotes and labels without a value are words, or a polite question."""
    assert "gik galt" not in await desk.words(line)
