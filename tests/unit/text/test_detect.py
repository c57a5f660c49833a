"""Telling a text's language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.detect import detect


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "Ministeren siger, at aftalen er god for dem, der bor ved kysten, og at den bliver til noget efter sommeren."),
        ("nb", "Statsråden sier at avtalen er god for dem som bor ved kysten, og at den blir til noe etter sommeren."),
        ("sv", "Ministern säger att avtalet är bra för dem som bor vid kusten, och att det blir något efter sommaren."),
        ("fi", "Ministeri kertoo, että sopimus on hyvä ja se tulee voimaan, kun eduskunta on sen hyväksynyt."),
        ("de", "Der Minister sagt, dass das Abkommen gut ist und nach dem Sommer für die Küste gelten wird."),
        ("da", "Det Udenrigspolitiske Nævn holder møde tirsdag den 30. juni kl. 14.00."),
        ("en", "The minister says that the agreement is good for those who live by the coast and will be in force by autumn."),
    ],
)
def test_a_sentence_tells_its_language(language: str, text: str) -> None:
    """One sentence of prose is enough in each of the six languages."""
    assert detect(text) == language


@pytest.mark.parametrize(
    "text", ["", "Nyt kontor", "Sanktioner 2026", "Konferanse i Oslo", "Le ministre a parlé aux journalistes hier"]
)
def test_a_handful_of_words_tells_nothing(text: str) -> None:
    """A short title, or a language that is not among the six, gives no answer rather than a guess."""
    assert detect(text) == ""


def test_danish_and_norwegian_may_look_the_same() -> None:
    """Where every small word is both Danish and Norwegian, neither is claimed."""
    assert detect("Det er en dag for kunst og musikk") == ""


def test_the_text_goes_before_the_tag() -> None:
    """A tag counts where the text does not tell, and not against what the text tells."""
    english = "The minister will meet with the press at the airport."
    assert detect(english, "da") == "en"
    assert detect("Nyt kontor", "da-DK") == "da"
    assert detect("Nyt kontor", "fr") == ""


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    """Nothing raises, and the answer is one of the six codes or empty."""
    assert detect(text) in ("", "da", "nb", "sv", "fi", "de", "en")
