"""Which newsrooms do the settings name?"""

from __future__ import annotations

from bot.domain.newsroom import NewsroomEntry
from bot.errors import SettingsError
from bot.feeds.catalogue import Ambiguous, Catalogue, Found, Unknown, entry_for_address
from bot.settings import Settings


def newsrooms_of(settings: Settings, catalogue: Catalogue) -> list[NewsroomEntry]:
    """The newsrooms that the settings name; raises SettingsError for a name that the catalogue does not know, with the nearest."""
    return [_newsroom(word, catalogue) for word in settings.newsrooms]


def _newsroom(word: str, catalogue: Catalogue) -> NewsroomEntry:
    if "://" in word:
        try:
            return entry_for_address(word)
        except SettingsError as error:
            raise SettingsError(f"PRESSEVAGT_NEWSROOMS: {error}") from None
    match catalogue.find(word):
        case Found(entry):
            return entry
        case Ambiguous(entries):
            problem, near = "fits several newsrooms", entries
        case Unknown(nearest):
            problem, near = "is no newsroom of the catalogue", nearest
    hint = ", ".join(entry.slug for entry in near[:3]) or "pressevagt chat, then /newsrooms, lists them"
    message = f"PRESSEVAGT_NEWSROOMS: {word!r} {problem}; nearest: {hint}"
    raise SettingsError(message)
