"""Which corrections are not worth a word: the table is the rule."""

from __future__ import annotations

import time

import pytest

from bot.text.quiet import is_quiet

QUIET = (
    ("Folketinget vedtog loven", "folketinget vedtog loven"),
    ("Folketinget vedtog loven", "Folketinget  vedtog\nloven."),
    ("i perioden 2020-2025", "i perioden 2020–2025"),
    ("kl. 12.30 - 13.00", "kl. 12.30–13.00"),
    ("mandag - onsdag", "mandag – onsdag"),
    ("Ministeren siger ja", "»Ministeren siger ja!«"),
    ("EU topmøde", "EU-topmøde"),
    ("presse mødet", "pressemødet"),
    ("5 % af 40 mio. kr.", "5% af 40 mio. kr"),
    ("COP 30 og F-35", "COP30 og F35"),
    ("mini\u00adsteren", "ministeren"),
    ("A\u030arhus", "Århus"),
    ("Minsteren går", "Ministeren går"),
    ("Minsiteren går", "Ministeren går"),
    ("en ny regering", "en ny regeringen"),
    ("Minsteren kom. Minsteren gik.", "Ministeren kom. Ministeren gik."),
    ("The goverment agreed", "The government agreed"),
    ("He said ‘don't go’", "He said “do not go”"),
    ("Ikke i dag", "ikke i dag"),
)
TOLD = (
    ("Havnen giver 40 mio. kr.", "Havnen giver 45 mio. kr."),
    ("Havnen giver 40 mio. kr.", "Havnen giver 40 mia. kr."),
    ("4,5 procent", "45 procent"),
    ("1.000 skibe", "10.00 skibe"),
    ("-5 grader", "5 grader"),
    ("5 %", "5 ‰"),
    ("5 mio. €", "5 mio. $"),
    ("den 3. maj", "den 4. maj"),
    ("i juni", "i juli"),
    ("på torsdag", "på tirsdag"),
    ("on Tuesday", "on Thursday"),
    ("eight people", "eighty people"),
    ("fire skibe", "fem skibe"),
    ("skibe kan sejle", "skibe kan ikke sejle"),
    ("skibe kan ikke sejle", "skibe kan sejle"),
    ("vi gør det nu", "vi gør det ikke"),
    ("it can sail", "it can't sail"),
    ("it is now open", "it is not open"),
    ("he was notable", "he was not able"),
    ("med forbehold", "uden forbehold"),
    ("ministeren er enig", "ministeren er uenig"),
    ("det er udholdeligt", "det er uudholdeligt"),
    ("en brugervenlig løsning", "en brugeruvenlig løsning"),
    ("a legal act", "an illegal act"),
    ("en u lovlig handling", "en ulovlig handling"),
    ("an atypical case", "a typical case"),
    ("stemte for aftalen", "stemte mod aftalen"),
    ("han sagde", "hun sagde"),
    ("havnechef Jensen", "havnechef Hansen"),
    ("skibe til Rusland", "skibe fra Rusland"),
    ("ministeren siger", "siger ministeren"),
    ("ja", "ja tak"),
    ("Minsteren er tilfeds", "Ministeren er tilfreds"),
    ("", "ja"),
)


@pytest.mark.parametrize(("before", "after"), QUIET)
def test_looks_and_misprints_are_quiet(before: str, after: str) -> None:
    """Case, space, punctuation, or at most two letters inside one word; and so is taking it back."""
    assert is_quiet(before, after)
    assert is_quiet(after, before)


@pytest.mark.parametrize(("before", "after"), TOLD)
def test_words_figures_and_negations_are_told(before: str, after: str) -> None:
    """A word that came, went or turned into another, a figure touched, or a no: either way round."""
    assert not is_quiet(before, after)
    assert not is_quiet(after, before)


def test_a_long_text_is_judged_at_once() -> None:
    """A hundred thousand words with one figure changed take less than a second or two, whatever the words are."""
    words = ["og ikke 5"] * 33_000
    started = time.perf_counter()
    assert not is_quiet(" ".join(words), " ".join([*words[:-1], "og ikke 6"]))
    assert not is_quiet("x" * 100_000, "x" * 99_999)
    assert time.perf_counter() - started < 2
