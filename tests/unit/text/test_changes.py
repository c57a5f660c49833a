"""What changed, as passages of words kept, removed and added."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.changes import PASSAGES, Fate, Passage, changes

MARKS = {Fate.KEPT: "{}", Fate.REMOVED: "[-{}-]", Fate.ADDED: "[+{}+]"}


def shown(passage: Passage) -> str:
    """A passage in one line."""
    return "".join(MARKS[part.fate].format(part.text) for part in passage)


@pytest.mark.parametrize(
    ("before", "after", "passages"),
    [
        ("Havnen giver 40 mio. kr.", "Havnen giver 45 mio. kr.", ["Havnen giver [-40 mio. kr.-][+45 mio. kr.+]"]),
        ("den 3. maj kl. 10", "den 4. maj kl. 10", ["den [-3. maj-][+4. maj+] kl. 10"]),
        ("siger Freja Holmsted, der er", "siger Freja Lund, der er", ["siger [-Freja Holmsted-][+Freja Lund+], der er"]),
        ("Skibe kan sejle.", "Skibe kan ikke sejle.", ["Skibe kan [+ikke+] sejle."]),
        ("Skibe kan ikke sejle.", "Skibe kan sejle.", ["Skibe kan [-ikke-] sejle."]),
        ("Et afsnit.\nDet sidste.", "Et afsnit.\nEt nyt.\nDet sidste.", ["[+Et nyt.+]"]),
        ("Et afsnit.\nEt nyt.\nDet sidste.", "Et afsnit.\nDet sidste.", ["[-Et nyt.-]"]),
        ("", "Nu er her tekst.", ["[+Nu er her tekst.+]"]),
        ("Her var tekst.", "", ["[-Her var tekst.-]"]),
        ("Ikke alle kom.", "alle kom.", ["[-Ikke-] alle kom."]),
        ("Samme  ord", "Samme\nord", []),
    ],
)  # fmt: skip
def test_what_changed_is_shown_in_its_place(before: str, after: str, passages: list[str]) -> None:
    """With the words around it, figures with their unit and names whole; space is no change."""
    assert [shown(passage) for passage in changes(before, after).passages] == passages


def test_a_few_words_of_context_are_shown_and_a_sign_where_the_text_goes_on() -> None:
    """Changes far apart are passages of their own; what stands close together is one."""
    words = [f"ord{n}" for n in range(60)]
    other = [*words[:20], "nyt", *words[21:25], "endnu", *words[26:50], "sidst", *words[51:]]
    found = changes(" ".join(words), " ".join(other), context=3)
    assert [shown(passage) for passage in found.passages] == [
        "… ord17 ord18 ord19 [-ord20-][+nyt+] ord21 ord22 ord23 ord24 [-ord25-][+endnu+] ord26 ord27 ord28 …",
        "… ord47 ord48 ord49 [-ord50-][+sidst+] ord51 ord52 ord53 …",
    ]
    assert found.pairs == (("ord20", "nyt"), ("ord25", "endnu"), ("ord50", "sidst"))


def test_a_passage_never_runs_into_the_next_paragraph() -> None:
    """Neither its context nor a change that is bridged with its neighbour."""
    found = changes("Det siger Freja Holmsted.\nKajen kan åbne.", "Det siger Freja Lund.\nKajen kan ikke åbne.")
    assert [shown(passage) for passage in found.passages] == [
        "Det siger [-Freja Holmsted.-][+Freja Lund.+]",
        "Kajen kan [+ikke+] åbne.",
    ]


def test_a_rewritten_text_is_bounded() -> None:
    """So many passages, each so long, and the others are counted; a word without end is cut."""
    before = "\n".join(f"Afsnit {n} siger dette om sagen." for n in range(50))
    after = "\n".join(f"Afsnit {n} mener noget andet om den." for n in range(50))
    found = changes(before, after)
    assert (len(found.passages), found.more) == (PASSAGES, 50 - PASSAGES)
    (longest,) = changes("kort", "langt " * 5000 + "x" * 5000).passages
    assert sum(len(part.text) for part in longest) < 500


@pytest.mark.parametrize("kinds", [2, 5, 50, 3000])
def test_no_text_takes_long(kinds: int) -> None:
    """Not even texts of few different words, by which difflib alone would be held up for minutes."""
    chance = random.Random(kinds)  # noqa: S311 - it makes texts, it guards nothing
    before, after = (" ".join(str(chance.randrange(kinds)) for _ in range(4000)) for _ in range(2))
    started = time.perf_counter()
    assert changes(before, after)
    assert time.perf_counter() - started < 2


@settings(max_examples=150, deadline=None)
@given(*(st.lists(st.sampled_from(["Ny", "kaj", "40", "45", "mio.", "ikke", "J.", "\n"]), max_size=12).map(" ".join),) * 2)
def test_whatever_changed_every_word_is_told(before: str, after: str) -> None:
    """With context without end and no bounds, what is kept and added is the new text, what is kept and removed the old one."""
    found = changes(before, after, context=1000, most=1000)
    assert bool(found) == (before.split() != after.split())
    kept_and_added = [part.text for passage in found.passages for part in passage if part.fate is not Fate.REMOVED]
    removed = [part.text for passage in found.passages for part in passage if part.fate is Fate.REMOVED]
    assert set(" ".join(kept_and_added).split()) <= set(after.split())
    assert set(" ".join(removed).split()) <= set(before.split())
    gone = [word for word in before.split() if word not in after.split()]
    assert set(gone) <= set(" ".join(removed).split())
