"""The README's picture."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.demo.picture import draw


@pytest.mark.parametrize(("language", "corrected"), [("da", "RETTET"), ("en", "CORRECTED")])
def test_the_picture_is_the_same_every_time(tmp_path: Path, language: str, corrected: str) -> None:
    """Drawing twice makes the same bytes, and they show the alert and its correction."""
    draw(language, tmp_path / "docs" / "one.svg")
    draw(language, tmp_path / "docs" / "two.svg")
    first, second = ((tmp_path / "docs" / name).read_bytes() for name in ("one.svg", "two.svg"))
    shown = " ".join(ET.fromstring(first).itertext()).replace("\xa0", " ")  # noqa: S314 - our own picture
    assert first == second
    assert corrected in shown
    assert all(words in shown for words in ("40 milli", "45 milli", "+45 61 97 92 47"))
