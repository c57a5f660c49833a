"""What the fake Slack knows of people and places, each saying itself as the Web API's JSON."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fakes.slack_errors import Json
from tests.fakes.slack_messages import Message, View

SCOPES = (
    "app_mentions:read channels:history channels:join channels:read chat:write commands files:read files:write groups:history "
    "groups:read im:history im:read im:write links:read links:write mpim:history mpim:read team:read users:read"
)
EVENTS = (
    "app_home_opened app_mention app_uninstalled channel_archive channel_deleted channel_left channel_rename channel_unarchive "
    "group_archive group_deleted group_left group_rename group_unarchive link_shared member_joined_channel member_left_channel "
    "message.channels message.groups message.im message.mpim tokens_revoked channel_id_changed channel_shared channel_unshared "
    "team_rename user_change"
)


@dataclass(slots=True)
class App:
    """An app as its settings page has it. `commands`, `events`, `domains`: what was registered.

    `redirects`: allowed beginnings of redirect addresses; all if there are none. `rotates`: tokens expire (token rotation).
    """

    id: str = "A0PRESSE01"
    name: str = "Pressevagten"
    client_id: str = "20260101.20261231"
    client_secret: str = "9d3f0c1b5a7e4f2c8b6d0a1e"
    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    app_token: str = "xapp-1-A0PRESSE01-2026-abcdef"
    verification_token: str = "legacy-verification-token"
    scopes: frozenset[str] = frozenset(SCOPES.split())
    events: set[str] = field(default_factory=lambda: set(EVENTS.split()))
    commands: set[str] = field(default_factory=lambda: {"/presse", "/latest", "/contact"})
    domains: set[str] = field(default_factory=set)
    redirects: list[str] = field(default_factory=list)
    rotates: bool = False


@dataclass(slots=True, eq=False)
class Enterprise:
    """An Enterprise Grid organisation."""

    id: str
    name: str
    domain: str


@dataclass(slots=True, eq=False)
class Workspace:
    """A workspace, perhaps of an organisation."""

    id: str
    name: str
    domain: str
    enterprise: Enterprise | None = None

    @property
    def url(self) -> str:
        """Where people find it."""
        return f"https://{self.domain}.slack.com/"

    def json(self) -> Json:
        """A team."""
        said: Json = {"id": self.id, "name": self.name, "domain": self.domain, "email_domain": "", "icon": {"image_default": True}}
        if self.enterprise:
            said |= {"enterprise_id": self.enterprise.id, "enterprise_name": self.enterprise.name}
        return said


@dataclass(slots=True, eq=False)
class User:
    """Somebody, or a bot. `guest`: "" or "single" (ultra-restricted) or "multi" (restricted). `doubtful`: users.info cannot say."""

    id: str
    name: str
    real_name: str
    workspace: Workspace
    admin: bool = False
    owner: bool = False
    guest: str = ""
    deleted: bool = False
    bot_id: str = ""
    locale: str = "da-DK"
    timezone: str = "Europe/Copenhagen"
    offset: int = 3600

    @property
    def is_bot(self) -> bool:
        """Whether it is one."""
        return bool(self.bot_id)

    def json(self, seen_from: Workspace | None = None, *, locale: bool = False) -> Json:
        """A user; a stranger is one of another organisation."""
        said: Json = {"id": self.id, "team_id": self.workspace.id, "name": self.name, "deleted": self.deleted}
        said |= {"real_name": self.real_name, "is_bot": self.is_bot, "is_app_user": False, "updated": 1_760_000_000}
        profile = {"real_name": self.real_name, "display_name": self.name, "team": self.workspace.id, "image_48": ""}
        said["profile"] = profile | ({"bot_id": self.bot_id, "api_app_id": "A0PRESSE01"} if self.is_bot else {})
        if seen_from and not related(seen_from, self.workspace):
            return said | {"is_stranger": True}
        if locale:
            said["locale"] = self.locale
        if not self.deleted:
            said |= {"is_admin": self.admin or self.owner, "is_owner": self.owner, "is_primary_owner": False}
            said |= {"is_restricted": bool(self.guest), "is_ultra_restricted": self.guest == "single"}
            said |= {"tz": self.timezone, "tz_label": "Central European Time", "tz_offset": self.offset}
        if self.workspace.enterprise:
            said["enterprise_user"] = {
                "id": self.id,
                "enterprise_id": self.workspace.enterprise.id,
                "enterprise_name": self.workspace.enterprise.name,
                "is_admin": False,
                "is_owner": False,
                "teams": [self.workspace.id],
            }
        return said


def related(one: Workspace, other: Workspace) -> bool:
    """Whether two workspaces are the same or of one organisation."""
    return one is other or (one.enterprise is not None and one.enterprise is other.enterprise)


@dataclass(slots=True, eq=False)
class Channel:
    """A conversation. `kind`: channel, group (a private channel), im, mpim.

    `refusal`: the code that every posting gets, such as restricted_action.
    `shared_with`: other workspaces that are in it. `messages` by ts.
    """

    id: str
    name: str
    kind: str
    workspace: Workspace
    creator: User
    created: int
    members: dict[str, User] = field(default_factory=dict)
    archived: bool = False
    deleted: bool = False
    general: bool = False
    refusal: str = ""
    shared_with: list[Workspace] = field(default_factory=list)
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    topic: str = ""
    locked_threads: set[str] = field(default_factory=set)

    @property
    def is_private(self) -> bool:
        """Whether only its members know of it."""
        return self.kind != "channel"

    @property
    def external(self) -> bool:
        """Whether another organisation is in it."""
        return any(not related(self.workspace, other) for other in self.shared_with)

    @property
    def link(self) -> str:
        """Its address."""
        return f"{self.workspace.url}archives/{self.id}"

    @property
    def posts(self) -> list[Message]:
        """What bots posted here and what still stands, in order."""
        return [message for message in self.messages.values() if message.by_bot and not message.deleted]

    @property
    def last(self) -> Message:
        """The newest of these."""
        return self.posts[-1]

    def thread(self, message: Message) -> list[Message]:
        """The replies to a message that still stand."""
        return [one for one in self.messages.values() if one.thread_ts == message.ts and one is not message and not one.deleted]

    def belongs_to(self, workspace: Workspace) -> bool:
        """Whether it is one of a workspace's."""
        return self.workspace is workspace or workspace in self.shared_with

    def short_json(self) -> Json:
        """How interactions name it."""
        return {"id": self.id, "name": {"im": "directmessage", "group": "privategroup"}.get(self.kind, self.name)}

    def json(self, me: User, seen_from: Workspace) -> Json:
        """A conversation as `me`, the bot, sees it."""
        said: Json = {"id": self.id, "created": self.created, "is_archived": self.archived, "is_org_shared": False}
        said |= {"is_channel": self.kind == "channel", "is_group": self.kind == "group", "is_im": self.kind == "im"}
        said |= {"is_mpim": self.kind == "mpim", "is_private": self.is_private, "context_team_id": seen_from.id}
        if self.kind == "im":
            other = next((user for user in self.members.values() if user is not me), me)
            return said | {"user": other.id, "is_user_deleted": other.deleted}
        said |= {"name": self.name, "name_normalized": self.name, "creator": self.creator.id, "is_general": self.general}
        said |= {"is_shared": bool(self.shared_with), "is_ext_shared": self.external, "is_member": me.id in self.members}
        said["is_org_shared"] = bool(self.shared_with) and not self.external
        said["shared_team_ids"] = [self.workspace.id, *(other.id for other in self.shared_with)]
        said |= {
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }
        return said | {"previous_names": self.previous_names, "unlinked": 0, "pending_shared": [], "is_pending_ext_shared": False}


@dataclass(slots=True, eq=False)
class Installation:
    """The app in a workspace, or in a whole organisation (`workspace` is None)."""

    app: App
    workspace: Workspace | None
    enterprise: Enterprise | None
    bot: User
    token: str
    installer: User | None = None
    live: bool = True

    def covers(self, workspace: Workspace) -> bool:
        """Whether the app is installed there by this."""
        if not self.live:
            return False
        return self.workspace is workspace if self.workspace else workspace.enterprise is self.enterprise


@dataclass(slots=True, eq=False)
class Token:
    """A token. `state`: live, revoked, expired. An app-level token has no installation."""

    value: str
    scopes: frozenset[str]
    installation: Installation | None = None
    state: str = "live"


@dataclass(slots=True, eq=False)
class File:
    """An upload. `state`: waiting, uploaded, shared. `base`: where Slack keeps it, in place of files.slack.com."""

    id: str
    name: str
    length: int
    workspace: Workspace
    owner: User
    body: bytes = b""
    title: str = ""
    state: str = "waiting"
    channels: list[str] = field(default_factory=list)
    alt_text: str = ""
    snippet_type: str = ""
    base: str = ""

    def told(self, *, apart: bool) -> Json:
        """As a message tells of it; `apart`: in a channel that other organisations are in, where it has to be asked for."""
        return {"id": self.id, "mode": "file_access", "file_access": "check_file_info"} if apart else self.json()

    def json(self) -> Json:
        """A file."""
        kind = self.name.rpartition(".")[2].lower()
        said: Json = {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "size": len(self.body),
            "user": self.owner.id,
        }
        said |= {"filetype": kind, "mimetype": {"vcf": "text/vcard"}.get(kind, "application/octet-stream"), "mode": "hosted"}
        said |= {"created": 1_760_000_000, "is_external": False, "channels": self.channels, "user_team": self.workspace.id}
        if self.base:
            address = f"{self.base}/files-pri/{self.workspace.id}-{self.id}"
            said |= {"url_private": f"{address}/{self.name}", "url_private_download": f"{address}/download/{self.name}"}
        return said | {"permalink": f"{self.workspace.url}files/{self.owner.id}/{self.id}/{self.name}"}


__all__ = ["App", "Channel", "Enterprise", "File", "Installation", "Message", "Token", "User", "View", "Workspace", "related"]
