"""What did they say? A payload of Slack's as what it means to us: a command, a press, something that happened. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Mapping

from adapters.slack.buttons import command_of
from adapters.slack.events import read_event
from adapters.slack.heard import (
    Heard,
    Me,
    Payload,
    Pressed,
    Said,
    Spot,
    Summoned,
    Used,
    actor_of,
    call_of,
    id_of,
    plain,
)
from bot.ports import Actor
from bot.text.fold import fold

UMBRELLA = "presse"
"""The slash command before every other: `/presse latest um`."""
CONTACT_OF_RELEASE = "contact_of_release"
SEARCH = "search"
"""Shortcuts, as the manifest calls them: on a message, and everywhere."""

# Whose it is, and in which order ----------------------------------------------------------------------------------------


def candidates(payload: Payload) -> Iterator[str]:
    """The ids of workspaces and organisations that a payload may concern us in, the likeliest first."""
    for each in payload.get("authorizations") or ():
        yield str(each.get("team_id") or "")
    yield id_of(payload.get("team"))
    for name in ("context_team_id", "team_id"):
        yield str(payload.get(name) or "")
    for name in ("message", "view"):
        inside = payload.get(name) or {}
        yield str(inside.get("app_installed_team_id") or inside.get("team") or inside.get("team_id") or "")
    yield str((payload.get("user") or {}).get("team_id") or "") if isinstance(payload.get("user"), Mapping) else ""
    for each in payload.get("authorizations") or ():
        yield str(each.get("enterprise_id") or "")
    yield id_of(payload.get("enterprise"))
    yield str(payload.get("enterprise_id") or "")


def lane(payload: Payload) -> str:
    """What must be dealt with in order: what comes from one channel, or else from one person."""
    event = payload.get("event") or {}
    channel = id_of(event.get("channel")) or str(payload.get("channel_id") or "") or id_of(payload.get("channel"))
    return channel or id_of(event.get("user")) or str(payload.get("user_id") or "") or id_of(payload.get("user"))


def name_of(payload: Payload) -> str:
    """By what a payload is told from every other, where Slack sends it again; empty: it never does."""
    return str(payload.get("event_id") or "")


# What it means ----------------------------------------------------------------------------------------------------------


def read(payload: Payload, me: Me) -> Heard | None:
    """What a payload means; None: nothing that concerns us."""
    if "command" in payload:
        return _slash(payload, me)
    match payload.get("type"):
        case "event_callback":
            return read_event(payload.get("event") or {}, me)
        case "block_actions":
            return _press(payload, me)
        case "message_action":
            return _on_message(payload, me)
        case "shortcut":
            return _everywhere(payload, me)
        case _:
            return None


def _slash(payload: Payload, me: Me) -> Said:
    name, text = str(payload["command"]).lstrip("/"), plain(str(payload.get("text") or ""), me.bot)
    user = str(payload.get("user_id") or "")
    spot = Spot(str(payload.get("channel_id") or ""), user, response_url=_url(payload), trigger_id=_trigger(payload))
    title = str(payload.get("channel_name") or "")
    # The user of a slash command is of the workspace that it comes from.
    actor = actor_of(me, str(payload.get("team_id") or ""), user, str(payload.get("user_name") or ""))
    return Said(call_of(line_of(name, text, me.commands), me, actor, spot, title), spot)


def line_of(name: str, text: str, commands: Collection[str]) -> str:
    """The command line of a slash command: its own name where that is a command of ours, else what comes after it."""
    if fold(name) in commands and fold(name) != UMBRELLA:
        return f"/{name} {text}".rstrip()
    return f"/{text.lstrip('/')}" if text.strip("/ ") else "/help"


def _press(payload: Payload, me: Me) -> Pressed | Used | None:
    container = payload.get("container") or {}
    if container.get("type") == "view":
        return _used(payload, me)
    if container.get("type") != "message":
        return None
    said = next((said for action in payload.get("actions") or () if (said := command_of(action))), "")
    if not said:
        return None
    thread = str(container.get("thread_ts") or (payload.get("message") or {}).get("thread_ts") or "")
    actor, spot = _who(payload, me), _spot(payload, str(container.get("channel_id") or ""), thread)
    call = call_of(said, me, actor, spot, str((payload.get("channel") or {}).get("name") or ""), reply_to=thread)
    return Pressed(call, spot, str(container.get("message_ts") or ""), bool(container.get("is_ephemeral")))


def _used(payload: Payload, me: Me) -> Used | None:
    view, actions = payload.get("view") or {}, payload.get("actions") or ()
    return Used(me, _who(payload, me), _spot(payload, "", ""), view, actions[0]) if actions else None


def _on_message(payload: Payload, me: Me) -> Said | None:
    if payload.get("callback_id") != CONTACT_OF_RELEASE:
        return None
    message = payload.get("message") or {}
    spot = _spot(payload, id_of(payload.get("channel")), str(message.get("thread_ts") or ""))
    title = str((payload.get("channel") or {}).get("name") or "")
    reply_to = str(message.get("ts") or payload.get("message_ts") or "")
    call = call_of("/contact", me, _who(payload, me), spot, title, reply_to=reply_to)
    return Said(call, spot, quiet=True, links=tuple(dict.fromkeys(links_in(message))))


def _everywhere(payload: Payload, me: Me) -> Summoned | None:
    return Summoned(me, _who(payload, me), _spot(payload, "", "")) if payload.get("callback_id") == SEARCH else None


_LINK = re.compile(r"<(https?://[^<>|]+)")


def links_in(part: object) -> Iterator[str]:
    """The web addresses in a message, whichever of its texts, blocks or attachments they stand in."""
    match part:
        case Mapping():
            for name, value in part.items():
                if name in ("url", "from_url", "title_link") and isinstance(value, str) and value.startswith("http"):
                    yield value
                else:
                    yield from links_in(value) if name in _HOLDING else ()
        case list():
            for each in part:
                yield from links_in(each)
        case str():
            yield from map(html.unescape, _LINK.findall(part))


_HOLDING = frozenset({"text", "blocks", "elements", "attachments", "accessory", "fields", "message_blocks", "message"})
"""Where in a message there may be links."""


def _who(payload: Payload, me: Me) -> Actor:
    user = payload.get("user") or {}
    return actor_of(me, str(user.get("team_id") or ""), id_of(user), str(user.get("name") or user.get("username") or ""))


def _spot(payload: Payload, channel: str, thread: str) -> Spot:
    return Spot(channel, id_of(payload.get("user")), thread, _url(payload), _trigger(payload))


def _url(payload: Payload) -> str:
    return str(payload.get("response_url") or "")


def _trigger(payload: Payload) -> str:
    return str(payload.get("trigger_id") or "")
