"""What was heard, as the rest of the adapter speaks of it: who said what where, and how they may be answered. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.workspaces import PLATFORM
from bot.domain.subscription import Address, ConversationKind
from bot.ports import Actor, CommandCall, PlatformEvent

Payload = Mapping[str, Any]

DIRECT = "directmessage"
"""What Slack tells of direct messages in place of a channel's name."""
_TOKEN = re.compile(r"<(?P<of>[@#!]|https?://|mailto:|tel:)(?P<name>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")


@dataclass(frozen=True, slots=True)
class Me:
    """Who we are in a workspace: its id, our user's id there, and by which names our commands go (folded)."""

    account: str
    bot: str
    commands: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something was said or pressed, and how it may be answered, in Slack's own terms. `thread` is empty for none."""

    channel: str
    user: str
    thread: str = ""
    response_url: str = ""
    trigger_id: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A command that was written, or a shortcut. `quiet`: nobody else saw it said, so nobody else sees the answer.

    `links`: addresses in the message that a shortcut was used on. `file`: what Slack tells of the first file in the message.
    """

    call: CommandCall
    spot: Spot
    quiet: bool = False
    links: tuple[str, ...] = ()
    file: Payload | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button or a menu under the message `reference`, which one person alone sees where it is `ephemeral`.

    `call.text` is what it carried, a command or the key of one.
    """

    call: CommandCall
    spot: Spot
    reference: str
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class Summoned:
    """Somebody used the shortcut that is everywhere."""

    me: Me
    actor: Actor
    spot: Spot


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody looks at App Home. `view` is what stands there, empty the first time."""

    me: Me
    actor: Actor
    spot: Spot
    view: Payload


@dataclass(frozen=True, slots=True)
class Used:
    """Something in a view was pressed, chosen or written in."""

    me: Me
    actor: Actor
    spot: Spot
    view: Payload
    action: Payload


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened to us, or to a channel that may have nothing to do with us (`ours` False).

    `greet`: somebody let us into a channel, whose people should hear what we are for.
    """

    event: PlatformEvent
    ours: bool = False
    greet: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """What we remember of a channel or a person is out of date. `title`: how the channel is called now, where it was renamed."""

    account: str
    channel: str = ""
    user: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Uninstalled:
    """A workspace does not want us any more."""

    account: str


@dataclass(frozen=True, slots=True)
class Shared:
    """Somebody links to pages of domains that are ours to show, or is about to (`spot.channel` is empty then).

    `links` as Slack names them; `message` names where they stand in the arguments of `chat.unfurl`. `call` has no words.
    """

    call: CommandCall
    spot: Spot
    links: tuple[str, ...]
    message: Mapping[str, str]


InView = Summoned | HomeOpened | Used
"""What is dealt with in modals and App Home."""
Heard = Said | Pressed | InView | Happened | Changed | Uninstalled | Shared


# Words ----------------------------------------------------------------------------------------------------------------

_GROUP = "subteam^"


def plain(text: str, bot: str) -> str:
    """What somebody typed, without the mention of us and without Slack's markup of names and addresses; people by their ids."""

    def shown(found: re.Match[str]) -> str:
        of, name, label = found["of"], found["name"], found["label"] or ""
        if of == "@" and name == bot:
            return " "
        if of == "@":
            return f"@{name}"  # a name is no way to reach them
        if name.startswith(_GROUP):
            return f"@{name.removeprefix(_GROUP)}"
        if of in "#!":
            return f"{'#' if of == '#' else '@'}{label.lstrip('@#') or name}"
        return of + name if of.startswith("http") else label or name

    return html.unescape(_TOKEN.sub(shown, text)).strip()


# Who and where --------------------------------------------------------------------------------------------------------


def call_of(text: str, me: Me, actor: Actor, spot: Spot, title: str, *, reply_to: str = "") -> CommandCall:
    """A call. `reply_to` is the message that was replied to, or the first of the thread: only the database knows if it is ours."""
    if title == DIRECT or spot.channel.startswith("D"):
        # In private the conversation is the person: that is where we can write to them, whoever else is there when they ask.
        return CommandCall(text, actor, address_of(me, spot.user), ConversationKind.PRIVATE, reply_to=reply_to)
    named = f"#{title}" if title and title != "privategroup" else ""
    return CommandCall(text, actor, address_of(me, spot.channel), ConversationKind.CHANNEL, named, reply_to=reply_to)


def actor_of(me: Me, home: str, user: str, name: str = "") -> Actor:
    """Somebody, named by the workspace that is theirs and their id there; of an organisation's people only the latter is said."""
    team = home if home.startswith("T") else me.account
    return Actor(PLATFORM, me.account, f"{team}/{user}", name)


def address_of(me: Me, conversation: str) -> Address:
    """A conversation of the workspace."""
    return Address(PLATFORM, me.account, conversation)


def id_of(said: object) -> str:
    """The id of what Slack names by its id alone, or tells more of."""
    if isinstance(said, Mapping):
        return str(said.get("id") or "")
    return said if isinstance(said, str) else ""
