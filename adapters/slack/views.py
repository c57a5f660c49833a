"""Modals and App Home as Slack takes them, and the note that each carries: all that it takes to act upon it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from adapters.slack.blocks import small
from adapters.slack.buttons import data_for, is_key, long_commands
from adapters.slack.heard import DIRECT, Me, Payload, Spot, call_of
from adapters.slack.limits import FIELD_LABEL, VIEW_BLOCKS, VIEW_TITLE, VIEW_WEIGHT, WRITTEN, Block
from adapters.slack.render import blocks_of
from adapters.slack.rich_text import one_line
from bot.domain.card import Card
from bot.i18n import Texts
from bot.ports import Actor, CommandCall
from bot.text.cutting import MORE, cut

NAME = "Pressevagten"
CARD, FORM, SEARCH, WAITING = "card", "form", "search", "waiting"
"""What views are called by (`callback_id`): a card; a form; a box to search by; one that has nothing to show yet."""
DEEPEST = 3
"""So many modals may lie on each other."""
_BOX = "search"
_SHOWN = frozenset({"type", "title", "submit", "close", "blocks", "private_metadata", "callback_id"})
"""What of a view that Slack hands back may be handed in again."""


# Notes ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Note:
    """What a view carries, so that any process can act upon it, after any restart.

    `channel` is where its commands are about, in Slack's terms (empty: the person's own), `title`, `thread` and `reply_to` as the
    call has them; answers may be posted to `response_url`. `command` is what a form completes, or what App Home shows the answer
    to. `home`: it is App Home, or was opened from there, which shows the channel `looked_at`. `depth`: how many modals lie there,
    it included.
    """

    command: str = ""
    channel: str = ""
    title: str = ""
    thread: str = ""
    reply_to: str = ""
    response_url: str = ""
    home: bool = False
    looked_at: str = ""
    depth: int = 1

    @classmethod
    def of(cls, call: CommandCall, spot: Spot) -> Note:
        """Of what was asked somewhere."""
        return cls("", spot.channel, call.title, spot.thread, call.reply_to, spot.response_url)

    @classmethod
    def read(cls, said: str) -> Note:
        """What `written` wrote; an empty one of what it did not."""
        try:
            values: dict[str, Any] = json.loads(said)
            usual: dict[str, Any] = asdict(cls())
            return cls(**{name: values[name] for name in usual if type(values.get(name)) is type(usual[name])})
        except (ValueError, AttributeError):
            return cls()

    def written(self) -> str:
        """As text, without what is as usual."""
        usual = asdict(Note())
        return json.dumps({name: value for name, value in asdict(self).items() if value != usual[name]}, separators=(",", ":"))

    def deeper(self) -> Note:
        """Of a modal that is put on this one."""
        return replace(self, command="", depth=self.depth + 1)

    def spot(self, spot: Spot) -> Spot:
        """Where its commands are about, for somebody who acts upon it."""
        return Spot(self.channel, spot.user, self.thread, self.response_url, spot.trigger_id)

    def call(self, text: str, me: Me, actor: Actor, spot: Spot) -> CommandCall:
        """A command of its own."""
        title = self.title.lstrip("#") if self.channel else DIRECT
        return call_of(text, me, actor, self.spot(spot), title, reply_to=self.reply_to)


def noted(view: Payload) -> str:
    """The note of a view that Slack hands back, as text or as the key of one (`buttons.is_key`)."""
    return str(view.get("private_metadata") or "")


# Views ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """A view. `kept`: texts that must be kept for it to work (`buttons.key_of`)."""

    said: dict[str, Any]
    kept: tuple[str, ...] = ()


def view(
    note: Note,
    blocks: Sequence[Block],
    *,
    called: str,
    title: str = NAME,
    submit: str = "",
    close: str = "",
    kept: Iterable[str] = (),
) -> View:
    """A modal. `submit` and `close` are the words on its buttons, the former empty where nothing is sent."""
    said: dict[str, Any] = {"type": "modal", "callback_id": called, "title": _words(title), "blocks": list(blocks)[:VIEW_BLOCKS]}
    if submit:
        said["submit"] = _words(submit)
    if close:
        said["close"] = _words(close)
    return _noting(said, note, kept)


def page(note: Note, blocks: Sequence[Block], kept: Iterable[str] = ()) -> View:
    """An App Home."""
    return _noting({"type": "home", "callback_id": CARD, "blocks": list(blocks)[:VIEW_BLOCKS]}, note, kept)


def _noting(said: dict[str, Any], note: Note, kept: Iterable[str]) -> View:
    text = note.written()
    carried = data_for(text, WRITTEN)
    return View(said | {"private_metadata": carried}, (*kept, *([text] if is_key(carried) else ())))


def _words(text: str) -> Block:
    return plain_text(text, VIEW_TITLE)


def plain_text(text: str, limit: int = FIELD_LABEL) -> Block:
    """Words that are nothing but words."""
    return {"type": "plain_text", "text": cut(one_line(text), limit) or MORE, "emoji": False}


def card_view(card: Card, note: Note, texts: Texts, names: Mapping[str, str]) -> View:
    """A card as a modal."""
    blocks = blocks_of(card, most=VIEW_BLOCKS, room=VIEW_WEIGHT, names=names)
    return view(note, blocks, called=CARD, close=_back(note, texts), kept=long_commands(card))


def waiting_view(note: Note, texts: Texts) -> View:
    """A modal that is opened before there is anything to show: what opens it is good for three seconds."""
    return view(note, [small(texts.t("One moment …"))], called=WAITING, close=_back(note, texts))


def search_view(card: Card, note: Note, texts: Texts, names: Mapping[str, str]) -> View:
    """A box to search by, and below it a card: what there is besides, or what was found."""
    box = {"type": "input", "block_id": _BOX, "label": plain_text(texts.t("Search press releases")), "element": _input(texts)}
    blocks = [box, *blocks_of(card, most=VIEW_BLOCKS - 1, room=VIEW_WEIGHT, names=names)]
    return view(note, blocks, called=SEARCH, submit=texts.t("Search"), close=_back(note, texts), kept=long_commands(card))


def search_box(texts: Texts) -> Block:
    """A box that searches when Enter is pressed."""
    element = _input(texts) | {"dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}}
    label = plain_text(texts.t("Search press releases"))
    return {"type": "input", "block_id": _BOX, "dispatch_action": True, "label": label, "element": element}


def _input(texts: Texts) -> Block:
    hint = texts.t("Words, and Enter")
    return {"type": "plain_text_input", "action_id": f"{_BOX}:1", "placeholder": plain_text(hint, VIEW_TITLE), "max_length": 300}


def sought(view: Payload) -> str:
    """What stands in the box of a view that was sent."""
    state = ((view.get("state") or {}).get("values") or {}).get(_BOX) or {}
    return " ".join(str((state.get(f"{_BOX}:1") or {}).get("value") or "").split())


def searched(action: Payload) -> str:
    """The command line of an Enter in the box; empty for any other action."""
    words = " ".join(str(action.get("value") or "").split())
    return f"/search {words}" if str(action.get("action_id", "")).startswith(f"{_BOX}:") and words else ""


def again(said: Payload) -> dict[str, Any]:
    """A view that Slack handed back, as it may be handed in again."""
    return {name: value for name, value in said.items() if name in _SHOWN and value}


def _back(note: Note, texts: Texts) -> str:
    return texts.t("Back") if note.depth > 1 else texts.t("Close")
