"""Which events the app is told of, and how they look."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.fakes.slack_deliveries import Delivery
from tests.fakes.slack_errors import Json
from tests.fakes.slack_messages import Message, View
from tests.fakes.slack_state import Channel, Installation, User, Workspace
from tests.fakes.slack_world import World

_KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
_NEEDS = {"app_mention": "app_mentions:read", "link_shared": "links:read"}


class Events:
    """Tells the app what happens, where it subscribed to it and its token's scopes allow.

    `reachable`: whether the app can be told at all; what it does itself is told of only then.
    """

    def __init__(self, world: World, send: Callable[[Json], Delivery], reachable: Callable[[], bool]) -> None:
        self._world = world
        self._send = send
        self._reachable = reachable

    def tell(
        self, event: Json, installation: Installation | None, workspace: Workspace, channel: Channel | None = None
    ) -> Delivery | None:
        """One event to one installation; None where it is not wanted or not allowed."""
        if installation is None or not self._wanted(event, installation, channel):
            return None
        event.setdefault("event_ts", event.get("ts") or self._world.ts())
        return self._send(self._wrapped(event, installation, workspace, channel))

    def in_channel(self, event: Json, channel: Channel) -> Delivery | None:
        """An event of a channel that the bot is in."""
        installation = next(iter(self._world.present(channel)), None)
        return self.tell(event, installation, self._home(installation, channel), channel) if installation else None

    def of_channel(self, event: Json, channel: Channel) -> Delivery | None:
        """An event of a channel: a public one concerns every installation that reads channels, a private one its members."""
        if channel.is_private:
            return self.in_channel(event, channel)
        return self.tell(event, self._world.installed(channel.workspace), channel.workspace, channel)

    def _home(self, installation: Installation, channel: Channel) -> Workspace:
        return installation.workspace or channel.workspace

    # -- Messages

    def message(self, message: Message) -> None:
        """A message was written: message.*; app_mention where it names the bot; link_shared where it has links of the app's."""
        channel = message.channel
        if message.ephemeral or (message.by_bot and not self._reachable()):
            return
        said = message.json() | {"channel": channel.id, "channel_type": channel.kind}
        if message.thread_ts and (parent := channel.messages.get(message.thread_ts)):
            said["parent_user_id"] = parent.user.id
        self.in_channel(said, channel)
        for installation in self._world.present(channel):
            if f"<@{installation.bot.id}>" in message.text and channel.kind != "im" and not message.by_bot:
                mention = {key: value for key, value in said.items() if key not in ("channel_type", "parent_user_id", "subtype")}
                self.tell(mention | {"type": "app_mention"}, installation, self._home(installation, channel), channel)
        if message.asked.get("unfurl_links", True) and (urls := [link.url for link in message.shown.links]):
            self.links(urls, message.user, channel, message)

    def changed(self, message: Message, before: Json) -> None:
        """A message was edited."""
        self._hidden(message, "message_changed", {"message": message.json(), "previous_message": before})

    def deleted(self, message: Message) -> None:
        """A message was deleted."""
        self._hidden(message, "message_deleted", {"deleted_ts": message.ts, "previous_message": message.json()})

    def _hidden(self, message: Message, subtype: str, more: Json) -> None:
        if message.ephemeral or (message.by_bot and not self._reachable()):
            return
        channel = message.channel
        said = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id, "channel_type": channel.kind}
        self.in_channel(said | {"ts": self._world.ts()} | more, channel)

    def links(self, urls: list[str], user: User, channel: Channel, message: Message | None) -> None:
        """Links were shared, or typed into the composer (`message` is None). That bots' own posts count too is not verified.

        An & is told as &amp; (slackapi/python-slack-events-api, issue 49).
        """
        ours = {url.replace("&", "&amp;"): domain for url in urls if (domain := self.domain(url))}
        found = [{"url": url, "domain": domain} for url, domain in ours.items()]
        installation = self._world.installed(user.workspace)
        if not found or installation is None:
            return
        stamp = message.ts if message else f"composer-{self._world.number()}"
        said: Json = {"type": "link_shared", "user": user.id, "links": found, "message_ts": stamp}
        said |= {"channel": channel.id if message else "COMPOSER", "source": "conversations_history" if message else "composer"}
        said |= {"unfurl_id": f"{said['channel']}-{stamp}", "is_bot_user_member": installation.bot.id in channel.members}
        if message and message.thread_ts:
            said["thread_ts"] = message.thread_ts
        self.tell(said, installation, user.workspace, channel if message else None)

    def domain(self, url: str) -> str:
        """The registered domain that an address belongs to, if any."""
        host = urlsplit(url).hostname or ""
        return next((one for one in self._world.app.domains if host == one or host.endswith(f".{one}")), "")

    # -- Coming and going

    def joined(self, user: User, channel: Channel, inviter: str) -> None:
        """Somebody, perhaps the bot itself, is in a channel now."""
        said: Json = {"type": "member_joined_channel", "user": user.id, "channel": channel.id, "team": channel.workspace.id}
        said["channel_type"] = "C" if channel.kind == "channel" else "G"
        self.in_channel(said | ({"inviter": inviter} if inviter else {}), channel)

    def left(self, user: User, channel: Channel, actor: User) -> None:
        """Somebody is in a channel no more; the bot hears of its own going by channel_left or group_left."""
        for installation in self._world.installations:
            if installation.bot is user:
                said = {
                    "type": "channel_left" if channel.kind == "channel" else "group_left",
                    "channel": channel.id,
                    "actor_id": actor.id,
                }
                self.tell(said, installation, self._home(installation, channel), channel)
                return
        said = {"type": "member_left_channel", "user": user.id, "channel": channel.id, "team": channel.workspace.id}
        self.in_channel(said | {"channel_type": "C" if channel.kind == "channel" else "G"}, channel)

    def life(self, what: str, channel: Channel, user: User) -> None:
        """A channel was archived, unarchived, deleted, renamed: `what` is archive, unarchive, deleted, rename."""
        prefix = "channel" if channel.kind == "channel" else "group"
        said: Json = {"type": f"{prefix}_{what}", "channel": channel.id, "user": user.id}
        if what == "rename":
            said["channel"] = {"id": channel.id, "name": channel.name, "name_normalized": channel.name, "created": channel.created}
        self.of_channel(said, channel)

    # -- Home and the app itself

    def home_opened(self, user: User, view: View | None, tab: str = "home") -> Delivery | None:
        """Somebody looks at the app's Home, or its messages."""
        installation = self._world.installed(user.workspace)
        if installation is None:
            return None
        said: Json = {"type": "app_home_opened", "user": user.id, "tab": tab, "channel": self._world.dm(user, installation.bot).id}
        if view:
            said["view"] = view.json()
        return self.tell(said, installation, user.workspace)

    # -- Envelopes

    def _wanted(self, event: Json, installation: Installation, channel: Channel | None) -> bool:
        name = event["type"]
        if name == "message" and channel:
            return self._may(installation, f"message.{_KINDS[channel.kind]}", f"{_KINDS[channel.kind]}:history")
        needs = _NEEDS.get(name, "")
        if name.startswith(("channel_", "member_")) and channel:
            needs = f"{_KINDS[channel.kind]}:read"
        if name.startswith("group_"):
            needs = "groups:read"
        return self._may(installation, name, needs)

    def _may(self, installation: Installation, name: str, scope: str) -> bool:
        token = self._world.tokens.get(installation.token)
        return name in self._world.app.events and (not scope or (token is not None and scope in token.scopes))

    def _wrapped(self, event: Json, installation: Installation, workspace: Workspace, channel: Channel | None) -> Json:
        enterprise = workspace.enterprise
        org = installation.workspace is None
        authorization: Json = {"enterprise_id": enterprise.id if enterprise else None, "team_id": None if org else workspace.id}
        authorization |= {"user_id": installation.bot.id, "is_bot": True, "is_enterprise_install": org}
        said: Json = {"token": self._world.app.verification_token, "team_id": workspace.id, "api_app_id": self._world.app.id}
        said |= {"event": event, "type": "event_callback", "event_id": self._world.new_id("Ev"), "event_time": int(time.time())}
        said |= {"authorizations": [authorization], "is_ext_shared_channel": channel.external if channel else False}
        said |= {"context_team_id": workspace.id, "context_enterprise_id": enterprise.id if enterprise else None}
        return said | ({"enterprise_id": enterprise.id} if enterprise else {})
