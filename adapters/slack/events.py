"""What happened? An event of Slack's as what it means to us. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.slack.heard import (
    DIRECT,
    Changed,
    Happened,
    Heard,
    HomeOpened,
    Me,
    Payload,
    Said,
    Shared,
    Spot,
    Uninstalled,
    actor_of,
    address_of,
    call_of,
    id_of,
    plain,
)
from bot.domain.subscription import ConversationKind
from bot.ports import BotAdded, BotRemoved, ConversationMoved

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_id_changed",
    "channel_left",
    "channel_rename",
    "channel_shared",
    "channel_unarchive",
    "channel_unshared",
    "group_archive",
    "group_deleted",
    "group_left",
    "group_rename",
    "group_unarchive",
    "link_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "tokens_revoked",
    "user_change",
)
"""What we ask Slack to tell us here."""
_COMPOSER = "composer"
"""Where a link is that somebody has not sent yet."""
_SAID = frozenset({"", "file_share", "me_message", "thread_broadcast"})
"""The subtypes of messages that people write; others tell of changes, or are a machine's."""
_WHY = {
    "archive": "the channel is archived",
    "deleted": "the channel is deleted",
    "left": "removed from the channel",
}


def read_event(event: Payload, me: Me) -> Heard | None:
    """What an event means; None: nothing that concerns us."""
    kind = str(event.get("type") or "")
    match kind:
        case "app_home_opened" | "app_mention" | "message":
            return _home(event, me) if kind == "app_home_opened" else _message(event, me)
        case "member_joined_channel" | "member_left_channel":
            return _member(event, me, joined=kind == "member_joined_channel")
        case "channel_id_changed":
            old, new = str(event.get("old_channel_id") or ""), str(event.get("new_channel_id") or "")
            return Happened(ConversationMoved(address_of(me, old), new)) if old and new else None
        case "channel_rename" | "group_rename":
            name = str((event.get("channel") or {}).get("name") or "")
            return Changed(me.account, id_of(event.get("channel")), title=f"#{name}" if name else "")
        case "user_change":
            return Changed(me.account, user=id_of(event.get("user")))
        case "link_shared":
            return _shared(event, me)
        case "app_uninstalled" | "tokens_revoked":
            ended = kind == "app_uninstalled" or (event.get("tokens") or {}).get("bot")
            return Uninstalled(me.account) if ended else None
        case _:
            return _life(kind, id_of(event.get("channel")), me)


def _message(event: Payload, me: Me) -> Said | None:
    direct = event.get("channel_type") == "im"
    user = str(event.get("user") or "")
    is_ours = event.get("bot_id") or event.get("subtype", "") not in _SAID or not user or user == me.bot
    if is_ours or (event["type"] == "message" and not direct):  # of channels, mentions come as events of their own
        return None
    text = plain(str(event.get("text") or ""), me.bot).strip() or "/start"
    thread = str(event.get("thread_ts") or "")
    spot = Spot(str(event.get("channel") or ""), user, "" if thread == event.get("ts") else thread)
    actor = actor_of(me, str(event.get("user_team") or event.get("team") or ""), user)
    file = next((each for each in event.get("files") or () if isinstance(each, Mapping)), None)
    return Said(call_of(text, me, actor, spot, DIRECT if direct else "", reply_to=spot.thread), spot, file=file)


def _shared(event: Payload, me: Me) -> Shared | None:
    user, channel = str(event.get("user") or ""), str(event.get("channel") or "")
    links = tuple(dict.fromkeys(str(each.get("url") or "") for each in event.get("links") or ()))
    message = _unfurled(event)
    if not user or user == me.bot or event.get("bot_id") or not links or not message:
        return None
    composing = event.get("source") == _COMPOSER
    # Who still writes is shown the card alone, wherever they write: which channel that is Slack does not say.
    spot = Spot("" if composing else channel, user, str(event.get("thread_ts") or ""))
    return Shared(call_of("", me, actor_of(me, "", user), spot, DIRECT if composing else ""), spot, links, message)


def _unfurled(event: Payload) -> dict[str, str]:
    """The message that the links stand in, as `chat.unfurl` wants it named; empty for none that can be."""
    for names in (("unfurl_id", "source"), ("channel", "message_ts")):
        if all(event.get(name) for name in names):
            return {name.removeprefix("message_"): str(event[name]) for name in names}
    return {}


def _home(event: Payload, me: Me) -> HomeOpened | None:
    if event.get("tab") != "home":
        return None
    user = str(event.get("user") or "")
    return HomeOpened(me, actor_of(me, "", user), Spot("", user), event.get("view") or {})


def _member(event: Payload, me: Me, *, joined: bool) -> Heard | None:
    channel, user = str(event.get("channel") or ""), str(event.get("user") or "")
    if user != me.bot:
        return Changed(me.account, channel, user)
    if not joined:
        return Happened(BotRemoved(address_of(me, channel), _WHY["left"]), ours=True)
    inviter = str(event.get("inviter") or "")
    actor = actor_of(me, "", inviter) if inviter and inviter != me.bot else None
    return Happened(BotAdded(address_of(me, channel), ConversationKind.CHANNEL, actor=actor), ours=True, greet=actor is not None)


def _life(kind: str, channel: str, me: Me) -> Heard | None:
    if not channel:
        return None
    what = kind.partition("_")[2]
    if what in _WHY:
        return Happened(BotRemoved(address_of(me, channel), _WHY[what]))
    if what == "unarchive":
        return Happened(BotAdded(address_of(me, channel), ConversationKind.CHANNEL))
    return Changed(me.account, channel)
