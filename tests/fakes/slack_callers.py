"""Who calls the Web API, by which token, and what they can reach.

The codes are those of the methods' pages on docs.slack.dev. That a revoked bot token says token_revoked and an uninstalled app's
account_inactive is as the pages have it; reports of the real server differ between the two.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.fakes.slack_errors import Json, SlackError, missing_scope
from tests.fakes.slack_state import Channel, Installation, Token, User, Workspace
from tests.fakes.slack_world import World

_KIND_SCOPES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def authenticate(world: World, value: str) -> Token:
    """The living token of this name. Raises SlackError."""
    if not value:
        raise SlackError("not_authed", violates=True)
    token = world.tokens.get(value)
    if token is None:
        raise SlackError("invalid_auth")
    if token.state != "live":
        raise SlackError(token.state)
    return token


@dataclass(frozen=True, slots=True)
class Caller:
    """A call's token and what it opens."""

    world: World
    token: Token

    @property
    def installation(self) -> Installation:
        """The app where it is installed. Raises SlackError for app-level tokens."""
        if self.token.installation is None:
            raise SlackError("not_allowed_token_type", violates=True)
        return self.token.installation

    @property
    def me(self) -> User:
        """The bot."""
        return self.installation.bot

    def workspace(self, params: Json) -> Workspace:
        """The workspace that a call is about; tokens of an organisation must say which. Raises SlackError."""
        if self.installation.workspace:
            return self.installation.workspace
        found = self.world.workspaces.get(params.get("team_id", ""))
        if found is None:
            raise SlackError("missing_argument" if not params.get("team_id") else "team_not_found", violates=True)
        if not self.installation.covers(found):
            raise SlackError("team_access_not_granted")
        return found

    def home(self, channel: Channel) -> Workspace:
        """The workspace from which this caller sees a channel."""
        candidates = (channel.workspace, *channel.shared_with)
        return next((one for one in candidates if self.installation.covers(one)), channel.workspace)

    def needs(self, *scopes: str) -> None:
        """Raise SlackError missing_scope unless the token has one of these."""
        if scopes and not self.token.scopes & set(scopes):
            raise missing_scope(",".join(scopes), self.token.scopes)

    def reads(self, channel: Channel) -> None:
        """Raise SlackError unless conversations of this kind may be read."""
        self.needs(f"{_KIND_SCOPES[channel.kind]}:read")

    def user(self, user_id: str) -> User:
        """Somebody whom this app can see. Raises SlackError user_not_found."""
        user = self.world.users.get(user_id)
        if user is None or not (self.installation.covers(user.workspace) or self._met(user)):
            raise SlackError("user_not_found")
        return user

    def _met(self, user: User) -> bool:
        return any(user.id in channel.members and self.covers(channel) for channel in self.world.channels.values())

    def covers(self, channel: Channel) -> bool:
        """Whether the channel is in a workspace where this app is installed."""
        return any(self.installation.covers(one) for one in (channel.workspace, *channel.shared_with))

    def is_in(self, channel: Channel) -> bool:
        """Whether the bot is a member."""
        return self.me.id in channel.members

    def channel(self, name: str) -> Channel:
        """The conversation of an id or #name that this app can see. Raises SlackError channel_not_found."""
        channel = self.world.channels.get(name) or self._by_name(name.removeprefix("#")) or self._opened(name)
        if channel is None or channel.deleted or not self.covers(channel) or (channel.is_private and not self.is_in(channel)):
            raise SlackError("channel_not_found")
        return channel

    def target(self, name: str) -> Channel:
        """Where to post: a conversation, or somebody by their id. Raises SlackError as chat.postMessage does."""
        if name in self.world.users:
            return self.world.dm(self.user(name), self.me)
        channel = self.channel(name)
        if channel.archived:
            raise SlackError("is_archived")
        if channel.refusal:
            raise SlackError(channel.refusal)
        if not self.is_in(channel) and "chat:write.public" not in self.token.scopes:
            raise SlackError("not_in_channel")
        return channel

    def _by_name(self, name: str) -> Channel | None:
        return next((one for one in self.world.channels.values() if one.name == name and not one.archived), None)

    def _opened(self, name: str) -> Channel | None:
        workspace = self.installation.workspace
        if not self.world.open_doors or workspace is None or not name.startswith(("C", "D", "G")):
            return None
        kind = {"C": "channel", "D": "im", "G": "group"}[name[0]]
        members = {self.me.id: self.me}
        return self.world.add_channel(Channel(name, name.lower(), kind, workspace, self.me, int(time.time()), members))
