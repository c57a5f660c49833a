"""How far the histories of newsrooms have been fetched."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.say import fault_words
from bot.domain.card import Element, Fact, Heading, Text, Tone
from bot.domain.prose import paragraphs
from bot.i18n import Texts
from bot.ports import History, HistoryState

_MOST = 5
_UNDER_WAY = (HistoryState.WAITING, HistoryState.CATCHING_UP)


def history_elements(histories: Sequence[History], texts: Texts, *, inside: bool) -> list[Element]:
    """Those that are not through, the first of them; `inside`: also those that cannot be fetched, and why."""
    shown = [history for history in histories if _is_shown(history, inside=inside)]
    if not shown:
        return []
    found: list[Element] = [Heading(texts.t("Earlier releases"))]
    found += [Fact(history.feed.newsroom.name, _said(history, texts)) for history in shown[:_MOST]]
    if (more := len(shown) - _MOST) > 0:
        found.append(Text(paragraphs(texts.n("and {count} more", "and {count} more", more))[0], Tone.QUIET))
    return found


def _is_shown(history: History, *, inside: bool) -> bool:
    return history.state in _UNDER_WAY or history.texts > 0 or (inside and history.state is HistoryState.REFUSED)


def _said(history: History, texts: Texts) -> str:
    done = texts.number(history.done)
    if history.state is HistoryState.REFUSED:
        return texts.t("{done} fetched; the rest cannot be read: {fault}", done=done, fault=fault_words(history.fault, texts))
    if history.state not in _UNDER_WAY:
        return texts.n("{count} text is still to be fetched", "{count} texts are still to be fetched", history.texts)
    if history.total is None:
        return texts.t("{done} fetched so far", done=done)
    return texts.t("{done} of {total} fetched", done=done, total=texts.number(max(history.total, history.done)))
