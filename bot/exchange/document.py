"""Settings as JSON (docs/FORMAT.md), and back. Pure; what the values of settings mean is not for here to say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.subscription import Address, ConversationKind
from bot.errors import UserError
from bot.i18n import N_, Texts

FORMAT = "pressevagt"
VERSION = 1
LONGEST = 20_000_000
"""Characters of a file; an installation of 10,000 conversations has a fifth of that."""
_TEXT, _LIST, _OBJECT, _SWITCH = N_("a text in quotes"), N_("a list in brackets"), N_("an object in braces"), N_("true or false")
_KINDS: dict[type, str] = {str: _TEXT, list: _LIST, dict: _OBJECT, bool: _SWITCH}

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewsroomLine:
    """A newsroom, by the address of its feed. `offered`: to everybody, by an operator."""

    slug: str
    name: str
    feed: str
    page: str = ""
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is set in a conversation, as lines spell it, and for each newsroom that it subscribes to by its slug (`*`: all).

    `address` is None where it is not said whose this is.
    """

    settings: Values = field(default_factory=dict)
    subscriptions: Mapping[str, Values] = field(default_factory=dict)
    address: Address | None = None
    kind: ConversationKind = ConversationKind.PRIVATE
    title: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """All of it; `text` is what it was read from, so that a fault further on can name its line."""

    newsrooms: Sequence[NewsroomLine] = ()
    conversations: Sequence[Conversation] = ()
    text: str = ""


def write(document: Document, now: datetime) -> str:
    """A document as JSON, a line for each value."""
    newsrooms = [_newsroom_out(each) for each in document.newsrooms]
    conversations = [_conversation_out(each) for each in document.conversations]
    said = {"format": FORMAT, "version": VERSION, "at": now.isoformat(timespec="seconds")}
    return json.dumps(said | {"newsrooms": newsrooms, "conversations": conversations}, indent=1, ensure_ascii=False) + "\n"


def _newsroom_out(newsroom: NewsroomLine) -> dict[str, Any]:
    said = {"slug": newsroom.slug, "name": newsroom.name, "feed": newsroom.feed}
    return said | ({"page": newsroom.page} if newsroom.page else {}) | ({"offered": True} if newsroom.offered else {})


def _conversation_out(conversation: Conversation) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if address := conversation.address:
        said = {"platform": address.platform, "account": address.account, "conversation": address.conversation}
        said |= {"thread": address.thread} if address.thread else {}
        said |= {"kind": conversation.kind.value, "title": conversation.title}
    subscriptions = {slug: dict(values) for slug, values in conversation.subscriptions.items()}
    return said | {"settings": dict(conversation.settings), "subscriptions": subscriptions}


def read(text: str, texts: Texts) -> Document:
    """The inverse of `write`. Raises UserError that names the line and what to do."""
    if len(text) > LONGEST:
        raise UserError(texts.t("That is too long for a file of mine."))
    try:
        said = json.loads(text)
        json.dumps(said, ensure_ascii=False).encode()  # halves of characters, which may stand in JSON, can be kept nowhere
    except json.JSONDecodeError as error:
        raise at_line(error.lineno, texts.t("this is no JSON. Take the file as /export wrote it."), texts) from None
    except (RecursionError, UnicodeEncodeError):
        raise at_line(1, texts.t("this is no JSON. Take the file as /export wrote it."), texts) from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise at_line(1, texts.t("this is no file of mine: it does not say “format”: “pressevagt”."), texts)
    version = said.get("version")
    if version != VERSION:
        line = line_of(text, "version")
        raise at_line(line, texts.t("I read version {mine} of this format; export it anew from there.", mine=VERSION), texts)
    reader = _Reader(text, texts)
    reader.only(said, ("format", "version", "at", "newsrooms", "conversations"), ())
    newsrooms = [reader.newsroom(each, number) for number, each in enumerate(reader.get(said, "newsrooms", list, [], ()))]
    conversations = [reader.conversation(each) for each in reader.get(said, "conversations", list, [], ())]
    return Document(tuple(newsrooms), tuple(conversations), text)


def line_of(text: str, *path: str) -> int:
    """The line, from 1, on which the last of these words stands in quotes, each looked for after the one before."""
    at = 0
    for word in path:
        found = text.find(json.dumps(word, ensure_ascii=False), at)
        at = found if found >= 0 else at
    return text.count("\n", 0, at) + 1


def at_line(line: int, what: str, texts: Texts) -> UserError:
    """What is wrong on a line."""
    return UserError(texts.t("Line {line}: {what}", line=line, what=what))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes JSON apart. A path is words that stand one after another in the text."""

    text: str
    texts: Texts

    def newsroom(self, said: object, number: int) -> NewsroomLine:
        path: tuple[str, ...] = ("newsrooms",)
        values = self.is_a(dict, said, str(number + 1), path)
        path = (*path, str(values.get("slug", "")))
        self.only(values, ("slug", "name", "feed", "page", "offered"), path)
        slug, feed = self.get(values, "slug", str, None, path), self.get(values, "feed", str, None, path)
        name, page = self.get(values, "name", str, slug, path), self.get(values, "page", str, "", path)
        return NewsroomLine(slug, name, feed, page, self.get(values, "offered", bool, False, path))

    def conversation(self, said: object) -> Conversation:
        path: tuple[str, ...] = ("conversations",)
        values = self.is_a(dict, said, "conversations", path)
        path = (*path, *(str(values[name]) for name in ("conversation",) if name in values))
        places = ("platform", "account", "conversation", "thread")
        self.only(values, (*places, "kind", "title", "settings", "subscriptions"), path)
        address = None
        if "conversation" in values:
            address = Address(*(self.get(values, name, str, "" if name == "thread" else None, path) for name in places))
        kind = self.get(values, "kind", str, ConversationKind.PRIVATE.value, path)
        if kind not in list(ConversationKind):
            raise self.wrong((*path, "kind"), "kind", ", ".join(ConversationKind))
        subscriptions = self.get(values, "subscriptions", dict, {}, path)
        return Conversation(
            self.words(values, "settings", path),
            {slug: self.words(subscriptions, slug, (*path, "subscriptions")) for slug in subscriptions},
            address,
            ConversationKind(kind),
            self.get(values, "title", str, "", path),
        )

    def words(self, values: Mapping[str, Any], name: str, path: tuple[str, ...]) -> Values:
        """Texts by name."""
        found = self.get(values, name, dict, {}, path)
        return {key: self.is_a(str, value, key, (*path, name)) for key, value in found.items()}

    def get(self, values: Mapping[str, Any], name: str, kind: type, usual: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401
        if name not in values and usual is not None:
            return usual
        if name not in values:
            raise at_line(line_of(self.text, *path), self.texts.t("“{name}” is missing.", name=name), self.texts)
        return self.is_a(kind, values[name], name, path)

    def is_a(self, kind: type, value: object, name: str, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - of that kind
        if not isinstance(value, kind):
            raise self.wrong((*path, name), name, self.texts.t(_KINDS[kind]))
        return value

    def only(self, values: Mapping[str, Any], names: Sequence[str], path: tuple[str, ...]) -> None:
        for name in values:
            if name not in names:
                raise self.wrong((*path, name), name, ", ".join(names))

    def wrong(self, path: tuple[str, ...], name: str, wanted: str) -> UserError:
        what = self.texts.t("“{name}” should be {wanted}.", name=name[:60], wanted=wanted)
        return at_line(line_of(self.text, *path), what, self.texts)
