"""What a form's field offers for the words typed so far."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.lookup import names_of
from bot.commands.zones import like
from bot.domain.form import Choice
from bot.feeds.catalogue import Catalogue
from bot.i18n import Texts
from bot.ports import Transaction
from bot.text.fold import fold

ALL = "all"
_MOST = 50


def timezones(words: str) -> Sequence[Choice]:
    """Time zones of places whose names hold the words, in any of our languages."""
    return [Choice(zone, zone.replace("_", " ")) for zone in like(words, _MOST)]


async def newsrooms(tx: Transaction, catalogue: Catalogue, words: str, texts: Texts) -> Sequence[Choice]:
    """All newsrooms together, those offered here, then those of the catalogue, as far as a name holds the words."""
    asked = fold(words).strip()
    everything = texts.t("All newsrooms")
    found = {ALL: everything} if asked in fold(everything) else {}
    for newsroom in await tx.newsrooms.offered():
        if any(asked in fold(name) for name in names_of(newsroom, catalogue)):
            found[newsroom.slug] = newsroom.name
    for entry in catalogue.search(words):
        found.setdefault(entry.slug, entry.name)
    return [Choice(value, label) for value, label in list(found.items())[:_MOST]]
