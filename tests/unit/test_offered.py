"""The newsrooms that the settings name."""

from __future__ import annotations

import pytest

from bot.errors import SettingsError
from bot.feeds.catalogue import Catalogue
from bot.offered import newsrooms_of
from bot.settings import Settings


def named(*words: str) -> list[str]:
    """The slugs that words in PRESSEVAGT_NEWSROOMS come to."""
    settings = Settings.model_validate({"PRESSEVAGT_NEWSROOMS": ",".join(words)})
    return [entry.slug for entry in newsrooms_of(settings, Catalogue.load())]


def test_slugs_aliases_and_addresses() -> None:
    """The catalogue's names in any form, its addresses, and addresses beside it."""
    assert named("um", "københavns politi") == ["udenrigsministeriet", "koebenhavns-politi"]
    assert named("https://via.ritzau.dk/nyhedsrum/2012662/udenrigsministeriet") == ["udenrigsministeriet"]
    assert named("https://havnen.example/feed") == ["havnen-example-feed"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("zzzzqq", "'zzzzqq' is no newsroom of the catalogue"),
        ("politi", "'politi' fits several newsrooms; nearest: "),
        ("ftp://havnen.example/feed", "is neither a newsroom of the catalogue nor an address"),
        ("https://asta:hemmelig@havnen.example/feed", "must not hold a user name or password"),
    ],
)
def test_what_names_no_newsroom_is_said_with_its_variable(word: str, said: str) -> None:
    """The variable, the word and what would be right; never a password."""
    with pytest.raises(SettingsError) as error:
        named("um", word)
    assert str(error.value).startswith("PRESSEVAGT_NEWSROOMS: ")
    assert said in str(error.value)
    assert "hemmelig" not in str(error.value)
