"""Text cut to size, and where one sign ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.cutting import cut, head, units

texts = st.text(st.sampled_from("ab æø\n😀👨\u200d👩🇩🇰👍🏽e\u0301"), max_size=80)


@given(texts, st.integers(1, 90))
def test_a_cut_text_fits_and_is_a_beginning(text: str, limit: int) -> None:
    """Nothing but the beginning, and a sign that it goes on."""
    short = cut(text, limit)
    assert units(short) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))


@pytest.mark.parametrize(
    ("text", "room", "kept"),
    [
        ("xx👨\u200d👩\u200d👧 familie", 9, "xx"),
        ("xxe\u0301 ", 3, "xx"),
        ("xx🇩🇰🇸🇪", 8, "xx🇩🇰"),
        ("xx👍🏽", 4, "xx"),
        ("😀😀", 3, "😀"),
        ("et to tre", 7, "et to"),
        ("etlangtord", 4, "etla"),
    ],
)
def test_no_sign_is_torn_apart(text: str, room: int, kept: str) -> None:
    """Families, accents, flags, tones of skin and the halves of an emoji stay together."""
    assert head(text, room) == kept


def test_a_text_is_cut_between_words() -> None:
    """Without a comma left over."""
    assert cut("Havnen åbner, og skibene sejler", 20) == "Havnen åbner, og…"
    assert cut("Havnen åbner, og skibene sejler", 15) == "Havnen åbner…"
