"""What people see of a message or a view: its words, whom it pings, where it links, what can be pressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack_blocks import elements
from tests.fakes.slack_errors import Json
from tests.fakes.slack_mrkdwn import Link, Marked, joined, read

_LOOKS = ("bold", "italic", "strike", "code")


@dataclass(slots=True)
class Control:
    """Something to press, choose in or write in. `label`: what is on it, or the label above it, or its placeholder."""

    kind: str
    label: str
    action_id: str
    block_id: str
    element: Json
    block: Json

    @property
    def value(self) -> str:
        """A button's value."""
        return str(self.element.get("value", ""))

    @property
    def url(self) -> str:
        """Where a button leads."""
        return str(self.element.get("url", ""))

    @property
    def style(self) -> str:
        """primary, danger or nothing."""
        return str(self.element.get("style", ""))

    @property
    def options(self) -> list[Json]:
        """What a menu offers."""
        found: list[Json] = self.element.get("options") or [
            one for group in self.element.get("option_groups", ()) for one in group["options"]
        ]
        return found

    def answers_to(self, name: str) -> bool:
        """Whether somebody means it by this: its label, action_id, block_id or value."""
        return name in (self.label, self.action_id, self.block_id, self.value or None)


def of_message(text: str, blocks: list[Json], attachments: list[Json]) -> Marked:
    """A message. Where there are blocks, `text` is only the notification: it may ping, but its words and links are not shown."""
    spoken = read(text)
    shown = joined([of_block(block) for block in blocks]) if blocks else spoken
    whole = joined([shown, *(_attachment(one) for one in attachments)])
    whole.pings = list(dict.fromkeys((*whole.pings, *spoken.pings)))
    return whole


def of_blocks(blocks: list[Json]) -> Marked:
    """The blocks of a view."""
    return joined([of_block(block) for block in blocks])


def _attachment(attachment: Json) -> Marked:
    parts = [read(str(attachment.get(name, ""))) for name in ("pretext", "text")]
    if attachment.get("title_link"):
        parts.insert(
            1, Marked(str(attachment.get("title", "")), links=[Link(attachment.get("title", ""), attachment["title_link"])])
        )
    elif attachment.get("title"):
        parts.insert(1, Marked(str(attachment["title"])))
    return joined([*parts, *(of_block(block) for block in attachment.get("blocks", ()))])


def of_block(block: Json) -> Marked:
    """One block."""
    match block["type"]:
        case "section":
            return joined([_text(block.get("text")), *map(_text, block.get("fields", ())), _accessory(block.get("accessory"))])
        case "header":
            return _text(block["text"])
        case "context":
            return joined([_text(one) if one["type"] != "image" else Marked() for one in block["elements"]], " ")
        case "rich_text":
            return joined([_rich(one) for one in block["elements"]])
        case "actions":
            return joined([_element(one) for one in block["elements"]], " ")
        case "input":
            return joined([_text(block["label"]), _element(block["element"]), _text(block.get("hint"))])
    said = block.get("title") or block.get("text")  # of an image, and of a markdown block
    return Marked(said) if isinstance(said, str) else _text(said)


def _text(said: Any) -> Marked:
    if not said:
        return Marked()
    return read(said["text"], verbatim=said.get("verbatim", False)) if said["type"] == "mrkdwn" else Marked(said["text"])


def _accessory(accessory: Json | None) -> Marked:
    return _element(accessory) if accessory and accessory["type"] != "image" else Marked()


def _element(element: Json) -> Marked:
    shown = Marked(_label(element))
    if element.get("url"):
        shown.links.append(Link(shown.words, element["url"]))
    return shown


def _label(element: Json) -> str:
    said = element.get("text") or element.get("placeholder") or {}
    return str(said.get("text", ""))


# -- Rich text


def _rich(element: Json) -> Marked:
    if element["type"] == "rich_text_list":
        ordered, first = element["style"] == "ordered", element.get("offset", 0) + 1
        items = [_rich(one) for one in element["elements"]]
        for place, item in enumerate(items):
            item.words = f"{f'{first + place}.' if ordered else '•'} {item.words}"
        return joined(items)
    whole = joined([_part(part) for part in element["elements"]], "")
    if (name := element["type"].removeprefix("rich_text_")) != "section":
        whole.looks.append((name, whole.words))
    return whole


def _part(part: Json) -> Marked:
    match part["type"]:
        case "text":
            shown = Marked(part["text"])
        case "link":
            words = part.get("text") or part["url"]
            shown = Marked(words, links=[Link(words, part["url"])])
        case "emoji":
            shown = Marked(f":{part['name']}:")
        case "user":
            shown = Marked(f"@{part['user_id']}", pings=[part["user_id"]])
        case "usergroup":
            shown = Marked(f"@{part['usergroup_id']}", pings=[part["usergroup_id"]])
        case "channel":
            shown = Marked(f"#{part['channel_id']}", channels=[part["channel_id"]])
        case "broadcast":
            shown = Marked(f"@{part['range']}", pings=[f"@{part['range']}"])
        case _:
            words = str(part.get("fallback") or part.get("value") or part.get("timestamp", ""))
            shown = Marked(words, links=[Link(words, part["url"])] if part.get("url") else [])
    style = part.get("style") or {}
    shown.looks += [(look, shown.words) for look in _LOOKS if style.get(look)]
    return shown


# -- Controls


def controls(blocks: list[Json]) -> Iterator[Control]:
    """Everything that can be used, in order."""
    for block in blocks:
        above = block["label"]["text"] if block["type"] == "input" else ""
        for element, _ in elements(block):
            if element["type"] != "image":
                yield Control(
                    element["type"],
                    above or _label(element),
                    element.get("action_id", ""),
                    block.get("block_id", ""),
                    element,
                    block,
                )


def pictures(blocks: list[Json]) -> list[tuple[str, str]]:
    """The pictures: address and alternative text."""
    found = [block for block in blocks if block["type"] == "image"]
    found += [block["accessory"] for block in blocks if (block.get("accessory") or {}).get("type") == "image"]
    found += [one for block in blocks if block["type"] == "context" for one in block["elements"] if one["type"] == "image"]
    return [(one.get("image_url", ""), one["alt_text"]) for one in found]
