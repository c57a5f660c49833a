"""Short words: an answer in a sentence, an error, a notice to operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.cards.shorten import shorten, summary
from bot.cards.words import rows
from bot.domain.card import Button, Card, Element, Fact, Text, Tone
from bot.domain.prose import paragraphs
from bot.i18n import N_, Texts

_LONGEST = 2000
_FAULTS = {
    "unreachable": N_("cannot be reached"),
    "forbidden_address": N_("leads to an address that may not be asked"),
    "gone": N_("the newsroom has closed it"),
    "refused": N_("the server refuses"),
    "too_large": N_("too large"),
    "redirects": N_("redirects too often"),
    "html": N_("a web page stands where the feed should be"),
    "empty": N_("the answer is empty"),
    "malformed": N_("cannot be read as a feed"),
    "parse_timeout": N_("takes too long to read"),
    "no_usable_release": N_("nothing in it can be used"),
}


def say_card(text: str, *, tone: Tone = Tone.PLAIN, buttons: Sequence[Button] = (), width: int = 2) -> Card:
    """An answer of a sentence or two, a line each."""
    blocks = paragraphs(text[:_LONGEST])
    elements: tuple[Element, ...] = tuple(Text(block, tone if at == 0 else Tone.PLAIN) for at, block in enumerate(blocks))
    return Card(summary(text), elements, rows(*buttons, width=width))


def error_card(text: str, *, buttons: Sequence[Button] = ()) -> Card:
    """What went wrong and what would work, perhaps as buttons."""
    return say_card(text, tone=Tone.WARNING, buttons=buttons)


def fault_words(code: str, texts: Texts) -> str:
    """What a feed's fault code means (`bot.errors.FeedError.code`); the code itself where we have no words for it."""
    return texts.t(_FAULTS[code]) if code in _FAULTS else code


def notice_card(code: str, values: Mapping[str, str], texts: Texts, now: datetime) -> Card:
    """A word to operators about the bot itself.

    Values known: `newsroom`, its `slug`, `destination` (its title), `url`, `fault` (a code), `detail` (a sentence), `retry` (ISO
    time or words).
    """
    newsroom = shorten(values.get("newsroom", ""), 200)
    destination = shorten(values.get("destination", ""), 200)
    match code:
        case "feed_ended":
            said = texts.t("The feed of {newsroom} has been closed by the newsroom. It is no longer looked at.", newsroom=newsroom)
            tone = Tone.WARNING
        case "feed_held":
            said = texts.t(
                "Everything in the feed of {newsroom} is unknown: it may have been moved or renumbered. "
                "Nothing is sent until you say that it is right.",
                newsroom=newsroom,
            )
            tone = Tone.WARNING
        case "feed_failing":
            said = texts.t("The feed of {newsroom} cannot be read.", newsroom=newsroom)
            tone = Tone.WARNING
        case "feeds_failing":
            said = texts.t("More feeds cannot be read: many newsrooms at once, or the network of this machine.")
            tone = Tone.WARNING
        case "feeds_recovered":
            said = texts.t("More feeds can be read again.")
            tone = Tone.GOOD
        case "feed_recovered":
            said = texts.t("The feed of {newsroom} can be read again.", newsroom=newsroom)
            tone = Tone.GOOD
        case "destination_paused":
            said = texts.t(
                "I can no longer write in {destination}. What is owed there waits; until I am let in again nothing is added.",
                destination=destination,
            )
            tone = Tone.WARNING
        case "thread_closed":
            said = texts.t(
                "The topic in {destination} that alerts go to is closed or gone. They go to the conversation itself for now.",
                destination=destination,
            )
            tone = Tone.WARNING
        case _:
            return _unknown_notice(code, values)
    slug = values.get("slug") or newsroom
    accept = Button(texts.t("Take it as it is"), f"/accept {slug}") if code == "feed_held" and slug else None
    retry = Button(texts.t("Try again now"), f"/retry {slug}") if code in ("feed_failing", "feed_ended") and slug else None
    elements = (Text(paragraphs(said)[0], tone), *_notice_facts(values, texts, now))
    status = Button(texts.t("Status"), "/status") if code in ("feeds_failing", "feeds_recovered") else None
    return Card(summary(said), elements, rows(accept, retry, status))


def _notice_facts(values: Mapping[str, str], texts: Texts, now: datetime) -> list[Element]:
    facts: list[Element] = []
    fault = fault_words(values.get("fault", ""), texts)
    if why := ": ".join(filter(None, (fault, values.get("detail", "")))):
        facts.append(Fact(texts.t("Why"), shorten(why, 400)))
    if url := values.get("url"):
        facts.append(Fact(texts.t("Feed"), shorten(url, 300), url))
    if retry := values.get("retry"):
        facts.append(Fact(texts.t("Next try"), _moment(retry, texts, now)))
    return facts


def _moment(said: str, texts: Texts, now: datetime) -> str:
    try:
        when = datetime.fromisoformat(said)
    except ValueError:
        return shorten(said, 100)
    return texts.moment(when, now) if when.tzinfo else shorten(said, 100)


def _unknown_notice(code: str, values: Mapping[str, str]) -> Card:
    facts = [Fact(shorten(name, 60), shorten(value, 300)) for name, value in values.items() if name != "code"]
    return Card(summary(code), (Text(paragraphs(shorten(code, 200) or "…")[0], Tone.WARNING), *facts))
