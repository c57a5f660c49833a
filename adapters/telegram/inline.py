"""Inline mode: `@bot words` in any chat offers releases to post there. What is posted is no alert and is never corrected."""

from __future__ import annotations

from collections.abc import Iterator

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions
from telegram.constants import ParseMode

from adapters.telegram.buttons import keyboard
from adapters.telegram.markup import html, visible
from adapters.telegram.render import text_of
from bot.domain.card import Button, Card, Entry, Text, Title, Tone
from bot.domain.prose import paragraphs

MOST = 20


def results(card: Card, as_of: str, open_label: str) -> list[InlineQueryResultArticle]:
    """The entries of a list as things to post; `as_of` says in words when they were true."""
    return [_result(entry, as_of, open_label) for entry in _entries(card)][:MOST]


def _entries(card: Card) -> Iterator[Entry]:
    return (element for element in card.elements if isinstance(element, Entry))


def _result(entry: Entry, as_of: str, open_label: str) -> InlineQueryResultArticle:
    snippet = (Text(entry.snippet),) if entry.snippet else ()
    facts = Text(paragraphs(" · ".join((*entry.marks, *entry.meta, as_of)))[0], Tone.QUIET)
    link = ((Button(open_label, url=entry.url),),) if entry.url else ()
    posted = Card(entry.title, (Title(entry.title, entry.url, struck=entry.struck), *snippet, facts), link)
    return InlineQueryResultArticle(
        id=(entry.command or str(entry.number))[:64],
        title=visible(entry.title) or "…",
        description=visible(" · ".join((*entry.marks, *entry.meta))),
        input_message_content=InputTextMessageContent(
            html(text_of(posted)), parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
        reply_markup=keyboard(posted),
    )
