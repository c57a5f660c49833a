"""The methods that look things up or go somewhere: conversations.*, users.*, team.info. Codes from docs.slack.dev."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable
from typing import Any

from tests.fakes.slack_callers import Caller
from tests.fakes.slack_errors import Json, SlackError
from tests.fakes.slack_events import Events
from tests.fakes.slack_state import Channel, User
from tests.fakes.slack_world import World

_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


class Directory:
    """`methods`: the calls by name."""

    def __init__(self, world: World, events: Events) -> None:
        self._world = world
        self._events = events
        self.methods = {
            "conversations.info": self._info,
            "conversations.join": self._join,
            "conversations.list": self._list,
            "conversations.members": self._members,
            "conversations.open": self._open,
            "users.info": self._user,
            "users.list": self._users,
            "users.conversations": self._conversations,
            "team.info": self._team,
        }

    # -- Conversations

    def _info(self, caller: Caller, params: Json) -> Json:
        channel = caller.channel(params["channel"])
        caller.reads(channel)
        said = channel.json(caller.me, caller.home(channel))
        if _true(params.get("include_num_members")):
            said["num_members"] = len(channel.members)
        return {"ok": True, "channel": said}

    def _join(self, caller: Caller, params: Json) -> Json:
        channel = caller.channel(params["channel"])
        if channel.kind != "channel":
            raise SlackError("method_not_supported_for_channel_type")
        if channel.archived:
            raise SlackError("is_archived")
        answer: Json = {"ok": True}
        if caller.is_in(channel):
            answer |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        else:
            channel.members[caller.me.id] = caller.me
            self._events.joined(caller.me, channel, "")
        self._world.touch()
        return answer | {"channel": channel.json(caller.me, caller.home(channel))}

    def _list(self, caller: Caller, params: Json) -> Json:
        workspace = caller.workspace(params)
        found = [one for one in self._world.channels.values() if one.belongs_to(workspace) and self._visible(caller, one, params)]
        return _paged("channels", [one.json(caller.me, workspace) for one in found], params, 100)

    def _visible(self, caller: Caller, channel: Channel, params: Json) -> bool:
        kinds = {_TYPES[name.strip()] for name in (params.get("types") or "public_channel").split(",")}
        if channel.deleted or (channel.archived and _true(params.get("exclude_archived"))):
            return False
        return channel.kind in kinds and (not channel.is_private or caller.is_in(channel))

    def _members(self, caller: Caller, params: Json) -> Json:
        channel = caller.channel(params["channel"])
        caller.reads(channel)
        return _paged("members", list(channel.members), params, 100)

    def _open(self, caller: Caller, params: Json) -> Json:
        names = [name for name in (params.get("users") or "").split(",") if name]
        if not names and not params.get("channel"):
            raise SlackError("users_list_not_supplied", violates=True)
        if not names:
            return {"ok": True, "channel": {"id": caller.channel(params["channel"]).id}}
        users = [caller.user(name) for name in names]
        if any(user.deleted for user in users):
            raise SlackError("user_disabled")
        if any(user.is_bot for user in users):
            raise SlackError("cannot_dm_bot")
        return self._opened(caller, users, full=_true(params.get("return_im")))

    def _opened(self, caller: Caller, users: list[User], *, full: bool) -> Json:
        if len(users) > 1:
            caller.needs("mpim:write")
        channel = self._world.dm(users[0], caller.me) if len(users) == 1 else self._group(caller, users)
        return {"ok": True, "channel": channel.json(caller.me, caller.home(channel)) if full else {"id": channel.id}}

    def _group(self, caller: Caller, users: Iterable[User]) -> Channel:
        members = {user.id: user for user in (*users, caller.me)}
        for channel in self._world.channels.values():
            if channel.kind == "mpim" and set(channel.members) == set(members):
                return channel
        name = f"mpdm-{'--'.join(user.name for user in members.values())}-1"
        home = next(iter(users)).workspace
        return self._world.add_channel(Channel(self._world.new_id("G"), name, "mpim", home, caller.me, int(time.time()), members))

    # -- People and the workspace

    def _user(self, caller: Caller, params: Json) -> Json:
        user = caller.user(params["user"])
        seen_from = caller.installation.workspace or user.workspace
        return {"ok": True, "user": user.json(seen_from, locale=_true(params.get("include_locale")))}

    def _users(self, caller: Caller, params: Json) -> Json:
        workspace = caller.workspace(params)
        found = [user.json(workspace) for user in self._world.users.values() if user.workspace is workspace]
        return _paged("members", found, params, 200) | {"cache_ts": int(time.time())}

    def _conversations(self, caller: Caller, params: Json) -> Json:
        user = caller.user(params["user"]) if params.get("user") else caller.me
        found = [
            one.json(caller.me, caller.home(one))
            for one in self._world.channels.values()
            if user.id in one.members and caller.covers(one) and self._visible(caller, one, params)
        ]
        return _paged("channels", found, params, 100)

    def _team(self, caller: Caller, params: Json) -> Json:
        wanted = params.get("team") or params.get("team_id")
        workspace = self._world.workspaces.get(wanted) if wanted else caller.workspace(params)
        if workspace is None:
            raise SlackError("team_not_found")
        return {"ok": True, "team": workspace.json()}


def _true(value: Any) -> bool:
    return value in (True, "true", "True", "1", 1)


def _paged(name: str, found: list[Any], params: Json, usual: int) -> Json:
    """A page of a list, with the cursor of the next."""
    limit = min(int(params.get("limit") or usual), 1000)
    start = _place(params.get("cursor"))
    cursor = base64.b64encode(f"next:{start + limit}".encode()).decode() if start + limit < len(found) else ""
    return {"ok": True, name: found[start : start + limit], "response_metadata": {"next_cursor": cursor}}


def _place(cursor: Any) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:"))
    except ValueError:
        raise SlackError("invalid_cursor", violates=True) from None
