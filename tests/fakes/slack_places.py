"""What people do with channels and with the app: inviting, archiving, renaming, installing, uninstalling.

That a conversion to private tells the bot by a message of subtype channel_convert_to_private, with the id kept, is as the list of
message subtypes says; there is no event of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.slack_acts import Acts
from tests.fakes.slack_browser import Browser, Page
from tests.fakes.slack_deliveries import Deliveries
from tests.fakes.slack_events import Events
from tests.fakes.slack_files import Files
from tests.fakes.slack_oauth import OAuth
from tests.fakes.slack_state import Channel, Installation, User, Workspace
from tests.fakes.slack_views import Views
from tests.fakes.slack_world import World


@dataclass(slots=True, eq=False)
class Places:
    """Somebody's reach: see Person."""

    user: User
    world: World
    acts: Acts
    events: Events
    views: Views
    deliveries: Deliveries
    oauth: OAuth
    files: Files

    @property
    def id(self) -> str:
        """U…"""
        return self.user.id

    @property
    def installation(self) -> Installation:
        """The app where this person is. Raises LookupError."""
        found = self.world.installed(self.user.workspace)
        if found is None:
            raise LookupError(f"the app is not installed in {self.user.workspace.name}")
        return found

    @property
    def bot(self) -> User:
        """The app's bot."""
        return self.installation.bot

    @property
    def dm(self) -> Channel:
        """Direct messages with the bot."""
        return self.world.dm(self.user, self.bot)

    def _sees(self, channel: Channel) -> None:
        """Raise LookupError where this person cannot write."""
        if channel.deleted or channel.archived:
            raise LookupError(f"{channel.name} is archived or deleted")
        if channel.is_private and self.id not in channel.members:
            raise LookupError(f"{self.user.name} is not in {channel.name}")

    # -- Members

    async def joins(self, channel: Channel) -> None:
        """Join a channel, or be added to it."""
        channel.members[self.id] = self.user
        self.events.joined(self.user, channel, "")

    async def leaves(self, channel: Channel) -> None:
        """Leave a channel."""
        channel.members.pop(self.id, None)
        self.events.left(self.user, channel, self.user)

    async def invites_bot(self, channel: Channel) -> None:
        """Invite the bot to a channel."""
        bot = self.bot
        channel.members[bot.id] = bot
        self.events.joined(bot, channel, self.id)
        self.world.touch()

    async def removes_bot(self, channel: Channel) -> None:
        """Throw the bot out of a channel."""
        bot = self.bot
        channel.members.pop(bot.id, None)
        self.events.left(bot, channel, self.user)
        self.world.touch()

    # -- Life of a channel

    async def archives(self, channel: Channel) -> None:
        """Archive a channel."""
        channel.archived = True
        self.events.life("archive", channel, self.user)

    async def unarchives(self, channel: Channel) -> None:
        """Take it out of the archive."""
        channel.archived = False
        self.events.life("unarchive", channel, self.user)

    async def renames(self, channel: Channel, name: str) -> None:
        """Give a channel another name."""
        channel.previous_names.append(channel.name)
        channel.name = name
        self.events.life("rename", channel, self.user)

    async def deletes_channel(self, channel: Channel) -> None:
        """Delete a channel."""
        channel.deleted = True
        self.events.life("deleted", channel, self.user)

    async def makes_private(self, channel: Channel) -> None:
        """Convert a public channel to a private one; its id stays."""
        channel.kind = "group"
        message = self.world.post(channel, self.user, text="made this channel private", subtype="channel_convert_to_private")
        self.events.message(message)

    async def restricts(self, channel: Channel, refusal: str = "restricted_action") -> None:
        """Let postings there be refused with this code; "" allows them again. The bot is told nothing."""
        channel.refusal = refusal

    async def shares_channel(self, channel: Channel, workspace: Workspace) -> None:
        """Let another workspace into a channel (Slack Connect, where it is of another organisation)."""
        channel.shared_with.append(workspace)
        self.events.of_channel({"type": "channel_shared", "connected_team_id": workspace.id, "channel": channel.id}, channel)

    # -- The app

    async def installs(self, url: str, *, declines: bool = False, org_wide: bool = False) -> Page:
        """Go to the app's install page and through Slack's consent back to the app; the page that is shown in the end.

        Raises LookupError where Slack itself would show an error.
        """
        return await Browser(url).installs(lambda page: self.oauth.authorize(page, self.user, declines=declines, org_wide=org_wide))

    async def uninstalls(self) -> None:
        """Remove the app from the workspace."""
        self.oauth.uninstall(self.installation)

    async def revokes_tokens(self) -> None:
        """Revoke the bot's token, the app staying installed."""
        self.oauth.revoke(self.installation)

    def expires_token(self) -> None:
        """The bot's token is too old from now on."""
        self.world.tokens[self.installation.token].state = "token_expired"

    async def deactivates(self, other: User | None = None) -> None:
        """Deactivate an account, one's own by default."""
        user = other or self.user
        user.deleted = True
        self.events.tell({"type": "user_change", "user": user.json()}, self.world.installed(user.workspace), user.workspace)
