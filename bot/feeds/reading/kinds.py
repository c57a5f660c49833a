"""What sort of release a newsroom's own word means."""

from __future__ import annotations

from bot.domain.release import Kind

_WORDS: dict[Kind, tuple[str, ...]] = {
    Kind.PRESS_RELEASE: (
        "pressemeddelelse", "pressemeddelelser", "pressmeddelande", "pressmeddelanden", "pressemelding", "pressemeldinger",
        "tiedote", "tiedotteet", "lehdistötiedote", "lehdistötiedotteet", "press release", "press releases",
        "pressrelease", "press-release", "pressemitteilung", "pressemitteilungen", "media release", "news release",
        "fréttatilkynning",
    ),
    Kind.NEWS: (
        "nyhed", "nyheder", "nyhet", "nyheter", "uutinen", "uutiset", "news", "news item", "nachricht", "nachrichten", "frétt",
    ),
    Kind.INVITATION: (
        "presseinvitation", "presseinvitationer", "pressinbjudan", "pressinbjudningar", "presseinvitasjon", "presseinvitasjoner",
        "press invitation", "press invitations", "media invitation", "kutsu", "pressekutsu", "lehdistökutsu", "kutsu medialle",
        "mediakutsu", "presseeinladung", "pressetermin", "invitation til pressen", "media advisory",
    ),
}  # fmt: skip
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words}


def kind_of(word: str) -> Kind | None:
    """The kind that a word such as `Pressemeddelelse`, `Tiedote` or `Press release` means, in any case, or None."""
    return _KINDS.get(" ".join(word.split()).casefold())
